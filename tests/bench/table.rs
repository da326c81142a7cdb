//! The tables, in the form the page has them: Markdown on standard output, so that filling the page is a paste.

use std::collections::BTreeMap;

use crate::Fault;
use crate::run::{Cost, median};

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

    /// Prints it: medians, and the medians of the ratios within each round. `images` gives the rate of the rows that
    /// take in that many.
    pub fn print(&self, title: &str, images: Option<u64>) -> Result<(), Fault> {
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
            let wall = middle(|cost| cost.wall);
            let rate = images.map_or_else(|| "-".to_owned(), |images| format!("{:.0}", images as f64 / wall));
            let failed = if rounds.values().any(|cost| cost.failed) { " (failed)" } else { "" };
            println!(
                "| {name}{failed} | {wall:.2} | {:.2} | {:.0} | {rate} | {} | {} |",
                middle(|cost| cost.cpu),
                middle(|cost| cost.peak),
                ratio(|cost| cost.wall),
                ratio(|cost| cost.cpu),
            );
        }
        Ok(())
    }
}
