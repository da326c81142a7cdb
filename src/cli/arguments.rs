//! What each argument is, told from the description of the command line before anything is parsed.
//!
//! Only as much as is needed for a question that begins with a minus and for naming the command a mistake was made in.

use std::ffi::OsString;

use clap::{Command, CommandFactory};

use super::App;

/// What an argument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A command, or something it is about.
    Word,
    /// One or more options.
    Option,
    /// The value of the option before it.
    Value,
    /// What begins with one minus and is no option of the command.
    Negated,
}

/// The command the arguments name, such as `hypernet config show`, and what each of them is.
pub fn read(arguments: &[OsString]) -> (String, Vec<Role>) {
    let mut app = App::command();
    app.build();
    let (mut command, mut path) = (&app, app.get_name().to_owned());
    let (mut value, mut options) = (false, true);
    let role = |argument: &OsString| {
        let text = argument.to_string_lossy();
        if std::mem::take(&mut value) {
            return Role::Value;
        }
        let more = match text.strip_prefix('-') {
            Some(rest) if options && !rest.is_empty() => match rest.strip_prefix('-') {
                Some(name) => Some(long(command, name)),
                None => short(command, rest),
            },
            _ => {
                if let Some(named) = command.find_subcommand(&*text).filter(|_| options) {
                    command = named;
                    path = format!("{path} {text}");
                }
                return Role::Word;
            }
        };
        options &= text != "--";
        value = more == Some(true);
        if more.is_some() { Role::Option } else { Role::Negated }
    };
    let roles = arguments.iter().skip(1).map(role).collect();
    (path, roles)
}

/// The names of the options of a command, those that every command has among them.
pub fn options(command: &str) -> Vec<String> {
    let mut app = App::command();
    app.build();
    let options = app.find_subcommand(command).into_iter().flat_map(Command::get_arguments);
    options.filter_map(|option| option.get_long().map(str::to_owned)).collect()
}

/// Whether the value of the long option `name` is the next argument. What is no option is told as an unknown one.
fn long(command: &Command, name: &str) -> bool {
    let known = command.get_arguments().find(|known| known.get_long() == Some(name));
    known.is_some_and(|known| known.get_action().takes_values())
}

/// Whether the value of the last of these short options is the next argument; `None` where one of them is none.
fn short(command: &Command, letters: &str) -> Option<bool> {
    let mut rest = letters.chars();
    while let Some(letter) = rest.next() {
        let known = command.get_arguments().find(|known| known.get_short() == Some(letter))?;
        if known.get_action().takes_values() {
            return Some(rest.as_str().is_empty());
        }
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> (String, String) {
        let (path, roles) = read(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        let letter = |role: &Role| match role {
            Role::Word => 'w',
            Role::Option => 'o',
            Role::Value => 'v',
            Role::Negated => 'n',
        };
        (path, roles.iter().map(letter).collect())
    }

    fn check(line: &str, path: &str, roles: &str) {
        assert_eq!(told(line), (path.to_owned(), roles.to_owned()), "{line}");
    }

    #[test]
    fn the_command_is_found_behind_options_and_their_values() {
        check("hypernet -L config --jobs import query config", "hypernet query", "ovovww");
        check("hypernet --jobs=2 config -q show --origin", "hypernet config show", "owowo");
        check("hypernet -- config", "hypernet", "ow");
    }

    #[test]
    fn a_minus_with_letters_that_are_no_options_is_no_option() {
        check("hypernet query -e -qe -j2 -j 2 -L - -", "hypernet query", "woooovovw");
        check("hypernet query -beach -(tag:a -bga:x -even -near -0", "hypernet query", "wnnnono");
        check("hypernet query --sort -size --no-such -size", "hypernet query", "wovon");
    }
}
