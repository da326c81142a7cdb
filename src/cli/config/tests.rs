//! What each place of settings gives, which place wins, and how a mistake in one is told.

use super::*;
use crate::cli::output::style::settle;
use std::fs;

fn resolve(toml: &str, vars: &[(&str, &str)], opts: GlobalOpts) -> (Result<Config, CliError>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    fs::write(&file, toml).unwrap();
    let opts = GlobalOpts { config: Some(file), ..opts };
    let vars: Vec<_> = vars.iter().copied().chain([("HOME", "/home/me")]).collect();
    (Config::resolve(&opts, &Env::of(&vars)), dir)
}

fn read(toml: &str) -> Config {
    resolve(toml, &[], GlobalOpts::default()).0.unwrap()
}

/// The message and hint for a bad configuration, with its folder left out.
fn refusal(toml: &str) -> String {
    let (config, dir) = resolve(toml, &[], GlobalOpts::default());
    let error = config.unwrap_err();
    assert_eq!(error.exit().number(), 2);
    settle(&error.text(), false).replace(&format!("{}/", dir.path().display()), "")
}

#[test]
fn the_example_of_the_contract_is_understood() {
    let config = read(
        r#"
        library  = "~/Media/hypernet"
        user     = "me@example.com"
        timezone = "Europe/Berlin"
        import   = { mode = "reflink", exclude = ["*.tmp", "@eaDir/"], verify = true }
        limits   = { photo = "50MB", video = "none", quota = "20GB", owner = true }
        output   = { color = "never", pager = "more", columns = ["id"] }
        sync     = { max_time = "1h", partial_ok = true, ping_url = "https://x", on_finish = ["notify-send", "hypernet"] }
        secrets  = { backend = "file" }
        trash    = { keep = "7d" }
        [queries]
        recent = "is:unsorted newer:30d""#,
    );
    let idle: Vec<_> = config.idle.iter().map(|text| text.split(": ").nth(1).unwrap()).collect();
    let not_yet =
        ["output.pager", "sync.max_time", "sync.partial_ok", "sync.ping_url", "sync.on_finish", "secrets.backend"];
    assert_eq!(idle, not_yet.map(|key| format!("`{key}` has no effect yet")));
    assert_eq!(config.warnings, [""; 0]);
    assert!(config.shown().iter().all(|shown| !not_yet.contains(&shown.key.as_str())));
    assert_eq!(config.library, Some("/home/me/Media/hypernet".into()));
    assert_eq!((config.import.mode, config.import.verify), (ImportMode::Reflink, true));
    assert_eq!((config.limits.files.photo, config.limits.files.video), (Some(50_000_000), None));
    assert_eq!(config.keep, Some(std::time::Duration::from_hours(7 * 24)));
    assert_eq!(config.queries["recent"], "is:unsorted newer:30d");
    assert_eq!(config.timezone, Zone::Named(chrono_tz::Europe::Berlin));
}

#[test]
fn flag_beats_variable_beats_file_beats_default() {
    let library = |vars: &[(&str, &str)], flag: Option<&str>, toml: &str| {
        let opts = GlobalOpts { library: flag.map(Into::into), ..GlobalOpts::default() };
        let (config, dir) = resolve(toml, vars, opts);
        let config = config.unwrap();
        let path = config.library.clone().unwrap().display().to_string();
        let origin = config.origin("library").unwrap().to_string();
        let folder = dir.path().display().to_string();
        format!("{path} {origin}").replace(&folder, "DIR")
    };
    let (variable, toml) = ([("HYPERNET_LIBRARY", "/variable")], r#"library = "beside""#);
    assert_eq!(library(&variable, Some("/flag"), toml), "/flag --library");
    assert_eq!(library(&variable, None, toml), "/variable HYPERNET_LIBRARY");
    assert_eq!(library(&[], None, toml), "DIR/beside DIR/config.toml");
    assert_eq!(library(&[], None, ""), "/home/me/.local/share/hypernet/library default");
}

#[test]
fn a_library_may_carry_some_settings_but_no_programs() {
    let library = tempfile::tempdir().unwrap();
    let toml = "format = 1\nid = \"x\"\ntimezone = \"UTC\"\n[sync]\non_finish = [\"rm\"]\n[import]\nverify = true\n";
    fs::write(library.path().join(MARKER), toml).unwrap();
    let opts = GlobalOpts { library: Some(library.path().into()), ..GlobalOpts::default() };
    let (config, _dir) = resolve("timezone = \"Asia/Tokyo\"", &[], opts);
    let config = config.unwrap();
    assert_eq!(Some(config.timezone), Zone::parse("utc"));
    assert!(config.import.verify);
    assert_eq!((config.warnings.len(), config.idle.len()), (0, 1));
    assert!(config.idle[0].ends_with("`sync.on_finish` is not read from a library; it belongs in config.toml"));
}

#[test]
fn an_unknown_key_is_a_warning_with_a_suggestion() {
    let config = read("timezon = \"UTC\"\n[import]\nverfy = true\n[import.more]\ndeep = 1\n");
    let warnings: Vec<_> = config.warnings.iter().map(|text| text.split(": ").nth(1).unwrap()).collect();
    let expected = [
        "unknown key `timezon`; did you mean `timezone`?",
        "unknown key `import.verfy`; did you mean `import.verify`?",
        "unknown key `import.more.deep`",
    ];
    assert_eq!(warnings, expected);
}

#[test]
fn a_bad_value_names_file_key_and_value() {
    let moved = "error: config.toml: `import.mode` must be one of auto, copy, reflink, not \"move\"\n\
                 hint: `--mode move` is asked for each time and never remembered\n";
    assert_eq!(refusal("import = { mode = \"move\" }"), moved);
    let size = "error: config.toml: `limits.photo` must be a size such as 100MB, or none, not \"big\"\n";
    assert_eq!(refusal("[limits]\nphoto = \"big\""), size);
    let flag = "error: config.toml: `import.verify` must be true or false, not 1\n";
    assert_eq!(refusal("[import]\nverify = 1"), flag);
    let table = "error: config.toml: `import` must be a table, not 3\n";
    assert_eq!(refusal("import = 3"), table);
    let list = "error: config.toml: `import.exclude` must be a list of texts, not [1]\n";
    assert_eq!(refusal("import.exclude = [1]"), list);
    let query = "error: config.toml: `queries.x` must be a text, not 1\n";
    assert_eq!(refusal("queries.x = 1"), query);
}

#[test]
fn a_slip_of_the_pen_gets_a_caret() {
    let text = refusal("a = 1\nb = = 2\n");
    assert!(text.starts_with("error: config.toml, line 2: "), "{text}");
    assert!(text.contains("\n  b = = 2\n      ^\n"), "{text}");
}

#[test]
fn a_bad_variable_is_named_as_one() {
    let (config, _dir) = resolve("", &[("HYPERNET_JOBS", "many")], GlobalOpts::default());
    let text = settle(&config.unwrap_err().text(), false);
    assert_eq!(text, "error: HYPERNET_JOBS: `jobs` must be a number from 1 to 1024, not \"many\"\n");
}

#[test]
fn a_column_that_is_none_is_a_warning_with_a_suggestion() {
    let config = read("output.columns = [\"id\", \"metadata.exif.iso\", \"typ\"]");
    assert_eq!(config.warnings.len(), 1);
    assert!(
        config.warnings[0].ends_with("config.toml: `output.columns`: there is no column `typ`; did you mean `type`?")
    );
}

#[test]
fn a_variable_that_nothing_reads_yet_is_told() {
    let (config, _dir) = resolve("", &[("HYPERNET_PAGER", "more")], GlobalOpts::default());
    assert_eq!(config.unwrap().idle, ["HYPERNET_PAGER: `output.pager` has no effect yet"]);
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let opts = GlobalOpts { config: Some("/no/such/file".into()), ..GlobalOpts::default() };
    assert!(Config::resolve(&opts, &Env::of(&[])).is_err());
    let opts = GlobalOpts { config: Some("none".into()), ..GlobalOpts::default() };
    let config = Config::resolve(&opts, &Env::of(&[])).unwrap();
    assert_eq!((config.file, config.library), (None, None));
}
