//! What `terraform-provider-iwd convert` makes of the requests of a script.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::harness::{API_KEY, Json, Simulator, Terraform, Workspace, guide, repository};

const CCIDS: [&str; 2] = [
    "9350e2fc-a1dd-4c65-8d40-1f75a2e00100",
    "9350e2fc-a1dd-4c65-8d40-1f75a2e00200",
];

fn body(ccid: &str, name: &str) -> Json {
    json!({
        "tenant": {
            "id": "100", "name": name, "ccid": ccid, "apiKey": "canary-tenant-key",
            "gws": {
                "gwsUrl": "http://gws-service-proxy.gws",
                "data": {"authUrl": "http://gauth", "authredircetUrl": "https://gauth.example.com"},
                "secret": {
                    "clientId": "iwd_client", "clientSecret": "canary-client", "apikey": "canary-gws",
                    "username": "default", "token": "canary-token",
                },
            },
        },
        "iwd": {
            "url": "http://iwd.iwd:4024",
            "db": {
                "host": "pg", "port": 5433, "database": "iwd \"${1}\" %{if} ${%${a}", "user": "iwd-100",
                "password": "canary-password", "ssl": true,
            },
            "apiKeys": {"IWD_APIKEY_TENANT": "canary-customer", "IWD_APIKEY_IWDDM": "canary-iwddm"},
        },
        "iwdEmail": {"url": "N/A"},
    })
}

/// The command line that provisions the tenant at `endpoint`.
fn curl(endpoint: &str, body: &Json) -> String {
    format!(
        "curl -sf -X POST {endpoint}/iwd/v3/provisioning \\\n  -H 'Content-Type: application/json' \\\n  \
         -H \"x-api-key: {API_KEY}\" \\\n  -d '{body}'\n"
    )
}

/// The configuration that the command makes of a file or a folder in the workspace.
fn convert(workspace: &Workspace<'_>, name: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_terraform-provider-iwd"));
    program
        .env_clear()
        .arg("convert")
        .arg(workspace.folder().join(name));
    let output = program.output().expect("the program starts");
    let told = String::from_utf8(output.stderr).expect("text");
    let made = String::from_utf8(output.stdout).expect("text");
    let is_known = |line: &str| line.contains("`iwd.db.database` holds a placeholder");
    assert!(
        output.status.success() && told.lines().all(is_known),
        "{told}"
    );
    for secret in ["canary", API_KEY] {
        assert!(!made.contains(secret), "{made}");
    }
    made
}

/// What the template at the end of the configuration says, with a value for each variable.
fn filled(configuration: &str, value_of: impl Fn(&str) -> String) -> String {
    let (_, template) = configuration.split_once("\n#\n").expect("a template");
    let filled = template.lines().map(|line| {
        let line = line.strip_prefix("# ").expect("a comment");
        let (name, empty) = line.split_once('=').expect("a value");
        assert_eq!(empty, " \"\"", "{line}");
        format!("{name}= \"{}\"\n", value_of(name.trim()))
    });
    filled.collect()
}

#[test]
fn what_it_makes_of_a_command_line_is_formatted_and_sends_the_same_body() {
    let simulator = Simulator::start();
    let workspace = Workspace::empty(Terraform::find(), Some(&simulator));
    let body = body(CCIDS[0], "t100");
    workspace.set_file("provision.sh", &curl(simulator.endpoint(), &body));
    let configuration = convert(&workspace, "provision.sh");
    workspace.set_config(&configuration);
    let values = filled(&configuration, |name| {
        let value = match name {
            "iwd_api_key" => API_KEY,
            "t100_api_key" => "canary-tenant-key",
            "t100_gws_client_secret" => "canary-client",
            "t100_gws_api_key" => "canary-gws",
            "t100_gws_token" => "canary-token",
            "t100_iwd_db_password" => "canary-password",
            "t100_iwd_api_keys_tenant" => "canary-customer",
            "t100_iwd_api_keys_iwddm" => "canary-iwddm",
            _ => panic!("a variable {name}"),
        };
        value.to_owned()
    });
    workspace.set_file("secrets.auto.tfvars", &values);
    workspace.init();
    workspace.succeed(&["fmt", "-check", "-diff"]);
    let warnings = workspace.validate();
    assert!(warnings.warnings().is_empty());

    let applied = workspace.apply();
    assert_eq!(applied.state.value("iwd_tenant.t100", "revision"), 1);
    // It was imported, and the one request is an update.
    assert_eq!(simulator.methods(), ["PUT"]);
    assert_eq!(simulator.body(CCIDS[0]), body);
    workspace.expect_no_secret(&["canary", API_KEY]);
    workspace.finish();
}

#[test]
fn the_guides_command_makes_a_file_of_a_script() {
    let workspace = Workspace::empty(Terraform::find(), None);
    let script = curl("https://iwd.example.com", &body(CCIDS[0], "t100"));
    workspace.set_file("provision.sh", &script);
    let guide = repository::read("docs/guides/moving-from-scripts.md");
    let shell = repository::blocks(&guide, &["shell"]);
    let command = guide::block_with(&shell, "terraform-provider-iwd convert");
    let program = Path::new(env!("CARGO_BIN_EXE_terraform-provider-iwd"));
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-euc", command])
        .current_dir(workspace.folder())
        .env_clear()
        .env("PATH", program.parent().expect("a folder"));
    assert!(shell.status().expect("a shell").success());
    let made = fs::read_to_string(workspace.folder().join("tenants.tf")).expect("a configuration");
    assert_eq!(made, convert(&workspace, "provision.sh"));
}

#[test]
fn what_it_makes_of_a_folder_is_formatted_and_valid() {
    let workspace = Workspace::empty(Terraform::find(), None);
    let folder = workspace.folder().join("requests");
    fs::create_dir(&folder).expect("a folder");
    let whole = body(CCIDS[0], "T 100");
    workspace.set_file(
        "requests/whole.sh",
        &curl("https://iwd.example.com/a", &whole),
    );
    let least = json!({
        "tenant": {"id": 200, "name": "T 100", "ccid": CCIDS[1], "apiKey": "canary"},
        "iwd": {
            "url": "http://iwd.iwd:4024",
            "db": {"host": "pg", "port": "5432", "database": "iwd", "user": "iwd", "password": "canary", "ssl": "false"},
            "apiKeys": {"IWD_APIKEY_TENANT": "canary"},
        },
        "iwdEmail": {"url": "N/A"},
    });
    // A command line and the file of its body are one request.
    workspace.set_file("requests/least.json", &least.to_string());
    let script = curl("https://iwd.example.com/a", &json!("BODY"));
    workspace.set_file(
        "requests/least.sh",
        &script.replace("\"BODY\"", "@least.json"),
    );
    let configuration = convert(&workspace, "requests");
    workspace.set_config(&configuration);
    workspace.init();
    workspace.succeed(&["fmt", "-check", "-diff", "main.tf"]);
    workspace.validate();
    for address in ["\"t_100\" {", "\"t_100_2\" {"] {
        assert!(configuration.contains(&format!("resource \"iwd_tenant\" {address}")));
    }
    // The values alone are formatted too, as a file of variables.
    let values = filled(&configuration, |_| String::new());
    workspace.set_file("secrets.auto.tfvars", &values);
    workspace.succeed(&["fmt", "-check", "-diff", "secrets.auto.tfvars"]);
}
