//! Photos of real cameras, where a folder of them is named.

use std::path::{Path, PathBuf};

use super::*;

/// Photos up to so many bytes: a debug build takes a second for each megabyte.
const MOST_BYTES: u64 = 200 << 10;

/// And so many pixels: the whole decoder gives each a byte, or three.
const MOST_PIXELS: u64 = 1 << 21;

fn photos(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            photos(&entry.path(), found);
        } else if entry.metadata().unwrap().len() <= MOST_BYTES {
            found.push(entry.path());
        }
    }
}

#[test]
fn photos_of_real_cameras_give_the_blocks_of_the_whole_picture() {
    let Some(corpus) = std::env::var_os("HYPERNET_CORPUS").map(PathBuf::from) else {
        eprintln!("SKIPPED: HYPERNET_CORPUS names no folder of photos");
        return;
    };
    let mut paths = Vec::new();
    photos(&corpus, &mut paths);
    paths.sort();
    let (mut compared, mut left) = (0, Vec::new());
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        let Some(outline) = Outline::of(&bytes) else { continue };
        let whole = matches!(outline.end, End::Whole(_)) && (1..100).contains(&outline.scans);
        if !whole || outline.frame.pixels() > MOST_PIXELS {
            continue;
        }
        let mut other = rusty_jpeg::Decoder::new(&bytes[..]);
        other.set_single_threaded(true);
        if other.decode_planar().is_err() {
            left.push(format!("{}: refused by the whole decoder", path.display()));
            continue;
        }
        for scale in if outline.frame.is_progressive() { 1..=1 } else { 1..=2 } {
            match at_scale(&bytes, scale).map(|picture| picture.partial) {
                Some(None) => {
                    check(&path.display().to_string(), &bytes, scale);
                    compared += 1;
                }
                Some(Some(why)) => left.push(format!("{} at {scale}/8: {why}", path.display())),
                None => left.push(format!("{} at {scale}/8: not taken", path.display())),
            }
        }
    }
    println!("{compared} pictures compared; not taken, or damaged: {left:#?}");
    assert!(compared > 0 || paths.is_empty());
}
