//! Every field of a media's own row, on a shelf whose answers are known: what each question finds, and what it refuses.

use std::ops::ControlFlow;

use super::{ground, refused};
use crate::model::geo::Place;
use crate::model::link::LinkType;
use crate::model::media::{self, Duration, ProcessingStatus};
use crate::model::text::{Email, Filename};
use crate::model::{Base, Media, Metadata, ObjectId, Sha256, SourceType, Timestamp, WallTime, mime};
use crate::query::{Options, count, order, parse, run};
use crate::store::media::Inner;
use crate::store::{self, Founder, Library, Reader, StoreError, stored_file};

struct Shelf {
    _folder: tempfile::TempDir,
    library: Library,
    reader: Reader,
}

/// One media: its name, the clock on the wall (two hours east of UTC), its type, pixels, seconds, place and metadata.
struct Row {
    name: &'static str,
    taken: &'static str,
    mime: &'static str,
    pixels: (u32, u32),
    seconds: Option<f64>,
    place: Option<(f64, f64)>,
    status: ProcessingStatus,
    metadata: &'static str,
}

const fn row(name: &'static str, taken: &'static str, mime: &'static str, metadata: &'static str) -> Row {
    let status = ProcessingStatus::Complete;
    Row { name, taken, mime, pixels: (0, 0), seconds: None, place: None, status, metadata }
}

const ROWS: &[Row] = &[
    // A Saturday.
    Row {
        pixels: (4032, 3024),
        place: Some((34.0, -118.0)),
        ..row(
            "a.JPEG",
            "2024-07-13T18:05:00.250",
            "image/jpeg",
            r#"{"exif":{"camera":"iPhone 15","lens":"back 6.9mm","iso":64,"f_number":1.8,"exposure_time":0.004,
                "focal_length_mm":6.9,"flash":false,"motion_photo":true},"description":"Café at noon","favorite":true,
                "taken_at_source":"exif","rating":5,"instagram":{"likes":120,"caption":"Sea"},"tags":["x"]}"#,
        )
    },
    // A Tuesday before 1970.
    Row {
        pixels: (3000, 4000),
        ..row(
            "b.dng",
            "1965-12-28T23:59:59.500",
            "image/x-adobe-dng",
            r#"{"exif":{"camera":"Canon EOS R","lens":"RF24-70mm","iso":800,"f_number":2.8,"exposure_time":0.01667,
                "focal_length_mm":50},"taken_at_source":"mtime","rating":"4","Odd Key":{"a\"b":[10,"ten",true]}}"#,
        )
    },
    // A Sunday, the first of a year.
    Row {
        pixels: (1170, 2532),
        ..row(
            "Screenshot 2023.png",
            "2023-01-01T00:00:00",
            "image/png",
            r#"{"taken_at_source":"filename","exif":{},"description":"","iso":1}"#,
        )
    },
    // A Thursday.
    Row {
        pixels: (1920, 1080),
        seconds: Some(89.6),
        ..row(
            "d.mov",
            "2024-02-29T12:00:00",
            "video/quicktime",
            r#"{"exif":{"iso":"auto"},"taken_at_source":"container"}"#,
        )
    },
    Row {
        pixels: (9000, 3000),
        ..row("e.heic", "2024-12-25T08:00:00", "image/heic", r#"{"exif":{"user_comment":"Screenshot"}}"#)
    },
    Row {
        pixels: (100, 100),
        status: ProcessingStatus::Failed,
        ..row("f", "", "image/jpeg", r#"{"description":null}"#)
    },
];

fn stamp(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn media(library: &Library, byte: u8, row: &Row) -> (Media, Inner) {
    let wall = (!row.taken.is_empty()).then(|| {
        let clock = chrono::NaiveDateTime::parse_from_str(row.taken, "%Y-%m-%dT%H:%M:%S%.f").unwrap();
        WallTime::new(clock, chrono::FixedOffset::east_opt(7200))
    });
    let (id, owner) = (ObjectId::random(), library.owner().id);
    // Each came a day after the one before; by the user's clock, half past midnight.
    let at = stamp(&format!("2024-07-{:02}T22:30:00.000Z", 20 + byte));
    let mut base = Base::new(id, owner, at, Some(SourceType::Import));
    let mut map = Metadata::parse(row.metadata).unwrap().into_map();
    map.insert("original_filename".into(), row.name.into());
    base.metadata = Metadata::new(map).unwrap();
    let mime = mime::parse(row.mime).unwrap();
    let pixels = |n: u32| Some(n).filter(|n| *n > 0);
    let media = Media {
        base,
        filename: Filename::of(row.name),
        mime,
        size: u64::from(byte) * 1000,
        width: pixels(row.pixels.0),
        height: pixels(row.pixels.1),
        duration: row.seconds.map(|seconds| Duration::from_secs(seconds).unwrap()),
        file_path: media::file_path(owner, 2024, 7, id, mime.ext).unwrap(),
        thumbnail_path: (byte == 1).then(|| media::thumbnail_path(owner, id).unwrap()),
        hash: Sha256::from_bytes([byte; 32]),
        taken_at: wall.and_then(WallTime::instant),
        place: row.place.map(|(lat, lon)| Place::new(lat, lon).unwrap()),
        processing_status: row.status,
        metadata_extracted: true,
    };
    let inner = Inner { taken_local: wall.map(WallTime::millis), ..Default::default() };
    (media, inner)
}

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let email = Email::parse("me@example.com").unwrap();
        let now = stamp("2024-07-31T10:00:00.000Z");
        let founder = Founder { email, display_name: None, original_display_name: None, now };
        let mut library = Library::init(&folder.path().join("library"), &founder).unwrap();
        let mut ends = Vec::new();
        for (byte, row) in (1..).zip(ROWS) {
            let (media, inner) = media(&library, byte, row);
            let operation = library.begin("import", now).unwrap();
            let written = library.write(operation, now, |tx| {
                stored_file::insert(tx, &store::media::stored(&media, 202_407))?;
                store::media::insert(tx, &media, &inner)
            });
            ends.push(crate::link::End { n: written.unwrap(), id: media.base.id, kind: media::KIND });
        }
        let [still, raw, _, film, copy, same] = ends.as_slice() else { panic!("six") };
        for (from, to, link_type, variant) in [
            (film, still, LinkType::VariantOf, "live_video"),
            (copy, raw, LinkType::VariantOf, "edited"),
            (raw, same, LinkType::DuplicateOf, ""),
        ] {
            let operation = library.begin("link add", now).unwrap();
            let made: Result<_, crate::link::LinkError> = library.write(operation, now, |tx| {
                crate::link::make(tx, *from, *to, link_type, SourceType::System, None)?;
                let sql = "UPDATE link SET metadata = json_object('variant_type', ?1) WHERE from_n = ?2 AND ?1 <> ''";
                tx.execute(sql, (variant, from.n)).map_err(StoreError::from)?;
                Ok(())
            });
            made.unwrap();
        }
        let reader = library.reader().unwrap();
        Self { _folder: folder, library, reader }
    }

    #[track_caller]
    fn finds(&self, text: &str, expected: &str) {
        let expr = parse(text, &ground()).unwrap_or_else(|error| panic!("{text}: {error}"));
        let options = Options { order: order::parse("size").unwrap(), ..Options::default() };
        let mut names = String::new();
        run(&self.reader, &expr, &options, |media| {
            names.extend(media.filename.as_str().chars().take(1));
            Ok::<_, StoreError>(ControlFlow::Continue(()))
        })
        .unwrap();
        assert_eq!(names, expected, "{text}");
        assert_eq!(count(&self.reader, &expr).unwrap(), names.len() as u64, "{text}");
    }

    /// What each question finds; its negation finds the rest.
    #[track_caller]
    fn table(&self, rows: &[(&str, &str)]) {
        for (text, expected) in rows {
            self.finds(text, expected);
            let rest: String = "abSdef".chars().filter(|name| !expected.contains(*name)).collect();
            self.finds(&format!("-({text})"), &rest);
        }
    }
}

#[test]
fn parts_of_dates_are_those_of_the_wall_clock() {
    Shelf::new().table(&[
        ("month:7", "a"),
        ("month:jul|february", "ad"),
        ("month:11..2", "bSde"),
        ("month:..3", "Sd"),
        ("month>=7", "abe"),
        ("month!=7", "bSdef"),
        ("month:none", "f"),
        ("day:28..29", "bd"),
        ("day:25..1", "bSde"),
        ("hour:22..3", "bS"),
        ("hour:18", "a"),
        ("hour<12", "Se"),
        ("weekday:sat|sun", "aS"),
        ("weekday:1..3", "be"),
        ("weekday:sun..tue", "bS"),
        ("weekday:thursday", "d"),
        ("on:02-29", "d"),
        ("on:12-24..01-06", "bSe"),
        ("on:7-13", "a"),
        ("year:1965..2023", "bS"),
        ("year<1970", "b"),
    ]);
}

#[test]
fn instants_are_dates_on_the_users_own_clock() {
    Shelf::new().table(&[
        ("added:2024-07-22", "a"),
        ("added:2024-07-21T22:30Z", "a"),
        ("created_at:2024-07-23..2024-07-24", "bS"),
        ("added>2024-07-24", "def"),
        ("added<2024-07-22", ""),
        ("added:yesterday", ""),
        ("updated:2024-07-22T00:30", "a"),
        ("deleted:none", "abSdef"),
        ("updated:any", "abSdef"),
    ]);
}

#[test]
fn ages_count_from_now() {
    Shelf::new().table(&[
        ("newer:18d", "ae"),
        ("newer:17d", "e"),
        ("older:18d", "bSd"),
        ("older:17d", "abSd"),
        ("newer:6mo older:10d", "ad"),
        ("newer:100000h", "aSde"),
    ]);
}

#[test]
fn numbers_compare_as_numbers() {
    Shelf::new().table(&[
        ("width>=3000", "abe"),
        ("height:1080", "d"),
        ("width:none", ""),
        ("mp:12", "ab"),
        ("mp:12.2", "a"),
        ("mp>=12", "abe"),
        ("mp<1mp", "f"),
        ("ratio:4:3", "a"),
        ("ratio:0.75", "b"),
        ("ratio:16:9", "d"),
        ("ratio>1", "ade"),
        ("ratio:1..2", "adf"),
        ("duration:90", "d"),
        ("duration:1:30", "d"),
        ("duration:1m..2m", "d"),
        ("duration>90", ""),
        ("duration:none", "abSef"),
        ("iso:64|800", "ab"),
        ("iso>=100", "b"),
        ("iso<100", "a"),
        ("iso:..100", "a"),
        ("iso:none", "Sef"),
        ("f:1.4..2.8", "ab"),
        ("f:f/2.8", "b"),
        ("f<2", "a"),
        ("mm:50mm", "b"),
        ("mm:..35", "a"),
        ("shutter:1/250", "a"),
        ("shutter:1/60", "b"),
        ("shutter>1/60", ""),
        ("shutter<=1/60", "ab"),
        ("shutter:1/125..", "b"),
        ("size:2k..3k", "bS"),
    ]);
}

#[test]
fn texts_and_names_are_matched() {
    Shelf::new().table(&[
        ("description:cafe", "a"),
        ("desc:cafe*", "a"),
        ("desc=cafe", ""),
        ("desc~\"at n\"", "a"),
        ("desc:none", "bSdef"),
        ("lens:24-70", "b"),
        ("lens:none", "Sdef"),
        ("camera:canon|iphone", "ab"),
        ("mime:image/*", "abSef"),
        ("mime:image/heic", "e"),
        ("mime!=image/heic", "abSdf"),
        ("ext:jpeg", "a"),
        ("ext:jpg", "af"),
        ("ext:.PNG", "S"),
        ("ext:h*|mov", "de"),
        ("ext=j*", ""),
        ("ext:none", "f"),
        ("source_type:import", "abSdef"),
        ("source_type:upload", ""),
        ("status:failed", "f"),
        ("processing_status!=complete", "f"),
        ("type:photo", "abSef"),
    ]);
}

#[test]
fn flags_say_what_a_media_has_and_is() {
    Shelf::new().table(&[
        ("has:gps", "a"),
        ("has:date", "aSde"),
        ("has:exif", "abde"),
        ("has:thumbnail", "a"),
        ("has:tags", "a"),
        ("has:description", "a"),
        ("has:album", ""),
        ("has:camera&lens", "ab"),
        ("has:duration", "d"),
        ("has:source", ""),
        ("has:link", "abdef"),
        ("is:photo", "abSef"),
        ("is:video", "d"),
        ("is:raw", "b"),
        ("is:live", "ad"),
        ("is:screenshot", "Se"),
        ("is:landscape", "ade"),
        ("is:portrait", "bS"),
        ("is:square", "f"),
        ("is:pano", "e"),
        ("is:favorite", "a"),
        ("is:edited", "e"),
        ("is:duplicate", "bf"),
        ("is:unsorted", "abSdef"),
        ("is:failed", "f"),
        ("is:photo|video -is:raw", "aSdef"),
        ("is!=photo", "d"),
    ]);
}

#[test]
fn metadata_is_asked_by_path() {
    Shelf::new().table(&[
        ("exif.iso>=800", "b"),
        ("exif.ISO:64", "a"),
        ("exif.iso:auto", "d"),
        ("exif.iso:any", "abd"),
        ("exif.f_number:1.8..2.8", "ab"),
        ("exif.f_number>1.8", "b"),
        ("exif.exposure_time:1/60", "b"),
        ("exif.exposure_time=1/250", "a"),
        ("exif.exposure_time<1/60", "a"),
        ("meta.exif.exposure_time>=1/60", "b"),
        ("meta.exif.exposure_time:1/0", ""),
        ("exif.flash:false", "a"),
        ("exif.flash:none", "bSdef"),
        ("exif.camera:canon", "b"),
        ("exif.camera=\"iphone 15\"", "a"),
        ("exif.camera~^ip", "a"),
        ("meta.rating>3", "a"),
        ("meta.rating:4", "b"),
        ("meta.rating:4|5", "ab"),
        ("meta.rating!=5", "bSdef"),
        ("meta.instagram.likes>100", "a"),
        ("meta.instagram:any", "a"),
        ("meta.instagram:120", ""),
        ("meta.tags:X", "a"),
        ("meta.\"Odd Key\".\"a\\\"b\":ten", "b"),
        ("meta.\"Odd Key\".\"a\\\"b\".0:10", "b"),
        ("meta.\"Odd Key\".\"a\\\"b\">9", "b"),
        ("meta.\"Odd Key\".\"a\\\"b\".2:true", "b"),
        ("meta.exif:none", "Sf"),
        ("meta.description:none", "bSdef"),
        ("meta.taken_at_source>f", "bS"),
        ("meta.nothing.here:any", ""),
        ("meta.\"\":any", ""),
        ("meta.iso:1", "S"),
        ("meta.\"$[\".\"x'\\\\\":any", ""),
    ]);
}

#[test]
fn each_field_refuses_what_it_cannot_take() {
    for (text, spot, message) in [
        ("month:13", "      ^^", "`13` is no month"),
        ("weekday:funday", "        ^^^^^^", "`funday` is no day of the week"),
        ("hour>23", "     ^^", "nothing lies beyond `23`"),
        ("on:02-30", "   ^^^^^", "`02-30` is no day of a year"),
        ("newer:2024", "      ^^^^", "`2024` is no age"),
        ("older:+1d", "      ^^^", "`+1d` is no age"),
        ("newer>7d", "^^^^^^", "`newer` does not take `>`"),
        ("added:x", "      ^", "`x` is no date"),
        ("mp:many", "   ^^^^", "`many` is no number of megapixels"),
        ("ratio:16:0", "      ^^^^", "`16:0` is no ratio"),
        ("duration:5x", "         ^^", "`5x` is no length in time"),
        ("iso:high", "    ^^^^", "`high` is no number"),
        ("f:2.8..1.4", "  ^^^^^^^^", "the range `2.8..1.4` ends before it begins"),
        ("shutter:1/0", "        ^^^", "`1/0` is no time of exposure"),
        ("mm>1..2", "   ^^^^", "a range does not go with `>`"),
        ("ext:a&b", "     ^", "a media has only one `ext`, so none has both"),
        ("ext~x", "^^^^", "`ext` does not take `~`"),
        ("has:none", "    ^^^^", "`has` does not know `none`"),
        ("is>photo", "^^^", "`is` does not take `>`"),
        ("exif:any", "^^^^", "`exif` needs a key"),
        ("meta.sources:any", "^^^^^^^^^^^^", SIGHTINGS),
        ("meta.Sources.path:x", "^^^^^^^^^^^^^^^^^", SIGHTINGS),
        ("exif.:any", "    ^", "a key is missing between the dots here"),
        ("meta.:x", "    ^", "a key is missing between the dots here"),
        ("meta.a..b:x", "      ^", "a key is missing between the dots here"),
        ("-meta.é.:x", "       ^", "a key is missing between the dots here"),
        ("camera.x:y", "^^^^^^^^", "`camera` takes no key"),
        ("meta.x~(", "       ^", "expected a value after `meta.x~`"),
        ("meta.x:5..1", "       ^^^^", "the range `5..1` ends before it begins"),
        ("exfi.iso:1", "^^^^", "unknown field `exfi`"),
        ("status:done", "       ^^^^", "`done` is no status"),
    ] {
        refused(text, spot, message);
    }
    let hint = |text: &str| parse(text, &ground()).unwrap_err().hint.unwrap();
    assert_eq!(hint("is:favourite"), "did you mean `favorite`?");
    assert_eq!(hint("weekday:mondy"), "did you mean `monday`?");
    assert_eq!(hint("exfi.iso:1"), "did you mean `exif:`?");
}

#[test]
fn what_has_no_data_yet_says_so() {
    for (text, spot) in
        [("place:paris", "^^^^^"), ("x -city:none", "   ^^^^"), ("COUNTRY=fr", "^^^^^^^"), ("has:place", "    ^^^^^")]
    {
        let error = parse(text, &ground()).unwrap_err();
        assert_eq!(" ".repeat(error.span.start) + &"^".repeat(error.span.len()), spot, "{text}");
        assert!(error.message.starts_with("not available yet: "), "{text}: {}", error.message);
    }
}

#[test]
fn what_is_in_the_trash_is_found_where_it_is_asked_for() {
    let mut shelf = Shelf::new();
    let now = stamp("2024-07-30T12:00:00.000Z");
    let operation = shelf.library.begin("rm", now).unwrap();
    let binned: Result<usize, StoreError> = shelf.library.write(operation, now, |tx| {
        Ok(tx.execute("UPDATE media SET deleted_at = ?1 WHERE filename IN ('a.JPEG', 'b.dng')", [now.millis()])?)
    });
    assert_eq!(binned.unwrap(), 2);
    for (text, expected) in [
        ("", "Sdef"),
        ("is:trashed", "ab"),
        ("-is:trashed", "Sdef"),
        ("deleted:yesterday", "ab"),
        ("deleted<2024-07-30", ""),
        ("deleted:none", "Sdef"),
        ("-deleted:none", "ab"),
        ("deleted!=none", "ab"),
        ("-deleted!=none", "Sdef"),
        ("-deleted:any", "Sdef"),
        ("deleted!=none camera:canon", "b"),
        ("-deleted:none OR is:pano", "abe"),
        ("NOT (deleted:none filename:b.dng)", "abSdef"),
        ("NOT (deleted:none OR filename:b.dng)", "a"),
        ("deleted:any camera:canon", "b"),
        ("is:trashed lens:any", "ab"),
        ("is:trashed OR is:pano", "abe"),
        ("is:favorite", ""),
        ("is:trashed is:favorite", "a"),
        ("is:trashed ext:jpg added:2024-07-22", "a"),
        ("is:trashed is:duplicate", "b"),
        // A branch that does not ask for the trash finds live media only.
        ("(is:trashed is:favorite) OR filename:b.dng", "a"),
        ("filename:b.dng OR (is:trashed is:favorite) OR is:pano", "ae"),
        ("(is:trashed OR is:pano) filename:b.dng", "b"),
        ("(is:trashed OR is:pano) (is:duplicate OR (is:favorite is:trashed))", "ab"),
        ("NOT (filename:b.dng NOT is:trashed)", "abSdef"),
        ("filename:b.dng OR NOT is:trashed", "Sdef"),
        ("deleted:any|none filename:a.JPEG|b.dng", "ab"),
        ("is:trashed|pano", "abe"),
    ] {
        shelf.finds(text, expected);
    }
}

const SIGHTINGS: &str = "not available yet: where a media was found is recorded apart from its metadata; `filename:` finds the \
                         name it was found under, `source:` its account";
