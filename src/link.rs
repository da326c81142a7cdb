//! Links: the one way a relationship is made. Which may exist is the catalogue's table of rules (ruling 8).
//!
//! Removing, editing and walking links come with the commands that need them.

use crate::model::link::{LinkType, Strength};
use crate::model::{Base, Kind, Link, Metadata, ObjectId, SourceType};
use crate::store::{self, StoreError, Tx};

/// Why a link cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Both ends are the same object.
    #[error("{0} cannot be linked to itself")]
    ToItself(ObjectId),
    /// The rules know no such link between these kinds.
    #[error("a `{link_type}` link cannot lead from {from} to {to}")]
    WrongEnd {
        /// The type asked for.
        link_type: LinkType,
        /// What it would start at.
        from: Kind,
        /// What it would end at.
        to: Kind,
    },
    /// The catalogue refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One end of a link: an object of the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// Its number in the catalogue.
    pub n: i64,
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    pub kind: Kind,
}

/// Links two objects, at the end of the order where the type has one; `None` when that link is there already.
///
/// `made_by` is `User` for a link a person asked for, `System` for one the program found.
///
/// # Errors
/// When the rules forbid it; those of the catalogue.
pub fn make(
    tx: &Tx,
    from: End,
    to: End,
    link_type: LinkType,
    made_by: SourceType,
    strength: Option<Strength>,
) -> Result<Option<ObjectId>, LinkError> {
    if from.id == to.id {
        return Err(LinkError::ToItself(from.id));
    }
    let wrong = LinkError::WrongEnd { link_type, from: from.kind, to: to.kind };
    let rule = store::link::rule(tx, link_type, from.kind, to.kind)?.ok_or(wrong)?;
    let there = store::link::live(tx, from.n, to.n, link_type)?;
    let back = if rule.both_ways() { store::link::live(tx, to.n, from.n, link_type)? } else { None };
    if there.or(back).is_some() {
        return Ok(None);
    }
    let mut base = Base::new(ObjectId::random(), tx.owner().id, tx.now(), Some(made_by));
    base.metadata = created_by(made_by)?;
    let link = Link {
        base,
        from_object_id: from.id,
        from_object_type: from.kind,
        to_object_id: to.id,
        to_object_type: to.kind,
        link_type,
        strength: strength.unwrap_or(rule.strength),
        is_bidirectional: rule.both_ways(),
        sort_order: rule.ordered().then(|| store::link::next_place(tx, from.n)).transpose()?,
    };
    store::link::insert(tx, &link, rule)?;
    Ok(Some(link.base.id))
}

fn created_by(made_by: SourceType) -> Result<Metadata, StoreError> {
    let mut map = Metadata::default().into_map();
    map.insert("created_by".to_owned(), made_by.as_str().into());
    Ok(Metadata::new(map)?)
}
