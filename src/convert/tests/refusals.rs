//! What is no request that can be taken over.

use super::*;

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
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
            "the body is in the file /no/such/file: No such file or directory (os error 2), neither beside the command line nor \
             in the working folder",
        ),
        (
            &of_data("-d @\"$(dirname $0)/body.json\""),
            "the shell makes the name of the file",
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
            "its URL has a blank in it",
        ),
        (
            "curl -d '{}' 'http://iwd/iwd/v3/provisioning -H x-api-key:canary'",
            "its URL has a blank in it",
        ),
        (
            "curl -X DELETE http://iwd -d '{}'",
            "its method is not POST or PUT",
        ),
        (
            "curl http://iwd -d '{}' ; curl http://iwd -d '{}'",
            "it sends several requests with curl",
        ),
        (
            "curl -d '{}' https://$IWD $OPTIONS",
            "the shell makes some of the arguments of curl",
        ),
        (
            "curl \"${ARGUMENTS[@]}\" https://iwd",
            "the shell makes some of the arguments of curl",
        ),
        (
            "retry 5 curl --canary -d '{}' https://iwd",
            "curl's option --canary is not understood",
        ),
        (
            "$CURL -d '{}' https://iwd",
            "the shell makes some of the arguments of curl",
        ),
        (
            r#"{"tenant": {"ccid": "$TENANT_UUID"}}"#,
            "`tenant.ccid` holds a placeholder",
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
        ("--d'{\"canary\": 1}'", "--d…"),
        ("--resolvä", "--resolv…"),
        ("--passcanary", "--pass…"),
    ] {
        let expected = format!(
            "{COMMAND}: standard input: curl's option {told} is not understood: remove it, and try again\n"
        );
        assert_eq!(problem(&format!("curl http://iwd {option} a")), expected);
    }
}

#[test]
fn what_is_more_or_less_than_a_command_of_curl_says_what_to_do() {
    for (text, expected) in [
        (
            "curl http://iwd -d '{}' http://iwd",
            "leave the command of curl alone",
        ),
        (
            "curl -X POST\n -d '{}' http://iwd",
            "line 2 begins with an option, and may belong to the command before; a line that goes on ends with a backslash",
        ),
        (
            "curl http://iwd",
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
fn a_command_that_may_be_lost_is_an_error() {
    let several = "it sends several requests with curl, or may do so";
    for (script, expected) in [
        ("POST\nsleep $((1<<n))\nPOST", several),
        ("post() { curl -X POST \"$@\"; }\nPOST", several),
        ("curl \"${args[@]}\" http://iwd\nPOST", several),
        ("curl $OPTS http://iwd\nPOST", several),
        ("POST\n${CURL:-curl} http://iwd -d @b.json", several),
        ("POST \"$@\"", "the shell makes some of the arguments"),
        (
            "curl -d '{}' \"$@\"",
            "the shell makes some of the arguments",
        ),
        (
            "\n\nPOST\ntrap 'curl -d a http://iwd' EXIT",
            "`curl` is named in line 4 in",
        ),
        (
            "POST\nretry 5 curl -K canary.conf",
            "`curl` is named in line 2 in",
        ),
        (
            "POST\nretry 5 curl \"${args[@]}\" http://iwd",
            "`curl` is named in line 2 in",
        ),
        (
            "POST\n  -H 'x-api-key: canary'",
            "line 2 begins with an option",
        ),
        ("POST\ncat <<EOF\ncurl a\n EOF", "a here-document (`<<`)"),
    ] {
        let post = curl("http://iwd");
        let told = problem(&script.replace("POST", &post));
        assert!(told.contains(expected), "{script}: {told}");
    }
    let (block, told) = of_script(&format!("curl -sf $IWD/health\n{}", curl("http://iwd")));
    assert_eq!(block, "endpoint = \"http://iwd\"");
    assert!(told.contains("send no body"), "{told}");
}

#[test]
fn a_file_that_may_not_be_the_one_that_the_script_sends_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenant.json");
    fs::write(&file, body(CCID).to_string()).unwrap();
    let refused = |script: &str| {
        let script_file = folder.path().join("post.sh");
        fs::write(
            &script_file,
            script.replace("FOLDER", &folder.path().display().to_string()),
        )
        .unwrap();
        run([script_file.into()], "".as_bytes()).stderr
    };
    let (folder_changes, named, elsewhere) = (
        "the script changes its working folder",
        "the script names that file in another place too",
        "curl runs in a container or on another machine",
    );
    for (script, expected) in [
        ("curl http://iwd -d @tenant.json", None),
        (
            "curl http://iwd -d @tenant.json\ncd a",
            Some(folder_changes),
        ),
        (
            "f() { curl http://iwd -d @tenant.json; }; cd a; f",
            Some(folder_changes),
        ),
        (
            "env -C a curl http://iwd -d @tenant.json",
            Some(folder_changes),
        ),
        (
            "# sends tenant.json\ncurl http://iwd -d @tenant.json # not a-tenant.json",
            None,
        ),
        (
            "sh -c 'cat a >tenant.json'\ncurl http://iwd -d @tenant.json",
            Some(named),
        ),
        (
            "python3 -c \"open('tenant.json','w')\"\ncurl http://iwd -d @tenant.json",
            Some(named),
        ),
        (
            "cp tenant.json{.prod,}\ncurl http://iwd -d @tenant.json",
            Some(named),
        ),
        ("cd a\ncurl http://iwd -d @FOLDER/tenant.json", None),
        ("sh -c 'curl http://iwd -d @tenant.json'", None),
        (
            "cd a\ncurl http://iwd -d @tenant.json",
            Some(folder_changes),
        ),
        (
            "(pushd a; curl http://iwd -d @tenant.json)",
            Some(folder_changes),
        ),
        (
            "sed b >tenant.json\ncurl http://iwd -d @tenant.json",
            Some(named),
        ),
        (
            "cp a FOLDER/tenant.json; curl http://iwd -d @tenant.json",
            Some(named),
        ),
        (
            "curl http://iwd -d @tenant.json -o tenant.json",
            Some(named),
        ),
        (
            "curl http://a -o tenant.json\ncurl http://iwd -d @tenant.json",
            Some(named),
        ),
        ("ssh a 'curl http://iwd -d @tenant.json'", Some(elsewhere)),
        (
            "kubectl exec a -- curl http://iwd -d @tenant.json",
            Some(elsewhere),
        ),
        (
            "docker run curlimages/curl http://iwd -d @tenant.json",
            Some(elsewhere),
        ),
    ] {
        let told = refused(script);
        match expected {
            Some(expected) => assert!(told.contains(expected), "{script}: {told}"),
            None => assert_eq!(told, "", "{script}"),
        }
    }
}
