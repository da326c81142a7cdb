//! The places a setting can come from, the strongest first, and the search through them.
//!
//! Each place is a flat list of dotted keys. Every value is read, also one that a stronger place overrides: a mistake
//! is told before it matters.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use toml::{Table, Value};

use super::value::Typed;
use crate::cli::env::Env;
use crate::cli::error::{CliError, Code};
use crate::cli::founder::account_name;
use crate::cli::output::text::{shown, shown_path};
use crate::query::words::nearest;
use crate::store::files;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag.
    Flag(&'static str),
    /// A variable of the environment.
    Variable(&'static str),
    /// A configuration file.
    File(PathBuf),
    /// Nobody said.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::File(path) => f.write_str(&shown_path(path)),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A setting as `config show` prints it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its dotted key.
    pub key: String,
    /// Its value as TOML; `None` where it has none.
    pub toml: Option<Value>,
    /// Its value for scripts: bytes and seconds are numbers.
    pub json: Json,
    /// Where the value came from.
    pub origin: Origin,
}

/// The values of one place.
#[derive(Debug, Default)]
pub(super) struct Layer {
    values: Vec<(String, Value, Origin)>,
}

impl Layer {
    /// The values that flags give: key, flag, value.
    pub(super) fn of_flags(flags: impl IntoIterator<Item = (&'static str, &'static str, Value)>) -> Self {
        let values = flags.into_iter().map(|(key, flag, value)| (key.to_owned(), value, Origin::Flag(flag)));
        Self { values: values.collect() }
    }

    /// The values that variables give: key, variable. An empty variable is as good as none.
    pub(super) fn of_variables(env: &Env, variables: &'static [(&str, &str)]) -> Self {
        let set = |name| env.text(name).filter(|value| !value.is_empty());
        let values = variables
            .iter()
            .filter_map(|(key, name)| Some(((*key).to_owned(), Value::from(set(name)?), Origin::Variable(name))));
        Self { values: values.collect() }
    }

    /// The values in a file; `None` where there is no file.
    ///
    /// # Errors
    /// When it cannot be read or is no TOML.
    pub(super) fn of_file(path: &Path) -> Result<Option<Self>, CliError> {
        let text = match fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(CliError::io(path, &error)),
        };
        let table = text.parse::<Table>().map_err(|error| no_toml(path, &text, &error))?;
        let mut layer = Self::default();
        layer.flatten("", table, &Origin::File(path.to_owned()));
        Ok(Some(layer))
    }

    /// The path at `key`: a relative one starts at the file, `~` is the home folder.
    ///
    /// # Errors
    /// When the value is no text.
    pub(super) fn path(&self, key: &str, env: &Env) -> Result<Option<(PathBuf, Origin)>, CliError> {
        let Some((_, value, origin)) = self.values.iter().find(|(name, ..)| name == key) else { return Ok(None) };
        let path = String::read(value).map_err(|rule| bad(key, &rule, value, origin))?;
        let path = env.expand(Path::new(&path));
        let path = match origin {
            Origin::File(file) => file.parent().map_or(path.clone(), |folder| folder.join(&path)),
            _ => path,
        };
        Ok(Some((path, origin.clone())))
    }

    fn flatten(&mut self, prefix: &str, table: Table, origin: &Origin) {
        for (key, value) in table {
            let key = format!("{prefix}{key}");
            match value {
                Value::Table(inner) => self.flatten(&format!("{key}."), inner, origin),
                value => self.values.push((key, value, origin.clone())),
            }
        }
    }
}

/// All places, the strongest first, and what was found in them so far.
pub(super) struct Layers {
    places: Vec<Layer>,
    known: Vec<&'static str>,
    shown: Vec<Shown>,
    idle: Vec<String>,
}

impl Layers {
    pub(super) fn new() -> Self {
        Self { places: Vec::new(), known: vec!["library"], shown: Vec::new(), idle: Vec::new() }
    }

    /// Adds a place weaker than those before.
    pub(super) fn add(&mut self, layer: Layer) {
        self.places.push(layer);
    }

    /// Adds the settings a library carries, if they can be read: opening it says what is wrong with it. What marks
    /// the library, its bare keys, is not ours; a table with keys that are not `allowed` is warned of.
    pub(super) fn add_library(&mut self, marker: &Path, allowed: &[&str]) {
        let Ok(Some(mut layer)) = Layer::of_file(marker) else { return };
        if let Some(owner) = foreign(marker) {
            if layer.values.iter().any(|(key, ..)| key.contains('.')) {
                self.idle.push(format!("{}: belongs to {owner}; its settings are not read", shown_path(marker)));
            }
            return;
        }
        layer.values.retain(|(key, ..)| {
            let ours = allowed.iter().any(|name| key == name || (name.ends_with('.') && key.starts_with(name)));
            if !ours && key.contains('.') {
                let file = shown_path(marker);
                self.idle
                    .push(format!("{file}: `{}` is not read from a library; it belongs in config.toml", shown(key)));
            }
            ours
        });
        self.add(layer);
    }

    /// Lists the library among what is shown.
    pub(super) fn note_library(&mut self, library: Option<&(PathBuf, Origin)>) {
        let path = library.map(|(path, _)| path.to_string_lossy().into_owned());
        let origin = library.map_or(Origin::Default, |(_, origin)| origin.clone());
        self.show("library", path.clone().map(Value::from), path.into(), origin);
    }

    /// The strongest value of a key, else the default.
    pub(super) fn pick<T: Typed + Clone>(&mut self, key: &'static str, default: &T) -> Result<T, CliError> {
        let found = self.find::<T>(key)?;
        let (value, origin) = found.unwrap_or_else(|| (default.clone(), Origin::Default));
        self.show(key, Some(value.toml()), value.json(), origin);
        Ok(value)
    }

    /// The strongest value of a key that has no default.
    pub(super) fn pick_optional(&mut self, key: &'static str) -> Result<Option<String>, CliError> {
        let (value, origin) =
            self.find::<String>(key)?.map_or((None, Origin::Default), |(value, at)| (Some(value), at));
        self.show(key, value.clone().map(Value::from), value.clone().into(), origin);
        Ok(value)
    }

    /// The texts of a free table, each from its strongest place.
    pub(super) fn table(&mut self, key: &'static str) -> Result<BTreeMap<String, String>, CliError> {
        let (prefix, mut table) = (format!("{key}."), BTreeMap::new());
        self.no_table(key)?;
        self.known.push(key);
        for (name, value, origin) in self.places.iter().flat_map(|layer| &layer.values) {
            let Some(entry) = name.strip_prefix(&prefix) else { continue };
            let text = String::read(value).map_err(|rule| bad(name, &rule, value, origin))?;
            table.entry(entry.to_owned()).or_insert((text, origin.clone()));
        }
        for (entry, (text, origin)) in &table {
            let key = format!("{prefix}{entry}");
            self.shown.push(Shown { key, toml: Some(text.toml()), json: text.json(), origin: origin.clone() });
        }
        Ok(table.into_iter().map(|(entry, (text, _))| (entry, text)).collect())
    }

    /// All that was found, in the order it was asked for.
    pub(super) fn shown(self) -> Vec<Shown> {
        self.shown
    }

    /// What was set and does nothing: where it stands, or because no command needs it yet.
    pub(super) fn idle(&mut self, not_yet: &[&str]) -> Vec<String> {
        let mut idle = std::mem::take(&mut self.idle);
        let values = self.places.iter().flat_map(|layer| &layer.values);
        let waiting = values.filter(|(key, ..)| not_yet.contains(&key.as_str()));
        idle.extend(waiting.map(|(key, _, origin)| format!("{origin}: `{key}` has no effect yet")));
        idle
    }

    /// What was set that nobody asked for, because there is no such key. To be called last.
    pub(super) fn warnings(&self, not_yet: &[&str]) -> Vec<String> {
        let mut warnings = Vec::new();
        for (key, _, origin) in self.places.iter().flat_map(|layer| &layer.values) {
            let key = key.as_str();
            if self.known.contains(&key) || key.starts_with("queries.") || not_yet.contains(&key) {
                continue;
            }
            let sections = self.known.iter().filter_map(|known| known.split_once('.')).map(|(section, _)| section);
            let meant = nearest(key, self.known.iter().copied().chain(sections));
            let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            warnings.push(format!("{origin}: unknown key `{}`{meant}", shown(key)));
        }
        warnings
    }

    fn find<T: Typed>(&mut self, key: &'static str) -> Result<Option<(T, Origin)>, CliError> {
        if let Some((section, _)) = key.split_once('.') {
            self.no_table(section)?;
        }
        self.known.push(key);
        let mut strongest = None;
        for (name, value, origin) in self.places.iter().flat_map(|layer| &layer.values) {
            if name == key {
                let read = T::read(value).map_err(|rule| bad(key, &rule, value, origin))?;
                strongest.get_or_insert((read, origin.clone()));
            }
        }
        Ok(strongest)
    }

    /// Refuses a plain value where a table stands.
    fn no_table(&self, section: &str) -> Result<(), CliError> {
        let mut values = self.places.iter().flat_map(|layer| &layer.values);
        match values.find(|(name, ..)| name == section) {
            Some((_, value, origin)) => Err(bad(section, "must be a table", value, origin)),
            None => Ok(()),
        }
    }

    fn show(&mut self, key: &str, toml: Option<Value>, json: Json, origin: Origin) {
        self.shown.push(Shown { key: key.to_owned(), toml, json, origin });
    }
}

/// Whose file this is, where it is neither this account's nor root's: what is in it was chosen by somebody else.
pub(super) fn foreign(path: &Path) -> Option<String> {
    let owner = fs::metadata(path).ok()?.uid();
    (owner != 0 && owner != files::own_uid()).then(|| account_name(owner))
}

fn bad(key: &str, rule: &str, value: &Value, origin: &Origin) -> CliError {
    let (key, value) = (shown(key), value.to_string());
    let message = format!("{origin}: `{key}` {rule}, not {}", shown(&value));
    let error = CliError::new(Code::Usage, message).detail("key", &*key).detail("value", value.as_str());
    let error = error.detail("origin", origin.to_string());
    if key == "import.mode" && value == "\"move\"" {
        return error.hint("`--mode move` is asked for each time and never remembered");
    }
    error
}

fn no_toml(path: &Path, text: &str, error: &toml::de::Error) -> CliError {
    let span = error.span().unwrap_or(0..0);
    let line = text.as_bytes().iter().take(span.start).filter(|byte| **byte == b'\n').count() + 1;
    let message = format!("{}, line {line}: {}", shown_path(path), shown(error.message()));
    CliError::new(Code::Usage, message).detail("path", path.to_string_lossy()).at(text, span)
}
