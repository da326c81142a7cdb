//! Model and catalogue say the same of the same value: what one takes and the other refuses is lost, or unreadable.

use hypernet::model::album::{SortOrder, Visibility};
use hypernet::model::geo::Place;
use hypernet::model::integration::{Status, SyncStatus};
use hypernet::model::link::{LinkType, Strength};
use hypernet::model::media::{Duration, ProcessingStatus};
use hypernet::model::text::{
    AlbumName, Description, DisplayName, Email, Filename, IntegrationName, IntegrationType, PasswordHash, SourceId, Url,
};
use hypernet::model::{Invalid, Metadata, SourceType, Timestamp};
use rusqlite::ToSql;

use crate::raw::{ALBUM, FIRST, INTEGRATION, Kind, LINK, MEDIA, Raw, USER};

/// Whether the catalogue takes a value in a column of a row that is there.
fn takes(raw: &Raw, kind: &Kind, n: i64, column: &str, value: &dyn ToSql) -> bool {
    let set = format!("UPDATE {} SET {column} = ?1 WHERE n = {n}", kind.table);
    raw.attempt(|db| db.execute(&set, [value])).is_ok()
}

#[test]
fn on_texts() {
    type Parse = fn(&str) -> Result<(), Invalid>;
    let raw = Raw::new();
    let fields: [(&Kind, &str, Parse); 8] = [
        (&USER, "email", |text| Email::parse(text).map(drop)),
        (&USER, "password_hash", |text| PasswordHash::parse(text).map(drop)),
        (&USER, "display_name", |text| DisplayName::parse(text).map(drop)),
        (&USER, "avatar_url", |text| Url::parse(text).map(drop)),
        (&MEDIA, "filename", |text| Filename::parse(text).map(drop)),
        (&ALBUM, "name", |text| AlbumName::parse(text).map(drop)),
        (&ALBUM, "description", |text| Description::parse(text).map(drop)),
        (&INTEGRATION, "integration_name", |text| IntegrationName::parse(text).map(drop)),
    ];
    for (kind, column, parse) in fields {
        let n = raw.make(kind, FIRST);
        for text in texts() {
            let (model, catalogue) = (parse(&text).is_ok(), takes(&raw, kind, n, column, &text));
            assert_eq!(model, catalogue, "{}.{column} = {text:?}: the model says {model}", kind.table);
        }
    }
    for text in texts() {
        let made = raw.make_with(&INTEGRATION, FIRST, &[("integration_type", &quoted(&text))]).is_ok();
        assert_eq!(IntegrationType::parse(text.as_str()).is_ok(), made, "integration_type = {text:?}");
        let made = raw.make_with(&INTEGRATION, FIRST, &[("source_id", &quoted(&text))]).is_ok();
        assert_eq!(SourceId::parse(text.as_str()).is_ok(), made, "source_id = {text:?}");
    }
}

/// Short and odd texts, and some just as long as a rule allows.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "a",
        "A_b-c.d",
        "a b",
        "\u{a0}",
        "\u{3000} ",
        "\u{2009}",
        "\u{85}",
        "\t",
        "a\tb",
        "a\nb",
        "a\u{7f}",
        "a\u{9f}",
        "a\0",
        "\0",
        "a\0b",
        "é",
        "e\u{301}",
        "🌅",
        "a@b.cd",
        "a@b.c",
        "@b.cd",
        "a@.cd",
        "a@b..cd",
        "a@-.cd",
        "a@b.cd.",
        "A+%@B.CD",
        "a@@b.cd",
        "!",
        "$2b$12$abcdefghijklmnopqrst",
        "$argon2",
        "$argon2id$v=19$abcdefgh",
        "$3$abcdefghijklmnopqrstu",
        "http://",
        "http://x",
        "https://x y",
        "https://é",
        "https://x\u{a0}y",
        "HTTPS://x",
        "https://x\n",
        "ftp://x",
        "..",
        ".",
        "-",
        "[",
        "]",
        "^",
        "*",
        "?",
        "'",
        "\"",
        "\\",
        "%",
        "_",
        "~",
        "a[b",
        "a]b",
        "a^b",
        "\u{ad}",
        "\u{feff}",
        "\u{200b}",
        "\u{10ffff}",
    ]
    .map(str::to_owned)
    .to_vec();
    for length in [20, 64, 65, 100, 101, 200, 201, 255, 256, 512, 513, 1024, 1025, 2048, 2049, 5000, 5001] {
        texts.push("a".repeat(length));
        texts.push("é".repeat(length));
        texts.push(format!("{}@b.cd", "a".repeat(length - 5)));
        texts.push(format!("https://{}", "a".repeat(length - 8)));
        texts.push(format!("$argon2{}", "a".repeat(length - 7)));
    }
    texts
}

/// A text as SQL; `char(0)` where a literal would end.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\0', "' || char(0) || '"))
}

#[test]
fn on_words() {
    let raw = Raw::new();
    let words = |words: Vec<&'static str>, kind: &Kind, column: &str| {
        let n = raw.make(kind, FIRST);
        for word in words {
            assert!(takes(&raw, kind, n, column, &word), "{}.{column} refuses {word}", kind.table);
        }
    };
    words(ProcessingStatus::ALL.iter().map(|word| word.as_str()).collect(), &MEDIA, "processing_status");
    words(SortOrder::ALL.iter().map(|word| word.as_str()).collect(), &ALBUM, "sort_order");
    words(Visibility::ALL.iter().map(|word| word.as_str()).collect(), &ALBUM, "visibility");
    words(Status::ALL.iter().map(|word| word.as_str()).collect(), &INTEGRATION, "status");
    words(SyncStatus::ALL.iter().map(|word| word.as_str()).collect(), &INTEGRATION, "last_sync_status");
    for word in SourceType::ALL {
        assert!(raw.make_with(&ALBUM, FIRST, &[("source_type", &quoted(word.as_str()))]).is_ok(), "{word}");
    }
    let ruled = "SELECT DISTINCT link_type FROM link_rule";
    let mut ruled = raw.db.prepare(ruled).unwrap();
    for word in ruled.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap) {
        assert!(LinkType::parse(&word).is_ok(), "{word}");
    }
}

#[test]
fn on_numbers() {
    let raw = Raw::new();
    let (album, media) = raw.ends(FIRST);
    let link = raw.make(&LINK, FIRST);
    let near_one_and_ninety = [-1.0, -0.0, 0.0, 1e-300, 0.5, 1.0, 1.000_001, 89.9, 90.0, 90.1];
    let and_far = [180.0, 180.1, 8.9e15, 9e15, 1e300, f64::INFINITY, f64::NAN];
    for value in near_one_and_ninety.into_iter().chain(and_far) {
        assert_eq!(
            Duration::from_secs(value).is_ok(),
            !value.is_nan() && takes(&raw, &MEDIA, media, "duration", &value),
            "{value}"
        );
        let place = format!("UPDATE media SET (latitude, longitude) = (?1, ?2) WHERE n = {media}");
        let taken = |latitude: f64, longitude: f64| raw.attempt(|db| db.execute(&place, [latitude, longitude])).is_ok();
        assert_eq!(Place::new(value, 0.0).is_ok(), taken(value, 0.0), "latitude {value}");
        assert_eq!(Place::new(0.0, value).is_ok(), taken(0.0, value), "longitude {value}");
        assert_eq!(Strength::new(value).is_ok(), takes(&raw, &LINK, link, "strength", &value), "strength {value}");
    }
    for millis in
        [0, -1, -62_135_596_800_000, -62_135_596_800_001, 253_402_300_799_999, 253_402_300_800_000, i64::MAX, i64::MIN]
    {
        assert_eq!(
            Timestamp::from_millis(millis).is_ok(),
            takes(&raw, &ALBUM, album, "updated_at", &millis),
            "{millis}"
        );
    }
}

#[test]
fn on_metadata() {
    let raw = Raw::new();
    let media = raw.make(&MEDIA, FIRST);
    for text in [
        "{}",
        "",
        " {} ",
        "[]",
        "null",
        "1",
        "{\"a\":1}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1,}",
        "{\"a\":NaN}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":01}",
        "{\"a\":\"\u{1}\"}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"é\"}",
        "{\"a\":1}x",
        "// c\n{}",
        "{\"a\":0x1}",
        "{\"\":null}",
    ] {
        let model = Metadata::parse(text).is_ok();
        assert_eq!(model, takes(&raw, &MEDIA, media, "metadata", &text), "{text:?}: the model says {model}");
    }
}
