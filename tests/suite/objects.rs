//! `query --object`: every kind in every way a list can be asked for, what goes with media alone, and names that would do harm.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::raw::{ALBUM, FIRST, INTEGRATION, LINK, MEDIA, Raw, SECOND};
use crate::support::{HYPERNET, Ran};

const KINDS: [&str; 5] = ["media", "album", "link", "integration", "user"];

/// Names that mean something to a terminal, a spreadsheet, a shell, an engine or this language.
const NAMES: [&str; 8] = [
    "'; DROP TABLE album; --",
    "x,\"y\"\\",
    "=cmd|' /C calc'!A0",
    "\u{202e}gpj.exe",
    "* OR name:any",
    "a & b | (c)",
    "$(touch harm) `id`",
    "Ünï 日本 👩‍👩‍👧",
];

struct Shelf(Raw);

impl Shelf {
    /// A few of each kind, named so, and the same of a second owner.
    fn new() -> Self {
        let raw = Raw::new();
        for (at, name) in NAMES.iter().enumerate() {
            let name = format!("'{}'", name.replace('\'', "''"));
            let made = (at % 3).to_string();
            raw.make_with(&ALBUM, FIRST, &[("name", &name), ("created_at", &made)]).unwrap();
            let found_as = format!("json_object('original_filename', {name})");
            raw.make_with(&MEDIA, FIRST, &[("metadata", &found_as), ("created_at", &made)]).unwrap();
            raw.make(&LINK, FIRST);
            raw.make_with(&INTEGRATION, FIRST, &[("integration_name", &name), ("created_at", &made)]).unwrap();
        }
        raw.ends(SECOND);
        raw.make(&LINK, SECOND);
        raw.make(&INTEGRATION, SECOND);
        Self(raw)
    }

    fn query(&self, kind: &str, args: &[&str]) -> Ran {
        let mut command = Command::new(HYPERNET);
        command.arg("-L").arg(self.0.path()).args(["query", "--object", kind]).args(args);
        command.env_remove("HYPERNET_LIBRARY").stdin(Stdio::null());
        Ran::of(&command.output().unwrap())
    }

    /// What is printed, without a word beside it.
    #[track_caller]
    fn said(&self, kind: &str, args: &[&str]) -> String {
        let ran = self.query(kind, args);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{kind} {args:?}: {ran:?}");
        ran.stdout
    }

    #[track_caller]
    fn rows(&self, kind: &str, args: &[&str]) -> Vec<Value> {
        let said = self.said(kind, &[args, &["--jsonl"]].concat());
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[track_caller]
    fn ids(&self, kind: &str, args: &[&str]) -> Vec<String> {
        self.said(kind, &[args, &["--ids"]].concat()).lines().map(str::to_owned).collect()
    }
}

#[test]
fn every_kind_can_be_counted_limited_sorted_and_turned_round() {
    let shelf = Shelf::new();
    for kind in KINDS {
        let many = if kind == "user" { 1 } else { NAMES.len() };
        assert_eq!(shelf.said(kind, &["--count"]), format!("{many}\n"), "{kind}");
        let ids = shelf.ids(kind, &["--sort", "id"]);
        assert_eq!((ids.len(), ids.is_sorted()), (many, true), "{kind}: {ids:?}");
        let mut back = shelf.ids(kind, &["--sort", "id", "--reverse"]);
        assert_eq!(shelf.ids(kind, &["--sort", "-id"]), back, "{kind}");
        back.reverse();
        assert_eq!(back, ids, "{kind}");
        for limit in [0, 1, 3, 100] {
            let some = shelf.ids(kind, &["--sort", "id", "--limit", &limit.to_string()]);
            assert_eq!(some, ids[..limit.min(many)], "{kind} {limit}");
        }
        let added: Vec<_> = shelf.rows(kind, &["--sort", "-added,id"]);
        let key = |row: &Value| (row["created_at"].to_string(), row["id"].to_string());
        let falls = |pair: &[Value]| {
            let (one, two) = (key(&pair[0]), key(&pair[1]));
            one.0 > two.0 || (one.0 == two.0 && one.1 < two.1)
        };
        assert!(added.windows(2).all(falls), "{kind}: {added:#?}");
    }
}

#[test]
fn every_kind_can_be_gone_through_page_by_page() {
    let shelf = Shelf::new();
    for kind in KINDS {
        for sort in [&[][..], &["--sort", "id"], &["--sort", "-added"], &["--sort", "added,id", "--reverse"]] {
            let whole = shelf.ids(kind, sort);
            let (mut ids, mut after) = (Vec::new(), None::<String>);
            for _ in 0..=whole.len() {
                let mut args = [sort, &["--page", "--limit", "3"]].concat();
                args.extend(after.iter().flat_map(|cursor| ["--cursor", cursor]));
                let page: Value = serde_json::from_str(&shelf.said(kind, &args)).unwrap();
                assert_eq!(page["total"], whole.len(), "{kind} {sort:?}");
                let items = page["items"].as_array().unwrap();
                assert!((1..=3).contains(&items.len()), "{kind} {sort:?}: {page}");
                ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
                after = page["next_cursor"].as_str().map(str::to_owned);
                if after.is_none() {
                    break;
                }
            }
            assert_eq!((ids, after), (whole, None), "{kind} {sort:?}");
        }
        assert_eq!(shelf.query(kind, &["--page", "--limit", "0"]).code, 2, "{kind}");
        assert!(shelf.query(kind, &["--cursor", "x"]).stderr.contains("is no cursor"), "{kind}");
    }
    let page: Value = serde_json::from_str(&shelf.said("album", &["--page", "--limit", "1"])).unwrap();
    let of_another = shelf.query("integration", &["--cursor", page["next_cursor"].as_str().unwrap()]);
    assert!(of_another.code == 2 && of_another.stderr.contains("a place in another order"), "{of_another:?}");
}

#[test]
fn nothing_found_of_any_kind_is_4_where_it_is_asked() {
    let shelf = Shelf::new();
    for kind in KINDS {
        for (args, code) in [(&["-e"][..], 0), (&["-e", "added:1999"], 4), (&["added:1999"], 0)] {
            assert_eq!(shelf.query(kind, args).code, code, "{kind} {args:?}");
            let count = [args, &["--count"]].concat();
            assert_eq!(shelf.query(kind, &count).code, code, "{kind} {count:?}");
        }
    }
}

#[test]
fn every_field_of_every_kind_can_be_chosen() {
    let shelf = Shelf::new();
    for kind in KINDS {
        let whole = shelf.rows(kind, &["--sort", "id"]);
        let names: Vec<_> = whole[0].as_object().unwrap().keys().cloned().collect();
        assert_eq!(shelf.rows(kind, &["--sort", "id", "--fields", &names.join(",")]), whole, "{kind}");
        for name in &names {
            let one = shelf.rows(kind, &["--sort", "id", "--fields", name]);
            let expected: Vec<_> = whole.iter().map(|row| serde_json::json!({ name.as_str(): row[name] })).collect();
            assert_eq!(one, expected, "{kind} {name}");
        }
        let nested = shelf.rows(kind, &["--limit", "1", "--fields", "metadata.a.b,type"]);
        assert_eq!(nested, [serde_json::json!({ "metadata": { "a": { "b": null } }, "type": kind })], "{kind}");
        let table = shelf.said(kind, &["--format=csv", "--limit", "1", "--fields", "updated_at,id"]);
        assert!(table.starts_with("updated_at,id\r\n1970-01-01") || kind == "user", "{kind}: {table}");
        for refused in [&["--fields", "creatd_at"][..], &["--fields", "owner"], &["--fields", "id", "--ids"]] {
            let ran = shelf.query(kind, refused);
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{kind} {refused:?}: {ran:?}");
        }
        assert!(shelf.query(kind, &["--fields", "creatd_at"]).stderr.contains("did you mean `created_at`?"), "{kind}");
    }
}

#[test]
fn what_goes_with_media_alone_is_refused_by_its_name() {
    let shelf = Shelf::new();
    let flags: &[(&str, &[&str])] = &[
        ("--template", &["-t", "{id}"]),
        ("--with", &["--with", "albums"]),
        ("--save", &["--save", "mine", "x"]),
        ("--explain", &["--explain"]),
        ("--group-by", &["--group-by", "type"]),
        ("--stats", &["--stats"]),
        ("--histogram", &["--histogram"]),
        ("--paths", &["--paths"]),
        ("--tag", &["--tag", "x"]),
        ("--album", &["--album", "x"]),
        ("--type", &["--type", "photo"]),
        ("--camera", &["--camera", "x"]),
        ("--after", &["--after", "2024"]),
        ("--before", &["--before", "2024"]),
        ("--near", &["--near", "1,1,1km"]),
        ("--has", &["--has", "gps"]),
        ("--source", &["--source", "x"]),
    ];
    for kind in &KINDS[1..] {
        for (flag, args) in flags {
            let ran = shelf.query(kind, args);
            assert_eq!(ran.code, 2, "{kind} {args:?}: {ran:?}");
            let said = ran.stderr.lines().next().unwrap();
            let named = said.split([' ', ',', '"']).any(|word| word == *flag);
            assert!(named && said.contains(&format!("--object {kind}")), "{kind} {args:?}: {said}");
        }
    }
}

#[test]
fn no_name_breaks_a_line_reaches_a_terminal_or_is_lost() {
    let shelf = Shelf::new();
    for (kind, field) in
        [("album", "name"), ("integration", "integration_name"), ("media", "metadata.original_filename")]
    {
        let (rows, place) = (shelf.rows(kind, &[]), format!("/{}", field.replace('.', "/")));
        let named: BTreeSet<_> = rows.iter().map(|row| row.pointer(&place).unwrap().as_str().unwrap()).collect();
        assert_eq!(named, NAMES.into(), "{kind}");
        for form in ["--format=tsv", "--format=csv", "--jsonl", "--format=table"] {
            let shown = shelf.said(kind, &["--fields", &format!("id,{field}"), form]);
            let head = usize::from(matches!(form, "--format=csv" | "--format=table"));
            assert_eq!(shown.lines().count(), NAMES.len() + head, "{kind} {form}: {shown}");
            let control = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
            assert!(!shown.contains(control), "{kind} {form}: {shown:?}");
        }
    }
    for name in NAMES {
        let asked = format!("name='{}'", name.replace('\'', "''"));
        for kind in ["album", "integration"] {
            assert_eq!(shelf.said(kind, &["--count", &asked]), "1\n", "{kind} {asked}");
        }
    }
}
