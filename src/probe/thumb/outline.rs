//! The markers of a JPEG: how big its picture is, how many scans it has, and whether its data is all there.
//!
//! Reads no entropy-coded data, only steps over it, at memory speed. Layout: ITU-T T.81, annex B.

use memchr::memchr;

/// What the markers of one JPEG say, up to its end or to where it breaks off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outline {
    pub frame: Frame,
    /// Where the first scan's header stands.
    pub first_scan: usize,
    pub scans: usize,
    /// Blocks between restart markers; 0 for none.
    pub restart_interval: u16,
    /// Restart markers seen in the last scan.
    pub restarts: usize,
    pub end: End,
}

/// The frame header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    /// 0xC0 to 0xCF: which kind of coding.
    pub marker: u8,
    pub width: u16,
    pub height: u16,
    pub components: u8,
    /// Samples of all components for every 64 pixels: 64 for grey, 96 for 4:2:0, 192 for 4:4:4.
    pub density: u64,
}

/// How the data ends, as an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Just past the end marker.
    Whole(usize),
    /// Where what can be used ends: within a scan, or before a header that is cut.
    Cut(usize),
}

impl Outline {
    /// Steps from marker to marker; `None` where no frame header is whole.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if !bytes.starts_with(&[0xff, SOI]) {
            return None;
        }
        let (mut at, mut frame, mut restart_interval) = (2, None, 0);
        let (mut first_scan, mut scans, mut restarts) = (0, 0, 0);
        let end = loop {
            let Some((start, marker)) = next_marker(bytes, at) else { break End::Cut(bytes.len()) };
            at = start + 2;
            if marker == EOI {
                break End::Whole(at);
            }
            if is_bare(marker) {
                continue;
            }
            let Some(body) = segment(bytes, at) else { break End::Cut(start) };
            at += body.len() + 2;
            match marker {
                SOS => {
                    (at, restarts) = over_scan(bytes, at);
                    first_scan = if scans == 0 { start } else { first_scan };
                    scans += 1;
                }
                DRI => restart_interval = word(body, 0).unwrap_or(0),
                SOF0..=SOF15 if !matches!(marker, DHT | JPG | DAC) => frame = frame.or(Frame::of(marker, body)),
                _ => {}
            }
        };
        Some(Self { frame: frame?, first_scan, scans, restart_interval, restarts, end })
    }
}

impl Frame {
    /// The first frame header, wherever the rest breaks off.
    pub fn find(bytes: &[u8]) -> Option<Self> {
        let mut at = if bytes.starts_with(&[0xff, SOI]) { 2 } else { return None };
        loop {
            let (start, marker) = next_marker(bytes, at)?;
            let body = segment(bytes, start + 2)?;
            match marker {
                SOS | EOI => return None,
                SOF0..=SOF15 if !matches!(marker, DHT | JPG | DAC) => return Self::of(marker, body),
                _ => at = start + 4 + body.len(),
            }
        }
    }

    fn of(marker: u8, body: &[u8]) -> Option<Self> {
        let (height, width, components) = (word(body, 1)?, word(body, 3)?, *body.get(5)?);
        let factors: Vec<(u64, u64)> = (0..usize::from(components))
            .map(|i| body.get(7 + 3 * i).map(|&both| (u64::from(both >> 4), u64::from(both & 15))))
            .collect::<Option<_>>()?;
        let widest = factors.iter().map(|f| f.0).max()?;
        let tallest = factors.iter().map(|f| f.1).max()?;
        let blocks: u64 = factors.iter().map(|f| f.0 * f.1).sum();
        (width > 0 && height > 0 && widest * tallest > 0).then(|| Self {
            marker,
            width,
            height,
            components,
            density: (blocks * 64).div_ceil(widest * tallest),
        })
    }

    /// Whether every coefficient is kept in memory until the last scan has come.
    pub fn is_progressive(self) -> bool {
        matches!(self.marker, 0xc2 | 0xc6 | 0xca | 0xce)
    }

    /// Pixels of the whole picture.
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Samples of all its colours.
    pub fn samples(self) -> u64 {
        self.pixels() * self.density / 64
    }
}

const SOF0: u8 = 0xc0;
const SOF15: u8 = 0xcf;
const DHT: u8 = 0xc4;
const JPG: u8 = 0xc8;
const DAC: u8 = 0xcc;
const TEM: u8 = 0x01;
const RST0: u8 = 0xd0;
const RST7: u8 = 0xd7;
const SOI: u8 = 0xd8;
pub(super) const EOI: u8 = 0xd9;
pub(super) const SOS: u8 = 0xda;
const DRI: u8 = 0xdd;

/// Whether a marker has no segment, and no meaning between segments.
pub(super) fn is_bare(marker: u8) -> bool {
    marker == TEM || marker == SOI || (RST0..=RST7).contains(&marker)
}

/// The next marker at or after `from` and where its last 0xFF stands; stray bytes between segments are stepped over.
pub(super) fn next_marker(bytes: &[u8], from: usize) -> Option<(usize, u8)> {
    let mut at = from;
    loop {
        at += memchr(0xff, bytes.get(at..)?)?;
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            0x00 => at += 2,
            marker => return Some((at, marker)),
        }
    }
}

/// A segment's content, if it is all there. `at` is where its length stands.
pub(super) fn segment(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = usize::from(word(bytes, at)?);
    bytes.get(at + 2..at + length.max(2))
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

/// Steps over entropy-coded data: where the marker after it stands, and how many restart markers are in it.
fn over_scan(bytes: &[u8], from: usize) -> (usize, usize) {
    let (mut at, mut restarts) = (from, 0);
    while let Some((start, marker)) = next_marker(bytes, at) {
        if !(RST0..=RST7).contains(&marker) {
            return (start, restarts);
        }
        restarts += 1;
        at = start + 2;
    }
    (bytes.len(), restarts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 80);
        encoder.set_restart_interval(2);
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
        encoder.encode(&[90; 64 * 48 * 3], 64, 48, jpeg_encoder::ColorType::Rgb).unwrap();
        bytes
    }

    #[test]
    fn a_whole_jpeg_is_outlined_to_its_end_marker() {
        let mut bytes = jpeg();
        let length = bytes.len();
        bytes.extend_from_slice(b"a film behind the picture");
        let outline = Outline::of(&bytes).unwrap();
        assert_eq!(outline.frame, Frame { marker: 0xc0, width: 64, height: 48, components: 3, density: 96 });
        assert_eq!((outline.scans, outline.restart_interval, outline.restarts), (1, 2, 5));
        assert_eq!(outline.end, End::Whole(length));
        assert_eq!(Frame::find(&bytes), Some(outline.frame));
    }

    #[test]
    fn a_cut_jpeg_says_where_its_data_ends() {
        let bytes = jpeg();
        let first_scan = Outline::of(&bytes).unwrap().first_scan;
        assert_eq!(Outline::of(&bytes[..bytes.len() - 3]).unwrap().end, End::Cut(bytes.len() - 3));
        assert_eq!(Outline::of(&bytes[..first_scan + 5]).unwrap().end, End::Cut(first_scan));
        assert_eq!(Outline::of(&bytes[..30]), None);
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_stepped_over_without_panic() {
        let bytes = jpeg();
        for at in 0..bytes.len() {
            Outline::of(&bytes[..at]);
            for value in [0, 1, 0x7f, 0xda, 0xff] {
                let mut broken = bytes.clone();
                broken[at] = value;
                Outline::of(&broken);
                Frame::find(&broken);
            }
        }
    }
}
