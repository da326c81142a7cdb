//! The end of a command's full help: examples that run, and how the command ends.

use std::fmt::Write as _;

use super::error::Exit;

/// The commands to try first, for those who typed only `hypernet`.
pub const FIRST_STEPS: &str = "Try first:
  hypernet import ~/Pictures    take in your photos; nothing is changed where they are
  hypernet query since:1y       find what was taken in the last year
  hypernet doctor               check that all is well";

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
