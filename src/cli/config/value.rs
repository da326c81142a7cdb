//! The types a setting can have: how each is read from TOML or from a variable, and printed again.
//!
//! A variable is always a text, so every type takes a text.

use std::time::Duration;

use clap::ValueEnum;
use serde_json::{Value as Json, json};
use toml::Value;

use super::ImportMode;
use crate::cli::output::style::Colour;
use crate::model::Zone;
use crate::model::amount;

/// A type of setting.
pub(super) trait Typed: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// What it must be, as a phrase: "must be …".
    fn read(value: &Value) -> Result<Self, String>;

    /// The value as TOML that reads back as itself.
    fn toml(&self) -> Value;

    /// The value for scripts: bytes and seconds are numbers.
    fn json(&self) -> Json;
}

/// A number of bytes, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bytes(pub(super) Option<u64>);

/// A time to keep something, or for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Keep(pub(super) Option<Duration>);

/// A number of threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Jobs(pub(super) usize);

fn text(value: &Value, rule: &str) -> Result<String, String> {
    value.as_str().map(str::to_owned).ok_or_else(|| rule.to_owned())
}

impl Typed for String {
    fn read(value: &Value) -> Result<Self, String> {
        text(value, "must be a text")
    }
    fn toml(&self) -> Value {
        self.as_str().into()
    }
    fn json(&self) -> Json {
        self.as_str().into()
    }
}

impl Typed for bool {
    fn read(value: &Value) -> Result<Self, String> {
        value.as_bool().ok_or_else(|| "must be true or false".into())
    }
    fn toml(&self) -> Value {
        (*self).into()
    }
    fn json(&self) -> Json {
        (*self).into()
    }
}

impl Typed for Vec<String> {
    fn read(value: &Value) -> Result<Self, String> {
        const RULE: &str = "must be a list of texts";
        value.as_array().ok_or(RULE)?.iter().map(|item| text(item, RULE)).collect()
    }
    fn toml(&self) -> Value {
        self.clone().into()
    }
    fn json(&self) -> Json {
        self.clone().into()
    }
}

impl Typed for Bytes {
    fn read(value: &Value) -> Result<Self, String> {
        let rule = || "must be a size such as 100MB, or none".to_owned();
        match value {
            Value::Integer(bytes) => u64::try_from(*bytes).map(|bytes| Self(Some(bytes))).map_err(|_| rule()),
            Value::String(text) if text == "none" => Ok(Self(None)),
            Value::String(text) => amount::size(text).map(|bytes| Self(Some(bytes))).map_err(|_| rule()),
            _ => Err(rule()),
        }
    }
    fn toml(&self) -> Value {
        const UNITS: [(u64, &str); 4] =
            [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
        let Some(bytes) = self.0 else { return "none".into() };
        let unit = UNITS.iter().find(|(unit, _)| bytes > 0 && bytes.is_multiple_of(*unit));
        unit.map_or(Value::Integer(bytes as i64), |(unit, name)| format!("{}{name}", bytes / unit).into())
    }
    fn json(&self) -> Json {
        json!(self.0)
    }
}

impl Typed for Keep {
    fn read(value: &Value) -> Result<Self, String> {
        let rule = || "must be a duration such as 30d, or none".to_owned();
        match value {
            Value::String(text) if text == "none" => Ok(Self(None)),
            Value::String(text) => amount::duration(text).map(|keep| Self(Some(keep))).map_err(|_| rule()),
            _ => Err(rule()),
        }
    }
    fn toml(&self) -> Value {
        const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
        let Some(keep) = self.0 else { return "none".into() };
        let seconds = keep.as_secs();
        let unit = UNITS.iter().find(|(unit, _)| keep.subsec_nanos() == 0 && seconds.is_multiple_of(*unit));
        unit.map_or_else(|| format!("{}ms", keep.as_millis()), |(unit, name)| format!("{}{name}", seconds / unit))
            .into()
    }
    fn json(&self) -> Json {
        match self.0 {
            Some(keep) if keep.subsec_nanos() > 0 => keep.as_secs_f64().into(),
            keep => json!(keep.map(|keep| keep.as_secs())),
        }
    }
}

impl Typed for Jobs {
    fn read(value: &Value) -> Result<Self, String> {
        let number = value.as_integer().or_else(|| value.as_str()?.parse().ok());
        let jobs = number.filter(|jobs| (1..=1024).contains(jobs));
        jobs.map(|jobs| Self(jobs as usize)).ok_or_else(|| "must be a number from 1 to 1024".into())
    }
    fn toml(&self) -> Value {
        Value::Integer(self.0 as i64)
    }
    fn json(&self) -> Json {
        self.0.into()
    }
}

impl Typed for Zone {
    fn read(value: &Value) -> Result<Self, String> {
        let rule = "must be local, utc, an offset such as +02:00 or a zone such as Europe/Berlin";
        Self::parse(&text(value, rule)?).ok_or_else(|| rule.into())
    }
    fn toml(&self) -> Value {
        self.to_string().into()
    }
    fn json(&self) -> Json {
        self.to_string().into()
    }
}

impl Typed for Colour {
    fn read(value: &Value) -> Result<Self, String> {
        let rule = "must be one of auto, always, never";
        Self::from_str(&text(value, rule)?, false).map_err(|_| rule.into())
    }
    fn toml(&self) -> Value {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned()).into()
    }
    fn json(&self) -> Json {
        self.to_possible_value().map(|value| value.get_name().to_owned()).into()
    }
}

impl Typed for ImportMode {
    fn read(value: &Value) -> Result<Self, String> {
        let rule =
            || format!("must be one of {}", Self::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(", "));
        value.as_str().and_then(|text| Self::parse(text).ok()).ok_or_else(rule)
    }
    fn toml(&self) -> Value {
        self.as_str().into()
    }
    fn json(&self) -> Json {
        self.as_str().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_printed_as_they_would_be_typed() {
        for text in ["30d", "36h", "0d", "90s", "1500ms", "none"] {
            assert_eq!(Keep::read(&text.into()).unwrap().toml(), text.into());
        }
        assert!(Keep::read(&"soon".into()).is_err() && Keep::read(&Value::Integer(30)).is_err());
    }

    #[test]
    fn amounts_are_printed_as_they_would_be_typed() {
        let sizes = [Some(100_000_000), Some(1_500), Some(0), None].map(|bytes| Bytes(bytes).toml().to_string());
        assert_eq!(sizes, ["\"100MB\"", "1500", "0", "\"none\""]);
    }
}
