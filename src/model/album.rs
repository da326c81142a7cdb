//! An album: a name for media that belong together. It owns nothing; `contains` links hold its members.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::text::{AlbumName, Description};
use super::{Base, Kind, Object, ObjectId, SourceType, Timestamp, text_enum};

/// `type` of an album.
pub const KIND: Kind = Kind::named("album");

text_enum! {
    /// How an album's members are ordered.
    SortOrder("sort_order") { DateAsc = "date_asc", DateDesc = "date_desc", Manual = "manual" }
}

text_enum! {
    /// Who may see an album.
    Visibility("visibility") { Private = "private", Unlisted = "unlisted", Public = "public" }
}

/// A collection of media and of other albums.
#[derive(Debug, Clone, PartialEq)]
pub struct Album {
    /// The fields every object carries.
    pub base: Base,
    /// Its name.
    pub name: AlbumName,
    /// What it is about.
    pub description: Option<Description>,
    /// The media shown for it.
    pub cover_media_id: Option<ObjectId>,
    /// How its members are ordered.
    pub sort_order: SortOrder,
    /// Live media directly in it. Kept by the catalogue.
    pub media_count: u64,
    /// Who may see it.
    pub visibility: Visibility,
}

impl Album {
    /// A new empty private album, newest first.
    pub fn new(id: ObjectId, user_id: ObjectId, name: AlbumName, now: Timestamp) -> Self {
        Self {
            base: Base::new(id, user_id, now, Some(SourceType::User)),
            name,
            description: None,
            cover_media_id: None,
            sort_order: SortOrder::DateDesc,
            media_count: 0,
            visibility: Visibility::Private,
        }
    }
}

impl Object for Album {
    const KIND: Kind = KIND;

    fn base(&self) -> &Base {
        &self.base
    }

    fn fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("description", &self.description)?;
        map.serialize_entry("cover_media_id", &self.cover_media_id)?;
        map.serialize_entry("sort_order", &self.sort_order)?;
        map.serialize_entry("media_count", &self.media_count)?;
        map.serialize_entry("visibility", &self.visibility)
    }
}

impl Serialize for Album {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::serialize(self, serializer)
    }
}
