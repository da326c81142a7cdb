//! Rows, files and the journal: one folder with one catalogue, opened safely and changed in short transactions.
//!
//! No file work happens inside a transaction, and nothing here prints. Statements read the `my_*` views of the owner
//! the library was opened for; only the verbs that write, and `check`, name the tables beneath them.

pub mod album;
mod ask;
pub mod files;
mod holder;
pub mod integration;
pub mod journal;
pub mod link;
mod lock;
mod marker;
pub mod media;
pub mod migrate;
pub mod object;
mod open;
mod reader;
pub mod rebuild;
pub mod related;
pub mod repair;
mod rows;
pub mod snapshot;
pub mod sources;
pub mod stored_file;
#[cfg(test)]
mod tests;
pub mod trash;
mod upgrade;
pub mod user;
pub mod values;

use std::ops::Deref;
use std::path::{Path, PathBuf};

pub use rusqlite::Connection;
use rusqlite::{Transaction, TransactionBehavior};

use crate::model::{Invalid, ObjectId, Timestamp};

pub use ask::{EARTH_RADIUS, Param, Sql};
pub use files::Root;
pub use lock::{Hold, Lock, folder as lock_folder};
pub use marker::{Marker, NAME as MARKER};
pub use open::{Access, CATALOGUE, FOLDERS, Founder, Opening, at_rest, connect};
pub use reader::Reader;
pub use rows::Cell;
/// What the catalogue says when it fails, for `cli` to name.
pub use rusqlite::ErrorCode;
pub use upgrade::{Migrated, Stage};

/// The version of the SQLite that was built in.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// What can go wrong between the program and a library.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no library at this place.
    #[error("there is no library at {}", .0.display())]
    NoLibrary(PathBuf),
    /// A library cannot be made here.
    #[error("a library cannot be made at {}: {reason}", path.display())]
    NotEmpty {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: &'static str,
    },
    /// The catalogue was made by a newer hypernet.
    #[error("the catalogue has schema {found}, this hypernet knows {known}")]
    TooNew {
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// The library's parts do not belong together, or hold what they may not.
    #[error("the library is damaged: {0}")]
    Damaged(String),
    /// The snapshot could not be made without which nothing may be destroyed.
    #[error("no snapshot of the catalogue could be made, so `{what}` did not begin: {error}")]
    NoSnapshot {
        /// What was not begun.
        what: String,
        /// Why there is none.
        error: Box<StoreError>,
    },
    /// Another process holds the lock.
    #[error("the library is in use{}", holder.as_ref().map(|who| format!(" by {who}")).unwrap_or_default())]
    Locked {
        /// Who holds it, as far as the system or the lock file tells.
        holder: Option<String>,
    },
    /// The library lies on a file system whose locks and syncs cannot be trusted.
    #[error("{} lies on a {kind} file system, where locks and syncs cannot be trusted", path.display())]
    Network {
        /// Where.
        path: PathBuf,
        /// What kind.
        kind: &'static str,
    },
    /// The library is another account's: what is written there would be lost to its owner.
    #[error("the library at {} belongs to account {owner} of the operating system", path.display())]
    Foreign {
        /// Where.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
    },
    /// The bundled SQLite is older than the one that is safe to use.
    #[error("SQLite {0} can corrupt a catalogue used by two processes; 3.51.3 or newer is needed")]
    OldSqlite(&'static str),
    /// This account of the operating system belongs to no user of the library.
    #[error("no user of this library belongs to operating-system account {uid}")]
    NoUser {
        /// The account.
        uid: u32,
    },
    /// A value breaks a rule of the model.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A question refers to something that is not there, or cannot be compared.
    #[error("{wrong}")]
    Question {
        /// What, as a phrase.
        wrong: String,
        /// What to ask instead.
        hint: &'static str,
    },
    /// The catalogue refused or failed.
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
    /// The file system refused or failed.
    #[error("{}: {error}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        error: std::io::Error,
    },
}

impl StoreError {
    /// An error of the file system at `path`.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |error| Self::Io { path, error }
    }

    /// Whether another program kept the catalogue to itself.
    pub fn is_busy(&self) -> bool {
        use ErrorCode::{DatabaseBusy, DatabaseLocked};
        matches!(self, Self::Sql(error) if matches!(error.sqlite_error_code(), Some(DatabaseBusy | DatabaseLocked)))
    }

    /// Whether it was the disk that had no more room.
    pub fn is_full(&self) -> bool {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        match self {
            Self::Sql(error) => error.sqlite_error_code() == Some(ErrorCode::DiskFull),
            Self::Io { error, .. } => matches!(error.kind(), StorageFull | QuotaExceeded),
            Self::NoSnapshot { error, .. } => error.is_full(),
            _ => false,
        }
    }
}

/// The user a library was opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// Its row.
    pub n: i64,
    /// Its id.
    pub id: ObjectId,
}

/// An open library and the user who acts in it.
pub struct Library {
    root: Root,
    connection: Connection,
    owner: Owner,
    marker: Marker,
    migrated: Option<Migrated>,
    /// Held while the library is open; freed by the system when the process ends, however it ends.
    lock: Option<lock::Lock>,
}

impl Library {
    /// Its folder.
    pub fn path(&self) -> &Path {
        self.root.path()
    }

    /// Its folder as a root beneath which all its files are opened.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// The user who acts.
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// What opening it did to its schema; `None` when it was as this program makes it.
    pub fn migrated(&self) -> Option<&Migrated> {
        self.migrated.as_ref()
    }

    /// What the marker file says.
    pub fn marker(&self) -> &Marker {
        &self.marker
    }

    /// The catalogue, to read from; every `my_*` view shows the owner's objects only.
    pub fn catalogue(&self) -> &Connection {
        &self.connection
    }

    /// Sees to it that the disk has whatever the catalogue says now, even if a process died before it could sync what it wrote:
    /// nothing outside the catalogue may be given up before.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn settle(&self) -> Result<(), StoreError> {
        // Closing another handle of the log takes none of SQLite's locks, which are on the other two files.
        let log = format!("{CATALOGUE}-wal");
        match self.root.open_file(&log) {
            Ok(file) => file.sync_all().map_err(StoreError::io(self.root.path().join(log)))?,
            // No log: all of it is in the catalogue, which was synced before its log went.
            Err(StoreError::Io { error, .. }) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        self.root.sync()
    }

    /// From here on waits for no other program: one has kept this library waiting for as long as it was meant to.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn hurry(&self) -> Result<(), StoreError> {
        Ok(self.connection.busy_timeout(std::time::Duration::ZERO)?)
    }

    /// A second, guarded connection that can only read, and only what belongs to the owner.
    ///
    /// # Errors
    /// Those of opening the catalogue.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Reader::open(&self.root, self.owner)
    }

    /// Opens an operation of the journal: who does what from when. It stands before its first change.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn begin(&mut self, command: &str, now: Timestamp) -> Result<i64, StoreError> {
        let owner = self.owner;
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let operation = journal::begin(&tx, owner, command, now)?;
        tx.commit()?;
        Ok(operation)
    }

    /// Does a whole operation in one write transaction: begun, worked, finished with the summary `work` gives, or not there at all.
    ///
    /// # Errors
    /// Those of `work`, and of the catalogue.
    pub fn change<T, E: From<StoreError>>(
        &mut self,
        command: &str,
        now: Timestamp,
        work: impl FnOnce(&Tx) -> Result<(T, serde_json::Value), E>,
    ) -> Result<T, E> {
        let owner = self.owner;
        let inner =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let operation = journal::begin(&inner, owner, command, now)?;
        let tx = Tx { inner, owner, operation, now };
        let (value, summary) = work(&tx)?;
        journal::finish(&tx, operation, journal::Outcome::Success, now, Some(&summary))?;
        tx.inner.commit().map_err(StoreError::from)?;
        Ok(value)
    }

    /// Runs `work` with the library's lock held alone; `None` when others use the library just now. Not a moment is waited.
    ///
    /// What `work` gives is given also when somebody took the lock alone right after it: see [`Library::is_held`].
    ///
    /// # Errors
    /// `Locked`, with nothing done, when somebody else took it alone meanwhile; those of the file system.
    pub fn alone<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Result<Option<T>, StoreError> {
        let Some(lock) = &self.lock else { return Ok(None) };
        if !lock.hold_alone().inspect_err(|_| self.lock = None)? {
            return Ok(None);
        }
        let done = work(self);
        if self.lock.as_ref().is_some_and(|lock| lock.share().is_err()) {
            self.lock = None;
        }
        Ok(Some(done))
    }

    /// Whether the lock is held. A reader on a read-only disk holds none; whoever else does not must begin nothing more.
    pub fn is_held(&self) -> bool {
        self.lock.is_some()
    }

    /// Runs `work` in one write transaction, all of it or nothing.
    ///
    /// # Errors
    /// Those of `work`, and of the catalogue.
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        operation: i64,
        now: Timestamp,
        work: impl FnOnce(&Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let owner = self.owner;
        let inner =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let tx = Tx { inner, owner, operation, now };
        let value = work(&tx)?;
        tx.inner.commit().map_err(StoreError::from)?;
        Ok(value)
    }
}

/// Opens an operation on a connection of its own, while another thread has the library in hand.
///
/// # Errors
/// Those of the catalogue.
pub fn begin_beside(root: &Path, owner: Owner, command: &str, now: Timestamp) -> Result<i64, StoreError> {
    let mut connection = open::connect(root, Access::Write)?;
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let operation = journal::begin(&tx, owner, command, now)?;
    tx.commit()?;
    Ok(operation)
}

/// A write transaction: it knows its owner, its operation and its time, so that no statement can forget them.
pub struct Tx<'a> {
    inner: Transaction<'a>,
    owner: Owner,
    operation: i64,
    now: Timestamp,
}

impl Tx<'_> {
    /// Who acts.
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// The operation of the journal all of this belongs to.
    pub fn operation(&self) -> i64 {
        self.operation
    }

    /// The time of every row written.
    pub fn now(&self) -> Timestamp {
        self.now
    }
}

impl Deref for Tx<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.inner
    }
}
