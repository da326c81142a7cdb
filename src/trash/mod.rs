//! The trash: objects go into it with what belongs to them, come back as they were, or go for good.
//!
//! Only [`purge`] is irreversible. It takes rows first and files later: [`files`] says how. What a person must confirm is asked by `cli`.

pub mod files;
pub mod purge;
pub mod remove;
pub mod restore;
pub mod retention;

use crate::model::ObjectId;
pub use crate::store::trash::{Entry, Obstacle, entry, list};
use crate::store::{StoreError, object};

/// Why an object stays where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stays {
    /// No such object.
    #[error("there is no object {0}")]
    Missing(ObjectId),
    /// An object of a kind that is never in the trash.
    #[error("{0} is a user, and users do not go into the trash")]
    User(ObjectId),
    /// It is live: what goes for good was put into the trash before.
    #[error("{0} is not in the trash, and only what is there is purged")]
    Live(ObjectId),
    /// Bytes once more.
    #[error("{0} stays in the trash: {1} has the same bytes and is live")]
    Twin(ObjectId, ObjectId),
    /// A link to what is in the trash.
    #[error("the link {0} stays in the trash: its end {1} is there too")]
    End(ObjectId, ObjectId),
    /// A link that stands again, or whose place is taken.
    #[error("the link {0} stays in the trash: another link stands in its place")]
    Link(ObjectId),
}

impl Stays {
    /// The object.
    pub fn id(&self) -> ObjectId {
        match self {
            Self::Missing(id)
            | Self::User(id)
            | Self::Live(id)
            | Self::Twin(id, _)
            | Self::End(id, _)
            | Self::Link(id) => *id,
        }
    }
}

/// What becomes of the objects that were named.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Those that go or come, with the rest of their units.
    pub moved: Vec<Entry>,
    /// How many links do with them.
    pub links: u64,
    /// Those that were there already.
    pub unchanged: Vec<ObjectId>,
    /// Those that stay, and why.
    pub stays: Vec<Stays>,
}

impl Outcome {
    fn summary(&self) -> serde_json::Value {
        serde_json::json!({ "objects": self.moved.len(), "links": self.links })
    }
}

/// Each named object once, with what the catalogue knows of it.
fn entries(db: &crate::store::Connection, ids: &[ObjectId], outcome: &mut Outcome) -> Result<Vec<Entry>, StoreError> {
    let mut met = std::collections::HashSet::new();
    let mut entries = Vec::new();
    for id in ids.iter().filter(|id| met.insert(**id)) {
        match entry(db, *id)? {
            Some(entry) => entries.push(entry),
            None if object::find(db, *id)?.is_some() => outcome.stays.push(Stays::User(*id)),
            None => outcome.stays.push(Stays::Missing(*id)),
        }
    }
    Ok(entries)
}
