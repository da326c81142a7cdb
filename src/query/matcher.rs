//! Whether a name answers to a text: any case, accents folded, `*` and `?` as patterns, regular expressions.
//!
//! For dictionaries and other short lists; long columns are matched by SQL.

use regex_automata::meta;

use super::error::Wrong;
use super::lex::Value;
use super::loose::Loose;
use crate::model::text::folded;

/// A condition on a text. What it is compared with is folded first, except by a regular expression.
#[derive(Debug, Clone)]
pub enum Matcher {
    /// The text stands somewhere in it.
    Contains(String),
    /// It is the text.
    Whole(String),
    /// It is described by the pattern from end to end.
    Pattern(Pattern),
    /// The expression finds something in it, in any case.
    Regex(Box<meta::Regex>, String),
    /// The ending of the name it is answers to this: what follows its last dot, unless that is all of it.
    Ending(Box<Matcher>),
    /// The JSON it is answers to this.
    Loose(Loose),
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Contains(one), Self::Contains(two))
            | (Self::Whole(one), Self::Whole(two))
            | (Self::Regex(_, one), Self::Regex(_, two)) => one == two,
            (Self::Pattern(one), Self::Pattern(two)) => one == two,
            (Self::Ending(one), Self::Ending(two)) => one == two,
            (Self::Loose(one), Self::Loose(two)) => one == two,
            _ => false,
        }
    }
}

impl Matcher {
    /// The text anywhere, or from end to end where it holds a bare `*` or `?`.
    pub(super) fn contains(value: &Value) -> Self {
        Pattern::of(value).map_or_else(|| Self::Contains(folded(&value.text)), Self::Pattern)
    }

    /// The whole text, or a pattern where it holds a bare `*` or `?`.
    pub(super) fn name(value: &Value) -> Self {
        Pattern::of(value).map_or_else(|| Self::whole(value), Self::Pattern)
    }

    /// The whole text; a star is a star.
    pub(super) fn whole(value: &Value) -> Self {
        Self::Whole(folded(&value.text))
    }

    /// A regular expression, of bounded size and run in linear time.
    pub(super) fn regex(text: &str) -> Result<Self, Wrong> {
        let size = meta::Config::new().nfa_size_limit(Some(1 << 20));
        let syntax = regex_automata::util::syntax::Config::new().case_insensitive(true).nest_limit(100);
        let built = meta::Builder::new().configure(size).syntax(syntax).build(text);
        let regex = built.map_err(|error| {
            let reason = error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string);
            let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Wrong::new(format!("this is no regular expression: {reason}"))
        })?;
        Ok(Self::Regex(Box::new(regex), text.to_owned()))
    }

    /// Whether this text answers to it.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Contains(part) => folded(text).contains(part),
            Self::Whole(whole) => folded(text) == *whole,
            Self::Pattern(pattern) => pattern.matches(&folded(text)),
            Self::Regex(regex, _) => regex.is_match(text),
            Self::Ending(ending) => extension(text).is_some_and(|text| ending.matches(text)),
            Self::Loose(loose) => loose.matches(text),
        }
    }

    /// Whether the text it asks for is this one, from end to end.
    pub(super) fn is_whole(&self, text: &str) -> bool {
        matches!(self, Self::Contains(whole) | Self::Whole(whole) if *whole == folded(text))
    }
}

/// What follows the last dot of a name that is more than that.
fn extension(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    (!stem.is_empty() && !ending.is_empty()).then_some(ending)
}

/// A folded text with `*` for any characters and `?` for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(pub Vec<Glyph>);

/// One element of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// This character.
    One(char),
    /// Any one character.
    Any,
    /// Any characters, or none.
    Many,
}

impl Pattern {
    /// The pattern this value is, if it holds a bare `*` or `?`.
    fn of(value: &Value) -> Option<Self> {
        let mut glyphs = Vec::new();
        let mut wild = false;
        for (at, c) in value.text.char_indices() {
            match c {
                '*' | '?' if value.bare.binary_search(&at).is_ok() => {
                    wild = true;
                    glyphs.push(if c == '*' { Glyph::Many } else { Glyph::Any });
                }
                _ => glyphs.extend(folded(c.encode_utf8(&mut [0; 4])).chars().map(Glyph::One)),
            }
        }
        glyphs.dedup_by(|one, two| *one == Glyph::Many && *two == Glyph::Many);
        wild.then_some(Self(glyphs))
    }

    /// Whether it describes this folded text: on a mismatch only the last star takes one character more, so the time
    /// is at most the product of the lengths.
    fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let fixed = self.0.iter().filter(|glyph| **glyph != Glyph::Many).count();
        if fixed > text.len() {
            return false;
        }
        let (mut at, mut glyph, mut star) = (0, 0, None);
        while at < text.len() {
            match self.0.get(glyph) {
                Some(Glyph::Many) => {
                    star = Some((glyph, at));
                    glyph += 1;
                }
                Some(Glyph::Any) => (at, glyph) = (at + 1, glyph + 1),
                Some(Glyph::One(c)) if *c == text[at] => (at, glyph) = (at + 1, glyph + 1),
                _ => {
                    let Some((many, from)) = star else { return false };
                    star = Some((many, from + 1));
                    (at, glyph) = (from + 1, many + 1);
                }
            }
        }
        self.0[glyph..].iter().all(|glyph| *glyph == Glyph::Many)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::lex::{self, What};

    fn value(text: &str) -> Value {
        match lex::text(text).unwrap().remove(0).what {
            What::Value(value) => value,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn case_and_accents_make_no_difference() {
        let cafe = Matcher::name(&value("CAFÉ"));
        assert!(cafe.matches("café"));
        assert!(cafe.matches("cafe\u{301}"));
        assert!(cafe.matches("Cafe"));
        assert!(!cafe.matches("cafes"));
        assert_eq!(folded("Straße Ærø ЙОД 北京"), "strasse aero йод 北京");
    }

    #[test]
    fn stars_make_a_whole_value_pattern_unless_quoted() {
        let check = |given: &str, text: &str| Matcher::contains(&value(given)).matches(text);
        assert!(check("canon", "My Canon EOS"));
        assert!(!check("canon*", "My Canon EOS"));
        assert!(check("*canon*", "My Canon EOS"));
        assert!(check("?y*eo?", "My Canon EOS"));
        assert!(check("\"*\"", "a*b"));
        assert!(!check("\"*\"", "ab"));
        assert!(check("*", ""));
        assert!(check("a*b*c", "aXbXbXc"));
        assert!(!check("a*b*c", "aXbXbX"));
    }

    #[test]
    fn a_pattern_made_to_be_slow_is_not() {
        let stars = value(&"a*".repeat(20_000));
        assert!(!Matcher::name(&stars).matches(&"a".repeat(5_000)));
        let many = value(&format!("{}b", "*a".repeat(90)));
        assert!(!Matcher::name(&many).matches(&"a".repeat(200)));
    }

    #[test]
    fn a_regular_expression_is_found_anywhere_in_any_case() {
        let phones = Matcher::regex("^iphone 1[45]").unwrap();
        assert!(phones.matches("iPhone 15 Pro"));
        assert!(!phones.matches("Apple iPhone 15"));
        assert!(Matcher::regex("(").is_err());
        assert!(Matcher::regex("(a{1000}){1000}").is_err());
        assert!(Matcher::regex(&"(".repeat(50_000)).is_err());
    }
}
