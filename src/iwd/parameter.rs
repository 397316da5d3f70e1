//! The API's parameters, by the names its errors use.

/// A parameter of the API that an answer can name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parameter {
    /// `tenant.id`
    TenantId,
    /// `tenant.name`
    TenantName,
    /// `tenant.ccid`
    TenantCcid,
    /// `tenant.apiKey`
    TenantApiKey,
    /// `tenant.gws`
    Gws,
    /// `tenant.gws.gwsUrl`
    GwsUrl,
    /// `tenant.gws.data.authUrl`
    GwsAuthUrl,
    /// `tenant.gws.data.authredircetUrl`
    GwsAuthRedirectUrl,
    /// `tenant.gws.secret.clientId`
    GwsClientId,
    /// `tenant.gws.secret.clientSecret`
    GwsClientSecret,
    /// `tenant.gws.secret.apikey`
    GwsApiKey,
    /// `tenant.gws.secret.username`
    GwsUsername,
    /// `tenant.gws.secret.token`
    GwsToken,
    /// `iwd.url`
    IwdUrl,
    /// `iwd.db`
    Db,
    /// `iwd.db.host`
    DbHost,
    /// `iwd.db.port`
    DbPort,
    /// `iwd.db.database`
    DbDatabase,
    /// `iwd.db.user`
    DbUser,
    /// `iwd.db.password`
    DbPassword,
    /// `iwd.db.ssl`
    DbSsl,
    /// `iwd.apiKeys`
    ApiKeys,
    /// `iwd.apiKeys.IWD_APIKEY_TENANT`
    ApiKeyTenant,
    /// `iwd.apiKeys.IWD_APIKEY_IWDDM`
    ApiKeyIwddm,
    /// `iwdEmail.url`
    EmailUrl,
}

impl Parameter {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::TenantId,
        Self::TenantName,
        Self::TenantCcid,
        Self::TenantApiKey,
        Self::Gws,
        Self::GwsUrl,
        Self::GwsAuthUrl,
        Self::GwsAuthRedirectUrl,
        Self::GwsClientId,
        Self::GwsClientSecret,
        Self::GwsApiKey,
        Self::GwsUsername,
        Self::GwsToken,
        Self::IwdUrl,
        Self::Db,
        Self::DbHost,
        Self::DbPort,
        Self::DbDatabase,
        Self::DbUser,
        Self::DbPassword,
        Self::DbSsl,
        Self::ApiKeys,
        Self::ApiKeyTenant,
        Self::ApiKeyIwddm,
        Self::EmailUrl,
    ];

    /// Its name on the wire, from the body's root.
    pub fn wire_name(self) -> &'static str {
        match self {
            Self::TenantId => "tenant.id",
            Self::TenantName => "tenant.name",
            Self::TenantCcid => "tenant.ccid",
            Self::TenantApiKey => "tenant.apiKey",
            Self::Gws => "tenant.gws",
            Self::GwsUrl => "tenant.gws.gwsUrl",
            Self::GwsAuthUrl => "tenant.gws.data.authUrl",
            Self::GwsAuthRedirectUrl => "tenant.gws.data.authredircetUrl",
            Self::GwsClientId => "tenant.gws.secret.clientId",
            Self::GwsClientSecret => "tenant.gws.secret.clientSecret",
            Self::GwsApiKey => "tenant.gws.secret.apikey",
            Self::GwsUsername => "tenant.gws.secret.username",
            Self::GwsToken => "tenant.gws.secret.token",
            Self::IwdUrl => "iwd.url",
            Self::Db => "iwd.db",
            Self::DbHost => "iwd.db.host",
            Self::DbPort => "iwd.db.port",
            Self::DbDatabase => "iwd.db.database",
            Self::DbUser => "iwd.db.user",
            Self::DbPassword => "iwd.db.password",
            Self::DbSsl => "iwd.db.ssl",
            Self::ApiKeys => "iwd.apiKeys",
            Self::ApiKeyTenant => "iwd.apiKeys.IWD_APIKEY_TENANT",
            Self::ApiKeyIwddm => "iwd.apiKeys.IWD_APIKEY_IWDDM",
            Self::EmailUrl => "iwdEmail.url",
        }
    }

    /// The first parameter that a text names, dotted (`iwd.db.host`) or as a JSON pointer (`/iwd/db/host`).
    ///
    /// The documentation spells some names in two ways, so letter case does not count. The two keys
    /// `IWD_APIKEY_…` are told by their last part alone.
    pub fn named_in(text: &str) -> Option<Self> {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/')))
            // Every name has one of these, and most words of a long text have none.
            .filter(|word| word.contains(['.', '_', '/']))
            .find_map(|word| Self::of_word(&word.replace('/', ".")))
    }

    fn of_word(word: &str) -> Option<Self> {
        let word = word.trim_matches('.');
        Self::ALL.into_iter().find(|parameter| {
            let name = parameter.wire_name();
            let last = name.rsplit('.').next().unwrap_or_default();
            // A longer path may lead to the name.
            let (before, end) = word.split_at(word.len().saturating_sub(name.len()));
            (end.eq_ignore_ascii_case(name) && (before.is_empty() || before.ends_with('.')))
                || (last.starts_with("IWD_APIKEY_") && word.eq_ignore_ascii_case(last))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_found_by_its_wire_name() {
        for parameter in Parameter::ALL {
            let text = format!(
                r#"{{"message":"\"{}\" is required."}}"#,
                parameter.wire_name()
            );
            assert_eq!(Parameter::named_in(&text), Some(parameter));
        }
    }

    #[test]
    fn other_spellings_are_understood() {
        for (text, parameter) in [
            ("body.iwd.db.host: must be a string", Parameter::DbHost),
            (r#"{"instancePath":"/iwd/db/port"}"#, Parameter::DbPort),
            ("Missing tenant.apikey.", Parameter::TenantApiKey),
            ("IWD_APIKEY_TENANT missing", Parameter::ApiKeyTenant),
            ("iwd.db is required", Parameter::Db),
        ] {
            assert_eq!(Parameter::named_in(text), Some(parameter), "{text}");
        }
    }

    #[test]
    fn the_first_of_several_counts() {
        let text = "iwd.db.user and iwd.db.host are required";
        assert_eq!(Parameter::named_in(text), Some(Parameter::DbUser));
    }

    #[test]
    fn prose_that_only_sounds_alike_names_none() {
        for text in [
            "the iwd service could not reach its db at host pg.infra",
            "see http://iwd.url.example/",
            "myiwd.db.host",
            "",
        ] {
            assert_eq!(Parameter::named_in(text), None, "{text}");
        }
    }
}
