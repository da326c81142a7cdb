//! What a large library costs beside an empty one: per new file, per file known already, per question.
//!
//! The library is one `grow` made. It is copied first: measuring it would make it larger.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::run::{self, DRAWN, Made, hypernet, median, shell};
use crate::table::Table;
use crate::{Fault, Options, tiny};

/// Small photos of one round.
const TINY: u64 = 2_000;

/// Real photos of one round: enough for a second or two.
const PHOTOS: usize = 100;

/// How often each question is asked.
const ASKED: usize = 11;

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

/// Questions, and the budget of each in milliseconds for the whole process. The first finds nothing, all others something.
const QUESTIONS: &[(&str, &[&str], f64)] = &[
    ("start, and nothing found", &["query", "id:ffffffffffff"], 10.0),
    ("newest 50", &["query", "--limit", "50"], 20.0),
    ("all, counted", &["query", "--count"], 100.0),
    ("`year:2019`, 50", &["query", "year:2019", "--limit", "50"], 20.0),
    ("`year:2019`, counted", &["query", "year:2019", "--count"], 100.0),
    ("`date:2019-07`, 50", &["query", "date:2019-07", "--limit", "50"], 20.0),
    ("`before:2010`, counted", &["query", "before:2010", "--count"], 100.0),
    ("`type:video`, 50", &["query", "type:video", "--limit", "50"], 20.0),
    ("`type:video`, counted", &["query", "type:video", "--count"], 100.0),
    ("`type:video year:2019`, counted", &["query", "type:video year:2019", "--count"], 100.0),
    ("`camera:iphone`, 50", &["query", "camera:iphone", "--limit", "50"], 20.0),
    ("`camera:iphone`, counted", &["query", "camera:iphone", "--count"], 100.0),
    ("`camera:\"iphone 7\" year:2018`, 50", &["query", "camera:\"iphone 7\" year:2018", "--limit", "50"], 20.0),
    ("a common tag, 50", &["query", "tag:baki", "--limit", "50"], 20.0),
    ("a common tag, counted", &["query", "tag:baki", "--count"], 100.0),
    ("a rare tag, 50", &["query", "tag:tamerki", "--limit", "50"], 20.0),
    ("`tag:none`, 50", &["query", "tag:none", "--limit", "50"], 20.0),
    ("`tag:none`, counted", &["query", "tag:none", "--count"], 100.0),
    ("the largest album, 50", &["query", "album:\"baki baki 0\"", "--limit", "50"], 20.0),
    ("the largest album, counted", &["query", "album:\"baki baki 0\"", "--count"], 100.0),
    ("`album:none`, 50", &["query", "album:none", "--limit", "50"], 20.0),
    ("`album:none`, counted", &["query", "album:none", "--count"], 100.0),
    ("a common word, 50", &["query", "iphone", "--limit", "50"], 50.0),
    ("a common word, counted", &["query", "iphone", "--count"], 100.0),
    ("two words, 50", &["query", "kiki loki", "--limit", "50"], 20.0),
    ("a rare word, 50", &["query", "melosun", "--limit", "50"], 20.0),
    ("`filename:1234`, 50", &["query", "filename:1234", "--limit", "50"], 20.0),
    ("`filename:1234`, counted", &["query", "filename:1234", "--count"], 100.0),
    ("`filename:img`, 50", &["query", "filename:img", "--limit", "50"], 20.0),
    ("`size>90M`, 50", &["query", "size>90M", "--limit", "50"], 20.0),
    ("`size>90M`, counted", &["query", "size>90M", "--count"], 100.0),
    ("largest 50", &["query", "--sort", "-size", "--limit", "50"], 100.0),
    ("by name, 50", &["query", "--sort", "filename", "--limit", "50"], 100.0),
    ("NOT, counted", &["query", "NOT camera:iphone", "--count"], 100.0),
    ("OR, 50", &["query", "tag:kiki OR year:2010", "--limit", "50"], 20.0),
];

/// Asks every question of the grown library, the whole process each time. What is refused or finds nothing has no figure.
pub fn ask(grown: &Path) -> Result<(), Fault> {
    println!("\n### Questions, the whole process\n");
    println!("| | median ms | fastest ms | budget ms |");
    println!("| --- | ---: | ---: | ---: |");
    let mut wrong = Vec::new();
    for (k, (name, words, budget)) in QUESTIONS.iter().enumerate() {
        let question = || {
            let mut command: Command = hypernet();
            command.arg("--library").arg(grown).args(*words);
            command
        };
        // The first time is not counted: it has the disk to wait for. It says whether the answer is worth a figure.
        if let Some(why) = unanswered(&mut question(), k == 0)? {
            println!("| {name} ({why}) | - | - | {budget:.0} |");
            wrong.push(format!("{name}: {why}"));
            continue;
        }
        let times = (0..ASKED).map(|_| asked(&mut question())).collect::<Result<Vec<_>, _>>()?;
        let fastest = times.iter().copied().fold(f64::INFINITY, f64::min);
        let middle = median(times);
        let over = if middle > *budget { " (over)" } else { "" };
        println!("| {name} | {middle:.1}{over} | {fastest:.1} | {budget:.0} |");
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ").into()) }
}

/// What is wrong with the answer to a question, if anything is.
fn unanswered(question: &mut Command, nothing: bool) -> Result<Option<&'static str>, Fault> {
    let output = question.stderr(Stdio::null()).output()?;
    let answer = String::from_utf8_lossy(&output.stdout);
    let empty = matches!(answer.trim(), "" | "0");
    Ok(match (output.status.success(), empty == nothing) {
        (false, _) => Some("refused"),
        (true, true) => None,
        (true, false) if nothing => Some("found something"),
        (true, false) => Some("found nothing"),
    })
}

/// Milliseconds an answer takes.
fn asked(question: &mut Command) -> Result<f64, Fault> {
    question.stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let status = question.status()?;
    let spent = started.elapsed().as_secs_f64() * 1000.0;
    if status.success() { Ok(spent) } else { Err(format!("{question:?} was answered once, and then refused").into()) }
}
