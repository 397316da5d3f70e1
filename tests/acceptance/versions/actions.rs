//! Actions: by hand and by a trigger, done, failed and stopped; and where their secrets stand.

use std::fs;

use serde_json::json;

use super::life_cycle::APPLY;
use super::secrets::{expect_none, is_terraforms_own};
use crate::canaries::{Search, Secret, canary, secrets_of};
use crate::harness::tenant::{GWS_SECRETS, SECRETS};
use crate::harness::{
    CCID, Gate, Json, Output, Running, Simulator, Tenant, Terraform, Workspace, repository,
};

const PROVISION: &str = "-invoke=action.iwd_provision_tenant.t";
const DELETE: &str = "-invoke=action.iwd_delete_services.t";

fn tenant() -> Tenant {
    Tenant::new().write_only(&SECRETS)
}

/// Both actions.
fn actions() -> String {
    let delete = format!(
        "action \"iwd_delete_services\" \"t\" {{\n  config {{\n    ccid = {CCID:?}\n    services = [\"iWDEmail\"]\n  }}\n}}\n"
    );
    tenant().as_action() + &delete
}

/// The action that provisions, whose tenant has the name of a release, known once that is applied, which also triggers it.
fn triggered(action: &Tenant, release: &str) -> String {
    let action = action.clone().set("name", "terraform_data.release.output");
    format!(
        "resource \"terraform_data\" \"release\" {{
  input = {release:?}
  lifecycle {{
    action_trigger {{
      events  = [after_create, after_update]
      actions = [action.iwd_provision_tenant.t]
    }}
  }}
}}
{}",
        action.as_action()
    )
}

/// The arguments of an apply that invokes that action.
fn apply(invoke: &str) -> Vec<&str> {
    [APPLY, &[invoke]].concat()
}

/// Fails the test if Terraform crashed.
#[track_caller]
fn expect_no_crash(output: &Output) {
    let text = output.prose();
    for trace in ["panic", "TERRAFORM CRASH", "range function", "goroutine"] {
        assert!(!text.contains(trace), "{output}");
    }
}

pub(super) fn are_invoked(terraform: Terraform) {
    let simulator = Simulator::start();
    let config = format!("{}{}", Tenant::new(), actions());
    let workspace = Workspace::on(terraform, &simulator, &[], config);
    let state = workspace.apply().state;
    simulator.forget_requests();
    for invoke in [DELETE, PROVISION] {
        let output = workspace.succeed(&apply(invoke));
        let name = invoke.trim_start_matches("-invoke=");
        let complete = format!("Action complete: {name}");
        assert!(output.stdout.contains(&complete), "{output}");
        assert!(output.stdout.contains("1 invoked"), "{output}");
        expect_no_crash(&output);
    }
    let requests = simulator.requests();
    assert_eq!(simulator.methods(), ["DELETE", "PUT"]);
    assert_eq!(requests[0]["query"], "service=iWDEmail");
    assert_eq!(requests[1]["body"]["iwd"]["db"]["port"], 5432);
    // The resource doesn't notice.
    assert_eq!(workspace.state().json(), state.json());
    workspace.expect_empty_plan();
    workspace.finish();
}

pub(super) fn are_triggered_with_what_was_unknown(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = Workspace::on(terraform, &simulator, &[], triggered(&tenant(), "one"));
    for (number, release) in ["one", "two"].into_iter().enumerate() {
        workspace.set_config(triggered(&tenant(), release));
        let output = workspace.succeed(APPLY);
        assert!(
            output.prose().contains("name = (known after apply)"),
            "{output}"
        );
        assert!(output.stdout.contains("1 invoked"), "{output}");
        assert_eq!(simulator.body(CCID)["tenant"]["name"], release);
        assert_eq!(simulator.requests().len(), number + 1);
    }
    assert_eq!(simulator.methods(), ["PUT", "PUT"]);
    workspace.finish_leaving(&[CCID]);
}

pub(super) fn fail_in_full_words(terraform: Terraform) {
    let simulator = Simulator::start();
    let quick = &[
        ("retry_min_wait", "\"10ms\""),
        ("retry_max_wait", "\"20ms\""),
    ];
    let workspace = Workspace::on(terraform, &simulator, quick, actions());
    let refusal = json!({"message": "no such correct horse battery"}).to_string();
    let fails = || {
        simulator.fault(json!({"status": 503, "headers": {"Retry-After": "1"}}));
        simulator.fault(json!({"status": 503}));
        simulator.fault(json!({"status": 400, "body": refusal}));
    };
    fails();
    let by_hand = workspace.run(&apply(PROVISION)).expect_code(1);
    workspace.set_config(triggered(&tenant(), "one"));
    fails();
    let by_trigger = workspace.run(APPLY).expect_code(1);
    for output in [by_hand, by_trigger] {
        expect_no_crash(&output);
        let text = output.prose();
        for part in [
            "Attempt 1 failed: answered 503 Service Unavailable. Trying again in 1s.",
            "Error provisioning tenant: request rejected",
            CCID,
            "400 Bad Request",
            "no such (masked)",
            "The tenant may have been provisioned all the same.",
            "3 attempts",
        ] {
            assert!(text.contains(part), "no {part:?} in {output}");
        }
    }
    workspace.succeed(&["destroy", "-no-color", "-auto-approve"]);
    assert!(simulator.tenants().is_empty());
}

/// Stops the action, by hand and by a trigger, once `begun` says that it is where it should be; then all answers come through.
fn stopped(
    terraform: &Terraform,
    fault: &Json,
    begun: impl Fn(&mut Running, &Simulator, &Gate),
) -> Vec<Output> {
    let by_hand: fn(&Workspace<'_>) -> Running = |workspace| {
        workspace.set_config(actions());
        workspace.start_apply_with(&[PROVISION])
    };
    let by_trigger: fn(&Workspace<'_>) -> Running = |workspace| {
        workspace.set_config(triggered(&tenant(), "one"));
        workspace.start_apply()
    };
    let stop = |start: fn(&Workspace<'_>) -> Running| {
        let simulator = Simulator::start();
        let workspace = Workspace::on(terraform.clone(), &simulator, &[], actions());
        let workspace = workspace.with_log_trace();
        let gate = Gate::before(&simulator);
        workspace.go_through(&gate);
        simulator.fault(fault.clone());
        let mut running = start(&workspace);
        begun(&mut running, &simulator, &gate);
        running.interrupt();
        workspace.wait_for_stop(&mut running);
        gate.open();
        let output = running.wait();
        expect_no_crash(&output);
        assert!(output.prose().contains("Interrupt received"), "{output}");
        assert_eq!(simulator.methods(), ["PUT"]);
        workspace.abandon();
        output
    };
    vec![stop(by_hand), stop(by_trigger)]
}

#[expect(clippy::needless_pass_by_value, reason = "every check is called so")]
pub(super) fn are_stopped_in_a_wait(terraform: Terraform) {
    let fault = json!({"status": 503, "headers": {"Retry-After": "200"}});
    // A message on its way when Terraform begins to stop would crash it.
    let outputs = stopped(&terraform, &fault, |running, _, gate| {
        gate.open();
        running.wait_for_text("Trying again in 3m20s.");
    });
    for output in outputs {
        assert_eq!(output.code, Some(1), "{output}");
        let text = output.prose();
        assert!(text.contains("Terraform was told to stop"), "{output}");
    }
}

#[expect(clippy::needless_pass_by_value, reason = "every check is called so")]
pub(super) fn are_stopped_in_flight(terraform: Terraform) {
    for fault in [json!({"apply": true}), json!({"status": 503})] {
        let outputs = stopped(&terraform, &fault, |_, simulator, _| {
            simulator.wait_for_requests(1);
        });
        for output in outputs {
            assert!(!output.stdout.contains("Trying again"), "{output}");
        }
    }
}

pub(super) fn examples_are_valid(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = Workspace::on(terraform, &simulator, &[], "");
    let examples = repository::root().join("examples/actions");
    let mut validated = 0;
    for action in fs::read_dir(examples).expect("the examples") {
        let files = fs::read_dir(action.expect("a folder").path()).expect("its files");
        let text =
            files.map(|file| fs::read_to_string(file.expect("a file").path()).expect("a text"));
        let text: Vec<_> = text.collect();
        workspace.set_config(text.concat());
        assert_eq!(workspace.validate().warnings().len(), 0);
        validated += text.len();
    }
    assert_eq!(validated, 3);
}

/// A tenant with all secrets, each a variable, and the canaries, each by the name of its variable.
fn with_canaries(mark: &str) -> (String, Tenant, Vec<(String, String)>) {
    let (mut declared, mut canaries) = (String::new(), Vec::new());
    let plain = GWS_SECRETS.map(|(path, _)| path).into_iter();
    let mut tenant = plain.fold(tenant().with_gws(), Tenant::without);
    for Secret { path, .. } in secrets_of("iwd_provision_tenant") {
        let name = path.replace('.', "_");
        declared.extend(["variable \"", &name, "\" {\n  ", mark, " = true\n}\n"]);
        tenant = tenant.set(&path, &format!("var.{name}"));
        canaries.push((name, canary(&path)));
    }
    (declared, tenant, canaries)
}

/// Plans, shows the plan in both ways, applies it and fails once with an answer full of secrets, by hand and by a trigger.
fn live_with(workspace: &Workspace<'_>, simulator: &Simulator, declared: &str, tenant: &Tenant) {
    for (invoke, config) in [
        (Some(PROVISION), tenant.as_action()),
        (None, triggered(tenant, "one")),
    ] {
        workspace.set_config(format!("{declared}{config}"));
        let plan = ["plan", "-no-color", "-input=false", "-out=tfplan"];
        let plan: Vec<_> = plan.into_iter().chain(invoke).collect();
        workspace.succeed(&plan);
        workspace.succeed(&["show", "-no-color", "tfplan"]);
        workspace.succeed(&["show", "-json", "tfplan"]);
        let echo = "you sent {{body}} with {{x-api-key}}";
        simulator.fault(json!({"status": 400, "body": echo}));
        let apply = [APPLY.to_vec(), invoke.into_iter().collect()].concat();
        workspace.run(&apply).expect_code(1);
    }
    assert_eq!(simulator.methods(), ["PUT", "PUT"]);
}

/// Lives with secrets that are marked so; `look` looks for them.
fn live_marked(
    terraform: Terraform,
    mark: &str,
    look: impl Fn(&Workspace<'_>, &[(String, String)]),
) {
    let (declared, tenant, canaries) = with_canaries(mark);
    let simulator = Simulator::start();
    let workspace = Workspace::on(terraform, &simulator, &[], "").with_log_trace();
    let variables = canaries
        .iter()
        .map(|(name, canary)| (name.as_str(), canary.as_str()));
    workspace.variables(&variables.collect::<Vec<_>>());
    live_with(&workspace, &simulator, &declared, &tenant);
    let sent =
        Search::over(canaries.clone()).places_in(simulator.requests()[0].to_string().as_bytes());
    assert_eq!(sent.len(), canaries.len(), "{sent:?}");
    look(&workspace, &canaries);
}

pub(super) fn keep_ephemeral_secrets(terraform: Terraform) {
    live_marked(terraform, "ephemeral", |workspace, canaries| {
        expect_none(workspace, &Search::over(canaries.to_vec()), |_| true);
    });
}

pub(super) fn let_the_plan_keep_other_secrets(terraform: Terraform) {
    live_marked(terraform, "sensitive", |workspace, canaries| {
        let search = Search::over(canaries.to_vec());
        let is_of_plan =
            |name: &str| is_terraforms_own(name) && !name.starts_with("terraform.tfstate");
        expect_none(workspace, &search, |name| !is_of_plan(name));
        let invocation = workspace.saved_plan().json()["action_invocations"][0].to_string();
        assert_eq!(
            search.places_in(invocation.as_bytes()).len(),
            canaries.len()
        );
    });
}
