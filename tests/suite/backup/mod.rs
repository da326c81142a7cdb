//! Backups, by the command line: whole, incremental, never worse than before, and brought back with the same ids.

mod back;
mod kept;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::Connection;

use crate::support::{self, HYPERNET, Ran, World, ask, catalogue, contents, jpeg, live, plant, put, sha256, tool};

const PICTURES: u64 = 12;

/// A library with some pictures, and sources that are gone.
fn world() -> World {
    let world = World::new();
    plant(&world.sources(), 0, PICTURES);
    world.import(&["--album", "{parent}", "--no-thumbs"]).ends(0);
    fs::remove_dir_all(world.sources()).unwrap();
    world
}

fn backup(world: &World, more: &[&str]) -> Ran {
    world.run(&[&["backup", "backup", "--json"], more].concat())
}

fn done(ran: Ran) -> Ran {
    assert_eq!(ran.code, 0, "{ran:#?}");
    ran
}

fn originals(folder: &Path) -> Vec<PathBuf> {
    support::hashes(&folder.join("users")).into_keys().collect()
}

/// Another library: the one that a backup gives.
fn restored(world: &World) -> World {
    let other = World::new();
    let (from, to) = (world.path().join("backup"), other.library());
    done(world.run(&["backup", "restore", from.to_str().unwrap(), "--to", to.to_str().unwrap(), "--json"]));
    other
}

/// Runs the program on what was restored into `again`.
fn elsewhere(world: &World, args: &[&str]) -> Ran {
    let mut command = Command::new(HYPERNET);
    command.args(["-L", "again"]).args(args);
    world.ran(command)
}

/// Changes a catalogue against its rules, and puts the rules back.
fn meddle(catalogue: &Path, sql: &str) {
    let db = Connection::open(catalogue).unwrap();
    let rules = ask(&db, "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'library'");
    for name in ask(&db, "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'library'") {
        db.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    db.execute_batch(sql).unwrap();
    for sql in rules {
        db.execute_batch(&sql).unwrap();
    }
}

fn ids(library: &Path) -> Vec<String> {
    let all = "SELECT id FROM v_media UNION SELECT id FROM v_album UNION SELECT id FROM v_link UNION SELECT id FROM v_user ORDER BY 1";
    ask(&catalogue(library), all)
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o400)).unwrap();
}

fn flip(bytes: &mut [u8]) {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
}

#[test]
fn what_was_backed_up_comes_back_with_the_same_ids() {
    let world = world();
    let first = done(backup(&world, &[]));
    assert_eq!((first.count("copied"), first.count("kept"), first.count("failed")), (PICTURES, 0, 0));
    let verified = done(world.run(&["backup", "verify", "backup", "--json"]));
    assert_eq!((verified.count("read"), verified.count("originals")), (PICTURES, PICTURES));
    let other = restored(&world);
    assert_eq!(ids(&other.library()), ids(&world.library()));
    assert_eq!(other.sound(), world.sound());
    assert_eq!(contents(&other.library().join("users")), contents(&world.library().join("users")));
    // It goes on as a library.
    put(&other.sources().join("new.jpg"), &jpeg(900));
    assert_eq!(other.import(&[]).ends(0).count("imported"), 1);
}

#[test]
fn a_second_backup_copies_only_what_is_new() {
    let world = world();
    done(backup(&world, &[]));
    let before = support::hashes(&world.path().join("backup/users"));
    plant(&world.sources(), 500, 3);
    world.import(&["--no-thumbs"]).ends(0);
    let dry = done(backup(&world, &["-n"]));
    assert_eq!((dry.count("copied"), dry.count("kept")), (3, PICTURES));
    assert_eq!(support::hashes(&world.path().join("backup/users")), before, "a dry run changes nothing");
    let second = done(backup(&world, &[]));
    assert_eq!((second.count("copied"), second.count("kept")), (3, PICTURES));
    let again = done(backup(&world, &[]));
    assert_eq!((again.count("copied"), again.count("bytes_copied")), (0, 0));
    done(world.run(&["backup", "verify", "backup", "--json"]));
    assert_eq!(restored(&world).sound(), world.sound());
}

#[test]
fn a_backup_beside_an_import_is_whole() {
    let world = world();
    plant(&world.sources(), 100, 60);
    let mut command = Command::new(HYPERNET);
    command.args(["-L", "library", "import", "sources", "--json", "--no-thumbs"]);
    let mut import = world.prepare(&mut command).stdout(std::process::Stdio::null()).spawn().unwrap();
    for _ in 0..3 {
        done(backup(&world, &[]));
        done(world.run(&["backup", "verify", "backup", "--json"]));
    }
    assert!(import.wait().unwrap().success());
    done(backup(&world, &[]));
    assert_eq!(restored(&world).sound(), world.sound());
}

#[test]
fn a_backup_keeps_seven_catalogues() {
    let world = world();
    for _ in 0..9 {
        done(backup(&world, &[]));
    }
    assert_eq!(fs::read_dir(world.path().join("backup/snapshots")).unwrap().count(), 7);
    done(world.run(&["backup", "verify", "backup", "--json"]));
}

#[test]
fn a_bad_original_never_takes_the_place_of_a_good_copy() {
    let world = world();
    done(backup(&world, &[]));
    let good = contents(&world.path().join("backup/users"));
    let [flipped, cut, gone] = &originals(&world.library())[..3] else { panic!() };
    change(flipped, |bytes| flip(bytes));
    change(cut, |bytes| bytes.truncate(10));
    fs::remove_file(gone).unwrap();
    let ran = backup(&world, &[]);
    assert_eq!((ran.code, ran.count("failed"), ran.count("copied")), (3, 2, 0), "{ran:#?}");
    let codes: Vec<_> = ran.failures().into_values().collect();
    assert!(codes.contains(&"missing".to_owned()) && codes.contains(&"size".to_owned()), "{codes:?}");
    // All of it is read again; the copies are good, so what the library has is not even asked for.
    assert_eq!(backup(&world, &["--verify"]).count("copied"), 0);
    assert_eq!(contents(&world.path().join("backup/users")), good);
    done(world.run(&["backup", "verify", "backup", "--json"]));
    assert_eq!(restored(&world).sound().len() as u64, PICTURES);
}

#[test]
fn an_original_that_was_bad_from_the_start_is_told_and_left_out() {
    let world = world();
    let originals = originals(&world.library());
    change(&originals[0], |bytes| flip(bytes));
    let ran = backup(&world, &[]);
    assert_eq!((ran.code, ran.count("failed"), ran.count("copied")), (3, 1, PICTURES - 1), "{ran:#?}");
    assert_eq!(world.run(&["backup", "verify", "backup"]).code, 8);
    let ran = world.run(&["backup", "restore", "backup", "--to", "again", "--json"]);
    assert_eq!((ran.code, ran.count("restored"), ran.count("failed")), (3, PICTURES - 1, 1), "{ran:#?}");
    let missing = elsewhere(&world, &["verify", "--json"]);
    assert_eq!((missing.code, missing.summary()["counts"]["missing"].as_u64()), (8, Some(1)));
}

#[test]
fn one_bit_in_a_backup_is_found_and_copied_anew() {
    let world = world();
    done(backup(&world, &[]));
    let copies = originals(&world.path().join("backup"));
    change(&copies[0], |bytes| flip(bytes));
    change(&copies[1], |bytes| bytes.truncate(3));
    fs::remove_file(&copies[2]).unwrap();
    let quick = world.run(&["backup", "verify", "backup", "--quick", "--json"]);
    assert_eq!((quick.code, quick.count("failed")), (8, 2), "{quick:#?}");
    let all = world.run(&["backup", "verify", "backup", "--json"]);
    assert_eq!((all.code, all.count("failed")), (8, 3), "{all:#?}");
    assert_eq!(done(backup(&world, &[])).count("copied"), 2, "a flipped bit is not looked for unasked");
    assert_eq!(done(backup(&world, &["--verify"])).count("copied"), 1);
    done(world.run(&["backup", "verify", "backup", "--json"]));
}

#[test]
fn a_damaged_catalogue_in_a_backup_is_found_and_not_restored() {
    let world = world();
    done(backup(&world, &[]));
    let snapshot = fs::read_dir(world.path().join("backup/snapshots")).unwrap().next().unwrap().unwrap().path();
    change(&snapshot, |bytes| flip(bytes));
    assert_eq!(world.run(&["backup", "verify", "backup"]).code, 8);
    let ran = world.run(&["backup", "restore", "backup", "--to", "again", "--json"]);
    assert_eq!((ran.code, ran.error()["code"].as_str()), (10, Some("damaged")), "{ran:#?}");
    assert!(!world.path().join("again").exists());
    done(backup(&world, &[]));
    assert_eq!(world.run(&["backup", "restore", "backup", "--to", "again"]).code, 0, "the newest counts");
}

#[test]
fn what_the_library_has_no_more_stays_until_it_is_asked_to_go() {
    let world = world();
    done(backup(&world, &[]));
    let folder = world.path().join("backup");
    let manifest = folder.join("manifest.jsonl");
    // A file that left the library: the manifest names it, the catalogue does not.
    let path = originals(&folder)[0].clone();
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let other = path.with_file_name(format!("{}{}", if name.starts_with('0') { '1' } else { '0' }, &name[1..]));
    put(&other, b"gone");
    let relative = other.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
    rewrite(&manifest, |lines| {
        lines.insert(1, format!("{{\"path\":\"{relative}\",\"size\":4,\"sha256\":\"{}\"}}", sha256(b"gone")));
        lines[1..].sort();
    });
    let kept = done(backup(&world, &[]));
    assert_eq!((kept.count("gone"), kept.count("pruned"), kept.count("kept")), (1, 0, PICTURES), "{kept:#?}");
    done(world.run(&["backup", "verify", "backup", "--json"]));
    assert_eq!(restored(&world).sound().len() as u64, PICTURES, "it belongs to no row, so it is not restored");
    assert_eq!(backup(&world, &["--prune"]).code, 9, "nobody can be asked");
    assert!(other.exists());
    let pruned = done(backup(&world, &["--prune", "--yes"]));
    assert_eq!((pruned.count("gone"), pruned.count("pruned"), other.exists()), (0, 1, false), "{pruned:#?}");
    assert_eq!(originals(&folder).len() as u64, PICTURES);
}

/// Changes the lines of a manifest between its header and its end, and seals it again.
fn rewrite(manifest: &Path, change: impl FnOnce(&mut Vec<String>)) {
    let text = fs::read_to_string(manifest).unwrap();
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines.pop();
    change(&mut lines);
    let body = if lines.is_empty() { String::new() } else { lines.join("\n") + "\n" };
    let end = format!(
        "{{\"files\":{},\"bytes\":0,\"sha256\":\"{}\"}}\n",
        lines.len().saturating_sub(1),
        sha256(body.as_bytes())
    );
    fs::remove_file(manifest).unwrap();
    fs::write(manifest, body + &end).unwrap();
}

#[test]
fn a_place_that_is_none_for_a_backup_is_refused_and_left_alone() {
    let world = world();
    done(backup(&world, &[]));
    let other = World::new();
    done(other.run(&["init", "--json"]));
    put(&world.path().join("letters/one.txt"), b"hello");
    let taken = other.library();
    let within = world.path().join("library/users/backup");
    let around = world.path();
    for place in [taken.as_path(), &within, around, &world.path().join("letters"), &world.library()] {
        let before = support::hashes(place);
        let ran = world.run(&["backup", place.to_str().unwrap(), "--json"]);
        assert_eq!((ran.code, ran.error()["code"].as_str()), (2, Some("invalid")), "{}: {ran:#?}", place.display());
        assert_eq!(support::hashes(place), before);
    }
    assert!(!within.exists());
    let foreign = other.run(&["backup", world.path().join("backup").to_str().unwrap(), "--json"]);
    assert_eq!(foreign.code, 2, "{foreign:#?}");
    assert!(foreign.error()["message"].as_str().unwrap().contains("backup of another library"));
    for to in ["library", "letters", "backup", "backup/within"] {
        let ran = world.run(&["backup", "restore", "backup", "--to", to, "--json"]);
        assert_eq!((ran.code, ran.error()["code"].as_str()), (2, Some("invalid")), "{to}: {ran:#?}");
    }
    assert_eq!(fs::read(world.path().join("letters/one.txt")).unwrap(), b"hello");
    assert_eq!(world.run(&["backup", "verify", "letters"]).code, 2);
}

/// Kills the command at calls of every kind, spread over the run; `then` looks at what is left each time.
fn kill(stage: &World, args: &[&str], mut then: impl FnMut(&World, &str)) -> usize {
    let mut killed = 0;
    for call in ["openat", "mkdirat", "write", "pwrite64", "fsync", "renameat", "unlinkat", "fchmod", "renameat2"] {
        let mut n = 1;
        loop {
            let world = stage.copy();
            if stage.path().join("backup").exists() {
                support::copy_tree(&stage.path().join("backup"), &world.path().join("backup"));
            }
            let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=KILL:when={n}"));
            let ran = world.strace(&["-e", &trace, "-e", &inject], args);
            if ran.code != 137 {
                break;
            }
            killed += 1;
            then(&world, &format!("{call} {n}"));
            // The beginning closely, the rest in strides.
            n += 1 + n / 2;
        }
    }
    killed
}

#[test]
fn row_04_a_killed_backup_leaves_the_last_one_valid_and_goes_on() {
    if !support::strace_works() {
        return;
    }
    let stage = world();
    let killed = kill(&stage, &["backup", "backup", "--json"], |world, at| {
        let found = world.run(&["backup", "verify", "backup", "--json"]);
        // Nothing there, no backup yet, unfinished, or whole: never half.
        assert!([0, 2, 4].contains(&found.code), "{at}: {found:#?}");
        let again = done(backup(world, &[]));
        assert_eq!(again.count("kept") + again.count("copied"), PICTURES, "{at}");
        done(world.run(&["backup", "verify", "backup", "--json"]));
        assert_eq!(fs::read_dir(world.path().join("backup/partial")).unwrap().count(), 0, "{at}");
    });
    assert!(killed >= 20, "only {killed} kills");
    done(backup(&stage, &[]));
    plant(&stage.sources(), 700, 2);
    stage.import(&["--no-thumbs"]).ends(0);
    let killed = kill(&stage, &["backup", "backup", "--json"], |world, at| {
        let found = world.run(&["backup", "verify", "backup", "--json"]);
        assert_eq!(found.code, 0, "{at}: {found:#?}");
    });
    assert!(killed >= 15, "only {killed} kills");
}

#[test]
fn row_04_a_killed_restore_leaves_no_library_or_a_whole_one_and_goes_on() {
    if !support::strace_works() {
        return;
    }
    let stage = world();
    done(backup(&stage, &[]));
    let (args, expected) = (["backup", "restore", "backup", "--to", "again", "--json"], live(&stage.library()));
    let killed = kill(&stage, &args, |world, at| {
        let again = world.path().join("again");
        if again.join("hypernet-library.toml").exists() {
            let whole = elsewhere(world, &["verify", "--data", "--json"]);
            assert_eq!(whole.code, 0, "{at}: {whole:#?}");
        } else {
            let ran = world.run(&args);
            assert_eq!(ran.code, 0, "{at}: {ran:#?}");
        }
        assert_eq!(live(&again), expected, "{at}");
    });
    assert!(killed >= 20, "only {killed} kills");
}

type Change = Box<dyn FnOnce(&mut Vec<String>)>;

#[test]
fn row_50_a_hostile_manifest_is_refused_as_damaged() {
    let world = world();
    done(backup(&world, &[]));
    let manifest = world.path().join("backup/manifest.jsonl");
    let good = fs::read_to_string(&manifest).unwrap();
    put(&world.path().join("secret.jpg"), b"outside");
    let entry = |path: &str| format!("{{\"path\":\"{path}\",\"size\":7,\"sha256\":\"{}\"}}", sha256(b"outside"));
    let insert = |line: String| -> Change { Box::new(move |lines| lines.insert(1, line)) };
    let header =
        |from: &'static str, to: String| -> Change { Box::new(move |lines| lines[0] = lines[0].replace(from, &to)) };
    let changes: Vec<Change> = vec![
        insert(entry("../secret.jpg")),
        insert(entry("users/../../secret.jpg")),
        insert(entry(world.path().join("secret.jpg").to_str().unwrap())),
        insert(entry("hypernet-library.toml")),
        insert(entry("users/x/media/2024/07/y.jpg")),
        insert("{\"path\":\"a\",\"path\":\"b\",\"size\":1,\"sha256\":\"\"}".to_owned()),
        insert(format!("{{\"path\":\"{}\"}}", "x".repeat(1 << 20))),
        insert("null".to_owned()),
        Box::new(|lines| lines.insert(1, lines[1].clone())),
        Box::new(|lines| lines.swap(1, 2)),
        Box::new(|lines| lines.truncate(0)),
        header("\"snapshots\":[{\"name\":\"", "\"snapshots\":[{\"name\":\"../../".to_owned()),
        header("\"library_id\":\"", "\"library_id\":\"0".to_owned()),
        header("\"hypernet_backup\":1", "\"hypernet_backup\":1,\"hypernet_backup\":1".to_owned()),
        header("\"library\":\"", format!("\"library\":\"{}", "#".repeat(1 << 20))),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        fs::write(&manifest, &good).unwrap();
        rewrite(&manifest, change);
        let ran = world.run(&["backup", "verify", "backup", "--json"]);
        assert_eq!((ran.code, ran.error()["code"].as_str()), (10, Some("damaged")), "{number}: {ran:#?}");
        // What comes back comes from its catalogue, and says so.
        let ran = world.run(&["backup", "restore", "backup", "--to", "again", "--json"]);
        assert_eq!((ran.code, ran.count("restored"), ran.count("failed")), (3, PICTURES, 1), "{number}: {ran:#?}");
        assert_eq!(contents(&world.path().join("again/users")), contents(&world.path().join("backup/users")));
        fs::remove_dir_all(world.path().join("again")).unwrap();
    }
    // A manifest that is not what was sealed; then a new backup, which trusts nothing of it.
    fs::write(&manifest, good.replacen("\"size\":", "\"size\":1", 1)).unwrap();
    assert_eq!(world.run(&["backup", "verify", "backup"]).code, 10);
    assert_eq!(done(backup(&world, &[])).count("kept"), PICTURES);
    done(world.run(&["backup", "verify", "backup"]));
    assert_eq!(fs::read(world.path().join("secret.jpg")).unwrap(), b"outside");
}

#[test]
fn row_50_links_in_a_backup_are_not_followed() {
    let world = world();
    done(backup(&world, &[]));
    let copies = originals(&world.path().join("backup"));
    let outside = world.path().join("outside.jpg");
    fs::copy(&copies[0], &outside).unwrap();
    fs::remove_file(&copies[0]).unwrap();
    symlink(&outside, &copies[0]).unwrap();
    let ran = world.run(&["backup", "verify", "backup", "--json"]);
    assert_eq!((ran.code, ran.count("failed")), (8, 1), "{ran:#?}");
    let ran = world.run(&["backup", "restore", "backup", "--to", "again", "--json"]);
    assert_eq!((ran.code, ran.count("failed")), (3, 1), "{ran:#?}");
    assert_eq!(done(backup(&world, &[])).count("copied"), 1, "a file takes the link's place");
    assert!(outside.exists() && copies[0].symlink_metadata().unwrap().is_file());
    // A whole folder turned into a link: nothing is written through it.
    let users = world.path().join("backup/users");
    fs::rename(&users, world.path().join("users")).unwrap();
    symlink(world.path().join("users"), &users).unwrap();
    let before = support::hashes(&world.path().join("users"));
    assert_eq!(backup(&world, &[]).code, 1);
    assert_eq!(support::hashes(&world.path().join("users")), before);
}

#[test]
fn row_50_a_backup_whose_catalogue_has_code_of_others_is_refused() {
    let hostile = [
        "CREATE TRIGGER spy AFTER INSERT ON operation BEGIN UPDATE user SET is_admin = 0; END",
        "CREATE VIEW peep AS SELECT * FROM user",
        "CREATE TABLE extra (a)",
        "DROP INDEX media_taken",
        "UPDATE library SET id = randomblob(16)",
        "PRAGMA application_id = 7",
        "PRAGMA user_version = 99",
    ];
    for sql in hostile {
        let world = world();
        done(backup(&world, &[]));
        let snapshot = fs::read_dir(world.path().join("backup/snapshots")).unwrap().next().unwrap().unwrap().path();
        meddle(&snapshot, sql);
        let (hash, size) = (sha256(&fs::read(&snapshot).unwrap()), snapshot.metadata().unwrap().len());
        let name = snapshot.file_name().unwrap().to_str().unwrap().to_owned();
        rewrite(&world.path().join("backup/manifest.jsonl"), |lines| {
            let at = lines[0].find("\"snapshots\":").unwrap();
            lines[0].truncate(at);
            let listed = format!("\"snapshots\":[{{\"name\":\"{name}\",\"size\":{size},\"sha256\":\"{hash}\"}}]}}");
            lines[0].push_str(&listed);
        });
        assert_eq!(world.run(&["backup", "verify", "backup"]).code, 8, "{sql}");
        let ran = world.run(&["backup", "restore", "backup", "--to", "again", "--json"]);
        let code = if sql.contains("99") { "too_new" } else { "damaged" };
        assert_eq!((ran.code, ran.error()["code"].as_str()), (10, Some(code)), "{sql}: {ran:#?}");
        assert!(!world.path().join("again").exists());
    }
}

#[test]
fn row_30_a_backup_and_what_is_restored_are_private_whatever_the_umask() {
    for umask in ["000", "077"] {
        let world = world();
        let run = |line: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", &format!("umask {umask}; exec {HYPERNET} -L library {line}")]);
            world.ran(command)
        };
        assert_eq!(run("backup backup").code, 0);
        assert_eq!(run("backup restore backup --to again").code, 0);
        for folder in ["backup", "again"] {
            modes(&world.path().join(folder));
        }
    }
}

fn modes(path: &Path) {
    let mode = path.metadata().unwrap().permissions().mode() & 0o7777;
    if path.is_dir() {
        assert_eq!(mode, 0o700, "{}", path.display());
        for entry in fs::read_dir(path).unwrap() {
            modes(&entry.unwrap().path());
        }
    } else {
        let original = path.components().any(|part| part.as_os_str() == "media");
        assert_eq!(mode, if original { 0o400 } else { 0o600 }, "{}", path.display());
    }
}

#[test]
fn a_full_disk_says_what_is_needed_and_the_backup_goes_on() {
    let world = world();
    let disk = world.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let at = disk.to_str().unwrap();
    if !support::root() || !tool("mount", &["-t", "tmpfs", "-o", "size=300k", "tmpfs", at]) {
        return support::skip("no disk in memory can be mounted here");
    }
    let to = disk.join("backup");
    let dry = world.run(&["backup", to.to_str().unwrap(), "-n"]);
    let small = world.run(&["backup", to.to_str().unwrap(), "--json"]);
    // Not one byte is free: the rest of the disk is somebody else's.
    let _ = fs::write(disk.join("rest"), vec![0; 1 << 20]);
    let none = world.run(&["backup", disk.join("other").to_str().unwrap(), "--json"]);
    fs::remove_file(disk.join("rest")).unwrap();
    let grown = tool("mount", &["-o", "remount,size=100m", at]);
    let enough = world.run(&["backup", to.to_str().unwrap(), "--json"]);
    let verified = world.run(&["backup", "verify", to.to_str().unwrap()]);
    tool("umount", &["-l", at]);
    assert_eq!((small.code, small.error()["code"].as_str()), (1, Some("no_space")), "{small:#?}");
    assert_eq!((none.code, none.error()["code"].as_str()), (1, Some("no_space")), "{none:#?}");
    assert!(none.error()["hint"].is_string() && none.error()["details"]["free"] == 0, "{none:#?}");
    assert!(dry.code == 0 && dry.stderr.contains("too little room"), "{dry:#?}");
    assert!(small.error()["message"].as_str().unwrap().contains("needed"), "{small:#?}");
    assert!(small.error()["details"]["needed"].as_u64() > small.error()["details"]["free"].as_u64());
    assert!(grown);
    assert_eq!((enough.code, enough.count("copied"), verified.code), (0, PICTURES, 0), "{enough:#?}");
}

#[test]
fn a_library_on_a_read_only_disk_can_be_backed_up() {
    let world = world();
    let at = world.library().to_str().unwrap().to_owned();
    let bound =
        support::root() && tool("mount", &["--bind", &at, &at]) && tool("mount", &["-o", "remount,bind,ro", &at]);
    if !bound {
        return support::skip("nothing can be mounted read-only here");
    }
    let ran = backup(&world, &[]);
    tool("umount", &["-l", &at]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:#?}");
}

#[test]
fn every_day_an_import_leaves_a_snapshot_and_seven_are_kept() {
    let world = world();
    let backups = || {
        let names = fs::read_dir(world.library().join("backups")).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(backups(), Vec::<String>::new(), "a library of today needs none");
    meddle(&world.library().join("catalog.db"), "UPDATE library SET created_at = created_at - 10 * 86400000");
    for day in 1..=8 {
        put(&world.library().join(format!("backups/daily-2024-01-0{day}T10-00-00Z.db")), b"old");
    }
    put(&world.sources().join("a.jpg"), &jpeg(901));
    world.import(&[]).ends(0);
    let left = backups();
    assert_eq!((left.len(), left[0].as_str()), (7, "daily-2024-01-03T10-00-00Z.db"), "{left:?}");
    assert_eq!(
        ask(&Connection::open(world.library().join("backups").join(&left[6])).unwrap(), "PRAGMA quick_check"),
        ["ok"]
    );
    put(&world.sources().join("b.jpg"), &jpeg(902));
    world.import(&[]).ends(0);
    assert_eq!(backups(), left, "one a day");
}
