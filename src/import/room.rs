//! A bound on what all workers hold in memory for pictures at one time.

use std::sync::{Condvar, Mutex, PoisonError};

/// So many bytes may be held together; one holder always gets in, however much it asks for.
pub struct Room {
    size: u64,
    held: Mutex<u64>,
    freed: Condvar,
}

/// A held share; given back when dropped.
pub struct Share<'a> {
    room: &'a Room,
    bytes: u64,
}

impl Room {
    /// A room of this many bytes.
    pub fn new(size: u64) -> Self {
        Self { size, held: Mutex::new(0), freed: Condvar::new() }
    }

    /// Waits until `bytes` fit, then holds them.
    pub fn take(&self, bytes: u64) -> Share<'_> {
        let bytes = bytes.min(self.size);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        while *held + bytes > self.size {
            held = self.freed.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
        *held += bytes;
        Share { room: self, bytes }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *self.room.held.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.room.freed.notify_all();
    }
}
