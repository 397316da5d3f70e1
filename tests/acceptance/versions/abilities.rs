//! What came to Terraform version by version, each tried once.

use crate::harness::tenant::SECRETS;
use crate::harness::{
    API_KEY, Action, CCID, Simulator, Tenant, Terraform, Workspace, provider_block,
};

pub(super) const ADDRESS: &str = "iwd_tenant.t";

/// A workspace without a state, and a simulator that holds [`Tenant::new`] and has been asked nothing since.
pub(super) fn with_tenant_outside_terraform(
    terraform: Terraform,
    simulator: &Simulator,
) -> Workspace<'_> {
    let workspace = Workspace::on(terraform, simulator, &[], Tenant::new());
    drop(workspace.apply_once(&[]));
    workspace.state_rm(ADDRESS);
    simulator.forget_requests();
    workspace
}

pub(super) fn import_block(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = with_tenant_outside_terraform(terraform, &simulator);
    workspace.write_import_block(ADDRESS, CCID);
    let applied = workspace.apply();
    let change = applied.plan.change(ADDRESS);
    assert_eq!(change.importing(), Some(CCID));
    assert_eq!(change.action(), Action::Update);
    assert_eq!(simulator.methods(), ["PUT"]);
    workspace.finish();
}

pub(super) fn generated_configuration(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = with_tenant_outside_terraform(terraform, &simulator);
    workspace.set_config("");
    let generated = workspace.generate_config(ADDRESS, CCID);
    assert!(generated.contains(CCID), "{generated}");
    for nothing_else in ["revision", "secrets_wo_version = \"", "t100"] {
        assert!(!generated.contains(nothing_else), "{generated}");
    }
    workspace.abandon();
    assert!(simulator.requests().is_empty());
}

/// What is most dangerous stands in the template, and not in the documentation alone.
pub(super) fn generated_defaults(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = with_tenant_outside_terraform(terraform, &simulator);
    workspace.set_config("");
    let generated = workspace.generate_config(ADDRESS, CCID);
    let generated: Vec<_> = generated.split_whitespace().collect();
    let generated = generated.join(" ");
    for default in [
        "on_destroy = \"delete_tenant\"",
        "deletion_protection = false",
        "port = 5432",
        "ssl = false",
    ] {
        assert!(generated.contains(default), "no {default} in {generated}");
    }
    workspace.abandon();
}

/// The exit code of `plan -refresh-only -detailed-exitcode` for a tenant that nobody has changed.
fn refresh_only(terraform: Terraform) -> Option<i32> {
    let simulator = Simulator::start();
    let workspace = Workspace::on(terraform, &simulator, &[], Tenant::new());
    drop(workspace.apply());
    let command = ["plan", "-no-color", "-refresh-only", "-detailed-exitcode"];
    let output = workspace.run(&command);
    let text = output.prose();
    assert!(text.contains("and found no differences"), "{output}");
    workspace.finish();
    output.code
}

pub(super) fn refresh_only_exits_with_0(terraform: Terraform) {
    assert_eq!(refresh_only(terraform), Some(0));
}

/// It mostly exits with 2: these versions also compare the order in which they happened to list the sensitive arguments.
pub(super) fn refresh_only_finds_no_differences(terraform: Terraform) {
    let code = refresh_only(terraform);
    assert!([Some(0), Some(2)].contains(&code), "exit code {code:?}");
}

pub(super) fn dynamic_block_that_ends_empty(terraform: Terraform) {
    let simulator = Simulator::start();
    let list = "resource \"terraform_data\" \"list\" {\n  input = []\n}\n";
    let block = "  dynamic \"iwd_email\" {\n    for_each = terraform_data.list.output\n    content {\n      url = \"N/A\"\n    }\n  }\n}\n";
    let tenant = Tenant::new().to_string();
    let tenant = tenant.strip_suffix("}\n").expect("the end of the block");
    let workspace = Workspace::on(terraform, &simulator, &[], format!("{list}{tenant}{block}"));
    workspace
        .apply_fails()
        .expect_text("Provider produced inconsistent final plan")
        .expect_text("was present, but now absent");
    assert!(simulator.requests().is_empty());
    workspace.apply().expect_created(1);
    workspace.finish();
}

pub(super) fn terraform_test(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = Workspace::on(terraform, &simulator, &[], Tenant::new());
    workspace.set_file(
        "tenant.tftest.hcl",
        "run \"tenant\" {\n  assert {\n    condition     = iwd_tenant.t.revision == 1\n    error_message = \"It was not sent once.\"\n  }\n}\n",
    );
    let output = workspace.succeed(&["test", "-no-color"]);
    assert!(output.stdout.contains("1 passed, 0 failed"), "{output}");
    assert_eq!(simulator.methods(), ["POST", "DELETE"]);
    assert!(simulator.tenants().is_empty());
}

/// From Terraform 1.13 on, such a provider is configured once for all walks of the file.
pub(super) fn terraform_test_with_a_provider_of_its_own(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = Workspace::on(terraform, &simulator, &[], Tenant::new());
    let endpoint = format!("{:?}", simulator.endpoint());
    let provider = provider_block(&[
        ("endpoint", &endpoint),
        ("api_key", &format!("{API_KEY:?}")),
    ]);
    // What stands in the configuration would be merged with it.
    workspace.set_provider_block("");
    let runs = "run \"creates\" {\n  assert {\n    condition     = iwd_tenant.t.revision == 1\n    error_message = \"It was not sent once.\"\n  }\n}\nrun \"stays\" {\n  assert {\n    condition     = iwd_tenant.t.revision == 1\n    error_message = \"It was sent again.\"\n  }\n}\n";
    workspace.set_file("tenant.tftest.hcl", &format!("{provider}\n{runs}"));
    let output = workspace.succeed(&["test", "-no-color"]);
    assert!(output.stdout.contains("2 passed, 0 failed"), "{output}");
    assert_eq!(simulator.methods(), ["POST", "DELETE"]);

    // Two resources of one ccid are refused there too.
    workspace.set_config(format!("{}{}", Tenant::new(), Tenant::new().labelled("u")));
    let output = workspace.run(&["test", "-no-color"]).expect_code(1);
    let text = output.prose();
    assert!(text.contains("One tenant, two resources"), "{output}");
    assert_eq!(simulator.methods(), ["POST", "DELETE"]);
}

pub(super) fn moved(terraform: Terraform) {
    let simulator = Simulator::start();
    let tenant = with_tenant_outside_terraform(terraform.clone(), &simulator);
    let body = simulator.body(CCID);
    tenant.abandon();

    let generic = format!(
        "resource \"terraform_data\" \"t\" {{\n  input = {:?}\n}}\n",
        body.to_string()
    );
    let workspace = Workspace::on(terraform, &simulator, &[], generic);
    drop(workspace.apply_once(&[]));
    let moved = "moved {\n  from = terraform_data.t\n  to   = iwd_tenant.t\n}\n";
    workspace.set_config(format!("{moved}{}", Tenant::new()));
    let applied = workspace.apply();
    assert_eq!(applied.plan.action(ADDRESS), Action::Update);
    assert_eq!(simulator.methods(), ["PUT"]);
    assert_eq!(simulator.body(CCID), body);
    workspace.finish();
}

pub(super) fn ephemeral_resource(terraform: Terraform) {
    let simulator = Simulator::start();
    // A provider of its own, since what configures one can't come from it.
    let key = "provider \"iwd\" {\n  alias = \"keys\"\n}\n\
               ephemeral \"iwd_api_key\" \"run\" {\n  provider = iwd.keys\n}\n";
    let header = ("headers", "{ \"x-run\" = ephemeral.iwd_api_key.run.key }");
    let config = format!("{key}{}", Tenant::new());
    let workspace = Workspace::on(terraform, &simulator, &[header], config);
    workspace.apply().expect_created(1);
    let sent = simulator.requests()[0]["headers"]["x-run"].take();
    let key = sent.as_str().expect("the header");
    assert!(uuid::Uuid::try_parse(key).is_ok(), "{key}");
    workspace.expect_no_secret(&[key]);
    workspace.finish();
}

pub(super) fn write_only_arguments(terraform: Terraform) {
    let simulator = Simulator::start();
    let tenant = || Tenant::new().write_only(&SECRETS);
    let workspace = Workspace::on(terraform, &simulator, &[], tenant());
    let state = workspace.apply().state;
    assert_eq!(simulator.body(CCID)["iwd"]["db"]["password"], SECRETS[1].1);
    let file = workspace.state_file().expect("a state file").to_string();
    for (path, value) in SECRETS {
        assert!(state.value(ADDRESS, &format!("{path}_wo")).is_null());
        assert!(!file.contains(value), "{path}");
    }
    workspace.set_config(tenant().text("iwd.db.password_wo", "rotated"));
    workspace.apply().expect_updated_in_place(&["revision"]);
    assert_eq!(simulator.body(CCID)["iwd"]["db"]["password"], "rotated");
    workspace.finish();
}

pub(super) fn query_is_refused(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = Workspace::on(terraform, &simulator, &[], "");
    workspace.set_file(
        "tenants.tfquery.hcl",
        "list \"iwd_tenant\" \"all\" {\n  provider = iwd\n}\n",
    );
    let output = workspace.run(&["query", "-no-color"]).expect_code(1);
    let text = output.prose();
    assert!(
        text.contains("does not support list resource \"iwd_tenant\""),
        "{output}"
    );
    assert!(simulator.requests().is_empty());
}
