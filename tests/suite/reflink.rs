//! Sharing blocks instead of copying, on a disk that can: an XFS image, mounted while the test lasts.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{self, Seeded, World, contents, jpeg, put, tool};

const MIB: u64 = 1 << 20;

/// An image with a file system that shares blocks, mounted at `world/disk`.
struct Disk(PathBuf);

impl Disk {
    fn mount(world: &World) -> Option<Self> {
        if !support::root() {
            return None;
        }
        let (image, at) = (world.path().join("image"), world.path().join("disk"));
        fs::create_dir(&at).unwrap();
        fs::File::create(&image).unwrap().set_len(600 * MIB).unwrap();
        let made = tool("mkfs.xfs", &["-q", "-m", "reflink=1", image.to_str().unwrap()])
            && tool("mount", &["-o", "loop", image.to_str().unwrap(), at.to_str().unwrap()]);
        if !made {
            support::skip("no XFS image can be made and mounted here");
        }
        made.then_some(Self(at))
    }

    /// Bytes in use, when all that was written has its place.
    fn used(&self) -> u64 {
        assert!(tool("sync", &["-f", self.0.to_str().unwrap()]));
        let stat = rustix::fs::statvfs(&self.0).unwrap();
        (stat.f_blocks - stat.f_bfree) * stat.f_frsize
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        tool("umount", &["-l", self.0.to_str().unwrap()]);
    }
}

/// Five pictures with noise behind each, 100 MiB together: some are read whole, others in parts.
fn large(at: &Path) {
    for (number, size) in (0..).zip([4, 12, 20, 28, 36]) {
        let mut seeded = Seeded(number);
        let tail: Vec<u8> = (0..size * MIB / 8).flat_map(|_| seeded.next().to_le_bytes()).collect();
        put(&at.join(format!("{number}.jpg")), &[jpeg(number), tail].concat());
    }
}

#[test]
fn on_one_disk_an_import_takes_hardly_any_room_and_elsewhere_it_copies_or_says_why_not() {
    let world = World::new();
    let Some(disk) = Disk::mount(&world) else { return };
    let sources = disk.0.join("sources");
    large(&sources);
    let all = contents(&sources);

    for args in [&["--mode", "auto"][..], &["--mode", "reflink"], &["--mode", "auto", "--verify"]] {
        let inside = World { folder: tempfile::tempdir_in(&disk.0).unwrap() };
        let before = disk.used();
        let run = [&["import", sources.to_str().unwrap(), "--json"], args].concat();
        inside.run(&run).ends(0);
        let added = disk.used().saturating_sub(before);
        assert!(added < 10 * MIB, "{args:?}: {added} bytes more are in use");
        assert_eq!(inside.sound(), all.iter().cloned().collect::<Vec<_>>());
    }

    // What is changed in a source later does not reach the original.
    let inside = World { folder: tempfile::tempdir_in(&disk.0).unwrap() };
    inside.run(&["import", sources.to_str().unwrap(), "--json"]).ends(0);
    put(&sources.join("0.jpg"), b"something else");
    assert_eq!(inside.sound(), all.iter().cloned().collect::<Vec<_>>());

    // Onto another disk: each file says why it is not there, and the word for it is one of its own.
    large(&sources);
    let ran = world.run(&["import", sources.to_str().unwrap(), "--json", "--mode", "reflink"]).ends(3);
    assert_eq!(ran.failures().into_values().collect::<Vec<_>>(), ["no_reflink"; 5], "{ran:#?}");
    assert_eq!(world.sound().len(), 0);
    world.run(&["import", sources.to_str().unwrap(), "--json", "--mode", "auto"]).ends(0);
    assert_eq!(world.sound(), all.into_iter().collect::<Vec<_>>());
}

#[test]
fn a_move_on_one_disk_shares_first_and_removes_what_is_proven() {
    let world = World::new();
    let Some(disk) = Disk::mount(&world) else { return };
    let sources = disk.0.join("sources");
    large(&sources);
    let (all, before) = (contents(&sources), disk.used());
    let inside = World { folder: tempfile::tempdir_in(&disk.0).unwrap() };
    let ran = inside.run(&["import", sources.to_str().unwrap(), "--json", "--mode", "move"]).ends(0);
    assert_eq!(ran.count("sources_removed"), 5, "{ran:#?}");
    assert_eq!(inside.sound(), all.into_iter().collect::<Vec<_>>());
    assert!(disk.used() < before + 10 * MIB);
}
