//! Albums: found by name or made, and filled.
//!
//! Ordering, covers, nesting and removal come with the `album` command.

use crate::link::{self, End, LinkError};
use crate::model::link::LinkType;
use crate::model::text::AlbumName;
use crate::model::{Album, ObjectId, SourceType, album, media};
use crate::store::{self, StoreError, Tx};

/// Why an album cannot be filled.
#[derive(Debug, thiserror::Error)]
pub enum AlbumError {
    /// Several albums bear the name.
    #[error("{count} albums are named {name}; rename all but one")]
    Ambiguous {
        /// The name.
        name: String,
        /// How many.
        count: usize,
    },
    /// A member cannot be linked.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The catalogue refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An album as something to add to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    end: End,
    /// Whether it was made just now.
    pub made: bool,
}

impl Target {
    /// The same album, met a second time: it was there.
    #[must_use]
    pub fn again(self) -> Self {
        Self { made: false, ..self }
    }
}

/// The live album of this name, made if there is none.
///
/// # Errors
/// `Ambiguous` when there are several; those of the catalogue.
pub fn named(tx: &Tx, name: &AlbumName) -> Result<Target, AlbumError> {
    let found = store::album::by_name(tx, name.as_str())?;
    match found.as_slice() {
        [] => {
            let album = Album::new(ObjectId::random(), tx.owner().id, name.clone(), tx.now());
            let n = store::album::insert(tx, &album)?;
            Ok(Target { end: End { n, id: album.base.id, kind: album::KIND }, made: true })
        }
        [n] => {
            let id = store::album::by_n(tx, tx.owner(), *n)?.base.id;
            Ok(Target { end: End { n: *n, id, kind: album::KIND }, made: false })
        }
        several => Err(AlbumError::Ambiguous { name: name.to_string(), count: several.len() }),
    }
}

/// Adds a media at the end of an album; says whether it was not in it yet.
///
/// # Errors
/// Those of the link and of the catalogue.
pub fn add(tx: &Tx, album: Target, n: i64, id: ObjectId) -> Result<bool, AlbumError> {
    let media = End { n, id, kind: media::KIND };
    Ok(link::make(tx, album.end, media, LinkType::Contains, SourceType::User, None)?.is_some())
}
