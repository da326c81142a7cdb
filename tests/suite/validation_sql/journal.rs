//! The journal only grows: what happened cannot be told otherwise afterwards.

use crate::raw::{CHECK, FIRST, FOREIGN, MEDIA, NULL, Raw};

#[test]
fn an_operation_is_finished_once_and_stays() {
    let raw = Raw::new();
    raw.accepts("INSERT INTO operation (n, owner, command, started_at) VALUES (50, 1, 'import', 10)");
    for set in ["command = 'rm'", "owner = 2", "started_at = 0", "n = 51"] {
        raw.refuses(&format!("UPDATE operation SET {set} WHERE n = 50"), &["HN_JOURNAL"]);
    }
    raw.refuses("UPDATE operation SET outcome = 'done', finished_at = 11 WHERE n = 50", &[CHECK]);
    raw.refuses("UPDATE operation SET outcome = 'success', finished_at = 9 WHERE n = 50", &[CHECK]);
    raw.refuses("UPDATE operation SET outcome = 'success', summary = '[1]' WHERE n = 50", &[CHECK]);
    raw.accepts("UPDATE operation SET outcome = 'success', finished_at = 11, summary = '{}' WHERE n = 50");
    for set in ["outcome = 'running'", "outcome = 'failed'", "summary = NULL", "finished_at = 12"] {
        raw.refuses(&format!("UPDATE operation SET {set} WHERE n = 50"), &["HN_JOURNAL"]);
    }
    raw.refuses("DELETE FROM operation WHERE n = 50", &["HN_JOURNAL"]);
    raw.refuses("INSERT INTO operation (owner, command, started_at) VALUES (99, 'import', 0)", &[FOREIGN]);
    raw.refuses("INSERT INTO operation (owner, command, started_at) VALUES (1, '', 0)", &[CHECK]);
    raw.refuses("INSERT INTO operation (owner, command, started_at) VALUES (1, NULL, 0)", &[NULL]);
}

#[test]
fn a_change_stays_and_only_a_purge_blanks_what_it_remembered() {
    let raw = Raw::new();
    let media = raw.make(&MEDIA, FIRST);
    raw.accepts(&format!(
        "INSERT INTO change (n, operation, object, verb, before) VALUES (7, 1, {media}, 'edit', '{{\"a\":1}}')"
    ));
    for set in ["verb = 'delete'", "object = 1", "operation = 2", "before = '{}'", "before = NULL", "n = 8"] {
        raw.refuses(&format!("UPDATE change SET {set} WHERE n = 7"), &["HN_JOURNAL"]);
    }
    raw.refuses("DELETE FROM change", &["HN_JOURNAL"]);
    for (values, why) in [
        ("99, 1, 'edit', NULL", FOREIGN),
        ("1, 1, 'look', NULL", CHECK),
        ("1, 1, 'edit', 'x'", CHECK),
        ("1, 1, 'edit', '[]'", CHECK),
    ] {
        raw.refuses(&format!("INSERT INTO change (operation, object, verb, before) VALUES ({values})"), &[why]);
    }
    raw.accepts(&format!("INSERT INTO tombstone (n, id, type, owner, purged_at) SELECT n, id, type, owner, 1 FROM object WHERE n = {media}"));
    raw.refuses("UPDATE change SET before = NULL, verb = 'purge' WHERE n = 7", &["HN_JOURNAL"]);
    raw.accepts("UPDATE change SET before = NULL WHERE n = 7");
}
