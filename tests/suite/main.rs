//! The whole suite, one binary: what holds the house together, then each rule of the specification.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test's helper may, as a test may")]

mod again;
mod answers;
mod backup;
mod catalogue;
mod completions;
mod faults;
mod floors;
mod generated;
mod home;
mod kills;
mod licences;
mod migration;
mod move_mode;
mod names;
mod new_kind;
mod objects;
mod outcomes;
mod questions;
mod raw;
mod rebuild;
mod reflink;
mod repair;
mod shapes;
mod show;
mod signals;
mod sums;
mod support;
mod thumbs;
mod together;
mod topics;
mod transcripts;
mod trash;
mod validation_api;
mod validation_sql;
