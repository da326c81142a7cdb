//! The bytes of the originals: each is read from the disk again and hashed, several at a time, oldest first.
//!
//! A file that could not be met, or has another size, was told before and is not read.

use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;

use super::originals::Original;
use super::{Book, Event, Finding, Kind, Plan};
use crate::store::{Root, StoreError, files};

/// Reads the originals, or a sample of them.
pub(super) fn verify(root: &Root, plan: &Plan, mut originals: Vec<Original>, book: &Book<'_>) {
    originals.retain(|original| original.sound && drawn(original, plan));
    originals.sort_unstable_by_key(|original| original.n);
    let bytes = originals.iter().map(|original| original.size).sum();
    (book.on)(Event::Phase("read", Some(originals.len() as u64), Some(bytes)));
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(original) = originals.get(next.fetch_add(1, Ordering::Relaxed)) {
            if !book.goes_on() {
                return;
            }
            check(root, original, book);
        }
    };
    std::thread::scope(|threads| {
        // Where the system has no thread left, those there are do the work.
        let more = |_: &usize| Builder::new().spawn_scoped(threads, work).is_ok();
        let _ = (1..plan.jobs.max(1)).take_while(more).count();
        work();
    });
}

/// Whether an original is in the sample: its hash, stirred with the number of the draw, says so.
fn drawn(original: &Original, plan: &Plan) -> bool {
    let bytes = original.hash.as_bytes();
    let mut x = bytes[..8].iter().fold(plan.draw, |x, byte| (x ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    ((x >> 11) as f64) / ((1_u64 << 53) as f64) < plan.sample
}

fn check(root: &Root, original: &Original, book: &Book<'_>) {
    let path = original.place.path();
    let read = root.open_file(&path).and_then(|file| {
        files::forget_cache(&file);
        files::hash(&mut Watched { file, book }).map_err(StoreError::io(&path))
    });
    let (kind, message) = match read {
        Ok((hash, _)) if hash == original.hash => return done(book, original),
        Ok((hash, _)) => (Kind::Changed, format!("its SHA-256 is {hash}, not {}", original.hash)),
        Err(StoreError::Io { error, .. }) if error.kind() == io::ErrorKind::Other && !book.goes_on() => return,
        Err(StoreError::Io { error, .. }) => (Kind::Unreadable, super::folder::said(&error)),
        Err(error) => (Kind::Unreadable, error.to_string()),
    };
    book.found(Finding::of_file(kind, path, message).about(original.place.holder()));
    done(book, original);
}

fn done(book: &Book<'_>, original: &Original) {
    book.note(|report| {
        report.read += 1;
        report.bytes_read += original.size;
    });
    book.done(1, 0);
}

/// A file whose reading is counted, and ends early when the run shall stop: a long film must not hold it up.
struct Watched<'a, F> {
    file: F,
    book: &'a Book<'a>,
}

impl<F: Read> Read for Watched<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.book.goes_on() {
            return Err(io::Error::other("stopped"));
        }
        let read = self.file.read(buffer)?;
        self.book.done(0, read as u64);
        Ok(read)
    }
}
