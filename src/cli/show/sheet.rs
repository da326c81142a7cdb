//! A page of labels and values for people: aligned, broken between words where the terminal is narrow, made harmless.

use std::fmt::Write as _;

use crate::cli::output::style::{Style, width};
use crate::cli::output::text::shown;

/// Columns before a value: two blanks, the label, a blank.
const LABEL: usize = 15;
const MARGIN: usize = LABEL + 3;

/// The least room a value is broken to fit.
const LEAST: usize = 12;

/// The page as it is written.
pub struct Sheet {
    text: String,
    columns: Option<usize>,
}

impl Sheet {
    /// An empty page; values are broken to fit so many columns, where that is known.
    pub fn new(columns: Option<usize>) -> Self {
        Self { text: String::new(), columns }
    }

    /// The page.
    pub fn into_text(self) -> String {
        self.text
    }

    /// What the page is about, with a mark where there is something to mind.
    pub fn title(&mut self, name: &str, mark: Option<&str>) {
        let mark = mark.map(|mark| format!("  {}", Style::Warning.on(mark))).unwrap_or_default();
        let _ = writeln!(self.text, "{}{mark}", Style::Strong.on(shown(name)));
    }

    /// The beginning of a part.
    pub fn heading(&mut self, name: &str) {
        let _ = writeln!(self.text, "{}", Style::Strong.on(name));
    }

    /// A label and a value, unless there is none.
    pub fn line(&mut self, label: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let label = shown(label);
        let mut lines = self.broken(value, MARGIN).into_iter();
        let first = lines.next().unwrap_or_default();
        let _ = writeln!(self.text, "  {label:<LABEL$} {first}");
        for line in lines {
            let _ = writeln!(self.text, "{:MARGIN$}{line}", "");
        }
    }

    /// A line of its own, set in by so many columns; what does not fit goes on two columns further in.
    pub fn item(&mut self, indent: usize, text: &str) {
        for (at, line) in self.broken(text, indent + 2).iter().enumerate() {
            let indent = if at == 0 { indent } else { indent + 2 };
            let _ = writeln!(self.text, "{:indent$}{line}", "");
        }
    }

    /// The text in lines that fit beside a margin. It is broken at blanks only, so that a path or an id can still be copied whole.
    fn broken(&self, text: &str, margin: usize) -> Vec<String> {
        let text = shown(text);
        let room = self.columns.map_or(usize::MAX, |columns| columns.saturating_sub(margin).max(LEAST));
        if width(&text) <= room {
            return vec![text.into_owned()];
        }
        let mut lines = vec![String::new()];
        for word in text.split(' ') {
            let Some(line) = lines.last_mut() else { break };
            if !line.is_empty() && width(line) + 1 + width(word) > room {
                lines.push(word.to_owned());
            } else {
                line.push_str(if line.is_empty() { "" } else { " " });
                line.push_str(word);
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(columns: Option<usize>, value: &str) -> String {
        let mut sheet = Sheet::new(columns);
        sheet.line("tags", value);
        sheet.item(2, value);
        sheet.into_text()
    }

    #[test]
    fn a_narrow_page_is_broken_between_words_only() {
        let whole = "  tags            sea and, 写真写真写真\n  sea and, 写真写真写真\n";
        assert_eq!(page(None, "sea and, 写真写真写真"), whole);
        let broken = "  tags            sea and,\n                  写真写真写真\n  sea and,\n    写真写真写真\n";
        assert_eq!(page(Some(20), "sea and, 写真写真写真"), broken);
        assert_eq!(page(Some(1), "/a/very/long/path").lines().count(), 2);
    }

    #[test]
    fn nothing_steers_the_terminal_and_nothing_is_no_line() {
        assert_eq!(page(None, "a\x1b[2J\u{202e}"), "  tags            a\\x1b[2J\\u{202e}\n  a\\x1b[2J\\u{202e}\n");
        let mut sheet = Sheet::new(None);
        sheet.line("tags", "");
        assert_eq!(sheet.into_text(), "");
    }
}
