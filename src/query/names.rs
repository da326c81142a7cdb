//! Names → row numbers: which tags, albums, accounts and cameras of the owner a condition means, and which objects an id.
//!
//! Dictionaries are small next to the media that use them; they are read whole, or walked value by value along an index.

use super::Trash;
use super::ast::Prefix;
use super::matcher::{Glyph, Matcher, Pattern};
use super::select::{self, SelectError};
use crate::store::{Param, Reader, Sql, StoreError};

const TAGS: &str = "SELECT n, name FROM my_tag";

const ALBUMS: &str = "SELECT n, name FROM my_album WHERE deleted_at IS NULL";

const ALBUMS_BY_ID: &str = "
    SELECT album.n, album.n FROM my_album AS album JOIN my_object AS object ON object.n = album.n
     WHERE album.deleted_at IS NULL AND object.id >= ?1 AND object.id <= ?2";

const ALBUMS_BY_WORDS: &str = "
    SELECT album.n, album.name FROM my_album AS album
     WHERE album.deleted_at IS NULL AND album.n IN (SELECT rowid FROM album_text WHERE album_text MATCH ?1)";

/// The live albums that stand in any of these.
const ALBUMS_IN: &str = "
    SELECT album.n, album.name FROM my_link AS link JOIN my_album AS album ON album.n = link.to_n
     WHERE link.from_n IN (SELECT value FROM json_each(?1)) AND link.link_type = 'contains' AND link.to_type = 3
       AND link.deleted_at IS NULL AND album.deleted_at IS NULL";

/// These albums and all beneath them.
const ALBUMS_BENEATH: &str = "
    WITH RECURSIVE beneath(n) AS (
      SELECT value FROM json_each(?1)
      UNION SELECT link.to_n FROM beneath CROSS JOIN my_link AS link ON link.from_n = beneath.n
        JOIN my_album AS album ON album.n = link.to_n
       WHERE link.link_type = 'contains' AND link.to_type = 3 AND link.deleted_at IS NULL AND album.deleted_at IS NULL)
    SELECT n, n FROM beneath";

/// Accounts by what they are called and by their service. In the trash too: what came from one did so all the same.
const INTEGRATIONS: &str = "
    SELECT n, integration_name FROM my_integration UNION ALL SELECT n, integration_type FROM my_integration";

const INTEGRATIONS_BY_ID: &str = "
    SELECT integration.n, integration.n FROM my_integration AS integration
      JOIN my_object AS object ON object.n = integration.n WHERE object.id >= ?1 AND object.id <= ?2";

const OBJECTS_BY_ID: &str = "SELECT n, n FROM my_object WHERE id >= ?1 AND id <= ?2";

/// From neighbour to neighbour along either end, each media once, so that a circle ends.
const CLUSTER: &str = "
    WITH RECURSIVE cluster(n) AS (
      SELECT value FROM json_each(?1)
      UNION SELECT link.to_n FROM cluster CROSS JOIN my_link AS link ON link.from_n = cluster.n
       WHERE link.link_type = 'duplicate_of' AND link.deleted_at IS NULL
      UNION SELECT link.from_n FROM cluster CROSS JOIN my_link AS link ON link.to_n = cluster.n
       WHERE link.link_type = 'duplicate_of' AND link.deleted_at IS NULL)
    SELECT n, n FROM cluster";

/// One step along an index: a million media have some hundred cameras and lenses.
const NEXT_CAMERA: &str = "
    SELECT camera FROM my_media WHERE deleted_at IS NULL AND camera > ?1 ORDER BY camera LIMIT 1";
const NEXT_LENS: &str = "
    SELECT lens FROM my_media WHERE deleted_at IS NULL AND lens > ?1 ORDER BY lens LIMIT 1";

/// Those of the trash, which no index holds.
const TRASHED_CAMERAS: &str = "
    SELECT min(n), CAST(camera AS TEXT) FROM my_media WHERE deleted_at IS NOT NULL AND camera IS NOT NULL GROUP BY camera";
const TRASHED_LENSES: &str = "
    SELECT min(n), CAST(lens AS TEXT) FROM my_media WHERE deleted_at IS NOT NULL AND lens IS NOT NULL GROUP BY lens";

/// A column with few values, which are read instead of the media.
#[derive(Debug, Clone, Copy)]
pub(super) enum Gear {
    Camera,
    Lens,
}

/// The tags of these names.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn tags(reader: &Reader, matcher: &Matcher) -> Result<Vec<i64>, StoreError> {
    Ok(matching(reader.names(&sql(TAGS, []))?, matcher))
}

/// The live albums of these names; when there is none, those whose id begins so, or those a path leads to: `X/Y` is the
/// album Y that stands in X, `X/*` is X and all beneath it.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn albums(reader: &Reader, matcher: &Matcher) -> Result<Vec<i64>, StoreError> {
    let named = albums_here(reader, matcher)?;
    match steps(matcher).split_first() {
        Some((first, rest)) if named.is_empty() && !rest.is_empty() => nested(reader, first, rest),
        _ => Ok(named),
    }
}

/// Those albums by their own name or id.
fn albums_here(reader: &Reader, matcher: &Matcher) -> Result<Vec<i64>, StoreError> {
    let named = matching(reader.names(&sql(ALBUMS, []))?, matcher);
    match matcher {
        Matcher::Whole(text) if named.is_empty() => by_id(reader, ALBUMS_BY_ID, text),
        _ => Ok(named),
    }
}

/// The albums a path leads to, step by step down from those its first step names.
fn nested(reader: &Reader, first: &Matcher, rest: &[Matcher]) -> Result<Vec<i64>, StoreError> {
    let mut albums = albums_here(reader, first)?;
    for (at, step) in rest.iter().enumerate() {
        let held = Param::Text(serde_json::json!(albums).to_string());
        if at + 1 == rest.len() && everything(step) {
            return Ok(numbers(reader.names::<i64>(&sql(ALBUMS_BENEATH, [held]))?));
        }
        albums = matching(reader.names(&sql(ALBUMS_IN, [held]))?, step);
    }
    albums.sort_unstable();
    albums.dedup();
    Ok(albums)
}

/// The steps of a path. A slash parts them even where it is quoted: blanks in names make quotes common.
fn steps(matcher: &Matcher) -> Vec<Matcher> {
    match matcher {
        Matcher::Whole(text) => text.split('/').map(|step| Matcher::Whole(step.to_owned())).collect(),
        Matcher::Pattern(Pattern(glyphs)) => glyphs
            .split(|glyph| *glyph == Glyph::One('/'))
            .map(|step| Matcher::Pattern(Pattern(step.to_vec())))
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether a step is `*`, quoted with its path or not.
fn everything(step: &Matcher) -> bool {
    match step {
        Matcher::Whole(text) => text == "*",
        Matcher::Pattern(Pattern(glyphs)) => glyphs.as_slice() == [Glyph::Many],
        _ => false,
    }
}

/// The accounts of this name or service; when there is none, those whose id begins so.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn integrations(reader: &Reader, matcher: &Matcher) -> Result<Vec<i64>, StoreError> {
    let mut named = matching(reader.names(&sql(INTEGRATIONS, []))?, matcher);
    named.sort_unstable();
    named.dedup();
    match matcher {
        Matcher::Whole(text) if named.is_empty() => by_id(reader, INTEGRATIONS_BY_ID, text),
        _ => Ok(named),
    }
}

/// The objects of any kind whose ids begin so.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn objects(reader: &Reader, prefix: &Prefix) -> Result<Vec<i64>, StoreError> {
    by_id(reader, OBJECTS_BY_ID, &prefix.0)
}

/// The media whose id begins so, and all that duplicates lead to from it.
///
/// # Errors
/// As [`object`].
pub(super) fn cluster(reader: &Reader, prefix: &Prefix) -> Result<Vec<i64>, StoreError> {
    let start = Param::Text(serde_json::json!([object(reader, prefix)?]).to_string());
    Ok(numbers(reader.names::<i64>(&sql(CLUSTER, [start]))?))
}

/// The one object whose id begins so.
///
/// # Errors
/// When there is none or more than one; those of the catalogue.
pub(super) fn object(reader: &Reader, prefix: &Prefix) -> Result<i64, StoreError> {
    select::resolve(reader, &prefix.0).map(|(n, _)| n).map_err(|error| match error {
        SelectError::Store(error) => error,
        wrong => {
            StoreError::Question { wrong: wrong.to_string(), hint: "give more of its digits, or those of another" }
        }
    })
}

/// What this statement finds between the least and the greatest id that begins so; nothing where it begins none.
fn by_id(reader: &Reader, text: &str, id: &str) -> Result<Vec<i64>, StoreError> {
    let Some(prefix) = Prefix::parse(id, 32) else { return Ok(Vec::new()) };
    let (least, most) = prefix.bounds(16);
    Ok(numbers(reader.names::<i64>(&sql(text, [Param::Bytes(least), Param::Bytes(most)]))?))
}

fn numbers(found: Vec<(i64, i64)>) -> Vec<i64> {
    found.into_iter().map(|(n, _)| n).collect()
}

/// The live albums in whose names a search finds something.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn albums_with(reader: &Reader, search: &str) -> Result<Vec<i64>, StoreError> {
    let found = reader.names::<String>(&sql(ALBUMS_BY_WORDS, [Param::Text(search.to_owned())]))?;
    Ok(found.into_iter().map(|(n, _)| n).collect())
}

/// The cameras or lenses of these names, as they are written in the catalogue: of media that are asked for.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn gear(reader: &Reader, gear: Gear, matcher: &Matcher, trash: Trash) -> Result<Vec<String>, StoreError> {
    let (next, trashed) = match gear {
        Gear::Camera => (NEXT_CAMERA, TRASHED_CAMERAS),
        Gear::Lens => (NEXT_LENS, TRASHED_LENSES),
    };
    let mut found = Vec::new();
    if trash != Trash::Without {
        let all = reader.names::<String>(&sql(trashed, []))?.into_iter().map(|(_, name)| name);
        found.extend(all.filter(|name| matcher.matches(name)));
    }
    if trash == Trash::Only {
        return Ok(found);
    }
    let mut last = String::new();
    while let Some(name) = reader.first::<String>(&sql(next, [Param::Text(last)]))? {
        if matcher.matches(&name) {
            found.push(name.clone());
        }
        last = name;
    }
    Ok(found)
}

fn matching(names: Vec<(i64, String)>, matcher: &Matcher) -> Vec<i64> {
    names.into_iter().filter(|(_, name)| matcher.matches(name)).map(|(n, _)| n).collect()
}

fn sql(text: &str, params: impl Into<Vec<Param>>) -> Sql {
    Sql { text: text.to_owned(), params: params.into() }
}
