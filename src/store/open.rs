//! Opening a library: lock, marker, identity, pragmas, in that order, before any statement that could create something.
//!
//! `init` is the only way a catalogue comes to be.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, params};

use super::lock::{self, Hold, Lock};
use super::marker::{self, Marker};
use super::upgrade::{self, Migrated, Stage};
use super::{Library, Owner, Root, StoreError, migrate, reader, user};
use crate::model::text::{DisplayName, Email};
use crate::model::{Metadata, ObjectId, Timestamp, User};

/// The catalogue's name inside the library.
pub const CATALOGUE: &str = "catalog.db";

/// The folders of a library.
pub const FOLDERS: &[&str] = &["users", "staging", "trash", "quarantine", "backups"];

/// The oldest SQLite in which two processes cannot corrupt a WAL database.
const SAFE_SQLITE: i32 = 3_051_003;

/// How long SQLite waits for another writer in the middle of the work: hypernet's own transactions are short, but many may queue.
pub(super) const BUSY: Duration = Duration::from_secs(10);

/// How long at least it is waited for at the door, where nothing was begun yet, however short `--lock-timeout` is.
pub(super) const DOOR: Duration = Duration::from_secs(3);

/// How long a process waits for another one that migrates the same library, at least.
const MIGRATING: Duration = Duration::from_secs(30);

/// How long a lock held alone is waited for by who does not want to wait: a migration may be letting go of it.
const MOMENTS: Duration = Duration::from_secs(1);

/// File systems where locks and syncs cannot be relied on, by the number the system gives them.
const FILE_SYSTEMS: &[(u64, &str)] = &[
    (0x6969, "network (NFS)"),
    (0x517b, "network (SMB)"),
    (0xff53_4d42, "network (CIFS)"),
    (0xfe53_4d42, "network (SMB 2)"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9p"),
];

/// What a library is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Questions only: nothing is written, a read-only disk will do.
    Read,
    /// Changes.
    Write,
    /// Changes that nobody may stand beside: the lock is held alone.
    Alone,
}

/// Which library, for what, by whom.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The library's folder.
    pub path: PathBuf,
    /// What for.
    pub access: Access,
    /// How long to wait for the lock.
    pub lock_timeout: Duration,
}

/// The first user of a new library (ruling 4).
#[derive(Debug, Clone)]
pub struct Founder {
    /// The account's address.
    pub email: Email,
    /// The name shown, as it is safe to show.
    pub display_name: Option<DisplayName>,
    /// The name as it was typed, where that differs.
    pub original_display_name: Option<String>,
    /// When.
    pub now: Timestamp,
}

impl Library {
    /// Makes a library at `path`, which must be absent or an empty folder, with its first user as owner.
    ///
    /// # Errors
    /// `NotEmpty` where something else stands there; those of the file system and of the catalogue.
    pub fn init(path: &Path, founder: &Founder) -> Result<Self, StoreError> {
        safe_sqlite()?;
        if let Ok(there) = Root::open(path) {
            refuse_foreign(&there)?;
        }
        let root = Root::create(path)?;
        refuse_network(root.path(), false)?;
        let founding = lock::found(root.path())?;
        if root.path().join(marker::NAME).exists() {
            return Err(StoreError::NotEmpty { path: path.to_owned(), reason: "a library is there already" });
        }
        let id = ObjectId::random();
        found(&root, id, founder)?;
        // The marker is the last thing written: a folder without it is no library, and making it again is safe.
        root.write_new(marker::NAME, Marker::new(id).text().as_bytes())?;
        root.sync()?;
        drop(founding);
        let path = root.path().to_owned();
        Self::open(&Opening { path, access: Access::Write, lock_timeout: Duration::from_secs(5) })
    }

    /// Opens the library at a path.
    ///
    /// # Errors
    /// `NoLibrary`, `TooNew`, `Damaged`, `Locked`, `Network`, `Foreign`, `NoUser`; those of the file system and of the catalogue.
    pub fn open(opening: &Opening) -> Result<Self, StoreError> {
        Self::open_telling(opening, &|_| ())
    }

    /// The same, telling how far it is where the catalogue must first be brought to this program's schema.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_telling(opening: &Opening, tell: &dyn Fn(Stage)) -> Result<Self, StoreError> {
        safe_sqlite()?;
        let marker = Marker::read(&opening.path)?;
        let root = Root::open(&opening.path)?;
        refuse_network(root.path(), marker.allow_network)?;
        if opening.access != Access::Read {
            refuse_foreign(&root)?;
            root.refuse_read_only()?;
            root.tighten(TIGHT)?;
        }
        let lock = beside(&root, opening)?;
        let holder = [root.path().join("catalog.db-shm"), root.path().join(CATALOGUE)];
        Self::opened(root, marker, lock, opening, tell).map_err(|error| match error {
            busy if busy.is_busy() => {
                StoreError::Locked { holder: holder.iter().find_map(|file| super::holder::of(file)) }
            }
            other => other,
        })
    }

    /// The catalogue of a library whose lock is held.
    fn opened(
        root: Root,
        marker: Marker,
        lock: Option<Lock>,
        opening: &Opening,
        tell: &dyn Fn(Stage),
    ) -> Result<Self, StoreError> {
        let mut connection = identified(&root, &marker, opening)?;
        let (lock, migrated) = migrated(&root, &marker, &mut connection, lock, (opening, tell))?;
        if opening.access != Access::Read {
            // Kept by the file: a snapshot put back is without it. Not before it is known whose file this is.
            connection.pragma_update(None, "journal_mode", "wal")?;
            // Whoever keeps the catalogue to himself is met here, where nothing was begun yet.
            connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?;
        }
        let owner = acting(&connection, &root)?;
        reader::scope(&connection, owner)?;
        if opening.access == Access::Read {
            connection.pragma_update(None, "query_only", true)?;
        }
        connection.busy_timeout(BUSY.max(opening.lock_timeout))?;
        Ok(Self { root, connection, owner, marker, migrated, lock })
    }
}

/// What another program may have left too open, at the top of a library.
const TIGHT: &[&str] = &[CATALOGUE, "catalog.db-wal", "catalog.db-shm", "lock", marker::NAME];

/// What root or a guest writes into somebody's library stays theirs: the owner could not read it any more.
pub(super) fn refuse_foreign(root: &Root) -> Result<(), StoreError> {
    match root.owner() {
        Some(owner) if owner != super::files::own_uid() => {
            Err(StoreError::Foreign { path: root.path().to_owned(), owner })
        }
        _ => Ok(()),
    }
}

fn safe_sqlite() -> Result<(), StoreError> {
    if rusqlite::version_number() >= SAFE_SQLITE { Ok(()) } else { Err(StoreError::OldSqlite(rusqlite::version())) }
}

/// Locks and syncs on these cannot be relied on; the library's own settings may allow them all the same.
fn refuse_network(path: &Path, allowed: bool) -> Result<(), StoreError> {
    let magic = super::files::file_system(path).map_err(StoreError::io(path))?;
    match FILE_SYSTEMS.iter().find(|(number, _)| *number == magic) {
        Some((_, kind)) if !allowed => Err(StoreError::Network { path: path.to_owned(), kind }),
        _ => Ok(()),
    }
}

/// A reader on a read-only disk may find no lock file to open; it needs none, since nobody can write there.
fn held(root: &Root, opening: &Opening) -> Result<Option<Lock>, StoreError> {
    let hold = if opening.access == Access::Alone { Hold::Exclusive } else { Hold::Shared };
    match lock::take(&root.path().join("lock"), hold, opening.lock_timeout) {
        Ok(lock) => Ok(Some(lock)),
        Err(StoreError::Io { .. }) if opening.access == Access::Read => Ok(None),
        Err(error) => Err(error),
    }
}

/// The lock for normal work. Who finds it held alone while the catalogue is older than this program is meeting another process
/// that migrates it, and waits for that to end, however little it would wait for other work. One that has just committed, and
/// those who waited to do the same, let go within moments.
fn beside(root: &Root, opening: &Opening) -> Result<Option<Lock>, StoreError> {
    match held(root, opening) {
        Err(StoreError::Locked { .. }) if opening.lock_timeout < MIGRATING => {
            let patience = if outdated(root) { MIGRATING } else { opening.lock_timeout.max(MOMENTS) };
            held(root, &Opening { lock_timeout: patience, ..opening.clone() })
        }
        told => told,
    }
}

fn outdated(root: &Root) -> bool {
    let version = connect(root.path(), Access::Read).and_then(|db| migrate::version(&db));
    version.is_ok_and(|found| found < migrate::known(migrate::STEPS))
}

/// A connection with the pragmas every connection has. The catalogue must be there.
///
/// # Errors
/// `Damaged` when it is not; those of SQLite.
pub fn connect(root: &Path, access: Access) -> Result<Connection, StoreError> {
    patient(root, access, BUSY)
}

/// The same, waiting so long for other programs.
pub(super) fn patient(root: &Path, access: Access, patience: Duration) -> Result<Connection, StoreError> {
    let file = root.join(CATALOGUE);
    match file.symlink_metadata() {
        Ok(stat) if stat.is_file() => {}
        Ok(_) => return Err(StoreError::Damaged(format!("{CATALOGUE} is no file of its own"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(StoreError::Damaged(format!("{CATALOGUE} is missing")));
        }
        Err(error) => return Err(StoreError::io(file)(error)),
    }
    let connection = match dial(&file, access, patience) {
        Err(StoreError::Sql(error)) if access == Access::Read && cannot_write(&error) => resting(&file)?,
        other => other?,
    };
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

pub(super) fn dial(file: &Path, access: Access, patience: Duration) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(real(file)?, flags)?;
    prepare(&connection)?;
    connection.busy_timeout(patience)?;
    if access != Access::Read {
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    }
    // The first touch of the file: an unreadable or read-only one is met here, not in the middle of an answer.
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
    Ok(connection)
}

/// `NOFOLLOW` refuses a link anywhere in the path; only a link in place of the catalogue itself is suspect.
fn real(file: &Path) -> Result<PathBuf, StoreError> {
    let folder = file.parent().unwrap_or(Path::new("/"));
    Ok(folder.canonicalize().map_err(StoreError::io(folder))?.join(file.file_name().unwrap_or_default()))
}

fn cannot_write(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
    matches!(error.sqlite_error_code(), Some(CannotOpen | ReadOnly | PermissionDenied))
}

/// The catalogue of a read-only disk: nobody writes to it, so it may be read as it lies, unless its log holds more.
fn resting(file: &Path) -> Result<Connection, StoreError> {
    let log = file.with_extension("db-wal");
    if log.metadata().is_ok_and(|log| log.len() > 0) {
        // Nothing is damaged: whoever may write here can read it.
        let why = "the catalogue's log is not empty, and cannot be taken in here";
        return Err(StoreError::io(log)(std::io::Error::new(std::io::ErrorKind::PermissionDenied, why)));
    }
    at_rest(file)
}

/// Opens a catalogue to which nobody writes, such as a snapshot, as it lies: nothing beside it is read or made.
///
/// # Errors
/// Those of SQLite.
pub fn at_rest(file: &Path) -> Result<Connection, StoreError> {
    let path = real(file)?;
    let path = path.to_str().ok_or_else(|| StoreError::Damaged(format!("{} is no UTF-8 path", file.display())))?;
    let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let flags = flags | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)?;
    prepare(&connection)?;
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    // Without it a statement is compiled anew whenever a value is bound that could change its plan: at every row of a list.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    for (name, value) in [
        ("foreign_keys", "on"),
        ("recursive_triggers", "on"),
        ("trusted_schema", "off"),
        ("cell_size_check", "on"),
        ("mmap_size", "0"),
        ("temp_store", "memory"),
        ("cache_size", "-32768"),
    ] {
        connection.pragma_update(None, name, value)?;
    }
    connection.set_limit(rusqlite::limits::Limit::SQLITE_LIMIT_ATTACHED, 1)?;
    connection.set_limit(rusqlite::limits::Limit::SQLITE_LIMIT_EXPR_DEPTH, 500)?;
    Ok(())
}

/// A connection to this library's catalogue and no other.
fn identified(root: &Root, marker: &Marker, opening: &Opening) -> Result<Connection, StoreError> {
    let patience = DOOR.max(opening.lock_timeout);
    let connection = patient(root.path(), opening.access, patience).map_err(|error| match error {
        StoreError::Sql(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            StoreError::Damaged(format!("{CATALOGUE} is no database"))
        }
        other => other,
    })?;
    ours(&connection)?;
    let id: ObjectId = connection.query_row("SELECT id FROM library", [], |row| row.get(0))?;
    if id != marker.id()? {
        return Err(StoreError::Damaged(format!("{CATALOGUE} belongs to another library ({id})")));
    }
    Ok(connection)
}

/// Refuses what is no catalogue of hypernet's, or has code in it that is not hypernet's. What a newer hypernet put there cannot be
/// known; its triggers never run for those who may only read it.
pub(super) fn ours(connection: &Connection) -> Result<(), StoreError> {
    let application: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if application != migrate::APPLICATION_ID {
        return Err(StoreError::Damaged(format!("{CATALOGUE} is not a hypernet catalogue")));
    }
    if migrate::version(connection)? > migrate::known(migrate::STEPS) {
        return Ok(());
    }
    migrate::refuse_foreign_code(connection, migrate::STEPS)
}

/// Applies missing schema steps: alone, with a snapshot first.
///
/// Whoever holds the lock alone may put another catalogue in its place: after each moment without the lock it is opened anew.
fn migrated(
    root: &Root,
    marker: &Marker,
    connection: &mut Connection,
    lock: Option<Lock>,
    (opening, tell): (&Opening, &dyn Fn(Stage)),
) -> Result<(Option<Lock>, Option<Migrated>), StoreError> {
    if is_known(connection, opening.access)? {
        return Ok((lock, None));
    }
    // Also for who only reads: the snapshot and the catalogue's log would be another account's.
    refuse_foreign(root)?;
    drop(lock);
    let patience = opening.lock_timeout.max(MIGRATING);
    let alone = lock::take(&root.path().join("lock"), Hold::Exclusive, patience)?;
    *connection = identified(root, marker, opening)?;
    let mut migrated = None;
    if !is_known(connection, opening.access)? {
        // What a reader opened writes now, and must be as safe as what a writer does.
        connection.pragma_update(None, "synchronous", "full")?;
        migrated = upgrade::run(root, connection, migrate::STEPS, tell)?;
    }
    drop(alone);
    let lock = held(root, &Opening { lock_timeout: patience, ..opening.clone() })?;
    *connection = identified(root, marker, opening)?;
    if is_known(connection, opening.access)? {
        return Ok((lock, migrated));
    }
    Err(StoreError::Damaged("an older catalogue was put in its place just now; run the command again".to_owned()))
}

/// Whether a catalogue can be used as it is; if not, it is older.
fn is_known(connection: &Connection, access: Access) -> Result<bool, StoreError> {
    let (found, known) = (migrate::version(connection)?, migrate::known(migrate::STEPS));
    if found > known && (access != Access::Read || min_reader(connection)? > known) {
        return Err(StoreError::TooNew { found, known });
    }
    Ok(found >= known)
}

/// The oldest schema whose programs may read a newer catalogue.
fn min_reader(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("SELECT min_reader FROM library", [], |row| row.get(0))?)
}

/// Who acts (ruling 4): the only user; the one bound to this account of the system; or the first, if the folder is this account's.
fn acting(connection: &Connection, root: &Root) -> Result<Owner, StoreError> {
    let users = user::accounts(connection)?;
    if let [only] = users.as_slice() {
        return Ok(only.owner);
    }
    let uid = super::files::own_uid();
    let bound = users.iter().find(|user| user.os_uid == Some(uid));
    let first = users.first().filter(|_| root.owned_by(uid));
    bound.or(first).map(|user| user.owner).ok_or(StoreError::NoUser { uid })
}

/// Writes the catalogue of a new library, with its first user. A half-made one of a killed `init` is made anew.
fn found(root: &Root, id: ObjectId, founder: &Founder) -> Result<(), StoreError> {
    refuse_orphaned(root)?;
    for leftover in [CATALOGUE, "catalog.db-wal", "catalog.db-shm", "catalog.db-journal"] {
        root.remove(leftover)?;
    }
    root.write_new(CATALOGUE, b"")?;
    let mut connection = dial(&root.path().join(CATALOGUE), Access::Write, BUSY)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    migrate::apply(&mut connection, migrate::STEPS)?;
    let tx = connection.transaction()?;
    tx.execute("INSERT INTO library (n, id, min_reader, created_at) VALUES (1, ?1, 1, ?2)", params![id, founder.now])?;
    let owner = Owner { n: 1, id: ObjectId::random() };
    // The first user and the operation that makes it need each other: deferred keys let either come first.
    let operation = super::journal::begin(&tx, owner, "init", founder.now)?;
    user::found(&tx, owner, operation, &first_user(owner.id, founder)?, super::files::own_uid())?;
    super::journal::finish(&tx, operation, super::journal::Outcome::Success, founder.now, None)?;
    tx.commit()?;
    connection.close().map_err(|(_, error)| error)?;
    for folder in FOLDERS {
        root.make_dirs(folder)?;
    }
    root.sync()
}

/// A library that lost its marker file is no half-made one: it has originals, or a catalogue that was used.
fn refuse_orphaned(root: &Root) -> Result<(), StoreError> {
    let originals = root.path().join("users").read_dir().is_ok_and(|mut users| users.next().is_some());
    let file = root.path().join(CATALOGUE);
    let catalogue = if file.is_file() { dial(&file, Access::Read, DOOR).ok() } else { None };
    let ask = |sql| catalogue.as_ref().and_then(|db| db.query_row(sql, [], |row| row.get::<_, i64>(0)).ok());
    let used = ask("SELECT count(*) FROM operation WHERE command <> 'init'").is_some_and(|operations| operations > 0);
    if !originals && !used {
        return Ok(());
    }
    let id = catalogue.and_then(|db| db.query_row("SELECT id FROM library", [], |row| row.get::<_, ObjectId>(0)).ok());
    let id = id.map_or_else(String::new, |id| format!(", with the lines `format = 1` and `library_id = \"{id}\"`"));
    Err(StoreError::Damaged(format!(
        "{} is missing beside originals or a used catalogue; put it back{id}",
        marker::NAME
    )))
}

pub(super) fn first_user(id: ObjectId, founder: &Founder) -> Result<User, StoreError> {
    let mut user = User::new(id, founder.email.clone(), founder.now);
    user.is_admin = true;
    user.display_name.clone_from(&founder.display_name);
    if let Some(typed) = &founder.original_display_name {
        let mut map = Metadata::default().into_map();
        map.insert("original_display_name".to_owned(), typed.as_str().into());
        user.base.metadata = Metadata::new(map)?;
    }
    Ok(user)
}
