//! A place in an order, as text that can stand in a URL: `next_cursor` of a page, and what `--cursor` takes.
//!
//! It holds the values the last row of a page was compared by, so it marks the same place when rows come and go. What
//! it says is no secret and needs no trust: its values are parameters like any other.

use std::fmt::Write as _;

use super::error::{QueryError, Wrong, quoted};
use super::order::By;
use super::{Aim, Options};
use crate::store::Param;

/// The first byte of every cursor of this making.
const VERSION: u8 = 1;

/// Places among media are not named after their type.
pub(super) const MEDIA: &str = "";

/// A place in an order: just after the row with these values.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    order: u32,
    pub(super) values: Vec<Option<Param>>,
}

impl Cursor {
    /// The place after a row with these values in this order, of objects of this type.
    pub(super) fn new(options: &Options, of: &str, values: Vec<Option<Param>>) -> Self {
        Self { order: told(options, of), values }
    }

    /// Understands one, given with the order it is used with.
    ///
    /// # Errors
    /// When it is damaged, of another version, or marks a place in another order.
    pub fn parse(text: &str, options: &Options) -> Result<Self, QueryError> {
        Self::parse_of(MEDIA, text, options)
    }

    /// The same in an order of objects of this type.
    pub(super) fn parse_of(of: &str, text: &str, options: &Options) -> Result<Self, QueryError> {
        let refused = |why: &str| {
            let wrong = Wrong::new(format!("{} {why}", quoted(text)));
            wrong.hint("give `next_cursor` of the page before, with the same --sort").at(0..text.len()).within(text)
        };
        let cursor = read(text).ok_or_else(|| refused("is no cursor"))?;
        if cursor.order == told(options, of) { Ok(cursor) } else { Err(refused("is a place in another order")) }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = vec![VERSION];
        bytes.extend(self.order.to_be_bytes());
        for value in &self.values {
            put(&mut bytes, value.as_ref());
        }
        bytes.extend(digest(&bytes).to_be_bytes());
        bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Appends a value: a letter for its kind, then its bytes, those of texts after their number.
fn put(bytes: &mut Vec<u8>, value: Option<&Param>) {
    let long = |bytes: &mut Vec<u8>, kind, text: &[u8]| {
        bytes.push(kind);
        bytes.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(text);
    };
    match value {
        None => bytes.push(b'0'),
        Some(Param::Number(number)) => {
            bytes.push(b'n');
            bytes.extend(number.to_be_bytes());
        }
        Some(Param::Real(real)) => {
            bytes.push(b'r');
            bytes.extend(real.to_be_bytes());
        }
        Some(Param::Text(text)) => long(bytes, b't', text.as_bytes()),
        Some(Param::Bytes(blob)) => long(bytes, b'b', blob),
    }
}

/// What [`Cursor`] wrote; `None` for anything else.
fn read(text: &str) -> Option<Cursor> {
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()
        }
        _ => None,
    });
    let bytes: Vec<u8> = pairs.collect::<Option<_>>()?;
    let (body, check) = bytes.split_last_chunk::<4>()?;
    if digest(body) != u32::from_be_bytes(*check) {
        return None;
    }
    let (order, mut rest) = body.strip_prefix(&[VERSION])?.split_first_chunk::<4>()?;
    let mut values = Vec::new();
    while !rest.is_empty() {
        values.push(take(&mut rest)?);
    }
    Some(Cursor { order: u32::from_be_bytes(*order), values })
}

/// Takes one value off the front.
#[allow(clippy::option_option, reason = "no value at all is another thing than a missing one")]
fn take(rest: &mut &[u8]) -> Option<Option<Param>> {
    let eight = |rest: &mut &[u8]| rest.split_off(..8)?.try_into().ok();
    let long = |rest: &mut &[u8]| {
        let length = u32::from_be_bytes(rest.split_off(..4)?.try_into().ok()?);
        rest.split_off(..usize::try_from(length).ok()?).map(<[u8]>::to_vec)
    };
    Some(match rest.split_off_first()? {
        b'0' => None,
        b'n' => Some(Param::Number(i64::from_be_bytes(eight(rest)?))),
        b'r' => Some(Param::Real(f64::from_be_bytes(eight(rest)?))),
        b't' => Some(Param::Text(String::from_utf8(long(rest)?).ok()?)),
        b'b' => Some(Param::Bytes(long(rest)?)),
        _ => return None,
    })
}

/// An order in few bytes: what type the rows are of, whatever they are compared by, which way round, and from where.
fn told(options: &Options, of: &str) -> u32 {
    let Aim { origin, likeness } = options.aim;
    let mut text = of.to_owned();
    for key in &options.order {
        let _ = match key.by {
            By::Word(word) => write!(text, "{}", word.name),
            By::Distance => write!(text, "distance {origin:?}"),
            By::Similarity => write!(text, "similarity {likeness:?}"),
            By::Random(seed) => write!(text, "random {seed:?}"),
        };
        text.push(if key.descending == options.reverse { '+' } else { '-' });
    }
    text.push(if options.reverse { '-' } else { '+' });
    digest(text.as_bytes())
}

/// FNV-1a: for catching slips, not for keeping anybody out.
fn digest(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
