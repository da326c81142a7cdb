//! What a run that died left behind: its staging goes; a file it published without a row is set aside, never deleted.

use super::{Event, ImportError, Run};
use crate::model::ObjectId;
use crate::model::text::FilePath;
use crate::store::files::{self, Leftover};
use crate::store::journal::{self, Outcome};
use crate::store::{Library, StoreError, object};

/// Settles every dead run. A living one is left alone.
///
/// # Errors
/// Those of the catalogue and of the file system.
pub fn sweep(library: &Library, run: Run<'_>) -> Result<(), ImportError> {
    let mut aside = 0_u64;
    files::sweep(library.root(), |leftover| settle(library, run, &leftover, &mut aside))?;
    if aside > 0 {
        let count = if aside == 1 { "1 file".to_owned() } else { format!("{aside} files") };
        let text = format!("an import that was cut off had stored {count} without entering it: kept in quarantine/");
        (run.on)(Event::Warning(text));
    }
    Ok(())
}

fn settle(library: &Library, run: Run<'_>, leftover: &Leftover, aside: &mut u64) -> Result<(), StoreError> {
    for path in &leftover.published {
        let Some(id) = id_of(path) else { continue };
        if object::known(library.catalogue(), id)? || library.root().stat(path.as_str())?.is_none() {
            continue;
        }
        let name = path.as_str().rsplit('/').next().unwrap_or_default();
        library.root().set_aside(path.as_str(), &format!("quarantine/{name}"))?;
        *aside += 1;
        remove_thumbnail(library, path, id)?;
    }
    journal::finish(library.catalogue(), leftover.operation, Outcome::Interrupted, (run.clock)(), None)
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
