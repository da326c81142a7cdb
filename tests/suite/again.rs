//! An import run again, and the words of one that cannot begin: the same command means the same, fresh or remembered.

use std::fs;

use crate::support::{World, ask, catalogue, jpeg, plant, put};

/// A clip of a second: enough of one to be a video by content.
fn clip() -> Vec<u8> {
    fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pictures/Beach/MOV_0044.mp4")).unwrap()
}

#[test]
fn type_means_the_same_for_new_and_for_remembered_files() {
    let world = World::new();
    plant(&world.sources(), 1, 3);
    world.import(&[]).ends(0);
    let again = world.import(&["--type", "video", "--tag", "clips", "--album", "Clips"]).ends(0);
    assert_eq!((again.count("skipped"), again.count("duplicates")), (3, 0));
    assert_eq!(world.run(&["query", "tag:clips", "--count"]).stdout.trim(), "0");
}

#[test]
fn albums_and_tags_reach_files_that_are_remembered() {
    let world = World::new();
    plant(&world.sources(), 1, 3);
    world.import(&[]).ends(0);
    let again = world.import(&["--album", "{parent}", "--tag", "sea", "--tag", "sea"]).ends(0);
    assert_eq!((again.count("duplicates"), again.count("links_created")), (3, 3));
    assert_eq!(world.run(&["query", "tag:sea", "album:roll1", "--count"]).stdout.trim(), "1");
    let third = world.import(&["--album", "{parent}", "--tag", "sea"]).ends(0);
    assert_eq!((third.count("links_created"), third.count("albums_created")), (0, 0));
    let edits = ask(&catalogue(&world.library()), "SELECT count(*) FROM change WHERE verb = 'edit'");
    assert_eq!(edits, ["3"], "a tag that is there is no change");
}

#[test]
fn an_album_takes_the_name_of_any_folder() {
    let world = World::new();
    let long = "long ".repeat(45);
    put(&world.sources().join("esc\u{1b}[31m\nred/a.jpg"), &jpeg(1));
    put(&world.sources().join(&long).join("b.jpg"), &jpeg(2));
    let ran = world.import(&["--album", "{parent}"]).ends(0);
    assert_eq!(ran.count("albums_created"), 2);
    let names = ask(&catalogue(&world.library()), "SELECT name FROM album ORDER BY name");
    assert_eq!(names, ["esc [31m red", long[..200].trim()]);
}

#[test]
fn a_page_of_text_called_a_picture_is_a_failure() {
    let world = World::new();
    put(&world.sources().join("not found.jpg"), b"<html><body>404 not found, and a little more text</body></html>");
    put(&world.sources().join("notes.txt"), b"just some notes that nobody asked for");
    let ran = world.import(&[]).ends(3);
    assert_eq!((ran.count("failed"), ran.count("skipped")), (1, 1));
    assert_eq!(ran.summary()["errors"][0]["code"], "not_media");
}

#[test]
fn an_empty_list_is_nothing_to_do() {
    let world = World::new();
    assert_eq!(world.run(&["import", "-0", "-", "--json"]).ends(0).count("seen"), 0);
}

#[test]
fn a_report_of_a_run_that_never_began_leaves_the_last_one_alone() {
    let world = World::new();
    let report = world.path().join("report.json");
    fs::write(&report, "[]").unwrap();
    put(&world.library().join("something else"), b"x");
    plant(&world.sources(), 1, 1);
    assert_eq!(world.import(&["--report", "report.json"]).code, 2);
    assert_eq!(fs::read_to_string(&report).unwrap(), "[]");
    assert_eq!(fs::read_dir(world.path()).unwrap().count(), 3, "no draft is left");
}

#[test]
fn further_copies_are_made_once() {
    let world = World::new();
    put(&world.sources().join("a.jpg"), &jpeg(1));
    put(&world.sources().join("b.jpg"), &jpeg(1));
    assert_eq!(world.import(&["--dup", "keep"]).ends(0).count("imported"), 2);
    assert_eq!(world.import(&["--dup", "keep", "--rehash"]).ends(0).count("imported"), 0);
    let links =
        ask(&catalogue(&world.library()), "SELECT CAST(strength AS TEXT) FROM v_link WHERE link_type = 'duplicate_of'");
    assert_eq!(links, ["0.99"]);
    let drawn = ask(&catalogue(&world.library()), "SELECT count(*) FROM media WHERE thumbnail_generated");
    assert_eq!(drawn, ["2"], "each shows a thumbnail of its own");
    world.sound();
}

#[test]
fn what_was_deleted_comes_back_only_when_asked_for() {
    let world = World::new();
    plant(&world.sources(), 1, 2);
    world.import(&["--album", "All"]).ends(0);
    let db = rusqlite::Connection::open(world.library().join("catalog.db")).unwrap();
    db.execute_batch(
        "UPDATE link SET deleted_at = 1, deleted_with = 2 WHERE to_n = (SELECT min(n) FROM media);
         UPDATE media SET deleted_at = 1, deleted_with = 2 WHERE n = (SELECT min(n) FROM media);",
    )
    .unwrap();
    let again = world.import(&[]).ends(0);
    assert_eq!((again.count("skipped"), again.count("duplicates")), (1, 1));
    let asked = world.import(&["--include-deleted"]).ends(0);
    assert_eq!((asked.count("imported"), asked.count("duplicates")), (1, 1));
    assert_eq!(ask(&db, "SELECT media_count FROM album"), ["2"], "its place in the album came back with it");
}

#[test]
fn a_second_import_writes_nothing_at_all() {
    let world = World::new();
    plant(&world.sources(), 1, 4);
    put(&world.sources().join("clip.mp4"), &clip());
    world.import(&[]).ends(0);
    let counts = "SELECT (SELECT count(*) FROM operation) || ' ' || (SELECT count(*) FROM sighting)
        || ' ' || (SELECT data_version FROM pragma_data_version)";
    let db = catalogue(&world.library());
    let before = ask(&db, counts);
    assert_eq!(world.import(&[]).ends(0).count("imported"), 0);
    assert_eq!(ask(&db, counts), before);
}

#[test]
fn a_mistake_in_a_template_is_pointed_at() {
    let world = World::new();
    plant(&world.sources(), 1, 1);
    let ran = world.run(&["import", "sources", "--album", "{parent"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("{parent") && ran.stderr.lines().any(|line| line.trim_start().starts_with('^')),
        "{}",
        ran.stderr
    );
    assert!(!world.library().exists(), "nothing was started");
}
