//! Names that stand more than once in one JSON object: of these, the parser keeps the last without a word.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The place of the first such name in the text; none where the text is no JSON.
pub(super) fn repeated(json: &str) -> Option<String> {
    let mut found = None;
    let mut parser = serde_json::Deserializer::from_str(json);
    // It ends at the first one.
    let _ = Walk {
        path: "",
        found: &mut found,
    }
    .deserialize(&mut parser);
    found
}

/// A walk through the value at that path.
struct Walk<'a> {
    path: &'a str,
    found: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            let separator = if self.path.is_empty() { "" } else { "." };
            let path = format!("{}{separator}{}", self.path, name.escape_debug());
            if !names.insert(name) {
                *self.found = Some(path);
                return Err(A::Error::custom("a name is repeated"));
            }
            map.next_value_seed(Walk {
                path: &path,
                found: self.found,
            })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list
            .next_element_seed(Walk {
                path: self.path,
                found: self.found,
            })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    // Other numbers come as a map, for the sake of their digits.
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_stands_twice_in_one_object_is_found() {
        for (json, expected) in [
            (
                r#"{"a": 1, "b": {"a": [{"a": 1.5e3}, {"a": null}]}, "c": -2, "d": true}"#,
                None,
            ),
            (r#"{"a": 1, "b": 2, "a": 3}"#, Some("a")),
            (
                r#"{"a": [{"b c": {"d\n": "x", "d\u000a": "y"}}]}"#,
                Some("a.b c.d\\n"),
            ),
            ("[{]", None),
        ] {
            assert_eq!(repeated(json).as_deref(), expected, "{json}");
        }
    }
}
