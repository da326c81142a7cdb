//! What one chapter did: how many points of which kind, what it found, what it could not do here.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::plan::Plan;
use crate::support;

/// The report of one chapter; points may come in from several threads.
pub struct Report {
    chapter: &'static str,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    points: usize,
    /// Points that a run did not come to: they count for nothing.
    unreached: usize,
    /// By heading, such as `command` or `call`, then by word.
    counts: BTreeMap<&'static str, BTreeMap<String, usize>>,
    findings: Vec<(String, String)>,
    skips: Vec<String>,
    notes: Vec<String>,
}

impl Report {
    /// Nothing yet.
    pub fn new(chapter: &'static str) -> Self {
        Self { chapter, inner: Mutex::default() }
    }

    /// A point was run: it counts once, and under each heading by its word.
    pub fn point(&self, headings: &[(&'static str, &str)]) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.points += 1;
        for (heading, word) in headings {
            *inner.counts.entry(heading).or_default().entry((*word).to_owned()).or_default() += 1;
        }
    }

    /// A run did not come to the point where it was to be hurt.
    pub fn unreached(&self) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).unreached += 1;
    }

    /// How many points there were under this heading by this word.
    pub fn counted(&self, heading: &'static str, word: &str) -> usize {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.counts.get(heading).and_then(|words| words.get(word)).copied().unwrap_or_default()
    }

    /// A chapter that tried nothing, or less than a whole run of it must, is a finding; one that cannot be tried here has said so.
    pub fn close(&self, least: usize) {
        let (points, skipped) = {
            let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            (inner.points, !inner.skips.is_empty())
        };
        if points < least.max(1) && !(points == 0 && skipped) {
            self.finding("", format!("only {points} points were tried, and at least {} must be", least.max(1)));
        }
    }

    /// A promise was broken at a point; an empty name stands for the chapter as a whole.
    pub fn finding(&self, point: &str, what: impl Into<String>) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).findings.push((point.to_owned(), what.into()));
    }

    /// Something cannot be tried here.
    pub fn skip(&self, why: &str) {
        support::skip(&format!("{}: {why}", self.chapter));
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).skips.push(format!("{} ({why})", self.chapter));
    }

    /// Something worth a line of its own that is no finding.
    pub fn note(&self, what: impl Into<String>) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).notes.push(what.into());
    }

    /// How many promises were broken.
    pub fn findings(&self) -> usize {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).findings.len()
    }

    /// What could not be tried here.
    pub fn into_skips(self) -> Vec<String> {
        self.inner.into_inner().unwrap_or_else(PoisonError::into_inner).skips
    }

    /// A line for the chapter, then every finding in full.
    pub fn print(&self, plan: &Plan, took: Duration) {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let counts: Vec<_> =
            inner.counts.iter().map(|(heading, words)| format!("by {heading}: {}", listed(words))).collect();
        let (points, findings, seconds) = (inner.points, inner.findings.len(), took.as_secs());
        let unreached =
            if inner.unreached == 0 { String::new() } else { format!(" ({} more not reached)", inner.unreached) };
        println!(
            "{}: {points} points{unreached}, {findings} findings, {seconds} s; {}",
            self.chapter,
            counts.join("; ")
        );
        for note in &inner.notes {
            println!("  {note}");
        }
        for (point, what) in &inner.findings {
            let at = if point.is_empty() { "the end" } else { point };
            println!("FOUND at {at}: {what}\n  again: {}", plan.again(self.chapter, point));
        }
    }
}

fn listed(words: &BTreeMap<String, usize>) -> String {
    words.iter().map(|(word, n)| format!("{word} {n}")).collect::<Vec<_>>().join(", ")
}
