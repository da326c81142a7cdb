//! Sources → candidates: walks, filters, and passes over what is remembered as unchanged without opening it.
//!
//! Decides nothing about content. What it settles itself (special files, filtered ones, known ones) goes straight to the writer.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder};

use super::filter::IGNORE_FILE;
use super::look::Look;
use super::memory::Memories;
use super::queue::Queue;
use super::stage::Probed;
use super::summary::{Action, Candidate, Failure, Item};
use super::{Event, Options, Run};
use crate::store::sources::{Memory, Stat};
use crate::store::{Reader, media};

/// How many settled files go to the writer at once.
const TOGETHER: usize = 512;

/// Walks the sources in order. Ends early when the run is stopped or nobody listens any more.
pub fn walk(
    library: &Path,
    options: &Options,
    memory: Option<Reader>,
    run: Run<'_>,
    found: &Queue,
    settled: SyncSender<Probed>,
) {
    let _closing = found.closing();
    // Without knowing what is in the trash, nothing that is remembered can be relied on.
    let (memory, trashed) = match memory.map(|reader| (media::trashed(&reader), reader)) {
        Some((Ok(trashed), reader)) => (Some(reader), trashed),
        _ => (None, HashSet::new()),
    };
    std::thread::scope(|threads| {
        let mut walk = Walk {
            library,
            options,
            memory: memory.map(|reader| Memories::start(threads, reader)),
            look: Look::default(),
            trashed,
            source: PathBuf::new(),
            run,
            found,
            settled,
            items: Vec::new(),
            files: 0,
            bytes: 0,
        };
        for source in &options.sources {
            if walk.source(source).is_none() {
                break;
            }
        }
        walk.flush();
    });
}

struct Walk<'a> {
    library: &'a Path,
    options: &'a Options,
    memory: Option<Memories>,
    look: Look,
    run: Run<'a>,
    found: &'a Queue,
    settled: SyncSender<Probed>,
    items: Vec<Item>,
    trashed: HashSet<i64>,
    /// The source being walked.
    source: PathBuf,
    files: u64,
    bytes: u64,
}

/// The library's folder, however a walk comes to it.
struct Library {
    path: PathBuf,
    id: Option<(u64, u64)>,
}

impl Library {
    fn at(path: &Path) -> Self {
        let id = path.metadata().ok().map(|stat| (stat.dev(), stat.ino()));
        Self { path: path.to_owned(), id }
    }

    /// Whether a folder is the library, or a link that leads into it.
    fn holds(&self, folder: &DirEntry) -> bool {
        let same = || self.id.is_some() && folder.metadata().ok().map(|stat| (stat.dev(), stat.ino())) == self.id;
        let leads = || folder.path().canonicalize().is_ok_and(|path| path.starts_with(&self.path));
        folder.path().as_os_str() == self.path.as_os_str() || same() || (folder.path_is_symlink() && leads())
    }
}

/// `None` ends the walk.
type GoOn = Option<()>;

impl Walk<'_> {
    fn source(&mut self, source: &Path) -> GoOn {
        let path = match source.canonicalize() {
            Ok(path) => path,
            Err(error) => return self.unseen(of_error(source, &error)),
        };
        if path.starts_with(self.library) {
            return self.in_library(&path);
        }
        if is_library(&path) {
            return self.stranger(&path);
        }
        path.clone_into(&mut self.source);
        let strangers = Arc::new(Mutex::new(Vec::new()));
        for entry in self.builder(&path, Arc::clone(&strangers)).build() {
            if self.run.stopped() {
                return None;
            }
            match entry {
                Ok(entry) => self.entry(entry)?,
                Err(error) => self.unseen(of_walk_error(source, &error))?,
            }
        }
        let strangers = std::mem::take(&mut *strangers.lock().unwrap_or_else(PoisonError::into_inner));
        strangers.iter().try_for_each(|library| self.stranger(library))
    }

    /// Another library is a whole: its thumbnails are no photos, and moving its originals away would gut it.
    fn stranger(&mut self, path: &Path) -> GoOn {
        let why = "it is another hypernet library, which is not taken apart; the originals are in users/ beneath it";
        self.unseen(Item::new(Action::Failed, path, None, 0).because(&Failure::new("other_library", why)))
    }

    fn in_library(&mut self, path: &Path) -> GoOn {
        let why = Failure::new("in_library", "it lies inside the library");
        self.unseen(Item::new(Action::Skipped, path, None, 0).because(&why))
    }

    fn builder(&self, path: &Path, strangers: Arc<Mutex<Vec<PathBuf>>>) -> WalkBuilder {
        let filter = &self.options.filter;
        let mut builder = WalkBuilder::new(path);
        builder.standard_filters(false).hidden(!filter.hidden).follow_links(filter.follow);
        builder.same_file_system(filter.one_file_system).max_depth(filter.max_depth);
        if !filter.no_ignore {
            builder.add_custom_ignore_filename(IGNORE_FILE);
        }
        builder.sort_by_file_name(Ord::cmp);
        let (library, named, source) = (Library::at(self.library), filter.clone(), path.to_owned());
        builder.filter_entry(move |entry| {
            let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
            // The folder given by name counts, whatever it is called.
            let left_out = entry.depth() > 0
                && (named.excludes(entry.path(), &source, is_dir) || (is_dir && library.holds(entry)));
            let stranger = is_dir && !left_out && is_library(entry.path());
            if stranger {
                strangers.lock().unwrap_or_else(PoisonError::into_inner).push(entry.path().to_owned());
            }
            !left_out && !stranger
        });
        builder
    }

    fn entry(&mut self, entry: DirEntry) -> GoOn {
        let Some(kind) = entry.file_type() else { return Some(()) };
        if kind.is_dir() {
            if let Some(memory) = &mut self.memory {
                memory.ahead(entry.path().as_os_str());
            }
            return Some(());
        }
        let plain = kind.is_file() && !entry.path_is_symlink();
        let place = split(entry.path().as_os_str()).filter(|_| plain);
        if let Some(stat) = place.and_then(|(folder, name)| self.look.at(folder, name)) {
            return self.plain(Candidate { path: entry.into_path(), stat });
        }
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(error) => return self.unseen(of_walk_error(entry.path(), &error)),
        };
        // What a link leads to is taken in where it is: the link itself is never opened.
        let path = if entry.path_is_symlink() && metadata.is_file() {
            match entry.path().canonicalize() {
                Ok(path) => path,
                Err(error) => return self.unseen(of_error(entry.path(), &error)),
            }
        } else {
            entry.into_path()
        };
        if !metadata.is_file() && !self.is_ours(&path) {
            return self.special(&path, metadata.file_type());
        }
        self.plain(Candidate { path, stat: stat(&metadata) })
    }

    fn is_ours(&self, path: &Path) -> bool {
        path.as_os_str().len() >= self.library.as_os_str().len() && path.starts_with(self.library)
    }

    fn plain(&mut self, candidate: Candidate) -> GoOn {
        if self.is_ours(&candidate.path) { self.in_library(&candidate.path) } else { self.file(candidate) }
    }

    fn special(&mut self, path: &Path, kind: std::fs::FileType) -> GoOn {
        self.meet(0);
        let why = if kind.is_symlink() {
            Failure::new("link", "it is a symbolic link; --follow goes through links")
        } else if kind.is_fifo() {
            Failure::new("special", "it is a pipe, not a file")
        } else if kind.is_socket() {
            Failure::new("special", "it is a socket, not a file")
        } else {
            Failure::new("special", "it is a device, not a file")
        };
        self.settle(Item::new(Action::Skipped, path, None, 0).because(&why))
    }

    fn file(&mut self, candidate: Candidate) -> GoOn {
        self.meet(candidate.stat.size);
        if !self.options.filter.wants(&candidate.path, &self.source, &candidate.stat) {
            let why = Failure::new("filtered", "the filters leave it out");
            return self.settle(Item::new(Action::Skipped, &candidate.path, None, candidate.stat.size).because(&why));
        }
        match self.remembered(&candidate) {
            Some(memory) => self.known(candidate, memory),
            None => self.found.put(candidate),
        }
    }

    /// What became of exactly this file when it was last read.
    fn remembered(&mut self, candidate: &Candidate) -> Option<Memory> {
        let (folder, name) = split(candidate.path.as_os_str())?;
        let known = self.memory.as_mut()?.of(folder, name)?;
        (known.stat == candidate.stat).then(|| known.memory.clone())
    }

    fn known(&mut self, candidate: Candidate, memory: Memory) -> GoOn {
        let (path, bytes) = (&candidate.path, candidate.stat.size);
        let item = match memory {
            Memory::Stored { mime_type, .. } if !self.wanted(mime_type.as_deref()) => {
                let why = super::refusal::not_wanted(mime_type.as_deref());
                Item::new(Action::Skipped, path, None, bytes).because(&why)
            }
            Memory::Stored { n, id: Some(id), .. } if !self.trashed.contains(&n) => {
                if !self.options.albums.is_empty() || !self.options.tags.is_empty() {
                    return self.settled.send(Probed::Present { candidate, id }).ok();
                }
                Item::new(Action::Duplicate, path, Some(id), bytes)
            }
            Memory::Stored { id: Some(id), .. } if !self.options.include_deleted => {
                let why = Failure::new("in_trash", "it was deleted; --include-deleted takes it in again");
                Item::new(Action::Skipped, path, Some(id), bytes).because(&why)
            }
            Memory::Skipped { .. } if bytes == 0 => {
                Item::new(Action::Skipped, path, None, bytes).because(&super::refusal::empty())
            }
            Memory::Skipped { mime_type } if !self.wanted(mime_type.as_deref()) => {
                Item::new(Action::Skipped, path, None, bytes).because(&super::refusal::not_wanted(mime_type.as_deref()))
            }
            // Named as media and none: another type may be wanted now.
            Memory::Failed { .. } if self.options.filter.takes_more() => return self.found.put(candidate),
            Memory::Failed { reason } => match super::refusal::remembered(&reason) {
                Some(why) => Item::new(Action::Failed, path, None, bytes).because(&why),
                None => return self.found.put(candidate),
            },
            Memory::Stored { .. } | Memory::Skipped { .. } => return self.found.put(candidate),
        };
        self.settle(item)
    }

    /// Whether content passed over before would be taken in now.
    fn wanted(&self, mime_type: Option<&str>) -> bool {
        let other = crate::model::media::MediaType::Other;
        match mime_type.map(crate::model::mime::parse) {
            Some(Ok(mime)) => self.options.filter.takes(mime),
            _ => self.options.filter.types.contains(&other),
        }
    }

    /// Settles what could not even be looked at.
    fn unseen(&mut self, item: Item) -> GoOn {
        self.meet(0);
        self.settle(item)
    }

    fn settle(&mut self, item: Item) -> GoOn {
        self.items.push(item);
        if self.items.len() < TOGETHER { Some(()) } else { self.send() }
    }

    fn send(&mut self) -> GoOn {
        self.settled.send(Probed::Settled(std::mem::take(&mut self.items))).ok()
    }

    /// Counts a file among those found.
    fn meet(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
        if self.files.is_multiple_of(64) || self.files == 1 {
            self.tell();
        }
    }

    fn tell(&mut self) {
        let (files, bytes) = (std::mem::take(&mut self.files), std::mem::take(&mut self.bytes));
        (self.run.on)(Event::Found { files, bytes });
    }

    fn flush(&mut self) {
        self.tell();
        if !self.items.is_empty() {
            self.send();
        }
    }
}

/// Whether a folder is the top of a library.
fn is_library(folder: &Path) -> bool {
    folder.join(crate::store::MARKER).is_file() && folder.join("catalog.db").is_file()
}

/// Folder and name of an absolute path, by its bytes: taking paths apart by their components costs more than asking for them.
fn split(path: &OsStr) -> Option<(&OsStr, &OsStr)> {
    let bytes = path.as_bytes();
    let slash = bytes.iter().rposition(|byte| *byte == b'/')?;
    Some((OsStr::from_bytes(&bytes[..slash.max(1)]), OsStr::from_bytes(&bytes[slash + 1..])))
}

/// The state of a file by which it is known again.
pub fn stat(metadata: &std::fs::Metadata) -> Stat {
    let nanos = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    Stat {
        size: metadata.len(),
        mtime_ns: nanos(metadata.mtime(), metadata.mtime_nsec()),
        ctime_ns: nanos(metadata.ctime(), metadata.ctime_nsec()),
        device: metadata.dev(),
        inode: metadata.ino(),
    }
}

/// A file or folder that cannot be seen.
fn of_error(path: &Path, error: &std::io::Error) -> Item {
    Item::new(Action::Failed, path, None, 0).because(&super::refusal::of_io(error))
}

fn of_walk_error(source: &Path, error: &ignore::Error) -> Item {
    let path = path_of(error).unwrap_or(source);
    if is_loop(error) {
        let why = Failure::new("loop", "it is a link to a folder that contains it");
        return Item::new(Action::Skipped, path, None, 0).because(&why);
    }
    match error.io_error() {
        Some(why) => of_error(path, why),
        None => Item::new(Action::Failed, path, None, 0).because(&Failure::new("unreadable", error.to_string())),
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } | ignore::Error::Loop { child: path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

fn is_loop(error: &ignore::Error) -> bool {
    match error {
        ignore::Error::Loop { .. } => true,
        ignore::Error::WithPath { err, .. } | ignore::Error::WithDepth { err, .. } => is_loop(err),
        _ => false,
    }
}
