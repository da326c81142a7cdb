//! The journal: operations, and per touched object the fields that differ, as they were.
//!
//! A creation is not written here: it is `made_by` in the registry. What a change led to, and undo, are `history`'s.

use rusqlite::{Connection, Row, named_params, params};
use serde_json::{Map, Value};

use super::{Owner, StoreError, Tx};
use crate::model::{Invalid, Timestamp};

crate::text_enum! {
    /// How an operation ended.
    Outcome("outcome") { Running = "running", Success = "success", Partial = "partial", Failed = "failed", Interrupted = "interrupted" }
}

crate::text_enum! {
    /// What was done to one object.
    Verb("verb") { Edit = "edit", Delete = "delete", Restore = "restore", Purge = "purge" }
}

const BEGIN: &str = "INSERT INTO operation (owner, command, started_at) VALUES (:owner, :command, :now)";

const FINISH: &str = "
    UPDATE operation SET outcome = :outcome, finished_at = max(:now, started_at), summary = :summary
     WHERE n = :n AND outcome = 'running'";

const CHANGE: &str =
    "INSERT INTO change (operation, object, verb, before) VALUES (:operation, :object, :verb, :before)";

const CREATED: &str = "
    SELECT object.made_by, NULL, NULL, op.command, op.started_at, op.outcome
      FROM my_object AS object LEFT JOIN my_operation AS op ON op.n = object.made_by WHERE object.n = ?1";

const CHANGES: &str = "
    SELECT change.operation, change.verb, change.before, op.command, op.started_at, op.outcome
      FROM my_change AS change LEFT JOIN my_operation AS op ON op.n = change.operation
     WHERE change.object = ?1 ORDER BY change.n";

/// One thing that happened to an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The operation it happened in.
    pub operation: i64,
    /// What was done; `None` for its creation.
    pub verb: Option<Verb>,
    /// The fields that differ, as they were; times in milliseconds. None where the verb says it all, and after a purge.
    pub before: Map<String, Value>,
    /// The operation's command, beginning and outcome; `None` where it is another account's.
    pub told: Option<(String, Timestamp, Outcome)>,
}

/// What happened to an object of the owner: its creation, then each change in the order they were made.
///
/// # Errors
/// Those of the catalogue; [`StoreError::Damaged`] where it holds a word that is none of the journal's.
pub fn events(db: &Connection, object: i64) -> Result<Vec<Event>, StoreError> {
    let mut events = Vec::new();
    for sql in [CREATED, CHANGES] {
        let mut select = db.prepare_cached(sql)?;
        let mut rows = select.query(params![object])?;
        while let Some(row) = rows.next()? {
            events.push(event(row)?);
        }
    }
    Ok(events)
}

fn event(row: &Row<'_>) -> Result<Event, StoreError> {
    let damaged = |error: Invalid| StoreError::Damaged(error.to_string());
    let (verb, before): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
    // What another program wrote may be JSON for SQLite and none here: then nothing is known of it.
    let before = before.and_then(|text| serde_json::from_str(&text).ok());
    let command: Option<String> = row.get(3)?;
    let told = command.map(|command| -> Result<_, StoreError> {
        Ok((command, row.get(4)?, Outcome::parse(&row.get::<_, String>(5)?).map_err(damaged)?))
    });
    Ok(Event {
        operation: row.get(0)?,
        verb: verb.map(|verb| Verb::parse(&verb)).transpose().map_err(damaged)?,
        before: before.unwrap_or_default(),
        told: told.transpose()?,
    })
}

/// Opens an operation.
///
/// # Errors
/// Those of the catalogue.
pub fn begin(db: &Connection, owner: Owner, command: &str, now: Timestamp) -> Result<i64, StoreError> {
    db.execute(BEGIN, named_params! { ":owner": owner.n, ":command": command, ":now": now })?;
    Ok(db.last_insert_rowid())
}

/// Ends a running operation; one that has ended stays as it is.
///
/// # Errors
/// Those of the catalogue.
pub fn finish(
    db: &Connection,
    operation: i64,
    outcome: Outcome,
    now: Timestamp,
    summary: Option<&Value>,
) -> Result<(), StoreError> {
    let summary = summary.map(Value::to_string);
    let mut update = db.prepare_cached(FINISH)?;
    update
        .execute(named_params! { ":outcome": outcome.as_str(), ":now": now, ":summary": summary, ":n": operation })?;
    Ok(())
}

/// Operations of a command that never ended, oldest first: running now, or cut off.
///
/// # Errors
/// Those of the catalogue.
pub fn running(db: &Connection, command: &str) -> Result<Vec<i64>, StoreError> {
    let mut select =
        db.prepare_cached("SELECT n FROM operation WHERE outcome = 'running' AND command = ?1 ORDER BY n")?;
    let rows = select.query_map(params![command], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes what an object's changed fields were.
///
/// # Errors
/// Those of the catalogue.
pub fn changed(tx: &Tx, object: i64, verb: Verb, before: Option<Map<String, Value>>) -> Result<(), StoreError> {
    let before = before.map(|fields| Value::Object(fields).to_string());
    let mut insert = tx.prepare_cached(CHANGE)?;
    insert.execute(named_params! {
        ":operation": tx.operation(), ":object": object, ":verb": verb.as_str(), ":before": before,
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::by_index;

    #[test]
    fn the_history_of_an_object_is_found_by_its_number() {
        for sql in [CREATED, CHANGES] {
            by_index(sql);
        }
    }
}
