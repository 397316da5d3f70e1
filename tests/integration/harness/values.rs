//! Values as tests write them, JSON with a word for unknown, and as the wire has them.
//!
//! The MessagePack here is that of another library than the provider's, so that both can't be wrong alike.

use serde_json::{Value as Json, json};

use super::generated::tfplugin5::DynamicValue;

/// Stands for an unknown value.
pub(crate) const UNKNOWN: &str = "(unknown)";

/// A value where the schema leaves the type open.
pub(crate) fn dynamic(ty: impl Into<Json>, value: impl Into<Json>) -> Json {
    json!({TYPE: ty.into(), "value": value.into()})
}

/// The key beside which the type of a dynamic value stands.
pub(crate) const TYPE: &str = "(type)";

/// A value as Terraform sends it.
pub(crate) fn to_wire(value: &Json) -> DynamicValue {
    let mut msgpack = Vec::new();
    rmpv::encode::write_value(&mut msgpack, &pack(value)).expect("memory takes everything");
    DynamicValue {
        msgpack,
        json: Vec::new(),
    }
}

/// A value as the provider sent it; null where there is none.
pub(crate) fn from_wire(value: Option<&DynamicValue>) -> Json {
    match value {
        Some(value) if !value.msgpack.is_empty() => {
            let mut bytes = value.msgpack.as_slice();
            let decoded =
                rmpv::decode::read_value(&mut bytes).expect("the provider sends MessagePack");
            assert!(bytes.is_empty(), "something follows the value");
            unpack(&decoded)
        }
        _ => Json::Null,
    }
}

fn pack(value: &Json) -> rmpv::Value {
    match value {
        Json::Null => rmpv::Value::Nil,
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => match (number.as_i64(), number.to_string()) {
            (Some(integer), _) => integer.into(),
            (None, text) => text.into(),
        },
        Json::String(text) if text == UNKNOWN => rmpv::Value::Ext(0, vec![0]),
        Json::String(text) => text.as_str().into(),
        Json::Array(elements) => rmpv::Value::Array(elements.iter().map(pack).collect()),
        Json::Object(entries) if entries.contains_key(TYPE) => rmpv::Value::Array(vec![
            rmpv::Value::Binary(entries[TYPE].to_string().into_bytes()),
            pack(&entries["value"]),
        ]),
        Json::Object(entries) => rmpv::Value::Map(
            entries
                .iter()
                .map(|(key, entry)| (key.as_str().into(), pack(entry)))
                .collect(),
        ),
    }
}

fn unpack(value: &rmpv::Value) -> Json {
    match value {
        rmpv::Value::Nil => Json::Null,
        rmpv::Value::Boolean(value) => (*value).into(),
        rmpv::Value::Integer(number) => number.as_i64().expect("an i64").into(),
        rmpv::Value::F64(float) => (*float).into(),
        rmpv::Value::String(text) => text.as_str().expect("UTF-8").into(),
        rmpv::Value::Array(elements) if let [rmpv::Value::Binary(ty), value] = &elements[..] => {
            let ty: Json = serde_json::from_slice(ty).expect("a type");
            dynamic(ty, unpack(value))
        }
        rmpv::Value::Array(elements) => elements.iter().map(unpack).collect(),
        rmpv::Value::Map(entries) => Json::Object(
            entries
                .iter()
                .map(|(key, entry)| (key.as_str().expect("a name").to_owned(), unpack(entry)))
                .collect(),
        ),
        rmpv::Value::Ext(..) => UNKNOWN.into(),
        other => panic!("unexpected on the wire: {other:?}"),
    }
}
