//! JPEG XL and JPEG 2000: the size in the first bits of the stream, and EXIF and XMP in the boxes around it.
//!
//! Boxes packed with Brotli are not unpacked; a file with one counts as not fully read.

use std::ops::Range;

use super::bytes::Bytes;
use super::findings::Findings;
use super::{boxes, exif, mp4, xmp};

/// Adds what a JPEG XL file says: a bare stream, or boxes.
pub fn jxl(bytes: &mut Bytes, findings: &mut Findings) {
    if bytes.array(0) == Some([0xFF, 0x0A]) {
        return stream(bytes, 0, findings);
    }
    let all = bytes.all();
    let mut streams = 0;
    let mut turn = None;
    for one in boxes::all(bytes, all) {
        let start = one.body.start;
        match &one.kind {
            b"jxlc" | b"jxlp" if streams == 0 => {
                streams += 1;
                stream(bytes, start + if &one.kind == b"jxlp" { 4 } else { 0 }, findings);
                turn = findings.orientation;
            }
            b"Exif" => {
                let skip = 4 + bytes.be32(start).map_or(0, u64::from);
                exif::block(bytes, start.saturating_add(skip)..one.body.end, true, findings);
            }
            b"xml " => {
                if let Some(packet) = bytes.range(&one.body, 4 << 20) {
                    xmp::apply(&packet, findings);
                }
            }
            b"brob" => findings.unreadable = true,
            _ => {}
        }
        if one.cut {
            findings.damage("cut short");
        }
    }
    findings.orientation = turn;
    if streams == 0 {
        findings.damage("no picture in it");
    }
}

/// The size header, then whether the picture is turned.
fn stream(bytes: &mut Bytes, at: u64, findings: &mut Findings) {
    let head = bytes.some(at, 32);
    let Some(head) = head.strip_prefix(&[0xFF, 0x0A]) else { return findings.damage("no picture in it") };
    let mut bits = Bits { raw: head, at: 0 };
    findings.dimensions = size(&mut bits);
    let usual = bits.take(1);
    let more = if usual == Some(0) { bits.take(1) } else { Some(0) };
    let turn = if more == Some(1) { bits.take(3).map(|turn| turn as u8 + 1) } else { Some(1) };
    findings.orientation = turn;
}

fn size(bits: &mut Bits) -> Option<(u32, u32)> {
    let small = bits.take(1)? == 1;
    let height = side(bits, small)?;
    let width = match bits.take(3)? {
        0 => side(bits, small)?,
        ratio => {
            const RATIOS: [(u64, u64); 7] = [(1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1)];
            let (over, under) = RATIOS[(ratio as usize - 1).min(6)];
            u32::try_from(u64::from(height) * over / under).ok()?
        }
    };
    Some((width, height))
}

fn side(bits: &mut Bits, small: bool) -> Option<u32> {
    if small {
        return Some((bits.take(5)? + 1) * 8);
    }
    let width = [9, 13, 18, 30][bits.take(2)? as usize];
    Some(bits.take(width)? + 1)
}

/// Bits, the low ones first.
struct Bits<'r> {
    raw: &'r [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for place in 0..count {
            let bit = self.raw.get(self.at / 8)? >> (self.at % 8) & 1;
            value |= u32::from(bit) << place;
            self.at += 1;
        }
        Some(value)
    }
}

/// Adds what a JPEG 2000 file says: a bare stream, or boxes.
pub fn jp2(bytes: &mut Bytes, findings: &mut Findings) {
    if bytes.array(0) == Some([0xFF, 0x4F]) {
        findings.dimensions = codestream(bytes, 0);
        return;
    }
    let all = bytes.all();
    let mut pixels = false;
    for one in boxes::all(bytes, all) {
        match &one.kind {
            b"jp2h" => findings.dimensions = header(bytes, one.body.clone()),
            b"jp2c" => {
                pixels = true;
                findings.dimensions = findings.dimensions.or_else(|| codestream(bytes, one.body.start));
            }
            b"uuid" => {
                mp4::packet(bytes, &one.body, findings);
                let block = boxes::uuid(bytes, &one.body).filter(|(id, _)| id == b"JpgTiffExif->JP2");
                if let Some((_, body)) = block {
                    exif::block(bytes, body, true, findings);
                }
            }
            _ => {}
        }
        if one.cut {
            findings.damage("cut short");
        }
    }
    if !pixels {
        findings.damage("no picture in it");
    }
}

fn header(bytes: &mut Bytes, range: Range<u64>) -> Option<(u32, u32)> {
    let body = boxes::first(bytes, range, *b"ihdr")?;
    bytes.be32(body.start + 4).zip(bytes.be32(body.start)).filter(|(width, height)| *width > 0 && *height > 0)
}

/// SIZ: the far corner of the picture less its near one.
fn codestream(bytes: &mut Bytes, at: u64) -> Option<(u32, u32)> {
    if bytes.array(at)? != [0xFF, 0x4F, 0xFF, 0x51] {
        return None;
    }
    let mut side = |far: u64| bytes.be32(at + far)?.checked_sub(bytes.be32(at + far + 8)?);
    side(8).zip(side(12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_stream_is_in_its_first_bits() {
        // small = 1, height 8 × (3 + 1), ratio 2 (12:10).
        let mut bits = Bits { raw: &[0b1000_0111, 0b0000_0000], at: 0 };
        assert_eq!(size(&mut bits), Some((38, 32)));
        assert_eq!(size(&mut Bits { raw: &[0], at: 0 }), None);
    }
}
