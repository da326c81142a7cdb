//! No word of the table reads the rows of all media: an index answers it, or one is walked that holds what it asks for.
//! Words that say of themselves that they scan may do so.

use super::catalogue::Shelf;
use super::ground;
use crate::query::sort::Part;
use crate::query::span::Span;
use crate::query::sql::Question;
use crate::query::words::{Kind, WORDS, Word};
use crate::query::{Options, Trash, order, parse, sql};
use crate::store::Reader;

/// One of these is a value of whatever kind of word.
const VALUES: &[&str] = &[
    "48.86,2.35,5km",
    "2024",
    "3",
    "30d",
    "10k",
    "1.5",
    "photo",
    "a1b2c3",
    "gps",
    "duplicate_of",
    "2,48,3,49",
    "07-14",
    "sat",
    "x",
    "import",
    "complete",
    "image/jpeg",
    "1:2",
];

/// A question of this word that can be asked.
fn asked(word: &Word) -> String {
    let name = if matches!(word.kind, Kind::Any) { format!("{}.iso", word.name) } else { word.name.to_owned() };
    let asked = VALUES.iter().map(|value| format!("{name}:{value}")).find(|text| parse(text, &ground()).is_ok());
    asked.unwrap_or_else(|| panic!("no value for `{name}`: add one to VALUES"))
}

fn plan(reader: &Reader, question: &Question) -> Vec<String> {
    question.lend(reader).unwrap();
    let mut explain = reader.prepare(&format!("EXPLAIN QUERY PLAN {}", question.sql.text)).unwrap();
    for (at, param) in question.sql.params.iter().enumerate().take(explain.parameter_count()) {
        explain.raw_bind_parameter(at + 1, param).unwrap();
    }
    let mut rows = explain.raw_query();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        lines.push(row.get::<_, String>("detail").unwrap());
    }
    lines
}

/// A step that reads a table from one end to the other, row by row.
fn scans(step: &str) -> bool {
    let table = step.strip_prefix("SCAN ").map(|rest| rest.trim_start_matches("main."));
    table.is_some_and(|rest| {
        let name = rest.split(' ').next().unwrap_or_default();
        ["media", "link", "object", "pair", "tag", "album", "file", "seen", "media_tag"].contains(&name)
            && !rest.contains("USING COVERING INDEX")
    })
}

#[test]
fn no_word_scans_a_table_unless_the_table_of_words_says_so() {
    let shelf = Shelf::new();
    // No picture of these has a hash that `similar` could begin with.
    let mut checked = 0;
    let id: String =
        shelf.reader.query_row("SELECT lower(hex(id)) FROM my_object WHERE type = 2", [], |row| row.get(0)).unwrap();
    for word in WORDS.iter().filter(|word| word.waits.is_none() && word.kind != Kind::Alike) {
        let text = asked(word).replace("a1b2c3", &id);
        let expr = parse(&text, &ground()).unwrap();
        let options = Options { order: order::parse(order::DEFAULT).unwrap(), limit: Some(50), ..Options::default() };
        let count = sql::count(&shelf.reader, &expr, Trash::Without).unwrap();
        let page = sql::select(&shelf.reader, &expr, &options, Part::Whole, Span::All).unwrap();
        for question in [count, page] {
            let plan = plan(&shelf.reader, &question);
            checked += plan.len();
            assert!(
                word.scans || !plan.iter().any(|step| scans(step)),
                "{text}:\n{}\n{}",
                question.sql.text,
                plan.join("\n")
            );
        }
    }
    assert!(checked > 2 * WORDS.len(), "{checked}");
}

#[test]
fn rows_that_must_all_be_read_are_read_in_the_order_they_came_in() {
    let shelf = Shelf::new();
    for text in ["meta.rating>=4", "exif.flash:true", "updated:2026"] {
        let count = sql::count(&shelf.reader, &parse(text, &ground()).unwrap(), Trash::Without).unwrap();
        let plan = plan(&shelf.reader, &count);
        assert!(plan.iter().any(|step| step.contains("USING INDEX media_created (owner=?)")), "{text}: {plan:?}");
    }
}

#[test]
fn a_step_that_scans_is_told_from_one_that_does_not() {
    assert!(scans("SCAN main.media") && scans("SCAN link") && scans("SCAN media USING INDEX media_taken"));
    assert!(!scans("SCAN media USING COVERING INDEX media_fact") && !scans("SCAN media_text VIRTUAL TABLE INDEX 0:M6"));
    assert!(!scans("SCAN lead") && !scans("SEARCH main.media USING INDEX media_taken (owner=?)"));
}

#[test]
fn a_count_told_by_indexes_is_that_of_looking_at_each() {
    let shelf = Shelf::new();
    let looked = |text: &str| {
        let mut found = 0;
        let all = Options { order: order::parse(order::DEFAULT).unwrap(), limit: Some(50), ..Options::default() };
        let each = |_| {
            found += 1;
            Ok::<_, crate::store::StoreError>(std::ops::ControlFlow::Continue(()))
        };
        crate::query::run(&shelf.reader, &parse(text, &ground()).unwrap(), &all, each).unwrap();
        found
    };
    for text in [
        "",
        "*",
        "red",
        "tag:cat",
        "tag:cat|old",
        "tag:c*",
        "album:any",
        "album:sum*",
        "red sea",
        "red OR sea",
        "tag:cat OR red",
        "-tag:cat",
        "NOT camera:canon",
        "-camera:none",
        "-red",
        "tag:cat red",
        "tag:none",
        "-tag:none",
        "NOT size>1M",
        "tag:nothing",
        "red OR nothing",
        "-(red sea)",
    ] {
        let count = crate::query::count(&shelf.reader, &parse(text, &ground()).unwrap()).unwrap();
        assert_eq!(count, looked(text), "{text}");
    }
}
