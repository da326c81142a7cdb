//! `hypernet help query` and hypernet-query(7): the query language in words, drawn from its one table.

use serde_json::{Value, json};

use super::Page;
use crate::query::words::{Keys, Kind, Side, WORDS, Word};

/// Questions, and what each finds. A test parses all of them, another runs them.
pub const EXAMPLES: &[(&str, &str)] = &[
    ("beach", "the word, or one that begins so, in name, description, tags, albums, camera, lens or place"),
    ("\"red car\" -tag:private", "two words one after the other, without what is tagged private"),
    ("before:2024 camera:Canon", "taken before 2024 began, with any camera that has Canon in its name"),
    ("tag:cat|dog date:2023..2024-06", "either tag, from the start of 2023 through June 2024"),
    ("tag:beach&sunset type:photo", "photos with both tags"),
    ("album:none newer:30d", "taken in the last thirty days and in no album"),
    ("album:\"Vacation 2026\" is:landscape mp>=12", "of one album, wider than high, 12 megapixels or more"),
    ("month:6..8 year:2022..2024 has:gps", "three summers, where the place is known"),
    ("near:34.02,-118.49,5km OR near:48.86,2.35,5km", "within 5 km of either point"),
    ("size>10MB -(type:video OR ext:heic)", "large, and neither a video nor HEIC"),
    ("camera~\"^iPhone 1[45]\" weekday:sat|sun", "a regular expression, and weekends"),
    ("iso:..200 exif.focal_length_mm>50", "up to ISO 200, and a number from the EXIF data"),
    ("links:duplicate_of>0 albums:0", "has near-duplicates and is in no album"),
    ("on:12-24 NOT hour:..12", "on December 24 of any year, in the afternoon"),
];

const VALUES: &[(&str, &str)] = &[
    (
        "date",
        "2024, 2024-07, 2024-07-15, 2024-07-15T18:30, with a zone after it or without; today, yesterday, now; thisweek, lastmonth, thisyear; 7d is seven days ago, and so 12h, 2w, 6mo, 1y. A date stands for its whole span: date:2024-07 is all July. Without a zone it is read on the clock on the wall where the picture was taken",
    ),
    ("age", "30d, 12h, 2w, 6mo, 1y: so long ago"),
    ("flag", "one of those above: has:gps, is:landscape"),
    ("size", "bytes, or with k M G T (thousands) or Ki Mi Gi Ti (1024s), and a B if you like: 10MB, 4Ki"),
    (
        "number",
        "12, 1.5; also 16:9 for ratio, 1/250 for shutter, 1:30 or 90s for duration, jul for month, sat for weekday",
    ),
    ("range", "1..5, 5.., ..5: both ends included, either may be missing"),
    (
        "text",
        "`:` contains, in any case and with or without accents; `=` is the whole value; with a * or ? it is a pattern for the whole value",
    ),
    ("name", "the whole name, in any case; * stands for any characters and ? for one: tag:trip*, mime:image/*"),
    ("id, hash", "the first 6 digits or more"),
    (
        "link",
        "the type of a link, such as variant_of; .out or .in after it for links that go out from the media or come in; after a comma how strong, from 0 to 1: duplicate_of,0.9..",
    ),
    ("place", "latitude, longitude and a radius in m, km or mi: 34.02,-118.49,5km; or around another media: ID,500m"),
    ("box", "west, south, east, north in degrees: 5.8,45.8,10.5,47.9; W > E crosses the date line"),
    ("bits", "after an id and a comma, how many of 64 may differ: ID,6"),
    (
        "expression",
        "after ~, a regular expression that finds something in the value, in any case: camera~\"^iPhone 1[45]\"",
    ),
    ("none, any", "there is no value, there is one: tag:none, album:any"),
    ("a|b", "either: tag:cat|dog"),
    ("a&b", "both, where a media can have several: tag:beach&sunset"),
    (
        "\"...\", '...'",
        "a value as it stands, with blanks and all; \\\" and \\\\ between double quotes, '' between single ones. Elsewhere \\ does the same for one character. \"none\" in quotes is a name",
    ),
];

const COMPARISONS: &[(&str, &str)] = &[
    (":", "is, contains, or lies in, by the kind of field"),
    ("=", "is, as a whole; a star is a star"),
    ("!=", "is not"),
    ("> >= < <=", "more, at least, less, at most; for dates later and earlier"),
    ("~", "a regular expression finds something"),
];

/// The page.
pub fn page() -> Page {
    let page = Page::default()
        .text("This is the language of `hypernet query QUERY`, of --where, and of saved queries. The flags of the command are in `hypernet query --help`.")
        .heading("A query")
        .text("A bare word is searched for in names, titles, descriptions, tags, albums, cameras, lenses and places. FIELD:VALUE asks one field; there is no blank around the colon. Terms side by side mean AND. OR joins two sides, AND binds tighter than OR, NOT or a leading - turns one term or bracket round, and ( ) group. These words are capitals. Nothing, or *, is everything. @NAME stands for a query saved under [queries] in config.toml.")
        .text("One argument is a whole query. Of several, each is one term, whose value runs to the end of its argument, or one of AND OR NOT ( ). In a shell > < | & * ( ) \" and blanks need quotes: put the query in single quotes. What is in the trash is found by is:trashed only, or with --with-trashed.")
        .heading("Comparisons")
        .list(COMPARISONS.iter().copied())
        .heading("Fields")
        .list(WORDS.iter().filter(|word| word.waits.is_none()).map(|word| (called(word), told(word))));
    ends(flags(waiting(page)).heading("Values").list(VALUES.iter().copied()))
}

/// What the words that take flags can be asked for.
fn flags(page: Page) -> Page {
    let flags = WORDS.iter().flat_map(|word| match word.kind {
        Kind::Flags(flags) => flags.iter().map(move |flag| (word, flag)).collect(),
        _ => Vec::new(),
    });
    let rows = flags.map(|(word, flag)| {
        let later = flag.waits.map_or_else(String::new, |why| format!(" (not available yet: {why})"));
        (format!("{}:{}", word.name, flag.name), format!("{}{later}", flag.help))
    });
    page.heading("Flags").list(rows)
}

/// The fields whose data comes later, if there are any.
fn waiting(page: Page) -> Page {
    let mut later =
        WORDS.iter().filter_map(|word| Some((called(word), format!("{}: {}", word.help, word.waits?)))).peekable();
    if later.peek().is_none() {
        return page;
    }
    page.heading("Not available yet").text("To ask one of these is an error that says so.").list(later)
}

fn ends(page: Page) -> Page {
    page.heading("Examples")
        .list(EXAMPLES.iter().copied())
        .heading("Errors")
        .text("A query that is not understood ends with exit code 2 before anything is opened. The error shows the query with a caret under the spot and, where a name is nearly one that there is, what was probably meant:")
        .lines(["error: unknown field `camra`", "  camra:nikon", "  ^^^^^", "hint: did you mean `camera:`?"])
        .text("Nothing found is no error: exit code 0, or 4 under --exit-status.")
}

/// The names of a field as a list shows them.
fn called(word: &Word) -> String {
    let key = match word.keys {
        Keys::None => String::new(),
        Keys::May(key) => format!("[.{key}]"),
        Keys::Must(key) => format!(".{key}"),
    };
    let names: Vec<_> = word.names().map(|name| format!("{name}{key}")).collect();
    names.join(", ")
}

/// What a field finds, its kind, what may stand between it and its value, and what it costs.
fn told(word: &Word) -> String {
    let mut told = format!("{} ({}", word.help, kind(word));
    if let [_, more @ ..] = word.ops()
        && !more.is_empty()
    {
        let ops: Vec<_> = word.ops().iter().map(|op| op.as_str()).collect();
        told.push_str("; ");
        told.push_str(&ops.join(" "));
    }
    if word.order.is_some() {
        told.push_str("; sorts");
    }
    if word.scans {
        told.push_str("; reads everything");
    }
    told + ")"
}

/// How the values of a field are written, in a word of the section on values.
fn kind(word: &Word) -> &'static str {
    match word.kind {
        Kind::Words => "search",
        Kind::Text => "text",
        Kind::Name => "name",
        Kind::Choice(_) => "one of these",
        Kind::Date(Side::Within) => "date, range",
        Kind::Date(_) => "date",
        Kind::Bytes => "size, range",
        Kind::Hex(_) => "id, hash",
        Kind::Link => "link",
        Kind::Linked(_) => "id, strength",
        Kind::Links => "number, range, link",
        Kind::Near => "place",
        Kind::Area => "box",
        Kind::Alike => "id, bits",
        Kind::Year | Kind::Part(_) | Kind::Number(_) | Kind::Tally | Kind::Strength => "number, range",
        Kind::Age(_) => "age",
        Kind::Flags(_) => "flag",
        Kind::Any => "number, range, text",
    }
}

/// The fields for scripts.
pub fn table() -> Value {
    let row = |word: &Word| {
        let comparisons: Vec<_> = word.ops().iter().map(|op| op.as_str()).collect();
        json!({
            "name": word.name, "aliases": word.aliases, "kind": kind(word), "comparisons": comparisons,
            "sorts": word.order.is_some(), "scans": word.scans, "help": word.help, "not_yet": word.waits,
        })
    };
    WORDS.iter().map(row).collect()
}

/// What the command `query` does, and where there is more: its full help is about flags.
pub fn about() -> String {
    let names: Vec<_> = WORDS.iter().filter(|word| word.waits.is_none()).map(|word| word.name).collect();
    format!(
        "{ABOUT}\n\nFields: {}\n\n`hypernet help query` explains them and the language, with examples.",
        names.join(", ")
    )
}

const ABOUT: &str = "Find photos, videos and other media

One argument is a whole question; of several, each is one term. Words are searched for in names, descriptions, tags, \
albums, cameras and places; `field:value` asks one field. Terms side by side mean AND; there are also OR, NOT, a leading \
`-`, brackets, `a|b` for either value, `..` for ranges, and `none` and `any`. `@name` is a query kept in config.toml under [queries].";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Ground, parse};

    #[test]
    fn every_example_is_a_question_that_is_understood() {
        let now = chrono::DateTime::parse_from_rfc3339("2026-07-31T10:00:00+02:00").unwrap();
        let ground =
            Ground { zone: crate::model::Zone::Fixed(*now.offset()), now, saved: std::collections::BTreeMap::new() };
        assert!(EXAMPLES.len() >= 10);
        for (example, _) in EXAMPLES {
            assert!(parse(example, &ground).is_ok(), "{example}: {:?}", parse(example, &ground));
        }
    }

    #[test]
    fn every_word_is_on_the_page() {
        let drawn = page().drawn(100);
        for word in WORDS {
            assert!(word.names().all(|name| drawn.contains(name)), "{}", word.name);
            assert!(word.waits.is_none_or(|_| drawn.contains("Not available yet")), "{}", word.name);
        }
        assert_eq!(table().as_array().unwrap().len(), WORDS.len());
    }
}
