//! The one table of query words: parser, SQL, help, manual page and completion all read it.
//!
//! A word here names what it asks and how its values are written; the SQL behind each kind of word is `sql.rs`'s.

use super::ast::{Direction, Op};

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

/// What may follow a word's name after a dot; the text is what help calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// Nothing.
    None,
    /// A key, or none.
    May(&'static str),
    /// A key, and perhaps more, each after a dot.
    Must(&'static str),
}

/// Where the catalogue holds what a word asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A column of `my_media`.
    Column(&'static str),
    /// The name on disk and its safe form.
    Names,
    /// The camera: a column with few values, found by its index.
    Camera,
    /// The two times it was taken: by the wall clock and in UTC.
    Taken,
    /// The tags it bears.
    Tags,
    /// The albums it is in.
    Albums,
    /// Its words, and the names of its albums.
    Text,
    /// The registry of ids.
    Registry,
    /// The links it has, in this direction.
    Linked(Direction),
    /// Its links to the accounts it came from.
    Sources,
    /// What the service it came from calls it.
    SourceId,
    /// The links to its duplicates.
    Duplicates,
    /// Where it was taken.
    Position,
    /// The hash of its picture.
    Picture,
}

/// How the values of a word are written and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Full text: words match from their start, quotes make a phrase.
    Words,
    /// Text: `:` contains, `=` whole value, `~` regular expression.
    Text,
    /// A name: `:` whole name, `*` and `?` are patterns.
    Name,
    /// One of a fixed list of words.
    Choice(&'static [&'static str]),
    /// A date, standing for its whole span.
    Date(Side),
    /// Years of the wall clock.
    Year,
    /// A number of bytes: `10M`, `4Ki`.
    Bytes,
    /// The first 6 or more hexadecimal digits of something with this many.
    Hex(usize),
    /// A type of link, its direction, its strength: `variant_of.out`, `duplicate_of,0.9..`.
    Link,
    /// The other end of links in this direction, and their strength: `ID,0.9..`.
    Linked(Direction),
    /// How many links: `3..`, `duplicate_of>0`.
    Links,
    /// How many: `0`, `3..`.
    Tally,
    /// A point or an object and a radius.
    Near,
    /// West, south, east, north.
    Area,
    /// A picture and how many bits may differ from it.
    Alike,
}

/// Which side of a date a word asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// In the date's span.
    Within,
    /// Before its first instant.
    Before,
    /// From its first instant.
    Since,
    /// Through its last instant.
    Until,
}

use Kind::{Alike, Area, Bytes, Choice, Date, Hex, Link, Linked, Links, Name, Near, Tally, Text, Words, Year};
use Side::{Before, Since, Until, Within};

const fn word(name: &'static str, kind: Kind, place: Place, help: &'static str) -> Word {
    Word { name, aliases: &[], kind, place, order: None, scans: false, keys: Keys::None, waits: None, help }
}

impl Word {
    const fn or(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    const fn sorts(self, order: &'static str) -> Self {
        Self { order: Some(order), ..self }
    }

    const fn keyed(self, keys: Keys) -> Self {
        Self { keys, ..self }
    }

    const fn scans(self) -> Self {
        Self { scans: true, ..self }
    }
}

/// Every word, in the order of the help.
pub const WORDS: &[Word] = &[
    word(
        "text",
        Words,
        Place::Text,
        "words of name, description, tags, albums, camera, lens, place: beach, \"red car\"",
    ),
    word("date", Date(Within), Place::Taken, "when it was taken: 2026, 2026-02, 2025..2026, yesterday, 30d..")
        .or(&["taken_at"])
        .sorts("media.taken_at"),
    word("before", Date(Before), Place::Taken, "taken before the date began"),
    word("after", Date(Since), Place::Taken, "taken since the date began").or(&["since"]),
    word("until", Date(Until), Place::Taken, "taken before the date ended"),
    word("year", Year, Place::Taken, "the year it was taken, by the clock on the wall: 2024, 2019..2021"),
    word("type", Choice(MEDIA_TYPES), Place::Column("media_type"), "photo, video, document or other")
        .or(&["media_type"])
        .sorts("media.media_type"),
    word("filename", Text, Place::Names, "part of its name, as found and as kept: img_, *.heic")
        .or(&["file"])
        .sorts("media.filename")
        .scans(),
    word("camera", Text, Place::Camera, "part of the camera's name: canon, \"iphone 15\"").sorts("media.camera"),
    word("tag", Name, Place::Tags, "a tag by its whole name: cat, trip*, none"),
    word("album", Name, Place::Albums, "an album by its whole name or its id: \"Vacation 2026\", none").or(&["in"]),
    word("size", Bytes, Place::Column("size"), "how big the file is: >10MB, 1k..20k").sorts("media.size").scans(),
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
    word("albums", Tally, Place::Albums, "how many albums it is in: 0, >1, 2..4").scans(),
    word("tags", Tally, Place::Tags, "how many tags it bears: 0, >3, 2..4").scans(),
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
];

const MEDIA_TYPES: &[&str] = &["photo", "video", "document", "other"];

/// The word of this name or alias, any case.
pub fn find(name: &str) -> Option<&'static Word> {
    WORDS.iter().find(|word| word.names().any(|known| known.eq_ignore_ascii_case(name)))
}

/// The name nearest to a misspelt one, if any is near.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let most = if name.len() <= 3 { 1 } else { 2 };
    let distances = known.map(|known| (strsim::damerau_levenshtein(&name, known), known));
    distances.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
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
            Date(Within) | Year | Bytes => &[Has, Equals, Not, Above, AtLeast, Below, AtMost],
            Date(_) => &[Has],
            Words | Name | Choice(_) | Hex(_) => &[Has, Equals, Not],
            Links | Tally => &[Has, Equals, Not, Above, AtLeast, Below, AtMost],
            Link | Linked(_) | Near | Area | Alike => &[Has, Equals, Not],
        }
    }

    /// Whether `a..b` is a range in its values, rather than text as it stands.
    pub fn ranges(&self) -> bool {
        matches!(self.kind, Date(Within) | Year | Bytes)
    }

    /// Whether one media can have several of its values, so that `a&b` has a meaning.
    pub fn many(&self) -> bool {
        matches!(self.kind, Words | Name | Link | Linked(_) | Links)
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
        assert_eq!(nearest("zebra", known()), None);
    }
}
