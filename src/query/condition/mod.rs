//! Terms → SQL conditions on `my_media AS media`, every value a parameter.
//!
//! Names are looked up in the small dictionaries first and become row numbers, so that a term is an index lookup.
//! Nothing but the `my_*` views and the search tables joined to them is spoken to.

mod alike;
mod clock;
mod facts;
mod flags;
mod json;
mod links;
mod numbers;
mod place;

pub use alike::likeness;
pub use place::origin;

use super::Trash;
use super::ast::{Expr, Prefix, Term, Test};
use super::matcher::Matcher;
use super::names::{self, Gear};
use super::related::Direction;
use super::sql::Question;
use super::words::Place;
use crate::store::{Param, Reader, StoreError};

/// Nothing is found.
const NEVER: &str = "FALSE";

/// Its name as it is kept, and as it was found where that is another.
const NAMES: &str = "media.filename, media.found_name";

/// One term as SQL.
pub(super) struct Compiled {
    /// What must hold of `media`.
    pub(super) condition: String,
    /// The same as a statement that gives the numbers, each once, where those can be had without walking all media.
    pub(super) rows: Option<String>,
    /// A statement that is as good for finding out whether they are few, where `rows` must find them all before it gives one.
    pub(super) counted: Option<String>,
    /// Whether the condition is on a column of `media`, so that testing it costs next to nothing.
    pub(super) own: bool,
}

impl Compiled {
    fn condition(condition: String) -> Self {
        Self { condition, rows: None, counted: None, own: true }
    }

    fn rows(rows: String) -> Self {
        Self { condition: format!("media.n IN ({rows})"), rows: Some(rows), counted: None, own: false }
    }

    /// A column's own condition, whose rows a covering index gives.
    fn indexed(condition: String) -> Self {
        let rows = Some(rows_where(&condition));
        Self { condition, rows, counted: None, own: true }
    }
}

/// The numbers of the live media of which a condition on columns holds.
fn rows_where(condition: &str) -> String {
    format!("SELECT n FROM my_media AS media WHERE media.deleted_at IS NULL AND {condition}")
}

/// Makes conditions, and collects their values.
pub(super) struct Compiler<'r> {
    pub(super) reader: &'r Reader,
    pub(super) question: Question,
    /// Whether the rows are wanted in the order they were taken: an index on the wall clock would then only be in the way.
    pub(super) by_time: bool,
    /// Whether media in the trash are asked for.
    pub(super) trash: Trash,
}

impl Compiler<'_> {
    /// A condition that stands on its own: in brackets where it is more than one comparison. A missing value makes it
    /// NULL, which AND and OR treat as false; only NOT must say so.
    pub(super) fn condition(&mut self, expr: &Expr) -> Result<String, StoreError> {
        match expr {
            Expr::All => Ok("TRUE".to_owned()),
            Expr::Is(term) => Ok(self.term(term)?.condition),
            Expr::Not(inner) => Ok(format!("({} IS NOT TRUE)", self.condition(inner)?)),
            Expr::And(parts) => self.both(parts),
            Expr::Or(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.condition(part)).collect::<Result<_, _>>()?;
                Ok(joined(&parts, " OR "))
            }
        }
    }

    /// All of these.
    fn both(&mut self, parts: &[Expr]) -> Result<String, StoreError> {
        let (mut conditions, terms) = self.each(parts)?;
        conditions.extend(terms.into_iter().map(|term| term.condition));
        Ok(joined(&conditions, " AND "))
    }

    /// The parts of an AND: conditions of any shape, and single terms. Words that name no album become one term: the
    /// search index intersects them itself.
    pub(super) fn each(&mut self, parts: &[Expr]) -> Result<(Vec<String>, Vec<Compiled>), StoreError> {
        let (mut conditions, mut terms, mut phrases) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            match (part, lone_phrase(part)) {
                (_, Some(phrase)) if names::albums_with(self.reader, &phrase)?.is_empty() => phrases.push(phrase),
                (Expr::Is(term), _) => terms.push(self.term(term)?),
                _ => conditions.push(self.condition(part)?),
            }
        }
        if !phrases.is_empty() {
            terms.push(self.found(phrases.join(" AND "), &[]));
        }
        Ok((conditions, terms))
    }

    fn term(&mut self, term: &Term) -> Result<Compiled, StoreError> {
        let place = term.word.place;
        if let Place::Metadata(root) = place {
            return Ok(self.metadata(root, term));
        }
        let condition = match &term.test {
            Test::Empty => absent(place),
            Test::Present => present(place),
            Test::Words { text, from_start } => return self.words(text, *from_start),
            Test::Time { from, until } => return Ok(self.when(place, *from, *until)),
            Test::Turn { part, first, last } => self.turn(*part, *first, *last),
            Test::Number { least, most } => return Ok(Compiled::indexed(self.number(&column(place), *least, *most))),
            Test::Real(reach) => return Ok(self.reach(place, *reach)),
            Test::Choice(choice) => {
                let choice = self.bind(Param::Text((*choice).to_owned()));
                return Ok(Compiled::indexed(format!("{} = {choice}", column(place))));
            }
            Test::Prefix(prefix) if place == Place::Duplicates => return self.duplicates(prefix),
            Test::Prefix(prefix) => return Ok(self.prefix(place, prefix)),
            Test::Matches(matcher) => return self.matches(place, matcher),
            Test::Links(links) => return self.links(links),
            Test::Tally(many) => return Ok(self.tally(place, *many)),
            Test::Strength { .. } => NEVER.to_owned(),
            Test::Near { centre, metres } => return self.near(centre, *metres),
            Test::Box { west, south, east, north } => return self.in_box(*west, *south, *east, *north),
            Test::Alike { to, bits } => return self.alike(to, *bits),
            Test::Flag(mark) => return Ok(self.flag(*mark)),
        };
        Ok(Compiled::condition(condition))
    }

    fn matches(&mut self, place: Place, matcher: &Matcher) -> Result<Compiled, StoreError> {
        match place {
            Place::Camera | Place::Lens => {
                let gear = if place == Place::Camera { Gear::Camera } else { Gear::Lens };
                let names = names::gear(self.reader, gear, matcher, self.trash)?;
                let which = self.one_of(&column(place), &names, |name| Param::Text(name.clone()));
                Ok(Compiled::indexed(which))
            }
            Place::Tags => {
                let tags = names::tags(self.reader, matcher)?;
                let which = self.one_of("tag", &tags, |n| Param::Number(*n));
                Ok(Compiled::rows(format!("SELECT {} AS n FROM my_media_tag WHERE {which}", once("media", &tags))))
            }
            Place::Albums => self.in_albums(matcher),
            Place::Sources => self.of_sources(matcher),
            Place::SourceId => {
                let k = self.matcher(matcher);
                Ok(Compiled::indexed(format!("(media.source_id IS NOT NULL AND matches({k}, media.source_id))")))
            }
            Place::Mime => Ok(self.mime(matcher)),
            Place::Ending => Ok(self.ending(matcher)),
            Place::Text(_, mark) => {
                let found = self.recognised(matcher, &column(place)).condition;
                Ok(Compiled::condition(format!("({} AND {found})", flags::noted(mark))))
            }
            _ => Ok(Compiled::indexed(self.recognised(matcher, NAMES).condition)),
        }
    }

    /// Texts of `media` that only the program can judge.
    fn recognised(&mut self, matcher: &Matcher, texts: &str) -> Compiled {
        let k = self.matcher(matcher);
        Compiled::condition(format!("matches({k}, {texts})"))
    }

    /// A condition only the program can test; gives the parameter that says which.
    fn matcher(&mut self, matcher: &Matcher) -> String {
        self.question.matchers.push(matcher.clone());
        self.bind(Param::Number(self.question.matchers.len() as i64 - 1))
    }

    fn words(&mut self, text: &str, from_start: bool) -> Result<Compiled, StoreError> {
        let Some(phrase) = phrase(text, from_start) else { return Ok(Compiled::condition(NEVER.to_owned())) };
        let albums = names::albums_with(self.reader, &phrase)?;
        Ok(self.found(phrase, &albums))
    }

    /// What the words are found in: a media's own, or those of an album it is in.
    fn found(&mut self, search: String, albums: &[i64]) -> Compiled {
        let search = self.bind(Param::Text(search));
        let own = format!("SELECT rowid AS n FROM media_text WHERE media_text MATCH {search}");
        if albums.is_empty() {
            return Compiled::rows(own);
        }
        let members = self.members(albums);
        let counted = Some(format!("{own} UNION ALL {members}"));
        Compiled { counted, ..Compiled::rows(format!("{own} UNION {members}")) }
    }

    /// The numbers of what is in any of these albums.
    fn members(&mut self, albums: &[i64]) -> String {
        let which = self.one_of("from_n", albums, |n| Param::Number(*n));
        let kind = "link_type = 'contains' AND to_type = 2 AND deleted_at IS NULL";
        format!("SELECT {} AS n FROM my_link WHERE {which} AND {kind}", once("to_n", albums))
    }

    fn prefix(&mut self, place: Place, prefix: &Prefix) -> Compiled {
        let bytes = if place == Place::Registry { 16 } else { 32 };
        let (least, most) = prefix.bounds(bytes);
        let (least, most) = (self.bind(Param::Bytes(least)), self.bind(Param::Bytes(most)));
        if place == Place::Registry {
            return Compiled::rows(format!("SELECT n FROM my_object WHERE id >= {least} AND id <= {most}"));
        }
        let column = column(place);
        Compiled::indexed(format!("({column} >= {least} AND {column} <= {most})"))
    }

    /// `column` is one of these: as they are few or many, a comparison or a list in one parameter.
    fn one_of<T: serde::Serialize>(&mut self, column: &str, values: &[T], param: impl Fn(&T) -> Param) -> String {
        match values {
            [] => NEVER.to_owned(),
            [one] => format!("{column} = {}", self.bind(param(one))),
            _ => {
                let list = serde_json::json!(values).to_string();
                format!("{column} IN (SELECT value FROM json_each({}))", self.bind(Param::Text(list)))
            }
        }
    }

    pub(super) fn bind(&mut self, param: Param) -> String {
        self.question.sql.params.push(param);
        format!("?{}", self.question.sql.params.len())
    }
}

/// The value itself, where a media has one.
fn column(place: Place) -> String {
    match place {
        Place::Column(name) | Place::Instant(name) | Place::Text(name, _) => format!("media.{name}"),
        Place::Number(sql) | Place::Loose(sql) => sql.to_owned(),
        Place::Names | Place::Ending => "media.filename".to_owned(),
        Place::Mime => "media.mime_type".to_owned(),
        Place::Camera => "media.camera".to_owned(),
        Place::Lens => "media.lens".to_owned(),
        Place::Taken => "media.taken_at".to_owned(),
        Place::SourceId => "media.source_id".to_owned(),
        Place::Position => "media.latitude".to_owned(),
        Place::Picture => "media.phash".to_owned(),
        Place::Linked(_) | Place::Sources | Place::Duplicates => "media.n".to_owned(),
        Place::Tags | Place::Albums | Place::Words | Place::Registry | Place::Flags | Place::Metadata(_) => {
            "media.n".to_owned()
        }
    }
}

/// That there is a value.
fn present(place: Place) -> String {
    match place {
        Place::Linked(direction) => links::present(direction, None),
        Place::Sources => links::present(Direction::Out, Some("source")),
        Place::Duplicates => links::present(Direction::Either, Some("duplicate_of")),
        Place::Tags => "media.tag_count > 0".to_owned(),
        Place::Albums => "media.album_count > 0".to_owned(),
        Place::Ending => facts::HAS_ENDING.to_owned(),
        Place::Text(_, mark) => format!("({} AND coalesce({}, '') <> '')", flags::noted(mark), column(place)),
        place => format!("{} IS NOT NULL", column(place)),
    }
}

/// That there is none.
fn absent(place: Place) -> String {
    match place {
        Place::Tags => "media.tag_count = 0".to_owned(),
        Place::Albums => "media.album_count = 0".to_owned(),
        place => format!("({} IS NOT TRUE)", present(place)),
    }
}

/// A column, each value once: more than one tag or album may give the same media.
fn once(column: &str, names: &[i64]) -> String {
    if names.len() > 1 { format!("DISTINCT {column}") } else { column.to_owned() }
}

/// The search for one phrase, if this is a term that is one and has anything to search for.
fn lone_phrase(expr: &Expr) -> Option<String> {
    let Expr::Is(Term { test: Test::Words { text, from_start }, .. }) = expr else { return None };
    phrase(text, *from_start)
}

/// A text as the search index takes it: quoted, so that none of its characters is an operator. `None` when it holds
/// nothing that is indexed.
fn phrase(text: &str, from_start: bool) -> Option<String> {
    let quoted = format!("\"{}\"{}", text.replace('"', "\"\""), if from_start { " *" } else { "" });
    text.contains(char::is_alphanumeric).then_some(quoted)
}

/// Joins conditions two by two, so that thousands stay shallow: SQLite bounds the depth of an expression.
pub(super) fn joined(parts: &[String], by: &str) -> String {
    match parts {
        [] => "TRUE".to_owned(),
        [one] => one.clone(),
        [_, _] | [_, _, _] => format!("({})", parts.join(by)),
        _ => {
            let (left, right) = parts.split_at(parts.len().div_ceil(2));
            format!("({}{by}{})", joined(left, by), joined(right, by))
        }
    }
}
