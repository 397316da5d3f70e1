//! The guide "The simulator": every command and file in it, in its order.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::harness::{CCID, Json, Output, Running, Simulator, Tenant, Workspace, repository};

/// Where the guide's simulator listens.
const ADDRESS: &str = "127.0.0.1:4024";

#[test]
fn every_command_does_what_the_guide_says() {
    let [
        start,
        export,
        look,
        refuse,
        lose,
        clear,
        chance,
        seed,
        verify,
    ] = blocks("sh");
    let [tenants] = blocks("json");
    let folder = tempfile::tempdir().expect("a temporary directory");
    fs::write(folder.path().join("tenants.json"), tenants).expect("a file in it");

    let simulator = started_by(&start, folder.path());
    let export = at(&simulator, &export);
    let settings = export.trim().strip_prefix("export ").expect("an export");
    let settings: Vec<_> = settings
        .split(' ')
        .filter_map(|word| word.split_once('='))
        .collect();
    let workspace = Workspace::with_provider_block(&simulator, "", Tenant::new());
    workspace.environment(&settings);
    workspace.apply().expect_created(1);

    let answers = run(&simulator, &look).stdout;
    let (held, received) = answers.split_once(']').expect("two answers");
    assert_eq!(held, format!("[\"{CCID}\""));
    assert!(
        received.contains("********") && received.contains("\"POST\""),
        "{answers}"
    );

    run(&simulator, &refuse);
    workspace.set_config(Tenant::new().text("name", "t200"));
    drop(workspace.apply_once(&[]));
    assert_eq!(simulator.methods(), ["POST", "PUT", "PUT", "PUT"]);

    run(&simulator, &lose);
    let fault = run(
        &simulator,
        &format!("curl -fsS http://{ADDRESS}/_simulator/faults"),
    );
    assert!(fault.stdout.contains("\"reset\""), "{fault}");
    run(&simulator, &clear);
    let none = run(
        &simulator,
        &format!("curl -fsS http://{ADDRESS}/_simulator/faults"),
    );
    assert_eq!(none.stdout, "[]");

    let added = run(&simulator, &chance).stdout;
    let added: Json = serde_json::from_str(&added).expect("the faults that wait");
    assert_eq!(added[0]["percent"], json!(20.0));
    run(&simulator, &clear);
    workspace.finish();

    let simulator = started_by(&seed, folder.path());
    assert_eq!(simulator.tenants(), [CCID]);
    let mut body = simulator.body(CCID);

    let simulator = started_by(&verify, folder.path());
    body["iwd"]["db"]["host"] = "127.0.0.1".into();
    body["iwd"]["db"]["port"] = 1.into();
    let (status, answer) = simulator.put(&body);
    assert_eq!(status, 500, "{answer}");
    assert_eq!(simulator.tenants(), [""; 0]);
}

#[test]
fn every_option_and_every_field_of_a_fault_is_in_the_guide() {
    let help = Command::new(env!("CARGO_BIN_EXE_iwd-simulator"))
        .arg("--help")
        .output();
    let help = String::from_utf8(help.expect("the simulator explains itself").stdout);
    let help = help.expect("its help is text");
    let guide = guide();
    let words = help
        .lines()
        .filter_map(|line| line.trim().split(' ').next());
    let mut options = 0;
    for option in words.filter(|word| word.starts_with("--")) {
        let told =
            guide.contains(&format!("| `{option}")) || ["--help", "--version"].contains(&option);
        assert!(told, "{option}");
        options += 1;
    }
    assert!(options > 6, "only {options} options in {help}");

    let simulator = Simulator::start();
    simulator.fault(json!({"status": 503}));
    let faults = run(
        &simulator,
        &format!("curl -fsS http://{ADDRESS}/_simulator/faults"),
    );
    let faults: Json = serde_json::from_str(&faults.stdout).expect("JSON");
    for field in faults[0].as_object().expect("an object").keys() {
        assert!(guide.contains(&format!("`{field}`")), "{field}");
    }
}

/// A simulator with the options that the command gives.
#[track_caller]
fn started_by(command: &str, folder: &Path) -> Simulator {
    let words = command
        .trim()
        .strip_prefix("iwd-simulator")
        .expect("a start");
    let options: Vec<_> = words
        .split_whitespace()
        .map(|word| match folder.join(word) {
            file if file.is_file() => file.display().to_string(),
            _ => word.to_owned(),
        })
        .collect();
    let options: Vec<_> = options.iter().map(String::as_str).collect();
    Simulator::start_for_any_key(&options)
}

#[track_caller]
fn run(simulator: &Simulator, commands: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-eu", "-c", &at(simulator, commands)]);
    Running::start(&mut shell).wait().expect_code(0)
}

/// The text with this simulator's address in place of the guide's.
fn at(simulator: &Simulator, text: &str) -> String {
    text.replace(&format!("http://{ADDRESS}"), simulator.endpoint())
}

/// What stands in the guide's blocks of one language: exactly so many.
#[track_caller]
fn blocks<const COUNT: usize>(language: &str) -> [String; COUNT] {
    let guide = guide();
    let blocks = repository::blocks(&guide, &[language]);
    let blocks: Vec<_> = blocks.into_iter().map(str::to_owned).collect();
    let count = blocks.len();
    blocks
        .try_into()
        .unwrap_or_else(|_| panic!("{count} blocks of {language}"))
}

fn guide() -> String {
    repository::read("docs/guides/simulator.md")
}
