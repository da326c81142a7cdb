//! Where in a question somebody is typing: a field, a value of one, or the name of a saved query.
//!
//! Reads what the parser would refuse, since it is not finished; what does not look like a question has no spot.

/// What is being typed at the end of a question.
#[derive(Debug, PartialEq, Eq)]
pub enum Spot {
    /// A word that may become a field, or a text to search for.
    Field {
        /// Where it begins, in bytes.
        start: usize,
    },
    /// The name of a saved query.
    Saved {
        /// Where it begins, after the `@`.
        start: usize,
    },
    /// A value.
    Value {
        /// The field it belongs to, as it was typed.
        field: String,
        /// Where it begins, its quote included.
        start: usize,
        /// What there is of it, without quotes and escapes.
        text: String,
        /// The quote that is open.
        open: Option<char>,
    },
}

/// One term as it is read.
struct Reading {
    start: usize,
    field: Option<String>,
    value: String,
    open: Option<char>,
}

impl Reading {
    fn at(start: usize) -> Self {
        Self { start, field: None, value: String::new(), open: None }
    }

    fn read(&mut self, at: usize, c: char) {
        let part = matches!(c, '|' | '&') && self.field.is_some();
        match (self.open, c) {
            (Some(open), c) if c == open => self.open = None,
            (None, '"' | '\'') => self.open = Some(c),
            (None, ' ' | '\t' | '\n' | '(' | ')') => *self = Self::at(at + 1),
            (None, _) if part => *self = Self { field: self.field.take(), ..Self::at(at + 1) },
            (None, '-') if at == self.start && self.field.is_none() => self.start = at + 1,
            (None, ':' | '=' | '~' | '<' | '>') => self.compare(at, c),
            (_, c) => self.value.push(c),
        }
    }

    /// A character that parts a field from its value, or stands in a value.
    fn compare(&mut self, at: usize, c: char) {
        let name = self.value.trim_end_matches('!');
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        if self.field.is_some() && self.value.is_empty() && c == '=' {
            self.start = at + 1;
        } else if self.field.is_none() && !name.is_empty() && name.chars().all(named) {
            *self = Self { field: Some(name.to_lowercase()), ..Self::at(at + 1) };
        } else {
            self.value.push(c);
        }
    }
}

/// What is being typed at the end of `text`.
pub fn spot(text: &str) -> Option<Spot> {
    let mut term = Reading::at(0);
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && term.open != Some('\'') {
            term.value.extend(chars.next().map(|(_, c)| c));
        } else {
            term.read(at, c);
        }
    }
    let Reading { start, field, value, open } = term;
    match field {
        Some(field) => Some(Spot::Value { field, start, text: value, open }),
        None if open.is_some() => None,
        None if value.starts_with('@') => Some(Spot::Saved { start: start + 1 }),
        None => Some(Spot::Field { start }),
    }
}

/// A name as it is written as a value: as it stands where it can, else in quotes; after an open quote, the rest of it with
/// that quote before it. `begun` asks for a text that begins as plainly as it can, for a shell that fills in what several
/// offers begin with.
pub fn value(name: &str, open: Option<char>, begun: bool) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./+#%$@".contains(c);
    let keyword = matches!(name, "AND" | "OR" | "NOT" | "none" | "any") || name.contains("..");
    match open {
        None if !keyword && name.chars().all(plain) => name.to_owned(),
        None if !keyword && begun => {
            name.chars().map(|c| if plain(c) { c.to_string() } else { format!("\\{c}") }).collect()
        }
        Some('\'') => format!("'{}'", name.replace('\'', "''")),
        _ => format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> (String, usize, String, Option<char>) {
        match spot(text) {
            Some(Spot::Value { field, start, text, open }) => (field, start, text, open),
            other => panic!("{text}: {other:?}"),
        }
    }

    fn is(text: &str, field: &str, start: usize, value: &str) {
        let (found, at, so_far, _) = typed(text);
        assert_eq!((&*found, at, &*so_far), (field, start, value), "{text}");
    }

    #[test]
    fn a_value_is_told_from_the_field_before_it() {
        is("tag:be", "tag", 4, "be");
        is("Tag:", "tag", 4, "");
        is("beach -tag:be", "tag", 11, "be");
        is("(a OR tag!=b", "tag", 11, "b");
        is("tag:cat|do", "tag", 8, "do");
        is("size>=10", "size", 6, "10");
        is("camera:\"iphone 1", "camera", 7, "iphone 1");
        is("tag:Best\\ o", "tag", 4, "Best o");
        is("exif.model:x:y", "exif.model", 11, "x:y");
        assert_eq!(typed("tag:'it''s").3, Some('\''));
    }

    #[test]
    fn what_is_no_value_is_a_field_a_saved_query_or_nothing() {
        assert_eq!(spot(""), Some(Spot::Field { start: 0 }));
        assert_eq!(spot("beach ta"), Some(Spot::Field { start: 6 }));
        assert_eq!(spot("(-ta"), Some(Spot::Field { start: 2 }));
        assert_eq!(spot("-@rec"), Some(Spot::Saved { start: 2 }));
        assert_eq!(spot("\"red car"), None);
    }

    #[test]
    fn a_name_is_written_so_that_the_language_reads_it_back() {
        let read = |text: &str| typed(&format!("tag:{text}")).2;
        for name in
            ["beach", "Best of", "it's", "say \"hi\"", "a\\b", "x:y", "(a|b)&c", "none", "..", "*", "@me", "中文 é"]
        {
            assert_eq!(read(&value(name, None, false)), name);
            assert_eq!(read(&value(name, None, true)), name);
            assert_eq!(read(&value(name, Some('"'), false)), name);
        }
        assert_eq!(value("it's", Some('\''), false), "'it''s'");
        assert_eq!(value("Best of", None, true), "Best\\ of");
    }
}
