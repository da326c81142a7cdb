//! The catalogue questions are put to: a few media of the reader's, with all a word can ask for, and some of another owner's.

use std::collections::BTreeSet;
use std::time::Duration;

use hypernet::model::ObjectId;
use hypernet::store::{Access, Library, Opening, Reader};

use crate::raw::{ALBUM, FIRST, INTEGRATION, LINK, MEDIA, Raw, SECOND};

/// A library, and a reader of its first owner's rows.
pub struct Shelf {
    pub reader: Reader,
    mine: BTreeSet<ObjectId>,
    _library: Library,
    _raw: Raw,
}

/// Columns with values in SQL, one media a line; the rest is as `raw` has it.
const MEDIA_ROWS: &[&[(&str, &str)]] = &[
    &[
        ("taken_at", "1704063600000"),
        ("taken_local", "1704067200000"),
        ("latitude", "34.02"),
        ("longitude", "-118.49"),
        ("width", "4000"),
        ("height", "3000"),
        ("phash", "81985529216486895"),
        ("phash_version", "1"),
        (
            "metadata",
            r#"'{"original_filename":"Été 1.jpg","tags":["cat","dog"],"exif":{"camera":"Canon EOS 5D","lens":"EF 50mm","iso":200,"f_number":1.8},"description":"red car","instagram":{"likes":120}}'"#,
        ),
    ],
    &[
        ("taken_at", "1720000000000"),
        ("taken_local", "1720007200000"),
        ("metadata", r#"'{"tags":["Cat"],"exif":{"camera":"iPhone 15","iso":"auto"},"favorite":true}'"#),
    ],
    &[("metadata", r#"'{"tags":"no list","exif":3,"original_filename":7}'"#)],
    &[("deleted_at", "1"), ("updated_at", "1"), ("metadata", r#"'{"tags":["cat"]}'"#)],
    &[],
];

impl Shelf {
    pub fn new() -> Self {
        let raw = Raw::new();
        for owner in [FIRST, SECOND] {
            let album = raw.make(&ALBUM, owner);
            let media: Vec<i64> = MEDIA_ROWS.iter().map(|row| raw.make_with(&MEDIA, owner, row).expect("a media")).collect();
            raw.make(&LINK, owner);
            let service = raw.make(&INTEGRATION, owner);
            let inner = raw.make(&ALBUM, owner);
            raw.make_with(&LINK, owner, &[("from_n", &album.to_string()), ("to_n", &inner.to_string()), ("to_type", "3")])
                .expect("an album in another");
            let ties = [("source", service, "4", "0"), ("duplicate_of", media[1], "2", "1"), ("variant_of", media[1], "2", "10")];
            for (kind, to, to_type, shape) in ties {
                let (from, to, kind) = (media[0].to_string(), to.to_string(), format!("'{kind}'"));
                let ends = [("from_n", &*from), ("from_type", "2"), ("to_n", &*to), ("to_type", to_type)];
                let rest = [("link_type", &*kind), ("shape", shape), ("strength", "0.9"), ("sort_order", "NULL")];
                raw.make_with(&LINK, owner, &[ends, rest].concat()).expect("a link");
            }
        }
        let opening = Opening { path: raw.path(), access: Access::Read, lock_timeout: Duration::ZERO };
        let library = Library::open(&opening).expect("a library");
        let reader = library.reader().expect("a reader");
        let mut select = raw.db.prepare("SELECT id FROM object WHERE owner = 1").expect("ids");
        let ids = select.query_map([], |row| row.get::<_, ObjectId>(0)).expect("ids");
        let mine = ids.collect::<Result<_, _>>().expect("ids");
        drop(select);
        Self { reader, mine, _library: library, _raw: raw }
    }

    /// Whether an object is the reader's.
    pub fn is_mine(&self, id: ObjectId) -> bool {
        self.mine.contains(&id)
    }
}
