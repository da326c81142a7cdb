//! What has been in the trash past its time goes for good, unasked, at the end of any run that changes the library.
//!
//! Two runs at least a day apart must have met it so: one reading of a clock is not enough for what cannot be undone.
//! Much at once needs a person: then nothing goes.

use std::time::Duration;

use super::purge::{self, Purge};
use super::{Entry, list};
use crate::model::Timestamp;
use crate::store::trash::overdue;
use crate::store::{Library, StoreError};

/// How far apart the two runs must be, in milliseconds.
const APART: i64 = 24 * 60 * 60 * 1000;

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
    let Some(before) = earlier(now, i64::try_from(keep.as_millis()).unwrap_or(i64::MAX)) else {
        return Ok(Kept::Quiet);
    };
    let due = due(library, before, now)?;
    if due.is_empty() {
        return Ok(Kept::Quiet);
    }
    let count = due.len() as u64;
    if purge::needs_count(library.catalogue(), count)? {
        return Ok(Kept::Many(count));
    }
    let purged = library.alone(|library| purge::run(library, "retention", due, now))?;
    purged.map_or(Ok(Kept::Quiet), |purged| purged.map(Kept::Purged))
}

/// What is past its time now, and was when a run looked a day ago or earlier.
fn due(library: &Library, before: Timestamp, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
    let mut past = list(library.catalogue(), before)?;
    let Some(since) = earlier(now, APART) else { return Ok(Vec::new()) };
    let seen = overdue::see(library.catalogue(), library.owner(), &past, now, since)?;
    let seen: std::collections::HashSet<i64> = seen.into_iter().collect();
    past.retain(|entry| seen.contains(&entry.n));
    Ok(past)
}

fn earlier(now: Timestamp, millis: i64) -> Option<Timestamp> {
    Timestamp::from_millis(now.millis().checked_sub(millis)?).ok()
}
