//! Formats that say their size at a fixed place and little else: GIF, BMP, ICO, PNM, EXR, SVG; and PSD, whose blocks others read.
//!
//! Pixels are never decoded.

use super::bytes::Bytes;
use super::findings::Findings;
use super::{iptc, xmp};

/// GIF: the size of its screen, and XMP in an application extension.
pub fn gif(bytes: &mut Bytes, findings: &mut Findings) {
    let size = bytes.le16(6).zip(bytes.le16(8));
    findings.dimensions = size.map(|(width, height)| (u32::from(width), u32::from(height)));
    if gif_blocks(bytes, findings).is_none() {
        findings.damage("cut short");
    }
}

/// Walks the blocks up to the trailer; `None` when it is not there. Some writers leave it out, so the end of the file
/// after a whole block is an end too.
fn gif_blocks(bytes: &mut Bytes, findings: &mut Findings) -> Option<()> {
    let table = |flags: u8| if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 };
    let mut at = 13 + table(bytes.u8(10)?);
    let mut pictures = 0;
    while at < bytes.size() {
        match bytes.u8(at)? {
            0x2C => {
                pictures += 1;
                at += 11 + table(bytes.u8(at + 9)?);
            }
            0x21 => {
                if bytes.some(at + 1, 13) == b"\xFF\x0BXMP DataXMP" {
                    gif_xmp(bytes, at + 14, findings);
                }
                at += 2;
            }
            _ => return (pictures > 0).then_some(()),
        }
        // An animation of a hundred megabytes is not walked to its end: nothing more is said there.
        if at > 8 << 20 {
            return Some(());
        }
        at = sub_blocks(bytes, at)?;
    }
    (pictures > 0).then_some(())
}

fn sub_blocks(bytes: &mut Bytes, mut at: u64) -> Option<u64> {
    loop {
        match bytes.u8(at)? {
            0 => return Some(at + 1),
            len => at += 1 + u64::from(len),
        }
    }
}

/// The packet lies bare in the file; its end is a ladder of 258 bytes that makes blocks of it.
fn gif_xmp(bytes: &mut Bytes, at: u64, findings: &mut Findings) {
    let Ok(Some(end)) = bytes.find(b"<?xpacket end", at..(at + (1 << 20)).min(bytes.size())) else { return };
    if let Some(packet) = bytes.range(&(at..end), 1 << 20) {
        xmp::apply(&packet, findings);
    }
}

/// BMP, of Windows or OS/2. A negative height means that rows stand from the top.
pub fn bmp(bytes: &mut Bytes, findings: &mut Findings) {
    findings.dimensions = match bytes.le32(14) {
        Some(12) => bytes.le16(18).zip(bytes.le16(20)).map(|(width, height)| (u32::from(width), u32::from(height))),
        Some(_) => {
            let signed = |n: u32| n.cast_signed().unsigned_abs();
            bytes.le32(18).zip(bytes.le32(22)).map(|(width, height)| (signed(width), signed(height)))
        }
        None => None,
    };
    let pixels = bytes.le32(10).map(u64::from);
    if findings.dimensions.is_none() || pixels.is_none_or(|at| at >= bytes.size()) {
        findings.damage("cut short");
    }
}

/// ICO: the largest of its pictures; 0 stands for 256.
pub fn ico(bytes: &mut Bytes, findings: &mut Findings) {
    let count = bytes.le16(4).unwrap_or(0).min(64);
    let side = |byte: u8| if byte == 0 { 256 } else { u32::from(byte) };
    let entries = (0..u64::from(count)).filter_map(|index| bytes.array::<2>(6 + 16 * index));
    findings.dimensions = entries.map(|[width, height]| (side(width), side(height))).max_by_key(|(w, h)| w * h);
}

/// PNM: numbers as text, with comments between them.
pub fn pnm(bytes: &mut Bytes, findings: &mut Findings) {
    let head = bytes.some(0, 4096);
    let text = String::from_utf8_lossy(head.get(2..).unwrap_or_default()).into_owned();
    let words = text.lines().map(|line| line.split('#').next().unwrap_or_default()).flat_map(str::split_whitespace);
    let words: Vec<_> = words.take(8).collect();
    let number = |index: usize| words.get(index).and_then(|word| word.parse().ok());
    let named = |name: &str| words.iter().position(|word| *word == name).and_then(|at| number(at + 1));
    let arbitrary = head.starts_with(b"P7");
    findings.dimensions = if arbitrary { named("WIDTH").zip(named("HEIGHT")) } else { number(0).zip(number(1)) };
}

/// `OpenEXR`: the attribute `displayWindow`, two corners.
pub fn exr(bytes: &mut Bytes, findings: &mut Findings) {
    let Ok(Some(at)) = bytes.find(b"displayWindow\0box2i\0", 0..bytes.size().min(64 << 10)) else { return };
    let at = at + 24;
    let corner = |bytes: &mut Bytes, index: u64| bytes.le32(at + 4 * index).map(|n| i64::from(n.cast_signed()));
    let mut side = |low, high| {
        let (low, high) = (corner(bytes, low)?, corner(bytes, high)?);
        u32::try_from(high - low + 1).ok()
    };
    findings.dimensions = side(0, 2).zip(side(1, 3));
}

/// SVG: `width` and `height` in pixels, else the last two numbers of `viewBox`.
pub fn svg(bytes: &mut Bytes, findings: &mut Findings) {
    let head = super::text::packet(&bytes.some(0, 64 << 10));
    let Some(root) = head.find("<svg").map(|at| &head[at..]) else { return };
    let root = &root[..root.find('>').unwrap_or(root.len())];
    let attribute = |name: &str| {
        let at = root.find(&format!(" {name}=")).or_else(|| root.find(&format!("\n{name}=")))? + name.len() + 2;
        let quote = root[at..].chars().next().filter(|c| matches!(c, '"' | '\''))?;
        root[at + 1..].split(quote).next()
    };
    let pixels = |text: &str| {
        let number = text.trim().trim_end_matches("px").parse::<f64>().ok()?;
        ((0.5..1e6).contains(&number)).then_some(number.round() as u32)
    };
    let sides = attribute("width").and_then(pixels).zip(attribute("height").and_then(pixels));
    let view = || {
        let view: Vec<_> = attribute("viewBox")?.split([' ', ',']).filter(|part| !part.is_empty()).collect();
        pixels(view.get(2)?).zip(pixels(view.get(3)?))
    };
    findings.dimensions = sides.or_else(view);
}

/// PSD and PSB: the size in the header, then the blocks.
pub fn psd(bytes: &mut Bytes, findings: &mut Findings) {
    findings.dimensions = bytes.be32(18).zip(bytes.be32(14));
    let colours = bytes.be32(26).map(u64::from).unwrap_or_default();
    let Some(len) = bytes.be32(30 + colours) else { return findings.damage("cut short") };
    let start = 34 + colours;
    let end = start + u64::from(len);
    if end > bytes.size() {
        findings.damage("cut short");
    }
    iptc::resources(bytes, start..end.min(bytes.size()), true, findings);
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn size(read: fn(&mut Bytes, &mut Findings), file: &[u8]) -> Option<(u32, u32)> {
        let mut input = Cursor::new(file);
        let mut findings = Findings::default();
        read(&mut Bytes::new(&mut input, file.len() as u64), &mut findings);
        findings.dimensions
    }

    #[test]
    fn a_portable_map_may_have_comments() {
        assert_eq!(size(pnm, b"P6\n# made by hand\n12 34 # wide\n255\n"), Some((12, 34)));
        assert_eq!(size(pnm, b"P7\nWIDTH 5\nHEIGHT 6\nDEPTH 3\n"), Some((5, 6)));
        assert_eq!(size(pnm, b"P6"), None);
    }

    #[test]
    fn a_drawing_says_its_size_or_its_view() {
        assert_eq!(size(svg, b"<svg xmlns='x' width='10px' height=\"20\">"), Some((10, 20)));
        assert_eq!(size(svg, b"<svg viewBox='0 0 30 40.2' width='100%' height='100%'>"), Some((30, 40)));
        assert_eq!(size(svg, b"<svg"), None);
    }

    #[test]
    fn an_icon_of_zero_is_256_wide() {
        let mut icon = vec![0, 0, 1, 0, 2, 0];
        icon.extend([16, 16, 0, 0, 1, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        icon.extend([0, 0, 0, 0, 1, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(size(ico, &icon), Some((256, 256)));
    }

    #[test]
    fn rows_from_the_top_are_a_negative_height() {
        let mut file = vec![0; 60];
        file[..2].copy_from_slice(b"BM");
        file[10] = 54;
        file[14] = 40;
        file[18] = 3;
        file[22..26].copy_from_slice(&(-7_i32).to_le_bytes());
        assert_eq!(size(bmp, &file), Some((3, 7)));
    }
}
