//! The type of a media by its content, and the ending of its name.

use super::{Compiled, Compiler, NAMES};
use crate::model::mime::ALLOWED;
use crate::query::matcher::Matcher;
use crate::store::Param;

/// A name that goes on after its last dot, and does not begin with it.
pub(super) const HAS_ENDING: &str = "coalesce(media.found_name, media.filename) GLOB '?*.*[^.]'";

impl Compiler<'_> {
    /// The types a library takes in are few and known: those that answer are asked for.
    pub(super) fn mime(&mut self, matcher: &Matcher) -> Compiled {
        let names: Vec<_> = ALLOWED.iter().map(|mime| mime.name).filter(|name| matcher.matches(name)).collect();
        Compiled::indexed(self.one_of("media.mime_type", &names, |name| Param::Text((*name).to_owned())))
    }

    /// A person means the name they see or the kind of file it is: a name that ends so, or a type whose files do.
    pub(super) fn ending(&mut self, matcher: &Matcher) -> Compiled {
        let answers = |ext: &str| matcher.matches(&format!("x.{ext}"));
        let types: Vec<_> = ALLOWED.iter().filter(|mime| answers(mime.ext)).map(|mime| mime.name).collect();
        let by_name = self.recognised(matcher, NAMES).condition;
        if types.is_empty() {
            return Compiled::indexed(by_name);
        }
        let by_type = self.one_of("media.mime_type", &types, |name| Param::Text((*name).to_owned()));
        Compiled::indexed(format!("({by_type} OR {by_name})"))
    }
}
