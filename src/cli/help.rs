//! `hypernet help`: a topic, or a command's full help; and how that ends: examples that run, and exit codes.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Write};

use clap::{Args, CommandFactory, Parser};
use serde::Serialize;

use super::error::{CliError, Code, Exit};
use super::output::text::shown;
use super::output::{Answer, Out};
use super::topics::{self, TOPICS};
use super::{App, usage};
use crate::query::words::nearest;

/// Explain the query language, templates, exit codes, or a command
///
/// `hypernet help query` is the language; the flags of the command are in `hypernet query --help`.
#[derive(Debug, Args)]
#[command(after_long_help = ending(EXAMPLES, EXITS))]
pub struct HelpArgs {
    /// A topic or a command; all of them when nothing is given
    #[arg(value_name = "TOPIC|COMMAND")]
    words: Vec<String>,
}

const EXAMPLES: &[&str] = &["hypernet help query", "hypernet help exit-codes", "hypernet help trash empty"];

const EXITS: &[Exit] = &[Exit::Ok, Exit::Usage];

/// Runs `help`, which needs no library and no settings.
///
/// # Errors
/// When there is no such topic or command.
pub fn run(out: &Out, args: &HelpArgs) -> Result<Exit, CliError> {
    match args.words.as_slice() {
        [] => out.emit(&Everything::of(&App::command())),
        [name] if topics::find(name).is_some() => topics::find(name).into_iter().for_each(|topic| out.emit(topic)),
        words => return command(out, words),
    }
    Ok(Exit::Ok)
}

/// The full help of a command, as its `--help` gives it.
fn command(out: &Out, words: &[String]) -> Result<Exit, CliError> {
    let app = App::command();
    let mut command = &app;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| unknown(command, word))?;
    }
    let given: Vec<OsString> =
        ["hypernet"].into_iter().chain(words.iter().map(String::as_str)).chain(["--help"]).map(Into::into).collect();
    match App::try_parse_from(&given) {
        Err(help) => usage::answer(&help, &given, out),
        Ok(_) => Ok(Exit::Ok),
    }
}

fn unknown(command: &clap::Command, word: &str) -> CliError {
    let top = command.get_name() == "hypernet";
    let topics = TOPICS.iter().filter(|_| top).flat_map(|topic| [Some(topic.name), topic.alias]).flatten();
    let known = topics.chain(command.get_subcommands().map(clap::Command::get_name));
    let what = if top { "topic or command" } else { "command" };
    let error = CliError::new(Code::Usage, format!("there is no {what} `{}`", shown(word)));
    match nearest(word, known) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("`hypernet help` lists them"),
    }
}

/// What help can be asked about.
#[derive(Serialize)]
struct Everything {
    topics: Vec<Row>,
    commands: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    about: String,
}

impl Everything {
    fn of(app: &clap::Command) -> Self {
        let command = |command: &clap::Command| Row {
            name: command.get_name().to_owned(),
            about: command.get_about().map(ToString::to_string).unwrap_or_default(),
        };
        let commands = app.get_subcommands().filter(|command| !command.is_hide_set()).map(command).collect();
        let topic = |topic: &topics::Topic| Row { name: topic.name.to_owned(), about: topic.about.to_owned() };
        Self { topics: TOPICS.iter().map(topic).collect(), commands }
    }
}

impl Answer for Everything {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        for (title, rows) in [("Topics", &self.topics), ("\nCommands", &self.commands)] {
            writeln!(out, "{title}, with `hypernet help NAME`:")?;
            for Row { name, about } in rows {
                writeln!(out, "  {name:12}  {about}")?;
            }
        }
        Ok(())
    }
}

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
