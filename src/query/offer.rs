//! Names of the owner's own that a value being typed may become: tags, albums, cameras and sources.
//!
//! For completion: few, quickly, and each one there really is. Which of them can be shown and typed is the caller's.

use super::words::Word;
use crate::store::{Param, Reader, Sql, StoreError};

const TAGS: &str = "SELECT n, name FROM my_tag WHERE name LIKE ?1 ESCAPE '\\' ORDER BY name LIMIT ?2";

const ALBUMS: &str = "
    SELECT min(n), name FROM my_album WHERE deleted_at IS NULL AND name LIKE ?1 ESCAPE '\\'
     GROUP BY name ORDER BY name LIMIT ?2";

const SOURCES: &str = "
    SELECT min(n), name
      FROM (SELECT n, integration_name AS name FROM my_integration WHERE deleted_at IS NULL
            UNION ALL SELECT n, integration_type FROM my_integration WHERE deleted_at IS NULL)
     WHERE name LIKE ?1 ESCAPE '\\' GROUP BY name ORDER BY name LIMIT ?2";

/// One step along the index, as there are few cameras among many media.
const NEXT_CAMERA: &str = "
    SELECT camera FROM my_media WHERE deleted_at IS NULL AND camera > ?1 ORDER BY camera LIMIT 1";

/// How many cameras are looked at.
const MOST_CAMERAS: usize = 500;

/// Whether the values of a word are names of the owner's own.
pub fn has_names(word: &Word) -> bool {
    matches!(word.name, "tag" | "album" | "source" | "camera")
}

/// At most `most` names for a value of `word` that begin so, in any case of ASCII letters; none for a word whose values are no names.
///
/// # Errors
/// Those of the catalogue.
pub fn names(reader: &Reader, word: &Word, beginning: &str, most: usize) -> Result<Vec<String>, StoreError> {
    let sql = match word.name {
        "tag" => TAGS,
        "album" => ALBUMS,
        "source" => SOURCES,
        "camera" => return cameras(reader, beginning, most),
        _ => return Ok(Vec::new()),
    };
    let escaped: String =
        beginning.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect();
    let params = vec![Param::Text(format!("{escaped}%")), Param::Number(most as i64)];
    let found = reader.names::<String>(&Sql { text: sql.to_owned(), params })?;
    Ok(found.into_iter().map(|(_, name)| name).collect())
}

fn cameras(reader: &Reader, beginning: &str, most: usize) -> Result<Vec<String>, StoreError> {
    let beginning = beginning.to_lowercase();
    let (mut found, mut last) = (Vec::new(), String::new());
    for _ in 0..MOST_CAMERAS {
        let next = Sql { text: NEXT_CAMERA.to_owned(), params: vec![Param::Text(last)] };
        let Some(camera) = reader.first::<String>(&next)?.filter(|_| found.len() < most) else { break };
        if camera.to_lowercase().starts_with(&beginning) {
            found.push(camera.clone());
        }
        last = camera;
    }
    Ok(found)
}
