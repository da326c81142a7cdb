//! What is found, summed up, explained and kept: the real program, its forms against one another and against the media themselves.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::floors::root;
use crate::support::{Ran, World};

fn library() -> World {
    let world = World::new();
    let pictures = root().join("tests/fixtures/pictures");
    let ran = world.run(&["import", pictures.to_str().unwrap(), "--album", "{parent}", "-q"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    world
}

#[track_caller]
fn printed(world: &World, args: &[&str]) -> String {
    let ran = world.run(&[&["query"], args].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{args:?} {ran:?}");
    ran.stdout
}

#[track_caller]
fn json_of(world: &World, args: &[&str]) -> Value {
    serde_json::from_str(&printed(world, &[args, &["--json"]].concat())).unwrap()
}

#[track_caller]
fn fails(world: &World, args: &[&str], code: i32) -> Ran {
    let ran = world.run(&[&["query"], args].concat());
    assert_eq!(ran.code, code, "{args:?} {ran:?}");
    ran
}

/// The media of a library, as `--json` gives them, by what `key` says of each.
fn by(world: &World, key: impl Fn(&Value) -> Option<String>) -> BTreeMap<Option<String>, (u64, u64)> {
    let mut groups = BTreeMap::new();
    for media in json_of(world, &[]).as_array().unwrap() {
        let group: &mut (u64, u64) = groups.entry(key(media)).or_default();
        *group = (group.0 + 1, group.1 + media["size"].as_u64().unwrap());
    }
    groups
}

fn groups(list: &Value, key: &str) -> BTreeMap<Option<String>, (u64, u64)> {
    let one = |row: &Value| {
        let sums = (row["count"].as_u64().unwrap(), row["bytes"].as_u64().unwrap());
        (row[key].as_str().map(str::to_owned), sums)
    };
    list.as_array().unwrap().iter().map(one).collect()
}

fn month(media: &Value) -> Option<String> {
    Some(media["metadata"]["taken_at_local"].as_str()?[..7].to_owned())
}

#[test]
fn groups_are_what_the_media_themselves_say() {
    let world = library();
    let text = |field: &'static str| move |media: &Value| media[field].as_str().map(str::to_owned);
    for (name, field) in [("type", "media_type"), ("mime", "mime_type"), ("status", "processing_status")] {
        let expected = by(&world, text(field));
        assert_eq!(groups(&json_of(&world, &["--group-by", name]), "key"), expected, "{name}");
    }
    let camera = |media: &Value| media["metadata"]["exif"]["camera"].as_str().map(str::to_owned);
    assert_eq!(groups(&json_of(&world, &["--group-by", "camera"]), "key"), by(&world, camera));
    assert_eq!(groups(&json_of(&world, &["--group-by", "date:month"]), "key"), by(&world, month));
    let year = |media: &Value| month(media).map(|month| month[..4].to_owned());
    assert_eq!(groups(&json_of(&world, &["--group-by", "year"]), "key"), by(&world, year));
}

#[test]
fn a_histogram_adds_the_months_between_to_those_of_the_media() {
    let world = library();
    let all = json_of(&world, &["--histogram"]);
    let months: Vec<_> = all.as_array().unwrap().iter().filter_map(|row| row["month"].as_str()).collect();
    for pair in months.windows(2) {
        let number = |month: &str| month[..4].parse::<u32>().unwrap() * 12 + month[5..].parse::<u32>().unwrap();
        let step = number(pair[1]) - number(pair[0]);
        assert!(step == 1 || step > 121, "{pair:?}");
    }
    let newest = json_of(&world, &["--histogram", "--limit", "2"]);
    let rows = |list: &Value| list.as_array().unwrap().iter().filter_map(|row| row["month"].as_str()).count();
    assert_eq!((rows(&newest), newest.as_array().unwrap().len(), &newest[1]["month"]), (2, 2, &json!(months.last())));
    let turned = json_of(&world, &["--histogram", "--limit", "2", "--reverse"]);
    assert_eq!((&turned[0], &turned[1]), (&newest[1], &newest[0]));
    let mut filled = groups(&all, "month");
    filled.retain(|_, (count, _)| *count > 0);
    assert_eq!(filled, by(&world, month));
}

#[test]
fn every_form_says_the_same() {
    let world = library();
    let args = |form: &'static [&'static str]| [&["--group-by", "type"], form].concat();
    let list = json_of(&world, &["--group-by", "type"]);
    let rows = list.as_array().unwrap();
    assert!(rows.len() > 1 && rows.windows(2).all(|pair| pair[0]["count"].as_u64() >= pair[1]["count"].as_u64()));
    let line = |between: &str, row: &Value| {
        format!("{}{between}{}{between}{}", row["key"].as_str().unwrap_or_default(), row["count"], row["bytes"])
    };
    let tsv: String = rows.iter().map(|row| line("\t", row) + "\n").collect();
    assert_eq!(printed(&world, &args(&[])), tsv);
    let csv: String = rows.iter().map(|row| line(",", row) + "\r\n").collect();
    assert_eq!(printed(&world, &args(&["--format", "csv"])), format!("key,count,bytes\r\n{csv}"));
    let jsonl: Vec<Value> =
        printed(&world, &args(&["--jsonl"])).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(&jsonl, rows);
    let table = printed(&world, &args(&["--format", "table"]));
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].starts_with("type") && lines.len() == rows.len() + 1, "{table}");
    assert!(
        !table.contains('…') && lines[1].contains("██") && lines.iter().all(|line| line.chars().count() <= 100),
        "{table}"
    );
}

#[test]
fn what_has_no_value_is_not_what_is_called_none() {
    let world = library();
    let args = |form: &'static [&'static str]| [&["tag:none", "--group-by", "tag"], form].concat();
    let list = json_of(&world, &args(&[]));
    assert_eq!((list.as_array().unwrap().len(), &list[0]["key"]), (1, &Value::Null));
    assert!(printed(&world, &args(&[])).starts_with('\t'));
    assert!(printed(&world, &args(&["--format", "csv"])).starts_with("key,count,bytes\r\n,"));
    assert!(printed(&world, &args(&["--format", "table"])).contains("\nnone "));
}

#[test]
fn groups_are_bounded_and_turned_round() {
    let world = library();
    let years = json_of(&world, &["--group-by", "year"]);
    let years = years.as_array().unwrap();
    let last = json_of(&world, &["--group-by", "year", "--reverse", "--limit", "1"]);
    assert_eq!(last, json!([years.last().unwrap()]));
    assert_eq!(json_of(&world, &["--group-by", "year", "--limit", "0"]), json!([]));
}

#[test]
fn figures_add_up_to_what_the_groups_say() {
    let world = library();
    let figures = json_of(&world, &["--stats"]);
    let count: u64 = printed(&world, &["--count"]).trim().parse().unwrap();
    assert!(count > 0);
    assert_eq!(figures["count"], count);
    for (one, other) in [("with_gps", "without_gps"), ("dated", "undated")] {
        assert_eq!(figures[one].as_u64().unwrap() + figures[other].as_u64().unwrap(), count);
    }
    let types: BTreeMap<_, _> = figures["by_type"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, sums)| (Some(name.clone()), (sums["count"].as_u64().unwrap(), sums["bytes"].as_u64().unwrap())))
        .filter(|(_, sums)| sums.0 > 0)
        .collect();
    assert_eq!(types, groups(&json_of(&world, &["--group-by", "type"]), "key"));
    let page = printed(&world, &["--stats"]);
    assert!(page.starts_with("media") && page.contains("\ncameras"), "{page}");
    let none = json_of(&world, &["tag:nobody", "--stats"]);
    assert_eq!(
        (&none["count"], &none["average_bytes"], &none["first_taken_at"]),
        (&json!(0), &Value::Null, &Value::Null)
    );
}

#[test]
fn an_empty_summary_ends_with_four_where_that_is_asked_for() {
    let world = library();
    for flag in [&["--count"][..], &["--stats"], &["--histogram"], &["--group-by", "tag"]] {
        assert_eq!(fails(&world, &[&["tag:nobody", "-e"], flag].concat(), 4).stderr, "");
        assert_eq!(fails(&world, &[&["-e"], flag].concat(), 0).stderr, "");
        assert_eq!(fails(&world, &[&["tag:nobody"], flag].concat(), 0).stderr, "");
    }
}

#[test]
fn flags_that_ask_for_different_things_exclude_each_other() {
    let world = World::new();
    let summaries =
        [&["--count"][..], &["--stats"], &["--histogram"], &["--group-by", "type"], &["--explain"], &["--save", "x"]];
    for (at, one) in summaries.iter().enumerate() {
        for other in &summaries[at + 1..] {
            let ran = fails(&world, &[*one, *other].concat(), 2);
            assert!(ran.stderr.contains("cannot be used with"), "{ran:?}");
        }
        for list in [&["--paths"][..], &["--ids"], &["--template", "{id}"], &["--fields", "id"], &["--page"]] {
            fails(&world, &[*one, list].concat(), 2);
        }
    }
    for more in [["--limit", "3"], ["--sort", "size"]] {
        for one in [&["--count"][..], &["--stats"], &["--save", "x"]] {
            fails(&world, &[one, &more].concat(), 2);
        }
    }
    fails(&world, &["--histogram", "--sort", "size"], 2);
}

#[test]
fn a_filter_is_one_value_and_its_errors_point_at_the_flag() {
    let world = library();
    let same = |flags: &[&str], question: &str| {
        let found = printed(&world, &[flags, &["--ids", "--sort", "id"]].concat());
        assert_eq!(found, printed(&world, &[question, "--ids", "--sort", "id"]), "{flags:?}");
        found.lines().count()
    };
    assert!(same(&["--type", "photo", "--album", "Beach"], "type:photo album:Beach") > 0);
    assert!(same(&["type:video OR type:photo", "--album", "B*"], "(type:video OR type:photo) album:B*") > 0);
    same(&["--tag", "none", "--after", "2020", "--before", "2030"], "tag:none after:2020 before:2030");
    same(&["--album", "Beach OR type:video"], "album:\"Beach OR type:video\"");
    same(&["--tag", "a|b", "--tag", "c\"d"], "tag:\"a|b\" tag:'c\"d'");
    assert!(same(&["--has", "gps", "--has", "date"], "has:gps has:date") > 0);
    same(&["--near", "-42.8,-64.9,50km"], "near:-42.8,-64.9,50km");
    let ran = fails(&world, &["beach", "--after", "2024-13"], 2);
    assert!(ran.stderr.contains("\n  --after 2024-13\n          ^^^^^^^\n"), "{}", ran.stderr);
    let ran = fails(&world, &["--type", "phto"], 2);
    assert!(ran.stderr.contains("did you mean `photo`?") && ran.stderr.contains("  --type phto\n"), "{}", ran.stderr);
}

#[test]
fn an_explanation_says_how_a_question_is_gone_about_and_runs_nothing() {
    let world = library();
    let page = printed(&world, &["tag:cat|dog -type:video", "--camera", "canon", "--explain"]);
    let understood = "understood  (tag is `cat` OR tag is `dog`) AND NOT type is `video` AND camera contains `canon`\n";
    assert!(page.contains(understood) && page.contains("\nplan\n") && page.contains("SELECT media.n FROM"), "{page}");
    let found = json_of(&world, &["filename:img", "--sort", "-size,id", "--reverse", "--explain"]);
    assert_eq!((&found["scans"], &found["sort"]), (&json!(["filename"]), &json!(["size", "-id"])));
    let statement = &found["statements"][0];
    let asked = statement["sql"].as_str().unwrap().matches('?').count();
    assert!(asked >= 1 && !statement["params"].as_array().unwrap().is_empty(), "{found}");
    assert!(!statement["plan"].as_array().unwrap().is_empty(), "{found}");
}

#[test]
fn a_question_that_is_kept_is_found_again_by_its_name() {
    let world = library();
    let config = world.path().join("config.toml");
    let before = "# what I keep\n[output]\ncolor = \"never\" # always\n\n[queries]\nold = \"date:..2020\" # long ago\n";
    fs::write(&config, before).unwrap();
    let keep = |args: &[&str]| printed(&world, &[&["--config", "config.toml"], args].concat());
    assert_eq!(keep(&["type:photo", "--album", "Beach", "--save", "sea"]), "@sea = type:photo album:Beach\n");
    let after = fs::read_to_string(&config).unwrap();
    assert_eq!(after, format!("{before}sea = \"type:photo album:Beach\"\n"));
    let ids = |question: &str| keep(&[question, "--ids", "--sort", "id"]);
    assert_eq!(ids("@sea"), ids("type:photo album:Beach"));
    assert!(!ids("@sea").is_empty());
    // The same once more changes nothing; another text needs a word.
    keep(&["type:photo", "--album", "Beach", "--save", "sea"]);
    assert_eq!(fs::read_to_string(&config).unwrap(), after);
    let other = ["--config", "config.toml", "type:video", "--save", "sea"];
    assert!(fails(&world, &other, 9).stderr.contains("--yes replaces it"));
    fails(&world, &[&other[..], &["--yes", "--dry-run"]].concat(), 0);
    assert_eq!(fs::read_to_string(&config).unwrap(), after);
    fails(&world, &[&other[..], &["--yes"]].concat(), 0);
    assert!(fs::read_to_string(&config).unwrap().ends_with("sea = \"type:video\"\n"));
}

#[test]
fn what_several_arguments_ask_is_kept_as_one_text() {
    let world = World::new();
    fs::write(world.path().join("config.toml"), "").unwrap();
    let keep =
        |args: &[&str]| printed(&world, &[&["--config", "config.toml"], args, &["--yes", "--save", "q"]].concat());
    assert_eq!(keep(&["camera:Canon EOS", "NOT", "tag:a (b)"]), "@q = camera:Canon\\ EOS NOT tag:a\\ \\(b\\)\n");
    assert_eq!(
        keep(&["tag:a OR tag:b", "--tag", "c d", "--after", "-7d"]),
        "@q = (tag:a OR tag:b) tag:c\\ d after:-7d\n"
    );
    assert_eq!(keep(&["*", "--tag", "x"]), "@q = tag:x\n");
    assert_eq!(keep(&["*"]), "@q = *\n");
    assert_eq!(keep(&["say \"red car\"", "album:b*"]), "@q = \"say red car\" album:b*\n");
}

#[test]
fn a_question_that_cannot_be_kept_is_refused_and_nothing_is_written() {
    let world = World::new();
    let config = world.path().join("config.toml");
    fs::write(&config, "[queries]\na = \"tag:x\"\n").unwrap();
    let given = |args: &[&str], code| fails(&world, &[&["--config", "config.toml"], args].concat(), code).stderr;
    for name in ["", "a b", "a.b", "a\"", &"x".repeat(65)] {
        assert!(given(&["beach", "--save", name], 2).contains("is no name for a question"), "{name}");
    }
    assert!(given(&["@a OR tag:y", "--save", "a", "--yes"], 2).contains("asks for itself"));
    for nothing in [&["--save", "b"][..], &["", "--save", "b"], &["  ", "--save", "b", "--yes"]] {
        assert!(given(nothing, 2).contains("hypernet query '*' --save b"), "{nothing:?}");
    }
    assert!(given(&["camra:x", "--save", "b"], 2).contains("did you mean `camera:`?"));
    assert_eq!(fs::read_to_string(&config).unwrap(), "[queries]\na = \"tag:x\"\n");
    assert_eq!(fails(&world, &["--config", "none", "beach", "--save", "b"], 2).stdout, "");
}
