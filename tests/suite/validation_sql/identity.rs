//! Ids are random, for ever and never used again; an object belongs to one owner and stays the kind it is.

use super::FIXED;
use crate::raw::{ALBUM, CHECK, FIRST, FOREIGN, KINDS, LINK, MEDIA, Raw, SECOND, TYPE, USER};

#[test]
fn an_id_is_a_uuid_of_version_4() {
    let raw = Raw::new();
    let insert = |id: &str| format!("INSERT INTO object (id, type, owner, made_by) VALUES ({id}, 3, 1, 1)");
    raw.accepts(&insert("x'a1b2c3d412344678abcd123456789abc'"));
    for (id, why) in [
        ("x'a1b2c3d412341678abcd123456789abc'", CHECK),
        ("x'a1b2c3d412347678abcd123456789abc'", CHECK),
        ("x'a1b2c3d412344678cbcd123456789abc'", CHECK),
        ("x'a1b2c3d412344678abcd123456789a'", CHECK),
        ("zeroblob(16)", CHECK),
        ("'a1b2c3d4-1234-4678-abcd-123456789abc'", TYPE),
        ("NULL", "NOT NULL"),
        ("x'a1b2c3d412344678abcd123456789abc'", "HN_ID_REUSED"),
    ] {
        raw.refuses(&insert(id), &[why]);
    }
    raw.refuses(
        "INSERT INTO object (id, type, owner, made_by) VALUES (x'b1b2c3d412344678abcd123456789abc', 77, 1, 1)",
        &[FOREIGN],
    );
    raw.refuses(
        "INSERT INTO object (id, type, owner, made_by) VALUES (x'b1b2c3d412344678abcd123456789abc', 3, 77, 1)",
        &[FOREIGN],
    );
    raw.refuses(
        "INSERT INTO object (id, type, owner, made_by) VALUES (x'b1b2c3d412344678abcd123456789abc', 3, 1, 77)",
        &[FOREIGN],
    );
}

/// Whatever another tool switched off.
const SWITCHES: [&str; 4] = [
    "PRAGMA foreign_keys = ON",
    "PRAGMA ignore_check_constraints = ON",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA ignore_check_constraints = OFF",
];

#[test]
fn an_object_belongs_to_its_registered_owner_whatever_is_switched_off() {
    let raw = Raw::new();
    let mine: Vec<_> = KINDS.iter().map(|kind| raw.make(kind, FIRST)).collect();
    for switch in SWITCHES {
        raw.db.execute_batch(switch).unwrap();
        for (kind, n) in KINDS.iter().zip(&mine) {
            let refusal = raw.make_with(kind, FIRST, &[("owner", "2")]).unwrap_err();
            assert!(refusal.contains("HN_OWNER"), "{switch}: {} of another owner: {refusal}", kind.table);
            for set in
                ["owner = 2", "owner = NULL", "n = 5000", "created_at = 1", "source_id = 'x'", "source_type = 'user'"]
            {
                let set = if kind.number == USER.number && set.starts_with("source") { "n = 5001" } else { set };
                raw.refuses(&format!("UPDATE {} SET {set} WHERE n = {n}", kind.table), &[FIXED]);
            }
        }
        raw.refuses(&format!("UPDATE media SET copy = 1 WHERE n = {}", mine[1]), &[FIXED]);
        raw.refuses(&format!("UPDATE integration SET integration_type = 'facebook' WHERE n = {}", mine[3]), &[FIXED]);
        let (from, to) = raw.ends(SECOND);
        let ends = [("owner", "2"), ("from_n", &from.to_string()), ("to_n", &to.to_string())];
        let refusal = raw.make_with(&LINK, FIRST, &ends).unwrap_err();
        assert!(refusal.contains("HN_OWNER"), "{switch}: a link between another's objects: {refusal}");
        for set in ["owner = 2", "type = 3", "id = zeroblob(16)", "n = 5000", "made_by = 2"] {
            raw.refuses(&format!("UPDATE object SET {set} WHERE n = {}", mine[1]), &[FIXED]);
        }
    }
}

#[test]
fn an_object_is_registered_as_the_kind_it_is() {
    let raw = Raw::new();
    for kind in KINDS {
        let wrong = raw.number("SELECT max(n) FROM object") + 1;
        raw.attempt(|_| raw.register(if kind.number == 3 { 2 } else { 3 }, wrong, FIRST)).unwrap();
        let n = wrong.to_string();
        let row: Vec<_> = if kind.number == USER.number {
            vec![("n", n.as_str()), ("owner", n.as_str())]
        } else {
            vec![("n", n.as_str())]
        };
        let refusal = raw.make_with(kind, FIRST, &row).unwrap_err();
        assert!(
            ["HN_OWNER", "HN_ID_REUSED", FOREIGN].iter().any(|why| refusal.contains(why)),
            "{}: {refusal}",
            kind.table
        );
    }
}

#[test]
fn a_cover_is_a_media_of_the_same_owner_whatever_is_switched_off() {
    let raw = Raw::new();
    let (album, media, theirs) = (raw.make(&ALBUM, FIRST), raw.make(&MEDIA, FIRST), raw.make(&MEDIA, SECOND));
    for switch in SWITCHES {
        raw.db.execute_batch(switch).unwrap();
        for cover in [theirs, album, FIRST, 99_999] {
            raw.refuses(&format!("UPDATE album SET cover = {cover} WHERE n = {album}"), &["HN_OWNER"]);
            let refusal = raw.make_with(&ALBUM, FIRST, &[("cover", &cover.to_string())]).unwrap_err();
            assert!(refusal.contains("HN_OWNER"), "{switch}: {refusal}");
        }
        raw.accepts(&format!("UPDATE album SET cover = {media} WHERE n = {album}"));
    }
}

#[test]
fn a_media_is_stored_under_its_own_owner() {
    let raw = Raw::new();
    let theirs = raw.make(&MEDIA, SECOND);
    for switch in SWITCHES {
        raw.db.execute_batch(switch).unwrap();
        let hash = format!("(SELECT hash FROM media WHERE n = {theirs})");
        let refusal = raw.make_with(&MEDIA, FIRST, &[("hash", &hash)]).unwrap_err();
        assert!(refusal.contains("HN_FILE"), "{switch}: {refusal}");
    }
}

/// The statements of a purge: what is in the trash goes, links, object and registry, and a tombstone stays.
pub(super) fn purge(n: i64) -> String {
    let gone = |table: &str, rows: &str| {
        format!(
            "UPDATE {table} SET deleted_at = 1 WHERE n IN ({rows}) AND deleted_at IS NULL;
             INSERT INTO tombstone (n, id, type, owner, purged_at) SELECT n, id, type, owner, 1 FROM object WHERE n IN ({rows});
             DELETE FROM {table} WHERE n IN ({rows});"
        )
    };
    let links = gone("link", &format!("SELECT n FROM link WHERE {n} IN (from_n, to_n)"));
    format!("{links} {} DELETE FROM object WHERE n IN (SELECT n FROM tombstone)", gone("media", &n.to_string()))
}

#[test]
fn only_a_purge_removes_an_object_and_its_id_never_comes_back() {
    let raw = Raw::new();
    let media = raw.make(&MEDIA, FIRST);
    for switch in SWITCHES {
        raw.db.execute_batch(switch).unwrap();
        for kind in KINDS {
            raw.ends(FIRST);
            let n = raw.make(kind, FIRST);
            raw.refuses(&format!("DELETE FROM {} WHERE n = {n}", kind.table), &["HN_PURGE"]);
            raw.refuses(&format!("DELETE FROM object WHERE n = {n}"), &["HN_PURGE"]);
        }
    }
    raw.accepts(&purge(media));
    let again = |n: &str, id: &str| {
        format!("INSERT OR REPLACE INTO object (n, id, type, owner, made_by) SELECT {n}, {id}, 2, 1, 1 FROM tombstone")
    };
    raw.refuses(&again("NULL", "id"), &["HN_ID_REUSED"]);
    raw.refuses(&again("n", "x'b1b2c3d412344678abcd123456789abc'"), &["HN_ID_REUSED"]);
    raw.refuses("DELETE FROM tombstone", &["HN_PURGE"]);
    raw.refuses("UPDATE tombstone SET id = zeroblob(16)", &[FIXED]);
    raw.refuses("INSERT OR REPLACE INTO tombstone (n, id, type, owner, purged_at) SELECT n, zeroblob(16), type, owner, 1 FROM tombstone", &["HN_ID_REUSED"]);
}

#[test]
fn the_catalogue_counts_what_an_album_holds_and_a_user_stores() {
    let raw = Raw::new();
    let (album, media) = raw.ends(FIRST);
    let count = || raw.number(&format!("SELECT media_count FROM album WHERE n = {album}"));
    let used = || raw.number("SELECT storage_used FROM user WHERE n = 1");
    assert_eq!((count(), used()), (0, 1000));
    let link = raw.make(&LINK, FIRST);
    raw.make(&MEDIA, FIRST);
    raw.make(&LINK, FIRST);
    assert_eq!((count(), used()), (2, 2000));
    raw.accepts(&format!("UPDATE link SET deleted_at = 1 WHERE n = {link}"));
    assert_eq!(count(), 1);
    raw.accepts(&format!("UPDATE link SET deleted_at = NULL WHERE n = {link}"));
    assert_eq!(count(), 2);
    raw.accepts(&purge(media));
    assert_eq!((count(), used()), (1, 2000));
    raw.accepts("DELETE FROM stored_file WHERE hash NOT IN (SELECT hash FROM media)");
    assert_eq!((count(), used()), (1, 1000));
}
