//! Folders beneath the library: made where they are missing, each name on the disk before what stands in it counts.

use std::collections::BTreeSet;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{Mode, OFlags, fsync, mkdirat};
use rustix::io::Errno;

use super::{DIR_MODE, OPEN_DIR, Root, openat, parts};
use crate::store::StoreError;

impl Root {
    /// Makes the folders of a path that are missing, and syncs the parent of each new one; gives the last.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn make_dirs(&self, relative: &str) -> Result<OwnedFd, StoreError> {
        self.descend(relative, |parent| fsync(parent))
    }

    /// Makes the folders of a path that are missing and syncs nothing: for what may be lost, or until [`Root::settle_dirs`].
    ///
    /// # Errors
    /// Those of the file system.
    pub fn lay_dirs(&self, relative: &str) -> Result<OwnedFd, StoreError> {
        self.descend(relative, |_| Ok(()))
    }

    /// Goes down a path, making what is missing; `made` is told the parent of each new folder.
    fn descend(&self, relative: &str, made: impl Fn(&OwnedFd) -> Result<(), Errno>) -> Result<OwnedFd, StoreError> {
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
                made(&fd).map_err(|error| self.fail(relative, error))?;
            }
            fd = below;
        }
        Ok(fd)
    }

    /// Syncs every folder above these, each once: the names on the way may not be on the disk yet, whoever made them.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn settle_dirs(&self, folders: &BTreeSet<&str>) -> Result<(), StoreError> {
        let above = |folder: &&str| Path::new(*folder).ancestors().skip(1).map(Path::to_owned).collect::<Vec<_>>();
        let parents: BTreeSet<_> = folders.iter().flat_map(above).collect();
        parents.iter().try_for_each(|parent| self.sync_dir(parent.to_str().unwrap_or_default()))
    }
}
