//! The provider under valgrind.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;
use serde_json::json;
use tempfile::NamedTempFile;
use uuid::Uuid;

use crate::harness::api::Api;
use crate::harness::generated::tfplugin5::get_provider_schema;
use crate::harness::host::Host;
use crate::harness::tenant::{plain, with, write_only};

/// What the provider is asked in one run, after its settings, and how often.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Calls {
    /// Nothing, over mutual TLS.
    None,
    /// Its schema.
    Schema(usize),
    /// The plan of a tenant.
    Plan(usize),
    /// The plan of a tenant whose write-only secrets are compared with a hash.
    HashedPlan(usize),
    /// The change of a tenant, planned before.
    Apply(usize),
}

/// Why nothing can be counted here.
pub(crate) fn obstacle() -> Option<String> {
    if binary().is_none() {
        return Some("PROVIDER names no program: make test-instructions does".to_owned());
    }
    let valgrind = Command::new("valgrind").arg("--version").output();
    valgrind
        .err()
        .map(|_| "valgrind isn't installed".to_owned())
}

/// The instructions of a run.
pub(crate) fn count(calls: Calls) -> u64 {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let log = NamedTempFile::new().unwrap();
    runtime.block_on(run(calls, log.path()));
    let told = fs::read_to_string(log.path()).unwrap();
    let count = told
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    let (_, count) = count.unwrap_or_else(|| panic!("no count in {told}"));
    count.trim().parse().unwrap()
}

async fn run(calls: Calls, log: &Path) {
    let api = Api::start().await;
    let mut host = match calls {
        Calls::None => Host::start_by(counted(log), &[]).await,
        _ => Host::start_without_tls_by(counted(log)).await,
    };
    match calls {
        Calls::None => {}
        Calls::Schema(times) => {
            for _ in 0..times {
                let request = get_provider_schema::Request {};
                host.provider.get_schema(request).await.unwrap();
            }
        }
        Calls::Plan(times) => {
            let changed = with(&plain(), "/name", "t101");
            plan(&mut host, &api, [&plain(), &changed], times).await;
        }
        // Where all else is as it was, a hash tells whether the secrets are too.
        Calls::HashedPlan(times) => plan(&mut host, &api, [&write_only(); 2], times).await,
        Calls::Apply(times) => apply(&mut host, &api, times).await,
    }
    assert!(host.shutdown().await.success());
}

/// Plans a tenant again and again that was created as `before` says, and is to be as `after` says.
async fn plan(host: &mut Host, api: &Api, [before, after]: [&Json; 2], times: usize) {
    assert_eq!(host.configure(api.url()).await, []);
    let created = host.change(&Json::Null, before, &[]).await;
    for _ in 0..times {
        let plan = host.plan(&created.state, after, &created.private).await;
        plan.expect_no_error();
    }
}

/// Provisions one tenant after the other, each planned before.
async fn apply(host: &mut Host, api: &Api, times: usize) {
    assert_eq!(host.configure(api.url()).await, []);
    let mut plans = Vec::new();
    // As many plans in each run, so that the applies alone make the difference.
    for number in 0..100_u128 {
        let config = with(
            &plain(),
            "/ccid",
            json!(Uuid::from_u128(number).to_string()),
        );
        let plan = host.plan(&Json::Null, &config, &[]).await;
        plan.expect_no_error();
        plans.push((plan, config));
    }
    for (plan, config) in &plans[..times] {
        let reply = host.apply(&Json::Null, &plan.state, config, &plan.private);
        reply.await.expect_no_error();
    }
}

/// The provider counted, on the first core that is allowed, so that it starts as many threads on every machine.
fn counted(log: &Path) -> Command {
    let mut command = Command::new("taskset");
    command
        .env_clear()
        .arg("--cpu-list")
        .arg(first_core())
        .args([
            "valgrind",
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
        ])
        .arg(format!("--log-file={}", log.display()))
        .arg(binary().expect("PROVIDER"))
        .env("PATH", env::var_os("PATH").unwrap_or_default());
    command
}

/// The released binary.
fn binary() -> Option<PathBuf> {
    let named = env::var_os("PROVIDER").filter(|value| !value.is_empty())?;
    std::path::absolute(named).ok()
}

/// The number of the first core on which this process may run.
fn first_core() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let allowed = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let digits = allowed.unwrap().trim_start().chars();
    digits.take_while(char::is_ascii_digit).collect()
}
