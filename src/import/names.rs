//! What albums and tags of an import are named after: a template's fields, from the object and from where its file was found.

use std::path::Path;

use serde_json::Value as Json;

use crate::model::{Media, Timestamp, WallTime};
use crate::template::{Context, Fields, Template, Time, Value};

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
            "taken_at" => self.taken().map(Value::Time),
            "camera" | "lens" => value(self.object.pointer(&format!("/metadata/exif/{path}"))?),
            "tags" => value(self.object.pointer("/metadata/tags")?),
            _ => self.inside(path),
        }
    }
}

impl Found<'_> {
    /// A field of the model, or a path within its metadata with or without the word `metadata`.
    fn inside(&self, path: &str) -> Option<Value> {
        let pointer = format!("/{}", path.replace('.', "/"));
        let within = || self.object.pointer(&format!("/metadata{pointer}"));
        let found = self.object.pointer(&pointer).or_else(within)?;
        let instant = found.as_str().filter(|_| path.ends_with("_at")).and_then(|text| Timestamp::parse(text).ok());
        match instant {
            Some(utc) => Some(Value::Time(Time { utc, wall: crate::model::Zone::Local.wall(utc) })),
            None => value(found),
        }
    }

    fn taken(&self) -> Option<Time> {
        let utc = self.media.taken_at?;
        let local = self.media.base.metadata.get("taken_at_local")?.as_str()?;
        let wall = chrono::DateTime::parse_from_rfc3339(local).ok()?;
        Some(Time { utc, wall: WallTime::new(wall.naive_local(), Some(*wall.offset())) })
    }
}

fn value(json: &Json) -> Option<Value> {
    match json {
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Number(number) => number.as_f64().map(Value::Number),
        Json::Bool(bool) => Some(Value::Text(bool.to_string())),
        Json::Array(list) => Some(Value::List(list.iter().filter_map(Json::as_str).map(str::to_owned).collect())),
        Json::Null | Json::Object(_) => None,
    }
}
