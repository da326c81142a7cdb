//! The one table of what a template may ask for.

/// Fields of any object, of a media, an album, an integration, a link, a user; then what is made up for templates.
/// Secrets are deliberately absent.
pub(super) const PATHS: &[&str] = &[
    "id",
    "type",
    "user_id",
    "created_at",
    "updated_at",
    "deleted_at",
    "source_type",
    "source_id",
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
    "name",
    "description",
    "cover_media_id",
    "visibility",
    "sort_order",
    "media_count",
    "integration_type",
    "integration_name",
    "status",
    "is_enabled",
    "last_sync_at",
    "last_sync_status",
    "items_synced",
    "token_expires_at",
    "from_object_id",
    "from_object_type",
    "to_object_id",
    "to_object_type",
    "link_type",
    "strength",
    "is_bidirectional",
    "email",
    "display_name",
    "avatar_url",
    "is_active",
    "is_admin",
    "email_verified",
    "last_login_at",
    "storage_quota",
    "storage_used",
    "stem",
    "ext",
    "original_filename",
    "camera",
    "lens",
    "place.city",
    "place.country",
    "album",
    "tags",
    "parent",
    "seq",
    "count",
    "index",
    "local_path",
];

/// What a dotted path into `metadata` may begin with: the bag itself, or one of its documented namespaces.
const NAMESPACES: &[&str] = &["metadata", "exif", "instagram", "google_photos", "facebook", "custom"];

/// What a path gives, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Time,
    Other,
    /// Somewhere in the metadata.
    Open,
}

/// What the path gives; `None` for one that does not exist.
pub(super) fn kind(path: &str) -> Option<Kind> {
    if PATHS.contains(&path) {
        return Some(if path.ends_with("_at") { Kind::Time } else { Kind::Other });
    }
    let (namespace, rest) = path.split_once('.')?;
    (NAMESPACES.contains(&namespace) && rest.split('.').all(|key| !key.is_empty())).then_some(Kind::Open)
}

/// The path that was perhaps meant.
pub(super) fn nearest(path: &str) -> Option<&'static str> {
    super::parse::nearest(path.trim(), PATHS.iter().copied())
}
