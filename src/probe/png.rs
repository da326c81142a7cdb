//! PNG: its chunks, from the header to the end, with the several ways in which programs put EXIF, XMP and IPTC into them.
//!
//! Checksums are not verified. Compressed text is unpacked up to a limit, so that no chunk can be a bomb.

use std::io::{Cursor, Read};
use std::ops::Range;

use flate2::read::ZlibDecoder;

use super::bytes::Bytes;
use super::findings::{Findings, Voice};
use super::{exif, iptc, text, xmp};

/// The longest text chunk, packed and unpacked.
const LONGEST: usize = 4 << 20;
const MOST_CHUNKS: usize = 200_000;

/// Adds what a PNG says.
pub fn read(bytes: &mut Bytes, findings: &mut Findings) {
    let (mut pixels, mut end) = (false, false);
    let mut at = 8;
    for _ in 0..MOST_CHUNKS {
        let (Some(len), Some(kind)) = (bytes.be32(at), bytes.array::<4>(at + 4)) else { break };
        let body = at + 8..at + 8 + u64::from(len);
        at = body.end + 4;
        if at > bytes.size() {
            break;
        }
        match &kind {
            b"IDAT" | b"JDAT" => pixels = true,
            b"IEND" => {
                end = true;
                break;
            }
            _ => chunk(bytes, kind, &body, findings),
        }
    }
    match (pixels, end) {
        (false, _) => findings.damage("no picture in it"),
        (true, false) => findings.damage("cut short"),
        _ => {}
    }
}

fn chunk(bytes: &mut Bytes, kind: [u8; 4], body: &Range<u64>, findings: &mut Findings) {
    match &kind {
        b"IHDR" => findings.dimensions = bytes.be32(body.start).zip(bytes.be32(body.start + 4)),
        b"eXIf" | b"zxIf" => exif::block(bytes, body.clone(), true, findings),
        b"tEXt" | b"zTXt" | b"iTXt" => {
            if let Some((keyword, text)) = bytes.range(body, LONGEST).and_then(|raw| words(kind, &raw)) {
                said(&keyword, &text, findings);
            }
        }
        _ => {}
    }
}

/// Keyword and text of a text chunk.
fn words(kind: [u8; 4], raw: &[u8]) -> Option<(String, Vec<u8>)> {
    let (keyword, rest) = until_nul(raw)?;
    let keyword = text::latin1(keyword);
    let text = match &kind {
        b"zTXt" => unpack(rest.get(1..)?),
        b"iTXt" => {
            let packed = *rest.first()? == 1;
            let (_, rest) = until_nul(rest.get(2..)?)?;
            let (_, rest) = until_nul(rest)?;
            if packed { unpack(rest) } else { rest.to_vec() }
        }
        _ => rest.to_vec(),
    };
    Some((keyword, text))
}

fn until_nul(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(0, raw)?;
    Some((&raw[..at], &raw[at + 1..]))
}

fn said(keyword: &str, value: &[u8], findings: &mut Findings) {
    match keyword {
        "XML:com.adobe.xmp" => xmp::apply(value, findings),
        "Title" => findings.title(Voice::Loose, text::decode(value)),
        "Description" => findings.description(Voice::Loose, text::decode(value)),
        "Software" => findings.instead("software", text::decode(value)),
        _ => {
            if let Some(profile) = keyword.strip_prefix("Raw profile type ") {
                raw_profile(profile.trim(), value, findings);
            }
        }
    }
}

/// The way of `ImageMagick`: the name, the length in decimal, then the block in hexadecimal.
fn raw_profile(profile: &str, value: &[u8], findings: &mut Findings) {
    let block = unhex(value);
    match profile {
        "exif" | "APP1" if block.starts_with(b"http://ns.adobe.com/xap/1.0/\0") => xmp::apply(&block[29..], findings),
        "exif" | "APP1" => {
            let block = block.strip_prefix(b"Exif\0\0").unwrap_or(&block);
            let mut input = Cursor::new(block);
            let mut bytes = Bytes::new(&mut input, block.len() as u64);
            let range = bytes.all();
            exif::block(&mut bytes, range, false, findings);
        }
        "xmp" => xmp::apply(&block, findings),
        "iptc" | "8bim" if block.starts_with(b"8BIM") => iptc::photoshop(&block, findings),
        "iptc" => iptc::apply(&block, findings),
        _ => {}
    }
}

fn unhex(value: &[u8]) -> Vec<u8> {
    let lines = value.trim_ascii_start().splitn(3, |byte| *byte == b'\n');
    let digits = lines.last().unwrap_or_default().iter().filter_map(|byte| char::from(*byte).to_digit(16));
    let digits: Vec<_> = digits.map(|digit| digit as u8).collect();
    digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect()
}

/// Unpacked up to the limit; what breaks off counts up to there.
fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut decoder = ZlibDecoder::new(packed).take(LONGEST as u64);
    let mut piece = [0; 8192];
    while let Ok(len @ 1..) = decoder.read(&mut piece) {
        text.extend_from_slice(&piece[..len]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raw_profile_is_hexadecimal_after_its_length() {
        assert_eq!(unhex(b"\nexif\n       4\n4578\n6966\n"), b"Exif");
    }

    #[test]
    fn text_chunks_have_a_keyword() {
        assert_eq!(words(*b"tEXt", b"Title\0Hello"), Some(("Title".into(), b"Hello".to_vec())));
        assert_eq!(words(*b"iTXt", b"Title\0\0\0\0\0Hello"), Some(("Title".into(), b"Hello".to_vec())));
        assert_eq!(words(*b"iTXt", b"Title\0\0\0"), None);
        assert_eq!(words(*b"zTXt", b"Title\0\0junk"), Some(("Title".into(), Vec::new())));
    }
}
