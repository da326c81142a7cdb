//! Gives a disk its power back and holds what is on it to the promises: nothing lost (P1), what was said is true (P2), the same
//! command finishes the work with nothing done by hand (P3).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::cut::{Cut, Setting, Started};
use super::disk::{Disk, Format, Rack};
use super::scene::{Place, Scene, Stage};
use crate::plan::Plan;
use crate::support::{self, ask, catalogue, contents, kept, live};

/// How far the program had come when the power went, told from the disk alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    MakingTheLibrary,
    NothingPublished,
    PublishedWithoutRows,
    SomeRows,
    AllRows,
    Ended,
    /// Of a command that is no import: under way.
    Under,
}

/// What came of one cut.
pub struct Verdict {
    pub step: Step,
    pub wrong: Vec<String>,
    /// Sources that went just when the power did: whether before or after cannot be told.
    pub in_doubt: usize,
}

impl Verdict {
    pub fn unmountable(why: &str) -> Self {
        let wrong = vec![format!("the file system itself does not come back: {why}")];
        Self { step: Step::Ended, wrong, in_doubt: 0 }
    }
}

impl Setting for Stage {
    fn name(&self) -> &str {
        &self.name
    }

    fn format(&self) -> Format {
        self.format
    }

    fn image(&self) -> &Path {
        &self.image
    }

    fn start(&self, plan: &Plan, disk: &Disk, own: &Path, behind: &[String]) -> Started {
        let place = Place::new(plan, disk, &self.sources_of(disk, own.to_owned()));
        let command = place.command(behind, &place.arguments(self.more()));
        let watched = (self.scene == Scene::MoveIn).then(|| own.to_owned());
        Started { command, watched, held: (self.scene == Scene::Beside).then(|| place.hold()) }
    }

    fn judge(&self, plan: &Plan, rack: &Rack, cut: &Cut) -> Verdict {
        let disk = match rack.again(&cut.image, self.format) {
            Ok(disk) => disk,
            Err(why) => return Verdict::unmountable(&why),
        };
        let own = rack.beside().join(format!("sources after {}", cut.name));
        let (sources, in_doubt) = sources(self, cut, &disk, &own);
        let place = Place::new(plan, &disk, &sources);
        let step = step(&place, self, cut);
        let mut wrong = lost(&place, self);
        wrong.extend(unopened(&place, self, cut));
        wrong.extend(untrue(&place, self, cut));
        wrong.extend(unfinished(&place, self));
        if own.exists() {
            let _ = std::fs::remove_dir_all(&own);
        }
        Verdict { step, wrong, in_doubt }
    }
}

/// Where the sources of a cut lie; those on another disk are set up as they were then, with what is in doubt if it is nowhere else.
fn sources(stage: &Stage, cut: &Cut, disk: &Disk, own: &Path) -> (PathBuf, usize) {
    match stage.scene {
        Scene::MoveWithin => (disk.path().join("sources"), 0),
        Scene::MoveIn => {
            let stored = kept(&disk.path().join("library"));
            let doubtful: Vec<_> = cut.before.difference(&cut.after).collect();
            let missing = doubtful
                .iter()
                .filter(|file| !stored.contains(&support::sha256(&std::fs::read(stage.sources.join(file)).unwrap())));
            std::fs::create_dir_all(own).unwrap();
            for file in cut.after.iter().chain(missing.copied()) {
                let to = own.join(file);
                std::fs::create_dir_all(to.parent().unwrap()).unwrap();
                std::fs::copy(stage.sources.join(file), &to).unwrap();
                support::age(&to);
            }
            (own.to_owned(), doubtful.len())
        }
        _ => (stage.sources.clone(), 0),
    }
}

/// P1: bytes that are in neither the sources nor the library any more.
fn lost(place: &Place, stage: &Stage) -> Vec<String> {
    let held: BTreeSet<_> = contents(&place.sources).union(&kept(&place.library)).cloned().collect();
    let lost = stage.handed.difference(&held).count();
    if lost == 0 { Vec::new() } else { vec![format!("the bytes of {lost} files are lost")] }
}

/// The library opens as it is, and finds nothing wrong with itself.
fn unopened(place: &Place, stage: &Stage, cut: &Cut) -> Vec<String> {
    let marked = place.library.join("hypernet-library.toml").exists();
    if !marked {
        let said = imported(cut).len();
        return if said == 0 {
            Vec::new()
        } else {
            vec![format!("there is no library, and {said} files were imported")]
        };
    }
    trouble(place, stage, "before anything else ran")
}

/// What `verify` finds. Without a journal anything may stand where nothing was synced, so that only originals and rows count.
fn trouble(place: &Place, stage: &Stage, when: &str) -> Vec<String> {
    let ran = place.run(&["verify", "--data", "--json"]);
    let told = serde_json::from_str::<Value>(&ran.stdout).unwrap_or_default();
    let path = |error: &Value| error["path"].as_str().unwrap_or_default().to_owned();
    let counts =
        |error: &&Value| stage.format != Format::Bare || !path(error).contains('/') || path(error).contains("/media/");
    let found: Vec<_> = told["errors"].as_array().into_iter().flatten().filter(counts).collect();
    let fine = ran.code == 0 || (ran.code == 8 && found.is_empty());
    let first = || found.first().map_or_else(|| format!("{ran:?}"), ToString::to_string);
    if fine { Vec::new() } else { vec![format!("verify finds {} problems {when}: {}", found.len(), first())] }
}

/// P2: what was said to be imported and is not there, or is not what it was.
fn untrue(place: &Place, stage: &Stage, cut: &Cut) -> Vec<String> {
    let said = imported(cut);
    if said.is_empty() || !place.library.join("catalog.db").exists() {
        return Vec::new();
    }
    let rows: BTreeMap<_, _> =
        ask(&catalogue(&place.library), "SELECT id || '=' || hash || '=' || file_path FROM v_media")
            .into_iter()
            .map(|row| {
                let mut parts = row.splitn(3, '=').map(str::to_owned);
                (parts.next().unwrap(), (parts.next().unwrap(), parts.next().unwrap()))
            })
            .collect();
    let untrue = |line: &Value| -> Option<String> {
        let Some((hash, path)) = rows.get(line["id"].as_str().unwrap()) else {
            return Some(format!("said and not in the catalogue: {line}"));
        };
        let Ok(stored) = std::fs::read(place.library.join(path)) else {
            return Some(format!("said and without its file: {line}"));
        };
        let source = original(stage, line["path"].as_str().unwrap());
        let same = [&support::sha256(&stored), &source].iter().all(|other| *other == hash);
        (!same).then(|| format!("said and not what it was, {} bytes: {line}", stored.len()))
    };
    let untrue: Vec<_> = said.iter().filter_map(untrue).collect();
    untrue.first().map(|first| format!("{} of {}: {first}", untrue.len(), said.len())).into_iter().collect()
}

/// The hash of a source by the path it was reported under, from the sources nobody touched.
fn original(stage: &Stage, path: &str) -> String {
    let below = |root: &str| path.split_once(root).map(|(_, rest)| rest.trim_start_matches('/').to_owned());
    let rest = path.split("/roll").last().filter(|_| path.contains("/roll")).map(|rest| format!("roll{rest}"));
    let relative = rest.or_else(|| below("/copies/").map(|rest| format!("copies/{rest}"))).unwrap();
    support::sha256(&std::fs::read(stage.sources.join(relative)).unwrap())
}

fn imported(cut: &Cut) -> Vec<Value> {
    let lines = cut.said.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["action"] == "imported").collect()
}

/// P3: the same command ends well and leaves what an undisturbed one leaves.
fn unfinished(place: &Place, stage: &Stage) -> Vec<String> {
    let again = place.import(stage.more());
    if again.code != 0 {
        return vec![format!("the same command ends with {}: {}", again.code, again.stderr)];
    }
    let mut wrong = Vec::new();
    if live(&place.library) != stage.undisturbed {
        wrong.push("the same command does not lead where an undisturbed one does".to_owned());
    }
    wrong.extend(trouble(place, stage, "when all is done"));
    if stage.scene.moves() && !contents(&place.sources).is_empty() {
        wrong.push(format!("sources stay: {}", again.stderr));
    }
    wrong
}

fn step(place: &Place, stage: &Stage, cut: &Cut) -> Step {
    if !place.library.join("hypernet-library.toml").exists() {
        return Step::MakingTheLibrary;
    }
    let files = support::hashes(&place.library.join("users"));
    let originals = files.keys().filter(|path| path.components().any(|part| part.as_os_str() == "media")).count();
    let rows = ask(&catalogue(&place.library), "SELECT DISTINCT file_path FROM v_media").len();
    match () {
        () if cut.ended => Step::Ended,
        () if originals > rows => Step::PublishedWithoutRows,
        () if rows == stage.undisturbed.len() => Step::AllRows,
        () if rows > stage.already => Step::SomeRows,
        () => Step::NothingPublished,
    }
}
