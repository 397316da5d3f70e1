//! Providers that fail: every call is answered, with a diagnostic that says what happened and no secret.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use terraform_provider_iwd::tf_provider::diagnostic::Diagnostic;
use terraform_provider_iwd::tf_provider::ephemeral_resource::{EphemeralResource, Opened};
use terraform_provider_iwd::tf_provider::plan::Plan;
use terraform_provider_iwd::tf_provider::provider::Provider;
use terraform_provider_iwd::tf_provider::resource::{
    Applied, ApplyRequest, ImportTarget, Imported, MoveSource, PlanRequest, Planned, ReadRequest,
    Resource,
};
use terraform_provider_iwd::tf_provider::schema::{Attribute, Block, Schema};
use terraform_provider_iwd::tf_provider::state::RawState;
use terraform_provider_iwd::tf_provider::value::Value;
use terraform_provider_iwd::tf_provider::value_type::ValueType;
use tokio::sync::Notify;

use crate::harness::generated::tfplugin5 as wire;
use crate::harness::in_process::InProcess;
use crate::harness::reply::only_error;
use crate::harness::values::{UNKNOWN, from_wire, to_wire};

pub(super) const THING: &str = "faulty_thing";
const LOST_TRACK: &str = "The provider lost track of the object";

/// How the resource of this provider fails.
#[derive(Clone)]
pub(super) enum Fault {
    /// Each operation panics with a secret.
    Panics,
    /// Each operation returns what is not known.
    LeavesUnknown,
    /// Each operation returns no object.
    ReturnsNothing,
    /// Each operation fails after it got half-way.
    FailsHalfWay,
    /// Operations last until Terraform stops, and say when they have begun.
    LastsUntilStop(Arc<Notify>),
}

struct Faulty(Fault);

pub(super) struct Thing(pub(super) Fault);

fn schema() -> Schema {
    Schema {
        version: 0,
        block: Block {
            attributes: vec![
                Attribute::computed("id", ValueType::String),
                Attribute::optional("name", ValueType::String),
            ],
            ..Block::default()
        },
    }
}

fn burst<T>() -> T {
    panic!("canary-secret");
}

#[async_trait]
impl Provider for Faulty {
    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Thing(self.0.clone()))]
    }

    fn ephemeral_resources(&self) -> Vec<Arc<dyn EphemeralResource>> {
        vec![Arc::new(Thing(self.0.clone()))]
    }

    fn validate(&self, _: &Value) -> Vec<Diagnostic> {
        burst()
    }

    async fn configure(&self, _: Value, _: String) -> Vec<Diagnostic> {
        burst()
    }
}

impl Thing {
    async fn outcome(&self, stop: &tokio_util::sync::CancellationToken) -> Applied {
        let state = match &self.0 {
            Fault::Panics => burst(),
            Fault::ReturnsNothing => Value::Null,
            Fault::LeavesUnknown | Fault::FailsHalfWay => unknown(),
            Fault::LastsUntilStop(begun) => {
                begun.notify_one();
                assert!(!stop.is_cancelled(), "a stop of before is over");
                stop.cancelled().await;
                Value::object([("id", "stopped".into())])
            }
        };
        let diagnostics = match self.0 {
            Fault::FailsHalfWay => vec![Diagnostic::error("Half-way", "It failed.")],
            _ => Vec::new(),
        };
        Applied {
            state,
            private: b"after".to_vec(),
            diagnostics,
        }
    }

    fn known_already(&self) -> Value {
        match self.0 {
            Fault::Panics => burst(),
            _ => unknown(),
        }
    }
}

fn unknown() -> Value {
    Value::object([("id", Value::UNKNOWN), ("name", "n".into())])
}

#[async_trait]
impl Resource for Thing {
    fn type_name(&self) -> &'static str {
        THING
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn validate(&self, _: &Value) -> Vec<Diagnostic> {
        burst()
    }

    fn plan(&self, request: &PlanRequest<'_>, plan: &mut Plan) -> Planned {
        if matches!(self.0, Fault::Panics) {
            burst::<()>();
        }
        plan.state.set_attribute("stray", Value::Null);
        Planned::keeping(request.private)
    }

    fn plan_destroy(&self, _: &Value, _: &[u8]) -> Planned {
        burst()
    }

    async fn create(&self, request: ApplyRequest) -> Applied {
        self.outcome(&request.stop).await
    }

    async fn update(&self, request: ApplyRequest) -> Applied {
        self.outcome(&request.stop).await
    }

    async fn delete(&self, request: ApplyRequest) -> Applied {
        self.outcome(&request.stop).await
    }

    async fn read(&self, request: ReadRequest) -> Applied {
        self.outcome(&request.stop).await
    }

    fn import(&self, _: &ImportTarget) -> Result<Imported, Diagnostic> {
        Ok(Imported::new(self.known_already()))
    }

    fn move_from(&self, _: &MoveSource) -> Result<Imported, Diagnostic> {
        Ok(Imported::new(self.known_already()))
    }

    fn upgrade(&self, _: i64, _: &RawState) -> Result<Value, Diagnostic> {
        Ok(self.known_already())
    }
}

#[async_trait]
impl EphemeralResource for Thing {
    fn type_name(&self) -> &'static str {
        THING
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn validate(&self, _: &Value) -> Vec<Diagnostic> {
        burst()
    }

    async fn open(&self, config: Value) -> Result<Opened, Vec<Diagnostic>> {
        match self.0 {
            Fault::Panics => burst(),
            Fault::LeavesUnknown => Ok(Opened::new(unknown())),
            _ => Ok(Opened {
                value: config,
                private: b"lease".to_vec(),
                diagnostics: vec![Diagnostic::warning("Short", "It ends soon.")],
            }),
        }
    }

    async fn close(&self, private: Vec<u8>) -> Vec<Diagnostic> {
        match self.0 {
            Fault::Panics => burst(),
            _ => vec![Diagnostic::warning(
                "Closed",
                String::from_utf8_lossy(&private),
            )],
        }
    }
}

fn thing(id: impl Into<Json>) -> Json {
    json!({"id": id.into(), "name": "n"})
}

#[tokio::test]
async fn a_panic_in_any_call_is_a_diagnostic_that_names_it_and_the_next_call_works() {
    let mut host = InProcess::serve(Faulty(Fault::Panics)).await;
    let (config, state) = (thing(Json::Null), thing("1"));
    let mut told = vec![
        (
            "ValidateResourceTypeConfig",
            host.validate(THING, &config).await,
        ),
        (
            "PlanResourceChange",
            host.plan(THING, &Json::Null, &config).await.diagnostics,
        ),
        (
            "PlanResourceChange",
            host.plan(THING, &state, &Json::Null).await.diagnostics,
        ),
        ("ReadResource", host.read(THING, &state).await.diagnostics),
        (
            "ImportResourceState",
            host.import(THING, "1").await.diagnostics,
        ),
        (
            "MoveResourceState",
            host.move_to(THING, &json!({})).await.diagnostics,
        ),
        (
            "UpgradeResourceState",
            host.upgrade(THING, 0, &state).await.diagnostics,
        ),
    ];
    for (prior, planned) in [
        (&Json::Null, &state),
        (&state, &state),
        (&state, &Json::Null),
    ] {
        let applied = host.apply(THING, prior, planned, planned).await;
        assert!(applied.state.is_null() && applied.private.is_empty());
        told.push(("ApplyResourceChange", applied.diagnostics));
    }
    macro_rules! call {
        ($name:literal, $call:ident, $request:expr) => {
            let reply = host.client.$call($request).await.unwrap().into_inner();
            told.push(($name, reply.diagnostics));
        };
    }
    let name = || THING.to_owned();
    call!(
        "PrepareProviderConfig",
        prepare_provider_config,
        wire::prepare_provider_config::Request::default()
    );
    call!("Configure", configure, wire::configure::Request::default());
    call!(
        "ValidateEphemeralResourceConfig",
        validate_ephemeral_resource_config,
        wire::validate_ephemeral_resource_config::Request {
            type_name: name(),
            config: Some(to_wire(&config)),
        }
    );
    call!(
        "OpenEphemeralResource",
        open_ephemeral_resource,
        wire::open_ephemeral_resource::Request {
            type_name: name(),
            config: Some(to_wire(&config)),
            ..Default::default()
        }
    );
    call!(
        "CloseEphemeralResource",
        close_ephemeral_resource,
        wire::close_ephemeral_resource::Request {
            type_name: name(),
            ..Default::default()
        }
    );
    assert_eq!(told.len(), 15);
    for (call, diagnostics) in &told {
        let error = only_error(diagnostics, "The provider failed inside");
        assert!(error.detail.starts_with(call), "{call}: {}", error.detail);
        assert!(!format!("{diagnostics:?}").contains("canary"), "{call}");
    }
    assert_eq!(host.block(THING).await.attributes.len(), 2);
}

#[tokio::test]
async fn what_is_left_unknown_is_an_error_and_null_in_state() {
    let mut host = InProcess::serve(Faulty(Fault::LeavesUnknown)).await;
    let state = thing("1");
    let created = host
        .apply(THING, &Json::Null, &thing(UNKNOWN), &thing(Json::Null))
        .await;
    created.expect_error(LOST_TRACK);
    assert_eq!(created.state, thing(Json::Null));
    assert_eq!(created.private, b"after");
    for reply in [
        host.read(THING, &state).await,
        host.import(THING, "1").await,
        host.move_to(THING, &json!({})).await,
        host.upgrade(THING, 0, &state).await,
    ] {
        reply.expect_error(LOST_TRACK);
        assert!(reply.state.is_null());
    }
    let request = wire::open_ephemeral_resource::Request {
        type_name: THING.to_owned(),
        config: Some(to_wire(&thing(Json::Null))),
        ..Default::default()
    };
    let opened = host.client.open_ephemeral_resource(request).await.unwrap();
    only_error(&opened.into_inner().diagnostics, LOST_TRACK);
}

#[tokio::test]
async fn no_object_after_a_create_or_update_is_an_error_and_after_a_delete_is_not() {
    let mut host = InProcess::serve(Faulty(Fault::ReturnsNothing)).await;
    let state = thing("1");
    for prior in [&Json::Null, &state] {
        let applied = host.apply(THING, prior, &state, &state).await;
        applied.expect_error(LOST_TRACK);
        assert!(applied.state.is_null());
    }
    let deleted = host.apply(THING, &state, &Json::Null, &Json::Null).await;
    assert!(deleted.diagnostics.is_empty() && deleted.state.is_null());
    let read = host.read(THING, &state).await;
    assert!(read.diagnostics.is_empty() && read.state.is_null());
}

#[tokio::test]
async fn a_failure_half_way_keeps_what_is_known_and_says_only_its_own() {
    let mut host = InProcess::serve(Faulty(Fault::FailsHalfWay)).await;
    let state = thing("1");
    let failed = host
        .apply(THING, &Json::Null, &thing(UNKNOWN), &state)
        .await;
    failed.expect_error("Half-way");
    assert_eq!(failed.state, thing(Json::Null));
    let failed = host.apply(THING, &state, &Json::Null, &Json::Null).await;
    failed.expect_error("Half-way");
    assert_eq!(failed.state, thing(Json::Null));
}

#[tokio::test]
async fn a_value_that_does_not_fit_the_schema_is_a_diagnostic() {
    let mut host = InProcess::serve(Faulty(Fault::FailsHalfWay)).await;
    let plan = host.plan(THING, &Json::Null, &thing(Json::Null)).await;
    let error = plan.expect_error("The provider made an impossible value");
    assert!(error.detail.contains("stray"), "{}", error.detail);
}

#[tokio::test]
async fn stop_reaches_reads_and_changes_and_what_comes_later_is_served() {
    let begun = Arc::new(Notify::new());
    let mut host = InProcess::serve(Faulty(Fault::LastsUntilStop(Arc::clone(&begun)))).await;
    for _ in 0..2 {
        let mut client = host.client.clone();
        let read = tokio::spawn(async move {
            let request = wire::read_resource::Request {
                type_name: THING.to_owned(),
                current_state: Some(to_wire(&thing("1"))),
                ..Default::default()
            };
            client.read_resource(request).await.unwrap().into_inner()
        });
        begun.notified().await;
        let mut client = host.client.clone();
        let create = tokio::spawn(async move {
            let request = wire::apply_resource_change::Request {
                type_name: THING.to_owned(),
                planned_state: Some(to_wire(&thing(UNKNOWN))),
                ..Default::default()
            };
            client
                .apply_resource_change(request)
                .await
                .unwrap()
                .into_inner()
        });
        begun.notified().await;
        let stopped = host.client.stop(wire::stop::Request {}).await.unwrap();
        assert_eq!(stopped.into_inner().error, "");
        let (read, created) = (read.await.unwrap(), create.await.unwrap());
        for state in [read.new_state, created.new_state] {
            assert_eq!(from_wire(state.as_ref())["id"], "stopped");
        }
    }
}

#[tokio::test]
async fn what_an_ephemeral_resource_leaves_for_its_close_gets_there() {
    let mut host = InProcess::serve(Faulty(Fault::FailsHalfWay)).await;
    let request = wire::open_ephemeral_resource::Request {
        type_name: THING.to_owned(),
        config: Some(to_wire(&thing(Json::Null))),
        ..Default::default()
    };
    let opened = host
        .client
        .open_ephemeral_resource(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(from_wire(opened.result.as_ref()), thing(Json::Null));
    assert_eq!(opened.diagnostics[0].summary, "Short");
    assert!(opened.renew_at.is_none() && opened.deferred.is_none());
    let request = wire::renew_ephemeral_resource::Request {
        type_name: THING.to_owned(),
        private: opened.private.clone(),
    };
    let renewed = host
        .client
        .renew_ephemeral_resource(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(renewed.private, opened.private);
    let request = wire::close_ephemeral_resource::Request {
        type_name: THING.to_owned(),
        private: renewed.private,
    };
    let closed = host
        .client
        .close_ephemeral_resource(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(closed.diagnostics[0].detail, "lease");
}
