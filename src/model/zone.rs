//! Time zones: where a clock on the wall stands from UTC, at an instant or at a reading of it.

use chrono::{DateTime, FixedOffset, Local, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::{Timestamp, WallTime};

/// The zone in which times are read that state none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// The system's.
    Local,
    /// A named one, with its history.
    Named(Tz),
    /// A fixed distance from UTC.
    Fixed(FixedOffset),
}

impl Zone {
    /// A zone by its name: `local`, `utc`, an IANA name or an offset such as `+02:00`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "local" => Some(Self::Local),
            "utc" | "z" => Some(Self::Fixed(Utc.fix())),
            _ => text.parse().map(Self::Named).ok().or_else(|| text.parse().map(Self::Fixed).ok()),
        }
    }

    /// What the clock on the wall of this zone shows at an instant.
    pub fn wall(self, at: Timestamp) -> WallTime {
        let utc = DateTime::<Utc>::from_timestamp_millis(at.millis()).unwrap_or_default();
        let local = match self {
            Self::Local => utc.with_timezone(&Local).fixed_offset(),
            Self::Named(zone) => utc.with_timezone(&zone).fixed_offset(),
            Self::Fixed(offset) => utc.with_timezone(&offset),
        };
        WallTime::new(local.naive_local(), Some(*local.offset()))
    }

    /// The zone's distance from UTC when its clock shows `clock`: the first of two where clocks were set back; where they were set
    /// forward over it, the distance before.
    pub fn offset_at(self, clock: NaiveDateTime) -> FixedOffset {
        match self {
            Self::Local => nearest(&Local, clock),
            Self::Named(zone) => nearest(&zone, clock),
            Self::Fixed(offset) => offset,
        }
    }
}

fn nearest<Z: TimeZone>(zone: &Z, clock: NaiveDateTime) -> FixedOffset {
    match zone.offset_from_local_datetime(&clock) {
        LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => offset.fix(),
        LocalResult::None => {
            let before = clock.checked_sub_signed(TimeDelta::hours(3)).unwrap_or(clock);
            zone.offset_from_local_datetime(&before).earliest().map_or(Utc.fix(), |offset| offset.fix())
        }
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Local => f.write_str("local"),
            Self::Named(zone) => f.write_str(zone.name()),
            Self::Fixed(offset) => offset.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn an_hour_that_never_was_is_read_with_the_distance_before() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        assert_eq!(zone.offset_at(clock("2024-03-31T02:30:00")).to_string(), "+01:00");
        assert_eq!(zone.offset_at(clock("2024-10-27T02:30:00")).to_string(), "+02:00");
    }

    #[test]
    fn the_wall_of_a_zone_follows_its_history() {
        let noon = Timestamp::parse("2026-07-01T10:00:00.000Z").unwrap();
        assert_eq!(Zone::parse("Europe/Berlin").unwrap().wall(noon).to_string(), "2026-07-01T12:00:00.000+02:00");
        assert_eq!(Zone::Local.wall(noon).instant(), Some(noon));
        assert_eq!(Zone::parse("-03:30").unwrap().to_string(), "-03:30");
    }
}
