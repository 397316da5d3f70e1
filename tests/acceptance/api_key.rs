//! `iwd_api_key`: keys that the provider makes.

use crate::harness::{Action, CCID, Json, Simulator, State, Tenant, Workspace};

const KEY: &str = "iwd_api_key.key";

fn key_with(arguments: &str) -> String {
    format!("resource \"iwd_api_key\" \"key\" {{\n{arguments}}}\n")
}

fn tenant_key(simulator: &Simulator) -> Json {
    simulator.body(CCID)["iwd"]["apiKeys"]["IWD_APIKEY_TENANT"].take()
}

fn key(state: &State) -> String {
    let key = state.value(KEY, "key").as_str().expect("a key");
    let uuid = uuid::Uuid::try_parse(key).expect("a key is a UUID");
    assert_eq!(uuid.get_version_num(), 4);
    key.to_owned()
}

#[test]
fn a_key_is_hidden_in_plans_stays_and_is_replaced_with_its_keepers() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, key_with("")).with_log_trace();
    let applied = workspace.apply();
    let change = applied.plan.change(KEY);
    assert!(change.after_unknown("key") && change.after_sensitive("key"));
    assert!(change.after_unknown("id") && !change.after_sensitive("id"));
    let first = key(&applied.state);
    assert_ne!(applied.state.value(KEY, "id"), first.as_str());

    workspace.set_config(key_with("  keepers = { year = 2026 }\n"));
    let applied = workspace.apply();
    applied.expect_replaced(&["keepers"]);
    let second = key(&applied.state);
    assert_ne!(second, first);
    let shown = workspace.run(&["show", "-no-color"]);
    assert!(shown.stdout.contains("(sensitive value)"), "{shown}");
    workspace.expect_secrets_in_files_alone(&[&first, &second]);
    assert!(simulator.requests().is_empty());
    workspace.finish();
}

#[test]
fn one_key_serves_the_tenant_and_whoever_else_needs_it() {
    let simulator = Simulator::start();
    let stored = Tenant::new().set("iwd.api_keys.tenant", "iwd_api_key.key.key");
    let workspace = Workspace::new(&simulator, format!("{}{stored}", key_with("")));
    let applied = workspace.apply();
    applied.expect_created(2);
    assert_eq!(tenant_key(&simulator), key(&applied.state));

    let write_only = Tenant::new()
        .without("iwd.api_keys.tenant")
        .set("iwd.api_keys.tenant_wo", "iwd_api_key.key.key");
    workspace.set_config(format!("{}{write_only}", key_with("")));
    drop(workspace.apply());

    let renewed = key_with("  keepers = { year = 2026 }\n");
    workspace.set_config(format!("{renewed}{write_only}"));
    let applied = workspace.apply();
    assert_eq!(applied.plan.action("iwd_tenant.t"), Action::Update);
    assert_eq!(tenant_key(&simulator), key(&applied.state));
    workspace.finish();
}

#[test]
fn an_output_of_a_key_must_be_marked_sensitive() {
    let simulator = Simulator::start();
    let output = |mark: &str| {
        let key = key_with("");
        format!("{key}output \"key\" {{\n  value = iwd_api_key.key.key\n{mark}}}\n")
    };
    let workspace = Workspace::new(&simulator, output(""));
    workspace.plan_fails().expect_text("sensitive");
    workspace.set_config(output("  sensitive = true\n"));
    drop(workspace.apply());
    let shown = workspace.succeed(&["output", "-no-color"]);
    assert_eq!(shown.stdout.trim(), "key = <sensitive>");
    workspace.finish();
}

#[test]
fn a_key_is_not_imported() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, key_with(""));
    let output = workspace.import_fails(KEY, "22552b96-8783-46a9-b0eb-075ddfa8893e");
    let text = output.prose();
    assert!(text.contains("API keys can't be imported"), "{output}");
}
