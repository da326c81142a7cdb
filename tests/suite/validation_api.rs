//! Each rule of the specification's validation lists, asked of the model: the last value that is right, the first that is wrong.
//!
//! The same rules broken through SQL are `validation_sql`'s.

use std::fmt::Debug;

use hypernet::model::album::{SortOrder, Visibility};
use hypernet::model::geo::Place;
use hypernet::model::integration::{Status, SyncStatus};
use hypernet::model::link::{LinkType, Position, Strength};
use hypernet::model::media::{self, Duration, Limits, MediaType, ProcessingStatus};
use hypernet::model::text::{
    AlbumName, Description, DisplayName, Email, FilePath, Filename, IntegrationName, IntegrationType, PasswordHash,
    SourceId, Url,
};
use hypernet::model::user::{self, check_password, check_quota};
use hypernet::model::{Invalid, Kind, Metadata, ObjectId, Sha256, SourceType, Timestamp, WallTime, metadata, mime};
use serde_json::{Map, Value, json};

/// Every one of `fine` passes; every one of `wrong` is refused with the field's name, a rule and the value.
fn check<'a, T: Debug>(
    parse: impl Fn(&'a str) -> Result<T, Invalid>,
    field: &str,
    fine: &[&'a str],
    wrong: &[&'a str],
) {
    for text in fine {
        assert!(parse(text).is_ok(), "{field} refuses {text:?}: {:?}", parse(text));
    }
    for text in wrong {
        let refusal = parse(text).expect_err(&format!("{field} takes {text:?}"));
        refused(&refusal, field, &format!("{text:?}"));
    }
}

fn refused(refusal: &Invalid, field: &str, value: &str) {
    let said = refusal.to_string();
    assert_eq!(refusal.field, field, "{said}");
    assert!(refusal.rule.starts_with("must "), "{said}");
    assert!(!said.ends_with('.'), "{said}");
    let start: String = value.chars().take(70).collect();
    assert!(said.contains(&start), "{said} does not show {start}");
}

#[test]
fn an_email_has_a_name_a_domain_and_a_top_level_of_letters() {
    let longest = format!("{}@example.com", "a".repeat(255 - 12));
    let longer = format!("a{longest}");
    check(
        Email::parse,
        "email",
        &["user@example.com", "a.b_c%d+e-f@x-y.z.co", "A@B.CD", "a@b.c.de", "-@-.aa", &longest],
        &[
            "",
            "user",
            "@example.com",
            "user@",
            "user@example",
            "user@.com",
            "user@example.c",
            "user@example.c0m",
            "user@example.com ",
            "us er@example.com",
            "user@exa_mple.com",
            "a@b@example.com",
            "usér@example.com",
            "user@example.com\n",
            "user@example.",
            &longer,
        ],
    );
}

#[test]
fn a_filename_is_safe_and_at_most_255_characters() {
    let (longest, longer) = ("a".repeat(255), "a".repeat(256));
    check(
        Filename::parse,
        "filename",
        &["a", "IMG_1234.jpg", "-", "...x", &longest],
        &["", "a b", "a/b", "a\\b", "é.jpg", "a\0", "a\n", "a:b", "~", &longer],
    );
}

#[test]
fn a_display_name_is_plain_and_at_most_100_characters() {
    let (longest, longer) = ("a".repeat(100), "a".repeat(101));
    check(
        DisplayName::parse,
        "display_name",
        &["Ann", "Ann-Marie O.Neil_2", " ", &longest],
        &["", "Zoë", "O'Neil", "a\tb", "a@b", "<b>", &longer],
    );
}

#[test]
fn a_file_path_is_relative_and_never_climbs() {
    let (longest, longer) = ("a".repeat(1024), "a".repeat(1025));
    check(
        FilePath::parse,
        "file_path",
        &["users/x/media/2026/02/a.jpg", "a", "..a/b..", &longest],
        &["", "/a", "a/", "a//b", "../a", "a/../b", "a/..", ".", "./a", "a b", "a\\b", "é", "a\0", &longer],
    );
}

#[test]
fn a_hash_is_64_lower_case_hex_digits() {
    let fine = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let odd = format!("é{}", &fine[2..]);
    check(
        Sha256::parse,
        "hash",
        &[fine, &"0".repeat(64)],
        &["", &fine[1..], &format!("{fine}0"), &fine.to_uppercase(), &fine.replace('9', "g"), &odd],
    );
    assert_eq!(Sha256::parse(fine).unwrap().to_string(), fine);
    assert_eq!(Sha256::from_bytes([255; 32]).to_string(), "f".repeat(64));
}

#[test]
fn an_id_is_a_uuid_of_version_4() {
    check(
        ObjectId::parse,
        "id",
        &["a1b2c3d4-1234-4678-abcd-123456789abc", "A1B2C3D4-1234-4678-8BCD-123456789ABC"],
        &[
            "",
            "1",
            "a1b2c3d4-1234-1678-abcd-123456789abc",
            "a1b2c3d4-1234-7678-abcd-123456789abc",
            "a1b2c3d4-1234-4678-cbcd-123456789abc",
            "a1b2c3d4-1234-4678-abcd-123456789abg",
            "a1b2c3d4-1234-4678-abcd-123456789abcd",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ],
    );
    let upper = ObjectId::parse("A1B2C3D4-1234-4678-8BCD-123456789ABC").unwrap();
    assert_eq!(upper.to_string(), "a1b2c3d4-1234-4678-8bcd-123456789abc");
    let random = ObjectId::random();
    assert_eq!(ObjectId::parse(&random.to_string()), Ok(random));
    assert_eq!(ObjectId::from_bytes(*random.as_bytes()), Ok(random));
    refused(&ObjectId::from_bytes([0; 16]).unwrap_err(), "id", "00000000");
}

#[test]
fn every_enumeration_takes_its_words_and_no_others() {
    check(MediaType::parse, "media_type", &["photo", "video", "document", "other"], &["", "Photo", "audio", "photo "]);
    let statuses = ["pending", "processing", "complete", "failed"];
    check(ProcessingStatus::parse, "processing_status", &statuses, &["", "done", "Complete"]);
    check(SortOrder::parse, "sort_order", &["date_asc", "date_desc", "manual"], &["", "name", "date"]);
    check(Visibility::parse, "visibility", &["private", "unlisted", "public"], &["", "hidden", "PRIVATE"]);
    check(Status::parse, "status", &["connected", "disconnected", "error", "pending"], &["", "ok", "Error"]);
    check(SyncStatus::parse, "last_sync_status", &["success", "partial", "failed"], &["", "ok", "none"]);
    check(SourceType::parse, "source_type", &["import", "integration", "user", "system", "upload"], &["", "web"]);
    check(Kind::parse, "type", &["user", "media", "album", "integration", "link"], &["", "tag", "Media"]);
    let types = [
        "contains",
        "source",
        "duplicate_of",
        "variant_of",
        "related_to",
        "tagged_with",
        "depicts",
        "taken_at",
        "posted_to",
        "sent_in",
    ];
    check(LinkType::parse, "link_type", &types, &["", "likes", "Contains"]);
    assert_eq!(LinkType::ALL.len(), types.len());
}

#[test]
fn a_mime_type_is_on_the_list_and_settles_the_media_type() {
    check(
        mime::parse,
        "mime_type",
        &["image/jpeg", "video/mp4", "image/heic", "application/octet-stream"],
        &["", "image", "image/*", "IMAGE/JPEG", "image/jpeg; q=1", "text/html"],
    );
    assert_eq!(mime::parse("video/mp4").unwrap().media_type, MediaType::Video);
    for (at, one) in mime::ALLOWED.iter().enumerate() {
        let rest = &mime::ALLOWED[at + 1..];
        assert!(rest.iter().all(|other| other.name != one.name), "{} stands twice", one.name);
        assert!(one.ext.len() <= 8 && one.ext.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        for name in one.names {
            assert_eq!(mime::of_extension(name), Some(one), "{name} means two types");
            assert_eq!(mime::of_extension(&name.to_uppercase()), Some(one));
        }
    }
    assert_eq!(mime::of_extension("exe"), None);
}

#[test]
fn a_size_obeys_the_limit_of_its_type_where_one_is_set() {
    let default = Limits::default();
    assert_eq!((default.photo, default.video), (Some(100_000_000), Some(1_000_000_000)));
    assert_eq!(default.check(MediaType::Photo, 100_000_000), Ok(()));
    assert_eq!(default.check(MediaType::Video, 1_000_000_000), Ok(()));
    assert_eq!(default.check(MediaType::Document, u64::MAX), Ok(()));
    refused(&default.check(MediaType::Photo, 100_000_001).unwrap_err(), "size", "100000001");
    let refusal = default.check(MediaType::Video, 1_000_000_001).unwrap_err();
    assert_eq!(refusal.to_string(), "size: must be at most 1000000000 bytes for a video, not 1000000001");
    let configured = Limits { photo: Some(10), video: None };
    assert!(configured.check(MediaType::Photo, 11).is_err());
    assert_eq!(configured.check(MediaType::Video, u64::MAX), Ok(()));
}

#[test]
fn a_quota_is_between_1_gb_and_1_tb_or_as_configured() {
    let (least, most) = (1_000_000_000, 1_000_000_000_000);
    assert_eq!(user::DEFAULT_QUOTA, 10_000_000_000);
    for fine in [least, user::DEFAULT_QUOTA, most] {
        assert_eq!(check_quota(fine, &user::QUOTA_RANGE), Ok(fine));
    }
    refused(&check_quota(least - 1, &user::QUOTA_RANGE).unwrap_err(), "storage_quota", "999999999");
    refused(&check_quota(most + 1, &user::QUOTA_RANGE).unwrap_err(), "storage_quota", "1000000000001");
    assert!(check_quota(5, &(5..=6)).is_ok() && check_quota(7, &(5..=6)).is_err());
}

#[test]
fn a_place_is_on_earth() {
    for (latitude, longitude) in [(90.0, 180.0), (-90.0, -180.0), (0.0, 0.0), (34.0195, -118.4912)] {
        let place = Place::new(latitude, longitude).unwrap();
        assert!((place.latitude(), place.longitude()) == (latitude, longitude));
    }
    for latitude in [90.000_001, -90.000_001, f64::NAN, f64::INFINITY] {
        refused(&Place::new(latitude, 0.0).unwrap_err(), "latitude", &format!("{latitude:?}"));
    }
    for longitude in [180.000_001, -180.000_001, f64::NAN, f64::NEG_INFINITY] {
        refused(&Place::new(0.0, longitude).unwrap_err(), "longitude", &format!("{longitude:?}"));
    }
}

#[test]
fn a_strength_is_from_0_to_1_a_position_not_negative_a_duration_finite() {
    assert!(Strength::new(0.0).is_ok() && Strength::new(1.0).is_ok());
    for wrong in [-0.000_001, 1.000_001, f64::NAN, f64::INFINITY] {
        refused(&Strength::new(wrong).unwrap_err(), "strength", &format!("{wrong:?}"));
    }
    assert!(Position::new(0).is_ok() && Position::new(i64::MAX).is_ok());
    refused(&Position::new(-1).unwrap_err(), "sort_order", "-1");
    assert!(Duration::from_secs(0.0).is_ok() && Duration::from_secs(1e9).is_ok());
    for wrong in [-0.1, 9e15, f64::NAN, f64::INFINITY] {
        refused(&Duration::from_secs(wrong).unwrap_err(), "duration", &format!("{wrong:?}"));
    }
}

#[test]
fn names_and_descriptions_are_counted_in_characters() {
    let (longest, longer) = ("é".repeat(200), "é".repeat(201));
    check(AlbumName::parse, "name", &["x", "Ferien 2026 🌅", &longest], &["", " ", "a\nb", "\u{7}", &longer]);
    check(IntegrationName::parse, "integration_name", &["@username", &longest], &["", "a\0", &longer]);
    let (longest, longer) = ("é".repeat(5000), "é".repeat(5001));
    check(Description::parse, "description", &["", "two\nlines", &longest], &["a\0b", &longer]);
}

#[test]
fn an_integration_type_a_source_id_and_an_address_have_their_form() {
    let (longest, longer) = ("a".repeat(64), "a".repeat(65));
    check(
        IntegrationType::parse,
        "integration_type",
        &["instagram", "google_photos", "s3", &longest],
        &["", "Instagram", "a-b", "a b", &longer],
    );
    let (longest, longer) = ("é".repeat(1024), "é".repeat(1025));
    check(SourceId::parse, "source_id", &["instagram_media_abc123xyz", &longest], &["", "a\0", &longer]);
    let longer = format!("https://{}", "a".repeat(2041));
    check(
        Url::parse,
        "avatar_url",
        &["https://example.com/a.png", "http://x", &longer[..2048]],
        &["", "ftp://x", "javascript:alert(1)", "https://a b", "https://a\n", "https://é", "http://", &longer],
    );
}

#[test]
fn a_password_is_long_and_mixed_and_a_refusal_never_repeats_it() {
    for fine in ["Abcdefghij1!", "Ünïcode-pass9"] {
        assert_eq!(check_password(fine), Ok(()), "{fine}");
    }
    for wrong in
        ["", "Abcdefghi1!", "abcdefghijk1!", "ABCDEFGHIJK1!", "Abcdefghijkl!", "Abcdefghijkl1", "Abcdefghijkl 1"]
    {
        let refusal = check_password(wrong).expect_err(wrong);
        assert_eq!((refusal.field, refusal.value.as_str()), ("password", "[REDACTED]"));
        assert!(wrong.is_empty() || !refusal.to_string().contains(wrong));
    }
}

#[test]
fn a_password_hash_is_argon2_bcrypt_or_none_and_is_never_shown() {
    let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g";
    for fine in ["!", hash, "$2b$12$abcdefghijklmnopqrstuv"] {
        assert_eq!(PasswordHash::parse(fine).unwrap().as_str(), fine);
    }
    for wrong in
        ["", "hunter2hunter2hunter2", "$argon2", "$1$abcdefghijklmnopqrstuv", &format!("$2{}", "a".repeat(511))]
    {
        let refusal = PasswordHash::parse(wrong).expect_err(wrong);
        assert_eq!((refusal.field, refusal.value.as_str()), ("password_hash", "[REDACTED]"));
    }
    assert_eq!(format!("{:?}", PasswordHash::parse(hash).unwrap()), "[REDACTED]");
}

#[test]
fn an_instant_is_utc_to_the_millisecond() {
    let at = Timestamp::parse("2026-02-03T12:34:56.789Z").unwrap();
    assert_eq!((at.millis(), at.to_string().as_str()), (1_770_122_096_789, "2026-02-03T12:34:56.789Z"));
    for (given, shown) in [
        ("2026-02-03T12:34:56Z", "2026-02-03T12:34:56.000Z"),
        ("2026-02-03T12:34:56.7899999Z", "2026-02-03T12:34:56.789Z"),
        ("2026-02-03T12:34:56+08:00", "2026-02-03T04:34:56.000Z"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ] {
        assert_eq!(Timestamp::parse(given).unwrap().to_string(), shown);
    }
    check(
        Timestamp::parse,
        "time",
        &["2024-02-29T00:00:00Z"],
        &[
            "",
            "2026-02-03",
            "2026-02-03T12:34:56",
            "2026-02-30T12:00:00Z",
            "2026-13-01T00:00:00Z",
            "0000-00-00T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "now",
        ],
    );
    refused(&Timestamp::from_millis(i64::MAX).unwrap_err(), "time", "9223372036854775807");
    assert!(Timestamp::from_millis(-62_135_596_800_001).is_err());
}

#[test]
fn a_wall_time_keeps_its_clock_and_says_an_instant_only_with_an_offset() {
    let clock = chrono::NaiveDate::from_ymd_opt(2026, 2, 1).unwrap().and_hms_milli_opt(6, 23, 45, 7).unwrap();
    let west = chrono::FixedOffset::west_opt(8 * 3600).unwrap();
    let zoned = WallTime::new(clock, Some(west));
    assert_eq!(zoned.to_string(), "2026-02-01T06:23:45.007-08:00");
    assert_eq!(zoned.instant().unwrap().to_string(), "2026-02-01T14:23:45.007Z");
    let bare = WallTime::new(clock, None);
    assert_eq!((bare.to_string().as_str(), bare.instant()), ("2026-02-01T06:23:45.007", None));
    assert_eq!(bare.millis(), zoned.millis());
    for edge in [chrono::NaiveDateTime::MIN, chrono::NaiveDateTime::MAX] {
        assert_eq!(WallTime::new(edge, Some(west)).instant(), None);
    }
}

#[test]
fn metadata_is_a_json_object_of_at_most_1_mb() {
    check(
        Metadata::parse,
        "metadata",
        &["{}", r#"{"tags":["a"],"exif":{"iso":64}}"#],
        &["", "[]", "null", "1", "\"{}\"", "{", "{} {}", r#"{"a":NaN}"#, "{'a':1}"],
    );
    let of_size =
        |bytes: usize| Map::from_iter([("a".to_owned(), Value::from("x".repeat(bytes - r#"{"a":""}"#.len())))]);
    assert_eq!(Metadata::new(of_size(metadata::MAX_BYTES)).unwrap().size(), 1_048_576);
    refused(&Metadata::new(of_size(metadata::MAX_BYTES + 1)).unwrap_err(), "metadata", "1048577 bytes");
    let nested = format!("{}{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
    assert!(Metadata::parse(&nested).is_err(), "deep nesting is refused, not followed");
}

#[test]
fn metadata_of_a_file_loses_its_largest_entries_and_says_so() {
    let (large, small) = ("x".repeat(700_000), "y".repeat(1_000));
    let map = |value: Value| value.as_object().unwrap().clone();
    let bag = Metadata::from_file(map(json!({
        "camera": "iPhone 15", "exif": {"iso": 64, "maker_note": large, "lens": small}, "xmp": large,
        "description": "z".repeat(600_000),
    })));
    assert!(bag.size() <= metadata::MAX_BYTES);
    assert_eq!(bag.get("truncated"), Some(&json!(["exif.maker_note", "xmp"])));
    assert_eq!(bag.get("exif"), Some(&json!({"iso": 64, "lens": small})));
    assert_eq!(bag.get("description").and_then(Value::as_str).map(str::len), Some(600_000));
    let keys: Vec<_> = bag.as_map().keys().map(String::as_str).collect();
    assert_eq!(keys, ["camera", "exif", "description", "truncated"]);

    let only_core = Metadata::from_file(map(json!({"description": "z".repeat(2_000_000), "camera": "X"})));
    assert_eq!(only_core.as_map(), &map(json!({"camera": "X", "truncated": ["description"]})));

    let many: Map<_, _> = (0..200_000).map(|n| (format!("key{n}"), json!({"n": n}))).collect();
    let many = Metadata::from_file(many);
    assert!((800_000..=metadata::MAX_BYTES).contains(&many.size()), "{}", many.size());

    let whole = map(json!({"b": 1, "a": {"c": null}}));
    assert_eq!(Metadata::from_file(whole.clone()).as_map(), &whole);
}

#[test]
fn stored_paths_follow_the_convention() {
    let id = ObjectId::parse("e5f60718-5678-40ab-8def-567890abcdef").unwrap();
    let user = ObjectId::parse("a1b2c3d4-1234-4678-abcd-123456789abc").unwrap();
    let path = media::file_path(user, 2026, 2, id, "jpg").unwrap();
    assert_eq!(path.as_str(), format!("users/{user}/media/2026/02/{id}.jpg"));
    let thumbnail = media::thumbnail_path(user, id).unwrap();
    assert_eq!(thumbnail.as_str(), format!("users/{user}/thumbnails/e5/{id}.jpg"));
    for ext in ["../../x", "a b", "é", "a/", "x\0"] {
        assert!(media::file_path(user, 2026, 2, id, ext).is_err(), "{ext}");
    }
}

#[test]
fn a_refusal_cuts_a_long_value() {
    let refusal = Filename::parse("é".repeat(10_000)).unwrap_err();
    assert_eq!(refusal.value.chars().count(), 80);
    assert!(refusal.value.ends_with('…'));
}
