//! Canon's CR3: EXIF spread over four boxes, and JPEGs of three sizes.
//!
//! The size is that of the whole picture, as EXIF states it. Sensor data is never read.

use std::ops::Range;

use super::bytes::Bytes;
use super::findings::Findings;
use super::tiff::{Role, Tiff};
use super::{boxes, exif, jpeg, mp4};

const CANON: [u8; 16] =
    [0x85, 0xC0, 0xB6, 0x87, 0x82, 0x0F, 0x11, 0xE0, 0x81, 0x11, 0xF4, 0xCE, 0x46, 0x2B, 0x6A, 0x48];
const PREVIEW: [u8; 16] =
    [0xEA, 0xF4, 0x2B, 0x5E, 0x1C, 0x98, 0x4B, 0x88, 0xB9, 0xFB, 0xB7, 0xDC, 0x40, 0x6E, 0x4D, 0x16];

/// Adds what a CR3 says.
pub fn read(bytes: &mut Bytes, findings: &mut Findings) {
    let all = bytes.all();
    let top = boxes::all(bytes, all);
    for one in &top {
        match &one.kind {
            b"moov" => moov(bytes, one.body.clone(), findings),
            b"uuid" => {
                mp4::packet(bytes, &one.body, findings);
                if let Some((PREVIEW, body)) = boxes::uuid(bytes, &one.body) {
                    preview(bytes, body, findings);
                }
            }
            _ => {}
        }
        if one.cut {
            findings.damage("cut short");
        }
    }
    if !top.iter().any(|one| &one.kind == b"moov") {
        findings.damage("its index (moov) is missing");
    }
}

fn moov(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) {
    for one in boxes::all(bytes, range) {
        match &one.kind {
            b"uuid" => {
                if let Some((CANON, body)) = boxes::uuid(bytes, &one.body) {
                    blocks(bytes, body, findings);
                }
            }
            b"trak" => {
                let _ = track(bytes, one.body, findings);
            }
            _ => {}
        }
    }
}

/// Each block is a TIFF of its own: the picture's directory, EXIF's, the maker's, and that of GPS.
fn blocks(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) {
    for one in boxes::all(bytes, range) {
        let role = match &one.kind {
            b"CMT1" => Role::Main(0),
            b"CMT2" => Role::Exif,
            b"CMT4" => Role::Gps,
            _ => continue,
        };
        let Some(mut tiff) = Tiff::open(bytes, one.body) else {
            findings.unreadable = true;
            continue;
        };
        let mut directories = tiff.directories();
        if let Some(first) = directories.first_mut() {
            first.role = role;
        }
        exif::apply(&mut tiff, &directories, findings);
        if let Some(first) = directories.first().filter(|first| first.role == Role::Main(0)) {
            let mut side = |tag| first.get(tag).and_then(|entry| tiff.int(&entry)).map(|n| n as u32);
            findings.dimensions = side(0x0100).zip(side(0x0101));
        }
    }
}

/// The middle JPEG, 1620 pixels wide.
fn preview(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) {
    let body = boxes::first(bytes, (range.start + 8).min(range.end)..range.end, *b"PRVW");
    if let Some(body) = body.filter(|body| body.start + 16 < body.end) {
        jpeg::offer_preview(bytes, body.start + 16..body.end, findings);
    }
}

/// The first track is the whole picture as JPEG, one sample long.
fn track(bytes: &mut Bytes, range: Range<u64>, findings: &mut Findings) -> Option<()> {
    let table = boxes::path(bytes, range, &[b"mdia", b"minf", b"stbl"])?;
    let sizes = boxes::first(bytes, table.clone(), *b"stsz")?;
    let len = match bytes.be32(sizes.start + 4)? {
        0 => bytes.be32(sizes.start + 12)?,
        len => len,
    };
    let at = if let Some(body) = boxes::first(bytes, table.clone(), *b"co64") {
        bytes.be64(body.start + 8)?
    } else {
        let body = boxes::first(bytes, table, *b"stco")?;
        u64::from(bytes.be32(body.start + 8)?)
    };
    jpeg::offer_preview(bytes, at..at.checked_add(u64::from(len))?, findings);
    Some(())
}
