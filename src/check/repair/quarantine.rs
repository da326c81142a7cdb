//! The quarantine: what is set aside there, what of it may be taken in again, and the only way anything leaves it for good.
//!
//! Orphans go to `quarantine/{user}/`, so that it stays known whose they are; damaged originals to `quarantine/damaged/`. What an
//! interrupted import left stands at the top.

use std::os::unix::fs::MetadataExt;

use super::{Deed, Item, Survey, Work, walk};
use crate::check::originals::{self, Original, Place};
use crate::model::{ObjectId, Timestamp};
use crate::store::{Library, Owner, Root, StoreError, repair as rows};

/// A file in quarantine that may be taken in: by its name it was an original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Where it stands.
    pub path: String,
    /// The id it had.
    pub id: ObjectId,
    /// Whose it is.
    pub owner: Owner,
}

/// A file in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Where it stands.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// When it came there or was last changed, in milliseconds since 1970.
    pub since: i64,
}

/// Sets orphans aside. Their owner's thumbnails of them, if any, go: nothing shows them.
///
/// # Errors
/// Those of the file system.
pub fn set_aside(library: &Library, survey: &Survey, work: Work<'_>) -> Result<(), StoreError> {
    let root = library.root();
    for path in &survey.orphans {
        let Some(place) = Place::of(path).filter(|_| !work.told.stops()) else { continue };
        let name = path.rsplit('/').next().unwrap_or_default();
        let to = root.free_name(&format!("quarantine/{}", place.owner()), name)?;
        if work.acts {
            if root.stat(path)?.is_none() {
                continue;
            }
            root.set_aside(path, &to)?;
        }
        work.told.item(Item::of_file(Deed::SetAside, path, None, format!("to {to}")));
    }
    Ok(())
}

/// The files that may be taken in: named as originals are, with bytes that no row of their owner has and that were not purged.
///
/// # Errors
/// Those of the catalogue and of the file system.
pub fn waiting(library: &Library) -> Result<Vec<Aside>, StoreError> {
    let owners = rows::owners(library.catalogue())?;
    let mut waiting = Vec::new();
    for kept in kept(library.root())? {
        let Some(aside) = aside(&kept.path, &owners) else { continue };
        // What cannot be read stays where it is; verify names it.
        let Ok((hash, _)) = library.root().hash(&kept.path) else { continue };
        if kept.size > 0 && !rows::had(library.catalogue(), aside.owner, &hash)? {
            waiting.push(aside);
        }
    }
    Ok(waiting)
}

/// The orphans that could be taken in once they are set aside.
///
/// # Errors
/// Those of the catalogue.
pub fn coming(library: &Library, survey: &Survey) -> Result<Vec<String>, StoreError> {
    let owners = rows::owners(library.catalogue())?;
    let mut coming = Vec::new();
    for path in &survey.orphans {
        let owner = Place::of(path).and_then(|place| owners.iter().find(|owner| owner.id == place.owner()));
        let (Some(owner), Ok((hash, size))) = (owner, library.root().hash(path)) else { continue };
        if size > 0 && !rows::had(library.catalogue(), *owner, &hash)? {
            coming.push(path.clone());
        }
    }
    Ok(coming)
}

/// Whose a file is, by its path: `quarantine/{user}/{id}.{ext}`, or without a user where there is only one.
fn aside(path: &str, owners: &[Owner]) -> Option<Aside> {
    let parts: Vec<&str> = path.split('/').collect();
    let (owner, name) = match (&parts[..], owners) {
        (["quarantine", name], [only]) => (*only, *name),
        (["quarantine", user, name], _) => {
            let user = ObjectId::parse(user).ok()?;
            (*owners.iter().find(|owner| owner.id == user)?, *name)
        }
        _ => return None,
    };
    Some(Aside { path: path.to_owned(), id: id_of(name)?, owner })
}

/// Every file in quarantine, by path.
///
/// # Errors
/// Those of the file system.
pub fn kept(root: &Root) -> Result<Vec<Kept>, StoreError> {
    beneath(root, "quarantine")
}

/// Every file beneath a folder of the library, as deep as any may stand, by path.
pub(super) fn beneath(root: &Root, folder: &str) -> Result<Vec<Kept>, StoreError> {
    let mut kept = Vec::new();
    walk(root, folder, |path, stat| {
        let since = stat.mtime().max(stat.ctime()).saturating_mul(1000);
        kept.push(Kept { path, size: stat.len(), since });
    })?;
    kept.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(kept)
}

/// Removes from quarantine what has been there for `age` milliseconds: the only thing that does. A file whose bytes an original
/// may miss stays, and is given.
///
/// # Errors
/// Those of the catalogue and of the file system.
pub fn drop_older(library: &Library, age: i64, work: Work<'_>) -> Result<Vec<Kept>, StoreError> {
    let (originals, mut needed) = (originals::rows_of(library)?, Vec::new());
    for kept in kept(library.root())?.into_iter().filter(|kept| older(kept, age, work.now)) {
        if work.told.stops() {
            break;
        }
        if missed(library.root(), &originals, &kept) {
            needed.push(kept);
            continue;
        }
        if work.acts {
            library.root().remove(&kept.path)?;
        }
        work.told.item(Item::of_file(Deed::Dropped, kept.path, None, format!("{} bytes", kept.size)));
    }
    if work.acts {
        library.root().sync_dir("quarantine")?;
    }
    Ok(needed)
}

fn older(kept: &Kept, age: i64, now: Timestamp) -> bool {
    now.millis().saturating_sub(kept.since) >= age
}

/// Whether an original may miss these bytes: one that should have them, or whose name the file has, is not sound in its place.
/// A file that cannot be read may be anything, so it counts as missed.
fn missed(root: &Root, originals: &[Original], kept: &Kept) -> bool {
    let Ok((hash, _)) = root.hash(&kept.path) else { return true };
    let named = id_of(&kept.path);
    let mut concerned =
        originals.iter().filter(|original| original.hash == hash || Some(original.place.holder()) == named);
    concerned.any(|original| root.hash(&original.place.path()).map_or(true, |(found, _)| found != original.hash))
}

/// The id an original had that is set aside under this name: `{id}-2.{ext}` is the second of its name.
fn id_of(path: &str) -> Option<ObjectId> {
    ObjectId::parse(path.rsplit('/').next()?.split('.').next()?.get(..36)?).ok()
}
