//! The page of a photo with everything on it, and what it is asked for by.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::floors::root;
use crate::support::{self, HYPERNET, World};

fn library() -> World {
    let world = World::new();
    let pictures = root().join("tests/fixtures/pictures");
    let ran = world.run(&["import", pictures.to_str().unwrap(), "--album", "{parent}", "-q"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    world
}

#[test]
fn a_page_says_how_a_photo_was_taken_where_it_was_seen_and_on_request_all_of_exif() {
    let world = library();
    let page = world.run(&["show", "--where", "filename:img_0042"]).stdout;
    for line in ["ISO             80", "aperture        f/1.78", "shutter speed   1/250", "albums          Beach"] {
        assert!(page.contains(&format!("\n  {line}\n")), "{page}");
    }
    let seen = page.lines().find(|line| line.starts_with("  seen at")).unwrap();
    assert!(seen.ends_with("tests/fixtures/pictures/Beach/IMG_0042.jpg") && !page.contains("exif."), "{page}");
    let whole = world.run(&["show", "--where", "filename:img_0042", "--exif"]).stdout;
    assert!(whole.contains("\nEXIF: exposure\n") && whole.contains("\n  exif.exposure_time     0.004 s\n"), "{whole}");
    let wall = "\n  taken           2024-07-14 18:22:05 -07:00, from exif, zone from exif_offset\n  in UTC          2024-07-15 01:22:05 UTC\n";
    assert!(whole.contains(wall), "{whole}");
}

/// The one document a command prints.
fn json(world: &World, args: &[&str]) -> Value {
    let ran = world.run(&[args, &["--json"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

fn id_of(world: &World, question: &str) -> String {
    world.run(&["query", question, "--ids"]).stdout.lines().next().unwrap().to_owned()
}

/// The id of the object at the other end of the photo's first link: its album.
fn album_of(world: &World, id: &str) -> String {
    json(world, &["show", id, "--links"])["_extra"]["links"][0]["from_object_id"].as_str().unwrap().to_owned()
}

#[test]
fn links_are_shown_from_both_ends() {
    let world = library();
    let id = id_of(&world, "filename:img_0042");
    let whole = json(&world, &["show", &id, "--links"]);
    let link = &whole["_extra"]["links"][0];
    assert_eq!(
        (&link["direction"], &link["to_object_id"], &link["type"]),
        (&"in".into(), &whole["id"], &"link".into())
    );
    assert_eq!((&link["other"]["name"], &link["other"]["id"]), (&"Beach".into(), &link["from_object_id"]));
    let album = album_of(&world, &id);
    // Which of the folder's files came first is the import's affair.
    let place = link["sort_order"].as_i64().unwrap() / (1 << 20) + 1;
    let page = world.run(&["show", &id, "--links"]).stdout;
    let said = format!("\n  ← contains      {}  album Beach  (place {place})\n", &album[..8]);
    assert!(page.contains(&said), "{said}{page}");

    let whole = json(&world, &["show", &album, "--links"]);
    assert_eq!(whole["_extra"]["links"].as_array().unwrap().len() as u64, whole["media_count"].as_u64().unwrap());
    assert!(whole["_extra"]["links"].as_array().unwrap().iter().all(|link| link["direction"] == "out"), "{whole}");
    let page = world.run(&["show", &album, "--links"]).stdout;
    let places: Vec<_> = page.lines().filter(|line| line.starts_with("  → contains")).collect();
    assert_eq!(places.len(), 3, "{page}");
    assert!(places[0].ends_with("(place 1)") && places[2].ends_with("(place 3)"), "{page}");

    let link = link["id"].as_str().unwrap();
    let page = world.run(&["show", link]).stdout;
    assert!(
        page.starts_with("contains\n") && page.contains("  album Beach\n") && page.contains("  media IMG_0042.jpg\n"),
        "{page}"
    );
}

#[test]
fn links_that_hold_both_ways_are_shown_so_and_many_are_summed_up_for_people() {
    let world = library();
    let id = id_of(&world, "filename:img_0042");
    let db = rusqlite::Connection::open(world.library().join("catalog.db")).unwrap();
    // Twelve albums that the photo is related to; the program has no command for that yet.
    let sql = "
      WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 24)
      INSERT INTO object (id, type, owner, made_by)
        SELECT unhex(printf('%012x4000a000%012x', i, i)), iif(i % 2, 3, 5), 1, 1 FROM i;
      INSERT INTO album (n, owner, created_at, updated_at, name, sort_order, visibility, metadata)
        SELECT n, 1, 0, 0, 'Nr ' || n, 'manual', 'private', '{}' FROM object WHERE type = 3 AND made_by = 1;
      INSERT INTO link (n, owner, created_at, updated_at, from_n, from_type, to_n, to_type, link_type, shape, strength, metadata)
        SELECT n, 1, 0, 0, n - 1, 3, (SELECT n FROM media WHERE original_filename = 'IMG_0042.jpg'), 2, 'related_to', 1, 0.5, '{}'
          FROM object WHERE type = 5 AND made_by = 1;";
    let owner: i64 = db.query_row("SELECT n FROM user", [], |row| row.get(0)).unwrap();
    assert_eq!(owner, 1);
    db.execute_batch(&format!("BEGIN; {sql} COMMIT")).unwrap();
    drop(db);
    let page = world.run(&["show", &id, "--links"]).stdout;
    assert!(page.contains("\n  links           1 contains ←, 12 related_to ↔\n"), "{page}");
    assert_eq!(page.matches("\n  ↔ related_to").count(), 10, "{page}");
    assert!(
        page.contains(" (strength 0.5)\n") && page.contains("\n    and 2 more `related_to`; --json lists them\n"),
        "{page}"
    );
    let whole = json(&world, &["show", &id, "--links"]);
    let both = whole["_extra"]["links"].as_array().unwrap().iter().filter(|link| link["direction"] == "both").count();
    assert_eq!(both, 12);
}

#[test]
fn history_tells_each_field_before_and_after_through_the_trash_and_back() {
    let world = library();
    let id = id_of(&world, "filename:img_0042");
    let pictures = root().join("tests/fixtures/pictures");
    assert_eq!(world.run(&["import", pictures.to_str().unwrap(), "--tag", "seen", "-q"]).code, 0);
    assert_eq!(world.run(&["rm", &id, "-q"]).code, 0);
    let trashed = world.run(&["show", &id]).stdout;
    assert!(
        trashed.starts_with("IMG_0042.jpg  in the trash\n") && trashed.contains(", goes for good after 20"),
        "{trashed}"
    );
    assert_eq!(world.run(&["restore", &id, "-q"]).code, 0);
    let whole = json(&world, &["show", &id, "--history"]);
    let history = whole["_extra"]["history"].as_array().unwrap();
    let own: Vec<_> = history.iter().filter(|entry| entry["object_id"] == whole["id"]).collect();
    let verbs: Vec<_> =
        own.iter().map(|entry| (entry["command"].as_str().unwrap(), entry["verb"].as_str().unwrap())).collect();
    assert_eq!(verbs, [("import", "create"), ("import", "edit"), ("rm", "delete"), ("restore", "restore")]);
    assert_eq!(own[1]["fields"][0]["field"], "metadata.tags");
    assert_eq!(own[1]["fields"][0]["after"], whole["metadata"]["tags"]);
    assert_eq!(own[2]["fields"][0]["before"], Value::Null);
    assert_eq!(own[2]["fields"][0]["after"], own[3]["fields"][0]["before"]);
    assert!(own[2]["fields"][0]["after"].as_str().unwrap().ends_with('Z'), "{own:?}");
    assert_eq!(own[3]["fields"][0]["after"], whole["deleted_at"]);
    let linked: Vec<_> =
        history.iter().filter(|entry| entry["object_id"] != whole["id"]).map(|entry| &entry["verb"]).collect();
    assert_eq!(linked, ["create", "delete", "restore"]);

    let page = world.run(&["show", &id, "--history"]).stdout;
    let said = page.split_once("\nHistory\n").unwrap().1;
    for part in [
        ": made\n",
        ": linked: contains ",
        ": changed\n",
        "\n    metadata.tags: [",
        "rm by ",
        ": put into the trash\n",
        ": brought back\n",
    ] {
        assert!(said.contains(part), "{part}: {page}");
    }
}

#[test]
fn an_album_shows_its_members_in_its_order_and_those_in_the_trash_are_none() {
    let world = library();
    let id = id_of(&world, "filename:img_0042");
    let album = album_of(&world, &id);
    let by_time = world.run(&["query", "album:Beach", "--ids"]).stdout;
    let members = |key: &str| -> Vec<String> {
        let whole = json(&world, &["show", &album]);
        whole["_extra"][key].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(members("media"), by_time.lines().collect::<Vec<_>>());
    assert_eq!(members("albums"), [""; 0]);
    assert_eq!(world.run(&["rm", &id, "-q"]).code, 0);
    assert_eq!(members("media").len(), 2);
    let page = world.run(&["show", &album]).stdout;
    assert!(
        page.starts_with("Beach\n") && page.contains("\n  media           2\n") && page.contains("newest first"),
        "{page}"
    );
}

#[test]
fn an_album_tells_the_way_down_to_it_what_stands_in_it_and_its_cover() {
    let world = library();
    let id = id_of(&world, "filename:img_0042");
    let album = album_of(&world, &id);
    let db = rusqlite::Connection::open(world.library().join("catalog.db")).unwrap();
    // Trips / Summer / Beach, and the photo in Summer too; the program has no command for that yet.
    let sql = "
      INSERT INTO object (id, type, owner, made_by) VALUES (x'aaaaaaaaaaaa4000a000aaaaaaaaaaa1', 3, 1, 1),
        (x'aaaaaaaaaaaa4000a000aaaaaaaaaaa2', 3, 1, 1), (x'aaaaaaaaaaaa4000a000aaaaaaaaaaa3', 5, 1, 1),
        (x'aaaaaaaaaaaa4000a000aaaaaaaaaaa4', 5, 1, 1), (x'aaaaaaaaaaaa4000a000aaaaaaaaaaa5', 5, 1, 1);
      INSERT INTO album (n, owner, created_at, updated_at, name, cover, sort_order, visibility, metadata)
        SELECT object.n, 1, 0, 0, iif(hex(id) LIKE '%1', 'Trips', 'Summer'), media.n, 'manual', 'private', '{}'
          FROM object, media WHERE object.type = 3 AND made_by = 1 AND original_filename = 'IMG_0042.jpg';
      INSERT INTO link (n, owner, created_at, updated_at, from_n, from_type, to_n, to_type, link_type, shape, strength, sort_order, metadata)
        SELECT object.n, 1, 0, 0, outer.n, 3, inner.n, 3, 'contains', 12, 1, 0, '{}' FROM object, album AS outer, album AS inner
         WHERE (hex(id) LIKE 'AAAAAAAAAAAA%A3' AND outer.name = 'Trips' AND inner.name = 'Summer')
            OR (hex(id) LIKE 'AAAAAAAAAAAA%A4' AND outer.name = 'Summer' AND inner.name = 'Beach');
      INSERT INTO link (n, owner, created_at, updated_at, from_n, from_type, to_n, to_type, link_type, shape, strength, sort_order, metadata)
        SELECT object.n, 1, 0, 0, album.n, 3, album.cover, 2, 'contains', 12, 1, 9, '{}' FROM object, album
         WHERE hex(id) LIKE 'AAAAAAAAAAAA%A5' AND name = 'Summer';";
    db.execute_batch(&format!("BEGIN; {sql} COMMIT")).unwrap();
    drop(db);
    let page = world.run(&["show", &album]).stdout;
    assert!(page.contains("\n  stands in       Trips / Summer\n"), "{page}");
    let (outer, inner) = ("aaaaaaaaaaaa4000a000aaaaaaaaaaa1", "aaaaaaaaaaaa4000a000aaaaaaaaaaa2");
    let page = world.run(&["show", inner]).stdout;
    let cover = format!("cover           {}  media IMG_0042.jpg", &id[..8]);
    for line in [
        "stands in       Trips",
        "media           1",
        "albums in it    1: Beach",
        "media in all    3",
        &cover,
        "order           by hand",
    ] {
        assert!(page.contains(&format!("\n  {line}\n")), "{line}: {page}");
    }
    let whole = json(&world, &["show", inner]);
    assert_eq!(whole["_extra"]["albums"], serde_json::json!([{ "id": album, "name": "Beach" }]));
    assert_eq!(whole["_extra"]["media"], serde_json::json!([{ "id": id, "filename": "IMG_0042.jpg" }]));
    assert!(world.run(&["show", outer]).stdout.contains("\n  media           0\n"));
}

#[test]
fn what_is_missing_among_several_is_told_and_the_rest_is_shown() {
    let world = library();
    let id = id_of(&world, "filename:img_0042");
    let none = "00000000-0000-4000-8000-000000000000";
    let ran = world.run(&["show", &id, none, &id, "--json"]);
    let found: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, found.len()), (4, 2), "{ran:?}");
    assert!(ran.error()["message"].as_str().unwrap().contains(none), "{ran:?}");
    let ran = world.run(&["show", &id, none, "11111111"]);
    assert!(ran.code == 4 && ran.stdout.starts_with("IMG_0042.jpg\n") && ran.stderr.contains("11111111"), "{ran:?}");
    let ran = world.run(&["show", none, "--json"]);
    let error: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &error["error"]["code"]), (4, &"not_found".into()));
    // What cannot be an id is a mistake, and nothing was started.
    let ran = world.run(&["show", &id, "zebra"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
}

#[test]
fn a_purged_object_is_said_to_be_purged() {
    let world = library();
    let id = id_of(&world, "filename:img_0042");
    assert_eq!(world.run(&["rm", &id, "-q"]).code, 0);
    assert_eq!(world.run(&["purge", &id, "-q", "--yes"]).code, 0);
    let ran = world.run(&["show", &id]);
    assert!(ran.code == 4 && ran.stderr.contains("purged"), "{ran:?}");
}

#[test]
fn several_objects_of_several_kinds_come_as_an_array_or_a_line_each_or_pages() {
    let world = library();
    let id = id_of(&world, "filename:img_0042");
    let whole = json(&world, &["show", &id, "--links"]);
    let link = whole["_extra"]["links"][0]["id"].as_str().unwrap();
    let (album, user) = (album_of(&world, &id), whole["user_id"].as_str().unwrap());
    let all = ["show", &id, &album, link, user, "--links", "--history", "--exif"];
    let kinds =
        |things: &[Value]| things.iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let array = json(&world, &all);
    assert_eq!(kinds(array.as_array().unwrap()), ["media", "album", "link", "user"]);
    for one in array.as_array().unwrap() {
        let keys: Vec<_> = one.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!((keys.first(), keys.last()), (Some(&"id"), Some(&"_extra")), "{one}");
        assert_eq!(one["_extra"]["history"][0]["verb"], "create", "{one}");
    }
    let lines = world.run(&[&all[..], &["--jsonl"]].concat()).stdout;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(&lines, array.as_array().unwrap());
    let pages = world.run(&all).stdout;
    assert_eq!(pages.matches("\n\n").count(), 3, "{pages}");
    assert!(!pages.contains("argon") && !array.to_string().contains("argon"));
    assert_eq!(json(&world, &["show", "--where", "tag:nothing"]), Value::Array(Vec::new()));
}

#[test]
fn tokens_are_never_shown() {
    let world = library();
    let db = rusqlite::Connection::open(world.library().join("catalog.db")).unwrap();
    let sql = "
      INSERT INTO object (id, type, owner, made_by) VALUES (x'aaaaaaaaaaaa4000a000aaaaaaaaaaaa', 4, 1, 1);
      INSERT INTO integration (n, owner, created_at, updated_at, integration_type, integration_name, status, is_enabled,
        has_access_token, token_expires_at, metadata)
        SELECT n, 1, 0, 0, 'instagram', '@me', 'connected', 1, 1, 0, '{\"username\":\"me\"}' FROM object WHERE type = 4;";
    db.execute_batch(&format!("BEGIN; {sql} COMMIT")).unwrap();
    drop(db);
    let page = world.run(&["show", "aaaaaaaa"]).stdout;
    for line in
        ["access token    [REDACTED]", "service         instagram", "last sync       never", "metadata.username me"]
    {
        assert!(page.contains(&format!("\n  {line}\n")), "{line}: {page}");
    }
    assert!(page.starts_with("@me\n") && !page.contains("refresh token"), "{page}");
    let whole = json(&world, &["show", "aaaaaaaa"]);
    assert_eq!((&whole["access_token"], &whole["refresh_token"]), (&"[REDACTED]".into(), &Value::Null));
}

#[test]
fn nothing_in_a_page_steers_the_terminal() {
    let world = World::new();
    support::put(&world.sources().join("a\x1b[2Jb\u{202e}c.jpg"), &support::jpeg(1));
    world.import(&["--tag", "t\u{202e}", "--album", "al\u{202e}bum"]).ends(0);
    let page = world.run(&["show", "--where", "type:photo", "--links", "--history", "--exif"]);
    let harmless = |text: &str| !text.contains('\x1b') && !text.contains('\u{202e}');
    assert!(page.code == 0 && harmless(&page.stdout) && harmless(&page.stderr), "{page:?}");
    assert!(page.stdout.starts_with("a\\x1b[2Jb\\u{202e}c.jpg\n"), "{page:?}");
}

/// A picture whose EXIF says where it was taken: each entry of the GPS directory is a tag, a type, a count and its value.
fn placed(entries: &[(u16, u16, u32, &[u8])]) -> Vec<u8> {
    let directory = |entries: &[(u16, u16, u32, [u8; 4])]| {
        let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
        let entry = |(tag, kind, count, value): &(u16, u16, u32, [u8; 4])| {
            [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), value].concat()
        };
        [&count[..], &entries.iter().flat_map(entry).collect::<Vec<_>>(), &[0; 4]].concat()
    };
    let first = directory(&[(0x8825, 4, 1, 26_u32.to_le_bytes())]);
    let (mut rows, mut values) = (Vec::new(), Vec::new());
    let start = 26 + 2 + 12 * entries.len() + 4;
    for (tag, kind, count, value) in entries {
        let mut inline = [0; 4];
        if let Some(place) = inline.get_mut(..value.len()) {
            place.copy_from_slice(value);
        } else {
            inline = u32::try_from(start + values.len()).unwrap().to_le_bytes();
            values.extend_from_slice(value);
        }
        rows.push((*tag, *kind, *count, inline));
    }
    let body = [&b"Exif\0\0II*\0\x08\0\0\0"[..], &first, &directory(&rows), &values].concat();
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    let jpeg = support::jpeg(7);
    [&jpeg[..2], &[0xFF, 0xE1], &length, &body, &jpeg[2..]].concat()
}

#[test]
fn a_place_says_how_high_how_sure_and_which_way() {
    let world = World::new();
    let ratio = |parts: &[(u32, u32)]| -> Vec<u8> {
        parts.iter().flat_map(|(over, under)| [over.to_le_bytes(), under.to_le_bytes()].concat()).collect()
    };
    let picture = placed(&[
        (1, 2, 2, b"N\0"),
        (2, 5, 3, &ratio(&[(48, 1), (30, 1), (0, 1)])),
        (3, 2, 2, b"W\0"),
        (4, 5, 3, &ratio(&[(2, 1), (15, 1), (0, 1)])),
        (5, 1, 1, &[1]),
        (6, 5, 1, &ratio(&[(125, 10)])),
        (0x11, 5, 1, &ratio(&[(270, 1)])),
        (0x1F, 5, 1, &ratio(&[(9, 2)])),
    ]);
    support::put(&world.sources().join("a.jpg"), &picture);
    world.import(&[]).ends(0);
    let page = world.run(&["show", "--where", "*", "--exif"]).stdout;
    assert!(
        page.contains("\n  place           48.5, -2.25, 12.5 m below the sea, within 4.5 m, facing 270°\n"),
        "{page}"
    );
    assert!(
        page.contains("\nEXIF: place\n  exif.gps_altitude      -12.5 m\n  exif.gps_accuracy      4.5 m\n"),
        "{page}"
    );
}

#[test]
fn a_film_plays_as_long_as_a_player_says() {
    let page = library().run(&["show", "--where", "type:video"]).stdout;
    let length = page.lines().find_map(|line| line.strip_prefix("  duration        ")).unwrap();
    assert!(length.len() <= 6 && length.ends_with(" s"), "{page}");
}

#[test]
fn a_column_may_be_a_path_into_the_metadata() {
    let world = library();
    let config = world.path().join("config.toml");
    std::fs::write(&config, "output.columns = [\"filename\", \"metadata.exif.iso\"]").unwrap();
    let table = ["query", "--config", "config.toml", "--format", "table", "filename:img_0042"];
    let ran = world.run(&table);
    assert!(ran.stdout.ends_with("IMG_0042.jpg  80\n") && ran.stderr.is_empty(), "{ran:?}");
}

#[test]
fn ids_that_end_with_nul_are_read_back() {
    let world = library();
    let ids = world.run(&["query", "--ids", "-0"]).stdout;
    let mut command = Command::new(HYPERNET);
    command.args(["-L", "library", "show", "-", "-0", "--jsonl"]);
    let mut child = world.prepare(&mut command).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(ids.as_bytes()).unwrap();
    let said = child.wait_with_output().unwrap().stdout;
    assert_eq!(String::from_utf8(said).unwrap().lines().count(), ids.matches('\0').count());
}
