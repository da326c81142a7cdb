//! What stands beside a media to be asked by follows every change, whichever program makes it.

use crate::raw::{FIRST, INTEGRATION, LINK, MEDIA, Raw};

/// The sums of a media, which are always those counted anew.
#[track_caller]
fn check(raw: &Raw, media: i64, expected: &str) {
    let sums = |table: &str| -> String {
        let columns = "concat_ws(' ', tag_count, album_count, link_count, marks, ifnull(found_name, '-'))";
        raw.db.query_row(&format!("SELECT {columns} FROM {table} WHERE n = {media}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((sums("media").as_str(), sums("media_summary").as_str()), (expected, expected));
}

#[test]
fn tags_and_metadata_are_summed_when_they_change() {
    let raw = Raw::new();
    let metadata = r#"'{"tags":["a","b","a",1],"description":"x","original_filename":"Ä.jpg"}'"#;
    let media =
        raw.make_with(&MEDIA, FIRST, &[("metadata", metadata), ("tag_count", "7"), ("link_count", "7")]).unwrap();
    check(&raw, media, "2 0 0 1 Ä.jpg");
    let camera = r#"{"exif":{"camera":"X"},"title":"t","tags":"no list","original_filename":4}"#;
    raw.accepts(&format!("UPDATE media SET metadata = '{camera}' WHERE n = {media}"));
    check(&raw, media, "0 0 0 38 -");
    raw.accepts(&format!("UPDATE media SET metadata = '{{}}', thumbnail_generated = 1 WHERE n = {media}"));
    check(&raw, media, "0 0 0 64 -");
    let marked =
        r#"{"favorite":true,"exif":{"motion_photo":true,"user_comment":"Screenshot"},"taken_at_source":"mtime"}"#;
    raw.accepts(&format!("UPDATE media SET metadata = '{marked}' WHERE n = {media}"));
    check(&raw, media, "0 0 0 2016 -");
    let unmarked = r#"{"favorite":1,"exif":{"motion_photo":"true","user_comment":"Screen"},"taken_at_source":"exif"}"#;
    raw.accepts(&format!("UPDATE media SET metadata = '{unmarked}' WHERE n = {media}"));
    check(&raw, media, "0 0 0 96 -");
    raw.accepts(&format!("UPDATE media SET filename = 'My_ScreenShot_1.png' WHERE n = {media}"));
    check(&raw, media, "0 0 0 1120 -");
}

#[test]
fn links_are_counted_at_both_ends_while_they_live() {
    let raw = Raw::new();
    let (_, media) = raw.ends(FIRST);
    let contains = raw.make(&LINK, FIRST);
    let other = raw.make(&MEDIA, FIRST);
    let service = raw.make(&INTEGRATION, FIRST);
    let link = |kind: &str, shape: &str, from: i64, to: i64, to_type: &str| {
        let (from, to) = (from.to_string(), to.to_string());
        let ends = [("from_n", from.as_str()), ("from_type", "2"), ("to_n", &to), ("to_type", to_type)];
        let rest = [("link_type", kind), ("shape", shape), ("sort_order", "NULL")];
        raw.make_with(&LINK, FIRST, &[&ends[..], &rest].concat()).unwrap()
    };
    let twin = link("'duplicate_of'", "1", other, media, "2");
    link("'source'", "0", media, service, "4");
    check(&raw, media, "0 1 2 0 -");
    check(&raw, other, "0 0 1 0 -");
    raw.accepts(&format!("UPDATE link SET deleted_at = 5 WHERE n IN ({contains}, {twin})"));
    check(&raw, media, "0 0 1 0 -");
    check(&raw, other, "0 0 0 0 -");
    raw.accepts(&format!("UPDATE link SET deleted_at = NULL WHERE n IN ({contains}, {twin})"));
    check(&raw, media, "0 1 2 0 -");
    check(&raw, other, "0 0 1 0 -");
}
