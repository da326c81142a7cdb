//! Numbers: columns, what is computed of them, and what a camera wrote, which need not be a number.

use super::{Compiled, Compiler, column, joined};
use crate::query::ast::{Edge, Reach};
use crate::query::words::Place;
use crate::store::Param;

impl Compiler<'_> {
    pub(super) fn number(&mut self, column: &str, least: Option<i64>, most: Option<i64>) -> String {
        match (least, most) {
            (Some(least), Some(most)) if least == most => format!("{column} = {}", self.bind(Param::Number(least))),
            _ => {
                let least = least.map(|least| format!("{column} >= {}", self.bind(Param::Number(least))));
                let most = most.map(|most| format!("{column} <= {}", self.bind(Param::Number(most))));
                joined(&least.into_iter().chain(most).collect::<Vec<_>>(), " AND ")
            }
        }
    }

    /// A number in a stretch. Those of one column are found in an index that covers it.
    pub(super) fn reach(&mut self, place: Place, reach: Reach) -> Compiled {
        let sql = column(place);
        Compiled::indexed(self.within(&sql, reach, matches!(place, Place::Loose(_))))
    }

    /// SQLite takes every text for greater than every number: where texts may stand, they are ruled out.
    pub(super) fn within(&mut self, sql: &str, reach: Reach, loose: bool) -> String {
        if let (Some(least), Some(most)) = (reach.least, reach.most)
            && least.at.total_cmp(&most.at).is_eq()
            && least.included
            && most.included
        {
            return format!("{sql} = {}", self.bind(Param::Real(least.at)));
        }
        let mut parts = Vec::new();
        for (edge, sign) in [(reach.least, '>'), (reach.most, '<')] {
            let Some(Edge { at, included }) = edge else { continue };
            let equal = if included { "=" } else { "" };
            parts.push(format!("{sql} {sign}{equal} {}", self.bind(Param::Real(at))));
        }
        if loose && reach.most.is_none() {
            parts.push(format!("{sql} < ''"));
        }
        joined(&parts, " AND ")
    }
}
