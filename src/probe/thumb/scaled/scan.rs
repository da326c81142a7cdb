//! A scan's units in their order: which block comes where, and where to go on after damage.
//!
//! Each restart marker has a number. One that comes too early says how many stretches are lost, so that what follows
//! is put where it belongs.

use super::bits::{Bits, Ending, Stretches};
use super::planes::Canvas;

/// The order of a scan's blocks.
pub(super) struct Order {
    /// Units across and down.
    units: (usize, usize),
    /// Units between restart markers; 0 for none.
    interval: usize,
    /// Each colour's place in the frame, and its blocks across and down in a unit.
    parts: Vec<(usize, usize, usize)>,
}

/// Where a block is.
pub(super) struct Place {
    /// Its colour's place in the scan, and in the frame.
    pub part: usize,
    pub component: usize,
    /// Counted in blocks.
    pub column: usize,
    pub row: usize,
}

impl Order {
    /// Of a scan of these colours. A lone one comes without the blocks beyond its edges.
    pub fn new(canvases: &[Canvas], components: impl Iterator<Item = usize>, interval: usize) -> Self {
        let parts: Vec<_> = components.map(|at| (at, canvases[at].across, canvases[at].down)).collect();
        let first = &canvases[parts[0].0];
        if parts.len() == 1 {
            return Self { units: first.blocks, interval, parts: vec![(parts[0].0, 1, 1)] };
        }
        let across = first.stride / (first.across * first.scale);
        let down = first.samples.len() / (first.stride * first.down * first.scale);
        Self { units: (across, down), interval, parts }
    }

    /// Hands the blocks' bits, one block after another, to `block`, with the colour's last DC coefficient; it gives `None`
    /// where they make no sense. Gives whether everything came, and made sense.
    #[inline(always)]
    pub fn walk(
        &self,
        bytes: &[u8],
        data: &mut Vec<u8>,
        mut block: impl FnMut(&mut Bits<'_>, &mut i32, Place) -> Option<()>,
    ) -> bool {
        let all = self.units.0 * self.units.1;
        let interval = if self.interval == 0 { all } else { self.interval };
        let (mut stretches, mut first, mut expected, mut sound) = (Stretches::new(bytes), 0, 0, true);
        while first < all {
            let Some(ending) = stretches.next(data) else { return false };
            let last = (first + interval).min(all);
            sound &= self.stretch(first..last, &mut Bits::new(data), &mut block).is_some();
            first = last;
            if let Ending::Restart(number) = ending {
                // More than four ahead is rather one that is too many.
                let gone = usize::from(number.wrapping_sub(expected) & 7);
                sound &= gone == 0 && self.interval > 0;
                first += if gone <= 4 { gone * interval } else { 0 };
                expected = number + 1;
            }
        }
        sound
    }

    #[inline(always)]
    fn stretch(
        &self,
        units: std::ops::Range<usize>,
        bits: &mut Bits<'_>,
        block: &mut impl FnMut(&mut Bits<'_>, &mut i32, Place) -> Option<()>,
    ) -> Option<()> {
        let mut previous = [0_i32; 4];
        let (mut column, mut row) = (units.start % self.units.0, units.start / self.units.0);
        for _ in units {
            for (part, (component, across, down)) in self.parts.iter().copied().enumerate() {
                for y in 0..down {
                    for x in 0..across {
                        let place = Place { part, component, column: column * across + x, row: row * down + y };
                        block(bits, &mut previous[part & 3], place)?;
                    }
                }
            }
            column += 1;
            if column == self.units.0 {
                (column, row) = (0, row + 1);
            }
        }
        Some(())
    }
}
