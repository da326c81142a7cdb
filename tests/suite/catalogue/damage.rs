//! A catalogue whose bytes were changed: it is said to be damaged, or it works; nothing is written and no original is lost.
//!
//! `HYPERNET_MUTATIONS=2000` tries all that the fault catalogue asks for; without it a sample is taken.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Seeded, World, contents, hashes, plant};

/// Changes a catalogue in one of the ways disks and people do.
fn mutate(library: &Path, seeded: &mut Seeded) -> String {
    let file = library.join("catalog.db");
    let mut bytes = fs::read(&file).unwrap();
    let (pages, page) = (bytes.len() / 4096, 4096);
    let what = match seeded.below(6) {
        0 => {
            let (a, b) = (seeded.below(pages), seeded.below(pages));
            for at in 0..page {
                bytes.swap(a * page + at, b * page + at);
            }
            format!("pages {a} and {b} are exchanged")
        }
        1 => {
            let end = seeded.below(bytes.len());
            bytes.truncate(end);
            format!("cut to {end}")
        }
        2 => {
            (0..16 + seeded.below(100)).for_each(|at| bytes[at] = seeded.next() as u8);
            "another header".to_owned()
        }
        3 => {
            let at = seeded.below(pages) * page;
            bytes[at..at + page].fill(0);
            format!("zeros from {at}")
        }
        4 => {
            let log: Vec<u8> = (0..8240).map(|_| seeded.next() as u8).collect();
            let log = [&0x377f_0682_u32.to_be_bytes()[..], &log].concat();
            fs::write(library.join("catalog.db-wal"), log).unwrap();
            "a foreign log".to_owned()
        }
        _ => {
            let places: Vec<_> = (0..=seeded.below(8)).map(|_| seeded.below(bytes.len())).collect();
            for at in &places {
                bytes[*at] ^= 1 << seeded.below(8);
            }
            format!("bits at {places:?}")
        }
    };
    fs::write(&file, bytes).unwrap();
    what
}

#[test]
fn row_22_a_catalogue_with_other_bytes_is_damaged_or_works_and_nothing_is_written() {
    let world = World::new();
    plant(&world.sources(), 0, 12);
    world.import(&["--album", "{parent}", "--tag", "t"]).ends(0);
    let originals = contents(&world.library().join("users"));
    let whole = fs::read(world.library().join("catalog.db")).unwrap();
    let count = std::env::var("HYPERNET_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(120);
    let mut seeded = Seeded(22);
    for number in 0..count {
        fs::write(world.library().join("catalog.db"), &whole).unwrap();
        for name in ["catalog.db-wal", "catalog.db-shm"] {
            let _ = fs::remove_file(world.library().join(name));
        }
        let what = format!("{number}: {}", mutate(&world.library(), &mut seeded));
        let before = hashes(&world.library());
        let args: &[&str] = if number % 4 == 3 { &["verify", "--json"] } else { &["query", "--json"] };
        let ran = world.run(args);
        assert!([0, 8, 10].contains(&ran.code), "{what}: {ran:#?}");
        if ran.code == 10 {
            assert!(["damaged", "too_new"].iter().any(|code| ran.error()["code"] == **code), "{what}: {ran:#?}");
        }
        assert!(serde_json::from_str::<Value>(&ran.stdout).is_ok(), "{what}: {ran:#?}");
        let mut after = hashes(&world.library());
        let mut before = before;
        for name in ["catalog.db-wal", "catalog.db-shm"] {
            // A log that is none is thrown away by whoever opens the catalogue; no other byte changes.
            for files in [&mut before, &mut after] {
                files.remove(&world.library().join(name));
            }
        }
        assert_eq!(after, before, "{what}");
        assert_eq!(contents(&world.library().join("users")), originals, "{what}");
    }
}
