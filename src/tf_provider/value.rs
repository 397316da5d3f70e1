//! A value as Terraform knows it: possibly null, possibly not known yet.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use super::number::Number;
use super::value_type::ValueType;

/// A value whose type the schema tells: a tuple is a [`Value::List`], an object a [`Value::Map`].
///
/// `Debug` shows shapes and never contents, because any string may be a secret.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Not set.
    Null,
    /// Set by something that is still to be done, so not known at plan.
    Unknown(Refinements),
    /// `true` or `false`.
    Bool(bool),
    /// A number with all its digits.
    Number(Number),
    /// Text.
    String(String),
    /// The elements of a list or tuple.
    List(Vec<Self>),
    /// The elements of a set; made by [`Value::set`].
    Set(SetElements),
    /// The elements of a map, or the attributes and blocks of an object.
    Map(BTreeMap<String, Self>),
    /// A value where the schema leaves the type open (`dynamic`).
    Dynamic(Box<ValueType>, Box<Self>),
}

/// Promises of Terraform about an unknown value, as they were sent (msgpack extension 12); empty for nothing.
///
/// A provider that repeats an unknown value repeats its refinements; it never needs to read them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Refinements(pub(super) Vec<u8>);

/// The elements of a set, in an order of our own. Two that are wholly known are never equal; unknown ones may turn out
/// to differ.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct SetElements(Vec<Value>);

impl FromIterator<Value> for SetElements {
    fn from_iter<I: IntoIterator<Item = Value>>(elements: I) -> Self {
        let mut elements: Vec<_> = elements.into_iter().collect();
        elements.sort_unstable();
        elements.dedup_by(|a, b| a == b && a.is_wholly_known());
        Self(elements)
    }
}

impl Deref for SetElements {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0
    }
}

/// The null that stands for whatever a null object would hold.
pub(super) static NULL: Value = Value::Null;

impl Value {
    /// An unknown value of which nothing is known.
    pub const UNKNOWN: Self = Self::Unknown(Refinements(Vec::new()));

    /// An object or map of these pairs.
    pub fn object<const N: usize>(pairs: [(&str, Self); N]) -> Self {
        Self::Map(
            pairs
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// A set, in which equal elements that are wholly known become one.
    pub fn set(elements: Vec<Self>) -> Self {
        Self::Set(elements.into_iter().collect())
    }

    /// Tells whether this is null, with or without a type of its own.
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Dynamic(_, value) => value.is_null(),
            _ => false,
        }
    }

    /// Tells whether this value itself is unknown; its elements may be unknown all the same.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown(_) => true,
            Self::Dynamic(_, value) => value.is_unknown(),
            _ => false,
        }
    }

    /// Tells whether nothing in this value is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::List(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Set(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Map(elements) => elements.values().all(Self::is_wholly_known),
            Self::Dynamic(_, value) => value.is_wholly_known(),
            _ => true,
        }
    }

    /// The value with everything unknown in it made null.
    pub fn with_unknowns_as_null(&self) -> Self {
        match self {
            Self::Unknown(_) => Self::Null,
            Self::List(elements) => {
                Self::List(elements.iter().map(Self::with_unknowns_as_null).collect())
            }
            Self::Set(elements) => {
                Self::set(elements.iter().map(Self::with_unknowns_as_null).collect())
            }
            Self::Map(elements) => Self::Map(
                elements
                    .iter()
                    .map(|(name, element)| (name.clone(), element.with_unknowns_as_null()))
                    .collect(),
            ),
            Self::Dynamic(ty, value) => {
                Self::Dynamic(ty.clone(), Box::new(value.with_unknowns_as_null()))
            }
            other => other.clone(),
        }
    }

    /// The attribute or block of that name; null where there is none, unknown inside an unknown object.
    pub fn get(&self, name: &str) -> &Self {
        match self {
            Self::Map(elements) => elements.get(name).unwrap_or(&NULL),
            Self::Unknown(_) => self,
            _ => &NULL,
        }
    }

    /// The element at that position of a list; null where there is none, unknown inside an unknown list.
    pub fn element(&self, index: usize) -> &Self {
        match self {
            Self::List(elements) => elements.get(index).unwrap_or(&NULL),
            Self::Unknown(_) => self,
            _ => &NULL,
        }
    }

    /// [`Value::get`], name by name.
    pub fn at(&self, names: &[&str]) -> &Self {
        names.iter().fold(self, |value, name| value.get(name))
    }

    /// Replaces the attribute of that name in an object; any other value stays as it is.
    pub fn set_attribute(&mut self, name: &str, value: Self) {
        if let Self::Map(elements) = self {
            elements.insert(name.to_owned(), value);
        }
    }

    /// The text, if this is a known string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if this is a known bool.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if this is a known one.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The elements, if this is a known map or object.
    pub fn as_map(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Map(elements) => Some(elements),
            _ => None,
        }
    }

    /// The elements, if this is a known list, tuple or set.
    pub fn as_elements(&self) -> Option<&[Self]> {
        match self {
            Self::List(elements) => Some(elements),
            Self::Set(elements) => Some(elements),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => out.write_str("null"),
            Self::Unknown(_) => out.write_str("unknown"),
            Self::Bool(_) => out.write_str("bool"),
            Self::Number(_) => out.write_str("number"),
            Self::String(_) => out.write_str("string"),
            Self::List(elements) => out.debug_list().entries(elements).finish(),
            Self::Set(elements) => out.debug_set().entries(elements.iter()).finish(),
            Self::Map(elements) => out.debug_set().entries(elements.values()).finish(),
            Self::Dynamic(_, value) => value.fmt(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_content() {
        let value = Value::object([
            ("password", "hunter2".into()),
            (
                "canary-key",
                Value::List(vec!["canary".into(), 4711.into()]),
            ),
        ]);
        let shown = format!("{value:?}");
        assert_eq!(shown, "{[string, number], string}");
        let dynamic = Value::Dynamic(Box::new(ValueType::String), Box::new("canary".into()));
        let set = Value::set(vec![true.into(), Value::Null, Value::UNKNOWN, dynamic]);
        assert_eq!(format!("{set:?}"), "{null, unknown, bool, string}");
    }

    #[test]
    fn inside_an_unknown_object_everything_is_unknown() {
        assert!(Value::UNKNOWN.at(&["iwd", "db", "host"]).is_unknown());
        assert!(Value::Null.at(&["iwd", "db", "host"]).is_null());
    }

    #[test]
    fn null_and_unknown_show_through_a_type_of_their_own() {
        let dynamic = |value| Value::Dynamic(Box::new(ValueType::String), Box::new(value));
        assert!(dynamic(Value::Null).is_null() && !dynamic(Value::Null).is_unknown());
        assert!(dynamic(Value::UNKNOWN).is_unknown() && !dynamic(Value::UNKNOWN).is_null());
        assert!(!dynamic("x".into()).is_null() && dynamic("x".into()).is_wholly_known());
    }

    #[test]
    fn a_set_has_no_order_and_no_repetition_but_unknowns_may_differ() {
        assert_eq!(
            Value::set(vec!["b".into(), "a".into(), "b".into()]),
            Value::set(vec!["a".into(), "b".into()])
        );
        let unknowns = Value::set(vec![Value::UNKNOWN, Value::UNKNOWN]);
        assert_eq!(unknowns.as_elements().map(<[Value]>::len), Some(2));
    }
}
