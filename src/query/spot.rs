//! Values of `near`, `bbox` and `similar`: a point or an object and how far around it.
//!
//! Pure: what an id names is looked up in `condition/place.rs` and `condition/alike.rs`.

use super::ast::{Prefix, Test};
use super::error::{Wrong, quoted};
use super::lex::Value;
use super::related;

/// Where `near:` looks.
#[derive(Debug, Clone, PartialEq)]
pub enum Centre {
    /// A point, in degrees.
    Point {
        /// North.
        lat: f64,
        /// East.
        lon: f64,
    },
    /// Where the media was taken whose id begins so.
    Object(Prefix),
}

/// How far `near:` looks when it is not said, in metres.
const RADIUS: f64 = 1_000.0;

const NEAR: &str = "write near:34.02,-118.49,5km or near:ID,500m";
const BOX: &str = "write bbox:W,S,E,N in degrees: bbox:-118.6,33.9,-118.3,34.1";

/// How many of 64 bits may differ when it is not said.
const BITS: u32 = 8;

/// `LAT,LON[,RADIUS]` or `ID[,RADIUS]`.
///
/// # Errors
/// When it is neither; a place by its name waits for the names of places.
pub(super) fn near(value: &Value) -> Result<Test, Wrong> {
    let parts: Vec<&str> = value.text.split(',').map(str::trim).collect();
    let (centre, radius) = match parts.as_slice() {
        [lat, lon, rest @ ..] if rest.len() < 2 && number(lat).is_some() && number(lon).is_some() => {
            (Centre::Point { lat: degrees(lat, 90.0)?, lon: degrees(lon, 180.0)? }, rest.first())
        }
        [id, rest @ ..] if rest.len() < 2 && Prefix::parse(id, 32).is_some() => {
            (Centre::Object(related::id(id)?), rest.first())
        }
        [name, ..] if name.chars().any(char::is_alphabetic) => {
            return Err(
                Wrong::new("not available yet: place names come with the names of the world's places").hint(NEAR)
            );
        }
        _ => return Err(Wrong::new(format!("{} is no place", quoted(&value.text))).hint(NEAR)),
    };
    Ok(Test::Near { centre, metres: radius.map_or(Ok(RADIUS), |text| metres(text))? })
}

/// `W,S,E,N`, as in `GeoJSON`; W > E crosses the date line.
///
/// # Errors
/// When it is no four numbers, or they are no degrees.
pub(super) fn area(value: &Value) -> Result<Test, Wrong> {
    let parts: Vec<&str> = value.text.split(',').map(str::trim).collect();
    let [west, south, east, north] = parts.as_slice() else {
        return Err(Wrong::new(format!("{} is no area", quoted(&value.text))).hint(BOX));
    };
    let (west, east) = (degrees(west, 180.0)?, degrees(east, 180.0)?);
    let (south, north) = (degrees(south, 90.0)?, degrees(north, 90.0)?);
    if south > north {
        let wrong = Wrong::new("the area ends south of where it begins");
        return Err(
            wrong.hint(format_args!("the order is west, south, east, north: bbox:{west},{north},{east},{south}"))
        );
    }
    Ok(Test::Box { west, south, east, north })
}

/// `ID[,BITS]`.
///
/// # Errors
/// When it is no beginning of an id, or no number from 0 to 64.
pub(super) fn similar(value: &Value) -> Result<Test, Wrong> {
    let (id, bits) = value.text.split_once(',').map_or((value.text.as_str(), None), |(id, bits)| (id, Some(bits)));
    let to = related::id(id)?;
    let bits = bits.map(|text| {
        let bits = text.parse::<u32>().ok().filter(|bits| *bits <= 64);
        let wrong = || Wrong::new(format!("{} is no number of bits", quoted(text)));
        bits.ok_or_else(|| wrong().hint("of 64 bits 0 to 64 may differ; 8 unless you say otherwise"))
    });
    Ok(Test::Alike { to, bits: bits.transpose()?.unwrap_or(BITS) })
}

fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    text.parse::<f64>().ok().filter(|number| plain && number.is_finite())
}

fn degrees(text: &str, most: f64) -> Result<f64, Wrong> {
    let wrong = || Wrong::new(format!("{} is not from -{most} to {most} degrees", quoted(text)));
    let hint = "latitude (north) goes from -90 to 90, longitude (east) from -180 to 180";
    number(text).filter(|number| (-most..=most).contains(number)).ok_or_else(|| wrong().hint(hint))
}

/// A radius in metres: a number and `m`, `km` or `mi`.
fn metres(text: &str) -> Result<f64, Wrong> {
    let end = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (figures, unit) = text.split_at(end);
    let unit = match unit.to_ascii_lowercase().as_str() {
        "m" => Some(1.0),
        "km" => Some(1_000.0),
        "mi" => Some(1_609.344),
        _ => None,
    };
    let radius = number(figures.trim()).filter(|radius| *radius >= 0.0).zip(unit).map(|(radius, unit)| radius * unit);
    let wrong = || Wrong::new(format!("{} is no distance", quoted(text))).hint("a distance is 500m, 1.5km or 3mi");
    radius.filter(|radius| radius.is_finite()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::super::lex::{self, What};
    use super::*;

    fn value(text: &str) -> Value {
        match lex::text(&format!("near:{text}")).unwrap().remove(1).what {
            What::Value(value) => value,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_place_is_a_point_or_an_object_with_a_radius() {
        let point = |lat, lon, metres| Test::Near { centre: Centre::Point { lat, lon }, metres };
        let object = |id: &str, metres| Test::Near { centre: Centre::Object(Prefix(id.into())), metres };
        for (text, expected) in [
            ("34.02,-118.49", point(34.02, -118.49, 1_000.0)),
            ("34.02,-118.49,5km", point(34.02, -118.49, 5_000.0)),
            ("'34.02, -118.49, 5 km'", point(34.02, -118.49, 5_000.0)),
            ("-90,180,0.5MI", point(-90.0, 180.0, 804.672)),
            ("a1b2c3", object("a1b2c3", 1_000.0)),
            ("123456,500m", object("123456", 500.0)),
        ] {
            assert_eq!(near(&value(text)), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_place_is_told_so() {
        for (text, message) in [
            ("\"Santa Monica\",10km", "not available yet: place names come with the names of the world's places"),
            ("91,0", "`91` is not from -90 to 90 degrees"),
            ("0,180.5,1km", "`180.5` is not from -180 to 180 degrees"),
            ("0,0,5", "`5` is no distance"),
            ("0,0,-5km", "`-5km` is no distance"),
            ("0,0,5km,1", "`0,0,5km,1` is no place"),
            ("12", "`12` is no place"),
            ("0,,5km", "`0,,5km` is no place"),
        ] {
            assert_eq!(near(&value(text)).unwrap_err().message, message, "{text}");
        }
        assert_eq!(area(&value("1,2,3")).unwrap_err().message, "`1,2,3` is no area");
        let turned = area(&value("1,20,3,4")).unwrap_err();
        assert_eq!(turned.hint.unwrap(), "the order is west, south, east, north: bbox:1,4,3,20");
        assert_eq!(similar(&value("a1b2c3,65")).unwrap_err().message, "`65` is no number of bits");
        assert_eq!(similar(&value("beach")).unwrap_err().message, "`beach` is no id");
    }
}
