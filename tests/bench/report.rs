//! The table, and the same as JSON.

use serde_json::{Value, json};

use crate::load::Figures;

#[derive(Default)]
pub struct Report {
    rows: Vec<Value>,
    /// What was to be reached, and whether it was.
    targets: Vec<(String, bool)>,
}

impl Report {
    /// Begins a group of figures.
    #[expect(clippy::unused_self, reason = "a part of the report, which may come to be kept")]
    pub fn group(&self, title: &str, against: &str) {
        println!("{title}");
        println!(
            "  {:<52}{:>10}{:>14}{:>11}{:>11}  {against}",
            "", "per s", "CPU ms/1000", "median ms", "99 % ms"
        );
    }

    /// A figure, with what it is compared with: the share of its requests per second, and of its CPU.
    pub fn figure(&mut self, name: &str, figures: Figures, against: Option<Figures>) {
        let Figures {
            per_second,
            cpu,
            median,
            p99,
        } = figures;
        let ratios = against.map(|other| (per_second / other.per_second, cpu / other.cpu));
        let shown = ratios.map_or(String::new(), |(rate, cpu)| {
            format!("{rate:.2} of the rate, {cpu:.2} of the CPU")
        });
        println!("  {name:<52}{per_second:>10.0}{cpu:>14.1}{median:>11.2}{p99:>11.2}  {shown}");
        self.rows.push(json!({
            "name": name,
            "per_second": per_second,
            "cpu_ms_per_1000": cpu,
            "median_ms": median,
            "p99_ms": p99,
            "rate_ratio": ratios.map(|(rate, _)| rate),
            "cpu_ratio": ratios.map(|(_, cpu)| cpu),
        }));
    }

    /// A line of another kind.
    pub fn note(&mut self, name: &str, text: &str, value: &Value) {
        println!("  {name:<52}{text}");
        self.rows.push(json!({ "name": name, "value": value }));
    }

    /// A row of a table that is printed elsewhere.
    pub fn record(&mut self, row: &Value) {
        self.rows.push(row.clone());
    }

    pub fn target(&mut self, sentence: impl Into<String>, reached: bool) {
        self.targets.push((sentence.into(), reached));
    }

    pub fn finish(self) {
        println!("\nTargets");
        for (sentence, reached) in &self.targets {
            println!("  {}  {sentence}", if *reached { "reached" } else { "MISSED " });
        }
        let targets: Vec<Value> = self
            .targets
            .iter()
            .map(|(sentence, reached)| json!({ "target": sentence, "reached": reached }))
            .collect();
        let all = json!({ "rows": self.rows, "targets": targets });
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/bench.json");
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")).unwrap();
        std::fs::write(file, serde_json::to_vec_pretty(&all).unwrap()).unwrap();
        println!("\nThe same as JSON: target/bench.json");
    }
}
