use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::*;

fn run_with(arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
    let environment: BTreeMap<_, _> = environment.iter().copied().collect();
    let lookup = |name: &str| environment.get(name).map(OsString::from);
    let outcome = run(arguments.iter().map(OsString::from), &lookup, false);
    let told = [&*outcome.stdout, &*outcome.stderr].concat();
    assert!(!told.contains("canary"), "{told}");
    outcome
}

#[test]
fn a_command_line_that_makes_no_sense_is_refused_without_its_values() {
    for (arguments, told) in [
        (&["canary"][..], "it takes options alone"),
        (&["--nonsense=canary"], "unknown option --nonsense"),
        (&["-xcanary"], "unknown option -x"),
        (&["--endpoint"], "--endpoint needs a value"),
        (
            &["--json=canary"],
            "an option has a value that it doesn't take",
        ),
        (
            &["--api-key=canary"],
            "--api-key: a secret, which is not needed here",
        ),
        (
            &["--headers", "canary"],
            "--headers: a secret, which is not needed here",
        ),
        (
            &["--max-retries=canary"],
            "--max-retries: expected a number",
        ),
        (
            &["--insecure-skip-verify=canary"],
            "--insecure-skip-verify: expected a bool",
        ),
    ] {
        let outcome = run_with(arguments, &[]);
        assert_eq!(outcome.exit, Exit::Usage, "{arguments:?}");
        assert_eq!(
            outcome.stderr,
            format!("{COMMAND}: {told}, see `{COMMAND} --help`\n")
        );
    }
    let help = run_with(&["--help"], &[]);
    assert_eq!(help.exit, Exit::Success);
    for option in [
        "--endpoint VALUE\n",
        "--insecure-skip-verify\n",
        "--proxy-url VALUE\n",
    ] {
        assert!(help.stdout.contains(option), "{}", help.stdout);
    }
    for option in ["--api-key", "--headers", "--client-key-pem"] {
        assert!(!help.stdout.contains(option), "{}", help.stdout);
    }
}

#[test]
fn settings_that_are_wrong_are_told_with_what_they_came_from_and_nothing_is_contacted() {
    let outcome = run_with(&[], &[("IWD_API_KEY", "canary")]);
    assert_eq!(outcome.exit, Exit::Failure);
    for told in [
        "setting  api_key: from IWD_API_KEY\n",
        "FAILED   settings: No IWD endpoint is set\n",
        "IWD_ENDPOINT",
    ] {
        assert!(outcome.stdout.contains(told), "{}", outcome.stdout);
    }
    let environment = [
        ("IWD_ENDPOINT", "http://me:canary@iwd"),
        ("IWD_HEADERS", "{\"canary\": 1}"),
        ("IWD_CLIENT_KEY_FILE", "-----BEGIN\ncanary"),
        ("IWD_REQUEST_TIMEOUT", ""),
    ];
    let outcome = run_with(&["--ca_cert_file", "/no/such/file"], &environment);
    assert_eq!(outcome.exit, Exit::Failure);
    for told in [
        "setting  endpoint: from IWD_ENDPOINT\n",
        "setting  ca_cert_file: from --ca-cert-file\n",
        "must not hold a user name or password",
        "environment variable IWD_HEADERS: must be a JSON object",
    ] {
        assert!(outcome.stdout.contains(told), "{told}: {}", outcome.stdout);
    }
    assert!(
        !outcome.stdout.contains("request_timeout"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn a_proxy_variable_that_can_not_be_used_fails_as_an_apply_would() {
    let environment = [
        ("IWD_ENDPOINT", "https://iwd.invalid"),
        ("HTTPS_PROXY", "ftp://me:canary@proxy"),
    ];
    let outcome = run_with(&["--json"], &environment);
    assert_eq!(outcome.exit, Exit::Failure);
    let json: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(json["ok"], false);
    assert_eq!(
        json["checks"][0]["found"],
        "Invalid proxy environment variable"
    );
}

#[test]
fn an_endpoint_that_no_client_can_reach_is_told_as_an_apply_tells_it() {
    let environment = [
        ("IWD_ENDPOINT", "https://[2001:db8::1]"),
        ("HTTPS_PROXY", "http://me:canary@proxy:3128"),
    ];
    let outcome = run_with(&[], &environment);
    assert_eq!(outcome.exit, Exit::Failure);
    for told in [
        "FAILED   settings: Invalid provider settings\n",
        "requests go through the proxy http://proxy:3128 (HTTPS_PROXY)",
        "Put a host name into `endpoint`.",
    ] {
        assert!(outcome.stdout.contains(told), "{told}: {}", outcome.stdout);
    }
}

#[test]
fn a_look_up_that_nobody_answers_is_not_waited_for() {
    let (_silent, name_server) = mpsc::channel::<()>();
    let (end, ended) = mpsc::channel();
    let looked_up = move || name_server.recv();
    thread::spawn(move || {
        let done = wait_for(async {
            tokio::task::spawn_blocking(looked_up);
            "given up"
        });
        end.send(done.unwrap())
    });
    // Whoever waits for it waits for ever.
    assert_eq!(ended.recv_timeout(Duration::from_mins(1)), Ok("given up"));
}
