//! The commands of the harness's table on a disk whose power is cut: what is no import. A row added there is played here.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::cut::{Cut, Setting, Started};
use super::disk::{Disk, Format, Rack};
use super::judge::{Step, Verdict};
use crate::oracle;
use crate::plan::Plan;
use crate::report::Report;
use crate::scenes::{Stage, playable};
use crate::support::{self, Ran};
use crate::world::{KILLED, World};

/// What a world consists of.
const PARTS: [&str; 4] = ["sources", "library", "backup", "restored"];

/// A row of the table, set on a disk.
pub struct Table {
    stage: Stage,
    format: Format,
    name: String,
    image: PathBuf,
}

impl Table {
    /// Every command of the table but imports, which have scenes of their own here, and `verify`, which changes nothing.
    pub fn all(plan: &Plan, report: &Report, rack: &Rack, format: Format) -> Vec<Self> {
        let own = playable(plan, report)
            .into_iter()
            .filter(|scene| !scene.name.starts_with("import") && !scene.name.starts_with("verify"));
        own.map(|scene| Self::set(Stage::set(scene, plan), rack, format)).collect()
    }

    fn set(stage: Stage, rack: &Rack, format: Format) -> Self {
        let name = format!("{}-{format:?}", stage.scene.name);
        let disk = rack.disk(&name, format);
        for part in PARTS.iter().filter(|part| stage.world.path().join(part).exists()) {
            support::copy_tree(&stage.world.path().join(part), &disk.path().join(part));
        }
        disk.settle();
        let image = disk.cut(&format!("{name}.begin"));
        Self { stage, format, name, image }
    }
}

impl Setting for Table {
    fn name(&self) -> &str {
        &self.name
    }

    fn format(&self) -> Format {
        self.format
    }

    fn image(&self) -> &Path {
        &self.image
    }

    fn start(&self, plan: &Plan, disk: &Disk, _: &Path, behind: &[String]) -> Started {
        let words: Vec<_> = behind.iter().map(Into::into).chain([plan.program.clone()]).collect();
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).args(["-L", "library"]).args(&self.stage.args).arg("--jsonl");
        command.current_dir(disk.path()).env_clear().env("HOME", disk.path()).env("TZ", "UTC").stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        Started { command, watched: None, held: None }
    }

    fn judge(&self, plan: &Plan, rack: &Rack, cut: &Cut) -> Verdict {
        let disk = match rack.again(&cut.image, self.format) {
            Ok(disk) => disk,
            Err(why) => return Verdict::unmountable(&why),
        };
        let world = World::at(disk.path(), plan);
        let code = if cut.ended { 0 } else { KILLED };
        let said = Ran { code, stdout: cut.said.join("\n") + "\n", stderr: String::new() };
        let mut wrong = oracle::lost(&self.stage, &world);
        wrong.extend(oracle::untrue(&self.stage, &world, &said));
        if cut.ended {
            // Before anything else runs: the same command again would do what was lost once more.
            let undone = [oracle::unlike(&self.stage, &world), (self.stage.scene.after)(&world)].concat();
            wrong.extend(undone.into_iter().map(|what| format!("it had ended well, and {what}")));
        }
        // A thumbnail is not synced: it can be drawn again.
        let kept = |what: &String| !what.contains("no thumbnail");
        wrong.extend(oracle::again(&self.stage, &world, &said).into_iter().filter(kept));
        Verdict { step: if cut.ended { Step::Ended } else { Step::Under }, wrong, in_doubt: 0 }
    }
}
