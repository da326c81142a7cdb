//! The forms of an answer and the flags that choose one.

use clap::{Args, ValueEnum};

use crate::cli::error::{CliError, Code};

/// How answers are printed: the formats of the output contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people, fitted to the width: on a terminal.
    Table,
    /// Tab-separated, no header: into a pipe.
    Tsv,
    /// Exactly one document.
    Json,
    /// One object a line, as found.
    Jsonl,
    /// RFC 4180 with header.
    Csv,
    /// One path a line, or NUL-separated.
    Paths(End),
    /// One id a line, or NUL-separated.
    Ids(End),
    /// What the command makes of each row, such as a template: [`super::Row::lines`].
    Rendered(End),
}

impl Form {
    /// The flag that asks for it.
    pub const fn flag(self) -> &'static str {
        match self {
            Self::Table => "--format table",
            Self::Tsv => "--format tsv",
            Self::Json => "--json",
            Self::Jsonl => "--jsonl",
            Self::Csv => "--format csv",
            Self::Paths(_) => "--paths",
            Self::Ids(_) => "--ids",
            Self::Rendered(_) => "--template",
        }
    }

    /// The one form that is asked for.
    ///
    /// # Errors
    /// When there are two.
    pub fn one(a: Option<Self>, b: Option<Self>) -> Result<Option<Self>, CliError> {
        match (a, b) {
            (Some(a), Some(b)) if a != b => {
                let message = format!("{} and {} exclude each other", a.flag(), b.flag());
                Err(CliError::new(Code::Usage, message).hint("name one form"))
            }
            _ => Ok(a.or(b)),
        }
    }
}

/// What ends an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A line feed.
    Line,
    /// A NUL, which no path can hold.
    Nul,
}

impl End {
    /// The byte itself.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Line => b'\n',
            Self::Nul => 0,
        }
    }
}

/// The form flags of commands that list objects, beside the global `--json` and `--jsonl`.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct FormArgs {
    /// Print in this format [default: table on a terminal, tsv into a pipe]
    ///
    /// csv holds values as they are: tell a spreadsheet that its columns are text, or it may take what begins with `=` for a formula.
    #[arg(long, value_name = "FORMAT", group = "form")]
    format: Option<Format>,
    /// Print the path of each file
    #[arg(long, group = "form")]
    paths: bool,
    /// Print the id of each object
    #[arg(long, group = "form")]
    ids: bool,
    /// End each path, id or line of a template with NUL instead of a line feed
    #[arg(short = '0', long)]
    print0: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Tsv,
    Json,
    Jsonl,
    Csv,
}

impl FormArgs {
    /// The form these flags ask for, if any; `rendered` where the command's own flags ask for that.
    ///
    /// # Errors
    /// When they say how to end items that will not be printed.
    pub fn form(&self, rendered: bool) -> Result<Option<Form>, CliError> {
        let end = if self.print0 { End::Nul } else { End::Line };
        let form = match self.format {
            Some(Format::Table) => Some(Form::Table),
            Some(Format::Tsv) => Some(Form::Tsv),
            Some(Format::Json) => Some(Form::Json),
            Some(Format::Jsonl) => Some(Form::Jsonl),
            Some(Format::Csv) => Some(Form::Csv),
            None if self.paths => Some(Form::Paths(end)),
            None if self.ids => Some(Form::Ids(end)),
            None if rendered => Some(Form::Rendered(end)),
            None => None,
        };
        if self.print0 && !matches!(form, Some(Form::Paths(_) | Form::Ids(_) | Form::Rendered(_))) {
            let message = "-0 ends paths, ids and lines of a template, and none of them is printed";
            return Err(CliError::new(Code::Usage, message).hint("add --paths or --ids"));
        }
        Ok(form)
    }
}
