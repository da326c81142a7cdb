//! Where a verification that ran out of time stopped, so that the next one goes on from there and each original has its turn.
//!
//! Kept in a small file beside the catalogue, not in it: verifying changes neither the catalogue nor an original. A library that
//! cannot be written to, or is another account's, is verified all the same, from its oldest original.

use serde_json::{Value, json};

use crate::store::{Root, files};

/// The file, beneath the library.
const FILE: &str = "log/verify.json";

/// The most that is read of it, in bytes.
const MOST: u64 = 4096;

/// The number of the last media whose original was read; `None` when the last pass came to its end, and where nothing can be read.
pub fn remembered(root: &Root) -> Option<i64> {
    let (size, _) = root.stat(FILE).ok()??;
    let file = root.open_file(FILE).ok().filter(|_| size <= MOST)?;
    let value: Value = serde_json::from_reader(file).ok()?;
    value["after"].as_i64().filter(|after| *after > 0)
}

/// Remembers how far a pass has come; `None` when it came to its end. A place that cannot be kept is no failure: the next pass
/// begins with the oldest. Nothing of root's is left in somebody's library.
pub fn remember(root: &Root, after: Option<i64>) {
    if !root.owned_by(files::own_uid()) {
        return;
    }
    let _ = match after {
        Some(after) => root.write_over(FILE, format!("{}\n", json!({ "after": after })).as_bytes()),
        None if root.stat(FILE).is_ok_and(|there| there.is_some()) => root.remove(FILE),
        None => Ok(()),
    };
}
