//! `--fields` with `--object`: which fields the objects of each type have, and those that are asked for.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::super::columns;
use super::super::error::{CliError, Code};
use super::super::found::nest;
use super::super::output::text::shown;
use super::super::output::{Form, Row};
use crate::query::objects::Type;
use crate::query::words::nearest;

/// Of every object.
const BASE: &[&str] =
    &["id", "type", "user_id", "created_at", "updated_at", "deleted_at", "source_type", "source_id", "metadata"];

/// The fields of this type beside those.
const fn own(of: Type) -> &'static [&'static str] {
    match of {
        Type::Album => &["name", "description", "cover_media_id", "sort_order", "media_count", "visibility"],
        Type::Link => &[
            "from_object_id",
            "from_object_type",
            "to_object_id",
            "to_object_type",
            "link_type",
            "strength",
            "is_bidirectional",
            "sort_order",
        ],
        Type::Integration => &[
            "integration_type",
            "integration_name",
            "status",
            "is_enabled",
            "access_token",
            "refresh_token",
            "token_expires_at",
            "last_sync_at",
            "last_sync_status",
            "sync_cursor",
            "items_synced",
        ],
        Type::User => &[
            "email",
            "password_hash",
            "email_verified",
            "display_name",
            "avatar_url",
            "is_active",
            "is_admin",
            "last_login_at",
            "storage_used",
            "storage_quota",
        ],
    }
}

/// Whether these can be printed of this type, in this form.
///
/// # Errors
/// When a field does not exist, or the form prints no fields.
pub fn check(fields: &[String], form: Form, of: Type) -> Result<(), CliError> {
    let all = || BASE.iter().chain(own(of)).copied();
    let value =
        |name: &str| name.strip_prefix(columns::METADATA).is_some_and(|path| !path.split('.').any(str::is_empty));
    if let Some(name) = fields.iter().find(|name| !all().any(|field| field == *name) && !value(name)) {
        let message = format!("{} has no field `{}`", of.as_str(), shown(name));
        let error = CliError::new(Code::Usage, message);
        return Err(match nearest(name, all()) {
            Some(meant) => error.hint(format!("did you mean `{meant}`?")),
            None => error.hint(format!("those of `query --object {} --json`, and metadata.PATH", of.as_str())),
        });
    }
    if matches!(form, Form::Paths(_) | Form::Ids(_) | Form::Rendered(_)) {
        let message = format!("--fields says what is printed of each, and so does {}", form.flag());
        return Err(CliError::new(Code::Usage, message).hint("leave one out"));
    }
    Ok(())
}

/// An object in a list: its JSON, from which its columns are taken, and which of its fields are asked for.
pub struct Picked<'a> {
    /// The whole of it.
    pub whole: Value,
    /// Only these, where they are named.
    pub fields: Option<&'a [String]>,
}

impl Picked<'_> {
    /// A field, or what stands in the metadata at this path.
    fn value(&self, name: &str) -> Option<&Value> {
        match name.strip_prefix(columns::METADATA) {
            Some(path) => path.split('.').try_fold(self.whole.get("metadata")?, |value, key| value.get(key)),
            None => self.whole.get(name),
        }
    }
}

impl Serialize for Picked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(fields) = self.fields else { return self.whole.serialize(serializer) };
        let mut picked = serde_json::Map::new();
        for name in fields {
            nest(&mut picked, name, self.value(name).cloned().unwrap_or_default());
        }
        picked.serialize(serializer)
    }
}

impl Row for Picked<'_> {
    fn plain(&self, column: &str) -> Cow<'_, str> {
        match self.value(column) {
            None | Some(Value::Null) => "".into(),
            Some(Value::String(text)) => text.into(),
            Some(other) => other.to_string().into(),
        }
    }
}
