//! What a plan costs a user, with the real Terraform: `make bench`.
//!
//! Two things are timed in turn in one run, because a machine's speed drifts; the ratios are what counts.

#![allow(
    clippy::print_stdout,
    reason = "a person reads what a benchmark prints"
)]

mod harness;

use std::time::{Duration, Instant};

use harness::{Simulator, Workspace};

const RUNS: usize = 15;
const TENANTS: usize = 1000;
const RUNS_OF_MANY: usize = 5;

fn main() {
    let simulator = Simulator::start();
    one_tenant(&simulator);
    many_tenants(&simulator);
}

/// A plan of one tenant beside a plan of one `terraform_data`, which needs no provider process.
fn one_tenant(simulator: &Simulator) {
    let tenant = Workspace::new(simulator, tenants(1, ""));
    let data = Workspace::builtin("resource \"terraform_data\" \"one\" {\n  input = \"x\"\n}\n");
    for workspace in [&tenant, &data] {
        workspace.succeed(&["apply", "-auto-approve"]);
    }
    compare(
        "plan of one tenant / of one terraform_data",
        RUNS,
        &tenant,
        &data,
    );
    tenant.abandon();
    data.abandon();
}

/// A plan of many tenants whose write-only values the hash compares, beside one where a version decides.
fn many_tenants(simulator: &Simulator) {
    let hashed = Workspace::new(simulator, tenants(TENANTS, ""));
    let versioned = Workspace::new(simulator, tenants(TENANTS, "secrets_wo_version = \"1\""));
    for workspace in [&hashed, &versioned] {
        workspace.succeed(&["apply", "-auto-approve"]);
    }
    let title = format!("plan of {TENANTS} tenants with the hash / with a version");
    compare(&title, RUNS_OF_MANY, &hashed, &versioned);
    hashed.abandon();
    versioned.abandon();
}

fn compare(title: &str, runs: usize, a: &Workspace<'_>, b: &Workspace<'_>) {
    let mut times = Vec::new();
    for _ in 0..=runs {
        times.push((plan(a), plan(b)));
    }
    // The first pair warms up.
    times.remove(0);
    let ratios = times.iter().map(|(a, b)| a.as_secs_f64() / b.as_secs_f64());
    println!("{title}: {runs} pairs");
    println!(
        "  first  {:.0} ms (median)",
        milliseconds(times.iter().map(|(a, _)| *a))
    );
    println!(
        "  second {:.0} ms (median)",
        milliseconds(times.iter().map(|(_, b)| *b))
    );
    println!("  ratio  {:.2} (median)", median(ratios));
}

fn plan(workspace: &Workspace<'_>) -> Duration {
    let start = Instant::now();
    workspace.succeed(&["plan", "-detailed-exitcode"]);
    start.elapsed()
}

fn milliseconds(times: impl Iterator<Item = Duration>) -> f64 {
    median(times.map(|time| time.as_secs_f64() * 1000.0))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// That many tenants with write-only secrets.
fn tenants(count: usize, more: &str) -> String {
    format!(
        r#"
resource "iwd_tenant" "many" {{
  count      = {count}
  ccid       = format("00000000-0000-4000-8000-%012d", count.index)
  short_id   = "100"
  name       = "t100"
  api_key_wo = "not-a-secret"
  {more}

  iwd {{
    url = "http://iwd.iwd:4024"

    db {{
      host        = "db"
      database    = "iwd"
      user        = "iwd"
      password_wo = "not-a-secret"
    }}

    api_keys {{
      tenant_wo = "not-a-secret"
    }}
  }}
}}
"#
    )
}
