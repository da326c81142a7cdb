//! Chapter `kills`: SIGKILL at every state-changing system call of every scene.

use crate::oracle;
use crate::plan::Plan;
use crate::report::Report;
use crate::scenes;
use crate::support::{self, Ran};
use crate::sweep::{self, Watched};
use crate::trace::Spot;
use crate::world::KILLED;

/// Points of the share of every commit; a release's run takes all there are.
const CI: usize = 170;

/// Kills every scene at every spot.
pub fn run(plan: &Plan, report: &mut Report) {
    if !support::strace_works() {
        return report.skip("strace is absent or not permitted here");
    }
    let report: &Report = report;
    let scenes = scenes::playable(plan, report);
    let watched: Vec<_> = scenes.into_iter().map(|scene| Watched::new(scene, plan, report)).collect();
    let all = watched.iter().flat_map(|watched| watched.spots.iter().map(move |spot| (watched, spot))).collect();
    let points = sweep::draw(all, plan, plan.share(CI, 0), name, group);
    sweep::each(&points, plan, report, name, |(watched, spot)| kill(watched, spot, report));
}

fn name((watched, spot): &(&Watched, &Spot)) -> String {
    format!("{}/{}", watched.stage.scene.name, spot.name())
}

fn group((watched, spot): &(&Watched, &Spot)) -> String {
    format!("{}/{}", watched.stage.scene.name, spot.call)
}

fn kill(watched: &Watched, spot: &Spot, report: &Report) -> Vec<String> {
    let stage = &watched.stage;
    let world = stage.world.copy();
    let args = [&stage.args[..], &["--jsonl".to_owned()]].concat();
    let ran = world.strace(&spot.options(world.path(), "signal=KILL", false), &args);
    if ran.code != 137 {
        report.unreached();
        return oracle::broken(stage, &world, &ran);
    }
    report.point(&[("command", stage.scene.name), ("call", &spot.call)]);
    oracle::broken(stage, &world, &Ran { code: KILLED, ..ran })
}
