//! What the blocks of one file say, before anything is chosen, and the choice: one time, one place, one text of each kind.
//!
//! Readers only add here; which of several answers counts is decided in this file alone (ruling 2 for times).

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::dates::{Stated, offset_between};
use super::{Facts, OffsetSource, Taken, TimeSource};
use crate::model::WallTime;
use crate::model::geo::Place;
use crate::model::media::Duration;
use crate::model::mime::Mime;

/// The fields a time is read from, the best first (ruling 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clock {
    /// EXIF `DateTimeOriginal`.
    Original,
    /// EXIF `DateTimeDigitized`, also called `CreateDate`.
    Digitized,
    /// `QuickTime`'s `CreationDate`: a wall clock with its offset.
    QuickTime,
    /// `exif:DateTimeOriginal`.
    XmpOriginal,
    /// `photoshop:DateCreated`.
    XmpCreated,
    /// `xmp:CreateDate`.
    XmpCreate,
    /// The movie header, UTC.
    Container,
    /// Matroska, RIFF, ASF.
    Header,
    /// In the pictures of an H.264 stream.
    H264,
    /// IPTC date and time created.
    Iptc,
    /// EXIF `DateTime`, also called `ModifyDate`.
    Modified,
}

impl Clock {
    fn sources(self) -> (TimeSource, OffsetSource) {
        match self {
            Self::Original | Self::Digitized | Self::Modified => (TimeSource::Exif, OffsetSource::ExifOffset),
            Self::XmpOriginal | Self::XmpCreated | Self::XmpCreate => (TimeSource::Xmp, OffsetSource::Xmp),
            Self::QuickTime | Self::Container | Self::Header | Self::H264 => {
                (TimeSource::Container, OffsetSource::Container)
            }
            Self::Iptc => (TimeSource::Iptc, OffsetSource::Iptc),
        }
    }
}

/// Who says a text or a place: what the camera or the owner wrote first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Voice {
    /// EXIF of the picture.
    Exif,
    /// The container of a video.
    Container,
    /// XMP, which programs write and keep up to date.
    Xmp,
    /// IPTC.
    Iptc,
    /// Loose text of a format, such as PNG's.
    Loose,
}

/// A value and who said it; the best voice is kept, of equals the first.
#[derive(Debug, Clone)]
struct Said<T>(Option<(u8, T)>);

impl<T> Default for Said<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Said<T> {
    fn offer(&mut self, rank: u8, value: T) {
        if self.0.as_ref().is_none_or(|(held, _)| rank < *held) {
            self.0 = Some((rank, value));
        }
    }

    fn merge(&mut self, other: Self) {
        if let Some((rank, value)) = other.0 {
            self.offer(rank, value);
        }
    }

    fn value(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }
}

/// Everything said so far.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// Pixels across and down, as stored.
    pub dimensions: Option<(u32, u32)>,
    /// EXIF's 1 to 8; `None` when nothing says so.
    pub orientation: Option<u8>,
    /// Seconds.
    pub duration: Option<f64>,
    /// UTC as the receiver knew it.
    pub gps_clock: Option<NaiveDateTime>,
    /// A block or container is there and cannot be read.
    pub unreadable: bool,
    times: BTreeMap<Clock, Stated>,
    place: Said<Place>,
    title: Said<String>,
    description: Said<String>,
    tags: Vec<String>,
    rating: Said<f64>,
    exif: Map<String, Value>,
    fallback: Map<String, Value>,
    preview: Option<(u64, Range<u64>)>,
    damage: Option<&'static str>,
}

impl Findings {
    /// A time this field states; the first one it states counts.
    pub fn time(&mut self, clock: Clock, stated: Option<Stated>) {
        if let Some(stated) = stated {
            self.times.entry(clock).or_insert(stated);
        }
    }

    /// A position. Zero, zero is where receivers without a fix say they are: it counts only when `fixed`.
    pub fn place(&mut self, voice: Voice, latitude: f64, longitude: f64, fixed: bool) {
        let nowhere = latitude.abs() < 1e-9 && longitude.abs() < 1e-9;
        if let (Ok(place), true) = (Place::new(latitude, longitude), fixed || !nowhere) {
            self.place.offer(voice as u8, place);
        }
    }

    /// A title. Those that programs keep count before those in EXIF.
    pub fn title(&mut self, voice: Voice, text: Option<String>) {
        if let Some(text) = text {
            self.title.offer(written(voice), text);
        }
    }

    /// A description, unless it is one that cameras write into every picture.
    pub fn description(&mut self, voice: Voice, text: Option<String>) {
        if let Some(text) = text.filter(|text| !by_default(text)) {
            self.description.offer(written(voice), text);
        }
    }

    /// A keyword, once.
    pub fn tag(&mut self, text: Option<String>) {
        const MOST: usize = 2000;
        if let Some(text) = text.filter(|text| self.tags.len() < MOST && !self.tags.contains(text)) {
            self.tags.push(text);
        }
    }

    /// Stars: 0 to 5, −1 for rejected.
    pub fn rating(&mut self, voice: Voice, stars: Option<f64>) {
        if let Some(stars) = stars.filter(|stars| (-1.0..=5.0).contains(stars)) {
            self.rating.offer(written(voice), stars);
        }
    }

    /// One entry of `metadata.exif`; the first value counts.
    pub fn exif(&mut self, key: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.exif.entry(key).or_insert_with(|| value.into());
        }
    }

    /// An entry of `metadata.exif` for files whose EXIF does not say.
    pub fn instead(&mut self, key: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.fallback.entry(key).or_insert_with(|| value.into());
        }
    }

    /// An embedded JPEG of so many pixels; the largest is kept.
    pub fn preview(&mut self, pixels: u64, range: Range<u64>) {
        if self.preview.as_ref().is_none_or(|(held, _)| pixels > *held) {
            self.preview = Some((pixels, range));
        }
    }

    /// Why the file cannot be whole; the first reason is the plainest.
    pub fn damage(&mut self, why: &'static str) {
        self.damage.get_or_insert(why);
    }

    /// Adds what a file inside this one says, where this one is silent.
    pub fn beneath(&mut self, inner: Self) {
        for (clock, stated) in inner.times {
            self.time(clock, Some(stated));
        }
        self.orientation = self.orientation.or(inner.orientation);
        self.gps_clock = self.gps_clock.or(inner.gps_clock);
        self.place.merge(inner.place);
        self.title.merge(inner.title);
        self.description.merge(inner.description);
        self.rating.merge(inner.rating);
        inner.tags.into_iter().for_each(|tag| self.tag(Some(tag)));
        for (key, value) in inner.exif.into_iter().chain(inner.fallback) {
            self.exif(&key, Some(value));
        }
        if let Some((pixels, range)) = inner.preview {
            self.preview(pixels, range);
        }
    }

    /// The choice.
    pub fn finish(mut self, mime: &'static Mime) -> Facts {
        let orientation = self.orientation.filter(|turn| (1..=8).contains(turn)).unwrap_or(1);
        let turned = |(width, height)| if orientation >= 5 { (height, width) } else { (width, height) };
        let taken = self.taken();
        let metadata = self.metadata();
        Facts {
            mime,
            dimensions: self.dimensions.filter(|(width, height)| *width > 0 && *height > 0).map(turned),
            duration: self.duration.and_then(|seconds| Duration::from_secs(seconds).ok()),
            orientation,
            taken,
            place: self.place.value(),
            metadata,
            preview: self.preview.map(|(_, range)| range),
            damage: self.damage.map(str::to_owned),
            extracted: !self.unreadable,
        }
    }

    fn taken(&self) -> Option<Taken> {
        let Some((clock, stated)) = self.times.first_key_value() else {
            let wall = WallTime::new(self.gps_clock?, chrono::FixedOffset::east_opt(0));
            return Some(Taken { wall, source: TimeSource::GpsTime, offset_source: Some(OffsetSource::GpsTime) });
        };
        let (source, own) = clock.sources();
        // Only a camera's own clock stood beside the receiver; an edit's, or a day without an hour, did not.
        let camera = matches!(clock, Clock::Original | Clock::Digitized);
        let beside = || offset_between(stated.clock, self.gps_clock?).map(|offset| (offset, OffsetSource::GpsTime));
        let offset = stated.offset.map(|offset| (offset, own)).or_else(|| if camera { beside() } else { None });
        let wall = WallTime::new(stated.clock, offset.map(|(offset, _)| offset));
        Some(Taken { wall, source, offset_source: offset.map(|(_, source)| source) })
    }

    fn metadata(&mut self) -> Map<String, Value> {
        let mut exif = std::mem::take(&mut self.exif);
        for (key, value) in std::mem::take(&mut self.fallback) {
            exif.entry(key).or_insert(value);
        }
        let mut map = Map::new();
        let camera = exif.get("camera").cloned();
        if !exif.is_empty() {
            map.insert("exif".into(), Value::Object(exif));
        }
        let stars = |stars: f64| if stars.fract() == 0.0 { json!(stars as i64) } else { json!(stars) };
        let entries = [
            ("camera", camera),
            ("title", std::mem::take(&mut self.title).value().map(Value::from)),
            ("description", std::mem::take(&mut self.description).value().map(Value::from)),
            ("tags", (!self.tags.is_empty()).then(|| json!(self.tags))),
            ("rating", std::mem::take(&mut self.rating).value().map(stars)),
        ];
        for (key, value) in entries {
            map.extend(value.map(|value| (key.to_owned(), value)));
        }
        map
    }
}

/// People write into XMP and IPTC with programs that leave EXIF's text as the camera wrote it.
fn written(voice: Voice) -> u8 {
    match voice {
        Voice::Xmp => 0,
        Voice::Iptc => 1,
        Voice::Exif => 2,
        Voice::Container => 3,
        Voice::Loose => 4,
    }
}

/// Descriptions that cameras and phones write into every picture.
fn by_default(text: &str) -> bool {
    const WHOLE: &[&str] = &[
        "SONY DSC",
        "SAMSUNG CAMERA PICTURES",
        "DCF 1.0",
        "JPEG",
        "DEFAULT",
        "NULL",
        "DSC",
        "BTF",
        "MDE",
        "QVGA",
        "EDF",
    ];
    const BEGIN: &[&str] =
        &["DCIM\\", "DCIM/", "<KENOX", "<DIGIMAX", "<SAMSUNG", "EXIF_JPEG", "EXIF JPEG", "FILE WRITTEN BY"];
    let upper = text.trim().to_uppercase();
    upper.ends_with("DIGITAL CAMERA")
        || WHOLE.contains(&upper.as_str())
        || BEGIN.iter().any(|begin| upper.starts_with(begin))
        || upper.chars().all(|c| c.is_ascii() && !c.is_ascii_alphanumeric())
}
