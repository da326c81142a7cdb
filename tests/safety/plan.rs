//! What the harness is asked to do: its own small command line.

use std::path::PathBuf;

use crate::support;

/// One run of the harness.
#[derive(Debug, Clone)]
pub struct Plan {
    /// A release's run; else the share of every commit.
    pub full: bool,
    /// Named chapters; none means all.
    pub chapters: Vec<String>,
    /// The program that is hurt.
    pub program: PathBuf,
    /// Which points are drawn where not all are run, and in which order.
    pub seed: u64,
    /// How many points a chapter runs, in place of its own number; 0: as many as a release's run takes.
    pub count: Option<usize>,
    /// How many points are run at once.
    pub jobs: usize,
    /// Only points whose name contains this.
    pub only: Option<String>,
}

impl Plan {
    /// Reads the arguments.
    pub fn parse(args: impl Iterator<Item = String>, chapters: &[(&str, &str)]) -> Result<Self, String> {
        let jobs = std::thread::available_parallelism().map_or(2, usize::from);
        let program = PathBuf::from(support::HYPERNET);
        let mut plan = Self { full: false, chapters: Vec::new(), program, seed: 1, count: None, jobs, only: None };
        let mut args = args.peekable();
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} wants a value"));
            match arg.as_str() {
                "ci" => plan.full = false,
                "full" => plan.full = true,
                "--binary" => plan.program = std::path::absolute(value()?).map_err(|error| error.to_string())?,
                "--seed" => plan.seed = number(&value()?)?,
                "--count" => plan.count = Some(usize::try_from(number(&value()?)?).map_err(|error| error.to_string())?),
                "--jobs" => {
                    plan.jobs = usize::try_from(number(&value()?)?.max(1)).map_err(|error| error.to_string())?;
                }
                "--only" => plan.only = Some(value()?),
                name if chapters.iter().any(|(known, _)| *known == name) => plan.chapters.push(name.to_owned()),
                _ => return Err(usage(chapters)),
            }
        }
        Ok(plan)
    }

    /// How many points a chapter runs; where `full` is 0: all there are.
    pub fn share(&self, ci: usize, full: usize) -> usize {
        match self.count {
            Some(0) => full,
            Some(count) => count,
            None if self.full => full,
            None => ci,
        }
    }

    /// Whether chapters are run as they are: with all their points, in their own number.
    pub fn whole(&self) -> bool {
        self.only.is_none() && self.count.is_none()
    }

    /// Whether a point of this name is wanted.
    pub fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }

    /// The command that runs one point again; an empty one stands for the whole chapter.
    pub fn again(&self, chapter: &str, point: &str) -> String {
        let binary = if self.program.as_os_str() == support::HYPERNET {
            String::new()
        } else {
            format!(" --binary {}", self.program.display())
        };
        let size = if self.full { "full" } else { "ci" };
        let release = if cfg!(debug_assertions) { "" } else { " --release" };
        let corpus =
            std::env::var("HYPERNET_CORPUS").map_or_else(|_| String::new(), |at| format!("HYPERNET_CORPUS={at} "));
        let point = if point.is_empty() { String::new() } else { format!(" --count 0 --only '{point}'") };
        format!("{corpus}cargo test{release} --test safety -- {size} {chapter} --seed {}{point}{binary}", self.seed)
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|error| format!("{text}: {error}"))
}

fn usage(chapters: &[(&str, &str)]) -> String {
    let listed: Vec<_> = chapters.iter().map(|(name, about)| format!("  {name:10}{about}")).collect();
    format!(
        "usage: cargo test --test safety -- [ci|full] [CHAPTER...] [--binary PATH] [--seed N] [--count N] [--jobs N] [--only POINT]\n\
         chapters:\n{}\n--count 0 runs as many points as `full` does, --only those whose name contains POINT",
        listed.join("\n")
    )
}
