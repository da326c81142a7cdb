//! Keeps what begins with `-` and is part of a question from being read as options.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use super::super::arguments::{self, Role};
use super::super::error::{CliError, Code};
use super::super::output::text::shown;
use crate::query::words;

/// Keeps `-tag:x` from being read as options: such an argument gets a blank before it, which a question does not mind.
///
/// Whatever is no option of `query` is part of the question, so that its own parser says what is wrong with it.
///
/// # Errors
/// When an argument can as well be a mistyped option: a question that is quietly another one would be answered wrongly.
pub fn shield(mut given: Vec<OsString>) -> Result<Vec<OsString>, CliError> {
    let may_be = |argument: &OsString| matches!(argument.as_bytes(), [b'-', second, ..] if *second != b'-');
    if !given.iter().any(may_be) {
        return Ok(given);
    }
    let (command, roles) = arguments::read(&given);
    if command == "hypernet query" {
        for (argument, role) in given.iter_mut().skip(1).zip(roles) {
            let negated = match role {
                Role::Negated => true,
                Role::Option => is_term(argument.as_bytes()),
                Role::Word | Role::Value => continue,
            };
            if let Some(text) = argument.to_str() {
                refuse(text, negated)?;
            }
            if negated {
                let mut blank = OsString::from(" ");
                std::mem::swap(&mut blank, argument);
                argument.push(blank);
            }
        }
    }
    Ok(given)
}

/// Refuses a letter that is no option, and a word that is the name of an option, or of a negated word nearly so.
fn refuse(argument: &str, negated: bool) -> Result<(), CliError> {
    let Some(word) = argument.strip_prefix('-').filter(|word| !word.starts_with('-')) else { return Ok(()) };
    if !word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        return Ok(());
    }
    let least = if negated { 1 } else { 2 };
    let hint = match word.len() {
        ..2 if word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.len() >= least => String::new(),
        ..2 => return Ok(()),
        _ => match meant(word, negated) {
            Some(option) => format!("did you mean `--{option}`? "),
            None => return Ok(()),
        },
    };
    let message = format!("there is no option `{}` here", shown(argument));
    let hint = format!("{hint}write `NOT {word}` for what is without this word, or put `--` before it");
    Err(CliError::new(Code::Usage, message).hint(hint))
}

/// The option of this name; where one may be misspelt, the one that a single slip turns into it. In words of three letters
/// every other word would be such a slip.
fn meant(word: &str, slips: bool) -> Option<String> {
    let word = word.to_lowercase().replace('_', "-");
    let options = arguments::options("query");
    let near = |option: &&String| {
        slips && word.len() > 3 && option.len() > 3 && strsim::damerau_levenshtein(&word, option) == 1
    };
    options.iter().find(|option| **option == word).or_else(|| options.iter().find(near)).cloned()
}

/// Whether what begins like an option with its value is meant as a term: `-tag:x` is no template, `-until:2024` no user,
/// and a template that is not in the next argument begins with a brace.
fn is_term(argument: &[u8]) -> bool {
    let Some(text) = argument.strip_prefix(b"-").and_then(|text| std::str::from_utf8(text).ok()) else { return false };
    let name = text.split([':', '=', '!', '<', '>', '~', '.']).next().unwrap_or_default();
    let field = name.len() < text.len() && words::find(name).is_some();
    field || (text.starts_with('t') && text[1..].starts_with(|c: char| c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_option_is_part_of_the_question() {
        let shielded = |line: &str| {
            let given = line.split('|').map(OsString::from).collect();
            shield(given).unwrap().join(&OsString::from("|")).into_string().unwrap()
        };
        assert_eq!(shielded("hypernet|query|-tag:x|-e|-SIZE>3"), "hypernet|query| -tag:x|-e| -SIZE>3");
        assert_eq!(shielded("hypernet|query|-(a OR b)|-tga:x"), "hypernet|query| -(a OR b)| -tga:x");
        assert_eq!(shielded("hypernet|query|--sort|-size|--|-b"), "hypernet|query|--sort|-size|--|-b");
        assert_eq!(shielded("hypernet|show|-beach"), "hypernet|show|-beach");
        assert_eq!(
            shielded("hypernet|query|-t|-x{id}|-t{id}|-tree|-until:2024|-j2"),
            "hypernet|query|-t|-x{id}|-t{id}| -tree| -until:2024|-j2"
        );
    }

    #[test]
    fn what_can_as_well_be_a_mistyped_option_is_refused() {
        let refused = |words: &str| {
            let given = ["hypernet", "query"].into_iter().chain(words.split(' ')).map(OsString::from).collect();
            shield(given).err().map(|error| error.text())
        };
        for (words, hint) in [
            ("-u me@example.org tag:x", "`NOT u`"),
            ("tag:x -u", "`--`"),
            ("-Version", "`--version`"),
            ("beach -sort size", "`--sort`"),
            ("-srot size", "`--sort`"),
            ("-sorts", "`--sort`"),
            ("-group-by", "`--group-by`"),
            ("-help", "`--help`"),
            ("-limit 5", "`--limit`"),
            ("-json", "`--json`"),
            ("-template x", "`--template`"),
        ] {
            assert!(refused(words).is_some_and(|told| told.contains(hint)), "{words}: {:?}", refused(words));
        }
        for words in
            ["-beach", "-tag:x", "-kids", "-cat", "-tree", "-日", "-7", "-qe", "-L u", "-- -u", "-\"u\"", "-t -u"]
        {
            assert_eq!(refused(words), None, "{words}");
        }
    }
}
