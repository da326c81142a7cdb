//! What the maker of a movie wrote beside it: `udta` of `QuickTime`, MP4 and 3GP, and the keys of `meta`.
//!
//! Camera, place, date with its offset, title, description. Covers and lyrics are passed over.

use std::ops::Range;

use super::bytes::Bytes;
use super::findings::{Clock, Findings, Voice};
use super::{boxes, dates, exif, text, xmp};

/// The longest text that is read, and the keys of one list.
const LONGEST: usize = 1 << 20;
const MOST_KEYS: usize = 512;

/// User data: boxes named by letters, of `QuickTime` (`©xyz`), of 3GP (`loci`), of some cameras.
pub fn user(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) {
    for one in boxes::all(bytes, range) {
        match &one.kind {
            b"meta" => meta(bytes, one.body, findings),
            b"XMP_" => {
                if let Some(packet) = bytes.range(&one.body, 4 << 20) {
                    xmp::apply(&packet, findings);
                }
            }
            b"loci" => {
                location(bytes, &one.body, findings);
            }
            b"titl" | b"dscp" => {
                let words = bytes.range(&one.body, LONGEST).and_then(|raw| mobile(raw.get(6..)?));
                said(if &one.kind == b"titl" { "title" } else { "description" }, words, findings);
            }
            kind => {
                if let Some(key) = letters(*kind) {
                    let words = bytes.range(&one.body, LONGEST).and_then(|raw| counted(&raw));
                    said(key, words, findings);
                }
            }
        }
    }
}

/// What four letters mean, the first often `©` in Mac Roman.
fn letters(kind: [u8; 4]) -> Option<&'static str> {
    Some(match &kind {
        b"\xA9xyz" => "location.ISO6709",
        b"\xA9mak" | b"manu" => "make",
        b"\xA9mod" | b"modl" | b"CNMN" => "model",
        b"\xA9swr" | b"\xA9too" => "software",
        b"\xA9day" => "creationdate",
        b"\xA9nam" => "title",
        b"\xA9des" | b"\xA9inf" | b"desc" | b"\xA9cmt" => "description",
        _ => return None,
    })
}

/// Text of `QuickTime`'s user data: a length and a language before it; bare in some cameras' files.
fn counted(raw: &[u8]) -> Option<String> {
    if let [high, low, _, _, rest @ ..] = raw {
        let len = usize::from(u16::from_be_bytes([*high, *low]));
        if let Some(words) = rest.get(..len).filter(|_| len > 0) {
            return text::decode(words);
        }
    }
    text::decode(raw)
}

/// Text of 3GP: UTF-8, or UTF-16 with a mark.
fn mobile(raw: &[u8]) -> Option<String> {
    if raw.starts_with(&[0xFE, 0xFF]) { text::utf16(raw, false) } else { text::decode(raw) }
}

/// Named values: `keys` lists the names, `ilst` the values by their place in it, or by four letters.
pub fn meta(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) {
    // QuickTime has its boxes at once, ISO media after a version.
    let plain = bytes.array(range.start + 4) == Some(*b"hdlr");
    let range = if plain { range } else { (range.start + 4).min(range.end)..range.end };
    let parts = boxes::all(bytes, range);
    let of = |kind: &[u8; 4]| parts.iter().find(|one| one.kind == *kind).map(|one| one.body.clone());
    let names = of(b"keys").map(|body| keys(bytes, body)).unwrap_or_default();
    let Some(list) = of(b"ilst") else { return };
    for one in boxes::all(bytes, list).into_iter().take(MOST_KEYS) {
        let index = u32::from_be_bytes(one.kind) as usize;
        let name = index.checked_sub(1).and_then(|index| names.get(index)).map(String::as_str);
        let Some(name) = name.and_then(known).or_else(|| letters(one.kind)) else { continue };
        let value = boxes::first(bytes, one.body, *b"data").and_then(|body| value(bytes, &body));
        said(name, value, findings);
    }
}

fn keys(bytes: &mut Bytes, range: Range<u64>) -> Vec<String> {
    let list = boxes::all(bytes, (range.start + 8).min(range.end)..range.end);
    let name = |one: boxes::Boxed| bytes.range(&one.body, 1024).and_then(|raw| text::decode(&raw)).unwrap_or_default();
    list.into_iter().take(MOST_KEYS).map(name).collect()
}

/// The part of a key that matters: phones of two makers name the same things.
fn known(key: &str) -> Option<&str> {
    match key {
        "com.android.manufacturer" => Some("make"),
        "com.android.model" => Some("model"),
        _ => key.strip_prefix("com.apple.quicktime."),
    }
}

/// A value: its type (1 UTF-8, 2 UTF-16, others numbers), its language, then itself.
fn value(bytes: &mut Bytes, body: &Range<u64>) -> Option<String> {
    let kind = bytes.be32(body.start)?;
    let raw = bytes.range(&(body.start + 8..body.end), LONGEST)?;
    match kind {
        0 | 1 => text::decode(&raw),
        2 => text::utf16(&raw, false),
        21..=23 if raw.len() <= 8 => Some(raw.iter().fold(0_u64, |n, byte| n << 8 | u64::from(*byte)).to_string()),
        _ => None,
    }
}

fn said(key: &str, words: Option<String>, findings: &mut Findings) {
    let Some(words) = words else { return };
    match key {
        "creationdate" => created(&words, findings),
        "location.ISO6709" => place(&words, findings),
        "location.accuracy.horizontal" => findings.exif("gps_accuracy", words.parse().ok().and_then(exif::accuracy)),
        "make" => findings.exif("make", Some(words)),
        "model" => findings.exif("camera", Some(words)),
        "software" => findings.exif("software", Some(words)),
        "camera.lens_model" => findings.exif("lens", Some(words)),
        "content.identifier" => findings.exif("content_identifier", Some(words)),
        "title" | "displayname" => findings.title(Voice::Container, Some(words)),
        "description" | "comment" => findings.description(Voice::Container, Some(words)),
        "keywords" => words.split([',', ';']).for_each(|word| findings.tag(text::tidy(word))),
        "rating.user" => findings.rating(Voice::Container, words.parse().ok()),
        _ => {}
    }
}

/// A date with an offset is what the camera's clock showed; without one, nobody says whose clock.
fn created(words: &str, findings: &mut Findings) {
    let stated = dates::parse(words, false);
    let clock = if stated.is_some_and(|stated| stated.offset.is_some()) { Clock::QuickTime } else { Clock::Header };
    findings.time(clock, stated);
}

/// `+48.8584+002.2945+035.000/`: degrees, or degrees and minutes run together when there are four digits or more.
fn place(words: &str, findings: &mut Findings) {
    let words = words.trim().trim_end_matches('/').split("CRS").next().unwrap_or_default();
    let starts: Vec<usize> = words.match_indices(['+', '-']).map(|(at, _)| at).collect();
    let part = |index: usize| {
        let from = *starts.get(index)?;
        words.get(from..starts.get(index + 1).copied().unwrap_or(words.len()))
    };
    let latitude = part(0).and_then(|text| angle(text, 2));
    let longitude = part(1).and_then(|text| angle(text, 3));
    if let (Some(latitude), Some(longitude)) = (latitude, longitude) {
        findings.place(Voice::Container, latitude, longitude, false);
        let altitude = part(2).and_then(|text| text.parse::<f64>().ok()).filter(|metres| metres.abs() < 1e6);
        findings.exif("gps_altitude", altitude.map(exif::rounded));
    }
}

fn angle(text: &str, degrees: usize) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    let digits = text[1..].split('.').next()?.len();
    let (sign, number) = (number.signum(), number.abs());
    let whole = |unit: f64| (number / unit).floor();
    Some(
        sign * match digits.checked_sub(degrees) {
            Some(2) => whole(100.0) + (number - 100.0 * whole(100.0)) / 60.0,
            Some(4) => {
                let minutes = ((number - 10_000.0 * whole(10_000.0)) / 100.0).floor();
                whole(10_000.0) + minutes / 60.0 + (number - 10_000.0 * whole(10_000.0) - 100.0 * minutes) / 3600.0
            }
            _ => number,
        },
    )
}

/// 3GP: language, name, role, then longitude, latitude and altitude in 16.16 fixed point.
fn location(bytes: &mut Bytes, body: &Range<u64>, findings: &mut Findings) -> Option<()> {
    let raw = bytes.range(body, LONGEST)?;
    let name = raw.get(6..)?;
    let len = if name.starts_with(&[0xFE, 0xFF]) {
        2 * name.as_chunks::<2>().0.iter().position(|unit| *unit == [0, 0])? + 2
    } else {
        name.iter().position(|byte| *byte == 0)? + 1
    };
    let numbers = name.get(len + 1..)?.as_chunks::<4>().0;
    let fixed = |index: usize| Some(f64::from(i32::from_be_bytes(*numbers.get(index)?)) / 65_536.0);
    findings.place(Voice::Container, fixed(1)?, fixed(0)?, false);
    findings.exif("gps_altitude", fixed(2).filter(|metres| *metres != 0.0).map(exif::rounded));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::mime;

    fn at(words: &str) -> Option<(f64, f64)> {
        let mut findings = Findings::default();
        place(words, &mut findings);
        let facts = findings.finish(mime::parse("video/mp4").unwrap());
        let rounded = |degrees: f64| (degrees * 1e4).round() / 1e4;
        facts.place.map(|place| (rounded(place.latitude()), rounded(place.longitude())))
    }

    #[test]
    fn places_are_degrees_or_degrees_and_minutes() {
        assert_eq!(at("+48.8584+002.2945+035.000/"), Some((48.8584, 2.2945)));
        assert_eq!(at("-33.8568-070.2153/"), Some((-33.8568, -70.2153)));
        assert_eq!(at("+4851.504+00217.67/"), Some((48.8584, 2.2945)));
        assert_eq!(at("+48.8584+002.2945+035.000CRSWGS_84/"), Some((48.8584, 2.2945)));
        assert_eq!(at("+00.0000+000.0000/"), None);
        assert_eq!(at("+99.0+002.0/"), None);
        assert_eq!(at(""), None);
        assert_eq!(at("+é+é"), None);
    }

    #[test]
    fn user_text_is_counted_or_bare() {
        assert_eq!(counted(b"\0\x05\x15\xC7Apple").as_deref(), Some("Apple"));
        assert_eq!(counted(b"Canon EOS\0").as_deref(), Some("Canon EOS"));
        assert_eq!(counted(b""), None);
    }
}
