//! Originals: which bytes an owner has stored, and where they stand.

use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::{StoreError, Tx};
use crate::model::text::FilePath;
use crate::model::{Invalid, ObjectId, Sha256, media};

const INSERT: &str = "
    INSERT INTO stored_file (owner, hash, size, holder, month, ext) VALUES (:owner, :hash, :size, :holder, :month, :ext)";

const BY_HASH: &str = "SELECT hash, size, holder, month, ext FROM my_stored_file WHERE hash = ?1";

/// An original on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// SHA-256 of its bytes.
    pub hash: Sha256,
    /// Bytes.
    pub size: u64,
    /// The id of the media it was stored for: its name.
    pub holder: ObjectId,
    /// Year × 100 + month of its folder.
    pub month: i32,
    /// Its extension, from the sniffed type.
    pub ext: String,
}

impl StoredFile {
    /// Its path beneath the library.
    ///
    /// # Errors
    /// When a damaged catalogue gives a path that is none.
    pub fn path(&self, owner: ObjectId) -> Result<FilePath, Invalid> {
        media::file_path(owner, self.month / 100, (self.month % 100).unsigned_abs(), self.holder, &self.ext)
    }
}

/// Where these bytes stand, if the owner has them; its media may all be in the trash.
///
/// # Errors
/// Those of the catalogue.
pub fn by_hash(db: &Connection, hash: &Sha256) -> Result<Option<StoredFile>, StoreError> {
    Ok(db.prepare_cached(BY_HASH)?.query_row(params![hash], from_row).optional()?)
}

/// Enters an original that has been published and synced.
///
/// # Errors
/// `HN_REPLACE` when the owner has these bytes; those of the catalogue.
pub fn insert(tx: &Tx, file: &StoredFile) -> Result<(), StoreError> {
    tx.prepare_cached(INSERT)?.execute(named_params! {
        ":owner": tx.owner().n, ":hash": file.hash, ":size": file.size.cast_signed(), ":holder": file.holder,
        ":month": file.month, ":ext": file.ext,
    })?;
    Ok(())
}

/// Takes the row of an original away; its file is another matter.
///
/// # Errors
/// `HN_PURGE` while a media refers to it; those of the catalogue.
pub fn remove(tx: &Tx, hash: &Sha256) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM stored_file WHERE owner = ?1 AND hash = ?2")?
        .execute(params![tx.owner().n, hash])?;
    Ok(())
}

/// Calls `each` for every original of the owner.
///
/// # Errors
/// Those of the catalogue and of `each`.
pub fn each<E: From<StoreError>>(db: &Connection, mut each: impl FnMut(StoredFile) -> Result<(), E>) -> Result<(), E> {
    let fail = |error: rusqlite::Error| E::from(StoreError::from(error));
    let mut select = db.prepare("SELECT hash, size, holder, month, ext FROM my_stored_file").map_err(fail)?;
    let mut rows = select.query([]).map_err(fail)?;
    while let Some(row) = rows.next().map_err(fail)? {
        each(from_row(row).map_err(fail)?)?;
    }
    Ok(())
}

fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredFile> {
    Ok(StoredFile {
        hash: row.get(0)?,
        size: row.get::<_, i64>(1)?.cast_unsigned(),
        holder: row.get(2)?,
        month: row.get(3)?,
        ext: row.get(4)?,
    })
}
