//! The marker file `hypernet-library.toml`: it says that a folder is a library, which one, and holds the library's settings.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::model::ObjectId;

/// Its name inside the library.
pub const NAME: &str = "hypernet-library.toml";

/// The layout of the folder this hypernet reads and writes.
pub const FORMAT: u32 = 1;

/// What the marker says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// The layout of the folder.
    pub format: u32,
    /// The library's own id, the same as in the catalogue.
    pub library_id: String,
    /// Whether a network file system was accepted for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_network: bool,
}

impl Marker {
    /// The marker of a new library.
    pub fn new(id: ObjectId) -> Self {
        Self { format: FORMAT, library_id: id.to_string(), allow_network: false }
    }

    /// Reads the marker of the library at `path`; other settings in it are the command line's to read.
    ///
    /// # Errors
    /// `NoLibrary` where there is none, `TooNew` and `Damaged` for what it says.
    pub fn read(path: &Path) -> Result<Self, StoreError> {
        let file = path.join(NAME);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error)
                if error.kind() == std::io::ErrorKind::NotFound
                    || error.kind() == std::io::ErrorKind::NotADirectory =>
            {
                return Err(StoreError::NoLibrary(path.to_owned()));
            }
            Err(error) => return Err(StoreError::io(file)(error)),
        };
        Self::parse(&text)
    }

    /// What the text of a marker file says.
    ///
    /// # Errors
    /// `TooNew` and `Damaged`.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let marker: Self =
            toml::from_str(text).map_err(|error| StoreError::Damaged(format!("{NAME}: {}", error.message())))?;
        if marker.format > FORMAT {
            return Err(StoreError::TooNew { found: marker.format.into(), known: FORMAT.into() });
        }
        Ok(marker)
    }

    /// The library's id.
    ///
    /// # Errors
    /// `Damaged` when it is none.
    pub fn id(&self) -> Result<ObjectId, StoreError> {
        ObjectId::parse(&self.library_id).map_err(|_| StoreError::Damaged(format!("{NAME}: library_id is no UUID")))
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let settings = toml::to_string(self).unwrap_or_default();
        format!("# This folder is a hypernet library. Settings that belong to it may stand here.\n{settings}")
    }
}
