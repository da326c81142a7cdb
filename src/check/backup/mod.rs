//! Backups: a folder elsewhere with every original, snapshots of the catalogue, and a manifest that says what belongs together.
//!
//! The manifest is written last and is the commit point: what it does not name is not there. Neither tokens nor thumbnails are taken
//! along: the ones belong to a machine, the others are drawn again.

mod before;
mod folder;
mod manifest;
mod restore;
#[cfg(test)]
mod tests;
mod verify;
mod write;

use std::path::PathBuf;

use super::originals::Original;
use super::{Book, Event, Finding, Kind, Report};
use crate::model::{ObjectId, Timestamp};
use crate::store::{Connection, StoreError, migrate};

pub use folder::Folder;
pub use restore::{Restored, restore};
pub use verify::verify;
pub use write::{Written, write};

/// The newest snapshots a backup keeps.
const SNAPSHOTS: usize = 7;

/// What can go wrong with a backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The folder cannot be used for this.
    #[error("{}: {reason}", path.display())]
    Place {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: &'static str,
    },
    /// There is no such folder.
    #[error("{}: there is no such folder", .0.display())]
    Absent(PathBuf),
    /// The backup is of another library.
    #[error("{} is a backup of another library ({id})", path.display())]
    Foreign {
        /// Where.
        path: PathBuf,
        /// Which.
        id: ObjectId,
    },
    /// No backup was ever finished there.
    #[error("{} holds no finished backup", .0.display())]
    Unfinished(PathBuf),
    /// It was made by a newer hypernet.
    #[error("the backup has format {found}, this hypernet knows {known}")]
    TooNew {
        /// Its version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// It is not as it was made.
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    /// Another process works on it.
    #[error("{} is in use by another run", .0.display())]
    Busy(PathBuf),
    /// The disk has too little room.
    #[error("{} is full: {needed} bytes are needed, {free} are free", path.display())]
    NoSpace {
        /// Where.
        path: PathBuf,
        /// Bytes still to be written.
        needed: u64,
        /// Bytes free.
        free: u64,
    },
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How to work on a backup.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// When.
    pub now: Timestamp,
    /// Files copied or read at once.
    pub jobs: usize,
    /// Only say what would be done.
    pub dry_run: bool,
    /// Read again what the backup has already.
    pub verify: bool,
    /// Remove from it what the library names no more, if it is exactly so many originals.
    pub prune: Option<u64>,
}

/// Runs `work` on every item, on so many threads, until one fails or the book says stop.
fn each<T: Sync>(
    items: &[T],
    jobs: usize,
    book: &Book<'_>,
    work: impl Fn(&T) -> Result<(), BackupError> + Sync,
) -> Result<(), BackupError> {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let run = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            if failed.load(Ordering::Relaxed) || !book.goes_on() {
                return Ok(());
            }
            work(item).inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
        }
        Ok(())
    };
    std::thread::scope(|threads| {
        // Where the system gives no more threads, those that are there do the work.
        let other = |_| std::thread::Builder::new().spawn_scoped(threads, run).ok();
        let others: Vec<_> = (1..jobs.max(1)).filter_map(other).collect();
        let first = run();
        let ended = others.into_iter().map(|thread| thread.join().unwrap_or(Ok(())));
        ended.fold(first, Result::and)
    })
}

/// The originals a snapshot names, in the order of their places.
fn named(snapshot: &Connection, book: &Book<'_>) -> Result<Vec<Original>, BackupError> {
    let mut originals = super::originals::rows(snapshot, book)?;
    originals.sort_unstable_by(|a, b| a.place.cmp(&b.place));
    originals.dedup_by(|a, b| a.place == b.place);
    Ok(originals)
}

/// Refuses a snapshot that is no catalogue of this library, or whose schema is not word for word hypernet's, before any statement
/// that could run code in it. Gives its schema's version.
fn examine(db: &Connection, library: ObjectId) -> Result<i64, BackupError> {
    let damaged = |why: String| BackupError::Damaged(format!("its catalogue {why}"));
    let application: i32 = db.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(StoreError::from)?;
    let (version, known) = (migrate::version(db)?, migrate::known(migrate::STEPS));
    if application != migrate::APPLICATION_ID || version < 1 {
        return Err(damaged("is none of hypernet's".to_owned()));
    }
    if version > known {
        return Err(StoreError::TooNew { found: version, known }.into());
    }
    let steps = &migrate::STEPS[..usize::try_from(version).unwrap_or(0)];
    let (wanted, found) = (migrate::schema(&migrate::blank(steps)?)?, migrate::schema(db)?);
    let mut difference = String::new();
    super::catalogue::differences(&wanted, &found, |message| difference = message);
    if !difference.is_empty() {
        return Err(damaged(format!("is not hypernet's: {difference}")));
    }
    let id: ObjectId = db.query_row("SELECT id FROM library", [], |row| row.get(0)).map_err(StoreError::from)?;
    if id == library { Ok(version) } else { Err(damaged(format!("belongs to another library ({id})"))) }
}
