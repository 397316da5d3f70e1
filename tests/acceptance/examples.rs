//! What users copy: the examples and the configurations in the guides.

use serde_json::json;

use hcl_edit::structure::{Block, Body};

use crate::harness::repository::{self, files, root};
use crate::harness::{API_KEY, Simulator, Terraform, Workspace, guide, whole_stack};

/// Terraform 1.12 brings the argument `identity`, so by 1.11 this one is only checked for its format.
const NEEDS_1_12: &str = "import-by-identity.tf";

/// What the examples take from variables.
const SECRETS: [&str; 6] = [
    "tenant_api_key",
    "gws_client_secret",
    "gws_token",
    "db_password",
    "iwd_api_key",
    "iwddm_api_key",
];

#[test]
fn every_example_is_formatted() {
    let workspace = Workspace::builtin("");
    let folder = root().join("examples");
    workspace.succeed(&[
        "fmt",
        "-check",
        "-diff",
        "-recursive",
        folder.to_str().unwrap(),
    ]);
}

#[test]
fn every_configuration_in_a_guide_is_formatted() {
    let workspace = Workspace::builtin("");
    let mut found = 0;
    for guide in files(&root().join("docs/guides")) {
        let text = repository::read(guide);
        for configuration in repository::blocks(&text, &["terraform"]) {
            workspace.set_config(configuration);
            workspace.succeed(&["fmt", "-check", "-diff", "main.tf"]);
            found += 1;
        }
    }
    assert!(found > 5, "only {found} configurations");
}

#[test]
fn every_example_is_valid() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, "");
    let mut validated = 0;
    for folder in ["resources", "ephemeral-resources"] {
        for file in files(&root().join("examples").join(folder)) {
            let name = file.file_name().unwrap();
            if file.extension() != Some("tf".as_ref()) || name == NEEDS_1_12 {
                continue;
            }
            let text = repository::read(&file);
            // An import needs the resource that it is for.
            let imports = name.to_string_lossy().starts_with("import");
            let resource = if imports {
                example("resources/iwd_tenant/resource.tf")
            } else {
                String::new()
            };
            workspace.set_config(format!("{text}\n{resource}"));
            let warnings = workspace.validate().warnings().len();
            assert_eq!(warnings, 0, "{}", file.display());
            validated += 1;
        }
    }
    assert!(validated > 4, "only {validated} examples");
    workspace.remove_file("provider.tf");
    // Terraform takes no notice of a provider block that nothing uses.
    let used = "resource \"iwd_api_key\" \"any\" {}\n";
    workspace.set_config(&(example("provider/provider.tf") + used));
    workspace.validate();
}

#[test]
fn the_leading_example_provisions_a_tenant_without_a_secret_in_state() {
    let simulator = Simulator::start();
    let workspace = leading_example(&simulator);
    workspace.apply().expect_created(1);
    workspace.expect_no_secret(&SECRETS.map(value_of).each_ref().map(String::as_str));
    workspace.finish();
}

#[test]
fn the_example_for_hcp_terraform_provisions_a_tenant() {
    let simulator = Simulator::start();
    let workspace = Workspace::empty(Terraform::find(), Some(&simulator));
    for name in ["main.tf", "variables.tf"] {
        workspace.set_file(name, &example(&format!("hcp-terraform/{name}")));
    }
    // In the place of HCP Terraform.
    workspace.set_file("override.tf", "terraform {\n  backend \"local\" {}\n}\n");
    workspace.environment(&[
        ("IWD_ENDPOINT", simulator.endpoint()),
        ("IWD_API_KEY", API_KEY),
    ]);
    let names = [
        "tenant_api_key",
        "db_password",
        "iwd_api_key",
        "iwddm_api_key",
    ];
    let values = names.map(value_of);
    let variables: Vec<_> = names
        .into_iter()
        .zip(values.iter().map(String::as_str))
        .collect();
    workspace.variables(&variables);
    workspace.init();
    workspace.apply().expect_created(1);
    workspace.expect_no_secret(&values.each_ref().map(String::as_str));
    workspace.finish();
}

#[test]
fn the_guide_on_the_whole_stack_sets_what_its_plan_wants() {
    let text = repository::read("docs/guides/whole-stack.md");
    let shell = repository::blocks(&text, &["sh"]);
    let commands = guide::block_with(&shell, "export PGHOST=").replace('…', "any");
    let settings = commands.strip_suffix("terraform init\nterraform apply\n");
    let simulator = Simulator::start();
    let workspace = whole_stack::workspace(&simulator);
    guide::set(&workspace, &guide::exported(settings.expect("they follow")));
    let plan = workspace.plan();
    assert_eq!(plan.changes().len(), 4);
    assert!(plan.warnings().is_empty(), "{}", plan.output());
}

/// The module that users copy is parsed and compared only: its provider can't be installed on every machine that runs this.
#[test]
fn the_modules_of_the_example_for_postgres_are_exchangeable() {
    let [copied, run] = [whole_stack::COPIED, whole_stack::RUN];
    let file = |module: &str, name: &str| whole_stack::source(&format!("{module}/{name}"));
    let variables = file(run, "variables.tf");
    let more = variables.strip_prefix(&file(copied, "variables.tf"));
    let more = parse(more.expect("the same variables come first"));
    assert_eq!(labels(&more, "variable"), ["adopt"]);
    let is_optional = more
        .get_blocks("variable")
        .all(|variable| variable.body.has_attribute("default"));
    assert!(is_optional, "{variables}");
    let outputs = |module| labels(&parse(&file(module, "main.tf")), "output");
    assert_eq!(outputs(copied), ["database", "user"]);
    assert_eq!(outputs(run), outputs(copied));

    let module = parse(&file(copied, "main.tf"));
    assert_eq!(
        labels(&module, "resource"),
        ["postgresql_role iwd", "postgresql_database iwd"]
    );
    assert_eq!(
        argument(&module, "postgresql_database", "owner"),
        "postgresql_role.iwd.name"
    );
    assert_eq!(
        argument(&module, "postgresql_role", "password_wo"),
        "var.password"
    );
    assert_eq!(
        argument(&module, "postgresql_role", "password_wo_version"),
        "var.password_version"
    );
}

#[test]
fn the_import_command_names_what_the_example_holds() {
    let simulator = Simulator::start();
    let workspace = leading_example(&simulator);
    let command = example("resources/iwd_tenant/import.sh");
    let words: Vec<&str> = command.split_whitespace().collect();
    let ["terraform", "import", address, ccid] = words[..] else {
        panic!("{command}");
    };
    let state = workspace.import(address, ccid);
    assert_eq!(state.value(address, "ccid"), ccid);
    drop(workspace.apply());
    assert_eq!(simulator.tenants(), [ccid]);
    workspace.finish();
}

/// The leading example with its secrets, without protection from deletion.
#[track_caller]
fn leading_example(simulator: &Simulator) -> Workspace<'_> {
    let config = example("resources/iwd_tenant/resource.tf");
    let config = config.replace("deletion_protection = true", "");
    let workspace = Workspace::new(simulator, &config);
    workspace.variables(&[("secrets", &secrets())]);
    workspace
}

fn example(name: &str) -> String {
    repository::read(format!("examples/{name}"))
}

fn parse(text: &str) -> Body {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// The labels of the blocks of one kind.
fn labels(body: &Body, kind: &str) -> Vec<String> {
    let blocks = body.get_blocks(kind);
    let names = |block: &Block| {
        block
            .labels
            .iter()
            .map(|label| label.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    blocks.map(|block| names(block).join(" ")).collect()
}

/// The expression that the resource of one type gives to an argument.
#[track_caller]
fn argument(body: &Body, kind: &str, name: &str) -> String {
    let mut resources = body.get_blocks("resource");
    let resource = resources.find(|block| block.has_labels(&[kind, "iwd"]));
    let attribute = resource.and_then(|block| block.body.get_attribute(name));
    let attribute = attribute.unwrap_or_else(|| panic!("no {kind} with {name}"));
    attribute.value.to_string().trim().to_owned()
}

/// A value that stands nowhere else.
fn value_of(name: &str) -> String {
    format!("canary-of-{name}")
}

fn secrets() -> String {
    let values = SECRETS.map(|name| (name.to_owned(), json!(value_of(name))));
    json!(serde_json::Map::from_iter(values)).to_string()
}
