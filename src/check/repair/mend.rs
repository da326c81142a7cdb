//! Originals that are missing or damaged: put back from quarantine, from trash/ or from among the orphans, or mended from a backup.
//!
//! Only bytes with the hash the catalogue has for the original take its place; what stood there goes to `quarantine/damaged/`.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::{Deed, Item, Survey, Work, quarantine};
use crate::model::{ObjectId, Sha256};
use crate::store::files::{self, CHUNK, Digest, Run};
use crate::store::trash::leaving;
use crate::store::{Library, Root, StoreError};

/// Where damaged originals go.
const DAMAGED: &str = "quarantine/damaged";

/// An original that is not where it should be, or not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Its place.
    pub path: String,
    /// The media it was stored for.
    pub id: ObjectId,
    /// Its bytes, as many as the catalogue says.
    pub size: u64,
    /// Their SHA-256.
    pub hash: Sha256,
}

/// Puts back what stands elsewhere in the library, and takes it off the list of what is lost.
///
/// # Errors
/// Those of the file system.
pub fn put_back(library: &Library, survey: &mut Survey, work: Work<'_>) -> Result<(), StoreError> {
    let mut spare = spare(library, survey, work)?;
    let mut left = Vec::new();
    for lost in std::mem::take(&mut survey.lost) {
        let Some(from) = spare.get_mut(&lost.hash).and_then(Vec::pop).filter(|_| !work.told.stops()) else {
            left.push(lost);
            continue;
        };
        if work.acts {
            library.root().chmod(&from, 0o400)?;
            put(library.root(), &from, &lost.path)?;
        }
        survey.orphans.retain(|orphan| *orphan != from);
        survey.waiting.retain(|waiting| waiting.path != from);
        work.told.item(Item::of_file(Deed::PutBack, &lost.path, Some(lost.id), format!("it stood at {from}")));
    }
    survey.lost = left;
    Ok(())
}

/// Files in quarantine, orphans, and files in trash/ that no purge names, whose bytes are those of something lost: only such sizes are read.
fn spare(library: &Library, survey: &Survey, work: Work<'_>) -> Result<HashMap<Sha256, Vec<String>>, StoreError> {
    let mut spare: HashMap<Sha256, Vec<String>> = HashMap::new();
    if survey.lost.is_empty() {
        return Ok(spare);
    }
    let leaving: HashSet<String> = leaving::all(library.catalogue())?.into_iter().map(|file| file.aside).collect();
    let kept = quarantine::kept(library.root())?.into_iter().map(|kept| kept.path);
    // What a purge moved there is on its way out; anything else may be there because a catalogue came back from before one.
    let trash = quarantine::beneath(library.root(), "trash")?.into_iter().map(|kept| kept.path);
    let trash = trash.filter(|path| !leaving.contains(path));
    for path in kept.chain(trash).chain(survey.orphans.iter().cloned()) {
        let size = library.root().stat(&path)?.map(|(size, _)| size);
        if work.told.stops() || !survey.lost.iter().any(|lost| Some(lost.size) == size) {
            continue;
        }
        // One that cannot be read is no spare.
        if let Ok((hash, _)) = library.root().hash(&path) {
            spare.entry(hash).or_default().push(path);
        }
    }
    Ok(spare)
}

/// Puts a whole file in an original's place. What stands there keeps its bytes under another name, and at no moment the place is
/// empty: neither is lost where the run dies.
fn put(root: &Root, from: &str, path: &str) -> Result<(), StoreError> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    root.make_dirs(folder)?;
    root.settle_dirs(&std::iter::once(folder).collect())?;
    if root.path().join(path).symlink_metadata().is_ok() {
        root.supplant(path, from, &root.free_name(DAMAGED, name)?)
    } else {
        root.set_aside(from, path)
    }
}

/// Mends what is lost from a backup made by `hypernet backup`, where originals stand under the same names as in the library.
///
/// # Errors
/// Those of the library's disk. What the backup does not have, or has with other bytes, stays on the list.
pub fn mend(
    library: &Library,
    run: Option<&Run>,
    backup: &Root,
    survey: &mut Survey,
    work: Work<'_>,
) -> Result<(), StoreError> {
    let mut left = Vec::new();
    for lost in std::mem::take(&mut survey.lost) {
        if work.told.stops() || !one(library.root(), run.filter(|_| work.acts), backup, &lost)? {
            left.push(lost);
            continue;
        }
        work.told.item(Item::of_file(Deed::Mended, &lost.path, Some(lost.id), "its bytes are those that were stored"));
    }
    survey.lost = left;
    Ok(())
}

/// Whether the backup has these bytes; with a run, they are in place then, synced and read back.
fn one(root: &Root, run: Option<&Run>, backup: &Root, lost: &Lost) -> Result<bool, StoreError> {
    let same = |(hash, size): (Sha256, u64)| hash == lost.hash && size == lost.size;
    let Ok(Some((size, _))) = backup.stat(&lost.path) else { return Ok(false) };
    let Ok(mut source) = backup.open_file(&lost.path) else { return Ok(false) };
    let Some(run) = run.filter(|_| size == lost.size) else {
        return Ok(files::hash(&mut source).is_ok_and(same));
    };
    let fail = || StoreError::io(root.path().join(&lost.path));
    let (name, mut staged) = run.create().map_err(fail())?;
    let copied = copy(&mut source, &mut staged).map_err(fail())?;
    if !copied.is_some_and(same) {
        run.discard(&name);
        return Ok(false);
    }
    staged.sync_all().map_err(fail())?;
    files::forget_cache(&staged);
    let again = files::hash(&mut run.open(&name).map_err(fail())?).map_err(fail())?;
    if !same(again) {
        run.discard(&name);
        return Err(fail()(io::Error::other("what was written to the disk is not what it gives back")));
    }
    let draft = run.path_of(&name);
    root.chmod(&draft, 0o400)?;
    staged.sync_all().map_err(fail())?;
    put(root, &draft, &lost.path)?;
    Ok(true)
}

/// Copies and hashes in one pass; `None` when the backup's file cannot be read to its end.
fn copy(source: &mut File, staged: &mut File) -> io::Result<Option<(Sha256, u64)>> {
    let (mut hasher, mut size, mut chunk) = (Digest::default(), 0, vec![0; CHUNK]);
    loop {
        match source.read(&mut chunk) {
            Ok(0) => return Ok(Some((hasher.finish(), size))),
            Ok(read) => {
                hasher.update(&chunk[..read]);
                staged.write_all(&chunk[..read])?;
                size += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Ok(None),
        }
    }
}

/// Opens a folder made by `hypernet backup`.
///
/// # Errors
/// When there is no such folder, or no originals in it.
pub fn open_backup(path: &Path) -> Result<Root, StoreError> {
    let root = Root::open(path)?;
    root.dir("users").map(|_| root)
}
