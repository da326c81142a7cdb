//! Names and lines from patterns: `{taken_at:%Y}/{taken_at:%m}/{filename}`. The grammar is `hypernet help templates`'s.
//!
//! Pure: a template is parsed once and asks its [`Fields`] for values. Where a path leads, and that two files do not get one
//! name, is for the caller.

mod filter;
pub mod object;
mod parse;
mod paths;
mod render;
#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::model::{Timestamp, WallTime};

use filter::Filter;

/// Every path a template may ask for, beside those that lead into the metadata.
pub const PATHS: &[&str] = paths::PATHS;

/// The names of all filters, with an example of each that takes arguments.
pub const FILTERS: &[(&str, Option<&str>)] = filter::NAMES;

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Slot(Slot),
}

/// What stands between two braces.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Slot {
    path: String,
    /// `*`: the whole output once for each of its values.
    repeated: bool,
    format: Option<Format>,
    filters: Vec<Filter>,
    default: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Format {
    /// `strftime`, for times.
    Date(String),
    /// `8`: text is cut to as many characters, a number is padded to them, with zeros for `08`.
    Width { zeros: bool, width: usize },
}

/// Where a template's values come from.
pub trait Fields {
    /// The value at a path such as `filename` or `metadata.exif.iso`; `None` where there is none.
    fn get(&self, path: &str) -> Option<Value>;
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text; an empty one counts as missing.
    Text(String),
    /// A number; 53 bits of a whole one are kept.
    Number(f64),
    /// A time.
    Time(Time),
    /// Several texts; none at all count as missing.
    List(Vec<String>),
}

/// A time, on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// The instant.
    pub utc: Timestamp,
    /// What the clock on the wall showed; only its reading is used, its distance from `utc` is the offset.
    pub wall: WallTime,
}

/// What is made of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// A line or a name: values as they are, nothing for a missing one.
    Text,
    /// A relative path: only the template's own `/` makes folders, and nothing leads out of where it starts.
    Path,
}

/// A template that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    /// What is wrong, without a full stop.
    pub message: String,
    /// The template as it was given.
    pub text: String,
    /// The spot, in bytes of `text`, on character boundaries; empty where something is missing.
    pub span: Range<usize>,
    /// What to write instead.
    pub hint: Option<String>,
}

impl Template {
    /// Understands a template.
    ///
    /// # Errors
    /// Points at the first spot that breaks the grammar, or names what does not exist.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        parse::template(text)
    }

    /// The paths it asks for, in order, some perhaps twice: a caller refuses those that it cannot serve.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.slots().map(|slot| slot.path.as_str())
    }

    /// Fills it in: one output, or one for each different value of the path marked with `*`.
    pub fn render(&self, fields: &dyn Fields, context: Context) -> Vec<String> {
        render::outputs(self, fields, context)
    }

    fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.parts.iter().filter_map(|part| match part {
            Part::Slot(slot) => Some(slot),
            Part::Text(_) => None,
        })
    }
}
