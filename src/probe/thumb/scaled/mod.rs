//! JPEG → a picture an eighth, a quarter or half its size, from the few coefficients that such a picture shows.
//!
//! Nearly all the time of a JPEG goes into its Huffman codes. Most of them stand for coefficients that a small picture
//! cannot show, and those need not be *made*, only *passed*. So a photo walks through here:
//!
//! ```text
//! headers   the segments: frame, tables, what each scan brings
//! bits      a scan's data, its stuffing taken out once; eight bytes at a time
//! codes     the first few coefficients with their values; all the others several at a time, by how many bits they take
//! blocks    those few → 1 x 1, 2 x 2 or 4 x 4 pixels
//! scan      which block comes next, and where to go on after damage
//! planes    each colour's pixels, at its own size
//! ```
//!
//! Taken are baseline, extended and (at an eighth) progressive Huffman coding, 8 bits, grey or three colours, any sampling,
//! any restart interval, any number of scans. A progressive picture is drawn from its DC scans: all of them where they are
//! there, for one bit a block is cheap, and the first alone where a file breaks off. For everything else there is `None`,
//! and the whole decoder does the work. Layout: ITU-T T.81.

#![allow(clippy::inline_always, reason = "a call for each of ten million symbols is what this decoder does without")]

mod bits;
mod blocks;
mod codes;
mod headers;
mod planes;
mod scan;

use super::outline::{EOI, End, Outline, SOS, is_bare, next_marker, segment};
use super::picture::{Layout, Picture, Spare};
use super::{KEPT, MOST_SAMPLES};
use codes::Shelf;
use headers::{Headers, Kind, Part, Scan};
use planes::{Canvas, Measures};
use scan::Order;

/// What is kept from picture to picture.
#[derive(Default)]
pub(super) struct Buffers {
    shelf: Shelf,
    /// A stretch of a scan without its stuffing.
    data: Vec<u8>,
}

/// A picture while it is decoded.
struct Drawing {
    layout: Layout,
    canvases: Vec<Canvas>,
    /// DC coefficients of a progressive picture, by colour, before they are multiplied.
    means: Vec<Vec<i16>>,
    /// What the DC coefficients are multiplied with, by colour; `None` before its first scan.
    factors: Vec<Option<i32>>,
    sound: bool,
}

/// The picture with `edge` pixels on its long side, or more; `None` where the whole decoder is needed.
pub(super) fn decode(
    bytes: &[u8],
    outline: &Outline,
    edge: u32,
    buffers: &mut Buffers,
    spare: &mut Spare,
) -> Option<Picture> {
    let mut drawing = None;
    let headers = each_scan(bytes, outline, |headers, scan, data| {
        if drawing.is_none() {
            drawing = Some(Drawing::new(headers, edge, spare)?);
        }
        let drawing: &mut Drawing = drawing.as_mut()?;
        drawing.scan(scan, data, buffers)?;
        Some(drawing.is_complete())
    })?;
    let picture = drawing?.finish(&headers, matches!(outline.end, End::Cut(_)));
    buffers.data.clear();
    buffers.data.shrink_to(KEPT);
    picture
}

/// Whether [`decode`] takes this picture. The headers alone decide that: bad data is shown as far as it goes.
pub(super) fn takes(bytes: &[u8], outline: &Outline, edge: u32) -> bool {
    let (mut factors, mut shelf) = (Vec::new(), Shelf::default());
    let headers = each_scan(bytes, outline, |headers, scan, _| {
        if factors.is_empty() {
            factors = vec![None; measured(headers, edge)?.1.len()];
        }
        if scan.kind == Kind::Detail {
            return Some(false);
        }
        enter(&mut factors, scan)?;
        shelf.clear_if_full();
        for part in &scan.parts {
            if matches!(scan.kind, Kind::Sequential | Kind::First(_)) {
                shelf.dc(part.dc?)?;
            }
            if scan.kind == Kind::Sequential {
                shelf.ac(part.ac?)?;
            }
        }
        Some(scan.kind == Kind::Sequential && factors.iter().all(Option::is_some))
    });
    headers.is_some() && factors.first().is_some_and(Option::is_some)
}

/// Hands each scan and the data behind it to `take`, with what was said before it, until that says it has enough.
/// `None` where it does, and where a header is not for this decoder.
fn each_scan<'a>(
    bytes: &'a [u8],
    outline: &Outline,
    mut take: impl FnMut(&Headers<'a>, &Scan<'a>, &'a [u8]) -> Option<bool>,
) -> Option<Headers<'a>> {
    let (End::Whole(end) | End::Cut(end)) = outline.end;
    let bytes = bytes.get(..end)?;
    let mut headers = Headers::default();
    let mut at = 2;
    while let Some((start, marker)) = next_marker(bytes, at) {
        at = start + 2;
        if marker == EOI {
            break;
        }
        if is_bare(marker) {
            continue;
        }
        let body = segment(bytes, at)?;
        at += body.len() + 2;
        if marker != SOS {
            headers.read(marker, body)?;
        } else if take(&headers, &headers.scan(body)?, &bytes[at..])? {
            break;
        }
    }
    Some(headers)
}

/// What the colours mean, and the measures of each; `None` where no scale that is made here is big enough.
fn measured(headers: &Headers<'_>, edge: u32) -> Option<(Layout, Vec<Measures>)> {
    let (frame, layout) = (headers.frame.as_ref()?, headers.layout()?);
    let mut measures: Vec<Measures> = Vec::with_capacity(frame.components.len());
    for component in &frame.components {
        // The thumbnail itself has half as many samples of the two colours beside the luma.
        let luma = measures.first().filter(|_| layout == Layout::YcbcrPlanes).map(|measures| measures.scale);
        let edge = if luma.is_some() { edge.div_ceil(2) } else { edge } as usize;
        measures.push(Measures::at_least(frame, *component, edge, luma)?);
    }
    let samples: usize = measures.iter().map(Measures::samples).sum();
    let too_fine = frame.progressive && measures.iter().any(|measures| measures.scale > 1);
    (samples as u64 <= MOST_SAMPLES && !too_fine).then_some((layout, measures))
}

/// Notes the colours of a scan that is not of details; `None` for one that does not fit to those before.
fn enter(factors: &mut [Option<i32>], scan: &Scan<'_>) -> Option<()> {
    let first = !matches!(scan.kind, Kind::Refinement(_));
    for part in &scan.parts {
        let factor = factors.get_mut(part.component)?;
        if factor.is_some() == first {
            return None;
        }
        *factor = Some(part.factors[0]);
    }
    Some(())
}

impl Drawing {
    fn new(headers: &Headers<'_>, edge: u32, spare: &mut Spare) -> Option<Self> {
        let (frame, (layout, measures)) = (headers.frame.as_ref()?, measured(headers, edge)?);
        let canvases: Vec<_> = measures.iter().map(|measures| measures.canvas(spare.take())).collect();
        let means = if frame.progressive {
            canvases.iter().map(|canvas| vec![0; canvas.samples.len()]).collect()
        } else {
            Vec::new()
        };
        Some(Self { layout, factors: vec![None; canvases.len()], canvases, means, sound: true })
    }

    /// Whether nothing more can come: a sequential picture has each colour once.
    fn is_complete(&self) -> bool {
        self.means.is_empty() && self.factors.iter().all(Option::is_some)
    }

    /// Takes in a scan; `None` for one that does not fit to those before.
    fn scan(&mut self, scan: &Scan<'_>, bytes: &[u8], buffers: &mut Buffers) -> Option<()> {
        if scan.kind == Kind::Detail {
            return Some(());
        }
        enter(&mut self.factors, scan)?;
        buffers.shelf.clear_if_full();
        let order = Order::new(&self.canvases, scan.parts.iter().map(|part| part.component), scan.interval);
        self.sound &= match scan.kind {
            Kind::Sequential => self.sequential(&order, scan, bytes, buffers)?,
            Kind::First(low) => self.first(&order, scan, low, bytes, buffers)?,
            Kind::Refinement(low) => self.refine(&order, low, bytes, buffers),
            Kind::Detail => true,
        };
        Some(())
    }

    fn sequential(&mut self, order: &Order, scan: &Scan<'_>, bytes: &[u8], buffers: &mut Buffers) -> Option<bool> {
        let Buffers { shelf, data } = buffers;
        let places = scan.parts.iter().map(|part| Some((shelf.dc(part.dc?)?, shelf.ac(part.ac?)?)));
        let places: Vec<_> = places.collect::<Option<_>>()?;
        let tables: Vec<_> = places.iter().map(|(dc, ac)| (shelf.dc_at(*dc), shelf.ac_at(*ac))).collect();
        let (canvases, mut kept) = (&mut self.canvases, [0; 64]);
        Some(order.walk(bytes, data, |bits, previous, place| {
            let (dc, ac) = tables[place.part];
            let factors = &scan.parts[place.part].factors;
            let canvas = &mut canvases[place.component];
            bits.fill()?;
            *previous = previous.wrapping_add(dc.difference(bits)?);
            if canvas.scale == 1 {
                ac.skip(bits, 1)?;
                bits.within()?;
                return canvas.put(place.column, place.row, [[blocks::mean(previous.wrapping_mul(factors[0]))]]);
            }
            kept[0] = *previous;
            if canvas.scale == 2 {
                ac.coefficients(bits, blocks::LAST_OF_TWO, &mut kept)?;
                bits.within()?;
                return canvas.put(place.column, place.row, blocks::two(&kept, factors));
            }
            ac.coefficients(bits, blocks::LAST_OF_FOUR, &mut kept)?;
            bits.within()?;
            canvas.put(place.column, place.row, blocks::four(&kept, factors))
        }))
    }

    fn first(&mut self, order: &Order, scan: &Scan<'_>, low: u32, bytes: &[u8], buffers: &mut Buffers) -> Option<bool> {
        let Buffers { shelf, data } = buffers;
        let places: Vec<_> = scan.parts.iter().map(|part: &Part<'_>| shelf.dc(part.dc?)).collect::<Option<_>>()?;
        let tables: Vec<_> = places.iter().map(|at| shelf.dc_at(*at)).collect();
        let (canvases, means) = (&self.canvases, &mut self.means);
        Some(order.walk(bytes, data, |bits, previous, place| {
            bits.fill()?;
            *previous = previous.wrapping_add(tables[place.part].difference(bits)?);
            bits.within()?;
            let at = place.row * canvases[place.component].stride + place.column;
            *means[place.component].get_mut(at)? = (*previous << low) as i16;
            Some(())
        }))
    }

    fn refine(&mut self, order: &Order, low: u32, bytes: &[u8], buffers: &mut Buffers) -> bool {
        let (canvases, means) = (&self.canvases, &mut self.means);
        order.walk(bytes, &mut buffers.data, |bits, _, place| {
            if bits.count == 0 {
                bits.fill()?;
            }
            let bit = bits.take(1);
            bits.within()?;
            let at = place.row * canvases[place.component].stride + place.column;
            *means[place.component].get_mut(at)? |= (bit << low) as i16;
            Some(())
        })
    }

    /// The picture, if anything of its first colour came.
    fn finish(mut self, headers: &Headers<'_>, cut: bool) -> Option<Picture> {
        let sound = self.sound && self.factors.iter().all(Option::is_some);
        self.factors[0]?;
        for ((canvas, means), factor) in self.canvases.iter_mut().zip(&self.means).zip(&self.factors) {
            let factor = factor.unwrap_or(0);
            for (sample, mean) in canvas.samples.iter_mut().zip(means) {
                *sample = blocks::mean(i32::from(*mean).wrapping_mul(factor));
            }
        }
        let frame = headers.frame.as_ref()?;
        Some(Picture {
            planes: self.canvases.into_iter().map(Canvas::cropped).collect(),
            layout: self.layout,
            full: (frame.width as u32, frame.height as u32),
            icc: headers.profile().filter(|_| self.layout != Layout::Luma),
            partial: match (cut, sound) {
                (true, _) => Some("cut short".to_owned()),
                (false, false) => Some("damaged".to_owned()),
                (false, true) => None,
            },
        })
    }
}

#[cfg(test)]
mod tests;
