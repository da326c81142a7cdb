//! The command line: the only floor that talks to a person.
//!
//! A command is a file with its arguments and a `run`, a variant of `Command` and a line in `Command::run`.
//! What a command knows before it begins is [`context`]; what it prints goes through [`output`].

pub mod args;
mod arguments;
mod backup;
mod bug;
mod columns;
mod complete;
pub mod config;
pub mod context;
pub mod doctor;
pub mod env;
pub mod error;
pub mod format;
mod found;
mod founder;
mod full;
pub mod generate;
mod head;
mod help;
pub mod import;
pub mod init;
pub mod library;
pub mod output;
pub mod progress;
mod query;
mod removal;
mod repair;
mod rm;
mod selection;
mod show;
mod signals;
mod topics;
mod trash;
mod usage;
pub mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use args::GlobalOpts;
use context::Context;
use env::Env;
use error::{CliError, Exit};
use output::Out;
use output::style::Colour;

/// Keep the photos and videos of a life in one folder with one catalogue
#[derive(Debug, Parser)]
#[command(name = "hypernet", version, propagate_version = true, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = help::FIRST_STEPS, after_long_help = help_ending())]
pub struct App {
    #[command(flatten)]
    global: GlobalOpts,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What can be done.
#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArgs),
    Import(Box<import::ImportArgs>),
    Query(Box<query::QueryArgs>),
    Show(show::ShowArgs),
    Rm(rm::RmArgs),
    Restore(rm::RestoreArgs),
    Trash(trash::TrashArgs),
    Purge(trash::PurgeArgs),
    Verify(verify::VerifyArgs),
    Backup(backup::BackupArgs),
    Repair(repair::RepairArgs),
    Doctor(doctor::DoctorArgs),
    Config(config::command::ConfigArgs),
    Completions(generate::CompletionsArgs),
    Man(generate::ManArgs),
    Help(help::HelpArgs),
}

impl Command {
    fn run(&self, ctx: &mut Context) -> Result<Exit, CliError> {
        match self {
            Self::Init(args) => init::run(ctx, args),
            Self::Import(args) => import::run(ctx, args),
            Self::Query(args) => query::run(ctx, args),
            Self::Show(args) => show::run(ctx, args),
            Self::Rm(args) => rm::rm(ctx, args),
            Self::Restore(args) => rm::restore(ctx, args),
            Self::Trash(args) => trash::run(ctx, args),
            Self::Purge(args) => trash::purge(ctx, args),
            Self::Verify(args) => verify::run(ctx, args),
            Self::Backup(args) => backup::run(ctx, args),
            Self::Repair(args) => repair::run(ctx, args),
            Self::Doctor(args) => doctor::run(ctx, args),
            Self::Config(args) => config::command::run(ctx, args),
            Self::Completions(args) => generate::completions(ctx, args),
            Self::Man(args) => generate::man(ctx, args),
            Self::Help(args) => help::run(&ctx.out, args),
        }
    }
}

/// The whole program.
pub fn main() -> ExitCode {
    bug::guard(|| {
        let args: Vec<_> = std::env::args_os().collect();
        let env = Env::of_process();
        let opts = args::early(&args);
        // Until the settings are known, a mistake is told as the bare arguments ask.
        let early = opts.out(&env, Colour::Auto).unwrap_or_else(|_| opts.plain_out());
        if let Some(exit) = complete::asked(&args, &env, &early) {
            return exit;
        }
        let args = match query::shield(args) {
            Ok(args) => args,
            Err(error) => return early.end(Err(error)),
        };
        match App::try_parse_from(&args) {
            Ok(app) => app.run(env, &early),
            Err(error) => early.end(usage::answer(&error, &args, &early)),
        }
    })
    .into()
}

impl App {
    fn run(self, env: Env, early: &Out) -> Exit {
        let Some(command) = &self.command else { return early.end(usage::bare(early)) };
        // Settings that cannot be read are no reason to be left without help.
        if let Command::Help(args) = command {
            return early.end(help::run(early, args));
        }
        match Context::new(&self.global, env) {
            Ok(mut ctx) => {
                let outcome = command.run(&mut ctx).map_err(|error| full::measured(error, &ctx));
                ctx.out.end(outcome)
            }
            Err(error) => early.end(Err(error)),
        }
    }
}

/// The end of `hypernet --help`: all exit codes, since any command may have them.
fn help_ending() -> String {
    let examples = ["hypernet help query", "hypernet config show --origin", "hypernet completions zsh"];
    format!("{}\n\n{}", help::FIRST_STEPS, help::ending(&examples, Exit::ALL))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// Every command that does something, with the words that lead to it.
    fn leaves(command: &clap::Command, path: &str, found: &mut Vec<(String, clap::Command)>) {
        let subcommands: Vec<_> = command.get_subcommands().filter(|sub| sub.get_name() != "help").collect();
        if subcommands.is_empty() {
            found.push((path.to_owned(), command.clone()));
        }
        for sub in subcommands {
            leaves(sub, &format!("{path} {}", sub.get_name()), found);
        }
    }

    /// The words of an example up to its pipe or redirection; quotes hold words together.
    fn words(example: &str) -> Vec<String> {
        let (mut words, mut quoted) = (vec![String::new()], None);
        for c in example.chars() {
            match (c, quoted) {
                ('|' | '>', None) => break,
                (' ', None) => words.push(String::new()),
                ('\'' | '"', None) => quoted = Some(c),
                (_, Some(open)) if open == c => quoted = None,
                _ => words.last_mut().unwrap().push(c),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn every_command_ends_its_help_with_examples_that_parse_and_its_exit_codes() {
        let mut found = Vec::new();
        leaves(&App::command(), "hypernet", &mut found);
        for (path, command) in found {
            let help = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
            let (examples, exits) = help.split_once("\n\nExit codes:").unwrap_or_default();
            assert!(exits.contains("\n  0   done"), "{path} has no exit codes");
            let examples: Vec<_> = examples.lines().skip(1).map(str::trim).collect();
            assert!((2..=5).contains(&examples.len()), "{path} has {} examples", examples.len());
            for example in examples {
                assert!(example.starts_with(&path), "{example} is not an example of {path}");
                assert!(App::try_parse_from(words(example)).is_ok(), "{example} is not understood");
            }
        }
    }

    #[test]
    fn a_command_that_opens_a_library_says_every_way_it_may_end() {
        for name in ["import", "query", "show", "rm", "restore", "purge", "verify", "backup"] {
            let app = App::command();
            let command = app.find_subcommand(name).unwrap();
            let help = command.get_after_long_help().unwrap().to_string();
            for exit in help::OPENS {
                let line = format!("\n  {:<4}{}", exit.number(), exit.meaning());
                assert!(help.contains(&line), "{name} does not say {exit:?}");
            }
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        App::command().debug_assert();
        assert!(App::try_parse_from(["hypernet", "conf", "path"]).is_err(), "no abbreviations");
    }

    #[test]
    fn global_flags_work_before_and_after_the_command() {
        for line in ["hypernet -q -L /x config path", "hypernet config -L /x path -q", "hypernet config path -L /x -q"]
        {
            let app = App::try_parse_from(line.split(' ')).unwrap();
            assert_eq!((app.global.library, app.global.quiet), (Some("/x".into()), 1), "{line}");
        }
    }
}
