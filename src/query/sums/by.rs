//! The one table of what media can be grouped by: `FIELD` or `FIELD:year|month|day`, each a word of the language.

use super::calendar::Part;
use crate::query::error::{QueryError, Wrong, quoted};
use crate::query::words::{self, Word};

/// What media are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// The word, as the table names it.
    pub name: &'static str,
    pub(super) how: How,
}

/// Where the values of a group come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// An expression over `media`: each media has one value or none.
    Value(&'static str),
    /// A column whose index holds only media with a value, and the bit of their marks that says so.
    Sparse(&'static str, i64),
    /// The clock on the wall where it was taken.
    Taken(Part),
    /// The instant it came into the library, by the user's clock.
    Added(Part),
    /// The tags it bears.
    Tags,
    /// The albums it is in.
    Albums,
    /// The integrations it came from.
    Sources,
}

use How::{Added, Albums, Sources, Sparse, Tags, Taken, Value};

/// What follows the last dot of the name as found, in lower case; a name has an ending where `ext:any` says so. `rtrim`
/// takes all but dots off the end, which leaves what stands before it.
const EXT: &str = "iif(coalesce(media.found_name, media.filename) GLOB '?*.*[^.]', \
                   lower(substr(coalesce(media.found_name, media.filename), 1 + length(rtrim(\
                   coalesce(media.found_name, media.filename), \
                   replace(coalesce(media.found_name, media.filename), '.', ''))))), NULL)";

/// Every field media can be grouped by, in the order of the help.
const FIELDS: &[(&str, How)] = &[
    ("type", Value("media.media_type")),
    ("mime", Value("media.mime_type")),
    ("ext", Value(EXT)),
    ("camera", Sparse("media.camera", 4)),
    ("lens", Sparse("media.lens", 8)),
    ("tag", Tags),
    ("album", Albums),
    ("source", Sources),
    ("source_type", Value("media.source_type")),
    ("status", Value("media.processing_status")),
    ("year", Taken(Part::Year)),
    ("month", Taken(Part::MonthOfYear)),
    ("day", Taken(Part::DayOfMonth)),
    ("hour", Taken(Part::Hour)),
    ("weekday", Taken(Part::Weekday)),
    ("date", Taken(Part::Day)),
    ("added", Added(Part::Day)),
];

impl By {
    /// The calendar months media were taken in.
    pub(super) const MONTHS: Self = Self { name: "date", how: Taken(Part::Month) };

    /// The grouping this text asks for.
    ///
    /// # Errors
    /// [`QueryError`] at a field nothing can be grouped by, or at a part it does not have.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let (field, part) = text.split_once(':').map_or((text, None), |(field, part)| (field, Some(part)));
        let (name, how) = field_of(field).map_err(|wrong| wrong.at(0..field.len()).within(text))?;
        let Some(part) = part else { return Ok(Self { name, how }) };
        let at = field.len() + 1..text.len();
        let part_of = |part| part_of(name, part).map_err(|wrong| wrong.at(at).within(text));
        Ok(Self {
            name,
            how: match how {
                Taken(_) if name == "date" => Taken(part_of(part)?),
                Added(_) => Added(part_of(part)?),
                _ => {
                    let wrong = Wrong::new(format!("`{name}` has no parts"));
                    let wrong =
                        wrong.hint(format_args!("write `{name}`; `date` and `added` have :year, :month and :day"));
                    return Err(wrong.at(field.len()..text.len()).within(text));
                }
            },
        })
    }

    /// Every field media can be grouped by, for help and completions.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FIELDS.iter().map(|(name, _)| *name)
    }

    /// Whether its groups have an order of their own: that of the calendar.
    pub fn is_date(self) -> bool {
        matches!(self.how, Taken(_) | Added(_))
    }
}

/// The field of this name or alias, in any case.
fn field_of(name: &str) -> Result<(&'static str, How), Wrong> {
    let word = words::find(name).map(|word| word.name);
    let known = |known: &str| known.eq_ignore_ascii_case(name) || word == Some(known);
    FIELDS.iter().find(|(field, _)| known(field)).copied().ok_or_else(|| {
        let wrong = Wrong::new(format!("media cannot be grouped by {}", quoted(name)));
        match words::nearest(name, By::names()) {
            Some(near) => wrong.hint(format_args!("did you mean `{near}`?")),
            None => wrong.hint(format_args!("they can by {}", By::names().collect::<Vec<_>>().join(", "))),
        }
    })
}

fn part_of(name: &str, part: &str) -> Result<Part, Wrong> {
    match part.to_ascii_lowercase().as_str() {
        "year" => Ok(Part::Year),
        "month" => Ok(Part::Month),
        "day" => Ok(Part::Day),
        _ => {
            let wrong = Wrong::new(format!("`{name}` cannot be grouped by {}", quoted(part)));
            Err(wrong.hint(format_args!("it can as {name}:year, {name}:month or {name}:day")))
        }
    }
}

/// The row of the table of words a field belongs to, where there is one.
pub fn word(by: By) -> Option<&'static Word> {
    words::find(by.name)
}
