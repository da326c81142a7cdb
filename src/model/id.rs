//! Identities: random UUIDs (version 4), written in lower case with hyphens.

use std::fmt;

use serde::{Serialize, Serializer};
use uuid::{Uuid, Variant};

use super::Invalid;

/// The id of any object. Never used again, even after a purge.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(Uuid);

impl ObjectId {
    /// A fresh random id.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The id these 16 bytes are.
    ///
    /// # Errors
    /// When they are no UUID of version 4.
    pub fn from_bytes(bytes: [u8; 16]) -> Result<Self, Invalid> {
        let uuid = Uuid::from_bytes(bytes);
        Self::of_version_4(uuid).ok_or_else(|| Invalid::new("id", "must be a UUIDv4", uuid.to_string()))
    }

    /// The id this text is.
    ///
    /// # Errors
    /// When it is no UUID of version 4.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let uuid = Uuid::try_parse(text).ok().and_then(Self::of_version_4);
        uuid.ok_or_else(|| Invalid::new("id", "must be a UUIDv4", text))
    }

    fn of_version_4(uuid: Uuid) -> Option<Self> {
        (uuid.get_version_num() == 4 && uuid.get_variant() == Variant::RFC4122).then_some(Self(uuid))
    }

    /// The 16 bytes, as the catalogue keeps them.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
