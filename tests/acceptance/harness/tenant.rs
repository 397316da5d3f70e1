//! The configuration of a tenant, changed argument by argument.

use std::collections::BTreeMap;
use std::fmt;

/// The ccid of a tenant whose test doesn't choose another.
pub const CCID: &str = "9350e2fc-a1dd-4c65-b2a4-1d2f8c3e5a70";

/// The secrets that must be set, each with its value.
pub const SECRETS: [(&str, &str); 3] = [
    ("api_key", "049111b4-6cac-4e83-a7bf-37c057b45b0f"),
    ("iwd.db.password", "correct horse battery"),
    (
        "iwd.api_keys.tenant",
        "22552b96-8783-46a9-b0eb-075ddfa8893e",
    ),
];

/// The secrets of a `gws` block that must be set, each with its value.
pub const GWS_SECRETS: [(&str, &str); 2] = [
    ("gws.client_secret", "c5a9a7b9-gws-client"),
    ("gws.token", ":;pYV1lNWh0-"),
];

/// The secrets that may be set, each with a value.
const OPTIONAL_SECRETS: [(&str, &str); 2] = [
    ("gws.api_key", "86b0b6a1-gws-key"),
    ("iwd.api_keys.iwddm", "d6b68a7b-12ed-4c3c-830d-215eecdd1a48"),
];

/// Every secret of a tenant, each with its value.
pub fn every_secret() -> Vec<(&'static str, &'static str)> {
    [&SECRETS[..], &GWS_SECRETS, &OPTIONAL_SECRETS].concat()
}

/// An `iwd_tenant` block; paths are written like `iwd.db.port`, and each block and argument stands on lines of its own.
#[derive(Clone)]
pub struct Tenant {
    label: String,
    block: Block,
}

#[derive(Clone, Default)]
struct Block {
    arguments: BTreeMap<String, String>,
    blocks: BTreeMap<String, Self>,
}

impl Tenant {
    /// `iwd_tenant.t` with the required arguments alone.
    pub fn new() -> Self {
        let bare = Self {
            label: "t".to_owned(),
            block: Block::default(),
        };
        let required = [
            ("ccid", CCID),
            ("short_id", "100"),
            ("name", "t100"),
            ("iwd.url", "http://iwd.iwd:4024"),
            ("iwd.db.host", "postgres.infra"),
            ("iwd.db.database", "iwd-100"),
            ("iwd.db.user", "iwd-100"),
        ];
        required
            .into_iter()
            .chain(SECRETS)
            .fold(bare, |tenant, (path, value)| tenant.text(path, value))
    }

    /// Adds a `gws` block with what is required in it.
    pub fn with_gws(self) -> Self {
        let required = [
            ("gws.url", "http://gws-service-proxy.gws"),
            ("gws.auth_url", "http://gauth-auth.gauth"),
            ("gws.auth_redirect_url", "https://gauth.example.com"),
            ("gws.client_id", "iwd_client"),
            ("gws.username", "nexus"),
        ];
        required
            .into_iter()
            .chain(GWS_SECRETS)
            .fold(self, |tenant, (path, value)| tenant.text(path, value))
    }

    /// Adds a `gws` block and all optional secrets.
    pub fn with_every_secret(self) -> Self {
        OPTIONAL_SECRETS
            .into_iter()
            .fold(self.with_gws(), |tenant, (path, value)| {
                tenant.text(path, value)
            })
    }

    /// Another name of the resource than `t`.
    pub fn labelled(mut self, label: &str) -> Self {
        label.clone_into(&mut self.label);
        self
    }

    /// Sets an argument to a text.
    pub fn text(self, path: &str, value: &str) -> Self {
        self.set(path, &format!("{value:?}"))
    }

    /// Sets an argument to an expression.
    pub fn set(mut self, path: &str, expression: &str) -> Self {
        let (block, name) = self.block.around(path);
        block
            .arguments
            .insert(name.to_owned(), expression.to_owned());
        self
    }

    /// Leaves an argument or a block out.
    pub fn without(mut self, path: &str) -> Self {
        let (block, name) = self.block.around(path);
        let argument = block.arguments.remove(name).is_some();
        let removed = block.blocks.remove(name).is_some() || argument;
        assert!(removed, "the tenant has no {path}");
        self
    }

    /// Sets the write-only twin in place of each of the `secrets`.
    pub fn write_only(self, secrets: &[(&str, &str)]) -> Self {
        secrets.iter().fold(self, |tenant, (path, value)| {
            tenant.without(path).text(&format!("{path}_wo"), value)
        })
    }
}

impl Tenant {
    /// The action `iwd_provision_tenant` with the same arguments, of which the secrets must be write-only.
    pub fn as_action(&self) -> String {
        let mut config = String::new();
        self.block
            .write(&mut config, 2)
            .expect("memory takes everything");
        let label = &self.label;
        format!("action \"iwd_provision_tenant\" {label:?} {{\n  config {{\n{config}  }}\n}}\n")
    }
}

impl Block {
    /// The innermost block of `path`, made where it isn't there, and the last name.
    fn around<'p>(&mut self, path: &'p str) -> (&mut Self, &'p str) {
        match path.split_once('.') {
            None => (self, path),
            Some((block, rest)) => self
                .blocks
                .entry(block.to_owned())
                .or_default()
                .around(rest),
        }
    }

    fn write(&self, f: &mut dyn fmt::Write, depth: usize) -> fmt::Result {
        let indent = "  ".repeat(depth);
        for (name, expression) in &self.arguments {
            writeln!(f, "{indent}{name} = {expression}")?;
        }
        for (name, block) in &self.blocks {
            writeln!(f, "{indent}{name} {{")?;
            block.write(f, depth + 1)?;
            writeln!(f, "{indent}}}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "resource \"iwd_tenant\" {:?} {{", self.label)?;
        self.block.write(f, 1)?;
        writeln!(f, "}}")
    }
}
