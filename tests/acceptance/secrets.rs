//! No secret is seen where it has no business, over a whole life of a tenant.

use serde_json::json;

use crate::harness::{CCID, Simulator, Tenant, Workspace};

/// The secrets of the provider block, each a variable with the value of the same name.
const PROVIDER: [&str; 4] = [
    "cluster_key",
    "tenant_key",
    "gateway_token",
    "proxy_password",
];

/// The secrets of a tenant, each with its variable.
const TENANT: [(&str, &str); 7] = [
    ("api_key", "own_key"),
    ("gws.client_secret", "client_secret"),
    ("gws.api_key", "gws_key"),
    ("gws.token", "gws_token"),
    ("iwd.db.password", "db_password"),
    ("iwd.api_keys.tenant", "iwd_key"),
    ("iwd.api_keys.iwddm", "iwddm_key"),
];

/// What must not be seen.
fn canary(name: &str) -> String {
    format!("canary-{name}-\u{e4}&\"4711")
}

/// Its part that is the same in every spelling.
fn trace(name: &str) -> String {
    format!("canary-{name}")
}

fn variables(names: impl Iterator<Item = &'static str>, mark: &str) -> String {
    let blocks: Vec<_> = names
        .map(|name| format!("variable \"{name}\" {{\n  {mark} = true\n}}\n"))
        .collect();
    blocks.concat()
}

/// A workspace that reaches the simulator as its proxy, with every secret in use.
fn workspace<'a>(simulator: &'a Simulator, tenant: &Tenant, mark: &str) -> Workspace<'a> {
    let provider = format!(
        "{}provider \"iwd\" {{
  endpoint = \"http://iwd.example:4024\"
  api_key = var.cluster_key
  tenant_api_keys = {{
    {CCID:?} = var.tenant_key
  }}
  headers = {{
    X-Gateway = var.gateway_token
  }}
  proxy_url = \"http://me:${{urlencode(var.proxy_password)}}@{}\"
  max_retries = 0
}}\n",
        variables(PROVIDER.into_iter(), "ephemeral"),
        simulator.endpoint().trim_start_matches("http://"),
    );
    let config = format!(
        "{}{tenant}",
        variables(TENANT.into_iter().map(|(_, name)| name), mark)
    );
    let workspace = Workspace::with_provider_block(simulator, &provider, config).with_log_trace();
    let values: Vec<_> = names().map(|name| (name, canary(name))).collect();
    let values: Vec<_> = values
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    workspace.variables(&values);
    workspace
}

fn names() -> impl Iterator<Item = &'static str> {
    PROVIDER
        .into_iter()
        .chain(TENANT.into_iter().map(|(_, name)| name))
}

/// Creates, updates, fails in two ways with answers full of secrets, and leaves the tenant for the destroy; `look` looks
/// for secrets while plan file and state are those of a create, of an update, and of a tenant at rest.
fn live(
    simulator: &Simulator,
    workspace: &Workspace<'_>,
    changed: impl Fn(&str) -> String,
    look: impl Fn(),
) {
    drop(workspace.plan());
    look();
    drop(workspace.apply());
    let requests = simulator.requests();
    let headers = &requests[0]["headers"];
    assert_eq!(headers["x-api-key"], canary("tenant_key"));
    assert_eq!(headers["x-gateway"], canary("gateway_token"));
    assert!(headers["proxy-authorization"].is_string(), "{headers}");
    drop(workspace.run(&["plan", "-no-color"]));

    let all: Vec<_> = names().map(canary).collect();
    let echoes = [
        json!({"status": 400, "body": "you sent {{body}} with {{x-api-key}}"}),
        json!({"status": 400, "body": json!({"message": all.join(" "), "headers": all}).to_string()}),
    ];
    for (number, echo) in echoes.into_iter().enumerate() {
        workspace.set_config(changed(&format!("db{number}.infra")));
        simulator.fault(echo);
        let failure = workspace.apply_fails();
        failure.expect_text("request rejected");
        let text = failure.errors()[0].text();
        assert!(!text.contains("4711"), "{text}");
    }
    drop(workspace.run(&["plan", "-no-color"]));
    drop(workspace.plan());
    look();
    drop(workspace.apply());
    // A delete carries no secret but the provider's, and of a write-only one nothing is known by then.
    let sent = PROVIDER.map(canary).join(",");
    simulator.fault(json!({"method": "DELETE", "status": 400, "body": sent}));
    drop(workspace.destroy_fails());
    look();
}

#[test]
fn stored_secrets_are_in_state_and_plan_files_and_nowhere_else() {
    let simulator = Simulator::start_with_key(&canary("tenant_key"));
    let tenant = TENANT
        .into_iter()
        .fold(Tenant::new().with_every_secret(), |tenant, (path, name)| {
            tenant.set(path, &format!("var.{name}"))
        });
    let workspace = workspace(&simulator, &tenant, "sensitive");
    let declared = variables(TENANT.into_iter().map(|(_, name)| name), "sensitive");
    let of_tenant = TENANT.map(|(_, name)| trace(name));
    let of_tenant = of_tenant.each_ref().map(String::as_str);
    let of_provider = PROVIDER.map(trace);
    let of_provider = of_provider.each_ref().map(String::as_str);
    live(
        &simulator,
        &workspace,
        |host| format!("{declared}{}", tenant.clone().text("iwd.db.host", host)),
        || {
            workspace.expect_secrets_in_files_alone(&of_tenant);
            workspace.expect_no_secret(&of_provider);
        },
    );
    let state = workspace.state_file().expect("a state").to_string();
    for canary in of_tenant {
        assert!(state.contains(canary), "{canary} is stored");
    }
    workspace.finish();
}

#[test]
fn write_only_secrets_are_nowhere() {
    let simulator = Simulator::start_with_key(&canary("tenant_key"));
    let tenant =
        TENANT
            .into_iter()
            .fold(Tenant::new().with_every_secret(), |tenant, (path, name)| {
                let write_only = format!("{path}_wo");
                tenant
                    .without(path)
                    .set(&write_only, &format!("var.{name}"))
            });
    let workspace = workspace(&simulator, &tenant, "ephemeral");
    let declared = variables(TENANT.into_iter().map(|(_, name)| name), "ephemeral");
    let all: Vec<_> = names().map(trace).collect();
    let all: Vec<_> = all.iter().map(String::as_str).collect();
    live(
        &simulator,
        &workspace,
        |host| format!("{declared}{}", tenant.clone().text("iwd.db.host", host)),
        || workspace.expect_no_secret(&all),
    );
    assert_eq!(simulator.body(CCID)["tenant"]["apiKey"], canary("own_key"));
    workspace.finish();
}
