//! What is said beside the answer: notes, warnings, hints, errors and the progress bar, all on stderr.
//!
//! A stderr that is gone loses what is said and nothing else.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::{ProgressBar, WeakProgressBar};
use serde_json::{Value, json};

use super::style::{Style, settle};
use crate::cli::context::now;
use crate::cli::error::{CliError, Code, Exit};

/// How much is said, and how.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "unrelated switches of one stream")]
pub struct Tone {
    /// How often `-q` was given: once, no progress, notes or hints; twice, no warnings.
    pub quiet: u8,
    /// How often `-v` was given.
    pub verbose: u8,
    /// Whether styles reach the stream.
    pub colour: bool,
    /// Whether the stream is a terminal that can redraw a line.
    pub redraws: bool,
    /// `--log-format json`: every line is an object.
    pub json_log: bool,
    /// The last line of a failure is the error object.
    pub json_errors: bool,
}

/// The talking side of a command: stderr.
#[derive(Default)]
pub struct Talk {
    tone: Tone,
    silent: bool,
    bar: Mutex<WeakProgressBar>,
}

impl Talk {
    /// Talks on stderr in this tone.
    pub fn new(tone: Tone) -> Self {
        Self { tone, ..Self::default() }
    }

    /// Says nothing, for tests of what goes to stdout.
    #[cfg(test)]
    pub(super) fn silent() -> Self {
        Self { silent: true, ..Self::default() }
    }

    /// How much is said, and how.
    pub fn tone(&self) -> Tone {
        self.tone
    }

    /// Something worth knowing, such as a run's summary. Not under `-q`.
    pub fn note(&self, text: &str) {
        if self.tone.quiet == 0 {
            self.say("note", "", text);
        }
    }

    /// What to do next. Not under `-q`.
    pub fn hint(&self, text: &str) {
        if self.tone.quiet == 0 {
            self.say("hint", &Style::Hint.on("hint: "), text);
        }
    }

    /// Something that may be wrong. Not under `-qq`.
    pub fn warn(&self, text: &str) {
        if self.tone.quiet < 2 {
            self.say("warning", &Style::Warning.on("warning: "), text);
        }
    }

    /// Something that waits for an answer on the same line.
    pub fn question(&self, text: &str) {
        self.line(text);
    }

    /// Something only `-v` asks for; made only then.
    pub fn detail(&self, text: impl FnOnce() -> String) {
        if self.tone.verbose > 0 {
            self.say("detail", "", &text());
        }
    }

    /// Tells a failure and says how the process ends. Being locked out is silent under `-q`: cron tries again.
    pub fn fail(&self, error: &CliError) -> Exit {
        if self.tone.json_log || self.tone.json_errors {
            self.object(&error.json());
        } else if error.code() != Code::Locked || self.tone.quiet == 0 {
            self.line(&error.text());
        }
        error.exit()
    }

    /// Tells of a panic: what happened and where.
    pub fn bug(&self, what: &str) {
        self.line(&format!("{} this is a bug in hypernet: {what}\n", Style::Error.on("error:")));
        self.line(&format!("{} please report it with the line above\n", Style::Hint.on("hint:")));
    }

    /// Prints an object on a line of its own.
    pub fn object(&self, value: &Value) {
        let json = value.to_string();
        self.line(&format!("{}\n", super::text::json_safe(&json)));
    }

    /// Lets lines appear above `bar` while it is drawn.
    pub fn around(&self, bar: &ProgressBar) {
        *self.bar() = bar.downgrade();
    }

    fn say(&self, event: &str, lead: &str, text: &str) {
        if self.tone.json_log {
            let message = settle(text, false);
            self.object(&json!({ "event": event, "message": message, "at": now() }));
        } else {
            self.line(&format!("{lead}{text}\n"));
        }
    }

    fn line(&self, text: &str) {
        if self.silent {
            return;
        }
        let text = settle(text, self.tone.colour);
        let bar = self.bar().upgrade();
        let print = || {
            let _ = io::stderr().lock().write_all(text.as_bytes());
        };
        match bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    fn bar(&self) -> MutexGuard<'_, WeakProgressBar> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
