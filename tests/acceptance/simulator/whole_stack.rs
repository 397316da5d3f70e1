//! `examples/postgres`: role, database and tenant in one apply, on a real PostgreSQL.

use libtest_mimic::Trial;
use serde_json::json;

use crate::harness::whole_stack::{self, CCID};
use crate::harness::{API_KEY, Postgres, Simulator, Workspace, trial};

pub(crate) fn trials() -> Vec<Trial> {
    let tests: [(&str, fn()); 3] = [
        (
            "one_apply_makes_all_and_one_destroy_undoes_it",
            one_apply_makes_all,
        ),
        (
            "a_new_password_is_set_before_the_tenant_has_it",
            a_new_password_is_set_first,
        ),
        (
            "a_tenant_that_stays_keeps_its_database",
            a_tenant_that_stays_keeps_its_database,
        ),
    ];
    let trials = tests.into_iter();
    trials
        .map(|(name, run)| trial(format!("whole_stack::{name}"), Postgres::obstacle, run))
        .collect()
}

const ADMINISTRATOR: &str = "terraform";
const ADMINISTRATOR_PASSWORD: &str = "canary-of-administrator";
const PASSWORD: &str = "canary of db_password's first value";
const NEW_PASSWORD: &str = "canary-of-new-db_password";
const KEYS: [&str; 2] = ["canary-of-tenant_api_key", "canary-of-iwd_api_key"];

fn one_apply_makes_all() {
    let postgres = with_an_administrator();
    let simulator = Simulator::start_with(&["--verify-db"]);
    let workspace = workspace(&postgres, &simulator);
    workspace.apply().expect_created(4);
    assert_eq!(simulator.tenants(), [CCID]);
    assert_eq!(databases(&postgres), "iwd-100 of iwd-100\n");
    workspace.expect_no_secret(&[PASSWORD, ADMINISTRATOR_PASSWORD, KEYS[0], KEYS[1]]);

    let destroyed = workspace.finish();
    let order = [
        "iwd_tenant.t100: Destruction complete",
        "module.database.terraform_data.database: Destroying",
        "module.database.terraform_data.database: Destruction complete",
        "module.database.terraform_data.role: Destroying",
    ];
    let places = order.map(|line| destroyed.stdout.find(line));
    assert!(
        places[0].is_some() && places.is_sorted(),
        "{places:?} in {destroyed}"
    );
    assert_eq!(databases(&postgres), "");
    assert_eq!(roles(&postgres), "");
}

fn a_new_password_is_set_first() {
    let postgres = with_an_administrator();
    let simulator = Simulator::start_with(&["--verify-db"]);
    let workspace = workspace(&postgres, &simulator);
    workspace.apply().expect_created(4);
    set_variables(&workspace, &postgres, NEW_PASSWORD, "2");
    drop(workspace.apply());
    assert_eq!(simulator.body(CCID)["iwd"]["db"]["password"], NEW_PASSWORD);
    workspace.expect_no_secret(&[PASSWORD, NEW_PASSWORD]);
    workspace.finish();
}

fn a_tenant_that_stays_keeps_its_database() {
    let postgres = with_an_administrator();
    let simulator = Simulator::start_with(&["--verify-db"]);
    let workspace = workspace(&postgres, &simulator);
    workspace.apply().expect_created(4);
    simulator.fault(json!({"method": "DELETE", "status": 403}));
    drop(workspace.destroy_fails());
    assert_eq!(simulator.tenants(), [CCID]);
    assert_eq!(databases(&postgres), "iwd-100 of iwd-100\n");
    simulator.no_more_faults();
    workspace.finish();
}

/// A server with somebody who may make roles and databases, and is no superuser.
fn with_an_administrator() -> Postgres {
    let postgres = Postgres::start();
    postgres.sql(&format!(
        "CREATE ROLE {ADMINISTRATOR} LOGIN CREATEDB CREATEROLE PASSWORD '{ADMINISTRATOR_PASSWORD}'"
    ));
    postgres
}

fn workspace<'a>(postgres: &Postgres, simulator: &'a Simulator) -> Workspace<'a> {
    let workspace = whole_stack::workspace(simulator);
    workspace.environment(&[
        ("IWD_ENDPOINT", simulator.endpoint()),
        ("IWD_API_KEY", API_KEY),
        ("IWD_MAX_RETRIES", "0"),
        ("PGHOST", "127.0.0.1"),
        ("PGPORT", &postgres.port().to_string()),
        ("PGUSER", ADMINISTRATOR),
        ("PGPASSWORD", ADMINISTRATOR_PASSWORD),
    ]);
    set_variables(&workspace, postgres, PASSWORD, "1");
    workspace
}

fn set_variables(workspace: &Workspace<'_>, postgres: &Postgres, password: &str, version: &str) {
    let secrets = json!({
        "tenant_api_key": KEYS[0],
        "iwd_api_key": KEYS[1],
        "db_password": password,
    });
    workspace.variables(&[
        ("secrets", &secrets.to_string()),
        ("secrets_version", version),
        ("db_host", "127.0.0.1"),
        ("db_port", &postgres.port().to_string()),
    ]);
}

/// The databases that are not the server's own, each with its owner.
fn databases(postgres: &Postgres) -> String {
    postgres.sql(
        "SELECT datname || ' of ' || pg_get_userbyid(datdba) FROM pg_database \
         WHERE NOT datistemplate AND datname <> 'postgres'",
    )
}

/// The roles that the example made.
fn roles(postgres: &Postgres) -> String {
    postgres.sql("SELECT rolname FROM pg_roles WHERE rolname LIKE 'iwd%'")
}
