//! A 64-bit fingerprint of what a picture looks like: copies that were resized or recompressed differ in few bits.
//!
//! Cropped, turned and mirrored copies are not found.

use std::f32::consts::PI;

use super::picture::Small;

/// The version of the hash. Hashes of different versions must not be compared.
pub const PHASH_VERSION: u32 = 1;

/// Side of the square that is transformed, in samples.
const SIDE: usize = 32;

/// Least weight of a frequency that counts, as the amplitude of its wave in grey levels: below it is noise.
const NOISE: f32 = 0.5;

/// Makes hashes; holds the cosines.
pub(super) struct Hasher {
    /// `cosines[u][x]` = cos((2x + 1) u π / 64).
    cosines: [[f32; SIDE]; REACH],
}

/// Frequencies in each direction that are looked at.
const REACH: usize = 8;

impl Default for Hasher {
    fn default() -> Self {
        let cosine = |u: usize, x: usize| ((2 * x + 1) as f32 * u as f32 * PI / (2 * SIDE) as f32).cos();
        Self { cosines: std::array::from_fn(|u| std::array::from_fn(|x| cosine(u, x))) }
    }
}

impl Hasher {
    /// The hash of an upright picture.
    ///
    /// Version 1: luma (0.299 R + 0.587 G + 0.114 B) is averaged over a grid of 32 x 32 equal cells, whatever the
    /// picture's shape, and transformed by a DCT (type II). Of its 8 x 8 lowest frequencies bit 8 v + u (0 the least)
    /// says whether the wave u across and v down is stronger than the median of the 63 without the mean (0, 0), and
    /// than half a grey level. Bit 0 is always 0. So a flat picture is 0, one of few waves (a gradient) sets few bits, and
    /// an ordinary one sets 31: a hash with very few bits says too little to call two pictures alike.
    pub fn hash(&self, small: &Small) -> u64 {
        let grid = grid(small);
        let mut waves = [0.0f32; REACH * REACH];
        for (v, down) in self.cosines.iter().enumerate() {
            let mut column = [0.0; SIDE];
            for (row, weight) in grid.iter().zip(down) {
                column.iter_mut().zip(row).for_each(|(sum, sample)| *sum += sample * weight);
            }
            for (u, across) in self.cosines.iter().enumerate() {
                let sum: f32 = column.iter().zip(across).map(|(sample, weight)| sample * weight).sum();
                // 2 / 32 in each direction makes it an amplitude; half of that where the wave is constant.
                let whole = |frequency: usize| if frequency == 0 { 1.0 } else { 2.0 };
                waves[v * REACH + u] = sum * whole(u) * whole(v) / (SIDE * SIDE) as f32;
            }
        }
        let mut sorted = waves;
        sorted[1..].sort_unstable_by(f32::total_cmp);
        let least = sorted[REACH * REACH / 2].max(NOISE);
        (1..REACH * REACH).filter(|&i| waves[i] > least).fold(0, |hash, i| hash | 1 << i)
    }
}

/// The mean luma of each cell of a 32 x 32 grid, in grey levels.
fn grid(small: &Small) -> [[f32; SIDE]; SIDE] {
    let (width, height) = (small.width as usize, small.height as usize);
    let mut grid = [[0.0f32; SIDE]; SIDE];
    let across: Vec<_> = (0..width).map(|x| shares(x, width)).collect();
    for (y, row) in small.pixels.chunks_exact(width * small.channels).enumerate() {
        let mut cells = [0.0f32; SIDE];
        for (pixel, shares) in row.chunks_exact(small.channels).zip(&across) {
            let luma = luma(pixel);
            shares.each(|cell, share| cells[cell] += luma * share);
        }
        shares(y, height).each(|cell, share| {
            grid[cell].iter_mut().zip(&cells).for_each(|(sum, luma)| *sum += luma * share);
        });
    }
    grid
}

fn luma(pixel: &[u8]) -> f32 {
    match *pixel {
        [r, g, b] => 0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b),
        [grey, ..] => f32::from(grey),
        [] => 0.0,
    }
}

/// The cells that one of `length` pixels lies in, and its part of each cell's mean.
struct Shares {
    first: usize,
    /// For the first cell, the last one, and each between.
    parts: (f32, f32, f32),
    last: usize,
}

/// In units of 1 / (32 `length`) pixel `at` spans 32 and a cell `length`.
fn shares(at: usize, length: usize) -> Shares {
    let (start, end) = (at * SIDE, (at + 1) * SIDE);
    let (first, last) = (start / length, (end - 1) / length);
    let part = |units: usize| units as f32 / length as f32;
    if first == last {
        return Shares { first, last, parts: (part(SIDE), 0.0, 0.0) };
    }
    Shares { first, last, parts: (part((first + 1) * length - start), part(end - last * length), 1.0) }
}

impl Shares {
    fn each(&self, mut add: impl FnMut(usize, f32)) {
        add(self.first, self.parts.0);
        if self.last > self.first {
            (self.first + 1..self.last).for_each(|cell| add(cell, self.parts.2));
            add(self.last, self.parts.1);
        }
    }
}
