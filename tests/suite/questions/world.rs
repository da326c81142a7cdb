//! A library as plain values, and the same as rows of a catalogue, of one owner or of the other.
//!
//! What a question should find is worked out from the values; what it finds comes from the rows.

use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};

use crate::raw::{FIRST, Raw};
use crate::support::Seeded;

/// A photo, video or other file.
#[derive(Debug, Clone, Default)]
pub struct Photo {
    pub original: String,
    pub mime: usize,
    pub size: i64,
    pub width: Option<i64>,
    pub height: Option<i64>,
    pub duration: Option<f64>,
    /// The clock on the wall when it was taken, in milliseconds, and its distance from UTC.
    pub wall: Option<(i64, i64)>,
    pub created: i64,
    pub updated: i64,
    pub deleted: Option<i64>,
    /// Latitude and longitude.
    pub place: Option<(f64, f64)>,
    pub status: usize,
    pub thumbnail: bool,
    pub picture: Option<u64>,
    pub source_id: Option<String>,
    pub tags: Vec<String>,
    pub description: Option<String>,
    pub camera: Option<String>,
    pub lens: Option<String>,
    pub iso: Option<i64>,
    pub f: Option<f64>,
    pub mm: Option<f64>,
    pub shutter: Option<f64>,
    pub favorite: bool,
    pub likes: Option<i64>,
}

/// MIME type, media type, extension.
pub const MIMES: &[(&str, &str, &str)] = &[
    ("image/jpeg", "photo", "jpg"),
    ("image/png", "photo", "png"),
    ("image/heic", "photo", "heic"),
    ("image/x-adobe-dng", "photo", "dng"),
    ("video/mp4", "video", "mp4"),
    ("application/pdf", "document", "pdf"),
    ("application/zip", "other", "zip"),
];

pub const STATUSES: &[&str] = &["pending", "processing", "complete", "failed"];

/// An album, perhaps in another that stands before it, with its media.
#[derive(Debug, Clone, Default)]
pub struct Album {
    pub name: String,
    pub within: Option<usize>,
    pub members: Vec<usize>,
    pub trashed: bool,
}

/// A connected service, and the media that came from it.
#[derive(Debug, Clone, Default)]
pub struct Service {
    pub kind: String,
    pub name: String,
    pub media: Vec<usize>,
}

/// A link between two media.
#[derive(Debug, Clone)]
pub struct Tie {
    pub kind: &'static str,
    pub from: usize,
    pub to: usize,
    pub strength: f64,
    pub trashed: bool,
}

/// All of one owner.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub photos: Vec<Photo>,
    pub albums: Vec<Album>,
    pub services: Vec<Service>,
    pub ties: Vec<Tie>,
}

/// What the catalogue calls them: ids and hashes as hexadecimal digits, in the order of the world's lists.
#[derive(Debug, Clone, Default)]
pub struct Placed {
    pub photos: Vec<String>,
    /// Of the live ones that have a picture hash: of others nothing can be compared.
    pub pictures: Vec<String>,
    pub hashes: Vec<String>,
    pub albums: Vec<String>,
    pub services: Vec<String>,
}

impl Photo {
    pub fn mime_type(&self) -> &'static str {
        MIMES[self.mime].0
    }

    pub fn media_type(&self) -> &'static str {
        MIMES[self.mime].1
    }

    pub fn filename(&self) -> String {
        hypernet::model::text::Filename::of(&self.original).to_string()
    }

    /// The instant it was taken.
    pub fn utc(&self) -> Option<i64> {
        self.wall.map(|(clock, offset)| clock - offset)
    }

    pub fn metadata(&self) -> Value {
        let mut exif = Map::new();
        let texts = [("camera", &self.camera), ("lens", &self.lens)];
        exif.extend(texts.into_iter().filter_map(|(key, text)| Some((key.to_owned(), json!(text.as_ref()?)))));
        exif.extend(self.iso.map(|iso| ("iso".to_owned(), json!(iso))));
        let numbers = [("f_number", self.f), ("focal_length_mm", self.mm), ("exposure_time", self.shutter)];
        exif.extend(numbers.into_iter().filter_map(|(key, number)| Some((key.to_owned(), json!(number?)))));
        let mut all = Map::new();
        all.insert("original_filename".into(), json!(self.original));
        all.insert("exif".into(), exif.into());
        all.insert("tags".into(), json!(self.tags));
        all.insert("description".into(), json!(self.description));
        all.extend(self.camera.as_ref().map(|camera| ("camera".to_owned(), json!(camera))));
        all.extend(self.favorite.then(|| ("favorite".to_owned(), json!(true))));
        all.extend(self.likes.map(|likes| ("instagram".to_owned(), json!({ "likes": likes }))));
        all.into()
    }
}

/// Bytes that are the same in every run and in no other place.
fn bytes<const N: usize>(dice: &mut Seeded) -> [u8; N] {
    std::array::from_fn(|_| dice.next() as u8)
}

fn id(dice: &mut Seeded) -> [u8; 16] {
    let mut id = bytes(dice);
    id[6] = id[6] & 0x0f | 0x40;
    id[8] = id[8] & 0x3f | 0x80;
    id
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

impl World {
    /// Writes all of it as rows of this owner.
    pub fn put(&self, raw: &Raw, owner: i64) -> Placed {
        raw.attempt(|db| {
            Putting { db, owner, dice: Seeded(owner.cast_unsigned() * 7919), next: owner * 100_000 }.all(self)
        })
        .unwrap()
    }

    /// The albums a live media is in, by its place in the list; those in the trash hold nothing.
    pub fn albums_of(&self, photo: usize) -> Vec<usize> {
        if self.photos[photo].deleted.is_some() {
            return Vec::new();
        }
        let holds = |at: &usize| !self.albums[*at].trashed && self.albums[*at].members.contains(&photo);
        (0..self.albums.len()).filter(holds).collect()
    }
}

struct Putting<'a> {
    db: &'a Connection,
    owner: i64,
    dice: Seeded,
    next: i64,
}

type Done<T> = rusqlite::Result<T>;

impl Putting<'_> {
    fn all(&mut self, world: &World) -> Done<Placed> {
        let mut placed = Placed::default();
        let (mut photos, mut albums) = (Vec::new(), Vec::new());
        for photo in &world.photos {
            let (n, id, hash) = self.photo(photo)?;
            photos.push(n);
            placed.pictures.extend((photo.picture.is_some() && photo.deleted.is_none()).then(|| id.clone()));
            placed.photos.push(id);
            placed.hashes.push(hash);
        }
        // A link goes with its ends.
        let gone = |photo: usize| world.photos[photo].deleted.is_some();
        for album in &world.albums {
            let (n, id) = self.register(3)?;
            let deleted = album.trashed.then_some(1_000);
            self.db.execute(
                "INSERT INTO album (n, owner, created_at, updated_at, deleted_at, name, sort_order, visibility, metadata)
                 VALUES (?1, ?2, 0, 1000, ?3, ?4, 'manual', 'private', '{}')",
                params![n, self.owner, deleted, album.name],
            )?;
            let deleted = deleted.is_some();
            for (at, member) in album.members.iter().enumerate() {
                self.tie(
                    "contains",
                    (n, 3),
                    (photos[*member], 2),
                    &Extra { shape: 12, strength: 1.0, place: Some(at as i64), deleted: deleted || gone(*member) },
                )?;
            }
            if let Some(parent) = album.within {
                let place = Some(1_000 + albums.len() as i64);
                self.tie("contains", (albums[parent], 3), (n, 3), &Extra { shape: 12, strength: 1.0, place, deleted })?;
            }
            albums.push(n);
            placed.albums.push(id);
        }
        for service in &world.services {
            let (n, id) = self.service(service)?;
            for media in &service.media {
                self.tie(
                    "source",
                    (photos[*media], 2),
                    (n, 4),
                    &Extra { shape: 0, strength: 1.0, place: None, deleted: gone(*media) },
                )?;
            }
            placed.services.push(id);
        }
        for tie in &world.ties {
            let shape = if tie.kind == "variant_of" { 10 } else { 1 };
            let extra = Extra {
                shape,
                strength: tie.strength,
                place: None,
                deleted: tie.trashed || gone(tie.from) || gone(tie.to),
            };
            self.tie(tie.kind, (photos[tie.from], 2), (photos[tie.to], 2), &extra)?;
        }
        Ok(placed)
    }

    fn register(&mut self, kind: i64) -> Done<(i64, String)> {
        let id = id(&mut self.dice);
        self.next += 1;
        let insert = "INSERT INTO object (n, id, type, owner, made_by) VALUES (?1, ?2, ?3, ?4, 1)";
        self.db.execute(insert, params![self.next, id, kind, self.owner])?;
        Ok((self.next, hex(&id)))
    }

    fn photo(&mut self, photo: &Photo) -> Done<(i64, String, String)> {
        let (n, id) = self.register(2)?;
        let hash: [u8; 32] = bytes(&mut self.dice);
        let ext = MIMES[photo.mime].2;
        self.db.execute(
            "INSERT INTO stored_file (owner, hash, size, holder, month, ext)
             VALUES (?1, ?2, ?3, (SELECT id FROM object WHERE n = ?4), 202407, ?5)",
            params![self.owner, hash, photo.size, n, ext],
        )?;
        self.db.execute(
            "INSERT INTO media (n, owner, created_at, updated_at, deleted_at, source_type, source_id, filename, media_type,
               mime_type, size, width, height, duration, hash, taken_at, taken_local, latitude, longitude, processing_status,
               thumbnail_generated, metadata_extracted, phash, phash_version, metadata)
             VALUES (?1, ?2, ?3, ?4, ?5, 'import', ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, 1,
               ?21, ?22, ?23)",
            params![
                n, self.owner, photo.created, photo.updated, photo.deleted, photo.source_id, photo.filename(),
                photo.media_type(), photo.mime_type(), photo.size, photo.width, photo.height, photo.duration, hash,
                photo.utc(), photo.wall.map(|(clock, _)| clock), photo.place.map(|(lat, _)| lat),
                photo.place.map(|(_, lon)| lon), STATUSES[photo.status], photo.thumbnail,
                photo.picture.map(u64::cast_signed), photo.picture.map(|_| 1), photo.metadata().to_string(),
            ],
        )?;
        Ok((n, id, hex(&hash)))
    }

    fn service(&mut self, service: &Service) -> Done<(i64, String)> {
        let (n, id) = self.register(4)?;
        self.db.execute(
            "INSERT INTO integration (n, owner, created_at, updated_at, integration_type, integration_name, status, is_enabled,
               metadata) VALUES (?1, ?2, 0, 0, ?3, ?4, 'connected', 1, '{}')",
            params![n, self.owner, service.kind, service.name],
        )?;
        Ok((n, id))
    }

    fn tie(&mut self, kind: &str, from: (i64, i64), to: (i64, i64), extra: &Extra) -> Done<()> {
        let (n, _) = self.register(5)?;
        self.db.execute(
            "INSERT INTO link (n, owner, created_at, updated_at, deleted_at, from_n, from_type, to_n, to_type, link_type, shape,
               strength, sort_order, metadata) VALUES (?1, ?2, 0, 1000, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, '{}')",
            params![
                n, self.owner, extra.deleted.then_some(1_000), from.0, from.1, to.0, to.1, kind, extra.shape, extra.strength,
                extra.place
            ],
        )?;
        Ok(())
    }
}

/// What a link has beside its ends.
struct Extra {
    shape: i64,
    strength: f64,
    place: Option<i64>,
    deleted: bool,
}

/// A library of two owners, and a reader of the first one's rows.
pub struct Shelf {
    pub raw: Raw,
    pub world: World,
    pub placed: Placed,
    pub reader: hypernet::store::Reader,
    /// What is not the reader's.
    pub other: Placed,
    _library: hypernet::store::Library,
}

impl Shelf {
    pub fn new(world: World, other: &World) -> Self {
        let raw = Raw::new();
        let placed = world.put(&raw, FIRST);
        let other = other.put(&raw, crate::raw::SECOND);
        let path = raw.path();
        let opening = hypernet::store::Opening {
            path,
            access: hypernet::store::Access::Read,
            lock_timeout: std::time::Duration::ZERO,
        };
        let library = hypernet::store::Library::open(&opening).unwrap();
        let reader = library.reader().unwrap();
        Self { raw, world, placed, reader, other, _library: library }
    }
}
