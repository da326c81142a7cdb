//! Whose a library's folder is, who may do what with it, and whether anything can be written there.
//!
//! Nothing here reads or writes a file's bytes.

use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, Mode, StatVfsMountFlags, chmodat, fchmod, fstat, fstatvfs, statat};
use rustix::io::Errno;

use super::{DIR_MODE, FILE_MODE, Root, is_file};
use crate::store::StoreError;

impl Root {
    /// Whether the folder belongs to this account of the operating system.
    pub fn owned_by(&self, uid: u32) -> bool {
        self.owner() == Some(uid)
    }

    /// The account of the operating system the folder belongs to.
    pub fn owner(&self) -> Option<u32> {
        fstat(&self.fd).ok().map(|stat| stat.st_uid)
    }

    /// Says at once that nothing can be written here, before the catalogue says it in other words.
    ///
    /// # Errors
    /// On a disk that is mounted read-only.
    pub fn refuse_read_only(&self) -> Result<(), StoreError> {
        let stat = fstatvfs(&self.fd).map_err(|error| self.fail("", error))?;
        if stat.f_flag.contains(StatVfsMountFlags::RDONLY) { Err(self.fail("", Errno::ROFS)) } else { Ok(()) }
    }

    /// Takes from others what they may do with the folder itself and with these files at its top, where they may.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn tighten(&self, files: &[&str]) -> Result<(), StoreError> {
        self.tighten_dir(&self.fd).map_err(|error| self.fail("", error))?;
        for name in files {
            // By name: to open and close a catalogue here would free the locks another connection of this process has on it.
            let stat = statat(&self.fd, *name, AtFlags::SYMLINK_NOFOLLOW);
            let wide = stat.is_ok_and(|stat| is_file(stat.st_mode) && stat.st_mode & 0o7777 != FILE_MODE.as_raw_mode());
            if wide {
                let told = chmodat(&self.fd, *name, FILE_MODE, AtFlags::empty());
                told.or_else(|error| if self.strict { Err(error) } else { Ok(()) })
                    .map_err(|error| self.fail(name, error))?;
            }
        }
        Ok(())
    }

    /// Gives a folder its mode, whatever the umask or somebody else gave it.
    pub(super) fn tighten_dir(&self, folder: &OwnedFd) -> Result<(), Errno> {
        let mode = fstat(folder)?.st_mode & 0o7777;
        if mode == DIR_MODE.as_raw_mode() { Ok(()) } else { self.set_mode(folder, DIR_MODE) }
    }

    pub(super) fn set_mode(&self, fd: impl AsFd, mode: Mode) -> Result<(), Errno> {
        match fchmod(fd, mode) {
            Err(Errno::PERM | Errno::NOTSUP | Errno::NOSYS) if !self.strict => Ok(()),
            other => other,
        }
    }
}
