//! What there is to repair: one verification, sorted by what can be done about each finding.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::mend::Lost;
use super::quarantine::{self, Aside};
use crate::check::originals::{self, Place};
use crate::check::{self, Event, Finding, Kind, Level, Plan, Report};
use crate::model::Timestamp;
use crate::store::{Library, StoreError};

/// How long an orphan must lie still before it is set aside, in milliseconds.
const STILL: i64 = 60 * 60 * 1000;

/// What there is to repair.
#[derive(Debug)]
pub struct Survey {
    /// What verification said.
    pub report: Report,
    /// Paths with a wrong mode, and the mode each should have.
    pub modes: Vec<(String, u32)>,
    /// Originals that are missing, damaged or unreadable.
    pub lost: Vec<Lost>,
    /// Originals that no row names.
    pub orphans: Vec<String>,
    /// Files in quarantine that may be taken in.
    pub waiting: Vec<Aside>,
    /// How many counts are wrong.
    pub counts: u64,
    /// Whether the search tables differ from the rows.
    pub index: bool,
    /// Problems that no repair of this kind can do anything about.
    pub beyond: Vec<Finding>,
}

/// Verifies and sorts. `level` is [`Level::Data`] where a backup is at hand to mend from.
///
/// # Errors
/// Those of [`check::run`] and of the catalogue.
pub fn survey(
    library: &Library,
    level: Level,
    jobs: usize,
    now: Timestamp,
    stop: &(dyn Fn() -> bool + Sync),
    on: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Survey, StoreError> {
    let plan = Plan { level, sample: 1.0, draw: 0, jobs, after: None, only: None };
    // The report keeps the first of many; repairs want them all.
    let found = Mutex::new(Vec::new());
    let keep = |event: Event<'_>| match event {
        Event::Found(finding) => found.lock().unwrap_or_else(PoisonError::into_inner).push(finding.clone()),
        other => on(other),
    };
    let report = check::run(library, &plan, stop, &keep)?;
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut survey = Survey {
        report,
        modes: Vec::new(),
        lost: Vec::new(),
        orphans: Vec::new(),
        waiting: quarantine::waiting(library)?,
        counts: 0,
        index: false,
        beyond: Vec::new(),
    };
    let mut lost = BTreeSet::new();
    for finding in found {
        survey.sort(library, finding, now, &mut lost);
    }
    survey.lost = originals_of(library, &lost)?;
    Ok(survey)
}

impl Survey {
    fn sort(&mut self, library: &Library, finding: Finding, now: Timestamp, lost: &mut BTreeSet<Place>) {
        let place = finding.path.as_deref().and_then(Place::of);
        match (finding.kind, finding.path.as_deref()) {
            // Another account's files are for that account, or for the system's owner, to give away.
            (Kind::Permissions, Some(path)) if finding.message.starts_with("mode ") => {
                self.modes.extend(mode_of(path, library).map(|mode| (path.to_owned(), mode)));
            }
            (Kind::Missing | Kind::Size | Kind::Changed | Kind::Unreadable, Some(_)) if place.is_some() => {
                lost.extend(place);
            }
            (Kind::Orphan, Some(path)) if place.is_some() => {
                // A clock that went back must not make a file that was just written an old one.
                let still = super::age(library.path(), path, now).is_some_and(|age| age >= STILL);
                self.orphans.extend(still.then(|| path.to_owned()));
            }
            (Kind::Counter, _) => self.counts += 1,
            (Kind::Search, _) => self.index = true,
            (Kind::Catalogue, None) if of_search(&finding.message) => self.index = true,
            (kind, _) if kind.is_note() => {}
            _ => self.beyond.push(finding),
        }
    }

    /// Whether there is nothing to repair, as far as verification can tell: thumbnails are looked at on their own.
    pub fn nothing(&self) -> bool {
        self.modes.is_empty()
            && self.lost.is_empty()
            && self.orphans.is_empty()
            && self.waiting.is_empty()
            && self.counts == 0
            && !self.index
    }
}

/// Whether SQLite speaks of a table that is derived from the rows.
fn of_search(message: &str) -> bool {
    ["media_text", "album_text", "media_place"].iter().any(|table| message.contains(table))
}

/// The mode a path of the library should have.
fn mode_of(path: &str, library: &Library) -> Option<u32> {
    let stat = library.path().join(path).symlink_metadata().ok()?;
    let original = path.split('/').nth(2) == Some("media");
    match (stat.is_dir(), stat.is_file()) {
        (true, _) => Some(0o700),
        (_, true) if original => Some(0o400),
        (_, true) => Some(0o600),
        _ => None,
    }
}

fn originals_of(library: &Library, lost: &BTreeSet<Place>) -> Result<Vec<Lost>, StoreError> {
    if lost.is_empty() {
        return Ok(Vec::new());
    }
    let all = originals::rows_of(library)?.into_iter().filter(|original| lost.contains(&original.place));
    Ok(all.map(|one| Lost { path: one.place.path(), id: one.place.holder(), size: one.size, hash: one.hash }).collect())
}
