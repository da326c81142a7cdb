//! Broken, cut and hostile files: nothing may panic, hang, or take long, whatever the bytes and whatever the type.
//!
//! Small files of each kind are built here, cut at every length and changed at random places, the same on every run. With
//! `HYPERNET_CORPUS` the same is done to real files.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use super::{HEAD, facts, kind};
use crate::model::mime;

/// Marsaglia's xorshift: the same numbers on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }
}

/// Probes bytes by their own type, or by one that they are not. Seconds tell loops from work, even on a busy machine.
fn survive(file: &[u8], as_type: Option<&'static mime::Mime>, what: &str) {
    let began = Instant::now();
    if let Some(mime) = as_type.or_else(|| kind(&file[..file.len().min(HEAD)])) {
        let found = facts(&mut Cursor::new(file), file.len() as u64, mime);
        if let Some(preview) = found.preview {
            assert!(preview.start < preview.end && preview.end <= file.len() as u64, "{what}: preview {preview:?}");
        }
    }
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{what} took {took:?}");
}

/// Cuts a file short and changes some of its bytes, so many times each.
fn mistreat(file: &[u8], cuts: usize, changes: usize, what: &str) {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for cut in 0..cuts.min(file.len()) {
        let len = if cuts >= file.len() { cut } else { dice.roll(file.len()) };
        survive(&file[..len], None, &format!("{what} cut to {len}"));
    }
    for round in 0..if file.is_empty() { 0 } else { changes } {
        let mut bent = file.to_vec();
        for _ in 0..=dice.roll(4) {
            let at = if dice.roll(2) == 0 { dice.roll(bent.len().min(512)) } else { dice.roll(bent.len()) };
            bent[at] = [0, 0xFF, 0x7F, 0x80, 1, dice.roll(256) as u8][dice.roll(6)];
        }
        survive(&bent, None, &format!("{what} changed, round {round}"));
    }
}

fn be(n: usize) -> [u8; 4] {
    (n as u32).to_be_bytes()
}

fn boxed(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    [&be(body.len() + 8)[..], &kind, body].concat()
}

/// A TIFF structure: the first directory, EXIF's, and that of GPS, each with some entries; sub-directories that loop.
fn tiff() -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value.to_be_bytes()].concat()
    };
    let first = [
        entry(0x0100, 4, 1, 64),
        entry(0x0101, 4, 1, 48),
        entry(0x010F, 2, 8, 300),
        entry(0x0110, 2, 8, 308),
        entry(0x0112, 3, 1, 6 << 16),
        entry(0x0132, 2, 20, 320),
        entry(0x014A, 4, 2, 8),
        entry(0x8769, 4, 1, 128),
        entry(0x8825, 4, 1, 200),
    ]
    .concat();
    let exif = [
        entry(0x829A, 5, 1, 340),
        entry(0x8827, 3, 1, 100 << 16),
        entry(0x9003, 2, 20, 320),
        entry(0x927C, 7, 40, 300),
    ];
    let gps =
        [entry(1, 2, 2, 0x4E00_0000), entry(2, 5, 3, 340), entry(3, 2, 2, 0x4500_0000), entry(4, 5, 3, 340)].concat();
    let mut file = [b"MM\0*\0\0\0\x08\0\x09", first.as_slice(), &be(8)].concat();
    file.resize(128, 0);
    file.extend([&[0, 4][..], &exif.concat(), &be(128)].concat());
    file.resize(200, 0);
    file.extend([&[0, 4][..], &gps, &be(0)].concat());
    file.resize(300, 0);
    file.extend(b"Canon\0\0\0EOS R5\0\0\0\0\0\x002021:03:04 10:20:30\0");
    file.extend([0, 0, 0, 1, 0, 0, 0, 250].repeat(4));
    file
}

fn jpeg() -> Vec<u8> {
    let segment =
        |marker: u8, body: &[u8]| [&[0xFF, marker][..], &(body.len() as u16 + 2).to_be_bytes(), body].concat();
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF \
        xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' \
        xmp:Rating='4'><dc:subject xmlns:dc='http://purl.org/dc/elements/1.1/'><rdf:Bag><rdf:li>a &amp; b</rdf:li></rdf:Bag>\
        </dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>";
    let photoshop = b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x0D\x1C\x02\x37\0\x0820211107\0";
    [
        &b"\xFF\xD8"[..],
        &segment(0xE1, &[b"Exif\0\0", tiff().as_slice()].concat()),
        &segment(0xE1, xmp),
        &segment(0xE2, &[b"MPF\0", tiff().as_slice()].concat()),
        &segment(0xED, photoshop),
        &segment(0xC0, &[8, 0, 48, 0, 64, 1, 1, 0x11, 0]),
        &segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        b"pixels\xFF\xD9",
    ]
    .concat()
}

fn png() -> Vec<u8> {
    let chunk = |kind: &[u8; 4], body: &[u8]| [&be(body.len())[..], kind, body, &[0; 4]].concat();
    let head = [&be(64)[..], &be(48), &[8, 2, 0, 0, 0]].concat();
    [
        &b"\x89PNG\r\n\x1A\n"[..],
        &chunk(b"IHDR", &head),
        &chunk(b"eXIf", &tiff()),
        &chunk(b"zTXt", b"Raw profile type exif\0\0\x78\x9C\x03\0\0\0\0\x01"),
        &chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>"),
        &chunk(b"IDAT", b"pixels"),
        &chunk(b"IEND", b""),
    ]
    .concat()
}

fn webp() -> Vec<u8> {
    let exif = tiff();
    let size = (exif.len() as u32).to_le_bytes();
    [&b"RIFF\xFF\0\0\0WEBPVP8X\x0A\0\0\0\x08\0\0\0\x3F\0\0\x2F\0\0EXIF"[..], &size, &exif, b"VP8 \x04\0\0\0abcd"]
        .concat()
}

fn mp4() -> Vec<u8> {
    let numbers = |list: &[usize]| list.iter().flat_map(|n| be(*n)).collect::<Vec<_>>();
    let head = numbers(&[0, 3_639_971_289, 0, 600, 900, 0]);
    let matrix = [0, 65_536, 0, 0xFFFF_0000, 0, 0, 0, 0, 0x4000_0000];
    let track =
        [numbers(&[7, 3_639_971_289, 0, 1, 0, 900, 0, 0, 0, 0]), numbers(&matrix), numbers(&[64 << 16, 48 << 16])]
            .concat();
    let media = [boxed(*b"hdlr", b"\0\0\0\0\0\0\0\0vide\0\0\0\0"), boxed(*b"mdhd", &head)].concat();
    let keys = [&[0, 0, 0, 0, 0, 0, 0, 1][..], &boxed(*b"mdta", b"com.apple.quicktime.model")].concat();
    let list = boxed([0, 0, 0, 1], &boxed(*b"data", b"\0\0\0\x01\0\0\0\0iPhone"));
    let meta = [boxed(*b"hdlr", &[0; 8]), boxed(*b"keys", &keys), boxed(*b"ilst", &list)].concat();
    let moov = [
        boxed(*b"mvhd", &head),
        boxed(*b"trak", &[boxed(*b"tkhd", &track), boxed(*b"mdia", &media)].concat()),
        boxed(*b"udta", &boxed(*b"\xA9xyz", b"\0\x12\x15\xC7+48.8584+002.2945/")),
        boxed(*b"meta", &meta),
    ];
    let run = boxed(*b"trun", &numbers(&[0x100, 2, 10, 10]));
    let piece =
        boxed(*b"traf", &[boxed(*b"tfhd", &numbers(&[0, 1])), boxed(*b"tfdt", &numbers(&[0, 900])), run].concat());
    [
        boxed(*b"ftyp", b"isom\0\0\0\0mp41"),
        boxed(*b"moov", &moov.concat()),
        boxed(*b"moof", &piece),
        boxed(*b"mdat", b"data"),
    ]
    .concat()
}

fn heic() -> Vec<u8> {
    let infe = |id: u8, kind: &[u8; 4]| boxed(*b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0][..], kind, b"\0"].concat());
    let infos = [&[0, 0, 0, 0, 0, 2][..], &infe(1, b"hvc1"), &infe(2, b"Exif")].concat();
    let shelf = [boxed(*b"ispe", &[&[0; 4][..], &be(64), &be(48)].concat()), boxed(*b"irot", &[1])].concat();
    let uses = boxed(*b"ipma", &[0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 2, 1, 2]);
    let exif = [&be(0)[..], &tiff()].concat();
    let places = [&[1, 0, 0, 0, 0x44, 0, 0, 1, 0, 2, 0, 1, 0, 0, 0, 1][..], &be(0), &be(exif.len())].concat();
    let meta = [
        &[0; 4][..],
        &boxed(*b"pitm", &[0, 0, 0, 0, 0, 1]),
        &boxed(*b"iinf", &infos),
        &boxed(*b"iloc", &places),
        &boxed(*b"iprp", &[boxed(*b"ipco", &shelf), uses].concat()),
        &boxed(*b"idat", &exif),
    ];
    [boxed(*b"ftyp", b"heic\0\0\0\0mif1heic"), boxed(*b"meta", &meta.concat())].concat()
}

fn mkv() -> Vec<u8> {
    let info = b"\x15\x49\xA9\x66\x92\x2A\xD7\xB1\x83\x0F\x42\x40\x44\x89\x84\x45\x00\x00\x00\x44\x61\x81\x05";
    let tracks = b"\x16\x54\xAE\x6B\x8D\xAE\x8B\x83\x81\x01\xE0\x86\xB0\x81\x40\xBA\x81\x30";
    [
        &b"\x1A\x45\xDF\xA3\x8B\x42\x82\x88matroska\x18\x53\x80\x67\xFF"[..],
        info,
        tracks,
        b"\x1F\x43\xB6\x75\x83\xE7\x81\x09",
    ]
    .concat()
}

/// One small file of each kind that has structure.
fn built() -> Vec<(&'static str, Vec<u8>)> {
    let avi = b"RIFF\x60\0\0\0AVI LIST\x38\0\0\0hdrlavih\x28\0\0\0\x10\x27\0\0xxxxxxxxxxxx\x64\0\0\0xxxxxxxxxxxx\x40\0\0\0\x30\0\0\0IDIT\x04\0\0\0moviLIST\x04\0\0\0movi";
    let gif = b"GIF89a\x40\0\x30\0\x80\0\0\0\0\0\xFF\xFF\xFF\x21\xF9\x04\0\0\0\0\0\x2C\0\0\0\0\x40\0\x30\0\0\x02\x02\x44\x01\0\x3B";
    let psd = [
        &b"8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x30\0\0\0\x40\0\x08\0\x03\0\0\0\0\0\0\0\x40"[..],
        b"8BIM\x04\x22\0\0\0\0\0\x20",
        &tiff(),
    ];
    let raf = [
        &b"FUJIFILMCCD-RAW 0201"[..],
        &[0; 64],
        &be(120),
        &be(700),
        &be(20),
        &be(40),
        &be(1),
        &be(9),
        &[0; 12],
        &jpeg(),
    ];
    let mrw = [&b"\0MRM\0\0\x02\0\0PRD\0\0\0\x18"[..], &[1; 24], b"\0TTW\0\0\x01\x80", &tiff()];
    let crw = b"II\x1A\0\0\0HEAPCCDR\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\x0A\x30\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let mut stream = b"\x47\x40\x11\x30\x01\0\0\0\x01\xE0\0\0\x80\x80\x05\x21\0\x01\0\x01\0\0\x01\x67".to_vec();
    stream.resize(188, 0x64);
    vec![
        ("tiff", tiff()),
        ("jpeg", jpeg()),
        ("png", png()),
        ("webp", webp()),
        ("mp4", mp4()),
        ("heic", heic()),
        ("mkv", mkv()),
        ("avi", avi.to_vec()),
        ("gif", gif.to_vec()),
        ("psd", psd.concat()),
        ("raf", raf.concat()),
        ("mrw", mrw.concat()),
        ("crw", crw.to_vec()),
        ("stream", stream.repeat(6)),
        ("pack", [&b"\0\0\x01\xBA"[..], &stream].concat().repeat(3)),
        ("jxl", b"\xFF\x0A\x87\0\0\0\0\0\0".to_vec()),
    ]
}

#[test]
fn the_built_files_are_read() {
    for (name, file) in built() {
        let mime = kind(&file).unwrap_or_else(|| panic!("{name} is not known"));
        let found = facts(&mut Cursor::new(&file), file.len() as u64, mime);
        let sized = ["jpeg", "png", "webp", "mp4", "heic", "mkv"].contains(&name);
        let turned = matches!(found.dimensions, Some((48, 64) | (64, 48)));
        assert!(!sized || turned, "{name}: {found:?}");
        let dated = ["tiff", "jpeg", "png", "webp", "mp4", "heic", "mkv", "mrw", "raf"].contains(&name);
        assert!(!dated || found.taken.is_some(), "{name}: {found:?}");
    }
}

#[test]
fn every_cut_and_many_changes_of_built_files_are_survived() {
    for (name, file) in built() {
        mistreat(&file, usize::MAX, 300, name);
    }
}

#[test]
fn no_file_is_dangerous_under_another_type() {
    for (name, file) in built() {
        for mime in mime::ALLOWED {
            survive(&file, Some(mime), &format!("{name} as {}", mime.name));
        }
    }
}

#[test]
fn repeated_and_random_bytes_are_survived_as_any_type() {
    let mut dice = Dice(0x1234_5678_9ABC_DEF1);
    let noise: Vec<u8> = (0..5000).map(|_| dice.roll(256) as u8).collect();
    for mime in mime::ALLOWED {
        for byte in [0, 1, 0x47, 0x49, 0x4D, 0xFF] {
            survive(&vec![byte; 70_000], Some(mime), &format!("{byte} as {}", mime.name));
        }
        survive(&noise, Some(mime), &format!("noise as {}", mime.name));
        survive(&[], Some(mime), &format!("nothing as {}", mime.name));
    }
}

#[test]
fn deep_and_endless_structures_end() {
    let nested = (0..3000).fold(Vec::new(), |inside, _| boxed(*b"moov", &inside));
    survive(&[boxed(*b"ftyp", b"isom\0\0\0\0mp41"), nested].concat(), None, "nested boxes");
    let empty = [boxed(*b"ftyp", b"isom\0\0\0\0mp41"), boxed(*b"free", b"").repeat(200_000)].concat();
    survive(&empty, None, "a million small boxes");
    let deep = [
        &b"\xFF\xD8\xFF\xE1"[..],
        &60_002_u16.to_be_bytes(),
        b"http://ns.adobe.com/xap/1.0/\0",
        &b"<a>".repeat(20_000),
    ];
    survive(&deep.concat(), None, "deep XML");
    let texts = [b"\x89PNG\r\n\x1A\n".to_vec(), [&be(4)[..], b"tEXta\0bcCRC_"].concat().repeat(50_000)].concat();
    survive(&texts, None, "many chunks");
}

/// A file with a hole: a head, so many zeros, a tail; and how much of it was read.
struct Holed {
    head: Vec<u8>,
    hole: u64,
    tail: Vec<u8>,
    at: u64,
    read: u64,
}

impl Read for Holed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let tail = self.head.len() as u64 + self.hole;
        for byte in into.iter_mut() {
            let before = self.head.get(self.at as usize).copied();
            let after = self.at.checked_sub(tail).and_then(|at| self.tail.get(at as usize)).copied();
            *byte = before.or(after).unwrap_or(0);
            self.at += 1;
        }
        self.read += into.len() as u64;
        Ok(into.len())
    }
}

impl Seek for Holed {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let SeekFrom::Start(at) = to {
            self.at = at;
        }
        Ok(self.at)
    }
}

#[test]
fn a_video_of_four_gigabytes_costs_kilobytes() {
    let movie = mp4();
    let data = movie.len() - 12;
    let (head, hole) = (boxed(*b"ftyp", b"qt  \0\0\0\0qt  "), 4_u64 << 30);
    let head = [&head[..], &be(1), b"mdat", &(hole + 16).to_be_bytes()].concat();
    let tail = movie[20..data].to_vec();
    let size = head.len() as u64 + hole + tail.len() as u64;
    let mut file = Holed { head, hole, tail, at: 0, read: 0 };
    let found = facts(&mut file, size, mime::parse("video/quicktime").unwrap());
    assert_eq!(found.dimensions, Some((48, 64)));
    assert_eq!(found.damage, None);
    assert!(file.read < 64 << 10, "{} bytes", file.read);
}

#[test]
fn nothing_of_any_type_reads_more_than_its_allowance() {
    for mime in mime::ALLOWED.iter().filter(|mime| mime.name != "image/jpeg") {
        for (name, head) in built() {
            let hole = 4_u64 << 30;
            let mut file = Holed { head, hole, tail: Vec::new(), at: 0, read: 0 };
            let size = file.head.len() as u64 + hole;
            facts(&mut file, size, mime);
            assert!(file.read <= 25 << 20, "{name} as {}: {} bytes", mime.name, file.read);
        }
    }
}

#[test]
fn real_files_cut_and_changed_are_survived() {
    let Some(corpus) = std::env::var_os("HYPERNET_CORPUS") else {
        eprintln!("SKIPPED: set HYPERNET_CORPUS to a folder of real files to mistreat them");
        return;
    };
    for entry in ignore::WalkBuilder::new(corpus).standard_filters(false).build().flatten() {
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let file = std::fs::read(entry.path()).unwrap();
        let name = entry.path().display().to_string();
        survive(&file, None, &name);
        if file.len() < 64 << 10 {
            mistreat(&file, 8, 12, &name);
        } else {
            mistreat(&file, 4, 2, &name);
        }
    }
}
