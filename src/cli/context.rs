//! What a command knows before it begins: settings, streams, clock and signals. Below `cli`, functions take values.

use std::env::current_dir;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::args::{GlobalOpts, word};
use super::config::Config;
use super::env::Env;
use super::error::{CliError, Code, Exit};
use super::output::Out;
use super::output::text::shown_path;
use super::progress::{Mode, Progress};
use super::signals::Signals;
use crate::model::Timestamp;

/// The ambient facts of one command.
pub struct Context {
    /// Where answers and talk go.
    pub out: Out,
    /// Every setting.
    pub config: Config,
    /// The environment as it was found.
    pub env: Env,
    /// `-n`: say what would be done and change nothing.
    pub dry_run: bool,
    /// `-y`: every question is answered with yes.
    pub yes: bool,
    /// How long to wait for another run.
    pub lock_timeout: Duration,
    progress: Mode,
    can_ask: bool,
    signals: Signals,
}

impl Context {
    /// Settles everything from flags, environment and files, and warns of what may be wrong in them.
    ///
    /// # Errors
    /// When one of them has no meaning.
    pub fn new(opts: &GlobalOpts, env: Env) -> Result<Self, CliError> {
        let config = Config::resolve(opts, &env)?;
        let out = opts.out(&env, config.output.color)?;
        config.warnings.iter().chain(&config.idle).for_each(|warning| out.talk.warn(warning));
        out.talk.detail(|| told(&config));
        let terminal = std::io::stderr().is_terminal() && std::io::stdin().is_terminal();
        let default_wait = Duration::from_secs(if terminal { 5 } else { 0 });
        let silenced = env.text("HYPERNET_NO_INPUT").is_some_and(|value| !value.is_empty() && value != "0");
        Ok(Self {
            dry_run: opts.dry_run,
            yes: opts.yes,
            lock_timeout: opts.lock_timeout.unwrap_or(default_wait),
            progress: word(opts.progress, &env, "HYPERNET_PROGRESS")?,
            can_ask: terminal && !opts.no_input && !silenced,
            signals: Signals::listen().map_err(|error| CliError::io(Path::new("signals"), &error))?,
            out,
            config,
            env,
        })
    }

    /// The folder of the library, whether there is one or not.
    ///
    /// # Errors
    /// When nothing says where it is: no flag, no variable, no home folder.
    pub fn library(&self) -> Result<&Path, CliError> {
        let unknown = || CliError::new(Code::NoLibrary, "no library is named and there is no home folder to look in");
        self.config.library.as_deref().ok_or_else(|| unknown().hint("name one with --library DIR or HYPERNET_LIBRARY"))
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        now()
    }

    /// Shows the progress of a run, in the way that was asked for.
    pub fn progress(&self, phase: &str, files: Option<u64>, bytes: Option<u64>) -> Progress {
        Progress::start(&self.out.talk, self.progress, phase, files, bytes)
    }

    /// From here on Ctrl-C only sets this flag, and a second one ends the process.
    pub fn stop(&self) -> Arc<AtomicBool> {
        self.signals.stop()
    }

    /// How a run ends that a signal cut short; `None` when none did.
    pub fn interrupted(&self) -> Option<Exit> {
        self.signals.exit()
    }

    /// How a command that looks at [`Context::stop`] ends: with `exit`, unless a signal cut it short.
    ///
    /// # Errors
    /// When one did.
    pub fn ended(&self, exit: Exit) -> Result<Exit, CliError> {
        self.interrupted().map_or(Ok(exit), |signal| Err(CliError::interrupted(signal)))
    }

    /// Whether a question can be asked.
    ///
    /// # Errors
    /// When not: `question` is what was to be asked, `flag` answers it without asking.
    pub fn may_ask(&self, question: &str, flag: &str) -> Result<(), CliError> {
        let refused = || CliError::new(Code::Refused, format!("{question}: cannot be asked here"));
        if self.can_ask { Ok(()) } else { Err(refused().hint(format!("answer it with {flag}")).detail("flag", flag)) }
    }

    /// Asks before something is done that a person may not mean: goes on at `y`, or under `--yes`.
    ///
    /// # Errors
    /// When nobody can be asked, and when the answer is another.
    pub fn confirm(&self, question: &str) -> Result<(), CliError> {
        if self.yes {
            return Ok(());
        }
        self.may_ask(question, "--yes")?;
        self.out.talk.question(&format!("{question}? [y/N] "));
        let mut answer = String::new();
        let read = std::io::stdin().read_line(&mut answer);
        read.map_err(|error| CliError::io(Path::new("standard input"), &error))?;
        if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
            return Ok(());
        }
        Err(CliError::new(Code::Refused, "not confirmed: nothing was changed"))
    }

    /// A path as people write it: beneath the home folder with `~`, beneath the working folder without it.
    pub fn shown(&self, path: &Path) -> String {
        let beneath = |base: Option<PathBuf>| path.strip_prefix(base?).ok().map(Path::to_owned);
        match (beneath(current_dir().ok()), beneath(self.env.home())) {
            (Some(rest), _) if rest != Path::new("") => shown_path(&rest),
            (_, Some(rest)) => shown_path(&Path::new("~").join(rest)),
            _ => shown_path(path),
        }
    }
}

/// What `-v` tells first: which configuration and which library.
fn told(config: &Config) -> String {
    let path = |path: &Option<PathBuf>| path.as_deref().map_or_else(|| "none".to_owned(), shown_path);
    let origin = config.origin("library").map_or_else(String::new, |origin| format!(" ({origin})"));
    format!("configuration: {}\nlibrary: {}{origin}", path(&config.file), path(&config.library))
}

/// The present instant.
pub fn now() -> Timestamp {
    chrono::Utc::now().into()
}
