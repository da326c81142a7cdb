//! `hypernet backup`: makes a backup of the library, verifies one, and makes a library of one again.
//!
//! What a backup is stands in `check::backup`; how its runs are told, in [`report`].

mod report;

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use clap::{Args, Subcommand};
use serde_json::json;

use super::context::Context;
use super::error::{CliError, Code, Exit};
use super::format::{bytes, count, plural};
use super::head::Began;
use super::help::{ending, opening};
use super::library;
use super::output::text::shown_path;
use super::progress::Progress;
use crate::check::backup::{self, BackupError, Folder, Plan};
use crate::check::{Event, Finding};
use crate::store::{Access, Library};
use report::{Counts, Summary};

/// The most originals a backup loses without their exact number.
const MOST: u64 = 1000;

const EXAMPLES: &[&str] = &[
    "hypernet backup /media/you/disk/photos",
    "hypernet backup /media/you/disk/photos --dry-run",
    "hypernet backup /media/you/disk/photos --verify",
    "hypernet backup /media/you/disk/photos --prune --dry-run",
    "hypernet backup verify /media/you/disk/photos",
    "hypernet backup restore /media/you/disk/photos --to ~/restored",
];
const VERIFY_EXAMPLES: &[&str] =
    &["hypernet backup verify /media/you/disk/photos", "hypernet backup verify /media/you/disk/photos --quick --json"];
const RESTORE_EXAMPLES: &[&str] = &[
    "hypernet backup restore /media/you/disk/photos --to ~/restored",
    "hypernet backup restore /media/you/disk/photos --to ~/restored --dry-run",
];

const VERIFY_EXITS: &[Exit] = &[
    Exit::Ok,
    Exit::Failed,
    Exit::Usage,
    Exit::NotFound,
    Exit::Locked,
    Exit::Problems,
    Exit::Library,
    Exit::Interrupted,
    Exit::Terminated,
];
const RESTORE_EXITS: &[Exit] = &[
    Exit::Ok,
    Exit::Failed,
    Exit::Usage,
    Exit::Partial,
    Exit::NotFound,
    Exit::Locked,
    Exit::Library,
    Exit::Interrupted,
    Exit::Terminated,
];

/// Copy the library to another disk, verify the copy, restore it
///
/// The backup holds every original, the last seven catalogues and a manifest with the SHA-256 of each; a run copies only what is new, and
/// reads back from the disk what it wrote. Imports may run beside it. What the library has no more stays in the backup unless --prune is
/// given. An original that is bad in the library never replaces the good copy. One that is lost, has another size or, when it is to be
/// copied, other bytes is reported, and the exit code is 3; what the backup has already is not read in the library, `verify --data` does that.
///
/// Sign-ins of services are not included: they stay in the keyring of this machine. Thumbnails are not either; they are drawn again.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, disable_help_subcommand = true)]
#[command(after_long_help = ending(EXAMPLES, &opening(&[Exit::Partial])))]
pub struct BackupArgs {
    /// The folder of the backup: a new or an empty one, or an earlier backup of this library
    #[arg(required = true)]
    dir: Option<PathBuf>,
    /// Read again everything the backup has, and copy anew what is bad; for the library's own originals there is `verify --data`
    #[arg(long)]
    verify: bool,
    /// Remove from the backup the originals that the library names no more, neither live nor in the trash
    ///
    /// Asks, or needs --yes. Nothing is removed when any original is not well. Earlier catalogues stay, also where they name what went.
    #[arg(long)]
    prune: bool,
    /// Prune exactly so many originals: what more than 1,000, or a fifth of the backup, need instead of --yes
    #[arg(long, value_name = "N", requires = "prune")]
    confirm_count: Option<u64>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check that a backup is whole and could be restored
    ///
    /// Reads every original and every catalogue in it. Needs no library, and changes nothing.
    #[command(after_long_help = ending(VERIFY_EXAMPLES, VERIFY_EXITS))]
    Verify {
        /// The folder of the backup
        dir: PathBuf,
        /// Of originals, compare only the size
        #[arg(long)]
        quick: bool,
    },
    /// Make a library of a backup, in a new or an empty folder
    ///
    /// Ids, albums and everything else are as they were at the last backup. Killed at any moment, it leaves no library or a whole one, and
    /// the same command goes on. Sign-ins of services are not in a backup.
    #[command(after_long_help = ending(RESTORE_EXAMPLES, RESTORE_EXITS))]
    Restore {
        /// The folder of the backup
        dir: PathBuf,
        /// The folder of the library that is made
        #[arg(long, value_name = "EMPTY")]
        to: PathBuf,
    },
}

/// Runs `backup`.
///
/// # Errors
/// When nothing could be started, the disk failed, or a signal ended it.
pub fn run(ctx: &mut Context, args: &BackupArgs) -> Result<Exit, CliError> {
    match (&args.command, &args.dir) {
        (Some(Command::Verify { dir, quick }), _) => verify(ctx, dir, *quick),
        (Some(Command::Restore { dir, to }), _) => restore(ctx, dir, to),
        (None, Some(dir)) => write(ctx, args, dir),
        // The parser has said so already.
        (None, None) => Err(CliError::new(Code::Usage, "no folder is named")),
    }
}

fn write(ctx: &Context, args: &BackupArgs, dir: &std::path::Path) -> Result<Exit, CliError> {
    let dir = ctx.env.expand(dir);
    let library = library::open(ctx, Access::Read)?;
    let prune = args.prune.then(|| agreed(ctx, args, &library, &dir)).transpose()?;
    let plan = Plan { verify: args.verify, prune, ..plan(ctx) };
    let mut run = Run::start(ctx, "backup", &dir);
    let done = run.work(|stop, on| backup::write(&library, &dir, &plan, stop, on))?;
    if !ctx.dry_run {
        library::daily(ctx, &library, u64::MAX);
    }
    if done.unsealed {
        ctx.out.talk.warn("the manifest of the last backup was damaged; everything in it was read again");
    }
    if let Some(why) = done.spared {
        ctx.out.talk.warn(&format!("nothing was removed from the backup: {why}"));
    }
    if let Some((needed, free)) = done.short {
        let (needed, free) = (bytes(needed), bytes(free));
        ctx.out
            .talk
            .warn(&format!("the disk of {} has too little room: {needed} needed, {free} free", shown_path(&dir)));
    }
    run.summary.counts = Counts::Written {
        originals: done.originals,
        copied: done.copied,
        bytes_copied: done.bytes_copied,
        kept: done.kept,
        gone: done.gone,
        pruned: done.pruned,
        going: done.going,
        snapshot: done.snapshot,
    };
    run.end(&done.report, Exit::Partial, "the backup goes on where it stopped when the same command is run again")
}

/// How many originals of the backup may go, once a person has said so. Many of them need their exact number.
fn agreed(ctx: &Context, args: &BackupArgs, library: &Library, dir: &std::path::Path) -> Result<u64, CliError> {
    let look = Plan { dry_run: true, prune: Some(0), ..plan(ctx) };
    let would = backup::write(library, dir, &look, &|| false, &|_| {})?;
    let going = would.pruned;
    if ctx.dry_run || going == 0 {
        return Ok(going);
    }
    let number = plural(going, "original", "originals");
    let refused = |message: String, hint: String| {
        let error = CliError::new(Code::Refused, message).hint(hint);
        Err(error.detail("count", going).detail("flag", "--confirm-count"))
    };
    match args.confirm_count {
        Some(said) if said == going => return Ok(going),
        Some(said) => {
            let message = format!("{number} would be removed from the backup, not {}: nothing was", count(said));
            return refused(message, "look at them with --dry-run".to_owned());
        }
        None => {}
    }
    if going > MOST || going * 5 > would.standing {
        let message = format!(
            "{number} to remove from the backup: more than {} or a fifth of it need their exact number",
            count(MOST)
        );
        return refused(message, format!("look at them with --dry-run; if you mean it: --confirm-count {going}"));
    }
    ctx.confirm(&format!("remove {number} from the backup for good"))?;
    Ok(going)
}

fn verify(ctx: &Context, dir: &std::path::Path, quick: bool) -> Result<Exit, CliError> {
    let dir = ctx.env.expand(dir);
    let folder = Folder::open(&dir)?;
    let mut run = Run::start(ctx, "backup verify", &dir);
    let plan = plan(ctx);
    let report = run.work(|stop, on| backup::verify(&folder, quick, &plan, stop, on))?;
    let originals = report.originals;
    run.summary.counts =
        Counts::Verified { originals, files: report.files, read: report.read, bytes_read: report.bytes_read };
    run.end(&report, Exit::Problems, "nothing was changed")
}

fn restore(ctx: &Context, dir: &std::path::Path, to: &std::path::Path) -> Result<Exit, CliError> {
    let (dir, to) = (ctx.env.expand(dir), ctx.env.expand(to));
    let folder = Folder::open(&dir)?;
    let mut run = Run::start(ctx, "backup restore", &dir);
    let plan = plan(ctx);
    let done = run.work(|stop, on| backup::restore(&folder, &to, &plan, stop, on))?;
    run.summary.counts = Counts::Restored {
        to: to.to_string_lossy().into_owned(),
        originals: done.originals,
        restored: done.restored,
        bytes_restored: done.bytes_restored,
        kept: done.kept,
        snapshot: done.snapshot,
    };
    let exit = run.end(&done.report, Exit::Partial, "the same command goes on where it stopped")?;
    if !ctx.dry_run {
        let at = ctx.shown(&to);
        ctx.out.talk.hint(&format!("look at it with `hypernet -L {at} verify`, and use it with --library {at}"));
    }
    Ok(exit)
}

fn plan(ctx: &Context) -> Plan {
    Plan { now: ctx.now(), jobs: ctx.config.jobs, dry_run: ctx.dry_run, verify: false, prune: None }
}

/// One of the three at work: progress, signals, and the summary at its end.
struct Run<'a> {
    ctx: &'a Context,
    command: &'static str,
    began: Began,
    summary: Summary,
}

type Stop<'a> = &'a (dyn Fn() -> bool + Sync);
type On<'a> = &'a (dyn Fn(Event<'_>) + Sync);

impl<'a> Run<'a> {
    fn start(ctx: &'a Context, command: &'static str, dir: &std::path::Path) -> Self {
        let all = ctx.out.talk.tone().verbose > 0;
        let began = Began::now(ctx);
        Self { ctx, command, began, summary: Summary::new(began.ended(ctx, command, "success"), dir, all) }
    }

    fn work<T>(&self, work: impl FnOnce(Stop<'_>, On<'_>) -> Result<T, BackupError>) -> Result<T, CliError> {
        let (stop, progress) = (self.ctx.stop(), self.ctx.progress("backup", None, None));
        let done = work(&|| stop.load(Ordering::Relaxed), &|event| told(self.ctx, &progress, &event));
        progress.finish();
        Ok(done?)
    }

    /// Prints the summary and says how the command ends; `bad` is how when something was found.
    fn end(mut self, report: &crate::check::Report, bad: Exit, interrupted: &str) -> Result<Exit, CliError> {
        self.summary.ended(self.began.ended(self.ctx, self.command, "success"), report, bad);
        self.summary.print(self.ctx);
        match self.ctx.interrupted() {
            Some(exit) if report.cut_short => Err(CliError::interrupted(exit).hint(interrupted)),
            _ if self.summary.failed() > 0 => Ok(bad),
            _ => Ok(Exit::Ok),
        }
    }
}

fn told(ctx: &Context, progress: &Progress, event: &Event<'_>) {
    match event {
        Event::Phase(name, files, bytes) => progress.phase(name, *files, *bytes),
        Event::Done(files, bytes) => progress.advance(*files, *bytes),
        Event::Found(Finding { path, kind, message, id }) => ctx.out.event(&json!({
            "event": "item", "action": "failed", "path": path, "id": id, "code": kind, "message": message,
        })),
    }
}

impl From<BackupError> for CliError {
    fn from(error: BackupError) -> Self {
        let message = error.to_string();
        match error {
            BackupError::Place { path, reason } => {
                Self::new(Code::Invalid, format!("{}: {reason}", shown_path(&path)))
                    .hint("see `hypernet backup --help`")
                    .detail("path", path.to_string_lossy())
            }
            BackupError::Absent(path) => Self::new(Code::NotFound, format!("{}: there is no such folder", shown_path(&path)))
                .hint("name the folder of a backup; is its disk mounted?")
                .detail("path", path.to_string_lossy()),
            BackupError::Foreign { path, id } => {
                Self::new(Code::Invalid, format!("{} is a backup of another library", shown_path(&path)))
                    .hint("each library needs a folder of its own for its backup")
                    .detail("path", path.to_string_lossy())
                    .detail("library_id", id.to_string())
            }
            BackupError::Unfinished(path) => {
                Self::new(Code::NotFound, format!("{} holds no finished backup", shown_path(&path)))
                    .hint("run `hypernet backup` again: it goes on where it stopped")
                    .detail("path", path.to_string_lossy())
            }
            BackupError::TooNew { found, known } => Self::new(Code::TooNew, message)
                .hint("use the hypernet that made it, or a newer one; nothing was changed")
                .detail("found", found)
                .detail("known", known),
            BackupError::Damaged(_) => Self::new(Code::Damaged, message)
                .hint("its originals are plain files beneath `users/`; `hypernet backup` makes the rest anew if the library still exists, and `backup restore` goes by any good catalogue in it"),
            BackupError::Busy(_) => Self::new(Code::Locked, message).hint("wait until the other run has ended"),
            BackupError::NoSpace { path, needed, free } => {
                let (room, left) = (bytes(needed), bytes(free));
                let message = format!("the disk of {} has too little room: {room} needed, {left} free", shown_path(&path));
                Self::new(Code::NoSpace, message)
                    .hint("free some space and run this again: it goes on where it stopped")
                    .detail("path", path.to_string_lossy())
                    .detail("needed", needed)
                    .detail("free", free)
            }
            BackupError::Store(error) => error.into(),
        }
    }
}
