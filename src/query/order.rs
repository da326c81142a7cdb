//! The order results come in: `--sort [-]FIELD,…` → words of the table, each up or down.

use super::error::{QueryError, Wrong, quoted};
use super::words::{self, WORDS, Word};

/// One word results are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The word.
    pub word: &'static Word,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// The order when none is given: newest first.
pub const DEFAULT: &str = "-taken_at,id";

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
        let word = sortable(name).map_err(|wrong| wrong.at(at..at + name.len()).within(text))?;
        keys.push(Key { word, descending: name.len() < field.len() });
        start += field.len() + 1;
    }
    Ok(keys)
}

fn sortable(name: &str) -> Result<&'static Word, Wrong> {
    if let Some(word) = words::find(name).filter(|word| word.order.is_some()) {
        return Ok(word);
    }
    let sorting = || WORDS.iter().filter(|word| word.order.is_some());
    let wrong = Wrong::new(format!("results cannot be sorted by {}", quoted(name)));
    Err(match words::nearest(name, sorting().flat_map(Word::names)) {
        Some(near) => wrong.hint(format_args!("did you mean `{near}`?")),
        None => {
            wrong.hint(format_args!("they can by {}", sorting().map(|word| word.name).collect::<Vec<_>>().join(", ")))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_parted_by_commas_and_turned_by_a_minus() {
        let keys = parse(DEFAULT).unwrap();
        let shown: Vec<_> = keys.iter().map(|key| (key.word.name, key.descending)).collect();
        assert_eq!(shown, [("date", true), ("id", false)]);
    }

    #[test]
    fn an_unknown_field_is_pointed_at() {
        let error = parse("-date,-sise").unwrap_err();
        assert_eq!((error.span, error.hint.as_deref()), (7..11, Some("did you mean `size`?")));
        assert!(parse("").is_err());
        assert!(parse("date,").is_err());
        assert!(parse("tag").is_err());
    }
}
