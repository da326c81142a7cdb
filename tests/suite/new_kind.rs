//! A kind of a later release, the contact, added the way it would be: one schema step, one model type, one store function.
//!
//! Everything else is the program as it is: registry, ownership, journal, links, JSON. (A released kind has its line in
//! `model::KINDS` too, beside its `mod`; a test cannot write there.)

use std::time::Duration;

use hypernet::link::{self, End, LinkError};
use hypernet::model::link::LinkType;
use hypernet::model::text::{AlbumName, Email};
use hypernet::model::{Album, Base, Kind, Object, ObjectId, SourceType, Timestamp, album};
use hypernet::store::{self, Access, Founder, Library, Opening, StoreError, Tx, migrate, object};
use rusqlite::{Connection, named_params};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::json;

/// The schema step.
const STEP: &str = "
    INSERT INTO type (n, name) VALUES (6, 'contact');
    CREATE TABLE contact (
      n INTEGER PRIMARY KEY,
      type INTEGER GENERATED ALWAYS AS (6) VIRTUAL,
      owner INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      deleted_at INTEGER,
      name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      metadata TEXT NOT NULL CHECK (json_valid(metadata) AND json_type(metadata) = 'object'),
      FOREIGN KEY (n, type, owner) REFERENCES object (n, type, owner)
    ) STRICT;
    INSERT INTO link_rule (link_type, from_type, to_type, shape, strength) VALUES ('depicts', 3, 6, 0, 1);";

/// The model type.
struct Contact {
    base: Base,
    name: AlbumName,
}

impl Object for Contact {
    const KIND: Kind = Kind::named("contact");

    fn base(&self) -> &Base {
        &self.base
    }

    fn fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("name", &self.name)
    }
}

impl Serialize for Contact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        hypernet::model::serialize(self, serializer)
    }
}

/// The store function.
fn insert(tx: &Tx, contact: &Contact) -> Result<i64, StoreError> {
    let n = object::register(tx, contact.base.id, Contact::KIND)?;
    tx.execute(
        "INSERT INTO contact (n, owner, created_at, updated_at, name, metadata) VALUES (:n, :owner, :now, :now, :name, :metadata)",
        named_params! { ":n": n, ":owner": tx.owner().n, ":now": contact.base.created_at, ":name": contact.name, ":metadata": contact.base.metadata },
    )?;
    Ok(n)
}

fn now() -> Timestamp {
    Timestamp::parse("2026-02-03T12:34:56.789Z").unwrap()
}

/// The definition of everything in the catalogue but the new table.
fn definitions(db: &Connection) -> Vec<String> {
    let mut select =
        db.prepare("SELECT sql FROM sqlite_schema WHERE sql NOT NULL AND tbl_name <> 'contact' ORDER BY name").unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// A library of one album, and its catalogue taken one step further.
fn library(folder: &std::path::Path) -> Library {
    let email = Email::parse("me@example.com").unwrap();
    let founder = Founder { email, display_name: None, original_display_name: None, now: now() };
    let opening = Opening { path: folder.join("library"), access: Access::Write, lock_timeout: Duration::ZERO };
    drop(Library::init(&opening.path, &founder).unwrap());

    let mut db = Connection::open(opening.path.join("catalog.db")).unwrap();
    let before = definitions(&db);
    migrate::apply(&mut db, &[migrate::STEPS, &[STEP]].concat()).unwrap();
    assert_eq!(definitions(&db), before, "the step adds, and changes nothing that is there");
    assert!(matches!(Library::open(&opening), Err(StoreError::TooNew { .. })), "a program without the step keeps out");

    // The program of this test knows the step; what it is compiled with says otherwise.
    let known = i64::try_from(migrate::STEPS.len()).unwrap();
    db.pragma_update(None, "user_version", known).unwrap();
    Library::open(&opening).unwrap()
}

#[test]
fn a_new_kind_is_one_step_one_type_and_one_function() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = library(folder.path());
    let (owner, operation) = (library.owner(), library.begin("import", now()).unwrap());
    let contact = Contact {
        base: Base::new(ObjectId::random(), owner.id, now(), Some(SourceType::User)),
        name: AlbumName::parse("Ann").unwrap(),
    };
    let family = Album::new(ObjectId::random(), owner.id, AlbumName::parse("Family").unwrap(), now());
    let (person, group, made) = library
        .write(operation, now(), |tx| {
            let person = End { n: insert(tx, &contact)?, id: contact.base.id, kind: Contact::KIND };
            let group = End { n: store::album::insert(tx, &family)?, id: family.base.id, kind: album::KIND };
            let made = link::make(tx, group, person, LinkType::Depicts, SourceType::User, None)?;
            let again = link::make(tx, group, person, LinkType::Depicts, SourceType::User, None)?;
            assert_eq!(again, None, "a link stands once, whatever its ends");
            Ok::<_, LinkError>((person, group, made))
        })
        .unwrap();

    let db = library.catalogue();
    assert_eq!(object::find(db, contact.base.id).unwrap(), Some((person.n, "contact".to_owned())));
    assert!(store::link::live(db, group.n, person.n, LinkType::Depicts).unwrap().is_some());
    let ends = "SELECT from_object_type || ' ' || to_object_type FROM v_link WHERE id = ?1";
    let ends: String = db.query_row(ends, [made.unwrap().to_string()], |row| row.get(0)).unwrap();
    assert_eq!(ends, "album contact");
    let created = "SELECT count(*) FROM v_history WHERE object_id = ?1 AND verb = 'create' AND command = 'import'";
    assert_eq!(db.query_row(created, [contact.base.id.to_string()], |row| row.get::<_, i64>(0)).unwrap(), 1);
    assert_eq!(
        serde_json::to_value(&contact).unwrap(),
        json!({
            "id": contact.base.id.to_string(), "type": "contact", "user_id": owner.id.to_string(),
            "created_at": "2026-02-03T12:34:56.789Z", "updated_at": "2026-02-03T12:34:56.789Z", "deleted_at": null,
            "source_type": "user", "source_id": null, "name": "Ann", "metadata": {},
        })
    );
    migrate::check(db).unwrap();
}

#[test]
fn the_old_rules_hold_for_a_new_kind() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = library(folder.path());
    let (owner, operation) = (library.owner(), library.begin("import", now()).unwrap());
    let base = Base::new(ObjectId::random(), owner.id, now(), None);
    let contact = Contact { base, name: AlbumName::parse("Ann").unwrap() };
    let n = library.write(operation, now(), |tx| insert(tx, &contact)).unwrap();

    let mut refused = |sql: &str, why: &str| {
        let tried = library.write(operation, now(), |tx| Ok::<_, StoreError>(tx.execute_batch(sql)?));
        let said = tried.expect_err(sql).to_string();
        assert!(said.contains(why), "{sql}\nrefused by {said}, not by {why}");
    };
    refused("INSERT INTO contact SELECT n + 1000, owner, 0, 0, NULL, 'Bob', '{}' FROM contact", "FOREIGN KEY");
    refused(&format!("UPDATE contact SET owner = 2 WHERE n = {n}"), "FOREIGN KEY");
    refused(&format!("UPDATE object SET owner = 2 WHERE n = {n}"), "HN_IMMUTABLE");
    refused(&format!("DELETE FROM object WHERE n = {n}"), "HN_PURGE");
    let again = library.write(operation, now(), |tx| insert(tx, &contact)).unwrap_err().to_string();
    assert!(again.contains("HN_ID_REUSED"), "{again}");
}
