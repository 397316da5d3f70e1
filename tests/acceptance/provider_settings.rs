//! The provider block and the environment variables that stand for it.

use crate::harness::{API_KEY, CCID, Diagnostic, Simulator, Tenant, Workspace, provider_block};

const ADDRESS: &str = "iwd_tenant.t";

const OTHER_CCID: &str = "d846c51e-1fe8-4118-bf32-cf0b4ef29032";

/// A header of the last request.
fn header(simulator: &Simulator, name: &str) -> String {
    let requests = simulator.requests();
    let last = requests.last().expect("a request");
    last["headers"][name]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn a_mistake_is_pointed_at_unless_it_is_in_a_secret() {
    let simulator = Simulator::start();
    let workspace = Workspace::with_provider_block(&simulator, &provider_block(&[]), Tenant::new());
    workspace.validate();
    for (name, value, text, attribute) in [
        ("endpoint", "\"iwd.iwd:4024\"", "must be a URL", "endpoint"),
        ("max_retries", "1.5", "whole number from 0", "max_retries"),
        ("api_key", "\"canary\\n\"", "must not hold line breaks", ""),
        ("headers", "{ Host = \"canary\" }", "header \"Host\"", ""),
    ] {
        workspace.set_provider_block(&provider_block(&[(name, value)]));
        workspace
            .validate_fails()
            .expect(text, attribute)
            .expect_errors(1)
            .expect_no_secret(&["canary"]);
    }
}

#[test]
fn settings_can_come_from_the_environment() {
    let simulator = Simulator::start();
    let workspace = Workspace::with_provider_block(&simulator, "", Tenant::new());
    let keys = format!("{{\"{CCID}\": \"{API_KEY}\"}}");
    workspace.environment(&[
        ("IWD_ENDPOINT", simulator.endpoint()),
        ("IWD_API_KEY", "a key that the simulator refuses"),
        ("IWD_TENANT_API_KEYS", &keys),
        ("IWD_HEADERS", "{\"X-Gateway\": \"open\"}"),
        ("IWD_MAX_RETRIES", "0"),
        ("IWD_PROXY_URL", ""),
    ]);
    drop(workspace.apply());
    assert_eq!(header(&simulator, "x-gateway"), "open");
    simulator.fault(serde_json::json!({"status": 503}));
    workspace.destroy_fails().expect_text("`max_retries`");
    workspace.finish();
}

#[test]
fn the_block_wins_over_the_environment_and_a_wrong_variable_is_named() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    workspace.environment(&[
        ("IWD_ENDPOINT", "http://127.0.0.1:1"),
        ("IWD_API_KEY", "a key that the simulator refuses"),
    ]);
    drop(workspace.apply_once(&[]));
    workspace.environment(&[("IWD_REQUEST_TIMEOUT", "soon")]);
    workspace
        .validate_fails()
        .expect_text("environment variable IWD_REQUEST_TIMEOUT");
    workspace.environment(&[]);
    workspace.finish();
}

#[test]
fn without_an_endpoint_only_what_needs_it_fails() {
    let simulator = Simulator::start();
    let workspace = Workspace::with_provider_block(&simulator, &provider_block(&[]), Tenant::new());
    workspace.validate();
    drop(workspace.plan());
    workspace
        .apply_fails()
        .expect_text("No IWD endpoint is set")
        .expect_text("IWD_ENDPOINT");
    assert!(!workspace.state().has(ADDRESS));
    workspace.finish();
}

#[test]
fn a_missing_endpoint_is_told_once_by_a_plan_that_sends_and_by_nothing_else() {
    const MISSING: &str = "No IWD endpoint is set";
    let simulator = Simulator::start();
    let tenants = |name: &str| {
        let tenant = Tenant::new().text("name", name);
        let other = tenant.clone().labelled("u").text("ccid", OTHER_CCID);
        format!("{tenant}{other}")
    };
    let endpoint = format!("{:?}", simulator.endpoint());
    let reachable = provider_block(&[("endpoint", &endpoint)]);
    let workspace = Workspace::with_provider_block(&simulator, &reachable, tenants("t100"));
    workspace.environment(&[("IWD_API_KEY", API_KEY)]);
    workspace.apply().expect_created(2);
    workspace.set_provider_block(&provider_block(&[]));

    assert!(workspace.validate().warnings().is_empty());
    for silent in [&[][..], &["-refresh-only"]] {
        let plan = workspace.plan_with(silent);
        assert!(plan.warnings().is_empty(), "{}", plan.output());
    }
    let told = |warnings: Vec<&Diagnostic>| {
        let missing = warnings.iter().filter(|w| w.text().contains(MISSING));
        missing.count()
    };
    workspace.set_config(tenants("t101"));
    assert_eq!(told(workspace.plan().warnings()), 1);
    workspace.apply_fails().expect_text(MISSING);
    workspace.set_config(tenants("t100"));
    let destroy = workspace.plan_with(&["-destroy"]);
    assert_eq!(told(destroy.warnings()), 1, "{}", destroy.output());

    workspace.set_provider_block(&reachable);
    workspace.finish();
}

#[test]
fn an_endpoint_may_come_from_a_resource_of_the_same_apply() {
    let simulator = Simulator::start();
    let source = format!(
        "resource \"terraform_data\" \"iwd\" {{\n  input = {:?}\n}}\n",
        simulator.endpoint()
    );
    let settings = provider_block(&[
        ("endpoint", "terraform_data.iwd.output"),
        ("api_key", &format!("{API_KEY:?}")),
    ]);
    let config = format!("{source}{}", Tenant::new());
    let workspace = Workspace::with_provider_block(&simulator, &settings, config);
    workspace.apply().expect_created(2);
    workspace.finish();
}
