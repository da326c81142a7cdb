//! JPEG → an eighth of its size, from the mean of each 8 × 8 block alone: the DC coefficient is that mean.
//!
//! All other coefficients are stepped over, several at a time, by a table that knows how many bits and how many coefficients the
//! next bits stand for; their values are never made. Takes sound files of one interleaved scan, baseline or extended Huffman,
//! 8 bits, grey or YCbCr; for everything else it gives `None` and the whole decoder does the work. Layout: ITU-T T.81.

use memchr::memchr;

use super::outline::Frame;
use super::picture::{Layout, Picture};

/// Bits looked at together where coefficients are stepped over.
const PEEK: u32 = 13;

/// Zero bytes behind the data, so that reading ahead needs no bound of its own.
const PADDING: usize = 16;

/// What the headers before the scan say.
#[derive(Default)]
struct Headers {
    /// The DC value's factor, by quantisation table.
    factors: [Option<i32>; 4],
    dc: [Option<Codes>; 4],
    ac: [Option<Codes>; 4],
    components: Vec<Component>,
    interval: usize,
    icc: Vec<(u8, Vec<u8>)>,
}

/// One colour, as the frame and the scan describe it.
#[derive(Clone, Copy, Default)]
struct Component {
    id: u8,
    across: usize,
    down: usize,
    quantisation: usize,
    dc: usize,
    ac: usize,
}

/// One colour's block means, row by row.
struct Plane {
    width: usize,
    means: Vec<u8>,
}

/// The picture at an eighth of its size; `None` where the whole decoder is needed.
pub(super) fn decode(bytes: &[u8], frame: Frame) -> Option<Picture> {
    let (headers, scan) = Headers::read(bytes)?;
    let (data, restarts) = unstuffed(&bytes[scan..])?;
    let planes = planes(&headers, frame, &data, &restarts)?;
    let size = (usize::from(frame.width).div_ceil(8), usize::from(frame.height).div_ceil(8));
    let (samples, layout) = match planes.as_slice() {
        [grey] => (
            grey.means.chunks_exact(grey.width).take(size.1).flat_map(|row| &row[..size.0]).copied().collect(),
            Layout::Luma,
        ),
        _ => (rgb(&headers.components, &planes, size), Layout::Rgb),
    };
    let eighth = |full: u16, stored: usize| (f64::from(full) / 8.0).min(stored as f64);
    Some(Picture {
        samples,
        size: (size.0 as u32, size.1 as u32),
        layout,
        full: (u32::from(frame.width), u32::from(frame.height)),
        covered: (eighth(frame.width, size.0), eighth(frame.height, size.1)),
        icc: headers.profile().filter(|_| layout == Layout::Rgb),
        partial: None,
    })
}

impl Headers {
    /// Reads up to the first scan; gives where its data begins.
    fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let (mut headers, mut at) = (Self::default(), 2);
        loop {
            while bytes.get(at..at + 2)? == [0xff, 0xff] {
                at += 1;
            }
            let [0xff, marker] = *bytes.get(at..at + 2)? else { return None };
            let length = usize::from(u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?));
            let body = bytes.get(at + 4..at + 2 + length)?;
            at += 2 + length;
            match marker {
                0xc0 | 0xc1 => headers.frame(body)?,
                0xc4 => headers.huffman(body)?,
                0xdb => headers.quantisation(body)?,
                0xdd => headers.interval = usize::from(u16::from_be_bytes(body.get(..2)?.try_into().ok()?)),
                0xe2 if body.starts_with(b"ICC_PROFILE\0") => {
                    headers.icc.push((*body.get(12)?, body.get(14..)?.to_vec()));
                }
                // Adobe's own colours: only its YCbCr is everybody's.
                0xee if body.starts_with(b"Adobe") && *body.get(11)? != 1 => return None,
                0xda => return headers.scan(body).map(|()| (headers, at)),
                0xe0..=0xef | 0xfe => {}
                _ => return None,
            }
        }
    }

    fn frame(&mut self, body: &[u8]) -> Option<()> {
        let count = usize::from(*body.get(5)?);
        if body[0] != 8 || !matches!(count, 1 | 3) || !self.components.is_empty() {
            return None;
        }
        for part in body.get(6..6 + 3 * count)?.chunks_exact(3) {
            let (across, down) = (usize::from(part[1] >> 4), usize::from(part[1] & 15));
            if !(1..=4).contains(&across) || !(1..=4).contains(&down) {
                return None;
            }
            // A lone colour's blocks follow one another, whatever its factors say.
            let (across, down) = if count == 1 { (1, 1) } else { (across, down) };
            let quantisation = usize::from(part[2] & 3);
            self.components.push(Component { id: part[0], across, down, quantisation, ..Component::default() });
        }
        let named_rgb = self.components.iter().map(|component| component.id).eq(*b"RGB");
        (!named_rgb).then_some(())
    }

    fn huffman(&mut self, mut body: &[u8]) -> Option<()> {
        while let [class, rest @ ..] = body {
            let counts: [u8; 16] = rest.get(..16)?.try_into().ok()?;
            let symbols = rest.get(16..16 + counts.iter().map(|n| usize::from(*n)).sum::<usize>())?;
            let codes = Codes::new(counts, symbols, class >> 4 != 0)?;
            let tables = if class >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(class & 15))? = Some(codes);
            body = &rest[16 + symbols.len()..];
        }
        Some(())
    }

    fn quantisation(&mut self, mut body: &[u8]) -> Option<()> {
        while let [kind, rest @ ..] = body {
            let wide = kind >> 4 != 0;
            let (first, length) = if wide {
                (i32::from(u16::from_be_bytes(rest.get(..2)?.try_into().ok()?)), 128)
            } else {
                (i32::from(*rest.first()?), 64)
            };
            *self.factors.get_mut(usize::from(kind & 15))? = Some(first);
            body = rest.get(length..)?;
        }
        Some(())
    }

    fn scan(&mut self, body: &[u8]) -> Option<()> {
        let count = usize::from(*body.first()?);
        if count != self.components.len() || count == 0 {
            return None;
        }
        for (component, part) in self.components.iter_mut().zip(body.get(1..1 + 2 * count)?.chunks_exact(2)) {
            (component.dc, component.ac) = (usize::from(part[1] >> 4), usize::from(part[1] & 15));
            if component.id != part[0] {
                return None;
            }
        }
        (body.get(1 + 2 * count..)? == [0, 63, 0]).then_some(())
    }

    /// The colour profile, put together in its own order.
    fn profile(&self) -> Option<Vec<u8>> {
        let mut chunks: Vec<_> = self.icc.iter().collect();
        chunks.sort_by_key(|(number, _)| *number);
        (!chunks.is_empty()).then(|| chunks.into_iter().flat_map(|(_, chunk)| chunk).copied().collect())
    }
}

/// The scan's data without its stuffing, and where each restart begins in it; `None` unless an end marker closes it.
fn unstuffed(scan: &[u8]) -> Option<(Vec<u8>, Vec<usize>)> {
    let (mut data, mut restarts, mut at) = (Vec::with_capacity(scan.len() + PADDING), Vec::new(), 0);
    loop {
        let ff = at + memchr(0xff, &scan[at..])?;
        data.extend_from_slice(&scan[at..ff]);
        at = ff + 2;
        match *scan.get(ff + 1)? {
            0 => data.push(0xff),
            0xd0..=0xd7 => restarts.push(data.len()),
            0xff => at = ff + 1,
            0xd9 => {
                restarts.push(data.len());
                data.extend_from_slice(&[0; PADDING]);
                return Some((data, restarts));
            }
            _ => return None,
        }
    }
}

fn planes(headers: &Headers, frame: Frame, data: &[u8], ends: &[usize]) -> Option<Vec<Plane>> {
    let most = |side: fn(&Component) -> usize| headers.components.iter().map(side).max();
    let (across, down) = (most(|c| c.across)?, most(|c| c.down)?);
    let units = (usize::from(frame.width).div_ceil(8 * across), usize::from(frame.height).div_ceil(8 * down));
    let plane =
        |c: &Component| Plane { width: units.0 * c.across, means: vec![0; units.0 * c.across * units.1 * c.down] };
    let mut planes: Vec<_> = headers.components.iter().map(plane).collect();
    let tables = headers.components.iter().map(|c| {
        let (dc, ac) = (headers.dc.get(c.dc)?.as_ref()?, headers.ac.get(c.ac)?.as_ref()?);
        Some((*c, dc, ac, headers.factors[c.quantisation]?))
    });
    let tables = tables.collect::<Option<Vec<_>>>()?;
    let interval = if headers.interval == 0 { units.0 * units.1 } else { headers.interval };
    let (mut unit, mut begin) = (0, 0);
    for &end in ends {
        let mut bits = Bits { data, at: begin, held: 0, count: 0 };
        let mut previous = [0_i32; 4];
        for unit in unit..(unit + interval).min(units.0 * units.1) {
            let (column, row) = (unit % units.0, unit / units.0);
            for (index, (c, dc, ac, factor)) in tables.iter().enumerate() {
                for block in 0..c.across * c.down {
                    previous[index] = previous[index].wrapping_add(dc.difference(&mut bits)?);
                    ac.skip(&mut bits)?;
                    let mean = (previous[index].saturating_mul(*factor).saturating_add(4) >> 3) + 128;
                    let (x, y) = (column * c.across + block % c.across, row * c.down + block / c.across);
                    let plane = &mut planes[index];
                    *plane.means.get_mut(y * plane.width + x)? = mean.clamp(0, 255) as u8;
                }
            }
        }
        if bits.used() > end * 8 {
            return None;
        }
        (unit, begin) = (unit + interval, end);
    }
    (unit >= units.0 * units.1).then_some(planes)
}

/// YCbCr to RGB by the full-range equations of JFIF, in sixteenths of a bit; a coarser colour covers its neighbours.
fn rgb(components: &[Component], planes: &[Plane], size: (usize, usize)) -> Vec<u8> {
    let most = |side: fn(&Component) -> usize| components.iter().map(side).max().unwrap_or(1);
    let (across, down) = (most(|c| c.across), most(|c| c.down));
    let mut samples = Vec::with_capacity(size.0 * size.1 * 3);
    for y in 0..size.1 {
        let row = |index: usize| &planes[index].means[y * components[index].down / down * planes[index].width..];
        let rows = [row(0), row(1), row(2)];
        for x in 0..size.0 {
            let at = |index: usize| i32::from(rows[index][x * components[index].across / across]);
            let (luma, blue, red) = (at(0) << 16, at(1) - 128, at(2) - 128);
            let byte = |value: i32| ((value + 32768) >> 16).clamp(0, 255) as u8;
            samples.extend([
                byte(luma + 91881 * red),
                byte(luma - 22554 * blue - 46802 * red),
                byte(luma + 116_130 * blue),
            ]);
        }
    }
    samples
}

/// Bits from the front of `data`, most significant first.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// Bits not used yet, from the top.
    held: u64,
    count: u32,
}

impl Bits<'_> {
    /// Holds at least 48 bits; `None` far behind the end of the data.
    #[inline]
    fn fill(&mut self) -> Option<()> {
        if self.count < 48 {
            let next = u64::from_be_bytes(self.data.get(self.at..self.at + 8)?.try_into().ok()?);
            self.held |= next >> self.count;
            let taken = (63 - self.count) >> 3;
            self.at += taken as usize;
            self.count += taken * 8;
        }
        Some(())
    }

    #[inline]
    fn drop(&mut self, bits: u32) {
        self.held <<= bits;
        self.count -= bits;
    }

    fn used(&self) -> usize {
        self.at * 8 - self.count as usize
    }
}

/// A Huffman table: for 16 bits to come, the symbol and the length of its code; for [`PEEK`] bits, how far they carry.
struct Codes {
    /// Length of the code, 0 for none; its symbol.
    single: Vec<(u8, u8)>,
    /// Bits used and coefficients passed by all whole symbols that fit, and whether the last of them ends the block.
    run: Vec<(u8, u8, bool)>,
}

impl Codes {
    fn new(counts: [u8; 16], symbols: &[u8], runs: bool) -> Option<Self> {
        let (mut single, mut code, mut next) = (vec![(0, 0); 1 << 16], 0_usize, symbols.iter());
        for (length, count) in (1..=16_u8).zip(counts) {
            for symbol in next.by_ref().take(usize::from(count)) {
                let first = code << (16 - length);
                single.get_mut(first..first + (1 << (16 - length)))?.fill((length, *symbol));
                code += 1;
            }
            code <<= 1;
        }
        let run = if runs { (0..1 << PEEK).map(|bits| carried(&single, bits)).collect() } else { Vec::new() };
        Some(Self { single, run })
    }

    /// A block's difference to the block before it in the same colour.
    #[inline]
    fn difference(&self, bits: &mut Bits<'_>) -> Option<i32> {
        bits.fill()?;
        let (length, size) = self.single[(bits.held >> 48) as usize];
        if length == 0 || size > 11 {
            return None;
        }
        bits.drop(u32::from(length));
        if size == 0 {
            return Some(0);
        }
        let value = (bits.held >> (64 - u32::from(size))) as i32;
        bits.drop(u32::from(size));
        // The upper half of the values of a size are positive, the lower half are negative.
        Some(if value < 1 << (size - 1) { value - (1 << size) + 1 } else { value })
    }

    /// Steps over a block's other coefficients.
    #[inline]
    fn skip(&self, bits: &mut Bits<'_>) -> Option<()> {
        let mut passed = 1;
        while passed < 64 {
            bits.fill()?;
            let (used, carried, ends) = self.run[(bits.held >> (64 - PEEK)) as usize];
            if used > 0 && passed + u32::from(carried) < 64 {
                bits.drop(u32::from(used));
                passed += u32::from(carried);
                if ends {
                    return Some(());
                }
                continue;
            }
            let (length, symbol) = self.single[(bits.held >> 48) as usize];
            if length == 0 {
                return None;
            }
            bits.drop(u32::from(length) + u32::from(symbol & 15));
            match symbol {
                0 => return Some(()),
                0xf0 => passed += 16,
                _ => passed += u32::from(symbol >> 4) + 1,
            }
        }
        (passed == 64).then_some(())
    }
}

/// How far these bits carry: all symbols that lie in them whole, each with the bits of its value.
fn carried(single: &[(u8, u8)], bits: usize) -> (u8, u8, bool) {
    let (mut used, mut passed) = (0_u32, 0_u32);
    loop {
        let ahead = (bits << used) & ((1 << PEEK) - 1);
        let (length, symbol) = single[ahead << (16 - PEEK)];
        let whole = u32::from(length) + u32::from(symbol & 15);
        if length == 0 || used + whole > PEEK || passed >= 48 {
            return (used as u8, passed as u8, false);
        }
        used += whole;
        match symbol {
            0 => return (used as u8, passed as u8, true),
            0xf0 => passed += 16,
            _ => passed += u32::from(symbol >> 4) + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    use super::super::jpeg::{decode, whole};
    use super::super::outline::Outline;
    use super::*;

    /// A smooth picture with something of every colour in it.
    fn pixels(width: u16, height: u16, grey: bool) -> Vec<u8> {
        let wave = |at: u16, period: f64| ((f64::from(at) / period).sin() * 90.0 + 128.0) as u8;
        let pixel = |x: u16, y: u16| [wave(x, 41.0), wave(y, 33.0), wave(x ^ y, 57.0)];
        let all = (0..height).flat_map(|y| (0..width).map(move |x| pixel(x, y)));
        if grey { all.map(|pixel| pixel[0]).collect() } else { all.flatten().collect() }
    }

    fn jpeg(width: u16, height: u16, factor: Option<SamplingFactor>, restart: u16) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 90);
        encoder.set_sampling_factor(factor.unwrap_or(SamplingFactor::R_4_4_4));
        encoder.set_restart_interval(restart);
        let colour = if factor.is_none() { ColorType::Luma } else { ColorType::Rgb };
        encoder.encode(&pixels(width, height, factor.is_none()), width, height, colour).unwrap();
        bytes
    }

    fn eighth(bytes: &[u8]) -> Option<Picture> {
        super::decode(bytes, Outline::of(bytes).unwrap().frame)
    }

    #[test]
    fn an_eighth_is_what_the_whole_decoder_makes_of_it() {
        use SamplingFactor::{R_4_1_1, R_4_2_0, R_4_2_2, R_4_4_0, R_4_4_4};
        for factor in [None, Some(R_4_4_4), Some(R_4_2_2), Some(R_4_2_0), Some(R_4_4_0), Some(R_4_1_1)] {
            for (width, height, restart) in
                [(640, 480, 0), (641, 483, 0), (320, 200, 7), (9, 9, 0), (8, 1, 0), (1, 97, 3), (1000, 17, 1)]
            {
                let bytes = jpeg(width, height, factor, restart);
                if Outline::of(&bytes).unwrap().scans > 1 {
                    assert!(eighth(&bytes).is_none(), "a scan for each colour");
                    continue;
                }
                let mine = eighth(&bytes).unwrap_or_else(|| panic!("{factor:?} {width}x{height} {restart}"));
                let whole = whole(&bytes, 1).unwrap();
                assert_eq!((mine.size, mine.layout, mine.covered), (whole.size, whole.layout, whole.covered));
                let apart = mine.samples.iter().zip(&whole.samples).map(|(a, b)| u64::from(a.abs_diff(*b)));
                let (sum, count) = apart.fold((0, 0), |(sum, count), apart| (sum + apart, count + 1));
                // Grey is the same to the bit but for rounding; coarser colours are spread out otherwise.
                let most = match factor {
                    None => count,
                    Some(R_4_4_4) => 2 * count,
                    _ => 8 * count,
                };
                assert!(sum <= most, "{factor:?} {width}x{height}: {sum} over {count}");
            }
        }
    }

    #[test]
    fn what_is_not_sound_is_left_to_the_whole_decoder() {
        let bytes = jpeg(640, 480, Some(SamplingFactor::R_4_2_0), 11);
        let mut state = 1_u32;
        for at in (2..bytes.len()).step_by(83) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let mut harmed = bytes.clone();
            harmed[at] ^= (state >> 24) as u8 | 1;
            if let Some(outline) = Outline::of(&harmed) {
                let _ = super::decode(&harmed, outline.frame);
            }
            let _ = super::decode(&bytes[..at], Outline::of(&bytes).unwrap().frame);
        }
        let mut progressive = Vec::new();
        let mut encoder = Encoder::new(&mut progressive, 90);
        encoder.set_progressive(true);
        encoder.encode(&pixels(64, 48, false), 64, 48, ColorType::Rgb).unwrap();
        assert!(eighth(&progressive).is_none());
        assert!(decode(&progressive, 8).is_ok());
    }
}
