//! Thumbnails of the corpus, where `HYPERNET_CORPUS` names one: each picture is drawn or refused, none does harm.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hypernet::model::mime::{self, Mime};
use hypernet::probe::thumb::{Scratch, Thumbnail, draw};
use serde_json::Value;

/// The corpus folder, if the tests were given one.
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("HYPERNET_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: HYPERNET_CORPUS is not set");
    }
    folder
}

#[test]
fn every_picture_of_the_corpus_is_drawn_or_refused() {
    let Some(corpus) = corpus() else { return };
    let mut scratch = Scratch::default();
    let (mut drawn, mut refused) = (0, 0);
    for path in ["photos", "orientation", "bad"].iter().flat_map(|folder| files_under(&corpus.join(folder))) {
        let bytes = fs::read(&path).unwrap();
        let Some(mime) = kind_of(&path, &bytes) else { continue };
        let start = Instant::now();
        match draw(&mut scratch, &bytes, mime, 1, None, 400) {
            Ok(thumbnail) => {
                assert!(thumbnail.width.max(thumbnail.height) <= 400 && thumbnail.jpeg.starts_with(&[0xff, 0xd8]));
                drawn += 1;
            }
            Err(error) => {
                assert!(!error.to_string().contains("gave up"), "{}: a decoder panicked", path.display());
                refused += 1;
            }
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{} takes too long", path.display());
    }
    eprintln!("{drawn} drawn, {refused} refused");
    assert!(drawn > 300);
    assert!(peak_memory() < 512 << 20, "{} bytes at the peak", peak_memory());
}

#[test]
fn the_corpus_in_eight_orientations_looks_one_way() {
    let Some(corpus) = corpus() else { return };
    // Each family shows one picture, stored in eight ways: `f6t`, `f_6`, `Landscape_6`.
    for (family, before, after) in [("exifr", "f", "t"), ("made", "f_", ""), ("sharp", "Landscape_", "")] {
        let path = |orientation: u8| corpus.join(format!("orientation/{family}/{before}{orientation}{after}.jpg"));
        let drawn: Vec<_> = (1..=8).map(|orientation| thumbnail(&path(orientation), orientation)).collect();
        for (other, orientation) in drawn.iter().zip(1..) {
            assert_eq!((other.width, other.height), (drawn[0].width, drawn[0].height), "{family} {orientation}");
            let bits = (drawn[0].phash ^ other.phash).count_ones();
            assert!(bits <= 6, "{family} {orientation} is {bits} bits off");
        }
    }
}

#[test]
fn near_duplicates_of_the_corpus_hash_alike() {
    let Some(corpus) = corpus() else { return };
    let groups: Value = serde_json::from_slice(&fs::read(corpus.join("dupes/groups.json")).unwrap()).unwrap();
    for files in groups["groups"].as_array().unwrap().iter().map(|group| group["files"].as_array().unwrap()) {
        let Some(first) = hash(&corpus, &files[0]) else { continue };
        for file in &files[1..] {
            let Some(other) = hash(&corpus, file) else { continue };
            let bits = (first ^ other).count_ones();
            // A hash of few bits is of a picture with hardly any features: it says nothing.
            let telling = first.count_ones().min(other.count_ones()) > 12;
            match file["expected"].as_str().unwrap_or_default() {
                "exact" => assert_eq!(bits, 0, "{file}"),
                "near" => assert!(bits <= 8, "{bits} bits: {file}"),
                "far" => assert!(bits >= 12, "{bits} bits: {file}"),
                "none" if telling => assert!(bits >= 20, "{bits} bits: {file}"),
                _ => {}
            }
        }
    }
}

/// The hash of one file of a group, turned upright; `None` for what has no decoder.
fn hash(corpus: &Path, file: &Value) -> Option<u64> {
    let path = corpus.join(file["path"].as_str()?);
    let bytes = fs::read(&path).unwrap();
    let orientation = if file["relation"].as_str()?.contains("orientation 6") { 6 } else { 1 };
    draw(&mut Scratch::default(), &bytes, kind_of(&path, &bytes)?, orientation, None, 400).ok().map(|drawn| drawn.phash)
}

fn thumbnail(path: &Path, orientation: u8) -> Thumbnail {
    let jpeg = mime::parse("image/jpeg").unwrap();
    draw(&mut Scratch::default(), &fs::read(path).unwrap(), jpeg, orientation, None, 200).unwrap()
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .sort_by_file_name(Ord::cmp)
        .build()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(ignore::DirEntry::into_path)
        .collect()
}

/// By the first bytes, else by the name.
fn kind_of(path: &Path, bytes: &[u8]) -> Option<&'static Mime> {
    let name = match bytes {
        [0xff, 0xd8, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'G', b'I', b'F', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', ..] => "image/webp",
        [b'B', b'M', ..] => "image/bmp",
        _ => return mime::of_extension(path.extension()?.to_str()?).filter(|mime| mime.name.starts_with("image/")),
    };
    mime::parse(name).ok()
}

/// The most memory this process ever had, in bytes; 0 where the system does not say.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes << 10)
}
