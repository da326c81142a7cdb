//! What is hurt: a table of commands, each with the world it runs in and what it is allowed to change.
//!
//! A new command that changes anything gets a row here; every sweep then covers it.

use std::collections::BTreeSet;

use hypernet::store::migrate::{self, STEPS};

use crate::plan::Plan;
use crate::report::Report;
use crate::support;
use crate::world::World;

/// A command and its world.
pub struct Scene {
    pub name: &'static str,
    /// The command: a program without it is not hurt here.
    command: &'static str,
    /// Fills the world.
    prepare: fn(&World),
    /// The command, without the form of its output.
    args: fn(&World) -> Vec<String>,
    /// Contents it is asked to destroy for good.
    may_go: fn(&World) -> BTreeSet<String>,
    /// Whether sources are to go.
    pub moves: bool,
    /// How the same command may end, beside 0, once it was done.
    pub again: &'static [i32],
    /// What else must hold once all was run again.
    pub after: fn(&World) -> Vec<String>,
}

/// The usual: nothing goes, and doing it again is fine.
const PLAIN: Scene = Scene {
    name: "",
    command: "import",
    prepare: |_| {},
    args: |_| Vec::new(),
    may_go: |_| BTreeSet::new(),
    moves: false,
    again: &[],
    after: |_| Vec::new(),
};

/// All that is hurt.
pub const SCENES: &[Scene] = &[
    Scene { name: "import-first", prepare: fresh, args: |_| words("import sources"), ..PLAIN },
    Scene {
        name: "import-next",
        prepare: grown,
        args: |_| words("import sources --album {parent} --tag seen"),
        ..PLAIN
    },
    Scene { name: "import-move", prepare: grown, args: |_| words("import sources --mode move"), moves: true, ..PLAIN },
    Scene { name: "import-verify", prepare: grown, args: |_| words("import sources --verify"), ..PLAIN },
    Scene {
        name: "migrate",
        command: "import",
        prepare: migrating,
        args: |_| words("import sources --tag migrated"),
        ..PLAIN
    },
    Scene { name: "verify", command: "verify", prepare: grown, args: |_| words("verify --data"), ..PLAIN },
    Scene {
        name: "backup",
        command: "backup",
        prepare: grown,
        args: |_| words("backup backup"),
        after: backed_up,
        ..PLAIN
    },
    Scene {
        name: "backup-more",
        command: "backup",
        prepare: backed_up_before,
        args: |_| words("backup backup"),
        after: backed_up,
        ..PLAIN
    },
    Scene {
        name: "backup-restore",
        command: "backup",
        prepare: backed_up_before,
        args: |_| words("backup restore backup --to restored"),
        // A library stands there then.
        again: &[1, 2, 9],
        after: restored,
        ..PLAIN
    },
    Scene { name: "rm", command: "rm", prepare: grown, args: |world| of_some("rm", world), ..PLAIN },
    Scene { name: "restore", command: "restore", prepare: trashed, args: |world| of_some("restore", world), ..PLAIN },
    Scene {
        name: "purge",
        command: "purge",
        prepare: trashed,
        args: |world| of_some("purge", world),
        may_go: in_trash,
        ..PLAIN
    },
    Scene {
        name: "trash-empty",
        command: "trash",
        prepare: trashed,
        args: |_| words("trash empty --yes"),
        may_go: in_trash,
        ..PLAIN
    },
    Scene {
        name: "repair",
        command: "repair",
        prepare: harmed,
        args: |_| words("repair --yes --from backup"),
        ..PLAIN
    },
    Scene {
        name: "repair-rebuild",
        command: "repair",
        prepare: without_catalogue,
        args: |_| words("repair --rebuild --yes"),
        ..PLAIN
    },
];

/// A scene, ready to be copied as often as it is hurt.
pub struct Stage {
    pub scene: &'static Scene,
    pub world: World,
    pub args: Vec<String>,
    /// Contents that must be somewhere, whatever happens.
    pub must_stay: BTreeSet<String>,
    /// What was amiss before: rows whose file a repair is to bring back.
    pub missing: BTreeSet<String>,
    /// What the library is after a run nobody disturbs.
    pub undisturbed: Vec<String>,
}

impl Stage {
    /// Sets the scene, and plays it once undisturbed.
    pub fn set(scene: &'static Scene, plan: &Plan) -> Self {
        let world = World::new(plan);
        (scene.prepare)(&world);
        let args = (scene.args)(&world);
        let may_go = (scene.may_go)(&world);
        let must_stay = world.held().difference(&may_go).cloned().collect();
        let rehearsal = world.copy();
        let ran = rehearsal.run(&[&args[..], &["--json".to_owned()]].concat());
        assert_eq!(ran.code, 0, "{}: undisturbed, it ends so: {ran:#?}", scene.name);
        let nobody = support::Ran { code: 0, stdout: String::new(), stderr: String::new() };
        let missing = crate::oracle::rowless_and_unsaid(&world.library(), &nobody).into_iter().collect();
        Self { scene, args, must_stay, missing, undisturbed: crate::oracle::state(&rehearsal.library()), world }
    }
}

/// The scenes whose command the program has: an older one may be hurt, too.
pub fn playable(plan: &Plan, report: &Report) -> Vec<&'static Scene> {
    let world = World::new(plan);
    let has = |scene: &&Scene| {
        let has = world.do_run(&[scene.command, "--help"]).code == 0;
        if !has {
            report.skip(&format!("this program has no `{}` for {}", scene.command, scene.name));
        }
        has
    };
    SCENES.iter().filter(has).collect()
}

/// No library, and sources some of which are the same.
fn fresh(world: &World) {
    support::plant(&world.sources(), 0, 12);
}

/// A library with some of the bytes, and sources some of which are new.
fn grown(world: &World) {
    support::plant(&world.sources(), 1000, 8);
    let ran = world.do_run(&["import", "sources", "--album", "{parent}", "--tag", "first", "--json"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    std::fs::remove_dir_all(world.sources()).unwrap();
    support::plant(&world.sources(), 1004, 12);
}

/// The same with a catalogue as the first program left it.
pub fn migrating(world: &World) {
    grown(world);
    let db = rusqlite::Connection::open(world.library().join("catalog.db")).unwrap();
    let blank = migrate::blank(&STEPS[..1]).unwrap();
    let first = migrate::schema(&blank).unwrap();
    let mut later: Vec<_> =
        migrate::schema(&db).unwrap().into_iter().filter(|(key, sql)| first.get(key) != Some(sql)).collect();
    // Triggers and views before the tables they speak of.
    later.sort_by_key(|((kind, _), _)| kind == "table");
    for ((kind, name), _) in &later {
        if kind == "table" && first.contains_key(&(kind.clone(), name.clone())) {
            let before = columns(&blank, name);
            for column in columns(&db, name).iter().rev().filter(|column| !before.contains(column)) {
                db.execute_batch(&format!("ALTER TABLE {name} DROP COLUMN {column}")).unwrap();
            }
        } else {
            db.execute_batch(&format!("DROP {kind} IF EXISTS {name}")).unwrap();
        }
    }
    // What a later step made anew, as it was before.
    let left = migrate::schema(&db).unwrap();
    for (_, sql) in first.iter().filter(|(key, _)| !left.contains_key(*key)) {
        db.execute_batch(sql).unwrap();
    }
    db.pragma_update(None, "user_version", 1).unwrap();
    assert!(migrate::schema(&db).unwrap() == first && !later.is_empty());
}

/// Those of a table, generated ones among them.
fn columns(db: &rusqlite::Connection, table: &str) -> Vec<String> {
    let mut names = db.prepare("SELECT name FROM pragma_table_xinfo(?1) ORDER BY cid").unwrap();
    names.query_map([table], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// Media of the library: one in eight may be purged without its number being asked for.
fn some(world: &World) -> Vec<String> {
    support::ask(&support::catalogue(&world.library()), "SELECT id FROM v_media ORDER BY hash LIMIT 1")
}

fn of_some(command: &str, world: &World) -> Vec<String> {
    [words(command), some(world), words("--yes")].concat()
}

fn trashed(world: &World) {
    grown(world);
    let ran = world.run(&of_some("rm", world));
    assert_eq!(ran.code, 0, "{ran:#?}");
}

fn in_trash(world: &World) -> BTreeSet<String> {
    let deleted = "SELECT hash FROM v_media WHERE deleted_at IS NOT NULL";
    support::ask(&support::catalogue(&world.library()), deleted).into_iter().collect()
}

/// One original with a flipped bit, one gone, and a thumbnail gone; a backup has both originals.
fn harmed(world: &World) {
    backed_up_before(world);
    let library = world.library();
    let first = "SELECT file_path FROM v_media ORDER BY created_at, hash LIMIT 2";
    let paths = support::ask(&support::catalogue(&library), first);
    let flipped = library.join(&paths[0]);
    let mut bytes = std::fs::read(&flipped).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::remove_file(&flipped).unwrap();
    std::fs::write(&flipped, bytes).unwrap();
    std::fs::set_permissions(&flipped, std::os::unix::fs::PermissionsExt::from_mode(0o400)).unwrap();
    std::fs::remove_file(library.join(&paths[1])).unwrap();
    let drawn = support::ask(
        &support::catalogue(&library),
        "SELECT thumbnail_path FROM v_media WHERE thumbnail_path IS NOT NULL",
    );
    std::fs::remove_file(library.join(&drawn[2])).unwrap();
}

/// Originals, and the snapshots of the catalogue, but no catalogue.
fn without_catalogue(world: &World) {
    grown(world);
    for file in ["catalog.db", "catalog.db-wal", "catalog.db-shm"] {
        let _ = std::fs::remove_file(world.library().join(file));
    }
}

/// A backup, and since then more in the library.
fn backed_up_before(world: &World) {
    grown(world);
    for command in ["backup backup --json", "import sources --json"] {
        let ran = world.run(&words(command));
        assert_eq!(ran.code, 0, "{ran:#?}");
    }
}

fn backed_up(world: &World) -> Vec<String> {
    ends_well(world, "backup verify backup --json")
}

fn restored(world: &World) -> Vec<String> {
    ends_well(world, "verify --data --json -L restored")
}

fn ends_well(world: &World, command: &str) -> Vec<String> {
    let ran = world.run(&words(command));
    if ran.code == 0 { Vec::new() } else { vec![format!("P3: {command}: {}", crate::oracle::told(&ran))] }
}
