//! Back from the trash: the object, and exactly what went along with it.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use super::Entry;
use crate::model::{ObjectId, link, media};
use crate::store::journal::{self, Verb};
use crate::store::{StoreError, Tx};

/// The end of a link that is in the trash itself. An integration there keeps its `source` links.
const TRASHED_END: &str = "
    SELECT object.id FROM my_link AS link JOIN my_object AS object ON object.n IN (link.from_n, link.to_n)
     WHERE link.n = ?1
       AND (EXISTS (SELECT 1 FROM my_media WHERE n = object.n AND +deleted_at IS NOT NULL)
         OR EXISTS (SELECT 1 FROM my_album WHERE n = object.n AND +deleted_at IS NOT NULL)
         OR (link.link_type <> 'source' AND EXISTS (SELECT 1 FROM my_integration WHERE n = object.n AND +deleted_at IS NOT NULL)))
     LIMIT 1";

const TWIN: &str = "
    SELECT object.id FROM my_media AS gone JOIN my_media AS live ON live.hash = gone.hash AND live.copy = gone.copy
      JOIN my_object AS object ON object.n = live.n
     WHERE gone.n = ?1 AND live.deleted_at IS NULL AND live.n <> gone.n";

/// What keeps an object in the trash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// A live media has the same bytes.
    Twin(ObjectId),
    /// An end of the link is in the trash.
    End(ObjectId),
    /// A live link stands in its place.
    Link,
}

/// What keeps an object in the trash, if anything does.
///
/// # Errors
/// Those of the catalogue.
pub fn obstacle(db: &Connection, entry: &Entry) -> Result<Option<Obstacle>, StoreError> {
    let ask = |sql| db.prepare_cached(sql)?.query_row(params![entry.n], |row| row.get::<_, ObjectId>(0)).optional();
    if entry.kind == media::KIND {
        return Ok(ask(TWIN)?.map(Obstacle::Twin));
    }
    if entry.kind != link::KIND {
        return Ok(None);
    }
    match ask(TRASHED_END)? {
        Some(end) => Ok(Some(Obstacle::End(end))),
        None if crate::store::link::may_return(db, entry.n)? => Ok(None),
        None => Ok(Some(Obstacle::Link)),
    }
}

/// Brings an object back, with the links that went along; gives how many came. Journalled.
///
/// # Errors
/// Those of the catalogue, which refuses where something live stands in the way.
pub fn restore(tx: &Tx, entry: &Entry) -> Result<u64, StoreError> {
    if entry.kind == link::KIND {
        crate::store::link::restore(tx, entry.n)?;
        return Ok(0);
    }
    let sql = format!(
        "UPDATE {} SET deleted_at = NULL, deleted_with = NULL, updated_at = max(?2, created_at)
          WHERE n = ?1 AND owner = ?3 AND deleted_at IS NOT NULL",
        entry.kind
    );
    if tx.prepare_cached(&sql)?.execute(params![entry.n, tx.now(), tx.owner().n])? == 0 {
        return Ok(0);
    }
    let before = json!({ "deleted_at": entry.deleted_at.map(crate::model::Timestamp::millis), "deleted_with": entry.deleted_with });
    journal::changed(tx, entry.n, Verb::Restore, before.as_object().cloned())?;
    entry.deleted_with.map_or(Ok(0), |with| crate::store::link::restore_with(tx, entry.n, with))
}
