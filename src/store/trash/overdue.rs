//! Which objects runs met in the trash: since when, and since when past their time.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::{ALONE, Entry, KINDS};
use crate::model::{Timestamp, link};
use crate::store::StoreError;

/// When the last operations began: a clock that stands behind one of them was, or is, wrong. One that was once ahead is forgotten.
const LAST: &str = "SELECT max(started_at) FROM (SELECT started_at FROM operation ORDER BY n DESC LIMIT 50)";

/// A clock that was wrong: what it said was past its time begins anew.
const ANEW: &str =
    "UPDATE met_in_trash SET overdue_at = NULL WHERE overdue_at IS NOT NULL AND object IN (SELECT n FROM my_object)";

/// What came back is forgotten.
const FORGET: &str = "
    DELETE FROM met_in_trash WHERE object IN (SELECT n FROM my_object)
       AND NOT EXISTS (SELECT 1 FROM my_media WHERE n = object AND +deleted_at IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM my_album WHERE n = object AND +deleted_at IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM my_integration WHERE n = object AND +deleted_at IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM my_link WHERE n = object AND +deleted_at IS NOT NULL)";

/// Another deletion begins anew, and so does what was seen in the future. Only rows that change are written.
const MEET: &str = "
    ON CONFLICT (object) DO UPDATE SET
       first_seen_at = CASE WHEN deleted_with IS excluded.deleted_with AND deleted_at = excluded.deleted_at
                            THEN min(first_seen_at, ?1) ELSE ?1 END,
       overdue_at = CASE WHEN deleted_with IS excluded.deleted_with AND deleted_at = excluded.deleted_at AND overdue_at <= ?1
                              AND excluded.overdue_at IS NOT NULL THEN overdue_at ELSE excluded.overdue_at END,
       deleted_at = excluded.deleted_at, deleted_with = excluded.deleted_with
     WHERE deleted_with IS NOT excluded.deleted_with OR deleted_at <> excluded.deleted_at OR first_seen_at > ?1
        OR overdue_at > ?1 OR (overdue_at IS NULL) <> (excluded.overdue_at IS NULL)";

const DUE: &str = "
    SELECT object, deleted_at, deleted_with FROM met_in_trash
     WHERE first_seen_at <= ?1 AND overdue_at <= ?2 AND object IN (SELECT n FROM my_object)";

/// By when something must have happened, for an object to be due.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The present.
    pub now: Timestamp,
    /// A deletion later than this was made by the reading of the clock that is asked now: nothing is noted of it yet.
    pub recent: Timestamp,
    /// It was deleted, and met in the trash by another run.
    pub met: Timestamp,
    /// Some run found it past its time.
    pub found: Timestamp,
    /// An operation begun later than this says that the clock is wrong: nothing is noted then, nor due.
    pub behind: Timestamp,
}

/// Notes what the owner has in the trash, and what of it is past its time.
///
/// # Errors
/// Those of the catalogue.
pub fn meet(db: &Connection, terms: &Terms) -> Result<(), StoreError> {
    if is_behind(db, terms)? {
        db.execute(ANEW, [])?;
        return Ok(());
    }
    db.execute(FORGET, [])?;
    for (kind, ..) in KINDS {
        let alone = if *kind == link::KIND { ALONE } else { "" };
        let sql = format!(
            "INSERT INTO met_in_trash (object, deleted_at, deleted_with, first_seen_at, overdue_at)
             SELECT it.n, it.deleted_at, it.deleted_with, ?1, CASE WHEN it.deleted_at <= ?2 THEN ?1 END FROM my_{kind} AS it
              WHERE it.deleted_at IS NOT NULL AND it.deleted_at NOT BETWEEN ?3 AND ?1 {alone} {MEET}"
        );
        db.execute(&sql, params![terms.now, terms.met, terms.recent])?;
    }
    Ok(())
}

fn is_behind(db: &Connection, terms: &Terms) -> Result<bool, StoreError> {
    let last: Option<Timestamp> = db.query_row(LAST, [], |row| row.get(0))?;
    Ok(last.is_some_and(|last| last > terms.behind))
}

/// What is due: deleted, and met by another run, so long ago, and found past its time by one before this.
///
/// # Errors
/// Those of the catalogue.
pub fn due(db: &Connection, terms: &Terms) -> Result<Vec<Entry>, StoreError> {
    let mut select = db.prepare(DUE)?;
    let rows = select.query_map(params![terms.met.min(terms.found), terms.found], |row| {
        Ok((row.get::<_, i64>(0)?, (Some(row.get::<_, Timestamp>(1)?), row.get::<_, Option<i64>>(2)?)))
    })?;
    let met = rows.collect::<Result<HashMap<_, _>, _>>()?;
    if met.is_empty() || is_behind(db, terms)? {
        return Ok(Vec::new());
    }
    let mut entries = super::list(db, terms.met)?;
    entries.retain(|entry| met.get(&entry.n) == Some(&entry.deletion()));
    Ok(entries)
}
