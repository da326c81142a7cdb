//! What is remembered of the files of a folder, fetched by a thread of its own while the walk still reads the folder.
//!
//! Says nothing of what follows from it: that is `scan`'s.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;

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
}

impl Memories {
    /// Begins to answer, from `reader`, until it is let go.
    pub fn start<'scope>(threads: &'scope Scope<'scope, '_>, reader: Reader) -> Self {
        let (ask, asked) = channel::<OsString>();
        let (tell, told) = channel();
        threads.spawn(move || {
            for path in asked {
                // A memory that cannot be read is none: the file is opened instead.
                let files = sources::in_folder(&reader, Path::new(&path)).unwrap_or_default();
                if tell.send((path, files.into_iter().collect())).is_err() {
                    break;
                }
            }
        });
        Self { ask, told, awaited: HashSet::new(), folders: HashMap::new() }
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
            self.folders.clear();
        }
        self.folders.insert(path, files);
    }
}
