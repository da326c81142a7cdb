//! Completions that know the query language and the owner's own names: `COMPLETE=SHELL hypernet -- WORD...`.
//!
//! The scripts of `completions/` ask here first. Whatever goes wrong is silence: no message, no library made or brought up to
//! date, and never more names than a screen or two.

mod line;
mod own;
mod term;
#[cfg(test)]
mod tests;

use std::ffi::OsString;

use clap::CommandFactory;

use super::arguments::{self, Role};
use super::columns;
use super::env::Env;
use super::error::Exit;
use super::output::Out;
use super::topics::TOPICS;
use super::{App, generate};
use crate::query::order::BESIDE_FIELDS;
use crate::query::sums::By;
use crate::query::words::{self, Keys, WORDS, Word};
use crate::template::PATHS;
use line::{Shell, Typed};
use own::Own;
use term::Spot;

/// How many names are offered at most.
const MOST: usize = 200;

/// One thing the word being typed may become.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Offer {
    /// The whole word, as the command would get it.
    text: String,
    /// What it is.
    help: &'static str,
}

/// What an argument is written in.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Tongue {
    /// The query language.
    Query,
    /// Words of a list, parted by commas.
    List(Vec<(String, &'static str)>),
    /// One value of a field, as it stands.
    Names(&'static Word),
    /// A command, or a topic of the help.
    Topic,
}

/// Answers a shell, if it is one that asks; else there is a command to run.
pub fn asked(given: &[OsString], env: &Env, out: &Out) -> Option<Exit> {
    let name = env.text("COMPLETE")?;
    let given: Vec<_> = given.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let Some((first, rest)) = given.split_first() else {
        out.raw(&generate::script(<clap_complete::Shell as clap::ValueEnum>::from_str(&name, false).ok()?));
        return Some(Exit::Ok);
    };
    let shell = match (name.as_str(), first.as_str()) {
        ("bash", "--") => Shell::Bash,
        ("zsh", "--") => Shell::Zsh,
        ("fish", "--") => Shell::Fish,
        _ => return None,
    };
    let typed = typed(shell, rest);
    let Some(offers) = typed.split_last().and_then(|(last, before)| offers(before, last, shell, env)) else {
        return Some(Exit::Failed);
    };
    out.raw(written(&offers, typed.last(), shell).as_bytes());
    Some(Exit::Ok)
}

/// The words of the line: bash gives the line and its word breaks, the others word by word.
fn typed(shell: Shell, given: &[String]) -> Vec<Typed> {
    match (shell, given) {
        (Shell::Bash, [line]) => line::words(line, ""),
        (Shell::Bash, [line, breaks, ..]) => line::words(line, breaks),
        _ => given.iter().filter_map(|word| line::words(word.trim_start(), "").into_iter().next()).collect(),
    }
}

/// What is offered, a line each: first whether a blank may follow, then text and, where the shell shows it, what it is.
fn written(offers: &[Offer], last: Option<&Typed>, shell: Shell) -> String {
    let Some(last) = last else { return String::new() };
    let unfinished = offers.iter().any(|offer| offer.text.ends_with([':', '.', '@']));
    let mut lines = match shell {
        Shell::Fish => String::new(),
        _ if unfinished => "nospace\n".to_owned(),
        _ => "space\n".to_owned(),
    };
    for Offer { text, help } in offers {
        let Some(mut text) = last.offer(text, shell) else { continue };
        // Fish looks at the value of `--option=value` alone.
        if let (Shell::Fish, Some((name, _))) = (shell, last.text.split_once('='))
            && name.starts_with("--")
        {
            text = text.split_off(name.len() + 1);
        }
        lines.push_str(&text);
        if shell != Shell::Bash && !help.is_empty() {
            lines.push('\t');
            lines.push_str(help);
        }
        lines.push('\n');
    }
    lines
}

/// What the last word may become; `None` where this is for the shell to say.
fn offers(before: &[Typed], last: &Typed, shell: Shell, env: &Env) -> Option<Vec<Offer>> {
    let (tongue, start) = tongue(before, last)?;
    // Bash takes a double quote at the end of what it filled in for the one that closes the word.
    let plainly = shell == Shell::Bash && last.quote() == Some('"');
    let ground = Own { before, env, plainly };
    let (kept, text) = last.text.split_at_checked(start)?;
    let asked = tongue == Tongue::Query;
    let mut found = match tongue {
        Tongue::Query => question(text, &ground)?,
        Tongue::List(words) => listed(&words, text),
        Tongue::Names(word) => {
            ground.values(word, text, false).into_iter().map(|(text, help)| Offer { text, help }).collect()
        }
        Tongue::Topic => topics(before, text),
    };
    // A line editor that is sure closes the quote behind what it fills in: it must not be sure of half a term.
    if let ([Offer { text, .. }], true) = (&*found, asked && last.quote().is_some() && shell != Shell::Fish)
        && text.ends_with(':')
    {
        found.extend(question(text, &ground)?);
    }
    for offer in &mut found {
        offer.text.insert_str(0, kept);
    }
    Some(found)
}

/// In what the last word is written, and from which of its bytes on.
fn tongue(before: &[Typed], last: &Typed) -> Option<(Tongue, usize)> {
    let all: Vec<_> = before.iter().chain([last]).map(|word| OsString::from(&word.text)).collect();
    let (command, roles) = arguments::read(&all);
    match (roles.last()?, command.as_str()) {
        (Role::Value, _) => Some((of_option(&command, &before.last()?.text)?, 0)),
        (Role::Option, _) => {
            let (name, _) = last.text.split_once('=')?;
            Some((of_option(&command, name)?, name.len() + 1))
        }
        (Role::Word | Role::Negated, "hypernet query") => Some((Tongue::Query, 0)),
        (Role::Word, path) if path.starts_with("hypernet help") => Some((Tongue::Topic, 0)),
        _ => None,
    }
}

/// In what the value of an option is written.
fn of_option(command: &str, option: &str) -> Option<Tongue> {
    let words = |words: Vec<(&str, &'static str)>| {
        Tongue::List(words.into_iter().map(|(word, help)| (word.to_owned(), help)).collect())
    };
    let sorting = || WORDS.iter().filter(|word| word.order.is_some()).map(|word| (word.name, word.help));
    Some(match (command, option.strip_prefix("--")) {
        (_, None) if option == "-w" => Tongue::Query,
        (_, Some("where")) => Tongue::Query,
        ("hypernet query", Some("sort")) => words(sorting().chain(BESIDE_FIELDS.iter().copied()).collect()),
        ("hypernet query", Some("group-by")) => Tongue::List(groups()),
        ("hypernet query", Some("fields")) => {
            words(PATHS.iter().filter(|path| columns::exists(path)).map(|path| (*path, "")).collect())
        }
        ("hypernet query", Some("with")) => Tongue::List(possible("with")),
        ("hypernet query", Some(name)) => Tongue::Names(words::find(name)?),
        _ => return None,
    })
}

/// What media can be grouped by: days also by their months and years.
fn groups() -> Vec<(String, &'static str)> {
    let parts = |name: &'static str| {
        let dated = By::parse(&format!("{name}:year")).is_ok();
        [":year", ":month", ":day"].into_iter().filter(move |_| dated).map(move |part| format!("{name}{part}"))
    };
    By::names().flat_map(|name| std::iter::once(name.to_owned()).chain(parts(name))).map(|name| (name, "")).collect()
}

/// The values an option of `query` can have, as the parser of arguments knows them.
fn possible(option: &str) -> Vec<(String, &'static str)> {
    let app = App::command();
    let query = app.find_subcommand("query");
    let option = query.and_then(|query| query.get_arguments().find(|known| known.get_long() == Some(option)));
    let values = option.map(clap::Arg::get_possible_values).unwrap_or_default();
    values.iter().map(|value| (value.get_name().to_owned(), "")).collect()
}

/// What the end of a question may become.
fn question(text: &str, own: &Own<'_>) -> Option<Vec<Offer>> {
    let before = |start: usize| text.get(..start);
    match term::spot(text)? {
        Spot::Field { start } => Some(fields(before(start)?, text.get(start..)?)),
        Spot::Saved { start } => Some(own.saved(before(start)?, text.get(start..)?)),
        Spot::Value { field, start, text, open } => {
            let before = before(start)?;
            let found = match words::find(field.split('.').next()?) {
                Some(word) => own.values(word, &text, open.is_some()),
                None => Vec::new(),
            };
            let begun = own.plainly || !text.is_empty() && found.len() > 1;
            let written = found.into_iter().map(|(name, help)| {
                // The language's own words must stay bare to mean what they say.
                let value = if help.is_empty() { term::value(&name, open, begun) } else { name };
                Offer { text: format!("{before}{value}"), help }
            });
            Some(written.collect())
        }
    }
}

/// The fields that begin so; by another of their names only where none does by its first.
fn fields(before: &str, text: &str) -> Vec<Offer> {
    let beginning = text.to_lowercase();
    let offer = |word: &'static Word, name: &str| {
        let end = if matches!(word.keys, Keys::Must(_)) { '.' } else { ':' };
        Offer { text: format!("{before}{name}{end}"), help: word.help }
    };
    let ready = || WORDS.iter().filter(|word| word.waits.is_none());
    let first = ready().filter(|word| word.name.starts_with(&beginning)).map(|word| offer(word, word.name));
    let first: Vec<_> = first.collect();
    if !first.is_empty() {
        return first;
    }
    let other = ready().flat_map(|word| word.aliases.iter().map(move |alias| (word, *alias)));
    other.filter(|(_, alias)| alias.starts_with(&beginning)).map(|(word, alias)| offer(word, alias)).collect()
}

/// The words of a list that begin as what stands after the last comma, and the minus there may be.
fn listed(words: &[(String, &'static str)], text: &str) -> Vec<Offer> {
    let start = text.rfind(',').map_or(0, |comma| comma + 1);
    let start = start + usize::from(text[start..].starts_with('-'));
    let (before, beginning) = text.split_at(start);
    let fits = words.iter().filter(|(word, _)| word.starts_with(beginning));
    fits.map(|(word, help)| Offer { text: format!("{before}{word}"), help }).collect()
}

/// The topics of the help, and the commands that stand beneath the words before.
fn topics(before: &[Typed], text: &str) -> Vec<Offer> {
    let app = App::command();
    let mut command = &app;
    let named: Vec<_> =
        before.iter().map(|word| word.text.as_str()).skip_while(|word| *word != "help").skip(1).collect();
    for name in &named {
        let Some(next) = command.find_subcommand(name) else { return Vec::new() };
        command = next;
    }
    let topics = TOPICS.iter().filter(|_| named.is_empty()).map(|topic| (topic.name.to_owned(), topic.about));
    let commands = command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help");
    let mut found: Vec<_> = topics.chain(commands.map(|command| (command.get_name().to_owned(), ""))).collect();
    found.retain(|(name, _)| name.starts_with(text));
    found.sort_by_key(|(_, help)| help.is_empty());
    let mut offers: Vec<Offer> = Vec::new();
    for (text, help) in found {
        if offers.iter().all(|offer| offer.text != text) {
            offers.push(Offer { text, help });
        }
    }
    offers
}
