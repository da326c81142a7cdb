//! What the workers of a run share: where they stage, what is known, how much memory they may hold, how often a sync failed.

use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};

use super::batch::{Lazy, Staging};
use super::known::Known;
use super::queue::Queue;
use super::refusal::{Attempt, Refused, Remember, Trouble, refused, word};
use super::room::Room;
use super::stage::{self, Probed};
use super::summary::{Candidate, Failure};
use super::{ImportError, Mode, Options, RESERVE, Run};
use crate::model::Sha256;
use crate::probe::thumb::Scratch;
use crate::store::files::Root;
use crate::store::{Library, StoreError};

/// What workers may hold together of files read whole, in bytes.
const BUFFERS: u64 = 48 << 20;

/// What workers may hold together of decoded pictures, in bytes. Whoever holds some of it never waits for a buffer.
pub(super) const PICTURES: u64 = 112 << 20;

/// What all workers share.
pub struct Workshop<'a> {
    root: Root,
    /// What the run was told.
    pub options: &'a Options,
    /// Its clock, events and stop.
    pub run: Run<'a>,
    known: Option<Known>,
    staging: Option<&'a Lazy>,
    /// Bounds files read whole.
    pub buffers: Room,
    /// Bounds decoded pictures.
    pub pictures: Room,
    /// Devices whose files cannot share blocks with the library: one try each.
    no_reflink: Mutex<HashSet<u64>>,
    sync_errors: AtomicUsize,
}

/// What each worker reuses from file to file.
#[derive(Default)]
pub struct Bench {
    /// A file read whole.
    pub buffer: Vec<u8>,
    /// For drawing.
    pub scratch: Scratch,
}

impl<'a> Workshop<'a> {
    /// For an import into a library.
    pub fn new(library: &Library, options: &'a Options, run: Run<'a>, staging: &'a Lazy) -> Result<Self, StoreError> {
        let known = Some(Known::new(library));
        Ok(Self::with(Root::open(library.path())?, options, run, known, Some(staging)))
    }

    /// For a dry run: reads and hashes, stages nothing.
    pub fn dry(root: Root, options: &'a Options, run: Run<'a>, known: Option<Known>) -> Self {
        Self::with(root, options, run, known, None)
    }

    fn with(root: Root, options: &'a Options, run: Run<'a>, known: Option<Known>, staging: Option<&'a Lazy>) -> Self {
        let (no_reflink, sync_errors) = (Mutex::default(), AtomicUsize::new(0));
        Self {
            root,
            options,
            run,
            known,
            staging,
            buffers: Room::new(BUFFERS),
            pictures: Room::new(PICTURES),
            no_reflink,
            sync_errors,
        }
    }

    /// Whether every sync of this run kept its promise.
    pub fn clean(&self) -> bool {
        self.sync_errors.load(Ordering::Relaxed) == 0
    }

    /// Reads and stages one file whose bytes were thought known and are not.
    pub fn again(&self, candidate: Candidate, hash: &Sha256) -> Probed {
        self.release(hash);
        self.file(&mut Bench::default(), candidate)
    }

    /// Where the run stages, begun now if it was not; `None` in a dry run.
    pub fn staging(&self) -> Attempt<Option<Arc<Staging>>> {
        let begun = self.staging.map(|lazy| lazy.get((self.run.clock)())).transpose();
        begun.map_err(|error| Trouble::Fatal(Box::new(error)))
    }

    /// Whether these bytes are here or in another worker's hand; if not, they are in the caller's from now on.
    pub fn claim(&self, hash: Sha256) -> Attempt<bool> {
        let known = self.known.as_ref().map(|known| known.claim(hash)).transpose();
        Ok(known.map_err(|error| Trouble::Fatal(Box::new(error.into())))?.unwrap_or(false))
    }

    /// Lets go of claimed bytes that could not be staged.
    pub fn release(&self, hash: &Sha256) {
        if let Some(known) = &self.known {
            known.release(hash);
        }
    }

    /// Whether a file on this device may be worth a reflink.
    pub fn may_reflink(&self, device: u64) -> bool {
        let refusing = self.no_reflink.lock().unwrap_or_else(PoisonError::into_inner);
        self.options.mode != Mode::Copy && !refusing.contains(&device)
    }

    /// This device shares no blocks with the library.
    pub fn no_reflink(&self, device: u64) {
        self.no_reflink.lock().unwrap_or_else(PoisonError::into_inner).insert(device);
    }

    fn file(&self, bench: &mut Bench, candidate: Candidate) -> Probed {
        let attempt = match stage::file(self, bench, &candidate) {
            Err(Trouble::Changing) => stage::file(self, bench, &candidate),
            other => other,
        };
        match attempt {
            Ok(taken) => Probed::Read(Box::new(taken)),
            Err(Trouble::Refused(refused)) => Probed::Refused(refused),
            Err(Trouble::Fatal(error)) => Probed::Fatal(error),
            // Neither taken in nor failed: the next run meets it as if this one had not.
            Err(Trouble::Stopped) => Probed::Settled(Vec::new()),
            Err(Trouble::Changing) => {
                let why =
                    Failure::new("changing", "it changed while it was read, twice; import it again when it is at rest");
                Probed::Refused(Box::new(Refused { candidate, why, failed: true, remember: Remember::No }))
            }
        }
    }

    /// Step 2: room for a file of this size, with what stays free.
    pub fn space(&self, candidate: &Candidate) -> Attempt<()> {
        let needed = candidate.stat.size.saturating_add(RESERVE);
        let free = self.root.free_space().map_err(|error| Trouble::Fatal(Box::new(error.into())))?;
        match free {
            enough if enough >= needed => Ok(()),
            // Smaller files may still fit: this one fails alone.
            some if some >= 2 * RESERVE => {
                let why = format!("it needs {needed} bytes on the library's disk, {free} are free");
                Err(refused(candidate, Failure::new("no_space", why)))
            }
            _ => Err(Trouble::Fatal(Box::new(ImportError::NoSpace { needed, free }))),
        }
    }

    /// A failed sync is never repeated on the same file; a second one in a run ends it.
    pub fn unsynced(&self, error: io::Error, candidate: &Candidate) -> Trouble {
        if self.sync_errors.fetch_add(1, Ordering::Relaxed) == 0 {
            let why = format!("the library's disk did not keep it: {error}");
            return refused(candidate, Failure::new(word(&error), why));
        }
        let path = candidate.path.display().to_string();
        Trouble::Fatal(Box::new(ImportError::Sync { path, error }))
    }

    /// The library's disk did not take what was written.
    pub fn unwritten(&self, error: &io::Error, candidate: &Candidate) -> Trouble {
        if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            let needed = candidate.stat.size.saturating_add(RESERVE);
            return Trouble::Fatal(Box::new(ImportError::NoSpace {
                needed,
                free: self.root.free_space().unwrap_or(0),
            }));
        }
        refused(candidate, Failure::new(word(error), format!("the library's disk did not take it: {error}")))
    }

    /// Staging itself cannot be used: no file will fare better.
    pub fn broken(&self, error: &io::Error) -> Trouble {
        if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            return Trouble::Fatal(Box::new(ImportError::NoSpace {
                needed: RESERVE,
                free: self.root.free_space().unwrap_or(0),
            }));
        }
        let error = io::Error::new(error.kind(), error.to_string());
        Trouble::Fatal(Box::new(StoreError::Io { path: self.root.path().join("staging"), error }.into()))
    }
}

/// One worker: takes candidates until there are none. When the run stops it goes on taking, so that the walk can end.
pub fn work(shop: &Workshop<'_>, found: &Queue, probed: &SyncSender<Probed>) {
    let mut bench = Bench::default();
    let mut listened = true;
    while let Some(candidate) = found.take() {
        if listened && !shop.run.stopped() {
            listened = probed.send(shop.file(&mut bench, candidate)).is_ok();
        }
    }
}
