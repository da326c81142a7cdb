//! EXIF: what the directories of a picture say of camera, time and place, in the specification's printed forms.
//!
//! Works on directories already found, so it serves JPEG, TIFF, raw and all containers alike.

use std::ops::Range;

use serde_json::{Value, json};

use super::bytes::Bytes;
use super::dates::{self, Stated};
use super::findings::{Clock, Findings, Voice};
use super::tiff::{Directory, Entry, Role, Tiff};
use super::{iptc, jpeg, notes, text, xmp};

/// Reads the EXIF block in this range of a file. With `placed`, its places are places in the file, and its thumbnail
/// can be a preview.
pub fn block(bytes: &mut Bytes, range: Range<u64>, placed: bool, findings: &mut Findings) {
    let Some(mut tiff) = Tiff::open(bytes, range) else {
        findings.unreadable = true;
        return;
    };
    let directories = tiff.directories();
    findings.unreadable |= directories.is_empty();
    apply(&mut tiff, &directories, findings);
    if placed {
        thumbnails(&mut tiff, &directories, findings);
    }
}

/// Adds what these directories say.
pub fn apply(tiff: &mut Tiff, directories: &[Directory], findings: &mut Findings) {
    let mut picture = Picture { tiff, directories };
    picture.camera(findings);
    picture.exposure(findings);
    picture.times(findings);
    picture.words(findings);
    picture.place(findings);
    picture.packets(findings);
    picture.note(findings);
}

/// Offers every embedded JPEG these directories point at by `JPEGInterchangeFormat` (0x0201, 0x0202).
pub fn thumbnails(tiff: &mut Tiff, directories: &[Directory], findings: &mut Findings) {
    for directory in directories {
        let (Some(at), Some(len)) = (directory.get(0x0201), directory.get(0x0202)) else { continue };
        let (Some(at), Some(len)) = (tiff.int(&at), tiff.int(&len)) else { continue };
        if let Some(range) = tiff.span(at, len) {
            jpeg::offer_preview(tiff.bytes, range, findings);
        }
    }
}

/// The directories of one picture, and how to read their values.
struct Picture<'p, 'b, 'a> {
    tiff: &'p mut Tiff<'b, 'a>,
    directories: &'p [Directory],
}

impl Picture<'_, '_, '_> {
    /// The entry of this tag: in the EXIF directory, else in the first of the main ones.
    fn entry(&self, tag: u16) -> Option<Entry> {
        let with = |role: Role| self.directories.iter().filter(move |directory| directory.role == role);
        with(Role::Exif).chain(with(Role::Main(0))).find_map(|directory| directory.get(tag))
    }

    fn gps(&self, tag: u16) -> Option<Entry> {
        let mut gps = self.directories.iter().filter(|directory| directory.role == Role::Gps);
        gps.find_map(|directory| directory.get(tag))
    }

    fn text(&mut self, tag: u16) -> Option<String> {
        let entry = self.entry(tag)?;
        text::decode(&self.tiff.raw(&entry)?)
    }

    fn float(&mut self, tag: u16) -> Option<f64> {
        let entry = self.entry(tag)?;
        self.tiff.float(&entry)
    }

    fn within(&mut self, tag: u16, range: std::ops::RangeInclusive<f64>) -> Option<f64> {
        self.float(tag).filter(|n| range.contains(n) && *n > 0.0)
    }

    fn camera(&mut self, findings: &mut Findings) {
        const TEXTS: &[(u16, &str)] = &[
            (0x0110, "camera"),
            (0x010F, "make"),
            (0xA434, "lens"),
            (0xA433, "lens_make"),
            (0x0131, "software"),
            (0x013B, "artist"),
            (0x8298, "copyright"),
            (0xA431, "serial_number"),
            (0xA420, "image_unique_id"),
        ];
        for (tag, key) in TEXTS {
            let value = self.text(*tag);
            findings.exif(key, value);
        }
        // DNG has a name of its own for cameras that leave Model empty.
        let unique = self.text(0xC614);
        findings.instead("camera", unique);
        let lens = self.entry(0xA432).map(|entry| self.tiff.floats(&entry));
        findings.instead("lens", lens.and_then(|range| lens_range(&range)));
        let turn = self.float(0x0112).filter(|turn| (1.0..=8.0).contains(turn)).map(|turn| turn as u8);
        findings.exif("orientation", turn);
        findings.orientation = findings.orientation.or(turn);
    }

    fn exposure(&mut self, findings: &mut Findings) {
        findings.exif("iso", self.iso());
        let apex = |value: f64| 2_f64.powf(value);
        let f_number = self.within(0x829D, 0.1..=1000.0).or_else(|| Some(apex(self.within(0x9202, 0.0..=20.0)? / 2.0)));
        findings.exif("aperture", f_number.map(|n| format!("f/{}", short(n))));
        findings.exif("f_number", f_number.map(rounded));
        let seconds = self.within(0x829A, 0.0..=1e6).or_else(|| Some(apex(-self.float(0x9201)?)).filter(|s| *s < 1e6));
        findings.exif("shutter_speed", seconds.map(shutter));
        findings.exif("exposure_time", seconds.map(rounded));
        let length = self.within(0x920A, 0.1..=100_000.0);
        findings.exif("focal_length", length.map(|mm| format!("{}mm", short(mm))));
        findings.exif("focal_length_mm", length.map(rounded));
        findings.exif("focal_length_35mm", self.within(0xA405, 1.0..=10_000.0).map(rounded));
        findings.exif("exposure_bias", self.float(0x9204).filter(|ev| ev.abs() < 100.0).map(rounded));
        findings.exif("flash", self.float(0x9209).map(|bits| bits as u64 & 1 == 1));
    }

    /// The sensitivity; 65535 and zero mean that another tag knows.
    fn iso(&mut self) -> Option<Value> {
        for tag in [0x8827, 0x8833, 0x8832, 0x8831] {
            let Some(entry) = self.entry(tag) else { continue };
            let values = self.tiff.floats(&entry);
            let known = |n: &f64| *n >= 1.0 && *n < 1e8 && (*n as u64 != 65_535 || tag != 0x8827);
            if let Some(iso) = values.into_iter().find(known) {
                return Some(json!(iso as u64));
            }
        }
        None
    }

    fn times(&mut self, findings: &mut Findings) {
        const TIMES: &[(Clock, u16, u16, u16)] = &[
            (Clock::Original, 0x9003, 0x9291, 0x9011),
            (Clock::Digitized, 0x9004, 0x9292, 0x9012),
            (Clock::Modified, 0x0132, 0x9290, 0x9010),
        ];
        for (clock, date, subsec, offset) in TIMES {
            let stated = self.time(*date, *subsec, *offset);
            findings.time(*clock, stated);
        }
    }

    fn time(&mut self, date: u16, subsec: u16, offset: u16) -> Option<Stated> {
        let date = self.text(date)?;
        let subsec = self.text(subsec);
        let mut stated = dates::exif(&date, subsec.as_deref())?;
        stated.offset = self.text(offset).and_then(|text| dates::offset(&text)).or(stated.offset);
        Some(stated)
    }

    fn words(&mut self, findings: &mut Findings) {
        let description = self.text(0x010E);
        findings.description(Voice::Exif, description);
        let comment = self.entry(0x9286).and_then(|entry| self.tiff.raw(&entry));
        let comment = comment.and_then(|raw| text::commented(&raw, self.tiff.little()));
        findings.exif("user_comment", comment);
        let title = self.windows(0x9C9B);
        findings.title(Voice::Exif, title);
        let described = self.windows(0x9C9C);
        findings.description(Voice::Exif, described);
        let keywords = self.windows(0x9C9E).unwrap_or_default();
        keywords.split([';', ',']).for_each(|word| findings.tag(text::tidy(word)));
        let stars = self.float(0x4746).filter(|stars| *stars > 0.0);
        findings.rating(Voice::Exif, stars);
    }

    /// The texts of Windows: UTF-16, low byte first in every file.
    fn windows(&mut self, tag: u16) -> Option<String> {
        let entry = self.entry(tag)?;
        text::utf16(&self.tiff.raw(&entry)?, true)
    }

    fn place(&mut self, findings: &mut Findings) {
        let latitude = self.degrees(0x0002, 0x0001, 'S');
        let longitude = self.degrees(0x0004, 0x0003, 'W');
        let status = self.gps(0x0009).and_then(|entry| text::decode(&self.tiff.raw(&entry)?));
        let void = status.is_some_and(|status| status.eq_ignore_ascii_case("V"));
        let clock = self.gps_clock();
        if let (Some(latitude), Some(longitude), false) = (latitude, longitude, void) {
            // A receiver that knows the time and its hemispheres has heard its satellites.
            let fixed = clock.is_some() && self.gps(0x0001).is_some() && self.gps(0x0003).is_some();
            findings.place(Voice::Exif, latitude, longitude, fixed);
            let altitude = self.altitude();
            findings.exif("gps_altitude", altitude.map(rounded));
            let direction = self.gps(0x0011).and_then(|entry| self.tiff.float(&entry));
            findings.exif("gps_accuracy", self.gps(0x001F).and_then(|entry| accuracy(self.tiff.float(&entry)?)));
            findings.exif("gps_direction", direction.filter(|at| (0.0..=360.0).contains(at)).map(rounded));
        }
        findings.gps_clock = findings.gps_clock.or(clock);
    }

    /// Degrees, minutes and seconds with a reference; without one, as they stand.
    fn degrees(&mut self, value: u16, reference: u16, minus: char) -> Option<f64> {
        let value = self.gps(value)?;
        let parts = if value.is_text() { self.spelled(&value)? } else { self.tiff.floats(&value) };
        // Missing minutes are none; 0/0 minutes are unknown, and so is the place.
        let part = |index| parts.get(index).copied().unwrap_or(0.0);
        let degrees = parts.first()? + part(1) / 60.0 + part(2) / 3600.0;
        let reference = self.gps(reference).and_then(|entry| text::decode(&self.tiff.raw(&entry)?));
        let west_or_south = reference.is_some_and(|text| text.starts_with([minus, minus.to_ascii_lowercase()]));
        let sign = if west_or_south { -1.0 } else { 1.0 };
        // Nine decimals are a tenth of a millimetre; past them stands only what dividing by 60 left over.
        degrees.is_finite().then_some(sign * (degrees * 1e9).round() / 1e9)
    }

    /// Degrees written as text, against the standard: `52,0,50.0`.
    fn spelled(&mut self, value: &Entry) -> Option<Vec<f64>> {
        xmp::degrees(&text::decode(&self.tiff.raw(value)?)?, None).map(|degrees| vec![degrees])
    }

    /// Metres above the sea; below it where the reference is 1 (or 3, of EXIF 3).
    fn altitude(&mut self) -> Option<f64> {
        let value = self.gps(0x0006)?;
        let metres = self.tiff.float(&value).filter(|metres| metres.abs() < 1e6)?;
        let reference = self.gps(0x0005).and_then(|entry| self.tiff.int(&entry));
        Some(if matches!(reference, Some(1 | 3)) { -metres } else { metres })
    }

    fn gps_clock(&mut self) -> Option<chrono::NaiveDateTime> {
        let (date, time) = (self.gps(0x001D)?, self.gps(0x0007)?);
        let date = text::decode(&self.tiff.raw(&date)?)?;
        let date = dates::parse(&date, true)?.clock.date();
        let time = self.tiff.floats(&time);
        let [hours, minutes, seconds] = time[..] else { return None };
        let since = hours * 3600.0 + minutes * 60.0 + seconds;
        let since = (0.0..86_400.0).contains(&since).then_some(since)?;
        let time = chrono::NaiveTime::MIN + chrono::TimeDelta::milliseconds((since * 1000.0) as i64);
        Some(date.and_time(time))
    }

    /// XMP (0x02BC), IPTC (0x83BB) and Photoshop's blocks (0x8649) inside TIFF.
    fn packets(&mut self, findings: &mut Findings) {
        let raw = |picture: &mut Self, tag| picture.entry(tag).and_then(|entry| picture.tiff.raw(&entry));
        if let Some(packet) = raw(self, 0x02BC) {
            xmp::apply(&packet, findings);
        }
        if let Some(records) = raw(self, 0x83BB) {
            iptc::apply(&records, findings);
        }
        if let Some(blocks) = raw(self, 0x8649) {
            iptc::photoshop(&blocks, findings);
        }
    }

    /// The maker's note, for what is said nowhere else.
    fn note(&mut self, findings: &mut Findings) {
        if let Some(note) = self.entry(0x927C) {
            let make = self.text(0x010F).unwrap_or_default();
            notes::read(self.tiff, &note, &make, findings);
        }
    }
}

/// `LensSpecification` as lenses are named: "24-70mm f/2.8", "50mm f/1.8".
pub fn lens_range(range: &[f64]) -> Option<String> {
    let known = |n: f64| n.is_finite() && n > 0.0;
    let [short_end, long_end, wide, tele] = *range.first_chunk::<4>()?;
    let span = |a: f64, b: f64| {
        if !known(b) || (a - b).abs() < 0.01 { short(a) } else { format!("{}-{}", short(a), short(b)) }
    };
    let length = known(short_end).then(|| span(short_end, long_end))?;
    Some(if known(wide) { format!("{length}mm f/{}", span(wide, tele)) } else { format!("{length}mm") })
}

/// "1/250" up to a quarter of a second and for whole fractions, else seconds: "0.8s", "30s".
pub fn shutter(seconds: f64) -> String {
    let parts = 1.0 / seconds;
    if seconds < 0.26 || (seconds < 0.9 && (parts - parts.round()).abs() < 0.01) {
        format!("1/{}", parts.round())
    } else {
        format!("{}s", short(seconds))
    }
}

/// At most two decimals, no trailing zeros.
pub fn short(n: f64) -> String {
    let text = format!("{n:.2}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A JSON number of six significant digits, whole where it is whole: fractions of a sensor's clock are not that exact.
pub fn rounded(n: f64) -> Value {
    let n = format!("{n:.5e}").parse::<f64>().ok().filter(|_| n.abs() < 1e5).unwrap_or(n);
    if n.fract() == 0.0 && n.abs() < 1e15 { json!(n as i64) } else { json!(n) }
}

/// How far a place may be off, in metres; none where a receiver does not say.
pub fn accuracy(metres: f64) -> Option<Value> {
    (metres > 0.0 && metres < 1e6).then(|| rounded(metres))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exposure_is_printed_as_people_say_it() {
        let printed = [1.0 / 250.0, 0.0333, 0.25, 0.5, 0.8, 1.0, 30.0, 1.5].map(shutter);
        assert_eq!(printed, ["1/250", "1/30", "1/4", "1/2", "0.8s", "1s", "30s", "1.5s"]);
        let numbers = [1.0 / 1252.0, 222.468_654, 50.0, 250_000.5].map(|n| rounded(n).to_string());
        assert_eq!(numbers, ["0.000798722", "222.469", "50", "250000.5"]);
        assert_eq!([2.8, 1.78, 11.0, 50.0].map(short), ["2.8", "1.78", "11", "50"]);
    }

    #[test]
    fn a_lens_without_a_name_is_named_by_its_range() {
        assert_eq!(lens_range(&[24.0, 70.0, 2.8, 2.8]).as_deref(), Some("24-70mm f/2.8"));
        assert_eq!(lens_range(&[50.0, 50.0, f64::NAN, f64::NAN]).as_deref(), Some("50mm"));
        assert_eq!(lens_range(&[18.0, 55.0, 3.5, 5.6]).as_deref(), Some("18-55mm f/3.5-5.6"));
        assert_eq!(lens_range(&[0.0, 0.0, 0.0, 0.0]), None);
    }
}
