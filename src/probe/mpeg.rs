//! MPEG program and transport streams: the length from the first and last time stamps, the size from the first pictures.
//!
//! A stream has no header: only its first and its last quarter of a megabyte are looked at.

use super::bytes::Bytes;
use super::findings::Findings;
use super::h264;

/// How much is looked at from either end.
const REACH: usize = 256 << 10;
/// Ticks of time stamps in a second; they have 33 bits.
const TICKS: f64 = 90_000.0;
const WRAP: u64 = 1 << 33;

/// Adds what a program stream says.
pub fn program(bytes: &mut Bytes, findings: &mut Findings) {
    let (head, tail) = ends(bytes);
    findings.dimensions = sequence(&head);
    findings.duration = length(stamps(&head), stamps(&tail));
    if findings.dimensions.is_none() {
        findings.damage("no picture in it");
    }
}

/// Adds what a transport stream says.
pub fn transport(bytes: &mut Bytes, findings: &mut Findings) {
    let (head, tail) = ends(bytes);
    let Some((size, lead)) = rhythm(&head) else { return };
    let (first, last) = (Packets::read(&head, size, lead), Packets::read(&tail, size, usize::MAX));
    findings.duration = length(first.stamps, last.stamps);
    findings.dimensions = h264::size(&first.video).or_else(|| sequence(&first.video));
    h264::recorded(&first.video, findings);
}

fn ends(bytes: &mut Bytes) -> (Vec<u8>, Vec<u8>) {
    let head = bytes.some(0, REACH);
    let from = bytes.size().saturating_sub(REACH as u64);
    (head, bytes.some(from, REACH))
}

/// Width and height of an MPEG-1 or MPEG-2 sequence: twelve bits each.
fn sequence(stream: &[u8]) -> Option<(u32, u32)> {
    let at = memchr::memmem::find(stream, &[0, 0, 1, 0xB3])?;
    let [high, both, low] = *stream.get(at + 4..)?.first_chunk::<3>()?;
    let size = (u32::from(high) << 4 | u32::from(both) >> 4, u32::from(both & 0xF) << 8 | u32::from(low));
    (size.0 > 0 && size.1 > 0).then_some(size)
}

/// The least and the greatest time stamp.
type Span = Option<(u64, u64)>;

/// Seconds from the first stamp to the last; stamps start again after 26 hours.
fn length(first: Span, last: Span) -> Option<f64> {
    let ((start, _), (_, end)) = (first?, last?);
    let ticks = if end >= start { end - start } else { end + WRAP - start };
    (ticks > 0).then(|| ticks as f64 / TICKS)
}

/// The stamps of all packets in a piece of a program stream.
fn stamps(piece: &[u8]) -> Span {
    let starts = memchr::memmem::find_iter(piece, &[0, 0, 1]);
    starts.filter_map(|at| stamp(&piece[at..])).fold(None, |span, stamp| Some(widen(span, stamp)))
}

fn widen(span: Span, stamp: u64) -> (u64, u64) {
    span.map_or((stamp, stamp), |(low, high)| (low.min(stamp), high.max(stamp)))
}

/// The time stamp of a packet of sound or pictures that starts here.
fn stamp(packet: &[u8]) -> Option<u64> {
    if !matches!(packet.get(3)?, 0xBD | 0xC0..=0xEF | 0xFD) {
        return None;
    }
    let flags = *packet.get(6)?;
    let at = if flags & 0xC0 == 0x80 {
        // MPEG-2: a bit says that there is a stamp.
        (packet.get(7)? & 0x80 != 0).then_some(9)?
    } else {
        // MPEG-1: after stuffing and a buffer size.
        let at = 6 + packet[6..].iter().take(16).take_while(|byte| **byte == 0xFF).count();
        if packet.get(at)? & 0xC0 == 0x40 { at + 2 } else { at }
    };
    let raw = packet.get(at..)?.first_chunk::<5>()?;
    let marked = matches!(raw[0] >> 4, 2 | 3) && raw[0] & raw[2] & raw[4] & 1 == 1;
    let high = u64::from(raw[0] >> 1 & 7) << 30;
    marked.then_some(
        high | u64::from(raw[1]) << 22 | u64::from(raw[2] >> 1) << 15 | u64::from(raw[3]) << 7 | u64::from(raw[4]) >> 1,
    )
}

/// The size of packets and where in them the mark stands.
fn rhythm(head: &[u8]) -> Option<(usize, usize)> {
    let fits = |size: usize, lead: usize| head.iter().skip(lead).step_by(size).take(5).all(|byte| *byte == 0x47);
    [(188, 0), (192, 4), (204, 0)].into_iter().find(|(size, lead)| head.len() > *lead && fits(*size, *lead))
}

/// What the packets of one piece of a transport stream carry.
#[derive(Default)]
struct Packets {
    stamps: Span,
    /// The first pictures, put together.
    video: Vec<u8>,
}

impl Packets {
    /// With an unknown `lead`, the first mark that is followed by another a packet later.
    fn read(piece: &[u8], size: usize, lead: usize) -> Self {
        let marked =
            |at: &usize| piece.get(*at) == Some(&0x47) && piece.get(*at + size).is_none_or(|next| *next == 0x47);
        let lead = if lead == usize::MAX { (0..size).find(marked).unwrap_or(0) } else { lead };
        let mut packets = Self::default();
        let mut watched = None;
        for packet in piece.get(lead..).unwrap_or_default().chunks(size) {
            packets.take(packet, &mut watched);
        }
        packets
    }

    fn take(&mut self, packet: &[u8], watched: &mut Option<u16>) -> Option<()> {
        const ENOUGH: usize = 128 << 10;
        let packet = &packet[..packet.len().min(188)];
        let [0x47, high, low, flags, ..] = *packet else { return None };
        let stream = u16::from_be_bytes([high & 0x1F, low]);
        let skip = if flags & 0x20 != 0 { 1 + usize::from(*packet.get(4)?) } else { 0 };
        let payload = packet.get(4 + skip..).filter(|_| flags & 0x10 != 0)?;
        if high & 0x40 != 0 && payload.starts_with(&[0, 0, 1]) {
            self.stamps = stamp(payload).map(|stamp| widen(self.stamps, stamp)).or(self.stamps);
            if matches!(payload.get(3), Some(0xE0..=0xEF)) {
                watched.get_or_insert(stream);
            }
        }
        if *watched == Some(stream) && self.video.len() < ENOUGH {
            self.video.extend_from_slice(payload);
        }
        Some(())
    }
}
