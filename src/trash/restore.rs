//! Back from the trash: an object, the rest of its unit, and exactly the links that went with them.

use std::collections::HashSet;

use super::{Entry, Obstacle, Outcome, Stays, entries};
use crate::model::{ObjectId, Timestamp, link};
use crate::store::{Connection, Library, StoreError, trash};

/// What would come back. How many links do is only known once they have.
///
/// # Errors
/// Those of the catalogue.
pub fn plan(db: &Connection, ids: &[ObjectId]) -> Result<Outcome, StoreError> {
    let mut outcome = Outcome::default();
    let mut met = HashSet::new();
    for entry in entries(db, ids, &mut outcome)? {
        if entry.deleted_at.is_none() {
            outcome.unchanged.push(entry.id);
            continue;
        }
        let unit = trash::unit(db, &entry)?;
        outcome.moved.extend(std::iter::once(entry).chain(unit).filter(|entry| met.insert(entry.n)));
    }
    // Links last: their ends may come with the same command.
    outcome.moved.sort_by_key(|entry| entry.kind == link::KIND);
    let coming: HashSet<ObjectId> = outcome.moved.iter().map(|entry| entry.id).collect();
    let (moved, stays) = (&mut outcome.moved, &mut outcome.stays);
    let mut told = Ok(());
    moved.retain(|entry| match obstacle(db, entry) {
        Ok(Some(Stays::End(_, end))) if coming.contains(&end) => true,
        Ok(Some(why)) => {
            stays.push(why);
            false
        }
        Ok(None) => true,
        Err(error) => {
            told = Err(error);
            true
        }
    });
    told.map(|()| outcome)
}

/// Brings objects back, as one operation of the journal.
///
/// # Errors
/// Those of the catalogue; nothing is done then.
pub fn run(library: &mut Library, ids: &[ObjectId], now: Timestamp) -> Result<Outcome, StoreError> {
    let outcome = plan(library.catalogue(), ids)?;
    if outcome.moved.is_empty() {
        return Ok(outcome);
    }
    library.change("restore", now, |tx| {
        // Once more, where nobody else can change anything.
        let mut outcome = plan(tx, ids)?;
        for entry in std::mem::take(&mut outcome.moved) {
            // What came back just now may stand in the way of the next.
            if let Some(why) = obstacle(tx, &entry)? {
                outcome.stays.push(why);
            } else {
                outcome.links += trash::restore(tx, &entry)?;
                outcome.moved.push(entry);
            }
        }
        let summary = outcome.summary();
        Ok((outcome, summary))
    })
}

fn obstacle(db: &Connection, entry: &Entry) -> Result<Option<Stays>, StoreError> {
    Ok(trash::obstacle(db, entry)?.map(|obstacle| match obstacle {
        Obstacle::Twin(live) => Stays::Twin(entry.id, live),
        Obstacle::End(end) => Stays::End(entry.id, end),
        Obstacle::Link => Stays::Link(entry.id),
    }))
}
