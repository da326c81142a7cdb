//! What any bytes say of themselves, as the kind that they look like.

#![no_main]

use hypernet::probe;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(kind) = probe::kind(bytes) {
        probe::facts(&mut std::io::Cursor::new(bytes), bytes.len() as u64, kind);
    }
});
