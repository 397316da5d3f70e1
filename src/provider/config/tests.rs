//! What the settings mean, and what is wrong with them.

use std::collections::HashMap;
use std::fs;

use crate::iwd::retry::Policy;
use crate::tf_provider::diagnostic::Severity;
use crate::tf_provider::duration;
use crate::tf_provider::schema::Attribute;

use self::proxies::shown;
use super::*;

mod certificates;
mod endpoint;
mod foreseen;
mod keys;
mod log;
mod proxies;
mod secrets;

/// A provider block of these arguments, all others null.
fn block<const N: usize>(arguments: [(&str, Value); N]) -> Value {
    Value::object(arguments)
}

fn map<const N: usize>(elements: [(&str, Value); N]) -> Value {
    Value::object(elements)
}

fn environment<const N: usize>(variables: [(&str, &str); N]) -> impl Fn(&str) -> Option<OsString> {
    let variables: HashMap<String, OsString> = variables
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    move |name| variables.get(name).cloned()
}

fn problems_of(block: &Value) -> Vec<Diagnostic> {
    validate(block, &environment([]))
}

/// The only problem of a block.
#[track_caller]
fn problem_of(block: &Value) -> Diagnostic {
    let [problem] = problems_of(block).try_into().expect("one problem");
    problem
}

#[track_caller]
fn settings_of(block: &Value) -> Settings {
    resolve(block, &environment([])).expect("no problem")
}

fn key_of(settings: &Settings, ccid: &str) -> Option<String> {
    match settings.key_for(&ccid.parse().unwrap()) {
        KeyLookup::Known(key) => Some(key.value.expose_secret().to_owned()),
        KeyLookup::None => None,
        KeyLookup::Ambiguous => panic!("two keys for {ccid}"),
        KeyLookup::Unknown => panic!("unknown"),
    }
}

/// A file with that content, which is there as long as the value is, and its path.
fn file(content: impl AsRef<[u8]>) -> (tempfile::TempPath, String) {
    let file = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    fs::write(&file, content).unwrap();
    let path = file.to_str().unwrap().to_owned();
    (file, path)
}

fn identity() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(vec!["client".to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

#[test]
fn an_empty_or_unknown_block_is_fine_until_the_api_is_needed() {
    for block in [Value::Null, block([]), Value::UNKNOWN] {
        assert_eq!(problems_of(&block), []);
    }
    let problems = settings_of(&block([])).client_settings(None).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].summary, "No IWD endpoint is set");
    assert!(problems[0].detail.contains("`endpoint`"));
    assert!(problems[0].detail.contains("IWD_ENDPOINT"));
}

#[test]
fn what_is_not_set_has_its_default() {
    let settings = settings_of(&block([("endpoint", "http://iwd".into())]));
    let client = settings.client_settings(None).unwrap();
    assert_eq!(client.request_timeout, Duration::from_mins(1));
    assert_eq!(client.retry.max_retries, None);
    assert_eq!(client.retry.min_wait, Duration::from_millis(500));
    assert_eq!(client.retry.max_wait, Duration::from_secs(30));
    assert!(client.proxy.is_none());
    assert!(!client.insecure_skip_verify);
    for (name, default) in [
        ("request_timeout", client.request_timeout),
        ("retry_min_wait", client.retry.min_wait),
        ("retry_max_wait", client.retry.max_wait),
    ] {
        let schema = crate::provider::schema::schema();
        let is_meant = |attribute: &&Attribute| attribute.name == name;
        let attribute = schema.block.attributes.iter().find(is_meant).unwrap();
        let documented = attribute.description.split("Default `").nth(1).unwrap();
        let documented = duration::parse(documented.split('`').next().unwrap());
        assert_eq!(documented, Ok(default), "{name}");
    }
}

#[test]
fn every_setting_comes_from_the_environment_too_and_the_block_wins() {
    let env = environment([
        ("IWD_ENDPOINT", "https://env"),
        ("IWD_API_KEY", "env key"),
        ("IWD_TENANT_API_KEYS", r#"{"t1":"env t1"}"#),
        ("IWD_HEADERS", r#"{"X-Env":"1"}"#),
        ("IWD_INSECURE_SKIP_VERIFY", "true"),
        ("IWD_PROXY_URL", "http://proxy:3128"),
        ("IWD_REQUEST_TIMEOUT", "10s"),
        ("IWD_MAX_RETRIES", "3"),
        ("IWD_RETRY_MIN_WAIT", "1s"),
        ("IWD_RETRY_MAX_WAIT", "2s"),
    ]);
    let settings = resolve(&Value::Null, &env).unwrap();
    assert_eq!(key_of(&settings, "t1").as_deref(), Some("env t1"));
    assert_eq!(key_of(&settings, "t2").as_deref(), Some("env key"));
    let client = settings.client_settings(None).unwrap();
    assert_eq!(client.endpoint.as_str(), "https://env/");
    assert_eq!(client.headers["X-Env"].expose_secret(), "1");
    assert!(client.insecure_skip_verify);
    assert_eq!(shown(client.proxy), "http://proxy:3128 of IWD_PROXY_URL");
    assert_eq!(client.request_timeout, Duration::from_secs(10));
    let retry = Policy {
        max_retries: Some(3),
        min_wait: Duration::from_secs(1),
        max_wait: Duration::from_secs(2),
    };
    assert_eq!(client.retry, retry);

    let block = block([
        ("endpoint", "http://block".into()),
        ("api_key", "block key".into()),
        ("headers", map([])),
        ("insecure_skip_verify", false.into()),
        ("proxy_url", "".into()),
        ("max_retries", 0.into()),
    ]);
    let settings = resolve(&block, &env).unwrap();
    assert_eq!(key_of(&settings, "t2").as_deref(), Some("block key"));
    let client = settings.client_settings(None).unwrap();
    assert_eq!(client.endpoint.as_str(), "http://block/");
    assert!(client.headers.is_empty());
    assert!(!client.insecure_skip_verify);
    assert!(client.proxy.is_none());
    assert_eq!(client.retry.max_retries, Some(0));
}

#[test]
fn an_empty_variable_is_none() {
    let env = environment([
        ("IWD_ENDPOINT", ""),
        ("IWD_PROXY_URL", ""),
        ("IWD_HEADERS", ""),
        ("IWD_CA_CERT_PEM", ""),
        ("IWD_MAX_RETRIES", ""),
    ]);
    assert_eq!(validate(&Value::Null, &env), []);
}

#[test]
fn a_wrong_variable_is_named_and_no_argument_pointed_at() {
    for (name, value) in [
        ("IWD_ENDPOINT", "iwd.example.com"),
        ("IWD_TENANT_API_KEYS", "[]"),
        ("IWD_HEADERS", r#"{"a":1}"#),
        ("IWD_INSECURE_SKIP_VERIFY", "yes"),
        ("IWD_REQUEST_TIMEOUT", "60"),
        ("IWD_MAX_RETRIES", "many"),
        ("IWD_CA_CERT_PEM", "no PEM"),
    ] {
        let [problem] = validate(&Value::Null, &environment([(name, value)]))
            .try_into()
            .unwrap();
        let start = format!("environment variable {name}: ");
        assert!(problem.detail.starts_with(&start), "{}", problem.detail);
        assert!(problem.path.is_root());
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_not_taken_for_an_unset_one() {
    use std::os::unix::ffi::OsStringExt as _;

    let garbage = |name: &str| (name == "IWD_API_KEY").then(|| OsString::from_vec(vec![0xff]));
    let problems = validate(&block([]), &garbage);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].detail.contains("IWD_API_KEY: must be text"));
}

#[test]
fn headers_of_the_clients_own_and_broken_ones_are_refused() {
    for name in [
        "X-Api-Key",
        "content-type",
        "HOST",
        "Transfer-Encoding",
        "Accept-Encoding",
        "Content-Encoding",
        "X Y",
        "",
    ] {
        let problem = problem_of(&block([("headers", map([(name, "canary".into())]))]));
        assert!(problem.path.is_root(), "{name}");
        assert!(
            problem.detail.starts_with("`headers`: header "),
            "{}",
            problem.detail
        );
    }
    let problem = problem_of(&block([("headers", map([("X", "canary\n".into())]))]));
    assert!(!problem.detail.contains("canary"));
    let twice = map([("X-A", "1".into()), ("x-a", "2".into())]);
    let problem = problem_of(&block([("headers", twice)]));
    assert!(problem.detail.contains("twice"));
    let unknown = map([("X-Api-Key", Value::UNKNOWN)]);
    problem_of(&block([("headers", unknown)]));
}

#[test]
fn durations_and_counts_are_checked() {
    for name in ["request_timeout", "retry_min_wait", "retry_max_wait"] {
        for bad in ["", "0s", "-1s", "60", "1 m"] {
            let problem = problem_of(&block([(name, bad.into())]));
            assert_eq!(problem.path.to_string(), name, "{bad}");
        }
    }
    for bad in ["-1", "1.5", "4294967296"] {
        let number = Value::Number(bad.parse().unwrap());
        let problem = problem_of(&block([("max_retries", number)]));
        assert_eq!(problem.path.to_string(), "max_retries", "{bad}");
    }
}

#[test]
fn the_shortest_wait_is_no_longer_than_the_longest_defaults_included() {
    let problem = problem_of(&block([("retry_min_wait", "31s".into())]));
    assert_eq!(problem.path.to_string(), "retry_min_wait");
    let problem = problem_of(&block([("retry_max_wait", "100ms".into())]));
    assert_eq!(problem.path.to_string(), "retry_max_wait");
    let unknown = block([
        ("retry_min_wait", "31s".into()),
        ("retry_max_wait", Value::UNKNOWN),
    ]);
    assert_eq!(problems_of(&unknown), []);
}

#[test]
fn all_problems_come_in_one_run() {
    let broken = block([
        ("endpoint", "iwd".into()),
        ("api_key", "".into()),
        ("headers", map([("Host", "a".into()), ("X Y", "b".into())])),
        ("ca_cert_pem", "no PEM".into()),
        ("request_timeout", "soon".into()),
        ("max_retries", (-1).into()),
        ("insecure_skip_verify", true.into()),
    ]);
    assert_eq!(problems_of(&broken).len(), 8);
    assert_eq!(resolve(&broken, &environment([])).unwrap_err().len(), 8);
}

#[test]
fn an_unknown_setting_passes_until_a_request_needs_it() {
    let names = [
        "endpoint",
        "headers",
        "ca_cert_file",
        "client_cert_pem",
        "client_key_pem",
        "insecure_skip_verify",
        "proxy_url",
        "request_timeout",
        "max_retries",
        "retry_min_wait",
        "retry_max_wait",
    ];
    for name in names {
        let mut block = block([("endpoint", "http://h".into())]);
        block.set_attribute(name, Value::UNKNOWN);
        let problems = settings_of(&block).client_settings(None).unwrap_err();
        assert_eq!(problems.len(), 1, "{name}");
        assert_eq!(problems[0].summary, "A provider setting is not known yet");
        assert!(
            problems[0].detail.contains(&format!("`{name}`")),
            "{}",
            problems[0].detail
        );
    }
    let partly = block([
        ("endpoint", "http://h".into()),
        (
            "headers",
            map([("X-A", "1".into()), ("X-B", Value::UNKNOWN)]),
        ),
    ]);
    let problems = settings_of(&partly).client_settings(None).unwrap_err();
    assert!(problems[0].detail.contains("`headers`"));
}
