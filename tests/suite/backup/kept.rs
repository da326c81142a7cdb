//! What a backup must never give up: the last copy of an original, its catalogues, and bytes that it vouches for.

use std::fs;
use std::path::{Path, PathBuf};

use super::{backup, change, done, flip, originals, rewrite, world};
use crate::support::{self, World, contents, put, sha256};

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// The originals of a library, without the thumbnails.
fn media(library: &Path) -> Vec<PathBuf> {
    originals(library).into_iter().filter(|path| path.components().any(|part| part.as_os_str() == "media")).collect()
}

/// Puts so many files into a backup that belong to it and that the library does not name.
fn leave_behind(world: &World, count: usize) -> Vec<PathBuf> {
    let folder = world.path().join("backup");
    let first = originals(&folder)[0].clone();
    let digits = "0123456789abcdef".chars().filter(|digit| !name(&first).starts_with(*digit));
    let paths: Vec<_> =
        digits.take(count).map(|digit| first.with_file_name(format!("{digit}{}", &name(&first)[1..]))).collect();
    rewrite(&folder.join("manifest.jsonl"), |lines| {
        for path in &paths {
            put(path, b"gone");
            let relative = path.strip_prefix(&folder).unwrap().to_str().unwrap();
            lines.push(format!("{{\"path\":\"{relative}\",\"size\":4,\"sha256\":\"{}\"}}", sha256(b"gone")));
        }
        lines[1..].sort();
    });
    paths
}

#[test]
fn pruning_takes_nothing_that_the_library_names() {
    let world = world();
    done(backup(&world, &[]));
    let behind = leave_behind(&world, 1);
    let lost = &media(&world.library())[3];
    let copy = world.path().join("backup").join(lost.strip_prefix(world.library()).unwrap());
    fs::remove_file(lost).unwrap();
    change(&copy, |bytes| flip(bytes));
    let ran = backup(&world, &["--verify", "--prune", "--yes"]);
    assert_eq!((ran.code, ran.count("pruned"), ran.count("failed")), (3, 0, 1), "{ran:#?}");
    assert!(ran.stderr.contains("nothing was removed"), "{ran:#?}");
    assert!(ran.stdout.contains("the backup's copy is damaged too"), "{ran:#?}");
    assert!(copy.exists() && behind[0].exists(), "nothing goes while anything is not well");
    let verified = world.run(&["backup", "verify", "backup", "--json"]);
    assert_eq!((verified.code, verified.count("failed")), (8, 1));
    assert!(!verified.stdout.contains("never had it"), "{verified:#?}");
    // What could not be made sure of is read again by the next run, without being asked to.
    let again = backup(&world, &[]);
    assert_eq!((again.code, again.count("failed")), (3, 1), "{again:#?}");
}

#[test]
fn much_of_a_backup_is_pruned_only_by_its_exact_number() {
    let world = world();
    done(backup(&world, &[]));
    let behind = leave_behind(&world, 4);
    let there = || behind.iter().all(|path| path.exists());
    for more in [&["--prune"][..], &["--prune", "--yes"], &["--prune", "--confirm-count", "5"]] {
        let ran = backup(&world, more);
        assert_eq!((ran.code, ran.error()["details"]["count"].as_u64(), there()), (9, Some(4), true), "{ran:#?}");
    }
    let dry = done(backup(&world, &["--prune", "-n"]));
    assert_eq!((dry.count("pruned"), dry.summary()["going"].as_array().unwrap().len(), there()), (4, 4, true));
    let pruned = done(backup(&world, &["--prune", "--confirm-count", "4"]));
    assert_eq!(
        (pruned.count("pruned"), originals(&world.path().join("backup")).len()),
        (4, usize::try_from(super::PICTURES).unwrap())
    );
    done(world.run(&["backup", "verify", "backup"]));
}

#[test]
fn a_good_copy_outlives_a_catalogue_made_anew_from_rotten_bytes() {
    let world = world();
    done(backup(&world, &[]));
    let good = contents(&world.path().join("backup/users"));
    change(&media(&world.library())[2], |bytes| flip(bytes));
    fs::remove_file(world.library().join("catalog.db")).unwrap();
    assert_eq!(world.run(&["repair", "--rebuild", "--no-snapshot", "--yes"]).code, 0);
    for more in [&[][..], &["--verify"], &[]] {
        let ran = backup(&world, more);
        assert_eq!((ran.code, ran.count("failed"), ran.count("copied")), (3, 1, 0), "{ran:#?}");
        assert!(ran.stdout.contains("the library now says other bytes"), "{ran:#?}");
        assert_eq!(contents(&world.path().join("backup/users")), good);
    }
    // Also where nothing but its catalogues says what was given to it.
    fs::write(world.path().join("backup/manifest.jsonl"), "rubbish\n").unwrap();
    assert_eq!(backup(&world, &[]).code, 3);
    assert_eq!(contents(&world.path().join("backup/users")), good);
}

#[test]
fn without_its_manifest_a_backup_keeps_its_catalogues_and_originals() {
    let world = world();
    for _ in 0..3 {
        done(backup(&world, &[]));
    }
    let behind = leave_behind(&world, 2);
    let stranger = world.path().join("backup/snapshots/my letter.new");
    put(&stranger, b"dear");
    put(&world.path().join("backup/snapshots/notes.txt"), b"mine");
    for ruin in [Some("rubbish\n"), None] {
        let manifest = world.path().join("backup/manifest.jsonl");
        let before = catalogues(&world);
        match ruin {
            Some(text) => fs::write(&manifest, text).unwrap(),
            None => fs::remove_file(&manifest).unwrap(),
        }
        let ran = done(backup(&world, &[]));
        assert_eq!((ran.count("gone"), ran.count("kept")), (2, super::PICTURES), "{ran:#?}");
        assert_eq!(catalogues(&world), before + 1);
        done(world.run(&["backup", "verify", "backup"]));
        done(backup(&world, &[]));
        assert_eq!(catalogues(&world), before + 2, "the manifest names them again");
    }
    assert!(behind.iter().all(|path| path.exists()));
    assert_eq!(fs::read(world.path().join("backup/snapshots/notes.txt")).unwrap(), b"mine");
}

fn catalogues(world: &World) -> usize {
    let names = support::hashes(&world.path().join("backup/snapshots")).into_keys();
    names.filter(|path| path.extension().is_some_and(|ext| ext == "db")).count()
}
