//! A dry run: the same walk and the same reading, nothing staged, nothing written, with or without a library.

use std::collections::HashSet;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use super::decide::{Verdict, verdict};
use super::known::Known;
use super::queue::Queue;
use super::stage::{Probed, Taken};
use super::summary::{Action, Candidate, Failure, Item, Summary};
use super::workshop::{self, Workshop};
use super::{Event, ImportError, Options, Run, WAITING, scan};
use crate::model::Sha256;
use crate::store::{Library, Root};

/// What an import would do.
///
/// # Errors
/// What would end the whole run.
pub fn preview(library: Option<&Library>, options: &Options, run: Run<'_>) -> Result<Summary, ImportError> {
    let mut summary = Summary::new((run.clock)());
    summary.dry_run = true;
    let found = Queue::default();
    let (probed, staged) = sync_channel(WAITING);
    let pool = super::pool(options.jobs)?;
    let root = library.map_or(Path::new("/nowhere"), Library::path).to_owned();
    let known = library.map(Known::new);
    let memory = library.filter(|_| !options.rehash).map(Library::reader).transpose()?;
    let shop = Workshop::dry(Root::open(Path::new("/"))?, options, run, known);
    std::thread::scope(|threads| {
        let settled = probed.clone();
        let (found, shop, pool) = (&found, &shop, &pool);
        super::spawn(threads, move || scan::walk(&root, options, memory, run, found, settled))?;
        // Closed also where the thread cannot be started: the walk must not wait for workers that never come.
        let closing = found.closing();
        super::spawn(threads, move || {
            let _closing = closing;
            pool.broadcast(|_| workshop::work(shop, found, &probed));
        })?;
        let ended = count(library, options, run, &staged, &mut summary);
        run.halt.store(ended.is_err(), std::sync::atomic::Ordering::Relaxed);
        drop(staged);
        ended
    })?;
    summary.end((run.clock)(), run.stopped(), false);
    Ok(summary)
}

fn count(
    library: Option<&Library>,
    options: &Options,
    run: Run<'_>,
    staged: &Receiver<Probed>,
    summary: &mut Summary,
) -> Result<(), ImportError> {
    let mut seen = HashSet::new();
    for probed in staged {
        let items = match probed {
            Probed::Settled(items) => items,
            Probed::Present { candidate, id } => {
                vec![Item::new(Action::Duplicate, &candidate.path, Some(id), candidate.stat.size)]
            }
            Probed::Refused(refused) => vec![refused.item()],
            Probed::Read(taken) => vec![would(library, options, &taken, &mut seen)?],
            Probed::Fatal(error) => return Err(*error),
        };
        for item in &items {
            summary.count(item);
            (run.on)(Event::Item(item));
        }
    }
    Ok(())
}

fn would(
    library: Option<&Library>,
    options: &Options,
    taken: &Taken,
    seen: &mut HashSet<Sha256>,
) -> Result<Item, ImportError> {
    let Candidate { path, stat } = &taken.candidate;
    let item = |action| Item::new(action, path, None, stat.size);
    let first = seen.insert(taken.hash);
    let verdict = library.map(|library| verdict(library.catalogue(), &taken.hash, path, options)).transpose()?;
    Ok(match verdict.unwrap_or(Verdict::New) {
        Verdict::New | Verdict::Restore(_) if first || options.dup == super::Dup::Keep => item(Action::Imported),
        Verdict::Copy { .. } => item(Action::Imported),
        Verdict::New | Verdict::Restore(_) | Verdict::Duplicate(_) => item(Action::Duplicate),
        Verdict::Trashed => item(Action::Skipped).because(&Failure::new("in_trash", "it was deleted")),
        Verdict::Purged => item(Action::Skipped).because(&Failure::new("purged", "it was purged")),
    })
}
