//! What `has:` and `is:` can ask: one row a flag, with what exactly it means.
//!
//! The SQL behind each is `condition/flags.rs`'s.

use super::words::NO_PLACE_NAMES;

/// One value of `has:` or `is:`.
#[derive(Debug, PartialEq, Eq)]
pub struct Flag {
    /// As it is written, in lower case.
    pub name: &'static str,
    /// What it asks.
    pub mark: Mark,
    /// Why it cannot be asked yet: its data comes later.
    pub waits: Option<&'static str>,
    /// What it means, in one line without a full stop.
    pub help: &'static str,
}

/// What a flag asks of a media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is explained in its row")]
pub enum Mark {
    Gps,
    Date,
    Exif,
    Thumbnail,
    Tags,
    Description,
    Album,
    Camera,
    Lens,
    Place,
    Duration,
    Source,
    Link,
    Photo,
    Video,
    Raw,
    Live,
    Screenshot,
    Landscape,
    Portrait,
    Square,
    Pano,
    Favorite,
    Edited,
    Duplicate,
    Unsorted,
    Failed,
    Trashed,
}

const fn flag(name: &'static str, mark: Mark, help: &'static str) -> Flag {
    Flag { name, mark, waits: None, help }
}

/// The values of `has:`.
pub const HAS: &[Flag] = &[
    flag("gps", Mark::Gps, "a position"),
    flag("date", Mark::Date, "a date of its own, not only the time of its file"),
    flag("exif", Mark::Exif, "anything a camera wrote"),
    flag("thumbnail", Mark::Thumbnail, "a thumbnail"),
    flag("tags", Mark::Tags, "a tag"),
    flag("description", Mark::Description, "a description"),
    flag("album", Mark::Album, "an album it is in"),
    flag("camera", Mark::Camera, "the name of a camera"),
    flag("lens", Mark::Lens, "the name of a lens"),
    Flag { waits: Some(NO_PLACE_NAMES), ..flag("place", Mark::Place, "the name of a place") },
    flag("duration", Mark::Duration, "a length in time"),
    flag("source", Mark::Source, "a service it came from"),
    flag("link", Mark::Link, "a link to or from anything but an album"),
];

/// The values of `is:`.
pub const IS: &[Flag] = &[
    flag("photo", Mark::Photo, "a photo"),
    flag("video", Mark::Video, "a video"),
    flag("raw", Mark::Raw, "a photo as the sensor saw it: dng, cr2, nef, arw …"),
    flag("live", Mark::Live, "the picture or the film of a live photo, or a photo with a film in it"),
    flag("screenshot", Mark::Screenshot, "a picture of a screen, by its name or by what the device wrote"),
    flag("landscape", Mark::Landscape, "wider than high"),
    flag("portrait", Mark::Portrait, "higher than wide"),
    flag("square", Mark::Square, "as wide as high"),
    flag("pano", Mark::Pano, "a photo at least twice as wide as high, or three times as high as wide"),
    flag("favorite", Mark::Favorite, "marked as a favorite"),
    flag("edited", Mark::Edited, "an edited copy of another"),
    flag("duplicate", Mark::Duplicate, "linked to a duplicate, exact or likely"),
    flag("unsorted", Mark::Unsorted, "in no album"),
    flag("failed", Mark::Failed, "one that could not be read or drawn"),
    flag("trashed", Mark::Trashed, "in the trash, where nothing else looks"),
];

/// How a flag is written.
pub fn name(mark: Mark) -> &'static str {
    HAS.iter().chain(IS).find(|flag| flag.mark == mark).map_or("", |flag| flag.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flag_has_a_name_of_its_own() {
        let flags: Vec<_> = HAS.iter().chain(IS).collect();
        assert!(flags.iter().enumerate().all(|(at, flag)| flags[..at].iter().all(|other| other.mark != flag.mark)));
        assert!(flags.iter().all(|flag| name(flag.mark) == flag.name && !flag.help.ends_with('.')));
    }
}
