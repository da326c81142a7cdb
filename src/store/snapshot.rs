//! Snapshots: whole copies of the catalogue in `backups/`, seven of the last days and one from before each command that destroys.
//!
//! A snapshot has its name only once it is synced and was read back. Nothing here decides when one is due but the day.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rustix::fs::FlockOperation;

use super::{Access, Library, Root, StoreError, files, lock, migrate, open};
use crate::model::Timestamp;

/// Where they stand beneath the library.
pub const FOLDER: &str = "backups";
/// What a snapshot is called until it is whole.
const DRAFT: &str = ".new";
/// What SQLite may leave beside a draft.
const DRAFT_JOURNAL: &str = ".new-journal";
const DAILY: &str = "daily-";
const BEFORE: &str = "before-";

/// How many days are kept.
const DAYS: usize = 7;
/// How many from before something are kept, beside the last of each kind.
const KEPT: usize = 10;
/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How long a snapshot waits for another one of the same library.
const PATIENCE: Duration = Duration::from_mins(1);

/// How much of a snapshot is read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Every page: what a copy of a catalogue in use can have lost.
    Pages,
    /// Pages, indexes and references: what stands between a command that destroys and its mistake.
    Whole,
}

/// Makes a snapshot before a command that cannot be taken back, such as `purge`; gives its path beneath the library.
/// Where it fails, the command must not begin.
///
/// # Errors
/// `NoSnapshot`, with the reason.
pub fn before(library: &Library, what: &str, now: Timestamp) -> Result<String, StoreError> {
    let opened = open::connect(library.path(), Access::Read);
    let db = opened.map_err(|error| StoreError::NoSnapshot { what: what.to_owned(), error: Box::new(error) })?;
    before_at(library.root(), &db, what, now)
}

pub(super) fn before_at(root: &Root, db: &Connection, what: &str, now: Timestamp) -> Result<String, StoreError> {
    let make = || {
        let folder = root.make_dirs(FOLDER)?;
        if !hold(&folder, PATIENCE) {
            return Err(StoreError::Locked { holder: None });
        }
        make(root, db, &format!("{BEFORE}{what}-{}", stamp(now)), Check::Whole)
    };
    make().map_err(|error| StoreError::NoSnapshot { what: what.to_owned(), error: Box::new(error) })
}

/// Makes the snapshot of the day, if the last one, or the library, is a day old; gives its path beneath the library.
/// Nothing is done while another process makes one, and in the library of another account.
///
/// # Errors
/// Those of the catalogue and of the file system.
pub fn daily(library: &Library, now: Timestamp) -> Result<Option<String>, StoreError> {
    let root = library.root();
    // Root's snapshot in another account's library could not be read by its owner.
    if open::refuse_foreign(root).is_err() || !due(library, now)? {
        return Ok(None);
    }
    let folder = root.make_dirs(FOLDER)?;
    if !hold(&folder, Duration::ZERO) || !due(library, now)? {
        return Ok(None);
    }
    // A connection of its own: a reader's may not be used for it.
    let db = open::connect(library.path(), Access::Read)?;
    make(root, &db, &format!("{DAILY}{}", stamp(now)), Check::Pages).map(Some)
}

/// Copies the catalogue to `{folder}/{name}` beneath a root, read back as far as `check` says, synced; the name must be free.
///
/// # Errors
/// Those of the catalogue and of the file system; `Damaged` when what was read back is not whole.
pub fn copy(db: &Connection, root: &Root, folder: &str, name: &str, check: Check) -> Result<(), StoreError> {
    let draft = format!("{name}{DRAFT}");
    let whole = || {
        let at = root.path().join(folder).join(&draft);
        // SQLite would make it as the umask says; it fills an empty file as well.
        root.create_file(&format!("{folder}/{draft}"))?;
        let text = at.to_str().ok_or_else(|| StoreError::Damaged(format!("{} is no UTF-8 path", at.display())))?;
        db.execute("VACUUM INTO ?1", [text])?;
        let file = root.open_file(&format!("{folder}/{draft}"))?;
        file.sync_all().map_err(StoreError::io(&at))?;
        files::forget_cache(&file);
        read_back(&at, check)?;
        root.replace(&format!("{folder}/{draft}"), &format!("{folder}/{name}"))?;
        root.sync_dir(folder)
    };
    whole().inspect_err(|_| {
        // What is half there helps nobody, least of all on a full disk.
        let _ = root.remove(&format!("{folder}/{draft}"));
    })
}

fn read_back(at: &Path, check: Check) -> Result<(), StoreError> {
    let db = open::at_rest(at)?;
    match check {
        Check::Whole => migrate::check(&db),
        Check::Pages => migrate::check_pages(&db),
    }
}

fn make(root: &Root, db: &Connection, name: &str, check: Check) -> Result<String, StoreError> {
    let there = root.names(FOLDER)?;
    // A draft that was cut off, and a journal beside it.
    for left in there.iter().filter(|left| left.ends_with(DRAFT) || left.ends_with(DRAFT_JOURNAL)) {
        root.remove(&format!("{FOLDER}/{left}"))?;
    }
    let again = (2..1000).map(|k| format!("{name}-{k}.db"));
    let free = std::iter::once(format!("{name}.db")).chain(again).find(|name| !there.contains(name));
    let name = free.ok_or_else(|| StoreError::Damaged("no name is left for a snapshot".to_owned()))?;
    copy(db, root, FOLDER, &name, check)?;
    for old in outlived(root.names(FOLDER)?, &name) {
        root.remove(&format!("{FOLDER}/{old}"))?;
    }
    Ok(format!("{FOLDER}/{name}"))
}

/// Which snapshots go: all but the last days', the last few from before something, and the last of each kind of those; never the
/// one `made` just now. What claims to be later than that was named by a clock that was wrong: it counts as the oldest.
fn outlived(mut names: Vec<String>, made: &str) -> Vec<String> {
    let rank = |name: &String| (name == made, second(name) <= second(made), time(name).to_owned());
    // By time, the newest first: what stands before it is the kind.
    names.retain(|name| name.strip_suffix(".db").is_some() && kind(name).is_some());
    names.sort_by_cached_key(|name| std::cmp::Reverse(rank(name)));
    let (days, before): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.starts_with(DAILY));
    let mut seen = Vec::<String>::new();
    let mut kept = |at: usize, name: &str| {
        let kind = kind(name).unwrap_or_default().to_owned();
        let last = !seen.contains(&kind);
        seen.push(kind);
        last || at < KEPT
    };
    let before: Vec<_> = before.into_iter().enumerate().filter(|(at, name)| !kept(*at, name)).collect();
    days.into_iter().skip(DAYS).chain(before.into_iter().map(|(_, name)| name)).collect()
}

/// `daily`, or `before-purge`; `None` for what has another name than snapshots have.
fn kind(name: &str) -> Option<&str> {
    let at = name.len().checked_sub(time(name).len() + 1)?;
    let kind = name.get(..at)?;
    (kind == "daily" || kind.starts_with(BEFORE)).then_some(kind)
}

/// The part of a name that is a time, such as `2026-11-23T21-40-00Z.db`, and what tells it from another of the same second.
fn time(name: &str) -> &str {
    let year = |at: usize| name.as_bytes()[at..].iter().take(4).all(u8::is_ascii_digit);
    let at = name.find('T').and_then(|t| t.checked_sub("2026-11-23".len())).filter(|at| name.is_char_boundary(*at));
    at.filter(|at| year(*at)).map_or("", |at| &name[at..])
}

/// The same without what tells it from another of the same second.
fn second(name: &str) -> &str {
    time(name).split('Z').next().unwrap_or_default()
}

/// An instant as file names have it: in UTC, to the second, without colons.
pub fn stamp(now: Timestamp) -> String {
    let text = now.to_string();
    format!("{}Z", text.split('.').next().unwrap_or(&text).replace(':', "-"))
}

/// Whether the last daily snapshot is a day old, or there is none and the library is. One from the future counts as none.
fn due(library: &Library, now: Timestamp) -> Result<bool, StoreError> {
    let age = |then: i64| !(0..DAY).contains(&(now.millis() - then));
    let taken = |name: &String| {
        let text = time(name.strip_prefix(DAILY)?).split('Z').next()?.to_owned();
        let (date, clock) = text.split_once('T')?;
        Timestamp::parse(&format!("{date}T{}Z", clock.replace('-', ":"))).ok().map(Timestamp::millis)
    };
    let made = library.catalogue().query_row("SELECT created_at FROM library", [], |row| row.get(0))?;
    let there = library.root().names(FOLDER)?;
    Ok(age(made) && there.iter().filter_map(taken).all(age))
}

/// One process at a time makes snapshots. Where folders cannot be locked, the names still keep them apart.
fn hold(folder: &std::os::fd::OwnedFd, patience: Duration) -> bool {
    !matches!(lock::wait(folder, FlockOperation::NonBlockingLockExclusive, patience), Ok(false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::{library, now};

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn names_sort_by_time_and_say_what_for() {
        assert_eq!(stamp(now()), "2026-02-03T12-34-56Z");
        assert_eq!(kind("daily-2026-02-03T12-34-56Z.db"), Some("daily"));
        assert_eq!(kind("before-purge-2026-02-03T12-34-56Z-2.db"), Some("before-purge"));
        assert_eq!(["Tübingen.db", "my-Test.db", "x", "", "T"].map(kind), [None; 5]);
    }

    #[test]
    fn seven_days_are_kept_and_what_was_before_the_last_destruction_of_each_kind() {
        let days = (1..=9).map(|day| format!("daily-2026-01-0{day}T00-00-00Z.db"));
        let purges = (10..22).map(|day| format!("before-purge-2026-01-{day}T00-00-00Z.db"));
        let old = ["before-migrate-2025-01-01T00-00-00Z.db", "mine.db", "before-purge-2026-01-01T00-00-00Z.db.new"];
        let all = days.chain(purges).chain(old.map(str::to_owned)).collect();
        let mut gone = outlived(all, "before-purge-2026-01-21T00-00-00Z.db");
        gone.sort();
        let expected = ["before-purge-2026-01-10", "before-purge-2026-01-11", "daily-2026-01-01", "daily-2026-01-02"];
        assert_eq!(gone, expected.map(|name| format!("{name}T00-00-00Z.db")));
    }

    #[test]
    fn what_was_just_made_stays_whatever_times_the_others_claim() {
        for (kind, many) in [("before-purge-", 11), ("daily-", 8)] {
            let folder = tempfile::tempdir().unwrap();
            let library = library(folder.path());
            let future = |day: usize| format!("{kind}2099-01-{day:02}T00-00-00Z.db");
            for day in 1..=many {
                std::fs::write(folder.path().join(FOLDER).join(future(day)), "x").unwrap();
            }
            let next = at("2026-02-05T12:34:57Z");
            let made = if many == 8 {
                daily(&library, next).unwrap().unwrap()
            } else {
                before(&library, "purge", next).unwrap()
            };
            let mut left = library.root().names(FOLDER).unwrap();
            left.sort();
            assert_eq!(format!("{FOLDER}/{}", left[0]), made);
            // The one that is made, and the latest of the others beside it.
            assert_eq!(left[1..], (3..=many).map(future).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_day_has_one_snapshot_and_a_new_library_needs_none() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        assert_eq!(daily(&library, now()).unwrap(), None, "it was made just now");
        let next = at("2026-02-04T12:34:57Z");
        let made = daily(&library, next).unwrap().unwrap();
        assert_eq!(made, "backups/daily-2026-02-04T12-34-57Z.db");
        assert_eq!(library.root().stat(&made).unwrap().unwrap().1, 0o600);
        assert_eq!(daily(&library, next).unwrap(), None);
        assert_eq!(daily(&library, at("2026-02-05T12:34:56Z")).unwrap(), None);
        assert!(daily(&library, at("2026-02-05T12:34:57Z")).unwrap().is_some());
    }

    #[test]
    fn root_leaves_no_snapshot_in_a_library_of_another_account() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        if files::own_uid() == 0 {
            std::os::unix::fs::chown(folder.path(), Some(12_345), None).unwrap();
            assert_eq!(daily(&library, at("2026-02-04T12:34:57Z")).unwrap(), None);
            assert_eq!(library.root().names(FOLDER).unwrap(), Vec::<String>::new());
        }
    }

    #[test]
    fn what_a_killed_snapshot_left_goes_and_two_of_a_second_stay_apart() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        for left in ["before-purge-2026-02-03T12-34-56Z.db.new", "before-migrate-2026-02-03T12-34-55Z.db.new-journal"] {
            std::fs::write(folder.path().join("backups").join(left), "half").unwrap();
        }
        let two = [(), ()].map(|()| before(&library, "purge", now()).unwrap());
        assert_eq!(two, ["", "-2"].map(|k| format!("backups/before-purge-2026-02-03T12-34-56Z{k}.db")));
        assert_eq!(library.root().names(FOLDER).unwrap().len(), 2);
    }

    #[test]
    fn a_snapshot_that_cannot_be_made_is_an_error_that_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        std::fs::remove_dir(folder.path().join("backups")).unwrap();
        std::fs::write(folder.path().join("backups"), "in the way").unwrap();
        let error = before(&library, "purge", now()).unwrap_err();
        assert!(matches!(&error, StoreError::NoSnapshot { what, .. } if what == "purge"), "{error}");
    }
}
