//! The forms of an answer and the flags that choose one.

use clap::{Args, ValueEnum};

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
    /// What the command makes of each row, such as a template: [`super::List::rendered`].
    Rendered(End),
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
    #[arg(long, value_name = "FORMAT", group = "form")]
    format: Option<Format>,
    /// Print the path of each file
    #[arg(long, group = "form")]
    paths: bool,
    /// Print the id of each object
    #[arg(long, group = "form")]
    ids: bool,
    /// End each path, id or template with NUL instead of a line feed
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
    /// The form these flags ask for, if any.
    pub fn form(&self) -> Option<Form> {
        match self.format {
            Some(Format::Table) => Some(Form::Table),
            Some(Format::Tsv) => Some(Form::Tsv),
            Some(Format::Json) => Some(Form::Json),
            Some(Format::Jsonl) => Some(Form::Jsonl),
            Some(Format::Csv) => Some(Form::Csv),
            None if self.paths => Some(Form::Paths(self.end())),
            None if self.ids => Some(Form::Ids(self.end())),
            None => None,
        }
    }

    /// What ends each item.
    pub fn end(&self) -> End {
        if self.print0 { End::Nul } else { End::Line }
    }
}
