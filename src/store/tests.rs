//! The catalogue as one: made, opened, written to and asked, with the owner's guard up.

use std::path::Path;
use std::time::Duration;

use crate::model::media::ProcessingStatus;
use crate::model::text::{Email, Filename};
use crate::model::{Base, Media, Metadata, ObjectId, Sha256, SourceType, Timestamp, media, mime};

use super::journal::Outcome;
use super::{Access, Founder, Library, Opening, StoreError, stored_file};

pub(super) fn now() -> Timestamp {
    Timestamp::parse("2026-02-03T12:34:56.789Z").unwrap()
}

pub(super) fn library(path: &Path) -> Library {
    let founder = Founder {
        email: Email::parse("me@example.com").unwrap(),
        display_name: None,
        original_display_name: None,
        now: now(),
    };
    Library::init(path, &founder).unwrap()
}

pub(super) fn photo(library: &Library, byte: u8) -> Media {
    let (id, owner) = (ObjectId::random(), library.owner().id);
    let mut base = Base::new(id, owner, now(), Some(SourceType::Import));
    base.metadata =
        Metadata::parse(r#"{"exif":{"camera":"Élan 7"},"tags":["sea"],"original_filename":"Ä b.jpg"}"#).unwrap();
    Media {
        base,
        filename: Filename::of("Ä b.jpg"),
        mime: mime::parse("image/jpeg").unwrap(),
        size: 7,
        width: Some(3),
        height: Some(2),
        duration: None,
        file_path: media::file_path(owner, 2026, 2, id, "jpg").unwrap(),
        thumbnail_path: None,
        hash: Sha256::from_bytes([byte; 32]),
        taken_at: Some(now()),
        place: Some(crate::model::geo::Place::new(34.0195, -118.4912).unwrap()),
        processing_status: ProcessingStatus::Complete,
        metadata_extracted: true,
    }
}

pub(super) fn add(library: &mut Library, media: &Media) -> i64 {
    let operation = library.begin("import", now()).unwrap();
    let n = library
        .write(operation, now(), |tx| {
            stored_file::insert(tx, &super::media::stored(media, 202_602))?;
            super::media::insert(tx, media, &super::media::Inner::default())
        })
        .unwrap();
    super::journal::finish(library.catalogue(), operation, Outcome::Success, now(), None).unwrap();
    n
}

/// Holds a statement about one object to what its own indexes can answer: no table is walked from end to end. Gives its steps.
#[track_caller]
pub(super) fn by_index(sql: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let library = library(folder.path());
    let steps = plan(library.catalogue(), sql);
    let walked: Vec<_> = steps.iter().filter(|step| walks(step)).collect();
    assert!(walked.is_empty() && !steps.is_empty(), "{sql}\n{}", steps.join("\n"));
    steps
}

#[test]
#[should_panic(expected = "(owner=?)")]
fn a_walk_from_end_to_end_is_noticed() {
    by_index("SELECT n FROM my_media WHERE duration = 3");
}

/// Whether a step walks a table, or all that an owner has of it. Rows that a statement makes of its own are few.
fn walks(step: &str) -> bool {
    let derived = ["some", "inside", "CONSTANT ROW"].iter().any(|name| step == format!("SCAN {name}"));
    step.starts_with("SCAN ") && !derived || step.ends_with("(owner=?)")
}

#[test]
fn what_was_written_is_read_back_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = library(folder.path());
    let photo = photo(&library, 1);
    let n = add(&mut library, &photo);
    let again = super::media::by_n(library.catalogue(), library.owner(), n).unwrap().unwrap();
    assert_eq!(again, photo);
    assert_eq!(super::user::me(library.catalogue()).unwrap().storage_used, 7);
}

#[test]
fn the_view_for_other_tools_agrees_with_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = library(folder.path());
    let photo = photo(&library, 1);
    add(&mut library, &photo);
    let shown = serde_json::to_value(&photo).unwrap();
    let db = library.catalogue();
    for field in ["id", "user_id", "created_at", "file_path", "hash", "taken_at", "mime_type", "filename"] {
        let seen: String = db.query_row(&format!("SELECT {field} FROM v_media"), [], |row| row.get(0)).unwrap();
        assert_eq!(shown[field], seen, "{field}");
    }
}

#[test]
fn a_guarded_reader_sees_its_owner_only_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = library(folder.path());
    let photo = photo(&library, 1);
    add(&mut library, &photo);
    let reader = library.reader().unwrap();
    let count: i64 = reader.query_row("SELECT count(*) FROM my_media", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
    let text = "SELECT count(*) FROM media_text WHERE media_text MATCH 'elan*'".to_owned();
    let found: Option<i64> = reader.first(&super::Sql { text, params: Vec::new() }).unwrap();
    assert_eq!(found, Some(1), "accents are folded");
    for refused in [
        "SELECT count(*) FROM media",
        "SELECT count(*) FROM object",
        "WITH my_x AS (SELECT filename FROM main.media) SELECT count(*) FROM my_x",
        "WITH my_media AS (SELECT filename FROM main.media) SELECT count(*) FROM my_media",
        "SELECT count(*) FROM media_place",
        "SELECT count(*) FROM media_text_data",
        "SELECT term FROM media_text_idx",
        "SELECT * FROM media_text_docsize",
        "SELECT * FROM album_text_data",
        "SELECT email FROM user",
        "SELECT * FROM sqlite_master",
        "PRAGMA user_version",
        "ATTACH ':memory:' AS other",
        "DELETE FROM my_media",
        "CREATE TEMP VIEW my_all AS SELECT * FROM main.media",
        "UPDATE media SET filename = 'x'",
    ] {
        let mut tried = reader.prepare(refused).and_then(|mut one| one.query([])?.next().map(drop));
        assert!(std::mem::replace(&mut tried, Ok(())).is_err(), "{refused}");
    }
}

#[test]
fn one_owner_never_reads_the_journal_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = library(folder.path());
    let photo = photo(&library, 1);
    let mine = add(&mut library, &photo);
    let db = library.catalogue();
    let other = super::Owner { n: 900, id: ObjectId::random() };
    db.execute_batch("BEGIN; INSERT INTO operation (n, owner, command, started_at) VALUES (900, 900, 'secret', 1)")
        .unwrap();
    let user = crate::model::User::new(other.id, Email::parse("other@example.com").unwrap(), now());
    super::user::found(db, other, 900, &user, 4321).unwrap();
    let change = "INSERT INTO change (operation, object, verb, before) VALUES (?1, ?2, 'edit', '{\"email\":\"old@example.com\"}')";
    for (operation, object) in [(900, 900), (900, mine)] {
        db.execute(change, [operation, object]).unwrap();
    }
    db.execute_batch("COMMIT").unwrap();

    let told = |reader: &super::Reader, object: i64| super::journal::events(reader, object).unwrap();
    let reader = library.reader().unwrap();
    assert_eq!(told(&reader, other.n), []);
    let commands = "SELECT group_concat(command) FROM my_operation";
    let commands = |reader: &super::Reader| reader.query_row(commands, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(commands(&reader), "init,import");
    // Another account did something to my photo: I see what, but nothing of that account's operation.
    let seen = told(&reader, mine);
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0].told.is_some(), seen[1].told.is_none(), seen[1].operation), (true, true, 900));

    let reader = super::Reader::open(library.root(), other).unwrap();
    assert_eq!(told(&reader, mine), []);
    assert_eq!((told(&reader, other.n).len(), commands(&reader).as_str()), (2, "secret"));
    for refused in ["SELECT * FROM change", "SELECT * FROM operation", "SELECT summary FROM my_operation"] {
        assert!(reader.prepare(refused).is_err(), "{refused}");
    }
}

#[test]
fn a_newer_catalogue_is_refused_without_changing_a_byte() {
    let folder = tempfile::tempdir().unwrap();
    let made = library(folder.path());
    made.catalogue().pragma_update(None, "user_version", 99).unwrap();
    drop(made);
    let before = std::fs::read(folder.path().join("catalog.db")).unwrap();
    let opening = Opening { path: folder.path().to_owned(), access: Access::Write, lock_timeout: Duration::ZERO };
    assert!(matches!(Library::open(&opening).map(drop), Err(StoreError::TooNew { found: 99, .. })));
    assert_eq!(std::fs::read(folder.path().join("catalog.db")).unwrap(), before);
}

#[test]
fn a_new_step_comes_after_a_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let made = library(folder.path());
    let mut db = super::open::connect(folder.path(), Access::Write).unwrap();
    let steps = [super::migrate::STEPS, &["CREATE TABLE later (n INTEGER PRIMARY KEY) STRICT;"]].concat();
    let known = i64::try_from(steps.len()).unwrap();
    let migrated = super::upgrade::run(made.root(), &mut db, &steps, &|_| ()).unwrap().unwrap();
    assert_eq!((migrated.from, migrated.to, super::migrate::version(&db).unwrap()), (known - 1, known, known));
    assert_eq!(made.root().stat(&migrated.snapshot).unwrap().unwrap().1, 0o600);
    let snapshot = super::open::at_rest(&folder.path().join(&migrated.snapshot)).unwrap();
    assert_eq!(super::migrate::version(&snapshot).unwrap(), known - 1);
    assert_eq!(super::upgrade::run(made.root(), &mut db, &steps, &|_| ()).unwrap(), None, "once is enough");
}

#[test]
fn a_step_that_breaks_a_reference_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let made = library(folder.path());
    let mut db = super::open::connect(folder.path(), Access::Write).unwrap();
    let steps = [super::migrate::STEPS, &["DROP TRIGGER IF EXISTS object_kept; DELETE FROM type;"]].concat();
    assert!(super::migrate::apply(&mut db, &steps).is_err());
    assert_eq!(super::migrate::version(&db).unwrap(), super::migrate::known(super::migrate::STEPS));
    let kept: i64 = db.query_row("SELECT count(*) FROM type", [], |row| row.get(0)).unwrap();
    assert!(kept > 0 && db.query_row("PRAGMA foreign_keys", [], |row| row.get::<_, bool>(0)).unwrap());
    drop(made);
}

#[test]
fn a_catalogue_with_code_of_others_is_not_opened() {
    let code = [
        ("CREATE TRIGGER spy AFTER INSERT ON media BEGIN UPDATE user SET is_admin = 1; END", "a trigger `spy`"),
        ("CREATE VIEW peep AS SELECT * FROM user", "a view `peep`"),
        ("DROP VIEW v_media; CREATE VIEW v_media AS SELECT 1", "a view `v_media`"),
    ];
    for (sql, named) in code {
        let folder = tempfile::tempdir().unwrap();
        drop(library(folder.path()));
        rusqlite::Connection::open(folder.path().join("catalog.db")).unwrap().execute_batch(sql).unwrap();
        for access in [Access::Read, Access::Write] {
            let opening = Opening { path: folder.path().to_owned(), access, lock_timeout: Duration::ZERO };
            let said = Library::open(&opening).map(drop).unwrap_err().to_string();
            assert_eq!(said, format!("the library is damaged: its catalogue has {named} that hypernet did not make"));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let analysed = library(folder.path());
    analysed.catalogue().execute_batch("ANALYZE").unwrap();
    super::open::connect(folder.path(), Access::Read).unwrap();
    super::migrate::refuse_foreign_code(analysed.catalogue(), super::migrate::STEPS).unwrap();
}

#[test]
fn the_allowed_types_stand_in_the_catalogue_as_in_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let library = library(folder.path());
    let mut select = library.catalogue().prepare("SELECT name, media_type FROM mime ORDER BY name").unwrap();
    let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
    let kept: Vec<_> = rows.map(Result::unwrap).collect();
    let mut known: Vec<_> =
        mime::ALLOWED.iter().map(|mime| (mime.name.to_owned(), mime.media_type.to_string())).collect();
    known.sort();
    assert_eq!(kept, known);
}

/// The plan of a statement and of every trigger it fires, one step a line. Its values are left out: no plan depends on them.
fn plan(db: &super::Connection, sql: &str) -> Vec<String> {
    db.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_TRIGGER_EQP, true).unwrap();
    let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let steps = explain.raw_query().mapped(|row| row.get(3)).collect::<Result<_, _>>();
    steps.unwrap()
}

#[test]
fn a_new_media_looks_its_own_tags_up_and_not_every_tag_of_the_library() {
    let db = super::migrate::blank(super::migrate::STEPS).unwrap();
    for sql in [
        "INSERT INTO media (n, owner, created_at, updated_at, filename, media_type, mime_type, size, hash, processing_status,
           thumbnail_generated, metadata_extracted, metadata)
         VALUES (7, 1, 0, 0, 'a', 'photo', 'image/jpeg', 1, x'', 'complete', 0, 0, '{}')",
        "UPDATE media SET metadata = '{}' WHERE n = 7",
    ] {
        let plan = plan(&db, sql);
        assert!(plan.iter().any(|step| step.contains("SEARCH tag") && step.contains("name=?")), "{plan:#?}");
        assert!(!plan.iter().any(|step| step.contains("SEARCH tag") && step.ends_with("(owner=?)")), "{plan:#?}");
    }
    let running = plan(&db, "SELECT n FROM operation WHERE outcome = 'running' AND command = 'import' ORDER BY n");
    assert!(running.iter().all(|step| step.contains("operation_running")), "{running:?}");
}
