use super::*;

/// What is behind `curl`, with a mark where it is no certain command (`?`) or runs elsewhere (`@`).
fn found(text: &str) -> Vec<String> {
    let found = find(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let shown = |command_line: CommandLine| {
        let certain = if command_line.is_certain { "" } else { "?" };
        let place = if command_line.runs_elsewhere { "@" } else { "" };
        format!("{certain}{place}{}", command_line.arguments.join("|"))
    };
    found.command_lines.into_iter().map(shown).collect()
}

#[test]
fn a_command_of_curl_is_found_wherever_it_runs() {
    for (text, expected) in [
        ("curl a b", &["a|b"][..]),
        (
            "#!/bin/sh\n# It's it.\nset -e\nA=1 /usr/bin/curl a \\\n  b\necho done\n",
            &["a|b"],
        ),
        (
            "curl -d '{\n\"a\":\n1}' a\nkubectl get pods",
            &["-d|{\n\"a\":\n1}|a"],
        ),
        ("curl a 2>/dev/null b | jq .\r\n", &["a|b"]),
        ("curl a && curl.exe b", &["a", "b"]),
        ("if ! curl a; then exit 1; fi", &["a"]),
        ("f() { curl a; }", &["a"]),
        (
            "until time sudo -E env A=1 curl a\ndo sleep 1\ndone",
            &["a"],
        ),
        ("timeout 30 nice -n 5 curl a", &["a"]),
        // In a command or a script of another one.
        ("code=$(curl a) b \"c `curl d`\"", &["a", "d"]),
        ("curl a -H \"b: $(curl c)\"", &["c", "a|-H|b: $(…)"]),
        ("sh -c 'curl \"a b\"'", &["a b"]),
        ("sudo bash -ec \"curl a\" | cat", &["a"]),
        ("su - iwd -c 'curl a'", &["a"]),
        ("eval 'curl a'", &["a"]),
        ("sh <<EOF\ncurl a\nEOF\n", &["a"]),
        // In a container, or on another machine.
        ("kubectl exec -n iwd deploy/iwd -- curl a", &["@a"]),
        ("kubectl run c --image=alpine/curl -- \\\n curl a", &["@a"]),
        (
            "kubectl run c --image=curlimages/curl:8.1 -- -s a",
            &["@-s|a"],
        ),
        ("kubectl exec a -- sh -c \"curl b\"", &["@b"]),
        ("ssh iwd 'curl a; curl b'", &["@a", "@b"]),
        ("docker run --rm curlimages/curl curl a", &["?@a"]),
        ("docker run --rm curlimages/curl:8.1@sha256:1 a", &["?@a"]),
        // What is run by a command that is not known.
        ("retry 5 curl a", &["?a"]),
        ("$CURL a", &["$CURL|a"]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn where_curl_is_only_named_there_is_no_certain_command_of_it() {
    for text in [
        "wget a",
        "# by curl\nwget a",
        "command -v curl >/dev/null || exit 1",
        "which curl",
        "apt-get install -y curl jq",
        "echo Calling curl now",
        "echo 'curl a'",
        "cat <<EOF\ncurl a\nEOF",
        "cat <<'EOF' >curl.md\nit's curl\nEOF\n",
        "kubectl run c --image=alpine/curl --restart=Never",
        "kubectl logs curl",
        "CURL=/usr/bin/curl",
        "kubectl exec a -- cat curl",
    ] {
        let found = found(text);
        assert!(
            found.iter().all(|told| told.starts_with('?')),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn variables_that_curl_obeys_are_found() {
    let text = "export https_proxy=a\nNO_PROXY=b CURL_CA_BUNDLE=c https_proxy=d curl e e_proxy=f";
    let found = find(text).unwrap();
    assert!(
        found
            .variables
            .iter()
            .eq(["CURL_CA_BUNDLE", "NO_PROXY", "https_proxy"])
    );
}

#[test]
fn what_has_no_end_or_is_of_another_shell_is_told() {
    for text in [
        "curl 'a\nb",
        "it's curl here",
        "echo \"$(curl a",
        "sh -c 'curl \"a'",
    ] {
        assert!(
            matches!(find(text), Err(CommandLineError::Unclosed)),
            "{text}"
        );
    }
    assert!(find("curl a\n# it's\necho it's").is_ok());
    for line in ["curl ^\"a^\" ^\n  b", "curl.exe a `\r\n  b"] {
        assert!(
            matches!(find(line), Err(CommandLineError::Windows)),
            "{line}"
        );
    }
}

#[test]
fn scripts_may_stand_in_each_other_so_deep() {
    let nested = |depth| {
        (0..depth).fold("curl a".to_owned(), |text, _| {
            format!("sh -c {}", shell_words::quote(&text))
        })
    };
    assert_eq!(found(&nested(DEEPEST)), ["a"]);
    let too_deep = find(&nested(DEEPEST + 1));
    assert!(matches!(too_deep, Err(CommandLineError::Nested)));
}
