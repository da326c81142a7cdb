//! The library as `doctor` sees it: whether it is there and opens, how big its catalogue is, and the disk it lies on.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Check;
use crate::cli::context::Context;
use crate::cli::error::{CliError, Code};
use crate::cli::{format, library};
use crate::model::Timestamp;
use crate::store::{Access, Library, StoreError, files, migrate};

/// Below this much free space an import soon ends, in bytes.
const LOW: u64 = 2_000_000_000;

/// How far a clock may have gone back before it is worth telling, in milliseconds.
const SLACK: i64 = 60 * 60 * 1000;

/// A file system: the number the system gives it, its name, and whether its files can share blocks.
struct FileSystem(u64, &'static str, Sharing);

/// Whether copies cost no space.
#[derive(Clone, Copy, PartialEq)]
enum Sharing {
    Yes,
    /// If it was made so.
    Perhaps,
    No,
}

const FILE_SYSTEMS: &[FileSystem] = &[
    FileSystem(0xef53, "ext4", Sharing::No),
    FileSystem(0x9123_683e, "btrfs", Sharing::Yes),
    FileSystem(0x5846_5342, "XFS", Sharing::Perhaps),
    FileSystem(0xca45_1a4e, "bcachefs", Sharing::Yes),
    FileSystem(0x2fc1_2fc1, "ZFS", Sharing::Perhaps),
    FileSystem(0xf2f5_2010, "F2FS", Sharing::No),
    FileSystem(TMPFS, "tmpfs", Sharing::No),
    FileSystem(0x794c_7630, "overlay", Sharing::Perhaps),
    FileSystem(0x4d44, "FAT", Sharing::No),
    FileSystem(0x2011_bab0, "exFAT", Sharing::No),
    FileSystem(0x7366_746e, "NTFS", Sharing::No),
    FileSystem(0x6969, "NFS", Sharing::Perhaps),
    FileSystem(0xff53_4d42, "SMB", Sharing::Perhaps),
    FileSystem(0xfe53_4d42, "SMB", Sharing::Perhaps),
    FileSystem(0x6573_5546, "FUSE", Sharing::No),
    FileSystem(0x0102_1997, "9p", Sharing::No),
];

const TMPFS: u64 = 0x0102_1994;

/// Everything about the library and its disk.
pub(super) fn checks(ctx: &Context) -> Vec<Check> {
    let path = match ctx.library() {
        Ok(path) => path,
        Err(error) => return vec![unopened(&error)],
    };
    let mut checks = match library::open(ctx, Access::Read) {
        Ok(library) => opened(ctx, &library).unwrap_or_else(|error| vec![failed(&error.into()).at(path)]),
        Err(error) => vec![unopened(&error).at(path)],
    };
    checks.extend(standing(path).map(|place| disk(&place)));
    checks
}

fn unopened(error: &CliError) -> Check {
    match error.code() {
        Code::NoLibrary => {
            Check::note("library", "there is none yet").next("hypernet init, or hypernet import ~/Pictures")
        }
        Code::Locked => Check::note("library", "another run has it to itself just now"),
        _ => failed(error),
    }
}

fn failed(error: &CliError) -> Check {
    let check = Check::problem("library", error.message());
    match error.hinted() {
        Some(hint) => check.next(hint),
        None => check,
    }
}

fn opened(ctx: &Context, library: &Library) -> Result<Vec<Check>, StoreError> {
    let db = library.catalogue();
    let objects: i64 = db.query_row("SELECT count(*) FROM object", [], |row| row.get(0))?;
    let latest: Option<i64> = db.query_row("SELECT max(started_at) FROM operation", [], |row| row.get(0))?;
    let objects = format::plural(objects.cast_unsigned(), "object", "objects");
    let message = format!("opens; schema {}, {objects}", migrate::version(db)?);
    let mut checks =
        vec![Check::ok("library", message).at(library.path()), catalogue(library.path()), folder(library.path())];
    let runs = files::survey(library.root())?;
    let (alive, dead) = (runs.iter().filter(|run| run.alive).count(), runs.iter().filter(|run| !run.alive).count());
    if alive > 0 {
        checks.push(Check::ok("runs", format!("{} at work", format::plural(alive as u64, "run", "runs"))));
    }
    if dead > 0 {
        let cut = format!("{} cut off", format::plural(dead as u64, "run was", "runs were"));
        checks.push(Check::note("runs", cut).next("the next import clears this up"));
    }
    checks.extend(latest.and_then(|latest| behind(ctx.now(), latest)));
    Ok(checks)
}

/// A clock that is behind what the journal has seen makes new photos look old.
fn behind(now: Timestamp, latest: i64) -> Option<Check> {
    let latest = Timestamp::from_millis(latest).ok()?;
    let message = format!("the clock says {now}, but the library was changed at {latest}");
    (latest.millis() - now.millis() > SLACK).then(|| Check::problem("journal", message).next("set the clock"))
}

fn catalogue(path: &Path) -> Check {
    let size = |name: &str| fs::metadata(path.join(name)).map_or(0, |stat| stat.len());
    let (whole, log) = (size("catalog.db"), size("catalog.db-wal"));
    let waiting = if log > 0 { format!(", and {} not merged into it yet", format::bytes(log)) } else { String::new() };
    Check::ok("catalogue", format!("{}{waiting}", format::bytes(whole)))
}

/// Who may look into it: a library is one person's.
fn folder(path: &Path) -> Check {
    let Ok(stat) = fs::metadata(path) else { return Check::problem("folder", "cannot be looked at") };
    let (mode, own) = (stat.mode() & 0o777, files::own_uid());
    if stat.uid() != own {
        let message = format!("belongs to account {}, you are account {own}", stat.uid());
        return Check::note("folder", message).next("use it from the account that made it");
    }
    match mode & 0o077 {
        0 => Check::ok("folder", "only you can look into it"),
        _ => Check::problem("folder", format!("other accounts may look into it (mode {mode:o})"))
            .next("chmod 700 on the folder"),
    }
}

/// The nearest folder that is there: where a library will be made.
fn standing(path: &Path) -> Option<PathBuf> {
    let whole = std::path::absolute(path).ok()?;
    whole.ancestors().find(|path| path.is_dir()).map(Path::to_owned)
}

fn disk(place: &Path) -> Check {
    let free = rustix::fs::statvfs(place).map(|stat| stat.f_bavail.saturating_mul(stat.f_frsize));
    let Ok(free) = free else { return Check::problem("disk", "cannot be asked how much is free").at(place) };
    let kind = kind(place);
    let sharing = match kind.map(|kind| kind.2) {
        Some(Sharing::Yes) => "imports from this disk share its blocks",
        Some(Sharing::Perhaps) => "imports from this disk may share its blocks",
        Some(Sharing::No) => "imports are copied",
        None => "imports share blocks where the disk can",
    };
    let name = kind.map_or("an unknown file system", |kind| kind.1);
    let message = format!("{} free on {name}; {sharing}", format::bytes(free));
    match kind {
        Some(FileSystem(TMPFS, ..)) => {
            Check::note("disk", message).next("this disk is memory: what is in it is gone when the machine restarts")
        }
        _ if free < LOW => Check::note("disk", message).next("make room before the next import"),
        _ => Check::ok("disk", message),
    }
}

fn kind(place: &Path) -> Option<&'static FileSystem> {
    let number = files::file_system(place).ok()?;
    FILE_SYSTEMS.iter().find(|kind| kind.0 == number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::State;

    #[test]
    fn a_clock_that_is_behind_the_journal_is_told() {
        let at = |text| Timestamp::parse(text).unwrap();
        let now = at("2026-02-03T12:00:00.000Z");
        assert!(behind(now, at("2026-02-03T12:59:00.000Z").millis()).is_none());
        assert_eq!(behind(now, at("2026-02-03T13:01:00.000Z").millis()).unwrap().state, State::Problem);
    }

    #[test]
    fn the_place_of_a_library_to_be_is_the_folder_above() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(standing(&folder.path().join("a/b/c")), Some(folder.path().to_owned()));
    }
}
