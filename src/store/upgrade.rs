//! An older catalogue brought to this program's schema: a snapshot first, then every missing step, and what is told meanwhile.
//!
//! It may take a minute at a million media, and under a command that only asks: whoever waits must be told at once.

use rusqlite::Connection;

use super::{Root, StoreError, migrate, open, snapshot};

/// What opening an older library did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The schema it had.
    pub from: i64,
    /// The schema it has.
    pub to: i64,
    /// The copy of the catalogue as it was, beneath the library.
    pub snapshot: String,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It begins, with a copy of the catalogue.
    Copying {
        /// The schema it has.
        from: i64,
        /// The schema it will have.
        to: i64,
        /// The catalogue's size.
        bytes: u64,
    },
    /// The copy stands; the steps are taken. Cut off now, the catalogue stays as it was.
    Changing,
}

/// Snapshot into `backups/`, then every missing step of `steps`; `None` when another process has done it.
///
/// # Errors
/// Those of [`snapshot::before`] and [`migrate::apply`].
pub fn run(
    root: &Root,
    connection: &mut Connection,
    steps: &[&str],
    tell: &dyn Fn(Stage),
) -> Result<Option<Migrated>, StoreError> {
    let (from, to) = (migrate::version(connection)?, migrate::known(steps));
    if from == to {
        return Ok(None);
    }
    let bytes = root.path().join(open::CATALOGUE).metadata().map_or(0, |file| file.len());
    tell(Stage::Copying { from, to, bytes });
    // Only a name is made of it.
    let now = chrono::Utc::now().into();
    let snapshot = snapshot::before_at(root, connection, "migrate", now)?;
    tell(Stage::Changing);
    migrate::apply(connection, steps)?;
    Ok(Some(Migrated { from, to, snapshot }))
}
