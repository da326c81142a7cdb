//! `hypernet show`: everything known of one object, or of several. Changes nothing.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

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
use super::selection::Selection;
use super::{format, library};
use crate::model::Media;
use crate::model::geo::Place;
use crate::query::Thing;
use crate::store::Access;

/// Show what is known of an object
#[derive(Debug, Args)]
#[command(after_long_help = ending(EXAMPLES, &opening(MORE)))]
pub struct ShowArgs {
    #[command(flatten)]
    selection: Selection,
}

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
    let streams = ctx.out.form() == Form::Jsonl;
    let mut pages = Vec::new();
    args.selection.each(ctx, &reader, |thing| {
        let page = Page { thing, library: library.path().to_owned() };
        if streams { ctx.out.event(&page) } else { pages.push(page) }
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
}

impl Serialize for Page {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.thing.serialize(serializer)
    }
}

impl Answer for Page {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        match &self.thing {
            Thing::Media(media) => media_page(media, &self.library, out),
            other => other_page(other, out),
        }
    }
}

fn media_page(media: &Media, library: &Path, out: &mut dyn Write) -> io::Result<()> {
    let text = |key: &str| media.base.metadata.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = Some(text("original_filename")).filter(|name| !name.is_empty());
    writeln!(out, "{}", Style::Strong.on(shown(&name.unwrap_or_else(|| media.filename.to_string()))))?;
    let source = Some(text("taken_at_source")).filter(|source| !source.is_empty());
    let source = source.map(|source| format!(", from {source}")).unwrap_or_default();
    let size = media.width.zip(media.height).map(|(width, height)| format!(", {width} × {height}"));
    let degrees = |place: Place| format!("{}, {}", place.latitude(), place.longitude());
    let path = library.join(media.file_path.as_str());
    for (label, value) in [
        ("id", media.base.id.to_string()),
        ("taken", Some(taken(media)).filter(|time| !time.is_empty()).map(|time| time + &source).unwrap_or_default()),
        ("type", format!("{}, {}", media.mime.media_type, media.mime.name)),
        ("size", format::bytes(media.size) + &size.unwrap_or_default()),
        ("duration", length(media)),
        ("camera", camera(media).to_owned()),
        ("place", media.place.map(degrees).unwrap_or_default()),
        ("title", text("title")),
        ("description", text("description")),
        ("tags", media.base.metadata.tags().collect::<Vec<_>>().join(", ")),
        ("file", shown_path(&path)),
        ("hash", media.hash.to_string()),
        (
            "status",
            Some(text("processing_error"))
                .filter(|why| !why.is_empty())
                .map(|why| format!("{}: {why}", media.processing_status))
                .unwrap_or_default(),
        ),
        ("added", media.base.created_at.to_string()),
        ("deleted", media.base.deleted_at.map(|at| at.to_string()).unwrap_or_default()),
    ] {
        line(label, &value, out)?;
    }
    Ok(())
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
