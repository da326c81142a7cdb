//! The catalogue by itself: its pages, its references, its schema, then the rows in it.
//!
//! A part that cannot be read is a finding; the other parts are read all the same.

use std::collections::BTreeMap;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::Builder;
use std::time::Duration;

use super::{Book, Finding, Kind, Level, rows};
use crate::store::{ErrorCode, Library, StoreError, migrate};

/// How many damaged pages are told; more tell nothing new.
const PAGES: u32 = 100;

/// How soon a long statement hears that it shall stop.
const LOOK: Duration = Duration::from_millis(100);

type Part = fn(&Library, &Book<'_>) -> Result<(), StoreError>;

const QUICK: &[(&str, Part)] = &[
    ("its objects", objects),
    ("its pages", pages_quickly),
    ("its references", references),
    ("its journal", rows::unfinished),
];

const WHOLE: &[(&str, Part)] = &[
    ("its objects", objects),
    ("its pages", pages),
    ("its references", references),
    ("its schema", schema),
    ("its rows", rows::ask),
    ("its registry", rows::registry),
    ("its links", rows::cycles),
    ("its journal", rows::unfinished),
];

/// Verifies the catalogue.
///
/// # Errors
/// When it is not SQL that went wrong.
pub(super) fn verify(library: &Library, level: Level, book: &Book<'_>) -> Result<(), StoreError> {
    for (name, part) in if level == Level::Quick { QUICK } else { WHOLE } {
        if !book.goes_on() {
            return Ok(());
        }
        match watched(library, book, *part) {
            Err(StoreError::Sql(error)) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {}
            Err(StoreError::Sql(error)) => {
                book.found(Finding::of_catalogue(Kind::Catalogue, None, format!("{name} cannot be read: {error}")));
            }
            told => told?,
        }
    }
    Ok(())
}

/// Runs a part that `stop` can interrupt in the middle of a statement.
fn watched(library: &Library, book: &Book<'_>, part: Part) -> Result<(), StoreError> {
    let handle = library.catalogue().get_interrupt_handle();
    let (ended, end) = channel::<()>();
    std::thread::scope(|threads| {
        // Where the system has no thread left, a part ends before `stop` is heard.
        let _ = Builder::new().spawn_scoped(threads, move || {
            while end.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if !book.goes_on() {
                    handle.interrupt();
                }
            }
        });
        let told = part(library, book);
        drop(ended);
        told
    })
}

fn objects(library: &Library, book: &Book<'_>) -> Result<(), StoreError> {
    let objects: i64 = library.catalogue().query_row("SELECT count(*) FROM object", [], |row| row.get(0))?;
    book.note(|report| report.objects = objects.cast_unsigned());
    Ok(())
}

fn pages_quickly(library: &Library, book: &Book<'_>) -> Result<(), StoreError> {
    said(library, book, "quick_check")
}

fn pages(library: &Library, book: &Book<'_>) -> Result<(), StoreError> {
    said(library, book, "integrity_check")
}

/// SQLite's own check, which also asks the search tables.
fn said(library: &Library, book: &Book<'_>, check: &str) -> Result<(), StoreError> {
    let mut select = library.catalogue().prepare(&format!("PRAGMA {check}({PAGES})"))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let said: String = row.get(0)?;
        if said != "ok" {
            book.found(Finding::of_catalogue(Kind::Catalogue, None, said));
        }
    }
    Ok(())
}

/// SQLite's other check: the one for pages says ok with broken references.
fn references(library: &Library, book: &Book<'_>) -> Result<(), StoreError> {
    let mut select = library.catalogue().prepare("PRAGMA foreign_key_check")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (table, n, parent): (String, Option<i64>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let row = n.map_or_else(|| "a row".to_owned(), |n| format!("row {n}"));
        let message = format!("{row} of `{table}` refers to a row of `{parent}` that is not there");
        book.found(Finding::of_catalogue(Kind::Reference, None, message));
    }
    Ok(())
}

/// Tables, indexes, triggers and views, each compared with what the schema's steps make of an empty file.
fn schema(library: &Library, book: &Book<'_>) -> Result<(), StoreError> {
    let wanted = migrate::schema(&migrate::blank(migrate::STEPS)?)?;
    let found = migrate::schema(library.catalogue())?;
    differences(&wanted, &found, |message| book.found(Finding::of_catalogue(Kind::Schema, None, message)));
    Ok(())
}

type Schema = BTreeMap<(String, String), String>;

/// How a schema differs from the one that is wanted, in words.
pub(super) fn differences(wanted: &Schema, found: &Schema, mut each: impl FnMut(String)) {
    for ((kind, name), sql) in wanted {
        match found.get(&(kind.clone(), name.clone())) {
            None => each(format!("the {kind} `{name}` is missing")),
            Some(other) if other != sql => each(format!("the {kind} `{name}` is not as hypernet made it")),
            Some(_) => {}
        }
    }
    let extra = found.keys().filter(|key| !wanted.contains_key(*key));
    extra.for_each(|(kind, name)| each(format!("there is a {kind} `{name}` that hypernet did not make")));
}
