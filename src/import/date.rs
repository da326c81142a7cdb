//! When a file was taken: what it states, else its name, else its time on disk, and in which zone (ruling 2).
//!
//! The file's own statements were ranked by `probe`; sidecars come with the formats that have them.

use chrono::NaiveDateTime;

use crate::model::{Timestamp, WallTime, Zone};
use crate::probe::{OffsetSource, Taken, TimeSource, in_name as date_in_name};
use crate::text_enum;

text_enum! {
    /// Where a date may come from: the file itself, its name, its time on disk.
    Origin("date_from") { Exif = "exif", Filename = "filename", Mtime = "mtime" }
}

/// A date as an object carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// The instant.
    pub at: Timestamp,
    /// The clock on the wall.
    pub local: WallTime,
    /// Where the time stands.
    pub source: TimeSource,
    /// Where the offset comes from.
    pub offset_source: OffsetSource,
}

/// Settles a file's date from what it states, its name and its time on disk; `None` when nothing allowed gives one.
///
/// A time after tomorrow is no date: a camera whose clock was never set, or a mistake.
pub fn settle(
    stated: Option<Taken>,
    name: &str,
    mtime_ns: i64,
    zone: Zone,
    from: &[Origin],
    now: Timestamp,
) -> Option<Settled> {
    let allowed = |origin| from.contains(&origin);
    let possible = |settled: &Settled| settled.at.millis() <= now.millis() + 2 * 86_400_000;
    let in_file = || stated.filter(|_| allowed(Origin::Exif)).and_then(|taken| of_taken(taken, zone));
    let in_name = || {
        let clock = Some(name).filter(|_| allowed(Origin::Filename)).and_then(date_in_name)?;
        zoned(clock, zone, TimeSource::Filename, OffsetSource::Config)
    };
    let on_disk = || Some(mtime_ns).filter(|_| allowed(Origin::Mtime)).and_then(|ns| of_mtime(ns, zone));
    in_file().filter(possible).or_else(|| in_name().filter(possible)).or_else(|| on_disk().filter(possible))
}

fn of_taken(taken: Taken, zone: Zone) -> Option<Settled> {
    let Some(at) = taken.wall.instant() else {
        return zoned(taken.wall.clock(), zone, taken.source, OffsetSource::Config);
    };
    // A container's UTC says nothing of the clock on the wall: that is the configured zone's.
    let utc = taken.source == TimeSource::Container
        && taken.wall.offset().is_some_and(|offset| offset.local_minus_utc() == 0);
    let utc = utc || taken.source == TimeSource::GpsTime;
    let (local, offset_source) = if utc {
        (zone.wall(at), OffsetSource::Config)
    } else {
        (taken.wall, taken.offset_source.unwrap_or(OffsetSource::Config))
    };
    Some(Settled { at, local, source: taken.source, offset_source })
}

fn zoned(clock: NaiveDateTime, zone: Zone, source: TimeSource, offset_source: OffsetSource) -> Option<Settled> {
    let local = WallTime::new(clock, Some(zone.offset_at(clock)));
    Some(Settled { at: local.instant()?, local, source, offset_source })
}

fn of_mtime(ns: i64, zone: Zone) -> Option<Settled> {
    let at = Timestamp::from_millis(ns.div_euclid(1_000_000)).ok()?;
    Some(Settled { at, local: zone.wall(at), source: TimeSource::Mtime, offset_source: OffsetSource::Mtime })
}

#[cfg(test)]
mod tests {
    use chrono::{FixedOffset, Offset, Utc};

    use super::*;

    fn clock(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn now() -> Timestamp {
        Timestamp::parse("2026-02-03T12:00:00Z").unwrap()
    }

    const ALL: &[Origin] = Origin::ALL;

    #[test]
    fn a_time_without_a_zone_is_read_in_the_configured_one() {
        let taken = Taken {
            wall: WallTime::new(clock("2024-07-01T12:00:00"), None),
            source: TimeSource::Exif,
            offset_source: None,
        };
        let settled = settle(Some(taken), "x.jpg", 0, Zone::parse("Europe/Berlin").unwrap(), ALL, now()).unwrap();
        assert_eq!(settled.at.to_string(), "2024-07-01T10:00:00.000Z");
        assert_eq!(settled.local.to_string(), "2024-07-01T12:00:00.000+02:00");
        assert_eq!(settled.offset_source, OffsetSource::Config);
    }

    #[test]
    fn an_offset_in_the_file_holds_whatever_the_zone() {
        let west = FixedOffset::west_opt(8 * 3600);
        let taken = Taken {
            wall: WallTime::new(clock("2024-07-01T12:00:00"), west),
            source: TimeSource::Exif,
            offset_source: Some(OffsetSource::ExifOffset),
        };
        let settled = settle(Some(taken), "x.jpg", 0, Zone::Local, ALL, now()).unwrap();
        assert_eq!(settled.local.to_string(), "2024-07-01T12:00:00.000-08:00");
        assert_eq!(settled.at.to_string(), "2024-07-01T20:00:00.000Z");
    }

    #[test]
    fn the_container_keeps_utc_and_the_wall_is_the_zones() {
        let taken = Taken {
            wall: WallTime::new(clock("2024-07-01T23:30:00"), Some(Utc.fix())),
            source: TimeSource::Container,
            offset_source: Some(OffsetSource::Container),
        };
        let settled = settle(Some(taken), "x.mp4", 0, Zone::parse("Europe/Berlin").unwrap(), ALL, now()).unwrap();
        assert_eq!(settled.local.to_string(), "2024-07-02T01:30:00.000+02:00");
        assert_eq!(settled.at.to_string(), "2024-07-01T23:30:00.000Z");
    }

    #[test]
    fn a_time_after_tomorrow_is_no_date() {
        let taken = Taken {
            wall: WallTime::new(clock("2031-07-01T12:00:00"), None),
            source: TimeSource::Exif,
            offset_source: None,
        };
        let settled =
            settle(Some(taken), "IMG_20240131_142530.jpg", 0, Zone::parse("utc").unwrap(), ALL, now()).unwrap();
        assert_eq!(settled.source, TimeSource::Filename);
        assert_eq!(settled.at.to_string(), "2024-01-31T14:25:30.000Z");
    }

    #[test]
    fn only_allowed_origins_count() {
        assert_eq!(settle(None, "IMG_20240131_142530.jpg", 0, Zone::Local, &[Origin::Exif], now()), None);
    }
}
