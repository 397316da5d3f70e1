//! The reply of each call that says nothing but what went wrong.

use super::generated as wire;

/// A reply that can carry diagnostics.
pub(super) trait ErrorReply: Send + Sized {
    /// The reply that says only this.
    fn error_reply(diagnostics: Vec<wire::Diagnostic>) -> Self;
}

macro_rules! with_diagnostics {
    ($($call:ident),+ $(,)?) => {$(
        impl ErrorReply for wire::$call::Response {
            fn error_reply(diagnostics: Vec<wire::Diagnostic>) -> Self {
                let mut reply = Self::default();
                reply.diagnostics = diagnostics;
                reply
            }
        }
    )+};
}

with_diagnostics!(
    get_metadata,
    get_provider_schema,
    get_resource_identity_schemas,
    prepare_provider_config,
    validate_resource_type_config,
    validate_data_source_config,
    validate_ephemeral_resource_config,
    validate_list_resource_config,
    validate_action_config,
    upgrade_resource_state,
    upgrade_resource_identity,
    configure,
    read_resource,
    plan_resource_change,
    apply_resource_change,
    import_resource_state,
    move_resource_state,
    generate_resource_config,
    read_data_source,
    open_ephemeral_resource,
    renew_ephemeral_resource,
    close_ephemeral_resource,
    get_functions,
    plan_action,
);

impl ErrorReply for wire::call_function::Response {
    fn error_reply(diagnostics: Vec<wire::Diagnostic>) -> Self {
        let text = diagnostics.into_iter().map(|problem| problem.detail);
        Self {
            error: Some(wire::FunctionError {
                text: text.collect::<Vec<_>>().join("\n"),
                function_argument: None,
            }),
            ..Default::default()
        }
    }
}

impl ErrorReply for wire::stop::Response {
    fn error_reply(diagnostics: Vec<wire::Diagnostic>) -> Self {
        let text = diagnostics.into_iter().map(|problem| problem.detail);
        Self {
            error: text.collect::<Vec<_>>().join("\n"),
        }
    }
}

impl ErrorReply for wire::list_resource::Event {
    fn error_reply(diagnostic: Vec<wire::Diagnostic>) -> Self {
        Self {
            diagnostic,
            ..Default::default()
        }
    }
}

impl ErrorReply for wire::invoke_action::Event {
    fn error_reply(diagnostics: Vec<wire::Diagnostic>) -> Self {
        use wire::invoke_action::event::{Completed, Type};
        Self {
            r#type: Some(Type::Completed(Completed { diagnostics })),
        }
    }
}
