//! What `query` prints and in which order: fields, pages, cursors, templates, and names that would harm what reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};

use hypernet::query::words::WORDS;
use serde_json::{Value, json};

use crate::raw::{ALBUM, FIRST, LINK, MEDIA, Raw};
use crate::support::{HYPERNET, Ran, Seeded, World, ask, jpeg, put};

/// A library of rows with few different values, so that most orders have ties and some rows have no value at all.
struct Shelf {
    raw: Raw,
    seeded: Seeded,
}

impl Shelf {
    fn new(rows: usize) -> Self {
        let mut shelf = Self { raw: Raw::new(), seeded: Seeded(7) };
        (0..rows).for_each(|_| shelf.add());
        shelf
    }

    fn add(&mut self) {
        let mut one = |of: &[&'static str]| of[self.seeded.below(of.len())];
        let row = [
            ("created_at", one(&["1", "2"])),
            ("updated_at", one(&["2", "3"])),
            ("filename", one(&["'a.jpg'", "'b.jpg'", "'c.jpg'"])),
            ("width", one(&["NULL", "100", "200"])),
            ("height", one(&["NULL", "100", "300"])),
            ("duration", one(&["NULL", "0.1", "1.5"])),
            ("taken_at", one(&["NULL", "-5", "1000", "2000"])),
            ("processing_status", one(&["'complete'", "'failed'"])),
            (
                "metadata",
                one(&[
                    "'{}'",
                    r#"'{"exif":{"camera":"Canon","iso":100},"tags":["a"]}'"#,
                    r#"'{"exif":{"camera":5,"iso":"high","lens":"L"},"tags":["a","b"]}'"#,
                    r#"'{"exif":{"camera":"Ünï","iso":99.5,"f_number":1.8,"exposure_time":0.004,"focal_length_mm":50}}'"#,
                ]),
            ),
        ];
        self.raw.make_with(&MEDIA, FIRST, &row).unwrap();
    }

    fn remove(&mut self) {
        let live = self.live();
        let id = &live[self.seeded.below(live.len())];
        let hex = id.replace('-', "");
        self.raw
            .accepts(&format!("UPDATE media SET deleted_at = 5 WHERE n = (SELECT n FROM object WHERE id = x'{hex}')"));
    }

    fn live(&self) -> Vec<String> {
        ask(&self.raw.db, "SELECT id FROM v_media WHERE deleted_at IS NULL ORDER BY id")
    }

    fn query(&self, args: &[&str]) -> Ran {
        let mut command = Command::new(HYPERNET);
        command.arg("-L").arg(self.raw.path()).arg("query").args(args);
        command.env_remove("HYPERNET_LIBRARY").stdin(Stdio::null());
        Ran::of(&command.output().unwrap())
    }

    /// The ids of a question, in order.
    #[track_caller]
    fn ids(&self, args: &[&str]) -> Vec<String> {
        let ran = self.query(&[args, &["--ids"]].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.stdout.lines().map(str::to_owned).collect()
    }

    /// The ids of a page, its total, and where the next one begins.
    #[track_caller]
    fn page(&self, args: &[&str], cursor: Option<&str>) -> (Vec<String>, u64, Option<String>) {
        let after = cursor.map(|cursor| format!("--cursor={cursor}"));
        let ran = self
            .query(&[args, &["--page", "--fields", "id"], &after.as_deref().into_iter().collect::<Vec<_>>()].concat());
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        let page: Value = serde_json::from_str(&ran.stdout).unwrap();
        let ids = page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned());
        (ids.collect(), page["total"].as_u64().unwrap(), page["next_cursor"].as_str().map(str::to_owned))
    }
}

/// Every order there is: each word, a few together, and those that are no field.
fn orders() -> Vec<String> {
    let mut orders: Vec<_> =
        WORDS.iter().filter(|word| word.order.is_some()).map(|word| word.name.to_owned()).collect();
    orders.extend(["-taken_at,id", "size,-camera,taken_at", "-width,id,size", "random:7"].map(str::to_owned));
    orders
}

#[test]
fn paging_gives_each_row_that_stood_throughout_exactly_once() {
    let mut shelf = Shelf::new(14);
    for (at, order) in orders().iter().enumerate() {
        let sort = format!("--sort={order}");
        let mut args = vec![sort.as_str(), "--limit=3"];
        args.extend((at % 2 == 1).then_some("--reverse"));
        let mut stood: BTreeSet<String> = shelf.live().into_iter().collect();
        let (mut seen, mut cursor, mut pages) = (BTreeMap::<String, u32>::new(), None, 0);
        loop {
            let (ids, total, next) = shelf.page(&args, cursor.as_deref());
            assert_eq!((total as usize, ids.len() <= 3), (shelf.live().len(), true), "{args:?}");
            for id in ids {
                *seen.entry(id).or_default() += 1;
            }
            pages += 1;
            if pages <= 3 {
                shelf.remove();
                shelf.add();
            }
            stood = stood.intersection(&shelf.live().into_iter().collect()).cloned().collect();
            let Some(next) = next else { break };
            cursor = Some(next);
        }
        assert!(pages > 3 && stood.len() > 6, "{args:?}: {pages} pages, {} stood", stood.len());
        let missed: Vec<_> = stood.iter().filter(|id| seen.get(*id) != Some(&1)).collect();
        assert!(missed.is_empty() && seen.values().all(|times| *times == 1), "{args:?}: {missed:?} {seen:?}");
    }
}

#[test]
fn pages_of_a_library_at_rest_are_the_list() {
    let shelf = Shelf::new(11);
    for order in orders() {
        let sort = format!("--sort={order}");
        for reverse in [&["--limit=5", sort.as_str()][..], &["--limit=5", sort.as_str(), "--reverse"]] {
            let (mut ids, mut cursor) = (Vec::new(), None);
            while let (page, _, Some(next)) = shelf.page(reverse, cursor.as_deref()) {
                assert_eq!(page.len(), 5);
                ids.extend(page);
                cursor = Some(next);
            }
            ids.extend(shelf.page(reverse, cursor.as_deref()).0);
            assert_eq!(ids, shelf.ids(&reverse[1..]), "{reverse:?}");
        }
    }
}

#[test]
fn what_has_no_value_comes_last_either_way_round() {
    let shelf = Shelf::new(12);
    for (order, field) in [("taken_at", "taken_at"), ("width", "width"), ("duration", "duration")] {
        for sort in [format!("--sort={order}"), format!("--sort=-{order}")] {
            let lines = shelf.query(&[&sort, "--jsonl", "--fields", field]).stdout;
            let values: Vec<Value> =
                lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()[field].clone()).collect();
            let first_null = values.iter().position(Value::is_null).unwrap();
            assert!(first_null > 0 && values[first_null..].iter().all(Value::is_null), "{sort}: {values:?}");
            let text =
                |value: &Value| value.as_f64().map_or_else(|| value.to_string(), |number| format!("{number:020.3}"));
            let shown: Vec<_> = values[..first_null].iter().map(text).collect();
            let mut sorted = shown.clone();
            sorted.sort();
            if sort.contains("=-") {
                sorted.reverse();
            }
            assert_eq!(shown, sorted, "{sort}");
        }
    }
}

#[test]
fn a_random_order_is_that_of_its_seed() {
    let shelf = Shelf::new(12);
    let order = |seed: &str| shelf.ids(&[&format!("--sort=random:{seed}")]);
    assert_eq!(order("1"), order("1"));
    let all: Vec<_> = ["1", "2", "3", "4"].map(order).into();
    assert!(all.iter().collect::<BTreeSet<_>>().len() > 2, "{all:?}");
    assert!(all.iter().all(|one| one.iter().collect::<BTreeSet<_>>().len() == 12));
    let told = shelf.query(&["--sort=random", "-v", "--ids"]);
    let seed = told.stderr.split("random:").nth(1).unwrap().trim();
    assert_eq!(order(seed), told.stdout.lines().collect::<Vec<_>>());
    for args in [&["--sort=random", "--page"][..], &["--sort=random", "--cursor=00"]] {
        let refused = shelf.query(args);
        assert_eq!((refused.code, refused.stderr.contains("random:")), (2, true), "{refused:?}");
    }
}

#[test]
fn a_cursor_that_is_damaged_or_of_another_order_is_refused() {
    let shelf = Shelf::new(5);
    let cursor = shelf.page(&["--limit=2"], None).2.unwrap();
    assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric()), "{cursor}");
    let refused = |args: &[&str]| {
        let ran = shelf.query(args);
        assert_eq!(ran.code, 2, "{args:?}: {ran:?}");
        ran.stderr
    };
    assert!(refused(&["--cursor", &cursor, "--sort=size"]).contains("another order"));
    assert!(refused(&["--cursor", &cursor, "--reverse"]).contains("another order"));
    for at in 0..cursor.len() {
        let mut damaged = cursor.clone().into_bytes();
        damaged[at] = if damaged[at] == b'a' { b'b' } else { b'a' };
        let damaged = String::from_utf8(damaged).unwrap();
        if at % 7 == 0 {
            assert!(refused(&["--cursor", &damaged]).contains("is no cursor"), "{at}");
        }
    }
    for odd in ["", "0", "é", "zz", &cursor[2..], &cursor[..cursor.len() - 2], "01"] {
        assert!(refused(&["--cursor", odd]).contains("is no cursor"), "{odd:?}");
    }
    assert_eq!(shelf.ids(&["--cursor", &cursor]).len(), 3);
}

#[test]
fn fields_are_kept_as_they_are_nested_and_are_columns_elsewhere() {
    let shelf = Shelf::new(0);
    let metadata = r#"'{"exif":{"camera":"C","iso":100},"tags":["a","b"]}'"#;
    shelf.raw.make_with(&MEDIA, FIRST, &[("metadata", metadata)]).unwrap();
    let fields = ["--fields", "metadata.exif.iso,size,type,metadata.no.such,metadata.exif.camera,camera,tags"];
    let json: Value = serde_json::from_str(&shelf.query(&[&fields[..], &["--json"]].concat()).stdout).unwrap();
    let expected = json!([{ "metadata": { "exif": { "iso": 100, "camera": "C" }, "no": { "such": null } }, "size": 1000,
        "type": "media", "camera": "C", "tags": ["a", "b"] }]);
    assert_eq!(json, expected);
    let csv = shelf.query(&[&fields[..], &["--format=csv"]].concat()).stdout;
    let header = "metadata.exif.iso,size,type,metadata.no.such,metadata.exif.camera,camera,tags";
    assert_eq!(csv, format!("{header}\r\n100,1000,media,,C,C,\"a, b\"\r\n"));
    assert_eq!(shelf.query(&["--fields=size,type", "--format=tsv"]).stdout, "1000\tmedia\n");
    let table = shelf.query(&["--fields=size,width", "--format=table"]).stdout;
    assert_eq!(table.lines().next(), Some("  size  width"));
    let wrong = shelf.query(&["--fields", "id,filenam"]);
    assert_eq!((wrong.code, wrong.stderr.contains("did you mean `filename`?")), (2, true), "{wrong:?}");
    for form in ["--ids", "--paths", "--template={id}"] {
        assert_eq!(shelf.query(&["--fields=id", form]).code, 2);
    }
}

#[test]
fn what_stands_beside_a_media_is_one_key_more() {
    let shelf = Shelf::new(0);
    let n = shelf.raw.make_with(&MEDIA, FIRST, &[("latitude", "48.86"), ("longitude", "2.35")]).unwrap();
    shelf.raw.make_with(&ALBUM, FIRST, &[("name", "'Sea'")]).unwrap();
    shelf.raw.make(&LINK, FIRST);
    let plain: Value = serde_json::from_str(&shelf.query(&["--json"]).stdout).unwrap();
    let args = ["near:48.86,2.36,5km", "--json", "--with", "local_path,albums,links,distance"];
    let mut with: Value = serde_json::from_str(&shelf.query(&args).stdout).unwrap();
    let extra = with[0].as_object_mut().unwrap().remove("_extra").unwrap();
    assert_eq!(with, plain);
    assert_eq!(extra.as_object().unwrap().keys().collect::<Vec<_>>(), ["local_path", "albums", "links", "distance"]);
    let path = shelf.raw.path().join(plain[0]["file_path"].as_str().unwrap());
    assert_eq!(extra["local_path"], path.to_str().unwrap());
    assert_eq!(extra["albums"][0]["name"], "Sea");
    assert_eq!(
        (extra["links"][0]["link_type"].as_str(), extra["links"][0]["type"].as_str()),
        (Some("contains"), Some("link"))
    );
    assert!((extra["distance"].as_f64().unwrap() - 731.6).abs() < 1.0, "media {n}: {extra}");
    let columns = shelf.query(&["--fields=size", "--with=albums", "--format=csv"]).stdout;
    assert!(columns.starts_with("size,albums\r\n1000,\"[{"), "{columns}");
    for args in [["--with=distance", "--json"], ["--sort=distance", "--json"], ["--sort=similarity", "--json"]] {
        let ran = shelf.query(&args);
        assert_eq!((ran.code, ran.stderr.contains("the question has none")), (2, true), "{ran:?}");
    }
}

#[test]
fn the_nearest_come_first() {
    let shelf = Shelf::new(0);
    for (lat, lon) in [("48.90", "2.35"), ("48.87", "2.35"), ("48.88", "2.35")] {
        shelf.raw.make_with(&MEDIA, FIRST, &[("latitude", lat), ("longitude", lon)]).unwrap();
    }
    let order = |sort: &str| {
        let ran = shelf.query(&["near:48.86,2.35,50km", sort, "--format=tsv", "--fields=latitude"]);
        ran.stdout.lines().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(order("--sort=distance"), "48.87 48.88 48.9");
    assert_eq!(order("--sort=-distance"), "48.9 48.88 48.87");
    let (page, _, next) = shelf.page(&["near:48.86,2.35,50km", "--sort=distance", "--limit=2"], None);
    let next = next.unwrap();
    let rest = shelf.page(&["near:48.86,2.35,50km", "--sort=distance", "--limit=2"], Some(&next)).0;
    assert_eq!((page.len(), rest.len()), (2, 1));
    assert_eq!(shelf.query(&["near:48.80,2.35,50km", "--sort=distance", "--cursor", &next]).code, 2);
}

#[test]
fn a_page_is_json_and_nothing_else() {
    let shelf = Shelf::new(3);
    assert_eq!(shelf.page(&["--limit=3"], None).2, None);
    assert_eq!(shelf.page(&["size:99"], None), (Vec::new(), 0, None));
    for other in ["--jsonl", "--ids", "--format=csv", "--format=table", "-t{id}"] {
        assert_eq!(shelf.query(&["--page", other]).code, 2, "{other}");
    }
    assert_eq!(shelf.query(&["--page", "--limit=0"]).code, 2);
}

#[test]
fn the_trash_is_found_when_asked_for() {
    let mut shelf = Shelf::new(4);
    shelf.remove();
    assert_eq!((shelf.ids(&[]).len(), shelf.ids(&["--with-trashed"]).len()), (3, 4));
    assert_eq!(shelf.query(&["--with-trashed", "--count"]).stdout, "4\n");
    assert_eq!(shelf.page(&["--with-trashed", "--limit=2"], None).1, 4);
}

#[test]
fn nothing_found_is_4_only_when_asked() {
    let shelf = Shelf::new(1);
    assert_eq!(
        [&["size:99"][..], &["-e", "size:99"], &["-e"], &["-e", "--count", "size:99"]]
            .map(|args| shelf.query(args).code),
        [0, 4, 0, 4]
    );
}

#[test]
fn a_template_makes_a_line_of_each_result() {
    let shelf = Shelf::new(0);
    let metadata = r#"'{"exif":{"camera":"C"},"tags":["a","b"],"original_filename":"Été 1.JPG","original_path":"/p/Trip/Été 1.JPG"}'"#;
    shelf.raw.make_with(&MEDIA, FIRST, &[("metadata", metadata), ("taken_at", "0")]).unwrap();
    let line = |template: &str| {
        let ran = shelf.query(&["-t", template]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.stdout
    };
    assert_eq!(line("{stem} {ext} {parent} {camera|lower}"), "Été 1 jpg Trip c\n");
    assert_eq!(line("{taken_at:%Y} {seq:03} {index} {count} {lens?none}"), "1970 001 0 1 none\n");
    assert_eq!(line("{tags*}"), "a\nb\n");
    assert_eq!(line("{album}|{exif.camera}|{metadata.exif.camera}"), "|C|C\n");
    assert_eq!(shelf.query(&["-t", "{tags*}", "-0"]).stdout, "a\0b\0");
    for (template, why) in
        [("{stme}", "did you mean `stem`?"), ("{email}", "no field of a media"), ("{place.city}", "not available yet")]
    {
        let ran = shelf.query(&["-t", template]);
        assert_eq!((ran.code, ran.stderr.contains(why)), (2, true), "{ran:?}");
    }
    assert_eq!(shelf.query(&["-t", "{id}", "--json"]).code, 2);
}

/// The records of a csv text, as RFC 4180 has them.
fn csv(bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let (mut records, mut record, mut field, mut quoted) = (Vec::new(), Vec::new(), Vec::new(), false);
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], quoted) {
            (b'"', true) if bytes.get(at + 1) == Some(&b'"') => {
                field.push(b'"');
                at += 1;
            }
            (b'"', _) => quoted = !quoted,
            (b',', false) => record.push(std::mem::take(&mut field)),
            (b'\r', false) => {
                assert_eq!(bytes[at + 1], b'\n');
                at += 1;
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            (byte, _) => field.push(byte),
        }
        at += 1;
    }
    assert!(!quoted && field.is_empty() && record.is_empty());
    records
}

#[test]
fn a_name_that_would_harm_does_not() {
    let world = World::new();
    let name = OsStr::from_bytes(b"=a,\"b\"\n\t\x1b[31m\xff\\.jpg");
    put(&world.sources().join(name), &jpeg(1));
    world.import(&[]).ends(0);
    let raw = |args: &[&str]| {
        let mut command = Command::new(HYPERNET);
        command.args(["-L", "library", "query"]).args(args);
        let output = world.prepare(&mut command).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        output.stdout
    };
    let shown = String::from_utf8_lossy(name.as_bytes()).into_owned();
    let json: Value = serde_json::from_slice(&raw(&["--json"])).unwrap();
    assert_eq!(json[0]["metadata"]["original_filename"], shown.as_str());
    assert!(json[0]["metadata"]["original_filename_bytes"].is_string(), "{json}");
    assert_eq!(raw(&["--jsonl"]).split(|byte| *byte == b'\n').count(), 2);
    let field = ["--fields=original_filename,size"];
    let records = csv(&raw(&[&field[..], &["--format=csv"]].concat()));
    assert_eq!((records.len(), records[1][0].as_slice()), (2, shown.as_bytes()));
    let tsv = String::from_utf8(raw(&[&field[..], &["--format=tsv"]].concat())).unwrap();
    assert_eq!(tsv.lines().count(), 1);
    assert!(tsv.starts_with("=a,\"b\"\\n\\t\x1b[31m\u{fffd}\\\\.jpg\t"), "{tsv:?}");
    let table = String::from_utf8(raw(&[&field[..], &["--format=table"]].concat())).unwrap();
    assert!(!table.contains('\x1b') && table.lines().count() == 2, "{table:?}");
    assert_eq!(raw(&["-t", "{original_filename}", "-0"]), format!("{shown}\0").as_bytes());
    assert_eq!(raw(&["--paths", "-0"]).split(|byte| *byte == 0).count(), 2);
}

#[test]
fn a_closed_pipe_is_quiet_and_a_full_disk_is_not() {
    let shelf = Shelf::new(300);
    for form in [
        "--json",
        "--jsonl",
        "--format=csv",
        "--format=tsv",
        "--format=table",
        "--ids",
        "-t{id} {metadata.exif.camera}",
    ] {
        let mut command = Command::new(HYPERNET);
        command.arg("-L").arg(shelf.raw.path()).args(["query", form]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.is_empty());
        let ended = Ran::of(&child.wait_with_output().unwrap());
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{form}");
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ended = Ran::of(&command.stdout(full).output().unwrap());
        assert_eq!(ended.code, 1, "{form}: {ended:?}");
        assert!(ended.stderr.contains("No space left on device"), "{ended:?}");
    }
}
