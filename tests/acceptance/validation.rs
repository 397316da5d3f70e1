//! What is wrong with the configuration of a tenant is told at `terraform validate`, with the argument.

use crate::harness::tenant::every_secret;
use crate::harness::{Simulator, Tenant, Workspace};

#[test]
fn a_mistake_is_pointed_at_wherever_it_stands() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    workspace.validate();
    for (path, value, text) in [
        ("ccid", r#""100/../101""#, "Invalid contact center id"),
        ("iwd.url", r#""iwd.iwd:4024""#, "Invalid URL"),
        ("iwd.db.port", "5432.5", "whole number"),
        ("timeouts.create", r#""5 minutes""#, "Invalid duration"),
        ("destroy_services", r#"["iWD"]"#, "without its mode"),
    ] {
        workspace.set_config(Tenant::new().set(path, value));
        workspace
            .validate_fails()
            .expect(text, path)
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
