//! Thumbnails of pictures made on the spot, of every kind.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::*;
use crate::model::mime;

mod damage;
mod likeness;

/// A lopsided scene: sky, a sun in the upper left, hills, a dark house to the right.
fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 / width as f32, y as f32 / height as f32);
        let hill = 0.6 + 0.1 * (x * 9.0).sin() + 0.05 * (x * 31.0).cos();
        if (x - 0.2).hypot(y - 0.2) < 0.12 {
            Rgb([255, 240, 120])
        } else if (0.65..0.85).contains(&x) && (0.35..0.75).contains(&y) {
            Rgb([60, 30, 30])
        } else if y > hill {
            Rgb([30, 90 + (60.0 * (x * 40.0).sin().abs()) as u8, 40])
        } else {
            Rgb([110, 150, 255 - (100.0 * y) as u8])
        }
    })
}

/// Another scene altogether: a face of circles on stripes.
fn other_scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 / width as f32, y as f32 / height as f32);
        let ring = ((x - 0.6).hypot(y - 0.5) * 14.0).sin() * 90.0;
        let stripe = if (y * 5.0) as i32 % 2 == 0 { 120.0 } else { 60.0 };
        let grey = (stripe + ring).clamp(0.0, 255.0) as u8;
        Rgb([grey, grey, grey / 2])
    })
}

fn encoded(picture: &RgbImage, quality: u8, with: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    with(&mut encoder);
    encoder.encode(picture, picture.width() as u16, picture.height() as u16, ColorType::Rgb).unwrap();
    bytes
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    encoded(picture, 92, |encoder| encoder.set_sampling_factor(SamplingFactor::F_2_2))
}

fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn draw_as(mime: &str, bytes: &[u8], orientation: u8, edge: u32) -> Result<Thumbnail, ThumbError> {
    draw(&mut Scratch::default(), bytes, mime::parse(mime).unwrap(), orientation, None, edge)
}

/// The thumbnail's pixels, after checking that they are as many as it says.
fn pixels(thumbnail: &Thumbnail) -> RgbImage {
    let mut decoder = rusty_jpeg::Decoder::new(&thumbnail.jpeg[..]);
    let samples = decoder.decode().unwrap();
    let info = decoder.info().unwrap();
    assert_eq!((u32::from(info.width), u32::from(info.height)), (thumbnail.width, thumbnail.height));
    match info.pixel_format {
        rusty_jpeg::PixelFormat::L8 => RgbImage::from_fn(thumbnail.width, thumbnail.height, |x, y| {
            Rgb([samples[(y * thumbnail.width + x) as usize]; 3])
        }),
        _ => RgbImage::from_raw(thumbnail.width, thumbnail.height, samples).unwrap(),
    }
}

/// Mean difference of samples, in grey levels.
fn difference(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a.iter().zip(b.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.len() as f64
}

fn near(pixel: Rgb<u8>, wanted: [u8; 3]) -> bool {
    pixel.0.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 6)
}

fn distance(a: &Thumbnail, b: &Thumbnail) -> u32 {
    (a.phash ^ b.phash).count_ones()
}

#[test]
fn all_eight_orientations_come_out_upright() {
    use image::metadata::Orientation;
    let upright = scene(320, 200);
    let wanted = draw_as("image/jpeg", &jpeg(&upright), 1, 160).unwrap();
    for orientation in 1..=8 {
        // The way back of a quarter turn is the other quarter turn; the other six are their own way back.
        let back = [1, 2, 3, 4, 5, 8, 7, 6][orientation as usize - 1];
        let mut stored = DynamicImage::from(upright.clone());
        stored.apply_orientation(Orientation::from_exif(back).unwrap());
        let drawn = draw_as("image/jpeg", &jpeg(&stored.into_rgb8()), orientation, 160).unwrap();
        assert_eq!((drawn.width, drawn.height), (160, 100), "orientation {orientation}");
        let off = difference(&pixels(&drawn), &pixels(&wanted));
        assert!(off < 4.0, "orientation {orientation} is off by {off}");
        assert!(distance(&drawn, &wanted) <= 4, "orientation {orientation}");
    }
}

#[test]
fn an_impossible_orientation_counts_as_upright() {
    let bytes = jpeg(&scene(100, 60));
    assert_eq!(draw_as("image/jpeg", &bytes, 77, 50).unwrap().jpeg, draw_as("image/jpeg", &bytes, 1, 50).unwrap().jpeg);
}

#[test]
fn a_picture_is_never_enlarged() {
    for (width, height) in [(1, 1), (7, 3), (64, 64), (399, 2)] {
        let picture = scene(width, height);
        for (mime, bytes) in [("image/jpeg", jpeg(&picture)), ("image/png", file(picture, ImageFormat::Png))] {
            let drawn = draw_as(mime, &bytes, 1, 400).unwrap();
            assert_eq!((drawn.width, drawn.height), (width, height), "{mime}");
            pixels(&drawn);
        }
    }
}

#[test]
fn the_long_edge_is_exact_and_the_other_rounded() {
    for (width, height, edge, wanted) in [
        (4032, 3024, 400, (400, 300)),
        (3024, 4032, 400, (300, 400)),
        (401, 300, 400, (400, 299)),
        (1000, 333, 150, (150, 50)),
        (5000, 3, 400, (400, 1)),
        (900, 600, 1, (1, 1)),
        (900, 600, 0, (1, 1)),
    ] {
        let drawn = draw_as("image/jpeg", &jpeg(&scene(width, height)), 1, edge).unwrap();
        assert_eq!((drawn.width, drawn.height), wanted, "{width} x {height} at {edge}");
        pixels(&drawn);
    }
}

#[test]
fn a_scaled_decode_shows_the_same_as_a_whole_one() {
    let picture = scene(1613, 1207);
    let (scaled, whole) = (
        draw_as("image/jpeg", &jpeg(&picture), 1, 400).unwrap(),
        draw_as("image/bmp", &file(picture, ImageFormat::Bmp), 1, 400).unwrap(),
    );
    let off = difference(&pixels(&scaled), &pixels(&whole));
    assert!(off < 2.0, "off by {off}");
    assert!(distance(&scaled, &whole) <= 2);
}

#[test]
fn every_kind_of_jpeg_is_drawn() {
    let picture = scene(500, 380);
    let wanted = draw_as("image/png", &file(picture.clone(), ImageFormat::Png), 1, 200).unwrap();
    let kinds = [
        encoded(&picture, 90, |encoder| encoder.set_sampling_factor(SamplingFactor::F_1_1)),
        encoded(&picture, 90, |encoder| encoder.set_sampling_factor(SamplingFactor::F_2_1)),
        encoded(&picture, 90, |encoder| encoder.set_progressive(true)),
        encoded(&picture, 90, |encoder| encoder.set_restart_interval(3)),
        encoded(&picture, 90, |encoder| encoder.set_optimized_huffman_tables(true)),
    ];
    for (kind, bytes) in kinds.iter().enumerate() {
        let drawn = draw_as("image/jpeg", bytes, 1, 200).unwrap();
        assert_eq!((drawn.width, drawn.height, drawn.partial.as_deref()), (200, 152, None));
        let off = difference(&pixels(&drawn), &pixels(&wanted));
        assert!(off < 4.0, "kind {kind} is off by {off}");
    }
    let grey = draw_as("image/jpeg", &file(DynamicImage::from(picture).into_luma8(), ImageFormat::Png), 1, 200);
    assert!(matches!(grey, Err(ThumbError::Malformed(_))), "a PNG is no JPEG");
}

#[test]
fn ink_becomes_colour() {
    for (ink, colour) in [([0, 0, 0, 0], [255, 255, 255]), ([0, 255, 255, 0], [255, 0, 0]), ([0, 0, 0, 255], [0, 0, 0])]
    {
        // Adobe's CMYK, which all files follow, is stored inverted; the encoder stores what it is given inverted.
        for colour_type in [ColorType::Cmyk, ColorType::CmykAsYcck] {
            let mut bytes = Vec::new();
            Encoder::new(&mut bytes, 95).encode(&ink.repeat(64 * 64), 64, 64, colour_type).unwrap();
            let drawn = pixels(&draw_as("image/jpeg", &bytes, 1, 32).unwrap());
            assert!(near(*drawn.get_pixel(16, 16), colour), "{ink:?} became {:?}", drawn.get_pixel(16, 16));
        }
    }
}

#[test]
fn grey_stays_grey() {
    let grey = DynamicImage::from(scene(300, 200)).into_luma8();
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, 90).encode(&grey, 300, 200, ColorType::Luma).unwrap();
    for (mime, bytes) in [("image/jpeg", bytes), ("image/png", file(grey, ImageFormat::Png))] {
        let drawn = draw_as(mime, &bytes, 6, 150).unwrap();
        assert_eq!((drawn.width, drawn.height), (100, 150));
        assert!(pixels(&drawn).pixels().all(|pixel| pixel.0[0] == pixel.0[1] && pixel.0[1] == pixel.0[2]));
    }
}

#[test]
fn rgb_without_a_transform_keeps_its_colours() {
    // The encoder cannot write such a file: an Adobe marker with transform 0 is put into a grey-looking one by hand.
    let picture = RgbImage::from_pixel(64, 64, Rgb([90, 90, 90]));
    let mut bytes = encoded(&picture, 95, |_| {});
    let adobe = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00";
    // No JFIF marker, and components that are not numbered 1, 2, 3, else they are YCbCr whatever Adobe says.
    let jfif = usize::from(u16::from_be_bytes([bytes[4], bytes[5]])) + 4;
    bytes.splice(2..jfif, adobe.iter().copied());
    let header = outline::Outline::of(&bytes).unwrap();
    let sof = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    (0..3).for_each(|i| {
        bytes[sof + 10 + 3 * i] += 10;
        bytes[header.first_scan + 5 + 2 * i] += 10;
    });
    let drawn = pixels(&draw_as("image/jpeg", &bytes, 1, 64).unwrap());
    assert!(near(*drawn.get_pixel(30, 30), [90, 128, 128]), "{:?}", drawn.get_pixel(30, 30));
}

#[test]
fn alpha_lies_over_white() {
    let picture = RgbaImage::from_fn(100, 100, |x, _| match x {
        0..40 => Rgba([200, 0, 0, 255]),
        40..70 => Rgba([200, 0, 0, 0]),
        _ => Rgba([0, 0, 0, 128]),
    });
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Gif] {
        let mime = format.to_mime_type();
        let drawn = pixels(&draw_as(mime, &file(picture.clone(), format), 1, 50).unwrap());
        assert!(near(*drawn.get_pixel(8, 25), [200, 0, 0]), "{mime}");
        assert!(near(*drawn.get_pixel(27, 25), [255, 255, 255]), "{mime}");
        // A GIF's pixels are there or not.
        assert!(format == ImageFormat::Gif || near(*drawn.get_pixel(44, 25), [127, 127, 127]), "{mime}");
    }
}

#[test]
fn sixteen_bits_and_floats_become_eight() {
    let grey = image::ImageBuffer::<Luma<u16>, _>::from_fn(80, 40, |x, _| Luma([(x * 819) as u16]));
    let float = image::Rgb32FImage::from_fn(80, 40, |x, _| Rgb([x as f32 / 79.0; 3]));
    for (mime, bytes) in [
        ("image/png", file(DynamicImage::from(grey.clone()), ImageFormat::Png)),
        ("image/tiff", file(DynamicImage::from(grey), ImageFormat::Tiff)),
        ("image/tiff", file(DynamicImage::from(float), ImageFormat::Tiff)),
    ] {
        let drawn = pixels(&draw_as(mime, &bytes, 1, 80).unwrap());
        assert!(near(*drawn.get_pixel(40, 20), [128, 128, 128]), "{mime}: {:?}", drawn.get_pixel(40, 20));
    }
}

#[test]
fn a_display_p3_picture_is_shown_in_srgb() {
    let icc = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 95);
    encoder.add_icc_profile(&icc).unwrap();
    encoder.encode(&[200, 100, 100].repeat(64 * 64), 64, 64, ColorType::Rgb).unwrap();
    let drawn = pixels(&draw_as("image/jpeg", &bytes, 1, 64).unwrap());
    // By the matrices of Display P3 and sRGB.
    assert!(near(*drawn.get_pixel(32, 32), [214, 94, 97]), "{:?}", drawn.get_pixel(32, 32));
}

#[test]
fn a_preview_stands_in_where_it_is_big_enough_and_shows_the_same() {
    let (main, preview) = (jpeg(&scene(1200, 800)), jpeg(&other_scene(600, 400)));
    let shows = |preview: &[u8], edge| {
        let drawn =
            draw(&mut Scratch::default(), &main, mime::parse("image/jpeg").unwrap(), 1, Some(preview), edge).unwrap();
        let same = |picture: &RgbImage| distance(&drawn, &draw_as("image/jpeg", &jpeg(picture), 1, edge).unwrap()) <= 8;
        assert_eq!((drawn.width, drawn.partial.as_ref()), (edge, None));
        assert_ne!(same(&scene(1200, 800)), same(&other_scene(600, 400)));
        same(&other_scene(600, 400))
    };
    assert!(shows(&preview, 400));
    assert!(!shows(&preview, 700), "too small");
    assert!(!shows(&jpeg(&other_scene(600, 450)), 400), "letterboxed");
    assert!(!shows(&preview[..preview.len() / 2], 400), "cut short");
    assert!(!shows(b"no picture", 400));
}

#[test]
fn what_has_no_decoder_is_drawn_from_its_preview() {
    let dng = mime::parse("image/x-adobe-dng").unwrap();
    let drawn = |preview: Option<&[u8]>| draw(&mut Scratch::default(), b"II*\0raw", dng, 6, preview, 400);
    let small = drawn(Some(&jpeg(&scene(160, 120)))).unwrap();
    assert_eq!((small.width, small.height, small.partial), (120, 160, None));
    assert_eq!(drawn(Some(&jpeg(&scene(1600, 1200)))).unwrap().height, 400);
    assert_eq!(drawn(Some(&jpeg(&scene(150, 120)))).unwrap_err(), ThumbError::Unsupported);
    assert_eq!(drawn(None).unwrap_err(), ThumbError::Unsupported);
}

#[test]
fn one_scratch_serves_pictures_of_every_kind() {
    let mut scratch = Scratch::default();
    let (big, small) = (scene(900, 700), scene(90, 70));
    let files = [
        ("image/png", file(big.clone(), ImageFormat::Png)),
        ("image/jpeg", jpeg(&small)),
        ("image/bmp", file(small.clone(), ImageFormat::Bmp)),
        ("image/jpeg", jpeg(&big)),
        ("image/png", file(small, ImageFormat::Png)),
    ];
    for (mime, bytes) in &files {
        let again = draw(&mut scratch, bytes, mime::parse(mime).unwrap(), 5, None, 400).unwrap();
        assert_eq!(again.jpeg, draw_as(mime, bytes, 5, 400).unwrap().jpeg);
    }
}
