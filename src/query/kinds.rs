//! What a word of the query language can be: how its values are written, and where the catalogue holds the answer.

use super::ast::Direction;
use super::flags::Flag;

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
    /// An instant in UTC: a column of `my_media` for which no clock on the wall is kept.
    Instant(&'static str),
    /// A number: what SQL computes of columns of `media`.
    Number(&'static str),
    /// A number another program may have written as something else.
    Loose(&'static str),
    /// The name on disk and its safe form.
    Names,
    /// The ending of its name, and that of its type.
    Ending,
    /// Its type by content.
    Mime,
    /// The camera: a column with few values, found by its index.
    Camera,
    /// The lens: likewise.
    Lens,
    /// A text: what SQL takes out of `media`, and the bit of `marks` that is set where it may be.
    Text(&'static str, u16),
    /// The two times it was taken: by the wall clock and in UTC.
    Taken,
    /// The tags it bears.
    Tags,
    /// The albums it is in.
    Albums,
    /// Its words, and the names of its albums.
    Words,
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
    /// Several, one a flag.
    Flags,
    /// Beneath these keys of its metadata.
    Metadata(&'static [&'static str]),
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
    /// How long ago.
    Age(Side),
    /// Years of the wall clock.
    Year,
    /// A part of a date, which comes round again.
    Part(Part),
    /// A number of bytes: `10M`, `4Ki`.
    Bytes,
    /// A number that need not be whole.
    Number(Unit),
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
    /// One of these.
    Flags(&'static [Flag]),
    /// Whatever stands in the metadata: numbers compare as numbers, text as text.
    Any,
    /// A number from 0 to 1.
    Strength,
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

/// A part of a date that comes round again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// 1 to 12.
    Month,
    /// 1 to 31.
    Day,
    /// 0 to 23.
    Hour,
    /// 1, a Monday, to 7.
    Weekday,
    /// A month and a day in it: 100 × month + day.
    MonthDay,
}

/// What a number counts, which says how it may be written and when two are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things, pixels, ISO: nothing follows the number.
    Plain,
    /// Millions of pixels; one number stands for all that round to it.
    Megapixels,
    /// Width by height: `1.5`, `3:2`; equal within 1 %.
    Ratio,
    /// Seconds: `90`, `1:30`, `1.5m`; one number stands for all that round to it.
    Seconds,
    /// How long the shutter was open, in seconds: `1/250`, `0.5`; equal within 1 %.
    Shutter,
    /// The f-number: `2.8`, `f/2.8`.
    Aperture,
    /// `50`, `50mm`.
    Millimetres,
}
