//! Values as JSON, the form of the state file and the second form in which a host may send them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::invalid_value::{InvalidValue, MAX_DEPTH, MAX_VALUES, Mismatch};
use super::json_text;
use super::normal_form::normal;
use super::number::Number;
use super::path::{AttributePath, Step};
use super::value::Value;
use super::value_type::ValueType;

/// The treatment of an attribute that the schema doesn't have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stray {
    /// It is an error.
    Refuse,
    /// It is left out, as for state that an earlier or later release of the provider wrote.
    Drop,
}

/// Reads one value of that type; an attribute that an object lacks is null.
pub fn decode(bytes: &[u8], ty: &ValueType, stray: Stray) -> Result<Value, InvalidValue> {
    let json = json_text::parse(bytes).map_err(|mismatch| InvalidValue {
        path: AttributePath::ROOT,
        mismatch,
    })?;
    from_json(&json, ty, stray)
}

/// The value of that type that JSON describes.
pub fn from_json(json: &Json, ty: &ValueType, stray: Stray) -> Result<Value, InvalidValue> {
    Decoder {
        stray,
        path: Vec::new(),
        values: 0,
    }
    .value(json, ty)
}

struct Decoder {
    stray: Stray,
    path: Vec<Step>,
    /// Read so far.
    values: usize,
}

impl Decoder {
    fn fail<T>(&self, mismatch: Mismatch) -> Result<T, InvalidValue> {
        Err(InvalidValue {
            path: AttributePath(self.path.clone()),
            mismatch,
        })
    }

    fn value(&mut self, json: &Json, ty: &ValueType) -> Result<Value, InvalidValue> {
        if self.path.len() > MAX_DEPTH {
            return self.fail(Mismatch::TooDeep);
        }
        self.values += 1;
        if self.values > MAX_VALUES {
            return self.fail(Mismatch::TooMany);
        }
        match (json, ty) {
            (Json::Null, _) => Ok(Value::Null),
            (Json::String(text), ValueType::String) => Ok(Value::String(normal(text).into_owned())),
            // Terraform converts between primitive types when it reads state, and so does this.
            (Json::Number(number), ValueType::String) => {
                let number: Result<Number, _> = number.to_string().parse();
                number.map_or_else(
                    |_| self.fail(Mismatch::Expected(ty.in_words())),
                    |number| Ok(Value::String(number.to_string())),
                )
            }
            (Json::Bool(value), ValueType::String) => Ok(Value::String(value.to_string())),
            (Json::Bool(value), ValueType::Bool) => Ok(Value::Bool(*value)),
            (Json::String(text), ValueType::Bool) if text == "true" || text == "false" => {
                Ok(Value::Bool(text == "true"))
            }
            (Json::Number(number), ValueType::Number) => self.number(&number.to_string()),
            (Json::String(text), ValueType::Number) => self.number(text),
            (Json::Object(_), ValueType::Dynamic) => {
                let ty = json
                    .get("type")
                    .and_then(|ty| ValueType::from_json(ty).ok());
                match (ty, json.get("value")) {
                    (Some(ty), Some(value)) => {
                        let value = self.inside(Step::Attribute("value".to_owned()), value, &ty)?;
                        Ok(Value::Dynamic(Box::new(ty), Box::new(value)))
                    }
                    _ => self.fail(Mismatch::Expected("a type and a value")),
                }
            }
            (Json::Array(elements), ValueType::List(element)) => {
                self.list(elements, element).map(Value::List)
            }
            (Json::Array(elements), ValueType::Set(element)) => {
                self.list(elements, element).map(Value::set)
            }
            (Json::Array(elements), ValueType::Tuple(types)) if elements.len() == types.len() => {
                elements
                    .iter()
                    .zip(types)
                    .enumerate()
                    .map(|(index, (element, ty))| self.inside(Step::Index(index), element, ty))
                    .collect::<Result<_, _>>()
                    .map(Value::List)
            }
            (Json::Object(entries), ValueType::Map(element)) => entries
                .iter()
                .map(|(key, entry)| {
                    let value = self.inside(Step::Key(key.clone()), entry, element)?;
                    Ok((normal(key).into_owned(), value))
                })
                .collect::<Result<_, _>>()
                .map(Value::Map),
            (Json::Object(entries), ValueType::Object(attributes)) => {
                self.object(entries, attributes)
            }
            (_, ty) => self.fail(Mismatch::Expected(ty.in_words())),
        }
    }

    fn number(&self, text: &str) -> Result<Value, InvalidValue> {
        match text.parse() {
            Ok(number) => Ok(Value::Number(number)),
            Err(_) => self.fail(Mismatch::Expected("a number")),
        }
    }

    fn list(&mut self, elements: &[Json], ty: &ValueType) -> Result<Vec<Value>, InvalidValue> {
        elements
            .iter()
            .enumerate()
            .map(|(index, element)| self.inside(Step::Index(index), element, ty))
            .collect()
    }

    fn object(
        &mut self,
        entries: &serde_json::Map<String, Json>,
        attributes: &BTreeMap<String, ValueType>,
    ) -> Result<Value, InvalidValue> {
        let entries: BTreeMap<Cow<'_, str>, &Json> = entries
            .iter()
            .map(|(name, entry)| (normal(name), entry))
            .collect();
        if self.stray == Stray::Refuse
            && let Some(stray) = entries
                .keys()
                .find(|&name| !attributes.contains_key(&**name))
        {
            self.path.push(Step::Attribute(stray.to_string()));
            return self.fail(Mismatch::UnknownAttribute);
        }
        attributes
            .iter()
            .map(|(name, ty)| {
                let entry = entries.get(name.as_str()).copied().unwrap_or(&Json::Null);
                let value = self.inside(Step::Attribute(name.clone()), entry, ty)?;
                Ok((name.clone(), value))
            })
            .collect::<Result<_, _>>()
            .map(Value::Map)
    }

    fn inside(&mut self, step: Step, json: &Json, ty: &ValueType) -> Result<Value, InvalidValue> {
        self.path.push(step);
        let value = self.value(json, ty)?;
        self.path.pop();
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primitive_values_are_converted_as_terraform_converts_them() {
        let read = |text: &str, ty| decode(text.as_bytes(), &ty, Stray::Refuse).ok();
        assert_eq!(read("1e3", ValueType::String), Some("1000".into()));
        assert_eq!(
            read("12345678901234567890.10", ValueType::String),
            Some("12345678901234567890.1".into())
        );
        assert_eq!(read("true", ValueType::String), Some("true".into()));
        assert_eq!(read("\"false\"", ValueType::Bool), Some(false.into()));
        assert_eq!(read("\"5432\"", ValueType::Number), Some(5432.into()));
        assert_eq!(read("\"x\"", ValueType::Number), None);
        assert_eq!(read("1", ValueType::Bool), None);
    }

    #[test]
    fn text_and_names_are_composed() {
        let decomposed = "{\"e\u{301}\":\"e\u{301}\"}".as_bytes();
        let composed = Value::object([("\u{e9}", "\u{e9}".into())]);
        let object = ValueType::Object([("\u{e9}".to_owned(), ValueType::String)].into());
        for ty in [object, ValueType::map(ValueType::String)] {
            assert_eq!(
                decode(decomposed, &ty, Stray::Refuse).as_ref(),
                Ok(&composed)
            );
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_place() {
        let ty = ValueType::Object([("a".to_owned(), ValueType::list(ValueType::Bool))].into());
        let refuse = |text: &str| {
            let decoded = decode(text.as_bytes(), &ty, Stray::Refuse);
            decoded.unwrap_err().to_string()
        };
        assert_eq!(refuse(r#"{"a":[true,1]}"#), "at a[1]: expected a bool");
        assert_eq!(
            refuse(r#"{"b":1}"#),
            "at b: the schema has no attribute of that name"
        );
        assert_eq!(refuse("{"), "at the top: not JSON");
        let dynamic = |text: &str| decode(text.as_bytes(), &ValueType::Dynamic, Stray::Refuse);
        let expected = Mismatch::Expected("a type and a value");
        assert_eq!(dynamic(r#"{"value":1}"#).unwrap_err().mismatch, expected);
        let kept = decode(br#"{"b":1}"#, &ty, Stray::Drop);
        assert_eq!(kept, Ok(Value::object([("a", Value::Null)])));
    }
}
