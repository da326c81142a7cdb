//! The writer: gathers probed files into batches, and takes each batch through decide, publish and commit.
//!
//! A batch is 64 files, 256 MiB or half a second, whichever comes first.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::commit::{self, Books};
use super::refusal::{Refused, Remember};
use super::stage::{Probed, Taken};
use super::summary::{Action, Candidate, Item, Summary};
use super::workshop::Workshop;
use super::{Event, ImportError, Options, Run, publish};
use crate::model::{ObjectId, Timestamp};
use crate::store::{Library, Owner, files};

/// What the journal calls an import.
pub const COMMAND: &str = "import";

const FILES: usize = 64;
const BYTES: u64 = 256 << 20;
/// An empty batch has nothing to hurry for.
const IDLE: Duration = Duration::from_hours(1);
const TIME: Duration = Duration::from_millis(500);

/// A run's operation and its place in staging.
pub struct Staging {
    /// The operation.
    pub operation: i64,
    /// Its folder in staging.
    pub run: files::Run,
}

/// Made when the first file is read: an import that finds nothing new writes nothing at all.
pub struct Lazy {
    root: PathBuf,
    owner: Owner,
    made: Mutex<Option<Arc<Staging>>>,
}

impl Lazy {
    /// For a library and who acts in it.
    pub fn new(library: &Library) -> Self {
        Self { root: library.path().to_owned(), owner: library.owner(), made: Mutex::default() }
    }

    /// The operation and staging of this run, begun now if they were not.
    ///
    /// # Errors
    /// Those of the catalogue and of the file system.
    pub fn get(&self, now: Timestamp) -> Result<Arc<Staging>, ImportError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(staging) = made.as_ref() {
            return Ok(Arc::clone(staging));
        }
        let root = files::Root::open(&self.root)?;
        let _beginning = files::beginning(&root)?;
        let operation = crate::store::begin_beside(&self.root, self.owner, COMMAND, now)?;
        let staging = Arc::new(Staging { operation, run: files::Run::start(&root, operation)? });
        *made = Some(Arc::clone(&staging));
        Ok(staging)
    }

    /// The same, if it was begun.
    pub fn made(&self) -> Option<Arc<Staging>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets go of it.
    pub fn take(self) -> Option<Staging> {
        let made = self.made.into_inner().unwrap_or_else(PoisonError::into_inner);
        made.and_then(Arc::into_inner)
    }
}

/// One file of a batch.
pub enum Entry {
    /// Read, perhaps staged.
    Read(Box<Taken>),
    /// Remembered, wanted in an album or with a tag.
    Present(Candidate, ObjectId),
    /// Not taken in.
    Refused(Box<Refused>),
}

impl Entry {
    /// Whether nothing of it is to be remembered.
    pub fn leaves_no_trace(&self) -> bool {
        matches!(self, Self::Refused(refused) if matches!(refused.remember, Remember::No))
    }

    fn bytes(&self) -> u64 {
        match self {
            Self::Read(taken) if taken.staged.is_some() => taken.candidate.stat.size,
            _ => 0,
        }
    }
}

/// What the writer has at hand.
pub struct Writer<'a> {
    pub(super) library: &'a mut Library,
    pub(super) options: &'a Options,
    pub(super) run: Run<'a>,
    pub(super) shop: &'a Workshop<'a>,
    pub(super) lazy: &'a Lazy,
    pub(super) summary: &'a mut Summary,
    pub(super) books: Books,
    pub(super) folders: publish::Folders,
}

/// Takes what the workers send until they are done.
///
/// # Errors
/// What ends the whole run.
pub fn write(mut writer: Writer<'_>, staged: &Receiver<Probed>) -> Result<(), ImportError> {
    let (mut batch, mut since) = (Vec::new(), Instant::now());
    // Files whose bytes another worker had in hand when they were read: their turn comes once that one is stored.
    let mut waiting = Vec::new();
    loop {
        let patience = TIME.saturating_sub(since.elapsed());
        let next = match staged.recv_timeout(if batch.is_empty() { IDLE } else { patience }) {
            Ok(probed) => Some(probed),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        if batch.is_empty() {
            since = Instant::now();
        }
        match next {
            Some(Probed::Settled(items)) => items.iter().for_each(|item| writer.settle(item)),
            Some(Probed::Present { candidate, id }) => batch.push(Entry::Present(candidate, id)),
            Some(Probed::Refused(refused)) => batch.push(Entry::Refused(refused)),
            Some(Probed::Read(taken)) => batch.push(Entry::Read(taken)),
            Some(Probed::Fatal(error)) => {
                writer.flush(batch, &mut waiting)?;
                return Err(*error);
            }
            None => {}
        }
        let bytes: u64 = batch.iter().map(Entry::bytes).sum();
        if batch.len() >= FILES || bytes >= BYTES || since.elapsed() >= TIME {
            writer.flush(std::mem::take(&mut batch), &mut waiting)?;
            since = Instant::now();
        }
    }
    writer.flush(batch, &mut waiting)?;
    writer.last(waiting)
}

impl Writer<'_> {
    /// Counts a settled file and says so.
    pub fn settle(&mut self, item: &Item) {
        self.summary.count(item);
        (self.run.on)(Event::Item(item));
    }

    /// Counts a refused file of which nothing is remembered.
    pub fn say(&mut self, entry: &Entry) {
        if let Entry::Refused(refused) = entry {
            self.settle(&refused.item());
        }
    }

    fn flush(&mut self, batch: Vec<Entry>, waiting: &mut Vec<Entry>) -> Result<(), ImportError> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut entries = std::mem::take(waiting);
        entries.extend(batch);
        *waiting = commit::all(self, entries)?;
        Ok(())
    }

    /// Those still waiting when all workers are done: the file they waited for failed, so each is read again, here.
    fn last(&mut self, waiting: Vec<Entry>) -> Result<(), ImportError> {
        let mut left = commit::all(self, waiting)?;
        while let Some(entry) = left.pop() {
            let Entry::Read(taken) = entry else { continue };
            if self.run.stopped() {
                continue;
            }
            let again = match self.shop.again(taken.candidate.clone(), &taken.hash) {
                Probed::Read(taken) => Entry::Read(taken),
                Probed::Refused(refused) => Entry::Refused(refused),
                Probed::Fatal(error) => return Err(*error),
                Probed::Settled(_) | Probed::Present { .. } => continue,
            };
            let mut entries = std::mem::take(&mut left);
            entries.push(again);
            left = commit::all(self, entries)?;
        }
        Ok(())
    }

    /// The staging of this run.
    ///
    /// # Errors
    /// Those of beginning it.
    pub fn staging(&self) -> Result<Arc<Staging>, ImportError> {
        self.lazy.get((self.run.clock)())
    }

    /// An item for a file that now is a media, or was one before.
    pub fn item(action: Action, candidate: &Candidate, id: ObjectId) -> Item {
        Item::new(action, &candidate.path, Some(id), candidate.stat.size)
    }
}
