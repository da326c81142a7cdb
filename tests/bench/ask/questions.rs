//! The 25 questions, each kind of word among them, and how a plain table would be asked the same.
//!
//! Every word stands in what `grow` makes of a million media. Values only: nothing is run here.

/// One question.
pub struct Question {
    /// As it is typed. `ID` becomes the id of a media that has a link.
    pub text: &'static str,
    /// What it is sorted by, if not by time.
    pub sort: Option<&'static str>,
    /// Whether its word stands in a third of all media or more: its page may take longer.
    pub common: bool,
    /// The condition on one plain table of photos, where SQL can say it simply.
    pub plain: Option<&'static str>,
    /// How that table is sorted.
    pub plain_order: &'static str,
}

const fn question(text: &'static str) -> Question {
    Question { text, sort: None, common: false, plain: None, plain_order: "taken_at DESC, id" }
}

impl Question {
    const fn plainly(self, condition: &'static str) -> Self {
        Self { plain: Some(condition), ..self }
    }

    const fn sorted(self, by: &'static str, plain_order: &'static str) -> Self {
        Self { sort: Some(by), plain_order, ..self }
    }
}

/// All of them. Times are in UTC in a grown library, so that a plain table needs no second clock.
pub const QUESTIONS: [Question; 25] = [
    question("*").plainly("TRUE"),
    question("velganmerki"),
    Question { common: true, ..question("iphone") },
    question("nogan"),
    question("\"kiki loki\""),
    question("date:2019-07").plainly("taken_at >= 1561939200000 AND taken_at < 1564617600000"),
    question("camera:iphone year:2012..2015")
        .plainly("camera LIKE '%iphone%' AND taken_at >= 1325376000000 AND taken_at < 1451606400000"),
    question("type:video NOT camera:iphone")
        .plainly("media_type = 'video' AND (camera IS NULL OR camera NOT LIKE '%iphone%')"),
    question("tag:baki").plainly("tags LIKE '%,baki,%'"),
    question("tag:none camera~\"canon.*d\"").plainly("tags IS NULL AND camera LIKE '%canon%d%'"),
    question("album:\"baki baki 0\""),
    question("album:none").plainly("album_count = 0"),
    question("tag:kiki OR year:2010")
        .plainly("tags LIKE '%,kiki,%' OR (taken_at >= 1262304000000 AND taken_at < 1293840000000)"),
    question("size>90M").sorted("-size", "size DESC, id").plainly("size > 90000000"),
    question("*").sorted("filename", "filename, id").plainly("TRUE"),
    question("near:-7.2,-98.6,5km").sorted("distance", ""),
    question("bbox:-99,-8,-98,-7").plainly("longitude BETWEEN -99 AND -98 AND latitude BETWEEN -8 AND -7"),
    question("link:duplicate_of"),
    question("linked:ID"),
    question("links.duplicate_of>0"),
    question("has:gps is:landscape mp>=12")
        .plainly("latitude IS NOT NULL AND width > height AND width * height >= 12000000"),
    question("-is:unsorted newer:2y hour:9 weekday:sat").plainly(
        "album_count > 0 AND taken_at >= strftime('%s', 'now', 'start of day', '-2 years') * 1000
         AND strftime('%H', taken_at / 1000, 'unixepoch') = '09' AND strftime('%w', taken_at / 1000, 'unixepoch') = '6'",
    ),
    question("iso:400..1600 mm:50").plainly("iso BETWEEN 400 AND 1600 AND focal_length_mm = 50"),
    question("exif.make:sony meta.exif.focal_length:85mm").plainly(
        "lower(metadata ->> '$.exif.make') = 'sony' AND metadata ->> '$.exif.focal_length' = '85mm'",
    ),
    question("filename:1234").plainly("filename LIKE '%1234%'"),
];
