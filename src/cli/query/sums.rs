//! `query --count`, `--group-by`, `--stats`, `--histogram`: what is found, summed up instead of listed.

use std::io::{self, Write};
use std::time::Duration;

use clap::Args;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::super::context::Context;
use super::super::error::CliError;
use super::super::format;
use super::super::output::Answer;
use super::super::output::style::Style;
use super::bars;
use crate::query::Expr;
use crate::query::Trash;
use crate::query::sums::{self, By, Of, OfType, Statistics, groups, histogram, statistics};
use crate::store::Reader;

/// The flags that ask for a summary.
#[derive(Debug, Args)]
#[command(next_help_heading = "Summaries")]
pub struct SumsArgs {
    /// Print only how many there are
    #[arg(long, group = "instead", conflicts_with_all = NO_SUMMARY)]
    pub count: bool,
    /// Print how many there are, and how many bytes, by this field
    ///
    /// Fields are type, mime, ext, camera, lens, tag, album, source, `source_type` and status, the largest group first; year, month,
    /// day, hour and weekday, date or date:year|month|day by the clock on the wall where it was taken, and added or
    /// added:year|month|day by yours, in the order of the calendar. Media with several tags or albums are counted in each;
    /// those without a value are a group too: null in JSON, an empty field in tsv and csv, `none` in a table.
    #[arg(long, value_name = "FIELD[:PART]", group = "instead", conflicts_with_all = NO_GROUPS)]
    group_by: Option<String>,
    /// Print figures: count, bytes, types, dates, places, cameras
    #[arg(long, group = "instead", conflicts_with_all = NO_SUMMARY)]
    stats: bool,
    /// Print one bar a month, by the clock on the wall where it was taken
    ///
    /// The months in between in which nothing was taken are rows too, unless there are more than 120 in a row; a table says of more than
    /// 12 only how many they are. The last row is what has no date. --limit N prints the newest N months alone.
    #[arg(long, group = "instead", conflicts_with_all = NO_GROUPS)]
    histogram: bool,
}

/// What belongs to lists of media alone, and to forms that one figure does not have.
const NO_SUMMARY: &[&str] = &["form", "print0", "limit", "sort", "reverse", "fields", "with", "page", "cursor"];
const NO_GROUPS: &[&str] = &["paths", "ids", "template", "print0", "sort", "fields", "with", "page", "cursor"];

/// What a summary is made of.
pub struct Asked<'a> {
    /// The question.
    pub expr: &'a Expr,
    /// Whether those in the trash are among them.
    pub trash: Trash,
    /// At most so many groups.
    pub limit: Option<u64>,
    /// The groups the other way round.
    pub reverse: bool,
}

impl SumsArgs {
    /// Whether a summary is asked for.
    pub fn asked(&self) -> bool {
        self.count || self.group_by.is_some() || self.stats || self.histogram
    }

    /// What media are to be grouped by.
    ///
    /// # Errors
    /// When nothing can be grouped by it.
    pub fn by(&self) -> Result<Option<By>, CliError> {
        Ok(self.group_by.as_deref().map(By::parse).transpose()?)
    }
}

/// Prints the summary that is asked for. Whether nothing was found.
///
/// # Errors
/// Those of the catalogue.
pub fn run(ctx: &Context, args: &SumsArgs, reader: &Reader, asked: &Asked<'_>) -> Result<bool, CliError> {
    let of = Of { reader, expr: asked.expr, trash: asked.trash };
    if let Some(by) = args.by()? {
        let groups = groups(of, by, ctx.config.timezone)?;
        return Ok(bars::print(ctx, bars::Heading { shown: by.name, key: "key" }, groups, asked));
    }
    if args.histogram {
        return Ok(bars::months(ctx, histogram(of)?, asked));
    }
    if args.stats {
        let figures = Figures(statistics(of)?);
        ctx.out.emit(&figures);
        return Ok(figures.0.count == 0);
    }
    let count = sums::count(of)?;
    ctx.out.emit(&Count { count });
    Ok(count == 0)
}

/// How many there are.
#[derive(Serialize)]
pub struct Count {
    /// The figure.
    pub count: u64,
}

impl Answer for Count {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.count)
    }
}

/// The figures of what is found.
struct Figures(Statistics);

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(of) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("count", &of.count)?;
        map.serialize_entry("bytes", &of.bytes)?;
        map.serialize_entry("average_bytes", &self.average())?;
        map.serialize_entry("largest_bytes", &of.largest)?;
        map.serialize_entry("by_type", &ByType(of))?;
        map.serialize_entry("first_taken_at", &of.taken_at.map(|(first, _)| first))?;
        map.serialize_entry("last_taken_at", &of.taken_at.map(|(_, last)| last))?;
        map.serialize_entry("dated", &of.dated)?;
        map.serialize_entry("undated", &(of.count - of.dated))?;
        map.serialize_entry("with_gps", &of.with_gps)?;
        map.serialize_entry("without_gps", &(of.count - of.with_gps))?;
        map.serialize_entry("duration_seconds", &of.duration)?;
        map.serialize_entry("cameras", &of.cameras)?;
        map.end()
    }
}

/// Each type with its count and bytes.
struct ByType<'a>(&'a Statistics);

impl Serialize for ByType<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sums = |of: &OfType| serde_json::json!({ "count": of.count, "bytes": of.bytes });
        serializer.collect_map(self.0.by_type.iter().map(|of| (of.media_type.as_str(), sums(of))))
    }
}

impl Figures {
    /// The size of one of them, rounded down.
    fn average(&self) -> Option<u64> {
        self.0.bytes.checked_div(self.0.count)
    }

    /// What a page says: heading and value, a line each.
    fn lines(&self) -> Vec<(&'static str, String)> {
        let Self(of) = self;
        let mut lines = vec![
            ("media", format::count(of.count)),
            ("bytes", format!("{} ({})", format::bytes(of.bytes), format::count(of.bytes))),
        ];
        lines.extend(self.average().map(|average| ("average size", format::bytes(average))));
        lines.extend(of.largest.map(|largest| ("largest", format::bytes(largest))));
        for kind in of.by_type.iter().filter(|kind| kind.count > 0) {
            let sums = format!("{} in {}", format::bytes(kind.bytes), format::count(kind.count));
            lines.push((kind.media_type.as_str(), sums));
        }
        let days = of.taken_local.and_then(|(first, last)| Some((day(first)?, day(last)?)));
        lines.extend(days.map(|(first, last)| ("taken", format!("{first} to {last}"))));
        lines.push(("without a date", format::count(of.count - of.dated)));
        lines.push(("with a place", format::count(of.with_gps)));
        lines.push(("without a place", format::count(of.count - of.with_gps)));
        if of.duration > 0.0 {
            lines.push(("plays", format::duration(Duration::from_secs_f64(of.duration))));
        }
        lines.push(("cameras", format::count(of.cameras)));
        lines
    }
}

/// The day a reading of the wall clock in milliseconds falls on.
fn day(millis: i64) -> Option<String> {
    Some(chrono::DateTime::from_timestamp_millis(millis)?.format("%Y-%m-%d").to_string())
}

impl Answer for Figures {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        let lines = self.lines();
        let widest = lines.iter().map(|(heading, _)| heading.len()).max().unwrap_or_default();
        for (heading, value) in lines {
            writeln!(out, "{}{}  {value}", Style::Faint.on(heading), " ".repeat(widest - heading.len()))?;
        }
        Ok(())
    }
}
