//! The provider block and the environment variables that stand for it.

use crate::harness::{API_KEY, CCID, Simulator, Tenant, Workspace, provider_block};

const ADDRESS: &str = "iwd_tenant.t";

/// A certificate that is none: enough where only the names of the arguments matter.
const NO_PEM: &str = "\"none\"";

/// What is wrong with a setting, and the attribute that the error points at: the block where a secret stands on its line.
const RULES: &[(&str, &str, &str, &str)] = &[
    (
        "endpoint",
        "\"iwd.iwd:4024\"",
        "`endpoint`: must be a URL",
        "endpoint",
    ),
    ("endpoint", "\"\"", "must not be empty", "endpoint"),
    (
        "endpoint",
        "\"http://iwd?a=b\"",
        "must not have a query",
        "endpoint",
    ),
    (
        "endpoint",
        "\"http://iwd#a\"",
        "must not have a query",
        "endpoint",
    ),
    (
        "endpoint",
        "\"http://me:canary@iwd\"",
        "must not hold a user name",
        "",
    ),
    ("api_key", "\"canary\\n\"", "must not hold line breaks", ""),
    (
        "tenant_api_keys",
        "{ \"..\" = \"canary\" }",
        "must be a contact center id",
        "",
    ),
    (
        "headers",
        "{ X-Api-Key = \"canary\" }",
        "header \"X-Api-Key\"",
        "",
    ),
    ("headers", "{ Host = \"canary\" }", "header \"Host\"", ""),
    (
        "headers",
        "{ Content-Length = \"canary\" }",
        "header \"Content-Length\"",
        "",
    ),
    ("proxy_url", "\"ftp://me:canary@proxy\"", "`proxy_url`", ""),
    (
        "request_timeout",
        "\"60\"",
        "is not a duration",
        "request_timeout",
    ),
    (
        "retry_min_wait",
        "\"-1s\"",
        "is not a duration",
        "retry_min_wait",
    ),
    (
        "retry_min_wait",
        "\"31s\"",
        "must not be longer than",
        "retry_min_wait",
    ),
    (
        "retry_max_wait",
        "\"100ms\"",
        "must not be longer than",
        "retry_max_wait",
    ),
    ("max_retries", "-1", "whole number from 0", "max_retries"),
    ("max_retries", "1.5", "whole number from 0", "max_retries"),
    ("ca_cert_pem", NO_PEM, "`ca_cert_pem`", "ca_cert_pem"),
    (
        "client_cert_file",
        "\"a.pem\"",
        "Incomplete client certificate",
        "",
    ),
];

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
fn each_rule_names_what_is_wrong_and_points_at_it_unless_it_is_a_secret() {
    let simulator = Simulator::start();
    let workspace = Workspace::with_provider_block(&simulator, &provider_block(&[]), Tenant::new());
    workspace.validate();
    for (name, value, text, attribute) in RULES {
        workspace.set_provider_block(&provider_block(&[(name, value)]));
        workspace
            .validate_fails()
            .expect(text, attribute)
            .expect_errors(1)
            .expect_no_secret(&["canary"]);
    }
}

#[test]
fn two_ways_to_give_the_same_thing_are_refused_and_all_problems_told_at_once() {
    let simulator = Simulator::start();
    let settings = [
        ("endpoint", "\"nowhere\""),
        ("ca_cert_pem", NO_PEM),
        ("ca_cert_file", "\"ca.pem\""),
        ("max_retries", "-1"),
        ("request_timeout", "\"soon\""),
    ];
    let workspace =
        Workspace::with_provider_block(&simulator, &provider_block(&settings), Tenant::new());
    workspace
        .validate_fails()
        .expect("`endpoint`", "endpoint")
        .expect(
            "`ca_cert_pem` and `ca_cert_file` are both set",
            "ca_cert_file",
        )
        .expect("`max_retries`", "max_retries")
        .expect("`request_timeout`", "request_timeout")
        .expect_errors(4);
}

#[test]
fn certificates_that_are_not_verified_are_warned_of() {
    let simulator = Simulator::start();
    let settings = provider_block(&[("insecure_skip_verify", "true")]);
    Workspace::with_provider_block(&simulator, &settings, Tenant::new())
        .validate()
        .expect_warning(
            "Server certificates are not verified",
            "insecure_skip_verify",
        );
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
fn the_key_of_the_tenant_is_preferred_to_that_of_the_provider_and_its_own_comes_last() {
    let simulator = Simulator::start();
    let endpoint = format!("{:?}", simulator.endpoint());
    let tenant = Tenant::new().text("api_key", API_KEY);
    let own = provider_block(&[("endpoint", &endpoint)]);
    let workspace = Workspace::with_provider_block(&simulator, &own, &tenant);
    drop(workspace.apply_once(&[]));
    assert_eq!(header(&simulator, "x-api-key"), API_KEY);

    let (wrong, right) = ("\"wrong\"", format!("{{ {CCID:?} = {API_KEY:?} }}"));
    workspace.set_provider_block(&provider_block(&[
        ("endpoint", &endpoint),
        ("api_key", wrong),
    ]));
    workspace.set_config(tenant.set("reprovision_triggers", "{ a = 1 }"));
    workspace.apply_fails().expect_text("API key not accepted");
    assert_eq!(header(&simulator, "x-api-key"), "wrong");

    workspace.set_provider_block(&provider_block(&[
        ("endpoint", &endpoint),
        ("api_key", wrong),
        ("tenant_api_keys", &right),
    ]));
    drop(workspace.apply_once(&[]));
    assert_eq!(header(&simulator, "x-api-key"), API_KEY);
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
