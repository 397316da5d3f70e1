//! Which proxy a client gets, of the block and of the environment.

use super::*;
use crate::iwd::proxy::ProxySource;

/// A proxy and who named it.
pub(super) fn shown(proxy: Option<Proxy>) -> String {
    proxy.map_or_else(
        || "none".to_owned(),
        |Proxy { url, source }| match source {
            ProxySource::Configuration => format!("{url} of the block"),
            ProxySource::Variable(name) => format!("{url} of {name}"),
        },
    )
}

const NAMED: [(&str, &str); 2] = [
    ("HTTP_PROXY", "http://system:canary@proxy"),
    ("https_proxy", "ftp://canary@proxy"),
];

#[track_caller]
fn proxy_of<const N: usize>(arguments: [(&str, Value); N], variables: &[(&str, &str)]) -> String {
    let env = |name: &str| {
        let (_, value) = variables.iter().find(|(variable, _)| *variable == name)?;
        Some(OsString::from(value))
    };
    let settings = resolve(&block(arguments), &env).expect("no problem");
    match settings.client_settings(None) {
        Ok(client) => shown(client.proxy),
        Err(problems) => {
            let [problem] = problems.try_into().expect("one problem");
            assert!(!problem.detail.contains("canary"), "{}", problem.detail);
            format!("{}: {}", problem.summary, problem.detail)
        }
    }
}

#[test]
fn the_environment_names_the_proxy_unless_proxy_url_is_set() {
    let endpoint = ("endpoint", Value::from("http://iwd:4024"));
    let proxy = |url: &str| ("proxy_url", Value::from(url));
    let iwd = [NAMED[0], ("IWD_PROXY_URL", "socks5h://canary@own:1080")];
    let excluded = [NAMED[0], ("NO_PROXY", "iwd:4024")];
    let none = [endpoint.clone(), proxy("")];
    let own = [endpoint.clone(), proxy("http://me:canary@own")];
    let endpoint = [endpoint];
    for (told, expected) in [
        (
            proxy_of(endpoint.clone(), &NAMED),
            "http://proxy of HTTP_PROXY",
        ),
        (proxy_of(endpoint.clone(), &excluded), "none"),
        (
            proxy_of(endpoint, &iwd),
            "socks5h://own:1080 of IWD_PROXY_URL",
        ),
        (proxy_of(own.clone(), &iwd), "http://own of the block"),
        (proxy_of(own, &excluded), "http://own of the block"),
        (proxy_of(none, &NAMED), "none"),
    ] {
        assert_eq!(told, expected);
    }
}

#[test]
fn a_loopback_endpoint_is_reached_through_proxy_url_only() {
    let endpoint = ("endpoint", Value::from("http://127.0.0.1:4024"));
    let own = ("proxy_url", Value::from("http://own"));
    assert_eq!(proxy_of([endpoint.clone()], &NAMED), "none");
    assert_eq!(proxy_of([endpoint, own], &NAMED), "http://own of the block");
}

#[test]
fn a_variable_that_can_not_be_used_is_an_error_once_a_client_is_made() {
    let endpoint = ("endpoint", Value::from("https://iwd.example.com/prefix"));
    let told = proxy_of([endpoint.clone()], &NAMED);
    for part in [
        "Invalid proxy environment variable: environment variable https_proxy: must begin with http://",
        "the proxy for iwd.example.com",
        "NO_PROXY",
        "`proxy_url`",
    ] {
        assert!(told.contains(part), "{told}");
    }
    let none = ("proxy_url", Value::from(""));
    assert_eq!(proxy_of([endpoint, none], &NAMED), "none");
    assert_eq!(
        proxy_of([("endpoint", "http://iwd".into())], &NAMED),
        "http://proxy of HTTP_PROXY"
    );
}

#[test]
fn where_the_endpoint_is_not_known_nothing_is_said_of_its_proxy() {
    for endpoint in [Value::Null, Value::UNKNOWN] {
        let told = proxy_of([("endpoint", endpoint)], &[("HTTP_PROXY", "ftp://p")]);
        assert!(!told.contains("proxy"), "{told}");
    }
}

#[test]
fn a_wrong_proxy_url_is_told_without_its_value() {
    for (wrong, told) in [
        ("proxy:3128", "must begin with http://"),
        ("ftp://me:canary@proxy", "must begin with http://"),
        ("http://me:canary@proxy ", "must not hold blanks"),
        ("http://me:canary@proxy\r", "must not hold blanks"),
        ("\"http://me:canary@proxy\"", "must not stand in quotes"),
        ("http://me:canary word@proxy", "must not hold blanks"),
        ("http://me:canary-ä@proxy", "percent-encoded"),
        ("http://me:1/canary@proxy", "percent-encoded"),
        ("http://me:canary@[::1", "must name a host"),
        (" ", "must not hold blanks"),
    ] {
        let in_block = problem_of(&block([("proxy_url", wrong.into())]));
        let env = environment([("IWD_PROXY_URL", wrong)]);
        let [in_environment] = validate(&Value::Null, &env).try_into().unwrap();
        for (problem, name) in [
            (in_block, "`proxy_url`"),
            (in_environment, "environment variable IWD_PROXY_URL"),
        ] {
            assert!(problem.path.is_root());
            let detail = problem.detail;
            assert!(detail.starts_with(&format!("{name}: ")), "{detail}");
            assert!(
                detail.contains(told) && !detail.contains("canary"),
                "{detail}"
            );
        }
    }
}

#[test]
fn passwords_of_proxies_are_secrets() {
    let env = environment([
        ("HTTPS_PROXY", "http://u:canary-1@p"),
        ("http_proxy", "u:canary-2@p:1 "),
        ("IWD_PROXY_URL", "http://u:canary%2D3@p"),
    ]);
    let secrets = resolve(&block([]), &env).unwrap().secrets();
    let secrets: Vec<_> = secrets.iter().map(ExposeSecret::expose_secret).collect();
    for secret in ["canary-1", "canary-2", "canary%2D3", "canary-3"] {
        assert!(secrets.contains(&secret), "{secret}");
    }
}
