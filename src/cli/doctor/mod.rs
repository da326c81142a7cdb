//! `hypernet doctor`: whether the library, the disk, the clock and the machine are as hypernet needs them.
//!
//! Looks and never touches: `verify` looks into the library, and nothing here is repaired.

mod library;
mod machine;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::context::Context;
use super::error::{CliError, Exit};
use super::help::ending;
use super::output::Answer;
use super::output::style::Style;
use super::output::text::{shown, shown_path};
use crate::text_enum;

const EXITS: &[Exit] = &[Exit::Ok, Exit::Failed, Exit::Usage, Exit::Problems];
const EXAMPLES: &[&str] = &["hypernet doctor", "hypernet doctor --report", "hypernet doctor --json"];

/// Check that all is well
///
/// Looks at the library, its disk, the settings, the clock and the terminal. Nothing is changed. `hypernet verify` looks at every row and file of the library.
#[derive(Debug, Args)]
#[command(after_long_help = ending(EXAMPLES, EXITS))]
pub struct DoctorArgs {
    /// Leave out paths and names, for a report of a bug
    #[arg(long)]
    report: bool,
}

text_enum! {
    /// How a thing is.
    State("state") { Ok = "ok", Note = "note", Problem = "problem" }
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    state: State,
    message: String,
    path: Option<String>,
    next: Option<String>,
}

impl Check {
    fn new(name: &'static str, state: State, message: impl Into<String>) -> Self {
        Self { name, state, message: message.into(), path: None, next: None }
    }

    fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, State::Ok, message)
    }

    fn note(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, State::Note, message)
    }

    fn problem(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, State::Problem, message)
    }

    fn at(mut self, path: &Path) -> Self {
        self.path = Some(path.to_string_lossy().into_owned());
        self
    }

    /// Leaves out where things are.
    fn hide(&mut self, places: &[(Option<PathBuf>, &str)]) {
        self.path = None;
        for (place, word) in places {
            let place = place.as_ref().map(|place| shown_path(place)).filter(|place| place.len() > 1);
            if let Some(place) = place {
                self.message = self.message.replace(&place, word);
            }
        }
    }

    fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}

/// Runs `doctor`.
///
/// # Errors
/// None of its own: what is wrong is in the answer.
#[allow(clippy::unnecessary_wraps, reason = "every command has this shape")]
pub fn run(ctx: &mut Context, args: &DoctorArgs) -> Result<Exit, CliError> {
    let mut checks = vec![machine::program(), machine::configuration(ctx)];
    checks.extend(library::checks(ctx));
    checks.extend([machine::clock(ctx), machine::terminal(ctx), machine::threads(ctx)]);
    if args.report {
        let places = [(ctx.library().ok().map(Path::to_owned), "LIBRARY"), (ctx.env.home(), "~")];
        for check in &mut checks {
            check.hide(&places);
        }
    }
    let examined = Examined { home: ctx.env.home(), checks };
    ctx.out.emit(&examined);
    Ok(if examined.count(State::Problem) > 0 { Exit::Problems } else { Exit::Ok })
}

/// Everything that was looked at.
struct Examined {
    home: Option<PathBuf>,
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Summary<'a> {
    command: &'static str,
    status: &'static str,
    problems: usize,
    notes: usize,
    checks: &'a [Check],
}

impl Examined {
    fn count(&self, state: State) -> usize {
        self.checks.iter().filter(|check| check.state == state).count()
    }

    /// A path beneath the home folder with `~`.
    fn shown(&self, path: &str) -> String {
        let path = Path::new(path);
        let beneath = self.home.as_ref().and_then(|home| path.strip_prefix(home).ok());
        beneath.map_or_else(|| shown_path(path), |rest| shown_path(&Path::new("~").join(rest)))
    }
}

impl Serialize for Examined {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (problems, notes) = (self.count(State::Problem), self.count(State::Note));
        let status = if problems == 0 { "success" } else { "failed" };
        Summary { command: "doctor", status, problems, notes, checks: &self.checks }.serialize(serializer)
    }
}

impl Answer for Examined {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        for Check { name, state, message, path, next } in &self.checks {
            let style = match state {
                State::Ok => Style::Faint,
                State::Note => Style::Hint,
                State::Problem => Style::Error,
            };
            let path = path.as_ref().map(|path| format!("  {}", Style::Faint.on(self.shown(path)))).unwrap_or_default();
            writeln!(out, "{} {name:<14} {}{path}", style.on(format!("{:<8}", state.as_str())), shown(message))?;
            if let Some(next) = next {
                writeln!(out, "{:<23} {} {next}", "", Style::Hint.on("next:"))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_no_place() {
        let mut check =
            Check::problem("library", "/home/ada/photos/lock: Permission denied; see /home/ada/x").at(Path::new("/x"));
        check.hide(&[(Some("/home/ada/photos".into()), "LIBRARY"), (Some("/home/ada".into()), "~"), (None, "")]);
        assert_eq!((check.message.as_str(), check.path), ("LIBRARY/lock: Permission denied; see ~/x", None));
    }
}
