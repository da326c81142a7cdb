//! Progress of a long run, on stderr: a line redrawn on a terminal, or one JSON object or line of text a second.
//!
//! Knows nothing of what is counted: a phase has a name, files and bytes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use serde_json::{Value, json};

use super::context::now;
use super::format;
use super::output::Talk;

/// When progress is shown: `--progress`, `HYPERNET_PROGRESS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Mode {
    /// On a terminal
    #[default]
    Auto,
    /// Into a file or pipe too, as lines of text
    Always,
    /// Not at all
    Never,
    /// One object a second
    Json,
}

/// How often a redrawn line changes; also the longest wait for its first sign of life.
const FRAME: Duration = Duration::from_millis(100);

/// How often a line is written where nothing can be redrawn.
const BEAT: Duration = Duration::from_secs(1);

/// The progress of one run. Shared by threads; gone from the screen when dropped.
pub struct Progress {
    state: Arc<State>,
    shown: Shown,
}

enum Shown {
    Nowhere,
    Redrawn(ProgressBar),
    /// Dropping the sender wakes the thread, which writes a last line and ends.
    Lines(Option<Sender<()>>, Option<JoinHandle<()>>),
}

/// Totals may grow while work is found. Zero files and bytes expected means that nothing is known yet.
struct State {
    phase: Mutex<(String, Instant)>,
    files: AtomicU64,
    bytes: AtomicU64,
    total_files: AtomicU64,
    total_bytes: AtomicU64,
}

impl Progress {
    /// Shows the first phase at once. Totals that are not known yet are `None`; see [`Self::expect`].
    pub fn start(talk: &Arc<Talk>, mode: Mode, phase: &str, files: Option<u64>, bytes: Option<u64>) -> Self {
        let state = Arc::new(State::new(phase, files, bytes));
        let shown = match mode {
            _ if talk.tone().quiet > 0 => Shown::Nowhere,
            Mode::Json => lines(talk, &state, |talk, state| talk.object(&state.json())),
            Mode::Auto | Mode::Always if talk.tone().redraws && !talk.tone().json_log => {
                Shown::Redrawn(redrawn(talk, &state))
            }
            Mode::Auto | Mode::Never => Shown::Nowhere,
            Mode::Always => lines(talk, &state, |talk, state| talk.note(&state.text())),
        };
        Self { state, shown }
    }

    /// Begins another phase and counts from zero.
    pub fn phase(&self, phase: &str, files: Option<u64>, bytes: Option<u64>) {
        self.state.begin(phase, files, bytes);
    }

    /// Adds work that was found to the totals.
    pub fn expect(&self, files: u64, bytes: u64) {
        self.state.total_files.fetch_add(files, Ordering::Relaxed);
        self.state.total_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Counts work that is done.
    pub fn advance(&self, files: u64, bytes: u64) {
        self.state.files.fetch_add(files, Ordering::Relaxed);
        self.state.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Ends the progress and clears its line, so that the summary can follow.
    pub fn finish(self) {
        drop(self);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        match &mut self.shown {
            Shown::Nowhere => {}
            Shown::Redrawn(bar) => bar.finish_and_clear(),
            Shown::Lines(stop, thread) => {
                drop(stop.take());
                let _ = thread.take().map(JoinHandle::join);
            }
        }
    }
}

fn redrawn(talk: &Talk, state: &Arc<State>) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let state = state.clone();
    let facts = move |_: &ProgressState, line: &mut dyn std::fmt::Write| {
        let _ = line.write_str(&state.text());
    };
    if let Ok(style) = ProgressStyle::with_template("{spinner} {facts}") {
        bar.set_style(style.with_key("facts", facts));
    }
    talk.around(&bar);
    bar.tick();
    bar.enable_steady_tick(FRAME);
    bar
}

fn lines(talk: &Arc<Talk>, state: &Arc<State>, print: fn(&Talk, &State)) -> Shown {
    let (stop, stopped) = channel::<()>();
    let (talk, state) = (talk.clone(), state.clone());
    let thread = std::thread::Builder::new().spawn(move || {
        loop {
            print(&talk, &state);
            if stopped.recv_timeout(BEAT) != Err(RecvTimeoutError::Timeout) {
                break print(&talk, &state);
            }
        }
    });
    Shown::Lines(Some(stop), thread.ok())
}

impl State {
    fn new(phase: &str, files: Option<u64>, bytes: Option<u64>) -> Self {
        let zero = AtomicU64::default;
        let phase_now = Mutex::new((String::new(), Instant::now()));
        let state = Self { phase: phase_now, files: zero(), bytes: zero(), total_files: zero(), total_bytes: zero() };
        state.begin(phase, files, bytes);
        state
    }

    fn begin(&self, phase: &str, files: Option<u64>, bytes: Option<u64>) {
        *self.named() = (phase.to_owned(), Instant::now());
        self.files.store(0, Ordering::Relaxed);
        self.bytes.store(0, Ordering::Relaxed);
        self.total_files.store(files.unwrap_or(0), Ordering::Relaxed);
        self.total_bytes.store(bytes.unwrap_or(0), Ordering::Relaxed);
    }

    fn named(&self) -> MutexGuard<'_, (String, Instant)> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> Reading {
        let (phase, since) = self.named().clone();
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let known = |count: &AtomicU64| Some(load(count)).filter(|total| *total > 0);
        Reading {
            phase,
            elapsed: since.elapsed(),
            files: load(&self.files),
            bytes: load(&self.bytes),
            total_files: known(&self.total_files),
            total_bytes: known(&self.total_bytes),
        }
    }

    fn text(&self) -> String {
        self.read().text()
    }

    fn json(&self) -> Value {
        self.read().json()
    }
}

/// The state at one moment.
struct Reading {
    phase: String,
    elapsed: Duration,
    files: u64,
    bytes: u64,
    total_files: Option<u64>,
    total_bytes: Option<u64>,
}

impl Reading {
    /// Time left if the rest goes as the part so far: by bytes where they are known, else by files.
    fn left(&self) -> Option<Duration> {
        let by_bytes = self.total_bytes.map(|total| (self.bytes, total));
        let (done, total) = by_bytes.or(self.total_files.map(|total| (self.files, total)))?;
        let rest = total.saturating_sub(done) as f64 / done as f64;
        Duration::try_from_secs_f64(self.elapsed.as_secs_f64() * rest).ok()
    }

    /// `copy  12 of 1,204 files  1.2 GB of 5.4 GB  131 MB/s  41 s left`
    fn text(&self) -> String {
        let of = |done: String, total: Option<String>| total.map_or(done.clone(), |total| format!("{done} of {total}"));
        let mut parts = vec![self.phase.clone()];
        parts.push(format!("{} files", of(format::count(self.files), self.total_files.map(format::count))));
        if self.bytes > 0 || self.total_bytes.is_some() {
            parts.push(of(format::bytes(self.bytes), self.total_bytes.map(format::bytes)));
        }
        if self.bytes > 0 && self.elapsed >= BEAT {
            parts.extend(format::rate(self.bytes, self.elapsed));
        }
        if let Some(left) = self.left().filter(|left| !left.is_zero() && self.elapsed >= BEAT) {
            parts.push(format!("{} left", format::duration(Duration::from_secs(left.as_secs().max(1)))));
        }
        parts.join("  ")
    }

    fn json(&self) -> Value {
        json!({
            "event": "progress", "phase": self.phase, "done": self.files, "total": self.total_files,
            "bytes_done": self.bytes, "bytes_total": self.total_bytes,
            "eta_seconds": self.left().map(|left| left.as_secs()), "at": now(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(files: u64, bytes: u64) -> Reading {
        let (total_files, total_bytes) = (Some(1_204), Some(5_400_000_000));
        Reading { phase: "copy".into(), elapsed: Duration::from_secs(10), files, bytes, total_files, total_bytes }
    }

    #[test]
    fn a_line_tells_count_bytes_rate_and_time_left() {
        let line = reading(250, 1_310_000_000).text();
        assert_eq!(line, "copy  250 of 1,204 files  1.3 GB of 5.4 GB  131 MB/s  31 s left");
    }

    #[test]
    fn nothing_is_promised_before_anything_is_known() {
        assert_eq!(reading(0, 0).left(), None);
        let unknown = Reading { total_files: None, total_bytes: None, elapsed: Duration::ZERO, ..reading(3, 0) };
        assert_eq!(unknown.text(), "copy  3 files");
        assert_eq!(unknown.json()["eta_seconds"], Value::Null);
    }

    #[test]
    fn scripts_get_every_key() {
        let mut json = reading(3, 2_700_000_000).json();
        json["at"] = "then".into();
        let expected = r#"{"event":"progress","phase":"copy","done":3,"total":1204,"bytes_done":2700000000,"bytes_total":5400000000,"eta_seconds":10,"at":"then"}"#;
        assert_eq!(json.to_string(), expected);
    }

    #[test]
    fn totals_grow_and_a_new_phase_begins_at_zero() {
        let state = State::new("scan", None, None);
        let progress = Progress { state: Arc::new(state), shown: Shown::Nowhere };
        progress.expect(2, 50);
        progress.advance(1, 20);
        let reading = progress.state.read();
        assert_eq!(
            (reading.files, reading.total_files, reading.bytes, reading.total_bytes),
            (1, Some(2), 20, Some(50))
        );
        progress.phase("copy", Some(7), None);
        let reading = progress.state.read();
        assert_eq!((reading.phase.as_str(), reading.files, reading.total_files), ("copy", 0, Some(7)));
        progress.finish();
    }
}
