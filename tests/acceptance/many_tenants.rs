//! The guide "Many tenants": its module, and every configuration and command around it.

use std::fs;
use std::process::Command;

use serde_json::json;

use crate::harness::guide::block_with;
use crate::harness::repository::{blocks, read};
use crate::harness::{Action, Json, Running, Simulator, Terraform, Workspace};

const GUIDE: &str = include_str!("../../docs/guides/many-tenants.md");
const CCIDS: [&str; 2] = [
    "9350e2fc-a1dd-4c65-8d40-1f75a2e00100",
    "9350e2fc-a1dd-4c65-8d40-1f75a2e00200",
];

#[test]
fn tenants_come_and_go_with_their_entries_and_keys() {
    let simulator = Simulator::start_for_any_key(&[]);
    let workspace = workspace(&simulator);
    let root = root();
    workspace.apply().expect_created(2);
    assert_eq!(keys(&simulator), ["tenant-key-100", "tenant-key-200"]);
    workspace.expect_no_secret(&["tenant-key-", "db-password-", "iwd-key-"]);

    let second = second_entry(root);
    let without_second = root.replace(second, "");
    workspace.set_config(&without_second);
    workspace
        .plan_fails()
        .expect_text("Tenant is protected from deletion");
    simulator.forget_requests();
    workspace.set_config(root.replace(second, &unprotected(second)));
    workspace
        .apply()
        .expect_updated_in_place(&["deletion_protection", "revision"]);
    assert!(simulator.requests().is_empty());
    workspace.set_config(&without_second);
    workspace.apply().expect_destroyed(1);
    assert_eq!(simulator.methods(), ["DELETE"]);
    assert_eq!(keys(&simulator), ["tenant-key-200"]);

    simulator.forget_requests();
    workspace.set_config(root);
    workspace.apply().expect_created(1);
    assert_eq!(simulator.methods(), ["POST"]);

    let forget = block("sh", "terraform state rm ");
    run_in(&workspace, forget);
    assert_eq!(workspace.state().addresses(), [address(CCIDS[0])]);
    workspace.set_config(unprotected(&without_second));
    drop(workspace.apply());
    workspace.finish_leaving(&[CCIDS[1]]);
}

#[test]
fn what_convert_makes_of_a_folder_moves_into_the_module() {
    let simulator = Simulator::start_for_any_key(&[]);
    let workspace = workspace(&simulator);
    fs::create_dir(workspace.folder().join("requests")).expect("a folder");
    for number in [100, 200] {
        let body = body(number).to_string();
        workspace.set_file(&format!("requests/{number}.json"), &body);
    }
    let mut convert = Command::new(env!("CARGO_BIN_EXE_terraform-provider-iwd"));
    let folder = workspace.folder().join("requests");
    convert.env_clear().arg("convert").arg(folder);
    let converted = Running::start(&mut convert).wait().expect_code(0).stdout;
    workspace.set_config(&converted);
    let values = [100, 200].map(|number| {
        format!(
            "t{number}_api_key = \"tenant-key-{number}\"\nt{number}_iwd_db_password = \"db-password-{number}\"\n\
             t{number}_iwd_api_keys_tenant = \"iwd-key-{number}\"\n"
        )
    });
    workspace.set_file("secrets.auto.tfvars", &values.concat());
    drop(workspace.apply());
    assert_eq!(simulator.methods(), ["PUT", "PUT"]);

    workspace.remove_file("secrets.auto.tfvars");
    workspace.set_config(format!("{}{}", root(), configuration("moved {")));
    let applied = workspace.apply();
    for ccid in CCIDS {
        let change = applied.plan.change(&address(ccid));
        assert_eq!(change.action(), Action::Update);
        assert_eq!(change.changed(), ["deletion_protection", "revision"]);
    }
    assert_eq!(simulator.methods(), ["PUT", "PUT"]);
    finish(workspace);
}

#[test]
fn one_block_imports_tenants_into_the_module() {
    let simulator = Simulator::start_for_any_key(&[]);
    for number in [100, 200] {
        assert_eq!(simulator.put(&body(number)).0, 200);
    }
    simulator.forget_requests();
    let workspace = workspace(&simulator);
    workspace.set_file("import.tf", configuration("import {"));
    let applied = workspace.apply();
    for ccid in CCIDS {
        let change = applied.plan.change(&address(ccid));
        assert_eq!(change.importing(), Some(ccid));
    }
    assert_eq!(simulator.methods(), ["PUT", "PUT"]);
    assert_eq!(simulator.body(CCIDS[0]), body(100));
    finish(workspace);
}

#[test]
fn an_alias_takes_tenants_to_another_iwd() {
    let simulator = Simulator::start_for_any_key(&[]);
    let other = Simulator::start_for_any_key(&[]);
    let workspace = workspace(&simulator);
    let alias = configuration("provider \"iwd\" {\n  alias");
    let alias = replace(alias, "https://iwd.eu.example.com", other.endpoint());
    workspace.set_file("eu.tf", &alias);
    let third = CCIDS[0].replace("00100", "00300");
    let mut secrets: Json = serde_json::from_str(block("json", "{")).expect("JSON");
    secrets[&third] = json!({"tenant_api_key": "3", "db_password": "3", "iwd_api_key": "3"});
    workspace.variables(&[("secrets", &secrets.to_string())]);
    workspace.init();
    workspace.apply().expect_created(3);
    assert_eq!(simulator.tenants(), CCIDS);
    assert_eq!(other.tenants(), [third]);

    // Fewer at once, by the guide's command, which asks nothing here.
    let command = block("sh", "terraform apply ").trim();
    let fewer = command.strip_prefix("terraform apply ").expect("an option");
    workspace.set_file("eu.tf", &unprotected(&alias));
    workspace.succeed(&["apply", "-input=false", "-auto-approve", fewer]);
    finish(workspace);
    assert!(other.tenants().is_empty());
}

/// A workspace with the module where the guide's call looks for it, and with that call.
fn workspace(simulator: &Simulator) -> Workspace<'_> {
    let workspace = Workspace::empty(Terraform::find(), Some(simulator));
    fs::create_dir_all(workspace.folder().join("modules/iwd-tenants")).expect("a folder");
    for name in ["main.tf", "variables.tf"] {
        let text = read(format!("examples/module/{name}"));
        workspace.set_file(&format!("modules/iwd-tenants/{name}"), &text);
    }
    workspace.set_config(root());
    workspace.environment(&[("IWD_ENDPOINT", simulator.endpoint())]);
    workspace.variables(&[("secrets", block("json", "{"))]);
    workspace.init();
    workspace
}

/// Destroys the tenants of the guide, in its steps.
#[track_caller]
fn finish(workspace: Workspace<'_>) {
    workspace.set_config(unprotected(root()));
    drop(workspace.apply());
    workspace.finish();
}

/// The request that provisions the guide's tenant of this number.
fn body(number: u16) -> Json {
    let name = format!("iwd-{number}");
    json!({
        "tenant": {
            "id": number.to_string(), "name": format!("t{number}"), "apiKey": format!("tenant-key-{number}"),
            "ccid": CCIDS[0].replace("00100", &format!("00{number}")),
        },
        "iwd": {
            "url": "http://iwd.iwd:4024",
            "db": {
                "host": "postgres.infra", "port": 5432, "database": &name, "user": &name,
                "password": format!("db-password-{number}"), "ssl": false,
            },
            "apiKeys": {"IWD_APIKEY_TENANT": format!("iwd-key-{number}")},
        },
        "iwdEmail": {"url": "N/A"},
    })
}

fn address(ccid: &str) -> String {
    format!("module.tenants.iwd_tenant.this[{ccid:?}]")
}

/// The keys of the requests, in the order of the alphabet.
fn keys(simulator: &Simulator) -> Vec<String> {
    let requests = simulator.requests().into_iter();
    let key = |request: Json| request["headers"]["x-api-key"].as_str().map(str::to_owned);
    let mut keys: Vec<_> = requests.filter_map(key).collect();
    keys.sort();
    keys
}

/// The entry of the second tenant.
#[track_caller]
fn second_entry(root: &str) -> &str {
    let begin = root.find(&format!("    {:?} = {{", CCIDS[1]));
    let rest = &root[begin.expect("the entry")..];
    let end = rest.find("\n    }\n").expect("its end");
    &rest[..end + "\n    }\n".len()]
}

/// The configuration with protection switched off in each entry.
fn unprotected(configuration: &str) -> String {
    replace(
        configuration,
        "      short_id = ",
        "      deletion_protection = false\n      short_id = ",
    )
}

/// The text with `to` in the place of `from`, which stands in it.
#[track_caller]
fn replace(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "no {from:?} in {text}");
    text.replace(from, to)
}

/// The configuration that calls the module.
fn root() -> &'static str {
    configuration("terraform {\n  required_providers")
}

#[track_caller]
fn configuration(begin: &str) -> &'static str {
    block("terraform", begin)
}

/// The guide's block of this language that begins so.
#[track_caller]
fn block(language: &str, begin: &str) -> &'static str {
    block_with(&blocks(GUIDE, &[language]), begin)
}

/// Runs a command of the guide, split as a shell does.
#[track_caller]
fn run_in(workspace: &Workspace<'_>, command: &str) {
    let words = shell_words::split(command).expect("a command");
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    assert_eq!(words[0], "terraform");
    workspace.succeed(&words[1..]);
}
