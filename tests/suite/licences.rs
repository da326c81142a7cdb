//! Every crate that is linked or built with may be given on: no GPL, LGPL or AGPL, and no licence nobody has read.
//!
//! Asks cargo, offline and for this machine's target: what other systems add is fetched there only.

use std::process::Command;

use serde_json::Value;

/// Licences that ask for no more than a notice. A new one is read before it stands here.
const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "IJG",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

#[test]
fn every_dependency_may_be_given_on() {
    let packages = packages();
    let refused: Vec<_> = packages
        .iter()
        .map(|package| (package["name"].as_str().unwrap_or("?"), package["license"].as_str().unwrap_or("none stated")))
        .filter(|(_, licence)| !is_permissive(licence))
        .collect();
    assert!(packages.len() > 20, "cargo named only {} packages", packages.len());
    assert!(refused.is_empty(), "{refused:?}");
}

#[test]
fn a_choice_needs_one_permissive_licence_and_a_sum_needs_all() {
    for fine in
        ["MIT", "MIT OR GPL-3.0-only", "Unlicense/MIT", "(MIT OR Apache-2.0) AND IJG", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(is_permissive(fine), "{fine}");
    }
    for refused in [
        "GPL-3.0-only",
        "LGPL-2.1",
        "MIT AND GPL-2.0",
        "AGPL-3.0 OR GPL-3.0",
        "MIT AND (GPL-2.0 OR LGPL-2.1)",
        "none stated",
    ] {
        assert!(!is_permissive(refused), "{refused}");
    }
}

/// Whether an SPDX expression leaves a way that is permissive.
fn is_permissive(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    any(&mut words) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words) -> bool {
    let mut holds = all(words);
    while words.next_if_eq(&"OR").is_some() {
        holds |= all(words);
    }
    holds
}

fn all(words: &mut Words) -> bool {
    let mut holds = one(words);
    while words.next_if_eq(&"AND").is_some() {
        holds &= one(words);
    }
    holds
}

fn one(words: &mut Words) -> bool {
    let word = words.next();
    if word == Some("(") {
        return any(words) & (words.next() == Some(")"));
    }
    if words.next_if_eq(&"WITH").is_some() {
        words.next(); // an exception only ever allows more
    }
    word.is_some_and(|word| PERMISSIVE.contains(&word))
}

fn packages() -> Vec<Value> {
    let host = Command::new("rustc").arg("-vV").output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", host])
        .current_dir(crate::floors::root())
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}
