//! Fills a template in, as text or as a path that stays where it is put.

use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset};

use super::filter::{Filter, Working, cut};
use super::{Context, Fields, Format, Part, Slot, Template, Time, Value};

/// Names that Windows keeps for devices, whatever comes after a dot.
const RESERVED: &[&str] = &[
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// One output, or one for each value of the repeated path; the same one never twice.
pub(super) fn outputs(template: &Template, fields: &dyn Fields, context: Context) -> Vec<String> {
    let repeated = template.slots().find(|slot| slot.repeated).and_then(|slot| fields.get(&slot.path));
    let rounds: Vec<Option<Value>> = match repeated {
        Some(Value::List(texts)) if !texts.is_empty() => {
            texts.into_iter().map(|text| Some(Value::Text(text))).collect()
        }
        one => vec![one],
    };
    let mut outputs = Vec::with_capacity(rounds.len());
    for value in rounds {
        let output = output(template, fields, value.as_ref(), context);
        if !outputs.contains(&output) {
            outputs.push(output);
        }
    }
    outputs
}

/// `repeated` is this round's value of the repeated path.
fn output(template: &Template, fields: &dyn Fields, repeated: Option<&Value>, context: Context) -> String {
    let mut output = String::new();
    for part in &template.parts {
        match part {
            Part::Text(text) => output.push_str(text),
            Part::Slot(slot) => {
                let value = if slot.repeated { repeated.cloned() } else { fields.get(&slot.path) };
                output.push_str(&slot.fill(value, context));
            }
        }
    }
    match context {
        Context::Text => output,
        Context::Path => inside(&output),
    }
}

impl Slot {
    /// What stands in the slot's place.
    fn fill(&self, value: Option<Value>, context: Context) -> String {
        let is_time = matches!(value, Some(Value::Time(_)));
        let filled = value
            .and_then(|value| self.working(value, context))
            .map(|working| self.filters.iter().fold(working, |working, filter| filter.apply(working)).into_text());
        match (filled.filter(|text| !text.is_empty()), context) {
            // A time's own pieces are clean already, and `/` in its format is the template's.
            (Some(text), Context::Path) if !is_time => clean(&text),
            (Some(text), _) => text,
            (None, context) => match (&self.default, context) {
                (Some(default), _) => default.clone(),
                (None, Context::Path) => "_".to_owned(),
                (None, Context::Text) => String::new(),
            },
        }
    }

    /// The value in its format; `None` for one that a format cannot show.
    fn working(&self, value: Value, context: Context) -> Option<Working> {
        let shortened = |text: String| match self.format {
            Some(Format::Width { width, .. }) => cut(&text, width),
            _ => text,
        };
        Some(match value {
            Value::Text(text) => Working::Texts(vec![shortened(text)]),
            Value::List(texts) => Working::Texts(texts.into_iter().map(shortened).collect()),
            Value::Time(time) => Working::Texts(vec![self.date(time, context)?]),
            Value::Number(number) => match self.format {
                Some(Format::Width { zeros: true, width }) => Working::Texts(vec![format!("{number:0width$}")]),
                Some(Format::Width { zeros: false, width }) => Working::Texts(vec![format!("{number:width$}")]),
                _ => Working::Number(number),
            },
        })
    }

    /// A time in its format, else as in JSON. In a path each piece between the format's own `/` is cleaned by itself:
    /// `%Y/%m` makes folders, `%D` does not.
    fn date(&self, time: Time, context: Context) -> Option<String> {
        let format = match &self.format {
            Some(Format::Date(format)) => format,
            _ if context == Context::Path => return Some(clean(&time.utc.to_string())),
            _ => return Some(time.utc.to_string()),
        };
        let at = on_clock(time, self.filters.contains(&Filter::Utc))?;
        if context == Context::Text {
            return written(at, format);
        }
        let pieces: Option<Vec<_>> = format.split('/').map(|piece| Some(clean(&written(at, piece)?))).collect();
        Some(pieces?.join("/"))
    }
}

/// The time as the clock on the wall showed it, or as UTC.
fn on_clock(time: Time, utc: bool) -> Option<DateTime<FixedOffset>> {
    let instant = DateTime::from_timestamp_millis(time.utc.millis())?;
    let ahead = if utc { 0 } else { (time.wall.millis() - time.utc.millis()) / 1000 };
    Some(instant.with_timezone(&FixedOffset::east_opt(i32::try_from(ahead).ok()?)?))
}

fn written(at: DateTime<FixedOffset>, format: &str) -> Option<String> {
    let mut text = String::new();
    write!(text, "{}", at.format(format)).ok()?;
    Some(text)
}

/// A value as a part of a name: no separators, no characters that some file system refuses, not hidden, no device.
fn clean(value: &str) -> String {
    let dots = value.len() - value.trim_start_matches('.').len();
    let plain = |(at, c): (usize, char)| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        c if c.is_control() || at < dots => '_',
        c => c,
    };
    let cleaned: String = value.char_indices().map(plain).collect();
    let stem = cleaned.split('.').next().unwrap_or_default();
    if RESERVED.iter().any(|name| name.eq_ignore_ascii_case(stem.trim_end())) {
        return format!("_{}", &cleaned[stem.len()..]);
    }
    cleaned
}

/// The path without what would lead out of its folder: no root, no `.`, no `..`, never empty.
fn inside(path: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
    let parts: Vec<_> = parts.map(|part| if part == ".." { "_" } else { part }).collect();
    if parts.is_empty() { "_".to_owned() } else { parts.join("/") }
}
