//! Which objects a run found in the trash past their time, and when it first did.

use rusqlite::{Connection, params};
use serde_json::json;

use super::Entry;
use crate::model::Timestamp;
use crate::store::{Owner, StoreError};

/// What is no longer overdue is forgotten: it came back, or a clock had been wrong.
const FORGET: &str = "
    DELETE FROM overdue WHERE object IN (SELECT n FROM object WHERE owner = ?2)
       AND object NOT IN (SELECT value ->> 0 FROM json_each(?1))";

/// Another deletion begins anew, and so does what was first seen in the future.
const SEE: &str = "
    INSERT INTO overdue (object, deleted_at, first_seen_at)
    SELECT value ->> 0, value ->> 1, ?2 FROM json_each(?1) WHERE true
    ON CONFLICT (object) DO UPDATE SET deleted_at = excluded.deleted_at, first_seen_at = excluded.first_seen_at
     WHERE overdue.deleted_at <> excluded.deleted_at OR overdue.first_seen_at > excluded.first_seen_at";

const SINCE: &str = "SELECT object FROM overdue WHERE first_seen_at <= ?1";

/// Notes that these objects of the owner, and no others, are past their time at `now`; gives the numbers of those that a run
/// met so at `since` or before.
///
/// # Errors
/// Those of the catalogue.
pub fn see(
    db: &Connection,
    owner: Owner,
    overdue: &[Entry],
    now: Timestamp,
    since: Timestamp,
) -> Result<Vec<i64>, StoreError> {
    let pair = |entry: &Entry| json!([entry.n, entry.deleted_at.map(Timestamp::millis)]);
    let list = overdue.iter().map(pair).collect::<serde_json::Value>().to_string();
    if overdue.is_empty() && !db.prepare("SELECT 1 FROM overdue")?.exists([])? {
        return Ok(Vec::new());
    }
    db.execute(FORGET, params![list, owner.n])?;
    db.execute(SEE, params![list, now])?;
    let mut select = db.prepare(SINCE)?;
    let rows = select.query_map(params![since], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
