//! `hypernet import`: files and folders into the library.

mod report;
mod shown;

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

use clap::{Args, ValueEnum};

use super::config::{ImportMode, Origin as Source};
use super::context::{Context, now};
use super::error::{CliError, Code, Exit};
use super::help::{ending, opening};
use super::{library, removal};
use crate::album::AlbumError;
use crate::import::{self, Dup, Event, Filter, ImportError, Mode, Options, Origin, Run, Summary};
use crate::model::amount;
use crate::model::media::{Limits, MediaType};
use crate::model::{Timestamp, Zone};
use crate::query;
use crate::store::Access;
use crate::template::Template;

use report::Report;
use shown::Shown;

const EXAMPLES: &[&str] = &[
    "hypernet import ~/Pictures",
    "hypernet import ~/Pictures --album '{parent}' --tag inbox",
    "hypernet import /media/card --mode move --report card.csv",
    "hypernet import ~/Downloads --ext jpg,png --newer 30d --dry-run",
    "hypernet import -0 - < files.list",
];

/// Beside those of opening a library.
const MORE: &[Exit] = &[Exit::Partial, Exit::NotFound];

/// Take in photos and videos
///
/// Every file is hashed, dated, placed, given a thumbnail and entered in the catalogue; what the library has already is not stored again.
/// Sources are never changed, unless --mode move removes what has been proven to be in the library. The library is made if there is none.
/// Running an import again does only what is left to do.
#[derive(Debug, Args)]
#[command(after_long_help = ending(EXAMPLES, &opening(MORE)))]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct ImportArgs {
    /// Files and folders, or `-` for a list of them on standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How bytes come in: auto shares blocks where the disk can, else copies [default: auto]
    #[arg(long, value_name = "MODE", hide_possible_values = true)]
    #[arg(
        long_help = "How bytes come in: auto (share blocks where the disk can, else copy), copy, reflink (share or fail), move (as auto, and \
        remove each source once its copy and it have been read again and are the same) [default: auto]"
    )]
    mode: Option<ModeArg>,
    /// Put each file into this album, such as '{parent}' (can be repeated)
    #[arg(long, value_name = "TPL")]
    album: Vec<String>,
    /// Give each file this tag (can be repeated)
    #[arg(long, value_name = "TPL")]
    tag: Vec<String>,
    /// Take only files that match, in gitignore's syntax (can be repeated)
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Leave out files and folders that match (can be repeated)
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Take only files with these extensions, such as jpg,heic
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    ext: Vec<String>,
    /// Take what is of this type by content (can be repeated) [default: photo and video]
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',', hide_possible_values = true)]
    #[arg(
        long_help = "Take what is of this type by content: photo, video, document, other (can be repeated) [default: photo and video]"
    )]
    types: Vec<TypeArg>,
    /// Take only files changed since this date or age, such as 2024-07 or 30d
    #[arg(long, value_name = "DATE")]
    newer: Option<String>,
    /// Take only files changed before this date or age
    #[arg(long, value_name = "DATE")]
    older: Option<String>,
    /// Take only files of at least this size, such as 100kB
    #[arg(long, value_name = "SIZE", value_parser = amount::size)]
    min_size: Option<u64>,
    /// Take only files of at most this size
    #[arg(long, value_name = "SIZE", value_parser = amount::size)]
    max_size: Option<u64>,
    /// Go this many folders deep; 1 takes only the files of the folder itself
    #[arg(long, value_name = "N")]
    max_depth: Option<usize>,
    /// Take files and folders whose names begin with a dot, too
    #[arg(long)]
    hidden: bool,
    /// Go through symbolic links
    #[arg(long)]
    follow: bool,
    /// Stay on the file system of each source
    #[arg(long)]
    one_file_system: bool,
    /// Take what .hypernetignore files and the built-in list of junk leave out
    #[arg(long)]
    no_ignore: bool,
    /// What to do with bytes the library has: skip, or keep a further object over them [default: skip]
    #[arg(long, value_name = "WHAT", default_value = "skip", hide_default_value = true, hide_possible_values = true)]
    dup: DupArg,
    /// Read each copy back from the disk before it counts
    #[arg(long)]
    verify: bool,
    /// Take in again what was deleted
    #[arg(long)]
    include_deleted: bool,
    /// The zone of times that state none: auto, local, utc or one such as Europe/Berlin [default: auto]
    #[arg(long, value_name = "ZONE")]
    #[arg(
        long_help = "The zone of times that state none: auto (the configured one), local (the system's), utc, an offset or a name such as \
        Europe/Berlin [default: auto]"
    )]
    tz: Option<String>,
    /// Where dates may come from [default: exif,filename,mtime]
    #[arg(long, value_name = "LIST", value_delimiter = ',', hide_possible_values = true)]
    date_from: Vec<OriginArg>,
    /// Draw no thumbnails
    #[arg(long)]
    no_thumbs: bool,
    /// Read files again that are remembered as unchanged
    #[arg(long)]
    rehash: bool,
    /// Write what became of each file to FILE.csv, FILE.json or FILE.jsonl
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The list on standard input ends each path with NUL instead of a newline
    #[arg(short = '0', long)]
    from0: bool,
}

/// `--mode`
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ModeArg {
    Auto,
    Copy,
    Reflink,
    Move,
}

/// `--dup`
#[derive(Debug, Clone, Copy, ValueEnum)]
enum DupArg {
    Skip,
    Keep,
}

/// `--type`
#[derive(Debug, Clone, Copy, ValueEnum)]
enum TypeArg {
    Photo,
    Video,
    Document,
    Other,
}

/// `--date-from`
#[derive(Debug, Clone, Copy, ValueEnum)]
enum OriginArg {
    Exif,
    Filename,
    Mtime,
}

/// Runs `import`.
///
/// # Errors
/// When nothing could be started, or the run ended early.
pub fn run(ctx: &mut Context, args: &ImportArgs) -> Result<Exit, CliError> {
    let options = options(ctx, args)?;
    let report = args.report.as_deref().map(Report::create).transpose()?.map(Mutex::new);
    let stop = ctx.stop();
    let shown = Shown::start(ctx);
    let on = |event: Event<'_>| {
        if let (Event::Item(item), Some(report)) = (&event, &report) {
            report.lock().unwrap_or_else(PoisonError::into_inner).add(item);
        }
        shown.event(ctx, &event);
    };
    let halt = AtomicBool::new(false);
    let run = Run { clock: &now, on: &on, stop: &stop, halt: &halt };
    let (summary, ended) = if ctx.dry_run { preview(ctx, &options, run)? } else { import(ctx, &options, run)? };
    shown.finish(ctx, &summary);
    if let Some(report) = report {
        report.into_inner().unwrap_or_else(PoisonError::into_inner).finish()?;
    }
    ended?;
    match ctx.interrupted() {
        Some(exit) => Err(CliError::interrupted(exit).hint("run the same command again to go on")),
        None if !summary.whole() => Ok(Exit::Partial),
        None => Ok(Exit::Ok),
    }
}

type Ended = (Summary, Result<(), CliError>);

fn import(ctx: &Context, options: &Options, run: Run<'_>) -> Result<Ended, CliError> {
    let (mut library, made) = library::open_or_create(ctx)?;
    if made {
        ctx.out.talk.note(&format!("Created a library at {}", ctx.shown(library.path())));
    }
    let (summary, ended) = import::run(&mut library, options, run);
    if summary.imported > 0 {
        library::daily(ctx, &library, library::AT_ONCE);
    }
    if ended.is_ok() && ctx.interrupted().is_none() {
        removal::keep_trash(ctx, &mut library);
    }
    Ok((summary, ended.map_err(CliError::from)))
}

/// A dry run needs no library and makes none.
fn preview(ctx: &Context, options: &Options, run: Run<'_>) -> Result<Ended, CliError> {
    let there = ctx.library()?.join(super::config::MARKER).exists();
    let library = there.then(|| library::open(ctx, Access::Read)).transpose()?;
    Ok((import::preview(library.as_ref(), options, run)?, Ok(())))
}

fn options(ctx: &Context, args: &ImportArgs) -> Result<Options, CliError> {
    let sources = sources(args)?;
    if !sources.is_empty() && sources.iter().all(|source| source.symlink_metadata().is_err()) {
        return Err(nothing_there(ctx, args, &sources));
    }
    let zone = zone(ctx, args)?;
    let config = &ctx.config;
    let limits = &config.limits;
    Ok(Options {
        sources,
        filter: filter(ctx, args, zone)?,
        mode: mode(args, config.import.mode),
        dup: if matches!(args.dup, DupArg::Keep) { Dup::Keep } else { Dup::Skip },
        albums: templates(&args.album)?,
        tags: templates(&args.tag)?,
        verify: args.verify || config.import.verify,
        include_deleted: args.include_deleted,
        rehash: args.rehash,
        thumbnails: !args.no_thumbs,
        zone,
        date_from: origins(args),
        limits: if limits.owner { limits.files } else { Limits { photo: None, video: None } },
        quota: limits.quota.filter(|_| limits.owner),
        jobs: jobs(ctx),
    })
}

/// Nothing that was named exists: most likely a slip, and no reason to make a library.
fn nothing_there(ctx: &Context, args: &ImportArgs, sources: &[PathBuf]) -> CliError {
    let names: Vec<_> = sources.iter().take(3).map(|source| ctx.shown(source)).collect();
    let more = sources.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let error = CliError::new(Code::NotFound, format!("{}{more}: no such file or folder", names.join(", ")));
    let listed = !args.from0 && sources.iter().any(|source| source.as_os_str().as_encoded_bytes().contains(&0));
    error.hint(if listed {
        "a list whose paths end with NUL is read with -0"
    } else {
        "name a file or a folder that exists"
    })
}

/// One more than there are processors, unless somebody chose: while one worker waits for the disk to keep a file, another decodes.
fn jobs(ctx: &Context) -> usize {
    let chosen = ctx.config.origin("jobs").is_some_and(|origin| *origin != Source::Default);
    if chosen { ctx.config.jobs } else { ctx.config.jobs + 1 }
}

fn mode(args: &ImportArgs, configured: ImportMode) -> Mode {
    match (args.mode, configured) {
        (Some(ModeArg::Move), _) => Mode::Move,
        (Some(ModeArg::Copy), _) | (None, ImportMode::Copy) => Mode::Copy,
        (Some(ModeArg::Reflink), _) | (None, ImportMode::Reflink) => Mode::Reflink,
        (Some(ModeArg::Auto), _) | (None, ImportMode::Auto) => Mode::Auto,
    }
}

fn origins(args: &ImportArgs) -> Vec<Origin> {
    if args.date_from.is_empty() {
        return Origin::ALL.to_vec();
    }
    let origin = |arg: &OriginArg| match arg {
        OriginArg::Exif => Origin::Exif,
        OriginArg::Filename => Origin::Filename,
        OriginArg::Mtime => Origin::Mtime,
    };
    args.date_from.iter().map(origin).collect()
}

fn zone(ctx: &Context, args: &ImportArgs) -> Result<Zone, CliError> {
    match args.tz.as_deref() {
        None | Some("auto") => Ok(ctx.config.timezone),
        Some(text) => Zone::parse(text).ok_or_else(|| {
            let error = CliError::new(Code::Usage, format!("--tz: {text:?} is no zone"));
            error.hint("a zone is auto, local, utc, an offset such as +02:00 or a name such as Europe/Berlin")
        }),
    }
}

fn filter(ctx: &Context, args: &ImportArgs, zone: Zone) -> Result<Filter, CliError> {
    let kind = |arg: &TypeArg| match arg {
        TypeArg::Photo => MediaType::Photo,
        TypeArg::Video => MediaType::Video,
        TypeArg::Document => MediaType::Document,
        TypeArg::Other => MediaType::Other,
    };
    let date = |text: &Option<String>| text.as_deref().map(|text| instant(ctx, text, zone)).transpose();
    let mut filter = Filter::default();
    filter.ext = args.ext.iter().map(|ext| ext.trim_start_matches('.').to_ascii_lowercase()).collect();
    (filter.newer, filter.older) = (date(&args.newer)?, date(&args.older)?);
    (filter.min_size, filter.max_size) = (args.min_size, args.max_size);
    filter.max_depth = args.max_depth;
    (filter.hidden, filter.follow) = (args.hidden, args.follow);
    (filter.one_file_system, filter.no_ignore) = (args.one_file_system, args.no_ignore);
    if !args.types.is_empty() {
        filter.types = args.types.iter().map(kind).collect();
    }
    let exclude: Vec<_> = ctx.config.import.exclude.iter().chain(&args.exclude).cloned().collect();
    filter.patterns(&args.include, &exclude).map_err(|error| {
        CliError::new(Code::Usage, error.to_string())
            .hint("patterns are those of .gitignore files, such as '*.tmp' or 'old/'")
    })
}

/// The first moment a date or age names, by the clock of `zone`.
fn instant(ctx: &Context, text: &str, zone: Zone) -> Result<Timestamp, CliError> {
    let here = zone.wall(ctx.now());
    let offset = here.offset().unwrap_or_else(|| chrono::Offset::fix(&chrono::Utc));
    let now = chrono::DateTime::from_naive_utc_and_offset(here.clock() - offset, offset);
    let start = query::span(text, &now)?.start;
    let millis = match start.clock {
        query::dates::Clock::Utc => start.millis,
        query::dates::Clock::Wall => {
            let clock = chrono::DateTime::from_timestamp_millis(start.millis).unwrap_or_default().naive_utc();
            start.millis - i64::from(zone.offset_at(clock).local_minus_utc()) * 1000
        }
    };
    Ok(Timestamp::from_millis(millis)?)
}

/// What is to be taken in: the arguments, with `-` replaced by the list on standard input.
fn sources(args: &ImportArgs) -> Result<Vec<PathBuf>, CliError> {
    let mut sources = Vec::new();
    for path in &args.paths {
        if path.as_os_str() == "-" {
            sources.extend(listed(args.from0)?);
        } else {
            sources.push(path.clone());
        }
    }
    Ok(sources)
}

fn listed(nul: bool) -> Result<Vec<PathBuf>, CliError> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|error| CliError::io(std::path::Path::new("standard input"), &error))?;
    let end = if nul { b'\0' } else { b'\n' };
    let lines =
        bytes.split(|byte| *byte == end).map(|line| if nul { line } else { line.strip_suffix(b"\r").unwrap_or(line) });
    Ok(lines.filter(|line| !line.is_empty()).map(|line| PathBuf::from(OsString::from_vec(line.to_vec()))).collect())
}

fn templates(texts: &[String]) -> Result<Vec<Template>, CliError> {
    texts.iter().map(|text| template(text)).collect()
}

fn template(text: &str) -> Result<Template, CliError> {
    let template = Template::parse(text)?;
    let absent = template.paths().find(|path| import::names::ABSENT.contains(path)).map(str::to_owned);
    match absent {
        Some(path) => {
            let at = text.find(path.as_str()).unwrap_or(0);
            let message = format!("`{path}` has no value while a file is taken in");
            Err(CliError::new(Code::Usage, message).at(text, at..at + path.len()))
        }
        None => Ok(template),
    }
}

impl From<ImportError> for CliError {
    fn from(error: ImportError) -> Self {
        let message = error.to_string();
        match error {
            ImportError::NoSpace { needed, free } => Self::new(Code::NoSpace, message)
                .hint("free some space and run the same command again; what was taken in stays")
                .detail("needed", needed)
                .detail("free", free),
            ImportError::Sync { error, .. } => {
                Self::new(Code::of(&error), message).hint("check the library's disk before trusting it with more")
            }
            ImportError::Store(error) | ImportError::Album(AlbumError::Store(error)) => error.into(),
            // Work that was begun: what a person typed was checked at the door.
            ImportError::Album(_) => Self::new(Code::Io, message).hint("name the album otherwise and run it again"),
            ImportError::Threads(_) => Self::new(Code::Io, message).hint("try fewer with --jobs"),
        }
    }
}
