//! Which bytes need no staging: those the library holds, and those another worker of this run has in hand.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::model::Sha256;
use crate::store::{Reader, StoreError, media};

/// Asked by every worker, once a file.
pub struct Known {
    reader: Mutex<Reader>,
    in_hand: Mutex<HashSet<Sha256>>,
}

impl Known {
    /// Knows what the library behind `reader` holds.
    pub fn new(reader: Reader) -> Self {
        Self { reader: Mutex::new(reader), in_hand: Mutex::default() }
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
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(!media::by_hash(&reader, &hash)?.is_empty())
    }

    /// Lets go of bytes that could not be staged, so that the next file that has them is.
    pub fn release(&self, hash: &Sha256) {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner).remove(hash);
    }
}
