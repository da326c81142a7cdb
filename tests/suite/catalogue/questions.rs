//! Questions and statements that try for another owner's rows, for the engine behind them, or for all the time there is.

use hypernet::model::Metadata;
use hypernet::query::{self, Ground, Options, SelectError, order};
use hypernet::store::{Access, Library, Opening, Reader, StoreError};
use rusqlite::Connection;
use serde_json::Value;

use crate::raw::{ALBUM, FIRST, INTEGRATION, LINK, MEDIA, Raw, SECOND};
use crate::support::{Ran, Seeded, World, ask, catalogue, jpeg, plant, put};

fn reader(raw: &Raw) -> (Library, Reader) {
    let opening = Opening { path: raw.path(), access: Access::Read, lock_timeout: std::time::Duration::ZERO };
    let library = Library::open(&opening).unwrap();
    let reader = library.reader().unwrap();
    assert_eq!(reader.owner().n, FIRST);
    (library, reader)
}

fn ground() -> Ground {
    let now = hypernet::query::Now::parse_from_rfc3339("2026-02-03T12:00:00+00:00").unwrap();
    Ground { zone: hypernet::model::Zone::Fixed(*now.offset()), now, saved: std::collections::BTreeMap::new() }
}

/// The ids a question finds; `None` where it is not understood.
fn found(reader: &Reader, text: &str) -> Option<Vec<String>> {
    let expr = query::parse(text, &ground()).ok()?;
    let options = Options { order: order::parse(order::DEFAULT).unwrap(), ..Options::default() };
    let mut ids = Vec::new();
    let told = query::run(reader, &expr, &options, |media| {
        ids.push(media.base.id.to_string());
        Ok::<_, StoreError>(std::ops::ControlFlow::Continue(()))
    });
    match told {
        // What it names is not there: nothing is found, and that is said.
        Err(StoreError::Question { .. }) => {}
        told => told.unwrap_or_else(|error| panic!("{text:?}: {error}")),
    }
    Some(ids)
}

/// Hex digits as an id is written.
fn written(hex: &str) -> String {
    let hex = hex.to_lowercase();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[test]
fn row_43_a_question_is_literal_or_a_mistake_and_never_finds_anothers() {
    let raw = Raw::new();
    let mine = raw.make(&MEDIA, FIRST);
    for _ in 0..4 {
        raw.make(&MEDIA, SECOND);
    }
    let (_library, reader) = reader(&raw);
    let mine = written(&ask(&raw.db, &format!("SELECT hex(id) FROM object WHERE n = {mine}"))[0]);
    let pieces = [
        "'",
        "\"",
        "\\",
        "%",
        "_",
        "*",
        "?",
        ";",
        "--",
        "/*",
        "(",
        ")",
        "|",
        "&",
        "..",
        "-",
        "NOT ",
        "OR ",
        "AND ",
        "NEAR(",
        "^",
        "+",
        "filename:",
        "text:",
        "tag:",
        "album:",
        "id:",
        "hash:",
        "owner:",
        "meta.a.b:",
        "exif.iso>",
        "meta.x'):",
        "camera~",
        "date:",
        "near:",
        "bbox:",
        "similar:",
        "size>",
        "\u{0}",
        "\u{202e}",
        "é",
        "IMG",
        "1",
        " ",
        " OR 1=1",
        "' OR '1'='1",
        "]",
        "[",
        "{",
        "$.",
        "x",
        "=",
        "!=",
        "'; DROP TABLE media; --",
        "UNION SELECT",
        "my_media",
        "main.media",
        "\"}",
        "json(",
        "MATCH",
    ];
    let mut seeded = Seeded(43);
    let mut understood = 0;
    for _ in 0..4000 {
        let text: String = (0..=seeded.below(7)).map(|_| pieces[seeded.below(pieces.len())]).collect();
        let Some(ids) = found(&reader, &text) else { continue };
        understood += 1;
        assert!(ids.iter().all(|id| *id == mine), "{text:?} found {ids:?}");
    }
    assert!(understood > 300, "only {understood} were questions at all");
    assert_eq!(raw.number("SELECT count(*) FROM media"), 5);
}

#[test]
fn row_43_a_question_without_measure_is_a_mistake() {
    let raw = Raw::new();
    let (_library, reader) = reader(&raw);
    let million = "x".repeat(1_000_000);
    let deep = |open: &str, close: &str| format!("{}x{}", open.repeat(20_000), close.repeat(20_000));
    for text in [million.as_str(), &deep("(", ")"), &deep("NOT ", ""), &"\"".repeat(60_000), &"tag:a|".repeat(9_000)] {
        assert_eq!(found(&reader, text), None, "{} bytes of {}", text.len(), &text[..8]);
    }
    // Wide, but no deeper than a person would write: asked, and answered.
    assert!(found(&reader, "tag:a OR ".repeat(40).trim_end_matches(" OR ")).is_some());
    assert_eq!(found(&reader, &deep("-", "")), Some(Vec::new()));
    assert!(found(&reader, &format!("camera~\"{}\"", "(a*)*".repeat(20))).is_none_or(|ids| ids.is_empty()));
}

#[test]
fn row_49_metadata_that_is_no_json_of_ours_is_refused_and_stops_no_list() {
    let deep = |depth: usize| format!("{{\"a\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
    let surrogate = r#"{"a":"\ud800"}"#.to_owned();
    let endless = r#"{"a":1e999}"#.to_owned();
    for text in [
        &deep(200),
        &surrogate,
        &endless,
        &r#"{"a":NaN}"#.to_owned(),
        &format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20)),
    ] {
        assert!(Metadata::parse(text).is_err(), "{}", &text[..10]);
    }
    assert_eq!(
        Metadata::parse(r#"{"a":1,"a":2}"#).unwrap().to_string(),
        r#"{"a":2}"#,
        "the last of two equal keys counts"
    );

    let world = World::new();
    plant(&world.sources(), 0, 4);
    world.import(&[]).ends(0);
    let db = Connection::open(world.library().join("catalog.db")).unwrap();
    let set = |n: usize, text: &str| {
        let update = "UPDATE media SET metadata = ?1 WHERE n = (SELECT n FROM media ORDER BY n LIMIT 1 OFFSET ?2)";
        db.execute(update, rusqlite::params![text, n as i64])
    };
    for refused in [r#"{"a":NaN}"#, &deep(2000), &format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20)), "[]", "{"] {
        assert!(set(0, refused).is_err(), "{}", &refused[..1]);
    }
    // SQLite takes these from another program. The list goes on, shows what it can and says so.
    for (n, taken) in [&deep(200), &surrogate, &endless].into_iter().enumerate() {
        assert_eq!(set(n, taken), Ok(1));
    }
    drop(db);
    let ran = world.run(&["query", "--json"]);
    let list: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:#?}"));
    let raw: Vec<_> = list.iter().filter_map(|media| media["metadata"]["unreadable_metadata"].as_str()).collect();
    assert_eq!(
        (ran.code, list.len(), raw.len(), ran.stderr.matches("cannot be read").count()),
        (0, 4, 3, 3),
        "{ran:#?}"
    );
    assert!(raw.contains(&surrogate.as_str()) && raw.contains(&endless.as_str()));
    assert_eq!(world.run(&["show", "--where", "*"]).code, 0);
    // Nor does it stop an import that would give them a tag; what cannot be read is not written over.
    let ran = world.import(&["--tag", "new"]).ends(0);
    assert_eq!(ran.stderr.matches("it got no tags").count(), 3, "{ran:#?}");
    let kept = ask(
        &catalogue(&world.library()),
        "SELECT count(*) FROM media WHERE metadata LIKE '%1e999%' OR metadata LIKE '%ud800%'",
    );
    assert_eq!(kept, ["2"]);
}

#[test]
fn row_51_a_quota_holds_when_two_imports_race_for_it_and_a_wrong_counter_is_found() {
    let world = World::new();
    for number in 0..8 {
        put(&world.path().join(format!("side{}/{number}.jpg", number % 2)), &jpeg(number));
    }
    plant(&world.sources(), 900, 1);
    world.import(&[]).ends(0);
    std::fs::write(world.path().join("config.toml"), "[limits]\nquota = \"1GB\"\nowner = true\n").unwrap();
    let db = Connection::open(world.library().join("catalog.db")).unwrap();
    let room: usize = (0..4).map(|number| jpeg(number).len()).max().unwrap() * 3;
    let set = |used: usize| db.execute("UPDATE user SET storage_used = ?1", [used as i64]).unwrap();
    set(1_000_000_000 - room);
    let start = |side: &str| {
        let mut command = std::process::Command::new(crate::support::HYPERNET);
        command.args(["-L", "library", "--config", "config.toml", "import", side, "--json"]);
        let command =
            world.prepare(&mut command).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    let sides = [start("side0"), start("side1")];
    let ran: Vec<Ran> = sides.into_iter().map(|child| Ran::of(&child.wait_with_output().unwrap())).collect();
    let imported: u64 = ran.iter().map(|ran| ran.count("imported")).sum();
    let used: usize = ask(&catalogue(&world.library()), "SELECT storage_used FROM user")[0].parse().unwrap();
    assert!(used <= 1_000_000_000 && (1..8).contains(&imported), "{used} {imported} {ran:#?}");
    assert!(ran.iter().any(|ran| ran.failures().values().any(|code| code == "quota")), "{ran:#?}");
    let found = world.run(&["verify", "--json"]);
    assert_eq!((found.code, found.summary()["counts"]["counter"].as_u64()), (8, Some(1)), "{found:#?}");
}

/// Of an owner, what the other one's attempts need: ids in hex, numbers, hashes.
fn theirs(raw: &Raw) -> (Vec<String>, Vec<i64>) {
    for kind in [&MEDIA, &ALBUM, &INTEGRATION] {
        for _ in 0..5 {
            raw.make(kind, SECOND);
        }
    }
    raw.make(&LINK, SECOND);
    let of = format!("FROM object WHERE owner = {SECOND} ORDER BY n");
    let ids = ask(&raw.db, &format!("SELECT lower(hex(id)) {of}"));
    let numbers = ask(&raw.db, &format!("SELECT n {of}")).iter().map(|n| n.parse().unwrap()).collect();
    (ids, numbers)
}

#[test]
fn row_52_no_way_leads_to_another_owner() {
    let raw = Raw::new();
    let (album, media) = raw.ends(FIRST);
    let (ids, numbers) = theirs(&raw);
    let hashes = ask(&raw.db, &format!("SELECT lower(hex(hash)) FROM media WHERE owner = {SECOND}"));
    let mut attempts = 0;
    {
        let (_library, reader) = reader(&raw);
        for id in &ids {
            for text in [written(id), id[..6].to_owned(), id[..12].to_owned(), id.to_uppercase()] {
                assert!(
                    matches!(query::find(&reader, &text), Err(SelectError::Missing(_) | SelectError::NoId(_))),
                    "{text}"
                );
                attempts += 1;
            }
            for field in ["id", "linked", "dup", "similar", "album"] {
                assert!(
                    found(&reader, &format!("{field}:{}", written(id))).is_none_or(|ids| ids.is_empty()),
                    "{field}:{id}"
                );
                attempts += 1;
            }
        }
        let words = hashes.iter().map(|hash| format!("hash:{hash}"));
        let names = numbers
            .iter()
            .flat_map(|n| [format!("filename:IMG_{n}"), format!("album:\"Album {n}\""), format!("IMG_{n}")]);
        for text in words.chain(names) {
            assert!(found(&reader, &text).is_none_or(|ids| ids.is_empty()), "{text}");
            attempts += 1;
        }
        for table in [
            "media",
            "album",
            "link",
            "integration",
            "user",
            "object",
            "stored_file",
            "tag",
            "tombstone",
            "operation",
            "change",
        ] {
            for sql in [
                format!("SELECT * FROM {table}"),
                format!("SELECT * FROM main.{table}"),
                format!("DELETE FROM {table}"),
            ] {
                assert!(reader.prepare(&sql).is_err(), "{sql}");
                attempts += 1;
            }
        }
        for sql in [
            "ATTACH ':memory:' AS x",
            "PRAGMA writable_schema = 1",
            "CREATE TEMP VIEW my_media AS SELECT * FROM main.media",
            "WITH own AS (SELECT * FROM main.media) SELECT * FROM own",
            "SELECT * FROM v_media",
            "SELECT * FROM sqlite_master",
        ] {
            assert!(reader.prepare(sql).is_err(), "{sql}");
            attempts += 1;
        }
    }
    // Another program's writes: whatever would tie the two owners together or hand an object over.
    let kind = |n: i64| raw.number(&format!("SELECT type FROM object WHERE n = {n}"));
    for n in &numbers {
        let end = [("to_n", n.to_string()), ("to_type", kind(*n).to_string())];
        let end: Vec<_> = end.iter().map(|(column, value)| (*column, value.as_str())).collect();
        assert!(raw.make_with(&LINK, FIRST, &end).is_err(), "a link to {n}");
        let start = [("from_n", n.to_string()), ("from_type", kind(*n).to_string())];
        let start: Vec<_> = start.iter().map(|(column, value)| (*column, value.as_str())).collect();
        assert!(raw.make_with(&LINK, FIRST, &start).is_err(), "a link from {n}");
        for sql in [
            format!("UPDATE object SET owner = {FIRST} WHERE n = {n}"),
            format!("UPDATE album SET cover = {n} WHERE n = {album}"),
            format!(
                "INSERT OR REPLACE INTO object (n, id, type, owner, made_by) SELECT n, id, type, {FIRST}, 1 FROM object WHERE n = {n}"
            ),
        ] {
            assert!(raw.attempt(|db| db.execute_batch(&sql)).is_err(), "{sql}");
            attempts += 1;
        }
        attempts += 2;
    }
    for table in ["media", "album", "integration", "link"] {
        let sql = format!("UPDATE {table} SET owner = {FIRST} WHERE owner = {SECOND}");
        assert!(raw.attempt(|db| db.execute_batch(&sql)).is_err(), "{sql}");
        attempts += 1;
    }
    assert!(attempts >= 200 && media > 0, "{attempts}");
}
