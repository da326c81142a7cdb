//! How the summary of every run begins: which command, how it ended, from when to when (the output contract's run summaries).

use std::time::{Duration, Instant};

use serde::Serialize;

use super::context::Context;
use crate::model::Timestamp;

/// A run that has begun.
#[derive(Debug, Clone, Copy)]
pub struct Began {
    /// When.
    pub at: Timestamp,
    clock: Instant,
}

/// The first fields of a summary.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'static str>,
    command: &'static str,
    /// In the model's words: `success`, `partial`, `failed`.
    pub status: &'static str,
    /// Whether nothing was to be changed.
    pub dry_run: bool,
    started_at: Timestamp,
    finished_at: Timestamp,
    duration_ms: u64,
}

impl Began {
    /// A run that begins now.
    pub fn now(ctx: &Context) -> Self {
        Self { at: ctx.now(), clock: Instant::now() }
    }

    /// How long it has taken.
    pub fn took(&self) -> Duration {
        self.clock.elapsed()
    }

    /// The head of its summary, if it ends now.
    pub fn ended(&self, ctx: &Context, command: &'static str, status: &'static str) -> Head {
        Head {
            event: None,
            command,
            status,
            dry_run: ctx.dry_run,
            started_at: self.at,
            finished_at: ctx.now(),
            duration_ms: u64::try_from(self.took().as_millis()).unwrap_or(u64::MAX),
        }
    }
}

impl Head {
    /// With how the run ended, once that is known.
    #[must_use]
    pub fn with_status(self, status: &'static str) -> Self {
        Self { status, ..self }
    }

    /// Of a run that changes nothing unless it is told to.
    #[must_use]
    pub fn only_said(self, dry_run: bool) -> Self {
        Self { dry_run, ..self }
    }

    /// As the last of streamed lines, which says what it is.
    #[must_use]
    pub fn streamed(self) -> Self {
        Self { event: Some("summary"), ..self }
    }
}
