//! `--report FILE`: what became of each file, as CSV, JSON or JSON Lines by the name's ending.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::cli::error::{CliError, Code};
use crate::cli::output::text::csv;
use crate::import::summary::Item;

/// A report being written. Errors are kept until the end: they must not stop the import.
pub struct Report {
    path: PathBuf,
    form: Form,
    out: BufWriter<File>,
    rows: u64,
    failed: Option<std::io::Error>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
    Jsonl,
}

impl Report {
    /// Begins the report at `path`.
    ///
    /// # Errors
    /// When the name's ending says no form, or the file cannot be made.
    pub fn create(path: &Path) -> Result<Self, CliError> {
        let form = match path.extension().and_then(|ext| ext.to_str()) {
            Some("csv") => Form::Csv,
            Some("json") => Form::Json,
            Some("jsonl") => Form::Jsonl,
            _ => {
                let error = CliError::new(Code::Usage, format!("--report: {} names no form", path.display()));
                return Err(error.hint("end the name with .csv, .json or .jsonl"));
            }
        };
        let file = File::create(path).map_err(|error| CliError::io(path, &error))?;
        let mut report = Self { path: path.to_owned(), form, out: BufWriter::new(file), rows: 0, failed: None };
        match form {
            Form::Csv => report.write(b"action,path,id,code,message\r\n"),
            Form::Json => report.write(b"["),
            Form::Jsonl => {}
        }
        Ok(report)
    }

    /// Adds one file.
    pub fn add(&mut self, item: &Item) {
        let line = match self.form {
            Form::Csv => row(item),
            Form::Json | Form::Jsonl => serde_json::to_vec(item).unwrap_or_default(),
        };
        if self.form == Form::Json {
            self.write(if self.rows == 0 { b"\n" } else { b",\n" });
        }
        self.write(&line);
        if self.form == Form::Jsonl {
            self.write(b"\n");
        }
        self.rows += 1;
    }

    /// Ends the report.
    ///
    /// # Errors
    /// When any of it could not be written.
    pub fn finish(mut self) -> Result<(), CliError> {
        if self.form == Form::Json {
            self.write(b"\n]\n");
        }
        let flushed = self.out.flush();
        self.failed.map_or(flushed, Err).map_err(|error| CliError::io(&self.path, &error))
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.out.write_all(bytes).err();
        }
    }
}

fn row(item: &Item) -> Vec<u8> {
    let id = item.id.map(|id| id.to_string()).unwrap_or_default();
    let fields = [
        item.action.as_str(),
        &item.path,
        &id,
        item.code.unwrap_or_default(),
        item.message.as_deref().unwrap_or_default(),
    ];
    let mut line = Vec::new();
    for (n, field) in fields.iter().enumerate() {
        if n > 0 {
            line.push(b',');
        }
        csv(&mut line, field.as_bytes());
    }
    line.extend(b"\r\n");
    line
}
