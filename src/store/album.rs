//! Albums: one row each. Members are links; `media_count` is the catalogue's own.

use rusqlite::{Connection, Row, named_params, params};

use super::{Owner, StoreError, Tx, object, user};
use crate::model::album::{KIND, SortOrder};
use crate::model::{Album, ObjectId};

const INSERT: &str = "
    INSERT INTO album (n, owner, created_at, updated_at, source_type, source_id, name, description, sort_order, visibility, metadata)
    VALUES (:n, :owner, :created_at, :created_at, :source_type, :source_id, :name, :description, :sort_order, :visibility, :metadata)";

const BY_NAME: &str = "SELECT n FROM my_album WHERE name = ?1 AND deleted_at IS NULL ORDER BY n";

const NAMES_WITH: &str = "
    SELECT album.name FROM my_object AS object JOIN my_link AS link ON link.to_n = object.n
      JOIN my_album AS album ON album.n = link.from_n
     WHERE object.id = ?1 AND link.link_type = 'contains' AND link.deleted_at IS NULL AND album.deleted_at IS NULL
     ORDER BY album.name";

const PARENTS: &str = "
    SELECT album.n, object.id, album.name FROM my_link AS link JOIN my_album AS album ON album.n = link.from_n
      JOIN my_object AS object ON object.n = album.n
     WHERE link.to_n = ?1 AND link.link_type = 'contains' AND link.deleted_at IS NULL AND album.deleted_at IS NULL
     ORDER BY album.name, album.n";

const CHILDREN: &str = "
    SELECT album.n, object.id, album.name FROM my_link AS link JOIN my_album AS album ON album.n = link.to_n
      JOIN my_object AS object ON object.n = album.n
     WHERE link.from_n = ?1 AND link.link_type = 'contains' AND link.to_type = (SELECT n FROM my_type WHERE name = 'album')
       AND link.deleted_at IS NULL AND album.deleted_at IS NULL ORDER BY link.sort_order, link.n";

/// All live media in an album or in those beneath it, each once.
const BENEATH: &str = "
    WITH RECURSIVE inside (n) AS (
      SELECT ?1 UNION SELECT link.to_n FROM inside JOIN my_link AS link ON link.from_n = inside.n
        WHERE link.link_type = 'contains' AND link.to_type = (SELECT n FROM my_type WHERE name = 'album') AND link.deleted_at IS NULL)
    SELECT count(DISTINCT link.to_n) FROM inside JOIN my_link AS link ON link.from_n = inside.n
     WHERE link.link_type = 'contains' AND link.to_type = (SELECT n FROM my_type WHERE name = 'media') AND link.deleted_at IS NULL";

const MEMBERS: &str = "
    SELECT media.n, object.id, media.filename FROM my_link AS link JOIN my_media AS media ON media.n = link.to_n
      JOIN my_object AS object ON object.n = media.n
     WHERE link.from_n = ?1 AND link.link_type = 'contains' AND link.to_type = (SELECT n FROM my_type WHERE name = 'media')
       AND link.deleted_at IS NULL AND media.deleted_at IS NULL ORDER BY";

const BY_N: &str = "
    SELECT album.*, object.id, cover.id AS cover_media_id FROM my_album AS album JOIN my_object AS object ON object.n = album.n
      LEFT JOIN my_object AS cover ON cover.n = album.cover WHERE album.n = ?1";

/// Writes a new album; gives its number.
///
/// # Errors
/// Those of the catalogue.
pub fn insert(tx: &Tx, album: &Album) -> Result<i64, StoreError> {
    let n = object::register(tx, album.base.id, KIND)?;
    tx.prepare_cached(INSERT)?.execute(named_params! {
        ":n": n, ":owner": tx.owner().n, ":created_at": album.base.created_at, ":source_type": album.base.source_type,
        ":source_id": album.base.source_id, ":name": album.name, ":description": album.description,
        ":sort_order": album.sort_order, ":visibility": album.visibility, ":metadata": album.base.metadata,
    })?;
    Ok(n)
}

/// The live albums of exactly this name, oldest first.
///
/// # Errors
/// Those of the catalogue.
pub fn by_name(db: &Connection, name: &str) -> Result<Vec<i64>, StoreError> {
    let mut select = db.prepare_cached(BY_NAME)?;
    let rows = select.query_map(params![name], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The names of the live albums an object is in.
///
/// # Errors
/// Those of the catalogue.
pub fn names_with(db: &Connection, object: ObjectId) -> Result<Vec<String>, StoreError> {
    let mut select = db.prepare_cached(NAMES_WITH)?;
    let rows = select.query_map(params![object], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One of an album's kin: its number, its id and its name.
pub type Kin = (i64, ObjectId, String);

/// The live albums an album stands in, by name.
///
/// # Errors
/// Those of the catalogue.
pub fn parents(db: &Connection, n: i64) -> Result<Vec<Kin>, StoreError> {
    kin(db, PARENTS, n)
}

/// The live albums that stand in an album, in its order.
///
/// # Errors
/// Those of the catalogue.
pub fn children(db: &Connection, n: i64) -> Result<Vec<Kin>, StoreError> {
    kin(db, CHILDREN, n)
}

/// The live media in an album, with their `filename`, in its order; media without a time come last.
///
/// # Errors
/// Those of the catalogue.
pub fn members(db: &Connection, n: i64, order: SortOrder) -> Result<Vec<Kin>, StoreError> {
    let order = match order {
        SortOrder::Manual => "link.sort_order, link.n",
        SortOrder::DateAsc => "media.taken_at IS NULL, media.taken_at, object.id",
        SortOrder::DateDesc => "media.taken_at DESC, object.id",
    };
    kin(db, &format!("{MEMBERS} {order}"), n)
}

/// How many live media are in an album and in those beneath it, each counted once.
///
/// # Errors
/// Those of the catalogue.
pub fn beneath(db: &Connection, n: i64) -> Result<u64, StoreError> {
    Ok(db.prepare_cached(BENEATH)?.query_row(params![n], |row| row.get::<_, i64>(0))?.cast_unsigned())
}

fn kin(db: &Connection, sql: &str, n: i64) -> Result<Vec<Kin>, StoreError> {
    let mut select = db.prepare_cached(sql)?;
    let rows = select.query_map(params![n], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The album of this number.
///
/// # Errors
/// Those of the catalogue.
pub fn by_n(db: &Connection, owner: Owner, n: i64) -> Result<Album, StoreError> {
    Ok(db.prepare_cached(BY_N)?.query_row(params![n], |row| from_row(row, owner))?)
}

fn from_row(row: &Row<'_>, owner: Owner) -> rusqlite::Result<Album> {
    let id: ObjectId = row.get("id")?;
    Ok(Album {
        base: user::base(row, id, owner.id)?,
        name: row.get("name")?,
        description: row.get("description")?,
        cover_media_id: row.get("cover_media_id")?,
        sort_order: row.get("sort_order")?,
        media_count: row.get::<_, i64>("media_count")?.cast_unsigned(),
        visibility: row.get("visibility")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::by_index;

    #[test]
    fn the_kin_of_an_album_are_found_by_its_links() {
        for sql in [PARENTS, CHILDREN, BENEATH, NAMES_WITH] {
            by_index(sql);
        }
        for order in ["link.sort_order", "media.taken_at DESC, object.id"] {
            by_index(&format!("{MEMBERS} {order}"));
        }
    }
}
