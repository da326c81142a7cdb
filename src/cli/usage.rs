//! What the argument parser answers, in our words: help and version on stdout, mistakes as [`CliError`].

use std::ffi::OsString;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde_json::json;

use super::error::{CliError, Code, Exit};
use super::help::FIRST_STEPS;
use super::output::form::Form;
use super::output::{Answer, Out};
use super::{App, arguments};

/// Prints help or version where that was asked for; everything else is a mistake.
///
/// # Errors
/// The mistake.
pub fn answer(error: &clap::Error, arguments: &[OsString], out: &Out) -> Result<Exit, CliError> {
    match error.kind() {
        ErrorKind::DisplayHelp => out.page(&error.render().to_string()),
        ErrorKind::DisplayVersion => out.emit(&Version),
        _ => return Err(mistake(error, arguments)),
    }
    Ok(Exit::Ok)
}

/// What `hypernet` alone prints.
///
/// # Errors
/// When a script asked for JSON: there is nothing to put in it.
pub fn bare(out: &Out) -> Result<Exit, CliError> {
    if matches!(out.form(), Form::Json | Form::Jsonl) {
        return Err(CliError::new(Code::Usage, "no command is given").hint("see `hypernet --help`"));
    }
    let template = format!("{{about}}\n\n{FIRST_STEPS}\n\nCommands:\n{{subcommands}}\n\nMore: hypernet --help\n");
    out.page(&App::command().help_template(template).render_help().to_string());
    Ok(Exit::Ok)
}

/// The version of the program.
struct Version;

impl serde::Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!({ "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") }).serialize(serializer)
    }
}

impl Answer for Version {
    fn human(&self, out: &mut dyn std::io::Write) -> std::io::Result<()> {
        writeln!(out, "{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
    }
}

fn mistake(error: &clap::Error, arguments: &[OsString]) -> CliError {
    let word = |kind| error.get(kind).map(text).unwrap_or_default();
    let message = match error.kind() {
        ErrorKind::InvalidSubcommand => format!("there is no command `{}`", word(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => format!("there is no option `{}` here", word(ContextKind::InvalidArg)),
        ErrorKind::MissingSubcommand => {
            let command = word(ContextKind::InvalidSubcommand);
            format!("`{command}` needs a command: {}", word(ContextKind::ValidSubcommand))
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => needs(&arguments::read(arguments).0),
        _ => first_paragraph(error),
    };
    let meant = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let meant = meant.into_iter().find_map(|kind| error.get(kind)).map(text).filter(|word| !word.is_empty());
    let given = word(ContextKind::InvalidArg);
    let meant = meant.filter(|meant| error.kind() != ErrorKind::UnknownArgument || is_near(&given, meant));
    let hint = match meant {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("see `{} --help`", arguments::read(arguments).0),
    };
    CliError::new(Code::Usage, message).hint(hint)
}

/// Whether an option can be meant by another: one that shares a few letters with it does something else.
fn is_near(given: &str, meant: &str) -> bool {
    let (given, meant) = (given.trim_start_matches('-'), meant.trim_start_matches('-'));
    let slips = strsim::damerau_levenshtein(&given.to_lowercase(), meant);
    slips <= (meant.len() / 3).clamp(1, 2) || meant.starts_with(given)
}

/// A command that has commands of its own, none of which is given.
fn needs(words: &str) -> String {
    let mut command = App::command();
    for word in words.split(' ').skip(1) {
        command = command.find_subcommand(word).cloned().unwrap_or(command);
    }
    let names: Vec<_> = command.get_subcommands().map(clap::Command::get_name).filter(|name| *name != "help").collect();
    format!("`{words}` needs a command: {}", names.join(", "))
}

fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(words) => words.join(", "),
        other => other.to_string(),
    }
}

/// What the parser says itself, on one line and without its label.
fn first_paragraph(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let lines: Vec<_> = paragraph.lines().map(str::trim).collect();
    lines.join(" ").trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn told(line: &str) -> String {
        let given: Vec<_> = line.split(' ').map(OsString::from).collect();
        mistake(&App::try_parse_from(&given).unwrap_err(), &given).text()
    }

    #[test]
    fn only_an_option_that_is_near_is_offered_for_one_that_is_none() {
        for (line, offered) in [
            ("hypernet query --limt 3", "did you mean `--limit`?"),
            ("hypernet query --explian", "did you mean `--explain`?"),
            ("hypernet query --prog", "did you mean `--progress`?"),
            ("hypernet query --thumbs", "see `hypernet query --help`"),
            ("hypernet show --thumb a1b2c3", "see `hypernet show --help`"),
        ] {
            let told = told(line);
            assert!(told.contains(offered) && !told.contains("--paths"), "{line}: {told}");
        }
    }
}
