//! The rows: what each argument is, and what the documentation says of it.
//!
//! Source of the meanings: "Provision IWD" of the IWD Private Edition Guide (parameters of the create request).

use super::row::{Argument, BlockRow, Check, Effect, Need};
use crate::iwd::body::NO_EMAIL;
use crate::tf_provider::schema::Attribute;
use crate::tf_provider::value_type::ValueType;

use Effect::{Result, SendsAgain, Sent, StateOnly};
use Need::{Optional, Required};
use ValueType::{Bool, Number, String};

/// What `on_destroy` may be.
pub(in crate::provider::tenant) const DELETE_TENANT: &str = "delete_tenant";
/// See [`DELETE_TENANT`].
pub(in crate::provider::tenant) const DELETE_SERVICES: &str = "delete_services";
/// See [`DELETE_TENANT`].
pub(in crate::provider::tenant) const KEEP: &str = "keep";

/// `iwd.db.port` where none is set: PostgreSQL's.
const DEFAULT_PORT: i64 = 5432;

const ROOT: &[&str] = &[];
const GWS: &[&str] = &["gws"];
const IWD: &[&str] = &["iwd"];
const DB: &[&str] = &["iwd", "db"];
const API_KEYS: &[&str] = &["iwd", "api_keys"];
const EMAIL: &[&str] = &["iwd_email"];
const TIMEOUTS: &[&str] = &["timeouts"];

/// What the documentation says of the resource.
pub(super) const DESCRIPTION: &str = "A tenant of Genesys Intelligent Workload Distribution (IWD), \
     private edition: its GAPI, IWD and email services and its API keys in the Digital Channels \
     database. Create sends `POST /iwd/v3/provisioning`, update `PUT` on the same path with the \
     whole tenant, destroy `DELETE /iwd/v3/provisioning/{ccid}`.\n\nThe API has no way to read a \
     tenant back, so Terraform can't see changes that are made elsewhere. To send everything \
     again, change `reprovision_triggers`. A create overwrites a tenant of that `ccid` that \
     exists already, without a word, and a later destroy deletes it: import it \
     instead.\n\nDestroy removes, by default, *all* services and the configuration of the tenant \
     from Digital Channels, also what IWD did not put there: see `on_destroy`.";

/// The blocks.
pub(super) fn blocks() -> Vec<BlockRow> {
    vec![
        BlockRow {
            path: GWS,
            required: false,
            wire: Some("tenant.gws"),
            description: "Access of IWD to Genesys Web Services (GWS). The API documents no \
                 removal: where the block is left out, a record from before may live on.",
        },
        BlockRow {
            path: IWD,
            required: true,
            wire: None,
            description: "The IWD service of the tenant.",
        },
        BlockRow {
            path: DB,
            required: true,
            wire: Some("iwd.db"),
            description: "The tenant's database in PostgreSQL. It must exist, and the user must \
                 own it or may create in it.",
        },
        BlockRow {
            path: API_KEYS,
            required: true,
            wire: Some("iwd.apiKeys"),
            description: "API keys to provision; you choose them, usually as version 4 UUIDs: \
                 see `iwd_api_key`.",
        },
        BlockRow {
            path: EMAIL,
            required: false,
            wire: None,
            description: "The IWD Email service of the tenant. Without the block, `N/A` is sent.",
        },
        BlockRow {
            path: TIMEOUTS,
            required: false,
            wire: None,
            description: "How long an operation may take, retries included, such as `90s` or \
                 `10m`. Changes in state, without a request.",
        },
    ]
}

fn row(block: &'static [&'static str], attribute: Attribute, effect: Effect) -> Argument {
    Argument::new(block, attribute, effect)
}

/// The arguments and results.
pub(super) fn arguments() -> Vec<Argument> {
    let mut rows = tenant();
    rows.extend(settings());
    rows.extend(gws());
    rows.extend(iwd());
    rows.extend(others());
    rows
}

fn tenant() -> Vec<Argument> {
    vec![
        row(ROOT, Attribute::computed("id", String), Result).describe("The same as `ccid`."),
        row(ROOT, Attribute::computed("revision", Number), Result).describe(
            "How many times this resource has provisioned the tenant: 1 after create, one \
                 more with each `PUT`. It is what a plan shows when nothing else changes: a \
                 write-only secret, or a request whose fate is not known.",
        ),
        row(
            ROOT,
            Attribute::required("ccid", String),
            Sent("tenant.ccid"),
        )
        .replaces()
        .check(Check::Ccid)
        .describe("Contact center id (CCID) of the tenant in Genesys Web Services, a UUID.")
        .remark(
            "A change replaces the tenant: the old one is destroyed as `on_destroy` in the state \
                 says. A change of letter case only is refused.",
        ),
        row(
            ROOT,
            Attribute::required("short_id", String),
            Sent("tenant.id"),
        )
        .describe(
            "Short tenant id, such as `100` (`tenant.id`). The names of API keys in Digital \
                 Channels are built from it and from `name`, so keys under the old name may stay \
                 after a change.",
        ),
        row(
            ROOT,
            Attribute::required("name", String),
            Sent("tenant.name"),
        )
        .describe(
            "Tenant name: the domain in Genesys Web Services, such as `t100`. The names of \
                 API keys in Digital Channels are built from it and from `short_id`, so keys \
                 under the old name may stay after a change.",
        ),
        row(
            ROOT,
            Attribute::optional("api_key", String),
            Sent("tenant.apiKey"),
        )
        .check(Check::Key)
        .secret(Required, "api_key_wo")
        .describe(
            "API key that Digital Channels issued for the tenant. Where the provider has no key of \
                 its own for the tenant, it is also the `x-api-key` of the requests.",
        )
        .remark(
            "Since it isn't there at destroy, the provider then needs `tenant_api_keys` or \
                 `api_key`.",
        ),
    ]
}

/// What the provider alone reads.
fn settings() -> Vec<Argument> {
    vec![
        row(
            ROOT,
            Attribute::optional("secrets_wo_version", String),
            SendsAgain,
        )
        .describe(
            "Any text. Where it is set, only its change says that write-only secrets have \
                 changed and are to be sent again. Where it is not set, the provider notices a \
                 change itself, by a salted hash that it keeps beside the state. Values that \
                 differ on every run (ephemeral ones) need it set. Every update, whatever it is \
                 for, sends the secrets of its own run.",
        ),
        row(
            ROOT,
            Attribute::defaulted("on_destroy", String, DELETE_TENANT),
            StateOnly,
        )
        .check(Check::OnDestroy)
        .describe(
            "What destroy does: `delete_tenant` (default) removes all services and the \
                 configuration of the tenant from Digital Channels, also what IWD did not put \
                 there; `delete_services` removes those in `destroy_services`; `keep` deletes \
                 nothing and only forgets the tenant. The value in the state decides, so a \
                 change needs an apply before the destroy. Changes in state, without a request.",
        ),
        row(
            ROOT,
            Attribute::optional("destroy_services", ValueType::set(String)),
            StateOnly,
        )
        .check(Check::Services)
        .describe(
            "The services that `on_destroy = \"delete_services\"` removes; `iWD` and \
                 `iWDEmail` where it is not set. The GAPI record stays unless `GAPI` is listed. \
                 Changes in state, without a request.",
        ),
        row(
            ROOT,
            Attribute::defaulted("deletion_protection", Bool, false),
            StateOnly,
        )
        .describe(
            "Whether to refuse to destroy or replace the tenant. Default `false`. The value \
                 in the state decides, so a change needs an apply before the destroy. Changes in \
                 state, without a request.",
        ),
        row(
            ROOT,
            Attribute::optional("reprovision_triggers", ValueType::map(String)),
            SendsAgain,
        )
        .describe(
            "Any values; a change of one sends the whole tenant again. Tie it to what may \
                 undo the provisioning, such as the revision of a Helm release or the name of a \
                 database instance.",
        ),
    ]
}

fn gws() -> Vec<Argument> {
    vec![
        row(
            GWS,
            Attribute::required("url", String),
            Sent("tenant.gws.gwsUrl"),
        )
        .check(Check::Url)
        .describe("URL of GWS, such as `http://gws-service-proxy.gws`."),
        row(
            GWS,
            Attribute::required("auth_url", String),
            Sent("tenant.gws.data.authUrl"),
        )
        .check(Check::Url)
        .describe(
            "URL of the authentication service inside the cluster, such as \
                 `http://gauth-auth.gauth`.",
        ),
        row(
            GWS,
            Attribute::required("auth_redirect_url", String),
            Sent("tenant.gws.data.authredircetUrl"),
        )
        .check(Check::Url)
        .describe(
            "URL of the authentication service for browsers, such as \
                 `https://gauth.example.com`.",
        ),
        row(
            GWS,
            Attribute::required("client_id", String),
            Sent("tenant.gws.secret.clientId"),
        )
        .describe("Id of the API client in GWS, such as `iwd_client`."),
        row(
            GWS,
            Attribute::optional("client_secret", String),
            Sent("tenant.gws.secret.clientSecret"),
        )
        .secret(Required, "client_secret_wo")
        .describe("Secret of the API client."),
        row(
            GWS,
            Attribute::optional("api_key", String),
            Sent("tenant.gws.secret.apikey"),
        )
        .check(Check::Key)
        .secret(Optional, "api_key_wo")
        .describe("API key of GWS. Where it is not set, `none` is sent."),
        row(
            GWS,
            Attribute::required("username", String),
            Sent("tenant.gws.secret.username"),
        )
        .describe("Name of the administrator in Configuration Server."),
        row(
            GWS,
            Attribute::optional("token", String),
            Sent("tenant.gws.secret.token"),
        )
        .secret(Required, "token_wo")
        .describe("Password of the administrator in Configuration Server."),
    ]
}

fn iwd() -> Vec<Argument> {
    vec![
        row(IWD, Attribute::required("url", String), Sent("iwd.url"))
            .check(Check::Url)
            .describe("URL where the IWD service runs, such as `http://iwd.iwd:4024`."),
        row(DB, Attribute::required("host", String), Sent("iwd.db.host"))
            .describe("Host name of the database server."),
        row(
            DB,
            Attribute::defaulted("port", Number, DEFAULT_PORT),
            Sent("iwd.db.port"),
        )
        .check(Check::Port)
        .describe("Port of the database server, 1 to 65535. Default `5432`."),
        row(
            DB,
            Attribute::required("database", String),
            Sent("iwd.db.database"),
        )
        .describe("Name of the database, such as `iwd-100`."),
        row(DB, Attribute::required("user", String), Sent("iwd.db.user"))
            .describe("Name of the database user, such as `iwd-100`."),
        row(
            DB,
            Attribute::optional("password", String),
            Sent("iwd.db.password"),
        )
        .secret(Required, "password_wo")
        .describe("Password of the database user."),
        row(
            DB,
            Attribute::defaulted("ssl", Bool, false),
            Sent("iwd.db.ssl"),
        )
        .describe("Whether IWD connects to the database over TLS. Default `false`."),
        row(
            API_KEYS,
            Attribute::optional("tenant", String),
            Sent("iwd.apiKeys.IWD_APIKEY_TENANT"),
        )
        .check(Check::Key)
        .secret(Required, "tenant_wo")
        .describe("Key with which customers submit API requests (`IWD_APIKEY_TENANT`)."),
        row(
            API_KEYS,
            Attribute::optional("iwddm", String),
            Sent("iwd.apiKeys.IWD_APIKEY_IWDDM"),
        )
        .check(Check::Key)
        .secret(Optional, "iwddm_wo")
        .describe(
            "Key of IWD Data Mart (`IWD_APIKEY_IWDDM`), needed for IWD Data Mart and IWD reports. \
                 The API documents no removal: where it is left out, the key may live on.",
        ),
    ]
}

fn others() -> Vec<Argument> {
    vec![
        row(
            EMAIL,
            Attribute::defaulted("url", String, NO_EMAIL),
            Sent("iwdEmail.url"),
        )
        .check(Check::EmailUrl)
        .describe(
            "URL of the IWD Email service; Genesys documents that it should be `N/A`, the \
             default.",
        ),
        row(TIMEOUTS, Attribute::optional("create", String), StateOnly)
            .check(Check::Duration)
            .describe("How long a create may take, retries included. Default `5m`."),
        row(TIMEOUTS, Attribute::optional("update", String), StateOnly)
            .check(Check::Duration)
            .describe("How long an update may take, retries included. Default `5m`."),
        row(TIMEOUTS, Attribute::optional("delete", String), StateOnly)
            .check(Check::Duration)
            .describe(
                "How long a destroy may take, retries included. Default `5m`. The value in the state decides, as with \
                 `on_destroy`.",
            ),
    ]
}
