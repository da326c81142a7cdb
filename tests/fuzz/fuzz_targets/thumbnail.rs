//! Thumbnails of any bytes, as each kind of picture that has a decoder here.

#![no_main]

use hypernet::model::mime;
use hypernet::probe::thumb::{Scratch, ThumbError, draw};
use libfuzzer_sys::fuzz_target;

const KINDS: [&str; 6] = ["image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/bmp"];

thread_local! {
    static SCRATCH: std::cell::RefCell<Scratch> = std::cell::RefCell::default();
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let kind = mime::parse(KINDS[usize::from(first & 7) % KINDS.len()]).expect("a known kind");
    SCRATCH.with_borrow_mut(|scratch| match draw(scratch, bytes, kind, first >> 4, None, 64) {
        Ok(drawn) => assert!(drawn.width.max(drawn.height) <= 64),
        Err(ThumbError::Unsupported | ThumbError::TooLarge { .. } | ThumbError::Malformed(_)) => {}
    });
});
