//! Makes a backup, or brings one up to date: snapshot, then the originals it names, then the manifest.
//!
//! A good copy is never given up for a bad original: a copy replaces what stands in its place only when it is what the catalogue says.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::folder::{Folder, PARTIAL, SNAPSHOTS as AT};
use super::manifest::{self, Entry, Manifest, Snapshot};
use super::{BackupError, Book, Event, Finding, Kind, Plan, Report, SNAPSHOTS, each, named};
use crate::check::originals::{Original, Place};
use crate::store::files::{ORIGINAL_MODE, Outcome, Source, copy};
use crate::store::snapshot::{self, Check};
use crate::store::{Access, CATALOGUE, Library, MARKER, Root, StoreError, at_rest, connect};

/// What is left free on the backup's disk.
const SPARE: u64 = 16 << 20;

/// What came of it.
#[derive(Debug, Default)]
pub struct Written {
    /// Originals the library has.
    pub originals: u64,
    /// Originals that were copied, or would be.
    pub copied: u64,
    /// Bytes of those.
    pub bytes_copied: u64,
    /// Originals the backup had already.
    pub kept: u64,
    /// Originals the library has no more and the backup keeps.
    pub gone: u64,
    /// Originals that were removed from the backup.
    pub pruned: u64,
    /// The catalogue's copy in the backup.
    pub snapshot: Option<String>,
    /// Whether the manifest of the backup before could not be used, and all it holds was read again.
    pub unsealed: bool,
    /// Originals that could not be copied.
    pub report: Report,
}

/// Makes or renews the backup of a library at a path. Unless `stop` cut it short, the backup is whole but for what is reported.
///
/// # Errors
/// `Place`, `Foreign`, `Busy`, `NoSpace`; those of the backup's disk. The backup is then what it was before.
pub fn write(
    library: &Library,
    path: &std::path::Path,
    plan: &Plan,
    stop: &(dyn Fn() -> bool + Sync),
    on: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Written, BackupError> {
    let book = Book { report: Mutex::default(), stop, on };
    let id = library.marker().id()?;
    let mut written = Written::default();
    let there = Folder::look(path, library.root(), id)?;
    if plan.dry_run {
        let folder = if there { Some(Folder::open(path)?) } else { None };
        preview(library, folder.as_ref(), plan, &book, &mut written)?;
    } else {
        let folder = Folder::open_or_make(path, library.root(), id)?;
        Run { from: library.root(), folder: &folder, plan, book: &book }.everything(&mut written)?;
    }
    written.report = book.report.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(written)
}

/// Counts what would be copied, from the catalogue as it is now.
fn preview(
    library: &Library,
    folder: Option<&Folder>,
    plan: &Plan,
    book: &Book<'_>,
    written: &mut Written,
) -> Result<(), BackupError> {
    let mut originals = named(library.catalogue(), book)?;
    let old = folder.map(last).transpose()?.flatten();
    let gone = match_up(&mut originals, old.as_ref());
    written.originals = originals.len() as u64;
    for original in &originals {
        let kept = folder.is_some_and(|folder| original.met && stands(folder.root(), original));
        count(written, original, kept);
    }
    *(if plan.prune { &mut written.pruned } else { &mut written.gone }) = gone.len() as u64;
    Ok(())
}

fn count(written: &mut Written, original: &Original, kept: bool) {
    if kept {
        written.kept += 1;
    } else {
        written.copied += 1;
        written.bytes_copied += original.size;
    }
}

/// The manifest of the backup before; `None` when there is none, or none that can be used.
fn last(folder: &Folder) -> Result<Option<Manifest>, BackupError> {
    match manifest::read(folder) {
        Err(BackupError::Damaged(_)) => Ok(None),
        other => other,
    }
}

/// Marks the originals that a manifest has just so as `met`; gives what else it names.
fn match_up(originals: &mut [Original], old: Option<&Manifest>) -> Vec<Entry> {
    let mut gone = Vec::new();
    for entry in old.into_iter().flat_map(|old| &old.entries) {
        match originals.binary_search_by(|original| original.place.cmp(&entry.place)) {
            Ok(at) => originals[at].met = (originals[at].size, originals[at].hash) == (entry.size, entry.hash),
            Err(_) => gone.push(entry.clone()),
        }
    }
    gone
}

/// Whether a file of the right size stands in the backup.
fn stands(root: &Root, original: &Original) -> bool {
    matches!(root.stat(&original.place.path()), Ok(Some((size, _))) if size == original.size)
}

struct Run<'a> {
    from: &'a Root,
    folder: &'a Folder,
    plan: &'a Plan,
    book: &'a Book<'a>,
}

/// What is to be done with an original.
enum Task {
    /// It was there, and is.
    Keep,
    /// It may be there: only reading says.
    Read,
    /// It is not there.
    Copy,
}

impl Run<'_> {
    fn everything(&self, written: &mut Written) -> Result<(), BackupError> {
        self.folder.clear()?;
        let old = last(self.folder)?;
        written.unsealed = old.is_none() && self.folder.root().stat(manifest::NAME)?.is_some();
        let mut snapshots = old.as_ref().map_or_else(Vec::new, |old| old.snapshots.clone());
        self.keep_only(&snapshots)?;
        (self.book.on)(Event::Phase("catalogue", None, None));
        let newest = self.snapshot(&snapshots)?;
        let mut originals = named(&at_rest(&self.folder.root().path().join(newest.path()))?, self.book)?;
        let mut gone = match_up(&mut originals, old.as_ref());
        gone.retain(
            |entry| matches!(self.folder.root().stat(&entry.place.path()), Ok(Some((size, _))) if size == entry.size),
        );
        written.originals = originals.len() as u64;
        written.snapshot = Some(newest.path());
        let entries = self.originals(originals, written)?;
        if !self.book.goes_on() {
            return Ok(());
        }
        *(if self.plan.prune { &mut written.pruned } else { &mut written.gone }) = gone.len() as u64;
        snapshots.insert(0, newest);
        snapshots.truncate(SNAPSHOTS);
        let mut manifest = Manifest { marker: self.marker()?, snapshots, entries };
        if !self.plan.prune {
            manifest.entries.append(&mut gone);
            manifest.entries.sort_unstable_by(|a, b| a.place.cmp(&b.place));
        }
        manifest::commit(self.folder, &manifest, self.plan.now)?;
        self.keep_only(&manifest.snapshots)?;
        if self.plan.prune {
            written.pruned = self.prune(&manifest.entries)?;
        }
        Ok(())
    }

    fn marker(&self) -> Result<String, BackupError> {
        Ok(self.from.read_small(MARKER, 64 << 10)?)
    }

    /// Removes the catalogues no manifest names: killed runs leave them, and more than seven are not kept.
    fn keep_only(&self, snapshots: &[Snapshot]) -> Result<(), BackupError> {
        for name in self.folder.root().names(AT)? {
            if !snapshots.iter().any(|snapshot| snapshot.name == name) {
                self.folder.root().remove(&format!("{AT}/{name}"))?;
            }
        }
        Ok(())
    }

    /// Copies the catalogue, on a connection of its own: a reader's may not be used for it.
    fn snapshot(&self, there: &[Snapshot]) -> Result<Snapshot, BackupError> {
        let root = self.folder.root();
        let db = connect(self.from.path(), Access::Read)?;
        self.room(self.from.stat(CATALOGUE)?.map_or(0, |(size, _)| size))?;
        let stamp = snapshot::stamp(self.plan.now);
        let names = std::iter::once(format!("{stamp}.db")).chain((2..).map(|k| format!("{stamp}-{k}.db")));
        let mut free = names.filter(|name| !there.iter().any(|other| other.name == *name));
        let name = free.next().unwrap_or_default();
        snapshot::copy(&db, root, AT, &name, Check::Whole)?;
        let (hash, size) = root.hash(&format!("{AT}/{name}"))?;
        Ok(Snapshot::new(name, size, &hash))
    }

    fn room(&self, bytes: u64) -> Result<(), BackupError> {
        let root = self.folder.root();
        let (needed, free) = (bytes + SPARE, root.free_space()?);
        if needed <= free { Ok(()) } else { Err(BackupError::NoSpace { path: root.path().to_owned(), needed, free }) }
    }

    /// Keeps, reads or copies each original; gives what the backup has of them afterwards.
    fn originals(&self, originals: Vec<Original>, written: &mut Written) -> Result<Vec<Entry>, BackupError> {
        let tasks: Vec<_> = originals.into_iter().map(|original| (self.task(&original), original)).collect();
        let to_copy = || tasks.iter().filter(|(task, _)| matches!(task, Task::Copy)).map(|(_, original)| original);
        let left: u64 = to_copy().map(|original| original.size).sum();
        self.room(left)?;
        (self.book.on)(Event::Phase("copy", Some(to_copy().count() as u64), Some(left)));
        let folders = Mutex::new(BTreeSet::new());
        let counts = Mutex::new(Written::default());
        let kept = Mutex::new(Vec::new());
        each(&tasks, self.plan.jobs, self.book, |(task, original)| {
            let Some(fresh) = self.original(task, original, &folders).map_err(|error| self.full(error, left))? else {
                return Ok(());
            };
            count(&mut counts.lock().unwrap_or_else(PoisonError::into_inner), original, !fresh);
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(entry(original));
            Ok(())
        })?;
        let folders = folders.into_inner().unwrap_or_else(PoisonError::into_inner);
        let folders: BTreeSet<&str> = folders.iter().map(String::as_str).collect();
        self.folder.root().settle_dirs(&folders)?;
        folders.iter().try_for_each(|folder| self.folder.root().sync_dir(folder))?;
        let counts = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
        (written.copied, written.bytes_copied, written.kept) = (counts.copied, counts.bytes_copied, counts.kept);
        let mut entries = kept.into_inner().unwrap_or_else(PoisonError::into_inner);
        entries.sort_unstable_by(|a: &Entry, b| a.place.cmp(&b.place));
        Ok(entries)
    }

    fn task(&self, original: &Original) -> Task {
        match stands(self.folder.root(), original) {
            true if original.met && !self.plan.verify => Task::Keep,
            true => Task::Read,
            false => Task::Copy,
        }
    }

    /// Does with one original what is to be done; says whether it was copied, or `None` when the backup has no good copy of it.
    fn original(
        &self,
        task: &Task,
        original: &Original,
        folders: &Mutex<BTreeSet<String>>,
    ) -> Result<Option<bool>, BackupError> {
        let path = original.place.path();
        let good = match task {
            Task::Keep => true,
            Task::Read => self.reads_as(original, &path),
            Task::Copy => false,
        };
        if good {
            self.still_there(original, &path);
            return Ok(Some(false));
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        self.folder.root().make_dirs(&folder)?;
        folders.lock().unwrap_or_else(PoisonError::into_inner).insert(folder);
        let copied = self.copy(original, &path)?;
        self.book.done(1, 0);
        Ok(copied.then_some(true))
    }

    fn reads_as(&self, original: &Original, path: &str) -> bool {
        self.folder.root().hash(path).is_ok_and(|(hash, _)| hash == original.hash)
    }

    /// What the backup has, the library may have lost: it says so, though the bytes are safe.
    fn still_there(&self, original: &Original, path: &str) {
        let (kind, message) = match self.from.stat(path) {
            Ok(Some((size, _))) if size == original.size => return,
            Ok(Some((size, _))) => {
                (Kind::Size, format!("{size} bytes, not {}; the backup keeps a good copy", original.size))
            }
            Ok(None) => (Kind::Missing, "the library lost it; the backup keeps a good copy".to_owned()),
            Err(error) => (Kind::Unreadable, error.to_string()),
        };
        self.failed(original, kind, message);
    }

    fn copy(&self, original: &Original, path: &str) -> Result<bool, BackupError> {
        let file = match self.from.open_file(path) {
            Ok(file) => file,
            Err(StoreError::Io { error, .. }) => {
                let gone = error.kind() == std::io::ErrorKind::NotFound;
                self.failed(
                    original,
                    if gone { Kind::Missing } else { Kind::Unreadable },
                    super::super::folder::said(&error),
                );
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        };
        let go_on = |bytes| {
            self.book.done(0, bytes);
            self.book.goes_on()
        };
        let mut source = Source { file, hash: original.hash, size: original.size, go_on: &go_on };
        let draft = format!("{PARTIAL}/{}", original.place.holder());
        let (kind, message) = match copy(&mut source, self.folder.root(), &draft, path, ORIGINAL_MODE)? {
            Outcome::Made => return Ok(true),
            Outcome::Stopped => return Ok(false),
            Outcome::Other(hash) => (Kind::Changed, format!("its SHA-256 is {hash}, not {}", original.hash)),
            Outcome::Longer => (Kind::Size, format!("more bytes than {}", original.size)),
            Outcome::Unreadable(error) => (Kind::Unreadable, super::super::folder::said(&error)),
        };
        self.failed(original, kind, message);
        Ok(false)
    }

    fn failed(&self, original: &Original, kind: Kind, message: String) {
        self.book.found(Finding::of_file(kind, original.place.path(), message).about(original.place.holder()));
    }

    /// A disk that filled up while it was written to.
    fn full(&self, error: BackupError, needed: u64) -> BackupError {
        let root = self.folder.root();
        match error {
            BackupError::Store(error) if error.is_full() => {
                let free = root.free_space().unwrap_or(0);
                BackupError::NoSpace { path: root.path().to_owned(), needed: needed + SPARE, free }
            }
            other => other,
        }
    }

    /// Removes the originals that the manifest does not name; gives how many.
    fn prune(&self, entries: &[Entry]) -> Result<u64, BackupError> {
        let root = self.folder.root();
        let (mut folders, mut pruned) = (vec!["users".to_owned()], 0);
        while let Some(folder) = folders.pop() {
            // A file is no folder; a link is none that is followed.
            let Ok(names) = root.names(&folder) else { continue };
            for path in names.into_iter().map(|name| format!("{folder}/{name}")) {
                let Some(place) = Place::of(&path) else {
                    folders.push(path);
                    continue;
                };
                if entries.binary_search_by(|entry| entry.place.cmp(&place)).is_err() {
                    root.remove(&path)?;
                    pruned += 1;
                }
            }
        }
        Ok(pruned)
    }
}

fn entry(original: &Original) -> Entry {
    Entry { place: original.place.clone(), size: original.size, hash: original.hash }
}
