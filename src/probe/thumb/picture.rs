//! Decoded samples, and what is done to them: made small, flattened, turned upright, encoded.
//!
//! Everything after the first step happens on the small picture, where it costs next to nothing.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

use super::{KEPT, ThumbError};

/// JPEG quality of thumbnails: 20 kB at 400 pixels.
const QUALITY: u8 = 80;

/// What one pixel's samples mean, one byte each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Luma,
    LumaAlpha,
    Rgb,
    Rgba,
    /// Ink, 255 for all of it.
    Cmyk,
    /// Luma and two colours apart, a plane each, by the full-range equations of JFIF.
    YcbcrPlanes,
    /// Red, green and blue apart.
    RgbPlanes,
}

impl Layout {
    fn pixel_type(self) -> PixelType {
        match self {
            Self::Luma | Self::YcbcrPlanes | Self::RgbPlanes => PixelType::U8,
            Self::LumaAlpha => PixelType::U8x2,
            Self::Rgb => PixelType::U8x3,
            Self::Rgba | Self::Cmyk => PixelType::U8x4,
        }
    }
}

/// A decoded picture as stored, not yet turned.
#[cfg_attr(test, derive(Clone))]
pub(super) struct Picture {
    /// One of whole pixels, or one for each colour.
    pub planes: Vec<Plane>,
    pub layout: Layout,
    /// Pixels across and down of the file's picture, of which the planes may be scaled copies.
    pub full: (u32, u32),
    /// The colour profile of RGB samples; sRGB without one.
    pub icc: Option<Vec<u8>>,
    /// Why only part of it is there.
    pub partial: Option<String>,
}

/// Samples in rows without padding.
#[cfg_attr(test, derive(Clone))]
pub(super) struct Plane {
    pub samples: Vec<u8>,
    /// Pixels across and down.
    pub size: (u32, u32),
    /// How much of that the full picture covers: a scaled copy ends within its last pixels.
    pub covered: (f64, f64),
}

/// Buffers of planes, kept from picture to picture.
#[derive(Default)]
pub(super) struct Spare(Vec<Vec<u8>>);

impl Spare {
    /// A buffer with anything in it.
    pub fn take(&mut self) -> Vec<u8> {
        self.0.pop().unwrap_or_default()
    }

    /// Takes a picture's buffers back; those of a huge one are given up.
    pub fn give_back(&mut self, picture: Picture) {
        // The luma's, which is the largest, is asked for first the next time.
        self.0.extend(picture.planes.into_iter().rev().map(|plane| plane.samples));
        let excess = self.0.len().saturating_sub(3);
        self.0.drain(..excess);
        if self.0.iter().map(Vec::capacity).sum::<usize>() > KEPT {
            self.0.clear();
        }
    }
}

/// A picture of thumbnail size: one channel (grey) or three (RGB), rows without padding.
#[derive(Default)]
pub(super) struct Small {
    pub width: u32,
    pub height: u32,
    pub channels: usize,
    pub pixels: Vec<u8>,
    /// Where the next step writes, before the two change places.
    pub spare: Vec<u8>,
}

impl Small {
    /// Takes `picture` in at a long edge of at most `edge`, its alpha over white, its inks as RGB.
    pub fn reduce(&mut self, picture: &Picture, edge: u32, resizer: &mut Resizer) -> Result<(), ThumbError> {
        (self.width, self.height) = fitted(picture.full, edge);
        let kind = picture.layout.pixel_type();
        let length = self.width as usize * self.height as usize * kind.size();
        self.pixels.clear();
        self.pixels.resize(length * picture.planes.len(), 0);
        let use_alpha = picture.layout != Layout::Cmyk;
        for (plane, pixels) in picture.planes.iter().zip(self.pixels.chunks_exact_mut(length)) {
            let from =
                ImageRef::new(plane.size.0, plane.size.1, &plane.samples, kind).map_err(ThumbError::malformed)?;
            let mut to = Image::from_slice_u8(self.width, self.height, pixels, kind).map_err(ThumbError::malformed)?;
            let options = ResizeOptions::new()
                .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
                .crop(0.0, 0.0, plane.covered.0, plane.covered.1)
                .use_alpha(use_alpha);
            resizer.resize(&from, &mut to, &options).map_err(ThumbError::malformed)?;
        }
        self.flatten(picture.layout);
        Ok(())
    }

    /// Leaves one channel or three.
    fn flatten(&mut self, layout: Layout) {
        self.channels = if matches!(layout, Layout::Luma | Layout::LumaAlpha) { 1 } else { 3 };
        match layout {
            Layout::Luma | Layout::Rgb => {}
            Layout::LumaAlpha => self.shorten::<2, 1>(|[luma, alpha]| [over_white(luma, alpha)]),
            Layout::Rgba => self.shorten::<4, 3>(|[r, g, b, alpha]| [r, g, b].map(|sample| over_white(sample, alpha))),
            Layout::Cmyk => self.shorten::<4, 3>(|[c, m, y, k]| [c, m, y].map(|ink| share(255 - ink, 255 - k))),
            Layout::YcbcrPlanes => self.interleave(rgb),
            Layout::RgbPlanes => self.interleave(|pixel| pixel),
        }
    }

    /// Puts three planes, one behind the other, together as pixels.
    fn interleave(&mut self, pixel: impl Fn([u8; 3]) -> [u8; 3]) {
        let length = self.pixels.len() / 3;
        let (first, others) = self.pixels.split_at(length);
        let (second, third) = others.split_at(length);
        self.spare.clear();
        self.spare.resize(length * 3, 0);
        for (((to, a), b), c) in self.spare.chunks_exact_mut(3).zip(first).zip(second).zip(third) {
            to.copy_from_slice(&pixel([*a, *b, *c]));
        }
        std::mem::swap(&mut self.pixels, &mut self.spare);
    }

    /// Rewrites pixels of `N` samples as pixels of `M`, fewer, in place.
    fn shorten<const N: usize, const M: usize>(&mut self, pixel: impl Fn([u8; N]) -> [u8; M]) {
        let count = self.pixels.len() / N;
        for i in 0..count {
            let mut from = [0; N];
            from.copy_from_slice(&self.pixels[i * N..(i + 1) * N]);
            self.pixels[i * M..(i + 1) * M].copy_from_slice(&pixel(from));
        }
        self.pixels.truncate(count * M);
    }

    /// Turns the stored picture upright by EXIF's orientation, 1 to 8; others leave it.
    pub fn turn(&mut self, orientation: u8) {
        let (right, bottom) = (self.width as usize - 1, self.height as usize - 1);
        // From where, in the stored picture, the pixel at (x, y) of the upright one comes.
        match orientation {
            2 => self.rearrange(false, |x, y| (right - x, y)),
            3 => self.rearrange(false, |x, y| (right - x, bottom - y)),
            4 => self.rearrange(false, |x, y| (x, bottom - y)),
            5 => self.rearrange(true, |x, y| (y, x)),
            6 => self.rearrange(true, |x, y| (y, bottom - x)),
            7 => self.rearrange(true, |x, y| (right - y, bottom - x)),
            8 => self.rearrange(true, |x, y| (right - y, x)),
            _ => {}
        }
    }

    fn rearrange(&mut self, sideways: bool, from: impl Fn(usize, usize) -> (usize, usize)) {
        let stride = self.width as usize;
        if sideways {
            std::mem::swap(&mut self.width, &mut self.height);
        }
        self.spare.clear();
        for y in 0..self.height as usize {
            for x in 0..self.width as usize {
                let (x, y) = from(x, y);
                let at = (y * stride + x) * self.channels;
                self.spare.extend_from_slice(&self.pixels[at..at + self.channels]);
            }
        }
        std::mem::swap(&mut self.pixels, &mut self.spare);
    }

    /// The picture as a baseline JPEG: 4:2:0, no metadata.
    pub fn encode(&self) -> Result<Vec<u8>, ThumbError> {
        let mut jpeg = Vec::with_capacity(self.pixels.len() / 8 + 1024);
        let mut encoder = Encoder::new(&mut jpeg, QUALITY);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
        let colour = if self.channels == 1 { ColorType::Luma } else { ColorType::Rgb };
        // Sides are at most `LONGEST_SIDE`.
        encoder.encode(&self.pixels, self.width as u16, self.height as u16, colour).map_err(ThumbError::malformed)?;
        Ok(jpeg)
    }
}

/// The size at a long edge of `edge`: exact on the long side, rounded on the other, never larger than `full`.
pub(super) fn fitted(full: (u32, u32), edge: u32) -> (u32, u32) {
    let long = full.0.max(full.1);
    if long <= edge {
        return full;
    }
    let (long, edge) = (u64::from(long), u64::from(edge));
    let scaled = |side: u32| ((u64::from(side) * edge + long / 2) / long).max(1) as u32;
    (scaled(full.0), scaled(full.1))
}

/// YCbCr to RGB by the full-range equations of JFIF, in sixteenths of a bit.
fn rgb([luma, blue, red]: [u8; 3]) -> [u8; 3] {
    let (luma, blue, red) = ((i32::from(luma) << 16) + (1 << 15), i32::from(blue) - 128, i32::from(red) - 128);
    let byte = |value: i32| (value >> 16).clamp(0, 255) as u8;
    [byte(luma + 91_881 * red), byte(luma - 22_554 * blue - 46_802 * red), byte(luma + 116_130 * blue)]
}

fn over_white(sample: u8, alpha: u8) -> u8 {
    share(sample, alpha) + (255 - alpha)
}

/// `part` of 255 of `sample`, rounded; at most `part`.
fn share(sample: u8, part: u8) -> u8 {
    ((u16::from(sample) * u16::from(part) + 127) / 255) as u8
}
