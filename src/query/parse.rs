//! Tokens → tree: the grammar of brackets, `AND OR NOT`, alternatives and ranges, with every error at its spot.
//!
//! How one value is understood is `value.rs`'s.

use std::ops::Range;

use super::ast::{Expr, Key, Op, Term, Test};
use super::error::{Fault, Wrong, quoted, waiting};
use super::lex::{self, Token, Value, What};
use super::loose::Loose;
use super::matcher::Matcher;
use super::words::{self, Keys, Kind, Place, Word};
use super::{Ground, related, value};

/// How deep brackets may stand inside one another: with [`MOST_TERMS`] in them, the SQL stays within SQLite's depth.
const MOST_DEPTH: usize = 32;

/// How many values a question may hold: each is a condition of the SQL it becomes.
const MOST_TERMS: usize = 2_000;

/// Why `meta.sources` is refused: it is put into what is shown from records of its own.
const NO_SIGHTINGS: &str = "where a media was found is recorded apart from its metadata; `filename:` finds the name it was found under, `source:` its account";

/// How many keys may follow a word: metadata nests no deeper than people can follow.
const MOST_KEYS: usize = 32;

/// The tree these tokens of `text` make.
///
/// # Errors
/// Whatever does not follow the grammar, and values their word cannot take.
pub(super) fn tree(text: &str, tokens: &[Token], words: &'static [Word], ground: &Ground) -> Result<Expr, Fault> {
    Parser { text, tokens, at: 0, depth: 0, terms: 0, words, ground, within: Vec::new() }.all()
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Token],
    at: usize,
    depth: usize,
    terms: usize,
    /// What can be asked.
    words: &'static [Word],
    ground: &'t Ground,
    /// The saved questions this text stands in.
    within: Vec<&'t str>,
}

impl<'t> Parser<'t> {
    /// The whole text.
    fn all(&mut self) -> Result<Expr, Fault> {
        if let Some(at) = self.text.find('\0') {
            return Err(Wrong::new("a NUL character cannot be part of a question").at(at..at + 1));
        }
        if self.tokens.is_empty() {
            return Ok(Expr::All);
        }
        let expr = self.either()?;
        match self.peek() {
            Some(token) => Err(Wrong::new("this bracket was never opened").at(token.span.clone())),
            None => Ok(expr),
        }
    }

    /// Terms joined by `OR`.
    fn either(&mut self) -> Result<Expr, Fault> {
        let mut parts = vec![self.both()?];
        while self.take(&What::Or) {
            parts.push(self.both()?);
        }
        Ok(Expr::any(parts))
    }

    /// Terms joined by `AND` or standing side by side.
    fn both(&mut self) -> Result<Expr, Fault> {
        let mut parts = vec![self.negated()?];
        loop {
            match self.peek().map(|token| &token.what) {
                None | Some(What::Or | What::Close) => return Ok(Expr::all(parts)),
                Some(What::And) => self.at += 1,
                Some(What::Either | What::Both) => {}
                Some(_) => self.apart()?,
            }
            parts.push(self.negated()?);
        }
    }

    /// Two terms side by side have a blank between them.
    fn apart(&self) -> Result<(), Fault> {
        let Some(next) = self.peek().filter(|_| self.touches()) else { return Ok(()) };
        let hint = "put a blank between two terms; a bracket that belongs to a value needs quotes around the value";
        Err(Wrong::new("two terms touch here").hint(hint).at(next.span.clone()))
    }

    /// A term after any number of `NOT` and `-`, which are counted rather than nested.
    fn negated(&mut self) -> Result<Expr, Fault> {
        let mut negative = false;
        while self.take(&What::Not) {
            negative = !negative;
            if self.last_text() == "-" && self.peek().is_some() && !self.touches() {
                let wrong = Wrong::new("the `-` touches nothing")
                    .hint("write `-tag:x` without a blank, or `\"-\"` to find a `-`");
                return Err(wrong.at(self.last_span()));
            }
        }
        let expr = self.one()?;
        Ok(if negative { expr.opposite() } else { expr })
    }

    /// A term, or terms in brackets.
    fn one(&mut self) -> Result<Expr, Fault> {
        let Some(token) = self.peek() else { return Err(self.expected()) };
        match &token.what {
            What::Open => self.bracket(),
            What::Field(name, keys, op) => {
                self.at += 1;
                let start = token.span.start;
                let word = known(self.words, name).map_err(|wrong| wrong.at(start..start + name.len()))?;
                keyed(word, keys).map_err(|wrong| wrong.at(start..token.span.end - op.as_str().len()))?;
                allowed(word, *op).map_err(|wrong| wrong.at(token.span.clone()))?;
                self.filled(token)?;
                self.values(word, keys, *op)
            }
            What::Value(value) => self.bare(value, &token.span),
            What::Either | What::Both => Err(lone(self.piece(token)).at(token.span.clone())),
            What::Close | What::And | What::Or | What::Not => Err(self.expected()),
        }
    }

    fn bracket(&mut self) -> Result<Expr, Fault> {
        let open = self.tokens[self.at].span.clone();
        self.at += 1;
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(Wrong::new(format!("more than {MOST_DEPTH} brackets inside one another")).at(open));
        }
        let expr = self.either()?;
        if !self.take(&What::Close) {
            return Err(Wrong::new("this bracket is never closed").hint("add a `)`").at(open));
        }
        self.depth -= 1;
        Ok(expr)
    }

    /// A value without a word: a saved question, a text to search for, or `*`.
    fn bare(&mut self, value: &Value, span: &Range<usize>) -> Result<Expr, Fault> {
        if let Some(name) = value.text.strip_prefix('@').filter(|_| !value.literal) {
            self.at += 1;
            return self.saved(name).map_err(|wrong| wrong.at(span.clone()));
        }
        self.near_miss(span)?;
        let text = words::find_in(self.words, "text").ok_or_else(|| self.expected())?;
        self.values(text, &[], Op::Has)
    }

    /// A text that all but surely was meant for something else: searched for, it would find nothing and say nothing.
    fn near_miss(&self, span: &Range<usize>) -> Result<(), Fault> {
        let piece = &self.text[span.clone()];
        if let Some(rest) = piece.strip_prefix('!').filter(|rest| self.names_field(rest, true)) {
            let wrong = Wrong::new("`!` turns nothing round");
            return Err(wrong
                .hint(format_args!("write {}", quoted(&format!("-{rest}"))))
                .at(span.start..span.start + 1));
        }
        let Some((last, before)) = self.tokens[..self.at].split_last() else { return Ok(()) };
        if !matches!(&last.what, What::Value(value) if !value.literal) || last.span.end == span.start {
            return Ok(());
        }
        let field = before.last().filter(|token| token.span.end == last.span.start).map(|token| &token.what);
        let left = self.piece(last);
        match (Op::ALL.iter().find(|op| piece.starts_with(op.as_str())), field) {
            (Some(op), None | Some(What::Not | What::Open)) if self.names_field(left, false) => {
                let op = op.as_str();
                let wrong = Wrong::new(format!("a blank before the `{op}`"));
                let hint = format!("{left}{op}VALUE");
                Err(wrong.hint(format_args!("write {} without blanks", quoted(&hint))).at(last.span.end..span.start))
            }
            (None, Some(What::Field(name, ..))) if self.is_size(name) && is_unit(left, piece) => {
                let wrong = Wrong::new(format!("a blank before the unit {}", quoted(piece)));
                Err(wrong
                    .hint(format_args!("write {}", quoted(&format!("{left}{piece}"))))
                    .at(last.span.end..span.start))
            }
            _ => Ok(()),
        }
    }

    /// Whether a text is the name of a word, perhaps with keys; or begins with one and a comparison.
    fn names_field(&self, text: &str, compared: bool) -> bool {
        let name = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(text, |end| &text[..end]);
        let rest = &text[name.len()..];
        let fits = rest.starts_with('.') || Op::ALL.iter().any(|op| rest.starts_with(op.as_str()));
        let fits = if compared { fits } else { rest.is_empty() || rest.starts_with('.') };
        fits && words::find_in(self.words, name).is_some()
    }

    fn is_size(&self, name: &str) -> bool {
        words::find_in(self.words, name).is_some_and(|word| word.kind == Kind::Bytes)
    }

    /// What the saved question of this name asks. Each counts as a term, since one may hold the next many times over.
    fn saved(&mut self, name: &str) -> Result<Expr, Wrong> {
        let saved = &self.ground.saved;
        let Some((name, text)) = saved.get_key_value(name) else { return Err(unsaved(name, saved.keys())) };
        self.terms += 1;
        if self.within.contains(&name.as_str()) || self.depth >= MOST_DEPTH || self.terms > MOST_TERMS {
            return Err(Wrong::new(format!("the saved query {} asks for itself, or for too much", quoted(name))));
        }
        let inside = |fault: Fault| fault.wrong.within_saved(name);
        let tokens = lex::text(text).map_err(inside)?;
        let within = self.within.iter().copied().chain([name.as_str()]).collect();
        let (depth, terms) = (self.depth + 1, self.terms);
        let mut parser =
            Parser { text, tokens: &tokens, at: 0, depth, terms, words: self.words, ground: self.ground, within };
        let expr = parser.all().map_err(inside)?;
        self.terms = parser.terms;
        Ok(expr)
    }

    /// Values joined by `|` and, tighter, `&`.
    fn values(&mut self, word: &'static Word, keys: &[Key], op: Op) -> Result<Expr, Fault> {
        let mut any = Vec::new();
        loop {
            let mut all = vec![self.value(word, keys, op)?];
            while self.joint(&What::Both)? {
                if !word.many() {
                    let wrong = Wrong::new(format!("a media has only one `{}`, so none has both", word.name));
                    return Err(wrong.hint("`|` means either").at(self.last_span()));
                }
                all.push(self.value(word, keys, op)?);
            }
            any.push(Expr::all(all));
            if !self.joint(&What::Either)? {
                break;
            }
        }
        let any = Expr::any(any);
        Ok(if op == Op::Not { any.opposite() } else { any })
    }

    /// Takes a `|` or `&` that touches the values on both sides.
    fn joint(&mut self, what: &What) -> Result<bool, Fault> {
        if self.peek().is_none_or(|token| token.what != *what) {
            return Ok(false);
        }
        let before = self.touches();
        self.at += 1;
        let after = self.touches() && matches!(self.peek().map(|token| &token.what), Some(What::Value(_)));
        if before && after { Ok(true) } else { Err(lone(self.last_text()).at(self.last_span())) }
    }

    fn value(&mut self, word: &'static Word, keys: &[Key], op: Op) -> Result<Expr, Fault> {
        let Some(Token { span, what: What::Value(value) }) = self.peek() else { return Err(self.expected()) };
        self.at += 1;
        self.terms += 1;
        if self.terms > MOST_TERMS {
            return Err(Wrong::new(format!("more than {MOST_TERMS} terms in one question")).at(span.clone()));
        }
        let tested = match keys {
            [key] if word.kind == Kind::Links => related::links(op, Some(key), value).map(Some),
            _ => value::test(word, op, value, self.ground),
        };
        let test = tested.map_err(|wrong| wrong.at(span.clone()))?;
        if let Some(instead) = test.as_ref().and_then(|test| numbered(word, keys, test)) {
            return Err(instead.at(span.clone()));
        }
        Ok(match test {
            None => Expr::All,
            Some(test) => Expr::Is(Term { word, keys: keys.to_vec(), test }),
        })
    }

    /// A word has a value, and no blank before it.
    fn filled(&self, field: &Token) -> Result<(), Fault> {
        let is_value = matches!(self.peek().map(|token| &token.what), Some(What::Value(_)));
        if is_value && self.touches() {
            return Ok(());
        }
        let piece = self.piece(field);
        let end = field.span.end;
        let blank = self.text[end..].chars().next().filter(|c| c.is_whitespace());
        Err(match blank {
            Some(blank) if self.peek().is_some() => Wrong::new(format!("a blank after {}", quoted(piece)))
                .hint("the value follows at once: `tag:x`")
                .at(end..end + blank.len_utf8()),
            _ if self.touches() && self.peek().is_some_and(|token| token.what == What::Open) => {
                let wrong = Wrong::new(format!("expected a value after {}", quoted(piece)));
                wrong.hint(format_args!("`{piece}a|b` is either of two values")).at(end..end)
            }
            _ => Wrong::new(format!("expected a value after {}", quoted(piece))).at(end..end),
        })
    }

    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, what: &What) -> bool {
        let taken = self.peek().is_some_and(|token| token.what == *what);
        self.at += usize::from(taken);
        taken
    }

    /// Whether the next token begins where the last one ended.
    fn touches(&self) -> bool {
        self.peek().is_some_and(|token| token.span.start == self.last_span().end)
    }

    fn last_span(&self) -> Range<usize> {
        self.at.checked_sub(1).map_or(0..0, |last| self.tokens[last].span.clone())
    }

    fn last_text(&self) -> &'t str {
        &self.text[self.last_span()]
    }

    fn piece(&self, token: &Token) -> &'t str {
        &self.text[token.span.clone()]
    }

    /// A term is missing: at the token that stands in its place, or behind the last one.
    fn expected(&self) -> Fault {
        let end = self.last_span().end;
        let span = self.peek().map_or(end..end, |token| token.span.clone());
        let message = match self.last_text() {
            "" => "expected a term".to_owned(),
            last => format!("expected a term after {}", quoted(last)),
        };
        Wrong::new(message).at(span)
    }
}

/// Whether a number and a text of its own are the two halves of a size.
fn is_unit(number: &str, unit: &str) -> bool {
    const UNITS: &[&str] =
        &["b", "k", "kb", "ki", "kib", "m", "mb", "mi", "mib", "g", "gb", "gi", "gib", "t", "tb", "ti", "tib"];
    number.ends_with(|c: char| c.is_ascii_digit()) && UNITS.iter().any(|known| unit.eq_ignore_ascii_case(known))
}

fn lone(piece: &str) -> Wrong {
    Wrong::new(format!("`{piece}` stands between two values, without blanks"))
        .hint(format_args!("write `tag:cat{piece}dog`, or `\"{piece}\"` for the character itself"))
}

fn unsaved<'n>(name: &str, known: impl Iterator<Item = &'n String>) -> Wrong {
    let wrong = Wrong::new(format!("no saved query is called {}", quoted(name)));
    match words::nearest(name, known.map(String::as_str)) {
        Some(near) => wrong.hint(format_args!("did you mean `@{near}`?")),
        None => wrong.hint("they are kept in config.toml under [queries]; to search for the text, put it in quotes"),
    }
}

/// The word of this name.
fn known(table: &'static [Word], name: &str) -> Result<&'static Word, Wrong> {
    if let Some(word) = words::find_in(table, name) {
        return word.waits.map_or(Ok(word), |reason| Err(waiting(reason)));
    }
    Err({
        let wrong = Wrong::new(format!("unknown field {}", quoted(name)));
        let media = words::find_in(table, "meta").is_some();
        match words::nearest(name, table.iter().flat_map(Word::names)) {
            _ if media && ["path", "name"].iter().any(|other| name.eq_ignore_ascii_case(other)) => {
                wrong.hint("`filename:` finds parts of its name")
            }
            // So near to `ratio` that it would be taken for a slip.
            _ if media && name.eq_ignore_ascii_case("rating") => {
                wrong.hint("anything else of its metadata is asked as `meta.rating`")
            }
            Some(near) => wrong.hint(format_args!("did you mean `{near}:`?")),
            None if !media => {
                wrong.hint("`hypernet help query` lists the fields; to search for the text, put it in quotes")
            }
            None => wrong.hint(format_args!(
                "`hypernet help query` lists the fields; anything else of its metadata is asked as {}; to search for the text, put it in quotes",
                quoted(&format!("meta.{name}"))
            )),
        }
    })
}

/// A word has a key where it needs one, and none where it takes none.
fn keyed(word: &Word, keys: &[Key]) -> Result<(), Wrong> {
    let name = word.name;
    if matches!((word.place, keys), (Place::Metadata([]), [Key::Name(first), ..]) if first.eq_ignore_ascii_case("sources"))
    {
        return Err(waiting(NO_SIGHTINGS));
    }
    match (word.keys, keys.len()) {
        (Keys::None, 0) | (Keys::May(_), 0 | 1) | (Keys::Must(_), 1..=MOST_KEYS) => Ok(()),
        (Keys::None, _) => Err(Wrong::new(format!("`{name}` takes no key")).hint(format_args!("write `{name}:`"))),
        (Keys::May(key), _) => {
            Err(Wrong::new(format!("`{name}` takes one key")).hint(format_args!("write `{name}.{key}`")))
        }
        (Keys::Must(_), 1..) => Err(Wrong::new(format!("more than {MOST_KEYS} keys"))),
        (Keys::Must(key), _) => {
            Err(Wrong::new(format!("`{name}` needs a key")).hint(format_args!("write `{name}.{key}`")))
        }
    }
}

/// What an import keeps as a text for people has its number under a word of its own.
const WRITTEN_OUT: &[(&str, &str)] = &[("focal_length", "mm"), ("aperture", "f"), ("shutter_speed", "shutter")];

/// A stretch of numbers is asked of what is kept as a text: nothing would ever lie in it.
fn numbered(word: &Word, keys: &[Key], test: &Test) -> Option<Wrong> {
    let key = match (word.name, keys) {
        ("exif", [Key::Name(key)]) => key,
        ("meta", [Key::Name(first), Key::Name(key)]) if first.eq_ignore_ascii_case("exif") => key,
        _ => return None,
    };
    let (key, instead) = WRITTEN_OUT.iter().find(|(known, _)| key.eq_ignore_ascii_case(known))?;
    let wrong = || Wrong::new(format!("`exif.{key}` is a text, not a number"));
    matches!(test, Test::Matches(Matcher::Loose(Loose::Within(_))))
        .then(|| wrong().hint(format_args!("`{instead}` compares it as a number: `{instead}>=2`")))
}

fn allowed(word: &Word, op: Op) -> Result<(), Wrong> {
    if word.ops().contains(&op) {
        return Ok(());
    }
    let takes: Vec<_> = word.ops().iter().map(|op| format!("`{}`", op.as_str())).collect();
    let wrong = Wrong::new(format!("`{}` does not take `{}`", word.name, op.as_str()));
    Err(wrong.hint(format_args!("it takes {}", takes.join(" "))))
}
