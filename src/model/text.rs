//! Texts with rules: e-mail addresses, file names, display names, paths, names and descriptions.
//!
//! Patterns are the specification's. Each type is made by `parse`, which checks; names from disk go through `transliterate`.

use std::fmt;

use deunicode::deunicode_char;
use serde::{Serialize, Serializer};

use super::Invalid;
use super::secret::REDACTED;

/// A text that passed its rule.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $field:literal, $rule:literal, $test:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text, once checked.
            ///
            /// # Errors
            /// Names the field and the rule it breaks.
            pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
                let text = text.into();
                let holds: fn(&str) -> bool = $test;
                if holds(&text) { Ok(Self(text)) } else { Err(Invalid::new($field, $rule, text)) }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

checked_text!(
    /// An e-mail address: `^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$`, at most 255 characters.
    Email, "email", "must be an e-mail address of at most 255 characters", is_email
);
checked_text!(
    /// A safe file name: `^[a-zA-Z0-9._-]+$`, at most 255 characters.
    Filename, "filename", "must be 1 to 255 of a-z A-Z 0-9 . _ -",
    |text| within(text, 1, 255) && text.bytes().all(safe)
);
checked_text!(
    /// A person's name as shown: `^[a-zA-Z0-9 ._-]+$`, at most 100 characters.
    DisplayName, "display_name", "must be 1 to 100 of a-z A-Z 0-9 space . _ -",
    |text| within(text, 1, 100) && text.bytes().all(|b| safe(b) || b == b' ')
);
checked_text!(
    /// A path beneath the library: `^[a-zA-Z0-9/._-]+$`, at most 1024 characters, relative, without `..`.
    FilePath, "file_path", "must be a relative path of 1 to 1024 of a-z A-Z 0-9 / . _ - without `..`",
    |text| within(text, 1, 1024)
        && text.bytes().all(|b| safe(b) || b == b'/')
        && text.split('/').all(|part| !matches!(part, "" | "." | ".."))
);
checked_text!(
    /// An album's name: 1 to 200 characters, none of them a control character.
    AlbumName, "name", "must be 1 to 200 characters without control characters",
    |text| within(text, 1, 200) && !text.trim().is_empty() && !text.chars().any(char::is_control)
);
checked_text!(
    /// An album's description: at most 5000 characters.
    Description, "description", "must be at most 5000 characters without NUL", |text| within(text, 0, 5000)
);
checked_text!(
    /// An integration's display name: 1 to 200 characters.
    IntegrationName, "integration_name", "must be 1 to 200 characters without NUL", |text| within(text, 1, 200)
);
checked_text!(
    /// The kind of service: lower-case words joined by `_`; which of them exist is the integrations' own list.
    IntegrationType, "integration_type", "must be 1 to 64 of a-z 0-9 _",
    |text| within(text, 1, 64) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
);
checked_text!(
    /// The id an object has in the system it came from: at most 1024 characters.
    SourceId, "source_id", "must be 1 to 1024 characters without NUL", |text| within(text, 1, 1024)
);
checked_text!(
    /// A picture's address: `https://…` or `http://…` in visible ASCII, at most 2048 characters.
    Url, "avatar_url", "must be an http or https address of at most 2048 visible ASCII characters",
    |text| within(text, 1, 2048)
        && text.bytes().all(|b| b.is_ascii_graphic())
        && text.strip_prefix("https://").or(text.strip_prefix("http://")).is_some_and(|rest| !rest.is_empty())
);
/// How a password is remembered: an argon2 or bcrypt string, or `!` for a user who never signs in with one.
/// No `Display` and no JSON of its own, and a refusal never repeats what was given.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash no password has: `!`.
    pub fn none() -> Self {
        Self("!".into())
    }

    /// The hash, once checked.
    ///
    /// # Errors
    /// When it is of neither kind.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        if text == "!" || (within(&text, 20, 512) && (text.starts_with("$argon2") || text.starts_with("$2"))) {
            Ok(Self(text))
        } else {
            Err(Invalid::hidden("password_hash", "must be `!`, an argon2 or a bcrypt hash"))
        }
    }

    /// The hash, for the catalogue and for the one place that compares.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands for it in output: `!` where no password is used, `[REDACTED]` otherwise.
    pub fn shown(&self) -> &str {
        if self.0 == "!" { "!" } else { REDACTED }
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown())
    }
}

/// Counted in characters. A NUL is none: SQLite's own functions end a text at it, so what follows would go unchecked there.
fn within(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.chars().count()) && !text.contains('\0')
}

fn safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let Some((domain, top)) = host.rsplit_once('.') else { return false };
    within(text, 3, 255)
        && !name.is_empty()
        && name.bytes().all(|b| safe(b) || matches!(b, b'%' | b'+'))
        && !domain.is_empty()
        && domain.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        && top.len() >= 2
        && top.bytes().all(|b| b.is_ascii_alphabetic())
}

impl Filename {
    /// The safe form of a name found on disk (ruling 1): transliterated to ASCII, anything else as `_`, cut to 255
    /// characters with its extension kept. Never refuses, and never gives `.` or `..`, which name folders.
    pub fn of(name: &str) -> Self {
        let mut safe_name = transliterate(name, safe);
        if safe_name.len() > 255 {
            let ext =
                safe_name.rfind('.').filter(|dot| safe_name.len() - dot <= 16).map(|dot| safe_name[dot..].to_owned());
            let ext = ext.unwrap_or_default();
            safe_name.truncate(255 - ext.len());
            safe_name.push_str(&ext);
        }
        if safe_name.is_empty() {
            safe_name.push('_');
        }
        if safe_name.bytes().all(|b| b == b'.') {
            safe_name.replace_range(..1, "_");
        }
        Self(safe_name)
    }
}

impl AlbumName {
    /// The name made of a text that was not typed as one, such as a folder's: control characters as blanks, cut to 200 characters;
    /// `None` when nothing of it is left.
    pub fn of(text: &str) -> Option<Self> {
        let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
        Self::parse(plain.trim()).ok()
    }
}

impl DisplayName {
    /// The safe form of a name as typed (ruling 3); `None` when nothing of it is left.
    pub fn of(name: &str) -> Option<Self> {
        let mut safe_name = transliterate(name, |b| safe(b) || b == b' ').trim().to_owned();
        safe_name.truncate(100);
        safe_name.truncate(safe_name.trim_end().len());
        safe_name.bytes().any(|b| !matches!(b, b'_' | b' ')).then_some(Self(safe_name))
    }
}

impl Email {
    /// The form under which addresses are compared: lower case.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// The form under which names are compared: lower case, Latin letters without their accents.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase(); // most names are, and a million of them are folded for one question
    }
    let mut plain_text = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{300}'..='\u{36f}' => {} // accents as characters of their own
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => plain_text.push_str(&plain(c).to_ascii_lowercase()),
            c => plain_text.extend(c.to_lowercase()),
        }
    }
    plain_text
}

fn transliterate(text: &str, keep: impl Fn(u8) -> bool) -> String {
    text.chars().flat_map(|c| plain(c).bytes()).map(|b| if keep(b) { b as char } else { '_' }).collect()
}

/// A character in ASCII. One that only marks, joins or turns its neighbours (an accent typed as a character of its own,
/// as macOS writes names) is nothing; an unknown one is `_`.
fn plain(c: char) -> &'static str {
    match deunicode_char(c) {
        None => "_",
        Some("") if c.is_ascii() => "_",
        Some(plain) if c.is_ascii() => plain,
        // "Bei Jing " for two characters would otherwise carry deunicode's separating blanks; a wide blank stays one.
        Some(plain) if !plain.is_empty() && plain.trim().is_empty() => " ",
        Some(plain) => plain.trim(),
    }
}
