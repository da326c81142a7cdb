//! The flags every command has, and what can be told from the arguments before they are parsed.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};

use super::env::Env;
use super::error::{CliError, Code};
use super::output::form::Form;
use super::output::style::Colour;
use super::output::{Out, Talk, Tone};
use super::progress;
use crate::model::amount;

/// The flags every command has. They work before and after its name.
#[derive(Debug, Clone, Default, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(next_help_heading = "Global options")]
pub struct GlobalOpts {
    /// Use the library in this folder
    #[arg(short = 'L', long, global = true, value_name = "DIR")]
    pub library: Option<PathBuf>,
    /// Read this configuration, or `none` at all
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    #[arg(long_help = "Read this configuration, or `none` at all [default: see `hypernet config path`]")]
    pub config: Option<PathBuf>,
    /// Work on this many files at once [default: by the number of processors]
    #[arg(short, long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Say what would be done and change nothing
    #[arg(short = 'n', long, global = true)]
    pub dry_run: bool,
    /// Answer every question with yes
    #[arg(short = 'y', long, global = true)]
    pub yes: bool,
    /// Never ask; a question becomes an error that names the flag answering it
    #[arg(long, global = true, hide_short_help = true)]
    #[arg(long_help = "Never ask; a question becomes an error that names the flag answering it")]
    pub no_input: bool,
    /// Print no progress and no summary; twice, no warnings either
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub quiet: u8,
    /// Say more about what is done
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Colour the output
    #[arg(long, global = true, value_name = "WHEN", hide_short_help = true, hide_possible_values = true)]
    #[arg(long_help = "Colour the output: auto, always or never [default: auto]")]
    pub color: Option<Colour>,
    /// Show progress
    #[arg(long, global = true, value_name = "WHEN", hide_short_help = true, hide_possible_values = true)]
    #[arg(long_help = "Show progress: auto, always, never, or json: one object a second [default: auto]")]
    pub progress: Option<progress::Mode>,
    /// Write what goes to standard error as text or as JSON lines
    #[arg(long, global = true, value_name = "FORM", hide_short_help = true, hide_possible_values = true)]
    #[arg(long_help = "Write what goes to standard error as text or json, one object a line [default: text]")]
    pub log_format: Option<LogFormat>,
    /// Wait this long for another run to finish
    #[arg(long, global = true, value_name = "DUR", value_parser = amount::duration, hide_short_help = true)]
    #[arg(long_help = "Wait this long for another run to finish [default: 5s on a terminal, else 0s]")]
    pub lock_timeout: Option<Duration>,
    /// Print one JSON document
    #[arg(long, global = true)]
    pub json: bool,
    /// Print JSON, one object a line
    #[arg(long, global = true)]
    pub jsonl: bool,
}

/// How stderr is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// One object a line
    Json,
}

impl GlobalOpts {
    /// The form these flags ask for, if any.
    ///
    /// # Errors
    /// When they ask for two.
    pub fn form(&self) -> Result<Option<Form>, CliError> {
        Form::one(self.json.then_some(Form::Json), self.jsonl.then_some(Form::Jsonl))
    }

    /// Both streams as these flags, the environment and `output.color` of the configuration ask for.
    ///
    /// # Errors
    /// When a flag or a variable has no meaning.
    pub fn out(&self, env: &Env, color: Colour) -> Result<Out, CliError> {
        let form = self.form()?;
        let asked = word(self.color, env, "HYPERNET_COLOR")?;
        let coloured = |terminal| asked.settle(color, env, terminal);
        let terminal = std::io::stderr().is_terminal();
        let tone = Tone {
            quiet: self.quiet,
            verbose: self.verbose,
            colour: coloured(terminal),
            redraws: terminal && env.text("TERM").as_deref() != Some("dumb"),
            json_log: word(self.log_format, env, "HYPERNET_LOG_FORMAT")? == LogFormat::Json,
            json_errors: form.is_some(),
        };
        Ok(Out::new(form, coloured(std::io::stdout().is_terminal()), Talk::new(tone)))
    }

    /// Both streams without what the environment asks for: to tell that it makes no sense.
    pub fn plain_out(&self) -> Out {
        let tone = Tone { json_errors: self.json || self.jsonl, ..Tone::default() };
        Out::new(self.form().unwrap_or_default(), false, Talk::new(tone))
    }
}

/// The word of a flag, else of its variable, else the default.
///
/// # Errors
/// When the variable is set to no word of the list.
pub fn word<T: ValueEnum + Default>(flag: Option<T>, env: &Env, variable: &str) -> Result<T, CliError> {
    let named = env.text(variable).filter(|value| !value.is_empty());
    match (flag, named) {
        (Some(flag), _) => Ok(flag),
        (None, None) => Ok(T::default()),
        (None, Some(value)) => T::from_str(&value, false).map_err(|_| {
            let words: Vec<_> = T::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
            let words: Vec<_> = words.iter().map(clap::builder::PossibleValue::get_name).collect();
            let message = format!("{variable} must be one of {}, not {value:?}", words.join(", "));
            CliError::new(Code::Usage, message).detail("variable", variable).detail("value", value.as_str())
        }),
    }
}

/// The flags that decide how a mistake in the arguments is told, found without parsing the rest.
pub fn early(arguments: &[OsString]) -> GlobalOpts {
    let mut opts = GlobalOpts::default();
    let mut words = arguments.iter().skip(1).map(|arg| arg.to_string_lossy()).take_while(|arg| arg != "--").peekable();
    while let Some(word) = words.next() {
        let (flag, value) = word.split_once('=').map_or((&*word, None), |(flag, value)| (flag, Some(value.to_owned())));
        let mut value = || value.clone().or_else(|| words.peek().map(ToString::to_string)).unwrap_or_default();
        match flag {
            "--json" => opts.json = true,
            "--jsonl" => opts.jsonl = true,
            "--log-format" => opts.log_format = LogFormat::from_str(&value(), false).ok(),
            "--color" => opts.color = Colour::from_str(&value(), false).ok(),
            _ => {}
        }
    }
    opts.jsonl &= !opts.json;
    opts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(args: &str) -> GlobalOpts {
        early(&args.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn what_cannot_be_parsed_is_still_answered_in_the_form_asked_for() {
        assert!(found("hypernet nonsense --json").json);
        assert!(found("hypernet --jsonl --no-such").jsonl);
        assert_eq!(found("hypernet x --log-format=json").log_format, Some(LogFormat::Json));
        assert_eq!(found("hypernet --log-format json x").log_format, Some(LogFormat::Json));
        assert_eq!(found("hypernet --color never x").color, Some(Colour::Never));
        assert!(!found("hypernet query -- --json").json);
    }

    #[test]
    fn a_variable_with_no_meaning_is_named() {
        let env = Env::of(&[("HYPERNET_COLOR", "blue")]);
        let error = word::<Colour>(None, &env, "HYPERNET_COLOR").unwrap_err();
        assert!(error.text().contains("HYPERNET_COLOR must be one of auto, always, never, not \"blue\""));
        assert_eq!(word(Some(Colour::Never), &env, "HYPERNET_COLOR").unwrap(), Colour::Never);
    }
}
