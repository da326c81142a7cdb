//! A question in words → rows: text → `lex` → `parse` → [`Expr`] → `sql` → the catalogue.
//!
//! Nothing here prints, and nothing asks what time it is: `now` comes in from above.

pub mod ast;
pub mod dates;
mod error;
mod lex;
pub mod matcher;
pub mod order;
mod parse;
mod value;
pub mod words;

pub use ast::Expr;
pub use dates::Now;
pub use error::QueryError;

use error::Wrong;
use lex::Token;

/// The longest question, in bytes.
pub const MOST_BYTES: usize = 64 * 1024;

/// Understands a whole question. Empty or `*` is everything.
///
/// # Errors
/// [`QueryError`] with the spot and, where there is one, what to write instead.
pub fn parse(text: &str, now: &Now) -> Result<Expr, QueryError> {
    understood(text, now, || lex::text(text))
}

/// Understands the arguments of a command: one is a whole question, several are one term each (a value runs to the
/// end of its argument) or one of `AND OR NOT ( )`.
///
/// # Errors
/// As [`parse`]; the text is then the arguments joined by blanks.
pub fn parse_arguments(arguments: &[String], now: &Now) -> Result<Expr, QueryError> {
    match arguments {
        [] => Ok(Expr::All),
        [text] => parse(text, now),
        _ => {
            let text = arguments.join(" ");
            understood(&text, now, || lex::arguments(&text, arguments))
        }
    }
}

fn understood(
    text: &str,
    now: &Now,
    lex: impl FnOnce() -> Result<Vec<Token>, error::Fault>,
) -> Result<Expr, QueryError> {
    if text.len() > MOST_BYTES {
        return Err(too_long(text));
    }
    let refuse = |fault: error::Fault| fault.within(text);
    if let Some(at) = text.find('\0') {
        return Err(refuse(Wrong::new("a NUL character cannot be part of a question").at(at..at + 1)));
    }
    let tokens = lex().map_err(refuse)?;
    parse::tree(text, &tokens, now).map_err(refuse)
}

/// Keeps only the beginning of a text that is far too long to be shown.
fn too_long(text: &str) -> QueryError {
    let start: String = text.chars().take(60).collect();
    let wrong = Wrong::new(format!("a question of {} bytes is too long", text.len()));
    let end = start.len();
    wrong.hint(format_args!("at most {MOST_BYTES} bytes")).at(end..end).within(&start)
}

#[cfg(test)]
mod tests;
