//! A question about other objects → one statement over `my_album AS thing` and the like, every value a parameter.
//!
//! Albums and accounts are few and are walked; links are found by their ends or their type.

use super::super::ast::{Expr, Links, Prefix, Tally, Term, Test};
use super::super::condition::joined;
use super::super::names;
use super::super::order::{By, Key};
use super::super::sql::Question;
use super::super::words::Place;
use super::super::{Options, Trash, trashed};
use super::Type;
use crate::store::{Param, Reader, StoreError};

/// The numbers of the objects of a type an expression finds, in order.
///
/// # Errors
/// Those of the catalogue, which is asked for ids.
pub(super) fn select(reader: &Reader, of: Type, expr: &Expr, options: &Options) -> Result<Question, StoreError> {
    let mut compiler = Compiler { reader, question: Question::default() };
    let condition = compiler.all(expr, options.trash)?;
    let limit = options.limit.map(|most| compiler.bind(Param::Number(i64::try_from(most).unwrap_or(i64::MAX))));
    let limit = limit.map(|most| format!(" LIMIT {most}")).unwrap_or_default();
    let by_id = options.order.iter().any(Key::is_id);
    let ids = if by_id { " CROSS JOIN my_object AS object ON object.n = thing.n" } else { "" };
    let (table, order) = (of.as_str(), ordering(&options.order, options.reverse));
    compiler.question.sql.text =
        format!("SELECT thing.n FROM my_{table} AS thing{ids} WHERE {condition} ORDER BY {order}{limit}");
    Ok(compiler.question)
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

/// What has no value comes last, either way round; where all is equal, what was made first comes first.
fn ordering(order: &[Key], reverse: bool) -> String {
    let column = |key: &Key| {
        let By::Word(word) = key.by else { return None };
        let way = if key.descending == reverse { "" } else { " DESC" };
        word.order.map(|column| format!("{column}{way} NULLS LAST"))
    };
    let last = if reverse { "thing.n DESC" } else { "thing.n" }.to_owned();
    order.iter().filter_map(column).chain([last]).collect::<Vec<_>>().join(", ")
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
