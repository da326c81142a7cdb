//! Into the trash: an object, the rest of its unit, and the links that cannot stand without it (rulings 9 and 12).

use std::collections::HashSet;

use super::{Outcome, entries};
use crate::model::{ObjectId, Timestamp, link};
use crate::store::{Connection, Library, StoreError, trash};

/// What would go.
///
/// # Errors
/// Those of the catalogue.
pub fn plan(db: &Connection, ids: &[ObjectId]) -> Result<Outcome, StoreError> {
    let mut outcome = Outcome::default();
    let (mut met, mut links) = (HashSet::new(), HashSet::new());
    for entry in entries(db, ids, &mut outcome)? {
        if entry.deleted_at.is_some() {
            outcome.unchanged.push(entry.id);
            continue;
        }
        let unit = trash::unit(db, &entry)?;
        for entry in std::iter::once(entry).chain(unit) {
            if met.insert(entry.n) {
                links.extend(trash::along(db, entry.n)?.into_iter().filter(|_| entry.kind != link::KIND));
                outcome.moved.push(entry);
            }
        }
    }
    outcome.links = links.difference(&met).count() as u64;
    Ok(outcome)
}

/// Puts objects into the trash, as one operation of the journal.
///
/// # Errors
/// Those of the catalogue; nothing is done then.
pub fn run(library: &mut Library, ids: &[ObjectId], now: Timestamp) -> Result<Outcome, StoreError> {
    let outcome = plan(library.catalogue(), ids)?;
    if outcome.moved.is_empty() {
        return Ok(outcome);
    }
    library.change("rm", now, |tx| {
        // Once more, where nobody else can change anything.
        let outcome = plan(tx, ids)?;
        for entry in &outcome.moved {
            trash::delete(tx, entry)?;
        }
        let summary = outcome.summary();
        Ok((outcome, summary))
    })
}
