//! Every secret there is, over the whole life of tenants whose API fails in many ways and answers with all that it knows.
//!
//! All that Terraform and the provider write or print is searched, for whole secrets and for pieces, in every encoding.

use serde_json::json;

use super::life_cycle::{APPLY, NOTHING_TO_DO, PLAN};
use crate::canaries::encodings::ENCODINGS;
use crate::canaries::settings::{self, Planted};
use crate::canaries::{Search, canary, secrets_of};
use crate::harness::{Json, Simulator, Tenant, Terraform, Workspace, provider_block};

/// The form of a tenant's secrets, and with it where the settings of the provider stand and where the log goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Stored by Terraform; the settings come from the environment, the log goes to standard error.
    Stored,
    /// From ephemeral variables, as the settings; the log goes to a file.
    WriteOnly,
}

/// A fault, made of what a server tells.
type Fault = fn(&str) -> Json;

/// There is a tenant for each.
#[rustfmt::skip]
const FAULTS: [Fault; 8] = [
    |_| json!({"status": 400, "body": "you sent {{body}} with {{x-api-key}}"}),
    |told| json!({"status": 422, "body": json!({"message": told, "headers": [told]}).to_string()}),
    |told| json!({"status": 503, "body": encoded("base64", told), "headers": {"Retry-After": "0"}}),
    |told| json!({"status": 302, "headers": {"Location": format!("/login/{}", encoded("percent", told))}}),
    |told| json!({"status": 401, "body": format!("<html>{}", encoded("HTML by names", told)), "content_type": "text/html"}),
    |told| json!({"status": 500, "body": encoded("JSON of nothing but escapes", told).repeat(100)}),
    |told| json!({"status": 400, "body": told, "connection": "mid_body"}),
    // On a connection that served before, it is sent once more.
    |_| json!({"connection": "reset", "times": 2}),
];

fn encoded(name: &str, text: &str) -> String {
    let (_, encode) = ENCODINGS
        .iter()
        .find(|it| it.0 == name)
        .expect("there is one");
    String::from_utf8(encode(text)).expect("a text")
}

pub(super) fn stored_ones_are_in_state_and_plan_alone(terraform: Terraform) {
    live(terraform, Form::Stored);
}

pub(super) fn write_only_ones_are_nowhere(terraform: Terraform) {
    live(terraform, Form::WriteOnly);
}

fn live(terraform: Terraform, form: Form) {
    let simulator = Simulator::start_for_any_key(&[]);
    let life = Life::begin(terraform, form, &simulator);
    life.create();
    life.rotate();
    life.replace_and_import();
    life.destroy();
}

/// A workspace with all secrets in use, which reaches the simulator as its proxy.
struct Life<'a> {
    form: Form,
    simulator: &'a Simulator,
    workspace: Workspace<'a>,
    settings: Planted,
    /// The secrets of the tenants, before and after the rotation.
    rounds: [Vec<(String, String)>; 2],
    /// What goes into the environment beside the variables of Terraform.
    environment: Vec<(String, String)>,
}

impl<'a> Life<'a> {
    fn begin(terraform: Terraform, form: Form, simulator: &'a Simulator) -> Self {
        let workspace = Workspace::empty(terraform, Some(simulator));
        let proxy = simulator.endpoint().trim_start_matches("http://");
        let ccids = ccids();
        let ccids: Vec<_> = ccids.iter().map(String::as_str).collect();
        let mut settings = settings::settings("http://iwd.example:4024", proxy, &ccids);
        settings.config["max_retries"] = 0.into();
        let secrets = secrets_of("iwd_tenant").into_iter();
        let stored: Vec<_> = secrets
            .filter(|secret| !secret.is_write_only)
            .map(|secret| secret.path)
            .collect();
        let rounds = [1, 2].map(|round| {
            let secret = |path: &String| (path.clone(), canary(&format!("{path} {round}")));
            stored.iter().map(secret).collect()
        });
        let (workspace, environment) = match form {
            Form::Stored => (workspace, settings::environment(&mut settings)),
            Form::WriteOnly => (workspace.with_log_trace(), Vec::new()),
        };
        workspace.set_provider_block(&provider(form, &settings.config));
        workspace.set_config(tenants(form, &stored));
        workspace.init();
        Self {
            form,
            simulator,
            workspace,
            settings,
            rounds,
            environment,
        }
    }

    /// Sets the tenants' secrets to those of the round.
    fn set_round(&self, round: usize) {
        let mut variables: Vec<_> = self.rounds[round]
            .iter()
            .map(|(path, value)| (variable(path), value.clone()))
            .collect();
        if self.form == Form::WriteOnly {
            let settings = self.settings.config.as_object().expect("an object").iter();
            variables.extend(settings.map(|(name, value)| (name.clone(), text(value))));
        }
        self.workspace.variables(&borrowed(&variables));
        self.set_environment(&[]);
    }

    fn set_environment(&self, more: &[(&str, &str)]) {
        let environment = [&borrowed(&self.environment)[..], more].concat();
        self.workspace.environment(&environment);
    }

    /// Lets each tenant's next request of that method fail in its own way, with an answer that tells these secrets.
    fn expect_failures(&self, method: &str, rounds: &[usize], arguments: &[&str]) {
        let of_tenants = rounds.iter().flat_map(|&round| &self.rounds[round]);
        let of_tenants = of_tenants.map(|(_, value)| value.clone());
        let told: Vec<_> = of_tenants.chain(self.settings.known()).collect();
        let told = told.join(" ");
        for (ccid, fault) in ccids().iter().zip(FAULTS) {
            let mut fault = fault(&told);
            fault["method"] = method.into();
            fault["ccid"] = ccid.as_str().into();
            self.simulator.fault(fault);
        }
        let before = self.simulator.requests().len();
        let output = self.workspace.run(arguments).expect_code(1);
        assert!(output.prose().contains("(masked)"), "{output}");
        let requests = self.simulator.requests().len() - before;
        assert!(requests >= FAULTS.len(), "{requests} requests");
        self.simulator.no_more_faults();
        self.look();
    }

    /// Fails to create, and creates.
    fn create(&self) {
        self.set_round(0);
        self.workspace.validate();
        self.expect_failures("POST", &[0], &[APPLY, &["-json"]].concat());
        let first = self.simulator.requests().swap_remove(0).to_string();
        let secrets = [&self.rounds[0][..], &self.settings.secrets].concat();
        let sent = Search::over(secrets.clone()).places_in(first.as_bytes());
        let not_sent: Vec<_> = secrets
            .iter()
            .map(|(place, _)| place)
            .filter(|it| !sent.contains(*it))
            .collect();
        assert!(
            not_sent.iter().all(|it| NOT_SENT.contains(&it.as_str())),
            "not sent: {not_sent:?}"
        );

        drop(self.workspace.plan());
        self.workspace.succeed(&["show", "-no-color", "tfplan"]);
        self.look();
        self.workspace
            .succeed(&["apply", "-no-color", "-input=false", "tfplan"]);
        self.workspace.run(PLAN).expect_code(NOTHING_TO_DO);
    }

    /// Fails to send other secrets, and sends them, with the log on standard error.
    fn rotate(&self) {
        self.set_round(1);
        let known: &[usize] = match self.form {
            Form::Stored => &[0, 1],
            // What was sent once and is not kept is not known any more.
            Form::WriteOnly => &[1],
        };
        if self.form == Form::Stored {
            self.set_environment(&[("TF_LOG", "TRACE")]);
        }
        self.expect_failures("PUT", known, APPLY);
        self.workspace.succeed(APPLY);
        self.set_environment(&[]);
        self.look();
        self.workspace
            .succeed(&["apply", "-refresh-only", "-json", "-auto-approve"]);
        self.workspace.succeed(&["show", "-no-color"]);
    }

    /// Replaces one that is tainted and another one, and imports one that was forgotten.
    fn replace_and_import(&self) {
        let [tainted, replaced, forgotten] = [0, 1, 2].map(|number| address(&ccids()[number]));
        self.workspace.succeed(&["taint", &tainted]);
        self.workspace
            .succeed(&[APPLY, &[&*format!("-replace={replaced}")]].concat());
        self.workspace.state_rm(&forgotten);
        self.look();
        self.workspace.import(&forgotten, &ccids()[2]);
        self.look();
        self.workspace.succeed(APPLY);
    }

    /// Fails to destroy, and destroys.
    fn destroy(self) {
        let known: &[usize] = match self.form {
            Form::Stored => &[1],
            Form::WriteOnly => &[],
        };
        let destroy = ["destroy", "-json", "-input=false", "-auto-approve"];
        self.expect_failures("DELETE", known, &destroy);
        let files = self.workspace.raw_files();
        assert!(
            files.iter().any(|(name, _)| name.starts_with("plan file")),
            "a plan"
        );
        let is_logged = |(_, bytes): &(String, Vec<u8>)| {
            String::from_utf8_lossy(bytes).contains("the answer begins")
        };
        assert!(
            files.iter().any(is_logged),
            "the provider's log at level trace"
        );
        let of_provider = Search::over(self.settings.secrets.clone());
        expect_none(&self.workspace, &of_provider, |_| true);
        let of_tenants = Search::over(self.rounds.concat());
        let is_searched = |name: &str| self.form == Form::WriteOnly || !is_terraforms_own(name);
        expect_none(&self.workspace, &of_tenants, is_searched);
        self.workspace.finish();
    }

    /// Looks at what the next command writes anew: state and plan.
    fn look(&self) {
        let mut secrets = self.settings.secrets.clone();
        if self.form == Form::WriteOnly {
            secrets.extend(self.rounds.concat());
        }
        expect_none(&self.workspace, &Search::over(secrets), is_file);
    }
}

/// The settings that no request holds.
const NOT_SENT: [&str; 7] = [
    "provider.api_key",
    "provider.tenant_api_keys other",
    settings::PRIVATE_KEY,
    settings::UNUSED[0],
    settings::UNUSED[1],
    settings::UNUSED[2],
    settings::UNUSED[3],
];

/// Fails the test if a secret stands in what has such a name of all that was written or printed.
#[track_caller]
pub(super) fn expect_none(
    workspace: &Workspace<'_>,
    search: &Search,
    is_searched: impl Fn(&str) -> bool,
) {
    let files = workspace.raw_files().into_iter();
    let found = files
        .filter(|(name, _)| is_searched(name))
        .map(|(name, bytes)| (name, search.find(&bytes)));
    let found: Vec<_> = found.filter(|(_, found)| !found.is_empty()).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// Whether it is one of Terraform's files, which each command writes anew.
fn is_file(name: &str) -> bool {
    ["terraform.tfstate", "private data", "plan file"]
        .iter()
        .any(|begin| name.starts_with(begin))
}

/// Whether Terraform keeps or shows there what is sensitive and not write-only.
pub(super) fn is_terraforms_own(name: &str) -> bool {
    name.starts_with("terraform.tfstate")
        || name.starts_with("plan file")
        || name.contains(" show -json")
}

fn ccids() -> Vec<String> {
    let numbers = 10..10 + FAULTS.len();
    numbers
        .map(|number| format!("9350e2fc-a1dd-4c65-b2a4-1d2f8c3e5a{number}"))
        .collect()
}

fn address(ccid: &str) -> String {
    format!("iwd_tenant.t[{ccid:?}]")
}

/// The variable for the secret at that path.
fn variable(path: &str) -> String {
    format!("tenant_{}", path.replace('.', "_"))
}

/// The tenants, one for each fault, each secret from its variable.
fn tenants(form: Form, secrets: &[String]) -> String {
    let (mut tenant, mut declared) = (Tenant::new().with_every_secret(), String::new());
    for path in secrets {
        let name = variable(path);
        let value = format!("var.{name}");
        tenant = tenant.set(path, &value);
        if form == Form::WriteOnly {
            tenant = tenant.without(path).set(&format!("{path}_wo"), &value);
        }
        let mark = match form {
            Form::Stored => "sensitive",
            Form::WriteOnly => "ephemeral",
        };
        declared.extend(["variable \"", &name, "\" {\n  ", mark, " = true\n}\n"]);
    }
    let ccids = format!("toset({:?})", ccids());
    let tenants = tenant.set("for_each", &ccids).set("ccid", "each.key");
    format!("{declared}{tenants}")
}

/// The provider block, with a variable for each setting unless the environment has them.
fn provider(form: Form, settings: &Json) -> String {
    if form == Form::Stored {
        return provider_block(&[]);
    }
    let names = settings.as_object().expect("an object").iter();
    let declared: Vec<_> = names
        .clone()
        .map(|(name, value)| {
            let ty = if value.is_object() {
                "map(string)"
            } else {
                "string"
            };
            format!("variable {name:?} {{\n  type = {ty}\n  ephemeral = true\n}}\n")
        })
        .collect();
    let values: Vec<_> = names
        .map(|(name, _)| (name.as_str(), format!("var.{name}")))
        .collect();
    let values: Vec<_> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    declared.concat() + &provider_block(&values)
}

fn text(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}
