//! What leaves for good: only from the trash, and no file that a row still stands for.

use super::FIXED;
use super::identity::purge;
use crate::raw::{ALBUM, CHECK, FIRST, FOREIGN, INTEGRATION, LINK, MEDIA, Raw, SECOND, TYPE};

/// A tombstone for an object that is there, as a purge writes it first.
fn bury(raw: &Raw, n: i64) {
    raw.accepts(&format!(
        "INSERT INTO tombstone (n, id, type, owner, purged_at) SELECT n, id, type, owner, 1 FROM object WHERE n = {n}"
    ));
}

#[test]
fn only_what_is_in_the_trash_is_purged() {
    let raw = Raw::new();
    for kind in [&MEDIA, &ALBUM, &INTEGRATION, &LINK] {
        raw.ends(FIRST);
        let n = raw.make(kind, FIRST);
        bury(&raw, n);
        raw.refuses(&format!("DELETE FROM {} WHERE n = {n}", kind.table), &["HN_PURGE: only what is in the trash"]);
        raw.accepts(&format!("UPDATE {} SET deleted_at = 1 WHERE n = {n}", kind.table));
        raw.accepts(&format!("DELETE FROM {} WHERE n = {n}", kind.table));
    }
}

/// A file of `media` on its way out: `original` by its row of `stored_file`.
fn leaving(part: &str, media: i64) -> String {
    let fields = if part == "original" { "hash, month, ext" } else { "NULL, NULL, NULL" };
    format!(
        "INSERT INTO pending_unlink (owner, part, holder, hash, month, ext, operation)
         SELECT owner, '{part}', holder, {fields}, 1 FROM gone WHERE n = {media}"
    )
}

/// A purged media, with what its file was in a table beside the catalogue's.
fn purged(raw: &Raw) -> i64 {
    let media = raw.make(&MEDIA, FIRST);
    raw.accepts(&format!(
        "CREATE TEMP TABLE gone AS SELECT media.n, file.* FROM media JOIN stored_file AS file USING (hash) WHERE media.n = {media}"
    ));
    raw.refuses(&leaving("thumbnail", media), &["HN_PURGE: only a purged object"]);
    raw.accepts(&purge(media));
    media
}

#[test]
fn a_file_goes_only_when_no_row_stands_for_it() {
    let raw = Raw::new();
    let media = purged(&raw);
    raw.refuses(&leaving("original", media), &["HN_PURGE: a media object still needs these bytes"]);
    raw.accepts("DELETE FROM stored_file WHERE hash IN (SELECT hash FROM gone)");
    raw.accepts(&leaving("original", media));
    raw.accepts(&leaving("thumbnail", media));
    raw.refuses(&leaving("thumbnail", media).replace("INSERT", "INSERT OR REPLACE"), &["HN_REPLACE"]);
    raw.refuses("UPDATE pending_unlink SET holder = randomblob(16)", &[FIXED]);
    let back = "INSERT INTO stored_file (owner, hash, size, holder, month, ext) SELECT owner, hash, size, holder, month, ext FROM gone";
    raw.refuses(back, &["HN_PURGE: the file at this place is on its way out"]);
    raw.accepts("DELETE FROM pending_unlink");
}

#[test]
fn a_file_on_its_way_out_is_named_by_its_parts() {
    let raw = Raw::new();
    let media = purged(&raw);
    raw.accepts("DELETE FROM stored_file WHERE hash IN (SELECT hash FROM gone)");
    for (change, why) in [
        ("ext = '../x'", CHECK),
        ("ext = ''", CHECK),
        ("month = 202613", CHECK),
        ("month = 'May'", TYPE),
        ("hash = x'00'", CHECK),
    ] {
        raw.accepts(&format!("UPDATE gone SET {change}"));
        raw.refuses(&leaving("original", media), &[why]);
        raw.accepts("UPDATE gone SET ext = 'jpg', month = 202601, hash = zeroblob(32)");
    }
    raw.refuses(&leaving("original", media).replace("'original'", "'sidecar'"), &[CHECK]);
    raw.refuses(&leaving("original", media).replace("'original'", "'thumbnail'"), &[CHECK]);
    raw.refuses(&leaving("thumbnail", media).replace("'thumbnail'", "'original'"), &[CHECK]);
    raw.accepts(&format!("UPDATE gone SET owner = {SECOND}"));
    raw.refuses(&leaving("thumbnail", media), &["HN_PURGE: only a purged object"]);
}

#[test]
fn what_is_seen_past_its_time_is_an_object_and_goes_with_it() {
    let raw = Raw::new();
    let media = raw.make(&MEDIA, FIRST);
    let seen = |n: i64, deleted: &str, first: &str, overdue: &str| {
        format!("INSERT INTO met_in_trash VALUES ({n}, {deleted}, NULL, {first}, {overdue})")
    };
    raw.refuses(&seen(99_999, "1", "2", "NULL"), &[FOREIGN]);
    raw.refuses(&seen(media, "2", "1", "1"), &[CHECK]);
    raw.refuses(&seen(media, "1", "2", "1"), &[CHECK]);
    raw.refuses(&seen(media, "'May'", "1", "NULL"), &[TYPE, CHECK]);
    raw.refuses(&seen(media, "1", "253402300800000", "NULL"), &[CHECK]);
    raw.accepts(&seen(media, "1", "2", "3"));
    raw.accepts(&purge(media));
    assert_eq!(raw.number("SELECT count(*) FROM met_in_trash"), 0);
}
