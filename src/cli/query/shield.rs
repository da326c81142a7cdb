//! Keeps what begins with `-` and is part of a question from being read as options.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use super::super::arguments::{self, Role};

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
        for (argument, _) in given.iter_mut().skip(1).zip(roles).filter(|(_, role)| *role == Role::Negated) {
            let mut blank = OsString::from(" ");
            std::mem::swap(&mut blank, argument);
            argument.push(blank);
        }
    }
    given
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
    }
}
