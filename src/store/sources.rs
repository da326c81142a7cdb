//! Where files were found on disk: what became of each when it was last read, and every place a media was seen at.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Statement, named_params, params};

use super::{StoreError, Tx};
use crate::model::Timestamp;

/// The version of reading: a newer one reads remembered files again.
pub const PROBE_VERSION: u32 = 1;

const FOLDER: &str = "SELECT n FROM my_source_folder WHERE path = ?1";

const ADD_FOLDER: &str = "INSERT INTO source_folder (owner, path) VALUES (?1, ?2)";

const IN_FOLDER: &str = "
    SELECT file.name, file.size, file.mtime_ns, file.ctime_ns, file.device, file.inode, file.outcome, file.mime_type, file.reason,
      file.probe_version, file.media, object.id
      FROM my_source_file AS file LEFT JOIN my_object AS object ON object.n = file.media
     WHERE file.folder = ?1";

const REMEMBER: &str = "
    INSERT INTO source_file (folder, name, size, mtime_ns, ctime_ns, device, inode, outcome, media, mime_type, reason, probe_version)
    VALUES (:folder, :name, :size, :mtime_ns, :ctime_ns, :device, :inode, :outcome, :media, :mime_type, :reason, :probe_version)
    ON CONFLICT (folder, name) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns,
      device = excluded.device, inode = excluded.inode, outcome = excluded.outcome, media = excluded.media,
      mime_type = excluded.mime_type, reason = excluded.reason, probe_version = excluded.probe_version";

const SEE: &str = "
    INSERT INTO sighting (media, folder, name, seen_at, operation) VALUES (:media, :folder, :name, :seen_at, :operation)
    ON CONFLICT DO NOTHING";

/// The first hundred places a media was seen at, oldest first.
pub(super) const SEEN: &str = "
    SELECT folder.path, seen.name, seen.seen_at, seen.operation FROM my_sighting AS seen
      JOIN my_source_folder AS folder ON folder.n = seen.folder
     WHERE seen.media = ?1 ORDER BY seen.seen_at, seen.operation, folder.path, seen.name LIMIT 100";

/// What identifies the state of a file on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970.
    pub mtime_ns: i64,
    /// Nanoseconds since 1970.
    pub ctime_ns: i64,
    /// The device it lies on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
}

/// What became of a file when it was last read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Memory {
    /// It is this media, live or in the trash.
    Stored {
        /// The media's number.
        n: i64,
        /// Its id; `None` once it was purged.
        id: Option<crate::model::ObjectId>,
        /// Its type by content.
        mime_type: Option<String>,
    },
    /// It was passed over for its content, which was of this type if of any.
    Skipped {
        /// The type by content.
        mime_type: Option<String>,
    },
    /// It could not be taken in, for this reason.
    Failed {
        /// The error's code.
        reason: String,
    },
}

/// A remembered file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// How it was then.
    pub stat: Stat,
    /// What became of it.
    pub memory: Memory,
}

/// A place a media's bytes were seen at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The file; bytes that are no UTF-8 shown as U+FFFD.
    pub path: String,
    /// When.
    pub seen_at: Timestamp,
    /// By which operation.
    pub operation: i64,
}

/// The remembered files of a folder, by name; those an older version of reading left are forgotten.
///
/// # Errors
/// Those of the catalogue.
pub fn in_folder(db: &Connection, path: &Path) -> Result<Vec<(OsString, Remembered)>, StoreError> {
    let folder: Option<i64> =
        db.prepare_cached(FOLDER)?.query_row(params![path.as_os_str().as_bytes()], |row| row.get(0)).optional()?;
    let Some(folder) = folder else { return Ok(Vec::new()) };
    let mut select = db.prepare_cached(IN_FOLDER)?;
    let rows = select.query_map(params![folder], |row| {
        let outcome: String = row.get(6)?;
        let memory = match outcome.as_str() {
            "stored" => Memory::Stored { n: row.get(10)?, id: row.get(11)?, mime_type: row.get(7)? },
            "skipped" => Memory::Skipped { mime_type: row.get(7)? },
            _ => Memory::Failed { reason: row.get::<_, Option<String>>(8)?.unwrap_or_default() },
        };
        let stat = Stat {
            size: row.get::<_, i64>(1)?.cast_unsigned(),
            mtime_ns: row.get(2)?,
            ctime_ns: row.get(3)?,
            device: row.get::<_, i64>(4)?.cast_unsigned(),
            inode: row.get::<_, i64>(5)?.cast_unsigned(),
        };
        Ok((OsString::from_vec(row.get(0)?), row.get::<_, u32>(9)?, Remembered { stat, memory }))
    })?;
    let known = |row: &Result<(OsString, u32, Remembered), _>| row.as_ref().map_or(true, |row| row.1 == PROBE_VERSION);
    Ok(rows.filter(known).map(|row| row.map(|(name, _, file)| (name, file))).collect::<Result<_, _>>()?)
}

/// What to remember of a file.
pub enum Fate<'a> {
    /// It is this media, of this type.
    Stored(i64, &'a str),
    /// It was passed over, being of this type if of any.
    Skipped(Option<&'a str>),
    /// It could not be taken in, for this reason.
    Failed(&'a str),
}

/// Remembers what became of a file.
///
/// # Errors
/// Those of the catalogue.
pub fn remember(tx: &Tx, path: &Path, stat: &Stat, fate: &Fate<'_>) -> Result<(), StoreError> {
    let (folder, name) = split(tx, path)?;
    let (outcome, media, mime_type, reason) = match *fate {
        Fate::Stored(media, mime) => ("stored", Some(media), Some(mime), None),
        Fate::Skipped(mime) => ("skipped", None, mime, None),
        Fate::Failed(reason) => ("failed", None, None, Some(reason)),
    };
    tx.prepare_cached(REMEMBER)?.execute(named_params! {
        ":folder": folder, ":name": name.as_bytes(), ":size": stat.size.cast_signed(), ":mtime_ns": stat.mtime_ns,
        ":ctime_ns": stat.ctime_ns, ":device": stat.device.cast_signed(), ":inode": stat.inode.cast_signed(),
        ":outcome": outcome, ":media": media, ":mime_type": mime_type, ":reason": reason, ":probe_version": PROBE_VERSION,
    })?;
    Ok(())
}

/// Notes that a media's bytes were seen at a path; the first time counts.
///
/// # Errors
/// Those of the catalogue.
pub fn see(tx: &Tx, media: i64, path: &Path) -> Result<(), StoreError> {
    let (folder, name) = split(tx, path)?;
    tx.prepare_cached(SEE)?.execute(named_params! {
        ":media": media, ":folder": folder, ":name": name.as_bytes(), ":seen_at": tx.now(), ":operation": tx.operation(),
    })?;
    Ok(())
}

/// Whether a media's bytes were seen at this path before.
///
/// # Errors
/// Those of the catalogue.
pub fn saw(db: &Connection, media: i64, path: &Path) -> Result<bool, StoreError> {
    let folder = path.parent().unwrap_or(Path::new("/")).as_os_str().as_bytes();
    let name = path.file_name().unwrap_or_default().as_bytes();
    let seen = "SELECT 1 FROM my_sighting AS seen JOIN my_source_folder AS folder ON folder.n = seen.folder
                 WHERE seen.media = ?1 AND folder.path = ?2 AND seen.name = ?3";
    Ok(db.prepare_cached(seen)?.exists(params![media, folder, name])?)
}

/// The places a media was seen at; `select` is [`SEEN`].
///
/// # Errors
/// Those of the catalogue.
pub(super) fn sightings(select: &mut Statement<'_>, media: i64) -> Result<Vec<Sighting>, StoreError> {
    let rows = select.query_map(params![media], |row| {
        let (folder, name) = (row.get_ref(0)?.as_blob()?, row.get_ref(1)?.as_blob()?);
        let path = Path::new(OsStr::from_bytes(folder)).join(OsStr::from_bytes(name));
        Ok(Sighting { path: path.to_string_lossy().into_owned(), seen_at: row.get(2)?, operation: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn split<'a>(tx: &Tx, path: &'a Path) -> Result<(i64, &'a OsStr), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("/")).as_os_str().as_bytes();
    let name = path.file_name().unwrap_or_default();
    let found: Option<i64> = tx.prepare_cached(FOLDER)?.query_row(params![folder], |row| row.get(0)).optional()?;
    if let Some(n) = found {
        return Ok((n, name));
    }
    tx.prepare_cached(ADD_FOLDER)?.execute(params![tx.owner().n, folder])?;
    Ok((tx.last_insert_rowid(), name))
}
