//! What repairs write into the catalogue: counts counted again, the search tables filled anew, what became of a thumbnail.
//!
//! Rows of all owners: what is derived belongs to the library. No photo's own row loses anything here.

use rusqlite::{named_params, params};
use serde_json::{Map, Value};

use super::journal::{self, Verb};
use super::{Connection, Owner, StoreError, Tx};
use crate::model::media::ProcessingStatus;
use crate::model::{Media, Metadata, ObjectId, Sha256};

const ALBUMS: &str = "
    SELECT counted.n, counted.media_count, counted.found
      FROM (SELECT n, media_count, (SELECT count(*) FROM link WHERE link.from_n = album.n AND link.link_type = 'contains'
              AND link.to_type = 2 AND link.deleted_at IS NULL) AS found FROM album) AS counted
     WHERE counted.media_count <> counted.found";

const USERS: &str = "
    SELECT counted.n, counted.storage_used, counted.found
      FROM (SELECT n, storage_used, (SELECT ifnull(sum(size), 0) FROM stored_file WHERE owner = user.n) AS found FROM user) AS counted
     WHERE counted.storage_used <> counted.found";

/// The search tables, each emptied and filled from the rows it is about; and what stands beside a media to be asked by.
const INDEX: &str = "
    INSERT INTO media_text (media_text) VALUES ('delete-all');
    INSERT INTO media_text (rowid, name, description, tags, camera, lens, place) SELECT * FROM media_words;
    INSERT INTO album_text (album_text) VALUES ('delete-all');
    INSERT INTO album_text (rowid, name) SELECT n, name FROM album;
    DELETE FROM media_place;
    INSERT INTO media_place SELECT n, longitude, longitude, latitude, latitude FROM media WHERE latitude IS NOT NULL;
    DELETE FROM media_tag;
    INSERT INTO tag (owner, name)
      SELECT DISTINCT media.owner, word.value FROM media, json_each(media.metadata, '$.tags') AS word
       WHERE json_type(media.metadata, '$.tags') = 'array' AND word.type = 'text'
         AND NOT EXISTS (SELECT 1 FROM tag WHERE tag.owner = media.owner AND tag.name = word.value);
    INSERT INTO media_tag (tag, media)
      SELECT DISTINCT tag.n, media.n FROM media, json_each(media.metadata, '$.tags') AS word
        JOIN tag ON tag.owner = media.owner AND tag.name = word.value
       WHERE json_type(media.metadata, '$.tags') = 'array' AND word.type = 'text';
    UPDATE media SET (tag_count, album_count, link_count, marks, found_name)
        = (SELECT tag_count, album_count, link_count, marks, found_name FROM media_summary WHERE n = media.n)
     WHERE (tag_count, album_count, link_count, marks, found_name)
        IS NOT (SELECT tag_count, album_count, link_count, marks, found_name FROM media_summary WHERE n = media.n);";

const DRAWN: &str = "
    UPDATE media SET processing_status = :status, thumbnail_generated = 1, phash = :phash, phash_version = :version,
      metadata = :metadata, updated_at = max(:now, created_at) WHERE n = :n";

const PICTURES: &str = "
    SELECT media.n FROM media
     WHERE media.owner = ?1 AND (media.thumbnail_generated OR (media.processing_status = 'pending' AND media.media_type = 'photo'))
     ORDER BY media.n";

/// Counts every album's media and every user's bytes again, journalled; gives how many counts were wrong.
///
/// # Errors
/// Those of the catalogue.
pub fn recount(tx: &Tx) -> Result<u64, StoreError> {
    let mut wrong = 0;
    for (select, table, column) in [(ALBUMS, "album", "media_count"), (USERS, "user", "storage_used")] {
        let mut rows = tx.prepare(select)?;
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        for (n, was, is) in rows.collect::<Result<Vec<(i64, i64, i64)>, _>>()? {
            tx.execute(&format!("UPDATE {table} SET {column} = ?2 WHERE n = ?1"), params![n, is])?;
            journal::changed(tx, n, Verb::Edit, Some(Map::from_iter([(column.to_owned(), Value::from(was))])))?;
            wrong += 1;
        }
    }
    Ok(wrong)
}

/// Fills the search tables anew. They are derived from the rows, so nothing is journalled.
///
/// # Errors
/// Those of the catalogue.
pub fn index(tx: &Tx) -> Result<(), StoreError> {
    Ok(tx.execute_batch(INDEX)?)
}

/// Notes that a media has a thumbnail now; `why` says what its picture lacks. Journalled where that is news.
///
/// # Errors
/// Those of the catalogue.
pub fn drawn(tx: &Tx, n: i64, media: &Media, phash: (u64, u32), why: Option<&str>) -> Result<(), StoreError> {
    let mut map = media.base.metadata.clone().into_map();
    let before = map.remove("processing_error");
    let status = if why.is_some() { ProcessingStatus::Failed } else { ProcessingStatus::Complete };
    map.extend(why.map(|why| ("processing_error".to_owned(), Value::from(why))));
    tx.prepare_cached(DRAWN)?.execute(named_params! {
        ":n": n, ":status": status, ":phash": phash.0.cast_signed(), ":version": phash.1,
        ":metadata": Metadata::from_file(map), ":now": tx.now(),
    })?;
    if media.thumbnail_path.is_none() {
        let mut fields = Map::new();
        fields.insert("processing_status".to_owned(), media.processing_status.as_str().into());
        fields.insert("thumbnail_generated".to_owned(), false.into());
        fields.insert("metadata.processing_error".to_owned(), before.unwrap_or(Value::Null));
        journal::changed(tx, n, Verb::Edit, Some(fields))?;
    }
    Ok(())
}

/// The numbers of an owner's media that have a thumbnail or wait for one.
///
/// # Errors
/// Those of the catalogue.
pub fn pictures(db: &Connection, owner: Owner) -> Result<Vec<i64>, StoreError> {
    let mut select = db.prepare(PICTURES)?;
    let rows = select.query_map([owner.n], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether a user's original has these bytes, or one had them that was purged.
///
/// # Errors
/// Those of the catalogue.
pub fn had(db: &Connection, owner: Owner, hash: &Sha256) -> Result<bool, StoreError> {
    let mut select = db.prepare_cached(
        "SELECT 1 FROM stored_file WHERE owner = ?1 AND hash = ?2 UNION ALL SELECT 1 FROM tombstone WHERE owner = ?1 AND hash = ?2",
    )?;
    Ok(select.exists(params![owner.n, hash])?)
}

/// Every user, by number and id: the active and the others.
///
/// # Errors
/// Those of the catalogue.
pub fn owners(db: &Connection) -> Result<Vec<Owner>, StoreError> {
    let mut select =
        db.prepare("SELECT user.n, object.id FROM user JOIN object ON object.n = user.n ORDER BY user.n")?;
    let rows = select.query_map([], |row| Ok(Owner { n: row.get(0)?, id: row.get::<_, ObjectId>(1)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
