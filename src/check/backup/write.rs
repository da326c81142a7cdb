//! Makes a backup, or brings one up to date: snapshot, then the originals it names, then the manifest.
//!
//! A good copy is never given up for a bad original: a copy replaces what stands in its place only when it is what the catalogue says,
//! and never a copy whose bytes the manifest vouches for. What the backup has goes only when asked, and only when all else is well.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::before::{Before, Job, folder_of, last, standing};
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
    /// Originals that were removed from the backup, or would be.
    pub pruned: u64,
    /// Their places, in a dry run that prunes.
    pub going: Vec<String>,
    /// All originals that stand in the backup, in a dry run that prunes.
    pub standing: u64,
    /// Why nothing was removed though it was asked for.
    pub spared: Option<&'static str>,
    /// Bytes needed and free, in a dry run, where the backup's disk has too little room.
    pub short: Option<(u64, u64)>,
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
        written.short = short(library.root(), path, written.bytes_copied)?;
    } else {
        let folder = Folder::open_or_make(path, library.root(), id).map_err(|error| full(error, path, 0))?;
        let run = Run { from: library.root(), folder: &folder, plan, book: &book };
        run.everything(&mut written).map_err(|error| full(error, path, 0))?;
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
    let originals = named(library.catalogue(), book)?;
    let before = folder.map(last).transpose()?.flatten();
    let (jobs, gone) = Before::said(before).join(originals);
    written.originals = jobs.len() as u64;
    for job in &jobs {
        // Other bytes than the library names are kept too: nothing is written over them.
        let kept = folder.is_some_and(|folder| job.conflicts() || stands(folder.root(), &job.original));
        count(written, &job.original, kept);
    }
    if let (Some(_), Some(folder)) = (plan.prune, folder) {
        let all = standing(folder.root());
        written.standing = all.len() as u64;
        written.going = nameless(all, &jobs).iter().map(Place::path).collect();
        written.pruned = written.going.len() as u64;
    } else {
        written.gone = gone.len() as u64;
    }
    Ok(())
}

/// The places of those that the library does not name.
fn nameless(mut places: Vec<Place>, jobs: &[Job]) -> Vec<Place> {
    places.retain(|place| jobs.binary_search_by(|job| job.original.place.cmp(place)).is_err());
    places
}

/// Bytes needed and free, where the disk that a path is or will be on has too little room.
fn short(from: &Root, path: &std::path::Path, bytes: u64) -> Result<Option<(u64, u64)>, BackupError> {
    let catalogue = from.stat(CATALOGUE)?.map_or(0, |(size, _)| size);
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let Some(there) = whole.ancestors().find(|path| path.is_dir()) else { return Ok(None) };
    let (needed, free) = (bytes + catalogue + SPARE, Root::open_lenient(there)?.free_space()?);
    Ok((needed > free).then_some((needed, free)))
}

/// A disk that filled up while it was written to.
fn full(error: BackupError, path: &std::path::Path, needed: u64) -> BackupError {
    match error {
        BackupError::Store(error) if error.is_full() => {
            let free = Root::open_lenient(path).and_then(|root| root.free_space()).unwrap_or(0);
            BackupError::NoSpace { path: path.to_owned(), needed: needed + SPARE, free }
        }
        other => other,
    }
}

fn count(written: &mut Written, original: &Original, kept: bool) {
    if kept {
        written.kept += 1;
    } else {
        written.copied += 1;
        written.bytes_copied += original.size;
    }
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
#[derive(PartialEq)]
enum Task {
    /// It was there, and is.
    Keep,
    /// It may be there: only reading says.
    Read,
    /// It is not there.
    Copy,
    /// The backup was given other bytes for it once.
    Other,
}

/// What became of an original.
enum Done {
    Kept,
    Copied,
    /// The backup has what it had before, if anything; whether that was made sure of.
    Failed(bool),
}

impl Run<'_> {
    fn everything(&self, written: &mut Written) -> Result<(), BackupError> {
        self.folder.clear()?;
        self.clear_drafts()?;
        let before = Before::find(self.folder, self.plan, self.book)?;
        written.unsealed = before.unsealed && self.folder.root().stat(manifest::NAME)?.is_some();
        (self.book.on)(Event::Phase("catalogue", None, None));
        let newest = self.snapshot()?;
        let manifest = self.renewed(before, &newest, written);
        let Ok(Some((manifest, jobs))) = manifest else {
            // No manifest will name it.
            let _ = self.folder.root().remove(&newest.path());
            return manifest.map(drop);
        };
        written.snapshot = Some(newest.path());
        manifest::commit(self.folder, &manifest, self.plan.now)?;
        self.keep_only(&manifest.snapshots)?;
        if let Some(agreed) = self.plan.prune {
            self.prune(agreed, manifest, &jobs, written)?;
        }
        Ok(())
    }

    /// Brings the originals of a catalogue up to date; gives what the backup holds then, or `None` when it was told to stop.
    fn renewed(
        &self,
        before: Before,
        newest: &Snapshot,
        written: &mut Written,
    ) -> Result<Option<(Manifest, Vec<Job>)>, BackupError> {
        let root = self.folder.root();
        let originals = named(&at_rest(&root.path().join(newest.path()))?, self.book)?;
        let (jobs, mut gone) = before.join(originals);
        gone.retain(|entry| !matches!(root.stat(&entry.place.path()), Ok(None)));
        (written.originals, written.gone) = (jobs.len() as u64, gone.len() as u64);
        let mut entries = self.originals(&jobs, before.folders, written)?;
        if !self.book.goes_on() {
            return Ok(None);
        }
        entries.append(&mut gone);
        entries.sort_unstable_by(|a, b| a.place.cmp(&b.place));
        let mut snapshots = before.snapshots;
        snapshots.insert(0, newest.clone());
        snapshots.truncate(SNAPSHOTS);
        Ok(Some((Manifest { marker: self.marker()?, snapshots, entries }, jobs)))
    }

    fn marker(&self) -> Result<String, BackupError> {
        Ok(self.from.read_small(MARKER, 64 << 10)?)
    }

    /// Removes the catalogues that the manifest does not name: killed runs leave them, and more than seven are not kept. Only once the
    /// manifest is in its place, and only what has a catalogue's name.
    fn keep_only(&self, snapshots: &[Snapshot]) -> Result<(), BackupError> {
        for name in self.folder.root().names(AT)? {
            if manifest::plain(&name) && !snapshots.iter().any(|snapshot| snapshot.name == name) {
                self.folder.root().remove(&format!("{AT}/{name}"))?;
            }
        }
        Ok(())
    }

    /// Removes the catalogues that were never finished.
    fn clear_drafts(&self) -> Result<(), BackupError> {
        for name in self.folder.root().names(AT)? {
            if name.strip_suffix(".new").is_some_and(manifest::plain) {
                self.folder.root().remove(&format!("{AT}/{name}"))?;
            }
        }
        Ok(())
    }

    /// Copies the catalogue, on a connection of its own: a reader's may not be used for it.
    fn snapshot(&self) -> Result<Snapshot, BackupError> {
        let root = self.folder.root();
        let db = connect(self.from.path(), Access::Read)?;
        self.room(self.from.stat(CATALOGUE)?.map_or(0, |(size, _)| size))?;
        let stamp = snapshot::stamp(self.plan.now);
        let names = std::iter::once(format!("{stamp}.db")).chain((2..).map(|k| format!("{stamp}-{k}.db")));
        let there = root.names(AT)?;
        let mut free = names.filter(|name| !there.contains(name));
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
    fn originals(
        &self,
        jobs: &[Job],
        folders: BTreeSet<String>,
        written: &mut Written,
    ) -> Result<Vec<Entry>, BackupError> {
        let tasks: Vec<_> = jobs.iter().map(|job| (self.task(job), job)).collect();
        let to_copy = || tasks.iter().filter(|(task, _)| *task == Task::Copy).map(|(_, job)| &job.original);
        let left: u64 = to_copy().map(|original| original.size).sum();
        self.room(left)?;
        (self.book.on)(Event::Phase("copy", Some(to_copy().count() as u64), Some(left)));
        let (folders, counts) = (Mutex::new(folders), Mutex::new(Written::default()));
        let entries = Mutex::new(Vec::new());
        each(&tasks, self.plan.jobs, self.book, |(task, job)| {
            let path = self.folder.root().path();
            let done = self.original(task, job, &folders).map_err(|error| full(error, path, left))?;
            let entry = match done {
                Done::Failed(sure) => job.had.clone().map(|had| Entry { unsure: !sure, ..had }),
                Done::Kept | Done::Copied => Some(entry(&job.original)),
            };
            if !matches!(done, Done::Failed(_)) {
                let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
                count(&mut counts, &job.original, matches!(done, Done::Kept));
            }
            entries.lock().unwrap_or_else(PoisonError::into_inner).extend(entry);
            Ok(())
        })?;
        let folders = folders.into_inner().unwrap_or_else(PoisonError::into_inner);
        let folders: BTreeSet<&str> = folders.iter().map(String::as_str).collect();
        self.folder.root().settle_dirs(&folders)?;
        folders.iter().try_for_each(|folder| self.folder.root().sync_dir(folder))?;
        let counts = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
        (written.copied, written.bytes_copied, written.kept) = (counts.copied, counts.bytes_copied, counts.kept);
        Ok(entries.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn task(&self, job: &Job) -> Task {
        match stands(self.folder.root(), &job.original) {
            _ if job.conflicts() => Task::Other,
            true if job.had.as_ref().is_some_and(|had| !had.unsure) && !self.plan.verify => Task::Keep,
            true => Task::Read,
            false => Task::Copy,
        }
    }

    /// Does with one original what is to be done.
    fn original(&self, task: &Task, job: &Job, folders: &Mutex<BTreeSet<String>>) -> Result<Done, BackupError> {
        let (original, path) = (&job.original, job.original.place.path());
        let note = |folder: &str| folders.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned());
        let good = match task {
            Task::Keep => true,
            Task::Read => self.reads_as(original, &path),
            Task::Copy => false,
            Task::Other => match self.vouched(job, &path) {
                Some(done) => return Ok(done),
                None => self.reads_as(original, &path),
            },
        };
        if good {
            if *task != Task::Keep {
                // The run that put it there may have been killed before its name was synced.
                note(folder_of(&path));
            }
            self.still_there(original, &path);
            return Ok(Done::Kept);
        }
        self.folder.root().make_dirs(folder_of(&path))?;
        note(folder_of(&path));
        let copied = self.copy(original, &path)?;
        self.book.done(1, 0);
        Ok(if copied { Done::Copied } else { Done::Failed(false) })
    }

    /// Keeps a copy that has the bytes the backup was given once, and one that cannot be read just now; `None` when it is lost.
    fn vouched(&self, job: &Job, path: &str) -> Option<Done> {
        let had = job.had.as_ref()?;
        let other = format!("the library now says other bytes (SHA-256 {}, not {})", job.original.hash, had.hash);
        let sure = match self.folder.root().hash(path) {
            Ok((hash, _)) if hash == had.hash => true,
            Err(_) if !matches!(self.folder.root().stat(path), Ok(None)) => false,
            _ => return None,
        };
        let next = "the backup keeps what it has: restore it, or mend with `hypernet repair --from`";
        self.failed(&job.original, Kind::Changed, format!("{other}; {next}"));
        Some(Done::Failed(sure))
    }

    fn reads_as(&self, original: &Original, path: &str) -> bool {
        self.folder.root().hash(path).is_ok_and(|(hash, _)| hash == original.hash)
    }

    /// What the backup has, the library may have lost: it says so, though the bytes are safe.
    fn still_there(&self, original: &Original, path: &str) {
        let (kind, message) = match self.from.stat(path) {
            Ok(Some((size, _))) if size == original.size => return,
            Ok(Some((size, _))) => (
                Kind::Size,
                format!("in the library: {size} bytes, not {}; the backup keeps a good copy", original.size),
            ),
            Ok(None) => (Kind::Missing, "the library lost it; the backup keeps a good copy".to_owned()),
            Err(error) => (Kind::Unreadable, format!("in the library: {error}; the backup keeps a good copy")),
        };
        self.failed(original, kind, message);
    }

    fn copy(&self, original: &Original, path: &str) -> Result<bool, BackupError> {
        let file = match self.from.open_file(path) {
            Ok(file) => file,
            Err(StoreError::Io { error, .. }) => {
                let gone = error.kind() == std::io::ErrorKind::NotFound;
                let kind = if gone { Kind::Missing } else { Kind::Unreadable };
                self.lost(original, path, kind, &super::super::folder::said(&error));
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
        self.lost(original, path, kind, &message);
        Ok(false)
    }

    /// Neither the library nor the backup has a good copy.
    fn lost(&self, original: &Original, path: &str, kind: Kind, why: &str) {
        let message = match self.folder.root().stat(path) {
            Ok(None) => format!("in the library: {why}; the backup has no copy"),
            _ => format!("in the library: {why}; the backup's copy is damaged too, and stays in the backup as it is"),
        };
        self.failed(original, kind, message);
    }

    fn failed(&self, original: &Original, kind: Kind, message: String) {
        self.book.found(Finding::of_file(kind, original.place.path(), message).about(original.place.holder()));
    }

    /// Removes the originals that the catalogue just copied does not name, neither live nor in the trash. Nothing goes where anything
    /// is not well: what could not be copied may have its last copy here.
    fn prune(
        &self,
        agreed: u64,
        mut manifest: Manifest,
        jobs: &[Job],
        written: &mut Written,
    ) -> Result<(), BackupError> {
        let going = nameless(standing(self.folder.root()), jobs);
        written.spared = match () {
            () if self.book.note(|report| report.problems()) > 0 => Some("some originals are not well"),
            () if going.len() as u64 != agreed => Some("it would be others than were counted before"),
            () => None,
        };
        if written.spared.is_some() || going.is_empty() {
            return Ok(());
        }
        manifest.entries.retain(|entry| going.binary_search(&entry.place).is_err());
        manifest::commit(self.folder, &manifest, self.plan.now)?;
        for place in &going {
            self.folder.root().remove(&place.path())?;
        }
        (written.pruned, written.gone) = (going.len() as u64, 0);
        Ok(())
    }
}

impl Job {
    /// Whether the backup was given other bytes than the library names.
    fn conflicts(&self) -> bool {
        self.had.as_ref().is_some_and(|had| self.other(had))
    }
}

fn entry(original: &Original) -> Entry {
    Entry { place: original.place.clone(), size: original.size, hash: original.hash, unsure: false }
}
