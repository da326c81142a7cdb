//! The whole job beside what a person would do otherwise: taking a folder in, looking at it again, checking what was stored.
//!
//! The peers are command lines, as somebody would type them; each does what hypernet does in one go, with the same
//! number of processes. What each left behind is counted. No HEIC: hypernet takes the preview inside, a peer decodes it.

mod rows;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Made, shell};
use crate::table::Table;
use crate::{Fault, Options};
use rows::{CLEAN, Count, MADE, Row, VIEW};

/// Measures and prints the first import, the second and the check, warm or cold.
///
/// The check is cold wherever the page cache can be dropped: `verify --data` does so with every file it reads.
pub fn run(options: &Options, corpus: &Path, cold: bool) -> Result<(), Fault> {
    let how = if cold { "cold" } else { "warm" };
    let mut stage = Stage::set(options, corpus, cold)?;
    stage.measure(&rows::first())?.print(&format!("First import, {how}"))?;
    println!("\nNo HEIC in it for any row. A duplicate is drawn and stored once by hypernet, by the others each time.");
    stage.measure(&rows::again())?.print(&format!("Second import, {how}"))?;
    let check = "Reading everything again";
    if cold {
        return stage.clean();
    }
    stage.reads = r#""$LIB/users""#;
    if drop_caches().is_ok() {
        stage.cold = true;
        stage.measure(&rows::check())?.print(&format!("{check}, cold"))?;
    } else {
        eprintln!("skipped: {check}, cold (needs root)");
    }
    stage.cold = false;
    stage.measure(&rows::check())?.print(&format!("{check}, warm"))?;
    println!(
        "\n`verify --data` drops the page cache of what it reads, by design, to see the disk and not the memory: warm, it \
         reads the disk and its peer does not. The fair figure is the cold one."
    );
    stage.clean()
}

struct Stage<'a> {
    options: &'a Options,
    /// The corpus without HEIC, a copy.
    view: PathBuf,
    library: PathBuf,
    /// What a row reads, in the words of the shell.
    reads: &'static str,
    cold: bool,
}

impl<'a> Stage<'a> {
    fn set(options: &'a Options, corpus: &Path, cold: bool) -> Result<Self, Fault> {
        let work = &options.work;
        let stage = Self { options, view: work.join("view"), library: work.join("lib"), reads: r#""$CORPUS""#, cold };
        stage.clean()?;
        run::must(stage.shell(VIEW).env("WHOLE", corpus), "copying the corpus")?;
        stage.list()?;
        Ok(stage)
    }

    /// Lists the pictures for vipsthumbnail, which names what it draws after the file without its folder and ending: a
    /// list has every name once.
    fn list(&self) -> Result<(), Fault> {
        let output = self.shell(rows::IMAGES).output()?.stdout;
        let mut lists: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
        let mut met: BTreeMap<&[u8], usize> = BTreeMap::new();
        for path in output.split(|byte| *byte == 0).filter(|path| !path.is_empty()) {
            let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
            let stem = name.iter().rposition(|byte| *byte == b'.').map_or(name, |dot| &name[..dot]);
            let times = met.entry(stem).or_insert(0);
            let list = lists.entry(*times).or_default();
            list.extend_from_slice(path);
            list.push(0);
            *times += 1;
        }
        let folder = self.options.work.join("images");
        fs::create_dir_all(&folder)?;
        for (k, list) in lists {
            fs::File::create(folder.join(k.to_string()))?.write_all(&list)?;
        }
        run::must(&mut self.shell(rows::DISTINCT), "counting what is there twice")
    }

    fn measure(&self, rows: &[Row]) -> Result<Table, Fault> {
        let mut table = Table::default();
        let there = |row: &&Row| {
            let missing = row.needs.iter().find(|program| !run::installed(program));
            if let Some(program) = missing {
                eprintln!("skipped: {} ({program} is not installed)", row.name);
            }
            missing.is_none()
        };
        let rows: Vec<_> = rows.iter().filter(there).collect();
        for round in 0..self.options.rounds {
            for row in &rows {
                run::must(&mut self.shell(row.before), row.name)?;
                self.temper()?;
                let mut cost = run::cost(&self.shell(&row.line), &self.options.work)?;
                cost.made = row.made.iter().map(|count| self.count(count)).collect::<Result<_, _>>()?;
                eprintln!("round {}: {:.2} s {}", round + 1, cost.wall, row.name);
                table.note(row.name, round, cost);
            }
        }
        // What stays is hypernet's library, whichever row came last.
        run::must(&mut self.shell(MADE), "a library")?;
        Ok(table)
    }

    fn count(&self, count: &Count) -> Result<Made, Fault> {
        let number = |line: &str| run::number(&mut self.shell(line));
        Ok(Made { what: count.what, count: number(count.there)?, of: number(count.of)? })
    }

    /// Makes the page cache hold all that will be read, or nothing.
    fn temper(&self) -> Result<(), Fault> {
        if self.cold {
            return drop_caches();
        }
        let read = format!("sync; find {} -type f -print0 | xargs -0 cat > /dev/null", self.reads);
        run::must(&mut self.shell(&read), "reading before the run")
    }

    fn clean(&self) -> Result<(), Fault> {
        run::must(&mut self.shell(&format!(r#"{CLEAN}; rm -rf "$CORPUS" "$WORK/images""#)), "cleaning up")
    }

    fn shell(&self, line: &str) -> Command {
        let mut command = shell(line);
        command.env("CORPUS", &self.view).env("HN", run::program()).env("LIB", &self.library);
        command.env("WORK", &self.options.work).env("JOBS", self.options.jobs.to_string());
        command
    }
}

/// Empties the page cache.
pub fn drop_caches() -> Result<(), Fault> {
    run::must(&mut shell("sync"), "sync")?;
    fs::write("/proc/sys/vm/drop_caches", "3").map_err(|error| format!("--cold needs root: {error}").into())
}
