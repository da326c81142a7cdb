//! What questions cost at a million media: the whole process, the query alone, and a plain table asked the same.
//!
//! The library is one `grow` made; it is read only. A question that is refused, or finds nothing where there is something,
//! has no figure, and the bench ends with an error.

mod all;
mod inside;
mod peer;
mod questions;
mod spent;

use std::path::Path;
use std::process::{Command, Stdio};

use hypernet::query::sums::explain::Explanation;

use crate::run::hypernet;
use crate::{Fault, Options};
use inside::{Inside, PAGE, Steps};
use peer::Peer;
use questions::{QUESTIONS, Question};
use spent::{Costs, Spent, process};

/// Milliseconds a first page may take; with a very common word; and a question that reads every media.
const FIRST: f64 = 20.0;
const COMMON: f64 = 50.0;
const SCANNING: f64 = 1000.0;

/// Milliseconds a count may take.
const COUNT: f64 = 100.0;

/// All that is known of a question that was answered.
struct Answer {
    found: u64,
    explanation: Explanation,
    steps: Steps,
    /// The whole process: a page and a count.
    process: (Costs, Costs),
    /// The query alone.
    inside: (Costs, Costs),
    peer: Option<(Costs, Costs)>,
}

/// Asks everything, and prints the tables.
pub fn run(options: &Options, grown: &Path) -> Result<(), Fault> {
    let inside = Inside::open(grown)?;
    let linked = inside.linked()?;
    let peer = Peer::make(grown, &options.work)?;
    let (mut answers, mut wrong) = (Vec::new(), Vec::new());
    for question in &QUESTIONS {
        let text = question.text.replace("ID", &linked);
        let shown = question.shown();
        match answer(options, grown, &inside, peer.as_ref(), question, &text) {
            Ok(answer) => {
                let (page, count) = answer.process;
                eprintln!("{shown}: {} found, {:.1} and {:.1} ms of processor", answer.found, page.cpu.0, count.cpu.0);
                answers.push((question, answer));
            }
            Err(why) => {
                eprintln!("{shown}: {why}");
                wrong.push(format!("{shown}: {why}"));
            }
        }
    }
    whole(&answers);
    alone(&answers);
    if peer.is_some() {
        plain(&answers);
    }
    plans(&answers);
    all::run(options, grown)?;
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ").into()) }
}

impl Question {
    fn shown(&self) -> String {
        let sort = self.sort.map(|sort| format!(" --sort {sort}")).unwrap_or_default();
        format!("`{}`{sort}", self.text.replace('|', "\\|"))
    }

    /// Milliseconds its page and its count may take.
    fn budget(&self, explanation: &Explanation) -> (f64, f64) {
        match (explanation.scans.is_empty(), self.common) {
            (false, _) => (SCANNING, SCANNING),
            (true, true) => (COMMON, COUNT),
            (true, false) => (FIRST, COUNT),
        }
    }
}

fn answer(
    options: &Options,
    grown: &Path,
    inside: &Inside,
    peer: Option<&Peer>,
    question: &Question,
    text: &str,
) -> Result<Answer, Fault> {
    let (found, _) = inside.count(text)?;
    if found == 0 {
        return Err("found nothing".into());
    }
    let (page, count) = commands(grown, question, text);
    agrees(found, page, count)?;
    let (page, count) = commands(grown, question, text);
    let process = (process(&page, options.asked)?, process(&count, options.asked)?);
    let explanation = inside.explain(text, question)?;
    let steps = inside.steps(&explanation)?;
    let rounds = 0..options.asked;
    let pages: Vec<Spent> = rounds.clone().map(|_| inside.page(text, question)).collect::<Result<_, _>>()?;
    let counts: Vec<Spent> = rounds.map(|_| Ok(inside.count(text)?.1)).collect::<Result<_, Fault>>()?;
    let peer = peer.map(|peer| peer.ask(question, options.asked)).transpose()?.flatten();
    if let Some((counted, ..)) = peer.filter(|(counted, ..)| *counted != found) {
        return Err(format!("found {found}, of which the plain table counts {counted}").into());
    }
    let inside = (Costs::of(&pages), Costs::of(&counts));
    let peer = peer.map(|(_, page, count)| (page, count));
    Ok(Answer { found, explanation, steps, process, inside, peer })
}

/// The commands that give a first page and a count.
fn commands(grown: &Path, question: &Question, text: &str) -> (Command, Command) {
    let command = || {
        let mut command = hypernet();
        command.arg("--library").arg(grown).args(["query", text]);
        command
    };
    let (mut page, mut count) = (command(), command());
    page.args(["--limit", &PAGE.to_string(), "--json"]);
    if let Some(sort) = question.sort {
        page.args(["--sort", sort]);
    }
    count.arg("--count");
    (page, count)
}

/// The program must find what the query alone finds, and its page must be full.
fn agrees(found: u64, mut page: Command, mut count: Command) -> Result<(), Fault> {
    let told = |output: std::process::Output| -> Result<String, Fault> {
        let error = String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ");
        if output.status.success() { Ok(String::from_utf8(output.stdout)?) } else { Err(error.into()) }
    };
    let counted = told(count.stdin(Stdio::null()).output()?)?;
    if counted.trim() != found.to_string() {
        return Err(format!("the program counts {}, the query alone {found}", counted.trim()).into());
    }
    let page: serde_json::Value = serde_json::from_str(&told(page.stdin(Stdio::null()).output()?)?)?;
    let rows = page.as_array().map(Vec::len).ok_or("the program's page is no list")?;
    if rows as u64 == found.min(PAGE) { Ok(()) } else { Err(format!("the program's page has {rows} media").into()) }
}

type Answers<'a> = [(&'a Question, Answer)];

fn whole(answers: &Answers<'_>) {
    println!("\n### Questions, the whole process, milliseconds: the middle and the 95th of 100\n");
    println!(
        "| | finds | page wall | p95 | CPU | p95 | budget | kept | count wall | p95 | CPU | p95 | budget | kept |"
    );
    println!("| --- | ---: {}", "| ---: | ---: | ---: | ---: | ---: | --- ".repeat(2) + "|");
    for (question, answer) in answers {
        let (page, count) = &answer.process;
        let (first, all) = question.budget(&answer.explanation);
        println!(
            "| {} | {} | {} | {first:.0} | {} | {} | {all:.0} | {} |",
            question.shown(),
            answer.found,
            page.cells(),
            kept(page, first),
            count.cells(),
            kept(count, all),
        );
    }
    let within = |holds: fn(&(Costs, Costs), (f64, f64)) -> bool| {
        answers.iter().filter(|(question, answer)| holds(&answer.process, question.budget(&answer.explanation))).count()
    };
    println!(
        "\nOf {}, {} pages and {} counts keep their budget by the clock; {} and {} by processor time.",
        QUESTIONS.len(),
        within(|costs, budget| costs.0.wall.0 <= budget.0),
        within(|costs, budget| costs.1.wall.0 <= budget.1),
        within(|costs, budget| costs.0.cpu.0 <= budget.0),
        within(|costs, budget| costs.1.cpu.0 <= budget.1),
    );
}

/// Whether a budget is kept by the clock; if only by processor time, other work may have been in the way.
fn kept(costs: &Costs, budget: f64) -> String {
    match (costs.wall.0 - budget, costs.cpu.0 - budget) {
        (wall, _) if wall <= 0.0 => "yes".to_owned(),
        (wall, cpu) if cpu <= 0.0 => format!("CPU only; {wall:.1} over"),
        (wall, _) => format!("**{wall:.1} over**"),
    }
}

fn alone(answers: &Answers<'_>) {
    println!("\n### Questions, the query alone, milliseconds; steps of SQLite's machine for the page\n");
    println!("| | page wall | p95 | CPU | p95 | count wall | p95 | CPU | p95 | steps | of a full scan | scanning |");
    println!("| --- {}| --- |", "| ---: ".repeat(10));
    for (question, answer) in answers {
        let (page, count) = &answer.inside;
        let Steps { machine, scan } = answer.steps;
        let scans = answer.explanation.scans.join(" ");
        println!("| {} | {} | {} | {machine} | {scan} | {scans} |", question.shown(), page.cells(), count.cells());
    }
}

fn plain(answers: &Answers<'_>) {
    println!("\n### The same of one plain table, through the `sqlite3` shell, and our processor time of its\n");
    println!("| | page wall | p95 | CPU | p95 | ours | count wall | p95 | CPU | p95 | ours |");
    println!("| --- {}|", "| ---: ".repeat(10));
    for (question, answer) in answers {
        let Some((page, count)) = &answer.peer else { continue };
        let ratio = |ours: &Costs, theirs: &Costs| ours.cpu.0 / theirs.cpu.0;
        println!(
            "| {} | {} | {:.2} | {} | {:.2} |",
            question.shown(),
            page.cells(),
            ratio(&answer.process.0, page),
            count.cells(),
            ratio(&answer.process.1, count),
        );
    }
}

fn plans(answers: &Answers<'_>) {
    println!("\n### How a page is had\n");
    for (question, answer) in answers {
        println!("- {}", question.shown());
        for statement in &answer.explanation.statements {
            let steps: Vec<_> = statement.plan.iter().map(|step| step.step.as_str()).collect();
            println!("  - {}", steps.join("; "));
        }
    }
}
