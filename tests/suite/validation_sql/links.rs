//! Which links may stand: the right ends of one owner, once, without cycles, each at a place of its own.

use crate::raw::{ALBUM, CHECK, FIRST, INTEGRATION, LINK, MEDIA, Raw, SECOND, UNIQUE};

/// Tries a link; gives its number.
fn link(raw: &Raw, link_type: &str, from: (i64, i64), to: (i64, i64), place: Option<i64>) -> Result<i64, String> {
    let rule = "SELECT shape FROM link_rule WHERE link_type = ?1 AND from_type = ?2 AND to_type = ?3";
    let shape: i64 = raw.db.query_row(rule, rusqlite::params![link_type, from.0, to.0], |row| row.get(0)).unwrap_or(0);
    let text = |n: i64| n.to_string();
    raw.make_with(
        &LINK,
        FIRST,
        &[
            ("from_type", &text(from.0)),
            ("from_n", &text(from.1)),
            ("to_type", &text(to.0)),
            ("to_n", &text(to.1)),
            ("link_type", &format!("'{link_type}'")),
            ("shape", &text(shape)),
            ("sort_order", &place.map_or("NULL".to_owned(), text)),
        ],
    )
}

fn refused(made: Result<i64, String>, why: &str) {
    let refusal = made.expect_err(why);
    assert!(refusal.contains(why), "refused by {refusal}, not by {why}");
}

#[test]
fn both_ends_belong_to_the_owner_whatever_is_switched_off() {
    let raw = Raw::new();
    let (album, media) = raw.ends(FIRST);
    let (their_album, their_media) = raw.ends(SECOND);
    for switch in ["ignore_check_constraints = ON", "foreign_keys = OFF", "ignore_check_constraints = OFF"] {
        raw.db.execute_batch(&format!("PRAGMA {switch}")).unwrap();
        for (from, to) in [(their_album, media), (album, their_media), (their_album, their_media), (album, 99_999)] {
            refused(link(&raw, "contains", (3, from), (2, to), Some(1)), "HN_OWNER");
        }
        refused(link(&raw, "contains", (3, media), (2, album), Some(1)), "HN_OWNER");
        refused(link(&raw, "related_to", (2, media), (2, media), None), "HN_SELF");
        refused(link(&raw, "source", (3, album), (2, media), None), "HN_LINK_RULE");
    }
}

#[test]
fn only_the_rules_ends_are_taken() {
    let raw = Raw::new();
    let ends =
        [(1, FIRST), (2, raw.make(&MEDIA, FIRST)), (3, raw.make(&ALBUM, FIRST)), (4, raw.make(&INTEGRATION, FIRST))];
    let other =
        [(1, 0), (2, raw.make(&MEDIA, FIRST)), (3, raw.make(&ALBUM, FIRST)), (4, raw.make(&INTEGRATION, FIRST))];
    let allowed =
        [("contains", 3, 2), ("contains", 3, 3), ("source", 2, 4), ("duplicate_of", 2, 2), ("variant_of", 2, 2)];
    for link_type in [
        "contains",
        "source",
        "duplicate_of",
        "variant_of",
        "tagged_with",
        "depicts",
        "taken_at",
        "posted_to",
        "sent_in",
    ] {
        for from in ends {
            for to in other.iter().filter(|(kind, _)| *kind != 1) {
                let place = (link_type == "contains").then_some(to.1);
                let made = link(&raw, link_type, from, *to, place);
                if allowed.contains(&(link_type, from.0, to.0)) {
                    assert!(made.is_ok(), "{link_type} {from:?} {to:?}: {made:?}");
                } else {
                    refused(made, "HN_LINK_RULE");
                }
            }
        }
    }
    assert!(link(&raw, "related_to", ends[1], ends[0], None).is_ok(), "anything may be related to anything");
    assert_eq!(raw.number("SELECT count(*) FROM link_rule WHERE link_type = 'related_to'"), 25);
}

#[test]
fn an_object_is_never_linked_to_itself() {
    let raw = Raw::new();
    let (album, media) = raw.ends(FIRST);
    refused(link(&raw, "contains", (3, album), (3, album), Some(0)), "HN_CYCLE");
    refused(link(&raw, "variant_of", (2, media), (2, media), None), "HN_CYCLE");
    for link_type in ["duplicate_of", "related_to"] {
        refused(link(&raw, link_type, (2, media), (2, media), None), "HN_SELF");
    }
}

#[test]
fn a_link_stands_once_and_a_removed_one_may_be_made_again() {
    let raw = Raw::new();
    let (media, integration) = ((2, raw.make(&MEDIA, FIRST)), (4, raw.make(&INTEGRATION, FIRST)));
    let first = link(&raw, "source", media, integration, None).unwrap();
    refused(link(&raw, "source", media, integration, None), "HN_REPLACE: this link exists");
    assert!(link(&raw, "source", media, (4, raw.make(&INTEGRATION, FIRST)), None).is_ok(), "a media has many sources");
    raw.accepts(&format!("UPDATE link SET deleted_at = 1 WHERE n = {first}"));
    link(&raw, "source", media, integration, None).unwrap();
    raw.refuses(&format!("UPDATE link SET deleted_at = NULL WHERE n = {first}"), &["HN_REPLACE", UNIQUE]);
}

#[test]
fn a_link_both_ways_stands_once_in_either_direction() {
    let raw = Raw::new();
    let (a, b) = ((2, raw.make(&MEDIA, FIRST)), (2, raw.make(&MEDIA, FIRST)));
    let first = link(&raw, "duplicate_of", a, b, None).unwrap();
    refused(link(&raw, "duplicate_of", b, a, None), "HN_REPLACE: this link exists the other way round");
    raw.accepts(&format!("UPDATE link SET deleted_at = 1 WHERE n = {first}"));
    link(&raw, "duplicate_of", b, a, None).unwrap();
    raw.refuses(&format!("UPDATE link SET deleted_at = NULL WHERE n = {first}"), &["HN_REPLACE", UNIQUE]);
    assert_eq!(raw.number("SELECT min(is_bidirectional) FROM link WHERE link_type = 'duplicate_of'"), 1);
}

#[test]
fn a_variant_has_one_original() {
    let raw = Raw::new();
    let [movie, still, other] = [(); 3].map(|()| (2, raw.make(&MEDIA, FIRST)));
    link(&raw, "variant_of", movie, still, None).unwrap();
    refused(link(&raw, "variant_of", movie, other, None), "HN_REPLACE: this object has such a link already");
    link(&raw, "variant_of", other, still, None).unwrap();
}

#[test]
fn nothing_contains_or_derives_from_itself() {
    let raw = Raw::new();
    let [a, b, c] = [(); 3].map(|()| (3, raw.make(&ALBUM, FIRST)));
    let ab = link(&raw, "contains", a, b, Some(0)).unwrap();
    refused(link(&raw, "contains", b, a, Some(0)), "HN_CYCLE");
    link(&raw, "contains", b, c, Some(0)).unwrap();
    refused(link(&raw, "contains", c, a, Some(0)), "HN_CYCLE");
    link(&raw, "contains", a, c, Some(1)).unwrap();
    raw.accepts(&format!("UPDATE link SET deleted_at = 1 WHERE n = {ab}"));
    link(&raw, "contains", b, a, Some(1)).unwrap();
    raw.refuses(&format!("UPDATE link SET deleted_at = NULL WHERE n = {ab}"), &["HN_CYCLE"]);

    let [edited, plain] = [(); 2].map(|()| (2, raw.make(&MEDIA, FIRST)));
    link(&raw, "variant_of", edited, plain, None).unwrap();
    refused(link(&raw, "variant_of", plain, edited, None), "HN_CYCLE");
}

#[test]
fn each_place_in_an_album_is_taken_once() {
    let raw = Raw::new();
    let (album, other) = ((3, raw.make(&ALBUM, FIRST)), (3, raw.make(&ALBUM, FIRST)));
    let [a, b, c] = [(); 3].map(|()| (2, raw.make(&MEDIA, FIRST)));
    let first = link(&raw, "contains", album, a, Some(0)).unwrap();
    let second = link(&raw, "contains", album, b, Some(1)).unwrap();
    refused(link(&raw, "contains", album, c, Some(0)), "HN_REPLACE: this place in the order is taken");
    refused(link(&raw, "contains", album, other, Some(1)), "HN_REPLACE: this place in the order is taken");
    link(&raw, "contains", other, a, Some(0)).unwrap();
    raw.refuses(&format!("UPDATE link SET sort_order = 0 WHERE n = {second}"), &["HN_REPLACE", UNIQUE]);
    raw.accepts(&format!("UPDATE link SET deleted_at = 1 WHERE n = {first}"));
    link(&raw, "contains", album, c, Some(0)).unwrap();
    raw.refuses(&format!("UPDATE link SET deleted_at = NULL WHERE n = {first}"), &["HN_REPLACE", UNIQUE]);
}

#[test]
fn only_ordered_links_have_a_place() {
    let raw = Raw::new();
    let (album, media, integration) = (raw.make(&ALBUM, FIRST), raw.make(&MEDIA, FIRST), raw.make(&INTEGRATION, FIRST));
    refused(link(&raw, "contains", (3, album), (2, media), None), CHECK);
    refused(link(&raw, "source", (2, media), (4, integration), Some(0)), CHECK);
}
