//! Keeps what begins with `-` and is part of a question from being read as options.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use super::super::arguments::{self, Role};
use crate::query::words;

/// Keeps `-tag:x` from being read as options: such an argument gets a blank before it, which a question does not mind.
///
/// Whatever is no option of `query` is part of the question, so that its own parser says what is wrong with it.
pub fn shield(mut given: Vec<OsString>) -> Vec<OsString> {
    let may_be = |argument: &OsString| matches!(argument.as_bytes(), [b'-', second, ..] if *second != b'-');
    if !given.iter().any(may_be) {
        return given;
    }
    let (command, roles) = arguments::read(&given);
    if command == "hypernet query" {
        let negated = |(argument, role): &(&mut OsString, Role)| match role {
            Role::Negated => true,
            Role::Option => is_term(argument.as_bytes()),
            Role::Word | Role::Value => false,
        };
        for (argument, _) in given.iter_mut().skip(1).zip(roles).filter(negated) {
            let mut blank = OsString::from(" ");
            std::mem::swap(&mut blank, argument);
            argument.push(blank);
        }
    }
    given
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
            shield(given).join(&OsString::from("|")).into_string().unwrap()
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
}
