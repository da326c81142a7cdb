//! Numbers with a unit as people write them → stretches of numbers: `12mp`, `16:9`, `1:30`, `1/250`, `f/2.8`.

use super::ast::{Edge, Op, Reach};
use super::error::{Wrong, quoted};
use super::words::Unit;
use crate::model::amount;

/// A number that was written, and how far from it others are as good as equal.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Measure {
    at: f64,
    slack: Slack,
}

/// When two numbers are as good as equal.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Slack {
    /// They are the same.
    None,
    /// The other rounds to what was written: it is less than so much away. Ends of ranges are meant exactly.
    Rounding(f64),
    /// At most so much apart: no sensor and no shutter is more exact. Ends of ranges give way as much.
    Apart(f64),
}

/// How far apart two ratios or times of exposure are when they are the same to a person: 1 %.
const APART: f64 = 0.01;

/// The stretch one number or a comparison with it stands for.
///
/// # Errors
/// When the text is no number of this unit.
pub(super) fn one(unit: Unit, op: Op, text: &str) -> Result<Reach, Wrong> {
    let given = measure(unit, text)?;
    let apart = given.apart();
    let (least, most) = match op {
        Op::Above => (Some(Edge { at: given.at + apart, included: false }), None),
        Op::AtLeast => (Some(Edge::included(given.at - apart)), None),
        Op::Below => (None, Some(Edge { at: given.at - apart, included: false })),
        Op::AtMost => (None, Some(Edge::included(given.at + apart))),
        Op::Has | Op::Equals | Op::Not | Op::Like => return Ok(given.equal()),
    };
    Ok(Reach { least, most })
}

/// The stretch from one number to another, both included; open where one is missing. `None` when it ends before it begins.
///
/// # Errors
/// When a text is no number of this unit.
pub(super) fn range(unit: Unit, first: Option<&str>, last: Option<&str>) -> Result<Option<Reach>, Wrong> {
    let end = |text: Option<&str>| text.map(|text| measure(unit, text)).transpose();
    let (first, last) = (end(first)?, end(last)?);
    let forwards = first.zip(last).is_none_or(|(first, last)| first.at <= last.at);
    let reach = Reach {
        least: first.map(|given| Edge::included(given.at - given.apart())),
        most: last.map(|given| Edge::included(given.at + given.apart())),
    };
    Ok(forwards.then_some(reach))
}

impl Measure {
    fn apart(self) -> f64 {
        if let Slack::Apart(apart) = self.slack { apart } else { 0.0 }
    }

    fn equal(self) -> Reach {
        let (slack, included) = match self.slack {
            Slack::None => (0.0, true),
            Slack::Rounding(half) => (half, false),
            Slack::Apart(apart) => (apart, true),
        };
        Reach { least: Some(Edge::included(self.at - slack)), most: Some(Edge { at: self.at + slack, included }) }
    }
}

fn measure(unit: Unit, text: &str) -> Result<Measure, Wrong> {
    let small = text.to_ascii_lowercase();
    let without = |suffix: &str| small.strip_suffix(suffix).unwrap_or(&small).to_owned();
    let exact = |at: f64| Measure { at, slack: Slack::None };
    let near = |at: f64| Measure { at, slack: Slack::Apart(at * APART) };
    let found = match unit {
        Unit::Plain => decimal(&small).map(exact),
        Unit::Aperture => aperture(small.strip_prefix("f/").unwrap_or(&small)),
        Unit::Millimetres => decimal(&without("mm")).map(exact),
        Unit::Megapixels => rounded(&without("mp"), 1.0),
        Unit::Ratio => fraction(&small, &[':', '/', 'x']).map(near),
        Unit::Shutter => fraction(&without("s"), &['/']).map(near),
        Unit::Seconds => seconds(&small),
    };
    found.ok_or_else(|| Wrong::new(format!("{} is no {}", quoted(text), name(unit))).hint(forms(unit)))
}

fn name(unit: Unit) -> &'static str {
    match unit {
        Unit::Plain | Unit::Aperture => "number",
        Unit::Megapixels => "number of megapixels",
        Unit::Ratio => "ratio",
        Unit::Seconds => "length in time",
        Unit::Shutter => "time of exposure",
        Unit::Millimetres => "focal length",
    }
}

fn forms(unit: Unit) -> &'static str {
    match unit {
        Unit::Plain => "a number is 100 or 0.5",
        Unit::Megapixels => "it is 12, 0.5 or 12mp",
        Unit::Ratio => "it is 1.5, 3:2 or 16:9",
        Unit::Seconds => "it is 90 or 90s, 1:30, 1:02:03, 1.5m or 2h",
        Unit::Shutter => "it is in seconds, 0.5 or 2s, or 1/250",
        Unit::Aperture => "it is 2.8 or f/2.8",
        Unit::Millimetres => "it is 50 or 50mm",
    }
}

/// Digits, with a point among them or without.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.bytes().any(|b| b.is_ascii_digit());
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

/// A decimal in this unit, which stands for all that round to it.
fn rounded(text: &str, unit: f64) -> Option<Measure> {
    let places = text.split_once('.').map_or(0, |(_, places)| places.len());
    let half = 0.5 * 10_f64.powi(-i32::try_from(places).ok()?);
    Some(Measure { at: decimal(text)? * unit, slack: Slack::Rounding(half * unit) })
}

/// An f-number, which stands for all that round to its digits, of which it has one behind the point at least: a phone's
/// f/1.78 is sold as f/1.8, but f/2 is not f/1.8.
fn aperture(text: &str) -> Option<Measure> {
    let tenths = if text.contains('.') { text.to_owned() } else { format!("{text}.0") };
    decimal(text).and_then(|_| rounded(&tenths, 1.0))
}

/// A decimal, or two with one of these between.
fn fraction(text: &str, bars: &[char]) -> Option<f64> {
    let Some((above, below)) = text.split_once(bars) else { return decimal(text) };
    Some(decimal(above)? / decimal(below).filter(|below| *below > 0.0)?).filter(|number| number.is_finite())
}

/// `90`, `1:30`, `1:02:03`, or a number with `ms s m h d w`.
fn seconds(text: &str) -> Option<Measure> {
    if text.contains(':') {
        let fields: Vec<_> = text.split(':').collect();
        let (last, before) = fields.split_last()?;
        let sixty = before.iter().try_fold(0.0, |sum, field| Some(sum * 60.0 + decimal(field)?))? * 60.0;
        let rest = rounded(last, 1.0).filter(|_| fields.len() <= 3)?;
        return Some(Measure { at: sixty + rest.at, ..rest });
    }
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = if unit.is_empty() { 1.0 } else { amount::duration(&format!("1{unit}")).ok()?.as_secs_f64() };
    rounded(number, unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn equal(unit: Unit, text: &str, same: f64, other: f64) {
        let reach = one(unit, Op::Has, text).unwrap();
        assert!(reach.holds(same), "{text}: {same}");
        assert!(!reach.holds(other), "{text}: {other}");
    }

    #[test]
    fn each_unit_has_its_forms_and_its_equals() {
        equal(Unit::Plain, "100", 100.0, 100.5);
        equal(Unit::Aperture, "f/2.8", 2.81, 2.86);
        equal(Unit::Aperture, "1.8", 1.78, 1.7);
        equal(Unit::Aperture, "2", 2.0, 1.8);
        equal(Unit::Aperture, "1.78", 1.78, 1.79);
        equal(Unit::Millimetres, "50mm", 50.0, 50.1);
        equal(Unit::Megapixels, "12", 12.19, 12.5);
        equal(Unit::Megapixels, "12.2mp", 12.19, 12.25);
        equal(Unit::Ratio, "16:9", 1.7777, 1.75);
        equal(Unit::Ratio, "4x3", 1.3333, 1.36);
        equal(Unit::Ratio, "1.5", 1.498, 1.52);
        equal(Unit::Shutter, "1/60", 0.01667, 0.0169);
        equal(Unit::Shutter, "0.5s", 0.5, 0.51);
        equal(Unit::Seconds, "10", 10.4, 10.5);
        equal(Unit::Seconds, "1:30", 89.6, 91.0);
        equal(Unit::Seconds, "1:02:03", 3723.0, 3724.0);
        equal(Unit::Seconds, "1.5m", 92.0, 94.0);
        equal(Unit::Seconds, "500ms", 0.5, 0.6);
    }

    #[test]
    fn ends_are_exact_but_for_what_no_shutter_keeps() {
        assert!(!one(Unit::Megapixels, Op::AtLeast, "12").unwrap().holds(11.9));
        assert!(one(Unit::Shutter, Op::AtMost, "1/60").unwrap().holds(0.01667));
        assert!(!one(Unit::Shutter, Op::Above, "1/60").unwrap().holds(0.01667));
        assert!(one(Unit::Shutter, Op::Below, "1/60").unwrap().holds(0.016));
        assert!(range(Unit::Shutter, Some("1/125"), Some("1/60")).unwrap().unwrap().holds(0.01667));
        assert_eq!(range(Unit::Plain, Some("2"), Some("1")), Ok(None));
        assert!(!range(Unit::Aperture, Some("1.4"), Some("2.8")).unwrap().unwrap().holds(2.81));
    }

    #[test]
    fn what_is_no_measure_is_refused() {
        for (unit, text) in [
            (Unit::Plain, ""),
            (Unit::Plain, "-1"),
            (Unit::Plain, "1e3"),
            (Unit::Plain, "nan"),
            (Unit::Plain, "."),
            (Unit::Plain, "1.2.3"),
            (Unit::Ratio, "16:0"),
            (Unit::Ratio, "16:9:1"),
            (Unit::Shutter, "1/"),
            (Unit::Seconds, "1:2:3:4"),
            (Unit::Seconds, "5x"),
            (Unit::Seconds, "s"),
            (Unit::Aperture, "f2"),
        ] {
            assert!(one(unit, Op::Has, text).is_err(), "{text}");
        }
    }
}
