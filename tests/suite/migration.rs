//! Libraries of earlier hypernets: each catalogue of a released version opens, is brought up to date, and keeps what it held.
//!
//! `tests/fixtures/catalogues/N.db.gz` is a catalogue of schema N, made by a program of that time from `tests/fixtures/pictures/`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use hypernet::store::migrate;
use rusqlite::Connection;

use crate::floors::root;
use crate::support::{self, HYPERNET, Ran, World, ask, catalogue, put};

/// A library with a catalogue of this schema and the originals it names.
fn library(version: i64) -> World {
    let world = World::new();
    let mut bytes = Vec::new();
    let packed = fs::File::open(root().join(format!("tests/fixtures/catalogues/{version}.db.gz"))).unwrap();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
    let library = world.library();
    put(&library.join("catalog.db"), &bytes);
    // As a library in use has it; the fixture is a snapshot.
    let wal = Connection::open(library.join("catalog.db")).unwrap();
    assert_eq!(ask(&wal, "PRAGMA journal_mode = wal"), ["wal"]);
    drop(wal);
    let db = catalogue(&library);
    let pictures: BTreeMap<_, _> =
        support::hashes(&root().join("tests/fixtures/pictures")).into_iter().map(|(path, hash)| (hash, path)).collect();
    for row in ask(&db, "SELECT hash || '=' || file_path FROM v_media") {
        let (hash, path) = row.split_once('=').unwrap();
        put(&library.join(path), &fs::read(&pictures[hash]).unwrap());
        fs::set_permissions(library.join(path), fs::Permissions::from_mode(0o400)).unwrap();
    }
    let id: Vec<u8> = db.query_row("SELECT id FROM library", [], |row| row.get(0)).unwrap();
    let id = uuid::Uuid::from_slice(&id).unwrap();
    put(&library.join("hypernet-library.toml"), format!("format = 1\nlibrary_id = \"{id}\"\n").as_bytes());
    for folder in ["staging", "trash", "quarantine", "backups"] {
        fs::create_dir_all(library.join(folder)).unwrap();
    }
    private(&library);
    world
}

/// Modes as a library has them.
fn private(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            private(&entry.path());
        } else if !entry.path().components().any(|part| part.as_os_str() == "media") {
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
}

fn known() -> i64 {
    i64::try_from(migrate::STEPS.len()).unwrap()
}

fn version(library: &Path) -> i64 {
    // Not read-only: what a killed run left half written is taken back first.
    let db = Connection::open(library.join("catalog.db")).unwrap();
    db.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

/// What the catalogue held before its schema changed, by id.
fn held(db: &Connection) -> Vec<String> {
    let asked = [
        "SELECT id || ' ' || hash || ' ' || file_path || ' ' || metadata FROM v_media ORDER BY id",
        "SELECT id || ' ' || name || ' ' || media_count FROM v_album ORDER BY id",
        "SELECT id || ' ' || from_object_id || ' ' || to_object_id || ' ' || link_type FROM v_link ORDER BY id",
        "SELECT id || ' ' || email FROM v_user ORDER BY id",
    ];
    asked.iter().flat_map(|sql| ask(db, sql)).collect()
}

/// The copies from before a migration, each opened and held to be whole; their versions.
fn snapshots(library: &Path) -> Vec<i64> {
    let names = fs::read_dir(library.join("backups")).unwrap().map(|entry| entry.unwrap().path());
    let made = names.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("before-migrate-"));
    let version = |path: &Path| {
        let db = Connection::open(path).unwrap();
        assert_eq!(ask(&db, "PRAGMA integrity_check"), ["ok"]);
        db.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
    };
    // One that was cut off has another name.
    made.filter(|path| path.extension().is_some_and(|ext| ext == "db")).map(|path| version(&path)).collect()
}

/// What killed snapshots left.
fn half(library: &Path) -> Vec<String> {
    let names = fs::read_dir(library.join("backups")).unwrap().map(|entry| entry.unwrap().file_name());
    names.map(|name| name.into_string().unwrap()).filter(|name| name.contains(".new")).collect()
}

/// Holds a library to being up to date and whole, with what it held.
#[track_caller]
fn check(world: &World, before: &[String]) {
    assert_eq!(version(&world.library()), known());
    assert_eq!(held(&catalogue(&world.library())), before);
    let verified = world.run(&["verify", "--data", "--json"]);
    assert_eq!(verified.code, 0, "{verified:#?}");
}

#[test]
fn a_catalogue_of_every_released_version_opens_and_keeps_what_it_held() {
    for from in 1..known().max(2) {
        let world = library(from);
        let before = held(&catalogue(&world.library()));
        let ran = world.run(&["query", "--count"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "6\n"), "{ran:#?}");
        if from < known() {
            assert!(
                ran.stderr.starts_with(&format!("Updated the catalogue from schema {from} to {}", known())),
                "{ran:#?}"
            );
            assert_eq!(ran.stderr.lines().count(), 1, "{ran:#?}");
            assert_eq!(snapshots(&world.library()), [from]);
        }
        check(&world, &before);
        assert_eq!(world.run(&["query", "--count"]).stderr, "", "told once");
    }
}

/// A catalogue of schema 1, so large that it takes a while: most of it is empty pages.
fn large() -> World {
    let world = library(1);
    let db = Connection::open(world.library().join("catalog.db")).unwrap();
    db.execute_batch("CREATE TABLE pad (x); INSERT INTO pad VALUES (zeroblob(80000000)); DROP TABLE pad").unwrap();
    world
}

#[test]
fn a_large_catalogue_is_said_to_take_a_while_before_it_is_touched() {
    let world = large();
    let before = held(&catalogue(&world.library()));
    let ran = world.run(&["query", "--count", "--progress", "always"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "6\n"), "{ran:#?}");
    let said: Vec<_> = ran.stderr.lines().collect();
    let first = format!("Bringing the catalogue from schema 1 to {}, this once: it may take 2 s", known());
    assert_eq!(said[0], first, "{ran:#?}");
    assert!(said.last().unwrap().starts_with("Updated the catalogue"), "{ran:#?}");
    assert!(said.iter().any(|line| line.contains("Bringing the catalogue up to date")), "{ran:#?}");
    check(&world, &before);

    let world = large();
    let ran = world.run(&["-q", "query", "--count"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("6\n", ""), "{ran:#?}");
}

#[test]
fn a_migration_killed_while_it_says_so_leaves_the_old_catalogue_and_no_half_snapshot_for_long() {
    let world = large();
    let before = held(&catalogue(&world.library()));
    let mut command = Command::new(HYPERNET);
    command.args(["-L", "library", "query", "--count"]);
    let mut child = world.prepare(&mut command).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // It is said before the first byte is written.
    let mut said = [0; 8];
    child.stderr.as_mut().unwrap().read_exact(&mut said).unwrap();
    assert_eq!(&said, b"Bringing");
    child.kill().unwrap();
    child.wait().unwrap();
    let found = version(&world.library());
    assert!(found == 1 || found == known(), "schema {found}");
    assert_eq!(held(&catalogue(&world.library())), before);
    put(&world.library().join("backups/before-migrate-2026-01-01T00-00-00Z.db.new"), b"half");
    if found == 1 {
        assert_eq!(world.run(&["query", "--count"]).stdout, "6\n");
        assert_eq!(half(&world.library()), Vec::<String>::new());
    }
    check(&world, &before);
}

#[test]
fn row_21_of_several_processes_one_migrates_and_the_others_go_on() {
    let world = library(1);
    let before = held(&catalogue(&world.library()));
    let start = || {
        let mut command = Command::new(HYPERNET);
        command.args(["-L", "library", "query", "--count"]);
        world.prepare(&mut command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..6).map(|_| start()).collect();
    let ran: Vec<_> = children.into_iter().map(|child| Ran::of(&child.wait_with_output().unwrap())).collect();
    assert!(ran.iter().all(|ran| (ran.code, ran.stdout.as_str()) == (0, "6\n")), "{ran:#?}");
    let told = ran.iter().filter(|ran| ran.stderr.contains("Updated the catalogue")).count();
    let expected = usize::from(known() > 1);
    assert_eq!((told, snapshots(&world.library()).len()), (expected, expected), "{ran:#?}");
    check(&world, &before);
}

#[test]
fn row_21_an_old_program_leaves_a_newer_catalogue_as_it_is() {
    let world = library(1);
    world.run(&["query", "--count"]);
    let db = Connection::open(world.library().join("catalog.db")).unwrap();
    db.execute_batch("PRAGMA user_version = 99; UPDATE library SET min_reader = 99; PRAGMA journal_mode = delete;")
        .unwrap();
    drop(db);
    let before = support::hashes(&world.library());
    for args in [
        &["query", "--json"][..],
        &["import", ".", "--json"],
        &["verify", "--json"],
        &["backup", "elsewhere", "--json"],
    ] {
        let ran = world.run(args);
        assert_eq!((ran.code, ran.error()["code"].as_str()), (10, Some("too_new")), "{ran:#?}");
    }
    let mut after = support::hashes(&world.library());
    after.retain(|path, _| before.contains_key(path));
    assert_eq!(after, before);
    assert!(!world.path().join("elsewhere").exists());
}

#[test]
fn row_03_a_migration_that_is_killed_leaves_the_old_or_the_new_version_and_a_snapshot() {
    if !support::strace_works() || known() < 2 {
        return;
    }
    let stage = library(1);
    let before = held(&catalogue(&stage.library()));
    let mut killed = 0;
    for call in ["openat", "pwrite64", "fsync", "fdatasync", "renameat", "unlink", "ftruncate", "flock"] {
        // The beginning closely, the rest in strides.
        for n in (0..).map(|k| 1 + k * (k + 1) / 2) {
            let world = stage.copy();
            let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=KILL:when={n}"));
            let ran = world.strace(&["-e", &trace, "-e", &inject], &["query", "--count"]);
            if ran.code != 137 {
                break;
            }
            killed += 1;
            let found = version(&world.library());
            assert!(found == 1 || found == known(), "{call} {n}: schema {found}");
            assert!(found == 1 || snapshots(&world.library()) == [1], "{call} {n}: new without a snapshot");
            let again = world.run(&["query", "--count"]);
            assert_eq!((again.code, again.stdout.as_str()), (0, "6\n"), "{call} {n}: {again:#?}");
            check(&world, &before);
            assert_eq!(half(&world.library()), Vec::<String>::new(), "{call} {n}");
        }
    }
    assert!(killed >= 20, "only {killed} kills");
}

#[test]
fn a_migration_that_cannot_keep_the_old_catalogue_does_not_begin() {
    if known() < 2 {
        return;
    }
    let world = library(1);
    fs::remove_dir(world.library().join("backups")).unwrap();
    put(&world.library().join("backups"), b"in the way");
    let ran = world.run(&["query", "--count", "--json"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(
        ran.error()["message"].as_str().unwrap().contains("no snapshot of the catalogue could be made"),
        "{ran:#?}"
    );
    assert_eq!(version(&world.library()), 1);
}

#[test]
fn row_50_a_library_with_code_of_others_is_refused_before_it_runs() {
    let hostile = [
        "CREATE TRIGGER spy AFTER INSERT ON operation BEGIN UPDATE user SET is_admin = 0; END",
        "CREATE VIEW peep AS SELECT * FROM user",
        "DROP VIEW v_media; CREATE VIEW v_media AS SELECT 1 AS id",
    ];
    for sql in hostile {
        let world = library(1);
        world.run(&["query", "--count"]);
        Connection::open(world.library().join("catalog.db")).unwrap().execute_batch(sql).unwrap();
        for args in
            [&["query", "--json"][..], &["import", ".", "--json"], &["verify", "--json"], &["backup", "b", "--json"]]
        {
            let ran = world.run(args);
            assert_eq!((ran.code, ran.error()["code"].as_str()), (10, Some("damaged")), "{sql}: {ran:#?}");
            assert!(ran.error()["message"].as_str().unwrap().contains("that hypernet did not make"), "{ran:#?}");
        }
    }
}

#[test]
fn root_brings_no_library_of_another_account_up_to_date() {
    if !support::root() {
        return;
    }
    let old = library(1);
    for path in tree(&old.library()) {
        std::os::unix::fs::chown(&path, Some(12_345), None).unwrap();
    }
    let refused = old.run(&["query", "--json"]);
    assert_eq!((refused.code, refused.error()["code"].as_str()), (1, Some("denied")), "{refused:?}");
    assert_eq!((version(&old.library()), fs::read_dir(old.library().join("backups")).unwrap().count()), (1, 0));
}

/// A folder and everything beneath it.
fn tree(path: &Path) -> Vec<std::path::PathBuf> {
    let beneath = fs::read_dir(path).into_iter().flatten().flat_map(|entry| tree(&entry.unwrap().path()));
    std::iter::once(path.to_owned()).chain(beneath).collect()
}
