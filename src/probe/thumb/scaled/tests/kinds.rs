//! Every kind of JPEG that is taken, and that the others are not.

use super::*;

const SIZES: [(u16, u16); 11] =
    [(1, 1), (7, 9), (8, 8), (9, 8), (16, 16), (17, 15), (1, 100), (100, 1), (33, 31), (64, 48), (131, 83)];

const SAMPLINGS: [SamplingFactor; 8] = [
    SamplingFactor::F_1_1,
    SamplingFactor::F_2_1,
    SamplingFactor::F_1_2,
    SamplingFactor::F_2_2,
    SamplingFactor::F_4_1,
    SamplingFactor::F_4_2,
    SamplingFactor::F_1_4,
    SamplingFactor::F_2_4,
];

#[test]
fn every_sampling_and_size_gives_the_blocks_of_the_whole_picture() {
    let mut compared = 0;
    for (width, height) in SIZES {
        for sampling in SAMPLINGS {
            for restart in [0, 3] {
                let bytes = encoded(width, height, |encoder| {
                    encoder.set_sampling_factor(sampling);
                    encoder.set_restart_interval(restart);
                });
                for scale in [1, 2, 4] {
                    compared += check(&format!("{sampling:?} {width} x {height}, {restart}"), &bytes, scale);
                }
            }
        }
        for scale in [1, 2, 4] {
            compared += check(&format!("grey {width} x {height}"), &grey(width, height, |_| {}), scale);
        }
    }
    assert!(compared > 20_000, "only {compared}");
}

#[test]
fn optimised_codes_give_the_blocks_of_the_whole_picture() {
    for (width, height) in SIZES {
        let bytes = encoded(width, height, |encoder| {
            encoder.set_optimized_huffman_tables(true);
            encoder.set_sampling_factor(SamplingFactor::F_2_2);
        });
        for scale in [1, 2, 4] {
            check(&format!("optimised {width} x {height}"), &bytes, scale);
        }
    }
    for quality in [1, 30, 100] {
        let bytes = encoded(200, 100, |encoder| encoder.set_quality(quality));
        for scale in [1, 2, 4] {
            check(&format!("quality {quality}"), &bytes, scale);
        }
    }
}

#[test]
fn the_dc_scans_of_a_progressive_picture_are_its_eighth() {
    for (width, height) in SIZES {
        for sampling in SAMPLINGS {
            let bytes = encoded(width, height, |encoder| {
                encoder.set_progressive(true);
                encoder.set_sampling_factor(sampling);
            });
            check(&format!("progressive {sampling:?} {width} x {height}"), &bytes, 1);
        }
        check("progressive grey", &grey(width, height, |encoder| encoder.set_progressive(true)), 1);
    }
    // A quarter needs more than they say.
    assert!(at_scale(&encoded(300, 200, |encoder| encoder.set_progressive(true)), 2).is_none());
}

/// Blocks of one colour, one behind the other, of the middle greys.
fn blocks(count: usize) -> Vec<u8> {
    let (mut bytes, mut state) = (Vec::new(), 7_u32);
    let noise = (0..count * 64).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        108 + (state >> 24) as u8 % 40
    });
    let noise: Vec<_> = noise.collect();
    // At this quality a step of the DC coefficient is two levels, so that the mean says which it is.
    Encoder::new(&mut bytes, 50).encode(&noise, count as u16 * 8, 8, ColorType::Luma).unwrap();
    bytes
}

/// The same data given out anew to three colours of these sampling factors: no encoder at hand makes such pictures.
/// There is nothing to see in it, but that does not matter to whom decodes it.
fn regrouped(mut bytes: Vec<u8>, size: (u16, u16), factors: [(u8, u8); 3]) -> Vec<u8> {
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    let mut header = vec![0xff, 0xc0, 0, 17, 8];
    header.extend(size.1.to_be_bytes());
    header.extend(size.0.to_be_bytes());
    header.push(3);
    (1..).zip(factors).for_each(|(id, (across, down))| header.extend([id, across << 4 | down, 0]));
    bytes.splice(frame..frame + 13, header);
    let scan = bytes.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    bytes.splice(scan..scan + 10, [0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    bytes
}

#[test]
fn odd_sampling_factors_put_each_block_in_its_place() {
    for factors in [
        [(3, 1), (1, 1), (1, 1)],
        [(1, 3), (1, 1), (1, 1)],
        [(3, 2), (1, 1), (2, 1)],
        [(2, 1), (1, 2), (1, 1)],
        [(1, 1), (2, 2), (2, 2)],
        [(2, 2), (2, 1), (1, 2)],
        [(2, 2), (2, 2), (2, 2)],
    ] {
        for size in [(50_u16, 30_u16), (1, 1), (97, 65)] {
            let most = (factors.iter().map(|f| f.0).max().unwrap(), factors.iter().map(|f| f.1).max().unwrap());
            let units = (size.0.div_ceil(8 * u16::from(most.0)), size.1.div_ceil(8 * u16::from(most.1)));
            let units = (usize::from(units.0), usize::from(units.1));
            let count = units.0 * units.1 * factors.iter().map(|f| usize::from(f.0 * f.1)).sum::<usize>();
            let line = blocks(count);
            // In the line each block is the difference to the one before; so it is in its colour.
            let means: Vec<_> = at_scale(&line, 1).unwrap().planes[0].samples.iter().map(|s| i32::from(*s)).collect();
            let picture = decode_at_eighth(&regrouped(line, size, factors));
            let (mut sums, mut at) = ([128; 3], 0);
            for unit in 0..units.0 * units.1 {
                for (plane, (across, down)) in factors.iter().enumerate() {
                    for block in 0..usize::from(across * down) {
                        sums[plane] += means[at] - if at == 0 { 128 } else { means[at - 1] };
                        at += 1;
                        let across = usize::from(*across);
                        let column = unit % units.0 * across + block % across;
                        let row = unit / units.0 * usize::from(*down) + block / across;
                        let plane = (&picture.planes[plane], sums[plane]);
                        let (width, height) = plane.0.size;
                        if column < width as usize && row < height as usize {
                            let got = i32::from(plane.0.samples[row * width as usize + column]);
                            assert_eq!(got, plane.1.clamp(0, 255), "{factors:?} {size:?}: {column},{row}");
                        }
                    }
                }
            }
        }
    }
}

/// Where the luma is not the finest, an eighth of the picture is more than an eighth of its luma: so asks for less.
fn decode_at_eighth(bytes: &[u8]) -> Picture {
    let outline = Outline::of(bytes).unwrap();
    decode(bytes, &outline, 1, &mut Buffers::default(), &mut Spare::default()).unwrap()
}

/// The table's factors as 16-bit numbers.
fn widened(bytes: &[u8]) -> Vec<u8> {
    let mut wide = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(4).position(|four| four == [0xff, 0xdb, 0, 67]) {
        wide.extend_from_slice(&rest[..at]);
        wide.extend([0xff, 0xdb, 0, 131, rest[at + 4] | 0x10]);
        wide.extend(rest[at + 5..at + 69].iter().flat_map(|factor| [0, *factor]));
        rest = &rest[at + 69..];
    }
    wide.extend_from_slice(rest);
    wide
}

#[test]
fn extended_coding_and_wide_tables_are_taken() {
    let mut bytes = widened(&encoded(120, 80, |_| {}));
    assert!(bytes.len() > encoded(120, 80, |_| {}).len());
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    bytes[frame + 1] = 0xc1;
    for scale in [1, 2, 4] {
        check("extended", &bytes, scale);
    }
}

#[test]
fn colours_are_told_as_libjpeg_tells_them() {
    let bytes = encoded(40, 40, |_| {});
    assert_eq!(at_scale(&bytes, 1).unwrap().layout, Layout::YcbcrPlanes);
    let app0 = bytes.windows(2).position(|pair| pair == [0xff, 0xe0]).unwrap();
    let adobe = |transform: u8| {
        let mut bytes = bytes.clone();
        bytes.splice(app0..app0 + 18, *b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00");
        bytes.insert(app0 + 15, transform);
        at_scale(&bytes, 1).map(|picture| picture.layout)
    };
    assert_eq!(adobe(0), Some(Layout::RgbPlanes));
    assert_eq!(adobe(1), Some(Layout::YcbcrPlanes));
    assert_eq!(adobe(2), None);
}

#[test]
fn what_is_of_another_kind_is_left_to_the_whole_decoder() {
    let mut inks = Vec::new();
    Encoder::new(&mut inks, 90).encode(&[90; 64 * 64 * 4], 64, 64, ColorType::Cmyk).unwrap();
    assert!(at_scale(&inks, 1).is_none());
    let bytes = encoded(64, 64, |_| {});
    assert!(at_scale(&bytes, 8).is_none());
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    for (offset, value) in [(1, 0xc3), (1, 0xc9), (1, 0xca), (4, 12), (11, 0x51), (11, 0x10), (12, 4)] {
        let mut other = bytes.clone();
        other[frame + offset] = value;
        assert!(at_scale(&other, 1).is_none(), "{offset}: {value:#x}");
    }
}
