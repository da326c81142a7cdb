//! Text → template; every mistake is pointed at.

use std::ops::Range;

use chrono::format::{Item, StrftimeItems};

use super::filter::{Filter, NAMES};
use super::paths::{self, Kind};
use super::{Format, Part, Slot, Template, TemplateError};

/// The widest format: a file name has no more characters.
const WIDEST: usize = 255;

pub(super) fn template(text: &str) -> Result<Template, TemplateError> {
    let mut parser = Parser { text, at: 0, repeated: None };
    let mut parts = Vec::new();
    let mut plain = String::new();
    while let Some(brace) = parser.rest().find(['{', '}']) {
        plain.push_str(&parser.rest()[..brace]);
        parser.at += brace;
        if let Some(doubled) = ["{{", "}}"].into_iter().find(|pair| parser.rest().starts_with(pair)) {
            plain.push_str(&doubled[1..]);
            parser.at += 2;
            continue;
        }
        if !plain.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut plain)));
        }
        parts.push(Part::Slot(parser.slot()?));
    }
    plain.push_str(parser.rest());
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Ok(Template { parts })
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// The path with a `*`, once there is one.
    repeated: Option<&'a str>,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Stands on a lone brace; leaves it behind its partner.
    fn slot(&mut self) -> Result<Slot, TemplateError> {
        let open = self.at;
        if self.eat('}') {
            return Err(self.wrong(open..open + 1, "`}` closes nothing").hint("`}}` is a brace"));
        }
        self.at += 1;
        let (path, kind) = self.path(open)?;
        let repeated = self.star(path)?;
        let format = if self.eat(':') { Some(self.format(open, path, kind)?) } else { None };
        let mut filters = Vec::new();
        while self.eat('|') {
            filters.push(self.filter(open, path, kind)?);
        }
        let default = if self.eat('?') { Some(self.take(open, &['}'])?.to_owned()) } else { None };
        let next = self.at;
        if !self.eat('}') {
            let length = self.rest().chars().next().map_or(0, char::len_utf8);
            return Err(self.wrong(next..next + length, "a `}` must come here").hint("{path*:format|filter?default}"));
        }
        Ok(Slot { path: path.to_owned(), repeated, format, filters, default })
    }

    fn path(&mut self, open: usize) -> Result<(&'a str, Kind), TemplateError> {
        let start = self.at;
        let path = self.take(open, &['*', ':', '|', '?', '}'])?;
        if path.is_empty() {
            return Err(self.wrong(start..start, "a field must come after `{`").hint("`{{` is a brace"));
        }
        match paths::kind(path) {
            Some(kind) => Ok((path, kind)),
            None => Err(self.wrong(start..self.at, format!("there is no field `{path}`")).meant(paths::nearest(path))),
        }
    }

    /// The `*` of a path: all of them must stand at one path, or the outputs would multiply.
    fn star(&mut self, path: &'a str) -> Result<bool, TemplateError> {
        let start = self.at;
        if !self.eat('*') {
            return Ok(false);
        }
        match self.repeated.replace(path) {
            Some(other) if other != path => {
                Err(self.wrong(start..start + 1, format!("the output is already repeated for each `{other}`")))
            }
            _ => Ok(true),
        }
    }

    fn format(&mut self, open: usize, path: &str, kind: Kind) -> Result<Format, TemplateError> {
        let start = self.at;
        let format = self.take(open, &['|', '?', '}'])?;
        let span = start..self.at;
        let date_hint = "{taken_at:%Y-%m-%d}";
        if format.contains('%') {
            if kind == Kind::Other {
                return Err(self.wrong(span, format!("`{path}` is no date")).hint(date_hint));
            }
            if StrftimeItems::new(format).any(|item| item == Item::Error) {
                return Err(self.wrong(span, format!("`{format}` is no date format")).hint(date_hint));
            }
            return Ok(Format::Date(format.to_owned()));
        }
        if kind == Kind::Time {
            return Err(self.wrong(span, format!("`{format}` is no date format")).hint(date_hint));
        }
        match number(format).filter(|width| (1..=WIDEST).contains(width)) {
            Some(width) => Ok(Format::Width { zeros: format.starts_with('0'), width }),
            None => {
                Err(self.wrong(span, format!("`{format}` is no width from 1 to {WIDEST}")).hint("{seq:04}, {id:8}"))
            }
        }
    }

    fn filter(&mut self, open: usize, path: &str, kind: Kind) -> Result<Filter, TemplateError> {
        let start = self.at;
        let name = self.take(open, &['(', '|', '?', '}'])?;
        let span = start..self.at;
        let Some((name, example)) = NAMES.iter().find(|(known, _)| *known == name) else {
            let message = if name.is_empty() {
                "a filter must come after `|`".to_owned()
            } else {
                format!("there is no filter `{name}`")
            };
            let near = nearest(name.trim(), NAMES.iter().map(|(known, _)| *known));
            return Err(self.wrong(span, message).meant(near));
        };
        let arguments = self.arguments(name)?;
        let wrong = |parser: &Self, message: String| {
            let error = parser.wrong(start..parser.at, message);
            Err(example.map_or(error.clone(), |example| error.hint(example)))
        };
        Ok(match (*name, arguments) {
            ("lower", None) => Filter::Lower,
            ("upper", None) => Filter::Upper,
            ("title", None) => Filter::Title,
            ("slug", None) => Filter::Slug,
            ("first", None) => Filter::First,
            ("bytes", None) => Filter::Bytes,
            ("utc", None) if kind == Kind::Other => return wrong(self, format!("`{path}` is no date")),
            ("utc", None) => Filter::Utc,
            ("join", Some(separator)) => Filter::Join(separator.to_owned()),
            ("trunc", Some(most)) => match number(most) {
                Some(most) => Filter::Trunc(most),
                None => return wrong(self, format!("`{most}` is no number of characters")),
            },
            ("replace", Some(pair)) => match pair.split_once(',') {
                Some(("", _)) => return wrong(self, "`replace` must have something to look for".to_owned()),
                Some((old, new)) => Filter::Replace(old.to_owned(), new.to_owned()),
                None => return wrong(self, "`replace` takes two texts with a comma between".to_owned()),
            },
            (_, None) => return wrong(self, format!("`{name}` needs an argument")),
            (_, Some(_)) => return wrong(self, format!("`{name}` takes no argument")),
        })
    }

    /// What stands in parentheses, as it stands; `None` without them.
    fn arguments(&mut self, name: &str) -> Result<Option<&'a str>, TemplateError> {
        let start = self.at;
        if !self.eat('(') {
            return Ok(None);
        }
        let Some(length) = self.rest().find(')') else {
            return Err(self.wrong(start..start + 1, format!("the `(` of `{name}` is never closed")));
        };
        let arguments = &self.rest()[..length];
        self.at += length + 1;
        Ok(Some(arguments))
    }

    /// The text up to one of `ends`. A `{` or the end of the template before it means that `open` is never closed.
    fn take(&mut self, open: usize, ends: &[char]) -> Result<&'a str, TemplateError> {
        let length = self.rest().find(|c| c == '{' || ends.contains(&c));
        match length {
            Some(length) if !self.rest()[length..].starts_with('{') => {
                let taken = &self.rest()[..length];
                self.at += length;
                Ok(taken)
            }
            _ => Err(self.wrong(open..open + 1, "this `{` is never closed").hint("`{{` is a brace")),
        }
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        self.at += if found { c.len_utf8() } else { 0 };
        found
    }

    fn wrong(&self, span: Range<usize>, message: impl Into<String>) -> TemplateError {
        TemplateError { message: message.into(), text: self.text.to_owned(), span, hint: None }
    }
}

impl TemplateError {
    fn hint(mut self, hint: &str) -> Self {
        self.hint = Some(hint.to_owned());
        self
    }

    fn meant(mut self, name: Option<&str>) -> Self {
        self.hint = name.map(|name| format!("did you mean `{name}`?"));
        self
    }
}

/// Digits only: no sign, no blank.
fn number(text: &str) -> Option<usize> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// The name nearest to a misspelt one, if any is near.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let most = if name.len() <= 3 { 1 } else { 2 };
    let distances = known.map(|known| (strsim::damerau_levenshtein(&name, known), known));
    distances.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}
