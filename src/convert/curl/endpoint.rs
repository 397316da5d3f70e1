//! The endpoint in the URL of a request.

use reqwest::Url;
use url::{Host, ParseError};

use super::CurlError;
use crate::provider::{API_PATH, base_path, is_placeholder};

/// The base URL of the API, without what may be a secret; `None` where it can't be told, or the path may be one.
pub(super) fn of(
    text: &str,
    runs_elsewhere: bool,
    remarks: &mut Vec<String>,
) -> Result<Option<String>, CurlError> {
    let mut remark = |text: &str| remarks.push(text.to_owned());
    if text.contains(['$', '`', '{']) || is_placeholder(text) {
        remark("the URL is made by the shell: set `endpoint` of the provider, or IWD_ENDPOINT");
        return Ok(None);
    }
    if text.contains(char::is_whitespace) {
        return Err(CurlError::BlankInUrl);
    }
    // As curl does.
    let text = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let mut url = match Url::parse(&text) {
        Ok(url) => url,
        Err(ParseError::InvalidIpv4Address) => {
            remark(
                "the URL is not taken over: its host ends in a number as addresses do, and is none. Set `endpoint` of the \
                 provider, or IWD_ENDPOINT, to a longer name of the host (in Kubernetes, with `.svc.cluster.local`)",
            );
            return Ok(None);
        }
        Err(_) => return Err(CurlError::Url),
    };
    // A host of that name is a scheme with a typing error behind it.
    let has_host = url.host_str().is_some_and(|host| !is_http(host));
    if !is_http(url.scheme()) || !has_host {
        return Err(CurlError::Url);
    }
    // What a typing error leaves in the path may be a secret.
    if url.path().contains(['@', '=', ':']) || url.path().contains("%20") {
        remark(
            "the URL is not taken over: its path has `@`, `=`, `:` or a blank in it, and what is there may be a secret. Set `endpoint` of \
             the provider, or IWD_ENDPOINT",
        );
        return Ok(None);
    }
    if runs_elsewhere && url.host().as_ref().is_some_and(is_loopback) {
        remark(
            "the URL is not taken over: it leads to the container or machine itself that curl runs in. Set `endpoint` of the \
             provider, or IWD_ENDPOINT, to where Terraform reaches IWD",
        );
        return Ok(None);
    }
    if runs_elsewhere {
        remark(
            "curl runs in a container or on another machine: check that Terraform reaches `endpoint` too",
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        remark("the query of the URL is not taken over: `endpoint` of the provider has none");
    }
    if !url.username().is_empty() || url.password().is_some() {
        remark(
            "user name and password in the URL are not taken over: send them with `headers` of the provider",
        );
    }
    let path = url.path().trim_end_matches('/');
    if !path.is_empty() && !path.ends_with(API_PATH) {
        remark(&format!(
            "the URL doesn't end in {API_PATH}, which the provider adds to `endpoint`: check what is before it"
        ));
    }
    let base = base_path(path).to_owned();
    url.set_path(&base);
    url.set_query(None);
    url.set_fragment(None);
    // Neither fails for a URL with a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok(Some(url.as_str().trim_end_matches('/').to_owned()))
}

fn is_http(scheme: &str) -> bool {
    ["http", "https"].contains(&scheme)
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}
