//! An integration: a connected service. Its tokens are never here; they live in the keyring (ruling 13).

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::secret::REDACTED;
use super::text::{IntegrationName, IntegrationType};
use super::{Base, Kind, Object, ObjectId, SourceType, Timestamp, text_enum};

/// `type` of an integration.
pub const KIND: Kind = Kind::named("integration");

text_enum! {
    /// Whether the service answers.
    Status("status") { Connected = "connected", Disconnected = "disconnected", Error = "error", Pending = "pending" }
}

text_enum! {
    /// How the last sync ended.
    SyncStatus("last_sync_status") { Success = "success", Partial = "partial", Failed = "failed" }
}

/// A connected service.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "the fields are the specification's")]
pub struct Integration {
    /// The fields every object carries.
    pub base: Base,
    /// The kind of service.
    pub integration_type: IntegrationType,
    /// Its display name.
    pub integration_name: IntegrationName,
    /// Whether the service answers.
    pub status: Status,
    /// Whether syncs run.
    pub is_enabled: bool,
    /// Whether the keyring holds an access token for it; the token itself is never a value of the model.
    pub has_access_token: bool,
    /// Whether the keyring holds a refresh token for it.
    pub has_refresh_token: bool,
    /// When the access token ends.
    pub token_expires_at: Option<Timestamp>,
    /// The last successful sync.
    pub last_sync_at: Option<Timestamp>,
    /// How the last sync ended; `None` before the first.
    pub last_sync_status: Option<SyncStatus>,
    /// Where the next sync goes on.
    pub sync_cursor: Option<String>,
    /// Items taken in from it so far.
    pub items_synced: u64,
}

impl Integration {
    /// A new integration nobody has signed in to yet.
    pub fn new(
        id: ObjectId,
        user_id: ObjectId,
        integration_type: IntegrationType,
        integration_name: IntegrationName,
        now: Timestamp,
    ) -> Self {
        Self {
            base: Base::new(id, user_id, now, Some(SourceType::User)),
            integration_type,
            integration_name,
            status: Status::Pending,
            is_enabled: true,
            has_access_token: false,
            has_refresh_token: false,
            token_expires_at: None,
            last_sync_at: None,
            last_sync_status: None,
            sync_cursor: None,
            items_synced: 0,
        }
    }
}

impl Object for Integration {
    const KIND: Kind = KIND;

    fn base(&self) -> &Base {
        &self.base
    }

    fn fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let token = |held: bool| held.then_some(REDACTED);
        map.serialize_entry("integration_type", &self.integration_type)?;
        map.serialize_entry("integration_name", &self.integration_name)?;
        map.serialize_entry("status", &self.status)?;
        map.serialize_entry("is_enabled", &self.is_enabled)?;
        map.serialize_entry("access_token", &token(self.has_access_token))?;
        map.serialize_entry("refresh_token", &token(self.has_refresh_token))?;
        map.serialize_entry("token_expires_at", &self.token_expires_at)?;
        map.serialize_entry("last_sync_at", &self.last_sync_at)?;
        map.serialize_entry("last_sync_status", &self.last_sync_status)?;
        map.serialize_entry("sync_cursor", &self.sync_cursor)?;
        map.serialize_entry("items_synced", &self.items_synced)
    }
}

impl Serialize for Integration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::serialize(self, serializer)
    }
}
