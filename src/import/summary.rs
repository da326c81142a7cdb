//! What an import did: counts that add up to what was seen (ruling 15), and every file that could not be taken in.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Value, json};

use crate::model::{ObjectId, Timestamp};
use crate::text_enum;

/// How many failures a summary lists; all of them are events.
const LISTED: usize = 10_000;

text_enum! {
    /// What became of one file.
    Action("action") { Imported = "imported", Duplicate = "duplicate", Skipped = "skipped", Failed = "failed" }
}

/// One file's fate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// What became of it.
    pub action: Action,
    /// The file; bytes that are no UTF-8 shown as U+FFFD.
    pub path: String,
    /// The media it is now, where it is one.
    pub id: Option<ObjectId>,
    /// Its size.
    #[serde(skip)]
    pub bytes: u64,
    /// Why it was skipped or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// The same for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Item {
    /// A file's fate without a reason.
    pub fn new(action: Action, path: &std::path::Path, id: Option<ObjectId>, bytes: u64) -> Self {
        Self { action, path: path.to_string_lossy().into_owned(), id, bytes, code: None, message: None }
    }

    /// The same with why.
    #[must_use]
    pub fn because(mut self, failure: &Failure) -> Self {
        self.code = Some(failure.code);
        self.message = Some(failure.message.clone());
        self
    }
}

/// Why one file was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// One of a closed list of words.
    pub code: &'static str,
    /// What it was, why, what to do.
    pub message: String,
}

impl Failure {
    /// A reason.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// A failed file, as listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The file.
    pub path: String,
    /// Why.
    #[serde(flatten)]
    pub why: Failure,
}

/// What one import did.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// Whether it was asked to stop before its end.
    pub interrupted: bool,
    /// Whether an error ended the run early.
    pub cut_short: bool,
    /// Whether nothing was changed because nothing should be.
    pub dry_run: bool,
    /// Files found.
    pub seen: u64,
    /// New media.
    pub imported: u64,
    /// Files whose bytes were here.
    pub duplicates: u64,
    /// Files passed over.
    pub skipped: u64,
    /// Files that could not be taken in.
    pub failed: u64,
    /// Bytes of new media.
    pub bytes_imported: u64,
    /// Albums made.
    pub albums_created: u64,
    /// Links made.
    pub links_created: u64,
    /// Sources removed under `--mode move`.
    pub sources_removed: u64,
    /// Sources that stayed under `--mode move` because something about them or their copy was not right.
    pub sources_kept: u64,
    /// New media that are damaged or could not be drawn: stored as they are, and marked.
    pub damaged: u64,
    /// The first ten thousand failures.
    pub errors: Vec<Listed>,
    /// New media by year and month of the wall clock.
    pub months: BTreeMap<(i32, u32), u64>,
}

impl Summary {
    /// Nothing yet.
    pub fn new(started_at: Timestamp) -> Self {
        Self {
            started_at,
            finished_at: started_at,
            interrupted: false,
            cut_short: false,
            dry_run: false,
            seen: 0,
            imported: 0,
            duplicates: 0,
            skipped: 0,
            failed: 0,
            bytes_imported: 0,
            albums_created: 0,
            links_created: 0,
            sources_removed: 0,
            sources_kept: 0,
            damaged: 0,
            errors: Vec::new(),
            months: BTreeMap::new(),
        }
    }

    /// Counts one settled file.
    pub fn count(&mut self, item: &Item) {
        self.seen += 1;
        match item.action {
            Action::Imported => {
                self.imported += 1;
                self.bytes_imported += item.bytes;
            }
            Action::Duplicate => self.duplicates += 1,
            Action::Skipped => self.skipped += 1,
            Action::Failed => self.failed += 1,
        }
        if let (Action::Failed, Some(code), true) = (item.action, item.code, self.errors.len() < LISTED) {
            let why = Failure { code, message: item.message.clone().unwrap_or_default() };
            self.errors.push(Listed { path: item.path.clone(), why });
        }
    }

    /// Counts a source that should have gone and stays.
    pub fn keep(&mut self, path: &std::path::Path, why: &str) {
        self.sources_kept += 1;
        if self.errors.len() < LISTED {
            let why = Failure { code: "kept", message: format!("it stays where it is: {why}") };
            self.errors.push(Listed { path: path.to_string_lossy().into_owned(), why });
        }
    }

    /// Whether all that was asked for was done.
    pub fn whole(&self) -> bool {
        self.failed == 0 && self.sources_kept == 0
    }

    /// Ends it.
    pub fn end(&mut self, now: Timestamp, interrupted: bool, cut_short: bool) {
        self.cut_short = cut_short;
        self.finished_at = now.max(self.started_at);
        self.interrupted = interrupted;
    }

    /// How it ended, in the model's words.
    pub fn status(&self) -> &'static str {
        match self {
            Self { cut_short: true, .. } => "failed",
            Self { interrupted: true, .. } => "partial",
            _ if !self.whole() => "partial",
            _ => "success",
        }
    }

    /// Milliseconds it took.
    pub fn duration_ms(&self) -> i64 {
        self.finished_at.millis() - self.started_at.millis()
    }

    /// The counts, as the journal keeps them.
    pub fn counts(&self) -> Value {
        json!({
            "seen": self.seen, "imported": self.imported, "duplicates": self.duplicates, "skipped": self.skipped,
            "failed": self.failed, "bytes_imported": self.bytes_imported,
        })
    }
}

/// A file as found, on its way to the workers.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its absolute path.
    pub path: PathBuf,
    /// How it was when found.
    pub stat: crate::store::sources::Stat,
}
