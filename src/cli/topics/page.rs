//! A page of help as headings, paragraphs, lists and examples: drawn for a terminal, or as a manual page.

use std::fmt::Write as _;

use crate::cli::output::style::{Style, width};

/// A page.
#[derive(Debug, Default)]
pub struct Page(pub Vec<Part>);

/// A part of a page.
#[derive(Debug)]
pub enum Part {
    /// What follows is about this.
    Heading(&'static str),
    /// A paragraph.
    Text(String),
    /// What is explained, and how, a line each.
    List(Vec<(String, String)>),
    /// Lines that stand as they are.
    Lines(Vec<String>),
}

/// How far a list is moved in, in columns.
const INDENT: usize = 2;
/// The widest name in a list that its explanation still stands beside.
const BESIDE: usize = 26;
/// The widest line, where the terminal has more columns.
const WIDEST: usize = 100;
/// The narrowest explanation.
const NARROWEST: usize = 12;

impl Page {
    /// Begins something new.
    pub fn heading(mut self, text: &'static str) -> Self {
        self.0.push(Part::Heading(text));
        self
    }

    /// Adds a paragraph.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.0.push(Part::Text(text.into()));
        self
    }

    /// Adds a list.
    pub fn list<A: Into<String>, B: Into<String>>(mut self, rows: impl IntoIterator<Item = (A, B)>) -> Self {
        self.0.push(Part::List(rows.into_iter().map(|(name, meaning)| (name.into(), meaning.into())).collect()));
        self
    }

    /// Adds lines that stand as they are.
    pub fn lines<A: Into<String>>(mut self, lines: impl IntoIterator<Item = A>) -> Self {
        self.0.push(Part::Lines(lines.into_iter().map(Into::into).collect()));
        self
    }

    /// For people: styled, and no wider than so many columns where words allow it.
    pub fn drawn(&self, columns: usize) -> String {
        let columns = columns.min(WIDEST);
        let mut text = String::new();
        for (at, part) in self.0.iter().enumerate() {
            if at > 0 && !matches!(self.0[at - 1], Part::Heading(_)) {
                text.push('\n');
            }
            match part {
                Part::Heading(heading) => {
                    let _ = writeln!(text, "{}", Style::Strong.on(heading));
                }
                Part::Text(paragraph) => {
                    for line in wrapped(paragraph, columns) {
                        let _ = writeln!(text, "{line}");
                    }
                }
                Part::List(rows) => list(&mut text, rows, columns),
                Part::Lines(lines) => {
                    for line in lines {
                        let _ = writeln!(text, "{:INDENT$}{line}", "");
                    }
                }
            }
        }
        text
    }

    /// As a page of section 7 of the manual.
    pub fn roff(&self, name: &str, about: &str) -> Vec<u8> {
        let version = env!("CARGO_PKG_VERSION");
        let mut text = String::from(".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n");
        let _ = writeln!(text, ".TH {name} 7  \"hypernet {version}\" \"hypernet\"");
        let _ = writeln!(text, ".ie \\n(.g .nh\n.el .nh\n.ad l\n.SH NAME\n{name} \\- {}", escaped(about));
        if !matches!(self.0.first(), Some(Part::Heading(_))) {
            text.push_str(".SH DESCRIPTION\n");
        }
        for part in &self.0 {
            match part {
                Part::Heading(heading) => {
                    let _ = writeln!(text, ".SH {}", escaped(&heading.to_uppercase()));
                }
                Part::Text(paragraph) => {
                    let _ = writeln!(text, ".PP\n{}", escaped(paragraph));
                }
                Part::List(rows) => {
                    for (name, meaning) in rows {
                        let _ = writeln!(text, ".TP\n\\fB{}\\fR\n{}", escaped(name), escaped(meaning));
                    }
                }
                Part::Lines(lines) => {
                    let lines: String = lines.iter().map(|line| escaped(line) + "\n").collect();
                    let _ = write!(text, ".PP\n.RS 4\n.nf\n{lines}.fi\n.RE\n");
                }
            }
        }
        text.into_bytes()
    }
}

/// A list: explanations in a column of their own, beneath where a name is too wide.
fn list(text: &mut String, rows: &[(String, String)], columns: usize) {
    let beside = rows.iter().map(|(name, _)| width(name)).filter(|width| *width <= BESIDE).max().unwrap_or_default();
    let start = INDENT + beside + 2;
    for (name, meaning) in rows {
        let mut lines = wrapped(meaning, columns.saturating_sub(start).max(NARROWEST)).into_iter();
        let taken = INDENT + width(name);
        let _ = write!(text, "{:INDENT$}{name}", "");
        if taken < start - 1 {
            let gap = start - taken;
            let _ = writeln!(text, "{:gap$}{}", "", lines.next().unwrap_or_default());
        } else {
            text.push('\n');
        }
        for line in lines {
            let _ = writeln!(text, "{:start$}{line}", "");
        }
    }
}

/// The lines of a paragraph, broken between words.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A line of text as roff reads it back.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    if text.starts_with(['.', '\'']) {
        safe.push_str("\\&");
    }
    for c in text.chars() {
        match c {
            '\\' => safe.push_str("\\(rs"),
            '-' => safe.push_str("\\-"),
            '\'' => safe.push_str("\\*(Aq"),
            '`' => safe.push_str("\\(ga"),
            '^' => safe.push_str("\\(ha"),
            '~' => safe.push_str("\\(ti"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        Page::default()
            .text("one two three four")
            .heading("Things")
            .list([("a", "first"), ("b, bb", "the second of two")])
            .lines(["'x' \\ -y", ".z"])
    }

    #[test]
    fn a_page_is_wrapped_between_words_and_its_lists_have_columns() {
        let drawn = page().drawn(24).replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
        let lines: Vec<_> = drawn.lines().collect();
        assert_eq!(
            lines,
            [
                "one two three four",
                "",
                "Things",
                "  a      first",
                "  b, bb  the second of",
                "         two",
                "",
                "  'x' \\ -y",
                "  .z"
            ]
        );
    }

    #[test]
    fn roff_gives_every_character_back() {
        let roff = String::from_utf8(page().roff("hypernet-things", "things")).unwrap();
        assert!(roff.contains("\\*(Aqx\\*(Aq \\(rs \\-y\n\\&.z\n"), "{roff}");
        assert!(roff.contains(".TP\n\\fBb, bb\\fR\nthe second of two\n"), "{roff}");
    }
}
