//! Lists, written as they are found: one element of a JSON array, one line, or one row of a table at a time.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::form::{End, Form};
use super::style::settle;
use super::table::{Column, Pages};
use super::{Out, text};

/// An object in a list.
pub trait Row: Serialize {
    /// The value of a column for scripts: whole and unescaped, empty where there is none.
    fn plain(&self, column: &str) -> Cow<'_, str>;

    /// The value of a column for people.
    fn human(&self, column: &str) -> Cow<'_, str> {
        self.plain(column)
    }

    /// Where its file is, as the column `path` and `--paths` say it.
    fn path(&self) -> Option<PathBuf> {
        None
    }

    /// What the command makes of it, for [`Form::Rendered`].
    fn lines(&self) -> &[String] {
        &[]
    }
}

/// The columns of tsv and csv for media: part of the output contract.
pub const MEDIA_COLUMNS: &[&str] = &["id", "taken_at", "media_type", "size", "filename", "path"];

/// A list being printed. Dropping it ends it: the array is closed, the last page of the table printed.
pub struct List<'a> {
    out: &'a Out,
    pages: Pages<'a>,
    plain: &'a [&'a str],
    page: Option<Page>,
    empty: bool,
}

/// What stands around the array of a page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Page {
    /// Where the next page begins; `None` after the last.
    pub next_cursor: Option<String>,
    /// How many there are in all pages.
    pub total: u64,
}

impl<'a> List<'a> {
    /// A list with these columns in tables, and these in tsv and csv.
    pub fn new(out: &'a Out, table: &'a [Column], plain: &'a [&'a str]) -> Self {
        Self { out, pages: Pages::new(table), plain, page: None, empty: true }
    }

    /// Wraps the array of [`Form::Json`] in a page. Given again, it says what stands at its end.
    pub fn page(&mut self, page: Page) {
        self.page = Some(page);
    }

    /// Prints a row. [`ControlFlow::Break`] says that nobody reads any more: a reading command then ends with 0.
    pub fn push(&mut self, row: &impl Row) -> ControlFlow<()> {
        let first = std::mem::replace(&mut self.empty, false);
        self.print(row, first)?;
        if self.out.form == Form::Table { ControlFlow::Continue(()) } else { self.out.lock().row() }
    }

    fn print(&mut self, row: &impl Row, first: bool) -> ControlFlow<()> {
        match self.out.form {
            Form::Table => self.hold(row),
            Form::Json => self.element(row, first),
            Form::Jsonl => {
                self.out.json(row);
                self.out.write(b"")
            }
            Form::Tsv => self.out.write(&self.line(row, b'\t', text::tsv, b"\n")),
            Form::Csv => {
                if first {
                    self.header()?;
                }
                self.out.write(&self.line(row, b',', text::csv, b"\r\n"))
            }
            Form::Paths(end) => row
                .path()
                .map_or(ControlFlow::Continue(()), |path| self.item(path.as_os_str().as_bytes().to_vec(), end)),
            Form::Ids(end) => self.item(row.plain("id").into_owned().into_bytes(), end),
            Form::Rendered(end) => row.lines().iter().try_for_each(|line| self.item(line.clone().into_bytes(), end)),
        }
    }

    fn hold(&mut self, row: &impl Row) -> ControlFlow<()> {
        let cells = self.pages.columns().iter().map(|column| text::shown(&row.human(&column.name)).into_owned());
        let page = self.pages.push(cells.collect());
        page.map_or(ControlFlow::Continue(()), |page| self.out.write(settle(&page, self.out.colour).as_bytes()))
    }

    fn element(&self, row: &impl Row, first: bool) -> ControlFlow<()> {
        match self.out.json_text(row) {
            Ok(json) => {
                self.out.write(if first { self.opening() } else { b",\n" })?;
                self.out.write(json.as_bytes())
            }
            Err(error) => {
                self.out.lock().lose(error);
                ControlFlow::Break(())
            }
        }
    }

    fn opening(&self) -> &'static [u8] {
        if self.page.is_some() { b"{\"items\":[" } else { b"[" }
    }

    /// Closes the array, and what stands around it.
    fn close(&self) -> ControlFlow<()> {
        if self.empty {
            self.out.write(self.opening())?;
        }
        let around = self.page.as_ref().and_then(|page| serde_json::to_string(page).ok());
        let end = around.map_or_else(|| "]\n".to_owned(), |around| format!("],{}\n", &around[1..]));
        self.out.write(end.as_bytes())
    }

    fn header(&self) -> ControlFlow<()> {
        self.out.write(format!("{}\r\n", self.plain.join(",")).as_bytes())
    }

    fn line(&self, row: &impl Row, between: u8, escape: fn(&mut Vec<u8>, &[u8]), end: &[u8]) -> Vec<u8> {
        let mut line = Vec::with_capacity(160);
        for (at, column) in self.plain.iter().enumerate() {
            if at > 0 {
                line.push(between);
            }
            let start = line.len();
            match row.path() {
                Some(path) if *column == "path" => escape(&mut line, path.as_os_str().as_bytes()),
                _ => escape(&mut line, row.plain(column).as_bytes()),
            }
            self.disarm(&mut line, start, "");
        }
        line.extend(end);
        line
    }

    fn item(&self, mut item: Vec<u8>, end: End) -> ControlFlow<()> {
        // A template may lay its line out; an id or a path is one piece.
        let kept = if matches!(self.out.form, Form::Rendered(_)) { "\n\t" } else { "" };
        if end == End::Line {
            self.disarm(&mut item, 0, kept);
        }
        item.push(end.byte());
        self.out.write(&item)
    }

    /// On a terminal control characters from `start` on are shown, but for those `kept`; into a file or pipe every byte goes as it is.
    fn disarm(&self, line: &mut Vec<u8>, start: usize, kept: &str) {
        if self.out.terminal {
            let piece = line.split_off(start);
            let mut rest = &piece[..];
            while let Some(at) = rest.iter().position(|byte| kept.as_bytes().contains(byte)) {
                line.extend(text::shown_path(Path::new(OsStr::from_bytes(&rest[..at]))).bytes());
                line.push(rest[at]);
                rest = &rest[at + 1..];
            }
            line.extend(text::shown_path(Path::new(OsStr::from_bytes(rest))).bytes());
        }
    }
}

impl Drop for List<'_> {
    fn drop(&mut self) {
        let _ = match (self.out.form, self.empty) {
            (Form::Json, _) => self.close(),
            (Form::Csv, true) => self.header(),
            _ => {
                let page = self.pages.turn().unwrap_or_default();
                self.out.write(settle(&page, self.out.colour).as_bytes())
            }
        };
        self.out.flush();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::tests::{Sink, printed};
    use super::*;
    use crate::cli::output::Talk;

    #[derive(Serialize)]
    pub(in crate::cli::output) struct Photo {
        id: &'static str,
        name: &'static str,
        size: u64,
    }

    impl Photo {
        pub(in crate::cli::output) const NAMED: Self = Self { id: "a1", name: "a\t\"b\",\nc\\\x1b", size: 12 };
        const PLAIN: Self = Self { id: "b2", name: "sea.jpg", size: 1204 };
    }

    impl Row for Photo {
        fn plain(&self, column: &str) -> Cow<'_, str> {
            match column {
                "id" => self.id.into(),
                "name" => self.name.into(),
                _ => self.size.to_string().into(),
            }
        }
        fn path(&self) -> Option<PathBuf> {
            Some(format!("/library/{}", self.id).into())
        }
    }

    pub(in crate::cli::output) fn push(out: &Out, photos: &[Photo]) -> ControlFlow<()> {
        let table = [Column::left("id"), Column::left("name"), Column::right("size")];
        let mut list = List::new(out, &table, &["id", "name", "size", "path"]);
        photos.iter().try_for_each(|photo| list.push(photo))
    }

    fn check(form: Form, terminal: bool, expected: &str) {
        let print = |out: &Out| assert!(push(out, &[Photo::NAMED, Photo::PLAIN]).is_continue());
        assert_eq!(printed(form, terminal, print), expected);
    }

    #[test]
    fn each_form_is_as_the_contract_says() {
        let json = "{\"id\":\"a1\",\"name\":\"a\\t\\\"b\\\",\\nc\\\\\\u001b\",\"size\":12}";
        let other = "{\"id\":\"b2\",\"name\":\"sea.jpg\",\"size\":1204}";
        check(Form::Json, false, &format!("[{json},\n{other}]\n"));
        check(Form::Jsonl, false, &format!("{json}\n{other}\n"));
        check(Form::Tsv, false, "a1\ta\\t\"b\",\\nc\\\\\x1b\t12\t/library/a1\nb2\tsea.jpg\t1204\t/library/b2\n");
        let csv =
            "id,name,size,path\r\na1,\"a\t\"\"b\"\",\nc\\\x1b\",12,/library/a1\r\nb2,sea.jpg,1204,/library/b2\r\n";
        check(Form::Csv, false, csv);
        check(Form::Ids(End::Line), false, "a1\nb2\n");
        check(Form::Paths(End::Nul), true, "/library/a1\0/library/b2\0");
    }

    #[test]
    fn a_table_lines_up_and_shows_what_could_harm() {
        let table =
            "id  name                 size\na1  a\\x09\"b\",\\x0ac\\\\x1b    12\nb2  sea.jpg              1204\n";
        check(Form::Table, true, table);
    }

    #[test]
    fn on_a_terminal_no_form_lets_an_escape_through() {
        let line = printed(Form::Tsv, true, |out| assert!(push(out, &[Photo::NAMED]).is_continue()));
        assert_eq!(line, "a1\ta\\t\"b\",\\nc\\\\\\x1b\t12\t/library/a1\n");
    }

    #[test]
    fn our_own_styles_in_a_name_are_no_styles() {
        const SLY: Photo = Photo { id: "c\x1b[0m\n", name: "a\x1b[1;31m\x1b[2m\r\nb\x1b[1m", size: 1 };
        let on = |form| printed(form, true, |out| assert!(push(out, &[SLY]).is_continue()));
        let name = r"a\x1b[1;31m\x1b[2m\x0d";
        let id = r"c\x1b[0m";
        assert_eq!(on(Form::Tsv), format!("{id}\\n\t{name}\\nb\\x1b[1m\t1\t/library/{id}\\n\n"));
        let csv = format!("\"{id}\\x0a\",\"{name}\\x0ab\\x1b[1m\",1,\"/library/{id}\\x0a\"\r\n");
        assert_eq!(on(Form::Csv), format!("id,name,size,path\r\n{csv}"));
        assert_eq!(on(Form::Paths(End::Line)), format!("/library/{id}\\x0a\n"));
        assert_eq!(on(Form::Ids(End::Line)), format!("{id}\\x0a\n"));
        let table =
            format!("id           name                             size\n{id}\\x0a  {name}\\x0ab\\x1b[1m     1\n");
        let squeezed = |text: String| text.split(' ').filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" ");
        assert_eq!(squeezed(on(Form::Table)), squeezed(table));
    }

    #[test]
    fn a_template_lays_its_lines_out_and_styles_nothing() {
        let line = printed(Form::Rendered(End::Line), true, |out| {
            let list = List::new(out, &[], &[]);
            assert!(list.item(b"a\x1b[1m\tb\nc\x1b[0m\xff".to_vec(), End::Line).is_continue());
        });
        assert_eq!(line, "a\\x1b[1m\tb\nc\\x1b[0m\\xff\n");
    }

    #[test]
    fn an_empty_list_is_still_a_document() {
        let empty = |form| printed(form, false, |out| assert!(push(out, &[]).is_continue()));
        assert_eq!([Form::Json, Form::Jsonl, Form::Tsv, Form::Table].map(empty), ["[]\n", "", "", ""]);
        assert_eq!(empty(Form::Csv), "id,name,size,path\r\n");
    }

    #[test]
    fn a_page_stands_around_the_list() {
        let paged = |photos: &[Photo]| {
            printed(Form::Json, false, |out| {
                let mut list = List::new(out, &[], &[]);
                list.page(Page::default());
                assert!(photos.iter().all(|photo| list.push(photo).is_continue()));
                list.page(Page { next_cursor: Some("ab".to_owned()), total: 3 });
            })
        };
        assert_eq!(paged(&[]), "{\"items\":[],\"next_cursor\":\"ab\",\"total\":3}\n");
        let one = "{\"id\":\"b2\",\"name\":\"sea.jpg\",\"size\":1204}";
        assert_eq!(paged(&[Photo::PLAIN]), format!("{{\"items\":[{one}],\"next_cursor\":\"ab\",\"total\":3}}\n"));
    }

    #[test]
    fn the_first_rows_go_out_at_once() {
        let sink = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let out = Out::to(Box::new(Sink(sink.clone())), Form::Ids(End::Line), false, false, Talk::silent());
        let mut list = List::new(&out, &[], &[]);
        assert!(list.push(&Photo::PLAIN).is_continue());
        assert_eq!(*sink.lock().unwrap(), b"b2\n");
    }
}
