//! What IWD creates in the Digital Channels database for a tenant.
//!
//! Documented: which records there are, and that they come with defaults. The simulator's own:
//! their fields, empty defaults, and the tenant key's name, formed like the data mart's.

use serde_json::{Value, json};

use super::rules::{Provisioning, Service};

/// The service records of a tenant. Without `tenant.gws` there is no `GAPI` record.
pub(super) fn services(provisioning: &Provisioning) -> Vec<(Service, Value)> {
    let iwd = json!({
        "url": provisioning.get("iwd.url"),
        "db": provisioning.get("iwd.db"),
        "options": {},
        "categories": [],
        "filters": [],
        "prioritization": [],
        "secret": {"apiKey": provisioning.get("tenant.apiKey")},
    });
    let email = json!({
        "url": provisioning.get("iwdEmail.url"),
        "options": {},
        "mailboxes": [],
    });
    let gapi = provisioning.get("tenant.gws").cloned();
    gapi.map(|record| (Service::Gapi, record))
        .into_iter()
        .chain([(Service::Iwd, iwd), (Service::IwdEmail, email)])
        .collect()
}

/// The API keys of a tenant with their names, which hold the tenant's id and name.
pub(super) fn api_keys(provisioning: &Provisioning) -> Vec<(String, String)> {
    let (id, name) = (
        provisioning.text("tenant.id"),
        provisioning.text("tenant.name"),
    );
    [
        ("Tenant", "iwd.apiKeys.IWD_APIKEY_TENANT"),
        ("IWDDM", "iwd.apiKeys.IWD_APIKEY_IWDDM"),
    ]
    .into_iter()
    .filter_map(|(user, parameter)| {
        let key = provisioning.get(parameter)?.as_str()?;
        Some((format!("iWD {id} {name} {user} Key"), key.to_owned()))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::rules::tests::{documented_body, documented_manual_body};
    use super::*;

    fn provisioning(body: Value) -> Provisioning {
        Provisioning::check(body).ok().unwrap()
    }

    #[test]
    fn the_documented_body_makes_three_services() {
        let services = services(&provisioning(documented_body()));
        let names: Vec<&str> = services.iter().map(|(service, _)| service.name()).collect();
        assert_eq!(names, ["GAPI", "iWD", "iWDEmail"]);
        assert_eq!(services[0].1["secret"]["token"], ":;pYV1lNWh0-");
        assert_eq!(services[1].1["db"]["port"], 5432);
        assert_eq!(services[2].1["url"], "N/A");
    }

    #[test]
    fn without_gws_there_is_no_gapi_record() {
        let services = services(&provisioning(documented_manual_body()));
        assert!(
            !services
                .iter()
                .any(|(service, _)| *service == Service::Gapi)
        );
    }

    #[test]
    fn keys_are_named_after_the_tenants_id_and_name() {
        let mut body = documented_body();
        assert_eq!(
            api_keys(&provisioning(body.clone())),
            [
                (
                    "iWD 100 t100 Tenant Key".to_owned(),
                    "22552b96-8783-46a9-b0eb-075ddfa8893e".to_owned()
                ),
                (
                    "iWD 100 t100 IWDDM Key".to_owned(),
                    "d6b68a7b-12ed-4c3c-830d-215eecdd1a48".to_owned()
                ),
            ]
        );
        body["iwd"]["apiKeys"]
            .as_object_mut()
            .unwrap()
            .remove("IWD_APIKEY_IWDDM");
        assert_eq!(api_keys(&provisioning(body)).len(), 1);
    }
}
