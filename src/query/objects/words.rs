//! The words of each type of object beside media: what `--object` asks by. Their columns speak of the row as `thing`.

use super::super::ast::Direction;
use super::super::words::Kind::{Bytes, Choice, Date, Hex, Linked, Name, Strength, Tally, Text};
use super::super::words::Side::Within;
use super::super::words::{Kind, Place, Word, word};
use crate::model::album::{SortOrder, Visibility};

const fn field(name: &'static str, kind: Kind, column: &'static str, help: &'static str) -> Word {
    word(name, kind, Place::Column(column), help).sorts(column)
}

/// A condition nothing can be sorted by.
const fn asked(name: &'static str, kind: Kind, column: &'static str, help: &'static str) -> Word {
    word(name, kind, Place::Column(column), help)
}

const ID: Word = word("id", Hex(32), Place::Registry, "its id, or the first 6 or more digits of it").sorts("object.id");
const ADDED: Word = field("added", Date(Within), "thing.created_at", "when it came in: 2026, 7d..").or(&["created_at"]);
const UPDATED: Word = field("updated", Date(Within), "thing.updated_at", "when it last changed").or(&["updated_at"]);
const DELETED: Word =
    field("deleted", Date(Within), "thing.deleted_at", "when it went into the trash; finds what is there")
        .or(&["deleted_at"]);
const SOURCE_TYPE: Word = field(
    "source_type",
    Choice(SOURCES),
    "thing.source_type",
    "what made it: import, integration, user, system or upload",
);
const SOURCE_ID: Word = field("source_id", Name, "thing.source_id", "what the service it came from calls it");

const SOURCES: &[&str] = &["import", "integration", "user", "system", "upload"];
const TYPES: &[&str] = &["user", "media", "album", "integration", "link"];
const LINK_TYPES: &[&str] = &[
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
const VISIBILITIES: &[&str] =
    &[Visibility::Private.as_str(), Visibility::Unlisted.as_str(), Visibility::Public.as_str()];
const ORDERS: &[&str] = &[SortOrder::DateAsc.as_str(), SortOrder::DateDesc.as_str(), SortOrder::Manual.as_str()];
const YES_NO: &[&str] = &["yes", "no"];

/// Of albums.
pub const ALBUM: &[Word] = &[
    asked("text", Text, "thing.name, thing.description", "part of its name or description"),
    ID,
    field("name", Text, "thing.name", "part of its name; = is the whole name"),
    field("description", Text, "thing.description", "part of its description").or(&["desc"]),
    field("media_count", Tally, "thing.media_count", "how many media it holds: 0, >100, 10..20").or(&["media"]),
    field("visibility", Choice(VISIBILITIES), "thing.visibility", "private, unlisted or public"),
    field("sort_order", Choice(ORDERS), "thing.sort_order", "date_asc, date_desc or manual"),
    asked("cover", Hex(32), "thing.cover", "its cover: the id of a media, none").or(&["cover_media_id"]),
    ADDED,
    UPDATED,
    DELETED,
    SOURCE_TYPE,
    SOURCE_ID,
];

/// Of links.
pub const LINK: &[Word] = &[
    asked("text", Text, "thing.link_type", "part of its type"),
    ID,
    field("link_type", Choice(LINK_TYPES), "thing.link_type", "contains, source, duplicate_of, variant_of, related_to")
        .or(&["type"]),
    field("strength", Strength, "thing.strength", "how sure it is, 0 to 1: >=0.9, 0.7..0.89"),
    asked("from", Hex(32), "thing.from_n", "the id of the object it starts at").or(&["from_object_id"]),
    asked("to", Hex(32), "thing.to_n", "the id of the object it ends at").or(&["to_object_id"]),
    word("linked", Linked(Direction::Either), Place::Linked(Direction::Either), "the id of the object at either end"),
    asked("from_type", Choice(TYPES), FROM_TYPE, "what it starts at: media, album").or(&["from_object_type"]),
    asked("to_type", Choice(TYPES), TO_TYPE, "what it ends at: media, album, integration").or(&["to_object_type"]),
    asked(
        "both_ways",
        Choice(YES_NO),
        "iif(thing.is_bidirectional, 'yes', 'no')",
        "whether it holds both ways: yes or no",
    )
    .or(&["is_bidirectional"]),
    field("sort_order", Tally, "thing.sort_order", "its place in the order of an album"),
    ADDED,
    UPDATED,
    DELETED,
    SOURCE_TYPE,
    SOURCE_ID,
];

const FROM_TYPE: &str = "(SELECT name FROM my_type WHERE n = thing.from_type)";
const TO_TYPE: &str = "(SELECT name FROM my_type WHERE n = thing.to_type)";

/// Of integrations.
pub const INTEGRATION: &[Word] = &[
    asked("text", Text, "thing.integration_name, thing.integration_type", "part of its name or type"),
    ID,
    field("name", Text, "thing.integration_name", "part of its name: @johnsmith").or(&["integration_name"]),
    field("integration_type", Name, "thing.integration_type", "the service: instagram, google*").or(&["type"]),
    field("status", Choice(STATUSES), "thing.status", "connected, disconnected, error or pending"),
    asked("enabled", Choice(YES_NO), "iif(thing.is_enabled, 'yes', 'no')", "whether it is synced: yes or no")
        .or(&["is_enabled"]),
    field("items", Tally, "thing.items_synced", "how many items came from it: 0, >100").or(&["items_synced"]),
    field("last_sync", Date(Within), "thing.last_sync_at", "when it was last synced: none, 7d..").or(&["last_sync_at"]),
    field(
        "last_sync_status",
        Choice(SYNCS),
        "thing.last_sync_status",
        "success, partial or failed; none before the first",
    ),
    ADDED,
    UPDATED,
    DELETED,
    SOURCE_TYPE,
    SOURCE_ID,
];

const STATUSES: &[&str] = &["connected", "disconnected", "error", "pending"];
const SYNCS: &[&str] = &["success", "partial", "failed"];

/// Of users, of whom each sees itself.
pub const USER: &[Word] = &[
    asked("text", Text, "thing.email, thing.display_name", "part of its address or name"),
    ID,
    field("email", Text, "thing.email", "part of its address"),
    field("name", Text, "thing.display_name", "part of its name").or(&["display_name"]),
    asked("active", Choice(YES_NO), "iif(thing.is_active, 'yes', 'no')", "yes or no").or(&["is_active"]),
    asked("admin", Choice(YES_NO), "iif(thing.is_admin, 'yes', 'no')", "yes or no").or(&["is_admin"]),
    field("storage_used", Bytes, "thing.storage_used", "how much it stores: >10GB"),
    field("storage_quota", Bytes, "thing.storage_quota", "how much it may store"),
    field("last_login", Date(Within), "thing.last_login_at", "when it last signed in").or(&["last_login_at"]),
    ADDED,
    UPDATED,
    DELETED,
];
