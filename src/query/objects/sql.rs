//! A question about other objects → one statement over `my_album AS thing` and the like, every value a parameter.
//!
//! Albums and accounts are few and are walked; links are found by their ends or their type.

use super::super::ast::{Expr, Links, Prefix, Tally, Term, Test};
use super::super::condition::joined;
use super::super::names;
use super::super::sort::{Part, Sorting};
use super::super::sql::Question;
use super::super::words::Place;
use super::super::{Options, Trash, trashed};
use super::Type;
use crate::model::ObjectId;
use crate::store::{Param, Reader, Sql, StoreError};

/// The numbers of the objects of a type an expression finds, in order.
///
/// # Errors
/// Those of the catalogue, which is asked for ids.
pub(super) fn select(reader: &Reader, of: Type, expr: &Expr, options: &Options) -> Result<Question, StoreError> {
    let mut compiler = Compiler { reader, question: Question::default() };
    let condition = compiler.all(expr, options.trash)?;
    let mut bind = |value| compiler.bind(value);
    let sorting = Sorting::over("thing", options, &mut bind);
    let after = options.after.as_ref().map(|cursor| format!(" AND {}", sorting.after(cursor, &mut bind)));
    let limit = options.limit.map(|most| bind(Param::Number(i64::try_from(most).unwrap_or(i64::MAX))));
    let limit = limit.map(|most| format!(" LIMIT {most}")).unwrap_or_default();
    let ids = if sorting.by_id { " CROSS JOIN my_object AS object ON object.n = thing.n" } else { "" };
    let (table, order, after) = (of.as_str(), sorting.order(Part::Whole), after.unwrap_or_default());
    compiler.question.sql.text =
        format!("SELECT thing.n FROM my_{table} AS thing{ids} WHERE {condition}{after} ORDER BY {order}{limit}");
    Ok(compiler.question)
}

/// What the object of this type and id is compared by, a column each.
pub(super) fn compared(of: Type, options: &Options, id: ObjectId) -> Sql {
    let columns = Sorting::over("thing", options, &mut |_| String::new()).columns();
    let text = format!(
        "SELECT {columns} FROM my_{} AS thing JOIN my_object AS object ON object.n = thing.n WHERE object.id = ?1",
        of.as_str()
    );
    Sql { text, params: vec![Param::Bytes(id.as_bytes().to_vec())] }
}

/// How many there are.
///
/// # Errors
/// As [`select`].
pub(super) fn count(reader: &Reader, of: Type, expr: &Expr, trash: Trash) -> Result<Question, StoreError> {
    let mut compiler = Compiler { reader, question: Question::default() };
    let condition = compiler.all(expr, trash)?;
    compiler.question.sql.text = format!("SELECT count(*) FROM my_{} AS thing WHERE {condition}", of.as_str());
    Ok(compiler.question)
}

struct Compiler<'r> {
    reader: &'r Reader,
    question: Question,
}

impl Compiler<'_> {
    fn all(&mut self, expr: &Expr, trash: Trash) -> Result<String, StoreError> {
        let trash = trash.asked_by(expr);
        let held = (trash == Trash::Asked).then(|| trashed::held(expr));
        let expr = held.as_ref().unwrap_or(expr);
        let live = match trash {
            Trash::Without => "thing.deleted_at IS NULL",
            Trash::Only => "thing.deleted_at IS NOT NULL",
            Trash::With | Trash::Asked => "TRUE",
        };
        Ok(format!("{live} AND {}", self.condition(expr)?))
    }

    fn condition(&mut self, expr: &Expr) -> Result<String, StoreError> {
        let mut each = |parts: &[Expr], by| {
            let parts: Vec<_> = parts.iter().map(|part| self.condition(part)).collect::<Result<_, _>>()?;
            Ok(joined(&parts, by))
        };
        match expr {
            Expr::All => Ok("TRUE".to_owned()),
            Expr::And(parts) => each(parts, " AND "),
            Expr::Or(parts) => each(parts, " OR "),
            Expr::Not(inner) => Ok(format!("({} IS NOT TRUE)", self.condition(inner)?)),
            Expr::Is(term) => self.term(term),
        }
    }

    fn term(&mut self, term: &Term) -> Result<String, StoreError> {
        let column = match term.word.place {
            Place::Column(column) => column,
            _ => "thing.n",
        };
        Ok(match &term.test {
            // Of several columns, the first.
            Test::Empty => format!("({} IS NULL)", first(column)),
            Test::Present => format!("({} IS NOT NULL)", first(column)),
            Test::Matches(matcher) => {
                self.question.matchers.push(matcher.clone());
                let k = self.bind(Param::Number(self.question.matchers.len() as i64 - 1));
                format!("matches({k}, {column})")
            }
            Test::Choice(choice) => format!("{column} = {}", self.bind(Param::Text((*choice).to_owned()))),
            Test::Time { from, until } => {
                let from = from.map(|from| format!("{column} >= {}", self.bind(Param::Number(from.millis))));
                let until = until.map(|until| format!("{column} < {}", self.bind(Param::Number(until.millis))));
                joined(&from.into_iter().chain(until).collect::<Vec<_>>(), " AND ")
            }
            Test::Number { least, most } | Test::Tally(Tally { least, most }) => {
                self.between(column, least.map(Param::Number), most.map(Param::Number))
            }
            Test::Strength { least, most } => self.between(column, Some(Param::Real(*least)), Some(Param::Real(*most))),
            Test::Prefix(prefix) => self.object(column, prefix)?,
            Test::Links(Links { other: Some(prefix), strength, .. }) => {
                let ends = [self.object("thing.from_n", prefix)?, self.object("thing.to_n", prefix)?].join(" OR ");
                let strength = strength.map(|(least, most)| {
                    self.between("thing.strength", Some(Param::Real(least)), Some(Param::Real(most)))
                });
                format!("(({ends}) AND {})", strength.unwrap_or_else(|| "TRUE".to_owned()))
            }
            // No word of these tables takes them.
            Test::Words { .. }
            | Test::Real(_)
            | Test::Turn { .. }
            | Test::Flag(_)
            | Test::Links(_)
            | Test::Near { .. }
            | Test::Box { .. }
            | Test::Alike { .. } => "FALSE".to_owned(),
        })
    }

    fn between(&mut self, column: &str, least: Option<Param>, most: Option<Param>) -> String {
        let least = least.map(|least| format!("{column} >= {}", self.bind(least)));
        let most = most.map(|most| format!("{column} <= {}", self.bind(most)));
        joined(&least.into_iter().chain(most).collect::<Vec<_>>(), " AND ")
    }

    /// The number of an object whose id begins so.
    fn object(&mut self, column: &str, prefix: &Prefix) -> Result<String, StoreError> {
        let list = serde_json::json!(names::objects(self.reader, prefix)?).to_string();
        Ok(format!("{column} IN (SELECT value FROM json_each({}))", self.bind(Param::Text(list))))
    }

    fn bind(&mut self, param: Param) -> String {
        self.question.sql.params.push(param);
        format!("?{}", self.question.sql.params.len())
    }
}

fn first(columns: &str) -> &str {
    if columns.starts_with(['(', 'i']) { columns } else { columns.split(',').next().unwrap_or(columns) }
}
