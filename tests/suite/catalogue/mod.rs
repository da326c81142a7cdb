//! The fault catalogue: which test holds each of its rows, and why a row has none yet.
//!
//! A test that is about a row is named after it, `row_07_...`, wherever it stands; [`ELSEWHERE`] says of the others where they are.

mod content;
mod damage;
mod limits;
mod locks;
mod places;
mod questions;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// How many rows the catalogue has.
const ROWS: u32 = 52;

/// Rows without a test of their name in this suite: held by other pages, or waiting for what they are about.
const ELSEWHERE: &[(u32, &str)] = &[
    (1, "kills.rs; the sweep of every call is tests/safety"),
    (2, "tests/safety, with the trash's commands"),
    (5, "waits for services"),
    (6, "tests/safety: images of a mounted disk, copied while it is written to"),
    (13, "outcomes.rs: row_12_and_13, one tree with files of every kind"),
    (14, "waits for export; names taken in are in names.rs"),
    (18, "together.rs: eight processes; two hundred rounds of them are tests/safety"),
    (32, "waits for archives"),
    (33, "waits for archives"),
    (34, "waits for services"),
    (35, "waits for services"),
    (36, "waits for services"),
    (37, "waits for services"),
    (38, "waits for services"),
    (39, "waits for services"),
    (40, "waits for services"),
    (41, "waits for secrets; shapes.rs holds that one prints as [REDACTED]"),
    (42, "waits for passwords; validation_api.rs holds the rules they have already"),
    (
        47,
        "src/probe/hostile_test.rs: no decoder can be planted from outside, and all run behind one guard; mutated media are tests/safety",
    ),
    (48, "waits for tools that are run"),
];

/// The rows that tests of this suite are named after.
fn named(folder: &Path) -> BTreeSet<u32> {
    let mut rows = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rows.extend(named(&path));
        } else {
            let text = fs::read_to_string(&path).unwrap();
            rows.extend(text.split("\nfn row_").skip(1).filter_map(|rest| rest.get(..2)?.parse::<u32>().ok()));
        }
    }
    rows
}

#[test]
fn every_row_has_a_test_of_its_name_or_a_reason() {
    let named = named(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite"));
    let elsewhere: BTreeSet<u32> = ELSEWHERE.iter().map(|(row, _)| *row).collect();
    let missing: Vec<_> = (1..=ROWS).filter(|row| !named.contains(row) && !elsewhere.contains(row)).collect();
    assert_eq!(missing, Vec::<u32>::new(), "rows without a test or a reason");
    assert!(named.iter().all(|row| (1..=ROWS).contains(row)), "{named:?}");
}

/// Whether a file or folder is there: by its path, or anywhere in this suite by its name.
fn is_there(name: &str, root: &Path) -> bool {
    fn beneath(folder: &Path, name: &str) -> bool {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.into_iter().any(|path| path.ends_with(name) || (path.is_dir() && beneath(&path, name)))
    }
    root.join(name).exists() || beneath(&root.join("tests/suite"), name)
}

#[test]
fn the_reasons_name_files_that_exist_and_rows_that_have_no_test_of_their_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (row, reason) in ELSEWHERE {
        let words = reason.split_whitespace().map(|word| word.trim_matches([',', ';', ':', '.']));
        for file in words.filter(|word| word.contains(".rs") || word.starts_with("tests/")) {
            assert!(is_there(file, root), "row {row}: {file} is not there");
        }
    }
    let named = named(&root.join("tests/suite"));
    let both: Vec<_> = ELSEWHERE.iter().filter(|(row, _)| named.contains(row)).collect();
    assert_eq!(both, Vec::<&(u32, &str)>::new(), "rows that have a test of their name as well");
}
