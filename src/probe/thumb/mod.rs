//! A file's pixels → a small upright JPEG and a perceptual hash.
//!
//! HEIC, AVIF, RAW and film have no decoder here: they are drawn from the JPEG preview they carry, if they carry one.

mod colour;
mod jpeg;
mod outline;
mod phash;
mod picture;
mod raster;
mod scaled;
pub mod seal;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::model::mime::Mime;

pub use phash::PHASH_VERSION;
use picture::{Picture, Small, Spare};

/// Most bytes of samples a picture may fill while it is decoded; 89 megapixels of 8-bit RGB.
/// Checked against the file's header, before anything is allocated.
const MOST_SAMPLES: u64 = 256 << 20;

/// Most pixels along one side: what a JPEG can say, so that a thumbnail's own sides always fit.
const LONGEST_SIDE: u32 = 65_535;

/// The smallest preview, in pixels of its long edge, that is better than no thumbnail: EXIF's own is 160.
const LEAST_PREVIEW: u32 = 160;

/// What is kept from picture to picture, in bytes; a huge one gives its memory back.
const KEPT: usize = 64 << 20;

/// Most bytes of a colour profile; those of printing presses, the largest there are, have two million.
const MOST_PROFILE: usize = 8 << 20;

/// One per worker thread: buffers reused from picture to picture.
#[derive(Default)]
pub struct Scratch {
    scaled: scaled::Buffers,
    spare: Spare,
    small: Small,
    resizer: fast_image_resize::Resizer,
    profile: colour::LastProfile,
    hasher: phash::Hasher,
}

/// A small upright picture.
#[derive(Debug)]
pub struct Thumbnail {
    /// A baseline JPEG in sRGB or grey, without EXIF.
    pub jpeg: Vec<u8>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The perceptual hash of the upright picture, made as [`PHASH_VERSION`] says; 0 for one without features.
    pub phash: u64,
    /// Why only part of the picture could be decoded: "cut short", "damaged".
    pub partial: Option<String>,
}

/// Why a file has no thumbnail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThumbError {
    /// The picture may be sound; nothing here can decode it.
    #[error("no decoder for this kind of picture")]
    Unsupported,
    /// Its header asks for more memory than a picture may have.
    #[error("{width} x {height} pixels are too many to draw")]
    TooLarge {
        /// Pixels across, as stored.
        width: u32,
        /// Pixels down, as stored.
        height: u32,
    },
    /// Nothing of it could be decoded.
    #[error("unreadable picture: {0}")]
    Malformed(String),
}

impl ThumbError {
    /// A decoder's complaint, cut to a line.
    fn malformed(complaint: impl std::fmt::Display) -> Self {
        Self::Malformed(complaint.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).take(120).collect())
    }
}

/// Draws a thumbnail: long edge at most `edge` pixels (never enlarged), upright, sRGB 8 bit, without EXIF.
///
/// `orientation` is EXIF's 1 to 8; anything else counts as 1. `preview` is an embedded JPEG that lies as the stored
/// picture does: it stands in for the picture when it is big enough and shows the same, or when there is no other way.
///
/// # Errors
/// Says why there is nothing to show.
pub fn draw(
    scratch: &mut Scratch,
    bytes: &[u8],
    mime: &'static Mime,
    orientation: u8,
    preview: Option<&[u8]>,
    edge: u32,
) -> Result<Thumbnail, ThumbError> {
    let edge = edge.clamp(1, LONGEST_SIDE);
    // The decoders are other people's, and the bytes are anyone's: a panic in one is this picture's failure only.
    let drawn = catch_unwind(AssertUnwindSafe(|| {
        let picture = decode(scratch, bytes, mime, preview, edge)?;
        finish(scratch, picture, orientation, edge)
    }));
    drawn.unwrap_or_else(|_| {
        *scratch = Scratch::default();
        Err(ThumbError::malformed("the decoder gave up"))
    })
}

/// The most bytes that drawing from this JPEG holds, beside its own: by its headers.
pub fn cost(jpeg: &[u8], edge: u32) -> u64 {
    let edge = edge.clamp(1, LONGEST_SIDE);
    // As for `draw`: what makes this panic will hardly be drawn, but may try.
    catch_unwind(|| jpeg::cost(jpeg, edge)).unwrap_or(MOST_SAMPLES)
}

/// Decodes a JPEG as for a thumbnail, and no further: for the benchmark and the fuzzer. Whether the scaled decoder took it.
#[doc(hidden)]
pub fn decode_scaled(scratch: &mut Scratch, jpeg: &[u8], edge: u32) -> bool {
    let decoded = outline::Outline::of(jpeg)
        .and_then(|outline| scaled::decode(jpeg, &outline, edge, &mut scratch.scaled, &mut scratch.spare));
    decoded.map(|picture| scratch.spare.give_back(picture)).is_some()
}

/// The picture, from the preview where that is as good, else from the file, else from any preview.
fn decode(
    scratch: &mut Scratch,
    bytes: &[u8],
    mime: &'static Mime,
    preview: Option<&[u8]>,
    edge: u32,
) -> Result<Picture, ThumbError> {
    let preview = preview.and_then(|bytes| Some((bytes, jpeg::size(bytes)?)));
    if let Some((preview, size)) = preview
        && size.0.max(size.1) >= edge
        && size_of(bytes, mime).is_none_or(|main| alike(main, size))
        && let Ok(picture) = jpeg::decode(scratch, preview, edge)
        && picture.partial.is_none()
    {
        return Ok(picture);
    }
    let error = match from_file(scratch, bytes, mime, edge) {
        Ok(picture) => return Ok(picture),
        Err(error) => error,
    };
    match preview.filter(|(_, size)| size.0.max(size.1) >= LEAST_PREVIEW) {
        Some((preview, _)) => {
            let mut picture = jpeg::decode(scratch, preview, edge).map_err(|_| error.clone())?;
            if matches!(error, ThumbError::Malformed(_)) {
                picture.partial = Some("only its preview is readable".to_owned());
            }
            Ok(picture)
        }
        None => Err(error),
    }
}

fn from_file(scratch: &mut Scratch, bytes: &[u8], mime: &'static Mime, edge: u32) -> Result<Picture, ThumbError> {
    match mime.name {
        "image/jpeg" => jpeg::decode(scratch, bytes, edge),
        name => raster::decode(bytes, name, &mut scratch.spare),
    }
}

/// Pixels across and down as stored, where a decoder here can tell.
fn size_of(bytes: &[u8], mime: &'static Mime) -> Option<(u32, u32)> {
    match mime.name {
        "image/jpeg" => jpeg::size(bytes),
        name => raster::size(bytes, name),
    }
}

/// Whether two sizes show the same picture: cameras put black bars around previews, and some turn them upright.
/// Their aspects differ by at most 2 %.
fn alike(main: (u32, u32), preview: (u32, u32)) -> bool {
    let (a, b) = (u64::from(main.0) * u64::from(preview.1), u64::from(main.1) * u64::from(preview.0));
    a.abs_diff(b) * 50 <= a.max(b)
}

/// Makes the decoded picture small, sRGB, upright; hashes and encodes it.
fn finish(scratch: &mut Scratch, picture: Picture, orientation: u8, edge: u32) -> Result<Thumbnail, ThumbError> {
    let Scratch { spare, small, resizer, profile, hasher, .. } = scratch;
    small.reduce(&picture, edge, resizer)?;
    if let Some(icc) = picture.icc.as_ref().filter(|icc| icc.len() <= MOST_PROFILE) {
        profile.convert(small, icc);
    }
    small.turn(orientation);
    let (jpeg, phash) = (small.encode()?, hasher.hash(small));
    let partial = picture.partial.clone();
    spare.give_back(picture);
    Ok(Thumbnail { jpeg, width: small.width, height: small.height, phash, partial })
}

#[cfg(test)]
mod tests;
