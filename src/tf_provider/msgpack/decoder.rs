//! Bytes → a value: nothing that they announce is believed before it is there.

use std::collections::BTreeMap;

use rmp::Marker;
use rmp::decode::{RmpRead, read_marker};

use super::REFINED;
use crate::tf_provider::invalid_value::{InvalidValue, MAX_DEPTH, MAX_VALUES, Mismatch};
use crate::tf_provider::normal_form::normal;
use crate::tf_provider::number::Number;
use crate::tf_provider::path::{AttributePath, Step};
use crate::tf_provider::value::{Refinements, Value};
use crate::tf_provider::value_type::ValueType;

/// The most bytes that refinements may have.
const MAX_REFINEMENTS: usize = 1024;

/// Reads one value of that type.
pub fn decode(bytes: &[u8], ty: &ValueType) -> Result<Value, InvalidValue> {
    let mut decoder = Decoder {
        rest: bytes,
        path: Vec::new(),
        values: 0,
    };
    let value = decoder.value(ty)?;
    if decoder.rest.is_empty() {
        Ok(value)
    } else {
        decoder.fail(Mismatch::Trailing)
    }
}

struct Decoder<'a> {
    rest: &'a [u8],
    path: Vec<Step>,
    /// Read so far.
    values: usize,
}

impl<'a> Decoder<'a> {
    fn fail<T>(&self, mismatch: Mismatch) -> Result<T, InvalidValue> {
        Err(InvalidValue {
            path: AttributePath(self.path.clone()),
            mismatch,
        })
    }

    fn marker(&mut self) -> Result<Marker, InvalidValue> {
        match read_marker(&mut self.rest) {
            Ok(marker) => Ok(marker),
            Err(_) => self.fail(Mismatch::EndsEarly),
        }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], InvalidValue> {
        match self.rest.split_at_checked(length) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => self.fail(Mismatch::EndsEarly),
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
            return self.fail(Mismatch::TooDeep);
        }
        self.values += 1;
        if self.values > MAX_VALUES {
            return self.fail(Mismatch::TooMany);
        }
        let marker = self.marker()?;
        if marker == Marker::Null {
            return Ok(Value::Null);
        }
        if let Some(length) = self.extension_length(marker)? {
            return self.unknown(length);
        }
        match ty {
            ValueType::String => Ok(Value::String(normal(self.text(marker)?).into_owned())),
            ValueType::Number => self.number(marker),
            ValueType::Bool => match marker {
                Marker::True => Ok(Value::Bool(true)),
                Marker::False => Ok(Value::Bool(false)),
                _ => self.fail(Mismatch::Expected("a bool")),
            },
            ValueType::Dynamic => self.dynamic(marker),
            ValueType::List(element) => self.list(marker, element).map(Value::List),
            ValueType::Set(element) => self.list(marker, element).map(Value::set),
            ValueType::Tuple(elements) => self.tuple(marker, elements),
            ValueType::Map(element) => self
                .map(marker, Step::Key, |_| Some(element))
                .map(Value::Map),
            ValueType::Object(attributes) => {
                let values = self.map(marker, Step::Attribute, |name| attributes.get(name))?;
                // Filling the gaps would let a few bytes become many values.
                match attributes.keys().find(|name| !values.contains_key(*name)) {
                    None => Ok(Value::Map(values)),
                    Some(missing) => {
                        self.path.push(Step::Attribute(missing.clone()));
                        self.fail(Mismatch::MissingAttribute)
                    }
                }
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
        let kept = if refined { payload } else { &[] };
        Ok(Value::Unknown(Refinements(kept.to_vec())))
    }

    fn text(&mut self, marker: Marker) -> Result<&'a str, InvalidValue> {
        let length = match marker {
            Marker::FixStr(length) => usize::from(length),
            Marker::Str8 => self.length(1)?,
            Marker::Str16 => self.length(2)?,
            Marker::Str32 => self.length(4)?,
            _ => return self.fail(Mismatch::Expected("a string")),
        };
        match str::from_utf8(self.take(length)?) {
            Ok(text) => Ok(text),
            Err(_) => self.fail(Mismatch::Expected("text in UTF-8")),
        }
    }

    fn number(&mut self, marker: Marker) -> Result<Value, InvalidValue> {
        let ends_early = |_| InvalidValue {
            path: AttributePath(self.path.clone()),
            mismatch: Mismatch::EndsEarly,
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
            _ => match self.text(marker).map(str::parse) {
                Ok(Ok(number)) => number,
                _ => return self.fail(Mismatch::Expected("a number")),
            },
        };
        Ok(Value::Number(number))
    }

    fn float(&self, float: f64) -> Result<Value, InvalidValue> {
        match Number::from_f64(float) {
            Some(number) => Ok(Value::Number(number)),
            None => self.fail(Mismatch::Expected("a number")),
        }
    }

    fn dynamic(&mut self, marker: Marker) -> Result<Value, InvalidValue> {
        if self.array_length(marker).ok() != Some(2) {
            return self.fail(Mismatch::Expected("a type and a value"));
        }
        let length = match self.marker()? {
            Marker::Bin8 => self.length(1)?,
            Marker::Bin16 => self.length(2)?,
            Marker::Bin32 => self.length(4)?,
            _ => return self.fail(Mismatch::Expected("a type")),
        };
        let Ok(ty) = ValueType::from_json_bytes(self.take(length)?) else {
            return self.fail(Mismatch::Expected("a type"));
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
            _ => self.fail(Mismatch::Expected("a list")),
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
            return self.fail(Mismatch::Expected("as many elements as the tuple has"));
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
        step: fn(String) -> Step,
        type_of: impl Fn(&str) -> Option<&'t ValueType>,
    ) -> Result<BTreeMap<String, Value>, InvalidValue> {
        let length = match marker {
            Marker::FixMap(length) => usize::from(length),
            Marker::Map16 => self.length(2)?,
            Marker::Map32 => self.length(4)?,
            _ => return self.fail(Mismatch::Expected("a map or object")),
        };
        let mut values = BTreeMap::new();
        for _ in 0..length {
            let marker = self.marker()?;
            let name = normal(self.text(marker)?).into_owned();
            let step = step(name.clone());
            let Some(ty) = type_of(&name) else {
                self.path.push(step);
                return self.fail(Mismatch::UnknownAttribute);
            };
            let value = self.inside(step, ty)?;
            values.insert(name, value);
        }
        Ok(values)
    }

    fn inside(&mut self, step: Step, ty: &ValueType) -> Result<Value, InvalidValue> {
        self.path.push(step);
        let value = self.value(ty)?;
        self.path.pop();
        Ok(value)
    }
}
