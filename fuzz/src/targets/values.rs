//! Values and their types: a type on the first line, then a value of it.

use terraform_provider_iwd::tf_provider::json::{self, Stray};
use terraform_provider_iwd::tf_provider::msgpack;
use terraform_provider_iwd::tf_provider::value::Value;
use terraform_provider_iwd::tf_provider::value_type::ValueType;

/// A value in `MessagePack` is no larger than its bytes, and comes back as it was.
pub fn messagepack(bytes: &[u8]) {
    let Some((ty, bytes)) = typed(bytes) else {
        return;
    };
    if let Ok(value) = msgpack::decode(bytes, &ty) {
        assert!(count(&value) <= bytes.len(), "values out of nothing");
        comes_back(&value, &ty);
    }
}

/// A value in JSON is the same in `MessagePack`, and what fits a schema fits without its strays too.
pub fn json(bytes: &[u8]) {
    let Some((ty, bytes)) = typed(bytes) else {
        return;
    };
    let dropped = json::decode(bytes, &ty, Stray::Drop);
    if let Ok(value) = &dropped {
        comes_back(value, &ty);
    }
    let refused = json::decode(bytes, &ty, Stray::Refuse);
    assert!(refused.is_err() || refused == dropped);
}

/// A type comes back as it was, and null is of every type.
pub fn schema_type(bytes: &[u8]) {
    let Ok(ty) = ValueType::from_json_bytes(bytes) else {
        return;
    };
    let written = ty.to_json_bytes();
    assert_eq!(ValueType::from_json_bytes(&written).as_ref(), Ok(&ty));
    assert_eq!(
        json::decode(b"null", &ty, Stray::Refuse).as_ref(),
        Ok(&Value::Null)
    );
    comes_back(&Value::Null, &ty);
}

fn typed(bytes: &[u8]) -> Option<(ValueType, &[u8])> {
    let (ty, bytes) = super::line(bytes)?;
    let ty = ValueType::from_json_bytes(ty.as_bytes()).ok()?;
    Some((ty, bytes))
}

fn comes_back(value: &Value, ty: &ValueType) {
    let bytes = msgpack::encode(value, ty).expect("what was read can be written");
    assert_eq!(msgpack::decode(&bytes, ty).as_ref(), Ok(value));
}

/// How many values there are in all.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::List(elements) => elements.iter().map(count).sum(),
        Value::Set(elements) => elements.iter().map(count).sum(),
        Value::Map(entries) => entries.values().map(count).sum(),
        Value::Dynamic(_, value) => count(value),
        _ => 0,
    }
}
