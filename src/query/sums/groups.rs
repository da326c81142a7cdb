//! Groups of what a question finds: how many media and how many bytes each, and one bar a month.

use std::collections::{BTreeMap, HashMap};

use super::by::{By, How};
use super::calendar::{EPOCH, Part, Slot, day_of};
use super::{Found, Of};
use crate::model::{Timestamp, Zone};
use crate::store::{Cell, Reader, Sql, StoreError};

/// Some media that have a value in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The value; `None` for those that have none.
    pub key: Option<String>,
    /// How many there are.
    pub count: u64,
    /// The sum of their sizes.
    pub bytes: u64,
}

/// What is added up, as SQL.
pub(super) const SUMS: &str = "count(*), coalesce(sum(media.size), 0)";

/// Instants are put together by quarters of an hour, in milliseconds: no zone's distance from UTC has a finer part today.
const QUARTER: i64 = 900_000;

/// The most months in a row in which nothing was that are months of a histogram: ten years of them. More are left by dates that are
/// no dates, such as 1601.
const MOST_EMPTY: i64 = 120;

const TAGS: &str = "SELECT n, name FROM my_tag";
/// Of albums and accounts also those in the trash: a live link to one counts, so that groups hold all that is found.
const ALBUMS: &str = "SELECT n, name FROM my_album";
const SOURCES: &str = "SELECT n, integration_name FROM my_integration";

/// A media's partner in a pair: which pairs, and the column of the partner.
struct Pairs {
    table: &'static str,
    on: &'static str,
    partner: &'static str,
    names: &'static str,
    /// That a media has none.
    none: &'static str,
}

const TAGGED: Pairs = Pairs {
    table: "my_media_tag",
    on: "pair.media = media.n",
    partner: "pair.tag",
    names: TAGS,
    none: "media.tag_count = 0",
};
const CONTAINED: Pairs = Pairs {
    table: "my_link",
    on: "pair.to_n = media.n AND pair.link_type = 'contains' AND pair.deleted_at IS NULL",
    partner: "pair.from_n",
    names: ALBUMS,
    none: "media.album_count = 0",
};
const SOURCED: Pairs = Pairs {
    table: "my_link",
    on: "pair.from_n = media.n AND pair.link_type = 'source' AND pair.deleted_at IS NULL",
    partner: "pair.to_n",
    names: SOURCES,
    none: "NOT EXISTS (SELECT 1 FROM my_link AS pair WHERE pair.from_n = media.n AND pair.link_type = 'source' \
           AND pair.deleted_at IS NULL)",
};

/// How many, and how many bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    pub(super) count: i64,
    pub(super) bytes: i64,
}

impl Sum {
    /// The sums of a row that holds them behind `at` other values.
    pub(super) fn of(row: &[Cell], at: usize) -> Self {
        let number = |at: usize| row.get(at).map_or(0, Cell::number);
        Self { count: number(at), bytes: number(at + 1) }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.count += other.count;
        self.bytes = self.bytes.saturating_add(other.bytes);
    }

    fn group(self, key: Option<String>) -> Group {
        Group { key, count: self.count.cast_unsigned(), bytes: self.bytes.cast_unsigned() }
    }
}

/// What a question finds, by the values of `by`: dates and their parts as the calendar has them, all others by how many
/// there are. Media without a value are a group too; those with several values are counted in each. `zone` is the user's.
///
/// # Errors
/// Those of the catalogue.
pub fn groups(of: Of<'_>, by: By, zone: Zone) -> Result<Vec<Group>, StoreError> {
    match by.how {
        How::Value(value) => Ok(largest_first(by_value(of, value)?)),
        How::Sparse(column, mark) => Ok(largest_first(by_sparse(of, column, mark)?)),
        How::Tags => Ok(largest_first(by_pairs(of, &TAGGED)?)),
        How::Albums => Ok(largest_first(by_pairs(of, &CONTAINED)?)),
        How::Sources => Ok(largest_first(by_pairs(of, &SOURCED)?)),
        How::Taken(part) => Ok(taken(of, part)?.groups()),
        How::Added(part) => Ok(added(of, part, zone)?.groups()),
    }
}

/// What a question finds, by the month it was taken on the clock on the wall: one after the other, also those in between
/// in which nothing was, unless there are more than 120 in a row; then what has no date.
///
/// # Errors
/// Those of the catalogue.
pub fn histogram(of: Of<'_>) -> Result<Vec<Group>, StoreError> {
    let How::Taken(part) = By::MONTHS.how else { return Ok(Vec::new()) };
    let mut line = taken(of, part)?;
    let months: Vec<Slot> = line.slots.values().map(|(slot, _)| *slot).collect();
    for pair in months.windows(2) {
        let (mut slot, until) = (pair[0].next(), pair[1].number());
        if until - slot.number() > MOST_EMPTY {
            continue;
        }
        while slot.number() < until {
            line.slots.insert(slot.number(), (slot, Sum::default()));
            slot = slot.next();
        }
    }
    Ok(line.groups())
}

fn by_value(of: Of<'_>, value: &str) -> Result<Vec<Group>, StoreError> {
    let sql = of.found()?.select(&format!("{value}, {SUMS}"), " GROUP BY 1");
    let mut groups = Vec::new();
    of.reader.rows(&sql, |row| groups.push(Sum::of(row, 1).group(row[0].text())))?;
    Ok(groups)
}

/// By a column whose index holds only media with a value: along that index, then those without. `mark` is set on those with one.
fn by_sparse(of: Of<'_>, column: &str, mark: i64) -> Result<Vec<Group>, StoreError> {
    let found = of.found()?;
    let tail = format!(" AND {column} IS NOT NULL GROUP BY {column}");
    let mut groups = Vec::new();
    of.reader.rows(&found.select(&format!("{column}, {SUMS}"), &tail), |row| {
        groups.push(Sum::of(row, 1).group(row[0].text()));
    })?;
    let none = sum(of.reader, &found.select(SUMS, &format!(" AND media.marks & {mark} = 0")))?;
    groups.extend((none.count > 0).then(|| none.group(None)));
    Ok(groups)
}

/// By partner, then those that have none. Where nothing leads, the pairs do: the view of them tests each by a list of the
/// owner's partners, which SQLite would else go through for every media (at a million media 0.2 against 4 s).
fn by_pairs(of: Of<'_>, pairs: &Pairs) -> Result<Vec<Group>, StoreError> {
    let Pairs { table, on, partner, names, none } = pairs;
    let names = dictionary(of.reader, names)?;
    let mut found = of.found()?;
    let alone = sum(of.reader, &found.select(SUMS, &format!(" AND {none}")))?;
    let tables = &mut found.source.tables;
    if tables == EVERY {
        *tables = format!("{table} AS pair CROSS JOIN {EVERY} ON {on}");
    } else {
        *tables = format!("{tables} JOIN {table} AS pair ON {on}");
    }
    let sql = found.select(&format!("{partner}, {SUMS}"), &format!(" GROUP BY {partner}"));
    let mut groups = Vec::new();
    of.reader.rows(&sql, |row| {
        if let Some(name) = names.get(&row[0].number()) {
            groups.push(Sum::of(row, 1).group(Some(name.clone())));
        }
    })?;
    groups.extend((alone.count > 0).then(|| alone.group(None)));
    Ok(groups)
}

/// What a statement reads whose question nothing leads.
const EVERY: &str = "my_media AS media";

fn dictionary(reader: &Reader, names: &str) -> Result<HashMap<i64, String>, StoreError> {
    Ok(reader.names(&Sql { text: names.to_owned(), params: Vec::new() })?.into_iter().collect())
}

/// The sums of a statement with one row of them.
pub(super) fn sum(reader: &Reader, sql: &Sql) -> Result<Sum, StoreError> {
    let mut sum = Sum::default();
    reader.rows(sql, |row| sum.add(Sum::of(row, 0)))?;
    Ok(sum)
}

fn largest_first(mut groups: Vec<Group>) -> Vec<Group> {
    groups
        .sort_by(|a, b| b.count.cmp(&a.count).then_with(|| (a.key.is_none(), &a.key).cmp(&(b.key.is_none(), &b.key))));
    groups
}

/// Sums along the calendar.
#[derive(Default)]
struct Line {
    slots: BTreeMap<i64, (Slot, Sum)>,
    unknown: Sum,
}

impl Line {
    fn add(&mut self, slot: Option<Slot>, sum: Sum) {
        match slot {
            Some(slot) => self.slots.entry(slot.number()).or_insert((slot, Sum::default())).1.add(sum),
            None => self.unknown.add(sum),
        }
    }

    fn groups(self) -> Vec<Group> {
        let known = self.slots.into_values().map(|(slot, sum)| sum.group(Some(slot.name())));
        let unknown = (self.unknown.count > 0).then(|| self.unknown.group(None));
        known.chain(unknown).collect()
    }
}

fn taken(of: Of<'_>, part: Part) -> Result<Line, StoreError> {
    let (mut line, found) = (Line::default(), of.found()?);
    if super::walk::along(of, &found, part, |slot, sum| line.add(slot, sum))? {
        return Ok(line);
    }
    by_number(of.reader, &found, &part.sql("media.taken_local"), |number, sum| {
        line.add(number.and_then(|number| part.slot(number)), sum);
    })?;
    Ok(line)
}

fn added(of: Of<'_>, part: Part, zone: Zone) -> Result<Line, StoreError> {
    let mut line = Line::default();
    // Shifted, so that SQLite's division, which cuts towards zero, rounds down.
    let quarter = format!("(media.created_at - {EPOCH}) / {QUARTER}");
    by_number(of.reader, &of.found()?, &quarter, |quarter, sum| {
        let at = quarter.and_then(|quarter| Timestamp::from_millis(EPOCH + quarter * QUARTER).ok());
        let day = at.and_then(|at| day_of(zone.wall(at).clock().and_utc().timestamp_millis()));
        line.add(day.and_then(|day| part.slot_of(day)), sum);
    })?;
    Ok(line)
}

/// By the whole numbers an expression gives.
fn by_number(
    reader: &Reader,
    found: &Found,
    number: &str,
    mut each: impl FnMut(Option<i64>, Sum),
) -> Result<(), StoreError> {
    let sql = found.select(&format!("{number}, {SUMS}"), " GROUP BY 1");
    reader.rows(&sql, |row| each((row[0] != Cell::Nothing).then(|| row[0].number()), Sum::of(row, 1)))
}
