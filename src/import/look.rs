//! Looks at files through their open folder: one step for the system, where the whole path would be as many as it is deep.
//!
//! A tree of a million known files is nothing but a million looks. Whatever is no plain file is left to the ordinary way.

use std::ffi::{OsStr, OsString};

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, statat};

use crate::store::sources::Stat;

/// The folder last looked into.
#[derive(Default)]
pub struct Look {
    folder: Option<(OsString, OwnedFd)>,
}

impl Look {
    /// The state of a plain file; `None` for anything else, or if it cannot be seen.
    pub fn at(&mut self, folder: &OsStr, name: &OsStr) -> Option<Stat> {
        if self.folder.as_ref().is_none_or(|(path, _)| path != folder) {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            self.folder = Some((folder.to_owned(), openat(CWD, folder, flags, Mode::empty()).ok()?));
        }
        let (_, open) = self.folder.as_ref()?;
        let found = statat(open, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        let nanos = |seconds: i64, rest: u64| seconds.saturating_mul(1_000_000_000).saturating_add(rest.cast_signed());
        FileType::from_raw_mode(found.st_mode).is_file().then(|| Stat {
            size: found.st_size.cast_unsigned(),
            mtime_ns: nanos(found.st_mtime, found.st_mtime_nsec),
            ctime_ns: nanos(found.st_ctime, found.st_ctime_nsec),
            device: found.st_dev,
            inode: found.st_ino,
        })
    }
}
