//! Locks: a stopped holder is named, a dead one is none, and another program's transaction is waited for and told.

use std::process::{Child, Command};

use rusqlite::Connection;
use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{self, World, jpeg, plant, put, tool};

fn library() -> World {
    let world = World::new();
    plant(&world.sources(), 0, 4);
    world.import(&[]).ends(0);
    world
}

/// Another program that has the library's lock to itself.
fn holder(world: &World) -> Option<Child> {
    if !tool("flock", &["--version"]) {
        support::skip("there is no flock");
        return None;
    }
    let mut command = Command::new("flock");
    command.args(["-F", "-x", "library/lock", "sleep", "1000"]);
    let child = world.prepare(&mut command).spawn().unwrap();
    let lock = std::fs::File::open(world.library().join("lock")).unwrap();
    while flock(&lock, FlockOperation::NonBlockingLockShared).is_ok() {
        flock(&lock, FlockOperation::Unlock).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    Some(child)
}

#[test]
fn row_19_a_stopped_holder_is_named_and_a_dead_one_is_none() {
    let world = library();
    let Some(mut child) = holder(&world) else { return };
    kill_process(Pid::from_child(&child), Signal::STOP).unwrap();
    for args in [&["query", "--json"][..], &["import", "sources", "--json"], &["verify", "--json"]] {
        let ran = world.run(&[args, &["--lock-timeout", "100ms"]].concat());
        let error = ran.error();
        assert_eq!((ran.code, &error["code"]), (6, &"locked".into()), "{ran:#?}");
        let who = error["details"]["holder"].as_str().unwrap_or_default();
        let pid = format!("process {}", child.id());
        assert!([&pid, "sleep 1000", "stopped"].iter().all(|part| who.contains(part)), "{ran:#?}");
        let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(document["error"], error, "the document is the error where there is no other");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(world.run(&["query", "--count"]).stdout, "4\n");
}

#[test]
fn row_20_another_tools_exclusive_transaction_is_locked_and_no_sql_error() {
    let world = library();
    put(&world.sources().join("new.jpg"), &jpeg(900));
    let other = Connection::open(world.library().join("catalog.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    // Who only reads is not kept waiting.
    assert_eq!(world.run(&["query", "--count"]).stdout, "4\n");
    let ran = world.import(&["--lock-timeout", "100ms"]);
    assert_eq!((ran.code, &ran.error()["code"]), (6, &"locked".into()), "{ran:#?}");
    let me = format!("process {}", std::process::id());
    assert!(ran.error()["details"]["holder"].as_str().is_some_and(|who| who.contains(&me)), "{ran:#?}");
    other.execute_batch("ROLLBACK; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
    drop(other);
    assert_eq!(world.import(&[]).ends(0).count("imported"), 1);
    world.sound();
}
