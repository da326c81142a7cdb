//! Tree → one statement: what to read first, what to test then, in which order to give it.
//!
//! SQLite knows nothing of how common a word or a tag is; it is asked here, and the rarest leads. How a term becomes a
//! condition is `condition/`'s.

use super::ast::Expr;
use super::condition::{Compiled, Compiler, joined};
use super::matcher::Matcher;
use super::order::Key;
use super::sort::{Part, Sorting};
use super::span::{self, Span};
use super::{Options, Trash, trashed};
use crate::model::ObjectId;
use crate::store::{Param, Reader, Sql, StoreError};

/// A statement and the conditions its `matches(k, …)` ask.
#[derive(Debug, Default)]
pub(super) struct Question {
    pub(super) sql: Sql,
    pub(super) matchers: Vec<Matcher>,
    /// Whether it looks at the whole time line, though a stretch was asked for: a few media are sorted at once.
    pub(super) whole: bool,
}

impl Question {
    /// Lends the catalogue the conditions only the program can test.
    pub(super) fn lend(&self, reader: &Reader) -> Result<(), StoreError> {
        if self.matchers.is_empty() {
            return Ok(());
        }
        let matchers = self.matchers.clone();
        reader.recognise(move |k, text| matchers.get(k).is_some_and(|matcher| matcher.matches(text)))
    }
}

/// Up to so many media are read one by one and sorted; of more, the time line is walked and each is tested, which gives
/// the first page at once. Measured at a million media: reading 22,500 took 84 ms, walking past as many 1 ms.
pub(super) const FEW: i64 = 2_000;

/// What is read when nothing leads.
const ALL: &str = "my_media AS media";

/// How many terms are counted to find the rarest.
const COUNTED: usize = 8;

/// The numbers of the media an expression finds, in order: those of one part of it, in a stretch of the time line.
///
/// # Errors
/// Those of the catalogue, which is asked for names.
pub(super) fn select(
    reader: &Reader,
    expr: &Expr,
    options: &Options,
    part: Part,
    span: Span,
) -> Result<Question, StoreError> {
    let by_time = options.order.first().is_some_and(Key::is_time);
    let mut compiler = Compiler { reader, question: Question::default(), by_time, trash: options.trash.asked_by(expr) };
    let from = compiler.source(expr, Some(FEW))?;
    let looks_at_stretch = compiler.trash == Trash::Without && from.tables == ALL;
    let span = if looks_at_stretch { span } else { Span::All };
    compiler.question.whole = span == Span::All;
    let mut bind = |value| compiler.bind(value);
    let sorting = Sorting::of(options, &mut bind);
    let after = sorting.condition(part, options.after.as_ref(), &mut bind);
    let stretch = span::newest_first(options).and_then(|down| span.condition(down, &mut bind));
    let condition: Vec<_> = [from.condition].into_iter().chain(after).chain(stretch).collect();
    let condition = condition.join(" AND ");
    // In a stretch that begins the order all have a time, and the index gives them in order.
    let ordered = if matches!(span, Span::Within(_)) { Part::Valued } else { part };
    let limit = options.limit.map(|most| bind(Param::Number(i64::try_from(most).unwrap_or(i64::MAX))));
    let limit = limit.map(|most| format!(" LIMIT {most}")).unwrap_or_default();
    // CROSS keeps the registry inside, where it only breaks ties; where the id comes first, its index is walked.
    let tables = match (sorting.by_id, options.order.first().is_some_and(Key::is_id) && from.tables == ALL) {
        (_, true) => format!("my_object AS object CROSS JOIN {ALL} ON media.n = object.n"),
        (true, false) => format!("{} CROSS JOIN my_object AS object ON object.n = media.n", from.tables),
        (false, false) => from.tables,
    };
    compiler.question.sql.text =
        format!("SELECT media.n FROM {tables} WHERE {condition} ORDER BY {}{limit}", sorting.order(ordered));
    Ok(compiler.question)
}

/// What the media of this id is compared by, a column each.
pub(super) fn compared(options: &Options, id: ObjectId) -> Sql {
    let mut params = Vec::new();
    let mut bind = |value| {
        params.push(value);
        format!("?{}", params.len())
    };
    let columns = Sorting::of(options, &mut bind).columns();
    let id = bind(Param::Bytes(id.as_bytes().to_vec()));
    let text = format!(
        "SELECT {columns} FROM my_media AS media JOIN my_object AS object ON object.n = media.n WHERE object.id = {id}"
    );
    Sql { text, params }
}

/// How many media an expression finds.
///
/// # Errors
/// As [`select`].
pub(super) fn count(reader: &Reader, expr: &Expr, trash: Trash) -> Result<Question, StoreError> {
    let mut compiler = Compiler { reader, question: Question::default(), by_time: false, trash: trash.asked_by(expr) };
    compiler.question.sql.text = match compiler.amount(expr)? {
        Some(amount) => format!("SELECT {amount}"),
        None => compiler.each_counted(expr)?,
    };
    Ok(compiler.question)
}

/// What a statement reads, in this order, and what it tests.
pub(super) struct Source {
    pub(super) tables: String,
    pub(super) condition: String,
}

impl Compiler<'_> {
    /// Led by the rarest term. In order (`few`) only if that gives at most so many; else by any that would be costly to test.
    pub(super) fn source(&mut self, expr: &Expr, few: Option<i64>) -> Result<Source, StoreError> {
        let held = (self.trash == Trash::Asked).then(|| trashed::held(expr));
        let expr = held.as_ref().unwrap_or(expr);
        let parts = if let Expr::And(parts) = expr { parts.as_slice() } else { std::slice::from_ref(expr) };
        let (mut conditions, mut terms) = self.each(parts)?;
        // The indexes hold live media only; the trash is small, and walked.
        let lead = if self.trash == Trash::Without { self.rarest(&terms, few)? } else { None };
        let lead = lead.and_then(|at| terms.swap_remove(at).rows);
        conditions.extend(terms.into_iter().map(|term| term.condition));
        let tables = match lead {
            Some(rows) => format!("({rows}) AS lead CROSS JOIN my_media AS media ON media.n = lead.n"),
            None => ALL.to_owned(),
        };
        let live = self.trash.condition();
        let condition = if conditions.is_empty() {
            live.to_owned()
        } else {
            format!("{live} AND {}", joined(&conditions, " AND "))
        };
        Ok(Source { tables, condition })
    }

    fn rarest(&self, terms: &[Compiled], few: Option<i64>) -> Result<Option<usize>, StoreError> {
        self.question.lend(self.reader)?;
        let mut rarest: Option<(i64, usize)> = None;
        let leading = terms.iter().enumerate().filter(|(_, term)| few.is_some() || !term.own);
        let counted = |term: &'_ Compiled| term.counted.clone().or_else(|| term.rows.clone());
        for (at, rows) in leading.filter_map(|(at, term)| Some((at, counted(term)?))).take(COUNTED) {
            let text = format!("SELECT count(*) FROM (SELECT 1 FROM ({rows}) LIMIT {})", FEW + 1);
            let size = self.reader.first(&Sql { text, params: self.question.sql.params.clone() })?.unwrap_or_default();
            if rarest.is_none_or(|(least, _)| size < least) {
                rarest = Some((size, at));
            }
        }
        Ok(rarest.filter(|(size, _)| few.is_none_or(|few| *size <= few)).map(|(_, at)| at))
    }
}
