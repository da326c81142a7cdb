//! Filters: what `|name` does to a value.

use crate::model::text::Filename;

/// One filter with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Filter {
    Lower,
    Upper,
    Title,
    Slug,
    First,
    Bytes,
    Utc,
    Trunc(usize),
    Join(String),
    Replace(String, String),
}

/// The names of all filters, with an example of each that takes arguments.
pub(super) const NAMES: &[(&str, Option<&str>)] = &[
    ("lower", None),
    ("upper", None),
    ("title", None),
    ("slug", None),
    ("first", None),
    ("bytes", None),
    ("utc", None),
    ("trunc", Some("trunc(20)")),
    ("join", Some("join(, )")),
    ("replace", Some("replace(_,-)")),
];

/// A value on its way through the filters.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Working {
    Number(f64),
    Texts(Vec<String>),
}

impl Working {
    /// The text at the end of the way: several values with commas between.
    pub fn into_text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Texts(texts) => texts.join(", "),
        }
    }

    fn into_texts(self) -> Vec<String> {
        match self {
            Self::Number(number) => vec![number.to_string()],
            Self::Texts(texts) => texts,
        }
    }
}

impl Filter {
    /// Applies it; one that does not fit the value leaves it.
    pub fn apply(&self, value: Working) -> Working {
        let each = |value: Working, change: &dyn Fn(&str) -> String| {
            Working::Texts(value.into_texts().iter().map(|text| change(text)).collect())
        };
        match self {
            Self::Lower => each(value, &str::to_lowercase),
            Self::Upper => each(value, &str::to_uppercase),
            Self::Title => each(value, &title),
            Self::Slug => each(value, &slug),
            Self::Trunc(most) => each(value, &|text| cut(text, *most)),
            Self::Replace(old, new) => each(value, &|text| text.replace(old, new)),
            Self::First => Working::Texts(value.into_texts().into_iter().take(1).collect()),
            Self::Join(separator) => Working::Texts(vec![value.into_texts().join(separator)]),
            Self::Bytes => match value {
                Working::Number(size) => Working::Texts(vec![bytes(size)]),
                Working::Texts(_) => value,
            },
            // Seen to where the time is made text.
            Self::Utc => value,
        }
    }
}

/// The first `most` characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// The first letter of each word large, the others small.
fn title(text: &str) -> String {
    let mut inside = false;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        // An apostrophe is within a word: Don't.
        inside = c.is_alphanumeric() || (inside && matches!(c, '\'' | '’'));
    }
    out
}

/// Letters and digits in plain lower case, `-` for each run of anything else.
fn slug(text: &str) -> String {
    let plain = Filename::of(text);
    let words = plain.as_str().split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// A size for people: `999 B`, `2.5 MB`.
fn bytes(size: f64) -> String {
    let mut units = ["B", "kB", "MB", "GB", "TB"].into_iter();
    let (mut size, mut unit) = (size, units.next().unwrap_or_default());
    // What would be rounded to 1000.0 goes up a unit.
    while size >= if unit == "B" { 1000.0 } else { 999.95 } {
        let Some(larger) = units.next() else { break };
        (size, unit) = (size / 1000.0, larger);
    }
    if unit == "B" { format!("{size} B") } else { format!("{size:.1} {unit}") }
}
