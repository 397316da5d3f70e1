//! Request bodies with secrets in them.

use serde_json::Value as Json;

/// What every planted secret begins with.
const CANARY: &str = "canary-";

/// What of a body may be shown; all else is taken for a secret, what the API doesn't know included.
const VISIBLE: [&str; 15] = [
    "tenant.id",
    "tenant.name",
    "tenant.ccid",
    "tenant.gws.gwsUrl",
    "tenant.gws.data.authUrl",
    "tenant.gws.data.authredircetUrl",
    "tenant.gws.secret.clientId",
    "tenant.gws.secret.username",
    "iwd.url",
    "iwd.db.host",
    "iwd.db.port",
    "iwd.db.database",
    "iwd.db.user",
    "iwd.db.ssl",
    "iwdEmail.url",
];

/// Whether there is one.
pub(super) fn has_canary(bytes: &[u8]) -> bool {
    let canary = CANARY.as_bytes();
    bytes.windows(canary.len()).any(|part| part == canary)
}

/// Puts a secret into every place of a body that may hold one.
pub(super) fn plant(body: &mut Json) {
    plant_below(body, "");
}

fn plant_below(json: &mut Json, path: &str) {
    match json {
        Json::Object(entries) => {
            for (name, entry) in entries {
                // A name with a dot would pass for a path.
                let name = name.replace('.', "/");
                let path = if path.is_empty() {
                    name
                } else {
                    format!("{path}.{name}")
                };
                plant_below(entry, &path);
            }
        }
        Json::Array(elements) => {
            for element in elements {
                plant_below(element, &format!("{path}.0"));
            }
        }
        _ if VISIBLE.contains(&path) => {}
        other => *other = format!("{CANARY}{path}").into(),
    }
}
