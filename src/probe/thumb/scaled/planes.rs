//! One colour's samples at the scale, and where its blocks lie among them.

use super::super::picture::Plane;
use super::headers::{Component, FrameHeader};

/// The middle grey: what is shown where nothing was decoded.
const GREY: u8 = 128;

/// A colour while it is decoded: rows reach to the end of the last unit.
pub(super) struct Canvas {
    /// Pixels across and down that a block is given: 1, 2 or 4.
    pub scale: usize,
    /// Blocks across and down in a unit of all colours.
    pub across: usize,
    pub down: usize,
    /// Blocks across and down that hold something of the picture.
    pub blocks: (usize, usize),
    /// Samples in a row.
    pub stride: usize,
    pub samples: Vec<u8>,
    /// The picture's part of it, in samples: a scaled picture ends within its last ones.
    covered: (f64, f64),
}

/// The measures of a colour at a scale.
pub(super) struct Measures {
    component: Component,
    pub scale: usize,
    /// Units across and down.
    units: (usize, usize),
    /// The share of the frame's samples that this colour has, as fractions, across and down.
    share: ((usize, usize), (usize, usize)),
    frame: (usize, usize),
}

impl Measures {
    /// The least scale at which the colour's long side has `edge` samples for that of the picture; `at_most`
    /// where none below has as many.
    pub fn at_least(frame: &FrameHeader, component: Component, edge: usize, at_most: Option<usize>) -> Option<Self> {
        let most = frame.most();
        let units = (frame.width.div_ceil(8 * most.0), frame.height.div_ceil(8 * most.1));
        let share = ((component.across, most.0), (component.down, most.1));
        let long = frame.width.max(frame.height);
        let enough = |scale: usize| {
            let side = |(part, whole): (usize, usize)| (long * part * scale).div_ceil(whole * 8);
            side(share.0).min(side(share.1)) >= edge
        };
        let scale = [1, 2, 4].into_iter().find(|scale| Some(*scale) == at_most || enough(*scale))?;
        Some(Self { component, scale, units, share, frame: (frame.width, frame.height) })
    }

    /// Samples of the canvas: what it will take of memory.
    pub fn samples(&self) -> usize {
        self.stride() * self.units.1 * self.component.down * self.scale
    }

    fn stride(&self) -> usize {
        self.units.0 * self.component.across * self.scale
    }

    /// A grey canvas in the memory of `samples`.
    pub fn canvas(&self, mut samples: Vec<u8>) -> Canvas {
        samples.clear();
        samples.resize(self.samples(), GREY);
        let blocks = |full: usize, (part, whole): (usize, usize)| (full * part).div_ceil(whole).div_ceil(8);
        let covered =
            |full: usize, (part, whole): (usize, usize)| (full * part * self.scale) as f64 / (whole * 8) as f64;
        Canvas {
            scale: self.scale,
            across: self.component.across,
            down: self.component.down,
            blocks: (blocks(self.frame.0, self.share.0), blocks(self.frame.1, self.share.1)),
            stride: self.stride(),
            samples,
            covered: (covered(self.frame.0, self.share.0), covered(self.frame.1, self.share.1)),
        }
    }
}

impl Canvas {
    /// Puts a block's pixels where they belong.
    #[inline(always)]
    pub fn put<const N: usize>(&mut self, column: usize, row: usize, pixels: [[u8; N]; N]) -> Option<()> {
        let first = row * N * self.stride + column * N;
        for (y, line) in pixels.iter().enumerate() {
            self.samples.get_mut(first + y * self.stride..)?.get_mut(..N)?.copy_from_slice(line);
        }
        Some(())
    }

    /// The picture's part, without what lies beyond its edges.
    pub fn cropped(mut self) -> Plane {
        let (width, height) = (self.covered.0.ceil() as usize, self.covered.1.ceil() as usize);
        for row in 1..height {
            let first = row * self.stride;
            self.samples.copy_within(first..first + width, row * width);
        }
        self.samples.truncate(width * height);
        Plane { samples: self.samples, size: (width as u32, height as u32), covered: self.covered }
    }
}
