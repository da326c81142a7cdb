//! Chapter `lost`: the machine says that it wrote, or synced, and did not, or wrote something else.
//!
//! What can be known is found before anything is said to be in the library; what cannot be is told by the guarantee of each [`Lie`].
//! No power is cut here: that a sync was needed shows in chapter `power`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::oracle::{self, told};
use crate::plan::Plan;
use crate::report::Report;
use crate::scenes::{self, Stage};
use crate::support::{self, Ran};
use crate::sweep::{self, Watched};
use crate::trace::{self, Spot};
use crate::world::World;

/// Points of the share of every commit; a release's run takes all there are.
const CI: usize = 60;

/// The commands that write what they then vouch for.
const COMMANDS: &[&str] = &["import-next", "import-verify", "import-move"];
/// Those of them that read back what they wrote.
const READ_BACK: &[&str] = &["import-verify", "import-move"];

/// What the machine does in place of what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    /// A write to a staged file is skipped. The file is short: found in every mode, before the file counts.
    Skipped,
    /// Other bytes are written to a staged file, as many. Found where the copy is read back; a plain copy is not, so its source must
    /// still be there, and `verify --data` must find it.
    Wrong,
    /// A sync does nothing, once or from then on. Nobody can know: the read back past the cache asks the system to drop what it has,
    /// and it drops only what it wrote. Nothing else may come of it.
    Unsynced(bool),
    /// A write to the catalogue is skipped. SQLite cannot know. No byte of an original goes for it, and `verify` does not call it sound.
    Forgotten,
    /// An original in the library is no longer what it was when its bytes come in again with `--mode move`: their source stays.
    TurnedBad,
}

struct Point<'a> {
    watched: &'a Watched,
    lie: Lie,
    /// Where; of an original that turned bad, `n` says which.
    spot: Spot,
}

impl Point<'_> {
    fn name(&self) -> String {
        format!("{}/{}/{:?}", self.watched.stage.scene.name, self.spot.name(), self.lie)
    }

    fn group(&self) -> String {
        format!("{}/{:?}", self.watched.stage.scene.name, self.lie)
    }

    fn reads_back(&self) -> bool {
        READ_BACK.contains(&self.watched.stage.scene.name)
    }
}

/// Lies at every spot there is something to lie about.
pub fn run(plan: &Plan, report: &mut Report) {
    if !support::strace_works() {
        return report.skip("strace is absent or not permitted here");
    }
    let report: &Report = report;
    let scenes = scenes::playable(plan, report).into_iter().filter(|scene| COMMANDS.contains(&scene.name));
    let watched: Vec<_> = scenes.map(|scene| Watched::new(scene, plan, report)).collect();
    let all = watched.iter().flat_map(points).collect();
    let points = sweep::draw(all, plan, plan.share(CI, 0), Point::name, Point::group);
    sweep::each(&points, plan, report, Point::name, |point| tell(point, report));
}

fn points(watched: &Watched) -> Vec<Point<'_>> {
    let staged = |spot: &Spot| spot.path.starts_with("library/staging") && is_number(spot);
    let lies = |spot: &Spot| match spot.call.as_str() {
        "write" if staged(spot) => vec![Lie::Skipped, Lie::Wrong],
        "fsync" | "fdatasync" => vec![Lie::Unsynced(false), Lie::Unsynced(true)],
        "pwrite64" => vec![Lie::Forgotten],
        _ => Vec::new(),
    };
    let of =
        |spot: &Spot| lies(spot).into_iter().map(|lie| Point { watched, lie, spot: exact(spot) }).collect::<Vec<_>>();
    let mut points: Vec<_> = watched.spots.iter().flat_map(of).collect();
    if watched.stage.scene.moves {
        points.extend((0..originals(&watched.stage.world).len()).map(|n| Point {
            watched,
            lie: Lie::TurnedBad,
            spot: Spot { call: "original".to_owned(), whose: trace::Whose::Main, n, size: None, path: PathBuf::new() },
        }));
    }
    points
}

/// A write to a staged file is asked for by the file: as much must be said to be written there as was to be.
fn exact(spot: &Spot) -> Spot {
    if spot.call != "write" {
        return spot.clone();
    }
    Spot { whose: trace::Whose::About(spot.path.clone()), n: 1, ..spot.clone() }
}

/// A staged original or thumbnail; the run's lock and list have names.
fn is_number(spot: &Spot) -> bool {
    spot.path.file_name().is_some_and(|name| name.to_string_lossy().bytes().all(|byte| byte.is_ascii_digit()))
}

fn originals(world: &World) -> Vec<PathBuf> {
    let files = support::hashes(&world.library().join("users"));
    files.into_keys().filter(|path| path.iter().any(|part| part == "media")).collect()
}

fn tell(point: &Point<'_>, report: &Report) -> Vec<String> {
    let stage = &point.watched.stage;
    let world = stage.world.copy();
    let lie = format!("{:?}", point.lie);
    let headings = [("command", stage.scene.name), ("lie", lie.as_str())];
    if point.lie == Lie::TurnedBad {
        report.point(&headings);
        return turned_bad(stage, &world, point.spot.n);
    }
    let (fault, on) = match point.lie {
        Lie::Wrong => ("poke_enter=@arg2=00112233".to_owned(), false),
        Lie::Unsynced(on) => ("retval=0".to_owned(), on),
        _ => (format!("retval={}", point.spot.size.unwrap_or_default()), false),
    };
    let args = [&stage.args[..], &["--jsonl".to_owned()]].concat();
    let ran = world.strace(&point.spot.options(world.path(), &fault, on), &args);
    if !trace::calls(&world.trace()).iter().any(|call| call.injected) {
        report.unreached();
        return oracle::broken(stage, &world, &ran);
    }
    report.point(&headings);
    match point.lie {
        Lie::Forgotten => forgotten(stage, &world, &ran),
        Lie::Wrong if !point.reads_back() => unknowable(stage, &world, &ran),
        Lie::Unsynced(_) => [oracle::unlike(stage, &world), oracle::broken(stage, &world, &ran)].concat(),
        _ => [found(&world, &ran), oracle::broken(stage, &world, &ran)].concat(),
    }
}

/// It was told of the one file; all that was said to be there is checked by the oracle. A thumbnail that was lost is no file's fate.
fn found(world: &World, ran: &Ran) -> Vec<String> {
    let summary = serde_json::from_str::<serde_json::Value>(ran.stdout.lines().last().unwrap_or_default());
    let errors = summary.unwrap_or_default()["errors"].to_string();
    let wrong = match ran.code {
        0 => originals_that_differ(&world.library()),
        3 if errors.contains("unverified") => Vec::new(),
        _ => vec![format!("P4: a write was lost, and it ends so: {}", told(ran))],
    };
    wrong.into_iter().map(|what| format!("said to be well: {what}")).collect()
}

/// Nobody can see it at once: the source is still there, and `verify --data` sees it.
fn unknowable(stage: &Stage, world: &World, ran: &Ran) -> Vec<String> {
    let mut wrong = [oracle::untidy(ran), oracle::lost(stage, world)].concat();
    let verified = world.do_run(&["verify", "--data", "--json"]);
    let sound = originals_that_differ(&world.library()).is_empty();
    if sound != (verified.code == 0) {
        wrong.push(format!("verify --data is mistaken: {}", told(&verified)));
    }
    wrong
}

/// The catalogue lost something: no original goes for it, and the program does not say that all is well.
fn forgotten(stage: &Stage, world: &World, ran: &Ran) -> Vec<String> {
    let mut wrong = [oracle::untidy(ran), oracle::lost(stage, world)].concat();
    let said = oracle::rowless_and_unsaid(&world.library(), ran);
    let verified = world.do_run(&["verify", "--data", "--json"]);
    wrong.extend(oracle::untidy(&verified));
    if verified.code == 0 {
        wrong.extend(said.into_iter().map(|what| format!("verify says all is well, but {what}")));
    }
    wrong.extend(oracle::lost(stage, world));
    wrong
}

/// One byte of one original is another: the source with its bytes is the last there is.
fn turned_bad(stage: &Stage, world: &World, which: usize) -> Vec<String> {
    let original = &originals(world)[which];
    let mut bytes = fs::read(original).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    fs::set_permissions(original, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(original, bytes).unwrap();
    fs::set_permissions(original, fs::Permissions::from_mode(0o400)).unwrap();
    let before = world.held();
    let ran = world.run(&[&stage.args[..], &["--json".to_owned()]].concat());
    let held = world.held();
    let mut wrong: Vec<_> = before.difference(&held).map(|hash| format!("P1: the last copy is gone: {hash}")).collect();
    wrong.extend(oracle::untidy(&ran));
    wrong
}

/// Rows whose file is absent or holds other bytes.
fn originals_that_differ(library: &Path) -> Vec<String> {
    let media = "SELECT DISTINCT file_path || '=' || hash FROM v_media ORDER BY 1";
    let differs = |row: &String| {
        let (path, hash) = row.split_once('=').unwrap();
        fs::read(library.join(path)).map_or(true, |bytes| support::sha256(&bytes) != hash)
    };
    support::ask(&support::catalogue(library), media).into_iter().filter(differs).collect()
}
