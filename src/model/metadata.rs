//! The JSON bag every object carries: an object of at most 1 MB, free in form, with documented namespaces.
//!
//! `exif`, `tags`, `description`, `instagram`, `google_photos`, `facebook` and `custom` have a meaning; other keys are kept.

use serde::Serialize;
use serde_json::{Map, Value};

use super::Invalid;

/// The largest metadata bag, in bytes of its compact JSON.
pub const MAX_BYTES: usize = 1_048_576;

/// A JSON object of at most [`MAX_BYTES`], keys in the order they were set.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Metadata(Map<String, Value>);

/// What a description of truncation stands under, and what a file's own facts never lose.
const CORE: &[&str] = &["original_filename", "taken_at_local", "taken_at_source", "tags", "description", "camera"];

impl Metadata {
    /// A bag given by a person or a service.
    ///
    /// # Errors
    /// When it is larger than 1 MB.
    pub fn new(map: Map<String, Value>) -> Result<Self, Invalid> {
        let bag = Self(map);
        let size = bag.size();
        if size > MAX_BYTES {
            return Err(Invalid::new("metadata", "must be a JSON object of at most 1 MB", format!("{size} bytes")));
        }
        Ok(bag)
    }

    /// A bag read from a file: past 1 MB its largest entries go, all but the core, and `truncated` says which (ruling 14).
    pub fn from_file(mut map: Map<String, Value>) -> Self {
        let mut dropped = Vec::new();
        while size_of(&map) + 64 * dropped.len() > MAX_BYTES - 256 {
            let Some(key) = largest(&map) else { break };
            map.remove(&key);
            dropped.push(Value::String(key));
        }
        if !dropped.is_empty() {
            map.insert("truncated".into(), Value::Array(dropped));
        }
        Self(map)
    }

    /// The bag this JSON text is.
    ///
    /// # Errors
    /// When it is no JSON object of at most 1 MB.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match serde_json::from_str(text) {
            Ok(Value::Object(map)) => Self::new(map),
            _ => Err(Invalid::new("metadata", "must be a JSON object of at most 1 MB", text)),
        }
    }

    /// The value under this key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// The entries, in order.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The entries, to change and check again with [`Metadata::new`].
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// The tags, in order; none when `tags` is no array of text.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// Bytes of the compact JSON text.
    pub fn size(&self) -> usize {
        size_of(&self.0)
    }
}

impl std::fmt::Display for Metadata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| std::fmt::Error)?)
    }
}

fn size_of(map: &Map<String, Value>) -> usize {
    serde_json::to_string(map).map_or(usize::MAX, |text| text.len())
}

fn largest(map: &Map<String, Value>) -> Option<String> {
    let weight = |value: &Value| value.to_string().len();
    let free = map.iter().filter(|(key, _)| !CORE.contains(&key.as_str()));
    free.max_by_key(|(_, value)| weight(value)).map(|(key, _)| key.clone())
}
