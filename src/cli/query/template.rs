//! `--template`: a line of a person's own making for each result.

use serde_json::Value as Json;

use super::super::error::{CliError, Code};
use super::super::found::Found;
use super::super::output::list::Row as _;
use crate::query::beside;
use crate::store::Reader;
use crate::template::{Context, Fields, Template, TemplateError, Value, object};

/// What a template can ask of a media that is no field of it and stands not in its metadata.
const MADE: &[&str] = &[
    "description",
    "stem",
    "ext",
    "original_filename",
    "camera",
    "lens",
    "album",
    "tags",
    "parent",
    "seq",
    "count",
    "index",
    "local_path",
];

/// What a template may ask of a media once imports look up places.
const NO_PLACES: &[&str] = &["place.city", "place.country"];

/// A template for media.
pub struct Line {
    template: Template,
    /// Whether it asks for albums, which are looked up for each.
    albums: bool,
    /// Whether it asks how many there are.
    pub counts: bool,
    total: u64,
    printed: u64,
}

impl Line {
    /// Understands one.
    ///
    /// # Errors
    /// When it cannot be, or asks for what a media does not have.
    pub fn parse(text: &str) -> Result<Self, CliError> {
        let template = Template::parse(text)?;
        if let Some(path) = template.paths().find(|path| !served(path)) {
            let at = text.find(&format!("{{{path}")).map_or(0, |at| at + 1);
            let why = if NO_PLACES.contains(&path) {
                "is not available yet: an import does not look up places"
            } else {
                "is no field of a media"
            };
            let error = CliError::new(Code::Usage, format!("`{path}` {why}")).at(text, at..at + path.len());
            return Err(error.hint("help template lists them"));
        }
        let asks = |name| template.paths().any(|path| path == name);
        let (albums, counts) = (asks("album"), asks("count"));
        Ok(Self { template, albums, counts, total: 0, printed: 0 })
    }

    /// Says how many there are in all.
    pub fn of(&mut self, total: u64) {
        self.total = total;
    }

    /// The lines of one result.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn render(&mut self, found: &Found<'_>, reader: &Reader) -> Result<Vec<String>, CliError> {
        let albums = if self.albums { beside::albums(reader, found.media.base.id)? } else { Vec::new() };
        let albums = albums.into_iter().map(|album| album.name.to_string()).collect();
        let object = serde_json::to_value(&found.media).unwrap_or_default();
        let seq = self.printed + 1;
        let fields = One { found, object, albums, seq, total: self.total };
        self.printed = seq;
        Ok(self.template.render(&fields, Context::Text))
    }
}

fn served(path: &str) -> bool {
    let in_metadata = path.contains('.') && !NO_PLACES.contains(&path);
    in_metadata || MADE.contains(&path) || super::super::columns::is_field(path)
}

struct One<'a> {
    found: &'a Found<'a>,
    object: Json,
    albums: Vec<String>,
    /// Which of the results it is, from 1.
    seq: u64,
    total: u64,
}

impl Fields for One<'_> {
    fn get(&self, path: &str) -> Option<Value> {
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let name = || self.found.human("filename");
        let number = |number: u64| Some(Value::Number(number as f64));
        match path {
            "album" => Some(Value::List(self.albums.clone())),
            "original_filename" => text(&name()),
            "stem" => text(std::path::Path::new(&*name()).file_stem()?.to_str()?),
            "ext" => text(self.found.media.mime.ext),
            "parent" => text(self.parent()?),
            "camera" => text(&self.found.plain("camera")),
            "local_path" => text(&self.found.path.to_string_lossy()),
            "seq" => number(self.seq),
            "index" => number(self.seq - 1),
            "count" => number(self.total),
            _ => object::value(&self.object, path),
        }
    }
}

impl One<'_> {
    /// The name of the folder it was first found in.
    fn parent(&self) -> Option<&str> {
        let metadata = self.object.get("metadata")?;
        let path = metadata.get("original_path").or_else(|| metadata.pointer("/sources/0/path"))?.as_str()?;
        std::path::Path::new(path).parent()?.file_name()?.to_str()
    }
}

impl From<TemplateError> for CliError {
    fn from(error: TemplateError) -> Self {
        let told = Self::new(Code::Usage, error.message).at(&error.text, error.span);
        if let Some(hint) = error.hint { told.hint(hint) } else { told }
    }
}
