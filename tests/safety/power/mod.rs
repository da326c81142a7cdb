//! Power cuts: the library lies on a disk of its own, whose image is copied in one instant while the program runs; each copy is
//! what a power cut leaves. It is mounted, its journal replayed, and the library in it held to every promise.

mod cut;
mod disk;
mod judge;
mod scene;
mod table;

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::plan::Plan;
use crate::report::Report;
use cut::{Cut, Setting};
use disk::{Format, Rack};
use scene::{Scene, Stage};
use table::Table;

/// Cuts in the share of every commit, and in a release's run.
const CI: usize = 30;
const FULL: usize = 1_200;

/// What disks are formatted with, each as often as its share of the cuts: three quarters of a release's are on ext4 with a journal.
const FORMATS_CI: &[Format] = &[Format::Ext4, Format::Bare];
const FORMATS: &[Format] = &[
    Format::Ext4,
    Format::Ext4,
    Format::Ext4,
    Format::Ext4,
    Format::Writeback,
    Format::Writeback,
    Format::Xfs,
    Format::Bare,
];

/// How many plays are tried where each gives only a few cuts.
const ROUNDS: usize = 100;

/// The chapter.
pub fn run(plan: &Plan, report: &mut Report) {
    let Some(rack) = Rack::new(report) else { return };
    let formats = if plan.full { FORMATS } else { FORMATS_CI };
    let wanted = plan.share(CI, FULL).div_ceil(formats.len());
    let doubts = AtomicUsize::new(0);
    for (at, format) in formats.iter().enumerate() {
        let mut settings: Vec<Box<dyn Setting>> = Vec::new();
        // Without a journal, sources that lie on the disk that dies are not safe from it either.
        for scene in Scene::ALL.into_iter().filter(|scene| (*scene, *format) != (Scene::MoveWithin, Format::Bare)) {
            settings.push(Box::new(Stage::set(plan, &rack, scene, *format)));
        }
        // A commit's share is of imports alone; without a journal, only what imports promise is held against the program.
        if plan.full && *format != Format::Bare {
            settings.extend(Table::all(plan, report, &rack, *format).into_iter().map(|table| Box::new(table) as _));
        }
        let each = wanted.div_ceil(settings.len());
        for (number, setting) in settings.iter().enumerate() {
            // Each begins with another slowness.
            cut_off(plan, report, &rack, &**setting, at * ROUNDS + number, each, &doubts);
        }
    }
    report.note(format!("{} sources went just when the power did: taken for there", doubts.into_inner()));
}

/// Plays a setting until it was cut often enough, and judges each cut.
fn cut_off(
    plan: &Plan,
    report: &Report,
    rack: &Rack,
    setting: &dyn Setting,
    first: usize,
    wanted: usize,
    doubts: &AtomicUsize,
) {
    let mut done = 0;
    for round in first..first + ROUNDS {
        let (cuts, failed) = cut::play(plan, rack, setting, round);
        if let Some(failed) = failed {
            report.finding(&format!("{}-{round}", setting.name()), failed);
        }
        let cuts = drawn(cuts, wanted - done);
        done += cuts.len();
        judge_all(plan, report, rack, setting, cuts, doubts);
        if done >= wanted {
            return;
        }
    }
}

/// At most so many of the cuts of a play, spread over all of it, its last among them.
fn drawn(cuts: Vec<Cut>, wanted: usize) -> VecDeque<Cut> {
    let (all, step) = (cuts.len(), cuts.len().div_ceil(wanted));
    cuts.into_iter().enumerate().filter(|(at, _)| (all - 1 - at).is_multiple_of(step)).map(|(_, cut)| cut).collect()
}

fn judge_all(
    plan: &Plan,
    report: &Report,
    rack: &Rack,
    setting: &dyn Setting,
    cuts: VecDeque<Cut>,
    doubts: &AtomicUsize,
) {
    let cuts = Mutex::new(cuts);
    let next = || cuts.lock().unwrap().pop_front();
    std::thread::scope(|threads| {
        for _ in 0..plan.jobs {
            threads.spawn(|| {
                while let Some(cut) = next() {
                    let verdict = setting.judge(plan, rack, &cut);
                    doubts.fetch_add(verdict.in_doubt, Ordering::Relaxed);
                    let (disk, step) = (format!("{:?}", setting.format()), format!("{:?}", verdict.step));
                    let what = setting.name().rsplit_once('-').map_or("", |(scene, _)| scene);
                    report.point(&[("scene", what), ("disk", &disk), ("step", &step)]);
                    for what in verdict.wrong {
                        report.finding(&cut.name, format!("{:?}: {what}", verdict.step));
                    }
                }
            });
        }
    });
}
