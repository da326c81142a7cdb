//! One block's coefficients → its pixels at the scale: 1 x 1, 2 x 2 or 4 x 4.
//!
//! A small inverse DCT of the lowest frequencies alone: what a small picture cannot show is left out, not folded in.
//! Sums wrap: a sound file never comes near, and of an unsound one any pixel is as good.

/// The last coefficient, in zigzag order, that 2 x 2 and 4 x 4 pixels need.
pub(super) const LAST_OF_TWO: u32 = 4;
pub(super) const LAST_OF_FOUR: u32 = 24;

/// The mean: the DC coefficient is eight times that.
#[inline(always)]
pub(super) fn mean(dc: i32) -> u8 {
    level(dc.wrapping_add(4) >> 3)
}

/// Two by two pixels: a corner each of four waves.
#[inline(always)]
pub(super) fn two(coefficients: &[i32; 64], factors: &[i32; 64]) -> [[u8; 2]; 2] {
    let at = |index: usize| coefficients[index].wrapping_mul(factors[index]);
    let (mean, across, down, both) = (at(0).wrapping_add(4), at(1), at(2), at(4));
    let (left, right) = (mean.wrapping_add(across), mean.wrapping_sub(across));
    let (tilt, back) = (down.wrapping_add(both), down.wrapping_sub(both));
    [
        [level(left.wrapping_add(tilt) >> 3), level(right.wrapping_add(back) >> 3)],
        [level(left.wrapping_sub(tilt) >> 3), level(right.wrapping_sub(back) >> 3)],
    ]
}

/// Four by four pixels.
pub(super) fn four(coefficients: &[i32; 64], factors: &[i32; 64]) -> [[u8; 4]; 4] {
    /// Where the waves (across, down) below 4 stand in zigzag order, row by row.
    const ZIGZAG: [[usize; 4]; 4] = [[0, 1, 5, 6], [2, 4, 7, 13], [3, 8, 12, 17], [9, 11, 18, 24]];
    let mut rows = [[0; 4]; 4];
    for (row, places) in rows.iter_mut().zip(ZIGZAG) {
        *row = waves(places.map(|at| coefficients[at].wrapping_mul(factors[at])));
    }
    let columns: [[i32; 4]; 4] = std::array::from_fn(|x| waves(rows.map(|row| row[x] >> 4)));
    // Each pass multiplies by 2^11, and 2^4 were taken back between: 2^18; a coefficient is eight times its amplitude.
    std::array::from_fn(|y| std::array::from_fn(|x| level(columns[x][y].wrapping_add(1 << 20) >> 21)))
}

/// Four amplitudes → four samples, times 2^11. cos(pi/8) and sin(pi/8) times sqrt(2).
#[inline(always)]
fn waves([mean, one, two, three]: [i32; 4]) -> [i32; 4] {
    const COSINE: i32 = 2676;
    const SINE: i32 = 1108;
    let times = |value: i32, factor: i32| value.wrapping_mul(factor);
    let (outer, inner) = (times(mean.wrapping_add(two), 2048), times(mean.wrapping_sub(two), 2048));
    let steep = times(one, COSINE).wrapping_add(times(three, SINE));
    let flat = times(one, SINE).wrapping_sub(times(three, COSINE));
    [outer.wrapping_add(steep), inner.wrapping_add(flat), inner.wrapping_sub(flat), outer.wrapping_sub(steep)]
}

/// A sample about zero as one about the middle grey.
#[inline(always)]
fn level(sample: i32) -> u8 {
    sample.wrapping_add(128).clamp(0, 255) as u8
}
