//! Raw files that are not built like TIFF: Fujifilm's RAF, Minolta's MRW, Sigma's X3F and Canon's old CRW.
//!
//! Each gives size, camera and time its own way, or wraps a JPEG or an EXIF block that does. Sensor data is never read.

use std::ops::Range;

use chrono::NaiveDateTime;

use super::bytes::Bytes;
use super::dates::Stated;
use super::findings::{Clock, Findings};
use super::{exif, jpeg, text};

/// Entries of one directory that are looked at.
const MOST: u32 = 512;

/// RAF: a JPEG with everything in it, and a list of sizes.
pub fn raf(bytes: &mut Bytes, findings: &mut Findings) {
    let range = |bytes: &mut Bytes, at| {
        let start = u64::from(bytes.be32(at)?);
        Some(start..start + u64::from(bytes.be32(at + 4)?))
    };
    let Some(picture) = range(bytes, 0x54) else { return findings.damage("cut short") };
    wrapped(bytes, &picture, findings);
    if let Some(sizes) = range(bytes, 0x5C) {
        findings.dimensions = raf_size(bytes, sizes.start).or(findings.dimensions);
    }
    if range(bytes, 0x64).is_none_or(|sensor| sensor.end > bytes.size()) {
        findings.damage("cut short");
    }
}

/// The picture without the sensor's edge (0x0111), else all of it (0x0100).
fn raf_size(bytes: &mut Bytes, start: u64) -> Option<(u32, u32)> {
    let count = bytes.be32(start)?.min(MOST);
    let mut at = start + 4;
    let mut whole = None;
    for _ in 0..count {
        let (tag, len) = (bytes.be16(at)?, bytes.be16(at + 2)?);
        let mut size =
            || bytes.be16(at + 6).zip(bytes.be16(at + 4)).map(|(width, height)| (u32::from(width), u32::from(height)));
        match tag {
            0x0111 => return size(),
            0x0100 => whole = size(),
            _ => {}
        }
        at += 4 + u64::from(len);
    }
    whole
}

/// A JPEG inside: its facts count where the raw file is silent, and it is a preview.
fn wrapped(bytes: &mut Bytes, range: &Range<u64>, findings: &mut Findings) {
    let mut inner = Findings::default();
    jpeg::read(bytes, range, &mut inner);
    findings.dimensions = findings.dimensions.or(inner.dimensions);
    findings.beneath(inner);
    jpeg::offer_preview(bytes, range.clone(), findings);
}

/// MRW: blocks, one with the size, one with EXIF.
pub fn mrw(bytes: &mut Bytes, findings: &mut Findings) {
    let end = bytes.be32(4).map_or(0, |len| 8 + u64::from(len));
    let mut at = 8;
    while at + 8 <= end {
        let (Some(kind), Some(len)) = (bytes.array::<4>(at), bytes.be32(at + 4)) else { break };
        let body = at + 8..at + 8 + u64::from(len);
        match &kind {
            b"\0PRD" => {
                let size = bytes.be16(body.start + 14).zip(bytes.be16(body.start + 12));
                findings.dimensions = size.map(|(width, height)| (u32::from(width), u32::from(height)));
            }
            b"\0TTW" => exif::block(bytes, body.clone(), true, findings),
            _ => {}
        }
        at = body.end;
    }
    if end >= bytes.size() {
        findings.damage("cut short");
    }
}

/// X3F: the size in the header, the rest in a list of properties, or in the EXIF of a JPEG (later cameras).
pub fn x3f(bytes: &mut Bytes, findings: &mut Findings) {
    findings.dimensions = bytes.le32(28).zip(bytes.le32(32));
    findings.orientation = bytes.le32(36).map(|degrees| match degrees {
        90 => 6,
        180 => 3,
        270 => 8,
        _ => 1,
    });
    if sections(bytes, findings).is_none() {
        findings.damage("cut short");
    }
}

fn sections(bytes: &mut Bytes, findings: &mut Findings) -> Option<()> {
    let list = u64::from(bytes.le32(bytes.size().checked_sub(4)?)?);
    if &bytes.array::<4>(list)? != b"SECd" {
        return None;
    }
    for index in 0..bytes.le32(list + 8)?.min(MOST) {
        let entry = list + 12 + 12 * u64::from(index);
        let (at, len) = (u64::from(bytes.le32(entry)?), u64::from(bytes.le32(entry + 4)?));
        match &bytes.array::<4>(entry + 8)? {
            b"PROP" => {
                let _ = properties(bytes, at..at + len, findings);
            }
            b"IMAG" | b"IMA2" if bytes.array(at + 28) == Some([0xFF, 0xD8]) => {
                wrapped(bytes, &(at + 28..at + len), findings);
            }
            _ => {}
        }
    }
    Some(())
}

/// Pairs of names and values, UTF-16, each ended by a zero.
fn properties(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) -> Option<()> {
    let count = bytes.le32(range.start + 8)?.min(MOST);
    let words = range.start + 24 + 8 * u64::from(count);
    let raw = bytes.range(&(words..range.end), 1 << 20)?;
    let word = |at: u32| raw.get(2 * at as usize..).and_then(|raw| text::utf16(&raw[..raw.len().min(512)], true));
    for index in 0..u64::from(count) {
        let pair = range.start + 24 + 8 * index;
        let (name, value) = (word(bytes.le32(pair)?), word(bytes.le32(pair + 4)?));
        let (Some(name), Some(value)) = (name, value) else { continue };
        property(&name, value, findings);
    }
    Some(())
}

fn property(name: &str, value: String, findings: &mut Findings) {
    let number = value.parse::<f64>().ok().filter(|n| *n > 0.0 && *n < 1e10);
    match name {
        "CAMMANUF" => findings.exif("make", Some(value)),
        "CAMMODEL" => findings.exif("camera", Some(value)),
        "CAMSERIAL" => findings.exif("serial_number", Some(value)),
        "ISO" => findings.exif("iso", number.map(exif::rounded)),
        "APERTURE" => {
            findings.exif("aperture", number.map(|n| format!("f/{}", exif::short(n))));
            findings.exif("f_number", number.map(exif::rounded));
        }
        "EXPTIME" => {
            findings.exif("shutter_speed", number.map(|micros| exif::shutter(micros / 1e6)));
            findings.exif("exposure_time", number.map(|micros| exif::rounded(micros / 1e6)));
        }
        "FLENGTH" => {
            findings.exif("focal_length", number.map(|mm| format!("{}mm", exif::short(mm))));
            findings.exif("focal_length_mm", number.map(exif::rounded));
        }
        "FLEQ35MM" => findings.exif("focal_length_35mm", number.map(exif::rounded)),
        "TIME" => findings.time(Clock::Original, number.and_then(wall)),
        _ => {}
    }
}

/// Seconds since 1970 of the camera's clock, which knows no zone.
fn wall(seconds: f64) -> Option<Stated> {
    let clock: NaiveDateTime = chrono::DateTime::from_timestamp(seconds as i64, 0)?.naive_utc();
    (seconds >= 86_400.0).then_some(Stated { clock, offset: None })
}

/// CRW: directories within directories, each at the end of its own block.
pub fn crw(bytes: &mut Bytes, findings: &mut Findings) {
    let Some(start) = bytes.le32(2).map(u64::from) else { return findings.damage("cut short") };
    let mut blocks = Vec::from([(start, bytes.size())]);
    for round in 0..16 {
        let Some(block) = blocks.get(round).map(|(start, end)| *start..*end) else { break };
        if heap(bytes, &block, &mut blocks, findings).is_none() && round == 0 {
            findings.damage("cut short");
        }
    }
}

fn heap(bytes: &mut Bytes, block: &Range<u64>, blocks: &mut Vec<(u64, u64)>, findings: &mut Findings) -> Option<()> {
    let list = block.start + u64::from(bytes.le32(block.end.checked_sub(4)?)?);
    for index in 0..bytes.le16(list)?.min(MOST as u16) {
        let entry = list + 2 + 10 * u64::from(index);
        let kind = bytes.le16(entry)?;
        // The top bits say that the value stands in the entry itself.
        let value = if kind & 0xC000 == 0x4000 {
            entry + 2..entry + 10
        } else {
            let at = block.start + u64::from(bytes.le32(entry + 6)?);
            at..at + u64::from(bytes.le32(entry + 2)?)
        };
        match kind & 0x3FFF {
            tag if matches!(tag & 0x3800, 0x2800 | 0x3000) && value.end <= block.end && blocks.len() < 16 => {
                blocks.push((value.start, value.end));
            }
            tag => canon(bytes, tag, value, findings),
        }
    }
    Some(())
}

fn canon(bytes: &mut Bytes, tag: u16, value: Range<u64>, findings: &mut Findings) {
    match tag {
        0x080A => {
            let raw = bytes.range(&value, 4096).unwrap_or_default();
            let mut words = raw.split(|byte| *byte == 0);
            findings.exif("make", words.next().and_then(text::decode));
            findings.exif("camera", words.next().and_then(text::decode));
        }
        0x180E => {
            let seconds = bytes.le32(value.start).map(f64::from);
            findings.time(Clock::Original, seconds.and_then(wall));
        }
        0x1810 => {
            findings.dimensions = bytes.le32(value.start).zip(bytes.le32(value.start + 4));
            findings.orientation = bytes.le32(value.start + 12).map(|degrees| match degrees.cast_signed() {
                90 | -270 => 6,
                180 | -180 => 3,
                270 | -90 => 8,
                _ => 1,
            });
        }
        0x2007 => jpeg::offer_preview(bytes, value, findings),
        _ => {}
    }
}
