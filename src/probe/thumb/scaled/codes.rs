//! Huffman codes as tables that answer for several bits, and several symbols, at once.
//!
//! An entry packs how many bits it uses (bits 0 to 5) and how many coefficients it passes (from bit 6), so that one
//! addition carries both on. Codes too long for a table are looked for length by length. Layout: ITU-T T.81, annex C.

use super::bits::Bits;

/// Bits looked at for one symbol with its value.
const VALUE: u32 = 11;

/// Bits looked at for as many symbols as lie in them, without their values.
const STRIDE: u32 = 13;

/// How far an entry's coefficients stand from its bits used.
const STEP: u32 = 6;

/// Coefficients in a block.
const ALL: u32 = 64;

/// Added to the coefficients passed where a symbol ends the block.
const ENDS: u32 = 128;

/// Coefficients that no entry passes: the table does not know, look symbol by symbol.
const UNKNOWN: u32 = 65;

/// What a code stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// The size of a difference between DC coefficients.
    Dc,
    /// A run of zeros and the size of the AC coefficient behind it.
    Ac,
}

/// One Huffman table.
struct Codes {
    /// What it was made from: 16 counts, then the symbols.
    source: Vec<u8>,
    class: Class,
    /// The first 16 bits that are beyond the codes of each length, and what to add to a code for its symbol's place.
    lengths: [(u32, i32); 16],
    /// By the next [`VALUE`] bits: the symbol's value in the upper half, its step and bits in the lower.
    values: Box<[u32; 1 << VALUE]>,
}

/// Codes of DC differences.
pub(super) struct DcCodes(Codes);

/// Codes of AC coefficients.
pub(super) struct AcCodes {
    codes: Codes,
    /// By the next [`STRIDE`] bits: the steps and bits of all symbols that lie in them whole.
    strides: Box<[u16; 1 << STRIDE]>,
}

/// Tables made so far. The pictures of one camera mostly share theirs.
#[derive(Default)]
pub(super) struct Shelf {
    dc: Vec<DcCodes>,
    ac: Vec<AcCodes>,
}

/// Tables kept: more than one scan can name.
const SHELF: usize = 8;

impl Shelf {
    /// Makes room for the tables of a scan; what was found before may stand elsewhere now.
    pub fn clear_if_full(&mut self) {
        if self.dc.len() > SHELF || self.ac.len() > SHELF {
            *self = Self::default();
        }
    }

    /// Where the table made from `source` stands.
    pub fn dc(&mut self, source: &[u8]) -> Option<usize> {
        let found = self.dc.iter().position(|codes| codes.0.source == source);
        found.or_else(|| {
            self.dc.push(DcCodes(Codes::new(source, Class::Dc)?));
            Some(self.dc.len() - 1)
        })
    }

    /// Where the table made from `source` stands.
    pub fn ac(&mut self, source: &[u8]) -> Option<usize> {
        let found = self.ac.iter().position(|codes| codes.codes.source == source);
        found.or_else(|| {
            self.ac.push(AcCodes::new(source)?);
            Some(self.ac.len() - 1)
        })
    }

    pub fn dc_at(&self, at: usize) -> &DcCodes {
        &self.dc[at]
    }

    pub fn ac_at(&self, at: usize) -> &AcCodes {
        &self.ac[at]
    }
}

impl Codes {
    fn new(source: &[u8], class: Class) -> Option<Self> {
        let (counts, symbols) = source.split_at_checked(16)?;
        let (mut code, mut place, mut lengths) = (0_u32, 0_usize, [(0, 0); 16]);
        let mut values = boxed(entry(0, UNKNOWN))?;
        for (index, count) in counts.iter().enumerate() {
            let length = index as u32 + 1;
            lengths[index].1 = place as i32 - code as i32;
            for symbol in symbols.get(place..place + usize::from(*count))? {
                fill_values(&mut *values, code, length, *symbol, class)?;
                code += 1;
            }
            place += usize::from(*count);
            lengths[index].0 = code << (16 - length);
            if code > 1 << length {
                return None;
            }
            code <<= 1;
        }
        Some(Self { source: source.to_vec(), class, lengths, values })
    }

    /// The next symbol and the length of its code, whatever that is.
    fn symbol(&self, bits: u64) -> Option<(u8, u32)> {
        let ahead = (bits >> 48) as u32;
        let index = self.lengths.iter().position(|(beyond, _)| ahead < *beyond)?;
        let code = (ahead >> (15 - index)) as i32;
        let place = usize::try_from(code + self.lengths[index].1).ok()?;
        Some((*self.source.get(16 + place)?, index as u32 + 1))
    }

    /// One symbol with its value, whatever its length: the coefficients passed, and the value.
    #[cold]
    fn slow(&self, bits: &mut Bits<'_>) -> Option<(u32, i32)> {
        bits.fill()?;
        let (symbol, length) = self.symbol(bits.held)?;
        let (size, step) = meaning(symbol, self.class)?;
        bits.drop(length);
        let value = if size == 0 { 0 } else { extended(bits.take(size), size) };
        bits.fill()?;
        Some((step, value))
    }
}

impl DcCodes {
    /// A block's difference to the block before it in the same colour. Wants 27 bits held; leaves at least 16 of 27.
    #[inline(always)]
    pub fn difference(&self, bits: &mut Bits<'_>) -> Option<i32> {
        let entry = self.0.values[(bits.held >> (64 - VALUE)) as usize];
        if entry as u16 == UNKNOWN_ENTRY {
            return self.0.slow(bits).map(|(_, value)| value);
        }
        bits.drop(entry & 63);
        Some(entry as i32 >> 16)
    }
}

impl AcCodes {
    fn new(source: &[u8]) -> Option<Self> {
        let codes = Codes::new(source, Class::Ac)?;
        let mut strides: Box<[u16; 1 << STRIDE]> = boxed(0)?;
        let single: Vec<_> = (0..1 << STRIDE).map(|ahead| codes.whole(ahead)).collect();
        for (ahead, stride) in strides.iter_mut().enumerate() {
            *stride = stride_over(&single, ahead);
        }
        Some(Self { codes, strides })
    }

    /// The coefficients 1 to `last` (in zigzag order) into `kept`; then steps over the others. Those behind `last` are left
    /// as they come.
    #[inline(always)]
    pub fn coefficients(&self, bits: &mut Bits<'_>, last: u32, kept: &mut [i32; 64]) -> Option<()> {
        let mut passed = 1;
        kept[1..=last as usize].fill(0);
        while passed <= last {
            if bits.count < VALUE {
                bits.fill()?;
            }
            let entry = self.codes.values[(bits.held >> (64 - VALUE)) as usize];
            // What the table does not know uses no bits.
            bits.drop(entry & 63);
            let (mut step, mut value) = ((entry & 0xffff) >> STEP, entry as i32 >> 16);
            if step > 16 {
                if step == UNKNOWN {
                    (step, value) = self.codes.slow(bits)?;
                }
                if step == ENDS {
                    return Some(());
                }
            }
            passed += step;
            kept[(passed - 1) as usize & 63] = value;
        }
        self.skip(bits, passed)
    }

    /// Steps over a block's coefficients from the one numbered `passed` on; none of their values is made.
    #[inline(always)]
    pub fn skip(&self, bits: &mut Bits<'_>, passed: u32) -> Option<()> {
        // Coefficients passed, and in the low bits how many bits were used since the last refill: at most 4 x 13.
        let mut state = passed << STEP;
        loop {
            bits.fill()?;
            for _ in 0..4 {
                let entry = self.strides[(bits.held >> (64 - STRIDE)) as usize];
                let next = state + u32::from(entry);
                if next < ALL << STEP {
                    bits.held <<= entry & 63;
                    state = next;
                    continue;
                }
                let ends = matches!(next >> STEP, ALL | 129..=191);
                if ends {
                    bits.held <<= entry & 63;
                    bits.count -= next & 63;
                    return Some(());
                }
                bits.count -= state & 63;
                let passed = (state >> STEP) + self.codes.slow(bits)?.0;
                if passed >= ALL {
                    return matches!(passed, ALL | 129..=191).then_some(());
                }
                state = passed << STEP;
            }
            bits.count -= state & 63;
            state &= !63;
        }
    }
}

impl Codes {
    /// Bits and coefficients of the symbol at the front of [`STRIDE`] bits, if it lies in them with its value.
    fn whole(&self, ahead: usize) -> Option<(u32, u32)> {
        let (symbol, length) = self.symbol((ahead as u64) << (64 - STRIDE))?;
        let (size, step) = meaning(symbol, self.class)?;
        (length + size <= STRIDE).then_some((length + size, step))
    }
}

/// All symbols that lie whole in these bits, up to the end of the block.
fn stride_over(single: &[Option<(u32, u32)>], ahead: usize) -> u16 {
    let (mut used, mut passed) = (0, 0);
    while let Some((length, step)) = single[(ahead << used) & ((1 << STRIDE) - 1)] {
        if used + length > STRIDE || passed + step >= ALL && step != ENDS {
            break;
        }
        (used, passed) = (used + length, passed + step);
        if step == ENDS {
            break;
        }
    }
    if passed == 0 { UNKNOWN_ENTRY } else { entry(used, passed) as u16 }
}

/// The entries of all bits that begin with this code and go on with a value of its size.
fn fill_values(values: &mut [u32], code: u32, length: u32, symbol: u8, class: Class) -> Option<()> {
    let Some((size, step)) = meaning(symbol, class) else { return Some(()) };
    let used = length + size;
    if used > VALUE {
        return Some(());
    }
    for value in 0..1_u32 << size {
        let first = ((code << size | value) << (VALUE - used)) as usize;
        let value = if size == 0 { 0 } else { extended(value, size) };
        let packed = (value as u32) << 16 | entry(used, step);
        values.get_mut(first..first + (1 << (VALUE - used)))?.fill(packed);
    }
    Some(())
}

/// The bits of the value behind a symbol, and the coefficients it passes; `None` for symbols that 8-bit samples never need.
fn meaning(symbol: u8, class: Class) -> Option<(u32, u32)> {
    let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
    match class {
        Class::Dc => (symbol <= 11).then_some((size, 1)),
        Class::Ac if size > 0 => Some((size, run + 1)),
        Class::Ac if run == 15 => Some((0, 16)),
        // As libjpeg reads it: the other runs without a value end the block like the one of length 0.
        Class::Ac => Some((0, ENDS)),
    }
}

/// The upper half of the values of a size are positive, the lower half are negative.
fn extended(value: u32, size: u32) -> i32 {
    let value = value as i32;
    if value < 1 << (size - 1) { value - (1 << size) + 1 } else { value }
}

const fn entry(used: u32, step: u32) -> u32 {
    step << STEP | used
}

const UNKNOWN_ENTRY: u16 = entry(0, UNKNOWN) as u16;

fn boxed<T: Copy, const N: usize>(value: T) -> Option<Box<[T; N]>> {
    vec![value; N].into_boxed_slice().try_into().ok()
}
