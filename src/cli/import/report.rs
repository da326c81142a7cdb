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
    /// Where it is written until it is whole.
    draft: PathBuf,
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
        let mut draft = path.as_os_str().to_owned();
        draft.push(".part");
        let draft = PathBuf::from(draft);
        let file = File::create(&draft).map_err(|error| CliError::io(path, &error))?;
        let out = BufWriter::new(file);
        let mut report = Self { path: path.to_owned(), draft, form, out, rows: 0, failed: None };
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
        let written = self.failed.take().map_or(flushed, Err).and_then(|()| std::fs::rename(&self.draft, &self.path));
        written.map_err(|error| CliError::io(&self.path, &error))
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.out.write_all(bytes).err();
        }
    }
}

impl Drop for Report {
    /// A run that could not begin leaves no draft behind; after `finish` there is none.
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.draft);
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
