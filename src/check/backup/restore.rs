//! Puts a backup back as a library, into a folder that is empty or absent.
//!
//! Everything is checked before the first byte is written, and each file as it is copied. The library's marker comes last: until then
//! there is no library, and the same command goes on. No code of the backup's catalogue runs.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::folder::{self, Folder};
use super::manifest::{self, Entry, Manifest};
use super::{BackupError, Book, Event, Finding, Kind, Plan, Report, each, examine, named};
use crate::check::originals::Original;
use crate::model::Sha256;
use crate::store::files::{FILE_MODE, ORIGINAL_MODE, Outcome, Source, copy};
use crate::store::{CATALOGUE, FOLDERS, MARKER, Root, StoreError, at_rest, migrate};

/// What marks a folder as one that is being restored, and holds what is half written.
const PARTIAL: &str = "restore.partial";

/// What came of it.
#[derive(Debug, Default)]
pub struct Restored {
    /// Originals the catalogue names.
    pub originals: u64,
    /// Originals that were put back, or would be.
    pub restored: u64,
    /// Bytes of those.
    pub bytes_restored: u64,
    /// Originals that an unfinished run had put back.
    pub kept: u64,
    /// When the catalogue was copied: its name in the backup.
    pub snapshot: String,
    /// Originals that could not be put back.
    pub report: Report,
}

/// Restores a backup. What is not good in the backup is reported and left out; the library knows of it as missing.
///
/// # Errors
/// `Unfinished`, `Damaged`, `TooNew` for the backup, `Place` and `NoSpace` for the folder; those of the file system.
pub fn restore(
    backup: &Folder,
    to: &Path,
    plan: &Plan,
    stop: &(dyn Fn() -> bool + Sync),
    on: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Restored, BackupError> {
    let book = Book { report: Mutex::default(), stop, on };
    let manifest = manifest::read(backup)?.ok_or_else(|| BackupError::Unfinished(backup.root().path().to_owned()))?;
    vacant(to, backup)?;
    on(Event::Phase("catalogue", None, None));
    let originals = originals(backup, &manifest, &book)?;
    let mut restored = Restored {
        originals: originals.len() as u64,
        snapshot: manifest.snapshots.first().map_or_else(String::new, |snapshot| snapshot.name.clone()),
        ..Restored::default()
    };
    let good = held(&manifest, &originals, &book);
    if plan.dry_run {
        restored.restored = good.len() as u64;
        restored.bytes_restored = good.iter().map(|entry| entry.size).sum();
    } else {
        let target = Target { root: begin(to, backup)?, backup, plan, book: &book };
        if target.originals(&good, &mut restored)? {
            target.end(&manifest)?;
        }
    }
    restored.report = book.report.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(restored)
}

/// The originals of the newest catalogue, once that is found to be hypernet's and whole.
fn originals(backup: &Folder, manifest: &Manifest, book: &Book<'_>) -> Result<Vec<Original>, BackupError> {
    let damaged = || BackupError::Damaged("its catalogue is not as it was written".to_owned());
    let newest = manifest.snapshots.first().ok_or_else(damaged)?;
    let (hash, size) = backup.root().hash(&newest.path())?;
    if size != newest.size || Some(hash) != newest.hash() {
        return Err(damaged());
    }
    let db = at_rest(&backup.root().path().join(newest.path()))?;
    examine(&db, backup.library())?;
    migrate::check(&db)?;
    named(&db, book)
}

/// What the backup has of the originals; what it has not is reported.
fn held<'a>(manifest: &'a Manifest, originals: &[Original], book: &Book<'_>) -> Vec<&'a Entry> {
    let mut good = Vec::new();
    for original in originals {
        let at = manifest.entries.binary_search_by(|entry| entry.place.cmp(&original.place));
        match at.map(|at| &manifest.entries[at]) {
            Ok(entry) if (entry.size, entry.hash) == (original.size, original.hash) => good.push(entry),
            _ => {
                let message = "the backup has no good copy of it";
                book.found(
                    Finding::of_file(Kind::Missing, original.place.path(), message).about(original.place.holder()),
                );
            }
        }
    }
    good
}

/// Refuses a folder in which something stands that a cut-off restoring of this very backup did not put there.
fn vacant(to: &Path, backup: &Folder) -> Result<(), BackupError> {
    folder::apart(to, backup.root().path(), "a library cannot be restored into its backup", "the backup lies in it")?;
    let fail = |reason| Err(BackupError::Place { path: to.to_owned(), reason });
    let mut entries = match std::fs::read_dir(to) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => return fail("this is not a folder"),
        other => other.map_err(StoreError::io(to))?,
    };
    if std::fs::symlink_metadata(to.join(MARKER)).is_ok() {
        return fail("there is a library: a backup is restored into an empty folder, beside it");
    }
    let ours = format!("{PARTIAL}/{}", backup.library());
    if Root::open(to)?.stat(&ours)?.is_some() {
        return Ok(());
    }
    let own = |name: &std::ffi::OsStr| name == "lost+found" || name == PARTIAL;
    if entries.all(|entry| entry.is_ok_and(|entry| own(&entry.file_name()))) {
        return Ok(());
    }
    fail("this folder is not empty: a backup is restored into one that is, or into none")
}

fn begin(to: &Path, backup: &Folder) -> Result<Root, BackupError> {
    drop(Root::make(to)?);
    let root = Root::open(to)?;
    root.private()?;
    root.make_dirs(PARTIAL)?;
    folder::clear(&root, PARTIAL)?;
    root.write_new(&format!("{PARTIAL}/{}", backup.library()), b"")?;
    Ok(root)
}

/// The library that is to be.
struct Target<'a> {
    root: Root,
    backup: &'a Folder,
    plan: &'a Plan,
    book: &'a Book<'a>,
}

impl Target<'_> {
    /// Puts the originals back; whether it came to the end.
    fn originals(&self, entries: &[&Entry], restored: &mut Restored) -> Result<bool, BackupError> {
        let bytes = entries.iter().map(|entry| entry.size).sum();
        let free = self.root.free_space()?;
        // What a cut-off run has put back needs no room again; only reading it tells, so only an empty folder is asked.
        if bytes > free && self.root.names("users")?.is_empty() {
            return Err(BackupError::NoSpace { path: self.root.path().to_owned(), needed: bytes, free });
        }
        (self.book.on)(Event::Phase("copy", Some(entries.len() as u64), Some(bytes)));
        let (counts, folders) = (Mutex::new((0, 0, 0)), Mutex::new(BTreeSet::new()));
        each(entries, self.plan.jobs, self.book, |entry| {
            let path = entry.place.path();
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            self.root.make_dirs(folder)?;
            folders.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned());
            let there = matches!(self.root.stat(&path)?, Some((size, _)) if size == entry.size);
            let kept = there && self.root.hash(&path)?.0 == entry.hash;
            let done = kept || self.file(&path, entry.hash, entry.size, &path)?;
            let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
            let copied = done && !kept;
            *counts = (
                counts.0 + u64::from(copied),
                counts.1 + if copied { entry.size } else { 0 },
                counts.2 + u64::from(kept),
            );
            self.book.done(1, 0);
            Ok(())
        })?;
        let folders = folders.into_inner().unwrap_or_else(PoisonError::into_inner);
        let folders: BTreeSet<&str> = folders.iter().map(String::as_str).collect();
        self.root.settle_dirs(&folders)?;
        folders.iter().try_for_each(|folder| self.root.sync_dir(folder))?;
        let counts = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
        (restored.restored, restored.bytes_restored, restored.kept) = counts;
        Ok(self.book.goes_on())
    }

    /// Copies one file of the backup; what is not good there is reported.
    fn file(&self, from: &str, hash: Sha256, size: u64, to: &str) -> Result<bool, BackupError> {
        let name = to.rsplit('/').next().unwrap_or(to);
        let go_on = |bytes| {
            self.book.done(0, bytes);
            self.book.goes_on()
        };
        let (kind, message) = match self.backup.root().open_file(from) {
            Err(error) => (Kind::Missing, error.to_string()),
            Ok(file) => {
                let mut source = Source { file, hash, size, go_on: &go_on };
                let mode = if to == CATALOGUE { FILE_MODE } else { ORIGINAL_MODE };
                match copy(&mut source, &self.root, &format!("{PARTIAL}/{name}.part"), to, mode)? {
                    Outcome::Made => return Ok(true),
                    Outcome::Stopped => return Ok(false),
                    Outcome::Other(other) => (Kind::Changed, format!("its SHA-256 is {other}, not {hash}")),
                    Outcome::Longer => (Kind::Size, format!("more bytes than {size}")),
                    Outcome::Unreadable(error) => (Kind::Unreadable, super::super::folder::said(&error)),
                }
            }
        };
        self.book.found(Finding::of_file(kind, from, message));
        Ok(false)
    }

    /// Puts the catalogue back, then the marker, which makes it a library.
    fn end(&self, manifest: &Manifest) -> Result<(), BackupError> {
        let damaged = || BackupError::Damaged("its catalogue is not as it was written".to_owned());
        let newest = manifest.snapshots.first().ok_or_else(damaged)?;
        for folder in FOLDERS {
            self.root.make_dirs(folder)?;
        }
        let hash = newest.hash().ok_or_else(damaged)?;
        if !self.file(&newest.path(), hash, newest.size, CATALOGUE)? {
            // What was told to stop here is not whole; what is bad now was good before.
            return if self.book.goes_on() { Err(damaged()) } else { Ok(()) };
        }
        self.root.sync()?;
        self.root.write_new(MARKER, manifest.marker.as_bytes())?;
        folder::clear(&self.root, PARTIAL)?;
        Ok(self.root.remove_dir(PARTIAL)?)
    }
}
