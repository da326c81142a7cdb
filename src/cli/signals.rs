//! Ctrl-C, `kill` and a closed terminal: the first asks a run to stop, a later one ends the process.
//!
//! A command that has nothing to finish never asks, and is ended by the first. A thread listens, since only it may look at
//! a clock: `timeout` and process managers signal a process and then its group, which is one wish said twice.

use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::{flag, iterator, low_level};

use super::error::Exit;

/// Which signals whoever started this process wants it not to hear, as `nohup` does: read where the system tells (Linux).
fn ignored(status: &str) -> impl Fn(i32) -> bool + use<> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    move |signal| mask & (1 << (signal - 1)) != 0
}

/// Signals that come so soon after the first mean the same.
const ECHO: Duration = Duration::from_millis(500);

/// What the signals of this process have asked for.
#[derive(Debug, Clone)]
pub struct Signals {
    /// Whether a run should stop, or none has begun that could: set by every signal.
    asked: Arc<AtomicBool>,
    which: Arc<AtomicUsize>,
}

impl Signals {
    /// Takes over the signals of this process.
    ///
    /// # Errors
    /// When the system does not allow it.
    pub fn listen() -> io::Result<Self> {
        // Caught, it is an error of the write that went over a limit on the size of files, and told as one.
        flag::register(SIGXFSZ, Arc::default())?;
        let ignored = ignored(&fs::read_to_string("/proc/self/status").unwrap_or_default());
        let heard = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !ignored(*signal));
        let mut caught = iterator::Signals::new(heard)?;
        let signals = Self::new();
        let told = signals.clone();
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            let mut first = None;
            for signal in caught.forever() {
                let exit = if signal == SIGINT { Exit::Interrupted } else { Exit::Terminated };
                if told.heard(exit, Instant::now(), &mut first) {
                    low_level::exit(exit.number().into());
                }
            }
        })?;
        Ok(signals)
    }

    fn new() -> Self {
        Self { asked: Arc::new(AtomicBool::new(true)), which: Arc::default() }
    }

    /// Remembers a signal that came `now`; whether it ends the process.
    fn heard(&self, exit: Exit, now: Instant, first: &mut Option<Instant>) -> bool {
        self.which.store(exit.number().into(), Ordering::SeqCst);
        let nothing_to_stop = self.asked.swap(true, Ordering::SeqCst) && first.is_none();
        nothing_to_stop || now.duration_since(*first.get_or_insert(now)) >= ECHO
    }

    /// From here on the first signal only sets this flag: look at it between files and stop when it is true.
    pub fn stop(&self) -> Arc<AtomicBool> {
        if self.which.load(Ordering::SeqCst) == 0 {
            self.asked.store(false, Ordering::SeqCst);
        }
        self.asked.clone()
    }

    /// How a run ends that a signal cut short; `None` when none did.
    pub fn exit(&self) -> Option<Exit> {
        match self.which.load(Ordering::SeqCst) {
            0 => None,
            number if number == usize::from(Exit::Interrupted.number()) => Some(Exit::Interrupted),
            _ => Some(Exit::Terminated),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each of these signals, so many milliseconds after the first, ends a run that has asked to be stopped.
    fn ends(after: &[u64]) -> Vec<bool> {
        let (signals, start, mut first) = (Signals::new(), Instant::now(), None);
        signals.stop();
        let heard = |after: &u64| signals.heard(Exit::Terminated, start + Duration::from_millis(*after), &mut first);
        after.iter().map(heard).collect()
    }

    #[test]
    fn what_was_ignored_from_the_start_is_not_heard() {
        let of_nohup = ignored("SigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\nSigCgt:\t0000000000000000\n");
        assert_eq!([SIGHUP, SIGINT, SIGTERM].map(of_nohup), [true, false, false]);
        assert_eq!([SIGHUP, SIGINT, SIGTERM].map(ignored("")), [false; 3]);
    }

    #[test]
    fn a_signal_and_its_echo_are_one_wish() {
        assert_eq!(ends(&[0, 1, 499]), [false, false, false]);
        assert_eq!(ends(&[0, 1, 500]), [false, false, true]);
        assert_eq!(ends(&[0, 2_000]), [false, true]);
    }

    #[test]
    fn the_first_signal_asks_and_is_remembered() {
        let signals = Signals::new();
        let stop = signals.stop();
        assert_eq!((stop.load(Ordering::SeqCst), signals.exit()), (false, None));
        assert!(!signals.heard(Exit::Terminated, Instant::now(), &mut None));
        assert_eq!((stop.load(Ordering::SeqCst), signals.exit()), (true, Some(Exit::Terminated)));
    }

    #[test]
    fn the_first_signal_ends_what_never_asked() {
        assert!(Signals::new().heard(Exit::Interrupted, Instant::now(), &mut None));
    }
}
