//! `hypernet show`: everything known of one object, or of several. Changes nothing.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::columns::{camera, length, taken};
use super::context::Context;
use super::error::{CliError, Exit};
use super::help::{ending, opening};
use super::output::style::Style;
use super::output::text::{shown, shown_path};
use super::output::{Answer, Form};
use super::query::readable;
use super::selection::Selection;
use super::{format, library};
use crate::model::Media;
use crate::model::geo::Place;
use crate::query::Thing;
use crate::store::{Access, album};

/// Show what is known of an object
#[derive(Debug, Args)]
#[command(after_long_help = ending(EXAMPLES, &opening(MORE)))]
pub struct ShowArgs {
    #[command(flatten)]
    selection: Selection,
    /// Say all that EXIF says
    #[arg(long)]
    exif: bool,
}

/// How many of the places a media was seen at people are shown.
const SEEN: usize = 5;

/// Beside those of opening a library.
const MORE: &[Exit] = &[Exit::NotFound];
const EXAMPLES: &[&str] =
    &["hypernet show a1b2c3d4", "hypernet show a1b2c3d4 --json", "hypernet show --where 'camera:canon before:2010'"];

/// Runs `show`.
///
/// # Errors
/// When an object does not exist, those of the library, and when a signal cut it short.
pub fn run(ctx: &mut Context, args: &ShowArgs) -> Result<Exit, CliError> {
    let library = library::open(ctx, Access::Read)?;
    let reader = library.reader()?;
    let (streams, for_people) = (ctx.out.form() == Form::Jsonl, ctx.out.form() != Form::Json);
    let mut pages = Vec::new();
    args.selection.each(ctx, &reader, |thing| {
        if let Thing::Media(media) = &thing {
            readable(ctx, media);
        }
        let albums = match &thing {
            Thing::Media(media) if for_people && !streams => album::names_with(&reader, media.base.id)?,
            _ => Vec::new(),
        };
        let page = Page { thing, library: library.path().to_owned(), albums, exif: args.exif };
        if streams {
            ctx.out.event(&page);
        } else {
            pages.push(page);
        }
        Ok(())
    })?;
    match pages.as_slice() {
        _ if streams => {}
        [page] if args.selection.is_one() => ctx.out.emit(page),
        _ => ctx.out.emit(&Pages(pages)),
    }
    ctx.ended(Exit::Ok)
}

/// Several objects: an array, or one page after the other.
#[derive(Serialize)]
#[serde(transparent)]
struct Pages(Vec<Page>);

impl Answer for Pages {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        for (at, page) in self.0.iter().enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            page.human(out)?;
        }
        Ok(())
    }
}

/// One object.
struct Page {
    thing: Thing,
    library: PathBuf,
    /// The albums it is in; for people only.
    albums: Vec<String>,
    exif: bool,
}

impl Serialize for Page {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.thing.serialize(serializer)
    }
}

impl Answer for Page {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        match &self.thing {
            Thing::Media(media) => self.media(media, out),
            other => other_page(other, out),
        }
    }
}

impl Page {
    fn media(&self, media: &Media, out: &mut dyn Write) -> io::Result<()> {
        let name = Some(text(media, "original_filename")).filter(|name| !name.is_empty());
        writeln!(out, "{}", Style::Strong.on(shown(name.unwrap_or(media.filename.as_str()))))?;
        picture(media, out)?;
        line("albums", &self.albums.join(", "), out)?;
        line("file", &shown_path(&self.library.join(media.file_path.as_str())), out)?;
        line("hash", &media.hash.to_string(), out)?;
        let why = Some(text(media, "processing_error")).filter(|why| !why.is_empty());
        line("status", &why.map(|why| format!("{}: {why}", media.processing_status)).unwrap_or_default(), out)?;
        line("added", &media.base.created_at.to_string(), out)?;
        line("deleted", &media.base.deleted_at.map(|at| at.to_string()).unwrap_or_default(), out)?;
        seen(media, out)?;
        if self.exif { exif(media, out) } else { Ok(()) }
    }
}

/// What can be seen, and how it was taken.
fn picture(media: &Media, out: &mut dyn Write) -> io::Result<()> {
    let after = |mark: &str, text: &str| if text.is_empty() { String::new() } else { format!("{mark}{text}") };
    let sides = media.width.zip(media.height).map(|(width, height)| format!("{width} × {height}"));
    let degrees = |place: Place| format!("{}, {}", place.latitude(), place.longitude());
    let time = taken(media);
    let source = if time.is_empty() { String::new() } else { after(", from ", text(media, "taken_at_source")) };
    let of_exif = |key: &str| match media.base.metadata.get("exif").and_then(|exif| exif.get(key)) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    for (label, value) in [
        ("id", media.base.id.to_string()),
        ("taken", time + &source),
        ("type", format!("{}, {}", media.mime.media_type, media.mime.name)),
        ("size", format::bytes(media.size) + &after(", ", &sides.unwrap_or_default())),
        ("duration", length(media)),
        ("camera", camera(media).to_owned()),
        ("lens", of_exif("lens")),
        ("ISO", of_exif("iso")),
        ("aperture", of_exif("aperture")),
        ("shutter speed", of_exif("shutter_speed")),
        ("focal length", of_exif("focal_length")),
        ("place", media.place.map(degrees).unwrap_or_default()),
        ("title", text(media, "title").to_owned()),
        ("description", text(media, "description").to_owned()),
        ("tags", media.base.metadata.tags().collect::<Vec<_>>().join(", ")),
    ] {
        line(label, &value, out)?;
    }
    Ok(())
}

/// Where its bytes were found on disk.
fn seen(media: &Media, out: &mut dyn Write) -> io::Result<()> {
    let sources = media.base.metadata.get("sources").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for source in sources.iter().take(SEEN) {
        line("seen at", source.get("path").and_then(Value::as_str).unwrap_or_default(), out)?;
    }
    match sources.len().saturating_sub(SEEN) {
        0 => Ok(()),
        more => line("", &format!("and {more} more places; --json lists them"), out),
    }
}

/// All that its EXIF block says.
fn exif(media: &Media, out: &mut dyn Write) -> io::Result<()> {
    let exif = media.base.metadata.get("exif").and_then(Value::as_object);
    for (key, value) in exif.into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        writeln!(out, "  {:<22} {}", format!("exif.{}", shown(key)), shown(&value))?;
    }
    Ok(())
}

fn text<'m>(media: &'m Media, key: &str) -> &'m str {
    media.base.metadata.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The fields of any other object, as scripts see them.
fn other_page(thing: &Thing, out: &mut dyn Write) -> io::Result<()> {
    let Value::Object(fields) = serde_json::to_value(thing)? else { return Ok(()) };
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    let name = ["name", "integration_name", "email", "link_type", "type"].into_iter().find_map(text);
    writeln!(out, "{}", Style::Strong.on(shown(name.unwrap_or_default())))?;
    for (key, value) in &fields {
        match value {
            Value::Null => {}
            Value::Object(map) if map.is_empty() => {}
            Value::String(text) => line(key, text, out)?,
            other => line(key, &other.to_string(), out)?,
        }
    }
    Ok(())
}

/// A label and a value, unless there is none.
fn line(label: &str, value: &str, out: &mut dyn Write) -> io::Result<()> {
    if value.is_empty() { Ok(()) } else { writeln!(out, "  {label:<15} {}", shown(value)) }
}
