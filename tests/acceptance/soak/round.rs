//! A round: all tenants are created, changed, given new secrets and destroyed.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::faults;
use super::figures::{Figures, Wrong};
use super::harness::{Json, Running, Simulator, Terraform, Workspace, provider_block};
use super::kills::{Kill, Victim, kills};
use super::processes;
use super::simulator_log::SimulatorLog;
use super::state_copy::StateCopy;
use super::tenants::{Differences, Tenants};

const CONFIGURATION: &str = include_str!("tenants.tf");

/// How long anything may hang: so long that only what never ends takes it.
const HANG: Duration = Duration::from_mins(15);

/// How often a step is run before it counts as one that never ends well.
const RUNS: u32 = 40;

const POLL: Duration = Duration::from_millis(5);

/// What the provider logs of each wait before a retry.
const RETRY: &str = "trying again after a wait";

/// Few retries, so that tenants fail for good too, and short waits. An ordinary answer takes a fraction of the limit.
const SETTINGS: [(&str, &str); 4] = [
    ("request_timeout", "\"10s\""),
    ("max_retries", "3"),
    ("retry_min_wait", "\"20ms\""),
    ("retry_max_wait", "\"500ms\""),
];

/// One round, with a simulator and a configuration of its own.
pub(crate) struct Round {
    seed: u64,
    /// How many tenants.
    count: u32,
    /// What no output may hold: all secrets begin with it.
    canary: String,
    simulator: Simulator,
    log: SimulatorLog,
    workspace: Workspace<'static>,
    /// How often faults were given to the simulator: each time drawn anew.
    given: u64,
}

impl Round {
    /// Starts the simulator, and installs the provider.
    pub(crate) fn new(seed: u64, count: u32) -> Self {
        let canary = format!("canary-{seed}");
        let simulator = Simulator::start_with_key(&format!("{canary}-api-key"));
        let workspace = Workspace::empty(Terraform::find(), None);
        workspace.set_provider_block(&provider_block(&SETTINGS));
        workspace.set_config(CONFIGURATION);
        workspace.init();
        Self {
            seed,
            count,
            log: SimulatorLog::open(&simulator.log_file()),
            canary,
            simulator,
            workspace,
            given: 0,
        }
    }

    /// Goes through it, and leaves off after a step that went wrong.
    pub(crate) fn go(mut self, figures: &mut Figures) {
        figures.rounds += 1;
        let steps = [
            ("create", self.count, "one", "one"),
            ("change", self.count, "two", "one"),
            ("rotate", self.count, "two", "two"),
            ("destroy", 0, "two", "two"),
        ];
        let all_kills = kills(self.seed, self.count);
        for ((step, count, values, secrets), kills) in steps.into_iter().zip(all_kills) {
            let tenants = Tenants {
                count,
                values: values.to_owned(),
                secrets: format!("{}-{secrets}", self.canary),
            };
            if !self.step(step, &tenants, kills, figures) {
                println!("  the rest of the round is left out");
                break;
            }
        }
        figures.add(&self.log.seen);
        self.workspace.abandon();
    }

    /// Runs Terraform until it succeeds, and compares; returns whether all is well.
    fn step(
        &mut self,
        step: &str,
        tenants: &Tenants,
        kills: Vec<Kill>,
        figures: &mut Figures,
    ) -> bool {
        self.give_faults();
        if step == "change" {
            // Once a round, since it takes the whole of `request_timeout`.
            self.simulator.fault(faults::hanging());
        }
        let mut kills = VecDeque::from(kills);
        let mut failure = None;
        for run in 1..=RUNS {
            failure = self.run(tenants, &mut kills, figures);
            if failure.is_none() {
                println!("  {step}: run {run} succeeded");
                break;
            }
        }
        if let Some(output) = failure {
            let text = format!("{step}: {RUNS} runs failed, the last with {output}");
            figures.note(Wrong::Step, text);
            return false;
        }
        self.compare(step, tenants, figures);
        figures.are_as_they_must_be()
    }

    /// Runs Terraform once, with the kills that come due, and returns what it printed where it failed.
    fn run(
        &mut self,
        tenants: &Tenants,
        kills: &mut VecDeque<Kill>,
        figures: &mut Figures,
    ) -> Option<String> {
        let copy = StateCopy::of(&self.workspace.folder());
        let mut run = self.start(tenants);
        let group = run.pid();
        let began = Instant::now();
        let mut counted_from = self.log.read().requests;
        while run.is_running() {
            assert!(began.elapsed() < HANG, "Terraform hangs");
            let requests = self.log.read().requests - counted_from;
            let due = kills.front().filter(|kill| requests >= kill.after).copied();
            if let Some(Kill { victim, .. }) = due
                && self.kill(victim, &run)
            {
                kills.pop_front();
                *figures.kills.entry(victim).or_default() += 1;
                counted_from = self.log.read().requests;
            }
            sleep(POLL);
        }
        let output = run.limited_to(HANG).wait();
        for orphan in processes::left(group, HANG) {
            figures.note(Wrong::Orphan, format!("process {orphan}"));
            processes::kill_hard(orphan);
        }
        figures.runs += 1;
        figures.restored_states += u64::from(copy.restore_where_needed());
        let printed = format!("{}{}", output.stdout, output.stderr);
        self.search(&printed, figures);
        (!output.success()).then_some(printed)
    }

    fn start(&self, tenants: &Tenants) -> Running {
        let Tenants {
            count,
            values,
            secrets,
        } = tenants;
        self.workspace.variables(&[
            ("count_of_tenants", &count.to_string()),
            ("values", values),
            ("secrets", secrets),
        ]);
        let key = format!("{}-api-key", self.canary);
        let log = self.provider_log();
        self.workspace.environment(&[
            ("IWD_ENDPOINT", self.simulator.endpoint()),
            ("IWD_API_KEY", &key),
            ("TF_LOG_PROVIDER", "TRACE"),
            ("TF_LOG_PATH", &log.to_string_lossy()),
        ]);
        self.workspace
            .start_apply_with(&["-parallelism=50", "-compact-warnings"])
    }

    /// Kills it, if it is there.
    fn kill(&mut self, victim: Victim, run: &Running) -> bool {
        match victim {
            Victim::Terraform => processes::kill_hard(run.pid()),
            Victim::Provider => {
                let providers = processes::providers(run.pid());
                let killed = providers.into_iter().map(processes::kill_hard);
                killed.fold(false, |any, killed| any | killed)
            }
            Victim::Simulator => {
                self.simulator.kill_and_restart();
                self.give_faults();
                true
            }
        }
    }

    fn give_faults(&mut self) {
        self.given += 1;
        let seed = self.seed.wrapping_mul(1000) + self.given;
        self.simulator.no_more_faults();
        self.simulator.fault(faults::faults(seed));
    }

    /// Compares what is on the simulator's disk with the configuration.
    fn compare(&mut self, step: &str, tenants: &Tenants, figures: &mut Figures) {
        self.simulator.kill_and_restart();
        let ccids = self.simulator.tenants().into_iter();
        let held: BTreeMap<String, Json> = ccids
            .map(|ccid| (ccid.clone(), self.simulator.body(&ccid)))
            .collect();
        figures.note_differences(step, Differences::between(&tenants.bodies(), &held));
    }

    /// Looks for secrets in what was printed, in the provider's log, and in all that Terraform wrote.
    fn search(&self, printed: &str, figures: &mut Figures) {
        let logged = fs::read_to_string(self.provider_log()).unwrap_or_default();
        figures.retries += logged.matches(RETRY).count() as u64;
        let files = fs::read_dir(self.workspace.folder()).expect("the workspace is there");
        let files = files.filter_map(|entry| {
            let path = entry.ok()?.path();
            Some((path.display().to_string(), fs::read(&path).ok()?))
        });
        let printed = (
            "what Terraform printed".to_owned(),
            printed.as_bytes().to_vec(),
        );
        for (name, content) in files.chain([printed]) {
            if String::from_utf8_lossy(&content).contains(&self.canary) {
                figures.note(Wrong::Secret, name);
            }
        }
        drop(fs::remove_file(self.provider_log()));
    }

    fn provider_log(&self) -> PathBuf {
        self.workspace.folder().join("provider.log")
    }
}
