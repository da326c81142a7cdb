//! JPEG: the segments before the picture, whether the picture is all there, and the previews beside it.
//!
//! Pixels are never decoded. Bytes behind the end of the picture are normal: motion photos and MPF put others there.

use std::ops::Range;

use super::bytes::Bytes;
use super::findings::Findings;
use super::{exif, iptc, mpf, xmp};

/// Segments looked at, and the longest extended XMP that is put together.
const MOST_SEGMENTS: usize = 4000;
const LONGEST_XMP: usize = 8 << 20;

/// The size a start-of-frame segment gives, and its marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// 0xC0 to 0xCF.
    pub marker: u8,
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
}

/// One marker and the bytes behind its length.
struct Segment {
    marker: u8,
    body: Range<u64>,
}

/// Adds what a JPEG in this range says.
pub fn read(bytes: &mut Bytes, range: &Range<u64>, findings: &mut Findings) {
    let mut blocks = Blocks::default();
    let mut at = range.start + 2;
    let mut scan = None;
    for _ in 0..MOST_SEGMENTS {
        let Some(segment) = next(bytes, at, range.end) else { break };
        at = segment.body.end;
        match segment.marker {
            0xDA => {
                scan = Some(segment.body.end);
                break;
            }
            0xD9 => break,
            _ => blocks.take(bytes, &segment, findings),
        }
    }
    blocks.finish(bytes, findings);
    match scan {
        _ if findings.dimensions.is_none() => findings.damage("no picture in it"),
        None => findings.damage("cut short before the picture"),
        Some(scan) if !ends(bytes, scan..range.end) => findings.damage("cut short"),
        Some(_) => {}
    }
}

/// Offers the JPEG in this range as a preview, when it is one that is made for looking at.
pub fn offer_preview(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) {
    if let Some(frame) = frame(bytes, &range).filter(|frame| matches!(frame.marker, 0xC0..=0xC2)) {
        findings.preview(u64::from(frame.width) * u64::from(frame.height), range);
    }
}

/// The frame of a JPEG in this range; `None` when there is no JPEG.
pub fn frame(bytes: &mut Bytes, range: &Range<u64>) -> Option<Frame> {
    if range.end > bytes.size() || bytes.array(range.start)? != [0xFF, 0xD8] {
        return None;
    }
    let mut at = range.start + 2;
    for _ in 0..64 {
        let segment = next(bytes, at, range.end)?;
        if let Some(found) = size(bytes, &segment) {
            return Some(found);
        }
        at = segment.body.end;
    }
    None
}

/// The segment at `at`, past fill bytes; `None` where no marker stands, or the segment does not fit.
fn next(bytes: &mut Bytes, mut at: u64, end: u64) -> Option<Segment> {
    if bytes.u8(at)? != 0xFF {
        // Some writers get one length wrong; a marker a little further on is where they meant.
        let ahead = bytes.some(at, 256);
        let marker = |pair: &[u8]| pair[0] == 0xFF && matches!(pair[1], 0xC0..=0xC2 | 0xC4 | 0xDA | 0xDB | 0xE0..=0xEF);
        at += ahead.windows(2).position(marker)? as u64;
    }
    while bytes.u8(at + 1)? == 0xFF {
        at += 1;
    }
    let marker = bytes.u8(at + 1)?;
    if matches!(marker, 0x01 | 0xD0..=0xD9) {
        return Some(Segment { marker, body: at + 2..at + 2 });
    }
    let len = u64::from(bytes.be16(at + 2)?);
    let body = at + 4..(at + 2).checked_add(len)?;
    (len >= 2 && marker >= 0xC0 && body.end <= end).then_some(Segment { marker, body })
}

fn size(bytes: &mut Bytes, segment: &Segment) -> Option<Frame> {
    if !matches!(segment.marker, 0xC0..=0xCF) || matches!(segment.marker, 0xC4 | 0xC8 | 0xCC) {
        return None;
    }
    let (height, width) = (bytes.be16(segment.body.start + 1)?, bytes.be16(segment.body.start + 3)?);
    Some(Frame { marker: segment.marker, width, height })
}

/// Whether the picture that begins at `scan.start` is ended: by the last bytes of the file, or before what follows it.
fn ends(bytes: &mut Bytes, scan: Range<u64>) -> bool {
    let tail = scan.end.saturating_sub(64).max(scan.start);
    let last = bytes.some(tail, (scan.end - tail) as usize);
    let last = last.trim_ascii_end();
    let kept = last.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    last[..kept].ends_with(&[0xFF, 0xD9]) || !matches!(bytes.find(&[0xFF, 0xD9], scan), Ok(None))
}

/// Blocks that may be spread over several segments.
#[derive(Default)]
struct Blocks {
    exif: Vec<Range<u64>>,
    extended: Vec<(u32, Range<u64>)>,
    photoshop: Vec<Range<u64>>,
    xmp: Option<Range<u64>>,
    previews: Option<Range<u64>>,
}

impl Blocks {
    fn take(&mut self, bytes: &mut Bytes, segment: &Segment, findings: &mut Findings) {
        if let Some(frame) = size(bytes, segment) {
            let size = (u32::from(frame.width), u32::from(frame.height));
            findings.dimensions = findings.dimensions.or(Some(size));
        }
        let head =
            if matches!(segment.marker, 0xE1 | 0xE2 | 0xED) { bytes.some(segment.body.start, 40) } else { return };
        let after = |len: u64| (segment.body.start + len).min(segment.body.end)..segment.body.end;
        match segment.marker {
            0xE1 if head.starts_with(b"Exif\0") => self.exif.push(after(6)),
            0xE1 if head.starts_with(b"http://ns.adobe.com/xap/1.0/\0") => {
                self.xmp.get_or_insert(after(29));
            }
            0xE1 if head.starts_with(b"http://ns.adobe.com/xmp/extension/\0") => {
                let place = bytes.be32(segment.body.start + 71).unwrap_or(0);
                self.extended.push((place, after(75)));
            }
            0xE2 if head.starts_with(b"MPF\0") => self.previews = Some(after(4)),
            0xED if head.starts_with(b"Photoshop 3.0\0") => self.photoshop.push(after(14)),
            _ => {}
        }
    }

    fn finish(mut self, bytes: &mut Bytes, findings: &mut Findings) {
        self.exif(bytes, findings);
        if let Some(packet) = self.xmp.take().and_then(|range| bytes.range(&range, 1 << 17)) {
            xmp::apply(&packet, findings);
        }
        self.extended.sort_by_key(|(place, _)| *place);
        let extended = self.extended.iter().map(|(_, range)| range.clone()).collect::<Vec<_>>();
        let packet = gather(bytes, &extended);
        if !packet.is_empty() {
            xmp::apply(&packet, findings);
        }
        match self.photoshop.as_slice() {
            [] => {}
            [one] => iptc::resources(bytes, one.clone(), true, findings),
            several => iptc::photoshop(&gather(bytes, several), findings),
        }
        if let Some(range) = self.previews {
            mpf::previews(bytes, range, findings);
        }
    }

    /// EXIF over 64 KiB goes on in the next segments, which then have no header of their own.
    fn exif(&mut self, bytes: &mut Bytes, findings: &mut Findings) {
        let begins = |bytes: &mut Bytes, range: &Range<u64>| {
            matches!(bytes.array(range.start), Some([b'I', b'I'] | [b'M', b'M']))
        };
        let Some(first) = self.exif.first().cloned() else { return };
        let more: Vec<_> = self.exif[1..].iter().filter(|range| !begins(bytes, range)).cloned().collect();
        if more.is_empty() {
            let best = self.exif.iter().find(|range| begins(bytes, range)).cloned();
            return exif::block(bytes, best.unwrap_or(first), true, findings);
        }
        let whole = gather(bytes, &[&[first], more.as_slice()].concat());
        let mut input = std::io::Cursor::new(&whole);
        let mut block = Bytes::new(&mut input, whole.len() as u64);
        let range = block.all();
        exif::block(&mut block, range, false, findings);
    }
}

fn gather(bytes: &mut Bytes, ranges: &[Range<u64>]) -> Vec<u8> {
    let mut whole = Vec::new();
    for range in ranges {
        let Some(part) = bytes.range(range, 1 << 17) else { break };
        if whole.len() + part.len() > LONGEST_XMP {
            break;
        }
        whole.extend(part);
    }
    whole
}
