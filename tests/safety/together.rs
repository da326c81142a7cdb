//! Many processes on one library at once: eight import one tree, readers ask beside them; each content comes in once per owner,
//! and every answer on the way is one that a library could give.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::plan::Plan;
use crate::report::Report;
use crate::support::{self, Ran, contents};
use crate::world::World;

/// Rounds in the share of every commit, and in a release's run.
const CI: usize = 2;
const FULL: usize = 200;

const PROCESSES: usize = 8;
const PICTURES: u64 = 24;

/// The chapter.
pub fn run(plan: &Plan, report: &mut Report) {
    for round in 0..plan.share(CI, FULL) {
        let name = format!("round {round:03}");
        if plan.wants(&name) {
            let wrong = check(plan, round);
            report.point(&[("scene", scene(round))]);
            for what in wrong {
                report.finding(&name, what);
            }
        }
    }
}

/// Every second round finds a library, the others make it, at once.
fn scene(round: usize) -> &'static str {
    if round.is_multiple_of(2) { "first" } else { "next" }
}

fn check(plan: &Plan, round: usize) -> Vec<String> {
    let (world, first) = (World::new(plan), round as u64 * 10);
    let mut all = std::collections::BTreeSet::new();
    if scene(round) == "next" {
        support::plant(&world.sources(), first + 9_000, 10);
        assert_eq!(world.do_run(&["import", "sources", "--json"]).code, 0);
        all = contents(&world.sources());
        std::fs::remove_dir_all(world.sources()).unwrap();
    }
    let before = all.len();
    support::plant(&world.sources(), first, PICTURES);
    all.extend(contents(&world.sources()));
    let over = AtomicBool::new(false);
    let (ran, mut wrong) = std::thread::scope(|threads| {
        let asked = threads.spawn(|| ask(&world, &plan.program, &over, before, all.len()));
        let ran = import(&world, plan);
        over.store(true, Ordering::Relaxed);
        (ran, asked.join().unwrap())
    });
    wrong.extend(counts(&world, &ran, all.len() - before));
    let live = support::live(&world.library());
    if live != all.into_iter().collect::<Vec<_>>() {
        wrong.push(format!("not each content is there once: {} media", live.len()));
    }
    let verified = world.do_run(&["verify", "--data", "--json"]);
    if verified.code != 0 {
        wrong.push(format!("verify finds something: {verified:?}"));
    }
    wrong.extend(support::problems_in(&world.library()));
    wrong
}

/// Starts a program on a world's library, ended by the system if it hangs: then its code is 124.
pub fn start(world: &World, program: &Path, args: &[&str]) -> Child {
    let mut command = Command::new("timeout");
    command
        .args(["-s", "KILL", "120"])
        .arg(program)
        .args(["-L", "library", "-j", "2", "--lock-timeout", "60s"])
        .args(args);
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.current_dir(world.path()).env_clear().env("HOME", world.path()).env("PATH", path).env("TZ", "UTC");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// How it ended.
pub fn end(child: Child) -> Ran {
    Ran::of(&child.wait_with_output().unwrap())
}

/// Imports the sources by all processes at once.
fn import(world: &World, plan: &Plan) -> Vec<Ran> {
    let args = ["import", "sources", "--json", "--album", "{parent}", "--tag", "t"];
    let children: Vec<_> = (0..PROCESSES).map(|_| start(world, &plan.program, &args)).collect();
    children.into_iter().map(end).collect()
}

/// Asks for a count and verifies until all is over, and gives the answers that no library could give.
fn ask(world: &World, program: &Path, over: &AtomicBool, least: usize, most: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    while !over.load(Ordering::Relaxed) {
        for args in [&["query", "*", "--count"][..], &["verify", "--quick", "--json"]] {
            let ran = end(start(world, program, args));
            // Until the first import has made it, there is no library.
            let absent = least == 0 && ran.code == 10;
            let counted = ran.stdout.trim().parse::<usize>().is_ok_and(|count| (least..=most).contains(&count));
            let fine = ran.code == 0 && (args[0] != "query" || counted);
            if !absent && !fine {
                wrong.push(format!("{args:?} beside the imports: {ran:?}"));
            }
        }
    }
    wrong
}

/// All end well, and what they counted adds up to what there was.
fn counts(world: &World, ran: &[Ran], new: usize) -> Vec<String> {
    let failed: Vec<_> =
        ran.iter().filter(|ran| ran.code != 0).map(|ran| format!("an import ends so: {ran:?}")).collect();
    if !failed.is_empty() {
        return failed;
    }
    let summaries: Vec<Value> = ran.iter().map(|ran| serde_json::from_str(&ran.stdout).unwrap()).collect();
    let sum = |key: &str| summaries.iter().map(|summary| summary[key].as_u64().unwrap_or_default()).sum::<u64>();
    let files = support::hashes(&world.sources()).len() * PROCESSES;
    let wanted = (files as u64, new as u64, files as u64);
    let told = (sum("seen"), sum("imported"), sum("imported") + sum("duplicates"));
    if told == wanted { Vec::new() } else { vec![format!("seen, imported, settled: {told:?} instead of {wanted:?}")] }
}
