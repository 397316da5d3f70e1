//! What the settings mean, and what is wrong with them.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;

use crate::iwd::retry::Policy;
use crate::tf_provider::diagnostic::Severity;
use crate::tf_provider::duration;
use crate::tf_provider::path::AttributePath;
use crate::tf_provider::schema::Attribute;

use self::proxies::shown;
use super::*;

mod foreseen;
mod log;
mod proxies;

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
fn the_endpoint_is_a_plain_base_url() {
    for good in [
        "http://iwd.iwd:4024",
        "https://h/prefix/",
        "https://[::1]:1/iwd/v3",
        "https://h/a@b",
    ] {
        assert_eq!(
            problems_of(&block([("endpoint", good.into())])),
            [],
            "{good}"
        );
    }
    for bad in [
        "",
        " ",
        "iwd",
        "iwd:4024",
        "//iwd",
        "ftp://iwd",
        "http:iwd",
        "http://",
        "http://iwd?a=b",
        "http://iwd#a",
        "http://iwd\n",
        " http://iwd",
    ] {
        let problem = problem_of(&block([("endpoint", bad.into())]));
        assert_eq!(problem.summary, "Invalid provider setting", "{bad:?}");
        assert_eq!(problem.path.to_string(), "endpoint");
    }
}

#[test]
fn an_endpoint_with_a_password_is_not_pointed_at() {
    for wrong in [
        "ftp://user:canary@iwd",
        "http://user:canary pw@iwd",
        "http:/user:canary@iwd",
        "http://user:canary@iwd:99999",
        "user:canary@iwd",
        "http://@iwd",
    ] {
        let problem = problem_of(&block([("endpoint", wrong.into())]));
        assert!(problem.path.is_root(), "{wrong}");
        assert!(!problem.detail.contains("canary"), "{wrong}");
    }
    let problem = problem_of(&block([("endpoint", "http://user:canary@iwd".into())]));
    assert!(problem.path.is_root());
    assert!(
        problem
            .detail
            .starts_with("`endpoint`: must not hold a user name or password")
    );
    assert!(!problem.detail.contains("canary"));
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
fn secrets_are_checked_but_neither_quoted_nor_pointed_at() {
    for block in [
        block([("api_key", "canary\n".into())]),
        block([("api_key", " ".into())]),
        block([("tenant_api_keys", map([("t1", "".into())]))]),
        block([("tenant_api_keys", map([("canary key", "t1".into())]))]),
        block([("proxy_url", "canary:3128".into())]),
        block([("proxy_url", "http://u:canary@proxy\n".into())]),
        block([("ca_cert_file", "-----BEGIN\ncanary".into())]),
        block([
            ("client_key_file", Value::UNKNOWN),
            ("client_cert_pem", Value::UNKNOWN),
            ("proxy_url", "canary".into()),
        ]),
    ] {
        let problem = problem_of(&block);
        assert!(problem.path.is_root(), "{}", problem.detail);
        assert!(!problem.detail.contains("canary"), "{}", problem.detail);
    }
    let (certificate, _) = identity();
    let broken = block([
        ("client_cert_pem", certificate.into()),
        ("client_key_pem", "canary".into()),
    ]);
    let problem = problem_of(&broken);
    assert!(problem.path.is_root());
    assert!(problem.detail.starts_with("`client_key_pem`: "));
}

#[test]
fn what_nobody_sees_in_a_key_or_a_header_is_a_warning_without_the_value() {
    for (argument, value, what) in [
        (
            "api_key",
            "canary ".into(),
            "the key holds a blank at its end.",
        ),
        (
            "tenant_api_keys",
            map([
                ("t1", "can\u{200b}ary".into()),
                ("t2", "can\u{200b}ary".into()),
            ]),
            "a key in it holds a zero-width space (U+200B).",
        ),
        (
            "headers",
            map([("X-Canary", "\u{feff}canary".into())]),
            "a header's value holds a byte order mark (U+FEFF).",
        ),
    ] {
        let told = problem_of(&block([(argument, value)]));
        assert_eq!(told.severity, Severity::Warning);
        assert!(told.path.is_root());
        let begin = format!("`{argument}`: {what}");
        assert!(told.detail.starts_with(&begin), "{}", told.detail);
        assert!(
            !told.detail.to_lowercase().contains("canary"),
            "{}",
            told.detail
        );
    }
    let env = environment([("IWD_API_KEY", "\u{a0}canary")]);
    let [told] = validate(&Value::Null, &env).try_into().unwrap();
    let begin = "environment variable IWD_API_KEY: the key holds a no-break space (U+00A0).";
    assert!(told.detail.starts_with(begin), "{}", told.detail);
}

#[test]
fn no_name_of_a_header_is_quoted_that_may_be_a_value() {
    for headers in [
        map([("canary token", "X-Team".into())]),
        map([("canary", "X-Team\n".into())]),
        map([("canary", "X-Team".into()), ("Canary", "X-Team".into())]),
    ] {
        let told = problem_of(&block([("headers", headers)]));
        assert!(
            !told.detail.to_lowercase().contains("canary"),
            "{}",
            told.detail
        );
    }
    let told = problem_of(&block([("headers", map([("X-API-Key", "canary".into())]))]));
    assert!(
        told.detail.contains("header \"X-API-Key\": the provider"),
        "{}",
        told.detail
    );
}

#[test]
fn a_path_that_may_be_a_key_is_not_shown() {
    let (_, key) = identity();
    let body: String = key.lines().filter(|line| !line.starts_with('-')).collect();
    let in_one_line = body.replace(&body[60..64], "/ + ");
    let long = format!("/certs/{}", "canary-".repeat(40));
    for path in [body.as_str(), &in_one_line, &long] {
        let settings = settings_of(&block([
            ("endpoint", "https://h".into()),
            ("client_cert_pem", Value::UNKNOWN),
            ("client_key_file", path.into()),
        ]));
        let problems = settings.client_settings(None).unwrap_err();
        let is_of_file = |problem: &&Diagnostic| problem.detail.contains("client_key_file");
        let [told] = problems
            .iter()
            .filter(is_of_file)
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        assert!(told.detail.contains("not shown"), "{}", told.detail);
        assert!(
            told.path.is_root() && !told.detail.contains(path),
            "{}",
            told.detail
        );
        assert!(!format!("{settings:?}").contains(path));
    }
    let one_line = format!("-----BEGIN PRIVATE KEY-----{body}-----END PRIVATE KEY-----");
    let glued = block([("ca_cert_file", one_line.into())]);
    let told = problem_of(&glued);
    assert!(
        told.path.is_root() && !told.detail.contains(&body),
        "{}",
        told.detail
    );
    let path = Path::new("/etc/ssl/private/terraform-iwd/client.key");
    assert_eq!(pem::shown(path).as_deref(), path.to_str());
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
fn inline_and_file_conflict_in_one_place_but_not_between_two() {
    let (pem, _) = identity();
    let both = block([
        ("ca_cert_pem", pem.as_str().into()),
        ("ca_cert_file", "ca.pem".into()),
    ]);
    let problem = problem_of(&both);
    assert_eq!(problem.summary, "Conflicting provider settings");

    let env = environment([
        ("IWD_CA_CERT_PEM", pem.as_str()),
        ("IWD_CA_CERT_FILE", "ca.pem"),
    ]);
    let [problem] = validate(&Value::Null, &env).try_into().unwrap();
    assert!(
        problem.detail.contains("IWD_CA_CERT_PEM") && problem.detail.contains("IWD_CA_CERT_FILE")
    );

    let env = environment([("IWD_CA_CERT_PEM", "broken, but not looked at")]);
    let block = block([
        ("ca_cert_file", "/nowhere/ca.pem".into()),
        ("endpoint", "http://h".into()),
    ]);
    let settings = resolve(&block, &env).unwrap();
    let problems = settings.client_settings(None).unwrap_err();
    assert_eq!(
        problems[0].summary,
        "Error reading a file of the provider settings"
    );
    assert_eq!(problems[0].path.to_string(), "ca_cert_file");
    assert!(problems[0].detail.contains("/nowhere/ca.pem"));
}

#[test]
fn files_are_read_when_the_client_is_built_and_checked_like_inline_ones() {
    let (certificate, key) = identity();
    let file = |content: &str| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        file
    };
    let (certificate_file, key_file) = (file(&certificate), file(&key));
    let settings = |key_file: &str| {
        settings_of(&block([
            ("endpoint", "https://h".into()),
            (
                "client_cert_file",
                certificate_file.path().to_str().unwrap().into(),
            ),
            ("client_key_file", key_file.into()),
        ]))
    };
    let client = settings(key_file.path().to_str().unwrap())
        .client_settings(None)
        .unwrap();
    let identity = client.identity.unwrap();
    assert_eq!(identity.certificate_pem, certificate);
    assert_eq!(identity.key_pem.expose_secret(), key);

    let broken = settings(certificate_file.path().to_str().unwrap());
    let problems = broken.client_settings(None).unwrap_err();
    assert!(problems[0].detail.starts_with(
        "`client_key_file`: the client key, which must not be encrypted: there is none"
    ));
}

#[test]
fn a_file_of_der_says_how_to_convert_it() {
    let made = rcgen::generate_simple_self_signed(vec!["iwd".to_owned()]).unwrap();
    let key = made.signing_key.serialize_der();
    let certificate = made.cert.der();
    for (argument, content, command) in [
        (
            "ca_cert_file",
            &certificate[..],
            "openssl x509 -inform der -in ",
        ),
        ("client_key_file", &key, "openssl pkey -inform der -in "),
    ] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let path = file.path().to_str().unwrap();
        let settings = settings_of(&block([
            ("endpoint", "https://h".into()),
            ("client_cert_pem", Value::UNKNOWN),
            (argument, path.into()),
        ]));
        let problems = settings.client_settings(None).unwrap_err();
        let told = problems
            .iter()
            .find(|problem| problem.path.to_string() == argument)
            .unwrap();
        let command = format!("`{command}{path} -out FILE.pem`");
        assert!(told.detail.contains(&command), "{}", told.detail);
    }
}

#[test]
fn pem_is_taken_as_it_comes_and_none_of_it_is_passed_over() {
    let (certificate, _) = identity();
    let file = |content: &[u8]| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        file
    };
    let problems = |content: &[u8]| {
        let file = file(content);
        let settings = settings_of(&block([
            ("endpoint", "https://h".into()),
            ("ca_cert_file", file.path().to_str().unwrap().into()),
        ]));
        settings.client_settings(None).err().unwrap_or_default()
    };
    let windows = format!("\u{feff}{}", certificate.replace('\n', "\t\r\n"));
    let commented = [b"# Z\xfcrich\n", certificate.as_bytes()].concat();
    for good in [certificate.as_bytes(), windows.as_bytes(), &commented] {
        assert_eq!(problems(good), []);
    }
    let glued = certificate.trim_end().repeat(2);
    let [problem] = problems(glued.as_bytes()).try_into().unwrap();
    let told = "`ca_cert_file`: the CA certificates: 2 begin, but only 1 can be read";
    assert!(problem.detail.starts_with(told), "{}", problem.detail);
    let inline = problem_of(&block([("ca_cert_pem", glued.into())]));
    assert!(inline.detail.contains("2 begin"), "{}", inline.detail);
    assert_eq!(problems_of(&block([("ca_cert_pem", windows.into())])), []);
}

#[test]
fn a_certificate_needs_its_key_and_the_reverse() {
    for (given, missing) in [
        ("client_cert_file", "client_key_pem"),
        ("client_key_file", "client_cert_pem"),
    ] {
        let problem = problem_of(&block([(given, "file.pem".into())]));
        assert_eq!(problem.summary, "Incomplete client certificate");
        assert!(problem.detail.contains(missing), "{}", problem.detail);
        let unknown = block([(given, "file.pem".into()), (missing, Value::UNKNOWN)]);
        assert_eq!(problems_of(&unknown), []);
    }
}

#[test]
fn switching_verification_off_is_a_warning() {
    let problem = problem_of(&block([("insecure_skip_verify", true.into())]));
    assert_eq!(problem.severity, Severity::Warning);
    assert_eq!(problem.path.to_string(), "insecure_skip_verify");
    assert_eq!(
        problems_of(&block([("insecure_skip_verify", false.into())])),
        []
    );
}

#[test]
fn the_key_of_the_tenant_comes_before_the_key_for_all() {
    let keys = map([
        ("t1", "own".into()),
        ("t2", Value::UNKNOWN),
        ("t3", Value::Null),
    ]);
    let settings = settings_of(&block([
        ("tenant_api_keys", keys),
        ("api_key", "all".into()),
    ]));
    assert_eq!(key_of(&settings, "t1").as_deref(), Some("own"));
    assert!(matches!(
        settings.key_for(&"t2".parse().unwrap()),
        KeyLookup::Unknown
    ));
    assert_eq!(key_of(&settings, "t3").as_deref(), Some("all"));
    assert_eq!(key_of(&settings_of(&block([])), "t1"), None);

    let unknown = settings_of(&block([
        ("tenant_api_keys", Value::UNKNOWN),
        ("api_key", "all".into()),
    ]));
    assert!(matches!(
        unknown.key_for(&"t1".parse().unwrap()),
        KeyLookup::Unknown
    ));
}

#[test]
fn a_key_says_where_it_was_found() {
    let source = |settings: &Settings, ccid: &str| match settings.key_for(&ccid.parse().unwrap()) {
        KeyLookup::Known(key) => key.source,
        other => panic!("{other:?}"),
    };
    let block = block([
        ("tenant_api_keys", map([("t1", "own".into())])),
        ("api_key", "all".into()),
    ]);
    let settings = settings_of(&block);
    let entry = KeySource::TenantApiKeys(Argument::in_block("tenant_api_keys"));
    assert_eq!(source(&settings, "t1"), entry);
    let for_all = KeySource::ApiKey(Argument::in_block("api_key"));
    assert_eq!(source(&settings, "t2"), for_all);

    let env = environment([
        ("IWD_TENANT_API_KEYS", r#"{"t1":"own"}"#),
        ("IWD_API_KEY", "all"),
    ]);
    let settings = resolve(&Value::Null, &env).unwrap();
    let entry = KeySource::TenantApiKeys(Argument::in_environment("tenant_api_keys"));
    assert_eq!(source(&settings, "t1"), entry);
    let for_all = KeySource::ApiKey(Argument::in_environment("api_key"));
    assert_eq!(source(&settings, "t2"), for_all);
}

#[test]
fn a_key_under_another_spelling_of_the_ccid_is_used_unless_two_are_there() {
    let keys = map([
        ("AB", "upper".into()),
        ("cD", "one".into()),
        ("Cd", "other".into()),
    ]);
    let settings = settings_of(&block([
        ("tenant_api_keys", keys),
        ("api_key", "all".into()),
    ]));
    assert_eq!(key_of(&settings, "ab").as_deref(), Some("upper"));
    assert_eq!(key_of(&settings, "AB").as_deref(), Some("upper"));
    assert_eq!(key_of(&settings, "cD").as_deref(), Some("one"));
    assert_eq!(key_of(&settings, "ef").as_deref(), Some("all"));
    assert!(matches!(
        settings.key_for(&"cd".parse().unwrap()),
        KeyLookup::Ambiguous
    ));
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

#[test]
fn every_secret_is_known_for_masking_and_none_is_in_debug() {
    let (certificate, key) = identity();
    let settings = settings_of(&block([
        ("endpoint", "http://visible".into()),
        ("api_key", "canary-1".into()),
        ("tenant_api_keys", map([("t1", "canary-2".into())])),
        (
            "headers",
            map([
                ("X-A", "canary-3".into()),
                ("X-B", "Bearer canary-4".into()),
                ("Authorization", "Basic bWU6Y2FuYXJ5LTU=".into()),
            ]),
        ),
        ("proxy_url", "http://canary-token:can%2Fary+4@proxy".into()),
        ("client_cert_pem", certificate.into()),
        ("client_key_pem", key.as_str().into()),
    ]));
    let secrets = settings.secrets();
    let secrets: Vec<&str> = secrets.iter().map(ExposeSecret::expose_secret).collect();
    for secret in [
        "canary-1",
        "canary-2",
        "canary-3",
        "Bearer canary-4",
        "canary-4",
        "canary-5",
        "canary-token",
        "can%2Fary+4",
        "can/ary+4",
        &key,
    ] {
        assert!(secrets.contains(&secret), "{secret}");
    }
    assert_eq!(settings.visible(), ["http://visible/", "visible"]);

    let shown = format!("{settings:?} {:?}", settings.client_settings(None));
    assert!(shown.contains("visible"));
    for secret in ["canary", "can%2Fary", key.lines().nth(1).unwrap()] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn an_endpoint_whose_host_ends_in_a_number_proposes_one_that_the_http_library_takes() {
    let problem = problem_of(&block([("endpoint", "http://iwd.100:4024".into())]));
    assert_eq!(problem.path, AttributePath::of(&["endpoint"]));
    for part in ["`endpoint`: names the host iwd.100,", "write iwd.100.svc."] {
        assert!(problem.detail.contains(part), "{}", problem.detail);
    }
    let in_cluster = block([("endpoint", "http://iwd.100.svc:4024".into())]);
    assert_eq!(problems_of(&in_cluster), []);
}

#[test]
fn an_endpoint_of_the_block_is_known_to_override_another_one_of_the_environment() {
    let overridden = |block: &Value, variable: &str| {
        let settings = resolve(block, &environment([("IWD_ENDPOINT", variable)])).unwrap();
        settings.client_settings(None).unwrap().overridden
    };
    let block = block([("endpoint", "http://iwd".into())]);
    let variable = Some("IWD_ENDPOINT".to_owned());
    assert_eq!(overridden(&block, "http://other"), variable);
    assert_eq!(overridden(&block, "http://iwd"), None);
    assert_eq!(overridden(&block, "HTTP://iwd:80/"), None);
    assert_eq!(overridden(&block, ""), None);
    assert_eq!(overridden(&Value::Null, "http://other"), None);
}
