//! Older videos: Windows Media (ASF), Flash (FLV) and Ogg with Theora: length, size, title.
//!
//! Only headers are read, and of Ogg and Flash the last page or tag, which knows the time.

use chrono::{NaiveDate, TimeDelta};

use super::bytes::Bytes;
use super::dates::Stated;
use super::findings::{Clock, Findings, Voice};
use super::text;

/// Adds what a Windows Media file says.
pub fn asf(bytes: &mut Bytes, findings: &mut Findings) {
    const FILE: [u8; 4] = [0xA1, 0xDC, 0xAB, 0x8C];
    const STREAM: [u8; 4] = [0x91, 0x07, 0xDC, 0xB7];
    const WORDS: [u8; 4] = [0x33, 0x26, 0xB2, 0x75];
    let end = bytes.le32(16).map_or(0, u64::from).min(bytes.size());
    let mut at = 30;
    for _ in 0..256 {
        let (Some(kind), Some(len)) = (bytes.array::<4>(at), bytes.le32(at + 16)) else { break };
        if len < 24 || at >= end {
            break;
        }
        match kind {
            FILE => asf_file(bytes, at, findings),
            STREAM if bytes.array(at + 24) == Some([0xC0, 0xEF, 0x19, 0xBC]) => {
                let size = bytes.le32(at + 78).zip(bytes.le32(at + 82));
                findings.dimensions = findings.dimensions.or(size);
            }
            WORDS => {
                let lengths = [0, 2, 4, 6].map(|place| bytes.le16(at + 24 + place).map_or(0, u64::from));
                let mut words = |from, len| text::utf16(&bytes.some(from, len as usize), true);
                findings.title(Voice::Container, words(at + 34, lengths[0]));
                let before = lengths[0] + lengths[1] + lengths[2];
                findings.description(Voice::Container, words(at + 34 + before, lengths[3]));
            }
            _ => {}
        }
        at += u64::from(len);
    }
}

/// Created in tenths of microseconds since 1601, length in the same, less what is loaded ahead in milliseconds.
fn asf_file(bytes: &mut Bytes, at: u64, findings: &mut Findings) {
    let number = |bytes: &mut Bytes, at| bytes.array(at).map(u64::from_le_bytes);
    let created = number(bytes, at + 48).and_then(|ticks| {
        let start = NaiveDate::from_ymd_opt(1601, 1, 1)?.and_hms_opt(0, 0, 0)?;
        let clock = start.checked_add_signed(TimeDelta::try_seconds(i64::try_from(ticks / 10_000_000).ok()?)?)?;
        // A clock that was never set counts from 1601 or 1970.
        (clock > NaiveDate::from_ymd_opt(1971, 1, 1)?.and_hms_opt(0, 0, 0)?).then(|| Stated::utc(clock))
    });
    findings.time(Clock::Header, created);
    let (length, ahead) = (number(bytes, at + 64), number(bytes, at + 80));
    let seconds = length.zip(ahead).map(|(length, ahead)| length as f64 / 1e7 - ahead as f64 / 1e3);
    findings.duration = seconds.filter(|seconds| *seconds > 0.0);
}

/// Adds what a Flash video says: the numbers of its first tag, else the time of its last.
pub fn flv(bytes: &mut Bytes, findings: &mut Findings) {
    let head = bytes.some(0, 16 << 10);
    let number = |name: &[u8]| {
        let key = [&(name.len() as u16).to_be_bytes()[..], name, &[0]].concat();
        let at = memchr::memmem::find(&head, &key)? + key.len();
        let raw = *head.get(at..)?.first_chunk::<8>()?;
        Some(f64::from_be_bytes(raw)).filter(|n| n.is_finite() && *n > 0.0)
    };
    let side = |name: &[u8]| number(name).filter(|n| *n < 1e6).map(|n| n as u32);
    findings.dimensions = side(b"width").zip(side(b"height"));
    findings.duration = number(b"duration").or_else(|| flv_end(bytes));
}

fn flv_end(bytes: &mut Bytes) -> Option<f64> {
    let end = bytes.size().checked_sub(4)?;
    let tag = end.checked_sub(u64::from(bytes.be32(end)?))?;
    let [high, middle, low, highest] = bytes.array(tag + 4)?;
    Some(f64::from(u32::from_be_bytes([highest, high, middle, low])) / 1000.0).filter(|seconds| *seconds > 0.0)
}

/// Adds what an Ogg video says.
pub fn ogg(bytes: &mut Bytes, findings: &mut Findings) {
    const TAIL: usize = 128 << 10;
    let head = bytes.some(0, 16 << 10);
    let Some(at) = memchr::memmem::find(&head, b"\x80theora") else { return };
    let Some(theora) = head.get(at..at + 42) else { return findings.damage("cut short") };
    let number = |range: std::ops::Range<usize>| theora[range].iter().fold(0, |n, byte| n << 8 | u32::from(*byte));
    findings.dimensions = Some((number(14..17), number(17..20)));
    let (rate, per) = (f64::from(number(22..26)), f64::from(number(26..30)));
    let shift = number(40..42) >> 5 & 31;
    let page = head[..at].windows(4).rposition(|mark| mark == b"OggS").unwrap_or(0);
    let Some(serial) = head.get(page + 14..page + 18) else { return };
    let from = bytes.size().saturating_sub(TAIL as u64);
    let tail = bytes.some(from, TAIL);
    let pages = memchr::memmem::rfind_iter(&tail, b"OggS").filter_map(|at| tail.get(at..at + 18));
    let last = pages.filter(|page| page[14..18] == *serial).filter_map(|page| page[6..14].first_chunk::<8>().copied());
    let last = last.map(u64::from_le_bytes).find(|place| *place != u64::MAX);
    let frames = last.map(|place| (place >> shift) + (place & ((1 << shift) - 1)));
    let seconds = frames.map(|frames| frames as f64 * per / rate);
    findings.duration = seconds.filter(|seconds| seconds.is_finite() && *seconds > 0.0);
}
