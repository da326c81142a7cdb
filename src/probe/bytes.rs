//! A file read sparingly: any place, any length, but never more in all than an allowance.
//!
//! Every reader of the probe stands on this one, so a hostile file (a loop of pointers, a count of four billion) ends
//! when the allowance does. Nothing is ever read past the end; what is not there is `None`.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use memchr::memmem::Finder;

/// What can be probed: a file, or bytes in memory behind a cursor.
pub trait Input: Read + Seek {}
impl<T: Read + Seek> Input for T {}

/// Bytes that may be fetched from one file in all, 16 MiB of metadata and the hops between it.
const ALLOWANCE: u64 = 24 << 20;
/// What one read costs at least, so that a loop over bytes already fetched ends too.
const LEAST: u64 = 16;
/// How much is fetched around a small read.
const WINDOW: usize = 1024;
/// Bytes a search for a marker may pass over: the pixels of one picture.
const SEARCH: u64 = 256 << 20;

/// A file of known size and what may still be read of it.
pub struct Bytes<'a> {
    input: &'a mut dyn Input,
    size: u64,
    allowance: u64,
    window: Vec<u8>,
    window_at: u64,
}

impl<'a> Bytes<'a> {
    /// All of a file of `size` bytes.
    pub fn new(input: &'a mut dyn Input, size: u64) -> Self {
        Self { input, size, allowance: ALLOWANCE, window: Vec::new(), window_at: 0 }
    }

    /// Bytes in the file.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The whole file as a range.
    pub fn all(&self) -> Range<u64> {
        0..self.size
    }

    /// Exactly `len` bytes at `at`; `None` past the end or past the allowance.
    pub fn read(&mut self, at: u64, len: usize) -> Option<Vec<u8>> {
        let end = at.checked_add(len as u64)?;
        if end > self.size || !self.spend(LEAST.max(len as u64)) {
            return None;
        }
        if len > WINDOW {
            return self.fetch(at, len);
        }
        if at < self.window_at || end > self.window_at + self.window.len() as u64 {
            let wanted = (self.size - at).min(WINDOW as u64) as usize;
            self.spend(wanted as u64);
            self.window = self.fetch(at, wanted)?;
            self.window_at = at;
        }
        let from = (at - self.window_at) as usize;
        self.window.get(from..from + len).map(<[u8]>::to_vec)
    }

    /// Up to `len` bytes at `at`, fewer where the file ends.
    pub fn some(&mut self, at: u64, len: usize) -> Vec<u8> {
        let there = self.size.saturating_sub(at).min(len as u64) as usize;
        self.read(at, there).unwrap_or_default()
    }

    /// A range of at most `most` bytes, whole; `None` when it is longer, or not all there.
    pub fn range(&mut self, range: &Range<u64>, most: usize) -> Option<Vec<u8>> {
        let len = usize::try_from(range.end.checked_sub(range.start)?).ok()?;
        if len > most { None } else { self.read(range.start, len) }
    }

    /// `N` bytes at `at`.
    pub fn array<const N: usize>(&mut self, at: u64) -> Option<[u8; N]> {
        self.read(at, N)?.try_into().ok()
    }

    /// One byte at `at`.
    pub fn u8(&mut self, at: u64) -> Option<u8> {
        self.array::<1>(at).map(|[byte]| byte)
    }

    /// A big-endian 16-bit number at `at`.
    pub fn be16(&mut self, at: u64) -> Option<u16> {
        self.array(at).map(u16::from_be_bytes)
    }

    /// A big-endian 32-bit number at `at`.
    pub fn be32(&mut self, at: u64) -> Option<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    /// A big-endian 64-bit number at `at`.
    pub fn be64(&mut self, at: u64) -> Option<u64> {
        self.array(at).map(u64::from_be_bytes)
    }

    /// A little-endian 16-bit number at `at`.
    pub fn le16(&mut self, at: u64) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    /// A little-endian 32-bit number at `at`.
    pub fn le32(&mut self, at: u64) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    /// Where `needle` first stands in `range`, which is passed over in pieces. `Err` when nobody can say: reading stopped,
    /// or the range is longer than a search may be.
    pub fn find(&mut self, needle: &[u8], range: Range<u64>) -> Result<Option<u64>, ()> {
        const PIECE: u64 = 64 << 10;
        let finder = Finder::new(needle);
        let overlap = needle.len().saturating_sub(1) as u64;
        let end = range.end.min(self.size);
        let mut at = range.start;
        while at < end {
            if at - range.start > SEARCH {
                return Err(());
            }
            let len = (end - at).min(PIECE);
            let piece = self.fetch(at, len as usize).ok_or(())?;
            if let Some(found) = finder.find(&piece) {
                return Ok(Some(at + found as u64));
            }
            if at + len >= end {
                break;
            }
            at += (len - overlap).max(1);
        }
        Ok(None)
    }

    fn spend(&mut self, cost: u64) -> bool {
        let enough = self.allowance >= cost;
        self.allowance = self.allowance.saturating_sub(cost);
        enough
    }

    fn fetch(&mut self, at: u64, len: usize) -> Option<Vec<u8>> {
        self.input.seek(SeekFrom::Start(at)).ok()?;
        let mut piece = vec![0; len];
        self.input.read_exact(&mut piece).ok()?;
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn nothing_is_read_past_the_end() {
        let mut input = Cursor::new(b"abcdef");
        let mut bytes = Bytes::new(&mut input, 6);
        assert_eq!(bytes.read(4, 2).as_deref(), Some(&b"ef"[..]));
        assert_eq!(bytes.read(5, 2), None);
        assert_eq!(bytes.read(u64::MAX, 2), None);
        assert_eq!(bytes.some(4, 100), b"ef");
        assert_eq!(bytes.some(100, 100), b"");
    }

    #[test]
    fn reading_the_same_place_for_ever_ends() {
        let mut input = Cursor::new(b"abcdef");
        let mut bytes = Bytes::new(&mut input, 6);
        let reads = std::iter::from_fn(|| bytes.u8(3)).count();
        assert!((1_000..10_000_000).contains(&reads), "{reads}");
    }

    #[test]
    fn a_needle_is_found_across_two_pieces() {
        let mut hay = vec![0; 200_000];
        hay[65_535] = 0xFF;
        hay[65_536] = 0xD9;
        let mut input = Cursor::new(&hay);
        let mut bytes = Bytes::new(&mut input, 200_000);
        assert_eq!(bytes.find(&[0xFF, 0xD9], 2..200_000), Ok(Some(65_535)));
        assert_eq!(bytes.find(b"nowhere", 0..200_000), Ok(None));
    }
}
