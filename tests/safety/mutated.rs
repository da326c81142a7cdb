//! Damaged media: a seeded mutator over a folder of real ones (`HYPERNET_CORPUS`, else the committed fixtures), imported in batches.
//!
//! No panic, no hang, no memory beyond a bound, counts that add up, and every file that was taken in is stored bit for bit. A
//! batch that misbehaves is run again file by file, to name the one that did it.

#![allow(clippy::ptr_arg, reason = "all damage has one type, also that which leaves the length alone")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::plan::Plan;
use crate::report::Report;
use crate::support::{self, Ran, Seeded};
use crate::world::{HUNG, World};

/// Files in the share of every commit, and in a release's run.
const CI: usize = 200;
const FULL: usize = 10_000;

/// How many are imported at once.
const BATCH: usize = 250;
/// What the program may hold in memory, in KiB (fault 45).
const RESIDENT: u64 = 512 << 10;
/// How long one file may take (fault 45).
const PATIENCE: Duration = Duration::from_secs(10);
/// Larger files are left out: what is parsed lies in the first and last of their bytes.
const LARGEST: u64 = 4 << 20;

/// The chapter.
pub fn run(plan: &Plan, report: &mut Report) {
    let folder = std::env::var_os("HYPERNET_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"), PathBuf::from);
    let corpus = corpus(&folder);
    let timed = support::tool("/usr/bin/time", &["-f", "%M", "true"]);
    if !timed {
        report.skip("there is no /usr/bin/time to measure memory with");
    }
    let all = plan.share(CI, FULL);
    let batches: Mutex<Vec<usize>> = Mutex::new((0..all.div_ceil(BATCH)).rev().collect());
    let most = Mutex::new(0);
    let report = &*report;
    std::thread::scope(|threads| {
        for _ in 0..plan.jobs {
            threads.spawn(|| {
                let next = || batches.lock().unwrap().pop();
                while let Some(batch) = next() {
                    let numbers: Vec<_> = (batch * BATCH..((batch + 1) * BATCH).min(all)).collect();
                    let memory = check(plan, report, &corpus, &numbers, timed);
                    let mut most = most.lock().unwrap();
                    *most = memory.max(*most);
                }
            });
        }
    });
    let most = most.into_inner().unwrap() >> 10;
    report.note(format!("{} files to begin with; at most {most} MiB of memory", corpus.len()));
}

/// Every file of a folder that is small enough, by name, in an order that does not vary.
fn corpus(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let (mut paths, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if metadata.is_file() && (1..=LARGEST).contains(&metadata.len()) {
                paths.push(entry.path());
            }
        }
    }
    paths.sort();
    let ext = |path: &Path| path.extension().map_or_else(String::new, |ext| ext.to_string_lossy().into_owned());
    let texts = ["md", "json", "txt", "html", "xmp", "csv", "py"];
    paths.retain(|path| !texts.contains(&ext(path).as_str()));
    paths.into_iter().map(|path| (ext(&path), fs::read(&path).unwrap())).collect()
}

/// Whether a mutant is asked for: by its number, or as one of several, `0 to 249`.
fn wanted(plan: &Plan, number: usize) -> bool {
    let Some(only) = &plan.only else { return true };
    let (first, last) = only.split_once(" to ").unwrap_or((only, only));
    let bound = |text: &str| text.parse::<usize>().ok();
    bound(first).is_some_and(|first| first <= number) && bound(last).is_some_and(|last| number <= last)
}

/// Imports some mutants together; gives the memory that took, in KiB.
fn check(plan: &Plan, report: &Report, corpus: &[(String, Vec<u8>)], numbers: &[usize], timed: bool) -> u64 {
    let world = World::new(plan);
    for number in numbers {
        if wanted(plan, *number) {
            let (name, kind, bytes) = mutant(corpus, plan.seed, *number);
            support::put(&world.sources().join(name), &bytes);
            report.point(&[("damage", kind)]);
        }
    }
    if !world.sources().exists() {
        return 0;
    }
    let (wrong, memory) = import(plan, &world, numbers.len(), timed);
    if wrong.is_empty() {
        return memory;
    }
    let before = report.findings();
    let alone = numbers.iter().filter(|_| numbers.len() > 1);
    for number in alone {
        check(plan, report, corpus, &[*number], timed);
    }
    // Only together, or this is the one.
    if report.findings() == before {
        let name = if numbers.len() == 1 {
            numbers[0].to_string()
        } else {
            format!("{} to {}", numbers[0], numbers[numbers.len() - 1])
        };
        for what in wrong {
            report.finding(&name, what);
        }
    }
    memory
}

fn import(plan: &Plan, world: &World, files: usize, timed: bool) -> (Vec<String>, u64) {
    let sources = support::hashes(&world.sources());
    let mut command = Command::new(if timed { "/usr/bin/time".into() } else { plan.program.clone() });
    if timed {
        command.args(["-q", "-o", "memory", "-f", "%M"]).arg(&plan.program);
    }
    command.args(["-L", "library", "import", "sources", "--jsonl"]);
    let start = Instant::now();
    let ran = world.ran(command);
    let took = start.elapsed();
    let memory = fs::read_to_string(world.path().join("memory")).unwrap_or_default();
    let memory = memory.lines().last().and_then(|line| line.parse().ok()).unwrap_or_default();
    let mut wrong = Vec::new();
    let mut must = |holds: bool, what: String| {
        if !holds {
            wrong.push(what);
        }
    };
    must(ran.code == 0 || ran.code == 3, format!("it ends with {}: {}", ran.code, ran.stderr));
    must(ran.code != HUNG, "it hangs".to_owned());
    let bug = ran.stderr.contains("panicked") || format!("{}{}", ran.stderr, ran.stdout).contains("a bug in hypernet");
    must(!bug, format!("it says that it has a bug: {}", ran.stderr));
    must(files > 1 || took < PATIENCE, format!("one file takes {took:?}"));
    must(memory < RESIDENT, format!("it takes {memory} KiB of memory"));
    must(support::hashes(&world.sources()) == sources, "a source changed".to_owned());
    if let Some(what) = uncounted(&ran, sources.len()) {
        wrong.push(what);
    }
    if wrong.is_empty() {
        let given: BTreeSet<_> = sources.into_values().collect();
        if !support::live(&world.library()).iter().all(|stored| given.contains(stored)) {
            wrong.push("what is stored is none of the sources".to_owned());
        }
        wrong.extend(crate::oracle::rowless_and_unsaid(&world.library(), &ran));
        wrong.extend(support::problems_in(&world.library()));
    }
    (wrong, memory)
}

/// What the summary counts is what there was, and each line stands for one file.
fn uncounted(ran: &Ran, files: usize) -> Option<String> {
    let lines: Vec<Value> = ran.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let Some(summary) = lines.iter().find(|line| line["event"] == "summary") else {
        return Some(format!("{files} files, and nothing counts them: {}", crate::oracle::told(ran)));
    };
    let n = |key: &str| usize::try_from(summary[key].as_u64().unwrap_or_default()).unwrap();
    let sum: usize = ["imported", "duplicates", "skipped", "failed"].map(n).iter().sum();
    let fine = n("seen") == files && sum == files;
    (!fine).then(|| format!("{files} files: {summary}"))
}

/// The `number`-th mutant: its name, what was done to it, its bytes.
fn mutant(corpus: &[(String, Vec<u8>)], seed: u64, number: usize) -> (String, &'static str, Vec<u8>) {
    let mut seeded = Seeded(seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
    let (ext, original) = &corpus[seeded.below(corpus.len())];
    let (_, other) = &corpus[seeded.below(corpus.len())];
    let mut bytes = original.clone();
    let kinds: [(&'static str, Damage); 8] = [
        ("bits", flip),
        ("bits in the head", flip_head),
        ("cut", cut),
        ("spliced", splice),
        ("repeated", repeat),
        ("extremes", extremes),
        ("other head", head),
        ("zeroes", zeroes),
    ];
    let (kind, damage) = kinds[seeded.below(kinds.len())];
    damage(&mut seeded, &mut bytes, other);
    (format!("{number}.{ext}"), kind, bytes)
}

type Damage = fn(&mut Seeded, &mut Vec<u8>, &[u8]);

fn flip(seeded: &mut Seeded, bytes: &mut Vec<u8>, _: &[u8]) {
    for _ in 0..=seeded.below(64) {
        let at = seeded.below(bytes.len());
        bytes[at] ^= 1 << seeded.below(8);
    }
}

/// Where the tables, lengths and counts stand.
fn flip_head(seeded: &mut Seeded, bytes: &mut Vec<u8>, _: &[u8]) {
    let head = bytes.len().min(2048);
    for _ in 0..=seeded.below(16) {
        let at = seeded.below(head);
        bytes[at] = seeded.next().to_le_bytes()[0];
    }
}

fn cut(seeded: &mut Seeded, bytes: &mut Vec<u8>, _: &[u8]) {
    bytes.truncate(seeded.below(bytes.len()));
}

/// The beginning of one and the end of another.
fn splice(seeded: &mut Seeded, bytes: &mut Vec<u8>, other: &[u8]) {
    bytes.truncate(seeded.below(bytes.len()) + 1);
    bytes.extend(&other[seeded.below(other.len())..]);
}

/// A piece said again and again in the middle.
fn repeat(seeded: &mut Seeded, bytes: &mut Vec<u8>, _: &[u8]) {
    let from = seeded.below(bytes.len());
    let piece = bytes[from..(from + 1 + seeded.below(4096)).min(bytes.len())].to_vec();
    let many = piece.repeat(1 + seeded.below(64));
    bytes.splice(from..from, many);
}

/// Numbers of two and four bytes at their ends, where lengths and counts may stand.
fn extremes(seeded: &mut Seeded, bytes: &mut Vec<u8>, _: &[u8]) {
    let numbers: [&[u8]; 8] = [
        &[0xff; 4],
        &[0x7f, 0xff, 0xff, 0xff],
        &[0xff, 0xff, 0xff, 0x7f],
        &[0x80, 0, 0, 0],
        &[0; 4],
        &[0, 0, 0, 1],
        &[0xff; 2],
        &[0; 2],
    ];
    let reach = if seeded.below(2) == 0 { bytes.len() } else { bytes.len().min(4096) };
    for _ in 0..=seeded.below(12) {
        let number = numbers[seeded.below(numbers.len())];
        let at = seeded.below(reach);
        for (byte, new) in bytes[at..].iter_mut().zip(number) {
            *byte = *new;
        }
    }
}

/// The head of another kind on this one's body.
fn head(seeded: &mut Seeded, bytes: &mut Vec<u8>, other: &[u8]) {
    let length = (8 + seeded.below(512)).min(other.len()).min(bytes.len());
    bytes[..length].copy_from_slice(&other[..length]);
}

fn zeroes(seeded: &mut Seeded, bytes: &mut Vec<u8>, _: &[u8]) {
    let from = seeded.below(bytes.len());
    let to = (from + 1 + seeded.below(8192)).min(bytes.len());
    bytes[from..to].fill(0);
}
