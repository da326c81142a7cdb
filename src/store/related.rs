//! The live links of one object as it sees them: by type and direction, counted, and in order. Reads only.
//!
//! Both directions have an index of their own, so nothing here grows with what else the library holds.

use rusqlite::{Connection, params};

use super::{Owner, StoreError, link};
use crate::model::link::LinkType;
use crate::model::{Link, ObjectId};

crate::text_enum! {
    /// Which way a link runs for the object that is asked about; `both` for links that hold both ways.
    Direction("direction") { In = "in", Out = "out", Both = "both" }
}

/// The links of one type and direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// Their type.
    pub link_type: LinkType,
    /// Their direction.
    pub direction: Direction,
    /// How many there are.
    pub count: u64,
}

/// One row tells whether links of this type hold both ways: the rule says it of all of them.
const STARTING: &str = "
    SELECT some.link_type, some.count, link.is_bidirectional
      FROM (SELECT link_type, count(*) AS count, max(n) AS n FROM my_link
             WHERE from_n = ?1 AND deleted_at IS NULL GROUP BY link_type) AS some
      JOIN my_link AS link ON link.n = some.n";

const ENDING: &str = "
    SELECT some.link_type, some.count, link.is_bidirectional
      FROM (SELECT link_type, count(*) AS count, max(n) AS n FROM my_link
             WHERE to_n = ?1 AND deleted_at IS NULL GROUP BY link_type) AS some
      JOIN my_link AS link ON link.n = some.n";

const OUT: &str = "
    SELECT n FROM my_link WHERE from_n = ?1 AND link_type = ?2 AND deleted_at IS NULL ORDER BY sort_order, n LIMIT ?3";

/// In the order of the index of ends: by any other, the planner walks all links of the type instead.
const IN: &str = "
    SELECT n FROM my_link WHERE to_n = ?1 AND link_type = ?2 AND deleted_at IS NULL ORDER BY from_n, n LIMIT ?3";

/// Every link that has this end, the trash included.
const EVER: &str = "
    SELECT n FROM my_link WHERE from_n = ?1 UNION SELECT n FROM my_link WHERE to_n = ?1 ORDER BY n";

/// Of one type, since that is what its covering index begins with.
const BEFORE: &str = "
    SELECT count(*) FROM my_object AS object JOIN my_link AS it ON it.from_n = object.n
     WHERE object.id = ?1 AND it.link_type = ?2 AND it.deleted_at IS NULL AND it.sort_order < ?3";

/// The live links of an object, summed up by type and direction.
///
/// # Errors
/// Those of the catalogue.
pub fn groups(db: &Connection, n: i64) -> Result<Vec<Group>, StoreError> {
    let mut groups: Vec<Group> = Vec::new();
    for (sql, one_way) in [(STARTING, Direction::Out), (ENDING, Direction::In)] {
        let mut select = db.prepare_cached(sql)?;
        let mut rows = select.query(params![n])?;
        while let Some(row) = rows.next()? {
            let direction = if row.get(2)? { Direction::Both } else { one_way };
            let (link_type, count) = (row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned());
            match groups.iter_mut().find(|group| (group.link_type, group.direction) == (link_type, direction)) {
                Some(group) => group.count += count,
                None => groups.push(Group { link_type, direction, count }),
            }
        }
    }
    groups.sort_by_key(|group| (group.link_type, group.direction));
    Ok(groups)
}

/// The first `limit` links of a group, in their order.
///
/// # Errors
/// Those of the catalogue.
pub fn links(db: &Connection, owner: Owner, n: i64, group: &Group, limit: u32) -> Result<Vec<Link>, StoreError> {
    let ways: &[&str] = match group.direction {
        Direction::Out => &[OUT],
        Direction::In => &[IN],
        Direction::Both => &[OUT, IN],
    };
    let mut numbers: Vec<i64> = Vec::new();
    for sql in ways {
        let left = i64::from(limit) - numbers.len() as i64;
        let mut select = db.prepare_cached(sql)?;
        let rows = select.query_map(params![n, group.link_type, left], |row| row.get(0))?;
        numbers.extend(rows.collect::<Result<Vec<i64>, _>>()?);
    }
    let mut links = Vec::with_capacity(numbers.len());
    for n in numbers {
        links.extend(link::by_n(db, owner, n)?);
    }
    Ok(links)
}

/// The numbers of all links that ever had this end and were not purged.
///
/// # Errors
/// Those of the catalogue.
pub fn ever(db: &Connection, n: i64) -> Result<Vec<i64>, StoreError> {
    let mut select = db.prepare_cached(EVER)?;
    let rows = select.query_map(params![n], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Which place a link has among the live ones of its type where it starts, from 1; `None` where its type has no order.
///
/// # Errors
/// Those of the catalogue.
pub fn place(db: &Connection, link: &Link) -> Result<Option<u64>, StoreError> {
    let Some(order) = link.sort_order else { return Ok(None) };
    let mut select = db.prepare_cached(BEFORE)?;
    let before: i64 = select.query_row(params![link.from_object_id, link.link_type, order], |row| row.get(0))?;
    Ok(Some(before.cast_unsigned() + 1))
}

/// The end of a link that is not this object.
pub fn other_end(link: &Link, me: ObjectId) -> ObjectId {
    if link.from_object_id == me { link.to_object_id } else { link.from_object_id }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::by_index;

    #[test]
    fn the_links_of_an_object_are_found_by_its_ends() {
        for sql in [STARTING, ENDING, OUT, IN, EVER, BEFORE] {
            for step in by_index(sql).iter().filter(|step| step.contains("link USING")) {
                assert!(step.contains("_n=?") || step.contains("rowid=?"), "{sql}\n{step}");
            }
        }
    }
}
