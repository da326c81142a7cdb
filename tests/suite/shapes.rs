//! The JSON of the five objects, key by key as the specification prints them: base fields first, `metadata` last, nothing left out.

use hypernet::model::geo::Place;
use hypernet::model::integration::SyncStatus;
use hypernet::model::link::{LinkType, Position, Strength};
use hypernet::model::media::{self, Duration, ProcessingStatus};
use hypernet::model::secret::Secret;
use hypernet::model::text::{
    AlbumName, Description, DisplayName, Email, FilePath, Filename, IntegrationName, IntegrationType, PasswordHash,
    SourceId, Url,
};
use hypernet::model::{
    Album, Base, Integration, Link, Media, Metadata, ObjectId, Sha256, SourceType, Timestamp, User, album, mime,
};
use serde::Serialize;
use serde_json::{Value, json};

const BASE: [&str; 8] = ["id", "type", "user_id", "created_at", "updated_at", "deleted_at", "source_type", "source_id"];

/// The object's JSON, once its keys are seen to be the base's, `own` and `metadata`, in this order.
fn shape(object: &impl Serialize, own: &[&str]) -> Value {
    let text = serde_json::to_string(object).unwrap();
    let json: Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, [&BASE, own, &["metadata"]].concat());
    json
}

/// Asserts that the JSON has at least these values.
fn holds(json: &Value, expected: &Value) {
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&json[key], value, "{key}");
    }
}

fn id(n: u8) -> ObjectId {
    ObjectId::parse(&format!("a1b2c3d4-1234-4678-abcd-1234567890{n:02}")).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn base(source_type: Option<SourceType>) -> Base {
    Base::new(id(1), id(2), at("2026-02-03T12:34:56.789Z"), source_type)
}

#[test]
fn a_new_object_is_live_and_has_an_empty_bag() {
    let album = Album::new(id(1), id(2), AlbumName::parse("Vacation 2026").unwrap(), at("2026-02-03T12:40:00.123Z"));
    assert_eq!(
        serde_json::to_value(&album).unwrap(),
        json!({
            "id": "a1b2c3d4-1234-4678-abcd-123456789001", "type": "album", "user_id": "a1b2c3d4-1234-4678-abcd-123456789002",
            "created_at": "2026-02-03T12:40:00.123Z", "updated_at": "2026-02-03T12:40:00.123Z", "deleted_at": null,
            "source_type": "user", "source_id": null, "name": "Vacation 2026", "description": null, "cover_media_id": null,
            "sort_order": "date_desc", "media_count": 0, "visibility": "private", "metadata": {},
        })
    );
}

pub const USER: [&str; 10] = [
    "email",
    "password_hash",
    "email_verified",
    "display_name",
    "avatar_url",
    "is_active",
    "is_admin",
    "last_login_at",
    "storage_used",
    "storage_quota",
];

#[test]
fn a_user() {
    let new = User::new(id(1), Email::parse("user@example.com").unwrap(), at("2026-02-03T12:34:56.789Z"));
    holds(
        &shape(&new, &USER),
        &json!({"type": "user", "user_id": id(1).to_string(), "password_hash": "!", "display_name": null, "avatar_url": null,
            "last_login_at": null, "storage_used": 0, "storage_quota": 10_000_000_000_u64, "is_active": true, "is_admin": false}),
    );
    let full = User {
        password_hash: PasswordHash::parse("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA").unwrap(),
        display_name: Some(DisplayName::parse("Ann").unwrap()),
        avatar_url: Some(Url::parse("https://example.com/a.png").unwrap()),
        last_login_at: Some(at("2026-02-03T12:34:56Z")),
        ..new
    };
    let json = shape(&full, &USER);
    holds(
        &json,
        &json!({"password_hash": "[REDACTED]", "display_name": "Ann", "last_login_at": "2026-02-03T12:34:56.000Z"}),
    );
    assert!(!json.to_string().contains("argon2") && !format!("{full:?}").contains("argon2"));
}

pub const MEDIA: [&str; 16] = [
    "filename",
    "media_type",
    "mime_type",
    "size",
    "width",
    "height",
    "duration",
    "file_path",
    "thumbnail_path",
    "hash",
    "taken_at",
    "latitude",
    "longitude",
    "processing_status",
    "thumbnail_generated",
    "metadata_extracted",
];

#[test]
fn a_media_object() {
    let bare = Media {
        base: base(Some(SourceType::Import)),
        filename: Filename::parse("photo.jpg").unwrap(),
        mime: mime::parse("image/jpeg").unwrap(),
        size: 2_457_600,
        width: None,
        height: None,
        duration: None,
        file_path: media::file_path(id(2), 2026, 2, id(1), "jpg").unwrap(),
        thumbnail_path: None,
        hash: Sha256::from_bytes([0xab; 32]),
        taken_at: None,
        place: None,
        processing_status: ProcessingStatus::Pending,
        metadata_extracted: false,
    };
    holds(
        &shape(&bare, &MEDIA),
        &json!({"type": "media", "source_type": "import", "media_type": "photo", "mime_type": "image/jpeg", "size": 2_457_600,
            "width": null, "height": null, "duration": null, "thumbnail_path": null, "hash": "ab".repeat(32), "taken_at": null,
            "latitude": null, "longitude": null, "processing_status": "pending", "thumbnail_generated": false}),
    );
    let full = Media {
        width: Some(4032),
        height: Some(3024),
        duration: Some(Duration::from_secs(1.5).unwrap()),
        thumbnail_path: Some(FilePath::parse("users/x/thumbnails/a1/x.jpg").unwrap()),
        taken_at: Some(at("2026-02-01T14:23:45Z")),
        place: Some(Place::new(34.0195, -118.4912).unwrap()),
        ..bare
    };
    holds(
        &shape(&full, &MEDIA),
        &json!({"width": 4032, "height": 3024, "duration": 1.5, "thumbnail_generated": true,
            "taken_at": "2026-02-01T14:23:45.000Z", "latitude": 34.0195, "longitude": -118.4912}),
    );
}

pub const ALBUM: [&str; 6] = ["name", "description", "cover_media_id", "sort_order", "media_count", "visibility"];

#[test]
fn an_album() {
    let mut album = Album::new(id(1), id(2), AlbumName::parse("Family").unwrap(), at("2026-02-03T12:40:00Z"));
    album.description = Some(Description::parse("Photos").unwrap());
    album.cover_media_id = Some(id(3));
    album.sort_order = album::SortOrder::Manual;
    album.base.deleted_at = Some(at("2026-03-03T12:40:00Z"));
    album.base.metadata = Metadata::parse(r##"{"color":"#ff5733","a":null}"##).unwrap();
    holds(
        &shape(&album, &ALBUM),
        &json!({"type": "album", "description": "Photos", "cover_media_id": id(3).to_string(), "sort_order": "manual",
            "deleted_at": "2026-03-03T12:40:00.000Z", "metadata": {"color": "#ff5733", "a": null}}),
    );
}

pub const INTEGRATION: [&str; 11] = [
    "integration_type",
    "integration_name",
    "status",
    "is_enabled",
    "access_token",
    "refresh_token",
    "token_expires_at",
    "last_sync_at",
    "last_sync_status",
    "sync_cursor",
    "items_synced",
];

#[test]
fn an_integration_never_shows_its_tokens() {
    let kind = IntegrationType::parse("instagram").unwrap();
    let name = IntegrationName::parse("@johnsmith").unwrap();
    let new = Integration::new(id(1), id(2), kind, name, at("2026-02-03T10:00:00Z"));
    holds(
        &shape(&new, &INTEGRATION),
        &json!({"type": "integration", "status": "pending", "is_enabled": true, "access_token": null, "refresh_token": null,
            "token_expires_at": null, "last_sync_at": null, "last_sync_status": null, "sync_cursor": null, "items_synced": 0}),
    );
    let full = Integration {
        has_access_token: true,
        has_refresh_token: true,
        token_expires_at: Some(at("2026-03-03T10:00:00Z")),
        last_sync_at: Some(at("2026-02-03T12:50:00.789Z")),
        last_sync_status: Some(SyncStatus::Success),
        sync_cursor: Some("next_page_abc123".into()),
        items_synced: 150,
        ..new
    };
    holds(
        &shape(&full, &INTEGRATION),
        &json!({"access_token": "[REDACTED]", "refresh_token": "[REDACTED]", "token_expires_at": "2026-03-03T10:00:00.000Z",
            "last_sync_status": "success", "sync_cursor": "next_page_abc123", "items_synced": 150}),
    );
}

pub const LINK: [&str; 8] = [
    "from_object_id",
    "from_object_type",
    "to_object_id",
    "to_object_type",
    "link_type",
    "strength",
    "is_bidirectional",
    "sort_order",
];

#[test]
fn a_link() {
    let mut link = Link {
        base: base(None),
        from_object_id: id(3),
        from_object_type: album::KIND,
        to_object_id: id(4),
        to_object_type: media::KIND,
        link_type: LinkType::Contains,
        strength: Strength::FULL,
        is_bidirectional: false,
        sort_order: Some(Position::new(0).unwrap()),
    };
    link.base.source_id = Some(SourceId::parse("abc").unwrap());
    holds(
        &shape(&link, &LINK),
        &json!({"type": "link", "source_type": null, "source_id": "abc", "from_object_type": "album", "to_object_type": "media",
            "link_type": "contains", "strength": 1.0, "is_bidirectional": false, "sort_order": 0}),
    );
    link.sort_order = None;
    assert_eq!(shape(&link, &LINK)["sort_order"], Value::Null);
}

#[test]
fn a_secret_prints_as_redacted_everywhere() {
    let secret = Secret::new("EAAG-token".into());
    assert_eq!(
        (format!("{secret:?}").as_str(), serde_json::to_value(&secret).unwrap()),
        ("[REDACTED]", json!("[REDACTED]"))
    );
    assert_eq!(secret.expose(), "EAAG-token");
}
