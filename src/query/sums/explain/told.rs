//! The tree of a question in words, every bracket made visible.

use std::fmt::Write as _;

use crate::query::ast::{Centre, Direction, Expr, Key, Links, Tally, Term, Test};
use crate::query::dates::{Clock, Moment};
use crate::query::loose::Loose;
use crate::query::matcher::{Glyph, Matcher};
use crate::query::{flags, parts};

/// A question in words.
pub fn told(expr: &Expr) -> String {
    match expr {
        Expr::All => "everything".to_owned(),
        Expr::Is(term) => told_term(term),
        Expr::Not(inner) => format!("NOT {}", within(inner)),
        Expr::And(parts) => joined(parts, " AND "),
        Expr::Or(parts) => joined(parts, " OR "),
    }
}

fn joined(parts: &[Expr], by: &str) -> String {
    parts.iter().map(within).collect::<Vec<_>>().join(by)
}

fn within(expr: &Expr) -> String {
    match expr {
        Expr::And(_) | Expr::Or(_) => format!("({})", told(expr)),
        _ => told(expr),
    }
}

fn told_term(term: &Term) -> String {
    let mut word = term.word.name.to_owned();
    for key in &term.keys {
        let _ = match key {
            Key::Name(name) => write!(word, ".{name}"),
            Key::At(place) => write!(word, ".{place}"),
        };
    }
    format!("{word} {}", condition(&term.test))
}

/// What a condition asks of a word.
pub fn condition(test: &Test) -> String {
    match test {
        Test::Empty => "is empty".to_owned(),
        Test::Present => "is not empty".to_owned(),
        Test::Words { text, from_start: true } => format!("has words that begin with `{text}`"),
        Test::Words { text, from_start: false } => format!("has exactly `{text}`"),
        Test::Matches(matcher) => matched(matcher),
        Test::Choice(choice) => format!("is `{choice}`"),
        Test::Time { from, until } => time(*from, *until),
        Test::Number { least, most } => number(*least, *most),
        Test::Prefix(prefix) => format!("begins with `{}`", prefix.0),
        Test::Real(reach) => reach.to_string(),
        Test::Turn { part, first, last } => parts::told(*part, *first, *last),
        Test::Flag(mark) => format!("has the mark `{}`", flags::name(*mark)),
        Test::Links(links) => related(links),
        Test::Tally(many) => number(many.least, many.most),
        Test::Strength { least, most } => format!("is from {least} to {most}"),
        Test::Near { centre, metres } => format!("is within {metres} m of {}", spot(centre)),
        Test::Box { west, south, east, north } => {
            format!("is from {west} to {east} degrees east and from {south} to {north} degrees north")
        }
        Test::Alike { to, bits } => format!("differs in at most {bits} of 64 bits from the picture `{}`", to.0),
    }
}

fn spot(centre: &Centre) -> String {
    match centre {
        Centre::Point { lat, lon } => format!("{lat},{lon}"),
        Centre::Object(id) => format!("where the object `{}` was taken", id.0),
    }
}

/// What links are asked for: `has a duplicate_of link that ends at it, 0.9 to 1 strong`.
fn related(links: &Links) -> String {
    let mut text = match links.link_type {
        Some(link_type) => format!("has `{}` links", link_type.as_str()),
        None => "has links".to_owned(),
    };
    match links.direction {
        Direction::Either => {}
        Direction::Out => text.push_str(" that start at it"),
        Direction::In => text.push_str(" that end at it"),
    }
    if let Some(other) = &links.other {
        let _ = write!(text, " with the object `{}`", other.0);
    }
    if let Some((least, most)) = links.strength {
        let _ = write!(text, " from {least} to {most} strong");
    }
    if links.many != Tally::SOME {
        let _ = write!(text, ", whose number {}", number(links.many.least, links.many.most));
    }
    text
}

fn matched(matcher: &Matcher) -> String {
    match matcher {
        Matcher::Contains(part) => format!("contains `{part}`"),
        Matcher::Whole(whole) => format!("is `{whole}`"),
        Matcher::Pattern(pattern) => {
            let text: String = pattern.0.iter().copied().map(glyph).collect();
            format!("is like the pattern `{text}`")
        }
        Matcher::Ending(ending) => format!("ends in a word that {}", matched(ending)),
        Matcher::Loose(loose) => loosely(loose),
        Matcher::Regex(_, source) => format!("matches the regular expression `{source}`"),
    }
}

/// What a value of metadata is asked for, whatever it is.
fn loosely(loose: &Loose) -> String {
    match loose {
        Loose::Same { number: Some(number), text, .. } => match (number.least, number.most) {
            (Some(least), Some(most)) if least == most => {
                format!("is the number {}, or a text that {}", least.at, matched(text))
            }
            _ => format!("{number}, or a text that {}", matched(text)),
        },
        Loose::Same { truth: Some(truth), .. } => format!("is {truth}"),
        Loose::Same { text, .. } => matched(text),
        Loose::Within(reach) => reach.to_string(),
        Loose::Ordered(op, text) => format!("is a text {} `{text}`", op.as_str()),
    }
}

/// A sign of a pattern; a star that is none is escaped, as in a question.
fn glyph(glyph: Glyph) -> String {
    match glyph {
        Glyph::One(sign @ ('*' | '?' | '\\')) => format!("\\{sign}"),
        Glyph::One(sign) => sign.to_string(),
        Glyph::Any => "?".to_owned(),
        Glyph::Many => "*".to_owned(),
    }
}

fn time(from: Option<Moment>, until: Option<Moment>) -> String {
    match (from, until) {
        (Some(from), Some(until)) => format!("is from {} to before {}", moment(from), moment(until)),
        (Some(from), None) => format!("is {} or later", moment(from)),
        (None, Some(until)) => format!("is before {}", moment(until)),
        (None, None) => "is any time".to_owned(),
    }
}

/// A moment, and on which clock it is read.
fn moment(moment: Moment) -> String {
    let at = chrono::DateTime::from_timestamp_millis(moment.millis).map(|at| at.naive_utc());
    let Some(at) = at else { return format!("{} ms", moment.millis) };
    let text = at.format("%Y-%m-%d %H:%M:%S%.f").to_string();
    let text = text.strip_suffix(" 00:00:00").unwrap_or(&text);
    match moment.clock {
        Clock::Wall => format!("{text} on the clock on the wall"),
        Clock::Utc => format!("{text} UTC"),
    }
}

fn number(least: Option<i64>, most: Option<i64>) -> String {
    match (least, most) {
        (Some(least), Some(most)) if least == most => format!("is {least}"),
        (Some(least), Some(most)) => format!("is from {least} to {most}"),
        (Some(least), None) => format!("is {least} or more"),
        (None, Some(most)) => format!("is {most} or less"),
        (None, None) => "is any number".to_owned(),
    }
}
