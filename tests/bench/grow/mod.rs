//! Fills a library with a million plausible media in minutes, through the same statements an import uses, triggers on.
//!
//! Rows only: the originals are not written, so `verify` finds every one of them missing. With a tree, the files the media
//! are remembered from are made, as holes of the right size that take no room on the disk: what a second import walks over.

mod plausible;

use std::fs::{self, File, FileTimes};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use hypernet::album::{self, Target};
use hypernet::link::{self, End};
use hypernet::model::link::LinkType;
use hypernet::model::media::{self as model, ProcessingStatus, file_path, thumbnail_path};
use hypernet::model::text::{AlbumName, Filename};
use hypernet::model::{Base, Media, ObjectId, SourceType, Timestamp};
use hypernet::store::sources::{self, Fate, Stat};
use hypernet::store::{Access, Library, Opening, Tx, journal, media, stored_file};
use plausible::{Dice, Photo, Roll};

use crate::Fault;

/// What to make.
pub struct Plan {
    /// The library: an absent or empty folder.
    pub library: PathBuf,
    pub media: u64,
    pub albums: u64,
    pub links: u64,
    pub seed: u64,
    /// Where the remembered files are to be made; without it they are remembered from a place that does not exist.
    pub tree: Option<PathBuf>,
}

/// Photos in one folder, taken in by one import.
const ROLL: u64 = 500;

/// Links of one transaction.
const TOGETHER: usize = 10_000;

/// The largest album of a library of a million.
const LARGEST: f64 = 0.03;

/// Between a date and the day its photos were imported.
const LATER: i64 = 30 * 86_400_000;

/// Fills the library; tells on the way.
pub fn run(plan: &Plan) -> Result<(), Fault> {
    let started = Instant::now();
    let mut filling = Filling::begin(plan)?;
    let mut made = Vec::new();
    for k in 0..plan.media.div_ceil(ROLL) {
        let count = ROLL.min(plan.media - k * ROLL);
        made.extend(filling.roll(k, count)?);
        if k % 100 == 99 {
            eprintln!("{} media after {:.0} s", made.len(), started.elapsed().as_secs_f64());
        }
    }
    filling.links(plan, &made)?;
    filling.library.catalogue().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    eprintln!("{} media, {} links in {:.0} s", made.len(), plan.links, started.elapsed().as_secs_f64());
    Ok(())
}

struct Filling<'a> {
    library: Library,
    dice: Dice,
    tree: &'a Path,
    real: bool,
}

impl<'a> Filling<'a> {
    fn begin(plan: &'a Plan) -> Result<Self, Fault> {
        let made = crate::run::quiet(crate::run::hypernet().arg("--library").arg(&plan.library).arg("init"))?;
        if !made {
            return Err(format!("no library can be made at {}", plan.library.display()).into());
        }
        let path = plan.library.canonicalize()?;
        let opening = Opening { path, access: Access::Write, lock_timeout: Duration::from_secs(5) };
        let library = Library::open(&opening)?;
        // A crash here loses a library that is made again in minutes.
        for (name, value) in [("synchronous", "off"), ("cache_size", "-1048576"), ("wal_autocheckpoint", "50000")] {
            library.catalogue().pragma_update(None, name, value)?;
        }
        let tree = plan.tree.as_deref().unwrap_or(Path::new("/home/somebody/Pictures"));
        Ok(Self { library, dice: Dice::new(plan.seed), tree, real: plan.tree.is_some() })
    }

    /// One folder's photos, as one import would take them in.
    fn roll(&mut self, k: u64, count: u64) -> Result<Vec<End>, Fault> {
        let roll = Roll::new(&mut self.dice);
        let folder = self.tree.join(roll.folder(k));
        let shown = folder.display().to_string();
        let photos: Vec<_> = (0..count).map(|k| roll.photo(k, &shown, &mut self.dice)).collect();
        let places: Vec<_> = photos.iter().map(|photo| folder.join(&photo.name)).collect();
        let stats = self.files(&folder, &photos, &places)?;
        let day = roll.day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
        let now = Timestamp::from_millis(day + LATER)?;
        let operation = self.library.begin("import", now)?;
        let dice = &mut self.dice;
        let made = self.library.write(operation, now, |tx| {
            let mut made = Vec::new();
            for (photo, (place, stat)) in photos.into_iter().zip(places.iter().zip(stats)) {
                made.push(enter(tx, photo, place, &stat, dice)?);
            }
            Ok::<_, Fault>(made)
        })?;
        journal::finish(self.library.catalogue(), operation, journal::Outcome::Success, now, None)?;
        Ok(made)
    }

    /// The files' state on disk, made if they are to be real.
    fn files(&mut self, folder: &Path, photos: &[Photo], places: &[PathBuf]) -> Result<Vec<Stat>, Fault> {
        if !self.real {
            let mut inode = || 1 << 20 | self.dice.below(1 << 40);
            let stat = |photo: &Photo| {
                let taken = photo.local.and_utc().timestamp_nanos_opt().unwrap_or_default();
                Stat { size: photo.size, mtime_ns: taken, ctime_ns: taken, device: 2049, inode: inode() }
            };
            return Ok(photos.iter().map(stat).collect());
        }
        fs::create_dir_all(folder)?;
        let long_ago = FileTimes::new().set_modified(SystemTime::UNIX_EPOCH + Duration::from_hours(400_000));
        let make = |(photo, place): (&Photo, &PathBuf)| -> Result<Stat, Fault> {
            let file = File::create_new(place)?;
            file.set_len(photo.size)?;
            file.set_times(long_ago)?;
            Ok(stat(&file.metadata()?))
        };
        photos.iter().zip(places).map(make).collect()
    }

    /// Albums, the largest first, then pairs of duplicates until there are links enough.
    fn links(&mut self, plan: &Plan, media: &[End]) -> Result<(), Fault> {
        let now = Timestamp::from_millis(1_767_225_600_000)?;
        let operation = self.library.begin("album add", now)?;
        let mut albums = Vec::new();
        self.library.write(operation, now, |tx| {
            for k in 0..plan.albums {
                let name = format!("{} {} {k}", plausible::word(k % 997), plausible::word(k % 53));
                let name = AlbumName::of(&name).ok_or("an album has a name")?;
                albums.push(album::named(tx, &name)?);
            }
            Ok::<_, Fault>(())
        })?;
        let wanted = wanted(plan, &albums, media);
        for part in wanted.chunks(TOGETHER) {
            self.library.write(operation, now, |tx| {
                for (from, to) in part {
                    match from {
                        From::Album(album) => _ = album::add(tx, *album, to.n, to.id)?,
                        From::Media(from) => {
                            _ = link::make(tx, *from, *to, LinkType::DuplicateOf, SourceType::System, None)?;
                        }
                    }
                }
                Ok::<_, Fault>(())
            })?;
        }
        journal::finish(self.library.catalogue(), operation, journal::Outcome::Success, now, None)?;
        Ok(())
    }
}

enum From {
    Album(Target),
    Media(End),
}

/// Every link of the library: one large album, the others alike, and a fifteenth of all links between duplicates.
fn wanted(plan: &Plan, albums: &[Target], media: &[End]) -> Vec<(From, End)> {
    let most = media.len() as u64;
    let pairs = (plan.links / 15).min(most / 2);
    let large = ((most as f64 * LARGEST) as u64).min(plan.links);
    let each = (plan.links - pairs).saturating_sub(large) / (plan.albums.max(2) - 1);
    // A tenth of them nobody has put into an album yet.
    let sorted = (most - most / 10).max(1);
    let mut wanted = Vec::new();
    let mut next = 0;
    for (k, album) in albums.iter().enumerate() {
        for _ in 0..if k == 0 { large.min(sorted) } else { each.min(sorted) } {
            wanted.push((From::Album(*album), media[(next % sorted) as usize]));
            next += 1;
        }
    }
    wanted.extend((0..pairs as usize).map(|k| (From::Media(media[2 * k]), media[2 * k + 1])));
    wanted
}

/// As an import sees it.
fn stat(metadata: &fs::Metadata) -> Stat {
    let nanos = |seconds: i64, rest: i64| seconds * 1_000_000_000 + rest;
    Stat {
        size: metadata.len(),
        mtime_ns: nanos(metadata.mtime(), metadata.mtime_nsec()),
        ctime_ns: nanos(metadata.ctime(), metadata.ctime_nsec()),
        device: metadata.dev(),
        inode: metadata.ino(),
    }
}

/// One media with all an import writes of it.
fn enter(tx: &Tx<'_>, photo: Photo, place: &Path, stat: &Stat, dice: &mut Dice) -> Result<End, Fault> {
    let (id, owner) = (ObjectId::random(), tx.owner().id);
    let mut base = Base::new(id, owner, tx.now(), Some(SourceType::Import));
    base.metadata = photo.metadata;
    let taken = photo.local.and_utc().timestamp_millis();
    let (year, month) = (chrono::Datelike::year(&photo.local), chrono::Datelike::month(&photo.local));
    let mime = photo.mime;
    let media = Media {
        base,
        filename: Filename::of(&photo.name),
        mime,
        size: photo.size,
        width: Some(photo.dimensions.0),
        height: Some(photo.dimensions.1),
        duration: photo.seconds.map(model::Duration::from_secs).transpose()?,
        file_path: file_path(owner, year, month, id, mime.ext)?,
        thumbnail_path: Some(thumbnail_path(owner, id)?),
        hash: dice.hash(),
        taken_at: Some(Timestamp::from_millis(taken)?),
        place: photo.place,
        processing_status: ProcessingStatus::Complete,
        metadata_extracted: true,
    };
    let inner = media::Inner { taken_local: Some(taken), phash: Some((dice.next(), 1)), copy: 0 };
    stored_file::insert(tx, &media::stored(&media, year * 100 + month as i32))?;
    let n = media::insert(tx, &media, &inner)?;
    sources::see(tx, n, place)?;
    sources::remember(tx, place, stat, &Fate::Stored(n, mime.name))?;
    Ok(End { n, id, kind: model::KIND })
}
