//! What all sweeps share: stages with their spots, the points drawn from them, and many points run at once.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::plan::Plan;
use crate::report::Report;
use crate::scenes::{Scene, Stage};
use crate::support::Seeded;
use crate::trace::{self, CHANGING, Spot};

/// A stage and where it can be hurt.
pub struct Watched {
    pub stage: Stage,
    pub spots: Vec<Spot>,
}

impl Watched {
    /// Sets a scene and watches it once: the spots are its calls that are found again in another run.
    pub fn new(scene: &'static Scene, plan: &Plan, report: &Report) -> Self {
        let stage = Stage::set(scene, plan);
        let rehearsal = stage.world.copy();
        let options = ["-f", "-s", "0", "-e", &format!("trace={}", CHANGING.join(","))].map(str::to_owned);
        let ran = rehearsal.strace(&options, &[&stage.args[..], &["--jsonl".to_owned()]].concat());
        assert_eq!(ran.code, 0, "{}: watched, it ends so: {ran:#?}", scene.name);
        let (spots, lost) = trace::spots(&rehearsal.trace(), rehearsal.path());
        if lost > 0 {
            report.note(format!("{}: {lost} of {} calls cannot be found again", scene.name, spots.len() + lost));
        }
        Self { stage, spots }
    }
}

/// Shuffles by the seed, leaves only what was asked for, and takes so many, evenly from all groups; 0: all.
pub fn draw<T>(
    mut all: Vec<T>,
    plan: &Plan,
    count: usize,
    name: impl Fn(&T) -> String,
    group: impl Fn(&T) -> String,
) -> Vec<T> {
    let mut seeded = Seeded(plan.seed);
    for at in (1..all.len()).rev() {
        all.swap(at, seeded.below(at + 1));
    }
    all.retain(|point| plan.wants(&name(point)));
    // The first of each group, then the second of each: a few points still see every kind of call.
    let mut seen = BTreeMap::<String, usize>::new();
    let mut ranked: Vec<_> = all
        .into_iter()
        .map(|point| {
            let rank = seen.entry(group(&point)).or_default();
            *rank += 1;
            (*rank, point)
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.truncate(if count > 0 { count } else { usize::MAX });
    ranked.into_iter().map(|(_, point)| point).collect()
}

/// Runs every point, several at once. A panic of the harness at one is a finding there.
pub fn each<T: Sync>(
    points: &[T],
    plan: &Plan,
    report: &Report,
    name: impl Fn(&T) -> String + Sync,
    run: impl Fn(&T) -> Vec<String> + Sync,
) {
    let next = AtomicUsize::new(0);
    let quiet = Mutex::new(());
    std::thread::scope(|threads| {
        for _ in 0..plan.jobs {
            threads.spawn(|| {
                while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = catch_unwind(AssertUnwindSafe(|| run(point)));
                    let found = found.unwrap_or_else(|_| vec!["the harness itself fell over: see above".to_owned()]);
                    let _one_at_a_time = quiet.lock();
                    for what in found {
                        report.finding(&name(point), what);
                    }
                }
            });
        }
    });
}
