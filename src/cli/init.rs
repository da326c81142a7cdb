//! `hypernet init`: makes a library, with its first user as owner.
//!
//! `import` does it too, at the place the settings name. A library that is there already is never touched.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::config::MARKER;
use super::context::Context;
use super::error::{CliError, Exit};
use super::founder::founder;
use super::help::ending;
use super::output::Answer;
use super::output::text::shown_path;
use crate::model::User;
use crate::model::text::Email;
use crate::store::{self, Library, StoreError};

const EXITS: &[Exit] =
    &[Exit::Ok, Exit::Failed, Exit::Usage, Exit::Locked, Exit::Refused, Exit::Interrupted, Exit::Terminated];
const EXAMPLES: &[&str] =
    &["hypernet init", "hypernet init ~/Media/hypernet --email ada@example.com --display-name 'Ada Lovelace'"];

/// Make a library
///
/// A library is one folder: the originals, their thumbnails and the catalogue. It can be moved and copied as a whole. The first
/// user is its owner, acts without a password and is named by an address, which need not exist.
#[derive(Debug, Args)]
#[command(after_long_help = ending(EXAMPLES, EXITS))]
pub struct InitArgs {
    /// Where [default: the folder the settings name]
    dir: Option<PathBuf>,
    /// The address that names the first user [default: the setting `user`, else made from account and host]
    #[arg(long, value_name = "EMAIL", value_parser = |text: &str| Email::parse(text))]
    email: Option<Email>,
    /// The name shown for the first user [default: the account's full name]
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
}

/// The library that was made, or would be.
#[derive(Serialize)]
struct Made {
    command: &'static str,
    dry_run: bool,
    path: String,
    library_id: Option<String>,
    user: Option<User>,
    #[serde(skip)]
    place: PathBuf,
}

/// Runs `init`.
///
/// # Errors
/// When the place is taken or cannot be written to.
pub fn run(ctx: &mut Context, args: &InitArgs) -> Result<Exit, CliError> {
    let place = match &args.dir {
        Some(dir) => ctx.env.expand(dir),
        None => ctx.library()?.to_owned(),
    };
    let founder = founder(ctx, args.email.as_ref(), args.display_name.as_deref())?;
    if ctx.dry_run {
        free(&place)?;
        ctx.out.emit(&Made::new(place, None, None));
        return Ok(Exit::Ok);
    }
    let library = Library::init(&place, &founder)?;
    let user = store::user::me(library.catalogue())?;
    let made = Made::new(library.path().to_owned(), Some(library.marker().library_id.clone()), Some(user));
    ctx.out.emit(&made);
    next(ctx, &place);
    Ok(Exit::Ok)
}

/// Whether a library could be made here, without making anything.
fn free(place: &Path) -> Result<(), CliError> {
    let taken = |reason| StoreError::NotEmpty { path: place.to_owned(), reason };
    if place.join(MARKER).exists() {
        return Err(taken("a library is there already").into());
    }
    match fs::read_dir(place).map(Iterator::count) {
        Ok(0) => Ok(()),
        Ok(_) => Err(taken("the folder is not empty").into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(CliError::io(place, &error)),
    }
}

fn next(ctx: &Context, place: &Path) {
    if ctx.config.library.as_deref() == Some(place) {
        ctx.out.talk.hint("take in your photos: hypernet import ~/Pictures");
    } else {
        let shown = ctx.shown(place);
        ctx.out.talk.hint(&format!("name it with --library {shown}, HYPERNET_LIBRARY or `library` in config.toml"));
    }
}

impl Made {
    fn new(place: PathBuf, library_id: Option<String>, user: Option<User>) -> Self {
        let path = place.to_string_lossy().into_owned();
        Self { command: "init", dry_run: user.is_none(), path, library_id, user, place }
    }
}

impl Answer for Made {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        match &self.user {
            Some(_) => writeln!(out, "{}", shown_path(&self.place)),
            None => writeln!(out, "would make a library at {}", shown_path(&self.place)),
        }
    }
}
