//! Questions put to a small catalogue: the SQL they become, the way SQLite goes about it, and what they find.

use std::ops::ControlFlow;
use std::path::Path;

use super::{Noise, ground};
use crate::model::album::{Album, KIND as ALBUM};
use crate::model::link::LinkType;
use crate::model::media::{self, ProcessingStatus};
use crate::model::text::{AlbumName, Email, Filename};
use crate::model::{Base, Media, Metadata, ObjectId, Sha256, SourceType, Timestamp, WallTime, mime};
use crate::query::condition::Compiler;
use crate::query::sort::Part;
use crate::query::span::Span;
use crate::query::{Options, SelectError, Thing, Trash, count, find, order, parse, place, run, sql};
use crate::store::{self, Founder, Library, Param, Reader, StoreError, stored_file};

/// A library of a few media, and a reader on it.
pub(super) struct Shelf {
    pub(super) _folder: tempfile::TempDir,
    pub(super) library: Library,
    pub(super) reader: Reader,
}

pub(super) fn stamp(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(super) fn open(path: &Path) -> Library {
    let email = Email::parse("me@example.com").unwrap();
    let now = stamp("2024-07-31T10:00:00.000Z");
    Library::init(path, &Founder { email, display_name: None, original_display_name: None, now }).unwrap()
}

impl Shelf {
    /// Five media: name, wall clock (two hours east of UTC), size, metadata. The third is in the album "Summer at sea".
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut library = open(&folder.path().join("library"));
        for (byte, (name, taken, size, metadata)) in (1..).zip([
            ("IMG_1.jpg", "2023-12-31T23:30:00", 1000, r#"{"exif":{"camera":"Canon EOS 5D"},"tags":["Cat","old"]}"#),
            (
                "IMG_2.jpg",
                "2024-01-01T00:30:00",
                2000,
                r#"{"exif":{"camera":"Canon EOS R"},"tags":["cat"],"title":"red car"}"#,
            ),
            (
                "Été e\u{301} (1).heic",
                "2024-07-15T18:30:00",
                3000,
                r#"{"exif":{"camera":"iPhone 15"},"description":"red balloon"}"#,
            ),
            ("clip.mp4", "2024-07-31T23:59:59", 4000, r#"{"tags":["Café"]}"#),
            ("note.txt", "", 5000, "{}"),
        ]) {
            add(&mut library, byte, name, taken, size, metadata);
        }
        album(&mut library, "Summer at sea", 3);
        let reader = library.reader().unwrap();
        Self { _folder: folder, library, reader }
    }

    /// The names of what a question finds, in order; its count agrees.
    pub(super) fn names(&self, text: &str, order: &str, limit: Option<u64>) -> Vec<String> {
        let expr = parse(text, &ground()).unwrap();
        let options = Options { order: order::parse(order).unwrap(), limit, ..Options::default() };
        let mut names = Vec::new();
        let each = |media: Media| {
            names.push(media.filename.to_string());
            Ok::<_, StoreError>(ControlFlow::Continue(()))
        };
        run(&self.reader, &expr, &options, each).unwrap();
        if limit.is_none() {
            assert_eq!(count(&self.reader, &expr).unwrap(), names.len() as u64, "{text}");
        }
        names
    }

    #[track_caller]
    pub(super) fn finds(&self, text: &str, expected: &str) {
        let names = self.names(text, "filename", None);
        let short: Vec<_> = names.iter().map(|name| name.split('.').next().unwrap_or(name)).collect();
        assert_eq!(short.join(" "), expected, "{text}");
    }

    /// How SQLite goes about a question, a line a step.
    pub(super) fn plan(&self, text: &str) -> String {
        let order = order::parse(order::DEFAULT).unwrap();
        let options = Options { order, limit: Some(50), ..Options::default() };
        let question =
            sql::select(&self.reader, &parse(text, &ground()).unwrap(), &options, Part::Whole, Span::All).unwrap();
        question.lend(&self.reader).unwrap();
        let mut explain = self.reader.prepare(&format!("EXPLAIN QUERY PLAN {}", question.sql.text)).unwrap();
        for (at, param) in question.sql.params.iter().enumerate() {
            explain.raw_bind_parameter(at + 1, param).unwrap();
        }
        let mut rows = explain.raw_query();
        let mut lines = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            lines.push(row.get::<_, String>("detail").unwrap());
        }
        lines.join("\n")
    }
}

pub(super) fn add(library: &mut Library, byte: u8, name: &str, taken: &str, size: u64, metadata: &str) {
    let wall = (!taken.is_empty()).then(|| {
        let clock = chrono::NaiveDateTime::parse_from_str(taken, "%Y-%m-%dT%H:%M:%S").unwrap();
        WallTime::new(clock, chrono::FixedOffset::east_opt(7200))
    });
    let (id, owner, at) = (ObjectId::random(), library.owner().id, stamp("2024-07-31T10:00:00.000Z"));
    let mut base = Base::new(id, owner, at, Some(SourceType::Import));
    let mut map = Metadata::parse(metadata).unwrap().into_map();
    map.insert("original_filename".into(), name.into());
    base.metadata = Metadata::new(map).unwrap();
    let ext = name.rsplit('.').next().unwrap();
    let mime = mime::of_extension(ext).unwrap();
    let media = Media {
        base,
        filename: Filename::of(name),
        mime,
        size,
        width: None,
        height: None,
        duration: None,
        file_path: media::file_path(owner, 2024, 7, id, mime.ext).unwrap(),
        thumbnail_path: None,
        hash: Sha256::from_bytes([byte; 32]),
        taken_at: wall.and_then(WallTime::instant),
        place: None,
        processing_status: ProcessingStatus::Complete,
        metadata_extracted: true,
    };
    let inner = store::media::Inner { taken_local: wall.map(WallTime::millis), ..Default::default() };
    let operation = library.begin("import", at).unwrap();
    let written = library.write(operation, at, |tx| {
        stored_file::insert(tx, &store::media::stored(&media, 202_407))?;
        store::media::insert(tx, &media, &inner)
    });
    written.unwrap();
}

/// Makes an album and puts the media over `byte`s in it.
pub(super) fn album(library: &mut Library, name: &str, byte: u8) {
    let at = stamp("2024-07-31T10:00:00.000Z");
    let album = Album::new(ObjectId::random(), library.owner().id, AlbumName::parse(name).unwrap(), at);
    let operation = library.begin("album create", at).unwrap();
    let made: Result<_, crate::link::LinkError> = library.write(operation, at, |tx| {
        let n = store::album::insert(tx, &album)?;
        let held = store::media::by_hash(tx, &Sha256::from_bytes([byte; 32]))?[0].n;
        let media = store::media::by_n(tx, tx.owner(), held)?.unwrap();
        let from = crate::link::End { n, id: album.base.id, kind: ALBUM };
        let to = crate::link::End { n: held, id: media.base.id, kind: media::KIND };
        crate::link::make(tx, from, to, LinkType::Contains, SourceType::User, None)
    });
    made.unwrap();
}

/// The condition a question becomes on the shelf, with its values.
#[track_caller]
fn check(text: &str, expected: &str) {
    let shelf = Shelf::new();
    let (reader, trash) = (&shelf.reader, Trash::Without);
    let mut compiler = Compiler { reader, question: sql::Question::default(), by_time: false, trash };
    let text_of = compiler.each_counted(&parse(text, &ground()).unwrap()).unwrap();
    let mut question = compiler.question;
    question.sql.text = text_of;
    let all = "my_media AS media WHERE media.deleted_at IS NULL AND ";
    let led = " AS lead CROSS JOIN my_media AS media ON media.n = lead.n WHERE media.deleted_at IS NULL";
    let condition = question.sql.text.strip_prefix("SELECT count(*) FROM ").unwrap().replace(led, "");
    let condition = condition.trim_start_matches(all);
    let shown = |param: &Param| match param {
        Param::Number(number) => number.to_string(),
        Param::Real(number) => number.to_string(),
        Param::Text(text) => text.clone(),
        Param::Bytes(bytes) => {
            let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap());
            bytes.iter().flat_map(digits).collect()
        }
    };
    let params: Vec<_> = question.sql.params.iter().map(shown).collect();
    assert_eq!(format!("{condition} [{}]", params.join("; ")), expected, "{text}");
}

#[test]
fn a_year_is_a_half_open_range_of_the_wall_clock() {
    check(
        "year:2024",
        "((media.taken_local >= ?1 AND media.taken_at >= ?2) AND (media.taken_local < ?3 AND media.taken_at < ?4)) \
         [1704067200000; 1703980800000; 1735689600000; 1735776000000]",
    );
    check("date>=2024-07-15T18:30Z", "media.taken_at >= ?1 [1721068200000]");
}

#[test]
fn values_are_parameters_and_names_are_numbers() {
    check("type:video", "media.media_type = ?1 [video]");
    check("size>10M", "media.size >= ?1 [10000001]");
    check("tag:old", "(SELECT media AS n FROM my_media_tag WHERE tag = ?1) [2]");
    check(
        "tag:cat",
        "(SELECT DISTINCT media AS n FROM my_media_tag WHERE tag IN (SELECT value FROM json_each(?1))) [[1,3]]",
    );
    check("tag:dog", "(SELECT media AS n FROM my_media_tag WHERE FALSE) []");
    check("camera:iphone", "media.camera = ?1 [iPhone 15]");
    check("filename:x", "matches(?1, media.filename, media.found_name) [0]");
    check(
        "id:a1b2c3",
        "(SELECT n FROM my_object WHERE id >= ?1 AND id <= ?2) [a1b2c300000000000000000000000000; a1b2c3ffffffffffffffffffffffffff]",
    );
}

#[test]
fn words_are_quoted_and_searched_for_together() {
    check(
        "red \"big car\"",
        "(SELECT rowid AS n FROM media_text WHERE media_text MATCH ?1) [\"red\" * AND \"big car\"]",
    );
    check("'a\"b OR c*'", "(SELECT rowid AS n FROM media_text WHERE media_text MATCH ?1) [\"a\"\"b OR c*\"]");
    check("'***'", "FALSE []");
}

#[test]
fn what_is_missing_is_not_what_is_negated() {
    check("-tag:old", "(media.n IN (SELECT media AS n FROM my_media_tag WHERE tag = ?1) IS NOT TRUE) [2]");
    check("-type:photo", "(media.media_type = ?1 IS NOT TRUE) [photo]");
    check("camera:none", "(media.camera IS NOT NULL IS NOT TRUE) []");
}

#[test]
fn every_field_finds_what_it_should() {
    let shelf = Shelf::new();
    shelf.finds("", "Ete_e__1_ IMG_1 IMG_2 clip note");
    shelf.finds("date:2023", "IMG_1");
    shelf.finds("date:2024-01-01", "IMG_2");
    shelf.finds("date:2023-12-31T22Z", "IMG_2");
    shelf.finds("date:2024-07", "Ete_e__1_ clip");
    shelf.finds("before:2024", "IMG_1");
    shelf.finds("until:2024-07-15 after:2024", "Ete_e__1_ IMG_2");
    shelf.finds("date:none", "note");
    shelf.finds("date:any -type:photo", "clip");
    shelf.finds("year:1801", "");
    shelf.finds("year>=2024", "Ete_e__1_ IMG_2 clip");
    shelf.finds("type:video|document", "clip note");
    shelf.finds("camera:canon", "IMG_1 IMG_2");
    shelf.finds("camera~\"5D$|^iphone\"", "Ete_e__1_ IMG_1");
    shelf.finds("camera=\"canon eos r\"", "IMG_2");
    shelf.finds("camera:none", "clip note");
    shelf.finds("-camera:canon", "Ete_e__1_ clip note");
    shelf.finds("camera!=\"iPhone 15\"", "IMG_1 IMG_2 clip note");
    shelf.finds("tag:CAT", "IMG_1 IMG_2");
    shelf.finds("tag:cafe", "clip");
    shelf.finds("tag:c*", "IMG_1 IMG_2 clip");
    shelf.finds("tag:cat&old", "IMG_1");
    shelf.finds("tag:none", "Ete_e__1_ note");
    shelf.finds("tag:any", "IMG_1 IMG_2 clip");
    shelf.finds("album:\"summer at SEA\"", "Ete_e__1_");
    shelf.finds("in:summer*", "Ete_e__1_");
    shelf.finds("album:sea", "");
    shelf.finds("album:none", "IMG_1 IMG_2 clip note");
    shelf.finds("album:any", "Ete_e__1_");
    shelf.finds("filename:img", "IMG_1 IMG_2");
    shelf.finds("file:*.HEIC", "Ete_e__1_");
    shelf.finds("file:\"été é (\"", "Ete_e__1_");
    shelf.finds("file~\"^img_[2-9]\"", "IMG_2");
    shelf.finds("file:none", "");
    shelf.finds("size:2k..4k", "Ete_e__1_ IMG_2 clip");
    shelf.finds("size<2k", "IMG_1");
    shelf.finds("hash:020202", "IMG_2");
    shelf.finds("hash:0202ff", "");
}

#[test]
fn words_are_found_from_their_start_and_in_album_names() {
    let shelf = Shelf::new();
    shelf.finds("red", "Ete_e__1_ IMG_2");
    shelf.finds("red car", "IMG_2");
    shelf.finds("re ball", "Ete_e__1_");
    shelf.finds("\"re ball\"", "");
    shelf.finds("text=re", "");
    shelf.finds("sea red", "Ete_e__1_");
    shelf.finds("sea -red", "");
    shelf.finds("car OR sea", "Ete_e__1_ IMG_2");
    shelf.finds("cafe iphone", "");
    shelf.finds("ETE", "Ete_e__1_");
    shelf.finds("!!!", "");
    shelf.finds("-!!!", "Ete_e__1_ IMG_1 IMG_2 clip note");
}

#[test]
fn ids_find_media_and_albums() {
    let shelf = Shelf::new();
    let expr = parse("album:any", &ground()).unwrap();
    let options = Options { order: order::parse(order::DEFAULT).unwrap(), ..Options::default() };
    let mut found = Vec::new();
    run(&shelf.reader, &expr, &options, |media| {
        found.push(media);
        Ok::<_, StoreError>(ControlFlow::Break(()))
    })
    .unwrap();
    let id = found[0].base.id.to_string();
    shelf.finds(&format!("id:{id}"), "Ete_e__1_");
    shelf.finds(&format!("id:{}", &id[..8].to_uppercase()), "Ete_e__1_");
    assert_eq!(find(&shelf.reader, &id[..8]).unwrap(), Thing::Media(Box::new(found.remove(0))));
    let me = shelf.library.owner().id.to_string();
    assert!(matches!(find(&shelf.reader, &me), Ok(Thing::User(_))));
    assert!(matches!(find(&shelf.reader, "a1b2"), Err(SelectError::NoId(_))));
    assert!(matches!(find(&shelf.reader, "00000000-0000-4000-8000-000000000000"), Err(SelectError::Missing(_))));
}

#[test]
fn an_album_is_found_by_its_id_too() {
    let shelf = Shelf::new();
    let sql = store::Sql { text: "SELECT n, id FROM my_object WHERE type = 3".into(), params: vec![] };
    let id: ObjectId = shelf.reader.names(&sql).unwrap()[0].1;
    shelf.finds(&format!("album:{id}"), "Ete_e__1_");
    shelf.finds(&format!("album:{}", &id.to_string()[..7]), "Ete_e__1_");
}

#[test]
fn results_come_newest_first_or_as_asked() {
    let shelf = Shelf::new();
    let newest = shelf.names("", order::DEFAULT, None);
    assert_eq!(newest, ["clip.mp4", "Ete_e__1_.heic", "IMG_2.jpg", "IMG_1.jpg", "note.txt"]);
    assert_eq!(shelf.names("", "-size", Some(2)), ["note.txt", "clip.mp4"]);
    assert_eq!(shelf.names("", "type,-size", Some(1)), ["note.txt"]);
    assert_eq!(shelf.names("", order::DEFAULT, Some(0)), Vec::<String>::new());
}

#[test]
fn what_is_in_the_trash_or_someone_elses_is_not_found() {
    let mut shelf = Shelf::new();
    let at = stamp("2024-08-01T00:00:00.000Z");
    let operation = shelf.library.begin("rm", at).unwrap();
    let binned: Result<usize, StoreError> = shelf.library.write(operation, at, |tx| {
        Ok(tx.execute("UPDATE media SET deleted_at = 1722470400000 WHERE filename = 'IMG_2.jpg'", [])?)
    });
    assert_eq!(binned.unwrap(), 1);
    shelf.finds("tag:cat", "IMG_1");
    shelf.finds("red", "Ete_e__1_");
    shelf.finds("", "Ete_e__1_ IMG_1 clip note");
}

#[test]
fn each_field_is_an_index_lookup() {
    let shelf = Shelf::new();
    for (text, step) in [
        ("", "media USING COVERING INDEX media_taken (owner=?)"),
        ("date:2024", "media USING INDEX media_taken (owner=? AND taken_at>? AND taken_at<?)"),
        ("before:2024", "media USING INDEX media_taken (owner=? AND taken_at<?)"),
        ("after:2024", "media USING INDEX media_taken (owner=? AND taken_at>?)"),
        ("date>=2024-07-15T18:30Z", "media USING COVERING INDEX media_taken (owner=? AND taken_at>?)"),
        ("type:video", "media USING COVERING INDEX media_type_time (owner=? AND media_type=?)"),
        ("camera:iphone", "media USING INDEX media_camera (owner=? AND camera=?)"),
        ("camera:canon", "media USING INDEX media_camera (owner=? AND camera=?)"),
        ("tag:old", "pair USING PRIMARY KEY (tag=?)"),
        ("tag:cat", "pair USING PRIMARY KEY (tag=?)"),
        ("tag:none", "media USING COVERING INDEX media_fact (owner=?)"),
        ("album:sum*", "link USING COVERING INDEX link_from (from_n=? AND link_type=? AND to_type=? AND deleted_at=?)"),
        ("album:none", "media USING COVERING INDEX media_loose (owner=?)"),
        ("red", "SCAN media_text VIRTUAL TABLE INDEX 0:M6"),
        ("sea", "SCAN media_text VIRTUAL TABLE INDEX"),
        ("id:a1b2c3", "object USING INDEX sqlite_autoindex_object_1 (id>? AND id<?)"),
        ("hash:a1b2c3", "media USING INDEX media_hash (owner=? AND hash>? AND hash<?)"),
        ("size>1M", "media USING COVERING INDEX media_size (owner=? AND size>?)"),
        ("filename:img", "media USING COVERING INDEX media_name (owner=?)"),
        ("red tag:old type:photo", "main.media USING INTEGER PRIMARY KEY (rowid=?)"),
    ] {
        let plan = shelf.plan(text);
        assert!(plan.contains(step), "{text}:\n{plan}");
        let scanned = |table: &str| {
            plan.lines().any(|line| line == format!("SCAN {table}") || line == format!("SCAN main.{table}"))
        };
        assert!(
            !["media", "link", "pair", "object", "tag"].into_iter().any(scanned),
            "{text}:
{plan}"
        );
    }
}

#[test]
fn the_largest_and_deepest_question_is_answered() {
    let shelf = Shelf::new();
    let words: Vec<String> = (0..2000).map(|k| format!("w{k}")).collect();
    shelf.finds(&words.join(" "), "");
    shelf.finds(&words[..500].join(" OR "), "");
    let terms = |term: &str, joint: &str| vec![term; 2000].join(joint);
    shelf.finds(&terms("-size:1000", " "), "Ete_e__1_ IMG_2 clip note");
    shelf.finds(&terms("size:1000", " OR "), "IMG_1");
    shelf.finds(&format!("tag:{}", terms("cat", "|")), "IMG_1 IMG_2");
    let level = format!("-({} OR ", vec!["size>0"; 29].join(" OR "));
    let other = format!("size>0 {} ", vec!["size>1"; 29].join(" "));
    let deep = format!("{level}{other}").repeat(32);
    shelf.finds(&format!("{deep}size>2{}", ")".repeat(32)), "");
}

#[test]
fn no_text_breaks_the_statement_it_becomes() {
    let shelf = Shelf::new();
    let mut noise = Noise(42);
    for _ in 0..2_000 {
        let pieces: Vec<&str> =
            (0..=noise.below(9)).map(|_| super::FRAGMENTS[noise.below(super::FRAGMENTS.len())]).collect();
        let Ok(expr) = parse(&pieces.concat(), &ground()) else { continue };
        count(&shelf.reader, &expr).unwrap_or_else(|error| panic!("{}: {error}", pieces.concat()));
    }
}

#[test]
fn a_steady_reader_finds_no_more_than_it_counts_while_others_write() {
    let mut shelf = Shelf::new();
    let expr = parse("", &ground()).unwrap();
    let steady = shelf.reader.steady().unwrap();
    let total = count(&shelf.reader, &expr).unwrap();
    add(&mut shelf.library, 9, "later.jpg", "2024-08-01T00:00:00", 9000, "{}");
    // Without a limit, and with one far beyond a page, a reader that is not steady has another connection read ahead.
    for limit in [None, Some(5_000)] {
        let (mut found, mut placed) = (0, 0);
        let options = Options { order: order::parse(order::DEFAULT).unwrap(), limit, ..Options::default() };
        let each = |media: Media| {
            found += 1;
            placed += u64::from(place(&shelf.reader, &options, media.base.id)?.is_some());
            Ok::<_, StoreError>(ControlFlow::Continue(()))
        };
        run(&shelf.reader, &expr, &options, each).unwrap();
        assert_eq!((found, placed), (total, total), "{limit:?}");
    }
    drop(steady);
    assert_eq!(count(&shelf.reader, &expr).unwrap(), total + 1);
}
