//! Several requests as one configuration: a name for each tenant, one endpoint, and which keys are needed.

use std::collections::{BTreeSet, HashMap};

use secrecy::ExposeSecret;

use super::curl::Call;
use super::headers::Headers;
use super::names::Names;
use super::request::Request;
use crate::iwd::model::FoldedCcid;
use crate::provider::{Converted, is_placeholder};

/// What is to be configured. It holds no secret.
#[derive(Debug)]
pub(super) struct Stack {
    pub(super) provider: ProviderBlock,
    pub(super) tenants: Vec<Tenant>,
}

/// What the provider block has to say.
#[derive(Debug)]
pub(super) struct ProviderBlock {
    /// Base URL of the API, where a request told it.
    pub(super) endpoint: Option<String>,
    pub(super) keys: Keys,
    /// The names of the headers that each request needs.
    pub(super) headers: BTreeSet<String>,
}

/// The `x-api-key` of the requests.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Keys {
    /// It is not known.
    Unknown,
    /// It is one for all.
    One,
    /// These tenants have keys of their own.
    PerTenant(Vec<String>),
}

/// A tenant.
#[derive(Debug)]
pub(super) struct Tenant {
    /// Its name in the configuration.
    pub(super) label: String,
    /// Where its request was found.
    pub(super) source: String,
    pub(super) converted: Converted,
    /// What has to be looked at.
    pub(super) remarks: Vec<String>,
}

impl Stack {
    /// The configuration of these requests, each with its source; or what stands in the way.
    pub(super) fn of(requests: Vec<(String, Request)>) -> Result<Self, Vec<String>> {
        let mut problems = duplicates(&requests);
        let endpoint = |(_, request): &(String, Request)| request.call.as_ref()?.endpoint.clone();
        let endpoints: BTreeSet<_> = requests.iter().filter_map(endpoint).collect();
        if endpoints.len() > 1 {
            let listed: Vec<_> = endpoints.iter().map(String::as_str).collect();
            problems.push(format!(
                "the requests go to different endpoints ({}), and a provider block has one: convert the tenants of each \
                 by themselves",
                listed.join(", ")
            ));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let (endpoint, keys) = (endpoints.first().cloned(), keys(&requests));
        let (senders, calls) = senders(&requests);
        let (mut labels, mut headers) = (Names::default(), Headers::default());
        let mut tenants = Vec::new();
        for (
            source,
            Request {
                mut tenant, call, ..
            },
        ) in requests
        {
            let is_call = call.is_some();
            let Call {
                endpoint: own,
                headers: sent,
                api_key,
                mut remarks,
            } = call.unwrap_or_default();
            if let (true, None, Some(endpoint)) = (is_call, own, &endpoint) {
                remarks.push(format!(
                    "the endpoint of this request is not known, and that of another one is taken ({endpoint}): check that it \
                     is the same"
                ));
            }
            if api_key.is_none() && matches!(keys, Keys::PerTenant(_)) {
                remarks.push(format!(
                    "no x-api-key of {} is known, while other requests have one: add it to `tenant_api_keys`, or the \
                     tenant's own key is used, which is not there at destroy",
                    tenant.ccid
                ));
            }
            for (name, value) in sent {
                let count = senders.get(&name.to_ascii_lowercase());
                if count.is_some_and(|count| *count < calls) {
                    remarks.push(format!(
                        "other requests don't have the header {name}, and the provider sends its `headers` for all tenants"
                    ));
                }
                if let Some(first) = headers.take(name, value) {
                    remarks.push(format!(
                        "another request has another value of the header {first}, and `headers` of the provider holds one \
                         for all tenants"
                    ));
                }
            }
            remarks.append(&mut tenant.remarks);
            let name = tenant.config.get("name").as_str().unwrap_or_default();
            tenants.push(Tenant {
                label: label(name, &mut labels),
                source,
                converted: tenant,
                remarks,
            });
        }
        let provider = ProviderBlock {
            endpoint,
            keys,
            headers: headers.names().collect(),
        };
        Ok(Self { provider, tenants })
    }

    /// All that has to be looked at, each with its source.
    pub(super) fn remarks(&self) -> Vec<String> {
        let of_tenant = |tenant: &Tenant| {
            let source = tenant.source.clone();
            let remark = |remark: &String| format!("{source}: {remark}");
            tenant.remarks.iter().map(remark).collect::<Vec<_>>()
        };
        self.tenants.iter().flat_map(of_tenant).collect()
    }
}

/// A tenant has one object; letter case doesn't tell two tenants apart.
fn duplicates(requests: &[(String, Request)]) -> Vec<String> {
    let mut seen = HashMap::new();
    let mut problems = Vec::new();
    for (source, request) in requests {
        let ccid = request.tenant.ccid.as_str();
        if let Some(first) = seen.insert(FoldedCcid::from(ccid), source) {
            problems.push(format!(
                "{source}: the tenant {ccid} is in {first} too; keep one of the two"
            ));
        }
    }
    problems
}

/// How many requests have each header, by its name in lower case, and how many could have it.
fn senders(requests: &[(String, Request)]) -> (HashMap<String, usize>, usize) {
    let calls = requests
        .iter()
        .filter_map(|(_, request)| request.call.as_ref());
    let mut senders = HashMap::new();
    for name in calls.clone().flat_map(|call| call.headers.folded_names()) {
        *senders.entry(name.to_owned()).or_default() += 1;
    }
    (senders, calls.count())
}

/// One key serves all where each request is known to have it; a placeholder is another key for each tenant.
fn keys(requests: &[(String, Request)]) -> Keys {
    let keyed = requests.iter().filter_map(|(_, request)| {
        let key = request.call.as_ref()?.api_key.as_ref()?;
        Some((request.tenant.ccid.to_string(), key.expose_secret()))
    });
    let (ccids, keys): (Vec<_>, BTreeSet<_>) = keyed.unzip();
    let is_one = ccids.len() == requests.len() && keys.len() == 1;
    match keys.first() {
        None => Keys::Unknown,
        Some(key) if is_one && !is_placeholder(key) => Keys::One,
        Some(_) => Keys::PerTenant(ccids),
    }
}

/// How much of a tenant's name is in the names that are made of it.
const LONGEST_LABEL: usize = 64;

/// A name in HCL made of a tenant's, that no other tenant has.
fn label(name: &str, taken: &mut Names) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    let mut label: String = name.chars().take(LONGEST_LABEL).map(plain).collect();
    if !label.starts_with(|c: char| c.is_ascii_alphabetic()) {
        label.insert_str(0, "tenant_");
    }
    taken.unique(&label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_name_in_hcl_and_no_others() {
        let mut taken = Names::default();
        for (name, expected) in [
            ("t100", "t100"),
            ("T100", "t100_2"),
            ("t100", "t100_3"),
            ("100", "tenant_100"),
            ("", "tenant_"),
            ("Zürich (west)", "z_rich__west_"),
        ] {
            assert_eq!(label(name, &mut taken), expected);
        }
        assert_eq!(
            label(&"ü".repeat(1_000_000), &mut taken).len(),
            64 + "tenant_".len()
        );
    }
}
