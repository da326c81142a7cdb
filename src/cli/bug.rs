//! The last line of defence: a panic ends the program with one line and exit code 101, never a backtrace.
//!
//! A panic that someone below catches, such as a decoder's, is silent: it is only remembered.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

use super::error::Exit;
use super::output::Talk;

static LAST: Mutex<String> = Mutex::new(String::new());

/// Runs the program.
pub fn guard(program: impl FnOnce() -> Exit) -> Exit {
    panic::set_hook(Box::new(|panic| {
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
    }));
    panic::catch_unwind(AssertUnwindSafe(program)).unwrap_or_else(|_| {
        let what = LAST.lock().unwrap_or_else(PoisonError::into_inner).replace('\n', " ");
        Talk::default().bug(&what);
        Exit::Bug
    })
}
