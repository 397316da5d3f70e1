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
        place: None,
        found: &mut found,
    }
    .deserialize(&mut parser);
    found
}

/// The place of a value: a name, and the place of the object that has it.
#[derive(Clone, Copy)]
struct Place<'a> {
    outer: Option<&'a Self>,
    name: &'a str,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(outer) = self.outer {
            write!(out, "{outer}.")?;
        }
        write!(out, "{}", self.name.escape_debug())
    }
}

/// A walk through the value at that place.
struct Walk<'a> {
    place: Option<&'a Place<'a>>,
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
            let place = Place {
                outer: self.place,
                name: &name,
            };
            if names.contains(&name) {
                *self.found = Some(place.to_string());
                return Err(A::Error::custom("a name is repeated"));
            }
            map.next_value_seed(Walk {
                place: Some(&place),
                found: self.found,
            })?;
            names.insert(name);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list
            .next_element_seed(Walk {
                place: self.place,
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

    /// A place that was written out for each name would take hours.
    #[test]
    fn a_long_name_is_not_copied_for_each_name_below_it() {
        let (long, count) = ("n".repeat(4_000_000), 50_000);
        let below: Vec<_> = (0..count)
            .map(|number| format!("\"{number}\": 0"))
            .collect();
        let json = |below: &str| format!("{{\"{long}\": {{{below}}}}}");
        assert_eq!(repeated(&json(&below.join(","))), None);
        let twice = repeated(&json(r#""a": 1, "a": 2"#));
        assert_eq!(twice, Some(format!("{long}.a")));
    }
}
