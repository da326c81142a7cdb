//! The command line: the only floor that talks to a person.
//!
//! A command is a file with its arguments and a `run`, a variant of [`Command`] and a line in [`Command::run`].
//! What a command knows before it begins is [`context`]; what it prints goes through [`output`].

pub mod amount;
pub mod args;
mod bug;
pub mod config;
pub mod context;
pub mod env;
pub mod error;
pub mod format;
pub mod generate;
mod help;
pub mod output;
pub mod progress;
mod signals;
pub mod suggest;
mod usage;

use std::ffi::OsString;
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
#[command(name = "hypernet", version, propagate_version = true, max_term_width = 100)]
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
    Config(config::command::ConfigArgs),
    Completions(generate::CompletionsArgs),
    Man(generate::ManArgs),
}

impl Command {
    fn run(&self, ctx: &mut Context) -> Result<Exit, CliError> {
        match self {
            Self::Config(args) => config::command::run(ctx, args),
            Self::Completions(args) => generate::completions(ctx, args),
            Self::Man(args) => generate::man(ctx, args),
        }
    }
}

/// The whole program.
pub fn main() -> ExitCode {
    bug::guard(|| {
        let args: Vec<OsString> = std::env::args_os().collect();
        let env = Env::of_process();
        let opts = args::early(&args);
        // Until the settings are known, a mistake is told as the bare arguments ask.
        let early = opts.out(&env, Colour::Auto).unwrap_or_else(|_| opts.plain_out());
        match App::try_parse_from(args) {
            Ok(app) => app.run(env, &early),
            Err(error) => early.end(usage::answer(&error, &early)),
        }
    })
    .into()
}

impl App {
    fn run(self, env: Env, early: &Out) -> Exit {
        let Some(command) = &self.command else { return early.end(usage::bare(early)) };
        match Context::new(&self.global, env) {
            Ok(mut ctx) => {
                let outcome = command.run(&mut ctx);
                ctx.out.end(outcome)
            }
            Err(error) => early.end(Err(error)),
        }
    }
}

/// The end of `hypernet --help`: all exit codes, since any command may have them.
fn help_ending() -> String {
    let all = [
        Exit::Ok,
        Exit::Failed,
        Exit::Usage,
        Exit::Partial,
        Exit::NotFound,
        Exit::Auth,
        Exit::Locked,
        Exit::Unavailable,
        Exit::Problems,
        Exit::Refused,
        Exit::Library,
        Exit::Bug,
        Exit::Interrupted,
        Exit::Terminated,
    ];
    let examples = ["hypernet config show --origin", "hypernet completions zsh", "hypernet man"];
    format!("{}\n\n{}", help::FIRST_STEPS, help::ending(&examples, &all))
}
