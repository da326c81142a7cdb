//! Any text as a question: parsed, put to a small catalogue of two owners, run, counted. Refused or answered; never a panic, an
//! error of the database, or another owner's media.

#![no_main]

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use hypernet::query::{self, Ground, Now, Options, order};
use hypernet::store::StoreError;
use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "the suite uses more of it")]
#[path = "../../suite/raw.rs"]
mod raw;

#[allow(dead_code, reason = "the suite uses more of it")]
#[path = "../shelf.rs"]
mod shelf;

thread_local! {
    static SHELF: shelf::Shelf = shelf::Shelf::new();
}

/// What words name: others are made of the text itself.
fn ground() -> Ground {
    let now = Now::parse_from_rfc3339("2024-07-31T12:00:00+02:00").expect("a date");
    let saved = [("cats", "tag:cat OR tag:dog"), ("round", "@round"), ("new", "@cats newer:30d")];
    Ground { zone: hypernet::model::Zone::Fixed(*now.offset()), now, saved: BTreeMap::from(saved.map(|(name, text)| (name.to_owned(), text.to_owned()))) }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let ground = ground();
    // The first character says whether it is one argument, or several parted by line feeds; and the order.
    let parsed = if text.starts_with('\n') {
        query::parse_arguments(&text[1..].split('\n').map(str::to_owned).collect::<Vec<_>>(), &ground)
    } else {
        query::parse(text, &ground)
    };
    let expr = match parsed {
        Ok(expr) => expr,
        Err(error) => {
            let whole = error.text.is_char_boundary(error.span.start) && error.text.is_char_boundary(error.span.end);
            assert!(whole && error.span.start <= error.span.end && !error.message.ends_with('.'), "{error:?}");
            return;
        }
    };
    SHELF.with(|shelf| {
        let order = order::parse(order::DEFAULT).expect("the default order");
        let options = Options { order, reverse: bytes.len() % 2 == 1, ..Options::default() };
        let mut found = 0;
        let told = query::run(&shelf.reader, &expr, &options, |media| {
            assert!(shelf.is_mine(media.base.id), "another owner's media");
            found += 1;
            Ok::<_, StoreError>(ControlFlow::Continue(()))
        });
        told.unwrap_or_else(|error| panic!("{error}"));
        let counted = query::count(&shelf.reader, &expr).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(counted, found);
    });
});
