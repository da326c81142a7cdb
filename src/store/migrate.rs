//! Brings a catalogue to this program's schema: numbered steps, forward only, a snapshot first, all or nothing.
//!
//! A released step is never edited. There is no way back but the snapshot.

use std::collections::BTreeMap;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

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
    include_str!("schema/0007_trash.sql"),
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
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read inside the transaction: another process may have migrated while this one waited.
    let found = version(&tx)?;
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    for step in steps.iter().skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute_batch(step)?;
    }
    if found > 0 && found < known {
        check(&tx)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
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
        "SELECT type, name, ifnull(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let rows = select.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes a whole copy of the catalogue to `to`, synced and checked: what a migration leaves behind it.
///
/// # Errors
/// Those of the catalogue and of the file system.
pub fn snapshot(db: &Connection, to: &Path) -> Result<(), StoreError> {
    let name = to.to_str().ok_or_else(|| StoreError::Damaged(format!("{} is no UTF-8 path", to.display())))?;
    // SQLite would make it as the umask says; it fills an empty file as well.
    let empty = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    empty.map_err(StoreError::io(to))?;
    db.execute("VACUUM INTO ?1", [name])?;
    std::fs::File::open(to).and_then(|file| file.sync_all()).map_err(StoreError::io(to))?;
    check(&Connection::open_with_flags(to, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

/// SQLite's own checks, both of them: the one for pages says ok with broken foreign keys.
///
/// # Errors
/// `Damaged`, with the first finding.
pub fn check(db: &Connection) -> Result<(), StoreError> {
    let said: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if said != "ok" {
        return Err(StoreError::Damaged(said));
    }
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
