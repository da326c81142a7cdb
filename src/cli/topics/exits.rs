//! `hypernet help exit-codes`: how a command may end.

use super::Page;
use crate::cli::error::Exit;

/// The page.
pub fn page() -> Page {
    let rows = Exit::ALL.iter().map(|exit| (exit.number().to_string(), exit.meaning()));
    Page::default()
        .text("Scripts may rely on these numbers: more may come within a major version, none changes its meaning. What is not listed is a failure.")
        .list(rows)
        .text("The full help of a command lists the codes that command can have. Under --json, --jsonl or --log-format json, a failure is also told as an object, the last line of standard error, whose `code` says more: one word each.")
        .lines([r#"{"error":{"code":"locked","exit_code":6,"message":...,"hint":...,"details":{}}}"#])
}
