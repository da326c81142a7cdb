//! Each rule of the specification's validation lists broken through SQL, with the program out of the way.
//!
//! Password rules and configured limits are not the catalogue's. Fields are here; what relates rows is in the pages below.

mod agreement;
mod identity;
mod indexes;
mod journal;
mod links;
mod replace;
mod summary;
mod trash;

use crate::raw::{ALBUM, CHECK, FIRST, FOREIGN, INTEGRATION, KINDS, Kind, LINK, MEDIA, NULL, Raw, TYPE, USER};

const FIXED: &str = "HN_IMMUTABLE";

/// Text that is no JSON may meet a trigger or an index that reads it before it meets the CHECK.
const JSON: &str = "malformed JSON";

/// Tries each value in its column, in a new row and in one that is there.
fn refused(raw: &Raw, kind: &Kind, cases: &[(&str, &str, &str)]) {
    let there = raw.make(kind, FIRST);
    for (column, value, why) in cases {
        if kind.number == LINK.number {
            raw.ends(FIRST);
        }
        let case = format!("{}.{column} = {}", kind.table, value.get(..60).unwrap_or(value));
        let refusal = raw.make_with(kind, FIRST, &[(column, value)]).expect_err(&format!("accepted: {case}"));
        let also = if *why == JSON { CHECK } else { why };
        assert!([why, also].iter().any(|why| refusal.contains(*why)), "{case}\nrefused by {refusal}, not by {why}");
        let change = format!("UPDATE {} SET {column} = {value} WHERE n = {there}", kind.table);
        raw.refuses(&change, &[why, also, FIXED]);
    }
}

/// Tries each value in its column of a new row.
fn accepted(raw: &Raw, kind: &Kind, cases: &[(&str, &str)]) {
    for (column, value) in cases {
        if kind.number == LINK.number {
            raw.ends(FIRST);
        }
        if let Err(refusal) = raw.make_with(kind, FIRST, &[(column, value)]) {
            panic!("{}.{column} = {}: {refusal}", kind.table, value.get(..60).unwrap_or(value));
        }
    }
}

/// SQL for a text of `n` times `x`.
fn long(x: &str, n: usize) -> String {
    format!("'{}'", x.repeat(n))
}

#[test]
fn the_base_fields_of_every_object() {
    let raw = Raw::new();
    raw.ends(FIRST);
    let (most, more) =
        ("json_object('a', printf('%.*c', 1048568, 'x'))", "json_object('a', printf('%.*c', 1048569, 'x'))");
    let (longest, longer) = (long("é", 1024), long("é", 1025));
    for kind in KINDS {
        refused(
            &raw,
            kind,
            &[
                ("created_at", "NULL", NULL),
                ("created_at", "'2026-02-03T12:34:56.789Z'", TYPE),
                ("created_at", "1.5", TYPE),
                ("created_at", "253402300800000", CHECK),
                ("created_at", "-62135596800001", CHECK),
                ("updated_at", "NULL", NULL),
                ("updated_at", "253402300800000", CHECK),
                ("deleted_at", "'yesterday'", TYPE),
                ("deleted_at", "253402300800000", CHECK),
                ("source_type", "'web'", CHECK),
                ("source_type", "'Import'", CHECK),
                ("source_id", "''", CHECK),
                ("source_id", "'a' || char(0)", CHECK),
                ("source_id", &longer, CHECK),
                ("metadata", "NULL", NULL),
                ("metadata", "''", JSON),
                ("metadata", "'{'", JSON),
                ("metadata", "'[]'", CHECK),
                ("metadata", "'null'", CHECK),
                ("metadata", "'\"{}\"'", CHECK),
                ("metadata", "'{''a'':1}'", JSON),
                ("metadata", "jsonb('{}')", TYPE),
                ("metadata", more, CHECK),
            ],
        );
        accepted(
            &raw,
            kind,
            &[
                ("created_at", "-62135596800000"),
                ("updated_at", "253402300799999"),
                ("source_type", "'upload'"),
                ("source_type", "NULL"),
                ("source_id", &longest),
                ("metadata", most),
                ("metadata", "'{\"a\":{\"b\":[1,null]}}'"),
            ],
        );
    }
}

#[test]
fn a_user() {
    let raw = Raw::new();
    let mail = |name: usize| format!("'{}@example.com'", "a".repeat(name));
    let (longest, longer) = (mail(243), mail(244));
    let (name, longer_name, hash) = (long("a", 100), long("a", 101), format!("'$argon2{}'", "a".repeat(506)));
    let url = format!("'https://{}'", "a".repeat(2041));
    refused(
        &raw,
        &USER,
        &[
            ("email", "NULL", NULL),
            ("email", "''", CHECK),
            ("email", "'user'", CHECK),
            ("email", "'@example.com'", CHECK),
            ("email", "'user@'", CHECK),
            ("email", "'user@example'", CHECK),
            ("email", "'user@.com'", CHECK),
            ("email", "'user@example.'", CHECK),
            ("email", "'user@example.c'", CHECK),
            ("email", "'user@example.c0m'", CHECK),
            ("email", "'us er@example.com'", CHECK),
            ("email", "'user@exa_mple.com'", CHECK),
            ("email", "'a@b@example.com'", CHECK),
            ("email", "'usér@example.com'", CHECK),
            ("email", "'user@example.com' || char(10)", CHECK),
            ("email", "'user@example.com' || char(0) || ' '", CHECK),
            ("email", &longer, CHECK),
            ("email", "'owner@example.com'", "HN_REPLACE: this address is taken"),
            ("email", "'OWNER@Example.COM'", "HN_REPLACE: this address is taken"),
            ("password_hash", "NULL", NULL),
            ("password_hash", "''", CHECK),
            ("password_hash", "'correct horse battery staple'", CHECK),
            ("password_hash", "'$argon2'", CHECK),
            ("password_hash", &hash, CHECK),
            ("display_name", "''", CHECK),
            ("display_name", "'Zoë'", CHECK),
            ("display_name", "'O''Neil'", CHECK),
            ("display_name", "'a' || char(0) || '/'", CHECK),
            ("display_name", &longer_name, CHECK),
            ("avatar_url", "'ftp://example.com/a'", CHECK),
            ("avatar_url", "'https://'", CHECK),
            ("avatar_url", &url, CHECK),
            ("email_verified", "2", CHECK),
            ("is_active", "NULL", NULL),
            ("is_admin", "-1", CHECK),
            ("is_admin", "'true'", TYPE),
            ("last_login_at", "253402300800000", CHECK),
            ("storage_used", "-1", CHECK),
            ("storage_used", "0.5", TYPE),
            ("storage_quota", "0", CHECK),
            ("storage_quota", "NULL", NULL),
        ],
    );
    accepted(
        &raw,
        &USER,
        &[
            ("email", &longest),
            ("email", "'a.b_c%d+e-f@x-y.z.co'"),
            ("password_hash", "'$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA'"),
            ("display_name", &name),
            ("display_name", "NULL"),
            ("avatar_url", "'https://example.com/a.png'"),
            ("last_login_at", "NULL"),
            ("storage_quota", "1000000000000"),
        ],
    );
}

#[test]
fn a_media_object() {
    let raw = Raw::new();
    let (name, longer) = (long("a", 255), long("a", 256));
    refused(
        &raw,
        &MEDIA,
        &[
            ("filename", "NULL", NULL),
            ("filename", "''", CHECK),
            ("filename", "'a b'", CHECK),
            ("filename", "'a/b'", CHECK),
            ("filename", "'é.jpg'", CHECK),
            ("filename", "'a' || char(10)", CHECK),
            ("filename", "'a' || char(0) || '/../b'", CHECK),
            ("filename", "x'61'", TYPE),
            ("filename", &longer, CHECK),
            ("media_type", "'audio'", CHECK),
            ("media_type", "'Photo'", CHECK),
            ("media_type", "'video'", FOREIGN),
            ("mime_type", "'text/html'", FOREIGN),
            ("mime_type", "'IMAGE/JPEG'", FOREIGN),
            ("mime_type", "'video/mp4'", FOREIGN),
            ("mime_type", "NULL", NULL),
            ("size", "-1", "HN_FILE"),
            ("size", "1001", "HN_FILE"),
            ("width", "0", CHECK),
            ("height", "-1", CHECK),
            ("height", "4294967296", CHECK),
            ("duration", "-0.1", CHECK),
            ("duration", "9e999", CHECK),
            ("hash", "NULL", "HN_FILE"),
            ("hash", "zeroblob(32)", "HN_FILE"),
            ("hash", "'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'", TYPE),
            ("taken_at", "253402300800000", CHECK),
            ("taken_at", "'2026-02-01'", TYPE),
            ("latitude", "90", CHECK),
            ("longitude", "180", CHECK),
            ("processing_status", "'done'", CHECK),
            ("thumbnail_generated", "2", CHECK),
            ("metadata_extracted", "NULL", NULL),
        ],
    );
    accepted(
        &raw,
        &MEDIA,
        &[
            ("filename", &name),
            ("duration", "0.0"),
            ("width", "4294967295"),
            ("taken_at", "NULL"),
            ("processing_status", "'failed'"),
        ],
    );
    for place in ["90.000001, 0", "-90.000001, 0", "0, 180.000001", "0, -180.000001", "9e999, 0", "NULL, 0", "0, NULL"]
    {
        let set = |place: &str| format!("UPDATE media SET (latitude, longitude) = ({place}) WHERE n = 100");
        raw.refuses(&set(place), &[CHECK]);
        raw.accepts(&set("90, -180"));
        raw.accepts(&set("-90, 180"));
        raw.accepts(&set("NULL, NULL"));
    }
}

#[test]
fn an_original() {
    let raw = Raw::new();
    let media = raw.make(&MEDIA, FIRST);
    let fields = "owner, hash, size, holder, month, ext";
    let id = format!("(SELECT id FROM object WHERE n = {media})");
    let insert = |values: &str| format!("INSERT INTO stored_file ({fields}) VALUES ({values})");
    raw.accepts(&insert(&format!("1, randomblob(32), 0, {id}, 202602, 'jpg'")));
    for (values, why) in [
        (format!("1, zeroblob(31), 0, {id}, 202602, 'jpg'"), CHECK),
        (format!("1, 'abc', 0, {id}, 202602, 'jpg'"), TYPE),
        (format!("1, randomblob(32), -1, {id}, 202602, 'jpg'"), CHECK),
        ("1, randomblob(32), 0, x'00', 202602, 'jpg'".to_owned(), CHECK),
        (format!("1, randomblob(32), 0, {id}, 202613, 'jpg'"), CHECK),
        (format!("1, randomblob(32), 0, {id}, 202602, '../x'"), CHECK),
        (format!("1, randomblob(32), 0, {id}, 202602, 'j' || char(0) || '/x'"), CHECK),
        (format!("99, randomblob(32), 0, {id}, 202602, 'jpg'"), "HN_OWNER"),
    ] {
        raw.refuses(&insert(&values), &[why]);
    }
    raw.refuses("UPDATE stored_file SET month = 202603", &[FIXED]);
    raw.refuses("DELETE FROM stored_file WHERE size = 1000", &["HN_PURGE"]);
}

#[test]
fn an_album() {
    let raw = Raw::new();
    let (name, longer) = (long("é", 200), long("é", 201));
    let (text, longer_text) = (long("é", 5000), long("é", 5001));
    let hidden = format!("'a' || char(0) || {text}");
    refused(
        &raw,
        &ALBUM,
        &[
            ("name", "NULL", NULL),
            ("name", "''", CHECK),
            ("name", "'  '", CHECK),
            ("name", "x'41'", TYPE),
            ("name", &longer, CHECK),
            ("name", "'a' || char(0) || 'b'", CHECK),
            ("description", &longer_text, CHECK),
            ("description", &hidden, CHECK),
            ("sort_order", "'name'", CHECK),
            ("sort_order", "NULL", NULL),
            ("visibility", "'hidden'", CHECK),
            ("visibility", "NULL", NULL),
            ("cover", "99999", "HN_OWNER"),
        ],
    );
    accepted(
        &raw,
        &ALBUM,
        &[("name", &name), ("description", &text), ("description", "NULL"), ("sort_order", "'manual'")],
    );
    raw.refuses("UPDATE album SET media_count = -1", &[CHECK]);
    assert!(raw.make_with(&ALBUM, FIRST, &[("media_count", "7")]).unwrap_err().contains("HN_COUNT"));
}

#[test]
fn an_integration() {
    let raw = Raw::new();
    let (name, longer) = (long("é", 200), long("é", 201));
    let longer_type = long("a", 65);
    refused(
        &raw,
        &INTEGRATION,
        &[
            ("integration_type", "''", CHECK),
            ("integration_type", "'Instagram'", CHECK),
            ("integration_type", "'a-b'", CHECK),
            ("integration_type", "'a' || char(0) || '-'", CHECK),
            ("integration_type", &longer_type, CHECK),
            ("integration_type", "NULL", NULL),
            ("integration_name", "''", CHECK),
            ("integration_name", "'a' || char(0)", CHECK),
            ("integration_name", &longer, CHECK),
            ("integration_name", "NULL", NULL),
            ("status", "'ok'", CHECK),
            ("status", "NULL", NULL),
            ("is_enabled", "2", CHECK),
            ("has_access_token", "2", CHECK),
            ("has_refresh_token", "'secret'", TYPE),
            ("token_expires_at", "253402300800000", CHECK),
            ("last_sync_at", "'now'", TYPE),
            ("last_sync_status", "'ok'", CHECK),
            ("items_synced", "-1", CHECK),
        ],
    );
    accepted(&raw, &INTEGRATION, &[("integration_name", &name), ("last_sync_status", "NULL"), ("status", "'pending'")]);
    let columns =
        "SELECT count(*) FROM pragma_table_xinfo('integration') WHERE name IN ('access_token', 'refresh_token')";
    assert_eq!(raw.number(columns), 0, "no column can hold a token");
}

#[test]
fn a_link() {
    let raw = Raw::new();
    raw.ends(FIRST);
    refused(
        &raw,
        &LINK,
        &[
            ("strength", "1.000001", CHECK),
            ("strength", "-0.000001", CHECK),
            ("strength", "NULL", NULL),
            ("strength", "'sure'", TYPE),
            ("sort_order", "-1", CHECK),
            ("sort_order", "NULL", CHECK),
            ("sort_order", "1.5", TYPE),
            ("link_type", "'likes'", "HN_LINK_RULE"),
            ("link_type", "'source'", "HN_LINK_RULE"),
            ("link_type", "NULL", "HN_LINK_RULE"),
            ("shape", "0", "HN_LINK_RULE"),
            ("from_n", "99999", "HN_OWNER"),
            ("to_n", "99999", "HN_OWNER"),
            ("to_n", "NULL", "HN_OWNER"),
            ("from_type", "2", "HN_OWNER"),
            ("to_type", "3", "HN_OWNER"),
            ("to_type", "NULL", "HN_OWNER"),
        ],
    );
    accepted(&raw, &LINK, &[("strength", "0.0"), ("strength", "1.0"), ("sort_order", "0")]);
}
