//! A question written as one text, however it was given: as one argument, as several, with flags beside it.
//!
//! Several arguments part the terms themselves, so their values may hold blanks; in one text those are escaped.

use super::error::QueryError;
use super::lex::{self, Token, Value, What};
use super::narrow::Filter;

/// One text that asks what `arguments` and all of `filters` ask; what it then means is for the caller to compare. `either` says
/// that the arguments are alternatives, which brackets must hold together beside filters.
///
/// # Errors
/// When the arguments cannot be read.
pub fn written(arguments: &[String], filters: &[Filter<'_>], either: bool) -> Result<String, QueryError> {
    let mut question = match arguments {
        [] => String::new(),
        [text] => text.trim().to_owned(),
        _ => joined(arguments)?,
    };
    let everything = matches!(question.as_str(), "" | "*");
    if !filters.is_empty() {
        let terms: Vec<_> = filters.iter().map(Filter::written).collect();
        question = match question.as_str() {
            _ if everything => terms.join(" "),
            question if either => format!("({question}) {}", terms.join(" ")),
            question => format!("{question} {}", terms.join(" ")),
        };
    }
    Ok(question)
}

fn joined(arguments: &[String]) -> Result<String, QueryError> {
    let text = arguments.join(" ");
    let tokens = lex::arguments(&text, arguments).map_err(|fault| fault.within(&text))?;
    let (mut question, mut end) = (String::with_capacity(text.len() + 8), None);
    for Token { span, what } in &tokens {
        let touches = end == Some(span.start);
        if end.is_some() && !touches {
            question.push(' ');
        }
        match what {
            What::Value(given) => question.push_str(&value(given, !touches)),
            _ => question.push_str(&text[span.clone()]),
        }
        end = Some(span.end);
    }
    Ok(question)
}

/// A value as one text takes it; `alone` where no word stands before it.
pub(super) fn value(value: &Value, alone: bool) -> String {
    let is_bare = |at: usize| value.bare.binary_search(&at).is_ok();
    if value.phrase {
        return phrase(value, is_bare);
    }
    let mut text = String::with_capacity(value.text.len() + 4);
    for (at, c) in value.text.char_indices() {
        let plain =
            c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | ',' | '+' | '%' | '#' | '@' | ':') || is_bare(at);
        let must = at == 0 && (value.literal || alone && c == '-');
        if must || !plain || alone && c == ':' {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// In quotes, but for the characters that stand outside them because they are patterns or ranges.
fn phrase(value: &Value, is_bare: impl Fn(usize) -> bool) -> String {
    let (mut text, mut open) = (String::from('"'), true);
    for (at, c) in value.text.char_indices() {
        if is_bare(at) == open {
            text.push('"');
            open = !open;
        }
        if open && matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    if open {
        text.push('"');
    }
    text
}
