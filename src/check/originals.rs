//! The originals the catalogue names: where each must stand, how big it is, and its SHA-256.
//!
//! A million of them take about a hundred megabytes; they are kept in the order of their paths, to be found by path.

use super::{Book, Finding, Kind};
use crate::model::{ObjectId, Sha256, media};
use crate::store::{Connection, Library, StoreError};

/// Where an original stands: the parts of `users/{owner}/media/{yyyy}/{mm}/{holder}.{ext}`, in the order of paths.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    owner: ObjectId,
    month: i32,
    holder: ObjectId,
    ext: Box<str>,
}

/// An original that has a row.
#[derive(Debug)]
pub(super) struct Original {
    /// Where it must stand.
    pub(super) place: Place,
    /// Bytes.
    pub(super) size: u64,
    /// SHA-256 of its bytes.
    pub(super) hash: Sha256,
    /// The number of its media: the older, the smaller.
    pub(super) n: i64,
    /// Whether a file of its size stands there.
    pub(super) sound: bool,
    /// Whether the walk met a file there.
    pub(super) met: bool,
}

impl Place {
    /// The path beneath the library.
    pub(super) fn path(&self) -> String {
        let (year, month) = (self.month / 100, self.month % 100);
        format!("users/{}/media/{year:04}/{month:02}/{}.{}", self.owner, self.holder, self.ext)
    }

    /// The place a path names; `None` for one that is no original's.
    pub(super) fn of(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        let ["users", owner, "media", year, month, name] = parts[..] else { return None };
        let (holder, ext) = name.split_once('.')?;
        let digits = |text: &str| text.parse::<i32>().ok();
        let month = digits(year)?.checked_mul(100)?.checked_add(digits(month)?)?;
        let place =
            Self { owner: ObjectId::parse(owner).ok()?, month, holder: ObjectId::parse(holder).ok()?, ext: ext.into() };
        // Upper case or a sign would name another file than the row does.
        (place.path() == path).then_some(place)
    }

    /// Whose it is.
    pub(super) fn owner(&self) -> ObjectId {
        self.owner
    }

    /// The media it was stored for.
    pub(super) fn holder(&self) -> ObjectId {
        self.holder
    }
}

const ALL: &str = "
    SELECT owner.id, file.month, file.holder, file.ext, file.size, file.hash, ifnull(media.n, 0), file.owner
      FROM stored_file AS file LEFT JOIN object AS owner ON owner.n = file.owner LEFT JOIN object AS media ON media.id = file.holder";

/// Every original of every owner, by place. A row that makes no place is a finding.
///
/// # Errors
/// When it is not SQL that went wrong.
pub(super) fn all(library: &Library, book: &Book<'_>) -> Result<Vec<Original>, StoreError> {
    let mut originals = match rows(library.catalogue(), book) {
        Err(StoreError::Sql(error)) => {
            let message = format!("its originals cannot be read: {error}");
            book.found(Finding::of_catalogue(Kind::Catalogue, None, message));
            Vec::new()
        }
        told => told?,
    };
    originals.sort_unstable_by(|a, b| a.place.cmp(&b.place));
    for two in originals.windows(2).filter(|two| two[0].place == two[1].place) {
        let message = "two originals with different bytes have this place";
        book.found(Finding::of_file(Kind::Path, two[0].place.path(), message).about(two[0].place.holder));
    }
    book.note(|report| report.originals = originals.len() as u64);
    Ok(originals)
}

pub(super) fn rows(db: &Connection, book: &Book<'_>) -> Result<Vec<Original>, StoreError> {
    let mut select = db.prepare(ALL)?;
    let mut rows = select.query([])?;
    let mut originals = Vec::new();
    while let Some(row) = rows.next()? {
        let text = |at| row.get::<_, String>(at).ok();
        let read = || {
            let (owner, holder): (ObjectId, ObjectId) = (row.get(0).ok()?, row.get(2).ok()?);
            let (month, ext): (i32, String) = (row.get(1).ok()?, text(3)?);
            media::file_path(owner, month / 100, (month % 100).unsigned_abs(), holder, &ext).ok()?;
            let size = u64::try_from(row.get::<_, i64>(4).ok()?).ok()?;
            let place = Place { owner, month, holder, ext: ext.into() };
            let (hash, n) = (row.get(5).ok()?, row.get(6).ok()?);
            Some(Original { place, size, hash, n, sound: false, met: false })
        };
        if let Some(original) = read() {
            originals.push(original);
            continue;
        }
        let message = format!("a row of `stored_file` of user {} makes no path", row.get::<_, i64>(7).unwrap_or(0));
        book.found(Finding::of_catalogue(Kind::Path, row.get(2).ok(), message));
    }
    Ok(originals)
}

/// Every original as the rows name it now; a row that makes no place is left out.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn rows_of(library: &Library) -> Result<Vec<Original>, StoreError> {
    rows(library.catalogue(), &Book { report: std::sync::Mutex::default(), stop: &|| false, on: &|_| {} })
}

/// The places of all originals as they are now, in order.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn places(library: &Library) -> Result<Vec<Place>, StoreError> {
    let mut places: Vec<_> = rows_of(library)?.into_iter().map(|original| original.place).collect();
    places.sort_unstable();
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_path_is_an_original_s_place_or_none() {
        let (user, id) = ("0190a1b2-0000-4000-8000-000000000001", "0190a1b2-0000-4000-8000-000000000002");
        let path = format!("users/{user}/media/2026/02/{id}.jpg");
        assert_eq!(Place::of(&path).unwrap().path(), path);
        let upper = path.replace("a1b2", "A1B2");
        let others =
            [path.replace("/02/", "/2/"), upper, format!("{path}/x"), path.replace(".jpg", ""), "users".into()];
        assert!(others.iter().all(|other| Place::of(other).is_none()));
    }
}
