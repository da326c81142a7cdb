//! A link: one object relates to another. Which links may exist is data in the catalogue (ruling 8).

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Base, Invalid, Kind, Object, ObjectId, text_enum};

/// `type` of a link.
pub const KIND: Kind = Kind::named("link");

text_enum! {
    /// What a link says of its two ends.
    LinkType("link_type") {
        Contains = "contains", Source = "source", DuplicateOf = "duplicate_of", VariantOf = "variant_of",
        RelatedTo = "related_to", TaggedWith = "tagged_with", Depicts = "depicts", TakenAt = "taken_at",
        PostedTo = "posted_to", SentIn = "sent_in",
    }
}

/// How sure a link is: 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Strength(f64);

impl Strength {
    /// Certain.
    pub const FULL: Self = Self(1.0);

    /// The strength of `duplicate_of` between objects over the same bytes (ruling 6).
    pub const SAME_BYTES: Self = Self(0.99);

    /// A strength from 0 to 1.
    ///
    /// # Errors
    /// When it lies outside.
    pub fn new(value: f64) -> Result<Self, Invalid> {
        if (0.0..=1.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(Invalid::new("strength", "must be from 0 to 1", value))
        }
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// A place in an order: zero or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(i64);

impl Position {
    /// A place in an order.
    ///
    /// # Errors
    /// When it is negative.
    pub fn new(value: i64) -> Result<Self, Invalid> {
        if value >= 0 { Ok(Self(value)) } else { Err(Invalid::new("sort_order", "must be zero or more", value)) }
    }

    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }
}

/// A relationship between two objects of one owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// The fields every object carries.
    pub base: Base,
    /// Where it starts.
    pub from_object_id: ObjectId,
    /// What it starts at.
    pub from_object_type: Kind,
    /// Where it ends.
    pub to_object_id: ObjectId,
    /// What it ends at.
    pub to_object_type: Kind,
    /// What it says.
    pub link_type: LinkType,
    /// How sure it is.
    pub strength: Strength,
    /// Whether it holds both ways; follows from the type's rule (ruling 7).
    pub is_bidirectional: bool,
    /// Its place in an order, for ordered types only.
    pub sort_order: Option<Position>,
}

impl Object for Link {
    const KIND: Kind = KIND;

    fn base(&self) -> &Base {
        &self.base
    }

    fn fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("from_object_id", &self.from_object_id)?;
        map.serialize_entry("from_object_type", &self.from_object_type)?;
        map.serialize_entry("to_object_id", &self.to_object_id)?;
        map.serialize_entry("to_object_type", &self.to_object_type)?;
        map.serialize_entry("link_type", &self.link_type)?;
        map.serialize_entry("strength", &self.strength.get())?;
        map.serialize_entry("is_bidirectional", &self.is_bidirectional)?;
        map.serialize_entry("sort_order", &self.sort_order.map(Position::get))
    }
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::serialize(self, serializer)
    }
}
