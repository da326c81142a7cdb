//! What all kinds of object have in common on their way out: into the trash, back from it, and away for good.
//!
//! What goes along with what is decided here by the rules of links; whether a person may do it is `crate::trash`'s.

pub mod leaving;
pub mod overdue;
mod purge;
mod restore;

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::journal::{self, Verb};
use super::{StoreError, Tx, object};
use crate::model::{Kind, ObjectId, Timestamp, album, integration, link, media};

pub use purge::{Freed, count, is_purged, purge};
pub use restore::{Obstacle, obstacle, restore};

/// What of each kind a person knows it by. A kind that can be in the trash has its line here.
const KINDS: &[(Kind, &str, &str)] = &[
    (media::KIND, "CAST(ifnull(original_filename, filename) AS TEXT)", "size"),
    (album::KIND, "name", "NULL"),
    (integration::KIND, "integration_name", "NULL"),
    (link::KIND, "link_type", "NULL"),
];

/// Links that went along with an end are no entries of their own.
const ALONE: &str = "
    AND NOT EXISTS (SELECT 1 FROM my_media AS e WHERE e.n IN (it.from_n, it.to_n) AND +e.deleted_at IS NOT NULL AND e.deleted_with IS it.deleted_with)
    AND NOT EXISTS (SELECT 1 FROM my_album AS e WHERE e.n IN (it.from_n, it.to_n) AND +e.deleted_at IS NOT NULL AND e.deleted_with IS it.deleted_with)
    AND NOT EXISTS (SELECT 1 FROM my_integration AS e WHERE e.n IN (it.from_n, it.to_n) AND +e.deleted_at IS NOT NULL AND e.deleted_with IS it.deleted_with)";

/// An integration in the trash leaves its media their source (ruling 9).
const ALONG: &str = "
    SELECT n FROM my_link WHERE from_n = ?1 AND deleted_at IS NULL
    UNION SELECT n FROM my_link WHERE to_n = ?1 AND deleted_at IS NULL AND link_type <> 'source' ORDER BY n";

/// Walked both ways, each by its own index. `deleted_with` is asked for by `IS`: live links have none.
const UNIT: &str = "
    WITH RECURSIVE unit (n) AS (
      SELECT ?1
      UNION SELECT link.to_n FROM unit JOIN my_link AS link ON link.from_n = unit.n
        WHERE link.link_type = 'variant_of' AND (link.deleted_at IS NULL) = ?2 AND link.deleted_with IS ?3
      UNION SELECT link.from_n FROM unit JOIN my_link AS link ON link.to_n = unit.n
        WHERE link.link_type = 'variant_of' AND (link.deleted_at IS NULL) = ?2 AND link.deleted_with IS ?3)
    SELECT n FROM unit WHERE n <> ?1 ORDER BY n";

/// An object that can be in the trash, and whether it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub n: i64,
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    pub kind: Kind,
    /// What a person knows it by.
    pub name: String,
    /// Bytes of its original.
    pub size: Option<u64>,
    /// Since when it is in the trash; `None` for a live object.
    pub deleted_at: Option<Timestamp>,
    /// The operation that put it there.
    pub deleted_with: Option<i64>,
}

impl Entry {
    /// Which deletion put it there: when, and with which operation.
    pub fn deletion(&self) -> (Option<Timestamp>, Option<i64>) {
        (self.deleted_at, self.deleted_with)
    }
}

/// The object of the owner with this id; `None` when there is none, or it is of a kind that never is in the trash.
///
/// # Errors
/// Those of the catalogue.
pub fn entry(db: &Connection, id: ObjectId) -> Result<Option<Entry>, StoreError> {
    let Some((n, name)) = object::find(db, id)? else { return Ok(None) };
    match KINDS.iter().find(|(kind, ..)| kind.as_str() == name) {
        Some((kind, ..)) => by_n(db, n, *kind),
        None => Ok(None),
    }
}

/// The object of this kind and number.
///
/// # Errors
/// Those of the catalogue.
pub fn by_n(db: &Connection, n: i64, kind: Kind) -> Result<Option<Entry>, StoreError> {
    let sql = format!("{} WHERE it.n = ?1", select(kind)?);
    Ok(db.prepare_cached(&sql)?.query_row(params![n], |row| from_row(row, kind)).optional()?)
}

/// What is in the owner's trash since `before` or longer, the latest first. What went along with something else comes and goes with it.
///
/// # Errors
/// Those of the catalogue.
pub fn list(db: &Connection, before: Timestamp) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    for (kind, ..) in KINDS {
        let alone = if *kind == link::KIND { ALONE } else { "" };
        let sql = format!("{} WHERE it.deleted_at IS NOT NULL AND it.deleted_at <= ?1 {alone}", select(*kind)?);
        let mut select = db.prepare(&sql)?;
        let rows = select.query_map(params![before], |row| from_row(row, *kind))?;
        entries.extend(rows.collect::<Result<Vec<_>, _>>()?);
    }
    entries.sort_by_key(|entry| (std::cmp::Reverse(entry.deleted_at), entry.id));
    Ok(entries)
}

/// Puts a live object into the trash, with the links that go along; gives how many did. Journalled.
///
/// # Errors
/// Those of the catalogue.
pub fn delete(tx: &Tx, entry: &Entry) -> Result<u64, StoreError> {
    let links = if entry.kind == link::KIND { Vec::new() } else { along(tx, entry.n)? };
    for link in &links {
        take(tx, *link, link::KIND)?;
    }
    take(tx, entry.n, entry.kind)?;
    Ok(links.len() as u64)
}

fn take(tx: &Tx, n: i64, kind: Kind) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {kind} SET deleted_at = max(?2, updated_at), deleted_with = ?3, updated_at = max(?2, updated_at)
          WHERE n = ?1 AND owner = ?4 AND deleted_at IS NULL"
    );
    let mut update = tx.prepare_cached(&sql)?;
    if update.execute(params![n, tx.now(), tx.operation(), tx.owner().n])? > 0 {
        journal::changed(tx, n, Verb::Delete, None)?;
    }
    Ok(())
}

/// The live links that go into the trash with an object.
///
/// # Errors
/// Those of the catalogue.
pub fn along(db: &Connection, n: i64) -> Result<Vec<i64>, StoreError> {
    let mut select = db.prepare_cached(ALONG)?;
    let rows = select.query_map(params![n], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The other media of a unit (ruling 12): what is a variant of it, and what it is one of, any number of steps away. Of a live one
/// the live ones, of one in the trash those that went with it.
///
/// # Errors
/// Those of the catalogue.
pub fn unit(db: &Connection, entry: &Entry) -> Result<Vec<Entry>, StoreError> {
    if entry.kind != media::KIND {
        return Ok(Vec::new());
    }
    let mut select = db.prepare_cached(UNIT)?;
    let rows = select.query_map(params![entry.n, entry.deleted_at.is_none(), entry.deleted_with], |row| row.get(0))?;
    let others: BTreeSet<i64> = rows.collect::<Result<_, _>>()?;
    let mut unit = Vec::new();
    for n in others {
        unit.extend(by_n(db, n, media::KIND)?.filter(|other| other.deleted_with == entry.deleted_with));
    }
    Ok(unit)
}

/// The statement for entries of one kind, but for its condition on `it`.
fn select(kind: Kind) -> Result<String, StoreError> {
    let known = KINDS.iter().find(|(known, ..)| *known == kind);
    let (_, name, size) = known.ok_or_else(|| StoreError::Damaged(format!("a {kind} is never in the trash")))?;
    Ok(format!(
        "SELECT it.n, object.id, {name}, {size}, it.deleted_at, it.deleted_with FROM my_{kind} AS it JOIN my_object AS object ON object.n = it.n"
    ))
}

fn from_row(row: &Row<'_>, kind: Kind) -> rusqlite::Result<Entry> {
    Ok(Entry {
        n: row.get(0)?,
        id: row.get(1)?,
        kind,
        name: row.get(2)?,
        size: row.get::<_, Option<i64>>(3)?.map(i64::cast_unsigned),
        deleted_at: row.get(4)?,
        deleted_with: row.get(5)?,
    })
}
