//! What a plan wants with which tenant.

use super::deletion;
use super::ownership::Intent;
use super::private_state::PrivateState;
use crate::tf_provider::value::Value;

/// The intents of one plan, each with its ccid: first for the object that goes, then for the one that is to exist. A destroy
/// that sends nothing can harm no other object. A ccid that is not known yet names none: the object may still be replaced.
pub(super) fn intents<'a>(
    prior: &'a Value,
    planned: &'a Value,
    replaces: bool,
    private: &PrivateState,
) -> Vec<(&'a str, Intent)> {
    let destroyed = replaces || planned.is_null();
    let destroy = (destroyed && !deletion::forgets(prior)).then(|| {
        let ccid = prior.get("ccid").as_str().unwrap_or_default();
        (ccid, Intent::Destroy(private.existing_object()))
    });
    let exists = planned.get("ccid").as_str().map(|ccid| {
        let intent = if prior.is_null() {
            // The second plan of a replacement has the private state of the object that goes.
            Intent::Create {
                replaced: private.object_id.clone(),
            }
        } else if replaces {
            Intent::Create {
                replaced: Some(private.existing_object()),
            }
        } else {
            Intent::Keep(private.existing_object())
        };
        (ccid, intent)
    });
    destroy.into_iter().chain(exists).collect()
}

#[cfg(test)]
mod tests {
    use super::super::object_id::ObjectId;
    use super::*;

    fn object(ccid: Value, on_destroy: &str) -> Value {
        Value::object([("ccid", ccid), ("on_destroy", on_destroy.into())])
    }

    #[test]
    fn a_plan_wants_the_old_object_gone_before_the_new_one_exists() {
        let a = || object("a".into(), "delete_tenant");
        let kept = || object("a".into(), "keep");
        let b = || object("b".into(), "delete_tenant");
        let open = || object(Value::UNKNOWN, "delete_tenant");
        let id = || ObjectId::from("1");
        let create = |replaced| Intent::Create { replaced };
        for (prior, planned, replaces, intents_of_it) in [
            (Value::Null, a(), false, vec![("a", create(Some(id())))]),
            (a(), a(), false, vec![("a", Intent::Keep(id()))]),
            (a(), open(), false, vec![]),
            (
                a(),
                b(),
                true,
                vec![("a", Intent::Destroy(id())), ("b", create(Some(id())))],
            ),
            (kept(), b(), true, vec![("b", create(Some(id())))]),
            (a(), Value::Null, false, vec![("a", Intent::Destroy(id()))]),
            (kept(), Value::Null, false, vec![]),
        ] {
            let private = PrivateState::of(id());
            assert_eq!(
                intents(&prior, &planned, replaces, &private),
                intents_of_it,
                "{prior:?} to {planned:?}"
            );
        }
        let (none, new) = (Value::Null, a());
        let intents = intents(&none, &new, false, &PrivateState::default());
        assert_eq!(intents, [("a", create(None))]);
    }
}
