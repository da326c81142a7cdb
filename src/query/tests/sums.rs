//! Summaries of a small catalogue: groups, months, figures, and how a question is explained.

use super::catalogue::{Shelf, add, album};
use super::ground;
use crate::model::Zone;
use crate::query::sums::explain::{explain, told};
use crate::query::sums::{self, By, Group, Of, groups, histogram, statistics};
use crate::query::words;
use crate::query::{Expr, Options, Trash, count, order, parse};

fn shown(groups: &[Group]) -> String {
    let one = |group: &Group| format!("{}={}/{}", group.key.as_deref().unwrap_or("none"), group.count, group.bytes);
    groups.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(shelf: &Shelf, question: &str, by: &str, expected: &str) {
    let expr = parse(question, &ground()).unwrap();
    let of = Of { reader: &shelf.reader, expr: &expr, trash: Trash::Without };
    let zone = Zone::parse("+02:00").unwrap();
    assert_eq!(shown(&groups(of, By::parse(by).unwrap(), zone).unwrap()), expected, "{question} by {by}");
}

#[test]
fn media_are_grouped_by_their_values_and_those_without_one_are_a_group() {
    let shelf = Shelf::new();
    check(&shelf, "", "type", "photo=3/6000 document=1/5000 video=1/4000");
    check(&shelf, "", "mime", "image/jpeg=2/3000 image/heic=1/3000 text/plain=1/5000 video/mp4=1/4000");
    check(&shelf, "", "ext", "jpg=2/3000 heic=1/3000 mp4=1/4000 txt=1/5000");
    check(&shelf, "", "camera", "none=2/9000 Canon EOS 5D=1/1000 Canon EOS R=1/2000 iPhone 15=1/3000");
    check(&shelf, "", "lens", "none=5/15000");
    check(&shelf, "", "source", "none=5/15000");
    check(&shelf, "", "source_type", "import=5/15000");
    check(&shelf, "tag:none", "type", "document=1/5000 photo=1/3000");
    check(&shelf, "tag:nobody", "type", "");
}

#[test]
fn a_media_with_several_values_is_counted_in_each() {
    let shelf = Shelf::new();
    check(&shelf, "", "tag", "none=2/8000 Café=1/4000 Cat=1/1000 cat=1/2000 old=1/1000");
    check(&shelf, "tag:cat", "tag", "Cat=1/1000 cat=1/2000 old=1/1000");
    check(&shelf, "", "album", "none=4/12000 Summer at sea=1/3000");
    check(&shelf, "red -type:video", "in", "Summer at sea=1/3000 none=1/2000");
}

#[test]
fn every_media_is_in_a_group_of_every_field() {
    let mut shelf = Shelf::letters();
    shelf.account("instagram", "@me", "a b");
    shelf.account("instagram", "@gone", "b c");
    for (name, byte) in [("Sea", 1), ("Gone", 2)] {
        album(&mut shelf.library, name, byte);
    }
    shelf.sql(
        "UPDATE integration SET deleted_at = 1722470400000 WHERE integration_name = '@gone'; \
         UPDATE album SET deleted_at = 1722470400000 WHERE name = 'Gone'; \
         UPDATE media SET metadata = '{\"tags\":[\"x\",\"y\"],\"exif\":{\"camera\":\"C\"}}' WHERE filename = 'd.jpg'; \
         UPDATE media SET taken_at = NULL, taken_local = NULL WHERE filename = 'e.jpg'; \
         UPDATE media SET deleted_at = 1722470400000 WHERE filename = 'f.jpg'",
    );
    check(&shelf, "", "source", "none=6/6000 @gone=2/2000 @me=2/2000");
    let sum = |groups: Vec<Group>| groups.iter().map(|group| group.count).sum::<u64>();
    for field in By::names() {
        let (by, zone) = (By::parse(field).unwrap(), Zone::parse("utc").unwrap());
        for trash in [Trash::Without, Trash::With] {
            // One by one, since those with several values are in several groups.
            for name in 'a'..='j' {
                let expr = parse(&format!("filename={name}.jpg"), &ground()).unwrap();
                let of = Of { reader: &shelf.reader, expr: &expr, trash };
                let (found, least) = (sums::count(of).unwrap(), sum(groups(of, by, zone).unwrap()));
                assert!(least >= found, "{name} by {field}");
                assert!(matches!(field, "tag" | "album" | "source") || least == found, "{name} by {field}");
            }
            let of = Of { reader: &shelf.reader, expr: &Expr::All, trash };
            assert!(sum(groups(of, by, zone).unwrap()) >= sums::count(of).unwrap(), "{field}");
        }
    }
}

#[test]
fn dates_are_grouped_on_the_clock_on_the_wall_in_the_order_of_the_calendar() {
    let shelf = Shelf::new();
    check(&shelf, "", "year", "2023=1/1000 2024=3/9000 none=1/5000");
    check(&shelf, "", "date:month", "2023-12=1/1000 2024-01=1/2000 2024-07=2/7000 none=1/5000");
    check(&shelf, "date:2024", "date", "2024-01-01=1/2000 2024-07-15=1/3000 2024-07-31=1/4000");
    check(&shelf, "type:photo", "date:year", "2023=1/1000 2024=2/5000");
    check(&shelf, "", "month", "1=1/2000 7=2/7000 12=1/1000 none=1/5000");
    check(&shelf, "", "day", "1=1/2000 15=1/3000 31=2/5000 none=1/5000");
    check(&shelf, "", "weekday", "mon=2/5000 wed=1/4000 sun=1/1000 none=1/5000");
    check(&shelf, "", "hour", "0=1/2000 18=1/3000 23=2/5000 none=1/5000");
    check(&shelf, "", "added:month", "2024-07=5/15000");
}

#[test]
fn a_walk_along_the_time_line_and_a_sort_give_the_same_groups() {
    let mut shelf = Shelf::new();
    let days = ["1899-12-31T23:59:59", "1969-12-31T23:59:59", "1970-01-01T00:00:00", "2000-02-29T12:00:00"];
    for (byte, day) in (100..).zip(days) {
        add(&mut shelf.library, byte, &format!("old_{byte}.jpg"), day, u64::from(byte), "{}");
    }
    shelf.reader = shelf.library.reader().unwrap();
    for by in ["year", "date:month", "date:day", "month", "day", "weekday", "hour"] {
        // The second has dates of its own, which keeps it from walking.
        let [walked, sorted] = ["", "date:any date:1800.. OR date:none"].map(|question| {
            let expr = parse(question, &ground()).unwrap();
            let of = Of { reader: &shelf.reader, expr: &expr, trash: Trash::Without };
            groups(of, By::parse(by).unwrap(), Zone::parse("utc").unwrap()).unwrap()
        });
        assert_eq!(shown(&walked), shown(&sorted), "{by}");
        assert_eq!(walked.iter().map(|group| group.count).sum::<u64>(), 9, "{by}");
    }
}

#[test]
fn a_histogram_has_the_empty_months_between_and_a_row_without_a_date() {
    let shelf = Shelf::new();
    let bars = |question: &str| {
        let expr = parse(question, &ground()).unwrap();
        shown(&histogram(Of { reader: &shelf.reader, expr: &expr, trash: Trash::Without }).unwrap())
    };
    let empty: Vec<_> = (2..7).map(|month| format!("2024-{month:02}=0/0")).collect();
    let months = format!("2023-12=1/1000 2024-01=1/2000 {} 2024-07=2/7000 none=1/5000", empty.join(" "));
    assert_eq!(bars(""), months);
    assert_eq!(bars("tag:any size>=2000 size<=4000 date:2024-07"), "2024-07=1/4000");
    assert_eq!(bars("type:document"), "none=1/5000");
    assert_eq!(bars("tag:nobody"), "");
}

#[test]
fn a_gap_of_more_than_ten_years_is_not_filled_with_empty_months() {
    let mut shelf = Shelf::letters();
    let days = ["2013-11-30T12:00:00", "2003-10-31T12:00:00", "1601-01-01T00:00:00"];
    for (byte, day) in (100..).zip(days) {
        add(&mut shelf.library, byte, &format!("old_{byte}.jpg"), day, 1, "{}");
    }
    shelf.reader = shelf.library.reader().unwrap();
    let months = histogram(Of { reader: &shelf.reader, expr: &Expr::All, trash: Trash::Without }).unwrap();
    // 120 empty months before 2013-11, 121 before 2024-01 and 4,832 before 2003-10 would be 5,077 rows.
    let between = |month: &str| month > "2003-10" && month < "2013-11";
    let (filled, others): (Vec<_>, Vec<_>) =
        months.into_iter().partition(|one| one.key.as_deref().is_some_and(between));
    assert_eq!((filled.len(), filled.iter().all(|one| one.count == 0)), (120, true));
    assert_eq!(shown(&others), "1601-01=1/1 2003-10=1/1 2013-11=1/1 2024-01=10/10000");
}

#[test]
fn figures_sum_up_what_is_found() {
    let shelf = Shelf::new();
    let figures = |question: &str| {
        let expr = parse(question, &ground()).unwrap();
        let of = Of { reader: &shelf.reader, expr: &expr, trash: Trash::Without };
        let found = statistics(of).unwrap();
        assert_eq!(found.count, count(&shelf.reader, &expr).unwrap(), "{question}");
        found
    };
    let all = figures("");
    assert_eq!((all.count, all.bytes, all.largest, all.dated, all.cameras), (5, 15_000, Some(5000), 4, 3));
    let types: Vec<_> = all.by_type.iter().map(|of| (of.media_type.as_str(), of.count, of.bytes)).collect();
    assert_eq!(types, [("photo", 3, 6000), ("video", 1, 4000), ("document", 1, 5000), ("other", 0, 0)]);
    let (first, last) = all.taken_at.unwrap();
    assert_eq!(
        (first.to_string(), last.to_string()),
        ("2023-12-31T21:30:00.000Z".into(), "2024-07-31T21:59:59.000Z".into())
    );
    assert_eq!(figures("camera:canon").cameras, 2);
    assert_eq!(figures("tag:cat").cameras, 2);
    let none = figures("tag:nobody");
    assert_eq!((none.count, none.bytes, none.largest, none.taken_at, none.cameras), (0, 0, None, None, 0));
}

#[test]
fn what_cannot_group_is_pointed_at() {
    let error = |text: &str| {
        let error = By::parse(text).unwrap_err();
        (error.message, error.span, error.hint.unwrap())
    };
    let (message, span, hint) = error("camra");
    assert_eq!(
        (message.as_str(), span, hint.as_str()),
        ("media cannot be grouped by `camra`", 0..5, "did you mean `camera`?")
    );
    let (message, span, _) = error("date:week");
    assert_eq!((message.as_str(), span), ("`date` cannot be grouped by `week`", 5..9));
    assert_eq!(error("camera:year").0, "`camera` has no parts");
    assert!(error("similarity").2.starts_with("they can by type, mime"));
    assert!(By::parse("").is_err() && By::parse("date:").is_err() && By::parse(":").is_err());
    assert_eq!(By::parse("Taken_At:MONTH").unwrap(), By::parse("date:month").unwrap());
}

#[test]
fn a_question_is_told_in_words_with_its_brackets() {
    let words = |text: &str| told(&parse(text, &ground()).unwrap());
    assert_eq!(words(""), "everything");
    assert_eq!(words("tag:cat|dog -type:video"), "(tag is `cat` OR tag is `dog`) AND NOT type is `video`");
    assert_eq!(
        words("date:2024-07"),
        "date is from 2024-07-01 on the clock on the wall to before 2024-08-01 on the clock on the wall"
    );
    assert_eq!(words("NOT (size>10 OR tag:none)"), "NOT (size is 11 or more OR tag is empty)");
    assert_eq!(
        words("filename:img_* \"red car\" sea"),
        "filename is like the pattern `img_*` AND text has exactly `red car` AND text has words that begin with `sea`"
    );
}

#[test]
fn an_explanation_has_the_statement_its_steps_and_the_words_that_scan() {
    let shelf = Shelf::new();
    let expr = parse("filename:img_ tag:cat -filename:x", &ground()).unwrap();
    let options = Options { order: order::parse("size").unwrap(), limit: Some(3), ..Options::default() };
    let found = explain(&shelf.reader, &expr, &options).unwrap();
    assert_eq!(found.scans, ["filename"]);
    let [only] = found.statements.as_slice() else { panic!("{found:?}") };
    assert!(only.sql.text.starts_with("SELECT ") && !only.sql.params.is_empty());
    assert!(!only.plan.is_empty() && only.plan[0].depth == 0, "{:?}", only.plan);
}

#[test]
fn every_field_media_can_be_grouped_by_is_a_word() {
    let unknown: Vec<_> = By::names().filter(|name| words::find(name).is_none()).collect();
    assert_eq!(unknown, Vec::<&str>::new());
}
