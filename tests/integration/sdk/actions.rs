//! Actions of a provider: what is asked of them, and the events that a host can live with.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use terraform_provider_iwd::tf_provider::action::{Action, InvokeRequest};
use terraform_provider_iwd::tf_provider::diagnostic::Diagnostic;
use terraform_provider_iwd::tf_provider::provider::Provider;
use terraform_provider_iwd::tf_provider::resource::Resource;
use terraform_provider_iwd::tf_provider::schema::{Attribute, Block, NestedBlock, Schema};
use terraform_provider_iwd::tf_provider::value::Value;
use terraform_provider_iwd::tf_provider::value_type::ValueType;
use tokio::sync::Notify;

use crate::harness::actions::{Invocation, invoke, plan, validate};
use crate::harness::generated::tfplugin5 as wire;
use crate::harness::host::HANG;
use crate::harness::in_process::InProcess;
use crate::harness::reply::{only_error, place};
use crate::harness::values::UNKNOWN;

const ACT: &str = "acting_act";

/// How the action of this provider goes.
#[derive(Clone)]
enum Course {
    /// It tells what it does and whom it greets.
    Succeeds,
    /// It fails after it got half-way.
    Fails,
    /// It panics with a secret after it got half-way.
    Panics,
    /// It lasts until Terraform stops, and goes on to tell of itself then.
    LastsUntilStop,
    /// It leaves behind who tells of it after its end.
    IsOutlived,
    /// It lasts until it may end, and says when it has.
    LastsUntil(Arc<Notify>, Arc<Notify>),
}

struct Acting(Vec<Course>);

impl Provider for Acting {
    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        Vec::new()
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        let action = |course: &Course| Arc::new(Act(course.clone())) as Arc<dyn Action>;
        self.0.iter().map(action).collect()
    }
}

struct Act(Course);

#[async_trait]
impl Action for Act {
    fn type_name(&self) -> &'static str {
        ACT
    }

    fn schema(&self) -> Schema {
        let part = Block {
            attributes: vec![Attribute::optional("size", ValueType::Number)],
            ..Block::default()
        };
        Schema {
            version: 0,
            block: Block {
                attributes: vec![
                    Attribute::required("name", ValueType::String),
                    Attribute::optional("key_wo", ValueType::String).write_only(),
                ],
                blocks: vec![NestedBlock::required("part", part)],
                ..Block::default()
            },
        }
    }

    fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        match config.get("name").as_str() {
            Some("nobody") => vec![Diagnostic::error("Nobody", "`name` is nobody.")],
            Some("anybody") => vec![Diagnostic::warning("Anybody", "`name` is anybody.")],
            _ => Vec::new(),
        }
    }

    async fn invoke(&self, request: InvokeRequest) -> Vec<Diagnostic> {
        let InvokeRequest {
            config,
            progress,
            stop,
            ..
        } = request;
        let text = |name| config.get(name).as_str().unwrap_or_default().to_owned();
        progress.report(format!("greets {}", text("name")));
        match &self.0 {
            Course::Succeeds => {
                progress.report(format!("with {}", text("key_wo")));
                vec![Diagnostic::warning("Greeted", "It was greeted.")]
            }
            Course::Fails => vec![Diagnostic::error("Half-way", "It failed.")],
            Course::Panics => panic!("canary-secret"),
            Course::LastsUntilStop => {
                stop.cancelled().await;
                progress.report("is stopped");
                vec![Diagnostic::error("Stopped", "It was stopped.")]
            }
            Course::IsOutlived => {
                tokio::spawn(async move {
                    loop {
                        progress.report("goes on");
                        tokio::task::yield_now().await;
                    }
                });
                Vec::new()
            }
            Course::LastsUntil(may_end, ended) => {
                may_end.notified().await;
                ended.notify_one();
                Vec::new()
            }
        }
    }
}

fn config(name: &str) -> Json {
    json!({"name": name, "key_wo": "key", "part": {"size": 1}})
}

async fn serve(course: Course) -> InProcess {
    InProcess::serve(Acting(vec![course])).await
}

#[tokio::test]
async fn progress_comes_in_order_and_then_the_end() {
    let host = serve(Course::Succeeds).await;
    let invoked = invoke(&host.client, ACT, &config("Ada")).await;
    assert_eq!(invoked.progress, ["greets Ada", "with key"]);
    assert_eq!(invoked.diagnostics[0].summary, "Greeted");
}

#[tokio::test]
async fn a_failure_is_the_last_event() {
    let host = serve(Course::Fails).await;
    let invoked = invoke(&host.client, ACT, &config("Ada")).await;
    assert_eq!(invoked.progress, ["greets Ada"]);
    only_error(&invoked.diagnostics, "Half-way");
}

#[tokio::test]
async fn a_panic_completes_the_action_with_an_error_and_the_next_call_works() {
    let mut host = serve(Course::Panics).await;
    for _ in 0..2 {
        let invoked = invoke(&host.client, ACT, &config("Ada")).await;
        let error = only_error(&invoked.diagnostics, "The provider failed inside");
        assert!(error.detail.starts_with("InvokeAction"), "{}", error.detail);
        assert!(!format!("{invoked:?}").contains("canary"));
    }
    assert_eq!(validate(&mut host.client, ACT, &config("Ada")).await, []);
}

#[tokio::test]
async fn after_stop_there_is_nothing_but_the_end_and_what_comes_later_is_served() {
    let mut host = serve(Course::LastsUntilStop).await;
    for _ in 0..2 {
        let mut invocation = Invocation::begin(&host.client, ACT, &config("Ada")).await;
        assert_eq!(invocation.progress().await, "greets Ada");
        host.client.stop(wire::stop::Request {}).await.unwrap();
        let invoked = invocation.end().await;
        assert_eq!(invoked.progress, [""; 0]);
        only_error(&invoked.diagnostics, "Stopped");
    }
}

#[tokio::test]
async fn what_outlives_an_action_tells_nothing_after_its_end() {
    let host = serve(Course::IsOutlived).await;
    let config = config("Ada");
    let invoked = tokio::time::timeout(HANG, invoke(&host.client, ACT, &config)).await;
    let invoked = invoked.expect("it ends");
    assert_eq!(invoked.progress[0], "greets Ada");
    assert_eq!(invoked.diagnostics, []);
}

#[tokio::test]
async fn an_action_whose_host_has_left_goes_on_to_its_end() {
    let (may_end, ended) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let host = serve(Course::LastsUntil(Arc::clone(&may_end), Arc::clone(&ended))).await;
    let mut invocation = Invocation::begin(&host.client, ACT, &config("Ada")).await;
    invocation.progress().await;
    drop(invocation);
    may_end.notify_one();
    ended.notified().await;
}

#[tokio::test]
async fn what_is_unknown_passes_until_the_action_is_invoked() {
    let mut host = serve(Course::Succeeds).await;
    let unknown = config(UNKNOWN);
    assert_eq!(validate(&mut host.client, ACT, &unknown).await, []);
    assert_eq!(plan(&mut host.client, ACT, &unknown).await, []);
    let invoked = invoke(&host.client, ACT, &unknown).await;
    only_error(&invoked.diagnostics, "Action configuration not known");
    assert_eq!(invoked.progress, [""; 0]);
}

#[tokio::test]
async fn what_is_required_is_asked_for_and_write_only_arguments_need_no_capability() {
    let mut host = serve(Course::Succeeds).await;
    let bare = json!({"name": null, "key_wo": "key", "part": null});
    let told = validate(&mut host.client, ACT, &bare).await;
    let told: Vec<_> = told
        .iter()
        .map(|told| (told.summary.as_str(), place(told)))
        .collect();
    assert_eq!(
        told,
        [
            ("Missing required argument", "name".to_owned()),
            ("Missing required block", String::new()),
        ]
    );
}

/// Variables have no values at validate, and what depends on another resource has none before the action is invoked.
#[tokio::test]
async fn what_becomes_known_is_checked_at_plan_and_before_anything_is_done() {
    let mut host = serve(Course::Succeeds).await;
    for (config, problem) in [
        (config("nobody"), "Nobody"),
        (
            json!({"name": "Ada", "key_wo": null, "part": null}),
            "Missing required block",
        ),
    ] {
        only_error(&validate(&mut host.client, ACT, &config).await, problem);
        only_error(&plan(&mut host.client, ACT, &config).await, problem);
        let invoked = invoke(&host.client, ACT, &config).await;
        only_error(&invoked.diagnostics, problem);
        assert_eq!(invoked.progress, [""; 0]);
    }
    let anybody = config("anybody");
    let told = plan(&mut host.client, ACT, &anybody).await;
    assert_eq!(told[0].summary, "Anybody");
    let invoked = invoke(&host.client, ACT, &anybody).await;
    assert_eq!(invoked.diagnostics[0].summary, "Greeted");
}

#[tokio::test]
async fn two_actions_of_one_name_are_an_error() {
    let mut host = InProcess::serve(Acting(vec![Course::Succeeds, Course::Fails])).await;
    let request = wire::get_provider_schema::Request {};
    let schema = host.client.get_schema(request).await.unwrap().into_inner();
    let error = only_error(&schema.diagnostics, "The provider's schema is wrong");
    assert!(error.detail.contains(ACT), "{}", error.detail);
}
