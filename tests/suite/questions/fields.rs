//! Every field of the contract: its names, the comparisons and values it takes, and where a media's answer is.

use chrono::{DateTime, Datelike, Timelike};

use super::asked::{Ground, Op, Val, Way, stand_in, words};
use super::world::Photo;

/// One field of the language.
pub struct Field {
    /// Its name and its other names.
    pub names: &'static [&'static str],
    pub kind: Kind,
    pub reads: Reads,
    /// Whether `:` looks for a part of a text.
    pub part: bool,
    /// Whether a date without a zone is read on the clock of whoever asks.
    pub local: bool,
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.names[0])
    }
}

/// By the clock on the wall, and in UTC.
type Times = fn(&Ground, usize) -> (Option<i64>, Option<i64>);

/// What values it takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Words,
    Text,
    Name,
    Choice(&'static [&'static str]),
    Number(Unit),
    Date,
    /// A date, after `:` only.
    Side,
    /// The first digits of something.
    Digits,
    Flag(&'static [&'static str]),
    Near,
    Within,
    Link,
    Linked,
    Similar,
}

/// Which numbers make sense.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unit {
    Bytes,
    Whole(i32, i32),
    /// Small numbers with a fraction.
    Real,
    /// The same; one stands for all that round to it.
    Rounded,
    /// The same; 1 % is no difference.
    Loose,
    Year,
}

pub enum Reads {
    Texts(fn(&Ground, usize) -> Vec<String>),
    Number(fn(&Ground, usize) -> Option<f64>),
    Times(Times),
    Other(fn(&Ground, usize, &Val, Op) -> bool),
}

const fn field(names: &'static [&'static str], kind: Kind, reads: Reads) -> Field {
    let part = matches!(kind, Kind::Text);
    Field { names, kind, reads, part, local: false }
}

const fn instant(names: &'static [&'static str], times: Times) -> Field {
    Field { names, kind: Kind::Date, reads: Reads::Times(times), part: false, local: true }
}

fn of<'a>(ground: &'a Ground, photo: usize) -> &'a Photo {
    &ground.world.photos[photo]
}

fn given(text: Option<&String>) -> Vec<String> {
    text.into_iter().cloned().collect()
}

fn taken(ground: &Ground, photo: usize) -> (Option<i64>, Option<i64>) {
    let photo = of(ground, photo);
    (photo.wall.map(|(clock, _)| clock), photo.utc())
}

/// A part of the clock on the wall.
fn part(ground: &Ground, photo: usize, part: impl Fn(chrono::NaiveDateTime) -> u32) -> Option<f64> {
    let (clock, _) = of(ground, photo).wall?;
    Some(part(DateTime::from_timestamp_millis(clock).unwrap().naive_utc()).into())
}

fn whole(number: Option<i64>) -> Option<f64> {
    number.map(|number| number as f64)
}

fn sides(ground: &Ground, photo: usize) -> Option<(f64, f64)> {
    let photo = of(ground, photo);
    Some((photo.width? as f64, photo.height? as f64))
}

use Kind::{Choice, Date, Digits, Flag, Link, Linked, Name, Near, Number as Count, Side, Similar, Text, Within, Words};
use Reads::{Number, Other, Texts};

/// The fields, in the contract's order. The names a lexer must tell from one another stand together.
pub static FIELDS: &[Field] = &[
    field(&["text"], Words, Other(full_text)),
    field(&["date", "taken_at"], Date, Reads::Times(taken)),
    field(&["before"], Side, Reads::Times(taken)),
    field(&["after", "since"], Side, Reads::Times(taken)),
    field(&["until"], Side, Reads::Times(taken)),
    field(&["year"], Count(Unit::Year), Number(|g, p| part(g, p, |clock| clock.year().cast_unsigned()))),
    field(
        &["type", "media_type"],
        Choice(&["photo", "video", "document", "other"]),
        Texts(|g, p| vec![of(g, p).media_type().into()]),
    ),
    field(&["filename", "file"], Text, Texts(|g, p| vec![of(g, p).filename(), of(g, p).original.clone()])),
    field(&["camera"], Text, Texts(|g, p| given(of(g, p).camera.as_ref()))),
    field(&["tag"], Name, Texts(|g, p| of(g, p).tags.clone())),
    field(&["album", "in"], Name, Texts(albums)),
    field(&["size"], Count(Unit::Bytes), Number(|g, p| whole(Some(of(g, p).size)))),
    field(&["id"], Digits, Texts(|g, p| vec![g.placed.photos[p].clone()])),
    field(&["hash"], Digits, Texts(|g, p| vec![g.placed.hashes[p].clone()])),
    instant(&["added", "created_at"], |g, p| (Some(of(g, p).created), Some(of(g, p).created))),
    instant(&["updated", "updated_at"], |g, p| (Some(of(g, p).updated), Some(of(g, p).updated))),
    instant(&["deleted", "deleted_at"], |g, p| (of(g, p).deleted, of(g, p).deleted)),
    field(&["source_type"], Choice(&["import", "integration"]), Texts(|_, _| vec!["import".into()])),
    field(&["month"], Count(Unit::Whole(1, 12)), Number(|g, p| part(g, p, |clock| clock.month()))),
    field(&["day"], Count(Unit::Whole(1, 31)), Number(|g, p| part(g, p, |clock| clock.day()))),
    field(&["hour"], Count(Unit::Whole(0, 23)), Number(|g, p| part(g, p, |clock| clock.hour()))),
    field(
        &["weekday"],
        Count(Unit::Whole(1, 7)),
        Number(|g, p| part(g, p, |clock| clock.weekday().number_from_monday())),
    ),
    field(&["mime", "mime_type"], Name, Texts(|g, p| vec![of(g, p).mime_type().into()])),
    field(&["ext"], Name, Texts(|g, p| vec![of(g, p).original.rsplit('.').next().unwrap().to_lowercase()])),
    field(&["description", "desc"], Text, Texts(|g, p| given(of(g, p).description.as_ref()))),
    field(&["lens"], Text, Texts(|g, p| given(of(g, p).lens.as_ref()))),
    field(&["source_id"], Name, Texts(|g, p| given(of(g, p).source_id.as_ref()))),
    field(&["width"], Count(Unit::Whole(1, 5000)), Number(|g, p| whole(of(g, p).width))),
    field(&["height"], Count(Unit::Whole(1, 5000)), Number(|g, p| whole(of(g, p).height))),
    field(&["mp"], Count(Unit::Rounded), Number(|g, p| sides(g, p).map(|(w, h)| w * h / 1e6))),
    field(&["ratio"], Count(Unit::Loose), Number(|g, p| sides(g, p).map(|(w, h)| w / h))),
    field(&["duration"], Count(Unit::Rounded), Number(|g, p| of(g, p).duration)),
    field(&["iso"], Count(Unit::Whole(0, 1600)), Number(|g, p| whole(of(g, p).iso))),
    field(&["f"], Count(Unit::Real), Number(|g, p| of(g, p).f)),
    field(&["shutter"], Count(Unit::Loose), Number(|g, p| of(g, p).shutter)),
    field(&["mm"], Count(Unit::Real), Number(|g, p| of(g, p).mm)),
    field(&["tags"], Count(Unit::Whole(0, 4)), Number(|g, p| Some(of(g, p).tags.len() as f64))),
    field(&["albums"], Count(Unit::Whole(0, 3)), Number(|g, p| Some(albums(g, p).len() as f64))),
    field(&["near"], Near, Other(near)),
    field(&["bbox"], Within, Other(within)),
    field(&["link"], Link, Other(link)),
    field(&["linked"], Linked, Other(|g, p, value, _| linked(g, p, value, Way::Either))),
    field(&["linked_from"], Linked, Other(|g, p, value, _| linked(g, p, value, Way::In))),
    field(&["linked_to"], Linked, Other(|g, p, value, _| linked(g, p, value, Way::Out))),
    field(&["links"], Count(Unit::Whole(0, 4)), Number(|g, p| Some(links(g, p).len() as f64))),
    field(&["links.duplicate_of"], Count(Unit::Whole(0, 3)), Number(|g, p| Some(kinds(g, p, "duplicate_of")))),
    field(&["links.contains"], Count(Unit::Whole(0, 3)), Number(|g, p| Some(kinds(g, p, "contains")))),
    field(&["dup"], Linked, Other(dup)),
    field(&["similar"], Similar, Other(similar)),
    field(&["source", "integration"], Name, Texts(sources)),
    field(
        &["status"],
        Choice(super::world::STATUSES),
        Texts(|g, p| vec![super::world::STATUSES[of(g, p).status].into()]),
    ),
    field(&["has"], Flag(HAS), Other(has)),
    field(&["is"], Flag(IS), Other(is)),
    field(&["exif.iso"], Count(Unit::Whole(0, 1600)), Number(|g, p| whole(of(g, p).iso))),
    field(&["exif.f_number"], Count(Unit::Real), Number(|g, p| of(g, p).f)),
    field(&["meta.instagram.likes"], Count(Unit::Whole(0, 300)), Number(|g, p| whole(of(g, p).likes))),
];

const HAS: &[&str] = &[
    "gps",
    "date",
    "exif",
    "thumbnail",
    "tags",
    "description",
    "album",
    "camera",
    "lens",
    "duration",
    "source",
    "link",
];
const IS: &[&str] = &[
    "photo",
    "video",
    "raw",
    "landscape",
    "portrait",
    "square",
    "favorite",
    "duplicate",
    "unsorted",
    "failed",
    "trashed",
];

/// The live albums it is in, by name.
fn albums(ground: &Ground, photo: usize) -> Vec<String> {
    ground.world.albums_of(photo).into_iter().map(|at| ground.world.albums[at].name.clone()).collect()
}

/// What it came from: the kind of service, and the account.
fn sources(ground: &Ground, photo: usize) -> Vec<String> {
    if of(ground, photo).deleted.is_some() {
        return Vec::new();
    }
    let here = ground.world.services.iter().filter(|service| service.media.contains(&photo));
    here.flat_map(|service| [service.kind.clone(), service.name.clone()]).collect()
}

/// What full text is found in; the names of each album stand for themselves.
fn full_text(ground: &Ground, photo: usize, value: &Val, op: Op) -> bool {
    let Val::Words { text, whole } = value else { panic!("{value:?} is no word") };
    let (asked, photo_here) = (words(text), of(ground, photo));
    let name = if photo_here.original == photo_here.filename() {
        photo_here.filename()
    } else {
        format!("{} {}", photo_here.filename(), photo_here.original)
    };
    let tags = photo_here.tags.join(" ");
    let own = [
        Some(&name),
        photo_here.description.as_ref(),
        Some(&tags),
        photo_here.camera.as_ref(),
        photo_here.lens.as_ref(),
    ];
    let whole = *whole || op != Op::Has;
    own.into_iter().flatten().chain(&albums(ground, photo)).any(|text| stand_in(&asked, whole, text))
}

/// The great circle between two points, in metres, on a round Earth.
pub fn metres(one: (f64, f64), two: (f64, f64)) -> f64 {
    let (lat, lon) = ((two.0 - one.0).to_radians(), (two.1 - one.1).to_radians());
    let half =
        (lat / 2.0).sin().powi(2) + one.0.to_radians().cos() * two.0.to_radians().cos() * (lon / 2.0).sin().powi(2);
    6_371_008.8 * 2.0 * half.sqrt().min(1.0).asin()
}

fn near(ground: &Ground, photo: usize, value: &Val, _: Op) -> bool {
    let Val::Near(lat, lon, radius) = value else { return empty(value, of(ground, photo).place.is_none()) };
    of(ground, photo).place.is_some_and(|place| metres(place, (*lat, *lon)) <= *radius)
}

fn within(ground: &Ground, photo: usize, value: &Val, _: Op) -> bool {
    let Val::Within(west, south, east, north) = value else { return empty(value, of(ground, photo).place.is_none()) };
    of(ground, photo).place.is_some_and(|(lat, lon)| {
        let between = if west <= east { (*west..=*east).contains(&lon) } else { lon >= *west || lon <= *east };
        between && (*south..=*north).contains(&lat)
    })
}

fn empty(value: &Val, is_empty: bool) -> bool {
    match value {
        Val::Empty => is_empty,
        Val::Present => !is_empty,
        other => panic!("{other:?}"),
    }
}

/// The live links of a media: kind, whether it starts here, the other end, strength, whether both ways.
pub fn links(ground: &Ground, photo: usize) -> Vec<(&'static str, bool, String, f64)> {
    let world = ground.world;
    let mut found = Vec::new();
    if world.photos[photo].deleted.is_some() {
        return found;
    }
    for tie in &world.ties {
        if !tie.trashed && world.photos[tie.from].deleted.is_none() && world.photos[tie.to].deleted.is_none() {
            if tie.from == photo {
                found.push((tie.kind, true, ground.placed.photos[tie.to].clone(), tie.strength));
            }
            if tie.to == photo {
                found.push((tie.kind, false, ground.placed.photos[tie.from].clone(), tie.strength));
            }
        }
    }
    for album in world.albums_of(photo) {
        found.push(("contains", false, ground.placed.albums[album].clone(), 1.0));
    }
    for (at, service) in world.services.iter().enumerate() {
        if service.media.contains(&photo) {
            found.push(("source", true, ground.placed.services[at].clone(), 1.0));
        }
    }
    found
}

fn strong(strength: f64, asked: Option<(f64, f64)>) -> bool {
    asked.is_none_or(|(least, most)| (least..=most).contains(&strength))
}

/// A link that holds both ways has no direction: it goes out and comes in.
fn link(ground: &Ground, photo: usize, value: &Val, _: Op) -> bool {
    let Val::Link(kind, way, strength) = value else { return empty(value, links(ground, photo).is_empty()) };
    links(ground, photo).iter().any(|(of, out, _, how)| {
        let way = holds_both_ways(of) || *way == Way::Either || (*way == Way::Out) == *out;
        of == kind && way && strong(*how, *strength)
    })
}

/// How many links of a type it has.
fn kinds(ground: &Ground, photo: usize, kind: &str) -> f64 {
    links(ground, photo).iter().filter(|link| link.0 == kind).count() as f64
}

/// Seen from the media: `In` is what points to it.
fn linked(ground: &Ground, photo: usize, value: &Val, way: Way) -> bool {
    let Val::Linked(id, strength) = value else { panic!("{value:?}") };
    links(ground, photo).iter().any(|(kind, out, other, how)| {
        let way = holds_both_ways(kind) || way == Way::Either || (way == Way::Out) == *out;
        way && other.starts_with(id) && strong(*how, *strength)
    })
}

fn holds_both_ways(kind: &str) -> bool {
    matches!(kind, "duplicate_of" | "related_to")
}

/// The media itself, and what is linked to it as a duplicate, from one to the next.
fn dup(ground: &Ground, photo: usize, value: &Val, _: Op) -> bool {
    let Val::Linked(id, _) = value else { panic!("{value:?}") };
    let mut reached = vec![ground.placed.photos[photo].clone()];
    let mut at = 0;
    while let Some(from) = reached.get(at) {
        let here = ground.placed.photos.iter().position(|known| known == from).unwrap();
        for (kind, _, other, _) in links(ground, here) {
            if kind == "duplicate_of" && !reached.contains(&other) {
                reached.push(other);
            }
        }
        at += 1;
    }
    reached.iter().any(|known| known.starts_with(id))
}

fn similar(ground: &Ground, photo: usize, value: &Val, _: Op) -> bool {
    let Val::Similar(id, bits) = value else { panic!("{value:?}") };
    let of = |at: usize| ground.world.photos[at].picture;
    let same = |at: &usize| ground.placed.photos[*at].starts_with(id) && ground.world.photos[*at].deleted.is_none();
    let other = (0..ground.placed.photos.len()).find(same);
    other.and_then(of).zip(of(photo)).is_some_and(|(one, two)| (one ^ two).count_ones() <= *bits)
}

fn has(ground: &Ground, photo: usize, value: &Val, _: Op) -> bool {
    let Val::Choice(what) = value else { panic!("{value:?}") };
    let here = of(ground, photo);
    match *what {
        "gps" => here.place.is_some(),
        "date" => here.wall.is_some(),
        "exif" => {
            here.camera.is_some()
                || here.lens.is_some()
                || here.iso.is_some()
                || here.f.is_some()
                || here.mm.is_some()
                || here.shutter.is_some()
        }
        "thumbnail" => here.thumbnail,
        "tags" => !here.tags.is_empty(),
        "description" => here.description.is_some(),
        "album" => !albums(ground, photo).is_empty(),
        "camera" => here.camera.is_some(),
        "lens" => here.lens.is_some(),
        "duration" => here.duration.is_some(),
        "source" => !sources(ground, photo).is_empty(),
        // What is in an album is asked by `has:album`.
        "link" => links(ground, photo).iter().any(|(kind, ..)| *kind != "contains"),
        other => panic!("{other}"),
    }
}

fn is(ground: &Ground, photo: usize, value: &Val, _: Op) -> bool {
    let Val::Choice(what) = value else { panic!("{value:?}") };
    let here = of(ground, photo);
    let shape = sides(ground, photo);
    match *what {
        "photo" | "video" => here.media_type() == *what,
        "raw" => here.mime_type() == "image/x-adobe-dng",
        "landscape" => shape.is_some_and(|(w, h)| w > h),
        "portrait" => shape.is_some_and(|(w, h)| w < h),
        "square" => here.width.is_some() && here.width == here.height,
        "favorite" => here.favorite,
        "duplicate" => links(ground, photo).iter().any(|(kind, ..)| *kind == "duplicate_of"),
        "unsorted" => albums(ground, photo).is_empty(),
        "failed" => super::world::STATUSES[here.status] == "failed",
        "trashed" => here.deleted.is_some(),
        other => panic!("{other}"),
    }
}
