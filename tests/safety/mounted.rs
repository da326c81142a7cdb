//! A file system mounted for the time of a test.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::tool;

/// A mounted file system; unmounted when dropped, also by a panic.
pub struct Mounted(PathBuf);

impl Mounted {
    /// Mounts `what` at a folder, which is made.
    ///
    /// # Errors
    /// What `mount` said.
    pub fn mount(arguments: &[&str], what: impl AsRef<OsStr>, at: PathBuf) -> Result<Self, String> {
        fs::create_dir_all(&at).unwrap();
        let ran = Command::new("mount").args(arguments).arg(what).arg(&at).output();
        match ran {
            Ok(ran) if ran.status.success() => Ok(Self(at)),
            Ok(ran) => Err(String::from_utf8_lossy(&ran.stderr).into_owned()),
            Err(error) => Err(format!("mount: {error}")),
        }
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Changes its options; whether that was possible.
    pub fn remount(&self, options: &str) -> bool {
        tool("mount", &["-o", &format!("remount,{options}"), self.0.to_str().unwrap()])
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let at = self.0.to_str().unwrap();
        if !tool("umount", &[at]) {
            tool("umount", &["-l", at]);
        }
        let _ = fs::remove_dir(&self.0);
    }
}
