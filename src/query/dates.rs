//! Dates as people write them → spans of time: `2024-07` is all July, `7d` the day a week ago.
//!
//! A date without a zone is read on the clock on the wall where the photo was taken; one with a zone is an instant.
//! What time it is now comes in from above.

use chrono::{DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::error::{Wrong, quoted};
use crate::model::Zone;

/// One of the two times every media keeps (ruling 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The clock on the wall where it was taken.
    Wall,
    /// Coordinated universal time.
    Utc,
}

/// A point on one of the clocks, in milliseconds since 1970 there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Which clock.
    pub clock: Clock,
    /// Milliseconds.
    pub millis: i64,
}

impl Moment {
    /// The instant at which the clock of this zone shows it, by the zone's distance from UTC at that date.
    pub(super) fn on(self, zone: Zone) -> Self {
        let clock = DateTime::from_timestamp_millis(self.millis).filter(|_| self.clock == Clock::Wall);
        let Some(clock) = clock else { return self };
        let offset = i64::from(zone.offset_at(clock.naive_utc()).local_minus_utc());
        Self { clock: Clock::Utc, millis: self.millis - offset * 1000 }
    }
}

/// What a date stands for: from `start` (included) to `end` (not included), both on one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub start: Moment,
    /// The first moment after it.
    pub end: Moment,
}

impl Span {
    /// The same on the clock of this zone, as instants; what is one already stays.
    pub(super) fn on(self, zone: Zone) -> Self {
        Self { start: self.start.on(zone), end: self.end.on(zone) }
    }
}

/// The current time, with the distance of the local clock from UTC.
pub type Now = DateTime<FixedOffset>;

const FORMS: &str = "a date is 2024, 2024-07, 2024-07-15, 2024-07-15T18:30, 2024-07-15T18:30+02:00, today, yesterday, now, \
                     thisweek, lastmonth, or 7d (seven days ago; also h, w, mo, y)";

/// The span of time this text stands for.
///
/// # Errors
/// When it is no date, or one that no calendar has.
pub(super) fn parse(text: &str, now: &Now) -> Result<Span, Wrong> {
    if text.eq_ignore_ascii_case("now") {
        return Ok(instant(now.timestamp_millis()));
    }
    if let Some(span) = named(text, now.date_naive()) {
        return Ok(span);
    }
    if let Some(ago) = Ago::parse(text) {
        let too_far = || Wrong::new(format!("{} is too far away", quoted(text))).hint("years go from 1 to 9999");
        return ago.span(now).ok_or_else(too_far);
    }
    calendar(text)
}

/// The day or the instant so long ago: `30d`, `1y`, `3h`.
///
/// # Errors
/// When it is no such time, or one to come.
pub(super) fn age(text: &str, now: &Now) -> Result<Span, Wrong> {
    let wrong = || Wrong::new(format!("{} is no age", quoted(text)));
    let forms = "an age is 30d, 2w, 6mo, 1y or 12h; `after:` and `before:` take dates";
    let ago = Ago::parse(text).filter(|ago| ago.count >= 0).ok_or_else(|| wrong().hint(forms))?;
    ago.span(now).ok_or_else(|| wrong().hint("years go from 1 to 9999"))
}

/// All of the years from `first` to `last`.
pub(super) fn years(first: i32, last: i32) -> Option<Span> {
    let start = NaiveDate::from_ymd_opt(first, 1, 1)?;
    Some(wall(start.into(), NaiveDate::from_ymd_opt(last.checked_add(1)?, 1, 1)?.into()))
}

fn wall(start: NaiveDateTime, end: NaiveDateTime) -> Span {
    let on = |time: NaiveDateTime| Moment { clock: Clock::Wall, millis: time.and_utc().timestamp_millis() };
    Span { start: on(start), end: on(end) }
}

fn days(first: NaiveDate, after: NaiveDate) -> Span {
    wall(first.and_time(NaiveTime::MIN), after.and_time(NaiveTime::MIN))
}

/// `today`, `yesterday`, `thisweek` … `lastyear`, also with a blank, `-` or `_` between. Weeks begin on Monday.
fn named(text: &str, today: NaiveDate) -> Option<Span> {
    let word: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).collect::<String>().to_ascii_lowercase();
    let (back, unit) = match word.as_str() {
        "today" => (0, "day"),
        "yesterday" => (1, "day"),
        "thisday" | "lastday" => return None,
        word => word.strip_prefix("this").map(|unit| (0, unit)).or_else(|| Some((1, word.strip_prefix("last")?)))?,
    };
    let monday = u64::from(today.weekday().num_days_from_monday());
    let (first, after) = match unit {
        "day" => (today.checked_sub_days(Days::new(back))?, Step::Days(1)),
        "week" => (today.checked_sub_days(Days::new(monday + 7 * back))?, Step::Days(7)),
        "month" => (today.with_day(1)?.checked_sub_months(Months::new(back as u32))?, Step::Months(1)),
        "year" => (NaiveDate::from_ymd_opt(today.year() - back as i32, 1, 1)?, Step::Months(12)),
        _ => return None,
    };
    Some(days(first, after.from(first)?))
}

/// How far it is from the first day of a span to the day after it.
enum Step {
    Days(u64),
    Months(u32),
}

impl Step {
    fn from(&self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Days(count) => first.checked_add_days(Days::new(*count)),
            Self::Months(count) => first.checked_add_months(Months::new(*count)),
        }
    }
}

/// One millisecond of UTC.
fn instant(millis: i64) -> Span {
    let on = |millis| Moment { clock: Clock::Utc, millis };
    Span { start: on(millis), end: on(millis + 1) }
}

/// A number of hours, days, weeks, months or years from now; positive is the past.
struct Ago {
    count: i64,
    unit: Unit,
}

#[derive(Clone, Copy)]
enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Ago {
    /// `None` when this is something else. A number beyond all use becomes one that no calendar reaches.
    fn parse(text: &str) -> Option<Self> {
        let (future, rest) = match text.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('-').unwrap_or(text)),
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let unit = match rest[digits..].to_ascii_lowercase().as_str() {
            "h" => Unit::Hour,
            "d" => Unit::Day,
            "w" => Unit::Week,
            "mo" => Unit::Month,
            "y" => Unit::Year,
            _ => return None,
        };
        if digits == 0 {
            return None;
        }
        let count = rest[..digits].parse::<i32>().map_or(i64::MAX, i64::from);
        Some(Self { count: if future { -count } else { count }, unit })
    }

    /// An hour count is an instant, all others are the whole day.
    fn span(&self, now: &Now) -> Option<Span> {
        let today = now.date_naive();
        let months = |count: i64| {
            let months = Months::new(u32::try_from(count.unsigned_abs()).ok()?);
            if count < 0 { today.checked_add_months(months) } else { today.checked_sub_months(months) }
        };
        let day = match self.unit {
            Unit::Hour => {
                let then = now.checked_sub_signed(TimeDelta::try_hours(self.count)?)?;
                return in_range(then.date_naive()).then(|| instant(then.timestamp_millis()));
            }
            Unit::Day => today.checked_sub_signed(TimeDelta::try_days(self.count)?)?,
            Unit::Week => today.checked_sub_signed(TimeDelta::try_weeks(self.count)?)?,
            Unit::Month => months(self.count)?,
            Unit::Year => months(self.count.checked_mul(12)?)?,
        };
        in_range(day).then_some(days(day, day.succ_opt()?))
    }
}

fn in_range(day: NaiveDate) -> bool {
    (1..=9999).contains(&day.year())
}

/// `2024[-07[-15[T18[:30[:59]][zone]]]]`.
fn calendar(text: &str) -> Result<Span, Wrong> {
    let none = || Wrong::new(format!("{} is no date", quoted(text))).hint(FORMS);
    let (day, time) = text.split_once(['T', 't']).map_or((text, None), |(day, time)| (day, Some(time)));
    let mut fields = day.split('-');
    let year = number(fields.next(), 4).ok_or_else(none)?;
    let month = fields.next().map(|field| number(Some(field), 2).ok_or_else(none)).transpose()?;
    let date = fields.next().map(|field| number(Some(field), 2).ok_or_else(none)).transpose()?;
    if fields.next().is_some() || (time.is_some() && date.is_none()) {
        return Err(none());
    }
    let first = NaiveDate::from_ymd_opt(year as i32, month.unwrap_or(1), date.unwrap_or(1));
    let Some(first) = first.filter(|first| in_range(*first)) else { return Err(impossible(text, year, month, date)) };
    let Some(time) = time else { return whole(first, month, date).ok_or_else(none) };
    let (clock, zone) = split_zone(time);
    let (start, length) = reading(clock).ok_or_else(none)?;
    let start = first.and_time(start);
    let span = wall(start, start + length);
    zone.map_or(Some(span), |zone| shifted(span, zone)).ok_or_else(none)
}

/// The year, month or day that begins here.
fn whole(first: NaiveDate, month: Option<u32>, date: Option<u32>) -> Option<Span> {
    let step = match (month, date) {
        (_, Some(_)) => Step::Days(1),
        (Some(_), None) => Step::Months(1),
        (None, None) => Step::Months(12),
    };
    Some(days(first, step.from(first)?))
}

fn impossible(text: &str, year: u32, month: Option<u32>, date: Option<u32>) -> Wrong {
    let reason = match (month, date) {
        _ if year == 0 => "years go from 1 to 9999".to_owned(),
        (Some(month), _) if !(1..=12).contains(&month) => format!("there is no month {month}"),
        (Some(month), Some(date)) => format!("month {month} of {year} has no day {date}"),
        _ => FORMS.to_owned(),
    };
    Wrong::new(format!("{} is no date", quoted(text))).hint(reason)
}

/// `hh[:mm[:ss]]` and how long it lasts.
fn reading(text: &str) -> Option<(NaiveTime, TimeDelta)> {
    let mut fields = text.split(':');
    let hour = number(fields.next(), 2)?;
    let minute = fields.next();
    let second = fields.next();
    if fields.next().is_some() {
        return None;
    }
    let length = match (minute, second) {
        (_, Some(_)) => TimeDelta::seconds(1),
        (Some(_), None) => TimeDelta::minutes(1),
        (None, None) => TimeDelta::hours(1),
    };
    let or_zero = |field: Option<&str>| field.map_or(Some(0), |field| number(Some(field), 2));
    Some((NaiveTime::from_hms_opt(hour, or_zero(minute)?, or_zero(second)?)?, length))
}

/// Parts `18:30+02:00` and `18:30Z` before the zone.
fn split_zone(time: &str) -> (&str, Option<&str>) {
    match time.find(['Z', 'z', '+', '-']) {
        Some(at) => (&time[..at], Some(&time[at..])),
        None => (time, None),
    }
}

/// The same span as instants, read in a zone: `Z`, `+02:00`.
fn shifted(span: Span, zone: &str) -> Option<Span> {
    let east = match zone.as_bytes().first()? {
        b'Z' | b'z' if zone.len() == 1 => 0,
        sign @ (b'+' | b'-') => {
            let (hours, minutes) = zone[1..].split_once(':')?;
            let minutes = i64::from(number(Some(hours), 2)?) * 60 + i64::from(number(Some(minutes), 2)?);
            if minutes > 18 * 60 {
                return None;
            }
            minutes * 60_000 * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    let utc = |moment: Moment| Moment { clock: Clock::Utc, millis: moment.millis - east };
    Some(Span { start: utc(span.start), end: utc(span.end) })
}

/// A number of exactly this many digits.
fn number(field: Option<&str>, digits: usize) -> Option<u32> {
    let field = field?;
    (field.len() == digits && field.bytes().all(|b| b.is_ascii_digit())).then(|| field.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday, in a zone two hours east.
    fn now() -> Now {
        DateTime::parse_from_rfc3339("2024-07-31T01:30:00+02:00").unwrap()
    }

    fn show(moment: Moment) -> String {
        let time = DateTime::from_timestamp_millis(moment.millis).unwrap().naive_utc();
        format!("{}{}", time.format("%Y-%m-%dT%H:%M:%S%.f"), if moment.clock == Clock::Utc { "Z" } else { "" })
    }

    fn check(text: &str, start: &str, end: &str) {
        let span = parse(text, &now()).unwrap_or_else(|wrong| panic!("{text}: {}", wrong.message));
        assert_eq!((show(span.start).as_str(), show(span.end).as_str()), (start, end), "{text}");
    }

    #[test]
    fn a_date_stands_for_its_whole_span() {
        check("2024", "2024-01-01T00:00:00", "2025-01-01T00:00:00");
        check("2024-02", "2024-02-01T00:00:00", "2024-03-01T00:00:00");
        check("2024-12", "2024-12-01T00:00:00", "2025-01-01T00:00:00");
        check("2024-02-29", "2024-02-29T00:00:00", "2024-03-01T00:00:00");
        check("2024-07-15T18", "2024-07-15T18:00:00", "2024-07-15T19:00:00");
        check("2024-07-15T18:30", "2024-07-15T18:30:00", "2024-07-15T18:31:00");
        check("2024-12-31T23:59:59", "2024-12-31T23:59:59", "2025-01-01T00:00:00");
    }

    #[test]
    fn a_zone_makes_it_an_instant() {
        check("2024-07-15T18:30Z", "2024-07-15T18:30:00Z", "2024-07-15T18:31:00Z");
        check("2024-07-15T18:30+02:00", "2024-07-15T16:30:00Z", "2024-07-15T16:31:00Z");
        check("2024-07-15T18-08:00", "2024-07-16T02:00:00Z", "2024-07-16T03:00:00Z");
    }

    #[test]
    fn relative_dates_count_from_the_local_day() {
        check("today", "2024-07-31T00:00:00", "2024-08-01T00:00:00");
        check("Yesterday", "2024-07-30T00:00:00", "2024-07-31T00:00:00");
        check("thisweek", "2024-07-29T00:00:00", "2024-08-05T00:00:00");
        check("last week", "2024-07-22T00:00:00", "2024-07-29T00:00:00");
        check("this-month", "2024-07-01T00:00:00", "2024-08-01T00:00:00");
        check("lastmonth", "2024-06-01T00:00:00", "2024-07-01T00:00:00");
        check("lastyear", "2023-01-01T00:00:00", "2024-01-01T00:00:00");
        check("7d", "2024-07-24T00:00:00", "2024-07-25T00:00:00");
        check("-7d", "2024-07-24T00:00:00", "2024-07-25T00:00:00");
        check("+1d", "2024-08-01T00:00:00", "2024-08-02T00:00:00");
        check("2w", "2024-07-17T00:00:00", "2024-07-18T00:00:00");
        check("1mo", "2024-06-30T00:00:00", "2024-07-01T00:00:00");
        check("1y", "2023-07-31T00:00:00", "2023-08-01T00:00:00");
        check("3h", "2024-07-30T20:30:00Z", "2024-07-30T20:30:00.001Z");
        check("now", "2024-07-30T23:30:00Z", "2024-07-30T23:30:00.001Z");
    }

    #[test]
    fn what_no_calendar_has_is_refused() {
        for text in [
            "",
            "x",
            "24",
            "02024",
            "2024-",
            "2024-7",
            "2024-13",
            "2024-13-45",
            "2024-02-30",
            "2023-02-29",
            "0000",
            "2024-01-01-01",
            "2024T10",
            "2024-07T10",
            "2024-07-15T",
            "2024-07-15T24",
            "2024-07-15T10:60",
            "2024-07-15T10:00:60",
            "2024-07-15Z",
            "2024-07-15T10+2",
            "2024-07-15T10+19:00",
            "d",
            "-",
            "+",
            "99999999999d",
            "99999y",
            "2147483647h",
            "thisday",
            "2024-07-15T1é",
        ] {
            assert!(parse(text, &now()).is_err(), "{text}");
        }
    }

    #[test]
    fn the_reason_is_named() {
        let hint = |text: &str| parse(text, &now()).unwrap_err().hint.unwrap();
        assert_eq!(hint("2024-13-45"), "there is no month 13");
        assert_eq!(hint("2023-02-29"), "month 2 of 2023 has no day 29");
        assert_eq!(hint("0000-01-01"), "years go from 1 to 9999");
    }
}
