//! What has been in the trash past its time goes for good, unasked, at the end of any run that changes the library.
//!
//! One reading of a clock is not enough for what cannot be undone, neither the one that stamped the deletion nor the one that
//! finds it old: another run must have met it in the trash as long ago, and two runs at least a day apart past its time. What is
//! due is settled while the library is held alone. Much at once needs a person: then nothing goes.

use std::time::Duration;

use super::Entry;
use super::purge::{self, Purge};
use crate::model::Timestamp;
use crate::store::trash::overdue::{self, Terms};
use crate::store::{Library, StoreError};

/// How far apart the two runs must be, in milliseconds; and how far behind the journal a clock is not right.
const APART: i64 = 24 * 60 * 60 * 1000;

/// How long after a deletion a run is taken for the one that made it, in milliseconds.
const RECENT: i64 = 60 * 1000;

/// What came of it.
#[derive(Debug)]
pub enum Kept {
    /// Nothing is due, or others use the library just now.
    Quiet,
    /// So many objects are due, too many to go unasked.
    Many(u64),
    /// These went.
    Purged(Purge),
}

/// Purges what is due after `keep`.
///
/// # Errors
/// Those of the catalogue and of the file system.
pub fn run(library: &mut Library, keep: Duration, now: Timestamp) -> Result<Kept, StoreError> {
    let Some(terms) = terms(keep, now) else { return Ok(Kept::Quiet) };
    overdue::meet(library.catalogue(), &terms)?;
    if overdue::due(library.catalogue(), &terms)?.is_empty() {
        return Ok(Kept::Quiet);
    }
    // What is due is asked again there: whoever was met at the lock may have restored it, and removed it once more.
    let purged = library.alone(|library| purged(library, overdue::due(library.catalogue(), &terms)?, now))?;
    purged.unwrap_or(Ok(Kept::Quiet))
}

fn purged(library: &mut Library, due: Vec<Entry>, now: Timestamp) -> Result<Kept, StoreError> {
    let count = due.len() as u64;
    if count == 0 {
        return Ok(Kept::Quiet);
    }
    if purge::needs_count(library.catalogue(), count)? {
        return Ok(Kept::Many(count));
    }
    purge::run(library, "retention", due, now).map(Kept::Purged)
}

fn terms(keep: Duration, now: Timestamp) -> Option<Terms> {
    let keep = i64::try_from(keep.as_millis()).ok()?;
    let at = |millis: i64| Timestamp::from_millis(now.millis().checked_add(millis)?).ok();
    Some(Terms { now, recent: at(-RECENT)?, met: at(-keep)?, found: at(-APART)?, behind: at(APART)? })
}
