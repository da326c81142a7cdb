//! Damage of every kind, planted in a small library, and found; a whole one, and found to be so.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Event, Kind, Level, Plan, Report, run};
use crate::model::media::ProcessingStatus;
use crate::model::text::{AlbumName, Email, FilePath, Filename};
use crate::model::{Album, Base, Media, Metadata, ObjectId, SourceType, Timestamp, media, mime};
use crate::store::journal::Outcome;
use crate::store::{Access, Founder, Library, Opening, files, journal, stored_file};

fn now() -> Timestamp {
    Timestamp::parse("2026-02-03T12:34:56.789Z").unwrap()
}

/// A library in a folder of its own, which goes with it.
struct Shelf {
    folder: tempfile::TempDir,
    photos: Vec<Media>,
}

impl Shelf {
    /// A library with two photos of their own bytes, each with a thumbnail.
    fn with_two_photos() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let email = Email::parse("me@example.com").unwrap();
        let founder = Founder { email, display_name: None, original_display_name: None, now: now() };
        let mut library = Library::init(&folder.path().join("library"), &founder).unwrap();
        let photos = ["first", "second"].map(|bytes| add(&mut library, bytes.as_bytes())).to_vec();
        Self { folder, photos }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("library")
    }

    /// Where the first photo's original stands.
    fn original(&self) -> PathBuf {
        self.path().join(self.photos[0].file_path.as_str())
    }

    fn open(&self, access: Access) -> Library {
        Library::open(&Opening { path: self.path(), access, lock_timeout: Duration::ZERO }).unwrap()
    }

    /// Another tool at work on the catalogue, with nothing to hold it back.
    fn meddle(&self, sql: &str) {
        let library = self.open(Access::Write);
        let db = library.catalogue();
        db.execute_batch("PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on;").unwrap();
        db.execute_batch(sql).unwrap();
    }

    fn verify(&self, level: Level) -> Report {
        let plan = Plan { level, sample: 1.0, draw: 0, jobs: 2, after: None, only: None };
        run(&self.open(Access::Read), &plan, &|| false, &|_| {}).unwrap()
    }

    /// What is found at this level, and that nothing is at the level before.
    fn check(&self, level: Level, expected: &[(Kind, u64)]) {
        let report = self.verify(level);
        let counts: Vec<_> = report.counts.iter().map(|(kind, count)| (*kind, *count)).collect();
        assert_eq!(counts, expected, "{:#?}", report.findings);
        let before = match level {
            Level::Quick => return,
            Level::Default => Level::Quick,
            Level::Data => Level::Default,
        };
        assert_eq!(self.verify(before).problems(), 0, "{level} is not the first to find it");
    }
}

fn add(library: &mut Library, bytes: &[u8]) -> Media {
    let (id, owner) = (ObjectId::random(), library.owner().id);
    let mut base = Base::new(id, owner, now(), Some(SourceType::Import));
    base.metadata = Metadata::parse(r#"{"tags":["sea","sky"]}"#).unwrap();
    let photo = Media {
        base,
        filename: Filename::of("a.jpg"),
        mime: mime::parse("image/jpeg").unwrap(),
        size: bytes.len() as u64,
        width: None,
        height: None,
        duration: None,
        file_path: media::file_path(owner, 2026, 2, id, "jpg").unwrap(),
        thumbnail_path: Some(media::thumbnail_path(owner, id).unwrap()),
        hash: files::hash(&mut &*bytes).unwrap().0,
        taken_at: Some(now()),
        place: Some(crate::model::geo::Place::new(34.0195, -118.4912).unwrap()),
        processing_status: ProcessingStatus::Complete,
        metadata_extracted: true,
    };
    place(library, &photo.file_path, bytes, 0o400);
    place(
        library,
        photo.thumbnail_path.as_ref().unwrap(),
        &crate::probe::thumb::seal::sealed(b"\xff\xd8\xff\xd9"),
        0o600,
    );
    let operation = library.begin("import", now()).unwrap();
    library
        .write(operation, now(), |tx| {
            stored_file::insert(tx, &crate::store::media::stored(&photo, 202_602))?;
            crate::store::media::insert(tx, &photo, &crate::store::media::Inner::default())
        })
        .unwrap();
    journal::finish(library.catalogue(), operation, Outcome::Success, now(), None).unwrap();
    photo
}

fn place(library: &Library, path: &FilePath, bytes: &[u8], mode: u32) {
    let (folder, _) = path.as_str().rsplit_once('/').unwrap();
    library.root().make_dirs(folder).unwrap();
    write(&library.path().join(path.as_str()), bytes, mode);
}

fn write(path: &Path, bytes: &[u8], mode: u32) {
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_whole_library_has_nothing_to_tell_at_any_level() {
    let shelf = Shelf::with_two_photos();
    for level in Level::ALL {
        let report = shelf.verify(*level);
        assert_eq!(report.findings, [], "{level}");
        assert_eq!((report.objects, report.originals, report.cut_short), (3, 2, false));
    }
    let report = shelf.verify(Level::Data);
    assert_eq!((report.read, report.bytes_read), (2, 11));
}

#[test]
fn a_missing_original_is_found_quickly() {
    let shelf = Shelf::with_two_photos();
    fs::remove_file(shelf.original()).unwrap();
    shelf.check(Level::Quick, &[(Kind::Missing, 1)]);
    let finding = &shelf.verify(Level::Quick).findings[0];
    assert_eq!(finding.path.as_deref(), Some(shelf.photos[0].file_path.as_str()));
    assert_eq!(finding.id, Some(shelf.photos[0].base.id));
}

#[test]
fn a_cut_original_is_found_quickly() {
    let shelf = Shelf::with_two_photos();
    fs::remove_file(shelf.original()).unwrap();
    write(&shelf.original(), b"fir", 0o400);
    shelf.check(Level::Quick, &[(Kind::Size, 1)]);
}

#[test]
fn one_changed_byte_is_found_by_reading() {
    let shelf = Shelf::with_two_photos();
    fs::remove_file(shelf.original()).unwrap();
    write(&shelf.original(), b"fIrst", 0o400);
    shelf.check(Level::Data, &[(Kind::Changed, 1)]);
}

#[test]
fn a_wrong_mode_is_found_quickly() {
    let shelf = Shelf::with_two_photos();
    fs::set_permissions(shelf.original(), Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(shelf.path().join("users"), Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(shelf.path().join("lock"), Permissions::from_mode(0o644)).unwrap();
    shelf.check(Level::Quick, &[(Kind::Permissions, 3)]);
}

#[test]
fn planted_links_are_found_and_not_followed() {
    let shelf = Shelf::with_two_photos();
    symlink("/", shelf.path().join("staging/door")).unwrap();
    fs::remove_file(shelf.original()).unwrap();
    symlink("/etc/passwd", shelf.original()).unwrap();
    shelf.check(Level::Quick, &[(Kind::Missing, 1), (Kind::NotAFile, 2)]);
}

#[test]
fn a_whole_folder_turned_into_a_link_hides_its_originals() {
    let shelf = Shelf::with_two_photos();
    let month = shelf.original().parent().unwrap().to_owned();
    let elsewhere = shelf.folder.path().join("elsewhere");
    fs::rename(&month, &elsewhere).unwrap();
    symlink(&elsewhere, &month).unwrap();
    shelf.check(Level::Quick, &[(Kind::Unreadable, 2), (Kind::NotAFile, 1)]);
}

#[test]
fn a_file_no_row_names_is_an_orphan_and_stays() {
    let shelf = Shelf::with_two_photos();
    let orphan = shelf.original().with_file_name(format!("{}.jpg", ObjectId::random()));
    write(&orphan, b"whose?", 0o400);
    shelf.check(Level::Default, &[(Kind::Orphan, 1)]);
    assert!(orphan.exists());
}

#[test]
fn what_a_cut_off_run_left_is_a_note() {
    let shelf = Shelf::with_two_photos();
    let orphan = shelf.photos[0].file_path.as_str().replace(".jpg", ".png");
    let mut library = shelf.open(Access::Write);
    let operation = library.begin("import", now()).unwrap();
    let run = files::Run::start(library.root(), operation).unwrap();
    write(&library.path().join(&orphan), b"later", 0o400);
    fs::write(library.path().join(format!("staging/{operation}/published")), format!("{orphan}\n")).unwrap();
    assert_eq!(shelf.verify(Level::Data).findings, [], "it is still at work");
    drop(run);
    fs::write(shelf.path().join("quarantine/old.jpg"), b"old").unwrap();
    fs::write(shelf.path().join(".DS_Store"), b"").unwrap();
    let report = shelf.verify(Level::Default);
    let notes = [Kind::Leftover, Kind::Quarantined, Kind::Unfinished, Kind::Stray].map(|kind| (kind, 1));
    assert_eq!(report.counts.into_iter().collect::<Vec<_>>(), notes, "{:#?}", report.findings);
}

#[test]
fn a_lost_or_empty_thumbnail_is_found() {
    let shelf = Shelf::with_two_photos();
    let at = |n: usize| shelf.path().join(shelf.photos[n].thumbnail_path.as_ref().unwrap().as_str());
    fs::remove_file(at(0)).unwrap();
    fs::write(at(1), b"").unwrap();
    shelf.check(Level::Default, &[(Kind::Thumbnail, 2)]);
}

#[test]
fn wrong_counts_are_counted_again() {
    let shelf = Shelf::with_two_photos();
    let mut library = shelf.open(Access::Write);
    let operation = library.begin("album create", now()).unwrap();
    let name = AlbumName::parse("Best").unwrap();
    let album = Album::new(ObjectId::random(), library.owner().id, name, now());
    library.write(operation, now(), |tx| crate::store::album::insert(tx, &album)).unwrap();
    journal::finish(library.catalogue(), operation, Outcome::Success, now(), None).unwrap();
    drop(library);
    shelf.meddle("UPDATE album SET media_count = 7; UPDATE user SET storage_used = storage_used + 1;");
    shelf.check(Level::Default, &[(Kind::Counter, 2)]);
}

#[test]
fn what_hypernet_did_not_make_in_the_schema_is_found() {
    let shelf = Shelf::with_two_photos();
    shelf.meddle(
        "CREATE TABLE extra (a); DROP INDEX media_taken; CREATE INDEX media_taken ON media (size);
         CREATE INDEX own ON media (size); DROP TRIGGER media_kept;",
    );
    shelf.check(Level::Default, &[(Kind::Schema, 4)]);
}

#[test]
fn what_search_has_lost_is_found() {
    let shelf = Shelf::with_two_photos();
    shelf.meddle(
        "DELETE FROM media_text WHERE rowid = (SELECT min(n) FROM media);
         DELETE FROM media_place WHERE n = (SELECT min(n) FROM media);
         INSERT INTO media_place VALUES (999, 1, 1, 1, 1);
         INSERT INTO media_text (rowid, name) VALUES (998, 'ghost');
         DELETE FROM media_tag WHERE media = (SELECT min(n) FROM media);
         INSERT INTO tag (owner, name) VALUES (1, 'never');
         INSERT INTO media_tag (tag, media) SELECT max(tag.n), max(media.n) FROM tag, media;
         UPDATE media SET marks = marks + 1 WHERE n = (SELECT min(n) FROM media);
         UPDATE media SET album_count = 3 WHERE n = (SELECT max(n) FROM media);",
    );
    shelf.check(Level::Default, &[(Kind::Search, 8)]);
}

#[test]
fn half_an_object_is_found() {
    let shelf = Shelf::with_two_photos();
    shelf.meddle(
        "DROP TRIGGER media_kept; DROP TRIGGER media_lost; DROP TRIGGER media_unseen; DROP TRIGGER media_purged;
         DELETE FROM media WHERE n = (SELECT max(n) FROM media);",
    );
    let counts = shelf.verify(Level::Default).counts;
    // The object without its row, and the original without its media.
    assert_eq!(counts[&Kind::Registry], 2, "{counts:?}");
    assert_eq!(counts[&Kind::Schema], 4, "{counts:?}");
}

#[test]
fn a_row_that_refers_to_nothing_is_found_quickly() {
    let shelf = Shelf::with_two_photos();
    shelf.meddle("INSERT INTO change (operation, object, verb) VALUES (4711, 1, 'edit');");
    shelf.check(Level::Quick, &[(Kind::Reference, 1)]);
}

#[test]
fn a_live_link_into_the_trash_is_found() {
    let shelf = Shelf::with_two_photos();
    let mut library = shelf.open(Access::Write);
    let operation = library.begin("link add", now()).unwrap();
    let (from, to) = (end(&library, &shelf.photos[0]), end(&library, &shelf.photos[1]));
    let variant = crate::model::link::LinkType::VariantOf;
    library
        .write(operation, now(), |tx| crate::link::make(tx, from, to, variant, SourceType::User, None).map(drop))
        .unwrap();
    journal::finish(library.catalogue(), operation, Outcome::Success, now(), None).unwrap();
    drop(library);
    shelf.check(Level::Default, &[]);
    shelf.meddle(&format!("UPDATE media SET deleted_at = created_at WHERE n = {};", to.n));
    shelf.check(Level::Default, &[(Kind::Link, 1)]);
}

fn end(library: &Library, photo: &Media) -> crate::link::End {
    let (n, _) = crate::store::object::find(library.catalogue(), photo.base.id).unwrap().unwrap();
    crate::link::End { n, id: photo.base.id, kind: media::KIND }
}

#[test]
fn a_place_that_cannot_be_is_found() {
    let shelf = Shelf::with_two_photos();
    shelf.meddle(
        "DROP TRIGGER stored_file_fixed;
         UPDATE stored_file SET ext = '/../x' WHERE holder = (SELECT min(holder) FROM stored_file);",
    );
    let counts = shelf.verify(Level::Default).counts;
    assert_eq!(counts[&Kind::Path], 1, "{counts:?}");
    assert_eq!(counts[&Kind::Orphan], 1, "its file, which no row can name: {counts:?}");
}

#[test]
fn damaged_pages_are_found_and_the_files_are_looked_at_all_the_same() {
    let shelf = Shelf::with_two_photos();
    shelf.meddle("PRAGMA wal_checkpoint(truncate);");
    let path = shelf.path().join("catalog.db");
    let mut bytes = fs::read(&path).unwrap();
    let root: usize = root_page(&shelf, "media_camera");
    bytes[(root - 1) * 4096..root * 4096].fill(0xaa);
    fs::write(&path, bytes).unwrap();
    let report = shelf.verify(Level::Data);
    assert!(report.counts[&Kind::Catalogue] > 0, "{report:?}");
    assert_eq!(report.read, 2);
}

fn root_page(shelf: &Shelf, name: &str) -> usize {
    let library = shelf.open(Access::Read);
    let sql = "SELECT rootpage FROM sqlite_master WHERE name = ?1";
    let page: i64 = library.catalogue().query_row(sql, [name], |row| row.get(0)).unwrap();
    usize::try_from(page).unwrap()
}

#[test]
fn a_run_that_is_told_to_stop_says_so() {
    let shelf = Shelf::with_two_photos();
    let plan = Plan { level: Level::Data, sample: 1.0, draw: 0, jobs: 2, after: None, only: None };
    let report = run(&shelf.open(Access::Read), &plan, &|| true, &|_| {}).unwrap();
    assert_eq!((report.cut_short, report.read, report.problems()), (true, 0, 0));
}

#[test]
fn a_run_that_was_stopped_is_gone_on_with_until_each_original_had_its_turn() {
    let shelf = Shelf::with_two_photos();
    let mut library = shelf.open(Access::Write);
    (0..10).for_each(|n| drop(add(&mut library, format!("photo {n}").as_bytes())));
    let (mut after, mut reads) = (None, Vec::new());
    while reads.len() < 20 {
        let done = std::sync::atomic::AtomicU64::new(0);
        let plan = Plan { level: Level::Data, sample: 1.0, draw: 0, jobs: 1, after, only: None };
        let count = |event: Event<'_>| {
            if let Event::Done(1, 0) = event {
                done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        };
        let stop = || done.load(std::sync::atomic::Ordering::Relaxed) >= 5;
        let report = run(&library, &plan, &stop, &count).unwrap();
        reads.push(report.read);
        assert!(!report.cut_short || report.after > after, "{reads:?}");
        after = report.after;
        if !report.cut_short {
            break;
        }
    }
    assert_eq!(reads, [5, 5, 2]);
}

#[test]
fn the_place_of_a_verification_is_kept_and_junk_in_its_stead_is_none() {
    let shelf = Shelf::with_two_photos();
    let library = shelf.open(Access::Read);
    let root = library.root();
    assert_eq!(super::place::remembered(root), None);
    super::place::remember(root, Some(7));
    assert_eq!(super::place::remembered(root), Some(7));
    shelf.check(Level::Default, &[]);
    fs::write(shelf.path().join("log/verify.json"), "junk").unwrap();
    assert_eq!(super::place::remembered(root), None);
    super::place::remember(root, None);
    assert!(!shelf.path().join("log/verify.json").exists());
    if crate::store::files::own_uid() == 0 {
        std::os::unix::fs::chown(shelf.path(), Some(12_345), None).unwrap();
        super::place::remember(root, Some(7));
        assert!(!shelf.path().join("log/verify.json").exists(), "nothing of root's stays in another account's library");
    }
}

#[test]
fn a_sample_is_a_part_and_another_draw_is_another_part() {
    let shelf = Shelf::with_two_photos();
    let mut library = shelf.open(Access::Write);
    (0..40).for_each(|n| drop(add(&mut library, format!("photo {n}").as_bytes())));
    let read = |draw| {
        let plan = Plan { level: Level::Data, sample: 0.5, draw, jobs: 1, after: None, only: None };
        let seen = std::sync::Mutex::new(0);
        let count = |event: Event<'_>| {
            if let Event::Phase("read", files, _) = event {
                *seen.lock().unwrap() = files.unwrap();
            }
        };
        let report = run(&library, &plan, &|| false, &count).unwrap();
        assert_eq!(*seen.lock().unwrap(), report.read);
        report.bytes_read * 100 + report.read
    };
    let draws: std::collections::BTreeSet<_> = (0..8).map(read).collect();
    assert!(draws.len() > 1 && draws.iter().all(|draw| (5..=37).contains(&(draw % 100))), "{draws:?}");
}
