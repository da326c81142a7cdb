//! `hypernet query`: finds media and prints them as they are found. Changes nothing.

mod bars;
mod explain;
mod filters;
mod ground;
mod save;
mod shield;
mod sums;

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use clap::Args;

use super::columns::{Found, columns};
use super::context::Context;
use super::error::{CliError, Exit};
use super::help::{ending, opening};
use super::library;
use super::output::list::MEDIA_COLUMNS;
use super::output::{FormArgs, List};
use crate::model::Media;
use crate::model::metadata::UNREADABLE;
use crate::query::narrow::narrow;
use crate::query::words::{WORDS, Word};
use crate::query::written::written;
use crate::query::{self, Options, order};
use crate::store::Access;

pub use ground::ground;
pub use shield::shield;

use explain::ExplainArgs;
use filters::FilterArgs;
use save::SaveArgs;
use sums::{Asked, SumsArgs};

/// Find photos, videos and other media
#[derive(Debug, Args)]
#[command(long_about = long_about(), after_long_help = ending(EXAMPLES, &opening(MORE)))]
pub struct QueryArgs {
    /// What to find; everything when nothing is given
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Sort by these fields, each the other way round after a `-` [default: `-taken_at,id`]
    #[arg(long, value_name = "[-]FIELD,...", allow_hyphen_values = true)]
    sort: Option<String>,
    /// Turn the order round
    #[arg(long)]
    reverse: bool,
    /// Print at most this many
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// End with exit code 4 when nothing is found
    #[arg(short, long)]
    exit_status: bool,
    #[command(flatten)]
    form: FormArgs,
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
    "hypernet query beach",
    "hypernet query 'tag:cat|dog date:2023..2024-06'",
    "hypernet query before:2024 camera:Canon --count",
    "hypernet query 'size>10MB -tag:private' --sort -size --limit 20",
    "hypernet query 'album:\"Vacation 2026\"' --paths -0",
    "hypernet query type:video --group-by date:year",
    "hypernet query --tag cat --after 2024 --histogram",
    "hypernet query 'is:unsorted newer:30d' --save unsorted-recent",
];

const ABOUT: &str = "Find photos, videos and other media

One argument is a whole question; of several, each is one term. Words are searched for in names, descriptions, tags, \
albums, cameras and places; `field:value` asks one field. Terms side by side mean AND; there are also OR, NOT, a leading \
`-`, brackets, `a|b` for either value, `..` for ranges, and `none` and `any`. `@name` is a query kept in config.toml under [queries].";

/// What the command does, and the fields, one a line.
fn long_about() -> String {
    let names = |word: &Word| word.names().collect::<Vec<_>>().join(", ");
    let widest = WORDS.iter().map(|word| names(word).len()).max().unwrap_or_default();
    let fields: Vec<_> = WORDS.iter().map(|word| format!("  {:widest$}  {}", names(word), word.help)).collect();
    format!("{ABOUT}\n\nFields:\n{}", fields.join("\n"))
}

/// Runs `query`.
///
/// # Errors
/// When the question cannot be understood, those of the library, and when a signal cut the list short.
pub fn run(ctx: &mut Context, args: &QueryArgs) -> Result<Exit, CliError> {
    ctx.out.choose(&args.form)?;
    let (ground, filters) = (ground(ctx), args.filters.filters());
    let expr = narrow(query::parse_arguments(&args.query, &ground)?, &filters, &ground)?;
    if let Some(name) = &args.save.save {
        save::run(ctx, name, &args.query, &filters, &expr)?;
        return Ok(Exit::Ok);
    }
    args.sums.by()?;
    let order = order::parse(args.sort.as_deref().unwrap_or(order::DEFAULT))?;
    let library = library::open(ctx, Access::Read)?;
    let reader = library.reader()?;
    if args.sums.asked() {
        let asked = Asked { expr: &expr, trash: false, limit: args.limit, reverse: args.reverse };
        return Ok(args.ended(sums::run(ctx, &args.sums, &reader, &asked)?));
    }
    let options = Options { order, reverse: args.reverse, limit: args.limit, ..Options::default() };
    if args.explain.explain {
        explain::run(ctx, &reader, &written(&args.query, &filters, &expr)?, &expr, &options)?;
        return Ok(Exit::Ok);
    }
    let columns = columns(&ctx.config.output.columns);
    let mut list = List::new(&ctx.out, &columns, MEDIA_COLUMNS);
    // From here on there is a document to close.
    let (stop, mut nothing) = (ctx.stop(), true);
    query::run(&reader, &expr, &options, |media| {
        if stop.load(Ordering::Relaxed) {
            return Ok(ControlFlow::Break(()));
        }
        nothing = false;
        readable(ctx, &media);
        Ok::<ControlFlow<()>, CliError>(list.push(&Found::new(media, library.path())))
    })?;
    drop(list);
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
    fn ended(&self, nothing: bool) -> Exit {
        if nothing && self.exit_status { Exit::NotFound } else { Exit::Ok }
    }
}
