//! Who holds a lock on a file, as far as the system tells: a hint for people, never a reason to do anything.
//!
//! Linux lists every lock with the process that took it; elsewhere nobody is named but by what stands in the lock file.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// How much of a command line is told, in characters.
const MOST: usize = 80;

/// The processes but this one that hold a lock on this file, each with its command and whether it is stopped; at most two of them.
pub fn of(path: &Path) -> Option<String> {
    let stat = fs::metadata(path).ok()?;
    let (device, own) = (stat.dev(), std::process::id());
    let file = format!("{:02x}:{:02x}:{}", rustix::fs::major(device), rustix::fs::minor(device), stat.ino());
    let listed = fs::read_to_string("/proc/locks").ok()?;
    let mut holders: Vec<u32> = listed.lines().filter_map(|line| holder(line, &file)).collect();
    holders.sort_unstable();
    holders.dedup();
    holders.retain(|pid| *pid != own);
    let told: Vec<_> = holders.iter().take(2).map(|pid| process(*pid)).collect();
    (!told.is_empty()).then(|| told.join(" and "))
}

/// A line is `1: FLOCK  ADVISORY  WRITE 708 fe:00:45 0 EOF`; one that waits has `->` behind its number.
fn holder(line: &str, file: &str) -> Option<u32> {
    let words: Vec<_> = line.split_ascii_whitespace().collect();
    (words.get(5) == Some(&file)).then(|| words[4].parse().ok()).flatten()
}

/// A process as people know it: its number, its command, and whether it was stopped and can let go of nothing.
fn process(pid: u32) -> String {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let line = String::from_utf8_lossy(&line).trim_end_matches('\0').replace('\0', " ");
    let command: String = program(&line).chars().take(MOST).collect();
    let command = if command.is_empty() { command } else { format!(" ({command})") };
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The command stands in brackets and may hold any; the state is the first word after them.
    let stopped = stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with(['T', 't']));
    format!("process {pid}{command}{}", if stopped { ", which is stopped" } else { "" })
}

/// A command line whose program has lost its folder.
fn program(line: &str) -> String {
    let program = line.split(' ').next().unwrap_or_default();
    line[program.rfind('/').map_or(0, |slash| slash + 1)..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_its_holder_unless_that_one_waits() {
        let file = "fe:00:45";
        assert_eq!(holder("1: FLOCK  ADVISORY  WRITE 708 fe:00:45 0 EOF", file), Some(708));
        assert_eq!(holder("1: FLOCK  ADVISORY  WRITE 708 fe:00:46 0 EOF", file), None);
        assert_eq!(holder("1: -> FLOCK  ADVISORY  WRITE 709 fe:00:45 0 EOF", file), None);
        assert_eq!(holder("2: OFDLCK ADVISORY  READ -1 fe:00:45 0 EOF", file), None);
        assert_eq!(holder("", file), None);
    }

    #[test]
    fn a_process_is_named_by_its_program_and_arguments() {
        assert_eq!(program("/usr/bin/hypernet import /photos/a"), "hypernet import /photos/a");
        assert!(process(std::process::id()).contains("hypernet"));
    }
}
