//! The trait of an action: something that is done on demand and that no state records (protocol 5.10, Terraform 1.14).

use async_trait::async_trait;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio_util::sync::CancellationToken;

use super::diagnostic::Diagnostic;
use super::schema::Schema;
use super::value::Value;

/// A kind of operation that a user, or the change of a resource, asks for.
#[async_trait]
pub trait Action: Send + Sync {
    /// Its name in the configuration.
    fn type_name(&self) -> &'static str;

    /// The schema of its `config` block, in which nothing is computed.
    fn schema(&self) -> Schema;

    /// Checks the configuration, values that are not known yet excepted; once more before it is carried out.
    fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }

    /// Checks it when an invocation is planned and the values of variables are known; by default as `validate` does.
    fn plan(&self, config: &Value) -> Vec<Diagnostic> {
        self.validate(config)
    }

    /// Carries it out; errors say that it failed. A host may show their details alone.
    async fn invoke(&self, request: InvokeRequest) -> Vec<Diagnostic>;
}

/// One invocation to carry out.
#[derive(Debug)]
pub struct InvokeRequest {
    /// The block as the user wrote it, write-only values included; nothing in it is unknown.
    pub config: Value,
    /// The way to tell the user how far it is.
    pub progress: Progress,
    /// A token that is cancelled when the user wants Terraform to stop.
    pub stop: CancellationToken,
    /// A token that is cancelled, and `stop` with it, when Terraform does not wait any longer: what is answered within
    /// 50 milliseconds still counts.
    pub end: CancellationToken,
}

/// The messages of an action under way to its user. Clones are one.
#[derive(Clone, Debug)]
pub struct Progress(UnboundedSender<String>);

impl Progress {
    pub(super) fn channel() -> (Self, UnboundedReceiver<String>) {
        let (messages, receiver) = mpsc::unbounded_channel();
        (Self(messages), receiver)
    }

    /// Tells the user something. It is not shown once Terraform stops or the action is done.
    pub fn report(&self, message: impl Into<String>) {
        // Nobody listens any longer.
        let _ = self.0.send(message.into());
    }
}
