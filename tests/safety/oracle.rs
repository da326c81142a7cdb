//! The oracle: after a run that was hurt, were P1 to P5 kept? Asks the files and the catalogue, not the program's word alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;

use crate::scenes::Stage;
use crate::support::{self, Ran, ask};
use crate::world::{HUNG, KILLED, World};

/// All promises, right after a run that was hurt, and once the same command was run again.
pub fn broken(stage: &Stage, world: &World, hurt: &Ran) -> Vec<String> {
    let mut wrong = untidy(hurt);
    wrong.extend(lost(stage, world));
    wrong.extend(untrue(stage, world, hurt));
    if !stage.scene.moves && support::hashes(&world.sources()).len() != support::hashes(&stage.world.sources()).len() {
        wrong.push("P5: a source is gone though nothing was to be moved".to_owned());
    }
    wrong.extend(again(stage, world, hurt));
    wrong
}

/// P2: what was said, or done by a run that says it ended well, and is not there. Until then rows may lack what they lacked before.
pub fn untrue(stage: &Stage, world: &World, hurt: &Ran) -> Vec<String> {
    let old = |what: &String| hurt.code != 0 && stage.missing.contains(what);
    let mut wrong: Vec<_> = rowless_and_unsaid(&world.library(), hurt).into_iter().filter(|what| !old(what)).collect();
    if stage.args[0] == "import" {
        wrong.extend(miscounted(stage, world, hurt));
    }
    wrong
}

/// What an import counts as new, in its one document or at the end of its lines, is in the catalogue.
fn miscounted(stage: &Stage, world: &World, hurt: &Ran) -> Option<String> {
    let last = hurt.stdout.lines().last().unwrap_or_default();
    let summary = serde_json::from_str::<Value>(&hurt.stdout).or_else(|_| serde_json::from_str(last)).ok()?;
    let said = summary["imported"].as_i64()?;
    let new = rows(&world.library()) - rows(&stage.world.library());
    let fine = if hurt.code == 0 { new == said } else { new >= said };
    (!fine).then(|| format!("P2: {said} are said to be imported, and {new} are: {}", told(hurt)))
}

/// How many media a library's catalogue has, looked at without touching it.
fn rows(library: &Path) -> i64 {
    let Some((_look, db)) = look(library) else { return 0 };
    db.query_row("SELECT count(*) FROM v_media", [], |row| row.get(0)).unwrap_or_default()
}

/// How a run ended and the last it said, for a finding: the command that repeats it tells the rest.
pub fn told(ran: &Ran) -> String {
    let last = |text: &str| {
        let line = text.lines().last().unwrap_or_default();
        line.chars().take(300).collect::<String>()
    };
    format!("code {}, stdout ...{}, stderr ...{}", ran.code, last(&ran.stdout), last(&ran.stderr))
}

/// P4: no panic, no hang, no death but the one that was given.
pub fn untidy(ran: &Ran) -> Vec<String> {
    let mut wrong = Vec::new();
    if ran.code == HUNG {
        wrong.push(format!("P4: it hung: {}", told(ran)));
    }
    if ran.code == 101 || ran.stderr.contains("panicked") {
        wrong.push(format!("P4: a panic: {}", told(ran)));
    }
    if ran.code > 128 {
        wrong.push(format!("P4: it died by signal {}: {}", ran.code - 128, told(ran)));
    }
    wrong
}

/// P1 and P5: contents that are nowhere any more.
pub fn lost(stage: &Stage, world: &World) -> Vec<String> {
    let held = world.held();
    stage.must_stay.difference(&held).map(|hash| format!("P1: bytes are lost: {hash}")).collect()
}

/// P3: the same command again ends well, and then all is as if nothing had been.
pub fn again(stage: &Stage, world: &World, hurt: &Ran) -> Vec<String> {
    let again = world.run(&[&stage.args[..], &["--json".to_owned()]].concat());
    let mut wrong = untidy(&again);
    if again.code != 0 && !stage.scene.again.contains(&again.code) {
        wrong.push(format!("P3: the same command again ends with {}: {}", again.code, told(&again)));
    }
    wrong.extend(lost(stage, world).into_iter().map(|what| format!("{what}, after the same command again")));
    let library = world.library();
    if library.join("catalog.db").exists() {
        let verified = world.do_run(&["verify", "--data", "--json"]);
        if verified.code != 0 {
            wrong.push(format!("P3: verify finds something: {}", told(&verified)));
        }
        wrong.extend(support::problems_in(&library).into_iter().map(|what| format!("P3: {what}")));
        wrong.extend(unlike_after(stage, world, hurt));
        wrong.extend(undrawn(world));
    } else {
        wrong.push("P3: there is no library".to_owned());
    }
    wrong.extend((stage.scene.after)(world));
    wrong
}

/// Where a library is not as after a run nobody disturbs.
pub fn unlike(stage: &Stage, world: &World) -> Vec<String> {
    differences(&stage.undisturbed, &state(&world.library()))
}

/// The same after a run that the machine failed. A thumbnail is no file's fate: one that could not be stored leaves its media pending
/// and the file taken in. What was named as failed comes in later, and into its albums behind the others.
pub fn unlike_after(stage: &Stage, world: &World, hurt: &Ran) -> Vec<String> {
    let loose = |line: &String| {
        let drawn =
            line.strip_suffix(" pending").filter(|_| hurt.code != KILLED).map(|rest| format!("{rest} complete"));
        let line = drawn.unwrap_or_else(|| line.clone());
        let placed = line.starts_with("in ") && hurt.code == 3;
        if placed { line.split(" at ").next().unwrap_or_default().to_owned() } else { line }
    };
    let both = [&stage.undisturbed, &state(&world.library())].map(|lines| lines.iter().map(loose).collect::<Vec<_>>());
    differences(&both[0], &both[1])
}

/// Thumbnails that `repair` does not draw where they could not be stored.
fn undrawn(world: &World) -> Vec<String> {
    let pending = || state(&world.library()).into_iter().filter(|line| line.ends_with(" pending")).collect::<Vec<_>>();
    if pending().is_empty() {
        return Vec::new();
    }
    let repaired = world.do_run(&["repair", "--yes", "--json"]);
    let left = pending().into_iter().map(|what| format!("P3: not drawn by repair: {what}"));
    let verified = world.do_run(&["verify", "--data", "--json"]);
    let ends = format!("P3: repair ends so: {}, and verify {}", repaired.stdout, told(&verified));
    let unwell = (repaired.code != 0 || verified.code != 0).then_some(ends);
    left.chain(unwell).collect()
}

fn differences(wanted: &[String], is: &[String]) -> Vec<String> {
    let count = |lines: &[String]| {
        let mut counted = BTreeMap::<String, i64>::new();
        for line in lines {
            *counted.entry(line.clone()).or_default() += 1;
        }
        counted
    };
    let (wanted, is) = (count(wanted), count(is));
    let lines: BTreeSet<_> = wanted.keys().chain(is.keys()).collect();
    let n = |of: &BTreeMap<String, i64>, line: &String| of.get(line).copied().unwrap_or_default();
    let differing = lines.into_iter().filter(|line| n(&wanted, line) != n(&is, line));
    differing.map(|line| format!("P3: {} times instead of {}: {line}", n(&is, line), n(&wanted, line))).collect()
}

/// What a library says, without what differs from run to run: ids, times and thumbnails.
pub fn state(library: &Path) -> Vec<String> {
    if !library.join("catalog.db").exists() {
        return Vec::new();
    }
    let db = support::catalogue(library);
    let questions = [
        "SELECT 'media ' || hash || iif(deleted_at IS NULL, '', ' deleted') || ' ' || media_type || ' ' || coalesce(filename, '-') || ' '
             || coalesce(taken_at, '-') || ' ' || coalesce(latitude, '-') || ' ' || coalesce(longitude, '-') || ' ' || processing_status
           FROM v_media",
        "SELECT 'tag ' || hash || ' ' || value FROM v_media, json_each(metadata, '$.tags')",
        "SELECT 'album ' || name || ' of ' || media_count || iif(deleted_at IS NULL, '', ' deleted') FROM album",
        "SELECT 'link ' || link_type || ' from ' || from_type || ' to ' || to_type || iif(deleted_at IS NULL, '', ' deleted') FROM link",
        "SELECT 'in ' || name || ' ' || hex(hash) || ' at ' || coalesce(link.sort_order, '-') || iif(link.deleted_at IS NULL, '', ' deleted')
           FROM link JOIN album ON album.n = from_n JOIN media ON media.n = to_n WHERE link_type = 'contains'",
    ];
    let mut lines: Vec<_> = questions.iter().flat_map(|sql| ask(&db, sql)).collect();
    lines.sort();
    lines
}

/// P2: rows without their file, and what was said to be in the library and is not. Looks at a copy of the catalogue: opening the
/// library's own would already repair it.
pub fn rowless_and_unsaid(library: &Path, said: &Ran) -> Vec<String> {
    let Some((_look, db)) = look(library) else { return unsaid(said, &BTreeMap::new()) };
    let mut rows = BTreeMap::new();
    let mut wrong = Vec::new();
    let told = "SELECT id || '=' || file_path || '=' || hash FROM v_media";
    let all = db.prepare(told).and_then(|mut select| select.query_map([], |row| row.get(0))?.collect());
    let all: Vec<String> = match all {
        Ok(all) => all,
        Err(error) => return vec![format!("P2: the catalogue cannot be read: {error}")],
    };
    for row in all {
        let mut parts = row.split('=');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        let (id, path, hash) = (part(), part(), part());
        let there = fs::read(library.join(&path)).is_ok_and(|bytes| support::sha256(&bytes) == hash);
        if !there {
            wrong.push(format!("P2: a row without its file: {path}"));
        }
        rows.insert(id, there);
    }
    wrong.extend(unsaid(said, &rows));
    wrong
}

/// The catalogue's files copied and opened; nothing where it is not there, or not yet one.
fn look(library: &Path) -> Option<(tempfile::TempDir, Connection)> {
    let copy = tempfile::tempdir_in(library.parent()?).unwrap();
    for file in ["catalog.db", "catalog.db-wal"].iter().filter(|file| library.join(file).exists()) {
        fs::copy(library.join(file), copy.path().join(file)).unwrap();
    }
    if !copy.path().join("catalog.db").exists() {
        return None;
    }
    let db = support::catalogue(copy.path());
    let named = "SELECT count(*) FROM sqlite_master WHERE name = 'v_media'";
    let unmade = matches!(db.query_row(named, [], |row| row.get(0)), Ok(0));
    (!unmade).then_some((copy, db))
}

fn unsaid(said: &Ran, rows: &BTreeMap<String, bool>) -> Vec<String> {
    let there = |line: &Value| line["id"].as_str().is_some_and(|id| rows.get(id) == Some(&true));
    let lines = acknowledged(&said.stdout);
    lines.iter().filter(|line| !there(line)).map(|line| format!("P2: said and not there: {line}")).collect()
}

/// The events that say that a file is in the library, of a `--jsonl` stream that may have been cut off.
pub fn acknowledged(stdout: &str) -> Vec<Value> {
    let whole = &stdout[..stdout.rfind('\n').map_or(0, |end| end + 1)];
    let lines = whole.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["action"] == "imported" || line["action"] == "duplicate").collect()
}
