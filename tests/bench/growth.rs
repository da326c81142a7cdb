//! What a large library costs beside an empty one: per new file, per file known already.
//!
//! The library is one `grow` made. It is copied first: measuring it would make it larger.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::run::{self, DRAWN, Made, hypernet, shell};
use crate::table::Table;
use crate::{Fault, Options, tiny};

/// Small photos of one round.
const TINY: u64 = 2_000;

/// Real photos of one round: enough for a second or two.
const PHOTOS: usize = 100;

/// Adds the same new files to an empty library and to a grown one, in turn.
pub fn import(options: &Options, grown: &Path, corpus: Option<&Path>) -> Result<(), Fault> {
    let place = Place { options, grown: options.work.join("grown"), fresh: options.work.join("fresh") };
    place.copy(grown)?;
    place.tiny(false)?.print(&format!("{TINY} new small photos, no thumbnails"))?;
    place.tiny(true)?.print(&format!("{TINY} new small photos, with thumbnails"))?;
    if let Some(corpus) = corpus {
        let (table, count) = place.photos(corpus)?;
        table.print(&format!("{count} new photos, with thumbnails"))?;
    }
    fs::remove_dir_all(&place.grown)?;
    Ok(())
}

struct Place<'a> {
    options: &'a Options,
    grown: PathBuf,
    fresh: PathBuf,
}

impl Place<'_> {
    fn copy(&self, grown: &Path) -> Result<(), Fault> {
        let line = r#"rm -rf "$1" && mkdir -m 700 "$1" && cd "$0" && cp hypernet-library.toml catalog.db lock "$1" &&
            mkdir -m 700 "$1"/users "$1"/staging "$1"/trash "$1"/quarantine "$1"/backups"#;
        let copied = run::quiet(shell(line).arg(grown.canonicalize()?).arg(&self.grown))?;
        if copied { Ok(()) } else { Err(format!("{} cannot be copied", grown.display()).into()) }
    }

    fn tiny(&self, thumbs: bool) -> Result<Table, Fault> {
        let source = self.options.work.join("tiny");
        let mut table = Table::default();
        for round in 0..self.options.rounds {
            _ = fs::remove_dir_all(&source);
            let set = round + if thumbs { self.options.rounds } else { 0 };
            tiny::photos(&source, set, TINY)?;
            self.both(&source, TINY, thumbs, round, &mut table)?;
        }
        fs::remove_dir_all(&source)?;
        Ok(table)
    }

    /// The first photos of the corpus, made new for every round by a few bytes at their end.
    fn photos(&self, corpus: &Path) -> Result<(Table, usize), Fault> {
        let source = self.options.work.join("photos");
        fs::create_dir_all(&source)?;
        let line = r#"find "$0" -iname '*.jpg' -size +1M | sort | head -n "$1" | xargs -r -d '\n' cp --backup=numbered -t "$2""#;
        run::must(shell(line).arg(corpus).arg(PHOTOS.to_string()).arg(&source), "copying photos")?;
        let files: Vec<_> = fs::read_dir(&source)?.map(|entry| Ok(entry?.path())).collect::<Result<_, Fault>>()?;
        if files.is_empty() {
            return Err(format!("no photo of a megabyte beneath {}", corpus.display()).into());
        }
        let mut table = Table::default();
        for round in 0..self.options.rounds {
            for file in &files {
                OpenOptions::new().append(true).open(file)?.write_all(&round.to_le_bytes())?;
            }
            self.both(&source, files.len() as u64, true, round, &mut table)?;
        }
        fs::remove_dir_all(&source)?;
        Ok((table, files.len()))
    }

    fn both(&self, source: &Path, count: u64, thumbs: bool, round: u64, table: &mut Table) -> Result<(), Fault> {
        _ = fs::remove_dir_all(&self.fresh);
        run::must(hypernet().arg("--library").arg(&self.fresh).arg("init"), "an empty library")?;
        let sides = [("an empty library", &self.fresh), ("a grown library", &self.grown)];
        // By turns: whoever goes second finds the sources warm.
        let order = if round.is_multiple_of(2) { [0, 1] } else { [1, 0] };
        for side in order {
            let (name, library) = sides[side];
            run::must(
                shell(r#"sync; cat "$0/catalog.db" > /dev/null; find "$1" -type f -print0 | xargs -0 cat > /dev/null"#)
                    .arg(library)
                    .arg(source),
                "reading before the run",
            )?;
            let mut command = hypernet();
            command.arg("--library").arg(library).arg("import").arg(source);
            if !thumbs {
                command.arg("--no-thumbs");
            }
            let before = stored(library)?;
            let mut cost = run::cost(&command, &self.options.work)?;
            let after = stored(library)?;
            cost.made.push(Made { what: "originals", count: after[0] - before[0], of: count });
            if thumbs {
                cost.made.push(Made { what: DRAWN, count: after[1] - before[1], of: count });
            }
            eprintln!("round {}: {:.2} s, {:.2} s CPU, {name}", round + 1, cost.wall, cost.cpu);
            table.note(name, round, cost);
        }
        fs::remove_dir_all(&self.fresh)?;
        Ok(())
    }
}

/// Originals and thumbnails a library has on disk.
fn stored(library: &Path) -> Result<[u64; 2], Fault> {
    let count =
        |kind: &str| run::number(shell(r#"find "$0/users" -path "*/$1/*" -type f | wc -l"#).arg(library).arg(kind));
    Ok([count("media")?, count("thumbnails")?])
}

/// Imports a tree a second time of which every file is remembered, beside `find` with the same facts of each.
pub fn again(options: &Options, grown: &Path, tree: &Path) -> Result<(), Fault> {
    let mut table = Table::default();
    let mut ours = hypernet();
    ours.arg("--library").arg(grown).arg("import").arg(tree);
    let mut find = shell(r#"find "$0" -printf '%s %T@ %C@ %D %i %p\n' > "$1""#);
    find.arg(tree).arg(options.work.join("found"));
    // Once unmeasured, to have every inode in memory.
    run::must(&mut find, "looking at the tree")?;
    for round in 0..options.rounds {
        for (name, command) in [("hypernet import of what is known", &ours), ("find -printf size, times, inode", &find)]
        {
            let cost = run::cost(command, &options.work)?;
            eprintln!("round {}: {:.2} s {name}", round + 1, cost.wall);
            table.note(name, round, cost);
        }
    }
    table.print("A tree of known files")
}
