//! `hypernet verify`: says whether every row and every byte is as it was stored. Changes nothing.
//!
//! The report is the answer; what a finding means and what to do next is `check`'s table.

use std::collections::HashSet;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::context::Context;
use super::error::{CliError, Exit};
use super::head::{Began, Head};
use super::help::{ending, opening};
use super::output::Answer;
use super::output::style::Style;
use super::output::text::shown;
use super::progress::Progress;
use super::{format, library};
use crate::check::{self, Event, Finding, KEPT, Kind, Level, Plan, Report, place};
use crate::model::amount;
use crate::model::{Invalid, Sha256, Timestamp};
use crate::query::ast::Expr;
use crate::query::{self, Options};
use crate::store::{Access, Library};

/// Beside those of opening a library.
const MORE: &[Exit] = &[Exit::Partial, Exit::NotFound, Exit::Problems];
const EXAMPLES: &[&str] = &[
    "hypernet verify",
    "hypernet verify --quick -q",
    "hypernet verify --data",
    "hypernet verify --data --sample 5% --max-time 1h",
    "hypernet verify date:2024",
];

/// How many findings of a kind people are shown, unless `-v` asks for all.
const SHOWN: usize = 5;

/// Check that every row and every byte is as it was stored
///
/// Looks at the whole library, whoever owns what: the catalogue's pages, references, rules, counts and search, each original's
/// place and size, modes and owners, and files that belong to nothing. Nothing is changed. With a query, only the originals of
/// the media it finds are read. A run that `--max-time` cut short is gone on with by the next one, so that every original has
/// its turn.
#[derive(Debug, Args)]
#[command(after_long_help = ending(EXAMPLES, &opening(MORE)))]
pub struct VerifyArgs {
    /// Only the originals of what this finds, each read again
    #[arg(value_name = "QUERY", conflicts_with_all = ["quick", "sample"])]
    query: Vec<String>,
    /// Only pages, references, originals' places and sizes, and modes
    #[arg(long, conflicts_with = "data")]
    quick: bool,
    /// Also read every original again and compare its SHA-256, oldest first
    #[arg(long)]
    data: bool,
    /// Read this part of the originals, another one each time
    #[arg(long, value_name = "N%", requires = "data", value_parser = part)]
    sample: Option<f64>,
    /// Stop after this long; the next run with a limit goes on from there
    #[arg(long, value_name = "DUR", requires = "data", value_parser = amount::duration)]
    max_time: Option<Duration>,
}

/// A percentage as a part of one: `5%`, `0.5%`.
fn part(text: &str) -> Result<f64, Invalid> {
    let wrong = || Invalid::new("sample", "must be a percentage above 0, up to 100%, such as 5%", text);
    let percent: f64 = text.strip_suffix('%').unwrap_or(text).parse().map_err(|_| wrong())?;
    if percent > 0.0 && percent <= 100.0 { Ok(percent / 100.0) } else { Err(wrong()) }
}

/// Runs `verify`.
///
/// # Errors
/// When there is no library, it cannot be opened, or a signal ended it.
pub fn run(ctx: &mut Context, args: &VerifyArgs) -> Result<Exit, CliError> {
    let asked = question(ctx, args)?;
    let library = library::open(ctx, Access::Read)?;
    let only = asked.map(|asked| found(&library, &asked)).transpose()?;
    let (began, stop) = (Began::now(ctx), ctx.stop());
    let over = |limit: Duration| began.took() >= limit;
    let in_turn = args.max_time.is_some() && only.is_none() && args.sample.is_none();
    let after = if in_turn { place::remembered(library.root()) } else { None };
    let plan = Plan { after, only: only.as_ref(), ..plan(ctx, args, began.at) };
    let progress = ctx.progress("verify", None, None);
    let stopped = || stop.load(Ordering::Relaxed) || args.max_time.is_some_and(over);
    let report = check::run(&library, &plan, &stopped, &|event| told(ctx, &progress, &event))?;
    progress.finish();
    if in_turn && plan.level == Level::Data {
        place::remember(library.root(), if report.cut_short { report.after.or(after) } else { None });
    }
    let verified = Verified {
        head: began.ended(ctx, "verify", status(&report)),
        took: began.took(),
        report,
        plan,
        all: ctx.out.talk.tone().verbose > 0,
    };
    verified.print(ctx);
    let nothing = verified.plan.only.is_some_and(HashSet::is_empty);
    if nothing {
        ctx.out.talk.warn("nothing matches, so nothing was verified");
    }
    match ctx.interrupted() {
        Some(exit) if verified.report.cut_short => Err(CliError::interrupted(exit)),
        _ if nothing => Ok(Exit::NotFound),
        _ => Ok(verified.exit()),
    }
}

/// What the words on the command line ask for, if there are any.
fn question(ctx: &Context, args: &VerifyArgs) -> Result<Option<Expr>, CliError> {
    if args.query.is_empty() {
        return Ok(None);
    }
    Ok(Some(query::parse_arguments(&args.query, &super::query::ground(ctx))?))
}

/// The hashes of what a question finds.
fn found(library: &Library, asked: &Expr) -> Result<HashSet<Sha256>, CliError> {
    let mut hashes = HashSet::new();
    let options = Options::default();
    query::run(&library.reader()?, asked, &options, |media| {
        hashes.insert(media.hash);
        Ok::<_, CliError>(ControlFlow::Continue(()))
    })?;
    Ok(hashes)
}

fn plan(ctx: &Context, args: &VerifyArgs, now: Timestamp) -> Plan<'static> {
    let level = match (args.quick, args.data || !args.query.is_empty()) {
        (true, _) => Level::Quick,
        (_, true) => Level::Data,
        _ => Level::Default,
    };
    let draw = now.millis().cast_unsigned();
    Plan { level, sample: args.sample.unwrap_or(1.0), draw, jobs: ctx.config.jobs, after: None, only: None }
}

fn told(ctx: &Context, progress: &Progress, event: &Event<'_>) {
    match event {
        Event::Phase(name, files, bytes) => progress.phase(name, *files, *bytes),
        Event::Done(files, bytes) => progress.advance(*files, *bytes),
        Event::Found(Finding { path, kind, message, id }) => {
            let action = if kind.is_note() { "noted" } else { "found" };
            ctx.out.event(&json!({
                "event": "item", "action": action, "path": path, "id": id, "code": kind, "message": message,
            }));
        }
    }
}

/// The report, and what it was made with.
struct Verified<'a> {
    head: Head,
    took: Duration,
    report: Report,
    plan: Plan<'a>,
    all: bool,
}

/// The summary for scripts.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(flatten)]
    head: Head,
    level: Level,
    complete: bool,
    objects: u64,
    originals: u64,
    files: u64,
    read: u64,
    bytes_read: u64,
    problems: u64,
    notes: u64,
    counts: serde_json::Value,
    errors: Vec<&'a Finding>,
    noted: Vec<&'a Finding>,
}

fn status(report: &Report) -> &'static str {
    match (report.problems(), report.cut_short) {
        (0, false) => "success",
        (0, true) => "partial",
        _ => "failed",
    }
}

impl Verified<'_> {
    fn exit(&self) -> Exit {
        match self.head.status {
            "failed" => Exit::Problems,
            "partial" => Exit::Partial,
            _ => Exit::Ok,
        }
    }

    /// A clean run under `-q` says nothing, so that cron mails only trouble.
    fn print(&self, ctx: &Context) {
        use super::output::Form;
        match ctx.out.form() {
            Form::Jsonl => ctx.out.event(&self.summary(true)),
            Form::Json => ctx.out.emit(self),
            _ if ctx.out.talk.tone().quiet > 0 && self.report.problems() == 0 => {}
            _ => ctx.out.emit(self),
        }
    }

    fn summary(&self, streamed: bool) -> Summary<'_> {
        let Report { objects, originals, files, read, bytes_read, .. } = self.report;
        let of = |notes: bool| self.report.findings.iter().filter(move |finding| finding.kind.is_note() == notes);
        // Streamed lines have told each finding already.
        let kept = |notes| if streamed { Vec::new() } else { of(notes).collect() };
        let counts = self.report.counts.iter().map(|(kind, count)| (kind.as_str().to_owned(), json!(count)));
        Summary {
            head: if streamed { self.head.clone().streamed() } else { self.head.clone() },
            level: self.plan.level,
            complete: !self.report.cut_short,
            objects,
            originals,
            files,
            read,
            bytes_read,
            problems: self.report.problems(),
            notes: self.report.notes(),
            counts: counts.collect::<serde_json::Map<_, _>>().into(),
            errors: kept(false),
            noted: kept(true),
        }
    }

    fn group(&self, out: &mut dyn Write, kind: Kind, count: u64) -> io::Result<()> {
        let style = if kind.is_note() { Style::Hint } else { Style::Error };
        writeln!(out, "{}: {}", Style::Strong.on(kind.heading()), style.on(format::count(count)))?;
        let of_kind = || self.report.findings.iter().filter(|finding| finding.kind == kind);
        let shown = if self.all { usize::MAX } else { SHOWN };
        for finding in of_kind().take(shown) {
            writeln!(out, "  {}", line(finding))?;
        }
        let rest = count - of_kind().take(shown).count() as u64;
        if rest > 0 {
            let how = if self.all {
                format!("only the first {} are kept", format::count(KEPT))
            } else {
                "-v shows more".to_owned()
            };
            writeln!(out, "  {}", Style::Faint.on(format!("and {} more; {how}", format::count(rest))))?;
        }
        writeln!(out, "  next: {}\n", kind.next())
    }

    fn totals(&self) -> String {
        let report = &self.report;
        let mut parts = vec![format::plural(report.originals, "original", "originals")];
        // A question looks at what it finds, and counts nothing else.
        if self.plan.only.is_none() {
            parts.insert(0, format::plural(report.objects, "object", "objects"));
            parts.push(format::plural(report.files, "file", "files"));
        }
        if self.plan.level == Level::Data {
            let read = format!(
                "{} of {} read again",
                format::bytes(report.bytes_read),
                format::plural(report.read, "original", "originals")
            );
            parts.push(read);
            parts.extend(format::rate(report.bytes_read, self.took).filter(|_| report.bytes_read > 0));
        }
        let verdict = match (report.problems(), report.cut_short) {
            (0, false) => "no problems".to_owned(),
            (0, true) => "no problems so far; it was cut short".to_owned(),
            (count, false) => format::plural(count, "problem", "problems"),
            (count, true) => format!("{} so far; it was cut short", format::plural(count, "problem", "problems")),
        };
        format!("{}: {}", parts.join(", "), Style::Strong.on(verdict))
    }
}

fn line(finding: &Finding) -> String {
    let about = match (&finding.path, finding.id) {
        (Some(path), _) => Some(path.clone()),
        (None, id) => id.map(|id| id.to_string()),
    };
    let message = shown(&finding.message);
    about.map_or_else(|| message.to_string(), |about| format!("{}: {message}", shown(&about)))
}

impl Serialize for Verified<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.summary(false).serialize(serializer)
    }
}

impl Answer for Verified<'_> {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        for (kind, count) in &self.report.counts {
            self.group(out, *kind, *count)?;
        }
        writeln!(out, "{}", self.totals())
    }
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn a_sample_is_a_percentage() {
        let parts = ["5%", "0.5%", "100%", "50"].map(|text| (part(text).unwrap() * 1000.0).round() as u32);
        assert_eq!(parts, [50, 5, 1000, 500]);
        assert!(["0%", "101%", "-5%", "", "%", "nan%", "a"].iter().all(|text| part(text).is_err()));
    }
}
