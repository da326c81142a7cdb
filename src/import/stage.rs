//! One file: opened once, read once, hashed, probed, drawn, written to staging and synced. Pure but for its own staged files.
//!
//! The steps are those of the import protocol; the writer does the rest. A known file is not staged at all.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use rustix::fs::fchmod;

use super::batch::Staging;
use super::read::{open, read_some, read_whole, unchanged};
use super::refusal::{Attempt, Refused, Trouble, empty, not_media, not_wanted, of_io, passed, refused};
use super::summary::{Candidate, Failure, Item};
use super::workshop::{Bench, Workshop};
use super::{Dup, ImportError, Mode, picture};
use crate::model::media::MediaType;
use crate::model::mime::{self, Mime};
use crate::model::{ObjectId, Sha256};
use crate::probe::{self, Facts};
use crate::store::files::{self, CHUNK, Digest, ORIGINAL_MODE};

/// Files up to this many bytes are read whole; larger ones stream.
const WHOLE: u64 = 16 << 20;

/// Up to so many workers may keep a large buffer for the next file.
const FEW: usize = 4;

/// Buffers of more than this share a bound.
const LARGE: u64 = 4 << 20;

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

/// Steps 1 to 5 of the protocol for one file, and what the same read tells.
pub fn file(shop: &Workshop<'_>, bench: &mut Bench, candidate: &Candidate) -> Attempt<Taken> {
    let (mut original, stat) = open(candidate)?;
    let candidate = &Candidate { path: candidate.path.clone(), stat };
    let mime = admit(shop, &mut original, candidate)?;
    let large = LARGE < stat.size && stat.size <= WHOLE;
    let _share = large.then(|| shop.buffers.take(stat.size));
    let mut copy = Copy { shop, candidate, staging: shop.staging()?, staged: None };
    copy.reflink(&original)?;
    let hash = copy.read(&original, bench)?;
    unchanged(&original, candidate)?;
    let known = shop.claim(hash)?;
    let mut taken = Taken::new(candidate, hash);
    if copy.staging.is_none() || (known && shop.options.dup == Dup::Skip) {
        return Ok(taken);
    }
    let staged = if known { Ok(()) } else { copy.stage(bench, &hash) };
    staged.and_then(|()| copy.look(&original, bench, mime, &mut taken)).inspect_err(|_| {
        if !known {
            shop.release(&hash);
        }
    })?;
    taken.staged = if known { None } else { copy.keep() };
    if large && shop.options.jobs > FEW {
        bench.buffer.shrink_to(LARGE as usize);
    }
    Ok(taken)
}

impl Taken {
    fn new(candidate: &Candidate, hash: Sha256) -> Self {
        let (id, picture) = (ObjectId::random(), picture::Outcome::none());
        Self { candidate: candidate.clone(), hash, facts: None, id, staged: None, picture }
    }
}

/// A file's copy on its way through staging; dropped from there unless it is kept.
struct Copy<'a> {
    shop: &'a Workshop<'a>,
    candidate: &'a Candidate,
    staging: Option<Arc<Staging>>,
    /// Its name, and the descriptor it was written by: the one that is told of a failed write when it is synced.
    staged: Option<(String, File)>,
}

impl Copy<'_> {
    /// Clones the source, where the disk can and the mode wants it: the clone is then what is hashed.
    fn reflink(&mut self, original: &File) -> Attempt<()> {
        let device = self.candidate.stat.device;
        let Some(staging) = self.staging.clone().filter(|_| self.shop.may_reflink(device)) else { return Ok(()) };
        let (name, clone) = staging.run.create().map_err(|error| self.shop.broken(&error))?;
        match files::reflink(original, &clone) {
            Ok(()) => self.staged = Some((name, clone)),
            Err(error) => {
                staging.run.discard(&name);
                if self.shop.options.mode == Mode::Reflink {
                    let why = format!(
                        "the disk cannot share its blocks with the library ({error}); --mode auto copies instead"
                    );
                    return Err(refused(self.candidate, Failure::new("no_reflink", why)));
                }
                self.shop.no_reflink(device);
            }
        }
        Ok(())
    }

    /// Step 3: one pass over the clone, or over the source: into the buffer, into staging, or past both where nothing is to be stored.
    fn read(&mut self, original: &File, bench: &mut Bench) -> Attempt<Sha256> {
        let size = self.candidate.stat.size;
        let clone = self.staged.as_ref().map(|(_, clone)| clone);
        if size <= WHOLE {
            return read_whole(clone.unwrap_or(original), &mut bench.buffer, self.candidate);
        }
        if clone.is_some() || self.staging.is_none() {
            return self.through(clone.unwrap_or(original));
        }
        self.create()?;
        self.stream(original)
    }

    /// Steps 4 and 5: the copy is written, on the disk, and is what was read where that is asked.
    fn stage(&mut self, bench: &Bench, hash: &Sha256) -> Attempt<()> {
        if self.staged.is_none() {
            self.create()?;
            let Some((_, file)) = &mut self.staged else { return Ok(()) };
            file.write_all(&bench.buffer).map_err(|error| self.shop.unwritten(&error, self.candidate))?;
        }
        let (Some((name, file)), Some(staging)) = (&self.staged, &self.staging) else { return Ok(()) };
        let size = self.candidate.stat.size;
        // The cheapest proof there is, in every mode: a write that the system swallowed leaves the file short.
        let length = file.metadata().map_err(|error| self.shop.unwritten(&error, self.candidate))?.len();
        if length != size {
            return Err(self.unverified());
        }
        let synced = fchmod(file, ORIGINAL_MODE).map_err(io::Error::from).and_then(|()| file.sync_all());
        synced.map_err(|error| self.shop.unsynced(error, self.candidate))?;
        if !self.shop.options.verify && self.shop.options.mode != Mode::Move {
            return Ok(());
        }
        let mut again = staging.run.open(name).map_err(|error| self.shop.unwritten(&error, self.candidate))?;
        files::forget_cache(&again);
        let read = files::hash_while(&mut again, || !self.shop.run.stopped());
        let read = read.map_err(|error| self.shop.unwritten(&error, self.candidate))?.ok_or(Trouble::Stopped)?;
        if read == (*hash, size) { Ok(()) } else { Err(self.unverified()) }
    }

    fn unverified(&self) -> Trouble {
        let why = "the copy read back from the disk is not what was written; check the library's disk";
        refused(self.candidate, Failure::new("unverified", why))
    }

    /// What the file says of itself, and its thumbnail.
    fn look(&self, original: &File, bench: &mut Bench, mime: &'static Mime, taken: &mut Taken) -> Attempt<()> {
        let Some(staging) = &self.staging else { return Ok(()) };
        let size = self.candidate.stat.size;
        let bytes = (size <= WHOLE).then_some(bench.buffer.as_slice());
        let opened = self.staged.as_ref().map_or_else(|| original.try_clone(), |(name, _)| staging.run.open(name));
        let mut opened = opened.map_err(|error| refused(self.candidate, of_io(&error)))?;
        let facts = picture::facts(bytes, &mut opened, size, mime);
        taken.picture = if self.shop.options.thumbnails {
            picture::draw(&mut bench.scratch, bytes, &mut opened, &facts, size, &self.shop.pictures, &staging.run)
        } else {
            picture::Outcome::not_asked(mime)
        };
        taken.facts = Some(facts);
        Ok(())
    }

    fn create(&mut self) -> Attempt<()> {
        self.shop.space(self.candidate)?;
        let Some(staging) = &self.staging else { return Ok(()) };
        self.staged = Some(staging.run.create().map_err(|error| self.shop.broken(&error))?);
        Ok(())
    }

    fn stream(&mut self, mut source: &File) -> Attempt<Sha256> {
        let (mut hasher, mut left, mut chunk) = (Digest::default(), self.candidate.stat.size, vec![0; CHUNK]);
        let Some((_, copy)) = &mut self.staged else { return self.through(source) };
        loop {
            let read = read_some(&mut source, &mut chunk).map_err(|error| refused(self.candidate, of_io(&error)))?;
            if read as u64 > left || (read == 0 && left > 0) {
                return Err(Trouble::Changing);
            }
            if read == 0 {
                return Ok(hasher.finish());
            }
            if self.shop.run.stopped() && left > 64 * CHUNK as u64 {
                return Err(Trouble::Stopped);
            }
            hasher.update(&chunk[..read]);
            copy.write_all(&chunk[..read]).map_err(|error| self.shop.unwritten(&error, self.candidate))?;
            left -= read as u64;
        }
    }

    /// One pass over a large file that needs no copy.
    fn through(&self, mut source: &File) -> Attempt<Sha256> {
        let read = files::hash_while(&mut source, || !self.shop.run.stopped());
        let (hash, size) = read.map_err(|error| refused(self.candidate, of_io(&error)))?.ok_or(Trouble::Stopped)?;
        if size == self.candidate.stat.size { Ok(hash) } else { Err(Trouble::Changing) }
    }

    fn keep(&mut self) -> Option<String> {
        self.staged.take().map(|(name, _)| name)
    }
}

impl Drop for Copy<'_> {
    fn drop(&mut self) {
        if let (Some(staging), Some((name, _))) = (&self.staging, &self.staged) {
            staging.run.discard(name);
        }
    }
}

/// What the file is by content; refuses what is not to be taken in.
fn admit(shop: &Workshop<'_>, file: &mut File, candidate: &Candidate) -> Attempt<&'static Mime> {
    let named = candidate.path.extension().and_then(|ext| ext.to_str()).and_then(mime::of_extension);
    let named = named.filter(|mime| shop.options.filter.takes(mime) && is_picture(mime));
    if candidate.stat.size == 0 {
        return Err(passed(candidate, empty(), named.is_some(), None));
    }
    let mut head = Vec::with_capacity(probe::HEAD);
    let read =
        Read::by_ref(file).take(probe::HEAD as u64).read_to_end(&mut head).and_then(|_| file.seek(SeekFrom::Start(0)));
    read.map_err(|error| refused(candidate, of_io(&error)))?;
    let other = || mime::parse("application/octet-stream").ok().filter(|mime| shop.options.filter.takes(mime));
    match probe::kind(&head).or_else(other) {
        Some(mime) if shop.options.filter.takes(mime) => {
            let fits = shop.options.limits.check(mime.media_type, candidate.stat.size);
            fits.map_err(|why| {
                let key = if mime.media_type == MediaType::Photo { "photo" } else { "video" };
                refused(
                    candidate,
                    Failure::new("too_large", format!("{why}; limits.{key} in the configuration says so")),
                )
            })?;
            Ok(mime)
        }
        // A page of text that is called a picture is a picture that was lost, not a page nobody asked for.
        Some(mime) if named.is_some() && !is_picture(mime) => Err(passed(candidate, not_media(), true, Some(mime))),
        Some(mime) => Err(passed(candidate, not_wanted(Some(mime.name)), false, Some(mime))),
        None if named.is_some() => Err(passed(candidate, not_media(), true, None)),
        None => Err(passed(candidate, not_wanted(None), false, None)),
    }
}

fn is_picture(mime: &Mime) -> bool {
    matches!(mime.media_type, MediaType::Photo | MediaType::Video)
}
