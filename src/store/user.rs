//! Accounts: one row a user.

use rusqlite::{Connection, Row, named_params};

use super::{Owner, StoreError};
use crate::model::{Base, ObjectId, User};

const REGISTER: &str = "INSERT INTO object (n, id, type, owner, made_by) VALUES (:n, :id, 1, :n, :operation)";

const INSERT: &str = "
    INSERT INTO user (n, owner, created_at, updated_at, source_type, email, password_hash, email_verified, display_name,
      avatar_url, is_active, is_admin, last_login_at, storage_used, storage_quota, os_uid, metadata)
    VALUES (:n, :n, :created_at, :created_at, :source_type, :email, :password_hash, :email_verified, :display_name,
      :avatar_url, :is_active, :is_admin, :last_login_at, 0, :storage_quota, :os_uid, :metadata)";

const ALL: &str = "SELECT user.*, object.id FROM my_user AS user JOIN my_object AS object ON object.n = user.n";

const ACCOUNTS: &str = "
    SELECT user.n, object.id, user.os_uid FROM user JOIN object ON object.n = user.n
     WHERE user.deleted_at IS NULL AND user.is_active ORDER BY user.n";

/// An account as opening a library needs it.
pub struct Account {
    /// The user.
    pub owner: Owner,
    /// The account of the operating system it is bound to.
    pub os_uid: Option<u32>,
}

/// The active accounts, the first user first. Asked before it is known who acts, so of the table itself.
///
/// # Errors
/// Those of the catalogue.
pub fn accounts(db: &Connection) -> Result<Vec<Account>, StoreError> {
    let mut select = db.prepare(ACCOUNTS)?;
    let rows = select
        .query_map([], |row| Ok(Account { owner: Owner { n: row.get(0)?, id: row.get(1)? }, os_uid: row.get(2)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes the first user of a new library, as `owner`, bound to an account of the operating system.
///
/// # Errors
/// Those of the catalogue.
pub fn found(db: &Connection, owner: Owner, operation: i64, user: &User, os_uid: u32) -> Result<(), StoreError> {
    db.execute(REGISTER, named_params! { ":n": owner.n, ":id": owner.id, ":operation": operation })?;
    db.execute(
        INSERT,
        named_params! {
            ":n": owner.n, ":created_at": user.base.created_at, ":source_type": user.base.source_type, ":email": user.email,
            ":password_hash": user.password_hash, ":email_verified": user.email_verified,
            ":display_name": user.display_name, ":avatar_url": user.avatar_url, ":is_active": user.is_active,
            ":is_admin": user.is_admin, ":last_login_at": user.last_login_at,
            ":storage_quota": i64::try_from(user.storage_quota).unwrap_or(i64::MAX), ":os_uid": os_uid,
            ":metadata": user.base.metadata,
        },
    )?;
    Ok(())
}

/// The acting user.
///
/// # Errors
/// Those of the catalogue.
pub fn me(db: &Connection) -> Result<User, StoreError> {
    Ok(db.query_row(ALL, [], from_row)?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<User> {
    let id: ObjectId = row.get("id")?;
    Ok(User {
        base: base(row, id, id)?,
        email: row.get("email")?,
        password_hash: row.get("password_hash")?,
        email_verified: row.get("email_verified")?,
        display_name: row.get("display_name")?,
        avatar_url: row.get("avatar_url")?,
        is_active: row.get("is_active")?,
        is_admin: row.get("is_admin")?,
        last_login_at: row.get("last_login_at")?,
        storage_used: row.get::<_, i64>("storage_used")?.cast_unsigned(),
        storage_quota: row.get::<_, i64>("storage_quota")?.cast_unsigned(),
    })
}

/// The base fields of any object's row.
pub(super) fn base(row: &Row<'_>, id: ObjectId, user_id: ObjectId) -> rusqlite::Result<Base> {
    Ok(Base {
        id,
        user_id,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        deleted_at: row.get("deleted_at")?,
        source_type: row.get("source_type")?,
        source_id: row.get("source_id")?,
        metadata: row.get("metadata")?,
    })
}
