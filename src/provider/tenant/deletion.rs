//! What the end of an object does to its tenant: the same decision for the plan of a destroy, for a replacement, and for
//! the destroy itself.

use serde::{Deserialize, Serialize};

use super::model;
use super::ownership::Standing;
use super::schema::{DELETE_SERVICES, DELETE_TENANT, KEEP};
use crate::iwd::model::{Deletion, FoldedCcid};
use crate::tf_provider::value::Value;

/// Services that `delete_services` removes where `destroy_services` names none.
const DEFAULT_SERVICES: [&str; 2] = ["iWD", "iWDEmail"];

/// What to do about the tenant of an object that ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Decision {
    /// Send nothing: another object has provisioned the tenant since.
    Superseded,
    /// Do nothing, for this reason, and keep the object.
    Refuse(Refusal),
    /// Send nothing and forget the object.
    Forget,
    /// Send this.
    Send(Deletion),
}

/// Why an object can't be destroyed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Refusal {
    /// `deletion_protection` is set.
    Protected,
    /// It was imported or moved and never applied, so no `on_destroy` is known.
    NeverApplied,
    /// Its replacement has the same ccid in other letters, which may name the same tenant.
    LetterCase,
    /// A create of the same ccid failed in this run and may have arrived, so a delete may hit either tenant.
    InDoubt,
}

/// Decides by the object's state, and by how it stands to its tenant.
pub(super) fn decide(state: &Value, standing: Standing) -> Decision {
    match standing {
        Standing::Superseded => return Decision::Superseded,
        Standing::InDoubt if !forgets(state) => return Decision::Refuse(Refusal::InDoubt),
        Standing::InDoubt | Standing::Owner => {}
    }
    if state.get("deletion_protection").as_bool() == Some(true) {
        return Decision::Refuse(Refusal::Protected);
    }
    match state.get("on_destroy").as_str() {
        Some(DELETE_TENANT) => Decision::Send(Deletion::Tenant),
        Some(KEEP) => Decision::Forget,
        Some(DELETE_SERVICES) => match services(state.get("destroy_services")) {
            // Validation lets no empty list through; what a delete of none would do is anyone's guess.
            services if services.is_empty() => Decision::Refuse(Refusal::NeverApplied),
            services => Decision::Send(Deletion::Services(services)),
        },
        _ => Decision::Refuse(Refusal::NeverApplied),
    }
}

/// Why an object can't be replaced as planned; there is none for one that doesn't exist.
///
/// The second plan of a replacement knows of the old object what the first one `left` in the private state.
pub(super) fn replacement_refusal(
    prior: &Value,
    planned: &Value,
    left: Option<Refusal>,
) -> Option<Refusal> {
    if prior.is_null() {
        return left;
    }
    match (prior.get("ccid").as_str(), planned.get("ccid").as_str()) {
        (Some(old), Some(new)) if old != new && FoldedCcid::from(old) == FoldedCcid::from(new) => {
            Some(Refusal::LetterCase)
        }
        _ => refusal(prior),
    }
}

/// Why the object in that state can't be destroyed, whatever has come since.
pub(super) fn refusal(state: &Value) -> Option<Refusal> {
    match decide(state, Standing::Owner) {
        Decision::Refuse(refusal) if !state.is_null() => Some(refusal),
        _ => None,
    }
}

/// Whether the state says that a destroy deletes nothing.
pub(super) fn forgets(state: &Value) -> bool {
    state.get("on_destroy").as_str() == Some(KEEP)
}

fn services(listed: &Value) -> Vec<String> {
    match listed.as_elements() {
        Some(listed) => model::services(listed),
        None => DEFAULT_SERVICES.map(str::to_owned).to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(on_destroy: Option<&str>, services: Value, protected: bool) -> Value {
        Value::object([
            ("on_destroy", on_destroy.map_or(Value::Null, Value::from)),
            ("destroy_services", services),
            ("deletion_protection", protected.into()),
        ])
    }

    fn set(names: &[&str]) -> Value {
        Value::set(names.iter().map(|name| Value::from(*name)).collect())
    }

    #[test]
    fn the_state_decides_and_what_came_since_comes_first() {
        let services = |names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            Decision::Send(Deletion::Services(names))
        };
        let tenant = Decision::Send(Deletion::Tenant);
        let never_applied = Decision::Refuse(Refusal::NeverApplied);
        let listed = set(&["iWD", "GAPI"]);
        for (on_destroy, names, decision) in [
            (Some("delete_tenant"), Value::Null, tenant),
            (Some("keep"), Value::Null, Decision::Forget),
            (
                Some("delete_services"),
                Value::Null,
                services(&["iWD", "iWDEmail"]),
            ),
            (
                Some("delete_services"),
                listed.clone(),
                services(&["GAPI", "iWD"]),
            ),
            (Some("delete_services"), set(&[]), never_applied.clone()),
            (Some("whatever"), Value::Null, never_applied.clone()),
            (None, listed, never_applied),
        ] {
            let plain = state(on_destroy, names.clone(), false);
            assert_eq!(decide(&plain, Standing::Owner), decision, "{on_destroy:?}");
            assert_eq!(decide(&plain, Standing::Superseded), Decision::Superseded);
            let protected = state(on_destroy, names, true);
            let refused = Decision::Refuse(Refusal::Protected);
            assert_eq!(
                decide(&protected, Standing::Owner),
                refused,
                "{on_destroy:?}"
            );
            assert_eq!(
                decide(&protected, Standing::Superseded),
                Decision::Superseded
            );
        }
    }

    #[test]
    fn what_a_failed_create_leaves_in_doubt_is_not_deleted_but_may_be_forgotten() {
        let in_doubt = |state: &Value| decide(state, Standing::InDoubt);
        let plain = state(Some("delete_tenant"), Value::Null, false);
        assert_eq!(in_doubt(&plain), Decision::Refuse(Refusal::InDoubt));
        let kept = state(Some("keep"), Value::Null, false);
        assert_eq!(in_doubt(&kept), Decision::Forget);
    }

    #[test]
    fn an_object_that_is_not_there_stands_in_no_ones_way() {
        assert_eq!(refusal(&Value::Null), None);
        let kept = state(Some("keep"), Value::Null, false);
        assert_eq!(refusal(&kept), None);
        let imported = state(None, Value::Null, false);
        assert_eq!(refusal(&imported), Some(Refusal::NeverApplied));
        let protected = state(Some("keep"), Value::Null, true);
        assert_eq!(refusal(&protected), Some(Refusal::Protected));
    }

    #[test]
    fn a_replacement_is_refused_by_the_old_object_or_by_what_its_first_plan_left() {
        let object = |ccid: &str, protected: bool| {
            let mut object = state(Some("delete_tenant"), Value::Null, protected);
            object.set_attribute("ccid", ccid.into());
            object
        };
        let protected = Some(Refusal::Protected);
        for (prior, planned, left, refusal) in [
            (object("a", false), object("b", false), None, None),
            (object("a", false), object("b", true), None, None),
            (object("a", true), object("b", false), None, protected),
            (object("a", false), object("a", false), None, None),
            (
                object("a", false),
                object("A", false),
                None,
                Some(Refusal::LetterCase),
            ),
            (Value::Null, object("b", false), None, None),
            (Value::Null, object("b", false), protected, protected),
        ] {
            assert_eq!(
                replacement_refusal(&prior, &planned, left),
                refusal,
                "{prior:?} to {planned:?}"
            );
        }
    }
}
