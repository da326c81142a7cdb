//! What is left on a disk: bytes, and names where the file system counts them.

use std::io;
use std::path::Path;

/// What a disk still takes from this account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Bytes.
    pub bytes: u64,
    /// Files; `None` where the file system makes room for them as they come.
    pub files: Option<u64>,
}

impl Left {
    /// Of the disk that holds `path`, or would: the nearest folder above it that is there.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn at(path: &Path) -> io::Result<Self> {
        let there = path.ancestors().find(|above| above.exists()).unwrap_or(Path::new("."));
        let stat = rustix::fs::statvfs(there)?;
        let files = (stat.f_files > 0).then_some(stat.f_favail);
        Ok(Self { bytes: stat.f_bavail.saturating_mul(stat.f_frsize), files })
    }

    /// Whether not even a small file finds a place: SQLite then says that it cannot open or read, not why.
    pub fn nothing(self) -> bool {
        // The files beside the catalogue: an index of 32 KiB, a log, and what their folder grows by.
        self.bytes < 64 << 10 || self.files.is_some_and(|files| files < 2)
    }
}
