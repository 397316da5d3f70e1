//! The page for people over HTTP: what protects it, and what its buttons send.

use reqwest::Method;
use serde_json::json;

use super::harness::{Answer, Simulator, documented_body};

async fn submit(
    simulator: &Simulator,
    path: &str,
    form: &'static str,
    site: Option<&str>,
) -> Answer {
    let mut request = simulator
        .request(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    if let Some(site) = site {
        request = request.header("sec-fetch-site", site);
    }
    simulator.answer(request).await
}

#[tokio::test]
async fn nothing_comes_from_elsewhere_and_nothing_may() {
    let simulator = Simulator::start().await;
    simulator.put(&documented_body()).await;
    let page = simulator.request(Method::GET, "/").send().await.unwrap();
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    for lax in ["unsafe", "http", "*"] {
        assert!(!policy.contains(lax), "{policy}");
    }
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let html = page.text().await.unwrap();
    let mut named = 0;
    for attribute in ["src=\"", "href=\"", "action=\""] {
        for target in html.split(attribute).skip(1) {
            let is_ours = target.starts_with('/') && !target.starts_with("//");
            assert!(is_ours || target.starts_with("data:,\""), "{target}");
            named += 1;
        }
    }
    assert!(named > 4, "only {named} in {html}");
    for (part, media_type) in [("style.css", "text/css"), ("refresh.js", "text/javascript")] {
        let path = format!("/_simulator/page/{part}");
        assert!(html.contains(&format!("\"{path}\"")), "{part}");
        let part = simulator.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(part.status(), 200);
        let content_type = part.headers()["content-type"].to_str().unwrap();
        assert!(content_type.starts_with(media_type), "{content_type}");
    }
}

#[tokio::test]
async fn looking_at_the_page_is_no_request() {
    let simulator = Simulator::start().await;
    assert_eq!(simulator.get("/").await.status, 200);
    assert_eq!(simulator.requests().await.len(), 0);
}

#[tokio::test]
async fn its_form_adds_a_fault_and_each_has_a_button_that_clears_it() {
    let simulator = Simulator::start().await;
    let form = "method=PUT&ccid=&times=2&status=503&delay_ms=&body=a+%26+b";
    submit(&simulator, "/_simulator/page/faults", form, None).await;
    simulator.fault(json!({"status": 429})).await;
    let faults = simulator.get("/_simulator/faults").await.body;
    assert_eq!(faults[0]["method"], "PUT");
    assert_eq!(faults[0]["times"], 2);
    assert_eq!(faults[0]["body"], "a & b");
    assert_eq!(faults[1]["status"], 429);

    let page = simulator.get("/").await.body;
    let mut buttons = page
        .as_str()
        .unwrap()
        .split("/_simulator/page/faults/")
        .skip(1);
    let (number, _) = buttons.next().unwrap().split_once('/').unwrap();
    assert_eq!(buttons.count(), 1);
    let clear = format!("/_simulator/page/faults/{number}/clear");
    submit(&simulator, &clear, "", None).await;
    let faults = simulator.get("/_simulator/faults").await.body;
    assert_eq!(faults.as_array().unwrap().len(), 1);
    assert_eq!(faults[0]["status"], 429);

    let refused = submit(&simulator, "/_simulator/page/faults", "status=many", None).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.body["error"]["code"], "invalid_fault");
}

#[tokio::test]
async fn another_site_can_change_nothing() {
    let simulator = Simulator::start().await;
    let paths = ["/_simulator/page/faults", "/_simulator/faults"];
    for path in paths {
        for site in ["cross-site", "same-site"] {
            let answer = submit(&simulator, path, "status=503", Some(site)).await;
            assert_eq!(answer.status, 403, "{path} from {site}");
            assert_eq!(answer.body["error"]["code"], "cross_site");
        }
    }
    assert_eq!(simulator.get("/_simulator/faults").await.body, json!([]));
    for path in ["/", "/_simulator/tenants"] {
        let rebound = simulator
            .request(Method::GET, path)
            .header("host", "evil.example");
        let answer = simulator.answer(rebound).await;
        assert_eq!(answer.status, 403, "{path}");
        assert_eq!(answer.body["error"]["code"], "other_name");
    }
    let answer = submit(&simulator, paths[0], "status=503", Some("same-origin")).await;
    assert_eq!(answer.status, 200);
}
