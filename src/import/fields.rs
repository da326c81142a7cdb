//! From what was read to a media object: every field, the metadata in order, and what albums and tags are named after.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use chrono::Datelike;
use serde_json::{Map, Value};

use super::date::{self, Origin, Settled};
use super::stage::Taken;
use super::{Options, summary::Candidate};
use crate::model::media::ProcessingStatus;
use crate::model::text::Filename;
use crate::model::{Base, Invalid, Media, Metadata, ObjectId, SourceType, Timestamp, WallTime, Zone, media};
use crate::probe::Facts;
use crate::probe::thumb::PHASH_VERSION;
use crate::store::media::Inner;

/// A media about to be stored, with what the catalogue keeps beside it.
pub struct Draft {
    /// The object.
    pub media: Media,
    /// What stands beside it.
    pub inner: Inner,
    /// Year × 100 + month of its folder.
    pub month: i32,
}

impl Draft {
    /// Its thumbnail could not be kept: it may be drawn another time.
    pub fn undrawn(&mut self) {
        if self.media.thumbnail_path.take().is_some() {
            self.media.processing_status = ProcessingStatus::Pending;
        }
    }
}

/// How a file's date is settled.
#[derive(Clone, Copy)]
pub struct Dating<'a> {
    /// The zone of times that state none.
    pub zone: Zone,
    /// Which origins of a date count.
    pub from: &'a [Origin],
}

impl<'a> From<&'a Options> for Dating<'a> {
    fn from(options: &'a Options) -> Self {
        Self { zone: options.zone, from: &options.date_from }
    }
}

/// The object a file becomes.
///
/// # Errors
/// When a value breaks a rule of the model: none a file can cause.
pub fn draft(
    taken: &Taken,
    facts: &Facts,
    dating: Dating<'_>,
    owner: ObjectId,
    now: Timestamp,
) -> Result<Draft, Invalid> {
    let name = name_of(&taken.candidate.path);
    let stat = taken.candidate.stat;
    let settled = date::settle(facts.taken, &name, stat.mtime_ns, dating.zone, dating.from, now);
    let local = settled.map_or_else(|| dating.zone.wall(now), |settled| settled.local);
    let (year, month) = folder(local, dating.zone.wall(now));
    let mut base = Base::new(taken.id, owner, now, Some(SourceType::Import));
    base.metadata = metadata(taken, facts, settled.as_ref(), &name);
    let thumbnail = taken.picture.drawn.as_ref().map(|_| media::thumbnail_path(owner, taken.id)).transpose()?;
    let media = Media {
        base,
        filename: Filename::of(&name),
        mime: facts.mime,
        size: stat.size,
        width: facts.dimensions.map(|(width, _)| width),
        height: facts.dimensions.map(|(_, height)| height),
        duration: facts.duration,
        file_path: media::file_path(owner, year, month, taken.id, facts.mime.ext)?,
        thumbnail_path: thumbnail,
        hash: taken.hash,
        taken_at: settled.map(|settled| settled.at),
        place: facts.place,
        processing_status: taken.picture.status,
        metadata_extracted: facts.extracted,
    };
    let inner = Inner {
        taken_local: settled.map(|settled| settled.local.millis()),
        phash: taken.picture.drawn.as_ref().map(|(_, phash)| (*phash, PHASH_VERSION)),
        copy: 0,
    };
    Ok(Draft { media, inner, month: year * 100 + i32::try_from(month).unwrap_or(1) })
}

/// Year and month of a wall clock; a year that fits no folder's four digits gives way to the import's.
fn folder(local: WallTime, import: WallTime) -> (i32, u32) {
    let date = if (1..=9999).contains(&local.date().year()) { local.date() } else { import.date() };
    (date.year(), date.month())
}

/// The name on disk; bytes that are no UTF-8 shown as U+FFFD.
pub fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn metadata(taken: &Taken, facts: &Facts, settled: Option<&Settled>, name: &str) -> Metadata {
    let mut map = Map::new();
    map.insert("original_filename".into(), name.into());
    map.insert("original_path".into(), taken.candidate.path.to_string_lossy().into());
    if let Some(bytes) = odd_bytes(&taken.candidate.path) {
        map.insert("original_filename_bytes".into(), bytes.into());
    }
    if let Some(settled) = settled {
        map.insert("taken_at_local".into(), settled.local.to_string().into());
        map.insert("taken_at_source".into(), settled.source.as_str().into());
        map.insert("taken_at_offset_source".into(), settled.offset_source.as_str().into());
    }
    if let Some(reason) = &taken.picture.reason {
        map.insert("processing_error".into(), reason.as_str().into());
    }
    if let Some(expected) = mislabelled(&taken.candidate, facts) {
        map.insert("named_as".into(), expected.into());
    }
    map.extend(facts.metadata.clone());
    map.entry("exif").or_insert_with(|| Value::Object(Map::new()));
    map.entry("tags").or_insert_with(|| Value::Array(Vec::new()));
    map.entry("description").or_insert(Value::Null);
    Metadata::from_file(map)
}

/// The type the name promises, where the content is of another.
fn mislabelled(candidate: &Candidate, facts: &Facts) -> Option<&'static str> {
    let ext = candidate.path.extension()?.to_str()?.to_ascii_lowercase();
    let named = crate::model::mime::of_extension(&ext)?;
    (named != facts.mime && !facts.mime.names.contains(&ext.as_str())).then_some(named.name)
}

/// A name that is no UTF-8 keeps its bytes, percent-encoded (ruling 1).
fn odd_bytes(path: &Path) -> Option<String> {
    let name = path.file_name()?;
    if name.to_str().is_some() {
        return None;
    }
    let encode = |byte: &u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-' => char::from(*byte).to_string(),
        other => format!("%{other:02X}"),
    };
    Some(name.as_bytes().iter().map(encode).collect())
}
