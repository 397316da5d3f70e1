//! `examples/postgres`: role, database and tenant in one apply, on a real PostgreSQL.

use libtest_mimic::Trial;
use serde_json::json;

use crate::harness::whole_stack::{self, CCID};
use crate::harness::{API_KEY, Postgres, Simulator, Workspace, trial};

pub(crate) fn trials() -> Vec<Trial> {
    let tests: [(&str, fn()); 5] = [
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
        (
            "another_name_destroys_nothing",
            another_name_destroys_nothing,
        ),
        (
            "what_is_there_already_is_taken_over_where_that_is_wanted",
            what_is_there_is_taken_over,
        ),
    ];
    let trials = tests.into_iter();
    trials
        .map(|(name, run)| trial(format!("whole_stack::{name}"), Postgres::obstacle, run))
        .collect()
}

const ADMINISTRATOR: &str = "terraform";
const ADMINISTRATOR_PASSWORD: &str = "canary-of-administrator";
/// The name of the database and of its role.
const DATABASE: &str = "iwd-100";
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

fn another_name_destroys_nothing() {
    let postgres = with_an_administrator();
    let simulator = Simulator::start_with(&["--verify-db"]);
    let workspace = workspace(&postgres, &simulator);
    workspace.apply().expect_created(4);
    postgres.sql_in(DATABASE, "CREATE TABLE kept (id integer)");
    let main = whole_stack::main();
    let name = format!("\"{DATABASE}\"");
    assert_eq!(main.matches(&name).count(), 1, "{main}");
    workspace.set_config(main.replace(&name, "\"iwd-101\""));
    workspace
        .apply_fails()
        .expect_text("Role and database are iwd-100, and this module renames nothing.");
    assert_eq!(databases(&postgres), "iwd-100 of iwd-100\n");
    assert_eq!(tables(&postgres, DATABASE), "kept\n");
    workspace.set_config(&main);
    workspace.expect_empty_plan();

    // As the guide has it.
    workspace.state_rm("module.database");
    postgres.sql(&format!(
        "ALTER DATABASE \"{DATABASE}\" RENAME TO \"iwd-101\""
    ));
    postgres.sql(&format!("ALTER ROLE \"{DATABASE}\" RENAME TO \"iwd-101\""));
    workspace.set_config(adopting(&main.replace(&name, "\"iwd-101\"")));
    drop(workspace.apply());
    assert_eq!(databases(&postgres), "iwd-101 of iwd-101\n");
    assert_eq!(tables(&postgres, "iwd-101"), "kept\n");
    assert_eq!(simulator.body(CCID)["iwd"]["db"]["database"], "iwd-101");
    workspace.finish();
}

fn what_is_there_is_taken_over() {
    let postgres = with_an_administrator();
    postgres.sql(&format!("CREATE DATABASE \"{DATABASE}\""));
    postgres.sql(&format!(
        "ALTER DATABASE \"{DATABASE}\" OWNER TO {ADMINISTRATOR}; \
         CREATE ROLE \"{DATABASE}\"; GRANT \"{DATABASE}\" TO {ADMINISTRATOR} WITH ADMIN OPTION"
    ));
    postgres.sql_in(DATABASE, "CREATE TABLE kept (id integer)");
    let simulator = Simulator::start_with(&["--verify-db"]);
    let workspace = workspace(&postgres, &simulator);
    let main = whole_stack::main();
    workspace
        .apply_fails()
        .expect_text("role \"iwd-100\" already exists");
    assert_eq!(tables(&postgres, DATABASE), "kept\n");

    workspace.set_config(adopting(&main));
    drop(workspace.apply());
    assert_eq!(databases(&postgres), "iwd-100 of iwd-100\n");
    assert_eq!(tables(&postgres, DATABASE), "kept\n");
    workspace.set_config(main);
    workspace.expect_empty_plan();
    workspace.finish();
    assert_eq!(databases(&postgres), "");
    assert_eq!(roles(&postgres), "");
}

/// The configuration with `adopt`.
fn adopting(main: &str) -> String {
    let before = "  password_version =";
    assert!(main.contains(before), "{main}");
    main.replace(before, &format!("  adopt = true\n{before}"))
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

/// The tables in a database.
fn tables(postgres: &Postgres, database: &str) -> String {
    postgres.sql_in(
        database,
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    )
}

/// The roles that the example made.
fn roles(postgres: &Postgres) -> String {
    postgres.sql("SELECT rolname FROM pg_roles WHERE rolname LIKE 'iwd%'")
}
