//! What is running when the power goes: an import into a library that is not there yet, into one that is, beside a program that
//! holds the catalogue open, and moves from another disk and within the one that dies.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rusqlite::Connection;

use super::disk::{Disk, Format, Rack};
use crate::plan::Plan;
use crate::support::{self, Ran};

/// Pictures an import finds, copies not counted: more than two batches.
const PICTURES: u64 = 140;
/// Pictures that were there before.
const EARLIER: u64 = 90;

/// What runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scene {
    /// The first import, which makes the library.
    First,
    /// An import into a library that has some of the bytes.
    Next,
    /// The same while another program has the catalogue open: its log then stays, and is written over from the start. A write
    /// into blocks a file already has makes no file system commit what else happened; nothing but its own sync does.
    Beside,
    /// `--mode move` from another disk.
    MoveIn,
    /// `--mode move` within the disk that dies.
    MoveWithin,
}

impl Scene {
    pub const ALL: [Self; 5] = [Self::First, Self::Next, Self::Beside, Self::MoveIn, Self::MoveWithin];

    pub fn moves(self) -> bool {
        matches!(self, Self::MoveIn | Self::MoveWithin)
    }
}

/// A scene, ready to be played as often as its power is cut.
pub struct Stage {
    pub scene: Scene,
    pub format: Format,
    pub name: String,
    /// The image every play begins with.
    pub image: PathBuf,
    /// Sources outside the disk, never touched: plays that move get copies.
    pub sources: PathBuf,
    /// What the live media are after a play that nobody disturbs.
    pub undisturbed: Vec<String>,
    /// The hashes of all bytes that were ever handed over.
    pub handed: BTreeSet<String>,
    /// How many media there are when a play begins.
    pub already: usize,
}

impl Stage {
    /// Sets a scene, and plays it once undisturbed.
    pub fn set(plan: &Plan, rack: &Rack, scene: Scene, format: Format) -> Self {
        let name = format!("{scene:?}-{format:?}");
        let sources = rack.beside().join(format!("sources of {name}"));
        let disk = rack.disk(&name, format);
        // While the catalogue is held, its log stays on the disk.
        let (mut handed, _held) = Self::grow(plan, scene, &disk);
        support::plant(&sources, 1000 + EARLIER - 4, PICTURES);
        if scene == Scene::MoveWithin {
            support::copy_tree(&sources, &disk.path().join("sources"));
        }
        disk.settle();
        let already = handed.len();
        handed.extend(support::contents(&sources));
        let image = disk.cut(&format!("{name}.begin"));
        let mut stage = Self { scene, format, name, image, sources, undisturbed: Vec::new(), handed, already };
        stage.rehearse(plan, rack);
        stage
    }

    /// Makes a library with some of the bytes that are to come, and gives the hashes of all it has.
    fn grow(plan: &Plan, scene: Scene, disk: &Disk) -> (BTreeSet<String>, Option<Connection>) {
        if scene == Scene::First {
            return (BTreeSet::new(), None);
        }
        let earlier = disk.path().join("earlier");
        support::plant(&earlier, 1000, EARLIER);
        let place = Place::new(plan, disk, &earlier);
        let first = place.import(&[]);
        let held = (scene == Scene::Beside).then(|| place.hold());
        assert_eq!((first.code, place.import(&["--rehash", "--tag", "again"]).code), (0, 0), "{first:#?}");
        let handed = support::contents(&earlier);
        std::fs::remove_dir_all(&earlier).unwrap();
        (handed, held)
    }

    fn rehearse(&mut self, plan: &Plan, rack: &Rack) {
        let disk = rack.begin(self, "rehearsal");
        let sources = self.sources_of(&disk, rack.beside().join(format!("rehearsal of {:?}", self.scene)));
        let place = Place::new(plan, &disk, &sources);
        let ran = place.import(self.more());
        assert_eq!(ran.code, 0, "{ran:#?}");
        self.undisturbed = support::live(&place.library);
        if sources != self.sources && !sources.starts_with(disk.path()) {
            std::fs::remove_dir_all(sources).unwrap();
        }
    }

    /// Where a play finds its sources; one that moves them in gets a copy at `own`.
    pub fn sources_of(&self, disk: &Disk, own: PathBuf) -> PathBuf {
        match self.scene {
            Scene::MoveWithin => disk.path().join("sources"),
            Scene::MoveIn => {
                support::copy_tree(&self.sources, &own);
                own
            }
            _ => self.sources.clone(),
        }
    }

    /// What the import is told beside its sources.
    pub fn more(&self) -> &'static [&'static str] {
        if self.scene.moves() { &["--mode", "move"] } else { &[] }
    }
}

/// A library on a disk, and sources.
pub struct Place {
    pub library: PathBuf,
    pub sources: PathBuf,
    program: PathBuf,
    home: PathBuf,
}

impl Place {
    pub fn new(plan: &Plan, disk: &Disk, sources: &Path) -> Self {
        let (library, home) = (disk.path().join("library"), disk.path().to_owned());
        Self { library, sources: sources.to_owned(), program: plan.program.clone(), home }
    }

    /// `hypernet import --jsonl` of the sources, to its end.
    pub fn import(&self, more: &[&str]) -> Ran {
        Ran::of(&self.command(&[], &self.arguments(more)).output().unwrap())
    }

    /// Any other command on the library.
    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&self.command(&[], &args.iter().map(OsString::from).collect::<Vec<_>>()).output().unwrap())
    }

    pub fn arguments(&self, more: &[&str]) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["import".into(), self.sources.clone().into(), "--jsonl".into()];
        arguments.extend(more.iter().map(OsString::from));
        arguments
    }

    /// The program on the library, in an environment that says nothing; behind another program, if one is named.
    pub fn command(&self, behind: &[String], arguments: &[OsString]) -> Command {
        let words: Vec<_> = behind.iter().map(OsString::from).chain([self.program.clone().into()]).collect();
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg("-L").arg(&self.library).args(arguments);
        command.env_clear().env("HOME", &self.home).env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("TZ", "UTC").stdin(Stdio::null());
        command
    }

    /// Has the catalogue open, as a viewer would, with all its log taken over: the next write begins it anew.
    pub fn hold(&self) -> Connection {
        let held = Connection::open(self.library.join("catalog.db")).unwrap();
        let taken = "PRAGMA wal_checkpoint(PASSIVE)";
        held.query_row(taken, [], |_| Ok(())).unwrap();
        held
    }
}
