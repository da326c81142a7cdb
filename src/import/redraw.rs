//! Thumbnails that are missing, damaged or were never drawn: drawn from the originals.
//!
//! A thumbnail is derived, so the damaged one is replaced. A row changes only where a picture that had none has one now.

use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::room::Room;
use super::{ImportError, picture, workshop};
use crate::model::text::FilePath;
use crate::model::{Media, Timestamp, media as model};
use crate::probe::Facts;
use crate::probe::thumb::{PHASH_VERSION, Scratch, seal};
use crate::store::files::Run;
use crate::store::{Library, Root, StoreError, media, repair};

/// How many are drawn before they are published.
const BATCH: usize = 64;

/// The largest thumbnail that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// A picture without a whole thumbnail.
#[derive(Debug)]
pub struct Undrawn {
    /// Its number.
    n: i64,
    /// The media.
    pub media: Media,
    /// Where its thumbnail belongs.
    pub path: FilePath,
    /// Whether its row promises one.
    pub promised: bool,
}

/// A drawn thumbnail: its name in staging, its picture hash, and what the picture lacks.
type Drawing = (String, u64, Option<String>);

/// The acting user's pictures that need a thumbnail: every thumbnail is read, and its seal compared.
///
/// # Errors
/// Those of the catalogue.
pub fn needed(library: &Library, jobs: usize, stop: &(dyn Fn() -> bool + Sync)) -> Result<Vec<Undrawn>, ImportError> {
    let (db, owner) = (library.catalogue(), library.owner());
    let mut needed = Vec::new();
    let pool = super::pool(jobs)?;
    for batch in repair::pictures(db, owner)?.chunks(1024) {
        if stop() {
            break;
        }
        let mut shown = Vec::with_capacity(batch.len());
        for n in batch {
            let Some(media) = media::by_n(db, owner, *n)? else { continue };
            let path = model::thumbnail_path(owner.id, media.base.id).map_err(StoreError::from)?;
            let promised = media.thumbnail_path.is_some();
            shown.push(Undrawn { n: *n, media, path, promised });
        }
        let root = library.root();
        let whole: Vec<bool> =
            pool.install(|| shown.par_iter().map(|one| one.promised && is_whole(root, one.path.as_str())).collect());
        needed.extend(shown.into_iter().zip(whole).filter(|(_, whole)| !whole).map(|(one, _)| one));
    }
    Ok(needed)
}

fn is_whole(root: &Root, path: &str) -> bool {
    let Ok(file) = root.open_file(path) else { return false };
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes).is_ok() && seal::is_whole(&bytes)
}

/// Those that [`all`] would draw: one whose row promises a thumbnail was drawn once; each other is tried, and thrown away.
///
/// # Errors
/// When no thread can be had.
pub fn drawable<'a>(
    library: &Library,
    needed: &'a [Undrawn],
    jobs: usize,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<&'a Undrawn>, ImportError> {
    let (pool, share, root) = (super::pool(jobs)?, Room::new(workshop::PICTURES), library.root());
    let can = |scratch: &mut Scratch, one: &&Undrawn| {
        one.promised
            || (!stop()
                && of(root, one, |file, facts| {
                    picture::render(scratch, None, file, facts, one.media.size, &share).ok()
                })
                .is_some())
    };
    let can: Vec<bool> =
        pool.install(|| needed.par_iter().map_init(Scratch::default, |scratch, one| can(scratch, &one)).collect());
    Ok(needed.iter().zip(can).filter_map(|(one, can)| can.then_some(one)).collect())
}

/// Something made of an original that can be read. A picture's trouble is its own, whatever it is: the work on all others goes on.
fn of<T>(root: &Root, one: &Undrawn, make: impl FnOnce(&mut File, &Facts) -> Option<T>) -> Option<T> {
    let mut file = root.open_file(one.media.file_path.as_str()).ok()?;
    let work = || {
        let facts = picture::facts(None, &mut file, one.media.size, one.media.mime);
        make(&mut file, &facts)
    };
    catch_unwind(AssertUnwindSafe(work)).ok()?
}

/// Draws them; one that cannot be drawn stays as it is. `first` is called before anything is changed, if anything is; `each` is told
/// which are drawn, and says whether to go on.
///
/// # Errors
/// Those of the catalogue and of the file system.
pub fn all(
    library: &mut Library,
    (operation, run, now): (i64, &Run, Timestamp),
    needed: &[Undrawn],
    jobs: usize,
    first: &mut dyn FnMut() -> Result<(), StoreError>,
    each: &mut dyn FnMut(&Undrawn) -> bool,
) -> Result<(), ImportError> {
    let (pool, share) = (super::pool(jobs)?, Room::new(workshop::PICTURES));
    for batch in needed.chunks(BATCH) {
        let root = library.root();
        let draw = |scratch: &mut Scratch, one: &Undrawn| draw(root, run, &share, scratch, one);
        let drawn: Vec<Option<Drawing>> = pool.install(|| batch.par_iter().map_init(Scratch::default, draw).collect());
        let mut done: Vec<_> = batch.iter().zip(drawn).filter_map(|(one, drawing)| Some((one, drawing?))).collect();
        if done.is_empty() {
            continue;
        }
        first()?;
        let mut full = None;
        done.retain(|(one, (name, ..))| match publish(root, run, name, one.path.as_str()) {
            // What stands in one thumbnail's way does not keep the others from theirs; a full disk does.
            Err(error) => {
                run.discard(name);
                full = full.take().or(Some(error).filter(StoreError::is_full));
                false
            }
            Ok(()) => true,
        });
        full.map_or(Ok(()), Err)?;
        if done.iter().any(|(one, _)| !one.promised) {
            library.write(operation, now, |tx| {
                let mut news = done.iter().filter(|(one, _)| !one.promised);
                news.try_for_each(|(one, (_, phash, why))| {
                    repair::drawn(tx, one.n, &one.media, (*phash, PHASH_VERSION), why.as_deref())
                })
            })?;
        }
        if !done.iter().fold(true, |go_on, (one, _)| each(one) && go_on) {
            break;
        }
    }
    Ok(())
}

fn draw(root: &Root, run: &Run, share: &Room, scratch: &mut Scratch, one: &Undrawn) -> Option<Drawing> {
    let outcome =
        of(root, one, |file, facts| Some(picture::draw(scratch, None, file, facts, one.media.size, share, run)))?;
    outcome.drawn.map(|(name, phash)| (name, phash, outcome.reason))
}

/// In place of the damaged one. For a moment there is none, which the next repair finds.
fn publish(root: &Root, run: &Run, staged: &str, path: &str) -> Result<(), StoreError> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let dir = root.make_dirs(folder)?;
    root.remove(path)?;
    run.publish(staged, &dir, name).map_err(StoreError::io(root.path().join(path)))
}
