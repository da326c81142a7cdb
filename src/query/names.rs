//! Names → row numbers: which tags, albums and cameras of the owner a condition means.
//!
//! Dictionaries are small next to the media that use them; they are read whole, or walked value by value along an index.

use super::ast::Prefix;
use super::matcher::Matcher;
use crate::store::{Param, Reader, Sql, StoreError};

const TAGS: &str = "SELECT n, name FROM my_tag";

const ALBUMS: &str = "SELECT n, name FROM my_album WHERE deleted_at IS NULL";

const ALBUMS_BY_ID: &str = "
    SELECT album.n, album.name FROM my_album AS album JOIN my_object AS object ON object.n = album.n
     WHERE album.deleted_at IS NULL AND object.id >= ?1 AND object.id <= ?2";

const ALBUMS_BY_WORDS: &str = "
    SELECT album.n, album.name FROM my_album AS album
     WHERE album.deleted_at IS NULL AND album.n IN (SELECT rowid FROM album_text WHERE album_text MATCH ?1)";

/// One step along the index: a million media have some hundred cameras.
const NEXT_CAMERA: &str = "
    SELECT camera FROM my_media WHERE deleted_at IS NULL AND camera > ?1 ORDER BY camera LIMIT 1";

/// Those of the trash, which no index holds.
const TRASHED_CAMERAS: &str = "
    SELECT min(n), CAST(camera AS TEXT) FROM my_media WHERE deleted_at IS NOT NULL AND camera IS NOT NULL GROUP BY camera";

/// The tags of these names.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn tags(reader: &Reader, matcher: &Matcher) -> Result<Vec<i64>, StoreError> {
    Ok(matching(reader.names(&sql(TAGS, []))?, matcher))
}

/// The live albums of these names; when there is none, those whose id begins so.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn albums(reader: &Reader, matcher: &Matcher) -> Result<Vec<i64>, StoreError> {
    let named = matching(reader.names(&sql(ALBUMS, []))?, matcher);
    match matcher {
        Matcher::Whole(text) if named.is_empty() => {
            let Some(prefix) = Prefix::parse(text, 32) else { return Ok(named) };
            let (least, most) = prefix.bounds(16);
            let found = reader.names::<String>(&sql(ALBUMS_BY_ID, [Param::Bytes(least), Param::Bytes(most)]))?;
            Ok(found.into_iter().map(|(n, _)| n).collect())
        }
        _ => Ok(named),
    }
}

/// The live albums in whose names a search finds something.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn albums_with(reader: &Reader, search: &str) -> Result<Vec<i64>, StoreError> {
    let found = reader.names::<String>(&sql(ALBUMS_BY_WORDS, [Param::Text(search.to_owned())]))?;
    Ok(found.into_iter().map(|(n, _)| n).collect())
}

/// The cameras of these names, as they are written in the catalogue: of live media, or of those in the trash.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn cameras(reader: &Reader, matcher: &Matcher, trash: bool) -> Result<Vec<String>, StoreError> {
    if trash {
        let all = reader.names::<String>(&sql(TRASHED_CAMERAS, []))?;
        return Ok(all.into_iter().map(|(_, name)| name).filter(|name| matcher.matches(name)).collect());
    }
    let mut found = Vec::new();
    let mut last = String::new();
    while let Some(camera) = reader.first::<String>(&sql(NEXT_CAMERA, [Param::Text(last)]))? {
        if matcher.matches(&camera) {
            found.push(camera.clone());
        }
        last = camera;
    }
    Ok(found)
}

fn matching(names: Vec<(i64, String)>, matcher: &Matcher) -> Vec<i64> {
    names.into_iter().filter(|(_, name)| matcher.matches(name)).map(|(n, _)| n).collect()
}

fn sql(text: &str, params: impl Into<Vec<Param>>) -> Sql {
    Sql { text: text.to_owned(), params: params.into() }
}
