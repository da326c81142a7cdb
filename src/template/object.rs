//! The fields of an object as its JSON has them, for whoever fills templates in from objects.

use serde_json::Value as Json;

use super::{Time, Value};
use crate::model::{Timestamp, WallTime, Zone};

/// The value of a field of the model, or at a dotted path within its metadata, with or without the word `metadata`;
/// `camera`, `lens` and `tags` by themselves.
pub fn value(object: &Json, path: &str) -> Option<Value> {
    match path {
        "taken_at" => taken(object).map(Value::Time),
        "camera" | "lens" => plain(object.pointer(&format!("/metadata/exif/{path}"))?),
        "tags" => plain(object.pointer("/metadata/tags")?),
        _ => inside(object, path),
    }
}

fn inside(object: &Json, path: &str) -> Option<Value> {
    let pointer = format!("/{}", path.replace('.', "/"));
    let within = || object.pointer(&format!("/metadata{pointer}"));
    let found = object.pointer(&pointer).or_else(within)?;
    let instant = found.as_str().filter(|_| path.ends_with("_at")).and_then(|text| Timestamp::parse(text).ok());
    match instant {
        Some(utc) => Some(Value::Time(Time { utc, wall: Zone::Local.wall(utc) })),
        None => plain(found),
    }
}

/// When a media was taken, on both clocks; the one on the wall is UTC's where it is not known.
fn taken(object: &Json) -> Option<Time> {
    let utc = Timestamp::parse(object.get("taken_at")?.as_str()?).ok()?;
    let local = object.pointer("/metadata/taken_at_local").and_then(Json::as_str);
    let local = local.and_then(|local| chrono::DateTime::parse_from_rfc3339(local).ok());
    let local = local.or_else(|| chrono::DateTime::from_timestamp_millis(utc.millis()).map(|at| at.fixed_offset()))?;
    Some(Time { utc, wall: WallTime::new(local.naive_local(), Some(*local.offset())) })
}

fn plain(json: &Json) -> Option<Value> {
    match json {
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Number(number) => number.as_f64().map(Value::Number),
        Json::Bool(bool) => Some(Value::Text(bool.to_string())),
        Json::Array(list) => Some(Value::List(list.iter().filter_map(Json::as_str).map(str::to_owned).collect())),
        Json::Null | Json::Object(_) => None,
    }
}
