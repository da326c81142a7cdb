//! Everything at once: every media as a line of JSON, how fast, in how much memory; and what starting costs.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::spent::process;
use crate::run::{cost, hypernet, median};
use crate::{Fault, Options};

/// Rounds: everything takes seconds.
const ROUNDS: u64 = 3;

/// Prints the rates.
pub fn run(options: &Options, grown: &Path) -> Result<(), Fault> {
    let mut all = hypernet();
    all.arg("--library").arg(grown).args(["query", "--jsonl"]);
    let (mut firsts, mut walls, mut cpus, mut peaks, mut lines) = (vec![], vec![], vec![], vec![], 0);
    for _ in 0..ROUNDS.min(options.asked) {
        let (first, wall, found) = streamed(&mut all)?;
        let cost = cost(&all, &options.work)?;
        if cost.failed || found == 0 {
            return Err("everything as lines of JSON: nothing came".into());
        }
        lines = found;
        firsts.push(first * 1000.0);
        walls.push(wall);
        cpus.push(cost.cpu);
        peaks.push(cost.peak);
    }
    let (wall, cpu) = (median(walls), median(cpus));
    println!("\n### Everything, and nothing\n");
    println!("| | |\n| --- | ---: |");
    println!("| `--jsonl` of {lines} media, s | {wall:.2} |");
    println!("| the same, s of processor | {cpu:.2} |");
    println!("| media a second | {:.0} |", lines as f64 / wall);
    println!("| media a second of processor | {:.0} |", lines as f64 / cpu);
    println!("| first line after, ms | {:.1} |", median(firsts));
    println!("| peak memory, MB | {:.0} |", median(peaks));
    let mut version = Command::new(hypernet().get_program());
    let start = process(version.arg("--version"), options.asked)?;
    println!("| `--version`, ms on the clock (p95) | {:.1} ({:.1}) |", start.wall.0, start.wall.1);
    println!("| `--version`, ms of processor (p95) | {:.1} ({:.1}) |", start.cpu.0, start.cpu.1);
    Ok(())
}

/// Seconds to the first line, seconds to the end, and lines. A line of JSON has no line break in it.
fn streamed(command: &mut Command) -> Result<(f64, f64, u64), Fault> {
    let started = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut lines = BufReader::with_capacity(1 << 20, child.stdout.take().ok_or("the program has no output")?);
    let mut line = String::new();
    lines.read_line(&mut line)?;
    let first = started.elapsed().as_secs_f64();
    let (mut buffer, mut count) = (vec![0; 1 << 20], u64::from(!line.is_empty()));
    loop {
        let read = lines.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        count += buffer[..read].split(|byte| *byte == b'\n').count() as u64 - 1;
    }
    if child.wait()?.success() {
        Ok((first, started.elapsed().as_secs_f64(), count))
    } else {
        Err("everything was not given".into())
    }
}
