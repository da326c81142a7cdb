//! A question in SQL put to a [`Reader`], so that the floors above need not name the database.
//!
//! What to ask is `query`'s: its statements speak to the `my_*` views and carry every value as a parameter.

use std::ops::ControlFlow;

use rusqlite::functions::FunctionFlags;
use rusqlite::params_from_iter;
use rusqlite::types::{FromSql, ToSql, ToSqlOutput};

use super::{Reader, StoreError};

/// A value of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param {
    /// A number, a time in milliseconds.
    Number(i64),
    /// A text, a pattern, a list as JSON.
    Text(String),
    /// An id, a hash, the beginning of one.
    Bytes(Vec<u8>),
}

impl ToSql for Param {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Number(number) => number.to_sql(),
            Self::Text(text) => text.to_sql(),
            Self::Bytes(bytes) => bytes.to_sql(),
        }
    }
}

/// A statement, with the values of `?1`, `?2` …
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sql {
    /// One `SELECT`.
    pub text: String,
    /// Its values, in order.
    pub params: Vec<Param>,
}

/// The function that asks a test of the program: `matches(k, text, ...)`.
const MATCHES: &str = "matches";

impl Reader {
    /// Gives the first column of each row as it is found, until `each` breaks off.
    ///
    /// # Errors
    /// Those of `each`, and of the catalogue.
    pub fn numbers<E: From<StoreError>>(
        &self,
        sql: &Sql,
        mut each: impl FnMut(i64) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let mut select = self.prepare(&sql.text).map_err(StoreError::from)?;
        let mut rows = select.query(params_from_iter(&sql.params)).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            if each(row.get(0).map_err(StoreError::from)?)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The first two columns of every row: a number and its name. For dictionaries.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn names<T: FromSql>(&self, sql: &Sql) -> Result<Vec<(i64, T)>, StoreError> {
        let mut select = self.prepare_cached(&sql.text)?;
        let rows = select.query_map(params_from_iter(&sql.params), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first column of the first row, if there is a row. Values the statement does not use may follow its own.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn first<T: FromSql>(&self, sql: &Sql) -> Result<Option<T>, StoreError> {
        let mut select = self.prepare_cached(&sql.text)?;
        let used = select.parameter_count();
        let mut rows = select.query(params_from_iter(sql.params.iter().take(used)))?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    }

    /// Lets the statements that follow ask `test` by `matches(k, text, …)`: whether the `k`th condition holds for any
    /// of these texts.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn recognise(&self, test: impl Fn(usize, &str) -> bool + Send + 'static) -> Result<(), StoreError> {
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
        Ok(self.create_scalar_function(MATCHES, -1, flags, move |call| {
            let k: u32 = call.get(0)?;
            Ok((1..call.len()).any(|at| call.get_raw(at).as_str().is_ok_and(|text| test(k as usize, text))))
        })?)
    }
}
