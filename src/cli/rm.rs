//! `hypernet rm` and `hypernet restore`: into the trash and back.

use clap::Args;

use super::context::Context;
use super::error::{CliError, Exit};
use super::format::plural;
use super::help::{ending, opening};
use super::removal::{self, Run};
use super::selection::Selection;
use crate::store::Access;
use crate::trash::{remove, restore};

/// More objects than this are asked about.
const BULK: usize = 100;

/// Beside those of opening a library.
const MORE: &[Exit] = &[Exit::Partial, Exit::NotFound];

const RM_EXAMPLES: &[&str] =
    &["hypernet rm a1b2c3d4", "hypernet rm --where 'type:video size:>1GB' --dry-run", "hypernet rm - --yes < ids.txt"];

const RESTORE_EXAMPLES: &[&str] =
    &["hypernet restore a1b2c3d4", "hypernet restore --where 'date:2024'", "hypernet restore - < ids.txt"];

/// Put objects into the trash
///
/// Nothing is lost: `restore` brings back exactly what went, links and places in albums included. A photo takes its links along, an album
/// its list but none of its media; the parts of a unit, such as a live photo's still and film, go together. What stays in the trash longer
/// than `trash.keep` (30 days) goes for good. More than 100 objects at once are asked about.
#[derive(Debug, Args)]
#[command(after_long_help = ending(RM_EXAMPLES, &opening(MORE)))]
pub struct RmArgs {
    #[command(flatten)]
    selection: Selection,
}

/// Bring objects back from the trash
///
/// With an object come the links that went with it, each to its place in an album or the nearest free one. A link whose other end is still
/// in the trash comes back with that. With --where, the media in the trash are searched.
#[derive(Debug, Args)]
#[command(after_long_help = ending(RESTORE_EXAMPLES, &opening(MORE)))]
pub struct RestoreArgs {
    #[command(flatten)]
    selection: Selection,
}

/// Runs `rm`.
///
/// # Errors
/// When nothing that was named exists, nobody confirmed, and those of the library.
pub fn rm(ctx: &mut Context, args: &RmArgs) -> Result<Exit, CliError> {
    let mut run = Run::start(ctx, "rm", "removed");
    let mut library = removal::open(ctx, Access::Write)?;
    let named = args.selection.named_objects(ctx, &library.reader()?, false)?;
    let mut outcome = remove::plan(library.catalogue(), &named.ids)?;
    if !ctx.dry_run {
        if outcome.moved.len() > BULK {
            let objects = plural(outcome.moved.len() as u64, "object", "objects");
            ctx.confirm(&format!("{objects} into the trash"))?;
        }
        removal::go_on(ctx)?;
        outcome = remove::run(&mut library, &named.ids, ctx.now())?;
        removal::keep_trash(ctx, &mut library);
    }
    run.errors = named.lost;
    run.stays(&outcome.stays);
    (run.objects, run.links, run.unchanged) = (outcome.moved, outcome.links, outcome.unchanged.len() as u64);
    run.finish(ctx)
}

/// Runs `restore`.
///
/// # Errors
/// When nothing that was named exists, and those of the library.
pub fn restore(ctx: &mut Context, args: &RestoreArgs) -> Result<Exit, CliError> {
    let mut run = Run::start(ctx, "restore", "restored");
    let mut library = removal::open(ctx, Access::Write)?;
    let named = args.selection.named_objects(ctx, &library.reader()?, true)?;
    let outcome = if ctx.dry_run {
        restore::plan(library.catalogue(), &named.ids)?
    } else {
        removal::go_on(ctx)?;
        restore::run(&mut library, &named.ids, ctx.now())?
    };
    run.errors = named.lost;
    run.stays(&outcome.stays);
    (run.objects, run.links, run.unchanged) = (outcome.moved, outcome.links, outcome.unchanged.len() as u64);
    run.finish(ctx)
}
