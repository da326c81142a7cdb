//! The page of a photo with everything on it, and what it is asked for by.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::floors::root;
use crate::support::{HYPERNET, World};

fn library() -> World {
    let world = World::new();
    let pictures = root().join("tests/fixtures/pictures");
    let ran = world.run(&["import", pictures.to_str().unwrap(), "--album", "{parent}", "-q"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    world
}

#[test]
fn a_page_says_how_a_photo_was_taken_where_it_was_seen_and_on_request_all_of_exif() {
    let world = library();
    let page = world.run(&["show", "--where", "filename:img_0042"]).stdout;
    for line in ["ISO             80", "aperture        f/1.78", "shutter speed   1/250", "albums          Beach"] {
        assert!(page.contains(&format!("\n  {line}\n")), "{page}");
    }
    let seen = page.lines().find(|line| line.starts_with("  seen at")).unwrap();
    assert!(seen.ends_with("tests/fixtures/pictures/Beach/IMG_0042.jpg") && !page.contains("exif."), "{page}");
    let whole = world.run(&["show", "--where", "filename:img_0042", "--exif"]).stdout;
    assert!(whole.contains("\n  exif.exposure_time     0.004\n"), "{whole}");
}

#[test]
fn a_film_plays_as_long_as_a_player_says() {
    let page = library().run(&["show", "--where", "type:video"]).stdout;
    let length = page.lines().find_map(|line| line.strip_prefix("  duration        ")).unwrap();
    assert!(length.len() <= 6 && length.ends_with(" s"), "{page}");
}

#[test]
fn a_column_may_be_a_path_into_the_metadata() {
    let world = library();
    let config = world.path().join("config.toml");
    std::fs::write(&config, "output.columns = [\"filename\", \"metadata.exif.iso\"]").unwrap();
    let table = ["query", "--config", "config.toml", "--format", "table", "filename:img_0042"];
    let ran = world.run(&table);
    assert!(ran.stdout.ends_with("IMG_0042.jpg  80\n") && ran.stderr.is_empty(), "{ran:?}");
}

#[test]
fn ids_that_end_with_nul_are_read_back() {
    let world = library();
    let ids = world.run(&["query", "--ids", "-0"]).stdout;
    let mut command = Command::new(HYPERNET);
    command.args(["-L", "library", "show", "-", "-0", "--jsonl"]);
    let mut child = world.prepare(&mut command).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(ids.as_bytes()).unwrap();
    let said = child.wait_with_output().unwrap().stdout;
    assert_eq!(String::from_utf8(said).unwrap().lines().count(), ids.matches('\0').count());
}
