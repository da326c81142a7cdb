//! Pages by time out of a window: the same media as without, and the window walked along its index.

use std::ops::ControlFlow;

use super::catalogue::{Shelf, add};
use super::ground;
use crate::model::Media;
use crate::query::cursor::Cursor;
use crate::query::sort::Part;
use crate::query::span::{self, Span};
use crate::query::sums::explain::explain;
use crate::query::{Options, order, parse, place, run};
use crate::store::StoreError;

/// Forty more media: many of the same second, some without a time.
fn shelf() -> Shelf {
    let mut shelf = Shelf::new();
    for at in 0..40_u8 {
        let taken = if at % 9 == 8 { String::new() } else { format!("2020-01-{:02}T10:00:00", 1 + at % 10) };
        let tags = if at % 3 == 0 { r#"{"tags":["Third"]}"# } else { "{}" };
        add(&mut shelf.library, 100 + at, &format!("m{at}.jpg"), &taken, u64::from(at), tags);
    }
    shelf.reader = shelf.library.reader().unwrap();
    shelf
}

fn names(shelf: &Shelf, text: &str, options: &Options) -> Vec<(String, crate::model::ObjectId)> {
    let mut names = Vec::new();
    let each = |media: Media| {
        names.push((media.filename.to_string(), media.base.id));
        Ok::<_, StoreError>(ControlFlow::Continue(()))
    };
    run(&shelf.reader, &parse(text, &ground()).unwrap(), options, each).unwrap();
    names
}

#[test]
fn pages_of_any_length_put_together_are_the_whole() {
    let shelf = shelf();
    for text in ["*", "tag:third OR year:2023", "NOT tag:third", "month:1", "size>=5 size<=30", "month:1 NOT size:7"] {
        for (sort, reverse) in
            [("-taken_at,id", false), ("taken_at,id", false), ("-taken_at,id", true), ("-taken_at,size", false)]
        {
            let all = Options { order: order::parse(sort).unwrap(), reverse, ..Options::default() };
            let whole = names(&shelf, text, &all);
            assert!(whole.len() > 9, "{text}: {}", whole.len());
            for limit in [1, 2, 3, 7, 20, 100] {
                let (mut paged, mut after): (Vec<_>, Option<Cursor>) = (Vec::new(), None);
                loop {
                    let options = Options { limit: Some(limit), after, ..all.clone() };
                    let page = names(&shelf, text, &options);
                    let Some((_, last)) = page.last() else { break };
                    after = place(&shelf.reader, &all, *last).unwrap();
                    paged.extend(page);
                }
                assert_eq!(paged, whole, "{text} by {sort}, {limit} a page, reversed: {reverse}");
            }
        }
    }
}

#[test]
fn the_window_is_walked_along_the_time_line() {
    let shelf = shelf();
    for (sort, than) in [("-taken_at,id", '>'), ("taken_at,id", '<')] {
        let options = Options { order: order::parse(sort).unwrap(), limit: Some(5), ..Options::default() };
        let spans = span::spans(&shelf.reader, &options, Part::Whole).unwrap();
        assert!(matches!(spans[..], [Span::Within(from), Span::Past(past)] if from == past), "{spans:?}");
        for text in ["tag:cat OR year:2020", "month:1 NOT size:7", "NOT tag:third", "month:1"] {
            let told = explain(&shelf.reader, &parse(text, &ground()).unwrap(), &options).unwrap();
            let steps: Vec<_> = told.statements[0].plan.iter().map(|step| step.step.as_str()).collect();
            let index = format!("INDEX media_taken (owner=? AND taken_at{than}?");
            let sorted = |step: &&str| step.contains("B-TREE FOR ORDER BY");
            assert!(steps.iter().any(|step| step.contains(&index)), "{text}: {steps:?}");
            assert!(!steps.iter().any(sorted), "{text}: {steps:?}");
        }
    }
}

#[test]
fn there_is_no_window_in_another_order_or_where_all_are_asked_for() {
    let shelf = shelf();
    for (sort, limit) in [("size", Some(5)), ("-taken_at,id", None), ("-taken_at,id", Some(2_000)), ("id", Some(5))] {
        let options = Options { order: order::parse(sort).unwrap(), limit, ..Options::default() };
        assert_eq!(span::spans(&shelf.reader, &options, Part::Whole).unwrap(), [Span::All], "{sort} {limit:?}");
    }
}
