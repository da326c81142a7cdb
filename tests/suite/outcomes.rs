//! What becomes of each kind of file an import meets: every one has its outcome, all are counted, and the rest goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use rusqlite::Connection;
use rustix::fs::{Mode, OFlags};
use serde_json::Value;

use crate::support::{self, HYPERNET, Ran, World, ask, catalogue, jpeg, png, put, tool};

/// Each file's outcome by its name: the action, and why.
type Fates = BTreeMap<String, String>;

/// Imports and gives what the report says of each file; holds the summary to the report.
fn fates(world: &World, code: i32, args: &[&str]) -> (Fates, Ran) {
    let ran = world.run(&[&["import", "--json", "--report", "report.jsonl"], args].concat()).ends(code);
    let text = fs::read_to_string(world.path().join("report.jsonl")).unwrap();
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len() as u64, ran.count("seen"), "{ran:#?}");
    let fate = |row: &Value| {
        let why = row["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
        (
            row["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned(),
            format!("{}{why}", row["action"].as_str().unwrap()),
        )
    };
    let fates: Fates = rows.iter().map(fate).collect();
    let failed = fates.iter().filter_map(|(name, fate)| Some((name.clone(), fate.strip_prefix("failed ")?.to_owned())));
    assert_eq!(ran.failures(), failed.collect(), "{ran:#?}");
    (fates, ran)
}

fn expected(list: &[(&str, &str)]) -> Fates {
    list.iter().map(|(name, fate)| ((*name).to_owned(), (*fate).to_owned())).collect()
}

/// The names of the files a dry run would take in.
fn wanted(world: &World, args: &[&str]) -> BTreeSet<String> {
    let (fates, _) = fates(world, 0, &[&["sources", "--dry-run"], args].concat());
    assert!(!world.library().exists(), "a dry run made a library");
    fates.into_iter().filter(|(_, fate)| fate == "imported").map(|(name, _)| name).collect()
}

#[test]
fn row_12_and_13_each_kind_of_file_has_its_outcome_and_the_rest_goes_on() {
    let world = World::new();
    let at = |name: &str| world.sources().join(name);
    put(&at("good.jpg"), &jpeg(1));
    put(&at("good.png"), &png(2));
    put(&at("good again.jpg"), &jpeg(1));
    put(&at("named wrong.jpg"), &png(3));
    put(&at("cut.jpg"), &jpeg(4)[..300]);
    put(&at("empty.jpg"), b"");
    put(&at("empty.txt"), b"");
    put(&at("text.jpg"), b"this is no picture at all, it only says so");
    put(&at("notes.txt"), b"nor is this");
    fs::File::create(at("sparse.jpg")).unwrap().set_len(1 << 40).unwrap();
    assert!(tool("mkfifo", &[at("pipe.jpg").to_str().unwrap()]));
    let _listener = UnixListener::bind(at("socket.jpg")).unwrap();
    symlink("good.jpg", at("link.jpg")).unwrap();
    symlink(".", at("loop")).unwrap();
    symlink("nowhere", at("broken.jpg")).unwrap();
    let mut list = vec![
        ("good.jpg", "duplicate"),
        ("good.png", "imported"),
        ("good again.jpg", "imported"),
        ("named wrong.jpg", "imported"),
        ("cut.jpg", "imported"),
        ("empty.jpg", "failed empty"),
        ("empty.txt", "skipped empty"),
        ("text.jpg", "failed not_media"),
        ("notes.txt", "skipped not_wanted"),
        ("sparse.jpg", "failed not_media"),
        ("pipe.jpg", "skipped special"),
        ("socket.jpg", "skipped special"),
        ("link.jpg", "skipped link"),
        ("loop", "skipped link"),
        ("broken.jpg", "skipped link"),
        ("missing.jpg", "failed not_found"),
    ];
    if support::root() && tool("mknod", &[at("device.jpg").to_str().unwrap(), "c", "1", "5"]) {
        list.push(("device.jpg", "skipped special"));
    }
    let (found, _) = fates(&world, 3, &["-j", "1", "sources", "missing.jpg"]);
    assert_eq!(found, expected(&list));
    let kinds = ask(&catalogue(&world.library()), "SELECT processing_status FROM v_media ORDER BY filename");
    assert_eq!(kinds.iter().filter(|status| *status == "failed").count(), 1, "the cut one alone: {kinds:?}");
    world.sound();

    // What is known to be none is not opened again, and still told.
    let (again, _) = fates(&world, 3, &["sources", "missing.jpg"]);
    let known = list.iter().map(|(name, fate)| (*name, if *fate == "imported" { "duplicate" } else { fate }));
    assert_eq!(again, expected(&known.collect::<Vec<_>>()));
}

#[test]
fn links_are_followed_when_asked_and_loops_end() {
    let world = World::new();
    put(&world.path().join("elsewhere/far.jpg"), &jpeg(1));
    put(&world.sources().join("near.jpg"), &jpeg(2));
    symlink("../elsewhere", world.sources().join("door")).unwrap();
    symlink("..", world.sources().join("loop")).unwrap();
    symlink("self", world.sources().join("self")).unwrap();
    // The loop leads to the library, too, which is no source by any way.
    let (found, _) = fates(&world, 3, &["sources", "--follow"]);
    let fate = |name: &str| found.get(name).map(String::as_str);
    assert!(fate("near.jpg").is_some() && fate("far.jpg").is_some() && fate("self").is_some(), "{found:?}");
    assert!(!found.contains_key("catalog.db") && !found.contains_key("lock"), "{found:?}");
    assert!(found.values().any(|fate| fate == "skipped loop"), "{found:?}");
    assert_eq!(support::live(&world.library()).len(), 2);
    world.sound();
}

#[test]
fn what_this_account_may_not_read_fails_alone() {
    let world = World::new();
    for name in ["open.jpg", "shut.jpg", "shut/inside.jpg"] {
        put(&world.sources().join(name), &jpeg(name.len() as u64));
    }
    for name in ["shut.jpg", "shut"] {
        fs::set_permissions(world.sources().join(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    let args = ["-L", "library", "import", "sources", "--json"];
    let mut command = if hypernet::store::files::own_uid() == 0 {
        chown(world.path(), Some(65534), Some(65534)).unwrap();
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", HYPERNET]);
        command
    } else {
        Command::new(HYPERNET)
    };
    command.args(args);
    let ran = world.ran(command);
    if [126, 127].contains(&ran.code) {
        return support::skip("no other account can run the program here");
    }
    let ran = ran.ends(3);
    let denied = |name: &str| (name.to_owned(), "denied".to_owned());
    assert_eq!(ran.failures(), [denied("shut.jpg"), denied("shut")].into(), "{ran:#?}");
    assert_eq!(ran.count("imported"), 1);
}

#[test]
fn row_44_names_of_any_bytes_come_in_and_cannot_steer_the_terminal() {
    let world = World::new();
    let long = format!("{}.jpg", "é".repeat(125));
    let names: [&[u8]; 5] =
        [b"caf\xe9.jpg", b"two\nlines.jpg", b"red\x1b[31m\xc2\x9b.jpg", b"-rf.jpg", long.as_bytes()];
    for (number, name) in (0..).zip(names) {
        put(&world.sources().join(OsStr::from_bytes(name)), &jpeg(number));
        put(&world.sources().join("none").join(OsStr::from_bytes(name)), b"text");
    }
    let ran = world.run(&["import", "sources", "--json", "-v"]).ends(3);
    assert_eq!((ran.count("imported"), ran.count("failed")), (5, 5), "{ran:#?}");
    assert!(!ran.stderr.contains(['\u{1b}', '\u{9b}']), "{ran:#?}");
    assert!(ran.failures().contains_key("two\nlines.jpg") && ran.failures().contains_key("red\u{1b}[31m\u{9b}.jpg"));
    let db = catalogue(&world.library());
    let kept = ask(&db, "SELECT json_extract(metadata, '$.original_filename') FROM v_media ORDER BY length(filename)");
    assert!(kept.contains(&long) && kept.contains(&"two\nlines.jpg".to_owned()), "{kept:?}");
    world.sound();
    // Each is known again by its exact name.
    assert_eq!(world.run(&["import", "sources", "--json"]).ends(3).count("duplicates"), 5);
}

#[test]
fn row_12_folders_deeper_than_a_path_can_say_do_not_stop_the_rest() {
    let world = World::new();
    put(&world.sources().join("a.jpg"), &jpeg(1));
    put(&world.sources().join("z.jpg"), &jpeg(2));
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    let mut folder = rustix::fs::openat(rustix::fs::CWD, world.sources(), flags, Mode::empty()).unwrap();
    let name = "d".repeat(250);
    for _ in 0..20 {
        rustix::fs::mkdirat(&folder, &name, Mode::RWXU).unwrap();
        folder = rustix::fs::openat(&folder, &name, flags, Mode::empty()).unwrap();
    }
    let file =
        rustix::fs::openat(&folder, "deep.jpg", OFlags::WRONLY | OFlags::CREATE, Mode::RUSR | Mode::WUSR).unwrap();
    fs::File::from(file).write_all(&jpeg(3)).unwrap();
    let ran = world.import(&[]).ends(3);
    assert_eq!((ran.count("imported"), ran.count("failed")), (2, 1), "{ran:#?}");
}

#[test]
fn limits_bind_the_owner_where_he_says_so() {
    let world = World::new();
    put(&world.sources().join("small.jpg"), &jpeg(1));
    put(&world.sources().join("large.jpg"), &[jpeg(2), vec![0; 5000]].concat());
    let config = world.path().join("config.toml");
    fs::write(&config, "[limits]\nphoto = \"4kB\"\nowner = true\n").unwrap();
    let (found, ran) = fates(&world, 3, &["--config", "config.toml", "sources"]);
    assert_eq!(found, expected(&[("small.jpg", "imported"), ("large.jpg", "failed too_large")]));
    assert!(ran.stdout.contains("limits.photo"), "{ran:#?}");
    fs::write(&config, "[limits]\nphoto = \"4kB\"\n").unwrap();
    world.run(&["--config", "config.toml", "import", "sources", "--json"]).ends(0);

    fs::write(&config, "[limits]\nquota = \"1GB\"\nowner = true\n").unwrap();
    let db = Connection::open(world.library().join("catalog.db")).unwrap();
    db.execute("UPDATE user SET storage_used = 999999500", []).unwrap();
    put(&world.sources().join("tiny.jpg"), &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1]);
    put(&world.sources().join("more.jpg"), &jpeg(3));
    let (found, ran) = fates(&world, 3, &["--config", "config.toml", "sources"]);
    let (kept, refused) = ("duplicate", "failed quota");
    let list = [("small.jpg", kept), ("large.jpg", kept), ("tiny.jpg", "imported"), ("more.jpg", refused)];
    assert_eq!(found, expected(&list), "{ran:#?}");
    assert!(ran.stdout.contains("limits.quota"), "{ran:#?}");
}

#[test]
fn reports_say_the_same_in_each_form() {
    let world = World::new();
    put(&world.sources().join("a, \"b\".jpg"), &jpeg(1));
    put(&world.sources().join("text.jpg"), b"text, or so");
    let rows = |form: &str| {
        let report = format!("report.{form}");
        world.import(&["--rehash", "--report", &report]).ends(3);
        fs::read_to_string(world.path().join(report)).unwrap()
    };
    rows("jsonl");
    let lines: Vec<Value> = rows("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut array: Vec<Value> = serde_json::from_str(&rows("json")).unwrap();
    array.sort_by_key(ToString::to_string);
    let mut sorted = lines.clone();
    sorted.sort_by_key(ToString::to_string);
    assert_eq!(array, sorted);
    let csv = rows("csv");
    assert!(csv.starts_with("action,path,id,code,message\r\n") && csv.contains("a, \"\"b\"\".jpg\""), "{csv}");
    assert_eq!(csv.lines().count(), 3);
}

#[test]
fn lists_of_files_come_by_line_or_by_nul() {
    let world = World::new();
    put(&world.path().join("one.jpg"), &jpeg(1));
    put(&world.path().join("two\nlines.jpg"), &jpeg(2));
    put(&world.path().join("three.jpg"), &jpeg(3));
    let piped = |args: &[&str], input: &[u8]| {
        let mut command = Command::new(HYPERNET);
        command.args(["-L", "library", "import", "--json", "-"]).args(args);
        world.prepare(&mut command).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        Ran::of(&child.wait_with_output().unwrap())
    };
    assert_eq!(piped(&[], b"one.jpg\r\n\nthree.jpg\n").ends(0).count("imported"), 2);
    let ran = piped(&["-0"], b"two\nlines.jpg\0one.jpg\0gone.jpg\0").ends(3);
    assert_eq!((ran.count("imported"), ran.count("duplicates"), ran.count("failed")), (1, 1, 1));
    world.sound();
}

#[test]
fn a_dry_run_tells_and_changes_nothing() {
    let world = World::new();
    support::plant(&world.sources(), 0, 10);
    let dry = world.import(&["--dry-run", "--album", "{parent}"]).ends(0);
    assert!(dry.summary()["dry_run"] == true && !world.library().exists(), "{dry:#?}");
    let wet = world.import(&["--album", "{parent}"]).ends(0);
    for key in ["seen", "imported", "duplicates", "skipped", "failed", "bytes_imported"] {
        assert_eq!(dry.count(key), wet.count(key), "{key}");
    }
    let before = support::hashes(&world.library());
    support::plant(&world.sources(), 10, 3);
    assert_eq!(world.import(&["--dry-run"]).ends(0).count("imported"), 3);
    assert_eq!(world.import(&["--dry-run", "--mode", "move"]).ends(0).count("imported"), 3);
    assert_eq!(support::hashes(&world.library()), before);
}

#[test]
fn filters_choose_by_name_kind_size_time_and_place() {
    let world = World::new();
    let at = |name: &str| world.sources().join(name);
    for (number, name) in (0..).zip([
        "a.jpg",
        "b.JPG",
        "sub/d.jpg",
        "sub/deep/e.jpg",
        ".hidden.jpg",
        ".dot/f.jpg",
        "ignored/g.jpg",
        "@eaDir/h.jpg",
    ]) {
        put(&at(name), &jpeg(number));
    }
    put(&at("c.png"), &png(20));
    put(&at("big.jpg"), &[jpeg(21), vec![0; 20_000]].concat());
    put(&at("notes.pdf"), b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n");
    put(&at(".hypernetignore"), b"ignored/\n");
    let old = SystemTime::now() - Duration::from_hours(24 * 400);
    fs::File::open(at("a.jpg")).unwrap().set_modified(old).unwrap();
    let all = ["a.jpg", "b.JPG", "c.png", "big.jpg", "d.jpg", "e.jpg"];
    let without = |left: &[&'static str]| all.iter().copied().filter(|name| !left.contains(name)).collect::<Vec<_>>();
    let cases: Vec<(&[&str], Vec<&str>)> = vec![
        (&[], all.to_vec()),
        (&["--include", "*.jpg"], vec!["a.jpg", "big.jpg", "d.jpg", "e.jpg"]),
        (&["--include", "sub/**"], vec!["d.jpg", "e.jpg"]),
        (&["--exclude", "sub/"], without(&["d.jpg", "e.jpg"])),
        (&["--exclude", "*.png", "--exclude", "big.*"], without(&["c.png", "big.jpg"])),
        (&["--ext", "jpg"], without(&["c.png"])),
        (&["--ext", "png,heic"], vec!["c.png"]),
        (&["--type", "document"], vec!["notes.pdf"]),
        (&["--type", "video"], vec![]),
        (&["--newer", "30d"], without(&["a.jpg"])),
        (&["--older", "30d"], vec!["a.jpg"]),
        (&["--min-size", "10kB"], vec!["big.jpg"]),
        (&["--max-size", "10kB"], without(&["big.jpg"])),
        (&["--max-depth", "1"], without(&["d.jpg", "e.jpg"])),
        (&["--max-depth", "2"], without(&["e.jpg"])),
        (&["--hidden"], [&all[..], &[".hidden.jpg", "f.jpg"]].concat()),
        (&["--no-ignore"], [&all[..], &["g.jpg", "h.jpg"]].concat()),
    ];
    for (args, expected) in cases {
        let expected: BTreeSet<_> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(wanted(&world, args), expected, "{args:?}");
    }
}

#[test]
fn a_kept_duplicate_is_a_second_object_and_never_a_third() {
    let world = World::new();
    put(&world.sources().join("a.jpg"), &jpeg(1));
    put(&world.sources().join("b.jpg"), &jpeg(1));
    for (run, args) in (0..).zip([&["--dup", "keep"][..], &["--dup", "keep"], &["--dup", "keep", "--rehash"], &[]]) {
        let ran = world.import(args).ends(0);
        assert_eq!(ran.count("imported"), if run == 0 { 2 } else { 0 }, "run {run}: {ran:#?}");
    }
    let db = catalogue(&world.library());
    assert_eq!(ask(&db, "SELECT count(*) FROM stored_file"), ["1"]);
    assert_eq!(ask(&db, "SELECT count(DISTINCT file_path) || ' ' || count(*) FROM v_media"), ["1 2"]);
    assert_eq!(ask(&db, "SELECT strength FROM link WHERE link_type = 'duplicate_of'"), ["Real(0.99)"]);
    assert_eq!(world.sound().len(), 2);
}

#[test]
fn what_was_deleted_stays_deleted_unless_asked_for() {
    let world = World::new();
    put(&world.sources().join("a.jpg"), &jpeg(1));
    put(&world.sources().join("b.jpg"), &jpeg(2));
    world.import(&[]).ends(0);
    delete(&world.library());
    let (found, _) = fates(&world, 0, &["sources"]);
    assert_eq!(found, expected(&[("a.jpg", "skipped in_trash"), ("b.jpg", "duplicate")]));
    let (found, _) = fates(&world, 0, &["sources", "--include-deleted"]);
    assert_eq!(found, expected(&[("a.jpg", "imported"), ("b.jpg", "duplicate")]));
    assert_eq!(world.sound().len(), 2);
}

/// Deletes the media that was `a.jpg`, as another program would.
fn delete(library: &Path) {
    let db = Connection::open(library.join("catalog.db")).unwrap();
    let delete = "UPDATE media SET deleted_at = updated_at WHERE filename = 'a.jpg'";
    assert_eq!(db.execute(delete, []).unwrap(), 1);
}

#[test]
fn albums_and_tags_reach_files_that_are_here_already() {
    let world = World::new();
    put(&world.sources().join("June/a.jpg"), &jpeg(1));
    put(&world.sources().join("July/b.jpg"), &jpeg(2));
    put(&world.sources().join("July/a again.jpg"), &jpeg(1));
    world.import(&[]).ends(0);
    for run in 0..2 {
        let ran = world.import(&["--album", "{parent}", "--tag", "summer", "--tag", "{parent}"]).ends(0);
        let made = if run == 0 { (2, 3) } else { (0, 0) };
        assert_eq!((ran.count("albums_created"), ran.count("links_created")), made, "{ran:#?}");
        let db = catalogue(&world.library());
        assert_eq!(ask(&db, "SELECT name || media_count FROM v_album ORDER BY name"), ["July2", "June1"]);
        let tags = ask(&db, "SELECT json_extract(metadata, '$.tags') FROM v_media ORDER BY 1");
        assert_eq!(tags.len(), 2);
        assert!(tags.iter().all(|tags| tags.contains("\"summer\"") && tags.contains("\"July\"")), "{tags:?}");
        world.sound();
    }
}

#[test]
fn a_second_import_of_the_same_tree_writes_nothing() {
    let world = World::new();
    support::plant(&world.sources(), 0, 30);
    put(&world.sources().join("text.jpg"), b"no picture");
    put(&world.sources().join("notes.txt"), b"nor this");
    world.import(&[]).ends(3);
    let files = || support::hashes(&world.library()).into_iter().filter(|(path, _)| !path.ends_with("catalog.db-shm"));
    let before: Vec<_> = files().collect();
    let again = world.import(&[]).ends(3);
    assert_eq!(again.count("duplicates"), 33, "{again:#?}");
    assert_eq!(files().collect::<Vec<_>>(), before);
    // Nor are the files opened.
    if support::strace_works() {
        world.strace(&["-e", "trace=openat"], &["import", "sources", "--json"]).ends(3);
        let trace = fs::read_to_string(world.path().join("trace")).unwrap();
        assert!(!trace.contains("IMG_") && !trace.contains("text.jpg"), "{trace}");
    }
}
