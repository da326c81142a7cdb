//! `hypernet config`: where settings come from and what they are. Changes nothing.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Shown;
use crate::cli::context::Context;
use crate::cli::error::{CliError, Exit};
use crate::cli::help::ending;
use crate::cli::output::Answer;
use crate::cli::output::style::Style;
use crate::cli::output::text::{shown, shown_path};

/// Show the settings and where they come from
#[derive(Debug, Args)]
#[command(arg_required_else_help = false, disable_help_subcommand = true)]
#[command(after_long_help = ending(CONFIG_EXAMPLES, EXITS))]
pub struct ConfigArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the path of the configuration file
    ///
    /// It need not exist: every setting has a default.
    #[command(after_long_help = ending(PATH_EXAMPLES, EXITS))]
    Path,
    /// Print every setting as it is now
    ///
    /// A flag beats a variable, which beats the library's own settings, which beat the configuration file.
    #[command(after_long_help = ending(SHOW_EXAMPLES, EXITS))]
    Show {
        /// Say where each value comes from
        #[arg(long)]
        origin: bool,
    },
}

const EXITS: &[Exit] = &[Exit::Ok, Exit::Failed, Exit::Usage];
const CONFIG_EXAMPLES: &[&str] = &["hypernet config show --origin", "hypernet config path"];
const PATH_EXAMPLES: &[&str] = &["hypernet config path", "hypernet config path --json"];
const SHOW_EXAMPLES: &[&str] =
    &["hypernet config show", "hypernet config show --origin", "hypernet config show --json --config none"];

/// Runs `config`.
///
/// # Errors
/// None of its own.
#[allow(clippy::unnecessary_wraps, reason = "every command has this shape")]
pub fn run(ctx: &mut Context, args: &ConfigArgs) -> Result<Exit, CliError> {
    match args.command {
        Command::Path => ctx.out.emit(&ConfigPath(ctx.config.file.clone())),
        Command::Show { origin } => ctx.out.emit(&Settings { shown: ctx.config.shown(), origin }),
    }
    Ok(Exit::Ok)
}

/// Where the configuration is, and whether it is there.
struct ConfigPath(Option<PathBuf>);

impl Serialize for ConfigPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("path", &self.0.as_ref().map(|path| path.to_string_lossy()))?;
        map.serialize_entry("exists", &self.0.as_ref().is_some_and(|path| path.exists()))?;
        map.end()
    }
}

impl Answer for ConfigPath {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.0.as_ref().map_or_else(|| "none".to_owned(), |path| shown_path(path)))
    }
}

/// The settings: by dotted key their value, with `--origin` an object of value and origin.
struct Settings<'a> {
    shown: &'a [Shown],
    origin: bool,
}

impl Serialize for Settings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.shown.len()))?;
        for Shown { key, json, origin, .. } in self.shown {
            if self.origin {
                map.serialize_entry(key, &serde_json::json!({ "value": json, "origin": origin.to_string() }))?;
            } else {
                map.serialize_entry(key, json)?;
            }
        }
        map.end()
    }
}

impl Answer for Settings<'_> {
    /// TOML that could be a configuration file; a setting without a value is a comment.
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        for Shown { key, toml, origin, .. } in self.shown {
            let key = shown(key);
            let Some(value) = toml else {
                writeln!(out, "# {key} is not set")?;
                continue;
            };
            let value = value.to_string();
            write!(out, "{key} = {}", shown(&value))?;
            if self.origin {
                write!(out, "  {}", Style::Faint.on(format!("# {origin}")))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}
