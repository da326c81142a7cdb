//! `hypernet show`: everything known of one object, or of several. Changes nothing.
//!
//! Scripts get the object with every field, and what was asked for beside it under `_extra`; people get a page.

mod exif;
mod history;
mod links;
mod media;
mod others;
mod sheet;

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};

use super::context::Context;
use super::error::{CliError, Code, Exit};
use super::help::{ending, opening};
use super::library;
use super::output::table::terminal_width;
use super::output::{Form, List, Row};
use super::query::readable;
use super::selection::Selection;
use crate::history::Entry;
use crate::model::{Base, Object as _, ObjectId, Timestamp};
use crate::query::Thing;
use crate::store::album::{self, Kin};
use crate::store::related::{self, Group};
use crate::store::{Access, Reader, StoreError, object, user};
use history::Subject;
use sheet::Sheet;

/// Show what is known of an object
///
/// Objects of every kind, live or in the trash. With --json one object is one document, several are an array; what --exif, --links and
/// --history add stands under the one key `_extra`, and so do the members of an album, in its order. An id that no object has is told
/// at the end, and the rest is shown.
#[derive(Debug, Args)]
#[command(after_long_help = ending(EXAMPLES, &opening(MORE)))]
pub struct ShowArgs {
    #[command(flatten)]
    selection: Selection,
    /// Say all that EXIF says, with units
    #[arg(long)]
    exif: bool,
    /// List its links, in both directions
    #[arg(long)]
    links: bool,
    /// Tell what happened to it: when, by which command, each field before and after
    #[arg(long)]
    history: bool,
}

/// Beside those of opening a library.
const MORE: &[Exit] = &[Exit::NotFound];
const EXAMPLES: &[&str] = &[
    "hypernet show a1b2c3d4",
    "hypernet show a1b2c3d4 --exif --links",
    "hypernet show a1b2c3d4 --history --json | jq '._extra.history[].verb'",
    "hypernet show --where 'camera:canon before:2010'",
];

/// How many ids an error lists.
const NAMED: usize = 5;

/// Runs `show`.
///
/// # Errors
/// When an object does not exist, those of the library, and when a signal cut it short.
pub fn run(ctx: &mut Context, args: &ShowArgs) -> Result<Exit, CliError> {
    let library = library::open(ctx, Access::Read)?;
    let reader = library.reader()?;
    let ground = Ground {
        reader: &reader,
        library: library.path(),
        keep: ctx.config.keep,
        columns: (ctx.out.form() == Form::Table).then(|| terminal_width().into()),
        exif: args.exif,
        links: args.links,
        history: args.history,
    };
    let mut printer = Printer { ctx, one: args.selection.is_one(), list: None, begun: false };
    let lost = args.selection.each(ctx, &reader, |thing| {
        if let Thing::Media(media) = &thing {
            readable(ctx, media);
        }
        printer.print(&ground, thing)
    })?;
    printer.end(lost.is_empty());
    let exit = ctx.ended(Exit::Ok)?;
    missing(lost).map_or(Ok(exit), Err)
}

/// What no object has, as one error.
fn missing(mut lost: Vec<CliError>) -> Option<CliError> {
    if lost.len() < 2 {
        return lost.pop();
    }
    let mut listed: Vec<&str> = lost.iter().take(NAMED).map(CliError::message).collect();
    listed.extend((lost.len() > NAMED).then_some("…"));
    Some(CliError::new(Code::NotFound, listed.join("; ")).detail("count", lost.len()))
}

/// Prints objects as they are read, so that a million need no more memory than one.
struct Printer<'a> {
    ctx: &'a Context,
    one: bool,
    list: Option<List<'a>>,
    begun: bool,
}

impl Printer<'_> {
    fn print(&mut self, ground: &Ground<'_>, thing: Thing) -> Result<ControlFlow<()>, CliError> {
        let out = &self.ctx.out;
        let Some((n, _)) = object::find(ground.reader, base(&thing).id)? else { return Ok(ControlFlow::Continue(())) };
        match out.form() {
            Form::Json if self.one => {
                let extra = ground.extra(&thing, n)?;
                out.document(&Shown { thing, extra });
                Ok(ControlFlow::Continue(()))
            }
            Form::Json | Form::Jsonl => {
                let extra = ground.extra(&thing, n)?;
                let list = self.list.get_or_insert_with(|| List::new(out, &[], &[]));
                Ok(list.push(&Shown { thing, extra }))
            }
            _ => {
                let page = ground.page(&thing, n)?;
                let between = if std::mem::replace(&mut self.begun, true) { "\n" } else { "" };
                Ok(out.passage(&format!("{between}{page}")))
            }
        }
    }

    /// Ends the array. One without objects is printed only where nothing went wrong: else the error is the document.
    fn end(mut self, well: bool) {
        if self.list.is_none() && well && !self.one && self.ctx.out.form() == Form::Json {
            self.list = Some(List::new(&self.ctx.out, &[], &[]));
        }
        drop(self.list);
    }
}

/// An object as scripts get it.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    thing: Thing,
    #[serde(rename = "_extra", skip_serializing_if = "Extra::is_empty")]
    extra: Extra,
}

impl Row for Shown {
    fn plain(&self, _: &str) -> std::borrow::Cow<'_, str> {
        // Lists of objects are printed as JSON only; people get pages.
        "".into()
    }
}

/// What stands beside the fields of an object.
#[derive(Default, Serialize)]
struct Extra {
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<Vec<Member>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    albums: Option<Vec<Member>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exif: Option<Vec<exif::Reading>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<Vec<links::Seen>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<Entry>>,
}

impl Extra {
    fn is_empty(&self) -> bool {
        self.media.is_none()
            && self.albums.is_none()
            && self.exif.is_none()
            && self.links.is_none()
            && self.history.is_none()
    }
}

/// A member of an album: its id and the name its kind goes by.
#[derive(Serialize)]
struct Member {
    id: ObjectId,
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl Member {
    fn media((_, id, name): Kin) -> Self {
        Self { id, filename: Some(name), name: None }
    }

    fn album((_, id, name): Kin) -> Self {
        Self { id, filename: None, name: Some(name) }
    }
}

/// What the catalogue keeps of an object beside it: its number and its links, summed up.
struct Own {
    n: i64,
    groups: Vec<Group>,
}

/// What pages are made from, and what was asked for.
struct Ground<'a> {
    reader: &'a Reader,
    library: &'a Path,
    keep: Option<Duration>,
    columns: Option<usize>,
    exif: bool,
    links: bool,
    history: bool,
}

impl Ground<'_> {
    fn extra(&self, thing: &Thing, n: i64) -> Result<Extra, CliError> {
        let mut extra = Extra::default();
        if let Thing::Album(album) = thing {
            let media = album::members(self.reader, n, album.sort_order)?;
            extra.media = Some(media.into_iter().map(Member::media).collect());
            extra.albums = Some(album::children(self.reader, n)?.into_iter().map(Member::album).collect());
        }
        if let (Thing::Media(media), true) = (thing, self.exif) {
            extra.exif = Some(exif::readings(media));
        }
        if self.links {
            extra.links = Some(links::all(self.reader, n, base(thing).id)?);
        }
        if self.history {
            let now = serde_json::to_value(thing).unwrap_or_default();
            extra.history = Some(subject(thing, n, &now).entries(self.reader)?);
        }
        Ok(extra)
    }

    fn page(&self, thing: &Thing, n: i64) -> Result<String, CliError> {
        let own = Own { n, groups: related::groups(self.reader, n)? };
        let mut sheet = Sheet::new(self.columns);
        sheet.title(&title(thing), base(thing).deleted_at.map(|_| "in the trash"));
        match thing {
            Thing::Media(media) => media::write(self, media, &own, &mut sheet)?,
            Thing::Album(album) => others::album(self, album, &own, &mut sheet)?,
            Thing::Link(link) => others::link(self, link, &own, &mut sheet)?,
            Thing::Integration(one) => others::integration(self, one, &own, &mut sheet)?,
            Thing::User(user) => others::user(self, user, &own, &mut sheet)?,
        }
        if let (Thing::Media(media), true) = (thing, self.exif) {
            exif::write(media, &mut sheet);
        }
        if self.links {
            links::write(self.reader, &own, base(thing).id, &mut sheet)?;
        }
        if self.history {
            let now = serde_json::to_value(thing).unwrap_or_default();
            subject(thing, n, &now).write(self.reader, &mut sheet)?;
        }
        Ok(sheet.into_text())
    }
}

/// A media's links are few, and part of what happened to it; an album's may be tens of thousands.
fn subject<'s>(thing: &Thing, n: i64, now: &'s Value) -> Subject<'s> {
    Subject { n, id: base(thing).id, now, links: matches!(thing, Thing::Media(_)) }
}

/// What a person knows an object by.
fn title(thing: &Thing) -> String {
    match thing {
        Thing::Media(media) => media::name(media).to_owned(),
        Thing::Album(album) => album.name.as_str().to_owned(),
        Thing::Link(link) => link.link_type.as_str().to_owned(),
        Thing::Integration(one) => one.integration_name.as_str().to_owned(),
        Thing::User(user) => user.email.as_str().to_owned(),
    }
}

fn base(thing: &Thing) -> &Base {
    match thing {
        Thing::Media(media) => media.base(),
        Thing::Album(album) => album.base(),
        Thing::Link(link) => link.base(),
        Thing::Integration(one) => one.base(),
        Thing::User(user) => user.base(),
    }
}

/// Whose it is, since when, from where, and for how long still.
fn dates(ground: &Ground<'_>, base: &Base, sheet: &mut Sheet) -> Result<(), StoreError> {
    let by = base.source_type.map(|by| format!(", by {by}")).unwrap_or_default();
    let named = base.source_id.as_ref().map(|id| format!(", there {}", id.as_str())).unwrap_or_default();
    sheet.line("added", &format!("{}{by}{named}", clock(base.created_at)));
    if base.updated_at != base.created_at {
        sheet.line("changed", &clock(base.updated_at));
    }
    if base.id != base.user_id {
        sheet.line("owner", user::me(ground.reader)?.email.as_str());
    }
    if let Some(deleted) = base.deleted_at {
        let keep = ground.keep.and_then(|keep| i64::try_from(keep.as_millis()).ok());
        let until = keep.and_then(|keep| Timestamp::from_millis(deleted.millis().checked_add(keep)?).ok());
        let until = until
            .map_or_else(|| "stays until it is purged".to_owned(), |at| format!("goes for good after {}", clock(at)));
        sheet.line("deleted", &format!("{}, {until}", clock(deleted)));
    }
    Ok(())
}

/// What the metadata holds beside the keys a page has words for.
fn rest(metadata: &Map<String, Value>, said: &[&str], sheet: &mut Sheet) {
    for (key, what) in metadata.iter().filter(|(key, _)| !said.contains(&key.as_str())) {
        sheet.line(&format!("metadata.{key}"), &value(what));
    }
}

/// A value of the metadata for people: text as it stands, anything else as JSON; nothing for null.
fn value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// An instant, to the second: `2026-02-03 12:34:56 UTC`.
fn clock(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{} UTC", text.get(..19).unwrap_or(&text).replacen('T', " ", 1))
}
