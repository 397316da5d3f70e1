//! Hides secret values in what people are shown.

use serde_json::Value;

const MASK: &str = "********";

/// Keys whose values a person may see, the documented bodies' and the records'; any other may be secret.
const PLAIN_KEYS: [&str; 14] = [
    "authUrl",
    "authredircetUrl",
    "ccid",
    "clientId",
    "database",
    "gwsUrl",
    "host",
    "id",
    "name",
    "port",
    "ssl",
    "url",
    "user",
    "username",
];

/// Headers that a person may see; any other may carry credentials.
const PLAIN_HEADERS: [&str; 8] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "user-agent",
];

/// Masks every value, at any depth, that is not under a plain key.
pub(super) fn secrets(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, child) in object {
                if child.is_object() || !PLAIN_KEYS.contains(&key.as_str()) {
                    secrets(child);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(secrets),
        Value::Null => {}
        _ => *value = MASK.into(),
    }
}

/// Masks the secrets of one entry of the request log.
pub(super) fn request(entry: &mut Value) {
    for (name, value) in entry["headers"].as_object_mut().into_iter().flatten() {
        if !PLAIN_HEADERS.contains(&name.as_str()) {
            secrets(value);
        }
    }
    secrets(&mut entry["body"]);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::rules::tests::documented_body;
    use super::*;

    #[test]
    fn the_documented_body_keeps_its_shape_and_loses_its_secrets() {
        let mut body = documented_body();
        secrets(&mut body);
        assert_eq!(body["iwd"]["db"]["host"], "pgdb-dgt-postgresql.infra");
        assert_eq!(body["tenant"]["gws"]["secret"]["username"], "nexus");
        let masked = [
            "/tenant/apiKey",
            "/tenant/gws/secret/clientSecret",
            "/tenant/gws/secret/apikey",
            "/tenant/gws/secret/token",
            "/iwd/db/password",
            "/iwd/apiKeys/IWD_APIKEY_TENANT",
            "/iwd/apiKeys/IWD_APIKEY_IWDDM",
        ];
        for pointer in masked {
            assert_eq!(body.pointer(pointer).unwrap(), MASK, "{pointer}");
        }
        assert_eq!(body.to_string().matches(MASK).count(), masked.len());
    }

    #[test]
    fn a_request_shows_no_header_that_may_carry_credentials_and_no_text() {
        let mut entry = json!({
            "headers": {"host": "a", "x-api-key": "k", "cookie": "c"},
            "body": "{\"password\": \"p\"",
        });
        request(&mut entry);
        assert_eq!(
            entry,
            json!({"headers": {"host": "a", "x-api-key": MASK, "cookie": MASK}, "body": MASK})
        );
    }
}
