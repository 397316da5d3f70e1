//! Every secret there is, in requests to servers that answer with it in every encoding: none comes to light.
//!
//! All that the process says is looked at: diagnostics, progress, private data, its log at level TRACE.

mod echo;
mod faults;
mod places;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use self::echo::{Answer, EchoServer, End};
use self::faults::Fault;
use self::places::Form;
use super::canaries::encodings::{ENCODINGS, Encoding, PLAIN};
use super::canaries::settings::{self, PRIVATE_KEY, Planted, UNUSED};
use super::canaries::{self as search, Search, canary};
use super::harness::actions::invoke;
use super::harness::host::{Host, Reply};
use super::harness::tenant::CCID;

/// Where the settings stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Block,
    Environment,
}

/// A provider with every secret in use, and the server that it talks to, which is its proxy.
struct Life {
    host: Host,
    server: EchoServer,
    settings: Planted,
}

/// All that came to light, by the place of the secret.
#[derive(Default)]
struct Findings(Vec<String>);

impl Life {
    async fn begin(source: Source, endpoint: &str) -> Self {
        let server = EchoServer::start().await;
        let mut settings = settings::settings(endpoint, &server.address, &[CCID]);
        settings.config["max_retries"] = 1.into();
        settings.config["retry_min_wait"] = "1ms".into();
        settings.config["retry_max_wait"] = "2ms".into();
        let variables = match source {
            Source::Block => Vec::new(),
            Source::Environment => settings::environment(&mut settings),
        };
        let block = match source {
            Source::Block => settings.config.clone(),
            Source::Environment => json!({}),
        };
        let variables: Vec<_> = variables
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let mut host = Host::start_with(&variables).await;
        assert_eq!(host.configure_with(&block).await, []);
        // IWD knows the keys of the provider and of others.
        server.remember(settings.known());
        Self {
            host,
            server,
            settings,
        }
    }

    /// Does something once for each fault in each encoding. What it tells must hold no canary, nor must the log. Returns how
    /// often something was masked.
    async fn suffer(
        mut self,
        tenant: &[&Planted],
        cases: impl IntoIterator<Item = (Fault, Encoding)>,
        mut act: impl AsyncFnMut(&mut Host) -> String,
    ) -> usize {
        let planted = tenant.iter().copied().chain([&self.settings]);
        let search = Search::over(planted.flat_map(|it| it.secrets.clone()));
        let (mut findings, mut masked) = (Findings::default(), 0);
        for ((fault, answer, status), (encoding, encode)) in cases {
            self.server
                .answer(move |echo| answer(&encode(echo), status));
            let before = self.server.requests().len();
            let told = act(&mut self.host).await;
            assert!(
                self.server.requests().len() > before,
                "{fault}: nothing was sent: {told}"
            );
            masked += usize::from(told.contains("(masked)"));
            findings.look(&search, &format!("after {fault} in {encoding}"), &told);
        }
        let log = self.host.ended().await;
        assert!(log.contains("\"@level\":\"trace\""), "the log is not whole");
        findings.look(&search, "in the log", &log);
        findings.expect_none();
        masked
    }
}

impl Findings {
    fn look(&mut self, search: &Search, place: &str, told: &str) {
        let found = search.find(told.as_bytes()).into_iter();
        self.0
            .extend(found.map(|(secret, around)| format!("{secret} {place}: {around:?}")));
    }

    #[track_caller]
    fn expect_none(&self) {
        let all = self.0.join("\n");
        assert!(self.0.is_empty(), "{} came to light:\n{all}", self.0.len());
    }
}

/// What a reply tells: all but what Terraform stores by the schema.
fn told(reply: &Reply) -> String {
    let mut told = String::from_utf8_lossy(&reply.private).into_owned();
    for diagnostic in &reply.diagnostics {
        write!(
            told,
            "\n{}\n{}\n{:?}",
            diagnostic.summary, diagnostic.detail, diagnostic.attribute
        )
        .unwrap();
    }
    told
}

fn every_case() -> impl Iterator<Item = (Fault, Encoding)> {
    let each = |fault: Fault| {
        ENCODINGS
            .iter()
            .map(move |encoding| (fault.clone(), *encoding))
    };
    faults::shown()
        .into_iter()
        .flat_map(each)
        .chain(every_fault())
}

fn every_fault() -> impl Iterator<Item = (Fault, Encoding)> {
    faults::others().into_iter().map(|fault| (fault, PLAIN))
}

fn every_encoding() -> impl Iterator<Item = (Fault, Encoding)> {
    let fault = faults::shown().pop().unwrap();
    ENCODINGS
        .iter()
        .map(move |encoding| (fault.clone(), *encoding))
}

/// The canaries that must be in a request, by their places.
#[track_caller]
fn expect_arrived(request: &str, planted: &[&Planted], not_sent: &[&str]) {
    let secrets = planted.iter().flat_map(|it| it.secrets.clone());
    let arrived = Search::over(secrets.clone()).places_in(request.as_bytes());
    let is_sent = |place: &&String| !not_sent.contains(&&***place);
    let secrets: Vec<_> = secrets.map(|(place, _)| place).collect();
    let wanted: BTreeSet<_> = secrets.iter().filter(is_sent).collect();
    assert_eq!(arrived.iter().collect::<BTreeSet<_>>(), wanted, "{request}");
}

/// The settings that no request holds.
const NOT_SENT: [&str; 3] = [
    "provider.api_key",
    "provider.tenant_api_keys other",
    PRIVATE_KEY,
];

#[test]
fn a_canary_is_found_in_every_encoding_whole_and_in_half() {
    let secrets = search::secrets_of("iwd_tenant").into_iter();
    let secrets: Vec<_> = secrets
        .map(|it| (it.path.clone(), canary(&it.path)))
        .collect();
    let search = Search::over(secrets.clone());
    let all: BTreeSet<_> = secrets.iter().map(|(place, _)| place.clone()).collect();
    let mut text = String::new();
    let mut halves = String::new();
    for (_, secret) in &secrets {
        write!(text, "{{\"p\": {secret}}}\n").unwrap();
        let (middle, _) = secret
            .char_indices()
            .nth(secret.chars().count() / 2)
            .unwrap();
        write!(halves, "{}(masked) ", &secret[..middle]).unwrap();
    }
    for (name, encode) in ENCODINGS {
        for text in [&text, &halves] {
            assert_eq!(search.places_in(&encode(text)), all, "{name}");
            let logged = json!({"message": String::from_utf8_lossy(&encode(text))});
            assert_eq!(
                search.places_in(logged.to_string().as_bytes()),
                all,
                "{name} in a log"
            );
        }
    }
    assert_eq!(
        search.places_in(b"canary 9350e2fc-a1dd-4c65-8d40-1f75a2e00100"),
        BTreeSet::new()
    );
}

#[tokio::test]
async fn no_answer_to_a_create_brings_a_secret_to_light() {
    let mut life = Life::begin(Source::Block, "http://iwd.example:4024").await;
    let tenant = places::arguments("iwd_tenant", Form::Stored, 1);
    let plan = life.host.plan(&Json::Null, &tenant.config, &[]).await;
    plan.expect_no_error();
    // What this process has created it would not create again.
    life.server.answer(|_| Answer::default());
    life.host
        .apply(&Json::Null, &plan.state, &tenant.config, &plan.private)
        .await;
    expect_arrived(
        &life.server.requests()[0],
        &[&tenant, &life.settings],
        &NOT_SENT,
    );
    let config = tenant.config.clone();
    let act = async move |host: &mut Host| {
        told(
            &host
                .apply(&Json::Null, &plan.state, &config, &plan.private)
                .await,
        )
    };
    let masked = life.suffer(&[&tenant], every_case(), act).await;
    assert!(masked > 0, "no answer was shown");
}

#[tokio::test]
async fn no_answer_to_a_rotation_brings_a_secret_to_light() {
    let mut life = Life::begin(Source::Environment, "http://iwd.example:4024").await;
    let [before, after] =
        [1, 2].map(|round| places::arguments("iwd_tenant", Form::WriteOnly, round));
    let created = life.host.change(&Json::Null, &before.config, &[]).await;
    created.expect_no_error();
    expect_arrived(
        &life.server.requests()[0],
        &[&before, &life.settings],
        &[&NOT_SENT[..], &UNUSED].concat(),
    );
    let config = after.config.clone();
    let act = async move |host: &mut Host| {
        let plan = host.plan(&created.state, &config, &created.private).await;
        let reply = host
            .apply(&created.state, &plan.state, &config, &plan.private)
            .await;
        format!(
            "{}{}{}{}{}",
            plan.state,
            reply.state,
            created.state,
            told(&plan),
            told(&reply)
        )
    };
    let cases = every_encoding().chain(every_fault());
    let masked = life.suffer(&[&before, &after], cases, act).await;
    assert!(masked > 0, "no answer was shown");
}

#[tokio::test]
async fn no_answer_to_a_destroy_brings_a_secret_to_light() {
    let mut life = Life::begin(Source::Block, "http://iwd.example:4024").await;
    let tenant = places::arguments("iwd_tenant", Form::Stored, 1);
    let created = life.host.change(&Json::Null, &tenant.config, &[]).await;
    created.expect_no_error();
    life.server.remember(tenant.known());
    let act = async move |host: &mut Host| {
        told(
            &host
                .apply(&created.state, &Json::Null, &Json::Null, &created.private)
                .await,
        )
    };
    let cases = every_encoding().chain(every_fault());
    let masked = life.suffer(&[&tenant], cases, act).await;
    assert!(masked > 0, "no answer was shown");
}

#[tokio::test]
async fn no_answer_to_an_action_brings_a_secret_to_light() {
    for action in ["iwd_provision_tenant", "iwd_delete_services"] {
        let life = Life::begin(Source::Environment, "http://iwd.example:4024").await;
        let tenant = places::arguments(action, Form::WriteOnly, 1);
        life.server.remember(tenant.known());
        let config = tenant.config.clone();
        let act = async move |host: &mut Host| {
            let invoked = invoke(&host.provider, action, &config).await;
            format!("{:?}", invoked)
        };
        let cases = every_encoding().chain(every_fault());
        let masked = life.suffer(&[&tenant], cases, act).await;
        assert!(masked > 0, "no answer was shown");
    }
}

#[tokio::test]
async fn no_answer_of_a_proxy_to_a_tunnel_brings_a_secret_to_light() {
    let mut life = Life::begin(Source::Block, "https://iwd.example").await;
    let tenant = places::arguments("iwd_tenant", Form::WriteOnly, 1);
    let plan = life.host.plan(&Json::Null, &tenant.config, &[]).await;
    plan.expect_no_error();
    let config = tenant.config.clone();
    let act = async move |host: &mut Host| {
        told(
            &host
                .apply(&Json::Null, &plan.state, &config, &plan.private)
                .await,
        )
    };
    life.suffer(&[&tenant], every_fault(), act).await;
}

#[tokio::test]
async fn an_answer_without_an_end_brings_no_secret_to_light() {
    let mut life = Life::begin(Source::Block, "http://iwd.example:4024").await;
    life.settings.config["request_timeout"] = "300ms".into();
    let settings = life.settings.config.clone();
    assert_eq!(life.host.configure_with(&settings).await, []);
    let tenant = places::arguments("iwd_tenant", Form::WriteOnly, 1);
    let search = Search::over([&tenant.secrets[..], &life.settings.secrets].concat());
    life.server.answer(|echo| Answer {
        bytes: format!("HTTP/1.1 400 No\r\ncontent-length: 99999\r\n\r\n{echo}").into(),
        end: End::Silence,
    });
    let mut findings = Findings::default();
    while life.server.requests().is_empty() {
        let plan = life.host.plan(&Json::Null, &tenant.config, &[]).await;
        let reply = life
            .host
            .apply(&Json::Null, &plan.state, &tenant.config, &plan.private)
            .await;
        findings.look(&search, "after an answer without an end", &told(&reply));
    }
    findings.look(&search, "in the log", &life.host.ended().await);
    findings.expect_none();
}
