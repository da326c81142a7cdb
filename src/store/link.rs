//! Links: one row each, under a rule of the catalogue's own table. Which links may be made is decided in `crate::link`.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use serde_json::json;

use super::journal::{self, Verb};
use super::{Owner, StoreError, Tx, object, user};
use crate::model::link::{KIND, LinkType, Position, Strength};
use crate::model::{Kind, Link, ObjectId};

/// The step between two places of an order (ruling 8).
pub const STEP: i64 = 1 << 20;

const RULE: &str = "
    SELECT rule.shape, rule.strength FROM link_rule AS rule
      JOIN type AS a ON a.n = rule.from_type JOIN type AS b ON b.n = rule.to_type
     WHERE rule.link_type = ?1 AND a.name = ?2 AND b.name = ?3";

const INSERT: &str = "
    INSERT INTO link (n, owner, created_at, updated_at, source_type, source_id, from_n, from_type, to_n, to_type, link_type,
      shape, strength, sort_order, metadata)
    SELECT :n, :owner, :created_at, :created_at, :source_type, :source_id, a.n, a.type, b.n, b.type, :link_type,
      :shape, :strength, :sort_order, :metadata
      FROM my_object AS a, my_object AS b WHERE a.id = :from AND b.id = :to";

const LIVE: &str = "SELECT n FROM my_link WHERE from_n = ?1 AND to_n = ?2 AND link_type = ?3 AND deleted_at IS NULL";

const LAST: &str = "
    SELECT max(sort_order) FROM my_link WHERE from_n = ?1 AND deleted_at IS NULL AND shape & 4";

const SELECT: &str = "
    SELECT link.*, object.id, a.id AS from_id, ta.name AS from_name, b.id AS to_id, tb.name AS to_name
      FROM my_link AS link JOIN my_object AS object ON object.n = link.n
      JOIN my_object AS a ON a.n = link.from_n JOIN my_type AS ta ON ta.n = link.from_type
      JOIN my_object AS b ON b.n = link.to_n JOIN my_type AS tb ON tb.n = link.to_type";

/// What lets a link in the trash be live again: both ends are, and nothing stands in its place. The pluses keep the index of the
/// trash away: each end is looked up by its number, however much is in the trash.
const MAY_RETURN: &str = "
    NOT EXISTS (SELECT 1 FROM my_media AS other WHERE other.n IN (gone.from_n, gone.to_n) AND +other.deleted_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM my_album AS other WHERE other.n IN (gone.from_n, gone.to_n) AND +other.deleted_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM my_integration AS other
                     WHERE gone.link_type <> 'source' AND other.n IN (gone.from_n, gone.to_n) AND +other.deleted_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM my_link AS other WHERE other.from_n = gone.from_n AND other.to_n = gone.to_n
                     AND other.link_type = gone.link_type AND other.deleted_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM my_link AS other WHERE gone.shape & 2 AND other.from_n = gone.from_n
                     AND other.link_type = gone.link_type AND other.deleted_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM my_link AS other WHERE gone.shape & 1 AND other.from_n = gone.to_n AND other.to_n = gone.from_n
                     AND other.link_type = gone.link_type AND other.deleted_at IS NULL)";

/// The links of an object that went in one operation. The plus keeps a deletion of a hundred thousand from being read for each.
const GONE_WITH: &str = "
    SELECT n FROM my_link WHERE deleted_with = ?2 AND from_n = ?1
    UNION SELECT n FROM my_link WHERE +deleted_with = ?2 AND to_n = ?1 ORDER BY n";

const GONE: &str =
    "SELECT from_n, sort_order, deleted_at, deleted_with FROM my_link WHERE n = ?1 AND deleted_at IS NOT NULL";

/// The deletion of the end that is still in the trash.
const OTHER_DELETION: &str = "
    SELECT coalesce(
        (SELECT deleted_with FROM my_media WHERE n IN (gone.from_n, gone.to_n) AND +deleted_at IS NOT NULL),
        (SELECT deleted_with FROM my_album WHERE n IN (gone.from_n, gone.to_n) AND +deleted_at IS NOT NULL),
        (SELECT deleted_with FROM my_integration WHERE n IN (gone.from_n, gone.to_n) AND +deleted_at IS NOT NULL))
      FROM my_link AS gone WHERE gone.n = ?1";

const BACK: &str = "
    UPDATE link SET deleted_at = NULL, deleted_with = NULL, sort_order = ?2, updated_at = max(?3, created_at) WHERE n = ?1";

/// What the catalogue's rule says of one type of link between two kinds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// 1 both ways, 2 one per from, 4 ordered, 8 acyclic.
    pub shape: i64,
    /// What a link has when nobody says otherwise.
    pub strength: Strength,
}

impl Rule {
    /// Whether such a link holds both ways.
    pub fn both_ways(self) -> bool {
        self.shape & 1 != 0
    }

    /// Whether such links are ordered.
    pub fn ordered(self) -> bool {
        self.shape & 4 != 0
    }
}

/// The rule for links of this type between these kinds; `None` where there may be none.
///
/// # Errors
/// Those of the catalogue.
pub fn rule(tx: &Tx, link_type: LinkType, from: Kind, to: Kind) -> Result<Option<Rule>, StoreError> {
    let mut select = tx.prepare_cached(RULE)?;
    let found = select.query_row(params![link_type, from.as_str(), to.as_str()], |row| {
        Ok(Rule { shape: row.get(0)?, strength: row.get(1)? })
    });
    Ok(found.optional()?)
}

/// The live link of this type between two objects, if there is one.
///
/// # Errors
/// Those of the catalogue.
pub fn live(db: &Connection, from: i64, to: i64, link_type: LinkType) -> Result<Option<i64>, StoreError> {
    Ok(db.prepare_cached(LIVE)?.query_row(params![from, to, link_type], |row| row.get(0)).optional()?)
}

/// The place after the last in an object's order: 0 when it is empty.
///
/// # Errors
/// When the order is full to its end; those of the catalogue.
pub fn next_place(db: &Connection, from: i64) -> Result<Position, StoreError> {
    let last: Option<i64> = db.prepare_cached(LAST)?.query_row(params![from], |row| row.get(0))?;
    Ok(Position::new(last.map_or(0, |last| last.saturating_add(STEP)))?)
}

/// Writes a new link under a rule; gives its number.
///
/// # Errors
/// Those of the catalogue, which refuses what the rule forbids.
pub fn insert(tx: &Tx, link: &Link, rule: Rule) -> Result<i64, StoreError> {
    let n = object::register(tx, link.base.id, KIND)?;
    tx.prepare_cached(INSERT)?.execute(named_params! {
        ":n": n, ":owner": tx.owner().n, ":created_at": link.base.created_at, ":source_type": link.base.source_type,
        ":source_id": link.base.source_id, ":from": link.from_object_id, ":to": link.to_object_id,
        ":link_type": link.link_type, ":shape": rule.shape, ":strength": link.strength, ":sort_order": link.sort_order,
        ":metadata": link.base.metadata,
    })?;
    Ok(n)
}

/// Whether a link in the trash can be live again.
///
/// # Errors
/// Those of the catalogue.
pub fn may_return(db: &Connection, n: i64) -> Result<bool, StoreError> {
    let sql = format!("SELECT 1 FROM my_link AS gone WHERE gone.n = ?1 AND {MAY_RETURN}");
    Ok(db.prepare_cached(&sql)?.exists(params![n])?)
}

/// Brings back the links of an object that went with it in one operation, each to its place or the next free one; gives how many
/// came. A link whose other end is in the trash waits for that one; one whose place another link has taken stays there.
///
/// # Errors
/// Those of the catalogue.
pub fn restore_with(tx: &Tx, object: i64, operation: i64) -> Result<u64, StoreError> {
    let mut select = tx.prepare_cached(GONE_WITH)?;
    let links = select.query_map(params![object, operation], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let mut came = 0;
    for n in links {
        if may_return(tx, n)? {
            restore(tx, n)?;
            came += 1;
        } else {
            wait_for_other(tx, n, operation)?;
        }
    }
    Ok(came)
}

/// Brings one link back from the trash, to its place or the nearest free one; journalled.
///
/// # Errors
/// Those of the catalogue, which refuses where something live stands in the way.
pub fn restore(tx: &Tx, n: i64) -> Result<(), StoreError> {
    let gone = tx.prepare_cached(GONE)?.query_row(params![n], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, i64>(2)?, row.get::<_, Option<i64>>(3)?))
    });
    let Some((from, was, deleted_at, with)) = gone.optional()? else { return Ok(()) };
    let place = was.map(|place| free_place(tx, from, place)).transpose()?;
    tx.prepare_cached(BACK)?.execute(params![n, place, tx.now()])?;
    let before = json!({ "deleted_at": deleted_at, "deleted_with": with, "sort_order": was });
    journal::changed(tx, n, Verb::Restore, before.as_object().cloned())
}

/// A link whose one end came back goes with the deletion of the other from now on, and comes back with that.
fn wait_for_other(tx: &Tx, n: i64, operation: i64) -> Result<(), StoreError> {
    let other: Option<i64> = tx.prepare_cached(OTHER_DELETION)?.query_row(params![n], |row| row.get(0))?;
    if let Some(other) = other.filter(|other| *other != operation) {
        tx.prepare_cached("UPDATE link SET deleted_with = ?2 WHERE n = ?1")?.execute(params![n, other])?;
        let before = json!({ "deleted_with": operation });
        journal::changed(tx, n, Verb::Edit, before.as_object().cloned())?;
    }
    Ok(())
}

/// The wanted place, else the nearest that is free.
fn free_place(tx: &Tx, from: i64, wanted: i64) -> Result<i64, StoreError> {
    let taken = "SELECT 1 FROM my_link WHERE from_n = ?1 AND sort_order = ?2 AND deleted_at IS NULL AND shape & 4";
    let mut select = tx.prepare_cached(taken)?;
    for step in 0_i64.. {
        for place in [wanted.checked_add(step), wanted.checked_sub(step).filter(|place| *place >= 0)] {
            let Some(place) = place else { continue };
            if !select.exists(params![from, place])? {
                return Ok(place);
            }
        }
    }
    Ok(wanted)
}

/// The link of this number.
///
/// # Errors
/// Those of the catalogue.
pub fn by_n(db: &Connection, owner: Owner, n: i64) -> Result<Option<Link>, StoreError> {
    let sql = format!("{SELECT} WHERE link.n = ?1");
    Ok(db.prepare_cached(&sql)?.query_row(params![n], |row| from_row(row, owner)).optional()?)
}

/// The link of this id.
///
/// # Errors
/// Those of the catalogue.
pub fn by_id(db: &Connection, owner: Owner, id: ObjectId) -> Result<Option<Link>, StoreError> {
    let sql = format!("{SELECT} WHERE object.id = ?1");
    Ok(db.prepare_cached(&sql)?.query_row(params![id], |row| from_row(row, owner)).optional()?)
}

fn from_row(row: &Row<'_>, owner: Owner) -> rusqlite::Result<Link> {
    let refused = |error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error));
    let kind = |name: String| Kind::parse(&name).map_err(refused);
    Ok(Link {
        base: user::base(row, row.get("id")?, owner.id)?,
        from_object_id: row.get("from_id")?,
        from_object_type: kind(row.get("from_name")?)?,
        to_object_id: row.get("to_id")?,
        to_object_type: kind(row.get("to_name")?)?,
        link_type: row.get("link_type")?,
        strength: row.get("strength")?,
        is_bidirectional: row.get("is_bidirectional")?,
        sort_order: row.get("sort_order")?,
    })
}
