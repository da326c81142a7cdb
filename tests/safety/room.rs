//! Too little room: a library on a disk in memory with a few more bytes or files than it takes up, and a program with small limits.
//! Swept: a page more each time, a file more each time.
//!
//! What is short must be said as such, with what is needed and what is free; with more room the same command goes on.

use std::collections::VecDeque;
use std::process::Command;
use std::sync::Mutex;

use serde_json::Value;

use crate::mounted::Mounted;
use crate::oracle;
use crate::plan::Plan;
use crate::report::Report;
use crate::scenes::{Stage, playable};
use crate::support::{self, Ran, Seeded, copy_tree};
use crate::world::{KILLED, World};

/// Points in the share of every commit, and in a release's run.
const CI: usize = 16;
const FULL: usize = 1_200;

/// What stays free for an import to go on, in bytes.
const RESERVE: u64 = 64 << 20;
const PAGE: u64 = 4096;
/// Room for everything.
const AMPLE: &str = "size=400m,nr_inodes=20000";

/// What is short.
#[derive(Debug, Clone, Copy)]
enum Short {
    /// The disk has so many bytes free.
    Bytes(u64),
    /// The disk takes so many more files.
    Files(u64),
    /// No file may grow beyond so many bytes.
    FileSize(u64),
    /// So many open files.
    Descriptors(u64),
    /// So many bytes of memory may be asked for.
    Memory(u64),
}

/// The chapter.
pub fn run(plan: &Plan, report: &mut Report) {
    let stages: Vec<_> = playable(plan, report).into_iter().map(|scene| Stage::set(scene, plan)).collect();
    let mounts = mounts(plan, report);
    let limits = support::tool("prlimit", &["--fsize=unlimited", "true"]);
    if !limits {
        report.skip("there is no prlimit");
    }
    let usable = |short: &Short| if short.of_disk() { mounts } else { limits };
    let all = points().into_iter().filter(usable).flat_map(|short| stages.iter().map(move |stage| (stage, short)));
    let points = Mutex::new(drawn(all.collect(), plan));
    let report = &*report;
    std::thread::scope(|threads| {
        for _ in 0..plan.jobs {
            threads.spawn(|| {
                let next = || points.lock().unwrap().pop_front();
                while let Some((stage, short)) = next() {
                    check(plan, report, stage, short);
                }
            });
        }
    });
}

fn mounts(plan: &Plan, report: &Report) -> bool {
    let world = World::new(plan);
    let mounted = support::root() && disk(&world).is_ok();
    if !mounted {
        report.skip("no disk in memory can be mounted here");
    }
    mounted
}

/// Below the reserve of an import and around it a page more each time; limits in growing steps.
fn points() -> Vec<Short> {
    let bytes = (0..90).chain((0..90).map(|pages| pages + RESERVE / PAGE)).map(|pages| Short::Bytes(pages * PAGE));
    let files = (0..60).map(Short::Files);
    let sizes = (0..24).map(|step| Short::FileSize(1 << step));
    let descriptors = (3..40).map(Short::Descriptors);
    let memory = (4..40).map(|step| Short::Memory(step * (8 << 20)));
    bytes.chain(files).chain(sizes).chain(descriptors).chain(memory).collect()
}

/// So many of them as are wanted, in an order the seed gives; or those that are named.
fn drawn<'a>(mut all: Vec<(&'a Stage, Short)>, plan: &Plan) -> VecDeque<(&'a Stage, Short)> {
    let mut seeded = Seeded(plan.seed);
    for at in (1..all.len()).rev() {
        all.swap(at, seeded.below(at + 1));
    }
    all.retain(|(stage, short)| plan.wants(&name(stage, *short)));
    all.truncate(plan.share(CI, FULL));
    all.into()
}

fn name(stage: &Stage, short: Short) -> String {
    format!("{} {short:?}", stage.scene.name)
}

impl Short {
    fn of_disk(self) -> bool {
        matches!(self, Self::Bytes(_) | Self::Files(_))
    }

    fn word(self) -> &'static str {
        match self {
            Self::Bytes(_) => "bytes",
            Self::Files(_) => "files",
            Self::FileSize(_) => "file size",
            Self::Descriptors(_) => "descriptors",
            Self::Memory(_) => "memory",
        }
    }

    /// The limit for `prlimit`.
    fn limit(self) -> Option<String> {
        match self {
            Self::FileSize(bytes) => Some(format!("--fsize={bytes}")),
            Self::Descriptors(count) => Some(format!("--nofile={count}")),
            Self::Memory(bytes) => Some(format!("--as={bytes}")),
            _ => None,
        }
    }

    /// The options that leave a mounted disk this much.
    fn options(self, disk: &Mounted) -> Option<String> {
        let stat = rustix::fs::statvfs(disk.path()).unwrap();
        let used = (stat.f_blocks - stat.f_bfree) * stat.f_frsize;
        match self {
            // A size of 0 would mean no limit.
            Self::Bytes(bytes) => Some(format!("size={}", (used + bytes).max(PAGE))),
            Self::Files(files) => Some(format!("nr_inodes={}", stat.f_files - stat.f_ffree + files)),
            _ => None,
        }
    }
}

fn disk(world: &World) -> Result<Mounted, String> {
    Mounted::mount(&["-t", "tmpfs", "-o", AMPLE], "tmpfs", world.library())
}

fn check(plan: &Plan, report: &Report, stage: &Stage, short: Short) {
    let (world, point) = (stage.world.copy(), name(stage, short));
    let args = [&stage.args[..], &["--jsonl".to_owned()]].concat();
    let found = |what: &str| report.finding(&point, what);
    let (ran, _disk) = if let Some(limit) = short.limit() {
        let mut command = Command::new("prlimit");
        command.arg(limit).arg(&plan.program).args(["-j", "1", "-L", "library"]).args(&args);
        (world.ran(command), None)
    } else {
        let disk = move_library(&world);
        assert!(disk.remount(&short.options(&disk).unwrap()));
        let ran = world.run(&args);
        if world.library().join("hypernet-library.toml").exists() {
            let read = world.do_run(&["query", "*", "--count"]);
            // SQLite wants an index of 32 KiB beside the catalogue to answer.
            if read.code != 0 && !read.stderr.contains("disk is full") {
                found(&format!("a question is not answered, and not for want of room: {read:?}"));
            }
        }
        if let Some(what) = wrong_kind(&ran) {
            found(&what);
        }
        assert!(disk.remount(AMPLE));
        (ran, Some(disk))
    };
    report.point(&[("command", stage.scene.name), ("short", short.word()), ("exit", &ran.code.to_string())]);
    // Where no memory is to be had the runtime ends the program by itself.
    let aborted = matches!(short, Short::Memory(_)) && ran.code == 134 && ran.stderr.contains("memory allocation");
    let ran = Ran { code: if aborted { KILLED } else { ran.code }, ..ran };
    for what in oracle::broken(stage, &world, &ran) {
        found(&what);
    }
}

/// Puts a disk in memory where the library stands, with the library on it.
fn move_library(world: &World) -> Mounted {
    let (library, aside) = (world.library(), world.path().join("library.aside"));
    let there = std::fs::rename(&library, &aside).is_ok();
    let disk = disk(world).unwrap();
    if there {
        copy_tree(&aside, &library);
        std::fs::remove_dir_all(&aside).unwrap();
    }
    disk
}

/// A full disk is said to be full, with figures, or the files that did not fit are.
fn wrong_kind(ran: &Ran) -> Option<String> {
    let figures = |error: &Value| error["details"]["needed"].is_u64() && error["details"]["free"].is_u64();
    let summary =
        ran.stdout.lines().last().and_then(|line| serde_json::from_str::<Value>(line).ok()).unwrap_or_default();
    let failures = summary["errors"].as_array().cloned().unwrap_or_default();
    let fine = match ran.code {
        0 => true,
        1 => ran.error()["code"] == "no_space" && figures(&ran.error()),
        3 => failures.iter().all(|failure| failure["code"] == "no_space"),
        _ => false,
    };
    (!fine).then(|| format!("P4: a full disk is not said to be one: {ran:?}"))
}
