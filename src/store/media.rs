//! Media: one row a photo, video or file.

use std::collections::HashSet;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, named_params, params};
use serde_json::{Map, Value, json};

use super::journal::{self, Verb};
use super::sources::{self, Sighting};
use super::{Owner, StoreError, Tx, object, stored_file::StoredFile};
use crate::model::geo::Place;
use crate::model::media::{KIND, file_path, thumbnail_path};
use crate::model::{Base, Invalid, Media, Metadata, ObjectId, Sha256, mime};

const INSERT: &str = "
    INSERT INTO media (n, owner, created_at, updated_at, source_type, source_id, filename, media_type, mime_type, size,
      width, height, duration, hash, copy, taken_at, taken_local, latitude, longitude, processing_status,
      thumbnail_generated, metadata_extracted, phash, phash_version, metadata)
    VALUES (:n, :owner, :created_at, :updated_at, :source_type, :source_id, :filename, :media_type, :mime_type, :size,
      :width, :height, :duration, :hash, :copy, :taken_at, :taken_local, :latitude, :longitude, :processing_status,
      :thumbnail_generated, :metadata_extracted, :phash, :phash_version, :metadata)";

/// A media by its number; [`from_row`] reads it by these positions.
const BY_N: &str = "
    SELECT object.id, media.created_at, media.updated_at, media.deleted_at, media.source_type, media.source_id,
      media.filename, media.mime_type, media.size, media.width, media.height, media.duration, media.hash, media.taken_at,
      media.latitude, media.longitude, media.processing_status, media.thumbnail_generated, media.metadata_extracted,
      file.holder, file.month, file.ext, media.metadata
      FROM my_media AS media CROSS JOIN my_object AS object ON object.n = media.n
      CROSS JOIN my_stored_file AS file ON file.hash = media.hash
     WHERE media.n = ?1";

const BY_HASH: &str = "
    SELECT n, deleted_at, copy FROM my_media WHERE hash = ?1 ORDER BY deleted_at IS NOT NULL, copy";

const PURGED: &str = "SELECT 1 FROM my_tombstone WHERE hash = ?1 LIMIT 1";

const METADATA: &str = "SELECT metadata FROM my_media WHERE n = ?1";

const SET_METADATA: &str = "
    UPDATE media SET metadata = :metadata, updated_at = max(:now, created_at) WHERE n = :n AND owner = :owner";

/// What the catalogue keeps of a media beside the object itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Inner {
    /// The wall clock when it was taken, in milliseconds as though it were UTC.
    pub taken_local: Option<i64>,
    /// The 64-bit picture hash and the version of its making.
    pub phash: Option<(u64, u32)>,
    /// 0; more for a further media over the same bytes (`--dup keep`).
    pub copy: i64,
}

/// One media over certain bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Its number.
    pub n: i64,
    /// Whether it is in the trash.
    pub trashed: bool,
    /// Which copy.
    pub copy: i64,
}

/// Writes a new media; gives its number. Its bytes must be entered as a stored file before.
///
/// # Errors
/// Those of the catalogue, which refuses a second live media over the same bytes and copy.
pub fn insert(tx: &Tx, media: &Media, inner: &Inner) -> Result<i64, StoreError> {
    let n = object::register(tx, media.base.id, KIND)?;
    tx.prepare_cached(INSERT)?.execute(named_params! {
        ":n": n, ":owner": tx.owner().n, ":created_at": media.base.created_at, ":updated_at": media.base.updated_at,
        ":source_type": media.base.source_type, ":source_id": media.base.source_id, ":filename": media.filename,
        ":media_type": media.mime.media_type, ":mime_type": media.mime.name, ":size": media.size.cast_signed(),
        ":width": media.width, ":height": media.height, ":duration": media.duration, ":hash": media.hash,
        ":copy": inner.copy, ":taken_at": media.taken_at, ":taken_local": inner.taken_local,
        ":latitude": media.place.map(Place::latitude), ":longitude": media.place.map(Place::longitude),
        ":processing_status": media.processing_status, ":thumbnail_generated": media.thumbnail_path.is_some(),
        ":metadata_extracted": media.metadata_extracted, ":phash": inner.phash.map(|(hash, _)| hash.cast_signed()),
        ":phash_version": inner.phash.map(|(_, version)| version), ":metadata": media.base.metadata,
    })?;
    Ok(n)
}

/// The media over these bytes, live ones first, then by copy.
///
/// # Errors
/// Those of the catalogue.
pub fn by_hash(db: &Connection, hash: &Sha256) -> Result<Vec<Held>, StoreError> {
    let mut select = db.prepare_cached(BY_HASH)?;
    let rows = select.query_map(params![hash], |row| {
        Ok(Held { n: row.get(0)?, trashed: row.get::<_, Option<i64>>(1)?.is_some(), copy: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The numbers of the owner's media in the trash.
///
/// # Errors
/// Those of the catalogue.
pub fn trashed(db: &Connection) -> Result<HashSet<i64>, StoreError> {
    let mut select = db.prepare("SELECT n FROM my_media WHERE deleted_at IS NOT NULL")?;
    let rows = select.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether the owner purged these bytes.
///
/// # Errors
/// Those of the catalogue.
pub fn was_purged(db: &Connection, hash: &Sha256) -> Result<bool, StoreError> {
    Ok(db.prepare_cached(PURGED)?.exists(params![hash])?)
}

/// The media of this number, as JSON shows it: with the first hundred places it was seen at.
///
/// # Errors
/// Those of the catalogue.
pub fn by_n(db: &Connection, owner: Owner, n: i64) -> Result<Option<Media>, StoreError> {
    Reading::new(db, owner)?.by_n(n)
}

/// Reads one media after the other, with statements that are made once.
pub struct Reading<'db> {
    owner: Owner,
    media: CachedStatement<'db>,
    seen: CachedStatement<'db>,
}

impl<'db> Reading<'db> {
    /// Makes ready to read this owner's media.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn new(db: &'db Connection, owner: Owner) -> Result<Self, StoreError> {
        Ok(Self { owner, media: db.prepare_cached(BY_N)?, seen: db.prepare_cached(sources::SEEN)? })
    }

    /// The media of this number, as [`by_n`] gives it.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn by_n(&mut self, n: i64) -> Result<Option<Media>, StoreError> {
        let seen = sources::sightings(&mut self.seen, n)?;
        let owner = self.owner;
        Ok(self.media.query_row(params![n], |row| from_row(row, owner, seen)).optional()?)
    }
}

/// Reads a row of [`BY_N`], with `metadata.sources`: where its bytes were seen. That is derived, never stored.
fn from_row(row: &Row<'_>, owner: Owner, seen: Vec<Sighting>) -> rusqlite::Result<Media> {
    let id: ObjectId = row.get(0)?;
    let refused = |error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error));
    let month: i32 = row.get(20)?;
    let path = file_path(owner.id, month / 100, (month % 100).unsigned_abs(), row.get(19)?, row.get_ref(21)?.as_str()?);
    let drawn: bool = row.get(17)?;
    let place: (Option<f64>, Option<f64>) = (row.get(14)?, row.get(15)?);
    Ok(Media {
        base: Base {
            id,
            user_id: owner.id,
            created_at: row.get(1)?,
            updated_at: row.get(2)?,
            deleted_at: row.get(3)?,
            source_type: row.get(4)?,
            source_id: row.get(5)?,
            metadata: metadata(row.get_ref(22)?.as_str()?, seen),
        },
        filename: row.get(6)?,
        mime: mime::parse(row.get_ref(7)?.as_str()?).map_err(refused)?,
        size: row.get::<_, i64>(8)?.cast_unsigned(),
        width: row.get(9)?,
        height: row.get(10)?,
        duration: row.get(11)?,
        file_path: path.map_err(refused)?,
        thumbnail_path: drawn.then(|| thumbnail_path(owner.id, id)).transpose().map_err(refused)?,
        hash: row.get(12)?,
        taken_at: row.get(13)?,
        place: place.0.zip(place.1).map(|(lat, lon)| Place::new(lat, lon)).transpose().map_err(refused)?,
        processing_status: row.get(16)?,
        metadata_extracted: row.get(18)?,
    })
}

fn metadata(text: &str, seen: Vec<Sighting>) -> Metadata {
    if seen.is_empty() {
        return Metadata::of_catalogue(text);
    }
    let seen =
        seen.into_iter().map(|one| json!({ "path": one.path, "seen_at": one.seen_at, "operation": one.operation }));
    Metadata::of_catalogue_with(text, "sources", seen.collect())
}

/// Adds tags a media does not bear yet, in order, journalled; says whether any was new.
///
/// # Errors
/// When the metadata would pass 1 MB; those of the catalogue.
pub fn add_tags(tx: &Tx, n: i64, tags: &[String]) -> Result<bool, StoreError> {
    let metadata: Metadata = tx.prepare_cached(METADATA)?.query_row(params![n], |row| row.get(0))?;
    if metadata.is_unreadable() {
        let why = "must be JSON that can be read before it is changed; `hypernet show` shows it";
        return Err(Invalid::new("metadata", why, "").into());
    }
    let had: Vec<String> = metadata.tags().map(str::to_owned).collect();
    let new: Vec<&String> = tags.iter().filter(|tag| !had.contains(tag)).collect();
    if new.is_empty() {
        return Ok(false);
    }
    let mut map = metadata.into_map();
    let before = map.get("tags").cloned().unwrap_or(Value::Null);
    map.insert("tags".to_owned(), had.iter().chain(new).map(String::as_str).collect());
    let metadata = Metadata::new(map)?;
    tx.prepare_cached(SET_METADATA)?
        .execute(named_params! { ":metadata": metadata, ":now": tx.now(), ":n": n, ":owner": tx.owner().n })?;
    let mut fields = Map::new();
    fields.insert("metadata.tags".to_owned(), before);
    journal::changed(tx, n, Verb::Edit, Some(fields))?;
    Ok(true)
}

/// Enters the path and size of an original together with its media's holder.
pub fn stored(media: &Media, month: i32) -> StoredFile {
    StoredFile { hash: media.hash, size: media.size, holder: media.base.id, month, ext: media.mime.ext.to_owned() }
}
