//! `--mode move`: a source goes only when its bytes are proven to be in the library, and nothing else ever goes.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;

use crate::support::{self, HYPERNET, World, contents, hashes, jpeg, kept, put, strace_works, tool};

const MOVE: &[&str] = &["--mode", "move"];

#[test]
fn sources_and_their_duplicates_go_and_what_is_no_media_stays() {
    let world = World::new();
    support::plant(&world.sources(), 0, 30);
    put(&world.sources().join("notes.txt"), b"kept where it is");
    put(&world.sources().join("text.jpg"), b"this, too");
    let files = hashes(&world.sources());
    assert_eq!(files.len(), 35);
    let ran = world.import(MOVE).ends(3);
    assert_eq!((ran.count("imported"), ran.count("duplicates"), ran.count("sources_removed")), (30, 3, 33), "{ran:#?}");
    let left: BTreeSet<_> =
        hashes(&world.sources()).into_keys().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(left, ["notes.txt".into(), "text.jpg".into()].into());
    assert_eq!(world.sound().len(), 30);
}

#[test]
fn what_is_in_the_library_already_goes_too_once_it_is_read_again() {
    let world = World::new();
    support::plant(&world.sources(), 0, 10);
    world.import(&[]).ends(0);
    assert_eq!(world.import(MOVE).ends(0).count("sources_removed"), 11);
    assert_eq!(contents(&world.sources()).len(), 0);
    world.sound();
}

#[test]
fn row_15_without_the_flag_nothing_goes_whatever_went_before() {
    let world = World::new();
    support::plant(&world.sources(), 0, 5);
    world.import(MOVE).ends(0);
    support::plant(&world.sources(), 0, 8);
    let before = hashes(&world.sources());
    assert_eq!(world.import(&[]).ends(0).count("sources_removed"), 0);
    assert_eq!(hashes(&world.sources()), before);
}

#[test]
fn a_source_stays_when_the_original_no_longer_holds_its_bytes() {
    let world = World::new();
    put(&world.sources().join("a.jpg"), &jpeg(1));
    world.import(&[]).ends(0);
    let original =
        hashes(&world.library().join("users")).into_keys().find(|path| path.to_str().unwrap().contains("/media/"));
    let original = original.unwrap();
    let harm = |bytes: &[u8]| {
        fs::set_permissions(&original, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&original, bytes).unwrap();
    };
    let mut turned = jpeg(1);
    turned[200] ^= 1;
    for bytes in [&turned[..], b"", &jpeg(2)] {
        harm(bytes);
        let ran = world.import(MOVE);
        assert_eq!(ran.count("sources_removed"), 0, "{ran:#?}");
        // Another size is seen at once, other bytes of the same size when both are read again.
        let missing = ran.failures().values().any(|code| code == "original_missing");
        assert!(ran.stderr.contains("stays") || (missing && ran.code == 3), "{ran:#?}");
    }
    fs::remove_file(&original).unwrap();
    assert_eq!(world.import(MOVE).count("sources_removed"), 0);
    assert_eq!(contents(&world.sources()), [support::sha256(&jpeg(1))].into());
}

#[test]
fn a_source_whose_object_is_in_the_trash_stays() {
    let world = World::new();
    put(&world.sources().join("a.jpg"), &jpeg(1));
    world.import(&[]).ends(0);
    let db = rusqlite::Connection::open(world.library().join("catalog.db")).unwrap();
    assert_eq!(db.execute("UPDATE media SET deleted_at = updated_at", []).unwrap(), 1);
    assert_eq!(world.import(MOVE).ends(0).count("sources_removed"), 0);
    assert_eq!(contents(&world.sources()).len(), 1);
}

#[test]
fn a_source_that_changed_after_it_was_read_stays() {
    if !strace_works() {
        return;
    }
    for touch_only in [true, false] {
        let world = World::new();
        put(&world.sources().join("a.jpg"), &jpeg(1));
        put(&world.sources().join("b.jpg"), &jpeg(2));
        // After the read and before the removal the original gets its name: there the program is held up.
        let path = world.sources().join("b.jpg");
        let ran = std::thread::scope(|threads| {
            threads.spawn(|| {
                while !published(&world.library()) {
                    std::thread::sleep(std::time::Duration::from_millis(5));
                }
                if touch_only { support::age(&path) } else { put(&path, &[jpeg(2), b"more".to_vec()].concat()) }
            });
            let hold = ["-e", "trace=renameat2", "-e", "inject=renameat2:delay_exit=1500000:when=4+"];
            world.strace(&hold, &["import", "sources", "--json", "--mode", "move", "--no-thumbs"])
        });
        let ran = ran.ends(3);
        assert_eq!(ran.count("sources_removed"), 1, "{ran:#?}");
        assert!(path.exists() && ran.stderr.contains("b.jpg") && ran.stderr.contains("changed"), "{ran:#?}");
        assert_eq!(world.sound().len(), 2);
    }
}

fn published(library: &Path) -> bool {
    hashes(&library.join("users")).into_keys().any(|path| path.to_str().unwrap().contains("/media/"))
}

#[test]
fn the_library_is_no_source_by_whatever_way_it_is_reached() {
    let world = World::new();
    support::plant(&world.sources(), 0, 12);
    world.import(&[]).ends(0);
    let before = kept(&world.library());
    let original =
        hashes(&world.library().join("users")).into_keys().find(|path| path.to_str().unwrap().contains("/media/"));
    fs::create_dir(world.path().join("doors")).unwrap();
    symlink("../library", world.path().join("doors/whole")).unwrap();
    symlink("../library/users", world.path().join("doors/part")).unwrap();
    symlink("..", world.path().join("doors/above")).unwrap();
    symlink(original.as_ref().unwrap(), world.path().join("doors/one.jpg")).unwrap();
    let original = original.unwrap().to_str().unwrap().to_owned();
    let cases: [&[&str]; 7] = [
        &["library"],
        &["library/users"],
        &[&original],
        &["doors/whole"],
        &["doors/one.jpg"],
        &["doors", "--follow"],
        &[".", "--hidden", "--no-ignore"],
    ];
    for case in cases {
        let ran = world.run(&[&["import", "--json", "--no-thumbs"], MOVE, case].concat());
        assert!(ran.code == 0, "{case:?}: {ran:#?}");
        assert_eq!(kept(&world.library()), before, "{case:?}");
        assert_eq!(world.sound().len(), 12, "{case:?}");
        support::plant(&world.sources(), 0, 12);
    }
    if support::root() {
        by_a_second_mount(&world);
        assert_eq!(kept(&world.library()), before);
        assert_eq!(world.sound().len(), 12);
    }
}

/// The library's files mounted a second time, elsewhere.
fn by_a_second_mount(world: &World) {
    let at = world.path().join("mounted");
    fs::create_dir(&at).unwrap();
    let users = world.library().join("users");
    if !tool("mount", &["--bind", users.to_str().unwrap(), at.to_str().unwrap()]) {
        return support::skip("nothing can be mounted a second time here");
    }
    let ran = world.run(&["import", "mounted", "--json", "--mode", "move", "--exclude", "thumbnails/"]);
    assert!(tool("umount", &[at.to_str().unwrap()]));
    assert_eq!((ran.code, ran.count("sources_removed")), (3, 0), "{ran:#?}");
}

#[test]
fn a_source_in_a_folder_that_may_not_be_changed_stays_and_is_told() {
    let world = World::new();
    put(&world.sources().join("a.jpg"), &jpeg(1));
    put(&world.sources().join("shut/b.jpg"), &jpeg(2));
    let shut = world.sources().join("shut");
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = Command::new(HYPERNET);
    if hypernet::store::files::own_uid() == 0 {
        let own = |path: &Path| chown(path, Some(65534), Some(65534)).unwrap();
        [world.path(), &world.sources(), &shut].into_iter().for_each(own);
        for path in hashes(&world.sources()).keys() {
            own(path);
        }
        command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", HYPERNET]);
    }
    command.args(["-L", "library", "import", "sources", "--json", "--mode", "move"]);
    let ran = world.ran(command);
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o755)).unwrap();
    if [126, 127].contains(&ran.code) {
        return support::skip("no other account can run the program here");
    }
    let ran = ran.ends(3);
    assert_eq!((ran.count("imported"), ran.count("sources_removed")), (2, 1), "{ran:#?}");
    assert!(ran.stderr.contains("b.jpg") && ran.stderr.contains("stays"), "{ran:#?}");
    assert_eq!(contents(&world.sources()), [support::sha256(&jpeg(2))].into());
}

#[test]
fn a_source_known_by_two_names_keeps_neither_and_loses_no_byte() {
    let world = World::new();
    put(&world.sources().join("a.jpg"), &jpeg(1));
    fs::hard_link(world.sources().join("a.jpg"), world.sources().join("b.jpg")).unwrap();
    let ran = world.import(MOVE).ends(3);
    assert_eq!(ran.count("imported"), 1);
    assert_eq!(world.sound(), [support::sha256(&jpeg(1))]);
    // Removing one name changes the other's times: it may stay until the next run.
    world.import(MOVE).ends(0);
    assert_eq!(contents(&world.sources()).len(), 0);
}
