//! Single conditions beside a question: a word and one value, as flags give them; all must hold.
//!
//! A value goes the way every value goes, but nothing in it joins it to another: blanks, brackets and bars are its own.

use super::ast::{Expr, Op};
use super::error::QueryError;
use super::lex::{Token, Value, What};
use super::words::WORDS;
use super::{Ground, MOST_BYTES, parse, too_long, written};

/// One condition.
#[derive(Debug, Clone, Copy)]
pub struct Filter<'a> {
    /// As it was given, such as `--tag`; errors point behind it.
    pub flag: &'a str,
    /// The word it asks.
    pub word: &'a str,
    /// Its one value.
    pub value: &'a str,
}

impl Filter<'_> {
    /// What it asks.
    ///
    /// # Errors
    /// [`QueryError`] with the flag and its value, at the spot.
    pub fn expr(&self, ground: &Ground) -> Result<Expr, QueryError> {
        let Self { flag, word, value } = self;
        let text = format!("{flag} {value}");
        if text.len() > MOST_BYTES {
            return Err(too_long(&text));
        }
        let at = flag.len() + 1;
        let field = Token { span: 0..at, what: What::Field((*word).to_owned(), Vec::new(), Op::Has) };
        let value = Token { span: at..text.len(), what: What::Value(Value::plain(value)) };
        parse::tree(&text, &[field, value], WORDS, ground).map_err(|fault| fault.within(&text))
    }

    /// As a term of a question.
    pub(super) fn written(&self) -> String {
        format!("{}:{}", self.word, written::value(&Value::plain(self.value), false))
    }
}

/// What `expr` and all of these ask.
///
/// # Errors
/// Those of the first filter that cannot be understood.
pub fn narrow(expr: Expr, filters: &[Filter<'_>], ground: &Ground) -> Result<Expr, QueryError> {
    let mut parts = match expr {
        Expr::All => Vec::new(),
        Expr::And(parts) => parts,
        other => vec![other],
    };
    for filter in filters {
        parts.push(filter.expr(ground)?);
    }
    Ok(Expr::all(parts))
}
