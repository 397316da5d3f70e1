//! What a proxy that fails is told as, and what of it is tried again.

use terraform_provider_iwd::iwd::tls::TlsFailure;

use super::socks::{Conduct, Socks};
use terraform_provider_iwd::iwd::client::SettingsError;

use super::*;

/// Where nobody listens.
async fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}

/// Too long for a name, so no name server is asked.
fn nameless() -> String {
    format!("{}.invalid:3128", "a".repeat(64))
}

async fn first_error_through(proxy: &str, endpoint: &str) -> Error {
    let settings = through(proxy, endpoint);
    let failure = create_with(&settings, &context()).await.unwrap_err();
    assert!(!failure.may_have_arrived, "{failure:?}");
    assert_eq!(failure.way.proxy.unwrap().address, proxy);
    failure.error
}

fn through(proxy: &str, endpoint: &str) -> ClientSettings {
    let mut settings = settings(endpoint);
    settings.proxy = Some(proxy_at(proxy));
    settings.retry.max_retries = Some(0);
    settings
}

fn at_proxy(error: Error) -> Error {
    Error::AtProxy(Box::new(error))
}

#[tokio::test]
async fn a_proxy_whose_name_has_no_address_or_that_refuses_is_the_proxys_failure() {
    let refusing = closed().await;
    for endpoint in ["http://iwd.invalid:4024", "https://iwd.invalid"] {
        for scheme in ["http", "https"] {
            let error = first_error_through(&format!("{scheme}://{refusing}"), endpoint).await;
            assert_eq!(error, at_proxy(Error::Refused), "{scheme} {endpoint}");
        }
        for scheme in ["http", "socks5h"] {
            let nameless = format!("{scheme}://{}", nameless());
            let error = first_error_through(&nameless, endpoint).await;
            assert_eq!(error, at_proxy(Error::Dns), "{scheme} {endpoint}");
        }
        // Of a refusal, the library gives no reason.
        let error = first_error_through(&format!("socks5h://{refusing}"), endpoint).await;
        let no_reason = "SOCKS error: failed to create underlying connection".to_owned();
        assert_eq!(
            error,
            at_proxy(Error::NoConnection(no_reason)),
            "{endpoint}"
        );
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_trusted_or_slow_to_shake_hands_is_the_proxys_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("https://{}", listener.local_addr().unwrap());
    for endpoint in ["http://iwd.invalid:4024", "https://iwd.invalid"] {
        let server = Server::start_tls(Authority::new().server(false), [CREATED]).await;
        let error = first_error_through(&server.url, endpoint).await;
        let Error::AtProxy(problem) = error else {
            panic!("{error:?}");
        };
        assert!(matches!(*problem, Error::Tls { .. }), "{problem:?}");

        let mut settings = through(&silent, endpoint);
        settings.request_timeout = Duration::from_millis(200);
        let failure = create_with(&settings, &context()).await.unwrap_err();
        let (sent, limit) = (false, settings.request_timeout / 2);
        let timeout = Error::Timeout { sent, limit };
        // Behind a tunnel, it may be the endpoint that is slow.
        let is_tunnel = endpoint.starts_with("https:");
        let expected = if is_tunnel {
            timeout
        } else {
            at_proxy(timeout)
        };
        assert_eq!(failure.error, expected);
    }
}

/// A proxy that wants a client certificate, and lets clients without one read why they are refused.
async fn demanding(authority: &Authority) -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(authority.server(true)));
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Err((_, mut stream)) = acceptor.accept(stream).into_fallible().await {
                let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
            }
        }
    });
    (url, task)
}

#[tokio::test]
async fn a_proxy_that_wants_a_client_certificate_says_so() {
    let authority = Authority::new();
    let (proxy, task) = demanding(&authority).await;
    for endpoint in ["http://iwd.invalid:4024", "https://iwd.invalid"] {
        let mut settings = through(&proxy, endpoint);
        settings.ca_certs_pem = Some(authority.pem());
        let failure = create_with(&settings, &context()).await.unwrap_err();
        let refused = Error::Tls(TlsFailure::Identity {
            alert: "certificate required".to_owned(),
            was_given: false,
        });
        assert_eq!(failure.error, at_proxy(refused), "{endpoint}");
    }
    task.abort();
}

#[tokio::test]
async fn an_endpoint_that_hangs_up_on_tls_is_no_failure_of_the_proxy() {
    let authority = Authority::new();
    let connected = Turn::AnswerAndEnd("HTTP/1.1 200 OK\r\n\r\n");
    let proxy = Server::start_tls(authority.server(false), [connected]).await;
    let mut settings = through(&proxy.url, "https://iwd.invalid");
    settings.ca_certs_pem = Some(authority.pem());
    let failure = create_with(&settings, &context()).await.unwrap_err();
    assert_eq!(failure.error, Error::TlsHangUp);
}

#[tokio::test]
async fn a_proxy_that_does_not_answer_with_http_is_the_proxys_failure() {
    let garbled = Server::start([Turn::AnswerAndEnd("\x15\x03\x01\x00\x02\x02\x46")]).await;
    let settings = through(&garbled.url, "http://iwd.invalid:4024");
    let failure = create_with(&settings, &context()).await.unwrap_err();
    assert_eq!(failure.error, at_proxy(Error::NotHttp));
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn a_socks_proxy_that_is_down_or_hangs_up_is_tried_again_as_an_http_proxy_is() {
    let refusing = closed().await;
    let hanging_up = [
        Socks::start(Conduct::HangUp(0)).await,
        Socks::start(Conduct::HangUp(1)).await,
        Socks::start(Conduct::HangUp(2)).await,
    ];
    let addresses = hanging_up.iter().map(|socks| socks.address.to_string());
    for address in addresses.chain([refusing, nameless()]) {
        for scheme in ["socks5", "socks5h"] {
            let mut settings = through(&format!("{scheme}://{address}"), "http://127.0.0.1:9");
            settings.retry.max_retries = Some(2);
            let failure = create_with(&settings, &context()).await.unwrap_err();
            assert!(matches!(failure.error, Error::AtProxy(_)), "{failure:?}");
            assert_eq!(failure.gave_up, GaveUp::RetriesUsed, "{scheme} {address}");
            assert_eq!(failure.attempts, 3);
        }
    }
}

#[tokio::test]
async fn what_a_socks_proxy_replies_decides_whether_it_is_tried_again() {
    let refused = |words: &str| Error::Proxy(format!("SOCKS error: {words}"));
    let unknown = at_proxy(Error::NoConnection(
        "SOCKS error: failed parsing server response".to_owned(),
    ));
    for (conduct, error, gave_up) in [
        (Conduct::Reply(1), Error::Tunnel, GaveUp::LimitedRetriesUsed),
        (
            Conduct::Reply(2),
            refused("connection not allowed"),
            GaveUp::NotRetryable,
        ),
        (Conduct::Reply(3), Error::Refused, GaveUp::RetriesUsed),
        (Conduct::Reply(4), Error::Refused, GaveUp::RetriesUsed),
        (Conduct::Reply(5), Error::Refused, GaveUp::RetriesUsed),
        (Conduct::Reply(6), Error::Refused, GaveUp::RetriesUsed),
        (
            Conduct::Reply(7),
            refused("command not supported"),
            GaveUp::NotRetryable,
        ),
        (
            Conduct::Reply(8),
            refused("address type not supported"),
            GaveUp::NotRetryable,
        ),
        (Conduct::Reply(9), unknown.clone(), GaveUp::RetriesUsed),
        (Conduct::Reply(255), unknown, GaveUp::RetriesUsed),
        (
            Conduct::Method(255),
            refused("server does not support user/pass authentication"),
            GaveUp::NotRetryable,
        ),
    ] {
        let socks = Socks::start(conduct).await;
        let mut settings = through(
            &format!("socks5h://{}", socks.address),
            "http://iwd.invalid",
        );
        settings.retry.max_retries = Some(3);
        let failure = create_with(&settings, &context()).await.unwrap_err();
        assert_eq!(
            (failure.error, failure.gave_up),
            (error, gave_up),
            "{conduct:?}"
        );
        assert!(!failure.may_have_arrived);
    }
}

#[tokio::test]
async fn an_ipv6_address_is_reached_through_every_proxy_without_tls() {
    let endpoint = "http://[fd00::1]:4024";
    let proxy = Server::start([CREATED]).await;
    create_with(&through(&proxy.url, endpoint), &context())
        .await
        .unwrap();
    let [request] = proxy.requests().try_into().unwrap();
    let line = "POST http://[fd00::1]:4024/iwd/v3/provisioning HTTP/1.1\r\n";
    assert!(request.starts_with(line), "{request}");

    for scheme in ["socks5", "socks5h"] {
        let server = Server::start([CREATED]).await;
        let target = server.url.trim_start_matches("http://").parse().unwrap();
        let socks = Socks::start(Conduct::Connect(target)).await;
        let proxy = format!("{scheme}://{}", socks.address);
        create_with(&through(&proxy, endpoint), &context())
            .await
            .unwrap();
        let address = "fd00::1".parse::<std::net::Ipv6Addr>().unwrap();
        let asked = [vec![4], address.octets().to_vec()].concat();
        assert_eq!(socks.asked(), [asked], "{scheme}");
    }
}

#[test]
fn an_ipv6_address_with_tls_is_refused_before_anything_is_sent_through_a_proxy() {
    for proxy in ["http://p", "https://p", "socks5://p", "socks5h://p"] {
        let settings = through(proxy, "https://[fd00::1]:4024");
        let error = Client::new(&settings).unwrap_err();
        let named = matches!(&error, SettingsError::Ipv6BehindProxy(name) if name.address == proxy);
        assert!(named, "{error:?}");
    }
    let mut direct = through("http://p", "https://[fd00::1]:4024");
    direct.proxy = None;
    Client::new(&direct).unwrap();
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
