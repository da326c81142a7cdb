//! `query --object`: albums, links, integrations and the user, in the forms every list has.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use clap::{Args, ValueEnum};

use super::super::context::Context;
use super::super::error::{CliError, Code};
use super::super::library;
use super::super::output::list::Page;
use super::super::output::{Column, Form, List};
use super::QueryArgs;
use super::ground::ground;
use super::pick::{self, Picked};
use super::sums::Count;
use crate::query::objects::{self, Type};
use crate::query::{Expr, Options, Trash};
use crate::store::{Access, Reader};

/// What is asked for.
#[derive(Debug, Args)]
pub struct ObjectArgs {
    /// Find objects of this type; each has fields of its own
    #[arg(long, value_name = "TYPE", default_value = "media", hide_default_value = true)]
    object: Object,
}

/// A type of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Object {
    /// Photos, videos and other files [default]
    Media,
    /// Albums: name, description, `media_count`, visibility, cover ...
    Album,
    /// Links: `link_type`, strength, from, to, linked, `from_type` ...
    Link,
    /// Connected services: name, `integration_type`, status, items ...
    Integration,
    /// You
    User,
}

impl ObjectArgs {
    /// The type, where it is not media.
    pub fn other(&self) -> Option<Type> {
        match self.object {
            Object::Media => None,
            Object::Album => Some(Type::Album),
            Object::Link => Some(Type::Link),
            Object::Integration => Some(Type::Integration),
            Object::User => Some(Type::User),
        }
    }
}

/// Finds objects of this type and prints them; says whether there were none.
///
/// # Errors
/// When the question cannot be understood, or a flag is given that is about media; those of the library.
pub fn run(ctx: &Context, args: &QueryArgs, of: Type) -> Result<bool, CliError> {
    refuse(args, ctx.out.form(), of)?;
    args.endless()?;
    let expr = objects::parse(of, &args.query, &ground(ctx))?;
    let order = objects::order(of, args.sort.as_deref().unwrap_or(of.order()))?;
    let library = library::open(ctx, Access::Read)?;
    let reader = library.reader()?;
    let trash = if args.with_trashed { Trash::With } else { Trash::Without };
    if args.sums.count {
        let count = objects::count(&reader, of, &expr, trash)?;
        ctx.out.emit(&Count { count });
        return Ok(count == 0);
    }
    let mut options = Options { order, reverse: args.reverse, limit: args.limit, trash, ..Options::default() };
    options.after = args.cursor.as_deref().map(|text| objects::cursor(of, text, &options)).transpose()?;
    print(ctx, args, &reader, &Asked { of, expr: &expr, options })
}

/// What is asked.
struct Asked<'a> {
    of: Type,
    expr: &'a Expr,
    options: Options,
}

/// Prints what is asked for, whole or as a page; says whether there was nothing.
fn print(ctx: &Context, args: &QueryArgs, reader: &Reader, what: &Asked<'_>) -> Result<bool, CliError> {
    let Asked { of, expr, ref options } = *what;
    // What a page holds, its cursor and its total belong to one state of the catalogue.
    let steady = args.page.then(|| reader.steady()).transpose()?;
    let total = if args.page { objects::count(reader, of, expr, options.trash)? } else { 0 };
    let fields = args.view.fields();
    let columns = fields.map_or_else(|| columns(of).to_vec(), |names| names.iter().map(String::as_str).collect());
    let table: Vec<_> = columns.iter().map(|name| Column::left((*name).to_owned())).collect();
    let mut list = List::new(&ctx.out, &table, &columns);
    if args.page {
        list.page(Page { next_cursor: None, total });
    }
    // Of a page one more is asked for, which says that it is not the last.
    let limit = options.limit.map(|most| if args.page { most.saturating_add(1) } else { most });
    let (stop, mut given, mut latest, mut more) = (ctx.stop(), 0, None, false);
    objects::run(reader, of, expr, &Options { limit, ..options.clone() }, |thing| {
        if stop.load(Ordering::Relaxed) || (args.page && options.limit == Some(given)) {
            more = true;
            return Ok(ControlFlow::Break(()));
        }
        given += 1;
        latest = Some(thing.id());
        let whole = serde_json::to_value(&thing).map_err(|error| CliError::new(Code::Io, error.to_string()))?;
        Ok::<_, CliError>(list.push(&Picked { whole, fields }))
    })?;
    if let (true, Some(last)) = (args.page && more, latest) {
        let next = objects::place(reader, of, options, last)?;
        list.page(Page { next_cursor: next.map(|next| next.to_string()), total });
    }
    drop(steady);
    Ok(latest.is_none())
}

/// The columns of tables, tsv and csv.
const fn columns(of: Type) -> &'static [&'static str] {
    match of {
        Type::Album => &["id", "name", "media_count", "visibility", "created_at"],
        Type::Link => &["id", "link_type", "from_object_id", "to_object_id", "strength"],
        Type::Integration => &["id", "integration_type", "integration_name", "status", "items_synced", "last_sync_at"],
        Type::User => &["id", "email", "display_name", "storage_used", "storage_quota"],
    }
}

/// What speaks of media alone is refused, rather than passed over.
fn refuse(args: &QueryArgs, form: Form, of: Type) -> Result<(), CliError> {
    let asked = [
        ("--template", args.template.is_some()),
        ("--with", args.view.beside().next().is_some()),
        ("--save", args.save.save.is_some()),
        ("--explain", args.explain.explain),
        ("--group-by, --stats and --histogram", args.sums.asked() && !args.sums.count),
        ("--paths", matches!(form, Form::Paths(_))),
    ];
    let filter = args.filters.filters().first().map(|filter| (filter.flag, true));
    match asked.into_iter().chain(filter).find(|(_, given)| *given) {
        None => args.view.fields().map_or(Ok(()), |fields| pick::check(fields, form, of)),
        Some((flag, _)) => {
            let message = format!("{flag} goes with media, not with --object {}", of.as_str());
            Err(CliError::new(Code::Usage, message).hint("leave one out"))
        }
    }
}
