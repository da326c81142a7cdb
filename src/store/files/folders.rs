//! Folders beneath the library: made where they are missing, each name on the disk before what stands in it counts.

use std::collections::BTreeSet;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{Mode, OFlags, fsync, mkdirat};
use rustix::io::Errno;

use super::{DIR_MODE, OPEN_DIR, Root, openat, parts};
use crate::store::StoreError;

impl Root {
    /// Makes the folders of a path that are missing, and syncs each new one and its parent; gives the last. Without a journal, a
    /// synced name of an unsynced folder leads to whatever the disk held there before.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn make_dirs(&self, relative: &str) -> Result<OwnedFd, StoreError> {
        self.descend(relative, |parent, new| fsync(new).and_then(|()| fsync(parent)))
    }

    /// Makes the folders of a path that are missing and syncs nothing: for what may be lost, or until [`Root::settle_dirs`].
    ///
    /// # Errors
    /// Those of the file system.
    pub fn lay_dirs(&self, relative: &str) -> Result<OwnedFd, StoreError> {
        self.descend(relative, |_, _| Ok(()))
    }

    /// Goes down a path, making what is missing; `made` is told the parent of each new folder, and the folder.
    fn descend(
        &self,
        relative: &str,
        made: impl Fn(&OwnedFd, &OwnedFd) -> Result<(), Errno>,
    ) -> Result<OwnedFd, StoreError> {
        let mut fd = self.fd.try_clone().map_err(StoreError::io(&self.path))?;
        for name in parts(relative) {
            let new = match mkdirat(&fd, name, DIR_MODE) {
                Ok(()) => true,
                Err(Errno::EXIST) => false,
                Err(error) => return Err(self.fail(relative, error)),
            };
            let below = openat(&fd, name, OPEN_DIR | OFlags::NOFOLLOW, Mode::empty())
                .map_err(|error| self.fail(relative, error))?;
            self.tighten_dir(&below).map_err(|error| self.fail(relative, error))?;
            if new {
                made(&fd, &below).map_err(|error| self.fail(relative, error))?;
            }
            fd = below;
        }
        Ok(fd)
    }

    /// Syncs these folders and every one above them, each once, the deepest first: no name on the disk leads to a folder that is not
    /// there yet, whoever made it.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn settle_dirs(&self, folders: &BTreeSet<&str>) -> Result<(), StoreError> {
        let whole = |folder: &&str| Path::new(*folder).ancestors().map(Path::to_owned).collect::<Vec<_>>();
        let all: BTreeSet<_> = folders.iter().flat_map(whole).collect();
        all.iter().rev().try_for_each(|folder| self.sync_dir(folder.to_str().unwrap_or_default()))
    }
}
