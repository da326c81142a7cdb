//! The page of a media: what is seen on it, how and where it was taken, what it belongs to, where it is kept.

use serde_json::Value;

use super::sheet::Sheet;
use super::{Ground, Own, clock, dates, links, rest, value};
use crate::cli::columns::{camera, length};
use crate::cli::format;
use crate::cli::output::text::shown_path;
use crate::model::Media;
use crate::store::{StoreError, album};

/// How many of the places a media was seen at people are shown.
const SEEN: usize = 5;

/// What of the metadata the page says in its own words.
const SAID: &[&str] = &[
    "original_filename",
    "original_path",
    "taken_at_local",
    "taken_at_source",
    "taken_at_offset_source",
    "processing_error",
    "named_as",
    "truncated",
    "exif",
    "camera",
    "title",
    "description",
    "tags",
    "rating",
    "favorite",
    "sources",
];

/// What a person calls it: its name as it was found.
pub fn name(media: &Media) -> &str {
    Some(text(media, "original_filename")).filter(|name| !name.is_empty()).unwrap_or(media.filename.as_str())
}

/// Writes the page.
///
/// # Errors
/// Those of the catalogue.
pub fn write(ground: &Ground<'_>, media: &Media, own: &Own, sheet: &mut Sheet) -> Result<(), StoreError> {
    sheet.line("id", &media.base.id.to_string());
    taken(media, sheet);
    picture(media, sheet);
    about(media, sheet);
    sheet.line("albums", &album::names_with(ground.reader, media.base.id)?.join(", "));
    sheet.line("links", &links::summary(&own.groups));
    kept(ground, media, sheet)?;
    rest(media.base.metadata.as_map(), SAID, sheet);
    Ok(())
}

/// When: by the clock on the wall, where that was read from, and as an instant.
fn taken(media: &Media, sheet: &mut Sheet) {
    let local = text(media, "taken_at_local");
    let at = media.taken_at.map(|at| at.to_string()).unwrap_or_default();
    let time = wall(if local.is_empty() { &at } else { local });
    if time.is_empty() {
        return;
    }
    let from = said(", from ", text(media, "taken_at_source"));
    let zone = match text(media, "taken_at_offset_source") {
        "config" => ", zone from the settings".to_owned(),
        source => said(", zone from ", source),
    };
    sheet.line("taken", &format!("{time}{from}{zone}"));
    if !local.is_empty() {
        sheet.line("in UTC", &media.taken_at.map(clock).unwrap_or_default());
    }
}

/// `2026-02-01T06:23:45.000-08:00` as `2026-02-01 06:23:45 -08:00`; any other text as it stands.
fn wall(time: &str) -> String {
    match (time.get(..19), time.get(23..)) {
        (Some(clock), Some(zone)) if time.get(10..11) == Some("T") => {
            let millis = time.get(19..23).filter(|millis| *millis != ".000").unwrap_or_default();
            let zone = if zone == "Z" { "UTC" } else { zone };
            format!("{}{millis} {zone}", clock.replacen('T', " ", 1)).trim_end().to_owned()
        }
        _ => time.to_owned(),
    }
}

/// What can be seen, and how it was taken.
fn picture(media: &Media, sheet: &mut Sheet) {
    let named = said(", although its name says ", text(media, "named_as"));
    sheet.line("type", &format!("{}, {}{named}", media.mime.media_type, media.mime.name));
    let sides = media.width.zip(media.height).map(|(width, height)| format!(", {width} × {height} pixels"));
    sheet.line("size", &format!("{}{}", format::bytes(media.size), sides.unwrap_or_default()));
    sheet.line("duration", &length(media));
    sheet.line("camera", camera(media));
    for (label, key) in [
        ("lens", "lens"),
        ("ISO", "iso"),
        ("aperture", "aperture"),
        ("shutter speed", "shutter_speed"),
        ("focal length", "focal_length"),
    ] {
        sheet.line(label, &of_exif(media, key));
    }
    sheet.line("place", &place(media));
}

/// Where, how high above the sea, how sure, and which way the camera looked.
fn place(media: &Media) -> String {
    let Some(place) = media.place else { return String::new() };
    let altitude = match number(media, "gps_altitude") {
        Some(metres) if metres < 0.0 => format!(", {} m below the sea", -metres),
        Some(metres) => format!(", {metres} m above the sea"),
        None => String::new(),
    };
    let accuracy = number(media, "gps_accuracy").map(|metres| format!(", within {metres} m"));
    let facing = number(media, "gps_direction").map(|degrees| format!(", facing {degrees}°"));
    let (accuracy, facing) = (accuracy.unwrap_or_default(), facing.unwrap_or_default());
    format!("{}, {}{altitude}{accuracy}{facing}", place.latitude(), place.longitude())
}

/// What people said of it.
fn about(media: &Media, sheet: &mut Sheet) {
    sheet.line("title", text(media, "title"));
    sheet.line("description", text(media, "description"));
    sheet.line("tags", &media.base.metadata.tags().collect::<Vec<_>>().join(", "));
    for key in ["rating", "favorite"] {
        sheet.line(key, &media.base.metadata.get(key).map(value).unwrap_or_default());
    }
}

/// Where it is kept, how far it has come, and where it came from.
fn kept(ground: &Ground<'_>, media: &Media, sheet: &mut Sheet) -> Result<(), StoreError> {
    sheet.line("file", &shown_path(&ground.library.join(media.file_path.as_str())));
    if media.filename.as_str() != name(media) {
        sheet.line("safe name", media.filename.as_str());
    }
    let thumbnail = media.thumbnail_path.as_ref().map(|path| shown_path(&ground.library.join(path.as_str())));
    sheet.line("thumbnail", &thumbnail.unwrap_or_default());
    sheet.line("hash", &media.hash.to_string());
    let why = said(": ", text(media, "processing_error"));
    sheet.line("status", &format!("{}{why}", media.processing_status));
    if !media.metadata_extracted {
        sheet.line("own facts", "could not be read");
    }
    sheet.line("left out", &media.base.metadata.get("truncated").map(value).unwrap_or_default());
    dates(ground, &media.base, sheet)?;
    seen(media, sheet);
    Ok(())
}

/// Where its bytes were found on disk.
fn seen(media: &Media, sheet: &mut Sheet) {
    let sources = media.base.metadata.get("sources").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for source in sources.iter().take(SEEN) {
        sheet.line("seen at", source.get("path").and_then(Value::as_str).unwrap_or_default());
    }
    if sources.is_empty() {
        sheet.line("seen at", text(media, "original_path"));
    }
    let more = sources.len().saturating_sub(SEEN);
    if more > 0 {
        sheet.item(18, &format!("and {more} more places; --json lists them"));
    }
}

fn said(mark: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{mark}{text}") }
}

fn text<'m>(media: &'m Media, key: &str) -> &'m str {
    media.base.metadata.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn of_exif(media: &Media, key: &str) -> String {
    let found = media.base.metadata.get("exif").and_then(|exif| exif.get(key));
    found.map(value).unwrap_or_default()
}

fn number(media: &Media, key: &str) -> Option<f64> {
    media.base.metadata.get("exif")?.get(key)?.as_f64()
}

#[cfg(test)]
mod tests {
    use super::wall;

    #[test]
    fn the_wall_clock_reads_as_people_write_it() {
        assert_eq!(wall("2026-02-01T06:23:45.000-08:00"), "2026-02-01 06:23:45 -08:00");
        assert_eq!(wall("2026-02-01T06:23:45.250"), "2026-02-01 06:23:45.250");
        assert_eq!(wall("2026-02-01T06:23:45.000Z"), "2026-02-01 06:23:45 UTC");
        assert_eq!(
            [wall(""), wall("1999"), wall("写真写真写真写真写真写真")],
            ["", "1999", "写真写真写真写真写真写真"]
        );
    }
}
