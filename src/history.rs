//! What happened to an object: the journal read back, each changed field with what it was and what it became.
//!
//! The journal keeps only what was before. What came after is what the next change of that field found, or what it is now.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::{ObjectId, Timestamp};
use crate::store::journal::{self, Event, Outcome, Verb};
use crate::store::{Reader, StoreError, related};

/// Fields the journal keeps as milliseconds.
const TIMES: &[&str] = &["created_at", "updated_at", "deleted_at", "taken_at", "last_sync_at", "token_expires_at"];

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The number of the operation it happened in.
    pub operation: i64,
    /// Its command; `None` where another account ran it.
    pub command: Option<String>,
    /// Who ran it; `None` where it was another account.
    pub user_id: Option<ObjectId>,
    /// When it happened: of a creation the object's own time, else when the operation began, which is all the journal keeps.
    pub at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What it happened to: the object itself, or a link of it.
    pub object_id: ObjectId,
    /// `create`, `edit`, `delete`, `restore` or `purge`.
    pub verb: &'static str,
    /// The fields that it changed.
    pub fields: Vec<Field>,
}

/// A field that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// Its name; dotted inside `metadata`.
    pub field: String,
    /// What it was.
    pub before: Value,
    /// What it became.
    pub after: Value,
}

/// The history of an object, oldest first. `now` is the object as JSON shows it.
///
/// # Errors
/// Those of the catalogue.
pub fn of(reader: &Reader, n: i64, id: ObjectId, now: &Value) -> Result<Vec<Entry>, StoreError> {
    let events = journal::events(reader, n)?;
    Ok(entries(reader.owner().id, id, events, now))
}

/// The history of the links an object has or had, oldest first: when each was made, and when it went and came back. Purged
/// links have left no trace that leads here.
///
/// # Errors
/// Those of the catalogue.
pub fn of_links(reader: &Reader, n: i64) -> Result<Vec<Entry>, StoreError> {
    let mut all = Vec::new();
    for link in related::ever(reader, n)? {
        let Some(now) = crate::store::link::by_n(reader, reader.owner(), link)? else { continue };
        let shown = serde_json::to_value(&now).unwrap_or_default();
        all.extend(of(reader, link, now.base.id, &shown)?);
    }
    all.sort_by_key(|entry| entry.operation);
    Ok(all)
}

fn entries(user: ObjectId, id: ObjectId, events: Vec<Event>, now: &Value) -> Vec<Entry> {
    // Walked from the latest to the first, `later` knows of each field what the event in hand left behind.
    let mut later: Map<String, Value> = Map::new();
    let mut entries = Vec::with_capacity(events.len());
    for event in events.into_iter().rev() {
        let fields = before(&event).into_iter().map(|(field, before)| {
            let after = later.insert(field.clone(), before.clone()).unwrap_or_else(|| present(now, &field));
            Field { field, before, after }
        });
        let fields: Vec<Field> = fields.collect();
        // What is left of an edit of the catalogue's own affairs is nothing.
        if event.verb != Some(Verb::Edit) || !fields.is_empty() {
            entries.push(entry(user, id, event, fields, now));
        }
    }
    entries.reverse();
    entries
}

fn entry(user: ObjectId, id: ObjectId, event: Event, fields: Vec<Field>, now: &Value) -> Entry {
    let user_id = event.told.is_some().then_some(user);
    let (command, at, outcome) = match event.told {
        Some((command, at, outcome)) => (Some(command), Some(at), Some(outcome)),
        None => (None, None, None),
    };
    let verb = event.verb.map_or("create", Verb::as_str);
    // A night's import is one operation: each object of it has its own time.
    let made = now["created_at"].as_str().and_then(|at| Timestamp::parse(at).ok()).filter(|_| event.verb.is_none());
    let at = made.or(at);
    Entry { operation: event.operation, command, user_id, at, outcome, object_id: id, verb, fields }
}

/// The fields an event changed, as the object model shows them. That it went into the trash, its verb says alone; which operation took
/// it there is the catalogue's own affair.
fn before(event: &Event) -> Map<String, Value> {
    let mut fields = event.before.clone();
    fields.remove("deleted_with");
    if event.verb == Some(Verb::Delete) {
        fields.entry("deleted_at").or_insert(Value::Null);
    }
    for (name, value) in &mut fields {
        let at = value.as_i64().filter(|_| TIMES.contains(&name.as_str()));
        if let Some(at) = at.and_then(|at| Timestamp::from_millis(at).ok()) {
            *value = at.to_string().into();
        }
    }
    fields
}

/// What a field is now: a key of the object, or a path into its metadata, where a key may itself hold dots.
fn present(now: &Value, field: &str) -> Value {
    fn within<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
        value.get(path).or_else(|| {
            let (first, rest) = path.split_once('.')?;
            within(value.get(first)?, rest)
        })
    }
    within(now, field).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(operation: i64, verb: Option<Verb>, before: &Value) -> Event {
        let at = Timestamp::from_millis(operation * 1000).unwrap();
        let told = Some(("edit".to_owned(), at, Outcome::Success));
        Event { operation, verb, before: before.as_object().cloned().unwrap_or_default(), told }
    }

    #[test]
    fn what_came_after_is_what_the_next_change_found_or_what_is_now() {
        let now = json!({ "deleted_at": null, "metadata": { "tags": ["a", "b"], "odd.key": 3 } });
        let events = vec![
            event(1, None, &Value::Null),
            event(2, Some(Verb::Edit), &json!({ "metadata.tags": null })),
            event(3, Some(Verb::Edit), &json!({ "metadata.tags": ["a"], "metadata.odd.key": 1 })),
            event(4, Some(Verb::Delete), &Value::Null),
            event(5, Some(Verb::Restore), &json!({ "deleted_at": 4000, "deleted_with": 4 })),
        ];
        let id = ObjectId::random();
        let told = entries(id, id, events, &now);
        let said: Vec<String> = told.iter().map(|one| json!([one.verb, one.fields]).to_string()).collect();
        let at = "1970-01-01T00:00:04.000Z";
        let expected = [
            json!(["create", []]),
            json!(["edit", [{ "field": "metadata.tags", "before": null, "after": ["a"] }]]),
            json!(["edit", [{ "field": "metadata.tags", "before": ["a"], "after": ["a", "b"] },
                { "field": "metadata.odd.key", "before": 1, "after": 3 }]]),
            json!(["delete", [{ "field": "deleted_at", "before": null, "after": at }]]),
            json!(["restore", [{ "field": "deleted_at", "before": at, "after": null }]]),
        ];
        assert_eq!(said, expected.map(|one| one.to_string()));
    }

    #[test]
    fn an_object_was_made_when_it_says_and_changed_when_its_operation_began() {
        let now = json!({ "created_at": "1970-01-01T00:20:00.000Z", "metadata": { "tags": ["a"] } });
        let changed = event(2, Some(Verb::Edit), &json!({ "metadata.tags": null }));
        let id = ObjectId::random();
        let told = entries(id, id, vec![event(1, None, &Value::Null), changed], &now);
        assert_eq!(told[0].at, Timestamp::from_millis(1_200_000).ok());
        assert_eq!(told[1].at, Timestamp::from_millis(2_000).ok());
    }

    #[test]
    fn a_field_that_is_gone_is_nothing_now() {
        assert_eq!(present(&json!({ "metadata": { "a": { "b": 1 } } }), "metadata.a.b"), json!(1));
        assert_eq!(present(&json!({ "metadata": {} }), "metadata.a.b"), Value::Null);
    }
}
