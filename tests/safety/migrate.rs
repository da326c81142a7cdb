//! Catalogues of another version: several processes meet an old one at once and one of them migrates it, with a snapshot from
//! before; a newer one is refused and not one byte of it changes.
//!
//! That a migration can be killed, run out of room or lose its power is swept by the other chapters: it is a row of the table.

use std::path::Path;

use hypernet::store::migrate::{self, STEPS};
use rusqlite::Connection;

use crate::plan::Plan;
use crate::report::Report;
use crate::scenes::migrating;
use crate::support::{self, Ran, ask, catalogue};
use crate::together::{end, start};
use crate::{oracle, world::World};

/// Rounds in the share of every commit, and in a release's run.
const CI: usize = 2;
const FULL: usize = 60;

/// What meets an old catalogue at once; so many of them as the round says.
const COMMANDS: [&[&str]; 4] =
    [&["query", "*", "--count"], &["verify", "--json"], &["import", "sources", "--json"], &["query", "*", "--count"]];

/// The chapter.
pub fn run(plan: &Plan, report: &mut Report) {
    for round in 0..plan.share(CI, FULL) {
        let (processes, name) = (2 + round % 3, format!("round {round:03}"));
        if plan.wants(&name) {
            for what in at_once(plan, processes) {
                report.finding(&name, what);
            }
            report.point(&[("processes", &processes.to_string())]);
        }
    }
    let commands = [&["query", "*", "--json"][..], COMMANDS[1], COMMANDS[2]];
    for (command, may_read) in commands.iter().flat_map(|command| [(command, true), (command, false)]) {
        let name = format!("newer, {}{}", command[0], if may_read { ", may be read" } else { ", may not be read" });
        if plan.wants(&name) {
            for what in newer(plan, command, may_read) {
                report.finding(&name, what);
            }
            report.point(&[("newer", command[0])]);
        }
    }
}

/// Several processes open an old catalogue at once.
fn at_once(plan: &Plan, processes: usize) -> Vec<String> {
    let world = World::new(plan);
    migrating(&world);
    let library = world.library();
    let before = oracle::state(&library);
    let children: Vec<_> = COMMANDS[..processes].iter().map(|args| start(&world, &plan.program, args)).collect();
    let ran: Vec<_> = children.into_iter().map(end).collect();
    let mut wrong: Vec<_> = ran.iter().filter(|ran| ran.code != 0).map(|ran| format!("it ends so: {ran:?}")).collect();
    wrong.extend(ran.iter().flat_map(oracle::untidy));
    let db = catalogue(&library);
    if migrate::schema(&db).unwrap() != migrate::schema(&migrate::blank(STEPS).unwrap()).unwrap() {
        wrong.push("the schema is not what it would be in a new library".to_owned());
    }
    let state = oracle::state(&library);
    if !before.iter().all(|line| state.contains(line)) {
        wrong.push("the catalogue does not say what it said before".to_owned());
    }
    let snapshots = snapshots(&library);
    if snapshots.len() != 1 {
        wrong.push(format!("{} snapshots from before", snapshots.len()));
    }
    wrong.extend(snapshots.iter().flat_map(|snapshot| unlike(snapshot, &before)));
    let verified = world.do_run(&["verify", "--data", "--json"]);
    if verified.code != 0 {
        wrong.push(format!("verify finds something: {verified:?}"));
    }
    wrong
}

/// The snapshots in a library, without the daily ones.
fn snapshots(library: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(library.join("backups")).into_iter().flatten().flatten();
    let all = entries.map(|entry| entry.path());
    all.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("before-")).collect()
}

/// What of a snapshot is not the old catalogue, whole.
fn unlike(snapshot: &Path, before: &[String]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(snapshot, folder.path().join("catalog.db")).unwrap();
    let db = catalogue(folder.path());
    let whole = ask(&db, "PRAGMA integrity_check") == ["ok"] && ask(&db, "PRAGMA foreign_key_check").is_empty();
    let old = migrate::version(&db).unwrap() < migrate::known(STEPS);
    let same = oracle::state(folder.path()) == before;
    let fine = whole && old && same;
    if fine { Vec::new() } else { vec![format!("the snapshot: whole {whole}, old {old}, the same {same}")] }
}

/// A catalogue of a newer program is refused, unless it says that it may be read; in any case it stays as it is.
fn newer(plan: &Plan, command: &[&str], may_read: bool) -> Vec<String> {
    let world = World::new(plan);
    support::plant(&world.sources(), 0, 4);
    assert_eq!(world.do_run(&["import", "sources", "--json"]).code, 0);
    let db = Connection::open(world.library().join("catalog.db")).unwrap();
    let newer = migrate::known(STEPS) + 1;
    if !may_read {
        db.execute_batch(&format!("UPDATE library SET min_reader = {newer}")).unwrap();
    }
    db.pragma_update(None, "user_version", newer).unwrap();
    drop(db);
    let before = support::hashes(&world.library());
    let ran: Ran = world.do_run(command);
    let mut wrong = Vec::new();
    let read = may_read && command[0] != "import" && ran.code == 0;
    if !read && (ran.code != 10 || ran.error()["code"] != "too_new") {
        wrong.push(format!("a newer catalogue is neither read nor refused as one: {ran:?}"));
    }
    if support::hashes(&world.library()) != before {
        wrong.push("a newer catalogue, or what is beside it, was changed".to_owned());
    }
    wrong
}
