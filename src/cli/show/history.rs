//! What happened to an object, for people: when, by which command and whom, each field before and after.

use serde_json::{Map, Value};

use super::links::ended;
use super::sheet::Sheet;
use super::{clock, value};
use crate::cli::format::count;
use crate::history::{self, Entry};
use crate::model::ObjectId;
use crate::store::journal::Outcome;
use crate::store::{Reader, StoreError, link, object, related, user};

/// How many events people are shown: the latest.
const SHOWN: usize = 50;

/// How much of a value people are shown, in characters.
const LONGEST: usize = 200;

/// An object whose history is told.
pub struct Subject<'a> {
    /// Its number.
    pub n: i64,
    /// Its id.
    pub id: ObjectId,
    /// The object as JSON shows it.
    pub now: &'a Value,
    /// Whether its links are told of too.
    pub links: bool,
}

impl Subject<'_> {
    /// Everything that happened, oldest first.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn entries(&self, reader: &Reader) -> Result<Vec<Entry>, StoreError> {
        let mut entries = history::of(reader, self.n, self.id, self.now)?;
        if self.links {
            entries.extend(history::of_links(reader, self.n)?);
            entries.sort_by_key(|entry| entry.operation);
        }
        Ok(entries)
    }

    /// Writes the latest of it for people.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn write(&self, reader: &Reader, sheet: &mut Sheet) -> Result<(), StoreError> {
        let entries = self.entries(reader)?;
        sheet.heading("History");
        let earlier = entries.len().saturating_sub(SHOWN);
        if earlier > 0 {
            sheet.item(2, &format!("{} earlier events; --json lists them", count(earlier as u64)));
        }
        let me = user::me(reader)?.email;
        for entry in entries.iter().skip(earlier) {
            sheet.item(2, &self.line(reader, entry, me.as_str())?);
            if entry.object_id == self.id && !matches!(entry.verb, "delete" | "restore") {
                for field in &entry.fields {
                    let (before, after) = (brief(&field.before), brief(&field.after));
                    sheet.item(4, &format!("{}: {before} → {after}", field.field));
                }
            }
        }
        Ok(())
    }

    fn line(&self, reader: &Reader, entry: &Entry, me: &str) -> Result<String, StoreError> {
        let (verb, what) = match entry.verb {
            "create" => ("made", "linked"),
            "delete" => ("put into the trash", "unlinked"),
            "restore" => ("brought back", "linked again"),
            "purge" => ("purged", "link purged"),
            _ => ("changed", "link changed"),
        };
        let what = if entry.object_id == self.id {
            verb.to_owned()
        } else {
            format!("{what}: {}", self.link(reader, entry.object_id)?)
        };
        let at = entry.at.map(clock).unwrap_or_default();
        let by = match &entry.command {
            Some(command) => format!("{command} by {me}"),
            None => "by another account".to_owned(),
        };
        let ended = entry.outcome.filter(|outcome| *outcome != Outcome::Success);
        let ended = ended.map(|outcome| format!(", {outcome}")).unwrap_or_default();
        Ok(format!("{at}  operation {}, {by}{ended}: {what}", entry.operation).trim_start().to_owned())
    }

    fn link(&self, reader: &Reader, id: ObjectId) -> Result<String, StoreError> {
        let Some(link) = link::by_id(reader, reader.owner(), id)? else { return Ok(String::new()) };
        let other = object::named(reader, related::other_end(&link, self.id))?;
        Ok(format!("{} {}", link.link_type, ended(other.as_ref())))
    }
}

fn brief(what: &Value) -> String {
    let text = match what {
        Value::Null => "none".to_owned(),
        // A text among others must be told from a number or a list.
        Value::String(_) => what.to_string(),
        Value::Object(map) if *map == Map::new() => "empty".to_owned(),
        other => value(other),
    };
    if text.chars().count() > LONGEST { text.chars().take(LONGEST).chain(['…']).collect() } else { text }
}
