//! Imports side by side into one library, also when none of them finds it there, and readers beside them.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::{self, HYPERNET, Ran, World, ask, catalogue, contents};

const PICTURES: u64 = 40;

/// Starts an import of the sources; `more` comes last.
fn start(world: &World, more: &[&str]) -> Child {
    let mut command = Command::new(HYPERNET);
    command.args(["-L", "library", "import", "sources", "--json"]).args(more);
    world.prepare(&mut command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Ran {
    Ran::of(&child.wait_with_output().unwrap()).ends(0)
}

/// Runs so many imports of one tree at once and holds library and summaries to each file having come in once.
fn check(world: &World, processes: usize) {
    let children: Vec<_> = (0..processes).map(|_| start(world, &["--album", "{parent}", "--tag", "t"])).collect();
    let ran: Vec<_> = children.into_iter().map(end).collect();
    let hashes = contents(&world.sources());
    assert_eq!(world.sound(), hashes.iter().cloned().collect::<Vec<_>>());
    let sum = |key| ran.iter().map(|ran| ran.count(key)).sum::<u64>();
    let files = support::hashes(&world.sources()).len();
    assert_eq!(sum("seen"), (files * processes) as u64);
    assert_eq!(sum("imported"), hashes.len() as u64);
    assert_eq!(sum("duplicates"), (files * processes - hashes.len()) as u64);
    albums(world);
}

/// Each folder is one album that holds what lies in the folder, and counts it right.
fn albums(world: &World) {
    let db = catalogue(&world.library());
    let mut folders: Vec<_> = std::fs::read_dir(world.sources()).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.push(world.sources().join("copies/deep/er"));
    folders.retain(|folder| folder.file_name().unwrap() != "copies");
    folders.sort_by_key(|folder| folder.file_name().unwrap().to_owned());
    let expected: Vec<_> = folders
        .iter()
        .map(|folder| format!("{} {}", folder.file_name().unwrap().to_str().unwrap(), contents(folder).len()))
        .collect();
    let told = ask(&db, "SELECT name || ' ' || media_count FROM v_album WHERE deleted_at IS NULL ORDER BY name");
    assert_eq!(told, expected);
    let tagged = "SELECT count(*) FROM v_media WHERE json_extract(metadata, '$.tags') = '[\"t\"]'";
    assert_eq!(ask(&db, tagged), [contents(&world.sources()).len().to_string()]);
}

fn planted() -> World {
    let world = World::new();
    support::plant(&world.sources(), 0, PICTURES);
    world
}

#[test]
fn two_first_imports_make_one_library() {
    for _ in 0..4 {
        check(&planted(), 2);
    }
}

#[test]
fn eight_first_imports_make_one_library() {
    for _ in 0..2 {
        check(&planted(), 8);
    }
}

#[test]
fn eight_imports_of_one_tree_take_each_file_once() {
    let world = World::new();
    support::plant(&world.sources(), 900, 1);
    world.import(&[]).ends(0);
    std::fs::remove_dir_all(world.sources()).unwrap();
    support::plant(&world.sources(), 0, PICTURES);
    let children: Vec<_> = (0..8).map(|_| start(&world, &[])).collect();
    let imported: u64 = children.into_iter().map(|child| end(child).count("imported")).sum();
    assert_eq!(imported, contents(&world.sources()).len() as u64);
    let mut all: BTreeSet<_> = contents(&world.sources());
    all.insert(support::sha256(&support::jpeg(900)));
    assert_eq!(world.sound(), all.into_iter().collect::<Vec<_>>());
}

#[test]
fn two_moves_of_one_tree_leave_nothing_behind_and_lose_nothing() {
    let world = planted();
    let hashes = contents(&world.sources());
    let children: Vec<_> = (0..2).map(|_| start(&world, &["--mode", "move"])).collect();
    for child in children {
        // A file that the other one took away is not there any more: that is one failed file, no failed run.
        let ran = Ran::of(&child.wait_with_output().unwrap());
        assert!(ran.code == 0 || ran.code == 3, "{ran:#?}");
    }
    assert_eq!(world.sound(), hashes.into_iter().collect::<Vec<_>>());
    assert_eq!(contents(&world.sources()).len(), 0);
}

#[test]
fn readers_are_answered_while_an_import_runs() {
    let world = planted();
    world.run(&["import", "sources/roll0", "--json"]).ends(0);
    let first = contents(&world.sources().join("roll0")).len();
    let over = AtomicBool::new(false);
    let (seen, asked) = std::thread::scope(|threads| {
        let raw = threads.spawn(|| {
            let mut seen = BTreeSet::new();
            while !over.load(Ordering::Relaxed) {
                let count = ask(&catalogue(&world.library()), "SELECT count(*) FROM v_media");
                seen.insert(count[0].parse::<usize>().unwrap());
            }
            seen
        });
        let program = threads.spawn(|| {
            let mut asked = Vec::new();
            while asked.is_empty() || !over.load(Ordering::Relaxed) {
                asked.push(world.run(&["query", "*", "--count"]));
            }
            asked
        });
        end(start(&world, &[]));
        over.store(true, Ordering::Relaxed);
        (raw.join().unwrap(), program.join().unwrap())
    });
    let all = contents(&world.sources()).len();
    assert!(seen.iter().all(|count| (first..=all).contains(count)), "{seen:?}");
    for ran in asked {
        let count: usize = ran.stdout.trim().parse().unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        assert!(ran.code == 0 && (first..=all).contains(&count), "{ran:?}");
    }
    world.sound();
}
