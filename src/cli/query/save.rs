//! `query --save NAME`: keeps a question in config.toml, where `@NAME` finds it. Nothing is asked and no library is needed.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

use super::super::config::edit;
use super::super::context::Context;
use super::super::error::{CliError, Code};
use super::super::output::Answer;
use super::super::output::text::{shown, shown_path};
use crate::query::narrow::Filter;
use crate::query::written::written;
use crate::query::{self, Expr, Ground};

/// The flag that keeps a question.
#[derive(Debug, Args)]
pub struct SaveArgs {
    /// Keep the question as @NAME in the configuration file instead of asking it
    ///
    /// Only the question is kept, with the filters beside it; not its order, its limit or its form. Another question of that name
    /// is only replaced with --yes.
    #[arg(long, value_name = "NAME", group = "instead", help_heading = "Summaries",
          conflicts_with_all = ["form", "print0", "limit", "sort", "reverse", "fields", "with", "page", "cursor",
                                "with_trashed", "exit_status"])]
    pub save: Option<String>,
}

/// What was kept.
#[derive(Serialize)]
struct Kept<'a> {
    name: &'a str,
    query: &'a str,
    file: String,
    status: &'static str,
    dry_run: bool,
}

impl Answer for Kept<'_> {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "@{} = {}", self.name, shown(self.query))
    }
}

/// What is to be kept.
pub struct Asked<'a> {
    /// The question's arguments.
    pub arguments: &'a [String],
    /// The conditions beside it.
    pub filters: &'a [Filter<'a>],
    /// Whether the question alone is one of alternatives.
    pub either: bool,
    /// What all that means.
    pub expr: &'a Expr,
    /// On this ground: an age counts from the same instant whenever it is read again.
    pub ground: &'a Ground,
}

/// Keeps a question under a name.
///
/// # Errors
/// When the name will not do, another question has it, or the file cannot be written.
pub fn run(ctx: &Context, name: &str, asked: &Asked<'_>) -> Result<(), CliError> {
    check(name)?;
    let Asked { arguments, filters, either, expr, ground } = asked;
    let text = written(arguments, filters, *either)?;
    if text.is_empty() {
        let error = CliError::new(Code::Usage, "there is no question to keep");
        return Err(error.hint(format!("for everything, write it: hypernet query '*' --save {name}")));
    }
    means_the_same(ground, name, &text, expr)?;
    let Some(file) = &ctx.config.file else {
        let error = CliError::new(Code::Usage, "there is no configuration file to keep a question in");
        return Err(error.hint("leave `--config none` out, or name a file with --config FILE"));
    };
    let known = ctx.config.queries.get(name);
    let origin = ctx.config.origin(&format!("queries.{name}")).map(ToString::to_string).unwrap_or_default();
    if known.is_some() && origin != shown_path(file) {
        let error = CliError::new(Code::Refused, format!("@{name} is kept in {origin}, which comes first"));
        return Err(error.hint("take another name"));
    }
    let status = match known {
        Some(known) if *known == text => "unchanged",
        Some(_) if !ctx.yes => return Err(taken(name, known)),
        Some(_) => "replaced",
        None => "saved",
    };
    if status != "unchanged" && !ctx.dry_run {
        edit::keep_query(file, name, &text)?;
    }
    ctx.out.emit(&Kept { name, query: &text, file: file.to_string_lossy().into_owned(), status, dry_run: ctx.dry_run });
    Ok(())
}

fn taken(name: &str, known: Option<&String>) -> CliError {
    let known = known.map(String::as_str).unwrap_or_default();
    let error = CliError::new(Code::Refused, format!("@{name} is another question already: {}", shown(known)));
    error.hint("--yes replaces it").detail("query", known)
}

/// A name that can follow an `@` and be a key: letters, digits, `-` and `_`.
fn check(name: &str) -> Result<(), CliError> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    if (1..=64).contains(&name.chars().count()) && name.chars().all(fits) {
        return Ok(());
    }
    let error = CliError::new(Code::Usage, format!("`{}` is no name for a question", shown(name)));
    Err(error.hint("a name is 1 to 64 letters, digits, `-` and `_`"))
}

/// What is kept must ask what was asked, also where it refers to other questions, which may refer to this one.
fn means_the_same(ground: &Ground, name: &str, text: &str, expr: &Expr) -> Result<(), CliError> {
    let mut ground = ground.clone();
    ground.saved.insert(name.to_owned(), text.to_owned());
    if query::parse(&format!("@{name}"), &ground)? == *expr {
        return Ok(());
    }
    let error = CliError::new(Code::Usage, "this question cannot be kept as one text");
    Err(error.hint("give the whole question as one argument").detail("text", text))
}
