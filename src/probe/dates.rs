//! Dates as files write them, and the date a file's name states.
//!
//! A date here is one the calendar has: `0000:00:00`, month 13, 30 February and the zero of an epoch are none. Whether it lies
//! in the future is for the caller, who has a clock.

use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// A time a file states: the clock, and its distance from UTC where the same field says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// What the clock showed.
    pub clock: NaiveDateTime,
    /// East of UTC.
    pub offset: Option<FixedOffset>,
}

impl Stated {
    /// A time in UTC.
    pub fn utc(clock: NaiveDateTime) -> Self {
        Self { clock, offset: FixedOffset::east_opt(0) }
    }
}

/// A date and time in any of the forms files use: `2021:03:04 10:20:30`, `2021-03-04T10:20:30.5+01:00`, `20210304T102030Z`, and
/// dates alone when `date_alone` (midnight). Seconds may be missing; text after it is passed over.
pub fn parse(text: &str, date_alone: bool) -> Option<Stated> {
    let mut rest = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    let date = take_date(&mut rest)?;
    let Some(time) = take_time(&mut rest) else {
        return date_alone.then(|| Stated { clock: date.and_time(NaiveTime::MIN), offset: None });
    };
    let stated = Stated { clock: date.and_time(time), offset: offset(rest) };
    not_an_epoch(stated)
}

/// A time of EXIF: a date with its sub-seconds, digits after the point.
pub fn exif(text: &str, subsec: Option<&str>) -> Option<Stated> {
    let mut stated = parse(text, false)?;
    if let Some(digits) = subsec.map(str::trim).filter(|digits| !digits.is_empty()) {
        stated.clock += fraction(digits)?;
    }
    Some(stated)
}

/// An offset as EXIF and others write it: `+02:00`, `-0330`, `+2`, `Z`. From −14:00 to +14:00.
pub fn offset(text: &str) -> Option<FixedOffset> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if matches!(text, "Z" | "z" | "UTC" | "GMT") {
        return FixedOffset::east_opt(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-" | "\u{2212}", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        4 | 6 => (digits[..2].parse().ok()?, digits[2..4].parse::<i32>().ok()?),
        _ => return None,
    };
    let seconds = hours * 3600 + minutes * 60;
    (minutes < 60 && seconds <= 14 * 3600).then(|| FixedOffset::east_opt(sign * seconds))?
}

/// Seconds since 1 January 1904 in UTC, as `QuickTime` and MP4 count. Zero is no date. A count that lands before 1970 was
/// counted from 1970 by mistake (some phones do), when that lands after 1990.
pub fn since_1904(seconds: u64) -> Option<NaiveDateTime> {
    const TO_1970: i64 = 2_082_844_800;
    let seconds = i64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?;
    let unix = if seconds < TO_1970 && seconds > 631_152_000 { seconds } else { seconds - TO_1970 };
    let clock = chrono::DateTime::from_timestamp(unix, 0)?.naive_utc();
    (clock.year() > 1970 && clock.year() < 9999).then_some(clock)
}

/// The date a file name states, such as `IMG_20240131_142530.jpg`; midnight where it states a day only.
///
/// Digits count only as a run of their own, years only from 1970 to 2100.
pub fn in_name(name: &str) -> Option<NaiveDateTime> {
    let starts = name.char_indices().filter(|(at, c)| {
        c.is_ascii_digit() && !name[..*at].chars().next_back().is_some_and(|before| before.is_ascii_digit())
    });
    starts.map(|(at, _)| &name[at..]).find_map(stated_at)
}

fn stated_at(text: &str) -> Option<NaiveDateTime> {
    let digits = run(text);
    let (date, rest) = match digits {
        8 | 14 | 17 => (day(&text[..4], &text[4..6], &text[6..8])?, &text[8..]),
        4 => spaced_day(text)?,
        _ => return None,
    };
    if !(1970..=2100).contains(&date.year()) {
        return None;
    }
    let time = if digits > 8 { compact_time(rest) } else { time_after(rest) };
    // A run of 14 digits whose time is impossible is a number, not a date.
    if digits > 8 && time.is_none() { None } else { Some(date.and_time(time.unwrap_or(NaiveTime::MIN))) }
}

/// `2024-01-31`, `2024_01_31`, `2024.01.31`, and the rest of the text.
fn spaced_day(text: &str) -> Option<(NaiveDate, &str)> {
    let mark = text[4..].chars().next().filter(|c| matches!(c, '-' | '_' | '.' | ' '))?;
    let (month, rest) = text[4 + mark.len_utf8()..].split_once(mark)?;
    (month.len() == 2 && run(rest) == 2).then_some(())?;
    Some((day(&text[..4], month, &rest[..2])?, &rest[2..]))
}

/// The time behind a date: at most a few separators, then `142530`, `14.25.30`, `14-25-30`, `14h25m30s` or `2.25.30 PM`.
fn time_after(rest: &str) -> Option<NaiveTime> {
    let begin = rest.find(|c: char| c.is_ascii_digit())?;
    let between = rest[..begin].trim_matches(|c: char| matches!(c, ' ' | '_' | '-' | '.' | ',' | '\u{202f}'));
    (begin <= 8 && matches!(between, "" | "at" | "T" | "t" | "um" | "à" | "kl")).then_some(())?;
    let rest = &rest[begin..];
    match run(rest) {
        6 | 9 => compact_time(rest),
        1 | 2 => marked_time(rest),
        _ => None,
    }
}

fn compact_time(text: &str) -> Option<NaiveTime> {
    let number = |range| text.get(range).and_then(|digits: &str| digits.parse::<u32>().ok());
    let millis = match run(text) {
        9 => number(6..9)?,
        6 => 0,
        _ => return None,
    };
    NaiveTime::from_hms_milli_opt(number(0..2)?, number(2..4)?, number(4..6)?, millis)
}

fn marked_time(text: &str) -> Option<NaiveTime> {
    let parts: Vec<&str> = text.splitn(3, ['.', '-', '_', ':', 'h', 'm']).collect();
    let [hour, minute, rest] = parts[..] else { return None };
    if minute.len() != 2 || run(minute) != 2 || run(rest) != 2 {
        return None;
    }
    let (hour, minute, second) = (hour.parse::<u32>().ok()?, minute.parse().ok()?, rest[..2].parse().ok()?);
    let half = rest[2..].trim_start_matches([' ', '_', '\u{202f}', '\u{a0}']).get(..2).map(str::to_ascii_lowercase);
    let hour = match half.as_deref() {
        Some("pm") if hour < 12 => hour + 12,
        Some("am") if hour == 12 => 0,
        _ => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, second)
}

fn run(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn day(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// A year of four digits, then month and day, with one mark between them or none.
fn take_date(rest: &mut &str) -> Option<NaiveDate> {
    let bytes = rest.as_bytes();
    let marked = !bytes.get(4)?.is_ascii_digit();
    let (month, day_at, len) = if marked { (5, 8, 10) } else { (4, 6, 8) };
    let date = day(rest.get(..4)?, rest.get(month..month + 2)?, rest.get(day_at..len)?)?;
    *rest = rest.get(len..)?;
    (date.year() > 0).then_some(date)
}

fn take_time(rest: &mut &str) -> Option<NaiveTime> {
    let text = rest.trim_start_matches([' ', 'T', 't']);
    let part = |at: usize| text.get(at..at + 2).filter(|part| run(part) == 2)?.parse::<u32>().ok();
    let marked = !text.as_bytes().get(2)?.is_ascii_digit();
    let step = if marked { 3 } else { 2 };
    let (hour, minute) = (part(0)?, part(step)?);
    let second = part(2 * step).filter(|_| !marked || text.as_bytes().get(5) == Some(&b':'));
    let mut end = if second.is_some() { 2 * step + 2 } else { step + 2 };
    // A leap second is the last moment of its minute.
    let second = second.unwrap_or(0);
    let time = NaiveTime::from_hms_opt(hour, minute, if second == 60 { 59 } else { second })?;
    let mut more = TimeDelta::zero();
    if text[end..].starts_with(['.', ',']) {
        let digits = run(&text[end + 1..]);
        more = fraction(&text[end + 1..=end + digits]).unwrap_or_default();
        end += 1 + digits;
    }
    *rest = &text[end..];
    Some(time.overflowing_add_signed(more).0)
}

/// The digits after a decimal point, as a part of a second; to the microsecond.
fn fraction(digits: &str) -> Option<TimeDelta> {
    let digits: String = digits.bytes().take_while(u8::is_ascii_digit).take(6).map(char::from).collect();
    if digits.is_empty() {
        return Some(TimeDelta::zero());
    }
    Some(TimeDelta::microseconds(format!("{digits:0<6}").parse().ok()?))
}

/// Clocks that were never set: the first moment of 1904 or 1970.
fn not_an_epoch(stated: Stated) -> Option<Stated> {
    let zero = |year| NaiveDate::from_ymd_opt(year, 1, 1).map(|day| day.and_time(NaiveTime::MIN));
    let zeros = [zero(1904), zero(1970)];
    (!zeros.contains(&Some(stated.clock))).then_some(stated)
}

/// Offsets in use that are no whole hours, in minutes.
const ODD: &[i64] = &[-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825];

/// The offset a wall clock had, told by UTC beside it: the offset in use (a quarter-hour or half-hour only where some
/// country keeps it) that is nearest to their distance. `None` outside −12:00 to +14:00, or when ten minutes or more are
/// left over: a receiver repeats its last fix for some minutes, past that the two were not taken together.
pub fn offset_between(clock: NaiveDateTime, utc: NaiveDateTime) -> Option<FixedOffset> {
    let apart = (clock - utc).num_seconds();
    let whole = (-12..=14).map(|hour| hour * 60);
    let nearest = whole.chain(ODD.iter().copied()).map(|minutes| minutes * 60).min_by_key(|at| (apart - at).abs())?;
    if (apart - nearest).abs() < 600 { FixedOffset::east_opt(nearest as i32) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, wanted: &str) {
        let got = in_name(name).map(|clock| clock.format("%Y-%m-%dT%H:%M:%S%.f").to_string());
        assert_eq!(got.as_deref().unwrap_or("none"), wanted, "{name}");
    }

    #[test]
    fn cameras_and_phones_name_files_by_date() {
        named("IMG_20240131_142530.jpg", "2024-01-31T14:25:30");
        named("PXL_20230101_123456789.jpg", "2023-01-01T12:34:56.789");
        named("VID_20180809_101112.mp4", "2018-08-09T10:11:12");
        named("20180809_101112.jpg", "2018-08-09T10:11:12");
        named("20180809101112.jpg", "2018-08-09T10:11:12");
        named("IMG_20200102_030405_HDR~2.jpg", "2020-01-02T03:04:05");
        named("WP_20140203_10_11_12_Pro.jpg", "2014-02-03T10:11:12");
    }

    #[test]
    fn screenshots_and_messengers_do_too() {
        named("2024-01-31 14.25.30.jpg", "2024-01-31T14:25:30");
        named("Screenshot_2024-01-31-14-25-30.png", "2024-01-31T14:25:30");
        named("Screenshot_20220304-050607.png", "2022-03-04T05:06:07");
        named("Screen Shot 2024-01-31 at 2.25.30 PM.png", "2024-01-31T14:25:30");
        named("Screenshot 2024-01-31 at 12.25.30\u{202f}AM.png", "2024-01-31T00:25:30");
        named("WhatsApp Image 2021-03-04 at 5.06.07 PM.jpeg", "2021-03-04T17:06:07");
        named("signal-2022-03-04-050607.jpg", "2022-03-04T05:06:07");
        named("signal-2022-03-04-05-06-07-123.jpg", "2022-03-04T05:06:07");
        named("photo_2022-03-04_05-06-07.jpg", "2022-03-04T05:06:07");
        named("2013-05-06 10h11m12s.jpg", "2013-05-06T10:11:12");
    }

    #[test]
    fn a_name_with_a_day_only_means_its_midnight() {
        named("IMG-20240131-WA0001.jpg", "2024-01-31T00:00:00");
        named("2024-01-31.jpg", "2024-01-31T00:00:00");
        named("2024_01_31 Party (3).jpg", "2024-01-31T00:00:00");
    }

    #[test]
    fn other_numbers_are_no_dates() {
        for name in [
            "DSC_0001.JPG",
            "IMG_4412.jpg",
            "120240131.jpg",
            "202401311.jpg",
            "19691231_101010.jpg",
            "21010101.jpg",
            "20240231_101010.jpg",
            "20241301.jpg",
            "12345678.jpg",
            "1920x1080.png",
            "2024.jpg",
            "2024-1-3.jpg",
            "1517836462345.jpg",
            "99999999999999.jpg",
            "20240131256199.jpg",
            "",
            "é2024",
            "2024-",
            "2024-01-",
            "2024é01é02",
        ] {
            named(name, "none");
        }
    }

    #[test]
    fn impossible_dates_are_none() {
        for text in [
            "0000:00:00 00:00:00",
            "    :  :     :  :  ",
            "2018:02:30 10:00:00",
            "2018:13:01 10:00:00",
            "0000-01-01T00:00:00",
            "1904:01:01 00:00:00",
            "1970-01-01T00:00:00Z",
            "2018:02:03 25:00:00",
            "",
            "2018",
            "é018:02:03 10:00:00",
        ] {
            assert_eq!(parse(text, false), None, "{text}");
        }
    }

    #[test]
    fn dates_come_in_many_forms() {
        let check = |text, wanted: &str| {
            let stated = parse(text, true).unwrap();
            let offset = stated.offset.map(|offset| offset.to_string()).unwrap_or_default();
            assert_eq!(format!("{}{offset}", stated.clock.format("%Y-%m-%dT%H:%M:%S%.f")), wanted, "{text}");
        };
        check("2021:03:04 10:20:30", "2021-03-04T10:20:30");
        check("2021-03-04T10:20:30.5+01:00", "2021-03-04T10:20:30.500+01:00");
        check("2021-03-04T10:20:30.123456789Z", "2021-03-04T10:20:30.123456+00:00");
        check("2021-03-04T10:20-0330", "2021-03-04T10:20:00-03:30");
        check("20210304T102030+0200", "2021-03-04T10:20:30+02:00");
        check("20210304", "2021-03-04T00:00:00");
        check("2016:12:31 23:59:60", "2016-12-31T23:59:59");
    }

    #[test]
    fn sub_seconds_are_digits_after_a_point() {
        let at = exif("2021:03:04 10:20:30", Some("5 ")).unwrap().clock;
        assert_eq!(at.and_utc().timestamp_subsec_millis(), 500);
        let at = exif("2021:03:04 10:20:30", Some("001")).unwrap().clock;
        assert_eq!(at.and_utc().timestamp_subsec_millis(), 1);
    }

    #[test]
    fn gps_tells_an_offset_only_when_one_is_in_use() {
        let clock = |text| parse(text, false).unwrap().clock;
        let between = |a, b| offset_between(clock(a), clock(b)).map(|offset| offset.to_string());
        assert_eq!(between("2021:08:09 13:12:13", "2021:08:09 11:12:13").as_deref(), Some("+02:00"));
        assert_eq!(between("2021:08:09 13:17:13", "2021:08:09 11:12:13").as_deref(), Some("+02:00"));
        assert_eq!(between("2021:08:09 16:57:13", "2021:08:09 11:12:13").as_deref(), Some("+05:45"));
        assert_eq!(between("2021:08:09 13:27:13", "2021:08:09 11:12:13"), None);
        assert_eq!(between("2021:08:10 13:27:13", "2021:08:09 11:12:13"), None);
    }

    #[test]
    fn containers_count_from_1904() {
        assert_eq!(since_1904(0), None);
        assert_eq!(since_1904(2_082_844_800), None);
        assert_eq!(since_1904(3_639_971_289).unwrap().to_string(), "2019-05-06 07:08:09");
        assert_eq!(since_1904(1_580_702_706).unwrap().to_string(), "2020-02-03 04:05:06");
        assert_eq!(since_1904(u64::MAX), None);
    }
}
