//! Pictures that are cut, broken, or made to break what reads them.

use super::*;

#[test]
fn a_cut_jpeg_gives_what_was_decoded() {
    let picture = scene(800, 600);
    let whole = pixels(&draw_as("image/jpeg", &jpeg(&picture), 1, 400).unwrap());
    for bytes in [jpeg(&picture), encoded(&picture, 92, |encoder| encoder.set_restart_interval(7))] {
        for percent in [30, 50, 80, 99] {
            let cut = &bytes[..bytes.len() * percent / 100];
            let drawn = draw_as("image/jpeg", cut, 1, 400).unwrap();
            assert_eq!(drawn.partial.as_deref(), Some("cut short"));
            let top = |picture: &RgbImage| {
                image::imageops::crop_imm(picture, 0, 0, 400, 300 * percent as u32 / 400).to_image()
            };
            let off = difference(&top(&pixels(&drawn)), &top(&whole));
            assert!(off < 6.0, "at {percent} % the top is off by {off}");
        }
    }
}

#[test]
fn a_cut_progressive_jpeg_gives_a_blurred_picture() {
    let picture = scene(800, 600);
    let whole = pixels(&draw_as("image/jpeg", &jpeg(&picture), 1, 200).unwrap());
    let bytes = encoded(&picture, 92, |encoder| encoder.set_progressive(true));
    for percent in [40, 70, 99] {
        let drawn = draw_as("image/jpeg", &bytes[..bytes.len() * percent / 100], 1, 200).unwrap();
        assert_eq!(drawn.partial.as_deref(), Some("cut short"));
        let off = difference(&pixels(&drawn), &whole);
        assert!(off < 12.0, "at {percent} % it is off by {off}");
    }
}

#[test]
fn a_jpeg_gone_bad_half_way_gives_its_sound_part() {
    let picture = image::imageops::resize(&scene(1600, 1200), 1600, 1200, image::imageops::Nearest);
    let mut bytes = encoded(&picture, 98, |encoder| encoder.set_restart_interval(50));
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0);
    // A restart marker that nobody expects: the decoder stops here.
    bytes[middle + 64..middle + 66].copy_from_slice(&[0xff, 0xd5]);
    bytes[middle + 66..middle + 68].copy_from_slice(&[0xff, 0xd1]);
    let drawn = draw_as("image/jpeg", &bytes, 1, 400).unwrap();
    assert_eq!(drawn.partial.as_deref(), Some("damaged"));
}

#[test]
fn a_jpeg_cut_before_its_pixels_is_malformed() {
    let bytes = jpeg(&scene(800, 600));
    let first_scan = outline::Outline::of(&bytes).unwrap().first_scan;
    for end in [0, 1, 2, 3, 20, first_scan / 2, first_scan, first_scan + 4] {
        let drawn = draw_as("image/jpeg", &bytes[..end], 1, 400);
        assert!(matches!(drawn, Err(ThumbError::Malformed(_))), "at {end}: {drawn:?}");
    }
}

#[test]
fn no_changed_byte_makes_the_decoder_panic() {
    let bytes = encoded(&scene(48, 40), 60, |encoder| encoder.set_progressive(true));
    let mut scratch = Scratch::default();
    for at in 0..bytes.len() {
        for value in [0, 1, 0x11, 0xff] {
            let mut broken = bytes.clone();
            broken[at] = value;
            let drawn = draw(&mut scratch, &broken, mime::parse("image/jpeg").unwrap(), 1, None, 16);
            assert_ne!(drawn.err(), Some(ThumbError::malformed("the decoder gave up")), "byte {at} as {value}");
        }
    }
}

#[test]
fn a_cut_png_gives_the_rows_that_came() {
    let picture =
        RgbImage::from_fn(400, 300, |x, y| Rgb([(x * 7 % 251) as u8, (y * 13 % 251) as u8, (x * y % 241) as u8]));
    let bytes = file(picture, ImageFormat::Png);
    let drawn = draw_as("image/png", &bytes[..bytes.len() / 2], 1, 100).unwrap();
    assert_eq!((drawn.width, drawn.height, drawn.partial.as_deref()), (100, 75, Some("cut short")));
    assert!(matches!(draw_as("image/png", &bytes[..40], 1, 100), Err(ThumbError::Malformed(_))));
}

#[test]
fn a_ruined_picture_is_drawn_from_its_preview() {
    let main = jpeg(&scene(1200, 800));
    let preview = jpeg(&scene(160, 120));
    let drawn = draw(&mut Scratch::default(), &main[..200], mime::parse("image/jpeg").unwrap(), 1, Some(&preview), 400)
        .unwrap();
    assert_eq!((drawn.width, drawn.partial.as_deref()), (160, Some("only its preview is readable")));
}

#[test]
fn bombs_are_refused_by_their_header() {
    let mut png = file(RgbImage::new(1, 1), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(draw_as("image/png", &png, 1, 400).unwrap_err(), ThumbError::TooLarge { width: 60_000, height: 60_000 });

    let gif = b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;";
    assert_eq!(draw_as("image/gif", gif, 1, 400).unwrap_err(), ThumbError::TooLarge { width: 65_535, height: 65_535 });

    for (progressive, error) in [
        (true, ThumbError::TooLarge { width: 65_500, height: 65_500 }),
        (false, ThumbError::TooLarge { width: 65_500, height: 65_500 }),
    ] {
        let mut bytes = encoded(&scene(16, 16), 90, |encoder| encoder.set_progressive(progressive));
        resize_header(&mut bytes, 65_500, 65_500);
        assert_eq!(draw_as("image/jpeg", &bytes, 1, 400).unwrap_err(), error);
    }
    let mut hollow = jpeg(&scene(16, 16));
    resize_header(&mut hollow, 8000, 6000);
    assert_eq!(draw_as("image/jpeg", &hollow, 1, 400).unwrap_err(), ThumbError::malformed("hardly any pixels in it"));
}

fn resize_header(jpeg: &mut [u8], width: u16, height: u16) {
    let sof = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0] || pair == [0xff, 0xc2]).unwrap();
    jpeg[sof + 5..sof + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[sof + 7..sof + 9].copy_from_slice(&width.to_be_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc: u32, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[test]
fn a_scan_repeated_without_end_is_refused() {
    let mut bytes = encoded(&scene(64, 64), 90, |encoder| encoder.set_progressive(true));
    let first_scan = outline::Outline::of(&bytes).unwrap().first_scan;
    let scan = bytes[first_scan..].windows(2).skip(1).position(|pair| pair == [0xff, 0xda]).unwrap() + 1;
    let scan = bytes[first_scan..first_scan + scan].repeat(200);
    bytes.splice(first_scan..first_scan, scan);
    assert_eq!(draw_as("image/jpeg", &bytes, 1, 400).unwrap_err(), ThumbError::malformed("too many scans"));
}

/// A square of `colours`, its codes one bit long: one zero bit stands for a block. `scans` without data come before the one
/// with an eighth of what it needs.
fn hollow(frame: u8, side: u16, colours: u8, scans: usize) -> Vec<u8> {
    let count = usize::from(colours);
    let mut bytes = [&b"\xff\xd8\xff\xdb\0\x43\0"[..], &[1; 64], &[0xff, frame, 0, 8 + 3 * colours, 8]].concat();
    bytes.extend([side.to_be_bytes(), side.to_be_bytes()].concat());
    bytes.push(colours);
    (1..=colours).for_each(|id| bytes.extend([id, 0x11, 0]));
    for class in [0, 0x10] {
        bytes.extend([0xff, 0xc4, 0, 20, class, 1]);
        bytes.extend([0; 16]);
    }
    let mut scan = vec![0xff, 0xda, 0, 6 + 2 * colours, colours];
    (1..=colours).for_each(|id| scan.extend([id, 0]));
    scan.extend([0, if frame == 0xc2 { 0 } else { 63 }, 0]);
    bytes.extend([&scan[..], &[0, 0]].concat().repeat(scans));
    let data = vec![0; 1 + usize::from(side) * usize::from(side) * count / 4096];
    [&bytes[..], &scan, &data, &[0xff, 0xd9]].concat()
}

#[test]
fn a_walk_over_all_blocks_for_every_scan_has_an_end() {
    let refused = |bytes: &[u8]| draw_as("image/jpeg", bytes, 1, 16).err();
    let too_many = Some(ThumbError::malformed("too many scans"));
    assert_eq!(refused(&hollow(0xc0, 64, 4, 3)), None, "one for each colour");
    for scans in [4, 90] {
        assert_eq!(refused(&hollow(0xc0, 64, 4, scans)), too_many, "a sequential picture has each colour once");
    }
    assert_eq!(refused(&hollow(0xc2, 64, 4, 90)), None);
    assert_eq!(refused(&hollow(0xc2, 2400, 4, 98)), too_many, "progressive: by its blocks");
    assert_eq!(refused(&hollow(0xc0, 28_000, 4, 2)), too_many, "sequential: by its blocks");
}

#[test]
fn what_the_whole_decoder_keeps_is_in_the_cost_and_only_then() {
    let kept = 2 * 4 * 5600 * 5600;
    let inks = cost(&hollow(0xc2, 5600, 4, 0), 400);
    assert!((kept..kept + kept / 10).contains(&inks), "{inks}");
    for plain in [hollow(0xc2, 5600, 3, 0), hollow(0xc0, 5600, 4, 0), hollow(0xc0, 5600, 3, 0)] {
        let cost = cost(&plain, 400);
        assert!((5600 * 5600 * 3 / 64..kept / 16).contains(&cost), "{cost}");
    }
    // A colour that is scanned twice is not for the scaled decoder.
    let twice = cost(&hollow(0xc2, 5600, 3, 1), 400);
    assert!(twice > kept * 3 / 4, "{twice}");
    assert_eq!(cost(b"\xff\xd8 no picture", 400), 0);
}

#[test]
fn a_large_progressive_photo_is_drawn_where_nothing_of_it_is_kept() {
    let drawn = draw_as("image/jpeg", &hollow(0xc2, 10_100, 3, 0), 1, 400).unwrap();
    assert_eq!((drawn.width, drawn.height), (400, 400));
    let inks = draw_as("image/jpeg", &hollow(0xc2, 10_100, 4, 0), 1, 400);
    assert_eq!(inks.unwrap_err(), ThumbError::TooLarge { width: 10_100, height: 10_100 });
}

#[test]
fn a_colour_profile_without_measure_is_left_aside() {
    let bytes = jpeg(&scene(64, 64));
    let mut chunk = b"\xff\xe2\xff\xffICC_PROFILE\0\x01\xff".to_vec();
    chunk.resize(2 + 0xffff, 1);
    let bomb = [&bytes[..2], &chunk.repeat(200), &bytes[2..]].concat();
    let drawn = draw_as("image/jpeg", &bomb, 1, 32).unwrap();
    assert_eq!(drawn.jpeg, draw_as("image/jpeg", &bytes, 1, 32).unwrap().jpeg);
}
