//! One value of one word → the condition it stands for.
//!
//! Pure: dates count from the `now` that is given, and names are not looked up.

use super::Ground;
use super::ast::{Edge, Op, Prefix, Reach, Test};
use super::dates::{self, Now, Span};
use super::error::{Wrong, quoted, waiting};
use super::flags::{Flag, Mark};
use super::lex::Value;
use super::loose::{self, Loose};
use super::matcher::Matcher;
use super::words::{Kind, Part, Place, Side, Unit, Word, nearest};
use super::{measure, parts, related, spot};
use crate::model::{Zone, amount};

/// The condition `value` puts on `word`; `None` when it holds for everything. A `!=` gives the condition that is then turned round.
///
/// # Errors
/// When the word cannot take the value.
pub(super) fn test(word: &Word, op: Op, value: &Value, ground: &Ground) -> Result<Option<Test>, Wrong> {
    let now = &ground.now;
    if value.text.is_empty() {
        return Err(Wrong::new("the value is empty").hint("`tag:none` finds what has no tag, `tag:any` what has one"));
    }
    if let Some(test) = emptiness(word, op, value) {
        return Ok(Some(test));
    }
    let date = |text: &str| dates::parse(text, now).map(|span| of_place(word.place, span, ground.zone));
    let test = match word.kind {
        Kind::Words => return words(op, value),
        Kind::Text | Kind::Name => Test::Matches(matcher(word, op, value)?),
        Kind::Choice(choices) => Test::Choice(choice(word, choices, value)?),
        Kind::Date(Side::Within) => time(op, value, date)?,
        Kind::Date(side) => one_side(side, date(&value.text)?),
        Kind::Age(side) => one_side(side, dates::age(&value.text, now)?),
        Kind::Year => time(op, value, year)?,
        Kind::Part(part) => part_of(part, op, value, now)?,
        Kind::Bytes => number(op, value)?,
        Kind::Number(unit) => Test::Real(real(unit, op, value)?),
        Kind::Hex(digits) => Test::Prefix(prefix(word, digits, &value.text)?),
        Kind::Link => related::link(value)?,
        Kind::Linked(direction) => related::linked(direction, value)?,
        Kind::Links => related::links(op, None, value)?,
        Kind::Tally => Test::Tally(related::tally(op, &value.text).map_err(|wrong| counted(word, op, value, wrong))?),
        Kind::Strength => related::strong(op, &value.text)?,
        Kind::Near => spot::near(value)?,
        Kind::Area => spot::area(value)?,
        Kind::Alike => spot::similar(value)?,
        Kind::Flags(flags) => Test::Flag(flag(word, flags, value)?),
        Kind::Any => Test::Matches(Matcher::Loose(loosely(op, value)?)),
    };
    Ok(Some(test))
}

/// A date without a zone is the wall clock of the photo, or the user's own for what no wall clock is kept of.
fn of_place(place: Place, span: Span, zone: Zone) -> Span {
    if matches!(place, Place::Instant(_)) { span.on(zone) } else { span }
}

/// `none` and `any`, unless quoted.
fn emptiness(word: &Word, op: Op, value: &Value) -> Option<Test> {
    if value.literal || !word.may_be_empty() || !matches!(op, Op::Has | Op::Equals | Op::Not) {
        return None;
    }
    match value.text.as_str() {
        "none" => Some(Test::Empty),
        "any" => Some(Test::Present),
        _ => None,
    }
}

/// A word or a phrase to search for. A bare word may go on; `*` says the same once more.
fn words(op: Op, value: &Value) -> Result<Option<Test>, Wrong> {
    let bare = |at: &usize| matches!(value.text.as_bytes().get(*at), Some(b'*' | b'?'));
    let mut text = value.text.as_str();
    let wild: Vec<usize> = value.bare.iter().copied().filter(bare).collect();
    match wild.as_slice() {
        [] => {}
        [star] if star + 1 == text.len() && text.ends_with('*') => text = &text[..*star],
        _ => {
            let wrong = Wrong::new(format!("a search word cannot hold `*` or `?`: {}", quoted(text)));
            return Err(wrong.hint("words match from their start; `filename:` takes patterns"));
        }
    }
    let from_start = op == Op::Has && (!value.phrase || !wild.is_empty());
    Ok((!text.is_empty()).then(|| Test::Words { text: text.to_owned(), from_start }))
}

fn matcher(word: &Word, op: Op, value: &Value) -> Result<Matcher, Wrong> {
    match (word.kind, op) {
        _ if word.place == Place::Ending => Ok(ending(op, value)),
        (_, Op::Like) => Matcher::regex(&value.text),
        (Kind::Text, Op::Has) => Ok(Matcher::contains(value)),
        (_, Op::Has) => Ok(Matcher::name(value)),
        _ => Ok(Matcher::whole(value)),
    }
}

/// An ending, with its dot or without.
fn ending(op: Op, value: &Value) -> Matcher {
    let text = value.text.strip_prefix('.').unwrap_or(&value.text);
    let cut = value.text.len() - text.len();
    let bare = value.bare.iter().filter_map(|at| at.checked_sub(cut)).collect();
    let value = Value { text: text.to_owned(), bare, ..value.clone() };
    Matcher::Ending(Box::new(if op == Op::Has { Matcher::name(&value) } else { Matcher::whole(&value) }))
}

/// A name was given where names are counted: the word for one of them takes it.
fn counted(word: &Word, op: Op, value: &Value, wrong: Wrong) -> Wrong {
    let one = word.name.strip_suffix('s').filter(|_| op == Op::Has && value.text.starts_with(char::is_alphabetic));
    match one.and_then(super::words::find) {
        Some(one) if value.text.contains(char::is_whitespace) => {
            wrong.hint(format_args!("did you mean `{}:\"{}\"`?", one.name, value.text))
        }
        Some(one) => wrong.hint(format_args!("did you mean {}?", quoted(&format!("{}:{}", one.name, value.text)))),
        None => wrong,
    }
}

fn flag(word: &Word, flags: &'static [Flag], value: &Value) -> Result<Mark, Wrong> {
    let given = value.text.to_lowercase();
    let names = || flags.iter().map(|flag| flag.name);
    let Some(flag) = flags.iter().find(|flag| flag.name == given) else {
        let wrong = Wrong::new(format!("`{}` does not know {}", word.name, quoted(&value.text)));
        return Err(match nearest(&given, names()) {
            Some(near) => wrong.hint(format_args!("did you mean `{near}`?")),
            None => wrong.hint(format_args!("it knows {}", names().collect::<Vec<_>>().join(", "))),
        });
    };
    flag.waits.map_or(Ok(flag.mark), |reason| Err(waiting(reason)))
}

/// A part of a date, or a range of them, which may go round the end.
fn part_of(part: Part, op: Op, value: &Value, now: &Now) -> Result<Test, Wrong> {
    match ends(op, value)? {
        None => parts::test(part, op, (&value.text, &value.text), now),
        Some(ends) => parts::test(part, op, (ends.first.unwrap_or_default(), ends.last.unwrap_or_default()), now),
    }
}

fn real(unit: Unit, op: Op, value: &Value) -> Result<Reach, Wrong> {
    match ends(op, value)? {
        None => measure::one(unit, op, &value.text),
        Some(ends) => measure::range(unit, ends.first, ends.last)?.ok_or_else(|| ends.backwards()),
    }
}

/// What stands in metadata. Only numbers make a range: in texts `..` stands as it is.
fn loosely(op: Op, value: &Value) -> Result<Loose, Wrong> {
    let numbers = |end: &str| end.is_empty() || loose::number(end).is_some();
    let is_range = |(first, last): (&str, &str)| numbers(first) && numbers(last);
    let Some(ends) = value.range().filter(|pair| is_range(*pair)).and_then(|_| ends(op, value).transpose()) else {
        return Loose::of(op, value);
    };
    let ends = ends?;
    let end = |text: Option<&str>| text.and_then(loose::number).map(Edge::included);
    let reach = Reach { least: end(ends.first), most: end(ends.last) };
    let backwards = reach.least.zip(reach.most).is_some_and(|(least, most)| least.at > most.at);
    if backwards { Err(ends.backwards()) } else { Ok(Loose::Within(reach)) }
}

fn choice(word: &Word, choices: &'static [&'static str], value: &Value) -> Result<&'static str, Wrong> {
    let given = value.text.to_lowercase();
    choices.iter().copied().find(|choice| *choice == given).ok_or_else(|| {
        let wrong = Wrong::new(format!("{} is no {}", quoted(&value.text), word.name));
        match nearest(&given, choices.iter().copied()) {
            Some(near) => wrong.hint(format_args!("did you mean `{near}`?")),
            None => wrong.hint(format_args!("it is one of {}", choices.join(", "))),
        }
    })
}

fn year(text: &str) -> Result<Span, Wrong> {
    let year = text.parse::<i32>().ok().filter(|year| (1..=9999).contains(year));
    let wrong = || Wrong::new(format!("{} is no year", quoted(text))).hint("years go from 1 to 9999");
    year.and_then(|year| dates::years(year, year)).ok_or_else(wrong)
}

/// A time by a date, a comparison with one, or a range of them.
fn time(op: Op, value: &Value, parse: impl Fn(&str) -> Result<Span, Wrong>) -> Result<Test, Wrong> {
    let Some(ends) = ends(op, value)? else {
        let span = parse(&value.text)?;
        let (from, until) = match op {
            Op::Above => (Some(span.end), None),
            Op::AtLeast => (Some(span.start), None),
            Op::Below => (None, Some(span.start)),
            Op::AtMost => (None, Some(span.end)),
            Op::Has | Op::Equals | Op::Not | Op::Like => (Some(span.start), Some(span.end)),
        };
        return Ok(Test::Time { from, until });
    };
    let from = ends.first.map(&parse).transpose()?.map(|span| span.start);
    let until = ends.last.map(&parse).transpose()?.map(|span| span.end);
    match (from, until) {
        (Some(from), Some(until)) if from.clock == until.clock && from.millis >= until.millis => Err(ends.backwards()),
        _ => Ok(Test::Time { from, until }),
    }
}

fn one_side(side: Side, span: Span) -> Test {
    let (from, until) = match side {
        Side::Within => (Some(span.start), Some(span.end)),
        Side::Before => (None, Some(span.start)),
        Side::Since => (Some(span.start), None),
        Side::Until => (None, Some(span.end)),
    };
    Test::Time { from, until }
}

fn number(op: Op, value: &Value) -> Result<Test, Wrong> {
    let Some(ends) = ends(op, value)? else {
        let given = bytes(&value.text)?;
        let (least, most) = match op {
            Op::Above => (Some(given.saturating_add(1)), None), // nothing is as large as the largest number
            Op::AtLeast => (Some(given), None),
            Op::Below => (None, Some(given - 1)),
            Op::AtMost => (None, Some(given)),
            Op::Has | Op::Equals | Op::Not | Op::Like => (Some(given), Some(given)),
        };
        return Ok(Test::Number { least, most });
    };
    let least = ends.first.map(bytes).transpose()?;
    let most = ends.last.map(bytes).transpose()?;
    match (least, most) {
        (Some(least), Some(most)) if least > most => Err(ends.backwards()),
        _ => Ok(Test::Number { least, most }),
    }
}

/// The ends of a range as they are written; at least one is there.
struct Ends<'v> {
    first: Option<&'v str>,
    last: Option<&'v str>,
}

impl Ends<'_> {
    fn backwards(&self) -> Wrong {
        let (first, last) = (self.first.unwrap_or_default(), self.last.unwrap_or_default());
        let wrong = Wrong::new(format!("the range {} ends before it begins", quoted(&format!("{first}..{last}"))));
        wrong.hint(format_args!("did you mean {}?", quoted(&format!("{last}..{first}"))))
    }
}

/// The ends of a range; `None` when the value is none.
fn ends(op: Op, value: &Value) -> Result<Option<Ends<'_>>, Wrong> {
    let Some((first, last)) = value.range() else { return Ok(None) };
    if !matches!(op, Op::Has | Op::Equals | Op::Not) {
        let wrong = Wrong::new(format!("a range does not go with `{}`", op.as_str()));
        return Err(wrong.hint("write the range after a `:`"));
    }
    let given = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let ends = Ends { first: given(first), last: given(last) };
    if ends.first.is_none() && ends.last.is_none() {
        let wrong = Wrong::new("a range needs at least one end");
        return Err(wrong.hint("`2024..` is 2024 and later, `..2024` up to 2024"));
    }
    Ok(Some(ends))
}

/// A number of bytes.
fn bytes(text: &str) -> Result<i64, Wrong> {
    let wrong = || Wrong::new(format!("{} is no size", quoted(text))).hint("a size is 500, 20k, 1.5MB or 4GiB");
    amount::size(text).ok().and_then(|size| i64::try_from(size).ok()).ok_or_else(wrong)
}

fn prefix(word: &Word, most: usize, text: &str) -> Result<Prefix, Wrong> {
    Prefix::parse(text, most).ok_or_else(|| {
        let wrong = Wrong::new(format!("{} is no {}", quoted(text), word.name));
        wrong.hint(format_args!("give 6 or more of its digits 0-9 a-f, at most {most}"))
    })
}
