//! Values of the words that ask for links: `duplicate_of,0.9..`, `variant_of.out`, an id, how many there are.
//!
//! Pure: objects are looked up in `condition/links.rs`.

use super::ast::{Key, Op, Prefix, Test};
use super::error::{Wrong, quoted};
use super::lex::Value;
use super::words::nearest;
use crate::model::link::LinkType;

/// Which end of a link a media is at. A link that holds both ways has it at both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Either.
    Either,
    /// The link starts at it.
    Out,
    /// The link ends at it.
    In,
}

/// Live links of a media.
#[derive(Debug, Clone, PartialEq)]
pub struct Links {
    /// Of this type; of any where none is given.
    pub link_type: Option<LinkType>,
    /// Going this way.
    pub direction: Direction,
    /// With the objects whose ids begin so.
    pub other: Option<Prefix>,
    /// At least and at most this strong, 0 to 1.
    pub strength: Option<(f64, f64)>,
    /// So many of them.
    pub many: Tally,
}

/// How many: both ends included, open where one is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// At least.
    pub least: Option<i64>,
    /// At most.
    pub most: Option<i64>,
}

impl Tally {
    /// One or more.
    pub const SOME: Self = Self { least: Some(1), most: None };

    /// Whether nothing at all is meant.
    pub fn is_none(self) -> bool {
        self.most == Some(0)
    }
}

const STRENGTH: &str = "a strength is from 0 to 1: 0.9, 0.9.., ..0.5, 0.7..0.89";

/// `TYPE[.out|.in][,STRENGTH]`.
///
/// # Errors
/// When it is no type of link, or no strength.
pub(super) fn link(value: &Value) -> Result<Test, Wrong> {
    let (text, strength) = with_strength(&value.text)?;
    let (link_type, direction) = typed(text)?;
    Ok(Test::Links(Links { link_type, direction, other: None, strength, many: Tally::SOME }))
}

/// `ID[,STRENGTH]`: links with the objects whose ids begin so.
///
/// # Errors
/// When it is no beginning of an id, or no strength.
pub(super) fn linked(direction: Direction, value: &Value) -> Result<Test, Wrong> {
    let (text, strength) = with_strength(&value.text)?;
    let other = Some(id(text)?);
    Ok(Test::Links(Links { link_type: None, direction, other, strength, many: Tally::SOME }))
}

/// `COUNT[,STRENGTH]`, or `TYPE[.out|.in][,STRENGTH]`, which a comparison and a count may follow. `of` is the type where
/// the word itself names one.
///
/// # Errors
/// When it is neither.
pub(super) fn links(op: Op, of: Option<&Key>, value: &Value) -> Result<Test, Wrong> {
    let text = value.text.as_str();
    if let Some(of) = of {
        let (count, strength) = with_strength(text)?;
        let (link_type, direction) = match of {
            Key::Name(name) => typed(name)?,
            Key::At(number) => typed(&number.to_string())?,
        };
        let many = match count {
            "none" => Tally { least: None, most: Some(0) },
            "any" => Tally::SOME,
            count => tally(op, count)?,
        };
        return Ok(Test::Links(Links { link_type, direction, other: None, strength, many }));
    }
    let compared = text.find(['>', '<', '=', ':', '!']).filter(|_| op == Op::Has);
    let (front, count) = compared.map_or((text, None), |at| (&text[..at], Some(&text[at..])));
    let (front, strength) = with_strength(front)?;
    let counted = front.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    let (link_type, direction, many) = match count {
        None if counted => (None, Direction::Either, tally(op, front)?),
        None => {
            let (link_type, direction) = typed(front)?;
            (link_type, direction, Tally::SOME)
        }
        Some(count) => {
            let (link_type, direction) = typed(front)?;
            (link_type, direction, compared_tally(count)?)
        }
    };
    Ok(Test::Links(Links { link_type, direction, other: None, strength, many }))
}

/// A count after its own comparison: `>0`, `:2..5`.
fn compared_tally(text: &str) -> Result<Tally, Wrong> {
    let op = Op::ALL.iter().find(|op| text.starts_with(op.as_str()) && !matches!(op, Op::Not | Op::Like));
    let Some(op) = op else {
        return Err(
            Wrong::new(format!("{} compares nothing", quoted(text))).hint("it is one of `:` `=` `>` `>=` `<` `<=`")
        );
    };
    tally(*op, &text[op.as_str().len()..])
}

/// How many: a whole number, or a range of them.
///
/// # Errors
/// When it is none.
pub(super) fn tally(op: Op, text: &str) -> Result<Tally, Wrong> {
    if let Some((first, last)) = text.split_once("..") {
        if !matches!(op, Op::Has | Op::Equals | Op::Not) {
            let wrong = Wrong::new(format!("a range does not go with `{}`", op.as_str()));
            return Err(wrong.hint("write the range after a `:`"));
        }
        let end = |text: &str| Some(text).filter(|text| !text.is_empty()).map(whole).transpose();
        return match (end(first)?, end(last)?) {
            (None, None) => Err(Wrong::new("a range needs at least one end").hint("`3..` is three or more")),
            (Some(least), Some(most)) if least > most => Err(backwards(first, last)),
            (least, most) => Ok(Tally { least, most }),
        };
    }
    let given = whole(text)?;
    let (least, most) = match op {
        Op::Above => (Some(given.saturating_add(1)), None),
        Op::AtLeast => (Some(given), None),
        Op::Below => (None, Some(given - 1)),
        Op::AtMost => (None, Some(given)),
        Op::Has | Op::Equals | Op::Not | Op::Like => (Some(given), Some(given)),
    };
    Ok(Tally { least, most })
}

fn whole(text: &str) -> Result<i64, Wrong> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = text.parse::<i64>().ok().filter(|_| digits);
    number.ok_or_else(|| Wrong::new(format!("{} is no count", quoted(text))).hint("a count is 0, 3, 1..5 or 3.."))
}

fn backwards(first: &str, last: &str) -> Wrong {
    let wrong = Wrong::new(format!("the range {} ends before it begins", quoted(&format!("{first}..{last}"))));
    wrong.hint(format_args!("did you mean {}?", quoted(&format!("{last}..{first}"))))
}

/// The first 6 or more digits of an id.
///
/// # Errors
/// When the text is none.
pub(super) fn id(text: &str) -> Result<Prefix, Wrong> {
    let wrong = || Wrong::new(format!("{} is no id", quoted(text))).hint("give 6 or more of its digits 0-9 a-f");
    Prefix::parse(text, 32).ok_or_else(wrong)
}

/// A type of link, or `any`, and which way it goes.
fn typed(text: &str) -> Result<(Option<LinkType>, Direction), Wrong> {
    let (name, direction) = match text.rsplit_once('.') {
        Some((name, "out")) => (name, Direction::Out),
        Some((name, "in")) => (name, Direction::In),
        _ => (text, Direction::Either),
    };
    let given = name.to_lowercase();
    if given == "any" {
        return Ok((None, direction));
    }
    let known = || LinkType::ALL.iter().map(|link_type| link_type.as_str());
    let link_type = LinkType::parse(&given).map_err(|_| {
        let wrong = Wrong::new(format!("{} is no type of link", quoted(text)));
        match nearest(&given, known()) {
            Some(near) => wrong.hint(format_args!("did you mean `{near}`?")),
            None => wrong.hint(format_args!(
                "it is one of {}; `.out` or `.in` may follow",
                known().collect::<Vec<_>>().join(", ")
            )),
        }
    })?;
    Ok((Some(link_type), direction))
}

/// A strength, a comparison with one, or a range of them.
///
/// # Errors
/// When it is none.
pub(super) fn strong(op: Op, text: &str) -> Result<Test, Wrong> {
    let (least, most) = strengths(text)?;
    if text.contains("..") && !matches!(op, Op::Has | Op::Equals | Op::Not) {
        return Err(
            Wrong::new(format!("a range does not go with `{}`", op.as_str())).hint("write the range after a `:`")
        );
    }
    let (least, most) = match op {
        Op::Above => (least.next_up(), 1.0),
        Op::AtLeast => (least, 1.0),
        Op::Below => (0.0, most.next_down()),
        Op::AtMost => (0.0, most),
        Op::Has | Op::Equals | Op::Not | Op::Like => (least, most),
    };
    Ok(Test::Strength { least, most })
}

/// The least and the greatest strength.
type Ends = (f64, f64);

/// What stands before the first comma, and the strength after it.
fn with_strength(text: &str) -> Result<(&str, Option<Ends>), Wrong> {
    let Some((text, strength)) = text.split_once(',') else { return Ok((text, None)) };
    strengths(strength).map(|ends| (text, Some(ends)))
}

fn strengths(strength: &str) -> Result<(f64, f64), Wrong> {
    let number = |text: &str| {
        let number = text.parse::<f64>().ok().filter(|number| (0.0..=1.0).contains(number));
        number.ok_or_else(|| Wrong::new(format!("{} is no strength", quoted(text))).hint(STRENGTH))
    };
    let Some((first, last)) = strength.split_once("..") else {
        let exact = number(strength)?;
        return Ok((exact, exact));
    };
    let lower = if first.is_empty() { 0.0 } else { number(first)? };
    let upper = if last.is_empty() { 1.0 } else { number(last)? };
    match (first, last) {
        ("", "") => Err(Wrong::new("a range needs at least one end").hint(STRENGTH)),
        _ if lower > upper => Err(backwards(first, last)),
        _ => Ok((lower, upper)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Expr, Ground, QueryError, ast::Term, parse};
    use super::*;

    fn understood(text: &str) -> Result<Links, QueryError> {
        let now = chrono::DateTime::UNIX_EPOCH.into();
        let zone = crate::model::Zone::parse("utc").unwrap();
        let ground = Ground { now, zone, saved: std::collections::BTreeMap::new() };
        match parse(text, &ground)? {
            Expr::Is(Term { test: Test::Links(links), .. }) => Ok(links),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[track_caller]
    fn check(
        text: &str,
        link_type: Option<LinkType>,
        direction: Direction,
        strength: Option<(f64, f64)>,
        many: (i64, i64),
    ) {
        let links = understood(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let bounds = (links.many.least.unwrap_or(-1), links.many.most.unwrap_or(-1));
        assert_eq!(
            (links.link_type, links.direction, links.strength, bounds),
            (link_type, direction, strength, many),
            "{text}"
        );
    }

    #[track_caller]
    fn refused(text: &str, message: &str, hint: &str) {
        let error = understood(text).expect_err(text);
        assert_eq!((error.message.as_str(), error.hint.as_deref().unwrap_or_default()), (message, hint), "{text}");
    }

    #[test]
    fn a_type_may_have_a_direction_and_a_strength() {
        use Direction::{Either, In, Out};
        let duplicate = Some(LinkType::DuplicateOf);
        check("link:duplicate_of", duplicate, Either, None, (1, -1));
        check("link:Duplicate_Of,0.9..", duplicate, Either, Some((0.9, 1.0)), (1, -1));
        check("link:variant_of.out", Some(LinkType::VariantOf), Out, None, (1, -1));
        check("link:contains.in,..0.5", Some(LinkType::Contains), In, Some((0.0, 0.5)), (1, -1));
        check("link:any,0.7..0.89", None, Either, Some((0.7, 0.89)), (1, -1));
        check("linked_from:a1b2c3,1", None, In, Some((1.0, 1.0)), (1, -1));
        check("linked_to:a1b2c3", None, Out, None, (1, -1));
    }

    #[test]
    fn links_are_counted_with_or_without_a_type() {
        use Direction::{Either, Out};
        let duplicate = Some(LinkType::DuplicateOf);
        check("links:0", None, Either, None, (0, 0));
        check("links>2", None, Either, None, (3, -1));
        check("links:1..3,0.9..", None, Either, Some((0.9, 1.0)), (1, 3));
        check("links:duplicate_of>0", duplicate, Either, None, (1, -1));
        check("links:duplicate_of,0.9..>=2", duplicate, Either, Some((0.9, 1.0)), (2, -1));
        check("links:duplicate_of:2..", duplicate, Either, None, (2, -1));
        check("links:variant_of.out=1", Some(LinkType::VariantOf), Out, None, (1, 1));
        check("links:duplicate_of", duplicate, Either, None, (1, -1));
        check("links.duplicate_of>0", duplicate, Either, None, (1, -1));
        check("links.duplicate_of:none", duplicate, Either, None, (-1, 0));
        check("links.duplicate_of:any,0.9..", duplicate, Either, Some((0.9, 1.0)), (1, -1));
        check("links.duplicate_of:0..2,0.5", duplicate, Either, Some((0.5, 0.5)), (0, 2));
    }

    #[test]
    fn what_is_no_link_is_told_so() {
        refused("link:duplicate", "`duplicate` is no type of link", KINDS);
        refused("link:duplicat_of", "`duplicat_of` is no type of link", "did you mean `duplicate_of`?");
        refused("link:duplicate_of,2", "`2` is no strength", STRENGTH);
        refused("link:duplicate_of,0.9..0.1", "the range `0.9..0.1` ends before it begins", "did you mean `0.1..0.9`?");
        refused("link:duplicate_of,..", "a range needs at least one end", STRENGTH);
        refused("linked:beach", "`beach` is no id", "give 6 or more of its digits 0-9 a-f");
        refused("links:-1", "`-1` is no count", "a count is 0, 3, 1..5 or 3..");
        refused("links>1..2", "a range does not go with `>`", "write the range after a `:`");
        refused("links:duplicate_of!=2", "`!=2` compares nothing", "it is one of `:` `=` `>` `>=` `<` `<=`");
        refused("links.duplicat_of>2", "`duplicat_of` is no type of link", "did you mean `duplicate_of`?");
        refused("albums>x", "`x` is no count", "a count is 0, 3, 1..5 or 3..");
        refused("tags:99999999999999999999", "`99999999999999999999` is no count", "a count is 0, 3, 1..5 or 3..");
    }

    const KINDS: &str = "it is one of contains, source, duplicate_of, variant_of, related_to, tagged_with, depicts, taken_at, \
                         posted_to, sent_in; `.out` or `.in` may follow";
}
