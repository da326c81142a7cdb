//! The journal: operations, and per touched object the fields that differ, as they were.
//!
//! A creation is not written here: it is `made_by` in the registry. Reading the journal back and undo are `history`'s.

use rusqlite::{Connection, named_params, params};
use serde_json::{Map, Value};

use super::{Owner, StoreError, Tx};
use crate::model::Timestamp;

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
