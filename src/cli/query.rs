//! `hypernet query`: finds media and prints them as they are found. Changes nothing.

use std::ffi::OsString;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::Ordering;

use clap::Args;
use serde::Serialize;

use super::arguments::{self, Role};
use super::columns::{Found, columns};
use super::context::Context;
use super::error::{CliError, Code, Exit};
use super::help::{ending, opening};
use super::library;
use super::output::list::MEDIA_COLUMNS;
use super::output::text::shown;
use super::output::{Answer, FormArgs, List};
use crate::model::Media;
use crate::model::metadata::UNREADABLE;
use crate::query::words::{WORDS, Word};
use crate::query::{self, Ground, Now, Options, QueryError, order};
use crate::store::Access;

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
    /// Print only how many there are
    #[arg(long, conflicts_with_all = ["form", "limit"])]
    count: bool,
    /// End with exit code 4 when nothing is found
    #[arg(short, long)]
    exit_status: bool,
    #[command(flatten)]
    form: FormArgs,
}

/// Beside those of opening a library.
const MORE: &[Exit] = &[Exit::NotFound];
const EXAMPLES: &[&str] = &[
    "hypernet query beach",
    "hypernet query 'tag:cat|dog date:2023..2024-06'",
    "hypernet query before:2024 camera:Canon --count",
    "hypernet query 'size>10MB -tag:private' --sort -size --limit 20",
    "hypernet query 'album:\"Vacation 2026\"' --paths -0",
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
    let expr = query::parse_arguments(&args.query, &ground(ctx))?;
    let order = order::parse(args.sort.as_deref().unwrap_or(order::DEFAULT))?;
    let library = library::open(ctx, Access::Read)?;
    let reader = library.reader()?;
    if args.count {
        let count = query::count(&reader, &expr)?;
        ctx.out.emit(&Count { count });
        return Ok(args.ended(count == 0));
    }
    let options = Options { order, reverse: args.reverse, limit: args.limit, trash: false };
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

/// What questions refer to: the user's clock, from which `today` and `7d` count, and the saved questions.
pub fn ground(ctx: &Context) -> Ground {
    let wall = ctx.config.timezone.wall(ctx.now());
    let offset = wall.offset().unwrap_or_else(|| chrono::Offset::fix(&chrono::Utc));
    let now = Now::from_naive_utc_and_offset(wall.clock() - offset, offset);
    Ground { now, saved: ctx.config.queries.clone() }
}

impl QueryArgs {
    fn ended(&self, nothing: bool) -> Exit {
        if nothing && self.exit_status { Exit::NotFound } else { Exit::Ok }
    }
}

/// Keeps `-tag:x` from being read as options: such an argument gets a blank before it, which a question does not mind.
///
/// Whatever is no option of `query` is part of the question, so that its own parser says what is wrong with it.
pub fn shield(mut given: Vec<OsString>) -> Vec<OsString> {
    let may_be = |argument: &OsString| matches!(argument.as_bytes(), [b'-', second, ..] if *second != b'-');
    if !given.iter().any(may_be) {
        return given;
    }
    let (command, roles) = arguments::read(&given);
    if command == "hypernet query" {
        for (argument, _) in given.iter_mut().skip(1).zip(roles).filter(|(_, role)| *role == Role::Negated) {
            let mut blank = OsString::from(" ");
            std::mem::swap(&mut blank, argument);
            argument.push(blank);
        }
    }
    given
}

/// How many there are.
#[derive(Serialize)]
struct Count {
    count: u64,
}

impl Answer for Count {
    fn human(&self, out: &mut dyn std::io::Write) -> std::io::Result<()> {
        writeln!(out, "{}", self.count)
    }
}

impl From<QueryError> for CliError {
    fn from(error: QueryError) -> Self {
        let told = Self::new(Code::Usage, shown(&error.message)).at(&error.text, error.span);
        match error.hint {
            Some(hint) => told.hint(shown(&hint)),
            None => told,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_option_is_part_of_the_question() {
        let shielded = |line: &str| {
            let given = line.split('|').map(OsString::from).collect();
            shield(given).join(&OsString::from("|")).into_string().unwrap()
        };
        assert_eq!(shielded("hypernet|query|-tag:x|-e|-SIZE>3"), "hypernet|query| -tag:x|-e| -SIZE>3");
        assert_eq!(shielded("hypernet|query|-(a OR b)|-tga:x"), "hypernet|query| -(a OR b)| -tga:x");
        assert_eq!(shielded("hypernet|query|--sort|-size|--|-b"), "hypernet|query|--sort|-size|--|-b");
        assert_eq!(shielded("hypernet|show|-beach"), "hypernet|show|-beach");
    }
}
