//! What the user wants to keep: every setting with its type, its default and where its value came from.
//!
//! Flag beats variable beats `hypernet-library.toml` beats `config.toml` beats default, settled here and nowhere else.
//! `config.toml` belongs to the user: [`edit`] alone changes it, one value at a time, when asked to.

pub mod command;
pub mod edit;
mod layers;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::Duration;

use super::args::GlobalOpts;
use super::columns;
use super::env::Env;
use super::error::{CliError, Code};
use super::output::style::Colour;
use super::output::text::{shown, shown_path};
use crate::model::Zone;
use crate::model::media::Limits;
use crate::text_enum;
use layers::{Layer, Layers};
pub use layers::{Origin, Shown};
use value::{Bytes, Jobs, Keep};

text_enum! {
    /// How files come into the library unless `--mode` says otherwise. `move` is never remembered (reliability, section 4).
    ImportMode("import.mode") { Auto = "auto", Copy = "copy", Reflink = "reflink" }
}

/// Every setting, resolved.
#[derive(Debug)]
pub struct Config {
    /// Where `config.toml` is read from, whether there is one or not; `None` under `--config none`.
    pub file: Option<PathBuf>,
    /// The library; `None` where no flag, variable or home folder tells.
    pub library: Option<PathBuf>,
    /// The acting user's email address.
    pub user: Option<String>,
    /// The zone of photos that do not say.
    pub timezone: Zone,
    /// How many files are worked on at once.
    pub jobs: usize,
    /// `[import]`
    pub import: Import,
    /// `[limits]`
    pub limits: LimitSettings,
    /// `[output]`
    pub output: Output,
    /// `[trash]` `keep`: how long what was deleted is kept; `None` for ever.
    pub keep: Option<Duration>,
    /// `[queries]`: saved queries by name.
    pub queries: BTreeMap<String, String>,
    /// What may be wrong in the files, such as unknown keys.
    pub warnings: Vec<String>,
    /// What stands in the files and does nothing, which harms nobody.
    pub idle: Vec<String>,
    shown: Vec<Shown>,
}

/// `[import]`
#[derive(Debug)]
#[allow(missing_docs, reason = "named as the flags they stand for")]
pub struct Import {
    pub mode: ImportMode,
    pub exclude: Vec<String>,
    pub verify: bool,
}

/// `[limits]`
#[derive(Debug)]
pub struct LimitSettings {
    /// On the size of one file.
    pub files: Limits,
    /// On a user's originals together, in bytes; `None` where there is none.
    pub quota: Option<u64>,
    /// Whether they bind the owner's own imports (ruling 4).
    pub owner: bool,
}

/// `[output]`
#[derive(Debug)]
pub struct Output {
    /// When to colour, where neither flag nor environment says.
    pub color: Colour,
    /// The columns of tables of media.
    pub columns: Vec<String>,
}

/// How long what was deleted is kept unless somebody says otherwise (ruling 9).
const KEPT: Duration = Duration::from_hours(30 * 24);

/// The settings a variable can give.
const VARIABLES: &[(&str, &str)] = &[
    ("user", "HYPERNET_USER"),
    ("timezone", "HYPERNET_TZ"),
    ("jobs", "HYPERNET_JOBS"),
    ("output.pager", "HYPERNET_PAGER"),
    ("secrets.backend", "HYPERNET_SECRETS"),
];

/// Settings of commands that are not built yet. Who sets one is told that it does nothing; its value is not looked at.
const NOT_YET: &[&str] =
    &["output.pager", "secrets.backend", "sync.max_time", "sync.on_finish", "sync.partial_ok", "sync.ping_url"];

/// The settings a library may carry. The rest name programs and places on this machine, which no foreign folder may choose.
const OF_A_LIBRARY: &[&str] = &["timezone", "import.", "limits.", "trash.", "queries."];

/// The file inside a library that marks it and holds its settings.
pub const MARKER: &str = "hypernet-library.toml";

impl Config {
    /// Reads the files and settles every setting.
    ///
    /// # Errors
    /// When a file that was named cannot be read, a file is no TOML, or a value has the wrong type or meaning.
    pub fn resolve(opts: &GlobalOpts, env: &Env) -> Result<Self, CliError> {
        let file = config_file(opts, env);
        // A file that was named was meant, whoever wrote it; one that is only found may have been planted.
        let found = file.as_deref().filter(|_| named_config(opts, env).is_none());
        let planted = found.and_then(|file| Some((shown_path(file), layers::foreign(file)?)));
        let users = if planted.is_some() { Layer::default() } else { users_layer(opts, env, file.as_deref())? };
        let library = library(opts, env, &users)?;
        let mut layers = Layers::new();
        layers.add(flags(opts));
        layers.add(Layer::of_variables(env, VARIABLES));
        if let Some((path, _)) = &library {
            layers.add_library(&path.join(MARKER), OF_A_LIBRARY);
        }
        layers.add(users);
        let mut config = Self::settle(file, library, layers)?;
        let unknown = config.output.columns.iter().filter_map(|name| columns::unknown(name));
        let origin = config.origin("output.columns").map(ToString::to_string).unwrap_or_default();
        let warnings: Vec<_> = unknown.map(|why| format!("{origin}: `output.columns`: {}", shown(&why))).collect();
        config.warnings.extend(warnings);
        let planted = planted.map(|(file, owner)| format!("{file}: belongs to {owner} and is not read"));
        config.warnings.extend(planted);
        Ok(config)
    }

    /// Each setting once, in the order `config show` prints them: its key, its type and its default.
    fn settle(file: Option<PathBuf>, library: Option<(PathBuf, Origin)>, mut layers: Layers) -> Result<Self, CliError> {
        layers.note_library(library.as_ref());
        let jobs = Jobs(available_parallelism().map_or(1, Into::into));
        let columns = ["taken_at", "type", "size", "filename", "camera", "tags"].map(str::to_owned).to_vec();
        Ok(Self {
            file,
            library: library.map(|(path, _)| path),
            user: layers.pick_optional("user")?,
            timezone: layers.pick("timezone", &Zone::Local)?,
            jobs: layers.pick("jobs", &jobs)?.0,
            import: Import {
                mode: layers.pick("import.mode", &ImportMode::Auto)?,
                exclude: layers.pick("import.exclude", &Vec::new())?,
                verify: layers.pick("import.verify", &false)?,
            },
            limits: limits(&mut layers)?,
            output: Output {
                color: layers.pick("output.color", &Colour::Auto)?,
                columns: layers.pick("output.columns", &columns)?,
            },
            keep: layers.pick("trash.keep", &Keep(Some(KEPT)))?.0,
            queries: layers.table("queries")?,
            idle: layers.idle(NOT_YET),
            warnings: layers.warnings(NOT_YET),
            shown: layers.shown(),
        })
    }

    /// Every setting with its value and origin, as `config show` prints them.
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// Where the value of a setting came from.
    pub fn origin(&self, key: &str) -> Option<&Origin> {
        self.shown.iter().find(|shown| shown.key == key).map(|shown| &shown.origin)
    }
}

fn limits(layers: &mut Layers) -> Result<LimitSettings, CliError> {
    let Limits { photo, video } = Limits::default();
    Ok(LimitSettings {
        files: Limits {
            photo: layers.pick("limits.photo", &Bytes(photo))?.0,
            video: layers.pick("limits.video", &Bytes(video))?.0,
        },
        quota: layers.pick("limits.quota", &Bytes(Some(crate::model::user::DEFAULT_QUOTA)))?.0,
        owner: layers.pick("limits.owner", &false)?,
    })
}

/// The file `--config` or `HYPERNET_CONFIG` names, else the one in the XDG folder.
fn config_file(opts: &GlobalOpts, env: &Env) -> Option<PathBuf> {
    match named_config(opts, env) {
        Some(named) if named == Path::new("none") => None,
        Some(named) => Some(env.expand(&named)),
        None => Some(env.config_dir()?.join("config.toml")),
    }
}

fn named_config(opts: &GlobalOpts, env: &Env) -> Option<PathBuf> {
    opts.config.clone().or_else(|| env.path("HYPERNET_CONFIG"))
}

fn users_layer(opts: &GlobalOpts, env: &Env, file: Option<&Path>) -> Result<Layer, CliError> {
    let Some(file) = file else { return Ok(Layer::default()) };
    match Layer::of_file(file)? {
        Some(layer) => Ok(layer),
        None if named_config(opts, env).is_none() => Ok(Layer::default()),
        None => {
            let message = format!("{}: there is no such configuration file", shown_path(file));
            Err(CliError::new(Code::Usage, message).hint("`--config none` does without"))
        }
    }
}

/// The flags that stand for settings. `--color`, `--progress` and `--log-format` are settled with the streams.
fn flags(opts: &GlobalOpts) -> Layer {
    let jobs = opts.jobs.map(|jobs| ("jobs", "--jobs", i64::from(jobs).into()));
    Layer::of_flags(jobs)
}

/// A path is no text, so the library is settled apart from the rest, and before its own settings can be read.
fn library(opts: &GlobalOpts, env: &Env, users: &Layer) -> Result<Option<(PathBuf, Origin)>, CliError> {
    if let Some(path) = &opts.library {
        return Ok(Some((env.expand(path), Origin::Flag("--library"))));
    }
    if let Some(path) = env.path("HYPERNET_LIBRARY") {
        return Ok(Some((env.expand(&path), Origin::Variable("HYPERNET_LIBRARY"))));
    }
    if let Some(found) = users.path("library", env)? {
        return Ok(Some(found));
    }
    Ok(env.data_dir().map(|data| (data.join("library"), Origin::Default)))
}
