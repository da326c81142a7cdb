//! Pictures built of TIFF directories: TIFF itself, and the raw files of cameras, told apart by maker and marks.
//!
//! The size is that of the largest full picture; the preview is the largest JPEG made for looking at. Sensor data is never read.

use super::bytes::Bytes;
use super::findings::Findings;
use super::tiff::{Directory, Entry, Role, Tiff};
use super::{exif, jpeg, text};

/// Photometric interpretations of sensor data: a colour filter array, and its linear form.
const SENSOR: &[u64] = &[32_803, 34_892];
/// Compressions that only cameras use: Nikon, Sony, Pentax, Samsung, Kodak, Epson.
const CAMERAS: &[u64] = &[34_713, 32_767, 65_535, 32_769, 32_770, 32_772, 65_000, 262];

/// The type of a file with a TIFF header, as far as these bytes go.
pub fn kind(bytes: &mut Bytes) -> &'static str {
    let marks = bytes.some(0, 12);
    let all = bytes.all();
    let Some(mut tiff) = Tiff::open(bytes, all) else { return "image/tiff" };
    match (tiff.magic(), marks.get(8..12)) {
        (0x55, _) => return "image/x-panasonic-rw2",
        (0x4F52 | 0x5352, _) => return "image/x-olympus-orf",
        (42, Some([b'C', b'R', 2, _])) => return "image/x-canon-cr2",
        (42, Some(b"IIII" | b"MMMM")) => return "image/x-raw",
        _ => {}
    }
    let directories = tiff.directories();
    maker(&mut tiff, &directories).unwrap_or("image/tiff")
}

/// The raw type that maker, model and marks give; `None` for pictures that are no sensor's.
fn maker(tiff: &mut Tiff, directories: &[Directory]) -> Option<&'static str> {
    let first = directories.first()?;
    if first.get(0xC612).is_some() {
        return Some("image/x-adobe-dng");
    }
    let mut name = |tag| {
        let raw = first.get(tag).and_then(|entry| tiff.raw(&entry));
        raw.and_then(|raw| text::decode(&raw)).unwrap_or_default().to_uppercase()
    };
    let (make, model) = (name(0x010F), name(0x0110));
    let by = if make.is_empty() { &model } else { &make };
    let begins = |maker: &str| by.starts_with(maker);
    // Nikon's compact cameras alone begin with a JPEG.
    let compact = begins("NIKON") && first.get(0x0103).and_then(|entry| tiff.int(&entry)) == Some(6);
    if !compact && !sensor(tiff, directories) {
        return None;
    }
    Some(if begins("NIKON") {
        if model.contains("COOLPIX") || compact { "image/x-nikon-nrw" } else { "image/x-nikon-nef" }
    } else if begins("SONY") {
        let early = ["DSC-R1", "DSC-F828", "DSC-V3"].contains(&model.as_str());
        if early { "image/x-sony-sr2" } else { "image/x-sony-arw" }
    } else if begins("CANON") {
        "image/x-canon-cr2"
    } else if begins("PENTAX") || begins("RICOH") || begins("ASAHI") {
        "image/x-pentax-pef"
    } else if begins("SAMSUNG") {
        "image/x-samsung-srw"
    } else if begins("OLYMPUS") || begins("OM DIGITAL") {
        "image/x-olympus-orf"
    } else if begins("PANASONIC") || begins("LEICA") {
        "image/x-panasonic-rw2"
    } else if begins("KODAK") || begins("EASTMAN KODAK") {
        "image/x-kodak-dcr"
    } else if begins("HASSELBLAD") || begins("IMACON") {
        "image/x-hasselblad-3fr"
    } else if begins("SEIKO EPSON") || begins("EPSON") {
        "image/x-epson-erf"
    } else {
        "image/x-raw"
    })
}

/// Whether any directory holds what comes off a sensor, rather than a picture developed from it.
fn sensor(tiff: &mut Tiff, directories: &[Directory]) -> bool {
    let mut int = |directory: &Directory, tag| directory.get(tag).and_then(|entry| tiff.int(&entry));
    let small_first = directories.first().is_some_and(|first| int(first, 0x00FE) == Some(1));
    directories.iter().any(|directory| {
        let seen = int(directory, 0x0106).is_some_and(|kind| SENSOR.contains(&kind));
        let packed = int(directory, 0x0103).is_some_and(|kind| CAMERAS.contains(&kind));
        // A thumbnail first and the full picture beneath it is how cameras lay out a file, and nobody else does.
        let beneath = small_first && directory.role == Role::Sub && int(directory, 0x00FE) == Some(0);
        seen || packed || beneath
    })
}

/// Adds what a TIFF or a raw file built like one says.
pub fn read(bytes: &mut Bytes, raw: bool, findings: &mut Findings) {
    let all = bytes.all();
    let Some(mut tiff) = Tiff::open(bytes, all) else { return findings.damage("no picture in it") };
    let directories = tiff.directories();
    if directories.is_empty() {
        return findings.damage("cut short");
    }
    exif::apply(&mut tiff, &directories, findings);
    if let Some(size) = panasonic(&mut tiff, &directories[0]) {
        findings.dimensions = Some(size);
        panasonic_extras(&mut tiff, &directories[0], findings);
    }
    let size = size(&mut tiff, &directories, raw);
    findings.dimensions = findings.dimensions.or(size);
    exif::thumbnails(&mut tiff, &directories, findings);
    previews(&mut tiff, &directories, raw, findings);
    complete(&mut tiff, &directories, findings);
}

/// The size of the picture itself: of the first directory in TIFF, of the largest full one in raw files.
fn size(tiff: &mut Tiff, directories: &[Directory], raw: bool) -> Option<(u32, u32)> {
    let pictures = directories.iter().filter(|directory| matches!(directory.role, Role::Main(_) | Role::Sub));
    let sizes: Vec<_> = pictures.filter_map(|directory| Some((directory, stored(tiff, directory)?))).collect();
    if !raw {
        return sizes.first().map(|(_, size)| *size);
    }
    let full = |directory: &Directory, tiff: &mut Tiff| {
        let small = directory.get(0x00FE).and_then(|entry| tiff.int(&entry)).is_some_and(|kind| kind & 1 == 1);
        let seen = directory.get(0x0106).and_then(|entry| tiff.int(&entry)).is_some_and(|kind| SENSOR.contains(&kind));
        (seen, !small)
    };
    let largest = sizes.iter().max_by_key(|(directory, (w, h))| (full(directory, tiff), u64::from(*w) * u64::from(*h)));
    let developed = exif_size(tiff, directories);
    match (largest.map(|(directory, size)| (full(directory, tiff).0, *size)), developed) {
        // Canon's CR2 describes its previews in directories, and the sensor's picture in EXIF alone.
        (Some((false, (w, h))), Some((x, y))) if u64::from(x) * u64::from(y) > u64::from(w) * u64::from(h) => {
            Some((x, y))
        }
        (Some((_, size)), _) => Some(size),
        (None, developed) => developed,
    }
}

fn stored(tiff: &mut Tiff, directory: &Directory) -> Option<(u32, u32)> {
    let mut side = |tag| directory.get(tag).and_then(|entry| tiff.int(&entry)).and_then(|n| u32::try_from(n).ok());
    side(0x0100).zip(side(0x0101)).filter(|(width, height)| *width > 0 && *height > 0)
}

fn exif_size(tiff: &mut Tiff, directories: &[Directory]) -> Option<(u32, u32)> {
    let exif = directories.iter().find(|directory| directory.role == Role::Exif)?;
    let mut side = |tag| exif.get(tag).and_then(|entry| tiff.int(&entry)).and_then(|n| u32::try_from(n).ok());
    side(0xA002).zip(side(0xA003)).filter(|(width, height)| *width > 0 && *height > 0)
}

/// RW2 gives the borders of its picture on the sensor: top, left, bottom, right.
fn panasonic(tiff: &mut Tiff, first: &Directory) -> Option<(u32, u32)> {
    if tiff.magic() != 0x55 {
        return None;
    }
    let mut border = |tag| tiff.int(&first.get(tag)?);
    let (top, left, bottom, right) = (border(4)?, border(5)?, border(6)?, border(7)?);
    Some((u32::try_from(right.checked_sub(left)?).ok()?, u32::try_from(bottom.checked_sub(top)?).ok()?))
}

/// RW2 keeps its sensitivity in a tag of its own, and a whole JPEG with EXIF in another.
fn panasonic_extras(tiff: &mut Tiff, first: &Directory, findings: &mut Findings) {
    let iso = first.get(0x17).and_then(|entry| tiff.int(&entry)).filter(|iso| *iso > 0);
    let Some(range) = first.get(0x2E).and_then(|entry| tiff.place(&entry)) else {
        return findings.instead("iso", iso);
    };
    let mut inner = Findings::default();
    jpeg::read(tiff.bytes, &range, &mut inner);
    inner.dimensions = None;
    findings.beneath(inner);
    findings.instead("iso", iso);
    jpeg::offer_preview(tiff.bytes, range, findings);
}

/// Previews kept as the single JPEG strip of a picture. TIFF's own pictures may be such strips, but are no previews.
fn previews(tiff: &mut Tiff, directories: &[Directory], raw: bool, findings: &mut Findings) {
    for directory in directories.iter().filter(|_| raw) {
        let packed = directory.get(0x0103).and_then(|entry| tiff.int(&entry));
        let (Some(6 | 7), Some(at), Some(len)) = (packed, directory.get(0x0111), directory.get(0x0117)) else {
            continue;
        };
        if at.count != 1 || len.count != 1 {
            continue;
        }
        let (Some(at), Some(len)) = (tiff.int(&at), tiff.int(&len)) else { continue };
        if let Some(range) = tiff.span(at, len) {
            jpeg::offer_preview(tiff.bytes, range, findings);
        }
    }
}

/// Says that a file is cut where its strips or tiles lie behind the end.
fn complete(tiff: &mut Tiff, directories: &[Directory], findings: &mut Findings) {
    let size = tiff.bytes.size();
    let mut reaches = |at: Option<Entry>, len: Option<Entry>| {
        let (at, len) = (tiff.ints(&at?), tiff.ints(&len?));
        at.iter().zip(&len).map(|(at, len)| at.saturating_add(*len)).max()
    };
    let pictures = directories.iter().filter(|directory| matches!(directory.role, Role::Main(_) | Role::Sub));
    let furthest = pictures.flat_map(|directory| {
        let pairs = [(0x0111, 0x0117), (0x0144, 0x0145)];
        pairs.map(|(at, len)| reaches(directory.get(at), directory.get(len)))
    });
    if furthest.flatten().max().is_some_and(|end| end > size) {
        findings.damage("cut short");
    }
}
