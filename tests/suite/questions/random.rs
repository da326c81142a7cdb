//! Libraries and questions made up by chance, small enough that values meet.

use chrono::{NaiveDate, Timelike};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::asked::{Ask, Date, Glyph, Leaf, Op, Shape, Val, Way};
use super::fields::{Field, Kind, Unit};
use super::world::{Album, MIMES, Photo, Placed, STATUSES, Service, Tie, World};

/// Words that names, tags and descriptions are made of, and questions too.
const WORDS: &[&str] = &[
    "cat",
    "Cats",
    "dog",
    "café",
    "CAFÉ",
    "red",
    "Über",
    "2024",
    "none",
    "any",
    "AND",
    "o'k",
    "a\"b",
    "x&y",
    "a|b",
    "(x)",
    "(",
    "50%",
    "a_b",
    "back\\slash",
    "a:b",
    "-x",
    "@me",
    "日本",
    "*",
    "a..b",
];

const CAMERAS: &[&str] = &["Canon EOS 5D", "canon eos r", "iPhone 15 Pro", "iPhone 14", "Leica Q", "Über Cam"];
const LENSES: &[&str] = &["EF 50mm f/1.8", "RF 24-70mm", "back camera"];

/// One or two words.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        select(WORDS).prop_map(str::to_owned),
        (select(WORDS), select(WORDS)).prop_map(|(one, two)| format!("{one} {two}")),
    ]
}

fn original() -> impl Strategy<Value = (String, usize)> {
    let stem = prop_oneof![text(), (0..40u32).prop_map(|number| format!("IMG_{number:04}"))];
    (stem, 0..MIMES.len(), any::<bool>()).prop_map(|(stem, mime, upper)| {
        let name = format!("{}.{}", stem.replace('/', "_"), MIMES[mime].2);
        (if upper { name.replace(".jpg", ".JPG") } else { name }, mime)
    })
}

/// Milliseconds on a clock: near the ends of days, months and years as often as not.
fn clock() -> impl Strategy<Value = i64> {
    const EDGES: &[&str] = &[
        "2023-12-31T23:59:59",
        "2024-01-01T00:00:00",
        "2024-02-29T12:00:00",
        "2024-07-31T11:59:59",
        "2024-07-29T00:00:00",
        "2024-06-30T23:30:00",
    ];
    let edge = select(EDGES).prop_map(|text| {
        NaiveDate::parse_from_str(&text[..10], "%Y-%m-%d")
            .unwrap()
            .and_time(text[11..].parse().unwrap())
            .and_utc()
            .timestamp_millis()
    });
    let days = 1_640_995_200_000i64..1_727_740_800_000;
    prop_oneof![edge, days.prop_map(|at| at - at % 1000), Just(-1_000_000_000_000), Just(1_719_830_000_123)]
}

fn photo() -> impl Strategy<Value = Photo> {
    let offset = select(&[-39_600_000, -25_200_000, 0, 7_200_000, 19_800_000, 46_800_000][..]);
    let when = (
        proptest::option::weighted(0.85, (clock(), offset)),
        clock(),
        0..3_000_000i64,
        proptest::option::weighted(0.15, clock()),
    );
    let shape = prop_oneof![Just((None, None)), (side(), side()).prop_map(|(w, h)| (Some(w), Some(h)))];
    let sizes =
        prop_oneof![select(&[0, 999, 1000, 1024, 2000, 5_000_000, 5_242_880, 10_000_000][..]), 0..12_000_000i64];
    let file = (original(), sizes, shape, proptest::option::weighted(0.2, select(&[0.5, 12.0, 61.25][..])));
    let places =
        select(&[(34.02, -118.49), (34.03, -118.50), (48.86, 2.35), (-17.8, 179.9), (-17.8, -179.9), (0.0, 0.0)][..]);
    let seen = (
        proptest::option::weighted(0.6, places),
        0..STATUSES.len(),
        any::<bool>(),
        proptest::option::weighted(0.5, select(&[0, 1, 0xff, 0x01ff, u64::MAX, 0x0123_4567_89ab_cdef][..])),
    );
    let said = (
        proptest::collection::btree_set(select(WORDS).prop_map(str::to_owned), 0..3),
        proptest::option::weighted(0.5, text()),
        any::<bool>(),
        proptest::option::weighted(0.3, 0..300i64),
        proptest::option::weighted(0.3, 1..20u32),
    );
    let exif = (
        proptest::option::weighted(0.7, select(CAMERAS)),
        proptest::option::weighted(0.5, select(LENSES)),
        proptest::option::weighted(0.6, select(&[50i64, 100, 200, 400, 800, 1600][..])),
        proptest::option::weighted(0.5, select(&[1.4, 1.8, 2.8, 5.6][..])),
        proptest::option::weighted(0.5, select(&[24.0, 50.0, 6.765][..])),
        proptest::option::weighted(0.4, select(&[0.004, 0.5, 2.0][..])),
    );
    (when, file, seen, said, exif).prop_map(|(when, file, seen, said, exif)| Photo {
        wall: when.0,
        created: when.1,
        updated: when.1 + when.2,
        deleted: when.3.map(|_| when.1 + when.2),
        original: file.0.0,
        mime: file.0.1,
        size: file.1,
        width: file.2.0,
        height: file.2.1,
        duration: file.3,
        place: seen.0,
        status: seen.1,
        thumbnail: seen.2,
        picture: seen.3,
        tags: said.0.into_iter().collect(),
        description: said.1,
        favorite: said.2,
        likes: said.3,
        source_id: said.4.map(|number| format!("post_{number}")),
        camera: exif.0.map(str::to_owned),
        lens: exif.1.map(str::to_owned),
        iso: exif.2,
        f: exif.3,
        mm: exif.4,
        shutter: exif.5,
    })
}

fn side() -> impl Strategy<Value = i64> {
    select(&[1i64, 1000, 1500, 3000, 4000][..])
}

/// A library of a dozen media or so.
pub fn world() -> impl Strategy<Value = World> {
    let album = (
        text(),
        proptest::option::of(any::<Index>()),
        proptest::collection::btree_set(0..20usize, 0..5),
        proptest::bool::weighted(0.15),
    );
    let service =
        (select(&["instagram", "google_photos"][..]), text(), proptest::collection::btree_set(0..20usize, 0..4));
    let kinds = &["duplicate_of", "variant_of", "related_to"][..];
    let tie =
        (select(kinds), 0..20usize, 0..20usize, select(&[0.25, 0.5, 0.9, 1.0][..]), proptest::bool::weighted(0.2));
    let photos = proptest::collection::vec(photo(), 1..16);
    let others = (
        proptest::collection::vec(album, 0..5),
        proptest::collection::vec(service, 0..3),
        proptest::collection::vec(tie, 0..8),
    );
    (photos, others).prop_map(|(photos, (albums, services, ties))| {
        let here = |at: &usize| *at < photos.len();
        let mut world = World::default();
        for (at, (name, within, members, trashed)) in albums.into_iter().enumerate() {
            let within = within.filter(|_| at > 0).map(|index| index.index(at));
            world.albums.push(Album { name, within, members: members.into_iter().filter(here).collect(), trashed });
        }
        for (kind, name, media) in services {
            world.services.push(Service { kind: kind.into(), name, media: media.into_iter().filter(here).collect() });
        }
        for (kind, from, to, strength, trashed) in ties {
            // One link of a kind between two media, and one variant of each: the catalogue refuses others.
            let taken = |tie: &Tie| {
                (tie.from.min(tie.to), tie.from.max(tie.to)) == (from.min(to), from.max(to)) || tie.from == from
            };
            if from < to && to < photos.len() && !world.ties.iter().any(|tie| tie.kind == kind && taken(tie)) {
                world.ties.push(Tie { kind, from, to, strength, trashed });
            }
        }
        world.photos = photos;
        world
    })
}

fn glyphs(text: &str) -> Vec<Glyph> {
    text.chars().map(Glyph::One).collect()
}

/// A text, or a part of one with wild cards.
fn pattern(texts: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = Vec<Glyph>> {
    (texts, 0..6u8, any::<Index>(), any::<Index>()).prop_map(|(text, way, from, to)| {
        let mut glyphs = glyphs(&text);
        let (from, to) = (from.index(glyphs.len()), to.index(glyphs.len()));
        match way {
            0 | 1 => {}
            2 => glyphs = glyphs[from.min(to)..=from.max(to)].to_vec(),
            3 => glyphs[from] = Glyph::Any,
            4 => {
                glyphs.truncate(from + 1);
                glyphs.push(Glyph::Many);
            }
            _ => {
                glyphs = glyphs.split_off(from);
                glyphs.insert(0, Glyph::Many);
            }
        }
        glyphs
    })
}

/// Texts a field may hold.
fn texts(field: &'static Field) -> BoxedStrategy<String> {
    let some = |texts: &'static [&'static str]| select(texts).prop_map(str::to_owned).boxed();
    match field.names[0] {
        "camera" => some(CAMERAS),
        "lens" => some(LENSES),
        "mime" => select(MIMES).prop_map(|mime| mime.0.to_owned()).boxed(),
        "ext" => select(MIMES).prop_map(|mime| mime.2.to_owned()).boxed(),
        "filename" => original().prop_map(|(name, _)| name).boxed(),
        "source_id" => (1..20u32).prop_map(|number| format!("post_{number}")).boxed(),
        "source" => prop_oneof![select(&["instagram", "google_photos"][..]).prop_map(str::to_owned), text()].boxed(),
        _ => text().boxed(),
    }
}

fn number(unit: Unit) -> BoxedStrategy<f64> {
    match unit {
        Unit::Bytes => {
            select(&[0.0, 999.0, 1000.0, 1024.0, 2000.0, 5_000_000.0, 5_242_880.0, 10_000_000.0][..]).boxed()
        }
        Unit::Whole(least, most) if most - least > 100 => {
            select(&[50.0, 100.0, 199.0, 200.0, 800.0, 1500.0, 3000.0, 4000.0][..])
                .prop_map(move |number: f64| number.clamp(least.into(), most.into()))
                .boxed()
        }
        Unit::Whole(least, most) => (least..=most).prop_map(f64::from).boxed(),
        Unit::Real | Unit::Rounded | Unit::Loose => {
            select(&[0.5, 0.67, 1.0, 1.4, 1.8, 2.8, 6.765, 12.0, 50.0, 61.25][..]).boxed()
        }
        Unit::Year => select(&[1938.0, 2022.0, 2023.0, 2024.0, 2025.0][..]).boxed(),
    }
}

fn date() -> impl Strategy<Value = Date> {
    let zone = proptest::option::weighted(0.3, select(&[0, 120, -420, 330, -660][..]));
    let calendar = (clock(), 1..=6u8, zone).prop_map(|(at, parts, zone)| {
        let at = chrono::DateTime::from_timestamp_millis(at).unwrap().naive_utc();
        let zone = zone.filter(|_| parts > 3);
        Date::Calendar { day: at.date(), parts, clock: (at.hour(), at.minute(), at.second()), zone }
    });
    let named = select(
        &["today", "yesterday", "now", "this week", "last week", "this month", "last month", "this year", "last year"]
            [..],
    );
    let ago = (-40..400i32, select(&["h", "d", "w", "mo", "y"][..]))
        .prop_map(|(count, unit)| Date::Ago(count / if unit == "y" { 50 } else { 1 }, unit));
    prop_oneof![4 => calendar, 1 => named.prop_map(Date::Named), 1 => ago]
}

/// Two ends that do not run backwards.
fn dates() -> impl Strategy<Value = Val> {
    let calendar = |date: &Date| matches!(date, Date::Calendar { zone: None, .. });
    let ends = (date().prop_filter("on the wall", calendar), date().prop_filter("on the wall", calendar));
    prop_oneof![
        2 => ends.prop_map(|(one, two)| {
            let now = chrono::DateTime::parse_from_rfc3339("2024-07-31T12:00:00+02:00").unwrap();
            let from = |date: &Date| date.span(&now, None).from;
            let (one, two) = if from(&one) <= from(&two) { (one, two) } else { (two, one) };
            Val::Dates(Some(one), Some(two))
        }),
        1 => date().prop_map(|date| Val::Dates(Some(date), None)),
        1 => date().prop_map(|date| Val::Dates(None, Some(date))),
    ]
}

fn digits(of: Vec<String>) -> BoxedStrategy<String> {
    let nobody = "0123456789abcdef".to_owned();
    let some = of.into_iter().chain([nobody]).collect::<Vec<_>>();
    (select(some), 6..=32usize).prop_map(|(digits, length)| digits[..length.min(digits.len())].to_owned()).boxed()
}

/// One value for a comparison.
fn value(field: &'static Field, op: Op, placed: &Placed) -> BoxedStrategy<Val> {
    let strength = proptest::option::of(select(&[(0.9, 1.0), (0.0, 0.5), (0.5, 0.9), (0.25, 0.25)][..]));
    match field.kind {
        Kind::Words => (text(), any::<bool>())
            .prop_filter("something to search for", |(text, _)| text.contains(char::is_alphanumeric))
            .prop_map(|(text, whole)| Val::Words { text: text.replace('*', "x"), whole })
            .boxed(),
        Kind::Text if op == Op::Like => {
            let shape = select(&[Shape::Begins, Shape::Ends, Shape::Holds, Shape::Whole][..]);
            let part = select(&["canon", "iPhone 1", "IMG_0", "5d", "cat", "jpg", "r"][..]);
            (shape, part).prop_map(|(shape, part)| Val::Regex(shape, part.to_owned())).boxed()
        }
        Kind::Text | Kind::Name if op != Op::Has => texts(field).prop_map(|text| Val::Text(glyphs(&text))).boxed(),
        Kind::Text | Kind::Name => pattern(texts(field)).prop_map(Val::Text).boxed(),
        Kind::Choice(choices) | Kind::Flag(choices) => select(choices).prop_map(Val::Choice).boxed(),
        Kind::Number(unit) if matches!(op, Op::Has | Op::Differs) => {
            let range = (proptest::option::of(number(unit)), number(unit), any::<bool>()).prop_map(
                |(one, two, first)| match one {
                    Some(one) => Val::Range(Some(one.min(two)), Some(one.max(two))),
                    None if first => Val::Range(Some(two), None),
                    None => Val::Range(None, Some(two)),
                },
            );
            prop_oneof![number(unit).prop_map(Val::Number), range].boxed()
        }
        Kind::Number(unit) => {
            // Nothing lies beyond the last month: that is a mistake.
            let beyond = move |number: &f64| match (unit, op) {
                (Unit::Whole(_, most), Op::Above) => *number < most.into(),
                (Unit::Whole(least, _), Op::Below) => *number > least.into(),
                _ => true,
            };
            number(unit).prop_filter("within", beyond).prop_map(Val::Number).boxed()
        }
        Kind::Date if matches!(op, Op::Has | Op::Differs) => prop_oneof![date().prop_map(Val::Date), dates()].boxed(),
        Kind::Date | Kind::Side => date().prop_map(Val::Date).boxed(),
        Kind::Digits if field.names[0] == "hash" => digits(placed.hashes.clone()).prop_map(Val::Digits).boxed(),
        Kind::Digits => digits(placed.photos.clone()).prop_map(Val::Digits).boxed(),
        Kind::Near => {
            let centre = select(&[(34.02, -118.49), (48.86, 2.35), (-17.8, 179.95), (0.0, 0.1)][..]);
            (centre, select(&[100.0, 5_000.0, 20_000.0, 2_000_000.0][..]))
                .prop_map(|((lat, lon), metres)| Val::Near(lat, lon, metres))
                .boxed()
        }
        Kind::Within => {
            select(&[(-119.0, 34.0, -118.0, 35.0), (179.0, -18.0, -179.0, -17.0), (-10.0, -10.0, 10.0, 50.0)][..])
                .prop_map(|(w, s, e, n)| Val::Within(w, s, e, n))
                .boxed()
        }
        Kind::Link => {
            let kinds = select(&["contains", "source", "duplicate_of", "variant_of", "related_to"][..]);
            (kinds, select(&[Way::Either, Way::Out, Way::In][..]), strength)
                .prop_map(|(kind, way, strength)| Val::Link(kind, way, strength))
                .boxed()
        }
        Kind::Similar => (select(placed.pictures.clone()), select(&[0u32, 1, 8, 20, 64][..]))
            .prop_map(|(id, bits)| Val::Similar(id, bits))
            .boxed(),
        Kind::Linked if field.names[0] == "dup" => {
            select(placed.photos.clone()).prop_map(|id| Val::Linked(id, None)).boxed()
        }
        Kind::Linked => (select(placed.photos.iter().chain(&placed.albums).cloned().collect::<Vec<_>>()), strength)
            .prop_map(|(id, strength)| Val::Linked(id, strength))
            .boxed(),
    }
}

fn ops(kind: Kind) -> &'static [Op] {
    use Op::{Above, AtLeast, AtMost, Below, Differs, Equals, Has, Like};
    match kind {
        Kind::Text => &[Has, Has, Equals, Differs, Like],
        Kind::Name => &[Has, Has, Equals, Differs],
        Kind::Number(_) | Kind::Date => &[Has, Has, Has, Differs, Above, AtLeast, Below, AtMost],
        Kind::Choice(_) | Kind::Digits | Kind::Flag(_) => &[Has, Has, Differs],
        Kind::Words | Kind::Side | Kind::Near | Kind::Within | Kind::Link | Kind::Linked | Kind::Similar => &[Has],
    }
}

fn leaf(fields: Vec<&'static Field>, placed: Placed) -> impl Strategy<Value = Leaf> {
    let which = select(fields).prop_flat_map(|field| (Just(field), select(ops(field.kind))));
    which.prop_flat_map(move |(field, op)| {
        let empty = matches!(op, Op::Has | Op::Differs)
            && matches!(field.kind, Kind::Text | Kind::Name | Kind::Number(_) | Kind::Date | Kind::Near);
        let counts = field.names[0].starts_with("links") || matches!(field.names[0], "tags" | "albums");
        let one = if empty && !counts {
            prop_oneof![8 => value(field, op, &placed), 1 => Just(Val::Empty), 1 => Just(Val::Present)].boxed()
        } else {
            value(field, op, &placed)
        };
        let several = matches!(op, Op::Has | Op::Differs | Op::Equals) && !matches!(field.kind, Kind::Side);
        let many = matches!(field.kind, Kind::Name | Kind::Words)
            && !matches!(field.names[0], "mime" | "ext" | "source_id" | "source");
        let all = proptest::collection::vec(one, if many { 1..3 } else { 1..2 });
        let any = proptest::collection::vec(all, if several { 1..4 } else { 1..2 });
        any.prop_map(move |values| Leaf { field, op, values })
    })
}

/// A question over these fields.
pub fn ask(fields: Vec<&'static Field>, placed: Placed) -> impl Strategy<Value = Ask> {
    let leaf = prop_oneof![20 => leaf(fields, placed).prop_map(Ask::Leaf), 1 => Just(Ask::All)];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            1 => inner.clone().prop_map(|inner| Ask::Not(Box::new(inner))),
            2 => proptest::collection::vec(inner.clone(), 2..4).prop_map(Ask::And),
            2 => proptest::collection::vec(inner, 2..4).prop_map(Ask::Or),
        ]
    })
}
