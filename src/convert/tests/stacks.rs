//! Several requests as one configuration.

use super::*;

#[test]
fn one_key_serves_all_where_it_is_known_of_all_and_others_are_told_apart_by_ccid() {
    let request = |ccid: &str, key: Option<&str>| {
        let body = body(ccid).to_string();
        let text = key.map(|key| format!("curl http://iwd -H \"x-api-key: {key}\" -d '{body}'"));
        let text = text.unwrap_or(body);
        (
            ccid.to_owned(),
            Request::read(&text, Path::new("")).unwrap(),
        )
    };
    let (one, each) = (
        "api_key = var.iwd_api_key",
        "tenant_api_keys = var.iwd_tenant_api_keys",
    );
    let no_key = "no x-api-key of two is known";
    for (keys, block, values, remark) in [
        (
            [Some("canary-a"), Some("canary-a")],
            one,
            "iwd_api_key",
            None,
        ),
        (
            [Some("canary-a"), Some("canary-b")],
            each,
            "{ one = \"\", two = \"\" }",
            None,
        ),
        (
            [Some("$KEY"), Some("$KEY")],
            each,
            "{ one = \"\", two = \"\" }",
            None,
        ),
        (
            [Some("$1"), Some("$1")],
            each,
            "{ one = \"\", two = \"\" }",
            None,
        ),
        (
            [Some("%KEY%"), Some("%KEY%")],
            each,
            "{ one = \"\", two = \"\" }",
            None,
        ),
        (
            [Some("canary-a"), None],
            each,
            "{ one = \"\" }",
            Some(no_key),
        ),
        ([None, None], "unless it is set here", "", None),
    ] {
        let requests = vec![request("one", keys[0]), request("two", keys[1])];
        let stack = Stack::of(requests).unwrap();
        let text = configuration::write(&stack);
        let on_one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(on_one_line.contains(block), "{text}");
        assert!(text.contains(values) && !text.contains("canary"), "{text}");
        let remarks = stack.remarks();
        let told = remarks.iter().find(|remark| remark.contains("x-api-key"));
        let expected = remark.map(|remark| format!("two: {remark}"));
        assert_eq!(told.is_some(), expected.is_some(), "{remarks:?}");
        assert!(
            told.is_none_or(|told| told.starts_with(&expected.unwrap())),
            "{remarks:?}"
        );
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
        (
            ccid.to_owned(),
            Request::read(&text, Path::new("")).unwrap(),
        )
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
fn what_only_some_requests_tell_is_remarked() {
    let request = |ccid: &str, words: &str| {
        let text = format!("curl {words} -d '{}'", body(ccid));
        let number = if ccid == CCID { "one" } else { "two" };
        (
            number.to_owned(),
            Request::read(&text, Path::new("")).unwrap(),
        )
    };
    for (second, expected) in [
        ("http://iwd -H 'x-gate: canary'", &[][..]),
        (
            "http://iwd",
            &["one: other requests don't have the header X-Gate"],
        ),
        (
            "http://$IWD -H 'x-gate: canary'",
            &[
                "two: the shell may make several arguments of one (a variable",
                "two: the URL is made by the shell",
                "two: the endpoint of this request is not known, and that of another one is taken (http://iwd)",
            ],
        ),
        (
            "\"http://$IWD\" -H 'x-gate: canary'",
            &[
                "two: the URL is made by the shell",
                "two: the endpoint of this request is not known, and that of another one is taken (http://iwd)",
            ],
        ),
    ] {
        let first = request(CCID, "http://iwd -H 'X-Gate: canary'");
        let remarks = Stack::of(vec![first, request(&CCID.replace("100", "200"), second)])
            .unwrap()
            .remarks();
        let is_so = |(told, expected): (&String, &&str)| told.starts_with(expected);
        assert_eq!(remarks.len(), expected.len(), "{second}: {remarks:?}");
        assert!(remarks.iter().zip(expected).all(is_so), "{remarks:?}");
    }
}

#[test]
fn a_variable_never_has_the_name_of_another() {
    let mut requests = Vec::new();
    for name in ["iwd", "iwd gws"] {
        let mut body = body(&format!("ccid-{}", name.len()));
        body["tenant"]["name"] = name.into();
        let text = format!("curl http://iwd -H x-api-key:canary -d '{body}'");
        requests.push((
            name.to_owned(),
            Request::read(&text, Path::new("")).unwrap(),
        ));
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
        (
            source.to_owned(),
            Request::read(&text, Path::new("")).unwrap(),
        )
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
