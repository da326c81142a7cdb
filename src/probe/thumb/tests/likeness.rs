//! What the perceptual hash takes for the same picture.

use super::*;

#[test]
fn copies_hash_alike_and_other_pictures_do_not() {
    let picture = scene(1600, 1067);
    let original = draw_as("image/jpeg", &jpeg(&picture), 1, 400).unwrap();
    for (width, height, quality) in [(1600, 1067, 30), (800, 533, 85), (300, 200, 75), (161, 107, 60)] {
        let copy = image::imageops::resize(&picture, width, height, image::imageops::Triangle);
        let copy = draw_as("image/jpeg", &encoded(&copy, quality, |_| {}), 1, 400).unwrap();
        let bits = distance(&original, &copy);
        assert!(bits <= 4, "{width} x {height} at {quality}: {bits} bits");
    }
    let other = draw_as("image/jpeg", &jpeg(&other_scene(1600, 1067)), 1, 400).unwrap();
    assert!(distance(&original, &other) >= 20);
    let small = draw_as("image/jpeg", &jpeg(&picture), 1, 150).unwrap();
    assert!(distance(&original, &small) <= 2, "the hash hangs on the size of the thumbnail");
}

#[test]
fn a_picture_without_features_hashes_to_nothing() {
    let flat = RgbImage::from_pixel(300, 200, Rgb([120, 140, 90]));
    assert_eq!(draw_as("image/jpeg", &encoded(&flat, 40, |_| {}), 1, 400).unwrap().phash, 0);
    let gradient = RgbImage::from_fn(300, 200, |x, _| Rgb([(x * 255 / 300) as u8; 3]));
    assert!(draw_as("image/jpeg", &encoded(&gradient, 80, |_| {}), 1, 400).unwrap().phash.count_ones() <= 4);
}
