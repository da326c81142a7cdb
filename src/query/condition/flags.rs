//! What `has:` and `is:` ask, in SQL: one condition a flag.

use super::{Compiled, Compiler, NEVER, absent, joined, present, rows_where};
use crate::model::mime::ALLOWED;
use crate::query::flags::Mark;
use crate::query::words::Place;
use crate::store::Param;

/// Links of one kind, and at which of their ends the flag stands.
struct Ends {
    /// `from_n` where it starts them, `to_n` where it ends them.
    columns: &'static [&'static str],
    /// Which links.
    which: &'static str,
}

/// A service it came from.
const FROM_SERVICE: Ends = Ends { columns: &["from_n"], which: "link.link_type = 'source'" };

/// Found from either end.
const DUPLICATE: Ends = Ends { columns: &["from_n", "to_n"], which: "link.link_type = 'duplicate_of'" };

/// A film points to its still: both are the live photo.
const LIVE: Ends = Ends {
    columns: &["from_n", "to_n"],
    which: "link.link_type = 'variant_of' AND link.metadata ->> '$.variant_type' = 'live_video'",
};

/// An edited copy points to its original.
const EDITED: Ends = Ends {
    columns: &["from_n"],
    which: "link.link_type = 'variant_of' AND link.metadata ->> '$.variant_type' = 'edited'",
};

impl Ends {
    /// That it stands there.
    fn condition(&self) -> String {
        let Self { columns, which } = self;
        let probe = |end: &&str| {
            format!(
                "EXISTS (SELECT 1 FROM my_link AS link WHERE link.{end} = media.n AND {which} AND link.deleted_at IS NULL)"
            )
        };
        joined(&columns.iter().map(probe).collect::<Vec<_>>(), " OR ")
    }

    /// Links of a kind may be few: those that have them are found from there.
    fn compiled(&self) -> Compiled {
        let Self { columns, which } = self;
        let rows = |end: &&str| {
            format!("SELECT link.{end} AS n FROM my_link AS link WHERE {which} AND link.deleted_at IS NULL")
        };
        let rows = columns.iter().map(rows).collect::<Vec<_>>().join(" UNION ");
        let distinct = if columns.len() == 1 { format!("SELECT DISTINCT n FROM ({rows})") } else { rows };
        Compiled { rows: Some(distinct), own: false, ..Compiled::condition(self.condition()) }
    }
}

impl Compiler<'_> {
    /// What one flag asks.
    pub(super) fn flag(&mut self, mark: Mark) -> Compiled {
        Compiled::indexed(match mark {
            Mark::Photo => self.media_type("photo"),
            Mark::Video => self.media_type("video"),
            Mark::Failed => format!("media.processing_status = {}", self.bind(Param::Text("failed".to_owned()))),
            Mark::Raw => self.raw(),
            Mark::Source => return FROM_SERVICE.compiled(),
            Mark::Edited => return EDITED.compiled(),
            Mark::Duplicate => return DUPLICATE.compiled(),
            Mark::Live => return live(),
            Mark::Trashed => return Compiled::condition(fixed(mark)),
            mark => fixed(mark),
        })
    }

    fn media_type(&mut self, name: &str) -> String {
        format!("media.media_type = {}", self.bind(Param::Text(name.to_owned())))
    }

    fn raw(&mut self) -> String {
        let raw: Vec<_> = ALLOWED.iter().filter(|mime| mime.is_raw()).map(|mime| mime.name).collect();
        self.one_of("media.mime_type", &raw, |name| Param::Text((*name).to_owned()))
    }
}

/// That the row says its metadata holds this: what each bit means stands in the schema.
pub(super) fn noted(bit: u16) -> String {
    format!("media.marks & {bit} <> 0")
}

/// One of two that are linked so, or a motion photo, which holds its film itself.
fn live() -> Compiled {
    let (own, linked) = (noted(256), LIVE.compiled());
    let rows = linked.rows.map(|rows| format!("{rows} UNION {}", rows_where(&own)));
    Compiled { condition: format!("({own} OR {})", linked.condition), rows, ..linked }
}

/// What needs no value.
fn fixed(mark: Mark) -> String {
    match mark {
        Mark::Gps => "media.latitude IS NOT NULL".to_owned(),
        Mark::Date => "(media.taken_at IS NOT NULL AND media.marks & 512 = 0)".to_owned(),
        Mark::Exif => noted(32),
        Mark::Thumbnail => noted(64),
        Mark::Tags => present(Place::Tags),
        Mark::Description => noted(1),
        Mark::Album => present(Place::Albums),
        Mark::Camera => noted(4),
        Mark::Lens => noted(8),
        Mark::Place => noted(16),
        Mark::Duration => "media.duration IS NOT NULL".to_owned(),
        Mark::Link => "media.link_count > 0".to_owned(),
        Mark::Landscape => "media.width > media.height".to_owned(),
        Mark::Portrait => "media.height > media.width".to_owned(),
        Mark::Square => "media.width = media.height".to_owned(),
        Mark::Pano => {
            "(media.media_type = 'photo' AND (media.width >= 2 * media.height OR media.height >= 3 * media.width))"
                .to_owned()
        }
        Mark::Favorite => noted(128),
        Mark::Screenshot => format!("(media.media_type = 'photo' AND {})", noted(1024)),
        Mark::Unsorted => absent(Place::Albums),
        Mark::Trashed => "media.deleted_at IS NOT NULL".to_owned(),
        Mark::Photo
        | Mark::Video
        | Mark::Failed
        | Mark::Raw
        | Mark::Source
        | Mark::Edited
        | Mark::Duplicate
        | Mark::Live => NEVER.to_owned(),
    }
}
