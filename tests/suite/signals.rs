//! Ctrl-C and `kill` while a list is being printed: what was begun is ended, and the last line says why.
//!
//! No clock: a list too long for a pipe that nobody reads cannot be over before the signal comes.

use std::io::Read;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{self, HYPERNET, Ran, World};

/// Media whose JSON is several times as long as a pipe and what is held back before it.
fn library() -> World {
    let world = World::new();
    support::plant(&world.sources(), 0, 40);
    let tags: Vec<_> = (0..90).map(|number| format!("{number}-{}", "long".repeat(22))).collect();
    let tags: Vec<_> = tags.iter().flat_map(|tag| ["--tag", tag.as_str()]).collect();
    world.import(&tags).ends(0);
    world
}

/// Runs the program, sends the signal, and its echo, once printing has begun, and only then reads on.
fn cut_short(world: &World, signal: Signal, args: &[&str]) -> Ran {
    let mut command = Command::new(HYPERNET);
    command.args(["-L", "library"]).args(args);
    let mut child = world.prepare(&mut command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    for _ in 0..2 {
        kill_process(Pid::from_child(&child), signal).unwrap();
    }
    // The program is held by its full pipe meanwhile: its listening thread gets its turn before the list can go on.
    std::thread::sleep(std::time::Duration::from_millis(300));
    let mut ran = Ran::of(&child.wait_with_output().unwrap());
    ran.stdout.insert(0, char::from(first[0]));
    ran
}

#[test]
fn row_16_a_list_that_a_signal_cuts_short_is_still_a_document() {
    let world = library();
    let (query, show) = (["query", "--json", "*"], ["show", "--json", "--where=*"]);
    for (signal, code, args) in [(Signal::INT, 130, query), (Signal::TERM, 143, query), (Signal::TERM, 143, show)] {
        let ran = cut_short(&world, signal, &args);
        let list: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        assert!(!list.is_empty() && list.len() < 40, "{}", list.len());
        assert_eq!(
            (ran.code, &ran.error()["code"], &ran.error()["exit_code"]),
            (code, &"interrupted".into(), &code.into())
        );
    }
}

#[test]
fn lines_that_a_signal_cuts_short_are_whole() {
    let world = library();
    for args in [["query", "*", "--jsonl", "-q"], ["show", "--where", "*", "--jsonl"]] {
        let ran = cut_short(&world, Signal::TERM, &args);
        assert!(ran.stdout.ends_with('\n') && ran.stdout.lines().count() < 40, "{}", ran.stdout.len());
        assert!(ran.stdout.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
        assert_eq!((ran.code, &ran.error()["code"]), (143, &"interrupted".into()));
    }
}
