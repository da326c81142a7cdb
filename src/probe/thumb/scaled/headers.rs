//! What the segments before and between the scans say: the frame, the tables, the scan to come.
//!
//! Tables are only pointed at. They are made when a scan uses them, so that a file of a million tables costs nothing.

use super::super::picture::Layout;

/// Everything said so far.
#[derive(Default)]
pub(super) struct Headers<'a> {
    pub frame: Option<FrameHeader>,
    /// Units between restart markers; 0 for none.
    pub interval: usize,
    quantisation: [Option<Factors<'a>>; 4],
    dc: [Option<&'a [u8]>; 4],
    ac: [Option<&'a [u8]>; 4],
    icc: Vec<(u8, &'a [u8])>,
    jfif: bool,
    /// Adobe's word on the colours: 0 as they are, 1 YCbCr.
    adobe: Option<u8>,
}

/// The frame header, of those this decoder takes.
#[derive(Clone)]
pub(super) struct FrameHeader {
    pub progressive: bool,
    pub width: usize,
    pub height: usize,
    pub components: Vec<Component>,
}

/// One colour, as the frame describes it.
#[derive(Clone, Copy)]
pub(super) struct Component {
    id: u8,
    /// Blocks across and down in a unit of all colours.
    pub across: usize,
    pub down: usize,
    table: usize,
}

/// A quantisation table in zigzag order.
#[derive(Clone, Copy)]
struct Factors<'a> {
    bytes: &'a [u8],
    wide: bool,
}

/// A scan header, with the tables it names as they are now.
pub(super) struct Scan<'a> {
    pub parts: Vec<Part<'a>>,
    pub kind: Kind,
    pub interval: usize,
}

/// One colour of a scan.
pub(super) struct Part<'a> {
    /// Its place in the frame.
    pub component: usize,
    /// Counts and symbols of its Huffman tables.
    pub dc: Option<&'a [u8]>,
    pub ac: Option<&'a [u8]>,
    pub factors: [i32; 64],
}

/// What a scan brings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whole blocks.
    Sequential,
    /// The upper bits of the DC coefficients, without so many lower ones.
    First(u32),
    /// One more bit of each DC coefficient: the one of this place.
    Refinement(u32),
    /// AC coefficients of a progressive picture.
    Detail,
}

impl<'a> Headers<'a> {
    /// Takes in a segment that is no scan header; `None` for what is wrong, or not for this decoder.
    pub fn read(&mut self, marker: u8, body: &'a [u8]) -> Option<()> {
        match marker {
            0xc0..=0xc2 => return self.frame(marker, body),
            0xc4 => return self.huffman(body),
            0xdb => return self.quantisation(body),
            0xdd => self.interval = usize::from(word(body, 0)?),
            0xe0 if body.starts_with(b"JFIF\0") => self.jfif = true,
            0xe2 if body.starts_with(b"ICC_PROFILE\0") => self.icc.push((*body.get(12)?, body.get(14..)?)),
            0xee if body.starts_with(b"Adobe") => self.adobe = Some(*body.get(11)?),
            0xe0..=0xef | 0xfe => {}
            _ => return None,
        }
        Some(())
    }

    fn frame(&mut self, marker: u8, body: &[u8]) -> Option<()> {
        let (height, width, count) = (word(body, 1)?, word(body, 3)?, usize::from(*body.get(5)?));
        if *body.first()? != 8 || !matches!(count, 1 | 3) || height == 0 || width == 0 || self.frame.is_some() {
            return None;
        }
        let mut components = Vec::with_capacity(count);
        for part in body.get(6..6 + 3 * count)?.chunks_exact(3) {
            let (across, down) = (usize::from(part[1] >> 4), usize::from(part[1] & 15));
            if !(1..=4).contains(&across) || !(1..=4).contains(&down) || part[2] > 3 {
                return None;
            }
            // A lone colour's blocks follow one another, whatever its factors say.
            let (across, down) = if count == 1 { (1, 1) } else { (across, down) };
            components.push(Component { id: part[0], across, down, table: usize::from(part[2]) });
        }
        let (width, height) = (usize::from(width), usize::from(height));
        self.frame = Some(FrameHeader { progressive: marker == 0xc2, width, height, components });
        Some(())
    }

    fn huffman(&mut self, mut body: &'a [u8]) -> Option<()> {
        while let [class, rest @ ..] = body {
            let symbols = rest.get(..16)?.iter().map(|count| usize::from(*count)).sum::<usize>();
            let (table, after) = rest.split_at_checked(16 + symbols)?;
            let tables = if class >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(class & 15))? = Some(table);
            body = after;
        }
        Some(())
    }

    fn quantisation(&mut self, mut body: &'a [u8]) -> Option<()> {
        while let [kind, rest @ ..] = body {
            let wide = kind >> 4 != 0;
            let (bytes, after) = rest.split_at_checked(if wide { 128 } else { 64 })?;
            *self.quantisation.get_mut(usize::from(kind & 15))? = Some(Factors { bytes, wide });
            body = after;
        }
        Some(())
    }

    /// The scan that this header begins.
    pub fn scan(&self, body: &[u8]) -> Option<Scan<'a>> {
        let frame = self.frame.as_ref()?;
        let count = usize::from(*body.first()?);
        let [first, last, both] = *body.get(1 + 2 * count..)? else { return None };
        let kind = match (frame.progressive, first, last, both >> 4, both & 15) {
            (false, 0, 63, 0, 0) => Kind::Sequential,
            (true, 0, 0, 0, low @ 0..=13) => Kind::First(u32::from(low)),
            (true, 0, 0, high, low @ 0..=13) if high == low + 1 => Kind::Refinement(u32::from(low)),
            (true, 1.., ..) => Kind::Detail,
            _ => return None,
        };
        let parts = body[1..=2 * count].chunks_exact(2).map(|pair| self.part(pair[0], pair[1]));
        let parts: Vec<_> = parts.collect::<Option<_>>()?;
        let in_order = parts.windows(2).all(|pair| pair[0].component < pair[1].component);
        (in_order && count > 0).then_some(Scan { parts, kind, interval: self.interval })
    }

    fn part(&self, id: u8, tables: u8) -> Option<Part<'a>> {
        let components = &self.frame.as_ref()?.components;
        let component = components.iter().position(|component| component.id == id)?;
        let factors = self.quantisation[components[component].table]?;
        let (dc, ac) = (self.dc.get(usize::from(tables >> 4))?, self.ac.get(usize::from(tables & 15))?);
        Some(Part { component, dc: *dc, ac: *ac, factors: std::array::from_fn(|at| factors.at(at)) })
    }

    /// What the colours mean, by the rules of libjpeg; `None` for those that the whole decoder may know.
    pub fn layout(&self) -> Option<Layout> {
        let ids: Vec<_> = self.frame.as_ref()?.components.iter().map(|component| component.id).collect();
        match (ids.as_slice(), self.jfif, self.adobe) {
            ([_], ..) => Some(Layout::Luma),
            (_, true, _) | (_, false, Some(1)) | ([1, 2, 3], false, None) => Some(Layout::YcbcrPlanes),
            (_, false, Some(0)) | (b"RGB", false, None) => Some(Layout::RgbPlanes),
            ([1, 34, 35] | b"rgb", ..) | (_, _, Some(_)) => None,
            _ => Some(Layout::YcbcrPlanes),
        }
    }

    /// The colour profile, put together in its own order.
    pub fn profile(&self) -> Option<Vec<u8>> {
        let mut chunks = self.icc.clone();
        chunks.sort_by_key(|(number, _)| *number);
        (!chunks.is_empty()).then(|| chunks.into_iter().flat_map(|(_, chunk)| chunk).copied().collect())
    }
}

impl FrameHeader {
    /// The most blocks that any colour has across, and down, in a unit.
    pub fn most(&self) -> (usize, usize) {
        let most = |side: fn(&Component) -> usize| self.components.iter().map(side).max().unwrap_or(1);
        (most(|component| component.across), most(|component| component.down))
    }
}

impl Factors<'_> {
    fn at(&self, index: usize) -> i32 {
        if self.wide {
            word(self.bytes, 2 * index).map_or(0, i32::from)
        } else {
            self.bytes.get(index).map_or(0, |factor| i32::from(*factor))
        }
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}
