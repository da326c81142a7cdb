//! The order results come in: `--sort [-]FIELD,…` → what they are compared by, each up or down.

use super::error::{QueryError, Wrong, quoted};
use super::words::{self, Place, WORDS, Word};

/// What results are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A word of the table.
    Word(&'static Word),
    /// How far it was taken from the place that is asked for, in metres.
    Distance,
    /// How many bits its picture hash differs from the one that is asked for: the most alike come first.
    Similarity,
    /// No order, the same for the same seed; `None` until one is chosen.
    Random(Option<u64>),
}

/// One thing results are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// What is compared.
    pub by: By,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Key {
    /// Whether it is the time a media was taken.
    pub(super) fn is_time(&self) -> bool {
        matches!(self.by, By::Word(word) if word.place == Place::Taken)
    }

    /// Whether it is the id, which no two objects share.
    pub(super) fn is_id(&self) -> bool {
        matches!(self.by, By::Word(word) if word.place == Place::Registry)
    }
}

/// The order when none is given: newest first.
pub const DEFAULT: &str = "-taken_at,id";

/// What can be sorted by and is no field.
pub const BESIDE_FIELDS: &[(&str, &str)] = &[
    ("distance", "how far from the place of near:"),
    ("similarity", "the most alike to that of similar: first"),
    ("random", "no order; random:SEED is the same each time"),
];

/// The order this text asks for.
///
/// # Errors
/// [`QueryError`] at the first field nothing can be ordered by.
pub fn parse(text: &str) -> Result<Vec<Key>, QueryError> {
    let mut keys = Vec::new();
    let mut start = 0;
    for field in text.split(',') {
        let name = field.strip_prefix('-').unwrap_or(field);
        let at = start + field.len() - name.len();
        let by = by(name).map_err(|wrong| wrong.at(at..at + name.len()).within(text))?;
        keys.push(Key { by, descending: name.len() < field.len() });
        start += field.len() + 1;
    }
    Ok(keys)
}

/// Gives what is random and has no seed this one; says whether anything was.
pub fn seed(keys: &mut [Key], seed: u64) -> bool {
    let mut any = false;
    for by in keys.iter_mut().map(|key| &mut key.by).filter(|by| **by == By::Random(None)) {
        *by = By::Random(Some(seed));
        any = true;
    }
    any
}

fn by(name: &str) -> Result<By, Wrong> {
    let small = name.to_ascii_lowercase();
    match (small.as_str(), small.split_once(':')) {
        ("distance", _) => Ok(By::Distance),
        ("similarity", _) => Ok(By::Similarity),
        ("random", _) => Ok(By::Random(None)),
        (_, Some(("random", seed))) => seed.parse().map(|seed| By::Random(Some(seed))).map_err(|_| {
            Wrong::new(format!("{} is no seed", quoted(seed))).hint("a whole number from 0 up: random:42")
        }),
        _ => sortable(name).map(By::Word),
    }
}

fn sortable(name: &str) -> Result<&'static Word, Wrong> {
    if let Some(word) = words::find(name).filter(|word| word.order.is_some()) {
        return Ok(word);
    }
    let sorting = || WORDS.iter().filter(|word| word.order.is_some());
    let beside = || BESIDE_FIELDS.iter().map(|(name, _)| *name);
    let wrong = Wrong::new(format!("results cannot be sorted by {}", quoted(name)));
    Err(if let Some(near) = words::nearest(name, sorting().flat_map(Word::names).chain(beside())) {
        wrong.hint(format_args!("did you mean `{near}`?"))
    } else {
        let names: Vec<_> = sorting().map(|word| word.name).chain(beside()).collect();
        wrong.hint(format_args!("they can by {}", names.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_parted_by_commas_and_turned_by_a_minus() {
        let name = |by| if let By::Word(word) = by { word.name } else { "none" };
        let keys = parse(DEFAULT).unwrap();
        let shown: Vec<_> = keys.iter().map(|key| (name(key.by), key.descending)).collect();
        assert_eq!(shown, [("date", true), ("id", false)]);
    }

    #[test]
    fn an_unknown_field_is_pointed_at() {
        let error = parse("-date,-sise").unwrap_err();
        assert_eq!((error.span, error.hint.as_deref()), (7..11, Some("did you mean `size`?")));
        assert_eq!(parse("distanse").unwrap_err().hint.as_deref(), Some("did you mean `distance`?"));
        assert!(parse("").is_err());
        assert!(parse("date,").is_err());
        assert!(parse("tag").is_err());
    }

    #[test]
    fn a_seed_is_a_whole_number_and_is_given_where_there_is_none() {
        assert_eq!(parse("random:7").unwrap()[0].by, By::Random(Some(7)));
        assert_eq!(parse("random:x").unwrap_err().span, 0..8);
        let mut keys = parse("random,random:7").unwrap();
        assert!(seed(&mut keys, 9));
        assert_eq!(keys.iter().map(|key| key.by).collect::<Vec<_>>(), [By::Random(Some(9)), By::Random(Some(7))]);
        assert!(!seed(&mut keys, 1));
    }
}
