//! A row of the schema.

use crate::tf_provider::path::AttributePath;
use crate::tf_provider::schema::{Attribute, Presence, RequiresReplace};
use crate::tf_provider::value::Value;
use crate::tf_provider::value_type::ValueType;

/// An argument or a result, with all that other files must know of it.
#[derive(Debug)]
pub(in crate::provider::tenant) struct Argument {
    /// The blocks around it, from the outside.
    pub(in crate::provider::tenant) block: &'static [&'static str],
    /// What it is, for a resource as for an action; of a secret, the form that is stored.
    pub(in crate::provider::tenant) attribute: Attribute,
    /// What the documentation adds for the resource, which has a state.
    remark: &'static str,
    /// What a change of it means for IWD.
    pub(in crate::provider::tenant) effect: Effect,
    /// What is checked of a value, beside its type.
    pub(in crate::provider::tenant) check: Check,
    /// Its write-only twin, if it is a secret.
    pub(in crate::provider::tenant) secret: Option<Secret>,
}

/// What a change of an argument means for IWD.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::provider::tenant) enum Effect {
    /// It is sent under this name, dotted from the root of the request's body.
    Sent(&'static str),
    /// It isn't sent itself, but the tenant is sent again.
    SendsAgain,
    /// None: the provider alone reads it.
    StateOnly,
    /// The provider sets it.
    Result,
}

/// What is checked of a value that is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::provider::tenant) enum Check {
    /// Its type alone, and that a text is neither blank nor holds control characters.
    Plain,
    /// A key: also that it holds no character that nobody sees, in neither form.
    Key,
    /// A contact center id.
    Ccid,
    /// An `http` or `https` URL.
    Url,
    /// A TCP port.
    Port,
    /// The URL of the email service, which should be none.
    EmailUrl,
    /// One of the ways to destroy.
    OnDestroy,
    /// Names of services.
    Services,
    /// A duration.
    Duration,
}

/// The write-only twin of a secret.
#[derive(Debug)]
pub(in crate::provider::tenant) struct Secret {
    /// Its name.
    pub(in crate::provider::tenant) twin: &'static str,
    /// What the documentation adds for the resource.
    remark: &'static str,
    /// Whether one of the two must be set where the block stands.
    pub(in crate::provider::tenant) need: Need,
}

/// Whether a secret must be set in one of its two forms where its block stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::provider::tenant) enum Need {
    /// It must.
    Required,
    /// It may.
    Optional,
}

impl Argument {
    /// A row for that attribute in these blocks.
    pub(super) fn new(
        block: &'static [&'static str],
        attribute: Attribute,
        effect: Effect,
    ) -> Self {
        Self {
            block,
            attribute,
            remark: "",
            effect,
            check: Check::Plain,
            secret: None,
        }
    }

    /// The same, with what the documentation says of it.
    pub(super) fn describe(mut self, description: &'static str) -> Self {
        self.attribute = self.attribute.describe(description);
        self
    }

    /// The same, with what the documentation adds for the resource; of a secret, for its write-only form.
    pub(super) fn remark(mut self, remark: &'static str) -> Self {
        match &mut self.secret {
            Some(secret) => secret.remark = remark,
            None => self.remark = remark,
        }
        self
    }

    /// The same, with that check.
    pub(super) fn check(self, check: Check) -> Self {
        Self { check, ..self }
    }

    /// The same, replacing the tenant once a change is known.
    pub(super) fn replaces(mut self) -> Self {
        self.attribute = self.attribute.requires_replace(RequiresReplace::WhenKnown);
        self
    }

    /// The same, as a secret with that twin.
    pub(super) fn secret(mut self, need: Need, twin: &'static str) -> Self {
        self.attribute = self.attribute.sensitive();
        self.secret = Some(Secret {
            twin,
            remark: "",
            need,
        });
        self
    }

    /// Its name.
    pub(in crate::provider::tenant) fn name(&self) -> &'static str {
        self.attribute.name
    }

    /// Its place in the configuration.
    pub(in crate::provider::tenant) fn path(&self) -> AttributePath {
        AttributePath::of(self.block).attribute(self.name())
    }

    /// Its value in a state or a configuration; of a secret, the form that is stored.
    pub(in crate::provider::tenant) fn of<'a>(&self, object: &'a Value) -> &'a Value {
        object.at(self.block).get(self.name())
    }

    /// Sets its value in an object where the blocks around it stand; of a secret, the form that is stored.
    pub(in crate::provider::tenant) fn set(&self, object: &mut Value, value: Value) {
        set_in(self.block, self.name(), object, value);
    }

    /// Whether the blocks around it stand in that object.
    pub(in crate::provider::tenant) fn block_stands(&self, object: &Value) -> bool {
        object.at(self.block).as_map().is_some()
    }

    /// What Terraform is told of it in the resource, its twin included.
    pub(super) fn in_resource(&self) -> Vec<Attribute> {
        let (name, meaning) = (self.name(), &self.attribute.description);
        let stored = |more: &str| self.attribute.clone().describe(format!("{meaning}{more}"));
        let Some(Secret { twin, remark, need }) = &self.secret else {
            return vec![stored(&after_blank(self.remark))];
        };
        let rule = match need {
            Need::Required => "exactly one of `{twin}` and `{name}` must be set",
            Need::Optional => "at most one of `{twin}` and `{name}` may be set",
        };
        let rule = rule.replace("{twin}", twin).replace("{name}", name);
        let never_stored = format!("The same as `{name}`, never stored.{}", after_blank(remark));
        vec![
            stored(&format!(" Stored in state; {rule}.")),
            Attribute::optional(twin, ValueType::String)
                .write_only()
                .describe(never_stored),
        ]
    }

    /// What Terraform is told of it in an action, which stores and computes nothing: of a secret, the twin alone.
    pub(in crate::provider::tenant) fn in_action(&self) -> Attribute {
        let Some(secret) = &self.secret else {
            return Attribute {
                presence: match self.attribute.presence {
                    Presence::Required => Presence::Required,
                    _ => Presence::Optional,
                },
                default: None,
                requires_replace: RequiresReplace::Never,
                ..self.attribute.clone()
            };
        };
        let twin = match secret.need {
            Need::Required => Attribute::required,
            Need::Optional => Attribute::optional,
        };
        let meaning = self.attribute.description.clone();
        twin(secret.twin, ValueType::String)
            .write_only()
            .describe(meaning)
    }

    /// Whether IWD gets it.
    pub(in crate::provider::tenant) fn is_sent(&self) -> bool {
        matches!(self.effect, Effect::Sent(_))
    }
}

impl Secret {
    /// The path of the twin of that argument.
    pub(in crate::provider::tenant) fn path(&self, argument: &Argument) -> AttributePath {
        AttributePath::of(argument.block).attribute(self.twin)
    }

    /// The value of the twin in a configuration.
    pub(in crate::provider::tenant) fn of<'a>(
        &self,
        argument: &Argument,
        config: &'a Value,
    ) -> &'a Value {
        config.at(argument.block).get(self.twin)
    }

    /// Sets the value of the twin in a configuration where the blocks around it stand.
    pub(in crate::provider::tenant) fn set(
        &self,
        argument: &Argument,
        config: &mut Value,
        value: Value,
    ) {
        set_in(argument.block, self.twin, config, value);
    }

    /// Whether the configuration must set the secret in one of its two forms, and does in neither.
    pub(in crate::provider::tenant) fn is_missing(
        &self,
        argument: &Argument,
        config: &Value,
    ) -> bool {
        self.need == Need::Required
            && argument.block_stands(config)
            && argument.of(config).is_null()
            && self.of(argument, config).is_null()
    }
}

fn after_blank(remark: &str) -> String {
    match remark {
        "" => String::new(),
        remark => format!(" {remark}"),
    }
}

fn set_in(block: &[&str], name: &str, object: &mut Value, value: Value) {
    let mut inner = object;
    for name in block {
        let Value::Map(elements) = inner else { return };
        let Some(element) = elements.get_mut(*name) else {
            return;
        };
        inner = element;
    }
    inner.set_attribute(name, value);
}

/// A block.
#[derive(Debug)]
pub(super) struct BlockRow {
    /// The blocks around it, and its name.
    pub(super) path: &'static [&'static str],
    /// Whether it must stand.
    pub(super) required: bool,
    /// Its name on the wire, if an answer may complain about it as a whole.
    pub(super) wire: Option<&'static str>,
    /// What the documentation says of it.
    pub(super) description: &'static str,
}
