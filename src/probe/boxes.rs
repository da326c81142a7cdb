//! The boxes of ISO base media (MP4, `QuickTime`, HEIF, CR3, JPEG 2000, JPEG XL): length, kind, body.
//!
//! A box may be longer than what is there; its body then ends where the file does, and it says so. Nothing is read of a
//! body that nobody asks for.

use std::ops::Range;

use super::bytes::Bytes;

/// The boxes of one level that are looked at.
const MOST: usize = 4096;

/// One box.
#[derive(Debug, Clone)]
pub struct Boxed {
    /// Four letters.
    pub kind: [u8; 4],
    /// What follows its header, as far as it is there.
    pub body: Range<u64>,
    /// Whether it ends behind what contains it.
    pub cut: bool,
}

/// The box at `at`; `None` where none can stand.
pub fn next(bytes: &mut Bytes, at: u64, end: u64) -> Option<Boxed> {
    if at.checked_add(8)? > end {
        return None;
    }
    let (len, kind) = (bytes.be32(at)?, bytes.array(at + 4)?);
    let (header, len) = match len {
        0 => (8, end - at),
        1 => (16, bytes.be64(at + 8)?),
        len => (8, u64::from(len)),
    };
    let stop = at.checked_add(len)?;
    let start = at + header;
    (len >= header && start <= end).then(|| Boxed { kind, body: start..stop.min(end), cut: stop > end })
}

/// The boxes side by side in a range.
pub fn all(bytes: &mut Bytes, range: Range<u64>) -> Vec<Boxed> {
    let mut found = Vec::new();
    let mut at = range.start;
    while let Some(one) = next(bytes, at, range.end).filter(|_| found.len() < MOST) {
        at = one.body.end;
        found.push(one);
    }
    found
}

/// The body of the first box of this kind in a range.
pub fn first(bytes: &mut Bytes, range: Range<u64>, kind: [u8; 4]) -> Option<Range<u64>> {
    all(bytes, range).into_iter().find(|one| one.kind == kind).map(|one| one.body)
}

/// The body of the box that this path of kinds leads to.
pub fn path(bytes: &mut Bytes, range: Range<u64>, kinds: &[&[u8; 4]]) -> Option<Range<u64>> {
    kinds.iter().try_fold(range, |range, kind| first(bytes, range, **kind))
}

/// The identifier of a `uuid` box and what follows it.
pub fn uuid(bytes: &mut Bytes, body: &Range<u64>) -> Option<([u8; 16], Range<u64>)> {
    Some((bytes.array(body.start)?, body.start + 16..body.end.max(body.start + 16)))
}

/// The `uuid` of a box with an XMP packet in it.
pub const XMP: [u8; 16] =
    [0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8, 0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC];

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn kinds(file: &[u8]) -> Vec<(String, Range<u64>, bool)> {
        let mut input = Cursor::new(file);
        let mut bytes = Bytes::new(&mut input, file.len() as u64);
        let range = bytes.all();
        let found = all(&mut bytes, range);
        found.into_iter().map(|one| (String::from_utf8_lossy(&one.kind).into(), one.body, one.cut)).collect()
    }

    #[test]
    fn boxes_stand_side_by_side() {
        let found = kinds(b"\0\0\0\x09freeX\0\0\0\x01wide\0\0\0\0\0\0\0\x10\0\0\0\0mdatrest");
        let wanted = [("free".to_owned(), 8..9, false), ("wide".into(), 25..25, false), ("mdat".into(), 33..37, false)];
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_box_too_long_ends_with_the_file_and_one_too_short_ends_the_walk() {
        assert_eq!(kinds(b"\0\0\xFF\xFFmoovrest"), [("moov".to_owned(), 8..12, true)]);
        assert_eq!(kinds(b"\0\0\0\x04moovrest"), []);
        assert_eq!(kinds(b"\0\0\0\x01moov\0\0\0\0\0\0\0\x01"), []);
        let endless = kinds(b"\0\0\0\x01moov\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
        assert_eq!(endless, [("moov".to_owned(), 16..16, true)]);
    }
}
