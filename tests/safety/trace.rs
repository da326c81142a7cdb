//! What `strace` wrote, read as calls: who made them, what they are, which file they touch; and the points to be hurt among them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The calls that change something on a disk, or open what will be changed.
pub const CHANGING: &[&str] = &[
    "mkdir",
    "mkdirat",
    "openat",
    "write",
    "pwrite64",
    "pwritev",
    "copy_file_range",
    "ftruncate",
    "fallocate",
    "fsync",
    "fdatasync",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "rmdir",
    "fchmod",
    "fchmodat",
    "chmod",
    "utimensat",
    "flock",
];

/// One system call.
#[derive(Debug, Clone)]
pub struct Call {
    /// The thread.
    pub thread: String,
    pub name: String,
    /// The file it is about, as far as it can be told.
    pub path: PathBuf,
    /// Its last argument where that is a number: of a write, how many bytes.
    pub size: Option<u64>,
    /// Whether it opens what exists and only to read it.
    pub only_reads: bool,
    /// Whether `strace` changed what came of it.
    pub injected: bool,
}

/// The calls of a trace made with `-y`, in order.
pub fn calls(trace: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    for line in trace.lines() {
        let (thread, rest) = match line.split_once(' ') {
            Some((thread, rest)) if thread.bytes().all(|byte| byte.is_ascii_digit()) => (thread, rest.trim_start()),
            _ => ("", line),
        };
        if rest.starts_with("<...") && rest.contains("(INJECTED") {
            // The end of a call that another thread broke into.
            if let Some(call) = calls.iter_mut().rev().find(|call| call.thread == thread) {
                call.injected = true;
            }
        }
        let Some((name, args)) = rest.split_once('(') else { continue };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            continue;
        }
        calls.push(Call {
            thread: thread.to_owned(),
            name: name.to_owned(),
            path: path(args),
            size: size(args),
            only_reads: name == "openat" && !["O_CREAT", "O_RDWR", "O_WRONLY"].iter().any(|flag| args.contains(flag)),
            injected: rest.contains("(INJECTED"),
        });
    }
    calls
}

/// `7</a/b>, "c", ...` → `/a/b/c`.
fn path(args: &str) -> PathBuf {
    let between = |open: char, close: char| {
        args.split_once(open).and_then(|(_, rest)| rest.split_once(close)).map(|(inner, _)| inner)
    };
    let (open, named) = (between('<', '>').filter(|path| path.starts_with('/')), between('"', '"'));
    let named = named.filter(|name| !name.is_empty());
    Path::new(open.unwrap_or_default()).join(named.unwrap_or_default())
}

fn size(args: &str) -> Option<u64> {
    let end = args.rfind(") = ").or_else(|| args.rfind(" <unfinished"))?;
    args[..end].rsplit(", ").next()?.trim().parse().ok()
}

/// How a call is found again in another run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// The n-th of the main thread.
    Main,
    /// The first thread that makes its n-th.
    Any,
    /// The n-th about this file beneath the world's folder.
    About(PathBuf),
}

/// A call to be hurt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    pub call: String,
    pub whose: Whose,
    pub n: usize,
    /// How many bytes, of a write.
    pub size: Option<u64>,
    /// Where, beneath the world's folder, in the run that was watched.
    pub path: PathBuf,
}

impl Spot {
    /// How it is told, and asked for again.
    pub fn name(&self) -> String {
        match &self.whose {
            Whose::Main => format!("{}/main/{}", self.call, self.n),
            Whose::Any => format!("{}/any/{}", self.call, self.n),
            Whose::About(path) => format!("{}/{}/{}", self.call, path.display(), self.n),
        }
    }

    /// What makes `strace` do `fault` there, and from then on if `on`.
    pub fn options(&self, world: &Path, fault: &str, on: bool) -> Vec<String> {
        let (call, n, plus) = (&self.call, self.n, if on { "+" } else { "" });
        let mut options: Vec<String> = ["-s", "0", "-e", &format!("trace={call}")].map(str::to_owned).to_vec();
        if self.whose != Whose::Main {
            // Without its filter in the kernel: with it, strace 6.1 misses calls it should hurt.
            options.push("-f".to_owned());
        }
        if let Whose::About(path) = &self.whose {
            options.extend(["-P".to_owned(), world.join(path).to_string_lossy().into_owned()]);
        }
        options.extend(["-e".to_owned(), format!("inject={call}:{fault}:when={n}{plus}")]);
        options
    }
}

/// What a watched run offers, beneath a folder: the spots, and how many calls cannot be found again.
pub fn spots(trace: &str, world: &Path) -> (Vec<Spot>, usize) {
    let calls = calls(trace);
    let main = calls.first().map(|call| call.thread.clone()).unwrap_or_default();
    let (mut by_thread, mut most) = (BTreeMap::<(String, String), usize>::new(), BTreeMap::<String, usize>::new());
    let mut about = BTreeMap::<(String, String, PathBuf), usize>::new();
    let (mut spots, mut lost) = (BTreeSet::new(), 0);
    for call in calls {
        let n = by_thread.entry((call.thread.clone(), call.name.clone())).or_default();
        *n += 1;
        let most = most.entry(call.name.clone()).or_default();
        let first = *n > *most;
        *most = (*most).max(*n);
        let nth = about.entry((call.thread.clone(), call.name.clone(), call.path.clone())).or_default();
        *nth += 1;
        let Ok(path) = call.path.strip_prefix(world).map(Path::to_owned) else { continue };
        if call.only_reads {
            continue;
        }
        let (whose, n) = match () {
            () if call.thread == main => (Whose::Main, *n),
            () if first => (Whose::Any, *n),
            () if named_alike_in_each_run(&path) => (Whose::About(path.clone()), *nth),
            () => {
                lost += 1;
                continue;
            }
        };
        spots.insert(Spot { call: call.name, whose, n, size: call.size, path });
    }
    (spots.into_iter().collect(), lost)
}

/// Paths with an id in them are others in each run.
fn named_alike_in_each_run(path: &Path) -> bool {
    let id = |part: &std::ffi::OsStr| part.len() >= 36 && part.to_string_lossy().matches('-').count() >= 4;
    !path.iter().any(id)
}
