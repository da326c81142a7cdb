//! What a question finds, printed as it is found: whole, as a page, or as lines of a template.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;

use super::super::columns::columns;
use super::super::context::Context;
use super::super::error::{CliError, Code};
use super::super::output::List;
use super::super::output::list::Page;
use super::template::Line;
use super::{QueryArgs, readable};
use crate::model::ObjectId;
use crate::query::{self, Expr, Options};
use crate::store::Reader;

/// One list and all it needs.
pub struct Listing<'a> {
    pub ctx: &'a Context,
    pub args: &'a QueryArgs,
    /// The folder of the library.
    pub root: &'a Path,
    pub reader: &'a Reader,
    pub expr: &'a Expr,
    pub options: Options,
}

impl Listing<'_> {
    /// Prints it; says whether there was nothing.
    ///
    /// # Errors
    /// Those of the catalogue. What was printed is a whole document all the same.
    pub fn print(&self, mut line: Option<Line>) -> Result<bool, CliError> {
        // What a page holds, its cursor and its total belong to one state of the catalogue.
        let steady = self.args.page.then(|| self.reader.steady()).transpose()?;
        let counts = self.args.page || line.as_ref().is_some_and(|line| line.counts);
        let total = if counts { query::count_in(self.reader, self.expr, self.options.trash)? } else { 0 };
        if let Some(line) = &mut line {
            line.of(total);
        }
        let (table, plain) = (self.args.view.table(&self.ctx.config.output.columns), self.args.view.plain());
        let (table, plain) = (columns(&table), plain.iter().map(String::as_str).collect::<Vec<_>>());
        // From here on there is a document to close.
        let mut list = List::new(&self.ctx.out, &table, &plain);
        if self.args.page {
            list.page(Page { next_cursor: None, total });
        }
        let shown = self.rows(&mut list, line)?;
        if let (true, Some(last)) = (self.args.page && shown.more, shown.last) {
            let next = query::place(self.reader, &self.options, last)?;
            // Null would say that this is the last page.
            let next = next.ok_or_else(|| gone(last))?.to_string();
            list.page(Page { next_cursor: Some(next), total });
        }
        drop(steady);
        Ok(shown.last.is_none())
    }

    /// Prints the rows. Of a page one more is asked for, which says that it is not the last.
    fn rows(&self, list: &mut List<'_>, mut line: Option<Line>) -> Result<Shown, CliError> {
        let limit = self.options.limit.map(|most| if self.args.page { most.saturating_add(1) } else { most });
        let asked = Options { limit, ..self.options.clone() };
        let (stop, mut given) = (self.ctx.stop(), 0);
        let mut shown = Shown::default();
        query::run(self.reader, self.expr, &asked, |media| {
            let full = self.args.page && self.options.limit == Some(given);
            if full || stop.load(Ordering::Relaxed) {
                shown.more = true;
                return Ok(ControlFlow::Break(()));
            }
            given += 1;
            shown.last = Some(media.base.id);
            readable(self.ctx, &media);
            let mut found = self.args.view.found(self.reader, self.root, self.options.aim, media)?;
            if let Some(line) = &mut line {
                let lines = line.render(&found, self.reader)?;
                found = found.rendered(lines);
            }
            Ok::<_, CliError>(list.push(&found))
        })?;
        Ok(shown)
    }
}

/// What a page ended with cannot be gone while the reader is steady, unless the catalogue is at odds with itself.
fn gone(last: ObjectId) -> CliError {
    let message =
        format!("{last}, which this page ends with, is not in the registry, so the next page cannot be found");
    CliError::new(Code::Damaged, message).hint("run `hypernet check`")
}

/// What was printed.
#[derive(Default)]
struct Shown {
    /// The last of them.
    last: Option<ObjectId>,
    /// Whether there are more.
    more: bool,
}
