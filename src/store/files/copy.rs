//! Copies of originals into another folder: a backup, or a library that is put back from one.
//!
//! A copy has its name only once its bytes are the ones that were wanted, synced and read back. What stands under the name until then
//! stays as it is.

use std::fs::File;
use std::io::{self, Read, Write};

use rustix::fs::Mode;

use super::{CHUNK, Digest, Root, forget_cache, hash_while};
use crate::model::Sha256;
use crate::store::StoreError;

/// What a copy is made of.
pub struct Source<'a> {
    /// The open file.
    pub file: File,
    /// The SHA-256 its bytes must have.
    pub hash: Sha256,
    /// How many there must be.
    pub size: u64,
    /// Asked after each piece, with its size, whether to go on.
    pub go_on: &'a dyn Fn(u64) -> bool,
}

/// What came of a copy.
#[derive(Debug)]
pub enum Outcome {
    /// It is there. Its folder is still to be synced.
    Made,
    /// The source has other bytes: nothing was changed.
    Other(Sha256),
    /// The source has more bytes than it should: nothing was changed.
    Longer,
    /// The source could not be read: nothing was changed.
    Unreadable(io::Error),
    /// It was told to stop: nothing was changed.
    Stopped,
}

/// Copies a file to `{folder}/{name}` beneath a root, through `draft` beneath it, which is written anew.
///
/// # Errors
/// Those of the folder that is written to, also when what was written is not what is read back.
pub fn copy(source: &mut Source<'_>, to: &Root, draft: &str, path: &str, mode: Mode) -> Result<Outcome, StoreError> {
    to.remove(draft)?;
    let file = to.create_file(draft)?;
    let outcome = fill(source, &file).map_err(StoreError::io(to.path().join(path)));
    let outcome = match outcome {
        Ok(Outcome::Made) => settle(source, to, draft, path, mode, &file),
        other => other,
    };
    if !matches!(outcome, Ok(Outcome::Made)) {
        // Nobody needs it; on a full disk it is in the way.
        let _ = to.remove(draft);
    }
    outcome
}

fn fill(source: &mut Source<'_>, mut to: &File) -> io::Result<Outcome> {
    let (mut digest, mut size, mut chunk) = (Digest::default(), 0, vec![0; CHUNK]);
    loop {
        let read = match source.file.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Ok(Outcome::Unreadable(error)),
        };
        size += read as u64;
        if size > source.size {
            return Ok(Outcome::Longer);
        }
        digest.update(&chunk[..read]);
        to.write_all(&chunk[..read])?;
        if !(source.go_on)(read as u64) {
            return Ok(Outcome::Stopped);
        }
    }
    let hash = digest.finish();
    Ok(if hash == source.hash { Outcome::Made } else { Outcome::Other(hash) })
}

fn settle(
    source: &Source<'_>,
    to: &Root,
    draft: &str,
    path: &str,
    mode: Mode,
    file: &File,
) -> Result<Outcome, StoreError> {
    let at = to.path().join(path);
    to.set_mode(file, mode).map_err(|error| to.fail(path, error))?;
    file.sync_all().map_err(StoreError::io(&at))?;
    let mut again = to.open_file(draft)?;
    forget_cache(&again);
    match hash_while(&mut again, || (source.go_on)(0)).map_err(StoreError::io(&at))? {
        None => Ok(Outcome::Stopped),
        Some((hash, _)) if hash == source.hash => to.replace(draft, path).map(|()| Outcome::Made),
        Some(_) => Err(StoreError::io(at)(io::Error::other("the disk gives back other bytes than were written"))),
    }
}
