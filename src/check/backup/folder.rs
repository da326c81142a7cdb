//! The folder of a backup: found, made, and kept apart from libraries and from other processes.
//!
//! ```text
//! DIR/hypernet-backup.json   which library it is a backup of; made first
//! DIR/manifest.jsonl         what belongs to it; made last
//! DIR/snapshots/TIME.db      catalogues
//! DIR/users/...              originals, as in the library
//! DIR/partial/               what is half written; empty between runs
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::BackupError;
use crate::model::ObjectId;
use crate::store::{Hold, Lock, MARKER, Root, StoreError, lock_folder};

const LABEL: &str = "hypernet-backup.json";
/// The newest format this hypernet knows.
pub(super) const FORMAT: u32 = 1;
/// Where files are until they are whole.
pub(super) const PARTIAL: &str = "partial";
/// Where catalogues stand.
pub(super) const SNAPSHOTS: &str = "snapshots";

/// A backup's folder.
pub struct Folder {
    root: Root,
    library: ObjectId,
    /// Held while it is worked on.
    _lock: Option<Lock>,
}

/// What says that a folder is a backup.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    hypernet_backup: u32,
    library_id: String,
}

impl Folder {
    /// Opens the backup at a path, to read.
    ///
    /// # Errors
    /// `Absent`, `Place` where there is none; `Damaged`, `TooNew`, `Busy`.
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        if !path.is_dir() {
            return Err(BackupError::Absent(path.to_owned()));
        }
        let root = Root::open_lenient(path)?;
        let Some(library) = labelled(&root)? else {
            return Err(BackupError::Place { path: path.to_owned(), reason: "this is no backup of hypernet's" });
        };
        let lock = locked(&root, Hold::Shared)?;
        Ok(Self { root, library, _lock: lock })
    }

    /// Opens the backup of a library at a path, to write; makes it where nothing stands yet.
    ///
    /// # Errors
    /// `Place` and `Foreign` where it may not be; `Busy`; those of the file system.
    pub(super) fn open_or_make(path: &Path, of: &Root, library: ObjectId) -> Result<Self, BackupError> {
        Self::look(path, of, library)?;
        let root = Root::make(path)?;
        let lock = locked(&root, Hold::Exclusive)?;
        if labelled(&root)?.is_none() {
            let label = Label { hypernet_backup: FORMAT, library_id: library.to_string() };
            let text = serde_json::to_string(&label).unwrap_or_default() + "\n";
            root.write_new(LABEL, text.as_bytes())?;
        }
        for folder in [PARTIAL, SNAPSHOTS] {
            root.make_dirs(folder)?;
        }
        Ok(Self { root, library, _lock: lock })
    }

    /// Whether the backup of a library may stand at a path, and whether it does; changes nothing.
    ///
    /// # Errors
    /// `Place` and `Foreign` where it may not.
    pub(super) fn look(path: &Path, of: &Root, library: ObjectId) -> Result<bool, BackupError> {
        apart(path, of.path(), "a backup cannot be in the library it is of", "the library lies in it")?;
        outside(path, "it lies in another backup: each backup needs a folder of its own")?;
        let fail = |reason| Err(BackupError::Place { path: path.to_owned(), reason });
        if fs::symlink_metadata(path.join(MARKER)).is_ok() {
            return fail("this is a library, not a backup");
        }
        let entries = match fs::read_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => return fail("this is not a folder"),
            other => other.map_err(StoreError::io(path))?,
        };
        if let Some(id) = labelled(&Root::open_lenient(path)?)? {
            return match () {
                () if id != library => Err(BackupError::Foreign { path: path.to_owned(), id }),
                () if entries.flatten().any(|entry| entry.path().join(LABEL).exists()) => {
                    fail("another backup lies in it: each backup needs a folder of its own")
                }
                () => Ok(true),
            };
        }
        for entry in entries {
            let name = entry.map_err(StoreError::io(path))?.file_name();
            // A label that was not finished, and what makers of file systems put there.
            if name != "hypernet-backup.json.new" && name != "lost+found" {
                return fail("this folder holds other things: a backup needs one of its own");
            }
        }
        Ok(false)
    }

    /// The library it is a backup of.
    pub fn library(&self) -> ObjectId {
        self.library
    }

    /// The folder itself.
    pub(super) fn root(&self) -> &Root {
        &self.root
    }

    /// Removes what a killed run left half written.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn clear(&self) -> Result<(), BackupError> {
        clear(&self.root, PARTIAL)
    }
}

fn locked(root: &Root, hold: Hold) -> Result<Option<Lock>, BackupError> {
    lock_folder(root.path(), hold).map_err(|error| match error {
        StoreError::Locked { .. } => BackupError::Busy(root.path().to_owned()),
        other => other.into(),
    })
}

/// Empties a folder of drafts.
pub(super) fn clear(root: &Root, folder: &str) -> Result<(), BackupError> {
    for name in root.names(folder)? {
        root.remove(&format!("{folder}/{name}"))?;
    }
    Ok(())
}

/// Refuses two folders of which one is, or lies in, the other.
pub(super) fn apart(path: &Path, other: &Path, within: &'static str, around: &'static str) -> Result<(), BackupError> {
    let fail = |reason| Err(BackupError::Place { path: path.to_owned(), reason });
    let (path, other) = (settled(path)?, settled(other)?);
    match () {
        () if path.starts_with(&other) => fail(within),
        () if other.starts_with(&path) => fail(around),
        () => Ok(()),
    }
}

/// Refuses a path beneath a backup.
pub(super) fn outside(path: &Path, reason: &'static str) -> Result<(), BackupError> {
    let within = settled(path)?.ancestors().skip(1).any(|above| above.join(LABEL).exists());
    if within { Err(BackupError::Place { path: path.to_owned(), reason }) } else { Ok(()) }
}

/// The real path of what may not be there yet.
fn settled(path: &Path) -> Result<PathBuf, BackupError> {
    match path.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        other => return Ok(other.map_err(StoreError::io(path))?),
    }
    let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match path.file_name() {
        Some(name) => Ok(settled(above)?.join(name)),
        None => Err(BackupError::Place { path: path.to_owned(), reason: "this path leads nowhere" }),
    }
}

/// Which library a folder says it is a backup of.
fn labelled(root: &Root) -> Result<Option<ObjectId>, BackupError> {
    let text = match root.read_small(LABEL, 4096) {
        Err(StoreError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let damaged = |why: &str| BackupError::Damaged(format!("{LABEL} {why}"));
    let label: Label = serde_json::from_str(&text).map_err(|_| damaged("cannot be read"))?;
    if label.hypernet_backup > FORMAT {
        return Err(BackupError::TooNew { found: label.hypernet_backup, known: FORMAT });
    }
    ObjectId::parse(&label.library_id).map(Some).map_err(|_| damaged("names no library"))
}
