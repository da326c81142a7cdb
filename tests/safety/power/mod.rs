//! Power cuts: the library lies on a disk of its own, whose image is copied in one instant while the program runs; each copy is
//! what a power cut leaves. It is mounted, its journal replayed, and the library in it held to every promise.

mod cut;
mod disk;
mod judge;
mod scene;
mod table;

use std::collections::{BTreeSet, VecDeque};
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
/// Of a release's, so many are on ext4 with a journal.
const JOURNALLED: usize = 500;

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
    let formats: &[Format] = if plan.only.is_some() { &one_of_each(formats) } else { formats };
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
        let own = plan.count.filter(|count| *count > 0 && plan.only.is_some());
        let each = own.unwrap_or_else(|| wanted.div_ceil(settings.len()));
        for (number, setting) in settings.iter().enumerate() {
            // Each begins with another slowness.
            if let Some(first) = first_round(plan, setting.name(), at * ROUNDS + number) {
                cut_off(plan, report, &rack, &**setting, first, each, &doubts);
            }
        }
    }
    let journalled = report.counted("disk", "Ext4") + report.counted("disk", "Writeback");
    if plan.full && plan.whole() && journalled < JOURNALLED {
        report.finding("", format!("only {journalled} cuts were on ext4 with a journal, and {JOURNALLED} must be"));
    }
    report.note(format!("{} sources went just when the power did: taken for there", doubts.into_inner()));
}

fn one_of_each(formats: &[Format]) -> Vec<Format> {
    formats.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
}

/// The play a setting begins with, if it is wanted at all. A cut cannot be repeated to the millisecond: one that is asked for by its
/// name, `SETTING-ROUND-NUMBER`, stands for its play and those that follow.
fn first_round(plan: &Plan, name: &str, usual: usize) -> Option<usize> {
    let Some(only) = plan.only.as_deref().filter(|only| !name.contains(only)) else { return Some(usual) };
    let rest = only.strip_prefix(name)?.strip_prefix('-')?;
    rest.split('-').next()?.parse().ok()
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
    report.finding(setting.name(), format!("only {done} cuts in {ROUNDS} plays, and {wanted} are wanted"));
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
