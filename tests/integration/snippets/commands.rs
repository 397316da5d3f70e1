//! Commands: each is run by a test or by CI, or a reason stands here why it isn't.

use super::pages;
use crate::repository::{blocks, read};

use Run::{Ci, Never, Test};

/// Who runs a block of commands.
enum Run {
    /// A test, by its file below `tests/` and its name.
    Test(&'static str, &'static str),
    /// A line of `.ci/run`.
    Ci(&'static str),
    /// Nobody, for this reason.
    Never(&'static str),
}

const README: Run = Test(
    "acceptance/getting_started.rs",
    "the_readme_leads_to_a_first_tenant",
);
const GETTING_STARTED: Run = Test(
    "acceptance/getting_started.rs",
    "the_guide_leads_to_a_first_tenant",
);
const DEBUGGING: Run = Test(
    "acceptance/debugging.rs",
    "the_guides_override_takes_a_build_without_init",
);
const SIMULATOR: Run = Test(
    "acceptance/simulator_guide.rs",
    "every_command_does_what_the_guide_says",
);
const TAKES_A_TERMINAL: Run =
    Never("it stays in the foreground; its program is started by every test");

/// Page, beginning of the block, and who runs it, in the order of the pages.
#[rustfmt::skip]
const COMMANDS: &[(&str, &str, Run)] = &[
    ("README.md", "make install\nmake simulator", TAKES_A_TERMINAL),
    ("README.md", "export IWD_ENDPOINT=", README),
    ("README.md", "terraform init", README),
    ("README.md", "export IWD_MAX_RETRIES=0", README),
    ("README.md", "TF_LOG_PROVIDER=WARN terraform apply", README),
    ("README.md", "terraform destroy", README),
    ("README.md", "make demo ", Ci("make demo")),
    ("README.md", "make simulator", TAKES_A_TERMINAL),
    ("README.md", "make install ", Never("it installs into the home directory; test-dist makes and starts the same binary")),
    ("docs/guides/debugging.md", "export TF_CLI_CONFIG_FILE=", DEBUGGING),
    ("docs/guides/debugging.md", "terraform-provider-iwd --debug", Test("acceptance/debugging.rs", "the_guide_shows_what_debug_prints")),
    ("docs/guides/getting-started.md", "export IWD_ENDPOINT=", GETTING_STARTED),
    ("docs/guides/getting-started.md", "terraform init", GETTING_STARTED),
    ("docs/guides/getting-started.md", "export IWD_MAX_RETRIES=0", GETTING_STARTED),
    ("docs/guides/getting-started.md", "TF_LOG_PROVIDER=WARN terraform apply", GETTING_STARTED),
    ("docs/guides/getting-started.md", "terraform destroy", GETTING_STARTED),
    ("docs/guides/hcp-terraform.md", "export TFE_ORGANIZATION=", Test("acceptance/dist/private_registry.rs", "a_release_is_published_in_the_documented_order")),
    ("docs/guides/many-tenants.md", "terraform state rm", Test("acceptance/many_tenants.rs", "tenants_come_and_go_with_their_entries_and_keys")),
    ("docs/guides/many-tenants.md", "terraform apply -parallelism=2", Test("acceptance/many_tenants.rs", "an_alias_takes_tenants_to_another_iwd")),
    ("docs/guides/moving-from-scripts.md", "terraform-provider-iwd convert", Test("acceptance/convert.rs", "the_guides_command_makes_a_file_of_a_script")),
    ("docs/guides/running-it.md", "terraform-provider-iwd doctor", Test("integration/doctor.rs", "the_guides_command_looks_at_the_way")),
    ("docs/guides/running-it.md", "terraform-provider-iwd() {", Test("acceptance/installation.rs", "the_guides_name_for_the_program_is_found_after_init")),
    ("docs/guides/running-it.md", "terraform providers mirror", Test("acceptance/dist/registries.rs", "a_network_mirror_and_a_filesystem_mirror_that_terraform_made_of_a_registry")),
    ("docs/guides/running-it.md", "terraform providers lock", Test("acceptance/dist/registries.rs", "a_filesystem_mirror_of_the_archives_and_a_lock_file_for_all_platforms")),
    ("docs/guides/running-it.md", "TF_LOG_PROVIDER=DEBUG", Test("acceptance/getting_started.rs", "the_guides_command_keeps_the_log_in_a_file")),
    ("docs/guides/simulator.md", "iwd-simulator", SIMULATOR),
    ("docs/guides/simulator.md", "export IWD_ENDPOINT=", SIMULATOR),
    ("docs/guides/simulator.md", "curl -fsS http://127.0.0.1:4024/_simulator/tenants", SIMULATOR),
    ("docs/guides/simulator.md", "curl -fsS http://127.0.0.1:4024/_simulator/faults --data '{\"method\": \"PUT\", \"status\"", SIMULATOR),
    ("docs/guides/simulator.md", "curl -fsS http://127.0.0.1:4024/_simulator/faults --data '{\"method\": \"PUT\", \"apply\"", SIMULATOR),
    ("docs/guides/simulator.md", "curl -fsS -X DELETE", SIMULATOR),
    ("docs/guides/simulator.md", "curl -fsS http://127.0.0.1:4024/_simulator/faults --data '[", SIMULATOR),
    ("docs/guides/simulator.md", "iwd-simulator --seed", SIMULATOR),
    ("docs/guides/simulator.md", "iwd-simulator --verify-db", SIMULATOR),
    ("docs/guides/troubleshooting.md", "TF_LOG_PROVIDER=WARN terraform apply", GETTING_STARTED),
    ("docs/guides/whole-stack.md", "export PGHOST=", Test("acceptance/examples.rs", "the_guide_on_the_whole_stack_sets_what_its_plan_wants")),
    ("docs/resources/tenant.md", "terraform import", Test("acceptance/examples.rs", "the_import_command_names_what_the_example_holds")),
    ("examples/gke/README.md", "helm repo add", Never("the charts' registry wants credentials of Genesys' customers")),
    ("examples/gke/README.md", "read -rs SECRET\nprintf %s", Never("it wants a project of Google Cloud")),
    ("examples/gke/README.md", "terraform init\nterraform apply -target=", Test("acceptance/gke.rs", "two_applies_make_the_same")),
    ("examples/gke/README.md", "terraform apply", Test("acceptance/gke.rs", "two_applies_make_the_same")),
    ("examples/gke/README.md", "terraform apply -var=", Test("acceptance/gke.rs", "a_protected_tenant_keeps_all_that_it_needs")),
];

#[test]
fn every_command_shown_is_run_or_has_a_reason() {
    let pages = pages();
    let shown = pages.iter().flat_map(|(page, text)| {
        let blocks = blocks(text, &["sh", "shell"]).into_iter();
        blocks.map(move |block| (page.as_str(), block))
    });
    let mut rows = COMMANDS.iter();
    for (page, block) in shown {
        let row = rows.next();
        let is_next = |(of, begin, _): &&(_, &str, _)| *of == page && block.starts_with(begin);
        let row = row.filter(is_next);
        assert!(
            row.is_some(),
            "{page}: no row, or not the next one, for\n{block}"
        );
    }
    let gone: Vec<_> = rows.map(|(page, begin, _)| (page, begin)).collect();
    assert!(gone.is_empty(), "{gone:?}");
}

#[test]
fn who_is_said_to_run_a_command_is_there() {
    let ci = read(".ci/run");
    for (page, begin, run) in COMMANDS {
        match run {
            Test(file, name) => {
                let tests = read(format!("tests/{file}"));
                let is_there = tests.contains(&format!("fn {name}() {{\n"));
                assert!(is_there, "{page}: {begin}: no {name} in {file}");
            }
            Ci(line) => assert!(ci.lines().any(|run| run.starts_with(line)), "{line}"),
            Never(reason) => assert!(!reason.is_empty()),
        }
    }
}
