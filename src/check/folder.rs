//! The library's folder: one walk over everything in it, held against the rows.
//!
//! Modes and owners, links and special files, originals that are missing or have another size, files that no row names.
//! Follows no link, and removes nothing.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::originals::{self, Original, Place};
use super::{Book, Finding, Kind, Level};
use crate::model::text::FilePath;
use crate::model::{ObjectId, media};
use crate::store::trash::leaving::{self, Leaving};
use crate::store::{Library, Root, StoreError, files};

const DIR_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
const ORIGINAL_MODE: u32 = 0o400;

/// How many files are looked at between two questions whether to stop.
const BREATH: u64 = 256;

/// What stands at the top of a library.
const TOP: &[&str] = &[
    "hypernet-library.toml",
    "catalog.db",
    "catalog.db-wal",
    "catalog.db-shm",
    "lock",
    "users",
    "staging",
    "trash",
    "quarantine",
    "backups",
    "log",
];

/// A thumbnail that stands where its row says.
pub(super) struct Drawn {
    /// Its media.
    pub(super) id: ObjectId,
    /// Where, beneath the library.
    pub(super) path: String,
}

/// Walks the folder; gives the thumbnails that are there, for [`Level::Data`] to look into.
///
/// # Errors
/// When the folder itself cannot be read; those of the catalogue.
pub(super) fn verify(
    library: &Library,
    level: Level,
    originals: &mut [Original],
    book: &Book<'_>,
) -> Result<Vec<Drawn>, StoreError> {
    let (mut drawn, keep) = (Vec::new(), level == Level::Data);
    let owner = fs::metadata(library.path()).map_err(StoreError::io(library.path()))?.uid();
    let mut walk =
        Walk { root: library.path(), owner, originals, unnamed: Vec::new(), aside: Vec::new(), book, files: 0 };
    if walk.everything()? {
        let (unnamed, aside) = (std::mem::take(&mut walk.unnamed), std::mem::take(&mut walk.aside));
        walk.files();
        missing(library.root(), originals, book);
        if level != Level::Quick {
            let leaving = leaving(library, book)?;
            discarded(aside, &leaving, book);
            orphans(library, unnamed, &leaving, book)?;
            thumbnails(library, book, |one| drawn.extend(keep.then_some(one)))?;
        }
        leftovers(library.root(), book)?;
    }
    Ok(drawn)
}

/// One walk over the folder.
struct Walk<'a> {
    root: &'a Path,
    owner: u32,
    originals: &'a mut [Original],
    /// Files beneath `media/` that no row names.
    unnamed: Vec<String>,
    /// Files in `trash/`.
    aside: Vec<String>,
    book: &'a Book<'a>,
    files: u64,
}

impl Walk<'_> {
    /// Looks at everything; says whether it came to the end.
    fn everything(&mut self) -> Result<bool, StoreError> {
        let top = fs::symlink_metadata(self.root).map_err(StoreError::io(self.root))?;
        self.folder_mode(Path::new(""), &top);
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            if !self.book.goes_on() {
                return Ok(false);
            }
            if let Err(error) = self.entries(&folder, &mut folders) {
                self.unreadable(&folder, &error);
            }
        }
        Ok(true)
    }

    fn entries(&mut self, folder: &Path, folders: &mut Vec<PathBuf>) -> io::Result<()> {
        for entry in fs::read_dir(self.root.join(folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            match entry.metadata() {
                Ok(stat) if stat.is_dir() => {
                    self.folder_mode(&path, &stat);
                    folders.push(path);
                }
                Ok(stat) if stat.is_file() => self.file(&path, &stat),
                Ok(stat) => {
                    let what = if stat.is_symlink() { "a symbolic link" } else { "a special file" };
                    self.found(Kind::NotAFile, &path, what);
                }
                // Runs beside this one come and go.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.unreadable(&path, &error),
            }
        }
        Ok(())
    }

    fn folder_mode(&self, path: &Path, stat: &Metadata) {
        self.mode(path, stat, &[DIR_MODE]);
    }

    fn file(&mut self, path: &Path, stat: &Metadata) {
        self.files += 1;
        if self.files.is_multiple_of(BREATH) {
            self.book.done(BREATH, 0);
        }
        let names: Vec<&str> = path.iter().map(|name| name.to_str().unwrap_or_default()).collect();
        match names[..] {
            ["users", _, "media", ..] => self.original(path, stat),
            ["users", _, "thumbnails", ..] | ["backups" | "log", ..] => self.mode(path, stat, &[FILE_MODE]),
            ["trash", ..] => {
                self.mode(path, stat, &[FILE_MODE, ORIGINAL_MODE]);
                self.aside.push(path.to_string_lossy().into_owned());
            }
            ["staging", ..] => self.mode(path, stat, &[FILE_MODE, ORIGINAL_MODE]),
            ["quarantine", ..] => self.found(Kind::Quarantined, path, "set aside by an earlier run"),
            [name] if TOP.contains(&name) => self.mode(path, stat, &[FILE_MODE]),
            _ => self.found(Kind::Stray, path, "nothing of hypernet's has this name"),
        }
    }

    fn original(&mut self, path: &Path, stat: &Metadata) {
        let place = path.to_str().and_then(Place::of);
        let at = place.and_then(|place| self.originals.binary_search_by(|one| one.place.cmp(&place)).ok());
        let Some(at) = at else {
            self.unnamed.push(path.to_string_lossy().into_owned());
            return;
        };
        self.mode(path, stat, &[ORIGINAL_MODE]);
        self.originals[at].met = true;
        size(&mut self.originals[at], stat.len(), self.book);
    }

    fn mode(&self, path: &Path, stat: &Metadata, wanted: &[u32]) {
        let mode = stat.mode() & 0o7777;
        if !wanted.contains(&mode) {
            self.found(Kind::Permissions, path, &format!("mode {mode:o}, not {:o}", wanted[0]));
        }
        if stat.uid() != self.owner {
            let message = format!("belongs to account {}, the library to account {}", stat.uid(), self.owner);
            self.found(Kind::Permissions, path, &message);
        }
    }

    fn unreadable(&self, path: &Path, error: &io::Error) {
        self.found(Kind::Unreadable, path, &said(error));
    }

    fn found(&self, kind: Kind, path: &Path, message: &str) {
        let path = if path == Path::new("") { ".".into() } else { path.to_string_lossy() };
        self.book.found(Finding::of_file(kind, path, message));
    }

    fn files(&self) {
        self.book.note(|report| report.files = self.files);
    }
}

/// What the system said, without Rust's number behind it.
pub(super) fn said(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

fn size(original: &mut Original, found: u64, book: &Book<'_>) {
    original.sound = found == original.size;
    if !original.sound {
        let message = format!("{found} bytes, not {}", original.size);
        book.found(Finding::of_file(Kind::Size, original.place.path(), message).about(original.place.holder()));
    }
}

/// Originals the walk did not meet. Each is looked for once more: a folder that could not be read hides what is in it.
pub(super) fn missing(root: &Root, originals: &mut [Original], book: &Book<'_>) {
    for original in originals.iter_mut().filter(|original| !original.met) {
        if !book.goes_on() {
            return;
        }
        let path = original.place.path();
        let (kind, message) = match root.stat(&path) {
            Ok(Some((found, _))) => {
                size(original, found, book);
                continue;
            }
            Ok(None) => (Kind::Missing, format!("it is gone; the SHA-256 of its bytes was {}", original.hash)),
            Err(StoreError::Io { error, .. }) => (Kind::Unreadable, said(&error)),
            Err(error) => (Kind::Unreadable, error.to_string()),
        };
        book.found(Finding::of_file(kind, path, message).about(original.place.holder()));
    }
}

/// The files of purged objects, which the next run unlinks.
fn leaving(library: &Library, book: &Book<'_>) -> Result<Vec<Leaving>, StoreError> {
    match leaving::all(library.catalogue()) {
        Err(StoreError::Sql(error)) => {
            let message = format!("its files on their way out cannot be read: {error}");
            book.found(Finding::of_catalogue(Kind::Catalogue, None, message));
            Ok(Vec::new())
        }
        told => told,
    }
}

/// Files in `trash/` that no purge put there.
fn discarded(aside: Vec<String>, leaving: &[Leaving], book: &Book<'_>) {
    let known: HashSet<&str> = leaving.iter().map(|file| file.aside.as_str()).collect();
    for path in aside.into_iter().filter(|path| !known.contains(path.as_str())) {
        book.found(Finding::of_file(Kind::Stray, path, "no purge knows it, so it is kept"));
    }
}

/// Files that no row names, unless a run was about to give them one: a row may have come meanwhile, and what a run notes
/// before it publishes is settled by itself or by the next one.
fn orphans(library: &Library, unnamed: Vec<String>, leaving: &[Leaving], book: &Book<'_>) -> Result<(), StoreError> {
    if unnamed.is_empty() {
        return Ok(());
    }
    let runs = files::survey(library.root())?;
    let explained: HashSet<&str> =
        runs.iter().flat_map(|run| run.left.published.iter().map(FilePath::as_str)).collect();
    let named = originals::places(library)?;
    let purged: HashSet<&str> = leaving.iter().map(|file| file.path.as_str()).collect();
    for path in unnamed {
        if purged.contains(path.as_str()) {
            book.found(Finding::of_file(Kind::Leaving, path, "its object was purged"));
            continue;
        }
        let came = Place::of(&path).is_some_and(|place| named.binary_search(&place).is_ok());
        if !came && !explained.contains(path.as_str()) && library.path().join(&path).symlink_metadata().is_ok() {
            book.found(Finding::of_file(Kind::Orphan, path, "no row names it"));
        }
    }
    Ok(())
}

const DRAWN: &str = "
    SELECT owner.id, object.id FROM media JOIN object ON object.n = media.n JOIN object AS owner ON owner.n = media.owner
     WHERE media.thumbnail_generated";

/// Thumbnails that a row promises.
fn thumbnails(library: &Library, book: &Book<'_>, there: impl FnMut(Drawn)) -> Result<(), StoreError> {
    match promised(library, book, there) {
        Err(StoreError::Sql(error)) => {
            let message = format!("its thumbnails cannot be read: {error}");
            book.found(Finding::of_catalogue(Kind::Catalogue, None, message));
            Ok(())
        }
        told => told,
    }
}

fn promised(library: &Library, book: &Book<'_>, mut there: impl FnMut(Drawn)) -> Result<(), StoreError> {
    let mut select = library.catalogue().prepare(DRAWN)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (owner, id): (ObjectId, ObjectId) = (row.get(0)?, row.get(1)?);
        let path = media::thumbnail_path(owner, id)?;
        let message = match library.path().join(path.as_str()).symlink_metadata() {
            Ok(stat) if stat.is_file() && stat.len() > 0 => {
                there(Drawn { id, path: path.to_string() });
                continue;
            }
            Ok(_) => "it is empty or no file",
            Err(_) => "it is not there",
        };
        book.found(Finding::of_file(Kind::Thumbnail, path.as_str(), message).about(id));
    }
    Ok(())
}

/// What dead runs left in staging.
fn leftovers(root: &Root, book: &Book<'_>) -> Result<(), StoreError> {
    for run in files::survey(root)?.iter().filter(|run| !run.alive) {
        let operation = run.left.operation;
        let message = format!("left by operation {operation}, which was cut off");
        book.found(Finding::of_file(Kind::Leftover, format!("staging/{operation}"), message));
    }
    Ok(())
}
