//! Method, URL and headers of each call, computed without I/O.

use reqwest::Url;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue,
};
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

use super::body;
use super::model::{Ccid, Deletion, Operation, Tenant};

/// The header that carries the key of the call.
pub(super) const API_KEY_HEADER: HeaderName = HeaderName::from_static("x-api-key");

/// Path of the API's resource below the base URL.
pub const API_PATH: &str = "/iwd/v3/provisioning";
/// Path of the API itself.
const API: &str = "/iwd/v3";

/// One call, ready to be sent any number of times.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// What it does to the tenant.
    pub(super) operation: Operation,
    /// The tenant it is about.
    pub(super) ccid: Ccid,
    /// Where it goes; holds no secret.
    pub(super) url: Url,
    /// All headers that are ours or the user's.
    pub(super) headers: HeaderMap,
    /// The JSON, if there is any.
    pub(super) body: Option<SecretString>,
}

impl Request {
    /// Adds the key, unless no header can carry it.
    pub(super) fn authorize(&mut self, key: &SecretString) -> Result<(), InvalidHeaderValue> {
        let mut key = HeaderValue::from_bytes(key.expose_secret().as_bytes())?;
        key.set_sensitive(true);
        self.headers.insert(API_KEY_HEADER, key);
        Ok(())
    }
}

/// The call that provisions a tenant, complete with all its secrets but the key of the call.
pub(super) fn provision(
    endpoint: &Url,
    extra: &HeaderMap,
    operation: Operation,
    tenant: &Tenant,
) -> Request {
    let mut headers = headers(extra);
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    Request {
        operation,
        ccid: tenant.ccid.clone(),
        url: provisioning_url(endpoint),
        headers,
        body: Some(body::json(tenant)),
    }
}

/// The call that deletes a tenant or some of its services, but for the key of the call.
pub(super) fn delete(
    endpoint: &Url,
    extra: &HeaderMap,
    operation: Operation,
    ccid: &Ccid,
    deletion: &Deletion,
) -> Request {
    let mut url = provisioning_url(endpoint);
    url.set_path(&format!("{}/{ccid}", url.path()));
    url.set_query(Some(&query(deletion)));
    Request {
        operation,
        ccid: ccid.clone(),
        url,
        headers: headers(extra),
        body: None,
    }
}

/// The API takes all names in one value, with the comma as it is.
fn query(deletion: &Deletion) -> String {
    match deletion {
        Deletion::Tenant => "deleteTenant=true".to_owned(),
        Deletion::Services(names) => {
            let names: Vec<String> = names
                .iter()
                .map(|name| form_urlencoded::byte_serialize(name.as_bytes()).collect())
                .collect();
            format!("service={}", names.join(","))
        }
    }
}

/// The path of a base URL; people also give the API's own path, all or half of it, or a slash at the end.
pub fn base_path(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    let base = path
        .strip_suffix(API_PATH)
        .or_else(|| path.strip_suffix(API));
    base.unwrap_or(path).trim_end_matches('/')
}

/// The URL of the API's resource below a base URL.
pub(super) fn provisioning_url(endpoint: &Url) -> Url {
    let mut url = endpoint.clone();
    url.set_path(&format!("{}{API_PATH}", base_path(endpoint.path())));
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// The headers of every request, but for the key.
pub(super) fn headers(extra: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.extend(extra.clone());
    headers
}

#[cfg(test)]
mod tests {
    use super::super::model::samples;
    use super::*;

    fn endpoint(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn deletion_url(base: &str, deletion: &Deletion) -> String {
        let ccid = "9350e2fc".parse().unwrap();
        delete(
            &endpoint(base),
            &HeaderMap::new(),
            Operation::Delete,
            &ccid,
            deletion,
        )
        .url
        .into()
    }

    #[test]
    fn a_tenant_is_posted_first_and_put_later() {
        let tenant = samples::with_gws();
        for (operation, method) in [(Operation::Create, "POST"), (Operation::Update, "PUT")] {
            let base = endpoint("http://iwd.iwd:4024");
            let mut request = provision(&base, &HeaderMap::new(), operation, &tenant);
            request.authorize(&"ed99c91d-dd18".into()).unwrap();
            assert_eq!(request.operation.method(), method);
            assert_eq!(
                request.url.as_str(),
                "http://iwd.iwd:4024/iwd/v3/provisioning"
            );
            assert_eq!(
                request.headers[CONTENT_TYPE],
                "application/json; charset=utf-8"
            );
            assert_eq!(request.headers[API_KEY_HEADER], "ed99c91d-dd18");
            let expected = body::json(&tenant);
            let body = request.body.unwrap();
            assert_eq!(body.expose_secret(), expected.expose_secret());
        }
    }

    #[test]
    fn a_path_prefix_stays_and_the_apis_own_path_is_tolerated() {
        for (base, prefix) in [
            ("", ""),
            ("/", ""),
            ("/iwd/v3", ""),
            ("/iwd/v3/", ""),
            ("/iwd/v3/provisioning", ""),
            ("/iwd/v3/provisioning//", ""),
            ("/a/b//", "/a/b"),
            ("/a/b/iwd/v3", "/a/b"),
            ("/a/b/iwd/v3/provisioning", "/a/b"),
            ("/a/b//iwd/v3/provisioning/", "/a/b"),
            ("/a%2Fb/iwd/v3", "/a%2Fb"),
            // Anything else is a path of the user's own, in which letter case counts.
            ("/iwd", "/iwd"),
            ("/provisioning", "/provisioning"),
            ("/v3/provisioning", "/v3/provisioning"),
            ("/IWD/V3", "/IWD/V3"),
            ("/aiwd/v3", "/aiwd/v3"),
        ] {
            let url = provisioning_url(&endpoint(&format!("https://h{base}")));
            let expected = format!("https://h{prefix}/iwd/v3/provisioning");
            assert_eq!(url.as_str(), expected, "{base}");
        }
    }

    #[test]
    fn a_deletion_names_the_tenant_or_its_services_in_one_value() {
        assert_eq!(
            deletion_url("http://h/p", &Deletion::Tenant),
            "http://h/p/iwd/v3/provisioning/9350e2fc?deleteTenant=true"
        );
        let services = |names: &[&str]| {
            Deletion::Services(names.iter().map(|&name| name.to_owned()).collect())
        };
        assert_eq!(
            deletion_url("http://h", &services(&["iWD", "iWDEmail"])),
            "http://h/iwd/v3/provisioning/9350e2fc?service=iWD,iWDEmail"
        );
        assert_eq!(
            deletion_url("http://h", &services(&["a&deleteTenant=true#"])),
            "http://h/iwd/v3/provisioning/9350e2fc?service=a%26deleteTenant%3Dtrue%23"
        );
    }

    #[test]
    fn debug_shows_neither_key_nor_body() {
        let tenant = samples::with_gws();
        let mut request = provision(
            &endpoint("http://h"),
            &HeaderMap::new(),
            Operation::Create,
            &tenant,
        );
        request.authorize(&"ed99c91d-dd18".into()).unwrap();
        let shown = format!("{request:?}");
        assert!(shown.contains("provisioning"));
        assert!(
            !shown.contains("ed99c91d") && !shown.contains("pYV1lNWh0"),
            "{shown}"
        );
    }

    #[test]
    fn a_key_that_no_header_can_carry_is_refused() {
        let ccid = "c".parse().unwrap();
        let mut request = delete(
            &endpoint("http://h"),
            &HeaderMap::new(),
            Operation::Delete,
            &ccid,
            &Deletion::Tenant,
        );
        assert!(request.authorize(&"key\n".into()).is_err());
    }
}
