//! A catalogue made anew beside one that is lost or damaged: from the newest good snapshot, or from nothing but the users' folders.
//!
//! It is made in `staging/rebuild/`. Once it is whole, that folder is renamed to `staging/rebuilt/`, and only then it takes the
//! damaged one's place, whose bytes go to `quarantine/`. A run that dies before the renaming is begun again by the next, one that
//! dies after it is finished by the next, if what stands in its place is still the lost catalogue it was made for: the library has
//! the old catalogue or the new one, and none that was made whole meanwhile is replaced.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, params};

use super::lock::{self, Hold, Lock};
use super::marker::{self, Marker};
use super::open::{self, Access, Founder};
use super::{Library, Owner, Root, StoreError, journal, migrate, reader, snapshot, user};
use crate::model::text::Email;
use crate::model::{Base, ObjectId, SourceType, Timestamp, User};

/// Where the new catalogue is made.
const DRAFT: &str = "staging/rebuild";
/// Where it stands once it is whole.
const READY: &str = "staging/rebuilt";
/// Beside the new one: which file it is to replace.
const FOR: &str = "made-for";

/// A library's folder whose catalogue is to be made anew.
pub struct Site {
    root: Root,
    marker: Option<Marker>,
    patience: Duration,
    _lock: Lock,
}

/// How the catalogue in place is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Whole(ObjectId),
    /// Not to be used, and why.
    Lost(String),
}

/// What a new catalogue is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// A snapshot, if one is good: a path beneath the library, or one into a backup.
    pub snapshot: Option<PathBuf>,
    /// Snapshots that are not, and why.
    pub passed: Vec<(PathBuf, String)>,
    /// The library's id.
    pub id: ObjectId,
}

impl Site {
    /// Opens a folder that was a library, alone: its catalogue and its marker may both be gone. `acts` is false where nothing but
    /// the lock is to be written.
    ///
    /// # Errors
    /// `NoLibrary` where nothing of a library stands, `Locked`, `Foreign`, and those of the file system.
    pub fn open(path: &Path, timeout: Duration, acts: bool) -> Result<Self, StoreError> {
        let marker = match Marker::read(path) {
            Ok(marker) => Some(marker),
            Err(StoreError::NoLibrary(_) | StoreError::Damaged(_)) => None,
            Err(error) => return Err(error),
        };
        let left = [open::CATALOGUE, "users", READY].iter().any(|name| path.join(name).symlink_metadata().is_ok());
        if marker.is_none() && !left {
            return Err(StoreError::NoLibrary(path.to_owned()));
        }
        let root = Root::open(path)?;
        if acts {
            open::refuse_foreign(&root)?;
            root.refuse_read_only()?;
        }
        let lock = lock::take(&root.path().join("lock"), Hold::Exclusive, timeout)?;
        Ok(Self { root, marker, patience: open::DOOR.max(timeout), _lock: lock })
    }

    /// Its folder.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Looks at the catalogue in place: its identity, its code, its pages and its references.
    ///
    /// # Errors
    /// `TooNew`: a newer program's catalogue is not for this one to judge. What is only kept from being read just now, by another
    /// program, by its mode, by a full or failing disk, is not lost, and those errors are given as they are.
    pub fn state(&self) -> Result<State, StoreError> {
        let looked = || {
            let db = open::patient(self.root.path(), Access::Read, self.patience)?;
            open::ours(&db)?;
            let known = migrate::known(migrate::STEPS);
            match migrate::version(&db)? {
                found if found > known => return Err(StoreError::TooNew { found, known }),
                _ => migrate::check(&db)?,
            }
            identity(&db)
        };
        match (looked(), self.stated()) {
            (Ok(id), Some(stated)) if id != stated => Ok(State::Lost(format!("it belongs to another library ({id})"))),
            (Ok(id), _) => Ok(State::Whole(id)),
            (Err(StoreError::Damaged(why)), _) => Ok(State::Lost(why)),
            (Err(error), _) if of_content(&error) => Ok(State::Lost(error.to_string())),
            (Err(error), _) if error.is_busy() => Err(StoreError::Locked { holder: None }),
            (Err(error), _) => Err(error),
        }
    }

    /// The id the marker file states.
    fn stated(&self) -> Option<ObjectId> {
        self.marker.as_ref().and_then(|marker| marker.id().ok())
    }

    /// The newest good snapshot of this library, its own or one in a backup's folder, unless none is wanted; and the library's id.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn basis(&self, snapshots: bool, backup: Option<&Path>) -> Result<Basis, StoreError> {
        let damaged = || open::connect(self.root.path(), Access::Read).and_then(|db| identity(&db)).ok();
        let known = self.stated().or_else(damaged);
        let (mut found, mut passed) = (Vec::new(), Vec::new());
        if snapshots {
            found.extend(taken(&self.root, Path::new(""), snapshot::FOLDER)?);
        }
        if let Some(backup) = backup {
            let at = std::path::absolute(backup).map_err(StoreError::io(backup))?;
            found.extend(taken(&Root::open_lenient(backup)?, &at, "snapshots")?);
        }
        found.sort_unstable();
        for (_, path) in found.into_iter().rev() {
            match self.good(&path, known) {
                Ok(id) => return Ok(Basis { snapshot: Some(path), passed, id }),
                Err(error) => passed.push((path, error.to_string())),
            }
        }
        Ok(Basis { snapshot: None, passed, id: known.unwrap_or_else(ObjectId::random) })
    }

    /// The id of a snapshot that is this library's, whole, and not from a newer program.
    fn good(&self, path: &Path, known: Option<ObjectId>) -> Result<ObjectId, StoreError> {
        let db = open::at_rest(&self.root.path().join(path))?;
        open::ours(&db)?;
        let (found, newest) = (migrate::version(&db)?, migrate::known(migrate::STEPS));
        if found > newest {
            return Err(StoreError::TooNew { found, known: newest });
        }
        migrate::check(&db)?;
        let id = identity(&db)?;
        match known {
            Some(known) if known != id => Err(StoreError::Damaged(format!("it belongs to another library ({id})"))),
            _ => Ok(id),
        }
    }

    /// Makes the new catalogue in staging. Without a snapshot it has a user for each of `users`, the first as `founder` says.
    ///
    /// # Errors
    /// Those of the catalogue and of the file system.
    pub fn draft(&self, basis: &Basis, founder: &Founder, users: &[ObjectId]) -> Result<Draft<'_>, StoreError> {
        self.clear(DRAFT)?;
        self.root.make_dirs(DRAFT)?;
        self.root.write_new(&format!("{DRAFT}/{FOR}"), self.in_place()?.as_bytes())?;
        if let Some(path) = &basis.snapshot {
            let db = open::at_rest(&self.root.path().join(path))?;
            snapshot::copy(&db, &self.root, DRAFT, open::CATALOGUE, snapshot::Check::Whole)?;
        } else {
            self.root.write_new(&format!("{DRAFT}/{}", open::CATALOGUE), b"")?;
        }
        let draft = Draft { site: self, id: basis.id };
        let mut db = draft.connect()?;
        migrate::apply(&mut db, migrate::STEPS)?;
        if basis.snapshot.is_none() {
            found(&mut db, basis.id, founder, users)?;
        }
        Ok(draft)
    }

    /// Puts a new catalogue that is whole in place of the lost one it was made for; whether there was such a one. One that was made
    /// for another goes.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn finish(&self, now: Timestamp) -> Result<bool, StoreError> {
        let draft = format!("{READY}/{}", open::CATALOGUE);
        let ready = self.root.stat(&draft)?.is_some() && self.is_for_this()?;
        if ready {
            let stamp = snapshot::stamp(now);
            let aside = |name: &str| self.root.free_name("quarantine", &format!("damaged-{stamp}-{name}"));
            // A log of the old catalogue must never meet the new one: SQLite might take it for its own.
            for name in ["catalog.db-wal", "catalog.db-shm", "catalog.db-journal"] {
                if self.root.stat(name)?.is_some() {
                    self.root.set_aside(name, &aside(name)?)?;
                }
            }
            self.root.supplant(open::CATALOGUE, &draft, &aside(open::CATALOGUE)?)?;
        }
        self.discard()?;
        Ok(ready)
    }

    /// Removes what earlier runs had made and not put in place: a catalogue that is whole needs none of it.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn discard(&self) -> Result<(), StoreError> {
        self.clear(READY)?;
        self.clear(DRAFT)
    }

    /// Whether the new catalogue was made for what stands in its place now.
    fn is_for_this(&self) -> Result<bool, StoreError> {
        match self.root.read_small(&format!("{READY}/{FOR}"), 4096) {
            Err(StoreError::Io { error, .. }) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            told => Ok(told? == self.in_place()?),
        }
    }

    /// What tells the file in the catalogue's place from any other, and from itself once it is written to.
    fn in_place(&self) -> Result<String, StoreError> {
        let path = self.root.path().join(open::CATALOGUE);
        match path.symlink_metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok("absent".to_owned()),
            Err(error) => Err(StoreError::io(path)(error)),
            Ok(stat) => Ok(format!("{} {} {}.{:09}", stat.ino(), stat.size(), stat.mtime(), stat.mtime_nsec())),
        }
    }

    /// Puts the marker file back, with the id of the catalogue in place, where it is gone or says nothing; whether it did.
    ///
    /// # Errors
    /// Those of the catalogue and of the file system.
    pub fn mark(&self) -> Result<bool, StoreError> {
        if self.stated().is_some() {
            return Ok(false);
        }
        let id = open::connect(self.root.path(), Access::Read).and_then(|db| identity(&db))?;
        self.root.write_over(marker::NAME, Marker::new(id).text().as_bytes())?;
        Ok(true)
    }

    /// Whether the marker file says which library this is.
    pub fn is_marked(&self) -> bool {
        self.stated().is_some()
    }

    fn clear(&self, folder: &str) -> Result<(), StoreError> {
        for name in self.root.names(folder)? {
            self.root.remove(&format!("{folder}/{name}"))?;
        }
        match std::fs::remove_dir(self.root.path().join(folder)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(folder)(error)),
            _ => Ok(()),
        }
    }
}

/// A new catalogue in staging.
pub struct Draft<'a> {
    site: &'a Site,
    id: ObjectId,
}

impl Draft<'_> {
    /// Opens it as a library of one of its users, to write rows for the originals in place.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn library(&self, owner: Owner) -> Result<Library, StoreError> {
        let connection = self.connect()?;
        // Until it is whole it is worth nothing, so nothing of it need be synced one by one.
        connection.pragma_update(None, "synchronous", "off")?;
        reader::scope(&connection, owner)?;
        let (root, marker) = (Root::open(self.site.root.path())?, Marker::new(self.id));
        Ok(Library { root, connection, owner, marker, migrated: None, lock: None })
    }

    /// A connection to it.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn connect(&self) -> Result<Connection, StoreError> {
        open::dial(&self.site.root.path().join(DRAFT).join(open::CATALOGUE), Access::Write, open::BUSY)
    }

    /// Says that it is whole, once it is: checked, synced, and under the name that [`Site::finish`] looks for.
    ///
    /// # Errors
    /// `Damaged` when it does not check out; those of the file system.
    pub fn ready(self) -> Result<(), StoreError> {
        let db = self.connect()?;
        migrate::check(&db)?;
        db.close().map_err(|(_, error)| error)?;
        let (root, file) = (&self.site.root, format!("{DRAFT}/{}", open::CATALOGUE));
        root.open_file(&file)?.sync_all().map_err(StoreError::io(root.path().join(&file)))?;
        root.sync_dir(DRAFT)?;
        self.site.clear(READY)?;
        root.set_aside(DRAFT, READY)
    }
}

/// The time in a snapshot's name, and that of its file.
type When = (i64, i64);

/// The snapshots in a folder, each with the time in its name, or else of its file, and that of its file, in milliseconds since
/// 1970: names tell no two of a second apart.
fn taken(root: &Root, shown: &Path, folder: &str) -> Result<Vec<(When, PathBuf)>, StoreError> {
    let mut taken = Vec::new();
    for name in root.names(folder)?.into_iter().filter(|name| Path::new(name).extension() == Some("db".as_ref())) {
        let path = root.path().join(folder).join(&name);
        let Ok(stat) = path.symlink_metadata() else { continue };
        let written = stat.mtime().saturating_mul(1000).saturating_add(stat.mtime_nsec() / 1_000_000);
        taken.push(((stamped(&name).unwrap_or(written), written), shown.join(folder).join(name)));
    }
    Ok(taken)
}

/// The instant in a name such as `daily-2026-11-23T21-40-00Z.db`.
fn stamped(name: &str) -> Option<i64> {
    const LENGTH: usize = "2026-11-23T21-40-00Z".len();
    let part = (0..name.len()).filter_map(|at| name.get(at..at + LENGTH)).find(|part| part.ends_with('Z'))?;
    let (date, clock) = part.split_once('T')?;
    Timestamp::parse(&format!("{date}T{}", clock.replace('-', ":"))).ok().map(Timestamp::millis)
}

/// Whether it is what the file holds that fails, today and tomorrow, and not its being locked, closed, or on a failing disk.
fn of_content(error: &StoreError) -> bool {
    use rusqlite::{
        Error,
        ErrorCode::{DatabaseCorrupt, NotADatabase, Unknown},
    };
    match error {
        // SQLite's general error is one of the statement: the table or column it names is not there.
        StoreError::Sql(Error::SqliteFailure(failure, _)) => {
            matches!(failure.code, DatabaseCorrupt | NotADatabase)
                || (failure.code, failure.extended_code) == (Unknown, rusqlite::ffi::SQLITE_ERROR)
        }
        StoreError::Sql(
            Error::QueryReturnedNoRows
            | Error::FromSqlConversionFailure(..)
            | Error::InvalidColumnType(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::Utf8Error(..),
        )
        | StoreError::Invalid(_) => true,
        _ => false,
    }
}

fn identity(db: &Connection) -> Result<ObjectId, StoreError> {
    Ok(db.query_row("SELECT id FROM library", [], |row| row.get(0))?)
}

/// The rows of a library without media: itself, and its users.
fn found(db: &mut Connection, id: ObjectId, founder: &Founder, users: &[ObjectId]) -> Result<(), StoreError> {
    let tx = db.transaction()?;
    tx.execute("INSERT INTO library (n, id, min_reader, created_at) VALUES (1, ?1, 1, ?2)", params![id, founder.now])?;
    let first = Owner { n: 1, id: users.first().copied().unwrap_or_else(ObjectId::random) };
    let operation = journal::begin(&tx, first, "init", founder.now)?;
    user::found(&tx, first, operation, &open::first_user(first.id, founder)?, super::files::own_uid())?;
    for (n, id) in (2..).zip(users.iter().skip(1)) {
        // Nobody knows the address any more; one that leads nowhere stands in for it.
        let email = Email::parse(format!("{id}@rebuilt.invalid"))?;
        let mut user = User::new(*id, email, founder.now);
        user.base = Base::new(*id, *id, founder.now, Some(SourceType::System));
        user::found(&tx, Owner { n, id: *id }, operation, &user, super::files::own_uid())?;
        tx.execute("UPDATE user SET os_uid = NULL WHERE n = ?1", params![n])?;
    }
    journal::finish(&tx, operation, journal::Outcome::Success, founder.now, None)?;
    Ok(tx.commit()?)
}

impl Library {
    /// The same library as another of its users sees it, on a connection of its own.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn of_owner(&self, owner: Owner, access: Access) -> Result<Self, StoreError> {
        let connection = open::connect(self.root.path(), access)?;
        reader::scope(&connection, owner)?;
        let (root, marker) = (Root::open(self.root.path())?, self.marker.clone());
        Ok(Self { root, connection, owner, marker, migrated: None, lock: None })
    }
}
