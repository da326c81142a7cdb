//! What albums and tags of an import are named after: a template's fields, from the object and from where its file was found.

use std::path::Path;

use serde_json::Value as Json;

use crate::model::Media;
use crate::template::{Context, Fields, Template, Value, object};

/// Paths of the template language that have no value while a file is taken in.
pub const ABSENT: &[&str] = &["album", "seq", "count", "index", "place.city", "place.country", "local_path"];

/// What the templates give for one file, in order, each once; empty names are none.
pub fn of(templates: &[Template], media: &Media, path: &Path) -> Vec<String> {
    let found = Found { media, object: serde_json::to_value(media).unwrap_or_default(), path };
    let mut names: Vec<String> = Vec::new();
    for name in templates.iter().flat_map(|template| template.render(&found, Context::Text)) {
        let name = name.trim().to_owned();
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

struct Found<'a> {
    media: &'a Media,
    object: Json,
    path: &'a Path,
}

impl Fields for Found<'_> {
    fn get(&self, path: &str) -> Option<Value> {
        let name = |part: Option<&std::ffi::OsStr>| Some(Value::Text(part?.to_string_lossy().into_owned()));
        match path {
            "parent" => name(self.path.parent().and_then(Path::file_name)),
            "original_filename" => name(self.path.file_name()),
            "stem" => name(self.path.file_stem()),
            "ext" => Some(Value::Text(self.media.mime.ext.to_owned())),
            _ => object::value(&self.object, path),
        }
    }
}
