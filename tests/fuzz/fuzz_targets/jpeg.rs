//! The scaled JPEG decoder over any bytes, at every scale. It catches no panic: each is a finding.

#![no_main]

use hypernet::probe::thumb::{Scratch, decode_scaled};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static SCRATCH: std::cell::RefCell<Scratch> = std::cell::RefCell::default();
}

fuzz_target!(|bytes: &[u8]| {
    SCRATCH.with_borrow_mut(|scratch| {
        for edge in [1, 40, 90, 400] {
            decode_scaled(scratch, bytes, edge);
        }
    });
});
