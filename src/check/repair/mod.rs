//! Repairs of a library: what verification found, put right as far as the library itself, its quarantine and a backup allow.
//!
//! Never deletes an original: what must leave its place goes to `quarantine/`. Each step is made of the survey before it and can be
//! done again; a step that is only to be shown takes the same way without acting. Drawing and taking in are `import`'s.

mod mend;
mod quarantine;
mod survey;

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::Path;

use serde::Serialize;

use super::originals::Place;
use crate::model::{ObjectId, Timestamp};
use crate::store::{Library, Root, StoreError, repair as rows};
use crate::text_enum;

pub use mend::{Lost, mend, open_backup, put_back};
pub use quarantine::{Aside, Kept, coming, drop_older, kept, set_aside, waiting};
pub use survey::{Survey, survey};

/// How deep folders of files stand: users/{user}/media/{yyyy}/{mm}.
const DEEP: usize = 5;

text_enum! {
    /// What was done, or would be.
    Deed("deed") {
        Permissions = "permissions", PutBack = "put_back", Mended = "mended", SetAside = "set_aside", TakenIn = "taken_in",
        Drawn = "drawn", Recounted = "recounted", Indexed = "indexed", Dropped = "dropped", Rebuilt = "rebuilt",
    }
}

impl Deed {
    /// A heading for all that was done of this kind.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Permissions => "modes put right",
            Self::PutBack => "missing originals put back in their places",
            Self::Mended => "originals mended from the backup",
            Self::SetAside => "files set aside in quarantine/",
            Self::TakenIn => "files entered as media",
            Self::Drawn => "thumbnails drawn again",
            Self::Recounted => "counts counted again",
            Self::Indexed => "search tables filled again",
            Self::Dropped => "files removed from quarantine/",
            Self::Rebuilt => "catalogues made anew",
        }
    }
}

/// One thing that was done, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What.
    pub deed: Deed,
    /// To which file, beneath the library.
    pub path: Option<String>,
    /// To which object.
    pub id: Option<ObjectId>,
    /// How, without a full stop.
    pub message: String,
}

impl Item {
    /// Something about a file.
    pub fn of_file(deed: Deed, path: impl Into<String>, id: Option<ObjectId>, message: impl Into<String>) -> Self {
        Self { deed, path: Some(path.into()), id, message: message.into() }
    }

    /// Something about the catalogue.
    pub fn of_catalogue(deed: Deed, message: impl Into<String>) -> Self {
        Self { deed, path: None, id: None, message: message.into() }
    }
}

/// Who hears of a repair, and may end it.
pub trait Listener: Sync {
    /// Something was done, or would be.
    fn item(&self, item: Item);

    /// Asked often; once true, a step ends where it is.
    fn stops(&self) -> bool;
}

/// What a step is given.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// Whether it acts, or only tells what it would do.
    pub acts: bool,
    /// The time.
    pub now: Timestamp,
    /// Who hears of it.
    pub told: &'a dyn Listener,
}

/// Puts modes right.
pub fn permissions(root: &Root, survey: &Survey, work: Work<'_>) {
    for (path, mode) in &survey.modes {
        if work.told.stops() {
            break;
        }
        // One that cannot be changed is named by the verification that follows.
        if work.acts && !root.chmod(path, *mode).unwrap_or(false) {
            continue;
        }
        work.told.item(Item::of_file(Deed::Permissions, path, None, format!("mode {mode:o}")));
    }
}

/// Every file that stands where an original may, by user, with the id its name has. Follows no link.
///
/// # Errors
/// When the folder of the users cannot be read.
pub fn on_disk(root: &Root) -> Result<BTreeMap<ObjectId, Vec<(String, ObjectId)>>, StoreError> {
    let mut found: BTreeMap<ObjectId, Vec<(String, ObjectId)>> = BTreeMap::new();
    walk(root, "users", |path, _| {
        if let Some(place) = Place::of(&path) {
            found.entry(place.owner()).or_default().push((path, place.holder()));
        }
    })?;
    for files in found.values_mut() {
        files.sort();
    }
    Ok(found)
}

/// Tells of every file beneath a folder of the library, as deep as hypernet puts any. Follows no link; no folder has no files.
///
/// # Errors
/// When a folder cannot be read.
fn walk(root: &Root, folder: &str, mut file: impl FnMut(String, &Metadata)) -> Result<(), StoreError> {
    let mut folders = vec![(folder.to_owned(), 1)];
    while let Some((folder, depth)) = folders.pop() {
        let at = root.path().join(&folder);
        let entries = match std::fs::read_dir(&at) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            entries => entries.map_err(StoreError::io(&at))?,
        };
        for entry in entries {
            let entry = entry.map_err(StoreError::io(&at))?;
            let (Ok(stat), Ok(name)) = (entry.metadata(), entry.file_name().into_string()) else { continue };
            let path = format!("{folder}/{name}");
            if stat.is_file() {
                file(path, &stat);
            } else if stat.is_dir() && depth < DEEP {
                folders.push((path, depth + 1));
            }
        }
    }
    Ok(())
}

/// Counts again and fills the search tables, where the survey found that to be needed.
///
/// # Errors
/// Those of the catalogue.
pub fn rows(library: &mut Library, operation: i64, survey: &Survey, work: Work<'_>) -> Result<(), StoreError> {
    if survey.counts > 0 && !work.told.stops() {
        if work.acts {
            library.write(operation, work.now, rows::recount)?;
        }
        let counts = if survey.counts == 1 { "1 count".to_owned() } else { format!("{} counts", survey.counts) };
        work.told.item(Item::of_catalogue(Deed::Recounted, counts));
    }
    if survey.index && !work.told.stops() {
        if work.acts {
            library.write(operation, work.now, rows::index)?;
        }
        work.told.item(Item::of_catalogue(Deed::Indexed, "text, tags and places"));
    }
    Ok(())
}

/// Milliseconds since a file was last written; none where it cannot be seen.
fn age(root: &Path, path: &str, now: Timestamp) -> Option<i64> {
    use std::os::unix::fs::MetadataExt;
    let stat = root.join(path).symlink_metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some(now.millis() - stat.mtime().saturating_mul(1000))
}
