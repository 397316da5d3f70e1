//! Secrets that Terraform never stores, and how their change is noticed.

use crate::harness::tenant::{SECRETS, every_secret};
use crate::harness::{API_KEY, Action, CCID, Simulator, State, Tenant, Workspace, provider_block};

const ADDRESS: &str = "iwd_tenant.t";

/// A tenant whose secrets are all write-only.
fn write_only() -> Tenant {
    Tenant::new().write_only(&SECRETS)
}

/// A tenant whose database password is write-only and comes from `output.password` of a `terraform_data`.
fn password_from_resource(password: &str, other: &str) -> String {
    let source = format!(
        "resource \"terraform_data\" \"source\" {{\n  input = {{ password = {password:?}, other = {other:?} }}\n}}\n"
    );
    let tenant = Tenant::new().without("iwd.db.password").set(
        "iwd.db.password_wo",
        "terraform_data.source.output.password",
    );
    source + &tenant.to_string()
}

/// A tenant with a key that differs on every run.
fn ephemeral_key(tenant: Tenant) -> String {
    let tenant = tenant
        .without("iwd.api_keys.tenant")
        .set("iwd.api_keys.tenant_wo", "ephemeral.iwd_api_key.fresh.key");
    format!("ephemeral \"iwd_api_key\" \"fresh\" {{\n}}\n{tenant}")
}

/// What the simulator was sent last as the database's password.
fn sent_password(simulator: &Simulator) -> String {
    let body = simulator.body(CCID);
    body["iwd"]["db"]["password"]
        .as_str()
        .expect("a password")
        .to_owned()
}

fn revision(state: &State) -> u64 {
    let revision = state.value(ADDRESS, "revision");
    revision.as_u64().expect("a revision is a number")
}

#[test]
fn every_secret_can_be_write_only_and_is_then_recorded_nowhere() {
    let simulator = Simulator::start();
    let all = Tenant::new().with_every_secret();
    let workspace = Workspace::new(&simulator, &all);
    workspace.apply().expect_created(1);
    let body = simulator.body(CCID);
    workspace.finish();

    let secrets = every_secret();
    let workspace = Workspace::new(&simulator, all.write_only(&secrets));
    let state = workspace.apply().state;
    assert_eq!(simulator.body(CCID), body);
    for (path, value) in &secrets {
        for path in [(*path).to_owned(), format!("{path}_wo")] {
            assert!(state.value(ADDRESS, &path).is_null(), "{path}");
        }
        let file = workspace.state_file().unwrap().to_string();
        assert!(!file.contains(value), "{path}");
    }
    workspace.finish();
}

#[test]
fn an_update_of_something_else_sends_the_write_only_secrets_too() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, write_only());
    workspace.apply().expect_created(1);
    let mut expected = simulator.body(CCID);

    workspace.set_config(write_only().text("iwd.db.host", "db2.infra"));
    let applied = workspace.apply();
    applied.expect_updated_in_place(&["iwd.db.host", "revision"]);
    expected["iwd"]["db"]["host"] = "db2.infra".into();
    assert_eq!(simulator.body(CCID), expected);
    assert_eq!(simulator.methods(), ["POST", "PUT"]);
    assert_eq!(revision(&applied.state), 2);
    workspace.finish();
}

#[test]
fn a_rotated_secret_is_noticed_without_a_version() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, write_only());
    workspace.apply().expect_created(1);

    workspace.set_config(write_only().text("iwd.db.password_wo", "rotated"));
    let applied = workspace.apply();
    applied.expect_updated_in_place(&["revision"]);
    applied
        .plan
        .expect_warning("Write-only secrets have changed");
    assert_eq!(sent_password(&simulator), "rotated");
    assert_eq!(simulator.methods(), ["POST", "PUT"]);
    workspace.finish();
}

#[test]
fn with_a_version_its_change_alone_says_that_secrets_changed() {
    let simulator = Simulator::start();
    let versioned = |version: &str, password: &str| {
        let tenant = write_only().text("secrets_wo_version", version);
        tenant.text("iwd.db.password_wo", password)
    };
    let workspace = Workspace::new(&simulator, versioned("1", "first"));
    workspace.apply().expect_created(1);

    workspace.set_config(versioned("1", "second"));
    workspace.apply().expect_no_change();
    assert_eq!(sent_password(&simulator), "first");

    workspace.set_config(versioned("2", "second"));
    workspace
        .apply()
        .expect_updated_in_place(&["revision", "secrets_wo_version"]);
    assert_eq!(sent_password(&simulator), "second");
    workspace.finish();
}

#[test]
fn a_version_can_be_set_and_unset_again() {
    let simulator = Simulator::start();
    let versioned = |password: &str| {
        write_only()
            .text("secrets_wo_version", "1")
            .text("iwd.db.password_wo", password)
    };
    let workspace = Workspace::new(&simulator, write_only());
    workspace.apply().expect_created(1);

    workspace.set_config(versioned("while versioned"));
    let applied = workspace.apply();
    applied.expect_updated_in_place(&["revision", "secrets_wo_version"]);
    assert_eq!(sent_password(&simulator), "while versioned");

    // No hash is kept meanwhile, so what is there when the version goes is sent once.
    let unversioned = versioned("unversioned").without("secrets_wo_version");
    workspace.set_config(&unversioned);
    workspace
        .apply()
        .expect_updated_in_place(&["revision", "secrets_wo_version"]);
    assert_eq!(sent_password(&simulator), "unversioned");

    workspace.set_config(unversioned.text("iwd.db.password_wo", "noticed again"));
    workspace.apply().expect_updated_in_place(&["revision"]);
    assert_eq!(sent_password(&simulator), "noticed again");
    workspace.finish();
}

#[test]
fn a_stored_secret_becomes_write_only_and_stored_again() {
    let simulator = Simulator::start();
    let (_, password) = SECRETS[1];
    let workspace = Workspace::new(&simulator, Tenant::new());
    workspace.apply().expect_created(1);

    workspace.set_config(Tenant::new().write_only(&SECRETS[1..2]));
    workspace
        .apply()
        .expect_updated_in_place(&["iwd.db.password", "revision"]);
    assert_eq!(sent_password(&simulator), password);
    let file = workspace.state_file().unwrap().to_string();
    assert!(!file.contains(password));

    workspace.set_config(Tenant::new());
    let applied = workspace.apply();
    applied.expect_updated_in_place(&["iwd.db.password", "revision"]);
    assert_eq!(applied.state.value(ADDRESS, "iwd.db.password"), password);
    assert_eq!(sent_password(&simulator), password);
    assert_eq!(simulator.methods(), ["POST", "PUT", "PUT"]);
    workspace.finish();
}

#[test]
fn an_ephemeral_secret_is_sent_on_every_run_unless_a_version_holds_it() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, ephemeral_key(Tenant::new()));
    let sent = || simulator.body(CCID)["iwd"]["apiKeys"]["IWD_APIKEY_TENANT"].take();
    workspace.apply_once(&[]).expect_created(1);
    let first = sent();
    workspace
        .apply_once(&[])
        .expect_updated_in_place(&["revision"]);
    assert_ne!(sent(), first);

    let version = |version| ephemeral_key(Tenant::new().text("secrets_wo_version", version));
    workspace.set_config(version("1"));
    let applied = workspace.apply();
    applied.expect_updated_in_place(&["revision", "secrets_wo_version"]);
    let held = sent();
    workspace.apply().expect_no_change();
    assert_eq!(sent(), held);

    workspace.set_config(version("2"));
    drop(workspace.apply());
    assert_ne!(sent(), held);
    workspace.finish();
}

#[test]
fn a_secret_that_is_unknown_at_plan_is_compared_at_apply() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, password_from_resource("one", "a"));
    workspace.apply().expect_created(2);
    assert_eq!(sent_password(&simulator), "one");

    workspace.set_config(password_from_resource("one", "b"));
    let applied = workspace.apply();
    assert!(applied.plan.change(ADDRESS).after_unknown("revision"));
    assert_eq!(revision(&applied.state), 1);
    assert_eq!(
        simulator.methods(),
        ["POST"],
        "the same value is not sent again"
    );

    workspace.set_config(password_from_resource("two", "b"));
    let applied = workspace.apply();
    assert_eq!(applied.plan.action(ADDRESS), Action::Update);
    assert_eq!(revision(&applied.state), 2);
    assert_eq!(sent_password(&simulator), "two");
    workspace.finish();
}

#[test]
fn a_tenant_whose_only_key_is_write_only_is_destroyed_with_a_key_of_the_provider() {
    let simulator = Simulator::start();
    let endpoint = format!("{:?}", simulator.endpoint());
    let keys = format!("{{ {CCID:?} = {API_KEY:?} }}");
    let endpoint_alone = provider_block(&[("endpoint", &endpoint)]);
    let tenant = Tenant::new().without("api_key").text("api_key_wo", API_KEY);
    let workspace = Workspace::with_provider_block(&simulator, &endpoint_alone, tenant);
    let applied = workspace.apply();
    applied.plan.expect_warning("tenant_api_keys");
    assert_eq!(simulator.requests()[0]["headers"]["x-api-key"], API_KEY);

    workspace
        .destroy_fails()
        .expect_text("Error deleting tenant: no API key")
        .expect_text("`tenant_api_keys`")
        .expect_text("IWD_TENANT_API_KEYS");
    assert_eq!(simulator.methods(), ["POST"]);
    assert!(workspace.state().has(ADDRESS));

    workspace.set_provider_block(&provider_block(&[
        ("endpoint", &endpoint),
        ("tenant_api_keys", &keys),
    ]));
    workspace.finish();
}

#[test]
fn ignoring_changes_of_a_secret_is_fine_until_it_has_to_be_sent() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, write_only());
    drop(workspace.apply_once(&[]));
    let ignore = |changes: &str, tenant: Tenant| {
        workspace.set_config(tenant.set("lifecycle.ignore_changes", changes));
    };
    ignore("all", write_only());
    workspace.apply().expect_no_change();
    // The hash over all of them can't tell whether the others have changed.
    ignore("[iwd.db.password_wo]", write_only());
    workspace.plan_fails().expect_text("Missing secret");

    let versioned = || write_only().text("secrets_wo_version", "1");
    workspace.set_config(versioned());
    drop(workspace.apply());
    for changes in ["all", "[iwd.db.password_wo]", "[iwd]"] {
        ignore(changes, versioned());
        workspace.apply().expect_no_change();
    }
    ignore("[iwd]", versioned().text("name", "t200"));
    workspace
        .plan_fails()
        .expect_text("Missing secret")
        .expect_text("`ignore_changes`");
    ignore("all", versioned());
    workspace.finish();
    assert_eq!(simulator.methods(), ["POST", "PUT", "DELETE"]);
}
