//! The few styles of text for people, and whether a stream gets them.
//!
//! Styled text always carries its marks; [`settle`] keeps or drops them when the stream is known, and shows every
//! other control character as text, so that nothing read from a file can steer the terminal.

use std::fmt::Display;

use unicode_width::UnicodeWidthStr;

use super::text::is_control;
use crate::cli::env::Env;

/// How a piece of text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Headings and the figures that matter.
    Strong,
    /// What may be skipped.
    Faint,
    /// The word `error:` and its carets.
    Error,
    /// The word `warning:`.
    Warning,
    /// The word `hint:`.
    Hint,
}

const RESET: &str = "\x1b[0m";

impl Style {
    const ALL: [Self; 5] = [Self::Strong, Self::Faint, Self::Error, Self::Warning, Self::Hint];

    const fn mark(self) -> &'static str {
        match self {
            Self::Strong => "\x1b[1m",
            Self::Faint => "\x1b[2m",
            Self::Error => "\x1b[1;31m",
            Self::Warning => "\x1b[1;33m",
            Self::Hint => "\x1b[1;36m",
        }
    }

    /// `text` in this style.
    pub fn on(self, text: impl Display) -> String {
        format!("{}{text}{RESET}", self.mark())
    }
}

/// Text as a stream gets it: styles kept or dropped, other control characters shown. Line ends and tabs stay.
pub fn settle(text: &str, colour: bool) -> String {
    let mut settled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(mark) = mark_at(rest) {
            settled.push_str(if colour { mark } else { "" });
            rest = &rest[mark.len()..];
            continue;
        }
        match first {
            '\n' | '\t' => settled.push(first),
            _ if is_control(first) => settled.push_str(&super::text::shown(first.encode_utf8(&mut [0; 4]))),
            _ => settled.push(first),
        }
        rest = &rest[first.len_utf8()..];
    }
    settled
}

fn mark_at(text: &str) -> Option<&'static str> {
    Style::ALL.into_iter().map(Style::mark).chain([RESET]).find(|mark| text.starts_with(mark))
}

/// The columns a text takes on a terminal.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// When to colour: `--color`, `HYPERNET_COLOR`, `output.color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Colour {
    /// As the environment and the stream say
    #[default]
    Auto,
    /// Even into a file
    Always,
    /// Not at all
    Never,
}

impl Colour {
    /// Whether a stream is coloured. `self` is what was asked for by flag or variable, `config` by the configuration.
    ///
    /// The order is the contract's: flag, `NO_COLOR`, `CLICOLOR_FORCE` or `FORCE_COLOR`, `CLICOLOR=0` or `TERM=dumb`,
    /// then the configuration, then whether it is a terminal.
    pub fn settle(self, config: Self, env: &Env, terminal: bool) -> bool {
        let set = |name| env.text(name).is_some_and(|value| !value.is_empty());
        let forced = |name| set(name) && env.text(name).as_deref() != Some("0");
        let is = |name, value| env.text(name).as_deref() == Some(value);
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR") => false,
            Self::Auto if forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") => true,
            Self::Auto if is("CLICOLOR", "0") || is("TERM", "dumb") => false,
            Self::Auto => config == Self::Always || (config == Self::Auto && terminal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(asked: Colour, env: &[(&str, &str)], terminal: bool, expected: bool) {
        assert_eq!(asked.settle(Colour::Auto, &Env::of(env), terminal), expected, "{asked:?} {env:?} {terminal}");
    }

    #[test]
    fn a_flag_beats_the_environment_and_the_environment_the_terminal() {
        check(Colour::Auto, &[], true, true);
        check(Colour::Auto, &[], false, false);
        check(Colour::Always, &[("NO_COLOR", "1")], false, true);
        check(Colour::Never, &[("FORCE_COLOR", "1")], true, false);
        check(Colour::Auto, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true, false);
        check(Colour::Auto, &[("NO_COLOR", ""), ("CLICOLOR_FORCE", "1")], false, true);
        check(Colour::Auto, &[("CLICOLOR_FORCE", "0")], false, false);
        check(Colour::Auto, &[("CLICOLOR", "0")], true, false);
        check(Colour::Auto, &[("TERM", "dumb")], true, false);
    }

    #[test]
    fn the_configuration_speaks_after_the_environment() {
        assert!(Colour::Auto.settle(Colour::Always, &Env::of(&[]), false));
        assert!(!Colour::Auto.settle(Colour::Always, &Env::of(&[("NO_COLOR", "1")]), true));
        assert!(!Colour::Auto.settle(Colour::Never, &Env::of(&[]), true));
    }

    #[test]
    fn only_our_own_marks_reach_the_terminal() {
        let text = format!("{} \x1b]0;title\x07\x1b[5m{}\n", Style::Strong.on("a"), '\u{202e}');
        assert_eq!(settle(&text, true), "\x1b[1ma\x1b[0m \\x1b]0;title\\x07\\x1b[5m\\u{202e}\n");
        assert_eq!(settle(&text, false), "a \\x1b]0;title\\x07\\x1b[5m\\u{202e}\n");
    }
}
