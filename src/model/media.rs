//! A media object: a photo, a video or another file, and what is known of it.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::geo::Place;
use super::mime::Mime;
use super::text::{FilePath, Filename};
use super::{Base, Invalid, Kind, Object, ObjectId, Sha256, Timestamp, text_enum};

/// `type` of a media object.
pub const KIND: Kind = Kind::named("media");

text_enum! {
    /// What a file is to a person.
    MediaType("media_type") { Photo = "photo", Video = "video", Document = "document", Other = "other" }
}

text_enum! {
    /// How far a file's facts and thumbnail have come (ruling 14).
    ProcessingStatus("processing_status") { Pending = "pending", Processing = "processing", Complete = "complete", Failed = "failed" }
}

/// 100 MB: the largest photo where limits bind, in bytes (ruling 4).
pub const PHOTO_LIMIT: u64 = 100_000_000;

/// 1 GB: the largest video where limits bind, in bytes (ruling 4).
pub const VIDEO_LIMIT: u64 = 1_000_000_000;

/// A photo, video or other file.
#[derive(Debug, Clone, PartialEq)]
pub struct Media {
    /// The fields every object carries.
    pub base: Base,
    /// The safe form of its name; the exact one is `metadata.original_filename` (ruling 1).
    pub filename: Filename,
    /// Its type by content, one of [`super::mime::ALLOWED`]; `media_type` follows from it.
    pub mime: &'static Mime,
    /// Bytes.
    pub size: u64,
    /// Pixels across, as seen upright (ruling 5).
    pub width: Option<u32>,
    /// Pixels down, as seen upright.
    pub height: Option<u32>,
    /// Seconds.
    pub duration: Option<Duration>,
    /// Where its bytes are, beneath the library.
    pub file_path: FilePath,
    /// Where its thumbnail is, beneath the library; `None` where none could be drawn.
    pub thumbnail_path: Option<FilePath>,
    /// SHA-256 of its bytes.
    pub hash: Sha256,
    /// When it was taken (ruling 2).
    pub taken_at: Option<Timestamp>,
    /// Where it was taken.
    pub place: Option<Place>,
    /// How far it has come.
    pub processing_status: ProcessingStatus,
    /// Whether the facts in it were read.
    pub metadata_extracted: bool,
}

/// The first length that is none, in seconds: past it a crafted file, not a film.
const DURATION_END: f64 = 9e15;

/// A length in seconds: not negative, below 9e15.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Duration(f64);

impl Duration {
    /// A length of this many seconds.
    ///
    /// # Errors
    /// When it is negative, no number or absurdly long.
    pub fn from_secs(seconds: f64) -> Result<Self, Invalid> {
        if (0.0..DURATION_END).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(Invalid::new("duration", "must be a number of seconds from 0 to below 9e15", seconds))
        }
    }

    /// Seconds.
    pub fn as_secs(self) -> f64 {
        self.0
    }
}

/// The limits on one file's size, in bytes; `None` where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For photos.
    pub photo: Option<u64>,
    /// For videos.
    pub video: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { photo: Some(PHOTO_LIMIT), video: Some(VIDEO_LIMIT) }
    }
}

impl Limits {
    /// Checks a file's size against the limit of its type.
    ///
    /// # Errors
    /// Names the limit it passes.
    pub fn check(&self, media_type: MediaType, size: u64) -> Result<(), Invalid> {
        let limit = match media_type {
            MediaType::Photo => self.photo,
            MediaType::Video => self.video,
            MediaType::Document | MediaType::Other => None,
        };
        match limit {
            Some(limit) if size > limit => {
                Err(Invalid::new("size", format!("must be at most {limit} bytes for a {media_type}"), size))
            }
            _ => Ok(()),
        }
    }
}

/// Where the original of a media object stands: `users/{user_id}/media/{yyyy}/{mm}/{id}.{ext}`.
///
/// # Errors
/// When `ext` does not fit a path.
pub fn file_path(user: ObjectId, year: i32, month: u32, id: ObjectId, ext: &str) -> Result<FilePath, Invalid> {
    FilePath::parse(format!("users/{user}/media/{year:04}/{month:02}/{id}.{ext}"))
}

/// Where a thumbnail stands: `users/{user_id}/thumbnails/{xx}/{id}.jpg`, `xx` the first two hex digits of the id.
///
/// # Errors
/// None that a valid id can cause.
pub fn thumbnail_path(user: ObjectId, id: ObjectId) -> Result<FilePath, Invalid> {
    let id = id.to_string();
    FilePath::parse(format!("users/{user}/thumbnails/{}/{id}.jpg", &id[..2]))
}

impl Object for Media {
    const KIND: Kind = KIND;

    fn base(&self) -> &Base {
        &self.base
    }

    fn fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("filename", &self.filename)?;
        map.serialize_entry("media_type", &self.mime.media_type)?;
        map.serialize_entry("mime_type", self.mime.name)?;
        map.serialize_entry("size", &self.size)?;
        map.serialize_entry("width", &self.width)?;
        map.serialize_entry("height", &self.height)?;
        map.serialize_entry("duration", &self.duration.map(Duration::as_secs))?;
        map.serialize_entry("file_path", &self.file_path)?;
        map.serialize_entry("thumbnail_path", &self.thumbnail_path)?;
        map.serialize_entry("hash", &self.hash)?;
        map.serialize_entry("taken_at", &self.taken_at)?;
        map.serialize_entry("latitude", &self.place.map(Place::latitude))?;
        map.serialize_entry("longitude", &self.place.map(Place::longitude))?;
        map.serialize_entry("processing_status", &self.processing_status)?;
        map.serialize_entry("thumbnail_generated", &self.thumbnail_path.is_some())?;
        map.serialize_entry("metadata_extracted", &self.metadata_extracted)
    }
}

impl Serialize for Media {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::serialize(self, serializer)
    }
}
