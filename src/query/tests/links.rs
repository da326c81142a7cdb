//! Questions about links, places and likeness put to a catalogue with two owners, removed links, circles and the date line.

use super::catalogue::{Shelf, add, album, open, stamp};
use super::ground;
use crate::link::{End, LinkError, make};
use crate::model::integration::{self, Integration};
use crate::model::link::{LinkType, Strength};
use crate::model::text::{IntegrationName, IntegrationType};
use crate::model::{Media, ObjectId, Sha256, SourceType, media};
use crate::query::{count, likeness, order, origin, parse};
use crate::store::{self, Param, Sql, StoreError, Tx};

impl Shelf {
    /// Photos `a` to `j`, without anything that ties them together.
    pub(super) fn letters() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut library = open(&folder.path().join("library"));
        for (byte, name) in (1..).zip('a'..='j') {
            add(&mut library, byte, &format!("{name}.jpg"), "2024-01-01T00:00:00", 1000, "{}");
        }
        let reader = library.reader().unwrap();
        Self { _folder: folder, library, reader }
    }

    pub(super) fn write<T>(&mut self, work: impl FnOnce(&Tx) -> Result<T, LinkError>) -> T {
        let at = stamp("2024-08-01T00:00:00.000Z");
        let operation = self.library.begin("test", at).unwrap();
        self.library.write(operation, at, |tx| work(tx)).unwrap()
    }

    /// Links one letter to another; in `a>b 0.9` the strength is optional.
    pub(super) fn link(&mut self, link_type: LinkType, pairs: &str) {
        for pair in pairs.split_whitespace() {
            let (ends, strength) = pair.split_once('=').map_or((pair, None), |(ends, number)| (ends, Some(number)));
            let (from, to) = ends.split_once('>').unwrap();
            let strength = strength.map(|number| Strength::new(number.parse().unwrap()).unwrap());
            self.write(|tx| {
                make(tx, letter(tx, from), letter(tx, to), link_type, SourceType::User, strength).map(drop)
            });
        }
    }

    pub(super) fn sql(&mut self, text: &str) {
        self.write(|tx| tx.execute_batch(text).map_err(|error| StoreError::from(error).into()));
    }

    /// The id of a letter's photo.
    pub(super) fn id(&self, name: &str) -> ObjectId {
        let text =
            "SELECT media.n, object.id FROM my_media AS media JOIN my_object AS object USING (n) WHERE filename = ?1";
        let sql = Sql { text: text.to_owned(), params: vec![Param::Text(format!("{name}.jpg"))] };
        self.reader.names(&sql).unwrap()[0].1
    }

    /// Checks a question in which `{a}` is the id of that letter's photo.
    #[track_caller]
    fn check(&self, text: &str, expected: &str) {
        let mut asked = text.to_owned();
        for name in 'a'..='j' {
            let place = format!("{{{name}}}");
            if asked.contains(&place) {
                asked = asked.replace(&place, &self.id(&name.to_string()).to_string());
            }
        }
        self.finds(&asked, expected);
        assert_eq!(
            self.names(&asked, order::DEFAULT, None).len(),
            self.names(&asked, "filename", None).len(),
            "{text}"
        );
    }

    fn refused(&self, text: &str) -> String {
        let expr = parse(text, &ground()).unwrap();
        match count(&self.reader, &expr) {
            Err(StoreError::Question { wrong, .. }) => wrong,
            other => panic!("{text}: {other:?}"),
        }
    }

    /// An account, and the letters that came from it.
    pub(super) fn account(&mut self, service: &str, name: &str, media: &str) -> ObjectId {
        let (id, owner) = (ObjectId::random(), self.library.owner().id);
        self.write(|tx| {
            let account = Integration::new(
                id,
                owner,
                IntegrationType::parse(service).unwrap(),
                IntegrationName::parse(name).unwrap(),
                tx.now(),
            );
            let n = store::integration::insert(tx, &account)?;
            for one in media.split_whitespace() {
                let end = End { n, id, kind: integration::KIND };
                make(tx, letter(tx, one), end, LinkType::Source, SourceType::Integration, None)?;
            }
            Ok(id)
        })
    }

    fn place(&mut self, name: &str, lat: f64, lon: f64) {
        self.sql(&format!("UPDATE media SET latitude = {lat}, longitude = {lon} WHERE filename = '{name}.jpg'"));
    }
}

/// The photo of this letter.
pub(super) fn letter(tx: &Tx, name: &str) -> End {
    let byte = name.as_bytes()[0] - b'a' + 1;
    let n = store::media::by_hash(tx, &Sha256::from_bytes([byte; 32])).unwrap()[0].n;
    let found: Media = store::media::by_n(tx, tx.owner(), n).unwrap().unwrap();
    End { n, id: found.base.id, kind: media::KIND }
}

#[test]
fn a_link_is_found_by_its_type_its_direction_and_its_strength() {
    let mut shelf = Shelf::letters();
    shelf.link(LinkType::VariantOf, "b>a c>a");
    shelf.link(LinkType::DuplicateOf, "d>e=0.95 f>d=0.7");
    for (text, expected) in [
        ("link:variant_of", "a b c"),
        ("link:variant_of.out", "b c"),
        ("link:variant_of.in", "a"),
        ("link:duplicate_of", "d e f"),
        ("link:duplicate_of.out", "d e f"),
        ("link:duplicate_of.in", "d e f"),
        ("link:duplicate_of,0.9..", "d e"),
        ("link:duplicate_of,..0.7", "d f"),
        ("link:duplicate_of,0.7", "d f"),
        ("link:duplicate_of,0.96..", ""),
        ("link:variant_of|duplicate_of", "a b c d e f"),
        ("link:variant_of&duplicate_of", ""),
        ("link:any", "a b c d e f"),
        ("link:none", "g h i j"),
        ("-link:duplicate_of", "a b c g h i j"),
        ("link!=variant_of", "d e f g h i j"),
        ("link:related_to", ""),
        ("linked:{a}", "b c"),
        ("linked:{b}", "a"),
        ("linked_to:{a}", "b c"),
        ("linked_from:{a}", ""),
        ("linked_from:{b}", "a"),
        ("linked_to:{b}", ""),
        ("linked_to:{d}", "e f"),
        ("linked_from:{d},0.9..", "e"),
        ("linked_from:any", "a d e f"),
        ("linked_to:none", "a g h i j"),
    ] {
        shelf.check(text, expected);
    }
}

#[test]
fn links_tags_and_albums_are_counted() {
    let mut shelf = Shelf::letters();
    shelf.link(LinkType::DuplicateOf, "a>b=0.95 a>c=0.5 d>a");
    shelf.link(LinkType::VariantOf, "e>a");
    album(&mut shelf.library, "one", 2);
    album(&mut shelf.library, "two", 2);
    album(&mut shelf.library, "three", 3);
    shelf.sql("UPDATE media SET metadata = '{\"tags\":[\"x\",\"y\",\"z\"]}' WHERE filename = 'f.jpg'");
    shelf.sql("UPDATE media SET metadata = '{\"tags\":[\"x\"]}' WHERE filename = 'g.jpg'");
    for (text, expected) in [
        ("links:0", "f g h i j"),
        ("links>1", "a b c"),
        ("links:4", "a"),
        ("links:1..2", "c d e"),
        ("links!=0 -links:1", "a b c"),
        ("links<1", "f g h i j"),
        ("links.duplicate_of>0", "a b c d"),
        ("links:duplicate_of>0", "a b c d"),
        ("links:duplicate_of", "a b c d"),
        ("links:duplicate_of>=3", "a"),
        ("links.duplicate_of:2..", "a"),
        ("links:duplicate_of,0.9..:2", "a"),
        ("links.duplicate_of:0", "e f g h i j"),
        ("links.duplicate_of:none -links:0", "e"),
        ("links:variant_of.out=1", "e"),
        ("links.contains>1", "b"),
        ("albums:0", "a d e f g h i j"),
        ("albums>0", "b c"),
        ("albums:2..", "b"),
        ("albums:0..1", "a c d e f g h i j"),
        ("tags>2", "f"),
        ("tags:1", "g"),
        ("tags:0", "a b c d e h i j"),
        ("tags<9223372036854775807", "a b c d e f g h i j"),
        ("tags:any", "f g"),
        ("links.duplicate_of>9223372036854775807", ""),
    ] {
        shelf.check(text, expected);
    }
}

#[test]
fn a_removed_link_is_no_link() {
    let mut shelf = Shelf::letters();
    shelf.link(LinkType::DuplicateOf, "a>b c>d");
    shelf.link(LinkType::VariantOf, "f>e");
    album(&mut shelf.library, "gone", 7);
    let account = shelf.account("instagram", "@me", "h i");
    shelf.check("link:any", "a b c d e f g h i");
    shelf.sql(
        "UPDATE link SET deleted_at = 1722470400000 WHERE link_type IN ('variant_of', 'contains') \
           OR from_n IN (SELECT n FROM media WHERE filename IN ('a.jpg', 'h.jpg'))",
    );
    for (text, expected) in [
        ("link:any", "c d i"),
        ("link:duplicate_of", "c d"),
        ("link:variant_of", ""),
        ("linked:{a}", ""),
        ("dup:{a}", "a"),
        ("dup:any", "c d"),
        ("links.duplicate_of>0", "c d"),
        ("links:0", "a b e f g h j"),
        ("albums:0 album:none", "a b c d e f g h i j"),
        ("album:gone", ""),
        ("source:instagram", "i"),
        ("source:none", "a b c d e f g h j"),
    ] {
        shelf.check(text, expected);
    }
    // A photo in the trash is not found, though links may still name it.
    shelf.sql("UPDATE media SET deleted_at = 1722470400000 WHERE filename IN ('d.jpg', 'i.jpg')");
    shelf.check("link:duplicate_of", "c");
    shelf.check("dup:{d}", "c");
    shelf.check("linked:{c}", "");
    shelf.check(&format!("source:{account}"), "");
}

#[test]
fn a_cluster_of_duplicates_is_the_same_from_each_of_its_members() {
    let mut shelf = Shelf::letters();
    shelf.link(LinkType::DuplicateOf, "a>b b>c c>a d>c e>f g>h h>i i>j g>i");
    for name in ["a", "b", "c", "d"] {
        shelf.check(&format!("dup:{{{name}}}"), "a b c d");
    }
    shelf.check("dup:{e}|{j}", "e f g h i j");
    shelf.check("dup:{a} -id:{a}", "b c d");
    shelf.check("-dup:{a} -dup:{e}", "g h i j");
}

#[test]
fn an_album_in_an_album_is_reached_by_a_path() {
    let mut shelf = Shelf::letters();
    for (name, byte) in [("Trips", 1), ("Italy", 2), ("Rome", 3), ("Italy", 4), ("Rome/2024", 5), ("Norway", 6)] {
        album(&mut shelf.library, name, byte);
    }
    let contains = |parent: &str, child: u8| {
        format!(
            "INSERT INTO object (id, type, owner, made_by) SELECT unhex(hex(randomblob(6)) || '40008000' || hex(randomblob(6))), 5, 1, 1; \
             INSERT INTO link (n, owner, created_at, updated_at, from_n, from_type, to_n, to_type, link_type, shape, strength, \
               sort_order, metadata) \
             SELECT last_insert_rowid(), 1, 0, 0, parent.n, 3, child.from_n, 3, 'contains', 12, 1, (1 << 40) + child.from_n, '{{}}' \
               FROM album AS parent, link AS child WHERE parent.name = '{parent}' \
                AND child.to_n = (SELECT n FROM media WHERE filename = '{}.jpg') AND child.link_type = 'contains'",
            char::from(b'a' + child - 1)
        )
    };
    for (parent, child) in [("Trips", 2), ("Trips", 6)] {
        shelf.sql(&contains(parent, child));
    }
    shelf.sql(&contains("Norway", 3));
    for (text, expected) in [
        ("album:Trips", "a"),
        ("album:\"trips/*\"", "a b c f"),
        ("album:trips/*", "a b c f"),
        ("album:italy", "b d"),
        ("album:\"Trips/Italy\"", "b"),
        ("album:trips/nor*", "f"),
        ("album:trips/norway/rome", "c"),
        ("album:\"Trips/Rome\"", ""),
        ("album:norway/*", "c f"),
        ("album:italy/*", "b d"),
        ("album:\"Rome/2024\"", "e"),
        ("album:rome/*", "e"),
        ("album:nowhere/*", ""),
        ("album:/", ""),
        ("-album:\"Trips/*\"", "d e g h i j"),
    ] {
        shelf.check(text, expected);
    }
    shelf.sql("UPDATE album SET deleted_at = 1722470400000 WHERE name = 'Norway'");
    shelf.check("album:trips/*", "a b");
}

#[test]
fn media_are_found_by_the_account_they_came_from() {
    let mut shelf = Shelf::letters();
    let mine = shelf.account("instagram", "@me", "a b c");
    shelf.account("instagram", "@you", "d");
    shelf.account("google_photos", "me@example.com", "c e");
    shelf.sql("DROP TRIGGER media_fixed; UPDATE media SET source_type = 'integration', source_id = 'Ab_12' WHERE filename = 'a.jpg'");
    for (text, expected) in [
        ("source:instagram", "a b c d"),
        ("source:@ME", "a b c"),
        ("integration:google*", "c e"),
        ("source:instagram&google_photos", "c"),
        (&format!("source:{mine}"), "a b c"),
        (&format!("source:{}", &mine.to_string()[..8]), "a b c"),
        ("source:any", "a b c d e"),
        ("source:none", "f g h i j"),
        ("-source:instagram source:any", "e"),
        ("source:facebook", ""),
        ("link:source", "a b c d e"),
        ("source_id:ab_12", "a"),
        ("source_id:Ab*", "a"),
        ("source_id:none", "b c d e f g h i j"),
    ] {
        shelf.check(text, expected);
    }
    // The account goes; where its photos came from stays told.
    shelf.sql("UPDATE integration SET deleted_at = 1722470400000 WHERE integration_name = '@you'");
    shelf.check("source:instagram", "a b c d");
}

#[test]
fn places_are_found_across_the_date_line_and_at_the_poles() {
    let mut shelf = Shelf::letters();
    for (name, lat, lon) in [
        ("a", 34.0195, -118.4912),
        ("b", 34.02, -118.50),
        ("c", -17.8, 179.9),
        ("d", -17.8, -179.9),
        ("e", 89.99, 10.0),
        ("f", 89.99, -170.0),
        ("g", -90.0, 0.0),
        ("h", 0.0, 180.0),
        ("i", 0.0, -180.0),
    ] {
        shelf.place(name, lat, lon);
    }
    for (text, expected) in [
        ("near:34.02,-118.49,5km", "a b"),
        ("near:34.0195,-118.4912", "a b"),
        ("near:34.0195,-118.4912,500m", "a"),
        ("near:34.0195,-118.4912,0m", "a"),
        ("near:{a},500m", "a"),
        ("near:{a},0.6mi", "a b"),
        ("near:-17.8,180,15km", "c d"),
        ("near:-17.8,-179.95,7km", "d"),
        ("near:-17.8,179.95,7km", "c"),
        ("near:90,0,2km", "e f"),
        ("near:{e},3km", "e f"),
        ("near:{e},2km", "e"),
        ("near:-89.5,123,60km", "g"),
        ("near:0,180,1km", "h i"),
        ("near:0,-180,1km", "h i"),
        ("near:0,0,30000km", "a b c d e f g h i"),
        ("near:none", "j"),
        ("bbox:any link:none", "a b c d e f g h i"),
        ("bbox:-119,34,-118,35", "a b"),
        ("bbox:179,-20,-179,-10", "c d"),
        ("bbox:-180,-90,180,90", "a b c d e f g h i"),
        ("bbox:-180,-90,180,-89.9", "g"),
        ("bbox:-118.4912,34.0195,-118.4912,34.0195", "a"),
        ("-near:0,0,30000km", "j"),
        ("near:34.02,-118.49,5km OR near:90,0,2km", "a b e f"),
    ] {
        shelf.check(text, expected);
    }
    let id = shelf.id("j").to_string();
    assert!(shelf.refused(&format!("near:{id}")).contains("has no position"));
    assert_eq!(shelf.refused("near:00000000,1km"), "there is no object 00000000");
    let from = |text: &str| origin(&shelf.reader, &parse(text, &ground()).unwrap()).unwrap();
    assert_eq!(from("-near:1,2 (beach OR near:3,4) near:5,6"), Some((3.0, 4.0)));
    assert_eq!(from(&format!("near:{}", shelf.id("a"))), Some((34.0195, -118.4912)));
    assert_eq!(from("beach"), None);
}

#[test]
fn pictures_are_compared_within_one_version() {
    let mut shelf = Shelf::letters();
    for (name, hash, version) in [("a", 0, 1), ("b", 0xff, 1), ("c", 0x1ff, 1), ("d", -1, 1), ("e", 0, 2)] {
        let set = format!("UPDATE media SET phash = {hash}, phash_version = {version} WHERE filename = '{name}.jpg'");
        shelf.sql(&set);
    }
    for (text, expected) in [
        ("similar:{a}", "a b"),
        ("similar:{a},9", "a b c"),
        ("similar:{a},7", "a"),
        ("similar:{a},64", "a b c d"),
        ("similar:{e},64", "e"),
        ("-similar:{a},63", "d e f g h i j"),
        ("similar:none", "f g h i j"),
    ] {
        shelf.check(text, expected);
    }
    let id = shelf.id("j").to_string();
    assert!(shelf.refused(&format!("similar:{id}")).contains("has no picture hash"));
    let hash = |text: &str| likeness(&shelf.reader, &parse(text, &ground()).unwrap()).unwrap();
    assert_eq!(hash(&format!("beach similar:{}", shelf.id("c"))), Some(0x1ff));
    assert_eq!(hash("beach"), None);
}

/// A second owner, with a copy of each photo, album and link: everything but the owner is the same.
pub(super) const SECOND: &str = "
    INSERT INTO object (n, id, type, owner, made_by) VALUES (1000, x'11111111111141118111111111111111', 1, 1000, 1);
    INSERT INTO user (n, owner, created_at, updated_at, email, password_hash, email_verified, is_active, is_admin, storage_used,
      storage_quota, metadata) VALUES (1000, 1000, 0, 0, 'you@example.com', '!', 0, 1, 0, 0, 1000000, '{}');
    INSERT INTO object (n, id, type, owner, made_by)
      SELECT n + 1000, unhex('22222222222242228222' || hex(substr(id, 11))), type, 1000, 1 FROM object WHERE type IN (2, 3, 4) AND owner = 1;
    INSERT INTO stored_file SELECT 1000, hash, size, (SELECT id FROM object WHERE n = media.n + 1000), 202407, 'jpg' FROM media;
    INSERT INTO media (n, owner, created_at, updated_at, filename, media_type, mime_type, size, hash, latitude, longitude,
      processing_status, thumbnail_generated, metadata_extracted, phash, phash_version, metadata)
      SELECT n + 1000, 1000, 0, 0, filename, media_type, mime_type, size, hash, latitude, longitude, processing_status, 0, 0, phash,
        phash_version, '{\"tags\":[\"x\",\"y\"]}' FROM media;
    INSERT INTO album (n, owner, created_at, updated_at, name, sort_order, visibility, metadata)
      SELECT n + 1000, 1000, 0, 0, name, sort_order, visibility, metadata FROM album;
    INSERT INTO integration (n, owner, created_at, updated_at, integration_type, integration_name, status, is_enabled, metadata)
      SELECT n + 1000, 1000, 0, 0, integration_type, integration_name, status, is_enabled, metadata FROM integration;
    INSERT INTO object (n, id, type, owner, made_by)
      SELECT n + 1000, unhex('22222222222242228222' || hex(substr(id, 11))), 5, 1000, 1 FROM object WHERE type = 5;
    INSERT INTO link (n, owner, created_at, updated_at, from_n, from_type, to_n, to_type, link_type, shape, strength, sort_order, metadata)
      SELECT n + 1000, 1000, 0, 0, from_n + 1000, from_type, to_n + 1000, to_type, link_type, shape, strength, sort_order, metadata
        FROM link";

#[test]
fn nothing_leads_to_another_owners_objects() {
    let mut shelf = Shelf::letters();
    shelf.link(LinkType::DuplicateOf, "a>b b>c");
    album(&mut shelf.library, "one", 1);
    shelf.place("a", 1.0, 2.0);
    shelf.sql("UPDATE media SET phash = 7, phash_version = 1 WHERE filename = 'a.jpg'");
    let theirs: Vec<String> = {
        shelf.sql(SECOND);
        let ids = |tx: &Tx| -> Result<Vec<ObjectId>, LinkError> {
            let mut select = tx.prepare("SELECT id FROM main.object WHERE owner = 1000").map_err(StoreError::from)?;
            let rows = select.query_map([], |row| row.get(0)).map_err(StoreError::from)?;
            Ok(rows.collect::<Result<_, _>>().map_err(StoreError::from)?)
        };
        shelf.write(ids).iter().map(ToString::to_string).collect()
    };
    assert!(theirs.len() > 12);
    for id in &theirs {
        for word in ["source", "album"] {
            shelf.check(&format!("{word}:{id}"), "");
        }
        for word in ["linked", "linked_to", "linked_from", "dup", "near", "similar"] {
            let told = shelf.refused(&format!("{word}:{id}"));
            assert_eq!(told, format!("there is no object {}", id.replace('-', "")), "{word}");
        }
    }
    for (text, expected) in [
        ("link:duplicate_of", "a b c"),
        ("links.duplicate_of>1", "b"),
        ("links:3", "b a"),
        ("dup:{a}", "a b c"),
        ("album:one", "a"),
        ("albums>0", "a"),
        ("tags>0", ""),
        ("near:1,2", "a"),
        ("bbox:0,0,3,3", "a"),
        ("similar:{a}", "a"),
    ] {
        let expected = if text == "links:3" { "" } else { expected };
        shelf.check(text, expected);
    }
}

#[test]
fn links_and_places_are_index_lookups() {
    let mut shelf = Shelf::letters();
    shelf.link(LinkType::DuplicateOf, "a>b");
    shelf.account("instagram", "@me", "a");
    album(&mut shelf.library, "one", 1);
    shelf.place("a", 1.0, 2.0);
    let id = shelf.id("a");
    for (text, steps) in [
        ("link:duplicate_of", vec!["link_kind (owner=? AND link_type=?"]),
        ("-link:duplicate_of", vec!["link_kind (owner=? AND link_type=?"]),
        (&format!("linked:{id}"), vec!["(from_n=?)", "COVERING INDEX link_to (to_n=?)"]),
        (&format!("dup:{id}"), vec!["json_each VIRTUAL TABLE", "main.media USING INTEGER PRIMARY KEY (rowid=?)"]),
        ("links:variant_of.in:2..", vec!["link_kind (owner=? AND link_type=?"]),
        ("links:0", vec!["main.media USING"]),
        ("albums:0", vec!["COVERING INDEX media_loose (owner=?)"]),
        ("source:instagram", vec!["COVERING INDEX link_to (to_n=? AND link_type=? AND deleted_at=?)"]),
        ("source:none", vec!["(from_n=?"]),
        ("tags>3", vec!["main.media USING"]),
        ("near:1,2", vec!["place VIRTUAL TABLE INDEX 2:"]),
        ("bbox:1,2,3,4", vec!["place VIRTUAL TABLE INDEX 2:"]),
        ("-bbox:170,2,-170,4", vec!["place VIRTUAL TABLE INDEX 2:"]),
    ] {
        let plan = shelf.plan(text);
        for step in steps {
            assert!(plan.contains(step), "{text}: {step}\n{plan}");
        }
        let scanned = |line: &str| ["SCAN link", "SCAN main.link", "SCAN media", "SCAN main.media"].contains(&line);
        assert!(!plan.lines().any(scanned), "{text}:\n{plan}");
    }
}

#[test]
fn an_id_nobody_has_is_told_whatever_is_asked_of_it() {
    let shelf = Shelf::letters();
    for word in ["linked", "linked_to", "linked_from", "dup", "near", "similar", "-linked", "album:any -dup"] {
        assert_eq!(shelf.refused(&format!("{word}:ffffffff")), "there is no object ffffffff", "{word}");
    }
}
