//! `OR REPLACE` removes rows without asking the delete triggers: it must not walk around anything.

use crate::raw::{ALBUM, FIRST, KINDS, LINK, MEDIA, Raw};

/// Every row's content: what no refused statement may change.
fn picture(raw: &Raw) -> Vec<String> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('object', 'user', 'media', 'album', 'integration',
                  'link', 'stored_file', 'tombstone', 'operation', 'change') ORDER BY name";
    let names: Vec<String> =
        raw.db.prepare(tables).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut rows = Vec::new();
    for name in names {
        let mut select = raw.db.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = select.column_count();
        let mut found = select.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            rows.push(format!("{name} {:?}", (0..columns).map(|at| row.get_ref_unwrap(at)).collect::<Vec<_>>()));
        }
    }
    rows
}

/// Asserts the refusal, with the delete triggers asleep and awake, and that nothing went.
fn refuses(raw: &Raw, sql: &str, why: &[&str]) {
    let before = picture(raw);
    for recursive in ["OFF", "ON"] {
        raw.db.execute_batch(&format!("PRAGMA recursive_triggers = {recursive}")).unwrap();
        raw.refuses(sql, why);
        assert_eq!(picture(raw), before, "{sql}");
    }
}

#[test]
fn inserting_over_a_row() {
    let raw = Raw::new();
    raw.accepts("INSERT INTO change (n, operation, object, verb) VALUES (7, 1, 1, 'edit')");
    for kind in KINDS {
        let n = raw.make(kind, FIRST);
        let columns: Vec<_> = kind.row.iter().map(|(column, _)| *column).collect();
        let columns = columns.join(", ");
        let select =
            format!("INSERT OR REPLACE INTO {0} ({columns}) SELECT {columns} FROM {0} WHERE n = {n}", kind.table);
        refuses(&raw, &select, &["HN_REPLACE"]);
    }
    for (table, column, value) in
        [("media", "deleted_at", "5"), ("link", "deleted_at", "5"), ("user", "email", "'new@b.cd'")]
    {
        let kind = KINDS.iter().find(|kind| kind.table == table).unwrap();
        let columns: Vec<_> = kind.row.iter().map(|(name, _)| *name).filter(|name| *name != column).collect();
        let columns = columns.join(", ");
        let over = format!(
            "INSERT OR REPLACE INTO {table} ({columns}, {column}) SELECT {columns}, {value} FROM {table} LIMIT 1"
        );
        refuses(&raw, &over, &["HN_REPLACE: this object exists"]);
    }
    for (table, columns, why) in [
        ("object", "n, id, type, owner, made_by", "HN_ID_REUSED"),
        ("operation", "n, owner, command, started_at", "HN_JOURNAL"),
        ("change", "n, operation, object, verb", "HN_JOURNAL"),
        ("stored_file", "owner, hash, size, holder, month, ext", "HN_REPLACE"),
    ] {
        refuses(
            &raw,
            &format!("INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table} LIMIT 1"),
            &[why],
        );
    }
    let swap_id = "INSERT OR REPLACE INTO object (n, id, type, owner, made_by) SELECT n, x'b1b2c3d412344678abcd123456789abc', type, owner, 1 FROM object WHERE n = 100";
    refuses(&raw, swap_id, &["HN_ID_REUSED"]);
    let same_id =
        "INSERT OR REPLACE INTO object (id, type, owner, made_by) SELECT id, 3, owner, 1 FROM object WHERE n = 100";
    refuses(&raw, same_id, &["HN_ID_REUSED"]);
}

#[test]
fn inserting_over_a_unique_value() {
    let raw = Raw::new();
    let media = raw.make(&MEDIA, FIRST);
    raw.make(&ALBUM, FIRST);
    raw.make(&LINK, FIRST);
    let spare = 900;
    raw.attempt(|_| raw.register(MEDIA.number, spare, FIRST)).unwrap();
    let columns: Vec<_> = MEDIA.row.iter().map(|(column, _)| *column).filter(|column| *column != "n").collect();
    let columns = columns.join(", ");
    refuses(
        &raw,
        &format!("INSERT OR REPLACE INTO media (n, {columns}) SELECT {spare}, {columns} FROM media WHERE n = {media}"),
        &["HN_REPLACE: these bytes are a live media already"],
    );
    let spare = 901;
    raw.attempt(|_| raw.register(LINK.number, spare, FIRST)).unwrap();
    let columns: Vec<_> = LINK.row.iter().map(|(column, _)| *column).filter(|column| *column != "n").collect();
    let columns = columns.join(", ");
    refuses(
        &raw,
        &format!("INSERT OR REPLACE INTO link (n, {columns}) SELECT {spare}, {columns} FROM link"),
        &["HN_REPLACE: this link exists"],
    );
}

#[test]
fn updating_onto_a_unique_value() {
    let raw = Raw::new();
    let (media, _album) = (raw.make(&MEDIA, FIRST), raw.make(&ALBUM, FIRST));
    let first = raw.make(&LINK, FIRST);
    let other = raw.make(&MEDIA, FIRST);
    let second = raw.make(&LINK, FIRST);
    refuses(&raw, &format!("UPDATE OR REPLACE link SET sort_order = {first} WHERE n = {second}"), &["HN_REPLACE"]);
    refuses(&raw, "UPDATE OR REPLACE user SET email = 'OWNER@example.com' WHERE n = 2", &["HN_REPLACE"]);
    refuses(&raw, &format!("UPDATE OR REPLACE object SET n = {media} WHERE n = {other}"), &["HN_IMMUTABLE"]);
    refuses(&raw, "UPDATE OR REPLACE stored_file SET hash = zeroblob(32)", &["HN_IMMUTABLE"]);

    raw.accepts(&format!("UPDATE media SET deleted_at = 1 WHERE n = {media}"));
    let live = format!("(SELECT hash FROM media WHERE n = {media})");
    raw.make_with(&MEDIA, FIRST, &[("hash", &live)]).unwrap();
    refuses(&raw, &format!("UPDATE OR REPLACE media SET deleted_at = NULL WHERE n = {media}"), &["HN_REPLACE"]);

    raw.accepts(&format!("UPDATE link SET deleted_at = 1 WHERE n = {first}"));
    raw.make_with(&LINK, FIRST, &[("to_n", &media.to_string()), ("sort_order", "0")]).unwrap();
    refuses(&raw, &format!("UPDATE OR REPLACE link SET deleted_at = NULL WHERE n = {first}"), &["HN_REPLACE"]);
}
