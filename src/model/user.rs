//! A user: the account that owns objects.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::text::{DisplayName, Email, PasswordHash, Url};
use super::{Base, Invalid, Kind, Object, ObjectId, Timestamp};

/// `type` of a user.
pub const KIND: Kind = Kind::named("user");

/// 10 GB: the default `storage_quota`, in bytes.
pub const DEFAULT_QUOTA: u64 = 10_000_000_000;

/// 1 GB to 1 TB: what a `storage_quota` may be unless configured otherwise, in bytes.
pub const QUOTA_RANGE: std::ops::RangeInclusive<u64> = 1_000_000_000..=1_000_000_000_000;

/// An account. Its `user_id` is its own id (ruling 3).
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// The fields every object carries.
    pub base: Base,
    /// The address the account is named by, unique in the library whatever its case.
    pub email: Email,
    /// `!` where no password is used; printed as `[REDACTED]` otherwise.
    pub password_hash: PasswordHash,
    /// Whether the address was proven.
    pub email_verified: bool,
    /// The name shown.
    pub display_name: Option<DisplayName>,
    /// Its picture.
    pub avatar_url: Option<Url>,
    /// Whether the account may act.
    pub is_active: bool,
    /// Whether it may act for others, by the commands that say so.
    pub is_admin: bool,
    /// The last sign-in by password; `None` where there was none.
    pub last_login_at: Option<Timestamp>,
    /// Bytes of its originals. Kept by the catalogue.
    pub storage_used: u64,
    /// Bytes it may hold.
    pub storage_quota: u64,
}

impl User {
    /// A new active account without a password and with the default quota.
    pub fn new(id: ObjectId, email: Email, now: Timestamp) -> Self {
        Self {
            base: Base::new(id, id, now, Some(super::SourceType::User)),
            email,
            password_hash: PasswordHash::none(),
            email_verified: false,
            display_name: None,
            avatar_url: None,
            is_active: true,
            is_admin: false,
            last_login_at: None,
            storage_used: 0,
            storage_quota: DEFAULT_QUOTA,
        }
    }
}

/// Checks a quota against the limits in force, in bytes.
///
/// # Errors
/// When it lies outside them.
pub fn check_quota(bytes: u64, limits: &std::ops::RangeInclusive<u64>) -> Result<u64, Invalid> {
    if limits.contains(&bytes) {
        Ok(bytes)
    } else {
        let rule = format!("must be from {} to {} bytes", limits.start(), limits.end());
        Err(Invalid::new("storage_quota", rule, bytes))
    }
}

/// Checks a password where it is set: at least 12 characters, with upper, lower, digit and special.
///
/// # Errors
/// Says which part is missing, never what was typed.
pub fn check_password(password: &str) -> Result<(), Invalid> {
    let has = |test: fn(char) -> bool| password.chars().any(test);
    let long = password.chars().count() >= 12;
    let special = has(|c| !c.is_alphanumeric() && !c.is_whitespace());
    if long && special && has(char::is_uppercase) && has(char::is_lowercase) && has(char::is_numeric) {
        Ok(())
    } else {
        let rule = "must have at least 12 characters, with upper and lower case, a digit and a special character";
        Err(Invalid::hidden("password", rule))
    }
}

impl Object for User {
    const KIND: Kind = KIND;

    fn base(&self) -> &Base {
        &self.base
    }

    fn fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("email", &self.email)?;
        map.serialize_entry("password_hash", self.password_hash.shown())?;
        map.serialize_entry("email_verified", &self.email_verified)?;
        map.serialize_entry("display_name", &self.display_name)?;
        map.serialize_entry("avatar_url", &self.avatar_url)?;
        map.serialize_entry("is_active", &self.is_active)?;
        map.serialize_entry("is_admin", &self.is_admin)?;
        map.serialize_entry("last_login_at", &self.last_login_at)?;
        map.serialize_entry("storage_used", &self.storage_used)?;
        map.serialize_entry("storage_quota", &self.storage_quota)
    }
}

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::serialize(self, serializer)
    }
}
