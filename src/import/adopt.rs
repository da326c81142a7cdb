//! Originals that are in the library already and have no row: read where they stand, and entered as media.
//!
//! For repairs: files from quarantine get a place first, those a lost catalogue named are entered in place, under the ids of their
//! names. What only the catalogue knew (names, albums, tags, descriptions) is not there to be read; the file's time on disk says
//! when it came, not when it was taken, so it is no date.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::date::Origin;
use super::fields::{self, Dating, Draft};
use super::stage::Taken;
use super::summary::Candidate;
use super::{ImportError, picture, scan};
use crate::model::media::ProcessingStatus;
use crate::model::mime::{self, Mime};
use crate::model::text::{FilePath, Filename};
use crate::model::{Metadata, ObjectId, Timestamp, Zone, media as model};
use crate::probe::thumb::seal;
use crate::probe::{self, Facts};
use crate::store::files::{self, Run};
use crate::store::stored_file::{self, StoredFile};
use crate::store::{Library, Root, StoreError, Tx, media, object};

/// How many are read, then entered in one transaction.
const BATCH: usize = 256;

/// The largest thumbnail that is read, in bytes.
const LARGEST_THUMBNAIL: u64 = 4 << 20;

/// A file beneath the library, and the id its name has.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where it stands.
    pub path: String,
    /// The id its name has.
    pub id: ObjectId,
}

/// What became of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is this media now, and stands here.
    Entered(ObjectId, FilePath),
    /// The owner has these bytes already, had them purged, or the id is another's: it stays where it is.
    Known,
    /// It could not be read, and why: it stays where it is.
    Unreadable(String),
}

/// Under what rules files are entered.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// The zone of times that state none.
    pub zone: Zone,
    /// The time of every row.
    pub now: Timestamp,
    /// Threads that read.
    pub jobs: usize,
}

/// Enters files where they stand: `users/{user}/media/{yyyy}/{mm}/{id}.{ext}`. Thumbnails that are there are kept. `each` is told
/// what is durable, and says whether to go on.
///
/// # Errors
/// Those of the catalogue.
pub fn in_place(
    library: &mut Library,
    operation: i64,
    found: &[Found],
    rules: Rules,
    each: &mut dyn FnMut(&Found, Fate) -> bool,
) -> Result<(), ImportError> {
    let pool = super::pool(rules.jobs)?;
    let (root, owner) = (Root::open(library.path())?, library.owner().id);
    for batch in found.chunks(BATCH) {
        let read = |one: &Found| read(&root, owner, one, rules);
        let read: Vec<_> = pool.install(|| batch.par_iter().map(read).collect());
        let fates = library.write(operation, rules.now, |tx| -> Result<Vec<Fate>, ImportError> {
            read.into_iter().zip(batch).map(|(read, one)| enter_in_place(tx, &root, read, one)).collect()
        })?;
        let wanted = batch.iter().zip(fates).fold(true, |wanted, (one, fate)| each(one, fate) && wanted);
        if !wanted {
            break;
        }
    }
    Ok(())
}

/// Enters one file from quarantine, moved to the place its date gives it: file before row, and noted before either.
///
/// # Errors
/// Those of the catalogue and of the file system.
pub fn take_in(
    library: &mut Library,
    operation: i64,
    run: &Run,
    found: &Found,
    rules: Rules,
) -> Result<Fate, ImportError> {
    let (root, owner) = (Root::open(library.path())?, library.owner().id);
    let id = if object::known(library.catalogue(), found.id)? { ObjectId::random() } else { found.id };
    let one = Found { path: found.path.clone(), id };
    let draft = match read(&root, owner, &one, rules) {
        Ok(draft) => draft,
        Err(why) => return Ok(Fate::Unreadable(why)),
    };
    if is_known(library.catalogue(), &draft)? {
        return Ok(Fate::Known);
    }
    let to = draft.media.file_path.clone();
    run.intend(&[&to]).map_err(StoreError::io(root.path().join("staging")))?;
    root.chmod(&one.path, 0o400)?;
    root.set_aside(&one.path, to.as_str())?;
    library.write(operation, rules.now, |tx| -> Result<(), ImportError> {
        Ok(enter(tx, &draft, draft.media.mime.ext)?)
    })?;
    Ok(Fate::Entered(id, to))
}

fn enter_in_place(tx: &Tx, root: &Root, read: Result<Draft, String>, one: &Found) -> Result<Fate, ImportError> {
    let mut draft = match read {
        Ok(draft) => draft,
        Err(why) => return Ok(Fate::Unreadable(why)),
    };
    if is_known(tx, &draft)? || object::known(tx, one.id)? {
        return Ok(Fate::Known);
    }
    let (Ok(path), Some((month, ext))) = (FilePath::parse(&one.path), place(&one.path)) else { return Ok(Fate::Known) };
    draft.month = month;
    draft.media.file_path = path.clone();
    keep_thumbnail(root, &mut draft)?;
    enter(tx, &draft, ext)?;
    Ok(Fate::Entered(one.id, path))
}

fn is_known(db: &crate::store::Connection, draft: &Draft) -> Result<bool, StoreError> {
    Ok(stored_file::by_hash(db, &draft.media.hash)?.is_some() || media::was_purged(db, &draft.media.hash)?)
}

fn enter(tx: &Tx, draft: &Draft, ext: &str) -> Result<(), StoreError> {
    let Draft { media, inner, month } = draft;
    let (hash, size, holder) = (media.hash, media.size, media.base.id);
    stored_file::insert(tx, &StoredFile { hash, size, holder, month: *month, ext: ext.to_owned() })?;
    media::insert(tx, media, inner).map(drop)
}

/// Year × 100 + month, and extension, of `users/{user}/media/{yyyy}/{mm}/{id}.{ext}`.
fn place(path: &str) -> Option<(i32, &str)> {
    let parts: Vec<&str> = path.split('/').collect();
    let ["users", _, "media", year, month, name] = parts[..] else { return None };
    Some((year.parse::<i32>().ok()? * 100 + month.parse::<i32>().ok()?, name.split_once('.')?.1))
}

/// A thumbnail drawn before is as good as a new one, if its seal says that it is whole.
fn keep_thumbnail(root: &Root, draft: &mut Draft) -> Result<(), StoreError> {
    let path = model::thumbnail_path(draft.media.base.user_id, draft.media.base.id)?;
    let mut bytes = Vec::new();
    let read = root.open_file(path.as_str()).map(|file| file.take(LARGEST_THUMBNAIL).read_to_end(&mut bytes));
    if matches!(read, Ok(Ok(_))) && seal::is_whole(&bytes) {
        draft.media.thumbnail_path = Some(path);
        if draft.media.processing_status == ProcessingStatus::Pending {
            draft.media.processing_status = ProcessingStatus::Complete;
        }
    }
    Ok(())
}

/// The media a file becomes; an error says why it cannot be read.
fn read(root: &Root, owner: ObjectId, one: &Found, rules: Rules) -> Result<Draft, String> {
    let said = |error: StoreError| error.to_string();
    let mut file = root.open_file(&one.path).map_err(said)?;
    let stat = file.metadata().map_err(|error| error.to_string())?;
    let (hash, size) = files::hash(&mut file).map_err(|error| error.to_string())?;
    if size == 0 || !stat.is_file() {
        return Err("it is empty".to_owned());
    }
    let facts = facts(&mut file, size, &one.path)?;
    let candidate = Candidate { path: root.path().join(&one.path), stat: scan::stat(&stat) };
    let picture = picture::Outcome::not_asked(facts.mime);
    let taken = Taken { candidate, hash, facts: None, id: one.id, staged: None, picture };
    let dating = Dating { zone: rules.zone, from: &[Origin::Exif] };
    let mut draft = fields::draft(&taken, &facts, dating, owner, rules.now).map_err(|error| error.to_string())?;
    draft.media.filename = Filename::of(&format!("{}.{}", one.id, facts.mime.ext));
    draft.media.base.metadata = nameless(draft.media.base.metadata, facts.damage.as_deref());
    if facts.damage.is_some() {
        draft.media.processing_status = ProcessingStatus::Failed;
    }
    Ok(draft)
}

/// The name and path it was found under are the library's own, and say nothing.
fn nameless(metadata: Metadata, damage: Option<&str>) -> Metadata {
    let mut map = metadata.into_map();
    for key in ["original_filename", "original_path", "named_as"] {
        map.shift_remove(key);
    }
    map.extend(damage.map(|why| ("processing_error".to_owned(), why.into())));
    Metadata::from_file(map)
}

/// What the file is, by its content, else by the extension it was given when it came, and what it says of itself.
fn facts(file: &mut File, size: u64, path: &str) -> Result<Facts, String> {
    let mut head = Vec::with_capacity(probe::HEAD);
    let rewound =
        file.seek(SeekFrom::Start(0)).and_then(|_| Read::by_ref(file).take(probe::HEAD as u64).read_to_end(&mut head));
    rewound.and_then(|_| file.seek(SeekFrom::Start(0))).map_err(|error| error.to_string())?;
    let named = || path.rsplit('.').next().and_then(mime::of_extension);
    let other = || mime::parse("application/octet-stream").ok();
    let mime: &'static Mime = probe::kind(&head).or_else(named).or_else(other).ok_or("no type")?;
    Ok(picture::facts(None, file, size, mime))
}
