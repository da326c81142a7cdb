//! What a question stands on, and how one that cannot be understood is told.

use super::super::context::Context;
use super::super::error::{CliError, Code};
use super::super::output::text::shown;
use crate::query::{Ground, Now, QueryError};

/// What questions refer to: the user's clock, from which `today` and `7d` count, and the saved questions.
pub fn ground(ctx: &Context) -> Ground {
    let wall = ctx.config.timezone.wall(ctx.now());
    let offset = wall.offset().unwrap_or_else(|| chrono::Offset::fix(&chrono::Utc));
    let now = Now::from_naive_utc_and_offset(wall.clock() - offset, offset);
    Ground { now, zone: ctx.config.timezone, saved: ctx.config.queries.clone() }
}

impl From<QueryError> for CliError {
    fn from(error: QueryError) -> Self {
        let told = Self::new(Code::Usage, shown(&error.message)).at(&error.text, error.span);
        match error.hint {
            Some(hint) => told.hint(shown(&hint)),
            None => told,
        }
    }
}
