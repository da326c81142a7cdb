//! Many small photos, each another: next to no work but the catalogue's. What growth is measured with.

use std::fs;
use std::path::Path;

use jpeg_encoder::{ColorType, Encoder};

use crate::Fault;

/// Photos in one folder.
const TOGETHER: u64 = 500;

const WIDTH: u16 = 32;
const HEIGHT: u16 = 24;

/// Writes `count` photos beneath `folder` that no other `set` has.
pub fn photos(folder: &Path, set: u64, count: u64) -> Result<(), Fault> {
    for k in 0..count {
        let place = folder.join(format!("{:04}", k / TOGETHER));
        fs::create_dir_all(&place)?;
        let number = set * count + k;
        fs::write(place.join(format!("IMG_{number:07}.jpg")), photo(number)?)?;
    }
    Ok(())
}

fn photo(number: u64) -> Result<Vec<u8>, Fault> {
    let shade = |k: u64| (number >> (8 * (k % 3)) & 0xff) as u8;
    let pixels: Vec<u8> = (0..u64::from(WIDTH) * u64::from(HEIGHT) * 3).map(shade).collect();
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.add_app_segment(1, exif(number))?;
    // Neighbouring shades may come out alike: the number itself keeps each photo's bytes its own.
    encoder.add_app_segment(15, number.to_le_bytes().to_vec())?;
    encoder.encode(&pixels, WIDTH, HEIGHT, ColorType::Rgb)?;
    Ok(bytes)
}

/// An EXIF block with a camera, a speed and a time: what the catalogue has indexes for.
fn exif(number: u64) -> Vec<u8> {
    // One a minute from the summer of 2025: what is imported together was taken together.
    let (day, month) = (number / 1440 % 28 + 1, number / (28 * 1440) % 12);
    let (hour, minute) = (number / 60 % 24, number % 60);
    let time = format!("2025:{:02}:{day:02} {hour:02}:{minute:02}:00\0", (month + 6) % 12 + 1);
    let model = format!("Camera {:03}\0", number % 20);
    // Three entries of twelve bytes in each of two directories, then what is too long to stand in them.
    let (inner, texts) = (8 + 2 + 2 * 12 + 4, 8 + 2 + 2 * 12 + 4 + 2 + 2 * 12 + 4);
    let mut block = b"Exif\0\0II*\0\x08\0\0\0".to_vec();
    block.extend(2_u16.to_le_bytes());
    block.extend(entry(0x0110, 2, model.len(), texts));
    block.extend(entry(0x8769, 4, 1, inner));
    block.extend([0; 4]);
    block.extend(2_u16.to_le_bytes());
    block.extend(entry(0x8827, 3, 1, 100 << (number % 6)));
    block.extend(entry(0x9003, 2, time.len(), texts + model.len()));
    block.extend([0; 4]);
    block.extend(model.bytes());
    block.extend(time.bytes());
    block
}

fn entry(tag: u16, kind: u16, count: usize, value: usize) -> Vec<u8> {
    let mut entry = [tag.to_le_bytes(), kind.to_le_bytes()].concat();
    entry.extend((count as u32).to_le_bytes());
    entry.extend((value as u32).to_le_bytes());
    entry
}
