//! RIFF: WebP pictures, and AVI videos with their dates.
//!
//! Chunks are walked, pixels never decoded.

use std::ops::Range;

use super::bytes::Bytes;
use super::dates;
use super::findings::{Clock, Findings, Voice};
use super::{exif, text, xmp};

/// Chunks of one file or list that are looked at.
const MOST_CHUNKS: usize = 4096;

/// The chunks in a range: their names and bodies, as far as they are there.
fn chunks(bytes: &mut Bytes, range: Range<u64>) -> Vec<([u8; 4], Range<u64>)> {
    let mut found = Vec::new();
    let mut at = range.start;
    while at + 8 <= range.end && found.len() < MOST_CHUNKS {
        let (Some(kind), Some(len)) = (bytes.array::<4>(at), bytes.le32(at + 4)) else { break };
        let body = at + 8..at + 8 + u64::from(len);
        at = body.end + u64::from(len) % 2;
        found.push((kind, body));
    }
    found
}

/// WebP.
pub fn webp(bytes: &mut Bytes, findings: &mut Findings) {
    let all = bytes.all();
    let mut pixels = false;
    for (kind, body) in chunks(bytes, 12..all.end) {
        let start = body.start;
        match &kind {
            b"VP8X" => findings.dimensions = extended(bytes, start),
            b"VP8 " => {
                pixels = true;
                findings.dimensions = findings.dimensions.or_else(|| lossy(bytes, start));
            }
            b"VP8L" => {
                pixels = true;
                findings.dimensions = findings.dimensions.or_else(|| lossless(bytes, start));
            }
            b"ANMF" => pixels = true,
            b"EXIF" => {
                let skip = if bytes.some(start, 6) == b"Exif\0\0" { 6 } else { 0 };
                exif::block(bytes, start + skip..body.end, true, findings);
            }
            b"XMP " => {
                if let Some(packet) = bytes.range(&body, 4 << 20) {
                    xmp::apply(&packet, findings);
                }
            }
            _ => {}
        }
        if body.end > all.end {
            findings.damage("cut short");
        }
    }
    if !pixels {
        findings.damage("no picture in it");
    }
}

fn extended(bytes: &mut Bytes, at: u64) -> Option<(u32, u32)> {
    let mut side = |at| bytes.array::<3>(at).map(|[low, middle, high]| u32::from_le_bytes([low, middle, high, 0]) + 1);
    side(at + 4).zip(side(at + 7))
}

fn lossy(bytes: &mut Bytes, at: u64) -> Option<(u32, u32)> {
    let start = bytes.array::<3>(at + 3)? == [0x9D, 0x01, 0x2A];
    let size = bytes.le16(at + 6).zip(bytes.le16(at + 8)).filter(|_| start);
    size.map(|(width, height)| (u32::from(width & 0x3FFF), u32::from(height & 0x3FFF)))
}

fn lossless(bytes: &mut Bytes, at: u64) -> Option<(u32, u32)> {
    let bits = bytes.le32(at + 1).filter(|_| bytes.u8(at) == Some(0x2F))?;
    Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
}

/// AVI.
pub fn avi(bytes: &mut Bytes, findings: &mut Findings) {
    let all = bytes.all();
    let mut movie = false;
    for (kind, body) in chunks(bytes, 12..all.end) {
        let list = if &kind == b"LIST" { bytes.array::<4>(body.start) } else { None };
        match (&kind, list.as_ref()) {
            (_, Some(b"hdrl")) => header(bytes, body.start + 4..body.end.min(all.end), findings),
            (_, Some(b"INFO")) => info(bytes, body.start + 4..body.end.min(all.end), findings),
            (_, Some(b"movi")) => movie = true,
            (b"IDIT", _) => date(bytes, &body, findings),
            _ => {}
        }
        if body.end > all.end {
            findings.damage("cut short");
        }
    }
    if !movie {
        findings.damage("no picture in it");
    }
}

fn header(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) {
    let mut longest = 0.0_f64;
    for (kind, body) in chunks(bytes, range) {
        match &kind {
            b"avih" => {
                let frame = bytes.le32(body.start).map(f64::from);
                let frames = bytes.le32(body.start + 16).map(f64::from);
                findings.duration =
                    frame.zip(frames).map(|(micros, frames)| micros * frames / 1e6).filter(|s| *s > 0.0);
                let size = bytes.le32(body.start + 32).zip(bytes.le32(body.start + 36));
                findings.dimensions = findings.dimensions.or(size);
            }
            b"IDIT" => date(bytes, &body, findings),
            b"LIST" => longest = longest.max(stream(bytes, body.start + 4..body.end, findings)),
            _ => {}
        }
    }
    if longest > 0.0 {
        findings.duration = Some(longest);
    }
}

/// Streams know their rates better than the header, whose frame time is rounded; the longest counts.
fn stream(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) -> f64 {
    let mut longest = 0.0_f64;
    for (kind, body) in chunks(bytes, range) {
        let start = body.start;
        match &kind {
            b"strh" if matches!(bytes.array(start), Some([b'v', b'i', b'd', b's'] | [b'a', b'u', b'd', b's'])) => {
                let number = |bytes: &mut Bytes, at| bytes.le32(start + at).map_or(0.0, f64::from);
                let (scale, rate, frames) = (number(bytes, 20), number(bytes, 24), number(bytes, 32));
                let seconds = frames * scale / rate;
                longest = longest.max(if seconds.is_finite() { seconds } else { 0.0 });
            }
            b"IDIT" => date(bytes, &body, findings),
            _ => {}
        }
    }
    longest
}

fn info(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) {
    for (kind, body) in chunks(bytes, range) {
        let words = |bytes: &mut Bytes| text::decode(&bytes.range(&body, 64 << 10)?);
        match &kind {
            b"ICRD" => date(bytes, &body, findings),
            b"INAM" => findings.title(Voice::Container, words(bytes)),
            b"ICMT" => findings.description(Voice::Container, words(bytes)),
            b"ISFT" => findings.instead("software", words(bytes)),
            _ => {}
        }
    }
}

fn date(bytes: &mut Bytes, body: &Range<u64>, findings: &mut Findings) {
    let text = bytes.range(body, 256).and_then(|raw| text::decode(&raw));
    findings.time(Clock::Header, text.and_then(|text| dates::parse(&text, true).or_else(|| spelled(&text))));
}

/// The date of C's `ctime`: `Mon May 06 07:08:09 2019`.
fn spelled(text: &str) -> Option<dates::Stated> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let clock = chrono::NaiveDateTime::parse_from_str(&text, "%a %b %d %H:%M:%S %Y").ok()?;
    Some(dates::Stated { clock, offset: None })
}
