//! Into the trash and back, through the program: what goes along with what, and that all of it comes back as it was.

mod away;
mod faults;
mod retention;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{HYPERNET, Ran, World, ask, catalogue, jpeg, live, put};

/// A world with this many pictures in a library and its album `Trip`.
pub fn world(pictures: u64) -> World {
    let world = World::new();
    for number in 0..pictures {
        put(&world.sources().join(format!("IMG_{number:04}.jpg")), &jpeg(number));
    }
    world.import(&["--album", "Trip", "--tag", "sea"]).ends(0);
    world
}

/// The ids of the live media, by name.
pub fn ids(world: &World) -> Vec<String> {
    ask(&catalogue(&world.library()), "SELECT id FROM v_media WHERE deleted_at IS NULL ORDER BY filename")
}

/// The id of the live album.
fn album(world: &World) -> String {
    ask(&catalogue(&world.library()), "SELECT id FROM v_album WHERE deleted_at IS NULL").remove(0)
}

/// Everything live that a person could miss: objects, links with their places, counts, tags.
fn state(world: &World) -> Vec<String> {
    let db = catalogue(&world.library());
    [
        "SELECT id || filename || metadata FROM v_media WHERE deleted_at IS NULL ORDER BY id",
        "SELECT id || name || media_count || ifnull(cover_media_id, '') FROM v_album WHERE deleted_at IS NULL ORDER BY id",
        "SELECT id || from_object_id || to_object_id || link_type || ifnull(sort_order, '') FROM v_link WHERE deleted_at IS NULL ORDER BY id",
        "SELECT storage_used FROM v_user",
    ]
    .iter()
    .flat_map(|sql| ask(&db, sql))
    .collect()
}

/// Runs a command with text on standard input.
pub fn told(world: &World, args: &[&str], text: &str) -> Ran {
    let mut command = Command::new(HYPERNET);
    world.prepare(&mut command).args(["-L", "library"]).args(args);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    Ran::of(&child.wait_with_output().unwrap())
}

#[track_caller]
pub fn done(ran: &Ran) {
    assert_eq!(ran.code, 0, "{ran:#?}");
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_was_removed_is_found_no_more_and_comes_back_as_it_was() {
    let world = world(4);
    put(&world.sources().join("again.jpg"), &jpeg(2));
    world.import(&["--dup", "keep"]).ends(0);
    let (before, ids) = (state(&world), ids(&world));
    let removed = world.run(&["rm", &ids[2], &ids[0], "--json"]);
    done(&removed);
    assert_eq!((removed.count("removed"), removed.count("links"), removed.count("failed")), (2, 3, 0));
    assert_eq!(live(&world.library()).len(), 3);
    assert_eq!(ask(&catalogue(&world.library()), "SELECT media_count FROM v_album"), ["2"]);
    world.sound();
    let again = world.run(&["rm", &ids[2], "--json"]);
    assert_eq!((again.code, again.count("removed"), again.count("unchanged")), (0, 0, 1));

    let back = told(&world, &["restore", "-", "--json"], &removed.stdout);
    done(&back);
    assert_eq!((back.count("restored"), back.count("links")), (2, 3));
    assert_eq!(state(&world), before);
    world.sound();
    assert_eq!(world.run(&["restore", &ids[2], "--json"]).count("unchanged"), 1);
}

#[test]
fn an_album_takes_its_list_and_none_of_its_media() {
    let world = world(3);
    let (before, album) = (state(&world), album(&world));
    let removed = world.run(&["rm", &album[..8], "--json"]);
    done(&removed);
    assert_eq!((removed.count("removed"), removed.count("links")), (1, 3));
    assert_eq!(live(&world.library()).len(), 3);
    world.sound();
    done(&world.run(&["restore", &album]));
    assert_eq!(state(&world), before);
}

#[test]
fn a_link_whose_other_end_is_in_the_trash_comes_back_with_that() {
    for first in ["album", "media"] {
        for back in ["album", "media"] {
            let world = world(2);
            let (before, media, album) = (state(&world), ids(&world).remove(0), album(&world));
            let of = |what| if what == "album" { album.as_str() } else { media.as_str() };
            let other = |what| of(if what == "album" { "media" } else { "album" });
            done(&world.run(&["rm", of(first)]));
            done(&world.run(&["rm", other(first)]));
            done(&world.run(&["restore", of(back)]));
            world.sound();
            done(&world.run(&["restore", other(back)]));
            assert_eq!(state(&world), before, "{first} went first, {back} came back first");
        }
    }
}

#[test]
fn a_link_removed_by_itself_stays_removed_until_it_is_asked_for() {
    let world = world(1);
    let (before, media) = (state(&world), ids(&world).remove(0));
    let link = ask(&catalogue(&world.library()), "SELECT id FROM v_link").remove(0);
    done(&world.run(&["rm", &link]));
    done(&world.run(&["rm", &media]));
    let early = world.run(&["restore", &link, "--json"]);
    assert_eq!((early.code, early.error()["code"].as_str()), (2, Some("invalid")), "{early:?}");
    done(&world.run(&["restore", &media]));
    assert_eq!(ask(&catalogue(&world.library()), "SELECT media_count FROM v_album"), ["0"]);
    let listed: serde_json::Value = serde_json::from_str(&world.run(&["trash", "list", "--json"]).stdout).unwrap();
    assert_eq!(listed[0]["id"].as_str(), Some(link.as_str()), "{listed}");
    assert_eq!(listed.as_array().unwrap().len(), 1);
    done(&world.run(&["restore", &link]));
    assert_eq!(state(&world), before);
}

#[test]
fn a_place_that_was_taken_meanwhile_gives_the_nearest_free_one() {
    let world = world(3);
    let second = "SELECT to_object_id FROM v_link WHERE sort_order = 1048576";
    let id = ask(&catalogue(&world.library()), second).remove(0);
    done(&world.run(&["rm", &id]));
    let db = rusqlite::Connection::open(world.library().join("catalog.db")).unwrap();
    db.execute_batch("UPDATE link SET sort_order = 1048576 WHERE sort_order = 2097152").unwrap();
    drop(db);
    done(&world.run(&["restore", &id]));
    let places =
        ask(&catalogue(&world.library()), "SELECT sort_order FROM v_link WHERE link_type = 'contains' ORDER BY 1");
    assert_eq!(places, ["0", "1048576", "1048577"]);
    world.sound();
}

#[test]
fn the_parts_of_a_unit_go_and_come_together() {
    let world = world(3);
    let ids = ids(&world);
    let db = rusqlite::Connection::open(world.library().join("catalog.db")).unwrap();
    let id = hypernet::model::ObjectId::random();
    db.execute("INSERT INTO object (id, type, owner, made_by) VALUES (?1, 5, 1, 1)", [id.as_bytes().as_slice()])
        .unwrap();
    db.execute_batch(
        "INSERT INTO link (n, owner, created_at, updated_at, from_n, from_type, to_n, to_type, link_type, shape, strength, metadata)
         SELECT (SELECT max(n) FROM object), 1, 0, 0, film.n, 2, still.n, 2, 'variant_of', 10, 1, '{}' FROM media AS film, media AS still
          WHERE film.filename = 'IMG_0000.jpg' AND still.filename = 'IMG_0002.jpg'",
    )
    .unwrap();
    drop(db);
    let before = state(&world);
    assert_eq!(world.run(&["rm", &ids[2], "--json", "-n"]).count("removed"), 2);
    assert_eq!(world.run(&["rm", &ids[2], "--json"]).count("removed"), 2);
    assert_eq!(live(&world.library()).len(), 1);
    assert_eq!(world.run(&["restore", &ids[0], "--json"]).count("restored"), 2);
    assert_eq!(state(&world), before);
}

#[test]
fn objects_are_named_by_id_by_question_and_by_what_another_command_printed() {
    let world = world(3);
    let ids = ids(&world);
    let before = state(&world);
    let (lines, null) = (ids[..2].join("\n"), ids[..2].join("\0"));
    let tsv = world.run(&["query", "filename:IMG_000"]).stdout;
    let (json, jsonl) = (world.run(&["query", "--json"]).stdout, world.run(&["query", "--jsonl"]).stdout);
    for (args, text, count) in [
        (vec!["-"], lines.as_str(), 2),
        (vec!["-0", "-"], &null, 2),
        (vec!["-"], &tsv, 3),
        (vec!["-"], &json, 3),
        (vec!["-"], &jsonl, 3),
        (vec!["--where", "filename:IMG_0001"], "", 1),
        (vec!["-w", "tag:sea"], "", 3),
        (vec![&ids[0][..6], ids[0].as_str()], "", 1),
    ] {
        let dry = told(&world, &[&["rm", "-n", "--json"], args.as_slice()].concat(), text);
        assert_eq!((dry.code, dry.count("removed")), (0, count), "{args:?}: {dry:?}");
        assert_eq!(state(&world), before, "a dry run changes nothing");
        let ran = told(&world, &[&["rm", "--json"], args.as_slice()].concat(), text);
        assert_eq!(ran.count("removed"), count, "{args:?}: {ran:?}");
        let back = world.run(&["restore", "--where", "tag:sea type:photo", "--json"]);
        assert_eq!(back.count("restored"), count, "{back:?}");
        assert_eq!(state(&world), before);
    }
}

#[test]
fn what_does_not_exist_is_told_and_the_rest_is_done() {
    let world = world(2);
    let ids = ids(&world);
    let none = "0190a1b2-0000-4000-8000-000000000001";
    for missing in [none, "abcdef"] {
        let ran = world.run(&["rm", missing, "--json"]);
        assert_eq!((ran.code, ran.error()["code"].as_str()), (4, Some("not_found")), "{ran:?}");
    }
    let ran = world.run(&["rm", none, &ids[0], "--json"]);
    assert_eq!((ran.code, ran.count("removed"), ran.count("failed")), (3, 1, 1), "{ran:?}");
    assert_eq!(ran.summary()["errors"][0]["code"], "not_found");
    assert_eq!(world.run(&["restore", none]).code, 4);
    let user = ask(&catalogue(&world.library()), "SELECT id FROM v_user").remove(0);
    assert_eq!(world.run(&["rm", &user]).code, 2);
}

#[test]
fn many_at_once_are_asked_about() {
    let world = world(101);
    let refused = world.run(&["rm", "--where", "*", "--json"]);
    assert_eq!((refused.code, refused.error()["details"]["flag"].as_str()), (9, Some("--yes")), "{refused:?}");
    assert_eq!(live(&world.library()).len(), 101);
    done(&world.run(&["rm", "--where", "*", "--yes"]));
    assert_eq!(live(&world.library()).len(), 0);
    let listed = world.run(&["trash", "list", "--ids"]);
    assert_eq!(listed.stdout.lines().count(), 101);
    assert_eq!(told(&world, &["restore", "-", "--json"], &listed.stdout).count("restored"), 101);
    world.sound();
}

#[test]
fn deleted_bytes_are_passed_over_unless_asked_for() {
    let world = world(2);
    let (before, ids) = (state(&world), ids(&world));
    done(&world.run(&["rm", &ids[0]]));
    let again = world.import(&["--rehash"]).ends(0);
    assert_eq!((again.count("skipped"), again.count("duplicates")), (1, 1));
    let taken = world.import(&["--include-deleted", "--rehash"]).ends(0);
    assert_eq!(taken.count("imported"), 1);
    assert_eq!(state(&world), before);
}

#[test]
fn removing_and_restoring_are_told_in_the_journal() {
    let world = world(1);
    let id = ids(&world).remove(0);
    done(&world.run(&["rm", &id]));
    done(&world.run(&["restore", &id]));
    let sql = "SELECT command || ' ' || outcome || ' ' || verb FROM v_history WHERE verb <> 'create' AND command <> 'import' ORDER BY operation";
    let told = ask(&catalogue(&world.library()), sql);
    assert_eq!(told, ["rm success delete", "rm success delete", "restore success restore", "restore success restore"]);
}
