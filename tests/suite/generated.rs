//! The committed completions and manual pages are what the program writes today, no more and no fewer.
//!
//! `TRYCMD=overwrite cargo test --test suite` writes them again, together with the transcripts.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::floors::root;

const SHELLS: &[(&str, &str)] = &[
    ("bash", "hypernet.bash"),
    ("zsh", "_hypernet"),
    ("fish", "hypernet.fish"),
    ("elvish", "hypernet.elv"),
    ("powershell", "_hypernet.ps1"),
];

/// Runs the program as it was built, in an empty home; gives what it printed.
fn hypernet(home: &Path, args: &[&str]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hypernet"));
    let ran = command.args(args).env_clear().env("HOME", home).current_dir(home).output().unwrap();
    assert!(ran.status.success(), "hypernet {args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    ran.stdout
}

/// The files of a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

/// Asserts that the committed folder holds these files and no others, or makes it so.
fn current(folder: &str, written: &BTreeMap<String, Vec<u8>>) {
    if std::env::var_os("TRYCMD").is_some_and(|what| what == "overwrite") {
        fs::remove_dir_all(root().join(folder)).unwrap();
        fs::create_dir(root().join(folder)).unwrap();
        for (name, bytes) in written {
            fs::write(root().join(folder).join(name), bytes).unwrap();
        }
    }
    let again = "write them again: TRYCMD=overwrite cargo test --test suite";
    let committed = files(&root().join(folder));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&committed), names(written), "{folder}/ has other files; {again}");
    for (name, bytes) in written {
        assert!(committed[name] == *bytes, "{folder}/{name} is not what the program writes; {again}");
    }
}

#[test]
fn completions_are_current() {
    let home = tempfile::tempdir().unwrap();
    let written =
        SHELLS.iter().map(|(shell, name)| ((*name).to_owned(), hypernet(home.path(), &["completions", shell])));
    let written: BTreeMap<_, _> = written.collect();
    assert!(written.values().all(|script| !script.is_empty()));
    current("completions", &written);
}

#[test]
fn manual_pages_are_current() {
    let home = tempfile::tempdir().unwrap();
    let to = home.path().join("man");
    hypernet(home.path(), &["man", "--dir", to.to_str().unwrap()]);
    let written = files(&to);
    assert_eq!(hypernet(home.path(), &["man"]), written["hypernet.1"]);
    current("man", &written);
}
