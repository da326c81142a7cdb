//! The end of a command's full help: examples that run, and how the command ends.

use std::fmt::Write as _;

use super::error::Exit;

/// The commands to try first, for those who typed only `hypernet`.
pub const FIRST_STEPS: &str = "Try first:
  hypernet import ~/Pictures    take in your photos; nothing is changed where they are
  hypernet query since:1y       find what was taken in the last year
  hypernet doctor               check that all is well";

/// How every command may end that opens a library, whatever else it does.
pub const OPENS: &[Exit] = &[
    Exit::Ok,
    Exit::Failed,
    Exit::Usage,
    Exit::Auth,
    Exit::Locked,
    Exit::Refused,
    Exit::Library,
    Exit::Interrupted,
    Exit::Terminated,
];

/// [`OPENS`] and how else one command may end, by number.
pub fn opening(more: &[Exit]) -> Vec<Exit> {
    let mut exits = [OPENS, more].concat();
    exits.sort_unstable_by_key(|exit| exit.number());
    exits
}

/// The text after the options: two to five examples and the exit codes the command can have.
pub fn ending(examples: &[&str], exits: &[Exit]) -> String {
    let mut text = String::from("Examples:\n");
    for example in examples {
        let _ = writeln!(text, "  {example}");
    }
    text.push_str("\nExit codes:");
    for exit in exits {
        let _ = write!(text, "\n  {:<4}{}", exit.number(), exit.meaning());
    }
    text
}
