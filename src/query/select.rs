//! Which object a person means: an id, or the beginning of one that only one object has.

use serde::{Serialize, Serializer};

use super::ast::Prefix;
use super::error::quoted;
use crate::model::{Album, Integration, Link, Media, ObjectId, User};
use crate::store::{Param, Reader, Sql, StoreError, album, integration, link, media, object, user};

const BY_PREFIX: &str = "SELECT n, id FROM my_object WHERE id >= ?1 AND id <= ?2 ORDER BY id LIMIT ?3";

/// How many candidates an ambiguous prefix lists.
const MOST_CANDIDATES: usize = 5;

/// An object of any kind.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "each is its own word")]
pub enum Thing {
    Media(Box<Media>),
    Album(Box<Album>),
    Link(Box<Link>),
    Integration(Box<Integration>),
    User(Box<User>),
}

impl Thing {
    /// Its id.
    pub fn id(&self) -> ObjectId {
        match self {
            Self::Media(media) => media.base.id,
            Self::Album(album) => album.base.id,
            Self::Link(link) => link.base.id,
            Self::Integration(integration) => integration.base.id,
            Self::User(user) => user.base.id,
        }
    }
}

impl Serialize for Thing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Media(media) => media.serialize(serializer),
            Self::Album(album) => album.serialize(serializer),
            Self::Link(link) => link.serialize(serializer),
            Self::Integration(integration) => integration.serialize(serializer),
            Self::User(user) => user.serialize(serializer),
        }
    }
}

/// Why a text names no object.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// It cannot be the beginning of an id.
    #[error("{} is no id: give 6 or more of its digits 0-9 a-f", quoted(.0))]
    NoId(String),
    /// No object has such an id.
    #[error("there is no object {0}")]
    Missing(String),
    /// Several objects have an id that begins so.
    #[error("{} begins several ids: {}", quoted(text), listed(candidates))]
    Ambiguous {
        /// What was given.
        text: String,
        /// The first of them.
        candidates: Vec<ObjectId>,
    },
    /// The catalogue refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn listed(candidates: &[ObjectId]) -> String {
    let ids: Vec<_> = candidates.iter().map(ToString::to_string).collect();
    let more = if ids.len() >= MOST_CANDIDATES { ", …" } else { "" };
    format!("{}{more}", ids.join(", "))
}

/// The object of the owner with this id, or the only one whose id begins so; in the trash or not.
///
/// # Errors
/// When there is none or more than one; those of the catalogue.
pub fn find(reader: &Reader, text: &str) -> Result<Thing, SelectError> {
    let (n, id) = resolve(reader, text)?;
    thing(reader, n, id)?.ok_or_else(|| SelectError::Missing(text.to_owned()))
}

/// The number and id of that object, without reading it.
///
/// # Errors
/// As [`find`].
pub fn resolve(reader: &Reader, text: &str) -> Result<(i64, ObjectId), SelectError> {
    let prefix = Prefix::parse(text, 32).ok_or_else(|| SelectError::NoId(text.to_owned()))?;
    let (least, most) = prefix.bounds(16);
    let limit = Param::Number(MOST_CANDIDATES as i64);
    let sql = Sql { text: BY_PREFIX.to_owned(), params: vec![Param::Bytes(least), Param::Bytes(most), limit] };
    let found: Vec<(i64, ObjectId)> = reader.names(&sql)?;
    match found.as_slice() {
        [] => Err(SelectError::Missing(text.to_owned())),
        [found] => Ok(*found),
        several => {
            let candidates = several.iter().map(|(_, id)| *id).collect();
            Err(SelectError::Ambiguous { text: text.to_owned(), candidates })
        }
    }
}

pub(super) fn thing(reader: &Reader, n: i64, id: ObjectId) -> Result<Option<Thing>, StoreError> {
    let owner = reader.owner();
    let Some((_, kind)) = object::find(reader, id)? else { return Ok(None) };
    Ok(match kind.as_str() {
        "media" => media::by_n(reader, owner, n)?.map(|media| Thing::Media(Box::new(media))),
        "album" => Some(Thing::Album(Box::new(album::by_n(reader, owner, n)?))),
        "link" => link::by_id(reader, owner, id)?.map(|link| Thing::Link(Box::new(link))),
        "integration" => integration::by_id(reader, owner, id)?.map(|one| Thing::Integration(Box::new(one))),
        "user" => Some(Thing::User(Box::new(user::me(reader)?))),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_id_is_quoted_in_part_where_it_is_long() {
        let told = |text: &str| SelectError::NoId(text.to_owned()).to_string();
        assert_eq!(told("nope"), "`nope` is no id: give 6 or more of its digits 0-9 a-f");
        let long = told(&"日".repeat(10_000));
        assert!(long.chars().count() < 130 && long.starts_with(&format!("`{}…`", "日".repeat(60))), "{long}");
    }
}
