//! The ephemeral `iwd_api_key`: a fresh key on every run, never stored.

use async_trait::async_trait;

use crate::random;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::ephemeral_resource::{EphemeralResource, Opened};
use crate::tf_provider::schema::{Attribute, Block, Schema};
use crate::tf_provider::value::Value;
use crate::tf_provider::value_type::ValueType;

/// The ephemeral resource `iwd_api_key`.
pub(crate) struct EphemeralApiKey;

#[async_trait]
impl EphemeralResource for EphemeralApiKey {
    fn type_name(&self) -> &'static str {
        super::TYPE_NAME
    }

    fn schema(&self) -> Schema {
        Schema {
            version: 0,
            block: Block {
                description: "A fresh API key, a version 4 UUID, on every run of Terraform; it is stored nowhere. Use it \
                    for write-only arguments and secret managers. An `iwd_tenant` needs `secrets_wo_version` with it, \
                    and every update sends the key of its own run: a key that others need too belongs into a secret \
                    manager, written once and read back.",
                attributes: vec![
                    Attribute::computed("key", ValueType::String)
                        .sensitive()
                        .describe("The key."),
                ],
                blocks: Vec::new(),
            },
        }
    }

    async fn open(&self, _: Value) -> Result<Opened, Vec<Diagnostic>> {
        let key = random::uuid().map_err(|error| vec![error.into()])?;
        Ok(Opened::new(Value::object([("key", key.into())])))
    }
}
