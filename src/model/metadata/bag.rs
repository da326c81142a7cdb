//! How metadata is held: taken apart, or as the text it was read as until somebody asks for an entry.
//!
//! A million media are listed without a look into their metadata: its text goes from the catalogue to the answer.

use std::sync::OnceLock;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::MAX_BYTES;

/// An object of JSON.
#[derive(Debug, Clone)]
pub(super) enum Bag {
    /// Its entries.
    Map(Map<String, Value>),
    /// Its text, and its entries once they were asked for.
    Text(Box<RawValue>, OnceLock<Map<String, Value>>),
}

impl Bag {
    /// The text as it is, with one more entry at its end, where it is JSON that would be printed just so: in one line, without
    /// anything that only a closer look could judge. `None` where it must be taken apart.
    pub(super) fn kept(text: &str, entry: Option<(&str, &Value)>) -> Option<Self> {
        let open = text.strip_suffix('}').filter(|_| text.starts_with('{') && plain(text))?;
        let whole = match entry {
            None => text.to_owned(),
            Some((key, _)) if named(text, key) => return None,
            Some((key, value)) => format!("{open}{}\"{key}\":{value}}}", if open.len() > 1 { "," } else { "" }),
        };
        if whole.len() > MAX_BYTES {
            return None;
        }
        Some(Self::Text(RawValue::from_string(whole).ok()?, OnceLock::new()))
    }

    pub(super) fn map(&self) -> &Map<String, Value> {
        match self {
            Self::Map(map) => map,
            Self::Text(text, map) => map.get_or_init(|| entries(text)),
        }
    }

    pub(super) fn into_map(self) -> Map<String, Value> {
        match self {
            Self::Map(map) => map,
            Self::Text(text, map) => map.into_inner().unwrap_or_else(|| entries(&text)),
        }
    }

    /// Whether there may be an entry of this name; that there is none is certain.
    pub(super) fn may_name(&self, key: &str) -> bool {
        match self {
            Self::Map(_) => true,
            Self::Text(text, _) => named(text.get(), key),
        }
    }
}

fn entries(text: &RawValue) -> Map<String, Value> {
    serde_json::from_str(text.get()).unwrap_or_default()
}

fn named(text: &str, key: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), key.as_bytes()).is_some()
}

/// The deepest nesting that is taken as it is: well within what a parser takes.
const DEEPEST: u32 = 64;

/// The longest number that is taken as it is: no parser loses one of its digits.
const DIGITS: u32 = 15;

/// Whether valid JSON of this text holds only what every parser reads alike: no blank between its parts, no escape but
/// those of one character, no long or exponential number, no deep nesting.
fn plain(text: &str) -> bool {
    let (mut within, mut depth, mut digits) = (false, 0_u32, 0_u32);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match (within, byte) {
            (true, b'\\') if !bytes.next().is_some_and(|escaped| b"\"\\nrtbf".contains(&escaped)) => return false,
            (_, b'"') => (within, digits) = (!within, 0),
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => (depth, digits) = (depth.saturating_sub(1), 0),
            (false, b'0'..=b'9') => digits += 1,
            (false, b',' | b':') => digits = 0,
            (false, b' ' | b'\t' | b'\n' | b'\r' | b'E' | b'+') => return false,
            // Of words only `true` and `false` have an `e`, and those have no digit before it.
            (false, b'e') if digits > 0 => return false,
            _ => {}
        }
        if depth > DEEPEST || digits > DIGITS {
            return false;
        }
    }
    true
}

impl From<Map<String, Value>> for Bag {
    fn from(map: Map<String, Value>) -> Self {
        Self::Map(map)
    }
}

impl Default for Bag {
    fn default() -> Self {
        Self::Map(Map::new())
    }
}

impl PartialEq for Bag {
    fn eq(&self, other: &Self) -> bool {
        self.map() == other.map()
    }
}

impl Serialize for Bag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Map(map) => map.serialize(serializer),
            Self::Text(text, _) => text.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Metadata;
    use super::*;
    use serde_json::json;

    #[test]
    fn text_is_kept_only_where_it_would_be_printed_just_so() {
        for kept in [r"{}", r#"{"a":1,"b":[true,null,-2.5],"c":{"d":"x \"y\" \\ é\n"}}"#, r#"{"e":"1e5 \t"}"#] {
            assert!(Bag::kept(kept, None).is_some(), "{kept}");
            assert_eq!(serde_json::to_string(&Metadata::of_catalogue(kept)).unwrap(), kept);
            assert_eq!(Metadata::of_catalogue(kept), Metadata::parse(kept).unwrap());
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(70), "]".repeat(70));
        let other = [
            "",
            "{",
            "[]",
            "x}",
            r#"{"a": 1}"#,
            "{\"a\":1,\n\"b\":2}",
            r#"{"a":1e999}"#,
            r#"{"a":1E5}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":12345678901234567890}"#,
            r#"{"a":"\/"}"#,
            r#"{"a":1,}"#,
            r#"{"a":nope}"#,
            &deep,
        ];
        for text in other {
            assert!(Bag::kept(text, None).is_none(), "{text}");
        }
    }

    #[test]
    fn an_entry_more_stands_at_the_end_or_in_its_place() {
        let with = |text| serde_json::to_string(&Metadata::of_catalogue_with(text, "sources", json!([1]))).unwrap();
        assert_eq!(with("{}"), r#"{"sources":[1]}"#);
        assert_eq!(with(r#"{"a":{}}"#), r#"{"a":{},"sources":[1]}"#);
        assert_eq!(with(r#"{"sources":2,"a":3}"#), r#"{"sources":[1],"a":3}"#);
        assert_eq!(with(r#"{"a": 3}"#), r#"{"a":3,"sources":[1]}"#);
    }
}
