//! Reads a folder of real files and compares with the answers in its `truth.json`.
//!
//! The folder is named by `HYPERNET_CORPUS`; without it nothing is compared, and the test says so.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Facts, HEAD, facts, kind};

/// The kinds of file whose facts are compared.
const KINDS: &[&str] = &["photos", "orientation", "heic", "raw", "video"];

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("HYPERNET_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED: set HYPERNET_CORPUS to a folder with truth.json to compare real files");
    }
    folder
}

fn probe(path: &Path) -> Option<Facts> {
    let mut file = File::open(path).unwrap();
    let size = file.metadata().unwrap().len();
    let mut head = Vec::new();
    Read::by_ref(&mut file).take(HEAD as u64).read_to_end(&mut head).unwrap();
    Some(facts(&mut file, size, kind(&head)?))
}

fn mime_agrees(got: &str, want: &str) -> bool {
    const SAME: &[&[&str]] = &[
        &["image/heic", "image/heif"],
        &["image/tiff", "image/x-tiff-big"],
        &["application/vnd.adobe.photoshop", "image/vnd.adobe.photoshop"],
        &["video/m2ts", "video/mp2t"],
        &["video/mp4", "video/x-m4v"],
        &["video/3gpp", "video/3gpp2"],
    ];
    got == want || SAME.iter().any(|same| same.contains(&got) && same.contains(&want))
}

fn near(got: Option<f64>, want: Option<f64>, tolerance: f64) -> bool {
    match (got, want) {
        (None, None) => true,
        (Some(got), Some(want)) => (got - want).abs() <= tolerance,
        _ => false,
    }
}

/// One compared field: whether it agrees, and both sides for people.
type Point = (&'static str, bool, String);

fn compare(row: &Value, facts: &Facts) -> Vec<Point> {
    let mut points = vec![(
        "mime",
        mime_agrees(facts.mime.name, text(&row["mime"])),
        format!("{} → {}", row["mime"], facts.mime.name),
    )];
    let free = !row["ambiguous"].is_null();
    let reading = &row["reading"];
    points.extend(dimensions(row, facts));
    points.extend(date(reading, facts, free));
    let (lat, lon) = (reading["lat"].as_f64(), reading["lon"].as_f64());
    let got = facts.place.map(|place| (place.latitude(), place.longitude()));
    let agrees = near(got.map(|got| got.0), lat, 0.0005) && near(got.map(|got| got.1), lon, 0.0005);
    points.push(("position", free || agrees, format!("{lat:?} {lon:?} → {got:?}")));
    let exif = facts.metadata.get("exif").unwrap_or(&Value::Null);
    let model = match &row["exif"]["model"] {
        Value::String(model) => model.trim().to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    if !model.is_empty() {
        let got = text(&exif["camera"]).to_lowercase();
        points.push(("camera", got.contains(&model.to_lowercase()), format!("{model} → {got}")));
    }
    let iso = row["exif"]["iso"].to_string();
    let wanted: Vec<f64> = iso.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    if wanted.iter().any(|iso| *iso > 0.0) {
        let got = exif["iso"].as_f64();
        points.push(("iso", got.is_some_and(|got| wanted.contains(&got)), format!("{iso} → {got:?}")));
    }
    if let (Some(seconds), "video") = (row["ffprobe"]["duration_s"].as_f64(), text(&row["kind"])) {
        let got = facts.duration.map(crate::model::media::Duration::as_secs);
        points.push(("duration", near(got, Some(seconds), (0.01 * seconds).max(0.1)), format!("{seconds} → {got:?}")));
    }
    points
}

fn dimensions(row: &Value, facts: &Facts) -> Option<Point> {
    let side = |key: &str| row[key].as_u64().map(|n| n as u32);
    let stored = side("width").zip(side("height"))?;
    if !row["dims_unreliable"].is_null() || row["mime"] == "image/svg+xml" {
        return None;
    }
    let upright = side("display_width").zip(side("display_height"));
    let turned = row["orientation"].as_u64().is_some_and(|turn| turn >= 5)
        || row["rotation"].as_f64().is_some_and(|turn| turn as i64 % 180 != 0);
    let wanted = match upright {
        Some(upright) => vec![upright],
        None if turned => vec![stored, (stored.1, stored.0)],
        None => vec![stored],
    };
    let agrees = facts.dimensions.is_some_and(|got| wanted.contains(&got));
    Some(("dims", agrees, format!("{wanted:?} → {:?}", facts.dimensions)))
}

fn date(reading: &Value, facts: &Facts, free: bool) -> Option<Point> {
    let taken = reading["taken"].as_str()?;
    let got = facts.taken.map(|taken| taken.wall);
    let agrees = match reading["offset"].as_str() {
        Some(offset) => {
            let wanted = chrono::DateTime::parse_from_rfc3339(&format!("{taken}{offset}")).unwrap();
            got.and_then(crate::model::WallTime::instant)
                .is_some_and(|at| at.millis().div_euclid(1000) == wanted.timestamp())
        }
        None => got.is_some_and(|wall| wall.to_string().starts_with(taken)),
    };
    Some(("dates", free || agrees, format!("{reading} → {:?}", facts.taken)))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn facts_of_real_files_are_those_of_the_truth() {
    let Some(corpus) = corpus() else { return };
    let truth = std::fs::read_to_string(corpus.join("truth.json")).unwrap();
    let mut tally: BTreeMap<(String, &'static str), (usize, usize)> = BTreeMap::new();
    for row in truth.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let (kind, mime, path) = (text(&row["kind"]), text(&row["mime"]), text(&row["path"]));
        if !KINDS.contains(&kind)
            || !(mime.starts_with("image/") || mime.starts_with("video/") || mime.contains("photoshop"))
        {
            continue;
        }
        let points =
            probe(&corpus.join(path)).map_or(vec![("mime", false, "none".into())], |facts| compare(&row, &facts));
        let basic = ["image/jpeg", "image/png", "image/tiff"].contains(&mime);
        for (field, agrees, seen) in points {
            for group in ["all", kind].into_iter().chain(basic.then_some("basic")) {
                let (good, total) = tally.entry((group.to_owned(), field)).or_default();
                *good += usize::from(agrees);
                *total += 1;
            }
            if !agrees {
                println!("{path}: {field} {seen}");
            }
        }
    }
    for ((group, field), (good, total)) in &tally {
        println!("{group:12} {field:9} {good:4}/{total:<4} {:.1} %", 100.0 * *good as f64 / *total as f64);
    }
    let floors = [
        ("mime", 98.0),
        ("dims", 98.0),
        ("dates", 97.0),
        ("position", 98.0),
        ("camera", 97.0),
        ("iso", 97.0),
        ("duration", 97.0),
    ];
    for (field, floor) in floors {
        for group in ["basic", "all"] {
            let Some((good, total)) = tally.get(&(group.to_owned(), field)) else { continue };
            let share = 100.0 * *good as f64 / *total as f64;
            assert!(share >= floor, "{group} {field}: {good} of {total}, wanted {floor} %");
        }
    }
}
