//! What a grown library is made of: dates with seasons, places people go back to, common and rare words, cameras that get replaced.
//!
//! The same seed gives the same things; ids are random all the same. No file, no catalogue: values only.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta};
use hypernet::model::geo::Place;
use hypernet::model::mime::Mime;
use hypernet::model::{Metadata, Sha256, mime};
use serde_json::{Map, Value, json};

/// A sequence of numbers that looks random: `SplitMix64`.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    /// From 0 to below 1.
    pub fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From 0 to below `n`, low numbers far more often: as words are in a language.
    pub fn common(&mut self, n: u64) -> u64 {
        ((n as f64).powf(self.part()) - 1.0) as u64
    }

    /// The digest of bytes nobody wrote.
    pub fn hash(&mut self) -> Sha256 {
        let mut bytes = [0; 32];
        bytes.chunks_exact_mut(8).for_each(|part| part.copy_from_slice(&self.next().to_le_bytes()));
        Sha256::from_bytes(bytes)
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }
}

/// Make, model, lens, and the first year it was sold.
const CAMERAS: &[(&str, &str, Option<&str>, i32)] = &[
    ("Canon", "Canon PowerShot A95", None, 2004),
    ("NIKON CORPORATION", "NIKON D70", Some("18-70mm f/3.5-4.5"), 2004),
    ("Canon", "Canon EOS 400D DIGITAL", Some("EF-S18-55mm f/3.5-5.6"), 2006),
    ("Panasonic", "DMC-TZ5", None, 2008),
    ("Apple", "iPhone 4", None, 2010),
    ("SONY", "NEX-6", Some("E PZ 16-50mm F3.5-5.6 OSS"), 2012),
    ("samsung", "SM-G900F", None, 2014),
    ("Apple", "iPhone 7", Some("iPhone 7 back camera 3.99mm f/1.8"), 2016),
    ("Canon", "Canon EOS 80D", Some("EF-S18-135mm f/3.5-5.6 IS USM"), 2016),
    ("Google", "Pixel 3", None, 2018),
    ("Apple", "iPhone 11", Some("iPhone 11 back dual wide camera 4.25mm f/1.8"), 2019),
    ("FUJIFILM", "X-T4", Some("XF16-55mmF2.8 R LM WR"), 2020),
    ("Apple", "iPhone 15 Pro", Some("iPhone 15 Pro back triple camera 6.765mm f/1.78"), 2023),
];

const SYLLABLES: &[&str] =
    &["ba", "ki", "lo", "mer", "sun", "ta", "vel", "no", "ri", "gan", "da", "pu", "sol", "ne", "wa", "hi"];

/// The `k`th word of the language descriptions are written in.
pub fn word(k: u64) -> String {
    let (mut rest, mut word) = (k + 16, String::new());
    while rest > 0 {
        word.push_str(SYLLABLES[(rest % 16) as usize]);
        rest /= 16;
    }
    word
}

/// One day out with one camera: what lies in one folder.
pub struct Roll {
    pub day: NaiveDate,
    camera: &'static (&'static str, &'static str, Option<&'static str>, i32),
    latitude: f64,
    longitude: f64,
    tags: Vec<String>,
}

impl Roll {
    /// Between 2006 and 2025: more of every later year, and twice as much in summer and at the year's end.
    pub fn new(dice: &mut Dice) -> Self {
        let year = 2006 + (20.0 * dice.part().sqrt()) as i32;
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        let mut day = first + Days::new(dice.below(365));
        if !matches!(day.month(), 7 | 8 | 12) {
            day = first + Days::new(dice.below(365));
        }
        let sold: Vec<_> = CAMERAS.iter().filter(|camera| camera.3 <= year && camera.3 + 8 > year).collect();
        let home = dice.common(200) as f64;
        Self {
            day,
            camera: *dice.one(&sold),
            latitude: (home * 37.7) % 110.0 - 45.0,
            longitude: (home * 71.3) % 340.0 - 170.0,
            tags: (0..4).map(|_| word(dice.common(300))).collect(),
        }
    }

    /// The folder's name: `2019/2019-07-14 melosun`.
    pub fn folder(&self, k: u64) -> String {
        format!("{}/{} {}-{k}", self.day.year(), self.day, self.tags[0])
    }

    /// Its `k`th photo or video.
    pub fn photo(&self, k: u64, folder: &str, dice: &mut Dice) -> Photo {
        let video = dice.below(20) == 0;
        let seconds = TimeDelta::seconds(i64::try_from(8 * 3600 + k * 60).unwrap_or_default() + dice.below(60) as i64);
        let local = self.day.and_time(chrono::NaiveTime::MIN) + seconds;
        let name = format!("IMG_{:04}.{}", dice.below(10_000), if video { "MOV" } else { "JPG" });
        let name = format!("{}_{k:03}.{}", &name[..8], &name[9..]);
        let near = |middle: f64, dice: &mut Dice| ((middle + dice.part() * 0.2) * 1e6).round() / 1e6;
        let place = (dice.below(10) < 6).then(|| (near(self.latitude, dice), near(self.longitude, dice)));
        let metadata = self.metadata(&name, folder, local, video, dice);
        Photo {
            local,
            mime: mime::parse(if video { "video/quicktime" } else { "image/jpeg" }).unwrap_or(&mime::ALLOWED[0]),
            size: if video { 20_000_000 + dice.below(80_000_000) } else { 1_500_000 + dice.below(3_500_000) },
            dimensions: if video { (1920, 1080) } else { (4032, 3024) },
            seconds: video.then(|| 5.0 + (dice.part() * 600.0).round() / 10.0),
            place: place.and_then(|(latitude, longitude)| Place::new(latitude, longitude).ok()),
            metadata,
            name,
        }
    }

    fn metadata(&self, name: &str, folder: &str, local: NaiveDateTime, video: bool, dice: &mut Dice) -> Metadata {
        let (make, model, lens, _) = *self.camera;
        let focal = *dice.one(&[4.2, 18.0, 24.0, 35.0, 50.0, 55.0, 85.0]);
        let mut exif = Map::new();
        exif.insert("make".into(), make.into());
        exif.insert("model".into(), model.into());
        exif.insert("camera".into(), model.into());
        if let (Some(lens), false) = (lens, video) {
            exif.insert("lens".into(), lens.into());
        }
        if !video {
            exif.insert("iso".into(), (100 << dice.below(7)).into());
            exif.insert("focal_length".into(), format!("{focal}mm").into());
            exif.insert("focal_length_mm".into(), json!(focal));
        }
        let tags: Vec<Value> = if dice.below(10) < 3 {
            let mut tags: Vec<_> = (0..3).map(|_| dice.one(&self.tags).clone()).collect();
            tags.dedup();
            tags.into_iter().map(Value::from).collect()
        } else {
            Vec::new()
        };
        let text = (dice.below(5) == 0).then(|| {
            let words: Vec<_> = (0..3 + dice.below(6)).map(|_| word(dice.common(5_000))).collect();
            words.join(" ")
        });
        let mut map = Map::new();
        map.insert("original_filename".into(), name.into());
        map.insert("original_path".into(), format!("{folder}/{name}").into());
        map.insert("taken_at_local".into(), local.format("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string().into());
        map.insert("taken_at_source".into(), "exif".into());
        map.insert("taken_at_offset_source".into(), "setting".into());
        map.insert("exif".into(), Value::Object(exif));
        map.insert("tags".into(), tags.into());
        map.insert("description".into(), text.map_or(Value::Null, Value::from));
        Metadata::from_file(map)
    }
}

/// What is known of one file.
pub struct Photo {
    pub name: String,
    pub local: NaiveDateTime,
    pub mime: &'static Mime,
    pub size: u64,
    pub dimensions: (u32, u32),
    pub seconds: Option<f64>,
    pub place: Option<Place>,
    pub metadata: Metadata,
}
