//! Values as MessagePack, the form in which Terraform sends and expects them (protocol 5, object wire format).

mod decoder;
mod encoder;

pub use decoder::decode;
pub use encoder::encode;

/// The extension code of an unknown value with refinements; code 0 is one without.
const REFINED: i8 = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tf_provider::invalid_value::Mismatch;
    use crate::tf_provider::value_type::ValueType;

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
        assert_eq!(error.mismatch, Mismatch::UnknownAttribute);
        let error = decode(b"\x80", &ty).unwrap_err();
        assert_eq!(error.to_string(), "at list: the attribute is missing");
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
        assert_eq!(error.mismatch, Mismatch::TooDeep);
    }
}
