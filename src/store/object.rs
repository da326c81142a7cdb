//! The registry: every object of every kind, by its number and its id.

use rusqlite::{Connection, OptionalExtension, named_params, params};
use serde::Serialize;

use super::{StoreError, Tx};
use crate::model::{Kind, ObjectId};

const REGISTER: &str = "
    INSERT INTO object (id, type, owner, made_by)
    SELECT :id, n, :owner, :operation FROM type WHERE name = :kind";

const BY_ID: &str = "
    SELECT object.n, type.name FROM my_object AS object JOIN my_type AS type ON type.n = object.type WHERE object.id = ?1";

/// What a person knows an object of each kind by.
const NAMED: &str = "
    SELECT object.n, type.name, CASE type.name
        WHEN 'media' THEN (SELECT CAST(ifnull(original_filename, filename) AS TEXT) FROM my_media WHERE n = object.n)
        WHEN 'album' THEN (SELECT name FROM my_album WHERE n = object.n)
        WHEN 'integration' THEN (SELECT integration_name FROM my_integration WHERE n = object.n)
        WHEN 'user' THEN (SELECT email FROM my_user WHERE n = object.n)
        WHEN 'link' THEN (SELECT link_type FROM my_link WHERE n = object.n) END
      FROM my_object AS object JOIN my_type AS type ON type.n = object.type WHERE object.id = ?1";

/// An object by what a person knows it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its number.
    #[serde(skip)]
    pub n: i64,
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// A media's name as it was found, an album's or integration's name, a user's address, a link's type.
    pub name: String,
}

/// What a person knows this object of the owner by; in the trash or not.
///
/// # Errors
/// Those of the catalogue.
pub fn named(db: &Connection, id: ObjectId) -> Result<Option<Named>, StoreError> {
    let found = db.prepare_cached(NAMED)?.query_row(params![id], |row| {
        let name: Option<String> = row.get(2)?;
        Ok(Named { n: row.get(0)?, id, kind: row.get(1)?, name: name.unwrap_or_default() })
    });
    Ok(found.optional()?)
}

/// Registers a new object of the acting owner, made by the running operation; gives its number.
///
/// # Errors
/// `HN_ID_REUSED` when the id exists or was purged; those of the catalogue.
pub fn register(tx: &Tx, id: ObjectId, kind: Kind) -> Result<i64, StoreError> {
    let mut insert = tx.prepare_cached(REGISTER)?;
    let rows = insert.execute(named_params! {
        ":id": id, ":kind": kind.as_str(), ":owner": tx.owner().n, ":operation": tx.operation(),
    })?;
    if rows == 0 {
        return Err(StoreError::Damaged(format!("the catalogue knows no kind {kind}")));
    }
    Ok(tx.last_insert_rowid())
}

/// Whether any object ever had this id, whoever owns it: a live one, a trashed one, a purged one.
///
/// # Errors
/// Those of the catalogue.
pub fn known(db: &Connection, id: ObjectId) -> Result<bool, StoreError> {
    let mut select =
        db.prepare_cached("SELECT 1 FROM object WHERE id = ?1 UNION ALL SELECT 1 FROM tombstone WHERE id = ?1")?;
    Ok(select.exists(params![id])?)
}

/// The number and kind of an object of the owner.
///
/// # Errors
/// Those of the catalogue.
pub fn find(db: &Connection, id: ObjectId) -> Result<Option<(i64, String)>, StoreError> {
    let mut select = db.prepare_cached(BY_ID)?;
    Ok(select.query_row(params![id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}
