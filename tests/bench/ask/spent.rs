//! What many runs of one thing cost: milliseconds on the clock and of the processor, the middle and the 95th percentile.
//!
//! The shell counts whole processes: `time` of GNU rounds to ten milliseconds, which most answers take less than.

use std::process::{Command, Stdio};

use crate::Fault;
use crate::run::{median, shell};

/// What one run cost, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    pub wall: f64,
    /// User and system, of all its threads.
    pub cpu: f64,
}

/// The middle of all runs, and what 95 of 100 stay within.
#[derive(Debug, Clone, Copy)]
pub struct Costs {
    pub wall: (f64, f64),
    pub cpu: (f64, f64),
}

impl Costs {
    pub fn of(runs: &[Spent]) -> Self {
        let both = |of: fn(&Spent) -> f64| {
            let mut values: Vec<f64> = runs.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            let rank = (values.len() * 95).div_ceil(100).saturating_sub(1);
            let high = values.get(rank).copied().unwrap_or(f64::NAN);
            (median(values), high)
        };
        Self { wall: both(|spent| spent.wall), cpu: both(|spent| spent.cpu) }
    }

    /// Four cells of a table.
    pub fn cells(&self) -> String {
        let ((wall, walls), (cpu, cpus)) = (self.wall, self.cpu);
        format!("{wall:.1} | {walls:.1} | {cpu:.1} | {cpus:.1}")
    }
}

/// Runs a command so often, its output thrown away.
const AGAIN: &str = r#"
TIMEFORMAT='%3R %3U %3S'
for ((k = 0; k < $0; k++)); do time "$@" > /dev/null 2>&1 || exit 1; done"#;

/// What a whole process costs, run so often; once before that without being counted, for the disk's sake.
pub fn process(command: &Command, rounds: u64) -> Result<Costs, Fault> {
    let mut timed = shell(AGAIN);
    timed.arg((rounds + 1).to_string()).arg(command.get_program()).args(command.get_args());
    let output = timed.stdin(Stdio::null()).output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{command:?} was answered once, and then refused").into());
    }
    let runs: Vec<Spent> = text.lines().skip(1).filter_map(line).collect();
    if runs.len() as u64 == rounds { Ok(Costs::of(&runs)) } else { Err(format!("bash said {text:?}").into()) }
}

fn line(text: &str) -> Option<Spent> {
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [wall, user, system] = numbers[..] else { return None };
    Some(Spent { wall: wall * 1000.0, cpu: (user + system) * 1000.0 })
}
