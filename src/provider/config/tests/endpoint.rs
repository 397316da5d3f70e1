//! Which endpoint is one, and which of two holds.

use super::*;
use crate::tf_provider::path::AttributePath;

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
