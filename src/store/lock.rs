//! The library's lock: shared for normal work, exclusive for what must be alone. The kernel frees it when its holder dies.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::StoreError;

/// How long one look at a busy lock lasts.
const PAUSE: Duration = Duration::from_millis(20);

/// How long a lock is waited for that was held a moment ago.
const AGAIN: Duration = Duration::from_secs(5);

/// A held lock.
pub struct Lock(File);

impl Lock {
    /// Takes it alone if nobody else holds it; if not, it is held beside others as before.
    ///
    /// # Errors
    /// `Locked` when somebody took it alone in between and does not let go, so that it is not held any more.
    pub fn hold_alone(&self) -> Result<bool, StoreError> {
        if flock(&self.0, FlockOperation::NonBlockingLockExclusive).is_ok() {
            return Ok(true);
        }
        // The system lets go of a lock before it tries for the other kind.
        self.share().map(|()| false)
    }

    /// Holds it beside others again.
    ///
    /// # Errors
    /// `Locked` when somebody holds it alone and does not let go; those of the file system.
    pub fn share(&self) -> Result<(), StoreError> {
        match wait(&self.0, FlockOperation::NonBlockingLockShared, AGAIN) {
            Ok(true) => Ok(()),
            Ok(false) => Err(StoreError::Locked { holder: None }),
            Err(error) => Err(StoreError::io("lock")(error.into())),
        }
    }
}

/// How a lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Beside others.
    Shared,
    /// Alone.
    Exclusive,
}

/// Takes the lock file at `path`, waiting up to `timeout`. What stands in the file is a hint for people, nothing more.
///
/// # Errors
/// `Locked` when the time is over, naming who holds it, or the last exclusive holder where the system does not tell.
pub fn take(path: &Path, hold: Hold, timeout: Duration) -> Result<Lock, StoreError> {
    let mut file = super::files::lock_file(path).map_err(StoreError::io(path))?;
    let wanted = match hold {
        Hold::Shared => FlockOperation::NonBlockingLockShared,
        Hold::Exclusive => FlockOperation::NonBlockingLockExclusive,
    };
    if !wait(&file, wanted, timeout).map_err(|error| StoreError::io(path)(error.into()))? {
        return Err(StoreError::Locked { holder: super::holder::of(path).or_else(|| noted(&mut file)) });
    }
    if hold == Hold::Exclusive {
        let who = format!("process {}\n", std::process::id());
        // A hint that cannot be written is no reason to refuse the work.
        let _ =
            file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).and_then(|_| file.write_all(who.as_bytes()));
    }
    Ok(Lock(file))
}

/// Takes the right to make a library in a folder. It is the folder's own lock, not the library's: what is just being made cannot
/// be opened yet, and what was just made can be at once.
///
/// # Errors
/// `Locked` when another process is making one there.
pub fn found(folder: &Path) -> Result<Lock, StoreError> {
    let dir = File::open(folder).map_err(StoreError::io(folder))?;
    let held = wait(&dir, FlockOperation::NonBlockingLockExclusive, Duration::ZERO);
    if held.map_err(|error| StoreError::io(folder)(error.into()))? {
        Ok(Lock(dir))
    } else {
        Err(StoreError::Locked { holder: None })
    }
}

/// Takes the lock of a folder that is no library, at once or not at all; `None` where its file system has no such locks.
///
/// # Errors
/// `Locked` when another process holds it; those of the file system.
pub fn folder(folder: &Path, hold: Hold) -> Result<Option<Lock>, StoreError> {
    let dir = File::open(folder).map_err(StoreError::io(folder))?;
    let wanted = match hold {
        Hold::Shared => FlockOperation::NonBlockingLockShared,
        Hold::Exclusive => FlockOperation::NonBlockingLockExclusive,
    };
    match wait(&dir, wanted, Duration::ZERO) {
        Ok(true) => Ok(Some(Lock(dir))),
        Ok(false) => Err(StoreError::Locked { holder: None }),
        Err(_) => Ok(None),
    }
}

/// Takes a lock on an open file or folder, waiting up to `timeout`; whether it is held now.
///
/// # Errors
/// Those of the file system.
pub(super) fn wait(file: impl AsFd, wanted: FlockOperation, timeout: Duration) -> Result<bool, Errno> {
    let start = Instant::now();
    loop {
        match flock(&file, wanted) {
            Ok(()) => return Ok(true),
            Err(Errno::INTR) => {}
            Err(Errno::WOULDBLOCK) if start.elapsed() >= timeout => return Ok(false),
            Err(Errno::WOULDBLOCK) => sleep(PAUSE),
            Err(error) => return Err(error),
        }
    }
}

/// What its last exclusive holder wrote into it.
fn noted(file: &mut File) -> Option<String> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(200).read_to_string(&mut text).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
