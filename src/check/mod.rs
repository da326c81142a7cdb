//! Verification of a whole library, all owners: catalogue, files, and the bytes of the originals.
//!
//! Never changes anything, not even on the way: repair is a command of its own. Reads the tables, not one owner's views.

pub mod backup;
mod catalogue;
mod content;
mod finding;
mod folder;
mod originals;
pub mod place;
pub mod repair;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

use crate::model::Sha256;
use crate::store::{Library, StoreError};
use crate::text_enum;

pub use finding::{Finding, Kind};

text_enum! {
    /// How much is looked at, each including the one before.
    Level("level") { Quick = "quick", Default = "default", Data = "data" }
}

/// Findings of one kind that are kept with their words; the rest are only counted.
pub const KEPT: u64 = 10_000;

/// What to verify.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// How much is looked at.
    pub level: Level,
    /// The part of the originals whose bytes are read, from 0 to 1.
    pub sample: f64,
    /// Which part that is: another number draws another sample.
    pub draw: u64,
    /// Files read at once.
    pub jobs: usize,
    /// Go on behind the original of the media with this number.
    pub after: Option<i64>,
    /// Only the acting user's originals with these hashes, and nothing else of the library.
    pub only: Option<&'a HashSet<Sha256>>,
}

/// What happens on the way.
#[derive(Debug)]
pub enum Event<'a> {
    /// Another part begins, with so many files and bytes ahead where that is known.
    Phase(&'static str, Option<u64>, Option<u64>),
    /// So many more files and bytes are done.
    Done(u64, u64),
    /// Something was found.
    Found(&'a Finding),
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    /// Objects in the catalogue.
    pub objects: u64,
    /// Originals the catalogue names.
    pub originals: u64,
    /// Files that were looked at, thumbnails and all.
    pub files: u64,
    /// Originals whose bytes were read.
    pub read: u64,
    /// Bytes of originals that were read.
    pub bytes_read: u64,
    /// Whether `stop` ended it early.
    pub cut_short: bool,
    /// Where the reading of originals stopped: the number of the last media before it, if it did.
    pub after: Option<i64>,
    /// How many of each kind were found.
    pub counts: BTreeMap<Kind, u64>,
    /// The first [`KEPT`] of each kind, in the order of kinds and paths.
    pub findings: Vec<Finding>,
}

impl Report {
    /// How many findings are problems.
    pub fn problems(&self) -> u64 {
        self.count(|kind| !kind.is_note())
    }

    /// How many are only worth knowing.
    pub fn notes(&self) -> u64 {
        self.count(Kind::is_note)
    }

    fn count(&self, of: impl Fn(Kind) -> bool) -> u64 {
        self.counts.iter().filter(|(kind, _)| of(**kind)).map(|(_, count)| count).sum()
    }
}

/// Verifies a library. `stop` is asked often; once true, the report says it was cut short.
///
/// # Errors
/// Those of the file system that leave nothing to look at. What is wrong with the library is in the report.
pub fn run(
    library: &Library,
    plan: &Plan<'_>,
    stop: &(dyn Fn() -> bool + Sync),
    on: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Report, StoreError> {
    let book = Book { report: Mutex::default(), stop, on };
    if plan.only.is_some() {
        chosen(library, plan, &book)?;
    } else {
        everything(library, plan, &book)?;
    }
    let mut report = book.report.into_inner().unwrap_or_else(PoisonError::into_inner);
    report.findings.sort_by(|a, b| (a.kind, &a.path, &a.message).cmp(&(b.kind, &b.path, &b.message)));
    Ok(report)
}

fn everything(library: &Library, plan: &Plan<'_>, book: &Book<'_>) -> Result<(), StoreError> {
    (book.on)(Event::Phase("catalogue", None, None));
    catalogue::verify(library, plan.level, book)?;
    let mut originals = originals::all(library, book)?;
    (book.on)(Event::Phase("files", None, None));
    let drawn = folder::verify(library, plan.level, &mut originals, book)?;
    if plan.level == Level::Data {
        content::verify(library.root(), plan, originals, book);
        if plan.sample >= 1.0 {
            content::thumbnails(library.root(), plan.jobs, &drawn, book);
        }
    }
    Ok(())
}

/// Some media's originals and nothing else: is each there, and does it have its bytes?
fn chosen(library: &Library, plan: &Plan<'_>, book: &Book<'_>) -> Result<(), StoreError> {
    let (mut originals, owner) = (originals::all(library, book)?, library.owner().id);
    let wanted = |hash: &Sha256| plan.only.is_some_and(|only| only.contains(hash));
    originals.retain(|original| original.place.owner() == owner && wanted(&original.hash));
    book.note(|report| report.originals = originals.len() as u64);
    folder::missing(library.root(), &mut originals, book);
    content::verify(library.root(), plan, originals, book);
    Ok(())
}

/// Where findings are written down, by any thread.
struct Book<'a> {
    report: Mutex<Report>,
    stop: &'a (dyn Fn() -> bool + Sync),
    on: &'a (dyn Fn(Event<'_>) + Sync),
}

impl Book<'_> {
    fn found(&self, finding: Finding) {
        (self.on)(Event::Found(&finding));
        self.note(|report| {
            let count = report.counts.entry(finding.kind).or_default();
            *count += 1;
            if *count <= KEPT {
                report.findings.push(finding);
            }
        });
    }

    fn note<T>(&self, write: impl FnOnce(&mut Report) -> T) -> T {
        write(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn done(&self, files: u64, bytes: u64) {
        (self.on)(Event::Done(files, bytes));
    }

    /// Whether to go on; if not, the report says so.
    fn goes_on(&self) -> bool {
        let stopped = (self.stop)();
        if stopped {
            self.note(|report| report.cut_short = true);
        }
        !stopped
    }
}
