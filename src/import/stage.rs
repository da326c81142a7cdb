//! One file: opened once, read once, hashed, probed, drawn, written to staging and synced. Pure but for its own staged files.
//!
//! The steps are those of the import protocol; the writer does the rest. A known file is not staged at all.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};

use super::batch::{Lazy, Staging};
use super::known::Known;
use super::read::{open, read_some, read_through, read_whole, unchanged};
use super::refusal::{Attempt, Refused, Remember, Trouble, empty, not_media, not_wanted, of_io, passed, refused};
use super::room::Room;
use super::summary::{Candidate, Failure, Item};
use super::{Dup, ImportError, Mode, Options, Run, picture};
use crate::model::mime::{self, Mime};
use crate::model::{ObjectId, Sha256};
use crate::probe::{self, Facts};
use crate::store::files::{self, CHUNK, Digest, ORIGINAL_MODE, Root};
use crate::store::{Library, StoreError};
use rustix::fs::fchmod;

/// Files up to this many bytes are read whole; larger ones stream.
const WHOLE: u64 = 16 << 20;

/// What stays free on the library's disk.
const RESERVE: u64 = 64 << 20;

/// What workers may hold for pictures and large buffers, together.
const ROOM: u64 = 160 << 20;

/// What the writer gets.
pub enum Probed {
    /// Files settled without being opened.
    Settled(Vec<Item>),
    /// A remembered file that may belong into an album or want a tag.
    Present {
        /// The file.
        candidate: Candidate,
        /// The media it is.
        id: ObjectId,
    },
    /// A file that is not taken in.
    Refused(Box<Refused>),
    /// A file that was read; staged, unless its bytes are known.
    Read(Box<Taken>),
    /// The end of the run.
    Fatal(Box<ImportError>),
}

/// A file that was read.
pub struct Taken {
    /// The file.
    pub candidate: Candidate,
    /// SHA-256 of its bytes.
    pub hash: Sha256,
    /// What it says of itself; absent for a known one that will not become a media.
    pub facts: Option<Facts>,
    /// The id it will have if it is new.
    pub id: ObjectId,
    /// Its name in staging; absent for a known one.
    pub staged: Option<String>,
    /// Its thumbnail, or why there is none.
    pub picture: picture::Outcome,
}

/// What all workers share.
pub struct Workshop<'a> {
    root: Root,
    options: &'a Options,
    run: Run<'a>,
    known: Option<Known>,
    staging: Option<&'a Lazy>,
    room: Room,
    /// Devices whose files cannot share blocks with the library: one try each.
    no_reflink: Mutex<HashSet<u64>>,
    sync_errors: AtomicUsize,
}

/// What each worker reuses from file to file.
#[derive(Default)]
struct Bench {
    buffer: Vec<u8>,
    scratch: probe::thumb::Scratch,
}

impl<'a> Workshop<'a> {
    /// For an import into a library.
    pub fn new(library: &Library, options: &'a Options, run: Run<'a>, staging: &'a Lazy) -> Result<Self, StoreError> {
        let known = Some(Known::new(library.reader()?));
        Ok(Self::with(Root::open(library.path())?, options, run, known, Some(staging)))
    }

    /// For a dry run: reads and hashes, stages nothing.
    pub fn dry(root: Root, options: &'a Options, run: Run<'a>, known: Option<Known>) -> Self {
        Self::with(root, options, run, known, None)
    }

    fn with(root: Root, options: &'a Options, run: Run<'a>, known: Option<Known>, staging: Option<&'a Lazy>) -> Self {
        let (no_reflink, sync_errors) = (Mutex::default(), AtomicUsize::new(0));
        Self { root, options, run, known, staging, room: Room::new(ROOM), no_reflink, sync_errors }
    }

    /// Whether every sync of this run kept its promise.
    pub fn clean(&self) -> bool {
        self.sync_errors.load(Ordering::Relaxed) == 0
    }

    /// Reads and stages one file whose bytes were thought known and are not.
    pub fn again(&self, candidate: Candidate, hash: &Sha256) -> Probed {
        if let Some(known) = &self.known {
            known.release(hash);
        }
        self.file(&mut Bench::default(), candidate)
    }

    fn staging(&self) -> Attempt<Option<Arc<Staging>>> {
        self.staging
            .map(|lazy| lazy.get((self.run.clock)()))
            .transpose()
            .map_err(|error| Trouble::Fatal(Box::new(error)))
    }

    fn file(&self, bench: &mut Bench, candidate: Candidate) -> Probed {
        let attempt = match self.attempt(bench, &candidate) {
            Err(Trouble::Changing) => self.attempt(bench, &candidate),
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

    /// Steps 1 to 5 of the protocol, and what the same read tells.
    fn attempt(&self, bench: &mut Bench, candidate: &Candidate) -> Attempt<Taken> {
        let (mut file, stat) = open(candidate)?;
        let candidate = Candidate { path: candidate.path.clone(), stat };
        let mime = self.admit(&mut file, &candidate)?;
        let whole = stat.size <= WHOLE;
        let _share = (whole && stat.size > WHOLE / 4).then(|| self.room.take(stat.size));
        let clone = self.clone_of(&file, &candidate)?;
        let source = clone.as_ref().map_or(&file, |(_, clone)| clone);
        let result =
            self.take(bench, &candidate, mime, source, clone.as_ref().map(|(name, _)| name.as_str()), &file, whole);
        if result.is_err()
            && let (Some((name, _)), Ok(Some(staging))) = (&clone, self.staging())
        {
            staging.run.discard(name);
        }
        result
    }

    #[allow(clippy::too_many_arguments, reason = "one file's whole state, in the one place that needs all of it")]
    fn take(
        &self,
        bench: &mut Bench,
        candidate: &Candidate,
        mime: &'static Mime,
        source: &File,
        cloned: Option<&str>,
        original: &File,
        whole: bool,
    ) -> Attempt<Taken> {
        let staging = self.staging()?;
        let size = candidate.stat.size;
        let mut staged = cloned.map(str::to_owned);
        let hash = if whole {
            read_whole(source, &mut bench.buffer, candidate)?
        } else if let (None, Some(staging)) = (cloned, &staging) {
            self.space(size)?;
            let (name, copy) = staging.run.create().map_err(|error| self.broken(&error))?;
            staged = Some(name.clone());
            self.stream(source, &copy, candidate).inspect_err(|_| staging.run.discard(&name))?
        } else {
            read_through(source, candidate)?
        };
        let mut guard = Discard { staging: staging.as_deref(), name: staged };
        unchanged(original, candidate)?;
        let known = self.known.as_ref().map(|known| known.claim(hash)).transpose();
        let known = known.map_err(|error| Trouble::Fatal(Box::new(error.into())))?.unwrap_or(false);
        let id = ObjectId::random();
        let mut taken = Taken {
            candidate: candidate.clone(),
            hash,
            facts: None,
            id,
            staged: None,
            picture: picture::Outcome::none(),
        };
        if known && self.options.dup == Dup::Skip {
            return Ok(taken);
        }
        let Some(run) = staging.as_deref() else { return Ok(taken) };
        let release = |trouble| {
            if let Some(claims) = self.known.as_ref().filter(|_| !known) {
                claims.release(&hash);
            }
            trouble
        };
        if !known {
            if guard.name.is_none() {
                guard.name = Some(self.write(run, &bench.buffer, candidate).map_err(release)?);
            }
            self.secure(run, &guard, candidate, &hash).map_err(release)?;
        }
        let bytes = whole.then_some(bench.buffer.as_slice());
        let opened = guard.name.as_deref().map_or_else(|| original.try_clone(), |name| run.run.open(name));
        let mut opened = opened.map_err(|error| release(refused(candidate, of_io(&error))))?;
        let facts = picture::facts(bytes, &mut opened, size, mime);
        if self.options.thumbnails {
            taken.picture = picture::draw(&mut bench.scratch, bytes, &mut opened, &facts, size, &self.room, &run.run);
        } else {
            taken.picture = picture::Outcome::not_asked(mime);
        }
        taken.facts = Some(facts);
        taken.staged = if known { None } else { guard.name.take() };
        Ok(taken)
    }

    /// What the file is by content; refuses what is not to be taken in.
    fn admit(&self, file: &mut File, candidate: &Candidate) -> Attempt<&'static Mime> {
        let named = candidate.path.extension().and_then(|ext| ext.to_str()).and_then(mime::of_extension);
        let named = named.filter(|mime| self.options.filter.takes(mime));
        if candidate.stat.size == 0 {
            return Err(passed(candidate, empty(), named.is_some(), None));
        }
        let mut head = Vec::with_capacity(probe::HEAD);
        let read = Read::by_ref(file)
            .take(probe::HEAD as u64)
            .read_to_end(&mut head)
            .and_then(|_| file.seek(SeekFrom::Start(0)));
        read.map_err(|error| refused(candidate, of_io(&error)))?;
        let other = || mime::parse("application/octet-stream").ok().filter(|mime| self.options.filter.takes(mime));
        match probe::kind(&head).or_else(other) {
            Some(mime) if self.options.filter.takes(mime) => {
                let fits = self.options.limits.check(mime.media_type, candidate.stat.size);
                fits.map_err(|why| {
                    let key = if mime.media_type == crate::model::media::MediaType::Photo { "photo" } else { "video" };
                    refused(
                        candidate,
                        Failure::new("too_large", format!("{why}; limits.{key} in the configuration says so")),
                    )
                })?;
                Ok(mime)
            }
            Some(mime) => Err(passed(candidate, not_wanted(Some(mime.name)), false, Some(mime))),
            None if named.is_some() => Err(passed(candidate, not_media(), true, None)),
            None => Err(passed(candidate, not_wanted(None), false, None)),
        }
    }

    /// A staged reflink of the source, where the disk can make one and the mode wants it.
    fn clone_of(&self, file: &File, candidate: &Candidate) -> Attempt<Option<(String, File)>> {
        let refusing = || self.no_reflink.lock().unwrap_or_else(PoisonError::into_inner);
        if self.options.mode == Mode::Copy || refusing().contains(&candidate.stat.device) {
            return Ok(None);
        }
        let Some(staging) = self.staging()? else { return Ok(None) };
        let (name, clone) = staging.run.create().map_err(|error| self.broken(&error))?;
        match files::reflink(file, &clone) {
            Ok(()) => Ok(Some((name, clone))),
            Err(error) => {
                staging.run.discard(&name);
                if self.options.mode == Mode::Reflink {
                    let why = format!(
                        "the disk cannot share its blocks with the library ({error}); --mode auto copies instead"
                    );
                    return Err(refused(candidate, Failure::new("no_reflink", why)));
                }
                refusing().insert(candidate.stat.device);
                Ok(None)
            }
        }
    }

    fn space(&self, size: u64) -> Attempt<()> {
        let needed = size.saturating_add(RESERVE);
        let free = self.root.free_space().map_err(|error| Trouble::Fatal(Box::new(error.into())))?;
        if free < needed { Err(Trouble::Fatal(Box::new(ImportError::NoSpace { needed, free }))) } else { Ok(()) }
    }

    fn write(&self, staging: &Staging, bytes: &[u8], candidate: &Candidate) -> Attempt<String> {
        self.space(candidate.stat.size)?;
        let (name, mut copy) = staging.run.create().map_err(|error| self.broken(&error))?;
        let written = copy.write_all(bytes);
        written.inspect_err(|_| staging.run.discard(&name)).map_err(|error| self.unwritten(&error, candidate))?;
        Ok(name)
    }

    fn stream(&self, mut source: &File, mut copy: &File, candidate: &Candidate) -> Attempt<Sha256> {
        let (mut hasher, mut left, mut chunk) = (Digest::default(), candidate.stat.size, vec![0; CHUNK]);
        loop {
            let read = read_some(&mut source, &mut chunk).map_err(|error| refused(candidate, of_io(&error)))?;
            if read as u64 > left || (read == 0 && left > 0) {
                return Err(Trouble::Changing);
            }
            if read == 0 {
                return Ok(hasher.finish());
            }
            if self.run.stopped() && left > 64 * CHUNK as u64 {
                return Err(Trouble::Stopped);
            }
            hasher.update(&chunk[..read]);
            copy.write_all(&chunk[..read]).map_err(|error| self.unwritten(&error, candidate))?;
            left -= read as u64;
        }
    }

    /// Steps 4 and 5: the staged file is on the disk, and is what was read where that is asked.
    fn secure(&self, staging: &Staging, guard: &Discard<'_>, candidate: &Candidate, hash: &Sha256) -> Attempt<()> {
        let Some(name) = guard.name.as_deref() else { return Ok(()) };
        let mut file = staging.run.open(name).map_err(|error| self.unwritten(&error, candidate))?;
        let synced = fchmod(&file, ORIGINAL_MODE).map_err(io::Error::from).and_then(|()| file.sync_all());
        synced.map_err(|error| self.unsynced(error, candidate))?;
        if !self.options.verify && self.options.mode != Mode::Move {
            return Ok(());
        }
        files::forget_cache(&file);
        let again = files::hash(&mut file).map_err(|error| self.unwritten(&error, candidate))?;
        if again != (*hash, candidate.stat.size) {
            let why = "the copy read back from the disk is not what was written; check the library's disk";
            return Err(refused(candidate, Failure::new("unverified", why)));
        }
        Ok(())
    }

    /// A failed sync is never repeated on the same file; a second one in a run ends it.
    fn unsynced(&self, error: io::Error, candidate: &Candidate) -> Trouble {
        if self.sync_errors.fetch_add(1, Ordering::Relaxed) == 0 {
            let why = format!("the library's disk did not keep it: {error}");
            return refused(candidate, Failure::new("io", why));
        }
        let path = candidate.path.display().to_string();
        Trouble::Fatal(Box::new(ImportError::Sync { path, error }))
    }

    fn unwritten(&self, error: &io::Error, candidate: &Candidate) -> Trouble {
        if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            let needed = candidate.stat.size.saturating_add(RESERVE);
            return Trouble::Fatal(Box::new(ImportError::NoSpace {
                needed,
                free: self.root.free_space().unwrap_or(0),
            }));
        }
        refused(candidate, Failure::new("io", format!("the library's disk did not take it: {error}")))
    }

    /// Staging itself cannot be used: no file will fare better.
    fn broken(&self, error: &io::Error) -> Trouble {
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
pub fn work(shop: &Workshop<'_>, candidates: &Mutex<Receiver<Candidate>>, probed: &SyncSender<Probed>) {
    let mut bench = Bench::default();
    let mut listened = true;
    loop {
        let next = candidates.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(candidate) = next else { break };
        if listened && !shop.run.stopped() {
            listened = probed.send(shop.file(&mut bench, candidate)).is_ok();
        }
    }
}

/// Drops a staged file unless its name was taken out.
struct Discard<'a> {
    staging: Option<&'a Staging>,
    name: Option<String>,
}

impl Drop for Discard<'_> {
    fn drop(&mut self) {
        if let (Some(staging), Some(name)) = (self.staging, &self.name) {
            staging.run.discard(name);
        }
    }
}
