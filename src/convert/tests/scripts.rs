//! What becomes of a command line of curl, and of the script around it.

use super::*;

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_curl_was_told_becomes_settings_of_the_provider() {
    let plain = "endpoint = \"http://iwd\"";
    for (words, provider, remark) in [
        ("http://iwd/iwd/v3/provisioning", plain, ""),
        ("--url iwd/iwd/v3/provisioning/", plain, ""),
        (
            "-XPUT -fsS http://iwd --max-time 3",
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
        (
            "http://iwd -H 'x-api-key: canary' -H 'x-api-key:'",
            "endpoint = \"http://iwd\" api_key = var.iwd_api_key",
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
            "its path has `@`, `=`, `:` or a blank in it",
        ),
        (
            "http://iwd/key:canary",
            "",
            "its path has `@`, `=`, `:` or a blank in it",
        ),
        (
            "http://iwd -H 'X-Gate: $GATE'",
            "endpoint = \"http://iwd\" headers = var.iwd_headers",
            "the shell makes the value of the header X-Gate",
        ),
        (
            "'https;//me:canary@iwd'",
            "",
            "its path has `@`, `=`, `:` or a blank in it",
        ),
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
#[expect(clippy::too_many_lines, reason = "a table")]
fn of_a_script_the_whole_command_of_curl_is_read() {
    let plain = "endpoint = \"http://iwd\"";
    let with_key = "endpoint = \"http://iwd\" api_key = var.iwd_api_key";
    let with_headers = "endpoint = \"http://iwd\" headers = var.iwd_headers";
    let body = format!("'{}'", body(CCID));
    for (script, provider, remark) in [
        (
            "curl -s 2>/dev/null -X POST http://iwd -d BODY 2>>err.log -H 'x-api-key: canary' -k",
            with_key,
            "curl's -k is not taken over: `insecure_skip_verify`",
        ),
        ("curl -d BODY http://iwd>/dev/null; echo ok", plain, ""),
        ("curl -d BODY http://iwd&", plain, ""),
        ("curl -d BODY http://iwd -o a; echo ok", plain, ""),
        ("curl -d BODY http://iwd -w '|%{http_code}|'", plain, ""),
        ("curl -d BODY http://iwd -H '&x: canary'", with_headers, ""),
        ("if ! curl -d BODY http://iwd; then exit 1; fi", plain, ""),
        ("{ curl -d BODY http://iwd; }", plain, ""),
        ("[ -n \"$A\" ] && curl -d BODY http://iwd", plain, ""),
        (
            "which curl || exit 1\ncode=$(curl -d BODY http://iwd)",
            plain,
            "",
        ),
        (
            "echo Calling curl now\nretry 5 curl -d BODY http://iwd",
            plain,
            "",
        ),
        (
            "curl -s http://iwd/health\nsh <<EOF\ncurl -d BODY http://iwd\nEOF",
            plain,
            "the script's other commands of curl send no body",
        ),
        (
            "curl -d BODY http://iwd -H $'x-api-key: can\\x61ry'",
            with_key,
            "",
        ),
        (
            "curl -d BODY http://iwd -H \"$AUTH\"",
            plain,
            "the shell makes its name",
        ),
        (
            "curl -d BODY http://iwd -H \"$NAME: canary\"",
            plain,
            "the shell makes its name",
        ),
        (
            "curl -d BODY http://iwd -H \"%NAME%: canary\"",
            plain,
            "the shell makes its name",
        ),
        (
            "curl -d BODY http://iwd -H \"`auth`\"",
            plain,
            "the shell makes its name",
        ),
        (
            "curl -d BODY http://iwd -H 'x-api-key: canary-1' -H 'X-API-Key: canary-2'",
            with_key,
            "the header x-api-key is there twice",
        ),
        (
            "curl -d BODY http://iwd -H 'X-Gate: canary-1' -H 'x-gate: canary-2'",
            with_headers,
            "the header X-Gate is there twice",
        ),
        (
            "curl -L -d BODY http://iwd",
            plain,
            "the provider follows no redirect",
        ),
        (
            "curl -A a/1 -d BODY http://iwd",
            plain,
            "curl's -A is not taken over: `headers`",
        ),
        (
            "export https_proxy=http://me:canary@a\ncurl -d BODY http://iwd",
            plain,
            "the variable https_proxy, which curl obeys, is not taken over: `proxy_url`",
        ),
        (
            "SSL_CERT_FILE=a curl -d BODY http://iwd",
            plain,
            "the variable SSL_CERT_FILE, which curl obeys, is not taken over: `ca_cert_file`",
        ),
        (
            "kubectl exec a -- curl -d BODY http://iwd",
            plain,
            "curl runs in a container or on another machine",
        ),
        (
            "kubectl exec a -- curl -d BODY http://localhost:4024",
            "",
            "it leads to the container or machine itself that curl runs in",
        ),
        (
            "curl -d BODY http://iwd.100:4024/iwd/v3/provisioning",
            "",
            "its host ends in a number as addresses do",
        ),
        (
            "curl -d BODY http://%IWD%:4024",
            "",
            "the URL is made by the shell",
        ),
    ] {
        let (block, told) = of_script(&script.replace("BODY", &body));
        assert_eq!(block, provider, "{script}");
        assert!(
            told.contains(remark) && told.lines().count() == usize::from(!remark.is_empty()),
            "{script}: {told}"
        );
    }
}

#[test]
fn a_secret_within_what_the_shell_makes_is_not_shown() {
    let mut body = body(CCID);
    body["iwd"]["db"]["host"] = json!("$(vault -token=canary)");
    let script = format!("curl http://iwd -d {}", json!(body.to_string()));
    let outcome = converted(&script);
    assert!(
        outcome.stdout.contains("host        = \"$(…)\""),
        "{}",
        outcome.stdout
    );
}

#[test]
fn so_many_headers_are_refused_as_no_server_takes() {
    let headers = |count| {
        let headers: Vec<_> = (0..count)
            .map(|number| format!("-H X-{number}:a"))
            .collect();
        headers.join(" ")
    };
    assert_eq!(
        converted(&curl(&format!("http://iwd {}", headers(100)))).exit,
        Exit::Success
    );
    let told = problem(&curl(&format!("http://iwd {}", headers(101))));
    assert!(told.contains("more than 100 headers"), "{told}");
}
