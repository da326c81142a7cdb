//! Who founds a library: the address and the name of its first user, from what was said or what the system knows.
//!
//! Nothing is sent anywhere: the address is a name, not a mailbox, and can be changed later.

use std::fs;

use super::context::Context;
use super::env::Env;
use super::error::{CliError, Code};
use crate::model::text::{DisplayName, Email};
use crate::store::{Founder, files};

/// An account of the operating system.
#[derive(Debug, Default, PartialEq, Eq)]
struct Account {
    name: String,
    full_name: Option<String>,
}

/// The first user: the address and name that were given, else the configured address, else the account of the system.
///
/// # Errors
/// When a display name has no letter that can be kept.
pub fn founder(ctx: &Context, email: Option<&Email>, display_name: Option<&str>) -> Result<Founder, CliError> {
    let account = account(&ctx.env);
    let configured = || ctx.config.user.as_deref().and_then(|user| Email::parse(user).ok());
    let email = match email.cloned().or_else(configured) {
        Some(email) => email,
        None => address(&account.name, &host())?,
    };
    let safe = display_name.or(account.full_name.as_deref()).and_then(DisplayName::of);
    if let (None, Some(asked)) = (&safe, display_name) {
        let message = format!("nothing of the display name {asked:?} can be kept");
        return Err(CliError::new(Code::Invalid, message).hint("use letters, digits, blanks, `.`, `_` and `-`"));
    }
    let typed = display_name.map(str::to_owned).or(account.full_name);
    let original = typed.filter(|typed| safe.as_ref().is_some_and(|safe| safe.as_str() != typed));
    Ok(Founder { email, display_name: safe, original_display_name: original, now: ctx.now() })
}

/// `NAME@HOST`, made to fit the pattern of addresses: a host without a domain gets one that leads nowhere.
fn address(name: &str, host: &str) -> Result<Email, CliError> {
    let kept = |text: &str, extra: &str| -> String {
        let keep = |c: &char| c.is_ascii_alphanumeric() || extra.contains(*c);
        text.chars().filter(keep).take(64).collect()
    };
    let name = Some(kept(name, "._-+")).filter(|name| !name.is_empty()).unwrap_or_else(|| "me".to_owned());
    let host = Some(kept(host, ".-")).filter(|host| !host.is_empty()).unwrap_or_else(|| "localhost".to_owned());
    let fits = Email::parse(format!("{name}@{host}")).or_else(|_| Email::parse(format!("{name}@{host}.localdomain")));
    Ok(fits.or_else(|_| Email::parse("me@localhost.localdomain"))?)
}

/// An account of the operating system by its name, else by its number.
pub fn account_name(uid: u32) -> String {
    let list = fs::read("/etc/passwd").unwrap_or_default();
    let known = listed(&String::from_utf8_lossy(&list), uid);
    known.map_or_else(|| format!("account {uid}"), |account| format!("{} (account {uid})", account.name))
}

/// The account this process runs as: by the system's list, else by the environment.
fn account(env: &Env) -> Account {
    let list = fs::read("/etc/passwd").unwrap_or_default();
    listed(&String::from_utf8_lossy(&list), files::own_uid()).unwrap_or_else(|| {
        let name = ["USER", "LOGNAME"].iter().find_map(|variable| env.text(variable));
        Account { name: name.unwrap_or_default(), full_name: None }
    })
}

/// A line is `name:password:uid:gid:full name,room,telephone:home:shell`.
fn listed(passwd: &str, uid: u32) -> Option<Account> {
    let mut lines = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let fields = lines.find(|fields| fields.get(2).and_then(|field| field.parse().ok()) == Some(uid))?;
    let full_name = fields.get(4).and_then(|field| field.split(',').next()).map(str::trim);
    // Some systems write `&` for the account's own name, and some the bare name again: neither says who it is.
    let full_name = full_name.filter(|name| !name.is_empty() && !name.contains('&') && *name != fields[0]);
    Some(Account { name: fields[0].to_owned(), full_name: full_name.map(str::to_owned) })
}

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_and_a_host_make_an_address() {
        let made = |name, host| address(name, host).unwrap().to_string();
        assert_eq!(made("ada", "engine.example.org"), "ada@engine.example.org");
        assert_eq!(made("ada", "engine"), "ada@engine.localdomain");
        assert_eq!(made("a d@ä", "10.0.0.7"), "ad@10.0.0.7.localdomain");
        assert_eq!(made("", ""), "me@localhost.localdomain");
        assert_eq!(made(&"x".repeat(300), &"h".repeat(300)).len(), 64 + 1 + 64 + 12);
    }

    #[test]
    fn the_full_name_is_the_first_part_of_its_field() {
        let list = "root:x:0:0:root:/root:/bin/sh\nada:x:7:7:Ada Lovelace,1,2:/home/ada:/bin/sh\nbe:x:8:8::/:\nbroken";
        let found = |uid| listed(list, uid);
        assert_eq!(found(7), Some(Account { name: "ada".into(), full_name: Some("Ada Lovelace".into()) }));
        assert_eq!(found(0), Some(Account { name: "root".into(), full_name: None }));
        assert_eq!(found(8).unwrap().full_name, None);
        assert_eq!(found(9), None);
    }
}
