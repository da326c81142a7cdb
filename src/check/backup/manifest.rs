//! The manifest of a backup: JSON lines, a header, one line a file in the order of paths, and an end that seals what is before it.
//!
//! It is input, not truth: whatever is not exactly as hypernet writes it is damage, and a path that is no original's place is none.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use serde::{Deserialize, Serialize};

use super::BackupError;
use super::folder::{FORMAT, Folder, PARTIAL};
use crate::check::originals::Place;
use crate::model::text::FilePath;
use crate::model::{ObjectId, Sha256, Timestamp};
use crate::store::files::Digest;
use crate::store::{Marker, StoreError, files};

/// Its name in the backup.
pub(super) const NAME: &str = "manifest.jsonl";
/// The most files one may name; each takes about a hundred bytes of memory.
const MOST: usize = 10_000_000;
/// The longest header and the longest line, in bytes.
const HEADER: u64 = 256 << 10;
const LINE: u64 = 4 << 10;

/// What a backup holds.
#[derive(Debug)]
pub(super) struct Manifest {
    /// The marker file of the library, as it was.
    pub(super) marker: String,
    /// Catalogues, the newest first; never none.
    pub(super) snapshots: Vec<Snapshot>,
    /// Originals, in the order of their places.
    pub(super) entries: Vec<Entry>,
}

/// A catalogue in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Snapshot {
    /// Its name in `snapshots/`.
    pub(super) name: String,
    /// Bytes.
    pub(super) size: u64,
    sha256: String,
}

/// An original in a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it stands, as in the library.
    pub(super) place: Place,
    /// Bytes.
    pub(super) size: u64,
    /// SHA-256 of its bytes.
    pub(super) hash: Sha256,
    /// Whether the last run could not make sure of it: it is read before it is relied on.
    pub(super) unsure: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    hypernet_backup: u32,
    library_id: String,
    made_at: String,
    /// The text of `hypernet-library.toml`.
    library: String,
    snapshots: Vec<Snapshot>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    path: String,
    size: u64,
    sha256: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unsure: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    files: u64,
    bytes: u64,
    /// Of everything before this line.
    sha256: String,
}

impl Snapshot {
    /// A catalogue of this name, with its size and hash.
    pub(super) fn new(name: String, size: u64, hash: &Sha256) -> Self {
        Self { name, size, sha256: hash.to_string() }
    }

    /// SHA-256 of its bytes; `None` when the manifest says nonsense.
    pub(super) fn hash(&self) -> Option<Sha256> {
        Sha256::parse(&self.sha256).ok()
    }

    /// Where it stands in the backup.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", super::folder::SNAPSHOTS, self.name)
    }
}

/// Writes the manifest and puts it in its place: from here on it is what the backup holds.
///
/// # Errors
/// Those of the file system.
pub(super) fn commit(folder: &Folder, manifest: &Manifest, now: Timestamp) -> Result<(), BackupError> {
    let draft = format!("{PARTIAL}/{NAME}");
    let root = folder.root();
    root.remove(&draft)?;
    let file = root.create_file(&draft)?;
    let written = fill(&mut BufWriter::new(&file), folder.library(), manifest, now);
    written.and_then(|()| file.sync_all()).map_err(StoreError::io(root.path().join(NAME)))?;
    root.replace(&draft, NAME)?;
    Ok(root.sync()?)
}

fn fill(to: &mut impl Write, library: ObjectId, manifest: &Manifest, now: Timestamp) -> io::Result<()> {
    let mut digest = Digest::default();
    let mut put = |line: String| {
        let line = line + "\n";
        digest.update(line.as_bytes());
        to.write_all(line.as_bytes())
    };
    put(serde_json::to_string(&Header {
        hypernet_backup: FORMAT,
        library_id: library.to_string(),
        made_at: now.to_string(),
        library: manifest.marker.clone(),
        snapshots: manifest.snapshots.clone(),
    })?)?;
    for Entry { place, size, hash, unsure } in &manifest.entries {
        let line = Line { path: place.path(), size: *size, sha256: hash.to_string(), unsure: *unsure };
        put(serde_json::to_string(&line)?)?;
    }
    let bytes = manifest.entries.iter().map(|entry| entry.size).sum();
    let end = End { files: manifest.entries.len() as u64, bytes, sha256: digest.finish().to_string() };
    writeln!(to, "{}", serde_json::to_string(&end)?)?;
    to.flush()
}

/// Reads the manifest; `None` when no backup was finished here.
///
/// # Errors
/// `Damaged`, naming the line; `TooNew`; those of the file system.
pub(super) fn read(folder: &Folder) -> Result<Option<Manifest>, BackupError> {
    let file = match folder.root().open_file(NAME) {
        Err(StoreError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let mut lines = Lines { from: BufReader::with_capacity(files::CHUNK, file), digest: Digest::default(), number: 0 };
    let header: Header = lines.next(HEADER)?;
    if header.hypernet_backup > FORMAT {
        return Err(BackupError::TooNew { found: header.hypernet_backup, known: FORMAT });
    }
    let known = |snapshot: &Snapshot| plain(&snapshot.name) && snapshot.hash().is_some();
    let marker = match Marker::parse(&header.library).and_then(|marker| marker.id()) {
        Err(StoreError::Damaged(_)) => return Err(lines.damaged()),
        other => other?,
    };
    let sound = header.library_id == folder.library().to_string()
        && marker == folder.library()
        && !header.snapshots.is_empty()
        && header.snapshots.iter().all(known);
    if !sound {
        return Err(lines.damaged());
    }
    let entries = lines.entries()?;
    Ok(Some(Manifest { marker: header.library, snapshots: header.snapshots, entries }))
}

/// A name as snapshots have it: nothing that could lead elsewhere.
pub(super) fn plain(name: &str) -> bool {
    let safe = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    name.strip_suffix(".db").is_some_and(|stem| (1..100).contains(&stem.len()) && stem.bytes().all(safe))
}

/// The lines of a manifest as they are read.
struct Lines<R> {
    from: BufReader<R>,
    digest: Digest,
    number: u64,
}

impl<R: Read> Lines<R> {
    /// The next line, which may have so many bytes.
    fn text(&mut self, most: u64) -> Result<Vec<u8>, BackupError> {
        self.number += 1;
        let mut line = Vec::new();
        let read = (&mut self.from).take(most).read_until(b'\n', &mut line);
        read.map_err(StoreError::io(NAME))?;
        if line.last() == Some(&b'\n') { Ok(line) } else { Err(self.damaged()) }
    }

    fn next<T: for<'a> Deserialize<'a>>(&mut self, most: u64) -> Result<T, BackupError> {
        let line = self.text(most)?;
        self.digest.update(&line);
        serde_json::from_slice(&line).map_err(|_| self.damaged())
    }

    /// Everything behind the header.
    fn entries(mut self) -> Result<Vec<Entry>, BackupError> {
        let mut entries = Vec::<Entry>::new();
        loop {
            let line = self.text(LINE)?;
            let Ok(one) = serde_json::from_slice::<Line>(&line) else { return self.end(&line, entries) };
            self.digest.update(&line);
            let entry = entry(&one).filter(|entry| entries.last().is_none_or(|last| last.place < entry.place));
            match entry {
                Some(entry) if entries.len() < MOST => entries.push(entry),
                _ => return Err(self.damaged()),
            }
        }
    }

    fn end(mut self, line: &[u8], entries: Vec<Entry>) -> Result<Vec<Entry>, BackupError> {
        let end: End = serde_json::from_slice(line).map_err(|_| self.damaged())?;
        let more = self.from.fill_buf().map_or(true, |rest| !rest.is_empty());
        let damaged = self.damaged();
        let sealed = end.sha256 == self.digest.finish().to_string() && end.files == entries.len() as u64;
        if sealed && !more { Ok(entries) } else { Err(damaged) }
    }

    fn damaged(&self) -> BackupError {
        BackupError::Damaged(format!("line {} of {NAME} is not as it was written", self.number))
    }
}

fn entry(line: &Line) -> Option<Entry> {
    FilePath::parse(line.path.as_str()).ok()?;
    let (place, hash) = (Place::of(&line.path)?, Sha256::parse(&line.sha256).ok()?);
    Some(Entry { place, size: line.size, hash, unsure: line.unsure })
}
