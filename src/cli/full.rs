//! A full disk, told as one whatever met it: a file, the catalogue, or SQLite that only knows that it could not open a file.

use super::context::Context;
use super::error::{CliError, Code};
use crate::import::RESERVE;
use crate::store::files::Left;

/// The same error, with what the library's disk needs and has where that was the reason.
pub fn measured(error: CliError, ctx: &Context) -> CliError {
    let Some(left) = ctx.config.library.as_deref().and_then(|library| Left::at(library).ok()) else { return error };
    with(error, left)
}

fn with(error: CliError, left: Left) -> CliError {
    match error.code() {
        Code::NoSpace if !error.has("needed") => error.detail("needed", RESERVE).detail("free", left.bytes),
        Code::Io if error.has("catalogue") && left.nothing() => {
            CliError::new(Code::NoSpace, "the library's disk is full, so its catalogue cannot be opened")
                .hint("free some space and run this again")
                .detail("needed", RESERVE)
                .detail("free", left.bytes)
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalogue_that_cannot_be_opened_on_a_full_disk_is_a_full_disk() {
        let said = || CliError::new(Code::Io, "the catalogue: disk I/O error").detail("catalogue", "disk I/O error");
        let (full, ample) = (Left { bytes: 0, files: None }, Left { bytes: 1 << 40, files: Some(9) });
        assert_eq!(with(said(), full).code(), Code::NoSpace);
        assert_eq!(with(said(), Left { files: Some(0), ..ample }).code(), Code::NoSpace);
        assert_eq!(with(said(), ample).code(), Code::Io);
        assert_eq!(with(CliError::new(Code::Io, "x: Input/output error"), full).code(), Code::Io);
    }

    #[test]
    fn a_full_disk_comes_with_figures() {
        let left = Left { bytes: 7, files: None };
        assert!(with(CliError::new(Code::NoSpace, "full"), left).has("free"));
        let exact = CliError::new(Code::NoSpace, "full").detail("needed", 5).detail("free", 4);
        assert!(format!("{:?}", with(exact, left)).contains("\"free\": Number(4)"));
    }
}
