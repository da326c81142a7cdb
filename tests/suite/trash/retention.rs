//! What has been in the trash past its time goes unasked, but never by one reading of a clock and never much at once.

use std::time::Duration;

use hypernet::model::{ObjectId, Timestamp};
use hypernet::store::{Access, Library, Opening};
use hypernet::trash::{
    self,
    retention::{self, Kept},
};

use super::{done, ids, world};
use crate::support::{World, ask, catalogue, live};

const DAY: i64 = 24 * 60 * 60 * 1000;
/// When another run than the one that removed something first meets it.
const MET: i64 = 5 * 60 * 1000;
const KEEP: Duration = Duration::from_hours(30 * 24);

/// What a run does so many milliseconds after the objects were deleted: how many it purges, or how many it refuses to.
fn after(world: &World, millis: i64) -> (usize, u64) {
    let deleted = ask(&catalogue(&world.library()), "SELECT max(deleted_at) FROM media").remove(0);
    let now = Timestamp::from_millis(deleted.parse::<i64>().unwrap() + millis).unwrap();
    let opening = Opening { path: world.library(), access: Access::Write, lock_timeout: Duration::ZERO };
    match retention::run(&mut Library::open(&opening).unwrap(), KEEP, now).unwrap() {
        Kept::Quiet => (0, 0),
        Kept::Many(objects) => (0, objects),
        Kept::Purged(purge) => (purge.entries.len(), 0),
    }
}

fn removed(count: usize) -> World {
    let world = world(10);
    for id in &ids(&world)[..count] {
        done(&world.run(&["rm", id]));
    }
    world
}

#[test]
fn two_runs_a_day_apart_must_have_met_it_past_its_time() {
    let world = removed(1);
    for millis in [0, DAY, 29 * DAY, 30 * DAY + 1, 30 * DAY + 2, 31 * DAY] {
        assert_eq!(after(&world, millis), (0, 0), "{millis}");
    }
    assert_eq!(after(&world, 31 * DAY + 1), (1, 0));
    assert_eq!(world.sound().len(), 9);
    assert_eq!(ask(&catalogue(&world.library()), "SELECT count(*) FROM operation WHERE command = 'retention'"), ["1"]);
    world.import(&[]).ends(0);
    world.sound();
}

#[test]
fn a_clock_that_was_wrong_once_purges_nothing() {
    let world = removed(1);
    // Far ahead, and right again: what was seen in that future does not count.
    assert_eq!(after(&world, 400 * DAY), (0, 0));
    assert_eq!(after(&world, DAY), (0, 0));
    assert_eq!(after(&world, 401 * DAY), (0, 0));
    // Past its time now, but first seen in the future: it begins anew.
    assert_eq!(after(&world, 40 * DAY), (0, 0));
    assert_eq!(after(&world, 40 * DAY + DAY / 2), (0, 0));
    // Back behind the deletion: not past its time any more.
    assert_eq!(after(&world, -DAY), (0, 0));
    assert_eq!(after(&world, 41 * DAY + 1), (0, 0));
    assert_eq!(after(&world, 42 * DAY + 2), (1, 0));
}

#[test]
fn another_deletion_begins_anew() {
    let world = removed(1);
    assert_eq!(after(&world, MET), (0, 0));
    assert_eq!(after(&world, 30 * DAY + MET), (0, 0));
    let id = ask(&catalogue(&world.library()), "SELECT id FROM v_media WHERE deleted_at IS NOT NULL").remove(0);
    done(&world.run(&["restore", &id]));
    done(&world.run(&["rm", &id]));
    assert_eq!(after(&world, MET), (0, 0));
    assert_eq!(after(&world, 31 * DAY + MET), (0, 0));
    assert_eq!(after(&world, 32 * DAY + MET), (1, 0));
}

#[test]
fn much_at_once_needs_a_person() {
    let world = removed(3);
    assert_eq!(after(&world, MET), (0, 0));
    assert_eq!(after(&world, 31 * DAY), (0, 0));
    assert_eq!(after(&world, 33 * DAY), (0, 3));
    assert_eq!(live(&world.library()).len(), 7);
    assert_eq!(ask(&catalogue(&world.library()), "SELECT count(*) FROM tombstone"), ["0"]);
}

#[test]
fn nothing_goes_while_others_use_the_library() {
    let world = removed(1);
    assert_eq!(after(&world, MET), (0, 0));
    assert_eq!(after(&world, 31 * DAY), (0, 0));
    let opening = Opening { path: world.library(), access: Access::Read, lock_timeout: Duration::ZERO };
    let other = Library::open(&opening).unwrap();
    assert_eq!(after(&world, 33 * DAY), (0, 0));
    drop(other);
    assert_eq!(after(&world, 33 * DAY), (1, 0));
}

#[test]
fn an_import_keeps_the_trash_as_the_settings_say() {
    let world = removed(1);
    let db = rusqlite::Connection::open(world.library().join("catalog.db")).unwrap();
    // Two days in the trash, and met so by a run a day and an hour ago.
    db.execute_batch(
        "UPDATE media SET deleted_at = deleted_at - 172800000 WHERE deleted_at IS NOT NULL;
         INSERT INTO met_in_trash SELECT n, deleted_at, deleted_with, deleted_at, deleted_at + 82800000 FROM media WHERE deleted_at IS NOT NULL;",
    )
    .unwrap();
    drop(db);
    let marker = world.library().join("hypernet-library.toml");
    let text = std::fs::read_to_string(&marker).unwrap();
    for (keep, left) in [("30d", "1"), ("none", "1"), ("12h", "0")] {
        std::fs::write(&marker, format!("{text}\n[trash]\nkeep = \"{keep}\"\n")).unwrap();
        if keep == "12h" {
            // The run under 30 days had it begin anew: it was not past its time.
            let db = rusqlite::Connection::open(world.library().join("catalog.db")).unwrap();
            let seen = "UPDATE met_in_trash SET overdue_at = deleted_at + 82800000";
            db.execute_batch(seen).unwrap();
        }
        world.import(&[]).ends(0);
        let trashed = "SELECT count(*) FROM media WHERE deleted_at IS NOT NULL";
        assert_eq!(ask(&catalogue(&world.library()), trashed), [left], "{keep}");
    }
    world.sound();
}

#[test]
fn a_deletion_that_a_dead_clock_stamped_goes_no_sooner_than_another() {
    for again in [false, true] {
        let world = world(10);
        let opening = Opening { path: world.library(), access: Access::Write, lock_timeout: Duration::ZERO };
        let mut library = Library::open(&opening).unwrap();
        let id = ObjectId::parse(&ids(&world)[0]).unwrap();
        // Stamped with the photo's own time: no deletion is earlier than what was deleted.
        let removed = trash::remove::run(&mut library, &[id], Timestamp::from_millis(0).unwrap()).unwrap();
        assert_eq!(removed.moved.len(), 1);
        drop(library);
        if again {
            // Another run under the same clock, to which the journal gives the lie.
            assert_eq!(after(&world, -800 * DAY), (0, 0));
        }
        // The clock is right again: that it was deleted so long ago, and met so by two runs, is not enough.
        for day in [60, 62, 89] {
            assert_eq!(after(&world, day * DAY), (0, 0), "{day} {again}");
        }
        assert_eq!(after(&world, 90 * DAY), (1, 0), "{again}");
    }
}

#[test]
fn what_was_removed_once_more_since_it_was_planned_stays() {
    let world = removed(1);
    let opening = Opening { path: world.library(), access: Access::Alone, lock_timeout: Duration::ZERO };
    let mut library = Library::open(&opening).unwrap();
    let now = chrono::Utc::now().into();
    let planned = trash::list(library.catalogue(), Timestamp::LATEST).unwrap();
    let ids = [planned[0].id];
    assert_eq!(trash::restore::run(&mut library, &ids, now).unwrap().moved.len(), 1);
    assert_eq!(trash::remove::run(&mut library, &ids, now).unwrap().moved.len(), 1);
    let purged = trash::purge::run(&mut library, "retention", planned, now).unwrap();
    assert_eq!((purged.entries.len(), purged.bytes), (0, 0));
    assert_eq!(trash::list(library.catalogue(), Timestamp::LATEST).unwrap().len(), 1);
}
