//! Ctrl-C, `kill` and a closed terminal: the first asks a run to stop, the second ends the process.
//!
//! A command that has nothing to finish never asks, and is ended by the first.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;

use super::error::Exit;

/// What the signals of this process have asked for.
#[derive(Debug, Clone, Default)]
pub struct Signals {
    /// Whether the next signal ends the process; set by every signal.
    asked: Arc<AtomicBool>,
    which: Arc<AtomicUsize>,
}

impl Signals {
    /// Takes over the signals of this process.
    ///
    /// # Errors
    /// When the system does not allow it.
    pub fn listen() -> io::Result<Self> {
        let signals = Self { asked: Arc::new(AtomicBool::new(true)), which: Arc::default() };
        for (signal, exit) in [(SIGINT, Exit::Interrupted), (SIGTERM, Exit::Terminated), (SIGHUP, Exit::Terminated)] {
            // In this order: the first signal finds the flag down, the second finds it up.
            flag::register_conditional_shutdown(signal, exit.number().into(), signals.asked.clone())?;
            flag::register_usize(signal, signals.which.clone(), exit.number().into())?;
            flag::register(signal, signals.asked.clone())?;
        }
        // Caught, it is an error of the write that went over a limit on the size of files, and told as one.
        flag::register(SIGXFSZ, Arc::default())?;
        Ok(signals)
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

    #[test]
    fn the_first_signal_asks_and_is_remembered() {
        let signals = Signals::listen().unwrap();
        let stop = signals.stop();
        assert_eq!((stop.load(Ordering::SeqCst), signals.exit()), (false, None));
        signal_hook::low_level::raise(SIGTERM).unwrap();
        assert_eq!((stop.load(Ordering::SeqCst), signals.exit()), (true, Some(Exit::Terminated)));
    }
}
