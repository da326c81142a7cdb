//! Tables for people: columns fitted to the terminal, a line a row, a heading.
//!
//! A table needs its widths before its first row, so rows are held back and printed in pages of `PAGE`.

use std::borrow::Cow;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Row, Table, Width, presets};

use super::style::Style;

/// A column of a table: its name, which is also its heading, and whether figures stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name the rows know it by.
    pub name: Cow<'static, str>,
    right: bool,
}

impl Column {
    /// A column of words.
    pub fn left(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), right: false }
    }

    /// A column of figures.
    pub fn right(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), right: true }
    }
}

/// Rows held back; later pages keep at least the widths of the first.
const PAGE: usize = 500;

/// The widest a column is kept for the sake of an earlier page.
const KEPT: u16 = 24;

/// Blank columns between two columns.
const GAP: u16 = 2;

/// The rows held back.
pub(super) struct Pages<'a> {
    columns: &'a [Column],
    held: Vec<Vec<String>>,
    widths: Option<Vec<u16>>,
}

impl<'a> Pages<'a> {
    pub(super) fn new(columns: &'a [Column]) -> Self {
        Self { columns, held: Vec::new(), widths: None }
    }

    /// The columns, in order.
    pub(super) fn columns(&self) -> &'a [Column] {
        self.columns
    }

    /// Holds back a row; gives the page it fills.
    pub(super) fn push(&mut self, cells: Vec<String>) -> Option<String> {
        self.held.push(cells);
        if self.held.len() < PAGE { None } else { self.turn() }
    }

    /// The rows held back as styled text, the first page with the heading; `None` when there are none.
    pub(super) fn turn(&mut self) -> Option<String> {
        if self.held.is_empty() {
            return None;
        }
        let first = self.widths.is_none();
        let mut table = self.table(first);
        let found = table.column_max_content_widths();
        let widths = self.widths.get_or_insert(found);
        let most = kept(widths, terminal_width());
        for (column, width) in table.column_iter_mut().zip(widths) {
            let lower = Width::Fixed((*width + GAP).min(most));
            column.set_padding((0, GAP)).set_constraint(ColumnConstraint::LowerBoundary(lower));
        }
        let mut text = String::new();
        for (at, line) in table.lines().enumerate() {
            let line = line.trim_end();
            text.push_str(&if first && at == 0 { Style::Strong.on(line) } else { line.to_owned() });
            text.push('\n');
        }
        Some(text)
    }

    fn table(&mut self, heading: bool) -> Table {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(terminal_width());
        if heading {
            let mut names: Row = self.columns.iter().map(|column| column.name.replace('_', " ")).into();
            names.max_height(1);
            table.set_header(names);
        }
        for cells in self.held.drain(..) {
            let mut row = Row::from(cells);
            row.max_height(1);
            table.add_row(row);
        }
        for (column, of) in table.column_iter_mut().zip(self.columns) {
            column.set_cell_alignment(if of.right { CellAlignment::Right } else { CellAlignment::Left });
        }
        table
    }
}

/// The widest a column is kept: less where the terminal is too narrow for all of them, but never less than a letter and a mark.
fn kept(widths: &[u16], terminal: u16) -> u16 {
    let needed = |most: u16| widths.iter().map(|width| u32::from((width + GAP).min(most))).sum::<u32>();
    (GAP + 2..=KEPT).rev().find(|most| needed(*most) <= terminal.into()).unwrap_or(GAP + 2)
}

/// Columns of the terminal: `COLUMNS`, else what the terminal says, else 100.
pub fn terminal_width() -> u16 {
    let named = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let asked = || rustix::termios::tcgetwinsize(std::io::stdout()).ok().map(|size| size.ws_col);
    named.or_else(asked).filter(|columns| *columns > 0).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::style::{settle, width};

    #[test]
    fn a_long_value_is_cut_not_wrapped() {
        let columns = [Column::left("id"), Column::left("name")];
        let mut pages = Pages::new(&columns);
        assert_eq!(pages.push(vec!["a1".into(), "long ".repeat(100)]), None);
        let page = settle(&pages.turn().unwrap(), false);
        let lines: Vec<_> = page.lines().collect();
        assert_eq!((lines.len(), lines[0]), (2, "id  name"));
        assert!(lines[1].ends_with('…') && width(lines[1]) <= terminal_width().into(), "{page}");
    }

    #[test]
    fn on_a_narrow_terminal_columns_are_cut_until_they_fit() {
        assert_eq!(kept(&[16, 5, 6, 30, 6, 4], 100), KEPT);
        let most = kept(&[16, 5, 6, 30, 6, 4], 40);
        assert!([16, 5, 6, 30, 6, 4].iter().map(|width: &u16| (width + GAP).min(most)).sum::<u16>() <= 40, "{most}");
        assert_eq!(kept(&[50; 30], 40), GAP + 2);
    }

    #[test]
    fn a_later_page_lines_up_with_the_first_and_has_no_heading() {
        let columns = [Column::left("id"), Column::right("size")];
        let mut pages = Pages::new(&columns);
        let full: Vec<_> = (0..PAGE).filter_map(|_| pages.push(vec!["abcdef".into(), "12".into()])).collect();
        assert_eq!((full.len(), pages.turn()), (1, None));
        assert_eq!(pages.push(vec!["a".into(), "7".into()]), None);
        assert_eq!(pages.turn().unwrap(), "a          7\n");
    }
}
