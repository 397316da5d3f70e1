//! The types of values, and the JSON in which the protocol writes them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::json_text;
use super::normal_form::normal;

/// The type of a value (protocol 5: `Attribute.type` holds it as compact JSON).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ValueType {
    /// `"string"`
    String,
    /// `"number"`
    Number,
    /// `"bool"`
    Bool,
    /// `"dynamic"`: the value brings its type along.
    Dynamic,
    /// `["list", T]`
    List(Box<Self>),
    /// `["set", T]`
    Set(Box<Self>),
    /// `["map", T]`
    Map(Box<Self>),
    /// `["tuple", [T…]]`
    Tuple(Vec<Self>),
    /// `["object", {name: T}]`
    Object(BTreeMap<String, Self>),
}

/// The JSON does not describe a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a type description")]
pub struct InvalidType;

impl ValueType {
    /// A list of these.
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// A set of these.
    pub fn set(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// A map of these.
    pub fn map(element: Self) -> Self {
        Self::Map(Box::new(element))
    }

    /// The JSON of this type.
    pub fn to_json(&self) -> Json {
        match self {
            Self::String => "string".into(),
            Self::Number => "number".into(),
            Self::Bool => "bool".into(),
            Self::Dynamic => "dynamic".into(),
            Self::List(element) => Json::Array(vec!["list".into(), element.to_json()]),
            Self::Set(element) => Json::Array(vec!["set".into(), element.to_json()]),
            Self::Map(element) => Json::Array(vec!["map".into(), element.to_json()]),
            Self::Tuple(elements) => Json::Array(vec![
                "tuple".into(),
                elements.iter().map(Self::to_json).collect(),
            ]),
            Self::Object(attributes) => {
                let attributes = attributes
                    .iter()
                    .map(|(name, ty)| (name.clone(), ty.to_json()))
                    .collect();
                Json::Array(vec!["object".into(), Json::Object(attributes)])
            }
        }
    }

    /// The type in words.
    pub(super) fn in_words(&self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Number => "a number",
            Self::Bool => "a bool",
            Self::Dynamic => "a value with its type",
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Tuple(_) => "a tuple",
            Self::Map(_) => "a map",
            Self::Object(_) => "an object",
        }
    }

    /// The bytes of [`ValueType::to_json`], as the protocol carries them.
    pub fn to_json_bytes(&self) -> Vec<u8> {
        self.to_json().to_string().into_bytes()
    }

    /// Reads a type from its JSON bytes.
    pub fn from_json_bytes(bytes: &[u8]) -> Result<Self, InvalidType> {
        Self::from_json(&json_text::parse(bytes).map_err(|_| InvalidType)?)
    }

    /// Reads a type from its JSON. An object's list of optional attributes, which values never show, is passed over.
    pub fn from_json(json: &Json) -> Result<Self, InvalidType> {
        match json {
            Json::String(name) => match name.as_str() {
                "string" => Ok(Self::String),
                "number" => Ok(Self::Number),
                "bool" => Ok(Self::Bool),
                "dynamic" => Ok(Self::Dynamic),
                _ => Err(InvalidType),
            },
            Json::Array(parts) => match parts.as_slice() {
                [Json::String(kind), element] => Self::collection(kind, element),
                [Json::String(kind), element, Json::Array(_)] if kind == "object" => {
                    Self::collection(kind, element)
                }
                _ => Err(InvalidType),
            },
            _ => Err(InvalidType),
        }
    }

    fn collection(kind: &str, element: &Json) -> Result<Self, InvalidType> {
        let boxed = || Self::from_json(element).map(Box::new);
        match (kind, element) {
            ("list", _) => boxed().map(Self::List),
            ("set", _) => boxed().map(Self::Set),
            ("map", _) => boxed().map(Self::Map),
            ("tuple", Json::Array(elements)) => elements
                .iter()
                .map(Self::from_json)
                .collect::<Result<_, _>>()
                .map(Self::Tuple),
            ("object", Json::Object(attributes)) => attributes
                .iter()
                // As the names in its values.
                .map(|(name, ty)| Ok((normal(name).into_owned(), Self::from_json(ty)?)))
                .collect::<Result<_, _>>()
                .map(Self::Object),
            _ => Err(InvalidType),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_survives_its_json() {
        for text in [
            r#""string""#,
            r#"["map","string"]"#,
            r#"["set",["list","number"]]"#,
            r#"["tuple",["bool","dynamic"]]"#,
            r#"["object",{"a":"string","b":["map","bool"]}]"#,
        ] {
            let ty = ValueType::from_json_bytes(text.as_bytes()).unwrap();
            assert_eq!(ty.to_json_bytes(), text.as_bytes());
        }
    }

    #[test]
    fn optional_attributes_are_passed_over() {
        let ty = ValueType::from_json_bytes(br#"["object",{"a":"string"},["a"]]"#).unwrap();
        assert_eq!(ty.to_json_bytes(), br#"["object",{"a":"string"}]"#);
    }

    #[test]
    fn names_are_composed_as_those_of_values_are() {
        let ty = ValueType::from_json_bytes("[\"object\",{\"e\u{301}\":\"string\"}]".as_bytes());
        let composed = "[\"object\",{\"\u{e9}\":\"string\"}]";
        assert_eq!(ty.unwrap().to_json_bytes(), composed.as_bytes());
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "string",
            r#""text""#,
            "[]",
            r#"["list"]"#,
            r#"["tuple","string"]"#,
            "1",
        ] {
            assert_eq!(
                ValueType::from_json_bytes(text.as_bytes()),
                Err(InvalidType),
                "{text}"
            );
        }
    }
}
