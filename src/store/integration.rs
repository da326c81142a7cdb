//! Integrations: one row a connected service. No token is ever a column.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::{Owner, StoreError, Tx, object, user};
use crate::model::integration::KIND;
use crate::model::{Integration, ObjectId};

const INSERT: &str = "
    INSERT INTO integration (n, owner, created_at, updated_at, source_type, source_id, integration_type, integration_name,
      status, is_enabled, has_access_token, has_refresh_token, token_expires_at, last_sync_at, last_sync_status, sync_cursor,
      items_synced, metadata)
    VALUES (:n, :owner, :created_at, :created_at, :source_type, :source_id, :integration_type, :integration_name,
      :status, :is_enabled, :has_access_token, :has_refresh_token, :token_expires_at, :last_sync_at, :last_sync_status,
      :sync_cursor, :items_synced, :metadata)";

const BY_ID: &str = "
    SELECT integration.*, object.id FROM my_integration AS integration JOIN my_object AS object ON object.n = integration.n
     WHERE object.id = ?1";

/// Writes a new integration; gives its number.
///
/// # Errors
/// Those of the catalogue.
pub fn insert(tx: &Tx, integration: &Integration) -> Result<i64, StoreError> {
    let n = object::register(tx, integration.base.id, KIND)?;
    tx.prepare_cached(INSERT)?.execute(named_params! {
        ":n": n, ":owner": tx.owner().n, ":created_at": integration.base.created_at,
        ":source_type": integration.base.source_type, ":source_id": integration.base.source_id,
        ":integration_type": integration.integration_type, ":integration_name": integration.integration_name,
        ":status": integration.status, ":is_enabled": integration.is_enabled,
        ":has_access_token": integration.has_access_token, ":has_refresh_token": integration.has_refresh_token,
        ":token_expires_at": integration.token_expires_at, ":last_sync_at": integration.last_sync_at,
        ":last_sync_status": integration.last_sync_status, ":sync_cursor": integration.sync_cursor,
        ":items_synced": integration.items_synced.cast_signed(), ":metadata": integration.base.metadata,
    })?;
    Ok(n)
}

/// The integration of this id.
///
/// # Errors
/// Those of the catalogue.
pub fn by_id(db: &Connection, owner: Owner, id: ObjectId) -> Result<Option<Integration>, StoreError> {
    Ok(db.prepare_cached(BY_ID)?.query_row(params![id], |row| from_row(row, owner)).optional()?)
}

fn from_row(row: &Row<'_>, owner: Owner) -> rusqlite::Result<Integration> {
    let id: ObjectId = row.get("id")?;
    Ok(Integration {
        base: user::base(row, id, owner.id)?,
        integration_type: row.get("integration_type")?,
        integration_name: row.get("integration_name")?,
        status: row.get("status")?,
        is_enabled: row.get("is_enabled")?,
        has_access_token: row.get("has_access_token")?,
        has_refresh_token: row.get("has_refresh_token")?,
        token_expires_at: row.get("token_expires_at")?,
        last_sync_at: row.get("last_sync_at")?,
        last_sync_status: row.get("last_sync_status")?,
        sync_cursor: row.get("sync_cursor")?,
        items_synced: row.get::<_, i64>("items_synced")?.cast_unsigned(),
    })
}
