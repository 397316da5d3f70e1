//! What the provider costs its users, beside what they would have without it: `make bench`.
//!
//! All is measured in one run, and in turn with what it is compared to, because a machine's speed drifts.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a person reads what a benchmark prints, and what it can't go on without should stop it"
)]

mod harness;

mod bench {
    pub(crate) mod calls;
    pub(crate) mod figure;
    pub(crate) mod masking;
    pub(crate) mod metered;
    pub(crate) mod operations;
    pub(crate) mod plot;
    pub(crate) mod raw;
    pub(crate) mod report;
    pub(crate) mod resources;
    pub(crate) mod start;
}

use std::env;
use std::path::PathBuf;

use bench::figure::Figure;
use bench::report::Report;
use bench::{calls, masking, metered, operations, start};

/// How many tenants Terraform has in its configuration, unless `TENANTS` says otherwise.
const TENANTS: [usize; 3] = [1, 100, 1000];

fn main() {
    if metered::is_stand_in() {
        metered::run();
    }
    let provider = provider();
    let tenants = tenants();
    let mut figures: Vec<Figure> = Vec::new();
    let mut measure = |part: &str, measured: Vec<Figure>| {
        println!("measured: {part}");
        figures.extend(measured);
    };
    measure("the start", start::measure(&provider));
    measure("the calls", calls::measure(&provider));
    measure("masking", masking::measure(&provider));
    measure(
        "Terraform's commands",
        operations::measure(&provider, &tenants),
    );
    let report = Report::new(&provider, figures, skipped(&tenants));
    println!("\n{}", report.table());
    report.save();
}

/// The binary to measure.
fn provider() -> PathBuf {
    let named = env::var_os("PROVIDER").filter(|value| !value.is_empty());
    let named = named.expect("PROVIDER names the binary to measure, as make bench does");
    std::path::absolute(named).unwrap()
}

fn tenants() -> Vec<usize> {
    match env::var("TENANTS") {
        Ok(counts) if !counts.is_empty() => counts
            .split_whitespace()
            .map(|count| count.parse().expect("TENANTS holds numbers"))
            .collect(),
        _ => TENANTS.to_vec(),
    }
}

/// What of the usual measurement is left out.
fn skipped(tenants: &[usize]) -> Vec<String> {
    TENANTS
        .iter()
        .filter(|count| !tenants.contains(count))
        .map(|count| format!("Terraform's commands on {count} tenants: TENANTS leaves them out"))
        .collect()
}
