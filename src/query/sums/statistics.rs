//! The figures of what a question finds, in one walk along a covering index; the cameras in a second one.

use super::groups::Sum;
use super::{Found, Of, explain};
use crate::model::Timestamp;
use crate::model::media::MediaType;
use crate::store::{Cell, Param, Sql, StoreError};

/// What a question finds, in figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    /// How many media.
    pub count: u64,
    /// The sum of their sizes.
    pub bytes: u64,
    /// The size of the largest.
    pub largest: Option<u64>,
    /// Each kind of media, also those of which there are none.
    pub by_type: Vec<OfType>,
    /// The first and the last instant one of them was taken.
    pub taken_at: Option<(Timestamp, Timestamp)>,
    /// The first and the last reading of the wall clock one of them was taken at, in milliseconds.
    pub taken_local: Option<(i64, i64)>,
    /// How many have a date.
    pub dated: u64,
    /// How many say where they were taken.
    pub with_gps: u64,
    /// How long all of them play, in seconds.
    pub duration: f64,
    /// How many cameras took them.
    pub cameras: u64,
}

/// The media of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfType {
    /// The type.
    pub media_type: MediaType,
    /// How many there are.
    pub count: u64,
    /// The sum of their sizes.
    pub bytes: u64,
}

const FIGURES: &str = "count(*), coalesce(sum(media.size), 0), max(media.size), count(media.taken_local), min(media.taken_at), \
                       max(media.taken_at), min(media.taken_local), max(media.taken_local), count(media.latitude), \
                       total(media.duration)";

/// One step along the index of cameras.
const NEXT_CAMERA: &str =
    "SELECT camera FROM my_media WHERE deleted_at IS NULL AND camera > ?1 ORDER BY camera LIMIT 1";

/// Other programs may have written numbers there, which are no names.
const DISTINCT: &str = "count(DISTINCT iif(typeof(media.camera) = 'text' AND media.camera <> '', media.camera, NULL))";

/// How many values [`FIGURES`] gives; two more a type follow.
const BEFORE_TYPES: usize = 10;

/// The figures of what a question finds.
///
/// # Errors
/// Those of the catalogue.
pub fn statistics(of: Of<'_>) -> Result<Statistics, StoreError> {
    let found = of.found()?;
    let types = MediaType::ALL.iter().map(|kind| {
        let only = format!("FILTER (WHERE media.media_type = '{}')", kind.as_str());
        format!(", count(*) {only}, coalesce(sum(media.size) {only}, 0)")
    });
    let sql = found.select(&types.fold(FIGURES.to_owned(), |figures, kind| figures + &kind), "");
    let mut row = Vec::new();
    of.reader.rows(&sql, |figures| row = figures.to_vec())?;
    Ok(read(&row, cameras(of, &found)?))
}

fn read(row: &[Cell], cameras: u64) -> Statistics {
    let some = |at: usize| row.get(at).filter(|cell| **cell != Cell::Nothing).map(Cell::number);
    let count = |at: usize| some(at).unwrap_or_default().cast_unsigned();
    let instant = |at: usize| some(at).and_then(|millis| Timestamp::from_millis(millis).ok());
    let by_type = MediaType::ALL.iter().enumerate().map(|(at, kind)| {
        let Sum { count, bytes } = Sum::of(row, BEFORE_TYPES + 2 * at);
        OfType { media_type: *kind, count: count.cast_unsigned(), bytes: bytes.cast_unsigned() }
    });
    Statistics {
        count: count(0),
        bytes: count(1),
        largest: some(2).map(i64::cast_unsigned),
        by_type: by_type.collect(),
        taken_at: instant(4).zip(instant(5)),
        taken_local: some(6).zip(some(7)),
        dated: count(3),
        with_gps: count(8),
        duration: row.get(9).map_or(0.0, Cell::real),
        cameras,
    }
}

/// How many cameras: where all of them can lead, each is looked for along its index and the first photo is enough; else
/// those of the few that are found are counted.
fn cameras(of: Of<'_>, found: &Found) -> Result<u64, StoreError> {
    let all = found.select(DISTINCT, "");
    let has =
        found.select_with("1", |at| format!(" AND media.camera = ?{at} LIMIT 1"), vec![Param::Text(String::new())]);
    let led = explain::plan(of.reader, &has)?;
    if !led.first().is_some_and(|first| first.step.contains("media_camera")) {
        return Ok(of.reader.first::<i64>(&all)?.unwrap_or_default().cast_unsigned());
    }
    let (mut cameras, mut has, mut last) = (0, has, String::new());
    let next = |last: &str| Sql { text: NEXT_CAMERA.to_owned(), params: vec![Param::Text(last.to_owned())] };
    while let Some(camera) = of.reader.first::<String>(&next(&last))? {
        if let Some(value) = has.params.last_mut() {
            *value = Param::Text(camera.clone());
        }
        cameras += u64::from(of.reader.first::<i64>(&has)?.is_some());
        last = camera;
    }
    Ok(cameras)
}
