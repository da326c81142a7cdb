//! The whole job beside what a person would do otherwise: taking a folder in, looking at it again, checking what was stored.
//!
//! The peers are command lines, as somebody would type them; each does what hypernet does in one go, with the same
//! number of processes.

use std::fs;
use std::path::Path;

use crate::run::{self, shell};
use crate::table::Table;
use crate::{Fault, Options};

/// A command line beside others.
struct Row {
    name: &'static str,
    /// Programs it needs.
    needs: &'static [&'static str],
    /// What must be so before it, not counted.
    before: &'static str,
    line: String,
}

const CLEAN: &str = r#"rm -rf "$LIB" "$WORK/copy" "$WORK/thumbs" "$WORK/mirror"
    if [ -d "$WORK/annex" ]; then chmod -R u+w "$WORK/annex"; rm -rf "$WORK/annex"; fi"#;

/// What hypernet draws by default, in pixels of the longer edge.
const IMAGES: &str = r#"find "$CORPUS" -type f -size +0 \( -iname '*.jpg' -o -iname '*.jpeg' -o -iname '*.png' \
    -o -iname '*.webp' -o -iname '*.gif' -o -iname '*.heic' \) -print0"#;

const ANNEX: &str = r#"(cp -r "$CORPUS" "$WORK/annex"; cd "$WORK/annex"; git init -q .
    git config user.email bench@example.org; git config user.name bench; git annex init -q bench >/dev/null 2>&1
    git annex add -q -J$JOBS . >/dev/null 2>&1; git commit -qm add)"#;

const ORGANISE: &str = r#"mkdir -p "$WORK/copy"; exiftool -q -q -r -o . -d "$WORK/copy/%Y/%m" \
    '-Directory<FileModifyDate' '-Directory<CreateDate' '-Directory<DateTimeOriginal' "$CORPUS" || true"#;

const SUMS: &str = r#"find "$CORPUS" -type f -print0 | xargs -0 -P $JOBS -n 32 sha256sum > "$WORK/sums""#;

const META: &str = r#"exiftool -q -q -r -json -n -fast2 "$CORPUS" > "$WORK/meta.json" || true"#;

const IMPORT: &str = r#""$HN" --config none --library "$LIB" import "$CORPUS""#;

const MADE: &str = r#"test -d "$LIB" || "$HN" --config none --library "$LIB" import "$CORPUS" || true"#;

fn thumbs() -> String {
    format!(
        r#"mkdir -p "$WORK/thumbs"; {IMAGES} | VIPS_CONCURRENCY=1 xargs -0 -P $JOBS -n 16 \
            vipsthumbnail -s 400 -o "$WORK/thumbs/%s.jpg[Q=80,strip]" || true"#
    )
}

fn first() -> Vec<Row> {
    let row = |name, needs, line| Row { name, needs, before: CLEAN, line };
    vec![
        row("hypernet import", &[], IMPORT.to_owned()),
        row(
            "exiftool organise, sha256sum, exiftool -json, vipsthumbnail",
            &["exiftool", "vipsthumbnail"],
            format!("{ORGANISE}\n{SUMS}\n{META}\n{}", thumbs()),
        ),
        row(
            "cp, git-annex add, exiftool -json, vipsthumbnail",
            &["git-annex", "exiftool", "vipsthumbnail"],
            format!("{ANNEX}\n{META}\n{}", thumbs()),
        ),
        row("vipsthumbnail alone", &["vipsthumbnail"], thumbs()),
        row("cp -r (the floor: no hash, no thumbnail)", &[], r#"cp -r "$CORPUS" "$WORK/copy""#.to_owned()),
    ]
}

fn again() -> Vec<Row> {
    let row = |name, needs, line: &str| Row { name, needs, before: MADE, line: line.to_owned() };
    vec![
        row("hypernet import, a second time", &[], IMPORT),
        row(
            "find -printf size, times, inode",
            &[],
            r#"find "$CORPUS" -printf '%s %T@ %C@ %D %i %p\n' > "$WORK/found""#,
        ),
        Row {
            before: r#"test -d "$WORK/mirror" || cp -a "$CORPUS" "$WORK/mirror""#,
            ..row("rsync -an to a copy", &["rsync"], r#"rsync -an "$CORPUS/" "$WORK/mirror/" > /dev/null"#)
        },
    ]
}

fn check() -> Vec<Row> {
    let row = |name, needs, line: &str| Row { name, needs, before: MADE, line: line.to_owned() };
    let files = r#"find "$LIB/users" -path '*/media/*' -type f -print0 | xargs -0 -P $JOBS -n 32"#;
    vec![
        row("hypernet verify --data", &[], r#""$HN" --config none --library "$LIB" verify --data"#),
        row("openssl dgst -sha256", &["openssl"], &format!(r#"{files} openssl dgst -sha256 > "$WORK/sums""#)),
        row("sha256sum", &[], &format!(r#"{files} sha256sum > "$WORK/sums""#)),
    ]
}

/// Measures and prints all three groups, warm or cold.
pub fn run(options: &Options, corpus: &Path, cold: bool) -> Result<(), Fault> {
    let how = if cold { ", cold" } else { "" };
    let stage = Stage { options, corpus, library: options.work.join("lib"), cold };
    let table = stage.measure(&first())?;
    let images = stage.thumbnails()?;
    table.print(&format!("First import{how}"), Some(images))?;
    stage.measure(&again())?.print(&format!("Second import{how}"), None)?;
    stage.measure(&check())?.print(&format!("Reading everything again{how}"), None)?;
    run::quiet(&mut stage.shell(CLEAN))?;
    Ok(())
}

struct Stage<'a> {
    options: &'a Options,
    corpus: &'a Path,
    library: std::path::PathBuf,
    cold: bool,
}

impl Stage<'_> {
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
                run::quiet(&mut self.shell(row.before))?;
                self.temper()?;
                let cost = run::cost(&self.shell(&row.line), &self.options.work)?;
                eprintln!("round {}: {:.2} s {}", round + 1, cost.wall, row.name);
                table.note(row.name, round, cost);
            }
        }
        // What stays is hypernet's library, whichever row came last.
        run::quiet(&mut self.shell(MADE))?;
        Ok(table)
    }

    /// Makes the page cache hold all that will be read, or nothing.
    fn temper(&self) -> Result<(), Fault> {
        if self.cold {
            return drop_caches();
        }
        let read = r#"sync; find "$CORPUS" -type f -print0 | xargs -0 cat > /dev/null"#;
        run::quiet(&mut self.shell(read)).map(|_| ())
    }

    fn shell(&self, line: &str) -> std::process::Command {
        let mut command = shell(line);
        command.env("CORPUS", self.corpus).env("HN", run::program()).env("LIB", &self.library);
        command.env("WORK", &self.options.work).env("JOBS", self.options.jobs.to_string());
        command
    }

    /// How many pictures came out with a thumbnail: what "images a second" counts.
    fn thumbnails(&self) -> Result<u64, Fault> {
        let line = r#"find "$LIB"/users/*/thumbnails -type f | wc -l"#;
        Ok(String::from_utf8(self.shell(line).output()?.stdout)?.trim().parse()?)
    }
}

/// Empties the page cache.
pub fn drop_caches() -> Result<(), Fault> {
    run::quiet(&mut shell("sync"))?;
    fs::write("/proc/sys/vm/drop_caches", "3").map_err(|error| format!("--cold needs root: {error}").into())
}
