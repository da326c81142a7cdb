//! What is hurt: a table of commands, each with the world it runs in and what it is allowed to change.
//!
//! A new command that changes anything gets a row here; every sweep then covers it.

use std::collections::BTreeSet;

use hypernet::store::migrate::{self, STEPS};

use crate::plan::Plan;
use crate::support;
use crate::world::World;

/// A command and its world.
pub struct Scene {
    pub name: &'static str,
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
}

/// The usual: nothing goes, and doing it again is fine.
const PLAIN: Scene =
    Scene { name: "", prepare: |_| {}, args: |_| Vec::new(), may_go: |_| BTreeSet::new(), moves: false, again: &[] };

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
    Scene { name: "migrate", prepare: migrating, args: |_| words("import sources --tag migrated"), ..PLAIN },
    Scene { name: "verify", prepare: grown, args: |_| words("verify --data"), ..PLAIN },
];

/// A scene, ready to be copied as often as it is hurt.
pub struct Stage {
    pub scene: &'static Scene,
    pub world: World,
    pub args: Vec<String>,
    /// Contents that must be somewhere, whatever happens.
    pub must_stay: BTreeSet<String>,
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
        Self { scene, args, must_stay, undisturbed: crate::oracle::state(&rehearsal.library()), world }
    }
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
    let first = migrate::schema(&migrate::blank(&STEPS[..1]).unwrap()).unwrap();
    let mut later: Vec<_> =
        migrate::schema(&db).unwrap().into_iter().filter(|(key, sql)| first.get(key) != Some(sql)).collect();
    // Triggers and views before the tables they speak of.
    later.sort_by_key(|((kind, _), _)| kind == "table");
    for ((kind, name), sql) in &later {
        assert!(
            !sql.is_empty() && !first.contains_key(&(kind.clone(), name.clone())),
            "{name} was not added but changed"
        );
        db.execute_batch(&format!("DROP {kind} IF EXISTS {name}")).unwrap();
    }
    db.pragma_update(None, "user_version", 1).unwrap();
    assert!(migrate::schema(&db).unwrap() == first && !later.is_empty());
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}
