//! Chapter `errors`: at every state-changing system call the machine answers with an error, once or from then on.
//!
//! Beside the promises: the exit code and its word follow the error, a document asked for is one, and no failed sync is tried again.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::oracle::{self, told};
use crate::plan::Plan;
use crate::report::Report;
use crate::scenes;
use crate::support::{self, Ran};
use crate::sweep::{self, Watched};
use crate::trace::{self, Spot};
use crate::world::World;

/// Points of the share of every commit, and of a release's run; all there are would be some ten thousand.
const CI: usize = 220;
const FULL: usize = 2600;

/// What the machine answers, and by which word that is told.
const ERRORS: &[(&str, &str)] = &[
    ("ENOSPC", "no_space"),
    ("EDQUOT", "no_space"),
    ("EIO", "io"),
    ("EROFS", "denied"),
    ("EACCES", "denied"),
    ("EMFILE", "io"),
    ("EINTR", "io"),
];

/// Calls a signal can break into. Of these the program must try again by itself those it makes; SQLite does not repeat a sync.
const INTERRUPTIBLE: &[&str] =
    &["openat", "write", "pwrite64", "ftruncate", "fallocate", "flock", "fsync", "fdatasync"];
const INVISIBLE: &[&str] = &["openat", "write", "pwrite64"];

/// An error at a spot.
struct Point<'a> {
    watched: &'a Watched,
    spot: &'a Spot,
    error: &'static str,
    word: &'static str,
    /// From then on.
    on: bool,
}

impl Point<'_> {
    fn name(&self) -> String {
        let on = if self.on { "+" } else { "" };
        format!("{}/{}/{}{on}", self.watched.stage.scene.name, self.spot.name(), self.error)
    }

    fn group(&self) -> String {
        format!("{}/{}/{}/{}", self.watched.stage.scene.name, self.spot.call, self.error, self.on)
    }
}

/// Lets every scene fail at every spot, or as many as are asked for.
pub fn run(plan: &Plan, report: &mut Report) {
    if !support::strace_works() {
        return report.skip("strace is absent or not permitted here");
    }
    let report: &Report = report;
    let scenes = scenes::playable(plan, report);
    let watched: Vec<_> = scenes.into_iter().map(|scene| Watched::new(scene, plan, report)).collect();
    let all = watched.iter().flat_map(points).collect();
    let points = sweep::draw(all, plan, plan.share(CI, FULL), Point::name, Point::group);
    sweep::each(&points, plan, report, Point::name, |point| fail(point, report));
}

fn points(watched: &Watched) -> Vec<Point<'_>> {
    let at = |spot| {
        ERRORS
            .iter()
            .flat_map(move |(error, word)| [false, true].map(move |on| Point { watched, spot, error, word, on }))
    };
    watched.spots.iter().flat_map(at).filter(possible).collect()
}

fn possible(point: &Point<'_>) -> bool {
    match point.error {
        "EMFILE" => point.spot.call == "openat",
        // A signal that never ends would rightly be waited out.
        "EINTR" => !point.on && INTERRUPTIBLE.contains(&point.spot.call.as_str()),
        _ => true,
    }
}

fn fail(point: &Point<'_>, report: &Report) -> Vec<String> {
    let (stage, spot) = (&point.watched.stage, point.spot);
    let world = stage.world.copy();
    let json = spot.n % 2 == 0;
    let form = if json { "--json" } else { "--jsonl" };
    let fault = format!("error={}", point.error);
    let ran =
        world.strace(&spot.options(world.path(), &fault, point.on), &[&stage.args[..], &[form.to_owned()]].concat());
    let calls = trace::calls(&world.trace());
    let hit: BTreeSet<_> = calls.iter().filter(|call| call.injected).map(|call| call.path.clone()).collect();
    let here = |name: &str| hit.contains(&world.path().join(name));
    if hit.is_empty() || !hit.iter().any(|path| path.starts_with(world.path())) {
        report.unreached();
        return oracle::broken(stage, &world, &ran);
    }
    let often = if point.on { format!("{}+", point.error) } else { point.error.to_owned() };
    report.point(&[("command", stage.scene.name), ("call", &spot.call), ("error", &often)]);
    // A sync a signal broke into has failed nothing: it may be asked again.
    let mut wrong = if point.error == "EINTR" { Vec::new() } else { repeated_syncs(&calls, &world) };
    if here("out") {
        wrong.extend(
            (ran.code == 0 && point.error != "EINTR")
                .then(|| format!("P4: output was lost, and it ends with 0: {}", told(&ran))),
        );
    } else if !here("err") {
        let clear =
            point.spot.call == "pwrite64" && point.error == "ENOSPC" && !point.on && !here("library/catalog.db-shm");
        let unclear = hit.iter().any(|path| is_catalogue(path)) && !clear;
        let unread = hit.iter().any(|path| is_read(path, &world));
        wrong.extend(untold(point, &ran, json, unclear, unread));
    }
    if ran.code == 0 && !here("err") {
        wrong.extend(
            oracle::unlike_after(stage, &world, &ran).into_iter().map(|what| format!("it ends with 0, but {what}")),
        );
    }
    wrong.extend(oracle::broken(stage, &world, &ran));
    wrong
}

/// A failed sync may have thrown the pages away: another one would say that all is well.
fn repeated_syncs(calls: &[trace::Call], world: &World) -> Vec<String> {
    let staged = world.library().join("staging");
    let (mut failed, mut wrong) = (BTreeSet::new(), Vec::new());
    for call in calls.iter().filter(|call| call.name.ends_with("sync") && is_staged_file(&call.path, &staged)) {
        if failed.contains(&call.path) {
            wrong.push(format!("a failed sync was repeated: {}", call.path.display()));
        }
        if call.injected {
            failed.insert(call.path.clone());
        }
    }
    wrong
}

fn is_staged_file(path: &Path, staged: &Path) -> bool {
    path.strip_prefix(staged).is_ok_and(|rest| rest.iter().count() == 2)
}

/// A catalogue, its log or a snapshot of it. SQLite keeps most errors of the system to itself: it says that its disk failed, or that it could not open
/// what it wanted; only a full disk met by a write has a name of its own.
fn is_catalogue(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().contains(".db"))
}

/// What a command reads and does not write: there an error says that it could not be read.
fn is_read(path: &Path, world: &World) -> bool {
    ["sources", "backup"].iter().any(|part| path.starts_with(world.path().join(part)))
        || path.starts_with(world.library().join("users"))
}

/// P4: what the error makes of exit code, words and documents.
fn untold(point: &Point<'_>, ran: &Ran, json: bool, unclear: bool, unread: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    let document = serde_json::from_str::<Value>(&ran.stdout);
    if json && !(document.is_ok() || (ran.stdout.is_empty() && ran.code != 0)) {
        wrong.push(format!("P4: not one document: {}", told(ran)));
    }
    if point.error == "EINTR" && INVISIBLE.contains(&point.spot.call.as_str()) && ran.code != 0 {
        wrong.push(format!("P4: an interrupted {} is seen: {}", point.spot.call, told(ran)));
    }
    let known = |word: &str| {
        word == point.word || (unread && word == "unreadable") || (unclear && matches!(word, "io" | "denied"))
    };
    match ran.code {
        0 => {}
        3 => wrong.extend(partly(ran, &known)),
        code => {
            let error = ran.error();
            let word = error["code"].as_str().unwrap_or("none");
            if code != 1 || !known(word) || error["exit_code"] != code {
                wrong.push(format!("P4: {} is told as {word}, exit code {code}: {}", point.error, told(ran)));
            }
        }
    }
    wrong
}

/// A partial end names its items, with the right words, and its counts add up.
fn partly(ran: &Ran, known: &dyn Fn(&str) -> bool) -> Vec<String> {
    let last = ran.stdout.lines().last().unwrap_or_default();
    let whole = serde_json::from_str::<Value>(&ran.stdout).or_else(|_| serde_json::from_str(last)).unwrap_or_default();
    let empty = Vec::new();
    let errors = whole["errors"].as_array().unwrap_or(&empty);
    let word = |error: &Value| error["code"].as_str().unwrap_or("none").to_owned();
    let mut wrong = Vec::new();
    if errors.is_empty() {
        wrong.push(format!("P4: partial, and nothing is named: {}", told(ran)));
    }
    let words: BTreeSet<_> = errors.iter().map(word).filter(|word| !known(word) && word != "kept").collect();
    wrong.extend(words.iter().map(|word| format!("P4: told as {word}: {}", told(ran))));
    let n = |key: &str| whole[key].as_u64().unwrap_or_default();
    if n("imported") + n("duplicates") + n("skipped") + n("failed") != n("seen") {
        wrong.push(format!("P4: counts do not add up: {}", told(ran)));
    }
    wrong
}
