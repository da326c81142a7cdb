//! The JSON bag every object carries: an object of at most 1 MB, free in form, with documented namespaces.
//!
//! `exif`, `tags`, `description`, `instagram`, `google_photos`, `facebook` and `custom` have a meaning; other keys are kept.

use std::cmp::Reverse;
use std::collections::HashSet;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::Invalid;

mod bag;
use bag::Bag;

/// The largest metadata bag, in bytes of its compact JSON.
pub const MAX_BYTES: usize = 1_048_576;

/// A JSON object of at most [`MAX_BYTES`], keys in the order they were set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata(Bag);

/// The key under which metadata is shown that cannot be read; it is never stored.
pub const UNREADABLE: &str = "unreadable_metadata";

/// What a file's own facts lose last.
const CORE: &[&str] = &["original_filename", "taken_at_local", "taken_at_source", "tags", "description", "camera"];

/// Bytes kept free for `truncated`, which names at most so many lost entries, each by at most so many characters of at
/// most 6 bytes.
const ROOM: usize = 65_536;
const NAMES: usize = 100;
const NAME_CHARS: usize = 100;

impl Metadata {
    /// A bag given by a person or a service.
    ///
    /// # Errors
    /// When it is larger than 1 MB.
    pub fn new(map: Map<String, Value>) -> Result<Self, Invalid> {
        let size = size_of(&map);
        if size > MAX_BYTES {
            return Err(Invalid::new("metadata", "must be a JSON object of at most 1 MB", format!("{size} bytes")));
        }
        Ok(Self(map.into()))
    }

    /// A bag read from a file: past 1 MB its largest entries go, the core last, and `truncated` names them (ruling 14).
    pub fn from_file(mut map: Map<String, Value>) -> Self {
        let size = size_of(&map);
        if size > MAX_BYTES {
            let lost = to_lose(&map, size.saturating_sub(MAX_BYTES - ROOM));
            let names = lost.iter().take(NAMES).map(|path| path.join(".").chars().take(NAME_CHARS).collect());
            let names = names.map(Value::String).collect();
            remove(&mut map, &lost.into_iter().collect());
            map.insert("truncated".into(), Value::Array(names));
        }
        Self(map.into())
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

    /// The bag another program wrote into the catalogue. SQLite takes some JSON that is none here, such as a lone half of a
    /// character, a number without end or a nesting without measure: its text then stands under [`UNREADABLE`], to be looked at.
    ///
    /// Text that stands there as hypernet writes it is kept as it is, and taken apart only for who asks for an entry.
    pub fn of_catalogue(text: &str) -> Self {
        match Bag::kept(text, None) {
            Some(bag) => Self(bag),
            None => Self::parse(text).unwrap_or_else(|_| Self::unreadable(text)),
        }
    }

    /// The same with one more entry of JSON: what is derived and never stored. It takes the place of one of this name.
    pub fn of_catalogue_with(text: &str, key: &str, entry: Value) -> Self {
        if let Some(bag) = Bag::kept(text, Some((key, &entry))) {
            Self(bag)
        } else {
            let mut map = Self::of_catalogue(text).into_map();
            map.insert(key.to_owned(), entry);
            Self::from_file(map)
        }
    }

    fn unreadable(text: &str) -> Self {
        // Each character takes at most six bytes once it is escaped.
        let text: String = text.chars().take(MAX_BYTES / 8).collect();
        Self(Map::from_iter([(UNREADABLE.to_owned(), text.into())]).into())
    }

    /// Whether [`Metadata::of_catalogue`] could not read it.
    pub fn is_unreadable(&self) -> bool {
        self.0.may_name(UNREADABLE) && self.as_map().contains_key(UNREADABLE)
    }

    /// The value under this key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map().get(key)
    }

    /// The entries, in order.
    pub fn as_map(&self) -> &Map<String, Value> {
        self.0.map()
    }

    /// The entries, to change and check again with [`Metadata::new`].
    pub fn into_map(self) -> Map<String, Value> {
        self.0.into_map()
    }

    /// The tags, in order; none when `tags` is no array of text.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// Bytes of the compact JSON text.
    pub fn size(&self) -> usize {
        size_of(self.as_map())
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl std::fmt::Display for Metadata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&serde_json::to_string(self.as_map()).map_err(|_| std::fmt::Error)?)
    }
}

fn size_of(map: &Map<String, Value>) -> usize {
    serde_json::to_string(map).map_or(usize::MAX, |text| text.len())
}

/// Where an entry stands: its key, and before it that of its namespace where it is in one.
type Path = Vec<String>;

/// The entries that go until at least `excess` bytes are gone: the largest first, within namespaces too; then what is
/// left of the namespaces; the core last.
fn to_lose(map: &Map<String, Value>, excess: usize) -> Vec<Path> {
    let mut entries: Vec<(u8, usize, Path)> = Vec::new();
    for (key, value) in map {
        match value {
            _ if CORE.contains(&key.as_str()) => entries.push((2, weight(key, value), vec![key.clone()])),
            Value::Object(inside) => {
                entries.extend(inside.iter().map(|(k, v)| (0, weight(k, v), vec![key.clone(), k.clone()])));
                entries.push((1, weight(key, &Value::Object(Map::new())), vec![key.clone()]));
            }
            _ => entries.push((0, weight(key, value), vec![key.clone()])),
        }
    }
    entries.sort_by_key(|(rank, weight, _)| (*rank, Reverse(*weight)));
    let mut gone = 0;
    let until = entries.into_iter().take_while(|(_, weight, _)| {
        let more = gone < excess;
        gone += weight;
        more
    });
    until.map(|(_, _, path)| path).collect()
}

fn remove(map: &mut Map<String, Value>, lost: &HashSet<Path>) {
    map.retain(|key, value| {
        if let Value::Object(inside) = value {
            inside.retain(|inner, _| !lost.contains(&vec![key.clone(), inner.clone()]));
        }
        !lost.contains(&vec![key.clone()])
    });
}

/// Bytes of an entry's compact JSON, at least: an escaped key or the comma may add some.
fn weight(key: &str, value: &Value) -> usize {
    key.len() + r#""":"#.len() + value.to_string().len()
}
