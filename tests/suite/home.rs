//! The library's own files are never a source, and a library that lost its marker is never made anew over itself.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::{World, contents, live, plant};

#[test]
fn a_followed_link_into_the_library_moves_nothing_out_of_it() {
    let world = World::new();
    plant(&world.sources(), 1, 4);
    world.import(&[]).ends(0);
    let kept = contents(&world.library().join("users"));
    let trap = world.path().join("trap");
    fs::create_dir_all(&trap).unwrap();
    symlink(world.library().join("users"), trap.join("old")).unwrap();
    symlink(world.library(), trap.join("all")).unwrap();
    let media = fs::read_dir(world.library().join("users")).unwrap().next().unwrap().unwrap().path().join("media");
    symlink(media, trap.join("media")).unwrap();
    let ran = world.run(&["import", "trap", "--follow", "--mode", "move", "--json"]).ends(0);
    assert_eq!((ran.count("seen"), ran.count("sources_removed")), (0, 0));
    assert_eq!(contents(&world.library().join("users")), kept);
    world.sound();
}

#[test]
fn a_library_without_its_marker_is_not_made_anew() {
    let world = World::new();
    plant(&world.sources(), 1, 3);
    world.import(&[]).ends(0);
    let before = live(&world.library());
    let marker = world.library().join("hypernet-library.toml");
    let text = fs::read_to_string(&marker).unwrap();
    let aside = world.path().join("marker");
    fs::rename(&marker, &aside).unwrap();
    let ran = world.run(&["import", "sources", "--json"]);
    assert_eq!((ran.code, ran.error()["code"].as_str()), (10, Some("damaged")), "{ran:?}");
    let id = text.lines().find(|line| line.starts_with("library_id")).unwrap();
    assert!(ran.stderr.contains(id.split('"').nth(1).unwrap()), "it says what the marker held: {}", ran.stderr);
    fs::rename(&aside, &marker).unwrap();
    assert_eq!(live(&world.library()), before);
    world.sound();
}

#[test]
fn nobody_is_told_that_bytes_are_here_when_they_are_not() {
    let world = World::new();
    plant(&world.sources(), 1, 2);
    world.import(&[]).ends(0);
    let user = fs::read_dir(world.library().join("users")).unwrap().next().unwrap().unwrap().path();
    fs::remove_dir_all(user.join("media")).unwrap();
    let ran = world.import(&["--rehash"]).ends(3);
    assert_eq!((ran.count("failed"), ran.count("duplicates")), (2, 0));
    assert_eq!(ran.summary()["errors"][0]["code"], "original_missing");
}

#[test]
fn another_library_is_not_taken_apart() {
    let (world, other) = (World::new(), World::new());
    plant(&other.sources(), 1, 3);
    other.import(&[]).ends(0);
    crate::support::copy_tree(&other.library(), &world.sources().join("old/library"));
    plant(&world.sources().join("new"), 10, 2);
    let before = contents(&world.sources().join("old"));
    for folder in ["sources", "sources/old/library"] {
        let ran = world.run(&["import", folder, "--mode", "move", "--json"]).ends(3);
        assert_eq!(ran.summary()["errors"][0]["code"], "other_library");
    }
    assert_eq!(contents(&world.sources().join("old")), before);
    assert_eq!(live(&world.library()).len(), 2);
}
