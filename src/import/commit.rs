//! Step 7 of the protocol: a batch's rows, links and journal in one transaction, after its files are published and synced.
//!
//! Only after the commit is anything reported, and only then may a source go.

use std::collections::HashMap;

use super::batch::{Entry, Writer};
use super::decide::{Verdict, verdict};
use super::fields::{self, Draft};
use super::refusal::{Refused, Remember, word};
use super::stage::Taken;
use super::summary::{Action, Candidate, Failure, Item};
use super::{Event, ImportError, Mode, Options, names, publish, source};
use crate::album::{self, Target};
use crate::link::{self, End};
use crate::model::link::{LinkType, Strength};
use crate::model::media::ProcessingStatus;
use crate::model::text::AlbumName;
use crate::model::{Media, Sha256, SourceType, media as model};
use crate::store::sources::{self, Fate};
use crate::store::{StoreError, Tx, media, object, stored_file, trash, user};
use crate::template::Template;

/// How long before the run a file must have changed to be remembered: one being written may change within its clock's tick.
const AT_REST_MS: i64 = 2000;

/// The albums of this run, by name.
#[derive(Default)]
pub struct Books {
    albums: HashMap<String, Target>,
}

/// A read file with what it would become.
struct Plan {
    taken: Box<Taken>,
    draft: Option<Draft>,
    /// Whether its original and thumbnail stand under their final names.
    published: bool,
    /// Why it is not taken in after all.
    unfit: Option<Failure>,
}

/// What one transaction did, reported once it is durable.
#[derive(Default)]
struct Done {
    items: Vec<Item>,
    waiting: Vec<Entry>,
    /// Published files that turned out not to be needed.
    lost: Vec<Draft>,
    /// Sources whose bytes are in the library.
    held: Vec<(Candidate, Sha256)>,
    /// Bytes no worker needs to hold back for any more.
    settled: Vec<Sha256>,
    albums_created: u64,
    links_created: u64,
    damaged: u64,
    months: Vec<i32>,
    warnings: Vec<String>,
}

/// Decides, publishes and commits a batch; gives back the files whose bytes another worker still has in hand.
///
/// # Errors
/// What ends the whole run.
pub fn all(writer: &mut Writer<'_>, entries: Vec<Entry>) -> Result<Vec<Entry>, ImportError> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    if entries.iter().all(Entry::leaves_no_trace) {
        for entry in &entries {
            writer.say(entry);
        }
        return Ok(Vec::new());
    }
    let staging = writer.staging()?;
    let now = (writer.run.clock)();
    let (mut plans, mut others) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Read(taken) => plans.push(plan(writer, taken)?),
            other => others.push(other),
        }
    }
    // Those with bytes first: others of the batch may be their duplicates.
    plans.sort_by_key(|plan| plan.taken.staged.is_none());
    publish_plans(writer, &mut plans)?;
    let (options, started) = (writer.options, writer.summary.started_at);
    let books = &mut writer.books;
    let done = writer.library.write(staging.operation, now, |tx| -> Result<Done, ImportError> {
        let mut commit = Commit { tx, options, books, at_rest: started.millis() - AT_REST_MS, done: Done::default() };
        for plan in plans {
            commit.plan(plan)?;
        }
        for entry in others {
            commit.other(entry)?;
        }
        Ok(commit.done)
    })?;
    report(writer, done)
}

fn plan(writer: &Writer<'_>, taken: Box<Taken>) -> Result<Plan, ImportError> {
    let verdict = verdict(writer.library.catalogue(), &taken.hash, &taken.candidate.path, writer.options)?;
    let wanted = match verdict {
        Verdict::New => taken.staged.is_some(),
        Verdict::Copy { .. } => true,
        _ => false,
    };
    let now = (writer.run.clock)();
    let draft = taken.facts.as_ref().filter(|_| wanted);
    let draft = draft.map(|facts| fields::draft(&taken, facts, writer.options.into(), writer.library.owner().id, now));
    let draft = draft.transpose().map_err(crate::store::StoreError::from)?;
    let unfit = if matches!(verdict, Verdict::Duplicate(_) | Verdict::Restore(_)) {
        lost_original(writer, &taken.hash)?
    } else {
        None
    };
    // A new one without a draft waits for the worker that has its bytes in hand, and may become a copy with a thumbnail of its own.
    if draft.is_none() && verdict != Verdict::New {
        discard(writer, &taken)?;
    }
    Ok(Plan { taken, draft, published: false, unfit })
}

/// What was staged and is not needed goes at once: a second import of one tree must not stage it all a second time.
fn discard(writer: &Writer<'_>, taken: &Taken) -> Result<(), ImportError> {
    let staging = writer.staging()?;
    let drawn = taken.picture.drawn.as_ref().map(|(name, _)| name);
    for name in taken.staged.iter().chain(drawn) {
        staging.run.discard(name);
    }
    Ok(())
}

/// Nobody may be told that bytes are here, and throw their own away, when the library's copy is not.
fn lost_original(writer: &Writer<'_>, hash: &Sha256) -> Result<Option<Failure>, ImportError> {
    let (library, owner) = (&writer.library, writer.library.owner().id);
    let Some(file) = stored_file::by_hash(library.catalogue(), hash)? else { return Ok(None) };
    let path = file.path(owner).map_err(crate::store::StoreError::from)?;
    let there = library.root().stat(path.as_str())?.is_some_and(|(size, _)| size == file.size);
    let why = || {
        format!("the library should hold these bytes at {path} and does not: keep this file, and see `hypernet verify`")
    };
    Ok((!there).then(|| Failure::new("original_missing", why())))
}

fn publish_plans(writer: &mut Writer<'_>, plans: &mut [Plan]) -> Result<(), ImportError> {
    let staging = writer.staging()?;
    let wanted: Vec<_> = plans.iter().filter_map(|plan| Some((&*plan.taken, plan.draft.as_ref()?))).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let results = publish::all(writer.library.root(), &staging, &mut writer.folders, &wanted)?;
    for (plan, result) in plans.iter_mut().filter(|plan| plan.draft.is_some()).zip(results) {
        let named = |error| Failure::new(word(&error), format!("it could not be given its name: {error}"));
        // Nothing was published of a file that was not staged, however well that went.
        plan.published = plan.taken.staged.is_some() && result.original.is_ok();
        plan.unfit = result.original.err().map(named);
        if let (false, Some(draft)) = (result.thumbnail, &mut plan.draft) {
            draft.undrawn();
        }
    }
    Ok(())
}

struct Commit<'a, 'tx> {
    tx: &'a Tx<'tx>,
    options: &'a Options,
    books: &'a mut Books,
    at_rest: i64,
    done: Done,
}

impl Commit<'_, '_> {
    fn plan(&mut self, mut plan: Plan) -> Result<(), ImportError> {
        if let Some(why) = plan.unfit.take() {
            let candidate = &plan.taken.candidate;
            let item = Item::new(Action::Failed, &candidate.path, None, candidate.stat.size).because(&why);
            self.done.items.push(item);
            return Ok(());
        }
        let found = verdict(self.tx, &plan.taken.hash, &plan.taken.candidate.path, self.options)?;
        self.done.settled.push(plan.taken.hash);
        match (found, plan.draft.take()) {
            (Verdict::New, Some(draft)) if plan.published => self.enter(&plan.taken, draft),
            (Verdict::Copy { copy, of }, Some(draft)) => self.copy(&plan.taken, draft, copy, of),
            (Verdict::New | Verdict::Copy { .. }, _) => {
                self.done.waiting.push(Entry::Read(plan.taken));
                Ok(())
            }
            (Verdict::Duplicate(n), draft) => {
                self.lose(draft, plan.published);
                self.held(&plan.taken.candidate, n, Action::Duplicate)?;
                self.done.held.push((plan.taken.candidate.clone(), plan.taken.hash));
                Ok(())
            }
            (Verdict::Restore(n), draft) => {
                self.lose(draft, plan.published);
                if let Some(entry) = trash::by_n(self.tx, n, model::KIND)? {
                    trash::restore(self.tx, &entry)?;
                }
                self.held(&plan.taken.candidate, n, Action::Imported)
            }
            (Verdict::Trashed | Verdict::Purged, draft) => {
                self.lose(draft, plan.published);
                self.deleted(&plan.taken.candidate, found);
                Ok(())
            }
        }
    }

    fn enter(&mut self, taken: &Taken, draft: Draft) -> Result<(), ImportError> {
        if let Some(why) = self.over_quota(draft.media.size)? {
            let candidate = &taken.candidate;
            self.done.items.push(Item::new(Action::Failed, &candidate.path, None, candidate.stat.size).because(&why));
            self.lose(Some(draft), true);
            return Ok(());
        }
        stored_file::insert(self.tx, &media::stored(&draft.media, draft.month))?;
        let n = media::insert(self.tx, &draft.media, &draft.inner)?;
        self.done.damaged += u64::from(draft.media.processing_status == ProcessingStatus::Failed);
        self.done.months.push(draft.month);
        self.held_as(&taken.candidate, n, &draft.media, Action::Imported)?;
        self.done.held.push((taken.candidate.clone(), taken.hash));
        Ok(())
    }

    /// A further media over bytes that are here (ruling 6).
    fn copy(&mut self, taken: &Taken, mut draft: Draft, copy: i64, of: i64) -> Result<(), ImportError> {
        draft.inner.copy = copy;
        let month = draft.month;
        let (id, owner) = (draft.media.base.id, self.tx.owner());
        let n = media::insert(self.tx, &draft.media, &draft.inner)?;
        let Some(first) = media::by_n(self.tx, owner, of)? else { return Ok(()) };
        let from = End { n, id, kind: model::KIND };
        let to = End { n: of, id: first.base.id, kind: model::KIND };
        let made = link::make(self.tx, from, to, LinkType::DuplicateOf, SourceType::System, Some(Strength::SAME_BYTES));
        self.done.links_created += u64::from(made.map_err(album::AlbumError::from)?.is_some());
        self.done.months.push(month);
        self.held_as(&taken.candidate, n, &draft.media, Action::Imported)?;
        if taken.staged.is_some() {
            let mut lost = draft;
            // Its thumbnail stays: the copy shows it. Only its bytes were one too many.
            lost.media.thumbnail_path = None;
            self.lose(Some(lost), true);
        }
        self.done.held.push((taken.candidate.clone(), taken.hash));
        Ok(())
    }

    fn other(&mut self, entry: Entry) -> Result<(), ImportError> {
        match entry {
            Entry::Present(candidate, id) => match object::find(self.tx, id)? {
                Some((n, _)) => self.held(&candidate, n, Action::Duplicate),
                None => Ok(()),
            },
            Entry::Refused(refused) => self.refused(&refused),
            Entry::Read(_) => Ok(()),
        }
    }

    fn refused(&mut self, refused: &Refused) -> Result<(), ImportError> {
        let Refused { candidate, why, failed, remember } = refused;
        if let (Remember::Content(mime), true) = (remember, self.rests(candidate)) {
            let fate = if *failed { Fate::Failed(why.code) } else { Fate::Skipped(mime.map(|mime| mime.name)) };
            sources::remember(self.tx, &candidate.path, &candidate.stat, &fate)?;
        }
        self.done.items.push(refused.item());
        Ok(())
    }

    fn deleted(&mut self, candidate: &Candidate, verdict: Verdict) {
        let (code, how) = if verdict == Verdict::Purged { ("purged", "purged") } else { ("in_trash", "deleted") };
        let why = Failure::new(code, format!("it was {how}; --include-deleted takes it in again"));
        self.done.items.push(Item::new(Action::Skipped, &candidate.path, None, candidate.stat.size).because(&why));
    }

    fn held(&mut self, candidate: &Candidate, n: i64, action: Action) -> Result<(), ImportError> {
        let Some(media) = media::by_n(self.tx, self.tx.owner(), n)? else { return Ok(()) };
        self.held_as(candidate, n, &media, action)
    }

    /// Notes where a media was seen, puts it into its albums and gives it its tags.
    fn held_as(&mut self, candidate: &Candidate, n: i64, media: &Media, action: Action) -> Result<(), ImportError> {
        sources::see(self.tx, n, &candidate.path)?;
        if self.rests(candidate) {
            sources::remember(self.tx, &candidate.path, &candidate.stat, &Fate::Stored(n, media.mime.name))?;
        }
        if !self.options.albums.is_empty() || !self.options.tags.is_empty() {
            self.sort_in(candidate, n, media)?;
        }
        self.done.items.push(Writer::item(action, candidate, media.base.id));
        Ok(())
    }

    fn sort_in(&mut self, candidate: &Candidate, n: i64, media: &Media) -> Result<(), ImportError> {
        let names = |templates: &[Template]| names::of(templates, media, &candidate.path);
        for name in names(&self.options.albums) {
            let Some(name) = AlbumName::of(&name) else { continue };
            let target = match self.books.albums.get(name.as_str()) {
                Some(target) => *target,
                None => album::named(self.tx, &name)?,
            };
            self.done.albums_created += u64::from(target.made);
            self.books.albums.insert(name.to_string(), target.again());
            self.done.links_created += u64::from(album::add(self.tx, target, n, media.base.id)?);
        }
        match media::add_tags(self.tx, n, &names(&self.options.tags)) {
            // Its bytes are here and its albums know it: metadata that takes no tag is no reason to stop.
            Err(StoreError::Invalid(why)) => {
                self.done.warnings.push(format!("{}: it got no tags: {why}", candidate.path.display()));
                Ok(())
            }
            told => Ok(told.map(drop)?),
        }
    }

    fn rests(&self, candidate: &Candidate) -> bool {
        candidate.stat.mtime_ns / 1_000_000 <= self.at_rest
    }

    fn over_quota(&self, size: u64) -> Result<Option<Failure>, ImportError> {
        let Some(quota) = self.options.quota else { return Ok(None) };
        let used = user::me(self.tx)?.storage_used;
        let why = || format!("{used} of {quota} bytes are used; limits.quota in the configuration says so");
        Ok((used.saturating_add(size) > quota).then(|| Failure::new("quota", why())))
    }

    fn lose(&mut self, draft: Option<Draft>, published: bool) {
        // A further copy publishes no original of its own: the path its draft names is nobody's.
        self.done.lost.extend(draft.filter(|_| published));
    }
}

/// Step 8: what is durable is said; what was one too many goes; sources go if they may.
fn report(writer: &mut Writer<'_>, done: Done) -> Result<Vec<Entry>, ImportError> {
    writer.summary.albums_created += done.albums_created;
    writer.summary.links_created += done.links_created;
    writer.summary.damaged += done.damaged;
    for month in done.months {
        *writer.summary.months.entry((month / 100, (month % 100).unsigned_abs())).or_default() += 1;
    }
    for item in &done.items {
        writer.settle(item);
    }
    done.warnings.into_iter().for_each(|warning| (writer.run.on)(Event::Warning(warning)));
    for lost in &done.lost {
        let thumbnail = lost.media.thumbnail_path.as_ref();
        for path in std::iter::once(&lost.media.file_path).chain(thumbnail) {
            // What stays is an orphan that `verify` names; the batch is durable and is not undone for it.
            let _ = writer.library.root().remove(path.as_str());
        }
    }
    for hash in &done.settled {
        writer.shop.release(hash);
    }
    if writer.options.mode == Mode::Move && writer.shop.clean() {
        for (candidate, hash) in &done.held {
            if writer.run.stopped() {
                break;
            }
            source::remove(writer, candidate, hash)?;
        }
    }
    Ok(done.waiting)
}
