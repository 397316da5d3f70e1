mod refusals;
mod scripts;
mod stacks;

use std::path::Path;

use serde_json::{Value as Json, json};

use super::*;

const CCID: &str = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100";

/// A body whose every secret has `canary` in it.
fn body(ccid: &str) -> Json {
    json!({
        "tenant": {
            "id": "100", "name": "t100", "ccid": ccid, "apiKey": "canary-1",
            "gws": {
                "gwsUrl": "http://gws",
                "data": {"authUrl": "http://auth", "authredircetUrl": "https://auth.example.com"},
                "secret": {
                    "clientId": "iwd_client", "clientSecret": "canary-2", "apikey": "canary-3",
                    "username": "default", "token": "canary-4",
                },
            },
        },
        "iwd": {
            "url": "http://iwd.iwd:4024",
            "db": {
                "host": "pg", "port": 5432, "database": "iwd-100", "user": "iwd-100", "password": "canary-5",
                "ssl": true,
            },
            "apiKeys": {"IWD_APIKEY_TENANT": "canary-6", "IWD_APIKEY_IWDDM": "canary-7"},
        },
        "iwdEmail": {"url": "N/A"},
    })
}

/// What the command makes of standard input.
fn converted(stdin: &str) -> Outcome {
    let outcome = run(["-".into()], stdin.as_bytes());
    let told = [&*outcome.stdout, &*outcome.stderr].concat();
    assert!(!told.contains("canary"), "{told}");
    outcome
}

/// The problem that it finds.
fn problem(stdin: &str) -> String {
    let outcome = converted(stdin);
    assert_eq!((outcome.exit, &*outcome.stdout), (Exit::Failure, ""));
    outcome.stderr
}

/// The command line of curl with these words behind it, and a body.
fn curl(words: &str) -> String {
    format!("curl {words} -d '{}'", body(CCID))
}

/// The provider block for a command line of curl, and what is remarked.
fn call(words: &str) -> (String, String) {
    of_script(&curl(words))
}

/// The provider block for a script, and what is remarked.
fn of_script(script: &str) -> (String, String) {
    let Outcome {
        stdout,
        stderr,
        exit,
    } = converted(script);
    assert_eq!(exit, Exit::Success, "{script}: {stderr}");
    let (_, provider) = stdout.split_once("provider \"iwd\" {").unwrap();
    let (provider, _) = provider.split_once('}').unwrap();
    (
        provider.split_whitespace().collect::<Vec<_>>().join(" "),
        stderr,
    )
}

#[test]
fn a_command_line_becomes_a_configuration_that_reads_so() {
    let mut body = body(CCID);
    body["tenant"]["gws"]["extra"] = json!({"a": 1});
    body["iwd"]["db"]["user"] = json!("iwd \"${USER}\" %{if}");
    let script = format!(
        "# Provisions it.\nAPI=x /usr/bin/curl -sS \\\n  -X PUT https://iwd.example.com/a/iwd/v3/provisioning \\\n  \
         -H \"Content-Type: application/json\" \\\n  -H 'X-API-Key: canary-key' -H 'X-Gate: canary-gate' \\\n  \
         --json '{body}' | jq .\n"
    );
    let Outcome { stdout, stderr, .. } = converted(&script);
    insta::assert_snapshot!("the_configuration_of_a_command_line", stdout);
    insta::assert_snapshot!("the_remarks_on_a_command_line", stderr);
}

#[test]
fn a_body_becomes_a_configuration_without_an_endpoint() {
    let outcome = converted(&format!("\u{feff}{}\n", body(CCID)));
    assert_eq!((outcome.exit, &*outcome.stderr), (Exit::Success, ""));
    assert!(
        outcome
            .stdout
            .contains("unless it is set here; without any, each tenant's own key is used")
    );
    assert!(
        outcome.stdout.contains("\nprovider \"iwd\" {}\n"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn what_steers_a_terminal_is_told_by_its_number() {
    let mut body = body(CCID);
    body["\u{202e}\u{1b}[1m\n"] = json!(1);
    let outcome = converted(&body.to_string());
    let told = "`[\"\\u{202e}\\u001b[1m\\n\"]` of the body has no argument in iwd_tenant";
    assert!(outcome.stderr.contains(told), "{}", outcome.stderr);
    assert!(outcome.stdout.contains(told), "{}", outcome.stdout);
    let option = problem("curl http://iwd --a\u{9b}b");
    assert!(option.contains("curl's option --a… is"), "{option}");
    let outcome = run(["no\nfile\u{7f}".into()], "".as_bytes());
    assert!(outcome.stderr.contains("an argument: it is a text"));
    let outcome = run(["no\u{200b}file\u{7f}".into()], "".as_bytes());
    assert!(
        outcome.stderr.contains(": no\\u{200b}file\\u{7f}: "),
        "{}",
        outcome.stderr
    );
}

#[test]
fn a_file_is_read_though_its_name_looks_like_a_text() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("{a}.json");
    fs::write(&file, body(CCID).to_string()).unwrap();
    let outcome = run([file.clone().into()], "".as_bytes());
    assert_eq!((outcome.exit, &*outcome.stderr), (Exit::Success, ""));
    let outcome = converted(&format!("curl http://iwd -d '@{}'", file.display()));
    assert_eq!((outcome.exit, &*outcome.stderr), (Exit::Success, ""));
}

#[test]
fn a_command_line_that_makes_no_sense_is_refused_without_its_values() {
    for (arguments, told) in [
        (
            &[][..],
            "it needs a file, a folder, or - for standard input",
        ),
        (&["--out=canary"], "unknown option --out"),
        (&["-ocanary"], "unknown option -o"),
    ] {
        let outcome = run(arguments.iter().map(OsString::from), "".as_bytes());
        assert_eq!(outcome.exit, Exit::Usage);
        let expected = format!("{COMMAND}: {told}, see `{COMMAND} --help`\n");
        assert_eq!(outcome.stderr, expected);
    }
    for argument in ["{\"apiKey\": \"canary\"}", "curl -u me:canary http://iwd"] {
        let outcome = run([argument.into()], "".as_bytes());
        assert_eq!(outcome.exit, Exit::Failure);
        let told = "an argument: it is a text, and no file: give it on standard input (`-`)";
        assert_eq!(outcome.stderr, format!("{COMMAND}: {told}\n"));
    }
    let help = run(["--help".into()], "".as_bytes());
    assert!(help.exit == Exit::Success && help.stdout.contains("SOURCE is"));
}
