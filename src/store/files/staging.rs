//! Staging: where a run's files are written and synced before they are published under their final names.
//!
//! Each run has a folder `staging/{operation}` with a lock that the system frees when the process dies, and a list of the names
//! it is about to publish. After a crash the next run finds by it which files may have a name but no row.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::fs::{AtFlags, Dir, FlockOperation, Mode, fchmod, flock, fsync, renameat, unlinkat};
use rustix::io::Errno;

use super::{Root, create_at, openat, rename_new};
use crate::model::text::FilePath;
use crate::store::{StoreError, lock};

const LOCK: &str = "lock";
const PUBLISHED: &str = "published";
/// What a run's folder is called beside its number until its lock is held.
const DRAFT: &str = ".new";
/// How long a run that begins waits for one that sweeps: a sweep of drafts takes no time, unless its process was stopped.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running command's place in `staging/`.
#[derive(Debug)]
pub struct Run {
    name: String,
    dir: OwnedFd,
    next: AtomicU64,
    published: File,
    /// Held while the run lasts.
    _lock: File,
}

/// What a dead run left: its operation and every name it meant to publish.
#[derive(Debug, PartialEq, Eq)]
pub struct Leftover {
    /// The operation that was cut off.
    pub operation: i64,
    /// Files that may stand under their final name without a row.
    pub published: Vec<FilePath>,
}

/// A run as it stands in staging.
#[derive(Debug, PartialEq, Eq)]
pub struct Staged {
    /// What it has left there so far.
    pub left: Leftover,
    /// Whether it still runs.
    pub alive: bool,
}

impl Run {
    /// Makes the staging folder of an operation. It gets its name only once its lock is held.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn start(root: &Root, operation: i64) -> Result<Self, StoreError> {
        let at = root.path().join("staging").join(operation.to_string());
        let fail = |error: Errno| StoreError::io(&at)(error.into());
        let draft = format!("{operation}{DRAFT}");
        let staging = root.make_dirs("staging")?;
        let dir = root.make_dirs(&format!("staging/{draft}"))?;
        let lock = create_at(&dir, LOCK).map_err(fail)?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(fail)?;
        let published = create_at(&dir, PUBLISHED).map_err(fail)?;
        fsync(&dir).map_err(fail)?;
        renameat(&staging, &draft, &staging, operation.to_string()).map_err(fail)?;
        fsync(&staging).map_err(fail)?;
        Ok(Self { name: operation.to_string(), dir, next: AtomicU64::new(0), published, _lock: lock })
    }

    /// Makes a new empty file in the staging folder; gives it and its name there.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create(&self) -> io::Result<(String, File)> {
        let name = self.next.fetch_add(1, Ordering::Relaxed).to_string();
        let file = create_at(&self.dir, &name)?;
        Ok((name, file))
    }

    /// Opens a staged file to read.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open(&self, name: &str) -> io::Result<File> {
        let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::CLOEXEC;
        Ok(File::from(openat(&self.dir, name, flags, Mode::empty())?))
    }

    /// Where a staged file stands beneath the library.
    pub fn path_of(&self, name: &str) -> String {
        format!("staging/{}/{name}", self.name)
    }

    /// Drops a staged file; its absence is no error.
    pub fn discard(&self, name: &str) {
        // A leftover in staging is swept by the next run.
        let _ = unlinkat(&self.dir, name, AtFlags::empty());
    }

    /// Notes, synced, which names are about to be published, beside those noted before.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn intend(&self, paths: &[&FilePath]) -> io::Result<()> {
        let lines: String = paths.iter().flat_map(|path| [path.as_str(), "\n"]).collect();
        // Appended: the list before stays true, and a torn last line names a file that was not published yet.
        (&self.published).write_all(lines.as_bytes())?;
        self.published.sync_data()
    }

    /// Gives a staged file its final name, which must be free. The folders must exist; syncing them is the caller's.
    ///
    /// # Errors
    /// Those of the file system; `AlreadyExists` when the name is taken.
    pub fn publish(&self, name: &str, folder: &OwnedFd, final_name: &str) -> io::Result<()> {
        Ok(rename_new(&self.dir, name, folder, final_name)?)
    }

    /// Drops what is staged, and gives the names that were to be published so far.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn give_up(&self, root: &Root) -> Result<Vec<FilePath>, StoreError> {
        drop_staged(root, &self.name)?;
        intended(&self.dir)
    }

    /// Ends the run: nothing it staged or noted is needed any more.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn finish(self, root: &Root) -> Result<(), StoreError> {
        empty(root, &self.name)
    }
}

/// Held from before an operation is begun until its run has a folder, so that no sweep takes it for a dead one's.
pub struct Beginning(#[allow(dead_code, reason = "holding the descriptor is holding the lock")] OwnedFd);

/// Announces a run.
///
/// # Errors
/// Those of the file system; `Locked` when a sweep holds on, which only a stopped one does.
pub fn beginning(root: &Root) -> Result<Beginning, StoreError> {
    let staging = root.make_dirs("staging")?;
    // Where folders cannot be locked, no sweep gets the lock either.
    match lock::wait(&staging, FlockOperation::NonBlockingLockShared, PATIENCE) {
        Ok(false) => Err(StoreError::Locked { holder: None }),
        _ => Ok(Beginning(staging)),
    }
}

/// Settles what died before its run had a folder: drafts of folders go, and `settle` is told which runs do have one. Nothing
/// happens while any run is beginning.
///
/// # Errors
/// Those of `settle` and of the file system.
pub fn sweep_beginnings(root: &Root, settle: impl FnOnce(&[i64]) -> Result<(), StoreError>) -> Result<(), StoreError> {
    let staging = root.make_dirs("staging")?;
    if flock(&staging, FlockOperation::NonBlockingLockExclusive).is_err() {
        return Ok(());
    }
    let names = names(root, "staging")?;
    for name in names.iter().filter(|name| name.ends_with(DRAFT)) {
        empty(root, name)?;
    }
    settle(&names.iter().filter_map(|name| name.parse().ok()).collect::<Vec<_>>())
}

/// Finds and empties the staging folders of runs that died, giving each to `settle` first; a living run's lock is held, so it is left alone.
///
/// # Errors
/// Those of `settle` and of the file system.
pub fn sweep(root: &Root, mut settle: impl FnMut(Leftover) -> Result<(), StoreError>) -> Result<(), StoreError> {
    for name in names(root, "staging")? {
        let Ok(operation) = name.parse::<i64>() else { continue };
        let Some(dir) = folder(root, &name)? else { continue };
        let lock = match lock_of(&dir) {
            Ok(lock) => lock,
            // A folder has its name only with its lock in it, so this one was being removed when its run died.
            Err(Errno::NOENT) => {
                empty(root, &name)?;
                continue;
            }
            Err(_) => continue,
        };
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            continue;
        }
        // First what may fill the disk: settling writes.
        drop_staged(root, &name)?;
        settle(Leftover { operation, published: intended(&dir)? })?;
        empty(root, &name)?;
    }
    Ok(())
}

/// Looks at every run in staging, dead or alive, and changes nothing: a lock is only tried, shared.
///
/// # Errors
/// Those of the file system.
pub fn survey(root: &Root) -> Result<Vec<Staged>, StoreError> {
    let mut staged = Vec::new();
    for name in names(root, "staging")? {
        let Ok(operation) = name.parse::<i64>() else { continue };
        // A run that ends meanwhile takes its folder along.
        let Some(dir) = folder(root, &name)? else { continue };
        let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::CLOEXEC;
        let lock = openat(&dir, LOCK, flags, Mode::empty());
        let alive = lock.is_ok_and(|lock| flock(lock, FlockOperation::NonBlockingLockShared).is_err());
        staged.push(Staged { left: Leftover { operation, published: intended(&dir)? }, alive });
    }
    Ok(staged)
}

/// A run's folder; `None` when it is gone: runs end while others look.
fn folder(root: &Root, name: &str) -> Result<Option<OwnedFd>, StoreError> {
    match root.dir(&format!("staging/{name}")) {
        Err(StoreError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

fn lock_of(dir: &OwnedFd) -> Result<File, Errno> {
    let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::CLOEXEC;
    Ok(File::from(openat(dir, LOCK, flags, Mode::empty())?))
}

fn intended(dir: &OwnedFd) -> Result<Vec<FilePath>, StoreError> {
    let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::CLOEXEC;
    let Ok(fd) = openat(dir, PUBLISHED, flags, Mode::empty()) else { return Ok(Vec::new()) };
    let mut text = String::new();
    File::from(fd).read_to_string(&mut text).map_err(StoreError::io(PUBLISHED))?;
    let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
    Ok(whole.lines().filter_map(|line| FilePath::parse(line).ok()).collect())
}

pub(super) fn names(root: &Root, relative: &str) -> Result<Vec<String>, StoreError> {
    let at = root.path().join(relative);
    let fd = match root.dir(relative) {
        Ok(fd) => fd,
        Err(StoreError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let entries = Dir::read_from(&fd).map_err(|error| StoreError::io(&at)(error.into()))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| StoreError::io(&at)(error.into()))?;
        names.extend(entry.file_name().to_str().ok().filter(|name| !matches!(*name, "." | "..")).map(str::to_owned));
    }
    Ok(names)
}

/// Removes a run's staged files; its lock and its list stay.
fn drop_staged(root: &Root, name: &str) -> Result<(), StoreError> {
    let Some(dir) = folder(root, name)? else { return Ok(()) };
    for file in names(root, &format!("staging/{name}"))?.iter().filter(|file| *file != LOCK && *file != PUBLISHED) {
        let _ = unlinkat(&dir, file, AtFlags::empty());
    }
    Ok(())
}

/// Removes a run's folder with all in it. The lock goes last, so that a second sweeper still finds it held.
fn empty(root: &Root, name: &str) -> Result<(), StoreError> {
    let Some(dir) = folder(root, name)? else { return Ok(()) };
    // Staged originals are already read-only; the folder is ours, and that is what unlinking asks.
    let _ = fchmod(&dir, super::DIR_MODE);
    drop_staged(root, name)?;
    let _ = unlinkat(&dir, PUBLISHED, AtFlags::empty());
    let _ = unlinkat(&dir, LOCK, AtFlags::empty());
    let staging = root.dir("staging")?;
    let _ = unlinkat(&staging, name, AtFlags::REMOVEDIR);
    Ok(())
}
