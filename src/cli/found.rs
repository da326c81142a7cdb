//! A media in a list: its columns, its JSON, and no more of either than was asked for.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::columns::{self, METADATA};
use super::output::Row;
use crate::model::Media;

/// The key that holds what `--with` adds.
const EXTRA: &str = "_extra";

/// A media in a list, with the path of its original on this machine.
pub struct Found<'a> {
    /// The media.
    pub media: Media,
    /// Where its original is.
    pub path: PathBuf,
    /// Only these of its fields, where they are named.
    fields: Option<&'a [String]>,
    /// What was added to it, in order.
    extra: Vec<(&'static str, Value)>,
    /// What a template makes of it.
    lines: Vec<String>,
}

impl<'a> Found<'a> {
    /// A media of the library in this folder, whole.
    pub fn new(media: Media, library: &Path) -> Self {
        let path = library.join(media.file_path.as_str());
        Self { media, path, fields: None, extra: Vec::new(), lines: Vec::new() }
    }

    /// Only these of its fields; [`columns::exists`] for each.
    pub fn only(self, fields: Option<&'a [String]>) -> Self {
        Self { fields, ..self }
    }

    /// With these beside its own fields.
    pub fn with(self, extra: Vec<(&'static str, Value)>) -> Self {
        Self { extra, ..self }
    }

    /// With the lines a template makes of it.
    pub fn rendered(self, lines: Vec<String>) -> Self {
        Self { lines, ..self }
    }

    /// The value at a dotted path of the metadata; empty where there is none.
    pub fn metadata(&self, path: &str) -> Cow<'_, str> {
        self.within(path).map_or(Cow::Borrowed(""), text)
    }

    fn within(&self, path: &str) -> Option<&Value> {
        let mut keys = path.split('.');
        let first = keys.next().and_then(|key| self.media.base.metadata.get(key));
        keys.try_fold(first, |value, key| value.map(|value| value.get(key))).flatten()
    }

    /// Those of its fields that are asked for, nested as they are in the whole, then what was added.
    fn picked(&self) -> serde_json::Result<Map<String, Value>> {
        let Value::Object(mut whole) = serde_json::to_value(&self.media)? else { return Ok(Map::new()) };
        let mut picked = Map::new();
        for name in self.fields.unwrap_or_default() {
            if let Some(path) = name.strip_prefix(METADATA) {
                nest(&mut picked, name, self.within(path).cloned().unwrap_or_default());
            } else {
                let value = whole.get(name).cloned().unwrap_or_else(|| self.made(name));
                picked.insert(name.clone(), value);
            }
        }
        let mut object = if self.fields.is_some() { picked } else { std::mem::take(&mut whole) };
        if !self.extra.is_empty() {
            let extra = self.extra.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
            object.insert(EXTRA.to_owned(), Value::Object(extra.collect()));
        }
        Ok(object)
    }

    /// A column that is no field of the model, as JSON.
    fn made(&self, name: &str) -> Value {
        if name == "tags" {
            return self.within("tags").cloned().unwrap_or_default();
        }
        let text = self.plain(name);
        if text.is_empty() { Value::Null } else { text.into() }
    }
}

/// Puts a value where its dotted name says, with the objects on the way; one that is there already is kept.
pub fn nest(object: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            object.entry(name).or_insert(value);
        }
        Some((first, rest)) => {
            let inner = object.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                nest(inner, rest, value);
            }
        }
    }
}

/// A value as a column shows it: text as it is, several joined, anything else as JSON.
fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "".into(),
        Value::String(text) => text.into(),
        other => other.to_string().into(),
    }
}

impl Serialize for Found<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.fields.is_none() && self.extra.is_empty() {
            return self.media.serialize(serializer);
        }
        self.picked().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl Row for Found<'_> {
    fn plain(&self, column: &str) -> Cow<'_, str> {
        if let Some((_, value)) = self.extra.iter().find(|(name, _)| *name == column) {
            return text(value);
        }
        match (columns::find(column), column.strip_prefix(METADATA)) {
            // As in JSON: fields are named as the model names them. Elsewhere a column `type` is that of the media.
            (Some(_), _) if self.fields.is_some() && column == "type" => "media".into(),
            (Some(known), _) => (known.plain)(self),
            (None, path) => path.map_or(Cow::Borrowed(""), |path| self.metadata(path)),
        }
    }

    fn human(&self, column: &str) -> Cow<'_, str> {
        let own = self.extra.iter().all(|(name, _)| *name != column) && !(self.fields.is_some() && column == "type");
        columns::find(column).filter(|_| own).map_or_else(|| self.plain(column), |known| (known.human)(self))
    }

    fn path(&self) -> Option<PathBuf> {
        Some(self.path.clone())
    }

    fn lines(&self) -> &[String] {
        &self.lines
    }
}
