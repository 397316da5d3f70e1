//! The argument of `iwd_tenant` that a parameter of the API comes from.

use crate::iwd::parameter::Parameter;
use crate::tf_provider::path::AttributePath;

/// What a parameter comes from.
enum Kind {
    Argument,
    /// A secret, which has a write-only twin.
    Secret,
    /// A block, which may stand on one line with a secret.
    Block,
}

fn names(parameter: Parameter) -> (&'static [&'static str], Kind) {
    use Kind::{Argument, Block, Secret};
    match parameter {
        Parameter::TenantId => (&["short_id"], Argument),
        Parameter::TenantName => (&["name"], Argument),
        Parameter::TenantCcid => (&["ccid"], Argument),
        Parameter::TenantApiKey => (&["api_key"], Secret),
        Parameter::Gws => (&["gws"], Block),
        Parameter::GwsUrl => (&["gws", "url"], Argument),
        Parameter::GwsAuthUrl => (&["gws", "auth_url"], Argument),
        Parameter::GwsAuthRedirectUrl => (&["gws", "auth_redirect_url"], Argument),
        Parameter::GwsClientId => (&["gws", "client_id"], Argument),
        Parameter::GwsClientSecret => (&["gws", "client_secret"], Secret),
        Parameter::GwsApiKey => (&["gws", "api_key"], Secret),
        Parameter::GwsUsername => (&["gws", "username"], Argument),
        Parameter::GwsToken => (&["gws", "token"], Secret),
        Parameter::IwdUrl => (&["iwd", "url"], Argument),
        Parameter::Db => (&["iwd", "db"], Block),
        Parameter::DbHost => (&["iwd", "db", "host"], Argument),
        Parameter::DbPort => (&["iwd", "db", "port"], Argument),
        Parameter::DbDatabase => (&["iwd", "db", "database"], Argument),
        Parameter::DbUser => (&["iwd", "db", "user"], Argument),
        Parameter::DbPassword => (&["iwd", "db", "password"], Secret),
        Parameter::DbSsl => (&["iwd", "db", "ssl"], Argument),
        Parameter::ApiKeys => (&["iwd", "api_keys"], Block),
        Parameter::ApiKeyTenant => (&["iwd", "api_keys", "tenant"], Secret),
        Parameter::ApiKeyIwddm => (&["iwd", "api_keys", "iwddm"], Secret),
        Parameter::EmailUrl => (&["iwd_email", "url"], Argument),
    }
}

/// The argument in words, with its write-only twin.
pub(super) fn name_of(parameter: Parameter) -> String {
    let (names, kind) = names(parameter);
    let path = names.join(".");
    match kind {
        Kind::Argument => format!("`{path}`"),
        Kind::Secret => format!("`{path}` or `{path}_wo`"),
        Kind::Block => format!("the block `{path}`"),
    }
}

/// Where to point. Terraform prints the line, so for a secret it is the parent of the block around it, which can't
/// stand on one line with the secret.
pub(super) fn place_of(parameter: Parameter) -> AttributePath {
    let (names, kind) = names(parameter);
    let path = AttributePath::of(names);
    match kind {
        Kind::Argument => path,
        Kind::Secret => path.up(2),
        Kind::Block => path.up(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_pointed_at_but_no_line_with_a_secret() {
        for (parameter, name, place) in [
            (Parameter::TenantId, "`short_id`", "short_id"),
            (Parameter::DbHost, "`iwd.db.host`", "iwd.db.host"),
            (
                Parameter::GwsAuthRedirectUrl,
                "`gws.auth_redirect_url`",
                "gws.auth_redirect_url",
            ),
            (Parameter::EmailUrl, "`iwd_email.url`", "iwd_email.url"),
            (Parameter::TenantApiKey, "`api_key` or `api_key_wo`", ""),
            (Parameter::GwsToken, "`gws.token` or `gws.token_wo`", ""),
            (
                Parameter::DbPassword,
                "`iwd.db.password` or `iwd.db.password_wo`",
                "iwd",
            ),
            (
                Parameter::ApiKeyTenant,
                "`iwd.api_keys.tenant` or `iwd.api_keys.tenant_wo`",
                "iwd",
            ),
            (Parameter::ApiKeys, "the block `iwd.api_keys`", "iwd"),
            (Parameter::Gws, "the block `gws`", ""),
        ] {
            assert_eq!(name_of(parameter), name);
            assert_eq!(place_of(parameter).to_string(), place, "{parameter:?}");
        }
    }
}
