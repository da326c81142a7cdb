//! Instants in UTC and wall-clock times, both to the millisecond.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone, Utc};
use serde::{Serialize, Serializer};

use super::Invalid;

/// An instant: milliseconds since 1970 in UTC. Printed as `2026-02-03T12:34:56.789Z`. Years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// 0001-01-01 and the last millisecond of 9999: what four digits of a year can say.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

impl Timestamp {
    /// The first instant there is.
    pub const EARLIEST: Self = Self(*RANGE.start());
    /// The last instant there is.
    pub const LATEST: Self = Self(*RANGE.end());

    /// The instant this many milliseconds after 1970.
    ///
    /// # Errors
    /// When the year is not 1 to 9999.
    pub fn from_millis(millis: i64) -> Result<Self, Invalid> {
        Self::in_range(millis, millis)
    }

    fn in_range(millis: i64, given: impl fmt::Debug) -> Result<Self, Invalid> {
        if RANGE.contains(&millis) {
            Ok(Self(millis))
        } else {
            Err(Invalid::new("time", "must be a year from 1 to 9999", given))
        }
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// The instant an ISO 8601 text with a zone names.
    ///
    /// # Errors
    /// When the text is no such time.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = |_| Invalid::new("time", "must be ISO 8601 with a zone, such as 2026-02-03T12:34:56.789Z", text);
        Self::in_range(DateTime::parse_from_rfc3339(text).map_err(wrong)?.timestamp_millis(), text)
    }

    fn utc(self) -> DateTime<Utc> {
        Utc.timestamp_millis_opt(self.0).single().unwrap_or_default()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_millis().clamp(*RANGE.start(), *RANGE.end()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What the clock on the wall showed, with its distance from UTC where that is known.
/// Printed as `2026-02-01T06:23:45.000-08:00`, or without the offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WallTime {
    clock: NaiveDateTime,
    offset: Option<FixedOffset>,
}

impl WallTime {
    /// A wall-clock reading; `offset` is east of UTC.
    pub fn new(clock: NaiveDateTime, offset: Option<FixedOffset>) -> Self {
        Self { clock, offset }
    }

    /// What the clock showed.
    pub fn clock(self) -> NaiveDateTime {
        self.clock
    }

    /// Its distance east of UTC, where known.
    pub fn offset(self) -> Option<FixedOffset> {
        self.offset
    }

    /// The calendar day.
    pub fn date(self) -> NaiveDate {
        self.clock.date()
    }

    /// The reading as milliseconds, as though the wall clock were UTC: the catalogue's `taken_local`.
    pub fn millis(self) -> i64 {
        self.clock.and_utc().timestamp_millis()
    }

    /// The instant, where the offset is known.
    pub fn instant(self) -> Option<Timestamp> {
        let offset = self.offset?;
        let at = offset.from_local_datetime(&self.clock).single()?;
        Timestamp::from_millis(at.timestamp_millis()).ok()
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.clock.format("%Y-%m-%dT%H:%M:%S%.3f"))?;
        match self.offset {
            Some(offset) => write!(f, "{offset}"),
            None => Ok(()),
        }
    }
}

impl Serialize for WallTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
