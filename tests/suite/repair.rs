//! What is damaged is found and put right, from the library itself, from a backup, or from the originals; and no original is deleted.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::support::{self, Ran, Seeded, World, age, ask, catalogue, contents, hashes, jpeg, kept, live, plant, put};

/// A library with so many small pictures.
pub fn library(pictures: u64) -> World {
    let world = World::new();
    for number in 0..pictures {
        put(&world.sources().join(format!("roll{}/IMG_{number:04}.jpg", number % 3)), &jpeg(number));
    }
    world.import(&["--album", "{parent}"]).ends(0);
    world
}

/// The originals in a library's folder, in order.
pub fn originals(world: &World) -> Vec<PathBuf> {
    beneath(world, "media")
}

fn thumbnails(world: &World) -> Vec<PathBuf> {
    beneath(world, "thumbnails")
}

fn beneath(world: &World, folder: &str) -> Vec<PathBuf> {
    let all = hashes(&world.library().join("users")).into_keys();
    all.filter(|path| path.components().any(|part| part.as_os_str() == folder)).collect()
}

/// Changes one bit of a file, whatever its mode.
pub fn flip(path: &Path, seeded: &mut Seeded) {
    let mode = path.metadata().unwrap().permissions();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    let mut bytes = fs::read(path).unwrap();
    let at = seeded.below(bytes.len());
    bytes[at] ^= 1 << seeded.below(8);
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, mode).unwrap();
}

/// A backup of the library, beside it.
pub fn back_up(world: &World) {
    let ran = world.run(&["backup", "backup", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// How many findings of a kind a verification has.
fn found(ran: &Ran, kind: &str) -> u64 {
    ran.summary()["counts"][kind].as_u64().unwrap_or(0)
}

pub fn done(ran: &Ran, deed: &str) -> u64 {
    found(ran, deed)
}

/// Another tool at work on the catalogue.
pub fn meddle(world: &World, sql: &str) {
    let db = Connection::open(world.library().join("catalog.db")).unwrap();
    db.execute_batch("PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on;").unwrap();
    db.execute_batch(sql).unwrap();
}

#[track_caller]
pub fn repaired(world: &World, args: &[&str]) -> Ran {
    let ran = world.run(&[&["repair", "--yes", "--json"], args].concat());
    assert_eq!(ran.code, 0, "{ran:#?}");
    ran
}

#[test]
fn row_23_one_flipped_bit_in_each_of_200_originals_is_found_and_mended_from_a_backup() {
    let world = library(200);
    back_up(&world);
    let before = world.sound();
    let mut seeded = Seeded(23);
    for original in &originals(&world) {
        flip(original, &mut seeded);
    }
    let told = world.run(&["verify", "--data", "--json"]);
    assert_eq!((told.code, found(&told, "changed")), (8, 200), "{told:?}");
    let shown = world.run(&["repair", "--from", "backup", "--json"]);
    assert_eq!((shown.code, done(&shown, "mended")), (0, 200), "{shown:?}");
    let mended = repaired(&world, &["--from", "backup"]);
    assert_eq!(done(&mended, "mended"), 200, "{mended:?}");
    assert_eq!(world.sound(), before);
    assert_eq!(contents(&world.library().join("quarantine/damaged")).len(), 200, "the damaged ones are kept");
}

#[test]
fn row_23_one_flipped_bit_in_each_thumbnail_is_found_and_all_are_drawn_again() {
    let world = library(40);
    let drawn = contents(&world.library().join("users"));
    let mut seeded = Seeded(32);
    for thumbnail in &thumbnails(&world) {
        flip(thumbnail, &mut seeded);
    }
    let told = world.run(&["verify", "--data", "--json"]);
    assert_eq!((told.code, found(&told, "thumbnail")), (0, 40), "no photo is affected: {told:?}");
    assert_eq!(done(&repaired(&world, &[]), "drawn"), 40);
    assert_eq!(contents(&world.library().join("users")), drawn, "the same pictures again");
    world.sound();
    assert_eq!(repaired(&world, &[]).summary()["counts"], serde_json::json!({}));
}

#[test]
fn row_24_a_row_without_its_file_and_a_file_without_a_row_are_told_apart_and_nothing_is_deleted() {
    let world = library(6);
    let before = world.sound();
    let all = originals(&world);
    let (lost, orphan) = (&all[0], all[1].with_file_name("aaaaaaaa-1234-4678-abcd-123456789abc.jpg"));
    fs::rename(lost, world.path().join("taken away.jpg")).unwrap();
    fs::write(&orphan, jpeg(1000)).unwrap();
    let told = world.run(&["verify", "--json"]);
    assert_eq!((told.code, found(&told, "missing"), found(&told, "orphan")), (8, 1, 1), "{told:?}");

    let ran = world.run(&["repair", "--yes", "--json"]);
    assert_eq!(ran.code, 8, "nothing has the bytes of the one, and the other was written just now: {ran:?}");
    assert!(orphan.exists());
    age(&orphan);
    let ran = world.run(&["repair", "--yes", "--json"]);
    assert_eq!((done(&ran, "set_aside"), done(&ran, "taken_in"), done(&ran, "drawn")), (1, 1, 1), "{ran:?}");
    fs::rename(world.path().join("taken away.jpg"), world.library().join("quarantine/found.jpg")).unwrap();
    assert_eq!(done(&repaired(&world, &[]), "put_back"), 1);
    let after: BTreeSet<_> = world.sound().into_iter().collect();
    let wanted = before.into_iter().chain([support::sha256(&jpeg(1000))]).collect();
    assert_eq!(after, wanted, "each photo, and the orphan's bytes");
}

#[test]
fn a_repair_that_was_not_told_to_act_changes_nothing() {
    let world = library(4);
    let all = originals(&world);
    fs::rename(&all[0], world.library().join("quarantine/x.jpg")).unwrap();
    fs::remove_file(&thumbnails(&world)[1]).unwrap();
    fs::set_permissions(world.library().join("users"), fs::Permissions::from_mode(0o755)).unwrap();
    let before = hashes(&world.library());
    for args in [&["repair", "--json"][..], &["repair", "--yes", "-n", "--json"]] {
        let ran = world.run(args);
        assert_eq!((done(&ran, "put_back"), done(&ran, "drawn"), done(&ran, "permissions")), (1, 1, 1), "{ran:?}");
        assert_eq!((ran.code, &ran.summary()["dry_run"]), (0, &true.into()));
    }
    assert_eq!(hashes(&world.library()), before);
    assert_eq!(repaired(&world, &[]).summary()["dry_run"], false);
    world.sound();
}

#[test]
fn modes_counts_and_search_are_put_right_after_a_snapshot() {
    let world = library(5);
    fs::set_permissions(&originals(&world)[0], fs::Permissions::from_mode(0o666)).unwrap();
    fs::set_permissions(world.library().join("users"), fs::Permissions::from_mode(0o777)).unwrap();
    meddle(
        &world,
        "UPDATE album SET media_count = 99; UPDATE user SET storage_used = 1; DELETE FROM media_text WHERE rowid = (SELECT min(n) FROM media);
         DELETE FROM media_tag; DELETE FROM media_place; UPDATE media SET tag_count = 9, link_count = 9, found_name = 'x';",
    );
    assert_eq!(world.run(&["verify", "-q"]).code, 8);
    let ran = repaired(&world, &[]);
    let deeds = ["permissions", "recounted", "indexed"].map(|deed| done(&ran, deed));
    assert_eq!(deeds, [2, 1, 1], "{ran:?}");
    let snapshot = ran.summary()["snapshot"].as_str().unwrap().to_owned();
    let kept = Connection::open(world.library().join(snapshot)).unwrap();
    assert_eq!(ask(&kept, "SELECT DISTINCT media_count FROM album"), ["99"], "the snapshot is of before");
    world.sound();
    let journal =
        "SELECT verb || ' ' || before FROM v_history WHERE command = 'repair' AND before LIKE '%storage_used%'";
    assert_eq!(ask(&catalogue(&world.library()), journal), [r#"edit {"storage_used":1}"#]);
    let beside = "SELECT count(*) FROM media WHERE tag_count = 9 OR link_count = 9 OR found_name = 'x'";
    assert_eq!(ask(&catalogue(&world.library()), beside), ["0"]);
}

#[test]
fn only_what_is_old_and_not_missed_leaves_quarantine_and_only_when_told() {
    let world = library(3);
    let quarantine = world.library().join("quarantine");
    fs::rename(&originals(&world)[0], quarantine.join("missed.jpg")).unwrap();
    fs::write(quarantine.join("junk"), "junk").unwrap();
    let drop = ["repair", "--drop-quarantine", "--older"];
    assert_eq!(done(&world.run(&[&drop[..], &["30d", "--yes", "--json"]].concat()), "dropped"), 0, "too young");
    let shown = world.run(&[&drop[..], &["0s", "--json"]].concat());
    assert_eq!((shown.code, done(&shown, "dropped")), (8, 1), "{shown:?}");
    assert_eq!(fs::read_dir(&quarantine).unwrap().count(), 2, "it was only listed");
    let ran = world.run(&[&drop[..], &["0s", "--yes", "--json"]].concat());
    assert_eq!((ran.code, done(&ran, "dropped")), (8, 1), "{ran:?}");
    repaired(&world, &[]);
    assert_eq!(world.sound().len(), 3);
    assert_eq!(world.run(&["repair", "--drop-quarantine"]).code, 2, "not without an age");
}

#[test]
fn a_lost_catalogue_is_made_anew_from_the_newest_good_snapshot_and_what_came_since() {
    let world = library(4);
    meddle(&world, "UPDATE user SET storage_used = 1");
    repaired(&world, &[]);
    put(&world.sources().join("later.jpg"), &jpeg(500));
    world.import(&[]).ends(0);
    let before = world.sound();
    let mut seeded = Seeded(1);
    let mut bytes = fs::read(world.library().join("catalog.db")).unwrap();
    (0..bytes.len()).step_by(97).for_each(|at| bytes[at] ^= 1 << seeded.below(8));
    fs::write(world.library().join("catalog.db"), &bytes).unwrap();
    // A newer one that is no good is passed by.
    fs::write(world.library().join("backups/before-purge-2040-01-01T00-00-00Z.db"), "no database").unwrap();

    let ran = world.run(&["query", "--json"]);
    assert_eq!((ran.code, ran.error()["code"].as_str()), (10, Some("damaged")), "{ran:?}");
    assert!(ran.error()["hint"].as_str().unwrap().contains("hypernet repair --rebuild"), "{ran:?}");
    assert_eq!(world.run(&["repair", "--rebuild"]).code, 0);
    assert_eq!(fs::read(world.library().join("catalog.db")).unwrap(), bytes, "it was only shown");
    let made = repaired(&world, &["--rebuild"]);
    assert_eq!((done(&made, "rebuilt"), done(&made, "taken_in")), (1, 1), "{made:?}");
    repaired(&world, &[]);
    assert_eq!(world.sound(), before);
    assert_eq!(ask(&catalogue(&world.library()), "SELECT count(*) FROM album"), ["3"], "the snapshot had them");
    assert!(kept(&world.library()).contains(&support::sha256(&bytes)), "the damaged one is kept");
    assert_eq!(repaired(&world, &["--rebuild"]).summary()["counts"], serde_json::json!({}), "it is whole now");
}

#[test]
fn a_catalogue_is_made_anew_from_nothing_but_the_originals_under_their_ids() {
    let world = library(7);
    let (before, ids) = (world.sound(), "SELECT id FROM v_media UNION SELECT id FROM v_user ORDER BY 1");
    let were = ask(&catalogue(&world.library()), ids);
    let drawn: BTreeSet<_> = thumbnails(&world).into_iter().collect();
    for lost in ["catalog.db", "catalog.db-wal", "catalog.db-shm", "hypernet-library.toml"] {
        let _ = fs::remove_file(world.library().join(lost));
    }
    fs::remove_file(drawn.first().unwrap()).unwrap();
    // The same bytes twice: one of them has to stay without a row.
    let double = originals(&world)[0].with_file_name("aaaaaaaa-1234-4678-abcd-123456789abc.jpg");
    fs::copy(&originals(&world)[0], &double).unwrap();
    age(&double);
    assert_eq!(world.run(&["verify"]).code, 10);
    let made = world.run(&["repair", "--rebuild", "--yes", "--json"]);
    assert_eq!((made.code, done(&made, "taken_in")), (8, 7), "{made:?}");
    assert!(made.stdout.contains("albums, links, tags"), "it is said what is lost: {made:?}");
    let ran = repaired(&world, &[]);
    assert_eq!((done(&ran, "drawn"), done(&ran, "set_aside")), (1, 1), "{ran:?}");
    assert_eq!(world.sound(), before);
    let are = ask(&catalogue(&world.library()), ids);
    // Of the two with the same bytes, the one whose name comes first was entered.
    assert!(were.iter().filter(|id| !are.contains(id)).count() <= 1, "{were:?} {are:?}");
    assert_eq!(thumbnails(&world).into_iter().collect::<BTreeSet<_>>().len(), 7);
}

/// Damages a catalogue in one of the ways of the fault catalogue; says which.
fn mutate(folder: &Path, other: &[u8], seeded: &mut Seeded) -> &'static str {
    let path = folder.join("catalog.db");
    let mut bytes = fs::read(&path).unwrap();
    let (page, way) = (seeded.below(bytes.len() / 4096) * 4096, seeded.below(5));
    let what = match way {
        0 => {
            let at = page + seeded.below(4096);
            bytes[at] ^= 1 << seeded.below(8);
            "a flipped bit"
        }
        1 => {
            bytes[page..page + 4096].fill(seeded.next() as u8);
            "a page of junk"
        }
        2 => {
            bytes.truncate(page + seeded.below(4096));
            "a cut tail"
        }
        3 => {
            bytes[..100].iter_mut().for_each(|byte| *byte = seeded.next() as u8);
            "a junk header"
        }
        _ => {
            fs::write(folder.join("catalog.db-wal"), other).unwrap();
            "a foreign log"
        }
    };
    fs::write(&path, bytes).unwrap();
    what
}

#[test]
fn row_22_a_catalogue_mutated_in_any_way_is_found_damaged_or_whole_and_the_originals_are_reachable() {
    let count = std::env::var("HYPERNET_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(20);
    let (whole, other) = (library(5), library(2));
    meddle(&whole, "PRAGMA wal_checkpoint(truncate)");
    let log = log_of(&other);
    let (sound, originals) = (whole.sound(), contents(&whole.library().join("users")));
    let mut seeded = Seeded(22);
    for number in 0..count {
        let world = whole.copy();
        let what = mutate(&world.library(), &log, &mut seeded);
        let told = world.run(&["verify", "--json"]);
        assert!([0, 8, 10].contains(&told.code), "{number}: {what}: {told:?}");
        let asked = world.run(&["query", "--json"]);
        assert!([0, 10].contains(&asked.code), "{number}: {what}: {asked:?}");
        let made = world.run(&["repair", "--rebuild", "--yes", "--json"]);
        assert_eq!(made.code, 0, "{number}: {what}: {made:?}");
        let ran = world.run(&["repair", "--yes", "--json"]);
        assert!([0, 8].contains(&ran.code), "{number}: {what}: {ran:?}");
        assert!(originals.is_subset(&kept(&world.library())), "{number}: {what}");
        // A flip that SQLite cannot see may have changed a value; the others are mended whole.
        if made.summary()["counts"]["rebuilt"] == 1 {
            assert_eq!(world.sound(), sound, "{number}: {what}");
        }
    }
}

/// A log with frames in it, of another library.
fn log_of(world: &World) -> Vec<u8> {
    let db = Connection::open(world.library().join("catalog.db")).unwrap();
    db.execute_batch("PRAGMA wal_autocheckpoint = 0; UPDATE user SET last_login_at = 1;").unwrap();
    fs::read(world.library().join("catalog.db-wal")).unwrap()
}

/// The system calls at which a repair may die, and how many of each are tried.
const CALLS: &[(&str, usize)] = &[
    ("renameat2", 5),
    ("renameat", 2),
    ("linkat", 1),
    ("unlinkat", 3),
    ("fsync", 4),
    ("pwrite64", 3),
    ("fchmod", 2),
    ("mkdirat", 2),
];

/// Kills a command at these points, runs it again to its end, and holds every byte and the library to be sound.
fn sweep(whole: &World, args: &[&str], sound: &[String]) -> usize {
    let bytes = kept(&whole.library());
    let mut killed = 0;
    for (call, most) in CALLS {
        for n in 1..=*most {
            let world = whole.copy();
            let inject = format!("inject={call}:signal=KILL:when={n}");
            if world.strace(&["-e", &format!("trace={call}"), "-e", &inject], args).code != 137 {
                break;
            }
            killed += 1;
            assert!(bytes.is_subset(&kept(&world.library())), "{call} {n}: a byte is lost");
            let again = world.run(args);
            assert_eq!(again.code, 0, "{call} {n}: {again:?}");
            repaired(&world, &[]);
            assert_eq!(world.sound(), sound, "{call} {n}");
        }
    }
    killed
}

#[test]
fn a_repair_killed_at_any_point_loses_nothing_and_is_finished_by_the_next() {
    if !support::strace_works() {
        return;
    }
    let world = library(5);
    back_up(&world);
    let all = originals(&world);
    fs::rename(&all[0], world.library().join("quarantine/a.jpg")).unwrap();
    flip(&all[1], &mut Seeded(5));
    fs::remove_file(&thumbnails(&world)[2]).unwrap();
    let orphan = all[3].with_file_name("aaaaaaaa-1234-4678-abcd-123456789abc.jpg");
    put(&orphan, &jpeg(77));
    meddle(&world, "UPDATE album SET media_count = 7");
    let undisturbed = world.copy();
    let backup = world.path().join("backup");
    let args = ["repair", "--yes", "--from", backup.to_str().unwrap()];
    assert_eq!(undisturbed.run(&args).code, 0);
    let sound = undisturbed.sound();
    assert_eq!(sound.len(), 6);
    let killed = sweep(&world, &args, &sound);
    assert!(killed > 12, "only {killed} points were met");
}

#[test]
fn a_rebuild_killed_at_any_point_leaves_the_old_catalogue_or_the_new_and_is_finished_by_the_next() {
    if !support::strace_works() {
        return;
    }
    let world = library(5);
    let sound = world.sound();
    fs::write(world.library().join("catalog.db"), vec![b'x'; 20_000]).unwrap();
    fs::remove_file(world.library().join("hypernet-library.toml")).unwrap();
    let killed = sweep(&world, &["repair", "--rebuild", "--yes"], &sound);
    assert!(killed > 9, "only {killed} points were met");
}

#[test]
fn a_verification_with_a_budget_keeps_its_place_beside_the_catalogue_and_needs_none() {
    let world = library(3);
    let place = world.library().join("log/verify.json");
    let verify = |args: &[&str]| world.run(&[&["verify", "--data", "--json"], args].concat());
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::set_permissions(place.parent().unwrap(), fs::Permissions::from_mode(0o700)).unwrap();
    for (text, read) in [("", 3), ("{\"after\": -4}", 3), ("{\"after\": 9999}", 3), ("junk", 3)] {
        fs::write(&place, text).unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o600)).unwrap();
        let ran = verify(&["--max-time", "1h"]);
        assert_eq!((ran.code, ran.count("read")), (0, read), "{text}: {ran:?}");
        assert!(!place.exists(), "the pass is over");
    }
    let ran = verify(&["--max-time", "0s"]);
    assert_eq!((ran.code, ran.count("read")), (3, 0), "{ran:?}");
    let second = ask(&catalogue(&world.library()), "SELECT n FROM media ORDER BY n LIMIT 1 OFFSET 1");
    fs::write(&place, format!("{{\"after\": {}}}", second[0])).unwrap();
    fs::set_permissions(&place, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(verify(&[]).count("read"), 3, "without a budget it begins with the oldest");
    assert_eq!(verify(&["--max-time", "1h"]).count("read"), 1, "with one it goes on");
}

#[test]
fn a_verification_with_a_query_reads_the_originals_it_finds_and_nothing_else() {
    let world = library(6);
    let name = "SELECT file_path FROM v_media WHERE metadata ->> '$.original_filename' = 'IMG_0004.jpg'";
    let path = world.library().join(&ask(&catalogue(&world.library()), name)[0]);
    flip(&path, &mut Seeded(4));
    let verify = |query: &str| world.run(&["verify", query, "--json"]);
    let (good, bad) = (verify("file:IMG_0003*"), verify("file:IMG_0004*"));
    assert_eq!((good.code, good.count("read"), good.count("originals")), (0, 1, 1), "{good:?}");
    assert_eq!((bad.code, found(&bad, "changed")), (8, 1), "{bad:?}");
    assert_eq!(verify("camera~[").code, 2);
    let nothing = verify("tag:nobody");
    assert_eq!((nothing.code, nothing.count("read")), (4, 0), "what was checked is nothing: {nothing:?}");
    let told = world.run(&["verify", "file:IMG_0003*"]).stdout;
    assert!(told.starts_with("1 original, ") && !told.contains("object"), "{told}");
}

#[test]
fn what_is_no_backup_is_no_place_to_mend_from() {
    let world = library(1);
    fs::create_dir(world.path().join("empty")).unwrap();
    for from in ["empty", "nowhere"] {
        let ran = world.run(&["repair", "--from", from, "--json"]);
        assert_eq!((ran.code, ran.error()["code"].as_str()), (4, Some("not_found")), "{ran:?}");
    }
    plant(&world.path().join("other"), 0, 1);
    let mut elsewhere = std::process::Command::new(support::HYPERNET);
    elsewhere.args(["-L", "other", "repair", "--rebuild", "--yes"]);
    assert_eq!(world.ran(elsewhere).code, 10, "nothing of a library is there");
    assert_eq!(live(&world.library()).len(), 1);
}
