//! Which of the found files count: names, sizes, times and kinds, decided without opening a file where that is possible.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::model::Timestamp;
use crate::model::media::MediaType;
use crate::model::mime::Mime;
use crate::store::sources::Stat;

/// What other programs leave beside pictures and nobody means to keep; `--no-ignore` takes it in all the same.
const JUNK: &[&str] =
    &["@eaDir/", "#recycle/", "$RECYCLE.BIN/", "System Volume Information/", "Thumbs.db", "desktop.ini", "lost+found/"];

/// The name of files that say, in gitignore's syntax, what in their folder is not to be taken in.
pub const IGNORE_FILE: &str = ".hypernetignore";

/// A pattern that is none.
#[derive(Debug, thiserror::Error)]
#[error("`{pattern}` is no pattern: {why}")]
pub struct PatternError {
    /// What was given.
    pub pattern: String,
    /// What is wrong with it.
    pub why: String,
}

/// Which files count.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Filter {
    include: Option<Gitignore>,
    exclude: Gitignore,
    /// Extensions, lower case; empty for any.
    pub ext: Vec<String>,
    /// Kinds that are taken in.
    pub types: Vec<MediaType>,
    /// Changed at or after this instant.
    pub newer: Option<Timestamp>,
    /// Changed before this instant.
    pub older: Option<Timestamp>,
    /// Bytes, at least.
    pub min_size: Option<u64>,
    /// Bytes, at most.
    pub max_size: Option<u64>,
    /// Folders deep, counted from 1 for the files of a source itself.
    pub max_depth: Option<usize>,
    /// Files and folders whose names begin with a dot, too.
    pub hidden: bool,
    /// Through symbolic links, too.
    pub follow: bool,
    /// Not onto other file systems.
    pub one_file_system: bool,
    /// Junk and what [`IGNORE_FILE`] names, too.
    pub no_ignore: bool,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            include: None,
            exclude: Gitignore::empty(),
            ext: Vec::new(),
            types: vec![MediaType::Photo, MediaType::Video],
            newer: None,
            older: None,
            min_size: None,
            max_size: None,
            max_depth: None,
            hidden: false,
            follow: false,
            one_file_system: false,
            no_ignore: false,
        }
    }
}

impl Filter {
    /// Takes patterns in gitignore's syntax: only files that match an `include`, none that matches an `exclude`.
    ///
    /// # Errors
    /// Names the pattern that is none.
    pub fn patterns(mut self, include: &[String], exclude: &[String]) -> Result<Self, PatternError> {
        self.include = if include.is_empty() { None } else { Some(build(include.iter().map(String::as_str))?) };
        let junk = JUNK.iter().copied().filter(|_| !self.no_ignore);
        self.exclude = build(junk.chain(exclude.iter().map(String::as_str)))?;
        Ok(self)
    }

    /// Whether a folder or file is left out by name, with all beneath it. A pattern with a slash in it is about where the file
    /// lies beneath its source, as in an ignore file there; an absolute path may be given, too.
    pub fn excludes(&self, path: &Path, source: &Path, is_dir: bool) -> bool {
        self.exclude.matched(beneath(path, source), is_dir).or(self.exclude.matched(path, is_dir)).is_ignore()
    }

    /// Whether a found file of a source counts, by all that can be told without opening it.
    pub fn wants(&self, path: &Path, source: &Path, stat: &Stat) -> bool {
        let changed = stat.mtime_ns / 1_000_000;
        let ext = || path.extension().and_then(|ext| ext.to_str()).unwrap_or_default().to_ascii_lowercase();
        let named = |include: &Gitignore| {
            let matched = |path| include.matched_path_or_any_parents(path, false);
            matched(beneath(path, source)).or(matched(path)).is_ignore()
        };
        self.include.as_ref().is_none_or(named)
            && (self.ext.is_empty() || self.ext.contains(&ext()))
            && self.newer.is_none_or(|since| changed >= since.millis())
            && self.older.is_none_or(|until| changed < until.millis())
            && self.min_size.is_none_or(|least| stat.size >= least)
            && self.max_size.is_none_or(|most| stat.size <= most)
    }

    /// Whether more than pictures and videos is taken in.
    pub fn takes_more(&self) -> bool {
        self.types.iter().any(|kind| !matches!(kind, MediaType::Photo | MediaType::Video))
    }

    /// Whether content of this type is taken in.
    pub fn takes(&self, mime: &Mime) -> bool {
        self.types.contains(&mime.media_type)
    }
}

/// The path as seen from its source; all of it where it lies elsewhere, its name where it is the source.
fn beneath<'a>(path: &'a Path, source: &Path) -> &'a Path {
    match path.strip_prefix(source) {
        Ok(rest) if rest == Path::new("") => path.file_name().map_or(path, Path::new),
        Ok(rest) => rest,
        Err(_) => path,
    }
}

fn build<'a>(patterns: impl Iterator<Item = &'a str>) -> Result<Gitignore, PatternError> {
    let mut builder = GitignoreBuilder::new("/");
    for pattern in patterns {
        if unclosed(pattern) {
            let why = "a `[` in it is not closed".to_owned();
            return Err(PatternError { pattern: pattern.to_owned(), why });
        }
        let wrong = |why: ignore::Error| PatternError { pattern: pattern.to_owned(), why: why.to_string() };
        builder.add_line(None, pattern).map_err(wrong)?;
    }
    builder.build().map_err(|why| PatternError { pattern: String::new(), why: why.to_string() })
}

/// A class that never ends would match nothing, without a word.
fn unclosed(pattern: &str) -> bool {
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => drop(rest.next()),
            '[' => {
                // A `]` that stands first belongs to the class.
                let inside = rest.as_str().trim_start_matches(['!', '^']);
                let Some(end) = inside.char_indices().skip(1).find(|(_, c)| *c == ']') else { return true };
                rest = inside[end.0 + 1..].chars();
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_never_ends_is_no_pattern() {
        let build = |pattern: &str| Filter::default().patterns(&[pattern.to_owned()], &[]).is_ok();
        let (good, bad) =
            (["*.jpg", "[a-c]*", "[!x]y", "\\[a", "[]]x", "a/**/b[0-9]"], ["[a", "a[", "**/[", "[]", "[!]", "{a"]);
        assert!(good.into_iter().all(build));
        assert!(!bad.into_iter().any(build));
    }
}
