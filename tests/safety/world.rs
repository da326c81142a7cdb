//! A place of its own in which a program is run and hurt: sources, a library, perhaps a backup.
//!
//! Lies in memory where the system offers that: a sweep writes a few thousand small libraries.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::plan::Plan;
use crate::support::{self, Ran};

/// No command on these small libraries takes so long, however busy the machine: it hangs.
const PATIENCE: Duration = Duration::from_mins(2);

/// The exit code a command that hung is given here.
pub const HUNG: i32 = -1;

/// The exit code of a command that the harness itself had killed, or that the machine had to end: no other may die by a signal.
pub const KILLED: i32 = -2;

/// What is copied when a world is.
const PARTS: [&str; 4] = ["sources", "library", "backup", "restored"];

/// The folders whose files count as kept (P1): users, trash and quarantine of a library, and the originals of a backup.
const KEEP: [&str; 6] =
    ["sources", "library/users", "library/trash", "library/quarantine", "backup/users", "restored/users"];

/// A place with a program.
pub struct World {
    folder: PathBuf,
    program: PathBuf,
    _owned: Option<TempDir>,
}

impl World {
    /// A new place, in memory where that can be had.
    pub fn new(plan: &Plan) -> Self {
        let owned = tempfile::Builder::new().prefix("hypernet-safety-").tempdir_in(scratch()).unwrap();
        Self { folder: owned.path().to_owned(), program: plan.program.clone(), _owned: Some(owned) }
    }

    /// A folder that somebody else made and removes, such as a mounted disk.
    pub fn at(folder: &Path, plan: &Plan) -> Self {
        Self { folder: folder.to_owned(), program: plan.program.clone(), _owned: None }
    }

    /// A new place with the same files.
    pub fn copy(&self) -> Self {
        let owned = tempfile::Builder::new().prefix("hypernet-safety-").tempdir_in(scratch()).unwrap();
        for part in PARTS.iter().filter(|part| self.path().join(part).exists()) {
            support::copy_tree(&self.path().join(part), &owned.path().join(part));
        }
        Self { folder: owned.path().to_owned(), program: self.program.clone(), _owned: Some(owned) }
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }

    pub fn sources(&self) -> PathBuf {
        self.path().join("sources")
    }

    pub fn library(&self) -> PathBuf {
        self.path().join("library")
    }

    /// Every content kept anywhere, by hash; thumbnails can be made again.
    pub fn held(&self) -> BTreeSet<String> {
        let files = KEEP.iter().flat_map(|part| support::hashes(&self.path().join(part)));
        files.filter(|(path, _)| !path.iter().any(|part| part == "thumbnails")).map(|(_, hash)| hash).collect()
    }

    /// Runs the program on the library, one worker, so that each run takes the same steps.
    pub fn run(&self, args: &[String]) -> Ran {
        let mut command = Command::new(&self.program);
        let elsewhere = args.iter().any(|arg| arg == "-L");
        command.args(["-j", "1"]).args(if elsewhere { &[][..] } else { &["-L", "library"] }).args(args);
        self.ran(command)
    }

    /// The same with words.
    pub fn do_run(&self, args: &[&str]) -> Ran {
        self.run(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    /// Runs the program under `strace` with these options; what it says goes to `trace`.
    pub fn strace(&self, options: &[String], args: &[String]) -> Ran {
        let mut command = Command::new("strace");
        command.args(["-qq", "-y", "-o", "trace"]).args(options).arg("--").arg(&self.program);
        command.args(["-j", "1", "-L", "library"]).args(args);
        self.ran(command)
    }

    /// What `strace` said.
    pub fn trace(&self) -> String {
        fs::read_to_string(self.path().join("trace")).unwrap_or_default()
    }

    /// Starts a command here, in an environment that says nothing; its output goes to the files `out` and `err`.
    pub fn spawn(&self, mut command: Command) -> Child {
        let file = |name: &str| Stdio::from(fs::File::create(self.path().join(name)).unwrap());
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.current_dir(self.path()).env_clear().env("HOME", self.path().join("home")).env("PATH", path);
        command.env("TZ", "UTC").stdin(Stdio::null()).stdout(file("out")).stderr(file("err")).process_group(0);
        command.spawn().unwrap()
    }

    /// Runs a command here to its end, or to the end of all patience: then its code is [`HUNG`].
    pub fn ran(&self, command: Command) -> Ran {
        let child = self.spawn(command);
        let status = wait(child);
        let text = |name: &str| String::from_utf8_lossy(&fs::read(self.path().join(name)).unwrap()).into_owned();
        let ended = |status: ExitStatus| status.code().or(status.signal().map(|signal| 128 + signal));
        Ran { code: status.and_then(ended).unwrap_or(HUNG), stdout: text("out"), stderr: text("err") }
    }
}

fn wait(mut child: Child) -> Option<ExitStatus> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let group = rustix::process::Pid::from_child(&child);
    let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    let _ = child.wait();
    None
}

/// Where worlds are made.
fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let usable = rustix::fs::access(memory, rustix::fs::Access::WRITE_OK).is_ok();
    if usable { memory.to_owned() } else { std::env::temp_dir() }
}
