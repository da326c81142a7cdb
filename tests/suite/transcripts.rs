//! Runs the transcripts of `tests/cli/`, of the README and of `examples/`: what they show is what the program says.
//!
//! `NAME.in/` beside `tests/cli/NAME.md` is the working folder, a copy of it where `NAME.out/` says what it must hold afterwards.
//! The README and the examples each get a home of their own. There, `bash` blocks are run as scripts; `sh` blocks are for the
//! reader's machine and need only parse. A console block's `cargo` is not run: this is the test it would run.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;
use trycmd::TestCases;
use trycmd::schema::Bin;

use crate::floors::root;

/// Transcripts that a developer's own settings and terminal stay out of; what is empty counts as unset.
fn transcripts(home: &str) -> TestCases {
    let transcripts = TestCases::new();
    for name in ["LIBRARY", "CONFIG", "USER", "JOBS", "TZ", "COLOR", "PROGRESS", "LOG_FORMAT", "NO_INPUT", "PAGER"] {
        transcripts.env(format!("HYPERNET_{name}"), "");
    }
    for name in
        ["CLICOLOR_FORCE", "FORCE_COLOR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"]
    {
        transcripts.env(name, "");
    }
    transcripts.env("HYPERNET_SECRETS", "").env("HOME", home).env("TZ", "UTC").env("COLUMNS", "100");
    transcripts.timeout(std::time::Duration::from_mins(1));
    transcripts
}

#[test]
fn every_transcript_says_what_the_program_says() {
    transcripts("/home/you").case("tests/cli/*.md");
}

#[test]
fn the_readme_and_the_examples_say_what_the_program_says() {
    let wrong: Vec<_> = pages().into_iter().filter(|page| catch_unwind(|| followed(page)).is_err()).collect();
    assert!(wrong.is_empty(), "to write them again: TRYCMD=overwrite cargo test --test suite; wrong: {wrong:?}");
}

#[test]
fn the_scripts_in_the_readme_and_the_examples_run() {
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for block in blocks(&text, "sh").chain(blocks(&text, "bash")) {
            let parsed = Command::new("sh").args(["-n", "-c", &block]).output().unwrap();
            assert!(parsed.status.success(), "{}: {block}\n{}", page.display(), said(&parsed));
        }
        let home = Home::with_library();
        for block in blocks(&text, "bash").filter(|block| there(block)) {
            let ran = home.run("sh", &["-eu", "-c", &block]);
            assert!(ran.status.success() && !ran.stdout.is_empty(), "{}: {block}\n{}", page.display(), said(&ran));
        }
    }
}

/// What a script is held to, given its path.
type Check = fn(&str);

#[test]
fn every_example_script_does_what_it_says() {
    let scripts: &[(&str, Check)] = &[
        ("backup.sh", backs_up),
        ("best-of-year.sh", finds_the_best),
        ("import-sd-card.sh", takes_in_a_card),
        ("on-this-day.sh", finds_a_day),
    ];
    let listed: Vec<_> = scripts.iter().map(|(name, _)| (*name).to_owned()).collect();
    let found: Vec<_> =
        examples("sh").iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(found, listed, "a script in examples/ has no test");
    for (name, check) in scripts {
        let path = root().join("examples").join(name);
        if there(&fs::read_to_string(&path).unwrap()) {
            check(path.to_str().unwrap());
        }
    }
}

fn finds_a_day(script: &str) {
    let home = Home::with_library();
    let ran = home.run("sh", &[script, "07-14"]);
    assert!(ran.status.success() && said(&ran).contains("IMG_0042.jpg"), "{}", said(&ran));
    assert!(!said(&ran).contains("PXL_"), "{}", said(&ran));
}

fn finds_the_best(script: &str) {
    let home = Home::with_library();
    let best = |args: &[&str]| home.run("sh", &[&[script], args].concat());
    for _ in 0..2 {
        let ran = best(&["2024", "best of"]);
        assert!(ran.status.success() && said(&ran).contains("best of: 2 photos of 2024"), "{}", said(&ran));
    }
    let ran = best(&["2024", "very best", "1"]);
    assert!(ran.status.success() && said(&ran).contains("very best: 1 photos"), "{}", said(&ran));
    assert_eq!(best(&["2024"]).status.code(), Some(2));
}

fn takes_in_a_card(script: &str) {
    let home = Home::new("card");
    for _ in 0..2 {
        let ran = home.run("sh", &[script, "Pictures"]);
        assert!(ran.status.success() && said(&ran).contains("is in the library"), "{}", said(&ran));
        assert_eq!(home.run("hypernet", &["query", "--count"]).stdout, b"6\n");
    }
    let bad = home.run("sh", &[script, "nowhere"]);
    assert!(!bad.status.success() && !said(&bad).contains("is in the library"), "{}", said(&bad));
}

fn backs_up(script: &str) {
    let home = Home::with_library();
    for _ in 0..2 {
        let ran = home.run("sh", &[script, "Backups"]);
        assert!(ran.status.success() && said(&ran).is_empty(), "{}", said(&ran));
    }
    let restored = home.run("hypernet", &["backup", "restore", "Backups/hypernet", "--to", "again"]);
    assert!(restored.status.success(), "{}", said(&restored));
    let ids = |library: &[&str]| home.run("hypernet", &[&["query", "--ids"], library].concat()).stdout;
    assert_eq!(ids(&["-L", "again"]), ids(&[]));
}

/// The pages with transcripts for readers.
fn pages() -> Vec<PathBuf> {
    let mut pages = examples("md");
    pages.insert(0, root().join("README.md"));
    pages
}

/// The files in `examples/` whose names end so, in order.
fn examples(ext: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == ext)).collect();
    found.sort();
    found
}

/// Follows a page from its first line to its last in a home of its own; panics where the program says something else.
fn followed(page: &Path) {
    let name = page.file_stem().unwrap().to_str().unwrap();
    let home = Home::new(&format!("{name}.in"));
    let copy = home.dir.path().join(page.file_name().unwrap());
    fs::copy(page, &copy).unwrap();
    let transcripts = transcripts(home.path.to_str().unwrap());
    transcripts.insert_var("[HOME]", home.path.to_str().unwrap().to_owned()).unwrap();
    transcripts.register_bin("cargo", Bin::Ignore).case(&copy).run();
    if std::env::var_os("TRYCMD").is_some_and(|what| what == "overwrite") {
        fs::copy(&copy, page).unwrap();
    }
}

/// A home folder, and in it a working folder with pictures and the settings of `examples/`.
struct Home {
    dir: TempDir,
    path: PathBuf,
    cwd: PathBuf,
}

impl Home {
    fn new(cwd: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().canonicalize().unwrap();
        let cwd = path.join(cwd);
        copy(&root().join("tests/fixtures/pictures"), &cwd.join("Pictures"));
        fs::copy(root().join("examples/config.toml"), cwd.join("config.toml")).unwrap();
        Self { dir, path, cwd }
    }

    fn with_library() -> Self {
        let home = Self::new("work");
        let ran = home.run("hypernet", &["import", "Pictures", "--album", "{parent}"]);
        assert!(ran.status.success(), "{}", said(&ran));
        home
    }

    /// Runs a program in the working folder; it and what it starts find this very hypernet.
    fn run(&self, program: &str, args: &[&str]) -> Output {
        let built = Path::new(env!("CARGO_BIN_EXE_hypernet"));
        let mut path = vec![built.parent().unwrap().to_owned()];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let program = if program == "hypernet" { built } else { Path::new(program) };
        let mut command = Command::new(program);
        command.args(args).env_clear().env("PATH", std::env::join_paths(path).unwrap());
        command.env("HOME", &self.path).env("TZ", "UTC").current_dir(&self.cwd).output().unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// The fenced blocks of this language.
fn blocks(text: &str, language: &str) -> impl Iterator<Item = String> {
    let fence = format!("\n```{language}\n");
    text.split(&fence)
        .skip(1)
        .map(|rest| rest.split("\n```").next().unwrap().to_owned())
        .collect::<Vec<_>>()
        .into_iter()
}

/// Whether the programs a script needs, beyond those every system has, are here; says so where one is not.
fn there(script: &str) -> bool {
    let missing = |program: &&str| {
        let word = |line: &str| line.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == *program);
        let found = || Command::new(program).arg("--version").output().is_ok();
        script.lines().filter(|line| !line.starts_with('#')).any(word) && !found()
    };
    match ["jq", "sqlite3", "flock"].iter().find(|program| missing(program)) {
        Some(program) => eprintln!("skipped, without {program}: {}", script.lines().next().unwrap_or_default()),
        None => return true,
    }
    false
}

fn said(ran: &Output) -> String {
    [&ran.stdout, &ran.stderr].map(|stream| String::from_utf8_lossy(stream).into_owned()).concat()
}
