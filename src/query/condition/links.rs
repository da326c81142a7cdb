//! Links as conditions: which there are and how many, albums and accounts, clusters of duplicates.
//!
//! Only live links count. One that holds both ways is found from either end; `link_from` and `link_to` answer the rest.

use super::{Compiled, Compiler};
use crate::query::ast::Prefix;
use crate::query::matcher::Matcher;
use crate::query::names;
use crate::query::related::{Direction, Links, Tally};
use crate::query::sql::FEW;
use crate::query::words::Place;
use crate::store::{Param, Sql, StoreError};

/// A link is looked at from one end, and the other end is somebody else's.
struct End {
    mine: &'static str,
    other: &'static str,
    /// What else must hold for the link to go this way.
    also: &'static str,
}

const FROM: End = End { mine: "from_n", other: "to_n", also: "" };
const TO: End = End { mine: "to_n", other: "from_n", also: "" };
/// Against its direction, a link is only found where it holds both ways.
const BACK: &str = " AND link.is_bidirectional";

impl Direction {
    /// The ends a media may be at.
    fn ends(self) -> [End; 2] {
        match self {
            Self::Either => [FROM, TO],
            Self::Out => [FROM, End { also: BACK, ..TO }],
            Self::In => [TO, End { also: BACK, ..FROM }],
        }
    }
}

/// That there is such a link at all, in this direction.
pub(super) fn present(direction: Direction, link_type: Option<&str>) -> String {
    if let (Direction::Either, None) = (direction, link_type) {
        return "(media.album_count + media.link_count > 0)".to_owned();
    }
    let of = link_type.map(|link_type| format!(" AND link.link_type = '{link_type}'")).unwrap_or_default();
    let [one, two] = direction.ends().map(|end| {
        let End { mine, also, .. } = end;
        format!(
            "EXISTS (SELECT 1 FROM my_link AS link WHERE link.{mine} = media.n AND link.deleted_at IS NULL{of}{also})"
        )
    });
    format!("({one} OR {two})")
}

impl Compiler<'_> {
    /// So many live links of a type, in a direction, with an object, of a strength.
    pub(super) fn links(&mut self, links: &Links) -> Result<Compiled, StoreError> {
        if let Links { link_type: None, direction: Direction::Either, other: None, strength: None, many } = links {
            return Ok(self.counted("(media.link_count + media.album_count)", *many));
        }
        let other = links.other.as_ref().map(|prefix| names::object(self.reader, prefix)).transpose()?;
        let mut filter = vec!["link.deleted_at IS NULL".to_owned()];
        if let Some(link_type) = links.link_type {
            filter.push(format!("link.link_type = {}", self.bind(Param::Text(link_type.as_str().to_owned()))));
        }
        if let Some((least, most)) = links.strength {
            let (least, most) = (self.bind(Param::Real(least)), self.bind(Param::Real(most)));
            filter.push(format!("link.strength >= {least} AND link.strength <= {most}"));
        }
        let filter = filter.join(" AND ");
        let other = other.map(|n| self.bind(Param::Number(n)));
        let from = |end: &End| {
            let with = other.as_ref().map(|n| format!(" AND link.{} = {n}", end.other));
            format!("FROM my_link AS link WHERE {filter}{}{}", end.also, with.unwrap_or_default())
        };
        let ends = links.direction.ends();
        let probes = ends.each_ref().map(|end| format!("{} AND link.{} = media.n", from(end), end.mine));
        let reads = ends.each_ref().map(|end| format!("SELECT link.{} AS n {}", end.mine, from(end)));
        let narrow = links.link_type.is_some() || other.is_some();
        self.so_many(links.many, &probes, narrow.then_some(&reads))
    }

    /// A condition on how many rows `probes` find, which `reads` give for all media at once where that is no walk of everything.
    fn so_many(
        &mut self,
        many: Tally,
        probes: &[String; 2],
        reads: Option<&[String; 2]>,
    ) -> Result<Compiled, StoreError> {
        let exists = probes.each_ref().map(|probe| format!("EXISTS (SELECT 1 {probe})")).join(" OR ");
        if many.is_none() {
            return Ok(Compiled::probe(format!("(({exists}) IS NOT TRUE)")));
        }
        if many == Tally::SOME {
            let Some(reads) = reads else { return Ok(Compiled::probe(format!("({exists})"))) };
            return self.answered(reads.join(" UNION "), Some(reads.join(" UNION ALL ")), format!("({exists})"));
        }
        let counts = probes.each_ref().map(|probe| format!("(SELECT count(*) {probe})")).join(" + ");
        let bounds = self.bounds(many);
        let condition = format!("({counts}) {bounds}");
        match reads.filter(|_| many.least.is_some_and(|least| least > 0)) {
            None => Ok(Compiled::probe(condition)),
            Some(reads) => {
                let rows = format!("SELECT n FROM ({}) GROUP BY n HAVING count(*) {bounds}", reads.join(" UNION ALL "));
                self.answered(rows, None, condition)
            }
        }
    }

    /// How many tags it bears, or albums it is in: the catalogue keeps both beside the media.
    pub(super) fn tally(&mut self, place: Place, many: Tally) -> Compiled {
        let column = if place == Place::Tags { "media.tag_count" } else { "media.album_count" };
        self.counted(column, many)
    }

    fn counted(&mut self, column: &str, many: Tally) -> Compiled {
        if many == Tally::SOME {
            return Compiled::condition(format!("{column} > 0"));
        }
        if many.is_none() {
            return Compiled::condition(format!("{column} = 0"));
        }
        Compiled::condition(format!("{column} {}", self.bounds(many)))
    }

    fn bounds(&mut self, many: Tally) -> String {
        let least = self.bind(Param::Number(many.least.unwrap_or(0)));
        let most = self.bind(Param::Number(many.most.unwrap_or(i64::MAX)));
        format!("BETWEEN {least} AND {most}")
    }

    /// What is in any of the albums of these names.
    pub(super) fn in_albums(&mut self, matcher: &Matcher) -> Result<Compiled, StoreError> {
        let albums = names::albums(self.reader, matcher)?;
        let which = self.one_of("from_n", &albums, |n| Param::Number(*n));
        let kind = "link_type = 'contains' AND to_type = 2 AND deleted_at IS NULL";
        let rows = format!("SELECT {} AS n FROM my_link WHERE {which} AND {kind}", super::once("to_n", &albums));
        let live = "link.link_type = 'contains' AND link.deleted_at IS NULL";
        let probe = format!("EXISTS (SELECT 1 FROM my_link AS link WHERE link.to_n = media.n AND {live} AND {which})");
        self.answered(rows, None, probe)
    }

    /// What came from the accounts of this name, type or id.
    pub(super) fn of_sources(&mut self, matcher: &Matcher) -> Result<Compiled, StoreError> {
        let accounts = names::integrations(self.reader, matcher)?;
        let which = self.one_of("to_n", &accounts, |n| Param::Number(*n));
        let kind = "link_type = 'source' AND deleted_at IS NULL";
        let rows = format!("SELECT {} AS n FROM my_link WHERE {which} AND {kind}", super::once("from_n", &accounts));
        let live = "link.link_type = 'source' AND link.deleted_at IS NULL";
        let probe =
            format!("EXISTS (SELECT 1 FROM my_link AS link WHERE link.from_n = media.n AND {live} AND {which})");
        self.answered(rows, None, probe)
    }

    /// The cluster of duplicates the media of this id is in, itself included.
    pub(super) fn duplicates(&mut self, prefix: &Prefix) -> Result<Compiled, StoreError> {
        let cluster = names::cluster(self.reader, prefix)?;
        let cluster = self.bind(Param::Text(serde_json::json!(cluster).to_string()));
        Ok(Compiled::rows(format!("SELECT value AS n FROM json_each({cluster})")))
    }

    /// A condition that is `probe` where many media meet it and the time line is walked for the first of them, and a
    /// list of their numbers otherwise. Measured at a million media, newest 50 of an album of 30,000: 53 ms by the list.
    pub(super) fn answered(
        &mut self,
        rows: String,
        counted: Option<String>,
        probe: String,
    ) -> Result<Compiled, StoreError> {
        let few = !self.by_time || self.few(counted.as_ref().unwrap_or(&rows))?;
        let condition = if few { format!("media.n IN ({rows})") } else { probe };
        Ok(Compiled { condition, rows: Some(rows), counted, own: false })
    }

    fn few(&self, rows: &str) -> Result<bool, StoreError> {
        let text = format!("SELECT count(*) FROM (SELECT 1 FROM ({rows}) LIMIT {})", FEW + 1);
        let sql = Sql { text, params: self.question.sql.params.clone() };
        Ok(self.reader.first::<i64>(&sql)?.unwrap_or_default() <= FEW)
    }
}

impl Compiled {
    /// A condition that looks things up for each media it is asked of.
    fn probe(condition: String) -> Self {
        Self { own: false, ..Self::condition(condition) }
    }
}
