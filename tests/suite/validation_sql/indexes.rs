//! The specification's index lists beside the catalogue's own: each of them is there, by whatever name.

use crate::raw::Raw;

/// Table, the specification's columns in the catalogue's words, and whether it is unique. An index within one owner begins with `owner`.
const LISTED: &[(&str, &[&str], bool)] = &[
    ("object", &["id"], true),
    ("user", &["email"], true),
    ("user", &["created_at"], false),
    ("media", &["owner"], false),
    ("media", &["hash"], false),
    ("media", &["taken_at"], false),
    ("media", &["media_type"], false),
    ("media", &["owner", "source_type", "source_id"], false),
    ("album", &["owner"], false),
    ("album", &["cover"], false),
    ("album", &["name"], false),
    ("integration", &["owner"], false),
    ("integration", &["owner", "integration_type"], false),
    ("integration", &["status"], false),
    ("link", &["owner"], false),
    ("link", &["from_n", "link_type"], false),
    ("link", &["to_n", "link_type"], false),
    ("link", &["from_n", "to_n", "link_type"], true),
];

/// Beyond the specification: what keeps links unique where a trigger should be missing.
const ALSO: &[(&str, &[&str])] =
    &[("link", &["link_type", "", ""]), ("link", &["from_n", "link_type"]), ("link", &["from_n", "sort_order"])];

/// An index: whether it is unique, its columns (an expression is none) and the rows it holds.
struct Index {
    unique: bool,
    columns: Vec<String>,
    rows: String,
}

fn indexes(raw: &Raw, table: &str) -> Vec<Index> {
    let sql = "SELECT list.\"unique\", (SELECT group_concat(ifnull(name, '')) FROM pragma_index_info(list.name)),
                 ifnull((SELECT substr(sql, instr(sql, ' WHERE ') + 7) FROM sqlite_schema WHERE name = list.name AND list.partial), '')
               FROM pragma_index_list(?1) AS list";
    let mut select = raw.db.prepare(sql).unwrap();
    let rows = select.query_map([table], |row| {
        let columns: String = row.get(1)?;
        let columns = columns.split(',').map(str::to_owned).collect();
        Ok(Index { unique: row.get(0)?, columns, rows: row.get(2)? })
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// Whether an index answers for these columns: all rows, all live ones, or all that have a value.
fn serves(index: &Index, wanted: &[&str], unique: bool) -> bool {
    let owner = ["owner".to_owned()];
    let own = index.columns.strip_prefix(&owner).filter(|_| wanted[0] != "owner").unwrap_or(&index.columns);
    let whole = !index.rows.contains(" AND ") && (index.rows.is_empty() || index.rows.contains(" IS "));
    let columns = if unique { own == wanted } else { own.len() >= wanted.len() && own[..wanted.len()] == *wanted };
    columns && whole && (index.unique || !unique)
}

#[test]
fn every_index_of_the_specification_is_there() {
    let raw = Raw::new();
    for (table, wanted, unique) in LISTED {
        let found = indexes(&raw, table);
        assert!(found.iter().any(|index| serves(index, wanted, *unique)), "{table} has no index for {wanted:?}");
    }
    for (table, columns) in ALSO {
        let found = indexes(&raw, table);
        assert!(found.iter().any(|index| index.unique && index.columns == *columns), "{table} {columns:?}");
    }
    assert!(!indexes(&raw, "media").iter().any(|index| serves(index, &["height"], false)), "the comparison can fail");
}

#[test]
fn every_table_is_strict_and_every_object_table_has_its_primary_key() {
    let raw = Raw::new();
    let loose = "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict
                  AND name NOT LIKE 'sqlite_%' AND name NOT GLOB '*_text_*' AND name NOT GLOB 'media_place_*'";
    assert_eq!(raw.number(loose), 0);
    for table in ["object", "user", "media", "album", "integration", "link"] {
        let key = format!("SELECT count(*) FROM pragma_table_info('{table}') WHERE pk = 1 AND name = 'n'");
        assert_eq!(raw.number(&key), 1, "{table}");
    }
}

#[test]
fn the_views_show_the_specifications_fields() {
    let raw = Raw::new();
    let base = ["id", "type", "user_id", "created_at", "updated_at", "deleted_at", "source_type", "source_id"];
    for (view, own) in [
        ("v_user", crate::shapes::USER.as_slice()),
        ("v_media", &crate::shapes::MEDIA),
        ("v_album", &crate::shapes::ALBUM),
        ("v_integration", &crate::shapes::INTEGRATION),
        ("v_link", &crate::shapes::LINK),
    ] {
        let select = raw.db.prepare(&format!("SELECT * FROM {view}")).unwrap();
        assert_eq!(select.column_names().collect::<Vec<_>>(), [&base, own, &["metadata"]].concat(), "{view}");
    }
}
