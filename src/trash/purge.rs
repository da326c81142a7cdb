//! Away for good: a snapshot of the catalogue, rows and tombstones in one transaction, then the files into `trash/`.
//!
//! The library must be held alone. Whether a person confirmed it is not asked here; how much may go unasked is [`needs_count`]'s.

use super::{Entry, Stays, files};
use crate::model::{ObjectId, Timestamp};
use crate::store::{Connection, Library, StoreError, snapshot, trash};

/// More objects than this in one purge need their exact number said.
pub const MOST: u64 = 1_000;

/// So does more than one in this many of the library's.
pub const PART: u64 = 5;

/// What a purge takes, or took.
#[derive(Debug, Default)]
pub struct Purge {
    /// The objects.
    pub entries: Vec<Entry>,
    /// Links that go with them.
    pub links: u64,
    /// Bytes of originals that are freed.
    pub bytes: u64,
    /// Objects that were named and stay.
    pub stays: Vec<Stays>,
    /// Named objects that were purged before.
    pub before: Vec<ObjectId>,
    /// Files that could not be moved into `trash/`; the next run tries again.
    pub left: u64,
}

/// What would go of these objects.
///
/// # Errors
/// Those of the catalogue.
pub fn plan(db: &Connection, ids: &[ObjectId]) -> Result<Purge, StoreError> {
    let mut purge = Purge::default();
    let mut met = std::collections::HashSet::new();
    for id in ids.iter().copied().filter(|id| met.insert(*id)) {
        match trash::entry(db, id)? {
            Some(entry) if entry.deleted_at.is_some() => purge.entries.push(entry),
            Some(_) => purge.stays.push(Stays::Live(id)),
            None if trash::is_purged(db, id)? => purge.before.push(id),
            None => purge.stays.push(Stays::Missing(id)),
        }
    }
    purge.bytes = purge.entries.iter().filter_map(|entry| entry.size).sum();
    Ok(purge)
}

/// Whether so many objects may only go when their exact number was said: most of a library does not go by a slip.
///
/// # Errors
/// Those of the catalogue.
pub fn needs_count(db: &Connection, objects: u64) -> Result<bool, StoreError> {
    Ok(objects > MOST || objects.saturating_mul(PART) > trash::count(db)?.max(1))
}

/// Purges objects of the trash, as one operation of the journal: those that are there by the very deletion that was planned with.
///
/// # Errors
/// When the snapshot cannot be made or the catalogue refuses: nothing is done then.
pub fn run(library: &mut Library, command: &str, entries: Vec<Entry>, now: Timestamp) -> Result<Purge, StoreError> {
    if entries.is_empty() {
        return Ok(Purge::default());
    }
    // Without a way back to the rows nothing may go.
    snapshot::before(library, &command.replace(' ', "-"), now)?;
    let mut purge = library.change(command, now, |tx| rows(tx, entries))?;
    // From here on it is done: what cannot be moved now is moved by the next run.
    purge.left = files::aside(library).unwrap_or(purge.entries.len() as u64);
    Ok(purge)
}

fn rows(tx: &crate::store::Tx, entries: Vec<Entry>) -> Result<(Purge, serde_json::Value), StoreError> {
    let mut purge = Purge::default();
    for entry in entries {
        // A link may have gone with its end just now; what was restored meanwhile stays, also if it was removed once more.
        let same = |found: &Entry| found.deleted_at.is_some() && found.deletion() == entry.deletion();
        let found = trash::entry(tx, entry.id)?.filter(same);
        let Some(entry) = found else { continue };
        let freed = trash::purge(tx, &entry)?;
        purge.links += freed.links;
        purge.bytes += freed.bytes;
        purge.entries.push(entry);
    }
    let summary = serde_json::json!({ "objects": purge.entries.len(), "links": purge.links, "bytes": purge.bytes });
    Ok((purge, summary))
}
