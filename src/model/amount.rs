//! Sizes and durations as people type them: `100MB`, `1.5GiB`, `30d`, `500ms`.

use std::time::Duration;

use super::Invalid;

/// What a unit of size stands for, in bytes. Case does not matter; a `B` may follow.
const SIZES: &[(&str, u64)] = &[
    ("", 1),
    ("k", 1_000),
    ("m", 1_000_000),
    ("g", 1_000_000_000),
    ("t", 1_000_000_000_000),
    ("ki", 1 << 10),
    ("mi", 1 << 20),
    ("gi", 1 << 30),
    ("ti", 1 << 40),
];

/// What a unit of time stands for, in milliseconds.
const DURATIONS: &[(&str, u64)] =
    &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];

/// A size in bytes: a number, a unit `k M G T` (thousands) or `Ki Mi Gi Ti` (1024s), and perhaps `B`.
///
/// # Errors
/// When the text is no such size, or more than 2^63 bytes.
pub fn size(text: &str) -> Result<u64, Invalid> {
    let wrong = || Invalid::new("size", "must be a number of bytes, such as 500, 100MB or 1.5GiB", text);
    let lower = text.to_ascii_lowercase();
    let (number, unit) = split(&lower);
    let unit = unit.strip_suffix('b').unwrap_or(unit);
    scaled(number, unit, SIZES).ok_or_else(wrong)
}

/// A duration: a number and a unit `ms s m h d w`. Zero needs none.
///
/// # Errors
/// When the text is no such duration, or too long to count in milliseconds.
pub fn duration(text: &str) -> Result<Duration, Invalid> {
    let wrong = || Invalid::new("duration", "must be a number with ms, s, m, h, d or w, such as 5s or 30d", text);
    let (number, unit) = split(text);
    let unit = if number == "0" && unit.is_empty() { "s" } else { unit };
    scaled(number, unit, DURATIONS).map(Duration::from_millis).ok_or_else(wrong)
}

fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.trim_start_matches(' '))
}

/// Whole numbers stay exact; a fraction is rounded to the unit beneath.
fn scaled(number: &str, unit: &str, units: &[(&str, u64)]) -> Option<u64> {
    let scale = units.iter().find(|(name, _)| *name == unit)?.1;
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(scale).filter(|amount| i64::try_from(*amount).is_ok());
    }
    let amount = number.parse::<f64>().ok()? * scale as f64;
    (amount < 9e18).then_some(amount as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_decimal_unless_they_say_i() {
        let all = ["0", "500", "100MB", "1k", "10M", "1.5GiB", "2Ki", "1 TB", "9b"].map(|text| size(text).unwrap());
        assert_eq!(all, [0, 500, 100_000_000, 1_000, 10_000_000, 1_610_612_736, 2_048, 1_000_000_000_000, 9]);
    }

    #[test]
    fn durations_need_a_unit() {
        let all = ["0", "500ms", "5s", "2h", "30d", "1.5m", "1w"].map(|text| duration(text).unwrap().as_millis());
        assert_eq!(all, [0, 500, 5_000, 7_200_000, 2_592_000_000, 90_000, 604_800_000]);
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "MB", "-1", "1.2.3", "5 apples", "1e3", "99999999T", "١", ".", "nan", "inf"] {
            assert!(size(text).is_err(), "{text}");
        }
        for text in ["", "5", "s", "-5s", "30x", "99999999999999999w", "1M"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
