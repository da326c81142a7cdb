//! Matroska and `WebM`: length, size, date and title, in elements with sizes of their own width.
//!
//! Clusters of pictures are passed over; their times count only where the length is not stated.

use std::ops::Range;

use chrono::{NaiveDate, TimeDelta};

use super::bytes::Bytes;
use super::dates::Stated;
use super::findings::{Clock, Findings, Voice};
use super::text;

/// Elements of one level that are looked at.
const MOST: usize = 20_000;

/// One element: its identifier and its body, as far as it is there.
struct Element {
    id: u32,
    body: Range<u64>,
    cut: bool,
}

/// Adds what a Matroska file says.
pub fn read(bytes: &mut Bytes, findings: &mut Findings) {
    let all = bytes.all();
    let Some(segment) = elements(bytes, all).into_iter().find(|one| one.id == 0x1853_8067) else {
        return findings.damage("no picture in it");
    };
    if segment.cut {
        findings.damage("cut short");
    }
    let mut scale = 1_000_000.0;
    let mut last = None;
    let mut at = segment.body.start;
    for _ in 0..MOST {
        let Some(one) = next(bytes, at, segment.body.end) else { break };
        at = one.body.end;
        match one.id {
            0x1549_A966 => scale = info(bytes, one.body, findings),
            0x1654_AE6B => tracks(bytes, one.body, findings),
            0x1F43_B675 => {
                let stamp = next(bytes, one.body.start, one.body.end).filter(|first| first.id == 0xE7);
                last = stamp.and_then(|stamp| unsigned(bytes, &stamp.body)).or(last);
            }
            _ => {}
        }
    }
    findings.duration = findings.duration.or_else(|| last.map(|stamp| stamp as f64 * scale / 1e9));
}

/// Nanoseconds of one unit of time in this file.
fn info(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) -> f64 {
    let (mut scale, mut length) = (1_000_000.0, None);
    for one in elements(bytes, range) {
        let words = |bytes: &mut Bytes| bytes.range(&one.body, 1 << 16).and_then(|raw| text::decode(&raw));
        match one.id {
            0x2A_D7B1 => scale = unsigned(bytes, &one.body).map_or(scale, |n| n as f64),
            0x4489 => length = float(bytes, &one.body),
            0x4461 => findings.time(Clock::Header, unsigned(bytes, &one.body).and_then(|n| date(n.cast_signed()))),
            0x7BA9 => findings.title(Voice::Container, words(bytes)),
            0x5741 => findings.instead("software", words(bytes)),
            _ => {}
        }
    }
    findings.duration = length.filter(|length| *length > 0.0).map(|length| length * scale / 1e9);
    scale
}

/// Nanoseconds since the first moment of 2001, UTC.
fn date(nanos: i64) -> Option<Stated> {
    let start = NaiveDate::from_ymd_opt(2001, 1, 1)?.and_hms_opt(0, 0, 0)?;
    let clock = start.checked_add_signed(TimeDelta::nanoseconds(nanos))?;
    (nanos != 0).then(|| Stated::utc(clock))
}

fn tracks(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) {
    for track in elements(bytes, range).into_iter().filter(|one| one.id == 0xAE).take(64) {
        let parts = elements(bytes, track.body);
        let kind = parts.iter().find(|one| one.id == 0x83).and_then(|one| unsigned(bytes, &one.body));
        let Some(video) = parts.iter().find(|one| one.id == 0xE0).filter(|_| kind == Some(1)) else { continue };
        let sides = elements(bytes, video.body.clone());
        let mut side = |id| {
            let one = sides.iter().find(|one| one.id == id)?;
            unsigned(bytes, &one.body).and_then(|n| u32::try_from(n).ok())
        };
        findings.dimensions = findings.dimensions.or(side(0xB0).zip(side(0xBA)));
    }
}

fn elements(bytes: &mut Bytes, range: Range<u64>) -> Vec<Element> {
    let mut found = Vec::new();
    let mut at = range.start;
    while let Some(one) = next(bytes, at, range.end).filter(|_| found.len() < 1000) {
        at = one.body.end;
        found.push(one);
    }
    found
}

/// The element at `at`. One of unknown size goes on to the end.
fn next(bytes: &mut Bytes, at: u64, end: u64) -> Option<Element> {
    if at >= end {
        return None;
    }
    let (id, after) = number(bytes, at, 4)?;
    let (size, start) = number(bytes, after, 8)?;
    let unknown = size.count_ones() == 7 * (start - after) as u32 + 1;
    let marker = 1 << (7 * (start - after));
    let stop = if unknown { end } else { start.checked_add(size & (marker - 1))? };
    (start <= end).then(|| Element { id: id as u32, body: start..stop.min(end), cut: stop > end })
}

/// A number whose first set bit says how many bytes it has, the bit with it; and where the next one stands.
fn number(bytes: &mut Bytes, at: u64, most: u32) -> Option<(u64, u64)> {
    let len = bytes.u8(at)?.leading_zeros() + 1;
    if len > most {
        return None;
    }
    let raw = bytes.read(at, len as usize)?;
    Some((raw.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)), at + u64::from(len)))
}

fn unsigned(bytes: &mut Bytes, body: &Range<u64>) -> Option<u64> {
    let raw = bytes.range(body, 8)?;
    Some(raw.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
}

fn float(bytes: &mut Bytes, body: &Range<u64>) -> Option<f64> {
    let raw = bytes.range(body, 8)?;
    match raw.len() {
        4 => Some(f64::from(f32::from_be_bytes(raw.try_into().ok()?))),
        8 => Some(f64::from_be_bytes(raw.try_into().ok()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn sizes_have_a_width_of_their_own() {
        let file = [0xE7, 0x81, 5, 0xE7, 0x40, 0x01, 6, 0xE7, 0xFF, 7, 8];
        let mut input = Cursor::new(&file);
        let mut bytes = Bytes::new(&mut input, file.len() as u64);
        let range = bytes.all();
        let found: Vec<_> = elements(&mut bytes, range).into_iter().map(|one| one.body).collect();
        assert_eq!(found, [2..3, 6..7, 9..11]);
    }

    #[test]
    fn dates_count_from_2001() {
        assert_eq!(date(0), None);
        assert_eq!(date(1_000_000_000).unwrap().clock.to_string(), "2001-01-01 00:00:01");
    }
}
