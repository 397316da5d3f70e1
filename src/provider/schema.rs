//! The arguments of the provider block, each with what the documentation says of it.

use crate::tf_provider::schema::{Attribute, Block, Schema};
use crate::tf_provider::value_type::ValueType;

/// The schema of `provider "iwd"`.
pub(super) fn schema() -> Schema {
    use ValueType::{Bool, Number, String};
    let text = Attribute::optional;
    Schema {
        version: 0,
        block: Block {
            description: "Provisions tenants of Genesys Intelligent Workload Distribution (IWD), private edition.\n\n\
                The settings are those for the IWD provisioning API. Each can also come from the environment, as `IWD_` and \
                its name in capitals; the configuration wins, and an empty variable counts as unset. Nothing is \
                contacted before the first change of a tenant, so values that are only known during the apply are \
                fine.",
            attributes: vec![
                text("endpoint", String).describe(
                    "Base URL of IWD, such as `http://iwd.iwd:4024`, without credentials, query and fragment; a path \
                     before `/iwd/v3` is kept, and that or `/iwd/v3/provisioning` at its end does no harm. Needed as soon as a tenant is created, updated or destroyed; there is \
                     no default. Environment: `IWD_ENDPOINT`.",
                ),
                text("api_key", String).sensitive().describe(
                    "The `x-api-key` for tenants that `tenant_api_keys` doesn't name. Without either, the tenant's own \
                     `api_key` or `api_key_wo` is used. Environment: `IWD_API_KEY`.",
                ),
                text("tenant_api_keys", ValueType::map(String)).sensitive().describe(
                    "The `x-api-key` of each tenant, by ccid. Environment: `IWD_TENANT_API_KEYS`, a JSON object.",
                ),
                text("headers", ValueType::map(String)).sensitive().describe(
                    "Further headers of every request, for a gateway in front of IWD. `x-api-key`, `Content-Type`, \
                     `Content-Length`, `Host`, `Connection`, `Transfer-Encoding`, `Accept-Encoding` and \
                     `Content-Encoding` can't be set. Environment: `IWD_HEADERS`, a JSON object.",
                ),
                text("ca_cert_pem", String).describe(
                    "Certificates in PEM that are trusted beside the system's. At most one of it and `ca_cert_file`. \
                     Environment: `IWD_CA_CERT_PEM`.",
                ),
                text("ca_cert_file", String)
                    .describe(
                        "A file with certificates in PEM that are trusted beside the system's. At most one of it and \
                         `ca_cert_pem`. Environment: `IWD_CA_CERT_FILE`.",
                    ),
                text("client_cert_pem", String).describe(
                    "The client's certificate in PEM, for mutual TLS; needs `client_key_pem` or `client_key_file`. At most \
                     one of it and `client_cert_file`. Environment: `IWD_CLIENT_CERT_PEM`.",
                ),
                text("client_cert_file", String)
                    .describe(
                        "A file with the client's certificate in PEM, for mutual TLS; needs `client_key_pem` or \
                         `client_key_file`. At most one of it and `client_cert_pem`. Environment: \
                         `IWD_CLIENT_CERT_FILE`.",
                    ),
                text("client_key_pem", String).sensitive().describe(
                    "The private key in PEM of the client's certificate. At most one of it and `client_key_file`. \
                     Environment: `IWD_CLIENT_KEY_PEM`.",
                ),
                text("client_key_file", String)
                    .describe(
                        "A file with the private key in PEM of the client's certificate. At most one of it and \
                         `client_key_pem`. Environment: `IWD_CLIENT_KEY_FILE`.",
                    ),
                text("insecure_skip_verify", Bool).describe(
                    "Whether to accept any certificate of the server. Default `false`; `true` gives a warning, since \
                     anyone in between can then read every secret. Environment: `IWD_INSECURE_SKIP_VERIFY`.",
                ),
                text("proxy_url", String).sensitive().describe(
                    "The proxy, with credentials if it needs them. It wins over `HTTPS_PROXY`, `HTTP_PROXY` and \
                     `NO_PROXY`, which otherwise hold as in Go; `\"\"` means no proxy at all. Environment: `IWD_PROXY_URL`.",
                ),
                text("request_timeout", String).describe(
                    "How long one attempt may take, such as `30s`. Default `60s`. Half of it, at most `30s`, is for \
                     connecting. How long an operation may take, retries included, stands in `timeouts` of the resource. \
                     Environment: `IWD_REQUEST_TIMEOUT`.",
                ),
                text("max_retries", Number).describe(
                    "How often a request is tried again. Default: as often as fits into the operation's timeout; `0` \
                     fails at once. Environment: `IWD_MAX_RETRIES`.",
                ),
                text("retry_min_wait", String).describe(
                    "The shortest wait before a retry. Waits are random, up to a bound that doubles with each attempt. \
                     Default `500ms`. Environment: `IWD_RETRY_MIN_WAIT`.",
                ),
                text("retry_max_wait", String).describe(
                    "The longest wait before a retry, unless the server asks for more with `Retry-After`. Default \
                     `30s`. Environment: `IWD_RETRY_MAX_WAIT`.",
                ),
            ],
            blocks: Vec::new(),
        },
    }
}

/// Whether the argument of this name is a secret.
pub(super) fn is_sensitive(name: &str) -> bool {
    let mut attributes = schema().block.attributes.into_iter();
    attributes.any(|attribute| attribute.name == name && attribute.sensitive)
}
