//! The safety harness: hurts the program at every step it takes, and asks after each whether every promise was kept.
//!
//! `cargo test --release --test safety -- full` is a release's run, `-- ci` the share of every commit; plain `cargo test` leaves it
//! alone. A line a chapter, every finding with the command that repeats it; it ends 1 when there is one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program"
)]

mod errors;
mod kills;
mod lost;
mod migrate;
mod mounted;
mod mutated;
mod oracle;
mod plan;
mod power;
mod prove;
mod report;
mod room;
mod scenes;
#[path = "../suite/support.rs"]
#[allow(dead_code, reason = "the suite uses the rest")]
mod support;
mod sweep;
mod together;
mod trace;
mod world;

use std::process::ExitCode;
use std::time::Instant;

use plan::Plan;
use report::Report;

/// One way of hurting the program.
struct Chapter {
    name: &'static str,
    /// What it does, for `--help`.
    about: &'static str,
    /// Whether it belongs to the share of every commit.
    in_ci: bool,
    /// How many points must be reached in a whole run: of every commit, of a release.
    least: (usize, usize),
    run: fn(&Plan, &mut Report),
}

/// In the order they are run.
const CHAPTERS: &[Chapter] = &[
    Chapter {
        name: "kills",
        about: "SIGKILL at every state-changing system call",
        in_ci: true,
        least: (150, 1500),
        run: kills::run,
    },
    Chapter {
        name: "errors",
        about: "an error of the machine at every such call",
        in_ci: true,
        least: (200, 2400),
        run: errors::run,
    },
    Chapter {
        name: "lost",
        about: "writes and syncs that are said to be done and are not",
        in_ci: true,
        least: (50, 200),
        run: lost::run,
    },
    Chapter {
        name: "room",
        about: "full disks, by bytes and by files, and small limits",
        in_ci: true,
        least: (16, 1200),
        run: room::run,
    },
    Chapter {
        name: "together",
        about: "eight processes import one tree, readers beside them",
        in_ci: true,
        least: (2, 200),
        run: together::run,
    },
    Chapter {
        name: "migrate",
        about: "old and newer catalogues, many processes at once",
        in_ci: true,
        least: (8, 66),
        run: migrate::run,
    },
    Chapter {
        name: "mutated",
        about: "damaged media of every kind",
        in_ci: true,
        least: (200, 10_000),
        run: mutated::run,
    },
    Chapter {
        name: "power",
        about: "the power is cut: images of the library's disk",
        in_ci: true,
        least: (30, 600),
        run: power::run,
    },
    Chapter {
        name: "prove",
        about: "the harness finds what it is there to find",
        in_ci: false,
        least: (1, 7),
        run: prove::run,
    },
];

fn main() -> ExitCode {
    let names: Vec<_> = CHAPTERS.iter().map(|chapter| (chapter.name, chapter.about)).collect();
    let plan = match Plan::parse(std::env::args().skip(1), &names) {
        Ok(plan) => plan,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::from(2);
        }
    };
    let wanted = |chapter: &&Chapter| {
        if plan.chapters.is_empty() {
            plan.full || chapter.in_ci
        } else {
            plan.chapters.iter().any(|name| name == chapter.name)
        }
    };
    let (mut findings, mut skips) = (0, Vec::new());
    for chapter in CHAPTERS.iter().filter(wanted) {
        let (start, mut report) = (Instant::now(), Report::new(chapter.name));
        (chapter.run)(&plan, &mut report);
        let (ci, full) = chapter.least;
        report.close(match plan.whole() {
            true if plan.full => full,
            true => ci,
            false => 1,
        });
        report.print(&plan, start.elapsed());
        findings += report.findings();
        skips.extend(report.into_skips());
    }
    for skip in &skips {
        println!("SKIPPED {skip}");
    }
    println!(
        "{findings} findings{}",
        if skips.is_empty() { "" } else { ", and not everything was tried: see SKIPPED" }
    );
    ExitCode::from(u8::from(findings > 0))
}
