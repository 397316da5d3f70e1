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
    let Outcome {
        stdout,
        stderr,
        exit,
    } = converted(&curl(words));
    assert_eq!(exit, Exit::Success, "{stderr}");
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
fn what_curl_was_told_becomes_settings_of_the_provider() {
    let plain = "endpoint = \"http://iwd\"";
    for (words, provider, remark) in [
        ("http://iwd/iwd/v3/provisioning", plain, ""),
        ("--url iwd/iwd/v3/provisioning/", plain, ""),
        (
            "-XPUT -fsSL http://iwd --max-time 3",
            plain,
            "`request_timeout`",
        ),
        (
            "http://iwd -H x-api-key:canary",
            "endpoint = \"http://iwd\" api_key = var.iwd_api_key",
            "",
        ),
        (
            "http://iwd -H 'X-Gate: canary'",
            "endpoint = \"http://iwd\" headers = var.iwd_headers",
            "",
        ),
        (
            "http://iwd -H 'accept: */*' -H 'Content-Type: a' -H 'Expect:' -H 'x-api-key:'",
            plain,
            "",
        ),
        (
            "http://iwd -H 'X-Gate: canary' -H 'X-GATE: canary' -H 'X-None;'",
            "endpoint = \"http://iwd\" headers = var.iwd_headers",
            "",
        ),
        ("http://iwd -H 'X-Empty: ' -H 'X-API-Key: '", plain, ""),
        (
            "http://iwd -H 'X-None;'",
            "endpoint = \"http://iwd\" headers = var.iwd_headers",
            "",
        ),
        (
            "http://iwd -H 'Bearer canary'",
            plain,
            "a header (`-H`) without a colon",
        ),
        (
            "http://iwd -H 'Bearer canary: 1'",
            plain,
            "HTTP allows no such name",
        ),
        (
            "http://iwd -H 'Host: canary'",
            plain,
            "the header Host is not taken over: the provider sets it itself",
        ),
        (
            "http://iwd/gate",
            "endpoint = \"http://iwd/gate\"",
            "the URL doesn't end in /iwd/v3/provisioning",
        ),
        (
            "http://iwd -u me:canary -kx http://p:canary@p",
            plain,
            "curl's -u is not taken over: `headers`",
        ),
        (
            "https://me:canary@iwd:1/a?k=canary",
            "endpoint = \"https://iwd:1/a\"",
            "the query of the URL is not taken over",
        ),
        (
            "http://iwd/key=canary/iwd/v3/provisioning",
            "",
            "its path has `@` or `=` in it",
        ),
        ("https;//me:canary@iwd", "", "its path has `@` or `=` in it"),
        (
            "https://$IWD/iwd/v3/provisioning",
            "",
            "the URL is made by the shell",
        ),
    ] {
        let (block, told) = call(words);
        assert_eq!(block, provider, "{words}");
        assert!(
            told.contains(remark) && told.is_empty() == remark.is_empty(),
            "{words}: {told}"
        );
    }
}

#[test]
fn what_is_no_provisioning_request_says_why() {
    let of_data = |data: &str| format!("curl http://iwd {data}");
    for (text, expected) in [
        (
            "",
            "neither a request's body (a JSON object) nor a command line of curl",
        ),
        (
            "canary",
            "neither a request's body (a JSON object) nor a command line of curl",
        ),
        (
            r#"{"canary": "#,
            "the body is not JSON: EOF while parsing a value at line 1",
        ),
        (
            r#"{"iwd": {"db": {"port": ${PORT}}}}"#,
            "A placeholder without quotes is no JSON either",
        ),
        ("[]", "the body is not a JSON object"),
        (
            r#"{"tenant": {"ccid": "a", "apiKey": "canary", "ccid": "b"}}"#,
            "the body has `tenant.ccid` more than once",
        ),
        (
            r#"{"tenant": {"apiKey": "canary"}}"#,
            "the body has no `tenant.ccid`",
        ),
        (
            &of_data("-d 'canary"),
            "a quotation mark of the command line has no end",
        ),
        (
            &of_data("-d \"$(canary)\""),
            "the body is made by the shell (it begins with `$`)",
        ),
        (&of_data("-d @-"), "the body comes from standard input"),
        (
            &of_data("-d @/no/such/file"),
            "the body is in the file /no/such/file: No such file",
        ),
        (&of_data("-d a -d canary"), "more than one body"),
        (
            &of_data("-F canary=1"),
            "curl's -F sends something else than one JSON body",
        ),
        (&of_data("--canary-not"), "curl's option --canary"),
        (
            &of_data("--userme:canary"),
            "curl's option --user… is not understood",
        ),
        (
            &of_data("-d '@{\"apiKey\": \"canary\"}'"),
            "after which curl wants a file's name",
        ),
        (&of_data("-H"), "curl's option -H has no value"),
        (&of_data(""), "the command line sends no body"),
        ("curl -d '{}'", "the command line has no URL"),
        (
            "curl -d '{}' http://a http://canary",
            "the command line has more than one URL",
        ),
        (
            "curl -d '{}' https//me:canary@iwd/a?k=canary",
            "its URL is no http or https URL",
        ),
        (
            "curl -d '{}' https:/me:canary@iwd",
            "its URL is no http or https URL",
        ),
        (
            "curl -d '{}' 'http://a canary'",
            "its URL is no http or https URL",
        ),
        (
            "curl -X DELETE http://iwd -d '{}'",
            "its method is not POST or PUT",
        ),
        (
            "curl http://iwd -d '{}' ; curl http://iwd",
            "several command lines of curl",
        ),
    ] {
        if text.contains("--canary") {
            // The name of an option is no secret.
            assert!(
                run(["-".into()], text.as_bytes()).stderr.contains(expected),
                "{text}"
            );
            continue;
        }
        let told = problem(text);
        assert!(
            told.contains(expected) && told.contains("standard input: "),
            "{text}: {told}"
        );
    }
}

#[test]
fn an_option_that_is_not_known_is_named_without_what_may_be_a_value() {
    for (option, told) in [
        ("--key-type", "--key-type"),
        ("--cert-type", "--cert-type"),
        ("--proxy-header", "--proxy-header"),
        ("--proxy-insecure", "--proxy-insecure"),
        ("--request-target", "--request-target"),
        ("--cookie-jar", "--cookie-jar"),
        ("--tlspassword", "--tlspassword"),
        ("--tlspasswordcanary", "--tlspassword…"),
        ("--proxy-passcanary", "--proxy-pass…"),
        ("--proxy-tlspasswordcanary", "--proxy-tlspassword…"),
        ("--login-optionscanary", "--login-options…"),
        ("--proxy-headerX-Gate:canary", "--proxy-header…"),
        ("--user-me:canary", "--user…"),
        ("--user-1canary", "--user…"),
        ("--pass-Canary", "--pass…"),
        ("--passcanary", "--pass…"),
    ] {
        let expected = format!(
            "{COMMAND}: standard input: curl's option {told} is not understood: remove it, and try again\n"
        );
        assert_eq!(problem(&format!("curl http://iwd {option} a")), expected);
    }
}

#[test]
fn a_file_is_read_though_its_name_looks_like_a_text() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("{a}.json");
    std::fs::write(&file, body(CCID).to_string()).unwrap();
    let outcome = run([file.clone().into()], "".as_bytes());
    assert_eq!((outcome.exit, &*outcome.stderr), (Exit::Success, ""));
    let outcome = converted(&format!("curl http://iwd -d '@{}'", file.display()));
    assert_eq!((outcome.exit, &*outcome.stderr), (Exit::Success, ""));
}

#[test]
fn what_is_more_or_less_than_a_command_of_curl_says_what_to_do() {
    for (text, expected) in [
        (
            "A=$(curl http://iwd -d '{}')",
            "Take curl's command out of `$(…)`",
        ),
        (
            "if curl http://iwd -d '{}'; then true; fi",
            "leave the command of curl alone",
        ),
        (
            "curl -X POST\n -d '{}' http://iwd",
            "sends no body (-d, --data…, --json); a line that goes on ends with a backslash",
        ),
        (
            "curl -d '{}'\n http://iwd",
            "has no URL; a line that goes on ends with a backslash",
        ),
        (
            "curl http://iwd ^\n -d '{}'",
            "the command line is one of cmd or PowerShell",
        ),
    ] {
        let told = problem(text);
        assert!(told.contains(expected), "{text}: {told}");
    }
}

#[test]
fn one_key_serves_all_and_several_are_told_apart_by_ccid() {
    let request = |ccid: &str, key: &str| {
        let text = format!("curl http://iwd -H 'x-api-key: {key}' -d '{}'", body(ccid));
        (ccid.to_owned(), Request::read(&text).unwrap())
    };
    for (keys, block) in [
        (["canary-a", "canary-a"], "api_key  = var.iwd_api_key"),
        (
            ["canary-a", "canary-b"],
            "tenant_api_keys = var.iwd_tenant_api_keys",
        ),
    ] {
        let requests = vec![request("one", keys[0]), request("two", keys[1])];
        let text = configuration::write(&Stack::of(requests).unwrap());
        assert!(text.contains(block) && !text.contains("canary"), "{text}");
        // Two tenants of one name, each with variables of its own.
        for name in [
            "\"iwd_tenant\" \"t100\"",
            "\"iwd_tenant\" \"t100_2\"",
            "\"t100_api_key\"",
            "\"t100_2_api_key\"",
        ] {
            assert_eq!(text.matches(name).count(), 1, "{name}");
        }
    }
}

#[test]
fn a_header_that_differs_from_request_to_request_is_told() {
    let request = |ccid: &str, header: &str| {
        let text = format!("curl http://iwd -H '{header}' -d '{}'", body(ccid));
        (ccid.to_owned(), Request::read(&text).unwrap())
    };
    for (second, told) in [("x-gate:canary-1", 0), ("x-gate: canary-2", 1)] {
        let requests = vec![request("one", "X-Gate: canary-1"), request("two", second)];
        let stack = Stack::of(requests).unwrap();
        assert_eq!(stack.provider.headers.len(), 1);
        let remarks = stack.remarks();
        let is_it = |remark: &&String| {
            remark.starts_with("two: another request has another value of the header X-Gate")
        };
        assert_eq!(remarks.iter().filter(is_it).count(), told, "{remarks:?}");
        assert!(!remarks.concat().contains("canary"), "{remarks:?}");
    }
}

#[test]
fn a_variable_never_has_the_name_of_another() {
    let mut requests = Vec::new();
    for name in ["iwd", "iwd gws"] {
        let mut body = body(&format!("ccid-{}", name.len()));
        body["tenant"]["name"] = name.into();
        let text = format!("curl http://iwd -H x-api-key:canary -d '{body}'");
        requests.push((name.to_owned(), Request::read(&text).unwrap()));
    }
    let text = configuration::write(&Stack::of(requests).unwrap());
    for name in [
        "iwd_api_key",
        "iwd_api_key_2",
        "iwd_gws_api_key",
        "iwd_gws_api_key_2",
    ] {
        assert_eq!(
            text.matches(&format!("variable \"{name}\" ")).count(),
            1,
            "{name}: {text}"
        );
        assert_eq!(
            text.matches(&format!("= var.{name}\n")).count(),
            1,
            "{name}: {text}"
        );
    }
}

#[test]
fn one_tenant_twice_or_two_endpoints_are_refused() {
    let request = |source: &str, ccid: &str, host: &str| {
        let text = format!("curl http://{host} -d '{}'", body(ccid));
        (source.to_owned(), Request::read(&text).unwrap())
    };
    let twice = vec![
        request("a.sh", "tenant-a", "iwd"),
        request("b.sh", "TENANT-A", "iwd"),
    ];
    assert_eq!(
        Stack::of(twice).unwrap_err(),
        ["b.sh: the tenant TENANT-A is in a.sh too; keep one of the two"]
    );
    let elsewhere = vec![request("a.sh", "a", "iwd"), request("b.sh", "b", "iwd2")];
    let problems = Stack::of(elsewhere).unwrap_err();
    assert!(
        problems[0].starts_with("the requests go to different endpoints (http://iwd, http://iwd2)")
    );
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
