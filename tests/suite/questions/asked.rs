//! Questions as a tree of its own, and what each means, worked out one media at a time over plain values.
//!
//! This shares nothing with `src/query`: the contract of the language was read once more to write it.

use chrono::{DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, TimeDelta};

use super::fields::{Field, Kind, Reads, Unit};
use super::world::{Placed, World};

/// What a question is asked of, and when.
pub struct Ground<'a> {
    pub world: &'a World,
    pub placed: &'a Placed,
    pub now: DateTime<FixedOffset>,
}

/// A question.
#[derive(Debug, Clone)]
pub enum Ask {
    All,
    Leaf(Leaf),
    Not(Box<Ask>),
    And(Vec<Ask>),
    Or(Vec<Ask>),
}

/// One field, one comparison, its values: any of the outer list, all of an inner one.
#[derive(Debug, Clone)]
pub struct Leaf {
    pub field: &'static Field,
    pub op: Op,
    pub values: Vec<Vec<Val>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Has,
    Equals,
    Differs,
    Above,
    AtLeast,
    Below,
    AtMost,
    Like,
}

/// One value.
#[derive(Debug, Clone)]
pub enum Val {
    /// `none`
    Empty,
    /// `any`
    Present,
    /// A text, with `*` and `?` in it where they stand for others.
    Text(Vec<Glyph>),
    /// Words one after the other; the last may go on unless quoted.
    Words {
        text: String,
        whole: bool,
    },
    /// A regular expression of a few plain forms.
    Regex(Shape, String),
    Number(f64),
    Range(Option<f64>, Option<f64>),
    Date(Date),
    Dates(Option<Date>, Option<Date>),
    /// A word of a fixed list.
    Choice(&'static str),
    /// The first digits of an id or hash of the media at this place of the list, or digits nobody has.
    Digits(String),
    /// Latitude, longitude, metres.
    Near(f64, f64, f64),
    /// West, south, east, north.
    Within(f64, f64, f64, f64),
    /// A type of link, and whether from here, to here or either; how strong.
    Link(&'static str, Way, Option<(f64, f64)>),
    /// Linked to this media; how strong.
    Linked(String, Option<(f64, f64)>),
    /// Like this media but for so many bits.
    Similar(String, u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Either,
    Out,
    In,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    One(char),
    Any,
    Many,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Begins,
    Ends,
    Holds,
    Whole,
}

/// A date as it may be written.
#[derive(Debug, Clone)]
pub enum Date {
    /// Year; month; day; hour, minute, second as far as given; minutes east of UTC.
    Calendar { day: NaiveDate, parts: u8, clock: (u32, u32, u32), zone: Option<i32> },
    /// `today` and the like.
    Named(&'static str),
    /// So many of `h d w mo y` ago.
    Ago(i32, &'static str),
}

/// From, until (not included), and whether on the clock on the wall.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub from: i64,
    pub until: i64,
    pub wall: bool,
}

impl Ask {
    /// Whether this media is found.
    pub fn finds(&self, ground: &Ground, photo: usize) -> bool {
        match self {
            Self::All => true,
            Self::Leaf(leaf) => leaf.finds(ground, photo),
            Self::Not(inner) => !inner.finds(ground, photo),
            Self::And(parts) => parts.iter().all(|part| part.finds(ground, photo)),
            Self::Or(parts) => parts.iter().any(|part| part.finds(ground, photo)),
        }
    }

    /// Whether this media, which is in the trash, is found: by a branch that asks for the trash, and for nothing it is not.
    fn digs(&self, ground: &Ground, photo: usize, negated: bool) -> bool {
        let both = |parts: &[Self]| {
            let hold = parts.iter().all(|part| part.finds(ground, photo) != negated);
            hold && parts.iter().any(|part| part.digs(ground, photo, negated))
        };
        match self {
            Self::All => false,
            Self::Leaf(leaf) if negated == (leaf.op == Op::Differs) => leaf.digs(ground, photo),
            Self::Leaf(leaf) => leaf.unearths(ground, photo),
            Self::Not(inner) => inner.digs(ground, photo, !negated),
            Self::And(parts) if !negated => both(parts),
            Self::Or(parts) if negated => both(parts),
            Self::And(parts) | Self::Or(parts) => parts.iter().any(|part| part.digs(ground, photo, negated)),
        }
    }

    /// The places in the list of all that are found.
    pub fn found(&self, ground: &Ground) -> Vec<usize> {
        let looked_at = |at: &usize| ground.world.photos[*at].deleted.is_none() || self.digs(ground, *at, false);
        (0..ground.world.photos.len()).filter(looked_at).filter(|at| self.finds(ground, *at)).collect()
    }
}

impl Leaf {
    fn finds(&self, ground: &Ground, photo: usize) -> bool {
        let any = self.values.iter().any(|all| all.iter().all(|value| self.holds(ground, photo, value)));
        any != (self.op == Op::Differs)
    }

    /// Whether it holds by values that ask for the trash.
    fn digs(&self, ground: &Ground, photo: usize) -> bool {
        let trashed = |value: &Val| self.field.names[0] == "is" && matches!(value, Val::Choice("trashed"));
        let dated = |value: &Val| self.field.names[0] == "deleted" && !matches!(value, Val::Empty);
        let asks = |value: &Val| trashed(value) || dated(value);
        self.values.iter().any(|all| all.iter().any(asks) && all.iter().all(|value| self.holds(ground, photo, value)))
    }

    /// Whether it is denied by values that ask for the trash then: what is not without a time of deletion.
    fn unearths(&self, ground: &Ground, photo: usize) -> bool {
        let asks =
            self.field.names[0] == "deleted" && self.values.iter().flatten().any(|value| matches!(value, Val::Empty));
        asks && !self.values.iter().any(|all| all.iter().all(|value| self.holds(ground, photo, value)))
    }

    fn holds(&self, ground: &Ground, photo: usize, value: &Val) -> bool {
        match &self.field.reads {
            Reads::Texts(texts) => {
                let texts = texts(ground, photo);
                match value {
                    Val::Empty => texts.is_empty(),
                    Val::Present => !texts.is_empty(),
                    value => texts.iter().any(|text| self.answers(text, value)),
                }
            }
            Reads::Number(number) => {
                let number = number(ground, photo);
                match value {
                    Val::Empty => number.is_none(),
                    Val::Present => number.is_some(),
                    value => number.is_some_and(|number| self.compares(number, value)),
                }
            }
            Reads::Times(times) => self.timely(ground, times(ground, photo), value),
            Reads::Other(holds) => holds(ground, photo, value, self.op),
        }
    }

    /// A text or name against a value.
    fn answers(&self, text: &str, value: &Val) -> bool {
        match value {
            Val::Choice(choice) => text == *choice,
            Val::Digits(digits) => text.starts_with(&digits.to_lowercase().replace('-', "")),
            Val::Regex(shape, part) => {
                let (text, part) = (text.to_lowercase(), part.to_lowercase());
                match shape {
                    Shape::Begins => text.starts_with(&part),
                    Shape::Ends => text.ends_with(&part),
                    Shape::Holds => text.contains(&part),
                    Shape::Whole => text == part,
                }
            }
            Val::Text(glyphs) => {
                let text = plain(text);
                let wild = self.op != Op::Equals && glyphs.iter().any(|glyph| !matches!(glyph, Glyph::One(_)));
                let glyphs = plain_glyphs(glyphs);
                if wild {
                    return described(&glyphs, &text.chars().collect::<Vec<_>>());
                }
                let literal: String = glyphs.iter().map(|glyph| glyph.shown()).collect();
                let part = self.field.part && !matches!(self.op, Op::Equals | Op::Differs);
                if part { text.contains(&literal) } else { text == literal }
            }
            other => panic!("{other:?} is no text"),
        }
    }

    fn compares(&self, number: f64, value: &Val) -> bool {
        let apart = |given: f64| if self.field.kind == Kind::Number(Unit::Loose) { given * 0.01 } else { 0.0 };
        match (value, self.op) {
            (Val::Number(given), Op::Above) => number > given + apart(*given),
            (Val::Number(given), Op::AtLeast) => number >= given - apart(*given),
            (Val::Number(given), Op::Below) => number < given - apart(*given),
            (Val::Number(given), Op::AtMost) => number <= given + apart(*given),
            (Val::Number(given), _) if self.field.kind == Kind::Number(Unit::Rounded) => {
                let places = given.to_string().split_once('.').map_or(0, |(_, places)| places.len() as i32);
                let half = 0.5 * 10_f64.powi(-places);
                number >= given - half && number < given + half
            }
            (Val::Number(given), _) => (number - given).abs() <= apart(*given),
            (Val::Range(least, most), _) => {
                least.is_none_or(|least| number >= least - apart(least))
                    && most.is_none_or(|most| number <= most + apart(most))
            }
            other => panic!("{other:?} is no number"),
        }
    }

    /// A time by the clock on the wall and in UTC against a value.
    fn timely(&self, ground: &Ground, (wall, utc): (Option<i64>, Option<i64>), value: &Val) -> bool {
        let at = |span: &Span| if span.wall { wall } else { utc };
        let span =
            |date: &Date| date.span(&ground.now, self.field.local.then(|| ground.now.offset().local_minus_utc()));
        match value {
            Val::Empty => utc.is_none(),
            Val::Present => utc.is_some(),
            Val::Date(date) => {
                let span = span(date);
                let Some(at) = at(&span) else { return false };
                match (self.field.names[0], self.op) {
                    ("before", _) | (_, Op::Below) => at < span.from,
                    ("after", _) | (_, Op::AtLeast) => at >= span.from,
                    ("until", _) | (_, Op::AtMost) => at < span.until,
                    (_, Op::Above) => at >= span.until,
                    _ => at >= span.from && at < span.until,
                }
            }
            Val::Dates(from, until) => {
                let after = from.as_ref().is_none_or(|date| {
                    let span = span(date);
                    at(&span).is_some_and(|at| at >= span.from)
                });
                after
                    && until.as_ref().is_none_or(|date| {
                        let span = span(date);
                        at(&span).is_some_and(|at| at < span.until)
                    })
            }
            other => panic!("{other:?} is no date"),
        }
    }
}

impl Glyph {
    pub fn shown(self) -> char {
        match self {
            Self::One(c) => c,
            Self::Any => '?',
            Self::Many => '*',
        }
    }
}

/// In lower case, without accents: for the letters these tests use.
pub fn plain(text: &str) -> String {
    text.chars().flat_map(bare_letter).collect()
}

fn bare_letter(c: char) -> impl Iterator<Item = char> {
    let bare = match c {
        'á' | 'à' | 'â' | 'Á' | 'ä' | 'Ä' => 'a',
        'é' | 'è' | 'É' | 'ê' => 'e',
        'ü' | 'Ü' => 'u',
        'ö' | 'Ö' => 'o',
        'ñ' | 'Ñ' => 'n',
        c => c,
    };
    bare.to_lowercase()
}

fn plain_glyphs(glyphs: &[Glyph]) -> Vec<Glyph> {
    let bare = |glyph: &Glyph| match glyph {
        Glyph::One(c) => bare_letter(*c).map(Glyph::One).collect(),
        other => vec![*other],
    };
    glyphs.iter().flat_map(bare).collect()
}

/// Whether a pattern describes a text from end to end: the shortest way to say it, whatever it costs.
fn described(pattern: &[Glyph], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, _) => text.is_empty(),
        (Some((Glyph::Many, rest)), _) => (0..=text.len()).any(|skipped| described(rest, &text[skipped..])),
        (Some((Glyph::Any, rest)), Some((_, after))) => described(rest, after),
        (Some((Glyph::One(c), rest)), Some((first, after))) => c == first && described(rest, after),
        (Some(_), None) => false,
    }
}

/// The words of a text: what stands between characters that are no letters and no digits.
pub fn words(text: &str) -> Vec<String> {
    let plain = plain(text);
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether these words stand one after the other in a text; unless `whole`, the last may go on.
pub fn stand_in(asked: &[String], whole: bool, text: &str) -> bool {
    let there = words(text);
    let Some((last, first)) = asked.split_last() else { return false };
    there.windows(asked.len()).any(|window| {
        let (end, start) = window.split_last().unwrap();
        start == first && if whole { end == last } else { end.starts_with(last.as_str()) }
    })
}

impl Date {
    /// What it stands for. `local` is the distance in seconds from UTC of the clock dates without a zone are read on, where
    /// that is not the clock on the wall where a photo was taken.
    pub fn span(&self, now: &DateTime<FixedOffset>, local: Option<i32>) -> Span {
        let today = now.date_naive();
        let (from, until) = match self {
            Self::Ago(count, "h") => {
                let at = (*now - TimeDelta::hours((*count).into())).timestamp_millis();
                return Span { from: at, until: at + 1, wall: false };
            }
            Self::Named("now") => {
                let at = now.timestamp_millis();
                return Span { from: at, until: at + 1, wall: false };
            }
            Self::Ago(count, unit) => day(ago(today, *count, unit)),
            Self::Named(name) => named(name, today),
            Self::Calendar { day, parts, clock, zone } => {
                let (from, until) = calendar(*day, *parts, *clock);
                if let Some(minutes) = zone {
                    let shift = i64::from(*minutes) * 60_000;
                    return Span { from: millis(from) - shift, until: millis(until) - shift, wall: false };
                }
                (from, until)
            }
        };
        let shift = i64::from(local.unwrap_or_default()) * 1_000;
        Span { from: millis(from) - shift, until: millis(until) - shift, wall: local.is_none() }
    }
}

fn millis(time: NaiveDateTime) -> i64 {
    time.and_utc().timestamp_millis()
}

fn midnight(day: NaiveDate) -> NaiveDateTime {
    day.and_hms_opt(0, 0, 0).unwrap()
}

fn day(day: NaiveDate) -> (NaiveDateTime, NaiveDateTime) {
    (midnight(day), midnight(day + Days::new(1)))
}

fn ago(today: NaiveDate, count: i32, unit: &str) -> NaiveDate {
    let months = |count: i32| {
        let by = Months::new(count.unsigned_abs());
        if count < 0 { today + by } else { today - by }
    };
    match unit {
        "d" => today - TimeDelta::days(count.into()),
        "w" => today - TimeDelta::days(i64::from(count) * 7),
        "mo" => months(count),
        "y" => months(count * 12),
        other => panic!("{other}"),
    }
}

fn named(name: &str, today: NaiveDate) -> (NaiveDateTime, NaiveDateTime) {
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    let first = today.with_day(1).unwrap();
    let year = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap();
    let (from, until) = match name {
        "today" => return day(today),
        "yesterday" => return day(today - Days::new(1)),
        "this week" => (monday, monday + Days::new(7)),
        "last week" => (monday - Days::new(7), monday),
        "this month" => (first, first + Months::new(1)),
        "last month" => (first - Months::new(1), first),
        "this year" => (year, year + Months::new(12)),
        "last year" => (year - Months::new(12), year),
        other => panic!("{other}"),
    };
    (midnight(from), midnight(until))
}

fn calendar(first: NaiveDate, parts: u8, (h, m, s): (u32, u32, u32)) -> (NaiveDateTime, NaiveDateTime) {
    let from = match parts {
        1 => midnight(NaiveDate::from_ymd_opt(first.year(), 1, 1).unwrap()),
        2 => midnight(first.with_day(1).unwrap()),
        3 => midnight(first),
        4 => first.and_hms_opt(h, 0, 0).unwrap(),
        5 => first.and_hms_opt(h, m, 0).unwrap(),
        _ => first.and_hms_opt(h, m, s).unwrap(),
    };
    let until = match parts {
        1 => from + Months::new(12),
        2 => from + Months::new(1),
        3 => from + Days::new(1),
        4 => from + TimeDelta::hours(1),
        5 => from + TimeDelta::minutes(1),
        _ => from + TimeDelta::seconds(1),
    };
    (from, until)
}
