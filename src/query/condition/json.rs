//! What stands in a media's metadata under a path, whatever it is. Paths and values are parameters.

use super::{Compiled, Compiler};
use crate::query::ast::{Key, Term, Test};
use crate::query::loose::Loose;
use crate::query::matcher::Matcher;
use crate::query::words::Place;
use crate::store::Param;

/// Numbers a camera writes that have an index of their own.
const INDEXED: &[(&str, Place)] = &[
    ("iso", Place::Loose("media.iso")),
    ("focal_length_mm", Place::Loose("media.focal_length_mm")),
    ("f_number", Place::Loose("media.f_number")),
    ("exposure_time", Place::Loose("media.exposure_time")),
];

impl Compiler<'_> {
    /// A condition on what stands beneath `root` under the term's keys.
    pub(super) fn metadata(&mut self, root: &[&str], term: &Term) -> Compiled {
        if let (Some(place), Test::Matches(Matcher::Loose(Loose::Within(reach)))) =
            (indexed(root, &term.keys), &term.test)
        {
            return self.reach(place, *reach);
        }
        match &term.test {
            Test::Matches(matcher) => {
                let value = self.value(root, &term.keys, "->");
                self.recognised(matcher, &value)
            }
            test => {
                let value = self.value(root, &term.keys, "->>");
                let present = format!("coalesce({value}, '') NOT IN ('', '[]', '{{}}')");
                Compiled::condition(if *test == Test::Empty { format!("NOT {present}") } else { present })
            }
        }
    }

    /// What stands there: under the keys as they were written, else under the same in lower case, as an import writes them.
    fn value(&mut self, root: &[&str], keys: &[Key], arrow: &str) -> String {
        let written = path(root, keys);
        let small = path(root, &keys.iter().map(lower).collect::<Vec<_>>());
        let mut at = |path: String| format!("media.metadata {arrow} {}", self.bind(Param::Text(path)));
        if small == written {
            format!("({})", at(written))
        } else {
            format!("coalesce({}, {})", at(written), at(small))
        }
    }
}

fn indexed(root: &[&str], keys: &[Key]) -> Option<Place> {
    let ([Key::Name(name)], ["exif"]) = (keys, root) else { return None };
    INDEXED.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, place)| *place)
}

fn lower(key: &Key) -> Key {
    match key {
        Key::Name(name) => Key::Name(name.to_lowercase()),
        Key::At(at) => Key::At(*at),
    }
}

/// The path as SQLite reads it: every name in quotes, so that none of its characters is an operator.
fn path(root: &[&str], keys: &[Key]) -> String {
    let named = |name: &str| format!(".\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    let roots = root.iter().map(|name| named(name));
    let keys = keys.iter().map(|key| match key {
        Key::Name(name) => named(name),
        Key::At(at) => format!("[{at}]"),
    });
    std::iter::once("$".to_owned()).chain(roots).chain(keys).collect()
}
