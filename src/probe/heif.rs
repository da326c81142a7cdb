//! HEIF and AVIF: the items of `meta`, the primary picture's size and turn, and the items that hold EXIF and XMP.
//!
//! Pictures are never decoded. EXIF's own orientation does not count here: the standard says that a picture is turned by its
//! properties alone.

use std::io::Cursor;
use std::ops::Range;

use super::bytes::Bytes;
use super::findings::Findings;
use super::{boxes, exif, jpeg, mp4, xmp};

/// Items, properties and extents of one file that are looked at; the longest item that is put together.
const MOST: usize = 4096;
const LONGEST: usize = 8 << 20;

/// Adds what a HEIF or AVIF file says.
pub fn read(bytes: &mut Bytes, findings: &mut Findings) {
    let all = bytes.all();
    let top = boxes::all(bytes, all);
    let of = |kind: &[u8; 4]| top.iter().find(|one| one.kind == *kind).map(|one| one.body.clone());
    let meta = of(b"meta");
    match &meta {
        Some(meta) => {
            let found = Meta::read(bytes, (meta.start + 4).min(meta.end)..meta.end);
            found.apply(bytes, findings);
        }
        None if of(b"moov").is_none() => findings.damage("no picture in it"),
        None => {}
    }
    if let Some(moov) = of(b"moov") {
        // A sequence: its first picture is also an item, its header has the date.
        mp4::moov(bytes, moov, findings);
    }
    for packet in top.iter().filter(|one| &one.kind == b"uuid") {
        mp4::packet(bytes, &packet.body, findings);
    }
    if top.iter().any(|one| one.cut) {
        findings.damage("cut short");
    }
}

/// One item: what it is, and where its bytes are.
#[derive(Debug, Default)]
struct Item {
    id: u32,
    kind: [u8; 4],
    content: String,
    extents: Vec<Range<u64>>,
}

/// The tables of one `meta` box.
#[derive(Debug, Default)]
struct Meta {
    primary: Option<u32>,
    items: Vec<Item>,
    /// The properties of the primary item, in order.
    properties: Vec<([u8; 4], Range<u64>)>,
}

impl Meta {
    fn read(bytes: &mut Bytes, range: Range<u64>) -> Self {
        let parts = boxes::all(bytes, range);
        let of = |kind: &[u8; 4]| parts.iter().find(|one| one.kind == *kind).map(|one| one.body.clone());
        let mut meta = Self { primary: of(b"pitm").and_then(|body| primary(bytes, body.start)), ..Self::default() };
        if let Some(body) = of(b"iinf") {
            meta.items = infos(bytes, body).unwrap_or_default();
        }
        let idat = of(b"idat").map_or(0, |body| body.start);
        if let Some(body) = of(b"iloc") {
            let _ = meta.places(bytes, &body, idat);
        }
        if let (Some(body), Some(primary)) = (of(b"iprp"), meta.primary) {
            meta.properties = properties(bytes, body, primary).unwrap_or_default();
        }
        meta
    }

    /// `iloc`: for each item its extents, in the file or in `idat`.
    fn places(&mut self, bytes: &mut Bytes, body: &Range<u64>, idat: u64) -> Option<()> {
        let version = bytes.u8(body.start)?;
        let [sizes, more] = bytes.array(body.start + 4)?;
        let mut cursor = Fields { bytes, at: body.start + 6, end: body.end };
        let wide = if version < 2 { 2 } else { 4 };
        let count = cursor.take(wide)?;
        for _ in 0..count.min(MOST as u64) {
            let id = cursor.take(wide)? as u32;
            let method = if version > 0 { cursor.take(2)? & 0xF } else { 0 };
            cursor.take(2)?;
            let base = cursor.take(more >> 4)?;
            let pieces = cursor.take(2)?;
            let mut extents = Vec::new();
            for _ in 0..pieces.min(MOST as u64) {
                if version > 0 {
                    cursor.take(more & 0xF)?;
                }
                let (at, len) = (cursor.take(sizes >> 4)?, cursor.take(sizes & 0xF)?);
                let start = base.checked_add(at)?.checked_add(if method == 1 { idat } else { 0 })?;
                extents.push(start..start.checked_add(len)?);
            }
            if let Some(item) = self.items.iter_mut().find(|item| item.id == id && method < 2) {
                item.extents = extents;
            }
        }
        Some(())
    }

    fn apply(self, bytes: &mut Bytes, findings: &mut Findings) {
        for item in &self.items {
            match (&item.kind, item.content.as_str()) {
                (b"Exif", _) => item.exif(bytes, findings),
                (b"mime", "application/rdf+xml") => xmp::apply(&item.whole(bytes), findings),
                (b"jpeg", _) => {
                    if let [one] = item.extents.as_slice() {
                        jpeg::offer_preview(bytes, one.clone(), findings);
                    }
                }
                _ => {}
            }
        }
        let pictures = self.items.iter().filter(|item| !matches!(&item.kind, b"Exif" | b"mime"));
        let size = bytes.size();
        if pictures.flat_map(|item| &item.extents).any(|extent| extent.end > size) {
            findings.damage("cut short");
        }
        if self.items.is_empty() || self.primary.is_none() {
            findings.damage("no picture in it");
        }
        self.shape(bytes, findings);
    }

    /// Size and turn of the primary picture.
    fn shape(&self, bytes: &mut Bytes, findings: &mut Findings) {
        let (mut turns, mut mirror) = (0, None);
        for (kind, body) in &self.properties {
            let at = body.start;
            match kind {
                b"ispe" => findings.dimensions = bytes.be32(at + 4).zip(bytes.be32(at + 8)),
                b"clap" => findings.dimensions = clean(bytes, at).or(findings.dimensions),
                b"irot" => turns = bytes.u8(at).unwrap_or(0) & 3,
                b"imir" => mirror = bytes.u8(at).map(|axis| axis & 1),
                _ => {}
            }
        }
        findings.orientation = Some(orientation(turns, mirror));
    }
}

/// EXIF's number for quarter turns against the clock, then a mirror: 0 top to bottom, 1 left to right.
fn orientation(turns: u8, mirror: Option<u8>) -> u8 {
    let by_turns = match mirror {
        None => [1, 8, 3, 6],
        Some(0) => [4, 5, 2, 7],
        Some(_) => [2, 7, 4, 5],
    };
    by_turns[usize::from(turns & 3)]
}

/// The part of a picture that is shown: two fractions.
fn clean(bytes: &mut Bytes, at: u64) -> Option<(u32, u32)> {
    let mut side = |at| {
        let (over, under) = (bytes.be32(at)?, bytes.be32(at + 4)?);
        over.checked_div(under).filter(|side| *side > 0)
    };
    side(at).zip(side(at + 8))
}

impl Item {
    fn whole(&self, bytes: &mut Bytes) -> Vec<u8> {
        let mut whole = Vec::new();
        for extent in &self.extents {
            // A length of zero means all there is.
            let extent = if extent.is_empty() { extent.start..bytes.size() } else { extent.clone() };
            let Some(part) = bytes.range(&extent, LONGEST - whole.len().min(LONGEST)) else { break };
            whole.extend(part);
        }
        whole
    }

    /// Four bytes say where in the item TIFF begins; some writers get them wrong.
    fn exif(&self, bytes: &mut Bytes, findings: &mut Findings) {
        if let [one] = self.extents.as_slice() {
            let skip = bytes.be32(one.start).map_or(0, u64::from);
            let start = one.start.saturating_add(4).saturating_add(skip);
            if start < one.end && matches!(bytes.array(start), Some([b'I', b'I'] | [b'M', b'M'])) {
                return exif::block(bytes, start..one.end, true, findings);
            }
        }
        let whole = self.whole(bytes);
        let header = [&b"II*\0"[..], b"MM\0*"].iter().filter_map(|mark| memchr::memmem::find(&whole, mark)).min();
        let Some(start) = header.filter(|start| *start < 64) else {
            findings.unreadable |= !whole.is_empty();
            return;
        };
        let mut input = Cursor::new(&whole[start..]);
        let mut block = Bytes::new(&mut input, (whole.len() - start) as u64);
        let range = block.all();
        exif::block(&mut block, range, false, findings);
    }
}

/// Numbers of a width that the file chooses, one after the other.
struct Fields<'f, 'a> {
    bytes: &'f mut Bytes<'a>,
    at: u64,
    end: u64,
}

impl Fields<'_, '_> {
    fn take(&mut self, width: u8) -> Option<u64> {
        let at = self.at;
        self.at = self.at.checked_add(u64::from(width)).filter(|next| *next <= self.end)?;
        match width {
            0 => Some(0),
            1 => self.bytes.u8(at).map(u64::from),
            2 => self.bytes.be16(at).map(u64::from),
            4 => self.bytes.be32(at).map(u64::from),
            8 => self.bytes.be64(at),
            _ => None,
        }
    }
}

fn primary(bytes: &mut Bytes, at: u64) -> Option<u32> {
    if bytes.u8(at)? == 0 { bytes.be16(at + 4).map(u32::from) } else { bytes.be32(at + 4) }
}

/// `iinf`: the kinds of the items.
fn infos(bytes: &mut Bytes, body: Range<u64>) -> Option<Vec<Item>> {
    let skip = if bytes.u8(body.start)? == 0 { 6 } else { 8 };
    let entries = boxes::all(bytes, (body.start + skip).min(body.end)..body.end);
    Some(entries.into_iter().filter(|one| &one.kind == b"infe").filter_map(|one| info(bytes, &one.body)).collect())
}

fn info(bytes: &mut Bytes, body: &Range<u64>) -> Option<Item> {
    let raw = bytes.range(body, 4096)?;
    let wide = match raw.first()? {
        2 => 2,
        3 => 4,
        _ => return None,
    };
    let id = raw.get(4..4 + wide)?.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
    let rest = raw.get(6 + wide..)?;
    let (kind, rest) = rest.split_first_chunk::<4>()?;
    let mut words = rest.split(|byte| *byte == 0).skip(1);
    let content = words.next().map(|raw| String::from_utf8_lossy(raw).into_owned()).unwrap_or_default();
    Some(Item { id, kind: *kind, content, extents: Vec::new() })
}

/// `iprp`: the properties, and which of them the primary item has.
fn properties(bytes: &mut Bytes, body: Range<u64>, primary: u32) -> Option<Vec<([u8; 4], Range<u64>)>> {
    let shelf = boxes::first(bytes, body.clone(), *b"ipco")?;
    let shelf = boxes::all(bytes, shelf);
    let mut found = Vec::new();
    for list in boxes::all(bytes, body).into_iter().filter(|one| &one.kind == b"ipma").take(16) {
        for index in associated(bytes, &list.body, primary).unwrap_or_default() {
            let property = index.checked_sub(1).and_then(|index| shelf.get(index));
            found.extend(property.map(|one| (one.kind, one.body.clone())));
        }
    }
    Some(found)
}

fn associated(bytes: &mut Bytes, body: &Range<u64>, primary: u32) -> Option<Vec<usize>> {
    let [version, _, _, flags] = bytes.array(body.start)?;
    let mut cursor = Fields { bytes, at: body.start + 4, end: body.end };
    let count = cursor.take(4)?;
    for _ in 0..count.min(MOST as u64) {
        let id = cursor.take(if version < 1 { 2 } else { 4 })? as u32;
        let entries = cursor.take(1)?;
        let mut indexes = Vec::new();
        for _ in 0..entries {
            let wide = flags & 1 == 1;
            let index = cursor.take(if wide { 2 } else { 1 })?;
            indexes.push((index & if wide { 0x7FFF } else { 0x7F }) as usize);
        }
        if id == primary {
            return Some(indexes);
        }
    }
    None
}
