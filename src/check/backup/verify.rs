//! Verifies a backup by itself: every file the manifest names, and whether its catalogues could be put back. Changes nothing.
//!
//! Files the manifest does not name are not looked for: an unfinished run leaves such, and the next one uses them.

use std::io::Read;
use std::sync::{Mutex, PoisonError};

use super::folder::Folder;
use super::manifest::{self, Entry, Manifest, Snapshot};
use super::{BackupError, Book, Event, Finding, Kind, Plan, Report, each, examine, named};
use crate::check::originals::Original;
use crate::store::{StoreError, at_rest, files, migrate};

/// What mends a copy.
const NEXT: &str = "`hypernet backup DIR --verify` copies it anew, if the library has it";

/// Looks at everything in a backup; `quick` reads only its catalogues.
///
/// # Errors
/// `Unfinished`, `Damaged`, `TooNew`, `Busy`. What is wrong with single files is in the report.
pub fn verify(
    folder: &Folder,
    quick: bool,
    plan: &Plan,
    stop: &(dyn Fn() -> bool + Sync),
    on: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Report, BackupError> {
    let book = Book { report: Mutex::default(), stop, on };
    let manifest = manifest::read(folder)?.ok_or_else(|| BackupError::Unfinished(folder.root().path().to_owned()))?;
    on(Event::Phase("catalogues", None, None));
    for (at, one) in manifest.snapshots.iter().enumerate() {
        if book.goes_on() {
            snapshot(folder, one, (at == 0).then_some(&manifest), &book);
        }
    }
    let bytes = manifest.entries.iter().map(|entry| entry.size).sum();
    on(Event::Phase("files", Some(manifest.entries.len() as u64), Some(bytes)));
    each(&manifest.entries, plan.jobs, &book, |entry| {
        file(folder, entry, quick, &book);
        Ok(())
    })?;
    let mut report = book.report.into_inner().unwrap_or_else(PoisonError::into_inner);
    report.findings.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
    Ok(report)
}

/// One catalogue. The newest must name what the manifest names.
fn snapshot(folder: &Folder, one: &Snapshot, newest: Option<&Manifest>, book: &Book<'_>) {
    let path = one.path();
    let found = |kind, message: String| book.found(Finding::of_file(kind, path.clone(), message));
    match folder.root().hash(&path) {
        Ok((hash, size)) if size == one.size && Some(hash) == one.hash() => {}
        Ok(_) => {
            return found(Kind::Changed, "it is not as it was written".to_owned());
        }
        Err(error) => {
            return found(Kind::Missing, error.to_string());
        }
    }
    book.note(|report| report.files += 1);
    let whole = || -> Result<(), BackupError> {
        let db = at_rest(&folder.root().path().join(&path))?;
        examine(&db, folder.library())?;
        migrate::check(&db)?;
        if let Some(manifest) = newest {
            let originals = named(&db, book)?;
            book.note(|report| report.originals = originals.len() as u64);
            for original in &originals {
                held(manifest, original, book);
            }
        }
        Ok(())
    };
    if let Err(error) = whole() {
        found(Kind::Catalogue, error.to_string());
    }
}

/// Whether the manifest names an original as the catalogue does.
fn held(manifest: &Manifest, original: &Original, book: &Book<'_>) {
    let at = manifest.entries.binary_search_by(|entry| entry.place.cmp(&original.place));
    let (kind, message) = match at.map(|at| &manifest.entries[at]) {
        Ok(entry) if (entry.size, entry.hash) == (original.size, original.hash) => return,
        Ok(_) => (Kind::Changed, "the backup's catalogue names other bytes than the backup was given and keeps"),
        Err(_) => (Kind::Missing, "the backup never had it: the library had no good copy of it"),
    };
    book.found(Finding::of_file(kind, original.place.path(), message).about(original.place.holder()));
}

/// One original.
fn file(folder: &Folder, entry: &Entry, quick: bool, book: &Book<'_>) {
    let path = entry.place.path();
    let found = |kind, message: String| {
        book.found(Finding::of_file(kind, path.clone(), message).about(entry.place.holder()));
    };
    book.note(|report| report.files += 1);
    match folder.root().stat(&path) {
        Ok(Some((size, _))) if size == entry.size => {}
        Ok(Some((size, _))) => {
            return found(Kind::Size, format!("in the backup: {size} bytes, not {}; {NEXT}", entry.size));
        }
        Ok(None) => return found(Kind::Missing, format!("missing in the backup; {NEXT}")),
        Err(error) => return found(Kind::Unreadable, format!("in the backup: {error}")),
    }
    if !quick {
        match read(folder, &path, book) {
            Ok(None) => return,
            Ok(Some(hash)) if hash == entry.hash => {
                book.note(|report| {
                    report.read += 1;
                    report.bytes_read += entry.size;
                });
            }
            Ok(Some(hash)) => {
                found(Kind::Changed, format!("in the backup: its SHA-256 is {hash}, not {}; {NEXT}", entry.hash));
            }
            Err(error) => found(Kind::Unreadable, error.to_string()),
        }
    }
    book.done(1, 0);
}

/// The hash of a file as it is on the disk; `None` when it was told to stop.
fn read(folder: &Folder, path: &str, book: &Book<'_>) -> Result<Option<crate::model::Sha256>, StoreError> {
    let file = folder.root().open_file(path)?;
    files::forget_cache(&file);
    let mut counted = Counted { file, book };
    let hash = files::hash_while(&mut counted, || book.goes_on()).map_err(StoreError::io(path))?;
    Ok(hash.map(|(hash, _)| hash))
}

struct Counted<'a> {
    file: std::fs::File,
    book: &'a Book<'a>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.book.done(0, read as u64);
        Ok(read)
    }
}
