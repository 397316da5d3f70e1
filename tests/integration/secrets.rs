//! Every secret there is, in requests to servers that answer with it in every encoding: none comes to light.
//!
//! All that the process says is looked at: diagnostics, progress, private data, its log at level TRACE.

mod commands;
mod echo;
mod faults;
mod life;
mod made_keys;
mod mistakes;
mod places;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rcgen::CertificateParams;
use rustls::crypto::aws_lc_rs;
use serde_json::{Value as Json, json};

use self::echo::{Answer, End};
use self::faults::Fault;
use self::life::{Findings, Life, Source, told};
use self::places::Form;
use super::canaries::encodings::{ENCODINGS, Encoding, PLAIN};
use super::canaries::settings::{self, PRIVATE_KEY, Planted, UNUSED};
use super::canaries::{Search, canary, schemas_with_secrets, secrets_of, word};
use super::harness::actions::invoke;
use super::harness::host::Host;
use super::harness::tenant::CCID;
use super::iwd_client::server::{Authority, Server};

fn every_case() -> impl Iterator<Item = (Fault, Encoding)> {
    let shown = faults::shown().into_iter();
    let each = |fault| ENCODINGS.iter().map(move |encoding| (fault, *encoding));
    shown.flat_map(each).chain(every_fault())
}

fn every_encoding_and_fault() -> impl Iterator<Item = (Fault, Encoding)> {
    let encodings = ENCODINGS.iter();
    let rejected = encodings.map(|encoding| (Fault::of_status(400), *encoding));
    rejected.chain(every_fault())
}

fn every_fault() -> impl Iterator<Item = (Fault, Encoding)> {
    faults::others().into_iter().map(|fault| (fault, PLAIN))
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
fn whatever_has_a_secret_is_tried() {
    let with_secrets = [
        "ephemeral iwd_api_key",
        "iwd_api_key",
        "iwd_delete_services",
        "iwd_provision_tenant",
        "iwd_tenant",
        "provider",
    ];
    let schemas = schemas_with_secrets().into_keys();
    assert_eq!(schemas.collect::<Vec<_>>(), with_secrets);
}

#[test]
fn a_canary_is_found_in_every_encoding_whole_and_in_half() {
    let secrets = secrets_of("iwd_tenant").into_iter();
    let secrets: Vec<_> = secrets
        .map(|it| (it.path.clone(), canary(&it.path)))
        .collect();
    let search = Search::over(secrets.clone());
    let all: BTreeSet<_> = secrets.iter().map(|(place, _)| place.clone()).collect();
    let mut text = String::new();
    let mut halves = String::new();
    for (_, secret) in &secrets {
        writeln!(text, "{{\"p\": {secret}}}").unwrap();
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

/// Applies that change, and gives what is told.
fn applying(
    prior: &Json,
    planned: &Json,
    config: &Json,
    private: &[u8],
) -> impl AsyncFnMut(&mut Host) -> String {
    async |host| told(&host.apply(prior, planned, config, private).await)
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
    let act = applying(&Json::Null, &plan.state, &tenant.config, &plan.private);
    life.suffer(&[&tenant], every_case(), act).await;
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
    let cases = every_encoding_and_fault();
    life.suffer(&[&before, &after], cases, act).await;
}

#[tokio::test]
async fn no_answer_to_a_destroy_brings_a_secret_to_light() {
    let mut life = Life::begin(Source::Block, "http://iwd.example:4024").await;
    let tenant = places::arguments("iwd_tenant", Form::Stored, 1);
    let created = life.host.change(&Json::Null, &tenant.config, &[]).await;
    created.expect_no_error();
    life.server.remember(tenant.known());
    let act = applying(&created.state, &Json::Null, &Json::Null, &created.private);
    life.suffer(&[&tenant], every_encoding_and_fault(), act)
        .await;
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
            format!("{invoked:?}")
        };
        life.suffer(&[&tenant], every_encoding_and_fault(), act)
            .await;
    }
}

#[tokio::test]
async fn no_answer_of_a_proxy_to_a_tunnel_brings_a_secret_to_light() {
    let mut life = Life::begin(Source::Block, "https://iwd.example").await;
    let tenant = places::arguments("iwd_tenant", Form::WriteOnly, 1);
    let plan = life.host.plan(&Json::Null, &tenant.config, &[]).await;
    plan.expect_no_error();
    let act = applying(&Json::Null, &plan.state, &tenant.config, &plan.private);
    life.suffer_unquoted(&[&tenant], every_fault(), act).await;
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
        bytes: format!("HTTP/1.1 400 No\r\ncontent-length: 99999\r\n\r\nGot: {echo}").into(),
        end: End::Silence,
    });
    let plan = life.host.plan(&Json::Null, &tenant.config, &[]).await;
    let mut findings = Findings::default();
    // A slow machine may give an attempt up before it has read anything of the answer.
    while !has_read_of_an_answer(&life.host.stderr()) {
        let reply = life
            .host
            .apply(&Json::Null, &plan.state, &tenant.config, &plan.private)
            .await;
        findings.look(&search, "after an answer without an end", &told(&reply));
    }
    life.server.expect_echo(&search);
    findings.look(&search, "in the log", &life.host.ended().await);
    findings.expect_none();
}

/// Whether the log tells of an attempt that got more than the head of an answer.
fn has_read_of_an_answer(log: &str) -> bool {
    let entries = log.lines().map(serde_json::from_str::<Json>);
    let mut received = entries.map(|entry| entry.unwrap()["received_bytes"].as_u64());
    received.any(|bytes| bytes > Some(0))
}

#[tokio::test]
async fn a_certificate_brings_no_secret_to_light() {
    let name = format!("{}.example", word("token"));
    let authority = Authority::new();
    let parameters = CertificateParams::new(vec![name]).unwrap();
    for trusted in [true, false] {
        let provider = aws_lc_rs::default_provider();
        let config = authority.server_of(provider, &parameters, false);
        let server = Server::start_tls(config, []).await;
        let mut settings = settings::settings(&server.url, "none", &[CCID]);
        settings.config["proxy_url"] = "".into();
        settings.config["max_retries"] = 0.into();
        if trusted {
            settings.config["ca_cert_pem"] = authority.pem().into();
        }
        let mut host = Host::start().await;
        assert_eq!(host.configure_with(&settings.config).await, []);
        let tenant = places::arguments("iwd_tenant", Form::WriteOnly, 1);
        let plan = host.plan(&Json::Null, &tenant.config, &[]).await;
        let reply = host
            .apply(&Json::Null, &plan.state, &tenant.config, &plan.private)
            .await;
        let told = told(&reply);
        assert!(told.contains("certificate"), "{told}");
        let search = Search::over([tenant.secrets, settings.secrets].concat());
        let mut findings = Findings::default();
        findings.look(&search, "told", &told);
        findings.look(&search, "in the log", &host.ended().await);
        findings.expect_none();
    }
}
