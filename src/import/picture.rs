//! What a file says and how it looks: probing and drawing, kept from ever failing an import.
//!
//! Decoders run under limits and behind a guard: a picture that cannot be drawn is a reason, never a failure.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::THUMBNAIL_EDGE;
use super::room::{Room, Share};
use crate::model::media::{MediaType, ProcessingStatus};
use crate::model::mime::Mime;
use crate::probe::thumb::{self, Scratch, ThumbError};
use crate::probe::{self, Facts};
use crate::store::files;

/// The largest file a picture is drawn from.
const LARGEST: u64 = 128 << 20;

/// How drawing a thumbnail ended.
#[derive(Debug)]
pub struct Outcome {
    /// Its name in staging and its picture hash.
    pub drawn: Option<(String, u64)>,
    /// How far the file has come (ruling 14).
    pub status: ProcessingStatus,
    /// Why it has not come further.
    pub reason: Option<String>,
}

impl Outcome {
    /// Nothing was tried.
    pub fn none() -> Self {
        Self { drawn: None, status: ProcessingStatus::Pending, reason: None }
    }

    /// Nobody asked for a thumbnail: a picture or video may still get one.
    pub fn not_asked(mime: &Mime) -> Self {
        Self { status: at_rest(mime), ..Self::none() }
    }

    fn pending(reason: String) -> Self {
        Self { drawn: None, status: ProcessingStatus::Pending, reason: Some(reason) }
    }

    fn failed(reason: String) -> Self {
        Self { drawn: None, status: ProcessingStatus::Failed, reason: Some(reason) }
    }
}

fn at_rest(mime: &Mime) -> ProcessingStatus {
    match mime.media_type {
        MediaType::Photo | MediaType::Video => ProcessingStatus::Pending,
        MediaType::Document | MediaType::Other => ProcessingStatus::Complete,
    }
}

/// What the file says of itself: from `bytes` where they are in memory, else from `file`.
pub fn facts(bytes: Option<&[u8]>, file: &mut File, size: u64, mime: &'static Mime) -> Facts {
    let read = || match bytes {
        Some(bytes) => probe::facts(&mut Cursor::new(bytes), size, mime),
        None => probe::facts(&mut *file, size, mime),
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Facts::unreadable(mime))
}

/// Draws a file's thumbnail into staging.
pub fn draw(
    scratch: &mut Scratch,
    bytes: Option<&[u8]>,
    file: &mut File,
    facts: &Facts,
    size: u64,
    room: &Room,
    run: &files::Run,
) -> Outcome {
    render(scratch, bytes, file, facts, size, room).map_or_else(|without| without, |drawn| store(&drawn, facts, run))
}

/// Draws a file's thumbnail, or says how it stands without one.
pub fn render(
    scratch: &mut Scratch,
    bytes: Option<&[u8]>,
    file: &mut File,
    facts: &Facts,
    size: u64,
    room: &Room,
) -> Result<thumb::Thumbnail, Outcome> {
    if facts.mime.media_type != MediaType::Photo {
        let reason = (facts.mime.media_type == MediaType::Video).then(|| "no thumbnail of videos yet".to_owned());
        let damaged = facts.damage.clone().map(Outcome::failed);
        return Err(damaged.unwrap_or(Outcome { status: at_rest(facts.mime), reason, ..Outcome::none() }));
    }
    let mut owned = Vec::new();
    let Some((bytes, _share)) = admitted(bytes, file, facts, size, room, &mut owned) else {
        return Err(Outcome::failed(format!("a file of {size} bytes is too large to draw from")));
    };
    let preview = facts.preview.as_ref().and_then(|range| slice(bytes, range));
    let drawing = || thumb::draw(scratch, bytes, facts.mime, facts.orientation, preview, THUMBNAIL_EDGE);
    match catch_unwind(AssertUnwindSafe(drawing)) {
        Ok(Ok(thumbnail)) => Ok(thumbnail),
        Ok(Err(ThumbError::Unsupported)) => {
            let reason = format!("no thumbnail of {} yet", facts.mime.name);
            Err(facts.damage.clone().map_or_else(|| Outcome::pending(reason), Outcome::failed))
        }
        Ok(Err(error)) => Err(Outcome::failed(error.to_string())),
        Err(_) => Err(Outcome::failed("the decoder gave up on it".to_owned())),
    }
}

fn store(thumbnail: &thumb::Thumbnail, facts: &Facts, run: &files::Run) -> Outcome {
    let written = run.create().and_then(|(name, mut file)| {
        file.write_all(&thumb::seal::sealed(&thumbnail.jpeg)).inspect_err(|_| run.discard(&name))?;
        Ok(name)
    });
    let reason = facts.damage.clone().or_else(|| thumbnail.partial.clone());
    let status = if reason.is_some() { ProcessingStatus::Failed } else { ProcessingStatus::Complete };
    match written {
        Ok(name) => Outcome { drawn: Some((name, thumbnail.phash)), status, reason },
        Err(error) => Outcome::pending(format!("the thumbnail could not be written: {error}")),
    }
}

/// The file's bytes, with a share of the room for what drawing from them takes, and for them if they are read here.
fn admitted<'a, 'r>(
    bytes: Option<&'a [u8]>,
    file: &mut File,
    facts: &Facts,
    size: u64,
    room: &'r Room,
    owned: &'a mut Vec<u8>,
) -> Option<(&'a [u8], Share<'r>)> {
    if let Some(bytes) = bytes {
        return Some((bytes, room.take(cost(bytes, facts))));
    }
    let guess = match facts.mime.name {
        // To an eighth or so, from a copy of its data.
        "image/jpeg" => (pixels(facts) / 4).saturating_add(size),
        _ => whole(facts),
    };
    let guess = size.saturating_add(guess);
    let mut share = room.take(guess);
    load(file, size, owned)?;
    let needed = size.saturating_add(cost(owned, facts));
    if needed > guess {
        // Nobody who holds some of the room waits for more: two of them would wait for each other.
        *owned = Vec::new();
        drop(share);
        share = room.take(needed);
        load(file, size, owned)?;
    }
    Some((owned, share))
}

/// The most bytes that drawing holds beside the file's own.
fn cost(bytes: &[u8], facts: &Facts) -> u64 {
    let preview = facts.preview.as_ref().and_then(|range| slice(bytes, range));
    let preview = preview.map_or(0, |preview| thumb::cost(preview, THUMBNAIL_EDGE));
    if facts.mime.name == "image/jpeg" {
        return preview.max(thumb::cost(bytes, THUMBNAIL_EDGE));
    }
    preview.max(whole(facts))
}

/// Bytes of a picture that is decoded whole: four a pixel, twice while it is turned and scaled.
fn whole(facts: &Facts) -> u64 {
    pixels(facts).saturating_mul(8)
}

fn pixels(facts: &Facts) -> u64 {
    facts.dimensions.map_or(0, |(width, height)| u64::from(width) * u64::from(height))
}

fn load<'a>(file: &mut File, size: u64, owned: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    if size > LARGEST {
        return None;
    }
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(LARGEST).read_to_end(owned).ok()?;
    Some(owned)
}

fn slice<'a>(bytes: &'a [u8], range: &Range<u64>) -> Option<&'a [u8]> {
    bytes.get(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?)
}
