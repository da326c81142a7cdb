//! Files whose rows are gone: noted with the purge, moved to `trash/` after it, unlinked by a later run.
//!
//! The file goes before its row here: nothing in `trash/` is ever unlinked that no row names.

use rusqlite::{Connection, Row, named_params, params};

use crate::model::text::FilePath;
use crate::model::{ObjectId, media};
use crate::store::stored_file::StoredFile;
use crate::store::{StoreError, Tx};

const INSERT: &str = "
    INSERT INTO pending_unlink (owner, part, holder, hash, month, ext, operation)
    VALUES (:owner, :part, :holder, :hash, :month, :ext, :operation)";

/// Asked again of the rows as they are now: a file that one of them stands for stays, whatever is noted here.
const ALL: &str = "
    SELECT leaving.n, owner.id, leaving.part, leaving.holder, leaving.month, leaving.ext
      FROM pending_unlink AS leaving JOIN object AS owner ON owner.n = leaving.owner
     WHERE NOT EXISTS (SELECT 1 FROM stored_file AS file
                        WHERE leaving.part = 'original' AND file.owner = leaving.owner AND file.hash = leaving.hash AND file.holder = leaving.holder)
       AND NOT EXISTS (SELECT 1 FROM object WHERE leaving.part = 'thumbnail' AND object.id = leaving.holder)
     ORDER BY leaving.n";

/// A file on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// Its row.
    pub n: i64,
    /// Where it stood.
    pub path: FilePath,
    /// Its name in `trash/`.
    pub aside: String,
}

/// Notes an original whose row is gone.
///
/// # Errors
/// `HN_PURGE` while a row stands for it; those of the catalogue.
pub(super) fn original(tx: &Tx, file: &StoredFile) -> Result<(), StoreError> {
    tx.prepare_cached(INSERT)?.execute(named_params! {
        ":owner": tx.owner().n, ":part": "original", ":holder": file.holder, ":hash": file.hash, ":month": file.month,
        ":ext": file.ext, ":operation": tx.operation(),
    })?;
    Ok(())
}

/// Notes the thumbnail of a media whose row is gone.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn thumbnail(tx: &Tx, id: ObjectId) -> Result<(), StoreError> {
    let none: Option<i64> = None;
    tx.prepare_cached(INSERT)?.execute(named_params! {
        ":owner": tx.owner().n, ":part": "thumbnail", ":holder": id, ":hash": none, ":month": none, ":ext": none,
        ":operation": tx.operation(),
    })?;
    Ok(())
}

/// All files on their way out, of every owner, oldest first.
///
/// # Errors
/// Those of the catalogue.
pub fn all(db: &Connection) -> Result<Vec<Leaving>, StoreError> {
    let mut select = db.prepare_cached(ALL)?;
    let rows = select.query_map([], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Leaving> {
    let (owner, part, holder): (ObjectId, String, ObjectId) = (row.get(1)?, row.get(2)?, row.get(3)?);
    let refused = |error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error));
    let n = row.get(0)?;
    if part == "thumbnail" {
        let path = media::thumbnail_path(owner, holder).map_err(refused)?;
        return Ok(Leaving { n, path, aside: format!("trash/{holder}.thumbnail.jpg") });
    }
    let (month, ext): (i32, String) = (row.get(4)?, row.get(5)?);
    let path = media::file_path(owner, month / 100, (month % 100).unsigned_abs(), holder, &ext).map_err(refused)?;
    Ok(Leaving { n, path, aside: format!("trash/{holder}.{ext}") })
}

/// Forgets files that are gone from the disk.
///
/// # Errors
/// Those of the catalogue.
pub fn forget(db: &Connection, gone: &[i64]) -> Result<(), StoreError> {
    let list = serde_json::Value::from(gone).to_string();
    db.execute("DELETE FROM pending_unlink WHERE n IN (SELECT value FROM json_each(?1))", params![list])?;
    Ok(())
}
