//! `hypernet query`: finds media and prints them as they are found. Changes nothing.

mod bars;
mod explain;
mod filters;
mod ground;
mod listing;
mod objects;
mod pick;
mod save;
mod shield;
mod sums;
mod template;
mod view;

use clap::Args;

use super::context::Context;
use super::error::{CliError, Code, Exit};
use super::help::{ending, opening};
use super::library;
use super::output::FormArgs;
use crate::model::metadata::UNREADABLE;
use crate::model::{Media, ObjectId};
use crate::query::narrow::narrow;
use crate::query::order::{self, By, Key};
use crate::query::written::written;
use crate::query::{self, Aim, Cursor, Expr, Options, Trash};
use crate::store::Access;

pub use ground::ground;
pub use shield::shield;

use explain::ExplainArgs;
use filters::FilterArgs;
use listing::Listing;
use objects::ObjectArgs;
use save::SaveArgs;
use sums::{Asked, SumsArgs};
use template::Line;
use view::ViewArgs;

/// Find photos, videos and other media
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(long_about = super::topics::about_query(), after_long_help = ending(EXAMPLES, &opening(MORE)))]
pub struct QueryArgs {
    /// What to find; everything when nothing is given
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    #[command(flatten)]
    object: ObjectArgs,
    /// Sort by these fields, each the other way round after a `-` [default: `-taken_at,id`]
    ///
    /// Beside fields there are `distance`, the nearest to the place of `near:` first; `similarity`, the most alike to that of `similar:`
    /// first; and `random`, or `random:SEED` for the same order each time. What has no value comes last, either way round.
    #[arg(long, value_name = "[-]FIELD,...", allow_hyphen_values = true)]
    sort: Option<String>,
    /// Turn the order round
    #[arg(long)]
    reverse: bool,
    /// Print at most this many
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Go on after this place in the order: `next_cursor` of a page
    ///
    /// It marks a place, not a number of rows: what comes and goes in between makes nothing appear twice or be left out.
    #[arg(long, value_name = "CURSOR", conflicts_with = "count")]
    cursor: Option<String>,
    /// Print {"items": [...], "`next_cursor"`: ..., "total": N}, for going through a long list page by page
    ///
    /// JSON, also without --json. `next_cursor` is null on the last page; `total` counts those of all pages.
    #[arg(long, conflicts_with = "count")]
    page: bool,
    /// Find what is in the trash too
    #[arg(long)]
    with_trashed: bool,
    /// End with exit code 4 when nothing is found
    #[arg(short, long)]
    exit_status: bool,
    /// Print this of each, with {FIELD} for what differs: '{taken_at:%Y-%m-%d} {filename}'
    ///
    /// A line a result, or with {tags*} or {album*} one for each of those. {seq} counts the results from 1, {index} from 0, {count} is how
    /// many there are in all, {parent} the folder it was found in. Values are printed as they are: -0 tells lines with line feeds apart.
    #[arg(short, long, value_name = "TEMPLATE", group = "form", help_heading = "Output")]
    template: Option<String>,
    #[command(flatten)]
    form: FormArgs,
    #[command(flatten)]
    view: ViewArgs,
    #[command(flatten)]
    filters: FilterArgs,
    #[command(flatten)]
    sums: SumsArgs,
    #[command(flatten)]
    explain: ExplainArgs,
    #[command(flatten)]
    save: SaveArgs,
}

/// Beside those of opening a library.
const MORE: &[Exit] = &[Exit::NotFound];
const EXAMPLES: &[&str] = &[
    "hypernet query 'tag:cat|dog date:2023..2024-06'",
    "hypernet query 'size>10MB -tag:private' --sort -size --limit 20",
    "hypernet query 'album:\"Vacation 2026\"' --paths -0",
    "hypernet query type:video --group-by date:year",
    "hypernet query --tag cat --after 2024 --histogram",
];

/// Runs `query`.
///
/// # Errors
/// When the question cannot be understood, those of the library, and when a signal cut the list short.
pub fn run(ctx: &mut Context, args: &QueryArgs) -> Result<Exit, CliError> {
    ctx.out.choose_for(&args.form, args.template.is_some(), args.page)?;
    if let Some(of) = args.object.other() {
        let nothing = objects::run(ctx, args, of)?;
        return ctx.ended(args.ended(nothing));
    }
    args.view.check(ctx.out.form())?;
    let line = args.template.as_deref().map(Line::parse).transpose()?;
    let (ground, filters) = (ground(ctx), args.filters.filters());
    let question = query::parse_arguments(&args.query, &ground)?;
    let either = matches!(question, Expr::Or(_));
    let expr = narrow(question, &filters, &ground)?;
    if let Some(name) = &args.save.save {
        let asked = save::Asked { arguments: &args.query, filters: &filters, either, expr: &expr, ground: &ground };
        save::run(ctx, name, &asked)?;
        return Ok(Exit::Ok);
    }
    args.sums.by()?;
    let order = args.order(ctx)?;
    let library = library::open(ctx, Access::Read)?;
    let reader = library.reader()?;
    let trash = if args.with_trashed { Trash::With } else { Trash::Without };
    if args.sums.asked() {
        let asked = Asked { expr: &expr, trash, limit: args.limit, reverse: args.reverse };
        return Ok(args.ended(sums::run(ctx, &args.sums, &reader, &asked)?));
    }
    let aim = query::aim(&reader, &expr)?;
    args.measurable(&order, aim)?;
    let mut options = Options { order, reverse: args.reverse, limit: args.limit, trash, aim, after: None };
    options.after = args.cursor.as_deref().map(|text| Cursor::parse(text, &options)).transpose()?;
    if args.explain.explain {
        explain::run(ctx, &reader, &written(&args.query, &filters, either)?, &expr, &options)?;
        return Ok(Exit::Ok);
    }
    let nothing = Listing { ctx, args, root: library.path(), reader: &reader, expr: &expr, options }.print(line)?;
    ctx.ended(args.ended(nothing))
}

/// Warns of metadata another program wrote that cannot be read; the list goes on.
pub fn readable(ctx: &Context, media: &Media) {
    if media.base.metadata.is_unreadable() {
        let id = media.base.id;
        ctx.out.talk.warn(&format!("the metadata of {id} cannot be read; it is shown as `{UNREADABLE}`"));
    }
}

impl QueryArgs {
    /// The order that is asked for, with a seed for what is random.
    fn order(&self, ctx: &Context) -> Result<Vec<Key>, CliError> {
        let mut order = order::parse(self.sort.as_deref().unwrap_or(order::DEFAULT))?;
        self.endless()?;
        let [high, low, ..] = *ObjectId::random().as_bytes();
        let seed = u64::from(u16::from_be_bytes([high, low]));
        if order::seed(&mut order, seed) {
            if self.page || self.cursor.is_some() {
                let message = "pages in random order need a seed, or each would be of another order";
                return Err(CliError::new(Code::Usage, message).hint(format!("--sort random:{seed}, for one")));
            }
            ctx.out.talk.detail(|| format!("in the order of --sort random:{seed}"));
        }
        Ok(order)
    }

    /// Refuses pages that lead nowhere.
    fn endless(&self) -> Result<(), CliError> {
        if self.page && self.limit == Some(0) {
            return Err(CliError::new(Code::Usage, "a page of nothing never ends").hint("--limit 1 or more"));
        }
        Ok(())
    }

    fn measurable(&self, order: &[Key], aim: Aim) -> Result<(), CliError> {
        let by = |by| order.iter().any(|key| key.by == by);
        view::measurable("--sort", by(By::Distance), by(By::Similarity), aim)?;
        self.view.measurable(aim)
    }

    fn ended(&self, nothing: bool) -> Exit {
        if nothing && self.exit_status { Exit::NotFound } else { Exit::Ok }
    }
}
