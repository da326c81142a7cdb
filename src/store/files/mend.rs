//! What only repairs need of the library's folder: modes put right, a small file rewritten, a file put in another's place.
//!
//! Nothing here removes an original: what must go from its place gets another name.

use std::io::Write;

use rustix::fs::{AtFlags, FileType, Mode, chmodat, fchmod, fsync, linkat, renameat, statat, unlinkat};
use rustix::io::Errno;

use super::{Root, create_at, split};
use crate::store::StoreError;

impl Root {
    /// Gives a file or folder beneath the root this mode; `false` where it is neither.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn chmod(&self, relative: &str, mode: u32) -> Result<bool, StoreError> {
        let mode = Mode::from_raw_mode(mode);
        if relative == "." {
            return fchmod(&self.fd, mode).map(|()| true).map_err(|error| self.fail("", error));
        }
        let (folder, name) = split(relative);
        let dir = self.dir(folder)?;
        // The system cannot change a mode without following a link, so what stands there is looked at first.
        let stat = statat(&dir, name, AtFlags::SYMLINK_NOFOLLOW).map_err(|error| self.fail(relative, error))?;
        let kind = FileType::from_raw_mode(stat.st_mode);
        if !kind.is_file() && !kind.is_dir() {
            return Ok(false);
        }
        chmodat(&dir, name, mode, AtFlags::empty()).map_err(|error| self.fail(relative, error))?;
        Ok(true)
    }

    /// Writes a small file in place of the one before, synced: at any moment it is the old one or the new one.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write_over(&self, relative: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let (folder, name) = split(relative);
        let draft = format!("{name}.new");
        let dir = self.make_dirs(folder)?;
        let _ = unlinkat(&dir, &draft, AtFlags::empty());
        let mut file = create_at(&dir, &draft).map_err(|error| self.fail(relative, error))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(StoreError::io(self.path.join(relative)))?;
        renameat(&dir, &draft, &dir, name).map_err(|error| self.fail(relative, error))?;
        fsync(&dir).map_err(|error| self.fail(relative, error))
    }

    /// A free name in `folder` for a file called `name`: the same, or with a number before the extension.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn free_name(&self, folder: &str, name: &str) -> Result<String, StoreError> {
        let (stem, ext) = name.split_once('.').map_or((name, String::new()), |(stem, ext)| (stem, format!(".{ext}")));
        for k in 1..10_000 {
            let path = if k == 1 { format!("{folder}/{name}") } else { format!("{folder}/{stem}-{k}{ext}") };
            if self.path.join(&path).symlink_metadata().is_err() {
                return Ok(path);
            }
        }
        Err(StoreError::Damaged(format!("no name is left for {name} in {folder}/")))
    }

    /// Puts `draft` in the place of `name`, which keeps its bytes under `aside`: at any moment `name` is the old one or the new one.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn supplant(&self, name: &str, draft: &str, aside: &str) -> Result<(), StoreError> {
        let ((from, old), (drafts, new), (to, kept)) = (split(name), split(draft), split(aside));
        let (folder, drafts, target) = (self.dir(from)?, self.dir(drafts)?, self.make_dirs(to)?);
        match linkat(&folder, old, &target, kept, AtFlags::empty()) {
            Ok(()) => fsync(&target).map_err(|error| self.fail(aside, error))?,
            Err(Errno::NOENT) => {}
            // Some disks know one name a file only: for a moment there is none in its place, and the draft waits for the next run.
            Err(_) => self.set_aside(name, aside)?,
        }
        renameat(&drafts, new, &folder, old).map_err(|error| self.fail(name, error))?;
        fsync(&folder).and_then(|()| fsync(&drafts)).map_err(|error| self.fail(name, error))
    }
}
