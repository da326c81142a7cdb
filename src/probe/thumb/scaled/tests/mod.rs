//! Blocks held against those of a whole decoder, for every kind of JPEG; then files that are cut, damaged, or made to hurt.
//!
//! The whole decoder gives every sample of every colour. A block of these, transformed and of it only the lowest
//! frequencies transformed back, is what the scaled decoder must give; at an eighth that is the plain mean. Tolerances: the
//! whole decoder rounds and approximates each sample (up to 1 off), this one rounds each pixel once: 1 level at an eighth,
//! where 64 roundings average out, 2 at a quarter and at half. Blocks with a sample at 0 or 255 were clipped there: not compared.

use std::cell::RefCell;
use std::f64::consts::PI;
use std::sync::LazyLock;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::super::outline::Outline;
use super::super::picture::{Picture, Plane};
use super::*;

mod corpus_test;
mod harm;
mod kinds;

thread_local! {
    static BUFFERS: RefCell<(Buffers, Spare)> = RefCell::default();
}

/// The picture at `scale` eighths, if this decoder takes it.
fn at_scale(bytes: &[u8], scale: usize) -> Option<Picture> {
    let outline = Outline::of(bytes)?;
    let long = u32::from(outline.frame.width.max(outline.frame.height));
    let edge = (long * scale as u32).div_ceil(8);
    // Buffers as a worker has them: what one picture leaves there must not show in the next.
    BUFFERS.with_borrow_mut(|(buffers, spare)| {
        let picture = decode(bytes, &outline, edge, buffers, spare);
        assert_eq!(takes(bytes, &outline, edge), picture.is_some(), "what the headers promise");
        let picture = picture?;
        spare.give_back(picture.clone());
        Some(picture)
    })
}

/// A smooth picture with something of every colour in it, and fine grain that no small picture shows.
fn pixels(width: u16, height: u16) -> Vec<u8> {
    let wave = |at: u16, period: f64, grain: u16| {
        let grain = f64::from(grain.wrapping_mul(40_503) >> 12) - 8.0;
        ((f64::from(at) / period).sin() * 70.0 + 128.0 + grain) as u8
    };
    let pixel = |x: u16, y: u16| [wave(x, 41.0, x ^ y), wave(y, 33.0, x.wrapping_add(y)), wave(x ^ y, 57.0, x | y)];
    (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect()
}

fn encoded(width: u16, height: u16, set: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    set(&mut encoder);
    encoder.encode(&pixels(width, height), width, height, ColorType::Rgb).unwrap();
    bytes
}

fn grey(width: u16, height: u16, set: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    set(&mut encoder);
    let luma: Vec<_> = pixels(width, height).chunks_exact(3).map(|pixel| pixel[0]).collect();
    encoder.encode(&luma, width, height, ColorType::Luma).unwrap();
    bytes
}

/// Compares every plane at `scale` with the whole decoder's, and gives how many blocks could be compared.
fn check(what: &str, bytes: &[u8], scale: usize) -> usize {
    let picture = at_scale(bytes, scale).unwrap_or_else(|| panic!("{what} at {scale}/8 is not taken"));
    assert_eq!(picture.partial, None, "{what} at {scale}/8");
    let mut decoder = rusty_jpeg::Decoder::new(bytes);
    decoder.set_single_threaded(true);
    let whole = decoder.decode_planar().unwrap().components;
    assert_eq!(picture.planes.len(), whole.len(), "{what}");
    let widest = whole.iter().map(|plane| plane.horizontal_sampling_factor).max().unwrap();
    let mut compared = 0;
    for (index, (plane, whole)) in picture.planes.iter().zip(&whole).enumerate() {
        let what = format!("{what} at {scale}/8, plane {index}");
        let full = f64::from(picture.full.0) * f64::from(whole.horizontal_sampling_factor) / f64::from(widest);
        let scale = (plane.covered.0 * 8.0 / full).round() as usize;
        assert!([1, 2, 4].contains(&scale), "{what}: {:?} of {full}", plane.covered);
        let size = (plane.size.0 as usize, plane.size.1 as usize);
        assert_eq!(size, ((whole.width * scale).div_ceil(8), (whole.height * scale).div_ceil(8)), "{what}");
        assert_eq!(plane.samples.len(), size.0 * size.1, "{what}");
        for row in 0..whole.height.div_ceil(8) {
            for column in 0..whole.width.div_ceil(8) {
                let Some(block) = block(whole, column, row) else { continue };
                compared += 1;
                same_block(&what, plane, (column, row), scale, &block);
            }
        }
    }
    compared
}

type Block = [[f64; 8]; 8];

/// A block of the whole decoder's, unless it was clipped.
fn block(plane: &rusty_jpeg::decode::PlanarComponent, column: usize, row: usize) -> Option<Block> {
    let mut block = [[0.0; 8]; 8];
    for (y, line) in block.iter_mut().enumerate() {
        let first = (row * 8 + y) * plane.stride + column * 8;
        for (sample, to) in plane.data.get(first..first + 8)?.iter().zip(line) {
            if matches!(sample, 0 | 255) {
                return None;
            }
            *to = f64::from(*sample);
        }
    }
    Some(block)
}

fn same_block(what: &str, plane: &Plane, (column, row): (usize, usize), scale: usize, block: &Block) {
    let tolerance = if scale == 1 { 1.0 } else { 2.0 };
    let wanted = lowest(block, scale);
    let size = (plane.size.0 as usize, plane.size.1 as usize);
    for y in row * scale..((row + 1) * scale).min(size.1) {
        for x in column * scale..((column + 1) * scale).min(size.0) {
            let (got, wanted) = (plane.samples[y * size.0 + x], wanted[y % scale][x % scale].clamp(0.0, 255.0));
            let off = (f64::from(got) - wanted).abs();
            assert!(off <= tolerance, "{what}: pixel {x},{y} is {got}, not {wanted:.2}");
        }
    }
}

/// The block of `scale` x `scale` pixels that the lowest frequencies make.
fn lowest(block: &Block, scale: usize) -> [[f64; 4]; 4] {
    // There, and back at another size: a quarter each, and of the way back 2 / 8 of the eighth's own.
    let (there, back) = (waves(8), waves(scale));
    let rows =
        block.map(|line| there.map(|wave| line.iter().zip(wave).map(|(sample, wave)| sample * wave).sum::<f64>()));
    let mut small = [[0.0; 4]; 4];
    for v in 0..scale {
        for u in 0..scale {
            let sum: f64 = rows.iter().zip(there[v]).map(|(row, wave)| row[u] * wave).sum();
            for (y, line) in small.iter_mut().enumerate().take(scale) {
                for (x, to) in line.iter_mut().enumerate().take(scale) {
                    *to += sum / 16.0 * back[u][x] * back[v][y];
                }
            }
        }
    }
    small
}

/// The four lowest waves, of `length` samples.
fn waves(length: usize) -> &'static [[f64; 8]; 4] {
    static WAVES: [LazyLock<[[f64; 8]; 4]>; 4] =
        [LazyLock::new(|| wave(1)), LazyLock::new(|| wave(2)), LazyLock::new(|| wave(4)), LazyLock::new(|| wave(8))];
    &WAVES[length.ilog2() as usize]
}

fn wave(length: usize) -> [[f64; 8]; 4] {
    let norm = |u: usize| if u == 0 { (0.5_f64).sqrt() } else { 1.0 };
    let cosine = |u: usize, x: usize| ((2 * x + 1) as f64 * u as f64 * PI / (2 * length) as f64).cos();
    std::array::from_fn(|u| std::array::from_fn(|x| norm(u) * cosine(u, x)))
}
