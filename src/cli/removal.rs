//! What `rm`, `restore`, `purge` and `trash empty` have in common: the library opened and tidied, the summary, the trash kept.

use std::borrow::Cow;

use serde::Serialize;

use super::context::Context;
use super::error::{CliError, Code, Exit};
use super::format::{bytes, count, plural};
use super::head::{Began, Head};
use super::library;
use super::output::{Column, Form, List, Row};
use crate::model::{Kind, ObjectId};
use crate::store::{Access, Library};
use crate::trash::purge::Purge;
use crate::trash::retention::{self, Kept};
use crate::trash::{self, Entry, Stays};

/// Opens the library for such a command, and unlinks what an earlier run purged. A dry run only reads.
///
/// # Errors
/// When there is no library or it cannot be used.
pub fn open(ctx: &Context, access: Access) -> Result<Library, CliError> {
    let library = library::open(ctx, if ctx.dry_run { Access::Read } else { access })?;
    if !ctx.dry_run {
        left(ctx, trash::files::sweep(&library)?);
    }
    Ok(library)
}

/// Says that files of purged objects are still there.
pub fn left(ctx: &Context, files: u64) {
    if files > 0 {
        let files = plural(files, "file of a purged object", "files of purged objects");
        ctx.out.talk.warn(&format!("{files} could not be removed yet; the next run tries again"));
    }
}

/// Ends early when a signal asked for it while nothing was done yet.
///
/// # Errors
/// Then.
pub fn go_on(ctx: &Context) -> Result<(), CliError> {
    ctx.interrupted().map_or(Ok(()), |exit| Err(CliError::interrupted(exit)))
}

/// Keeps the trash at the end of a run: what is past its time goes (`trash.keep`). That it cannot is no failure of the run.
pub fn keep_trash(ctx: &Context, library: &mut Library) {
    let Some(keep) = ctx.config.keep else { return };
    match retention::run(library, keep, ctx.now()) {
        Ok(Kept::Quiet) => {}
        Ok(Kept::Many(objects)) => ctx.out.talk.warn(&format!(
            "{} in the trash past `trash.keep`, too many to go unasked: see `hypernet trash empty`",
            plural(objects, "object is", "objects are")
        )),
        Ok(Kept::Purged(purge)) => {
            left(ctx, purge.left);
            let objects = plural(purge.entries.len() as u64, "object", "objects");
            ctx.out
                .talk
                .note(&format!("{objects} in the trash past `trash.keep` went for good: {}", still_there(purge.bytes)));
        }
        Err(error) => {
            let told = CliError::from(error);
            ctx.out.talk.warn(&format!("the trash could not be kept: {}", told.message()));
        }
    }
    if !library.is_held() {
        ctx.out.talk.warn("another command took the library for itself while this one was ending");
    }
}

/// A purge moves files into `trash/`; only the run after it unlinks them.
fn still_there(freed: u64) -> String {
    format!("{} to be freed by the next import, rm, restore, purge or trash empty", bytes(freed))
}

/// What a run did to objects.
pub struct Run {
    command: &'static str,
    /// How the objects are now: `removed`, `restored`, `purged`.
    verb: &'static str,
    began: Began,
    /// The objects it was done to.
    pub objects: Vec<Entry>,
    /// Links that went or came along.
    pub links: u64,
    /// Objects for which there was nothing to do.
    pub unchanged: u64,
    /// Bytes that are freed by the run after this one; only a purge frees any.
    pub bytes: Option<u64>,
    /// What could not be done.
    pub errors: Vec<CliError>,
}

/// The summary for scripts.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(flatten)]
    head: Head,
    seen: u64,
    removed: u64,
    restored: u64,
    purged: u64,
    unchanged: u64,
    failed: u64,
    links: u64,
    bytes_freed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    objects: Option<Vec<Shown<'a>>>,
    errors: Vec<serde_json::Value>,
}

/// One object.
#[derive(Serialize)]
pub struct Shown<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
    id: ObjectId,
    #[serde(rename = "type")]
    kind: Kind,
    name: &'a str,
    size: Option<u64>,
}

impl<'a> Shown<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self { event: None, action: None, id: entry.id, kind: entry.kind, name: &entry.name, size: entry.size }
    }
}

/// How many objects a terminal is shown.
const SHOWN: usize = 20;

const COLUMNS: &[&str] = &["id", "type", "size", "name"];

impl Row for Shown<'_> {
    fn plain(&self, column: &str) -> Cow<'_, str> {
        match column {
            "id" => self.id.to_string().into(),
            "type" => self.kind.as_str().into(),
            "size" => self.size.map(|size| size.to_string()).unwrap_or_default().into(),
            _ => self.name.into(),
        }
    }

    fn human(&self, column: &str) -> Cow<'_, str> {
        match (column, self.size) {
            ("size", Some(size)) => bytes(size).into(),
            _ => self.plain(column),
        }
    }
}

impl Run {
    /// Begins.
    pub fn start(ctx: &Context, command: &'static str, verb: &'static str) -> Self {
        let (objects, errors) = (Vec::new(), Vec::new());
        Self { command, verb, began: Began::now(ctx), objects, links: 0, unchanged: 0, bytes: None, errors }
    }

    /// The command, as the journal names it.
    pub fn command(&self) -> &'static str {
        self.command
    }

    /// Takes what stays where it is, and why.
    pub fn stays(&mut self, stays: &[Stays]) {
        self.errors.extend(stays.iter().map(told));
    }

    /// Takes what a purge took, or would.
    pub fn purged(&mut self, purge: Purge) {
        self.stays(&purge.stays);
        self.unchanged += purge.before.len() as u64;
        (self.objects, self.links, self.bytes) = (purge.entries, purge.links, Some(purge.bytes));
    }

    /// Prints what was done and says how the command ends.
    ///
    /// # Errors
    /// When nothing of what was named could be done.
    pub fn finish(mut self, ctx: &Context) -> Result<Exit, CliError> {
        match ctx.out.form() {
            Form::Json => ctx.out.emit(&self.summary(ctx, false)),
            Form::Jsonl => {
                for entry in &self.objects {
                    ctx.out.event(&Shown { event: Some("item"), action: Some(self.verb), ..Shown::of(entry) });
                }
                ctx.out.event(&self.summary(ctx, true));
            }
            _ => self.list(ctx),
        }
        // Of one thing that could not be done, the error says all there is to say.
        if self.objects.is_empty() && self.unchanged == 0 && self.errors.len() == 1 {
            return Err(self.errors.remove(0));
        }
        ctx.out.talk.note(&self.totals(ctx.dry_run));
        if self.errors.is_empty() {
            return Ok(Exit::Ok);
        }
        let first = self.errors.remove(0);
        let all = std::iter::once(&first).chain(&self.errors);
        all.for_each(|error| ctx.out.talk.warn(error.message()));
        if self.objects.is_empty() && self.unchanged == 0 {
            let one = self.errors.iter().all(|error| error.code() == first.code());
            return Ok(if one { first.exit() } else { Exit::Failed });
        }
        Ok(Exit::Partial)
    }

    /// The objects: all of them for scripts, on a terminal as many as can be taken in, and none under `-q`.
    fn list(&self, ctx: &Context) {
        let person = ctx.out.form() == Form::Table;
        if person && ctx.out.talk.tone().quiet > 0 {
            return;
        }
        let shown = if person { SHOWN } else { usize::MAX };
        let columns = [Column::left("id"), Column::left("type"), Column::right("size"), Column::left("name")];
        let mut list = List::new(&ctx.out, &columns, COLUMNS);
        for entry in self.objects.iter().take(shown) {
            if list.push(&Shown::of(entry)).is_break() {
                return;
            }
        }
        drop(list);
        let more = self.objects.len().saturating_sub(shown) as u64;
        if more > 0 {
            ctx.out.talk.note(&format!("and {} more", count(more)));
        }
    }

    fn totals(&self, dry_run: bool) -> String {
        let objects = self.objects.len() as u64;
        let would = if dry_run { "would be " } else { "" };
        let mut parts = vec![format!("{} {would}{}", plural(objects, "object", "objects"), self.verb)];
        if self.links > 0 {
            parts.push(plural(self.links, "link with them", "links with them"));
        }
        if let Some(freed) = self.bytes.filter(|freed| *freed > 0) {
            parts.push(if dry_run { format!("{} would be freed", bytes(freed)) } else { still_there(freed) });
        }
        if self.unchanged > 0 {
            parts.push(format!("{} already", count(self.unchanged)));
        }
        if !self.errors.is_empty() {
            parts.push(format!("{} failed", count(self.errors.len() as u64)));
        }
        parts.join(", ")
    }

    fn summary(&self, ctx: &Context, streamed: bool) -> Summary<'_> {
        let (done, failed) = (self.objects.len() as u64, self.errors.len() as u64);
        let of = |verb| if self.verb == verb { done } else { 0 };
        let status = match (failed, done + self.unchanged) {
            (0, _) => "success",
            (_, 0) => "failed",
            _ => "partial",
        };
        let head = self.began.ended(ctx, self.command, status);
        Summary {
            head: if streamed { head.streamed() } else { head },
            seen: done + self.unchanged + failed,
            removed: of("removed"),
            restored: of("restored"),
            purged: of("purged"),
            unchanged: self.unchanged,
            failed,
            links: self.links,
            bytes_freed: self.bytes.unwrap_or(0),
            objects: (!streamed).then(|| self.objects.iter().map(Shown::of).collect()),
            errors: self.errors.iter().map(|error| error.json()["error"].clone()).collect(),
        }
    }
}

impl super::output::Answer for Summary<'_> {
    fn human(&self, _: &mut dyn std::io::Write) -> std::io::Result<()> {
        Ok(())
    }
}

fn told(stays: &Stays) -> CliError {
    let id = stays.id().to_string();
    let (code, hint) = match stays {
        Stays::Missing(_) => return CliError::new(Code::NotFound, stays.to_string()).detail("id", id),
        Stays::User(_) => (Code::Invalid, "name media, albums or links".to_owned()),
        Stays::Live(_) => (Code::Invalid, format!("put it there first: hypernet rm {id}")),
        Stays::Twin(_, live) => (Code::Invalid, format!("look at the other one: hypernet show {live}")),
        Stays::End(_, end) => (Code::Invalid, format!("bring that back first: hypernet restore {end}")),
        Stays::Link(_) => (Code::Invalid, "the two objects are linked already".to_owned()),
    };
    CliError::new(code, stays.to_string()).hint(hint).detail("id", id)
}
