//! The bytes of the originals: each is read from the disk again and hashed, several at a time, oldest first; then the thumbnails' seals.
//!
//! A file that could not be met, or has another size, was told before and is not read. Each thread has its next file opened, forgotten
//! by the cache and asked for from the disk before it hashes the one in hand: without that, a hash of fresh bytes waits for each.

use std::fs::File;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::Builder;

use super::folder::Drawn;
use super::originals::Original;
use super::{Book, Event, Finding, Kind, Plan};
use crate::probe::thumb::seal;
use crate::store::{Root, StoreError, files};

/// How much of a file is asked for ahead of its reader, in bytes.
const WINDOW: u64 = 8 << 20;

/// The largest thumbnail that is read, in bytes.
const LARGEST_THUMBNAIL: u64 = 4 << 20;

/// Reads the originals that are asked for.
pub(super) fn verify(root: &Root, plan: &Plan, mut originals: Vec<Original>, book: &Book<'_>) {
    originals.retain(|original| original.sound && drawn(original, plan));
    originals.sort_unstable_by_key(|original| original.n);
    let read = plan.after.map_or(0, |after| originals.partition_point(|original| original.n <= after));
    // The pass before came to its end without knowing: what it read last was the newest.
    let originals = originals.get(read..).filter(|left| !left.is_empty()).unwrap_or(&originals);
    let bytes = originals.iter().map(|original| original.size).sum();
    (book.on)(Event::Phase("read", Some(originals.len() as u64), Some(bytes)));
    let unread = everyone(root, plan, originals, book);
    let after = |unread: usize| unread.checked_sub(1).map_or(plan.after, |last| Some(originals[last].n));
    book.note(|report| report.after = unread.and_then(after));
}

/// Hashes them with `plan.jobs` threads; gives the first that was not read to its end.
fn everyone(root: &Root, plan: &Plan<'_>, originals: &[Original], book: &Book<'_>) -> Option<usize> {
    let turn = AtomicUsize::new(0);
    let work = || one_after_another(root, originals, &turn, book);
    std::thread::scope(|threads| {
        // Where the system has no thread left, those there are do the work.
        let more = |_| Builder::new().spawn_scoped(threads, work).ok();
        let others: Vec<_> = (1..plan.jobs.max(1)).map_while(more).collect();
        let own = work();
        // Of a worker that died nothing is known: the pass is then begun again.
        let unread = others.into_iter().map(|worker| worker.join().unwrap_or(Some(0)));
        unread.chain([own]).flatten().min()
    })
}

/// Hashes file after file, with the disk at work on the next one meanwhile; gives the first it could not finish.
fn one_after_another(root: &Root, originals: &[Original], turn: &AtomicUsize, book: &Book<'_>) -> Option<usize> {
    let next = || {
        let k = turn.fetch_add(1, Ordering::Relaxed);
        originals.get(k).map(|original| (k, open(root, original)))
    };
    let mut ahead = next();
    while let Some((k, file)) = ahead {
        if !book.goes_on() {
            return Some(k);
        }
        ahead = next();
        if !hash(&originals[k], file, book) {
            return Some(k);
        }
    }
    None
}

/// Opens a file, forgets what is cached of it and asks the disk for its first bytes.
fn open(root: &Root, original: &Original) -> Result<File, StoreError> {
    root.open_file(&original.place.path()).inspect(|file| {
        files::forget_cache(file);
        files::read_ahead(file, 0, WINDOW);
    })
}

/// Whether an original is asked for: by a question that found it, or by a sample, where its hash, stirred with the number of the
/// draw, says so.
fn drawn(original: &Original, plan: &Plan) -> bool {
    if let Some(only) = plan.only {
        return only.contains(&original.hash);
    }
    let bytes = original.hash.as_bytes();
    let mut x = bytes[..8].iter().fold(plan.draw, |x, byte| (x ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    ((x >> 11) as f64) / ((1_u64 << 53) as f64) < plan.sample
}

/// Hashes one; whether it came to the file's end, or to an error that is one.
fn hash(original: &Original, file: Result<File, StoreError>, book: &Book<'_>) -> bool {
    let path = original.place.path();
    let read = file.and_then(|file| {
        files::hash(&mut Watched { file, read: 0, asked: WINDOW, book }).map_err(StoreError::io(&path))
    });
    let (kind, message) = match read {
        Ok((hash, _)) if hash == original.hash => {
            done(book, original);
            return true;
        }
        Ok((hash, _)) => (Kind::Changed, format!("its SHA-256 is {hash}, not {}", original.hash)),
        Err(StoreError::Io { error, .. }) if error.kind() == io::ErrorKind::Other && !book.goes_on() => return false,
        Err(StoreError::Io { error, .. }) => (Kind::Unreadable, super::folder::said(&error)),
        Err(error) => (Kind::Unreadable, error.to_string()),
    };
    book.found(Finding::of_file(kind, path, message).about(original.place.holder()));
    done(book, original);
    true
}

fn done(book: &Book<'_>, original: &Original) {
    book.note(|report| {
        report.read += 1;
        report.bytes_read += original.size;
    });
    book.done(1, 0);
}

/// A file whose reading is counted, runs ahead on the disk, and ends early when the run shall stop: a long film must not hold it up.
struct Watched<'a> {
    file: File,
    read: u64,
    /// How much the disk was asked for.
    asked: u64,
    book: &'a Book<'a>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.book.goes_on() {
            return Err(io::Error::other("stopped"));
        }
        let read = self.file.read(buffer)? as u64;
        self.read += read;
        if self.read + WINDOW / 2 > self.asked {
            files::read_ahead(&self.file, self.asked, WINDOW);
            self.asked += WINDOW;
        }
        self.book.done(0, read);
        Ok(usize::try_from(read).unwrap_or(usize::MAX))
    }
}

/// Looks at the seals of the thumbnails that stand where they should.
pub(super) fn thumbnails(root: &Root, jobs: usize, drawn: &[Drawn], book: &Book<'_>) {
    let (next, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        while let Some(one) = drawn.get(next.fetch_add(1, Ordering::Relaxed)) {
            if over.load(Ordering::Relaxed) || !book.goes_on() {
                over.store(true, Ordering::Relaxed);
                return;
            }
            if !is_whole(root, &one.path) {
                let message = "its bytes are not those that were drawn";
                book.found(Finding::of_file(Kind::Thumbnail, &one.path, message).about(one.id));
            }
        }
    };
    std::thread::scope(|threads| {
        let more = |_: &usize| Builder::new().spawn_scoped(threads, work).is_ok();
        let _ = (1..jobs.max(1)).take_while(more).count();
        work();
    });
}

/// Whether a thumbnail can be read and its seal fits.
fn is_whole(root: &Root, path: &str) -> bool {
    let Ok(file) = root.open_file(path) else { return false };
    files::forget_cache(&file);
    let mut bytes = Vec::new();
    file.take(LARGEST_THUMBNAIL).read_to_end(&mut bytes).is_ok() && seal::is_whole(&bytes)
}
