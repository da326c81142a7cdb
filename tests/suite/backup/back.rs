//! What comes back from a backup that is itself damaged, and where no backup may be.

use std::fs::{self, File};

use super::{PICTURES, backup, change, done, elsewhere, flip, ids, originals, world};
use crate::support::{World, contents};

fn restore(world: &World) -> crate::support::Ran {
    world.run(&["backup", "restore", "backup", "--to", "again", "--json"])
}

#[test]
fn a_damaged_newest_catalogue_gives_way_to_the_one_before() {
    let world = world();
    done(backup(&world, &[]));
    let first = done(backup(&world, &[])).summary()["snapshot"].clone();
    let newest = world.path().join("backup").join(first.as_str().unwrap());
    change(&newest, |bytes| flip(bytes));
    let ran = restore(&world);
    assert_eq!((ran.code, ran.count("restored"), ran.count("failed")), (3, PICTURES, 1), "{ran:#?}");
    assert!(ran.stdout.contains("instead"), "{ran:#?}");
    assert_eq!(ids(&world.path().join("again")), ids(&world.library()));
    assert_eq!(elsewhere(&world, &["verify", "--data"]).code, 0);
}

#[test]
fn without_its_manifest_a_backup_comes_back_by_its_catalogues() {
    for ruin in [Some("rubbish\n"), None] {
        let world = world();
        done(backup(&world, &[]));
        let manifest = world.path().join("backup/manifest.jsonl");
        match ruin {
            Some(text) => fs::write(&manifest, text).unwrap(),
            None => fs::remove_file(&manifest).unwrap(),
        }
        let ran = restore(&world);
        assert_eq!((ran.code, ran.count("restored"), ran.count("failed")), (3, PICTURES, 1), "{ran:#?}");
        assert_eq!(ids(&world.path().join("again")), ids(&world.library()));
        assert_eq!(elsewhere(&world, &["verify", "--data"]).code, 0);
    }
}

#[test]
fn a_damaged_copy_comes_back_beside_the_originals_never_as_one() {
    let world = world();
    done(backup(&world, &[]));
    let copy = originals(&world.path().join("backup"))[0].clone();
    change(&copy, |bytes| flip(bytes));
    let ran = restore(&world);
    assert_eq!((ran.code, ran.count("restored"), ran.count("failed")), (3, PICTURES - 1, 1), "{ran:#?}");
    let again = world.path().join("again");
    let aside = again.join("quarantine/damaged").join(copy.file_name().unwrap());
    assert_eq!(fs::read(aside).unwrap(), fs::read(&copy).unwrap());
    assert!(contents(&again.join("users")).is_disjoint(&contents(&again.join("quarantine"))));
    assert!(ran.stdout.contains("quarantine/damaged/"), "{ran:#?}");
}

#[test]
fn a_folder_that_is_being_restored_into_is_locked() {
    let world = world();
    done(backup(&world, &[]));
    let again = world.path().join("again");
    fs::create_dir(&again).unwrap();
    let held = File::open(&again).unwrap();
    held.lock().unwrap();
    let ran = restore(&world);
    assert_eq!((ran.code, ran.error()["code"].as_str()), (6, Some("locked")), "{ran:#?}");
    assert_eq!(fs::read_dir(&again).unwrap().count(), 0);
    drop(held);
    done(restore(&world));
}

#[test]
fn a_backup_is_in_no_other_and_holds_no_other() {
    let world = world();
    done(backup(&world, &[]));
    let ran = world.run(&["backup", "backup/users/inner", "--json"]);
    assert_eq!((ran.code, ran.error()["code"].as_str()), (2, Some("invalid")), "{ran:#?}");
    assert!(!world.path().join("backup/users/inner").exists());
    done(world.run(&["backup", "other", "--json"]));
    fs::rename(world.path().join("other"), world.path().join("backup/other")).unwrap();
    assert_eq!(backup(&world, &[]).code, 2);
}

#[test]
fn a_folder_that_does_not_exist_is_not_found() {
    let world = World::new();
    for args in [&["verify", "nowhere"][..], &["restore", "nowhere", "--to", "again"]] {
        let ran = world.run(&[&["backup"], args, &["--json"]].concat());
        assert_eq!((ran.code, ran.error()["code"].as_str()), (4, Some("not_found")), "{ran:#?}");
    }
}
