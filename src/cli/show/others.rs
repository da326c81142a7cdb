//! The pages of albums, links, integrations and users. Secrets are `[REDACTED]`, as they are in JSON.

use super::sheet::Sheet;
use super::{Ground, Own, clock, dates, links, rest};
use crate::cli::format::{bytes, count};
use crate::model::album::SortOrder;
use crate::model::secret::REDACTED;
use crate::model::{Album, Integration, Link, User};
use crate::store::album::{self, Kin};
use crate::store::related::Direction;
use crate::store::{Reader, StoreError, object};

/// How many nested albums, and how many ways to an album, people are shown.
const SHOWN: usize = 10;

/// The longest way from the top to an album that is followed.
const DEEPEST: usize = 32;

/// Writes the page of an album.
///
/// # Errors
/// Those of the catalogue.
pub fn album(ground: &Ground<'_>, album: &Album, own: &Own, sheet: &mut Sheet) -> Result<(), StoreError> {
    let reader = ground.reader;
    sheet.line("id", &album.base.id.to_string());
    sheet.line("description", album.description.as_ref().map_or("", |text| text.as_str()));
    let mut ways = Vec::new();
    above(reader, own.n, &mut Vec::new(), &mut ways)?;
    for way in &ways {
        sheet.line("stands in", way);
    }
    sheet.line("media", &count(album.media_count));
    let children = album::children(reader, own.n)?;
    let names: Vec<&str> = children.iter().take(SHOWN).map(|(_, _, name)| name.as_str()).collect();
    if !children.is_empty() {
        let more = children.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more; --json lists them") } else { String::new() };
        sheet.line("albums in it", &format!("{}: {}{more}", count(children.len() as u64), names.join(", ")));
        sheet.line("media in all", &count(album::beneath(reader, own.n)?));
    }
    let cover = album.cover_media_id.map(|id| object::named(reader, id)).transpose()?.flatten();
    sheet.line("cover", &links::ended(cover.as_ref()));
    sheet.line("order", ordered(album.sort_order));
    sheet.line("visibility", album.visibility.as_str());
    sheet.line("tags", &album.base.metadata.tags().collect::<Vec<_>>().join(", "));
    sheet.line("links", &links::summary(&own.groups));
    dates(ground, &album.base, sheet)?;
    rest(album.base.metadata.as_map(), &["tags"], sheet);
    Ok(())
}

fn ordered(order: SortOrder) -> &'static str {
    match order {
        SortOrder::DateAsc => "oldest first",
        SortOrder::DateDesc => "newest first",
        SortOrder::Manual => "by hand",
    }
}

/// The ways from the top down to an album, as names with slashes; `below` are the names already passed on the way up.
fn above(reader: &Reader, n: i64, below: &mut Vec<String>, ways: &mut Vec<String>) -> Result<(), StoreError> {
    let parents: Vec<Kin> = if below.len() < DEEPEST { album::parents(reader, n)? } else { Vec::new() };
    if parents.is_empty() && !below.is_empty() && ways.len() < SHOWN {
        ways.push(below.iter().rev().map(String::as_str).collect::<Vec<_>>().join(" / "));
    }
    for (parent, _, name) in parents {
        if ways.len() < SHOWN {
            below.push(name);
            above(reader, parent, below, ways)?;
            below.pop();
        }
    }
    Ok(())
}

/// Writes the page of a link.
///
/// # Errors
/// Those of the catalogue.
pub fn link(ground: &Ground<'_>, link: &Link, own: &Own, sheet: &mut Sheet) -> Result<(), StoreError> {
    sheet.line("id", &link.base.id.to_string());
    sheet.line("from", &links::ended(object::named(ground.reader, link.from_object_id)?.as_ref()));
    sheet.line("to", &links::ended(object::named(ground.reader, link.to_object_id)?.as_ref()));
    let (way, said) = if link.is_bidirectional { (Direction::Both, "both ways") } else { (Direction::Out, "one way") };
    sheet.line("direction", &format!("{} {said}", links::arrow(way)));
    sheet.line("strength", &link.strength.get().to_string());
    let order = link.sort_order.map(|order| order.get().to_string());
    sheet.line("sort order", &order.unwrap_or_default());
    sheet.line("links", &links::summary(&own.groups));
    dates(ground, &link.base, sheet)?;
    rest(link.base.metadata.as_map(), &[], sheet);
    Ok(())
}

/// Writes the page of an integration.
///
/// # Errors
/// Those of the catalogue.
pub fn integration(ground: &Ground<'_>, one: &Integration, own: &Own, sheet: &mut Sheet) -> Result<(), StoreError> {
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    let token = |there: bool| if there { REDACTED } else { "" };
    sheet.line("id", &one.base.id.to_string());
    sheet.line("service", one.integration_type.as_str());
    sheet.line("status", one.status.as_str());
    sheet.line("enabled", yes(one.is_enabled));
    sheet.line("access token", token(one.has_access_token));
    sheet.line("refresh token", token(one.has_refresh_token));
    sheet.line("token expires", &one.token_expires_at.map(clock).unwrap_or_default());
    let ended = one.last_sync_status.map(|status| format!(", {status}")).unwrap_or_default();
    sheet.line("last sync", &one.last_sync_at.map_or_else(|| "never".to_owned(), |at| clock(at) + &ended));
    sheet.line("sync cursor", one.sync_cursor.as_deref().unwrap_or_default());
    sheet.line("items synced", &count(one.items_synced));
    sheet.line("links", &links::summary(&own.groups));
    dates(ground, &one.base, sheet)?;
    rest(one.base.metadata.as_map(), &[], sheet);
    Ok(())
}

/// Writes the page of a user.
///
/// # Errors
/// Those of the catalogue.
pub fn user(ground: &Ground<'_>, user: &User, own: &Own, sheet: &mut Sheet) -> Result<(), StoreError> {
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    sheet.line("id", &user.base.id.to_string());
    sheet.line("name", user.display_name.as_ref().map_or("", |name| name.as_str()));
    sheet.line("picture", user.avatar_url.as_ref().map_or("", |url| url.as_str()));
    let password = if user.password_hash.shown() == REDACTED { REDACTED } else { "none" };
    sheet.line("password", password);
    sheet.line("verified", yes(user.email_verified));
    sheet.line("active", yes(user.is_active));
    sheet.line("admin", yes(user.is_admin));
    sheet.line("last sign-in", &user.last_login_at.map(clock).unwrap_or_default());
    let quota = format!("{} of {} used", bytes(user.storage_used), bytes(user.storage_quota));
    sheet.line("storage", &quota);
    sheet.line("links", &links::summary(&own.groups));
    dates(ground, &user.base, sheet)?;
    rest(user.base.metadata.as_map(), &[], sheet);
    Ok(())
}
