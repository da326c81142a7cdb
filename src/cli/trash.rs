//! `hypernet trash` and `hypernet purge`: what is in the trash, and away with it for good.

use std::borrow::Cow;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::context::Context;
use super::error::{CliError, Code, Exit};
use super::format::{bytes, count, plural};
use super::help::{ending, opening};
use super::library;
use super::output::text::shown;
use super::output::{Column, Form, FormArgs, List, Row};
use super::removal::{self, Run};
use super::selection::Selection;
use crate::model::{ObjectId, Timestamp, amount};
use crate::query::{self, Thing};
use crate::store::{Access, Library, user};
use crate::trash::purge::{self, Purge};
use crate::trash::{self, Entry};

/// Beside those of opening a library.
const LIST_MORE: &[Exit] = &[];
const EMPTY_MORE: &[Exit] = &[];
const PURGE_MORE: &[Exit] = &[Exit::Partial, Exit::NotFound];

const LIST_EXAMPLES: &[&str] =
    &["hypernet trash list", "hypernet trash list --json", "hypernet trash list --ids | hypernet restore -"];
const EMPTY_EXAMPLES: &[&str] = &["hypernet trash empty --dry-run", "hypernet trash empty --older 30d --yes"];
const PURGE_EXAMPLES: &[&str] = &[
    "hypernet purge a1b2c3d4 --dry-run",
    "hypernet purge a1b2c3d4 --yes",
    "hypernet purge - --confirm-count 1500 < ids",
];

/// How many objects a question names.
const NAMED: usize = 10;

/// See what was deleted, or let it go for good
#[derive(Debug, Args)]
pub struct TrashArgs {
    #[command(subcommand)]
    command: TrashCommand,
}

#[derive(Debug, Subcommand)]
enum TrashCommand {
    List(ListArgs),
    Empty(EmptyArgs),
}

/// List what is in the trash, the latest first
///
/// What went along with something else, such as the links of a photo, comes and goes with it and is not listed.
#[derive(Debug, Args)]
#[command(after_long_help = ending(LIST_EXAMPLES, &opening(LIST_MORE)))]
struct ListArgs {
    #[command(flatten)]
    form: FormArgs,
}

/// Let go for good what is in the trash
///
/// Rows go at once, originals and thumbnails into trash/ beneath the library: the next import, rm, restore, purge or trash empty takes them
/// from there, and frees their bytes. There is no way back but a backup. A snapshot of the catalogue is kept in backups/ first. The same bytes are not taken in again unless `import --include-deleted` asks for it. More than 1,000 objects, or than a
/// fifth of the library, need their exact number: --confirm-count N.
#[derive(Debug, Args)]
#[command(after_long_help = ending(EMPTY_EXAMPLES, &opening(EMPTY_MORE)))]
struct EmptyArgs {
    /// Only what has been there for so long
    #[arg(long, value_name = "AGE", value_parser = amount::duration)]
    older: Option<Duration>,
    #[command(flatten)]
    sure: Sure,
}

/// Let objects in the trash go for good
///
/// As `trash empty`, for the objects that are named. What is not in the trash is refused: put it there first with `rm`. Only an admin may.
#[derive(Debug, Args)]
#[command(after_long_help = ending(PURGE_EXAMPLES, &opening(PURGE_MORE)))]
pub struct PurgeArgs {
    /// Objects by id, or by 6 or more digits it begins with; `-` reads ids or JSON from standard input
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Ids on standard input end with NUL
    #[arg(short = '0', long)]
    from0: bool,
    #[command(flatten)]
    sure: Sure,
}

/// How a person says that most of a library may go.
#[derive(Debug, Args)]
struct Sure {
    /// Purge exactly so many objects: what more than 1,000, or a fifth of the library, need instead of --yes
    #[arg(long, value_name = "N")]
    confirm_count: Option<u64>,
}

/// Runs `trash`.
///
/// # Errors
/// When nobody confirmed, and those of the library.
pub fn run(ctx: &mut Context, args: &TrashArgs) -> Result<Exit, CliError> {
    match &args.command {
        TrashCommand::List(args) => list(ctx, args),
        TrashCommand::Empty(args) => empty(ctx, args),
    }
}

fn list(ctx: &mut Context, args: &ListArgs) -> Result<Exit, CliError> {
    ctx.out.choose(&args.form)?;
    let library = library::open(ctx, Access::Read)?;
    let reader = library.reader()?;
    let columns = [
        Column::left("id"),
        Column::left("deleted_at"),
        Column::left("type"),
        Column::right("size"),
        Column::left("name"),
    ];
    let mut list = List::new(&ctx.out, &columns, &["id", "deleted_at", "type", "size", "name"]);
    let whole = matches!(ctx.out.form(), Form::Json | Form::Jsonl);
    for entry in trash::list(library.catalogue(), Timestamp::LATEST)? {
        let thing = if whole { Some(query::find(&reader, &entry.id.to_string())?) } else { None };
        if list.push(&Trashed { entry, thing }).is_break() {
            break;
        }
    }
    drop(list);
    ctx.ended(Exit::Ok)
}

/// An object in the trash: its own fields for scripts, a few for people.
struct Trashed {
    entry: Entry,
    thing: Option<Thing>,
}

impl Serialize for Trashed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.thing.serialize(serializer)
    }
}

impl Row for Trashed {
    fn plain(&self, column: &str) -> Cow<'_, str> {
        match column {
            "id" => self.entry.id.to_string().into(),
            "deleted_at" => self.entry.deleted_at.map(|at| at.to_string()).unwrap_or_default().into(),
            "type" => self.entry.kind.as_str().into(),
            "size" => self.entry.size.map(|size| size.to_string()).unwrap_or_default().into(),
            _ => self.entry.name.as_str().into(),
        }
    }

    fn human(&self, column: &str) -> Cow<'_, str> {
        match (column, self.entry.size) {
            ("size", Some(size)) => bytes(size).into(),
            ("deleted_at", _) => self.plain(column).get(..16).unwrap_or_default().replace('T', " ").into(),
            _ => self.plain(column),
        }
    }
}

fn empty(ctx: &mut Context, args: &EmptyArgs) -> Result<Exit, CliError> {
    let mut run = Run::start(ctx, "trash empty", "purged");
    let mut library = removal::open(ctx, Access::Alone)?;
    admin(&library)?;
    let age = args.older.map_or(0, |age| i64::try_from(age.as_millis()).unwrap_or(i64::MAX));
    let before = match args.older {
        None => Timestamp::LATEST,
        Some(_) => Timestamp::from_millis(ctx.now().millis().saturating_sub(age)).unwrap_or(Timestamp::EARLIEST),
    };
    let ids: Vec<ObjectId> = trash::list(library.catalogue(), before)?.iter().map(|entry| entry.id).collect();
    away(ctx, &mut library, &ids, &args.sure, &mut run)?;
    run.finish(ctx)
}

/// Runs `purge`.
///
/// # Errors
/// When nobody confirmed, nothing that was named is in the trash, and those of the library.
pub fn purge(ctx: &mut Context, args: &PurgeArgs) -> Result<Exit, CliError> {
    let mut run = Run::start(ctx, "purge", "purged");
    let mut library = removal::open(ctx, Access::Alone)?;
    admin(&library)?;
    let named = Selection::of_ids(&args.ids, args.from0).named_objects(ctx, &library.reader()?, true)?;
    run.errors = named.lost;
    away(ctx, &mut library, &named.ids, &args.sure, &mut run)?;
    run.finish(ctx)
}

/// Purges these objects once somebody is sure; a dry run only says what would go.
fn away(ctx: &Context, library: &mut Library, ids: &[ObjectId], sure: &Sure, run: &mut Run) -> Result<(), CliError> {
    let mut plan = purge::plan(library.catalogue(), ids)?;
    if !ctx.dry_run && !plan.entries.is_empty() {
        confirm(ctx, library, &plan, sure)?;
        removal::go_on(ctx)?;
        let entries = std::mem::take(&mut plan.entries);
        let done = purge::run(library, run.command(), entries, ctx.now())?;
        removal::left(ctx, done.left);
        (plan.entries, plan.links, plan.bytes) = (done.entries, done.links, done.bytes);
    }
    run.purged(plan);
    Ok(())
}

fn admin(library: &Library) -> Result<(), CliError> {
    if user::me(library.catalogue())?.is_admin {
        return Ok(());
    }
    Err(CliError::new(Code::Denied, "only an admin lets objects go for good")
        .hint("what is in the trash goes by itself after `trash.keep`"))
}

/// Whether these objects may go. Most of a library needs their number, so that no slip empties it.
fn confirm(ctx: &Context, library: &Library, plan: &Purge, sure: &Sure) -> Result<(), CliError> {
    let (entries, size) = (&plan.entries, plan.bytes);
    let objects = entries.len() as u64;
    let number = plural(objects, "object", "objects");
    match sure.confirm_count {
        Some(said) if said == objects => return Ok(()),
        Some(said) => {
            let message = format!("{number} would be purged, not {}: nothing was", count(said));
            let error = CliError::new(Code::Refused, message).hint(meant(objects));
            return Err(error.detail("count", objects).detail("flag", "--confirm-count"));
        }
        None => {}
    }
    if purge::needs_count(library.catalogue(), objects)? {
        let message = format!(
            "{number} to purge: more than {} or a fifth of the library need their exact number",
            count(purge::MOST)
        );
        return Err(CliError::new(Code::Refused, message)
            .hint(meant(objects))
            .detail("count", objects)
            .detail("flag", "--confirm-count"));
    }
    let question = format!("purge {number} for good, {}", bytes(size));
    if !ctx.yes {
        ctx.may_ask(&question, "--yes")?;
        for entry in entries.iter().take(NAMED) {
            ctx.out.talk.note(&format!("  {}  {}", entry.id, shown(&entry.name)));
        }
    }
    ctx.confirm(&question)
}

fn meant(objects: u64) -> String {
    format!("look at them with --dry-run; if you mean it: --confirm-count {objects}")
}
