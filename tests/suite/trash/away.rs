//! Away for good: what a purge takes, what it leaves, and what keeps it from taking too much.

use std::fs;
use std::time::Duration;

use hypernet::store::{Access, Library, Opening};

use super::{done, ids, names, told, world};
use crate::support::{World, ask, catalogue, hashes, jpeg, kept, live, put, sha256};

/// Removes the first picture of ten and purges it: a tenth of the library, so a yes is enough.
fn purged() -> (World, String) {
    let world = world(10);
    let id = ids(&world).remove(0);
    done(&world.run(&["rm", &id]));
    let ran = world.run(&["purge", &id, "--yes", "--json"]);
    done(&ran);
    assert_eq!((ran.count("purged"), ran.count("links")), (1, 1), "{ran:?}");
    assert_eq!(ran.count("bytes_freed"), jpeg(0).len() as u64);
    (world, id)
}

#[test]
fn the_bytes_go_aside_with_the_purge_and_from_the_disk_with_the_next_run() {
    let (world, id) = purged();
    let trash = world.library().join("trash");
    assert_eq!(names(&trash), [format!("{id}.jpg"), format!("{id}.thumbnail.jpg")]);
    assert_eq!(world.sound().len(), 9);
    assert!(kept(&world.library()).contains(&sha256(&jpeg(0))), "nothing is unlinked by the run that purges");
    // The pictures that stay are all there is to take in, so the next run does nothing else.
    world.import(&[]).ends(0);
    assert_eq!(names(&trash), Vec::<String>::new());
    assert!(!hashes(&world.library()).into_values().any(|hash| hash == sha256(&jpeg(0))));
    assert_eq!(ask(&catalogue(&world.library()), "SELECT n FROM pending_unlink"), Vec::<String>::new());
    world.sound();
}

#[test]
fn a_tombstone_stops_the_same_bytes_until_they_are_asked_for_and_then_they_are_a_new_object() {
    let (world, id) = purged();
    let again = world.import(&[]).ends(0);
    assert_eq!((again.count("skipped"), again.count("duplicates")), (1, 9), "{again:?}");
    assert_eq!(world.import(&["--include-deleted"]).ends(0).count("imported"), 1);
    assert!(!ids(&world).contains(&id));
    assert_eq!(world.sound().len(), 10);
}

#[test]
fn a_purge_again_finds_it_done() {
    let (world, id) = purged();
    let again = world.run(&["purge", &id, "--json"]);
    assert_eq!((again.code, again.count("unchanged")), (0, 1), "{again:?}");
    assert_eq!(world.run(&["restore", &id]).code, 4);
}

#[test]
fn the_journal_tells_of_a_purge_and_forgets_what_it_remembered() {
    let world = world(10);
    let id = ids(&world).remove(0);
    world.import(&["--tag", "blue", "--rehash"]).ends(0);
    done(&world.run(&["rm", &id]));
    let remembered = "SELECT count(*) FROM change WHERE before IS NOT NULL";
    assert_eq!(ask(&catalogue(&world.library()), remembered), ["20"]);
    done(&world.run(&["purge", &id, "--yes"]));
    let db = catalogue(&world.library());
    assert_eq!(ask(&db, remembered), ["18"]);
    let verbs =
        "SELECT group_concat(verb) FROM change JOIN tombstone ON tombstone.n = change.object WHERE tombstone.type = 2";
    assert_eq!(ask(&db, verbs), ["edit,edit,delete,purge"]);
    let told = "SELECT command || outcome || (summary ->> 'objects') || (summary ->> 'links') FROM operation ORDER BY n DESC LIMIT 1";
    assert_eq!(ask(&db, told), ["purgesuccess11"]);
}

#[test]
fn a_snapshot_of_the_catalogue_stands_before_the_purge() {
    let (world, id) = purged();
    let backups = world.library().join("backups");
    let name = names(&backups).into_iter().find(|name| name.starts_with("before-purge-")).unwrap();
    let snapshot = rusqlite::Connection::open(backups.join(name)).unwrap();
    assert_eq!(ask(&snapshot, &format!("SELECT count(*) FROM v_media WHERE id = '{id}'")), ["1"]);
}

#[test]
fn what_is_live_is_not_purged() {
    let world = world(10);
    let id = ids(&world).remove(0);
    let refused = world.run(&["purge", &id, "--yes", "--json"]);
    assert_eq!((refused.code, refused.error()["code"].as_str()), (2, Some("invalid")), "{refused:?}");
    assert_eq!(world.sound().len(), 10);
}

#[test]
fn a_purge_is_confirmed_or_refused() {
    let world = world(10);
    let id = ids(&world).remove(0);
    done(&world.run(&["rm", &id]));
    for args in [["purge", &id], ["trash", "empty"]] {
        let refused = world.run(&[&args[..], &["--json"]].concat());
        assert_eq!((refused.code, refused.error()["details"]["flag"].as_str()), (9, Some("--yes")), "{refused:?}");
        let wrong = world.run(&[&args[..], &["--yes", "--confirm-count", "2"]].concat());
        assert_eq!(wrong.code, 9, "{wrong:?}");
        let dry = world.run(&[&args[..], &["--json", "-n"]].concat());
        assert_eq!((dry.code, dry.count("purged")), (0, 1), "{dry:?}");
    }
    assert_eq!(ask(&catalogue(&world.library()), "SELECT count(*) FROM tombstone"), ["0"]);
    done(&world.run(&["trash", "empty", "--yes"]));
    done(&world.run(&["trash", "empty"]));
    assert_eq!(world.sound().len(), 9);
}

#[test]
fn only_what_is_old_enough_goes() {
    let world = world(10);
    done(&world.run(&["rm", &ids(&world)[0]]));
    let none = world.run(&["trash", "empty", "--older", "30d", "--json"]);
    assert_eq!((none.code, none.count("purged")), (0, 0), "{none:?}");
    assert_eq!(world.run(&["trash", "empty", "--older", "0", "--yes", "--json"]).count("purged"), 1);
}

#[test]
fn row_25_a_purge_of_most_of_the_library_is_refused_without_the_exact_count() {
    let world = world(10);
    let ids = ids(&world);
    done(&world.run(&["rm", &ids[0], &ids[1], &ids[2]]));
    for more in [&["--yes"][..], &["--yes", "--confirm-count", "2"], &["--confirm-count", "4"]] {
        let refused = world.run(&[&["trash", "empty", "--json"], more].concat());
        assert_eq!(
            (refused.code, refused.error()["details"]["flag"].as_str()),
            (9, Some("--confirm-count")),
            "{refused:?}"
        );
        assert_eq!(refused.error()["details"]["count"], 3);
    }
    assert_eq!(ask(&catalogue(&world.library()), "SELECT count(*) FROM tombstone"), ["0"]);
    done(&world.run(&["trash", "empty", "--confirm-count", "3"]));
    assert_eq!(world.sound().len(), 7);
}

#[test]
fn row_26_a_purge_overlaps_no_import() {
    let world = world(10);
    let id = ids(&world).remove(0);
    done(&world.run(&["rm", &id]));
    let hold = |access| {
        Library::open(&Opening { path: world.library(), access, lock_timeout: Duration::from_secs(5) }).unwrap()
    };
    let importing = hold(Access::Write);
    assert_eq!(world.run(&["purge", &id, "--yes"]).code, 6);
    assert_eq!(world.run(&["trash", "empty", "--yes"]).code, 6);
    drop(importing);
    let purging = hold(Access::Alone);
    assert_eq!(world.run(&["import", "sources"]).code, 6);
    drop(purging);
    done(&world.run(&["purge", &id, "--yes"]));
    assert_eq!(world.import(&[]).ends(0).count("skipped"), 1);
    world.sound();
}

#[test]
fn shared_bytes_stay_while_another_media_needs_them() {
    let world = world(10);
    put(&world.sources().join("again.jpg"), &jpeg(0));
    world.import(&["--dup", "keep"]).ends(0);
    let of = "SELECT id FROM v_media WHERE hash = (SELECT hash FROM v_media WHERE filename = 'again.jpg') ORDER BY created_at";
    let twins = ask(&catalogue(&world.library()), of);
    assert_eq!(twins.len(), 2);
    // The first holder goes for good, the second only into the trash: its bytes stay.
    done(&world.run(&["rm", &twins[0]]));
    assert_eq!(world.run(&["purge", &twins[0], "--yes", "--json"]).count("bytes_freed"), 0);
    done(&world.run(&["rm", &twins[1]]));
    world.import(&[]).ends(0);
    assert!(kept(&world.library()).contains(&sha256(&jpeg(0))));
    done(&world.run(&["restore", &twins[1]]));
    assert_eq!(world.sound().len(), 10);
    done(&world.run(&["rm", &twins[1]]));
    assert_eq!(world.run(&["purge", &twins[1], "--yes", "--json"]).count("bytes_freed"), jpeg(0).len() as u64);
    world.import(&[]).ends(0);
    assert!(!kept(&world.library()).contains(&sha256(&jpeg(0))));
    world.sound();
}

#[test]
fn an_album_whose_cover_is_purged_has_none() {
    let world = world(10);
    let id = ids(&world).remove(0);
    let db = rusqlite::Connection::open(world.library().join("catalog.db")).unwrap();
    db.execute_batch("UPDATE album SET cover = (SELECT n FROM media WHERE filename = 'IMG_0000.jpg')").unwrap();
    drop(db);
    done(&world.run(&["rm", &id]));
    done(&world.run(&["purge", &id, "--yes"]));
    let db = catalogue(&world.library());
    assert_eq!(ask(&db, "SELECT count(*) FROM album WHERE cover IS NULL"), ["1"]);
    assert_eq!(
        ask(&db, "SELECT before ->> 'cover_media_id' FROM change WHERE verb = 'edit' AND before LIKE '%cover%'"),
        [id]
    );
    world.sound();
}

#[test]
fn only_an_admin_lets_go_for_good() {
    let world = world(10);
    let id = ids(&world).remove(0);
    done(&world.run(&["rm", &id]));
    let db = rusqlite::Connection::open(world.library().join("catalog.db")).unwrap();
    db.execute_batch("UPDATE user SET is_admin = 0").unwrap();
    for args in [&["purge", &id, "--yes", "--json"][..], &["trash", "empty", "--yes", "--json"]] {
        let refused = world.run(args);
        assert_eq!((refused.code, refused.error()["code"].as_str()), (1, Some("denied")), "{refused:?}");
    }
    assert_eq!(live(&world.library()).len(), 9);
}

#[test]
fn row_24_a_file_in_trash_that_no_purge_knows_is_kept_and_told() {
    let (world, _) = purged();
    let stranger = world.library().join("trash/IMG_0001.jpg");
    fs::write(&stranger, b"mine").unwrap();
    fs::set_permissions(&stranger, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    world.import(&[]).ends(0);
    done(&world.run(&["trash", "empty", "--yes"]));
    assert_eq!(names(&world.library().join("trash")), ["IMG_0001.jpg"]);
    let verified = world.run(&["verify", "--json"]);
    assert_eq!((verified.code, verified.summary()["noted"][0]["code"].as_str()), (0, Some("stray")), "{verified:?}");
}

#[test]
fn ids_to_purge_come_on_standard_input_too() {
    let world = world(10);
    let ids = ids(&world);
    done(&world.run(&["rm", &ids[0], &ids[1]]));
    let listed = world.run(&["trash", "list", "--json"]).stdout;
    assert_eq!(told(&world, &["purge", "-", "--yes", "--json"], &listed).count("purged"), 2);
    world.sound();
}

#[test]
fn an_empty_question_names_nothing_and_a_star_everything() {
    let world = world(2);
    for command in ["rm", "restore"] {
        for nothing in [&["--where", ""][..], &["-w", "  "], &[""]] {
            let refused = world.run(&[&[command, "--json"], nothing].concat());
            assert_eq!((refused.code, refused.error()["code"].as_str()), (2, Some("usage")), "{refused:?}");
        }
    }
    assert_eq!(live(&world.library()).len(), 2);
    assert_eq!(world.run(&["rm", "--where", "*", "--json"]).count("removed"), 2);
}

#[test]
fn what_a_purge_frees_is_freed_by_the_next_run_and_said_so() {
    let world = world(10);
    let id = ids(&world).remove(0);
    done(&world.run(&["rm", &id]));
    let wrong = world.run(&["trash", "empty", "--confirm-count", "2", "--json"]);
    let hint = wrong.error()["hint"].as_str().unwrap_or_default().to_owned();
    assert!(hint.ends_with("--confirm-count 1"), "{wrong:?}");
    let purged = world.run(&["trash", "empty", "--yes"]);
    assert!(purged.stderr.contains("to be freed by the next import"), "{purged:?}");
    let nothing = world.run(&["trash", "empty"]);
    assert!(!nothing.stderr.contains("freed"), "{nothing:?}");
    assert_eq!(names(&world.library().join("trash")), Vec::<String>::new());
    let bare = world.run(&["trash"]);
    assert_eq!(bare.code, 2);
    assert!(bare.stderr.contains("`hypernet trash` needs a command: list, empty"), "{bare:?}");
}
