//! Puts a backup back as a library, into a folder that is empty or absent.
//!
//! Everything is checked before the first byte is written, and each file as it is copied. The library's marker comes last: until then
//! there is no library, and the same command goes on. No code of the backup's catalogue runs. The newest good catalogue is taken; what
//! that leaves unsure is said. Damaged copies go to the new library's quarantine, never to an original's place.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::before::{Before, folder_of};
use super::folder::{self, Folder};
use super::manifest::{self, Entry, Manifest, Snapshot};
use super::{BackupError, Book, Event, Finding, Kind, Plan, Report, each, examine, named};
use crate::check::originals::Original;
use crate::model::Sha256;
use crate::store::files::{FILE_MODE, ORIGINAL_MODE, Outcome, Source, copy};
use crate::store::{CATALOGUE, FOLDERS, Hold, Lock, MARKER, Marker, Root, StoreError, at_rest, lock_folder, migrate};

/// What marks a folder as one that is being restored, and holds what is half written.
const PARTIAL: &str = "restore.partial";
/// Where damaged copies are put in the new library.
const ASIDE: &str = "quarantine/damaged";

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
    vacant(to, backup)?;
    on(Event::Phase("catalogue", None, None));
    let manifest = manifest(backup, &book)?;
    let (newest, originals) = catalogue(backup, &manifest, &book)?;
    let mut restored =
        Restored { originals: originals.len() as u64, snapshot: newest.name.clone(), ..Restored::default() };
    let (good, bad) = held(&manifest, &originals);
    if plan.dry_run {
        restored.restored = good.len() as u64;
        restored.bytes_restored = good.iter().map(|entry| entry.size).sum();
        for original in bad {
            lacks(original, None, &book);
        }
    } else {
        let (root, _lock) = begin(to, backup)?;
        let target = Target { root, backup, plan, book: &book };
        if target.originals(&good, &mut restored)? && target.rest(&bad)? {
            target.end(&manifest, newest)?;
        }
    }
    restored.report = book.report.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(restored)
}

/// The manifest or, where that cannot be used, what the files and catalogues of the backup give; that is reported then.
fn manifest(backup: &Folder, book: &Book<'_>) -> Result<Manifest, BackupError> {
    let error = match manifest::read(backup) {
        Ok(Some(manifest)) => return Ok(manifest),
        Ok(None) => BackupError::Unfinished(backup.root().path().to_owned()),
        Err(error @ BackupError::Damaged(_)) => error,
        Err(error) => return Err(error),
    };
    let Before { snapshots, entries, .. } = Before::named(backup)?;
    if snapshots.is_empty() {
        return Err(error);
    }
    let message = format!("{error}; nothing but the newest good catalogue says what the originals must be");
    book.found(Finding::of_file(Kind::Changed, manifest::NAME, message));
    Ok(Manifest { marker: Marker::new(backup.library()).text(), snapshots, entries })
}

/// The newest catalogue that is hypernet's and whole, and its originals; those that are not are reported.
fn catalogue<'a>(
    backup: &Folder,
    manifest: &'a Manifest,
    book: &Book<'_>,
) -> Result<(&'a Snapshot, Vec<Original>), BackupError> {
    let mut first = None;
    for snapshot in &manifest.snapshots {
        match originals(backup, snapshot, book) {
            Ok(originals) => {
                if let Some((path, error)) = first {
                    let message = format!("{error}; restored from the catalogue {} instead", snapshot.name);
                    book.found(Finding::of_file(Kind::Catalogue, path, message));
                }
                return Ok((snapshot, originals));
            }
            // A newer hypernet reads it: an older catalogue would lose what that knows.
            Err(error @ BackupError::Store(StoreError::TooNew { .. })) => return Err(error),
            Err(error) => first = first.or(Some((snapshot.path(), error))),
        }
    }
    Err(first.map_or_else(|| BackupError::Damaged("it names no catalogue".to_owned()), |(_, error)| error))
}

/// The originals a catalogue names, once that is found to be hypernet's and whole.
fn originals(backup: &Folder, snapshot: &Snapshot, book: &Book<'_>) -> Result<Vec<Original>, BackupError> {
    let (hash, size) = backup.root().hash(&snapshot.path())?;
    if size != snapshot.size || Some(hash) != snapshot.hash() {
        return Err(BackupError::Damaged("its catalogue is not as it was written".to_owned()));
    }
    let db = at_rest(&backup.root().path().join(snapshot.path()))?;
    examine(&db, backup.library())?;
    migrate::check(&db)?;
    named(&db, book)
}

/// What the backup has of the originals, and what it has not.
fn held<'a>(manifest: &'a Manifest, originals: &'a [Original]) -> (Vec<&'a Entry>, Vec<&'a Original>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for original in originals {
        let at = manifest.entries.binary_search_by(|entry| entry.place.cmp(&original.place));
        match at.map(|at| &manifest.entries[at]) {
            Ok(entry) if (entry.size, entry.hash) == (original.size, original.hash) => good.push(entry),
            _ => bad.push(original),
        }
    }
    (good, bad)
}

/// Says that the backup has no good copy of an original, and where a damaged one or one with other bytes was put.
fn lacks(original: &Original, aside: Option<String>, book: &Book<'_>) {
    let message = match aside {
        Some(aside) => format!("the backup has other bytes of it than its catalogue says; they are in {aside} now"),
        None => "the backup has no good copy of it".to_owned(),
    };
    book.found(Finding::of_file(Kind::Missing, original.place.path(), message).about(original.place.holder()));
}

/// Refuses a folder in which something stands that a cut-off restoring of this very backup did not put there.
fn vacant(to: &Path, backup: &Folder) -> Result<(), BackupError> {
    folder::apart(to, backup.root().path(), "a library cannot be restored into its backup", "the backup lies in it")?;
    folder::outside(to, "a library cannot be restored into a backup")?;
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

/// Makes the folder, holds it until the end, and looks again whether it is vacant: another run may have been faster.
fn begin(to: &Path, backup: &Folder) -> Result<(Root, Option<Lock>), BackupError> {
    drop(Root::make(to)?);
    let lock = lock_folder(to, Hold::Exclusive).map_err(|error| match error {
        StoreError::Locked { .. } => BackupError::Busy(to.to_owned()),
        other => other.into(),
    })?;
    vacant(to, backup)?;
    let root = Root::open(to)?;
    root.private()?;
    root.make_dirs(PARTIAL)?;
    folder::clear(&root, PARTIAL)?;
    root.write_new(&format!("{PARTIAL}/{}", backup.library()), b"")?;
    Ok((root, lock))
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
            let folder = folder_of(&path);
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
        let aside = if to == CATALOGUE { None } else { self.aside(from)? };
        let message =
            aside.map_or(message.clone(), |aside| format!("{message}; what the backup has is in {aside} now"));
        self.book.found(Finding::of_file(kind, from, format!("in the backup: {message}")));
        Ok(false)
    }

    /// Says what the backup has no good copy of; whether it came to the end.
    fn rest(&self, bad: &[&Original]) -> Result<bool, BackupError> {
        for original in bad {
            if !self.book.goes_on() {
                return Ok(false);
            }
            lacks(original, self.aside(&original.place.path())?, self.book);
        }
        Ok(self.book.goes_on())
    }

    /// Puts a damaged copy into the quarantine of the new library, where it can be read; gives where.
    fn aside(&self, from: &str) -> Result<Option<String>, BackupError> {
        let backup = self.backup.root();
        let (Ok((hash, size)), Ok(file)) = (backup.hash(from), backup.open_file(from)) else { return Ok(None) };
        let name = from.rsplit('/').next().unwrap_or(from);
        let to = format!("{ASIDE}/{name}");
        self.root.make_dirs(ASIDE)?;
        let mut source = Source { file, hash, size, go_on: &|_| self.book.goes_on() };
        let done = copy(&mut source, &self.root, &format!("{PARTIAL}/{name}.part"), &to, ORIGINAL_MODE)?;
        self.root.sync_dir(ASIDE)?;
        Ok(matches!(done, Outcome::Made).then_some(to))
    }

    /// Puts the catalogue back, then the marker, which makes it a library.
    fn end(&self, manifest: &Manifest, newest: &Snapshot) -> Result<(), BackupError> {
        let damaged = || BackupError::Damaged("its catalogue is not as it was written".to_owned());
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
