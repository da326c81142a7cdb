//! The one table of columns for media: what each is called, how it is printed for scripts and for people.
//!
//! Beside them, `metadata.exif.lens` and the like name a value of the metadata.

use std::borrow::Cow;

use serde_json::Value;

use super::format;
use super::found::Found;
use super::output::Column;
use crate::model::Media;
use crate::model::geo::Place;
use crate::model::media::Duration;
use crate::model::text::FilePath;
use crate::query::words::nearest;

/// A column of the one table: its names, whether figures stand in it, and its values.
pub(super) struct Known {
    names: &'static [&'static str],
    figures: bool,
    pub(super) plain: Print,
    pub(super) human: Print,
}

type Print = for<'a> fn(&'a Found<'_>) -> Cow<'a, str>;

const fn words(names: &'static [&'static str], plain: Print) -> Known {
    Known { names, figures: false, plain, human: plain }
}

const fn figures(name: &'static [&'static str], plain: Print) -> Known {
    Known { figures: true, ..words(name, plain) }
}

impl Known {
    const fn for_people(self, human: Print) -> Self {
        Self { human, ..self }
    }
}

const COLUMNS: &[Known] = &[
    words(&["id"], |found| found.media.base.id.to_string().into()),
    words(&["taken_at"], |found| or_none(found.media.taken_at)).for_people(|found| taken(&found.media).into()),
    words(&["created_at", "added"], |found| found.media.base.created_at.to_string().into()),
    words(&["updated_at"], |found| found.media.base.updated_at.to_string().into()),
    words(&["media_type", "type"], |found| found.media.mime.media_type.as_str().into()),
    words(&["mime_type", "mime"], |found| found.media.mime.name.into()),
    figures(&["size"], |found| found.media.size.to_string().into())
        .for_people(|found| format::bytes(found.media.size).into()),
    figures(&["width"], |found| or_none(found.media.width)),
    figures(&["height"], |found| or_none(found.media.height)),
    figures(&["duration"], |found| or_none(found.media.duration.map(Duration::as_secs)))
        .for_people(|found| length(&found.media).into()),
    figures(&["latitude"], |found| or_none(found.media.place.map(Place::latitude))),
    figures(&["longitude"], |found| or_none(found.media.place.map(Place::longitude))),
    words(&["filename"], |found| found.media.filename.as_str().into()).for_people(|found| {
        match found.metadata("original_filename") {
            Cow::Borrowed("") => found.media.filename.as_str().into(),
            original => original,
        }
    }),
    words(&["original_filename"], |found| found.metadata("original_filename")),
    words(&["title"], |found| found.metadata("title")),
    words(&["description"], |found| found.metadata("description")),
    words(&["camera"], |found| camera(&found.media).into()),
    words(&["lens"], |found| found.metadata("exif.lens")),
    words(&["tags"], |found| found.media.base.metadata.tags().collect::<Vec<_>>().join(", ").into()),
    words(&["processing_status", "status"], |found| found.media.processing_status.as_str().into()),
    words(&["hash"], |found| found.media.hash.to_string().into()),
    words(&["file_path"], |found| found.media.file_path.as_str().into()),
    words(&["path"], |found| found.path.to_string_lossy()),
    words(&["user_id"], |found| found.media.base.user_id.to_string().into()),
    words(&["deleted_at"], |found| or_none(found.media.base.deleted_at)),
    words(&["source_type"], |found| or_none(found.media.base.source_type)),
    words(&["source_id"], |found| or_none(found.media.base.source_id.as_ref())),
    words(&["thumbnail_path"], |found| or_none(found.media.thumbnail_path.as_ref().map(FilePath::as_str))),
    words(&["thumbnail_generated"], |found| found.media.thumbnail_path.is_some().to_string().into()),
    words(&["metadata_extracted"], |found| found.media.metadata_extracted.to_string().into()),
    words(&["metadata"], |found| serde_json::to_string(&found.media.base.metadata).unwrap_or_default().into()),
];

pub(super) const METADATA: &str = "metadata.";

pub(super) fn find(name: &str) -> Option<&'static Known> {
    COLUMNS.iter().find(|known| known.names.contains(&name))
}

fn or_none(value: Option<impl ToString>) -> Cow<'static, str> {
    value.map(|value| value.to_string()).unwrap_or_default().into()
}

/// The fields of a media, as its JSON has them.
const FIELDS: &[&str] = &[
    "id",
    "type",
    "user_id",
    "created_at",
    "updated_at",
    "deleted_at",
    "source_type",
    "source_id",
    "filename",
    "media_type",
    "mime_type",
    "size",
    "width",
    "height",
    "duration",
    "file_path",
    "thumbnail_path",
    "hash",
    "taken_at",
    "latitude",
    "longitude",
    "processing_status",
    "thumbnail_generated",
    "metadata_extracted",
    "metadata",
];

/// Whether a name is that of a field of a media.
pub fn is_field(name: &str) -> bool {
    FIELDS.contains(&name)
}

/// Whether a name is that of a column, or of a value of the metadata.
pub fn exists(name: &str) -> bool {
    let value = |path: &str| path.split('.').all(|key| !key.is_empty());
    find(name).is_some() || name.strip_prefix(METADATA).is_some_and(value)
}

/// The column that may be meant by a name that is none.
pub fn meant(name: &str) -> Option<&'static str> {
    nearest(name, COLUMNS.iter().flat_map(|known| known.names.iter().copied()))
}

/// What is wrong with a name, and the column that may be meant; `None` where it names one.
pub fn unknown(name: &str) -> Option<String> {
    if exists(name) {
        return None;
    }
    let meant = meant(name).map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
    Some(format!("there is no column `{name}`{meant}"))
}

/// The columns of a table of media.
pub fn columns(names: &[String]) -> Vec<Column> {
    let column = |name: &String| {
        let figures = find(name).is_some_and(|known| known.figures);
        if figures { Column::right(name.clone()) } else { Column::left(name.clone()) }
    };
    names.iter().map(column).collect()
}

/// The camera a media was taken with; empty where it is not known.
pub fn camera(media: &Media) -> &str {
    let exif = || media.base.metadata.get("exif")?.get("camera");
    media.base.metadata.get("camera").or_else(exif).and_then(Value::as_str).unwrap_or_default()
}

/// How long a media plays, for people; empty where it does not.
pub fn length(media: &Media) -> String {
    media.duration.map(|length| format::length(length.as_secs())).unwrap_or_default()
}

/// When a media was taken, by the clock on the wall and to the minute; in UTC where that clock is not known.
pub fn taken(media: &Media) -> String {
    let local = media.base.metadata.get("taken_at_local").and_then(Value::as_str).map(str::to_owned);
    let time = local.or_else(|| media.taken_at.map(|at| at.to_string())).unwrap_or_default();
    time.get(..16).unwrap_or(&time).replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::list::MEDIA_COLUMNS;

    #[test]
    fn the_columns_of_the_contract_are_in_the_table() {
        assert!(MEDIA_COLUMNS.iter().all(|name| unknown(name).is_none()));
    }

    #[test]
    fn every_field_of_the_model_is_a_column() {
        assert!(FIELDS.iter().all(|name| unknown(name).is_none()));
    }

    #[test]
    fn a_name_that_is_no_column_is_told_with_a_suggestion() {
        assert_eq!(unknown("metadata.exif.iso"), None);
        assert_eq!(unknown("filenam").unwrap(), "there is no column `filenam`; did you mean `filename`?");
        assert_eq!(unknown("metadata.").unwrap(), "there is no column `metadata.`; did you mean `metadata`?");
        assert_eq!(unknown("metadata.exif.").unwrap(), "there is no column `metadata.exif.`");
    }
}
