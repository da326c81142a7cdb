//! PNG, GIF (its first frame), WebP, TIFF and BMP → samples.
//!
//! Sizes are checked against the header before anything is allocated; the decoders' own limits come on top.

use std::io::Cursor;

use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, tiff::TiffDecoder, webp::WebPDecoder};
use image::error::ImageResult;
use image::{ColorType, ImageDecoder, ImageError, Limits};

use super::picture::{Layout, Picture, Plane, Spare};
use super::{LONGEST_SIDE, MOST_SAMPLES, ThumbError};

/// What a decoder may allocate beside the picture's samples, in bytes.
const BESIDE_SAMPLES: u64 = 64 << 20;

type Bytes<'a> = Cursor<&'a [u8]>;

/// Pixels across and down as stored, where there is a decoder.
pub(super) fn size(bytes: &[u8], mime: &str) -> Option<(u32, u32)> {
    open(bytes, mime).ok().map(|decoder| decoder.dimensions())
}

/// Decodes the picture whole, into the buffer it takes from `spare`.
pub(super) fn decode(bytes: &[u8], mime: &str, spare: &mut Spare) -> Result<Picture, ThumbError> {
    let mut decoder = open(bytes, mime)?;
    let (size, colour, length) = (decoder.dimensions(), decoder.color_type(), decoder.total_bytes());
    let too_large = ThumbError::TooLarge { width: size.0, height: size.1 };
    if size.0.max(size.1) > LONGEST_SIDE || length > MOST_SAMPLES {
        return Err(too_large);
    }
    if size.0.min(size.1) == 0 {
        return Err(ThumbError::malformed("no pixels in it"));
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(length + BESIDE_SAMPLES);
    decoder.set_limits(limits).map_err(|error| refused(&error, &too_large))?;
    let icc = decoder.icc_profile().ok().flatten();

    let mut samples = spare.take();
    samples.clear();
    samples.resize(length as usize, 0);
    let partial = match decoder.read_image_boxed(&mut samples) {
        Ok(()) => None,
        // Rows that came before the trouble are already in place.
        Err(ImageError::Decoding(_) | ImageError::IoError(_)) if samples.iter().any(|&byte| byte != 0) => {
            Some("cut short".to_owned())
        }
        Err(error) => return Err(refused(&error, &too_large)),
    };
    let layout = narrow(&mut samples, colour)?;
    let covered = (f64::from(size.0), f64::from(size.1));
    Ok(Picture { planes: vec![Plane { samples, size, covered }], layout, full: size, icc, partial })
}

fn open<'a>(bytes: &'a [u8], mime: &str) -> Result<Box<dyn ImageDecoder + 'a>, ThumbError> {
    fn boxed<'a, D: ImageDecoder + 'a>(decoder: ImageResult<D>) -> Result<Box<dyn ImageDecoder + 'a>, ThumbError> {
        match decoder {
            Ok(decoder) => Ok(Box::new(decoder)),
            Err(error) => Err(refused(&error, &ThumbError::Unsupported)),
        }
    }
    let bytes: Bytes = Cursor::new(bytes);
    let mut limits = Limits::default();
    limits.max_alloc = Some(BESIDE_SAMPLES);
    match mime {
        "image/png" => boxed(PngDecoder::with_limits(bytes, limits)),
        "image/gif" => boxed(GifDecoder::new(bytes)),
        "image/webp" => boxed(WebPDecoder::new(bytes)),
        "image/tiff" => boxed(TiffDecoder::new(bytes)),
        "image/bmp" => boxed(BmpDecoder::new(bytes)),
        _ => Err(ThumbError::Unsupported),
    }
}

fn refused(error: &ImageError, too_large: &ThumbError) -> ThumbError {
    match error {
        ImageError::Unsupported(_) => ThumbError::Unsupported,
        ImageError::Limits(_) => too_large.clone(),
        other => ThumbError::malformed(other),
    }
}

/// Makes every sample one byte, in place.
fn narrow(samples: &mut Vec<u8>, colour: ColorType) -> Result<Layout, ThumbError> {
    let (layout, width) = match colour {
        ColorType::L8 => (Layout::Luma, 1),
        ColorType::La8 => (Layout::LumaAlpha, 1),
        ColorType::Rgb8 => (Layout::Rgb, 1),
        ColorType::Rgba8 => (Layout::Rgba, 1),
        ColorType::L16 => (Layout::Luma, 2),
        ColorType::La16 => (Layout::LumaAlpha, 2),
        ColorType::Rgb16 => (Layout::Rgb, 2),
        ColorType::Rgba16 => (Layout::Rgba, 2),
        ColorType::Rgb32F => (Layout::Rgb, 4),
        ColorType::Rgba32F => (Layout::Rgba, 4),
        _ => return Err(ThumbError::Unsupported),
    };
    match width {
        2 => shorten(samples, |both| ((u32::from(u16::from_ne_bytes(both)) + 128) / 257) as u8),
        4 => shorten(samples, |all| (f32::from_ne_bytes(all).clamp(0.0, 1.0) * 255.0).round() as u8),
        _ => {}
    }
    Ok(layout)
}

fn shorten<const N: usize>(samples: &mut Vec<u8>, byte: impl Fn([u8; N]) -> u8) {
    let count = samples.len() / N;
    for i in 0..count {
        let mut from = [0; N];
        from.copy_from_slice(&samples[i * N..(i + 1) * N]);
        samples[i] = byte(from);
    }
    samples.truncate(count);
}
