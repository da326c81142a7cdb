//! Questions that chance bent: millions of texts made from valid ones, none of which may panic, hang or become an error of SQL.
//!
//! A stand-in for the fuzz target where no fuzzer is to be had: it is blind to the branches it takes, but needs nothing. A short
//! run is part of the suite; `HYPERNET_EXECUTIONS=5000000 cargo test --test suite -- bent --nocapture` makes the long one.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use hypernet::query::{self, Ground, order};
use hypernet::store::StoreError;

use super::attempts::{NAMES, PAYLOADS};
use super::hostile::shelf;
use super::property::options;
use super::world::Shelf;
use crate::support::Seeded;

/// Longer than this is a hang.
const PATIENCE: Duration = Duration::from_secs(2);

/// Valid questions to begin with.
const SEEDS: &[&str] = &[
    "beach -tag:private",
    "before:2024 camera:\"Canon\"",
    "tag:cat|dog has:gps date:2023..2024-06",
    "album:\"Vacation 2026\" is:landscape mp>=12",
    "near:\"Santa Monica\",10km OR near:48.86,2.35,5km",
    "is:unsorted newer:30d NOT (ext:png OR is:screenshot)",
    "camera~\"^iPhone 1[45]\" iso:..200 weekday:sat|sun",
    "similar:a1b2c3d4 -dup:a1b2c3d4",
    "album:\"mine album/*\" in:none|any -(tag:cat&mine OR size>1k)",
    "link:duplicate_of,0.9.. linked:a1b2c3d4,..0.5 links.duplicate_of>0 links:variant_of>0",
    "bbox:179,-18,-179,-17 bbox:-1,2,3,4 near:34,-118",
    "exif.iso>=800 meta.instagram.likes>100 meta.\"a b\".0:x meta.tags.0~c",
    "on:07-14 month:6..8 hour:22..3 day:31 weekday:fri..mon year:1999..",
    "date:2024-07-15T18:30:59-08:00 date:..yesterday added:thisweek updated>now-1 deleted:any",
    "f:1.4..2.8 mm:50mm shutter:1/250 ratio:16:9 duration:1:30..2h mp:12",
    "filename~\"(a|b)*c{2,5}\" desc:*x?y* lens=\"EF\" -camera:none",
    "@cats (@new OR @round)",
    "is:trashed OR is!=photo|video has:gps|tags status:failed type:photo mime:image/* source_type:import",
    "id:a1b2c3d4 hash:a1b2c3d4e5 source:instagram|@ann source_id:any",
    "'it''s' \"a \\\" b\" a\\ b\\(c\\) text=\"red car\" NOT -x",
];

fn ground() -> Ground {
    let now = query::Now::parse_from_rfc3339("2024-07-31T12:00:00+02:00").unwrap();
    let saved = [("cats", "tag:cat OR tag:dog"), ("round", "@round"), ("new", "@cats newer:30d")];
    Ground {
        zone: hypernet::model::Zone::Fixed(*now.offset()),
        now,
        saved: BTreeMap::from(saved.map(|(name, text)| (name.to_owned(), text.to_owned()))),
    }
}

/// Bends texts, each another one.
struct Bender {
    dice: Seeded,
    corpus: Vec<String>,
}

impl Bender {
    fn new(seed: u64, shelf: &Shelf) -> Self {
        let mut corpus: Vec<String> =
            SEEDS.iter().map(|seed| seed.replace("a1b2c3d4", &shelf.placed.photos[0][..8])).collect();
        corpus.extend(NAMES.iter().chain(PAYLOADS).map(|part| (*part).to_owned()));
        Self { dice: Seeded(seed), corpus }
    }

    fn one(&mut self) -> String {
        let at = self.dice.below(self.corpus.len());
        self.corpus[at].clone()
    }

    fn next(&mut self) -> String {
        let mut text = self.one();
        for _ in 0..=self.dice.below(5) {
            text = self.bent(&text);
        }
        text
    }

    /// One change: a piece taken out, put in, doubled, swapped, or a character made another.
    fn bent(&mut self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let (one, two) = (self.dice.below(chars.len() + 1), self.dice.below(chars.len() + 1));
        let (from, to) = (one.min(two), one.max(two));
        let (start, middle, end) = (&chars[..from], &chars[from..to], &chars[to..]);
        let text = |parts: &[&[char]]| parts.concat().into_iter().collect::<String>();
        match self.dice.below(9) {
            0 => text(&[start, end]),
            1 => text(&[start, middle, middle, end]),
            2 => text(&[end, start, middle]),
            3 | 4 => format!("{}{}{}", text(&[start]), self.one(), text(&[end])),
            5 => format!("{} {}", text(&[&chars]), self.one()),
            6 => format!("{}{}{}", text(&[start]), self.mark(), text(&[middle, end])),
            7 => format!("{}{}{}", text(&[start]), self.mark(), text(&[end])),
            _ => {
                let c = char::from_u32(self.dice.below(0x3000) as u32).unwrap_or('x');
                format!("{}{c}{}", text(&[start]), text(&[middle, end]))
            }
        }
    }

    fn mark(&mut self) -> &'static str {
        const MARKS: &[&str] = &[
            ":",
            "=",
            "!=",
            ">=",
            "<=",
            ">",
            "<",
            "~",
            "|",
            "&",
            "..",
            "(",
            ")",
            "\"",
            "'",
            "\\",
            "-",
            "*",
            "?",
            ",",
            ".",
            "@",
            " ",
            " OR ",
            " AND ",
            " NOT ",
            "none",
            "any",
            "0",
            "9",
            "99999999999999999999",
            "1e309",
            "-1",
            "\0",
            "\u{1b}",
            "\u{301}",
            "é",
            "🌅",
            "ß",
            "\u{130}",
            "T",
            "Z",
            "+14:00",
            "km",
            "Ki",
            "mo",
        ];
        MARKS[self.dice.below(MARKS.len())]
    }
}

/// Puts one text; whether it was understood.
fn put(shelf: &Shelf, text: &str, ground: &Ground) -> bool {
    let parsed = match text.strip_prefix('\n') {
        Some(rest) => query::parse_arguments(&rest.split('\n').map(str::to_owned).collect::<Vec<_>>(), ground),
        None => query::parse(text, ground),
    };
    let expr = match parsed {
        Ok(expr) => expr,
        Err(error) => {
            let spot = error.text.get(error.span.clone());
            assert!(
                spot.is_some() && !error.message.is_empty() && !error.message.ends_with('.'),
                "{text:?}: {error:?}"
            );
            return false;
        }
    };
    let mut found = 0;
    let told = query::run(&shelf.reader, &expr, &options(order::DEFAULT, false), |media| {
        assert_eq!(media.base.user_id, shelf.reader.owner().id, "{text:?}");
        found += 1;
        Ok::<_, StoreError>(ControlFlow::Continue(()))
    });
    match told {
        // What it names is not there.
        Err(StoreError::Question { .. }) => return true,
        told => told.unwrap_or_else(|error| panic!("{text:?}: {error}")),
    }
    let count = query::count(&shelf.reader, &expr).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert_eq!(count, found, "{text:?}");
    true
}

#[test]
fn no_question_bent_by_chance_panics_hangs_or_becomes_an_error_of_the_engine() {
    let number = |name: &str, otherwise: u64| std::env::var(name).map_or(otherwise, |text| text.parse().unwrap());
    let (executions, seed) = (number("HYPERNET_EXECUTIONS", 3_000), number("HYPERNET_SEED", 1));
    let (tell, told) = channel::<String>();
    let worker = std::thread::spawn(move || {
        let shelf = shelf();
        let (ground, mut bender, mut understood) = (ground(), Bender::new(seed, &shelf), 0);
        for done in 1..=executions {
            let text = bender.next();
            tell.send(text.clone()).unwrap();
            understood += u64::from(put(&shelf, &text, &ground));
            if done % 100_000 == 0 {
                eprintln!("{done} executions, {understood} understood");
            }
        }
        understood
    });
    let mut last = String::new();
    loop {
        match told.recv_timeout(PATIENCE) {
            Ok(text) => last = text,
            Err(RecvTimeoutError::Disconnected) => break,
            // The first comes when the library is made, and a panic takes a while to be told.
            Err(RecvTimeoutError::Timeout) if last.is_empty() || worker.is_finished() => {}
            Err(RecvTimeoutError::Timeout) => panic!("{last:?} takes more than {PATIENCE:?}"),
        }
    }
    let understood = worker.join().unwrap_or_else(|_| panic!("{last:?}"));
    assert!(understood > executions / 20, "only {understood} of {executions} were understood");
}
