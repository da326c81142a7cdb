//! Runs a command and says what it cost: seconds, seconds of all its processors, peak memory.
//!
//! `time` of GNU does the counting: waiting for a child by hand gives no account of it without unsafe code.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Fault;

/// What one run of a command cost, and what came of it.
#[derive(Debug, Clone, Default)]
pub struct Cost {
    /// Seconds on the clock.
    pub wall: f64,
    /// Seconds of processor, user and system.
    pub cpu: f64,
    /// Of the largest process, in MiB.
    pub peak: f64,
    /// Whether it ended with another code than 0.
    pub failed: bool,
    /// What was found to be there afterwards. A tool that made nothing is not fast.
    pub made: Vec<Made>,
}

/// How much of a thing is there after a run.
#[derive(Debug, Clone)]
pub struct Made {
    pub what: &'static str,
    pub count: u64,
    /// As much as there should be.
    pub of: u64,
}

/// What [`Made::what`] is called where pictures are drawn: the rate counts these.
pub const DRAWN: &str = "thumbnails";

/// The program under test: as cargo built it for this run, or the one `HYPERNET_BIN` names.
pub fn program() -> String {
    std::env::var("HYPERNET_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_hypernet").to_owned())
}

/// A command of the program under test.
pub fn hypernet() -> Command {
    let mut command = Command::new(program());
    command.args(["--config", "none", "--no-input", "--progress", "never"]);
    command.stdin(Stdio::null());
    command
}

/// Runs a command without its output; whether it ended well.
pub fn quiet(command: &mut Command) -> Result<bool, Fault> {
    Ok(command.stdout(Stdio::null()).stderr(Stdio::null()).status()?.success())
}

/// Runs a command without its output, and it must end well.
pub fn must(command: &mut Command, what: &str) -> Result<(), Fault> {
    if quiet(command)? { Ok(()) } else { Err(format!("{what}: {command:?} went wrong").into()) }
}

/// The number a command prints.
pub fn number(command: &mut Command) -> Result<u64, Fault> {
    let text = String::from_utf8(command.stderr(Stdio::null()).output()?.stdout)?;
    text.trim().parse().map_err(|_| format!("{command:?} said {text:?}, which is no number").into())
}

/// Runs a command under `time`; `work` is a folder for what `time` writes.
pub fn cost(command: &Command, work: &Path) -> Result<Cost, Fault> {
    let counted = work.join("time");
    let mut timed = Command::new("/usr/bin/time");
    timed.args(["-q", "-f", "%U %S %M", "-o"]).arg(&counted).arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        timed.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        timed.env(name, value.unwrap_or_default());
    }
    timed.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let status = timed.status().map_err(|error| format!("/usr/bin/time (package `time`): {error}"))?;
    let wall = started.elapsed().as_secs_f64();
    let text = std::fs::read_to_string(&counted)?;
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [user, system, peak] = numbers[..] else { return Err(format!("time said {text:?}").into()) };
    Ok(Cost { wall, cpu: user + system, peak: peak / 1024.0, failed: !status.success(), made: Vec::new() })
}

/// A command line for the shell.
pub fn shell(line: &str) -> Command {
    let mut command = Command::new("bash");
    command.args(["-c", line]);
    command
}

/// Whether a program is installed.
pub fn installed(program: &str) -> bool {
    quiet(&mut shell(&format!("command -v {program}"))).unwrap_or(false)
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}
