//! What a value may become: words of the language, and names of the owner's catalogue and settings, looked for as the command would.
//!
//! The catalogue is only read: it must stand, and be of today's schema, or there are no names.

use std::path::PathBuf;
use std::time::Duration;

use super::line::Typed;
use super::{MOST, Offer, term};
use crate::cli::args::GlobalOpts;
use crate::cli::config::Config;
use crate::cli::env::Env;
use crate::cli::output::text::shown;
use crate::model::link::LinkType;
use crate::query::offer;
use crate::query::words::{Kind, Part, Word};
use crate::store::{self, Access, Library, Opening, migrate};

/// What the owner has: a catalogue and saved queries, looked for as the command would.
pub struct Own<'a> {
    /// The words before the one being typed.
    pub before: &'a [Typed],
    /// The environment.
    pub env: &'a Env,
    /// Whether names are written without quotes of the language.
    pub plainly: bool,
}

impl Own<'_> {
    /// The settings the words before ask for.
    fn config(&self) -> Option<Config> {
        let option = |names: [&str; 2]| {
            let mut found = None;
            for (at, word) in self.before.iter().enumerate() {
                let next = self.before.get(at + 1).filter(|_| names.contains(&word.text.as_str()));
                let joined = word.text.strip_prefix(names[1]).and_then(|rest| rest.strip_prefix('='));
                found = next.map(|next| next.text.as_str()).or(joined).or(found);
            }
            found.map(|path| self.env.expand(&PathBuf::from(path)))
        };
        let opts = GlobalOpts {
            library: option(["-L", "--library"]),
            config: option(["--config", "--config"]),
            ..GlobalOpts::default()
        };
        Config::resolve(&opts, self.env).ok()
    }

    /// The saved queries whose names begin so.
    pub fn saved(&self, before: &str, text: &str) -> Vec<Offer> {
        let names = self.config().map(|config| config.queries.into_keys()).into_iter().flatten();
        let fits = names.filter(|name| name.starts_with(text) && term::value(name, None, false) == *name);
        fits.take(MOST).map(|name| Offer { text: format!("{before}{name}"), help: "" }).collect()
    }

    /// The values of a field that begin so, those of the language with what they are.
    pub fn values(&self, word: &'static Word, text: &str, quoted: bool) -> Vec<(String, &'static str)> {
        let mut found: Vec<(String, &'static str)> = Vec::new();
        if !quoted {
            let beginning = text.to_lowercase();
            let fits = own_words(word).into_iter().filter(|(value, _)| value.starts_with(&beginning));
            found.extend(fits.map(|(value, help)| (value.to_owned(), help)));
        }
        let names = self.names(word, text).unwrap_or_default();
        // What would move a cursor or reorder a line is for nobody's terminal.
        let safe = names.into_iter().filter(|name| !name.is_empty() && shown(name) == name.as_str());
        found.extend(alike(text, safe.collect()).into_iter().map(|name| (name, "")));
        found
    }

    /// The names of the catalogue, which must stand, be of today's schema and be nobody's alone.
    fn names(&self, word: &Word, text: &str) -> Option<Vec<String>> {
        if !offer::has_names(word) {
            return None;
        }
        let path = self.config()?.library?;
        let version = store::connect(&path, Access::Read).and_then(|db| migrate::version(&db)).ok()?;
        if version != migrate::known(migrate::STEPS) {
            return None;
        }
        let library = Library::open(&Opening { path, access: Access::Read, lock_timeout: Duration::ZERO }).ok()?;
        offer::names(&library.reader().ok()?, word, text, MOST).ok()
    }
}

/// Those that begin exactly so; where none does, those that share the first one's spelling of it, since shells fill in what
/// all offers begin with.
pub fn alike(text: &str, mut names: Vec<String>) -> Vec<String> {
    let first = names.iter().find(|name| name.starts_with(text)).or(names.first());
    let spelling: String = first.map(|name| name.chars().take(text.chars().count()).collect()).unwrap_or_default();
    names.retain(|name| name.starts_with(&spelling));
    names
}

/// The values of a field that are words of the language and can be asked for today.
fn own_words(word: &'static Word) -> Vec<(&'static str, &'static str)> {
    let mut found: Vec<(&'static str, &'static str)> = match word.kind {
        Kind::Choice(choices) => return choices.iter().map(|choice| (*choice, word.name)).collect(),
        Kind::Flags(flags) => {
            let ready = flags.iter().filter(|flag| flag.waits.is_none());
            return ready.map(|flag| (flag.name, flag.help)).collect();
        }
        Kind::Date(_) => vec![("today", "since midnight"), ("yesterday", "the day before")],
        Kind::Link => LinkType::ALL.iter().map(|kind| (kind.as_str(), "a type of link")).collect(),
        Kind::Part(Part::Weekday) => WEEKDAYS.iter().map(|day| (*day, word.name)).collect(),
        _ => Vec::new(),
    };
    if word.may_be_empty() {
        found.extend([("none", "there is none"), ("any", "there is one")]);
    }
    found
}

/// The days of the week as they are written shortest.
const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
