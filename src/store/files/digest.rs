//! The SHA-256 of what is read, and reading from the disk instead of from memory.

use std::fs::File;
use std::io::{self, Read};

use sha2::Sha256 as Hasher;

use super::CHUNK;
use crate::model::Sha256;

/// A SHA-256 being made of bytes as they come.
#[derive(Default)]
pub struct Digest(Hasher);

impl Digest {
    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        sha2::Digest::update(&mut self.0, bytes);
    }

    /// The digest of all of them.
    pub fn finish(self) -> Sha256 {
        Sha256::from_bytes(sha2::Digest::finalize(self.0).into())
    }
}

/// Reads to the end and gives SHA-256 and size.
///
/// # Errors
/// Those of the reader.
pub fn hash(reader: &mut impl Read) -> io::Result<(Sha256, u64)> {
    let whole = hash_while(reader, || true)?;
    whole.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
}

/// The same for as long as `go_on` says so; `None` when it stopped before the end.
///
/// # Errors
/// Those of the reader.
pub fn hash_while(reader: &mut impl Read, go_on: impl Fn() -> bool) -> io::Result<Option<(Sha256, u64)>> {
    let (mut hasher, mut size, mut chunk) = (Digest::default(), 0, vec![0; CHUNK]);
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => return Ok(Some((hasher.finish(), size))),
            Ok(_) if !go_on() => return Ok(None),
            Ok(n) => {
                hasher.update(&chunk[..n]);
                size += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Asks the system to read the file from the disk next time: a hash of the page cache proves nothing of the disk.
pub fn forget_cache(file: &File) {
    #[cfg(target_os = "linux")]
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

/// Asks the system to have these bytes of a file at hand soon: whoever reads them then waits less.
pub fn read_ahead(file: &File, from: u64, bytes: u64) {
    #[cfg(target_os = "linux")]
    let _ = rustix::fs::fadvise(file, from, std::num::NonZeroU64::new(bytes), rustix::fs::Advice::WillNeed);
    #[cfg(not(target_os = "linux"))]
    let _ = (file, from, bytes);
}
