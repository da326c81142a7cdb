//! Times: stretches of the two clocks, instants that have only one, and parts of dates that come round again.

use super::{Compiled, Compiler, column, joined};
use crate::query::dates::{Clock, Moment};
use crate::query::words::{Part, Place};
use crate::store::Param;

/// How far the wall clock can be from UTC, in milliseconds: offsets are less than a day.
const DAY: i64 = 86_400_000;

/// The hour of the wall clock. `%` keeps the sign, and before 1970 all is negative.
const HOUR: &str = "((media.taken_local % 86400000 + 86400000) % 86400000 / 3600000)";

/// The day of the week of the wall clock: 1970 began with a Thursday, which is 4.
const WEEKDAY: &str =
    "(((media.taken_local - (media.taken_local % 86400000 + 86400000) % 86400000) / 86400000 % 7 + 10) % 7 + 1)";

const MONTH: &str = "CAST(strftime('%m', media.taken_local / 1000.0, 'unixepoch') AS INTEGER)";
const DAY_OF_MONTH: &str = "CAST(strftime('%d', media.taken_local / 1000.0, 'unixepoch') AS INTEGER)";
const MONTH_DAY: &str = "CAST(strftime('%m%d', media.taken_local / 1000.0, 'unixepoch') AS INTEGER)";

impl Compiler<'_> {
    /// A time in a stretch.
    pub(super) fn when(&mut self, place: Place, from: Option<Moment>, until: Option<Moment>) -> Compiled {
        if !matches!(place, Place::Instant(_)) {
            return Compiled::condition(self.taken(from, until));
        }
        let column = column(place);
        let mut parts = Vec::new();
        for (moment, compared) in [(from, ">="), (until, "<")] {
            let Some(moment) = moment else { continue };
            parts.push(format!("{column} {compared} {}", self.bind(Param::Number(moment.millis))));
        }
        let condition = joined(&parts, " AND ");
        // The only one of them an index of live media holds.
        if place == Place::Instant("created_at") {
            Compiled::indexed(condition)
        } else {
            Compiled::condition(condition)
        }
    }

    /// Both clocks are less than a day apart, so a wall time bounds the UTC time too: whichever index serves the rest
    /// of the question and the order can then be used.
    fn taken(&mut self, from: Option<Moment>, until: Option<Moment>) -> String {
        let mut parts = Vec::new();
        for (moment, compared, slack) in [(from, ">=", -DAY), (until, "<", DAY)] {
            let Some(moment) = moment else { continue };
            if moment.clock == Clock::Wall {
                let column = if self.by_time { "+media.taken_local" } else { "media.taken_local" };
                parts.push(format!("{column} {compared} {}", self.bind(Param::Number(moment.millis))));
                parts.push(format!("media.taken_at {compared} {}", self.bind(Param::Number(moment.millis + slack))));
            } else {
                parts.push(format!("media.taken_at {compared} {}", self.bind(Param::Number(moment.millis))));
            }
        }
        joined(&parts, " AND ")
    }

    /// A part of the wall clock's date, from `first` to `last`, round the end where `first` is the greater.
    pub(super) fn turn(&mut self, part: Part, first: i64, last: i64) -> String {
        let sql = match part {
            Part::Month => MONTH,
            Part::Day => DAY_OF_MONTH,
            Part::Hour => HOUR,
            Part::Weekday => WEEKDAY,
            Part::MonthDay => MONTH_DAY,
        };
        let (not, low, high) = if first <= last { ("", first, last) } else { ("NOT ", last + 1, first - 1) };
        let (low, high) = (self.bind(Param::Number(low)), self.bind(Param::Number(high)));
        format!("({sql} {not}BETWEEN {low} AND {high})")
    }
}
