//! Requests that no host would send: each is answered, and the process goes on in bounded memory.

use proptest::prelude::*;
use prost::Message;
use prost::bytes::{Buf, BufMut};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Code, Status};

use super::codec::samples::damaged;
use super::harness::generated::tfplugin5 as wire;
use super::harness::host::{HANG, Host};
use super::harness::random::try_cases;
use super::harness::tenant::{CCID, plain};
use super::harness::values::to_wire;

/// How many damaged requests of each call are tried.
const CASES: u32 = 200;

/// The most memory that the process may ever have had, in KiB.
#[cfg(target_os = "linux")]
const MEMORY: u64 = 400 << 10;

/// A request with that value in every place for one.
type Request = fn(Option<wire::DynamicValue>) -> Vec<u8>;

/// Every call that takes a value, with a value that it would take.
#[expect(clippy::too_many_lines, reason = "one list of all calls")]
#[expect(clippy::needless_update, reason = "some requests hold nothing else")]
fn calls() -> Vec<(&'static str, Json, Request)> {
    macro_rules! request {
        ($call:ident { $($field:ident: $value:expr),* $(,)? } $($place:ident)*) => {
            |value| {
                wire::$call::Request {
                    $($field: $value.into(),)*
                    $($place: value.clone(),)*
                    ..Default::default()
                }
                .encode_to_vec()
            }
        };
    }
    let identity = json!({"ccid": CCID});
    let key = json!({"id": "x", "key": "canary-key", "keepers": {"a": "b"}});
    let services =
        json!({"ccid": CCID, "services": ["iWD"], "api_key_wo": "canary-key", "timeout": "1s"});
    vec![
        (
            "PrepareProviderConfig",
            settings(),
            request!(prepare_provider_config {} config),
        ),
        ("Configure", settings(), request!(configure {} config)),
        (
            "ValidateResourceTypeConfig",
            plain(),
            request!(validate_resource_type_config { type_name: "iwd_tenant" } config),
        ),
        (
            "ValidateDataSourceConfig",
            plain(),
            request!(validate_data_source_config { type_name: "iwd_tenant" } config),
        ),
        (
            "ReadResource",
            plain(),
            request!(read_resource { type_name: "iwd_tenant" } current_state provider_meta),
        ),
        (
            "PlanResourceChange",
            plain(),
            request!(plan_resource_change { type_name: "iwd_tenant" }
                prior_state proposed_new_state config provider_meta),
        ),
        (
            "PlanResourceChange",
            key.clone(),
            request!(plan_resource_change { type_name: "iwd_api_key" } proposed_new_state config),
        ),
        (
            "ApplyResourceChange",
            plain(),
            request!(apply_resource_change { type_name: "iwd_tenant" }
                prior_state planned_state config provider_meta),
        ),
        (
            "ApplyResourceChange",
            key,
            request!(apply_resource_change { type_name: "iwd_api_key" } planned_state config),
        ),
        ("ImportResourceState", identity, |value| {
            wire::import_resource_state::Request {
                type_name: "iwd_tenant".to_owned(),
                identity: Some(wire::ResourceIdentityData {
                    identity_data: value,
                }),
                ..Default::default()
            }
            .encode_to_vec()
        }),
        (
            "GenerateResourceConfig",
            plain(),
            request!(generate_resource_config { type_name: "iwd_tenant" } state),
        ),
        (
            "ReadDataSource",
            plain(),
            request!(read_data_source { type_name: "iwd" } config),
        ),
        (
            "ValidateEphemeralResourceConfig",
            json!({"key": null}),
            request!(validate_ephemeral_resource_config { type_name: "iwd_api_key" } config),
        ),
        (
            "OpenEphemeralResource",
            json!({"key": null}),
            request!(open_ephemeral_resource { type_name: "iwd_api_key" } config),
        ),
        (
            "ValidateListResourceConfig",
            plain(),
            request!(validate_list_resource_config { type_name: "iwd_tenant" } config),
        ),
        (
            "ListResource",
            plain(),
            request!(list_resource { type_name: "iwd_tenant" } config),
        ),
        ("CallFunction", json!("x"), |value| {
            wire::call_function::Request {
                name: "f".to_owned(),
                arguments: value.into_iter().collect(),
            }
            .encode_to_vec()
        }),
        (
            "ValidateActionConfig",
            services.clone(),
            request!(validate_action_config { action_type: "iwd_delete_services" } config),
        ),
        (
            "PlanAction",
            services.clone(),
            request!(plan_action { action_type: "iwd_delete_services" } config),
        ),
        (
            "InvokeAction",
            services,
            request!(invoke_action { action_type: "iwd_delete_services" } config),
        ),
        ("UpgradeResourceState", plain(), |value| {
            wire::upgrade_resource_state::Request {
                type_name: "iwd_tenant".to_owned(),
                version: 0,
                raw_state: raw(value),
            }
            .encode_to_vec()
        }),
        ("UpgradeResourceIdentity", json!({"ccid": CCID}), |value| {
            wire::upgrade_resource_identity::Request {
                type_name: "iwd_tenant".to_owned(),
                version: 0,
                raw_identity: raw(value),
            }
            .encode_to_vec()
        }),
        ("MoveResourceState", body(), |value| {
            wire::move_resource_state::Request {
                target_type_name: "iwd_tenant".to_owned(),
                source_type_name: "terraform_data".to_owned(),
                source_state: raw(value),
                ..Default::default()
            }
            .encode_to_vec()
        }),
    ]
}

fn settings() -> Json {
    json!({
        "endpoint": null, "api_key": "canary-provider-key", "tenant_api_keys": {"t": "canary-key"}, "headers": null,
        "ca_cert_pem": null, "ca_cert_file": null, "client_cert_pem": null, "client_cert_file": null,
        "client_key_pem": null, "client_key_file": null, "insecure_skip_verify": false, "proxy_url": "",
        "request_timeout": "1s", "max_retries": 0, "retry_min_wait": "10ms", "retry_max_wait": "20ms",
    })
}

/// The state of a generic resource that holds a tenant.
fn body() -> Json {
    let body = json!({"tenant": {"ccid": CCID, "id": "100"}, "iwd": {"db": {"port": 5432}}});
    json!({"id": "x", "input": {"value": body.to_string(), "type": "string"}})
}

/// Stored state is text; what is no text is tried as well.
fn raw(value: Option<wire::DynamicValue>) -> Option<wire::RawState> {
    value.map(|value| wire::RawState {
        json: if value.json.is_empty() {
            value.msgpack
        } else {
            value.json
        },
        ..Default::default()
    })
}

/// The value in both forms, one of them damaged.
fn values(value: &Json) -> BoxedStrategy<wire::DynamicValue> {
    let msgpack = damaged(to_wire(value).msgpack).prop_map(|msgpack| wire::DynamicValue {
        msgpack,
        json: Vec::new(),
    });
    let json = damaged(value.to_string().into_bytes()).prop_map(|json| wire::DynamicValue {
        msgpack: Vec::new(),
        json,
    });
    prop_oneof![msgpack, json].boxed()
}

/// Requests and replies as the bytes that they are.
#[derive(Default)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, bytes: Vec<u8>, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put_slice(&bytes);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let length = bytes.remaining();
        Ok(Some(bytes.copy_to_bytes(length).to_vec()))
    }
}

/// Makes a call and waits for its whole answer.
async fn call(channel: Channel, name: &str, request: Vec<u8>) -> Result<(), Status> {
    let path = PathAndQuery::try_from(format!("/tfplugin5.Provider/{name}")).unwrap();
    let mut grpc = Grpc::new(channel);
    grpc.ready().await.expect("the process lives");
    let answer = async {
        let mut events = grpc
            .server_streaming(tonic::Request::new(request), path, Bytes)
            .await?
            .into_inner();
        while events.message().await?.is_some() {}
        Ok(())
    };
    tokio::time::timeout(HANG, answer)
        .await
        .unwrap_or_else(|_| panic!("{name} is not answered"))
}

/// Still serves, and was never large.
async fn expect_sound(mut host: Host) {
    host.configure("http://127.0.0.1:9").await;
    host.plan(&Json::Null, &plain(), &[])
        .await
        .expect_no_error();
    assert!(!host.stderr().contains("canary"), "{}", host.stderr());
    #[cfg(target_os = "linux")]
    assert!(host.peak_memory() < MEMORY, "{} KiB", host.peak_memory());
    let status = host.shutdown().await;
    assert!(status.success());
}

#[test]
fn damaged_values_are_answered_in_every_call_that_takes_one() {
    let runtime = Runtime::new().unwrap();
    let host = runtime.block_on(Host::start());
    for (name, value, request) in calls() {
        try_cases(CASES, &values(&value), |value| {
            let answer = call(host.channel(), name, request(Some(value)));
            let answer = runtime.block_on(answer);
            assert!(answer.is_ok(), "{name}: {answer:?}");
        });
        // And the value as it should be.
        let answer = runtime.block_on(call(host.channel(), name, request(Some(to_wire(&value)))));
        assert!(answer.is_ok(), "{name}: {answer:?}");
    }
    runtime.block_on(expect_sound(host));
}

#[test]
fn damaged_messages_are_answered_or_refused_and_the_process_goes_on() {
    let runtime = Runtime::new().unwrap();
    let host = runtime.block_on(Host::start());
    for (name, value, request) in calls() {
        let valid = request(Some(to_wire(&value)));
        let noise = proptest::collection::vec(any::<u8>(), 0..200);
        let messages = prop_oneof![damaged(valid), noise];
        try_cases(CASES, &messages, |message| {
            if let Err(status) = runtime.block_on(call(host.channel(), name, message)) {
                // Not a message at all, which gRPC itself refuses.
                assert_eq!(status.code(), Code::Internal, "{name}: {status:?}");
            }
        });
    }
    runtime.block_on(expect_sound(host));
}
