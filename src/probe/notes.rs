//! Makers' notes: the few facts that cameras write nowhere else.
//!
//! The identifier that joins Apple's live photos, the sensitivity and the lens of older Nikons, the lens of older Canons.
//! Everything else in notes is left alone.

use super::findings::Findings;
use super::tiff::{Directory, Entry, Role, Tiff};
use super::{exif, text};

/// Adds what a maker's note says.
pub fn read(tiff: &mut Tiff, note: &Entry, make: &str, findings: &mut Findings) {
    let head = tiff.bytes.some(note.at, 18);
    if head.starts_with(b"Apple iOS\0") && head.get(12..14) == Some(b"MM") {
        apple(&mut tiff.rebased(note.at, false), findings);
    } else if head.starts_with(b"Nikon\0\x02") {
        let little = head.get(10..12) == Some(b"II");
        nikon(&mut tiff.rebased(note.at + 10, little), findings);
    } else if make.to_ascii_uppercase().starts_with("CANON") {
        let at = note.at.checked_sub(tiff.base());
        if let Some((directory, _)) = at.and_then(|at| tiff.directory(at, Role::Sub)) {
            findings.exif("lens", word(tiff, &directory, 0x0095));
        }
    }
}

fn word(tiff: &mut Tiff, directory: &Directory, tag: u16) -> Option<String> {
    let entry = directory.get(tag)?;
    text::decode(&tiff.raw(&entry)?)
}

fn apple(tiff: &mut Tiff, findings: &mut Findings) {
    if let Some((directory, _)) = tiff.directory(14, Role::Sub) {
        findings.exif("content_identifier", word(tiff, &directory, 0x0011));
    }
}

fn nikon(tiff: &mut Tiff, findings: &mut Findings) {
    let Some((directory, _)) = tiff.directory(8, Role::Sub) else { return };
    let iso = directory.get(0x0002).map(|entry| tiff.ints(&entry)).unwrap_or_default();
    findings.exif("iso", iso.last().copied().filter(|iso| *iso > 0));
    let lens = directory.get(0x0084).map(|entry| tiff.floats(&entry)).unwrap_or_default();
    findings.exif("lens", exif::lens_range(&lens));
}
