//! What is remembered of the files of a folder, fetched by a thread of its own while the walk still reads the folder.
//!
//! Says nothing of what follows from it: that is `scan`'s.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, Scope};

use crate::store::Reader;
use crate::store::sources::{self, Remembered};

/// How many folders' memories are kept: a walk comes back to a folder after its subfolders.
const FOLDERS: usize = 64;

/// The remembered files of one folder, by name.
type Folder = HashMap<OsString, Remembered>;

/// The memories of the folders a walk comes to.
pub struct Memories {
    ask: Sender<OsString>,
    told: Receiver<(OsString, Folder)>,
    /// Asked and not told yet.
    awaited: HashSet<OsString>,
    folders: HashMap<OsString, Folder>,
    /// The folder last asked about.
    current: OsString,
}

impl Memories {
    /// Begins to answer, from `reader`, until it is let go.
    pub fn start<'scope>(threads: &'scope Scope<'scope, '_>, reader: Reader) -> Self {
        Self::begin(threads, Builder::new(), move |path| {
            // A memory that cannot be read is none: the file is opened instead.
            sources::in_folder(&reader, path).unwrap_or_default().into_iter().collect()
        })
    }

    /// Where the system gives no more threads, nothing is remembered: whoever asks finds nobody listening.
    fn begin<'scope>(
        threads: &'scope Scope<'scope, '_>,
        builder: Builder,
        recall: impl Fn(&Path) -> Folder + Send + 'scope,
    ) -> Self {
        let (ask, asked) = channel::<OsString>();
        let (tell, told) = channel();
        let answer = move || {
            for path in asked {
                let files = recall(Path::new(&path));
                if tell.send((path, files)).is_err() {
                    break;
                }
            }
        };
        _ = builder.spawn_scoped(threads, answer);
        Self { ask, told, awaited: HashSet::new(), folders: HashMap::new(), current: OsString::new() }
    }

    /// Says which folder comes next, so that its memory is there when its first file is.
    pub fn ahead(&mut self, folder: &OsStr) {
        while let Ok((path, files)) = self.told.try_recv() {
            self.keep(path, files);
        }
        if !self.folders.contains_key(folder) && self.awaited.insert(folder.to_owned()) {
            // Nobody listening is found out when the answer is wanted.
            _ = self.ask.send(folder.to_owned());
        }
    }

    /// What is remembered of a file of this folder.
    pub fn of(&mut self, folder: &OsStr, name: &OsStr) -> Option<&Remembered> {
        if self.current != folder {
            folder.clone_into(&mut self.current);
        }
        if !self.folders.contains_key(folder) {
            self.ahead(folder);
            while !self.folders.contains_key(folder) {
                let (path, files) = self.told.recv().ok()?;
                self.keep(path, files);
            }
        }
        self.folders.get(folder)?.get(name)
    }

    fn keep(&mut self, path: OsString, files: Folder) {
        self.awaited.remove(&path);
        if self.folders.len() >= FOLDERS {
            // The walk comes back to the folders it is in.
            let current = Path::new(&self.current);
            self.folders.retain(|path, _| current.starts_with(path));
        }
        if self.folders.len() >= FOLDERS {
            self.folders.retain(|path, _| *path == self.current);
        }
        self.folders.insert(path, files);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn where_the_system_gives_no_thread_nothing_is_remembered() {
        thread::scope(|threads| {
            let impossible = Builder::new().stack_size(1 << 60);
            let mut memories = Memories::begin(threads, impossible, |_| Folder::new());
            memories.ahead(OsStr::new("/a"));
            assert!(memories.of(OsStr::new("/a"), OsStr::new("b.jpg")).is_none());
            assert!(memories.of(OsStr::new("/a/c"), OsStr::new("d.jpg")).is_none());
        });
    }

    #[test]
    fn a_folder_is_recalled_once_however_many_subfolders_the_walk_looks_ahead_to() {
        let recalled = AtomicUsize::new(0);
        thread::scope(|threads| {
            let mut memories = Memories::begin(threads, Builder::new(), |path| {
                recalled
                    .fetch_add(usize::from(path == Path::new("/a") || path == Path::new("/a/b")), Ordering::Relaxed);
                Folder::new()
            });
            let name = OsStr::new("x.jpg");
            memories.of(OsStr::new("/a"), name);
            for folder in 0..3 * FOLDERS {
                memories.of(OsStr::new("/a/b"), name);
                let ahead = OsString::from(format!("/a/b/{folder}"));
                memories.ahead(&ahead);
                memories.of(&ahead, name);
            }
            memories.of(OsStr::new("/a"), name);
            assert!(memories.folders.len() <= FOLDERS);
        });
        assert_eq!(recalled.into_inner(), 2);
    }
}
