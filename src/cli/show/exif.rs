//! All that the EXIF block of a media says: in groups, with the units of its numbers.

use serde::Serialize;
use serde_json::Value;

use super::sheet::Sheet;
use super::value;
use crate::model::Media;

/// What is known of a key: its group and its unit. In the order they are shown.
const KEYS: &[(&str, &str, Option<&str>)] = &[
    ("make", "camera", None),
    ("model", "camera", None),
    ("camera", "camera", None),
    ("lens", "camera", None),
    ("serial_number", "camera", None),
    ("software", "camera", None),
    ("iso", "exposure", None),
    ("aperture", "exposure", None),
    ("f_number", "exposure", None),
    ("shutter_speed", "exposure", None),
    ("exposure_time", "exposure", Some("s")),
    ("exposure_bias", "exposure", Some("EV")),
    ("flash", "exposure", None),
    ("focal_length", "exposure", None),
    ("focal_length_mm", "exposure", Some("mm")),
    ("focal_length_35mm", "exposure", Some("mm")),
    ("gps_altitude", "place", Some("m")),
    ("gps_accuracy", "place", Some("m")),
    ("gps_direction", "place", Some("°")),
];

/// The group of keys that are in no other.
const OTHER: &str = "other";

/// One key of the block.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    group: &'static str,
    key: String,
    value: Value,
    unit: Option<&'static str>,
}

/// Every key of the block, group by group; those of no group by name.
pub fn readings(media: &Media) -> Vec<Reading> {
    let exif = media.base.metadata.get("exif").and_then(Value::as_object);
    let mut readings: Vec<(usize, Reading)> =
        exif.into_iter().flatten().map(|(key, value)| reading(key, value)).collect();
    readings.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.key.cmp(&other.key)));
    readings.into_iter().map(|(_, reading)| reading).collect()
}

fn reading(key: &str, value: &Value) -> (usize, Reading) {
    let at = KEYS.iter().position(|(known, ..)| *known == key).unwrap_or(KEYS.len());
    let (_, group, unit) = KEYS.get(at).copied().unwrap_or(("", OTHER, None));
    let unit = unit.filter(|_| value.is_number());
    (at, Reading { group, key: key.to_owned(), value: value.clone(), unit })
}

/// Writes them for people.
pub fn write(media: &Media, sheet: &mut Sheet) {
    let readings = readings(media);
    if readings.is_empty() {
        sheet.heading("EXIF: none");
    }
    let mut group = "";
    for Reading { group: of, key, value: what, unit } in &readings {
        if *of != group {
            group = of;
            sheet.heading(&format!("EXIF: {group}"));
        }
        let unit = match unit {
            None => String::new(),
            Some("°") => "°".to_owned(),
            Some(unit) => format!(" {unit}"),
        };
        sheet.item(2, &format!("{:<22} {}{unit}", format!("exif.{key}"), value(what)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_unit_stands_beside_a_number_only() {
        let unit = |key: &str, value: &Value| reading(key, value).1.unit;
        assert_eq!(unit("exposure_time", &json!(0.004)), Some("s"));
        assert_eq!(unit("exposure_time", &json!("1/250")), None);
        assert_eq!((unit("zoo", &json!(1)), reading("zoo", &json!(1)).1.group), (None, "other"));
    }
}
