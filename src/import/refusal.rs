//! Why a file is not taken in, in the words people read, and what of it is remembered.

use std::io;

use rustix::io::Errno;

use super::ImportError;
use super::summary::{Action, Candidate, Failure, Item};
use crate::model::mime::Mime;

/// A file that is not taken in, and what to remember of it.
pub struct Refused {
    /// The file.
    pub candidate: Candidate,
    /// Why.
    pub why: Failure,
    /// Named as media, so that this is a failure; else it is passed over.
    pub failed: bool,
    /// Whether the same bytes would always fare so.
    pub remember: Remember,
}

impl Refused {
    /// The file's fate, as it is counted and listed.
    pub fn item(&self) -> Item {
        let action = if self.failed { Action::Failed } else { Action::Skipped };
        Item::new(action, &self.candidate.path, None, self.candidate.stat.size).because(&self.why)
    }
}

/// Whether a refusal is remembered.
#[derive(Clone, Copy)]
pub enum Remember {
    /// Another time it may fare better.
    No,
    /// Its content, of this type if of any, is what refused it.
    Content(Option<&'static Mime>),
}

/// Why an attempt at a file ended.
pub enum Trouble {
    /// The file is not taken in.
    Refused(Box<Refused>),
    /// It changed while it was read.
    Changing,
    /// The run was stopped in the middle of it.
    Stopped,
    /// No file will fare better.
    Fatal(Box<ImportError>),
}

/// An attempt's result.
pub type Attempt<T> = Result<T, Trouble>;

/// Refused for something outside its content.
pub fn refused(candidate: &Candidate, why: Failure) -> Trouble {
    Trouble::Refused(Box::new(Refused { candidate: candidate.clone(), why, failed: true, remember: Remember::No }))
}

/// Refused for its content, which will not change unless the file does.
pub fn passed(candidate: &Candidate, why: Failure, failed: bool, mime: Option<&'static Mime>) -> Trouble {
    Trouble::Refused(Box::new(Refused { candidate: candidate.clone(), why, failed, remember: Remember::Content(mime) }))
}

/// Nothing in it.
pub fn empty() -> Failure {
    Failure::new("empty", "it is empty")
}

/// Named as media, and none.
pub fn not_media() -> Failure {
    Failure::new(
        "not_media",
        "its content is no picture or video, whatever its name says; --type other,document takes it in as it is",
    )
}

/// Passed over for its type.
pub fn not_wanted(mime_type: Option<&str>) -> Failure {
    match mime_type {
        Some(name) => Failure::new("not_wanted", format!("it is {name}, which --type leaves out")),
        None => Failure::new("not_wanted", "it is no picture or video"),
    }
}

/// The failure a remembered code stands for; `None` when the file should be read again.
pub fn remembered(code: &str) -> Option<Failure> {
    [empty(), not_media()].into_iter().find(|failure| failure.code == code)
}

/// The word for what kept a file from being stored: the library's disk is full, or closed to this account, or fails.
pub fn word(error: &io::Error) -> &'static str {
    use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded => "no_space",
        PermissionDenied | ReadOnlyFilesystem => "denied",
        _ => "io",
    }
}

/// Why the system would not give a file.
pub fn of_io(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound => Failure::new("not_found", "it does not exist"),
        io::ErrorKind::PermissionDenied => Failure::new("denied", "this account may not read it"),
        _ if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {
            Failure::new("link", "it became a symbolic link")
        }
        _ => Failure::new("unreadable", format!("it could not be read: {error}")),
    }
}
