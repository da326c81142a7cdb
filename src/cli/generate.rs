//! Writes shell completions and manual pages from the one description of the command line.
//!
//! The copies in `completions/` and `man/` are what [`files`] gives; a test compares them.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::App;
use super::context::Context;
use super::error::{CliError, Exit};
use super::help::ending;
use super::topics::TOPICS;

/// Print a completion script for a shell
///
/// Packages put them where each shell looks; for one user, see the examples.
#[derive(Debug, Args)]
#[command(after_long_help = ending(COMPLETIONS_EXAMPLES, EXITS))]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

const EXITS: &[Exit] = &[Exit::Ok, Exit::Failed, Exit::Usage];

const COMPLETIONS_EXAMPLES: &[&str] = &[
    "hypernet completions bash > ~/.local/share/bash-completion/completions/hypernet",
    "hypernet completions fish > ~/.config/fish/completions/hypernet.fish",
];

/// Print the manual, or write all its pages
#[derive(Debug, Args)]
#[command(after_long_help = ending(MAN_EXAMPLES, EXITS))]
pub struct ManArgs {
    /// Write all pages into this folder; those of section 7 beside it, into `man7`, where its name is `man1`
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

const MAN_EXAMPLES: &[&str] = &["hypernet man | man -l -", "hypernet man --dir ~/.local/share/man/man1"];

/// A file that ships: its name beneath `completions/` or `man/`, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// Where it stands in the source tree.
    pub path: PathBuf,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Runs `completions`.
///
/// # Errors
/// None of its own.
#[allow(clippy::unnecessary_wraps, reason = "every command has this shape")]
pub fn completions(ctx: &mut Context, args: &CompletionsArgs) -> Result<Exit, CliError> {
    ctx.out.raw(&script(args.shell));
    Ok(Exit::Ok)
}

/// Runs `man`.
///
/// # Errors
/// When a page cannot be written.
pub fn man(ctx: &mut Context, args: &ManArgs) -> Result<Exit, CliError> {
    match &args.dir {
        Some(dir) if ctx.dry_run => {
            for page in pages() {
                ctx.out.talk.note(&format!("would write {}", ctx.shown(&place(dir, &page.path))));
            }
        }
        Some(dir) => pages().iter().try_for_each(|page| write(&place(dir, &page.path), &page.bytes))?,
        None => ctx.out.raw(&pages().swap_remove(0).bytes),
    }
    Ok(Exit::Ok)
}

/// Every file that is committed, beneath `completions/` and `man/`.
pub fn files() -> Vec<Generated> {
    let shells = [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Elvish, Shell::PowerShell];
    let names = ["hypernet.bash", "_hypernet", "hypernet.fish", "hypernet.elv", "_hypernet.ps1"];
    let scripts = shells.into_iter().zip(names);
    let scripts =
        scripts.map(|(shell, name)| Generated { path: Path::new("completions").join(name), bytes: script(shell) });
    let pages = pages().into_iter().map(|page| Generated { path: Path::new("man").join(page.path), ..page });
    scripts.chain(pages).collect()
}

/// The completion script of a shell. Those of bash, zsh and fish ask the program first.
pub fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut App::command(), "hypernet", &mut script);
    let (begins, asks) = match shell {
        Shell::Bash => (
            "_hypernet() {\n",
            concat!(include_str!("complete/hook.bash"), "_hypernet() {\n    _hypernet_asked \"$1\" && return 0\n"),
        ),
        Shell::Zsh => (
            "_hypernet() {\n",
            concat!(include_str!("complete/hook.zsh"), "_hypernet() {\n    _hypernet_asked && return 0\n"),
        ),
        Shell::Fish => ("complete -c", concat!(include_str!("complete/hook.fish"), "complete -c")),
        _ => return script,
    };
    String::from_utf8_lossy(&script).replacen(begins, asks, 1).into_bytes()
}

/// The manual: `hypernet.1` first, then a page for each command and for each topic that has one.
fn pages() -> Vec<Generated> {
    let mut app = App::command().disable_help_subcommand(true);
    app.build();
    let mut pages = Vec::new();
    page(&app, &mut pages);
    let topics = TOPICS.iter().filter_map(|topic| Some((topic, topic.manual?)));
    pages.extend(topics.map(|(topic, name)| Generated {
        path: format!("{name}.7").into(),
        bytes: topic.page().roff(name, topic.about),
    }));
    pages
}

fn page(command: &clap::Command, pages: &mut Vec<Generated>) {
    let man = clap_mangen::Man::new(command.clone())
        .manual("hypernet")
        .source(concat!("hypernet ", env!("CARGO_PKG_VERSION")));
    let mut bytes = Vec::new();
    // Writing into memory does not fail.
    let _ = man.render(&mut bytes);
    pages.push(Generated { path: man.get_filename().into(), bytes });
    command.get_subcommands().filter(|command| !command.is_hide_set()).for_each(|command| page(command, pages));
}

/// Where a page goes: `man` looks for each section in a folder of its own.
fn place(dir: &Path, page: &Path) -> PathBuf {
    let other =
        page.extension().is_some_and(|section| section == "7") && dir.file_name().is_some_and(|name| name == "man1");
    if other { dir.with_file_name("man7").join(page) } else { dir.join(page) }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| CliError::io(folder, &error))?;
    fs::write(path, bytes).map_err(|error| CliError::io(path, &error))
}
