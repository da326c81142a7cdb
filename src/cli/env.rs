//! The environment as the process found it: variables, and the XDG folders they name.
//!
//! A snapshot, so that what depends on it can be tested without changing the process.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The variables of the environment.
#[derive(Debug, Clone, Default)]
pub struct Env(BTreeMap<OsString, OsString>);

impl Env {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// These and no others.
    pub fn of(variables: &[(&str, &str)]) -> Self {
        Self(variables.iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// A variable as text, with U+FFFD for what is none; `None` when unset.
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.get(OsStr::new(name)).map(|value| value.to_string_lossy().into_owned())
    }

    /// A variable as a path; `None` when unset or empty.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.0.get(OsStr::new(name)).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// The user's home folder.
    pub fn home(&self) -> Option<PathBuf> {
        self.path("HOME").filter(|home| home.is_absolute())
    }

    /// `$XDG_CONFIG_HOME/hypernet`, by default beneath `~/.config`.
    pub fn config_dir(&self) -> Option<PathBuf> {
        self.xdg("XDG_CONFIG_HOME", ".config")
    }

    /// `$XDG_DATA_HOME/hypernet`, by default beneath `~/.local/share`.
    pub fn data_dir(&self) -> Option<PathBuf> {
        self.xdg("XDG_DATA_HOME", ".local/share")
    }

    /// `path` with a leading `~` replaced by the home folder.
    pub fn expand(&self, path: &Path) -> PathBuf {
        match (path.strip_prefix("~"), self.home()) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => path.to_owned(),
        }
    }

    /// The XDG rule: a value that is not absolute is as good as none.
    fn xdg(&self, name: &str, beneath_home: &str) -> Option<PathBuf> {
        let named = self.path(name).filter(|path| path.is_absolute());
        named.or_else(|| Some(self.home()?.join(beneath_home))).map(|base| base.join("hypernet"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_follow_the_xdg_rules() {
        let env = Env::of(&[("HOME", "/home/me"), ("XDG_CONFIG_HOME", "relative"), ("XDG_DATA_HOME", "/data")]);
        assert_eq!(env.config_dir(), Some("/home/me/.config/hypernet".into()));
        assert_eq!(env.data_dir(), Some("/data/hypernet".into()));
        assert_eq!(Env::of(&[]).data_dir(), None);
    }

    #[test]
    fn only_a_whole_first_tilde_is_home() {
        let env = Env::of(&[("HOME", "/home/me")]);
        let expanded: Vec<_> = ["~", "~/a", "~a", "b/~"].iter().map(|path| env.expand(Path::new(path))).collect();
        assert_eq!(expanded, ["/home/me", "/home/me/a", "~a", "b/~"].map(PathBuf::from));
    }
}
