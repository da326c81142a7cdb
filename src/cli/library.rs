//! The library a command works on: opened, or made where there is none yet, and what its errors mean to people.
//!
//! Which folder it is was settled in `context`.

use std::cell::RefCell;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::config::{MARKER, Origin};
use super::context::Context;
use super::error::{CliError, Code};
use super::founder::{account_name, founder};
use super::output::text::{shown, shown_path};
use super::progress::Progress;
use crate::store::{Access, ErrorCode, Library, Migrated, Opening, Stage, StoreError, files, snapshot};

/// The largest catalogue an ordinary command copies at its end, in bytes: about a second.
pub const AT_ONCE: u64 = 512 << 20;

/// How much of a catalogue is copied, changed and checked in a second, in bytes. Measured at a million media: 1.9 GB in a minute.
const BROUGHT_UP: u64 = 32 << 20;

/// The largest catalogue that is brought up to date without a word before, in bytes: two seconds.
const AT_A_GLANCE: u64 = 2 * BROUGHT_UP;

/// What to do about a catalogue that cannot be used.
pub const REBUILD: &str = "the originals are plain files beneath `users/`; `hypernet repair --rebuild` says what a new catalogue could be made of";

/// How often, and how long each time, a library that another process is making is waited for.
const BEING_MADE: (u32, Duration) = (100, Duration::from_millis(50));

/// Opens the library.
///
/// # Errors
/// When there is none, or it cannot be used.
pub fn open(ctx: &Context, access: Access) -> Result<Library, CliError> {
    opened(ctx, &opening(ctx, access)?).map_err(CliError::from)
}

/// Opens it, and says what that did to it.
fn opened(ctx: &Context, opening: &Opening) -> Result<Library, StoreError> {
    let waiting = RefCell::new(None);
    let library = Library::open_telling(opening, &|stage| told(ctx, stage, &mut waiting.borrow_mut()))?;
    // Its line goes before anything else is said.
    drop(waiting);
    if let Some(Migrated { from, to, snapshot }) = library.migrated() {
        ctx.out
            .talk
            .note(&format!("Updated the catalogue from schema {from} to {to}; as it was, it stands in {snapshot}"));
    }
    Ok(library)
}

/// Says that the catalogue is brought up to date, where that takes a while, and shows how far it is.
fn told(ctx: &Context, stage: Stage, waiting: &mut Option<Progress>) {
    match stage {
        Stage::Copying { from, to, bytes } if bytes >= AT_A_GLANCE => {
            let seconds = bytes / BROUGHT_UP;
            ctx.out.talk.note(&format!(
                "Bringing the catalogue from schema {from} to {to}, this once: it may take {seconds} s"
            ));
            *waiting = Some(ctx.progress("Keeping a copy of the catalogue", None, None));
        }
        Stage::Copying { .. } => {}
        Stage::Changing => {
            if let Some(progress) = waiting {
                progress.phase("Bringing the catalogue up to date", None, None);
            }
        }
    }
}

/// Ends a command that changed things with the snapshot of the day. That it cannot be made is no failure of the command.
///
/// Catalogues larger than `most` bytes are left to commands of which nobody expects that they are quick.
pub fn daily(ctx: &Context, library: &Library, most: u64) {
    let size = std::fs::metadata(library.path().join("catalog.db")).map_or(0, |file| file.len());
    if size > most || ctx.interrupted().is_some() {
        return;
    }
    match snapshot::daily(library, ctx.now()).map_err(CliError::from) {
        Ok(_) => {}
        // A library that is only read from is nobody's to write to.
        Err(error) if error.code() == Code::Denied => {}
        Err(error) => ctx.out.talk.warn(&format!("no snapshot of the catalogue was made: {}", error.message())),
    }
}

/// Opens the library to change it, made first where nothing stands yet; says whether it was made.
///
/// # Errors
/// When it cannot be used, or something else stands in its place.
pub fn open_or_create(ctx: &Context) -> Result<(Library, bool), CliError> {
    let opening = opening(ctx, Access::Write)?;
    for _ in 0..BEING_MADE.0 {
        match opened(ctx, &opening) {
            Err(StoreError::NoLibrary(_)) => {}
            opened => return Ok((opened?, false)),
        }
        if let Some(Origin::File(config)) = ctx.config.origin("library") {
            return Err(not_there(&opening.path, config));
        }
        match Library::init(&opening.path, &founder(ctx, None, None)?) {
            // Two first imports at once: one makes the library, the other finds it half made and waits.
            Err(StoreError::Locked { .. }) => sleep(BEING_MADE.1),
            Err(StoreError::NotEmpty { path, .. }) if path.join(MARKER).exists() => {}
            made => return Ok((made?, true)),
        }
    }
    Ok((opened(ctx, &opening)?, false))
}

/// A configured library that is not there may lie on a disk that is not: making another one in its place would hide that.
fn not_there(path: &Path, config: &Path) -> CliError {
    let message = format!("there is no library at {}, where {} says it is", shown_path(path), shown_path(config));
    let hint = format!("mount its disk, or make one there with `hypernet init {}`", shown_path(path));
    CliError::new(Code::NoLibrary, message).hint(hint).detail("path", path.to_string_lossy())
}

fn opening(ctx: &Context, access: Access) -> Result<Opening, CliError> {
    Ok(Opening { path: ctx.library()?.to_owned(), access, lock_timeout: ctx.lock_timeout })
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::NoLibrary(path) if path.join("catalog.db").exists() => {
                let message = format!("the library at {} is damaged: {MARKER} is missing", shown_path(&path));
                Self::new(Code::Damaged, message).hint("`hypernet repair --rebuild` puts it back")
            }
            StoreError::NoLibrary(path) => Self::new(Code::NoLibrary, no_library(&path))
                .hint("make one with `hypernet init` or `hypernet import DIR`, or name one with --library DIR")
                .detail("path", path.to_string_lossy()),
            StoreError::NotEmpty { path, .. } if path.join(MARKER).exists() => {
                Self::new(Code::Invalid, format!("{} is a library already", shown_path(&path)))
                    .hint("nothing needs to be made; `hypernet doctor` says how it is")
                    .detail("path", path.to_string_lossy())
            }
            StoreError::NotEmpty { path, .. } => {
                Self::new(Code::Invalid, format!("{} holds other things", shown_path(&path)))
                    .hint("a library needs a folder of its own: name a new or an empty one")
                    .detail("path", path.to_string_lossy())
            }
            StoreError::TooNew { found, known } => Self::new(Code::TooNew, message)
                .hint("use the hypernet that made it, or a newer one; nothing was changed")
                .detail("found", found)
                .detail("known", known),
            StoreError::Damaged(_) => damaged(message),
            // The kind is the reason's: a full disk is a full disk.
            StoreError::NoSnapshot { error, .. } => {
                let code = Self::from(*error).code();
                Self::new(code, message)
                    .hint("nothing was changed; `backups/` in the library must have room for a copy")
            }
            StoreError::Locked { holder } => {
                let holder = holder.map(|who| shown(&who).into_owned());
                locked(shown(&message).into_owned()).detail("holder", holder)
            }
            StoreError::Network { path, kind } => {
                let message = format!(
                    "{} lies on a {kind} file system, where locks and syncs cannot be trusted",
                    shown_path(&path)
                );
                Self::new(Code::Refused, message)
                    .hint(
                        "keep it on a local disk, or accept the risk: `allow_network = true` in hypernet-library.toml",
                    )
                    .detail("path", path.to_string_lossy())
            }
            StoreError::Foreign { path, owner } => foreign(&path, owner),
            StoreError::OldSqlite(_) => Self::new(Code::Io, message).hint("build hypernet with its own SQLite"),
            StoreError::NoUser { uid } => Self::new(Code::AuthRequired, message)
                .hint("the library's owner can add you; until then, use a library of your own")
                .detail("uid", uid),
            // Of work that was begun: what a person typed was checked at the door.
            StoreError::Invalid(invalid) => Self::new(Code::Io, message).detail("field", invalid.field),
            StoreError::Question { hint, .. } => Self::new(Code::Usage, message).hint(hint),
            StoreError::Sql(error) => catalogue(error.sqlite_error_code(), &message),
            StoreError::Io { path, error } => Self::io(&path, &error),
        }
    }
}

fn no_library(path: &Path) -> String {
    format!("there is no library at {}", shown_path(path))
}

/// Root could write there, and its owner could not read what root wrote.
fn foreign(path: &Path, owner: u32) -> CliError {
    let (theirs, mine) = (account_name(owner), account_name(files::own_uid()));
    let message = format!("the library at {} belongs to {theirs}, and this is {mine}", shown_path(path));
    CliError::new(Code::Denied, message)
        .hint(format!("run it as {theirs}; to look at the library, such as `hypernet verify`, needs no more than the right to read"))
        .detail("path", path.to_string_lossy())
        .detail("owner", owner)
}

fn damaged(message: String) -> CliError {
    CliError::new(Code::Damaged, message).hint(REBUILD)
}

fn locked(message: String) -> CliError {
    CliError::new(Code::Locked, message).hint("wait for it with --lock-timeout, such as --lock-timeout 1m")
}

/// What the catalogue said: most of its answers are the file system's.
fn catalogue(code: Option<ErrorCode>, said: &str) -> CliError {
    let told = |code| CliError::new(code, format!("the catalogue: {said}"));
    match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            locked("another program holds the catalogue".to_owned())
        }
        Some(ErrorCode::DiskFull) => {
            CliError::new(Code::NoSpace, "the library's disk is full").hint("free some space and run this again")
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            damaged(format!("the library is damaged: {said}"))
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            told(Code::Denied).hint("the library's files or its disk cannot be written to by this account")
        }
        Some(_) => told(Code::Io).detail("catalogue", said),
        // Not SQLite, the reading of its answer: a row that is not there or not as the model says.
        None => damaged(format!("the library is damaged: {said}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::error::Exit;
    use crate::model::Invalid;

    fn check(error: StoreError, code: Code, exit: Exit) {
        let error = CliError::from(error);
        assert_eq!((error.code(), error.exit()), (code, exit), "{error:?}");
        assert!(!error.text().trim_end().ends_with('.') && error.text().contains("hint:"), "{}", error.text());
    }

    #[test]
    fn what_the_store_says_has_a_word_an_exit_code_and_a_next_step() {
        let at = || "/photos".into();
        check(StoreError::NoLibrary(at()), Code::NoLibrary, Exit::Library);
        check(StoreError::NotEmpty { path: at(), reason: "" }, Code::Invalid, Exit::Usage);
        check(StoreError::TooNew { found: 2, known: 1 }, Code::TooNew, Exit::Library);
        check(StoreError::Damaged("x".into()), Code::Damaged, Exit::Library);
        check(StoreError::Locked { holder: None }, Code::Locked, Exit::Locked);
        check(StoreError::Network { path: at(), kind: "9p" }, Code::Refused, Exit::Refused);
        check(StoreError::Foreign { path: at(), owner: 7 }, Code::Denied, Exit::Failed);
        check(StoreError::NoUser { uid: 7 }, Code::AuthRequired, Exit::Auth);
    }

    #[test]
    fn what_the_catalogue_says_is_told_by_kind() {
        let said = |code| catalogue(Some(code), "said").code();
        let kinds = [
            (ErrorCode::DatabaseBusy, Code::Locked),
            (ErrorCode::DiskFull, Code::NoSpace),
            (ErrorCode::NotADatabase, Code::Damaged),
            (ErrorCode::DatabaseCorrupt, Code::Damaged),
            (ErrorCode::ReadOnly, Code::Denied),
            (ErrorCode::ConstraintViolation, Code::Io),
            (ErrorCode::SystemIoFailure, Code::Io),
        ];
        assert!(kinds.iter().all(|(code, kind)| said(*code) == *kind));
        assert_eq!(catalogue(None, "a row that breaks the model").code(), Code::Damaged);
    }

    #[test]
    fn a_rule_that_stops_work_that_was_begun_is_no_usage() {
        let error = CliError::from(StoreError::from(Invalid::new("metadata", "must be at most 1 MB", "")));
        assert_eq!((error.code(), error.exit()), (Code::Io, Exit::Failed));
    }
}
