//! Which objects a command is about: ids and beginnings of ids, a question, or what another command printed.

use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;

use clap::Args;
use serde_json::Value;

use super::context::Context;
use super::error::{CliError, Code};
use super::output::text::shown;
use super::query::ground;
use crate::model::ObjectId;
use crate::query::{self, Expr, Options, SelectError, Thing, Trash, order};
use crate::store::{Reader, trash};

/// The most that is read from stdin, in bytes: a million objects of a kilobyte each.
const MOST_STDIN: u64 = 1 << 30;

/// The objects a command is about.
#[derive(Debug, Args)]
#[group(skip)]
pub struct Selection {
    /// Objects by id, or by 6 or more digits it begins with; `-` reads ids or JSON from standard input
    #[arg(value_name = "SEL", required_unless_present = "question")]
    ids: Vec<String>,
    /// All media this question finds
    #[arg(short = 'w', long = "where", value_name = "QUERY", allow_hyphen_values = true)]
    question: Option<String>,
    /// Ids on standard input end with NUL
    #[arg(short = '0', long)]
    from0: bool,
}

/// The objects that were named, and the texts that name none.
#[derive(Debug, Default)]
pub struct Named {
    /// Their ids. One that is whole is here even if no object has it.
    pub ids: Vec<ObjectId>,
    /// What names nothing, and why.
    pub lost: Vec<CliError>,
}

impl Selection {
    /// Objects by id only.
    pub fn of_ids(ids: &[String], from0: bool) -> Self {
        Self { ids: ids.to_vec(), question: None, from0 }
    }

    /// The ids of the objects that are meant; a question finds live media, or under `trash` those in the trash. Texts that name
    /// nothing do not end it.
    ///
    /// # Errors
    /// When the question or standard input cannot be understood; those of the library.
    pub fn named_objects(&self, ctx: &Context, reader: &Reader, trash: bool) -> Result<Named, CliError> {
        let expr = self.question.as_ref().map(|question| query::parse(question, &ground(ctx))).transpose()?;
        // A variable of a script that is empty must not mean everything here, as it may where nothing changes.
        let said = self.question.as_ref().is_some_and(|question| question.contains('*'));
        if matches!(expr, Some(Expr::All)) && !said {
            return Err(CliError::new(Code::Usage, "an empty question names nothing").hint("`*` names everything"));
        }
        let mut named = Named::default();
        for text in self.named()? {
            match query::resolve(reader, &text) {
                Ok((_, id)) => named.ids.push(id),
                Err(SelectError::Store(error)) => return Err(error.into()),
                Err(SelectError::Missing(text)) if ObjectId::parse(&text).is_ok() => {
                    named.ids.extend(ObjectId::parse(&text));
                }
                Err(error) => named.lost.push(error.into()),
            }
        }
        if let Some(expr) = expr {
            let options = Options {
                order: order::parse(order::DEFAULT)?,
                trash: if trash { Trash::Only } else { Trash::Without },
                ..Options::default()
            };
            query::run(reader, &expr, &options, |media| {
                named.ids.push(media.base.id);
                Ok::<_, CliError>(ControlFlow::Continue(()))
            })?;
        }
        Ok(named)
    }

    /// Whether it can only be one object.
    pub fn is_one(&self) -> bool {
        self.question.is_none() && self.ids.len() == 1 && self.ids[0] != "-"
    }

    /// Gives each object, in the order they are named, until `each` breaks off or a signal asks to stop; gives what no object has.
    ///
    /// Every id is looked up before the first object is given: what is no id, or begins several, ends it before anything is done.
    ///
    /// # Errors
    /// Those of `each`. When a text is no id or begins several, or the question cannot be understood; those of the library.
    pub fn each(
        &self,
        ctx: &Context,
        reader: &Reader,
        mut each: impl FnMut(Thing) -> Result<ControlFlow<()>, CliError>,
    ) -> Result<Vec<CliError>, CliError> {
        let expr = self.question.as_ref().map(|question| query::parse(question, &ground(ctx))).transpose()?;
        let (mut found, mut lost) = (Vec::new(), Vec::new());
        for text in self.named()? {
            match query::resolve(reader, &text) {
                Ok((_, id)) => found.push(id),
                Err(SelectError::Missing(text)) => lost.push(missing(reader, text)?),
                Err(error) => return Err(error.into()),
            }
        }
        // Only now: a signal ends what waits for standard input.
        let stop = ctx.stop();
        for id in found {
            if stop.load(Ordering::Relaxed) || each(query::find(reader, &id.to_string())?)?.is_break() {
                return Ok(lost);
            }
        }
        let Some(expr) = expr else { return Ok(lost) };
        let options = Options { order: order::parse(order::DEFAULT)?, ..Options::default() };
        query::run(reader, &expr, &options, |media| {
            if stop.load(Ordering::Relaxed) {
                return Ok(ControlFlow::Break(()));
            }
            each(Thing::Media(Box::new(media)))
        })?;
        Ok(lost)
    }

    /// The ids, with `-` replaced by those on standard input.
    fn named(&self) -> Result<Vec<String>, CliError> {
        let mut ids = Vec::new();
        for id in &self.ids {
            if id == "-" {
                ids.extend(self.stdin()?);
            } else {
                ids.push(id.clone());
            }
        }
        Ok(ids)
    }

    fn stdin(&self) -> Result<Vec<String>, CliError> {
        let mut text = String::new();
        let read = std::io::stdin().lock().take(MOST_STDIN).read_to_string(&mut text);
        read.map_err(|error| CliError::io(Path::new("standard input"), &error))?;
        ids(&text, if self.from0 { '\0' } else { '\n' })
    }
}

/// The ids in a text: one a line, alone or before a tab; objects with an `id`; an array of either; or a run's summary, with
/// `objects`, or pages, with `items`.
fn ids(text: &str, end: char) -> Result<Vec<String>, CliError> {
    if text.trim_start().starts_with('[') {
        let wrong =
            |error: serde_json::Error| CliError::new(Code::Usage, format!("standard input is no JSON array: {error}"));
        let array: Vec<Value> = serde_json::from_str(text).map_err(wrong)?;
        return array.iter().map(id_of).collect();
    }
    if let Some(ids) = of_objects(text) {
        return ids;
    }
    let lines = text.split(end).map(str::trim).filter(|line| !line.is_empty());
    let mut ids = Vec::new();
    for line in lines {
        match serde_json::from_str(line) {
            Ok(object @ Value::Object(_)) => push(&mut ids, &object)?,
            _ => ids.push(line.split('\t').next().unwrap_or(line).to_owned()),
        }
    }
    Ok(ids)
}

/// The ids in JSON objects one after the other, however their lines are broken; `None` where the text is anything else.
fn of_objects(text: &str) -> Option<Result<Vec<String>, CliError>> {
    text.trim_start().strip_prefix('{')?;
    let mut ids = Vec::new();
    for object in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let object = object.ok().filter(Value::is_object)?;
        if let Err(error) = push(&mut ids, &object) {
            return Some(Err(error));
        }
    }
    Some(Ok(ids))
}

/// Adds the id of an object, or those of the objects it lists.
fn push(ids: &mut Vec<String>, object: &Value) -> Result<(), CliError> {
    match object.get("objects").or_else(|| object.get("items")) {
        Some(Value::Array(listed)) => {
            for one in listed {
                ids.push(id_of(one)?);
            }
        }
        // The last line of `--jsonl` only counts what the lines before it named.
        _ if object.get("event").is_some_and(|event| event == "summary") => {}
        _ => ids.push(id_of(object)?),
    }
    Ok(())
}

fn id_of(value: &Value) -> Result<String, CliError> {
    let id = value.get("id").unwrap_or(value).as_str().map(str::to_owned);
    id.ok_or_else(|| CliError::new(Code::Usage, "standard input holds an object without an `id`"))
}

/// That no object has an id; of one that was purged, that it was.
fn missing(reader: &Reader, text: String) -> Result<CliError, CliError> {
    let purged = match ObjectId::parse(&text) {
        Ok(id) => trash::is_purged(reader, id)?,
        Err(_) => false,
    };
    let error = CliError::from(SelectError::Missing(text));
    Ok(if purged { error.hint("it was purged, and its id is never used again") } else { error })
}

impl From<SelectError> for CliError {
    fn from(error: SelectError) -> Self {
        let message = shown(&error.to_string()).into_owned();
        match error {
            SelectError::NoId(_) => {
                Self::new(Code::Usage, message).hint("`--where QUERY` names media by what they are")
            }
            SelectError::Missing(id) => Self::new(Code::NotFound, message).detail("id", id),
            SelectError::Ambiguous { .. } => Self::new(Code::Usage, message).hint("give more digits of it"),
            SelectError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_as_lines_objects_or_an_array() {
        let read = |text: &str| ids(text, '\n').unwrap().join(" ");
        assert_eq!(read("a1\n\n b2 \n"), "a1 b2");
        assert_eq!(read("{\"id\":\"a1\"}\n{\"id\":\"b2\",\"size\":1}\n"), "a1 b2");
        assert_eq!(read("[{\"id\":\"a1\"},\n\"b2\"]"), "a1 b2");
        assert_eq!(read("a1\tphoto\t12\nb2\tvideo\t3\n"), "a1 b2");
        assert_eq!(read("{\"command\":\"rm\",\"objects\":[{\"id\":\"a1\"},{\"id\":\"b2\"}]}\n"), "a1 b2");
        assert_eq!(read("{\"event\":\"item\",\"id\":\"a1\"}\n{\"event\":\"summary\"}\n"), "a1");
        assert_eq!(read("{\"items\":[{\"id\":\"a1\"},\n{\"id\":\"b2\"}],\"next_cursor\":null,\"total\":2}\n"), "a1 b2");
        assert_eq!(read("{\"items\":[{\"id\":\"a1\"}]}\n{\n \"items\": []}\n{\"id\":\"b2\"}\n"), "a1 b2");
        assert_eq!(read("{\"id\":\"a1\"}\n123456\nb2\tphoto\n"), "a1 123456 b2");
        assert_eq!(ids("a1\0b2\0", '\0').unwrap(), ["a1", "b2"]);
        assert!(ids("[1]", '\n').is_err());
        assert!(ids("{\"name\":1}", '\n').is_err());
    }
}
