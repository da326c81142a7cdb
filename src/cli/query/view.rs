//! What is printed of each result: `--fields`, `--with`, and what neither goes with.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::super::columns;
use super::super::error::{CliError, Code};
use super::super::found::Found;
use super::super::output::Form;
use super::super::output::list::MEDIA_COLUMNS;
use super::super::output::text::shown;
use crate::model::Media;
use crate::query::{Aim, beside};
use crate::store::Reader;

/// The flags that say what is printed of each.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct ViewArgs {
    /// Print only these fields of each, such as id,filename,hash or metadata.exif.camera
    ///
    /// JSON keeps them nested as they are in the whole, null where there is nothing; elsewhere they are the columns, in this order.
    #[arg(long, value_name = "FIELD,...", value_delimiter = ',', conflicts_with = "count")]
    fields: Option<Vec<String>>,
    /// Print these beside its own fields: in JSON as `_extra`, else as more columns
    #[arg(long, value_name = "WHAT,...", value_delimiter = ',', conflicts_with = "count")]
    with: Vec<With>,
}

/// What can stand beside a media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum With {
    /// Where its original is on this machine
    LocalPath,
    /// The albums it is in: id and name
    Albums,
    /// Its links, at either end, albums among them
    Links,
    /// How far it was taken from the place of near:, in metres
    Distance,
    /// How alike it is to that of similar:, from 0 to 1
    Similarity,
}

impl With {
    const fn name(self) -> &'static str {
        match self {
            Self::LocalPath => "local_path",
            Self::Albums => "albums",
            Self::Links => "links",
            Self::Distance => "distance",
            Self::Similarity => "similarity",
        }
    }
}

impl ViewArgs {
    /// The fields that are asked for, where they are.
    pub fn fields(&self) -> Option<&[String]> {
        self.fields.as_deref()
    }

    /// Whether anything is said of it.
    pub fn asked(&self) -> bool {
        self.fields.is_some() || !self.with.is_empty()
    }

    /// Whether these can be printed in this form.
    ///
    /// # Errors
    /// When a field does not exist, or the form prints no fields.
    pub fn check(&self, form: Form) -> Result<(), CliError> {
        let fields = self.fields.iter().flatten();
        if let Some(name) = fields.clone().find(|name| !columns::exists(name)) {
            let error = CliError::new(Code::Usage, format!("there is no field `{}`", shown(name)));
            return Err(match columns::meant(name) {
                Some(meant) => error.hint(format!("did you mean `{meant}`?")),
                None => error.hint("those of `show --json`, and metadata.PATH such as metadata.exif.iso"),
            });
        }
        let flag = if self.fields.is_some() { "--fields" } else { "--with" };
        if self.asked() && matches!(form, Form::Paths(_) | Form::Ids(_) | Form::Rendered(_)) {
            let message = format!("{flag} says what is printed of each, and so does {}", form.flag());
            return Err(CliError::new(Code::Usage, message).hint("leave one out"));
        }
        Ok(())
    }

    /// Whether there is something to measure from.
    ///
    /// # Errors
    /// When not, and it is asked how far or how alike.
    pub fn measurable(&self, aim: Aim) -> Result<(), CliError> {
        measurable("--with", self.with.contains(&With::Distance), self.with.contains(&With::Similarity), aim)
    }

    /// The columns of a table: these, or those of the configuration.
    pub fn table(&self, configured: &[String]) -> Vec<String> {
        let names = self.fields.as_deref().unwrap_or(configured).iter().cloned();
        names.chain(self.beside()).collect()
    }

    /// The columns of tsv and csv.
    pub fn plain(&self) -> Vec<String> {
        let usual = || MEDIA_COLUMNS.iter().map(|name| (*name).to_owned()).collect();
        self.fields.clone().unwrap_or_else(usual).into_iter().chain(self.beside()).collect()
    }

    /// What is asked for beside them.
    pub fn beside(&self) -> impl Iterator<Item = String> {
        self.with.iter().map(|with| with.name().to_owned())
    }

    /// A media with what was asked for.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub fn found<'a>(
        &'a self,
        reader: &Reader,
        library: &std::path::Path,
        aim: Aim,
        media: Media,
    ) -> Result<Found<'a>, CliError> {
        let found = Found::new(media, library).only(self.fields.as_deref());
        let extra: Result<_, _> =
            self.with.iter().map(|with| Ok((with.name(), with.of(&found, reader, aim)?))).collect();
        extra.map(|extra| found.with(extra))
    }
}

impl With {
    fn of(self, found: &Found<'_>, reader: &Reader, aim: Aim) -> Result<Value, CliError> {
        let id = found.media.base.id;
        Ok(match self {
            Self::LocalPath => found.path.to_string_lossy().into(),
            Self::Albums => {
                let albums = beside::albums(reader, id)?;
                albums.iter().map(|album| json!({ "id": album.base.id, "name": album.name })).collect()
            }
            Self::Links => json!(beside::links(reader, id)?),
            // To the millimetre: more says nothing.
            Self::Distance => json!(beside::measured(reader, id, aim)?.0.map(|metres| (metres * 1e3).round() / 1e3)),
            Self::Similarity => json!(beside::measured(reader, id, aim)?.1.map(|bits| 1.0 - bits as f64 / 64.0)),
        })
    }
}

/// Whether a question says from where distance and likeness are measured, where they are asked for.
///
/// # Errors
/// When it does not; `flag` asks for them.
pub fn measurable(flag: &str, distance: bool, similarity: bool, aim: Aim) -> Result<(), CliError> {
    let missing = |name: &str, term: &str, example: &str| {
        let message = format!("{flag} {name} is measured from what {term} asks for, and the question has none");
        Err(CliError::new(Code::Usage, message).hint(format!("add a term such as {example}")))
    };
    match aim {
        Aim { origin: None, .. } if distance => missing("distance", "near:", "near:48.86,2.35,5km"),
        Aim { likeness: None, .. } if similarity => missing("similarity", "similar:", "similar:a1b2c3d4"),
        _ => Ok(()),
    }
}
