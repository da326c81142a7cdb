//! `query --explain`: how a question was understood and how the catalogue goes about it. Nothing is run.

use std::io::{self, Write};

use clap::Args;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::super::context::Context;
use super::super::error::CliError;
use super::super::output::Answer;
use super::super::output::style::Style;
use super::super::output::text::shown;
use crate::query::order::{By, Key};
use crate::query::sums::explain::{Explanation, Statement, Step, explain, told};
use crate::query::{Expr, Options};
use crate::store::{Param, Reader};

/// The flag that asks for an explanation.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Print how the question was understood and how it would be answered
    #[arg(long, group = "instead", help_heading = "Summaries",
          conflicts_with_all = ["form", "print0", "fields", "with", "page", "exit_status"])]
    pub explain: bool,
}

/// Explains what the listing of `expr` in this order would do. `question` is as it was given.
///
/// # Errors
/// Those of the catalogue.
pub fn run(ctx: &Context, reader: &Reader, question: &str, expr: &Expr, options: &Options) -> Result<(), CliError> {
    let found = explain(reader, expr, options)?;
    ctx.out.emit(&Explained { question, understood: told(expr), sort: sort(options), found });
    Ok(())
}

/// The words results are sorted by, as `--sort` takes them.
fn sort(options: &Options) -> Vec<String> {
    let key = |key: &Key| {
        let down = key.descending != options.reverse;
        let name = match key.by {
            By::Word(word) => word.name.to_owned(),
            By::Distance => "distance".to_owned(),
            By::Similarity => "similarity".to_owned(),
            By::Random(seed) => seed.map_or_else(|| "random".to_owned(), |seed| format!("random:{seed}")),
        };
        format!("{}{name}", if down { "-" } else { "" })
    };
    options.order.iter().map(key).collect()
}

/// What is told of a question.
struct Explained<'a> {
    question: &'a str,
    understood: String,
    sort: Vec<String>,
    found: Explanation,
}

impl Serialize for Explained<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Explanation { scans, statements } = &self.found;
        let statements: Vec<_> = statements.iter().map(statement).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("question", self.question)?;
        map.serialize_entry("understood", &self.understood)?;
        map.serialize_entry("scans", scans)?;
        map.serialize_entry("sort", &self.sort)?;
        map.serialize_entry("statements", &statements)?;
        map.end()
    }
}

fn statement(of: &Statement) -> serde_json::Value {
    let params: Vec<_> = of.sql.params.iter().map(json).collect();
    let step = |step: &Step| serde_json::json!({ "depth": step.depth, "step": step.step });
    let plan: Vec<_> = of.plan.iter().map(step).collect();
    serde_json::json!({ "sql": of.sql.text, "params": params, "plan": plan })
}

/// A value for scripts; bytes are hexadecimal digits.
fn json(param: &Param) -> serde_json::Value {
    match param {
        Param::Number(number) => (*number).into(),
        Param::Real(real) => (*real).into(),
        Param::Text(text) => text.as_str().into(),
        Param::Bytes(bytes) => hex(bytes).into(),
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

impl Answer for Explained<'_> {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        let question = if self.question.trim().is_empty() { "*" } else { self.question };
        let Explanation { scans, statements } = &self.found;
        let scans = if scans.is_empty() { "nothing".to_owned() } else { scans.join(", ") };
        writeln!(out, "{}    {}", Style::Faint.on("question"), shown(question))?;
        writeln!(out, "{}  {}", Style::Faint.on("understood"), shown(&self.understood))?;
        writeln!(out, "{}      {}", Style::Faint.on("sorted"), self.sort.join(","))?;
        writeln!(out, "{}       {scans}", Style::Faint.on("scans"))?;
        for Statement { sql, plan } in statements {
            writeln!(out, "{}\n  {}", Style::Faint.on("statement"), shown(&sql.text))?;
            for (at, param) in sql.params.iter().enumerate() {
                let value = json(param).to_string();
                writeln!(out, "  ?{} = {}", at + 1, shown(&value))?;
            }
            writeln!(out, "{}", Style::Faint.on("plan"))?;
            for step in plan {
                writeln!(out, "  {}{}", "  ".repeat(step.depth), shown(&step.step))?;
            }
        }
        Ok(())
    }
}
