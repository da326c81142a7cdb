//! What a repair did, or would do, and what is left: for people, and as the summary for scripts.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use crate::check::repair::{Deed, Item, Lost};
use crate::check::{Finding, Kind};
use crate::cli::context::Context;
use crate::cli::error::{CliError, Exit};
use crate::cli::format;
use crate::cli::head::{Began, Head};
use crate::cli::output::style::Style;
use crate::cli::output::text::shown;
use crate::cli::output::{Answer, Form};
use crate::store::{Root, StoreError};

/// How many of a kind people are shown, unless `-v` asks for all.
const SHOWN: usize = 5;

/// What came of it.
pub struct Report {
    /// Whether anything was to be done, not only said.
    pub acts: bool,
    /// What was done, or would be.
    pub items: Vec<Item>,
    /// Problems that are still there.
    pub left: Vec<Finding>,
    /// The catalogue as it was before, beneath the library.
    pub snapshot: Option<String>,
    /// What a new catalogue was made of, and what it lacks: a line each.
    pub notes: Vec<String>,
    began: Began,
    all: bool,
}

/// The summary for scripts.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(flatten)]
    head: Head,
    snapshot: Option<&'a str>,
    counts: Value,
    problems: usize,
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<&'a [Item]>,
    errors: &'a [Finding],
    /// The same for people.
    #[serde(skip)]
    report: &'a Report,
}

/// How many of each kind.
pub fn counts(items: &[Item]) -> Value {
    let mut counts = BTreeMap::<Deed, u64>::new();
    for item in items {
        *counts.entry(item.deed).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(deed, count)| (deed.as_str().to_owned(), json!(count)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

impl Report {
    /// Nothing yet.
    pub fn new(ctx: &Context, acts: bool) -> Self {
        Self {
            acts,
            items: Vec::new(),
            left: Vec::new(),
            snapshot: None,
            notes: Vec::new(),
            began: Began::now(ctx),
            all: ctx.out.talk.tone().verbose > 0,
        }
    }

    /// Names originals for which no sound bytes were found, each once, by what is wrong with it, and the way to them.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn still(&mut self, lost: &[Lost], root: &Root, backup: bool) -> Result<(), StoreError> {
        let paths: HashSet<&str> = lost.iter().map(|one| one.path.as_str()).collect();
        self.left.retain(|finding| !finding.path.as_deref().is_some_and(|path| paths.contains(path)));
        let way = if backup {
            "the backup does not have it either"
        } else {
            "`hypernet repair --from BACKUP` takes it from a backup"
        };
        for one in lost {
            let kind = match root.stat(&one.path)?.map(|(size, _)| size) {
                None => Kind::Missing,
                Some(size) if size != one.size => Kind::Size,
                Some(_) => Kind::Changed,
            };
            let why = format!("no file with its SHA-256 {} was found here; {way}", one.hash);
            self.left.push(Finding::of_file(kind, &one.path, why).about(one.id));
        }
        Ok(())
    }

    /// Says it, and how the command ends.
    ///
    /// # Errors
    /// When a signal cut it short.
    pub fn end(self, ctx: &Context) -> Result<Exit, CliError> {
        let quiet = ctx.out.talk.tone().quiet > 0 && self.items.is_empty() && self.left.is_empty();
        match ctx.out.form() {
            Form::Jsonl => ctx.out.event(&self.summary(ctx, true)),
            Form::Json => ctx.out.emit(&self.summary(ctx, false)),
            _ if quiet => {}
            _ => ctx.out.emit(&self.summary(ctx, false)),
        }
        ctx.ended(if self.left.is_empty() { Exit::Ok } else { Exit::Problems })
    }

    fn summary(&self, ctx: &Context, streamed: bool) -> Summary<'_> {
        let head = self.began.ended(ctx, "repair", if self.left.is_empty() { "success" } else { "failed" });
        let head = head.only_said(!self.acts);
        Summary {
            head: if streamed { head.streamed() } else { head },
            snapshot: self.snapshot.as_deref(),
            counts: counts(&self.items),
            problems: self.left.len(),
            notes: &self.notes,
            // Streamed lines have told each deed already.
            done: (!streamed).then_some(&self.items[..]),
            errors: &self.left,
            report: self,
        }
    }

    fn group<'a>(
        &self,
        out: &mut dyn Write,
        (heading, style): (&str, Style),
        lines: impl ExactSizeIterator<Item = (Option<&'a str>, &'a str)>,
    ) -> io::Result<()> {
        let count = lines.len();
        writeln!(out, "{}: {}", Style::Strong.on(heading), style.on(format::count(count as u64)))?;
        let most = if self.all { usize::MAX } else { SHOWN };
        for (about, message) in lines.take(most) {
            match about {
                Some(about) => writeln!(out, "  {}: {}", shown(about), shown(message))?,
                None => writeln!(out, "  {}", shown(message))?,
            }
        }
        if count > most {
            let rest = format!("and {} more; -v shows more", format::count((count - most) as u64));
            writeln!(out, "  {}", Style::Faint.on(rest))?;
        }
        writeln!(out)
    }

    fn verdict(&self) -> String {
        let done = format::plural(self.items.len() as u64, "repair", "repairs");
        let left = match self.left.len() as u64 {
            0 => String::new(),
            left => format!(", {} left", format::plural(left, "problem", "problems")),
        };
        match (self.items.is_empty(), self.acts) {
            (true, _) => format!("nothing to repair{left}"),
            (_, true) => format!("{done} made{left}"),
            (_, false) => format!("{done} to make; nothing was changed, --yes makes them{left}"),
        }
    }
}

impl Answer for Summary<'_> {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        self.report.human(out)
    }
}

impl Report {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        for deed in Deed::ALL {
            let of: Vec<_> = self.items.iter().filter(|item| item.deed == *deed).collect();
            if !of.is_empty() {
                let lines = of.iter().map(|item| (item.path.as_deref(), item.message.as_str()));
                self.group(out, (deed.heading(), Style::Strong), lines)?;
            }
        }
        for kind in Kind::ALL {
            let of: Vec<_> = self.left.iter().filter(|finding| finding.kind == *kind).collect();
            if !of.is_empty() {
                let heading = format!("left: {}", kind.heading());
                let lines = of.iter().map(|finding| (finding.path.as_deref(), finding.message.as_str()));
                self.group(out, (&heading, Style::Error), lines)?;
            }
        }
        for note in &self.notes {
            writeln!(out, "{}", shown(note))?;
        }
        if let Some(snapshot) = &self.snapshot {
            writeln!(out, "the catalogue as it was before: {}", shown(snapshot))?;
        }
        writeln!(out, "{}", Style::Strong.on(self.verdict()))
    }
}
