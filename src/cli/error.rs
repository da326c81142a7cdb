//! What a command says when it fails: a code word, the exit code that follows from it, a hint, and the spot in the text.
//!
//! Renders, but never prints: that is `output`. How each library's errors become a [`CliError`] stands beside the
//! commands that meet them; the pattern is `From<Invalid>` below.

use std::fmt::Write as _;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Map, Value, json};

use super::output::style::{Style, width};
use super::output::text::{shown, shown_path};
use crate::model::Invalid;
use crate::text_enum;

/// What the process says when it ends. Scripts rely on these: add, never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs, reason = "`Exit::meaning` says it, and people read it there")]
pub enum Exit {
    Ok = 0,
    Failed = 1,
    Usage = 2,
    Partial = 3,
    NotFound = 4,
    Auth = 5,
    Locked = 6,
    Unavailable = 7,
    Problems = 8,
    Refused = 9,
    Library = 10,
    Bug = 101,
    Interrupted = 130,
    Terminated = 143,
}

impl Exit {
    /// All of them, by number.
    pub const ALL: &'static [Self] = &[
        Self::Ok,
        Self::Failed,
        Self::Usage,
        Self::Partial,
        Self::NotFound,
        Self::Auth,
        Self::Locked,
        Self::Unavailable,
        Self::Problems,
        Self::Refused,
        Self::Library,
        Self::Bug,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The number the shell sees.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// When a command ends so, as help and manual say it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Ok => "done, also when there was nothing to do",
            Self::Failed => "the work could not be done",
            Self::Usage => "bad flag, query, template or setting; nothing was started",
            Self::Partial => "finished, but some items failed or time ran out",
            Self::NotFound => "what was named does not exist, or nothing matched under --exit-status",
            Self::Auth => "sign-in missing, expired or revoked, or a wrong password",
            Self::Locked => "another run holds the lock",
            Self::Unavailable => "network or provider trouble: worth trying later",
            Self::Problems => "the check found something",
            Self::Refused => "a confirmation was needed and could not be asked",
            Self::Library => "no library there, damaged, or made by a newer hypernet",
            Self::Bug => "a bug in hypernet",
            Self::Interrupted => "interrupted by Ctrl-C",
            Self::Terminated => "terminated by a signal",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

text_enum! {
    /// Why a command failed, in one word for scripts. The list is closed (reliability, section 1).
    Code("code") {
        Io = "io", NoSpace = "no_space", Denied = "denied", Usage = "usage", Invalid = "invalid", Partial = "partial",
        NotFound = "not_found", AuthRequired = "auth_required", Locked = "locked", Unavailable = "unavailable",
        Problems = "problems", Refused = "refused", NoLibrary = "no_library", TooNew = "too_new", Damaged = "damaged",
        Interrupted = "interrupted",
    }
}

impl Code {
    /// The exit code it leads to.
    pub const fn exit(self) -> Exit {
        match self {
            Self::Io | Self::NoSpace | Self::Denied => Exit::Failed,
            Self::Usage | Self::Invalid => Exit::Usage,
            Self::Partial => Exit::Partial,
            Self::NotFound => Exit::NotFound,
            Self::AuthRequired => Exit::Auth,
            Self::Locked => Exit::Locked,
            Self::Unavailable => Exit::Unavailable,
            Self::Problems => Exit::Problems,
            Self::Refused => Exit::Refused,
            Self::NoLibrary | Self::TooNew | Self::Damaged => Exit::Library,
            Self::Interrupted => Exit::Interrupted,
        }
    }

    /// The word for what the operating system answered.
    pub fn of(error: &io::Error) -> Self {
        use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded => Self::NoSpace,
            PermissionDenied | ReadOnlyFilesystem => Self::Denied,
            _ => Self::Io,
        }
    }
}

/// A failure, ready to be told to a person or to a script.
#[derive(Debug)]
pub struct CliError(Box<Parts>);

#[derive(Debug)]
struct Parts {
    code: Code,
    exit: Exit,
    message: String,
    hint: Option<String>,
    details: Map<String, Value>,
    spot: Option<Spot>,
}

/// A place in a text that could not be understood.
#[derive(Debug)]
struct Spot {
    text: String,
    bytes: Range<usize>,
}

impl CliError {
    /// A failure with the exit code of its word. The message has no full stop; [`shown`] what comes from files.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let (exit, message) = (code.exit(), message.into());
        Self(Box::new(Parts { code, exit, message, hint: None, details: Map::new(), spot: None }))
    }

    /// What the operating system answered about `path`.
    pub fn io(path: &Path, error: &io::Error) -> Self {
        let message = format!("{}: {}", shown_path(path), reason(error));
        Self::new(Code::of(error), message).detail("path", path.to_string_lossy())
    }

    /// A run that a signal cut short; `exit` says which.
    pub fn interrupted(exit: Exit) -> Self {
        let mut error = Self::new(Code::Interrupted, "interrupted");
        error.0.exit = exit;
        error
    }

    /// Adds the next thing to do: a phrase or a command.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds a fact for scripts.
    #[must_use]
    pub fn detail(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.details.insert(key.to_owned(), value.into());
        self
    }

    /// Whether a fact for scripts is there.
    pub fn has(&self, key: &str) -> bool {
        self.0.details.contains_key(key)
    }

    /// Points at `bytes` of `text`; of a long one at an excerpt of it. Of several lines only the one where the spot begins is shown.
    #[must_use]
    pub fn at(mut self, text: &str, bytes: Range<usize>) -> Self {
        let start = text.floor_char_boundary(bytes.start);
        let end = text.floor_char_boundary(bytes.end.max(start));
        self.0.spot = Some(Spot::excerpt(text, start..end));
        self
    }

    /// Its word.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What failed and why.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The next thing to do.
    pub fn hinted(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// How the process ends.
    pub fn exit(&self) -> Exit {
        self.0.exit
    }

    /// For people: message, the spot with a caret under it, hint; a line each, styled.
    pub fn text(&self) -> String {
        let mut text = format!("{} {}\n", Style::Error.on("error:"), self.0.message);
        if let Some(spot) = &self.0.spot {
            text.push_str(&spot.text());
        }
        if let Some(hint) = &self.0.hint {
            let _ = writeln!(text, "{} {hint}", Style::Hint.on("hint:"));
        }
        text
    }

    /// For scripts: the error object of the command-line contract.
    pub fn json(&self) -> Value {
        let Parts { code, exit, message, hint, details, spot } = &*self.0;
        let mut details = details.clone();
        if let Some(Spot { text, bytes }) = spot {
            details.insert("text".into(), text.as_str().into());
            details.insert("bytes".into(), json!([bytes.start, bytes.end]));
        }
        let exit_code = exit.number();
        json!({ "error": { "code": code, "exit_code": exit_code, "message": message, "hint": hint, "details": details } })
    }
}

/// How many characters of a text are shown before a spot, of the spot, and behind it.
const AROUND: usize = 70;

impl Spot {
    /// The spot with what stands close by; `…` stands for what is cut off.
    fn excerpt(text: &str, bytes: Range<usize>) -> Self {
        let nth = |from: usize| text[from..].char_indices().nth(AROUND).map_or(text.len(), |(at, _)| from + at);
        let from = text[..bytes.start].char_indices().nth_back(AROUND - 1).map_or(0, |(at, _)| at);
        let end = bytes.end.min(nth(bytes.start));
        let until = if end < bytes.end { end } else { nth(end) };
        let before = if from > 0 { "…" } else { "" };
        let behind = if until < text.len() { "…" } else { "" };
        let moved = |at: usize| at - from + before.len();
        Self { text: format!("{before}{}{behind}", &text[from..until]), bytes: moved(bytes.start)..moved(end) }
    }

    fn text(&self) -> String {
        let begin = self.text[..self.bytes.start].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[begin..].find('\n').map_or(self.text.len(), |length| begin + length);
        let (start, stop) = (self.bytes.start, self.bytes.end.min(end));
        let before = width(&shown(&self.text[begin..start]));
        let under = width(&shown(&self.text[start..stop.max(start)])).max(1);
        let carets = Style::Error.on("^".repeat(under));
        format!("  {}\n  {}{carets}\n", shown(&self.text[begin..end]), " ".repeat(before))
    }
}

impl From<Invalid> for CliError {
    fn from(invalid: Invalid) -> Self {
        let field = invalid.field;
        Self::new(Code::Invalid, invalid.to_string()).detail("field", field)
    }
}

/// What the system said, without Rust's number behind it.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let plain = text.split(" (os error").next().unwrap_or(&text);
    shown(plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::style::settle;

    #[test]
    fn the_list_of_code_words_is_closed() {
        let words: Vec<_> = Code::ALL.iter().map(|code| (code.exit().number(), code.as_str())).collect();
        let contract = "1 io,1 no_space,1 denied,2 usage,2 invalid,3 partial,4 not_found,5 auth_required,6 locked,\
                        7 unavailable,8 problems,9 refused,10 no_library,10 too_new,10 damaged,130 interrupted";
        let listed: Vec<_> = words.iter().map(|(exit, word)| format!("{exit} {word}")).collect();
        assert_eq!(listed.join(","), contract);
    }

    #[test]
    fn a_mistake_points_at_itself() {
        let error = CliError::new(Code::Usage, "expected a term after `AND`").at("date:2026 AND", 13..13);
        let expected = "error: expected a term after `AND`\n  date:2026 AND\n               ^\n";
        assert_eq!(settle(&error.text(), false), expected);
    }

    #[test]
    fn a_caret_counts_columns_not_bytes() {
        let error =
            CliError::new(Code::Usage, "no such field").at("写真 camra:x", 7..12).hint("did you mean `camera`?");
        let expected = "error: no such field\n  写真 camra:x\n       ^^^^^\nhint: did you mean `camera`?\n";
        assert_eq!(settle(&error.text(), false), expected);
    }

    #[test]
    fn of_many_lines_only_the_one_in_question_is_shown() {
        let error = CliError::new(Code::Usage, "bad").at("a = 1\nb = x\nc = 3", 10..11);
        assert_eq!(settle(&error.text(), false), "error: bad\n  b = x\n      ^\n");
        let past = CliError::new(Code::Usage, "bad").at("é", 1..99);
        assert_eq!(settle(&past.text(), false), "error: bad\n  é\n  ^\n");
    }

    #[test]
    fn of_a_long_text_only_what_is_close_is_shown() {
        let long = format!("{}camra:x{}", "é ".repeat(30_000), " y".repeat(30_000));
        let at = 3 * 30_000;
        let error = CliError::new(Code::Usage, "bad").at(&long, at..at + 5);
        let (before, behind) = ("é ".repeat(35), " y".repeat(34));
        let expected = format!("error: bad\n  …{before}camra:x{behind}…\n{}^^^^^\n", " ".repeat(73));
        assert_eq!(settle(&error.text(), false), expected);
        assert_eq!(error.json()["error"]["details"]["bytes"], json!([3 + 105, 3 + 110]));
        let whole = CliError::new(Code::Usage, "bad").at(&long, 0..long.len()).text();
        assert_eq!(settle(&whole, false), format!("error: bad\n  {before}…\n  {}\n", "^".repeat(70)));
    }

    #[test]
    fn scripts_get_one_object_with_every_key() {
        let error: CliError = Invalid::new("size", "must be small", 7).into();
        let expected = r#"{"error":{"code":"invalid","exit_code":2,"message":"size: must be small, not 7","hint":null,"details":{"field":"size"}}}"#;
        assert_eq!(error.json().to_string(), expected);
    }

    #[test]
    fn a_full_disk_and_a_closed_door_have_words_of_their_own() {
        assert_eq!(Code::of(&io::ErrorKind::StorageFull.into()), Code::NoSpace);
        let error = CliError::io(Path::new("/x\u{1b}y"), &io::Error::from_raw_os_error(13));
        assert_eq!((error.code(), error.exit()), (Code::Denied, Exit::Failed));
        assert_eq!(settle(&error.text(), false), "error: /x\\x1by: Permission denied\n");
    }
}
