//! Directories of TIFF: the entries of EXIF blocks, of TIFF pictures, and of the raw files built like them.
//!
//! Values are read when asked for, wherever they stand. Loops of directories end, counts are never believed; what cannot
//! be read is left out. Nothing here knows what a tag means: that is for `exif` and `raw`.

use std::collections::HashSet;
use std::ops::Range;

use super::bytes::Bytes;

/// The longest text or block of one entry that is read.
const LONGEST: u64 = 4 << 20;
/// Entries of one directory, directories of one file, and numbers of one entry that are looked at.
const MOST_ENTRIES: usize = 1000;
const MOST_DIRECTORIES: usize = 48;
const MOST_NUMBERS: u64 = 1024;

/// One TIFF structure: where it begins, and how its numbers are written.
pub struct Tiff<'b, 'a> {
    /// The file or block it stands in.
    pub bytes: &'b mut Bytes<'a>,
    base: u64,
    end: u64,
    little: bool,
    big: bool,
    magic: u16,
    first: u64,
}

/// One entry of a directory.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What it says.
    pub tag: u16,
    kind: u16,
    /// How many values it has.
    pub count: u64,
    /// Where in the file its values stand.
    pub at: u64,
}

/// The part a directory plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// In the chain that starts in the header: 0 is the picture, 1 usually its thumbnail.
    Main(usize),
    /// A picture beneath another.
    Sub,
    /// Tag 0x8769.
    Exif,
    /// Tag 0x8825.
    Gps,
}

/// A directory: its part and its entries.
#[derive(Debug, Clone)]
pub struct Directory {
    /// The part it plays.
    pub role: Role,
    /// In the order they stand.
    pub entries: Vec<Entry>,
}

impl Directory {
    /// The first entry of this tag.
    pub fn get(&self, tag: u16) -> Option<Entry> {
        self.entries.iter().copied().find(|entry| entry.tag == tag)
    }
}

impl<'b, 'a> Tiff<'b, 'a> {
    /// The structure that begins at `range.start`; `None` when there is no TIFF header.
    pub fn open(bytes: &'b mut Bytes<'a>, range: Range<u64>) -> Option<Self> {
        let head: [u8; 8] = bytes.array(range.start)?;
        let little = match &head[..2] {
            b"II" => true,
            b"MM" => false,
            _ => return None,
        };
        let end = range.end.min(bytes.size());
        let mut tiff = Self { bytes, base: range.start, end, little, big: false, magic: 0, first: 0 };
        tiff.magic = tiff.number(&head[2..4]) as u16;
        tiff.first = tiff.number(&head[4..8]);
        match tiff.magic {
            42 | 0x55 | 0x4F52 | 0x5352 => {}
            43 => {
                tiff.big = true;
                tiff.first = tiff.word(range.start + 8, 8)?;
            }
            _ => return None,
        }
        Some(tiff)
    }

    /// A structure without a header, such as a maker's note: its places count from `base`, its end is that of this one.
    pub fn rebased(&mut self, base: u64, little: bool) -> Tiff<'_, 'a> {
        Tiff { bytes: self.bytes, base, end: self.end, little, big: false, magic: 42, first: 0 }
    }

    /// Where the header stands in the file.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// The number behind the byte order: 42, 43 for big files, others for some raw ones.
    pub fn magic(&self) -> u16 {
        self.magic
    }

    /// Whether numbers stand with their low byte first.
    pub fn little(&self) -> bool {
        self.little
    }

    /// The range of the file these values refer to, for a place and a length counted from the header.
    pub fn span(&self, at: u64, len: u64) -> Option<Range<u64>> {
        let start = self.base.checked_add(at)?;
        let end = start.checked_add(len)?;
        (len > 0 && end <= self.end).then_some(start..end)
    }

    /// Every directory that can be reached, the main chain first, each once.
    pub fn directories(&mut self) -> Vec<Directory> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        let mut at = self.first;
        while at != 0 && found.len() < 8 && seen.insert(at) {
            let Some((directory, next)) = self.directory(at, Role::Main(found.len())) else { break };
            found.push(directory);
            at = next;
        }
        let mut index = 0;
        while index < found.len() && found.len() < MOST_DIRECTORIES {
            for (role, at) in self.beneath(&found[index]) {
                if found.len() < MOST_DIRECTORIES && seen.insert(at) {
                    found.extend(self.directory(at, role).map(|(directory, _)| directory));
                }
            }
            index += 1;
        }
        found
    }

    fn beneath(&mut self, directory: &Directory) -> Vec<(Role, u64)> {
        let mut places = Vec::new();
        for (tag, role) in [(0x8769, Role::Exif), (0x8825, Role::Gps), (0x014A, Role::Sub)] {
            if let Some(entry) = directory.get(tag) {
                places.extend(self.ints(&entry).into_iter().take(16).map(|at| (role, at)));
            }
        }
        places
    }

    /// The directory at this place counted from the header, and where the next of its chain is (0: none).
    pub fn directory(&mut self, at: u64, role: Role) -> Option<(Directory, u64)> {
        let (count_size, entry_size) = if self.big { (8, 20) } else { (2, 12) };
        let at = self.base.checked_add(at)?;
        let count = self.word(at, count_size)?;
        let (from, size) = (at + count_size, entry_size as u64);
        let here = self.end.saturating_sub(from) / size;
        let read = count.min(here).min(MOST_ENTRIES as u64);
        let block = self.bytes.read(from, read as usize * entry_size)?;
        let mut entries: Vec<_> = block.chunks_exact(entry_size).map(|raw| self.parse(raw)).collect();
        for (index, entry) in entries.iter_mut().enumerate() {
            let inline = if self.big { 8 } else { 4 };
            let value = from + index as u64 * size + size - inline;
            entry.at = if entry.len() <= inline { value } else { self.base.saturating_add(entry.at) };
        }
        let next = count.checked_mul(size).and_then(|len| from.checked_add(len));
        let next = next.and_then(|next| self.word(next, if self.big { 8 } else { 4 }));
        Some((Directory { role, entries }, next.unwrap_or(0)))
    }

    fn parse(&self, raw: &[u8]) -> Entry {
        let (count, value) = if self.big { (&raw[4..12], &raw[12..20]) } else { (&raw[4..8], &raw[8..12]) };
        Entry {
            tag: self.number(&raw[..2]) as u16,
            kind: self.number(&raw[2..4]) as u16,
            count: self.number(count),
            at: self.number(value),
        }
    }

    /// Whole numbers, at most a thousand; none when the entry holds something else or is not there.
    pub fn ints(&mut self, entry: &Entry) -> Vec<u64> {
        let size = match entry.kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 13 => 4,
            16..=18 => 8,
            _ => return Vec::new(),
        };
        let block = self.block(entry, MOST_NUMBERS * size as u64).unwrap_or_default();
        block.chunks_exact(size).map(|raw| self.number(raw)).collect()
    }

    /// The first whole number.
    pub fn int(&mut self, entry: &Entry) -> Option<u64> {
        self.ints(&Entry { count: entry.count.min(1), ..*entry }).first().copied()
    }

    /// Numbers of any kind; a fraction whose lower part is zero is no number and comes as `NaN`.
    pub fn floats(&mut self, entry: &Entry) -> Vec<f64> {
        let block = |tiff: &mut Self, size| tiff.block(entry, MOST_NUMBERS * size).unwrap_or_default();
        match entry.kind {
            5 | 10 => block(self, 8).chunks_exact(8).map(|raw| self.fraction(raw, entry.kind == 10)).collect(),
            11 => {
                let bits: Vec<_> = block(self, 4).chunks_exact(4).map(|raw| self.number(raw) as u32).collect();
                bits.into_iter().map(|bits| f64::from(f32::from_bits(bits))).collect()
            }
            12 => block(self, 8).chunks_exact(8).map(|raw| f64::from_bits(self.number(raw))).collect(),
            _ => self.ints(entry).into_iter().map(|n| n as f64).collect(),
        }
    }

    /// The first number, when it is one.
    pub fn float(&mut self, entry: &Entry) -> Option<f64> {
        self.floats(entry).first().copied().filter(|n| n.is_finite())
    }

    /// The bytes of the values, whatever they are; `None` past four megabytes or past the end.
    pub fn raw(&mut self, entry: &Entry) -> Option<Vec<u8>> {
        self.block(entry, LONGEST)
    }

    /// Where the values stand in the file, when all of them do.
    pub fn place(&self, entry: &Entry) -> Option<Range<u64>> {
        let end = entry.at.checked_add(entry.len())?;
        (end <= self.end).then_some(entry.at..end)
    }

    fn block(&mut self, entry: &Entry, most: u64) -> Option<Vec<u8>> {
        self.place(entry)?;
        self.bytes.read(entry.at, entry.len().min(most) as usize)
    }

    fn fraction(&self, raw: &[u8], signed: bool) -> f64 {
        let part = |raw| {
            let n = self.number(raw) as u32;
            if signed { f64::from(n.cast_signed()) } else { f64::from(n) }
        };
        let (over, under) = (part(&raw[..4]), part(&raw[4..]));
        if under == 0.0 { f64::NAN } else { over / under }
    }

    fn word(&mut self, at: u64, size: u64) -> Option<u64> {
        if at.checked_add(size)? > self.end {
            return None;
        }
        let raw = self.bytes.read(at, size as usize)?;
        Some(self.number(&raw))
    }

    fn number(&self, raw: &[u8]) -> u64 {
        let push = |n: u64, byte: &u8| n << 8 | u64::from(*byte);
        if self.little { raw.iter().rev().fold(0, push) } else { raw.iter().fold(0, push) }
    }
}

impl Entry {
    /// Whether its values are characters.
    pub fn is_text(&self) -> bool {
        self.kind == 2
    }

    /// Bytes its values take; more than a file can hold when the kind is unknown or the count is absurd.
    pub fn len(&self) -> u64 {
        let size = match self.kind {
            1 | 2 | 6 | 7 | 129 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 | 16..=18 => 8,
            _ => return u64::MAX,
        };
        self.count.saturating_mul(size)
    }
}
