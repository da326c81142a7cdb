//! Photos of real cameras, where a folder of them is named.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;

/// Photos up to so many bytes: a debug build takes a second for each megabyte.
const MOST_BYTES: u64 = 200 << 10;

/// And so many pixels: the whole decoder gives each a byte, or three.
const MOST_PIXELS: u64 = 1 << 19;

/// What may be left out of the comparison, and why. Whatever else is not compared is a fault of the decoder.
const LEFT: [(&str, &str); 5] = [
    ("bad/elodie/imghdr-error.jpg", "not taken"),
    ("bad/made/segment_len_0.jpg", "refused by the whole decoder"),
    ("bad/pillow/truncated_app14.jpg", "not taken"),
    ("photos/edge/pigallery2/date_error.JPG", "damaged"),
    ("photos/edge/pillow/hopper_bad_exif.jpg", "refused by the whole decoder"),
];

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

/// Half size only of small pictures, for time.
fn scales(outline: &Outline) -> &'static [usize] {
    match (outline.frame.is_progressive(), outline.frame.pixels()) {
        (true, _) => &[1],
        (false, 0..=0x1_0000) => &[1, 2, 4],
        _ => &[1, 2],
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
    let (mut compared, mut left) = (0, BTreeSet::new());
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        let Some(outline) = Outline::of(&bytes) else { continue };
        let whole = matches!(outline.end, End::Whole(_)) && (1..100).contains(&outline.scans);
        if !whole || outline.frame.pixels() > MOST_PIXELS {
            continue;
        }
        let name = path.strip_prefix(&corpus).unwrap().display().to_string();
        let mut other = rusty_jpeg::Decoder::new(&bytes[..]);
        other.set_single_threaded(true);
        if other.decode_planar().is_err() {
            left.insert((name, "refused by the whole decoder".to_owned()));
            continue;
        }
        for scale in scales(&outline) {
            match at_scale(&bytes, *scale).map(|picture| picture.partial) {
                Some(None) => compared += usize::from(check(&name, &bytes, *scale) > 0),
                Some(Some(why)) => _ = left.insert((name.clone(), why)),
                None => _ = left.insert((name.clone(), "not taken".to_owned())),
            }
        }
    }
    println!("{compared} pictures compared");
    assert!(compared > 0 || paths.is_empty());
    let expected = LEFT.map(|(name, why)| (name.to_owned(), why.to_owned()));
    assert!(left.is_subset(&BTreeSet::from(expected)), "not taken, or damaged: {left:#?}");
}
