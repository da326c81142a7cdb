//! The machine as `doctor` sees it: program, settings, clock, terminal and threads.

use std::env::consts;
use std::io::IsTerminal;
use std::thread::available_parallelism;

use super::Check;
use crate::cli::context::Context;
use crate::cli::format;
use crate::cli::output::table::terminal_width;
use crate::model::Timestamp;
use crate::store;

/// 2026 and 2100: before the first, hypernet was not written yet; after the second, a battery is flat.
const PLAUSIBLE: std::ops::Range<i64> = 1_767_225_600_000..4_102_444_800_000;

pub(super) fn program() -> Check {
    let (version, sqlite) = (env!("CARGO_PKG_VERSION"), store::sqlite_version());
    Check::ok("program", format!("hypernet {version}, SQLite {sqlite}, {} {}", consts::OS, consts::ARCH))
}

pub(super) fn configuration(ctx: &Context) -> Check {
    let Some(file) = &ctx.config.file else { return Check::ok("configuration", "none, as asked for") };
    let (warnings, idle) = (ctx.config.warnings.len(), ctx.config.idle.len());
    match (warnings, file.exists()) {
        (0, _) if idle > 0 => {
            let message = format!("{} without effect", format::plural(idle as u64, "setting", "settings"));
            Check::note("configuration", message).at(file).next("see the warnings above")
        }
        (0, true) => Check::ok("configuration", "read").at(file),
        (0, false) => Check::ok("configuration", "there is none; every setting has its default").at(file),
        _ => {
            let message = format!("{} may be wrong", format::plural(warnings as u64, "setting", "settings"));
            Check::problem("configuration", message).at(file).next("see the warnings above")
        }
    }
}

pub(super) fn clock(ctx: &Context) -> Check {
    told(ctx.now())
}

fn told(now: Timestamp) -> Check {
    if PLAUSIBLE.contains(&now.millis()) {
        Check::ok("clock", now.to_string())
    } else {
        Check::problem("clock", format!("{now} cannot be now")).next("set the clock: imports and the trash go by it")
    }
}

pub(super) fn terminal(ctx: &Context) -> Check {
    let colour = if ctx.out.talk.tone().colour { "with colour" } else { "without colour" };
    let terminal = std::io::stdout().is_terminal();
    let message = format!("{} columns, {colour}", terminal_width());
    Check::ok("terminal", if terminal { message } else { format!("none: output goes to a file or pipe; {message}") })
}

pub(super) fn threads(ctx: &Context) -> Check {
    let processors = available_parallelism().map_or(1, usize::from);
    let processors = format::plural(processors as u64, "processor", "processors");
    Check::ok("threads", format!("{} at once on {processors}", format::plural(ctx.config.jobs as u64, "file", "files")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::State;

    #[test]
    fn a_clock_without_a_battery_is_told() {
        let state = |text| told(Timestamp::parse(text).unwrap()).state;
        assert_eq!(state("1970-01-01T00:00:10.000Z"), State::Problem);
        assert_eq!(state("2026-11-23T00:00:00.000Z"), State::Ok);
        assert_eq!(state("2100-01-01T00:00:00.000Z"), State::Problem);
    }
}
