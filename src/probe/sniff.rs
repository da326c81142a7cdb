//! The type of a file by its content, never by its name.
//!
//! One test per row of `model::mime`. Raw files built like TIFF are told apart in `raw`, which may look beyond the head.

use std::io::Cursor;

use super::bytes::Bytes;
use super::raw;
use crate::model::mime::{self, Mime};

/// Bytes at the start of a file that suffice.
pub const HEAD: usize = 64 << 10;

/// The type of a file that begins with `head` (up to [`HEAD`] bytes); `None` when it is none that is known.
///
/// What is TIFF in the head may turn out to be a camera's raw file: `Facts.mime` is the last word.
pub fn kind(head: &[u8]) -> Option<&'static Mime> {
    let name = magic(head).or_else(|| container(head)).or_else(|| stream(head)).or_else(|| words(head))?;
    let name = if name == "image/tiff" { tiff(head) } else { name };
    mime::parse(name).ok()
}

/// Types with a mark of their own at the start.
fn magic(head: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"\xFF\xD8\xFF", "image/jpeg"),
        (b"\x89PNG\r\n\x1A\n", "image/png"),
        (b"\x8BJNG\r\n\x1A\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"II\x1A\0\0\0HEAPCCDR", "image/x-canon-crw"),
        (b"II*\0", "image/tiff"),
        (b"MM\0*", "image/tiff"),
        (b"II+\0\x08\0", "image/tiff"),
        (b"MM\0+\0\x08", "image/tiff"),
        (b"IIU\0", "image/x-panasonic-rw2"),
        (b"IIRO", "image/x-olympus-orf"),
        (b"IIRS", "image/x-olympus-orf"),
        (b"MMOR", "image/x-olympus-orf"),
        (b"\0MRM", "image/x-minolta-mrw"),
        (b"FUJIFILMCCD-RAW", "image/x-fujifilm-raf"),
        (b"FOVb", "image/x-sigma-x3f"),
        (b"8BPS\0\x01", "image/vnd.adobe.photoshop"),
        (b"8BPS\0\x02", "image/vnd.adobe.photoshop"),
        (b"\x76\x2F\x31\x01", "image/x-exr"),
        (b"\xFF\x0A", "image/jxl"),
        (b"\0\0\0\x0CJXL \r\n\x87\n", "image/jxl"),
        (b"\0\0\0\x0CjP  \r\n\x87\n", "image/jp2"),
        (b"\xFF\x4F\xFF\x51", "image/jp2"),
        (b"FLV\x01", "video/x-flv"),
        (b"{\\rtf", "application/rtf"),
        (b"PK\x03\x04", "application/zip"),
        (b"PK\x05\x06", "application/zip"),
    ];
    MAGIC.iter().find(|(mark, _)| head.starts_with(mark)).map(|(_, name)| *name).or_else(|| checked(head))
}

/// Marks so short that what follows them must fit.
fn checked(head: &[u8]) -> Option<&'static str> {
    let at = |index: usize| head.get(index).copied().unwrap_or_default();
    let bitmap = || matches!(at(14), 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124) && head[15..18] == [0, 0, 0];
    let icon = || matches!(head[..4], [0, 0, 1 | 2, 0]) && (1..=64).contains(&at(4)) && at(5) == 0 && at(9) == 0;
    let portable = || at(0) == b'P' && matches!(at(1), b'1'..=b'7') && at(2).is_ascii_whitespace();
    match head {
        [b'B', b'M', ..] if head.len() >= 18 && bitmap() => Some("image/bmp"),
        [0, 0, ..] if head.len() >= 22 && icon() => Some("image/x-icon"),
        [b'P', ..] if portable() => Some("image/x-portable-anymap"),
        _ => None,
    }
}

/// Containers that say inside what they hold.
fn container(head: &[u8]) -> Option<&'static str> {
    let form = head.get(8..12);
    match head {
        [b'R', b'I', b'F', b'F', ..] => match form {
            Some(b"WEBP") => Some("image/webp"),
            Some(b"AVI ") => Some("video/x-msvideo"),
            _ => None,
        },
        [0x1A, 0x45, 0xDF, 0xA3, ..] => matroska(head),
        [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, ..] => {
            const PICTURES: &[u8] = b"\xC0\xEF\x19\xBC\x4D\x5B\xCF\x11\xA8\xFD\x00\x80\x5F\x5C\x44\x2B";
            contains(head, PICTURES).then_some("video/x-ms-wmv")
        }
        [b'O', b'g', b'g', b'S', ..] => {
            let moving = [&b"\x80theora"[..], b"\x01video\0\0\0", b"OVP80", b"BBCD\0"];
            moving.iter().any(|mark| contains(&head[..head.len().min(4096)], mark)).then_some("video/ogg")
        }
        _ => boxes(head),
    }
}

fn matroska(head: &[u8]) -> Option<&'static str> {
    let start = &head[..head.len().min(128)];
    if contains(start, b"webm") {
        Some("video/webm")
    } else {
        contains(start, b"matroska").then_some("video/x-matroska")
    }
}

/// ISO base media: the first box, and the brands in it.
fn boxes(head: &[u8]) -> Option<&'static str> {
    let len = u32::from_be_bytes(*head.first_chunk()?) as usize;
    match head.get(4..8)? {
        b"ftyp" => {
            let list = head.get(8..len.clamp(12, 4096).min(head.len()))?;
            let (major, rest) = list.split_first_chunk::<4>()?;
            brand(*major, rest.get(4..).unwrap_or_default().as_chunks().0)
        }
        b"moov" | b"mdat" | b"wide" | b"pnot" | b"skip" | b"free" if len == 1 || len >= 8 => Some("video/quicktime"),
        _ => None,
    }
}

fn brand(major: [u8; 4], compatible: &[[u8; 4]]) -> Option<&'static str> {
    let also = |brands: &[&[u8; 4]]| compatible.iter().any(|brand| brands.contains(&brand));
    match &major {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => Some("image/heic"),
        b"avif" | b"avis" => Some("image/avif"),
        b"mif1" | b"msf1" | b"mif2" | b"miaf" | b"MiHB" | b"MiHE" | b"1pic" => Some(if also(&[b"avif", b"avis"]) {
            "image/avif"
        } else if also(&[b"heic", b"heix", b"hevc", b"heim", b"heis"]) {
            "image/heic"
        } else {
            "image/heif"
        }),
        b"crx " => Some("image/x-canon-cr3"),
        b"jp2 " | b"jpx " | b"jpm " | b"jph " => Some("image/jp2"),
        b"jxl " => Some("image/jxl"),
        b"qt  " => Some("video/quicktime"),
        b"M4V " | b"M4VH" | b"M4VP" => Some("video/x-m4v"),
        [b'M', b'4', b'A' | b'B' | b'P', _] | b"F4A " | b"F4B " => None,
        [b'3', b'g' | b'G', b'2', _] | b"KDDI" => Some("video/3gpp2"),
        [b'3', b'g' | b'G', ..] => Some("video/3gpp"),
        _ => Some("video/mp4"),
    }
}

/// Streams without a header: packs of MPEG, packets of a transport stream.
fn stream(head: &[u8]) -> Option<&'static str> {
    match head {
        [0, 0, 1, 0xBA | 0xB3, ..] => Some("video/mpeg"),
        _ if packets(head, 188, 0) || packets(head, 192, 4) || packets(head, 204, 0) => Some("video/mp2t"),
        _ => None,
    }
}

/// Five packets in a row, or all there are, when those are three or more.
fn packets(head: &[u8], size: usize, lead: usize) -> bool {
    let mut starts = head.iter().skip(lead).step_by(size).take(5);
    head.len() > 2 * size + lead && starts.all(|byte| *byte == 0x47)
}

/// Things written in letters: PDF, drawings, and text.
fn words(head: &[u8]) -> Option<&'static str> {
    let start = &head[..head.len().min(1024)];
    if contains(start, b"%PDF-") {
        return Some("application/pdf");
    }
    let text = super::text::packet(&head[..head.len().min(4096)]);
    let drawing = text.trim_start().starts_with('<') && text.contains("<svg");
    if drawing { Some("image/svg+xml") } else { plain(head).then_some("text/plain") }
}

/// UTF-8, perhaps cut within its last character, without control characters that no text has.
fn plain(head: &[u8]) -> bool {
    let whole = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let strange = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0C' | '\x1B');
    !whole.trim().is_empty() && !whole.chars().any(strange)
}

fn tiff(head: &[u8]) -> &'static str {
    let mut input = Cursor::new(head);
    raw::kind(&mut Bytes::new(&mut input, head.len() as u64))
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(hay, needle).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(head: &[u8], name: &str) {
        assert_eq!(kind(head).map_or("none", |mime| mime.name), name);
    }

    #[test]
    fn pictures_are_known_by_their_first_bytes() {
        check(b"\xFF\xD8\xFF\xE0", "image/jpeg");
        check(b"\x89PNG\r\n\x1A\n", "image/png");
        check(b"RIFF\0\0\0\0WEBPVP8 ", "image/webp");
        check(b"RIFF\0\0\0\0WAVEfmt ", "none");
        check(b"P6\n1 1\n255\n", "image/x-portable-anymap");
        check(b"FUJIFILMCCD-RAW 0201", "image/x-fujifilm-raf");
        check(b"II*\0\x08\0\0\0\0\0", "image/tiff");
    }

    #[test]
    fn brands_tell_pictures_from_videos_and_from_sound() {
        check(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic");
        check(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "image/heic");
        check(b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf", "image/heif");
        check(b"\0\0\0\x18ftypmif1\0\0\0\0miafavif", "image/avif");
        check(b"\0\0\0\x14ftypcrx \0\0\0\0crx ", "image/x-canon-cr3");
        check(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video/quicktime");
        check(b"\0\0\0\x14ftyp3gp5\0\0\0\0isom", "video/3gpp");
        check(b"\0\0\0\x14ftypisom\0\0\0\0mp41", "video/mp4");
        check(b"\0\0\0\x14ftypM4A \0\0\0\0isom", "none");
        check(b"\0\0\0\x08wide\0\0\x10\0mdat", "video/quicktime");
    }

    #[test]
    fn short_marks_need_more_than_their_letters() {
        check(b"BM is how this letter begins", "text/plain");
        check(b"P1zza", "text/plain");
        check(b"\0\0\x01\0\0\0", "none");
        check(b"G is a letter", "text/plain");
    }

    #[test]
    fn text_is_text_and_nothing_is_nothing() {
        check("Grüße".as_bytes(), "text/plain");
        check(&"Grüße".as_bytes()[..4], "text/plain");
        check(b"a\0b", "none");
        check(b"\xFF\xFE\xFD", "none");
        check(b"", "none");
        check(b"  ", "none");
        check(b"<?xml version='1.0'?><svg width='1'/>", "image/svg+xml");
        check(b"%PDF-1.4", "application/pdf");
    }

    #[test]
    fn a_transport_stream_is_known_by_its_rhythm() {
        let mut packet = vec![0x47];
        packet.resize(188, 0);
        check(&packet.repeat(4), "video/mp2t");
        check(&packet, "none");
    }

    #[test]
    fn every_cut_of_every_head_is_survived() {
        for head in
            [&b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic"[..], b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", b"\0\0\x01\0\x01\0"]
        {
            for len in 0..head.len() {
                kind(&head[..len]);
            }
        }
    }
}
