//! Imports killed at any moment: no byte is lost, what was said is true, and the same command finishes the work.
//!
//! Moments are drawn from a seeded list: the n-th call of one system call, where `strace` may inject the signal, else after a
//! while. Run with `--nocapture` for a table of where the kills fell.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use crate::support::{self, HYPERNET, Ran, Seeded, World, ask, catalogue, contents, kept, live};

/// How many, unless `HYPERNET_KILLS` asks for more.
const KILLS: usize = 72;
/// Of those, so many come after a while instead of at a system call.
const LATE: usize = 12;
/// More than one batch, copies included.
const PICTURES: u64 = 70;

/// The calls that change something, or open what will be changed, each as often in the list as it is drawn.
const CALLS: &[&str] = &[
    "renameat2",
    "renameat2",
    "renameat2",
    "pwrite64",
    "pwrite64",
    "pwrite64",
    "fsync",
    "fsync",
    "fdatasync",
    "fdatasync",
    "openat",
    "write",
    "fchmod",
    "mkdirat",
    "unlinkat",
    "unlink",
    "ftruncate",
    "flock",
    "rename",
    "renameat",
];

/// What is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scene {
    /// The first import, which makes the library.
    First,
    /// An import into a library that has some of the bytes.
    Next,
    /// The same with `--mode move`.
    Move,
}

/// How far a killed run had come, told from the library alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    MakingTheLibrary,
    BeforeStaging,
    StagingNothingPublished,
    PublishedWithoutRows,
    SomeCommitted,
    AllCommitted,
    RemovingSources,
    Ended,
}

/// A scene, ready to be copied as often as it is killed.
struct Stage {
    scene: Scene,
    world: World,
    /// What the live media are after an import that nobody disturbs.
    undisturbed: Vec<String>,
    /// How often each system call is made, at most, by one thread.
    calls: BTreeMap<String, usize>,
}

#[derive(Debug, Clone)]
enum Moment {
    Call(&'static str, usize),
    After(Duration),
}

#[test]
fn killed_imports_lose_nothing_and_finish_when_run_again() {
    let stages = [Scene::First, Scene::Next, Scene::Move].map(stage);
    let list: Mutex<Vec<_>> = Mutex::new(moments(&stages));
    let (steps, wrong) = (Mutex::new(BTreeMap::<(Step, Scene), usize>::new()), Mutex::new(Vec::new()));
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                loop {
                    let next = list.lock().unwrap().pop();
                    let Some((stage, moment)) = next else { break };
                    let (step, found) = kill(&stages[stage], &moment);
                    wrong.lock().unwrap().extend(found);
                    *steps.lock().unwrap().entry((step, stages[stage].scene)).or_default() += 1;
                }
            });
        }
    });
    let steps = steps.into_inner().unwrap();
    show(&steps);
    assert_eq!(wrong.into_inner().unwrap(), Vec::<String>::new());
    let of = |wanted: &dyn Fn(Step) -> bool| {
        steps.iter().filter(|((step, _), _)| wanted(*step)).map(|(_, n)| n).sum::<usize>()
    };
    assert_eq!(of(&|_| true), kills());
    if support::strace_works() {
        assert!(of(&|step| step != Step::Ended) >= 50, "too few kills fell before the end");
        assert!(of(&|step| step == Step::PublishedWithoutRows) >= 10, "too few kills fell between publish and commit");
    }
}

fn kills() -> usize {
    std::env::var("HYPERNET_KILLS").map_or(KILLS, |number| number.parse().unwrap())
}

fn show(steps: &BTreeMap<(Step, Scene), usize>) {
    let mut table = vec![format!("{:28}{:>8}{:>8}{:>8}", "killed", "first", "next", "move")];
    for step in steps.keys().map(|(step, _)| *step).collect::<BTreeSet<_>>() {
        let n = |scene| steps.get(&(step, scene)).copied().unwrap_or_default();
        let row = [n(Scene::First), n(Scene::Next), n(Scene::Move)];
        table.push(format!("{:28}{:>8}{:>8}{:>8}", format!("{step:?}"), row[0], row[1], row[2]));
    }
    let _ = writeln!(std::io::stderr(), "{}", table.join("\n"));
}

/// Sets a scene, and plays it once undisturbed.
fn stage(scene: Scene) -> Stage {
    let world = World::new();
    if scene != Scene::First {
        support::plant(&world.sources(), 1000, 8);
        world.import(&[]).ends(0);
        fs::remove_dir_all(world.sources()).unwrap();
    }
    // Some of the bytes are in the library already, some lie in the sources twice.
    support::plant(&world.sources(), if scene == Scene::First { 0 } else { 1004 }, PICTURES);
    let rehearsal = world.copy();
    let calls = if support::strace_works() {
        let ran = rehearsal.strace(&["-e", &format!("trace={}", names().join(","))], &arguments(scene));
        assert_eq!(ran.code, 0, "{ran:#?}");
        counted(&fs::read_to_string(rehearsal.path().join("trace")).unwrap())
    } else {
        assert_eq!(rehearsal.run(&arguments(scene)).code, 0);
        BTreeMap::new()
    };
    rehearsal.sound();
    Stage { scene, undisturbed: live(&rehearsal.library()), calls, world }
}

fn names() -> Vec<&'static str> {
    CALLS.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
}

fn arguments(scene: Scene) -> Vec<&'static str> {
    let plain = ["import", "sources", "--jsonl"];
    if scene == Scene::Move { [&plain[..], &["--mode", "move"]].concat() } else { plain.to_vec() }
}

/// Lines such as `123 fsync(7) = 0` → the most calls of each name by one thread.
fn counted(trace: &str) -> BTreeMap<String, usize> {
    let mut calls = BTreeMap::<(&str, &str), usize>::new();
    for line in trace.lines() {
        let mut words = line.split_whitespace();
        let (Some(thread), Some(call)) = (words.next(), words.next()) else { continue };
        if let Some((name, _)) = call.split_once('(') {
            *calls.entry((thread, name)).or_default() += 1;
        }
    }
    let mut most = BTreeMap::<String, usize>::new();
    for ((_, name), n) in calls {
        let entry = most.entry(name.to_owned()).or_default();
        *entry = n.max(*entry);
    }
    most
}

fn moments(stages: &[Stage; 3]) -> Vec<(usize, Moment)> {
    let mut seeded = Seeded(20_260_203);
    let mut list = Vec::new();
    // Where a kill once left something that no later run could clear away.
    for (at, call, back) in
        [(0, "renameat2", None), (1, "renameat", None), (1, "unlinkat", Some(0)), (2, "unlinkat", Some(1))]
    {
        if let Some(most) = stages[at].calls.get(call) {
            list.push((at, Moment::Call(call, back.map_or(1, |back| most - back))));
        }
    }
    while list.len() < kills() {
        let at = list.len() % stages.len();
        let calls = &stages[at].calls;
        let call = CALLS[seeded.below(CALLS.len())];
        match calls.get(call) {
            Some(most) if list.len() >= LATE => {
                // Every third one falls late: most steps lie there, most calls before.
                let late = if list.len() % 9 < 3 { most * 3 / 4 } else { 0 };
                list.push((at, Moment::Call(call, 1 + late + seeded.below(most - late))));
            }
            _ if calls.is_empty() || list.len() < LATE => {
                list.push((at, Moment::After(Duration::from_millis(10 + seeded.next() % 140))));
            }
            _ => {}
        }
    }
    list
}

/// Kills one import, looks what is left, runs it again; gives how far it had come and what is wrong.
fn kill(stage: &Stage, moment: &Moment) -> (Step, Vec<String>) {
    let world = stage.world.copy();
    let (sources, library) = (world.sources(), world.library());
    let held = || contents(&sources).union(&kept(&library)).cloned().collect::<BTreeSet<_>>();
    let before = held();
    let said = cut_off(&world, stage.scene, moment);
    let step = step(&world, stage);
    let mut wrong = unsaid(&world, &said);
    let mut must = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    must(held().is_superset(&before), "bytes are lost");
    must(stage.scene == Scene::Move || contents(&sources) == contents(&stage.world.sources()), "sources changed");

    let again = world.run(&arguments(stage.scene));
    must(again.code == 0, &format!("{again:?}"));
    if library.join("catalog.db").exists() {
        must(live(&library) == stage.undisturbed, "not what an undisturbed import gives");
        wrong.extend(support::problems(&world));
    }
    if stage.scene == Scene::Move && !contents(&sources).is_empty() {
        wrong.push(format!("sources stayed: {}", again.stderr));
    }
    (step, wrong.into_iter().map(|what| format!("{:?} {moment:?} {step:?}: {what}", stage.scene)).collect())
}

fn cut_off(world: &World, scene: Scene, moment: &Moment) -> Ran {
    match moment {
        Moment::Call(call, n) => {
            let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=KILL:when={n}"));
            world.strace(&["-e", &trace, "-e", &inject], &arguments(scene))
        }
        Moment::After(time) => {
            let mut command = Command::new(HYPERNET);
            command
                .args(["-L", "library"])
                .args(arguments(scene))
                .stdout(fs::File::create(world.path().join("said")).unwrap());
            command.stderr(std::process::Stdio::null());
            let mut child = world.prepare(&mut command).spawn().unwrap();
            std::thread::sleep(*time);
            let _ = child.kill();
            let code = child.wait().unwrap().code().unwrap_or(137);
            Ran { code, stdout: fs::read_to_string(world.path().join("said")).unwrap(), stderr: String::new() }
        }
    }
}

/// What was said to be imported and is not there: its row, or its file.
fn unsaid(world: &World, said: &Ran) -> Vec<String> {
    let whole = &said.stdout[..said.stdout.rfind('\n').map_or(0, |end| end + 1)];
    let lines: Vec<Value> = whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let imported: Vec<_> = lines.iter().filter(|line| line["action"] == "imported").collect();
    if imported.is_empty() {
        return Vec::new();
    }
    let files = rows(&world.library());
    let there =
        |line: &Value| files.get(line["id"].as_str().unwrap()).is_some_and(|path| world.library().join(path).is_file());
    imported.iter().filter(|line| !there(line)).map(|line| format!("said and not there: {line}")).collect()
}

/// The path of each media, by id, as the catalogue would be found after a power cut of the program: from a copy of its files.
fn rows(library: &Path) -> BTreeMap<String, String> {
    let copy = tempfile::tempdir().unwrap();
    for file in ["catalog.db", "catalog.db-wal"].iter().filter(|file| library.join(file).exists()) {
        fs::copy(library.join(file), copy.path().join(file)).unwrap();
    }
    let rows = ask(&catalogue(copy.path()), "SELECT id || '=' || file_path FROM v_media");
    rows.iter().map(|row| row.split_once('=').map(|(id, path)| (id.to_owned(), path.to_owned())).unwrap()).collect()
}

fn step(world: &World, stage: &Stage) -> Step {
    let library = world.library();
    if !library.join("hypernet-library.toml").exists() {
        return Step::MakingTheLibrary;
    }
    let rows = rows(&library);
    let paths: BTreeSet<_> = rows.values().map(|path| library.join(path)).collect();
    let originals = support::hashes(&library.join("users"));
    let mut originals = originals.keys().filter(|path| path.components().any(|part| part.as_os_str() == "media"));
    let removed = support::hashes(&stage.world.sources()).len() - support::hashes(&world.sources()).len();
    let runs: Vec<_> = fs::read_dir(library.join("staging")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let already = if stage.world.library().exists() { live(&stage.world.library()).len() } else { 0 };
    match () {
        () if originals.any(|path| !paths.contains(path)) => Step::PublishedWithoutRows,
        () if rows.len() == stage.undisturbed.len() && runs.is_empty() => Step::Ended,
        () if removed > 0 => Step::RemovingSources,
        () if rows.len() == stage.undisturbed.len() => Step::AllCommitted,
        () if rows.len() > already => Step::SomeCommitted,
        () if runs.is_empty() => Step::BeforeStaging,
        () => Step::StagingNothingPublished,
    }
}
