//! What help says of the query language holds: its examples run, and every field it names can be asked.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{HYPERNET, jpeg};

fn run(home: &TempDir, args: &[&str]) -> Output {
    Command::new(HYPERNET).args(args).env_clear().env("HOME", home.path()).current_dir(home.path()).output().unwrap()
}

fn library() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("one.jpg"), jpeg(1)).unwrap();
    assert!(run(&home, &["import", "one.jpg", "-q"]).status.success());
    home
}

fn topic(home: &TempDir) -> Value {
    serde_json::from_slice(&run(home, &["help", "query", "--json"]).stdout).unwrap()
}

#[test]
fn every_example_of_the_language_runs() {
    let home = library();
    let topic = topic(&home);
    let examples = topic["examples"].as_array().unwrap();
    assert!(examples.len() >= 10);
    for example in examples {
        let ran = run(&home, &["query", "--count", example["query"].as_str().unwrap()]);
        assert!(ran.status.success(), "{example}: {}", String::from_utf8_lossy(&ran.stderr));
    }
}

#[test]
fn every_field_is_asked_or_says_why_it_cannot_be() {
    let home = library();
    for field in topic(&home)["fields"].as_array().unwrap() {
        let question = format!("{}:(", field["name"].as_str().unwrap());
        let said = run(&home, &["query", &question]);
        let said = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(!said.contains("unknown field"), "{question} {said}");
        if let Some(why) = field["not_yet"].as_str() {
            let told = run(&home, &["query", &format!("{}:x", field["name"].as_str().unwrap())]);
            let told = String::from_utf8_lossy(&told.stderr).into_owned();
            assert!(told.contains("not available yet"), "{field} {told}");
            assert!(!why.is_empty());
        }
    }
}

#[test]
fn help_needs_no_settings_that_can_be_read() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("bad.toml"), "= nonsense").unwrap();
    let ran = run(&home, &["--config", "bad.toml", "help", "query"]);
    assert!(ran.status.success() && String::from_utf8_lossy(&ran.stdout).contains("taken_at"));
}
