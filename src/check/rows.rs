//! What the rows of the catalogue must agree on: counters, registry, links, places and search.
//!
//! One question a rule, each answered by the rows that break it: the object's id and what is wrong with it.

use std::collections::HashMap;

use super::{Book, Finding, Kind};
use crate::model::{ObjectId, Timestamp};
use crate::store::{Library, StoreError, files};

/// A rule, and the statement that finds what breaks it.
struct Question {
    kind: Kind,
    sql: &'static str,
}

const QUESTIONS: &[Question] = &[
    Question {
        kind: Kind::Counter,
        sql: "
    SELECT object.id, printf('media_count is %d, but %d media are in the album', counted.media_count, counted.found)
      FROM (SELECT n, media_count, (SELECT count(*) FROM link WHERE link.from_n = album.n AND link.link_type = 'contains'
              AND link.to_type = 2 AND link.deleted_at IS NULL) AS found FROM album) AS counted
      JOIN object ON object.n = counted.n WHERE counted.media_count <> counted.found",
    },
    Question {
        kind: Kind::Counter,
        sql: "
    SELECT object.id, printf('storage_used is %d, but the originals have %d bytes', counted.storage_used, counted.found)
      FROM (SELECT n, storage_used, (SELECT ifnull(sum(size), 0) FROM stored_file WHERE owner = user.n) AS found FROM user) AS counted
      JOIN object ON object.n = counted.n WHERE counted.storage_used <> counted.found",
    },
    Question {
        kind: Kind::Search,
        sql: "
    SELECT object.id, 'what is counted and marked of this media is not what it has'
      FROM media JOIN media_summary AS right ON right.n = media.n JOIN object ON object.n = media.n
     WHERE (media.tag_count, media.album_count, media.link_count, media.marks, media.found_name)
       IS NOT (right.tag_count, right.album_count, right.link_count, right.marks, right.found_name)",
    },
    Question {
        kind: Kind::Registry,
        sql: "SELECT object.id, 'this id was purged before' FROM tombstone JOIN object ON object.id = tombstone.id OR object.n = tombstone.n",
    },
    Question {
        kind: Kind::Registry,
        sql: "
    SELECT object.id, printf('its size is %d, but its original has %d bytes', media.size, file.size)
      FROM media JOIN object ON object.n = media.n JOIN stored_file AS file ON file.owner = media.owner AND file.hash = media.hash
     WHERE file.size <> media.size",
    },
    Question {
        kind: Kind::Registry,
        sql: "
    SELECT file.holder, 'an original that no media refers to' FROM stored_file AS file
     WHERE NOT EXISTS (SELECT 1 FROM media WHERE media.owner = file.owner AND media.hash = file.hash)",
    },
    Question {
        kind: Kind::Path,
        sql: "
    SELECT file.holder, 'its original is named after no media of its owner' FROM stored_file AS file
     WHERE NOT EXISTS (SELECT 1 FROM object WHERE id = file.holder AND owner = file.owner AND type = 2)
       AND NOT EXISTS (SELECT 1 FROM tombstone WHERE id = file.holder AND owner = file.owner)",
    },
    Question {
        kind: Kind::Search,
        sql: "
    SELECT object.id, 'the text index has no row of this media' FROM media JOIN object ON object.n = media.n
     WHERE NOT EXISTS (SELECT 1 FROM media_text_docsize AS kept WHERE kept.id = media.n)",
    },
    Question {
        kind: Kind::Search,
        sql: "
    SELECT NULL, printf('the text index has a row %d of no media', kept.id) FROM media_text_docsize AS kept
     WHERE NOT EXISTS (SELECT 1 FROM media WHERE n = kept.id)",
    },
    Question {
        kind: Kind::Search,
        sql: "
    SELECT object.id, 'the text index has no row of this album' FROM album JOIN object ON object.n = album.n
     WHERE NOT EXISTS (SELECT 1 FROM album_text_docsize AS kept WHERE kept.id = album.n)",
    },
    Question {
        kind: Kind::Search,
        sql: "
    SELECT NULL, printf('the text index has a row %d of no album', kept.id) FROM album_text_docsize AS kept
     WHERE NOT EXISTS (SELECT 1 FROM album WHERE n = kept.id)",
    },
    Question {
        kind: Kind::Search,
        sql: "
    SELECT object.id, 'the map has no box where this media was taken' FROM media JOIN object ON object.n = media.n
     WHERE media.latitude IS NOT NULL AND NOT EXISTS (SELECT 1 FROM media_place AS box WHERE box.n = media.n
       AND box.west <= media.longitude AND box.east >= media.longitude AND box.south <= media.latitude AND box.north >= media.latitude)",
    },
    Question {
        kind: Kind::Search,
        sql: "
    SELECT NULL, printf('the map has a box %d of no media with a place', kept.rowid) FROM media_place_rowid AS kept
     WHERE NOT EXISTS (SELECT 1 FROM media WHERE n = kept.rowid AND latitude IS NOT NULL)",
    },
    Question {
        kind: Kind::Search,
        sql: "
    SELECT DISTINCT object.id, 'the tag index lacks a tag of this media'
      FROM media JOIN object ON object.n = media.n, json_each(media.metadata, '$.tags') AS word
     WHERE json_type(media.metadata, '$.tags') = 'array' AND word.type = 'text'
       AND NOT EXISTS (SELECT 1 FROM tag JOIN media_tag ON media_tag.tag = tag.n AND media_tag.media = media.n
         WHERE tag.owner = media.owner AND tag.name = word.value)",
    },
    Question {
        kind: Kind::Search,
        sql: "
    SELECT DISTINCT object.id, 'the tag index has a tag that this media does not bear'
      FROM media_tag JOIN tag ON tag.n = media_tag.tag JOIN media ON media.n = media_tag.media JOIN object ON object.n = media.n
     WHERE NOT EXISTS (SELECT 1 FROM json_each(media.metadata, '$.tags') AS word WHERE word.value = tag.name)",
    },
];

/// Asks every question.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn ask(library: &Library, book: &Book<'_>) -> Result<(), StoreError> {
    QUESTIONS.iter().try_for_each(|question| answers(library, book, question.kind, question.sql))?;
    let trashed = trashed(library)?;
    // An integration in the trash leaves its media their source (ruling 9).
    let sql = format!(
        "WITH trashed (n) AS ({trashed})
         SELECT object.id, printf('a live %s link with an end in the trash', link.link_type)
           FROM link JOIN object ON object.n = link.n
          WHERE link.deleted_at IS NULL
            AND (link.from_n IN trashed OR (link.to_n IN trashed AND link.link_type <> 'source'))"
    );
    answers(library, book, Kind::Link, &sql)
}

/// Objects without the row of their kind. A row without its object is a broken reference.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn registry(library: &Library, book: &Book<'_>) -> Result<(), StoreError> {
    for (n, table) in kinds(library)? {
        let without_row = format!(
            "SELECT object.id, 'there is an object, but no row of `{table}`' FROM object
              WHERE object.type = {n} AND NOT EXISTS (SELECT 1 FROM \"{table}\" AS own WHERE own.n = object.n)"
        );
        answers(library, book, Kind::Registry, &without_row)?;
    }
    Ok(())
}

fn answers(library: &Library, book: &Book<'_>, kind: Kind, sql: &str) -> Result<(), StoreError> {
    let mut select = library.catalogue().prepare(sql)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let message: String = row.get(1)?;
        book.found(Finding::of_catalogue(kind, row.get::<_, ObjectId>(0).ok(), message));
    }
    Ok(())
}

/// The kinds of object, by number and table.
fn kinds(library: &Library) -> Result<Vec<(i64, String)>, StoreError> {
    // The names become part of a statement, so a damaged catalogue's are looked at first.
    let sql =
        "SELECT type.n, type.name FROM type JOIN sqlite_master AS own ON own.type = 'table' AND own.name = type.name
                WHERE type.name NOT GLOB '*[^a-z_]*' ORDER BY type.n";
    let mut select = library.catalogue().prepare(sql)?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A statement for every object in the trash, of whatever kind.
fn trashed(library: &Library) -> Result<String, StoreError> {
    let of = |(_, table): (i64, String)| format!("SELECT n FROM \"{table}\" WHERE deleted_at IS NOT NULL");
    let all: Vec<_> = kinds(library)?.into_iter().map(of).collect();
    Ok(if all.is_empty() { "SELECT NULL".to_owned() } else { all.join(" UNION ALL ") })
}

/// Live links that may not come back to where they start: what is taken away last, when every object without a way on is
/// taken away first, stands on a circle or leads into one.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn cycles(library: &Library, book: &Book<'_>) -> Result<(), StoreError> {
    let sql = "SELECT link_type, from_n, to_n FROM link WHERE deleted_at IS NULL AND shape & 8 AND from_type = to_type";
    let mut select = library.catalogue().prepare(sql)?;
    let mut rows = select.query([])?;
    let mut edges: HashMap<String, Vec<(i64, i64)>> = HashMap::new();
    while let Some(row) = rows.next()? {
        edges.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
    }
    for (link_type, edges) in edges {
        for n in circular(&edges) {
            let id = library.catalogue().query_row("SELECT id FROM object WHERE n = ?1", [n], |row| row.get(0)).ok();
            let message = format!("its {link_type} links come back to it");
            book.found(Finding::of_catalogue(Kind::Link, id, message));
        }
    }
    Ok(())
}

/// The starts of edges that remain when ends without a way on are taken away again and again.
fn circular(edges: &[(i64, i64)]) -> Vec<i64> {
    let mut ways_on: HashMap<i64, usize> = HashMap::new();
    let mut into: HashMap<i64, Vec<i64>> = HashMap::new();
    for &(from, to) in edges {
        *ways_on.entry(from).or_default() += 1;
        ways_on.entry(to).or_default();
        into.entry(to).or_default().push(from);
    }
    let mut ends: Vec<i64> = ways_on.iter().filter(|(_, ways)| **ways == 0).map(|(n, _)| *n).collect();
    while let Some(end) = ends.pop() {
        ways_on.remove(&end);
        for from in into.remove(&end).unwrap_or_default() {
            if let Some(ways) = ways_on.get_mut(&from) {
                *ways -= 1;
                if *ways == 0 {
                    ends.push(from);
                }
            }
        }
    }
    let mut left: Vec<i64> = ways_on.into_keys().collect();
    left.sort_unstable();
    left
}

/// Operations still `running` of which no living run knows: worth knowing, since what they committed is whole.
///
/// # Errors
/// Those of the catalogue and of the file system.
pub(super) fn unfinished(library: &Library, book: &Book<'_>) -> Result<(), StoreError> {
    let alive: Vec<i64> =
        files::survey(library.root())?.into_iter().filter(|run| run.alive).map(|run| run.left.operation).collect();
    let sql = "SELECT n, command, started_at FROM operation WHERE outcome = 'running' ORDER BY n";
    let mut select = library.catalogue().prepare(sql)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (n, command, started): (i64, String, Timestamp) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if !alive.contains(&n) {
            let message = format!("operation {n}, `{command}` of {started}");
            book.found(Finding::of_catalogue(Kind::Unfinished, None, message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::circular;

    #[test]
    fn only_what_cannot_be_taken_away_is_circular() {
        assert_eq!(circular(&[(1, 2), (2, 3), (1, 3)]), Vec::<i64>::new());
        assert_eq!(circular(&[(1, 2), (2, 3), (3, 2), (4, 5)]), [1, 2, 3]);
        assert_eq!(circular(&[]), Vec::<i64>::new());
    }
}
