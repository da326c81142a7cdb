//! How an import looks while it runs and when it ends: progress, events, the counts, a sparkline of months, what to do next.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::cli::context::Context;
use crate::cli::format::{bytes, count, duration, plural, rate};
use crate::cli::output::Answer;
use crate::cli::output::form::Form;
use crate::cli::output::style::Style;
use crate::cli::output::text::shown;
use crate::cli::progress::Progress;
use crate::import::summary::{Action, Item, Listed};
use crate::import::{Event, Summary};

/// How many years of months are drawn: what fits a line.
const YEARS: usize = 4;

/// How many failures are named under the counts.
const NAMED: usize = 3;

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The talking side of a running import.
pub struct Shown {
    progress: Progress,
}

/// One line of `--jsonl`.
#[derive(serde::Serialize)]
struct Line<'a, T> {
    event: &'static str,
    #[serde(flatten)]
    what: &'a T,
}

impl Shown {
    /// Begins.
    pub fn start(ctx: &Context) -> Self {
        Self { progress: ctx.progress("import", None, None) }
    }

    /// Shows what happens.
    pub fn event(&self, ctx: &Context, event: &Event<'_>) {
        match event {
            Event::Found { files, bytes } => self.progress.expect(*files, *bytes),
            Event::Warning(text) => ctx.out.talk.warn(&shown(text)),
            Event::Item(item) => {
                self.progress.advance(1, item.bytes);
                ctx.out.event(&Line { event: "item", what: item });
                if item.action == Action::Skipped {
                    ctx.out.talk.detail(|| told(item));
                }
            }
        }
    }

    /// Ends: the summary as data where that was asked for, and for people in any case.
    pub fn finish(self, ctx: &Context, summary: &Summary) {
        self.progress.finish();
        ctx.out.talk.note(&counts(summary));
        if let Some(line) = sparkline(&summary.months) {
            ctx.out.talk.note(&line);
        }
        // Under -q, which cron uses, trouble is the one thing that is said.
        for line in failures(&summary.errors, summary.failed) {
            ctx.out.talk.warn(&line);
        }
        for line in endings(summary) {
            ctx.out.talk.note(&line);
        }
        match ctx.out.form() {
            Form::Json => ctx.out.emit(&Answered(summary)),
            Form::Jsonl => ctx.out.event(&Line { event: "summary", what: &Answered(summary) }),
            _ => {}
        }
    }
}

fn told(item: &Item) -> String {
    let why = item.message.as_deref().unwrap_or_default();
    format!("{} {}: {}", item.action, shown(&item.path), shown(why))
}

/// The summary of the command-line contract.
struct Answered<'a>(&'a Summary);

impl Serialize for Answered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let summary = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("command", "import")?;
        map.serialize_entry("status", summary.status())?;
        map.serialize_entry("dry_run", &summary.dry_run)?;
        map.serialize_entry("started_at", &summary.started_at)?;
        map.serialize_entry("finished_at", &summary.finished_at)?;
        map.serialize_entry("duration_ms", &summary.duration_ms())?;
        map.serialize_entry("seen", &summary.seen)?;
        map.serialize_entry("imported", &summary.imported)?;
        map.serialize_entry("duplicates", &summary.duplicates)?;
        map.serialize_entry("skipped", &summary.skipped)?;
        map.serialize_entry("failed", &summary.failed)?;
        map.serialize_entry("bytes_imported", &summary.bytes_imported)?;
        map.serialize_entry("albums_created", &summary.albums_created)?;
        map.serialize_entry("links_created", &summary.links_created)?;
        map.serialize_entry("sources_removed", &summary.sources_removed)?;
        map.serialize_entry("sources_kept", &summary.sources_kept)?;
        map.serialize_entry("damaged", &summary.damaged)?;
        map.serialize_entry("errors", &summary.errors)?;
        map.end()
    }
}

impl Answer for Answered<'_> {
    fn human(&self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// What else is worth knowing, and what to do next.
fn endings(summary: &Summary) -> Vec<String> {
    let mut lines = Vec::new();
    if summary.damaged > 0 {
        let damaged = plural(summary.damaged, "new file is", "new files are");
        lines.push(format!(
            "{damaged} damaged or cannot be drawn: stored as they are, and marked `failed` with the reason"
        ));
    }
    if summary.sources_removed > 0 {
        let removed = plural(summary.sources_removed, "source was", "sources were");
        lines.push(format!("{removed} removed after their copies were proven"));
    }
    let next = if summary.dry_run { "the same without --dry-run" } else { "hypernet query type:photo --limit 10" };
    if summary.imported > 0 && !summary.interrupted && !summary.cut_short {
        lines.push(format!("{} {next}", Style::Hint.on("Next:")));
    }
    lines
}

fn counts(summary: &Summary) -> String {
    let new = if summary.dry_run { "would be new" } else { "new" };
    let duplicates = if summary.duplicates == 1 { "duplicate" } else { "duplicates" };
    let line = format!(
        "{}: {} {new}, {} {duplicates}, {} skipped, {} failed",
        plural(summary.seen, "file", "files"),
        count(summary.imported),
        count(summary.duplicates),
        count(summary.skipped),
        count(summary.failed),
    );
    let took = Duration::from_millis(summary.duration_ms().unsigned_abs());
    if summary.bytes_imported == 0 {
        return format!("{line}   in {}", duration(took));
    }
    let rate = rate(summary.bytes_imported, took).map_or_else(String::new, |rate| format!(" ({rate})"));
    format!("{line}   {} in {}{rate}", bytes(summary.bytes_imported), duration(took))
}

/// Photos per month of the latest years that have any.
fn sparkline(months: &BTreeMap<(i32, u32), u64>) -> Option<String> {
    let most = *months.values().max()?;
    let mut years: Vec<i32> = months.keys().map(|(year, _)| *year).collect();
    years.dedup();
    let bar = |year, month| {
        let number = months.get(&(year, month)).copied().unwrap_or(0);
        let height = if number == 0 { 0 } else { 1 + number * 6 / most };
        BARS[usize::try_from(height).unwrap_or(0).min(7)]
    };
    let year = |year: &i32| format!("{year} {}", (1..=12).map(|month| bar(*year, month)).collect::<String>());
    Some(years.iter().skip(years.len().saturating_sub(YEARS)).map(year).collect::<Vec<_>>().join("  "))
}

/// Failures grouped by their reason, each with a few names.
fn failures(errors: &[Listed], failed: u64) -> Vec<String> {
    let mut groups: BTreeMap<&str, Vec<&Listed>> = BTreeMap::new();
    for error in errors {
        groups.entry(error.why.code).or_default().push(error);
    }
    let mut lines: Vec<_> = groups.values().map(|group| grouped(group)).collect();
    if failed > NAMED as u64 {
        lines.push("--report FILE.csv lists every one of them".to_owned());
    }
    lines
}

fn grouped(group: &[&Listed]) -> String {
    let names: Vec<_> = group.iter().take(NAMED).map(|error| shown(&error.path).into_owned()).collect();
    let more = group.len() - names.len();
    let more = if more > 0 { format!(" and {} more", count(more as u64)) } else { String::new() };
    let why = group.first().map(|error| shown(&error.why.message).into_owned()).unwrap_or_default();
    format!("{} failed: {why}: {}{more}", count(group.len() as u64), names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_drawn_by_the_fullest() {
        let months = BTreeMap::from([((2023, 1), 1), ((2023, 7), 100), ((2024, 12), 50)]);
        assert_eq!(sparkline(&months).unwrap(), "2023 ▂▁▁▁▁▁█▁▁▁▁▁  2024 ▁▁▁▁▁▁▁▁▁▁▁▅");
        assert_eq!(sparkline(&BTreeMap::new()), None);
    }
}
