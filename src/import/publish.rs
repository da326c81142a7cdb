//! Step 6 of the protocol: staged files get their final names, which must be free, and their folders are synced.
//!
//! The names are noted in staging first, so that a run that dies before its commit leaves nothing unexplained.

use std::collections::{BTreeSet, HashMap};
use std::os::fd::OwnedFd;

use rustix::fs::fsync;

use super::batch::Staging;
use super::fields::Draft;
use super::stage::Taken;
use crate::store::{Root, StoreError};

/// Open folders of the library, by path.
pub type Folders = HashMap<String, OwnedFd>;

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
    let mut touched = BTreeSet::new();
    let mut results = Vec::with_capacity(batch.len());
    for (taken, draft) in batch {
        let original = match &taken.staged {
            Some(name) => {
                let (folder, file) = split(draft.media.file_path.as_str());
                touched.insert(folder.to_owned());
                staging.run.publish(name, open(root, folders, folder)?, file)
            }
            None => Ok(()),
        };
        let thumbnail = original.is_ok() && thumbnail(root, staging, taken, draft);
        results.push(Published { original, thumbnail });
    }
    for folder in touched {
        fsync(open(root, folders, &folder)?)
            .map_err(|error| StoreError::io(root.path().join(&folder))(error.into()))?;
    }
    Ok(results)
}

/// Thumbnails can be made again, so they are never synced; `verify` notes one that was lost.
fn thumbnail(root: &Root, staging: &Staging, taken: &Taken, draft: &Draft) -> bool {
    let (Some((name, _)), Some(path)) = (&taken.picture.drawn, &draft.media.thumbnail_path) else { return false };
    let (folder, file) = split(path.as_str());
    root.make_dirs(folder).is_ok_and(|folder| staging.run.publish(name, &folder, file).is_ok())
}

fn open<'a>(root: &Root, folders: &'a mut Folders, folder: &str) -> Result<&'a OwnedFd, StoreError> {
    // A photo library spans months by the hundred; open folders are bounded all the same.
    if folders.len() > 256 && !folders.contains_key(folder) {
        folders.clear();
    }
    match folders.entry(folder.to_owned()) {
        std::collections::hash_map::Entry::Occupied(open) => Ok(open.into_mut()),
        std::collections::hash_map::Entry::Vacant(new) => {
            let made = root.make_dirs(folder)?;
            root.settle_dirs(folder)?;
            Ok(new.insert(made))
        }
    }
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}
