//! Away for good: rows go, tombstones and the names of the files they stood for stay. One transaction, and no file work.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::{Entry, leaving};
use crate::model::{Kind, ObjectId, link, media};
use crate::store::journal::{self, Verb};
use crate::store::{StoreError, Tx, stored_file};

const TOMBSTONE: &str = "
    INSERT INTO tombstone (n, id, type, owner, hash, purged_at)
    SELECT n, id, type, owner, (SELECT hash FROM media WHERE media.n = object.n), :now FROM object WHERE n = :n AND owner = :owner";

/// What the journal remembers of it goes too: that is what a purge is for.
const BLANK: &str = "UPDATE change SET before = NULL WHERE object = ?1 AND before IS NOT NULL";

const LINKS: &str = "SELECT n FROM my_link WHERE from_n = ?1 UNION SELECT n FROM my_link WHERE to_n = ?1 ORDER BY n";

const COVERED: &str = "SELECT n FROM my_album WHERE cover = ?1";

const FILES: &str = "
    SELECT object.id, media.hash, media.thumbnail_generated FROM media JOIN object ON object.n = media.n WHERE media.n = ?1";

/// What one purge took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Freed {
    /// Links that went with the object.
    pub links: u64,
    /// Bytes of originals that no media refers to any more.
    pub bytes: u64,
}

/// Removes an object in the trash for good, with all its links, live or not; its files are noted as on their way out. Journalled.
///
/// # Errors
/// `HN_PURGE` for a live object; those of the catalogue.
pub fn purge(tx: &Tx, entry: &Entry) -> Result<Freed, StoreError> {
    let mut freed = Freed::default();
    if entry.kind != link::KIND {
        let mut select = tx.prepare_cached(LINKS)?;
        let links = select.query_map(params![entry.n], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        for n in &links {
            super::take(tx, *n, link::KIND)?;
            bury(tx, *n, link::KIND)?;
        }
        freed.links = links.len() as u64;
    }
    if entry.kind != media::KIND {
        bury(tx, entry.n, entry.kind)?;
        return Ok(freed);
    }
    uncover(tx, entry)?;
    let files = tx.prepare_cached(FILES)?.query_row(params![entry.n], Files::of)?;
    bury(tx, entry.n, entry.kind)?;
    freed.bytes = files.leave(tx)?;
    Ok(freed)
}

/// The files of a media.
struct Files {
    id: ObjectId,
    hash: crate::model::Sha256,
    drawn: bool,
}

impl Files {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get(0)?, hash: row.get(1)?, drawn: row.get(2)? })
    }

    /// Notes them as on their way out, once the row is gone; gives the bytes of the original if it goes. Another media over the
    /// same bytes, live or in the trash, keeps it.
    fn leave(&self, tx: &Tx) -> Result<u64, StoreError> {
        if self.drawn {
            leaving::thumbnail(tx, self.id)?;
        }
        let shared = "SELECT 1 FROM media WHERE owner = ?1 AND hash = ?2";
        if tx.prepare_cached(shared)?.exists(params![tx.owner().n, self.hash])? {
            return Ok(0);
        }
        let Some(file) = stored_file::by_hash(tx, &self.hash)? else { return Ok(0) };
        stored_file::remove(tx, &self.hash)?;
        leaving::original(tx, &file)?;
        Ok(file.size)
    }
}

/// An album whose cover goes has none any more.
fn uncover(tx: &Tx, entry: &Entry) -> Result<(), StoreError> {
    let albums =
        tx.prepare_cached(COVERED)?.query_map(params![entry.n], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    for album in albums {
        let sql = "UPDATE album SET cover = NULL, updated_at = max(?2, updated_at) WHERE n = ?1";
        tx.prepare_cached(sql)?.execute(params![album, tx.now()])?;
        let before = serde_json::json!({ "cover_media_id": entry.id });
        journal::changed(tx, album, Verb::Edit, before.as_object().cloned())?;
    }
    Ok(())
}

fn bury(tx: &Tx, n: i64, kind: Kind) -> Result<(), StoreError> {
    let owner = tx.owner().n;
    tx.prepare_cached(TOMBSTONE)?.execute(named_params! { ":n": n, ":owner": owner, ":now": tx.now() })?;
    journal::changed(tx, n, Verb::Purge, None)?;
    tx.prepare_cached(BLANK)?.execute(params![n])?;
    tx.prepare_cached(&format!("DELETE FROM {kind} WHERE n = ?1 AND owner = ?2"))?.execute(params![n, owner])?;
    tx.prepare_cached("DELETE FROM object WHERE n = ?1 AND owner = ?2")?.execute(params![n, owner])?;
    Ok(())
}

/// Whether the owner purged the object of this id.
///
/// # Errors
/// Those of the catalogue.
pub fn is_purged(db: &Connection, id: ObjectId) -> Result<bool, StoreError> {
    let mut select = db.prepare_cached("SELECT 1 FROM my_tombstone WHERE id = ?1")?;
    Ok(select.query_row(params![id], |_| Ok(())).optional()?.is_some())
}

/// How many objects the owner has, links aside: live ones and those in the trash.
///
/// # Errors
/// Those of the catalogue.
pub fn count(db: &Connection) -> Result<u64, StoreError> {
    let sql = "SELECT (SELECT count(*) FROM my_media) + (SELECT count(*) FROM my_album) + (SELECT count(*) FROM my_integration)";
    Ok(db.query_row(sql, [], |row| row.get::<_, i64>(0))?.cast_unsigned())
}
