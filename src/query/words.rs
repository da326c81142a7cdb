//! The one table of query words: parser, SQL, help, manual page and completion all read it.
//!
//! A word here names what it asks and how its values are written; the SQL behind each kind of word is `sql.rs`'s.

use super::ast::Op;

/// One word of the query language: what stands before the colon.
#[derive(Debug, PartialEq, Eq)]
pub struct Word {
    /// The name, in lower case.
    pub name: &'static str,
    /// Other names for the same.
    pub aliases: &'static [&'static str],
    /// How its values are written and compared.
    pub kind: Kind,
    /// Where the answer stands: a column of `my_media`, or the dictionary or search table that holds it.
    pub column: &'static str,
    /// Whether results may be ordered by it.
    pub sorts: bool,
    /// Whether asking it reads every media of the owner; `--explain` says so.
    pub scans: bool,
    /// One line of help, without a full stop.
    pub help: &'static str,
}

/// How the values of a word are written and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Full text: words match from their start, quotes make a phrase.
    Words,
    /// Text: `:` contains, `=` whole value, `~` regular expression where the word takes it.
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

use Kind::{Bytes, Choice, Date, Hex, Name, Text, Words, Year};
use Side::{Before, Since, Until, Within};

const fn word(name: &'static str, kind: Kind, column: &'static str, help: &'static str) -> Word {
    Word { name, aliases: &[], kind, column, sorts: false, scans: false, help }
}

impl Word {
    const fn or(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    const fn sorts(self) -> Self {
        Self { sorts: true, ..self }
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
        "media_text",
        "any word of its name, description, tags, albums, camera, lens and place: beach, \"red car\"",
    ),
    word("date", Date(Within), "taken_at", "when it was taken: 2026, 2026-02, 2025..2026, yesterday, 30d..")
        .or(&["taken_at"])
        .sorts(),
    word("before", Date(Before), "taken_at", "taken before the date began"),
    word("after", Date(Since), "taken_at", "taken since the date began").or(&["since"]),
    word("until", Date(Until), "taken_at", "taken before the date ended"),
    word("year", Year, "taken_at", "the year it was taken, by the clock on the wall: 2024, 2019..2021"),
    word("type", Choice(&["photo", "video", "document", "other"]), "media_type", "photo, video, document or other")
        .or(&["media_type"])
        .sorts(),
    word("filename", Text, "filename", "part of its name, as found and as kept: img_, *.heic")
        .or(&["file"])
        .sorts()
        .scans(),
    word("camera", Text, "camera", "part of the camera's name: canon, \"iphone 15\"").sorts(),
    word("tag", Name, "my_tag", "a tag by its whole name: cat, trip*, none"),
    word("album", Name, "my_album", "an album by its whole name or its id: \"Vacation 2026\", none").or(&["in"]),
    word("size", Bytes, "size", "how big the file is: >10MB, 1k..20k").sorts().scans(),
    word("id", Hex(32), "id", "its id, or the first 6 or more digits of it").sorts(),
    word("hash", Hex(64), "hash", "the SHA-256 of its bytes, or the first 6 or more digits of it").sorts(),
];

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
            Text if self.column == "camera" => &[Has, Equals, Not, Like],
            Date(Within) | Year | Bytes => &[Has, Equals, Not, Above, AtLeast, Below, AtMost],
            Date(_) => &[Has],
            Words | Text | Name | Choice(_) | Hex(_) => &[Has, Equals, Not],
        }
    }

    /// Whether `a..b` is a range in its values, rather than text as it stands.
    pub fn ranges(&self) -> bool {
        matches!(self.kind, Date(Within) | Year | Bytes)
    }

    /// Whether one media can have several of its values, so that `a&b` has a meaning.
    pub fn many(&self) -> bool {
        matches!(self.kind, Words | Name)
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
