//! Terraform's commands on tenants, beside the same on as many `terraform_data`, which need no provider process.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::figure::{Beside, Figure, Goal, median};
use super::metered::{Meter, Usage};
use super::resources::{connections_to, milliseconds, of_children};
use crate::harness::{API_KEY, Simulator, Terraform, Workspace, provider_block};

/// The most that one command may take.
const LIMIT: Duration = Duration::from_mins(10);
/// The pairs of plans of one tenant whose wall time is compared.
const PAIRS: usize = 21;
/// Terraform's own default.
const PARALLELISM: f64 = 10.0;
/// The commands, in the order of an object's life.
const COMMANDS: [&str; 3] = ["apply", "plan", "destroy"];

/// What one command took.
#[derive(Clone, Copy)]
struct Run {
    wall: Duration,
    terraform: Duration,
    provider: Usage,
}

/// All figures, of so many tenants each.
pub(crate) fn measure(provider: &Path, tenants: &[usize]) -> Vec<Figure> {
    let simulator = Simulator::start();
    let mut figures = Vec::new();
    let mut cpu_of_each = Vec::new();
    for &count in tenants {
        let (measured, cpu) = life_cycles(provider, &simulator, count);
        figures.extend(measured);
        cpu_of_each.push((count, cpu));
        if count == 1 {
            figures.push(one_plan(provider, &simulator));
        }
    }
    if let Some(&(most, cpu)) = cpu_of_each.iter().find(|(count, _)| *count == 1000) {
        if let Some(&(fewer, less)) = cpu_of_each.iter().find(|(count, _)| *count == 100) {
            figures.push(linear((most, cpu), (fewer, less)));
        }
        figures.push(hashes(provider, &simulator, most));
    }
    figures
}

/// The wall time of a plan, without anything between Terraform and the provider.
fn one_plan(provider: &Path, simulator: &Simulator) -> Figure {
    let tenant = workspace(provider, simulator, &tenants(1, VERSION), None);
    let data = Workspace::builtin(&data(1));
    for workspace in [&tenant, &data] {
        workspace.succeed(&["apply", "-auto-approve"]);
    }
    let pairs = plans(PAIRS, &tenant, &data);
    tenant.succeed(&["destroy", "-auto-approve"]);
    Figure::of_pairs("plan of 1 tenant: wall", "ms", "terraform_data", &pairs)
        .goal(Goal::AtMost(2.3))
}

/// A plan that compares write-only values with the hash of the last ones, beside one where a version decides.
fn hashes(provider: &Path, simulator: &Simulator, count: usize) -> Figure {
    let hashed = workspace(provider, simulator, &tenants(count, ""), None);
    let versioned = workspace(provider, simulator, &tenants(count, VERSION), None);
    for workspace in [&hashed, &versioned] {
        workspace.succeed_within(LIMIT, &["apply", "-auto-approve"]);
    }
    let pairs = plans(3, &hashed, &versioned);
    // They are the same tenants.
    hashed.abandon();
    versioned.succeed_within(LIMIT, &["destroy", "-auto-approve"]);
    let what = format!("plan of {count} tenants with a hash: wall");
    Figure::of_pairs(what, "ms", "with a version", &pairs)
}

/// Milliseconds of plans, in turn; the first pair warms up.
fn plans(pairs: usize, one: &Workspace<'_>, other: &Workspace<'_>) -> Vec<(f64, f64)> {
    let plan = |workspace: &Workspace<'_>| {
        let began = Instant::now();
        workspace.succeed_within(LIMIT, &["plan", "-detailed-exitcode"]);
        milliseconds(began.elapsed())
    };
    let run = |_| (plan(one), plan(other));
    (0..=pairs).map(run).skip(1).collect()
}

/// Figures of whole lives, and the provider's CPU time in the median of them.
fn life_cycles(provider: &Path, simulator: &Simulator, count: usize) -> (Vec<Figure>, f64) {
    let folder = tempfile::tempdir().unwrap();
    let meter = Meter::new(provider, folder.path());
    let tenant = workspace(provider, simulator, &tenants(count, VERSION), Some(&meter));
    let data = Workspace::builtin(&data(count));
    let lives = match count {
        0..10 => 5,
        10..1000 => 3,
        _ => 1,
    };
    let mut runs = Vec::new();
    let watch = ConnectionWatch::of(simulator);
    for _ in 0..lives {
        runs.push(COMMANDS.map(|command| {
            let own = run(&tenant, Some(&meter), command);
            (own, run(&data, None, command))
        }));
    }
    let connections = watch.most();
    let (tenants, mut figures) = (tenants_in_words(count), Vec::new());
    for (at, command) in COMMANDS.iter().enumerate() {
        let pairs: Vec<(Run, Run)> = runs.iter().map(|life| life[at]).collect();
        let wall = pairs
            .iter()
            .map(|(own, other)| (milliseconds(own.wall), milliseconds(other.wall)));
        let cpu = pairs.iter().map(|(own, _)| {
            let [provider, terraform] = [own.provider.cpu, own.terraform].map(milliseconds);
            (provider, terraform)
        });
        let (wall, cpu): (Vec<_>, Vec<_>) = (wall.collect(), cpu.collect());
        if count > 1 || *command != "plan" {
            let what = format!("{command} of {tenants}: wall");
            figures.push(Figure::of_pairs(what, "ms", "terraform_data", &wall));
        }
        let what = format!("{command} of {tenants}: the provider's CPU");
        let figure = Figure::of_pairs(what, "ms", "Terraform's", &cpu);
        figures.push(match count {
            1000.. => figure.goal(Goal::AtMost(0.025)),
            _ => figure,
        });
    }
    let own = || runs.iter().flatten().map(|(own, _)| own.provider);
    let peak = own().map(|usage| usage.peak).fold(0.0, f64::max);
    figures.push(
        Figure::new(format!("{tenants}: memory at the peak"), peak, "MiB").goal(Goal::AtMost(16.0)),
    );
    // The connection of a single one may end before anybody looks.
    if count > 1 {
        figures.push(
            Figure::new(format!("{tenants}: connections to IWD"), connections, "")
                .goal(Goal::AtMost(PARALLELISM)),
        );
    }
    let cpu_of_lives = runs.iter().map(|life| {
        let all = life.iter().map(|(own, _)| own.provider.cpu);
        milliseconds(all.sum())
    });
    (figures, median(cpu_of_lives))
}

/// The CPU time of the provider for each of many tenants, beside that for each of fewer.
#[expect(clippy::cast_precision_loss, reason = "there are not so many tenants")]
fn linear(many: (usize, f64), few: (usize, f64)) -> Figure {
    let [many, few] = [many, few].map(|(count, cpu)| cpu / count as f64);
    let beside = Beside {
        what: "of 100",
        value: few,
        ratio: many / few,
    };
    Figure {
        beside: Some(beside),
        ..Figure::new("the provider's CPU for each of 1000 tenants", many, "ms")
    }
    .goal(Goal::AtMost(1.2))
}

fn run(workspace: &Workspace<'_>, meter: Option<&Meter>, command: &str) -> Run {
    let (before, _) = of_children();
    let began = Instant::now();
    match command {
        "plan" => workspace.succeed_within(LIMIT, &["plan", "-detailed-exitcode"]),
        other => workspace.succeed_within(LIMIT, &[other, "-auto-approve"]),
    };
    let wall = began.elapsed();
    let (after, _) = of_children();
    let provider = meter.map(Meter::read).unwrap_or_default();
    Run {
        wall,
        terraform: after.saturating_sub(before + provider.cpu),
        provider,
    }
}

/// Looks how many connections a simulator has, until it is asked for the most.
struct ConnectionWatch {
    ends: Arc<AtomicBool>,
    most: Arc<AtomicUsize>,
    thread: thread::JoinHandle<()>,
}

impl ConnectionWatch {
    fn of(simulator: &Simulator) -> Self {
        let (_, port) = simulator.endpoint().rsplit_once(':').unwrap();
        let port = port.parse().unwrap();
        let (ends, most) = (
            Arc::new(AtomicBool::new(false)),
            Arc::<AtomicUsize>::default(),
        );
        let (ended, seen) = (Arc::clone(&ends), Arc::clone(&most));
        let thread = thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                seen.fetch_max(connections_to(port), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(10));
            }
        });
        Self { ends, most, thread }
    }

    #[expect(clippy::cast_precision_loss, reason = "there are not so many")]
    fn most(self) -> f64 {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        self.most.load(Ordering::Relaxed) as f64
    }
}

/// A workspace whose provider is the measured one, metered or not.
fn workspace<'a>(
    provider: &Path,
    simulator: &'a Simulator,
    config: &str,
    meter: Option<&Meter>,
) -> Workspace<'a> {
    let workspace = Workspace::empty(Terraform::find(), Some(simulator));
    if let Some(meter) = meter {
        workspace.environment(&meter.environment());
        workspace.set_provider(&std::env::current_exe().unwrap());
    } else {
        workspace.set_provider(provider);
    }
    let settings = [
        ("endpoint", format!("{:?}", simulator.endpoint())),
        ("api_key", format!("{API_KEY:?}")),
    ];
    let settings = settings
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    workspace.set_provider_block(&provider_block(&settings));
    workspace.set_config(config);
    workspace.init();
    workspace
}

fn tenants_in_words(count: usize) -> String {
    match count {
        1 => "1 tenant".to_owned(),
        more => format!("{more} tenants"),
    }
}

/// The line that makes a version decide whether write-only values are sent again.
const VERSION: &str = "secrets_wo_version = \"1\"";

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

/// That many objects of Terraform's own provider.
fn data(count: usize) -> String {
    format!("resource \"terraform_data\" \"many\" {{\n  count = {count}\n  input = \"x\"\n}}\n")
}
