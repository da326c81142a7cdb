//! Files and folders beneath the library that change their place, or go. Only what is named goes, and nothing is overwritten unasked.

use std::io;

use rustix::fs::{AtFlags, fsync, renameat, unlinkat};
use rustix::io::Errno;

use super::{Root, rename_new, split};
use crate::store::StoreError;

impl Root {
    /// Removes a file beneath the root; its absence is no error.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn remove(&self, relative: &str) -> Result<(), StoreError> {
        let (folder, name) = split(relative);
        match unlinkat(self.dir(folder)?, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(self.fail(relative, error)),
        }
    }

    /// Moves a file beneath the root to another name beneath it that must be free, and syncs both folders.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn set_aside(&self, from: &str, to: &str) -> Result<(), StoreError> {
        let ((from_folder, from_name), (to_folder, to_name)) = (split(from), split(to));
        let (source, target) = (self.dir(from_folder)?, self.make_dirs(to_folder)?);
        rename_new(&source, from_name, &target, to_name).map_err(|error| self.fail(from, error))?;
        fsync(&target).and_then(|()| fsync(&source)).map_err(|error| self.fail(to, error))
    }

    /// Moves a file beneath the root into the place of another one there, if there is one. Syncing is the caller's.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn replace(&self, from: &str, to: &str) -> Result<(), StoreError> {
        let ((from_folder, from_name), (to_folder, to_name)) = (split(from), split(to));
        let renamed = renameat(self.dir(from_folder)?, from_name, self.dir(to_folder)?, to_name);
        renamed.map_err(|error| self.fail(to, error))
    }

    /// Removes an empty folder beneath the root; its absence is no error.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn remove_dir(&self, relative: &str) -> Result<(), StoreError> {
        let (folder, name) = split(relative);
        match unlinkat(self.dir(folder)?, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(self.fail(relative, error)),
        }
    }

    /// Gives a file beneath the root another name beneath it that must be free; says whether there was one. Syncs nothing.
    ///
    /// # Errors
    /// Those of the file system but for its absence.
    pub fn shift(&self, from: &str, to: &str) -> Result<bool, StoreError> {
        let ((from_folder, from_name), (to_folder, to_name)) = (split(from), split(to));
        let source = match self.dir(from_folder) {
            Err(StoreError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            other => other?,
        };
        match rename_new(&source, from_name, self.dir(to_folder)?, to_name) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(self.fail(from, error)),
        }
    }
}
