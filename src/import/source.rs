//! The one place that deletes a source, under `--mode move`, and the one function that decides whether it may.

use std::path::Path;

use super::batch::Writer;
use super::scan::stat;
use super::summary::Candidate;
use super::{Event, ImportError};
use crate::model::{ObjectId, Sha256};
use crate::store::{Root, files, media, sources::Stat, stored_file};

/// Why a source stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stays {
    /// No live object holds its bytes.
    #[error("no live object holds its bytes")]
    NoObject,
    /// The library's copy, read back just now, is not its bytes.
    #[error("the library's copy does not read back as its bytes")]
    CopyDiffers,
    /// It is no longer the file that was read.
    #[error("it changed after it was read")]
    SourceChanged,
    /// It is the library's own file, by whatever path.
    #[error("it is the library's own file")]
    InLibrary,
    /// One of the two could not be read.
    #[error("{0}")]
    Unreadable(String),
}

/// Whether a source may be deleted: both it and the original that represents it are read again, here and now, and are the same
/// bytes; it is still the file that was read; it is not the original itself.
///
/// # Errors
/// Why it stays.
pub fn may_delete_source(root: &Root, source: &Path, read: &Stat, original: &str, hash: &Sha256) -> Result<(), Stays> {
    let unreadable = |error: &dyn std::fmt::Display| Stays::Unreadable(error.to_string());
    let resolved = source.canonicalize().map_err(|error| unreadable(&error))?;
    if source.starts_with(root.path()) || resolved.starts_with(root.path()) {
        return Err(Stays::InLibrary);
    }
    if root.hash(original).map_err(|error| unreadable(&error))? != (*hash, read.size) {
        return Err(Stays::CopyDiffers);
    }
    let mut file = files::open_source(source).map_err(|error| unreadable(&error))?;
    // By whatever way it was reached, through a link or a second mount: the original is no source.
    if root.is_file_of(original, &file).map_err(|error| unreadable(&error))? {
        return Err(Stays::InLibrary);
    }
    let before = file.metadata().map_err(|error| unreadable(&error))?;
    let again = files::hash(&mut file).map_err(|error| unreadable(&error))?;
    let after = file.metadata().map_err(|error| unreadable(&error))?;
    let named = source.symlink_metadata().map_err(|error| unreadable(&error))?;
    let same = [before, after, named].iter().all(|seen| seen.is_file() && stat(seen) == *read);
    if same && again == (*hash, read.size) { Ok(()) } else { Err(Stays::SourceChanged) }
}

/// Deletes a source whose bytes were just committed, if it may; says so if it may not.
///
/// # Errors
/// Those of the catalogue.
pub fn remove(writer: &mut Writer<'_>, candidate: &Candidate, hash: &Sha256) -> Result<(), ImportError> {
    let decided = match original(writer, hash)? {
        Some(original) => may_delete_source(writer.library.root(), &candidate.path, &candidate.stat, &original, hash),
        None => Err(Stays::NoObject),
    };
    let removed = decided
        .map_err(|stays| stays.to_string())
        .and_then(|()| std::fs::remove_file(&candidate.path).map_err(|error| error.to_string()));
    match removed {
        Ok(()) => writer.summary.sources_removed += 1,
        Err(why) => {
            (writer.run.on)(Event::Warning(format!("{} stays where it is: {why}", candidate.path.display())));
            writer.summary.keep(&candidate.path, &why);
        }
    }
    Ok(())
}

/// Where the live object's bytes stand.
fn original(writer: &Writer<'_>, hash: &Sha256) -> Result<Option<String>, ImportError> {
    let (db, owner): (_, ObjectId) = (writer.library.catalogue(), writer.library.owner().id);
    let live = media::by_hash(db, hash)?.iter().any(|media| !media.trashed);
    let stored = stored_file::by_hash(db, hash)?.filter(|_| live);
    let path = stored.map(|file| file.path(owner)).transpose().map_err(crate::store::StoreError::from)?;
    Ok(path.map(|path| path.to_string()))
}
