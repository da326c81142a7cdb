//! A question in SQL put to a [`Reader`], so that the floors above need not name the database.
//!
//! What to ask is `query`'s: its statements speak to the `my_*` views and carry every value as a parameter.

use std::ops::ControlFlow;

use rusqlite::functions::FunctionFlags;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Transaction, TransactionBehavior, params_from_iter};

use super::{Reader, StoreError};

/// A value of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    /// A number, a time in milliseconds.
    Number(i64),
    /// A number that need not be whole: degrees, metres, a strength.
    Real(f64),
    /// A text, a pattern, a list as JSON.
    Text(String),
    /// An id, a hash, the beginning of one.
    Bytes(Vec<u8>),
}

impl ToSql for Param {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Number(number) => number.to_sql(),
            Self::Real(number) => number.to_sql(),
            Self::Text(text) => text.to_sql(),
            Self::Bytes(bytes) => bytes.to_sql(),
        }
    }
}

impl FromSql for Param {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Integer(number) => Ok(Self::Number(number)),
            ValueRef::Real(number) => Ok(Self::Real(number)),
            ValueRef::Text(_) => value.as_str().map(|text| Self::Text(text.to_owned())),
            ValueRef::Blob(bytes) => Ok(Self::Bytes(bytes.to_vec())),
            ValueRef::Null => Err(FromSqlError::InvalidType),
        }
    }
}

/// A statement, with the values of `?1`, `?2` …
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sql {
    /// One `SELECT`.
    pub text: String,
    /// Its values, in order.
    pub params: Vec<Param>,
}

/// The function that asks a test of the program: `matches(k, text, ...)`.
const MATCHES: &str = "matches";

/// The mean radius of the Earth, in metres (IUGG).
pub const EARTH_RADIUS: f64 = 6_371_008.8;

/// Lends a connection what SQL cannot count itself: `metres(lat, lon, lat, lon)` along a great circle, and
/// `bits_apart(a, b)` of two picture hashes. Of what is missing they are NULL.
///
/// # Errors
/// Those of the catalogue.
pub(super) fn lend(connection: &Connection) -> Result<(), StoreError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("metres", 4, flags, |call| {
        let degrees = |at| call.get::<Option<f64>>(at);
        let ends = (degrees(0)?.zip(degrees(1)?), degrees(2)?.zip(degrees(3)?));
        Ok(ends.0.zip(ends.1).map(|(from, to)| metres(from, to)))
    })?;
    connection.create_scalar_function("bits_apart", 2, flags, |call| {
        let hashes = call.get::<Option<i64>>(0)?.zip(call.get::<Option<i64>>(1)?);
        Ok(hashes.map(|(a, b)| (a ^ b).count_ones()))
    })?;
    Ok(())
}

/// The great circle between two points in degrees north and east, by the haversine: exact for near and for far ones.
fn metres(from: (f64, f64), to: (f64, f64)) -> f64 {
    let half = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
    let across = from.0.to_radians().cos() * to.0.to_radians().cos() * half(from.1, to.1);
    2.0 * EARTH_RADIUS * (half(from.0, to.0) + across).min(1.0).sqrt().asin()
}

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
        while let Some(row) = self.step(&mut rows).map_err(StoreError::from)? {
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
        let mut rows = select.query(params_from_iter(&sql.params))?;
        let mut names = Vec::new();
        while let Some(row) = self.step(&mut rows)? {
            names.push((row.get(0)?, row.get(1)?));
        }
        Ok(names)
    }

    /// The first column of the first row, if there is a row. Values the statement does not use may follow its own.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn first<T: FromSql>(&self, sql: &Sql) -> Result<Option<T>, StoreError> {
        let mut select = self.prepare_cached(&sql.text)?;
        let used = select.parameter_count();
        let mut rows = select.query(params_from_iter(sql.params.iter().take(used)))?;
        Ok(self.step(&mut rows)?.map(|row| row.get(0)).transpose()?)
    }

    /// All columns of the first row, if there is a row; NULL is `None`.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn row(&self, sql: &Sql) -> Result<Option<Vec<Option<Param>>>, StoreError> {
        let mut select = self.prepare_cached(&sql.text)?;
        let columns = select.column_count();
        let mut rows = select.query(params_from_iter(&sql.params))?;
        let Some(row) = self.step(&mut rows)? else { return Ok(None) };
        Ok(Some((0..columns).map(|at| row.get(at)).collect::<Result<_, _>>()?))
    }

    /// Keeps to one state of the catalogue until it is dropped: what a list and its count say then agrees.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn steady(&self) -> Result<Transaction<'_>, StoreError> {
        Ok(Transaction::new_unchecked(self, TransactionBehavior::Deferred)?)
    }

    /// Whether it keeps to one state just now.
    pub fn is_steady(&self) -> bool {
        !self.is_autocommit()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_the_great_circle() {
        let check = |from, to, expected: f64| {
            let found = metres(from, to);
            assert!((found - expected).abs() < 0.5, "{from:?} {to:?}: {found}");
        };
        check((0.0, 0.0), (0.0, 0.0), 0.0);
        check((0.0, 0.0), (0.0, 180.0), std::f64::consts::PI * EARTH_RADIUS);
        check((90.0, 0.0), (90.0, 123.0), 0.0);
        check((0.0, 179.5), (0.0, -179.5), 111_195.08);
        check((51.5, 0.0), (48.86, 2.35), 337_856.9);
    }
}
