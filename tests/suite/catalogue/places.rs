//! Hostile places: file systems that cannot be trusted, disks that cannot be written to, other accounts, wide modes, planted links.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{self, HYPERNET, Ran, World, hashes, jpeg, plant, put, strace_works, tool};

const NOBODY: u32 = 65534;

fn library() -> World {
    let world = World::new();
    plant(&world.sources(), 0, 4);
    world.import(&[]).ends(0);
    put(&world.sources().join("new.jpg"), &jpeg(900));
    world
}

/// Everything beneath a folder, itself included.
fn all(root: &Path) -> Vec<PathBuf> {
    let mut found = vec![root.to_owned()];
    let mut next = 0;
    while next < found.len() {
        if found[next].symlink_metadata().unwrap().is_dir() {
            found.extend(fs::read_dir(&found[next]).unwrap().map(|entry| entry.unwrap().path()));
        }
        next += 1;
    }
    found
}

/// Runs the program as another account; `None` where that cannot be.
fn run_as(uid: u32, world: &World, args: &[&str]) -> Option<Ran> {
    let mut command = Command::new("setpriv");
    command.args([format!("--reuid={uid}"), format!("--regid={uid}"), "--clear-groups".to_owned()]);
    command.arg(HYPERNET).args(["-L", "library"]).args(args);
    let ran = world.ran(command);
    if [126, 127].contains(&ran.code) {
        support::skip("no other account can run the program here");
        return None;
    }
    Some(ran)
}

#[track_caller]
fn denied(ran: &Ran) {
    assert_eq!((ran.code, &ran.error()["code"]), (1, &"denied".into()), "{ran:#?}");
}

struct Mounted(PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        tool("umount", &["-l", self.0.to_str().unwrap()]);
    }
}

#[test]
fn row_27_a_library_on_fuse_is_refused_until_it_says_that_it_is_meant() {
    let world = library();
    let at = world.path().join("fuse");
    fs::create_dir_all(&at).unwrap();
    let (from, to) = (world.library(), at.to_str().unwrap().to_owned());
    if !support::root() || !tool("bindfs", &[from.to_str().unwrap(), &to]) {
        return support::skip("bindfs is absent or not permitted here");
    }
    let _mounted = Mounted(at.clone());
    let run = |args: &[&str]| {
        let mut command = Command::new(HYPERNET);
        command.args(["-L", &to]).args(args);
        world.ran(command)
    };
    for args in [&["query", "--json"][..], &["import", "sources", "--json"], &["verify", "--json"]] {
        let ran = run(args);
        assert_eq!((ran.code, &ran.error()["code"]), (9, &"refused".into()), "{ran:#?}");
        assert!(ran.stderr.contains("FUSE") && ran.stderr.contains("allow_network"), "{ran:#?}");
    }
    let marker = world.library().join("hypernet-library.toml");
    let text = fs::read_to_string(&marker).unwrap();
    fs::write(&marker, format!("{text}allow_network = true\n")).unwrap();
    assert_eq!(run(&["query", "--count"]).stdout, "4\n");
}

#[test]
fn row_28_on_a_read_only_mount_reading_works_and_writing_is_denied() {
    let world = library();
    let path = world.library().to_str().unwrap().to_owned();
    if !support::root() || !tool("mount", &["--bind", &path, &path]) {
        return support::skip("nothing can be mounted here");
    }
    let mounted = Mounted(world.library());
    assert!(tool("mount", &["-o", "remount,bind,ro", &path]));
    let before = hashes(&world.library());
    assert_eq!(world.run(&["query", "--count"]).stdout, "4\n");
    assert_eq!(world.run(&["show", "--where", "*"]).code, 0);
    assert_eq!(world.run(&["verify", "--data"]).code, 0);
    denied(&world.import(&[]));
    assert_eq!(hashes(&world.library()), before);
    drop(mounted);
    world.import(&[]).ends(0);
}

#[test]
fn row_28_another_account_may_read_what_it_is_let_and_writes_nothing() {
    if !support::root() {
        return;
    }
    let world = library();
    fs::set_permissions(world.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let Some(ran) = run_as(NOBODY, &world, &["query", "--count", "--json"]) else { return };
    denied(&ran);
    assert!(tool("chmod", &["-R", "a+rX", world.library().to_str().unwrap()]));
    let before = hashes(&world.library());
    assert_eq!(run_as(NOBODY, &world, &["query", "--count"]).unwrap().stdout, "4\n");
    let ran = run_as(NOBODY, &world, &["import", "sources", "--json"]).unwrap();
    denied(&ran);
    assert!(ran.stderr.contains("root"), "it names the owner: {ran:#?}");
    assert_eq!(hashes(&world.library()), before);
}

#[test]
fn row_29_root_takes_nothing_into_anothers_library_and_its_owner_goes_on() {
    if !support::root() {
        return;
    }
    let world = library();
    for path in all(world.path()) {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let before = hashes(&world.library());
    for args in [&["import", "sources", "--json"][..], &["import", "sources", "--mode", "move", "--json"]] {
        let ran = world.run(args);
        denied(&ran);
        assert_eq!(ran.error()["details"]["owner"], NOBODY, "{ran:#?}");
    }
    // Nothing stands in the way of a look, which leaves nothing of root's behind, not even where the lock file went.
    fs::remove_file(world.library().join("lock")).unwrap();
    assert_eq!(world.run(&["query", "--count"]).stdout, "4\n");
    assert_eq!(world.run(&["verify"]).code, 0);
    let roots: Vec<_> = all(&world.library()).into_iter().filter(|path| path.metadata().unwrap().uid() == 0).collect();
    assert_eq!(roots, Vec::<PathBuf>::new());
    let lock = world.library().join("lock");
    assert_eq!(hashes(&world.library()).len(), before.keys().filter(|path| **path != lock).count());
    let Some(ran) = run_as(NOBODY, &world, &["import", "sources", "--json"]) else { return };
    assert_eq!(ran.ends(0).count("imported"), 1);
}

#[test]
fn row_29_root_makes_no_library_in_anothers_folder() {
    if !support::root() {
        return;
    }
    let world = World::new();
    plant(&world.sources(), 0, 1);
    fs::create_dir(world.library()).unwrap();
    chown(world.library(), Some(NOBODY), Some(NOBODY)).unwrap();
    denied(&world.import(&[]));
    assert_eq!(all(&world.library()).len(), 1);
}

/// What in a library has another mode than it should have.
fn wide(library: &Path) -> Vec<String> {
    let mode = |path: &Path| {
        let stat = path.metadata().unwrap();
        let original = path.components().any(|part| part.as_os_str() == "media");
        let wanted: &[u32] = match stat.is_dir() {
            true => &[0o700],
            false if original => &[0o400],
            false if path.components().any(|part| part.as_os_str() == "staging") => &[0o600, 0o400],
            false => &[0o600],
        };
        let mode = stat.permissions().mode() & 0o7777;
        (!wanted.contains(&mode)).then(|| format!("{mode:o} {}", path.display()))
    };
    all(library).iter().filter_map(|path| mode(path)).collect()
}

#[test]
fn row_30_no_umask_opens_a_library_to_others() {
    for umask in ["000", "077"] {
        let world = World::new();
        plant(&world.sources(), 0, 4);
        let mut command = Command::new("sh");
        let line = format!("umask {umask}; \"$0\" -L library import sources --json -q");
        command.args(["-c", &line, HYPERNET]);
        world.ran(command).ends(0);
        assert_eq!(wide(&world.library()), Vec::<String>::new(), "umask {umask}");
        assert!(fs::read_dir(world.library().join("backups")).is_ok());
        world.sound();
    }
}

#[test]
fn row_30_the_log_of_a_killed_run_is_nobody_elses_either() {
    if !strace_works() {
        return;
    }
    let world = library();
    let mut command = Command::new("sh");
    let strace = "strace -f -qq -o trace -e trace=renameat2 -e inject=renameat2:signal=KILL:when=1";
    let line = format!("umask 000; exec {strace} \"$0\" -j 1 -L library import sources");
    command.args(["-c", &line, HYPERNET]);
    assert_eq!(world.ran(command).code, 137);
    assert!(world.library().join("catalog.db-wal").exists() && world.library().join("catalog.db-shm").exists());
    assert_eq!(wide(&world.library()), Vec::<String>::new());
}

#[test]
fn row_30_modes_that_were_wide_before_are_narrow_after_an_import() {
    let world = library();
    let path = |name: &str| world.library().join(name);
    for name in ["", "users", "staging"] {
        fs::set_permissions(path(name), fs::Permissions::from_mode(0o777)).unwrap();
    }
    for name in ["catalog.db", "lock", "hypernet-library.toml"] {
        fs::set_permissions(path(name), fs::Permissions::from_mode(0o666)).unwrap();
    }
    world.import(&[]).ends(0);
    assert_eq!(wide(&world.library()), Vec::<String>::new());
}

#[test]
fn row_31_no_planted_link_is_followed() {
    for name in ["staging", "users", "lock", "catalog.db", "catalog.db-wal", "quarantine"] {
        let world = library();
        let (there, elsewhere) = (world.library().join(name), world.path().join("elsewhere"));
        let folder = there.is_dir();
        if there.exists() {
            fs::rename(&there, world.path().join("aside")).unwrap();
        }
        if folder {
            fs::create_dir(&elsewhere).unwrap();
        } else {
            fs::write(&elsewhere, b"").unwrap();
        }
        symlink(&elsewhere, &there).unwrap();
        let ran = world.import(&[]);
        let unharmed = name == "quarantine";
        assert_eq!([1, 10].contains(&ran.code), !unharmed, "{name}: {ran:#?}");
        let untouched = if folder { all(&elsewhere).len() == 1 } else { fs::read(&elsewhere).unwrap().is_empty() };
        assert!(untouched, "{name} was followed: {ran:#?}");
        assert!(world.sources().join("new.jpg").is_file());
    }
}

#[test]
fn row_31_settings_another_account_wrote_are_not_read() {
    if !support::root() {
        return;
    }
    let world = library();
    let config = world.path().join("home/.config/hypernet/config.toml");
    put(&config, b"library = \"/planted\"\ntimezone = \"Asia/Tokyo\"\n");
    chown(&config, Some(NOBODY), Some(NOBODY)).unwrap();
    let ran = world.run(&["config", "show"]);
    assert!(!ran.stdout.contains("Tokyo") && ran.stderr.contains("is not read"), "{ran:#?}");
    assert_eq!(world.run(&["query", "--count"]).stdout, "4\n");
    // One that is named was meant.
    let named = world.run(&["config", "show", "--config", config.to_str().unwrap()]);
    assert!(named.stdout.contains("Tokyo"), "{named:#?}");
}
