//! Text → tokens: brackets, `AND OR NOT`, words with their comparison, and values with quotes and escapes taken away.
//!
//! A value remembers which of its characters were bare, so that `"*"` and `\*` are a star and `*` is a pattern.
//! What the words mean is `parse.rs`'s.

use std::ops::Range;

use super::ast::{Key, Op};
use super::error::{Fault, Wrong};

/// One token and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) span: Range<usize>,
    pub(super) what: What,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Open,
    Close,
    And,
    Or,
    Not,
    /// `|` between values.
    Either,
    /// `&` between values.
    Both,
    /// A word, its keys and its comparison; its values must touch it.
    Field(String, Vec<Key>, Op),
    Value(Value),
}

/// A value with its quotes and escapes taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) text: String,
    /// Bytes of `text` that hold a `*`, `?` or `.` neither quoted nor escaped.
    pub(super) bare: Vec<usize>,
    /// Whether any of it was quoted or escaped: it is then never `none`, `any` or a keyword.
    pub(super) literal: bool,
    /// Whether quotes were used: a phrase.
    pub(super) phrase: bool,
}

impl Value {
    /// A text as it stands: its patterns and ranges count, quotes and escapes are characters.
    pub(super) fn plain(text: &str) -> Self {
        let bare = text.char_indices().filter(|(_, c)| matches!(c, '*' | '?' | '.')).map(|(at, _)| at).collect();
        Self { text: text.to_owned(), bare, ..Self::default() }
    }

    /// Splits at the first bare `..`, if there is one.
    pub(super) fn range(&self) -> Option<(&str, &str)> {
        let is_dot = |at: usize| self.text.as_bytes().get(at) == Some(&b'.');
        let dots = self.bare.windows(2).find(|pair| pair[0] + 1 == pair[1] && is_dot(pair[0]) && is_dot(pair[1]))?;
        Some((&self.text[..dots[0]], &self.text[dots[1] + 1..]))
    }
}

/// Reads a whole question in one text.
///
/// # Errors
/// An unclosed quote or a dangling escape.
pub(super) fn text(text: &str) -> Result<Vec<Token>, Fault> {
    let mut lexer = Lexer { text, at: 0, whole: false, tokens: Vec::new() };
    while lexer.skip_blanks() {
        lexer.next()?;
    }
    Ok(lexer.tokens)
}

/// Reads several arguments, which in `text` are joined by one blank: each is one term or one of `AND OR NOT ( )`, and a
/// value runs to the end of its argument.
///
/// # Errors
/// As [`text()`].
pub(super) fn arguments(text: &str, arguments: &[impl AsRef<str>]) -> Result<Vec<Token>, Fault> {
    let mut lexer = Lexer { text: "", at: 0, whole: true, tokens: Vec::new() };
    let mut start = 0;
    for argument in arguments.iter().map(AsRef::as_ref) {
        let end = start + argument.len();
        lexer.text = &text[..end];
        lexer.at = start;
        if lexer.skip_blanks() {
            lexer.next()?;
        }
        while lexer.at < end {
            lexer.next()?;
        }
        start = end + 1;
    }
    Ok(lexer.tokens)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Whether blanks and brackets belong to values, because arguments already part the terms.
    whole: bool,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    /// Passes over blanks; false at the end.
    fn skip_blanks(&mut self) -> bool {
        let rest = &self.text[self.at..];
        self.at = self.text.len() - rest.trim_start().len();
        self.at < self.text.len()
    }

    /// Reads the token, or the field with the value that touches it, that begins here.
    fn next(&mut self) -> Result<(), Fault> {
        let rest = &self.text[self.at..];
        if let Some(what) = self.mark(rest) {
            self.push(1, what);
            return Ok(());
        }
        if self.in_values() {
            return self.value();
        }
        if rest.starts_with(['(', ')']) {
            let wrong = Wrong::new("a bracket must be an argument of its own here");
            return Err(wrong
                .hint("give the whole question as one argument, or write `\\(` for the character")
                .at(self.at..self.at + 1));
        }
        if let Some((name, keys, rest_at, op)) = field(rest) {
            if let Some(at) = keys.iter().find_map(|(key, at)| key.is_none().then_some(self.at + at)) {
                let wrong = Wrong::new("a key is missing between the dots here");
                let hint =
                    "keys are parted by one dot: `meta.a.b:x`; one that really is empty is quoted: `meta.\"\":x`";
                return Err(wrong.hint(hint).at(at - 1..at));
            }
            let keys = keys.into_iter().filter_map(|(key, _)| key).collect();
            let length = rest_at + op.as_str().len();
            let touched = rest[length..].chars().next().is_some_and(|c| self.in_value(c));
            self.push(length, What::Field(name.to_owned(), keys, op));
            return if touched { self.value() } else { Ok(()) };
        }
        self.value()
    }

    /// The one-character token that begins here, if one does.
    fn mark(&self, rest: &str) -> Option<What> {
        let mut chars = rest.chars();
        let first = chars.next()?;
        let last = chars.next().is_none();
        match first {
            // Behind a field or a `|` it is a value: an argument holds one term, to its end.
            '(' | ')' if self.whole && (!last || self.in_values()) => None,
            '(' => Some(What::Open),
            ')' => Some(What::Close),
            '|' => Some(What::Either),
            '&' => Some(What::Both),
            '-' if !self.in_values() => Some(What::Not),
            _ => None,
        }
    }

    /// Whether what comes here goes on with the values before it: it touches a field, `|` or `&`.
    fn in_values(&self) -> bool {
        let goes_on = |token: &Token| {
            token.span.end == self.at && matches!(token.what, What::Either | What::Both | What::Field(..))
        };
        self.tokens.last().is_some_and(goes_on)
    }

    fn push(&mut self, length: usize, what: What) {
        self.tokens.push(Token { span: self.at..self.at + length, what });
        self.at += length;
    }

    fn in_value(&self, c: char) -> bool {
        match c {
            '|' | '&' => false,
            '(' | ')' => self.whole,
            c => self.whole || !c.is_whitespace(),
        }
    }

    /// Reads the pieces that touch, as one value; or a keyword.
    fn value(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let keyword = !self.in_values();
        let mut value = Value::default();
        while let Some(c) = self.text[self.at..].chars().next().filter(|c| self.in_value(*c)) {
            match c {
                '"' => self.double_quoted(&mut value)?,
                '\'' => self.single_quoted(&mut value)?,
                '\\' => self.escaped(&mut value)?,
                _ => self.bare(c, &mut value),
            }
        }
        let what = match value.text.as_str() {
            "AND" if keyword && !value.literal => What::And,
            "OR" if keyword && !value.literal => What::Or,
            "NOT" if keyword && !value.literal => What::Not,
            _ => What::Value(value),
        };
        self.tokens.push(Token { span: start..self.at, what });
        Ok(())
    }

    fn bare(&mut self, c: char, value: &mut Value) {
        if matches!(c, '*' | '?' | '.') {
            value.bare.push(value.text.len());
        }
        value.text.push(c);
        self.at += c.len_utf8();
    }

    /// `\c` is `c`, whatever it is.
    fn escaped(&mut self, value: &mut Value) -> Result<(), Fault> {
        let Some(c) = self.text[self.at + 1..].chars().next() else {
            let wrong = Wrong::new("nothing follows the `\\`").hint("write `\\\\` for a backslash");
            return Err(wrong.at(self.at..self.at + 1));
        };
        value.text.push(c);
        value.literal = true;
        self.at += 1 + c.len_utf8();
        Ok(())
    }

    /// `"…"`, in which `\"` is a quote and `\\` a backslash.
    fn double_quoted(&mut self, value: &mut Value) -> Result<(), Fault> {
        self.quoted(value, |rest| match rest {
            [b'\\', next @ (b'"' | b'\\'), ..] => Some((2, *next as char)),
            _ => None,
        })
    }

    /// `'…'`, in which `''` is a quote.
    fn single_quoted(&mut self, value: &mut Value) -> Result<(), Fault> {
        self.quoted(value, |rest| match rest {
            [b'\'', b'\'', ..] => Some((2, '\'')),
            _ => None,
        })
    }

    /// Reads to the quote that closes the one here; `escape` says how long an escape is and what it stands for.
    fn quoted(&mut self, value: &mut Value, escape: impl Fn(&[u8]) -> Option<(usize, char)>) -> Result<(), Fault> {
        let start = self.at;
        let Some(quote) = self.text[start..].chars().next() else { return Ok(()) };
        (value.literal, value.phrase) = (true, true);
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            if let Some((length, c)) = escape(rest.as_bytes()) {
                value.text.push(c);
                self.at += length;
                continue;
            }
            let Some(c) = rest.chars().next() else { return Err(unclosed(quote).at(start..start + 1)) };
            self.at += c.len_utf8();
            if c == quote {
                return Ok(());
            }
            value.text.push(c);
        }
    }
}

fn unclosed(quote: char) -> Wrong {
    Wrong::new("this quote is never closed")
        .hint(format_args!("close it with another `{quote}`, or write `\\{quote}` for the character itself"))
}

/// A key, unless nothing stands there, and where it stands.
type Place = (Option<Key>, usize);

/// The word, its keys and the comparison this text begins with, if it does, and where the comparison stands.
///
/// A word is letters, digits and `_`; a key is that or `-`, or any text in quotes. Each key is given with its place in the text,
/// `None` where nothing stands.
fn field(text: &str) -> Option<(&str, Vec<Place>, usize, Op)> {
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let name = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(text, |end| &text[..end]);
    let (mut at, mut keys) = (name.len(), Vec::new());
    while let Some(rest) = text[at..].strip_prefix('.') {
        let (key, length) = key(rest)?;
        keys.push((key, at + 1));
        at += 1 + length;
    }
    let op = Op::ALL.iter().find(|op| text[at..].starts_with(op.as_str()))?;
    Some((name, keys, at, *op))
}

/// The key this text begins with, if any stands there, and its length with its quotes.
fn key(text: &str) -> Option<(Option<Key>, usize)> {
    if let Some(inside) = text.strip_prefix('"') {
        let mut name = String::new();
        let mut chars = inside.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => return Some((Some(Key::Name(name)), at + 2)),
                '\\' if inside[at + 1..].starts_with(['"', '\\']) => name.extend(chars.next().map(|(_, c)| c)),
                c => name.push(c),
            }
        }
        return None;
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(text.len());
    let name = &text[..end];
    let digits = name.bytes().all(|b| b.is_ascii_digit());
    let key = name.parse().ok().filter(|_| digits).map_or_else(|| Key::Name(name.to_owned()), Key::At);
    Some(((!name.is_empty()).then_some(key), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(tokens: Vec<Token>) -> String {
        let show = |token: Token| match token.what {
            What::Field(name, keys, op) => {
                let keys = keys.iter().map(|key| match key {
                    Key::Name(name) => format!(".{name}"),
                    Key::At(at) => format!("[{at}]"),
                });
                format!("{name}{}{}", keys.collect::<String>(), op.as_str())
            }
            What::Value(value) => format!("<{}>", value.text),
            What::Open => "(".into(),
            What::Close => ")".into(),
            other => format!("{other:?}"),
        };
        tokens.into_iter().map(show).collect::<Vec<_>>().join(" ")
    }

    fn check(given: &str, expected: &str) {
        assert_eq!(shown(text(given).unwrap()), expected, "{given}");
    }

    #[test]
    fn blanks_part_terms_and_brackets_part_themselves() {
        check(" a  b\tc\n", "<a> <b> <c>");
        check("(a b)", "( <a> <b> )");
        check("", "");
    }

    #[test]
    fn keywords_are_bare_capitals() {
        check("a AND b OR NOT c", "<a> And <b> Or Not <c>");
        check(r#"and "AND" \OR tag:NOT"#, "<and> <AND> <OR> tag: <NOT>");
    }

    #[test]
    fn a_word_takes_the_longest_comparison() {
        check("size>=3 size>3 a!=b c~d e:f", "size>= <3> size> <3> a!= <b> c~ <d> e: <f>");
        check("exif.iso>=800", "exif.iso>= <800>");
        check(r#"meta."a \"b\"".0.x-1:y"#, r#"meta.a "b"[0].x-1: <y>"#);
        check(r#"a."":c a.b c. a.. a..b"#, "a.: <c> <a.b> <c.> <a..> <a..b>");
        check("12:30 1..b:c !x", "<12:30> <1..b:c> <!x>");
        assert_eq!(text("x a..b:c").unwrap_err().span, 3..4);
    }

    #[test]
    fn pieces_that_touch_are_one_value() {
        check(r#"near:"Santa Monica",10km"#, "near: <Santa Monica,10km>");
        check(r#"a"b c"'d ''e'''f"#, "<ab cd 'e'f>");
    }

    #[test]
    fn escapes_make_any_character_ordinary() {
        check(r"a\ b\(c\)\|\\", r"<a b(c)|\>");
        check(r#""a\"b\\c\d""#, r#"<a"b\c\d>"#);
    }

    #[test]
    fn a_minus_negates_only_before_a_term() {
        check("-tag:x -(a) --b c-d date:-7d", "Not tag: <x> Not ( <a> ) Not Not <b> <c-d> date: <-7d>");
        check("tag:a|-b", "tag: <a> Either <-b>");
    }

    #[test]
    fn alternatives_stand_between_values() {
        check("tag:cat|dog&pet", "tag: <cat> Either <dog> Both <pet>");
        check("tag:a|b:c|NOT", "tag: <a> Either <b:c> Either <NOT>");
    }

    #[test]
    fn an_argument_is_one_term() {
        let given = ["camera:Canon EOS (x)", "OR", "(", " -tag:a b", "", " ", ")"];
        let tokens = arguments(&given.join(" "), &given).unwrap();
        assert_eq!(shown(tokens.clone()), "camera: <Canon EOS (x)> Or ( Not tag: <a b> )");
        assert_eq!(tokens[5].span, 28..32);
    }

    #[test]
    fn a_value_runs_to_the_end_of_its_argument_brackets_and_all() {
        let check = |given: &[&str], expected: &str| {
            assert_eq!(shown(arguments(&given.join(" "), given).unwrap()), expected, "{given:?}");
        };
        check(&["tag:(", "b"], "tag: <(> <b>");
        check(&["tag:a|(", "tag:a&)", "b"], "tag: <a> Either <(> tag: <a> Both <)> <b>");
        check(&["(", "tag:)|(", ")"], "( tag: <)> Either <(> )");
        check(&["tag:", "(", "b", ")"], "tag: ( <b> )");
        check(&["-tag:a|(b", "c"], "Not tag: <a> Either <(b> <c>");
    }

    #[test]
    fn a_bracket_among_arguments_stands_alone() {
        let given = ["tag:x", "(tag:y"];
        assert_eq!(arguments(&given.join(" "), &given).unwrap_err().span, 6..7);
    }

    #[test]
    fn a_range_is_split_at_bare_dots_only() {
        let value = |given: &str| match text(given).unwrap().remove(0).what {
            What::Value(value) => value.range().map(|(a, b)| (a.to_owned(), b.to_owned())),
            _ => None,
        };
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(value("1.4..2.8"), pair("1.4", "2.8"));
        assert_eq!(value("..5"), pair("", "5"));
        assert_eq!(value("\"1..2\""), None);
        assert_eq!(value(r"1\..2"), None);
    }

    #[test]
    fn what_is_not_closed_points_at_its_start() {
        assert_eq!(text("tag:x \"open").unwrap_err().span, 6..7);
        assert_eq!(text("it's").unwrap_err().span, 2..3);
        assert_eq!(text("a\\").unwrap_err().span, 1..2);
    }
}
