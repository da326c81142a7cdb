//! The walk along the time line: one short statement for each stretch in which something was taken.
//!
//! At 1,000,000 media a histogram takes 0.05 s so, and 0.18 s where SQLite must sort what it groups. It is only taken where
//! the index on the wall clock leads, which SQLite is asked; else every step would go through all that is found.

use super::calendar::{Part, Slot, day_of};
use super::groups::{SUMS, Sum, sum};
use super::{Found, Of, explain};
use crate::query::Trash;
use crate::query::ast::Test;
use crate::store::{Param, Sql, StoreError};

const NEXT: &str = "SELECT min(taken_local) FROM my_media WHERE deleted_at IS NULL AND taken_local >= ?1";

/// How SQLite names a step that goes from one reading of the wall clock to another.
const LED: &str = "taken_local>? AND taken_local<?";

/// Gives the sums of each stretch of the calendar that lies in one group, and those of what has no date. Whether it was done.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn along(
    of: Of<'_>,
    found: &Found,
    part: Part,
    mut each: impl FnMut(Option<Slot>, Sum),
) -> Result<bool, StoreError> {
    let Some(mut step) = step(of, found)? else { return Ok(false) };
    if part.stretch(0).is_none() {
        return Ok(false);
    }
    let values = step.params.len();
    let mut from = i64::MIN;
    while let Some(millis) = next(of, from)? {
        let Some((first, after)) = part.stretch(millis) else { break };
        step.params[values - 2] = Param::Number(first);
        step.params[values - 1] = Param::Number(after);
        let sums = sum(of.reader, &step)?;
        if sums.count > 0 {
            each(day_of(millis).and_then(|day| part.slot_of(day)), sums);
        }
        from = after;
    }
    each(None, sum(of.reader, &found.select(SUMS, " AND media.taken_local IS NULL"))?);
    Ok(true)
}

/// The statement of one step, its ends the last two values; `None` where the index would not lead. Where the question has
/// dates of its own, SQLite may take those for the ends of the index, and no step would be short.
fn step(of: Of<'_>, found: &Found) -> Result<Option<Sql>, StoreError> {
    if of.trash.asked_by(of.expr) != Trash::Without || of.any(|term| matches!(term.test, Test::Time { .. })) {
        return Ok(None);
    }
    let ends = |first| format!(" AND media.taken_local >= ?{first} AND media.taken_local < ?{}", first + 1);
    let step = found.select_with(SUMS, ends, vec![Param::Number(0), Param::Number(0)]);
    let led = explain::plan(of.reader, &step)?.first().is_some_and(|first| first.step.contains(LED));
    Ok(led.then_some(step))
}

/// The first reading of the wall clock from here on.
fn next(of: Of<'_>, from: i64) -> Result<Option<i64>, StoreError> {
    let sql = Sql { text: NEXT.to_owned(), params: vec![Param::Number(from)] };
    Ok(of.reader.first::<Option<i64>>(&sql)?.flatten())
}
