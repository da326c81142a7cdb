//! The scaled JPEG decoder beside the C library and the crate it falls back to: milliseconds of one core a picture, and ratios.
//!
//! All three take turns on the same files in memory, round by round. No file is written and no thumbnail made.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use hypernet::probe::thumb::{Scratch, decode_scaled};

use crate::Fault;
use crate::run::median;

/// Pictures decoded; more only take longer.
const MOST: usize = 40;

/// Camera pictures only: the least bytes, and the least pixels of the long side.
const LEAST_BYTES: u64 = 1 << 20;
const LEAST_SIDE: u16 = 3000;

/// Takes turns over the big baseline JPEGs beneath `corpus`, so many rounds, and prints a table.
pub fn run(corpus: &Path, rounds: u64) -> Result<(), Fault> {
    let scratch = tempfile::tempdir()?;
    let photos = photos(corpus)?;
    if photos.is_empty() {
        eprintln!(
            "skipped: decoder (no JPEG of {LEAST_SIDE} pixels and {LEAST_BYTES} bytes beneath {})",
            corpus.display()
        );
        return Ok(());
    }
    let mut peer = match CLibrary::start(scratch.path(), &photos) {
        Ok(peer) => Some(peer),
        Err(why) => {
            eprintln!("skipped: libjpeg in the chapter decoder ({why})");
            None
        }
    };
    println!("\n### decoder: {} photos of cameras, {rounds} rounds, processor time\n", photos.len());
    println!("| scale | hypernet ms | C library ms | rusty_jpeg ms | of the C library | of rusty_jpeg |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for eighths in [1, 2, 4] {
        let turns = (0..rounds).map(|_| turn(&photos, eighths, peer.as_mut())).collect::<Result<Vec<_>, _>>()?;
        let middle = |of: fn(&Turn) -> Option<f64>| {
            let all: Option<Vec<_>> = turns.iter().map(of).collect();
            all.map_or_else(|| "-".to_owned(), |all| format!("{:.2}", median(all)))
        };
        println!(
            "| {eighths}/8 | {} | {} | {} | {} | {} |",
            middle(|turn| Some(turn.ours)),
            middle(|turn| turn.c),
            middle(|turn| Some(turn.rusty)),
            middle(|turn| Some(turn.ours / turn.c?)),
            middle(|turn| Some(turn.ours / turn.rusty)),
        );
    }
    Ok(())
}

struct Photo {
    path: PathBuf,
    bytes: Vec<u8>,
    long_side: u16,
}

/// Milliseconds a picture.
struct Turn {
    ours: f64,
    c: Option<f64>,
    rusty: f64,
}

fn turn(photos: &[Photo], eighths: u16, peer: Option<&mut CLibrary>) -> Result<Turn, Fault> {
    let mut scratch = Scratch::default();
    let edge = |photo: &Photo| (u32::from(photo.long_side) * u32::from(eighths)).div_ceil(8);
    let mut refused = 0;
    let ours = timed(|| {
        refused += photos.iter().filter(|photo| !decode_scaled(&mut scratch, &photo.bytes, edge(photo))).count();
    });
    if refused > 0 {
        return Err(format!("{refused} photos are left to the other decoder at {eighths}/8").into());
    }
    let c = peer.map(|peer| peer.decode(eighths)).transpose()?;
    let mut broken = 0;
    let rusty = timed(|| {
        for photo in photos {
            let mut decoder = rusty_jpeg::Decoder::new(&photo.bytes[..]);
            decoder.set_single_threaded(true);
            let edge = edge(photo) as u16;
            let planes = decoder.scale(edge, edge).and_then(|_| decoder.decode_planar());
            broken += usize::from(std::hint::black_box(&planes).is_err());
        }
    });
    if broken > 0 {
        return Err(format!("rusty_jpeg cannot decode {broken} photos at {eighths}/8").into());
    }
    let each = |all: f64| all / photos.len() as f64;
    Ok(Turn { ours: each(ours), c: c.map(each), rusty: each(rusty) })
}

/// Milliseconds of this thread's processor time, or of the clock where the system does not tell.
fn timed(work: impl FnOnce()) -> f64 {
    let spent = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split(' ').next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds / 1e6)
    };
    let (before, clock) = (spent(), Instant::now());
    work();
    let elapsed = clock.elapsed().as_secs_f64() * 1e3;
    before.zip(spent()).map_or(elapsed, |(before, after)| after - before)
}

/// The big baseline JPEGs beneath a folder, in the order of their paths; evenly chosen where there are too many.
fn photos(corpus: &Path) -> Result<Vec<Photo>, Fault> {
    let mut found = Vec::new();
    let mut folders = vec![corpus.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if entry.metadata()?.len() >= LEAST_BYTES {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    let step = found.len().div_ceil(MOST).max(1);
    let photos = found.into_iter().step_by(step).map(|path| {
        let bytes = std::fs::read(&path)?;
        Ok(baseline_side(&bytes).filter(|side| *side >= LEAST_SIDE).map(|long_side| Photo { path, bytes, long_side }))
    });
    photos.filter_map(Result::transpose).collect()
}

/// The long side of a baseline JPEG, from its frame header.
fn baseline_side(bytes: &[u8]) -> Option<u16> {
    let mut at = if bytes.starts_with(&[0xff, 0xd8]) { 2 } else { return None };
    loop {
        let [0xff, marker, high, low] = *bytes.get(at..at + 4)? else { return None };
        match marker {
            0xc0 => {
                let side = |at: usize| Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
                return Some(side(at + 5)?.max(side(at + 7)?));
            }
            0xc1..=0xc3 | 0xda => return None,
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
        }
    }
}

/// `decoder/libjpeg.c`, compiled and waiting.
struct CLibrary {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl CLibrary {
    fn start(folder: &Path, photos: &[Photo]) -> Result<Self, Fault> {
        let program = folder.join("libjpeg");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/decoder/libjpeg.c");
        let compiled = Command::new("cc").arg("-O2").arg("-o").arg(&program).arg(source).arg("-ljpeg").output()?;
        if !compiled.status.success() {
            return Err("cc could not build it: wants cc and libjpeg62-turbo-dev".into());
        }
        let mut child = Command::new(program)
            .args(photos.iter().map(|photo| &photo.path))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = child.stdin.take().ok_or("no way in")?;
        let answers = BufReader::new(child.stdout.take().ok_or("no way out")?);
        Ok(Self { child, orders, answers })
    }

    /// Milliseconds it took for all photos.
    fn decode(&mut self, eighths: u16) -> Result<f64, Fault> {
        writeln!(self.orders, "{eighths}")?;
        self.orders.flush()?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(answer.trim().parse()?)
    }
}

impl Drop for CLibrary {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
