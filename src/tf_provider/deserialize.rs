//! Values as the Rust types that they mean, by serde: an object is a struct, null is `None`.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::value::Value;

/// A value is not what it should mean. Serde's own words may quote it, and it may be a secret.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a value doesn't fit")]
pub struct DeserializeError;

/// Reads what a value means. Attributes and blocks that the type doesn't have are passed over.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, DeserializeError> {
    T::deserialize(value)
}

impl de::Error for DeserializeError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> de::Deserializer<'de> for &'de Value {
    type Error = DeserializeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Value::Null => visitor.visit_unit(),
            Value::Unknown(_) => Err(DeserializeError),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => visitor.visit_i64(number),
                (None, Some(number)) => visitor.visit_u64(number),
                (None, None) => Err(DeserializeError),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::List(_) | Value::Set(_) => {
                let elements = self.as_elements().unwrap_or_default();
                visitor.visit_seq(SeqDeserializer::new(elements.iter()))
            }
            Value::Map(elements) => {
                let entries = elements.iter().map(|(name, value)| (name.as_str(), value));
                visitor.visit_map(MapDeserializer::new(entries))
            }
            Value::Dynamic(_, value) => value.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    /// What nobody reads may as well be unknown.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct enum identifier
    }
}

impl<'de> IntoDeserializer<'de, DeserializeError> for &'de Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, PartialEq, Debug)]
    struct Thing {
        name: String,
        port: u16,
        on: Option<bool>,
        part: Option<Part>,
        tags: Option<Vec<String>>,
        labels: Option<BTreeMap<String, i64>>,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    struct Part {
        size: Option<u64>,
    }

    fn thing() -> Value {
        Value::object([
            ("name", "a".into()),
            ("port", 5432.into()),
            ("on", true.into()),
            ("part", Value::object([("size", Value::Null)])),
            ("tags", Value::set(vec!["b".into(), "a".into()])),
            ("labels", Value::object([("x", 1.into())])),
            ("more", Value::UNKNOWN),
        ])
    }

    #[test]
    fn an_object_is_a_struct_and_null_is_none() {
        let read = from_value::<Thing>(&thing()).unwrap();
        assert_eq!(read.part, Some(Part { size: None }));
        assert_eq!(
            read.tags.as_deref(),
            Some(&["a".to_owned(), "b".to_owned()][..])
        );
        assert_eq!(read.labels.unwrap()["x"], 1);
        let mut bare = thing();
        for name in ["on", "part", "tags", "labels"] {
            bare.set_attribute(name, Value::Null);
        }
        let read = from_value::<Thing>(&bare).unwrap();
        assert_eq!((read.name.as_str(), read.port), ("a", 5432));
        assert_eq!((read.on, read.part, read.tags), (None, None, None));
    }

    #[test]
    fn what_does_not_fit_is_an_error_that_quotes_nothing() {
        for (name, value) in [
            ("name", Value::Null),
            ("name", Value::UNKNOWN),
            ("port", 65_536.into()),
            ("port", "canary".into()),
            ("on", "canary".into()),
            ("part", "canary".into()),
        ] {
            let mut other = thing();
            other.set_attribute(name, value);
            let error = from_value::<Thing>(&other).unwrap_err().to_string();
            assert!(!error.is_empty() && !error.contains("canary"), "{error}");
        }
    }
}
