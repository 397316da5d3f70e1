//! Terraform and a provider that a person started for a debugger.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::harness::{API_KEY, Simulator, Tenant, Terraform, Workspace};

const GUIDE: &str = include_str!("../../docs/guides/debugging.md");

/// A provider in debug mode, ended and waited for on drop.
struct Debugged {
    process: Child,
    reattach: String,
}

impl Debugged {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_terraform-provider-iwd"))
            .arg("--debug")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the provider starts");
        let told = BufReader::new(process.stdout.take().expect("its output"));
        let reattach = told
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, value) = line.split_once("TF_REATTACH_PROVIDERS='")?;
                Some(value.trim_end().trim_end_matches('\'').to_owned())
            })
            .expect("what to set for Terraform");
        Self { process, reattach }
    }
}

impl Drop for Debugged {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn one_process_serves_a_whole_life_of_commands() {
    let simulator = Simulator::start();
    let mut provider = Debugged::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    workspace.environment(&[("TF_REATTACH_PROVIDERS", provider.reattach.as_str())]);
    workspace.apply().expect_created(1);
    workspace.set_config(Tenant::new().text("name", "t200"));
    workspace
        .apply()
        .expect_updated_in_place(&["name", "revision"]);
    assert!(matches!(provider.process.try_wait(), Ok(None)));
    workspace.finish();
}

#[test]
fn the_guides_override_takes_a_build_without_init() {
    let simulator = Simulator::start();
    let workspace = Workspace::empty(Terraform::find(), Some(&simulator));
    let built = Path::new(env!("CARGO_BIN_EXE_terraform-provider-iwd"));
    let folder = built.parent().expect("a folder");
    let (_, block) = GUIDE.split_once("```hcl\n").expect("a block");
    let (block, _) = block.split_once("```").expect("its end");
    let shown = "/home/me/terraform-provider-iwd/target/debug";
    assert!(block.contains(shown));
    let overrides = block.replace(shown, &folder.display().to_string());
    workspace.set_file("dev.tfrc", &overrides);
    workspace.set_config(include_str!("../../examples/getting-started/main.tf"));
    let file = workspace.folder().join("dev.tfrc").display().to_string();
    let secrets = r#"{"tenant_api_key": "a", "db_password": "b", "iwd_api_key": "c"}"#;
    workspace.environment(&[
        ("TF_CLI_CONFIG_FILE", file.as_str()),
        ("IWD_ENDPOINT", simulator.endpoint()),
        ("IWD_API_KEY", API_KEY),
        ("TF_VAR_secrets", secrets),
    ]);
    let output = workspace.succeed(&["plan", "-input=false", "-no-color"]);
    let warning = "Provider development overrides are in effect";
    assert!(output.prose().contains(warning), "{output}");
    assert!(GUIDE.replace('\n', " ").contains(warning));
    assert!(output.stdout.contains("1 to add"), "{output}");
}

#[test]
fn the_guide_shows_what_debug_prints() {
    let provider = Debugged::start();
    let (_, shown) = GUIDE
        .split_once("TF_REATTACH_PROVIDERS='")
        .expect("the line");
    let (shown, _) = shown.split_once('\'').expect("its end");
    let keys = |text: &str| {
        let mut json: serde_json::Value = serde_json::from_str(text).expect("JSON");
        let provider = &mut json["registry.terraform.io/iwd/iwd"];
        provider["Pid"].take();
        provider["Addr"]["String"].take();
        json
    };
    assert_eq!(keys(shown), keys(&provider.reattach));
}
