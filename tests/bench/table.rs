//! The tables, in the form the page has them: Markdown on standard output, so that filling the page is a paste.

use std::collections::BTreeMap;

use crate::Fault;
use crate::run::{Cost, DRAWN, median};

/// One command's costs, by round.
pub type Rounds = BTreeMap<u64, Cost>;

/// Rows in the order they were met; the first is what the others are held against.
#[derive(Default)]
pub struct Table {
    rows: Vec<(String, Rounds)>,
}

impl Table {
    /// Notes what a command cost in a round.
    pub fn note(&mut self, name: &str, round: u64, cost: Cost) {
        let at = self.rows.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.rows.push((name.to_owned(), Rounds::new()));
            self.rows.len() - 1
        });
        self.rows[at].1.insert(round, cost);
    }

    /// Prints it: medians, and the medians of the ratios within each round. The rate counts what a row itself drew.
    pub fn print(&self, title: &str) -> Result<(), Fault> {
        let (_, ours) = self.rows.first().ok_or("nothing was measured")?;
        println!("\n### {title}\n");
        println!("| | wall s | CPU s | peak MB | images/s | wall, of ours | CPU, of ours |");
        println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (name, rounds) in &self.rows {
            let middle = |of: fn(&Cost) -> f64| median(rounds.values().map(of).collect());
            let ratio = |of: fn(&Cost) -> f64| {
                let ratios = rounds.iter().filter_map(|(k, cost)| Some(of(cost) / of(ours.get(k)?)));
                // What took less than the clock can tell has no ratio.
                let ratios: Vec<_> = ratios.filter(|ratio| ratio.is_finite()).collect();
                if ratios.is_empty() { "-".to_owned() } else { format!("{:.2}", median(ratios)) }
            };
            let rates: Option<Vec<_>> = rounds.values().map(rate).collect();
            let rate = rates.map_or_else(|| "-".to_owned(), |rates| format!("{:.0}", median(rates)));
            println!(
                "| {name}{} | {:.2} | {:.2} | {:.0} | {rate} | {} | {} |",
                shortfall(rounds),
                middle(|cost| cost.wall),
                middle(|cost| cost.cpu),
                middle(|cost| cost.peak),
                ratio(|cost| cost.wall),
                ratio(|cost| cost.cpu),
            );
        }
        Ok(())
    }
}

/// Pictures drawn a second.
fn rate(cost: &Cost) -> Option<f64> {
    let drawn = cost.made.iter().find(|made| made.what == DRAWN && made.count > 0)?;
    Some(drawn.count as f64 / cost.wall)
}

/// What a row has to have said beside its figures: that it failed, or the least it made in any round.
fn shortfall(rounds: &Rounds) -> String {
    let all = || rounds.values().flat_map(|cost| &cost.made);
    if rounds.values().any(|cost| cost.failed) || all().any(|made| made.count == 0 && made.of > 0) {
        return " (failed)".to_owned();
    }
    let mut least = BTreeMap::new();
    for made in all().filter(|made| made.count < made.of) {
        let known = least.entry(made.what).or_insert((made.count, made.of));
        *known = (*known).min((made.count, made.of));
    }
    if least.is_empty() {
        return String::new();
    }
    let said: Vec<_> = least.iter().map(|(what, (count, of))| format!("{count} of {of} {what}")).collect();
    format!(" (made {})", said.join(", "))
}
