//! `hypernet repair`: puts right what `verify` found. Shows what it would do unless told `--yes`; never deletes an original.
//!
//! What is wrong is `check`'s to say, what is drawn and taken in `import`'s; the order of the steps stands here.

mod rebuild;
mod report;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use self::report::Report;
use super::context::{self, Context};
use super::error::{CliError, Code, Exit};
use super::help::{ending, opening};
use super::library;
use super::output::text::shown_path;
use super::progress::Progress;
use crate::check::repair::{self as fix, Deed, Item, Listener, Survey, Work};
use crate::check::{Event, Finding, Kind, Level};
use crate::import::{self, adopt, redraw};
use crate::model::{ObjectId, amount};
use crate::store::journal::{self, Outcome};
use crate::store::{Access, Library, Owner, Root, StoreError, files, repair as rows, snapshot};

/// What nobody may think was done.
const UNREAD: &str = "originals were not read; `hypernet repair --from BACKUP` or `hypernet verify --data` reads them";

/// What the journal calls it.
const COMMAND: &str = "repair";

/// Beside those of opening a library.
const MORE: &[Exit] = &[Exit::NotFound, Exit::Problems];
const EXAMPLES: &[&str] = &[
    "hypernet repair",
    "hypernet repair --yes",
    "hypernet repair --from /mnt/backup --yes",
    "hypernet repair --rebuild --from /mnt/backup --yes",
    "hypernet repair --drop-quarantine --older 30d --yes",
];

/// Put right what verify found
///
/// Shows what it would do; --yes does it, with a snapshot of the catalogue first. Modes are put right, missing originals put back
/// from quarantine, originals that belong to nothing set aside and taken in as new media, counts and search tables made anew,
/// missing or damaged thumbnails drawn. An original is never deleted: what must leave its place goes to quarantine.
#[derive(Debug, Args)]
#[command(after_long_help = ending(EXAMPLES, &opening(MORE)))]
pub struct RepairArgs {
    /// Also read every original, and mend those that are missing or damaged from this folder, made by `hypernet backup`; with
    /// --rebuild, use its newest catalogue where that is newer than the library's own snapshots
    #[arg(long, value_name = "BACKUP", conflicts_with_all = ["no_snapshot", "drop_quarantine"])]
    from: Option<PathBuf>,
    /// Make the catalogue anew, where it is lost or damaged: from the newest good snapshot and the originals
    #[arg(long, conflicts_with = "drop_quarantine")]
    rebuild: bool,
    /// With --rebuild: use no snapshot, only the originals
    #[arg(long, requires = "rebuild")]
    no_snapshot: bool,
    /// Remove for good what was set aside in quarantine; needs --older
    #[arg(long, requires = "older")]
    drop_quarantine: bool,
    /// With --drop-quarantine: what has been there this long, such as 30d
    #[arg(long, value_name = "D", value_parser = amount::duration, requires = "drop_quarantine")]
    older: Option<Duration>,
}

/// Runs `repair`.
///
/// # Errors
/// When there is no library, it cannot be opened, its disk fails, or a signal ended it.
pub fn run(ctx: &mut Context, args: &RepairArgs) -> Result<Exit, CliError> {
    let acts = ctx.yes && !ctx.dry_run;
    let mut report = Report::new(ctx, acts);
    if args.rebuild {
        let backup = args.from.as_deref();
        backup.map(opened).transpose()?;
        rebuild::run(ctx, !args.no_snapshot, backup, &mut report)?;
    } else if let Some(older) = args.older {
        drop_quarantine(ctx, older, &mut report)?;
    } else {
        put_right(ctx, args, &mut report)?;
    }
    report.end(ctx)
}

/// Removes what has been in quarantine for so long.
fn drop_quarantine(ctx: &Context, older: Duration, report: &mut Report) -> Result<(), CliError> {
    let library = library::open(ctx, access(report.acts))?;
    let told = Told::new(ctx);
    let age = i64::try_from(older.as_millis()).unwrap_or(i64::MAX);
    let needed = fix::drop_older(&library, age, told.work(report.acts))?;
    let because = |kept: fix::Kept| {
        Finding::of_file(
            Kind::Quarantined,
            kept.path,
            "an original may miss these bytes, or they cannot be read: `hypernet repair` or `repair --from BACKUP` first",
        )
    };
    report.left.extend(needed.into_iter().map(because));
    report.items = told.end();
    Ok(())
}

fn access(acts: bool) -> Access {
    if acts { Access::Alone } else { Access::Read }
}

/// A backup's folder.
fn opened(path: &Path) -> Result<Root, CliError> {
    fix::open_backup(path).map_err(|error| {
        let hint = "name the folder that `hypernet backup` wrote: it has a folder `users` in it; is its disk mounted?";
        let (code, why) = match &error {
            StoreError::Io { error, .. } if error.kind() == ErrorKind::NotFound => (Code::NotFound, String::new()),
            error => (Code::Usage, format!(": {error}")),
        };
        CliError::new(code, format!("there is no backup at {}{why}", shown_path(path))).hint(hint)
    })
}

/// The repairs of a library whose catalogue is whole.
fn put_right(ctx: &Context, args: &RepairArgs, report: &mut Report) -> Result<(), CliError> {
    let backup = args.from.as_deref().map(opened).transpose()?;
    let mut library = library::open(ctx, access(report.acts))?;
    let told = Told::new(ctx);
    if report.acts {
        settle(ctx, &library, &told)?;
    }
    let level = if backup.is_some() { Level::Data } else { Level::Default };
    let mut survey = told.survey(&library, level)?;
    refuse_damaged(&survey)?;
    if !survey.modes.is_empty() {
        fix::permissions(library.root(), &survey, told.work(report.acts));
        if report.acts {
            // What could not be read before may be seen now.
            survey = told.survey(&library, level)?;
        }
    }
    let undrawn = told.undrawn(&library, access(report.acts))?;
    if report.acts {
        if !survey.nothing() || undrawn.iter().any(|(_, needed)| !needed.is_empty()) {
            act(ctx, &mut library, &told, &mut survey, &undrawn, backup.as_ref())?;
        }
        report.snapshot = told.snapshot();
        // Seen anew: what search keeps in memory on this connection is from before others wrote.
        report.left = told.remaining(&library.of_owner(library.owner(), Access::Read)?)?;
    } else {
        steps(ctx, &mut library, None, &told, &mut survey, backup.as_ref())?;
        for (_, needed) in &undrawn {
            let drawable = redraw::drawable(&library, needed, ctx.config.jobs, &|| told.stops())?;
            for one in drawable {
                told.item(drawn(one));
            }
        }
        report.left = std::mem::take(&mut survey.beyond);
    }
    report.still(&survey.lost, library.root(), backup.is_some())?;
    if backup.is_none() {
        report.notes.push(UNREAD.to_owned());
    }
    report.items = told.end();
    Ok(())
}

/// Ends what earlier runs began and did not end. Nobody else is at work: the lock is held alone.
fn settle(ctx: &Context, library: &Library, told: &Told<'_>) -> Result<(), CliError> {
    let (halt, clock) = (AtomicBool::new(false), context::now);
    let warn = |event: import::Event<'_>| {
        if let import::Event::Warning(text) = event {
            ctx.out.talk.warn(&text);
        }
    };
    let run = import::Run { clock: &clock, on: &warn, stop: &told.stop, halt: &halt };
    import::settle(library, run)?;
    for operation in journal::running(library.catalogue(), COMMAND)? {
        journal::finish(library.catalogue(), operation, Outcome::Interrupted, ctx.now(), None)?;
    }
    Ok(())
}

/// A catalogue with damaged pages must not be written to.
fn refuse_damaged(survey: &Survey) -> Result<(), CliError> {
    let damage = survey.beyond.iter().find(|finding| matches!(finding.kind, Kind::Catalogue | Kind::Reference));
    damage.map_or(Ok(()), |finding| {
        let message = format!("the library is damaged: its catalogue is not whole: {}", finding.message);
        Err(CliError::new(Code::Damaged, message).hint(library::REBUILD))
    })
}

/// All of it, as one operation of the journal with a place in staging.
fn act(
    ctx: &Context,
    library: &mut Library,
    told: &Told<'_>,
    survey: &mut Survey,
    undrawn: &[(Owner, Vec<redraw::Undrawn>)],
    backup: Option<&Root>,
) -> Result<(), CliError> {
    if !survey.nothing() {
        told.keep_catalogue(library)?;
    }
    let operation = library.begin(COMMAND, ctx.now())?;
    let run = files::Run::start(library.root(), operation)?;
    let done = steps(ctx, library, Some((operation, &run)), told, survey, backup)
        .and_then(|()| draw(ctx, library, (operation, &run), told, undrawn))
        .and_then(|()| {
            // What was taken in has no thumbnail yet.
            let new = if told.has(Deed::TakenIn) { told.undrawn(library, Access::Write)? } else { Vec::new() };
            draw(ctx, library, (operation, &run), told, &new)
        });
    let outcome = match (&done, told.stops()) {
        (Err(_), _) => Outcome::Failed,
        (_, true) => Outcome::Interrupted,
        _ => Outcome::Success,
    };
    let ended = journal::finish(library.catalogue(), operation, outcome, ctx.now(), Some(&told.counts()));
    done?;
    ended?;
    Ok(run.finish(library.root())?)
}

/// The steps that need no drawing; without a run they only tell what they would do.
fn steps(
    ctx: &Context,
    library: &mut Library,
    run: Option<(i64, &files::Run)>,
    told: &Told<'_>,
    survey: &mut Survey,
    backup: Option<&Root>,
) -> Result<(), CliError> {
    let work = told.work(run.is_some());
    fix::put_back(library, survey, work)?;
    if let Some(backup) = backup {
        fix::mend(library, run.map(|(_, run)| run), backup, survey, work)?;
    }
    fix::set_aside(library, survey, work)?;
    if let Some((operation, run)) = run {
        let waiting = fix::waiting(library)?;
        take_in(ctx, library, (operation, run), told, &waiting)?;
    } else {
        let waiting = survey.waiting.iter().map(|one| one.path.clone());
        waiting.chain(fix::coming(library, survey)?).for_each(|path| told.item(taken(&path, None, "as new media")));
    }
    Ok(fix::rows(library, run.map_or(0, |(operation, _)| operation), survey, work)?)
}

fn taken(path: &str, id: Option<ObjectId>, message: &str) -> Item {
    Item::of_file(Deed::TakenIn, path, id, message)
}

/// Enters what stands in quarantine, each for its owner.
fn take_in(
    ctx: &Context,
    library: &Library,
    (operation, run): (i64, &files::Run),
    told: &Told<'_>,
    waiting: &[fix::Aside],
) -> Result<(), CliError> {
    let rules = adopt::Rules { zone: ctx.config.timezone, now: ctx.now(), jobs: ctx.config.jobs };
    for aside in waiting {
        if told.stops() {
            break;
        }
        let mut library = library.of_owner(aside.owner, Access::Write)?;
        let found = adopt::Found { path: aside.path.clone(), id: aside.id };
        match adopt::take_in(&mut library, operation, run, &found, rules)? {
            adopt::Fate::Entered(id, to) => told.item(taken(&aside.path, Some(id), &format!("to {to}"))),
            adopt::Fate::Known => {}
            adopt::Fate::Unreadable(why) => ctx.out.talk.warn(&format!("{}: {why}", aside.path)),
        }
    }
    Ok(())
}

/// Draws what has no whole thumbnail, each for its owner.
fn draw(
    ctx: &Context,
    library: &Library,
    (operation, run): (i64, &files::Run),
    told: &Told<'_>,
    undrawn: &[(Owner, Vec<redraw::Undrawn>)],
) -> Result<(), CliError> {
    // Many pictures wait for a decoder that is not there yet: trying them again changes nothing.
    let mut first = || told.keep_catalogue(library);
    for (owner, needed) in undrawn {
        let mut own = library.of_owner(*owner, Access::Write)?;
        redraw::all(&mut own, (operation, run, ctx.now()), needed, ctx.config.jobs, &mut first, &mut |one| {
            told.item(drawn(one));
            !told.stops()
        })?;
    }
    Ok(())
}

fn drawn(one: &redraw::Undrawn) -> Item {
    let message = if one.promised { "it was missing or damaged" } else { "there was none" };
    Item::of_file(Deed::Drawn, one.path.as_str(), Some(one.media.base.id), message)
}

/// What is told on the way, and kept for the end.
struct Told<'a> {
    ctx: &'a Context,
    items: Mutex<Vec<Item>>,
    snapshot: OnceLock<String>,
    progress: Progress,
    stop: Arc<AtomicBool>,
}

impl<'a> Told<'a> {
    fn new(ctx: &'a Context) -> Self {
        let (items, snapshot) = (Mutex::default(), OnceLock::new());
        Self { ctx, items, snapshot, progress: ctx.progress("repair", None, None), stop: ctx.stop() }
    }

    /// Makes a snapshot of the catalogue as it is before the first change, once.
    fn keep_catalogue(&self, library: &Library) -> Result<(), StoreError> {
        if self.snapshot.get().is_none() {
            let path = snapshot::before(library, COMMAND, self.ctx.now())?;
            self.snapshot.get_or_init(|| path);
        }
        Ok(())
    }

    fn snapshot(&self) -> Option<String> {
        self.snapshot.get().cloned()
    }

    fn work(&self, acts: bool) -> Work<'_> {
        Work { acts, now: self.ctx.now(), told: self }
    }

    fn survey(&self, library: &Library, level: Level) -> Result<Survey, CliError> {
        let on = |event: Event<'_>| match event {
            Event::Phase(name, files, bytes) => self.progress.phase(name, files, bytes),
            Event::Done(files, bytes) => self.progress.advance(files, bytes),
            Event::Found(_) => {}
        };
        let stops = || self.stops();
        Ok(fix::survey(library, level, self.ctx.config.jobs, self.ctx.now(), &stops, &on)?)
    }

    /// The problems that are still there.
    fn remaining(&self, library: &Library) -> Result<Vec<Finding>, CliError> {
        let mut report = self.survey(library, Level::Default)?.report;
        report.findings.retain(|finding| !finding.kind.is_note());
        Ok(report.findings)
    }

    /// Every user's pictures without a whole thumbnail.
    fn undrawn(&self, library: &Library, access: Access) -> Result<Vec<(Owner, Vec<redraw::Undrawn>)>, CliError> {
        self.progress.phase("thumbnails", None, None);
        let mut undrawn = Vec::new();
        for owner in rows::owners(library.catalogue())? {
            let own = library.of_owner(owner, access)?;
            undrawn.push((owner, redraw::needed(&own, self.ctx.config.jobs, &|| self.stops())?));
        }
        Ok(undrawn)
    }

    fn has(&self, deed: Deed) -> bool {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|item| item.deed == deed)
    }

    fn counts(&self) -> Value {
        let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        report::counts(&items)
    }

    fn end(self) -> Vec<Item> {
        self.progress.finish();
        self.items.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Told<'_> {
    fn item(&self, item: Item) {
        let Item { deed, path, id, message } = &item;
        self.ctx.out.event(&json!({ "event": "item", "action": deed, "path": path, "id": id, "message": message }));
        self.items.lock().unwrap_or_else(PoisonError::into_inner).push(item);
    }

    fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
