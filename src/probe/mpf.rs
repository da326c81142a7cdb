//! MPF: the index by which a JPEG lists further pictures behind its own end, large previews among them.
//!
//! Only pictures that call themselves a preview count: others are second views, depth maps and gain maps.

use std::ops::Range;

use super::bytes::Bytes;
use super::findings::Findings;
use super::jpeg;
use super::tiff::Tiff;

/// Offers the previews listed by the index in this range. Places count from its header.
pub fn previews(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) {
    let start = range.start;
    let Some(mut tiff) = Tiff::open(bytes, range) else { return };
    let Some(list) = tiff.directories().first().and_then(|directory| directory.get(0xB002)) else { return };
    let (list, little) = (tiff.raw(&list).unwrap_or_default(), tiff.little());
    for entry in list.as_chunks::<16>().0.iter().take(16) {
        let word = |at: usize| {
            let raw = [entry[at], entry[at + 1], entry[at + 2], entry[at + 3]];
            u64::from(if little { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) })
        };
        let (kind, len, at) = (word(0) & 0xFF_FFFF, word(4), word(8));
        if matches!(kind, 0x01_0001..=0x01_FFFF) && at > 0 {
            jpeg::offer_preview(bytes, start + at..start + at + len, findings);
        }
    }
}
