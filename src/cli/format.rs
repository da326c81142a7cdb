//! Numbers as people read them: `1,204`, `5.4 GB`, `41 s`, `131 MB/s`. For text only; JSON keeps plain numbers.

use std::time::Duration;

/// A count with a comma every three digits.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and what is counted: `1 file`, `1,204 files`.
pub fn plural(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A size in thousands: two figures below ten, whole numbers above a hundred.
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if size < 1_000 {
        return format!("{size} B");
    }
    let mut amount = size as f64 / 1_000.0;
    let mut unit = 0;
    // 999.5 would be printed as 1000.
    while amount >= 999.5 && unit + 1 < UNITS.len() {
        amount /= 1_000.0;
        unit += 1;
    }
    let decimals = usize::from(amount < 99.95);
    format!("{amount:.decimals$} {}", UNITS[unit])
}

/// A duration in its two largest units.
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 if !duration.is_zero() => format!("{} ms", duration.as_millis()),
        0..=9 if duration.subsec_millis() == 0 => format!("{seconds} s"),
        0..=9 => format!("{:.1} s", duration.as_secs_f64()),
        10..=59 => format!("{seconds} s"),
        60..=3_599 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..=86_399 => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

/// How long a film or a sound plays: `1.2 s`, `1:05`, `1:02:03`.
pub fn length(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{} s", (seconds * 10.0).round() / 10.0),
        60..3_600 => format!("{}:{:02}", whole / 60, whole % 60),
        _ => format!("{}:{:02}:{:02}", whole / 3_600, whole / 60 % 60, whole % 60),
    }
}

/// How fast bytes went by; nothing can be said of no time at all.
pub fn rate(size: u64, duration: Duration) -> Option<String> {
    let seconds = duration.as_secs_f64();
    (seconds > 0.0).then(|| format!("{}/s", bytes((size as f64 / seconds) as u64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_commas() {
        let all = [0, 7, 999, 1_204, 1_000_000].map(count);
        assert_eq!(all, ["0", "7", "999", "1,204", "1,000,000"]);
        assert_eq!([plural(1, "file", "files"), plural(0, "file", "files")], ["1 file", "0 files"]);
    }

    #[test]
    fn sizes_keep_two_or_three_figures() {
        let all = [0, 999, 1_000, 99_949, 99_950, 999_499, 999_500, 5_368_709_120, u64::MAX].map(bytes);
        assert_eq!(all, ["0 B", "999 B", "1.0 kB", "99.9 kB", "100 kB", "999 kB", "1.0 MB", "5.4 GB", "18.4 EB"]);
    }

    #[test]
    fn a_length_is_what_a_player_shows() {
        let all = [0.0, 1.166_666_625_976_562_5, 12.04, 59.4, 59.6, 65.2, 3_599.7, 3_723.0].map(length);
        assert_eq!(all, ["0 s", "1.2 s", "12 s", "59.4 s", "1:00", "1:05", "1:00:00", "1:02:03"]);
    }

    #[test]
    fn times_have_two_units() {
        let all = [0, 250, 2_000, 8_123, 41_000, 185_000, 7_260_000, 90_000_000]
            .map(|ms| duration(Duration::from_millis(ms)));
        assert_eq!(all, ["0 s", "250 ms", "2 s", "8.1 s", "41 s", "3 min 5 s", "2 h 1 min", "1 d 1 h"]);
        assert_eq!(rate(5_368_709_120, Duration::from_secs(41)).as_deref(), Some("131 MB/s"));
        assert_eq!(rate(1, Duration::ZERO), None);
    }
}
