//! A question as it may be typed: any of the spellings the contract allows, chosen by a number.

use super::asked::{Ask, Date, Glyph, Leaf, Op, Shape, Val, Way};
use super::fields::{Kind, Unit};
use crate::support::Seeded;

/// One word of a command line, or several.
pub struct Spelt {
    /// The whole question as one text.
    pub text: String,
    /// The same as arguments: at least two, or none where that cannot be.
    pub arguments: Vec<String>,
}

/// Spells a question; 0 is the plainest way.
pub fn spelt(ask: &Ask, style: u64) -> Spelt {
    let mut tokens = Vec::new();
    Pen::new(style, false).ask(ask, &mut tokens, 0);
    let text = Pen::new(style, false).together(&tokens);
    let mut arguments = Vec::new();
    Pen::new(style, true).ask(ask, &mut arguments, 0);
    Spelt { text, arguments }
}

struct Pen {
    dice: Option<Seeded>,
    /// Whether each term is an argument, so that blanks and brackets need no quotes.
    arguments: bool,
}

impl Pen {
    fn new(style: u64, arguments: bool) -> Self {
        Self { dice: (style != 0).then_some(Seeded(style)), arguments }
    }

    fn pick(&mut self, ways: usize) -> usize {
        self.dice.as_mut().map_or(0, |dice| dice.below(ways))
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        let at = self.pick(of.len());
        of[at]
    }

    /// Writes a question; `tight` is 1 inside an AND and 2 behind a NOT.
    fn ask(&mut self, ask: &Ask, into: &mut Vec<String>, tight: u8) {
        let loose = match ask {
            Ask::Or(_) => tight > 0,
            Ask::And(_) => tight > 1,
            _ => false,
        };
        let extra = self.pick(8) == 7;
        if loose || extra {
            into.push("(".into());
        }
        let tight = if loose || extra { 0 } else { tight };
        match ask {
            Ask::All => into.push("*".into()),
            Ask::Leaf(leaf) => {
                let term = self.leaf(leaf);
                into.push(term);
            }
            Ask::Not(inner) => {
                let start = into.len();
                into.push("NOT".into());
                self.ask(inner, into, 2);
                // A `-` touches what it negates; among arguments a bracket stands alone.
                if self.pick(2) == 0 && (!self.arguments || into[start + 1] != "(") {
                    let next = into.remove(start + 1);
                    into[start] = format!("-{next}");
                }
            }
            Ask::And(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 && self.pick(3) == 2 {
                        into.push("AND".into());
                    }
                    self.ask(part, into, tight.max(1));
                }
            }
            Ask::Or(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        into.push("OR".into());
                    }
                    self.ask(part, into, tight);
                }
            }
        }
        if loose || extra {
            into.push(")".into());
        }
    }

    /// Parts the tokens by blanks of any kind; none is needed inside brackets.
    fn together(&mut self, tokens: &[String]) -> String {
        let mut text = String::new();
        for (at, token) in tokens.iter().enumerate() {
            let last = at.checked_sub(1).map(|last| tokens[last].as_str());
            let touch = at == 0 || last.is_some_and(|last| last.ends_with('(') && last.len() < 3) || token == ")";
            if !touch || self.pick(4) == 3 {
                text.push_str(self.one(&[" ", "  ", "\t", "\n"]));
            }
            text.push_str(token);
        }
        text
    }

    fn leaf(&mut self, leaf: &Leaf) -> String {
        let name = self.one(leaf.field.names);
        let name = self.cased(name);
        // A key of the metadata is told from another by its case.
        let name = if name.contains('.') { leaf.field.names[0].to_owned() } else { name };
        let bare = leaf.field.kind == Kind::Words && leaf.op == Op::Has && self.pick(3) != 1;
        let op = match leaf.op {
            Op::Has if matches!(leaf.field.kind, Kind::Number(_) | Kind::Date) => self.one(&[":", "="]),
            Op::Has => ":",
            Op::Equals => "=",
            Op::Differs => "!=",
            Op::Above => ">",
            Op::AtLeast => ">=",
            Op::Below => "<",
            Op::AtMost => "<=",
            Op::Like => "~",
        };
        let mut text = if bare { String::new() } else { format!("{name}{op}") };
        for (at, all) in leaf.values.iter().enumerate() {
            for (within, value) in all.iter().enumerate() {
                text.push_str(if at == 0 && within == 0 {
                    ""
                } else if within == 0 {
                    "|"
                } else {
                    "&"
                });
                let first = bare && at == 0 && within == 0;
                let value = self.value(leaf, value, first);
                text.push_str(&value);
            }
        }
        text
    }

    fn value(&mut self, leaf: &Leaf, value: &Val, first: bool) -> String {
        match value {
            Val::Empty => "none".into(),
            Val::Present => "any".into(),
            Val::Text(glyphs) => self.glyphs(glyphs, first),
            Val::Words { text, whole } => self.phrase(text, *whole, first, leaf.op == Op::Has),
            Val::Regex(shape, part) => {
                let text = match shape {
                    Shape::Begins => format!("^{part}"),
                    Shape::Ends => format!("{part}$"),
                    Shape::Holds => part.clone(),
                    Shape::Whole => format!("^{part}$"),
                };
                self.quoted(&text)
            }
            Val::Number(number) => self.number(leaf.field.kind, *number),
            Val::Range(least, most) => {
                let least = least.map(|least| self.number(leaf.field.kind, least)).unwrap_or_default();
                let most = most.map(|most| self.number(leaf.field.kind, most)).unwrap_or_default();
                format!("{least}..{most}")
            }
            Val::Date(date) => self.date(date),
            Val::Dates(from, until) => {
                let from = from.as_ref().map(|date| self.date(date)).unwrap_or_default();
                let until = until.as_ref().map(|date| self.date(date)).unwrap_or_default();
                format!("{from}..{until}")
            }
            Val::Choice(choice) => self.cased(choice),
            Val::Digits(digits) => self.cased(digits),
            Val::Near(lat, lon, metres) => {
                let radius = match self.pick(3) {
                    1 => format!("{}km", metres / 1000.0),
                    2 => format!("{metres}.0m"),
                    _ => format!("{metres}m"),
                };
                format!("{lat},{lon},{radius}")
            }
            Val::Within(west, south, east, north) => format!("{west},{south},{east},{north}"),
            Val::Link(kind, way, strength) => {
                let way = match way {
                    Way::Either => "",
                    Way::Out => ".out",
                    Way::In => ".in",
                };
                format!("{kind}{way}{}", strong(*strength))
            }
            Val::Similar(id, 8) => id.clone(),
            Val::Similar(id, bits) => format!("{id},{bits}"),
            Val::Linked(id, strength) => format!("{id}{}", strong(*strength)),
        }
    }

    /// A text and its wild cards: these bare, the rest as it may be.
    fn glyphs(&mut self, glyphs: &[Glyph], first: bool) -> String {
        let wild = glyphs.iter().any(|glyph| !matches!(glyph, Glyph::One(_)));
        let plain: String = glyphs.iter().map(|glyph| glyph.shown()).collect();
        let plain = self.cased(&plain);
        if !wild && (!self.may_be_bare(&plain, first) || self.pick(4) == 3) {
            return self.quoted(&plain);
        }
        let mut text = String::new();
        for (c, glyph) in plain.chars().zip(glyphs) {
            match glyph {
                Glyph::One(_) => text.push_str(&self.escaped(c)),
                _ => text.push(c),
            }
        }
        // A cased letter that became two no longer pairs with its glyph; none of these do.
        assert_eq!(plain.chars().count(), glyphs.len(), "{plain}");
        text
    }

    fn phrase(&mut self, text: &str, whole: bool, first: bool, has: bool) -> String {
        let cased = self.cased(text);
        if whole && has {
            return self.quoted(&cased);
        }
        let mut shown = String::new();
        for (at, c) in cased.chars().enumerate() {
            let keeps = at == 0 && first && matches!(c, '@' | '-' | '(' | ')');
            if keeps {
                shown.push('\\');
                shown.push(c);
            } else {
                shown.push_str(&self.escaped(c));
            }
        }
        // One escaped letter keeps it from being a word of the language.
        if matches!(shown.as_str(), "AND" | "OR" | "NOT") {
            shown.insert(0, '\\');
        }
        if has && self.pick(4) == 3 {
            shown.push('*');
        }
        shown
    }

    /// Whether nothing in it means anything: then it needs no quotes.
    fn may_be_bare(&self, text: &str, first: bool) -> bool {
        let special = |c: char| "\"'\\|&*?".contains(c) || (!self.arguments && (c.is_whitespace() || "()".contains(c)));
        // A bracket alone is one of the question's own where a term could begin, and a value anywhere else.
        let keyword = matches!(text, "none" | "any" | "AND" | "OR" | "NOT") || (first && matches!(text, "(" | ")"));
        !text.is_empty()
            && !text.contains(special)
            && !keyword
            && !(first && (text.starts_with(['-', '@']) || text.contains([':', '=', '<', '>', '~', '!'])))
    }

    fn quoted(&mut self, text: &str) -> String {
        if self.pick(2) == 1 {
            format!("'{}'", text.replace('\'', "''"))
        } else {
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
        }
    }

    /// A character that stands for itself.
    fn escaped(&mut self, c: char) -> String {
        let special = "\"'\\|&*?:=<>~!".contains(c) || (!self.arguments && (c.is_whitespace() || "()".contains(c)));
        match (special, self.pick(8)) {
            (true, 7) if !matches!(c, '"' | '\\') => format!("\"{c}\""),
            (true, _) => format!("\\{c}"),
            (false, _) => c.to_string(),
        }
    }

    fn cased(&mut self, text: &str) -> String {
        match self.pick(4) {
            1 => text.to_uppercase(),
            2 => {
                let mut odd = false;
                let swap = |c: char| {
                    odd = !odd;
                    if odd { c.to_uppercase().next().unwrap() } else { c }
                };
                text.chars().map(swap).collect()
            }
            _ => text.to_owned(),
        }
    }

    fn number(&mut self, kind: Kind, number: f64) -> String {
        if kind == Kind::Number(Unit::Bytes) && number.fract() == 0.0 {
            return self.bytes(number as i64);
        }
        match self.pick(4) {
            3 if number.fract() == 0.0 && kind == Kind::Number(Unit::Real) => format!("{number}.0"),
            _ => format!("{number}"),
        }
    }

    fn bytes(&mut self, bytes: i64) -> String {
        let units = [("k", 1000), ("kB", 1000), ("Ki", 1024), ("M", 1_000_000), ("MiB", 1 << 20), ("m", 1_000_000)];
        let fitting: Vec<_> = units.iter().filter(|(_, unit)| bytes > 0 && bytes % unit == 0).collect();
        match self.pick(3) {
            1 | 2 if !fitting.is_empty() => {
                let at = self.pick(fitting.len());
                format!("{}{}", bytes / fitting[at].1, fitting[at].0)
            }
            2 => format!("{bytes}B"),
            _ => bytes.to_string(),
        }
    }

    fn date(&mut self, date: &Date) -> String {
        match date {
            Date::Named(name) => {
                let between = self.one(&["", "-", "_"]);
                let name = name.replace(' ', between);
                self.cased(&name)
            }
            Date::Ago(count, unit) => {
                let sign = if *count < 0 { "+" } else { self.one(&["", "-"]) };
                format!("{sign}{}{}", count.abs(), self.cased(unit))
            }
            Date::Calendar { day, parts, clock: (h, m, s), zone } => {
                let day = day.format("%Y-%m-%d").to_string();
                let cut = match parts {
                    1 => 4,
                    2 => 7,
                    _ => 10,
                };
                let clock = match parts {
                    1..=3 => String::new(),
                    4 => format!("T{h:02}"),
                    5 => format!("T{h:02}:{m:02}"),
                    _ => format!("T{h:02}:{m:02}:{s:02}"),
                };
                let zone = zone.map_or(String::new(), |minutes| match minutes {
                    0 => self.one(&["Z", "+00:00"]).to_owned(),
                    minutes => format!(
                        "{}{:02}:{:02}",
                        if minutes < 0 { '-' } else { '+' },
                        minutes.abs() / 60,
                        minutes.abs() % 60
                    ),
                });
                format!("{}{clock}{zone}", &day[..cut])
            }
        }
    }
}

fn strong(strength: Option<(f64, f64)>) -> String {
    match strength {
        None => String::new(),
        Some((least, most)) if least >= most => format!(",{least}"),
        Some((least, most)) if most >= 1.0 => format!(",{least}.."),
        Some((least, most)) if least <= 0.0 => format!(",..{most}"),
        Some((least, most)) => format!(",{least}..{most}"),
    }
}
