//! A question asked in this process, on a connection that is open: what it costs without start, opening and printing.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use hypernet::query::sums::explain::{Explanation, explain};
use hypernet::query::{self, Expr, Ground, Options, order};
use hypernet::store::{Access, Library, Opening, Reader, StoreError};
use rusqlite::{StatementStatus, params_from_iter};

use super::questions::Question;
use super::spent::Spent;
use crate::Fault;

/// Media of a first page.
pub const PAGE: u64 = 50;

/// What the machine of the catalogue did for a first page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Steps {
    /// Instructions of SQLite's virtual machine.
    pub machine: i64,
    /// Steps forward in a table that is read from end to end; walking an index is none.
    pub scan: i64,
}

/// A grown library, open.
pub struct Inside {
    reader: Reader,
}

impl Inside {
    pub fn open(grown: &Path) -> Result<Self, Fault> {
        let opening = Opening { path: grown.to_owned(), access: Access::Read, lock_timeout: Duration::from_secs(5) };
        Ok(Self { reader: Library::open(&opening)?.reader()? })
    }

    /// The id of the newest media that is linked to a duplicate.
    pub fn linked(&self) -> Result<String, Fault> {
        let (expr, options) = self.asked("link:duplicate_of", None)?;
        let mut id = None;
        query::run(&self.reader, &expr, &Options { limit: Some(1), ..options }, |media| {
            id = Some(media.base.id.to_string());
            Ok::<_, StoreError>(ControlFlow::Break(()))
        })?;
        id.ok_or_else(|| "no media of the library is linked to a duplicate".into())
    }

    /// How a first page would be had.
    pub fn explain(&self, text: &str, question: &Question) -> Result<Explanation, Fault> {
        let (expr, options) = self.asked(text, question.sort)?;
        Ok(explain(&self.reader, &expr, &options)?)
    }

    /// Runs the statements of a first page, which give numbers, and counts what that took.
    pub fn steps(&self, explanation: &Explanation) -> Result<Steps, Fault> {
        let (mut steps, mut found) = (Steps::default(), 0);
        for one in &explanation.statements {
            let mut statement = self.reader.prepare(&one.sql.text)?;
            let mut rows = statement.query(params_from_iter(&one.sql.params))?;
            while found < PAGE && rows.next()?.is_some() {
                found += 1;
            }
            drop(rows);
            steps.machine += i64::from(statement.get_status(StatementStatus::VmStep));
            steps.scan += i64::from(statement.get_status(StatementStatus::FullscanStep));
            if found >= PAGE {
                break;
            }
        }
        Ok(steps)
    }

    /// A first page: understood, planned, its media read.
    pub fn page(&self, text: &str, question: &Question) -> Result<Spent, Fault> {
        spent(|| {
            let (expr, options) = self.asked(text, question.sort)?;
            query::run(&self.reader, &expr, &options, |media| {
                std::hint::black_box(media);
                Ok::<_, Fault>(ControlFlow::Continue(()))
            })
        })
    }

    /// How many there are, and what telling it cost.
    pub fn count(&self, text: &str) -> Result<(u64, Spent), Fault> {
        let mut count = 0;
        let spent = spent(|| {
            let (expr, _) = self.asked(text, None)?;
            count = query::count(&self.reader, &expr)?;
            Ok(())
        })?;
        Ok((count, spent))
    }

    fn asked(&self, text: &str, sort: Option<&str>) -> Result<(Expr, Options), Fault> {
        let zone = hypernet::model::Zone::Local;
        let ground = Ground { now: chrono::Utc::now().fixed_offset(), zone, saved: std::collections::BTreeMap::new() };
        let expr = query::parse(text, &ground).map_err(|error| format!("{text}: {error}"))?;
        let order = order::parse(sort.unwrap_or(order::DEFAULT)).map_err(|error| format!("{sort:?}: {error}"))?;
        let aim = query::aim(&self.reader, &expr)?;
        Ok((expr, Options { order, limit: Some(PAGE), aim, ..Options::default() }))
    }
}

/// Time on the clock and of the processor. Everything measured here runs on the thread that asks.
fn spent(work: impl FnOnce() -> Result<(), Fault>) -> Result<Spent, Fault> {
    let (before, started) = (processor()?, Instant::now());
    work()?;
    let wall = started.elapsed().as_secs_f64() * 1000.0;
    Ok(Spent { wall, cpu: processor()? - before })
}

/// Milliseconds this thread has run. The kernel brings its account up to date when the thread steps aside.
fn processor() -> Result<f64, Fault> {
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos: f64 = text.split_whitespace().next().ok_or("the kernel keeps no account of time")?.parse()?;
    Ok(nanos / 1e6)
}
