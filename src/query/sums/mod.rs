//! What a question finds, summed up: groups, one bar a month, figures; and how a question is gone about.
//!
//! The catalogue adds up along its indexes and gives one row a group; no media is read here.

pub mod by;
mod calendar;
pub mod explain;
mod groups;
mod statistics;
mod walk;

pub use by::By;
pub use groups::{Group, groups, histogram};
pub use statistics::{OfType, Statistics, statistics};

use super::Trash;
use super::ast::{Expr, Term};
use super::condition::Compiler;
use super::sql::{Question, Source};
use crate::store::{Param, Reader, Sql, StoreError};

/// Whose media are summed up.
#[derive(Clone, Copy)]
pub struct Of<'a> {
    /// Where they are.
    pub reader: &'a Reader,
    /// The question that finds them.
    pub expr: &'a Expr,
    /// Whether those in the trash are among them.
    pub trash: Trash,
}

/// How many media a question finds.
///
/// # Errors
/// Those of the catalogue.
pub fn count(of: Of<'_>) -> Result<u64, StoreError> {
    let count = of.reader.first::<i64>(&of.found()?.select("count(*)", ""))?;
    Ok(count.unwrap_or_default().cast_unsigned())
}

/// What finds the media: tables, condition, values.
struct Found {
    question: Question,
    source: Source,
}

impl Of<'_> {
    fn found(&self) -> Result<Found, StoreError> {
        let (question, trash) = (Question::default(), self.trash.asked_by(self.expr));
        let mut compiler = Compiler { reader: self.reader, question, by_time: false, trash };
        let source = compiler.source(self.expr, None)?;
        compiler.question.lend(self.reader)?;
        Ok(Found { question: compiler.question, source })
    }

    /// Whether any term of the question is like this.
    fn any(&self, like: impl Fn(&Term) -> bool + Copy) -> bool {
        any(self.expr, like)
    }
}

fn any(expr: &Expr, like: impl Fn(&Term) -> bool + Copy) -> bool {
    match expr {
        Expr::All => false,
        Expr::Is(term) => like(term),
        Expr::Not(inner) => any(inner, like),
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(|part| any(part, like)),
    }
}

impl Found {
    /// `SELECT what FROM` all that is found, `tail` behind the condition.
    fn select(&self, what: &str, tail: &str) -> Sql {
        let Source { tables, condition } = &self.source;
        let text = format!("SELECT {what} FROM {tables} WHERE {condition}{tail}");
        Sql { text, params: self.question.sql.params.clone() }
    }

    /// The same, with values after those of the question; `tail` is given the first one's place.
    fn select_with(&self, what: &str, tail: impl Fn(usize) -> String, values: Vec<Param>) -> Sql {
        let mut sql = self.select(what, &tail(self.question.sql.params.len() + 1));
        sql.params.extend(values);
        sql
    }
}
