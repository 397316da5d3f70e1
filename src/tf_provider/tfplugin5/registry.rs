//! The provider's resources, actions and schemas, by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::answer::Answer;
use crate::tf_provider::action::Action;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::ephemeral_resource::EphemeralResource;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::resource::Resource;
use crate::tf_provider::schema::{IdentitySchema, Schema, SchemaKind};
use crate::tf_provider::value::Value;
use crate::tf_provider::value_type::ValueType;

/// A schema and the type of the values that fit it.
pub(super) struct Typed {
    pub(super) schema: Schema,
    pub(super) ty: ValueType,
}

impl Typed {
    fn new(schema: Schema) -> Self {
        let ty = schema.block.value_type();
        Self { schema, ty }
    }
}

/// A managed resource with what is asked of it in every call.
pub(super) struct Managed {
    pub(super) resource: Arc<dyn Resource>,
    pub(super) typed: Typed,
    pub(super) identity: Option<(IdentitySchema, ValueType)>,
}

impl Managed {
    /// The type of its identity, if it has one.
    pub(super) fn identity_type(&self) -> Option<&ValueType> {
        self.identity.as_ref().map(|(_, ty)| ty)
    }

    /// The identity of an object with this state; null where there is none.
    pub(super) fn identity_of(&self, state: &Value) -> Value {
        if state.is_null() || self.identity.is_none() {
            Value::Null
        } else {
            self.resource.identity_of(state)
        }
    }
}

/// An ephemeral resource with what is asked of it in every call.
pub(super) struct Ephemeral {
    pub(super) resource: Arc<dyn EphemeralResource>,
    pub(super) typed: Typed,
}

/// An action with what is asked of it in every call.
pub(super) struct Invocable {
    pub(super) action: Arc<dyn Action>,
    pub(super) typed: Typed,
}

/// Everything that Terraform can name.
pub(super) struct Registry {
    pub(super) provider: Arc<dyn Provider>,
    pub(super) settings: Typed,
    pub(super) managed: BTreeMap<&'static str, Arc<Managed>>,
    pub(super) ephemeral: BTreeMap<&'static str, Ephemeral>,
    pub(super) actions: BTreeMap<&'static str, Invocable>,
    /// Names that two resources or actions of one kind have.
    repeated: Vec<&'static str>,
}

impl Registry {
    pub(super) fn new(provider: Arc<dyn Provider>) -> Self {
        let managed = provider.resources().into_iter().map(|resource| {
            let identity = resource.identity().map(|schema| {
                let ty = schema.value_type();
                (schema, ty)
            });
            let typed = Typed::new(resource.schema());
            let managed = Managed {
                resource,
                typed,
                identity,
            };
            (managed.resource.type_name(), Arc::new(managed))
        });
        let ephemeral = provider.ephemeral_resources().into_iter().map(|resource| {
            let typed = Typed::new(resource.schema());
            (resource.type_name(), Ephemeral { resource, typed })
        });
        let actions = provider.actions().into_iter().map(|action| {
            let typed = Typed::new(action.schema());
            (action.type_name(), Invocable { action, typed })
        });
        let mut repeated = Vec::new();
        Self {
            settings: Typed::new(provider.schema()),
            managed: by_name(managed, &mut repeated),
            ephemeral: by_name(ephemeral, &mut repeated),
            actions: by_name(actions, &mut repeated),
            repeated,
            provider,
        }
    }

    /// Refuses schemas on which Terraform would crash, or which it would refuse in fewer words.
    pub(super) fn check(&self) -> Answer<()> {
        let settings = self.settings.schema.problems(SchemaKind::Provider);
        let managed = self.managed.iter().map(|(name, managed)| {
            let identity = managed
                .identity
                .as_ref()
                .map(|(schema, _)| schema.problems());
            let mut problems = managed.typed.schema.problems(SchemaKind::Resource);
            problems.extend(identity.unwrap_or_default());
            (*name, problems)
        });
        let ephemeral = self.ephemeral.iter().map(|(name, ephemeral)| {
            let schema = &ephemeral.typed.schema;
            (*name, schema.problems(SchemaKind::EphemeralResource))
        });
        let actions = self
            .actions
            .iter()
            .map(|(name, invocable)| (*name, invocable.typed.schema.problems(SchemaKind::Action)));
        let repeated = self.repeated.iter().map(|name| {
            let problem = "the name stands twice, and only the last one of it is offered";
            (*name, vec![problem.to_owned()])
        });
        let all = std::iter::once(("the provider block", settings))
            .chain(managed)
            .chain(ephemeral)
            .chain(actions)
            .chain(repeated);
        let problems: Vec<_> = all
            .flat_map(|(name, problems)| problems.into_iter().map(move |what| (name, what)))
            .map(|(name, what)| {
                Diagnostic::error(
                    "The provider's schema is wrong",
                    format!("In {name}, {what}. This is a bug in the provider: please report it."),
                )
            })
            .collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }

    pub(super) fn managed(&self, type_name: &str) -> Answer<Arc<Managed>> {
        self.managed
            .get(type_name)
            .cloned()
            .ok_or_else(|| not_offered("resource type", type_name))
    }

    pub(super) fn ephemeral(&self, type_name: &str) -> Answer<&Ephemeral> {
        self.ephemeral
            .get(type_name)
            .ok_or_else(|| not_offered("ephemeral resource type", type_name))
    }

    pub(super) fn action(&self, type_name: &str) -> Answer<&Invocable> {
        self.actions
            .get(type_name)
            .ok_or_else(|| not_offered("action", type_name))
    }
}

/// Sorts resources or actions by name, and notes names that come again.
fn by_name<T>(
    resources: impl Iterator<Item = (&'static str, T)>,
    repeated: &mut Vec<&'static str>,
) -> BTreeMap<&'static str, T> {
    let mut named = BTreeMap::new();
    for (name, resource) in resources {
        if named.insert(name, resource).is_some() {
            repeated.push(name);
        }
    }
    named
}

/// The diagnostic for a name that this provider doesn't have.
pub(super) fn not_offered(what: &str, name: &str) -> Vec<Diagnostic> {
    vec![Diagnostic::error(
        "The provider doesn't offer this",
        format!(
            "There is no {what} {name:?} in this release of the provider. Check the spelling and the version in \
             `required_providers`."
        ),
    )]
}
