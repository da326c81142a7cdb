//! The tree of a question: what was asked, with every value already understood.
//!
//! No text of the question is left to interpret here; names are matched against the catalogue in `sql.rs`.

pub use super::related::{Direction, Links, Tally};
pub use super::spot::Centre;

use super::dates::Moment;
use super::flags::Mark;
use super::matcher::Matcher;
use super::words::{Part, Place, Word};

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// Everything.
    All,
    /// One term.
    Is(Term),
    /// All the rest.
    Not(Box<Expr>),
    /// What all of these find; never fewer than two.
    And(Vec<Expr>),
    /// What any of these finds; never fewer than two.
    Or(Vec<Expr>),
}

/// One condition on one word.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The word.
    pub word: &'static Word,
    /// What followed its name after dots.
    pub keys: Vec<Key>,
    /// The condition.
    pub test: Test,
}

/// What follows a word's name after a dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A name; quotes make any text one.
    Name(String),
    /// A place in a list, from 0: digits without quotes.
    At(u32),
}

/// A condition, one form for each way values are compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `none`: there is no value.
    Empty,
    /// `any`: there is one.
    Present,
    /// Words of a text, one after the other.
    Words {
        /// The words as they were written.
        text: String,
        /// Whether the last one may go on.
        from_start: bool,
    },
    /// A text or a name that matches.
    Matches(Matcher),
    /// One of a fixed list.
    Choice(&'static str),
    /// A time in this stretch, open where an end is missing.
    Time {
        /// Included.
        from: Option<Moment>,
        /// Not included.
        until: Option<Moment>,
    },
    /// A number between these, open where one is missing.
    Number {
        /// Included.
        least: Option<i64>,
        /// Included.
        most: Option<i64>,
    },
    /// Bytes that begin like this.
    Prefix(Prefix),
    /// Links with other objects.
    Links(Links),
    /// So many tags or albums.
    Tally(Tally),
    /// A link this strong: both ends included.
    Strength {
        /// From 0.
        least: f64,
        /// To 1.
        most: f64,
    },
    /// A place within so many metres.
    Near {
        /// Of here.
        centre: Centre,
        /// The radius.
        metres: f64,
    },
    /// A place in this box, in degrees. West of more than east crosses the date line.
    Box {
        /// The least longitude.
        west: f64,
        /// The least latitude.
        south: f64,
        /// The greatest longitude.
        east: f64,
        /// The greatest latitude.
        north: f64,
    },
    /// A picture that differs in at most so many of 64 bits.
    Alike {
        /// From that of the media whose id begins so.
        to: Prefix,
        /// 0 to 64.
        bits: u32,
    },
    /// A number between these, open where one is missing.
    Real(Reach),
    /// A part of a date from the first to the last, both included; round the end where the first is the greater.
    Turn {
        /// Which part.
        part: Part,
        /// Included.
        first: i64,
        /// Included.
        last: i64,
    },
    /// A flag.
    Flag(Mark),
}

/// A stretch of numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reach {
    /// Its lower end, if it has one.
    pub least: Option<Edge>,
    /// Its upper end, if it has one.
    pub most: Option<Edge>,
}

/// An end of a stretch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// Where it ends.
    pub at: f64,
    /// Whether that belongs to it.
    pub included: bool,
}

impl Edge {
    /// An end that belongs to the stretch.
    pub fn included(at: f64) -> Self {
        Self { at, included: true }
    }
}

impl std::fmt::Display for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let edge = |edge: Edge, way: &str| {
            let equal = if edge.included { "or exactly " } else { "" };
            format!("{way} {equal}{}", edge.at)
        };
        match (self.least, self.most) {
            (Some(least), Some(most)) if least == most => write!(f, "is {}", least.at),
            (Some(least), Some(most)) => write!(f, "is {} and {}", edge(least, "more than"), edge(most, "less than")),
            (Some(least), None) => write!(f, "is {}", edge(least, "more than")),
            (None, Some(most)) => write!(f, "is {}", edge(most, "less than")),
            (None, None) => f.write_str("is any number"),
        }
    }
}

impl Reach {
    /// Whether a number lies in it.
    pub fn holds(&self, number: f64) -> bool {
        let above = |edge: Edge| number > edge.at || (edge.included && number >= edge.at);
        let below = |edge: Edge| number < edge.at || (edge.included && number <= edge.at);
        self.least.is_none_or(above) && self.most.is_none_or(below)
    }
}

/// The fewest digits that name something.
const SHORTEST: usize = 6;

/// The first half-bytes of an id or a hash, as lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix(pub String);

impl Prefix {
    /// The prefix this text is: 6 to `most` hexadecimal digits, in any case, hyphens left out.
    pub fn parse(text: &str, most: usize) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).collect();
        let fits = (SHORTEST..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
        fits.then_some(Self(digits))
    }

    /// The least and the greatest sequence of `bytes` bytes that begins with these digits.
    pub fn bounds(&self, bytes: usize) -> (Vec<u8>, Vec<u8>) {
        (self.filled(bytes, 0x0), self.filled(bytes, 0xf))
    }

    fn filled(&self, bytes: usize, rest: u8) -> Vec<u8> {
        let digit = |at: usize| {
            let given = self.0.as_bytes().get(at).and_then(|digit| (*digit as char).to_digit(16));
            given.map_or(rest, |digit| digit as u8)
        };
        (0..bytes).map(|byte| digit(2 * byte) << 4 | digit(2 * byte + 1)).collect()
    }
}

/// What stands between a word and its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `:`
    Has,
    /// `=`
    Equals,
    /// `!=`
    Not,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `~`
    Like,
}

impl Op {
    /// All of them, the longer before those they begin with.
    pub const ALL: &'static [Self] =
        &[Self::Not, Self::AtLeast, Self::AtMost, Self::Has, Self::Equals, Self::Above, Self::Below, Self::Like];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Has => ":",
            Self::Equals => "=",
            Self::Not => "!=",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Like => "~",
        }
    }
}

impl Expr {
    /// All of these: the one itself where there is only one.
    pub fn all(mut parts: Vec<Self>) -> Self {
        match parts.len() {
            0 => Self::All,
            1 => parts.swap_remove(0),
            _ => Self::And(parts),
        }
    }

    /// Any of these: the one itself where there is only one.
    pub fn any(mut parts: Vec<Self>) -> Self {
        match parts.len() {
            1 => parts.swap_remove(0),
            _ => Self::Or(parts),
        }
    }

    /// Whether it asks for what is in the trash: by `is:trashed` or a time of deletion that is not negated, or by
    /// none that is. Without
    /// that nothing in the trash is looked at; with it, what `trashed` says.
    pub fn wants_trash(&self) -> bool {
        self.asks_for_trash(true)
    }

    fn asks_for_trash(&self, positive: bool) -> bool {
        match self {
            Self::All => false,
            Self::Is(term) => term.is_of_trash(positive),
            Self::Not(inner) => inner.asks_for_trash(!positive),
            Self::And(parts) | Self::Or(parts) => parts.iter().any(|part| part.asks_for_trash(positive)),
        }
    }

    /// The rest of it.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

impl Term {
    /// Whether only what is in the trash can answer to it, or to its negation where it is not `positive`.
    pub(super) fn is_of_trash(&self, positive: bool) -> bool {
        match self.test {
            Test::Flag(mark) => positive && mark == Mark::Trashed,
            Test::Empty => !positive && self.is_of_deletion(),
            _ => positive && self.is_of_deletion(),
        }
    }

    fn is_of_deletion(&self) -> bool {
        matches!(self.word.place, Place::Instant("deleted_at") | Place::Column("thing.deleted_at"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_of_an_odd_number_of_digits_spans_half_a_byte() {
        let (least, most) = Prefix("a1b2c3d".into()).bounds(5);
        assert_eq!(least, [0xa1, 0xb2, 0xc3, 0xd0, 0x00]);
        assert_eq!(most, [0xa1, 0xb2, 0xc3, 0xdf, 0xff]);
    }
}
