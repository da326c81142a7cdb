//! The links of an object: for people the first of each type, for scripts all of them.

use serde::Serialize;

use super::Own;
use super::sheet::Sheet;
use crate::cli::format::count;
use crate::model::link::Strength;
use crate::model::{Link, ObjectId};
use crate::store::object::{self, Named};
use crate::store::related::{self, Direction, Group};
use crate::store::{Reader, StoreError};

/// How many links of a type people are shown.
const SHOWN: u32 = 10;

/// How many characters of an id people are shown.
pub const SHORT: usize = 8;

/// A link as one of its ends sees it.
#[derive(Debug, Serialize)]
pub struct Seen {
    #[serde(flatten)]
    link: Link,
    direction: Direction,
    other: Option<Named>,
}

/// Every live link of an object, by type and direction, each in its order.
///
/// # Errors
/// Those of the catalogue.
pub fn all(reader: &Reader, n: i64, id: ObjectId) -> Result<Vec<Seen>, StoreError> {
    let mut all = Vec::new();
    for group in related::groups(reader, n)? {
        all.extend(of(reader, n, id, &group, u32::MAX)?);
    }
    Ok(all)
}

fn of(reader: &Reader, n: i64, id: ObjectId, group: &Group, limit: u32) -> Result<Vec<Seen>, StoreError> {
    let links = related::links(reader, reader.owner(), n, group, limit)?;
    let seen = links.into_iter().map(|link| {
        let other = object::named(reader, related::other_end(&link, id))?;
        Ok(Seen { link, direction: group.direction, other })
    });
    seen.collect()
}

/// How many links of each type an object has: `2 duplicate_of ↔, 1 contains ←`.
pub fn summary(groups: &[Group]) -> String {
    let said =
        groups.iter().map(|group| format!("{} {} {}", count(group.count), group.link_type, arrow(group.direction)));
    said.collect::<Vec<_>>().join(", ")
}

/// Writes the first links of each type for people.
///
/// # Errors
/// Those of the catalogue.
pub fn write(reader: &Reader, own: &Own, id: ObjectId, sheet: &mut Sheet) -> Result<(), StoreError> {
    sheet.heading(if own.groups.is_empty() { "Links: none" } else { "Links" });
    for group in &own.groups {
        for (seen, at) in of(reader, own.n, id, group, SHOWN)?.iter().zip(1..) {
            // Those that start here come in their order; where another object's end, the others it has must be counted.
            let place = match (group.direction, seen.link.sort_order) {
                (Direction::Out, order) => order.map(|_| at),
                _ => related::place(reader, &seen.link)?,
            };
            sheet.item(2, &line(seen, place));
        }
        let more = group.count.saturating_sub(SHOWN.into());
        if more > 0 {
            sheet.item(4, &format!("and {} more `{}`; --json lists them", count(more), group.link_type));
        }
    }
    Ok(())
}

fn line(seen: &Seen, place: Option<u64>) -> String {
    let (link, arrow) = (&seen.link, arrow(seen.direction));
    let strength = (link.strength != Strength::FULL).then(|| format!("strength {}", link.strength.get()));
    let place = place.map(|place| format!("place {}", count(place)));
    let more: Vec<String> = place.into_iter().chain(strength).collect();
    let more = if more.is_empty() { String::new() } else { format!("  ({})", more.join(", ")) };
    format!("{arrow} {:<12}  {}{more}", link.link_type.as_str(), ended(seen.other.as_ref()))
}

/// The other end of a link: its short id, what it is and its name.
pub fn ended(other: Option<&Named>) -> String {
    let short = |id: &ObjectId| id.to_string().chars().take(SHORT).collect::<String>();
    other.map_or_else(String::new, |other| format!("{}  {} {}", short(&other.id), other.kind, other.name))
}

/// The sign of a direction.
pub fn arrow(direction: Direction) -> char {
    match direction {
        Direction::In => '←',
        Direction::Out => '→',
        Direction::Both => '↔',
    }
}
