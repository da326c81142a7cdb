//! `cargo bench -- CORPUS`: the figures a release quotes, as ratios beside other tools in one run. `README.md` beside this says how.
//!
//! No statistics beyond medians: every round runs each command once, and ratios are taken within a round.

#![allow(missing_docs, clippy::print_stdout, clippy::print_stderr, reason = "a program of its own, which prints")]

mod ask;
mod decoder;
mod grow;
mod growth;
mod run;
mod table;
mod tiny;
mod whole;

use std::path::PathBuf;
use std::process::ExitCode;

/// Whatever went wrong, in words.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

const USAGE: &str = "\
cargo bench -- [CORPUS] [CHAPTER]... [--rounds N] [--cold] [--grown LIBRARY] [--tree DIR] [--work DIR]
cargo bench -- grow LIBRARY [--tree DIR] [--media N] [--albums N] [--links N] [--seed N]

CORPUS       any folder of photos; without it only what needs none is measured
chapters     whole, decoder, growth, again, ask; all of them where none is named
--rounds N   how often each command runs [default: 3; 20 in ask]
--cold       once more with an empty page cache (needs root)
--grown DIR  a library that `grow` made, for the chapters growth, again and ask
--tree DIR   the files `grow` made with it, for the chapter again
--work DIR   a scratch folder on the disk to measure [default: a new one beneath TMPDIR]";

const CHAPTERS: &[&str] = &["whole", "decoder", "growth", "again", "ask"];

/// What was asked for.
pub struct Options {
    corpus: Option<PathBuf>,
    chapters: Vec<String>,
    rounds: u64,
    /// How often each question is asked: its 95th percentile takes more rounds.
    asked: u64,
    cold: bool,
    grown: Option<PathBuf>,
    tree: Option<PathBuf>,
    work: PathBuf,
    /// Processes the peers get: as many as hypernet takes workers.
    jobs: usize,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match begin(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("bench: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn begin(words: &[String]) -> Result<(), Fault> {
    if words.is_empty() || words.iter().any(|word| word == "--help") {
        println!("{USAGE}");
        return Ok(());
    }
    if words[0] == "grow" {
        return grow::run(&plan(&words[1..])?);
    }
    let scratch = tempfile::tempdir()?;
    let options = options(words, scratch.path().to_owned())?;
    std::fs::create_dir_all(&options.work)?;
    machine();
    chapters(&options)
}

fn chapters(options: &Options) -> Result<(), Fault> {
    let wanted = |name: &str| options.chapters.is_empty() || options.chapters.iter().any(|chapter| chapter == name);
    if let Some(corpus) = options.corpus.as_deref().filter(|_| wanted("whole")) {
        whole::run(options, corpus, false)?;
        if options.cold {
            whole::drop_caches()?;
            whole::run(options, corpus, true)?;
        }
    }
    if let Some(corpus) = options.corpus.as_deref().filter(|_| wanted("decoder")) {
        decoder::run(corpus, options.rounds)?;
    }
    let Some(grown) = &options.grown else {
        eprintln!(
            "skipped: growth, again and ask (no --grown LIBRARY; `cargo bench -- grow LIBRARY --tree DIR` makes one)"
        );
        return Ok(());
    };
    if wanted("growth") {
        growth::import(options, grown, options.corpus.as_deref())?;
    }
    match &options.tree {
        Some(tree) if wanted("again") => growth::again(options, grown, tree)?,
        None if wanted("again") => eprintln!("skipped: again (no --tree DIR)"),
        _ => {}
    }
    if wanted("ask") {
        ask::run(options, grown)?;
    }
    Ok(())
}

/// One line on where this ran.
fn machine() {
    let line = r#"printf '%s x %s, %s of memory, %s, %s\n' "$(nproc)" \
        "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(free -h --si | awk '/^Mem/ {print $2}')" \
        "$(. /etc/os-release; echo "$PRETTY_NAME")" "$(rustc --version | cut -d ' ' -f 1,2)""#;
    let said = run::shell(line).output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    println!("{}", said.unwrap_or_default().trim());
}

fn options(words: &[String], scratch: PathBuf) -> Result<Options, Fault> {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let mut options = Options {
        corpus: None,
        chapters: Vec::new(),
        rounds: 3,
        asked: 20,
        cold: false,
        grown: None,
        tree: None,
        work: scratch,
        jobs,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} wants a value\n\n{USAGE}"));
        match word.as_str() {
            "--rounds" => {
                options.rounds = value()?.parse()?;
                options.asked = options.rounds;
            }
            "--cold" => options.cold = true,
            "--grown" => options.grown = Some(PathBuf::from(value()?).canonicalize()?),
            "--tree" => options.tree = Some(PathBuf::from(value()?).canonicalize()?),
            "--work" => options.work = std::path::absolute(value()?)?,
            chapter if CHAPTERS.contains(&chapter) => options.chapters.push(chapter.to_owned()),
            flag if flag.starts_with('-') => return Err(format!("{flag} is no flag\n\n{USAGE}").into()),
            corpus => {
                let path = PathBuf::from(corpus).canonicalize();
                options.corpus = Some(path.map_err(|error| format!("{corpus}: {error}"))?);
            }
        }
    }
    Ok(options)
}

fn plan(words: &[String]) -> Result<grow::Plan, Fault> {
    let mut plan = grow::Plan {
        library: words.first().ok_or(USAGE)?.into(),
        media: 1_000_000,
        albums: 2_000,
        links: 1_500_000,
        seed: 1,
        tree: None,
    };
    let mut words = words[1..].iter();
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} wants a value\n\n{USAGE}"))?;
        match word.as_str() {
            "--media" => plan.media = value.parse()?,
            "--albums" => plan.albums = value.parse()?,
            "--links" => plan.links = value.parse()?,
            "--seed" => plan.seed = value.parse()?,
            "--tree" => plan.tree = Some(std::path::absolute(value)?),
            flag => return Err(format!("{flag} is no flag of grow\n\n{USAGE}").into()),
        }
    }
    Ok(plan)
}
