//! What a run that died left behind: its staging goes; a file it published without a row is set aside, never deleted.

use super::{Event, ImportError, Run, batch};
use crate::model::ObjectId;
use crate::model::text::FilePath;
use crate::store::files::{self, Leftover};
use crate::store::journal::{self, Outcome};
use crate::store::{Library, StoreError, object};
use crate::trash;

/// Settles every dead run, and unlinks what was purged by an earlier one. A living run is left alone.
///
/// # Errors
/// Those of the catalogue and of the file system.
pub fn sweep(library: &Library, run: Run<'_>) -> Result<(), ImportError> {
    files::sweep_beginnings(library.root(), |begun| unbegun(library, run, begun))?;
    let mut aside = 0_u64;
    files::sweep(library.root(), |leftover| settle(library, run, &leftover, &mut aside))?;
    tell(run, "an import that was cut off", aside);
    let left = trash::files::sweep(library)?;
    if left > 0 {
        (run.on)(Event::Warning(format!("{left} purged files could not be removed yet; the next import tries again")));
    }
    Ok(())
}

/// Ends operations that died before they had a place in staging. One that ends by itself meanwhile keeps its own outcome.
fn unbegun(library: &Library, run: Run<'_>, begun: &[i64]) -> Result<(), StoreError> {
    for operation in journal::running(library.catalogue(), batch::COMMAND)? {
        if !begun.contains(&operation) {
            journal::finish(library.catalogue(), operation, Outcome::Interrupted, (run.clock)(), None)?;
        }
    }
    Ok(())
}

/// Sets aside what this very run published and could not enter.
///
/// # Errors
/// Those of the catalogue and of the file system.
pub fn own(library: &Library, run: Run<'_>, own: &files::Run) -> Result<(), StoreError> {
    let mut aside = 0;
    set_aside(library, &own.give_up(library.root())?, &mut aside)?;
    tell(run, "this import", aside);
    Ok(())
}

fn tell(run: Run<'_>, who: &str, aside: u64) {
    if aside > 0 {
        let count = if aside == 1 { "1 file".to_owned() } else { format!("{aside} files") };
        (run.on)(Event::Warning(format!("{who} had stored {count} without entering it: kept in quarantine/")));
    }
}

fn settle(library: &Library, run: Run<'_>, leftover: &Leftover, aside: &mut u64) -> Result<(), StoreError> {
    // Its last commit may be one that no sync followed: what it published is forgotten only once the disk has the rows.
    library.settle()?;
    set_aside(library, &leftover.published, aside)?;
    journal::finish(library.catalogue(), leftover.operation, Outcome::Interrupted, (run.clock)(), None)
}

fn set_aside(library: &Library, published: &[FilePath], aside: &mut u64) -> Result<(), StoreError> {
    for path in published {
        let Some(id) = id_of(path) else { continue };
        if object::known(library.catalogue(), id)? || library.root().stat(path.as_str())?.is_none() {
            continue;
        }
        let name = path.as_str().rsplit('/').next().unwrap_or_default();
        // Before its original, which would not lead here again.
        remove_thumbnail(library, path, id)?;
        library.root().set_aside(path.as_str(), &format!("quarantine/{name}"))?;
        *aside += 1;
    }
    Ok(())
}

/// `users/{user}/media/{yyyy}/{mm}/{id}.{ext}` → id.
fn id_of(path: &FilePath) -> Option<ObjectId> {
    ObjectId::parse(path.as_str().rsplit('/').next()?.split('.').next()?).ok()
}

fn remove_thumbnail(library: &Library, original: &FilePath, id: ObjectId) -> Result<(), StoreError> {
    let user = original.as_str().split('/').nth(1).map(ObjectId::parse);
    let Some(Ok(user)) = user else { return Ok(()) };
    match library.root().remove(crate::model::media::thumbnail_path(user, id)?.as_str()) {
        Err(StoreError::Io { error, .. }) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
