//! Calls of actions, and the events that come back.

use serde_json::Value as Json;
use tonic::Streaming;
use tonic::transport::Channel;

use super::generated::tfplugin5 as wire;
use super::generated::tfplugin5::provider_client::ProviderClient;
use super::values::to_wire;
use wire::Diagnostic;
use wire::invoke_action::event::Type;

/// Validates the configuration of an action.
pub(crate) async fn validate(
    client: &mut ProviderClient<Channel>,
    action_type: &str,
    config: &Json,
) -> Vec<Diagnostic> {
    let request = wire::validate_action_config::Request {
        action_type: action_type.to_owned(),
        config: Some(to_wire(config)),
    };
    let reply = client.validate_action_config(request).await;
    reply.unwrap().into_inner().diagnostics
}

/// Plans an invocation. A host that allows deferral gets none.
pub(crate) async fn plan(
    client: &mut ProviderClient<Channel>,
    action_type: &str,
    config: &Json,
) -> Vec<Diagnostic> {
    let request = wire::plan_action::Request {
        action_type: action_type.to_owned(),
        config: Some(to_wire(config)),
        client_capabilities: Some(wire::ClientCapabilities {
            deferral_allowed: true,
            write_only_attributes_allowed: true,
        }),
    };
    let reply = client.plan_action(request).await.unwrap().into_inner();
    assert!(reply.deferred.is_none());
    reply.diagnostics
}

/// Invokes an action and waits for its end.
pub(crate) async fn invoke(
    client: &ProviderClient<Channel>,
    action_type: &str,
    config: &Json,
) -> Invoked {
    Invocation::begin(client, action_type, config)
        .await
        .end()
        .await
}

/// What an invocation told.
#[derive(Debug)]
pub(crate) struct Invoked {
    /// The messages of its progress.
    pub(crate) progress: Vec<String>,
    /// What it told the user at its end.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// An action under way.
pub(crate) struct Invocation(Streaming<wire::invoke_action::Event>);

impl Invocation {
    /// Begins to invoke an action.
    pub(crate) async fn begin(
        client: &ProviderClient<Channel>,
        action_type: &str,
        config: &Json,
    ) -> Self {
        let request = wire::invoke_action::Request {
            action_type: action_type.to_owned(),
            config: Some(to_wire(config)),
            client_capabilities: None,
        };
        let events = client.clone().invoke_action(request).await;
        Self(events.unwrap().into_inner())
    }

    /// The next message of its progress.
    pub(crate) async fn progress(&mut self) -> String {
        match self.next().await {
            Some(Type::Progress(progress)) => progress.message,
            other => panic!("no progress: {other:?}"),
        }
    }

    /// What it tells from now on. Fails the test unless the last event, and no other, completes it.
    pub(crate) async fn end(mut self) -> Invoked {
        let mut told = Vec::new();
        loop {
            match self.next().await {
                Some(Type::Progress(progress)) => told.push(progress.message),
                Some(Type::Completed(completed)) => {
                    let after = self.next().await;
                    assert!(after.is_none(), "after the end: {after:?}");
                    return Invoked {
                        progress: told,
                        diagnostics: completed.diagnostics,
                    };
                }
                None => panic!("it ended without being completed, after {told:?}"),
            }
        }
    }

    async fn next(&mut self) -> Option<Type> {
        let event = self.0.message().await.unwrap()?;
        Some(event.r#type.expect("an event with content"))
    }
}
