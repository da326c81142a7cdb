//! Rows of a few values each, for summaries: the floors above name no database.

use std::ops::Deref;

use rusqlite::params_from_iter;
use rusqlite::types::ValueRef;

use super::{Reader, Sql, StoreError};

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// There is none.
    Nothing,
    /// A whole number, a time in milliseconds.
    Number(i64),
    /// Any other number.
    Real(f64),
    /// A text.
    Text(String),
}

impl Cell {
    /// It as a whole number; nothing is 0.
    pub fn number(&self) -> i64 {
        match self {
            Self::Number(number) => *number,
            Self::Real(real) => *real as i64,
            Self::Nothing | Self::Text(_) => 0,
        }
    }

    /// It as any number; nothing is 0.
    pub fn real(&self) -> f64 {
        if let Self::Real(real) = self { *real } else { self.number() as f64 }
    }

    /// It as text; `None` when there is nothing.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Number(number) => Some(number.to_string()),
            Self::Real(real) => Some(real.to_string()),
            Self::Text(text) => Some(text.clone()),
        }
    }
}

impl From<ValueRef<'_>> for Cell {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Nothing,
            ValueRef::Integer(number) => Self::Number(number),
            ValueRef::Real(real) => Self::Real(real),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Self::Text(String::from_utf8_lossy(bytes).into_owned()),
        }
    }
}

impl Reader {
    /// Gives the values of each row as it is found. Values the statement does not use may follow its own.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn rows(&self, sql: &Sql, mut each: impl FnMut(&[Cell])) -> Result<(), StoreError> {
        let mut select = self.deref().prepare_cached(&sql.text)?;
        let (used, width) = (select.parameter_count(), select.column_count());
        let mut rows = select.query(params_from_iter(sql.params.iter().take(used)))?;
        let mut cells = Vec::with_capacity(width);
        while let Some(row) = self.step(&mut rows)? {
            cells.clear();
            for at in 0..width {
                cells.push(row.get_ref(at)?.into());
            }
            each(&cells);
        }
        Ok(())
    }
}
