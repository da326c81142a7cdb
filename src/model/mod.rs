//! What the things are: five kinds of object, every field and rule of the object model, and their JSON.
//!
//! No clock, no disk, no SQL. A value that exists has passed its check: each small type is checked once, at the door.

pub mod album;
pub mod amount;
pub mod geo;
pub mod hash;
pub mod id;
pub mod integration;
pub mod link;
pub mod media;
pub mod metadata;
pub mod mime;
pub mod secret;
pub mod text;
pub mod time;
pub mod user;
pub mod zone;

use std::borrow::Cow;
use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

pub use album::Album;
pub use hash::Sha256;
pub use id::ObjectId;
pub use integration::Integration;
pub use link::Link;
pub use media::Media;
pub use metadata::Metadata;
pub use time::{Timestamp, WallTime};
pub use user::User;
pub use zone::Zone;

/// A value that breaks a rule of the object model: which field, which rule, and what was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {rule}, not {value}")]
pub struct Invalid {
    /// The field, named as in the specification.
    pub field: &'static str,
    /// What the field must be, as a phrase: "must be …".
    pub rule: Cow<'static, str>,
    /// What was given, quoted, and cut where it is long.
    pub value: String,
}

impl Invalid {
    /// A refusal of `value` for `field`.
    pub fn new(field: &'static str, rule: impl Into<Cow<'static, str>>, value: impl fmt::Debug) -> Self {
        let mut value = format!("{value:?}");
        if value.chars().count() > 80 {
            value = value.chars().take(79).chain(['…']).collect();
        }
        Self { field, rule: rule.into(), value }
    }

    /// A refusal of a secret, which is not repeated.
    pub fn hidden(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self { field, rule: rule.into(), value: secret::REDACTED.into() }
    }
}

/// The kind of an object: the specification's `type`. A new kind is a new constant in its own file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind(&'static str);

impl Kind {
    /// Names a kind. The catalogue knows a kind by a row of its `type` table.
    pub const fn named(name: &'static str) -> Self {
        Self(name)
    }

    /// The name as it stands in JSON and in the catalogue.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The kind of this name among those of the first release.
    ///
    /// # Errors
    /// When there is none.
    pub fn parse(name: &str) -> Result<Self, Invalid> {
        KINDS
            .iter()
            .copied()
            .find(|kind| kind.0 == name)
            .ok_or_else(|| Invalid::new("type", "must be user, media, album, integration or link", name))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

/// The kinds of the first release, in the specification's order.
pub const KINDS: &[Kind] = &[user::KIND, media::KIND, album::KIND, integration::KIND, link::KIND];

text_enum! {
    /// Where an object came from first (ruling 5): `import` files, `integration` syncs, `user` made by hand,
    /// `system` found by the program, `upload` over HTTP.
    SourceType("source_type") { Import = "import", Integration = "integration", User = "user", System = "system", Upload = "upload" }
}

/// The fields every object carries.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// Immutable, unique everywhere, never used again.
    pub id: ObjectId,
    /// The owner; a user's own id for a user (ruling 3).
    pub user_id: ObjectId,
    /// When the object was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash; `None` for a live object.
    pub deleted_at: Option<Timestamp>,
    /// Where it came from first.
    pub source_type: Option<SourceType>,
    /// Its name where it came from.
    pub source_id: Option<text::SourceId>,
    /// Everything that has no field of its own.
    pub metadata: Metadata,
}

impl Base {
    /// A new live object made at `now`, with an empty metadata bag.
    pub fn new(id: ObjectId, user_id: ObjectId, now: Timestamp, source_type: Option<SourceType>) -> Self {
        Self {
            id,
            user_id,
            created_at: now,
            updated_at: now,
            deleted_at: None,
            source_type,
            source_id: None,
            metadata: Metadata::default(),
        }
    }
}

/// What every kind of object gives: its kind, its base and its own fields, in the specification's order.
pub trait Object {
    /// The kind of all objects of this type.
    const KIND: Kind;

    /// The fields it shares with every object.
    fn base(&self) -> &Base;

    /// Writes its own fields in the specification's order.
    ///
    /// # Errors
    /// Those of the serializer.
    fn fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
}

/// Serializes any object: the base fields, its own, then `metadata`, as the specification prints them.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<O: Object, S: Serializer>(object: &O, serializer: S) -> Result<S::Ok, S::Error> {
    let base = object.base();
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("id", &base.id)?;
    map.serialize_entry("type", &O::KIND)?;
    map.serialize_entry("user_id", &base.user_id)?;
    map.serialize_entry("created_at", &base.created_at)?;
    map.serialize_entry("updated_at", &base.updated_at)?;
    map.serialize_entry("deleted_at", &base.deleted_at)?;
    map.serialize_entry("source_type", &base.source_type)?;
    map.serialize_entry("source_id", &base.source_id)?;
    object.fields(&mut map)?;
    map.serialize_entry("metadata", &base.metadata)?;
    map.end()
}

/// An enumeration whose values are words: the text in JSON, in the catalogue and in errors is one and the same.
#[macro_export]
macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident($field:literal) { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each value is its own word")]
        pub enum $name { $($variant),+ }

        impl $name {
            /// Every value, in the specification's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in JSON and in the catalogue.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value of this word.
            ///
            /// # Errors
            /// Names the field and the words it takes.
            pub fn parse(text: &str) -> Result<Self, $crate::model::Invalid> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text).ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|value| value.as_str()).collect();
                    $crate::model::Invalid::new($field, format!("must be one of {}", words.join(", ")), text)
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}
use text_enum;
