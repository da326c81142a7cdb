//! Parts of dates as people write them → numbers that come round again: `jul`, `sat`, `22..3`, `12-24..01-06`.

use chrono::{Datelike, NaiveDate};

use super::ast::{Op, Test};
use super::dates::Now;
use super::error::{Wrong, quoted};
use super::words::{Part, nearest};

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The condition a value, the ends of a range or a comparison puts on a part; a range may go round the end.
///
/// # Errors
/// When the text is no such part, or nothing lies beyond it.
pub(super) fn test(part: Part, op: Op, ends: (&str, &str), now: &Now) -> Result<Test, Wrong> {
    let (lowest, highest) = bounds(part);
    let end = |text: &str, open: i64| if text.is_empty() { Ok(open) } else { value(part, text, now) };
    let (from, to) = (end(ends.0, lowest)?, end(ends.1, highest)?);
    let (first, last) = match op {
        Op::Above => (from + 1, highest),
        Op::AtLeast => (from, highest),
        Op::Below => (lowest, to - 1),
        Op::AtMost => (lowest, to),
        Op::Has | Op::Equals | Op::Not | Op::Like => (from, to),
    };
    if first > highest || last < lowest {
        return Err(Wrong::new(format!("nothing lies beyond {}", quoted(ends.0))).hint(forms(part)));
    }
    Ok(Test::Turn { part, first, last })
}

/// The least and the greatest there is.
pub(super) fn bounds(part: Part) -> (i64, i64) {
    match part {
        Part::Month => (1, 12),
        Part::Day => (1, 31),
        Part::Hour => (0, 23),
        Part::Weekday => (1, 7),
        Part::MonthDay => (101, 1231),
    }
}

/// A turn in words.
pub(super) fn told(part: Part, first: i64, last: i64) -> String {
    let named = |names: &[&str], at: i64| {
        usize::try_from(at - 1).ok().and_then(|at| names.get(at).map(ToString::to_string)).unwrap_or_default()
    };
    let one = |value: i64| match part {
        Part::Month => named(MONTHS, value),
        Part::Weekday => named(WEEKDAYS, value),
        Part::MonthDay => format!("{:02}-{:02}", value / 100, value % 100),
        Part::Day | Part::Hour => value.to_string(),
    };
    if first == last { format!("is {}", one(first)) } else { format!("is from {} to {}", one(first), one(last)) }
}

fn value(part: Part, text: &str, now: &Now) -> Result<i64, Wrong> {
    let (least, most) = bounds(part);
    let number = || whole(text).filter(|number| (least..=most).contains(number));
    let found = match part {
        Part::Day | Part::Hour => number(),
        Part::Month => number().or_else(|| named(text, MONTHS)),
        Part::Weekday => number().or_else(|| named(text, WEEKDAYS)),
        Part::MonthDay => month_day(text, now),
    };
    found.ok_or_else(|| {
        let wrong = Wrong::new(format!("{} is no {}", quoted(text), name(part)));
        let names = if part == Part::Month { MONTHS } else { WEEKDAYS };
        match nearest(text, names.iter().copied()).filter(|_| matches!(part, Part::Month | Part::Weekday)) {
            Some(near) => wrong.hint(format_args!("did you mean `{near}`?")),
            None => wrong.hint(forms(part)),
        }
    })
}

fn name(part: Part) -> &'static str {
    match part {
        Part::Month => "month",
        Part::Day => "day of a month",
        Part::Hour => "hour",
        Part::Weekday => "day of the week",
        Part::MonthDay => "day of a year",
    }
}

fn forms(part: Part) -> &'static str {
    match part {
        Part::Month => "months are 1 to 12, or jan to dec",
        Part::Day => "days are 1 to 31",
        Part::Hour => "hours are 0 to 23",
        Part::Weekday => "days are mon to sun, or 1 (Monday) to 7",
        Part::MonthDay => "it is a month and a day, 07-14, or today or yesterday",
    }
}

/// One or two digits.
fn whole(text: &str) -> Option<i64> {
    ((1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// A name's place in a list, from 1, by its first three letters or more.
fn named(text: &str, names: &[&str]) -> Option<i64> {
    let text = text.to_ascii_lowercase();
    let at = names.iter().position(|name| text.len() >= 3 && name.starts_with(&text))?;
    i64::try_from(at + 1).ok()
}

/// `07-14`, `7-4`, `today`, `yesterday`; the 29th of February is a day of some years.
fn month_day(text: &str, now: &Now) -> Option<i64> {
    const LEAP: i32 = 2000;
    let day = match text.to_ascii_lowercase().as_str() {
        "today" => now.date_naive(),
        "yesterday" => now.date_naive().pred_opt()?,
        text => {
            let (month, day) = text.split_once('-')?;
            let number = |text| whole(text).and_then(|number| u32::try_from(number).ok());
            NaiveDate::from_ymd_opt(LEAP, number(month)?, number(day)?)?
        }
    };
    Some(i64::from(100 * day.month() + day.day()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Now {
        Now::parse_from_rfc3339("2024-03-01T00:30:00+02:00").unwrap()
    }

    #[test]
    fn months_and_days_have_names_and_numbers() {
        for (part, text, expected) in [
            (Part::Month, "7", Some(7)),
            (Part::Month, "07", Some(7)),
            (Part::Month, "Sept", Some(9)),
            (Part::Month, "ma", None),
            (Part::Month, "0", None),
            (Part::Month, "13", None),
            (Part::Weekday, "Sun", Some(7)),
            (Part::Weekday, "1", Some(1)),
            (Part::Weekday, "8", None),
            (Part::Hour, "0", Some(0)),
            (Part::Hour, "24", None),
            (Part::Day, "31", Some(31)),
            (Part::Day, "3.5", None),
            (Part::MonthDay, "02-29", Some(229)),
            (Part::MonthDay, "7-4", Some(704)),
            (Part::MonthDay, "02-30", None),
            (Part::MonthDay, "07", None),
            (Part::MonthDay, "TODAY", Some(301)),
            (Part::MonthDay, "yesterday", Some(229)),
        ] {
            assert_eq!(value(part, text, &now()).ok(), expected, "{text}");
        }
    }

    #[test]
    fn comparisons_end_with_the_year_and_ranges_go_round_it() {
        let turn = |op, ends| match test(Part::Month, op, ends, &now()) {
            Ok(Test::Turn { first, last, .. }) => Some((first, last)),
            _ => None,
        };
        assert_eq!(turn(Op::Has, ("11", "2")), Some((11, 2)));
        assert_eq!(turn(Op::Has, ("", "2")), Some((1, 2)));
        assert_eq!(turn(Op::Above, ("6", "6")), Some((7, 12)));
        assert_eq!(turn(Op::Below, ("6", "6")), Some((1, 5)));
        assert_eq!(turn(Op::Above, ("12", "12")), None);
        assert_eq!(turn(Op::Below, ("1", "1")), None);
    }

    #[test]
    fn a_misspelt_name_is_set_right() {
        let hint = |part, text| value(part, text, &now()).unwrap_err().hint.unwrap();
        assert_eq!(hint(Part::Weekday, "satruday"), "did you mean `saturday`?");
        assert_eq!(hint(Part::Hour, "monday"), "hours are 0 to 23");
    }
}
