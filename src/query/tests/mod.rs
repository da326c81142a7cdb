//! Questions and the trees they make; every error at its spot; and 20,000 made-up texts that must do no harm.

mod catalogue;
mod fields;
mod links;
mod objects;
mod plans;
mod span;
mod sums;
mod trash;

use chrono::DateTime;

use super::ast::{Expr, Test};
use super::dates::{Clock, Moment};
use super::matcher::{Glyph, Matcher};
use super::{Ground, QueryError, parse, parse_arguments};

fn ground() -> Ground {
    let now = DateTime::parse_from_rfc3339("2024-07-31T12:00:00+02:00").unwrap();
    let saved = [
        ("mine", "tag:me OR tag:us"),
        ("old-mine", "@mine before:2020"),
        ("all", ""),
        ("slip", "tag:a camra:x"),
        ("deep", "@slip"),
        ("round", "a (b -@about)"),
        ("about", "@round"),
        ("many", "@more @more @more @more @more @more @more @more @more @more @more @more @more @more @more @more"),
        ("more", "@less @less @less @less @less @less @less @less @less @less @less @less @less @less @less @less"),
        ("less", "@all @all @all @all @all @all @all @all @all @all @all @all @all @all @all @all"),
    ];
    Ground {
        zone: crate::model::Zone::Fixed(*now.offset()),
        now,
        saved: saved.map(|(name, text)| (name.to_owned(), text.to_owned())).into(),
    }
}

fn tree(expr: &Expr) -> String {
    let join = |parts: &[Expr], by: &str| parts.iter().map(tree).collect::<Vec<_>>().join(by);
    match expr {
        Expr::All => "*".into(),
        Expr::Is(term) => format!("{}[{}]", term.word.name, condition(&term.test)),
        Expr::Not(inner) => format!("!{}", tree(inner)),
        Expr::And(parts) => format!("({})", join(parts, " & ")),
        Expr::Or(parts) => format!("({})", join(parts, " | ")),
    }
}

fn condition(asked: &Test) -> String {
    let bound = |end: Option<i64>| end.map(|end| end.to_string()).unwrap_or_default();
    match asked {
        Test::Empty => "none".into(),
        Test::Present => "any".into(),
        Test::Words { text, from_start } => format!("{text}{}", if *from_start { "…" } else { "" }),
        Test::Matches(Matcher::Contains(part)) => format!("…{part}…"),
        Test::Matches(Matcher::Whole(name)) => name.clone(),
        Test::Matches(Matcher::Regex(_, source)) => format!("/{source}/"),
        Test::Matches(Matcher::Pattern(pattern)) => pattern.0.iter().copied().map(glyph).collect(),
        Test::Choice(choice) => (*choice).into(),
        Test::Time { from, until } => format!("{}..{}", moment(*from), moment(*until)),
        Test::Number { least, most } => format!("{}..{}", bound(*least), bound(*most)),
        Test::Prefix(prefix) => prefix.0.clone(),
        Test::Real(reach) => reach.to_string(),
        Test::Turn { first, last, .. } => format!("{first}..{last}"),
        Test::Matches(Matcher::Ending(ending)) => format!(".{}", condition(&Test::Matches((**ending).clone()))),
        Test::Matches(Matcher::Loose(loose)) => format!("{loose:?}"),
        Test::Flag(mark) => format!("{mark:?}"),
        Test::Links(_)
        | Test::Tally(_)
        | Test::Strength { .. }
        | Test::Near { .. }
        | Test::Box { .. }
        | Test::Alike { .. } => {
            format!("{asked:?}")
        }
    }
}

fn glyph(glyph: Glyph) -> char {
    match glyph {
        Glyph::One(c) => c,
        Glyph::Any => '?',
        Glyph::Many => '*',
    }
}

fn moment(moment: Option<Moment>) -> String {
    let Some(moment) = moment else { return String::new() };
    let time = DateTime::from_timestamp_millis(moment.millis).unwrap();
    let form = if moment.millis % 86_400_000 == 0 { "%Y-%m-%d" } else { "%Y-%m-%dT%H:%M:%S%.f" };
    format!("{}{}", time.format(form), if moment.clock == Clock::Utc { "Z" } else { "" })
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let parsed = parse(text, &ground()).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(tree(&parsed), expected, "{text}");
}

#[track_caller]
fn refused(text: &str, spot: &str, message: &str) -> QueryError {
    let error = parse(text, &ground()).expect_err(text);
    let caret = " ".repeat(text[..error.span.start].chars().count()) + &"^".repeat(error.span.len().max(1));
    assert_eq!((caret.as_str(), error.message.as_str()), (spot, message), "{text}");
    error
}

#[test]
fn an_empty_question_is_everything() {
    check("", "*");
    check("  ", "*");
    check("*", "*");
    check("* tag:x", "(* & tag[x])");
}

#[test]
fn terms_side_by_side_mean_and_which_binds_tighter_than_or() {
    check("a b OR c AND d", "((text[a…] & text[b…]) | (text[c…] & text[d…]))");
    check("a (b OR c)", "(text[a…] & (text[b…] | text[c…]))");
    check("( a )", "text[a…]");
}

#[test]
fn negations_bind_tightest_and_cancel_out() {
    check("NOT a b", "(!text[a…] & text[b…])");
    check("-a -(b c)", "(!text[a…] & !(text[b…] & text[c…]))");
    check("NOT -a", "text[a…]");
    check("tag!=x", "!tag[x]");
    check("-tag!=x", "tag[x]");
}

#[test]
fn alternatives_are_looser_than_conjunctions() {
    check("tag:a|b&c", "(tag[a] | (tag[b] & tag[c]))");
    check("cat|dog", "(text[cat…] | text[dog…])");
    check("type!=photo|video", "!(type[photo] | type[video])");
}

#[test]
fn quotes_make_phrases_and_take_meaning_away() {
    check("\"red car\"", "text[red car]");
    check("beach*", "text[beach…]");
    check("text=beach", "text[beach]");
    check("album:\"none\"", "album[none]");
    check("album:none", "album[none]");
    assert_ne!(parse("album:none", &ground()), parse("album:\"none\"", &ground()));
    check("\"AND\" none", "(text[AND] & text[none…])");
}

#[test]
fn names_and_texts_fold_and_take_patterns() {
    check("camera:Canon", "camera[…canon…]");
    check("camera=Canon", "camera[canon]");
    check("camera:\"Canon EOS*\"", "camera[…canon eos*…]");
    check("camera:Canon*", "camera[canon*]");
    check("camera~^iPhone", "camera[/^iPhone/]");
    check("tag:CAFÉ", "tag[cafe]");
    check("tag:a..b in:?x", "(tag[a..b] & album[?x])");
    check("file:IMG_1", "filename[…img_1…]");
}

#[test]
fn dates_are_half_open_ranges() {
    check("date:2024-07", "date[2024-07-01..2024-08-01]");
    check("taken_at:2023..2024-06", "date[2023-01-01..2024-07-01]");
    check("date:..2024", "date[..2025-01-01]");
    check("date:2024..", "date[2024-01-01..]");
    check("date>2024", "date[2025-01-01..]");
    check("date>=2024", "date[2024-01-01..]");
    check("date<2024", "date[..2024-01-01]");
    check("date<=2024", "date[..2025-01-01]");
    check("date:2024-07-15T10Z", "date[2024-07-15T10:00:00Z..2024-07-15T11:00:00Z]");
    check("date:7d..", "date[2024-07-24..]");
    check("date:-7d..today", "date[2024-07-24..2024-08-01]");
    check("year:1801", "date[1801-01-01..1802-01-01]".replace("date", "year").as_str());
    check("year:2019|2021..2023", "(year[2019-01-01..2020-01-01] | year[2021-01-01..2024-01-01])");
}

#[test]
fn sides_of_a_date() {
    check("before:2024", "before[..2024-01-01]");
    check("after:2024-07", "after[2024-07-01..]");
    check("since:2024-07", "after[2024-07-01..]");
    check("until:2024-07", "until[..2024-08-01]");
}

#[test]
fn sizes_have_units() {
    check("size:10", "size[10..10]");
    check("size>10M", "size[10000001..]");
    check("size<4KiB", "size[..4095]");
    check("size:1.5kb..2M", "size[1500..2000000]");
    check("size:..0", "size[..0]");
}

#[test]
fn ids_and_hashes_are_prefixes() {
    check("id:A1B2C3D4-12", "id[a1b2c3d412]");
    check("hash:9f86d0", "hash[9f86d0]");
}

#[test]
fn several_arguments_are_one_term_each() {
    let arguments = |given: &[&str]| {
        let given: Vec<_> = given.iter().map(ToString::to_string).collect();
        tree(&parse_arguments(&given, &ground()).unwrap())
    };
    assert_eq!(arguments(&["before:2024", "camera:Canon EOS"]), "(before[..2024-01-01] & camera[…canon eos…])");
    assert_eq!(arguments(&["NOT", "(", "tag:a", "OR", "-tag:b c", ")"]), "!(tag[a] | !tag[b c])");
    assert_eq!(arguments(&["red car", "blue"]), "(text[red car…] & text[blue…])");
    assert_eq!(arguments(&["a OR b"]), "(text[a…] | text[b…])");
    assert_eq!(arguments(&[]), "*");
}

#[test]
fn an_unknown_field_is_pointed_at_and_the_nearest_named() {
    let error = refused("camra:canon", "^^^^^", "unknown field `camra`");
    assert_eq!(error.hint.as_deref(), Some("did you mean `camera:`?"));
    let error = refused("x http://y", "  ^^^^", "unknown field `http`");
    assert!(error.hint.unwrap().contains("quotes"));
    let hint = |text: &str| parse(text, &ground()).unwrap_err().hint.unwrap();
    assert!(hint("rating:5").contains("`meta.rating`"));
    assert!(hint("path:x").contains("`filename:`") && hint("name:x").contains("`filename:`"));
    assert!(hint("C:x").contains("`meta.C`"));
    assert_eq!(hint("tags:city"), "did you mean `tag:city`?");
    assert_eq!(hint("albums:\"my trip\""), "did you mean `album:\"my trip\"`?");
    assert_eq!(hint("tag:(a|b)"), "`tag:a|b` is either of two values");
}

#[test]
fn what_is_kept_as_a_text_is_not_compared_as_a_number() {
    let error = refused("exif.focal_length>50", "                  ^^", "`exif.focal_length` is a text, not a number");
    assert_eq!(error.hint.as_deref(), Some("`mm` compares it as a number: `mm>=2`"));
    refused("meta.exif.Aperture:1..2", "                   ^^^^", "`exif.aperture` is a text, not a number");
    refused("exif.shutter_speed<1", "                   ^", "`exif.shutter_speed` is a text, not a number");
    assert!(parse("exif.focal_length:50mm exif.focal_length_mm>50 exif.aperture:any", &ground()).is_ok());
}

#[test]
fn a_term_that_is_missing_is_pointed_at() {
    refused("date:2026 AND", "             ^", "expected a term after `AND`");
    refused("OR a", "^^", "expected a term");
    refused("a OR OR b", "     ^^", "expected a term after `OR`");
    refused("()", " ^", "expected a term after `(`");
    refused("a -", "   ^", "expected a term after `-`");
    refused("a - b", "  ^", "the `-` touches nothing");
}

#[test]
fn a_value_follows_its_word_at_once() {
    refused("tag: x", "    ^", "a blank after `tag:`");
    refused("tag:", "    ^", "expected a value after `tag:`");
    refused("(tag:)", "     ^", "expected a value after `tag:`");
    refused("tag:|x", "    ^", "expected a value after `tag:`");
    refused("tag:\"\"", "    ^^", "the value is empty");
}

#[test]
fn a_blank_before_a_comparison_or_a_unit_is_pointed_at() {
    let error = refused("size :10M", "    ^", "a blank before the `:`");
    assert_eq!(error.hint.as_deref(), Some("write `size:VALUE` without blanks"));
    refused("a -exif.iso >= 800", "           ^", "a blank before the `>=`");
    refused("tag : city", "   ^", "a blank before the `:`");
    let error = refused("size>10 MB", "       ^", "a blank before the unit `MB`");
    assert_eq!(error.hint.as_deref(), Some("write `10MB`"));
    let error = refused("a !tag:city", "  ^", "`!` turns nothing round");
    assert_eq!(error.hint.as_deref(), Some("write `-tag:city`"));
    for text in [
        "size \":10M\"",
        "\"size\" :10M",
        "tag:size :10M",
        "nice :x",
        "!x",
        "\"!tag:x\"",
        "iso:10 MB",
        "size>10 \"MB\"",
    ] {
        assert!(parse(text, &ground()).is_ok(), "{text}");
    }
}

#[test]
fn quotes_and_brackets_are_closed() {
    refused("\"open", "^", "this quote is never closed");
    refused("(tag:x", "^", "this bracket is never closed");
    refused("tag:x)", "     ^", "this bracket was never opened");
    refused("camera:Canon(x)", "            ^", "two terms touch here");
}

#[test]
fn joints_stand_between_values() {
    refused("a | b", "  ^", "`|` stands between two values, without blanks");
    refused("tag:a|", "     ^", "`|` stands between two values, without blanks");
    refused("camera:a&b", "        ^", "a media has only one `camera`, so none has both");
}

#[test]
fn values_fit_their_word() {
    refused("date:2024-13-45", "     ^^^^^^^^^^", "`2024-13-45` is no date");
    refused("size:big", "     ^^^", "`big` is no size");
    refused("size:99999999T", "     ^^^^^^^^^", "`99999999T` is no size");
    refused("year:2024-01", "     ^^^^^^^", "`2024-01` is no year");
    refused("id:a1b2", "   ^^^^", "`a1b2` is no id");
    refused("hash:nothex", "     ^^^^^^", "`nothex` is no hash");
    refused("camera~(", "       ^", "expected a value after `camera~`");
    refused("tag>x", "^^^^", "`tag` does not take `>`");
    refused("date>1..2", "     ^^^^", "a range does not go with `>`");
    refused("date:..", "     ^^", "a range needs at least one end");
    refused("date:2025..2024", "     ^^^^^^^^^^", "the range `2025..2024` ends before it begins");
    refused("size:2k..1k", "     ^^^^^^", "the range `2k..1k` ends before it begins");
    refused("b?ach", "^^^^^", "a search word cannot hold `*` or `?`: `b?ach`");
    refused("@yours", "^^^^^^", "no saved query is called `yours`");
    let error = refused("type:foto", "     ^^^^", "`foto` is no type");
    assert_eq!(error.hint.as_deref(), Some("it is one of photo, video, document, other"));
}

#[test]
fn a_saved_question_stands_for_its_text_as_one_term() {
    check("@mine", "(tag[me] | tag[us])");
    check("-@mine tag:x", "(!(tag[me] | tag[us]) & tag[x])");
    check("@old-mine OR @all", "(((tag[me] | tag[us]) & before[..2020-01-01]) | *)");
    check("\"@mine\"", "text[@mine]");
    assert_eq!(refused("a @mien", "  ^^^^^", "no saved query is called `mien`").hint.unwrap(), "did you mean `@mine`?");
}

#[test]
fn a_mistake_in_a_saved_question_is_told_where_it_is_asked() {
    let slip = "in the saved query `slip`: unknown field `camra`";
    assert_eq!(refused("a @slip", "  ^^^^^", slip).hint.unwrap(), "did you mean `camera:`?");
    refused("@deep", "^^^^^", &format!("in the saved query `deep`: {slip}"));
}

#[test]
fn saved_questions_that_never_end_are_refused() {
    let around = "in the saved query `round`: in the saved query `about`: the saved query `round` asks for itself, or for too much";
    refused("@round", "^^^^^^", around);
    assert!(parse("@many", &ground()).is_err_and(|error| error.message.ends_with("asks for itself, or for too much")));
}

#[test]
fn what_is_far_too_long_or_deep_is_refused_quickly() {
    let long = parse(&"a ".repeat(500_000), &ground()).unwrap_err();
    assert!(long.text.len() < 100 && long.span.end <= long.text.len());
    let deep = parse(&"(".repeat(60_000), &ground()).unwrap_err();
    assert_eq!(deep.span, 32..33);
    let many = parse(&"a ".repeat(30_000), &ground()).unwrap_err();
    assert_eq!(many.message, "more than 2000 terms in one question");
    assert!(parse(&format!("{}a{}", "(".repeat(32), ")".repeat(32)), &ground()).is_ok());
    assert_eq!(parse(&format!("{}a", "-".repeat(60_001)), &ground()), parse("-a", &ground()));
    assert_eq!(parse("a\0b", &ground()).unwrap_err().span, 1..2);
}

/// The fragments a made-up question is put together from: every character and word that means something.
const FRAGMENTS: &[&str] = &[
    "(",
    ")",
    "\"",
    "'",
    "\\",
    "|",
    "&",
    ":",
    "=",
    "!=",
    ">=",
    "<=",
    ">",
    "<",
    "~",
    "-",
    "..",
    ".",
    "*",
    "?",
    "@",
    "+",
    " ",
    "\t",
    " ",
    "AND",
    "OR",
    "NOT",
    " AND ",
    " OR ",
    "a",
    "é",
    "北",
    "\u{301}",
    "0",
    "7d",
    "2024",
    "-07",
    "T10",
    "Z",
    "none",
    "any",
    "text",
    "tag:",
    "album:",
    "date:",
    "camera:",
    "camera~",
    "size>",
    "id:",
    "hash:abcdef",
    "type:photo",
    "year:",
    "month:",
    "weekday:sat",
    "on:",
    "newer:",
    "added:",
    "ratio:16:9",
    "shutter:1/250",
    "f<",
    "iso>=",
    "duration:1:30",
    "ext:jp*",
    "mime:image/*",
    "is:",
    "has:gps",
    "exif.",
    "exif.iso",
    "meta.\"a b\".0",
    "meta.x~",
    "place:",
    "[",
    "{",
    "^",
];

/// A small generator of repeatable noise (xorshift).
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

#[test]
fn any_text_is_a_tree_or_an_error_at_a_spot_of_it() {
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    for _ in 0..20_000 {
        let pieces: Vec<&str> = (0..=noise.below(12)).map(|_| FRAGMENTS[noise.below(FRAGMENTS.len())]).collect();
        let arguments: Vec<String> = pieces.chunks(3).map(<[&str]>::concat).collect();
        for result in [parse(&pieces.concat(), &ground()), parse_arguments(&arguments, &ground())] {
            let Err(error) = result else { continue };
            assert!(error.text.get(error.span.clone()).is_some(), "{error:?}");
            assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{error:?}");
        }
    }
}

#[test]
fn dates_of_the_library_are_read_in_the_zone_of_that_date() {
    let now = DateTime::parse_from_rfc3339("2026-12-01T12:00:00+01:00").unwrap();
    let zone = crate::model::Zone::parse("Europe/Berlin").unwrap();
    let ground = Ground { now, zone, saved: std::collections::BTreeMap::new() };
    let millis = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
    let utc = |from: &str, until: &str| {
        let at = |text: &str| Some(Moment { clock: Clock::Utc, millis: millis(text) });
        Test::Time { from: at(from), until: at(until) }
    };
    let of_albums = |text: &str| super::objects::parse(super::objects::Type::Album, &[text.to_owned()], &ground);
    for (date, from, until) in [
        ("2026-07-01", "2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z"),
        ("2026-12-01", "2026-11-30T23:00:00Z", "2026-12-01T23:00:00Z"),
        ("2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("2026-07-01T08:00+00:00", "2026-07-01T08:00:00Z", "2026-07-01T08:01:00Z"),
    ] {
        for word in ["added", "updated", "deleted"] {
            let text = format!("{word}:{date}");
            let Ok(Expr::Is(term)) = parse(&text, &ground) else { panic!("{text}") };
            assert_eq!(term.test, utc(from, until), "{text}");
        }
        let Ok(Expr::Is(term)) = of_albums(&format!("added:{date}")) else { panic!("{date}") };
        assert_eq!(term.test, utc(from, until), "albums: {date}");
    }
}
