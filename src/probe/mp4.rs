//! MP4, `QuickTime` and 3GP: length, size as seen upright, dates, and what `udta` and `meta` say of camera and place.
//!
//! Only headers are read, wherever `moov` stands; sound and pictures are passed over. Compressed headers (`cmov`) are not read.

use std::ops::Range;

use super::bytes::Bytes;
use super::findings::{Clock, Findings};
use super::{boxes, dates, udta, xmp};

/// Adds what a movie says.
pub fn read(bytes: &mut Bytes, findings: &mut Findings) {
    let all = bytes.all();
    let mut movie = None;
    let mut fragments = Fragments::default();
    let mut at = 0;
    while let Some(one) = boxes::next(bytes, at, all.end) {
        at = one.body.end;
        match &one.kind {
            b"moov" => {
                movie = Some(one.body.clone());
                fragments.tracks(bytes, &one.body);
                moov(bytes, one.body, findings);
            }
            b"moof" => fragments.add(bytes, one.body),
            b"uuid" => packet(bytes, &one.body, findings),
            _ => {}
        }
        if one.cut {
            findings.damage("cut short");
        }
    }
    if movie.is_none() {
        findings.damage("its index (moov) is missing");
    }
    findings.duration = later(findings.duration.filter(|seconds| *seconds > 0.0), fragments.end);
}

/// XMP in a box of its own.
pub fn packet(bytes: &mut Bytes, body: &Range<u64>, findings: &mut Findings) {
    let Some((boxes::XMP, packet)) = boxes::uuid(bytes, body) else { return };
    if let Some(packet) = bytes.range(&packet, 4 << 20) {
        xmp::apply(&packet, findings);
    }
}

/// The header of the movie.
pub fn moov(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) {
    for one in boxes::all(bytes, range) {
        match &one.kind {
            b"mvhd" => header(bytes, one.body.start, findings),
            b"trak" => track(bytes, one.body, findings),
            b"udta" => udta::user(bytes, one.body, findings),
            b"meta" => udta::meta(bytes, one.body, findings),
            b"uuid" => packet(bytes, &one.body, findings),
            _ => {}
        }
    }
}

/// Created, modified, time scale, duration: 32 bits each in version 0, times and duration 64 in version 1.
fn times(bytes: &mut Bytes, at: u64, track: bool) -> Option<(u64, u64, u64)> {
    let gap = if track { 8 } else { 4 };
    if bytes.u8(at)? == 1 {
        let scale = bytes.be32(at + 20)?;
        return Some((bytes.be64(at + 4)?, u64::from(scale), bytes.be64(at + 20 + gap)?));
    }
    let number = |bytes: &mut Bytes, at| bytes.be32(at).map(u64::from);
    let length = number(bytes, at + 12 + gap)?;
    let length = if length == u64::from(u32::MAX) { u64::MAX } else { length };
    Some((number(bytes, at + 4)?, number(bytes, at + 12)?, length))
}

fn header(bytes: &mut Bytes, at: u64, findings: &mut Findings) {
    let Some((created, scale, length)) = times(bytes, at, false) else { return };
    findings.time(Clock::Container, dates::since_1904(created).map(dates::Stated::utc));
    findings.duration = findings.duration.or(seconds(length, scale));
}

/// Seconds, unless the header says that it does not know (all ones, or no time scale).
fn seconds(length: u64, scale: u64) -> Option<f64> {
    (length != u64::MAX && scale > 0).then(|| length as f64 / scale as f64)
}

fn track(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) {
    let Some(head) = boxes::first(bytes, range.clone(), *b"tkhd") else { return };
    let handler = boxes::path(bytes, range.clone(), &[b"mdia", b"hdlr"]);
    let moving = handler.is_some_and(|body| {
        matches!(&bytes.array(body.start + 8), Some([b'v', b'i', b'd', b'e'] | [b'p', b'i', b'c', b't']))
    });
    if !moving {
        return;
    }
    if let Some((created, _, _)) = times(bytes, head.start, true) {
        findings.time(Clock::Container, dates::since_1904(created).map(dates::Stated::utc));
    }
    let Some((turn, size)) = shown(bytes, head.start) else { return };
    let size = size.or_else(|| coded(bytes, range.clone()));
    if findings.dimensions.is_none() {
        findings.dimensions = size;
        findings.orientation = Some(turn);
    }
    if findings.duration.is_none_or(|seconds| seconds <= 0.0) {
        let media = boxes::path(bytes, range, &[b"mdia", b"mdhd"]).and_then(|body| times(bytes, body.start, false));
        findings.duration = media.and_then(|(_, scale, length)| seconds(length, scale));
    }
}

/// The turn of a track's matrix, as EXIF's 1 to 8, and its size, when it has one.
fn shown(bytes: &mut Bytes, at: u64) -> Option<(u8, Option<(u32, u32)>)> {
    let matrix = at + if bytes.u8(at)? == 1 { 52 } else { 40 };
    let mut cell = |index: u64| bytes.be32(matrix + 4 * index).map(|n| n.cast_signed().signum());
    let turn = match (cell(0)?, cell(1)?, cell(3)?, cell(4)?) {
        (0, 1, -1, 0) => 6,
        (-1, 0, 0, -1) => 3,
        (0, -1, 1, 0) => 8,
        (-1, 0, 0, 1) => 2,
        (1, 0, 0, -1) => 4,
        (0, 1, 1, 0) => 5,
        (0, -1, -1, 0) => 7,
        _ => 1,
    };
    let (width, height) = (bytes.be32(matrix + 36)?, bytes.be32(matrix + 40)?);
    // 16.16 fixed point; some writers leave the point out, and no picture is less than a pixel wide.
    let side = |fixed: u32| if fixed < 1 << 16 { fixed } else { (fixed >> 16) + (fixed >> 15 & 1) };
    Some((turn, (width > 0 && height > 0).then(|| (side(width), side(height)))))
}

/// The size in the description of its samples, for tracks that leave it out of their header.
fn coded(bytes: &mut Bytes, track: Range<u64>) -> Option<(u32, u32)> {
    let list = boxes::path(bytes, track, &[b"mdia", b"minf", b"stbl", b"stsd"])?;
    let sample = boxes::next(bytes, list.start + 8, list.end)?;
    let (width, height) = (bytes.be16(sample.body.start + 24)?, bytes.be16(sample.body.start + 26)?);
    (width > 0 && height > 0).then(|| (u32::from(width), u32::from(height)))
}

/// The later of two ends.
fn later(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.max(other)),
        (one, other) => one.or(other),
    }
}

/// A movie written in pieces knows its length only from them: where the last piece of its video begins, and how long that is.
#[derive(Default)]
struct Fragments {
    /// Track, its time scale, and the length of a sample where no piece says.
    tracks: Vec<(u32, u64, u64)>,
    end: Option<f64>,
}

impl Fragments {
    fn tracks(&mut self, bytes: &mut Bytes, moov: &Range<u64>) {
        let parts = boxes::all(bytes, moov.clone());
        let usual = boxes::first(bytes, moov.clone(), *b"mvex").map(|mvex| boxes::all(bytes, mvex)).unwrap_or_default();
        for part in parts.into_iter().filter(|part| &part.kind == b"trak").take(64) {
            let Some(head) = boxes::first(bytes, part.body.clone(), *b"tkhd") else { continue };
            let place = if bytes.u8(head.start) == Some(1) { 20 } else { 12 };
            let scale =
                boxes::path(bytes, part.body, &[b"mdia", b"mdhd"]).and_then(|body| times(bytes, body.start, false));
            let (Some(id), Some((_, scale, _))) = (bytes.be32(head.start + place), scale) else { continue };
            let trex = usual.iter().find(|one| &one.kind == b"trex" && bytes.be32(one.body.start + 4) == Some(id));
            let sample = trex.and_then(|one| bytes.be32(one.body.start + 12)).unwrap_or_default();
            self.tracks.push((id, scale, u64::from(sample)));
        }
    }

    fn add(&mut self, bytes: &mut Bytes, moof: Range<u64>) {
        for part in boxes::all(bytes, moof).into_iter().filter(|part| &part.kind == b"traf").take(64) {
            let end = self.piece(bytes, part.body);
            self.end = later(self.end, end);
        }
    }

    fn piece(&self, bytes: &mut Bytes, traf: Range<u64>) -> Option<f64> {
        let parts = boxes::all(bytes, traf);
        let of = |kind: &[u8; 4]| parts.iter().find(|one| one.kind == *kind).map(|one| one.body.start);
        let head = of(b"tfhd")?;
        let (flags, id) = (bytes.be32(head)?, bytes.be32(head + 4)?);
        let (_, scale, usual) = *self.tracks.iter().find(|(track, ..)| *track == id)?;
        let skip = if flags & 1 != 0 { 8 } else { 0 } + if flags & 2 != 0 { 4 } else { 0 };
        let usual = if flags & 8 != 0 { u64::from(bytes.be32(head + 8 + skip)?) } else { usual };
        let begin = of(b"tfdt").and_then(|at| match bytes.u8(at)? {
            1 => bytes.be64(at + 4),
            _ => bytes.be32(at + 4).map(u64::from),
        });
        let runs = parts.iter().filter(|one| &one.kind == b"trun").take(64);
        let length = runs.filter_map(|one| run(bytes, one.body.start, usual)).fold(0, u64::saturating_add);
        seconds(begin.unwrap_or(0).saturating_add(length).min(u64::MAX - 1), scale)
    }
}

/// The length of one run of samples.
fn run(bytes: &mut Bytes, at: u64, usual: u64) -> Option<u64> {
    let (flags, count) = (bytes.be32(at)?, u64::from(bytes.be32(at + 4)?));
    if flags & 0x100 == 0 {
        return Some(count.saturating_mul(usual));
    }
    let fields = (flags >> 8 & 0xF).count_ones();
    let start = at + 8 + if flags & 1 != 0 { 4 } else { 0 } + if flags & 4 != 0 { 4 } else { 0 };
    let samples = (0..count.min(100_000)).map_while(|index| bytes.be32(start + index * u64::from(4 * fields)));
    Some(samples.map(u64::from).fold(0, u64::saturating_add))
}
