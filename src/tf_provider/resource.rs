//! The trait of a managed resource, one method per operation that Terraform asks for.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::diagnostic::Diagnostic;
use super::plan::Plan;
use super::schema::{IdentitySchema, Schema};
use super::state::{self, RawState};
use super::value::Value;

/// A kind of object that Terraform manages.
///
/// The SDK decodes, checks against the schema, plans by the schema's rules, nulls write-only values in every
/// reply and turns a panic into a diagnostic; what is left to a resource is what only it can know.
#[async_trait]
pub trait Resource: Send + Sync {
    /// Its name in the configuration, such as `iwd_tenant`.
    fn type_name(&self) -> &'static str;

    /// The schema of its block.
    fn schema(&self) -> Schema;

    /// The schema of what tells one object from all others; none for a resource without an identity.
    fn identity(&self) -> Option<IdentitySchema> {
        None
    }

    /// The identity of an object with this state; null where there is none.
    fn identity_of(&self, state: &Value) -> Value {
        let _ = state;
        Value::Null
    }

    /// Checks the configuration, values that are not known yet excepted.
    fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }

    /// Has the last word on the plan of an object that will exist.
    ///
    /// Called twice or more for one change and without side effects on the object; the replies must agree.
    fn plan(&self, request: &PlanRequest<'_>, plan: &mut Plan) -> Planned {
        let _ = plan;
        Planned::keeping(request.private)
    }

    /// Has the last word on the plan to destroy an object (Terraform 1.3 and later ask).
    fn plan_destroy(&self, prior: &Value, private: &[u8]) -> Planned {
        let _ = prior;
        Planned::keeping(private)
    }

    /// Makes a new object.
    async fn create(&self, request: ApplyRequest) -> Applied;

    /// Changes an object.
    async fn update(&self, request: ApplyRequest) -> Applied;

    /// Destroys an object.
    async fn delete(&self, request: ApplyRequest) -> Applied;

    /// Looks the object up; by default, it is as it was.
    async fn read(&self, request: ReadRequest) -> Applied {
        request.unchanged()
    }

    /// Begins to manage an object that exists.
    fn import(&self, target: &ImportTarget) -> Result<Imported, Diagnostic> {
        let _ = target;
        Err(Diagnostic::error(
            "Resource can't be imported",
            format!("{} has no import.", self.type_name()),
        ))
    }

    /// Takes over the state of another type's object.
    fn move_from(&self, source: &MoveSource) -> Result<Imported, Diagnostic> {
        Err(Diagnostic::error(
            "Resource can't be moved",
            format!(
                "{} can't take over the state of {}.",
                self.type_name(),
                source.type_name
            ),
        ))
    }

    /// Brings stored state to the schema of today; by default, what has the same version and an attribute more
    /// or less.
    fn upgrade(&self, version: i64, raw: &RawState) -> Result<Value, Diagnostic> {
        state::upgrade_same_version(&self.schema(), version, raw)
    }
}

/// The object to plan; `config` is not null, `prior` is null for a new object.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest<'a> {
    /// The object as it is.
    pub prior: &'a Value,
    /// The block as the user wrote it, write-only values included.
    pub config: &'a Value,
    /// Private data stored beside the prior state, or planned beside it for an object that is replaced.
    pub private: &'a [u8],
    /// Whether Terraform would take a deferral; it does in the walk of an apply, and in that of a plan unless told otherwise
    /// it doesn't.
    pub deferral_allowed: bool,
}

/// Private data and diagnostics that go with a plan.
#[derive(Debug)]
pub struct Planned {
    /// Private data for the apply.
    pub private: Vec<u8>,
    /// Errors refuse the plan.
    pub diagnostics: Vec<Diagnostic>,
}

impl Planned {
    /// No objection, and the private data as it was.
    pub fn keeping(private: &[u8]) -> Self {
        Self {
            private: private.to_vec(),
            diagnostics: Vec::new(),
        }
    }
}

/// One change to carry out.
#[derive(Debug)]
pub struct ApplyRequest {
    /// The object as it is; null for a new one.
    pub prior: Value,
    /// The object as it is planned; null for one to destroy.
    pub planned: Value,
    /// The block as the user wrote it, write-only values included; null for an object to destroy.
    pub config: Value,
    /// Private data planned beside it.
    pub private: Vec<u8>,
    /// A token that is cancelled when the user wants Terraform to stop.
    pub stop: CancellationToken,
    /// A token that is cancelled, and `stop` with it, when Terraform does not wait any longer: what is answered within
    /// 50 milliseconds still counts.
    pub end: CancellationToken,
}

impl ApplyRequest {
    /// Success: the object is now this, which leaves nothing unknown; the private data stays as planned.
    pub fn done(self, state: Value) -> Applied {
        Applied {
            state,
            private: self.private,
            diagnostics: Vec::new(),
        }
    }
}

/// An object to look up.
#[derive(Debug)]
pub struct ReadRequest {
    /// The object as it was.
    pub state: Value,
    /// Private data stored beside it.
    pub private: Vec<u8>,
    /// A token that is cancelled when the user wants Terraform to stop.
    pub stop: CancellationToken,
}

impl ReadRequest {
    /// The object is as it was.
    pub fn unchanged(self) -> Applied {
        Applied {
            state: self.state,
            private: self.private,
            diagnostics: Vec::new(),
        }
    }
}

/// The outcome of an operation on an object.
#[derive(Debug)]
pub struct Applied {
    /// The object as it is now; null for none.
    pub state: Value,
    /// Private data to store beside it, out of the user's sight, in place of what is there.
    pub private: Vec<u8>,
    /// Errors say that the operation failed, whatever the state.
    pub diagnostics: Vec<Diagnostic>,
}

impl Applied {
    /// There is no such object any more.
    pub fn gone() -> Self {
        Self {
            state: Value::Null,
            private: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Nothing was done: Terraform keeps what it had, which for a new object is nothing.
    pub fn failed(diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            diagnostics,
            ..Self::gone()
        }
    }
}

/// The object that the user names to import.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ImportTarget {
    /// `terraform import ADDRESS ID`, or an import block with `id`.
    Id(String),
    /// An import block with `identity` (Terraform 1.12 and later); an object.
    Identity(Value),
}

/// An object that Terraform begins to manage.
#[derive(Debug)]
pub struct Imported {
    /// Its state, as far as it is known.
    pub state: Value,
    /// Private data to store beside it.
    pub private: Vec<u8>,
    /// Warnings.
    pub diagnostics: Vec<Diagnostic>,
}

impl Imported {
    /// This much is known of the object.
    pub fn new(state: Value) -> Self {
        Self {
            state,
            private: Vec::new(),
            diagnostics: Vec::new(),
        }
    }
}

/// The object of another type whose state a `moved` block hands over (Terraform 1.8 and later).
#[derive(Debug)]
pub struct MoveSource {
    /// The other provider's address, such as `registry.terraform.io/mastercard/restapi`.
    pub provider_address: String,
    /// The other type.
    pub type_name: String,
    /// The version of its schema.
    pub schema_version: i64,
    /// Its state.
    pub state: RawState,
    /// What was stored beside its state.
    pub private: Vec<u8>,
}
