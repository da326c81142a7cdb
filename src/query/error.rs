//! What is wrong with a question, and where in its text.
//!
//! Rendering (the caret under the spot, the exit code) is `cli/error.rs`'s.

use std::fmt;
use std::ops::Range;

/// A question that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// What is wrong, without a full stop.
    pub message: String,
    /// The question as it was given; several arguments are joined by a blank. Cut where it was far too long.
    pub text: String,
    /// The spot, in bytes of `text`, on character boundaries; empty at the end of the text when something is missing there.
    pub span: Range<usize>,
    /// What to write instead.
    pub hint: Option<String>,
}

/// A fault at a spot, before the text it belongs to is known to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) span: Range<usize>,
    pub(super) wrong: Wrong,
}

/// A fault in a value, before its spot is known to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// The same, said of what stands in the saved question of this name.
    pub(super) fn within_saved(mut self, name: &str) -> Self {
        self.message = format!("in the saved query {}: {}", quoted(name), self.message);
        self
    }

    pub(super) fn at(self, span: Range<usize>) -> Fault {
        Fault { span, wrong: self }
    }
}

impl Fault {
    pub(super) fn within(self, text: &str) -> QueryError {
        let Wrong { message, hint } = self.wrong;
        QueryError { message, text: text.to_owned(), span: self.span, hint }
    }
}

/// What is asked for comes later, for this reason.
pub(super) fn waiting(reason: &str) -> Wrong {
    Wrong::new(format!("not available yet: {reason}"))
}

/// A piece of a question as it is quoted in a message: cut where it is long.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST {
        return format!("`{text}`");
    }
    format!("`{}…`", text.chars().take(MOST).collect::<String>())
}
