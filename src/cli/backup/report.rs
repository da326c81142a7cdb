//! What `hypernet backup` says at its end: one summary for scripts and for people.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use crate::check::{Finding, Report};
use crate::cli::context::Context;
use crate::cli::error::Exit;
use crate::cli::format;
use crate::cli::head::Head;
use crate::cli::output::style::Style;
use crate::cli::output::text::shown;
use crate::cli::output::{Answer, Form};

/// How many findings people are shown, unless `-v` asks for all.
const SHOWN: usize = 10;

/// The summary of a run.
#[derive(Serialize)]
pub(super) struct Summary {
    #[serde(flatten)]
    head: Head,
    path: String,
    #[serde(flatten)]
    pub(super) counts: Counts,
    failed: u64,
    errors: Vec<Finding>,
    #[serde(skip)]
    all: bool,
}

/// What was counted, by command.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Counts {
    None {},
    Written {
        originals: u64,
        copied: u64,
        bytes_copied: u64,
        kept: u64,
        gone: u64,
        pruned: u64,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        going: Vec<String>,
        snapshot: Option<String>,
    },
    Verified {
        originals: u64,
        files: u64,
        read: u64,
        bytes_read: u64,
    },
    Restored {
        to: String,
        originals: u64,
        restored: u64,
        bytes_restored: u64,
        kept: u64,
        snapshot: String,
    },
}

impl Summary {
    /// The summary of a run that begins.
    pub(super) fn new(head: Head, path: &Path, all: bool) -> Self {
        Self {
            head,
            path: path.to_string_lossy().into_owned(),
            counts: Counts::None {},
            failed: 0,
            errors: Vec::new(),
            all,
        }
    }

    /// The run is over; `bad` is how the command ends when something was found.
    pub(super) fn ended(&mut self, head: Head, report: &Report, bad: Exit) {
        self.failed = report.problems();
        self.errors.clone_from(&report.findings);
        let status = match (self.failed, report.cut_short) {
            (0, false) => "success",
            (0, true) => "partial",
            _ if bad == Exit::Partial => "partial",
            _ => "failed",
        };
        self.head = head.with_status(status);
    }

    /// How many files are not as they should be.
    pub(super) fn failed(&self) -> u64 {
        self.failed
    }

    /// A clean run under `-q` says nothing, so that cron mails only trouble.
    pub(super) fn print(&mut self, ctx: &Context) {
        match ctx.out.form() {
            Form::Jsonl => {
                self.head = self.head.clone().streamed();
                // Streamed lines have told each already.
                self.errors.clear();
                ctx.out.event(self);
            }
            Form::Json => ctx.out.emit(self),
            _ if ctx.out.talk.tone().quiet > 0 && self.failed == 0 => {}
            _ => ctx.out.emit(self),
        }
    }

    fn totals(&self) -> String {
        let originals = |n| format::plural(n, "original", "originals");
        let would = if self.head.dry_run { "would be " } else { "" };
        let mut parts = match &self.counts {
            Counts::None {} => Vec::new(),
            Counts::Written { originals: all, copied, bytes_copied, kept, gone, pruned, .. } => {
                let mut parts = vec![originals(*all)];
                parts.push(format!("{} {would}copied ({})", format::count(*copied), format::bytes(*bytes_copied)));
                parts.push(format!("{} there already", format::count(*kept)));
                let rest =
                    [(gone, "kept that the library has no more".to_owned()), (pruned, format!("{would}removed"))];
                parts.extend(
                    rest.iter().filter(|(n, _)| **n > 0).map(|(n, what)| format!("{} {what}", format::count(**n))),
                );
                parts
            }
            Counts::Verified { originals: all, files, read, bytes_read } => vec![
                originals(*all),
                format::plural(*files, "file", "files"),
                format!("{} of {} read", format::bytes(*bytes_read), originals(*read)),
            ],
            Counts::Restored { originals: all, restored, bytes_restored, kept, .. } => {
                let done = format!("{} {would}restored ({})", format::count(*restored), format::bytes(*bytes_restored));
                let mut parts = vec![originals(*all), done];
                parts.extend((*kept > 0).then(|| format!("{} there already", format::count(*kept))));
                parts
            }
        };
        parts.retain(|part| !part.is_empty());
        let verdict = match self.failed {
            0 if self.head.status == "partial" => "no problems so far; it was cut short".to_owned(),
            0 => "no problems".to_owned(),
            count => format::plural(count, "problem", "problems"),
        };
        format!("{}: {}", parts.join(", "), Style::Strong.on(verdict))
    }
}

impl Answer for Summary {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        let most = if self.all { usize::MAX } else { SHOWN };
        for finding in self.errors.iter().take(most) {
            let path = finding.path.as_deref().unwrap_or("the catalogue");
            writeln!(out, "{}: {}", Style::Error.on(shown(path)), shown(&finding.message))?;
        }
        let rest = self.failed.saturating_sub(self.errors.iter().take(most).count() as u64);
        if rest > 0 {
            writeln!(out, "{}", Style::Faint.on(format!("and {} more; -v shows more", format::count(rest))))?;
        }
        if let (true, Counts::Written { going, .. }) = (self.head.dry_run, &self.counts) {
            for path in going {
                writeln!(out, "would be removed: {}", shown(path))?;
            }
        }
        writeln!(out, "{}", self.totals())
    }
}
