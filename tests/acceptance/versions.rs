//! What the provider does on each Terraform at hand: the one that is installed, and those in the wheels of `terraforms.txt`.
//!
//! A test that this machine can't run is reported as ignored, with the reason, and never as passed.

#[path = "versions/abilities.rs"]
mod abilities;
#[path = "versions/actions.rs"]
mod actions;
#[path = "../shared/canaries.rs"]
mod canaries;
mod harness;
#[path = "versions/identity.rs"]
mod identity;
#[path = "versions/life_cycle.rs"]
mod life_cycle;
#[path = "versions/module.rs"]
mod module;
#[path = "versions/secrets.rs"]
mod secrets;
#[path = "versions/states.rs"]
mod states;
#[path = "versions/testing.rs"]
mod testing;

use std::ops::Range;
use std::process::ExitCode;

use harness::{Terraform, Wheel};
use libtest_mimic::{Arguments, Trial};

/// Major and minor version.
type Series = (u16, u16);

/// A test, and the series of each product on which it is run.
struct Check {
    name: &'static str,
    terraform: Range<Series>,
    opentofu: Range<Series>,
    run: fn(Terraform),
}

const NEWEST: Series = (u16::MAX, 0);
const NONE: Range<Series> = NEWEST..NEWEST;

/// What each version can do. The tables in `README.md` and `docs/guides/running-it.md` say the same to people.
#[rustfmt::skip]
const CHECKS: &[Check] = &[
    // The 0.12 at hand reads the state for `plan` alone: no update, no destroy.
    check("creation", (0, 12)..(0, 13), NONE, life_cycle::creation),
    check("life_cycle", (0, 13)..NEWEST, (1, 6)..NEWEST, life_cycle::whole),
    check("refusal_of_write_only_arguments", (0, 12)..(1, 11), (1, 6)..(1, 11), life_cycle::write_only_is_refused),
    check("import_block", (1, 5)..NEWEST, (1, 6)..NEWEST, abilities::import_block),
    check("generated_configuration", (1, 5)..NEWEST, (1, 6)..NEWEST, abilities::generated_configuration),
    check("generated_defaults", (1, 14)..NEWEST, NONE, abilities::generated_defaults),
    check("refresh_only_exits_with_0", (1, 6)..(1, 8), NONE, abilities::refresh_only_exits_with_0),
    check("refresh_only_finds_no_differences", (1, 8)..(1, 15), NONE, abilities::refresh_only_finds_no_differences),
    check("refresh_only_exits_with_0", (1, 15)..NEWEST, NONE, abilities::refresh_only_exits_with_0),
    check("dynamic_block_that_ends_empty", (1, 11)..NEWEST, NONE, abilities::dynamic_block_that_ends_empty),
    check("terraform_test", (1, 6)..NEWEST, (1, 6)..NEWEST, abilities::terraform_test),
    check("terraform_test_with_a_provider_of_its_own", (1, 6)..NEWEST, NONE, abilities::terraform_test_with_a_provider_of_its_own),
    check("moved", (1, 8)..NEWEST, (1, 10)..NEWEST, abilities::moved),
    check("ephemeral_resource", (1, 10)..NEWEST, (1, 11)..NEWEST, abilities::ephemeral_resource),
    check("write_only_arguments", (1, 11)..NEWEST, (1, 11)..NEWEST, abilities::write_only_arguments),
    check("stored_secrets", (1, 11)..(1, 12), (1, 11)..NEWEST, secrets::stored_ones_are_in_state_and_plan_alone),
    check("stored_secrets", (1, 15)..NEWEST, NONE, secrets::stored_ones_are_in_state_and_plan_alone),
    check("write_only_secrets", (1, 11)..(1, 12), (1, 11)..NEWEST, secrets::write_only_ones_are_nowhere),
    check("write_only_secrets", (1, 15)..NEWEST, NONE, secrets::write_only_ones_are_nowhere),
    check("refusal_of_query", (1, 14)..NEWEST, NONE, abilities::query_is_refused),
    check("import_by_identity", (1, 12)..NEWEST, (1, 12)..NEWEST, identity::import_by_identity),
    check("identity_in_state_and_plan", (1, 12)..NEWEST, (1, 12)..NEWEST, identity::is_recorded_and_shown),
    check("action_invoked", (1, 14)..NEWEST, NONE, actions::are_invoked),
    check("action_triggered", (1, 14)..NEWEST, NONE, actions::are_triggered_with_what_was_unknown),
    check("action_failed", (1, 14)..NEWEST, NONE, actions::fail_in_full_words),
    check("action_stopped_in_a_wait", (1, 14)..NEWEST, NONE, actions::are_stopped_in_a_wait),
    check("action_stopped_in_flight", (1, 14)..NEWEST, NONE, actions::are_stopped_in_flight),
    check("action_examples", (1, 14)..NEWEST, NONE, actions::examples_are_valid),
    // Terraform 1.16.0-rc2 gives no ephemeral value to an action that is invoked by hand.
    check("action_with_ephemeral_secrets", (1, 14)..(1, 16), NONE, actions::keep_ephemeral_secrets),
    check("action_with_stored_secrets", (1, 14)..NEWEST, NONE, actions::let_the_plan_keep_other_secrets),
    check("terraform_test_of_two_plans", (1, 13)..NEWEST, NONE, testing::a_plan_counts_in_later_runs_of_a_file_with_the_provider),
    check("testing_examples", (1, 11)..NEWEST, NONE, testing::examples_pass),
    check("module_example", (1, 11)..NEWEST, (1, 11)..NEWEST, module::its_tests_pass),
    check("testing_with_a_bare_mock", (1, 11)..NEWEST, NONE, testing::mocks_make_up_what_they_are_not_given),
    check("testing_what_is_invalid", (1, 11)..NEWEST, NONE, testing::what_is_invalid_is_refused_all_the_same),
    check("testing_ephemeral_resources", (1, 11)..NEWEST, NONE, testing::mocks_have_no_ephemeral_resources),
    check("testing_overrides", (1, 11)..NEWEST, NONE, testing::an_override_changes_nothing_that_is_there),
    check("testing_actions", (1, 14)..NEWEST, NONE, testing::actions_of_an_overridden_resource_are_invoked),
    check("testing_protected_tenants", (1, 11)..NEWEST, NONE, testing::a_protected_tenant_outlives_its_test),
    check("unknown_ccid", (1, 6)..NEWEST, (1, 6)..NEWEST, identity::unknown_ccid),
];

const fn check(
    name: &'static str,
    terraform: Range<Series>,
    opentofu: Range<Series>,
    run: fn(Terraform),
) -> Check {
    Check {
        name,
        terraform,
        opentofu,
        run,
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let installed = Terraform::find();
    let version = installed.version();
    let mut trials = Vec::new();
    for check in checks_for(&version) {
        let terraform = installed.clone();
        let host = format!("installed {version}");
        let run = move || (check.run)(terraform);
        trials.push(trial(&host, check.name, || None, run));
    }
    for wheel in Wheel::all() {
        let host = format!("Terraform v{}", wheel.version);
        for check in checks_for(&host) {
            let obstacle = move || obstacle_of(&[wheel]);
            let run = move || (check.run)(Terraform::of(wheel));
            trials.push(trial(&host, check.name, obstacle, run));
        }
    }
    trials.extend(states::trials(&installed));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The checks for a product and version such as `Terraform v1.11.4`.
fn checks_for(version: &str) -> impl Iterator<Item = &'static Check> {
    let (product, number) = version.split_once(" v").expect("a product and a version");
    let series = series(number);
    let opentofu = product == "OpenTofu";
    CHECKS.iter().filter(move |check| {
        let range = if opentofu {
            &check.opentofu
        } else {
            &check.terraform
        };
        range.contains(&series)
    })
}

fn series(version: &str) -> Series {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(major), Some(minor)) => (major, minor),
        _ => panic!("{version} is no version"),
    }
}

/// The test `name` on `host`, which is not run where there is an obstacle.
fn trial(
    host: &str,
    name: &str,
    obstacle: impl FnOnce() -> Option<String> + Send + 'static,
    run: impl FnOnce() + Send + 'static,
) -> Trial {
    let name = format!("{}::{name}", host.replace(' ', "_"));
    harness::trial(name, obstacle, run)
}

/// Why this machine can't run the Terraform of one of `wheels`.
fn obstacle_of(wheels: &[Wheel]) -> Option<String> {
    wheels.iter().find_map(|wheel| {
        let reason = wheel.obstacle()?;
        Some(format!("Terraform {}: {reason}", wheel.version))
    })
}
