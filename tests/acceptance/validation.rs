//! What is wrong with the configuration of a tenant is told at `terraform validate`, with the argument.

use crate::harness::tenant::{OPTIONAL_SECRETS, every_secret};
use crate::harness::{Simulator, Tenant, Workspace};

/// An argument, what it is set to, the error, and the attribute that the error points at.
type Case = (&'static str, &'static str, &'static str, &'static str);

/// The rules of single arguments.
const RULES: &[Case] = &[
    ("ccid", r#""..""#, "Invalid contact center id", "ccid"),
    (
        "ccid",
        r#""-100""#,
        "beginning with a letter or digit",
        "ccid",
    ),
    (
        "ccid",
        r#""100/../101""#,
        "Invalid contact center id",
        "ccid",
    ),
    ("ccid", r#""""#, "Invalid contact center id", "ccid"),
    (
        "short_id",
        r#""""#,
        "`short_id` is empty or blank",
        "short_id",
    ),
    ("name", r#"" ""#, "`name` is empty or blank", "name"),
    ("name", r#""t100\n""#, "Control character", "name"),
    (
        "secrets_wo_version",
        r#""""#,
        "`secrets_wo_version` is empty",
        "secrets_wo_version",
    ),
    ("iwd.url", r#""iwd.iwd:4024""#, "Invalid URL", "iwd.url"),
    ("iwd.url", r#""ftp://iwd""#, "scheme and a host", "iwd.url"),
    ("iwd.url", r#""http://""#, "Invalid URL", "iwd.url"),
    (
        "iwd.db.host",
        r#""""#,
        "`iwd.db.host` is empty",
        "iwd.db.host",
    ),
    ("iwd.db.port", "0", "Invalid port", "iwd.db.port"),
    ("iwd.db.port", "65536", "from 1 to 65535", "iwd.db.port"),
    ("iwd.db.port", "5432.5", "whole number", "iwd.db.port"),
    (
        "on_destroy",
        r#""delete""#,
        "Invalid on_destroy",
        "on_destroy",
    ),
    (
        "timeouts.create",
        r#""5 minutes""#,
        "Invalid duration",
        "timeouts.create",
    ),
    (
        "timeouts.update",
        r#""0s""#,
        "Invalid duration",
        "timeouts.update",
    ),
    (
        "timeouts.delete",
        r#""-1s""#,
        "Invalid duration",
        "timeouts.delete",
    ),
    (
        "destroy_services",
        r#"["iWD"]"#,
        "without its mode",
        "destroy_services",
    ),
];

/// The rules of `destroy_services`, where its mode is set.
const SERVICES: &[(&str, &str)] = &[
    ("[]", "`destroy_services` is empty"),
    (r#"[" "]"#, "not blank"),
    (r#"["iWD,GAPI"]"#, "without commas"),
    (r#"["iWD", "iwd"]"#, "more than once"),
];

#[test]
fn each_rule_of_an_argument_names_what_is_wrong_and_points_at_it() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    workspace.validate();
    for (path, value, text, attribute) in RULES {
        workspace.set_config(Tenant::new().set(path, value));
        workspace
            .validate_fails()
            .expect(text, attribute)
            .expect_errors(1);
    }
    for path in ["gws.url", "gws.auth_url", "gws.auth_redirect_url"] {
        workspace.set_config(Tenant::new().with_gws().text(path, "nowhere"));
        workspace
            .validate_fails()
            .expect("Invalid URL", path)
            .expect_errors(1);
    }
    for (services, text) in SERVICES {
        let tenant = Tenant::new().text("on_destroy", "delete_services");
        workspace.set_config(tenant.set("destroy_services", services));
        workspace
            .validate_fails()
            .expect(text, "destroy_services")
            .expect_errors(1);
    }
}

#[test]
fn all_problems_are_told_in_one_run() {
    let simulator = Simulator::start();
    let tenant = Tenant::new()
        .text("ccid", "..")
        .text("name", "")
        .without("api_key")
        .text("iwd.url", "iwd")
        .set("iwd.db.port", "0")
        .text("iwd.db.password_wo", "twice")
        .text("timeouts.create", "soon");
    let workspace = Workspace::new(&simulator, tenant);
    workspace
        .validate_fails()
        .expect("Invalid contact center id", "ccid")
        .expect("Empty argument", "name")
        .expect("One of `api_key_wo` and `api_key`", "")
        .expect("Invalid URL", "iwd.url")
        .expect("Invalid port", "iwd.db.port")
        .expect_text("`iwd.db.password` and `iwd.db.password_wo` are both set")
        .expect("Invalid duration", "timeouts.create")
        .expect_errors(7);
}

#[test]
fn of_a_secret_and_its_write_only_twin_one_is_set() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    let is_optional = |secret| {
        OPTIONAL_SECRETS
            .iter()
            .any(|(optional, _)| *optional == secret)
    };
    for (secret, _) in every_secret() {
        let twin = format!("{secret}_wo");
        let tenant = Tenant::new().with_every_secret();
        workspace.set_config(tenant.clone().text(secret, "one").text(&twin, "two"));
        workspace
            .validate_fails()
            .expect_text(&format!("`{secret}` and `{twin}` are both set"))
            .expect_errors(1);
        workspace.set_config(tenant.without(secret));
        if is_optional(secret) {
            workspace.validate();
        } else {
            workspace
                .validate_fails()
                .expect_text(&format!("One of `{twin}` and `{secret}` must be set"))
                .expect_errors(1);
        }
    }
}

#[test]
fn what_is_only_unusual_is_a_warning() {
    let simulator = Simulator::start();
    let tenant = Tenant::new()
        .text("ccid", "9350e2fc-a1dd-4c65-")
        .text("iwd_email.url", "http://iwd-email")
        .text("on_destroy", "delete_services")
        .set("destroy_services", "[\"iWD\", \"Voice\"]");
    let workspace = Workspace::new(&simulator, tenant);
    workspace
        .validate()
        .expect_warning("Contact center id is not a UUID", "ccid")
        .expect_warning("`iwd_email.url` is not `N/A`", "iwd_email.url")
        .expect_warning("Unknown service", "destroy_services");
}

#[test]
fn what_is_known_only_at_plan_is_checked_there() {
    let simulator = Simulator::start();
    let variables = "variable \"port\" {\n  type = number\n}\n";
    let tenant = Tenant::new().set("iwd.db.port", "var.port");
    let workspace = Workspace::new(&simulator, format!("{variables}{tenant}"));
    workspace.variables(&[("port", "70000")]);
    workspace.validate();
    workspace.plan_fails().expect("Invalid port", "iwd.db.port");
}

#[test]
fn what_is_known_only_at_apply_is_checked_before_anything_is_sent() {
    let simulator = Simulator::start();
    let source = "resource \"terraform_data\" \"port\" {\n  input = 70000\n}\n";
    let tenant = Tenant::new().set("iwd.db.port", "terraform_data.port.output");
    let workspace = Workspace::new(&simulator, format!("{source}{tenant}"));
    drop(workspace.plan());
    workspace
        .apply_fails()
        .expect("Invalid port", "iwd.db.port");
    assert!(simulator.requests().is_empty());
    workspace.set_config("");
    workspace.finish();
}

#[test]
fn no_source_line_with_a_secret_is_shown() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    let canary = "canary-4711";
    // A key on one line with its block, as a hurried person writes it.
    let one_line = |value: &str| {
        let keys =
            "    api_keys {\n      tenant = \"22552b96-8783-46a9-b0eb-075ddfa8893e\"\n    }\n";
        let config = Tenant::new().to_string();
        assert!(config.contains(keys), "{config}");
        config.replace(keys, &format!("    api_keys {{ tenant = {value} }}\n"))
    };
    let mut configs = vec![one_line(&format!("\"{canary}\\t\""))];
    for (secret, _) in every_secret() {
        let tenant = Tenant::new().with_every_secret().text(secret, canary);
        configs.push(
            tenant
                .clone()
                .text(secret, &format!("{canary}\n"))
                .to_string(),
        );
        let twin = format!("{secret}_wo");
        configs.push(tenant.clone().text(&twin, canary).to_string());
        let alone = tenant.without(secret);
        configs.push(alone.text(&twin, &format!("{canary}\t")).to_string());
    }
    for config in configs {
        workspace.set_config(&config);
        workspace.validate_fails().expect_no_secret(&[canary]);
    }
    simulator.fault(serde_json::json!({"status": 400, "body": "IWD_APIKEY_TENANT is wrong"}));
    workspace.set_config(one_line(&format!("{canary:?}")));
    workspace
        .apply_fails()
        .expect_text("`iwd.api_keys.tenant`")
        .expect_no_secret(&[canary]);
    workspace.set_config("");
    workspace.finish();
}
