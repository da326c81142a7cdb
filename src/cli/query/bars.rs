//! Groups as rows, on a terminal with a bar each that says how many there are next to the others.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::super::context::Context;
use super::super::format;
use super::super::output::style::width;
use super::super::output::table::terminal_width;
use super::super::output::text::shown;
use super::super::output::{Column, Form, List, Row};
use super::sums::Asked;
use crate::query::sums::Group;

/// What the values of the groups are called: for people, and in forms for scripts.
#[derive(Debug, Clone, Copy)]
pub struct Heading {
    /// Above a table.
    pub shown: &'static str,
    /// The key in JSON, the column in csv.
    pub key: &'static str,
}

/// What stands for no value in a table.
const NONE: &str = "none";

/// The column of the bars has no heading.
const BAR: &str = "";

/// So many empty months in a row are shown one by one; of more, a table says how many they are.
const EMPTY: usize = 12;

/// Prints groups as a list; whether there are none.
pub fn print(ctx: &Context, heading: Heading, mut groups: Vec<Group>, asked: &Asked<'_>) -> bool {
    let nothing = groups.is_empty();
    if asked.reverse {
        groups.reverse();
    }
    groups.truncate(asked.limit.map_or(usize::MAX, rows));
    list(ctx, heading, groups);
    nothing
}

/// Prints months as a list, the newest where there is a limit; whether there are none.
pub fn months(ctx: &Context, mut groups: Vec<Group>, asked: &Asked<'_>) -> bool {
    let nothing = groups.is_empty();
    if let Some(most) = asked.limit {
        groups.retain(|group| group.key.is_some());
        groups.drain(..groups.len().saturating_sub(rows(most)));
    }
    if asked.reverse {
        groups.reverse();
    }
    if ctx.out.form() == Form::Table {
        groups = folded(groups);
    }
    list(ctx, Heading { shown: "month", key: "month" }, groups);
    nothing
}

fn rows(limit: u64) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

/// One line for many empty months: one picture of an impossible date would else push all others off the screen.
fn folded(groups: Vec<Group>) -> Vec<Group> {
    let (mut shown, mut empty, mut last) = (Vec::new(), Vec::new(), None);
    for group in groups {
        if group.count == 0 {
            empty.push(group);
            continue;
        }
        let at = month(&group);
        // Not all of a very long gap are rows.
        let between = last.zip(at).map_or(0, |(last, at): (usize, usize)| last.abs_diff(at).saturating_sub(1));
        fold(&mut shown, &mut empty, between);
        shown.push(group);
        last = at;
    }
    fold(&mut shown, &mut empty, 0);
    shown
}

fn fold(shown: &mut Vec<Group>, empty: &mut Vec<Group>, between: usize) {
    let many = between.max(empty.len());
    if many > EMPTY {
        empty.clear();
        let key = format!("{} empty months", format::count(many as u64));
        shown.push(Group { key: Some(key), count: 0, bytes: 0 });
    }
    shown.append(empty);
}

/// The number of a month.
fn month(group: &Group) -> Option<usize> {
    let (year, month) = group.key.as_deref()?.rsplit_once('-')?;
    Some(year.parse::<usize>().ok()? * 12 + month.parse::<usize>().ok()?)
}

fn list(ctx: &Context, heading: Heading, groups: Vec<Group>) {
    let room = Room::of(&groups, heading, terminal_width().into());
    let columns = [Column::left(heading.shown), Column::right("count"), Column::right("bytes"), Column::left(BAR)];
    let plain = [heading.key, "count", "bytes"];
    let mut list = List::new(&ctx.out, &columns, &plain);
    for group in groups {
        let bar = room.bar(group.count);
        if list.push(&Line { group, key: heading.key, bar }).is_break() {
            break;
        }
    }
}

/// One group.
struct Line {
    group: Group,
    key: &'static str,
    bar: String,
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry(self.key, &self.group.key)?;
        map.serialize_entry("count", &self.group.count)?;
        map.serialize_entry("bytes", &self.group.bytes)?;
        map.end()
    }
}

impl Row for Line {
    fn plain(&self, column: &str) -> Cow<'_, str> {
        match column {
            "count" => self.group.count.to_string().into(),
            "bytes" => self.group.bytes.to_string().into(),
            BAR => self.bar.as_str().into(),
            // None is nothing here: a tag may be called `none`.
            _ => self.group.key.as_deref().unwrap_or_default().into(),
        }
    }

    fn human(&self, column: &str) -> Cow<'_, str> {
        match column {
            "count" => format::count(self.group.count).into(),
            "bytes" => format::bytes(self.group.bytes).into(),
            BAR => self.plain(column),
            _ => value(&self.group).into(),
        }
    }
}

fn value(group: &Group) -> &str {
    group.key.as_deref().unwrap_or(NONE)
}

/// The columns a terminal has left for bars, and what fills all of them.
struct Room {
    columns: usize,
    most: u64,
}

impl Room {
    /// Blanks behind every column, the last one too.
    const GAP: usize = 2;
    /// Shorter bars say nothing.
    const LEAST: usize = 8;
    /// Longer ones are a blur.
    const MOST: usize = 60;
    /// From one eighth of a column to all of it.
    const EIGHTHS: [&str; 8] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];

    fn of(groups: &[Group], heading: Heading, terminal: usize) -> Self {
        let widest = |shown: &dyn Fn(&Group) -> usize, heading: &str| {
            groups.iter().map(shown).chain([heading.len()]).max().unwrap_or_default() + Self::GAP
        };
        let taken = widest(&|group| width(&shown(value(group))), heading.shown)
            + widest(&|group| format::count(group.count).len(), "count")
            + widest(&|group| format::bytes(group.bytes).len(), "bytes")
            + Self::GAP;
        let columns = terminal.saturating_sub(taken).min(Self::MOST);
        let most = groups.iter().map(|group| group.count).max().unwrap_or_default();
        Self { columns: if columns < Self::LEAST { 0 } else { columns }, most }
    }

    /// As long as the count is next to the largest; what there is has at least the shortest.
    fn bar(&self, count: u64) -> String {
        if self.columns == 0 || count == 0 {
            return String::new();
        }
        let eighths = u128::from(count) * (self.columns as u128 * 8) / u128::from(self.most.max(1));
        let eighths = (eighths as usize).clamp(1, self.columns * 8);
        let mut bar = "█".repeat(eighths / 8);
        bar.push_str(eighths.checked_rem(8).filter(|rest| *rest > 0).map_or("", |rest| Self::EIGHTHS[rest - 1]));
        bar
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(terminal: usize) -> Room {
        let group = |key: Option<&str>, count| Group { key: key.map(str::to_owned), count, bytes: 0 };
        let groups = [group(Some("写真"), 1_000), group(None, 1)];
        Room::of(&groups, Heading { shown: "tag", key: "key" }, terminal)
    }

    #[test]
    fn the_largest_group_fills_the_terminal_and_the_smallest_is_seen() {
        // none, 1,000 and bytes are 4, 5 and 5 wide, and two blanks follow each.
        let room = room(40);
        assert_eq!(room.columns, 18);
        assert_eq!(room.bar(1_000), "█".repeat(18));
        assert_eq!(room.bar(500), "█".repeat(9));
        assert_eq!((room.bar(1).as_str(), room.bar(0).as_str(), room.bar(80).as_str()), ("▏", "", "█▍"));
    }

    #[test]
    fn many_empty_months_are_one_line_and_few_are_lines() {
        let group = |key: Option<&str>, count| Group { key: key.map(str::to_owned), count, bytes: 0 };
        let empty = |months: std::ops::RangeInclusive<u32>| months.map(|at| format!("2023-{at:02}"));
        let mut groups = vec![group(Some("1601-01"), 1), group(Some("2022-12"), 1)];
        groups.extend(empty(1..=12).map(|month| group(Some(&month), 0)));
        groups.extend([group(Some("2024-01"), 1), group(None, 1)]);
        let keys = |groups| folded(groups).into_iter().map(|group| group.key.unwrap_or_default()).collect::<Vec<_>>();
        let mut expected = vec!["1601-01".to_owned(), "5,062 empty months".to_owned(), "2022-12".to_owned()];
        expected.extend(empty(1..=12));
        expected.extend(["2024-01".to_owned(), String::new()]);
        assert_eq!(keys(groups.clone()), expected);
        groups.pop();
        groups.reverse();
        expected.pop();
        expected.reverse();
        assert_eq!(keys(groups), expected);
        // The newest of many may begin in the midst of a gap.
        let begun = (1..=13).map(|at| group(Some(&format!("20{at}-01")), 0)).chain([group(Some("2024-01"), 1)]);
        assert_eq!(keys(begun.collect()), ["13 empty months", "2024-01"]);
    }

    #[test]
    fn bars_end_where_they_are_too_long_or_too_short_to_be_read() {
        assert_eq!(room(1_000).columns, Room::MOST);
        assert_eq!((room(27).columns, room(27).bar(1_000).as_str()), (0, ""));
    }
}
