//! A value → bytes.

use rmp::encode as write;

use super::REFINED;
use crate::tf_provider::invalid_value::{InvalidValue, Mismatch};
use crate::tf_provider::number::WireNumber;
use crate::tf_provider::path::{AttributePath, Step};
use crate::tf_provider::value::{Refinements, Value};
use crate::tf_provider::value_type::ValueType;

/// Writes a value of that type; an attribute that an object lacks is null.
pub fn encode(value: &Value, ty: &ValueType) -> Result<Vec<u8>, InvalidValue> {
    let mut encoder = Encoder {
        bytes: Vec::new(),
        path: Vec::new(),
    };
    encoder.value(value, ty)?;
    Ok(encoder.bytes)
}

struct Encoder {
    bytes: Vec<u8>,
    path: Vec<Step>,
}

/// Writing to memory can't fail; what `rmp` returns is only the marker that it wrote.
macro_rules! put {
    ($call:expr) => {{
        let _ = $call;
    }};
}

impl Encoder {
    fn value(&mut self, value: &Value, ty: &ValueType) -> Result<(), InvalidValue> {
        match (value, ty) {
            (Value::Null, _) => put!(write::write_nil(&mut self.bytes)),
            (Value::Unknown(refinements), _) => self.unknown(refinements),
            (Value::Dynamic(inner, value), ValueType::Dynamic) => {
                // An unknown value of a known type is written with it, so that nothing is lost.
                put!(write::write_array_len(&mut self.bytes, 2));
                put!(write::write_bin(&mut self.bytes, &inner.to_json_bytes()));
                self.value(value, inner)?;
            }
            (Value::Bool(value), ValueType::Bool) => {
                put!(write::write_bool(&mut self.bytes, *value));
            }
            (Value::String(text), ValueType::String) => {
                put!(write::write_str(&mut self.bytes, text));
            }
            (Value::Number(number), ValueType::Number) => match number.to_wire() {
                WireNumber::Integer(value) => put!(write::write_sint(&mut self.bytes, value)),
                WireNumber::Float(value) => put!(write::write_f64(&mut self.bytes, value)),
                WireNumber::Text(text) => put!(write::write_str(&mut self.bytes, &text)),
            },
            (Value::List(elements), ValueType::List(element)) => self.list(elements, element)?,
            (Value::Set(elements), ValueType::Set(element)) => self.list(elements, element)?,
            (Value::List(elements), ValueType::Tuple(types)) if elements.len() == types.len() => {
                put!(write::write_array_len(
                    &mut self.bytes,
                    count(elements.len())
                ));
                for (index, (value, ty)) in elements.iter().zip(types).enumerate() {
                    self.inside(Step::Index(index), value, ty)?;
                }
            }
            (Value::Map(values), ValueType::Map(element)) => {
                put!(write::write_map_len(&mut self.bytes, count(values.len())));
                for (key, value) in values {
                    put!(write::write_str(&mut self.bytes, key));
                    self.inside(Step::Key(key.clone()), value, element)?;
                }
            }
            (Value::Map(values), ValueType::Object(attributes)) => {
                if let Some(stray) = values.keys().find(|name| !attributes.contains_key(*name)) {
                    self.path.push(Step::Attribute(stray.clone()));
                    return self.fail(Mismatch::UnknownAttribute);
                }
                put!(write::write_map_len(
                    &mut self.bytes,
                    count(attributes.len())
                ));
                for (name, ty) in attributes {
                    put!(write::write_str(&mut self.bytes, name));
                    self.inside(Step::Attribute(name.clone()), value.get(name), ty)?;
                }
            }
            (_, ty) => return self.fail(Mismatch::Expected(ty.in_words())),
        }
        Ok(())
    }

    fn list(&mut self, elements: &[Value], ty: &ValueType) -> Result<(), InvalidValue> {
        put!(write::write_array_len(
            &mut self.bytes,
            count(elements.len())
        ));
        for (index, value) in elements.iter().enumerate() {
            self.inside(Step::Index(index), value, ty)?;
        }
        Ok(())
    }

    fn inside(&mut self, step: Step, value: &Value, ty: &ValueType) -> Result<(), InvalidValue> {
        self.path.push(step);
        self.value(value, ty)?;
        self.path.pop();
        Ok(())
    }

    fn unknown(&mut self, refinements: &Refinements) {
        let payload = &refinements.0;
        if payload.is_empty() {
            self.bytes.extend([0xd4, 0, 0]);
        } else {
            put!(write::write_ext_meta(
                &mut self.bytes,
                count(payload.len()),
                REFINED
            ));
            self.bytes.extend(payload);
        }
    }

    fn fail<T>(&self, mismatch: Mismatch) -> Result<T, InvalidValue> {
        Err(InvalidValue {
            path: AttributePath(self.path.clone()),
            mismatch,
        })
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
