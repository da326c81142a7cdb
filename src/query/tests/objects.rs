//! Questions about albums, links, integrations and the user, put to a catalogue with two owners.

use std::ops::ControlFlow;

use super::catalogue::{Shelf, album};
use super::ground;
use super::links::{SECOND, letter};
use crate::link::{End, make};
use crate::model::integration::{self, Integration};
use crate::model::link::LinkType;
use crate::model::text::{IntegrationName, IntegrationType};
use crate::model::{ObjectId, SourceType};
use crate::query::objects::{Type, count, order, parse, run};
use crate::query::{Options, Thing, Trash};
use crate::store::{self, StoreError};

impl Shelf {
    /// Three albums, two of them empty; two accounts; five links beside those of the albums. The second owner has the same.
    fn things() -> Self {
        let mut shelf = Self::letters();
        for (name, byte) in [("Été 2024", 1), ("beach", 2), ("Zoo", 3)] {
            album(&mut shelf.library, name, byte);
        }
        shelf.sql(
            "UPDATE album SET description = 'sand and sun', visibility = 'public' WHERE name = 'beach'; \
             UPDATE album SET created_at = 1704060000000 WHERE FALSE; \
             UPDATE album SET cover = (SELECT n FROM media WHERE filename = 'a.jpg') WHERE name = 'Zoo'",
        );
        shelf.account("instagram", "@me", "a b");
        shelf.account("google_photos", "me@example.com", "");
        shelf.sql("UPDATE integration SET status = 'connected', last_sync_at = 1722297600000, items_synced = 7 WHERE integration_name = '@me'");
        shelf.link(LinkType::DuplicateOf, "a>b=0.95 c>d=0.5");
        shelf.link(LinkType::VariantOf, "e>a");
        shelf
    }

    fn asked(&self, of: Type, text: &str, sort: &str, trash: Trash) -> Vec<Thing> {
        let expr = parse(of, &[text.to_owned()], &ground()).unwrap_or_else(|error| panic!("{text}: {error}"));
        let options = Options { order: order(of, sort).unwrap(), trash, ..Options::default() };
        let mut found = Vec::new();
        let each = |thing| {
            found.push(thing);
            Ok::<_, StoreError>(ControlFlow::Continue(()))
        };
        run(&self.reader, of, &expr, &options, each).unwrap();
        assert_eq!(count(&self.reader, of, &expr, trash).unwrap(), found.len() as u64, "{text}");
        found
    }

    #[track_caller]
    fn lists(&self, of: Type, text: &str, sort: &str, expected: &[&str]) {
        let names: Vec<_> = self.asked(of, text, sort, Trash::Without).iter().map(name).collect();
        assert_eq!(names, expected, "{text}");
    }
}

fn name(thing: &Thing) -> String {
    match thing {
        Thing::Album(album) => album.name.to_string(),
        Thing::Link(link) => format!("{} {}", link.link_type, link.strength.get()),
        Thing::Integration(one) => one.integration_name.to_string(),
        Thing::User(user) => user.email.to_string(),
        Thing::Media(media) => media.filename.to_string(),
    }
}

#[test]
fn albums_are_found_and_sorted_by_their_own_fields() {
    let mut shelf = Shelf::things();
    shelf.sql(SECOND);
    for (text, expected) in [
        ("", &["Zoo", "beach", "Été 2024"][..]),
        ("ete", &["Été 2024"]),
        ("name=BEACH", &["beach"]),
        ("name~^z", &["Zoo"]),
        ("sand", &["beach"]),
        ("description:none", &["Zoo", "Été 2024"]),
        ("media_count:1", &["Zoo", "beach", "Été 2024"]),
        ("media_count>1", &[]),
        ("visibility:public|unlisted", &["beach"]),
        ("-visibility:public", &["Zoo", "Été 2024"]),
        ("cover:any", &["Zoo"]),
        (&format!("cover:{}", shelf.id("a")), &["Zoo"]),
        ("added:2024-07-31T12 OR added:2001", &["Zoo", "beach", "Été 2024"]),
        ("added<2024-07-31T10:00", &[]),
        ("deleted:any", &[]),
        ("source_type:user beach", &["beach"]),
    ] {
        shelf.lists(Type::Album, text, "name", expected);
    }
    shelf.lists(Type::Album, "", "-visibility,name", &["beach", "Zoo", "Été 2024"]);
    shelf.lists(Type::Album, "", "description", &["beach", "Été 2024", "Zoo"]);
    shelf.sql("UPDATE album SET deleted_at = 1722470400000 WHERE name = 'Zoo' AND owner = 1");
    shelf.lists(Type::Album, "", "name", &["beach", "Été 2024"]);
    assert_eq!(
        shelf.asked(Type::Album, "deleted:2024-08", "", Trash::With).iter().map(name).collect::<Vec<_>>(),
        ["Zoo"]
    );
    assert_eq!(shelf.asked(Type::Album, "", "", Trash::Only).len(), 1);
    for (text, expected) in [
        ("deleted:any", &["Zoo"][..]),
        ("-deleted:none", &["Zoo"]),
        ("deleted:2024-08", &["Zoo"]),
        ("deleted<2024", &[]),
        ("deleted:none", &["beach", "Été 2024"]),
        ("deleted:any OR name:beach", &["Zoo", "beach"]),
        ("deleted:any OR name:z*", &["Zoo"]),
        ("deleted<2024 OR name:z*", &[]),
    ] {
        shelf.lists(Type::Album, text, "name", expected);
    }
    shelf.sql("UPDATE link SET deleted_at = 1722470400000 WHERE link_type = 'variant_of'");
    shelf.lists(Type::Link, "deleted:any", "", &["variant_of 1"]);
    shelf.lists(Type::Link, "variant", "", &[]);
}

#[test]
fn links_are_found_by_their_ends_their_type_and_their_strength() {
    let mut shelf = Shelf::things();
    shelf.sql(SECOND);
    let id = shelf.id("a");
    for (text, expected) in [
        ("link_type:duplicate_of", &["duplicate_of 0.95", "duplicate_of 0.5"][..]),
        ("type:duplicate_of strength>=0.9", &["duplicate_of 0.95"]),
        ("type:duplicate_of strength>0.5", &["duplicate_of 0.95"]),
        ("type:duplicate_of strength<0.95", &["duplicate_of 0.5"]),
        ("strength:0.4..0.6", &["duplicate_of 0.5"]),
        ("strength:0.95", &["duplicate_of 0.95"]),
        (&format!("from:{id}"), &["source 1", "duplicate_of 0.95"]),
        (&format!("to:{id} -type:contains"), &["variant_of 1"]),
        (&format!("linked:{id}"), &["contains 1", "source 1", "duplicate_of 0.95", "variant_of 1"]),
        (&format!("linked:{id},..0.99"), &["duplicate_of 0.95"]),
        ("from_type:album", &["contains 1"; 3]),
        ("to_type:integration", &["source 1"; 2]),
        ("both_ways:yes", &["duplicate_of 0.95", "duplicate_of 0.5"]),
        ("sort_order:any", &["contains 1"; 3]),
        ("variant", &["variant_of 1"]),
        ("from:00000000", &[]),
    ] {
        shelf.lists(Type::Link, text, "", expected);
    }
    shelf.lists(Type::Link, "both_ways:yes", "strength", &["duplicate_of 0.5", "duplicate_of 0.95"]);
}

#[test]
fn integrations_and_the_user_are_found_too() {
    let mut shelf = Shelf::things();
    shelf.sql(SECOND);
    for (text, expected) in [
        ("", &["@me", "me@example.com"][..]),
        ("instagram", &["@me"]),
        ("type:google*", &["me@example.com"]),
        ("status:connected", &["@me"]),
        ("items>5 enabled:yes", &["@me"]),
        ("last_sync:none", &["me@example.com"]),
        ("last_sync:lastmonth OR last_sync:thismonth", &["@me"]),
        ("last_sync_status:any", &[]),
    ] {
        shelf.lists(Type::Integration, text, "name", expected);
    }
    shelf.lists(Type::User, "", "", &["me@example.com"]);
    shelf.lists(Type::User, "email:me@ admin:no OR admin:yes storage_used<1TB", "", &["me@example.com"]);
    shelf.lists(Type::User, "you@example.com", "", &[]);
}

#[test]
fn every_word_and_order_of_every_type_makes_a_statement() {
    let shelf = Shelf::things();
    for of in Type::ALL {
        for word in of.words() {
            shelf.asked(*of, &format!("{0}:any OR -{0}:none", word.name), "", Trash::With);
            if word.order.is_some() {
                shelf.asked(*of, "", &format!("-{}", word.name), Trash::With);
            }
        }
        let mut names: Vec<_> = of.words().iter().flat_map(super::super::words::Word::names).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "{of:?}");
    }
}

#[test]
fn a_field_of_another_type_is_refused_with_what_may_be_meant() {
    let refused = |of, text: &str| {
        let error = parse(of, &[text.to_owned()], &ground()).expect_err(text);
        (error.message, error.hint.unwrap_or_default())
    };
    let (message, hint) = refused(Type::Album, "visibilty:public");
    assert_eq!((message.as_str(), hint.as_str()), ("unknown field `visibilty`", "did you mean `visibility:`?"));
    assert_eq!(refused(Type::Link, "camera:canon").0, "unknown field `camera`");
    assert_eq!(refused(Type::Link, "strength:2").0, "`2` is no strength");
    assert_eq!(refused(Type::Link, "strength>0.1..0.2").0, "a range does not go with `>`");
    assert_eq!(refused(Type::Album, "visibility:secret").0, "`secret` is no visibility");
    assert_eq!(order(Type::Album, "-nmae").unwrap_err().hint.as_deref(), Some("did you mean `name`?"));
    assert!(order(Type::Link, "taken_at").is_err());
}

#[test]
fn the_links_an_object_ever_had_are_told_to_the_last() {
    let mut shelf = Shelf::letters();
    let owner = shelf.library.owner().id;
    let photo = shelf.write(|tx| {
        for at in 0..1_001 {
            let (id, name) = (ObjectId::random(), IntegrationName::parse(format!("@{at}")).unwrap());
            let account = Integration::new(id, owner, IntegrationType::parse("instagram").unwrap(), name, tx.now());
            let end = End { n: store::integration::insert(tx, &account)?, id, kind: integration::KIND };
            make(tx, letter(tx, "a"), end, LinkType::Source, SourceType::Integration, None)?;
        }
        Ok(letter(tx, "a").n)
    });
    assert_eq!(store::related::ever(&shelf.reader, photo).unwrap().len(), 1_001);
}
