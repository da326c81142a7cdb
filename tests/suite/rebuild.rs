//! What a repair must never do: put an older catalogue in place of a good one, lose what an original may miss, or end at one file.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use rusqlite::Connection;

use crate::repair::{back_up, done, flip, library as pictures, meddle, originals, repaired};
use crate::support::{self, HYPERNET, Ran, Seeded, World, ask, catalogue, jpeg, put};

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
            assert_eq!(world.run(&["query", "--count", "--json"]).code, 0);
        }
    }
}

#[test]
fn what_an_original_that_is_missing_was_stays_in_quarantine_and_comes_back_from_trash() {
    let world = pictures(3);
    let all = originals(&world);
    let name = |at: usize| all[at].file_name().unwrap().to_owned();
    let (damaged, lost) = (world.library().join("quarantine/damaged"), world.path().join("lost.jpg"));
    fs::create_dir(&damaged).unwrap();
    fs::write(damaged.join(name(0)), "what is left of it").unwrap();
    fs::rename(&all[0], &lost).unwrap();
    let drop = ["repair", "--drop-quarantine", "--older", "0s", "--yes", "--json"];
    let ran = world.run(&drop);
    assert_eq!((ran.code, done(&ran, "dropped")), (8, 0), "its original is not in its place: {ran:?}");
    fs::copy(&lost, world.library().join("trash/old.jpg")).unwrap();
    assert_eq!(done(&repaired(&world, &[]), "put_back"), 1);
    assert_eq!(done(&world.run(&drop), "dropped"), 1, "now it is");
    assert_eq!(world.sound().len(), 3);
}

#[test]
fn what_cannot_be_read_does_not_leave_quarantine() {
    if !support::strace_works() {
        return;
    }
    let world = pictures(1);
    let junk = world.library().canonicalize().unwrap().join("quarantine/junk");
    fs::write(&junk, "junk").unwrap();
    let traced = ["-P", junk.to_str().unwrap(), "-e", "trace=read", "-e", "inject=read:error=EIO"];
    let ran = world.strace(&traced, &["repair", "--drop-quarantine", "--older", "0s", "--yes", "--json"]);
    assert_eq!((ran.code, junk.exists()), (8, true), "{ran:?}");
}

#[test]
fn a_mended_original_s_place_is_never_empty() {
    if !support::strace_works() {
        return;
    }
    let world = pictures(1);
    back_up(&world);
    let place = originals(&world).remove(0);
    flip(&place, &mut Seeded(8));
    let backup = world.path().join("backup");
    for (call, n) in [("renameat2", 1), ("renameat2", 2), ("renameat", 3), ("linkat", 1), ("fsync", 5), ("fsync", 6)] {
        let again = world.copy();
        let inject = format!("inject={call}:signal=KILL:when={n}");
        let args = ["repair", "--yes", "--from", backup.to_str().unwrap()];
        again.strace(&["-e", &format!("trace={call}"), "-e", &inject], &args);
        assert!(originals(&again).len() == 1, "{call} {n}");
    }
}

#[test]
fn a_picture_larger_than_any_number_does_not_stop_the_repair_of_the_others() {
    let world = World::new();
    put(&world.sources().join("good.jpg"), &jpeg(1));
    let huge = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\0\0\0\x14\xc9\x0b\x66\0\0\0\0IEND\xae\x42\x60\x82";
    put(&world.sources().join("huge.png"), huge);
    world.import(&["--no-thumbs"]).ends(0);
    assert_eq!(done(&repaired(&world, &[]), "drawn"), 1);
    let ended = "SELECT DISTINCT outcome FROM operation WHERE command = 'repair'";
    assert_eq!(ask(&catalogue(&world.library()), ended), ["success"]);
    world.sound();
}

#[test]
fn a_rebuild_takes_the_newer_catalogue_of_a_backup_whose_hashes_then_find_what_is_damaged() {
    let world = library();
    back_up(&world);
    let before = world.sound();
    flip(&originals(&world)[0], &mut Seeded(1));
    for lost in ["catalog.db", "catalog.db-wal", "catalog.db-shm", "hypernet-library.toml"] {
        let _ = fs::remove_file(world.library().join(lost));
    }
    let alone = world.copy();
    let told = world.run(&["repair", "--rebuild", "--no-snapshot", "--json"]);
    assert!(told.stdout.contains("--rebuild --from BACKUP") && told.stdout.contains("trash"), "{told:?}");
    let ran = repaired(&alone, &["--rebuild"]);
    assert!(!ran.stdout.contains("backup/snapshots"), "{ran:?}");
    let ran = repaired(&world, &["--rebuild", "--from", "backup"]);
    assert!(ran.stdout.contains("/backup/snapshots/") && ran.stdout.contains("repair --from backup"), "{ran:?}");
    assert_eq!(albums(&world), ["later"]);
    assert_eq!(done(&repaired(&world, &["--from", "backup"]), "mended"), 1);
    assert_eq!(world.sound(), before);
    assert_eq!(world.run(&["repair", "--rebuild", "--from", "nowhere"]).code, 4);
}

#[test]
fn a_rebuild_is_not_based_on_another_library_s_backup() {
    let (world, other) = (library(), pictures(1));
    back_up(&other);
    fs::write(file(&world), "lost").unwrap();
    let backup = other.path().join("backup");
    let ran = repaired(&world, &["--rebuild", "--from", backup.to_str().unwrap()]);
    assert!(ran.stdout.contains("another library") && ran.stdout.contains("from backups/before-repair"), "{ran:?}");
}

#[test]
fn a_repair_that_only_shows_and_one_that_acts_say_the_same() {
    let world = World::new();
    (0..3).for_each(|number| put(&world.sources().join(format!("{number}.jpg")), &jpeg(number)));
    put(&world.sources().join("half.jpg"), &jpeg(4)[..40]);
    world.import(&["--no-thumbs"]).ends(0);
    let all = originals(&world);
    fs::remove_file(&all[0]).unwrap();
    let orphan = all[1].with_file_name("aaaaaaaa-1234-4678-abcd-123456789abc.txt");
    put(&orphan, b"an orphan");
    support::age(&orphan);
    let [shown, acted] = [&["repair", "--json"][..], &["repair", "--yes", "--json"]].map(|args| world.run(args));
    for ran in [&shown, &acted] {
        let summary = ran.summary();
        assert_eq!((ran.code, &summary["errors"][0]["code"]), (8, &"missing".into()), "{ran:?}");
        assert!(summary["errors"][0]["message"].as_str().unwrap().contains("--from BACKUP"), "{ran:?}");
        assert!(summary["notes"][0].as_str().unwrap().starts_with("originals were not read"), "{ran:?}");
        assert!(done(ran, "drawn") >= 2, "{ran:?}");
    }
    assert_eq!(shown.summary()["counts"], acted.summary()["counts"]);
}

#[test]
fn where_not_one_original_can_be_read_just_now_no_catalogue_of_nothing_is_made() {
    let world = World::new();
    (0..3).for_each(|number| put(&world.sources().join(format!("{number}.jpg")), &jpeg(number)));
    world.import(&[]).ends(0);
    for name in ["catalog.db", "catalog.db-wal", "catalog.db-shm"] {
        let _ = fs::remove_file(world.library().join(name));
    }
    // Whatever is the first to want for descriptors, no catalogue of nothing stands in the old one's place after it.
    for descriptors in 5..14 {
        let mut limited = Command::new("sh");
        let line = format!("ulimit -n {descriptors}; exec \"$0\" -L library repair --rebuild --yes");
        world.prepare(limited.args(["-c", &line, HYPERNET]));
        let ran = Ran::of(&limited.output().unwrap());
        if file(&world).exists() {
            // There was enough for one worker, or for all.
            assert_ne!(ask(&catalogue(&world.library()), "SELECT count(*) FROM v_media"), ["0"], "{ran:?}");
            fs::remove_file(file(&world)).unwrap();
        } else {
            assert_ne!(ran.code, 0, "{descriptors}: {ran:?}");
        }
    }
    assert_eq!(world.run(&["repair", "--rebuild", "--yes"]).code, 0);
    assert_eq!(ask(&catalogue(&world.library()), "SELECT count(*) FROM v_media"), ["3"]);
}
