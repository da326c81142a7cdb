//! The library's folder: every file in it is opened beneath its root, never through a link, with the modes set explicitly.
//!
//! Nothing here knows rows. Temporary files exist only in `staging/`.

mod copy;
mod digest;
mod folders;
mod left;
mod mend;
mod modes;
mod moves;
mod staging;

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{
    AtFlags, CWD, Mode, OFlags, RenameFlags, fchmod, fstat, fsync, linkat, renameat_with, statat, unlinkat,
};
use rustix::io::{Errno, retry_on_intr};

use super::StoreError;
use crate::model::Sha256;

pub use copy::{Outcome, Source, copy};
pub use digest::{Digest, forget_cache, hash, hash_while, read_ahead};
pub use left::Left;
pub use staging::{Beginning, Leftover, Run, Staged, beginning, survey, sweep, sweep_beginnings};

const DIR_MODE: Mode = Mode::RWXU;
/// Everything else is private to its owner.
pub const FILE_MODE: Mode = Mode::from_raw_mode(0o600);
/// Originals are never rewritten.
pub const ORIGINAL_MODE: Mode = Mode::from_raw_mode(0o400);
const OPEN_DIR: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

const NEW_FILE: OFlags =
    OFlags::RDWR.union(OFlags::CREATE).union(OFlags::EXCL).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// How much is read at a time: measured best for hashing as bytes arrive.
pub const CHUNK: usize = 256 * 1024;

/// An open library folder.
#[derive(Debug)]
pub struct Root {
    path: PathBuf,
    fd: OwnedFd,
    /// Whether modes must be as they are set: not on a disk that has none.
    strict: bool,
}

impl Root {
    /// Makes the folder of a new library, or takes one that is empty or holds only what a cut-off `init` left.
    ///
    /// # Errors
    /// `NotEmpty` where something else stands; those of the file system.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        make_all(path).map_err(StoreError::io(path))?;
        let ours = [
            "catalog.db",
            "catalog.db.new",
            "catalog.db-journal",
            "catalog.db-wal",
            "catalog.db-shm",
            "hypernet-library.toml.new",
            "lock",
            "users",
            "staging",
            "trash",
            "quarantine",
            "backups",
        ];
        for entry in std::fs::read_dir(path).map_err(StoreError::io(path))? {
            let name = entry.map_err(StoreError::io(path))?.file_name();
            let known = name.to_str().is_some_and(|name| ours.contains(&name) || name == super::marker::NAME);
            if !known {
                return Err(StoreError::NotEmpty { path: path.to_owned(), reason: "the folder is not empty" });
            }
        }
        let root = Self::open(path)?;
        root.private()?;
        Ok(root)
    }

    /// Opens the folder at `path`.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let path = path.canonicalize().map_err(StoreError::io(path))?;
        let fd = openat(CWD, &path, OPEN_DIR, Mode::empty()).map_err(|error| StoreError::io(&path)(error.into()))?;
        Ok(Self { path, fd, strict: true })
    }

    /// Opens a folder that is no library, such as a backup's: its disk may be one that knows no modes.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open_lenient(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { strict: false, ..Self::open(path)? })
    }

    /// Makes a folder with those above it, each name synced, and opens it; one that is there stays as it is.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn make(path: &Path) -> Result<Self, StoreError> {
        let there = path.is_dir();
        make_all(path).map_err(StoreError::io(path))?;
        let root = Self::open_lenient(path)?;
        if !there {
            root.private()?;
        }
        Ok(root)
    }

    /// Makes the folder its owner's alone.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn private(&self) -> Result<(), StoreError> {
        self.set_mode(&self.fd, DIR_MODE).map_err(|error| self.fail("", error))
    }
    fn create_new(&self, dir: impl AsFd, name: &str) -> Result<File, Errno> {
        let fd = openat(dir, name, NEW_FILE, FILE_MODE)?;
        self.set_mode(&fd, FILE_MODE)?;
        Ok(File::from(fd))
    }

    /// Its absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Syncs the folder itself: the names in it.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn sync(&self) -> Result<(), StoreError> {
        fsync(&self.fd).map_err(|error| self.fail("", error))
    }

    /// Opens a folder beneath the root, following no links.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn dir(&self, relative: &str) -> Result<OwnedFd, StoreError> {
        let mut fd = self.fd.try_clone().map_err(StoreError::io(&self.path))?;
        for name in parts(relative) {
            fd = openat(&fd, name, OPEN_DIR | OFlags::NOFOLLOW, Mode::empty())
                .map_err(|error| self.fail(relative, error))?;
        }
        Ok(fd)
    }

    /// Syncs a folder beneath the root: the names in it.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn sync_dir(&self, relative: &str) -> Result<(), StoreError> {
        fsync(self.dir(relative)?).map_err(|error| self.fail(relative, error))
    }

    /// Opens a file beneath the root to read, following no links.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open_file(&self, relative: &str) -> Result<File, StoreError> {
        let (folder, name) = split(relative);
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = openat(self.dir(folder)?, name, flags, Mode::empty()).map_err(|error| self.fail(relative, error))?;
        Ok(File::from(fd))
    }

    /// Whether an open file is this very file beneath the root, by whatever path it was reached.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn is_file_of(&self, relative: &str, other: &File) -> Result<bool, StoreError> {
        let ours = fstat(self.open_file(relative)?).map_err(|error| self.fail(relative, error))?;
        let theirs = fstat(other).map_err(|error| self.fail(relative, error))?;
        Ok((ours.st_dev, ours.st_ino) == (theirs.st_dev, theirs.st_ino))
    }

    /// Size and mode of a file beneath the root; `None` when it is absent or no regular file.
    ///
    /// # Errors
    /// Those of the file system but for its absence.
    pub fn stat(&self, relative: &str) -> Result<Option<(u64, u32)>, StoreError> {
        let (folder, name) = split(relative);
        let dir = match self.dir(folder) {
            Ok(dir) => dir,
            Err(StoreError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        match statat(dir, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if is_file(stat.st_mode) => {
                Ok(Some((u64::try_from(stat.st_size).unwrap_or(0), stat.st_mode & 0o7777)))
            }
            Ok(_) | Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(self.fail(relative, error)),
        }
    }

    /// Writes a small file that must not exist yet, synced.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write_new(&self, relative: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let (folder, name) = split(relative);
        let draft = format!("{name}.new");
        let dir = self.dir(folder)?;
        // What a killed run left of this very draft is of no use to anyone.
        let _ = unlinkat(&dir, &draft, AtFlags::empty());
        let mut file = self.create_new(&dir, &draft).map_err(|error| self.fail(relative, error))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(StoreError::io(self.path.join(relative)))?;
        rename_new(&dir, &draft, &dir, name).map_err(|error| self.fail(relative, error))?;
        fsync(&dir).map_err(|error| self.fail(relative, error))
    }

    /// The text of a small file beneath the root; one with more bytes than `most` is an error.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn read_small(&self, relative: &str, most: u64) -> Result<String, StoreError> {
        let mut text = String::new();
        let read = self.open_file(relative)?.take(most + 1).read_to_string(&mut text);
        let whole =
            read.and_then(|read| if read as u64 > most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(()) });
        whole.map(|()| text).map_err(StoreError::io(self.path.join(relative)))
    }

    /// Makes an empty file that must not exist yet.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create_file(&self, relative: &str) -> Result<File, StoreError> {
        let (folder, name) = split(relative);
        self.create_new(self.dir(folder)?, name).map_err(|error| self.fail(relative, error))
    }

    /// What stands in a folder beneath the root; nothing where there is none.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn names(&self, relative: &str) -> Result<Vec<String>, StoreError> {
        staging::names(self, relative)
    }

    /// Reads a file beneath the root from the disk and gives its SHA-256 and size.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn hash(&self, relative: &str) -> Result<(Sha256, u64), StoreError> {
        let mut file = self.open_file(relative)?;
        forget_cache(&file);
        hash(&mut file).map_err(StoreError::io(self.path.join(relative)))
    }

    /// Bytes free for this account on the library's disk.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn free_space(&self) -> Result<u64, StoreError> {
        let stat = rustix::fs::fstatvfs(&self.fd).map_err(|error| self.fail("", error))?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    fn fail(&self, relative: &str, error: Errno) -> StoreError {
        StoreError::io(self.path.join(relative))(error.into())
    }
}

fn is_file(mode: u32) -> bool {
    rustix::fs::FileType::from_raw_mode(mode).is_file()
}

/// Makes a folder and those above it that are missing, each name synced: what is stored beneath must not go with a folder.
fn make_all(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_all(above)?;
    match std::fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    File::open(above)?.sync_all()
}

/// Makes `to` share the blocks of `from`.
///
/// # Errors
/// Where the file system or the system cannot.
pub fn reflink(from: &File, to: &File) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    return Ok(rustix::fs::ioctl_ficlone(to, from)?);
    #[cfg(not(target_os = "linux"))]
    return Err(io::Error::from(io::ErrorKind::Unsupported)).map(|()| drop((from, to)));
}

/// Opens, however often a signal breaks in: on a disk behind a network one may.
fn openat(dir: impl AsFd, path: impl rustix::path::Arg + Copy, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
    retry_on_intr(|| rustix::fs::openat(&dir, path, flags, mode))
}

/// Opens a source: read-only, without waiting, never through a link. The caller checks that it is a regular file.
///
/// # Errors
/// Those of the file system.
pub fn open_source(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
    Ok(File::from(openat(CWD, path, flags, Mode::empty())?))
}

/// Opens the lock file, making it where the folder is this account's own: a guest's lock file would lock the owner out.
pub(super) fn lock_file(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let own =
        path.parent().and_then(|folder| rustix::fs::stat(folder).ok()).is_some_and(|stat| stat.st_uid == own_uid());
    let made = if own { OFlags::CREATE } else { OFlags::empty() };
    match openat(CWD, path, flags | OFlags::RDWR | made, FILE_MODE) {
        Ok(fd) => Ok(File::from(fd)),
        Err(closed @ (Errno::ROFS | Errno::ACCESS)) => {
            Ok(File::from(openat(CWD, path, flags | OFlags::RDONLY, Mode::empty()).map_err(|_| closed)?))
        }
        Err(error) => Err(error.into()),
    }
}

/// The number by which the system names a path's file system.
///
/// # Errors
/// Those of the file system.
pub fn file_system(path: &Path) -> io::Result<u64> {
    #[cfg(target_os = "linux")]
    return Ok(rustix::fs::statfs(path)?.f_type as u64 & 0xffff_ffff);
    #[cfg(not(target_os = "linux"))]
    return path.metadata().map(|_| 0);
}

/// The account this process runs as.
pub fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Makes a new file in an open folder: it must not exist, whatever it is.
fn create_at(dir: impl AsFd, name: &str) -> Result<File, Errno> {
    let fd = openat(dir, name, NEW_FILE, FILE_MODE)?;
    fchmod(&fd, FILE_MODE)?;
    Ok(File::from(fd))
}

/// Gives a file a new name that must be free. Where the system cannot say so in one call, a second name does it.
fn rename_new(from: impl AsFd, name: &str, to: impl AsFd, new: &str) -> Result<(), Errno> {
    match renameat_with(&from, name, &to, new, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            linkat(&from, name, &to, new, AtFlags::empty())?;
            unlinkat(&from, name, AtFlags::empty())
        }
        other => other,
    }
}

fn parts(relative: &str) -> impl Iterator<Item = &str> {
    Path::new(relative).components().filter_map(|part| match part {
        Component::Normal(name) => name.to_str(),
        _ => None,
    })
}

fn split(relative: &str) -> (&str, &str) {
    relative.rsplit_once('/').unwrap_or(("", relative))
}
