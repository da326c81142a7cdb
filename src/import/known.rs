//! Which bytes need no staging: those the library holds, and those another worker of this run has in hand.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::model::Sha256;
use crate::store::{Library, Owner, Reader, Root, StoreError, media};

/// Asked by every worker, once a file.
pub struct Known {
    root: PathBuf,
    owner: Owner,
    /// Opened when the first file is read: an import that finds nothing new asks nothing.
    reader: Mutex<Option<Reader>>,
    in_hand: Mutex<HashSet<Sha256>>,
}

impl Known {
    /// Knows what a library holds.
    pub fn new(library: &Library) -> Self {
        let (root, owner) = (library.path().to_owned(), library.owner());
        Self { root, owner, reader: Mutex::default(), in_hand: Mutex::default() }
    }

    /// Whether these bytes are here or on their way; if not, they are in the caller's hand from now on.
    ///
    /// A hint only: the writer looks again inside its transaction.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn claim(&self, hash: Sha256) -> Result<bool, StoreError> {
        if !self.in_hand.lock().unwrap_or_else(PoisonError::into_inner).insert(hash) {
            return Ok(true);
        }
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = match &mut *reader {
            Some(reader) => reader,
            closed => closed.insert(Reader::open(&Root::open(&self.root)?, self.owner)?),
        };
        Ok(!media::by_hash(reader, &hash)?.is_empty())
    }

    /// Lets go of bytes that could not be staged, so that the next file that has them is.
    pub fn release(&self, hash: &Sha256) {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner).remove(hash);
    }
}
