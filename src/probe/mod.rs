//! One read of a file → [`Facts`]: what it is, when and where it was taken, how big it is seen upright.
//!
//! Nothing here knows a library, a clock zone or a file's name: what the bytes do not say is for `import` to settle.

mod boxes;
mod bytes;
mod cr3;
mod dates;
mod exif;
mod findings;
mod h264;
mod heif;
mod iptc;
mod jpeg;
mod jxl;
mod makers;
mod matroska;
mod mp4;
mod mpeg;
mod mpf;
mod notes;
mod png;
mod raw;
mod riff;
mod simple;
mod sniff;
mod streams;
mod text;
pub mod thumb;
mod tiff;
mod udta;
mod xmp;

#[cfg(test)]
mod corpus_test;
#[cfg(test)]
mod hostile_test;

use std::io::{Read, Seek};
use std::ops::Range;

use serde_json::{Map, Value};

pub use dates::in_name;
pub use sniff::{HEAD, kind};

use crate::model::media::Duration;
use crate::model::mime::{self, Mime};
use crate::model::{WallTime, geo::Place};
use bytes::Bytes;
use findings::Findings;

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

/// Reads what `file`, of `size` bytes and the type that [`kind`] gave, says of itself. Fetches its metadata only: kilobytes
/// of a video, at most 24 MiB of anything. Fails never; what cannot be read is absent, and [`Facts::damage`] and
/// [`Facts::extracted`] say so.
pub fn facts<R: Read + Seek>(file: &mut R, size: u64, mime: &'static Mime) -> Facts {
    let bytes = &mut Bytes::new(file, size);
    let mut findings = Findings::default();
    let mime = refine(bytes, mime);
    match mime.name {
        "image/jpeg" => jpeg::read(bytes, &(0..size), &mut findings),
        "image/png" => png::read(bytes, &mut findings),
        "image/gif" => simple::gif(bytes, &mut findings),
        "image/webp" => riff::webp(bytes, &mut findings),
        "image/bmp" => simple::bmp(bytes, &mut findings),
        "image/svg+xml" => simple::svg(bytes, &mut findings),
        "image/vnd.adobe.photoshop" => simple::psd(bytes, &mut findings),
        "image/x-icon" => simple::ico(bytes, &mut findings),
        "image/x-portable-anymap" => simple::pnm(bytes, &mut findings),
        "image/x-exr" => simple::exr(bytes, &mut findings),
        "image/heic" | "image/heif" | "image/avif" => heif::read(bytes, &mut findings),
        "image/jxl" => jxl::jxl(bytes, &mut findings),
        "image/jp2" => jxl::jp2(bytes, &mut findings),
        "image/x-canon-cr3" => cr3::read(bytes, &mut findings),
        "video/mp4" | "video/x-m4v" | "video/quicktime" | "video/3gpp" | "video/3gpp2" => {
            mp4::read(bytes, &mut findings);
        }
        "image/x-fujifilm-raf" => makers::raf(bytes, &mut findings),
        "image/x-minolta-mrw" => makers::mrw(bytes, &mut findings),
        "image/x-sigma-x3f" => makers::x3f(bytes, &mut findings),
        "image/x-canon-crw" => makers::crw(bytes, &mut findings),
        "image/tiff" => raw::read(bytes, false, &mut findings),
        "video/x-matroska" | "video/webm" => matroska::read(bytes, &mut findings),
        "video/mpeg" => mpeg::program(bytes, &mut findings),
        "video/mp2t" => mpeg::transport(bytes, &mut findings),
        "video/x-ms-wmv" => streams::asf(bytes, &mut findings),
        "video/x-flv" => streams::flv(bytes, &mut findings),
        "video/ogg" => streams::ogg(bytes, &mut findings),
        "video/x-msvideo" => riff::avi(bytes, &mut findings),
        name if name.starts_with("image/") => raw::read(bytes, true, &mut findings),
        _ => {}
    }
    findings.finish(mime)
}

/// The directories that tell a raw file from TIFF may stand anywhere in it.
fn refine(bytes: &mut Bytes, mime: &'static Mime) -> &'static Mime {
    if mime.name != "image/tiff" {
        return mime;
    }
    mime::parse(raw::kind(bytes)).unwrap_or(mime)
}

impl Facts {
    /// What is known of a file whose structure could not be read at all.
    pub fn unreadable(mime: &'static Mime) -> Self {
        let damage = Some("its structure cannot be read".to_owned());
        Self {
            mime,
            dimensions: None,
            duration: None,
            orientation: 1,
            taken: None,
            place: None,
            metadata: Map::new(),
            preview: None,
            damage,
            extracted: false,
        }
    }
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
