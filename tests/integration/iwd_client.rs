//! The IWD client against servers that behave as real ones do on bad days.
#![expect(
    clippy::unwrap_used,
    reason = "what helps a test fails as the test does"
)]

mod failing_proxies;
mod last_answers;
mod log;
mod logged_attempts;
mod long_heads;
mod reused_connections;
pub(crate) mod server;
mod socks;
mod tls;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{StatusCode, Url};
use secrecy::SecretString;
use serde_json::json;
use terraform_provider_iwd::iwd::client::{
    CallContext, Client, ClientSettings, Deleted, Operation, SettingsError,
};
use terraform_provider_iwd::iwd::error::{Error, Failure, GaveUp, Obstacle, ReplyBody};
use terraform_provider_iwd::iwd::mask::{MASK, Masker};
use terraform_provider_iwd::iwd::model::{Deletion, Tenant};
use terraform_provider_iwd::iwd::proxy::{Proxy, ProxySource, ProxyUrl};
use terraform_provider_iwd::iwd::retry::Policy;
use terraform_provider_iwd::iwd::tls::{Identity, TlsFailure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::log::Log;
use self::server::{Authority, Server, Turn};
use super::harness::time::pass;

const KEY: &str = "canary-header-key";
pub(crate) const CREATED: Turn = Turn::Answer(
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{\"created\":true}",
);
const UNAVAILABLE: Turn = Turn::Answer("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n");

fn settings(endpoint: &str) -> ClientSettings {
    ClientSettings {
        endpoint: Url::parse(endpoint).unwrap(),
        overridden: None,
        headers: BTreeMap::from([("X-Team".to_owned(), "canary-team".into())]),
        ca_certs_pem: None,
        identity: None,
        insecure_skip_verify: false,
        proxy: None,
        request_timeout: Duration::from_secs(5),
        retry: Policy {
            max_retries: None,
            min_wait: Duration::from_millis(1),
            max_wait: Duration::from_millis(5),
        },
        user_agent: "terraform-provider-iwd/test".to_owned(),
        masker: Masker::default(),
    }
}

fn proxy_at(url: &str) -> Proxy {
    Proxy {
        url: ProxyUrl::parse(url).unwrap(),
        source: ProxySource::Configuration,
    }
}

fn context() -> CallContext {
    CallContext {
        began: Instant::now(),
        timeout: Duration::from_secs(20),
        stop: CancellationToken::new(),
        end: CancellationToken::new(),
        masker: masker(),
        parameters: vec!["iwd.db.host"],
        observer: None,
    }
}

/// Knows the secrets of [`tenant`].
fn masker() -> Masker {
    let secrets = [
        "canary-tenant-key",
        "canary-password",
        "canary-customer-key",
    ];
    Masker::default().with(secrets.map(SecretString::from), [])
}

fn tenant() -> Tenant {
    let values = json!({
        "short_id": "100", "name": "t100", "ccid": "9350e2fc", "api_key": "canary-tenant-key",
        "iwd": {
            "url": "http://iwd.iwd:4024",
            "db": {
                "host": "db", "port": 5432, "database": "iwd-100", "user": "iwd-100",
                "password": "canary-password", "ssl": false,
            },
            "api_keys": {"tenant": "canary-customer-key"},
        },
    });
    serde_json::from_value(values).unwrap()
}

async fn create_with(settings: &ClientSettings, context: &CallContext) -> Result<(), Box<Failure>> {
    let client = Client::new(settings).unwrap();
    let key = SecretString::from(KEY);
    client
        .provision(Operation::Create, &tenant(), &key, context)
        .await
}

async fn create(server: &Server) -> Result<(), Box<Failure>> {
    create_with(&settings(&server.url), &context()).await
}

/// Fails after the first attempt, so that its error shows.
async fn first_error(endpoint: &str) -> Box<Failure> {
    let mut settings = settings(endpoint);
    settings.retry.max_retries = Some(0);
    create_with(&settings, &context()).await.unwrap_err()
}

#[tokio::test]
async fn a_tenant_is_created_with_key_headers_and_body() {
    let server = Server::start([CREATED]).await;
    create(&server).await.unwrap();
    let [request] = server.requests().try_into().unwrap();
    assert!(
        request.starts_with("POST /iwd/v3/provisioning HTTP/1.1\r\n"),
        "{request}"
    );
    for line in [
        "accept-encoding: identity",
        "x-api-key: canary-header-key",
        "content-type: application/json; charset=utf-8",
        "user-agent: terraform-provider-iwd/test",
        "x-team: canary-team",
    ] {
        assert!(
            request.contains(&format!("\r\n{line}\r\n")),
            "{line} in {request}"
        );
    }
    assert!(
        request.ends_with(r#""iwdEmail":{"url":"N/A"}}"#),
        "{request}"
    );
}

#[tokio::test]
async fn services_are_deleted_by_one_value_with_a_comma() {
    let server = Server::start([Turn::Answer("HTTP/1.1 204 No Content\r\n\r\n")]).await;
    let client = Client::new(&settings(&server.url)).unwrap();
    let services = Deletion::Services(vec!["iWD".into(), "iWDEmail".into()]);
    client
        .delete(&tenant().ccid, &services, &KEY.into(), &context())
        .await
        .unwrap();
    let [request] = server.requests().try_into().unwrap();
    let line = "DELETE /iwd/v3/provisioning/9350e2fc?service=iWD,iWDEmail HTTP/1.1\r\n";
    assert!(request.starts_with(line), "{request}");
}

#[tokio::test]
async fn unavailable_is_tried_again_until_it_works_on_one_connection() {
    let server = Server::start([UNAVAILABLE, UNAVAILABLE, CREATED]).await;
    create(&server).await.unwrap();
    assert_eq!(server.connections(), 1);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_lost_connection_is_tried_again() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{\"crea";
    for turn in [Turn::Reset, Turn::End, Turn::AnswerAndEnd(half)] {
        let server = Server::start([turn, CREATED]).await;
        create(&server).await.unwrap();
        assert_eq!(server.requests().len(), 2, "{turn:?}");

        let server = Server::start([turn]).await;
        let failure = first_error(&server.url).await;
        assert_eq!(failure.error, Error::Lost { sent: true }, "{turn:?}");
        assert_eq!(failure.gave_up, GaveUp::RetriesUsed);
        assert!(failure.may_have_arrived);
    }
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_and_nothing_arrived() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = settings(&format!("http://{}", listener.local_addr().unwrap()));
    drop(listener);
    settings.retry.max_retries = Some(3);
    let failure = create_with(&settings, &context()).await.unwrap_err();
    assert_eq!(failure.error, Error::Refused);
    assert_eq!(
        (failure.attempts, failure.gave_up),
        (4, GaveUp::RetriesUsed)
    );
    assert!(!failure.may_have_arrived);
}

#[tokio::test]
async fn a_name_that_has_no_address_is_told_from_a_refusal() {
    // Too long for a name, so no name server is asked.
    let failure = first_error(&format!("http://{}.invalid", "a".repeat(64))).await;
    assert_eq!(failure.error, Error::Dns);
    assert!(!failure.may_have_arrived);
}

#[tokio::test]
async fn an_attempt_without_an_answer_is_given_up_and_repeated() {
    let server = Server::start([Turn::Silence, CREATED]).await;
    let (settings, context) = (settings(&server.url), context());
    let limit = settings.request_timeout;
    let (created, ()) = tokio::join!(create_with(&settings, &context), async {
        server.asked(1).await;
        pass(limit).await;
    });
    created.unwrap();
    assert_eq!(server.requests().len(), 2);

    let server = Server::start([Turn::Silence]).await;
    let (failure, ()) = tokio::join!(first_error(&server.url), async {
        server.asked(1).await;
        pass(limit).await;
    });
    assert_eq!(failure.error, Error::Timeout { sent: true, limit });
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn a_server_that_is_slow_to_shake_hands_has_not_got_the_request() {
    let server = Server::start([Turn::Silence]).await;
    let endpoint = server.url.replace("http:", "https:");
    let limit = settings(&endpoint).request_timeout / 2;
    let (failure, ()) = tokio::join!(first_error(&endpoint), async {
        server.connected(1).await;
        pass(limit).await;
    });
    assert_eq!(failure.error, Error::Timeout { sent: false, limit });
    assert!(!failure.may_have_arrived);
}

#[tokio::test]
async fn the_operations_timeout_ends_an_attempt_too() {
    let server = Server::start([Turn::Silence]).await;
    let (mut settings, context) = (settings(&server.url), context());
    settings.request_timeout = context.timeout * 2;
    let (result, ()) = tokio::join!(create_with(&settings, &context), async {
        server.asked(1).await;
        pass(context.timeout).await;
    });
    let failure = result.unwrap_err();
    assert!(
        matches!(failure.gave_up, GaveUp::CutShort { .. }),
        "{failure:?}"
    );
    assert_eq!(failure.attempts, 1);
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let busy = "HTTP/1.1 429 Slow down\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start([Turn::Answer(busy), CREATED]).await;
    let began = Instant::now();
    create(&server).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn retry_after_beyond_the_timeout_fails_at_once() {
    let busy = "HTTP/1.1 503 Later\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start([Turn::Answer(busy)]).await;
    let failure = create(&server).await.unwrap_err();
    let GaveUp::AskedToWait { wait, left } = failure.gave_up else {
        panic!("{failure:?}");
    };
    assert_eq!(wait, Duration::from_hours(1));
    assert!(left <= Duration::from_secs(20));
}

#[tokio::test]
async fn internal_errors_are_tried_again_twice() {
    let internal = Turn::Answer("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n");
    let server = Server::start([internal; 4]).await;
    let failure = create(&server).await.unwrap_err();
    assert_eq!(
        (failure.attempts, failure.gave_up),
        (3, GaveUp::LimitedRetriesUsed)
    );
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn a_rejection_is_final_and_names_the_parameter_with_secrets_masked() {
    let body = r#"{"message":"iwd.db.host is required","got":"canary-password"}"#;
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let server = Server::start([Turn::Answer(answer.leak())]).await;
    let failure = create(&server).await.unwrap_err();
    assert_eq!(failure.attempts, 1);
    assert_eq!(failure.parameter, Some("iwd.db.host"));
    assert!(!failure.may_have_arrived);
    let Error::Rejected(reply) = &failure.error else {
        panic!("{failure:?}");
    };
    let shown = body.replace("canary-password", MASK);
    assert_eq!(reply.body, ReplyBody::Text(shown));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start([CREATED]).await;
    let answer = format!(
        "HTTP/1.1 307 Away\r\nlocation: {}/login?state=1\r\ncontent-length: 0\r\n\r\n",
        elsewhere.url
    );
    let server = Server::start([Turn::Answer(answer.leak())]).await;
    let failure = create(&server).await.unwrap_err();
    let Error::Redirect { location, .. } = &failure.error else {
        panic!("{failure:?}");
    };
    assert_eq!(*location, Some(format!("{}/login?…", elsewhere.url)));
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_login_page_is_no_success() {
    let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>";
    let server = Server::start([Turn::Answer(page)]).await;
    let failure = create(&server).await.unwrap_err();
    assert!(matches!(failure.error, Error::Page(_)), "{failure:?}");
}

#[tokio::test]
async fn a_404_that_may_not_be_iwds_says_where_it_came_from_and_what_it_said() {
    let answer = "HTTP/1.1 404 Gone\r\ncontent-length: 17\r\n\r\ncanary-header-key";
    let server = Server::start([Turn::Answer(answer)]).await;
    let client = Client::new(&settings(&format!("{}/iwd/v3/provisioning", server.url))).unwrap();
    let deletion = Deletion::Tenant;
    let deleted = client
        .delete(&tenant().ccid, &deletion, &KEY.into(), &context())
        .await
        .unwrap();
    let Deleted::NotThere { url, reply } = deleted else {
        panic!("{deleted:?}");
    };
    let path = "/iwd/v3/provisioning/9350e2fc?deleteTenant=true";
    assert_eq!(url.as_str(), format!("{}{path}", server.url));
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_eq!(reply.body, ReplyBody::Text(MASK.to_owned()));
}

#[tokio::test]
async fn a_compressed_answer_deletes_nothing_and_is_not_quoted() {
    let answer =
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x08\0\0";
    let server = Server::start([Turn::Answer(answer)]).await;
    let client = Client::new(&settings(&server.url)).unwrap();
    let deletion = Deletion::Tenant;
    let failure = client
        .delete(&tenant().ccid, &deletion, &KEY.into(), &context())
        .await
        .unwrap_err();
    let body = &failure.error.reply().unwrap().body;
    let unreadable = ReplyBody::Unreadable {
        obstacle: Obstacle::Encoded("gzip".to_owned()),
        length: 4,
        content_type: None,
    };
    assert_eq!(*body, unreadable);
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn what_is_not_http_is_not_tried_again() {
    let server = Server::start([Turn::AnswerAndEnd("SSH-2.0-OpenSSH_9.9\r\n")]).await;
    let failure = create(&server).await.unwrap_err();
    assert_eq!(failure.error, Error::NotHttp);
}

#[tokio::test]
async fn no_more_than_a_mebibyte_of_an_endless_answer_is_read() {
    let server = Server::start([Turn::Endless]).await;
    let failure = create(&server).await.unwrap_err();
    assert!(matches!(failure.error, Error::Unexpected(_)), "{failure:?}");
}

#[tokio::test]
async fn a_key_with_a_line_break_is_never_sent() {
    let client = Client::new(&settings("http://127.0.0.1:1")).unwrap();
    let failure = client
        .delete(
            &tenant().ccid,
            &Deletion::Tenant,
            &"key\n".into(),
            &context(),
        )
        .await
        .unwrap_err();
    assert_eq!((failure.error, failure.attempts), (Error::InvalidKey, 0));
}

#[tokio::test]
async fn stopping_ends_a_wait_at_once() {
    let server = Server::start([UNAVAILABLE]).await;
    let mut settings = settings(&server.url);
    settings.retry.min_wait = Duration::from_hours(1);
    settings.retry.max_wait = Duration::from_hours(1);
    let context = CallContext {
        timeout: Duration::from_hours(3),
        ..context()
    };
    let (log, _listening) = Log::capture();
    let (failure, ()) = tokio::join!(create_with(&settings, &context), async {
        while log.lines_with("trying again").is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        context.stop.cancel();
    });
    let failure = failure.unwrap_err();
    let reply = failure.error.reply().unwrap();
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(matches!(failure.error, Error::Stopped { after: Some(_) }));
    assert_eq!((failure.attempts, failure.gave_up), (1, GaveUp::Stopped));
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn stopping_waits_for_the_answer_to_a_request_in_flight_and_counts_it() {
    let server = Server::start([Turn::Pause, CREATED]).await;
    let (settings, context) = (settings(&server.url), context());
    let (result, ()) = tokio::join!(create_with(&settings, &context), async {
        server.asked(1).await;
        context.stop.cancel();
        server.go_on();
    });
    result.unwrap();
}

#[tokio::test]
async fn a_retry_that_a_stop_prevents_is_not_announced() {
    let (log, _listening) = Log::capture();
    let server = Server::start([Turn::Pause, UNAVAILABLE]).await;
    let (settings, context) = (settings(&server.url), context());
    let (result, ()) = tokio::join!(create_with(&settings, &context), async {
        server.asked(1).await;
        context.stop.cancel();
        server.go_on();
    });
    let failure = result.unwrap_err();
    assert!(matches!(failure.error, Error::Stopped { after: Some(_) }));
    assert!(log.lines_with("trying again").is_empty());
}

#[tokio::test]
async fn an_attempt_whose_connection_never_came_about_sent_nothing_though_an_earlier_one_did() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = ClientSettings {
        ca_certs_pem: Some(authority.pem()),
        ..settings(&format!("https://{}", listener.local_addr().unwrap()))
    };
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(authority.server(false)));
    let context = context();
    let serving = async {
        let (first, _) = listener.accept().await.unwrap();
        let mut first = acceptor.accept(first).await.unwrap();
        let _ = first.read(&mut [0; 4096]).await.unwrap();
        let busy =
            b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        first.write_all(busy).await.unwrap();
        first.shutdown().await.unwrap();
        // The second one never gets past the TLS handshake.
        let second = listener.accept().await.unwrap();
        context.end.cancel();
        second
    };
    let (result, _second) = tokio::join!(create_with(&settings, &context), serving);
    let failure = result.unwrap_err();
    assert_eq!(failure.error, Error::Abandoned { sent: false });
    assert_eq!(failure.attempts, 2);
    assert!(!failure.may_have_arrived);
}

#[tokio::test]
async fn the_end_gives_up_even_a_request_in_flight() {
    let server = Server::start([Turn::Silence]).await;
    let (settings, context) = (settings(&server.url), context());
    let (result, ()) = tokio::join!(create_with(&settings, &context), async {
        server.asked(1).await;
        context.end.cancel();
    });
    let failure = result.unwrap_err();
    assert_eq!(failure.error, Error::Abandoned { sent: true });
    assert_eq!(failure.attempts, 1);
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn nothing_starts_after_a_stop() {
    let server = Server::start([CREATED]).await;
    let context = context();
    context.stop.cancel();
    let failure = create_with(&settings(&server.url), &context)
        .await
        .unwrap_err();
    assert_eq!(failure.error, Error::Stopped { after: None });
    assert_eq!((failure.attempts, server.connections()), (0, 0));
}

#[tokio::test]
async fn a_proxy_gets_the_request_with_its_password() {
    let proxy = Server::start([CREATED]).await;
    let mut settings = settings("http://iwd.invalid:4024");
    let url = proxy.url.replace("http://", "http://user:canary-proxy@");
    settings.proxy = Some(proxy_at(&url));
    create_with(&settings, &context()).await.unwrap();
    let [request] = proxy.requests().try_into().unwrap();
    let line = "POST http://iwd.invalid:4024/iwd/v3/provisioning HTTP/1.1\r\n";
    assert!(request.starts_with(line), "{request}");
    assert!(request.contains("proxy-authorization: Basic dXNlcjpjYW5hcnktcHJveHk=\r\n"));
}

#[tokio::test]
async fn a_proxy_that_refuses_a_tunnel_may_do_so_three_times() {
    let forbidden = Turn::AnswerAndEnd("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    let proxy = Server::start([Turn::End, forbidden, forbidden, forbidden]).await;
    let mut settings = settings("https://iwd.invalid");
    settings.proxy = Some(proxy_at(&proxy.url));
    let failure = create_with(&settings, &context()).await.unwrap_err();
    assert_eq!(failure.error, Error::Tunnel);
    assert_eq!(
        (failure.attempts, failure.gave_up),
        (4, GaveUp::LimitedRetriesUsed)
    );
    assert!(!failure.may_have_arrived);
}

#[tokio::test]
async fn a_proxy_that_wants_other_credentials_is_final() {
    let unknown = "HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n";
    let proxy = Server::start([Turn::AnswerAndEnd(unknown)]).await;
    let mut settings = settings("https://iwd.invalid");
    settings.proxy = Some(proxy_at(&proxy.url));
    let failure = create_with(&settings, &context()).await.unwrap_err();
    assert!(matches!(failure.error, Error::Proxy(_)), "{failure:?}");
    assert_eq!(failure.attempts, 1);
}

#[tokio::test]
async fn an_added_ca_makes_a_server_trusted() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server(false), [CREATED]).await;
    let failure = create(&server).await.unwrap_err();
    let unknown = matches!(failure.error, Error::Tls(TlsFailure::UnknownIssuer { .. }));
    assert!(unknown, "{failure:?}");
    assert_eq!((failure.attempts, failure.may_have_arrived), (1, false));

    let server = Server::start_tls(authority.server(false), [CREATED]).await;
    let mut settings = settings(&server.url);
    settings.ca_certs_pem = Some(authority.pem());
    create_with(&settings, &context()).await.unwrap();
}

#[tokio::test]
async fn what_never_became_a_connection_carried_no_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    let limit = Duration::from_millis(300);
    let context = CallContext {
        timeout: limit,
        ..context()
    };
    let failure = create_with(&settings(&endpoint), &context)
        .await
        .unwrap_err();
    let Error::Timeout { sent: false, .. } = failure.error else {
        panic!("{failure:?}");
    };
    assert!(!failure.may_have_arrived);
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_is_no_problem_of_certificates() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server(false), [Turn::Garble, CREATED]).await;
    let mut settings = settings(&server.url);
    settings.ca_certs_pem = Some(authority.pem());
    create_with(&settings, &context()).await.unwrap();
    assert_eq!(server.requests().len(), 2);

    let server = Server::start_tls(authority.server(false), [Turn::Garble]).await;
    settings.endpoint = Url::parse(&server.url).unwrap();
    settings.retry.max_retries = Some(0);
    let failure = create_with(&settings, &context()).await.unwrap_err();
    assert_eq!(failure.error, Error::Lost { sent: true });
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn without_verification_any_server_is_trusted() {
    let server = Server::start_tls(Authority::new().server(false), [CREATED]).await;
    let mut settings = settings(&server.url);
    settings.insecure_skip_verify = true;
    create_with(&settings, &context()).await.unwrap();
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_gets_it() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server(true), [CREATED]).await;
    let mut settings = settings(&server.url);
    settings.ca_certs_pem = Some(authority.pem());
    let (certificate_pem, key_pem) = authority.issue("client");
    settings.identity = Some(Identity {
        certificate_pem,
        key_pem: key_pem.into(),
    });
    create_with(&settings, &context()).await.unwrap();

    let server = Server::start_tls(authority.server(true), [CREATED]).await;
    settings.endpoint = Url::parse(&server.url).unwrap();
    settings.identity = None;
    settings.retry.max_retries = Some(0);
    let failure = create_with(&settings, &context()).await.unwrap_err();
    assert!(
        matches!(failure.error, Error::Tls { .. } | Error::Lost { .. }),
        "{failure:?}"
    );
}

#[tokio::test]
async fn the_log_warns_of_a_tenant_that_is_not_there_to_delete() {
    for (answer, warnings) in [
        ("HTTP/1.1 404 Gone\r\ncontent-length: 0\r\n\r\n", 1),
        ("HTTP/1.1 204 Done\r\n\r\n", 0),
        ("HTTP/1.1 404 Gone\r\ncontent-length: 6\r\n\r\n<html>", 0),
    ] {
        let (log, guard) = Log::capture();
        let server = Server::start([Turn::Answer(answer)]).await;
        let client = Client::new(&settings(&server.url)).unwrap();
        let deletion = Deletion::Tenant;
        let _ = client
            .delete(&tenant().ccid, &deletion, &KEY.into(), &context())
            .await;
        drop(guard);
        let told = log.lines_with("the tenant to delete is not there");
        assert_eq!(told.len(), warnings, "{answer}: {told:?}");
        assert!(told.iter().all(|line| line.contains("WARN")), "{told:?}");
    }
}

#[tokio::test]
async fn the_log_tells_of_each_wait_and_holds_no_secret() {
    let (log, guard) = Log::capture();
    let server = Server::start([UNAVAILABLE, UNAVAILABLE, CREATED]).await;
    create(&server).await.unwrap();
    drop(guard);
    let waits = log.lines_with("wait_ms=");
    assert_eq!(waits.len(), 2, "{waits:?}");
    for part in [
        "WARN",
        "operation=create",
        "ccid=9350e2fc",
        "attempt=1",
        "reason=answered 503",
        &format!("host={}", server.url.trim_start_matches("http://")),
    ] {
        assert!(waits[0].contains(part), "{part} in {}", waits[0]);
    }
    assert!(log.lines_with("the request succeeded").len() == 1);
    assert!(
        log.lines_with("canary").is_empty(),
        "{:?}",
        log.lines_with("canary")
    );
}
