//! A value that is never shown: it prints as `[REDACTED]` everywhere.

use std::fmt;

use serde::{Serialize, Serializer};

/// What stands in place of a secret in every output.
pub const REDACTED: &str = "[REDACTED]";

/// A secret the program holds for a moment. No `Display`; `Debug` and JSON say `[REDACTED]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    pub fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}
