//! Files → media: the pipeline of an import, read as a table of contents.
//!
//! Workers read, hash, probe, stage and sync each its own file; one writer decides, publishes and commits. Nothing here prints:
//! what happens goes out as [`Event`]s. Only `source` may delete a source file, and only under `--mode move`.

pub mod adopt;
pub mod batch;
mod commit;
mod date;
mod decide;
mod fields;
pub mod filter;
mod known;
mod look;
mod memory;
pub mod names;
mod picture;
mod preview;
mod publish;
mod queue;
mod read;
mod recover;
pub mod redraw;
mod refusal;
mod room;
mod scan;
pub mod source;
mod stage;
pub mod summary;
mod workshop;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread::{Builder, Scope};

use crate::model::media::Limits;
use crate::model::{Timestamp, Zone};
use crate::store::journal::{self, Outcome};
use crate::store::{Library, Root, StoreError};
use crate::template::Template;

pub use date::Origin;
pub use filter::Filter;
pub use preview::preview;
pub use summary::{Failure, Summary};

/// The long edge of a thumbnail, in pixels.
pub const THUMBNAIL_EDGE: u32 = 400;

/// What stays free on the library's disk, in bytes.
pub const RESERVE: u64 = 64 << 20;

/// How many probed files may wait for the writer: more than a batch, so that it never starves.
const WAITING: usize = 128;

/// What ends a whole import. What befalls one file is a [`Failure`] in the summary.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The library's disk is full.
    #[error("{}", no_space(*needed, *free))]
    NoSpace {
        /// Bytes the next file needs, with what stays reserved.
        needed: u64,
        /// Bytes free.
        free: u64,
    },
    /// The disk failed to keep what was written, twice.
    #[error("{path}: the disk cannot keep what is written to it: {error}")]
    Sync {
        /// The file that met it.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// A template gave an album name that is none.
    #[error(transparent)]
    Album(#[from] crate::album::AlbumError),
    /// The library refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The worker threads could not be started.
    #[error("no worker threads: {0}")]
    Threads(String),
}

impl ImportError {
    /// The same, with figures where the disk was full while a folder, a name or a row was written.
    fn measured(self, root: &Root) -> Self {
        let Self::Store(error) = &self else { return self };
        if !error.is_full() {
            return self;
        }
        Self::NoSpace { needed: RESERVE, free: root.free_space().unwrap_or(0) }
    }
}

fn no_space(needed: u64, free: u64) -> String {
    if free < needed {
        return format!(
            "no space left on the library's disk: {needed} bytes are needed, {RESERVE} of them to stay free; {free} are free"
        );
    }
    format!(
        "the library's disk takes no more, though {free} bytes are free: its number of files or a quota may be used up"
    )
}

/// How a file's bytes come into the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A reflink where the disk can, else a copy.
    Auto,
    /// A copy.
    Copy,
    /// A reflink or nothing.
    Reflink,
    /// As `Auto`, and the source goes once its bytes are proven to be here.
    Move,
}

/// What becomes of bytes the library has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dup {
    /// Remember that they were seen; make no second object.
    Skip,
    /// Make a further object over the same stored file.
    Keep,
}

/// Everything one import is told.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Options {
    /// Files and folders, in order.
    pub sources: Vec<PathBuf>,
    /// Which of their files count.
    pub filter: Filter,
    /// How bytes come in.
    pub mode: Mode,
    /// What becomes of known bytes.
    pub dup: Dup,
    /// Album names for each file.
    pub albums: Vec<Template>,
    /// Tags for each file.
    pub tags: Vec<Template>,
    /// Re-read each copy from the disk before it counts.
    pub verify: bool,
    /// Take in again what was deleted.
    pub include_deleted: bool,
    /// Read files again that are remembered as unchanged.
    pub rehash: bool,
    /// Draw thumbnails.
    pub thumbnails: bool,
    /// The zone of times that state none.
    pub zone: Zone,
    /// Which origins of a date count.
    pub date_from: Vec<Origin>,
    /// Limits on one file's size.
    pub limits: Limits,
    /// Bytes the owner may hold; `None` where no quota binds.
    pub quota: Option<u64>,
    /// Worker threads.
    pub jobs: usize,
}

/// What happens, as it happens.
#[derive(Debug)]
pub enum Event<'a> {
    /// Files were found: how many more, and their bytes. Known files are found too.
    Found {
        /// Files.
        files: u64,
        /// Bytes.
        bytes: u64,
    },
    /// One file is settled.
    Item(&'a summary::Item),
    /// Something worth saying that is no file's fate.
    Warning(String),
}

/// Where events go.
pub type On<'a> = &'a (dyn Fn(Event<'_>) + Sync);

/// Tells the time; the command line's clock.
pub type Clock<'a> = &'a (dyn Fn() -> Timestamp + Sync);

/// What a run is given beside its options: a clock, a place for events, and a flag that asks it to stop after the file in hand.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The clock.
    pub clock: Clock<'a>,
    /// Where events go.
    pub on: On<'a>,
    /// Set when the run should end early.
    pub stop: &'a AtomicBool,
    /// Set by the run itself when it cannot go on.
    pub halt: &'a AtomicBool,
}

impl Run<'_> {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.halt.load(Ordering::Relaxed)
    }
}

/// Takes in the files of `options.sources`. The summary is true however the run ended: what it counts is in the library for good.
///
/// # Errors
/// What ended the whole run early.
pub fn run(library: &mut Library, options: &Options, run: Run<'_>) -> (Summary, Result<(), ImportError>) {
    let mut summary = Summary::new((run.clock)());
    let lazy = batch::Lazy::new(library);
    let ended = recover::sweep(library, run).and_then(|()| pipeline(library, options, run, &lazy, &mut summary));
    summary.end((run.clock)(), run.stop.load(Ordering::Relaxed), ended.is_err());
    if matches!(&ended, Err(ImportError::Store(error)) if error.is_busy()) {
        // Whoever holds the catalogue has been waited for once; what is left to enter, the next run enters.
        let _ = library.hurry();
    }
    let closed = close(library, run, lazy, &summary);
    (summary, ended.and(closed).map_err(|error| error.measured(library.root())))
}

/// Settles what runs that died left behind, as the next import would.
///
/// # Errors
/// Those of the catalogue and of the file system.
pub fn settle(library: &Library, run: Run<'_>) -> Result<(), ImportError> {
    recover::sweep(library, run)
}

/// Ends the operation in the journal and clears its staging.
fn close(library: &Library, run: Run<'_>, lazy: batch::Lazy, summary: &Summary) -> Result<(), ImportError> {
    if let Some(staging) = lazy.take() {
        let outcome = match summary {
            Summary { cut_short: true, .. } => Outcome::Failed,
            Summary { interrupted: true, .. } => Outcome::Interrupted,
            _ if !summary.whole() => Outcome::Partial,
            _ => Outcome::Success,
        };
        let (n, now) = (staging.operation, (run.clock)());
        journal::finish(library.catalogue(), n, outcome, now, Some(&summary.counts()))?;
        // Not before a commit that held: of one that failed to sync, all may stand in the catalogue's log, to come back when it is
        // opened next. The one above has overwritten that; where it failed too, the next run decides.
        if summary.cut_short {
            recover::own(library, run, &staging.run)?;
        }
        staging.run.finish(library.root())?;
    }
    Ok(())
}

/// Scan → stage (in parallel) → decide, publish, commit (one writer, in batches).
fn pipeline(
    library: &mut Library,
    options: &Options,
    run: Run<'_>,
    lazy: &batch::Lazy,
    summary: &mut Summary,
) -> Result<(), ImportError> {
    let found = queue::Queue::default();
    let (probed, staged) = sync_channel(WAITING);
    let pool = pool(options.jobs)?;
    let shop = workshop::Workshop::new(library, options, run, lazy)?;
    let memory = if options.rehash || options.mode == Mode::Move { None } else { Some(library.reader()?) };
    let root = library.path().to_owned();
    std::thread::scope(|threads| {
        let settled = probed.clone();
        let (found, shop, pool) = (&found, &shop, &pool);
        spawn(threads, move || scan::walk(&root, options, memory, run, found, settled))?;
        // Closed also where the thread cannot be started: the walk must not wait for workers that never come.
        let closing = found.closing();
        spawn(threads, move || {
            let _closing = closing;
            pool.broadcast(|_| workshop::work(shop, found, &probed));
        })?;
        let (books, folders) = (commit::Books::default(), publish::Folders::default());
        let writer = batch::Writer { library, options, run, shop, lazy, summary, books, folders };
        let ended = batch::write(writer, &staged);
        run.halt.store(ended.is_err(), Ordering::Relaxed);
        // A writer that ends early must not leave the others waiting for it to listen.
        drop(staged);
        ended
    })
}

/// Starts a thread of a run, or says that the system has none left.
fn spawn<'s>(threads: &'s Scope<'s, '_>, work: impl FnOnce() + Send + 's) -> Result<(), ImportError> {
    let started = Builder::new().spawn_scoped(threads, work);
    started.map(drop).map_err(|error| ImportError::Threads(error.to_string()))
}

fn pool(jobs: usize) -> Result<rayon::ThreadPool, ImportError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.max(1)).build();
    pool.map_err(|error| ImportError::Threads(error.to_string()))
}
