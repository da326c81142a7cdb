//! Reading a source: opened without following or waiting, hashed as it comes, and held to be the same file from first byte to last.

use std::fs::File;
use std::io::{self, Read};

use super::refusal::{Attempt, Trouble, of_io, passed, refused};
use super::scan::stat;
use super::summary::{Candidate, Failure};
use crate::model::Sha256;
use crate::store::files::{self, CHUNK, Digest};
use crate::store::sources::Stat;

/// Step 1: a regular file, as it is now.
pub fn open(candidate: &Candidate) -> Attempt<(File, Stat)> {
    let file = files::open_source(&candidate.path).map_err(|error| refused(candidate, of_io(&error)))?;
    let metadata = file.metadata().map_err(|error| refused(candidate, of_io(&error)))?;
    if !metadata.is_file() {
        return Err(passed(candidate, Failure::new("special", "it is no regular file any more"), false, None));
    }
    Ok((file, stat(&metadata)))
}

/// The file is still as it was when it was opened.
pub fn unchanged(file: &File, candidate: &Candidate) -> Attempt<()> {
    let metadata = file.metadata().map_err(|error| refused(candidate, of_io(&error)))?;
    let now = stat(&metadata);
    if now == candidate.stat { Ok(()) } else { Err(Trouble::Changing) }
}

/// Step 3 for a small file: all of it into the buffer, hashed as it comes.
pub fn read_whole(mut source: &File, buffer: &mut Vec<u8>, candidate: &Candidate) -> Attempt<Sha256> {
    let size = usize::try_from(candidate.stat.size).unwrap_or(usize::MAX);
    // One byte more than expected: a file that grew shows it.
    buffer.resize(size + 1, 0);
    let (mut hasher, mut filled) = (Digest::default(), 0);
    while filled <= size {
        let end = (filled + CHUNK).min(size + 1);
        let read =
            read_some(&mut source, &mut buffer[filled..end]).map_err(|error| refused(candidate, of_io(&error)))?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[filled..filled + read]);
        filled += read;
    }
    if filled != size {
        return Err(Trouble::Changing);
    }
    buffer.truncate(size);
    Ok(hasher.finish())
}

/// One read, however often a signal breaks in.
pub fn read_some(source: &mut impl Read, chunk: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
