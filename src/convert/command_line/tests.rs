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
        (
            "docker run curlimages/curl -H k -o /tmp/curl a",
            &["?@-H|k|-o|/tmp/curl|a"],
        ),
        ("retry 3 curl -H k -A curl a", &["?-H|k|-A|curl|a"]),
        (
            "kubectl run curl --image=curlimages/curl -- sh -c 'curl a'",
            &["@a"],
        ),
        // What is run by a command that is not known.
        ("retry 5 curl a", &["?a"]),
        ("$CURL a", &["$CURL|a"]),
        ("\"${CURL[@]}\" a", &["${CURL[@]}|a"]),
        ("${CURL:-curl} a", &["${CURL:-curl}|a"]),
        ("# curl\n$POST -d a http://b", &["$POST|-d|a|http://b"]),
        ("# curl\n$POST -d a \"$URL\"", &["$POST|-d|a|$URL"]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn the_shell_may_make_more_arguments_of_what_is_not_quoted_of_lists_and_for_xargs() {
    for (text, may) in [
        ("curl $A", true),
        ("curl -o `date` a", true),
        ("curl -X \"$@\"", true),
        ("curl \"${A[@]}\"", true),
        ("xargs -n 1 curl a", true),
        ("curl \"$A\" '$A' \"$(date)\"", false),
    ] {
        let [command_line] = find(text).unwrap().command_lines.try_into().unwrap();
        assert_eq!(command_line.may_have_more_arguments, may, "{text}");
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
        "echo 'curl a' >&2",
        "if ! [ -x \"$(command -v curl)\" ]; then exit; fi",
        "which curl && curl-config --libs",
        "apt-get install curl -y libcurl4",
        "kubectl run c --image=alpine/curl --restart=Never",
        "kubectl logs curl",
        "kubectl delete pod curl --ignore-not-found",
        "kubectl run curl --image=curlimages/curl:8.1 --restart=Never",
        "kubectl exec a -- cat curl",
    ] {
        assert_eq!(find(text).unwrap().mention, None, "{text}");
        let found = found(text);
        assert!(
            found.iter().all(|told| told.starts_with('?')),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn a_name_of_curl_that_no_command_accounts_for_is_told_with_its_line() {
    for text in [
        "sleep $((1 << curl))",
        "cat <<EOF\ncurl a\nEOF",
        "cat <<EOF | bash\ncurl a\nEOF",
        "python3 <<'EOF'\nrun(['curl', 'a'])\nEOF",
        "cmd=(curl a)",
        "cmd=(\n  curl a\n  -H b\n)",
        "trap 'curl a' EXIT",
        "alias post='curl a'",
        "sh -ce 'curl a'",
        "bash -c -e 'curl a'",
        "sshpass -p b ssh c 'curl a'",
        "retry_all 'curl http://a/curl'",
        "bash <<< 'curl a'",
        "bash <(echo 'curl a')",
        "echo 'curl a' | sh",
        "for a in b; do echo 'curl a'; done | sh",
        "{ echo 'curl a'; } | bash -e",
        "f() { echo 'curl a'; }; eval \"$(f)\"",
        "printf 'curl a' >&3\n. post.sh",
        "printf -v CMD 'curl %s' a; $CMD",
        "set -- curl a; \"$@\" -H b",
        "echo 'curl a' >post.sh",
        "echo Dont'\ncurl a\necho 'Dont",
        "$(which curl) a",
        "`command -v curl` a",
        "CURL=$(which curl)",
        "CURL_BIN=curl",
        "CMD=\"curl -s a\"",
        "- name: Don't\n  run: curl a\n- name: It's",
        "- \"curl a\"",
        "CMD [\"curl\", \"a\"]",
        "command: [ curl, a ]",
        "@curl a",
        "-curl a",
        "REM curl a",
        ": curl a",
        "wget 'run curl.'",
    ] {
        let mention = |text: &str| {
            let found = find(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            found.mention.map(|at| found.line(at))
        };
        let line = text.lines().position(|line| line.contains("curl")).unwrap() + 1;
        assert_eq!(mention(text), Some(line), "{text}");
        assert_eq!(mention(&format!("a\n{text}\n")), Some(line + 1), "{text}");
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
        "cat <<EOF\ncurl a\n EOF\n",
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
