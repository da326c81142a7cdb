//! The files of what was purged: moved to `trash/` by the run that purged, unlinked by the next one.
//!
//! No file is touched before the disk has the purge that gave it up: a purge that was killed may have left its rows where every
//! process reads them and a power cut still takes them back. A file goes before the row that names it, and only what a row names goes. So a crash leaves at worst a file in `trash/` that
//! the next run still knows, and what nobody knows is never touched.

use std::collections::BTreeSet;

use crate::store::trash::leaving;
use crate::store::{Library, StoreError};

/// Moves every file on its way out into `trash/`; gives how many could not be.
///
/// # Errors
/// Those of the catalogue, and of `trash/` itself.
pub fn aside(library: &Library) -> Result<u64, StoreError> {
    let leaving = leaving::all(library.catalogue())?;
    if leaving.is_empty() {
        return Ok(0);
    }
    library.settle()?;
    let root = library.root();
    root.make_dirs("trash")?;
    let (mut left, mut folders) = (0, BTreeSet::new());
    for file in &leaving {
        match root.shift(file.path.as_str(), &file.aside) {
            Ok(true) => folders.extend(file.path.as_str().rsplit_once('/').map(|(folder, _)| folder)),
            Ok(false) => {}
            Err(_) => left += 1,
        }
    }
    // The new names first: at no moment may both be missing from the disk.
    root.sync_dir("trash")?;
    folders.iter().try_for_each(|folder| root.sync_dir(folder))?;
    Ok(left)
}

/// Unlinks what earlier runs purged; gives how many files could not be. Harmless while others work: no row stands for these files.
///
/// # Errors
/// Those of the catalogue, and of `trash/` itself.
pub fn sweep(library: &Library) -> Result<u64, StoreError> {
    aside(library)?;
    let (leaving, root) = (leaving::all(library.catalogue())?, library.root());
    if leaving.is_empty() {
        return Ok(0);
    }
    let mut gone = Vec::new();
    for file in &leaving {
        let stands = root.stat(file.path.as_str()).map_or(true, |stat| stat.is_some());
        if !stands && root.remove(&file.aside).is_ok() {
            gone.push(file.n);
        }
    }
    // Before their rows: a name that came back after a power cut would be nobody's.
    root.sync_dir("trash")?;
    leaving::forget(library.catalogue(), &gone)?;
    Ok((leaving.len() - gone.len()) as u64)
}
