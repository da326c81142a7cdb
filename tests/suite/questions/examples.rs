//! Every example of the contract's section on queries, and each field and operator of its table, with the exact names it finds.

use hypernet::query;

use super::property::{found, ground};
use super::world::{Album, MIMES, Photo, Service, Shelf, Tie, World as Rows};
use crate::floors::root;
use crate::support::World;

const SANTA_MONICA: (f64, f64) = (34.0195, -118.4912);
const PARIS: (f64, f64) = (48.8584, 2.2945);

/// Milliseconds of a clock.
fn clock(text: &str) -> i64 {
    chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").unwrap().and_utc().timestamp_millis()
}

fn photo(name: &str, wall: &str, sides: (i64, i64), tags: &[&str]) -> Photo {
    let ext = name.rsplit('.').next().unwrap();
    let hours = 3_600_000;
    Photo {
        original: name.into(),
        mime: MIMES.iter().position(|mime| mime.2 == ext).unwrap(),
        size: 2_000_000,
        width: Some(sides.0),
        height: Some(sides.1),
        wall: (!wall.is_empty()).then(|| (clock(wall), 2 * hours)),
        created: clock("2024-07-01T10:00:00"),
        updated: clock("2024-07-01T10:00:00"),
        status: 2,
        thumbnail: true,
        tags: tags.iter().map(|tag| (*tag).into()).collect(),
        ..Photo::default()
    }
}

/// Ten media, of which the last is in the trash. Now is Wednesday, 2024-07-31, noon, two hours east of UTC.
fn rows() -> Rows {
    let camera = |camera: &str, iso: i64| (Some(camera.to_owned()), Some(iso));
    let mut photos = vec![
        photo("beach1.jpg", "2023-07-15T18:30:00", (4000, 3000), &["beach", "summer"]),
        photo("beach2.png", "2024-06-30T23:30:00", (1080, 1920), &["private"]),
        photo("Screenshot_1.png", "2024-07-25T09:00:00", (1080, 1920), &[]),
        photo("cat.jpg", "2023-01-07T12:00:00", (3000, 4000), &["Cat"]),
        photo("dog.heic", "2024-06-30T08:15:00", (4032, 3024), &["dog"]),
        photo("dogs.dng", "2024-07-01T00:00:00", (6000, 4000), &["dog", "cat", "café"]),
        photo("clip.mp4", "2024-07-27T20:00:00", (1920, 1080), &[]),
        photo("note.pdf", "", (0, 0), &[]),
        photo("pano.jpg", "2022-12-31T23:59:59", (9000, 3000), &["trip 2022", "none"]),
        photo("gone.jpg", "2024-07-20T12:00:00", (3000, 3000), &["beach"]),
    ];
    photos[0].place = Some(SANTA_MONICA);
    photos[3].place = Some(PARIS);
    photos[5].place = Some((48.86, 2.35));
    photos[8].place = Some((-17.8, 179.9));
    (photos[0].camera, photos[0].iso) = camera("Canon EOS 5D", 100);
    (photos[1].camera, photos[1].iso) = camera("Canon EOS R", 800);
    (photos[3].camera, photos[3].iso) = camera("iPhone 14", 100);
    (photos[4].camera, photos[4].iso) = camera("iPhone 15 Pro", 200);
    (photos[5].camera, photos[5].iso) = camera("iPhone 13", 50);
    photos[1].description = Some("A day at the beach, in Übersee".into());
    photos[8].description = Some("red car".into());
    photos[0].lens = Some("EF 50mm f/1.8".into());
    (photos[0].f, photos[0].mm, photos[0].shutter) = (Some(1.8), Some(50.0), Some(0.004));
    (photos[4].f, photos[4].mm) = (Some(2.8), Some(6.765));
    photos[6].duration = Some(12.5);
    photos[6].size = 20_000_000;
    photos[7].size = 1024;
    (photos[7].width, photos[7].height) = (None, None);
    photos[7].status = 3;
    photos[7].thumbnail = false;
    photos[0].favorite = true;
    photos[4].likes = Some(120);
    photos[3].likes = Some(9);
    photos[4].source_id = Some("post_7".into());
    for (at, picture) in [(0, 0u64), (1, 0xf), (3, 0xff), (4, 0x1ff), (8, u64::MAX)] {
        photos[at].picture = Some(picture);
    }
    photos[9].deleted = Some(clock("2024-07-21T10:00:00"));
    photos[6].updated = clock("2024-07-30T10:00:00");
    let album = |name: &str, within, members: &[usize]| Album {
        name: name.into(),
        within,
        members: members.into(),
        trashed: false,
    };
    let tie = |kind, from, to, strength| Tie { kind, from, to, strength, trashed: false };
    Rows {
        photos,
        albums: vec![
            album("Vacation 2026", None, &[0, 4]),
            album("Paris", Some(0), &[3, 5]),
            album("Night", Some(1), &[8]),
            Album { trashed: true, ..album("Lost", None, &[7]) },
        ],
        services: vec![Service { kind: "instagram".into(), name: "@ann".into(), media: vec![3, 4] }],
        ties: vec![
            tie("duplicate_of", 0, 1, 0.9),
            tie("duplicate_of", 3, 8, 0.5),
            tie("variant_of", 5, 4, 1.0),
            Tie { trashed: true, ..tie("related_to", 6, 7, 1.0) },
        ],
    }
}

struct Library(Shelf);

impl Library {
    fn new() -> Self {
        Self(Shelf::new(rows(), &rows()))
    }

    /// `{name}` stands for the id of the media of this stem.
    fn filled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (photo, id) in self.0.world.photos.iter().zip(&self.0.placed.photos) {
            text = text.replace(&format!("{{{}}}", stem(photo)), &id[..8]);
        }
        text
    }

    fn names(&self, expr: &query::Expr) -> String {
        let mut names: Vec<_> = found(&self.0, expr, "filename", false)
            .iter()
            .map(|at| stem(&self.0.world.photos[*at]).to_owned())
            .collect();
        names.sort();
        names.join(" ")
    }

    fn faults(&self, table: &[(&str, &str)]) -> Vec<String> {
        let fault = |(text, expected): &(&str, &str)| {
            let text = self.filled(text);
            let got = match query::parse(&text, &ground()) {
                Ok(expr) => self.names(&expr),
                Err(error) => format!("{error} {:?}", error.hint),
            };
            (got != *expected).then(|| format!("{text}\n  expected {expected}\n  got      {got}"))
        };
        table.iter().filter_map(fault).collect()
    }

    #[track_caller]
    fn finds(&self, table: &[(&str, &str)]) {
        let faults = self.faults(table);
        assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), table.len(), faults.join("\n"));
    }
}

fn stem(photo: &Photo) -> &str {
    photo.original.split('.').next().unwrap()
}

/// All that is not in the trash.
const ALL: &str = "Screenshot_1 beach1 beach2 cat clip dog dogs note pano";

#[test]
fn the_examples_of_the_contract_find_what_they_say() {
    Library::new().finds(&[
        ("beach -tag:private", "beach1"),
        ("beach", "beach1 beach2"),
        ("tag:cat|dog has:gps date:2023..2024-06", "cat"),
        ("tag:cat|dog has:gps date:2023..2024-07", "cat dogs"),
        ("album:\"Vacation 2026\" is:landscape mp>=12", "beach1 dog"),
        ("near:34.02,-118.49,10km OR near:48.86,2.35,5km", "beach1 cat dogs"),
        ("is:unsorted newer:30d NOT (ext:png OR is:screenshot)", "clip"),
        ("camera~\"^iPhone 1[45]\" iso:..200 weekday:sat|sun", "cat dog"),
        ("similar:{cat} -dup:{cat}", "beach1 beach2 dog"),
    ]);
}

#[test]
fn several_arguments_are_one_term_each() {
    let library = Library::new();
    for (given, expected) in [
        (&["before:2024", "camera:Canon"][..], "beach1"),
        (&["album:Vacation 2026", "NOT", "tag:dog"], "beach1"),
        (&["(", "tag:cat", "OR", "tag:dog", ")", "-has:gps"], "dog"),
        (&["camera:canon eos", "AND", "iso>100"], "beach2"),
        (&["red car", "*"], "pano"),
        (&["-tag:dog", "album:any"], "beach1 cat pano"),
    ] {
        let given: Vec<_> = given.iter().map(|part| (*part).to_owned()).collect();
        let expr = query::parse_arguments(&given, &ground()).unwrap_or_else(|error| panic!("{given:?}: {error}"));
        assert_eq!(library.names(&expr), expected, "{given:?}");
    }
}

#[test]
fn the_names_of_places_are_said_to_come_later() {
    for text in ["near:\"Santa Monica\",10km", "place:paris", "city:paris", "country:fr", "has:place"] {
        let error = query::parse(text, &ground()).expect_err(text);
        assert!(error.message.contains("not available yet"), "{text}: {error}");
    }
}

#[test]
fn texts_and_names_are_matched_as_their_kind_says() {
    Library::new().finds(&[
        ("", ALL),
        ("*", ALL),
        ("text:dog", "dog dogs"),
        ("text=dog", "dog dogs"),
        ("dog", "dog dogs"),
        ("\"dog\"", "dog dogs"),
        ("\"red car\"", "pano"),
        ("\"car red\"", ""),
        ("car red", "pano"),
        ("re ca", "pano"),
        ("ubersee", "beach2"),
        ("ÜBER", "beach2"),
        ("cafe", "dogs"),
        ("vacation", "beach1 dog"),
        ("paris cat", "cat dogs"),
        ("lost", ""),
        ("eos", "beach1 beach2"),
        ("50mm", "beach1"),
        ("filename:beach", "beach1 beach2"),
        ("file:*.PNG", "Screenshot_1 beach2"),
        ("filename=DOG.heic", "dog"),
        ("filename:dog?.*", "dogs"),
        ("filename~\"^b.*1\"", "beach1"),
        ("filename!=dog.heic", "Screenshot_1 beach1 beach2 cat clip dogs note pano"),
        ("description:DAY", "beach2"),
        ("desc:none", "Screenshot_1 beach1 cat clip dog dogs note"),
        ("description:any", "beach2 pano"),
        ("desc=\"red car\"", "pano"),
        ("description:\"übersee\"", "beach2"),
        ("camera:canon", "beach1 beach2"),
        ("camera=\"iphone 14\"", "cat"),
        ("camera!=\"iphone 14\"", "Screenshot_1 beach1 beach2 clip dog dogs note pano"),
        ("camera:none", "Screenshot_1 clip note pano"),
        ("camera:*PRO", "dog"),
        ("lens:50MM", "beach1"),
        ("lens:none -camera:none", "beach2 cat dog dogs"),
        ("tag:CAT", "cat dogs"),
        ("tag:ca", ""),
        ("tag:ca*", "cat dogs"),
        ("tag:cafe", "dogs"),
        ("tag:cat&dog", "dogs"),
        ("tag:cat&dog|beach", "beach1 dogs"),
        ("tag!=dog", "Screenshot_1 beach1 beach2 cat clip note pano"),
        ("tag:none", "Screenshot_1 clip note"),
        ("tag:\"none\"", "pano"),
        ("tag:\"trip 2022\"", "pano"),
        ("tag:trip\\ 2022", "pano"),
        ("tag:any tag:???", "cat dog dogs"),
        ("album:\"Vacation 2026\"", "beach1 dog"),
        ("in:vacation*", "beach1 dog"),
        ("album:\"Vacation 2026/*\"", "beach1 cat dog dogs pano"),
        ("album:\"Vacation 2026/Paris\"", "cat dogs"),
        ("album:\"Paris/*\"", "cat dogs pano"),
        ("album:\"Vacation 2026/Night\"", ""),
        ("album:paris|night", "cat dogs pano"),
        ("album:lost", ""),
        ("album:none", "Screenshot_1 beach2 clip note"),
        ("album:any", "beach1 cat dog dogs pano"),
        ("source:instagram", "cat dog"),
        ("integration:@ann", "cat dog"),
        ("source:facebook", ""),
        ("source:none", "Screenshot_1 beach1 beach2 clip dogs note pano"),
        ("source:any", "cat dog"),
        ("source_type:import", ALL),
        ("source_type:integration", ""),
        ("source_id:post_7", "dog"),
        ("source_id:any", "dog"),
    ]);
}

#[test]
fn dates_stand_for_their_whole_span_on_the_clock_on_the_wall() {
    Library::new().finds(&[
        ("date:2023", "beach1 cat"),
        ("taken_at:2024-07", "Screenshot_1 clip dogs"),
        ("date:2024-06-30", "beach2 dog"),
        ("date:2024-06-30T23", "beach2"),
        ("date:2024-06-30T21Z", "beach2"),
        ("date:2024-06-30T22Z", "dogs"),
        ("date:2022..2023-01", "cat pano"),
        ("date:..2022", "pano"),
        ("date:2024-07-25..", "Screenshot_1 clip"),
        ("date>2024-06", "Screenshot_1 clip dogs"),
        ("date>=2024-06", "Screenshot_1 beach2 clip dog dogs"),
        ("date<2023", "pano"),
        ("date<=2023", "beach1 cat pano"),
        ("date!=2024", "beach1 cat note pano"),
        ("date:none", "note"),
        ("date:any date:lastyear", "beach1 cat"),
        ("date:lastweek", "Screenshot_1 clip"),
        ("date:thismonth", "Screenshot_1 clip dogs"),
        ("date:4d", "clip"),
        ("before:2023", "pano"),
        ("after:2024-07-25", "Screenshot_1 clip"),
        ("since:2024-07-25", "Screenshot_1 clip"),
        ("until:2023-01-07", "cat pano"),
        ("newer:30d", "Screenshot_1 clip dogs"),
        ("newer:29d", "Screenshot_1 clip"),
        ("older:1y", "beach1 cat pano"),
        ("added:2024", ALL),
        ("added:2024-07-01T12", ALL),
        ("added<2024-07-01", ""),
        ("created_at>=2024-07-01", ALL),
        ("updated:2024-07-30", "clip"),
        ("deleted:2024-07-21", "gone"),
        ("deleted:any", "gone"),
        ("year:2024", "Screenshot_1 beach2 clip dog dogs"),
        ("year<2023", "pano"),
        ("month:6..7", "Screenshot_1 beach1 beach2 clip dog dogs"),
        ("month:12", "pano"),
        ("day:30|31", "beach2 dog pano"),
        ("day:1", "dogs"),
        ("hour:23", "beach2 pano"),
        ("hour>=20", "beach2 clip pano"),
        ("weekday:sat", "beach1 cat clip pano"),
        ("weekday:Sunday", "beach2 dog"),
        ("on:06-30", "beach2 dog"),
        ("on:07-15", "beach1"),
    ]);
}

#[test]
fn numbers_are_equal_compared_or_in_range() {
    Library::new().finds(&[
        ("size:20MB", "clip"),
        ("size>10M", "clip"),
        ("size:10M..", "clip"),
        ("size:1Ki", "note"),
        ("size:1k..2KiB", "note"),
        ("size<2000000", "note"),
        ("size<=2M size>1024", "Screenshot_1 beach1 beach2 cat dog dogs pano"),
        ("size>9223372036854775807", ""),
        ("size!=2M", "clip note"),
        ("width:4000", "beach1"),
        ("width>=6000", "dogs pano"),
        ("height<2000", "Screenshot_1 beach2 clip"),
        ("width:none", "note"),
        ("mp>=12", "beach1 cat dog dogs pano"),
        ("mp:24", "dogs"),
        ("mp>24", "pano"),
        ("ratio>1.5", "clip pano"),
        ("ratio:16:9", "clip"),
        ("ratio<1", "Screenshot_1 beach2 cat"),
        ("duration>12", "clip"),
        ("duration:10..13", "clip"),
        ("duration:none", "Screenshot_1 beach1 beach2 cat dog dogs note pano"),
        ("iso:100", "beach1 cat"),
        ("iso:..200", "beach1 cat dog dogs"),
        ("iso>=800", "beach2"),
        ("iso:none", "Screenshot_1 clip note pano"),
        ("f:1.4..2.8", "beach1 dog"),
        ("f<2", "beach1"),
        ("mm:50", "beach1"),
        ("mm<10", "dog"),
        ("shutter:1/250", "beach1"),
        ("shutter<=0.01", "beach1"),
        ("shutter>1", ""),
        ("albums:0", "Screenshot_1 beach2 clip note"),
        ("albums>0", "beach1 cat dog dogs pano"),
        ("tags:0", "Screenshot_1 clip note"),
        ("tags>=2", "beach1 dogs pano"),
        ("exif.iso>=800", "beach2"),
        ("exif.iso:50..100", "beach1 cat dogs"),
        ("exif.camera:canon*", "beach1 beach2"),
        ("exif.iso:none", "Screenshot_1 clip note pano"),
        ("meta.instagram.likes>100", "dog"),
        ("meta.instagram.likes<100", "cat"),
        ("meta.instagram:any", "cat dog"),
        ("meta.tags.0:beach", "beach1"),
    ]);
}

#[test]
fn places_links_and_likeness_find_their_media() {
    Library::new().finds(&[
        ("near:34.0195,-118.4912", "beach1"),
        ("near:48.86,2.35,1km", "dogs"),
        ("near:48.86,2.35,5km", "cat dogs"),
        ("near:48.86,2.35,3mi", "cat dogs"),
        ("near:{cat},10km", "cat dogs"),
        ("-near:48.86,2.35,5km has:gps", "beach1 pano"),
        ("bbox:2,48,3,49", "cat dogs"),
        ("bbox:179,-18,-179,-17", "pano"),
        ("bbox:-180,-90,180,90", "beach1 cat dogs pano"),
        ("similar:{beach1}", "beach1 beach2 cat"),
        ("similar:{beach1},4", "beach1 beach2"),
        ("similar:{beach1},0", "beach1"),
        ("similar:{beach1},64", "beach1 beach2 cat dog pano"),
        ("dup:{beach1}", "beach1 beach2"),
        ("dup:{pano}", "cat pano"),
        ("dup:{dog}", "dog"),
        ("link:duplicate_of", "beach1 beach2 cat pano"),
        ("link:duplicate_of,0.9..", "beach1 beach2"),
        ("link:duplicate_of,..0.5", "cat pano"),
        ("link:variant_of", "dog dogs"),
        ("link:variant_of.out", "dogs"),
        ("link:variant_of.in", "dog"),
        ("link:related_to", ""),
        ("link:contains", "beach1 cat dog dogs pano"),
        ("link:source", "cat dog"),
        ("linked:{dog}", "dogs"),
        ("linked_from:{dogs}", "dog"),
        ("linked_to:{dog}", "dogs"),
        ("linked_from:{dog}", ""),
        ("linked:{beach1}", "beach2"),
        ("linked:{cat},0.7..", ""),
        ("links:0", "Screenshot_1 clip note"),
        ("links>2", "cat dog"),
        ("links.duplicate_of>0", "beach1 beach2 cat pano"),
        ("links:duplicate_of>0", "beach1 beach2 cat pano"),
        ("id:{note}", "note"),
        ("id:ffffffffff", ""),
    ]);
}

#[test]
fn flags_say_what_a_media_has_and_is() {
    Library::new().finds(&[
        ("has:gps", "beach1 cat dogs pano"),
        ("-has:date", "note"),
        ("has:exif", "beach1 beach2 cat dog dogs"),
        ("-has:thumbnail", "note"),
        ("-has:tags", "Screenshot_1 clip note"),
        ("has:description", "beach2 pano"),
        ("has:album", "beach1 cat dog dogs pano"),
        ("has:camera", "beach1 beach2 cat dog dogs"),
        ("has:lens", "beach1"),
        ("has:duration", "clip"),
        ("has:source", "cat dog"),
        ("-has:link", "Screenshot_1 clip note"),
        ("is:photo", "Screenshot_1 beach1 beach2 cat dog dogs pano"),
        ("is:video", "clip"),
        ("is:raw", "dogs"),
        ("is:live", ""),
        ("is:screenshot", "Screenshot_1"),
        ("is:landscape", "beach1 clip dog dogs pano"),
        ("is:portrait", "Screenshot_1 beach2 cat"),
        ("is:square", ""),
        ("is:pano", "pano"),
        ("is:favorite", "beach1"),
        ("is:edited", ""),
        ("is:duplicate", "beach1 beach2 cat pano"),
        ("is:unsorted", "Screenshot_1 beach2 clip note"),
        ("is:failed", "note"),
        ("is:trashed", "gone"),
        ("is:trashed tag:beach", "gone"),
        ("-is:trashed tag:beach", "beach1"),
        ("tag:beach OR is:trashed", "beach1 gone"),
        ("tag:beach", "beach1"),
        ("has:gps&date", "beach1 cat dogs pano"),
        ("is:video|raw", "clip dogs"),
        ("is!=photo", "clip note"),
        ("status:failed", "note"),
        ("status!=complete", "note"),
        ("type:photo", "Screenshot_1 beach1 beach2 cat dog dogs pano"),
        ("media_type:video|document", "clip note"),
        ("mime:image/png", "Screenshot_1 beach2"),
        ("mime:image/* -mime:image/jpeg", "Screenshot_1 beach2 dog dogs"),
        ("ext:png", "Screenshot_1 beach2"),
        ("ext:JPG|heic", "beach1 cat dog pano"),
    ]);
}

#[test]
fn what_an_import_read_from_the_files_themselves_is_found() {
    let world = World::new();
    let ran =
        world.run(&["import", root().join("tests/fixtures/pictures").to_str().unwrap(), "--album", "{parent}", "-q"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for (question, expected) in [
        ("sunset", &["IMG_0042.jpg"][..]),
        ("tag:beach&sunset", &["IMG_0042.jpg"]),
        ("camera:\"iphone 15\"", &["IMG_0043.jpg", "IMG_0042.jpg"]),
        ("lens:f/1.78 tag:sunset", &["IMG_0042.jpg"]),
        ("iso:80 f:1.78 shutter:1/250", &["IMG_0042.jpg"]),
        ("date:2024-07-14T18:22", &["IMG_0042.jpg"]),
        ("date:2024-07-15T01Z", &["MOV_0044.mp4", "IMG_0043.jpg", "IMG_0042.jpg"]),
        ("album:Beach type:video", &["MOV_0044.mp4"]),
        ("is:screenshot", &["Screenshot_20250102-101500.png"]),
        ("description:\"at the PIER\"", &["IMG_0042.jpg"]),
    ] {
        let ran = world.run(&["query", question, "--format", "tsv"]);
        let names: Vec<_> = ran.stdout.lines().map(|line| line.split('\t').nth(4).unwrap()).collect();
        assert_eq!((ran.code, names.as_slice()), (0, expected), "{question}: {ran:?}");
    }
}
