//! JPEG → samples, at the smallest scale that is big enough: 1/8, 1/4, 1/2 or whole.
//!
//! A file that breaks off, or whose data goes bad half-way, is decoded as far as it goes. The decoder itself keeps
//! nothing of such a file, so it is handed one that is whole: the sound part, and the markers that end it properly.

use std::io::{self, Read};

use rusty_jpeg::decode::{Decoder, Error, PixelFormat};

use super::outline::{End, Frame, Outline};
use super::picture::{Layout, Picture, Plane};
use super::{MOST_SAMPLES, Scratch, ThumbError, scaled};

/// More scans than any encoder writes.
const MOST_SCANS: usize = 100;

/// Blocks the whole decoder may walk, in all scans together: it needs up to 150 ns for each, even where no byte stands
/// for it. A progressive picture of 24 megapixels in four inks takes 27 million.
const MOST_WALKED: u64 = 1 << 25;

/// And once more, up to where the data goes bad.
const MOST_WALKED_AGAIN: u64 = 1 << 23;

/// A picture needs at least a bit a block. With less than an eighth of that there is nothing to see, only to wait for.
const MOST_BLOCKS_PER_BYTE: u64 = 64;

/// What the decoder reads ahead: an error lies in the last such piece that it took.
const READ_AHEAD: usize = 16 * 1024;

/// Pixels across and down as stored.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let frame = Frame::find(bytes)?;
    Some((u32::from(frame.width), u32::from(frame.height)))
}

/// Decodes a JPEG to at least `edge` pixels on its long side, where it has as many.
pub(super) fn decode(scratch: &mut Scratch, bytes: &[u8], edge: u32) -> Result<Picture, ThumbError> {
    let outline = Outline::of(bytes).ok_or_else(|| ThumbError::malformed("no frame header"))?;
    affordable(&outline, edge)?;
    let (end, cut) = match outline.end {
        End::Whole(end) => (end, None),
        End::Cut(end) => (end, Some("cut short")),
    };
    if let Some(picture) = scaled::decode(bytes, &outline, edge, &mut scratch.scaled, &mut scratch.spare) {
        return Ok(picture);
    }
    affordable_whole(&outline, edge, MOST_WALKED)?;
    let mut source = Mended::new(&bytes[..end], cut.map(|_| &outline));
    let first = attempt(&mut source, outline.frame, edge);
    let taken = source.taken;
    match first {
        Ok(picture) => Ok(Picture { partial: cut.map(str::to_owned), ..picture }),
        Err(Error::Unsupported(_)) => Err(ThumbError::Unsupported),
        Err(error) => up_to(bytes, taken.saturating_sub(READ_AHEAD), edge).ok_or_else(|| ThumbError::malformed(error)),
    }
}

/// The picture as far as the first `end` bytes carry it, if they reach into a scan.
fn up_to(bytes: &[u8], end: usize, edge: u32) -> Option<Picture> {
    let sound = Outline::of(bytes.get(..end)?)?;
    affordable(&sound, edge).and_then(|()| affordable_whole(&sound, edge, MOST_WALKED_AGAIN)).ok()?;
    let End::Cut(end) = sound.end else { return None };
    let picture = attempt(&mut Mended::new(&bytes[..end], Some(&sound)), sound.frame, edge).ok()?;
    Some(Picture { partial: Some("damaged".to_owned()), ..picture })
}

/// The most bytes that are held while this JPEG is decoded, beside its own.
pub(super) fn cost(bytes: &[u8], edge: u32) -> u64 {
    let Some(frame) = Frame::find(bytes) else { return 0 };
    let scaled = || Outline::of(bytes).is_some_and(|outline| scaled::takes(bytes, &outline, edge));
    let kept = if frame.is_progressive() && !scaled() { kept(frame) } else { 0 };
    // The data of a scan is copied, without its stuffing.
    at_scale(frame, edge) + kept + bytes.len() as u64
}

/// Bytes of the picture at its scale, which is held twice: as planes and as pixels; or, if progressive, with its means.
fn at_scale(frame: Frame, edge: u32) -> u64 {
    let eighths = u64::from(eighths(frame, edge));
    let means = if frame.is_progressive() { frame.samples() * 2 } else { 0 };
    (frame.samples() + means.max(frame.pixels() * u64::from(frame.components))) * eighths * eighths / 64
}

/// Bytes of the coefficients, two for each, that the whole decoder keeps of a progressive picture.
fn kept(frame: Frame) -> u64 {
    if frame.is_progressive() { frame.samples() * 2 } else { 0 }
}

fn too_large(frame: Frame) -> ThumbError {
    ThumbError::TooLarge { width: u32::from(frame.width), height: u32::from(frame.height) }
}

/// Refuses, by the header alone, what would take too much memory or time.
fn affordable(outline: &Outline, edge: u32) -> Result<(), ThumbError> {
    let frame = outline.frame;
    if at_scale(frame, edge) > MOST_SAMPLES {
        return Err(too_large(frame));
    }
    if outline.scans == 0 {
        return Err(ThumbError::malformed("cut short before its pixels"));
    }
    let (End::Whole(end) | End::Cut(end)) = outline.end;
    if frame.samples() / 64 / MOST_BLOCKS_PER_BYTE > (end - outline.first_scan) as u64 {
        return Err(ThumbError::malformed("hardly any pixels in it"));
    }
    if outline.scans > MOST_SCANS {
        return Err(ThumbError::malformed("too many scans"));
    }
    Ok(())
}

/// Refuses what would take too much of the whole decoder, which walks all blocks for every scan, and keeps more.
fn affordable_whole(outline: &Outline, edge: u32, most_walked: u64) -> Result<(), ThumbError> {
    let frame = outline.frame;
    if at_scale(frame, edge) + kept(frame) > MOST_SAMPLES {
        return Err(too_large(frame));
    }
    // A picture that is not progressive has each colour once.
    let repeats = !frame.is_progressive() && outline.scans > usize::from(frame.components);
    if repeats || frame.samples() / 64 * outline.scans as u64 > most_walked {
        return Err(ThumbError::malformed("too many scans"));
    }
    Ok(())
}

/// The scale as the decoder chooses it: the least that gives `edge` pixels on the long side.
fn eighths(frame: Frame, edge: u32) -> u32 {
    let long = u32::from(frame.width.max(frame.height));
    [1, 2, 4].into_iter().find(|scale| (long * scale).div_ceil(8) >= edge).unwrap_or(8)
}

fn attempt(source: &mut Mended<'_>, frame: Frame, edge: u32) -> Result<Picture, Error> {
    let mut decoder = Decoder::new(source);
    decoder.set_single_threaded(true);
    decoder.set_max_decoding_buffer_size(MOST_SAMPLES as usize);
    let edge = u16::try_from(edge).unwrap_or(u16::MAX);
    let (width, height) = decoder.scale(edge, edge)?;
    let samples = decoder.decode()?;
    let layout = match decoder.info().map(|info| info.pixel_format) {
        Some(PixelFormat::L8) => Layout::Luma,
        Some(PixelFormat::RGB24) => Layout::Rgb,
        Some(PixelFormat::CMYK32) => Layout::Cmyk,
        _ => return Err(Error::Format("16-bit samples".to_owned())),
    };
    let scale = f64::from(eighths(frame, u32::from(edge))) / 8.0;
    let covered = |full: u16, stored: u16| (f64::from(full) * scale).min(f64::from(stored));
    let covered = (covered(frame.width, width), covered(frame.height, height));
    Ok(Picture {
        planes: vec![Plane { samples, size: (u32::from(width), u32::from(height)), covered }],
        layout,
        full: (u32::from(frame.width), u32::from(frame.height)),
        icc: (layout == Layout::Rgb).then(|| decoder.icc_profile()).flatten(),
        partial: None,
    })
}

/// A JPEG's bytes; where they break off, then the restart markers its scan still wants, and an end marker.
/// Behind a marker the decoder fills with zero bits, so what is missing comes out flat, or nearly.
struct Mended<'a> {
    sound: &'a [u8],
    /// Bytes of `sound` read so far.
    taken: usize,
    /// The next restart marker, and the number after the last.
    restarts: std::ops::Range<u64>,
    ended: bool,
}

impl<'a> Mended<'a> {
    /// `cut` is the outline of a file that breaks off.
    fn new(sound: &'a [u8], cut: Option<&Outline>) -> Self {
        let missing = |outline: &Outline| {
            let blocks = u64::from(outline.frame.width.div_ceil(8)) * u64::from(outline.frame.height.div_ceil(8));
            let all = blocks.checked_div(u64::from(outline.restart_interval)).unwrap_or(0);
            let seen = outline.restarts as u64;
            seen..all.max(seen)
        };
        // A lone 0xFF would join the first marker of the mending; the decoder takes it as a fill byte.
        Self { sound, taken: 0, restarts: cut.map_or(0..0, missing), ended: cut.is_none() }
    }
}

impl Read for Mended<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.sound[self.taken..];
        if !rest.is_empty() {
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            self.taken += count;
            return Ok(count);
        }
        let mut written = 0;
        for pair in buffer.chunks_exact_mut(2) {
            let marker = match self.restarts.next() {
                Some(number) => 0xd0 + (number % 8) as u8,
                None if !self.ended => 0xd9,
                None => break,
            };
            self.ended |= marker == 0xd9;
            pair.copy_from_slice(&[0xff, marker]);
            written += 2;
        }
        Ok(written)
    }
}
