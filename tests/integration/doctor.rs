//! The command `doctor` against servers that are well, and such that aren't.

use std::fs;
use std::process::{Output, Stdio};

use serde_json::Value as Json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use super::harness::api::Api;
use super::harness::host::program;
use super::iwd_client::server::{Authority, Server, Turn};
use super::repository::read;

const NOT_FOUND: Turn = Turn::Answer("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");

/// Secrets that no server may get to see.
const SECRETS: [(&str, &str); 3] = [
    ("IWD_API_KEY", "canary-key"),
    ("IWD_HEADERS", r#"{"X-Gate": "canary-header"}"#),
    ("IWD_TENANT_API_KEYS", r#"{"t": "canary-tenant"}"#),
];

/// What the command found.
struct Findings {
    code: i32,
    is_complete: bool,
    checks: Vec<Json>,
}

impl Findings {
    /// Names and statuses, in order.
    fn statuses(&self) -> Vec<String> {
        let status = |check: &Json| format!("{} {}", text(&check["name"]), text(&check["status"]));
        self.checks.iter().map(status).collect()
    }

    /// All that is told of one check.
    fn told(&self, name: &str) -> String {
        let checks = self.checks.iter().filter(|check| check["name"] == name);
        checks.map(ToString::to_string).collect()
    }
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap()
}

async fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut program = program();
    program.arg("doctor").args(arguments);
    program
        .envs(SECRETS)
        .envs(environment.iter().copied())
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || program.output())
        .await
        .unwrap()
        .unwrap();
    let told = [&*output.stdout, &*output.stderr].concat();
    let told = String::from_utf8(told).unwrap();
    assert!(!told.contains("canary"), "{told}");
    output
}

async fn examine(arguments: &[&str], environment: &[(&str, &str)]) -> Findings {
    let output = run(&[arguments, &["--json"]].concat(), environment).await;
    let json: Json = serde_json::from_slice(&output.stdout).unwrap();
    let code = output.status.code().unwrap();
    assert_eq!(json["ok"], code == 0);
    Findings {
        code,
        is_complete: json["complete"].as_bool().unwrap(),
        checks: json["checks"].as_array().unwrap().clone(),
    }
}

/// A proxy that answers CONNECT so, and connects where that is a success.
struct ConnectProxy {
    url: String,
    task: JoinHandle<()>,
}

impl ConnectProxy {
    async fn start(status: &str) -> Self {
        Self::answering(format!("HTTP/1.1 {status}\r\n\r\n")).await
    }

    async fn answering(answer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n")
                    && stream.read_buf(&mut head).await.unwrap_or(0) > 0
                {}
                let head = String::from_utf8(head).unwrap();
                assert!(
                    !head.to_ascii_lowercase().contains("authorization"),
                    "{head}"
                );
                let Some(target) = head.split_whitespace().nth(1) else {
                    continue;
                };
                let _ = stream.write_all(answer.as_bytes()).await;
                if answer.starts_with("HTTP/1.1 200") {
                    let mut target = TcpStream::connect(target).await.unwrap();
                    // It ends as one of the two does.
                    let _ = copy_bidirectional(&mut stream, &mut target).await;
                }
            }
        });
        Self { url, task }
    }
}

impl Drop for ConnectProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[tokio::test]
async fn the_guides_command_looks_at_the_way() {
    let guide = read("docs/guides/running-it.md");
    let (_, command) = guide
        .split_once("```shell\nterraform-provider-iwd ")
        .unwrap();
    let (arguments, _) = command.split_once("\n```").unwrap();
    assert_eq!(arguments, "doctor");
    let server = Server::start([NOT_FOUND]).await;
    let output = run(&[], &[("IWD_ENDPOINT", &server.url)]).await;
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        told.starts_with("setting  endpoint: from IWD_ENDPOINT\n"),
        "{told}"
    );
    assert_eq!(output.status.code(), Some(0), "{told}");
}

#[tokio::test]
async fn a_server_that_is_well_gets_one_get_without_a_secret() {
    let server = Server::start([NOT_FOUND]).await;
    let found = examine(&["--endpoint", &format!("{}/a/iwd/v3", server.url)], &[]).await;
    assert_eq!(
        found.statuses(),
        ["settings ok", "proxy ok", "name ok", "tcp ok", "get ok"]
    );
    assert_eq!(found.code, 0);
    let [request] = &server.requests()[..] else {
        panic!("one request")
    };
    assert!(
        request.starts_with("GET /a/iwd/v3/provisioning HTTP/1.1\r\n"),
        "{request}"
    );
    let request = request.to_ascii_lowercase();
    for header in ["canary", "x-api-key", "x-gate", "content-"] {
        assert!(!request.contains(header), "{request}");
    }
    assert!(request.contains("accept-encoding: identity"), "{request}");
}

#[tokio::test]
async fn what_it_sends_changes_nothing_in_iwd() {
    let api = Api::start().await;
    let found = examine(&[], &[("IWD_ENDPOINT", api.url())]).await;
    assert_eq!(found.code, 0, "{:?}", found.checks);
    let methods: Vec<_> = api
        .methods()
        .await
        .into_iter()
        .filter(|method| method != "GET")
        .collect();
    assert!(
        methods.is_empty() && api.tenants().await.is_empty(),
        "{methods:?}"
    );
}

#[tokio::test]
async fn people_read_plain_lines_where_there_is_no_terminal() {
    let server = Server::start([NOT_FOUND]).await;
    let output = run(&[], &[("IWD_ENDPOINT", &server.url)]).await;
    let told = String::from_utf8(output.stdout).unwrap();
    for line in [
        "setting  endpoint: from IWD_ENDPOINT",
        "setting  api_key: from IWD_API_KEY",
        "ok       tcp: 127.0.0.1:",
    ] {
        assert!(
            told.lines().any(|told| told.starts_with(line)),
            "{line}: {told}"
        );
    }
    assert!(
        output.status.success() && !told.contains('\u{1b}'),
        "{told}"
    );
}

#[tokio::test]
async fn where_nothing_listens_the_steps_end_there() {
    // Bound, so that nobody else gets the port, and deaf.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let endpoint = format!("https://{}", socket.local_addr().unwrap());
    let found = examine(&["--endpoint", &endpoint], &[]).await;
    assert_eq!(
        found.statuses(),
        ["settings ok", "proxy ok", "name ok", "tcp failed"]
    );
    assert!(found.told("tcp").contains("refused"));
    assert_eq!(found.code, 1);
    // No name server has to be asked about it.
    let nowhere = format!("https://{}.invalid", "a".repeat(64));
    let found = examine(&["--endpoint", &nowhere], &[]).await;
    assert_eq!(found.statuses().last().unwrap(), "name failed");
}

#[tokio::test]
async fn the_certificates_of_a_server_are_told_whether_or_not_it_is_trusted() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    fs::write(&ca, authority.pem()).unwrap();
    let ca = ca.to_str().unwrap();
    let server = Server::start_tls(authority.server(false), [NOT_FOUND]).await;
    let found = examine(&["--endpoint", &server.url, "--ca-cert-file", ca], &[]).await;
    assert_eq!(
        found.statuses(),
        [
            "settings ok",
            "proxy ok",
            "name ok",
            "tcp ok",
            "tls ok",
            "get ok"
        ]
    );
    assert!(
        found.told("tls").contains("for 127.0.0.1"),
        "{}",
        found.told("tls")
    );

    let other_name = server.url.replace("127.0.0.1", "localhost");
    for (arguments, told) in [
        (&["--endpoint", &*server.url][..], "(unknown issuer)"),
        (
            &["--endpoint", &other_name, "--ca-cert-file", ca],
            "is not for localhost, only for",
        ),
    ] {
        let found = examine(arguments, &[]).await;
        assert_eq!(
            found.statuses().last().unwrap(),
            "tls failed",
            "{:?}",
            found.checks
        );
        let tls = found.told("tls");
        assert!(
            tls.contains(told) && tls.contains("certificate 1: ") && tls.contains("for 127.0.0.1"),
            "{tls}"
        );
        assert_eq!(found.code, 1);
    }
    assert_eq!(server.requests().len(), 1);

    let insecure = ["--endpoint", &*other_name, "--insecure-skip-verify"];
    let found = examine(&insecure, &[]).await;
    assert!(
        found.statuses().contains(&"tls warning".to_owned()),
        "{:?}",
        found.checks
    );
}

#[tokio::test]
async fn a_server_without_tls_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    let answering = async {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            // It may have gone already.
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            let _ = stream.read(&mut [0; 1024]).await;
        }
    };
    let arguments = ["--endpoint", &*endpoint];
    let found = tokio::select! {
        () = answering => unreachable!("it answers for ever"),
        found = examine(&arguments, &[]) => found,
    };
    assert_eq!(found.statuses().last().unwrap(), "tls failed");
    let told = found.told("tls");
    assert!(
        told.contains("does not speak TLS") && told.contains("begin `endpoint` with http://"),
        "{told}"
    );
}

#[tokio::test]
async fn a_proxy_is_asked_for_a_tunnel_and_what_it_answers_is_told() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server(false), [NOT_FOUND]).await;
    let pem = authority.pem();
    let endpoint = [("IWD_ENDPOINT", &*server.url), ("IWD_CA_CERT_PEM", &*pem)];
    let through = async |status: &str| {
        let proxy = ConnectProxy::start(status).await;
        let with_password = proxy.url.replace("://", "://me:canary-password@");
        let environment = [&endpoint[..], &[("IWD_PROXY_URL", &*with_password)]].concat();
        let found = examine(&[], &environment).await;
        assert!(
            found.told("proxy").contains(&proxy.url)
                && found.told("proxy").contains("IWD_PROXY_URL")
        );
        found
    };
    let found = through("200 Connection established").await;
    let expected = [
        "settings ok",
        "proxy ok",
        "name ok",
        "tcp ok",
        "proxy ok",
        "tls ok",
        "get ok",
    ];
    assert_eq!(found.statuses(), expected, "{:?}", found.checks);
    assert_eq!(server.requests().len(), 1);

    let found = through("403 Forbidden").await;
    assert_eq!((&*found.statuses()[4], found.code), ("proxy failed", 1));
    assert!(found.told("proxy").contains("403 Forbidden"));
    // A password is set, and would be sent by an apply alone.
    let found = through("407 Proxy Authentication Required").await;
    let expected = ["proxy warning", "tls skipped", "get skipped"];
    assert_eq!(found.statuses()[4..], expected);
    assert_eq!((found.code, found.is_complete), (0, false));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_socks_proxy_that_has_a_password_is_connected_to_and_no_more() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("socks5://me:canary@{}", listener.local_addr().unwrap());
    let listening = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read(&mut [0]).await.unwrap()
    });
    let arguments = ["--endpoint", "https://iwd.cluster.invalid"];
    let found = examine(&arguments, &[("IWD_PROXY_URL", &*proxy)]).await;
    let expected = [
        "settings ok",
        "proxy ok",
        "name ok",
        "tcp ok",
        "tls skipped",
        "get skipped",
    ];
    assert_eq!(
        (found.statuses(), found.code),
        (expected.map(str::to_owned).to_vec(), 0)
    );
    assert!(!found.is_complete);
    assert_eq!(listening.await.unwrap(), 0);
}

#[tokio::test]
async fn a_proxys_answer_is_read_as_an_apply_reads_it() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server(false), [NOT_FOUND]).await;
    let pem = authority.pem();
    let through = async |answer: String| {
        let proxy = ConnectProxy::answering(answer).await;
        let settings = [
            ("IWD_ENDPOINT", &*server.url),
            ("IWD_CA_CERT_PEM", &*pem),
            ("IWD_PROXY_URL", &*proxy.url),
        ];
        examine(&[], &settings).await
    };
    let bare = through("HTTP/1.1 200 OK\nVia: proxy\n\n".to_owned()).await;
    assert_eq!(bare.statuses()[4..], ["proxy ok", "tls ok", "get ok"]);
    assert!(bare.is_complete);
    let filler = "x".repeat(9_000);
    let long = through(format!("HTTP/1.1 200 OK\r\nX-Filler: {filler}\r\n\r\n")).await;
    assert_eq!(long.statuses()[4..], ["proxy failed"]);
    let told = long.told("proxy");
    assert!(
        told.contains("proxy response headers too long") && told.contains("answered 200 OK"),
        "{told}"
    );
    let other = through("SSH-2.0-OpenSSH\r\n\r\n".to_owned()).await;
    assert_eq!(other.statuses()[4..], ["proxy failed"]);
    assert!(other.told("proxy").contains("The proxy refused to connect"));
}

#[tokio::test]
async fn a_proxy_of_the_environment_forwards_what_is_plain_and_is_told_where_it_is_not_used() {
    let proxy = Server::start([NOT_FOUND]).await;
    let environment = [
        ("IWD_ENDPOINT", "http://iwd.cluster.invalid"),
        ("HTTP_PROXY", &*proxy.url),
    ];
    let found = examine(&[], &environment).await;
    assert_eq!(
        found.statuses(),
        ["settings ok", "proxy ok", "name ok", "tcp ok", "get ok"]
    );
    assert!(found.told("proxy").contains("from HTTP_PROXY"));
    assert!(proxy.requests()[0].starts_with("GET http://iwd.cluster.invalid/iwd/v3/provisioning "));

    let environment = [
        ("IWD_ENDPOINT", "http://127.0.0.1:9"),
        ("http_proxy", &*proxy.url),
    ];
    let found = examine(&[], &environment).await;
    let told = found.told("proxy");
    assert!(told.contains("none: http_proxy names one"), "{told}");
}

#[tokio::test]
async fn what_fails_behind_the_handshake_is_told_as_an_apply_tells_it() {
    let authority = Authority::new();
    let pem = authority.pem();
    // Under TLS 1.3 the client learns so when it has sent its request.
    let server = Server::start_tls(authority.server(true), [NOT_FOUND]).await;
    let found = examine(&["--endpoint", &server.url], &[("IWD_CA_CERT_PEM", &*pem)]).await;
    assert_eq!(found.statuses().last().unwrap(), "get failed");
    let told = found.told("get");
    assert!(
        told.contains("refuses a TLS connection without a client certificate")
            && told.contains("Set `client_cert_pem`"),
        "{told}"
    );

    let server = Server::start_tls(authority.server(false), [NOT_FOUND]).await;
    let plain = server.url.replace("https", "http");
    let found = examine(&["--endpoint", &plain], &[]).await;
    let told = found.told("get");
    assert!(
        found.code == 1 && told.contains("begin `endpoint` with https://"),
        "{told}"
    );
}

#[tokio::test]
async fn an_answer_to_a_get_without_a_key_fails_nothing() {
    let login = "HTTP/1.1 302 Found\r\nlocation: https://login.example.com/?canary\r\ncontent-length: 0\r\n\r\n";
    let page = "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n<html>canary-page...";
    let busy = "HTTP/1.1 503 Busy\r\ncontent-length: 6\r\n\r\ncanary";
    let broken = "HTTP/1.1 500 No GET\r\ncontent-length: 6\r\n\r\ncanary";
    let key = "a gateway wants the API key";
    for (turn, told) in [
        (Turn::Answer(login), "https://login.example.com/?…"),
        (Turn::Answer(login), key),
        (Turn::Answer(page), "with a web page"),
        (Turn::Answer(page), key),
        (Turn::Answer(busy), "503"),
        (Turn::Answer(broken), "Nothing, if an apply succeeds"),
    ] {
        let server = Server::start([turn]).await;
        let found = examine(&["--endpoint", &server.url], &[]).await;
        assert_eq!(found.statuses().last().unwrap(), "get warning");
        assert!(found.told("get").contains(told), "{}", found.told("get"));
        assert_eq!((found.code, found.is_complete), (0, true));
    }
}

#[tokio::test]
async fn a_gateway_that_closes_on_who_sends_no_key_fails_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let closing = async {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await;
        }
    };
    let arguments = ["--endpoint", &*endpoint];
    let found = tokio::select! {
        () = closing => unreachable!("it closes for ever"),
        found = examine(&arguments, &[]) => found,
    };
    assert_eq!(found.statuses().last().unwrap(), "get warning");
    let told = found.told("get");
    assert!(told.contains("a gateway wants the API key"), "{told}");
    assert_eq!(found.code, 0);
}

#[tokio::test]
async fn a_port_that_closes_on_plain_http_and_speaks_tls_is_told() {
    let authority = Authority::new();
    let tls = Server::start_tls(authority.server(false), []).await;
    let target = tls.url.trim_start_matches("https://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let answering = async {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut first = [0];
            // A connection that is only tried sends nothing.
            if stream.peek(&mut first).await.unwrap_or(0) > 0 && first != *b"G" {
                let mut target = TcpStream::connect(&target).await.unwrap();
                let _ = copy_bidirectional(&mut stream, &mut target).await;
            }
        }
    };
    let arguments = ["--endpoint", &*endpoint];
    let found = tokio::select! {
        () = answering => unreachable!("it answers for ever"),
        found = examine(&arguments, &[]) => found,
    };
    assert_eq!(found.statuses().last().unwrap(), "get failed");
    let told = found.told("get");
    assert!(
        told.contains("the port speaks TLS") && told.contains("Begin `endpoint` with https://"),
        "{told}"
    );
}
