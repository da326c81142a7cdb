//! Questions by chance over libraries by chance: what is found is what working it out one media at a time gives.
//!
//! `HYPERNET_CASES=10000` makes the full run; without it a few hundred cases do, the same ones each time.

use std::ops::ControlFlow;

use hypernet::query::{self, Ground, Options, order};
use hypernet::store::StoreError;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::asked::{self, Ask};
use super::fields::{FIELDS, Field};
use super::random;
use super::spelt::spelt;
use super::world::{Photo, Shelf};

/// So many questions are put to each library.
const TOGETHER: u32 = 100;

fn cases() -> u32 {
    std::env::var("HYPERNET_CASES").map_or(300, |cases| cases.parse().expect("HYPERNET_CASES is a number"))
}

pub fn ground() -> Ground {
    let now = query::Now::parse_from_rfc3339("2024-07-31T12:00:00+02:00").unwrap();
    Ground { zone: hypernet::model::Zone::Fixed(*now.offset()), now, saved: std::collections::BTreeMap::new() }
}

pub fn options(sort: &str, reverse: bool) -> Options {
    Options { order: order::parse(sort).unwrap(), reverse, ..Options::default() }
}

/// The places in the world's list of what a question finds, in order; its count agrees.
pub fn found(shelf: &Shelf, expr: &query::Expr, sort: &str, reverse: bool) -> Vec<usize> {
    let places = listed(shelf, expr, &options(sort, reverse));
    assert_eq!(query::count(&shelf.reader, expr).unwrap(), places.len() as u64, "the count of {expr:?}");
    places
}

/// The same, of a part of the list.
fn listed(shelf: &Shelf, expr: &query::Expr, options: &Options) -> Vec<usize> {
    let mut places = Vec::new();
    let told = query::run(&shelf.reader, expr, options, |media| {
        let id = media.base.id.to_string().replace('-', "");
        let place = shelf.placed.photos.iter().position(|known| *known == id);
        places.push(place.unwrap_or_else(|| panic!("{id} is not the reader's")));
        Ok::<_, StoreError>(ControlFlow::Continue(()))
    });
    told.unwrap();
    places
}

/// What results are sorted by, as values that compare, and whether there is one: what has none comes last, either way round.
type Key = fn(&Photo) -> (bool, i64, String);

fn number(number: Option<i64>) -> (bool, i64, String) {
    (number.is_some(), number.unwrap_or_default(), String::new())
}

fn text(text: Option<&str>) -> (bool, i64, String) {
    (text.is_some(), 0, text.unwrap_or_default().to_owned())
}

const SORTS: &[(&str, Key)] = &[
    ("date", |photo| number(photo.utc())),
    ("type", |photo| text(Some(photo.media_type()))),
    ("filename", |photo| text(Some(&photo.filename()))),
    ("camera", |photo| text(photo.camera.as_deref())),
    ("size", |photo| number(Some(photo.size))),
    ("added", |photo| number(Some(photo.created))),
    ("updated", |photo| number(Some(photo.updated))),
    ("width", |photo| number(photo.width)),
    ("height", |photo| number(photo.height)),
    ("iso", |photo| number(photo.iso)),
];

/// That a list is sorted: by the first key, where that is equal by the second.
fn sorted(shelf: &Shelf, places: &[usize], keys: &[(Key, bool)]) -> bool {
    places.windows(2).all(|pair| {
        let compared = keys.iter().map(|(key, down)| {
            let [one, two] = [pair[0], pair[1]].map(|at| key(&shelf.world.photos[at]));
            let order = one.cmp(&two);
            two.0.cmp(&one.0).then(if *down { order.reverse() } else { order })
        });
        compared.into_iter().find(|order| order.is_ne()).is_none_or(std::cmp::Ordering::is_lt)
    })
}

fn check(shelf: &Shelf, ask: &Ask, style: u64, sorts: [(Index, bool); 2]) -> Result<(), TestCaseError> {
    let ground_here = asked::Ground { world: &shelf.world, placed: &shelf.placed, now: ground().now };
    let expected = ask.found(&ground_here);
    let spelt = spelt(ask, style);
    let expr = query::parse(&spelt.text, &ground());
    let expr = expr.map_err(|error| TestCaseError::fail(format!("{:?} is refused: {error:?}", spelt.text)))?;
    let [(first, down), (second, up)] = sorts.map(|(at, down)| (SORTS[at.index(SORTS.len())], down));
    let sort = format!("{}{},{}{}", if down { "-" } else { "" }, first.0, if up { "-" } else { "" }, second.0);
    let places = found(shelf, &expr, &sort, false);
    let mut set = places.clone();
    set.sort_unstable();
    prop_assert_eq!(&set, &expected, "{:?}", spelt.text);
    let keys = [(first.1, down), (second.1, up)];
    let keys = if first.0 == second.0 { &keys[..1] } else { &keys[..] };
    prop_assert!(sorted(shelf, &places, keys), "{:?} by {sort} comes as {places:?}", spelt.text);
    prop_assert_eq!(&paged(shelf, &expr, &sort, &places), &places, "{:?} by {}, page by page", spelt.text, sort);
    let mut back = found(shelf, &expr, &sort, true);
    let turned: Vec<_> = keys.iter().map(|(key, down)| (*key, !down)).collect();
    prop_assert!(sorted(shelf, &back, &turned), "{:?} by {sort}, turned round, comes as {back:?}", spelt.text);
    back.sort_unstable();
    prop_assert_eq!(&back, &expected, "{:?} by {}, turned round", spelt.text, sort);
    if spelt.arguments.len() > 1 {
        let argued = query::parse_arguments(&spelt.arguments, &ground());
        let argued =
            argued.map_err(|error| TestCaseError::fail(format!("{:?} are refused: {error:?}", spelt.arguments)))?;
        let mut set = found(shelf, &argued, order::DEFAULT, false);
        set.sort_unstable();
        prop_assert_eq!(&set, &expected, "{:?}", spelt.arguments);
    }
    Ok(())
}

/// The list put together from pages of three, each begun where a cursor says the last one ended.
fn paged(shelf: &Shelf, expr: &query::Expr, sort: &str, whole: &[usize]) -> Vec<usize> {
    let mut options = Options { limit: Some(3), ..options(sort, false) };
    let mut places = Vec::new();
    while places.len() <= whole.len() {
        let page = listed(shelf, expr, &options);
        let Some(last) = page.last() else { break };
        let id = hypernet::model::ObjectId::parse(&dashed(&shelf.placed.photos[*last])).unwrap();
        let after = query::place(&shelf.reader, &options, id).unwrap().unwrap();
        // As it is given out and taken in again.
        options.after = Some(query::Cursor::parse(&after.to_string(), &options).unwrap());
        places.extend(page);
    }
    places
}

/// Digits as an id is written.
fn dashed(hex: &str) -> String {
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Runs all cases over these fields; fails at the first, made as small as it goes.
fn run(fields: &[&'static Field], seed: u8) {
    let config = || Config {
        cases: TOGETHER.min(cases()),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    for library in 0..cases().div_ceil(TOGETHER) {
        let mut bytes = [seed; 32];
        bytes[..4].copy_from_slice(&library.to_le_bytes());
        let mut dice = TestRunner::new_with_rng(config(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
        let mut world = random::world().new_tree(&mut dice).unwrap().current();
        // One at least can be compared with.
        (world.photos[0].picture, world.photos[0].deleted) = (Some(3), None);
        let other = random::world().new_tree(&mut dice).unwrap().current();
        let shelf = Shelf::new(world, &other);
        let case = (
            random::ask(fields.to_vec(), shelf.placed.clone()),
            prop_oneof![Just(0), any::<u64>()],
            [any::<(Index, bool)>(), any::<(Index, bool)>()],
        );
        let told = dice.run(&case, |(ask, style, sorts)| check(&shelf, &ask, style, sorts));
        told.unwrap_or_else(|error| panic!("library {library}: {error}\n{:#?}", shelf.world));
    }
}

#[test]
fn any_question_finds_what_working_it_out_one_by_one_gives() {
    run(&FIELDS.iter().collect::<Vec<_>>(), 4);
}
