//! `examples/gke`: from a network to IWD Data Mart, with stand-ins for all that Google, Helm and Kubernetes make.

use std::fs;

use crate::harness::stand_ins::{self, CANARY};
use crate::harness::{Action, Output, Simulator, Terraform, Workspace, guide, repository};

const TENANT: &str = "iwd_tenant.this";
const CCID: &str = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100";

/// What only Google knows.
const COMPUTED: [(&str, &str); 5] = [
    ("google_compute_address", "address = \"127.0.0.1\""),
    ("google_container_cluster", "endpoint = \"10.2.0.2\""),
    (
        "google_container_cluster",
        "master_auth = [{ cluster_ca_certificate = \"\" }]",
    ),
    (
        "google_sql_database_instance",
        "private_ip_address = \"10.1.0.3\"",
    ),
    ("google_secret_manager_secret_version", "version = \"1\""),
];

/// What is made one after the other, and goes the other way round.
const ORDERS: [&[&str]; 2] = [
    &[
        "google_compute_network.this",
        "google_service_networking_connection.database",
        "google_sql_database_instance.this",
        "google_sql_user.this[\"iwd\"]",
        "google_sql_database.this[\"iwd\"]",
        "helm_release.iwd",
        "kubernetes_service_v1.iwd[0]",
        TENANT,
        "helm_release.iwddm",
    ],
    &[
        "google_compute_network.this",
        "google_compute_router_nat.this",
        "google_container_node_pool.this",
        "kubernetes_namespace_v1.this[\"iwd\"]",
        "helm_release.iwd",
    ],
];

#[test]
fn one_apply_makes_all_and_one_destroy_undoes_it() {
    let simulator = simulator();
    let workspace = workspace(&simulator);
    workspace.validate();
    let plan = workspace.plan();
    let change = plan.change(TENANT);
    assert_eq!(change.action(), Action::Create);
    for unknown in ["iwd.db.host", "iwd.db.database", "iwd.db.user"] {
        assert!(change.after_unknown(unknown), "{unknown}");
    }
    assert!(plan.warnings().is_empty(), "{}", plan.output());

    let applied = workspace.apply();
    for order in ORDERS {
        expect_in_order(&applied.output, order, ["Creation complete", "Creating..."]);
    }
    let body = simulator.body(CCID);
    assert_eq!(body["iwd"]["db"]["host"], "10.1.0.3");
    assert_eq!(body["iwd"]["db"]["user"], "iwd-100");
    assert_eq!(body["iwd"]["db"]["password"], of("iwd-db-password"));
    assert_eq!(
        body["iwd"]["apiKeys"]["IWD_APIKEY_IWDDM"],
        of("iwddm-api-key")
    );
    assert_eq!(simulator.methods(), ["POST"]);
    workspace.expect_no_secret(&[CANARY]);

    let destroyed = workspace.finish();
    for order in ORDERS {
        let reverse: Vec<_> = order.iter().rev().copied().collect();
        expect_in_order(
            &destroyed,
            &reverse,
            ["Destruction complete", "Destroying..."],
        );
    }
}

#[test]
fn an_endpoint_of_the_users_own_needs_no_load_balancer() {
    let simulator = simulator();
    let workspace = workspace(&simulator);
    set_variables_and(
        &workspace,
        "1",
        "false",
        &[("iwd_endpoint", simulator.endpoint())],
    );
    let plan = workspace.plan();
    let changes = plan.changes();
    let addresses = changes.iter().map(|(address, _)| *address);
    let made: Vec<_> = addresses
        .filter(|address| address.contains("service_v1") || address.contains("compute_address"))
        .collect();
    assert!(made.is_empty(), "{made:?}");
    workspace.apply();
    assert_eq!(simulator.tenants(), [CCID]);
    workspace.finish();
}

/// What Helm 3.17.2's own parser, `strvals.ParseIntoString`, makes the first text of each pair of again.
#[test]
fn a_charts_secret_is_written_so_that_helm_reads_it_as_it_is() {
    let helm = repository::read("examples/gke/helm.tf");
    let values: Vec<_> = helm
        .lines()
        .filter(|line| line.contains("given[secret]"))
        .collect();
    let [value] = values[..] else {
        panic!("{values:?}");
    };
    let (_, arguments) = value.split_once("secret_data, ").expect("it is escaped");
    for (secret, written) in [
        ("12345678", "12345678"),
        (r"a\b", r"a\\b"),
        ("a,b=c", r"a\,b=c"),
        ("{x}", r"\{x}"),
        (r"\,{", r"\\\,\{"),
    ] {
        let config = format!(
            "variable \"secret\" {{}}\noutput \"written\" {{\nvalue = replace(var.secret, {arguments}\n}}\n"
        );
        let workspace = Workspace::builtin(&config);
        workspace.variables(&[("secret", secret)]);
        let plan = workspace.plan();
        assert_eq!(
            plan.json()["planned_values"]["outputs"]["written"]["value"],
            written
        );
    }
    assert_eq!(helm.matches("type  = \"string\"").count(), 1);
}

#[test]
fn two_applies_make_the_same() {
    let simulator = simulator();
    let workspace = workspace(&simulator);
    let commands = command("terraform init\nterraform apply -target=");
    let words = commands.split_whitespace();
    let targets: Vec<_> = words
        .filter_map(|word| word.strip_prefix("-target="))
        .map(|target| format!("-target={}", stand_ins::address(target)))
        .collect();
    let targets: Vec<_> = targets.iter().map(String::as_str).collect();
    workspace.start_apply_with(&targets).wait().expect_code(0);
    assert!(simulator.requests().is_empty());
    let plan = workspace.plan();
    let there = plan.changes().into_iter().filter(|(address, action)| {
        address.contains("google_container") && *action != Action::Create
    });
    assert_eq!(there.count(), 2, "cluster and nodes");
    workspace.apply();
    assert_eq!(simulator.methods(), ["POST"]);
    workspace.finish();
}

#[test]
fn new_secrets_are_sent_once_to_the_tenant_that_stays() {
    let simulator = simulator();
    let workspace = workspace(&simulator);
    workspace.apply();
    set_variables(&workspace, "2", "false");
    let applied = workspace.apply();
    assert_eq!(applied.plan.change(TENANT).action(), Action::Update);
    assert_eq!(simulator.methods(), ["POST", "PUT"]);
    let order = ["google_sql_user.this[\"iwd\"]", "helm_release.iwd", TENANT];
    expect_in_order(
        &applied.output,
        &order,
        ["Modifications complete", "Modifying..."],
    );
    workspace.finish();
}

#[test]
fn a_protected_tenant_keeps_all_that_it_needs() {
    let simulator = simulator();
    let workspace = workspace(&simulator);
    set_variables(&workspace, "1", "true");
    workspace.apply();
    workspace
        .destroy_fails()
        .expect_text("Tenant is protected from deletion");
    assert_eq!(simulator.methods(), ["POST"]);
    for command in command("terraform apply -var=").lines() {
        let words: Vec<_> = command.split(' ').skip(1).collect();
        workspace.succeed(&[&words[..], &["-input=false", "-auto-approve"]].concat());
    }
    assert_eq!(simulator.methods(), ["POST", "DELETE"]);
    workspace.finish();
}

/// The README's commands that begin so.
#[track_caller]
fn command(begin: &str) -> String {
    let readme = repository::read("examples/gke/README.md");
    let shell = repository::blocks(&readme, &["sh"]);
    guide::block_with(&shell, begin).to_owned()
}

fn simulator() -> Simulator {
    Simulator::start_with_key(&of("tenant-api-key"))
}

/// The example with the variables of its README, without protection from deletion.
fn workspace(simulator: &Simulator) -> Workspace<'_> {
    let folder = repository::root().join("examples/gke");
    let mut config = String::new();
    for entry in fs::read_dir(&folder).expect("the example") {
        let path = entry.expect("a file of it").path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            config += &fs::read_to_string(path).expect("a text");
        }
    }
    let port = simulator.endpoint().rsplit(':').next().expect("a port");
    let address = "${google_compute_address.iwd[0].address}:";
    assert!(config.contains(&format!("{address}4024")));
    let config = config.replace(&format!("{address}4024"), &format!("{address}{port}"));

    let workspace = Workspace::empty(Terraform::find(), Some(simulator));
    workspace.set_config(stand_ins::in_place_of_others(&config, &COMPUTED));
    let readme = repository::read("examples/gke/README.md");
    let variables = repository::blocks(&readme, &["hcl"]);
    workspace.set_file("terraform.tfvars", guide::block_with(&variables, "project"));
    set_variables(&workspace, "1", "false");
    workspace.init();
    workspace
}

fn set_variables(workspace: &Workspace<'_>, secrets_version: &str, protection: &str) {
    set_variables_and(workspace, secrets_version, protection, &[]);
}

fn set_variables_and(
    workspace: &Workspace<'_>,
    secrets_version: &str,
    protection: &str,
    more: &[(&str, &str)],
) {
    let usual = [
        ("canary", CANARY),
        ("secrets_version", secrets_version),
        ("deletion_protection", protection),
    ];
    workspace.variables(&[&usual[..], more].concat());
}

/// The content of a secret.
fn of(secret: &str) -> String {
    format!("{CANARY}{secret}")
}

/// Fails the test unless Terraform is through with each address before it begins with the next one.
#[track_caller]
fn expect_in_order(output: &Output, order: &[&str], [end, begin]: [&str; 2]) {
    let place = |address: &str, what: &str| {
        let line = format!("{}: {what}", stand_ins::address(address));
        let place = output.stdout.find(&line);
        place.unwrap_or_else(|| panic!("no {line:?} in {output}"))
    };
    for pair in order.windows(2) {
        let in_order = place(pair[0], end) < place(pair[1], begin);
        assert!(in_order, "{} before {} in {output}", pair[0], pair[1]);
    }
}
