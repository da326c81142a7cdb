//! The little that is read of an H.264 stream: the size of its pictures, and the camera's clock that AVCHD keeps in it.

use chrono::{FixedOffset, NaiveDate};

use super::dates::Stated;
use super::findings::{Clock, Findings};

/// Width and height, from the first sequence parameter set.
pub fn size(stream: &[u8]) -> Option<(u32, u32)> {
    let start =
        memchr::memmem::find_iter(stream, &[0, 0, 1]).find(|at| stream.get(at + 3).is_some_and(|b| b & 0x1F == 7))?;
    let unit = plain(stream.get(start + 4..)?.get(..256.min(stream.len() - start - 4))?);
    parameters(&mut Bits { raw: &unit, at: 0 })
}

/// Without the bytes that keep a start mark from appearing inside.
fn plain(unit: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(unit.len());
    for byte in unit {
        if *byte == 3 && out.ends_with(&[0, 0]) {
            continue;
        }
        out.push(*byte);
    }
    out
}

fn parameters(bits: &mut Bits) -> Option<(u32, u32)> {
    let profile = bits.take(8)?;
    bits.take(16)?;
    bits.coded()?;
    let mut chroma = 1;
    if matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128) {
        chroma = bits.coded()?;
        if chroma == 3 {
            bits.take(1)?;
        }
        bits.coded()?;
        bits.coded()?;
        bits.take(1)?;
        if bits.take(1)? == 1 {
            scaling(bits, if chroma == 3 { 12 } else { 8 })?;
        }
    }
    bits.coded()?;
    match bits.coded()? {
        0 => {
            bits.coded()?;
        }
        1 => {
            bits.take(1)?;
            bits.coded()?;
            bits.coded()?;
            for _ in 0..bits.coded()?.min(255) {
                bits.coded()?;
            }
        }
        _ => {}
    }
    bits.coded()?;
    bits.take(1)?;
    picture(bits, chroma)
}

/// Passes over lists of 16 or 64 factors; a list ends early where a factor becomes zero.
fn scaling(bits: &mut Bits, lists: usize) -> Option<()> {
    for list in 0..lists {
        if bits.take(1)? == 0 {
            continue;
        }
        let mut next = 8_i64;
        for _ in 0..if list < 6 { 16 } else { 64 } {
            if next != 0 {
                let coded = i64::from(bits.coded()?);
                let change = if coded % 2 == 1 { (coded + 1) / 2 } else { -(coded / 2) };
                next = (next + change).rem_euclid(256);
            }
        }
    }
    Some(())
}

/// Macroblocks of 16 pixels, less what is cropped away.
fn picture(bits: &mut Bits, chroma: u32) -> Option<(u32, u32)> {
    let (across, down) = (bits.coded()?.checked_add(1)?, bits.coded()?.checked_add(1)?);
    let frames = bits.take(1)?;
    if frames == 0 {
        bits.take(1)?;
    }
    bits.take(1)?;
    let mut crop = [0; 4];
    if bits.take(1)? == 1 {
        for side in &mut crop {
            *side = bits.coded()?;
        }
    }
    let (unit_x, unit_y) = (if matches!(chroma, 1 | 2) { 2 } else { 1 }, if chroma == 1 { 2 } else { 1 });
    let cut = |a: u32, b: u32, unit: u32| a.checked_add(b)?.checked_mul(unit);
    let width = across.checked_mul(16)?.checked_sub(cut(crop[0], crop[1], unit_x)?)?;
    let height = down.checked_mul(16 * (2 - frames))?.checked_sub(cut(crop[2], crop[3], unit_y * (2 - frames))?)?;
    (width > 0 && height > 0 && width < 1 << 16 && height < 1 << 16).then_some((width, height))
}

/// Bits, the high ones first.
struct Bits<'r> {
    raw: &'r [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            value = value << 1 | u32::from(self.raw.get(self.at / 8)? >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// An exponential Golomb number.
    fn coded(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.take(1)? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1_u32 << zeros) - 1 + self.take(zeros)?)
    }
}

/// The camera's clock, among the tags that AVCHD puts before a picture.
pub fn recorded(stream: &[u8], findings: &mut Findings) {
    const MARK: &[u8] = b"\x17\xEE\x8C\x60\xF8\x4D\x11\xD9\x8C\xD6\x08\0\x20\x0C\x9A\x66MDPM";
    let Some(at) = memchr::memmem::find(stream, MARK) else { return };
    let tags = plain(&stream[at + MARK.len()..stream.len().min(at + MARK.len() + 512)]);
    let Some((count, tags)) = tags.split_first() else { return };
    let tags = tags.as_chunks::<5>().0.iter().take(usize::from(*count));
    let (mut day, mut time) = (None, None);
    for [tag, value @ ..] in tags {
        match tag {
            0x18 => day = Some(*value),
            0x19 => time = Some(*value),
            _ => {}
        }
    }
    findings.time(Clock::H264, day.zip(time).and_then(|(day, time)| clock(day, time)));
}

/// Zone, century, year, month; day, hour, minute, second: all but the zone in decimal digits of four bits.
fn clock([zone, century, year, month]: [u8; 4], [day, hour, minute, second]: [u8; 4]) -> Option<Stated> {
    let digits =
        |byte: u8| (byte >> 4 < 10 && byte & 0xF < 10).then(|| u32::from(byte >> 4) * 10 + u32::from(byte & 0xF));
    let year = 100 * digits(century)? + digits(year)?;
    let day = NaiveDate::from_ymd_opt(year as i32, digits(month)?, digits(day)?)?;
    let clock = day.and_hms_opt(digits(hour)?, digits(minute)?, digits(second)?)?;
    let seconds = i32::from(zone >> 1 & 0xF) * 3600 + i32::from(zone & 1) * 1800;
    let offset = FixedOffset::east_opt(if zone & 0x20 != 0 { -seconds } else { seconds });
    Some(Stated { clock, offset })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_s_clock_is_in_decimal_digits() {
        let stated = clock([0x02, 0x20, 0x08, 0x12], [0x31, 0x23, 0x16, 0x24]).unwrap();
        assert_eq!(stated.clock.to_string(), "2008-12-31 23:16:24");
        assert_eq!(stated.offset.unwrap().to_string(), "+01:00");
        assert_eq!(clock([0; 4], [0; 4]), None);
        assert_eq!(clock([0xFF; 4], [0xFF; 4]), None);
    }

    #[test]
    fn any_bits_are_survived() {
        for byte in 0..=255 {
            size(&[&[0, 0, 1, 0x67][..], &[byte; 40]].concat());
        }
    }
}
