//! A question in words → rows: text → `lex` → `parse` → [`Expr`] → `sql` → the catalogue.
//!
//! Nothing here prints, and nothing asks what time it is: `now` comes in from above.

mod ahead;
mod amount;
pub mod ast;
pub mod beside;
mod condition;
mod cursor;
pub mod dates;
mod error;
pub mod flags;
mod kinds;
mod lex;
mod loose;
pub mod matcher;
mod measure;
mod names;
pub mod narrow;
pub mod objects;
pub mod offer;
pub mod order;
mod parse;
mod parts;
pub mod related;
mod select;
mod sort;
mod span;
pub mod spot;
mod sql;
pub mod sums;
mod trashed;
mod value;
pub mod words;
pub mod written;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

pub use ast::Expr;
pub use condition::{likeness, origin};
pub use cursor::Cursor;
pub use dates::Now;
pub use error::QueryError;
pub use select::{SelectError, Thing, find, resolve};

use crate::model::{Media, ObjectId, Zone};
use crate::store::{Reader, StoreError, media};
use error::Wrong;
use lex::Token;
use order::Key;
use words::{WORDS, Word};

/// The longest question, in bytes.
pub const MOST_BYTES: usize = 64 * 1024;

/// What a question may refer to.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The present instant on the user's clock.
    pub now: Now,
    /// The user's zone, in which dates are read that are no photo's own: its distance from UTC changes over the year.
    pub zone: Zone,
    /// Saved questions by name: `@name` stands for one.
    pub saved: BTreeMap<String, String>,
}

/// Understands a whole question. Empty or `*` is everything.
///
/// # Errors
/// [`QueryError`] with the spot and, where there is one, what to write instead.
pub fn parse(text: &str, ground: &Ground) -> Result<Expr, QueryError> {
    understood(text, WORDS, ground, || lex::text(text))
}

/// Understands the arguments of a command: one is a whole question, several are one term each (a value runs to the
/// end of its argument) or one of `AND OR NOT ( )`.
///
/// # Errors
/// As [`parse`]; the text is then the arguments joined by blanks.
pub fn parse_arguments(arguments: &[String], ground: &Ground) -> Result<Expr, QueryError> {
    understood_as(WORDS, arguments, ground)
}

/// The same over another table of words.
fn understood_as(words: &'static [Word], arguments: &[String], ground: &Ground) -> Result<Expr, QueryError> {
    match arguments {
        [] => Ok(Expr::All),
        [text] => understood(text, words, ground, || lex::text(text)),
        _ => {
            let text = arguments.join(" ");
            understood(&text, words, ground, || lex::arguments(&text, arguments))
        }
    }
}

/// The span of time a date or an age stands for, for flags that take one.
///
/// # Errors
/// When the text is no date.
pub fn span(text: &str, now: &Now) -> Result<dates::Span, QueryError> {
    dates::parse(text, now).map_err(|wrong| wrong.at(0..text.len()).within(text))
}

/// In which order results come, and how many.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// By these; by the order they came in where they are equal. What has no value comes last, either way round.
    pub order: Vec<Key>,
    /// The other way round.
    pub reverse: bool,
    /// From where distance is measured, and likeness to what.
    pub aim: Aim,
    /// Only what comes after this place.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: Option<u64>,
    /// Whether media in the trash are found.
    pub trash: Trash,
}

/// Whether media in the trash are found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trash {
    /// Only live ones are.
    #[default]
    Without,
    /// Only they are.
    Only,
    /// They are, beside live ones.
    With,
    /// Those are for which the question itself asks, beside live ones.
    Asked,
}

impl Trash {
    /// The same, or with what is asked for in the trash where the question itself does.
    fn asked_by(self, expr: &Expr) -> Self {
        if self == Self::Without && expr.wants_trash() { Self::Asked } else { self }
    }

    /// What holds of those that are found.
    const fn condition(self) -> &'static str {
        match self {
            Self::Without => "media.deleted_at IS NULL",
            Self::Only => "media.deleted_at IS NOT NULL",
            Self::With | Self::Asked => "TRUE",
        }
    }
}

/// What `distance` and `similarity` are measured from: what the question itself asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Aim {
    /// Degrees north and east.
    pub origin: Option<(f64, f64)>,
    /// A picture hash.
    pub likeness: Option<i64>,
}

/// What `expr` itself asks for that can be measured from.
///
/// # Errors
/// When what it names is not there; those of the catalogue.
pub fn aim(reader: &Reader, expr: &Expr) -> Result<Aim, StoreError> {
    Ok(Aim { origin: origin(reader, expr)?, likeness: likeness(reader, expr)? })
}

/// Gives each media of the owner that `expr` finds, as it is found, until `each` breaks off.
///
/// Only numbers are sorted; a media is read when its turn comes, so memory does not grow with what is found. More than a page
/// is read by a thread of its own, on a connection of its own, ahead of `each`; not where the reader is steady, since another
/// connection sees another state of the catalogue.
///
/// # Errors
/// Those of `each`, and of the catalogue.
pub fn run<E: From<StoreError>>(
    reader: &Reader,
    expr: &Expr,
    options: &Options,
    each: impl FnMut(Media) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    if reader.is_steady() || options.limit.is_some_and(|most| most <= ahead::PAGE) {
        return one_by_one(reader, expr, options, each);
    }
    ahead::run(reader, expr, options, each)
}

fn one_by_one<E: From<StoreError>>(
    reader: &Reader,
    expr: &Expr,
    options: &Options,
    mut each: impl FnMut(Media) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    let mut reading = media::Reading::new(reader, reader.owner())?;
    let mut given = 0;
    for part in sort::parts(options) {
        for span in span::spans(reader, options, *part)? {
            let limit = options.limit.map(|most| most.saturating_sub(given));
            let question = sql::select(reader, expr, &Options { limit, ..options.clone() }, *part, span)?;
            question.lend(reader)?;
            let mut flow = ControlFlow::Continue(());
            reader.numbers(&question.sql, |n| {
                given += 1;
                if let Some(found) = reading.by_n(n)? {
                    flow = each(found)?;
                }
                Ok::<_, E>(flow)
            })?;
            if flow.is_break() || options.limit.is_some_and(|most| given >= most) {
                return Ok(());
            }
            if question.whole {
                break;
            }
        }
    }
    Ok(())
}

/// The place just after a media in an order; `None` where it is gone.
///
/// # Errors
/// Those of the catalogue.
pub fn place(reader: &Reader, options: &Options, id: ObjectId) -> Result<Option<Cursor>, StoreError> {
    let values = reader.row(&sql::compared(options, id))?;
    Ok(values.map(|values| Cursor::new(options, cursor::MEDIA, values)))
}

/// How many live media of the owner `expr` finds.
///
/// # Errors
/// Those of the catalogue.
pub fn count(reader: &Reader, expr: &Expr) -> Result<u64, StoreError> {
    count_in(reader, expr, Trash::Without)
}

/// How many media of the owner `expr` finds, in the trash or not.
///
/// # Errors
/// Those of the catalogue.
pub fn count_in(reader: &Reader, expr: &Expr, trash: Trash) -> Result<u64, StoreError> {
    let question = sql::count(reader, expr, trash)?;
    question.lend(reader)?;
    Ok(reader.first::<i64>(&question.sql)?.unwrap_or_default().cast_unsigned())
}

fn understood(
    text: &str,
    words: &'static [Word],
    ground: &Ground,
    lex: impl FnOnce() -> Result<Vec<Token>, error::Fault>,
) -> Result<Expr, QueryError> {
    if text.len() > MOST_BYTES {
        return Err(too_long(text));
    }
    let refuse = |fault: error::Fault| fault.within(text);
    let tokens = lex().map_err(refuse)?;
    parse::tree(text, &tokens, words, ground).map_err(refuse)
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
