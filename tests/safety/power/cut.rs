//! Plays a scene and cuts the power under it: after what it says, and every few milliseconds in between.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use super::disk::{Disk, Format, Rack};
use super::judge::Verdict;
use crate::plan::Plan;
use crate::support::{self, Seeded};

/// System calls that are made to last, so that cuts fall around them: one set a play.
const SLOWED: [&str; 6] = [
    "inject=renameat2:delay_exit=2000",
    "inject=fsync:delay_enter=4000",
    "",
    "inject=unlink,unlinkat:delay_exit=3000",
    "inject=fdatasync:delay_exit=30000",
    "inject=fsync:delay_exit=3000",
];

/// A disk as a power cut left it, and what was known then.
pub struct Cut {
    /// Names the cut in findings.
    pub name: String,
    pub image: PathBuf,
    /// The lines that had been read from the program when the power went.
    pub said: Vec<String>,
    /// Sources on another disk just before the cut and just after it; empty where they lie on the one that died or stay.
    pub before: BTreeSet<PathBuf>,
    pub after: BTreeSet<PathBuf>,
    /// Whether the program had ended.
    pub ended: bool,
}

impl Drop for Cut {
    /// One that nobody judges leaves nothing behind.
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.image);
    }
}

/// What the program has said so far, and whether that was all.
#[derive(Default)]
struct Said {
    lines: Mutex<(Vec<String>, bool)>,
    more: Condvar,
}

/// What is played: a command on a disk.
pub trait Setting: Sync {
    /// Its name and what it is formatted with, for findings and file names.
    fn name(&self) -> &str;
    fn format(&self) -> Format;
    /// The disk every play begins with.
    fn image(&self) -> &Path;
    /// The command, behind another program if one is named; files beside the disk may be put at `own`.
    fn start(&self, plan: &Plan, disk: &Disk, own: &Path, behind: &[String]) -> Started;
    /// Holds one cut to the promises.
    fn judge(&self, plan: &Plan, rack: &Rack, cut: &Cut) -> Verdict;
}

/// A command, ready to run.
pub struct Started {
    pub command: Command,
    /// Sources on another disk that it may remove.
    pub watched: Option<PathBuf>,
    /// What must live as long as it runs.
    pub held: Option<rusqlite::Connection>,
}

/// Plays a setting once, the `round`-th time, and gives its cuts; and what it ended with if that was no success.
pub fn play(plan: &Plan, rack: &Rack, setting: &dyn Setting, round: usize) -> (Vec<Cut>, Option<String>) {
    let name = format!("{}-{round}", setting.name());
    let disk = rack.begin(setting, &name);
    let own = rack.beside().join(format!("sources in {name}"));
    let mut started = setting.start(plan, &disk, &own, &behind(round));
    let mut child = started.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (said, stdout) = (Said::default(), child.stdout.take().unwrap());
    let cuts = std::thread::scope(|threads| {
        threads.spawn(|| listen(&said, stdout));
        cuts(&disk, started.watched.as_deref(), &said, &name, &mut Seeded(plan.seed + round as u64))
    });
    let ran = support::Ran::of(&child.wait_with_output().unwrap());
    drop(started.held);
    if own.exists() {
        let _ = std::fs::remove_dir_all(&own);
    }
    (cuts, (ran.code != 0).then(|| format!("{} without a cut: {}", ran.code, ran.stderr)))
}

fn behind(round: usize) -> Vec<String> {
    let slowed = SLOWED[round % SLOWED.len()];
    if slowed.is_empty() || !support::strace_works() {
        return Vec::new();
    }
    let calls = slowed.trim_start_matches("inject=").split(':').next().unwrap_or_default();
    let trace = format!("trace={calls}");
    ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", slowed, "--"].map(str::to_owned).to_vec()
}

fn listen(said: &Said, stdout: ChildStdout) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        said.lines.lock().unwrap().0.push(line);
        said.more.notify_one();
    }
    said.lines.lock().unwrap().1 = true;
    said.more.notify_one();
}

/// Cuts until the program has said its last, and once more after that.
fn cuts(disk: &Disk, watched: Option<&Path>, said: &Said, name: &str, seeded: &mut Seeded) -> Vec<Cut> {
    let (mut cuts, mut heard, mut ended) = (Vec::new(), 0, false);
    while !ended {
        // At what is said, or a few milliseconds later: far closer than the 50 that would do for a big import.
        let patience = Duration::from_micros(1_000 + seeded.next() % 24_000);
        let lines = {
            let quiet = |(lines, over): &mut (Vec<String>, bool)| lines.len() == heard && !*over;
            let waited = said.more.wait_timeout_while(said.lines.lock().unwrap(), patience, quiet).unwrap();
            ended = waited.0.1;
            waited.0.0.clone()
        };
        heard = lines.len();
        let number = cuts.len();
        let before = watched.map(files).unwrap_or_default();
        let image = disk.cut(&format!("{name}-{number}"));
        let after = watched.map(files).unwrap_or_default();
        cuts.push(Cut { name: format!("{name}-{number}"), image, said: lines, before, after, ended });
    }
    cuts
}

/// The files beneath a folder, relative to it. What goes meanwhile may be listed or not.
fn files(root: &Path) -> BTreeSet<PathBuf> {
    let (mut found, mut folders) = (BTreeSet::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            } else {
                found.insert(entry.path().strip_prefix(root).unwrap().to_owned());
            }
        }
    }
    found
}
