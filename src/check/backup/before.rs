//! What a backup held before this run: by its manifest or, where that is lost or damaged, by its files and catalogues.
//!
//! Nothing is removed here. Without a manifest every file is read: what stands there may be the last copy there is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::folder::{Folder, SNAPSHOTS as AT};
use super::manifest::{self, Entry, Manifest, Snapshot};
use super::{BackupError, Book, Event, Plan, SNAPSHOTS, each, examine, named};
use crate::check::originals::{Original, Place};
use crate::model::Sha256;
use crate::store::{Root, at_rest, migrate};

/// What a backup holds when a run begins.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// Catalogues, the newest first.
    pub(super) snapshots: Vec<Snapshot>,
    /// Originals, in the order of their places.
    pub(super) entries: Vec<Entry>,
    /// Whether no manifest says so: files and catalogues were read instead.
    pub(super) unsealed: bool,
    /// Folders whose names no finished run has synced.
    pub(super) folders: BTreeSet<String>,
    /// Places, in order, of whose bytes nothing says that they are the ones that were stored.
    doubted: Vec<Place>,
}

/// Sizes and hashes by place, as catalogues name them.
type Stored = BTreeMap<Place, (u64, Sha256)>;

/// An original of the library, and what the backup has under its place.
pub(super) struct Job {
    pub(super) original: Original,
    pub(super) had: Option<Entry>,
}

/// The manifest; `None` when there is none, or none that can be used.
pub(super) fn last(folder: &Folder) -> Result<Option<Manifest>, BackupError> {
    match manifest::read(folder) {
        Err(BackupError::Damaged(_)) => Ok(None),
        other => other,
    }
}

impl Before {
    /// What the manifest says, and only that.
    pub(super) fn said(manifest: Option<Manifest>) -> Self {
        let Some(manifest) = manifest else { return Self { unsealed: true, ..Self::default() } };
        Self { snapshots: manifest.snapshots, entries: manifest.entries, ..Self::default() }
    }

    /// What the manifest says or, without one, what is found.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn find(folder: &Folder, plan: &Plan, book: &Book<'_>) -> Result<Self, BackupError> {
        let said = Self::said(last(folder)?);
        if !said.unsealed {
            return Ok(said);
        }
        let (snapshots, stored) = catalogues(folder)?;
        let places = standing(folder.root());
        (book.on)(Event::Phase("files", Some(places.len() as u64), None));
        let entries = Mutex::new(Vec::new());
        each(&places, plan.jobs, book, |place| {
            // What cannot be read just now stays where it is.
            if let Ok((hash, size)) = folder.root().hash(&place.path()) {
                let entry = Entry { place: place.clone(), size, hash, unsure: false };
                entries.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
            }
            book.done(1, 0);
            Ok(())
        })?;
        let mut entries = entries.into_inner().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry: &Entry| stored.get(&entry.place).is_none_or(|(_, hash)| *hash == entry.hash));
        entries.sort_unstable_by(|a, b| a.place.cmp(&b.place));
        let folders = entries.iter().map(|entry| folder_of(&entry.place.path()).to_owned()).collect();
        let doubted = entries.iter().filter(|entry| !stored.contains_key(&entry.place));
        let doubted = doubted.map(|entry| entry.place.clone()).collect();
        Ok(Self { snapshots, entries, unsealed: true, folders, doubted })
    }

    /// What the catalogues in a backup say that stands there, without reading the originals: who copies them reads them.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn named(folder: &Folder) -> Result<Self, BackupError> {
        let (snapshots, stored) = catalogues(folder)?;
        let mut entries = Vec::new();
        for (place, (size, hash)) in stored {
            if !matches!(folder.root().stat(&place.path()), Ok(None)) {
                entries.push(Entry { place, size, hash, unsure: true });
            }
        }
        Ok(Self { snapshots, entries, unsealed: true, ..Self::default() })
    }

    /// Joins what the backup has with what the library names; gives what the library names no more.
    pub(super) fn join(&self, originals: Vec<Original>) -> (Vec<Job>, Vec<Entry>) {
        let mut jobs: Vec<_> = originals.into_iter().map(|original| Job { original, had: None }).collect();
        let mut gone = Vec::new();
        for entry in &self.entries {
            match jobs.binary_search_by(|job| job.original.place.cmp(&entry.place)) {
                Ok(at) if jobs[at].other(entry) && self.doubted.binary_search(&entry.place).is_ok() => {}
                Ok(at) => jobs[at].had = Some(entry.clone()),
                Err(_) => gone.push(entry.clone()),
            }
        }
        (jobs, gone)
    }
}

impl Job {
    /// Whether the backup was given other bytes than the library names.
    pub(super) fn other(&self, had: &Entry) -> bool {
        (had.size, had.hash) != (self.original.size, self.original.hash)
    }
}

/// The folder a file stands in.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The good catalogues that stand in a backup, the newest first, and the hashes they name. An original never changes, so the oldest
/// catalogue that names it is right.
///
/// # Errors
/// Those of the file system.
fn catalogues(folder: &Folder) -> Result<(Vec<Snapshot>, Stored), BackupError> {
    let mut names: Vec<_> = folder.root().names(AT)?.into_iter().filter(|name| manifest::plain(name)).collect();
    names.sort_unstable_by(|a, b| b.trim_end_matches(".db").cmp(a.trim_end_matches(".db")));
    let (mut snapshots, mut stored) = (Vec::new(), Stored::new());
    for name in names {
        if snapshots.len() == SNAPSHOTS {
            break;
        }
        let Ok((snapshot, originals)) = catalogue(folder, name) else { continue };
        snapshots.push(snapshot);
        stored.extend(originals.into_iter().map(|original| (original.place, (original.size, original.hash))));
    }
    Ok((snapshots, stored))
}

fn catalogue(folder: &Folder, name: String) -> Result<(Snapshot, Vec<Original>), BackupError> {
    let path = format!("{AT}/{name}");
    let (hash, size) = folder.root().hash(&path)?;
    let db = at_rest(&folder.root().path().join(path))?;
    examine(&db, folder.library())?;
    migrate::check(&db)?;
    let quiet = Book { report: Mutex::default(), stop: &|| false, on: &|_| {} };
    Ok((Snapshot::new(name, size, &hash), named(&db, &quiet)?))
}

/// The places in a backup where something stands, in order.
pub(super) fn standing(root: &Root) -> Vec<Place> {
    let (mut folders, mut places) = (vec!["users".to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        // A file is no folder; a link is none that is followed.
        let Ok(names) = root.names(&folder) else { continue };
        for path in names.into_iter().map(|name| format!("{folder}/{name}")) {
            match Place::of(&path) {
                Some(place) => places.push(place),
                None => folders.push(path),
            }
        }
    }
    places.sort_unstable();
    places
}
