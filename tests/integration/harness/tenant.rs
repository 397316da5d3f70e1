//! Typical tenants.

use serde_json::{Value as Json, json};

/// A contact center id.
pub(crate) const CCID: &str = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100";

/// The configuration of a tenant with plain secrets and without `gws`; everything else is null, as Terraform sends it.
pub(crate) fn plain() -> Json {
    json!({
        "id": null,
        "revision": null,
        "ccid": CCID,
        "short_id": "100",
        "name": "t100",
        "api_key": "canary-tenant-key",
        "api_key_wo": null,
        "secrets_wo_version": null,
        "on_destroy": null,
        "destroy_services": null,
        "deletion_protection": null,
        "reprovision_triggers": null,
        "gws": null,
        "iwd": {
            "url": "http://iwd.iwd:4024",
            "db": {
                "host": "pgdb-dgt-postgresql.infra",
                "port": null,
                "database": "iwd-100",
                "user": "iwd-user",
                "password": "canary-password",
                "password_wo": null,
                "ssl": null,
            },
            "api_keys": {
                "tenant": "canary-customer-key",
                "tenant_wo": null,
                "iwddm": null,
                "iwddm_wo": null,
            },
        },
        "iwd_email": null,
        "timeouts": null,
    })
}

/// The same with write-only secrets.
pub(crate) fn write_only() -> Json {
    let mut config = plain();
    for (block, name) in [
        ("", "api_key"),
        ("/iwd/db", "password"),
        ("/iwd/api_keys", "tenant"),
    ] {
        let secret = config.pointer(&format!("{block}/{name}")).cloned().unwrap();
        set(&mut config, &format!("{block}/{name}"), Json::Null);
        set(&mut config, &format!("{block}/{name}_wo"), secret);
    }
    config
}

/// The `gws` block with plain secrets.
pub(crate) fn gws() -> Json {
    json!({
        "url": "http://gws-service-proxy.gws",
        "auth_url": "http://gauth-auth.gauth",
        "auth_redirect_url": "https://gauth.example.com",
        "client_id": "iwd_client",
        "client_secret": "canary-client-secret",
        "client_secret_wo": null,
        "api_key": null,
        "api_key_wo": null,
        "username": "nexus",
        "token": "canary-token",
        "token_wo": null,
    })
}

/// The configuration with that value at that place.
pub(crate) fn with(config: &Json, pointer: &str, value: impl Into<Json>) -> Json {
    let mut config = config.clone();
    set(&mut config, pointer, value.into());
    config
}

fn set(config: &mut Json, pointer: &str, value: Json) {
    *config
        .pointer_mut(pointer)
        .unwrap_or_else(|| panic!("there is no {pointer}")) = value;
}

/// What Terraform proposes: the configuration, and the prior value where the provider may compute one.
pub(crate) fn proposed(prior: &Json, config: &Json) -> Json {
    const COMPUTED: [&str; 7] = [
        "/id",
        "/revision",
        "/on_destroy",
        "/deletion_protection",
        "/iwd/db/port",
        "/iwd/db/ssl",
        "/iwd_email/url",
    ];
    let mut proposed = config.clone();
    for pointer in COMPUTED {
        if let (Some(value), Some(prior)) = (proposed.pointer_mut(pointer), prior.pointer(pointer))
            && value.is_null()
        {
            *value = prior.clone();
        }
    }
    proposed
}
