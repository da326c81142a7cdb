//! Attempts to reach another owner's rows, to write, or to make the engine speak: as questions, as arguments, as statements.
//!
//! Each proves the same: nothing of the other owner's in the answer, not a byte of the catalogue changed, an exit code of those
//! the contract names, and no word of SQL.

use std::ops::ControlFlow;
use std::process::Command;

use hypernet::query::{self, order};
use hypernet::store::StoreError;
use rusqlite::types::Value;

use super::attempts::{LINES, NAMES, PAYLOADS, SAVED, STATEMENTS, TABLES};
use super::property::{ground, options};
use super::world::{Album, Photo, Service, Shelf, Tie, World as Rows, hex};
use crate::support::{HYPERNET, Ran, World, ask};

/// What stands in everything that is the other owner's, and in nothing else.
const THEIRS: &str = "theirsecret";

/// A library of each owner's: the same, but for the mark in every text of the second one's.
pub fn shelf() -> Shelf {
    Shelf::new(rows("mine"), &rows(THEIRS))
}

fn rows(mark: &str) -> Rows {
    let photo = |at: i64| Photo {
        original: format!("{mark} {at}.jpg"),
        size: 1000 + at,
        wall: Some((1_704_067_200_000 + at * 86_400_000, 0)),
        created: 1_704_067_200_000,
        updated: 1_704_067_200_000,
        place: Some((34.0, -118.0)),
        picture: Some(7),
        tags: vec!["cat".into(), mark.into()],
        description: Some(format!("{mark} words")),
        camera: Some(format!("Canon {mark}")),
        lens: Some(format!("EF {mark}")),
        iso: Some(100),
        likes: Some(5),
        source_id: Some(format!("{mark}_{at}")),
        deleted: (at == 3).then_some(1_704_067_300_000),
        ..Photo::default()
    };
    let album = |name: &str, within| Album { name: name.into(), within, members: vec![0, 1], trashed: false };
    Rows {
        photos: (0..4).map(photo).collect(),
        albums: vec![album(&format!("{mark} album"), None), album("Inner", Some(0))],
        services: vec![Service { kind: "instagram".into(), name: mark.into(), media: vec![0, 2] }],
        ties: vec![Tie { kind: "duplicate_of", from: 0, to: 1, strength: 0.9, trashed: false }],
    }
}

/// What must not change: the catalogue's bytes and the version of its data as another program sees it.
#[derive(PartialEq, Debug)]
struct Still {
    sums: String,
    version: Vec<String>,
}

fn still(shelf: &Shelf) -> Still {
    // By a process of its own: to open and close the file here would take SQLite's locks on it away.
    let mut command = Command::new("cksum");
    command.current_dir(shelf.raw.path()).args(["catalog.db", "catalog.db-wal"]);
    let sums = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert_eq!(sums.lines().count(), 2, "{sums}");
    Still { sums, version: ask(&shelf.raw.db, "PRAGMA data_version") }
}

/// That an answer shows nothing of the other owner's, in words, ids or hashes.
#[track_caller]
fn clean(shelf: &Shelf, attempt: &str, answer: &str) {
    let answer = answer.to_lowercase().replace('-', "");
    let secrets =
        shelf.other.photos.iter().chain(&shelf.other.hashes).chain(&shelf.other.albums).chain(&shelf.other.services);
    // What the attempt itself says may be repeated to it.
    let asked = attempt.to_lowercase().replace('-', "");
    for secret in secrets.map(String::as_str).chain([THEIRS, &hex(THEIRS.as_bytes())]) {
        assert!(
            asked.contains(&secret[..secret.len().min(6)]) || !answer.contains(secret),
            "{attempt:?} shows {secret}: {answer}"
        );
    }
}

#[test]
fn no_value_of_any_field_finds_anothers_media_or_makes_the_engine_speak() {
    let shelf = shelf();
    let before = still(&shelf);
    let (mut attempts, mut answered) = (0, 0);
    // A fifth of the pairs, in which each name and each payload is; all of them where the long form is asked for.
    let step = if std::env::var_os("HYPERNET_CASES").is_some() { 1 } else { 5 };
    for (at, name) in NAMES.iter().enumerate() {
        for payload in PAYLOADS.iter().skip(at % step).step_by(step) {
            for text in [
                format!("{name}{payload}"),
                format!("{name}\"{}\"", payload.replace('\\', "\\\\").replace('"', "\\\"")),
            ] {
                attempts += 1;
                answered += usize::from(tried(&shelf, &text));
            }
        }
    }
    assert!(
        attempts >= 10_000 / step && answered >= 2_000 / step,
        "{attempts} attempts, {answered} of them understood"
    );
    assert_eq!(still(&shelf), before);
}

/// Puts a question; whether it was understood.
fn tried(shelf: &Shelf, text: &str) -> bool {
    let Ok(expr) = query::parse(text, &ground()) else { return false };
    let told = query::run(&shelf.reader, &expr, &options(order::DEFAULT, false), |media| {
        let id = media.base.id.to_string().replace('-', "");
        assert!(shelf.placed.photos.contains(&id), "{text:?} finds {id}");
        Ok::<_, StoreError>(ControlFlow::Continue(()))
    });
    match told {
        // What it names is not there.
        Err(StoreError::Question { .. }) => return true,
        told => told.unwrap_or_else(|error| panic!("{text:?}: {error}")),
    }
    let count = query::count(&shelf.reader, &expr).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert!(count <= shelf.placed.photos.len() as u64, "{text:?} counts {count}");
    true
}

#[test]
fn nothing_of_anothers_is_found_by_its_id_its_hash_or_its_links() {
    let shelf = shelf();
    let other = &shelf.other;
    let ids = other.photos.iter().chain(&other.albums).chain(&other.services).chain(&other.hashes);
    for id in ids {
        for digits in [id.clone(), id[..6].to_owned(), id[..12].to_uppercase()] {
            for field in
                ["id", "hash", "album", "source", "dup", "similar", "linked", "linked_from", "linked_to", "near"]
            {
                for text in
                    [format!("{field}:{digits}"), format!("{field}:{digits},100km"), format!("{field}:{digits},0..1")]
                {
                    let Ok(expr) = query::parse(&text, &ground()) else { continue };
                    match query::count(&shelf.reader, &expr) {
                        Ok(0) | Err(StoreError::Question { .. }) => {}
                        other => panic!("{text:?}: {other:?}"),
                    }
                }
            }
        }
    }
}

#[test]
fn no_command_line_shows_anothers_objects_changes_a_byte_or_speaks_sql() {
    let shelf = shelf();
    let world = World::new();
    let config = world.path().join("config.toml");
    let before = still(&shelf);
    for line in LINES {
        std::fs::write(&config, SAVED).unwrap();
        let filled: Vec<_> = line.iter().map(|part| part.replace("{ID}", &shelf.other.photos[1])).collect();
        let mut command = Command::new(HYPERNET);
        command.arg("-L").arg(shelf.raw.path()).arg("--config").arg(&config).args(&filled);
        let ran = world.ran(command);
        harmless(&shelf, &filled.join(" "), &ran);
        assert_eq!(still(&shelf), before, "{filled:?}");
    }
}

#[track_caller]
fn harmless(shelf: &Shelf, attempt: &str, ran: &Ran) {
    assert!(matches!(ran.code, 0 | 2 | 4), "{attempt:?}: {ran:?}");
    let said = ran.stderr.to_lowercase();
    for word in [
        "sqlite",
        "no such",
        "near \"",
        "syntax error",
        "constraint",
        "panicked",
        "my_media",
        "rusqlite",
        "backtrace",
        "not authorized",
    ] {
        // A question that is repeated with its caret holds what it held.
        assert!(
            attempt.to_lowercase().contains(word) || !said.contains(word),
            "{attempt:?} makes it say {word}: {ran:?}"
        );
    }
    clean(shelf, attempt, &ran.stdout);
    clean(shelf, attempt, &ran.stderr);
}

#[test]
fn no_statement_on_a_reader_shows_anothers_rows_or_writes() {
    let shelf = shelf();
    let before = still(&shelf);
    let tables = TABLES.iter().flat_map(|table| {
        let forms = [
            "SELECT * FROM {}",
            "SELECT * FROM main.{}",
            "SELECT count(*) FROM {}",
            "DELETE FROM {}",
            "UPDATE {} SET n = 1",
        ];
        forms.map(|form| form.replace("{}", table))
    });
    let statements: Vec<_> = tables.chain(STATEMENTS.iter().map(|sql| (*sql).to_owned())).collect();
    assert!(statements.len() + LINES.len() >= 400);
    for sql in statements {
        for row in rows_of(&shelf, &sql) {
            clean(&shelf, "", &row);
        }
        assert_eq!(still(&shelf), before, "{sql}");
    }
}

/// What a statement gives until it is refused: bytes as digits, so that a word inside them is seen.
fn rows_of(shelf: &Shelf, sql: &str) -> Vec<String> {
    let Ok(mut select) = shelf.reader.prepare(sql) else { return Vec::new() };
    let columns = select.column_count();
    let Ok(mut rows) = select.query([]) else { return Vec::new() };
    let mut shown = Vec::new();
    while let Ok(Some(row)) = rows.next() {
        let cell = |at: usize| match row.get::<_, Value>(at) {
            Ok(Value::Text(text)) => text,
            Ok(Value::Blob(bytes)) => hex(&bytes),
            Ok(other) => format!("{other:?}"),
            Err(_) => String::new(),
        };
        shown.push(format!("{sql}: {}", (0..columns).map(cell).collect::<Vec<_>>().join(" ")));
    }
    shown
}
