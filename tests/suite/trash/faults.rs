//! A disk that fails and a process that dies while objects go for good: at worst a file in `trash/`, which the next run clears.

use super::{done, ids, names, world};
use crate::support::{World, ask, catalogue, hashes, jpeg, problems, sha256, strace_works};

fn removed() -> (World, String) {
    let world = world(10);
    let id = ids(&world).remove(0);
    done(&world.run(&["rm", &id]));
    (world, id)
}

/// After whatever happened, the same command again and one more run leave the library whole and the bytes gone.
#[track_caller]
fn converges(world: &World, id: &str, case: &str) {
    let again = world.run(&["purge", id, "--yes"]);
    assert_eq!(again.code, 0, "{case}: {again:?}");
    world.import(&[]).ends(0);
    assert_eq!(problems(world), Vec::<String>::new(), "{case}");
    assert_eq!(names(&world.library().join("trash")), Vec::<String>::new(), "{case}");
    assert!(!hashes(&world.library().join("users")).into_values().any(|hash| hash == sha256(&jpeg(0))), "{case}");
}

#[test]
fn row_2_a_purge_killed_anywhere_leaves_at_worst_a_file_in_trash() {
    if !strace_works() {
        return;
    }
    let (before, id) = removed();
    for call in ["renameat2", "fsync", "unlinkat", "pwrite64"] {
        let mut at = 1;
        while at < 300 {
            let world = before.copy();
            let inject = format!("inject={call}:signal=KILL:when={at}");
            let ran = world.strace(&["-e", &format!("trace={call}"), "-e", &inject], &["purge", &id, "--yes"]);
            let case = format!("{call} {at}");
            if ran.code == 0 {
                break;
            }
            assert_eq!(ran.code, 137, "{case}: {ran:?}");
            // Before anything is repaired: the row is there with its bytes, or gone.
            let rows = ask(&catalogue(&world.library()), "SELECT count(*) FROM media");
            let verified = world.run(&["verify", "--data"]);
            assert_eq!(verified.code, 0, "{case}: {rows:?} {verified:?}");
            converges(&world, &id, &case);
            at += if call == "pwrite64" { 40 } else { 1 };
        }
    }
}

#[test]
fn a_file_that_cannot_be_moved_aside_goes_with_the_next_run() {
    if !strace_works() {
        return;
    }
    let (world, id) = removed();
    // The first name given is the snapshot's.
    let inject = ["-e", "trace=renameat2", "-e", "inject=renameat2:error=EIO:when=2+"];
    let ran = world.strace(&inject, &["purge", &id, "--yes"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("could not be removed yet"), "{ran:?}");
    let verified = world.run(&["verify", "--json"]);
    assert_eq!((verified.code, verified.summary()["noted"][0]["code"].as_str()), (0, Some("leaving")), "{verified:?}");
    converges(&world, &id, "rename");
}

#[test]
fn a_file_that_cannot_be_unlinked_is_tried_again() {
    if !strace_works() {
        return;
    }
    let (world, id) = removed();
    done(&world.run(&["purge", &id, "--yes"]));
    let inject = ["-e", "trace=unlinkat", "-e", "inject=unlinkat:error=EACCES"];
    let ran = world.strace(&inject, &["trash", "empty", "--yes"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(names(&world.library().join("trash")).len(), 2);
    converges(&world, &id, "unlink");
}

#[test]
fn a_full_disk_purges_nothing_and_leaves_no_half_snapshot() {
    if !strace_works() {
        return;
    }
    let (world, id) = removed();
    // Its log and its index are there already, so that the first thing written is the snapshot.
    let open = catalogue(&world.library());
    assert_eq!(ask(&open, "SELECT count(*) FROM media"), ["10"]);
    let inject = ["-e", "trace=pwrite64", "-e", "inject=pwrite64:error=ENOSPC"];
    let ran = world.strace(&inject, &["purge", &id, "--yes", "--json"]);
    assert_eq!((ran.code, ran.error()["code"].as_str()), (1, Some("no_space")), "{ran:?}");
    assert_eq!(ask(&catalogue(&world.library()), "SELECT count(*) FROM tombstone"), ["0"]);
    assert_eq!(names(&world.library().join("backups")), Vec::<String>::new());
    assert_eq!(problems(&world), Vec::<String>::new());
    converges(&world, &id, "full disk");
}

#[test]
fn what_a_killed_purge_wrote_is_on_the_disk_before_the_next_run_touches_a_file() {
    if !strace_works() {
        return;
    }
    let (world, id) = removed();
    let ran =
        world.strace(&["-e", "trace=renameat2", "-e", "inject=renameat2:signal=KILL:when=2"], &["purge", &id, "--yes"]);
    assert_eq!(ran.code, 137, "{ran:?}");
    for command in [&["import", "sources"][..], &["trash", "empty", "--yes"]] {
        let world = world.copy();
        let calls = "trace=fsync,fdatasync,renameat2,unlinkat";
        done(&world.strace(&["-y", "-e", calls], command));
        let trace = std::fs::read_to_string(world.path().join("trace")).unwrap();
        let touched = trace.lines().position(|line| line.contains("library/trash") || line.contains("trash/")).unwrap();
        let synced = trace.lines().position(|line| line.contains("sync(") && line.contains("catalog.db-wal"));
        assert!(synced.is_some_and(|synced| synced < touched), "{trace}");
    }
}
