//! The arguments of `iwd_tenant`, each with what the documentation says of it.
//!
//! Source of the meanings: "Provision IWD" of the IWD Private Edition Guide (parameters of the create request).

use std::sync::LazyLock;

use crate::iwd::body::NO_EMAIL;
use crate::tf_provider::schema::{
    Attribute, Block, IdentityAttribute, IdentitySchema, NestedBlock, OnChange, Schema,
};
use crate::tf_provider::value::Value;
use crate::tf_provider::value_type::ValueType;

use ValueType::{Bool, Number, String};

/// `iwd.db.port` where none is set: PostgreSQL's.
const DEFAULT_PORT: i64 = 5432;

/// What `on_destroy` may be.
pub(super) const DELETE_TENANT: &str = "delete_tenant";
/// See [`DELETE_TENANT`].
pub(super) const DELETE_SERVICES: &str = "delete_services";
/// See [`DELETE_TENANT`].
pub(super) const KEEP: &str = "keep";

/// A secret argument and its write-only twin.
pub(super) struct Secret {
    /// The blocks around it.
    pub(super) block: &'static [&'static str],
    /// The argument that is stored.
    pub(super) plain: &'static str,
    /// The argument that never is.
    pub(super) write_only: &'static str,
    /// Whether one of the two must be set where the block stands.
    pub(super) required: bool,
}

impl Secret {
    /// Whether the configuration must set it in one of its two forms, and does in neither.
    pub(super) fn is_missing(&self, config: &Value) -> bool {
        let block = config.at(self.block);
        self.required
            && block.as_map().is_some()
            && block.get(self.plain).is_null()
            && block.get(self.write_only).is_null()
    }
}

/// Every secret of a tenant.
pub(super) const SECRETS: [Secret; 7] = [
    secret(&[], "api_key", "api_key_wo", true),
    secret(&["gws"], "client_secret", "client_secret_wo", true),
    secret(&["gws"], "api_key", "api_key_wo", false),
    secret(&["gws"], "token", "token_wo", true),
    secret(&["iwd", "db"], "password", "password_wo", true),
    secret(&["iwd", "api_keys"], "tenant", "tenant_wo", true),
    secret(&["iwd", "api_keys"], "iwddm", "iwddm_wo", false),
];

const fn secret(
    block: &'static [&'static str],
    plain: &'static str,
    write_only: &'static str,
    required: bool,
) -> Secret {
    Secret {
        block,
        plain,
        write_only,
        required,
    }
}

/// What tells one tenant from all others.
pub(super) fn identity() -> IdentitySchema {
    IdentitySchema {
        version: 0,
        attributes: vec![IdentityAttribute {
            name: "ccid",
            ty: String,
            description: "The contact center id (CCID) of the tenant.",
        }],
    }
}

/// The schema of `iwd_tenant`, made once.
pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(schema);

fn schema() -> Schema {
    Schema {
        version: 0,
        block: Block {
            description: "A tenant of Genesys Intelligent Workload Distribution (IWD), private edition: its \
                GAPI, IWD and email services and its API keys in the Digital Channels database. Create sends \
                `POST /iwd/v3/provisioning`, update `PUT` on the same path with the whole tenant, destroy \
                `DELETE /iwd/v3/provisioning/{ccid}`.\n\nThe API has no way to read a tenant back, so Terraform \
                can't see changes that are made elsewhere. To send everything again, change \
                `reprovision_triggers`.\n\nDestroy removes, by default, *all* services and the configuration of \
                the tenant from Digital Channels, also what IWD did not put there: see `on_destroy`.",
            attributes: attributes(),
            blocks: vec![
                NestedBlock::optional("gws", gws()),
                NestedBlock::required("iwd", iwd()),
                NestedBlock::optional("iwd_email", iwd_email()),
                NestedBlock::optional("timeouts", timeouts()),
            ],
        },
    }
}

fn attributes() -> Vec<Attribute> {
    vec![
        Attribute::computed("id", String).describe("The same as `ccid`."),
        Attribute::computed("revision", Number).describe(
            "How many times this resource has provisioned the tenant: 1 after create, one more with each `PUT`. \
             It is what a plan shows when nothing else changes: a write-only secret, or a request whose fate is \
             not known.",
        ),
        Attribute::required("ccid", String)
            .on_change(OnChange::ReplaceWhenKnown)
            .describe(
                "Contact center id (CCID) of the tenant in Genesys Web Services, a UUID. A change replaces the \
                 tenant: the old one is destroyed as `on_destroy` in the state says. A change of letter case \
                 only is refused.",
            ),
        Attribute::required("short_id", String).describe(
            "Short tenant id, such as `100` (`tenant.id`). The names of API keys in Digital Channels are built \
             from it and from `name`, so keys under the old name may stay after a change.",
        ),
        Attribute::required("name", String).describe(
            "Tenant name: the domain in Genesys Web Services, such as `t100`. The names of API keys in Digital \
             Channels are built from it and from `short_id`, so keys under the old name may stay after a change.",
        ),
        Attribute::optional("api_key", String).sensitive().describe(
            "API key that Digital Channels issued for the tenant, stored in state. Exactly one of `api_key_wo` \
             and `api_key` must be set. Where the provider has no key of its own for the tenant, it is also the \
             `x-api-key` of the requests.",
        ),
        Attribute::optional("api_key_wo", String).write_only().describe(
            "The same as `api_key`, never stored. Since it isn't there at destroy, the provider then needs \
             `tenant_api_keys` or `api_key`.",
        ),
        Attribute::optional("secrets_wo_version", String).describe(
            "Any text. Where it is set, only its change says that write-only secrets have changed and are to be \
             sent again. Where it is not set, the provider notices a change itself, by a salted hash that it \
             keeps beside the state. Values that differ on every run (ephemeral ones) need it set. Every update, \
             whatever it is for, sends the secrets of its own run.",
        ),
        Attribute::defaulted("on_destroy", String, DELETE_TENANT).describe(
            "What destroy does: `delete_tenant` (default) removes all services and the configuration of the \
             tenant from Digital Channels, also what IWD did not put there; `delete_services` removes those in \
             `destroy_services`; `keep` deletes nothing and only forgets the tenant. The value in the state \
             decides, so a change needs an apply before the destroy. Changes in state, without a request.",
        ),
        Attribute::optional("destroy_services", ValueType::set(String)).describe(
            "The services that `on_destroy = \"delete_services\"` removes; `iWD` and `iWDEmail` where it is not \
             set. The GAPI record stays unless `GAPI` is listed. Changes in state, without a request.",
        ),
        Attribute::defaulted("deletion_protection", Bool, false).describe(
            "Whether to refuse to destroy or replace the tenant. Default `false`. The value in the state decides, \
             so a change needs an apply before the destroy. Changes in state, without a request.",
        ),
        Attribute::optional("reprovision_triggers", ValueType::map(String)).describe(
            "Any values; a change of one sends the whole tenant again. Tie it to what may undo the provisioning, \
             such as the revision of a Helm release or the name of a database instance.",
        ),
    ]
}

fn gws() -> Block {
    Block {
        description: "Access of IWD to Genesys Web Services (GWS). The API documents no removal: after the block \
            is removed, the record may live on.",
        attributes: vec![
            Attribute::required("url", String)
                .describe("URL of GWS, such as `http://gws-service-proxy.gws`."),
            Attribute::required("auth_url", String).describe(
                "URL of the authentication service inside the cluster, such as `http://gauth-auth.gauth`.",
            ),
            Attribute::required("auth_redirect_url", String).describe(
                "URL of the authentication service for browsers, such as `https://gauth.example.com`.",
            ),
            Attribute::required("client_id", String)
                .describe("Id of the API client in GWS, such as `iwd_client`."),
            Attribute::optional("client_secret", String).sensitive().describe(
                "Secret of the API client, stored in state. Exactly one of `client_secret_wo` and \
                 `client_secret` must be set.",
            ),
            Attribute::optional("client_secret_wo", String)
                .write_only()
                .describe("The same as `client_secret`, never stored."),
            Attribute::optional("api_key", String).sensitive().describe(
                "API key of GWS, stored in state. At most one of `api_key_wo` and `api_key` may be set; without \
                 either, `none` is sent.",
            ),
            Attribute::optional("api_key_wo", String)
                .write_only()
                .describe("The same as `api_key`, never stored."),
            Attribute::required("username", String)
                .describe("Name of the administrator in Configuration Server."),
            Attribute::optional("token", String).sensitive().describe(
                "Password of the administrator in Configuration Server, stored in state. Exactly one of \
                 `token_wo` and `token` must be set.",
            ),
            Attribute::optional("token_wo", String)
                .write_only()
                .describe("The same as `token`, never stored."),
        ],
        blocks: Vec::new(),
    }
}

fn iwd() -> Block {
    Block {
        description: "The IWD service of the tenant.",
        attributes: vec![
            Attribute::required("url", String)
                .describe("URL where the IWD service runs, such as `http://iwd.iwd:4024`."),
        ],
        blocks: vec![
            NestedBlock::required("db", db()),
            NestedBlock::required("api_keys", api_keys()),
        ],
    }
}

fn db() -> Block {
    Block {
        description: "The tenant's database in PostgreSQL. It must exist, and the user must own it or may create \
            in it.",
        attributes: vec![
            Attribute::required("host", String).describe("Host name of the database server."),
            Attribute::defaulted("port", Number, DEFAULT_PORT)
                .describe("Port of the database server, 1 to 65535. Default `5432`."),
            Attribute::required("database", String).describe("Name of the database, such as `iwd-100`."),
            Attribute::required("user", String).describe("Name of the database user, such as `iwd-100`."),
            Attribute::optional("password", String).sensitive().describe(
                "Password of the database user, stored in state. Exactly one of `password_wo` and `password` \
                 must be set.",
            ),
            Attribute::optional("password_wo", String)
                .write_only()
                .describe("The same as `password`, never stored."),
            Attribute::defaulted("ssl", Bool, false)
                .describe("Whether IWD connects to the database over TLS. Default `false`."),
        ],
        blocks: Vec::new(),
    }
}

fn api_keys() -> Block {
    Block {
        description: "API keys to provision; you choose them, usually as version 4 UUIDs: see `iwd_api_key`.",
        attributes: vec![
            Attribute::optional("tenant", String).sensitive().describe(
                "Key with which customers submit API requests (`IWD_APIKEY_TENANT`), stored in state. Exactly one \
                 of `tenant_wo` and `tenant` must be set.",
            ),
            Attribute::optional("tenant_wo", String)
                .write_only()
                .describe("The same as `tenant`, never stored."),
            Attribute::optional("iwddm", String).sensitive().describe(
                "Key of IWD Data Mart (`IWD_APIKEY_IWDDM`), stored in state; needed for IWD Data Mart and IWD \
                 reports. At most one of `iwddm_wo` and `iwddm` may be set. The API documents no removal: after \
                 it is removed, the key may live on.",
            ),
            Attribute::optional("iwddm_wo", String)
                .write_only()
                .describe("The same as `iwddm`, never stored."),
        ],
        blocks: Vec::new(),
    }
}

fn iwd_email() -> Block {
    Block {
        description: "The IWD Email service of the tenant. Without the block, `N/A` is sent.",
        attributes: vec![Attribute::defaulted("url", String, NO_EMAIL).describe(
            "URL of the IWD Email service; Genesys documents that it should be `N/A`, the default.",
        )],
        blocks: Vec::new(),
    }
}

fn timeouts() -> Block {
    Block {
        description: "How long an operation may take, retries included, such as `90s` or `10m`. Changes in \
            state, without a request.",
        attributes: vec![
            Attribute::optional("create", String).describe("Default `5m`."),
            Attribute::optional("update", String).describe("Default `5m`."),
            Attribute::optional("delete", String)
                .describe("Default `5m`. The value in the state decides, as with `on_destroy`."),
        ],
        blocks: Vec::new(),
    }
}
