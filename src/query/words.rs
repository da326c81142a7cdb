//! The one table of query words: parser, SQL, help, manual page and completion all read it.
//!
//! A word here names what it asks and how its values are written; the SQL behind each kind of word is `sql.rs`'s.

use super::ast::{Direction, Op};
use super::flags::{HAS, IS};
pub use super::kinds::{Keys, Kind, Part, Place, Side, Unit};

/// One word of the query language: what stands before the colon.
#[derive(Debug, PartialEq, Eq)]
pub struct Word {
    /// The name, in lower case.
    pub name: &'static str,
    /// Other names for the same.
    pub aliases: &'static [&'static str],
    /// How its values are written and compared.
    pub kind: Kind,
    /// Where the catalogue holds the answer.
    pub place: Place,
    /// What results are ordered by under its name, if they can be.
    pub order: Option<&'static str>,
    /// Whether asking it reads every media of the owner; `--explain` says so.
    pub scans: bool,
    /// What may follow its name after a dot.
    pub keys: Keys,
    /// Why it cannot be asked yet: its data comes later. To ask it is an error that says so.
    pub waits: Option<&'static str>,
    /// One line of help, without a full stop.
    pub help: &'static str,
}

use Kind::{
    Age, Alike, Any, Area, Bytes, Choice, Date, Flags, Hex, Link, Linked, Links, Name, Near, Number, Strength, Tally,
    Text, Words, Year,
};
use Side::{Before, Since, Until, Within};

pub(super) const fn word(name: &'static str, kind: Kind, place: Place, help: &'static str) -> Word {
    Word { name, aliases: &[], kind, place, order: None, scans: false, keys: Keys::None, waits: None, help }
}

impl Word {
    pub(super) const fn or(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    pub(super) const fn sorts(self, order: &'static str) -> Self {
        Self { order: Some(order), ..self }
    }

    const fn keyed(self, keys: Keys) -> Self {
        Self { keys, ..self }
    }

    const fn scans(self) -> Self {
        Self { scans: true, ..self }
    }

    const fn waits(self, reason: &'static str) -> Self {
        Self { waits: Some(reason), ..self }
    }
}

/// Why places have no names yet.
pub(super) const NO_PLACE_NAMES: &str =
    "an import does not look up the names of places; `has:gps` finds what has a position, `near:` what is close to one";

/// Every word, in the order of the help.
pub const WORDS: &[Word] = &[
    word(
        "text",
        Words,
        Place::Words,
        "words of name, description, tags, albums, camera, lens, place: beach, \"red car\"",
    ),
    word("date", Date(Within), Place::Taken, "when it was taken: 2026, 2026-02, 2025..2026, yesterday, 30d..")
        .or(&["taken_at"])
        .sorts("media.taken_at"),
    word("before", Date(Before), Place::Taken, "taken before the date began"),
    word("after", Date(Since), Place::Taken, "taken since the date began").or(&["since"]),
    word("until", Date(Until), Place::Taken, "taken before the date ended"),
    word(
        "newer",
        Age(Since),
        Place::Taken,
        "taken at most so long ago, whole days: 30d, 2w, 6mo, 1y; 3h to the instant",
    ),
    word("older", Age(Before), Place::Taken, "taken longer ago than that: older:1y is what newer:1y is not"),
    word("year", Year, Place::Taken, "the year it was taken, by the clock on the wall: 2024, 2019..2021"),
    word("month", Kind::Part(Part::Month), Place::Taken, "the month it was taken, of any year: 7, jul, 6..8, nov..feb")
        .scans(),
    word("day", Kind::Part(Part::Day), Place::Taken, "the day of the month it was taken: 1, 24..26").scans(),
    word("hour", Kind::Part(Part::Hour), Place::Taken, "the hour it was taken, by the clock on the wall: 18, 22..3")
        .scans(),
    word(
        "weekday",
        Kind::Part(Part::Weekday),
        Place::Taken,
        "the day of the week: sat|sun, friday, 1..5 (1 is Monday), fri..mon",
    )
    .scans(),
    word("on", Kind::Part(Part::MonthDay), Place::Taken, "a day of any year: 07-14, 12-24..01-06, today").scans(),
    word(
        "added",
        Date(Within),
        Place::Instant("created_at"),
        "when it came into the library, as date, by your own clock",
    )
    .or(&["created_at"])
    .sorts("media.created_at"),
    word(
        "updated",
        Date(Within),
        Place::Instant("updated_at"),
        "when something of it was last changed, by your own clock",
    )
    .or(&["updated_at"])
    .sorts("media.updated_at")
    .scans(),
    word(
        "deleted",
        Date(Within),
        Place::Instant("deleted_at"),
        "when it went into the trash, by your own clock; finds what is there",
    )
    .or(&["deleted_at"])
    .sorts("media.deleted_at"),
    word("type", Choice(MEDIA_TYPES), Place::Column("media_type"), "photo, video, document or other")
        .or(&["media_type"])
        .sorts("media.media_type"),
    word("mime", Name, Place::Mime, "its whole type by content: image/heic, image/*, video/*")
        .or(&["mime_type"])
        .sorts("media.mime_type")
        .scans(),
    word("ext", Name, Place::Ending, "the ending of its name, or the usual one of its type: jpg finds IMG_1.JPEG too")
        .scans(),
    word("filename", Text, Place::Names, "part of its name, as found and as kept: img_, *.heic")
        .or(&["file"])
        .sorts("media.filename")
        .scans(),
    word(
        "description",
        Text,
        Place::Text("metadata ->> '$.description'", 1),
        "part of its description: birthday, none",
    )
    .or(&["desc"])
    .scans(),
    word("camera", Text, Place::Camera, "part of the camera's name: canon, \"iphone 15\"").sorts("media.camera"),
    word("lens", Text, Place::Lens, "part of the lens's name: 50mm, EF\\ 24-70*").sorts("media.lens"),
    word("place", Text, Place::Text("metadata ->> '$.location_name'", 16), "part of the name of the place")
        .waits(NO_PLACE_NAMES),
    word("city", Text, Place::Text("metadata ->> '$.place.city'", 16), "part of the city's name").waits(NO_PLACE_NAMES),
    word(
        "country",
        Text,
        Place::Text("metadata ->> '$.place.country'", 16),
        "part of the country's name, or its two letters",
    )
    .waits(NO_PLACE_NAMES),
    word("tag", Name, Place::Tags, "a tag by its whole name: cat, trip*, none"),
    word(
        "album",
        Name,
        Place::Albums,
        "an album by its whole name or its id: \"Vacation 2026\", none; \"A/*\" is A and all beneath it, in quotes too",
    )
    .or(&["in"]),
    word(
        "source_type",
        Choice(SOURCE_TYPES),
        Place::Column("source_type"),
        "how it came: import, integration, user, system or upload",
    )
    .scans(),
    word("size", Bytes, Place::Column("size"), "how big the file is: >10MB, 1k..20k").sorts("media.size").scans(),
    word("width", Number(Unit::Plain), Place::Number("media.width"), "pixels across, as seen upright: >=1920")
        .sorts("media.width")
        .scans(),
    word("height", Number(Unit::Plain), Place::Number("media.height"), "pixels down: 1080")
        .sorts("media.height")
        .scans(),
    word("mp", Number(Unit::Megapixels), Place::Number(MEGAPIXELS), "megapixels: >=12; mp:12 is all that rounds to 12")
        .sorts(MEGAPIXELS)
        .scans(),
    word("ratio", Number(Unit::Ratio), Place::Number(RATIO), "width by height, within 1 %: 16:9, 1.5, >1")
        .sorts(RATIO)
        .scans(),
    word(
        "duration",
        Number(Unit::Seconds),
        Place::Number("media.duration"),
        "how long it plays: >90, 1:30..5m, 10 is all that rounds to 10 s",
    )
    .sorts("media.duration")
    .scans(),
    word("iso", Number(Unit::Plain), Place::Loose("media.iso"), "the sensitivity: 100, >=800, ..200")
        .sorts("media.iso"),
    word(
        "f",
        Number(Unit::Aperture),
        Place::Loose(APERTURE),
        "the f-number: 1.8 is all that rounds to 1.8, 1.4..2.8, <=f/2",
    )
    .sorts(APERTURE),
    word(
        "mm",
        Number(Unit::Millimetres),
        Place::Loose("media.focal_length_mm"),
        "the focal length: 50, 24..70, >=200mm",
    )
    .sorts("media.focal_length_mm"),
    word(
        "shutter",
        Number(Unit::Shutter),
        Place::Loose(SHUTTER),
        "how long the shutter was open, within 1 %: 1/250, >=1, 1/60..1/30",
    )
    .sorts(SHUTTER),
    word("id", Hex(32), Place::Registry, "its id, or the first 6 or more digits of it").sorts("object.id"),
    word("hash", Hex(64), Place::Column("hash"), "the SHA-256 of its bytes, or the first 6 or more digits of it")
        .sorts("media.hash"),
    word("source", Name, Place::Sources, "the account it came from, by name, service or id: instagram, @johnsmith")
        .or(&["integration"]),
    word("source_id", Name, Place::SourceId, "what the service it came from calls it").scans(),
    word(
        "link",
        Link,
        Place::Linked(Direction::Either),
        "has such a link: variant_of, variant_of.out, \"duplicate_of,0.9..\"",
    ),
    word(
        "linked",
        Linked(Direction::Either),
        Place::Linked(Direction::Either),
        "linked with this object, either way: ID, ID,0.9..",
    ),
    word(
        "linked_from",
        Linked(Direction::In),
        Place::Linked(Direction::In),
        "what this object has a link to: ID, ID,0.9..",
    ),
    word(
        "linked_to",
        Linked(Direction::Out),
        Place::Linked(Direction::Out),
        "what has a link to this object: ID, ID,0.9..",
    ),
    word(
        "links",
        Links,
        Place::Linked(Direction::Either),
        "how many links it has: 0, >2, duplicate_of>0, \"duplicate_of,0.9..>0\"",
    )
    .keyed(Keys::May("TYPE"))
    .scans(),
    word("albums", Tally, Place::Albums, "how many albums it is in: 0, >1, 2..4").sorts("media.album_count").scans(),
    word("tags", Tally, Place::Tags, "how many tags it bears: 0, >3, 2..4").sorts("media.tag_count").scans(),
    word(
        "dup",
        Hex(32),
        Place::Duplicates,
        "this media and all that are linked as duplicates, from one to the next: ID",
    ),
    word(
        "near",
        Near,
        Place::Position,
        "taken near a point or another media: 34.02,-118.49,5km or ID,500m; 1km unless given",
    ),
    word("bbox", Area, Place::Position, "taken in a box, in degrees: W,S,E,N; W > E crosses the date line"),
    word(
        "similar",
        Alike,
        Place::Picture,
        "looks like this photo: ID or ID,6 (bits of 64 that may differ, 8 unless given)",
    )
    .scans(),
    word(
        "status",
        Choice(STATUSES),
        Place::Column("processing_status"),
        "how far it has come: pending, processing, complete or failed",
    )
    .or(&["processing_status"])
    .sorts("media.processing_status")
    .scans(),
    word(
        "has",
        Flags(HAS),
        Place::Flags,
        "what it has: gps, date, exif, thumbnail, tags, description, album, camera, lens, link …",
    )
    .scans(),
    word(
        "is",
        Flags(IS),
        Place::Flags,
        "what it is: photo, video, raw, live, screenshot, landscape, favorite, unsorted, trashed …",
    )
    .scans(),
    word(
        "exif",
        Any,
        Place::Metadata(&["exif"]),
        "what the camera wrote: exif.flash:true, exif.gps_altitude>2000, exif.software:none",
    )
    .keyed(Keys::Must("KEY"))
    .scans(),
    word(
        "meta",
        Any,
        Place::Metadata(&[]),
        "anything in its metadata: meta.rating>=4, meta.instagram.likes>100, meta.\"a key\".0:x",
    )
    .keyed(Keys::Must("PATH"))
    .scans(),
];

const MEDIA_TYPES: &[&str] = &["photo", "video", "document", "other"];
const SOURCE_TYPES: &[&str] = &["import", "integration", "user", "system", "upload"];
const STATUSES: &[&str] = &["pending", "processing", "complete", "failed"];

const MEGAPIXELS: &str = "(media.width * media.height / 1e6)";
const RATIO: &str = "(media.width * 1.0 / media.height)";
const APERTURE: &str = "media.f_number";
const SHUTTER: &str = "media.exposure_time";

/// The word of this name or alias, any case.
pub fn find(name: &str) -> Option<&'static Word> {
    find_in(WORDS, name)
}

/// The word of this name or alias in a table, any case.
pub fn find_in(words: &'static [Word], name: &str) -> Option<&'static Word> {
    words.iter().find(|word| word.names().any(|known| known.eq_ignore_ascii_case(name)))
}

/// The name nearest to a misspelt one, if any is near.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    // Of short names nearly all are near one another.
    let most = match name.chars().count() {
        0 | 1 => 0,
        2..=4 => 1,
        _ => 2,
    };
    let distances = known.map(|known| (strsim::damerau_levenshtein(&name, known), known));
    let alike = |known: &str| known.chars().next() == name.chars().next();
    distances
        .filter(|(distance, known)| *distance <= most && (*distance <= 1 || alike(known)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

impl Word {
    /// Its name, then its aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// The comparisons it takes.
    pub fn ops(&self) -> &'static [Op] {
        use Op::{Above, AtLeast, AtMost, Below, Equals, Has, Like, Not};
        match self.kind {
            Text => &[Has, Equals, Not, Like],
            Date(Within) | Year | Kind::Part(_) | Bytes | Number(_) | Links | Tally | Strength => {
                &[Has, Equals, Not, Above, AtLeast, Below, AtMost]
            }
            Any => &[Has, Equals, Not, Like, Above, AtLeast, Below, AtMost],
            Date(_) | Age(_) => &[Has],
            Words | Name | Choice(_) | Hex(_) | Flags(_) | Link | Linked(_) | Near | Area | Alike => {
                &[Has, Equals, Not]
            }
        }
    }

    /// Whether `a..b` is a range in its values, rather than text as it stands.
    pub fn ranges(&self) -> bool {
        matches!(self.kind, Date(Within) | Year | Kind::Part(_) | Bytes | Number(_) | Any)
    }

    /// Whether `none` and `any` ask for there being no value, or one.
    pub fn may_be_empty(&self) -> bool {
        !matches!(self.kind, Words | Date(Before | Since | Until) | Age(_) | Flags(_))
    }

    /// Whether one media can have several of its values, so that `a&b` has a meaning.
    pub fn many(&self) -> bool {
        match self.kind {
            Words | Flags(_) | Any | Link | Linked(_) | Links => true,
            Name => !matches!(self.place, Place::Mime | Place::Ending),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_words_share_a_name() {
        let mut names: Vec<_> = WORDS.iter().flat_map(Word::names).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
    }

    #[test]
    fn no_help_teaches_a_quoted_star_where_it_is_only_a_star() {
        for word in WORDS {
            let within_quotes = word.help.split('"').skip(1).step_by(2);
            let stars: Vec<_> = within_quotes.filter(|quoted| quoted.contains(['*', '?'])).collect();
            assert!(
                stars.iter().all(|quoted| word.name == "album" && quoted.ends_with("/*")),
                "{}: {stars:?}",
                word.name
            );
        }
    }

    #[test]
    fn words_are_found_in_any_case_and_by_alias() {
        assert_eq!(find("Camera").map(|word| word.name), Some("camera"));
        assert_eq!(find("IN").map(|word| word.name), Some("album"));
        assert_eq!(find("camra"), None);
    }

    #[test]
    fn only_near_names_are_suggested() {
        let known = || WORDS.iter().flat_map(Word::names);
        assert_eq!(nearest("camra", known()), Some("camera"));
        assert_eq!(nearest("tga", known()), Some("tag"));
        for name in ["zebra", "nope", "path", "name", "C", "nabum"] {
            assert_eq!(nearest(name, known()), None, "{name}");
        }
    }
}
