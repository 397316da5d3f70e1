//! What the page shows, of what the simulator holds: without secrets, and as text.

use std::fmt::Write as _;

use askama::Template;
use serde_json::Value;

use super::super::faults::{Fault, FaultNumber};
use super::super::mask;

/// The page. Its template escapes every value.
#[derive(Template)]
#[template(path = "simulator/page/page.html")]
pub(super) struct Page {
    tenants: Vec<Tenant>,
    /// How many tenants there are.
    count: usize,
    faults: Vec<WaitingFault>,
    requests: Vec<Request>,
}

struct Tenant {
    ccid: String,
    short_id: String,
    name: String,
    services: Vec<String>,
    /// Name and masked value.
    api_keys: Vec<(String, String)>,
}

struct WaitingFault {
    number: FaultNumber,
    requests: String,
    tenant: String,
    answer: String,
}

struct Request {
    time: String,
    method: String,
    target: String,
    tenant: String,
    /// `None` while there is no answer.
    status: Option<u64>,
}

impl Page {
    /// The page of these tenants, of so many, and of faults and requests, as they come from the store and the log.
    pub(super) fn new(
        (tenants, count): (Vec<Value>, usize),
        faults: &[(FaultNumber, Fault)],
        requests: Vec<Value>,
    ) -> Self {
        let faults = faults.iter();
        Self {
            tenants: tenants.into_iter().map(tenant).collect(),
            count,
            faults: faults
                .map(|(number, fault)| waiting(*number, fault))
                .collect(),
            requests: requests.into_iter().map(request).collect(),
        }
    }
}

fn tenant(mut held: Value) -> Tenant {
    mask::secrets(&mut held);
    let entries = |of: &str| held[of].as_object().into_iter().flatten();
    Tenant {
        ccid: text(&held["ccid"]),
        short_id: text(&held["tenant"]["id"]),
        name: text(&held["tenant"]["name"]),
        services: entries("services").map(|(name, _)| name.clone()).collect(),
        api_keys: entries("apiKeys")
            .map(|(name, value)| (name.clone(), text(value)))
            .collect(),
    }
}

fn request(mut received: Value) -> Request {
    mask::request(&mut received);
    let path = text(&received["path"]);
    let query = received["query"].as_str();
    let tenant = received["body"]["tenant"]["ccid"].as_str();
    Request {
        // Of 2026-11-27T00:11:24.123Z the time of day.
        time: text(&received["time"])
            .get(11..19)
            .unwrap_or_default()
            .to_owned(),
        method: text(&received["method"]),
        target: query.map_or_else(|| path.clone(), |query| format!("{path}?{query}")),
        tenant: tenant.unwrap_or_default().to_owned(),
        status: received["status"].as_u64(),
    }
}

fn waiting(number: FaultNumber, fault: &Fault) -> WaitingFault {
    let method = fault.method.as_deref();
    let method = method.map_or_else(|| "request".to_owned(), str::to_uppercase);
    let mut requests = match fault.times {
        0 => format!("every {method}"),
        1 => format!("the next {method}"),
        times => format!("the next {times} × {method}"),
    };
    if let Some(path) = &fault.path {
        let _ = write!(requests, " under {path}");
    }
    if let Some(percent) = fault.percent {
        let _ = write!(requests, " with a chance of {percent} %");
    }
    WaitingFault {
        number,
        requests,
        tenant: fault.ccid.clone().unwrap_or_else(|| "any".to_owned()),
        answer: fault.to_string(),
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::rules::Provisioning;
    use super::super::super::rules::tests::documented_body;
    use super::super::super::store::Store;
    use super::*;

    fn tenants(body: Value) -> (Vec<Value>, usize) {
        let store = Store::in_memory().unwrap();
        store
            .provision(&Provisioning::check(body).ok().unwrap())
            .unwrap();
        store.tenants(1).unwrap()
    }

    fn page_of(body: Value, requests: Vec<Value>) -> String {
        Page::new(tenants(body), &[], requests).render().unwrap()
    }

    #[test]
    fn a_tenant_is_shown_without_its_secrets() {
        let body = documented_body();
        let received = json!({
            "method": "PUT", "path": "/iwd/v3/provisioning", "query": null, "status": 200,
            "headers": {"x-api-key": "ed99c91d"}, "body": body, "time": "2026-11-27T00:11:24.5Z",
        });
        let page = page_of(body, vec![received]);
        for shown in [
            "t100",
            "9350e2fc-a1dd-4c65-",
            "GAPI",
            "iWDEmail",
            "iWD 100 t100 IWDDM Key",
            "********",
            "00:11:24",
            "/iwd/v3/provisioning",
            "200",
        ] {
            assert!(page.contains(shown), "{shown}");
        }
        for secret in ["049111b4", "22552b96", "d6b68a7b", "pYV1", "ed99c91d"] {
            assert!(!page.contains(secret), "{secret}");
        }
    }

    #[test]
    fn of_many_tenants_some_are_shown_and_all_are_counted() {
        let (first, _) = tenants(documented_body());
        for (count, is_told) in [(1, false), (10_000, true)] {
            let page = Page::new((first.clone(), count), &[], Vec::new())
                .render()
                .unwrap();
            let told = page.contains("The first 1 of 10000,");
            let links_to_all = page.contains("href=\"/_simulator/tenants\"");
            assert_eq!((told, links_to_all), (is_told, is_told), "{page}");
        }
    }

    #[test]
    fn what_a_tenant_is_called_is_text_and_never_markup() {
        let mut body = documented_body();
        body["tenant"]["name"] = json!("</td><script>alert(1)</script>");
        body["tenant"]["ccid"] = json!("\"><img src=x onerror=alert(1)>/..");
        let page = page_of(body, Vec::new());
        assert!(
            !page.contains("<script>") && !page.contains("<img"),
            "{page}"
        );
        assert!(
            page.contains("&#60;script&#62;alert(1)&#60;/script&#62;"),
            "{page}"
        );
        let link = "/_simulator/tenants/%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E%2F..?masked=true";
        assert!(page.contains(&format!("href=\"{link}\"")), "{page}");
    }

    #[test]
    fn a_fault_reads_as_a_sentence() {
        for (fault, requests, answer) in [
            (json!({"status": 503}), "the next request", "503"),
            (
                json!({"status": 500, "times": 2, "method": "put"}),
                "the next 2 × PUT",
                "500",
            ),
            (
                json!({"apply": true, "times": 0, "delay_ms": 300, "percent": 2.5}),
                "every request with a chance of 2.5 %",
                "performed, then the real answer, after 300 ms",
            ),
            (
                json!({"connection": "reset", "path": "/iwd", "percent": 40, "seed": 7}),
                "the next request under /iwd with a chance of 40 %",
                "the connection reset",
            ),
        ] {
            let read = Fault::read(fault.clone()).unwrap();
            let waiting = waiting(1, &read[0]);
            assert_eq!(
                (&*waiting.requests, &*waiting.answer),
                (requests, answer),
                "{fault}"
            );
        }
    }
}
