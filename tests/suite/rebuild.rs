//! A catalogue is made anew only where it is lost, and nothing that is whole or newer is replaced by it.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;

use crate::support::{self, Ran, World, ask, catalogue, jpeg, put};

/// A library with a snapshot that knows two pictures less than its catalogue.
fn library() -> World {
    let world = World::new();
    (0..2).for_each(|number| put(&world.sources().join(format!("{number}.jpg")), &jpeg(number)));
    world.import(&[]).ends(0);
    meddle(&world, "UPDATE user SET storage_used = 1");
    well(&world, &["repair", "--yes"]);
    (2..4).for_each(|number| put(&world.sources().join(format!("{number}.jpg")), &jpeg(number)));
    world.import(&["--album", "later"]).ends(0);
    world
}

#[track_caller]
fn well(world: &World, args: &[&str]) -> Ran {
    let ran = world.run(&[args, &["--json"]].concat());
    assert_eq!(ran.code, 0, "{ran:#?}");
    ran
}

fn meddle(world: &World, sql: &str) {
    Connection::open(file(world)).unwrap().execute_batch(sql).unwrap();
}

fn file(world: &World) -> PathBuf {
    world.library().join("catalog.db")
}

fn albums(world: &World) -> Vec<String> {
    ask(&catalogue(&world.library()), "SELECT name FROM album ORDER BY name")
}

#[test]
fn a_catalogue_that_another_program_keeps_to_itself_is_not_lost() {
    let world = library();
    let other = Connection::open(file(&world)).unwrap();
    other.execute_batch("PRAGMA locking_mode = exclusive; BEGIN EXCLUSIVE;").unwrap();
    let ran = world.run(&["repair", "--rebuild", "--yes", "--json"]);
    assert_eq!((ran.code, ran.error()["code"].as_str()), (6, Some("locked")), "{ran:?}");
    drop(other);
    assert_eq!(albums(&world), ["later"]);
}

#[test]
fn a_catalogue_that_cannot_be_opened_or_read_just_now_is_not_lost() {
    if !support::strace_works() {
        return;
    }
    let world = library();
    meddle(&world, "PRAGMA wal_checkpoint(truncate)");
    let (before, path) = (fs::read(file(&world)).unwrap(), file(&world).canonicalize().unwrap());
    for fault in ["openat:error=EACCES", "openat:error=EMFILE", "pread64:error=EIO", "pread64:error=ENOMEM"] {
        let inject = format!("inject={fault}");
        let traced = ["-P", path.to_str().unwrap(), "-e", "trace=openat,pread64", "-e", &inject];
        let ran = world.strace(&traced, &["repair", "--rebuild", "--yes", "--json"]);
        assert_eq!(ran.code, 1, "{fault}: {ran:?}");
        assert_eq!(fs::read(file(&world)).unwrap(), before, "{fault}");
    }
    assert_eq!(albums(&world), ["later"]);
}

#[test]
fn what_a_killed_rebuild_left_does_not_replace_a_catalogue_that_was_mended_meanwhile() {
    if !support::strace_works() {
        return;
    }
    let world = library();
    meddle(&world, "PRAGMA wal_checkpoint(truncate)");
    let good = fs::read(file(&world)).unwrap();
    for mended in [true, false] {
        fs::write(file(&world), vec![b'x'; 20_000]).unwrap();
        let kill = ["-e", "trace=linkat", "-e", "inject=linkat:signal=KILL:when=1"];
        assert_eq!(world.strace(&kill, &["repair", "--rebuild", "--yes"]).code, 137);
        assert!(world.library().join("staging/rebuilt/catalog.db").exists());
        if mended {
            fs::write(file(&world), &good).unwrap();
            put(&world.sources().join("new.jpg"), &jpeg(9));
            world.import(&["--album", "newest"]).ends(0);
        } else {
            fs::write(file(&world), vec![b'y'; 20_001]).unwrap();
        }
        well(&world, &["repair", "--rebuild", "--yes"]);
        assert!(!world.library().join("staging/rebuilt").exists());
        if mended {
            assert_eq!(albums(&world), ["later", "newest"]);
            assert_eq!(world.sound().len(), 5);
        } else {
            assert_eq!(world.run(&["query", "-c", "--json"]).code, 0);
        }
    }
}
