//! Step 6 of the protocol: staged files get their final names, which must be free, and their folders are synced.
//!
//! The names are noted in staging first, so that a run that dies before its commit leaves nothing unexplained.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::os::fd::OwnedFd;

use rustix::fs::fsync;

use super::batch::Staging;
use super::fields::Draft;
use super::stage::Taken;
use crate::store::{Root, StoreError};

/// Most folders held open: a photo library spans months by the hundred, and a process may have few descriptors.
const OPEN: usize = 32;

/// Folders of the library this run has published into, by path.
#[derive(Default)]
pub struct Folders {
    open: HashMap<String, OwnedFd>,
    /// Those whose names, and the names above them, are on the disk.
    settled: HashSet<String>,
}

/// What came of publishing one file.
pub struct Published {
    /// Its original, where it had one to publish.
    pub original: std::io::Result<()>,
    /// Its thumbnail; one that could not be is drawn again another time.
    pub thumbnail: bool,
}

/// Publishes the originals and thumbnails of a batch.
///
/// # Errors
/// When the note or a folder's sync fails: nothing of the batch may be committed then.
pub fn all(
    root: &Root,
    staging: &Staging,
    folders: &mut Folders,
    batch: &[(&Taken, &Draft)],
) -> Result<Vec<Published>, StoreError> {
    let originals = batch.iter().filter(|(taken, _)| taken.staged.is_some());
    let names: Vec<_> = originals.map(|(_, draft)| &draft.media.file_path).collect();
    staging.run.intend(&names).map_err(StoreError::io(root.path().join("staging")))?;
    folders.make(root, names.iter().map(|name| split(name.as_str()).0))?;
    let mut touched = BTreeSet::new();
    let mut results = Vec::with_capacity(batch.len());
    for (taken, draft) in batch {
        let original = match &taken.staged {
            Some(name) => {
                let (folder, file) = split(draft.media.file_path.as_str());
                touched.insert(folder.to_owned());
                staging.run.publish(name, folders.open(root, folder)?, file)
            }
            None => Ok(()),
        };
        let thumbnail = original.is_ok() && thumbnail(root, staging, taken, draft);
        results.push(Published { original, thumbnail });
    }
    for folder in touched {
        fsync(folders.open(root, &folder)?).map_err(|error| StoreError::io(root.path().join(&folder))(error.into()))?;
    }
    Ok(results)
}

/// Thumbnails can be made again, so they are never synced; `verify` notes one that was lost.
fn thumbnail(root: &Root, staging: &Staging, taken: &Taken, draft: &Draft) -> bool {
    let (Some((name, _)), Some(path)) = (&taken.picture.drawn, &draft.media.thumbnail_path) else { return false };
    let (folder, file) = split(path.as_str());
    root.lay_dirs(folder).is_ok_and(|folder| staging.run.publish(name, &folder, file).is_ok())
}

impl Folders {
    /// Makes the folders that are missing, all of them before the first sync: one commit of the file system's journal then holds them.
    fn make<'a>(&mut self, root: &Root, folders: impl Iterator<Item = &'a str>) -> Result<(), StoreError> {
        let new: BTreeSet<_> = folders.filter(|folder| !self.settled.contains(*folder)).collect();
        new.iter().try_for_each(|folder| root.lay_dirs(folder).map(drop))?;
        root.settle_dirs(&new)?;
        self.settled.extend(new.into_iter().map(str::to_owned));
        Ok(())
    }

    fn open(&mut self, root: &Root, folder: &str) -> Result<&OwnedFd, StoreError> {
        if self.open.len() >= OPEN && !self.open.contains_key(folder) {
            self.open.clear();
        }
        match self.open.entry(folder.to_owned()) {
            Entry::Occupied(open) => Ok(open.into_mut()),
            Entry::Vacant(new) => Ok(new.insert(root.dir(folder)?)),
        }
    }
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}
