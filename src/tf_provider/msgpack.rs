//! Values as MessagePack, the form in which Terraform sends and expects them (protocol 5, object wire format).

use rmp::Marker;
use rmp::decode::{RmpRead, read_marker};
use rmp::encode as write;
use unicode_normalization::UnicodeNormalization;

use super::number::{Number, WireNumber};
use super::path::{AttributePath, Step};
use super::value::{Refinements, Value};
use super::value_type::ValueType;

/// Why bytes are not a value of the type that the schema gives.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("at {}: {problem}", if path.is_root() { "the top".to_owned() } else { path.to_string() })]
pub struct InvalidValue {
    /// Where in the value.
    pub path: AttributePath,
    /// What is wrong there.
    pub problem: Problem,
}

/// What can be wrong with an encoded value.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Problem {
    /// The bytes end before the value does.
    #[error("the value ends too early")]
    EndsEarly,
    /// There are bytes after the value.
    #[error("something follows the value")]
    Trailing,
    /// Another type than the schema's.
    #[error("expected {0}")]
    Expected(&'static str),
    /// An attribute that the schema doesn't have.
    #[error("the schema has no attribute of that name")]
    UnknownAttribute,
    /// Nested more deeply than any real value.
    #[error("nested too deeply")]
    TooDeep,
    /// Not JSON.
    #[error("not JSON")]
    NotJson,
}

/// The deepest nesting that is read, so that hostile bytes can't exhaust the stack.
pub(super) const MAX_DEPTH: usize = 100;

/// The extension code of an unknown value with refinements; code 0 is one without.
const REFINED: i8 = 12;

/// The most bytes that refinements may have.
const MAX_REFINEMENTS: usize = 1024;

/// Reads one value of that type.
pub fn decode(bytes: &[u8], ty: &ValueType) -> Result<Value, InvalidValue> {
    let mut reader = Reader {
        rest: bytes,
        path: Vec::new(),
    };
    let value = reader.value(ty)?;
    if reader.rest.is_empty() {
        Ok(value)
    } else {
        reader.fail(Problem::Trailing)
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    path: Vec<Step>,
}

impl Reader<'_> {
    fn fail<T>(&self, problem: Problem) -> Result<T, InvalidValue> {
        Err(InvalidValue {
            path: AttributePath(self.path.clone()),
            problem,
        })
    }

    fn marker(&mut self) -> Result<Marker, InvalidValue> {
        match read_marker(&mut self.rest) {
            Ok(marker) => Ok(marker),
            Err(_) => self.fail(Problem::EndsEarly),
        }
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>, InvalidValue> {
        match self.rest.split_at_checked(length) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken.to_vec())
            }
            None => self.fail(Problem::EndsEarly),
        }
    }

    /// A big-endian number of that many bytes.
    fn length(&mut self, bytes: usize) -> Result<usize, InvalidValue> {
        let taken = self.take(bytes)?;
        Ok(taken
            .iter()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    }

    fn value(&mut self, ty: &ValueType) -> Result<Value, InvalidValue> {
        if self.path.len() > MAX_DEPTH {
            return self.fail(Problem::TooDeep);
        }
        let marker = self.marker()?;
        if marker == Marker::Null {
            return Ok(Value::Null);
        }
        if let Some(length) = self.extension_length(marker)? {
            return self.unknown(length);
        }
        match ty {
            ValueType::String => self
                .text(marker)
                .map(|text| Value::String(text.nfc().collect())),
            ValueType::Number => self.number(marker),
            ValueType::Bool => match marker {
                Marker::True => Ok(Value::Bool(true)),
                Marker::False => Ok(Value::Bool(false)),
                _ => self.fail(Problem::Expected("a bool")),
            },
            ValueType::Dynamic => self.dynamic(marker),
            ValueType::List(element) => self.list(marker, element).map(Value::List),
            ValueType::Set(element) => self.list(marker, element).map(Value::set),
            ValueType::Tuple(elements) => self.tuple(marker, elements),
            ValueType::Map(element) => self.map(marker, |_| Some(element)),
            ValueType::Object(attributes) => {
                let mut object = self.map(marker, |name| attributes.get(name))?;
                if let Value::Map(values) = &mut object {
                    for name in attributes.keys() {
                        if !values.contains_key(name) {
                            values.insert(name.clone(), Value::Null);
                        }
                    }
                }
                Ok(object)
            }
        }
    }

    fn extension_length(&mut self, marker: Marker) -> Result<Option<usize>, InvalidValue> {
        Ok(match marker {
            Marker::FixExt1 => Some(1),
            Marker::FixExt2 => Some(2),
            Marker::FixExt4 => Some(4),
            Marker::FixExt8 => Some(8),
            Marker::FixExt16 => Some(16),
            Marker::Ext8 => Some(self.length(1)?),
            Marker::Ext16 => Some(self.length(2)?),
            Marker::Ext32 => Some(self.length(4)?),
            _ => None,
        })
    }

    /// Any extension is an unknown value; refinements of a later Terraform are kept as they are.
    fn unknown(&mut self, length: usize) -> Result<Value, InvalidValue> {
        let code = self.take(1)?;
        let payload = self.take(length)?;
        let refined = code[0].cast_signed() == REFINED && length <= MAX_REFINEMENTS;
        Ok(Value::Unknown(Refinements(if refined {
            payload
        } else {
            Vec::new()
        })))
    }

    fn text(&mut self, marker: Marker) -> Result<String, InvalidValue> {
        let length = match marker {
            Marker::FixStr(length) => usize::from(length),
            Marker::Str8 => self.length(1)?,
            Marker::Str16 => self.length(2)?,
            Marker::Str32 => self.length(4)?,
            _ => return self.fail(Problem::Expected("a string")),
        };
        match String::from_utf8(self.take(length)?) {
            Ok(text) => Ok(text),
            Err(_) => self.fail(Problem::Expected("text in UTF-8")),
        }
    }

    fn number(&mut self, marker: Marker) -> Result<Value, InvalidValue> {
        let ends_early = |_| InvalidValue {
            path: AttributePath(self.path.clone()),
            problem: Problem::EndsEarly,
        };
        let number = match marker {
            Marker::FixPos(value) => Number::from(i64::from(value)),
            Marker::FixNeg(value) => Number::from(i64::from(value)),
            Marker::U8 => i64::from(self.rest.read_data_u8().map_err(ends_early)?).into(),
            Marker::U16 => i64::from(self.rest.read_data_u16().map_err(ends_early)?).into(),
            Marker::U32 => i64::from(self.rest.read_data_u32().map_err(ends_early)?).into(),
            Marker::U64 => self.rest.read_data_u64().map_err(ends_early)?.into(),
            Marker::I8 => i64::from(self.rest.read_data_i8().map_err(ends_early)?).into(),
            Marker::I16 => i64::from(self.rest.read_data_i16().map_err(ends_early)?).into(),
            Marker::I32 => i64::from(self.rest.read_data_i32().map_err(ends_early)?).into(),
            Marker::I64 => self.rest.read_data_i64().map_err(ends_early)?.into(),
            Marker::F32 => {
                let float = f64::from(self.rest.read_data_f32().map_err(ends_early)?);
                return self.float(float);
            }
            Marker::F64 => {
                let float = self.rest.read_data_f64().map_err(ends_early)?;
                return self.float(float);
            }
            _ => match self.text(marker).map(|text| text.parse()) {
                Ok(Ok(number)) => number,
                _ => return self.fail(Problem::Expected("a number")),
            },
        };
        Ok(Value::Number(number))
    }

    fn float(&self, float: f64) -> Result<Value, InvalidValue> {
        match Number::from_f64(float) {
            Some(number) => Ok(Value::Number(number)),
            None => self.fail(Problem::Expected("a number")),
        }
    }

    fn dynamic(&mut self, marker: Marker) -> Result<Value, InvalidValue> {
        if self.array_length(marker).ok() != Some(2) {
            return self.fail(Problem::Expected("a type and a value"));
        }
        let length = match self.marker()? {
            Marker::Bin8 => self.length(1)?,
            Marker::Bin16 => self.length(2)?,
            Marker::Bin32 => self.length(4)?,
            _ => return self.fail(Problem::Expected("a type")),
        };
        let Ok(ty) = ValueType::from_json_bytes(&self.take(length)?) else {
            return self.fail(Problem::Expected("a type"));
        };
        self.path.push(Step::Attribute("value".to_owned()));
        let value = self.value(&ty)?;
        self.path.pop();
        Ok(Value::Dynamic(Box::new(ty), Box::new(value)))
    }

    fn array_length(&mut self, marker: Marker) -> Result<usize, InvalidValue> {
        match marker {
            Marker::FixArray(length) => Ok(usize::from(length)),
            Marker::Array16 => self.length(2),
            Marker::Array32 => self.length(4),
            _ => self.fail(Problem::Expected("a list")),
        }
    }

    fn list(&mut self, marker: Marker, element: &ValueType) -> Result<Vec<Value>, InvalidValue> {
        // The announced length is not trusted with memory: elements are read one by one.
        (0..self.array_length(marker)?)
            .map(|index| self.inside(Step::Index(index), element))
            .collect()
    }

    fn tuple(&mut self, marker: Marker, elements: &[ValueType]) -> Result<Value, InvalidValue> {
        if self.array_length(marker)? != elements.len() {
            return self.fail(Problem::Expected("as many elements as the tuple has"));
        }
        elements
            .iter()
            .enumerate()
            .map(|(index, element)| self.inside(Step::Index(index), element))
            .collect::<Result<_, _>>()
            .map(Value::List)
    }

    fn map<'t>(
        &mut self,
        marker: Marker,
        type_of: impl Fn(&str) -> Option<&'t ValueType>,
    ) -> Result<Value, InvalidValue> {
        let length = match marker {
            Marker::FixMap(length) => usize::from(length),
            Marker::Map16 => self.length(2)?,
            Marker::Map32 => self.length(4)?,
            _ => return self.fail(Problem::Expected("a map or object")),
        };
        let mut values = std::collections::BTreeMap::new();
        for _ in 0..length {
            let marker = self.marker()?;
            let name: String = self.text(marker)?.nfc().collect();
            let step = Step::Attribute(name.clone());
            let Some(ty) = type_of(&name) else {
                self.path.push(step);
                return self.fail(Problem::UnknownAttribute);
            };
            let value = self.inside(step, ty)?;
            values.insert(name, value);
        }
        Ok(Value::Map(values))
    }

    fn inside(&mut self, step: Step, ty: &ValueType) -> Result<Value, InvalidValue> {
        self.path.push(step);
        let value = self.value(ty)?;
        self.path.pop();
        Ok(value)
    }
}

/// Writes a value of that type; an attribute that an object lacks is null.
pub fn encode(value: &Value, ty: &ValueType) -> Result<Vec<u8>, InvalidValue> {
    let mut writer = Writer {
        bytes: Vec::new(),
        path: Vec::new(),
    };
    writer.value(value, ty)?;
    Ok(writer.bytes)
}

struct Writer {
    bytes: Vec<u8>,
    path: Vec<Step>,
}

/// Writing to memory can't fail; what `rmp` returns is only the marker that it wrote.
macro_rules! put {
    ($call:expr) => {{
        let _ = $call;
    }};
}

impl Writer {
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
            (Value::List(elements), ValueType::List(element))
            | (Value::Set(elements), ValueType::Set(element)) => {
                put!(write::write_array_len(
                    &mut self.bytes,
                    count(elements.len())
                ));
                for (index, value) in elements.iter().enumerate() {
                    self.inside(Step::Index(index), value, element)?;
                }
            }
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
                    return self.fail(Problem::UnknownAttribute);
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
            (_, ty) => return self.fail(Problem::Expected(kind(ty))),
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

    fn fail<T>(&self, problem: Problem) -> Result<T, InvalidValue> {
        Err(InvalidValue {
            path: AttributePath(self.path.clone()),
            problem,
        })
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A type in words.
pub(super) fn kind(ty: &ValueType) -> &'static str {
    match ty {
        ValueType::String => "a string",
        ValueType::Number => "a number",
        ValueType::Bool => "a bool",
        ValueType::Dynamic => "a value with its type",
        ValueType::List(_) => "a list",
        ValueType::Set(_) => "a set",
        ValueType::Tuple(_) => "a tuple",
        ValueType::Map(_) => "a map",
        ValueType::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(bytes: &[u8], ty: &ValueType) -> Vec<u8> {
        encode(&decode(bytes, ty).unwrap(), ty).unwrap()
    }

    #[test]
    fn unknown_values_survive_with_and_without_refinements() {
        // The second is what Terraform 1.11.4 sends for `"pre-${unknown}"`.
        for bytes in [
            &b"\xd4\x00\x00"[..],
            b"\xc7\x09\x0c\x82\x01\xc2\x02\xa4pre-",
        ] {
            assert!(decode(bytes, &ValueType::String).unwrap().is_unknown());
            assert_eq!(round_trip(bytes, &ValueType::String), bytes);
        }
    }

    #[test]
    fn any_extension_is_unknown_and_oversized_refinements_are_dropped() {
        assert_eq!(
            round_trip(b"\xd4\x2a\x01", &ValueType::Number),
            b"\xd4\x00\x00"
        );
        let mut oversized = vec![0xc8, 0x08, 0x00, 0x0c];
        oversized.extend(vec![0; 0x800]);
        assert_eq!(round_trip(&oversized, &ValueType::Bool), b"\xd4\x00\x00");
    }

    #[test]
    fn numbers_keep_their_decimal_text() {
        for bytes in [
            &b"\xa30.1"[..],
            b"\xb412345678901234567890",
            b"\xcd\x15\x38",
            b"\xff",
        ] {
            assert_eq!(round_trip(bytes, &ValueType::Number), bytes);
        }
    }

    #[test]
    fn a_dynamic_value_brings_its_type() {
        let ty = ValueType::Dynamic;
        for bytes in [
            &b"\x92\xc4\x08\"string\"\xa1x"[..],
            b"\x92\xc4\x08\"number\"\xd4\0\0",
            b"\xc0",
        ] {
            assert_eq!(round_trip(bytes, &ty), bytes);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_place() {
        let ty = ValueType::Object(
            [(
                "list".to_owned(),
                ValueType::List(Box::new(ValueType::Bool)),
            )]
            .into(),
        );
        let error = decode(b"\x81\xa4list\x92\xc3\xa1x", &ty).unwrap_err();
        assert_eq!(error.to_string(), "at list[1]: expected a bool");
        let error = decode(b"\x81\xa5other\xc0", &ty).unwrap_err();
        assert_eq!(error.problem, Problem::UnknownAttribute);
    }

    #[test]
    fn hostile_lengths_and_depths_end_in_an_error_not_in_memory() {
        let list = ValueType::List(Box::new(ValueType::Bool));
        for bytes in [
            &b""[..],
            b"\xdd\xff\xff\xff\xff",
            b"\xdb\xff\xff\xff\xff",
            b"\xc9\xff\xff\xff\xff\x00",
            b"\x90\x00",
        ] {
            assert!(decode(bytes, &list).is_err(), "{bytes:x?}");
        }
        let deep = b"\x92\xc4\x09\"dynamic\"".repeat(200);
        let error = decode(&deep, &ValueType::Dynamic).unwrap_err();
        assert_eq!(error.problem, Problem::TooDeep);
    }
}
