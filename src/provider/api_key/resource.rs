//! The managed `iwd_api_key`: a key that stays until its keepers change.

use std::fmt::Write as _;

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};

use crate::random;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::path::AttributePath;
use crate::tf_provider::plan::Plan;
use crate::tf_provider::resource::{
    Applied, ApplyRequest, ImportTarget, Imported, PlanRequest, Planned, Resource,
};
use crate::tf_provider::schema::{Attribute, Block, Schema};
use crate::tf_provider::value::Value;
use crate::tf_provider::value_type::ValueType;

/// Bytes of the fingerprint that are shown.
const FINGERPRINT: usize = 16;

/// The resource `iwd_api_key`.
pub(crate) struct ApiKeyResource;

#[async_trait]
impl Resource for ApiKeyResource {
    fn type_name(&self) -> &'static str {
        super::TYPE_NAME
    }

    fn schema(&self) -> Schema {
        Schema {
            version: 0,
            block: Block {
                description: "An API key: a version 4 UUID that the provider makes at create and keeps in state, hidden \
                    in every plan. Use it for `iwd.api_keys` of `iwd_tenant` and for whoever needs the same key, such \
                    as IWD Data Mart. Nothing is sent anywhere, and there is no import, because Terraform would print \
                    the key.",
                attributes: vec![
                    Attribute::computed("id", ValueType::String)
                        .use_state_for_unknown()
                        .describe("A fingerprint of the key, from which the key can't be found."),
                    Attribute::computed("key", ValueType::String)
                        .sensitive()
                        .use_state_for_unknown()
                        .describe("The key, stored in state."),
                    Attribute::optional("keepers", ValueType::map(ValueType::String)).describe(
                        "Any values; a change of one replaces the key by a new one. Null counts as not there, and values \
                         that are not known yet replace nothing: where one then proves different, Terraform stops with \
                         \"inconsistent final plan\", and the next apply replaces the key.",
                    ),
                ],
                blocks: Vec::new(),
            },
        }
    }

    fn plan(&self, request: &PlanRequest<'_>, plan: &mut Plan) -> Planned {
        let (before, after) = (request.prior.get("keepers"), plan.state.get("keepers"));
        if !request.prior.is_null() && keeper_changes(before, after) {
            plan.requires_replace
                .insert(AttributePath::of(&["keepers"]));
        }
        Planned::keeping(request.private)
    }

    async fn create(&self, request: ApplyRequest) -> Applied {
        let key = match random::uuid() {
            Ok(key) => key,
            Err(error) => return Applied::failed(vec![error.into()]),
        };
        let mut state = request.planned.clone();
        state.set_attribute("id", fingerprint(&key).into());
        state.set_attribute("key", key.into());
        request.done(state)
    }

    async fn update(&self, request: ApplyRequest) -> Applied {
        let state = request.planned.clone();
        request.done(state)
    }

    async fn delete(&self, _: ApplyRequest) -> Applied {
        Applied::gone()
    }

    fn import(&self, _: &ImportTarget) -> Result<Imported, Diagnostic> {
        Err(Diagnostic::error(
            "API keys can't be imported",
            "Terraform would print the key, which is what the import would be by. Put an existing key into a sensitive \
             variable instead, or let iwd_api_key make a new one.",
        ))
    }
}

/// Whether a keeper certainly has another value; null counts as not there.
fn keeper_changes(before: &Value, after: &Value) -> bool {
    if after.is_unknown() {
        return false;
    }
    let names = [before, after].into_iter().filter_map(Value::as_map);
    let mut names = names.flat_map(|keepers| keepers.keys());
    names.any(|name| {
        let after = after.get(name);
        !after.is_unknown() && before.get(name) != after
    })
}

fn fingerprint(key: &str) -> String {
    let digest = digest(&SHA256, key.as_bytes());
    let shown = &digest.as_ref()[..FINGERPRINT];
    shown.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_real_change_of_a_keeper_makes_a_new_key() {
        let keepers = |a: Value, b: Value| Value::object([("a", a), ("b", b)]);
        let none = || Value::object([]);
        let null = || keepers(Value::Null, Value::Null);
        for (before, after, changes) in [
            (Value::Null, none(), false),
            (none(), null(), false),
            (null(), Value::Null, false),
            (
                keepers("1".into(), Value::Null),
                Value::object([("a", "1".into())]),
                false,
            ),
            (
                keepers("1".into(), "2".into()),
                keepers("1".into(), "3".into()),
                true,
            ),
            (
                keepers("1".into(), "2".into()),
                keepers("1".into(), Value::Null),
                true,
            ),
            (Value::Null, Value::object([("a", "1".into())]), true),
            (Value::object([("a", "1".into())]), none(), true),
            (keepers("1".into(), "2".into()), Value::UNKNOWN, false),
            (
                keepers("1".into(), "2".into()),
                keepers("1".into(), Value::UNKNOWN),
                false,
            ),
            (
                keepers("1".into(), "2".into()),
                keepers("0".into(), Value::UNKNOWN),
                true,
            ),
        ] {
            assert_eq!(
                keeper_changes(&before, &after),
                changes,
                "{before:?} {after:?}"
            );
        }
    }

    #[test]
    fn the_fingerprint_is_that_of_its_key_and_shows_nothing_of_it() {
        let key = "22552b96-8783-46a9-b0eb-075ddfa8893e";
        assert_eq!(fingerprint(key), fingerprint(key));
        assert_ne!(fingerprint(key), fingerprint(&random::uuid().unwrap()));
        assert_eq!(fingerprint(key).len(), 2 * FINGERPRINT);
        assert!(!fingerprint(key).contains("22552b96"));
    }
}
