//! One read of a file → [`Facts`]: what it is, when and where it was taken, how big it is seen upright.
//!
//! Nothing here knows a library, a clock zone or a file's name: what the bytes do not say is for `import` to settle.

pub mod thumb;

use std::ops::Range;

use serde_json::{Map, Value};

use crate::model::media::Duration;
use crate::model::mime::Mime;
use crate::model::{WallTime, geo::Place};

/// What one file says of itself.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The type by content, never by name.
    pub mime: &'static Mime,
    /// Pixels across and down, as seen upright.
    pub dimensions: Option<(u32, u32)>,
    /// Length in seconds, for what moves.
    pub duration: Option<Duration>,
    /// How the stored pixels must be turned to be upright: EXIF's 1 to 8.
    pub orientation: u8,
    /// The best time the file states (ruling 2), with an offset only where the file settles one.
    pub taken: Option<Taken>,
    /// Where it was taken.
    pub place: Option<Place>,
    /// The documented namespaces of `metadata`: `exif`, `camera`, `title`, `description`, `tags` (keywords), ...
    pub metadata: Map<String, Value>,
    /// The largest embedded JPEG preview, as a range of bytes of the file.
    pub preview: Option<Range<u64>>,
    /// Why the file cannot be whole, where its structure shows it: "cut short", "no picture in it".
    pub damage: Option<String>,
    /// Whether its facts could be read: false where an EXIF block or a container is there but unreadable.
    pub extracted: bool,
}

/// A time a file states, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// What the clock on the wall showed; UTC with offset 0 for containers that store UTC.
    pub wall: WallTime,
    /// Where the time stands: `taken_at_source`.
    pub source: TimeSource,
    /// Where the offset stands, when there is one: `taken_at_offset_source`.
    pub offset_source: Option<OffsetSource>,
}

crate::text_enum! {
    /// Where a time comes from.
    TimeSource("taken_at_source") {
        Exif = "exif", Container = "container", Xmp = "xmp", Iptc = "iptc", GpsTime = "gps_time",
        Sidecar = "sidecar", Filename = "filename", Mtime = "mtime",
    }
}

crate::text_enum! {
    /// Where an offset from UTC comes from.
    OffsetSource("taken_at_offset_source") {
        ExifOffset = "exif_offset", GpsTime = "gps_time", Place = "place", Container = "container", Xmp = "xmp", Iptc = "iptc",
        Sidecar = "sidecar", Config = "config", Filename = "filename", Mtime = "mtime",
    }
}
