//! The most common conditions as flags of `query`: each one word and one value, joined to the question with AND.

use clap::Args;

use crate::query::narrow::Filter;

/// Conditions beside the question.
///
/// Each takes the values its word takes; nothing in them needs quotes for the question's sake. Given several times, all must hold.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters, joined with AND")]
pub struct FilterArgs {
    /// With this tag: a whole name, `trip*`, or `none` (can be repeated)
    #[arg(long, value_name = "NAME")]
    tag: Vec<String>,
    /// In this album: its name, a pattern or its id, or `none` (can be repeated)
    #[arg(long, value_name = "NAME")]
    album: Vec<String>,
    /// Of this type: photo, video, document or other
    #[arg(long = "type", value_name = "TYPE")]
    media_type: Option<String>,
    /// Taken by a camera with this in its name
    #[arg(long, value_name = "NAME")]
    camera: Option<String>,
    /// Taken since this date began
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    after: Option<String>,
    /// Taken before this date began
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    before: Option<String>,
    /// Taken near here: LAT,LON or the ID of a media, and perhaps a radius: 34.02,-118.49,5km
    #[arg(long, value_name = "PLACE", allow_hyphen_values = true)]
    near: Option<String>,
    /// From this integration: its name, its kind or its id, or `none` (can be repeated)
    #[arg(long, value_name = "NAME")]
    source: Vec<String>,
    /// That has one of these: gps, date, tags, album, description and the like (can be repeated)
    #[arg(long, value_name = "WHAT")]
    has: Vec<String>,
}

impl FilterArgs {
    /// The conditions that are given, several before single.
    pub fn filters(&self) -> Vec<Filter<'_>> {
        let several = [
            ("--tag", "tag", &self.tag),
            ("--album", "album", &self.album),
            ("--source", "source", &self.source),
            ("--has", "has", &self.has),
        ];
        let single = [
            ("--type", "type", &self.media_type),
            ("--camera", "camera", &self.camera),
            ("--after", "after", &self.after),
            ("--before", "before", &self.before),
            ("--near", "near", &self.near),
        ];
        let several = several
            .into_iter()
            .flat_map(|(flag, word, values)| values.iter().map(move |value| Filter { flag, word, value }));
        let single =
            single.into_iter().filter_map(|(flag, word, value)| Some(Filter { flag, word, value: value.as_deref()? }));
        several.chain(single).collect()
    }
}
