//! A page by time is looked for first among the newest (oldest) media, where it mostly is.
//!
//! SQLite knows nothing of how many rows a condition leaves: of a question that no rare term leads it may read and sort every
//! media for the first fifty. A window at the beginning of the order is walked in order instead, and left as soon as
//! the page is full; what is missing is looked for in the rest. Both together are the whole, each media in one of them.

use super::Options;
use super::order::Key;
use super::sort::Part;
use crate::store::{Param, Reader, Sql, StoreError};

/// A page is in the window if one media of so many matches. Of fewer, the window only costs: reading 5,000 media takes
/// some 20 ms. Under test it is small, so that a few media have a rest.
const ONE_OF: u64 = if cfg!(test) { 1 } else { 100 };

/// No smaller window is worth a statement, no larger one is read in the time of a page.
const WINDOW: std::ops::RangeInclusive<u64> = if cfg!(test) { 1..=10 } else { 1_000..=20_000 };

/// The longest page that is looked for in a window.
const PAGE: u64 = 1_000;

/// Which stretch of the time line a statement looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// All of it, and what has no time.
    All,
    /// From the beginning of the order to this time, which is in it.
    Within(i64),
    /// All after that.
    Past(i64),
}

impl Span {
    /// What holds of its media, the time being given as `time`.
    pub(super) fn condition(self, down: bool, bind: &mut dyn FnMut(Param) -> String) -> Option<String> {
        let than = if down { ">=" } else { "<=" };
        let mut within = |time| format!("media.taken_at {than} {}", bind(Param::Number(time)));
        match self {
            Self::All => None,
            // Told to be few, so that their index is walked whatever else there is.
            Self::Within(time) => Some(format!("likelihood({}, 0.000001)", within(time))),
            Self::Past(time) => Some(format!("({}) IS NOT TRUE", within(time))),
        }
    }
}

/// Whether an order gives the newest first; `None` where it is not by time.
pub(super) fn newest_first(options: &Options) -> Option<bool> {
    options.order.first().filter(|key| key.is_time()).map(|key: &Key| key.descending != options.reverse)
}

/// The stretches that together are a part of an order, one after the other.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn spans(reader: &Reader, options: &Options, part: Part) -> Result<Vec<Span>, StoreError> {
    let limit = options.limit.filter(|most| *most <= PAGE);
    let (Some(down), Some(limit), false) = (newest_first(options), limit, part == Part::Valueless) else {
        return Ok(vec![Span::All]);
    };
    let media = (limit * ONE_OF).clamp(*WINDOW.start(), *WINDOW.end());
    let end = reader.first(&last(options, down, media))?;
    Ok(end.map_or_else(|| vec![Span::All], |end| vec![Span::Within(end), Span::Past(end)]))
}

/// The time of the last of so many live media from the beginning, or from the cursor on: a walk along the index.
fn last(options: &Options, down: bool, media: u64) -> Sql {
    let start = options.after.as_ref().and_then(|cursor| cursor.values.first().cloned().flatten());
    let mut params = vec![Param::Number(media.saturating_sub(1).cast_signed())];
    let from = start.map(|start| {
        params.push(start);
        format!(" AND taken_at {} ?2", if down { "<=" } else { ">=" })
    });
    let text = format!(
        "SELECT taken_at FROM my_media WHERE deleted_at IS NULL AND taken_at IS NOT NULL{} ORDER BY taken_at{} LIMIT 1 OFFSET ?1",
        from.unwrap_or_default(),
        if down { " DESC" } else { "" },
    );
    Sql { text, params }
}
