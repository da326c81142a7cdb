//! Chapter `prove`: the harness is able to fail. Each of a few things the promises rest on is taken out of the program, in a copy of
//! its source; the chapter that watches over it must find something then.
//!
//! The program as it is, at the same points, must show nothing first. A text that is not there any more is a finding: then a mutant has to be written anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::CHAPTERS;
use crate::plan::Plan;
use crate::report::Report;
use crate::support;

/// The program with one thing changed.
struct Mutant {
    name: &'static str,
    file: &'static str,
    /// Must stand there; wherever it does, it is changed.
    text: &'static str,
    instead: &'static str,
    /// Which chapter must see it, and how many points it is given at most.
    chapter: &'static str,
    count: usize,
    /// Which of its points, where only some can show it.
    only: Option<&'static str>,
    /// Whether only a release's run has those points.
    full: bool,
}

const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "no file sync",
        file: "src/import/stage.rs",
        text: ".and_then(|()| file.sync_all());",
        instead: ";",
        chapter: "power",
        count: 40,
        only: None,
        full: false,
    },
    Mutant {
        name: "no directory sync",
        file: "src/import/publish.rs",
        text: "        fsync(folders.open(root, &folder)?).map_err(",
        instead: "        folders.open(root, &folder).map(drop).map_err(|_| rustix::io::Errno::IO).map_err(",
        chapter: "power",
        count: 40,
        only: None,
        full: false,
    },
    Mutant {
        name: "no re-read before a source is deleted",
        file: "src/import/source.rs",
        text: "if root.hash(original).map_err(|error| unreadable(&error))? != (*hash, read.size) {",
        instead: "if false {",
        chapter: "lost",
        count: 0,
        only: Some("TurnedBad"),
        full: false,
    },
    Mutant {
        name: "no re-read of what was written",
        file: "src/import/stage.rs",
        text: "if read == (*hash, size) {",
        instead: "if true {",
        chapter: "lost",
        count: 0,
        only: Some("import-verify/write"),
        full: false,
    },
    Mutant {
        name: "no check of the length that was written",
        file: "src/import/stage.rs",
        text: "if length != size {",
        instead: "if length > size {",
        chapter: "lost",
        count: 0,
        only: Some("import-next/write"),
        full: false,
    },
    Mutant {
        name: "synchronous=NORMAL",
        file: "src/store/open.rs",
        text: "\"synchronous\", \"full\"",
        instead: "\"synchronous\", \"normal\"",
        chapter: "power",
        count: 40,
        only: None,
        full: false,
    },
    Mutant {
        name: "no sync of a copy in a backup",
        file: "src/store/files/copy.rs",
        text: "file.sync_all().map_err(StoreError::io(&at))?;",
        instead: "let _ = file;",
        chapter: "power",
        count: 30,
        only: Some("backup-Ext4"),
        full: true,
    },
];

/// Builds each mutant and lets its chapter find it.
pub fn run(plan: &Plan, report: &mut Report) {
    for mutant in MUTANTS.iter().filter(|mutant| plan.only.as_deref().is_none_or(|only| mutant.name.contains(only))) {
        let start = Instant::now();
        let program = match build(mutant) {
            Ok(program) => program,
            Err(why) => {
                report.finding(mutant.name, why);
                continue;
            }
        };
        let Some(chapter) = CHAPTERS.iter().find(|chapter| chapter.name == mutant.chapter) else {
            report.finding(mutant.name, format!("there is no chapter {}", mutant.chapter));
            continue;
        };
        let only = mutant.only.map(str::to_owned);
        let unhurt = Plan { full: mutant.full, count: Some(mutant.count), only, ..plan.clone() };
        let mut control = Report::new(chapter.name);
        (chapter.run)(&unhurt, &mut control);
        control.close(1);
        if control.findings() > 0 {
            control.print(&unhurt, start.elapsed());
            report.finding(mutant.name, format!("{} finds something without the mutant, too", chapter.name));
            continue;
        }
        let narrowed = Plan { program, ..unhurt };
        let mut inner = Report::new(chapter.name);
        (chapter.run)(&narrowed, &mut inner);
        let found = inner.findings();
        report.note(format!("{}: {} finds {found}", mutant.name, chapter.name));
        report.point(&[("mutant", mutant.name)]);
        if found == 0 {
            match inner.into_skips().pop() {
                Some(why) => report.skip(&format!("{}: {why}", mutant.name)),
                None => report.finding(mutant.name, format!("{} sees nothing wrong with it", chapter.name)),
            }
        }
    }
}

/// The program with the mutant in it, built beneath `target/`: there its dependencies are built once.
fn build(mutant: &Mutant) -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = root.join("target/mutants");
    let tree = place.join("tree");
    let _ = fs::remove_dir_all(&tree);
    fs::create_dir_all(&tree).map_err(|error| error.to_string())?;
    for name in ["Cargo.toml", "Cargo.lock", "README.md"] {
        fs::copy(root.join(name), tree.join(name)).map_err(|error| format!("{name}: {error}"))?;
    }
    for name in ["src", "tests"] {
        support::copy_tree(&root.join(name), &tree.join(name));
    }
    let file = tree.join(mutant.file);
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", mutant.file))?;
    if !text.contains(mutant.text) {
        return Err(format!("{} does not have this text any more: {}", mutant.file, mutant.text));
    }
    fs::write(&file, text.replace(mutant.text, mutant.instead)).map_err(|error| error.to_string())?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--locked", "--bin", "hypernet"]).current_dir(&tree).stdin(Stdio::null());
    let built = command.env("CARGO_TARGET_DIR", place.join("target")).output().map_err(|error| error.to_string())?;
    if !built.status.success() {
        return Err(format!("it does not build: {}", String::from_utf8_lossy(&built.stderr)));
    }
    let program = place.join(format!("hypernet-{}", mutant.name.replace(' ', "-")));
    fs::copy(place.join("target/debug/hypernet"), &program).map_err(|error| error.to_string())?;
    Ok(program)
}
