//! Decides what becomes of bytes that were read: new, here already, in the trash, or purged.
//!
//! Reads the catalogue it is given, once to know what to publish and once more inside the transaction; writes nothing.

use std::path::Path;

use super::{Dup, Options};
use crate::model::Sha256;
use crate::store::{Connection, StoreError, media, sources};

/// What becomes of a file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody has them.
    New,
    /// They are here, and a further media over them is wanted: which copy it is, and the media it is a copy of.
    Copy {
        /// Its number among the copies.
        copy: i64,
        /// The first live media over the bytes.
        of: i64,
    },
    /// They are this live media.
    Duplicate(i64),
    /// They are this media, which comes back from the trash.
    Restore(i64),
    /// They are in the trash, and stay there.
    Trashed,
    /// They were purged, and are not wanted again.
    Purged,
}

/// Decides for the bytes of one file at `path`.
///
/// # Errors
/// Those of the catalogue.
pub fn verdict(db: &Connection, hash: &Sha256, path: &Path, options: &Options) -> Result<Verdict, StoreError> {
    let held = media::by_hash(db, hash)?;
    if let Some(live) = held.iter().find(|media| !media.trashed) {
        if options.dup == Dup::Skip {
            return Ok(Verdict::Duplicate(live.n));
        }
        // Running the same import again must not copy again what it copied.
        for media in held.iter().filter(|media| !media.trashed) {
            if sources::saw(db, media.n, path)? {
                return Ok(Verdict::Duplicate(media.n));
            }
        }
        let copy = held.iter().map(|media| media.copy).max().unwrap_or(0) + 1;
        return Ok(Verdict::Copy { copy, of: live.n });
    }
    Ok(match held.first() {
        Some(trashed) if options.include_deleted => Verdict::Restore(trashed.n),
        Some(_) => Verdict::Trashed,
        None if !options.include_deleted && media::was_purged(db, hash)? => Verdict::Purged,
        None => Verdict::New,
    })
}
