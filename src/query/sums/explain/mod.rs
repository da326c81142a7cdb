//! How a question was understood and how it is gone about: the tree in words, the statement, the steps SQLite takes.
//!
//! Names are looked up and rare terms counted, as planning does; the statement itself is not run.

use crate::query::ast::{Expr, Term};
use crate::query::{Options, sort, span, sql};
use crate::store::{Reader, Sql, StoreError};

mod told;

pub use told::told;

/// What is known of a question before it is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The words that read every media, as the table of words says.
    pub scans: Vec<&'static str>,
    /// The statements that find the media in their order, one after the other.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// What the catalogue is asked.
    pub sql: Sql,
    /// The steps SQLite takes.
    pub plan: Vec<Step>,
}

/// One step of SQLite's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// How many steps it stands in.
    pub depth: usize,
    /// What is done, in SQLite's words.
    pub step: String,
}

/// How the media a question finds would be had in this order.
///
/// # Errors
/// Those of the catalogue.
pub fn explain(reader: &Reader, expr: &Expr, options: &Options) -> Result<Explanation, StoreError> {
    let mut statements = Vec::new();
    for part in sort::parts(options) {
        for span in span::spans(reader, options, *part)? {
            let question = sql::select(reader, expr, options, *part, span)?;
            question.lend(reader)?;
            let plan = plan(reader, &question.sql)?;
            statements.push(Statement { sql: question.sql, plan });
            if question.whole {
                break;
            }
        }
    }
    let mut scans = Vec::new();
    note_scans(expr, &mut scans);
    Ok(Explanation { scans, statements })
}

fn note_scans(expr: &Expr, scans: &mut Vec<&'static str>) {
    match expr {
        Expr::Is(Term { word, .. }) if word.scans && !scans.contains(&word.name) => scans.push(word.name),
        Expr::All | Expr::Is(_) => {}
        Expr::Not(inner) => note_scans(inner, scans),
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| note_scans(part, scans)),
    }
}

/// The steps SQLite would take for a statement.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn plan(reader: &Reader, sql: &Sql) -> Result<Vec<Step>, StoreError> {
    let asked = Sql { text: format!("EXPLAIN QUERY PLAN {}", sql.text), params: sql.params.clone() };
    let mut rows = Vec::new();
    reader.rows(&asked, |row| rows.push((row[0].number(), row[1].number(), row[3].text().unwrap_or_default())))?;
    let mut steps: Vec<(i64, Step)> = Vec::with_capacity(rows.len());
    for (id, parent, step) in rows {
        let above = steps.iter().find(|(above, _)| *above == parent);
        let depth = above.map_or(0, |(_, above)| above.depth + 1);
        steps.push((id, Step { depth, step }));
    }
    Ok(steps.into_iter().map(|(_, step)| step).collect())
}
