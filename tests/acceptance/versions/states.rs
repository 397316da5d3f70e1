//! States that go from one version to another, by which nothing is sent.

use libtest_mimic::Trial;

use super::abilities::ADDRESS;
use super::life_cycle::{self, APPLY, NOTHING_TO_DO, PLAN};
use super::{obstacle_of, series, trial};
use crate::harness::tenant::SECRETS;
use crate::harness::{CCID, Simulator, Tenant, Terraform, Wheel, Workspace, quickstart};

const HOST: &str = "States";

/// The tests, with `installed` among the hosts.
pub(super) fn trials(installed: &Terraform) -> Vec<Trial> {
    let from = |first: (u16, u16)| Wheel::all().filter(move |wheel| series(wheel.version) >= first);
    let newest = from((1, 15)).last().expect("a newest wheel");
    let up_and_down = |name: &str, first, tenant: fn() -> Tenant| {
        let up: Vec<_> = from(first).collect();
        let wheels: Vec<_> = up.iter().chain(up.iter().rev().skip(1)).copied().collect();
        let needed = up.clone();
        trial(
            HOST,
            name,
            move || obstacle_of(&needed),
            move || {
                travel(wheels.into_iter().map(Terraform::of), tenant);
            },
        )
    };
    let old = from((0, 13)).filter(|wheel| series(wheel.version) < (1, 0));
    let from_old = old.map(|wheel| {
        let name = format!("from_{}_to_{}", wheel.version, newest.version);
        trial(
            HOST,
            &name,
            move || obstacle_of(&[wheel, newest]),
            move || {
                adopted(Terraform::of(wheel), Terraform::of(newest));
            },
        )
    });
    let opentofu = installed.opentofu();
    let found = opentofu.is_some();
    let to_opentofu = trial(
        HOST,
        &format!("from_Terraform_{}_to_OpenTofu_and_back", newest.version),
        move || {
            if found {
                obstacle_of(&[newest])
            } else {
                Some("there is no tofu on PATH".to_owned())
            }
        },
        move || {
            let opentofu = opentofu.expect("what is missing is an obstacle");
            let [there, back] = [0; 2].map(|_| Terraform::of(newest));
            travel([there, opentofu, back].into_iter(), Tenant::new);
        },
    );
    let mut trials = vec![
        up_and_down("up_and_down", (1, 6), Tenant::new),
        up_and_down("up_and_down_with_write_only_secrets", (1, 11), || {
            Tenant::new().write_only(&SECRETS)
        }),
        to_opentofu,
    ];
    trials.extend(from_old);
    trials
}

/// A tenant that the first of `hosts` creates; each of the others finds nothing to do, writes the state and sends nothing, and
/// the last one destroys it.
fn travel(mut hosts: impl Iterator<Item = Terraform>, tenant: fn() -> Tenant) {
    let simulator = Simulator::start();
    let config = |host: &str| format!("output \"host\" {{\n  value = {host:?}\n}}\n{}", tenant());
    let first = hosts.next().expect("a host");
    let mut workspace = Workspace::on(first, &simulator, &[], config("first"));
    drop(workspace.apply());
    for (number, host) in hosts.enumerate() {
        let version = host.version();
        workspace.set_terraform(host);
        expect_no_change(&workspace, ADDRESS);
        // A new output makes it write the state.
        workspace.set_config(config(&format!("{number}")));
        drop(workspace.apply_with(&["-refresh=false"]));
        let state = workspace.state_file().expect("a state file");
        let writer = state["terraform_version"].as_str().expect("a version");
        assert!(
            version.ends_with(&format!(" v{writer}")),
            "{version}: {state}"
        );
    }
    assert_eq!(simulator.methods(), ["POST"]);
    workspace.set_config(tenant().text("name", "t200"));
    drop(workspace.apply());
    assert_eq!(simulator.methods(), ["POST", "PUT"]);
    assert_eq!(simulator.body(CCID)["tenant"]["name"], "t200");
    workspace.finish();
}

/// Fails the test unless every value of the tenant stays.
///
/// Terraform may plan an update all the same: an older one doesn't record in the state which values are sensitive, and a newer one
/// does.
#[track_caller]
fn expect_no_change(workspace: &Workspace<'_>, address: &str) {
    let plan = workspace.plan();
    let changed = plan.change(address).changed();
    assert!(changed.is_empty(), "{changed:?} of {}", plan.output());
}

/// The quickstart's tenant, created by `old` and taken on by `new`.
fn adopted(old: Terraform, new: Terraform) {
    let simulator = quickstart::simulator();
    let mut workspace = life_cycle::create(old, &simulator);
    workspace.set_terraform(new);
    expect_no_change(&workspace, quickstart::ADDRESS);
    drop(workspace.apply_with(&["-refresh=false"]));
    assert_eq!(simulator.methods(), ["POST"]);

    quickstart::rename(&workspace);
    workspace.succeed(APPLY);
    assert_eq!(simulator.body(quickstart::CCID), quickstart::renamed_body());
    workspace.run(PLAN).expect_code(NOTHING_TO_DO);
    assert_eq!(simulator.methods(), ["POST", "PUT"]);
    workspace.finish();
}
