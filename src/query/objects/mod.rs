//! Questions about albums, links, integrations and the user: the same language over other words.
//!
//! Each type has its table of words; what a condition becomes is `sql.rs`'s. Media have `query::run`.

mod sql;
mod words;

use std::ops::ControlFlow;

use super::ast::{Term, Test};
use super::dates::Moment;
use super::error::{QueryError, Wrong, quoted};
use super::order::{By, Key};
use super::words::{Word, find_in, nearest};
use super::{Cursor, Expr, Ground, Options, Thing, Trash, select, understood_as};
use crate::model::{ObjectId, Zone};
use crate::store::{Param, Reader, Sql, StoreError};

/// A type of object that is no media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Albums.
    Album,
    /// Links.
    Link,
    /// Connected services.
    Integration,
    /// The user itself.
    User,
}

impl Type {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Album, Self::Link, Self::Integration, Self::User];

    /// Its name in the specification.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Album => "album",
            Self::Link => "link",
            Self::Integration => "integration",
            Self::User => "user",
        }
    }

    /// What can be asked of it.
    pub const fn words(self) -> &'static [Word] {
        match self {
            Self::Album => words::ALBUM,
            Self::Link => words::LINK,
            Self::Integration => words::INTEGRATION,
            Self::User => words::USER,
        }
    }

    /// The order when none is given; empty is the order they were made in.
    pub const fn order(self) -> &'static str {
        match self {
            Self::Album | Self::Integration => "name,id",
            Self::Link | Self::User => "",
        }
    }
}

/// Understands a question about objects of this type, given as arguments as to `query::parse_arguments`.
///
/// A date without a zone is read on the user's clock, as far from UTC as it is at that date.
///
/// # Errors
/// [`QueryError`] with the spot and, where there is one, what to write instead.
pub fn parse(of: Type, arguments: &[String], ground: &Ground) -> Result<Expr, QueryError> {
    let mut expr = understood_as(of.words(), arguments, ground)?;
    to_utc(&mut expr, ground.zone);
    Ok(expr)
}

/// The order this text asks for; empty is the order they were made in.
///
/// # Errors
/// [`QueryError`] at the first field objects of this type cannot be ordered by.
pub fn order(of: Type, text: &str) -> Result<Vec<Key>, QueryError> {
    let mut keys = Vec::new();
    let mut start = 0;
    for field in text.split(',').filter(|_| !text.is_empty()) {
        let name = field.strip_prefix('-').unwrap_or(field);
        let at = start + field.len() - name.len();
        let word = sortable(of, name).map_err(|wrong| wrong.at(at..at + name.len()).within(text))?;
        keys.push(Key { by: By::Word(word), descending: name.len() < field.len() });
        start += field.len() + 1;
    }
    Ok(keys)
}

/// Gives each object of this type that `expr` finds, as it is found, until `each` breaks off. Of the options, all but the aim
/// count.
///
/// # Errors
/// Those of `each`, and of the catalogue.
pub fn run<E: From<StoreError>>(
    reader: &Reader,
    of: Type,
    expr: &Expr,
    options: &Options,
    mut each: impl FnMut(Thing) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    let question = sql::select(reader, of, expr, options)?;
    question.lend(reader)?;
    reader.numbers(&question.sql, |n| match thing(reader, n)? {
        Some(found) => each(found),
        None => Ok(ControlFlow::Continue(())),
    })
}

/// The place this text marks among objects of this type, in the order of these options.
///
/// # Errors
/// As [`Cursor::parse`].
pub fn cursor(of: Type, text: &str, options: &Options) -> Result<Cursor, QueryError> {
    Cursor::parse_of(of.as_str(), text, options)
}

/// The place just after an object of this type in an order; `None` where it is gone.
///
/// # Errors
/// Those of the catalogue.
pub fn place(reader: &Reader, of: Type, options: &Options, id: ObjectId) -> Result<Option<Cursor>, StoreError> {
    let values = reader.row(&sql::compared(of, options, id))?;
    Ok(values.map(|values| Cursor::new(options, of.as_str(), values)))
}

/// How many objects of this type `expr` finds.
///
/// # Errors
/// Those of the catalogue.
pub fn count(reader: &Reader, of: Type, expr: &Expr, trash: Trash) -> Result<u64, StoreError> {
    let question = sql::count(reader, of, expr, trash)?;
    question.lend(reader)?;
    Ok(reader.first::<i64>(&question.sql)?.unwrap_or_default().cast_unsigned())
}

fn thing(reader: &Reader, n: i64) -> Result<Option<Thing>, StoreError> {
    let sql = Sql { text: "SELECT id FROM my_object WHERE n = ?1".to_owned(), params: vec![Param::Number(n)] };
    reader.first::<ObjectId>(&sql)?.map_or(Ok(None), |id| select::thing(reader, n, id))
}

fn sortable(of: Type, name: &str) -> Result<&'static Word, Wrong> {
    if let Some(word) = find_in(of.words(), name).filter(|word| word.order.is_some()) {
        return Ok(word);
    }
    let sorting = || of.words().iter().filter(|word| word.order.is_some());
    let wrong = Wrong::new(format!("results of type {} cannot be sorted by {}", of.as_str(), quoted(name)));
    Err(match nearest(name, sorting().flat_map(Word::names)) {
        Some(near) => wrong.hint(format_args!("did you mean `{near}`?")),
        None => {
            wrong.hint(format_args!("they can by {}", sorting().map(|word| word.name).collect::<Vec<_>>().join(", ")))
        }
    })
}

/// The catalogue keeps when things happened in UTC only.
fn to_utc(expr: &mut Expr, zone: Zone) {
    let settle = |moment: &mut Option<Moment>| *moment = moment.map(|moment| moment.on(zone));
    match expr {
        Expr::Is(Term { test: Test::Time { from, until }, .. }) => [from, until].into_iter().for_each(settle),
        Expr::Not(inner) => to_utc(inner, zone),
        Expr::And(parts) | Expr::Or(parts) => parts.iter_mut().for_each(|part| to_utc(part, zone)),
        Expr::All | Expr::Is(_) => {}
    }
}
