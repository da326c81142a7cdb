//! `near` and `bbox` as conditions: boxes of the R*Tree first, the exact distance of what lies in them then.
//!
//! The Earth is a sphere here, as in the SQL function `metres()`: that is right to half a percent.

use super::{Compiled, Compiler};
use crate::query::ast::{Expr, Term, Test};
use crate::query::names;
use crate::query::spot::Centre;
use crate::store::{EARTH_RADIUS, Param, Reader, Sql, StoreError};

const SPOT: &str = "SELECT n, latitude FROM my_media WHERE n = ?1 AND latitude IS NOT NULL";
const SPOT_EAST: &str = "SELECT longitude FROM my_media WHERE n = ?1";

/// What rounding may take from the edge of a box, in degrees: about a centimetre.
const SLACK: f64 = 1e-7;

/// West, south, east and north, in degrees; it does not cross the date line.
type Area = [f64; 4];

impl Compiler<'_> {
    /// What was taken within so many metres.
    pub(super) fn near(&mut self, centre: &Centre, metres: f64) -> Result<Compiled, StoreError> {
        let (lat, lon) = point(self.reader, centre)?;
        let areas = around(lat, lon, metres);
        let [lat, lon, metres] = [lat, lon, metres].map(|number| self.bind(Param::Real(number)));
        let exact = |of: &str| format!(" AND metres({of}.latitude, {of}.longitude, {lat}, {lon}) <= {metres}");
        self.in_areas(&areas, &exact)
    }

    /// What was taken in a box; from a greater to a smaller longitude it crosses the date line.
    pub(super) fn in_box(&mut self, west: f64, south: f64, east: f64, north: f64) -> Result<Compiled, StoreError> {
        let areas = if west > east {
            vec![[west, south, 180.0, north], [-180.0, south, east, north]]
        } else {
            vec![[west, south, east, north]]
        };
        self.in_areas(&areas, &|_| String::new())
    }

    /// The tree keeps its numbers in 32 bits, rounded outwards: the media's own say whether it lies in a box.
    fn in_areas(&mut self, areas: &[Area], exact: &dyn Fn(&str) -> String) -> Result<Compiled, StoreError> {
        let (mut rows, mut probes) = (Vec::new(), Vec::new());
        for area in areas {
            let [west, south, east, north] = area.map(|number| self.bind(Param::Real(number)));
            let inside = |of: &str| {
                format!(
                    "{of}.longitude >= {west} AND {of}.longitude <= {east} AND {of}.latitude >= {south} \
                     AND {of}.latitude <= {north}{}",
                    exact(of)
                )
            };
            let touched = format!("west <= {east} AND east >= {west} AND south <= {north} AND north >= {south}");
            rows.push(format!("SELECT place.n FROM my_media_place AS place WHERE {touched} AND {}", inside("place")));
            probes.push(format!("({})", inside("media")));
        }
        self.answered(rows.join(" UNION "), Some(rows.join(" UNION ALL ")), super::joined(&probes, " OR "))
    }
}

/// The boxes that hold everything within so many metres of a point: two where it reaches over the date line, and all the
/// way round where it reaches over a pole.
fn around(lat: f64, lon: f64, metres: f64) -> Vec<Area> {
    let angle = metres / EARTH_RADIUS;
    let up = angle.to_degrees() + SLACK;
    let (south, north) = ((lat - up).max(-90.0), (lat + up).min(90.0));
    if lat + up >= 90.0 || lat - up <= -90.0 {
        return vec![[-180.0, south, 180.0, north]];
    }
    let aside = (angle.sin() / lat.to_radians().cos()).asin().to_degrees() + SLACK;
    match (lon - aside, lon + aside) {
        (west, east) if west < -180.0 => vec![[west + 360.0, south, 180.0, north], [-180.0, south, east, north]],
        (west, east) if east > 180.0 => vec![[west, south, 180.0, north], [-180.0, south, east - 360.0, north]],
        (west, east) => vec![[west, south, east, north]],
    }
}

/// Where `near` looks.
fn point(reader: &Reader, centre: &Centre) -> Result<(f64, f64), StoreError> {
    let prefix = match centre {
        Centre::Point { lat, lon } => return Ok((*lat, *lon)),
        Centre::Object(prefix) => prefix,
    };
    let n = names::object(reader, prefix)?;
    let ask = |text: &str| Sql { text: text.to_owned(), params: vec![Param::Number(n)] };
    let lat = reader.names::<f64>(&ask(SPOT))?.first().map(|(_, lat)| *lat);
    let lon = reader.first::<Option<f64>>(&ask(SPOT_EAST))?.flatten();
    lat.zip(lon).ok_or_else(|| StoreError::Question {
        wrong: format!("`near` has nowhere to look: {} has no position", prefix.0),
        hint: "name a media that `has:gps`, or write near:LAT,LON,5km",
    })
}

/// The centre of the first `near` that is not negated, in degrees north and east: what results are sorted from.
///
/// # Errors
/// When it names a media without a position; those of the catalogue.
pub fn origin(reader: &Reader, expr: &Expr) -> Result<Option<(f64, f64)>, StoreError> {
    match expr {
        Expr::Is(Term { test: Test::Near { centre, .. }, .. }) => point(reader, centre).map(Some),
        Expr::And(parts) | Expr::Or(parts) => {
            parts.iter().find_map(|part| origin(reader, part).transpose()).transpose()
        }
        Expr::All | Expr::Is(_) | Expr::Not(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lat: f64, lon: f64, metres: f64, expected: &[[i32; 4]]) {
        let whole = |area: Area| area.map(|number| number.round() as i32);
        let boxes: Vec<_> = around(lat, lon, metres).into_iter().map(whole).collect();
        assert_eq!(boxes, expected, "{lat},{lon},{metres}");
    }

    #[test]
    fn a_box_reaches_over_the_date_line_and_the_poles() {
        check(0.0, 10.0, 1_111_951.0, &[[0, -10, 20, 10]]);
        check(60.0, 10.0, 1_111_951.0, &[[-10, 50, 30, 70]]);
        check(0.0, 175.0, 1_111_951.0, &[[165, -10, 180, 10], [-180, -10, -175, 10]]);
        check(0.0, -180.0, 1_111_951.0, &[[170, -10, 180, 10], [-180, -10, -170, 10]]);
        check(85.0, 10.0, 1_111_951.0, &[[-180, 75, 180, 90]]);
        check(-90.0, 0.0, 1_111_951.0, &[[-180, -90, 180, -80]]);
        check(10.0, 0.0, 30_000_000.0, &[[-180, -90, 180, 90]]);
    }
}
