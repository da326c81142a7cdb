//! `similar` as a condition: how many of the 64 bits of two picture hashes differ, by the SQL function `bits_apart()`.
//!
//! Hashes of different versions say nothing of each other and are never compared.

use super::{Compiled, Compiler};
use crate::query::ast::{Expr, Prefix, Term, Test};
use crate::query::names;
use crate::store::{Param, Reader, Sql, StoreError};

const PICTURE: &str = "SELECT phash_version, phash FROM my_media WHERE n = ?1 AND phash IS NOT NULL";

impl Compiler<'_> {
    /// Media whose pictures differ from this one's in at most so many bits.
    pub(super) fn alike(&mut self, to: &Prefix, bits: u32) -> Result<Compiled, StoreError> {
        let (version, hash) = picture(self.reader, to)?;
        let [version, hash, bits] = [version, hash, bits.into()].map(|number| self.bind(Param::Number(number)));
        let apart = |of: &str| format!("bits_apart({of}.phash, {hash}) <= {bits}");
        // The index of small facts holds the hashes but not their versions: it is walked first, and the few that are
        // alike are looked up. Walked by row, a million media take ten times as long.
        let rows = format!(
            "SELECT seen.n FROM my_media AS seen CROSS JOIN my_media AS other ON other.n = seen.n \
             WHERE seen.deleted_at IS NULL AND {} AND other.phash_version = {version}",
            apart("seen")
        );
        let condition = format!("(media.phash_version = {version} AND {})", apart("media"));
        Ok(Compiled { condition, rows: Some(rows), counted: None, own: false })
    }
}

/// The version and the bits of a media's picture hash.
fn picture(reader: &Reader, prefix: &Prefix) -> Result<(i64, i64), StoreError> {
    let sql = Sql { text: PICTURE.to_owned(), params: vec![Param::Number(names::object(reader, prefix)?)] };
    reader.names::<i64>(&sql)?.first().copied().ok_or_else(|| StoreError::Question {
        wrong: format!("`similar` has nothing to compare: {} has no picture hash", prefix.0),
        hint: "only photos whose pictures were read have one",
    })
}

/// The picture hash of the first `similar` that is not negated: what results are sorted by.
///
/// # Errors
/// When it names a media without one; those of the catalogue.
pub fn likeness(reader: &Reader, expr: &Expr) -> Result<Option<i64>, StoreError> {
    match expr {
        Expr::Is(Term { test: Test::Alike { to, .. }, .. }) => picture(reader, to).map(|(_, hash)| Some(hash)),
        Expr::And(parts) | Expr::Or(parts) => {
            parts.iter().find_map(|part| likeness(reader, part).transpose()).transpose()
        }
        Expr::All | Expr::Is(_) | Expr::Not(_) => Ok(None),
    }
}
