//! Every call of the protocol, as hosts of all ages make them.

use serde_json::{Value as Json, json};
use tonic::{Response, Status, Streaming};

use super::harness::api::Api;
use super::harness::generated::tfplugin5 as wire;
use super::harness::host::Host;
use super::harness::reply::{errors, only_error};
use super::harness::tenant::{CCID, plain, proposed};
use super::harness::values::{from_wire, to_wire};

const NOT_OFFERED: &str = "The provider doesn't offer this";

#[tokio::test]
async fn the_schema_names_what_is_offered_and_announces_what_is_true() {
    let mut host = Host::start().await;
    let schema = host.schema().await;
    let mut resources: Vec<_> = schema.resource_schemas.keys().collect();
    resources.sort();
    assert_eq!(resources, ["iwd_api_key", "iwd_tenant"]);
    assert!(
        schema
            .ephemeral_resource_schemas
            .contains_key("iwd_api_key")
    );
    assert!(schema.data_source_schemas.is_empty() && schema.functions.is_empty());
    assert!(schema.list_resource_schemas.is_empty());
    let mut actions: Vec<_> = schema.action_schemas.keys().collect();
    actions.sort();
    assert_eq!(actions, ["iwd_delete_services", "iwd_provision_tenant"]);
    assert!(schema.provider_meta.is_none() && schema.diagnostics.is_empty());
    let capabilities = schema.server_capabilities.unwrap();
    assert!(capabilities.plan_destroy && capabilities.get_provider_schema_optional);
    assert!(capabilities.move_resource_state && capabilities.generate_resource_config);

    let metadata = host
        .provider
        .get_metadata(wire::get_metadata::Request {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(metadata.resources.len(), 2);
    assert_eq!(metadata.ephemeral_resources.len(), 1);
    assert_eq!(metadata.actions.len(), 2);
    let functions = host
        .provider
        .get_functions(wire::get_functions::Request {})
        .await
        .unwrap()
        .into_inner();
    assert!(functions.functions.is_empty() && functions.diagnostics.is_empty());
}

/// What Terraform would crash on or refuse (`schemarepo`, `configschema.InternalValidate`).
#[tokio::test]
async fn every_schema_is_one_that_terraform_accepts() {
    let mut host = Host::start().await;
    let schema = host.schema().await;
    let all = schema
        .resource_schemas
        .values()
        .chain(schema.ephemeral_resource_schemas.values());
    let actions = schema.action_schemas.values();
    let actions = actions.filter_map(|action| action.schema.as_ref());
    assert_eq!(actions.clone().count(), 2);
    for schema in all.chain(actions).chain(schema.provider.iter()) {
        check_block(schema.block.as_ref().unwrap());
    }
}

fn check_block(block: &wire::schema::Block) {
    assert!(!block.description.is_empty());
    for attribute in &block.attributes {
        let name = &attribute.name;
        serde_json::from_slice::<Json>(&attribute.r#type)
            .unwrap_or_else(|_| panic!("type of {name}"));
        assert!(
            attribute.required || attribute.optional || attribute.computed,
            "{name}"
        );
        assert!(
            !attribute.required || !(attribute.optional || attribute.computed),
            "{name}"
        );
        assert!(
            !attribute.write_only || attribute.sensitive && !attribute.computed,
            "{name}"
        );
        assert!(!attribute.description.is_empty(), "{name}");
    }
    for nested in &block.block_types {
        let (name, block) = (&nested.type_name, nested.block.as_ref().unwrap());
        assert_eq!(nested.min_items, nested.max_items, "{name}");
        assert!(
            block
                .attributes
                .iter()
                .all(|attribute| &attribute.name != name)
        );
        check_block(block);
    }
}

#[tokio::test]
async fn what_is_not_offered_is_a_diagnostic_in_every_call() {
    let mut host = Host::start().await;
    let name = || "iwd_nothing".to_owned();
    let client = &mut host.provider;
    macro_rules! refused {
        ($($call:ident($name:ident)),+ $(,)?) => {$(
            let request = wire::$call::Request { $name: name(), ..Default::default() };
            let reply = client.$call(request).await.unwrap().into_inner();
            only_error(&reply.diagnostics, NOT_OFFERED);
        )+};
    }
    refused!(
        validate_resource_type_config(type_name),
        validate_data_source_config(type_name),
        upgrade_resource_state(type_name),
        upgrade_resource_identity(type_name),
        read_resource(type_name),
        plan_resource_change(type_name),
        apply_resource_change(type_name),
        import_resource_state(type_name),
        move_resource_state(target_type_name),
        read_data_source(type_name),
        generate_resource_config(type_name),
        validate_ephemeral_resource_config(type_name),
        open_ephemeral_resource(type_name),
        renew_ephemeral_resource(type_name),
        close_ephemeral_resource(type_name),
        validate_list_resource_config(type_name),
        plan_action(action_type),
        validate_action_config(action_type),
    );
    let without_identity = wire::upgrade_resource_identity::Request {
        type_name: "iwd_api_key".to_owned(),
        ..Default::default()
    };
    let upgraded = client.upgrade_resource_identity(without_identity).await;
    only_error(&upgraded.unwrap().into_inner().diagnostics, NOT_OFFERED);

    let called = client.call_function(wire::call_function::Request {
        name: name(),
        arguments: vec![wire::DynamicValue::default()],
    });
    let called = called.await.unwrap().into_inner();
    assert!(called.error.unwrap().text.contains("iwd_nothing"));
    let listed = client.list_resource(wire::list_resource::Request {
        type_name: name(),
        ..Default::default()
    });
    let event = first_event(listed.await).await;
    only_error(&event.diagnostic, NOT_OFFERED);
    let invoked = client.invoke_action(wire::invoke_action::Request {
        action_type: name(),
        ..Default::default()
    });
    let event = first_event(invoked.await).await;
    let Some(wire::invoke_action::event::Type::Completed(completed)) = event.r#type else {
        panic!("not completed: {event:?}");
    };
    only_error(&completed.diagnostics, NOT_OFFERED);
}

/// The first of the events that a call answers with.
async fn first_event<T>(answer: Result<Response<Streaming<T>>, Status>) -> T {
    let event = answer.unwrap().into_inner().message().await;
    event.unwrap().expect("an event")
}

#[tokio::test]
async fn a_value_may_come_as_json_or_not_at_all() {
    let mut host = Host::start().await;
    let json = |value: &Json| {
        Some(wire::DynamicValue {
            json: value.to_string().into_bytes(),
            msgpack: Vec::new(),
        })
    };
    let request = wire::plan_resource_change::Request {
        type_name: "iwd_tenant".to_owned(),
        prior_state: None,
        proposed_new_state: json(&plain()),
        config: json(&plain()),
        ..Default::default()
    };
    let planned = host
        .provider
        .plan_resource_change(request)
        .await
        .unwrap()
        .into_inner();
    assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
    assert_eq!(from_wire(planned.planned_state.as_ref())["id"], CCID);

    let empty = wire::configure::Request {
        config: Some(wire::DynamicValue::default()),
        ..Default::default()
    };
    let configured = host.provider.configure(empty).await.unwrap().into_inner();
    assert!(configured.diagnostics.is_empty());
}

#[tokio::test]
async fn bytes_that_are_no_value_are_a_diagnostic_and_the_process_goes_on() {
    let mut host = Host::start().await;
    let mut bytes = to_wire(&plain()).msgpack;
    bytes.truncate(bytes.len() / 2);
    let broken: [&[u8]; 6] = [
        &bytes,
        b"\xc1",
        b"\xdf\xff\xff\xff\xff",
        b"\xdd\xff\xff\xff\xff",
        b"\x81\xa4ccid\xff",
        b"\xa1\xff",
    ];
    for bytes in broken {
        for json in [false, true] {
            let value = if json {
                wire::DynamicValue {
                    json: bytes.to_vec(),
                    msgpack: Vec::new(),
                }
            } else {
                wire::DynamicValue {
                    msgpack: bytes.to_vec(),
                    json: Vec::new(),
                }
            };
            let request = wire::apply_resource_change::Request {
                type_name: "iwd_tenant".to_owned(),
                planned_state: Some(value),
                ..Default::default()
            };
            let reply = host
                .provider
                .apply_resource_change(request)
                .await
                .unwrap()
                .into_inner();
            only_error(&reply.diagnostics, "Terraform's request can't be read");
        }
    }
    host.plan(&Json::Null, &plain(), &[])
        .await
        .expect_no_error();
}

#[tokio::test]
async fn a_message_of_sixty_megabytes_comes_and_goes() {
    let mut host = Host::start().await;
    let mut state = plain();
    state["reprovision_triggers"] = json!({"large": "x".repeat(60 << 20)});
    let request = wire::read_resource::Request {
        type_name: "iwd_tenant".to_owned(),
        current_state: Some(to_wire(&state)),
        private: b"{}".to_vec(),
        ..Default::default()
    };
    let reply = host
        .provider
        .read_resource(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(reply.private, b"{}");
    assert_eq!(from_wire(reply.new_state.as_ref()), state);
}

#[tokio::test]
async fn twenty_five_calls_at_once_are_all_answered() {
    let api = Api::start().await;
    let host = Host::configured_for(api.url()).await;
    let calls = (0..25).map(|number| {
        let mut client = host.provider.clone();
        let mut config = plain();
        config["ccid"] = format!("tenant-{number}").into();
        async move {
            let request = wire::plan_resource_change::Request {
                type_name: "iwd_tenant".to_owned(),
                config: Some(to_wire(&config)),
                proposed_new_state: Some(to_wire(&proposed(&Json::Null, &config))),
                ..Default::default()
            };
            let planned = client
                .plan_resource_change(request)
                .await
                .unwrap()
                .into_inner();
            let request = wire::apply_resource_change::Request {
                type_name: "iwd_tenant".to_owned(),
                config: Some(to_wire(&config)),
                planned_state: planned.planned_state,
                planned_private: planned.planned_private,
                ..Default::default()
            };
            let applied = client
                .apply_resource_change(request)
                .await
                .unwrap()
                .into_inner();
            assert_eq!(
                errors(&applied.diagnostics).count(),
                0,
                "{:?}",
                applied.diagnostics
            );
        }
    });
    futures_util::future::join_all(calls).await;
    assert_eq!(api.tenants().await.len(), 25);
}

#[tokio::test]
async fn read_gives_back_what_it_got_and_calls_nobody() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let request = wire::read_resource::Request {
        type_name: "iwd_tenant".to_owned(),
        current_state: Some(to_wire(&plain())),
        private: b"opaque".to_vec(),
        ..Default::default()
    };
    let reply = host
        .provider
        .read_resource(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(from_wire(reply.new_state.as_ref()), plain());
    assert_eq!(reply.private, b"opaque");
    let identity = reply.new_identity.unwrap();
    assert_eq!(
        from_wire(identity.identity_data.as_ref()),
        json!({"ccid": CCID})
    );
    assert!(api.requests().await.is_empty());
}

#[tokio::test]
async fn generated_configuration_shows_the_defaults_and_leaves_out_what_nobody_can_set() {
    let mut host = Host::start().await;
    let mut state = plain();
    state["id"] = CCID.into();
    state["revision"] = 3.into();
    let request = wire::generate_resource_config::Request {
        type_name: "iwd_tenant".to_owned(),
        state: Some(to_wire(&state)),
    };
    let reply = host
        .provider
        .generate_resource_config(request)
        .await
        .unwrap()
        .into_inner();
    let mut expected = plain();
    expected["on_destroy"] = "delete_tenant".into();
    expected["deletion_protection"] = false.into();
    expected["iwd"]["db"]["port"] = 5432.into();
    expected["iwd"]["db"]["ssl"] = false.into();
    assert_eq!(from_wire(reply.config.as_ref()), expected);
}

#[tokio::test]
async fn a_changed_identity_and_a_stored_one_are_read() {
    let mut host = Host::start().await;
    let schemas = host
        .provider
        .get_resource_identity_schemas(wire::get_resource_identity_schemas::Request {});
    let schemas = schemas.await.unwrap().into_inner().identity_schemas;
    assert_eq!(schemas.keys().collect::<Vec<_>>(), ["iwd_tenant"]);
    let schema = &schemas["iwd_tenant"];
    assert_eq!((schema.version, schema.identity_attributes.len()), (0, 1));
    assert!(schema.identity_attributes[0].required_for_import);

    let mut upgrade = async |version: i64| {
        let request = wire::upgrade_resource_identity::Request {
            type_name: "iwd_tenant".to_owned(),
            version,
            raw_identity: Some(wire::RawState {
                json: json!({"ccid": CCID}).to_string().into_bytes(),
                ..Default::default()
            }),
        };
        host.provider
            .upgrade_resource_identity(request)
            .await
            .unwrap()
            .into_inner()
    };
    let upgraded = upgrade(0).await.upgraded_identity.unwrap();
    assert_eq!(
        from_wire(upgraded.identity_data.as_ref()),
        json!({"ccid": CCID})
    );
    only_error(&upgrade(7).await.diagnostics, "Stored state can't be read");
}
