//! IPTC: the older way news agencies describe pictures, alone or inside Photoshop's blocks.
//!
//! Reads the application record (2): title, caption, keywords, date and time created. Long data sets (over 32 KiB) end it.

use std::ops::Range;

use super::bytes::Bytes;
use super::dates::{self, Stated};
use super::findings::{Clock, Findings, Voice};
use super::{exif, jpeg, text, xmp};

/// Photoshop's blocks (`8BIM`) in memory.
pub fn photoshop(blocks: &[u8], findings: &mut Findings) {
    let mut input = std::io::Cursor::new(blocks);
    let mut bytes = Bytes::new(&mut input, blocks.len() as u64);
    let range = bytes.all();
    resources(&mut bytes, range, false, findings);
}

/// Photoshop's blocks in a range of a file: IPTC, and in PSD files EXIF, XMP and a thumbnail.
/// With `placed`, places in the block are places in the file.
pub fn resources(bytes: &mut Bytes, range: Range<u64>, placed: bool, findings: &mut Findings) {
    let mut at = range.start;
    while at + 12 <= range.end {
        let Some(kind) = bytes.array::<4>(at) else { return };
        let (Some(id), Some(name)) = (bytes.be16(at + 4), bytes.u8(at + 6)) else { return };
        let body = at + 6 + ((u64::from(name) + 2) & !1);
        let Some(len) = bytes.be32(body).map(u64::from) else { return };
        let block = body + 4..body + 4 + len;
        if !matches!(&kind, b"8BIM" | b"MeSa" | b"PHUT" | b"AgHg" | b"DCSR") || block.end > range.end {
            return;
        }
        at = block.end + len % 2;
        resource(bytes, id, block, placed, findings);
    }
}

fn resource(bytes: &mut Bytes, id: u16, block: Range<u64>, placed: bool, findings: &mut Findings) {
    const LONGEST: usize = 4 << 20;
    match id {
        0x0404 => {
            if let Some(records) = bytes.range(&block, LONGEST) {
                apply(&records, findings);
            }
        }
        0x0422 => exif::block(bytes, block, placed, findings),
        0x0424 => {
            if let Some(packet) = bytes.range(&block, LONGEST) {
                xmp::apply(&packet, findings);
            }
        }
        0x040C if placed => jpeg::offer_preview(bytes, block.start + 28..block.end, findings),
        _ => {}
    }
}

/// IPTC records.
pub fn apply(records: &[u8], findings: &mut Findings) {
    let mut date = None;
    let mut time = None;
    let mut headline = None;
    let mut rest = records;
    while let [0x1C, record, set, high, low, after @ ..] = rest {
        let Some((value, next)) = after.split_at_checked(usize::from(u16::from_be_bytes([*high, *low]))) else { break };
        rest = next;
        let words = || text::decode(value);
        match (record, set) {
            (2, 5) => findings.title(Voice::Iptc, words()),
            (2, 25) => findings.tag(words()),
            (2, 55) => date = date.or(text::decode(value)),
            (2, 60) => time = time.or(text::decode(value)),
            (2, 105) => headline = headline.or(text::decode(value)),
            (2, 120) => findings.description(Voice::Iptc, words()),
            _ => {}
        }
    }
    findings.title(Voice::Iptc, headline);
    findings.time(Clock::Iptc, date.and_then(|date| created(&date, time.as_deref())));
}

/// `20211107` and `121314+0100`; a date alone is its midnight.
fn created(date: &str, time: Option<&str>) -> Option<Stated> {
    let whole = time.and_then(|time| dates::parse(&format!("{date}T{time}"), false));
    whole.or_else(|| dates::parse(date, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_and_its_time_are_one_time() {
        let stated = created("20211107", Some("121314+0100")).unwrap();
        assert_eq!(stated.clock.to_string(), "2021-11-07 12:13:14");
        assert_eq!(stated.offset.unwrap().to_string(), "+01:00");
        assert_eq!(created("20030830", None).unwrap().clock.to_string(), "2003-08-30 00:00:00");
        assert_eq!(created("00000000", Some("000000")), None);
    }
}
