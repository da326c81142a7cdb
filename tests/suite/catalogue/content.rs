//! Files that lie about themselves: each becomes one outcome, and the batch goes on.
//!
//! The decoders' own pages hold the many forms of this (`src/probe`); here the program meets a few of them as files.

use serde_json::Value;

use crate::support::{World, jpeg, put};

/// A chunk of a PNG; its sum is not looked at where the size alone refuses it.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
    bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend([0; 64]);
    bytes
}

/// A JPEG of four inks, one bit a block, whose only scan comes again and again: each would be a walk over all blocks.
fn scanned_without_end() -> Vec<u8> {
    let mut bytes = [&b"\xff\xd8\xff\xdb\0\x43\0"[..], &[1; 64], b"\xff\xc0\0\x14\x08\0\x40\0\x40\x04"].concat();
    (1..=4).for_each(|id| bytes.extend([id, 0x11, 0]));
    for class in [0, 0x10] {
        bytes.extend([0xff, 0xc4, 0, 20, class, 1]);
        bytes.extend([0; 16]);
    }
    bytes.extend(b"\xff\xda\0\x0e\x04\x01\0\x02\0\x03\0\x04\0\0\x3f\0\0\0".repeat(97));
    [&bytes[..], &[0; 64], b"\xff\xd9"].concat()
}

/// A JPEG with a TIFF block as its EXIF.
fn with_exif(tiff: &[u8]) -> Vec<u8> {
    let picture = jpeg(7);
    let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
    [&picture[..2], &[0xff, 0xe1], &length, b"Exif\0\0", tiff, &picture[2..]].concat()
}

/// An entry of a directory, little-endian: tag, type, count, value.
fn entry(tag: u16, kind: u16, count: u32, value: u32) -> Vec<u8> {
    [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
}

/// A block with one directory at 8 that is followed by the one at `next`.
fn tiff(entries: &[Vec<u8>], next: u32, rest: &[u8]) -> Vec<u8> {
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    [b"II*\0\x08\0\0\0", &count[..], &entries.concat(), &next.to_le_bytes(), rest].concat()
}

#[test]
fn row_45_a_picture_that_claims_to_be_endless_is_stored_and_not_drawn() {
    let world = World::new();
    put(&world.sources().join("good.jpg"), &jpeg(1));
    for (name, bytes) in [
        ("wide.png", png(u32::MAX >> 1, 1)),
        ("square.png", png(60_000, 60_000)),
        ("empty.png", png(0, 0)),
        ("scans.jpg", scanned_without_end()),
        ("long.gif", [&b"GIF89a\xff\xff\xff\xff\xf7\0\0"[..], &[0x21; 4000]].concat()),
        ("huge.webp", b"RIFF\xff\xff\xff\xffWEBPVP8X\x0a\0\0\0\x10\0\0\0\xff\xff\xff\xff\xff\xff".to_vec()),
    ] {
        put(&world.sources().join(name), &bytes);
    }
    let ran = world.import(&[]).ends(0);
    assert_eq!(ran.count("imported"), 7, "{ran:#?}");
    let list: Vec<Value> = serde_json::from_str(&world.run(&["query", "--json"]).stdout).unwrap();
    let drawn: Vec<_> = list.iter().filter(|media| media["thumbnail_generated"] == true).collect();
    assert!(drawn.len() == 1 && drawn[0]["metadata"]["original_filename"] == "good.jpg", "{drawn:#?}");
    world.sound();
}

#[test]
fn row_46_exif_that_loops_counts_without_end_or_is_nowhere_on_earth_leaves_fields_empty() {
    let world = World::new();
    let gps = tiff(
        &[entry(0x8825, 4, 1, 26)],
        0,
        &[&3_u16.to_le_bytes()[..], &entry(1, 2, 2, 0x4e), &entry(2, 5, 3, 68), &entry(4, 5, 3, 68), &[0; 4], &[0; 24]]
            .concat(),
    );
    for (name, block) in [
        ("loop.jpg", tiff(&[entry(0x8769, 4, 1, 8)], 8, b"")),
        ("count.jpg", tiff(&[entry(0x010f, 2, u32::MAX, 8), entry(0x9003, 2, u32::MAX, u32::MAX)], u32::MAX, b"")),
        ("date.jpg", tiff(&[entry(0x0132, 2, 20, 26)], 0, b"2026:13:45 99:99:99\0")),
        ("zero.jpg", gps),
        ("cut.jpg", b"II*\0\x08\0\0\0\xff\xff".to_vec()),
    ] {
        put(&world.sources().join(name), &with_exif(&block));
    }
    let ran = world.import(&[]).ends(0);
    assert_eq!(ran.count("imported"), 5, "{ran:#?}");
    let list: Vec<Value> = serde_json::from_str(&world.run(&["query", "--json"]).stdout).unwrap();
    assert!(list.iter().all(|media| media["latitude"].is_null() && media["thumbnail_generated"] == true), "{list:#?}");
    world.sound();
}
