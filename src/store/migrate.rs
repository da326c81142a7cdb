//! Brings a catalogue to this program's schema: numbered steps, forward only, a snapshot first, all or nothing.
//!
//! A released step is never edited. There is no way back but the snapshot.

use std::collections::BTreeMap;

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// The steps in order; the schema's version is how many were applied.
pub const STEPS: &[&str] = &[
    concat!(
        include_str!("schema/0001_identity.sql"),
        include_str!("schema/0002_objects.sql"),
        include_str!("schema/0003_rules.sql"),
        include_str!("schema/0004_search.sql"),
        include_str!("schema/0005_sources.sql"),
        include_str!("schema/0006_views.sql"),
    ),
    concat!(include_str!("schema/0007_trash.sql"), include_str!("schema/0008_growth.sql")),
    include_str!("schema/0009_questions.sql"),
];

/// Marks a file as hypernet's catalogue: "HyNt".
pub const APPLICATION_ID: i32 = 0x4879_4e74;

/// The version of an open catalogue.
///
/// # Errors
/// Those of the catalogue.
pub fn version(db: &Connection) -> Result<i64, StoreError> {
    Ok(db.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Applies every step that is missing, in one transaction, and checks the whole before it commits.
///
/// # Errors
/// `TooNew` for a catalogue this program does not know; `Damaged` when the result does not check out: nothing is changed then.
pub fn apply(db: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    // A step that makes a table anew must not take along what refers to it; all references are checked before the commit.
    // Inside a transaction this could not be said.
    let enforced: bool = db.query_row("PRAGMA foreign_keys", [], |row| row.get(0))?;
    db.pragma_update(None, "foreign_keys", false)?;
    let applied = in_one(db, steps);
    db.pragma_update(None, "foreign_keys", enforced)?;
    applied
}

fn in_one(db: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read inside the transaction: another process may have migrated while this one waited.
    let found = version(&tx)?;
    let known = known(steps);
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    if found == known {
        return Ok(());
    }
    for step in steps.iter().skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute_batch(step)?;
    }
    if found > 0 {
        check(&tx)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
}

/// The version these steps lead to.
pub fn known(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

/// An empty catalogue in memory with this schema.
///
/// # Errors
/// Those of SQLite.
pub fn blank(steps: &[&str]) -> Result<Connection, StoreError> {
    let mut db = Connection::open_in_memory()?;
    apply(&mut db, steps)?;
    Ok(db)
}

/// Every table, index, trigger and view by kind and name, with the statement that made it. SQLite's own are left out.
///
/// # Errors
/// Those of the catalogue.
pub fn schema(db: &Connection) -> Result<BTreeMap<(String, String), String>, StoreError> {
    let mut select = db.prepare(
        "SELECT type, name, ifnull(sql, '') FROM sqlite_master
          WHERE NOT (type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4', 'sqlite_sequence') AND sql GLOB 'CREATE TABLE sqlite*')
            AND NOT (type = 'index' AND name GLOB 'sqlite_autoindex_*' AND sql IS NULL)",
    )?;
    let rows = select.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whatever can run by itself. A row that says of itself that it is a table is asked for its statement: SQLite goes by that.
const CODE: &str = "
    SELECT type, name, ifnull(sql, '') FROM sqlite_master
     WHERE NOT (type = 'table' AND (sql GLOB 'CREATE TABLE *' OR sql GLOB 'CREATE VIRTUAL TABLE *'))
       AND NOT (type = 'index' AND (sql IS NULL OR sql GLOB 'CREATE INDEX *' OR sql GLOB 'CREATE UNIQUE INDEX *'))
     ORDER BY rowid";

/// Refuses a catalogue with a trigger or a view that is not hypernet's, before any statement could run it.
///
/// Cheap enough for every opening: each stands in the file word for word as in the steps, in their order. Only where one does not,
/// an empty catalogue is made to compare with.
///
/// # Errors
/// `Damaged`, naming the first; those of the catalogue.
pub fn refuse_foreign_code(db: &Connection, steps: &[&str]) -> Result<(), StoreError> {
    let mut select = db.prepare(CODE)?;
    let mut rows = select.query([])?;
    let (mut at, mut made) = ((0, 0), None);
    while let Some(row) = rows.next()? {
        let sql = row.get_ref(2)?.as_str().unwrap_or_default();
        if !sql.is_empty() && (advance(steps, &mut at, sql) || advance(steps, &mut (0, 0), sql)) {
            continue;
        }
        let (kind, name): (String, String) = (row.get(0)?, row.get(1)?);
        if made.is_none() {
            made = Some(schema(&blank(steps)?)?);
        }
        let known = made.as_ref().and_then(|made| made.get(&(kind.clone(), name.clone())));
        if known.is_none_or(|known| known != sql) {
            return Err(StoreError::Damaged(format!("its catalogue has a {kind} `{name}` that hypernet did not make")));
        }
    }
    Ok(())
}

/// Looks for a statement in the steps from a place on, and moves the place behind it.
fn advance(steps: &[&str], at: &mut (usize, usize), sql: &str) -> bool {
    let mut from = at.1;
    for (number, step) in steps.iter().enumerate().skip(at.0) {
        if let Some(found) = step[from..].find(sql) {
            *at = (number, from + found + sql.len());
            return true;
        }
        from = 0;
    }
    false
}

/// SQLite's own checks, both of them: the one for pages says ok with broken foreign keys.
///
/// # Errors
/// `Damaged`, with the first finding.
pub fn check(db: &Connection) -> Result<(), StoreError> {
    said(db, "integrity_check(1)")?;
    let mut broken = db.prepare("PRAGMA foreign_key_check")?;
    let mut rows = broken.query([])?;
    match rows.next()? {
        Some(row) => {
            let table: String = row.get(0)?;
            Err(StoreError::Damaged(format!("a row of {table} refers to nothing")))
        }
        None => Ok(()),
    }
}

/// SQLite's check of the pages alone.
///
/// # Errors
/// `Damaged`, with the first finding.
pub fn check_pages(db: &Connection) -> Result<(), StoreError> {
    said(db, "quick_check(1)")
}

fn said(db: &Connection, check: &str) -> Result<(), StoreError> {
    let said: String = db.query_row(&format!("PRAGMA {check}"), [], |row| row.get(0))?;
    if said == "ok" { Ok(()) } else { Err(StoreError::Damaged(said)) }
}
