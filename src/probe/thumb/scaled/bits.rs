//! The entropy-coded data of a scan: its stuffing taken out once, then bits from its front.
//!
//! Without stuffing, and with padding behind it, the reader takes eight bytes at a time and looks for no marker. What it
//! reads beyond the end is noticed afterwards, block by block: see [`Bits::within`].

use memchr::memchr;

/// Zero bytes behind the data: as many as the reader may look beyond the last sound bit.
const PADDING: usize = 16;

/// What ends a stretch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The restart marker of this number, 0 to 7.
    Restart(u8),
    /// The end of the scan, or of the file.
    Scan,
}

/// The stretches of a scan between its restart markers.
pub(super) struct Stretches<'a> {
    scan: &'a [u8],
    at: usize,
    ended: bool,
}

impl<'a> Stretches<'a> {
    /// `scan` begins behind the scan's header, and may go on behind the scan.
    pub fn new(scan: &'a [u8]) -> Self {
        Self { scan, at: 0, ended: false }
    }

    /// Puts the next stretch into `data`, unstuffed and padded, and gives what ends it; `None` where the scan has ended.
    pub fn next(&mut self, data: &mut Vec<u8>) -> Option<Ending> {
        if self.ended {
            return None;
        }
        data.clear();
        let ending = loop {
            let rest = &self.scan[self.at..];
            let Some(ff) = memchr(0xff, rest) else {
                data.extend_from_slice(rest);
                break Ending::Scan;
            };
            data.extend_from_slice(&rest[..ff]);
            self.at += ff + 2;
            match rest.get(ff + 1) {
                Some(0) => data.push(0xff),
                Some(0xff) => self.at -= 1,
                Some(marker @ 0xd0..=0xd7) => break Ending::Restart(marker & 7),
                _ => break Ending::Scan,
            }
        };
        self.ended = ending == Ending::Scan;
        data.extend_from_slice(&[0; PADDING]);
        Some(ending)
    }
}

/// Bits from the front of a padded stretch, most significant first.
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// Bits not used yet, from the top.
    pub held: u64,
    /// How many of them count.
    pub count: u32,
}

impl<'a> Bits<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, held: 0, count: 0 }
    }

    /// Holds at least 56 bits; `None` behind the padding.
    #[inline(always)]
    pub fn fill(&mut self) -> Option<()> {
        let next = u64::from_be_bytes(self.data.get(self.at..self.at + 8)?.try_into().ok()?);
        self.held |= next >> self.count;
        self.at += (63 - self.count as usize) >> 3;
        self.count |= 0b11_1000;
        Some(())
    }

    /// Uses up bits that are held.
    #[inline(always)]
    pub fn drop(&mut self, bits: u32) {
        self.held <<= bits;
        self.count -= bits;
    }

    /// The next `bits` of those held, 1 to 32, used up.
    #[inline(always)]
    pub fn take(&mut self, bits: u32) -> u32 {
        let value = (self.held >> (64 - bits)) as u32;
        self.drop(bits);
        value
    }

    /// `None` once more bits were used than there are.
    #[inline(always)]
    pub fn within(&self) -> Option<()> {
        (self.at * 8 - self.count as usize <= (self.data.len() - PADDING) * 8).then_some(())
    }
}
