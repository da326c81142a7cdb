//! Files that break off, have changed, or are made to take long.

use super::*;

/// How many rows of pixels at the top are the same.
fn same_rows(cut: &Plane, whole: &Plane) -> usize {
    let width = whole.size.0 as usize;
    cut.samples.chunks(width).zip(whole.samples.chunks(width)).take_while(|(a, b)| a == b).count()
}

#[test]
fn a_cut_picture_has_the_rows_that_came_and_grey_below() {
    for restart in [0, 5] {
        let bytes = encoded(160, 120, |encoder| {
            encoder.set_sampling_factor(SamplingFactor::F_2_2);
            encoder.set_restart_interval(restart);
        });
        let scan = Outline::of(&bytes).unwrap().first_scan + 14;
        for scale in [1, 2] {
            let whole = at_scale(&bytes, scale).unwrap();
            let mut rows = 0;
            for end in (scan..bytes.len()).step_by(7) {
                let cut = at_scale(&bytes[..end], scale).unwrap();
                assert_eq!(cut.partial.as_deref(), Some("cut short"));
                for (plane, whole) in cut.planes.iter().zip(&whole.planes) {
                    // No block is half right: each sample is the whole picture's, or grey.
                    let differ = plane.samples.iter().zip(&whole.samples).filter(|(a, b)| a != b);
                    assert!(differ.clone().all(|(a, _)| *a == 128), "{restart}, {scale}, cut at {end}");
                }
                let now = same_rows(&cut.planes[0], &whole.planes[0]);
                assert!(now >= rows, "cut at {end}: {now} rows after {rows}");
                rows = now;
            }
            assert_eq!(rows, whole.planes[0].size.1 as usize, "the last cut takes the end marker only");
        }
    }
}

#[test]
fn a_cut_progressive_picture_is_whole_once_its_dc_scan_came() {
    let bytes = encoded(160, 120, |encoder| encoder.set_progressive(true));
    let whole = at_scale(&bytes, 1).unwrap();
    let first = Outline::of(&bytes).unwrap().first_scan + 14;
    let scan = first + bytes[first..].windows(2).position(|pair| pair == [0xff, 0xda] || pair == [0xff, 0xc4]).unwrap();
    for end in (scan + 2..bytes.len()).step_by(97) {
        let cut = at_scale(&bytes[..end], 1).unwrap();
        assert_eq!(cut.planes[0].samples, whole.planes[0].samples, "cut at {end}");
    }
}

#[test]
fn decoding_goes_on_at_the_next_restart_marker() {
    let bytes = encoded(320, 240, |encoder| encoder.set_restart_interval(10));
    let whole = at_scale(&bytes, 1).unwrap();
    let scan = Outline::of(&bytes).unwrap().first_scan + 14;
    let markers: Vec<_> =
        (scan..bytes.len() - 2).filter(|at| bytes[*at] == 0xff && (0xd0..=0xd7).contains(&bytes[*at + 1])).collect();
    let unlike = |bytes: &[u8]| {
        let picture = at_scale(bytes, 1).unwrap();
        assert_eq!(picture.partial.as_deref(), Some("damaged"));
        let pairs = picture.planes[0].samples.iter().zip(&whole.planes[0].samples);
        pairs.filter(|(a, b)| a != b).count()
    };
    // A stretch without its second half; one with its marker gone; three gone with theirs.
    let half = usize::midpoint(markers[3], markers[4]);
    let mut short = bytes.clone();
    short.drain(half..markers[4]);
    assert!((1..=10).contains(&unlike(&short)));
    for (from, to, lost) in [(markers[3], markers[4], 10), (markers[3], markers[6], 30)] {
        let mut gone = bytes.clone();
        gone.drain(from..to);
        assert!((1..=lost).contains(&unlike(&gone)), "{lost}");
    }
}

#[test]
fn no_flipped_bit_makes_it_panic_or_hang() {
    let kinds = [
        encoded(120, 90, |encoder| encoder.set_sampling_factor(SamplingFactor::F_2_2)),
        encoded(120, 90, |encoder| encoder.set_progressive(true)),
        encoded(64, 90, |encoder| encoder.set_sampling_factor(SamplingFactor::F_4_1)),
        grey(90, 90, |encoder| encoder.set_restart_interval(3)),
    ];
    let mut taken = 0;
    for bytes in &kinds {
        for bit in (16..bytes.len() * 8).step_by(37) {
            let mut harmed = bytes.clone();
            harmed[bit / 8] ^= 1 << (bit % 8);
            for scale in [1, 2] {
                taken += usize::from(at_scale(&harmed, scale).is_some());
            }
        }
    }
    assert!(taken > 500);
}

#[test]
fn a_million_tables_and_ten_thousand_scans_cost_little() {
    let bytes = encoded(64, 64, |_| {});
    let table = bytes.windows(2).position(|pair| pair == [0xff, 0xc4]).unwrap();
    let length = 2 + usize::from(u16::from_be_bytes([bytes[table + 2], bytes[table + 3]]));
    let mut tables = bytes.clone();
    tables.splice(table..table, bytes[table..table + length].repeat(20_000));
    assert!(at_scale(&tables, 1).is_some());
    // A colour that comes again is not for this decoder.
    let scan = Outline::of(&bytes).unwrap().first_scan;
    for progressive in [false, true] {
        let bytes = encoded(64, 64, |encoder| {
            encoder.set_progressive(progressive);
            encoder.set_sampling_factor(SamplingFactor::F_4_1);
        });
        let first = Outline::of(&bytes).unwrap().first_scan;
        let second = first + 2 + bytes[first + 2..].windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
        let mut again = bytes.clone();
        again.splice(first..first, bytes[first..second].repeat(10_000));
        assert!(at_scale(&again, 1).is_none());
    }
    let markers = [0xff, 0xd0].repeat(1_000_000);
    let mut restarts = bytes.clone();
    restarts.splice(scan + 14..scan + 14, markers);
    assert_eq!(at_scale(&restarts, 1).unwrap().partial.as_deref(), Some("damaged"));
}

#[test]
fn a_size_beyond_the_limit_is_refused_before_anything_is_allocated() {
    let mut bytes = encoded(64, 64, |_| {});
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    bytes[frame + 5..frame + 9].fill(0xff);
    assert!(at_scale(&bytes, 2).is_none());
}
