//! Holds every module to its floor, every dependency to its place, and the top level to its names.
//!
//! Reads the source as text: lines and paths, no compiler. What a macro makes is deliberately not seen.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Top to bottom. A module uses only floors below its own; neighbours on a floor do not see each other.
const FLOORS: &[&[&str]] = &[
    &["cli"],
    &["sync"],
    &["import", "dedupe"],
    &["album", "trash"],
    &["query", "history", "check"],
    &["link"],
    &["store", "probe", "integrations", "template"],
    &["model"],
];

/// Where each dependency is named; no module means anywhere. A crate in `Cargo.toml` has its line here.
const DEPENDENCIES: &[(&str, &[&str])] = &[
    ("chrono", &[]),
    ("chrono-tz", &["model", "cli"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("comfy-table", &["cli"]),
    ("deunicode", &["model", "query"]),
    ("fast_image_resize", &["probe"]),
    ("flate2", &["probe"]),
    ("ignore", &["import"]),
    ("image", &["probe"]),
    ("indicatif", &["cli"]),
    ("jpeg-encoder", &["probe"]),
    ("memchr", &["model", "probe"]),
    ("moxcms", &["probe"]),
    ("quick-xml", &["probe"]),
    ("rayon", &["import", "dedupe", "check"]),
    ("regex-automata", &["query"]),
    ("rusqlite", &["store"]),
    ("rustix", &["store", "import", "cli"]),
    ("rusty_jpeg", &["probe"]),
    ("serde", &[]),
    ("serde_json", &[]),
    ("sha2", &["probe", "store"]),
    ("signal-hook", &["cli"]),
    ("strsim", &["query", "template", "cli"]),
    ("thiserror", &[]),
    ("toml", &["store", "cli"]),
    ("toml_edit", &["cli"]),
    ("unicode-width", &["cli"]),
    ("uuid", &["model"]),
];

/// The crates whose library has another name than the package.
const LIBRARIES: &[(&str, &str)] = &[];

const TOP_LEVEL: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "completions",
    "examples",
    "man",
    "src",
    "target",
    "tests",
];

/// `text_enum!` is exported, so its path starts at the crate; it is made in `model`.
const MACROS: &[(&str, &str)] = &[("text_enum", "model")];

const MOST_LINES: usize = 500;

#[test]
fn every_source_file_keeps_the_rules_of_the_house() {
    let faults: Vec<_> = sources(&root().join("src")).iter().flat_map(|(path, text)| faults(path, text)).collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn every_module_of_the_library_is_on_a_floor() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let modules = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let homeless: Vec<_> = modules.filter(|module| floor(module).is_none()).collect();
    assert!(homeless.is_empty(), "on no floor: {homeless:?}");
}

#[test]
fn every_dependency_has_its_place() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let named: BTreeSet<_> = manifest["dependencies"].as_table().unwrap().keys().map(String::as_str).collect();
    let placed: BTreeSet<_> = DEPENDENCIES.iter().map(|(name, _)| *name).collect();
    assert_eq!(named, placed);
}

#[test]
fn every_page_of_the_suite_is_run() {
    let suite = root().join("tests/suite");
    let main = fs::read_to_string(suite.join("main.rs")).unwrap();
    for (path, _) in sources(&suite) {
        let page = path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        assert!(page == "main" || main.contains(&format!("\nmod {page};\n")), "main.rs has no `mod {page};`");
    }
}

#[test]
fn the_top_level_keeps_its_names() {
    let names = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let new: Vec<_> = names.filter(|name| !name.starts_with('.') && !TOP_LEVEL.contains(&name.as_str())).collect();
    assert!(new.is_empty(), "new at the top level: {new:?}");
}

#[test]
fn planted_faults_are_found() {
    let found = |path: &str, text: &str| faults(path, &format!("//! A page.\n{text}")).join("; ");
    let clean = |path: &str, text: &str| assert_eq!(found(path, text), "", "{path}: {text}");
    let fault = |path: &str, text: &str, why: &str| {
        let found = found(path, text);
        assert!(found.contains(why), "{path}: {text}\nfound {found:?}, not {why:?}");
    };

    clean("link.rs", "use crate::{model::{Link, link::LinkType}, store};\nlet at = crate::store::link::all();");
    fault("link.rs", "use crate::album::Album;", "link.rs:2: `link` uses `album`");
    fault("link.rs", "use crate::{\n    model::Link,\n    store::{self, Tx},\n    query,\n};", "`link` uses `query`");
    fault("link.rs", "let rows = crate::query::run();", "`link` uses `query`");
    fault("link.rs", "use super::album;", "`link` uses `album`");
    fault("store/media.rs", "use super::super::link;", "`store` uses `link`");
    clean("store/media.rs", "use super::link;");
    fault("store/media.rs", "use crate::probe::Facts;", "`store` uses `probe`");
    fault("album.rs", "use crate::cellar::Wine;", "`album` uses `cellar`");
    clean("album.rs", "mod tests {\n    use super::*;\n    println!(\"seen\");\n}");
    clean("album.rs", "/// See [`crate::cli`] and `println!`.");

    fault("main.rs", "hypernet::store::open();", "`main` uses `store`");
    clean("main.rs", "hypernet::cli::main()");
    fault("album.rs", "use rusqlite::Row;", "`rusqlite` is named in `album`");
    fault("import/mod.rs", "::clap::Error::new()", "`clap` is named in `import`");
    clean("album.rs", "use crate::store::rusqlite::Row; let x = image_at::here;");

    fault("album.rs", "println!(\"done\");", "prints");
    fault("cli/album.rs", "eprint!(\"done\");", "prints");
    clean("cli/output/mod.rs", "println!(\"done\");");
    clean("album/tests.rs", "println!(\"seen\");");
    fault("album.rs", &"\n".repeat(500), "501 lines");
    assert!(faults("album.rs", "use std::io;\n").join("").contains("//!"));
}

/// Everything wrong with one file; `path` is relative to `src`.
fn faults(path: &str, text: &str) -> Vec<String> {
    let module = path.split('/').next().unwrap_or(path).trim_end_matches(".rs");
    let is_test = path.ends_with("tests.rs") || path.ends_with("_test.rs");
    let code = if is_test { String::new() } else { code_of(text) };
    let mut faults = Vec::new();
    if !text.starts_with("//!") {
        faults.push(format!("{path}: does not begin with `//!`"));
    }
    if text.lines().count() > MOST_LINES {
        faults.push(format!("{path}: has {} lines, more than {MOST_LINES}", text.lines().count()));
    }
    for (line, used) in modules_used(path, &code) {
        if !may_use(module, &used) {
            faults.push(format!("{path}:{line}: `{module}` uses `{used}`, which is not on a floor below"));
        }
    }
    for (line, code) in numbered(&code) {
        if !path.starts_with("cli/output")
            && ["print!", "println!", "eprint!", "eprintln!", "dbg!"].iter().any(|m| names(code, m))
        {
            faults.push(format!("{path}:{line}: prints, which is for cli/output"));
        }
        faults.extend(misplaced(module, code).map(|name| format!("{path}:{line}: `{name}` is named in `{module}`")));
    }
    faults
}

/// The lines that count: comments and inline test modules are blanked, so that line numbers stay.
fn code_of(text: &str) -> String {
    let mut in_tests = false;
    let mut code = String::new();
    for line in text.lines() {
        in_tests = (in_tests || line.starts_with("mod tests {")) && line != "}";
        code.push_str(if in_tests { "" } else { line.split("//").next().unwrap_or("") });
        code.push('\n');
    }
    code
}

/// The modules at the crate's top that a file's code reaches, by `crate::`, `super::` or (in `main`) `hypernet::`.
fn modules_used(path: &str, code: &str) -> Vec<(usize, String)> {
    let depth = path.trim_end_matches(".rs").split('/').filter(|part| *part != "mod").count();
    let climb = "super::".repeat(depth);
    let mut used = Vec::new();
    for root in ["crate::", "hypernet::", &climb] {
        for (at, _) in code.match_indices(root).filter(|(at, _)| starts_path(code, *at)) {
            let line = code[..at].matches('\n').count() + 1;
            used.extend(heads(&code[at + root.len()..]).into_iter().map(|name| (line, name)));
        }
    }
    used
}

/// The first names of what follows a path's root: one, or those of a `{…}` group.
fn heads(after: &str) -> Vec<String> {
    let Some(group) = after.strip_prefix('{') else { return vec![ident(after)] };
    let (mut depth, mut start, mut heads) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                heads.push(ident(group[start..at].trim()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    heads.retain(|name| !name.is_empty());
    heads
}

fn may_use(module: &str, used: &str) -> bool {
    let used = MACROS.iter().find(|(name, _)| *name == used).map_or(used, |(_, home)| home);
    match (module, floor(module), floor(used)) {
        ("main", _, _) => used == "cli",
        ("lib", _, _) => true,
        (_, Some(above), Some(below)) => above < below || module == used,
        _ => false,
    }
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The dependencies a line names outside their place.
fn misplaced<'a>(module: &'a str, code: &'a str) -> impl Iterator<Item = &'static str> + 'a {
    let elsewhere = move |places: &[&str]| !places.is_empty() && !places.contains(&module);
    DEPENDENCIES.iter().filter(move |(_, places)| elsewhere(places)).map(|(name, _)| *name).filter(move |name| {
        let library = LIBRARIES.iter().find(|(package, _)| package == name).map_or(*name, |(_, library)| library);
        names(code, &format!("{}::", library.replace('-', "_")))
    })
}

/// Whether `what` stands in `code` as the beginning of a path.
fn names(code: &str, what: &str) -> bool {
    code.match_indices(what).any(|(at, _)| starts_path(code, at))
}

/// Whether a path begins here: not in the middle of a word, nor after another segment.
fn starts_path(code: &str, at: usize) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    match code[..at].strip_suffix("::") {
        Some(before) => !before.ends_with(|c| in_word(c) || c == '>'),
        None => !code[..at].ends_with(in_word),
    }
}

fn ident(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn numbered(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().enumerate().map(|(at, line)| (at + 1, line))
}

/// Every `.rs` file beneath a folder, by its path in it.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
