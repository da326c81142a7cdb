//! What a verification can find: a kind, what it is about, and what to do next.
//!
//! The words are part of the output contract: scripts read them as `code`.

use serde::Serialize;

use crate::model::ObjectId;
use crate::text_enum;

text_enum! {
    /// What is wrong, or worth knowing.
    Kind("finding") {
        Catalogue = "catalogue", Reference = "reference", Schema = "schema", Registry = "registry", Link = "link", Path = "path",
        Counter = "counter", Search = "search",
        Missing = "missing", Size = "size", Changed = "changed", Unreadable = "unreadable", NotAFile = "not_a_file",
        Permissions = "permissions", Orphan = "orphan", Thumbnail = "thumbnail",
        Leaving = "leaving", Leftover = "leftover", Quarantined = "quarantined", Unfinished = "unfinished", Stray = "stray",
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file, beneath the library; `None` for what stands in the catalogue only.
    pub path: Option<String>,
    /// Of what kind.
    #[serde(rename = "code")]
    pub kind: Kind,
    /// What is so, without a full stop.
    pub message: String,
    /// The object, where it is about one.
    pub id: Option<ObjectId>,
}

impl Finding {
    /// Something about a file.
    pub fn of_file(kind: Kind, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: Some(path.into()), kind, message: message.into(), id: None }
    }

    /// Something about the catalogue, and perhaps about one object in it.
    pub fn of_catalogue(kind: Kind, id: Option<ObjectId>, message: impl Into<String>) -> Self {
        Self { path: None, kind, message: message.into(), id }
    }

    /// Names the object it is about.
    #[must_use]
    pub fn about(mut self, id: ObjectId) -> Self {
        self.id = Some(id);
        self
    }
}

impl Kind {
    /// Whether it is only worth knowing: no byte and no row is wrong.
    pub const fn is_note(self) -> bool {
        matches!(
            self,
            Self::Leaving | Self::Leftover | Self::Quarantined | Self::Unfinished | Self::Stray | Self::Thumbnail
        )
    }

    /// A heading for all findings of this kind.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Catalogue => "damage in the catalogue's pages",
            Self::Reference => "references to rows that are not there",
            Self::Schema => "differences between the catalogue's schema and hypernet's",
            Self::Registry => "objects that are half there",
            Self::Link => "links that break their rules",
            Self::Path => "originals with a place that cannot be",
            Self::Counter => "wrong counts",
            Self::Search => "differences between search and catalogue",
            Self::Missing => "missing originals",
            Self::Size => "originals of another size than stored",
            Self::Changed => "originals with other bytes than stored",
            Self::Unreadable => "files and folders that cannot be read",
            Self::NotAFile => "links and special files",
            Self::Permissions => "wrong modes or owners",
            Self::Orphan => "files beneath media/ that belong to nothing",
            Self::Thumbnail => "missing or damaged thumbnails",
            Self::Leaving => "files of purged objects that were not moved to trash/ yet",
            Self::Leftover => "runs that were cut off",
            Self::Quarantined => "files set aside in quarantine/",
            Self::Unfinished => "operations that never said how they ended",
            Self::Stray => "files that are none of hypernet's",
        }
    }

    /// What to do next.
    pub const fn next(self) -> &'static str {
        match self {
            Self::Catalogue | Self::Reference => {
                "change nothing; copy the whole library first, then `hypernet repair --rebuild` makes a new catalogue"
            }
            Self::Registry | Self::Path => {
                "change nothing; copy the whole library first, then go back to a snapshot in backups/ or to a backup"
            }
            Self::Schema => {
                "someone else changed the catalogue: go back to a snapshot in backups/ unless you know who and why"
            }
            Self::Link => {
                "no photo is affected; keep this report, and go back to a snapshot in backups/ if answers look wrong"
            }
            Self::Counter | Self::Search => "no photo is affected; `hypernet repair` makes them anew",
            Self::Missing => {
                "`hypernet repair` puts back what stands in quarantine/; --from BACKUP takes the others from a backup"
            }
            Self::Size | Self::Changed => {
                "the disk may be failing: copy the library to another one, then `hypernet repair --from BACKUP`"
            }
            Self::Unreadable => {
                "look at the disk and at who may read the library; then `hypernet repair --from BACKUP`"
            }
            Self::NotAFile => "nothing of hypernet's makes these: look at where they lead, then remove them",
            Self::Permissions => {
                "`hypernet repair` puts modes right; what belongs to another account, chown to the library's owner"
            }
            Self::Orphan => {
                "they are kept; once they are an hour old `hypernet repair` takes them in, and sets aside those that are empty or known"
            }
            Self::Thumbnail => "no photo is affected; `hypernet repair` draws them again",
            Self::Leaving | Self::Leftover => "the next import or repair clears this up",
            Self::Quarantined => {
                "`hypernet repair` takes in what is new; --drop-quarantine --older 30d removes the rest for good"
            }
            Self::Unfinished => "nothing: what they did is whole; the next import or repair carries on",
            Self::Stray => "move them out of the library, or leave them",
        }
    }
}
