//! How many media a question finds, without a look at each where the indexes say it by themselves.
//!
//! At a million media, counting a word that 215,000 have took 190 ms when each was looked up, and `NOT camera:` 826.

use super::Trash;
use super::ast::{Expr, Term, Test};
use super::condition::Compiler;
use super::words::Place;
use crate::store::StoreError;

impl Compiler<'_> {
    /// A number in SQL: how many media an expression finds, where that takes no look at each.
    pub(super) fn amount(&mut self, expr: &Expr) -> Result<Option<String>, StoreError> {
        if self.trash != Trash::Without {
            return Ok(None);
        }
        if let Expr::Not(inner) = expr
            && matches!(**inner, Expr::Is(_))
        {
            let (all, those) = (self.each_counted(&Expr::All)?, self.number_of(inner)?);
            return Ok(Some(format!("({all}) - {those}")));
        }
        if !self.reader.is_alone() {
            return Ok(None);
        }
        let trash = "SELECT n FROM my_media WHERE deleted_at IS NOT NULL";
        let told = self.told_by_indexes(expr)?;
        Ok(told.map(|rows| format!("(SELECT count(*) FROM ({rows}) AS found WHERE found.n NOT IN ({trash}))")))
    }

    fn number_of(&mut self, expr: &Expr) -> Result<String, StoreError> {
        match self.amount(expr)? {
            Some(amount) => Ok(amount),
            None => Ok(format!("({})", self.each_counted(expr)?)),
        }
    }

    /// The statement that looks at each.
    pub(super) fn each_counted(&mut self, expr: &Expr) -> Result<String, StoreError> {
        let from = self.source(expr, None)?;
        Ok(format!("SELECT count(*) FROM {} WHERE {}", from.tables, from.condition))
    }

    /// The numbers of what words, tags and albums find, those in the trash among them: of one, of any of several, or of
    /// words that must all be there.
    fn told_by_indexes(&mut self, expr: &Expr) -> Result<Option<String>, StoreError> {
        let parts = match expr {
            Expr::And(parts) | Expr::Or(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        if !parts.iter().all(of_media) {
            return Ok(None);
        }
        if let Expr::Or(parts) = expr {
            let mut rows = Vec::with_capacity(parts.len());
            for part in parts.iter().take(MOST + 1) {
                let (_, terms) = self.each(std::slice::from_ref(part))?;
                rows.extend(terms.into_iter().filter_map(|term| term.rows));
            }
            return Ok((rows.len() == parts.len()).then(|| rows.join(" UNION ")));
        }
        let (conditions, mut terms) = self.each(parts)?;
        let one = if conditions.is_empty() && terms.len() == 1 { terms.pop() } else { None };
        Ok(one.and_then(|term| term.rows))
    }
}

/// The most statements that are joined into one: SQLite takes 500.
const MOST: usize = 100;

/// Whether what a term's index gives is nothing but media.
fn of_media(part: &Expr) -> bool {
    let Expr::Is(Term { word, test, .. }) = part else { return false };
    match test {
        Test::Words { .. } => true,
        Test::Matches(_) => matches!(word.place, Place::Tags | Place::Albums),
        _ => false,
    }
}
