//! A value of metadata compared with what was asked: numbers as numbers, text as text, of a list any entry.
//!
//! What stands under a key is only known when it is read, so the question is kept in every way it can be meant.

use std::cmp::Ordering;

use serde_json::Value as Json;

use super::ast::{Edge, Op, Reach};
use super::error::Wrong;
use super::lex::Value;
use super::matcher::Matcher;
use super::measure;
use super::words::Unit;

/// A condition on a piece of JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Loose {
    /// The same number, the same truth, or a text that answers.
    Same {
        /// The number it was written as.
        number: Option<Reach>,
        /// `true` or `false`.
        truth: Option<bool>,
        /// For texts, and for numbers as they are written.
        text: Box<Matcher>,
    },
    /// A number in this stretch.
    Within(Reach),
    /// A text before or after this one, character by character: times in ISO 8601 come in their order.
    Ordered(Op, String),
}

impl Loose {
    /// The condition a value is.
    ///
    /// # Errors
    /// What is no regular expression.
    pub(super) fn of(op: Op, value: &Value) -> Result<Self, Wrong> {
        let text = &value.text;
        match op {
            Op::Above | Op::AtLeast | Op::Below | Op::AtMost => {
                let within = number(text).map(|at| compared(op, at)).or_else(|| fraction(op, text));
                return Ok(within.map_or_else(|| Self::Ordered(op, text.clone()), Self::Within));
            }
            Op::Has | Op::Equals | Op::Not | Op::Like => {}
        }
        let matcher = match op {
            Op::Like => Matcher::regex(text)?,
            Op::Has => Matcher::contains(value),
            _ => Matcher::whole(value),
        };
        let bare = op != Op::Like && !value.phrase;
        let truth = text.to_ascii_lowercase().parse().ok().filter(|_| bare);
        Ok(Self::Same { number: same(text).filter(|_| bare), truth, text: Box::new(matcher) })
    }

    /// Whether this JSON text answers to it.
    pub fn matches(&self, json: &str) -> bool {
        serde_json::from_str(json).is_ok_and(|value| match value {
            Json::Array(entries) => entries.iter().any(|entry| self.holds(entry)),
            value => self.holds(&value),
        })
    }

    fn holds(&self, value: &Json) -> bool {
        match (self, value) {
            (Self::Same { text, .. }, Json::String(found)) => text.matches(found),
            (Self::Same { truth, .. }, Json::Bool(found)) => *truth == Some(*found),
            (Self::Same { number, text, .. }, Json::Number(found)) => {
                let same = number.zip(found.as_f64()).is_some_and(|(number, found)| number.holds(found));
                let pattern = matches!(**text, Matcher::Pattern(_) | Matcher::Regex(..));
                same || text.is_whole(&found.to_string()) || (pattern && text.matches(&found.to_string()))
            }
            (Self::Within(reach), Json::Number(found)) => found.as_f64().is_some_and(|number| reach.holds(number)),
            (Self::Ordered(op, text), Json::String(found)) => ordered(*op, found.cmp(text)),
            _ => false,
        }
    }
}

/// Up to here whole numbers are exact; a longer one is compared digit by digit.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The numbers that are the same as this one.
fn same(text: &str) -> Option<Reach> {
    let exactly = |at| Reach { least: Some(Edge::included(at)), most: Some(Edge::included(at)) };
    number(text).filter(|at| at.abs() < EXACT).map(exactly).or_else(|| fraction(Op::Has, text))
}

/// `1/60`, as a shutter's time is written; a camera keeps it rounded.
fn fraction(op: Op, text: &str) -> Option<Reach> {
    text.contains('/').then(|| measure::one(Unit::Shutter, op, text).ok())?
}

/// A decimal number, perhaps with a sign.
pub(super) fn number(text: &str) -> Option<f64> {
    match text.strip_prefix('-') {
        Some(rest) => measure::decimal(rest).map(|number| -number),
        None => measure::decimal(text.strip_prefix('+').unwrap_or(text)),
    }
}

fn compared(op: Op, at: f64) -> Reach {
    let edge = Some(Edge { at, included: matches!(op, Op::AtLeast | Op::AtMost) });
    let above = matches!(op, Op::Above | Op::AtLeast);
    if above { Reach { least: edge, most: None } } else { Reach { least: None, most: edge } }
}

fn ordered(op: Op, found: Ordering) -> bool {
    match op {
        Op::Above => found.is_gt(),
        Op::AtLeast => found.is_ge(),
        Op::Below => found.is_lt(),
        _ => found.is_le(),
    }
}
