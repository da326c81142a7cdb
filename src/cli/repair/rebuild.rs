//! `hypernet repair --rebuild`: a new catalogue from the newest good snapshot and the originals, put in place of a lost one.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use super::report::Report;
use super::{COMMAND, Told};
use crate::check::repair::{self as fix, Deed, Item, Listener};
use crate::check::{Finding, Kind};
use crate::cli::context::Context;
use crate::cli::error::{CliError, Code};
use crate::cli::format;
use crate::cli::founder::founder;
use crate::import::adopt::{self, Fate, Found, Rules};
use crate::model::ObjectId;
use crate::store::journal::{self, Outcome};
use crate::store::rebuild::{Basis, Site, State};
use crate::store::{Library, Owner, StoreError, repair as rows, stored_file};

/// What no original can tell.
const LOST: &str = "what only the catalogue knew is not in the originals: albums, links, tags, descriptions, other edits, and the names \
                    and places of files before they came";

/// What originals alone do not say either.
const TRUSTED: &str = "nothing was there to compare the originals with: damaged bytes are entered as they are, and what was in the trash \
                       comes back; if there is a backup, name it: `hypernet repair --rebuild --from BACKUP`";

/// What is newer than a snapshot.
const SINCE: &str = "what was changed since that snapshot is lost; originals that came since are entered without names, albums and tags";

/// Originals by user: where each stands, and the id its name has.
type Originals = BTreeMap<ObjectId, Vec<(String, ObjectId)>>;

/// Makes the catalogue anew, or says of what it would be made.
///
/// # Errors
/// When nothing of a library is there, another run holds it, or its disk fails.
pub fn run(ctx: &Context, snapshots: bool, backup: Option<&Path>, report: &mut Report) -> Result<(), CliError> {
    let site = Site::open(ctx.library()?, ctx.lock_timeout, report.acts)?;
    let told = Told::new(ctx);
    let mut state = site.state()?;
    // What an earlier run had made is only for a catalogue that is lost still.
    if report.acts && matches!(state, State::Lost(_)) && site.finish(ctx.now())? {
        told.item(rebuilt("the new catalogue an earlier run had made was put in place"));
        state = site.state()?;
    }
    match state {
        State::Whole(id) => {
            if report.acts {
                site.discard()?;
            }
            whole(&site, id, &told, report)?;
        }
        State::Lost(why) => {
            report.notes.push(format!("the catalogue cannot be used: {why}"));
            let basis = site.basis(snapshots, backup)?;
            anew(ctx, &site, &basis, backup, &told, report)?;
        }
    }
    report.items = told.end();
    Ok(())
}

fn rebuilt(message: impl Into<String>) -> Item {
    Item::of_catalogue(Deed::Rebuilt, message)
}

/// There is nothing to make anew but perhaps the marker file.
fn whole(site: &Site, id: ObjectId, told: &Told<'_>, report: &mut Report) -> Result<(), CliError> {
    report.notes.push("the catalogue is whole; what else is wrong, `hypernet repair` puts right".to_owned());
    if !site.is_marked() {
        if report.acts {
            site.mark()?;
        }
        told.item(rebuilt(format!("the file that marks this folder as library {id}")));
    }
    Ok(())
}

fn anew(
    ctx: &Context,
    site: &Site,
    basis: &Basis,
    backup: Option<&Path>,
    told: &Told<'_>,
    report: &mut Report,
) -> Result<(), CliError> {
    let originals = fix::on_disk(site.root())?;
    let count: usize = originals.values().map(Vec::len).sum();
    let count = format::plural(count as u64, "original", "originals");
    let passed = basis.passed.iter().map(|(path, why)| format!("{} cannot be used: {why}", path.display()));
    report.notes.extend(passed);
    let (notes, from) = match &basis.snapshot {
        Some(path) => (&[SINCE][..], format!("from {}, and what {count} hold beyond it", path.display())),
        None => (&[LOST, TRUSTED][..], format!("from {count} alone")),
    };
    report.notes.extend(notes.iter().copied().map(str::to_owned));
    if report.acts {
        make(ctx, site, basis, originals, told, report)?;
    }
    if let Some(backup) = backup {
        let backup = backup.display();
        report.notes.push(format!("next, compare the originals with it: `hypernet repair --from {backup}`"));
    }
    if !told.stops() {
        told.item(rebuilt(from));
    }
    Ok(())
}

/// Drafts it, enters what the originals hold beyond it, and puts it in place.
fn make(
    ctx: &Context,
    site: &Site,
    basis: &Basis,
    mut originals: Originals,
    told: &Told<'_>,
    report: &mut Report,
) -> Result<(), CliError> {
    let mut users: Vec<ObjectId> = originals.keys().copied().collect();
    users.sort_by_key(|user| std::cmp::Reverse(originals[user].len()));
    let draft = site.draft(basis, &founder(ctx, None, None)?, &users)?;
    let owners = rows::owners(&draft.connect()?)?;
    for owner in owners {
        let found = originals.remove(&owner.id).unwrap_or_default();
        enter(ctx, &mut draft.library(owner)?, owner, found, told, report)?;
    }
    if basis.snapshot.is_none() {
        refuse_empty(told, report)?;
    }
    for (path, id) in originals.into_values().flatten() {
        report.left.push(Finding::of_file(Kind::Orphan, path, "its user is not in the snapshot").about(id));
    }
    if !told.stops() {
        draft.ready()?;
        if !site.finish(ctx.now())? {
            return Err(CliError::new(Code::Locked, "the catalogue in place was changed while a new one was made")
                .hint("another program is at work on it: end it, then look again with `hypernet repair --rebuild`"));
        }
        site.mark()?;
        report.notes.push(
            "thumbnails that are missing and files that belong to nothing: `hypernet repair` puts them right"
                .to_owned(),
        );
    }
    Ok(())
}

/// A catalogue of nothing is not put in place: where not one original could be read, it is the machine that cannot.
fn refuse_empty(told: &Told<'_>, report: &Report) -> Result<(), CliError> {
    let unread = report.left.iter().find(|finding| finding.kind == Kind::Unreadable && !told.has(Deed::TakenIn));
    unread.map_or(Ok(()), |finding| {
        let message = format!("not one original could be read, so no catalogue was made: {}", finding.message);
        Err(CliError::new(Code::Io, message)
            .hint("mend that, or look at who may read the library and what `ulimit` allows, and run it again"))
    })
}

/// Enters one user's originals that have no row.
fn enter(
    ctx: &Context,
    library: &mut Library,
    owner: Owner,
    found: Vec<(String, ObjectId)>,
    told: &Told<'_>,
    report: &mut Report,
) -> Result<(), CliError> {
    let mut known = HashSet::new();
    stored_file::each(library.catalogue(), |file| -> Result<(), StoreError> {
        known.insert(file.path(owner.id)?.to_string());
        Ok(())
    })?;
    let beyond: Vec<_> =
        found.into_iter().filter(|(path, _)| !known.contains(path)).map(|(path, id)| Found { path, id }).collect();
    if beyond.is_empty() {
        return Ok(());
    }
    let operation = library.begin(COMMAND, ctx.now())?;
    let rules = Rules { zone: ctx.config.timezone, now: ctx.now(), jobs: ctx.config.jobs };
    told.progress.phase("read", Some(beyond.len() as u64), None);
    adopt::in_place(library, operation, &beyond, rules, &mut |one, fate| {
        told.progress.advance(1, 0);
        match fate {
            Fate::Entered(id, _) => told.item(Item::of_file(Deed::TakenIn, &one.path, Some(id), "from its own bytes")),
            Fate::Known => {
                let why = "another original has its bytes, or its id is taken";
                report.left.push(Finding::of_file(Kind::Orphan, &one.path, why).about(one.id));
            }
            Fate::Unreadable(why) => report.left.push(Finding::of_file(Kind::Unreadable, &one.path, why).about(one.id)),
        }
        !told.stops()
    })?;
    Ok(journal::finish(library.catalogue(), operation, Outcome::Success, ctx.now(), None)?)
}
