//! An order in SQL: what rows are compared by, and which come after a cursor.
//!
//! Rows without a value come last, whichever way round the order is. The last thing compared is never the same for two
//! rows: the id where it is named, else the row's number, which costs nothing to read.

use super::Options;
use super::cursor::Cursor;
use super::order::{By, Key};
use crate::store::Param;

/// Which rows a statement gives. An index serves `a <= ?` and `a IS NULL`, but not both joined by OR: what comes after a
/// cursor is asked in two statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of them.
    Whole,
    /// Those with a value of what is compared first.
    Valued,
    /// Those without.
    Valueless,
}

/// Columns whose indexes hold only rows with a value: the first page of an order by them is had at once if those are
/// asked for alone (at a million media 12 ms instead of 850).
const SPARSE: &[&str] = &["media.camera", "media.lens", "media.iso", "media.focal_length_mm"];

/// The statements that together give the rows of an order, one after the other.
pub(super) fn parts(options: &Options) -> &'static [Part] {
    let first = options.order.first();
    let unique = first.is_none_or(Key::is_id);
    let sparse =
        first.is_some_and(|key| matches!(key.by, By::Word(word) if SPARSE.iter().any(|of| word.order == Some(of))));
    match options.after.as_ref().map(|cursor| cursor.values.first()) {
        None if sparse => &[Part::Valued, Part::Valueless],
        None => &[Part::Whole],
        Some(_) if unique => &[Part::Valued],
        Some(Some(Some(_))) => &[Part::Valued, Part::Valueless],
        Some(_) => &[Part::Valueless],
    }
}

/// One thing rows are compared by.
struct Compared {
    sql: String,
    down: bool,
}

/// All that rows are compared by.
pub(super) struct Sorting {
    by: Vec<Compared>,
    /// Whether the registry of ids must be joined as `object`.
    pub(super) by_id: bool,
}

impl Sorting {
    /// That of an order; `bind` takes a value and gives what stands for it.
    pub(super) fn of(options: &Options, bind: &mut dyn FnMut(Param) -> String) -> Self {
        Self::over("media", options, bind)
    }

    /// The same of rows that are called so.
    pub(super) fn over(row: &str, options: &Options, bind: &mut dyn FnMut(Param) -> String) -> Self {
        let mut by = Vec::with_capacity(options.order.len() + 1);
        for key in &options.order {
            by.push(Compared { sql: expression(key.by, options, bind), down: key.descending != options.reverse });
            if key.is_id() {
                return Self { by, by_id: true };
            }
        }
        by.push(Compared { sql: format!("{row}.n"), down: options.reverse });
        Self { by, by_id: false }
    }

    /// What is compared, as columns.
    pub(super) fn columns(&self) -> String {
        self.by.iter().map(|compared| compared.sql.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// What stands after `ORDER BY`.
    pub(super) fn order(&self, part: Part) -> String {
        let all = self.by.len();
        let skipped = usize::from(part == Part::Valueless && all > 1);
        let term = |(at, compared): (usize, &Compared)| {
            let valued = at + 1 == all || (at == 0 && part == Part::Valued);
            match (compared.down, valued) {
                (true, _) => format!("{} DESC", compared.sql),
                (false, true) => compared.sql.clone(),
                (false, false) => format!("{} NULLS LAST", compared.sql),
            }
        };
        self.by.iter().enumerate().skip(skipped).map(term).collect::<Vec<_>>().join(", ")
    }

    /// What holds of all rows that come after the cursor.
    pub(super) fn after(&self, cursor: &Cursor, bind: &mut dyn FnMut(Param) -> String) -> String {
        beyond(&self.by, &cursor.values, bind)
    }

    /// What holds of the rows of a part that come after the cursor, if there is one.
    pub(super) fn condition(
        &self,
        part: Part,
        after: Option<&Cursor>,
        bind: &mut dyn FnMut(Param) -> String,
    ) -> Option<String> {
        let [first, rest @ ..] = self.by.as_slice() else { return None };
        let values = after.map(|cursor| cursor.values.as_slice());
        match (part, values) {
            (Part::Valued, None) => Some(format!("{} IS NOT NULL", first.sql)),
            (Part::Valueless, Some([None, values @ ..])) => {
                Some(format!("{} IS NULL AND {}", first.sql, beyond(rest, values, bind)))
            }
            (Part::Valueless, _) => Some(format!("{} IS NULL", first.sql)),
            (Part::Valued, Some([Some(value), values @ ..])) => Some(past(first, value, rest, values, bind)),
            (Part::Whole, _) | (Part::Valued, Some(_)) => None,
        }
    }
}

/// Rows with a value past this one, or with the same and past the rest. The first bound says again what follows from the
/// others: an index is entered by it.
fn past(
    first: &Compared,
    value: &Param,
    rest: &[Compared],
    values: &[Option<Param>],
    bind: &mut dyn FnMut(Param) -> String,
) -> String {
    let (sql, than, value) = (&first.sql, first.than(), bind(value.clone()));
    if rest.is_empty() {
        return format!("{sql} {than} {value}");
    }
    format!("{sql} {than}= {value} AND ({sql} {than} {value} OR {})", beyond(rest, values, bind))
}

/// Rows past these values, compared in turn.
fn beyond(by: &[Compared], values: &[Option<Param>], bind: &mut dyn FnMut(Param) -> String) -> String {
    let ([first, rest @ ..], [value, values @ ..]) = (by, values) else { return "FALSE".to_owned() };
    let sql = &first.sql;
    match value {
        None => format!("({sql} IS NULL AND {})", beyond(rest, values, bind)),
        Some(value) => {
            let (than, value) = (first.than(), bind(value.clone()));
            if rest.is_empty() {
                return format!("{sql} {than} {value}");
            }
            let same = beyond(rest, values, bind);
            format!("({sql} {than} {value} OR {sql} IS NULL OR ({sql} = {value} AND {same}))")
        }
    }
}

impl Compared {
    fn than(&self) -> &'static str {
        if self.down { "<" } else { ">" }
    }
}

/// What is compared, as an expression on `media`.
fn expression(by: By, options: &Options, bind: &mut dyn FnMut(Param) -> String) -> String {
    match (by, options.aim.origin, options.aim.likeness) {
        (By::Word(word), _, _) => word.order.unwrap_or("NULL").to_owned(),
        (By::Distance, Some((lat, lon)), _) => {
            let (lat, lon) = (bind(Param::Real(lat)), bind(Param::Real(lon)));
            format!("metres(media.latitude, media.longitude, {lat}, {lon})")
        }
        (By::Similarity, _, Some(hash)) => format!("bits_apart(media.phash, {})", bind(Param::Number(hash))),
        (By::Distance | By::Similarity, _, _) => "NULL".to_owned(),
        (By::Random(seed), _, _) => scattered(seed.unwrap_or_default(), bind),
    }
}

/// A prime: 2^31 - 1. Products of two numbers below it stay whole numbers in SQL.
const PRIME: u64 = 2_147_483_647;

/// A number for each row that has nothing to do with its own: (a·n + b)^5 modulo [`PRIME`], with a and b from the seed. No
/// two rows below that prime have the same, for 5 does not divide it less one.
fn scattered(seed: u64, bind: &mut dyn FnMut(Param) -> String) -> String {
    let (factor, shift) = (1 + mixed(seed) % (PRIME - 1), mixed(!seed) % PRIME);
    let mut number = |value: u64| bind(Param::Number(value.cast_signed()));
    let (factor, shift) = (number(factor), number(shift));
    let x = format!("((media.n % {PRIME} * {factor} + {shift}) % {PRIME})");
    let square = format!("({x} * {x} % {PRIME})");
    format!("({square} * {square} % {PRIME} * {x} % {PRIME})")
}

/// Spreads a seed over 64 bits (the finish of `SplitMix64`), so that 1 and 2 give orders that have nothing in common.
fn mixed(seed: u64) -> u64 {
    let mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
