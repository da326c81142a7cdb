//! Disks whose power can be cut: file systems in image files, and copies of such an image taken in one instant while it is mounted.
//!
//! An image's file holds what its file system has handed to the disk, and nothing of what still waits in memory: that is what a
//! power cut leaves. The images lie on an XFS that shares blocks, so that a copy is one call, atomic towards every write: the
//! program need not be stopped, and a cut may fall into the middle of a sync. What a disk's own cache may still lose or reorder
//! after it was handed over is not played here.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::cut::Setting;
use crate::mounted::Mounted;
use crate::report::Report;
use crate::support::{self, tool};

const MIB: u64 = 1 << 20;

/// What the library's disk is formatted with. No background commit comes to help: the interval is longer than any test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// ext4 as it comes: data before the metadata that names it.
    Ext4,
    /// ext4 that promises nothing for data that is not synced.
    Writeback,
    Xfs,
    /// ext4 without a journal, checked after a cut as a system does when it starts: a sync brings one file to the disk and nothing
    /// that happened beside it. With a journal, syncing any file commits all renames before it, and a sync that is missing may
    /// never show.
    Bare,
}

impl Format {
    /// Bytes of an image: an import keeps 64 MiB free, and mkfs.xfs makes nothing smaller.
    fn size(self) -> u64 {
        if self == Self::Xfs { 320 * MIB } else { 128 * MIB }
    }

    fn make(self, image: &str) -> bool {
        match self {
            Self::Xfs => tool("mkfs.xfs", &["-q", image]),
            Self::Bare => tool("mkfs.ext4", &["-q", "-F", "-m", "0", "-O", "^has_journal", image]),
            _ => tool("mkfs.ext4", &["-q", "-F", "-m", "0", image]),
        }
    }

    /// What a system does to such a disk when it starts: 1 says that something was put right.
    fn check(self, image: &Path) -> Result<(), String> {
        if self != Self::Bare {
            return Ok(());
        }
        // What it puts right may show it more to put right: such a disk comes up at the second start, or the third.
        let mut said = String::new();
        for _ in 0..3 {
            let ran =
                Command::new("e2fsck").args(["-f", "-y"]).arg(image).output().map_err(|error| error.to_string())?;
            if ran.status.code().is_some_and(|code| code <= 2) {
                return Ok(());
            }
            said = String::from_utf8_lossy(&ran.stdout).into_owned();
        }
        Err(said)
    }

    fn options(self) -> &'static str {
        match self {
            Self::Ext4 => "loop,commit=300",
            Self::Writeback => "loop,commit=300,data=writeback",
            // Two copies of one image are mounted at once.
            Self::Xfs => "loop,nouuid",
            Self::Bare => "loop",
        }
    }
}

/// Where images lie: in memory if the system has a place for that, on a file system that shares blocks.
pub struct Rack {
    mounted: Option<Mounted>,
    folder: TempDir,
}

impl Rack {
    /// `None`, loudly, where images cannot be made, mounted and copied in an instant.
    pub fn new(report: &Report) -> Option<Self> {
        if !support::root() {
            report.skip("this needs root");
            return None;
        }
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let image = folder.path().join("rack");
        File::create(&image).unwrap().set_len(8192 * MIB).unwrap();
        let made = tool("mkfs.xfs", &["-q", "-m", "reflink=1", image.to_str().unwrap()]);
        let mounted = Mounted::mount(&["-o", "loop"], &image, folder.path().join("disk")).ok().filter(|_| made);
        if mounted.is_none() {
            report.skip("no XFS image that shares blocks can be made and mounted here");
        }
        mounted.map(|mounted| Self { mounted: Some(mounted), folder })
    }

    /// A folder beside the images whose files do not share their fate.
    pub fn beside(&self) -> &Path {
        self.folder.path()
    }

    fn images(&self) -> &Path {
        self.mounted.as_ref().map(Mounted::path).unwrap()
    }

    /// A fresh disk.
    pub fn disk(&self, name: &str, format: Format) -> Disk {
        let image = self.images().join(name);
        File::create(&image).unwrap().set_len(format.size()).unwrap();
        assert!(format.make(image.to_str().unwrap()), "{format:?} cannot be made here");
        Disk::over(image, self.folder.path().join(format!("{name}.at")), format).unwrap()
    }

    /// The disk a setting begins with, once more.
    pub fn begin(&self, setting: &dyn Setting, name: &str) -> Disk {
        let copy = setting.image().with_file_name(name);
        share(setting.image(), &copy);
        self.again(&copy, setting.format()).unwrap()
    }

    /// What is left of a disk whose power was cut, with power again.
    ///
    /// # Errors
    /// What `mount` said.
    pub fn again(&self, cut: &Path, format: Format) -> Result<Disk, String> {
        let name = cut.file_name().unwrap().to_str().unwrap();
        format.check(cut)?;
        Disk::over(cut.to_owned(), self.folder.path().join(format!("{name}.at")), format)
    }
}

impl Drop for Rack {
    fn drop(&mut self) {
        self.mounted = None;
    }
}

/// A mounted image; gone when dropped.
pub struct Disk {
    image: PathBuf,
    /// Taken apart before the image goes.
    mounted: Option<Mounted>,
}

impl Disk {
    fn over(image: PathBuf, at: PathBuf, format: Format) -> Result<Self, String> {
        let mounted = Mounted::mount(&["-o", format.options()], &image, at)?;
        Ok(Self { image, mounted: Some(mounted) })
    }

    pub fn path(&self) -> &Path {
        self.mounted.as_ref().map(Mounted::path).unwrap()
    }

    /// Everything written so far reaches the disk.
    pub fn settle(&self) {
        assert!(tool("sync", &["-f", self.path().to_str().unwrap()]));
    }

    /// Cuts the power for a copy of the disk; the disk itself goes on. Takes about a millisecond.
    pub fn cut(&self, name: &str) -> PathBuf {
        let copy = self.image.with_file_name(name);
        share(&self.image, &copy);
        copy
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.mounted = None;
        let _ = fs::remove_file(&self.image);
    }
}

/// Copies an image in one instant: the copy shares its blocks.
fn share(image: &Path, copy: &Path) {
    let (from, to) = (File::open(image).unwrap(), File::create(copy).unwrap());
    rustix::fs::ioctl_ficlone(&to, &from).unwrap();
}
